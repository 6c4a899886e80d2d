//! What came in the last 24 hours: how many alerts, how severe, under which titles.
//!
//! Kept along with the rows and only for those hours, so that drawing it costs the same
//! however many alerts there are. What became of an alert does not matter here: a
//! resolved one came too.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::collections::VecDeque;

use jiff::Timestamp;

use crate::app::row::Row;
use crate::app::symbols::Symbol;
use crate::domain::alert::Severity;

/// Seconds of a slot.
const SLOT: i64 = 30 * 60;
/// Half hours of a day.
const SLOTS: usize = 48;
/// More titles nobody has room for.
const NOISIEST: usize = 4;

/// Alerts that came in one stretch of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Beat {
    pub high: u32,
    pub medium: u32,
    /// Low, informational, and severities nobody knows.
    pub low: u32,
}

impl Beat {
    fn of(&mut self, severity: Severity) -> &mut u32 {
        match severity {
            Severity::High => &mut self.high,
            Severity::Medium => &mut self.medium,
            Severity::Low | Severity::Informational | Severity::Unspecified | Severity::Other => {
                &mut self.low
            }
        }
    }

    fn and(self, other: Self) -> Self {
        Self {
            high: self.high + other.high,
            medium: self.medium + other.medium,
            low: self.low + other.low,
        }
    }

    /// All of them.
    pub const fn all(self) -> u32 {
        self.high + self.medium + self.low
    }
}

/// How finely the day is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Hour,
    HalfHour,
}

impl Step {
    const fn slots(self) -> usize {
        match self {
            Self::Hour => 2,
            Self::HalfHour => 1,
        }
    }

    /// How many make up the day.
    pub const fn count(self) -> usize {
        SLOTS / self.slots()
    }
}

/// One half hour.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Slot {
    beat: Beat,
    titles: HashMap<Symbol, u32>,
}

/// Counts of the half hours of a day, of which the last is the one that runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pulse {
    /// The half hour that runs, counted from 1970.
    present: i64,
    /// Always [`SLOTS`] of them, the oldest first.
    slots: VecDeque<Slot>,
    /// The titles of all slots together.
    titles: HashMap<Symbol, u32>,
    noisiest: Vec<(Symbol, u32)>,
    /// Rows from after the present: clocks differ, and a service can write any date.
    later: usize,
}

impl Default for Pulse {
    fn default() -> Self {
        Self {
            present: 0,
            slots: std::iter::repeat_with(Slot::default).take(SLOTS).collect(),
            titles: HashMap::new(),
            noisiest: Vec::new(),
            later: 0,
        }
    }
}

/// Where a row belongs.
enum Belongs {
    In(usize),
    Later,
    Nowhere,
}

impl Pulse {
    fn place(&self, row: &Row) -> Belongs {
        let Some(created) = row.created else {
            return Belongs::Nowhere;
        };
        let age = self.present - slot_at(created);
        match usize::try_from(age) {
            Err(_) => Belongs::Later,
            Ok(age) if age < SLOTS => Belongs::In(SLOTS - 1 - age),
            Ok(_) => Belongs::Nowhere,
        }
    }

    /// A row came. [`Self::settle`] follows when all have.
    pub(super) fn add(&mut self, row: &Row) {
        match self.place(row) {
            Belongs::In(index) => {
                if let Some(slot) = self.slots.get_mut(index) {
                    *slot.beat.of(row.severity) += 1;
                    *slot.titles.entry(row.title).or_default() += 1;
                    *self.titles.entry(row.title).or_default() += 1;
                }
            }
            Belongs::Later => self.later += 1,
            Belongs::Nowhere => {}
        }
    }

    /// A row goes, for another state of the same alert.
    pub(super) fn remove(&mut self, row: &Row) {
        match self.place(row) {
            Belongs::In(index) => {
                if let Some(slot) = self.slots.get_mut(index) {
                    let count = slot.beat.of(row.severity);
                    *count = count.saturating_sub(1);
                    take(&mut slot.titles, row.title, 1);
                    take(&mut self.titles, row.title, 1);
                }
            }
            Belongs::Later => self.later = self.later.saturating_sub(1),
            Belongs::Nowhere => {}
        }
    }

    /// Finds the noisiest titles again.
    pub(super) fn settle(&mut self) {
        let by_noise = |(title, count): &(Symbol, u32)| (Reverse(*count), *title);
        let mut titles: Vec<_> = self
            .titles
            .iter()
            .map(|(one, count)| (*one, *count))
            .collect();
        if titles.len() > NOISIEST {
            // A service that gives every alert its own title must not cost a sort of all.
            titles.select_nth_unstable_by_key(NOISIEST, by_noise);
            titles.truncate(NOISIEST);
        }
        titles.sort_unstable_by_key(by_noise);
        self.noisiest = titles;
    }

    /// Time passed. Only what a new half hour begins with needs the rows: those that
    /// were from after the present, or all of them when a clock was put back.
    pub(super) fn pass(&mut self, now: Timestamp, rows: &[Row]) {
        let present = slot_at(now);
        if present == self.present {
            return;
        }
        if present < self.present || self.later > 0 {
            *self = Self::default();
            self.present = present;
            for row in rows {
                self.add(row);
            }
        } else {
            let steps = usize::try_from(present - self.present).unwrap_or(SLOTS);
            self.present = present;
            for _ in 0..steps.min(SLOTS) {
                for (title, count) in self.slots.pop_front().unwrap_or_default().titles {
                    take(&mut self.titles, title, count);
                }
                self.slots.push_back(Slot::default());
            }
        }
        self.settle();
    }

    /// The day in steps, the oldest first.
    pub fn beats(&self, step: Step) -> Vec<Beat> {
        let slots: Vec<Beat> = self.slots.iter().map(|slot| slot.beat).collect();
        let together = |beats: &[Beat]| beats.iter().copied().fold(Beat::default(), Beat::and);
        slots.chunks(step.slots()).map(together).collect()
    }

    /// The titles most alerts came with, and how many each; few.
    pub fn noisiest(&self) -> &[(Symbol, u32)] {
        &self.noisiest
    }
}

fn slot_at(time: Timestamp) -> i64 {
    time.as_second().div_euclid(SLOT)
}

fn take(titles: &mut HashMap<Symbol, u32>, title: Symbol, number: u32) {
    if let Some(count) = titles.get_mut(&title) {
        *count = count.saturating_sub(number);
        if *count == 0 {
            titles.remove(&title);
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(
        clippy::unwrap_used,
        reason = "a test that cannot read its input has failed"
    )]

    use fastrand::Rng;
    use jiff::SignedDuration;

    use super::*;
    use crate::app::alert_book::AlertBook;
    use crate::app::alert_book::Marking;
    use crate::domain::alert::Alert;
    use crate::wire::alert;

    fn told(id: u32, severity: &str, title: &str, created: Timestamp, updated: u32) -> Alert {
        alert::read(&format!(
            r#"{{"id":"a{id}","severity":"{severity}","title":"{title}",
               "alertCreationTime":"{created}",
               "lastUpdateTime":"2026-11-22T14:00:00.{updated:06}Z"}}"#
        ))
        .unwrap()
    }

    fn noon() -> Timestamp {
        "2026-11-22T12:00:00Z".parse().unwrap()
    }

    fn before(minutes: i64) -> Timestamp {
        noon() - SignedDuration::from_mins(minutes)
    }

    fn book(alerts: Vec<Alert>) -> AlertBook {
        let mut book = AlertBook::default();
        book.pass(noon());
        book.absorb(alerts, Marking::Leave);
        book
    }

    #[test]
    fn an_alert_counts_in_the_half_hour_it_was_created_in() {
        let book = book(vec![
            told(1, "High", "a", before(0), 0),
            told(2, "High", "a", before(29), 0),
            told(3, "Medium", "b", before(30), 0),
            told(4, "Informational", "b", before(31), 0),
            told(5, "Odd", "c", before(47 * 30), 0),
            told(6, "High", "d", before(47 * 30 + 1), 0),
        ]);
        let beats = book.pulse().beats(Step::HalfHour);
        assert_eq!(beats.len(), 48);
        let all: Vec<u32> = beats.iter().rev().map(|beat| beat.all()).collect();
        assert_eq!(all.get(..3).unwrap(), [1, 2, 1]);
        assert_eq!((all.get(47), all.iter().sum::<u32>()), (Some(&1), 5));
        let hours = book.pulse().beats(Step::Hour);
        let last = Beat {
            high: 2,
            medium: 1,
            low: 0,
        };
        assert_eq!((hours.len(), hours.last()), (24, Some(&last)));
    }

    #[test]
    fn the_noisiest_are_few_and_the_loudest_first() {
        let titles = ["a", "b", "b", "c", "d", "d", "d", "e", "f"];
        let alerts = (0..).zip(titles);
        let book = book(
            alerts
                .map(|(id, title)| told(id, "Low", title, before(60), 0))
                .collect(),
        );
        let told: Vec<(&str, u32)> = book
            .pulse()
            .noisiest()
            .iter()
            .map(|(title, count)| (book.text(*title).original(), *count))
            .collect();
        assert_eq!(told, [("d", 3), ("b", 2), ("a", 1), ("c", 1)]);
    }

    #[test]
    fn hours_pass() {
        let mut book = book(vec![told(1, "High", "a", before(0), 0)]);
        let count = |book: &AlertBook| {
            let beats = book.pulse().beats(Step::HalfHour);
            beats.iter().map(|beat| beat.all()).sum::<u32>()
        };
        book.pass(noon() + SignedDuration::from_mins(24 * 60 - 1));
        assert_eq!((count(&book), book.pulse().noisiest().len()), (1, 1));
        book.pass(noon() + SignedDuration::from_hours(24));
        assert_eq!((count(&book), book.pulse().noisiest().len()), (0, 0));
        // A clock that is put back finds it again, one far ahead is no trouble.
        book.pass(noon());
        assert_eq!(count(&book), 1);
        book.pass(Timestamp::MAX);
        book.pass(Timestamp::MIN);
        assert_eq!(count(&book), 0);
    }

    /// Whatever comes, changes and passes: the counts are those of the rows.
    #[test]
    fn what_is_kept_is_what_a_count_of_all_rows_gives() {
        let mut random = Rng::with_seed(7);
        let severities = ["High", "Medium", "Low", "Informational", "Odd"];
        let mut now = noon();
        let mut book = book(Vec::new());
        for round in 0..400 {
            let alerts = (0..random.u32(0..8))
                .map(|_| {
                    let created = now - SignedDuration::from_mins(random.i64(-200..1_700));
                    let title = random.choice(["a", "b", "c", "d", "e", "f"]).unwrap();
                    let severity = random.choice(severities).unwrap();
                    told(random.u32(0..60), severity, title, created, round)
                })
                .collect();
            book.absorb(alerts, Marking::Mark);
            let minutes = match random.u8(0..20) {
                0 => -300,
                1 => 3_000,
                _ => random.i64(0..50),
            };
            now += SignedDuration::from_mins(minutes);
            book.pass(now);
            let mut counted = Pulse {
                present: slot_at(now),
                ..Pulse::default()
            };
            for key in book.keys_from(0) {
                counted.add(book.row(key).unwrap());
            }
            counted.settle();
            assert_eq!(*book.pulse(), counted, "round {round}");
        }
    }
}
