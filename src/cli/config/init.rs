//! `vigie config init`: the file, and what to do in the tenant before it works.

use std::io::IsTerminal;

use crate::cli::arguments::InitOptions;
use crate::cli::config::questions;
use crate::cli::config::questions::Answers;
use crate::cli::config::registration;
use crate::cli::config::registration::Registration;
use crate::cli::error::CliError;
use crate::cli::output;
use crate::cli::sign_in;
use crate::config;
use crate::config::Config;
use crate::config::Flags;
use crate::domain::token::Capability;

/// What most people watch alerts for.
const USUAL: [Capability; 2] = [Capability::Read, Capability::Triage];

/// Runs the command.
pub fn run(given: Flags, options: &InitOptions) -> Result<(), CliError> {
    let path = config::path(&given, &sign_in::variable)?;
    // Before anybody is asked anything.
    config::vacant(&path)?;
    let asks =
        std::io::stdin().is_terminal() && (given.tenant.is_none() || given.client_id.is_none());
    let mut answers = Answers {
        capabilities: options.capabilities.clone(),
        flags: given,
    };
    if asks {
        output::say(&format!(
            "writes {}; ctrl-c ends without writing",
            path.display()
        ));
        answers = questions::ask(answers, &mut std::io::stdin().lock(), &output::ask)?;
    }
    let Answers {
        flags,
        mut capabilities,
    } = answers;
    let bare = Flags {
        config: flags.config.clone(),
        ..Flags::default()
    };
    let says_nothing = flags == bare && capabilities.is_empty();
    config::init(&path, &flags)?;
    output::line(&path.display().to_string())?;
    if says_nothing {
        output::say("written; edit it, then try `vigie doctor`");
        output::say(
            "`vigie config init --help` tells how to have it filled in, with the steps to register vigie",
        );
        return Ok(());
    }
    if capabilities.is_empty() {
        capabilities = USUAL.to_vec();
    }
    let written = Flags {
        config: Some(path.display().to_string()),
        ..Flags::default()
    };
    // As the file alone says: what the environment adds is not what was asked about.
    let config = Config::load(&written, &|_: &str| None)?;
    output::say("");
    for line in registration::steps(&Registration::of(&config, capabilities)) {
        output::say(&line);
    }
    Ok(())
}
