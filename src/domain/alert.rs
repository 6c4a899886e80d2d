//! An alert as the list needs it, beside the whole of it, packed.
//!
//! What only the detail pane shows is in [`crate::domain::detail`].

use std::borrow::Borrow;
use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;

use crate::domain::packed::PackedJson;
use crate::domain::query::Ordering;
use crate::domain::text::Text;

/// The service's id of an alert: opaque, never empty.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AlertId(Arc<str>);

impl AlertId {
    /// `None` for an empty id: sent in a path, it would name the whole collection.
    pub fn new(id: &str) -> Option<Self> {
        (!id.is_empty()).then(|| Self(Arc::from(id)))
    }

    /// The id as the service wrote it; hostile until shown.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for AlertId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for AlertId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, formatter)
    }
}

/// How bad the service thinks it is. Ordered: `High` is the greatest.
///
/// A value this version does not know is `Other`; its own word is kept beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Severity {
    #[default]
    Other,
    Unspecified,
    Informational,
    Low,
    Medium,
    High,
}

impl Severity {
    /// Worst first, as columns and counters show them.
    pub const ALL: [Self; 6] = [
        Self::High,
        Self::Medium,
        Self::Low,
        Self::Informational,
        Self::Unspecified,
        Self::Other,
    ];

    /// Reads the service's word in any letter case: the two services differ in it.
    pub fn of(word: &str) -> Self {
        [
            ("high", Self::High),
            ("medium", Self::Medium),
            ("low", Self::Low),
            ("informational", Self::Informational),
            ("unspecified", Self::Unspecified),
            ("unknown", Self::Unspecified),
        ]
        .into_iter()
        .find(|(known, _)| word.eq_ignore_ascii_case(known))
        .map_or(Self::Other, |(_, severity)| severity)
    }

    /// The word people use.
    pub const fn word(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
            Self::Informational => "informational",
            Self::Unspecified => "unspecified",
            Self::Other => "unknown",
        }
    }
}

/// How far the work on an alert is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Status {
    New,
    InProgress,
    Resolved,
    #[default]
    Other,
}

impl Status {
    /// Reads the service's word in any letter case.
    pub fn of(word: &str) -> Self {
        [
            ("new", Self::New),
            ("inprogress", Self::InProgress),
            ("resolved", Self::Resolved),
        ]
        .into_iter()
        .find(|(known, _)| word.eq_ignore_ascii_case(known))
        .map_or(Self::Other, |(_, status)| status)
    }

    /// The word people use.
    pub const fn word(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::InProgress => "in progress",
            Self::Resolved => "resolved",
            Self::Other => "unknown",
        }
    }

    /// Still somebody's work.
    pub const fn is_open(self) -> bool {
        !matches!(self, Self::Resolved)
    }
}

/// One alert as the service told it.
#[derive(Debug, Clone, PartialEq)]
pub struct Alert {
    pub id: AlertId,
    pub title: Text,
    pub severity: Severity,
    /// The service's own word when `severity` is `Other`; else empty.
    pub severity_word: Text,
    pub status: Status,
    /// The service's own word when `status` is `Other`; else empty.
    pub status_word: Text,
    pub category: Text,
    /// Name of the device; empty when there is none.
    pub device: Text,
    /// Account name of the user concerned; empty when there is none.
    pub user: Text,
    /// Empty when nobody has it.
    pub assigned_to: Text,
    pub incident: Text,
    /// What detected it.
    pub detector: Text,
    /// The product it comes from, where the service has those of several.
    pub product: Text,
    /// MITRE ATT&CK techniques, with a blank between two.
    pub techniques: Text,
    /// Empty until somebody decided.
    pub classification: Text,
    pub determination: Text,
    /// Name of the device group.
    pub group: Text,
    pub created: Option<Timestamp>,
    /// When it changed last, at the service's full precision of 100 ns.
    pub updated: Option<Timestamp>,
    /// Lists leave evidence out, so `false` says nothing about the alert itself.
    pub has_evidence: bool,
    /// All of it, as it came.
    pub body: PackedJson,
}

/// One page of the list of alerts.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AlertPage {
    pub alerts: Vec<Alert>,
    /// Items of the page that could not be read as an alert, by the hash of their text.
    pub unreadable: Vec<u64>,
    /// Where the service says the list goes on.
    pub next_link: Option<String>,
    /// Host of a next link that led to another origin and was dropped.
    pub refused_link: Option<String>,
    /// The service's own clock, from the `Date` header.
    pub date: Option<Timestamp>,
    /// What the service says is missing from its answer.
    pub warnings: Vec<Text>,
}

impl AlertPage {
    /// Items on the page, readable or not.
    pub fn received(&self) -> usize {
        self.alerts.len() + self.unreadable.len()
    }

    /// When the last alert of a page in this order was created or changed; none where
    /// the page does not keep to the order.
    pub fn last_in(&self, order: Ordering) -> Option<Timestamp> {
        let time = |alert: &Alert| match order {
            Ordering::NewestFirst => alert.created,
            Ordering::LastChangedFirst => alert.updated,
            Ordering::AsItComes => None,
        };
        let times: Vec<Timestamp> = self.alerts.iter().map(time).collect::<Option<_>>()?;
        times
            .is_sorted_by(|one, next| one >= next)
            .then_some(times.last().copied()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn severities_are_ordered_and_read_in_any_case() {
        assert!(Severity::High > Severity::Medium);
        assert!(Severity::Informational > Severity::Unspecified);
        assert_eq!(Severity::of("UnSpecified"), Severity::Unspecified);
        assert_eq!(Severity::of("informational"), Severity::Informational);
        assert_eq!(Severity::of("Apocalyptic"), Severity::Other);
    }

    #[test]
    fn an_empty_id_is_none() {
        assert_eq!(AlertId::new(""), None);
    }
}
