//! Whole tokens, from the text to the checks.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod checks;
mod hostile;
mod vectors;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::DecodeError;
use super::DecodedToken;
use super::decode;

/// A token with this payload, signed by nobody.
fn token(payload: &str) -> String {
    written(br#"{"alg":"RS256"}"#, payload.as_bytes())
}

fn written(header: &[u8], payload: &[u8]) -> String {
    let header = URL_SAFE_NO_PAD.encode(header);
    let payload = URL_SAFE_NO_PAD.encode(payload);
    format!("{header}.{payload}.c2lnbmF0dXJl")
}

fn decoded(payload: &str) -> DecodedToken {
    decode(&token(payload)).unwrap()
}

fn refused(payload: &[u8]) -> DecodeError {
    decode(&written(br#"{"alg":"RS256"}"#, payload)).unwrap_err()
}

/// Names and values as a screen would show them.
fn shown(claims: &[super::Claim]) -> Vec<(String, String)> {
    claims
        .iter()
        .map(|claim| (claim.name.shown().into_owned(), claim.shown().into_owned()))
        .collect()
}
