//! What could be typed next in a filter: fields, their words, ages, known values.

use crate::domain::duration::parse_duration;
use crate::domain::filter::field::FIELDS;
use crate::domain::filter::field::Field;
use crate::domain::filter::field::Row;
use crate::domain::filter::field::Takes;
use crate::domain::filter::literal;
use crate::domain::filter::standing::Standing;
use crate::domain::filter::standing::standing;
use crate::domain::filter::words;

/// How many are offered.
pub const OFFERED: usize = 8;
/// From so many letters on a bare word may be a value of any field.
const TELLS: usize = 2;
/// Digits of a number that may become a duration.
const LONGEST_NUMBER: usize = 3;

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

/// Fields by their own names, words of a fixed list, fields by their other names, ages,
/// then values: those that begin with what is written before those that hold it.
fn of_word(written: &str, known: &impl Known) -> Vec<String> {
    let part = written.to_lowercase();
    let fields = |is_meant: fn(&Row, &str) -> bool| {
        let rows = FIELDS.iter().filter(|row| is_meant(row, &part));
        rows.map(|row| format!("{}:", row.name)).collect()
    };
    let mut endings: Vec<String> = fields(|row, part| row.name.starts_with(part));
    if part.is_empty() {
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
    endings.extend(fields(|row, part| {
        row.also.iter().any(|name| name.starts_with(part))
    }));
    endings.extend(ages(&part));
    if part.chars().count() < TELLS {
        return endings;
    }
    let mut values: Vec<(bool, String)> = Vec::new();
    for field in [
        Field::Device,
        Field::User,
        Field::Group,
        Field::Title,
        Field::Category,
    ] {
        let of_field = known.values(field, &part, 2).into_iter();
        values.extend(of_field.map(|value| {
            let begins = value.to_lowercase().starts_with(&part);
            (!begins, format!("{}:{}", field.name(), literal(&value)))
        }));
    }
    values.sort_by_key(|(later, _)| *later);
    endings.extend(values.into_iter().map(|(_, value)| value));
    endings
}

/// What a duration, or a number that may become one, would mean as an age.
fn ages(part: &str) -> Vec<String> {
    let is_number = part.len() <= LONGEST_NUMBER && part.bytes().all(|byte| byte.is_ascii_digit());
    let units: &[&str] = if is_number { &["h", "d", "m"] } else { &[""] };
    units
        .iter()
        .map(|unit| format!("{part}{unit}"))
        .filter(|age| parse_duration(age).is_ok())
        .map(|age| format!("{}<{age}", Field::Age.name()))
        .collect()
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
