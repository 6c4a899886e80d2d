//! By what the list is sorted: one criterion, and others where it leaves two alike.

use std::cmp::Reverse;

use jiff::Timestamp;

use crate::app::lateness;
use crate::app::lateness::LateAfter;
use crate::app::row::Row;
use crate::app::symbols::Numeral;
use crate::app::symbols::Ranks;
use crate::app::symbols::Symbol;
use crate::domain::alert::Severity;
use crate::domain::alert::Status;
pub use crate::domain::view::SortBy;

impl SortBy {
    const fn is_by_time(self) -> bool {
        matches!(self, Self::Newest | Self::Age)
    }

    const fn is_by_text(self) -> bool {
        matches!(
            self,
            Self::Title | Self::Device | Self::User | Self::Owner | Self::Incident
        )
    }
}

pub const DEPTH: usize = SortBy::DEPTH;

/// Criteria, the first of which decides. Where all are equal, the newest is first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    first: SortBy,
    then: Vec<SortBy>,
}

impl Order {
    /// An order by one criterion.
    pub const fn by(first: SortBy) -> Self {
        Self {
            first,
            then: Vec::new(),
        }
    }

    /// The criterion that decides.
    pub const fn first(&self) -> SortBy {
        self.first
    }

    /// `by` decides from now on; what decided so far comes after it.
    #[must_use]
    pub fn chosen(&self, by: SortBy) -> Self {
        // Hardly two alerts were created at the same moment: nothing comes after that.
        let earlier = self.criteria().filter(|old| *old != by && !by.is_by_time());
        Self {
            first: by,
            then: earlier.take(DEPTH - 1).collect(),
        }
    }

    /// The criterion so many steps further in [`SortBy::ALL`] decides; the others stay.
    #[must_use]
    pub fn cycled(&self, steps: usize) -> Self {
        let all = SortBy::ALL;
        let index = all.iter().position(|by| *by == self.first).unwrap_or(0);
        let first = all.get((index + steps) % all.len());
        let first = first.copied().unwrap_or(self.first);
        let then = self.then.iter().copied().filter(|by| *by != first);
        Self {
            first,
            then: then.collect(),
        }
    }

    /// `sla`, `sev,title`: the ones in force.
    pub fn words(&self) -> String {
        let words: Vec<&str> = self.in_force().map(SortBy::word).collect();
        words.join(",")
    }

    /// Reads [`Self::words`] again, and the words of earlier versions.
    pub fn read(words: &str) -> Option<Self> {
        Self::of(&SortBy::read(words).ok()?)
    }

    /// The order of these criteria; none where there are none.
    pub fn of(criteria: &[SortBy]) -> Option<Self> {
        let (first, then) = criteria.split_first()?;
        Some(Self {
            first: *first,
            then: then.to_vec(),
        })
    }

    fn criteria(&self) -> impl Iterator<Item = SortBy> {
        std::iter::once(self.first).chain(self.then.iter().copied())
    }

    /// Nothing counts after a time.
    fn in_force(&self) -> impl Iterator<Item = SortBy> {
        let mut timed = false;
        self.criteria()
            .take_while(move |by| !std::mem::replace(&mut timed, by.is_by_time()))
    }

    /// True when texts have to be compared.
    pub(super) fn needs_ranks(&self) -> bool {
        self.criteria().any(SortBy::is_by_text)
    }

    /// What rows are compared by, least first.
    pub(super) fn place(&self, row: &Row, late_after: &LateAfter, ranks: &Ranks) -> Place {
        let mut place = Place::default();
        for (slot, by) in place.0.iter_mut().zip(self.criteria()) {
            *slot = by.place(row, late_after, ranks);
        }
        place.1 = Reverse(row.created);
        place
    }
}

impl Default for Order {
    fn default() -> Self {
        Self::by(SortBy::Newest)
    }
}

/// A row's place in an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place([u64; DEPTH], Reverse<Option<Timestamp>>);

impl Default for Place {
    fn default() -> Self {
        Self([0; DEPTH], Reverse(None))
    }
}

impl SortBy {
    fn place(self, row: &Row, late_after: &LateAfter, ranks: &Ranks) -> u64 {
        match self {
            Self::Lateness => lateness_place(row, late_after),
            Self::Severity => severity_place(row.severity),
            // What has no date is last either way.
            Self::Newest => row.created.map_or(u64::MAX, |at| u64::MAX - micros(at)),
            Self::Age => row.created.map_or(u64::MAX, micros),
            Self::Title => text_place(row.title, ranks),
            Self::Device => text_place(row.device, ranks),
            Self::User => text_place(row.user, ranks),
            // The newest incident has the highest number.
            Self::Incident => match row.incident {
                Numeral::Number(number) => u64::from(u32::MAX - number),
                Numeral::Word(Symbol::EMPTY) => u64::MAX,
                Numeral::Word(symbol) => u64::from(u32::MAX) + text_place(symbol, ranks),
            },
            Self::Status => match row.status {
                Status::New => 0,
                Status::InProgress => 1,
                Status::Other => 2,
                Status::Resolved => 3,
            },
            // What nobody has is looked for first.
            Self::Owner => ranks.of(row.assigned_to).into(),
        }
    }
}

fn severity_place(severity: Severity) -> u64 {
    match severity {
        Severity::High => 0,
        Severity::Medium => 1,
        Severity::Low => 2,
        Severity::Informational => 3,
        Severity::Unspecified => 4,
        Severity::Other => 5,
    }
}

/// Waiting, in work, closed; the waiting by severity, then by the end of the wait.
fn lateness_place(row: &Row, late_after: &LateAfter) -> u64 {
    const CLOSED: u64 = 2 << 60;
    const IN_WORK: u64 = 1 << 60;
    let severity = severity_place(row.severity) << 56;
    if !row.status.is_open() {
        CLOSED
    } else if lateness::is_met(row) {
        IN_WORK + severity
    } else {
        let end = late_after.deadline(row);
        // Seconds since the year 0, far below the bits of the severity.
        let end = end.map_or(u64::MAX >> 16, |end| micros(end) / 1_000_000);
        severity + end
    }
}

/// Of what has a text; without one it is last.
fn text_place(symbol: Symbol, ranks: &Ranks) -> u64 {
    if symbol == Symbol::EMPTY {
        u64::from(u32::MAX)
    } else {
        ranks.of(symbol).into()
    }
}

/// Microseconds, moved so that none is negative.
fn micros(at: Timestamp) -> u64 {
    const YEAR_ZERO: i64 = -63_000_000_000_000_000;
    let since = at.as_microsecond().saturating_sub(YEAR_ZERO).max(0);
    u64::try_from(since).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_decided_before_comes_next() {
        let order = Order::by(SortBy::Lateness).chosen(SortBy::Severity);
        assert_eq!(order.words(), "sev,sla");
        let order = order.chosen(SortBy::Title).chosen(SortBy::Device);
        assert_eq!(order.words(), "dev,title,sev");
        assert_eq!(order.chosen(SortBy::Title).words(), "title,dev,sev");
        assert_eq!(order.chosen(SortBy::Age).words(), "oldest");
        let timed = Order::by(SortBy::Newest).chosen(SortBy::Owner);
        assert_eq!(timed.words(), "owner,newest");
    }

    #[test]
    fn its_words_are_read_again() {
        for words in ["sla", "sev,sla", "dev,title,sev", "owner,newest"] {
            let order = Order::read(words).map(|order| order.words());
            assert_eq!(order.as_deref(), Some(words));
        }
        assert_eq!(Order::read("severity"), Some(Order::by(SortBy::Severity)));
        for words in ["", "sev,", "sev,colour"] {
            assert_eq!(Order::read(words), None, "{words}");
        }
    }

    #[test]
    fn going_round_changes_what_decides_and_keeps_the_rest() {
        let order = Order::by(SortBy::Lateness).chosen(SortBy::Severity);
        assert_eq!(order.cycled(1).words(), "newest");
        assert_eq!(order.cycled(1).cycled(2).words(), "title,sla");
        assert_eq!(order.cycled(SortBy::ALL.len() - 1).words(), "sla");
        assert_eq!(Order::by(SortBy::Owner).cycled(1).words(), "sla");
    }
}
