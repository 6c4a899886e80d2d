//! The settings in force as `vigie config show` prints them. No secret among them.

use std::path::PathBuf;

use jiff::SignedDuration;

use crate::config::hunts;
use crate::config::macros;
use crate::config::resolve::Config;
use crate::config::resolve::SecretSource;
use crate::config::settings;
use crate::config::settings::Origin;
use crate::config::settings::Setting;
use crate::config::settings::Sourced;
use crate::config::telling::Told;
use crate::config::views;
use crate::domain::duration::show_duration;
use crate::domain::setting::show_hours;
use crate::domain::text::shown;

/// One setting in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its key in the file.
    pub name: String,
    /// Empty where there is none. Harmless to print.
    pub value: String,
    pub origin: Origin,
}

impl Config {
    /// Every setting, in the order of the interface page, then the changed keys.
    pub fn rows(&self) -> Vec<Row> {
        let mut rows = vec![
            row(settings::PROFILE, &self.profile, Clone::clone),
            optional(settings::TENANT, &self.tenant),
            optional(settings::CLIENT_ID, &self.client_id),
            row(settings::AUTH, &self.auth, ToString::to_string),
            optional(settings::USERNAME, &self.username),
            secret("password", settings::PASSWORD, &self.password),
            secret(
                "client_secret",
                settings::CLIENT_SECRET,
                &self.client_secret,
            ),
            command(settings::TOKEN, &self.token_command),
            row(settings::SERVICE, &self.service, ToString::to_string),
            row(settings::CLOUD, &self.cloud, ToString::to_string),
            optional(settings::REGION, &self.region),
            row(settings::AUTHORITY, &self.authority, Clone::clone),
            row(settings::API, &self.api, Clone::clone),
            row(settings::RESOURCE, &self.resource, Clone::clone),
            optional(settings::RESPOND, &self.respond.by),
            optional(settings::RESPOND_API, &self.respond.api),
            optional(settings::RESPOND_RESOURCE, &self.respond.resource),
            row(settings::SOURCES, &self.sources, ToString::to_string),
            row(settings::SCOPES, &self.scopes, |scopes| scopes.join(" ")),
            optional(settings::REDIRECT_PORT, &self.redirect_port),
            path(settings::CERTIFICATE, &self.client_certificate),
            row(settings::REMEMBER, &self.remember, ToString::to_string),
            path(settings::CA_FILE, &self.ca_file),
            row(settings::POLL, &self.poll, |poll| show_duration(*poll)),
            late(settings::LATE_HIGH, &self.late_high),
            late(settings::LATE_MEDIUM, &self.late_medium),
            late(settings::LATE_LOW, &self.late_low),
            late(settings::LATE_INFORMATIONAL, &self.late_informational),
            late(settings::HOLD, &self.hold),
            row(
                settings::RESPOND_MOST,
                &self.respond_most,
                ToString::to_string,
            ),
            row(settings::READ_ONLY, &self.read_only, ToString::to_string),
            row(settings::NOTIFY, &self.telling.notify, ToString::to_string),
            told(&self.telling.told),
            row(settings::QUIET, &self.telling.quiet, |quiet| {
                quiet.as_ref().map_or_else(String::new, show_hours)
            }),
            row(
                settings::WINDOW_TITLE,
                &self.telling.window_title,
                ToString::to_string,
            ),
            command(settings::HOOK, &self.telling.hook),
            path(settings::LOG_FILE, &self.log_file),
        ];
        rows.extend(self.looks.rows());
        rows.extend(views::rows(&self.views));
        rows.extend(macros::rows(&self.macros, &self.close_notes));
        rows.extend(hunts::rows(&self.hunts));
        rows.extend(self.keys.iter().map(|(action, keys)| Row {
            name: format!("keys.{action}"),
            value: keys.join(" "),
            origin: Origin::File,
        }));
        rows
    }
}

pub(super) fn row<T>(setting: Setting, sourced: &Sourced<T>, show: impl Fn(&T) -> String) -> Row {
    Row {
        name: setting.key.to_owned(),
        value: shown(&show(&sourced.value)).into_owned(),
        origin: sourced.origin.clone(),
    }
}

/// The one of the two settings that is in force.
fn told(told: &Told) -> Row {
    match told {
        Told::AtLeast(least) => row(settings::NOTIFY_SEVERITY, least, ToString::to_string),
        Told::Passing(filter) => row(settings::NOTIFY_FILTER, filter, ToString::to_string),
    }
}

fn late(setting: Setting, wait: &Sourced<SignedDuration>) -> Row {
    row(setting, wait, |wait| show_duration(*wait))
}

/// Of a command the program alone is shown: its arguments may hold what they should not.
fn program(command: &[String]) -> String {
    let program = shown(command.first().map_or("", String::as_str));
    let arguments = if command.len() > 1 { " ..." } else { "" };
    format!("{program}{arguments}")
}

fn command(setting: Setting, sourced: &Sourced<Option<Vec<String>>>) -> Row {
    row(setting, sourced, |command| {
        command.as_deref().map_or_else(String::new, program)
    })
}

fn secret(name: &str, setting: Setting, sourced: &Sourced<SecretSource>) -> Row {
    let (name, value) = match &sourced.value {
        SecretSource::Variable(_) => (name, "set".to_owned()),
        SecretSource::Ask => (name, String::new()),
        SecretSource::Command(command) => (setting.key, program(command)),
    };
    Row {
        name: name.to_owned(),
        value,
        origin: sourced.origin.clone(),
    }
}

fn optional<T: ToString>(setting: Setting, sourced: &Sourced<Option<T>>) -> Row {
    row(setting, sourced, |value| {
        value.as_ref().map(T::to_string).unwrap_or_default()
    })
}

fn path(setting: Setting, sourced: &Sourced<Option<PathBuf>>) -> Row {
    row(setting, sourced, |value| {
        let path = value.as_ref().map(|path| path.display().to_string());
        path.unwrap_or_default()
    })
}
