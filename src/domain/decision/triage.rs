//! What people decide about an alert, as the service told it last.

use jiff::Timestamp;
use serde::Deserialize;
use serde::Serialize;

use crate::domain::decision::disposition::same_classification;
use crate::domain::decision::disposition::same_determination;

/// The decided part of an alert, in the service's own words; empty for what is not set.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Triage {
    pub status: String,
    pub assigned_to: String,
    pub classification: String,
    pub determination: String,
    /// How many notes there are.
    pub comments: usize,
    /// `lastUpdateTime`.
    pub updated: Option<Timestamp>,
}

/// One of the properties a person decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Property {
    Status,
    AssignedTo,
    Classification,
    Determination,
}

impl Property {
    pub const ALL: [Self; 4] = [
        Self::Status,
        Self::AssignedTo,
        Self::Classification,
        Self::Determination,
    ];

    /// The service's name of it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::AssignedTo => "assignedTo",
            Self::Classification => "classification",
            Self::Determination => "determination",
        }
    }

    /// Whether two words of the service for it mean the same.
    pub fn same(self, one: &str, other: &str) -> bool {
        match self {
            Self::Status | Self::AssignedTo => one.eq_ignore_ascii_case(other),
            Self::Classification => same_classification(one, other),
            Self::Determination => same_determination(one, other),
        }
    }
}

impl Triage {
    /// The service's word for a property; empty where it is not set.
    pub fn word(&self, property: Property) -> &str {
        match property {
            Property::Status => &self.status,
            Property::AssignedTo => &self.assigned_to,
            Property::Classification => &self.classification,
            Property::Determination => &self.determination,
        }
    }

    /// Whether nobody decided anything between the two: an alert also gets a new time
    /// when the service itself adds to it, which is nobody's work to write over.
    pub fn same_decisions(&self, later: &Self) -> bool {
        let is_untouched = self.updated.is_some() && self.updated == later.updated;
        is_untouched
            || (later.comments <= self.comments
                && Property::ALL
                    .into_iter()
                    .all(|property| property.same(self.word(property), later.word(property))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_time_alone_is_nobodys_decision() {
        let seen = Triage {
            status: "New".to_owned(),
            updated: Timestamp::from_second(1).ok(),
            ..Triage::default()
        };
        let touched = Triage {
            updated: Timestamp::from_second(2).ok(),
            classification: "Unknown".to_owned(),
            ..seen.clone()
        };
        assert!(seen.same_decisions(&touched));
        let noted = Triage {
            comments: 1,
            ..touched.clone()
        };
        assert!(!seen.same_decisions(&noted));
        let taken = Triage {
            assigned_to: "kim".to_owned(),
            ..touched
        };
        assert!(!seen.same_decisions(&taken));
    }

    #[test]
    fn two_times_nobody_knows_are_not_the_same_time() {
        let seen = Triage {
            status: "New".to_owned(),
            ..Triage::default()
        };
        assert!(seen.same_decisions(&seen));
        let taken = Triage {
            assigned_to: "kim".to_owned(),
            ..seen.clone()
        };
        let noted = Triage {
            comments: 1,
            ..seen.clone()
        };
        assert!(!seen.same_decisions(&taken));
        assert!(!seen.same_decisions(&noted));
    }
}
