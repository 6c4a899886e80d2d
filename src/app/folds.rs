//! Which alerts are the same thing told again: same title, detector and device, each
//! within a window of the one before.
//!
//! Only alerts in the same state (severity, status, owner) are folded: a row must not
//! hide that one of its alerts is still open.

use std::cmp::Reverse;
use std::num::NonZeroU32;
use std::ops::Range;

use jiff::SignedDuration;
use jiff::Timestamp;

use crate::app::alert_book::AlertKey;
use crate::app::list::merge;
use crate::app::row::Row;
use crate::app::symbols::Symbol;
use crate::domain::alert::Severity;
use crate::domain::alert::Status;

/// The window.
const WITHIN: SignedDuration = SignedDuration::from_hours(1);

/// The sets of duplicates of a book.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Folds {
    /// Every alert, those alike side by side, newest first: kept, and merged into.
    alike: Vec<AlertKey>,
    /// For each alert its set, named by the newest of it; none where it is alone.
    of: Vec<Option<Fold>>,
}

/// Names one set of duplicates, until alerts come or change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Fold(NonZeroU32);

impl Fold {
    fn of_newest(key: AlertKey) -> Option<Self> {
        let number = u32::try_from(key.index()).ok()?;
        NonZeroU32::new(number.checked_add(1)?).map(Self)
    }
}

/// What two duplicates share beside what makes them alike.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Condition {
    severity: Severity,
    status: Status,
    owner: Symbol,
    /// Where no device tells them apart.
    user: Symbol,
}

impl Condition {
    fn of(row: &Row) -> Self {
        Self {
            severity: row.severity,
            status: row.status,
            owner: row.assigned_to,
            user: if row.device == Symbol::EMPTY {
                row.user
            } else {
                Symbol::EMPTY
            },
        }
    }
}

/// A set that may still grow, while the alerts alike are walked from new to old.
struct Growing {
    condition: Condition,
    newest: AlertKey,
    oldest: Timestamp,
}

impl Folds {
    /// These alerts came or changed.
    pub(super) fn take_in(&mut self, keys: &[AlertKey], rows: &[Row]) {
        merge(&mut self.alike, keys, rows.len(), |key| {
            let row = rows.get(key.index());
            row.map(|row| (what(row), Reverse(row.created), key.index()))
        });
        self.of.resize(rows.len(), None);
        if keys.len() > rows.len() / 8 {
            let all = 0..self.alike.len();
            return self.walk(all, rows);
        }
        let mut touched: Vec<_> = keys
            .iter()
            .filter_map(|key| rows.get(key.index()))
            .map(what)
            .collect();
        touched.sort_unstable();
        touched.dedup();
        for alike in touched {
            let before =
                |key: &AlertKey| rows.get(key.index()).is_some_and(|row| what(row) < alike);
            let until =
                |key: &AlertKey| rows.get(key.index()).is_some_and(|row| what(row) <= alike);
            let start = self.alike.partition_point(before);
            let end = self.alike.partition_point(until);
            self.walk(start..end, rows);
        }
    }

    /// Finds the sets in a stretch that begins and ends between alerts that differ.
    fn walk(&mut self, stretch: Range<usize>, rows: &[Row]) {
        let mut growing: Vec<Growing> = Vec::new();
        let mut before = None;
        for key in self.alike.get(stretch).unwrap_or_default() {
            let Some(row) = rows.get(key.index()) else {
                continue;
            };
            if before != Some(what(row)) {
                growing.clear();
                before = Some(what(row));
            }
            let mut fold = None;
            if let Some(at) = row.created.filter(|_| row.title != Symbol::EMPTY) {
                // Only sets that this alert or an older one can still join.
                growing.retain(|set| set.oldest.duration_since(at) <= WITHIN);
                let condition = Condition::of(row);
                let mut sets = growing.iter_mut();
                if let Some(set) = sets.find(|set| set.condition == condition) {
                    set.oldest = at;
                    fold = Fold::of_newest(set.newest);
                    if let Some(newest) = self.of.get_mut(set.newest.index()) {
                        *newest = fold;
                    }
                } else {
                    growing.push(Growing {
                        condition,
                        newest: *key,
                        oldest: at,
                    });
                }
            }
            if let Some(slot) = self.of.get_mut(key.index()) {
                *slot = fold;
            }
        }
    }

    /// The set of an alert; none for one that is alone, or came since.
    pub(super) fn of(&self, key: AlertKey) -> Option<Fold> {
        self.of.get(key.index()).copied().flatten()
    }
}

/// What duplicates share.
fn what(row: &Row) -> (Symbol, Symbol, Symbol) {
    (row.title, row.detector, row.device)
}
