//! Decisions an operator gave a name: what they do, and the note that goes with them.

use crate::domain::decision::change::Change;
use crate::domain::decision::change::NewStatus;
use crate::domain::decision::disposition::Disposition;
use crate::domain::decision::template::Template;

/// Characters of a name: it stands in a menu.
pub const LONGEST_NAME: usize = 40;

/// To whom a macro gives an alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Assignee {
    Me,
    Nobody,
    /// By the name of an account that was found to be one.
    User(String),
}

/// What becomes of the status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Left as it is.
    Stays,
    Closed(Disposition),
    Set(NewStatus),
}

/// One macro. It does something: that is seen to where it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Macro {
    pub name: String,
    /// The letter that runs it in the menu.
    pub key: Option<char>,
    pub fate: Fate,
    pub assign: Option<Assignee>,
    pub note: Option<Template>,
}

impl Macro {
    /// What it does beside its note, for a person of this name; empty where it only
    /// writes a note.
    pub fn change(&self, me: &str) -> Change {
        let change = match self.fate {
            Fate::Stays => Change::default(),
            Fate::Closed(disposition) => Change::close(disposition),
            Fate::Set(status) => Change::default().and_status(status),
        };
        let owner = match &self.assign {
            None => return change,
            Some(Assignee::Me) => me,
            Some(Assignee::Nobody) => "",
            Some(Assignee::User(name)) => name,
        };
        let unassigned = change.clone();
        // A token may name its user as it likes; nobody is assigned then.
        change.and_owner(owner).unwrap_or(unassigned)
    }

    /// Whether another name is this one's: nobody tells them apart by letter case.
    pub fn is_called(&self, name: &str) -> bool {
        self.name.to_lowercase() == name.trim().to_lowercase()
    }

    /// What it does in few words.
    pub fn says(&self, me: &str) -> String {
        let change = self.change(me);
        match (&self.note, change.is_empty()) {
            (None, _) => change.says(),
            (Some(_), true) => "note".to_owned(),
            (Some(_), false) => format!("{}, with a note", change.says()),
        }
    }
}

/// The notes that go with closing as something.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CloseNotes(Vec<(Disposition, Template)>);

impl CloseNotes {
    /// Each disposition once.
    pub fn of(notes: impl IntoIterator<Item = (Disposition, Template)>) -> Self {
        Self(notes.into_iter().collect())
    }

    /// The note for closing as this, if one was configured.
    pub fn get(&self, disposition: Disposition) -> Option<&Template> {
        let mut notes = self.0.iter();
        notes
            .find(|(known, _)| *known == disposition)
            .map(|(_, note)| note)
    }

    /// All of them, as they were written.
    pub fn iter(&self) -> impl Iterator<Item = &(Disposition, Template)> {
        self.0.iter()
    }
}
