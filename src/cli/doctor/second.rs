//! The second token of a profile on Microsoft Graph, in one line: whether there is one,
//! what it is good for, and whether devices can be asked for with it.

use jiff::Timestamp;
use tokio::time::timeout;

use crate::cli::doctor::PATIENCE;
use crate::cli::doctor::late;
use crate::cli::doctor::report::Check;
use crate::cli::doctor::report::State;
use crate::domain::duration::show_duration;
use crate::domain::failure::Failure;
use crate::domain::moment::Moment;
use crate::domain::service;
use crate::domain::session::TokenFacts;
use crate::domain::token::Expected;
use crate::domain::token::Outcome;
use crate::domain::token::checks;
use crate::service::Client;

pub const NAME: &str = "second-token";

/// What of a token makes it of no use.
const COMPARED: [&str; 4] = ["audience", "tenant", "expiry", "permissions"];

/// Asks for the token, and with it for one device. A failure takes nothing but actions on
/// devices, so it is told as a warning.
pub async fn look(
    client: &Client,
    expected: &Expected,
    now: Moment,
) -> (Check, Option<TokenFacts>) {
    let asked = timeout(PATIENCE, client.renew_second()).await;
    let facts = match asked {
        Ok(Ok(facts)) => facts,
        Ok(Err(error)) => return (without(&Failure::from(error)), None),
        Err(_elapsed) => return (without(&late("the sign-in")), None),
    };
    let check = match misfit(&facts, expected, now.wall) {
        Some(message) => Check::warn(NAME, message),
        None => match timeout(PATIENCE, client.try_devices()).await {
            Ok(Ok(())) => Check::ok(NAME, told(&facts, now)),
            Ok(Err(error)) => without(&Failure::from(error)),
            Err(_elapsed) => without(&late("the API")),
        },
    };
    (check, Some(facts))
}

fn without(failure: &Failure) -> Check {
    let words = format!("no actions on devices: {}", failure.sentence);
    let check = Check::new(NAME, State::Warn, words);
    match &failure.remedy {
        Some(remedy) => check.help(remedy.clone()),
        None => check,
    }
}

/// Why the token is of no use, as far as it can be read.
fn misfit(facts: &TokenFacts, expected: &Expected, now: Timestamp) -> Option<String> {
    let token = facts.decoded.as_ref().ok()?;
    let known = checks(token, expected, now, facts.skew);
    let failed = known
        .into_iter()
        .find(|check| check.outcome == Outcome::Fail && COMPARED.contains(&check.name));
    failed.map(|check| format!("no actions on devices: {}", check.message))
}

fn told(facts: &TokenFacts, now: Moment) -> String {
    format!(
        "for {}: it lasts {}, and devices can be asked for with it",
        service::DEFENDER.name,
        show_duration(facts.left(now))
    )
}
