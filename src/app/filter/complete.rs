//! What could be typed next in a filter: fields, their words, known values.

use crate::domain::filter::field::FIELDS;
use crate::domain::filter::field::Field;
use crate::domain::filter::field::Takes;
use crate::domain::filter::literal;
use crate::domain::filter::standing::Standing;
use crate::domain::filter::standing::standing;
use crate::domain::filter::words;

/// How many are offered.
pub const OFFERED: usize = 8;
/// From so many letters on a bare word may be a value of any field.
const TELLS: usize = 2;

/// The values that are there.
pub trait Known {
    /// Values of a field that hold `part`, which is in lower case: those that begin
    /// with it first, then the most frequent ones.
    fn values(&self, field: Field, part: &str, most: usize) -> Vec<String>;
}

/// One way to go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// The term as it would be.
    pub label: String,
    /// The whole text with it.
    pub text: String,
    /// Where the cursor would be, in characters.
    pub cursor: usize,
}

/// Ways to go on at the cursor, which counts characters; the best first.
pub fn complete(text: &str, cursor: usize, known: &impl Known) -> Vec<Completion> {
    let byte = text
        .char_indices()
        .nth(cursor)
        .map_or(text.len(), |(byte, _)| byte);
    let (before, after) = text.split_at_checked(byte).unwrap_or((text, ""));
    let (at, endings) = match standing(before) {
        Standing::Word { at, written } => (at, of_word(written, known)),
        Standing::Value { row, at, written } => {
            // A quote that is not closed is written again.
            let part = written.trim_start_matches('"').to_lowercase();
            (at, of_value(row.field, row.takes, &part, known))
        }
        Standing::Elsewhere => return Vec::new(),
    };
    let kept = before.get(..at).unwrap_or_default();
    let mut offered = Vec::new();
    for ending in endings {
        let completed = format!("{kept}{ending}");
        let is_new = offered.iter().all(|one: &Completion| one.label != ending);
        if completed == before || !is_new {
            continue;
        }
        offered.push(Completion {
            cursor: completed.chars().count(),
            text: format!("{completed}{after}"),
            label: ending,
        });
        if offered.len() == OFFERED {
            break;
        }
    }
    offered
}

fn of_word(written: &str, known: &impl Known) -> Vec<String> {
    let part = written.to_lowercase();
    let fields = FIELDS
        .iter()
        .filter(|row| row.names().any(|name| name.starts_with(&part)))
        .map(|row| format!("{}:", row.name));
    let mut endings: Vec<String> = fields.collect();
    if part.chars().count() < TELLS {
        return endings;
    }
    for row in FIELDS {
        if matches!(row.takes, Takes::Severity | Takes::Status | Takes::Is) {
            let fitting = words(row.takes)
                .into_iter()
                .filter(|word| word.starts_with(&part));
            endings.extend(fitting.map(|word| format!("{}:{word}", row.name)));
        }
    }
    for field in [Field::Device, Field::User, Field::Title, Field::Category] {
        let values = known.values(field, &part, 2);
        endings.extend(
            values
                .iter()
                .map(|value| format!("{}:{}", field.name(), literal(value))),
        );
    }
    endings
}

fn of_value(field: Field, takes: Takes, part: &str, known: &impl Known) -> Vec<String> {
    if takes == Takes::Text {
        // One more than shown: the first may be what is there already.
        let values = known.values(field, part, OFFERED + 1);
        return values.iter().map(|value| literal(value)).collect();
    }
    words(takes)
        .into_iter()
        .filter(|word| word.starts_with(part))
        .map(str::to_owned)
        .collect()
}
