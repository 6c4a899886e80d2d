//! Times in a filter: `2h`, `7d`, `2026-11-20`, `2026-11-20T14:00`.
//!
//! A duration means "so long ago" and is compared as an age: `updated<7d` is what
//! changed less than seven days ago. A date or a time is compared as a moment:
//! `created>=2026-11-20` is what was created on that day or later.

use std::fmt;
use std::ops::Bound;

use jiff::SignedDuration;
use jiff::Timestamp;
use jiff::ToSpan;
use jiff::civil::Date;
use jiff::civil::DateTime;
use jiff::civil::Time;

use crate::domain::filter::Around;
use crate::domain::filter::ast::Compare;

const UNITS: [(char, i64); 5] = [
    ('w', 604_800),
    ('d', 86_400),
    ('h', 3_600),
    ('m', 60),
    ('s', 1),
];

/// Longer ones are a slip, and would take the clock out of its calendar.
const LONGEST: i64 = 36_500 * 86_400;

/// Years that a date may be in: far from both ends of the calendar.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=2999;

/// A time as it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// So many seconds ago.
    Ago(i64),
    /// A whole day where the person is.
    Day(Date),
    /// A moment where the person is.
    Clock(DateTime),
    /// A moment anywhere.
    Moment(Timestamp),
}

/// The times that pass.
pub type Range = (Bound<Timestamp>, Bound<Timestamp>);

impl When {
    /// Reads any of the forms.
    pub(super) fn parse(word: &str) -> Option<Self> {
        let word = word.to_ascii_uppercase();
        if let Ok(date) = word.parse::<Date>()
            && word.len() == "2026-11-20".len()
        {
            return YEARS.contains(&date.year()).then_some(Self::Day(date));
        }
        if !word.contains('T') {
            return seconds(&word.to_ascii_lowercase()).map(Self::Ago);
        }
        let in_years = |time: &DateTime| YEARS.contains(&time.year());
        if let Ok(moment) = word.parse::<Timestamp>() {
            let civil = moment.to_zoned(jiff::tz::TimeZone::UTC).datetime();
            return in_years(&civil).then_some(Self::Moment(moment));
        }
        let civil: DateTime = word.parse().ok()?;
        in_years(&civil).then_some(Self::Clock(civil))
    }

    /// Reads a duration and nothing else.
    pub(super) fn parse_duration(word: &str) -> Option<Self> {
        seconds(&word.to_ascii_lowercase()).map(Self::Ago)
    }

    /// The times that compare so with this one.
    pub fn range(self, compare: Compare, around: &Around) -> Range {
        use Bound::Excluded;
        use Bound::Included;
        use Bound::Unbounded;
        if let Self::Ago(seconds) = self {
            let then = around
                .now
                .saturating_sub(SignedDuration::from_secs(seconds))
                .unwrap_or(Timestamp::MIN);
            // A greater age is an earlier time.
            return match compare {
                Compare::Equal | Compare::AtMost => (Included(then), Unbounded),
                Compare::Below => (Excluded(then), Unbounded),
                Compare::AtLeast => (Unbounded, Included(then)),
                Compare::Above => (Unbounded, Excluded(then)),
            };
        }
        let (start, end) = self.span(around);
        match (compare, self) {
            (Compare::Equal, _) => (Included(start), Excluded(end)),
            (Compare::AtLeast, _) => (Included(start), Unbounded),
            (Compare::Below, _) => (Unbounded, Excluded(start)),
            (Compare::Above, Self::Day(_)) => (Included(end), Unbounded),
            (Compare::AtMost, Self::Day(_)) => (Unbounded, Excluded(end)),
            (Compare::Above, _) => (Excluded(start), Unbounded),
            (Compare::AtMost, _) => (Unbounded, Included(start)),
        }
    }

    /// From when to before when it is: a day, or the minute that begins then.
    fn span(self, around: &Around) -> (Timestamp, Timestamp) {
        let moment = |civil: DateTime| {
            let zoned = civil.to_zoned(around.zone.clone());
            zoned.map_or(Timestamp::MIN, |zoned| zoned.timestamp())
        };
        let minute = |start: Timestamp| {
            let end = start.saturating_add(SignedDuration::from_mins(1));
            (start, end.unwrap_or(Timestamp::MAX))
        };
        match self {
            Self::Ago(_) => (around.now, around.now),
            Self::Day(date) => {
                let next = date.saturating_add(1.day());
                (
                    moment(date.to_datetime(Time::midnight())),
                    moment(next.to_datetime(Time::midnight())),
                )
            }
            Self::Clock(civil) => minute(moment(civil)),
            Self::Moment(start) => minute(start),
        }
    }
}

impl fmt::Display for When {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ago(seconds) => {
                let unit = UNITS
                    .into_iter()
                    .find(|(letter, unit)| *letter != 'w' && seconds % unit == 0 && *seconds > 0);
                let (letter, unit) = unit.unwrap_or(('s', 1));
                write!(formatter, "{}{letter}", seconds / unit)
            }
            Self::Day(date) => write!(formatter, "{date}"),
            Self::Clock(civil) => write!(formatter, "{civil}"),
            Self::Moment(moment) => write!(formatter, "{moment}"),
        }
    }
}

/// `90s`, `15m`, `1h30m`, `7d`, `2w`: larger units first.
fn seconds(word: &str) -> Option<i64> {
    let mut units = UNITS.into_iter();
    let mut rest = word;
    let mut total: i64 = 0;
    while !rest.is_empty() {
        let digits = rest.len()
            - rest
                .trim_start_matches(|letter: char| letter.is_ascii_digit())
                .len();
        let (number, after) = rest.split_at_checked(digits)?;
        let mut letters = after.chars();
        let letter = letters.next()?;
        // Taking the units one after another is what keeps their order.
        let (_, unit) = units.find(|(known, _)| *known == letter)?;
        let number: i64 = number.parse().ok()?;
        total = total.checked_add(number.checked_mul(unit)?)?;
        rest = letters.as_str();
    }
    (!word.is_empty() && total <= LONGEST).then_some(total)
}
