//! What an answer means for a decision, alert by alert.

use std::collections::HashMap;

use crate::app::decisions::history::Settled;
use crate::app::decisions::pending::Pending;
use crate::domain::alert::AlertId;
use crate::domain::decision::Change;
use crate::domain::decision::Outcome;
use crate::domain::decision::Target;
use crate::domain::decision::Triage;
use crate::domain::decision::kept::Record;
use crate::domain::decision::outcome::Decided;
use crate::domain::failure::Failure;
use crate::domain::failure::FailureKind;
use crate::domain::moment::Moment;

/// What an answer came to, for notices, the audit log and the history.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Answered {
    pub settled: Option<Settled>,
    pub says: String,
    pub done: usize,
    /// Alerts that read so before anything was sent.
    pub already_so: usize,
    pub conflicts: usize,
    pub not_taken: usize,
    pub waiting: Option<(usize, Failure)>,
    /// Tries before this one got through.
    pub is_first_failure: bool,
    pub refused: Vec<(AlertId, Failure)>,
    pub records: Vec<Record>,
    /// The decision itself, where all of it was refused.
    pub lost: Option<Pending>,
    /// The change as it was to be written.
    pub change: Change,
}

/// The outcomes of one decision, by what they mean for it.
#[derive(Default)]
pub(super) struct Sorted {
    pub(super) answered: Answered,
    pub(super) waiting: Vec<Target>,
    pub(super) failure: Option<Failure>,
    pub(super) maybe_sent: bool,
    pub(super) conflicts: Vec<Target>,
    pub(super) theirs: HashMap<AlertId, Triage>,
    pub(super) not_taken: Vec<Target>,
    pub(super) reads: HashMap<AlertId, Triage>,
}

impl Sorted {
    pub(super) fn of(
        one: &Pending,
        decided: &Decided,
        after: &HashMap<AlertId, Triage>,
        now: Moment,
    ) -> Self {
        let mut sorted = Self {
            answered: Answered {
                says: one.change.says(),
                change: one.change.clone(),
                ..Answered::default()
            },
            ..Self::default()
        };
        let mut settled = Settled::new(one);
        for (target, (id, outcome)) in one.targets.iter().zip(&decided.outcomes) {
            let mut record = || {
                let (end, why) = outcome.end();
                sorted.answered.records.push(Record {
                    after: after.get(id).cloned(),
                    why,
                    request: outcome.request(),
                    ..one.record(target, end, now)
                });
            };
            match outcome {
                // An earlier try of ours that arrived; else somebody else decided the same,
                // which is not ours to take back.
                Outcome::AlreadySo if !one.maybe_sent => {
                    record();
                    sorted.answered.already_so += 1;
                }
                Outcome::Written { .. } | Outcome::AlreadySo => {
                    record();
                    sorted.answered.done += 1;
                    settled.add(target, after.get(id));
                }
                Outcome::Conflict(theirs) => {
                    record();
                    sorted.answered.conflicts += 1;
                    sorted.conflicts.push(target.clone());
                    sorted.theirs.insert(id.clone(), theirs.clone());
                }
                Outcome::NotTaken(reads) => {
                    record();
                    sorted.answered.not_taken += 1;
                    sorted.not_taken.push(target.clone());
                    sorted.reads.insert(id.clone(), reads.clone());
                }
                Outcome::Failed(failure) | Outcome::NotSent(failure) if passes(failure) => {
                    sorted.maybe_sent |= matches!(outcome, Outcome::Failed(_));
                    sorted.waiting.push(target.clone());
                    sorted.failure.get_or_insert_with(|| failure.clone());
                }
                Outcome::Failed(failure) | Outcome::NotSent(failure) => {
                    record();
                    sorted.answered.refused.push((id.clone(), failure.clone()));
                }
            }
        }
        sorted.answered.settled = settled.is_anything();
        sorted
    }
}

/// Whether trying again may help without a new decision.
const fn passes(failure: &Failure) -> bool {
    failure.is_passing()
        || matches!(
            failure.kind,
            FailureKind::Unauthorized | FailureKind::Obstructed | FailureKind::SignInNeeded
        )
}
