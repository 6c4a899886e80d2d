//! What time it is for the simulator: the machine's clock, or one a test turns by hand.
//!
//! The only place of the simulator that asks the machine. Nothing here waits.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;

/// The clock a simulator lives by.
#[derive(Clone, Debug, Default)]
pub enum Clock {
    /// The machine's own.
    #[default]
    System,
    /// One that only moves when told.
    Manual(ManualClock),
}

impl Clock {
    /// The present moment, on this clock.
    pub fn now(&self) -> Timestamp {
        match self {
            Self::System => Timestamp::now(),
            Self::Manual(clock) => clock.now(),
        }
    }
}

/// A clock turned by hand; clones show the same time.
#[derive(Clone, Debug)]
pub struct ManualClock(Arc<Mutex<Timestamp>>);

impl ManualClock {
    /// A clock that stands at `start`.
    pub fn new(start: Timestamp) -> Self {
        Self(Arc::new(Mutex::new(start)))
    }

    /// Moves time forward; at the end of representable time it stands still.
    pub fn advance(&self, by: Duration) {
        let mut time = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Ok(later) = time.checked_add(by) {
            *time = later;
        }
    }

    /// What the clock shows.
    pub fn now(&self) -> Timestamp {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clones_show_the_same_time() {
        let clock = ManualClock::new(Timestamp::UNIX_EPOCH);
        let clone = clock.clone();
        clock.advance(Duration::from_secs(7));
        assert_eq!(clone.now().as_second(), 7);
        assert_eq!(Clock::Manual(clone).now().as_second(), 7);
    }
}
