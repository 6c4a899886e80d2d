//! `vigie doctor`: tries everything that can go wrong, in order, and says of each
//! what was found and what to do.
//!
//! Fit to be pasted into a ticket: no secret, nothing a terminal obeys. A failed check
//! ends nothing; what depends on it is skipped and says so. Reading order: [`report`],
//! then the checks as they are made: [`settings`], [`network`], [`token`],
//! [`second`], [`keyring`], [`terminal`].

pub mod keyring;
pub mod network;
pub mod report;
pub mod second;
pub mod settings;
pub mod terminal;
pub mod token;

use std::io::IsTerminal;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::timeout;

use crate::cli::arguments::OneFormat;
use crate::cli::arguments::SettingFlags;
use crate::cli::block_on;
use crate::cli::doctor::network::Network;
use crate::cli::doctor::report::Check;
use crate::cli::doctor::token::Wanted;
use crate::cli::error::CliError;
use crate::cli::output;
use crate::cli::person;
use crate::cli::sign_in;
use crate::cli::unless_ended;
use crate::clock;
use crate::config::AuthMethod;
use crate::config::Config;
use crate::config::Notify;
use crate::config::Origin;
use crate::config::SecretSource;
use crate::config::Sourced;
use crate::domain::duration::show_duration;
use crate::domain::failure::Failure;
use crate::domain::failure::FailureKind;
use crate::domain::query::AlertQuery;
use crate::domain::session::TokenFacts;
use crate::domain::sign_in::Way;
use crate::runtime::sleeper::Sleeper;
use crate::service::Client;
use crate::service::client::Now;

/// For a sign-in, a password manager included, and for one answer of the API.
const PATIENCE: Duration = Duration::from_secs(45);

const SIGN_IN: &str = "sign-in";
const ALERTS: &str = "alerts";

/// Runs the command.
pub fn run(flags: &SettingFlags, format: OneFormat) -> Result<(), CliError> {
    let checks = block_on(unless_ended(async { Ok(checks(flags).await) }))??;
    match format {
        OneFormat::Table => output::data(&report::text(&checks))?,
        OneFormat::Json => output::line(&report::json(&checks))?,
    }
    report::verdict(&checks)
}

async fn checks(flags: &SettingFlags) -> Vec<Check> {
    let mut checks = Vec::new();
    let notify = match sign_in::load(flags) {
        Ok(config) => {
            checks.push(settings::configuration(&config));
            checks.push(settings::file_mode(&config));
            checks.push(settings::service(&config, Timestamp::now()));
            checks.push(settings::secrets(&sign_in::variable));
            let network = network::look(&config).await;
            let tenant = tenant(&config, &network).await;
            checks.extend(network.checks);
            checks.extend(tenant);
            checks.push(keyring::look(config.remember.value).await);
            config.telling.notify
        }
        Err(error) => {
            let why = "the configuration cannot be used";
            checks.push(Check::failed("configuration", error));
            checks.push(Check::skip("file-mode", why));
            checks.push(Check::skip(settings::SERVICE, why));
            checks.push(settings::secrets(&sign_in::variable));
            checks.extend(network::skipped(why).checks);
            checks.extend(unsigned(Check::skip(SIGN_IN, why), why));
            checks.push(keyring::look(false).await);
            Sourced::new(Notify::Auto, Origin::Default)
        }
    };
    checks.extend(terminal::look(&sign_in::variable, &notify).await);
    checks
}

/// Sign-in, what the token is good for, and one real call.
async fn tenant(config: &Config, network: &Network) -> Vec<Check> {
    let now = clock::system();
    let (client, signed_in) = match attempt(config, network, &now).await {
        Ok(signed_in) => signed_in,
        Err(check) => return unsigned(check, "nobody is signed in"),
    };
    let mut checks = vec![told(config, &signed_in, &now)];
    let wanted = Wanted {
        expected: sign_in::expected(config),
        api: sign_in::api(config),
        read_only: config.read_only.value,
    };
    let second = match sign_in::expected_of_second(config) {
        Some(expected) => Some(second::look(&client, &expected, now()).await),
        None => None,
    };
    let devices = second.as_ref().map(|(_, facts)| facts.as_ref());
    checks.extend(token::judged(&signed_in, &wanted, devices, now().wall));
    checks.extend(second.map(|(check, _)| check));
    checks.push(if network.api_reached {
        call(&client).await
    } else {
        Check::skip(ALERTS, "the API was not reached")
    });
    checks
}

/// The checks that need a token, where there is none.
fn unsigned(check: Check, why: &str) -> Vec<Check> {
    let mut checks = vec![check];
    checks.extend(token::skipped(why));
    checks.push(Check::skip(ALERTS, why));
    checks
}

/// Signs in, with the help of a person where one is needed and there.
async fn attempt(
    config: &Config,
    network: &Network,
    now: &Now,
) -> Result<(Arc<Client>, TokenFacts), Check> {
    if config.nothing_set() || !config.sign_in_missing().is_empty() {
        return Err(Check::skip(SIGN_IN, "the configuration is incomplete"));
    }
    let asked_for = match config.auth.value {
        AuthMethod::Password => {
            Some((&config.password.value, "VIGIE_PASSWORD", "password_command"))
        }
        AuthMethod::ClientSecret => Some((
            &config.client_secret.value,
            "VIGIE_CLIENT_SECRET",
            "client_secret_command",
        )),
        AuthMethod::Browser
        | AuthMethod::DeviceCode
        | AuthMethod::ClientCertificate
        | AuthMethod::Command => None,
    };
    if let Some((SecretSource::Ask, variable, command)) = asked_for {
        return Err(Check::skip(SIGN_IN, "it would have to ask for the secret")
            .help(format!("set {variable}, or `{command}` in the profile")));
    }
    let by_itself = config.auth.value == AuthMethod::Command;
    if !by_itself && !network.authority_reached {
        return Err(Check::skip(SIGN_IN, "the sign-in service was not reached"));
    }
    let client = sign_in::client(config, Arc::clone(now)).map(Arc::new);
    let client = client.map_err(|error| Check::failed(SIGN_IN, error))?;
    let renewed = timeout(PATIENCE, client.renew()).await;
    let failure = match renewed {
        Ok(Ok(facts)) => return Ok((client, facts)),
        Ok(Err(error)) => Failure::from(error),
        Err(_elapsed) => late("the sign-in"),
    };
    match sign_in::way(config) {
        Some(way) if failure.kind == FailureKind::SignInNeeded => {
            by_person(client, now, way, &failure).await
        }
        Some(_) | None => Err(Check::failed(SIGN_IN, failure)),
    }
}

/// Asks whoever sits there. Nobody does where input or messages go elsewhere.
async fn by_person(
    client: Arc<Client>,
    now: &Now,
    way: Way,
    why: &Failure,
) -> Result<(Arc<Client>, TokenFacts), Check> {
    if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        return Err(Check::skip(SIGN_IN, why.sentence.clone()).help(
            "run `vigie doctor` on a terminal and sign in, or `vigie login` where `remember` is on",
        ));
    }
    let sleeper = Sleeper::new().map_err(|error| {
        let words = format!("the timer cannot be made ({error})");
        Check::failed(SIGN_IN, CliError::failed(words))
    })?;
    match person::sign_in(&client, now, way, &sleeper).await {
        Ok(facts) => Ok((client, facts)),
        Err(failure) => Err(Check::failed(SIGN_IN, failure)),
    }
}

fn told(config: &Config, facts: &TokenFacts, now: &Now) -> Check {
    let whom = match &facts.decoded {
        Ok(token) if token.app_only() => " as the application itself",
        Ok(_) | Err(_) => "",
    };
    let renewal = if facts.refreshable {
        "a refresh token"
    } else {
        "another sign-in"
    };
    Check::ok(
        SIGN_IN,
        format!(
            "by `{}`{whom}; the token lasts {}, then {renewal} renews it",
            config.auth.value,
            show_duration(facts.left(now()))
        ),
    )
}

/// One real call: what the service says counts more than what a token looks like.
async fn call(client: &Client) -> Check {
    let query = AlertQuery::everything(1).unordered();
    match timeout(PATIENCE, client.list_alerts(&query)).await {
        Ok(Ok(page)) if page.received() == 0 => Check::ok(
            ALERTS,
            "the API answers; there are no alerts, or none that this role sees",
        ),
        Ok(Ok(_)) => Check::ok(ALERTS, "the API answers with alerts"),
        Ok(Err(error)) => Check::failed(ALERTS, Failure::from(error)),
        Err(_elapsed) => Check::failed(ALERTS, late("the API")),
    }
}

fn late(who: &str) -> Failure {
    let sentence = format!("{who} did not end within {} s", PATIENCE.as_secs());
    Failure::new(FailureKind::Unreachable, sentence)
}
