//! A point in time, told twice: as people read it and as deadlines need it.
//!
//! The wall clock jumps when someone sets it; the steady one never does, and it
//! goes on while the machine sleeps. Nothing here reads a clock.

use jiff::SignedDuration;
use jiff::Timestamp;

/// Time since the program started, unmoved by changes of the wall clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Steady(SignedDuration);

impl Steady {
    /// The moment the program started.
    pub const START: Self = Self(SignedDuration::ZERO);

    /// A moment this long after the start.
    pub const fn after_start(elapsed: SignedDuration) -> Self {
        Self(elapsed)
    }

    /// Time since the start.
    pub const fn since_start(self) -> SignedDuration {
        self.0
    }

    /// This much later, or the end of time where that overflows.
    #[must_use]
    pub fn plus(self, delay: SignedDuration) -> Self {
        Self(self.0.saturating_add(delay))
    }

    /// How long from `self` until `later`; zero once it has passed.
    pub fn until(self, later: Self) -> SignedDuration {
        later.0.saturating_sub(self.0).max(SignedDuration::ZERO)
    }
}

/// Now, on both clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// For people and for comparing with the service's times.
    pub wall: Timestamp,
    /// For deadlines.
    pub steady: Steady,
}

impl Moment {
    /// This much later on both clocks.
    #[must_use]
    pub fn plus(self, delay: SignedDuration) -> Self {
        Self {
            wall: self.wall.saturating_add(delay).unwrap_or(self.wall),
            steady: self.steady.plus(delay),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deadline_in_the_past_is_no_time_away() {
        let later = Steady::START.plus(SignedDuration::from_secs(5));
        assert_eq!(Steady::START.until(later), SignedDuration::from_secs(5));
        assert_eq!(later.until(Steady::START), SignedDuration::ZERO);
    }
}
