//! The values of the alerts at hand, most frequent first.

use std::cmp::Reverse;
use std::collections::HashMap;

use crate::app::alert_book::AlertBook;
use crate::app::filter::complete::Known;
use crate::app::row::words_of_disposition;
use crate::domain::filter::field::Field;

/// Longer ones are no use in a line.
const LONGEST: usize = 120;

impl Known for AlertBook {
    fn values(&self, field: Field, part: &str, most: usize) -> Vec<String> {
        let Some(counts) = self.usage().of(field) else {
            return Vec::new();
        };
        // By value: several texts may hold the same technique.
        let mut found: HashMap<&str, u32> = HashMap::new();
        for ((lower, text), count) in self.symbols().texts().zip(counts) {
            if *count == 0 || !lower.contains(part) {
                continue;
            }
            for value in parts(field, text.original()) {
                if (1..=LONGEST).contains(&value.len()) && value.to_lowercase().contains(part) {
                    *found.entry(value).or_default() += count;
                }
            }
        }
        let mut values: Vec<(&str, u32)> = found.into_iter().collect();
        values.sort_by_cached_key(|(value, count)| {
            let begins = value.to_lowercase().starts_with(part);
            (!begins, Reverse(*count), *value)
        });
        let best = values.into_iter().take(most);
        best.map(|(value, _)| value.to_owned()).collect()
    }
}

/// The values that a text of a row holds.
fn parts(field: Field, text: &str) -> Vec<&str> {
    match field {
        Field::Technique => text.split(' ').collect(),
        Field::Classification => vec![words_of_disposition(text).0],
        Field::Determination => vec![words_of_disposition(text).1],
        Field::Severity
        | Field::Status
        | Field::Title
        | Field::Device
        | Field::User
        | Field::Id
        | Field::Incident
        | Field::Category
        | Field::Owner
        | Field::Detector
        | Field::Product
        | Field::Group
        | Field::Created
        | Field::Updated
        | Field::Age
        | Field::Is => vec![text],
    }
}
