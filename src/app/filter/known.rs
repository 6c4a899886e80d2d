//! The values of the alerts at hand, most frequent first.

use std::cmp::Reverse;
use std::collections::HashMap;

use crate::app::alert_book::AlertBook;
use crate::app::alert_book::Row;
use crate::app::filter::complete::Known;
use crate::app::symbols::Symbol;
use crate::domain::filter::field::Field;

/// Longer ones are no use in a line.
const LONGEST: usize = 120;

impl Known for AlertBook {
    fn values(&self, field: Field, part: &str, most: usize) -> Vec<String> {
        let Some(symbol) = symbol_of(field) else {
            return Vec::new();
        };
        let mut counts = vec![0_u32; self.symbols().texts().len()];
        for row in self.rows() {
            if let Some(count) = counts.get_mut(symbol(row).index()) {
                *count += 1;
            }
        }
        let mut found: HashMap<&str, u32> = HashMap::new();
        for ((lower, text), count) in self.symbols().texts().zip(counts) {
            if count == 0 || !lower.contains(part) {
                continue;
            }
            let values = text.original();
            if field == Field::Technique {
                for one in values.split(' ') {
                    if one.to_lowercase().contains(part) {
                        *found.entry(one).or_default() += count;
                    }
                }
            } else {
                *found.entry(values).or_default() += count;
            }
        }
        let mut values: Vec<(&str, u32)> = found
            .into_iter()
            .filter(|(value, _)| (1..=LONGEST).contains(&value.len()))
            .collect();
        values.sort_by_cached_key(|(value, count)| {
            let begins = value.to_lowercase().starts_with(part);
            (!begins, Reverse(*count), *value)
        });
        values
            .into_iter()
            .take(most)
            .map(|(value, _)| value.to_owned())
            .collect()
    }
}

/// Where a row keeps a field; none for those with a value for each alert.
fn symbol_of(field: Field) -> Option<fn(&Row) -> Symbol> {
    Some(match field {
        Field::Title => |row| row.title,
        Field::Device => |row| row.device,
        Field::User => |row| row.user,
        Field::Category => |row| row.category,
        Field::Owner => |row| row.assigned_to,
        Field::Detector => |row| row.detector,
        Field::Technique => |row| row.techniques,
        Field::Classification => |row| row.classification,
        Field::Determination => |row| row.determination,
        Field::Group => |row| row.group,
        Field::Severity
        | Field::Status
        | Field::Id
        | Field::Incident
        | Field::Created
        | Field::Updated
        | Field::Age
        | Field::Is => return None,
    })
}
