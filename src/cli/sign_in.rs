//! From settings to a client that can sign in.

use std::fs::OpenOptions;
use std::io::IsTerminal;
use std::sync::Mutex;

use jiff::tz::TimeZone;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;

use crate::app::Settings;
use crate::cli::arguments::SettingFlags;
use crate::cli::error::CliError;
use crate::config::AuthMethod;
use crate::config::Config;
use crate::config::SecretSource;
use crate::config::Service;
use crate::domain::text::shown;
use crate::domain::token::Expected;
use crate::service::Authority;
use crate::service::Client;
use crate::service::Http;
use crate::service::Limits;
use crate::service::Secret;
use crate::service::authority::Method;
use crate::service::authority::PasswordSignIn;
use crate::service::authority::PasswordSource;
use crate::service::client::Now;

/// The settings in force, and the log begun.
pub fn load(flags: &SettingFlags) -> Result<Config, CliError> {
    let config = Config::load(&flags.flags(), &variable)?;
    begin_log(&config)?;
    Ok(config)
}

/// One variable of the environment; what is no text is as good as unset.
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// A client for the settings in force. Asks for the password where it has to,
/// and for nothing over the network yet.
pub fn client(config: &Config, now: Now) -> Result<Client, CliError> {
    if config.nothing_set() {
        return Err(CliError::nothing_configured());
    }
    refuse_what_is_not_built(config)?;
    let missing = config.sign_in_missing();
    if !missing.is_empty() {
        return Err(CliError::usage(format!(
            "sign-in needs {}",
            missing.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
        ))
        .help("set it in the configuration file (`vigie config init`), the environment or on the command line (`vigie --help`)"));
    }
    let given = |value: &Option<String>| value.clone().unwrap_or_default();
    let username = given(&config.username.value);
    let method = Method::Password(PasswordSignIn {
        source: password(&config.password.value, &username)?,
        username,
    });
    let http = Http::new(Limits::default(), config.ca_file.value.clone());
    let authority = Authority::new(
        http.clone(),
        &config.authority.value,
        &given(&config.tenant.value),
        &given(&config.client_id.value),
        &config.resource.value,
        method,
    );
    Ok(Client::new(http, authority, &config.api.value, now)?)
}

/// Ways of this program's future are refused by name, not ignored.
fn refuse_what_is_not_built(config: &Config) -> Result<(), CliError> {
    if config.auth.value != AuthMethod::Password {
        return Err(CliError::usage(format!(
            "sign-in by `{}` is not in this version of vigie yet",
            config.auth.value
        ))
        .help("use `--auth password` (an account without MFA), or look around with `vigie demo`"));
    }
    if config.service.value != Service::Defender {
        return Err(CliError::usage(format!(
            "the service `{}` is not in this version of vigie yet",
            config.service.value
        ))
        .help("use `--service defender`"));
    }
    Ok(())
}

fn password(source: &SecretSource, username: &str) -> Result<PasswordSource, CliError> {
    match source {
        SecretSource::Command(arguments) => Ok(PasswordSource::Command(arguments.clone())),
        SecretSource::Variable(name) => {
            let password = variable(name).unwrap_or_default();
            Ok(PasswordSource::Given(Secret::new(password)))
        }
        SecretSource::Ask => {
            let nobody_there = || {
                CliError::usage("there is no password, and no terminal to ask for it")
                    .help("set VIGIE_PASSWORD, or `password_command` in the profile")
            };
            if !std::io::stderr().is_terminal() && !std::io::stdin().is_terminal() {
                return Err(nobody_there());
            }
            let prompt = format!("password of {}: ", shown(username));
            let typed =
                rpassword::prompt_password(prompt).map_err(|_no_terminal| nobody_there())?;
            Ok(PasswordSource::Given(Secret::new(typed)))
        }
    }
}

/// What the state machine needs to know of the settings.
pub fn settings(config: &Config) -> Settings {
    Settings {
        keymap: config.keymap.clone(),
        poll_every: config.poll.value,
        zone: TimeZone::system(),
        service: "Defender".to_owned(),
        tenant: config.tenant.value.clone().unwrap_or_default(),
        user: config.username.value.clone().unwrap_or_default(),
        expected: expected(config),
        seed: fastrand::u64(..),
    }
}

/// What a token is compared with.
pub fn expected(config: &Config) -> Expected {
    Expected {
        audiences: vec![config.resource.value.clone()],
        tenant: config.tenant.value.clone(),
    }
}

/// Logs to the file the operator named, and nowhere where none is.
pub fn begin_log(config: &Config) -> Result<(), CliError> {
    let Some(path) = &config.log_file.value else {
        return Ok(());
    };
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let file = options.open(path).map_err(|error| {
        CliError::usage(format!(
            "the log file `{}` cannot be written ({error})",
            path.display()
        ))
    })?;
    // Our own lines only: what libraries say of their pools helps nobody.
    let lines = tracing_subscriber::fmt::layer()
        .with_ansi(false)
        .with_writer(Mutex::new(file))
        .with_filter(Targets::new().with_target("vigie", LevelFilter::DEBUG));
    let subscriber = tracing_subscriber::registry().with(lines);
    // Set once: a process runs one command.
    tracing::subscriber::set_global_default(subscriber)
        .map_err(|error| CliError::failed(format!("the log cannot be started ({error})")))
}
