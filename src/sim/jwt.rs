//! The text of a token: three parts, with the claims of a v1.0 access token for
//! Defender for Endpoint, or those of an ID token.
//!
//! Only the shape of a signature: the third part is random bytes. Nobody can check
//! these tokens, and no client is supposed to.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use fastrand::Rng;
use jiff::Timestamp;

use crate::sim::json::Object;
use crate::sim::options::Account;

/// Who holds a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holder {
    User,
    Application,
}

/// What was shown to get a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Proof {
    Password,
    /// A person at a browser, with a second factor.
    Person,
    Secret,
    Certificate,
}

impl Proof {
    pub(crate) fn holder(self) -> Holder {
        match self {
            Self::Password | Self::Person => Holder::User,
            Self::Secret | Self::Certificate => Holder::Application,
        }
    }

    /// How the person proved to be one.
    fn methods(self) -> &'static [&'static str] {
        match self {
            Self::Person => &["pwd", "mfa"],
            Self::Password | Self::Secret | Self::Certificate => &["pwd"],
        }
    }

    /// How the application proved to be itself.
    fn client_class(self) -> &'static str {
        match self {
            Self::Password | Self::Person => "0",
            Self::Secret => "1",
            Self::Certificate => "2",
        }
    }
}

/// What a token says.
pub(crate) struct Claims<'a> {
    pub(crate) account: &'a Account,
    pub(crate) proof: Proof,
    pub(crate) audience: &'a str,
    pub(crate) permissions: &'a [String],
    pub(crate) now: Timestamp,
    pub(crate) expires: Timestamp,
}

/// The key nobody has.
const KEY: &str = "nOo3ZDrODXEK1jKWhXslHR_KXEg";
/// Who signs in here.
pub(crate) const PERSON: &str = "Ada Moreau";
const PERSON_ID: &str = "5d0c7c39-1f0e-4f0a-9d2f-8f6f0f6a2b11";

/// How far Entra dates `iat` and `nbf` back.
pub(crate) const BACK_DATED_SECONDS: i64 = 300;

/// A token that can be decoded.
pub(crate) fn signed(claims: &Claims<'_>, rng: &mut Rng) -> String {
    let header = Object::new()
        .field("typ", "JWT")
        .field("alg", "RS256")
        .field("x5t", KEY)
        .field("kid", KEY)
        .end();
    let payload = payload(claims, rng);
    joined(&header, &payload, rng)
}

/// An ID token: who signed in, for the client that asked. It lives for an hour.
pub(crate) fn identity(
    account: &Account,
    nonce: Option<&str>,
    now: Timestamp,
    rng: &mut Rng,
) -> String {
    let header = Object::new()
        .field("typ", "JWT")
        .field("alg", "RS256")
        .field("kid", KEY)
        .end();
    let back_dated = now.as_second() - BACK_DATED_SECONDS;
    let mut payload = Object::new()
        .field("aud", &account.client_id)
        .field(
            "iss",
            format!("{}/{}/v2.0", account.authority, account.tenant),
        )
        .field("iat", back_dated)
        .field("nbf", back_dated)
        .field("exp", now.as_second() + 3600)
        .field("name", PERSON);
    if let Some(nonce) = nonce {
        payload = payload.field("nonce", nonce);
    }
    let payload = payload
        .field("oid", PERSON_ID)
        .field("preferred_username", &account.username)
        .field("rh", format!("1.{}.", random(rng, 40)))
        .field("sub", "tQ4vWm1kXn0jG3cZ8sRyLbPfHdUeJoTiAaKqMzYwB2x")
        .field("tid", &account.tenant)
        .field("uti", random(rng, 16))
        .field("ver", "2.0")
        .end();
    joined(&header, &payload, rng)
}

fn joined(header: &str, payload: &str, rng: &mut Rng) -> String {
    format!(
        "{}.{}.{}",
        encoded(header.as_bytes()),
        encoded(payload.as_bytes()),
        random(rng, 256)
    )
}

/// A token that cannot: Microsoft says clients must not mind.
pub(crate) fn opaque(rng: &mut Rng) -> String {
    format!("EwB{}", random(rng, 900))
}

/// Random bytes as base64url text.
pub(crate) fn random(rng: &mut Rng, length: usize) -> String {
    let bytes: Vec<u8> = (0..length).map(|_| rng.u8(..)).collect();
    encoded(&bytes)
}

/// A random GUID of version 4.
pub(crate) fn guid(rng: &mut Rng) -> String {
    format!(
        "{:08x}-{:04x}-4{:03x}-{:x}{:03x}-{:012x}",
        rng.u32(..),
        rng.u16(..),
        rng.u16(..0x1000),
        rng.u8(8..12),
        rng.u16(..0x1000),
        rng.u64(..0x1_0000_0000_0000)
    )
}

/// Bytes as base64url without padding, as all of OAuth wants them.
pub(crate) fn encoded(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn payload(claims: &Claims<'_>, rng: &mut Rng) -> String {
    let Claims {
        account,
        proof,
        audience,
        permissions,
        now,
        expires,
    } = claims;
    let back_dated = now.as_second() - BACK_DATED_SECONDS;
    let issuer = format!("https://sts.windows.net/{}/", account.tenant);
    let base = Object::new()
        .field("aud", audience)
        .field("iss", &issuer)
        .field("iat", back_dated)
        .field("nbf", back_dated)
        .field("exp", expires.as_second());
    let (aio, rh, uti) = (
        random(rng, 60),
        format!("1.{}.", random(rng, 40)),
        random(rng, 16),
    );
    match proof.holder() {
        Holder::User => base
            .field("acr", "1")
            .field("aio", aio)
            .field("amr", proof.methods())
            .field("app_displayname", "vigie (simulated)")
            .field("appid", &account.client_id)
            .field("appidacr", proof.client_class())
            .field("family_name", "Moreau")
            .field("given_name", "Ada")
            .field("idp", &issuer)
            .field("ipaddr", "203.0.113.77")
            .field("name", PERSON)
            .field("oid", PERSON_ID)
            .field("puid", "100320020B7C9E5F")
            .field("rh", rh)
            .field("scp", permissions.join(" "))
            .field("sub", "pW3mYq8VYyD2sQkJ0aXvZr5TnU7bLcEoFhGiHjKlMn4")
            .field("tenant_region_scope", "EU")
            .field("tid", &account.tenant)
            .field("unique_name", &account.username)
            .field("upn", &account.username)
            .field("uti", uti)
            .field("ver", "1.0")
            // Security Operator, then the role every member has.
            .field(
                "wids",
                [
                    "5f2222b1-57c3-48ba-8ad5-d4759f1fde6f",
                    "b79fbf4d-3ef9-4689-8143-76b194e85509",
                ],
            )
            .field("xms_ftd", random(rng, 32))
            .field("xms_idrel", "1 12")
            .field("xms_tcdt", 1_412_206_840),
        Holder::Application => base
            .field("aio", aio)
            .field("app_displayname", "vigie (simulated)")
            .field("appid", &account.client_id)
            .field("appidacr", proof.client_class())
            .field("idp", &issuer)
            .field("oid", "c2a4b0de-7a58-4f9e-8a5c-3f1f6f0f7d42")
            .field("rh", rh)
            .field("roles", permissions)
            .field("sub", "c2a4b0de-7a58-4f9e-8a5c-3f1f6f0f7d42")
            .field("tenant_region_scope", "EU")
            .field("tid", &account.tenant)
            .field("uti", uti)
            .field("ver", "1.0"),
    }
    .end()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_decodes_to_its_claims() {
        let account = Account::at("http://a");
        let claims = Claims {
            account: &account,
            proof: Proof::Password,
            audience: "aud-1",
            permissions: &[String::from("Alert.Read"), String::from("Machine.Read")],
            now: Timestamp::from_second(1000).unwrap_or_default(),
            expires: Timestamp::from_second(4600).unwrap_or_default(),
        };
        let token = signed(&claims, &mut Rng::with_seed(1));
        let parts: Vec<Vec<u8>> = token
            .split('.')
            .filter_map(|part| URL_SAFE_NO_PAD.decode(part).ok())
            .collect();
        assert_eq!(parts.len(), 3);
        assert_eq!(parts.get(2).map(Vec::len), Some(256));
        let payload: serde_json::Value =
            serde_json::from_slice(parts.get(1).map_or(&[], Vec::as_slice)).unwrap_or_default();
        let seconds = |name: &str| payload.get(name).and_then(serde_json::Value::as_i64);
        assert_eq!((seconds("iat"), seconds("exp")), (Some(700), Some(4600)));
        assert_eq!(
            payload.get("scp").and_then(|scp| scp.as_str()),
            Some("Alert.Read Machine.Read")
        );
    }

    #[test]
    fn guids_have_their_shape() {
        let guid = guid(&mut Rng::with_seed(7));
        let lengths: Vec<usize> = guid.split('-').map(str::len).collect();
        assert_eq!(lengths, [8, 4, 4, 4, 12]);
    }
}
