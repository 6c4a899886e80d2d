//! What is written down about decisions: those that have not arrived yet, so that no
//! end of the program loses one, and what came of each, for whoever asks later.
//!
//! Only what the person decided: ids and the decided properties, nothing else of an alert.

use jiff::Timestamp;
use serde::Deserialize;
use serde::Serialize;

use crate::domain::alert::AlertId;
use crate::domain::decision::change::Change;
use crate::domain::decision::outcome::Guard;
use crate::domain::decision::outcome::Target;
use crate::domain::decision::triage::Triage;

/// Raised when an old reader would misunderstand what is written.
pub const VERSION: u32 = 1;

/// The decisions of one session that have not arrived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub struct Outbox {
    pub version: u32,
    pub entries: Vec<Entry>,
    /// A note that was being written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub draft: Option<Draft>,
}

/// One decision that has not arrived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// Names the decision, in the audit log too; no two sessions have the same.
    pub decision: String,
    /// When the person decided.
    pub decided: Timestamp,
    /// Who decided, as the token told.
    pub by: String,
    pub change: Change,
    pub guard: Guard,
    pub alerts: Vec<Seen>,
    pub step: Step,
}

/// An alert as the person saw it when deciding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Seen {
    pub id: String,
    pub seen: Triage,
}

/// How far a decision is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Step {
    /// Nothing was sent.
    Held,
    /// Something was sent; whether it arrived is not known.
    Sent,
    /// It failed in a way that may pass; why.
    Failed(String),
    /// Somebody else decided meanwhile; nothing was sent.
    Conflict,
}

/// A note that is being written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Draft {
    /// Ids of the alerts it is for.
    pub alerts: Vec<String>,
    pub text: String,
}

impl Outbox {
    /// Nothing that would be missed.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.draft.is_none()
    }

    /// Reads what was written. The answer otherwise is why nothing of it can be used;
    /// some of it may make no sense all the same, see [`Outbox::take_unsound`].
    pub fn read(text: &str) -> Result<Self, String> {
        let outbox: Self = serde_json::from_str(text).map_err(|error| {
            // Only where: the error's own words may repeat what the file holds.
            format!("line {}, column {}", error.line(), error.column())
        })?;
        if outbox.version > VERSION {
            return Err("it was written by a newer version of vigie".to_owned());
        }
        Ok(outbox)
    }

    /// Takes out the decisions that nobody can have made: a file can hold anything.
    pub fn take_unsound(&mut self) -> Vec<Entry> {
        let entries = std::mem::take(&mut self.entries);
        let (sound, unsound) = entries.into_iter().partition(Entry::is_sound);
        self.entries = sound;
        unsound
    }

    /// As it is written.
    pub fn to_json(&self) -> String {
        // A struct of texts and numbers always has a form in JSON.
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl Entry {
    fn is_sound(&self) -> bool {
        self.change.is_sound()
            && !self.alerts.is_empty()
            && self.alerts.iter().all(|seen| !seen.id.is_empty())
    }

    /// The alerts it is for.
    pub fn targets(&self) -> Vec<Target> {
        let target = |seen: &Seen| {
            Some(Target {
                id: AlertId::new(&seen.id)?,
                seen: seen.seen.clone(),
            })
        };
        self.alerts.iter().filter_map(target).collect()
    }
}

/// What came of a decision for one alert: a line of the audit log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Record {
    pub decision: String,
    pub alert: String,
    pub by: String,
    pub change: Change,
    pub before: Triage,
    /// As read back from the service, where it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Triage>,
    pub end: End,
    /// Why, where it did not end well.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// The service's id of the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
    pub decided: Timestamp,
    pub ended: Timestamp,
}

/// How a decision ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum End {
    Written,
    AlreadySo,
    Conflict,
    NotTaken,
    Refused,
    TakenBack,
    Dropped,
}

impl End {
    /// The word people use.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Written => "written",
            Self::AlreadySo => "already so",
            Self::Conflict => "conflict",
            Self::NotTaken => "not taken",
            Self::Refused => "refused",
            Self::TakenBack => "taken back",
            Self::Dropped => "dropped",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outbox() -> Outbox {
        Outbox {
            version: VERSION,
            entries: vec![Entry {
                decision: "a-1".to_owned(),
                decided: Timestamp::UNIX_EPOCH,
                by: "me".to_owned(),
                change: Change::take("me"),
                guard: Guard::Checked,
                alerts: vec![Seen {
                    id: "da1_-2".to_owned(),
                    seen: Triage::default(),
                }],
                step: Step::Failed("no network".to_owned()),
            }],
            draft: Some(Draft {
                alerts: vec!["da1_-2".to_owned()],
                text: "half a sen".to_owned(),
            }),
        }
    }

    #[test]
    fn what_was_written_is_read_back() {
        assert_eq!(Outbox::read(&outbox().to_json()), Ok(outbox()));
        // However many alerts it is for: what was kept is never refused for its size.
        let mut large = outbox();
        for entry in &mut large.entries {
            let seen = entry.alerts.first().cloned();
            entry.alerts = seen.into_iter().cycle().take(100_001).collect();
        }
        assert_eq!(large.take_unsound(), []);
    }

    #[test]
    fn what_nobody_can_have_decided_is_apart_from_the_rest() {
        let sound = outbox().entries;
        let with = |change: fn(&mut Entry)| {
            let mut entries = sound.clone();
            entries.iter_mut().for_each(change);
            entries
        };
        let unsound = [
            with(|entry| entry.change = Change::default()),
            with(|entry| entry.change = Change::take("\u{1b}[2J")),
            with(|entry| entry.alerts.clear()),
            with(|entry| entry.alerts.iter_mut().for_each(|seen| seen.id.clear())),
        ]
        .concat();
        let mut both = outbox();
        both.entries = unsound.iter().chain(&sound).cloned().collect();
        assert_eq!(both.take_unsound(), unsound);
        assert_eq!(both, outbox());
    }

    #[test]
    fn half_a_file_is_none() {
        let half = outbox().to_json();
        let half = half.get(..half.len() / 2).unwrap_or_default().to_owned();
        for text in [half, String::new()] {
            assert!(Outbox::read(&text).is_err(), "{text}");
        }
    }
}
