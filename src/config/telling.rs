//! The settings of being told: the bell, notifications, the title and the hook.

use crate::config::choices::LeastSeverity;
use crate::config::choices::Notify;
use crate::config::error::ConfigError;
use crate::config::settings;
use crate::config::settings::Flags;
use crate::config::settings::Sourced;
use crate::config::sources::Sources;
use crate::domain::filter::Query;
use crate::domain::filter::ast::Is;
use crate::domain::setting::QuietHours;
use crate::domain::setting::quiet_hours;

/// Which new alerts are told. Only one of the two can be chosen.
#[derive(Debug)]
pub enum Told {
    AtLeast(Sourced<LeastSeverity>),
    Passing(Sourced<Query>),
}

/// Who is told of new alerts, and how.
#[derive(Debug)]
pub struct TellingConfig {
    pub notify: Sourced<Notify>,
    pub told: Told,
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
        Ok(Self {
            notify: notify.unwrap_or(Sourced::default(Notify::Auto)),
            told: told(sources)?,
            quiet: sources.optional(no_flag, settings::QUIET, quiet_hours)?,
            window_title: sources.switch(false, settings::WINDOW_TITLE)?,
            hook: sources.command(settings::HOOK),
        })
    }
}

fn told(sources: &Sources<'_>) -> Result<Told, ConfigError> {
    let least = sources.choice(no_flag, settings::NOTIFY_SEVERITY)?;
    let filter = sources.read(no_flag, settings::NOTIFY_FILTER, filter)?;
    match (least, filter) {
        (least, None) => Ok(Told::AtLeast(
            least.unwrap_or(Sourced::default(LeastSeverity::High)),
        )),
        (None, Some(filter)) => Ok(Told::Passing(filter)),
        (Some(_), Some(filter)) => Err(ConfigError::Value {
            setting: settings::NOTIFY_FILTER.key,
            origin: filter.origin,
            reason: "stands beside `notify_severity`, and only one of them can say what is told: \
                     write the severity into the filter (`sev>=high`)"
                .to_owned(),
        }),
    }
}

/// Of the filter language, without what says nothing of an alert that has just come.
fn filter(text: &str) -> Result<Query, String> {
    let unasked = [(Is::Marked, "an alert that has just come has no mark")];
    let query = Query::parse_without(text, &unasked).map_err(|error| error.to_string())?;
    if query.is_empty() {
        return Err("is empty: leave it out, or write `is:open` for every open alert".to_owned());
    }
    Ok(query)
}

#[cfg(test)]
mod tests {
    #![expect(
        clippy::unwrap_used,
        reason = "a test that cannot read its input has failed"
    )]

    use std::path::PathBuf;

    use super::*;
    use crate::config::file::File;
    use crate::config::resolve::Config;

    fn rows(profile: &str) -> Result<Vec<(String, String)>, String> {
        let path = PathBuf::from("c.toml");
        let text = format!("[profiles.a]\n{profile}");
        let file = File::parse(&text, &path).map_err(|error| error.to_string())?;
        let config = Config::settle(&Flags::default(), &|_: &str| None, path, Some(file));
        let rows = config.map_err(|error| error.to_string())?.rows();
        let rows = rows
            .into_iter()
            .filter(|row| row.name.starts_with("notify_"));
        Ok(rows.map(|row| (row.name, row.value)).collect())
    }

    #[test]
    fn a_severity_or_a_filter_says_what_is_told_but_not_both() {
        let one = |name: &str, value: &str| Ok(vec![(name.to_owned(), value.to_owned())]);
        assert_eq!(rows(""), one("notify_severity", "high"));
        assert_eq!(
            rows("notify_severity = 'low'"),
            one("notify_severity", "low")
        );
        assert_eq!(
            rows("notify_filter = 'severity>=h dev:FIN*'"),
            one("notify_filter", "sev>=high dev:FIN*")
        );
        let both = rows("notify_filter = 'sev>=high'\nnotify_severity = 'high'").unwrap_err();
        assert_eq!(
            both,
            "`notify_filter` from the profile `a`: stands beside `notify_severity`, and only one \
             of them can say what is told: write the severity into the filter (`sev>=high`)"
        );
    }
}
