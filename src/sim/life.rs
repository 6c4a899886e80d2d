//! What happens while the simulator runs: new alerts, and colleagues who work on them.
//!
//! Has no timers. Everything is due at moments derived from the seed and the start,
//! and is caught up with whenever somebody looks.

use std::time::Duration;

use fastrand::Rng;
use jiff::{SignedDuration, Timestamp};

use crate::sim::population::ANALYSTS;
use crate::sim::population::Casting;
use crate::sim::population::Directory;
use crate::sim::population::NOISE;
use crate::sim::population::Place;
use crate::sim::population::REPORTING_SECONDS;
use crate::sim::population::Record;
use crate::sim::population::STORYLINES;
use crate::sim::population::Storyline;
use crate::sim::population::Verdict;
use crate::sim::population::verdict;
use crate::sim::store::Change;
use crate::sim::store::Entry;
use crate::sim::store::Store;
use crate::sim::ticks::Ticks;
use crate::sim::tokens::Api;

/// Makes new alerts: noise, and now and then an incident that unfolds over several.
pub(crate) struct Arrivals {
    rng: Rng,
    incident: u64,
    unfolding: Option<(Casting, &'static Storyline, usize)>,
}

/// When the next things are due.
pub(crate) struct Life {
    arrivals: Arrivals,
    rng: Rng,
    every: SignedDuration,
    next_arrival: Timestamp,
    next_change: Timestamp,
    /// Decides whether somebody else looks at the same alert.
    looks: Rng,
    /// When somebody else changes which alert.
    crossing: Option<(Timestamp, String)>,
    next_crossing: Timestamp,
}

/// Seconds between two alerts that are worked on under somebody's hand.
const BETWEEN_CROSSINGS: i64 = 45;

/// After a machine slept for a month, only the last two days are caught up with.
const LONGEST_CATCH_UP: SignedDuration = SignedDuration::from_hours(48);

impl Arrivals {
    pub(crate) fn new(incident: u64, rng: Rng) -> Self {
        Self {
            rng,
            incident,
            unfolding: None,
        }
    }

    /// The next alert, told of at `now`.
    pub(crate) fn next(&mut self, directory: &Directory, now: Timestamp) -> Record {
        let created = Ticks::of(now).plus_seconds(-REPORTING_SECONDS);
        if self.unfolding.is_none() && self.rng.u8(..9) == 0 {
            let casting = self.casting(directory, created);
            let index = self
                .rng
                .usize(..STORYLINES.len())
                .min(self.rng.usize(..STORYLINES.len()));
            self.unfolding = STORYLINES
                .get(index)
                .map(|storyline| (casting, storyline, 0));
        }
        // An incident leaves room for noise between its steps.
        if self.rng.u8(..5) < 3
            && let Some((casting, storyline, step)) = self.unfolding.take()
            && let Some(found) = storyline.steps.get(step)
        {
            if step + 1 < storyline.steps.len() {
                self.unfolding = Some((casting, storyline, step + 1));
            }
            return casting.record(&found.template, found.place, created, &mut self.rng);
        }
        let casting = self.casting(directory, created);
        let index = self
            .rng
            .usize(..NOISE.len())
            .min(self.rng.usize(..NOISE.len()));
        let [first, ..] = &NOISE;
        casting.record(
            NOISE.get(index).unwrap_or(first),
            Place::First,
            created,
            &mut self.rng,
        )
    }

    fn casting(&mut self, directory: &Directory, origin: Ticks) -> Casting {
        self.incident += self.rng.u64(1..3);
        Casting::new(directory, self.incident, origin, &mut self.rng)
    }
}

impl Life {
    pub(crate) fn new(every: Duration, start: Timestamp, arrivals: Arrivals, rng: Rng) -> Self {
        let every = SignedDuration::try_from(every).unwrap_or(SignedDuration::from_hours(1));
        let every = every.max(SignedDuration::from_millis(50));
        let mut life = Self {
            arrivals,
            // Of its own: who looks must not change what happens anyway.
            looks: rng.clone().fork(),
            crossing: None,
            next_crossing: start,
            rng,
            every,
            next_arrival: start,
            next_change: start,
        };
        life.next_arrival = life.after(start, 1);
        life.next_change = life.after(start, 2);
        life
    }

    /// Lets everything happen that was due by `now`, in its order.
    pub(crate) fn advance_to(&mut self, now: Timestamp, store: &mut Store, directory: &Directory) {
        if let Ok(horizon) = now.checked_sub(LONGEST_CATCH_UP) {
            self.next_arrival = self.next_arrival.max(horizon);
            self.next_change = self.next_change.max(horizon);
        }
        loop {
            let crossing = self.crossing.as_ref().map(|(due, _)| *due);
            let due = self.next_arrival.min(self.next_change);
            let due = crossing.map_or(due, |crossing| crossing.min(due));
            if due > now {
                return;
            }
            if crossing == Some(due) {
                if let Some((_, id)) = self.crossing.take() {
                    let mut rng = self.looks.fork();
                    work_on(store, &id, due, &mut rng);
                }
            } else if due == self.next_arrival {
                store.add(self.arrivals.next(directory, due));
                self.next_arrival = self.after(due, 1);
            } else {
                self.change(store, due);
                self.next_change = self.after(due, 2);
            }
        }
    }

    /// A moment about `times` the usual distance later.
    fn after(&mut self, moment: Timestamp, times: i32) -> Timestamp {
        let percent = self.rng.i32(50..150) * times;
        let delay = self.every.saturating_mul(percent) / 100;
        moment.checked_add(delay).unwrap_or(Timestamp::MAX)
    }

    /// Somebody looks at one alert: now and then a colleague works on that very one a
    /// few seconds later.
    pub(crate) fn looked_at(&mut self, id: &str, now: Timestamp) {
        if self.crossing.is_some() || now < self.next_crossing || self.looks.u8(..5) != 0 {
            return;
        }
        let later = |seconds| now.saturating_add(SignedDuration::from_secs(seconds));
        let seconds = self.looks.i64(2..8);
        if let (Ok(due), Ok(next)) = (later(seconds), later(BETWEEN_CROSSINGS)) {
            self.crossing = Some((due, id.to_owned()));
            self.next_crossing = next;
        }
    }

    /// A colleague takes, comments on or resolves one of the recent alerts.
    fn change(&mut self, store: &mut Store, at: Timestamp) {
        let skip = self.rng.usize(2..40);
        let Some(record) = store
            .newest_told(400)
            .filter(|record| record.status != "Resolved")
            .nth(skip)
        else {
            return;
        };
        let id = record.id.clone();
        work_on(store, &id, at, &mut self.rng);
    }
}

/// A colleague takes, comments on or resolves this alert, if it is still open.
fn work_on(store: &mut Store, id: &str, at: Timestamp, rng: &mut Rng) {
    let Some(Entry::Told(record)) = store.get_mut(id) else {
        return;
    };
    if record.status == "Resolved" {
        return;
    }
    let (template, taken) = (record.template, record.assigned_to.clone());
    let analyst = ANALYSTS
        .get(rng.usize(..ANALYSTS.len()))
        .copied()
        .unwrap_or_default();
    let by = taken.clone().unwrap_or_else(|| analyst.to_owned());
    let text = |text: &str| Some(text.to_owned());
    let change = match (taken.is_some(), rng.u8(..10)) {
        (false, _) => Change {
            status: text("InProgress"),
            assigned_to: Some(by.clone()),
            ..Change::default()
        },
        (true, 0..4) => Change {
            comment: text("Looking at the process tree; waiting for an answer from the user."),
            ..Change::default()
        },
        (true, _) => {
            let Verdict {
                classification,
                determination,
                comment,
            } = verdict(template, rng);
            Change {
                status: text("Resolved"),
                classification: text(classification),
                determination: determination.and_then(text),
                comment: text(comment),
                ..Change::default()
            }
        }
    };
    if let Some(entry) = store.get_mut(id) {
        entry.apply(&change, &by, Api::Defender, at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::odata::Value;

    fn lived(steps: &[i64]) -> Vec<(String, String)> {
        let start = Timestamp::from_second(1_790_000_000).unwrap_or_default();
        let mut rng = Rng::with_seed(9);
        let directory = Directory::new(40, &mut rng);
        let mut life = Life::new(
            Duration::from_secs(20),
            start,
            Arrivals::new(1, rng.fork()),
            rng.fork(),
        );
        let mut store = Store::default();
        for seconds in steps {
            let now = start
                .checked_add(SignedDuration::from_secs(*seconds))
                .unwrap_or_default();
            life.advance_to(now, &mut store, &directory);
        }
        store
            .newest_first()
            .map(|entry| {
                (
                    entry.id().unwrap_or_default().to_owned(),
                    format!("{:?}", entry.read("status")),
                )
            })
            .collect()
    }

    #[test]
    fn it_does_not_matter_when_one_looks() {
        let all_at_once = lived(&[7200]);
        assert_eq!(lived(&[1, 30, 700, 701, 5000, 7200]), all_at_once);
        assert!(
            (200..600).contains(&all_at_once.len()),
            "{}",
            all_at_once.len()
        );
        assert!(
            all_at_once
                .iter()
                .any(|(_, status)| status.contains("Resolved"))
        );
    }

    #[test]
    fn a_colleague_crosses_who_looks_now_and_then() {
        let start = Timestamp::from_second(1_790_000_000).unwrap_or_default();
        let mut rng = Rng::with_seed(9);
        let directory = Directory::new(40, &mut rng);
        let never = Duration::from_secs(1_000_000);
        let arrivals = Arrivals::new(1, rng.fork());
        let mut life = Life::new(never, start, arrivals, rng.fork());
        let mut store = Store::default();
        let mut hands = Arrivals::new(50, rng.fork());
        let mut crossed = 0;
        for minute in 1..=60 {
            let now = start
                .checked_add(SignedDuration::from_mins(minute))
                .unwrap_or_default();
            let record = hands.next(&directory, now);
            let id = record.id.clone();
            store.add(record);
            life.looked_at(&id, now);
            let later = now
                .checked_add(SignedDuration::from_secs(8))
                .unwrap_or_default();
            life.advance_to(later, &mut store, &directory);
            let taken = store.get(&id).map(|entry| entry.read("assignedTo"));
            crossed += usize::from(!matches!(taken, Some(Value::Null) | None));
        }
        assert!((4..25).contains(&crossed), "{crossed}");
    }

    #[test]
    fn a_long_sleep_is_not_lived_through() {
        assert!(lived(&[86_400 * 365]).len() < 20_000);
    }
}
