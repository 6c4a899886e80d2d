//! What is written down about orders: those whose action has not ended, so that they are
//! followed after a restart, and what came of each, for the audit log.
//!
//! Only what the person asked for and what the service answered: no link to a package.

use jiff::Timestamp;
use serde::Deserialize;
use serde::Serialize;

use crate::domain::device::order::Order;

/// Raised when an old reader would misunderstand what is written.
pub const VERSION: u32 = 1;

/// Actions that are followed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub struct Followed {
    pub version: u32,
    pub entries: Vec<Entry>,
}

/// One order whose end is not known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// Names the order, in the audit log too; no two sessions have the same.
    pub name: String,
    /// The service's id of the action; none where the answer never came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// The service's id of the device.
    pub device: String,
    pub device_name: String,
    pub order: Order,
    pub comment: String,
    pub by: String,
    /// When the person asked, by the clock of this machine.
    pub asked: Timestamp,
}

impl Followed {
    /// These entries, as this version writes them.
    pub const fn of(entries: Vec<Entry>) -> Self {
        Self {
            version: VERSION,
            entries,
        }
    }

    /// Reads what was written. The answer otherwise is why nothing of it can be used.
    pub fn read(text: &str) -> Result<Self, String> {
        let mut followed: Self = serde_json::from_str(text)
            .map_err(|error| format!("line {}, column {}", error.line(), error.column()))?;
        if followed.version > VERSION {
            return Err("it was written by a newer version of vigie".to_owned());
        }
        followed.entries.retain(Entry::is_sound);
        Ok(followed)
    }

    /// As it is written.
    pub fn to_json(&self) -> String {
        // A struct of texts and times always has a form in JSON.
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl Entry {
    /// Nobody asked for anything else: a file can hold anything.
    fn is_sound(&self) -> bool {
        let order = match &self.order {
            Order::Quarantine(sha1) => Order::quarantine(sha1).is_some(),
            Order::IsolateFully
            | Order::IsolateSelectively
            | Order::Release
            | Order::ScanQuickly
            | Order::ScanFully
            | Order::Restrict
            | Order::Unrestrict
            | Order::Collect => true,
        };
        order && !self.name.is_empty() && !self.device.trim().is_empty()
    }
}

/// What came of an order: a line of the audit log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderRecord {
    /// Names the order: the same in the line of its beginning and in that of its end.
    pub order: String,
    /// The service's id of the device.
    pub device: String,
    pub device_name: String,
    pub by: String,
    /// What was asked for, as people say it.
    pub asked_for: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha1: Option<String>,
    pub comment: String,
    /// The service's id of the action, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    pub end: OrderEnd,
    /// Why, where it did not go well.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// The service's id of the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
    pub decided: Timestamp,
    pub ended: Timestamp,
}

/// How far an order came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OrderEnd {
    /// The service made an action of it.
    Begun,
    /// One like it ran already.
    RanAlready,
    Refused,
    /// Nobody knows whether it arrived.
    Unknown,
    Succeeded,
    Failed,
    TimedOut,
    Cancelled,
}

impl OrderEnd {
    /// The word people use.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Begun => "begun",
            Self::RanAlready => "ran already",
            Self::Refused => "refused",
            Self::Unknown => "unknown",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::TimedOut => "timed out",
            Self::Cancelled => "cancelled",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry() -> Entry {
        Entry {
            name: "o-1".to_owned(),
            action: None,
            device: "0a".to_owned(),
            device_name: "fin-ws-001".to_owned(),
            order: Order::Quarantine("a".repeat(40)),
            comment: "alert da1".to_owned(),
            by: "me".to_owned(),
            asked: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn what_was_written_is_read_back_and_nothing_else() {
        let followed = Followed::of(vec![entry()]);
        assert_eq!(Followed::read(&followed.to_json()), Ok(followed.clone()));
        let half = followed.to_json();
        let half = half.get(..half.len() / 2).unwrap_or_default();
        assert!(Followed::read(half).is_err());
        assert!(Followed::read(r#"{"version":99,"entries":[]}"#).is_err());
        let wrong = Entry {
            order: Order::Quarantine("../x".to_owned()),
            ..entry()
        };
        let nowhere = Entry {
            device: " ".to_owned(),
            ..entry()
        };
        let both = Followed::of(vec![wrong, nowhere]);
        assert_eq!(
            Followed::read(&both.to_json()),
            Ok(Followed::of(Vec::new()))
        );
    }
}
