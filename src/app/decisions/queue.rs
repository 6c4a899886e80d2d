//! Decisions that have not arrived, each with how far it is.
//!
//! One is sent at a time, in the order in which they were made: two on one alert can
//! never overtake each other. Knows nothing of the screen.

use std::collections::HashMap;
use std::collections::HashSet;

use fastrand::Rng;
use jiff::SignedDuration;

use crate::app::backoff;
use crate::app::decisions::pending::DecisionId;
use crate::app::decisions::pending::Deed;
use crate::app::decisions::pending::Making;
use crate::app::decisions::pending::Meaning;
use crate::app::decisions::pending::Pending;
use crate::app::decisions::pending::Stage;
use crate::app::decisions::sorting::Answered;
use crate::app::decisions::sorting::Sorted;
use crate::domain::alert::AlertId;
use crate::domain::decision::Change;
use crate::domain::decision::Guard;
use crate::domain::decision::Target;
use crate::domain::decision::Triage;
use crate::domain::decision::kept::End;
use crate::domain::decision::kept::Entry;
use crate::domain::decision::kept::Record;
use crate::domain::decision::kept::Step;
use crate::domain::decision::outcome::Decided;
use crate::domain::decision::outcome::Write;
use crate::domain::failure::Failure;
use crate::domain::moment::Moment;
use crate::domain::moment::Steady;

/// All of them, in the order in which they were made.
#[derive(Debug, Clone, PartialEq)]
pub struct Queue {
    pending: Vec<Pending>,
    next_id: u64,
    next_deed: u64,
    hold_for: SignedDuration,
    /// Tries in a row that did not get through.
    failures: u32,
    changed: bool,
}

impl Queue {
    pub fn new(hold_for: SignedDuration) -> Self {
        Self {
            pending: Vec::new(),
            next_id: 1,
            next_deed: 1,
            hold_for,
            failures: 0,
            changed: false,
        }
    }

    /// Changes how long new ones are held.
    pub fn hold_for(&mut self, hold_for: SignedDuration) {
        self.hold_for = hold_for;
    }

    /// What the next key does.
    pub fn next_deed(&mut self) -> Deed {
        let deed = Deed(self.next_deed);
        self.next_deed += 1;
        deed
    }

    /// In the order in which they were made.
    pub fn pending(&self) -> &[Pending] {
        &self.pending
    }

    pub fn is_empty(&self) -> bool {
        self.pending.is_empty()
    }

    /// The decisions that will be sent without a person, or are being sent.
    pub fn moving(&self) -> usize {
        let moving = self.pending.iter().filter(|one| !one.stage.is_stuck());
        moving.count()
    }

    /// The decisions that can still be taken back unsent.
    pub fn held(&self) -> impl DoubleEndedIterator<Item = &Pending> {
        let is_held = |one: &&Pending| matches!(one.stage, Stage::Held { .. });
        self.pending.iter().filter(is_held)
    }

    /// Those a person has to see to.
    pub fn stuck(&self) -> impl Iterator<Item = &Pending> {
        self.pending.iter().filter(|one| one.stage.is_stuck())
    }

    /// Those that wait for the service.
    pub fn waiting(&self) -> impl Iterator<Item = (&Pending, Steady, &Failure)> {
        self.pending.iter().filter_map(|one| match &one.stage {
            Stage::Waiting { until, failure } => Some((one, *until, failure)),
            Stage::Held { .. }
            | Stage::Sending
            | Stage::Conflict { .. }
            | Stage::NotTaken { .. }
            | Stage::Offered => None,
        })
    }

    pub fn is_sending(&self) -> bool {
        self.pending.iter().any(|one| one.stage == Stage::Sending)
    }

    /// Whether anything changed since the last call.
    pub(super) fn take_changed(&mut self) -> bool {
        std::mem::take(&mut self.changed)
    }

    /// What was to be written down was not: it has to be with the next event.
    pub(super) fn keep_again(&mut self) {
        self.changed = true;
    }

    /// Begins to hold a decision; one that takes another back is not held.
    pub fn make(&mut self, making: Making, now: Moment) -> DecisionId {
        let until = match making.meaning {
            Meaning::Decision | Meaning::Redo => now.steady.plus(self.hold_for),
            Meaning::Undo(_) => now.steady,
        };
        let id = self.id();
        self.pending.push(Pending {
            id,
            deed: making.deed,
            name: name(now, id),
            decided: now.wall,
            by: making.by,
            change: making.change,
            guard: Guard::Checked,
            targets: making.targets,
            stage: Stage::Held { until },
            meaning: making.meaning,
            maybe_sent: false,
        });
        self.changed = true;
        id
    }

    fn id(&mut self) -> DecisionId {
        let id = DecisionId(self.next_id);
        self.next_id += 1;
        id
    }

    /// Decisions of an earlier session. Says how many there are.
    pub fn adopt(&mut self, entries: Vec<Entry>) -> usize {
        let known: HashSet<String> = self.pending.iter().map(|one| one.name.clone()).collect();
        let new = entries.into_iter();
        let new: Vec<Entry> = new
            .filter(|entry| !known.contains(&entry.decision))
            .collect();
        let count = new.len();
        for entry in new {
            let (id, deed) = (self.id(), self.next_deed());
            self.pending.push(Pending {
                id,
                deed,
                targets: entry.targets(),
                name: entry.decision,
                decided: entry.decided,
                by: entry.by,
                change: entry.change,
                guard: Guard::Checked,
                stage: Stage::Offered,
                meaning: Meaning::Redo,
                maybe_sent: entry.step == Step::Sent,
            });
        }
        self.changed |= count > 0;
        count
    }

    /// As it is written down.
    pub fn to_keep(&self) -> Vec<Entry> {
        self.pending.iter().map(Pending::to_keep).collect()
    }

    /// What lies on an alert, applied: what a further decision is based on.
    pub fn seen_through(&self, id: &AlertId, told: Triage) -> Triage {
        let on_it = self
            .pending
            .iter()
            .filter(|one| one.targets.iter().any(|target| target.id == *id));
        on_it.fold(told, |seen, one| one.change.applied_to(&seen))
    }

    /// The one that would be sent next: none while one is being sent, none that has an
    /// alert in common with an earlier one.
    fn next(&self) -> Option<(usize, Steady)> {
        if self.is_sending() {
            return None;
        }
        let mut before: HashSet<&AlertId> = HashSet::new();
        let mut next: Option<(usize, Steady)> = None;
        for (place, one) in self.pending.iter().enumerate() {
            let until = match &one.stage {
                Stage::Held { until } | Stage::Waiting { until, .. } => Some(*until),
                Stage::Sending
                | Stage::Conflict { .. }
                | Stage::NotTaken { .. }
                | Stage::Offered => None,
            };
            if let Some(until) = until
                && next.is_none_or(|(_, earliest)| until < earliest)
                && !one.targets.iter().any(|target| before.contains(&target.id))
            {
                next = Some((place, until));
            }
            before.extend(one.targets.iter().map(|target| &target.id));
        }
        next
    }

    /// When the next one should be sent.
    pub fn due(&self) -> Option<Steady> {
        self.next().map(|(_, until)| until)
    }

    /// When the countdown of what is held shows another second.
    pub fn next_tick(&self, now: Steady) -> Option<Steady> {
        let (_, until) = self.countdown()?;
        let left = now.until(until);
        let into = SignedDuration::from_nanos(i64::from(left.subsec_nanos()));
        let second = SignedDuration::from_secs(1);
        let step = if into.is_zero() { second } else { into };
        (!left.is_zero()).then(|| now.plus(step))
    }

    /// The latest that is held, and until when: the one a person just made.
    pub fn countdown(&self) -> Option<(&Pending, Steady)> {
        self.held().next_back().and_then(|one| match one.stage {
            Stage::Held { until } => Some((one, until)),
            Stage::Sending
            | Stage::Waiting { .. }
            | Stage::Conflict { .. }
            | Stage::NotTaken { .. }
            | Stage::Offered => None,
        })
    }

    /// Sends the next one off.
    pub fn start(&mut self) -> Option<(DecisionId, Write)> {
        let (place, _) = self.next()?;
        let one = self.pending.get_mut(place)?;
        one.stage = Stage::Sending;
        self.changed = true;
        Some((
            one.id,
            Write {
                targets: one.targets.clone(),
                change: one.change.clone(),
                guard: one.guard,
                decided: one.decided,
                by: one.by.clone(),
            },
        ))
    }

    /// The answer came: what is settled leaves, what is not stays with what it needs.
    pub(super) fn on_decided(
        &mut self,
        id: DecisionId,
        decided: &Decided,
        after: &HashMap<AlertId, Triage>,
        now: Moment,
        jitter: &mut Rng,
    ) -> Option<Answered> {
        let place = self
            .pending
            .iter()
            .position(|one| one.id == id && one.stage == Stage::Sending)?;
        let one = self.pending.remove(place);
        self.changed = true;
        let mut sorted = Sorted::of(&one, decided, after, now);
        let reached = sorted.waiting.is_empty();
        self.failures = if reached {
            0
        } else {
            self.failures.saturating_add(1)
        };
        let mut parts: Vec<(Vec<Target>, Stage)> = Vec::new();
        if let Some(failure) = sorted.failure.clone() {
            let wait = failure
                .retry_after
                .unwrap_or_else(|| backoff::wait_after(self.failures, jitter));
            let until = now.steady.plus(wait);
            sorted.answered.is_first_failure = self.failures == 1;
            sorted.answered.waiting = Some((sorted.waiting.len(), failure.clone()));
            let targets = std::mem::take(&mut sorted.waiting);
            parts.push((targets, Stage::Waiting { until, failure }));
        }
        if !sorted.conflicts.is_empty() {
            let theirs = sorted.theirs;
            parts.push((sorted.conflicts, Stage::Conflict { theirs }));
        }
        if !sorted.not_taken.is_empty() {
            let reads = sorted.reads;
            parts.push((sorted.not_taken, Stage::NotTaken { reads }));
        }
        for (number, (targets, stage)) in parts.into_iter().enumerate() {
            let mut rest = one.clone();
            rest.maybe_sent |= sorted.maybe_sent;
            rest.targets = targets;
            rest.stage = stage;
            if number > 0 {
                // A name of its own: on disk one of two with the same would be lost.
                rest.id = self.id();
                rest.name = name(now, rest.id);
            }
            self.pending.insert(place + number, rest);
        }
        let came_to_nothing = sorted.answered.done + sorted.answered.already_so == 0;
        if came_to_nothing && self.one(one.id).is_none() {
            sorted.answered.lost = Some(one);
        }
        Some(sorted.answered)
    }

    /// One of them.
    pub fn one(&self, id: DecisionId) -> Option<&Pending> {
        self.pending.iter().find(|one| one.id == id)
    }

    fn place_of(&self, id: DecisionId) -> Option<usize> {
        self.pending.iter().position(|one| one.id == id)
    }

    /// Takes a decision away that is not being sent.
    pub fn take_back(
        &mut self,
        id: DecisionId,
        end: End,
        now: Moment,
    ) -> Option<(Pending, Vec<Record>)> {
        let place = self.place_of(id)?;
        if self.pending.get(place)?.stage == Stage::Sending {
            return None;
        }
        let one = self.pending.remove(place);
        self.changed = true;
        let records = one
            .targets
            .iter()
            .map(|target| one.record(target, end, now));
        let records = records.collect();
        Some((one, records))
    }

    /// Sends it as soon as may be: what is held, what waits, what was left over, and
    /// what the service did not take.
    pub fn hurry(&mut self, id: DecisionId, now: Moment) {
        self.restage(id, now, |_| ());
    }

    /// Sends it over what somebody else decided, as far as that was seen: whatever is
    /// decided after that is another conflict.
    pub fn overwrite(&mut self, id: DecisionId, now: Moment) {
        self.restage(id, now, |one| {
            if let Stage::Conflict { theirs } = &one.stage {
                for target in &mut one.targets {
                    if let Some(theirs) = theirs.get(&target.id) {
                        target.seen.clone_from(theirs);
                    }
                }
            }
        });
    }

    fn restage(&mut self, id: DecisionId, now: Moment, change: impl FnOnce(&mut Pending)) {
        let Some(one) = self.pending.iter_mut().find(|one| one.id == id) else {
            return;
        };
        if one.stage != Stage::Sending {
            change(one);
            one.stage = Stage::Held { until: now.steady };
            self.changed = true;
        }
    }

    /// Sends of a decision that met others' only what does not collide with theirs.
    /// Says how many alerts are left with nothing to write.
    pub fn merge(&mut self, id: DecisionId, now: Moment) -> Option<Merged> {
        let place = self.place_of(id)?;
        let one = self.pending.get(place)?;
        let Stage::Conflict { theirs } = &one.stage else {
            return None;
        };
        // Alerts of one decision may have met different ones.
        let mut groups: Vec<(Change, Vec<Target>)> = Vec::new();
        let mut dropped = Vec::new();
        for target in &one.targets {
            let Some(now_reads) = theirs.get(&target.id) else {
                continue;
            };
            let merged = one.change.merged(&target.seen, now_reads);
            if merged.is_empty() || (merged.note().is_none() && merged.is_seen_in(now_reads)) {
                dropped.push(one.record(target, End::Dropped, now));
                continue;
            }
            let target = Target {
                id: target.id.clone(),
                seen: now_reads.clone(),
            };
            match groups.iter_mut().find(|(change, _)| *change == merged) {
                Some((_, targets)) => targets.push(target),
                None => groups.push((merged, vec![target])),
            }
        }
        let one = self.pending.remove(place);
        let sent = groups.iter().map(|(_, targets)| targets.len()).sum();
        for (number, (change, targets)) in groups.into_iter().enumerate() {
            let mut part = one.clone();
            part.id = self.id();
            part.name = name(now, part.id);
            part.change = change;
            part.targets = targets;
            part.stage = Stage::Held { until: now.steady };
            self.pending.insert(place + number, part);
        }
        self.changed = true;
        Some(Merged { sent, dropped })
    }

    /// The service is there again, or a person wants it: what waits goes at once.
    pub fn hurry_waiting(&mut self, now: Steady) {
        for one in &mut self.pending {
            if let Stage::Waiting { until, .. } = &mut one.stage {
                *until = (*until).min(now);
            }
        }
    }

    /// Nothing of what somebody else decided at this keyboard is sent by itself: what is
    /// not on its way already waits for a person.
    pub fn offer_others(&mut self, me: &str) -> usize {
        let mut offered = 0;
        for one in &mut self.pending {
            let moves = matches!(one.stage, Stage::Held { .. } | Stage::Waiting { .. });
            if moves && !one.by.is_empty() && !one.by.eq_ignore_ascii_case(me) {
                one.stage = Stage::Offered;
                offered += 1;
            }
        }
        self.changed |= offered > 0;
        offered
    }

    /// Whether anything would go on by itself as soon as the service takes it.
    pub fn is_going_on(&self) -> bool {
        self.is_sending()
            || self.next().is_some_and(|(place, _)| {
                let next = self.pending.get(place);
                next.is_some_and(|one| matches!(one.stage, Stage::Held { .. }))
            })
    }

    /// Sends everything that is held.
    pub fn hurry_held(&mut self, now: Steady) {
        for one in &mut self.pending {
            if let Stage::Held { until } = &mut one.stage {
                *until = (*until).min(now);
            }
        }
    }
}

/// Names a decision where others have to tell it apart from those of other sessions.
fn name(now: Moment, id: DecisionId) -> String {
    format!("{:x}-{}", now.wall.as_microsecond(), id.0)
}

/// What a merge came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Merged {
    /// Alerts something is left to be written for.
    pub sent: usize,
    /// Those for which nothing is.
    pub dropped: Vec<Record>,
}
