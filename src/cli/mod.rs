//! The command line: one file for each command, and the only place where the
//! parts are put together.
//!
//! Reading order: [`arguments`] (what can be typed), [`run`], then the commands;
//! [`output`] prints, [`error`] maps failures to exit statuses, [`caller`] asks the
//! service with patience, [`person`] asks somebody to sign in.

pub mod alerts;
pub mod arguments;
pub mod audit;
pub mod caller;
pub mod config;
pub mod dashboard;
pub mod demo;
pub mod devices;
pub mod doctor;
pub mod error;
pub mod handover;
pub mod hunt;
pub mod keys;
pub mod keystrokes;
pub mod login;
pub mod output;
pub mod panics;
pub mod person;
pub mod shell;
pub mod sign_in;
pub mod surroundings;
pub mod token;
pub mod trouble;
pub mod update;
pub mod updating;
pub mod watch;

use std::future::Future;

use clap::Parser;

use crate::cli::arguments::Arguments;
use crate::cli::arguments::Command;
use crate::cli::error::CliError;
use crate::runtime::signals::Signal;
use crate::runtime::signals::Signals;

/// Does what the command line says. The answer is the exit status.
pub fn run() -> u8 {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return output::usage(&error),
    };
    match dispatch(arguments) {
        Ok(()) => 0,
        Err(error) => {
            output::error(&error);
            error.status
        }
    }
}

fn dispatch(arguments: Arguments) -> Result<(), CliError> {
    let settings = arguments.settings;
    let flags = arguments.dashboard;
    match arguments.command {
        None => dashboard::run(&settings, flags),
        Some(Command::Demo(options)) => demo::run(&settings, flags, &options),
        Some(Command::Simulate(options)) => demo::simulate(&options),
        Some(Command::Login) => login::login(&settings),
        Some(Command::Logout) => login::logout(&settings),
        Some(Command::Token(command)) => token::run(&settings, &command),
        Some(Command::Alerts { command }) => alerts::run(&settings, &command),
        Some(Command::Devices { command }) => devices::run(&settings, &command),
        Some(Command::Hunt(options)) => hunt::run(&settings, &options),
        Some(Command::Watch(options)) => watch::run(&settings, &options),
        Some(Command::Handover(options)) => handover::run(&settings, &options),
        Some(Command::Audit { command }) => audit::run(&settings, &command),
        Some(Command::Keys { markdown }) => keys::run(&settings, markdown),
        Some(Command::Config { command }) => config::run(&settings, &command),
        Some(Command::Doctor { output }) => doctor::run(&settings, output),
        Some(Command::Completions { shell }) => shell::completions(shell),
        Some(Command::Man) => shell::manual(),
    }
}

/// Does the work unless the program is told to end. Who asked a person to sign in has
/// received signals, and from then on they end nothing by themselves.
async fn unless_ended<T>(work: impl Future<Output = Result<T, CliError>>) -> Result<T, CliError> {
    let mut signals = signals()?;
    let result = until_ended(&mut signals, work).await;
    result.unwrap_or_else(|| Err(ended()))
}

/// The same where what was done before the end is still to be told: `None` then, and
/// another signal can be waited for.
async fn until_ended<T>(signals: &mut Signals, work: impl Future<Output = T>) -> Option<T> {
    let ended = async { while signals.next().await == Signal::Continue {} };
    tokio::select! {
        // A person who gives up is told so in words of its own.
        biased;
        result = work => Some(result),
        () = ended => None,
    }
}

/// Signals, from here on: they end nothing by themselves any more.
fn signals() -> Result<Signals, CliError> {
    Signals::new()
        .map_err(|error| CliError::failed(format!("signals cannot be received ({error})")))
}

/// How a command ends that a signal ended.
fn ended() -> CliError {
    CliError::failed("ended by a signal")
}

/// Runs something that waits: one thread for the caller, one for the network.
fn block_on<T>(work: impl Future<Output = T>) -> Result<T, CliError> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .map_err(|error| CliError::failed(format!("the runtime cannot start ({error})")))?;
    let result = runtime.block_on(work);
    // A name lookup or a read that still blocks a thread must not hold up the end.
    runtime.shutdown_background();
    Ok(result)
}
