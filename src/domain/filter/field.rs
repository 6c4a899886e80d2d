//! The fields a filter can name: one table for the parser, the printer, the
//! completion and the translation for the service.

use crate::domain::token::Api;

/// One property of an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Field {
    Severity,
    Status,
    Title,
    Device,
    User,
    Id,
    Incident,
    Category,
    Owner,
    Detector,
    Product,
    Technique,
    Classification,
    Determination,
    Group,
    Created,
    Updated,
    Age,
    Is,
}

/// What stands after a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    Severity,
    Status,
    Text,
    /// A date, a time or a duration.
    Time,
    /// A duration.
    Duration,
    /// One of [`crate::domain::filter::ast::Is`].
    Is,
}

/// One row of the table.
#[derive(Debug)]
pub struct Row {
    pub field: Field,
    /// The canonical name.
    pub name: &'static str,
    /// The other names it may be called by.
    pub also: &'static [&'static str],
    pub takes: Takes,
    /// The property of the Defender API, where it filters by it.
    defender: Option<&'static str>,
    /// The property of Graph, likewise.
    graph: Option<&'static str>,
    pub says: &'static str,
}

const fn row(
    field: Field,
    name: &'static str,
    also: &'static [&'static str],
    takes: Takes,
    defender: Option<&'static str>,
    graph: Option<&'static str>,
    says: &'static str,
) -> Row {
    Row {
        field,
        name,
        also,
        takes,
        defender,
        graph,
        says,
    }
}

/// Every field, in the order of the help. What a service can filter by is told by
/// Microsoft's pages on listing alerts.
#[rustfmt::skip]
pub const FIELDS: &[Row] = &[
    row(Field::Severity, "sev", &["severity"], Takes::Severity, Some("severity"), Some("severity"), "severity, ordered"),
    row(Field::Status, "status", &["st"], Takes::Status, Some("status"), Some("status"), "how far the work is"),
    row(Field::Is, "is", &[], Takes::Is, None, None, "what the alert is to you"),
    row(Field::Device, "dev", &["device", "host"], Takes::Text, None, None, "name of the device"),
    row(Field::User, "user", &[], Takes::Text, None, None, "account concerned"),
    row(Field::Title, "title", &[], Takes::Text, None, None, "title"),
    row(Field::Age, "age", &[], Takes::Duration, Some("alertCreationTime"), Some("createdDateTime"), "time since it was created"),
    row(Field::Owner, "own", &["owner", "assigned"], Takes::Text, Some("assignedTo"), Some("assignedTo"), "who it is assigned to"),
    row(Field::Category, "cat", &["category"], Takes::Text, Some("category"), None, "category"),
    row(Field::Created, "created", &[], Takes::Time, Some("alertCreationTime"), Some("createdDateTime"), "when it was created"),
    row(Field::Updated, "updated", &["changed"], Takes::Time, Some("lastUpdateTime"), Some("lastUpdateDateTime"), "when it changed last"),
    row(Field::Incident, "inc", &["incident"], Takes::Text, Some("incidentId"), None, "number of the incident"),
    row(Field::Id, "id", &[], Takes::Text, Some("id"), None, "id of the alert"),
    row(Field::Detector, "detector", &["source"], Takes::Text, Some("detectionSource"), None, "what detected it"),
    row(Field::Product, "product", &["from"], Takes::Text, None, Some("serviceSource"), "Defender product it comes from"),
    row(Field::Technique, "tech", &["technique"], Takes::Text, None, None, "MITRE ATT&CK techniques"),
    row(Field::Group, "group", &["grp"], Takes::Text, None, None, "device group"),
    row(Field::Classification, "class", &["classification"], Takes::Text, None, Some("classification"), "what it turned out to be"),
    row(Field::Determination, "det", &["determination"], Takes::Text, None, None, "of what kind it was"),
];

impl Row {
    /// All its names, the canonical one first.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        std::iter::once(self.name).chain(self.also.iter().copied())
    }
}

impl Field {
    /// The field called so, in any letter case.
    pub fn named(name: &str) -> Option<&'static Row> {
        FIELDS
            .iter()
            .find(|row| row.names().any(|known| known.eq_ignore_ascii_case(name)))
    }

    /// Its row of the table.
    pub fn row(self) -> Option<&'static Row> {
        FIELDS.iter().find(|row| row.field == self)
    }

    /// Its canonical name.
    pub fn name(self) -> &'static str {
        self.row().map_or("", |row| row.name)
    }

    /// The property of this service, where it filters by it.
    pub fn property(self, service: Api) -> Option<&'static str> {
        let row = self.row()?;
        match service {
            Api::Defender => row.defender,
            Api::Graph => row.graph,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_one_fields_and_letters_only() {
        let mut names: Vec<&str> = FIELDS.iter().flat_map(Row::names).collect();
        assert!(names.iter().all(|name| {
            name.bytes().all(|byte| byte.is_ascii_lowercase()) && !["or", "and"].contains(name)
        }));
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all);
        for row in FIELDS {
            assert_eq!(
                Field::named(&row.name.to_uppercase()).map(|row| row.field),
                Some(row.field)
            );
            assert_eq!(row.field.name(), row.name);
        }
    }
}
