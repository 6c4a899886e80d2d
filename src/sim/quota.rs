//! Counts calls against the service's limits, by the minute and by the hour side by side.
//!
//! The windows slide: a client that only paces itself by the minute still meets the
//! hour. Refused calls are not counted.

use std::collections::VecDeque;

use jiff::Timestamp;

use crate::sim::options::Limits;
use crate::sim::reply::Reply;

/// One bucket of calls.
pub(crate) struct Quota {
    limits: Limits,
    calls: VecDeque<Timestamp>,
}

/// Why a call was refused.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Exceeded {
    allowed: u32,
    window: &'static str,
    wait_seconds: i64,
}

impl Quota {
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            limits,
            calls: VecDeque::new(),
        }
    }

    /// Counts one call at `now`, or says why it may not be made.
    pub(crate) fn count(&mut self, now: Timestamp) -> Result<(), Exceeded> {
        let seconds_ago = |call: Timestamp| now.as_millisecond() - call.as_millisecond();
        while self
            .calls
            .front()
            .is_some_and(|call| seconds_ago(*call) >= 3_600_000)
        {
            self.calls.pop_front();
        }
        let windows = [
            (self.limits.per_minute, "00:01:00", 60_000),
            (self.limits.per_hour, "01:00:00", 3_600_000),
        ];
        for (allowed, window, length) in windows {
            // The call that must leave the window before another may enter.
            let blocking = usize::try_from(allowed)
                .ok()
                .and_then(|count| self.calls.len().checked_sub(count));
            let blocking = blocking.and_then(|index| self.calls.get(index)).copied();
            if let Some(age) = blocking.map(seconds_ago).filter(|age| *age < length) {
                let wait_seconds = (length - age + 999).div_euclid(1000).max(1);
                return Err(Exceeded {
                    allowed,
                    window,
                    wait_seconds,
                });
            }
        }
        self.calls.push_back(now);
        Ok(())
    }
}

impl Exceeded {
    pub(crate) fn wait_seconds(&self) -> i64 {
        self.wait_seconds
    }

    /// The 429 as seen: the code is the number, and the wait is in the message too.
    pub(crate) fn reply(&self, target: &str) -> Reply {
        let Self {
            allowed,
            window,
            wait_seconds,
        } = self;
        let message = format!(
            "API calls quota exceeded! maximum allowed {allowed} per {window} for the key \
             Destination+TenantID+AppID. You can send requests again in {wait_seconds} seconds."
        );
        Reply::error(429, "429", &message, target).with("retry-after", wait_seconds.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap_or_default()
    }

    #[test]
    fn minute_and_hour_hold_side_by_side() {
        let mut quota = Quota::new(Limits {
            per_minute: 2,
            per_hour: 3,
        });
        assert_eq!(quota.count(at(0)), Ok(()));
        assert_eq!(quota.count(at(10)), Ok(()));
        let minute = Exceeded {
            allowed: 2,
            window: "00:01:00",
            wait_seconds: 40,
        };
        assert_eq!(quota.count(at(20)), Err(minute));
        assert_eq!(
            quota.count(at(60)),
            Ok(()),
            "the first call has left the minute"
        );
        let hour = Exceeded {
            allowed: 3,
            window: "01:00:00",
            wait_seconds: 3400,
        };
        assert_eq!(quota.count(at(200)), Err(hour));
        assert_eq!(quota.count(at(3600)), Ok(()));
    }

    #[test]
    fn the_refusal_says_how_long_to_wait_twice() {
        let reply = Exceeded {
            allowed: 100,
            window: "00:01:00",
            wait_seconds: 8,
        }
        .reply("t");
        assert_eq!(reply.status, 429);
        assert!(
            reply
                .headers
                .contains(&(String::from("retry-after"), String::from("8")))
        );
        let body = String::from_utf8_lossy(&reply.body).into_owned();
        assert!(
            body.contains(r#""code":"429""#) && body.contains("again in 8 seconds."),
            "{body}"
        );
    }
}
