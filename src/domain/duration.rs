//! Durations as people write them: `90s`, `15m`, `1h30m`, `7d`.

use jiff::SignedDuration;
use thiserror::Error;

use crate::domain::text::repeated;

const UNITS: [(char, i64); 4] = [('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)];

/// Longer ones are a slip, and would take the clock out of its calendar.
const LONGEST: i64 = 36_500 * 86_400;

/// Why a text is not a duration.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DurationError {
    #[error("`{0}` is not a duration: write it like `90s`, `15m`, `1h30m` or `7d`")]
    Form(String),
    #[error("`{0}` has no unit: write `{0}s`, `{0}m`, `{0}h` or `{0}d`")]
    NoUnit(String),
    #[error("`{0}` is too long: the longest duration is `36500d`")]
    TooLong(String),
}

/// Reads whole numbers with the units d, h, m and s, largest first, each at most once.
pub fn parse_duration(text: &str) -> Result<SignedDuration, DurationError> {
    if !text.is_empty() && text.chars().all(|letter| letter.is_ascii_digit()) {
        return Err(DurationError::NoUnit(repeated(text)));
    }
    let form = || DurationError::Form(repeated(text));
    let too_long = || DurationError::TooLong(repeated(text));
    let mut units = UNITS.iter();
    let mut total: i64 = 0;
    let mut rest = text;
    loop {
        let (number, after) = rest
            .find(|letter: char| !letter.is_ascii_digit())
            .and_then(|end| rest.split_at_checked(end))
            .ok_or_else(form)?;
        if number.is_empty() {
            return Err(form());
        }
        let mut letters = after.chars();
        let letter = letters.next();
        // Taking the units one after another is what keeps their order.
        let (_, seconds) = units
            .find(|(unit, _)| Some(*unit) == letter)
            .ok_or_else(form)?;
        total = number
            .parse()
            .ok()
            .and_then(|number: i64| number.checked_mul(*seconds))
            .and_then(|part| total.checked_add(part))
            .filter(|total| *total <= LONGEST)
            .ok_or_else(too_long)?;
        rest = letters.as_str();
        if rest.is_empty() {
            return Ok(SignedDuration::from_secs(total));
        }
    }
}

/// Writes a duration the way [`parse_duration`] reads it; parts of a second are lost.
pub fn show_duration(duration: SignedDuration) -> String {
    let mut left = duration.as_secs().max(0);
    let mut shown = String::new();
    for (unit, seconds) in UNITS {
        let count = left / seconds;
        left %= seconds;
        if count > 0 {
            shown.push_str(&count.to_string());
            shown.push(unit);
        }
    }
    if shown.is_empty() {
        shown.push_str("0s");
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_and_written_back() {
        let cases = [
            ("0s", 0, "0s"),
            ("90s", 90, "1m30s"),
            ("15m", 900, "15m"),
            ("1h30m", 5_400, "1h30m"),
            ("7d", 604_800, "7d"),
            ("1d2h3m4s", 93_784, "1d2h3m4s"),
            ("1d4s", 86_404, "1d4s"),
            ("007m", 420, "7m"),
            ("36500d", LONGEST, "36500d"),
        ];
        for (text, seconds, shown) in cases {
            let expected = SignedDuration::from_secs(seconds);
            assert_eq!(parse_duration(text), Ok(expected), "{text}");
            assert_eq!(show_duration(expected), shown);
        }
    }

    #[test]
    fn what_is_not_a_duration_is_told_the_form() {
        let form = [
            "", "s", "1", "-5m", "1.5h", "5 m", "5M", "5min", "1m1h", "1m1m", "1h30", "٣m", "5mé",
        ];
        for text in form {
            let error = parse_duration(text);
            match text {
                "1" => assert_eq!(error, Err(DurationError::NoUnit(repeated(text)))),
                _ => assert_eq!(error, Err(DurationError::Form(text.to_owned()))),
            }
        }
        for text in ["36500d1s", "99999999999999999999s", "9223372036854775807d"] {
            let error = parse_duration(text);
            assert_eq!(error, Err(DurationError::TooLong(repeated(text))));
        }
    }
}
