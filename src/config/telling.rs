//! The settings of being told: the bell, notifications, the title and the hook.

use crate::config::choices::LeastSeverity;
use crate::config::choices::Notify;
use crate::config::error::ConfigError;
use crate::config::settings;
use crate::config::settings::Flags;
use crate::config::settings::Sourced;
use crate::config::sources::Sources;
use crate::domain::setting::QuietHours;
use crate::domain::setting::quiet_hours;

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
