//! How many alerts are open, how severe, and when each that waits becomes late.
//!
//! Kept along with the rows: a poll changes few of them, and counting all anew took as
//! long as putting them in order.

use jiff::Timestamp;

use crate::app::lateness;
use crate::app::lateness::LateAfter;
use crate::app::lateness::LateCount;
use crate::app::row::Row;
use crate::domain::alert::Severity;

/// Open alerts by severity, for the head.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    pub all: usize,
    pub open: usize,
    pub high: usize,
    pub medium: usize,
    pub low: usize,
    pub informational: usize,
    /// Unspecified, and severities this version does not know.
    pub other: usize,
}

impl Counts {
    fn of(&mut self, severity: Severity) -> &mut usize {
        match severity {
            Severity::High => &mut self.high,
            Severity::Medium => &mut self.medium,
            Severity::Low => &mut self.low,
            Severity::Informational => &mut self.informational,
            Severity::Unspecified | Severity::Other => &mut self.other,
        }
    }
}

/// The counts, and the ends of waits.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Tally {
    counts: Counts,
    /// When each alert that waits for its first action becomes late, earliest first.
    deadlines: Vec<i64>,
    /// Not among the deadlines yet.
    came: Vec<i64>,
    /// Among them still.
    gone: Vec<i64>,
}

impl Tally {
    /// The tally of all rows.
    pub(super) fn of(rows: &[Row], late_after: &LateAfter) -> Self {
        let mut tally = Self::default();
        for row in rows {
            tally.add(row, late_after);
        }
        tally.settle();
        tally
    }

    /// A row came. [`Self::settle`] follows when all have.
    pub(super) fn add(&mut self, row: &Row, late_after: &LateAfter) {
        self.counts.all += 1;
        if row.status.is_open() {
            self.counts.open += 1;
            *self.counts.of(row.severity) += 1;
            self.came.extend(deadline(row, late_after));
        }
    }

    /// A row goes, for another state of the same alert.
    pub(super) fn remove(&mut self, row: &Row, late_after: &LateAfter) {
        self.counts.all = self.counts.all.saturating_sub(1);
        if row.status.is_open() {
            self.counts.open = self.counts.open.saturating_sub(1);
            let count = self.counts.of(row.severity);
            *count = count.saturating_sub(1);
            self.gone.extend(deadline(row, late_after));
        }
    }

    /// Brings the deadlines up to date.
    pub(super) fn settle(&mut self) {
        if self.came.is_empty() && self.gone.is_empty() {
            return;
        }
        self.came.sort_unstable();
        self.gone.sort_unstable();
        // An alert told twice in one answer comes and goes again.
        self.deadlines.append(&mut self.came);
        #[expect(
            clippy::stable_sort_primitive,
            reason = "it merges two runs that are in order in one pass"
        )]
        self.deadlines.sort();
        let mut gone = self.gone.drain(..).peekable();
        self.deadlines.retain(|deadline| {
            while gone.next_if(|gone| gone < deadline).is_some() {}
            gone.next_if_eq(deadline).is_none()
        });
    }

    pub(super) fn counts(&self) -> Counts {
        self.counts
    }

    /// How many alerts wait too long, or nearly.
    pub(super) fn late(&self, now: Timestamp) -> LateCount {
        let until = |end: Timestamp| {
            let end = end.as_microsecond();
            self.deadlines.partition_point(|deadline| *deadline <= end)
        };
        let late = until(now);
        let soon = now.checked_add(lateness::SOON).unwrap_or(now);
        LateCount {
            late,
            soon: until(soon) - late,
        }
    }
}

fn deadline(row: &Row, late_after: &LateAfter) -> Option<i64> {
    late_after.deadline(row).map(Timestamp::as_microsecond)
}
