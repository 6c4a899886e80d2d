//! Sign-in by someone else: a program prints a finished token.
//!
//! Understood are the token alone, `az account get-access-token`, an answer of a token
//! endpoint, and the credential of a kubectl plugin.

use jiff::SignedDuration;
use jiff::Timestamp;
use serde_json::Value;

use crate::domain::token;
use crate::service::authority::source;
use crate::service::error::ServiceError;
use crate::service::secret::Secret;
use crate::service::token_reply;
use crate::service::token_reply::TokenReply;

/// Name of the setting, for messages.
pub(super) const SETTING: &str = "token_command";

/// What an argument says where the audience is to stand.
const AUDIENCE: &str = "{resource}";

/// Runs the program for one audience and reads the token it prints.
pub(super) async fn token(
    arguments: &[String],
    audience: &str,
    now: Timestamp,
) -> Result<TokenReply, ServiceError> {
    let arguments: Vec<String> = arguments
        .iter()
        .map(|argument| argument.replace(AUDIENCE, audience))
        .collect();
    let printed = source::run(SETTING, &arguments).await?;
    let refused = |words: &str, remedy: &str| ServiceError::SignInRefused {
        words: format!("`{SETTING}` printed {words}"),
        remedy: Some(remedy.to_owned()),
    };
    let reply = read(printed.expose(), now).ok_or_else(|| {
        let remedy = "it must print the token alone, or JSON with `access_token` or `accessToken`";
        refused("no token", remedy)
    })?;
    // Asked again it would print the same: better to stop and say so.
    if reply.life <= SignedDuration::ZERO {
        return Err(refused(
            "a token that is expired",
            "sign in anew with that program",
        ));
    }
    Ok(reply)
}

fn read(printed: &str, now: Timestamp) -> Option<TokenReply> {
    let printed = printed.trim();
    let (token, told) = if printed.starts_with('{') {
        let answer: Value = serde_json::from_str(printed).ok()?;
        let credential = answer.get("status").unwrap_or(&answer);
        let token = ["access_token", "accessToken", "token"]
            .iter()
            .find_map(|name| credential.get(*name)?.as_str())?;
        (Secret::new(token.to_owned()), life(credential, now))
    } else {
        (Secret::new(printed.to_owned()), None)
    };
    if token.expose().is_empty() || !token.expose().bytes().all(|byte| byte.is_ascii_graphic()) {
        return None;
    }
    // Without a word from the program the token's own end is the best there is.
    let life = told.or_else(|| {
        let expires = token::decode(token.expose()).ok()?.time("exp")?;
        Some(expires.duration_since(now))
    });
    Some(TokenReply {
        access_token: token,
        refresh_token: None,
        life: life.unwrap_or(token_reply::UNTOLD_LIFE),
        renew_in: None,
        id_token: None,
    })
}

/// The life a program tells. `expiresOn` of the Azure CLI is a local time without a
/// zone and is left alone; `expires_on` beside it counts seconds since 1970.
fn life(credential: &Value, now: Timestamp) -> Option<SignedDuration> {
    let number = |name: &str| {
        let value = credential.get(name)?;
        value
            .as_i64()
            .or_else(|| value.as_str()?.trim().parse().ok())
    };
    if let Some(seconds) = number("expires_in") {
        return Some(SignedDuration::from_secs(seconds));
    }
    let expires = match number("expires_on") {
        Some(second) => Timestamp::from_second(second).ok(),
        None => credential
            .get("expirationTimestamp")?
            .as_str()?
            .parse()
            .ok(),
    };
    Some(expires?.duration_since(now))
}

#[cfg(test)]
mod tests {
    #![expect(
        clippy::unwrap_used,
        reason = "a test that cannot read its input has failed"
    )]

    use super::*;

    #[test]
    fn every_form_is_read_with_its_life() {
        let now = "2026-11-22T14:00:00Z".parse().unwrap();
        // exp 1795359600 is 2026-11-22T15:00:00Z.
        let jwt = "eyJhbGciOiJub25lIn0.eyJleHAiOjE3OTUzNTk2MDB9.";
        for (printed, token, seconds) in [
            ("opaque", "opaque", 600),
            (" opaque \n", "opaque", 600),
            (jwt, jwt, 3_600),
            (r#"{"access_token":"t","expires_in":"30"}"#, "t", 30),
            (
                r#"{"accessToken":"t","expiresOn":"2026-11-22 16:00:00","expires_on":1795359600}"#,
                "t",
                3_600,
            ),
            (
                r#"{"status":{"token":"t","expirationTimestamp":"2026-11-22T14:10:00Z"}}"#,
                "t",
                600,
            ),
            (r#"{"access_token":"t","expires_in":0}"#, "t", 0),
        ] {
            let reply = read(printed, now).unwrap();
            assert_eq!(reply.access_token.expose(), token, "{printed}");
            assert_eq!(reply.life.as_secs(), seconds, "{printed}");
        }
        for none in [
            "",
            "two words",
            "{}",
            "{",
            r#"{"access_token":7}"#,
            r#"{"access_token":""}"#,
        ] {
            assert!(read(none, now).is_none(), "{none}");
        }
    }
}
