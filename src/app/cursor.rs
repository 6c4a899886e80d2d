//! Which alert is selected and which lines are in sight.
//!
//! The selection is an alert, not a line: it follows its alert through every poll.

use crate::app::alert_book::AlertBook;
use crate::app::alert_book::AlertKey;
use crate::app::shape::LineKind;

/// The selected alert and the first line in sight.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cursor {
    selected: Option<AlertKey>,
    /// The heading of its group is meant, not the alert itself.
    on_heading: bool,
    /// Its line.
    position: usize,
    top: usize,
}

impl Cursor {
    /// The selected alert; on a heading the first of the group.
    pub fn selected(&self) -> Option<AlertKey> {
        self.selected
    }

    /// True when a group is selected, by its heading.
    pub fn on_heading(&self) -> bool {
        self.on_heading
    }

    /// Its line.
    pub fn position(&self) -> usize {
        self.position
    }

    /// First line in sight.
    pub fn top(&self) -> usize {
        self.top
    }

    /// Moves by so many lines, stopping at both ends.
    pub fn step(&mut self, book: &AlertBook, lines: isize, height: usize) {
        let position = self.position.saturating_add_signed(lines);
        self.go_to(book, position, height);
    }

    /// Selects what is on a line, or on the last one when there are fewer.
    pub fn go_to(&mut self, book: &AlertBook, position: usize, height: usize) {
        self.position = position.min(book.line_count().saturating_sub(1));
        let line = book.line(self.position);
        self.selected = line.and_then(|line| line.alerts.first().copied());
        self.on_heading = line.is_some_and(|line| matches!(line.kind, LineKind::Group(_)));
        self.scroll_into_sight(book.line_count(), height);
    }

    /// Selects an alert, by the heading of its group where that is folded. One that is
    /// not visible changes nothing.
    pub fn select(&mut self, book: &AlertBook, key: AlertKey, height: usize) {
        if let Some(line) = book.line_of(key) {
            self.go_to(book, line, height);
            self.selected = Some(key);
        }
    }

    /// Keeps the same alert selected after the list changed; if it is gone, the one
    /// that took its place.
    ///
    /// It stays on its line of the screen too, except at the very top of the list:
    /// there, what is new must come into sight.
    pub fn reconcile(&mut self, book: &AlertBook, height: usize) {
        let line = self.position.saturating_sub(self.top);
        let found = self.selected.and_then(|selected| {
            let heading = self.on_heading.then(|| book.heading_of(selected)).flatten();
            heading.or_else(|| book.line_of(selected))
        });
        match found {
            Some(position) => {
                let at_the_top = self.top == 0 && position < height;
                self.position = position;
                let line_there = book.line(position);
                self.on_heading =
                    line_there.is_some_and(|line| matches!(line.kind, LineKind::Group(_)));
                self.top = if at_the_top {
                    0
                } else {
                    position.saturating_sub(line)
                };
                self.scroll_into_sight(book.line_count(), height);
            }
            None => self.go_to(book, self.position, height),
        }
    }

    /// The list got taller or lower.
    pub fn scroll_into_sight(&mut self, count: usize, height: usize) {
        let height = height.max(1);
        if self.position < self.top {
            self.top = self.position;
        } else if self.position >= self.top + height {
            self.top = self.position + 1 - height;
        }
        self.top = self.top.min(count.saturating_sub(height));
    }
}

#[cfg(test)]
mod tests {
    #![expect(
        clippy::unwrap_used,
        reason = "a test that cannot read its input has failed"
    )]

    use super::*;
    use crate::app::alert_book::Marking;
    use crate::app::filter::Filter;
    use crate::domain::alert::Alert;
    use crate::wire::alert;

    fn told(minute: usize) -> Alert {
        alert::read(&format!(
            r#"{{"id":"a{minute:02}","title":"t{minute:02}","alertCreationTime":"2026-11-22T14:{minute:02}:00Z"}}"#
        ))
        .unwrap()
    }

    fn book(count: usize) -> AlertBook {
        let mut book = AlertBook::default();
        book.absorb((10..10 + count).map(told).collect(), Marking::Leave);
        book
    }

    fn selected(book: &AlertBook, cursor: &Cursor) -> String {
        let row = book.row(cursor.selected().unwrap()).unwrap();
        row.id.as_str().to_owned()
    }

    #[test]
    fn the_selection_follows_its_alert_and_stays_on_its_line() {
        let mut book = book(30);
        let mut cursor = Cursor::default();
        cursor.go_to(&book, 0, 10);
        cursor.step(&book, 14, 10);
        let before = selected(&book, &cursor);
        let line = cursor.position() - cursor.top();
        book.absorb(vec![told(50), told(51)], Marking::Mark);
        cursor.reconcile(&book, 10);
        assert_eq!(selected(&book, &cursor), before);
        assert_eq!(cursor.position() - cursor.top(), line);
    }

    #[test]
    fn at_the_top_of_the_list_new_alerts_come_into_sight() {
        let mut book = book(30);
        let mut cursor = Cursor::default();
        cursor.go_to(&book, 0, 10);
        let before = selected(&book, &cursor);
        book.absorb(vec![told(50), told(51)], Marking::Mark);
        cursor.reconcile(&book, 10);
        assert_eq!(selected(&book, &cursor), before);
        assert_eq!((cursor.position(), cursor.top()), (2, 0));
    }

    #[test]
    fn a_selection_that_is_filtered_away_falls_to_what_took_its_place() {
        let mut book = book(5);
        let mut cursor = Cursor::default();
        cursor.go_to(&book, 4, 10);
        book.filter_by(Filter::of("t14"));
        cursor.reconcile(&book, 10);
        assert_eq!(selected(&book, &cursor), "a14");
        book.filter_by(Filter::of("nothing at all"));
        cursor.reconcile(&book, 10);
        assert_eq!(cursor.selected(), None);
    }

    #[test]
    fn moving_stops_at_both_ends_and_scrolls() {
        let book = book(30);
        let mut cursor = Cursor::default();
        cursor.step(&book, -3, 10);
        assert_eq!(cursor.position(), 0);
        cursor.step(&book, 10, 10);
        assert_eq!((cursor.position(), cursor.top()), (10, 1));
        cursor.step(&book, isize::MAX, 10);
        assert_eq!((cursor.position(), cursor.top()), (29, 20));
    }
}
