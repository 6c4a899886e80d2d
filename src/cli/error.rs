//! Failures on the command line, with their exit statuses.

use crate::config::ConfigError;
use crate::domain::failure::Failure;
use crate::domain::failure::FailureKind;
use crate::runtime::terminal::TerminalError;
use crate::service::ServiceError;

/// `error: WHAT`, `help: WHAT TO DO`, and a status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CliError {
    /// 0 only where there is nothing to say: the reader of a pipe went away.
    pub status: u8,
    pub what: String,
    pub help: Vec<String>,
}

impl CliError {
    /// 1: the operation failed.
    pub fn failed(what: impl Into<String>) -> Self {
        Self::with_status(1, what)
    }

    /// 2: wrong usage or configuration.
    pub fn usage(what: impl Into<String>) -> Self {
        Self::with_status(2, what)
    }

    /// With any exit status of the interface.
    pub fn with_status(status: u8, what: impl Into<String>) -> Self {
        Self {
            status,
            what: what.into(),
            help: Vec::new(),
        }
    }

    /// The same with what to do about it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    /// Nobody said anything yet: how to look around, and how to begin.
    pub fn nothing_configured() -> Self {
        Self::usage("nothing is configured yet")
            .help("to look around on a simulated tenant: `vigie demo`")
            .help("to set up your own tenant: `vigie config init`, then edit the file it names")
    }

    /// The reader of our output went away: nothing is wrong.
    pub fn pipe_closed() -> Self {
        Self::with_status(0, "")
    }
}

impl From<Failure> for CliError {
    fn from(failure: Failure) -> Self {
        let status = match failure.kind {
            FailureKind::SignInRefused | FailureKind::SignInNeeded | FailureKind::Unauthorized => 3,
            FailureKind::Misconfigured => 2,
            FailureKind::Forbidden => 4,
            FailureKind::Unreachable
            | FailureKind::Obstructed
            | FailureKind::Throttled
            | FailureKind::Malformed => 5,
            FailureKind::NotFound | FailureKind::Rejected | FailureKind::ForeignLink => 1,
        };
        let error = Self::with_status(status, failure.sentence);
        match failure.remedy {
            Some(remedy) => error.help(remedy),
            None if failure.kind == FailureKind::Unreachable => error.help(
                "check the network, the proxy (`HTTPS_PROXY`) and the addresses in `vigie config show`",
            ),
            None => error,
        }
    }
}

impl From<ServiceError> for CliError {
    fn from(error: ServiceError) -> Self {
        Self::from(Failure::from(error))
    }
}

impl From<ConfigError> for CliError {
    fn from(error: ConfigError) -> Self {
        let shown = Self::usage(error.to_string());
        match error.remedy() {
            Some(remedy) => shown.help(remedy),
            None => shown,
        }
    }
}

impl From<TerminalError> for CliError {
    fn from(error: TerminalError) -> Self {
        let shown = Self::failed(error.to_string());
        match error {
            TerminalError::NoTerminal => {
                shown.help("for scripts there are `vigie alerts list` and `vigie watch`")
            }
            TerminalError::Setup(_) | TerminalError::Gone(_) => shown,
        }
    }
}
