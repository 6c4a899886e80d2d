//! Asks for what a first profile needs: a wrong answer is asked again with the reason.

use std::io::BufRead;

use crate::cli::arguments::capability;
use crate::cli::error::CliError;
use crate::config;
use crate::config::Flags;
use crate::domain::token::Capability;

/// What is known of the profile to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answers {
    pub flags: Flags,
    /// Empty where nobody said.
    pub capabilities: Vec<Capability>,
}

/// Asks for what is missing. `tell` shows a text behind which the answer is typed.
pub fn ask(
    mut answers: Answers,
    input: &mut dyn BufRead,
    tell: &dyn Fn(&str),
) -> Result<Answers, CliError> {
    let mut talk = Talk { input, tell };
    let flags = &mut answers.flags;
    if flags.tenant.is_none() {
        let asked = "Tenant, its id or a domain such as contoso.onmicrosoft.com:";
        let answer = talk.until_good(asked, |text| checked("tenant", text))?;
        flags.tenant = Some(answer);
    }
    if flags.client_id.is_none() {
        let asked = "Application (client) ID, or Enter if vigie is not registered yet:";
        let answer = talk.until_good(asked, |text| {
            if text.is_empty() {
                return Ok(String::new());
            }
            checked("client_id", text)
        })?;
        flags.client_id = Some(answer).filter(|answer| !answer.is_empty());
    }
    if flags.auth.is_none() {
        let asked = "How to sign in: browser, device-code, client-secret, client-certificate, command or password [browser]:";
        let answer = talk.until_good(asked, |text| {
            checked("auth", if text.is_empty() { "browser" } else { text })
        })?;
        flags.auth = Some(answer);
    }
    if flags.auth.as_deref() == Some("password") && flags.username.is_none() {
        let asked = "User name to sign in with:";
        let answer = talk.until_good(asked, |text| checked("username", text))?;
        flags.username = Some(answer);
    }
    if answers.capabilities.is_empty() {
        let asked = "What is to be permitted, of read, triage, respond, hunt [read,triage]:";
        answers.capabilities = talk.until_good(asked, |text| {
            let text = if text.is_empty() { "read,triage" } else { text };
            let words = text.split([',', ' ']).filter(|word| !word.is_empty());
            words
                .map(|word| capability(word).map_err(|reason| format!("`{word}` is {reason}")))
                .collect()
        })?;
    }
    Ok(answers)
}

fn checked(key: &str, text: &str) -> Result<String, String> {
    match config::refusal(key, text) {
        Some(reason) => Err(reason),
        None => Ok(text.to_owned()),
    }
}

struct Talk<'a> {
    input: &'a mut dyn BufRead,
    tell: &'a dyn Fn(&str),
}

impl Talk<'_> {
    fn until_good<T>(
        &mut self,
        asked: &str,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Result<T, CliError> {
        (self.tell)(asked);
        loop {
            let mut line = String::new();
            let count = self.input.read_line(&mut line).map_err(|error| {
                CliError::usage(format!(
                    "the answer cannot be read ({error}): nothing is written"
                ))
            })?;
            if count == 0 {
                return Err(CliError::usage(
                    "the input ended before all was answered: nothing is written",
                )
                .help("give the answers as flags: `vigie config init --help`"));
            }
            match read(line.trim()) {
                Ok(answer) => return Ok(answer),
                Err(reason) => (self.tell)(&format!("{reason}; once more:")),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(
        clippy::unwrap_used,
        reason = "a test that cannot read its input has failed"
    )]

    use std::cell::RefCell;

    use super::*;

    /// What was made of these lines, and what was shown.
    fn talk(flags: Flags, typed: &str) -> (Result<Answers, CliError>, Vec<String>) {
        let shown = RefCell::new(Vec::new());
        let answers = Answers {
            flags,
            capabilities: Vec::new(),
        };
        let tell = |text: &str| shown.borrow_mut().push(text.to_owned());
        let answers = ask(answers, &mut typed.as_bytes(), &tell);
        (answers, shown.into_inner())
    }

    #[test]
    fn enter_takes_what_is_recommended() {
        let (answers, shown) = talk(Flags::default(), "contoso.com\n\n\n\n");
        let answers = answers.unwrap();
        assert_eq!(answers.flags.tenant.as_deref(), Some("contoso.com"));
        assert_eq!(answers.flags.client_id, None);
        assert_eq!(answers.flags.auth.as_deref(), Some("browser"));
        let usual = [Capability::Read, Capability::Triage];
        assert_eq!(answers.capabilities, usual);
        assert_eq!(shown.len(), 4);
    }

    #[test]
    fn a_wrong_answer_is_asked_again_with_the_reason() {
        let typed =
            "con toso\n contoso.com \napp\nmagic\npassword\n\nops@contoso.com\nreed\nread hunt\n";
        let (answers, shown) = talk(Flags::default(), typed);
        let answers = answers.unwrap();
        assert_eq!(answers.flags.tenant.as_deref(), Some("contoso.com"));
        assert_eq!(answers.flags.username.as_deref(), Some("ops@contoso.com"));
        let both = [Capability::Read, Capability::Hunt];
        assert_eq!(answers.capabilities, both);
        let again: Vec<_> = shown
            .iter()
            .filter(|line| line.ends_with("once more:"))
            .collect();
        assert_eq!(again.len(), 4, "{shown:?}");
        assert!(
            again
                .iter()
                .any(|line| line.contains("`magic` is not one of")),
            "{again:?}"
        );
        assert!(
            again
                .iter()
                .any(|line| line.contains("`reed` is not one of")),
            "{again:?}"
        );
    }

    #[test]
    fn what_was_given_is_not_asked_and_the_end_of_input_ends_it() {
        let flags = Flags {
            tenant: Some("contoso.com".to_owned()),
            auth: Some("browser".to_owned()),
            ..Flags::default()
        };
        let (answers, shown) = talk(flags, "app\n");
        let error = answers.unwrap_err();
        assert_eq!(error.status, 2);
        assert!(error.what.contains("nothing is written"), "{error:?}");
        assert_eq!(shown.len(), 2, "{shown:?}");
    }
}
