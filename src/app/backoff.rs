//! How long to wait after a failure, growing with each one in a row.

use fastrand::Rng;
use jiff::SignedDuration;

/// First wait of a poll that failed.
const FIRST: SignedDuration = SignedDuration::from_secs(5);
/// Longest wait for a service that gives no answer: a lookout that polls each half
/// minute must not be blind for five because of a lost connection.
const LONGEST: SignedDuration = SignedDuration::from_secs(60);

/// Wait before try number `failures + 1`: 5 s, 10 s, 20 s and so on up to one
/// minute, each up to a fifth shorter or longer, so that ten copies of vigie
/// that lost the same service do not come back in step.
pub fn wait_after(failures: u32, jitter: &mut Rng) -> SignedDuration {
    let doubled = FIRST
        .checked_mul(
            1_i32
                .checked_shl(failures.saturating_sub(1).min(10))
                .unwrap_or(1),
        )
        .unwrap_or(LONGEST)
        .min(LONGEST);
    jittered(doubled, jitter)
}

/// `delay`, up to a fifth shorter or longer.
pub fn jittered(delay: SignedDuration, jitter: &mut Rng) -> SignedDuration {
    let millis = i64::try_from(delay.as_millis()).unwrap_or(i64::MAX / 2);
    let fifth = millis / 5;
    if fifth == 0 {
        return delay;
    }
    SignedDuration::from_millis(millis + jitter.i64(-fifth..=fifth))
}

/// Wait before trying a renewal again: 5 s, 15 s, 45 s, then each minute.
pub const fn renewal_wait(failures: u32) -> SignedDuration {
    SignedDuration::from_secs(match failures {
        0 | 1 => 5,
        2 => 15,
        3 => 45,
        _ => 60,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_stay_near_and_end_at_a_minute() {
        let mut jitter = Rng::with_seed(7);
        for (failures, seconds) in [
            (1, 5),
            (2, 10),
            (3, 20),
            (4, 40),
            (5, 60),
            (6, 60),
            (60, 60),
        ] {
            let wait = wait_after(failures, &mut jitter).as_secs_f64();
            let expected = f64::from(seconds);
            assert!(
                (wait - expected).abs() <= expected / 5.0 + 0.001,
                "{failures}: {wait}"
            );
        }
    }
}
