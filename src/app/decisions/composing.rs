//! What is being decided on the screen, before it is a decision.

use tui_input::Input;

use crate::app::alert_book::AlertKey;
use crate::app::decisions::macros::Part;
use crate::app::decisions::pending::DecisionId;
use crate::app::decisions::targets::Plan;
use crate::domain::decision::Change;
use crate::keymap::Scope;

/// One of the dialogs of a decision.
#[derive(Debug, Clone)]
pub enum Composing {
    /// As what the alerts are closed.
    Close,
    /// Which status they get.
    Status,
    /// To whom they go.
    Assign(Box<Assigning>),
    /// A note in one line.
    Note(Box<Noting>),
    /// Which macro is run.
    Macros { chosen: usize },
    /// Before and after, to be confirmed.
    Confirm(Box<Confirming>),
    /// What is on its way, and what waits for an answer.
    Outbox { chosen: Option<DecisionId> },
    /// Something is held while the person wants to leave.
    Leaving,
}

/// Somebody is being chosen.
#[derive(Debug, Clone)]
pub struct Assigning {
    pub input: Input,
    pub chosen: usize,
}

/// A note is being written.
#[derive(Debug, Clone)]
pub struct Noting {
    pub input: Input,
    pub keys: Vec<AlertKey>,
    /// Ids of the first of them, as drafts are told apart by.
    pub alerts: Vec<String>,
}

/// A decision about several alerts is looked at before it is made.
#[derive(Debug, Clone)]
pub struct Confirming {
    pub change: Change,
    pub plan: Plan,
    /// The changes it comes to, where their notes are made for each alert.
    pub parts: Vec<Part>,
    /// Why it is proposed, where vigie did.
    pub because: Option<String>,
    /// The number of alerts, as far as it is typed; needed above [`TYPED_ABOVE`].
    pub typed: Input,
    pub top: usize,
}

/// So many alerts are confirmed with one key; for more their number is typed.
pub const TYPED_ABOVE: usize = 25;

impl Confirming {
    /// True where the number has to be typed.
    pub fn wants_number(&self) -> bool {
        self.plan.targets.len() > TYPED_ABOVE
    }

    /// True once the right number stands there.
    pub fn is_typed(&self) -> bool {
        self.typed.value() == self.plan.targets.len().to_string()
    }
}

impl Composing {
    /// Where its keys are looked up.
    pub fn scope(&self) -> Scope {
        match self {
            Self::Close => Scope::CloseAs,
            Self::Status => Scope::StatusMenu,
            Self::Assign(_) => Scope::Assign,
            Self::Note(_) => Scope::Note,
            Self::Macros { .. } => Scope::Macros,
            Self::Confirm(_) => Scope::Confirm,
            Self::Outbox { .. } => Scope::Outbox,
            Self::Leaving => Scope::Leaving,
        }
    }

    /// The field that takes every key, if it has one.
    pub fn input(&mut self) -> Option<&mut Input> {
        match self {
            Self::Assign(assigning) => Some(&mut assigning.input),
            Self::Note(noting) => Some(&mut noting.input),
            Self::Confirm(confirming) if confirming.wants_number() => Some(&mut confirming.typed),
            Self::Confirm(_)
            | Self::Close
            | Self::Status
            | Self::Macros { .. }
            | Self::Outbox { .. }
            | Self::Leaving => None,
        }
    }
}
