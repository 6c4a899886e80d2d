//! The sign-in service's answer to a token request, read whole.

use jiff::SignedDuration;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::service::secret::Secret;
use crate::wire::json;

/// What a token request brought.
#[derive(Debug)]
pub struct TokenReply {
    pub access_token: Secret,
    pub refresh_token: Option<Secret>,
    /// Life of the access token, counted from the answer.
    pub life: SignedDuration,
    /// When the issuer would like it to be renewed: long before its end, if at all.
    pub renew_in: Option<SignedDuration>,
    /// Only good for its nonce.
    pub id_token: Option<Secret>,
}

/// A token whose life is not told is renewed as if it lived this long: the
/// shortest life Entra can be configured to give.
pub(super) const UNTOLD_LIFE: SignedDuration = SignedDuration::from_mins(10);
/// No token lives a year: what is longer is a mistake, not a promise.
const LONGEST_LIFE: f64 = 365.0 * 86_400.0;

/// Reads a token answer. Numbers may be written as strings: the v1 endpoint does.
///
/// # Errors
/// A sentence without any of the content when there is no access token in it.
pub fn read(body: &[u8]) -> Result<TokenReply, &'static str> {
    #[derive(Deserialize)]
    struct Reply<'a> {
        #[serde(borrow, default)]
        access_token: Option<&'a RawValue>,
        #[serde(borrow, default)]
        refresh_token: Option<&'a RawValue>,
        #[serde(borrow, default)]
        expires_in: Option<&'a RawValue>,
        #[serde(borrow, default)]
        refresh_in: Option<&'a RawValue>,
        #[serde(borrow, default)]
        id_token: Option<&'a RawValue>,
    }
    let reply: Reply<'_> = serde_json::from_slice(body)
        .map_err(|_may_quote_a_token| "the sign-in answer is not the JSON of a token")?;
    let access_token =
        secret(reply.access_token).ok_or("the sign-in answer holds no access token")?;
    if !access_token
        .expose()
        .bytes()
        .all(|byte| byte.is_ascii_graphic())
    {
        return Err("the access token in the sign-in answer holds characters no token has");
    }
    Ok(TokenReply {
        access_token,
        refresh_token: secret(reply.refresh_token),
        life: duration(reply.expires_in).unwrap_or(UNTOLD_LIFE),
        renew_in: duration(reply.refresh_in),
        id_token: secret(reply.id_token),
    })
}

fn duration(raw: Option<&RawValue>) -> Option<SignedDuration> {
    let seconds: f64 = json::string(raw)?.trim().parse().ok()?;
    let sound = seconds.is_finite() && seconds >= 0.0;
    sound.then(|| SignedDuration::try_from_secs_f64(seconds.min(LONGEST_LIFE)).ok())?
}

fn secret(raw: Option<&RawValue>) -> Option<Secret> {
    json::string(raw)
        .filter(|text| !text.is_empty())
        .map(Secret::new)
}

#[cfg(test)]
mod tests {
    #![expect(
        clippy::unwrap_used,
        reason = "a test that cannot read its input has failed"
    )]

    use super::*;

    #[test]
    fn a_life_is_read_from_a_string_or_a_number() {
        for (written, seconds) in [
            ("\"3599\"", 3_599),
            ("3599", 3_599),
            ("3599.0", 3_599),
            ("\" 30 \"", 30),
            ("null", 600),
            ("\"soon\"", 600),
            ("-1", 600),
            ("1e300", 31_536_000),
        ] {
            let body =
                format!(r#"{{"access_token":"t","expires_in":{written},"token_type":"Bearer"}}"#);
            assert_eq!(
                read(body.as_bytes()).unwrap().life.as_secs(),
                seconds,
                "{written}"
            );
        }
    }

    #[test]
    fn an_answer_without_a_token_says_so_and_shows_nothing() {
        let bodies: [&[u8]; 7] = [
            b"",
            b"<html>hunter2</html>",
            b"{}",
            br#"{"access_token":""}"#,
            br#"{"access_token":null}"#,
            br#"{"access_token":"hunter2\n"}"#,
            br#"{"access_token":"hunter2","#,
        ];
        for body in bodies {
            assert!(!read(body).unwrap_err().contains("hunter2"));
        }
    }

    #[test]
    fn a_refresh_token_is_kept_when_there_is_one() {
        let with = read(br#"{"access_token":"t","refresh_token":"r"}"#).unwrap();
        assert_eq!(with.refresh_token.unwrap().expose(), "r");
        let without = read(br#"{"access_token":"t","refresh_token":""}"#).unwrap();
        assert!(without.refresh_token.is_none());
    }
}
