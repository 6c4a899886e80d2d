//! `vigie`: the dashboard, signed in with the chosen profile.

use std::io::IsTerminal;
use std::sync::Arc;

use crate::app::Settings;
use crate::app::State;
use crate::cli::arguments::SettingFlags;
use crate::cli::block_on;
use crate::cli::error::CliError;
use crate::cli::sign_in;
use crate::clock;
use crate::config::Config;
use crate::config::Flags;
use crate::domain::failure::Failure;
use crate::domain::failure::FailureKind;
use crate::domain::text::shown;
use crate::runtime::emulator;
use crate::runtime::run;
use crate::runtime::run::Desk;
use crate::runtime::run::OpenProfile;
use crate::runtime::terminal::Screen;
use crate::runtime::terminal::TerminalError;
use crate::service::Client;
use crate::service::client::Now;
use crate::theme::Theme;

/// Runs the dashboard, or says in three lines how to begin.
pub fn run(flags: &SettingFlags) -> Result<(), CliError> {
    let config = sign_in::load(flags)?;
    if config.nothing_set() {
        return Err(CliError::nothing_configured());
    }
    require_terminal()?;
    let now = clock::system();
    let client = sign_in::client(&config, Arc::clone(&now))?;
    let settings = sign_in::settings(&config);
    let others = {
        let (flags, now) = (flags.clone(), Arc::clone(&now));
        Box::new(move |name: &str| open_profile(&flags, name, &now))
    };
    let theme = config.looks.drawn(&sign_in::variable);
    block_on(show(settings, client, theme, others, now))?
}

/// Another profile of the file. What was said on the command line was said of the first.
fn open_profile(
    flags: &SettingFlags,
    name: &str,
    now: &Now,
) -> Result<(Settings, Client), Failure> {
    let flags = Flags {
        config: flags.config.clone(),
        profile: Some(name.to_owned()),
        poll: flags.poll.clone(),
        read_only: flags.read_only,
        ..Flags::default()
    };
    let refused = |error: CliError| {
        let failure = Failure::new(FailureKind::Rejected, error.what);
        match error.help.into_iter().next() {
            Some(help) => failure.with_remedy(help),
            None => failure,
        }
    };
    let environment = |variable: &str| {
        // So was what stands in the environment, but for what every profile shares.
        let shared = matches!(
            variable,
            "VIGIE_CONFIG"
                | "XDG_CONFIG_HOME"
                | "HOME"
                | "VIGIE_CA_FILE"
                | "VIGIE_READ_ONLY"
                | "VIGIE_NOTIFY"
        );
        shared.then(|| sign_in::variable(variable)).flatten()
    };
    let config = Config::load(&flags, &environment).map_err(|error| refused(error.into()))?;
    if sign_in::would_ask(&config) {
        return Err(Failure::new(
            FailureKind::Rejected,
            format!("the profile `{}` has to ask for a secret", shown(name)),
        )
        .with_remedy(format!("start `vigie --profile {}` for it", shown(name))));
    }
    let client = sign_in::client(&config, Arc::clone(now)).map_err(refused)?;
    Ok((sign_in::settings(&config), client))
}

/// The dashboard needs a terminal on both sides.
pub fn require_terminal() -> Result<(), CliError> {
    if std::io::stdin().is_terminal() && std::io::stdout().is_terminal() {
        Ok(())
    } else {
        Err(TerminalError::NoTerminal.into())
    }
}

/// Takes the terminal and runs until the operator quits.
pub async fn show(
    settings: Settings,
    client: Client,
    theme: Theme,
    open_profile: Box<OpenProfile>,
    now: Now,
) -> Result<(), CliError> {
    let between = emulator::multiplexer(&sign_in::variable);
    let screen = Screen::take(theme)?.within(between);
    let state = State::new(settings, screen.size(), now());
    let client = Arc::new(client);
    run::run(Desk { state, client }, open_profile, now, screen).await?;
    Ok(())
}
