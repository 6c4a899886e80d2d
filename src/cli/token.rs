//! `vigie token` and `vigie token decode`: what jwt.ms is used for, without the
//! token leaving the process.

use std::io::Read;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::json;

use crate::app::claims_text;
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
use crate::domain::token;
use crate::domain::token::Check;
use crate::domain::token::Claim;
use crate::domain::token::DecodedToken;
use crate::domain::token::Expected;
use crate::domain::token::checks;
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

fn own(flags: &SettingFlags, format: OneFormat) -> Result<(), CliError> {
    let prepared = caller::prepare(flags)?;
    let expected = sign_in::expected(&prepared.config);
    let (facts, moment) = block_on(async {
        let (facts, now) = Caller::look(prepared).await?;
        let moment = now();
        Ok::<_, CliError>((facts, moment))
    })??;
    let checked = facts
        .decoded
        .as_ref()
        .map(|token| checks(token, &expected, moment.wall, facts.skew))
        .unwrap_or_default();
    if format == OneFormat::Json {
        let decoded = facts.decoded.as_ref().ok();
        return as_json(decoded, Some(facts.expires().wall), &checked);
    }
    let context = claims_text::Context {
        now: moment.wall,
        zone: &TimeZone::system(),
        checks: &checked,
        previous: None,
    };
    output::page(&claims_text::page(&facts, &context, output::width()))
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
        |config| sign_in::expected(&config),
    );
    let now = Timestamp::now();
    let checked = checks(&token, &expected, now, None);
    if format == OneFormat::Json {
        return as_json(Some(&token), token.time("exp"), &checked);
    }
    let context = claims_text::Context {
        now,
        zone: &TimeZone::system(),
        checks: &checked,
        previous: None,
    };
    output::page(&claims_text::decoded_page(
        &token,
        &context,
        output::width(),
    ))
}

/// One JSON object; values of claims stand as they stood in the token.
fn as_json(
    token: Option<&DecodedToken>,
    expires: Option<Timestamp>,
    checked: &[Check],
) -> Result<(), CliError> {
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
    let line = format!(
        r#"{{"header":{},"claims":{},"scopes":{},"roles":{},"expires_at":{},"checks":{}}}"#,
        token.map_or_else(|| "{}".to_owned(), |token| object(&token.header)),
        token.map_or_else(|| "{}".to_owned(), |token| object(&token.claims)),
        token.map_or_else(|| "[]".to_owned(), |token| granted(token.scopes())),
        token.map_or_else(|| "[]".to_owned(), |token| granted(token.roles())),
        json!(expires.map(|time| time.to_string())),
        json!(checks),
    );
    output::line(&one_harmless_line(&line))
}

fn object(claims: &[Claim]) -> String {
    let members: Vec<String> = claims
        .iter()
        .map(|claim| format!("{}:{}", json!(claim.name.original()), claim.raw.original()))
        .collect();
    format!("{{{}}}", members.join(","))
}
