//! What a query found: columns, and a hundred thousand rows of cells in one piece of text.
//!
//! A cell is a stretch of that text, so that a result takes less room than the answer it
//! came in, and no cell costs an allocation of its own.

use std::collections::HashMap;
use std::collections::HashSet;

use crate::domain::text::Text;

/// Rows that are kept; the service gives no more.
pub const MOST_ROWS: usize = 100_000;
/// Columns that are kept.
pub const MOST_COLUMNS: usize = 200;

/// What a column holds, as far as it matters to sorting and writing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    Text,
    Time,
    Number,
}

/// Columns that are too many, told apart to be counted.
const MOST_TOLD_APART: usize = 1_000;

/// One column, under the service's own name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    pub name: Text,
    pub kind: ColumnKind,
}

/// What stands in one place of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value<'a> {
    /// The row has no such property.
    Absent,
    /// A string, without its quotes and escapes.
    Text(&'a str),
    /// Anything else, as JSON.
    Json(&'a str),
}

/// Which way rows are sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SortOrder {
    Ascending,
    Descending,
}

/// The table a query came to.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Findings {
    columns: Vec<Column>,
    /// All cells one after the other, row by row: a string with a quotation mark before it,
    /// all else as JSON, and nothing where there is nothing.
    text: String,
    /// Where each cell ends within the text.
    ends: Vec<u32>,
    /// How many cells there are up to the end of each row: a row may have fewer than
    /// there are columns, where a column was met later.
    rows: Vec<u32>,
    /// Rows that were too many, or no objects.
    rows_left_out: usize,
    /// Columns that were too many, as far as they are told apart.
    columns_left_out: HashSet<String>,
}

impl ColumnKind {
    /// By the name the service gives it.
    pub fn named(name: &str) -> Self {
        match name.to_ascii_lowercase().as_str() {
            "datetime" => Self::Time,
            "int32" | "int64" | "int" | "long" | "double" | "real" | "decimal" | "sbyte"
            | "uint32" | "uint64" | "bool" | "boolean" => Self::Number,
            _ => Self::Text,
        }
    }
}

impl Findings {
    /// Adds a column, or says what one that is there already holds. The answer is its
    /// place; none where there are too many.
    pub fn column(&mut self, name: &str, kind: Option<ColumnKind>) -> Option<usize> {
        let known = self
            .columns
            .iter()
            .position(|column| column.name.original() == name);
        if let Some(place) = known {
            if let (Some(column), Some(kind)) = (self.columns.get_mut(place), kind) {
                column.kind = kind;
            }
            return Some(place);
        }
        if self.columns.len() >= MOST_COLUMNS {
            if self.columns_left_out.len() < MOST_TOLD_APART
                && !self.columns_left_out.contains(name)
            {
                self.columns_left_out.insert(name.to_owned());
            }
            return None;
        }
        self.columns.push(Column {
            name: Text::from(name),
            kind: kind.unwrap_or(ColumnKind::Text),
        });
        Some(self.columns.len() - 1)
    }

    /// Adds a row, its cells in the order of the columns.
    pub fn push<'a>(&mut self, cells: impl Iterator<Item = Value<'a>>) {
        if self.rows.len() >= MOST_ROWS {
            self.rows_left_out += 1;
            return;
        }
        for cell in cells {
            match cell {
                Value::Absent => {}
                Value::Text(text) => {
                    self.text.push('"');
                    self.text.push_str(text);
                }
                Value::Json(json) => self.text.push_str(json),
            }
            // An answer is no larger than 160 MB: see `service::hunting`.
            self.ends
                .push(u32::try_from(self.text.len()).unwrap_or(u32::MAX));
        }
        self.rows
            .push(u32::try_from(self.ends.len()).unwrap_or(u32::MAX));
    }

    /// Counts a row that is no object.
    pub fn leave_out_row(&mut self) {
        self.rows_left_out += 1;
    }

    /// Takes the rows out and leaves the columns, for the rows to come.
    #[must_use]
    pub fn take_rows(&mut self) -> Self {
        Self {
            columns: self.columns.clone(),
            text: std::mem::take(&mut self.text),
            ends: std::mem::take(&mut self.ends),
            rows: std::mem::take(&mut self.rows),
            rows_left_out: std::mem::take(&mut self.rows_left_out),
            columns_left_out: self.columns_left_out.clone(),
        }
    }

    /// Adds the rows that came next of the same answer: its columns are these, and maybe
    /// more behind them.
    pub fn append(&mut self, mut next: Self) {
        next.keep_rows(MOST_ROWS.saturating_sub(self.rows.len()));
        self.columns = next.columns;
        self.rows_left_out += next.rows_left_out;
        self.columns_left_out = next.columns_left_out;
        let shifted = |by: usize| {
            let by = u32::try_from(by).unwrap_or(u32::MAX);
            move |end: u32| end.saturating_add(by)
        };
        let after_text = shifted(self.text.len());
        let after_cells = shifted(self.ends.len());
        self.text.push_str(&next.text);
        self.ends.extend(next.ends.into_iter().map(after_text));
        self.rows.extend(next.rows.into_iter().map(after_cells));
    }

    /// Leaves out all rows but the first.
    fn keep_rows(&mut self, most: usize) {
        if self.rows.len() <= most {
            return;
        }
        self.rows_left_out += self.rows.len() - most;
        self.rows.truncate(most);
        let cells = self.rows.last().copied().unwrap_or(0);
        self.ends
            .truncate(usize::try_from(cells).unwrap_or(usize::MAX));
        let end = self.ends.last().copied().unwrap_or(0);
        self.text
            .truncate(usize::try_from(end).unwrap_or(usize::MAX));
    }

    /// Gives back what was set aside for more.
    pub fn finish(&mut self) {
        self.text.shrink_to_fit();
        self.ends.shrink_to_fit();
        self.rows.shrink_to_fit();
    }

    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Rows that were too many to be kept or no objects, and columns.
    pub fn left_out(&self) -> (usize, usize) {
        (self.rows_left_out, self.columns_left_out.len())
    }

    /// Bytes held.
    pub fn size(&self) -> usize {
        self.text.capacity() + 4 * (self.ends.capacity() + self.rows.capacity())
    }

    /// A cell as people read it; empty where there is none, or null.
    pub fn cell(&self, row: usize, column: usize) -> &str {
        match self.value(row, column) {
            Value::Absent | Value::Json("null") => "",
            Value::Text(text) | Value::Json(text) => text,
        }
    }

    /// A cell as the service sent it.
    pub fn value(&self, row: usize, column: usize) -> Value<'_> {
        let found = || {
            let end_of_row = *self.rows.get(row)?;
            let start_of_row = match row.checked_sub(1) {
                Some(before) => *self.rows.get(before)?,
                None => 0,
            };
            let cell = usize::try_from(start_of_row).ok()?.checked_add(column)?;
            if cell >= usize::try_from(end_of_row).ok()? {
                return None;
            }
            let start = match cell.checked_sub(1) {
                Some(before) => *self.ends.get(before)?,
                None => 0,
            };
            let end = *self.ends.get(cell)?;
            let range = usize::try_from(start).ok()?..usize::try_from(end).ok()?;
            self.text.get(range).filter(|cell| !cell.is_empty())
        };
        match found() {
            None => Value::Absent,
            Some(cell) => match cell.strip_prefix('"') {
                Some(text) => Value::Text(text),
                None => Value::Json(cell),
            },
        }
    }

    /// The rows in the order of a column; those that are alike stay as they are.
    pub fn sorted(&self, column: usize, order: SortOrder) -> Vec<u32> {
        let kind = self.columns.get(column).map(|column| column.kind);
        let rows = 0..u32::try_from(self.rows.len()).unwrap_or(u32::MAX);
        let of = |row: u32| self.cell(usize::try_from(row).unwrap_or(usize::MAX), column);
        let mut keyed: Vec<(u64, &str, u32)> = rows
            .map(|row| {
                let cell = of(row);
                match kind {
                    Some(ColumnKind::Number) => (number_key(cell), "", row),
                    // The zone is the same everywhere, and `12:00:00Z` comes before `12:00:00.5Z`.
                    Some(ColumnKind::Time) => {
                        let time = cell.strip_suffix('Z').unwrap_or(cell);
                        // The year and the month are mostly the same: compared whole.
                        (0, time, row)
                    }
                    Some(ColumnKind::Text) | None => (text_key(cell), cell, row),
                }
            })
            .collect();
        let compare = |one: &(u64, &str, u32), other: &(u64, &str, u32)| {
            one.0.cmp(&other.0).then_with(|| one.1.cmp(other.1))
        };
        match order {
            SortOrder::Ascending => keyed.sort_by(compare),
            SortOrder::Descending => keyed.sort_by(|one, other| compare(other, one)),
        }
        keyed.into_iter().map(|(_, _, row)| row).collect()
    }

    /// The values of a column with how often each stands there, the most frequent first.
    pub fn frequencies(&self, column: usize) -> Vec<(&str, usize)> {
        let mut counts: HashMap<&str, usize> = HashMap::new();
        for row in 0..self.rows.len() {
            *counts.entry(self.cell(row, column)).or_default() += 1;
        }
        let mut counts: Vec<(&str, usize)> = counts.into_iter().collect();
        counts.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(other.0)));
        counts
    }
}

/// The start of a text as a number that sorts like it, whatever its letter case.
fn text_key(text: &str) -> u64 {
    let mut key = [0_u8; 8];
    for (slot, byte) in key.iter_mut().zip(text.bytes()) {
        *slot = byte.to_ascii_lowercase();
    }
    u64::from_be_bytes(key)
}

/// A number as one that sorts like it; what is none comes first.
fn number_key(text: &str) -> u64 {
    let number = match text {
        "true" => Some(1.0),
        "false" => Some(0.0),
        text => text.parse::<f64>().ok().filter(|number| !number.is_nan()),
    };
    number.map_or(0, |number| {
        let bits = number.to_bits();
        // Negative numbers grow the other way.
        let key = if bits >> 63 == 1 {
            !bits
        } else {
            bits | (1 << 63)
        };
        key.max(1)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(kind: ColumnKind, cells: &[&str]) -> Findings {
        let mut findings = Findings::default();
        findings.column("A", Some(kind));
        for cell in cells {
            findings.push([Value::Text(cell)].into_iter());
        }
        findings
    }

    fn sorted(kind: ColumnKind, cells: &[&str], order: SortOrder) -> Vec<String> {
        let findings = findings(kind, cells);
        let rows = findings.sorted(0, order).into_iter();
        rows.map(|row| {
            let row = usize::try_from(row).unwrap_or_default();
            findings.cell(row, 0).to_owned()
        })
        .collect()
    }

    #[test]
    fn cells_come_back_as_they_were_put_in() {
        let mut findings = Findings::default();
        findings.column("A", None);
        findings.column("B", None);
        findings.push([Value::Json("7"), Value::Text("é🔐")].into_iter());
        findings.push([Value::Json("null"), Value::Text("\"b")].into_iter());
        findings.column("C", None);
        findings.push([Value::Text("1"), Value::Absent, Value::Text("")].into_iter());
        let cells: Vec<&str> = (0..4)
            .flat_map(|row| (0..4).map(move |column| (row, column)))
            .map(|(row, column)| findings.cell(row, column))
            .collect();
        assert_eq!(
            cells,
            [
                "7", "é🔐", "", "", "", "\"b", "", "", "1", "", "", "", "", "", "", ""
            ]
        );
        assert_eq!(findings.value(0, 0), Value::Json("7"));
        assert_eq!(findings.value(1, 0), Value::Json("null"));
        assert_eq!(findings.value(2, 1), Value::Absent);
        assert_eq!(findings.value(2, 2), Value::Text(""));
    }

    #[test]
    fn each_kind_is_sorted_by_what_it_means() {
        use SortOrder::Ascending;
        use SortOrder::Descending;
        assert_eq!(
            sorted(ColumnKind::Number, &["10", "9", "", "-3", "1e3"], Ascending),
            ["", "-3", "9", "10", "1e3"]
        );
        assert_eq!(
            sorted(ColumnKind::Text, &["b", "A", "a", "B"], Descending),
            ["b", "B", "a", "A"]
        );
        assert_eq!(
            sorted(
                ColumnKind::Time,
                &["2026-11-22T12:00:00.5Z", "2026-11-22T12:00:00Z"],
                Ascending
            ),
            ["2026-11-22T12:00:00Z", "2026-11-22T12:00:00.5Z"]
        );
    }

    #[test]
    fn too_much_is_counted_and_left_out() {
        let mut findings = Findings::default();
        for number in 0..=MOST_COLUMNS {
            findings.column(&format!("C{number}"), None);
        }
        for _ in 0..MOST_ROWS + 2 {
            findings.push([Value::Text("x")].into_iter());
        }
        assert_eq!(findings.left_out(), (2, 1));
        assert_eq!(
            (findings.len(), findings.columns().len()),
            (MOST_ROWS, MOST_COLUMNS)
        );
    }

    #[test]
    fn parts_make_the_whole_they_were_cut_from() {
        let mut reading = Findings::default();
        let mut whole = Findings::default();
        let mut gathered = Findings::default();
        for number in 0..30 {
            let name = format!("C{}", number / 10);
            let cells = [number.to_string(), "é".repeat(number % 3)];
            for findings in [&mut reading, &mut whole] {
                findings.column(&name, Some(ColumnKind::Number));
                findings.push(cells.iter().map(|cell| Value::Text(cell)));
            }
            if number % 7 == 6 {
                reading.leave_out_row();
                whole.leave_out_row();
                gathered.append(reading.take_rows());
                assert!(reading.is_empty());
            }
        }
        gathered.append(reading.take_rows());
        assert_eq!(gathered, whole);
        assert_eq!(gathered.left_out(), (4, 0));
        // As many as are kept, and the rest is counted.
        let mut many = Findings::default();
        for part in 0..3 {
            let mut next = Findings::default();
            next.column("C", None);
            for row in 0..MOST_ROWS / 2 {
                next.push([Value::Text(if row % 2 == part { "x" } else { "" })].into_iter());
            }
            many.append(next);
        }
        assert_eq!(many.len(), MOST_ROWS);
        assert_eq!(many.left_out(), (MOST_ROWS / 2, 0));
        assert_eq!(many.cell(MOST_ROWS - 1, 0), "x");
    }

    #[test]
    fn values_are_counted() {
        let findings = findings(ColumnKind::Text, &["a", "b", "b", "", "b", "a"]);
        assert_eq!(findings.frequencies(0), [("b", 3), ("a", 2), ("", 1)]);
    }
}
