//! The words a field takes: severities, statuses, what an alert can be.

use crate::domain::alert::Severity;
use crate::domain::alert::Status;
use crate::domain::filter::ast::Is;
use crate::domain::filter::field::Takes;

/// What an error says was expected.
pub(super) const SEVERITY: &str = "a severity (informational, low, medium, high)";
pub(super) const STATUS: &str = "a status (new, inprogress, resolved)";
pub(super) const IS: &str = "one of mine, unassigned, open, new, late, marked";

/// Canonical words, best known first.
pub(super) const SEVERITIES: [(&str, Severity); 6] = [
    ("high", Severity::High),
    ("medium", Severity::Medium),
    ("low", Severity::Low),
    ("informational", Severity::Informational),
    ("unspecified", Severity::Unspecified),
    ("unknown", Severity::Other),
];

pub(super) const STATUSES: [(&str, Status); 4] = [
    ("new", Status::New),
    ("inprogress", Status::InProgress),
    ("resolved", Status::Resolved),
    ("unknown", Status::Other),
];

/// A word or the start of exactly one of them, in any letter case.
fn begun<T: Copy>(word: &str, known: impl Iterator<Item = (&'static str, T)>) -> Option<T> {
    // A start is longer than no word; anything longer than these is a slip.
    let word = word
        .chars()
        .filter(|letter| !matches!(letter, ' ' | '-' | '_'))
        .take(20)
        .collect::<String>()
        .to_lowercase();
    let mut fitting = known.filter(|(full, _)| !word.is_empty() && full.starts_with(&word));
    let first = fitting.next()?;
    match fitting.next() {
        Some(_) if first.0 != word => None,
        Some(_) | None => Some(first.1),
    }
}

pub(super) fn severity(word: &str) -> Option<Severity> {
    begun(word, SEVERITIES.into_iter())
}

pub(super) fn status(word: &str) -> Option<Status> {
    begun(word, STATUSES.into_iter())
}

pub(super) fn is(word: &str) -> Option<Is> {
    begun(word, Is::ALL.into_iter().map(|is| (is.word(), is)))
}

pub(super) fn severity_word(severity: Severity) -> &'static str {
    word_of(&SEVERITIES, severity)
}

pub(super) fn status_word(status: Status) -> &'static str {
    word_of(&STATUSES, status)
}

fn word_of<T: PartialEq + Copy>(known: &[(&'static str, T)], wanted: T) -> &'static str {
    known
        .iter()
        .find(|(_, value)| *value == wanted)
        .map_or("", |(word, _)| word)
}

/// The words of a field that has a fixed list of them, for completion.
pub fn words(takes: Takes) -> Vec<&'static str> {
    match takes {
        Takes::Severity => SEVERITIES.iter().map(|(word, _)| *word).collect(),
        Takes::Status => STATUSES.iter().map(|(word, _)| *word).collect(),
        Takes::Is => Is::ALL.iter().map(|is| is.word()).collect(),
        Takes::Time | Takes::Duration => vec!["1h", "4h", "1d", "7d", "30d"],
        Takes::Text => Vec::new(),
    }
}
