//! From settings to a client that can sign in.

use std::fs::OpenOptions;
use std::io::IsTerminal;
use std::path::Path;
use std::sync::Mutex;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use tracing::info;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;

use crate::app::Settings;
use crate::app::copying::Places;
use crate::app::decisions::Rules as DecisionRules;
use crate::app::lateness::LateAfter;
use crate::app::telling::Manner;
use crate::app::telling::Quiet;
use crate::app::telling::Rule;
use crate::app::telling::Rules;
use crate::cli::arguments::SettingFlags;
use crate::cli::error::CliError;
use crate::cli::surroundings::Surroundings;
use crate::config;
use crate::config::AuthMethod;
use crate::config::Config;
use crate::config::LeastSeverity;
use crate::config::Notify;
use crate::config::Respond;
use crate::config::Service;
use crate::config::TellingConfig;
use crate::config::Told;
use crate::domain::alert::Severity;
use crate::domain::service;
use crate::domain::sign_in::Way;
use crate::domain::text::shown;
use crate::domain::token::Api;
use crate::domain::token::Duty;
use crate::domain::token::Expected;
use crate::runtime::emulator;
use crate::runtime::sleeper;
use crate::service::Authority;
use crate::service::Client;
use crate::service::Http;
use crate::service::Limits;
use crate::service::Secret;
use crate::service::authority::Method;
use crate::service::authority::PasswordSignIn;
use crate::service::authority::Registration;
use crate::service::authority::SecretSource;
use crate::service::client::Now;
use crate::service::graph_base;
use crate::service::keyring::Remembering;

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
    let missing = config.sign_in_missing();
    if !missing.is_empty() {
        return Err(CliError::usage(format!(
            "sign-in needs {}",
            missing.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
        ))
        .help("set it in the configuration file (`vigie config init`), the environment or on the command line (`vigie --help`)"));
    }
    let given = |value: &Option<String>| value.clone().unwrap_or_default();
    let method = match config.auth.value {
        AuthMethod::Password => {
            let username = given(&config.username.value);
            let asked = format!("password of {}", shown(&username));
            Method::Password(PasswordSignIn {
                source: secret(&config.password.value, PASSWORD, &asked)?,
                username,
            })
        }
        AuthMethod::ClientSecret => {
            let source = &config.client_secret.value;
            Method::ClientSecret(secret(source, CLIENT_SECRET, "client secret")?)
        }
        AuthMethod::Command => {
            Method::Command(config.token_command.value.clone().unwrap_or_default())
        }
        AuthMethod::ClientCertificate => {
            Method::ClientCertificate(config.client_certificate.value.clone().unwrap_or_default())
        }
        AuthMethod::Browser => Method::Browser {
            redirect_port: config.redirect_port.value,
        },
        AuthMethod::DeviceCode => Method::DeviceCode,
    };
    let client = client_by(config, method, now)?;
    Ok(match (config.remember.value, keyring()) {
        (true, Some(keyring)) => client.remembering(keyring),
        (true | false, _) => client,
    })
}

/// The system's keyring, where there is one. Asked nothing yet.
pub fn keyring() -> Option<Remembering> {
    Remembering::system()
}

/// A client that signs in this way, and remembers nothing.
pub fn client_by(config: &Config, method: Method, now: Now) -> Result<Client, CliError> {
    let given = |value: &Option<String>| value.clone().unwrap_or_default();
    let http = Http::new(Limits::default(), config.ca_file.value.clone());
    let authority = Authority::new(
        http.clone(),
        Registration {
            authority: config.authority.value.clone(),
            tenant: given(&config.tenant.value),
            client_id: given(&config.client_id.value),
            resource: config.resource.value.clone(),
            scopes: config.scopes.value.clone(),
            username: config.username.value.clone(),
        },
        method,
    );
    let client = Client::new(http, authority, &config.api.value, now)?;
    let client = match config.respond.second() {
        Some(second) => client.responding(&second.api, &second.resource)?,
        None => client,
    };
    Ok(of_service(config, client).waiting_by(sleeper::waits()))
}

/// The client for the service in force.
pub fn of_service(config: &Config, client: Client) -> Client {
    match config.service.value {
        Service::Defender => client,
        Service::Graph => client.on_graph(config.sources.value.products().collect()),
    }
}

/// A secret by the setting and the variable that may hold where it is.
#[derive(Clone, Copy)]
struct Setting {
    command: &'static str,
    variable: &'static str,
}

const PASSWORD: Setting = Setting {
    command: "password_command",
    variable: "VIGIE_PASSWORD",
};
const CLIENT_SECRET: Setting = Setting {
    command: "client_secret_command",
    variable: "VIGIE_CLIENT_SECRET",
};

fn secret(
    source: &config::SecretSource,
    setting: Setting,
    asked: &str,
) -> Result<SecretSource, CliError> {
    match source {
        config::SecretSource::Command(arguments) => Ok(SecretSource::Command {
            setting: setting.command,
            arguments: arguments.clone(),
        }),
        config::SecretSource::Variable(name) => {
            let given = variable(name).unwrap_or_default();
            Ok(SecretSource::Given(Secret::new(given)))
        }
        config::SecretSource::Ask => {
            let nobody_there = || {
                CliError::usage(format!(
                    "there is no {asked}, and no terminal to ask for it"
                ))
                .help(format!(
                    "set {}, or `{}` in the profile",
                    setting.variable, setting.command
                ))
            };
            if !std::io::stderr().is_terminal() && !std::io::stdin().is_terminal() {
                return Err(nobody_there());
            }
            let typed = rpassword::prompt_password(format!("{asked}: "))
                .map_err(|_no_terminal| nobody_there())?;
            Ok(SecretSource::Given(Secret::new(typed)))
        }
    }
}

/// How long an alert may wait for its first action.
pub fn late_after(config: &Config) -> LateAfter {
    LateAfter {
        high: config.late_high.value,
        medium: config.late_medium.value,
        low: config.late_low.value,
        informational: config.late_informational.value,
    }
}

/// What the state machine needs to know of the settings.
pub fn settings(config: &Config) -> Settings {
    let surroundings = Surroundings::here(&variable);
    Settings {
        keymap: config.keymap.clone(),
        profile: config.profile.value.clone(),
        profiles: config.profiles.clone(),
        poll_every: config.poll.value,
        late_after: late_after(config),
        deciding: DecisionRules {
            hold_for: config.hold.value,
            read_only: config.read_only.value,
            are_kept: config::state_folder(&variable).is_some(),
        },
        api_kind: api(config),
        several_products: config.sources.value.is_several(),
        zone: TimeZone::system(),
        service: service::Service::of(api(config)).short.to_owned(),
        tenant: config.tenant.value.clone().unwrap_or_default(),
        application: config.client_id.value.clone().unwrap_or_default(),
        user: config.username.value.clone().unwrap_or_default(),
        expected: expected(config),
        respond: expected_of_second(config),
        sign_in: way(config),
        tunnel: surroundings.tunnel,
        opens_browser: surroundings.opens_browser,
        telling: telling(&config.telling),
        places: Places {
            portal: Some(config::portal(config.cloud.value).to_owned()),
            alerts: alerts_at(config, &config.api.value),
            exports: exports(&variable),
        },
        views: config.views_in_force(),
        macros: config.macros_in_force(),
        hunts: config.hunts_in_force(),
        close_notes: config.close_notes.clone(),
        respond_most: config.respond_most.value,
        mouse: config.looks.mouse.value,
        fixed: config.fixed(),
        seed: fastrand::u64(..),
    }
}

/// Address of the alerts of the service in force.
pub fn alerts_at(config: &Config, api: &str) -> String {
    let api = api.trim_end_matches('/');
    match config.service.value {
        Service::Defender => format!("{api}/api/alerts"),
        Service::Graph => format!("{}/security/alerts_v2", graph_base(api)),
    }
}

/// Who is told of new alerts, and how, at this terminal.
fn telling(config: &TellingConfig) -> Rules {
    Rules {
        manner: match config.notify.value {
            Notify::Auto => Some(emulator::manner(&variable)),
            Notify::Bell => Some(Manner::Bell),
            Notify::Osc9 => Some(Manner::Osc9),
            Notify::Osc99 => Some(Manner::Osc99),
            Notify::Osc777 => Some(Manner::Osc777),
            Notify::Off => None,
        },
        rule: match &config.told {
            Told::AtLeast(least) => Rule::AtLeast(match least.value {
                LeastSeverity::High => Severity::High,
                LeastSeverity::Medium => Severity::Medium,
                LeastSeverity::Low => Severity::Low,
                LeastSeverity::Informational => Severity::Informational,
            }),
            Told::Passing(filter) => Rule::Passing(filter.value.clone()),
        },
        quiet: config.quiet.value.map(|hours| Quiet {
            from: hours.from,
            to: hours.to,
        }),
        window_title: config.window_title.value,
        hook: config.hook.value.clone().unwrap_or_default(),
    }
}

/// The folder for exports; none where nobody has a folder of their own.
fn exports(variable: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    let state = variable("XDG_STATE_HOME").filter(|folder| Path::new(folder).is_absolute());
    let home = || {
        let home = variable("HOME").or_else(|| variable("USERPROFILE"));
        home.filter(|home| Path::new(home).is_absolute())
            .map(|_| "~/.local/state".to_owned())
    };
    let state = state.or_else(home)?;
    Some(format!("{}/vigie/exports", state.trim_end_matches('/')))
}

/// True when a secret would have to be typed: not while the screen is the dashboard's.
pub fn would_ask(config: &Config) -> bool {
    match config.auth.value {
        AuthMethod::Password => config.password.value == config::SecretSource::Ask,
        AuthMethod::ClientSecret => config.client_secret.value == config::SecretSource::Ask,
        AuthMethod::Browser
        | AuthMethod::DeviceCode
        | AuthMethod::ClientCertificate
        | AuthMethod::Command => false,
    }
}

/// How a person signs in first; none where no person is needed.
pub fn way(config: &Config) -> Option<Way> {
    match config.auth.value {
        AuthMethod::Browser => Some(Way::Browser),
        AuthMethod::DeviceCode => Some(Way::DeviceCode),
        AuthMethod::Password
        | AuthMethod::ClientSecret
        | AuthMethod::ClientCertificate
        | AuthMethod::Command => None,
    }
}

/// What a token is compared with.
pub fn expected(config: &Config) -> Expected {
    Expected {
        audiences: vec![config.resource.value.clone()],
        tenant: config.tenant.value.clone(),
        ..Expected::default()
    }
}

/// What the second token is compared with; none where one API is all there is.
pub fn expected_of_second(config: &Config) -> Option<Expected> {
    let second = config.respond.second()?;
    Some(Expected {
        audiences: vec![second.resource],
        tenant: config.tenant.value.clone(),
        duty: Duty::Devices,
    })
}

/// Which service the alerts come from.
pub fn api(config: &Config) -> Api {
    match config.service.value {
        Service::Defender => Api::Defender,
        Service::Graph => Api::Graph,
    }
}

/// Which services are in use, and until when, for logs and reports.
pub fn services(config: &Config, now: Timestamp) -> String {
    let first = service::Service::of(api(config)).told(now);
    match config.respond.by.value {
        Some(Respond::Defender) => {
            let second = service::DEFENDER.told(now);
            format!("{first}; actions on devices: {second}")
        }
        None => first,
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
        .map_err(|error| CliError::failed(format!("the log cannot be started ({error})")))?;
    info!(services = services(config, Timestamp::now()), "starting");
    Ok(())
}
