//! What a test says about devices, and about what becomes of actions on them.

use std::time::Duration;

use crate::sim::machines::Fate;
use crate::sim::script::Script;

impl Script {
    /// One more workstation: Windows, onboarded, heard of today.
    pub fn add_device(&self, id: &str, name: &str) {
        self.world().directory.add(id, name);
    }

    /// Properties of a device as they are told from now on, whatever they are.
    ///
    /// A `healthStatus` of `Inactive` means that actions wait for it.
    pub fn change_device(&self, id_or_name: &str, patch: serde_json::Value) {
        if let (Some(device), serde_json::Value::Object(patch)) =
            (self.world().directory.device_mut(id_or_name), patch)
        {
            device.overrides.extend(patch);
        }
    }

    /// A colleague asks for a full scan of a device now.
    pub fn colleague_scans(&self, device_id: &str) {
        let now = self.clock.now();
        self.world().scan_by_colleague(device_id, now);
    }

    /// How actions asked for from now on end.
    pub fn end_actions(&self, fate: Fate) {
        self.world().actions.fate = fate;
    }

    /// Actions asked for from now on end in that very moment, and are found at once.
    pub fn hurry_actions(&self) {
        self.world().actions.end_at_once = true;
        self.hide_new_actions(Duration::ZERO);
    }

    /// For so long a new action is not found by whoever asks for it.
    pub fn hide_new_actions(&self, time: Duration) {
        self.world().actions.hide_new_for(time);
    }

    /// A second request while an action runs is answered with that action from now on,
    /// and not refused.
    pub fn share_running_actions(&self) {
        self.world().actions.shares_running = true;
    }
}
