//! What is to be written: only legal pairs, only what changes.

use serde::Deserialize;
use serde::Serialize;
use thiserror::Error;

use crate::domain::decision::disposition::CLASSIFICATIONS;
use crate::domain::decision::disposition::Disposition;
use crate::domain::decision::disposition::canonical_classification;
use crate::domain::decision::disposition::determinations_of;
use crate::domain::decision::disposition::unset;
use crate::domain::decision::triage::Property;
use crate::domain::decision::triage::Triage;
use crate::domain::nearest;
use crate::domain::text::shown;

/// Characters of a note. No limit is documented: this one holds a page of text, and
/// keeps a file pasted by mistake out of an alert that cannot forget it.
pub const LONGEST_NOTE: usize = 4_000;
/// Characters of a name a person is known by.
const LONGEST_OWNER: usize = 256;

/// One change to an alert, in the service's own words. Never empty.
///
/// A property that is `None` is left alone; an empty word takes away what is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub struct Change {
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    assigned_to: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    classification: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    determination: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<String>,
}

/// The statuses that can be written.
pub const STATUSES: [&str; 3] = [NEW, IN_PROGRESS, RESOLVED];

const NEW: &str = "New";
const IN_PROGRESS: &str = "InProgress";
const RESOLVED: &str = "Resolved";

/// Why a change cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{what}")]
pub struct Illegal {
    /// Lowercase phrase: what is wrong.
    pub what: String,
    /// What to do.
    pub remedy: String,
}

impl Illegal {
    fn new(what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            remedy: remedy.into(),
        }
    }
}

impl Change {
    /// Assigned to `me` and in progress.
    pub fn take(me: &str) -> Self {
        Self {
            status: Some(IN_PROGRESS.to_owned()),
            assigned_to: Some(me.to_owned()),
            ..Self::default()
        }
    }

    /// Resolved as this.
    pub fn close(disposition: Disposition) -> Self {
        Self {
            status: Some(RESOLVED.to_owned()),
            classification: Some(disposition.classification().to_owned()),
            determination: Some(disposition.determination().to_owned()),
            ..Self::default()
        }
    }

    /// New again, with nobody's verdict taken away.
    pub fn reopen() -> Self {
        Self {
            status: Some(NEW.to_owned()),
            ..Self::default()
        }
    }

    /// Reads a change from the words of a person: in any letter case and any spelling
    /// the service's pages have, but only what the service accepts.
    pub fn of_words(words: &Words<'_>) -> Result<Self, Illegal> {
        let mut change = Self::default();
        if let Some(word) = words.status {
            change.status = Some(one_of("status", word, &STATUSES)?.to_owned());
        }
        if let Some(owner) = words.assigned_to {
            change = change.and_owner(owner)?;
        }
        if let Some(word) = words.classification {
            let classification = classification(word)?;
            change.classification = Some(classification.to_owned());
            if let Some(word) = words.determination {
                change.determination = Some(determination(classification, word)?.to_owned());
            }
        } else if let Some(word) = words.determination {
            return Err(Illegal::new(
                format!("the determination `{word}` needs a classification beside it"),
                "give both",
            ));
        }
        if let Some(note) = words.comment {
            change = change.and_note(note)?;
        }
        if change == Self::default() {
            return Err(Illegal::new(
                "nothing to change was given",
                "give a status, an owner, a classification or a comment",
            ));
        }
        Ok(change)
    }

    /// The same, given to somebody; to nobody with an empty name.
    pub fn and_owner(mut self, owner: &str) -> Result<Self, Illegal> {
        let owner = owner.trim();
        if owner.chars().any(char::is_control) || owner.chars().count() > LONGEST_OWNER {
            return Err(Illegal::new(
                "this is not the name of an account",
                "give a user name such as `kim@contoso.com`",
            ));
        }
        self.assigned_to = Some(owner.to_owned());
        Ok(self)
    }

    /// The same with a note.
    pub fn and_note(mut self, note: &str) -> Result<Self, Illegal> {
        let note = note.trim();
        if note.is_empty() {
            return Err(Illegal::new(
                "the note is empty",
                "write something, or leave it out",
            ));
        }
        if note.chars().any(is_unprintable) {
            return Err(Illegal::new(
                "the note holds a control character",
                "take it out: a note is text, line breaks and tabs",
            ));
        }
        let length = note.chars().count();
        if length > LONGEST_NOTE {
            return Err(Illegal::new(
                format!("the note has {length} characters"),
                format!("keep it to {LONGEST_NOTE}: a note cannot be taken back"),
            ));
        }
        self.comment = Some(note.to_owned());
        Ok(self)
    }

    /// The same with another status.
    #[must_use]
    pub fn and_status(mut self, status: NewStatus) -> Self {
        self.status = Some(status.word().to_owned());
        self
    }

    /// What this puts into a property: an empty word takes away what is there.
    pub fn word(&self, property: Property) -> Option<&str> {
        match property {
            Property::Status => self.status.as_deref(),
            Property::AssignedTo => self.assigned_to.as_deref(),
            Property::Classification => self.classification.as_deref(),
            Property::Determination => self.determination.as_deref(),
        }
    }

    fn slot(&mut self, property: Property) -> &mut Option<String> {
        match property {
            Property::Status => &mut self.status,
            Property::AssignedTo => &mut self.assigned_to,
            Property::Classification => &mut self.classification,
            Property::Determination => &mut self.determination,
        }
    }

    /// Whether nothing is left to be done afterwards.
    pub fn closes(&self) -> bool {
        self.status.as_deref() == Some(RESOLVED)
    }

    /// The note that goes with it.
    pub fn note(&self) -> Option<&str> {
        self.comment.as_deref()
    }

    /// The same without its note.
    #[must_use]
    pub fn without_note(&self) -> Self {
        Self {
            comment: None,
            ..self.clone()
        }
    }

    /// Its note alone.
    #[must_use]
    pub fn only_note(&self) -> Self {
        Self {
            comment: self.comment.clone(),
            ..Self::default()
        }
    }

    /// What it does to these properties, and nothing else.
    #[must_use]
    pub fn only(&self, properties: &[Property]) -> Self {
        let mut only = Self::default();
        for property in properties {
            *only.slot(*property) = self.word(*property).map(str::to_owned);
        }
        only
    }

    /// True when it takes away what is in a property.
    pub fn takes_away(&self, property: Property) -> bool {
        self.word(property).is_some_and(str::is_empty)
    }

    /// True when there is nothing to write.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// An alert after this change.
    pub fn applied_to(&self, triage: &Triage) -> Triage {
        let word = |property| {
            self.word(property)
                .unwrap_or(triage.word(property))
                .to_owned()
        };
        Triage {
            status: word(Property::Status),
            assigned_to: word(Property::AssignedTo),
            classification: word(Property::Classification),
            determination: word(Property::Determination),
            comments: triage.comments + usize::from(self.comment.is_some()),
            updated: triage.updated,
        }
    }

    /// Whether an alert reads as this change wants it, its note aside.
    pub fn is_seen_in(&self, triage: &Triage) -> bool {
        self.differing(triage).next().is_none()
    }

    /// The properties in which an alert does not read as this change wants it.
    pub fn differing<'a>(&'a self, triage: &'a Triage) -> impl Iterator<Item = Property> + 'a {
        Property::ALL.into_iter().filter(|property| {
            self.word(*property)
                .is_some_and(|mine| !property.same(mine, triage.word(*property)))
        })
    }

    /// What puts an alert back to how it was seen. `None` where only a note was
    /// written: the service has no way to take one back.
    pub fn inverse(&self, seen: &Triage) -> Option<Self> {
        let mut back = Self::default();
        for property in Property::ALL {
            if self.word(property).is_some() {
                *back.slot(property) = Some(unset(seen.word(property)).to_owned());
            }
        }
        (!back.is_empty()).then_some(back)
    }

    /// What both this and somebody else decided otherwise than it was.
    pub fn colliding(&self, seen: &Triage, theirs: &Triage) -> Vec<Property> {
        self.differing(theirs)
            .filter(|property| !property.same(seen.word(*property), theirs.word(*property)))
            .collect()
    }

    /// This without what collides with somebody else's decision; nothing may be left.
    /// A verdict is one thing: half of it is not written.
    #[must_use]
    pub fn merged(&self, seen: &Triage, theirs: &Triage) -> Self {
        let mut merged = self.clone();
        let verdict = [Property::Classification, Property::Determination];
        for property in self.colliding(seen, theirs) {
            *merged.slot(property) = None;
            if verdict.contains(&property) {
                merged.classification = None;
                merged.determination = None;
            }
        }
        merged
    }

    /// In words, for a notice and the log: `close as FP/not malicious, with a note`.
    /// Harmless to print: an owner may come from the service or from a file.
    pub fn says(&self) -> String {
        let mut parts = Vec::new();
        let verdict = self.verdict_says();
        match (self.status.as_deref(), self.assigned_to.as_deref()) {
            (Some(IN_PROGRESS), Some(owner)) if !owner.is_empty() => {
                parts.push(format!("take for {owner}"));
            }
            (status, owner) => {
                match (status, &verdict) {
                    (Some(RESOLVED), Some(verdict)) => parts.push(format!("close as {verdict}")),
                    (Some(NEW), _) => parts.push("set to new".to_owned()),
                    (Some(IN_PROGRESS), _) => parts.push("set to in progress".to_owned()),
                    (Some(RESOLVED), None) => parts.push("set to resolved".to_owned()),
                    (Some(other), _) => parts.push(format!("set to {other}")),
                    (None, _) => {}
                }
                match owner {
                    Some("") => parts.push("assign to nobody".to_owned()),
                    Some(owner) => parts.push(format!("assign to {owner}")),
                    None => {}
                }
            }
        }
        if self.status.as_deref() != Some(RESOLVED) {
            parts.extend(verdict.map(|verdict| format!("classify as {verdict}")));
        }
        match (&self.comment, parts.is_empty()) {
            (Some(_), true) => parts.push("note".to_owned()),
            (Some(_), false) => parts.push("with a note".to_owned()),
            (None, _) => {}
        }
        shown(&parts.join(", ")).into_owned()
    }

    fn verdict_says(&self) -> Option<String> {
        let classification = self.classification.as_deref()?;
        let determination = self.determination.as_deref().unwrap_or_default();
        if classification.is_empty() {
            return Some("nothing".to_owned());
        }
        let known = Disposition::of(classification, determination).map(Disposition::short);
        Some(known.unwrap_or_else(|| format!("{classification}/{determination}")))
    }

    /// Whether a change that was written down may be used: a file can hold anything.
    pub fn is_sound(&self) -> bool {
        let fits = |word: &str| word.chars().count() <= LONGEST_NOTE;
        let mut words = Property::ALL
            .into_iter()
            .filter_map(|property| self.word(property));
        let mut notes = self.note().into_iter();
        !self.is_empty()
            && words.all(|word| fits(word) && !word.chars().any(char::is_control))
            && notes.all(|note| fits(note) && !note.chars().any(is_unprintable))
    }
}

/// What a person gave, property by property.
#[derive(Debug, Clone, Copy, Default)]
pub struct Words<'a> {
    pub status: Option<&'a str>,
    /// Nobody with an empty text.
    pub assigned_to: Option<&'a str>,
    pub classification: Option<&'a str>,
    pub determination: Option<&'a str>,
    pub comment: Option<&'a str>,
}

/// A status that can be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NewStatus {
    New,
    InProgress,
    Resolved,
}

impl NewStatus {
    /// The one of this name, in any spelling a person gives it.
    ///
    /// # Errors
    /// What is wrong, and which there are.
    pub fn named(word: &str) -> Result<Self, Illegal> {
        Ok(match one_of("status", word, &STATUSES)? {
            NEW => Self::New,
            IN_PROGRESS => Self::InProgress,
            _ => Self::Resolved,
        })
    }

    /// The service's word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::New => NEW,
            Self::InProgress => IN_PROGRESS,
            Self::Resolved => RESOLVED,
        }
    }
}

/// What no note has: a terminal would obey it.
fn is_unprintable(letter: char) -> bool {
    letter.is_control() && !matches!(letter, '\n' | '\r' | '\t')
}

fn one_of(what: &str, word: &str, known: &[&'static str]) -> Result<&'static str, Illegal> {
    // People write `in-progress` and `in progress`.
    let plain: String = word
        .chars()
        .filter(|letter| letter.is_alphanumeric())
        .collect();
    let found = known
        .iter()
        .find(|known| known.eq_ignore_ascii_case(&plain));
    found.copied().ok_or_else(|| {
        let near = nearest::nearest_to(&plain, known.iter().copied());
        Illegal::new(
            format!("unknown {what} `{word}`"),
            near.map_or_else(
                || format!("one of {}", known.join(", ")),
                |near| format!("did you mean `{near}`? one of {}", known.join(", ")),
            ),
        )
    })
}

fn classification(word: &str) -> Result<&'static str, Illegal> {
    canonical_classification(word)
        .map_or_else(|| one_of("classification", word, &CLASSIFICATIONS), Ok)
}

fn determination(classification: &str, word: &str) -> Result<&'static str, Illegal> {
    if let Some(pair) = Disposition::of(classification, word) {
        return Ok(pair.determination());
    }
    let fitting = determinations_of(classification);
    let all: Vec<&'static str> = Disposition::ALL
        .into_iter()
        .flat_map(|pair| pair.spellings().iter().copied())
        .collect();
    if all.iter().any(|known| known.eq_ignore_ascii_case(word)) {
        return Err(Illegal::new(
            format!("`{word}` does not go with `{classification}`"),
            format!("one of {}", fitting.join(", ")),
        ));
    }
    one_of("determination", word, &fitting)
}

#[cfg(test)]
#[path = "change_tests.rs"]
mod tests;
