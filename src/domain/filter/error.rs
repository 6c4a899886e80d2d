//! Why a text is not a filter: the column, what was expected there, what was found.

use std::fmt;

use crate::domain::text::shown;

/// Characters of what was found that are repeated.
const QUOTED: usize = 40;

/// One line for the person who typed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryError {
    /// Counted in characters, from 1.
    pub column: usize,
    /// Harmless to show.
    pub message: String,
    /// More text could still make it a filter.
    pub is_incomplete: bool,
}

impl QueryError {
    /// At a byte of the text.
    pub(super) fn at(text: &str, byte: usize, message: impl Into<String>) -> Self {
        let before = text.get(..byte).unwrap_or(text);
        Self {
            column: before.chars().count() + 1,
            message: message.into(),
            is_incomplete: false,
        }
    }

    /// The text ended where more was expected.
    pub(super) fn ended(text: &str, expected: &str) -> Self {
        Self {
            is_incomplete: true,
            ..Self::at(
                text,
                text.len(),
                format!("expected {expected}, found the end"),
            )
        }
    }
}

impl fmt::Display for QueryError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "column {}: {}", self.column, self.message)
    }
}

impl std::error::Error for QueryError {}

/// The start of what was found, in quotes and harmless.
pub(super) fn found(text: &str) -> String {
    let mut start: String = text.chars().take(QUOTED).collect();
    if start.len() < text.len() {
        start.push_str("..");
    }
    format!("\"{}\"", shown(&start))
}

/// The end of a message that has a guess.
pub(super) fn did_you_mean(guess: Option<&str>) -> String {
    guess.map_or_else(String::new, |guess| format!(", did you mean \"{guess}\"?"))
}
