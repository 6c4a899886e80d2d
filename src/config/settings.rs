//! The settings by name, and the places a value can come from.

use crate::domain::text::repeated;
use std::fmt;

/// What was given on the command line, as text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Flags {
    pub config: Option<String>,
    pub profile: Option<String>,
    pub tenant: Option<String>,
    pub client_id: Option<String>,
    pub auth: Option<String>,
    pub username: Option<String>,
    pub service: Option<String>,
    pub cloud: Option<String>,
    pub region: Option<String>,
    pub authority: Option<String>,
    pub api: Option<String>,
    pub resource: Option<String>,
    pub redirect_port: Option<String>,
    pub client_certificate: Option<String>,
    pub ca_file: Option<String>,
    pub poll: Option<String>,
    /// Can only be switched on here.
    pub read_only: bool,
    pub log_file: Option<String>,
}

/// Reads one variable of the environment.
pub type Environment<'a> = dyn Fn(&str) -> Option<String> + 'a;

/// An empty variable counts as unset, as in most programs.
pub(super) fn variable(environment: &Environment<'_>, name: &str) -> Option<String> {
    environment(name).filter(|value| !value.is_empty())
}

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    Flag,
    /// The name of the variable.
    Environment(&'static str),
    /// The name of the profile.
    Profile(String),
    /// The top of the file, or its `[keys]` table.
    File,
    /// A file that the file includes, as it is named there.
    Included(String),
    /// Nobody said anything.
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag => f.write_str("command line"),
            Self::Environment(name) => write!(f, "environment (`{name}`)"),
            Self::Profile(name) => write!(f, "profile `{}`", repeated(name)),
            Self::File => f.write_str("file"),
            Self::Included(name) => write!(f, "included `{}`", repeated(name)),
            Self::Default => f.write_str("default"),
        }
    }
}

/// A value in force, and where it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sourced<T> {
    pub value: T,
    pub origin: Origin,
}

impl<T> Sourced<T> {
    /// A value with where it came from.
    pub const fn new(value: T, origin: Origin) -> Self {
        Self { value, origin }
    }

    pub(super) const fn default(value: T) -> Self {
        Self::new(value, Origin::Default)
    }

    /// Somebody's value, or none by default.
    pub(super) fn optional(given: Option<Self>) -> Sourced<Option<T>> {
        match given {
            Some(given) => Sourced::new(Some(given.value), given.origin),
            None => Sourced::default(None),
        }
    }

    /// Whether somebody chose it.
    pub fn is_given(&self) -> bool {
        self.origin != Origin::Default
    }
}

/// One setting: its key in a profile (or at the top of the file) and its variable.
#[derive(Debug, Clone, Copy)]
pub(super) struct Setting {
    pub(super) key: &'static str,
    pub(super) variable: &'static str,
}

const fn setting(key: &'static str, variable: &'static str) -> Setting {
    Setting { key, variable }
}

pub(super) const PROFILE: Setting = setting("profile", "VIGIE_PROFILE");
pub(super) const LOG_FILE: Setting = setting("log_file", "VIGIE_LOG_FILE");

pub(super) const THEME: Setting = setting("theme", "VIGIE_THEME");
/// What lines are drawn with.
pub(super) const BOX: Setting = setting("box", "VIGIE_BOX");
pub(super) const MOUSE: Setting = setting("mouse", "VIGIE_MOUSE");

pub(super) const TENANT: Setting = setting("tenant", "VIGIE_TENANT");
pub(super) const CLIENT_ID: Setting = setting("client_id", "VIGIE_CLIENT_ID");
pub(super) const AUTH: Setting = setting("auth", "VIGIE_AUTH");
pub(super) const USERNAME: Setting = setting("username", "VIGIE_USERNAME");
pub(super) const SERVICE: Setting = setting("service", "VIGIE_SERVICE");
pub(super) const CLOUD: Setting = setting("cloud", "VIGIE_CLOUD");
pub(super) const REGION: Setting = setting("region", "VIGIE_REGION");
pub(super) const AUTHORITY: Setting = setting("authority", "VIGIE_AUTHORITY");
pub(super) const API: Setting = setting("api", "VIGIE_API");
pub(super) const RESOURCE: Setting = setting("resource", "VIGIE_RESOURCE");
/// The API beside Graph, and where it is.
pub(super) const RESPOND: Setting = setting("respond", "VIGIE_RESPOND");
pub(super) const RESPOND_API: Setting = setting("respond_api", "VIGIE_RESPOND_API");
pub(super) const RESPOND_RESOURCE: Setting = setting("respond_resource", "VIGIE_RESPOND_RESOURCE");
pub(super) const CA_FILE: Setting = setting("ca_file", "VIGIE_CA_FILE");
/// Port of this machine to which the browser brings its answer.
pub(super) const REDIRECT_PORT: Setting = setting("redirect_port", "VIGIE_REDIRECT_PORT");
pub(super) const CERTIFICATE: Setting = setting("client_certificate", "VIGIE_CLIENT_CERTIFICATE");
pub(super) const POLL: Setting = setting("poll", "VIGIE_POLL");
/// Time to the first action, by severity.
pub(super) const LATE_HIGH: Setting = setting("late_high", "VIGIE_LATE_HIGH");
pub(super) const LATE_MEDIUM: Setting = setting("late_medium", "VIGIE_LATE_MEDIUM");
pub(super) const LATE_LOW: Setting = setting("late_low", "VIGIE_LATE_LOW");
pub(super) const LATE_INFORMATIONAL: Setting =
    setting("late_informational", "VIGIE_LATE_INFORMATIONAL");
pub(super) const HOLD: Setting = setting("hold", "VIGIE_HOLD");
/// Devices one order may be for.
pub(super) const RESPOND_MOST: Setting = setting("respond_most", "VIGIE_RESPOND_MOST");
pub(super) const READ_ONLY: Setting = setting("read_only", "VIGIE_READ_ONLY");
pub(super) const REMEMBER: Setting = setting("remember", "VIGIE_REMEMBER");

/// How the terminal is told of new alerts.
pub(super) const NOTIFY: Setting = setting("notify", "VIGIE_NOTIFY");
/// These are found in a profile only.
pub(super) const NOTIFY_SEVERITY: Setting = setting("notify_severity", "");
/// Says more than the severity, and stands instead of it.
pub(super) const NOTIFY_FILTER: Setting = setting("notify_filter", "");
pub(super) const QUIET: Setting = setting("quiet", "");
pub(super) const WINDOW_TITLE: Setting = setting("window_title", "");
pub(super) const HOOK: Setting = setting("hook_command", "");

/// A secret is named by where it is found: the file holds the command that prints it.
pub(super) const PASSWORD: Setting = setting("password_command", "VIGIE_PASSWORD");
pub(super) const CLIENT_SECRET: Setting = setting("client_secret_command", "VIGIE_CLIENT_SECRET");

/// Found in a profile only: a finished token has no place in an environment.
pub(super) const TOKEN: Setting = setting("token_command", "");

/// Found in a profile only: what to ask for instead of everything consented.
pub(super) const SCOPES: Setting = setting("scopes", "");

/// Found in a profile only: the Defender products whose alerts are asked for.
pub(super) const SOURCES: Setting = setting("sources", "");

/// The keys of a profile whose value is a text.
pub(super) const TEXTS: &[Setting] = &[
    TENANT,
    CLIENT_ID,
    AUTH,
    USERNAME,
    SERVICE,
    CLOUD,
    REGION,
    AUTHORITY,
    API,
    RESOURCE,
    RESPOND,
    RESPOND_API,
    RESPOND_RESOURCE,
    CA_FILE,
    CERTIFICATE,
    POLL,
    NOTIFY,
    NOTIFY_SEVERITY,
    NOTIFY_FILTER,
    QUIET,
    LATE_HIGH,
    LATE_MEDIUM,
    LATE_LOW,
    LATE_INFORMATIONAL,
    HOLD,
];

/// The keys of a profile whose value is a whole number.
pub(super) const NUMBERS: &[Setting] = &[REDIRECT_PORT, RESPOND_MOST];

/// The keys of a profile whose value is true or false.
pub(super) const SWITCHES: &[Setting] = &[READ_ONLY, REMEMBER, WINDOW_TITLE];

/// The keys of a profile whose value is a list of words.
pub(super) const LISTS: &[Setting] = &[SCOPES, SOURCES];

/// The keys of a profile whose value is the list of a program and its arguments.
pub(super) const COMMANDS: &[Setting] = &[PASSWORD, CLIENT_SECRET, TOKEN, HOOK];
