//! Decisions on their way: composed, held for a moment, sent, answered, undone.
//!
//! Reading order: [`pending`] (one on its way and how far), [`queue`] (all of them) with
//! `sorting` (what an answer means), [`history`] (what can be taken back); then what is
//! done with them: [`composing`] (what is being decided on the screen), [`deciding`]
//! (what the keys do), [`macros`] and [`editing`] (notes from the configuration, and from
//! an editor), [`targets`] (which alerts are meant), `undoing`, [`answers`], [`leaving`];
//! and how it reads: [`pages`], [`words`].

pub mod answers;
pub mod composing;
pub mod deciding;
pub mod editing;
pub mod history;
pub mod leaving;
pub mod macros;
pub mod pages;
pub mod pending;
pub mod queue;
mod sorting;
pub mod targets;
#[cfg(test)]
mod tests;
mod undoing;
pub mod words;

use std::collections::HashMap;

use jiff::SignedDuration;

use crate::app::alert_book::AlertKey;
use crate::app::decisions::history::History;
use crate::app::decisions::pending::Pending;
use crate::app::decisions::queue::Queue;
use crate::domain::alert::AlertId;
use crate::domain::decision::Target;
use crate::domain::decision::kept::Draft;
use crate::domain::decision::kept::Outbox;
use crate::domain::decision::kept::VERSION;
use crate::domain::decision::triage::Property;

/// Notes that are kept without having become decisions.
const MOST_DRAFTS: usize = 20;

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
    /// Notes whose text is worth more than the key that closed their field, the latest
    /// last.
    pub(super) drafts: Vec<Draft>,
    /// The alerts a note is being written for in an editor.
    pub editing: Option<Vec<AlertKey>>,
    /// What lies on each alert: for the list, that asks for every row it draws.
    laid: HashMap<AlertId, Laid>,
    /// What was kept last is not empty.
    has_kept: bool,
    /// The draft as it was kept last.
    kept_draft: Option<Draft>,
    /// How often anything had been said when the latest was made.
    pub said: u64,
    /// The person wants to leave as soon as everything is sent.
    pub is_leaving: bool,
    /// The person said what becomes of what is on its way, and leaves.
    pub may_leave: bool,
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
            drafts: Vec::new(),
            editing: None,
            laid: HashMap::new(),
            has_kept: false,
            kept_draft: None,
            said: 0,
            is_leaving: false,
            may_leave: false,
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
        let is_changed = self.queue.take_changed();
        if is_changed {
            self.lay();
        }
        if !is_changed && self.drafts.last() == self.kept_draft.as_ref() {
            return None;
        }
        let outbox = Outbox {
            version: VERSION,
            entries: self.queue.to_keep(),
            draft: self.drafts.last().cloned(),
        };
        let had_kept = std::mem::replace(&mut self.has_kept, !outbox.is_empty());
        self.kept_draft = self.drafts.last().cloned();
        (self.has_kept || had_kept).then_some(outbox)
    }

    /// What was to be kept was not: it is tried again with the next change.
    pub(super) fn on_not_kept(&mut self) {
        self.queue.keep_again();
    }

    /// The text that was begun for these alerts.
    pub(super) fn draft_for(&self, alerts: &[String]) -> &str {
        let mut drafts = self.drafts.iter().rev();
        let draft = drafts.find(|draft| draft.alerts == alerts);
        draft.map_or("", |draft| draft.text.as_str())
    }

    /// The text for these alerts is this now; none where nothing is left of it.
    pub(in crate::app) fn write_draft(&mut self, alerts: &[String], text: &str) {
        self.drafts.retain(|draft| draft.alerts != alerts);
        if !text.trim().is_empty() {
            let surplus = (self.drafts.len() + 1).saturating_sub(MOST_DRAFTS);
            self.drafts.drain(..surplus);
            self.drafts.push(Draft {
                alerts: alerts.to_vec(),
                text: text.to_owned(),
            });
        }
    }

    /// Keeps the note of a decision that did not come to anything.
    pub(super) fn keep_draft(&mut self, targets: &[Target], note: &str) {
        self.keep_draft_of(targets.iter().map(|target| &target.id), note);
    }

    /// The same, by the ids of the alerts.
    pub(super) fn keep_draft_of<'a>(&mut self, ids: impl Iterator<Item = &'a AlertId>, note: &str) {
        let ids = ids.map(|id| id.as_str().to_owned());
        let alerts: Vec<String> = ids.take(deciding::DRAFT_OF).collect();
        self.write_draft(&alerts, note);
    }

    /// This note became a decision.
    pub(super) fn drop_draft(&mut self, note: &str) {
        self.drafts.retain(|draft| draft.text.trim() != note);
    }

    fn lay(&mut self) {
        self.laid.clear();
        for pending in self.queue.pending() {
            let change = &pending.change;
            let is_stuck = pending.stage.is_stuck();
            for target in &pending.targets {
                let laid = self.laid.entry(target.id.clone()).or_default();
                laid.is_stuck |= is_stuck;
                if is_stuck {
                    // The row tells what the service has; the mark, that more is meant.
                    continue;
                }
                if let Some(status) = change.word(Property::Status) {
                    laid.status = Some(status.to_owned());
                }
                if let Some(owner) = change.word(Property::AssignedTo) {
                    laid.owner = Some(owner.to_owned());
                }
            }
        }
    }
}
