//! Authorization codes: good once, for ten minutes, for the program that asked.
//!
//! The page they come from is `authorize`'s part.

use std::collections::HashMap;

use fastrand::Rng;
use jiff::{SignedDuration, Timestamp};
use ring::digest;

use crate::sim::entra::Refusal;
use crate::sim::jwt;
use crate::sim::jwt::Proof;
use crate::sim::reply::Reply;
use crate::sim::tokens::Grant;
use crate::sim::tokens::REMEMBERED;
use crate::sim::tokens::Tokens;
use crate::sim::tokens::Version;
use crate::sim::tokens::authorize::Attempt;
use crate::sim::tokens::endpoint::Form;

const LIFE: SignedDuration = SignedDuration::from_mins(10);

struct Code {
    attempt: Attempt,
    since: Timestamp,
    is_spent: bool,
}

/// The codes given out.
#[derive(Default)]
pub(super) struct Codes(HashMap<String, Code>);

impl Codes {
    pub(super) fn give(&mut self, attempt: Attempt, rng: &mut Rng, now: Timestamp) -> String {
        if self.0.len() > REMEMBERED {
            self.0
                .retain(|_, code| now.duration_since(code.since) < LIFE);
        }
        let text = format!("1.{}", jwt::random(rng, 500));
        let code = Code {
            attempt,
            since: now,
            is_spent: false,
        };
        self.0.insert(text.clone(), code);
        text
    }
}

impl Tokens {
    pub(super) fn redeemed(&mut self, form: &Form, now: Timestamp) -> Result<Reply, Refusal> {
        form.is_public()?;
        let text = form.required("code")?;
        let redirect_uri = form.required("redirect_uri")?;
        let Some(code) = self.codes.0.get(text) else {
            let message = "The provided authorization code is invalid or malformed.";
            return Err(Refusal::new("invalid_grant", 70_000, message));
        };
        if code.is_spent {
            return Err(already_redeemed());
        }
        if now.duration_since(code.since) >= LIFE {
            let message = "The provided authorization code or refresh token has expired due to inactivity. \
                           Send a new interactive authorization request for this user and resource.";
            return Err(Refusal::new("invalid_grant", 70_008, message));
        }
        let attempt = code.attempt.clone();
        if redirect_uri != attempt.redirect_uri {
            let message = format!(
                "The reply address '{redirect_uri}' does not match the reply address '{}' provided when requesting \
                 the authorization code.",
                attempt.redirect_uri
            );
            return Err(Refusal::new("invalid_grant", 50_011, message));
        }
        let verifier = form.optional("code_verifier").unwrap_or_default();
        if !is_verifier(verifier) || hash(verifier) != attempt.challenge {
            let message = "The Code_Verifier does not match the code_challenge supplied in the authorization request.";
            return Err(Refusal::new("invalid_grant", 501_481, message));
        }
        if let Some(scope) = form.optional("scope")
            && self.asked_by_scope(scope)?.audience != attempt.asked.audience
        {
            let message = "The provided value for the input parameter 'scope' is not valid when requesting an access token \
                           with this authorization code: it names another resource.";
            return Err(Refusal::new("invalid_scope", 28_002, message));
        }
        let grant = Grant {
            proof: Proof::Person,
            met: self.challenges.met_by(attempt.claims.as_ref()),
        };
        let nonce = attempt.nonce.as_deref();
        let reply = self.signed_in(&attempt.asked, grant, nonce, Version::Two, now)?;
        if let Some(code) = self.codes.0.get_mut(text) {
            code.is_spent = true;
        }
        Ok(reply)
    }
}

pub(super) fn already_redeemed() -> Refusal {
    let message = "OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token.";
    Refusal::new("invalid_grant", 54_005, message)
}

fn is_verifier(text: &str) -> bool {
    (43..=128).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte))
}

/// BASE64URL(SHA256(verifier)), as RFC 7636 has it.
fn hash(verifier: &str) -> String {
    jwt::encoded(digest::digest(&digest::SHA256, verifier.as_bytes()).as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_that_of_the_standard() {
        assert_eq!(
            hash("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        );
    }

    #[test]
    fn verifiers_have_their_length_and_alphabet() {
        for (text, expected) in [
            ("a".repeat(42), false),
            ("a".repeat(43), true),
            ("~.-_Z9".repeat(21), true),
            ("a".repeat(128), true),
            ("a".repeat(129), false),
            (format!("{}+", "a".repeat(50)), false),
            (format!("{}é", "a".repeat(50)), false),
        ] {
            assert_eq!(is_verifier(&text), expected, "{text}");
        }
    }
}
