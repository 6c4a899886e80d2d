//! Moments in the service's own grain: ticks of 100 nanoseconds, written as it writes them.
//!
//! Does not read time; the `odata` module parses what clients write.

use jiff::Timestamp;

/// Ticks of 100 ns since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Ticks(i64);

const PER_SECOND: i64 = 10_000_000;
/// From the year 1, where the service counts from, to 1970.
const YEAR_ONE: i64 = 621_355_968_000_000_000;

impl Ticks {
    pub(crate) fn of(time: Timestamp) -> Self {
        Self(i64::try_from(time.as_nanosecond().div_euclid(100)).unwrap_or(i64::MAX))
    }

    pub(crate) fn timestamp(self) -> Timestamp {
        Timestamp::from_nanosecond(i128::from(self.0) * 100).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    pub(crate) fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(PER_SECOND)))
    }

    pub(crate) fn plus_ticks(self, ticks: i64) -> Self {
        Self(self.0.saturating_add(ticks))
    }

    /// Seconds from `earlier` to here.
    pub(crate) fn seconds_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0).div_euclid(PER_SECOND)
    }

    pub(crate) fn ticks_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// The start of the stretch of so many ticks it lies in; stretches are counted from the
    /// year 1.
    pub(crate) fn floored(self, ticks: i64) -> Self {
        let over = self.since_year_one().rem_euclid(ticks.max(1));
        Self(self.0.saturating_sub(over))
    }

    /// The grain of SQL's `datetime`, three hundredths of a second: why
    /// `lastUpdateTime` ends in `.19` or `.1133333` and never in `.7657932`.
    pub(crate) fn rounded_like_sql(self) -> Self {
        Self::of_sql_grain(self.sql_grain())
    }

    /// The first moment of that grain after this one.
    pub(crate) fn next_like_sql(self) -> Self {
        Self::of_sql_grain(self.sql_grain() + 1)
    }

    fn sql_grain(self) -> i64 {
        // The half keeps a rounded moment where it is when rounded again.
        let (seconds, rest) = (self.0.div_euclid(PER_SECOND), self.0.rem_euclid(PER_SECOND));
        seconds * 300 + (rest * 300 + 150) / PER_SECOND
    }

    fn of_sql_grain(grain: i64) -> Self {
        let (seconds, rest) = (grain.div_euclid(300), grain.rem_euclid(300));
        Self(seconds * PER_SECOND + rest * PER_SECOND / 300)
    }

    /// The number inside an alert id.
    pub(crate) fn since_year_one(self) -> i64 {
        self.0.saturating_add(YEAR_ONE)
    }

    /// ISO 8601 with 0 to 7 fractional digits: trailing zeros are dropped, as seen on the wire.
    pub(crate) fn text(self) -> String {
        let whole = self.timestamp().strftime("%Y-%m-%dT%H:%M:%S").to_string();
        let fraction = format!("{:07}", self.0.rem_euclid(PER_SECOND));
        match fraction.trim_end_matches('0') {
            "" => format!("{whole}Z"),
            digits => format!("{whole}.{digits}Z"),
        }
    }

    /// The same without a fraction, as users and logons are written.
    pub(crate) fn text_in_seconds(self) -> String {
        self.timestamp().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Ticks {
        Ticks::of(text.parse().unwrap_or(Timestamp::UNIX_EPOCH))
    }

    #[test]
    fn times_are_written_as_seen_on_the_wire() {
        for text in [
            "2020-07-20T10:53:48.7657932Z",
            "2021-01-25T07:27:36.052313Z",
            "2019-12-18T08:02:54Z",
            "2021-01-26T20:33:59.2Z",
        ] {
            assert_eq!(at(text).text(), text);
        }
    }

    #[test]
    fn updates_have_the_grain_of_sql() {
        let rounded = at("2020-07-20T10:53:57.1154Z").rounded_like_sql();
        assert_eq!(rounded.text(), "2020-07-20T10:53:57.1133333Z");
        assert_eq!(rounded.rounded_like_sql(), rounded);
        assert!(rounded.next_like_sql() > rounded);
        assert_eq!(
            rounded.next_like_sql().text(),
            "2020-07-20T10:53:57.1166666Z"
        );
    }
}
