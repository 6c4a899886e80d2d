//! How many alerts have each text in each field: what completion offers first.
//!
//! Kept along with the rows, since counting a hundred thousand of them at each key
//! would be felt.

use crate::app::row::Row;
use crate::app::symbols::Symbol;
use crate::domain::filter::field::Field;

/// Where a row keeps the text of a field.
type Place = fn(&Row) -> Symbol;

/// The fields of text that many alerts share, with where a row keeps them.
const COUNTED: [(Field, Place); 10] = [
    (Field::Title, |row| row.title),
    (Field::Device, |row| row.device),
    (Field::User, |row| row.user),
    (Field::Category, |row| row.category),
    (Field::Owner, |row| row.assigned_to),
    (Field::Detector, |row| row.detector),
    (Field::Product, |row| row.product),
    (Field::Technique, |row| row.techniques),
    (Field::Classification, |row| row.disposition),
    (Field::Group, |row| row.group),
];

/// Counts by field, then by [`Symbol::index`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Usage {
    counts: [Vec<u32>; COUNTED.len()],
}

impl Usage {
    /// A row came.
    pub(super) fn add(&mut self, row: &Row) {
        for ((_, symbol), counts) in COUNTED.iter().zip(&mut self.counts) {
            let index = symbol(row).index();
            if counts.len() <= index {
                counts.resize(index + 1, 0);
            }
            if let Some(count) = counts.get_mut(index) {
                *count += 1;
            }
        }
    }

    /// A row goes, for another state of the same alert.
    pub(super) fn remove(&mut self, row: &Row) {
        for ((_, symbol), counts) in COUNTED.iter().zip(&mut self.counts) {
            if let Some(count) = counts.get_mut(symbol(row).index()) {
                *count = count.saturating_sub(1);
            }
        }
    }

    /// How many alerts have each text in this field; none where it is not counted.
    pub fn of(&self, field: Field) -> Option<&[u32]> {
        // Both are one text of the row.
        let field = if field == Field::Determination {
            Field::Classification
        } else {
            field
        };
        let place = COUNTED.iter().position(|(counted, _)| *counted == field)?;
        self.counts.get(place).map(Vec::as_slice)
    }
}
