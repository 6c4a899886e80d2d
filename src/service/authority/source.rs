//! Where a secret comes from: handed over, or printed by a program.

use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;
use tokio::time;

use crate::service::authority::command;
use crate::service::error::ServiceError;
use crate::service::secret::Secret;
use crate::wire::problem;

/// Where a password or a client secret comes from.
#[derive(Debug, Clone)]
pub enum SecretSource {
    /// From the environment, or typed.
    Given(Secret),
    /// Printed by a program: its name and arguments, no shell.
    Command {
        /// The setting that names it, for messages.
        setting: &'static str,
        arguments: Vec<String>,
    },
}

/// A password manager may ask its user something first.
const COMMAND_MAY_TAKE: Duration = Duration::from_secs(120);

impl SecretSource {
    /// The secret, from wherever it comes.
    pub(super) async fn read(&self) -> Result<Secret, ServiceError> {
        match self {
            Self::Given(secret) => Ok(secret.clone()),
            Self::Command { setting, arguments } => {
                let printed = run(setting, arguments).await?;
                let line = printed.expose().lines().next().unwrap_or_default();
                Ok(Secret::new(line.to_owned()))
            }
        }
    }
}

/// Runs the program and takes what it printed.
pub(super) async fn run(setting: &str, arguments: &[String]) -> Result<Secret, ServiceError> {
    let what = if setting == command::SETTING {
        "token"
    } else {
        "secret"
    };
    let refused = |words: String| ServiceError::SignInRefused {
        words: format!("`{setting}` {words}"),
        remedy: Some(format!(
            "run it by hand: it must print the {what} and exit with 0"
        )),
    };
    let Some((program, rest)) = arguments.split_first() else {
        return Err(refused("is empty".to_owned()));
    };
    let child = Command::new(program)
        .args(rest)
        .env_remove("VIGIE_PASSWORD")
        .env_remove("VIGIE_CLIENT_SECRET")
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let output = time::timeout(COMMAND_MAY_TAKE, child)
        .await
        .map_err(|_elapsed| {
            refused(format!(
                "did not end within {} s",
                COMMAND_MAY_TAKE.as_secs()
            ))
        })?
        .map_err(|error| refused(format!("cannot be run ({error})")))?;
    let printed = Secret::new(String::from_utf8(output.stdout).map_err(
        |_may_quote_the_secret| refused("printed something that is not text".to_owned()),
    )?);
    if !output.status.success() {
        let said = problem::harmless(&String::from_utf8_lossy(&output.stderr));
        return Err(refused(format!("failed ({}): {said}", output.status)));
    }
    if printed.expose().lines().next().is_none_or(str::is_empty) {
        return Err(refused("printed nothing".to_owned()));
    }
    Ok(printed)
}

#[cfg(test)]
mod tests {
    #![expect(
        clippy::unwrap_used,
        reason = "a test that cannot read its input has failed"
    )]

    use super::*;

    async fn printed(arguments: &[&str]) -> Result<Secret, ServiceError> {
        let source = SecretSource::Command {
            setting: "password_command",
            arguments: arguments.iter().map(|word| (*word).to_owned()).collect(),
        };
        source.read().await
    }

    #[tokio::test]
    async fn the_first_line_is_the_secret_blanks_and_all() {
        let password = printed(&["printf", " p&ss wörd \\nuser: me\\n"])
            .await
            .unwrap();
        assert_eq!(password.expose(), " p&ss wörd ");
    }

    #[tokio::test]
    async fn a_failing_command_says_why_and_never_what_it_printed() {
        for (arguments, words) in [
            (vec![], "is empty"),
            (vec!["/nonexistent/program"], "cannot be run"),
            (vec!["true"], "printed nothing"),
            (
                vec!["sh", "-c", "echo hunter2; echo no key >&2; exit 3"],
                "no key",
            ),
        ] {
            let error = printed(&arguments).await.unwrap_err().to_string();
            assert!(
                error.contains(words) && !error.contains("hunter2"),
                "{error}"
            );
        }
    }
}
