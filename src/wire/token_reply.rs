//! The sign-in service's answer to a token request, read whole.

use jiff::SignedDuration;
use serde::Deserialize;
use serde_json::value::RawValue;
use zeroize::Zeroizing;

use crate::wire::json;

/// What a token request brought. The secrets are wiped when dropped.
pub struct TokenReply {
    pub access_token: Zeroizing<String>,
    pub refresh_token: Option<Zeroizing<String>>,
    /// Life of the access token, counted from the answer.
    pub life: SignedDuration,
}

/// A token whose life is not told is renewed after this long: shorter than any
/// life Entra can be configured to give.
const UNTOLD_LIFE: SignedDuration = SignedDuration::from_mins(10);

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
    }
    let reply: Reply<'_> =
        serde_json::from_slice(body).map_err(|_not_shown| "the sign-in answer is not JSON")?;
    let access_token =
        secret(reply.access_token).ok_or("the sign-in answer holds no access token")?;
    if !access_token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err("the access token in the sign-in answer holds characters no token has");
    }
    let seconds = json::string(reply.expires_in).and_then(|text| text.trim().parse::<f64>().ok());
    Ok(TokenReply {
        access_token,
        refresh_token: secret(reply.refresh_token),
        life: seconds
            .filter(|seconds| seconds.is_finite() && *seconds >= 0.0)
            // A year is no token's life: what is longer is a mistake, not a promise.
            .map_or(UNTOLD_LIFE, |seconds| {
                SignedDuration::try_from_secs_f64(seconds.min(365.0 * 86_400.0))
                    .unwrap_or(UNTOLD_LIFE)
            }),
    })
}

fn secret(raw: Option<&RawValue>) -> Option<Zeroizing<String>> {
    json::string(raw)
        .map(Zeroizing::new)
        .filter(|text| !text.is_empty())
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
            ("\"3599\"", 3599),
            ("3599", 3599),
            ("3599.0", 3599),
            ("\" 30 \"", 30),
            ("null", 600),
            ("\"soon\"", 600),
            ("-1", 600),
        ] {
            let body =
                format!(r#"{{"access_token":"t","expires_in":{written},"token_type":"Bearer"}}"#);
            let reply = read(body.as_bytes()).unwrap();
            assert_eq!(reply.life, SignedDuration::from_secs(seconds), "{written}");
        }
    }

    #[test]
    fn an_answer_without_a_token_says_so_and_shows_nothing() {
        for body in [
            &b""[..],
            b"<html>secret</html>",
            b"{}",
            br#"{"access_token":""}"#,
            br#"{"access_token":null}"#,
            b"{\"access_token\":\"a\\nb\"}",
        ] {
            let sentence = read(body).err().unwrap();
            assert!(!sentence.contains("secret"));
        }
    }

    #[test]
    fn a_refresh_token_is_kept_when_there_is_one() {
        let with = read(br#"{"access_token":"t","refresh_token":"r"}"#).unwrap();
        assert_eq!(with.refresh_token.unwrap().as_str(), "r");
        assert!(
            read(br#"{"access_token":"t","refresh_token":""}"#)
                .unwrap()
                .refresh_token
                .is_none()
        );
    }
}
