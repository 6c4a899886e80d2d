//! What a test says about changes to alerts: what the tenant takes, and of whom.

use crate::sim::rules::TakenAway;
use crate::sim::script::Script;

impl Script {
    /// A batch may name at most so many alerts.
    pub fn limit_batches(&self, alerts: usize) {
        self.world().rules.largest_batch = alerts;
    }

    /// These determinations are refused from now on.
    pub fn refuse_words(&self, words: &[&str]) {
        self.world().rules.refused_words = words.iter().map(|word| (*word).to_owned()).collect();
    }

    /// These alerts are of device groups that the caller may see and not change: a single
    /// change is refused with 403, a batch passes over them.
    pub fn close_to_changes(&self, ids: &[&str]) {
        self.world().rules.closed = ids.iter().map(|id| (*id).to_owned()).collect();
    }

    /// From now on a batch that names an alert closed to changes is refused whole.
    pub fn let_closed_spoil_batches(&self) {
        self.world().rules.closed_spoil_batches = true;
    }

    /// How properties are taken away from now on.
    pub fn take_away(&self, how: TakenAway) {
        self.world().rules.taken_away = how;
    }

    /// These alerts are no more.
    pub fn remove(&self, ids: &[&str]) {
        self.world().store.remove(ids);
    }
}
