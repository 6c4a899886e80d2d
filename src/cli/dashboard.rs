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
use crate::runtime::run;
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
    block_on(show(settings, client, now))?
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
pub async fn show(settings: Settings, client: Client, now: Now) -> Result<(), CliError> {
    let screen = Screen::take(theme())?;
    let state = State::new(settings, screen.size(), now());
    run::run(state, Arc::new(client), now, screen).await?;
    Ok(())
}

/// `NO_COLOR`, set to anything but nothing, means modifiers alone.
fn theme() -> Theme {
    match sign_in::variable("NO_COLOR") {
        Some(value) if !value.is_empty() => Theme::Plain,
        Some(_) | None => Theme::Colours,
    }
}
