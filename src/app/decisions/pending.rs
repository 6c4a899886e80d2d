//! One decision on its way, and how far it is.

use std::collections::HashMap;

use jiff::Timestamp;

use crate::domain::alert::AlertId;
use crate::domain::decision::Change;
use crate::domain::decision::Guard;
use crate::domain::decision::Target;
use crate::domain::decision::Triage;
use crate::domain::decision::kept::End;
use crate::domain::decision::kept::Entry;
use crate::domain::decision::kept::Record;
use crate::domain::decision::kept::Seen;
use crate::domain::decision::kept::Step;
use crate::domain::failure::Failure;
use crate::domain::moment::Moment;
use crate::domain::moment::Steady;

/// Names one decision of this session; the numbers rise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DecisionId(pub u64);

/// What one key did: it is undone as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deed(pub u64);

/// What a decision is meant as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meaning {
    /// A new one: what was undone before cannot be done again.
    Decision,
    /// Takes an earlier one back. Holds that one.
    Undo(Change),
    /// The same again after it was taken back.
    Redo,
}

/// How far a decision is.
#[derive(Debug, Clone, PartialEq)]
pub enum Stage {
    /// Can be taken back until then.
    Held { until: Steady },
    /// The answer is awaited.
    Sending,
    /// It did not arrive for want of network or service: tried again then.
    Waiting { until: Steady, failure: Failure },
    /// Somebody else decided meanwhile: what they decided, alert by alert.
    Conflict { theirs: HashMap<AlertId, Triage> },
    /// The service answered well and kept its own: what it reads.
    NotTaken { reads: HashMap<AlertId, Triage> },
    /// Left over from an earlier session: a person says whether it is still meant.
    Offered,
}

impl Stage {
    /// True where nothing happens any more without a person.
    pub const fn is_stuck(&self) -> bool {
        matches!(
            self,
            Self::Conflict { .. } | Self::NotTaken { .. } | Self::Offered
        )
    }
}

/// One decision on its way.
#[derive(Debug, Clone, PartialEq)]
pub struct Pending {
    pub id: DecisionId,
    pub deed: Deed,
    /// Names it on disk and in the audit log.
    pub name: String,
    pub decided: Timestamp,
    pub by: String,
    pub change: Change,
    pub guard: Guard,
    pub targets: Vec<Target>,
    pub stage: Stage,
    pub meaning: Meaning,
    /// A try may have arrived although no answer said so.
    pub maybe_sent: bool,
}

/// A decision as it is made.
#[derive(Debug, Clone, PartialEq)]
pub struct Making {
    pub change: Change,
    pub targets: Vec<Target>,
    pub by: String,
    pub meaning: Meaning,
    pub deed: Deed,
}

impl Pending {
    pub(super) fn to_keep(&self) -> Entry {
        let seen = |target: &Target| Seen {
            id: target.id.as_str().to_owned(),
            seen: target.seen.clone(),
        };
        Entry {
            decision: self.name.clone(),
            decided: self.decided,
            by: self.by.clone(),
            change: self.change.clone(),
            guard: self.guard,
            alerts: self.targets.iter().map(seen).collect(),
            step: match &self.stage {
                Stage::Conflict { .. } => Step::Conflict,
                Stage::Sending => Step::Sent,
                _ if self.maybe_sent => Step::Sent,
                Stage::Waiting { failure, .. } => Step::Failed(failure.sentence.clone()),
                Stage::Held { .. } | Stage::NotTaken { .. } | Stage::Offered => Step::Held,
            },
        }
    }

    pub(super) fn record(&self, target: &Target, end: End, now: Moment) -> Record {
        Record {
            decision: self.name.clone(),
            alert: target.id.as_str().to_owned(),
            by: self.by.clone(),
            change: self.change.clone(),
            before: target.seen.clone(),
            after: None,
            end,
            why: None,
            request: None,
            decided: self.decided,
            ended: now.wall,
        }
    }
}
