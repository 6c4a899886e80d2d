//! What came of writing a change: for each alert, since a batch has no answer of its own.

use jiff::Timestamp;
use serde::Deserialize;
use serde::Serialize;

use crate::domain::alert::Alert;
use crate::domain::alert::AlertId;
use crate::domain::decision::change::Change;
use crate::domain::decision::kept::End;
use crate::domain::decision::triage::Triage;
use crate::domain::failure::Failure;

/// One alert a change is for.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    pub id: AlertId,
    /// What the person saw when deciding.
    pub seen: Triage,
}

/// Whether the alerts are read again before anything is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Guard {
    /// Written only where nobody decided something since it was seen.
    Checked,
    /// Written over whatever is there.
    Overwrite,
}

/// One change that is to be written to some alerts.
#[derive(Debug, Clone, PartialEq)]
pub struct Write {
    pub targets: Vec<Target>,
    pub change: Change,
    pub guard: Guard,
    /// When the person decided, by the clock of this machine: a note from before is not
    /// this one.
    pub decided: Timestamp,
    /// Who decided, as the token tells: a note of somebody else is not this one either.
    /// Empty where that is not known.
    pub by: String,
}

/// What came of a write.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Decided {
    /// One for each target, in its order.
    pub outcomes: Vec<(AlertId, Outcome)>,
    /// Every alert that was read on the way, as it was read last.
    pub alerts: Vec<Alert>,
    /// Requests that were sent.
    pub calls: usize,
}

/// What came of the change for one alert.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// Written, and read back as wanted.
    Written {
        /// The service's id of the request, for whoever has to ask Microsoft.
        request: Option<String>,
    },
    /// It read so before anything was sent: an earlier try had arrived, or somebody
    /// else decided the same.
    AlreadySo,
    /// Somebody decided otherwise since it was seen; nothing was sent. Holds theirs.
    Conflict(Triage),
    /// The service answered well, and yet it reads otherwise. Holds what it reads.
    NotTaken(Triage),
    /// The write was refused, or nobody knows whether it arrived.
    Failed(Failure),
    /// Nothing was sent for it, since something before it failed.
    NotSent(Failure),
}

impl Outcome {
    /// How the audit log calls it, and why where it did not end well.
    pub fn end(&self) -> (End, Option<String>) {
        match self {
            Self::Written { .. } => (End::Written, None),
            Self::AlreadySo => (End::AlreadySo, None),
            Self::Conflict(_) => (End::Conflict, None),
            Self::NotTaken(_) => (End::NotTaken, None),
            Self::Failed(failure) | Self::NotSent(failure) => {
                (End::Refused, Some(failure.sentence.clone()))
            }
        }
    }

    /// The service's id of the request, where it is known.
    pub fn request(&self) -> Option<String> {
        match self {
            Self::Written { request } => request.clone(),
            Self::Failed(failure) | Self::NotSent(failure) => failure.request.clone(),
            Self::AlreadySo | Self::Conflict(_) | Self::NotTaken(_) => None,
        }
    }

    /// True where the alert now reads as wanted.
    pub const fn is_done(&self) -> bool {
        matches!(self, Self::Written { .. } | Self::AlreadySo)
    }
}
