//! The two clocks: the wall's, and a steady one that goes on while the machine sleeps.

use std::sync::Arc;

use jiff::SignedDuration;
use jiff::Timestamp;

use crate::domain::moment::Moment;
use crate::domain::moment::Steady;

/// Reads both clocks; the steady one starts now.
pub fn system() -> Arc<dyn Fn() -> Moment + Send + Sync> {
    let start = steady();
    Arc::new(move || Moment {
        wall: Timestamp::now(),
        steady: Steady::after_start(steady().saturating_sub(start)),
    })
}

/// Time since some fixed moment, the time asleep included.
#[cfg(target_os = "linux")]
fn steady() -> SignedDuration {
    // Linux stops its monotonic clock in suspend; this one goes on.
    since(rustix::time::ClockId::Boottime)
}

/// Time since some fixed moment, the time asleep included.
#[cfg(all(unix, not(target_os = "linux")))]
fn steady() -> SignedDuration {
    since(rustix::time::ClockId::Monotonic)
}

#[cfg(unix)]
fn since(clock: rustix::time::ClockId) -> SignedDuration {
    let time = rustix::time::clock_gettime(clock);
    SignedDuration::new(time.tv_sec, i32::try_from(time.tv_nsec).unwrap_or_default())
}

/// Time since some fixed moment, the time asleep included.
#[cfg(not(unix))]
fn steady() -> SignedDuration {
    static START: std::sync::LazyLock<std::time::Instant> =
        std::sync::LazyLock::new(std::time::Instant::now);
    SignedDuration::try_from(START.elapsed()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_steady_clock_starts_at_nothing_and_never_goes_back() {
        let now = system();
        let first = now();
        let second = now();
        assert!(second.steady >= first.steady);
        assert!(first.steady.since_start() < SignedDuration::from_mins(1));
    }
}
