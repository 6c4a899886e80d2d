//! The services alerts come from: what people call them, and until when they last.
//!
//! One table for whoever names a service; what is announced here is not ours to promise.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::civil::date;
use jiff::tz::TimeZone;

use crate::domain::token::Api;

/// A service with its names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Service {
    pub api: Api,
    /// As people say it, in a sentence.
    pub name: &'static str,
    /// The same where room is scarce.
    pub short: &'static str,
    /// What it is called in the configuration.
    pub setting: &'static str,
    /// None where none was announced.
    pub end: Option<End>,
}

/// An end that was announced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct End {
    /// The first day on which it may not answer any more.
    pub day: Date,
    pub source: &'static str,
    pub certainty: &'static str,
    /// The setting of the service that goes on.
    pub successor: &'static str,
}

/// The Defender for Endpoint API.
pub const DEFENDER: Service = Service {
    api: Api::Defender,
    name: "the Defender API",
    short: "Defender",
    setting: "defender",
    end: Some(End {
        day: date(2027, 2, 1),
        source: "MC1220762",
        certainty: "announced; for alerts and actions disputed",
        successor: "graph",
    }),
};

/// The security API of Microsoft Graph.
pub const GRAPH: Service = Service {
    api: Api::Graph,
    name: "Microsoft Graph",
    short: "Graph",
    setting: "graph",
    end: None,
};

/// From so many days before its end on, a service is warned of.
const NEAR: i32 = 60;

impl Service {
    pub const fn of(api: Api) -> Self {
        match api {
            Api::Defender => DEFENDER,
            Api::Graph => GRAPH,
        }
    }

    /// Which one it is, and until when: a phrase for logs and reports.
    pub fn told(&self, now: Timestamp) -> String {
        match &self.end {
            Some(end) => format!("{}, {}", self.name, end.told(now)),
            None => format!("{}, no end announced", self.name),
        }
    }
}

impl End {
    /// Whole days until it comes; none or less once it has.
    pub fn days_left(&self, now: Timestamp) -> i32 {
        let today = now.to_zoned(TimeZone::UTC).date();
        today
            .until(self.day)
            .map_or(0, |between| between.get_days())
    }

    /// Whether it is time to warn of it.
    pub fn is_near(&self, now: Timestamp) -> bool {
        self.days_left(now) <= NEAR
    }

    /// When, by whose word and how sure: a phrase.
    pub fn told(&self, now: Timestamp) -> String {
        let (day, source, certainty) = (self.day, self.source, self.certainty);
        let when = match self.days_left(now) {
            ..=0 => format!("past its end of {day}"),
            1 => format!("until {day}, tomorrow"),
            days if self.is_near(now) => format!("until {day}, in {days} days"),
            _ => format!("until {day}"),
        };
        format!("{when} ({source}: {certainty})")
    }
}

#[cfg(test)]
mod tests {
    #![expect(
        clippy::unwrap_used,
        reason = "a test that cannot read its input has failed"
    )]

    use super::*;

    #[test]
    fn an_end_is_warned_of_sixty_days_before() {
        let end = DEFENDER.end.unwrap();
        for (now, days, is_near) in [
            ("2026-11-24T00:00:00Z", 69, false),
            ("2026-12-02T23:59:59Z", 61, false),
            ("2026-12-03T00:00:00Z", 60, true),
            ("2027-01-31T23:59:59Z", 1, true),
            ("2027-02-01T00:00:00Z", 0, true),
            ("2027-03-01T00:00:00Z", -28, true),
        ] {
            let now: Timestamp = now.parse().unwrap();
            assert_eq!(end.days_left(now), days, "{now}");
            assert_eq!(end.is_near(now), is_near, "{now}");
        }
    }

    #[test]
    fn an_end_is_told_with_its_source_and_how_sure_it_is() {
        let told = |now: &str| DEFENDER.told(now.parse().unwrap());
        let why = "(MC1220762: announced; for alerts and actions disputed)";
        for (now, when) in [
            ("2026-11-24T12:00:00Z", "until 2027-02-01"),
            ("2026-12-22T12:00:00Z", "until 2027-02-01, in 41 days"),
            ("2027-01-31T12:00:00Z", "until 2027-02-01, tomorrow"),
            ("2027-02-01T12:00:00Z", "past its end of 2027-02-01"),
        ] {
            assert_eq!(told(now), format!("the Defender API, {when} {why}"));
        }
        let graph = GRAPH.told("2027-02-01T12:00:00Z".parse().unwrap());
        assert_eq!(graph, "Microsoft Graph, no end announced");
    }

    #[test]
    fn a_successor_goes_on() {
        for api in [Api::Defender, Api::Graph] {
            let service = Service::of(api);
            assert_eq!(service.api, api);
            let Some(end) = service.end else { continue };
            let goes_on = |other: &Service| other.setting == end.successor && other.end.is_none();
            assert!([DEFENDER, GRAPH].iter().any(goes_on));
        }
    }
}
