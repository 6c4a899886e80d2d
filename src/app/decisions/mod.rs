//! Decisions on their way: composed, held for a moment, sent, answered, undone.
//!
//! Reading order: [`queue`] (what is on its way and how far), [`history`] (what can be
//! taken back), [`composing`] (what is being decided on the screen), [`deciding`] (what
//! the keys do, and what answers mean for the state), [`targets`] (which alerts are
//! meant), [`pages`] (how it reads).

pub mod composing;
pub mod deciding;
pub mod history;
pub mod pages;
pub mod queue;
pub mod targets;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use jiff::SignedDuration;

use crate::app::decisions::history::History;
use crate::app::decisions::queue::Pending;
use crate::app::decisions::queue::Queue;
use crate::domain::alert::AlertId;
use crate::domain::decision::kept::Draft;
use crate::domain::decision::kept::Outbox;
use crate::domain::decision::kept::VERSION;
use crate::domain::decision::triage::Property;

/// What was configured about decisions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// How long one is held before it is sent.
    pub hold_for: SignedDuration,
    /// Nothing is ever written.
    pub read_only: bool,
    /// What has not arrived is written down for the next start.
    pub are_kept: bool,
}

/// Everything decided in this session that is not settled, and what can be undone.
#[derive(Debug, Clone, PartialEq)]
pub struct Decisions {
    pub queue: Queue,
    pub history: History,
    /// A note whose text is worth more than the key that closed its field.
    pub draft: Option<Draft>,
    /// What lies on each alert: for the list, that asks for every row it draws.
    laid: HashMap<AlertId, Laid>,
    /// As it was kept last.
    kept: Outbox,
    /// The person wants to leave as soon as everything is sent.
    pub leaving: bool,
}

/// What lies on an alert until the service confirms it, where the list shows it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Laid {
    /// The latest word for each.
    pub status: Option<String>,
    pub owner: Option<String>,
    /// Nothing more happens to it by itself.
    pub is_stuck: bool,
}

impl Decisions {
    /// None yet. Each is held for so long before it is sent.
    pub fn new(hold_for: SignedDuration) -> Self {
        Self {
            queue: Queue::new(hold_for),
            history: History::default(),
            draft: None,
            laid: HashMap::new(),
            kept: Outbox::default(),
            leaving: false,
        }
    }

    /// What lies on this alert.
    pub fn on(&self, id: &AlertId) -> Option<&Laid> {
        self.laid.get(id)
    }

    /// What is decided about this alert and has not arrived, in words.
    pub fn says_of(&self, id: &AlertId) -> Option<String> {
        self.on(id)?;
        let is_on_it = |one: &&Pending| one.targets.iter().any(|target| target.id == *id);
        let on_it = self.queue.pending().iter().filter(is_on_it);
        let each: Vec<String> = on_it.map(|one| one.change.says()).collect();
        Some(each.join("; "))
    }

    /// What has to be written down, where it is not what was written last. Called once
    /// an event is applied, so that nothing is sent that is not on disk.
    pub fn keep(&mut self) -> Option<Outbox> {
        if self.queue.take_changed() {
            self.lay();
        }
        let outbox = Outbox {
            version: VERSION,
            entries: self.queue.to_keep(),
            draft: self.draft.clone(),
        };
        if outbox == self.kept || (outbox.is_empty() && self.kept.is_empty()) {
            return None;
        }
        self.kept = outbox.clone();
        Some(outbox)
    }

    fn lay(&mut self) {
        self.laid.clear();
        for pending in self.queue.pending() {
            let change = &pending.change;
            for target in &pending.targets {
                let laid = self.laid.entry(target.id.clone()).or_default();
                if let Some(status) = change.word(Property::Status) {
                    laid.status = Some(status.to_owned());
                }
                if let Some(owner) = change.word(Property::AssignedTo) {
                    laid.owner = Some(owner.to_owned());
                }
                laid.is_stuck |= pending.stage.is_stuck();
            }
        }
    }
}
