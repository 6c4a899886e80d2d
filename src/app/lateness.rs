//! How long an alert may wait for its first action, and how it stands with that.
//!
//! The moment it becomes late is fixed until somebody acts: an order by it needs no
//! new sorting as time passes.

use jiff::SignedDuration;
use jiff::Timestamp;

use crate::app::row::Row;
use crate::app::symbols::Symbol;
use crate::app::times;
use crate::domain::alert::Severity;
use crate::domain::alert::Status;

/// Within this time of its end a wait is worth a warning.
pub const SOON: SignedDuration = SignedDuration::from_mins(10);

/// Time from creation to the first action, by severity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LateAfter {
    pub high: SignedDuration,
    pub medium: SignedDuration,
    /// Of what has no known severity, too.
    pub low: SignedDuration,
    pub informational: SignedDuration,
}

impl Default for LateAfter {
    fn default() -> Self {
        Self {
            high: SignedDuration::from_mins(30),
            medium: SignedDuration::from_hours(1),
            low: SignedDuration::from_hours(4),
            informational: SignedDuration::from_hours(4),
        }
    }
}

impl LateAfter {
    const fn of(&self, severity: Severity) -> SignedDuration {
        match severity {
            Severity::High => self.high,
            Severity::Medium => self.medium,
            Severity::Low | Severity::Unspecified | Severity::Other => self.low,
            Severity::Informational => self.informational,
        }
    }

    /// When an alert becomes late; none once somebody acted, or where nobody knows
    /// when it was created.
    pub fn deadline(&self, row: &Row) -> Option<Timestamp> {
        if is_met(row) {
            return None;
        }
        row.created?.checked_add(self.of(row.severity)).ok()
    }
}

/// The first action was seen: somebody has the alert, or its status was changed.
pub fn is_met(row: &Row) -> bool {
    match row.status {
        Status::InProgress | Status::Resolved => true,
        // A status of a later version of the service says nothing either way.
        Status::New | Status::Other => row.assigned_to != Symbol::EMPTY,
    }
}

/// How many alerts wait too long, or nearly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LateCount {
    pub late: usize,
    /// Within [`SOON`] of it.
    pub soon: usize,
}

/// `+26m` left, `-8m` late: a sign and at most three cells.
pub fn signed(deadline: Timestamp, now: Timestamp) -> String {
    let length = deadline.duration_since(now).abs();
    let sign = if is_past(deadline, now) { '-' } else { '+' };
    let days = length.as_hours() / 24;
    match days {
        0..100 => format!("{sign}{}", times::span(length)),
        100..700 => format!("{sign}{}w", days / 7),
        _ => format!("{sign}{}y", days / 365),
    }
}

/// True from the very moment on.
pub fn is_past(deadline: Timestamp, now: Timestamp) -> bool {
    deadline <= now
}

#[cfg(test)]
mod tests {
    #![expect(
        clippy::unwrap_used,
        reason = "a test that cannot read its input has failed"
    )]

    use super::*;

    #[test]
    fn what_is_left_has_a_sign() {
        let now: Timestamp = "2026-11-22T14:00:00Z".parse().unwrap();
        for (seconds, shown) in [
            (26 * 60, "+26m"),
            (26 * 60 + 59, "+26m"),
            (59, "+0m"),
            (0, "-0m"),
            (-8 * 60, "-8m"),
            (-3 * 86_400, "-3d"),
            (7_200, "+2h"),
            (-99 * 86_400, "-99d"),
            (-100 * 86_400, "-14w"),
            (-800 * 86_400, "-2y"),
        ] {
            let deadline = now + SignedDuration::from_secs(seconds);
            assert_eq!(signed(deadline, now), shown, "{seconds}");
        }
    }
}
