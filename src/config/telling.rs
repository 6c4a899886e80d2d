//! The settings of being told: the bell, notifications, the title and the hook.

use jiff::civil::Time;

use crate::config::choices::LeastSeverity;
use crate::config::choices::Notify;
use crate::config::error::ConfigError;
use crate::config::settings;
use crate::config::settings::Flags;
use crate::config::settings::Sourced;
use crate::config::sources::Sources;
use crate::config::words::harmless;

/// Hours of the day by the local clock; the second may be earlier than the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuietHours {
    pub from: Time,
    pub to: Time,
}

/// Who is told of new alerts, and how.
#[derive(Debug)]
pub struct TellingConfig {
    pub notify: Sourced<Notify>,
    pub least: Sourced<LeastSeverity>,
    pub quiet: Sourced<Option<QuietHours>>,
    pub window_title: Sourced<bool>,
    pub hook: Sourced<Option<Vec<String>>>,
}

/// No flag is for these: they are a matter of taste and terminal, not of one run.
static NONE: Option<String> = None;

#[expect(
    clippy::ref_option,
    reason = "it stands where a field of the flags is named"
)]
fn no_flag(_flags: &Flags) -> &Option<String> {
    &NONE
}

impl TellingConfig {
    pub(super) fn of(sources: &Sources<'_>) -> Result<Self, ConfigError> {
        let notify = sources.choice(no_flag, settings::NOTIFY)?;
        let least = sources.choice(no_flag, settings::NOTIFY_SEVERITY)?;
        Ok(Self {
            notify: notify.unwrap_or(Sourced::default(Notify::Auto)),
            least: least.unwrap_or(Sourced::default(LeastSeverity::High)),
            quiet: sources.optional(no_flag, settings::QUIET, quiet_hours)?,
            window_title: sources.switch(false, settings::WINDOW_TITLE)?,
            hook: sources.command(settings::HOOK),
        })
    }
}

/// `22:00-07:00`.
fn quiet_hours(text: &str) -> Result<QuietHours, String> {
    let refused = |why: &str| format!("`{}` {why}", harmless(text));
    let hour = |text: &str| {
        let text = text.trim();
        let is_short = text.len() == 5 && text.as_bytes().get(2) == Some(&b':');
        is_short.then(|| text.parse::<Time>().ok()).flatten()
    };
    let hours = text.split_once('-').and_then(|(from, to)| {
        let (from, to) = (hour(from)?, hour(to)?);
        Some(QuietHours { from, to })
    });
    let hours =
        hours.ok_or_else(|| refused("is not a span of hours: write it like `22:00-07:00`"))?;
    if hours.from == hours.to {
        return Err(refused(
            "begins when it ends: use `notify = \"off\"` for never",
        ));
    }
    Ok(hours)
}

/// As it is written in the file.
pub(super) fn show_hours(hours: &QuietHours) -> String {
    let hour = |time: Time| format!("{:02}:{:02}", time.hour(), time.minute());
    format!("{}-{}", hour(hours.from), hour(hours.to))
}

#[cfg(test)]
mod tests {
    use super::*;

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
