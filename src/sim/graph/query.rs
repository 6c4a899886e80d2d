//! The query options of Graph's lists, which are fewer than those of Defender's API.
//!
//! What the pages do not name is refused, so that a client cannot come to depend on it;
//! a name without its `$` is ignored.

use crate::sim::form;
use crate::sim::graph::words;
use crate::sim::odata::Filter;
use crate::sim::odata::Kind;
use crate::sim::odata::Schema;
use crate::sim::odata::Value;

/// What one list allows.
pub(super) struct Rules {
    pub(super) schema: Schema,
    /// Items of a page nobody asked a length of.
    pub(super) usual_page: usize,
    pub(super) longest_page: usize,
    pub(super) beyond: Beyond,
    pub(super) deepest_skip: Option<usize>,
    pub(super) expands_alerts: bool,
    /// The words of `status`, which alerts and incidents have apart.
    pub(super) statuses: &'static [&'static str],
}

/// What becomes of a `$top` above the longest page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Beyond {
    Clamped,
    Refused,
}

/// The options of one request.
#[derive(Debug, Default)]
pub(super) struct Query {
    pub(super) filter: Option<Filter>,
    /// A time to order by.
    pub(super) order: Option<(&'static str, Direction)>,
    pub(super) top: usize,
    pub(super) skip: usize,
    pub(super) count: bool,
    pub(super) expand: Expand,
}

/// What is shown of an incident's alerts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Expand {
    #[default]
    Nothing,
    Alerts,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    Ascending,
    Descending,
}

/// Alerts: the longest page and the deepest skip are the pages' own, the usual page is
/// that of their example.
pub(super) const ALERTS: Rules = Rules {
    schema: Schema {
        entity: "microsoft.graph.security.alert",
        filterable: &[
            ("assignedTo", Kind::Text),
            ("classification", Kind::Enumeration),
            ("determination", Kind::Enumeration),
            ("createdDateTime", Kind::Time),
            ("lastUpdateDateTime", Kind::Time),
            ("severity", Kind::Enumeration),
            ("serviceSource", Kind::Enumeration),
            ("status", Kind::Enumeration),
        ],
        known: &[
            "id",
            "providerAlertId",
            "incidentId",
            "detectionSource",
            "detectorId",
            "tenantId",
            "title",
            "description",
            "recommendedActions",
            "category",
            "alertWebUrl",
            "incidentWebUrl",
            "actorDisplayName",
            "threatDisplayName",
            "threatFamilyName",
            "mitreTechniques",
            "resolvedDateTime",
            "firstActivityDateTime",
            "lastActivityDateTime",
            "comments",
            "evidence",
            "systemTags",
            "investigationState",
            "customDetails",
        ],
    },
    usual_page: 100,
    longest_page: 1000,
    beyond: Beyond::Clamped,
    deepest_skip: Some(500),
    expands_alerts: false,
    statuses: words::STATUSES,
};

/// Incidents, likewise.
pub(super) const INCIDENTS: Rules = Rules {
    schema: Schema {
        entity: "microsoft.graph.security.incident",
        filterable: &[
            ("assignedTo", Kind::Text),
            ("classification", Kind::Enumeration),
            ("createdDateTime", Kind::Time),
            ("determination", Kind::Enumeration),
            ("lastUpdateDateTime", Kind::Time),
            ("severity", Kind::Enumeration),
            ("status", Kind::Enumeration),
        ],
        known: &["id", "displayName", "tenantId", "incidentWebUrl", "alerts"],
    },
    usual_page: 50,
    longest_page: 50,
    beyond: Beyond::Refused,
    deepest_skip: None,
    expands_alerts: true,
    statuses: words::INCIDENT_STATUSES,
};

impl Query {
    /// Reads the raw query of a URL, or says what is wrong with it; the service itself
    /// says nothing of a `$skip` that goes too deep.
    pub(super) fn parse(raw: &str, rules: &Rules) -> Result<Self, String> {
        let pairs =
            form::pairs(raw).ok_or_else(|| String::from("The query string is not well formed."))?;
        let mut query = Self {
            top: rules.usual_page,
            ..Self::default()
        };
        let mut seen: Vec<&str> = Vec::new();
        for (name, value) in &pairs {
            if !name.starts_with('$') {
                continue;
            }
            if seen.contains(&name.as_str()) {
                return Err(format!(
                    "Query option '{name}' was specified more than once, but it must be specified at most once."
                ));
            }
            seen.push(name);
            query.take(name, value, rules)?;
        }
        Ok(query)
    }

    fn take(&mut self, name: &str, value: &str, rules: &Rules) -> Result<(), String> {
        match name {
            "$filter" => {
                let filter = Filter::parse(value, &rules.schema)?;
                known_words(&filter, rules)?;
                self.filter = Some(filter);
            }
            "$top" => {
                let top = whole(name, value)?;
                let too_long = top > rules.longest_page && rules.beyond == Beyond::Refused;
                if top == 0 || too_long {
                    return Err(format!(
                        "The limit of '{}' for Top query has been exceeded. The value from the incoming request is '{value}'.",
                        rules.longest_page
                    ));
                }
                self.top = top.min(rules.longest_page);
            }
            "$skip" => {
                self.skip = whole(name, value)?;
                if rules
                    .deepest_skip
                    .is_some_and(|deepest| self.skip > deepest)
                {
                    return Err(String::new());
                }
            }
            "$orderby" => self.order = Some(order(value, rules)?),
            "$count" => {
                self.count = match value {
                    "true" => true,
                    "false" => false,
                    _ => {
                        return Err(format!(
                            "Invalid value '{value}' for $count query option found."
                        ));
                    }
                }
            }
            "$expand" if value == "alerts" && rules.expands_alerts => {
                self.expand = Expand::Alerts;
            }
            "$expand" => {
                return Err(format!(
                    "Parsing OData Select and Expand failed: Could not find a property named '{value}' on type '{}'.",
                    rules.schema.entity
                ));
            }
            _ => {
                return Err(format!(
                    "Query option '{name}' is not allowed. To allow it, set the 'AllowedQueryOptions' property on EnableQueryAttribute or QueryValidationSettings."
                ));
            }
        }
        Ok(())
    }

    /// Puts what was found into the order asked for; without one it stays as it is.
    pub(super) fn sort<Item>(
        &self,
        found: &mut [Item],
        read: impl for<'item> Fn(&'item Item, &str) -> Value<'item>,
    ) {
        let Some((name, direction)) = self.order else {
            return;
        };
        let time = |item: &Item| match read(item, name) {
            Value::Time(time) => Some(time),
            Value::Null | Value::Text(_) | Value::Number(_) => None,
        };
        found.sort_by(|left, right| {
            let order = time(left).cmp(&time(right));
            match direction {
                Direction::Ascending => order,
                Direction::Descending => order.reverse(),
            }
        });
    }
}

fn whole(name: &str, value: &str) -> Result<usize, String> {
    let digits_only = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    digits_only.then(|| value.parse().ok()).flatten().ok_or_else(|| {
        format!("Invalid value '{value}' for {name} query option found. The {name} query option requires a non-negative integer value.")
    })
}

/// One of the two times that clients are seen to order by.
fn order(value: &str, rules: &Rules) -> Result<(&'static str, Direction), String> {
    let mut words = value.split_ascii_whitespace();
    let name = words.next().unwrap_or_default();
    let direction = match words.next() {
        None | Some("asc") => Direction::Ascending,
        Some("desc") => Direction::Descending,
        Some(other) => return Err(format!("Syntax error in $orderby: '{other}'.")),
    };
    let mut times = rules.schema.filterable.iter();
    let property = times.find(|(known, kind)| *known == name && *kind == Kind::Time);
    match (property, words.next()) {
        (Some((name, _)), None) => Ok((*name, direction)),
        _ => Err(format!(
            "The property '{name}' cannot be used in the $orderby query option."
        )),
    }
}

/// Refuses words that are no members of their enumeration, and functions.
fn known_words(filter: &Filter, rules: &Rules) -> Result<(), String> {
    match filter {
        Filter::Compare(name, _, literal) => known_word(name, literal, rules),
        Filter::In(name, literals) => literals
            .iter()
            .try_for_each(|literal| known_word(name, literal, rules)),
        Filter::StartsWith(name, _) => Err(format!(
            "The function 'startswith' cannot be used with '{name}'."
        )),
        Filter::Not(inner) => known_words(inner, rules),
        Filter::All(parts) | Filter::Any(parts) => {
            parts.iter().try_for_each(|part| known_words(part, rules))
        }
    }
}

fn known_word(name: &str, literal: &Value<'_>, rules: &Rules) -> Result<(), String> {
    let (members, newer): (&[&str], &[&str]) = match name {
        "status" => (rules.statuses, &[]),
        "severity" => (words::SEVERITIES, &[]),
        "classification" => (words::CLASSIFICATIONS, &[]),
        "determination" => (words::DETERMINATIONS, &[]),
        "serviceSource" => (words::SERVICE_SOURCES, words::NEWER_SERVICE_SOURCES),
        _ => return Ok(()),
    };
    match literal {
        Value::Text(word)
            if word != words::SENTINEL
                && !members.contains(&word.as_ref())
                && !newer.contains(&word.as_ref()) =>
        {
            Err(format!(
                "Invalid filter clause: The string '{word}' is not a valid enumeration type constant of '{name}'."
            ))
        }
        Value::Text(_) | Value::Null | Value::Number(_) | Value::Time(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_of_alerts_is_cut_and_one_of_incidents_refused() {
        let top = |raw: &str, rules| Query::parse(raw, rules).map(|query| query.top);
        assert_eq!(top("", &ALERTS), Ok(100));
        assert_eq!(top("$top=5000", &ALERTS), Ok(1000));
        assert_eq!(top("top=5", &ALERTS), Ok(100), "without its dollar");
        assert_eq!(top("$top=50", &INCIDENTS), Ok(50));
        assert!(top("$top=51", &INCIDENTS).is_err());
    }

    #[test]
    fn skips_go_to_500_and_say_nothing_beyond() {
        let skip = |raw: &str| Query::parse(raw, &ALERTS).map(|query| query.skip);
        assert_eq!(skip("$skip=500"), Ok(500));
        assert_eq!(skip("$skip=501"), Err(String::new()));
    }

    #[test]
    fn orders_are_by_one_time() {
        let order = |raw: &str| Query::parse(raw, &ALERTS).map(|query| query.order);
        assert_eq!(
            order("$orderby=lastUpdateDateTime%20desc"),
            Ok(Some(("lastUpdateDateTime", Direction::Descending)))
        );
        assert_eq!(
            order("$orderby=createdDateTime"),
            Ok(Some(("createdDateTime", Direction::Ascending)))
        );
    }

    #[test]
    fn what_the_pages_do_not_name_is_refused() {
        for (raw, reason) in [
            ("$filter=severity%20eq%20'High'", "not a valid enumeration"),
            ("$filter=status%20in%20('new','Resolved')", "'Resolved'"),
            ("$filter=not%20(status%20eq%20'x')", "'x'"),
            ("$filter=severity%20eq%20high", "incompatible types"),
            ("$filter=severity%20ge%20'high'", "cannot be used"),
            (
                "$filter=investigationState%20eq%20'running'",
                "cannot be used in the $filter",
            ),
            ("$filter=id%20eq%20'a'", "cannot be used in the $filter"),
            (
                "$filter=lastUpdateTime%20ge%202026-01-01T00:00:00Z",
                "named",
            ),
            ("$filter=startswith(assignedTo,'a')", "startswith"),
            ("$orderby=severity", "cannot be used in the $orderby"),
            ("$orderby=createdDateTime,lastUpdateDateTime", "$orderby"),
            ("$orderby=createdDateTime%20down", "Syntax error"),
            ("$select=id", "'$select' is not allowed"),
            ("$search=x", "'$search' is not allowed"),
            ("$expand=evidence", "named 'evidence'"),
            ("$top=0", "The limit of"),
            ("$top=-1", "non-negative"),
            ("$skip=1e3", "non-negative"),
            ("$count=yes", "$count"),
            ("$top=1&$top=2", "more than once"),
            ("$filter=100%", "not well formed"),
        ] {
            let message = Query::parse(raw, &ALERTS).err().unwrap_or_default();
            assert!(message.contains(reason), "{raw}: {message}");
        }
    }
}
