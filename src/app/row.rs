//! One alert as the list keeps it: small, of fixed size, its texts as symbols.
//!
//! Only [`crate::app::alert_book`] makes and changes rows.

use jiff::Timestamp;

use crate::app::symbols::Numeral;
use crate::app::symbols::Symbol;
use crate::domain::alert::AlertId;
use crate::domain::alert::Severity;
use crate::domain::alert::Status;
use crate::domain::packed::PackedJson;
use crate::domain::text::Text;

/// Whether an alert was looked at since it came or changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Fresh {
    #[default]
    Seen,
    New,
    Changed,
}

/// What the list shows of an alert. Fixed size; texts are symbols.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    pub id: AlertId,
    pub created: Option<Timestamp>,
    pub updated: Option<Timestamp>,
    pub title: Symbol,
    pub device: Symbol,
    pub user: Symbol,
    pub category: Symbol,
    pub assigned_to: Symbol,
    pub incident: Numeral,
    pub detector: Symbol,
    pub product: Symbol,
    pub techniques: Symbol,
    /// Classification and determination; see [`words_of_disposition`].
    pub disposition: Symbol,
    pub group: Symbol,
    pub severity_word: Symbol,
    pub status_word: Symbol,
    pub severity: Severity,
    pub status: Status,
    pub fresh: Fresh,
    pub(super) body: PackedJson,
    pub(super) evidence: Option<Box<Evidence>>,
}

/// The alert as an answer that carried evidence told it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Evidence {
    pub(super) body: PackedJson,
    /// `lastUpdateTime` in that body.
    pub(super) body_of: Option<Timestamp>,
    /// `lastUpdateTime` of the alert when the evidence was last asked for.
    pub(super) as_of: Option<Timestamp>,
}

impl Row {
    /// The texts a bare word of a filter is looked for in, beside incident and id.
    pub fn symbols(&self) -> [Symbol; 7] {
        [
            self.title,
            self.device,
            self.user,
            self.category,
            self.assigned_to,
            self.severity_word,
            self.status_word,
        ]
    }

    /// The texts only a named field of a filter looks at.
    fn named_symbols(&self) -> [Symbol; 5] {
        [
            self.detector,
            self.product,
            self.techniques,
            self.disposition,
            self.group,
        ]
    }

    /// True when the list would draw both alike, under any filter.
    pub(super) fn same_to_see(&self, other: &Self) -> bool {
        self.symbols() == other.symbols()
            && self.named_symbols() == other.named_symbols()
            && self.incident == other.incident
            && self.severity == other.severity
            && self.status == other.status
            && self.created == other.created
    }
}

/// Between the two words of a disposition.
const AND: char = '\n';

/// Classification and determination in one text: there are few pairs, and each word
/// by itself would take as much room in every row.
pub(super) fn disposition(classification: &Text, determination: &Text) -> Text {
    if classification.is_empty() && determination.is_empty() {
        return Text::default();
    }
    let (one, other) = (classification.original(), determination.original());
    Text::from(format!("{one}{AND}{other}"))
}

/// The two words of a disposition again.
pub fn words_of_disposition(text: &str) -> (&str, &str) {
    text.split_once(AND).unwrap_or((text, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_small() {
        assert!(size_of::<Row>() <= 152, "{} bytes", size_of::<Row>());
    }

    #[test]
    fn a_disposition_is_two_words() {
        for (one, other) in [("", ""), ("a", ""), ("", "b"), ("a", "b")] {
            let text = disposition(&Text::from(one), &Text::from(other));
            assert_eq!(words_of_disposition(text.original()), (one, other));
        }
    }
}
