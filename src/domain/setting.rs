//! The words of settings that may change while the program runs: the configuration and
//! the palette read them alike.

use jiff::SignedDuration;
use jiff::civil::Time;

use crate::domain::duration::parse_duration;
use crate::domain::text::repeated;

/// The delay between two polls.
pub fn poll_delay(text: &str) -> Result<SignedDuration, String> {
    let delay = parse_duration(text).map_err(|error| error.to_string())?;
    if delay.is_zero() {
        return Err(refused(
            text,
            "would poll without a pause: `1s` is the least",
        ));
    }
    Ok(delay)
}

/// The time an alert may wait for its first action.
pub fn wait(text: &str) -> Result<SignedDuration, String> {
    let wait = parse_duration(text).map_err(|error| error.to_string())?;
    if wait < SignedDuration::from_mins(1) {
        return Err(refused(
            text,
            "is over before anybody sees it: `1m` is the least",
        ));
    }
    Ok(wait)
}

/// How long a decision is held before it is sent.
pub fn hold(text: &str) -> Result<SignedDuration, String> {
    let hold = parse_duration(text).map_err(|error| error.to_string())?;
    if hold > SignedDuration::from_mins(5) {
        return Err(refused(
            text,
            "keeps others waiting for what is decided: `5m` is the most",
        ));
    }
    Ok(hold)
}

/// Something that is on or off.
pub fn switch(text: &str) -> Result<bool, String> {
    match text.to_ascii_lowercase().as_str() {
        "1" | "true" | "yes" | "on" => Ok(true),
        "0" | "false" | "no" | "off" => Ok(false),
        _ => Err(refused(text, "is neither `true` nor `false`")),
    }
}

/// Hours of the day by the local clock; the second may be earlier than the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuietHours {
    pub from: Time,
    pub to: Time,
}

/// `22:00-07:00`.
pub fn quiet_hours(text: &str) -> Result<QuietHours, String> {
    let hour = |text: &str| {
        let text = text.trim();
        let is_short = text.len() == 5 && text.as_bytes().get(2) == Some(&b':');
        is_short.then(|| text.parse::<Time>().ok()).flatten()
    };
    let hours = text.split_once('-').and_then(|(from, to)| {
        let (from, to) = (hour(from)?, hour(to)?);
        Some(QuietHours { from, to })
    });
    let hours = hours
        .ok_or_else(|| refused(text, "is not a span of hours: write it like `22:00-07:00`"))?;
    if hours.from == hours.to {
        return Err(refused(
            text,
            "begins when it ends: use `notify = \"off\"` for never",
        ));
    }
    Ok(hours)
}

/// As it is written in the file.
pub fn show_hours(hours: &QuietHours) -> String {
    let hour = |time: Time| format!("{:02}:{:02}", time.hour(), time.minute());
    format!("{}-{}", hour(hours.from), hour(hours.to))
}

/// The reason with the text as it may safely be shown.
fn refused(text: &str, reason: &str) -> String {
    format!("`{}` {reason}", repeated(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn switches_and_delays_say_what_they_take() {
        assert_eq!(switch("Yes"), Ok(true));
        assert_eq!(switch("0"), Ok(false));
        assert!(switch("maybe").is_err());
        assert_eq!(poll_delay("1m"), Ok(SignedDuration::from_mins(1)));
        assert!(poll_delay("0s").is_err());
        assert_eq!(wait("1h30m"), Ok(SignedDuration::from_mins(90)));
        assert!(wait("59s").is_err());
    }

    #[test]
    fn quiet_hours_are_two_times_of_the_clock() {
        for written in ["22:00-07:00", "12:30-13:00", "00:00-23:59"] {
            let read = quiet_hours(written).map(|hours| show_hours(&hours));
            assert_eq!(read.as_deref(), Ok(written));
        }
        for wrong in [
            "",
            "22-7",
            "22:00",
            "22:00-",
            "22:00-24:00",
            "7:00-8:00",
            "07:00-07:00",
            "a-b",
        ] {
            assert!(quiet_hours(wrong).is_err(), "{wrong}");
        }
    }
}
