//! `vigie demo` and `vigie simulate`: the simulated tenant, with and without a dashboard.

use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::app::Settings;
use crate::app::reread::Trouble;
use crate::cli::arguments::DashboardFlags;
use crate::cli::arguments::DemoOptions;
use crate::cli::arguments::SettingFlags;
use crate::cli::arguments::SimulateOptions;
use crate::cli::arguments::SimulatorOptions;
use crate::cli::block_on;
use crate::cli::dashboard;
use crate::cli::error::CliError;
use crate::cli::output;
use crate::cli::sign_in;
use crate::cli::trouble;
use crate::clock;
use crate::config::AuthMethod;
use crate::config::Config;
use crate::config::Flags;
use crate::config::RespondConfig;
use crate::config::Service;
use crate::domain::duration::parse_duration;
use crate::domain::failure::Failure;
use crate::domain::failure::FailureKind;
use crate::domain::text::shown;
use crate::runtime::run::Hands;
use crate::runtime::signals::Signal;
use crate::runtime::signals::Signals;
use crate::runtime::sleeper;
use crate::runtime::watched::Watched;
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
use crate::sim::Account;
use crate::sim::Options;
use crate::sim::Simulator;
use crate::theme::Theme;

/// Polls of the demo: quick enough to see alerts arrive, unless `--poll` says otherwise.
const DEMO_POLL: &str = "10s";

/// The dashboard against a tenant in this very process. Nothing of it is kept.
pub fn run(
    flags: &SettingFlags,
    wishes: DashboardFlags,
    options: &DemoOptions,
) -> Result<(), CliError> {
    let form = dashboard::form(wishes.linear || options.linear);
    let options = simulator(&options.simulator, 0)?;
    let config = demo_config(flags)?;
    sign_in::begin_log(&config)?;
    dashboard::require_terminal()?;
    block_on(async move {
        let simulator = Simulator::start(options)
            .await
            .map_err(|error| not_started(&error))?;
        let account = simulator.account();
        let now = clock::system();
        let config = with_both_apis(config, account);
        let client = client(&config, account, Arc::clone(&now))?;
        let settings = settings(&config, account);
        let theme = config.looks.drawn(&sign_in::variable);
        let hands = Hands {
            open_profile: Box::new(|name: &str| {
                let words = format!("there is no profile `{}` in a demo", shown(name));
                Err(Failure::new(FailureKind::Rejected, words))
            }),
            reread: {
                let (flags, account) = (flags.clone(), account.clone());
                Box::new(move |_only: &str| reread(&flags, &account))
            },
            config: Watched::new(config.path),
            places: None,
            ledgers: None,
            editor: dashboard::editor(),
            now,
        };
        dashboard::show(settings, client, theme, hands, form).await
    })?
}

/// Where the simulated tenant speaks as the service in force.
fn api<'a>(config: &Config, account: &'a Account) -> &'a str {
    match config.service.value {
        Service::Defender => &account.api,
        Service::Graph => &account.graph,
    }
}

/// Alerts of Graph, actions on devices of Defender: the account may do both.
fn with_both_apis(mut config: Config, account: &Account) -> Config {
    if config.service.value == Service::Graph {
        let region = config.region.value;
        config.respond = RespondConfig::at(&account.api, config.cloud.value, region);
    }
    config
}

fn settings(config: &Config, account: &Account) -> Settings {
    let mut settings = sign_in::settings(config);
    settings.service = format!("DEMO {}", settings.service);
    settings.tenant.clone_from(&account.tenant);
    settings.application.clone_from(&account.client_id);
    settings.user.clone_from(&account.username);
    settings.expected.tenant = Some(account.tenant.clone());
    settings.places.portal = None;
    settings.places.alerts = sign_in::alerts_at(config, api(config, account));
    // Nobody is paged for what is made up.
    settings.telling.hook.clear();
    settings.deciding.are_kept = false;
    // A demo has one tenant, and takes nothing about it from the file.
    settings.profiles.clear();
    settings.fixed.clear();
    settings
}

fn reread(flags: &SettingFlags, account: &Account) -> Result<(Settings, Theme), Trouble> {
    match Config::load(&wanted(flags), &of_the_screen) {
        Ok(config) => {
            let config = with_both_apis(config, account);
            let theme = config.looks.drawn(&sign_in::variable);
            Ok((settings(&config, account), theme))
        }
        Err(error) => Err(trouble::told(&error, flags)),
    }
}

/// Only what concerns the screen is taken from the configuration: a demo signs in
/// nowhere else, whatever stands in profile and environment.
fn wanted(flags: &SettingFlags) -> Flags {
    let given = flags.flags();
    Flags {
        config: given.config,
        // The account is the demo's own; how it signs in may be chosen.
        auth: given
            .auth
            .or_else(|| Some(AuthMethod::Password.name().to_owned())),
        redirect_port: given.redirect_port,
        service: given.service,
        poll: given.poll.or_else(|| Some(DEMO_POLL.to_owned())),
        log_file: given.log_file,
        ..Flags::default()
    }
}

fn of_the_screen(name: &str) -> Option<String> {
    let of_the_screen = matches!(
        name,
        "VIGIE_CONFIG"
            | "VIGIE_LOG_FILE"
            | "VIGIE_NOTIFY"
            | "VIGIE_THEME"
            | "VIGIE_BOX"
            | "VIGIE_MOUSE"
            | "NO_COLOR"
            | "XDG_CONFIG_HOME"
            | "HOME"
    );
    of_the_screen.then(|| sign_in::variable(name)).flatten()
}

fn demo_config(flags: &SettingFlags) -> Result<Config, CliError> {
    let wanted = wanted(flags);
    let config = Config::load(&wanted, &of_the_screen).or_else(|error| match error {
        // Several profiles and none chosen: no matter for a demo.
        _ if wanted.config.is_none() => Config::load(
            &Flags {
                auth: wanted.auth.clone(),
                redirect_port: wanted.redirect_port.clone(),
                service: wanted.service.clone(),
                poll: wanted.poll.clone(),
                log_file: wanted.log_file.clone(),
                ..Flags::default()
            },
            &|name: &str| {
                (name == "NO_COLOR")
                    .then(|| sign_in::variable(name))
                    .flatten()
            },
        ),
        error => Err(error),
    })?;
    Ok(config)
}

fn client(config: &Config, account: &Account, now: Now) -> Result<Client, CliError> {
    let http = Http::new(Limits::default(), None);
    let given = |secret: &str| SecretSource::Given(Secret::new(secret.to_owned()));
    let method = match config.auth.value {
        AuthMethod::Password => Method::Password(PasswordSignIn {
            username: account.username.clone(),
            source: given(&account.password),
        }),
        AuthMethod::Browser => Method::Browser {
            redirect_port: config.redirect_port.value,
        },
        AuthMethod::DeviceCode => Method::DeviceCode,
        AuthMethod::ClientSecret => Method::ClientSecret(given(&account.client_secret)),
        AuthMethod::ClientCertificate | AuthMethod::Command => {
            return Err(CliError::usage(format!(
                "a demo does not sign in by `{}`: it has nothing of yours",
                config.auth.value
            ))
            .help("use `password`, `browser`, `device-code` or `client-secret`"));
        }
    };
    let authority = Authority::new(
        http.clone(),
        Registration {
            authority: account.authority.clone(),
            tenant: account.tenant.clone(),
            client_id: account.client_id.clone(),
            resource: config.resource.value.clone(),
            ..Registration::default()
        },
        method,
    );
    let client = Client::new(http, authority, api(config, account), now)?;
    let client = match config.respond.second() {
        Some(second) => client.responding(&second.api, &second.resource)?,
        None => client,
    };
    Ok(sign_in::of_service(config, client).waiting_by(sleeper::waits()))
}

/// Serves the tenant and prints how to sign in to it.
pub fn simulate(options: &SimulateOptions) -> Result<(), CliError> {
    let mut simulated = simulator(&options.simulator, options.port)?;
    if let Some(path) = &options.certificate {
        let pem = std::fs::read_to_string(path).map_err(|error| {
            CliError::failed(format!("could not read `{}` ({error})", path.display()))
        })?;
        simulated.certificates.push(pem);
    }
    block_on(async move {
        let simulator = Simulator::start(simulated).await.map_err(|error| {
            match (&options.certificate, error.kind()) {
                (Some(path), ErrorKind::InvalidData) => no_certificate(path),
                _ => not_started(&error),
            }
        })?;
        output::line(&simulator.account().to_json_line())?;
        let mut signals = Signals::new()
            .map_err(|error| CliError::failed(format!("signals cannot be received ({error})")))?;
        while signals.next().await == Signal::Continue {}
        Ok(())
    })?
}

fn no_certificate(path: &Path) -> CliError {
    CliError::failed(format!(
        "could not register `{}`: it holds no certificate",
        path.display()
    ))
    .help("give a PEM file with a `BEGIN CERTIFICATE` line; a key beside it is ignored")
}

fn not_started(error: &std::io::Error) -> CliError {
    CliError::failed(format!(
        "the simulated tenant cannot listen on 127.0.0.1 ({error})"
    ))
    .help("choose another port with `--port`, or none for any that is free")
}

fn simulator(options: &SimulatorOptions, port: u16) -> Result<Options, CliError> {
    let arrivals = duration("--arrivals", &options.arrivals)?;
    let life = duration("--token-life", &options.token_life)?;
    if life.is_zero() {
        return Err(CliError::usage("`--token-life`: a token must live a while"));
    }
    Ok(Options {
        alerts: options.alerts,
        seed: options.seed,
        arrivals: (!arrivals.is_zero()).then_some(arrivals),
        chaos: options.chaos,
        token_life: life,
        port,
        ..Options::default()
    })
}

fn duration(option: &str, written: &str) -> Result<Duration, CliError> {
    let parsed =
        parse_duration(written).map_err(|error| CliError::usage(format!("`{option}`: {error}")))?;
    Duration::try_from(parsed).map_err(|_negative| {
        CliError::usage(format!("`{option}`: `{written}` is less than nothing"))
    })
}
