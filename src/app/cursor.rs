//! Which alert is selected and which rows are in sight.
//!
//! The selection is an alert, not a row: it follows its alert through every poll.

use crate::app::alert_book::AlertKey;

/// The selected alert and the first row in sight.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cursor {
    selected: Option<AlertKey>,
    /// Where it was last seen among the visible ones; a hint, checked before use.
    position: usize,
    top: usize,
}

impl Cursor {
    /// The selected alert.
    pub fn selected(&self) -> Option<AlertKey> {
        self.selected
    }

    /// Its place among the visible alerts.
    pub fn position(&self) -> usize {
        self.position
    }

    /// First row in sight.
    pub fn top(&self) -> usize {
        self.top
    }

    /// Moves by so many rows, stopping at both ends.
    pub fn step(&mut self, visible: &[AlertKey], rows: isize, height: usize) {
        let last = visible.len().saturating_sub(1);
        self.go_to(
            visible,
            self.position.saturating_add_signed(rows).min(last),
            height,
        );
    }

    /// Selects the alert at a place, or the last one when there are fewer.
    pub fn go_to(&mut self, visible: &[AlertKey], position: usize, height: usize) {
        self.position = position.min(visible.len().saturating_sub(1));
        self.selected = visible.get(self.position).copied();
        self.scroll_into_sight(visible.len(), height);
    }

    /// Keeps the same alert selected after the list changed; if it is gone, the one
    /// that took its place.
    ///
    /// It stays on its line of the screen too, except at the very top of the list:
    /// there, what is new must come into sight.
    pub fn reconcile(&mut self, visible: &[AlertKey], height: usize) {
        let line = self.position.saturating_sub(self.top);
        let found = self.selected.and_then(|selected| {
            if visible.get(self.position) == Some(&selected) {
                return Some(self.position);
            }
            visible.iter().position(|key| *key == selected)
        });
        match found {
            Some(position) => {
                let at_the_top = self.top == 0 && position < height;
                self.position = position;
                self.top = if at_the_top {
                    0
                } else {
                    position.saturating_sub(line)
                };
                self.scroll_into_sight(visible.len(), height);
            }
            None => self.go_to(visible, self.position, height),
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
    use crate::app::alert_book::AlertBook;
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
        cursor.go_to(book.visible(), 0, 10);
        cursor.step(book.visible(), 14, 10);
        let before = selected(&book, &cursor);
        let line = cursor.position() - cursor.top();
        book.absorb(vec![told(50), told(51)], Marking::Mark);
        cursor.reconcile(book.visible(), 10);
        assert_eq!(selected(&book, &cursor), before);
        assert_eq!(cursor.position() - cursor.top(), line);
    }

    #[test]
    fn at_the_top_of_the_list_new_alerts_come_into_sight() {
        let mut book = book(30);
        let mut cursor = Cursor::default();
        cursor.go_to(book.visible(), 0, 10);
        let before = selected(&book, &cursor);
        book.absorb(vec![told(50), told(51)], Marking::Mark);
        cursor.reconcile(book.visible(), 10);
        assert_eq!(selected(&book, &cursor), before);
        assert_eq!((cursor.position(), cursor.top()), (2, 0));
    }

    #[test]
    fn a_selection_that_is_filtered_away_falls_to_what_took_its_place() {
        let mut book = book(5);
        let mut cursor = Cursor::default();
        cursor.go_to(book.visible(), 4, 10);
        book.filter_by(Filter::of("t14"));
        cursor.reconcile(book.visible(), 10);
        assert_eq!(selected(&book, &cursor), "a14");
        book.filter_by(Filter::of("nothing at all"));
        cursor.reconcile(book.visible(), 10);
        assert_eq!(cursor.selected(), None);
    }

    #[test]
    fn moving_stops_at_both_ends_and_scrolls() {
        let book = book(30);
        let mut cursor = Cursor::default();
        cursor.step(book.visible(), -3, 10);
        assert_eq!(cursor.position(), 0);
        cursor.step(book.visible(), 10, 10);
        assert_eq!((cursor.position(), cursor.top()), (10, 1));
        cursor.step(book.visible(), isize::MAX, 10);
        assert_eq!((cursor.position(), cursor.top()), (29, 20));
    }
}
