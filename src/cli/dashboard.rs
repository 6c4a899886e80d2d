//! `vigie`: the dashboard, signed in with the chosen profile.

use std::io::IsTerminal;
use std::path::PathBuf;
use std::sync::Arc;

use crate::app::Settings;
use crate::app::reread::Trouble;
use crate::cli::arguments::DashboardFlags;
use crate::cli::arguments::SettingFlags;
use crate::cli::block_on;
use crate::cli::error::CliError;
use crate::cli::sign_in;
use crate::cli::trouble;
use crate::clock;
use crate::config;
use crate::config::Config;
use crate::config::ConfigError;
use crate::config::Flags;
use crate::domain::failure::Failure;
use crate::domain::failure::FailureKind;
use crate::domain::text::shown;
use crate::runtime::editor::Editor;
use crate::runtime::emulator;
use crate::runtime::front::Front;
use crate::runtime::linear::Linear;
use crate::runtime::places::Places;
use crate::runtime::run;
use crate::runtime::run::Hands;
use crate::runtime::terminal::Screen;
use crate::runtime::terminal::TerminalError;
use crate::runtime::watched::Watched;
use crate::service::Client;
use crate::service::client::Now;
use crate::theme::Theme;

/// Runs the dashboard, or says in three lines how to begin.
pub fn run(flags: &SettingFlags, wishes: DashboardFlags) -> Result<(), CliError> {
    let config = sign_in::load(flags)?;
    if config.nothing_set() {
        return Err(CliError::nothing_configured());
    }
    require_terminal()?;
    let now = clock::system();
    let client = sign_in::client(&config, Arc::clone(&now))?;
    let settings = sign_in::settings(&config);
    let theme = config.looks.drawn(&sign_in::variable);
    let hands = Hands {
        open_profile: {
            let (flags, now) = (flags.clone(), Arc::clone(&now));
            Box::new(move |name: &str| open_profile(&flags, name, &now))
        },
        reread: {
            let (flags, first) = (flags.clone(), config.profile.value.clone());
            Box::new(move |name: &str| reread(&flags, &first, name))
        },
        config: Watched::new(config.path),
        places: places(wishes),
        ledgers: config::state_folder(&sign_in::variable),
        editor: editor(),
        now,
    };
    block_on(show(settings, client, theme, hands, form(wishes.linear)))?
}

/// Where notes of several lines are written, and the folder for their file.
pub fn editor() -> Editor {
    let chosen = sign_in::variable("XDG_RUNTIME_DIR").map(PathBuf::from);
    let chosen = chosen.filter(|folder| folder.is_absolute() && folder.is_dir());
    let folder = chosen.or_else(|| config::state_folder(&sign_in::variable));
    Editor::of(&sign_in::variable, folder)
}

/// Where places are kept, unless nothing is to be kept or nowhere is known.
fn places(wishes: DashboardFlags) -> Option<Places> {
    if wishes.clean {
        return None;
    }
    config::state_folder(&sign_in::variable).map(Places::new)
}

/// The settings of one of the profiles at work, from the file as it is now.
fn reread(flags: &SettingFlags, first: &str, name: &str) -> Result<(Settings, Theme), Trouble> {
    let config = if name == first {
        // The file may have come to name another one: this one goes on.
        let flags = Flags {
            profile: Some(name.to_owned()),
            ..flags.flags()
        };
        Config::load(&flags, &sign_in::variable)
    } else {
        other_config(flags, name)
    };
    match config {
        Ok(config) => Ok((
            sign_in::settings(&config),
            config.looks.drawn(&sign_in::variable),
        )),
        Err(error) => Err(trouble::told(&error, flags)),
    }
}

/// Another profile of the file. What was said on the command line was said of the first.
fn other_config(flags: &SettingFlags, name: &str) -> Result<Config, ConfigError> {
    let flags = Flags {
        config: flags.config.clone(),
        profile: Some(name.to_owned()),
        poll: flags.poll.clone(),
        read_only: flags.read_only,
        ..Flags::default()
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
                | "VIGIE_THEME"
                | "VIGIE_BOX"
                | "VIGIE_MOUSE"
                | "NO_COLOR"
        );
        shared.then(|| sign_in::variable(variable)).flatten()
    };
    Config::load(&flags, &environment)
}

/// A profile that is gone to for the first time.
fn open_profile(
    flags: &SettingFlags,
    name: &str,
    now: &Now,
) -> Result<(Settings, Client), Failure> {
    let refused = |error: CliError| {
        let failure = Failure::new(FailureKind::Rejected, error.what);
        match error.help.into_iter().next() {
            Some(help) => failure.with_remedy(help),
            None => failure,
        }
    };
    let config = other_config(flags, name).map_err(|error| refused(error.into()))?;
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

/// How the dashboard is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Screen,
    Lines,
}

/// What `--linear` means.
pub const fn form(linear: bool) -> Form {
    if linear { Form::Lines } else { Form::Screen }
}

/// Takes the terminal and runs until the operator quits.
pub async fn show(
    settings: Settings,
    client: Client,
    theme: Theme,
    hands: Hands,
    form: Form,
) -> Result<(), CliError> {
    let between = emulator::multiplexer(&sign_in::variable);
    let front = match form {
        Form::Screen => Front::Screen(Box::new(Screen::take(theme)?.within(between))),
        Form::Lines => Front::Lines(Box::new(Linear::take()?), between),
    };
    run::run(settings, client, hands, front).await?;
    Ok(())
}
