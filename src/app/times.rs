//! Times as people read them: ages, clock times, time left.

use jiff::SignedDuration;
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Time passed in at most four cells: `now`, `4m`, `3h`, `12d`, `>2y`.
pub fn age(since: Timestamp, now: Timestamp) -> String {
    let seconds = now.duration_since(since).as_secs().max(0);
    span_in_words(seconds).unwrap_or_else(|| "now".to_owned())
}

/// The same as a phrase: `4m ago`, `just now`.
pub fn ago(since: Timestamp, now: Timestamp) -> String {
    let seconds = now.duration_since(since).as_secs().max(0);
    span_in_words(seconds).map_or_else(|| "just now".to_owned(), |span| format!("{span} ago"))
}

/// A line without the ages in it, which change with the minute and say nothing new.
pub fn without_ages(line: &str) -> String {
    let is_span = |word: &str| {
        let number = word.strip_suffix(['m', 'h', 'd', 'y']);
        number.is_some_and(|number| number.parse::<u64>().is_ok())
    };
    let mut kept: Vec<&str> = Vec::new();
    for word in line.split([' ', '\u{a0}']) {
        // What stands behind an age may be a comma.
        let bare = word.trim_end_matches(',');
        let before = kept.last().copied().unwrap_or_default();
        if bare == "ago" && is_span(before) || bare == "now" && before == "just" {
            kept.pop();
        } else {
            kept.push(word);
        }
    }
    kept.join(" ")
}

/// A length of time in at most four cells: `0m`, `26m`, `3h`, `12d`.
pub fn span(length: SignedDuration) -> String {
    span_in_words(length.as_secs()).unwrap_or_else(|| "0m".to_owned())
}

fn span_in_words(seconds: i64) -> Option<String> {
    const MINUTE: i64 = 60;
    const HOUR: i64 = 60 * MINUTE;
    const DAY: i64 = 24 * HOUR;
    if seconds < MINUTE {
        return None;
    }
    Some(if seconds < HOUR {
        format!("{}m", seconds / MINUTE)
    } else if seconds < DAY {
        format!("{}h", seconds / HOUR)
    } else if seconds < 1_000 * DAY {
        format!("{}d", seconds / DAY)
    } else {
        format!("{}y", seconds / (365 * DAY))
    })
}

/// Time left: minutes, and seconds within the last one.
pub fn left(left: SignedDuration) -> String {
    let seconds = left.as_secs().max(0);
    match seconds {
        0..=60 => format!("{seconds}s"),
        61..=5_999 => format!("{}m", seconds / 60),
        _ => format!("{}h{:02}m", seconds / 3_600, seconds % 3_600 / 60),
    }
}

/// Local clock time, with the day when it is not today: `13:58`, `21 Nov 13:58`.
pub fn clock(time: Timestamp, now: Timestamp, zone: &TimeZone) -> String {
    written(time, now, zone, "%H:%M")
}

/// The same to the second.
pub fn clock_with_seconds(time: Timestamp, now: Timestamp, zone: &TimeZone) -> String {
    written(time, now, zone, "%H:%M:%S")
}

fn written(time: Timestamp, now: Timestamp, zone: &TimeZone, format: &str) -> String {
    let local = time.to_zoned(zone.clone());
    let today = now.to_zoned(zone.clone());
    let hours = local.strftime(format);
    if local.date() == today.date() {
        hours.to_string()
    } else if local.year() == today.year() {
        format!("{} {hours}", local.strftime("%-d %b"))
    } else {
        format!("{} {hours}", local.strftime("%-d %b %Y"))
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
    fn a_line_is_the_same_but_for_its_ages() {
        for (line, expected) in [
            ("told\u{a0}3m\u{a0}ago", "told"),
            ("told just now, asking for files", "told asking for files"),
            ("READ 14:02:00, 12d ago", "READ 14:02:00,"),
            ("an ago now 3m just", "an ago now 3m just"),
            ("", ""),
        ] {
            assert_eq!(without_ages(line), expected, "{line}");
        }
    }

    #[test]
    fn ages_are_short() {
        let now: Timestamp = "2026-11-22T14:00:00Z".parse().unwrap();
        for (seconds, shown) in [
            (-5, "now"),
            (59, "now"),
            (60, "1m"),
            (3_599, "59m"),
            (3_600, "1h"),
            (90_000, "1d"),
            (86_400 * 999, "999d"),
            (86_400 * 2_000, "5y"),
        ] {
            assert_eq!(age(now - SignedDuration::from_secs(seconds), now), shown);
        }
    }

    #[test]
    fn what_is_left_counts_seconds_only_at_the_end() {
        for (seconds, shown) in [
            (0, "0s"),
            (60, "60s"),
            (61, "1m"),
            (2_460, "41m"),
            (5_999, "99m"),
            (7_260, "2h01m"),
        ] {
            assert_eq!(left(SignedDuration::from_secs(seconds)), shown);
        }
    }

    #[test]
    fn the_day_is_named_unless_it_is_today() {
        let now: Timestamp = "2026-11-22T14:00:00Z".parse().unwrap();
        let zone = TimeZone::UTC;
        assert_eq!(
            clock("2026-11-22T13:58:09Z".parse().unwrap(), now, &zone),
            "13:58"
        );
        assert_eq!(
            clock("2026-11-21T13:58:09Z".parse().unwrap(), now, &zone),
            "21 Nov 13:58"
        );
        assert_eq!(
            clock_with_seconds("2020-07-20T10:53:48Z".parse().unwrap(), now, &zone),
            "20 Jul 2020 10:53:48"
        );
    }
}
