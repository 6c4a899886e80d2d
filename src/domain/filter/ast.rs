//! What can be said in a filter, as a tree.

use crate::domain::alert::Severity;
use crate::domain::alert::Status;
use crate::domain::filter::field::Field;
use crate::domain::filter::when::When;

/// Terms, joined. The parser never puts an `All` directly into an `All`, nor an `Any`
/// into an `Any`, and makes neither of a single part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node {
    /// All must hold; none at all holds always.
    All(Vec<Self>),
    /// At least one must hold.
    Any(Vec<Self>),
    Not(Box<Self>),
    Term(Term),
}

impl Node {
    /// True when the test holds for one of the terms, however deep.
    pub fn any_term(&self, test: &impl Fn(&Term) -> bool) -> bool {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().any(|part| part.any_term(test)),
            Self::Not(inner) => inner.any_term(test),
            Self::Term(term) => test(term),
        }
    }
}

/// One thing asked of an alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Term {
    /// Found in any of the texts a bare word is looked for in.
    Word(Match),
    /// One of these in a field of text.
    Text {
        field: Field,
        any: Vec<Match>,
    },
    /// Compared with one severity, or equal to one of several.
    Severity {
        compare: Compare,
        any: Vec<Severity>,
    },
    Status(Vec<Status>),
    Time {
        field: Field,
        compare: Compare,
        when: When,
    },
    Is(Vec<Is>),
}

/// How a text is looked for. In any letter case, but for `Exact`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Match {
    /// Anywhere in it. The empty text stands for alerts that have none.
    Contains(String),
    /// From end to end, `*` for any run and `?` for one character.
    Glob(String),
    /// A regular expression, anywhere in it.
    Regex(String),
    /// The whole text, letter for letter; in any letter case where it is one of a fixed
    /// list of words.
    Exact(String),
}

/// How an ordered thing is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compare {
    Equal,
    AtLeast,
    AtMost,
    Above,
    Below,
}

/// What an alert can be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Is {
    /// Assigned to the signed-in user.
    Mine,
    /// Assigned to nobody.
    Unassigned,
    /// Not resolved.
    Open,
    /// New or changed since it was looked at.
    New,
    /// Waits too long for its first action.
    Late,
    /// Marked on the screen.
    Marked,
}

impl Is {
    /// What is offered, in the order of the help.
    pub const ALL: [Self; 6] = [
        Self::Mine,
        Self::Unassigned,
        Self::Open,
        Self::New,
        Self::Late,
        Self::Marked,
    ];

    /// The word after `is:`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Mine => "mine",
            Self::Unassigned => "unassigned",
            Self::Open => "open",
            Self::New => "new",
            Self::Late => "late",
            Self::Marked => "marked",
        }
    }
}
