//! `vigie token` and `vigie token decode`: what jwt.ms is used for, without the
//! token leaving the process.

use std::io::Read;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::json;

use crate::app::claims_text;
use crate::app::lines::Page;
use crate::app::lines::Tone;
use crate::cli::arguments::OneFormat;
use crate::cli::arguments::SettingFlags;
use crate::cli::arguments::TokenCommand;
use crate::cli::arguments::TokenSubcommand;
use crate::cli::block_on;
use crate::cli::caller;
use crate::cli::caller::Caller;
use crate::cli::error::CliError;
use crate::cli::output;
use crate::cli::sign_in;
use crate::config::Config;
use crate::domain::failure::Failure;
use crate::domain::service::Service;
use crate::domain::session::Audience;
use crate::domain::session::TokenFacts;
use crate::domain::token;
use crate::domain::token::Api;
use crate::domain::token::Check;
use crate::domain::token::Claim;
use crate::domain::token::DecodedToken;
use crate::domain::token::Expected;
use crate::domain::token::Outcome;
use crate::domain::token::checks;
use crate::service::ServiceError;
use crate::wire::json::one_harmless_line;

/// No token is larger; what is, is not read.
const LARGEST_INPUT: u64 = 4 * 1024 * 1024;

/// Runs the command.
pub fn run(flags: &SettingFlags, command: &TokenCommand) -> Result<(), CliError> {
    match &command.command {
        None => own(flags, command.output),
        Some(TokenSubcommand::Decode { output }) => decode(flags, *output),
    }
}

/// A token that was got, or why not, and what it is held against.
struct Looked {
    facts: Result<TokenFacts, Failure>,
    audience: Audience,
    api: Api,
    expected: Expected,
}

fn own(flags: &SettingFlags, format: OneFormat) -> Result<(), CliError> {
    let prepared = caller::prepare(flags)?;
    let api = sign_in::api(&prepared.config);
    let expected = sign_in::expected(&prepared.config);
    let second = sign_in::expected_of_second(&prepared.config);
    let client = Arc::clone(&prepared.client);
    let (looked, now) = block_on(async {
        let (facts, now) = Caller::look(prepared).await?;
        let mut looked = vec![Looked {
            facts: Ok(facts),
            audience: Audience::Service,
            api,
            expected,
        }];
        if let Some(expected) = second {
            looked.push(Looked {
                facts: looked_at(client.renew_second().await),
                audience: Audience::Respond,
                api: Api::Defender,
                expected,
            });
        }
        Ok::<_, CliError>((looked, now().wall))
    })??;
    if format == OneFormat::Json {
        let objects: Vec<String> = looked.iter().map(|one| one.json(now)).collect();
        return output::line(&one_harmless_line(&joined(&objects)));
    }
    let mut page = Page::new(output::width());
    for (one, place) in looked.iter().zip(["first", "second"]) {
        if looked.len() > 1 {
            let name = Service::of(one.api).name;
            let serves = claims_text::serves(one.audience);
            page.gap();
            page.add(claims_text::title(place, name, serves), 0);
        }
        one.write(&mut page, now);
    }
    output::page(&page)
}

/// Even a token that is of no use to us: to be looked at.
fn looked_at(renewed: Result<TokenFacts, ServiceError>) -> Result<TokenFacts, Failure> {
    match renewed {
        Err(ServiceError::Foreign { facts, .. }) => Ok(*facts),
        renewed => renewed.map_err(Failure::from),
    }
}

/// One object, with that of the second token in it where there are two.
fn joined(objects: &[String]) -> String {
    let first = objects.first().map_or("{}", String::as_str);
    match (first.strip_suffix('}'), objects.get(1)) {
        (Some(open), Some(second)) => format!("{open},\"second\":{second}}}"),
        _ => first.to_owned(),
    }
}

impl Looked {
    fn checks(&self, now: Timestamp) -> Vec<Check> {
        let facts = match &self.facts {
            Ok(facts) => facts,
            Err(failure) => {
                return vec![Check {
                    name: "sign-in",
                    outcome: Outcome::Fail,
                    message: failure.sentence.clone(),
                }];
            }
        };
        let decoded = facts.decoded.as_ref();
        decoded.map_or_else(
            |_opaque| Vec::new(),
            |token| checks(token, &self.expected, now, facts.skew),
        )
    }

    fn json(&self, now: Timestamp) -> String {
        let facts = self.facts.as_ref().ok();
        let decoded = facts.and_then(|facts| facts.decoded.as_ref().ok());
        let expires = facts.map(|facts| facts.expires().wall);
        as_json(decoded, expires, &self.checks(now))
    }

    fn write(&self, page: &mut Page, now: Timestamp) {
        let facts = match &self.facts {
            Ok(facts) => facts,
            Err(failure) => {
                page.add_text(Tone::Bad, &format!("no token: {}", failure.sentence), 0);
                if let Some(remedy) = &failure.remedy {
                    page.add_text(Tone::Text, remedy, 0);
                }
                return;
            }
        };
        let context = claims_text::Context {
            now,
            zone: &TimeZone::system(),
            checks: &self.checks(now),
            api: self.api,
            duty: self.expected.duty,
            previous: None,
        };
        claims_text::write(page, facts, &context);
    }
}

/// Reads a token from standard input. Compares it with what is configured, if
/// anything is; asks no network.
fn decode(flags: &SettingFlags, format: OneFormat) -> Result<(), CliError> {
    let mut input = Vec::new();
    std::io::stdin()
        .take(LARGEST_INPUT)
        .read_to_end(&mut input)
        .map_err(|error| CliError::failed(format!("standard input cannot be read ({error})")))?;
    let text = String::from_utf8_lossy(&input);
    let token = token::decode(&text).map_err(|error| {
        CliError::failed(error.to_string())
            .help("an access token has three parts of letters and digits with dots between them")
    })?;
    let expected = sign_in::load(flags).map_or_else(
        |_unconfigured| Expected::default(),
        |config| expected_of(&token, &config),
    );
    let now = Timestamp::now();
    let checked = checks(&token, &expected, now, None);
    if format == OneFormat::Json {
        let line = as_json(Some(&token), token.time("exp"), &checked);
        return output::line(&one_harmless_line(&line));
    }
    let context = claims_text::Context {
        now,
        zone: &TimeZone::system(),
        checks: &checked,
        api: token::api(&token, &expected),
        duty: expected.duty,
        previous: None,
    };
    output::page(&claims_text::decoded_page(
        &token,
        &context,
        output::width(),
    ))
}

/// What the second token is compared with, if it is one; else what the first is.
fn expected_of(token: &DecodedToken, config: &Config) -> Expected {
    let first = sign_in::expected(config);
    let second = sign_in::expected_of_second(config);
    match second.filter(|second| token::foreign(token, second).is_none()) {
        Some(second) if token::foreign(token, &first).is_some() => second,
        Some(_) | None => first,
    }
}

/// One JSON object; values of claims stand as they stood in the token.
fn as_json(token: Option<&DecodedToken>, expires: Option<Timestamp>, checked: &[Check]) -> String {
    let granted = |texts: Vec<crate::domain::text::Text>| {
        let texts: Vec<&str> = texts
            .iter()
            .map(crate::domain::text::Text::original)
            .collect();
        json!(texts).to_string()
    };
    let checks: Vec<_> = checked
        .iter()
        .map(|check| json!({"name": check.name, "ok": check.ok(), "message": check.message}))
        .collect();
    format!(
        r#"{{"header":{},"claims":{},"scopes":{},"roles":{},"expires_at":{},"checks":{}}}"#,
        token.map_or_else(|| "{}".to_owned(), |token| object(&token.header)),
        token.map_or_else(|| "{}".to_owned(), |token| object(&token.claims)),
        token.map_or_else(|| "[]".to_owned(), |token| granted(token.scopes())),
        token.map_or_else(|| "[]".to_owned(), |token| granted(token.roles())),
        json!(expires.map(|time| time.to_string())),
        json!(checks),
    )
}

fn object(claims: &[Claim]) -> String {
    let members: Vec<String> = claims
        .iter()
        .map(|claim| format!("{}:{}", json!(claim.name.original()), claim.raw.original()))
        .collect();
    format!("{{{}}}", members.join(","))
}
