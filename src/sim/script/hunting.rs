//! What a test says about hunting.

use crate::sim::hunting::Findings;
use crate::sim::script::Script;

impl Script {
    /// The next query finds this much, whatever it asks.
    pub fn next_hunt_finds(&self, findings: Findings) {
        self.world().findings = Some(findings);
    }
}
