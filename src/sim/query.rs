//! The query options of a list: `$filter`, `$top`, `$skip`, `$orderby` and their kin.
//!
//! A name without its `$` is ignored, as the real service does: the classic
//! `?top=1` gets a full page. An unknown name with a `$` is refused.

use std::cmp::Ordering;

use crate::sim::form;
use crate::sim::odata::Filter;
use crate::sim::odata::Kind;
use crate::sim::odata::Schema;
use crate::sim::odata::Value;

/// The longest page, asked for or not.
pub(crate) const LONGEST_PAGE: usize = 10_000;

/// The options of one request for a list.
#[derive(Debug, Default)]
pub(crate) struct Query {
    pub(crate) filter: Option<Filter>,
    pub(crate) order: Vec<(&'static str, Direction)>,
    pub(crate) top: Option<usize>,
    pub(crate) skip: usize,
    pub(crate) expand_evidence: bool,
    pub(crate) count: bool,
    pub(crate) select: Option<Vec<String>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    Ascending,
    Descending,
}

impl Query {
    /// Reads the raw query of a URL, or says what is wrong with it.
    pub(crate) fn parse(raw: &str, schema: &Schema) -> Result<Self, String> {
        let pairs =
            form::pairs(raw).ok_or_else(|| String::from("The query string is not well formed."))?;
        let mut query = Self::default();
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
            query.take(name, value, schema)?;
        }
        Ok(query)
    }

    /// Puts what was found into the order asked for; without one it stays as it is.
    pub(crate) fn sort<Item>(
        &self,
        found: &mut [Item],
        read: impl for<'item> Fn(&'item Item, &str) -> Value<'item>,
    ) {
        found.sort_by(|left, right| {
            let mut order = Ordering::Equal;
            for (name, direction) in &self.order {
                let next = || {
                    let next = ordered(name, &read(left, name), &read(right, name));
                    match direction {
                        Direction::Ascending => next,
                        Direction::Descending => next.reverse(),
                    }
                };
                order = order.then_with(next);
            }
            order
        });
    }

    fn take(&mut self, name: &str, value: &str, schema: &Schema) -> Result<(), String> {
        match name {
            "$filter" => self.filter = Some(Filter::parse(value, schema)?),
            "$top" => {
                let top = whole(name, value)?;
                if top == 0 || top > LONGEST_PAGE {
                    return Err(format!(
                        "The limit of '{LONGEST_PAGE}' for Top query has been exceeded. The value from the incoming request is '{value}'."
                    ));
                }
                self.top = Some(top);
            }
            "$skip" => self.skip = whole(name, value)?,
            "$orderby" => self.order = order(value, schema)?,
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
            "$expand"
                if value.eq_ignore_ascii_case("evidence") && schema.known.contains(&"evidence") =>
            {
                self.expand_evidence = true;
            }
            "$expand" => {
                return Err(format!(
                    "Could not find a property named '{value}' on type '{}'.",
                    schema.entity
                ));
            }
            "$select" => self.select = Some(selection(value, schema)?),
            _ => return Err(format!("The query parameter '{name}' is not supported.")),
        }
        Ok(())
    }
}

/// The order of two values of one property; enumerations go by rank, null comes first.
fn ordered(name: &str, left: &Value<'_>, right: &Value<'_>) -> Ordering {
    let ranks: &[&str] = match name {
        "severity" => &["UnSpecified", "Informational", "Low", "Medium", "High"],
        "status" => &["Unknown", "New", "InProgress", "Resolved"],
        _ => &[],
    };
    match (left, right) {
        (Value::Text(left), Value::Text(right)) => {
            let rank = |text: &str| ranks.iter().position(|known| *known == text);
            rank(left).cmp(&rank(right)).then_with(|| left.cmp(right))
        }
        (Value::Number(left), Value::Number(right)) => left.cmp(right),
        (Value::Time(left), Value::Time(right)) => left.cmp(right),
        (Value::Null, Value::Null) => Ordering::Equal,
        (Value::Null, _) => Ordering::Less,
        _ => Ordering::Greater,
    }
}

fn whole(name: &str, value: &str) -> Result<usize, String> {
    let digits_only = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    digits_only.then(|| value.parse().ok()).flatten().ok_or_else(|| {
        format!("Invalid value '{value}' for {name} query option found. The {name} query option requires a non-negative integer value.")
    })
}

fn order(value: &str, schema: &Schema) -> Result<Vec<(&'static str, Direction)>, String> {
    value
        .split(',')
        .map(|term| {
            let mut words = term.split_ascii_whitespace();
            let name = words.next().unwrap_or_default();
            let direction = match words.next() {
                None | Some("asc") => Direction::Ascending,
                Some("desc") => Direction::Descending,
                Some(other) => return Err(format!("Syntax error in $orderby: '{other}'.")),
            };
            let property = schema
                .filterable
                .iter()
                .find(|(known, _)| known.eq_ignore_ascii_case(name));
            match (property, words.next()) {
                (Some((name, _)), None) => Ok((*name, direction)),
                _ => Err(format!(
                    "The property '{name}' cannot be used in the $orderby query option."
                )),
            }
        })
        .collect()
}

fn selection(value: &str, schema: &Schema) -> Result<Vec<String>, String> {
    let known = |name: &str| {
        let filterable = schema.filterable.iter().map(|(name, _)| *name);
        filterable
            .chain(schema.known.iter().copied())
            .find(|known| known.eq_ignore_ascii_case(name))
    };
    value
        .split(',')
        .map(|name| {
            let name = name.trim();
            known(name).map(str::to_owned).ok_or_else(|| {
                format!(
                    "Could not find a property named '{name}' on type '{}'.",
                    schema.entity
                )
            })
        })
        .collect()
}

/// The properties of an alert: those Microsoft's page on listing alerts allows in a
/// filter, then all the others.
pub(crate) const ALERT: Schema = Schema {
    entity: "Microsoft.Windows.Defender.Alert",
    filterable: &[
        ("alertCreationTime", Kind::Time),
        ("lastUpdateTime", Kind::Time),
        ("lastEventTime", Kind::Time),
        ("incidentId", Kind::Number),
        ("investigationId", Kind::Number),
        ("id", Kind::Text),
        ("assignedTo", Kind::Text),
        ("detectionSource", Kind::Text),
        ("status", Kind::Enumeration),
        ("severity", Kind::Enumeration),
        ("category", Kind::Text),
    ],
    known: &[
        "title",
        "description",
        "recommendedAction",
        "machineId",
        "computerDnsName",
        "rbacGroupName",
        "aadTenantId",
        "firstEventTime",
        "resolvedTime",
        "classification",
        "determination",
        "investigationState",
        "detectorId",
        "threatFamilyName",
        "threatName",
        "mitreTechniques",
        "relatedUser",
        "loggedOnUsers",
        "comments",
        "evidence",
    ],
};

/// The properties of a machine, likewise.
pub(crate) const MACHINE: Schema = Schema {
    entity: "Microsoft.Windows.Defender.Machine",
    filterable: &[
        ("computerDnsName", Kind::Text),
        ("id", Kind::Text),
        ("version", Kind::Text),
        ("deviceValue", Kind::Enumeration),
        ("aadDeviceId", Kind::Text),
        ("lastSeen", Kind::Time),
        ("exposureLevel", Kind::Enumeration),
        ("onboardingStatus", Kind::Enumeration),
        ("lastIpAddress", Kind::Text),
        ("healthStatus", Kind::Enumeration),
        ("osPlatform", Kind::Text),
        ("riskScore", Kind::Enumeration),
        ("rbacGroupId", Kind::Number),
    ],
    known: &[
        "firstSeen",
        "lastExternalIpAddress",
        "osBuild",
        "osProcessor",
        "osArchitecture",
        "rbacGroupName",
        "isAadJoined",
        "machineTags",
        "ipAddresses",
        "agentVersion",
        "osVersion",
    ],
};

/// The properties of an action on a machine, likewise.
pub(crate) const MACHINE_ACTION: Schema = Schema {
    entity: "Microsoft.Windows.Defender.MachineAction",
    filterable: &[
        ("id", Kind::Text),
        ("status", Kind::Enumeration),
        ("machineId", Kind::Text),
        ("type", Kind::Enumeration),
        ("requestor", Kind::Text),
        ("creationDateTimeUtc", Kind::Time),
    ],
    known: &[
        "scope",
        "requestorComment",
        "computerDnsName",
        "lastUpdateDateTimeUtc",
        "errorHResult",
        "relatedFileInfo",
    ],
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_read_with_their_dollar_only() {
        let query = Query::parse("%24top=5&skip=9&top=1&$expand=Evidence&$count=true", &ALERT)
            .unwrap_or_default();
        assert_eq!(
            (query.top, query.skip, query.expand_evidence, query.count),
            (Some(5), 0, true, true)
        );
    }

    #[test]
    fn orders_may_have_several_terms() {
        let query =
            Query::parse("$orderby=lastUpdateTime%20desc,%20ID", &ALERT).unwrap_or_default();
        assert_eq!(
            query.order,
            [
                ("lastUpdateTime", Direction::Descending),
                ("id", Direction::Ascending)
            ]
        );
    }

    #[test]
    fn what_is_not_supported_is_refused_with_a_reason() {
        let cases = [
            ("$top=10001", "The limit of '10000'"),
            ("$top=0", "The limit of"),
            ("$top=-1", "non-negative"),
            ("$top=1.5", "non-negative"),
            ("$skip=", "non-negative"),
            ("$top=1&$top=2", "more than once"),
            ("$search=x", "'$search' is not supported"),
            ("$expand=machine", "Could not find"),
            ("$count=1", "$count"),
            ("$orderby=title", "cannot be used in the $orderby"),
            ("$orderby=id%20down", "Syntax error"),
            ("$select=id,colour", "named 'colour'"),
            ("$filter=100%", "not well formed"),
        ];
        for (raw, reason) in cases {
            let message = Query::parse(raw, &ALERT).err().unwrap_or_default();
            assert!(message.contains(reason), "{raw}: {message}");
        }
    }
}
