//! Values nobody can guess, and their comparison.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest;
use ring::rand::SecureRandom as _;
use ring::rand::SystemRandom;
use zeroize::Zeroizing;

use crate::service::error::ServiceError;
use crate::service::secret::Secret;

/// 256 bits from the system, as 43 letters, digits, `-` and `_`.
pub(super) fn unguessable() -> Result<Secret, ServiceError> {
    let mut bytes = Zeroizing::new([0; 32]);
    fill(bytes.as_mut_slice())?;
    Ok(Secret::new(URL_SAFE_NO_PAD.encode(bytes.as_slice())))
}

/// A random GUID.
pub(super) fn guid() -> Result<String, ServiceError> {
    let mut bytes = [0; 16];
    fill(&mut bytes)?;
    Ok(guid_of(u128::from_be_bytes(bytes)))
}

/// These bits as a GUID of version 4.
pub(super) fn guid_of(bits: u128) -> String {
    format!(
        "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
        (bits >> 96) & 0xffff_ffff,
        (bits >> 80) & 0xffff,
        (bits >> 64) & 0x0fff,
        ((bits >> 48) & 0x3fff) | 0x8000,
        bits & 0xffff_ffff_ffff
    )
}

/// BASE64URL(SHA-256) without padding: the challenge of PKCE, a thumbprint.
pub(super) fn sha256(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, bytes))
}

/// Compares without telling by its time where the two begin to differ.
pub(super) fn same(one: &str, other: &str) -> bool {
    let one = digest::digest(&digest::SHA256, one.as_bytes());
    let other = digest::digest(&digest::SHA256, other.as_bytes());
    let pairs = one.as_ref().iter().zip(other.as_ref());
    pairs.fold(0, |differ, (one, other)| differ | (one ^ other)) == 0
}

fn fill(bytes: &mut [u8]) -> Result<(), ServiceError> {
    SystemRandom::new()
        .fill(bytes)
        .map_err(|_unspecified| ServiceError::SignInRefused {
            words: "the system gives no random numbers, without which no sign-in is safe"
                .to_owned(),
            remedy: None,
        })
}

#[cfg(test)]
mod tests {
    #![expect(
        clippy::unwrap_used,
        reason = "a test that cannot read its input has failed"
    )]

    use super::*;

    #[test]
    fn the_challenge_is_that_of_rfc_7636() {
        assert_eq!(
            sha256(b"dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        );
    }

    #[test]
    fn each_value_is_another_and_long_enough_for_a_verifier() {
        let (one, other) = (unguessable().unwrap(), unguessable().unwrap());
        assert_eq!(one.expose().len(), 43);
        assert!(!same(one.expose(), other.expose()));
        assert!(same(one.expose(), one.clone().expose()));
        assert!(!same("", "a") && same("", ""));
        let guid = guid().unwrap();
        assert_eq!((guid.len(), guid.get(14..15)), (36, Some("4")));
    }
}
