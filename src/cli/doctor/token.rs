//! What the token is good for, as far as it can be read: hints, no verdict.

use jiff::Timestamp;

use crate::cli::doctor::report::Check;
use crate::cli::doctor::report::State;
use crate::domain::session::TokenFacts;
use crate::domain::token::Api;
use crate::domain::token::Capability;
use crate::domain::token::DecodedToken;
use crate::domain::token::Expected;
use crate::domain::token::Outcome;
use crate::domain::token::Permission;
use crate::domain::token::checks;
use crate::domain::token::lacking;
use crate::domain::token::lacking_related;
use crate::domain::token::may_read_alerts;

/// What is compared with the configuration, of all that is known of a token.
const COMPARED: [&str; 3] = ["audience", "tenant", "expiry"];

/// What a token is held against.
pub struct Wanted {
    pub expected: Expected,
    pub api: Api,
    /// The profile forbids changes, whatever is granted.
    pub read_only: bool,
}

/// Every check of the token, not tried.
pub fn skipped(why: &str) -> Vec<Check> {
    let names = COMPARED.into_iter();
    names
        .chain(Capability::ALL.map(Capability::name))
        .map(|name| Check::skip(name, why))
        .collect()
}

/// Every check of the token.
///
/// `devices` is the token that devices need: none where that is this one, and nothing in
/// it where it could not be got.
pub fn judged(
    facts: &TokenFacts,
    wanted: &Wanted,
    devices: Option<Option<&TokenFacts>>,
    now: Timestamp,
) -> Vec<Check> {
    let token = match &facts.decoded {
        Ok(token) => token,
        // A normal state: the service may read it all the same.
        Err(why) => return skipped(&format!("the token cannot be read ({why})")),
    };
    let known = checks(token, &wanted.expected, now, facts.skew);
    let mut judged: Vec<Check> = COMPARED
        .iter()
        .filter_map(|name| known.iter().find(|check| check.name == *name).cloned())
        .map(|check| {
            let state = match check.outcome {
                Outcome::Pass => State::Ok,
                Outcome::Warn => State::Warn,
                Outcome::Fail => State::Fail(3),
                Outcome::Unknown => State::Skip,
            };
            let said = Check::new(check.name, state, check.message);
            match (said.name, said.has_failed()) {
                ("audience", true) => {
                    said.help("check `resource`, `service` and `cloud` in `vigie config show`")
                }
                ("tenant", true) => {
                    said.help("check `tenant` in `vigie config show`, and which account signed in")
                }
                _ => said,
            }
        })
        .collect();
    judged.extend(
        Capability::ALL.map(|capability| match (capability, devices) {
            (Capability::Respond, Some(facts)) => with_second(facts, wanted),
            _ => possible(capability, token, wanted),
        }),
    );
    judged
}

/// Whether the second token lets its holder act on devices.
fn with_second(facts: Option<&TokenFacts>, wanted: &Wanted) -> Check {
    let name = Capability::Respond.name();
    let token = match facts.map(|facts| facts.decoded.as_ref()) {
        None => return Check::skip(name, "there is no second token"),
        Some(Err(why)) => {
            return Check::skip(name, format!("the second token cannot be read ({why})"));
        }
        Some(Ok(token)) => token,
    };
    let wanted = Wanted {
        expected: Expected::default(),
        api: Api::Defender,
        read_only: wanted.read_only,
    };
    possible(Capability::Respond, token, &wanted)
}

/// Whether the token lets its holder do it.
fn possible(capability: Capability, token: &DecodedToken, wanted: &Wanted) -> Check {
    let name = capability.name();
    let changes = matches!(capability, Capability::Triage | Capability::Respond);
    if capability.permissions(wanted.api).is_empty() {
        return Check::skip(name, "Microsoft Graph has no device actions")
            .help("`respond = \"defender\"` takes a second token for them");
    }
    if changes && wanted.read_only {
        return Check::skip(name, "the profile is read-only");
    }
    let granted = token.granted();
    let missing = lacking(capability, &granted, wanted.api);
    let app_only = token.app_only();
    let names = |permissions: &[&Permission]| {
        let names: Vec<_> = permissions
            .iter()
            .map(|permission| format!("`{}`", permission.name(app_only)))
            .collect();
        names.join(", ")
    };
    if missing.is_empty() {
        let mut message = format!("granted: {}", capability.lets());
        let related = lacking_related(capability, &granted, wanted.api);
        if !related.is_empty() {
            message = format!(
                "{message}; what is related to an alert wants {}",
                names(&related)
            );
        }
        return Check::ok(name, message);
    }
    let missing = names(&missing);
    let is_possible = may_read_alerts(&granted, wanted.api);
    let (state, message) = match capability {
        Capability::Read if !is_possible => (
            State::Fail(4),
            format!("alerts cannot be read: {missing} not granted"),
        ),
        Capability::Read => (
            State::Warn,
            format!("alerts can be read; {missing} not granted"),
        ),
        Capability::Triage | Capability::Respond | Capability::Hunt => (
            State::Warn,
            format!("not granted: {missing} ({})", capability.lets()),
        ),
    };
    let kind = if app_only { "application" } else { "delegated" };
    let wish = if state == State::Warn {
        "if you want it, "
    } else {
        ""
    };
    Check::new(name, state, message).help(format!(
        "{wish}have an administrator grant the {kind} permission to the app registration, then sign in again"
    ))
}

#[cfg(test)]
mod tests {
    #![expect(
        clippy::unwrap_used,
        reason = "a test that cannot make its token has failed"
    )]

    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::*;
    use crate::domain::token::decode;

    fn token(claims: &str) -> DecodedToken {
        let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
        let text = format!("{}.{}.c2ln", part("{\"alg\":\"RS256\"}"), part(claims));
        decode(&text).unwrap()
    }

    fn states(claims: &str, api: Api, read_only: bool) -> Vec<State> {
        let wanted = Wanted {
            expected: Expected::default(),
            api,
            read_only,
        };
        let token = token(claims);
        Capability::ALL
            .map(|capability| possible(capability, &token, &wanted).state)
            .into()
    }

    #[test]
    fn what_is_possible_follows_from_what_is_granted() {
        use State::Fail;
        use State::Ok;
        use State::Skip;
        use State::Warn;
        let defender = |claims| states(claims, Api::Defender, false);
        assert_eq!(
            defender(r#"{"scp":"Alert.ReadWrite Machine.Read"}"#),
            [Ok, Ok, Warn, Warn]
        );
        assert_eq!(defender(r#"{"scp":"Alert.Read"}"#), [Warn; 4]);
        assert_eq!(defender(r#"{"scp":"openid"}"#), [Fail(4), Warn, Warn, Warn]);
        assert_eq!(
            defender(r#"{"roles":["Alert.Read.All","Machine.Read.All","AdvancedQuery.Read.All"]}"#),
            [Ok, Warn, Warn, Ok]
        );
        let graph = r#"{"scp":"SecurityAlert.Read.All SecurityIncident.Read.All"}"#;
        assert_eq!(states(graph, Api::Graph, false), [Ok, Warn, Skip, Warn]);
        let all = r#"{"scp":"Alert.ReadWrite Machine.Read"}"#;
        assert_eq!(states(all, Api::Defender, true), [Ok, Skip, Skip, Warn]);
    }

    #[test]
    fn what_is_missing_is_named_in_the_holders_spelling() {
        let wanted = Wanted {
            expected: Expected::default(),
            api: Api::Defender,
            read_only: false,
        };
        let message = |claims| possible(Capability::Hunt, &token(claims), &wanted).message;
        assert!(message(r#"{"scp":"Alert.Read"}"#).contains("`AdvancedQuery.Read`"));
        assert!(message(r#"{"roles":["Alert.Read.All"]}"#).contains("`AdvancedQuery.Read.All`"));
        let scopes = r#"{"scp":"Alert.Read Machine.Read File.Read.All Ip.Read.All"}"#;
        assert_eq!(
            possible(Capability::Read, &token(scopes), &wanted).message,
            "granted: see alerts and devices; what is related to an alert wants `URL.Read.All`, `User.Read.All`"
        );
    }
}
