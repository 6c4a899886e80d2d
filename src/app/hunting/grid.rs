//! A result as it is looked through: order, place, marks, widths.
//!
//! Whatever is done here costs what is in sight, but for sorting and counting.

use std::collections::BTreeSet;
use std::sync::Arc;

use unicode_width::UnicodeWidthStr;

use crate::domain::hunt::ColumnKind;
use crate::domain::hunt::Findings;
use crate::domain::hunt::SortOrder;
use crate::domain::text::Text;
use crate::domain::text::shown;

/// Rows that are asked how wide a column wants to be.
const ASKED: usize = 50;
const NARROWEST: u16 = 3;
const WIDEST: u16 = 40;
/// By how much a key changes a width.
const STEP: u16 = 8;
/// Values that are told with how often they stand in a column.
const MOST_VALUES: usize = 1_000;
/// Bytes of a cell that are ever looked at for drawing.
const LONGEST_CELL: usize = 2_048;

/// How often each value stands in a column.
#[derive(Debug, Clone, PartialEq)]
pub struct Counted {
    pub column: usize,
    /// The most frequent first.
    pub values: Vec<(Text, usize)>,
    /// Values beyond those.
    pub more: usize,
    pub top: usize,
}

/// How much of what was found is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Extent {
    Whole,
    /// More rows come.
    Growing,
    /// A person gave the rest up.
    GivenUp,
    /// The rest did not come: why.
    Broken(String),
}

/// One result.
#[derive(Debug, Clone)]
pub struct Grid {
    pub findings: Arc<Findings>,
    pub extent: Extent,
    /// Which rows, in the order they are shown in.
    order: Vec<u32>,
    pub sort: Option<(usize, SortOrder)>,
    /// Which columns are shown, and how wide; the first ones stand left.
    columns: Vec<(usize, u16)>,
    /// Place in the order.
    pub row: usize,
    /// Place among the shown columns.
    pub column: usize,
    pub top: usize,
    pub left: usize,
    marked: BTreeSet<u32>,
    pub counted: Option<Counted>,
}

impl Grid {
    pub fn new(findings: Arc<Findings>, extent: Extent) -> Self {
        let rows = u32::try_from(findings.len()).unwrap_or(u32::MAX);
        let columns =
            (0..findings.columns().len()).map(|column| (column, wanted(&findings, column)));
        Self {
            order: (0..rows).collect(),
            columns: columns.collect(),
            findings,
            extent,
            sort: None,
            row: 0,
            column: 0,
            top: 0,
            left: 0,
            marked: BTreeSet::new(),
            counted: None,
        }
    }

    /// Adds the rows that came next.
    pub(super) fn absorb(&mut self, next: Arc<Findings>, extent: Extent) {
        let known = self.findings.columns().len();
        let (next, findings) = (
            Arc::unwrap_or_clone(next),
            Arc::make_mut(&mut self.findings),
        );
        findings.append(next);
        let new = known..findings.columns().len();
        self.columns
            .extend(new.map(|column| (column, wanted(&self.findings, column))));
        let rows = u32::try_from(self.findings.len()).unwrap_or(u32::MAX);
        let before = u32::try_from(self.order.len()).unwrap_or(u32::MAX);
        self.order.extend(before..rows);
        self.put_in_order();
        if let Some(counted) = &self.counted {
            let top = counted.top;
            self.counted = Some(Counted {
                top,
                ..self.counts(counted.column)
            });
        }
        if extent != Extent::Growing {
            self.end(extent);
        }
    }

    /// Says that no more rows come, and why.
    pub(super) fn end(&mut self, extent: Extent) {
        self.extent = extent;
        Arc::make_mut(&mut self.findings).finish();
    }

    /// The row at a place of the order.
    pub fn row_at(&self, place: usize) -> Option<usize> {
        usize::try_from(*self.order.get(place)?).ok()
    }

    /// The columns from the first in sight on, with their widths.
    pub fn columns_from_left(&self) -> impl Iterator<Item = (usize, usize, u16)> {
        self.columns_from(self.left)
    }

    /// The same from a place among the shown columns.
    pub fn columns_from(&self, place: usize) -> impl Iterator<Item = (usize, usize, u16)> {
        let columns = self.columns.iter().enumerate().skip(place);
        columns.map(|(place, (column, width))| (place, *column, *width))
    }

    /// The column the cursor is in.
    pub fn current_column(&self) -> Option<usize> {
        self.columns.get(self.column).map(|(column, _)| *column)
    }

    /// The name of a column, harmless to draw.
    pub fn name(&self, column: usize) -> String {
        let column = self.findings.columns().get(column);
        column.map_or_else(String::new, |column| {
            column.name.shown_briefly().into_owned()
        })
    }

    /// The start of a cell, enough for any width.
    pub fn start_of_cell(&self, row: usize, column: usize) -> Text {
        let cell = self.findings.cell(row, column);
        let end = (0..=LONGEST_CELL.min(cell.len()))
            .rev()
            .find(|end| cell.is_char_boundary(*end));
        Text::from(end.and_then(|end| cell.get(..end)).unwrap_or_default())
    }

    pub fn is_marked(&self, row: usize) -> bool {
        u32::try_from(row).is_ok_and(|row| self.marked.contains(&row))
    }

    pub fn marked(&self) -> usize {
        self.marked.len()
    }

    pub fn hidden(&self) -> usize {
        self.findings.columns().len() - self.columns.len()
    }

    /// The rows that are meant: the marked ones, else the one of the cursor.
    pub fn meant(&self) -> Vec<usize> {
        if self.marked.is_empty() {
            return self.row_at(self.row).into_iter().collect();
        }
        let marked = self.order.iter().filter(|row| self.marked.contains(row));
        marked
            .filter_map(|row| usize::try_from(*row).ok())
            .collect()
    }

    /// The rows a file would get: the marked ones, else all, in the order shown.
    pub fn rows_to_write(&self) -> Vec<usize> {
        if !self.marked.is_empty() {
            return self.meant();
        }
        let rows = self.order.iter();
        rows.filter_map(|row| usize::try_from(*row).ok()).collect()
    }

    /// How many those are.
    pub fn written(&self) -> usize {
        if self.marked.is_empty() {
            self.order.len()
        } else {
            self.marked.len()
        }
    }

    /// The columns that are not hidden.
    pub fn shown_columns(&self) -> impl Iterator<Item = usize> {
        self.columns.iter().map(|(column, _)| *column)
    }

    /// Moves up and down by so many rows, within `height` lines.
    pub(super) fn step(&mut self, rows: isize, height: usize) {
        if let Some(counted) = &mut self.counted {
            let last = counted.values.len().saturating_sub(height);
            counted.top = counted.top.saturating_add_signed(rows).min(last);
            return;
        }
        let last = self.order.len().saturating_sub(1);
        self.row = self.row.saturating_add_signed(rows).min(last);
        let height = height.max(1);
        self.top = self
            .top
            .min(self.row)
            .max((self.row + 1).saturating_sub(height));
    }

    /// Moves left and right, within `width` cells.
    pub(super) fn step_column(&mut self, columns: isize, width: u16) {
        let last = self.columns.len().saturating_sub(1);
        self.column = self.column.saturating_add_signed(columns).min(last);
        self.left = self.left.min(self.column);
        // As far to the left as the column stays in sight whole.
        while self.left < self.column {
            let shown = self.columns.iter().take(self.column + 1).skip(self.left);
            let used: u32 = shown.map(|(_, width)| u32::from(*width) + 1).sum();
            if used <= u32::from(width) + 1 {
                break;
            }
            self.left += 1;
        }
    }

    /// Sorts by the current column; once more, the other way.
    pub(super) fn sort_by_column(&mut self) {
        let Some(column) = self.current_column() else {
            return;
        };
        let order = match self.sort {
            Some((by, SortOrder::Ascending)) if by == column => SortOrder::Descending,
            Some(_) | None => SortOrder::Ascending,
        };
        self.sort = Some((column, order));
        self.put_in_order();
    }

    /// Sorts, where an order was asked for. The same row stays under the cursor.
    fn put_in_order(&mut self) {
        let Some((column, order)) = self.sort else {
            return;
        };
        let lines_above = self.row.saturating_sub(self.top);
        let selected = self.order.get(self.row).copied();
        self.order = self.findings.sorted(column, order);
        let place = self.order.iter().position(|row| Some(*row) == selected);
        self.row = place.unwrap_or(0);
        self.top = self.row.saturating_sub(lines_above);
    }

    /// Makes the current column wider or narrower; it stays in sight, within `width` cells.
    pub(super) fn widen(&mut self, wider: Wider, width: u16) {
        if let Some((_, own)) = self.columns.get_mut(self.column) {
            *own = match wider {
                Wider::Yes => own.saturating_add(STEP).min(WIDEST * 5),
                Wider::No => own.saturating_sub(STEP).max(NARROWEST),
            };
        }
        self.step_column(0, width);
    }

    /// Hides the current column; the last one stays.
    pub(super) fn hide(&mut self) {
        if self.columns.len() > 1 {
            self.columns.remove(self.column);
            self.column = self.column.min(self.columns.len() - 1);
            self.left = self.left.min(self.column);
        }
    }

    /// Shows every column again.
    pub(super) fn show_all(&mut self) {
        let current = self.current_column();
        let all = 0..self.findings.columns().len();
        self.columns = all
            .map(|column| {
                let known = self.columns.iter().find(|(known, _)| *known == column);
                known
                    .copied()
                    .unwrap_or_else(|| (column, wanted(&self.findings, column)))
            })
            .collect();
        let place = self
            .columns
            .iter()
            .position(|(column, _)| Some(*column) == current);
        self.column = place.unwrap_or(0);
        self.left = self.left.min(self.column);
    }

    /// Marks the row, or takes the mark away, and goes on.
    pub(super) fn mark(&mut self, height: usize) {
        if let Some(row) = self.order.get(self.row).copied() {
            if !self.marked.remove(&row) {
                self.marked.insert(row);
            }
            self.step(1, height);
        }
    }

    /// Counts the values of the current column, or goes back to the rows.
    pub(super) fn count(&mut self) {
        if self.counted.take().is_some() {
            return;
        }
        self.counted = self.current_column().map(|column| self.counts(column));
    }

    fn counts(&self, column: usize) -> Counted {
        let all = self.findings.frequencies(column);
        let more = all.len().saturating_sub(MOST_VALUES);
        let values = all.into_iter().take(MOST_VALUES);
        let brief = |value: &str| value.chars().take(LONGEST_CELL / 4).collect::<String>();
        Counted {
            column,
            values: values
                .map(|(value, times)| (Text::from(brief(value)), times))
                .collect(),
            more,
            top: 0,
        }
    }
}

/// Which way a width changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wider {
    Yes,
    No,
}

/// How wide a column wants to be: as its name and its first cells are.
fn wanted(findings: &Findings, column: usize) -> u16 {
    let known = findings.columns().get(column);
    // With a cell for the sign of the order.
    let name = known.map_or(0, |column| column.name.shown_briefly().width() + 1);
    let kind = known.map(|column| column.kind);
    let cells = (0..findings.len().min(ASKED)).map(|row| {
        // In cells as they are drawn: `営` takes two, and what is hostile its escape.
        let cell = findings.cell(row, column);
        let start: String = cell.chars().take(usize::from(WIDEST)).collect();
        shown(&start).width()
    });
    let widest = cells.max().unwrap_or(0).max(name);
    let most = match kind {
        // To the second: what is behind it is in the copy.
        Some(ColumnKind::Time) => 19,
        Some(ColumnKind::Text | ColumnKind::Number) | None => WIDEST,
    };
    u16::try_from(widest).unwrap_or(WIDEST).clamp(
        NARROWEST,
        most.max(u16::try_from(name).unwrap_or(0)).min(WIDEST),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::hunt::Value;

    fn grid(rows: usize, columns: usize) -> Grid {
        let mut findings = Findings::default();
        for column in 0..columns {
            findings.column(&format!("C{column}"), Some(ColumnKind::Number));
        }
        for row in 0..rows {
            let cells: Vec<String> = (0..columns)
                .map(|column| ((row * 7 + column) % 10).to_string())
                .collect();
            findings.push(cells.iter().map(|cell| Value::Json(cell)));
        }
        Grid::new(Arc::new(findings), Extent::Whole)
    }

    fn empty() -> Grid {
        grid(0, 0)
    }

    #[test]
    fn the_cursor_stays_in_sight_and_within_the_result() {
        let mut grid = grid(30, 50);
        grid.step(25, 10);
        assert_eq!((grid.row, grid.top), (25, 16));
        grid.step(isize::MAX, 10);
        assert_eq!((grid.row, grid.top), (29, 20));
        grid.step(isize::MIN, 10);
        assert_eq!((grid.row, grid.top), (0, 0));
        grid.step_column(isize::MAX, 20);
        assert_eq!(grid.column, 49);
        // Four columns of four cells, and a blank between them.
        assert_eq!(grid.left, 46);
        let mut nothing = empty();
        nothing.step(1, 5);
        nothing.step_column(1, 5);
        nothing.sort_by_column();
        nothing.mark(5);
        nothing.hide();
        nothing.count();
        assert!(nothing.meant().is_empty());
    }

    fn texts(name: &str, cells: &[&str]) -> Grid {
        let mut findings = Findings::default();
        findings.column(name, Some(ColumnKind::Text));
        for cell in cells {
            findings.push([Value::Text(cell)].into_iter());
        }
        Grid::new(Arc::new(findings), Extent::Whole)
    }

    fn widths(grid: &Grid) -> Vec<u16> {
        grid.columns_from_left()
            .map(|(_, _, width)| width)
            .collect()
    }

    #[test]
    fn a_column_is_as_wide_as_what_is_drawn_in_it() {
        for (name, cell, width) in [
            ("C", "", NARROWEST),
            // With a cell for the sign of the order.
            ("Name", "abc", 5),
            ("C", "\u{55b6}\u{696d}\u{90e8}", 6),
            ("C", "a\u{1b}[2J", 8),
            ("C", &"x".repeat(1 << 20), WIDEST),
            (&"N".repeat(400), "a", WIDEST),
        ] {
            assert_eq!(widths(&texts(name, &[cell])), [width], "{cell:.9}");
        }
    }

    #[test]
    fn a_column_made_wider_stays_in_sight() {
        let mut grid = grid(3, 10);
        grid.step_column(4, 20);
        assert_eq!((grid.column, grid.left), (4, 0));
        grid.widen(Wider::Yes, 20);
        assert_eq!(grid.left, 2, "eleven cells beside two of three");
        for _ in 0..50 {
            grid.widen(Wider::Yes, 20);
        }
        assert_eq!((grid.left, widths(&grid).first()), (4, Some(&(WIDEST * 5))));
        for _ in 0..50 {
            grid.widen(Wider::No, 20);
        }
        assert_eq!(widths(&grid).first(), Some(&NARROWEST));
    }

    #[test]
    fn sorting_keeps_the_row_and_turns_round() {
        let mut grid = grid(10, 2);
        grid.step(3, 5);
        let row = grid.row_at(grid.row);
        grid.sort_by_column();
        assert_eq!(grid.row_at(grid.row), row);
        assert_eq!(grid.sort, Some((0, SortOrder::Ascending)));
        grid.sort_by_column();
        assert_eq!(grid.sort, Some((0, SortOrder::Descending)));
        assert_eq!(grid.row_at(0).map(|row| row * 7 % 10), Some(9));
    }

    #[test]
    fn rows_that_come_later_find_their_place() {
        let mut whole = grid(30, 3);
        let mut growing = grid(4, 2);
        growing.extent = Extent::Growing;
        growing.step_column(1, 80);
        growing.hide();
        growing.step(2, 5);
        growing.mark(5);
        growing.step(-1, 5);
        growing.sort_by_column();
        growing.count();
        // The ten rows that come next, of one column more.
        let mut next = grid(14, 3);
        let under = growing.row_at(growing.row);
        growing.absorb(
            Arc::new({
                let mut later = Arc::make_mut(&mut next.findings).clone();
                drop::<Findings>(later.take_rows());
                for row in 4..14_usize {
                    let cells =
                        [row * 7 % 10, row * 7 + 1, row * 7 + 2].map(|n| (n % 10).to_string());
                    later.push(cells.iter().map(|cell| Value::Json(cell)));
                }
                later
            }),
            Extent::Whole,
        );
        assert_eq!(growing.row_at(growing.row), under);
        assert_eq!(growing.written(), 1, "the mark is kept");
        let counted = growing.counted.as_ref().map(|counted| counted.values.len());
        assert_eq!(counted, Some(10));
        // The hidden column stays hidden, the new one is in sight.
        assert_eq!(growing.shown_columns().collect::<Vec<_>>(), [0, 2]);
        let cells = |grid: &Grid| -> Vec<String> {
            let rows = (0..14).filter_map(|place| grid.row_at(place));
            rows.map(|row| grid.findings.cell(row, 0).to_owned())
                .collect()
        };
        let sorted = cells(&growing);
        assert!(sorted.is_sorted(), "{sorted:?}");
        assert_eq!(growing.extent, Extent::Whole);
        whole.sort_by_column();
        assert!(cells(&whole).is_sorted());
    }

    #[test]
    fn columns_are_hidden_and_come_back_in_their_place() {
        let mut grid = grid(3, 3);
        grid.step_column(1, 80);
        grid.hide();
        assert_eq!((grid.hidden(), grid.current_column()), (1, Some(2)));
        grid.hide();
        grid.hide();
        assert_eq!(
            (grid.hidden(), grid.current_column()),
            (2, Some(0)),
            "one stays"
        );
        grid.show_all();
        assert_eq!((grid.hidden(), grid.current_column()), (0, Some(0)));
    }

    #[test]
    fn marked_rows_are_meant_in_the_order_shown() {
        let mut grid = grid(5, 1);
        assert_eq!(grid.meant(), [0]);
        grid.step(3, 5);
        grid.mark(5);
        grid.step(isize::MIN, 5);
        grid.mark(5);
        assert_eq!(grid.meant(), [0, 3]);
        assert_eq!(grid.marked(), 2);
    }
}
