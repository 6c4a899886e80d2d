//! The budget of calls the service allows, and who may use it.
//!
//! It is shared by every copy of one app registration in a tenant. What a person asked
//! for goes first: polls leave a reserve untouched.

use std::collections::VecDeque;

use jiff::SignedDuration;

use crate::domain::moment::Steady;
use crate::domain::token::Api;

/// Who wants to call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Urgency {
    /// A person is waiting.
    Person,
    /// The poller; it yields.
    Poll,
}

const MINUTE: SignedDuration = SignedDuration::from_mins(1);
const HOUR: SignedDuration = SignedDuration::from_hours(1);
/// How many calls a service allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowed {
    pub per_minute: usize,
    pub per_hour: usize,
}

impl Allowed {
    /// Microsoft's pages on listing alerts and on Graph's throttling. Graph names no
    /// figure for an hour: it is what the minutes add up to.
    pub const fn by(service: Api) -> Self {
        let (per_minute, per_hour) = match service {
            Api::Defender => (100, 1_500),
            Api::Graph => (150, 9_000),
        };
        Self {
            per_minute,
            per_hour,
        }
    }
}

/// What polls leave for people.
const RESERVE_MINUTE: usize = 15;
const RESERVE_HOUR: usize = 100;

/// When calls were sent, and until when the service asked for silence.
#[derive(Debug, Clone, PartialEq)]
pub struct Calls {
    allowed: Allowed,
    /// Within the last hour, oldest first.
    sent: VecDeque<Steady>,
    held_until: Option<Steady>,
}

impl Calls {
    /// None sent yet.
    pub const fn to(service: Api) -> Self {
        Self {
            allowed: Allowed::by(service),
            sent: VecDeque::new(),
            held_until: None,
        }
    }

    /// The same within limits of its own.
    pub const fn within(allowed: Allowed) -> Self {
        Self {
            allowed,
            sent: VecDeque::new(),
            held_until: None,
        }
    }

    /// How many the service allows.
    pub const fn allowed(&self) -> Allowed {
        self.allowed
    }

    /// Counts one call.
    pub fn count(&mut self, now: Steady) {
        self.forget(now);
        self.sent.push_back(now);
    }

    /// No call before `until`: the service said so.
    pub fn hold(&mut self, until: Steady) {
        self.held_until = self.held_until.max(Some(until));
    }

    /// The end of a wait the service asked for, while it lasts.
    pub fn held(&self, now: Steady) -> Option<Steady> {
        self.held_until.filter(|until| *until > now)
    }

    /// The first moment, `now` or later, at which such a call may leave.
    pub fn opening(&self, now: Steady, urgency: Urgency) -> Steady {
        let (reserve_minute, reserve_hour) = match urgency {
            Urgency::Person => (0, 0),
            Urgency::Poll => (RESERVE_MINUTE, RESERVE_HOUR),
        };
        let minute = self.room_in(MINUTE, self.allowed.per_minute - reserve_minute);
        let hour = self.room_in(HOUR, self.allowed.per_hour - reserve_hour);
        let held = self.held_until.unwrap_or(now);
        now.max(minute).max(hour).max(held)
    }

    /// Calls left in this minute and this hour.
    pub fn left(&self, now: Steady) -> (usize, usize) {
        let within = |span: SignedDuration| {
            self.sent
                .iter()
                .rev()
                .take_while(|sent| sent.until(now) < span)
                .count()
        };
        (
            self.allowed.per_minute.saturating_sub(within(MINUTE)),
            self.allowed.per_hour.saturating_sub(within(HOUR)),
        )
    }

    /// The moment at which fewer than `allowed` calls lie within `span`.
    fn room_in(&self, span: SignedDuration, allowed: usize) -> Steady {
        match self.sent.len().checked_sub(allowed) {
            None => Steady::START,
            // Once the call `allowed` places from the end is `span` old, there is room.
            Some(index) => self
                .sent
                .get(index)
                .map_or(Steady::START, |sent| sent.plus(span)),
        }
    }

    fn forget(&mut self, now: Steady) {
        while self
            .sent
            .front()
            .is_some_and(|sent| sent.until(now) >= HOUR)
        {
            self.sent.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Steady {
        Steady::after_start(SignedDuration::from_secs(seconds))
    }

    #[test]
    fn polls_yield_while_people_may_go_on() {
        let mut calls = Calls::to(Api::Defender);
        for _ in 0..(Allowed::by(Api::Defender).per_minute - RESERVE_MINUTE) {
            calls.count(at(10));
        }
        assert_eq!(calls.opening(at(20), Urgency::Person), at(20));
        assert_eq!(calls.opening(at(20), Urgency::Poll), at(70));
        for _ in 0..RESERVE_MINUTE {
            calls.count(at(20));
        }
        assert_eq!(calls.left(at(20)).0, 0);
        assert_eq!(calls.opening(at(20), Urgency::Person), at(70));
        assert_eq!(
            calls.left(at(70)).0,
            Allowed::by(Api::Defender).per_minute - RESERVE_MINUTE
        );
    }

    #[test]
    fn the_hour_is_kept_too() {
        let mut calls = Calls::to(Api::Defender);
        for second in 0..1_500 {
            calls.count(at(second * 2));
        }
        assert_eq!(calls.left(at(3_000)), (71, 0));
        assert_eq!(calls.opening(at(3_000), Urgency::Person), at(3_600));
    }

    #[test]
    fn a_wait_the_service_asked_for_binds_everyone() {
        let mut calls = Calls::to(Api::Defender);
        calls.hold(at(30));
        calls.hold(at(20));
        assert_eq!(calls.opening(at(5), Urgency::Person), at(30));
        assert_eq!(calls.held(at(5)), Some(at(30)));
        assert_eq!(calls.held(at(30)), None);
    }
}
