//! What the checks came to, for people and for programs.

use serde_json::json;

use crate::cli::error::CliError;
use crate::domain::text::shown;
use crate::wire::json::one_harmless_line;

/// What became of one check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Ok,
    /// It works, and something about it is worth knowing.
    Warn,
    /// It does not work. Holds the exit status that says so.
    Fail(u8),
    /// It was not tried, and the message says why.
    Skip,
}

impl State {
    const fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Fail(_) => "fail",
            Self::Skip => "skip",
        }
    }
}

/// One check: what was found, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// Stable, for scripts.
    pub name: &'static str,
    pub state: State,
    pub message: String,
    pub remedy: Option<String>,
}

impl Check {
    pub fn new(name: &'static str, state: State, message: impl Into<String>) -> Self {
        Self {
            name,
            state,
            message: message.into(),
            remedy: None,
        }
    }

    pub fn ok(name: &'static str, message: impl Into<String>) -> Self {
        Self::new(name, State::Ok, message)
    }

    pub fn warn(name: &'static str, message: impl Into<String>) -> Self {
        Self::new(name, State::Warn, message)
    }

    pub fn skip(name: &'static str, why: impl Into<String>) -> Self {
        Self::new(name, State::Skip, why)
    }

    /// A failure as the command line would tell it.
    pub fn failed(name: &'static str, error: impl Into<CliError>) -> Self {
        let error = error.into();
        let check = Self::new(name, State::Fail(error.status.max(1)), error.what);
        if error.help.is_empty() {
            check
        } else {
            check.help(error.help.join("; "))
        }
    }

    /// The same with what to do about it.
    #[must_use]
    pub fn help(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }

    pub const fn has_failed(&self) -> bool {
        matches!(self.state, State::Fail(_))
    }
}

/// A line for each check, and one below it for the remedy.
pub fn text(checks: &[Check]) -> String {
    let width = checks.iter().map(|check| check.name.len()).max();
    let width = width.unwrap_or_default();
    let line = |check: &Check| {
        let message = shown(&check.message);
        let first = format!(
            "{:<5} {:<width$}  {message}\n",
            check.state.word(),
            check.name
        );
        let remedy = check
            .remedy
            .as_deref()
            .map(|remedy| format!("{:<5} {:<width$}  help: {}\n", "", "", shown(remedy)));
        first + &remedy.unwrap_or_default()
    };
    checks.iter().map(line).collect()
}

/// One JSON document on one line.
pub fn json(checks: &[Check]) -> String {
    let checks: Vec<_> = checks
        .iter()
        .map(|check| {
            json!({
                "name": check.name,
                "state": check.state.word(),
                "message": check.message,
                "remedy": check.remedy,
            })
        })
        .collect();
    one_harmless_line(&json!({ "checks": checks }).to_string()).into_owned()
}

/// The end of a run whose checks did not all pass: the status is that of the first
/// that failed.
pub fn verdict(checks: &[Check]) -> Result<(), CliError> {
    let failed: Vec<&Check> = checks.iter().filter(|check| check.has_failed()).collect();
    let first = failed.first().map(|check| check.state);
    let Some(State::Fail(status)) = first else {
        return Ok(());
    };
    let names: Vec<&str> = failed.iter().map(|check| check.name).collect();
    Err(CliError::with_status(
        status,
        format!(
            "{} of {} checks failed: {}",
            names.len(),
            checks.len(),
            names.join(", ")
        ),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checks() -> Vec<Check> {
        vec![
            Check::ok("configuration", "a file"),
            Check::new("api", State::Fail(5), "x\u{1b}[2J").help("do\u{202e} it"),
            Check::skip("alerts", "no"),
            Check::new("sign-in", State::Fail(3), "no"),
        ]
    }

    #[test]
    fn lines_are_aligned_and_hold_nothing_a_terminal_obeys() {
        let expected = "\
ok    configuration  a file
fail  api            x\\x1b[2J
                     help: do\\u{202e} it
skip  alerts         no
fail  sign-in        no
";
        assert_eq!(text(&checks()), expected);
    }

    #[test]
    fn the_document_is_one_line_and_harmless() {
        let document = json(&checks());
        assert!(
            !document.contains(['\n', '\u{1b}', '\u{202e}']),
            "{document}"
        );
        assert!(document.starts_with("{\"checks\":[{"), "{document}");
        assert!(document.contains("\"state\":\"fail\""), "{document}");
        assert!(document.contains("\"remedy\":null"), "{document}");
    }

    #[test]
    fn the_status_is_that_of_the_first_failure() {
        assert_eq!(verdict(&[]), Ok(()));
        assert_eq!(
            verdict(&[Check::warn("a", ""), Check::skip("b", "")]),
            Ok(())
        );
        let error = verdict(&checks()).err();
        let error = error.map(|error| (error.status, error.what));
        let expected = "2 of 4 checks failed: api, sign-in".to_owned();
        assert_eq!(error, Some((5, expected)));
    }
}
