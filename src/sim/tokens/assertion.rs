//! Client assertions: an application proves itself with the key of a certificate that
//! was registered for it.
//!
//! Checks what Entra checks, and two things more: only `PS256` is taken, and no
//! assertion twice.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use ring::digest;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use serde_json::Value as Json;
use webpki::EndEntityCert;
use webpki::ring::RSA_PSS_2048_8192_SHA256_LEGACY_KEY;

use crate::sim::entra::Refusal;
use crate::sim::jwt;
use crate::sim::tokens::Tokens;
use crate::sim::tokens::endpoint::Form;

const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// How far the clocks may be apart.
const SKEW_SECONDS: f64 = 300.0;
const LONGEST_LIFE_SECONDS: f64 = 600.0;

/// The certificates of the registration, by thumbprint, and the assertions seen.
#[derive(Default)]
pub(super) struct Certificates {
    known: HashMap<String, CertificateDer<'static>>,
    /// The `jti` of each, and when it expires.
    seen: HashMap<String, f64>,
}

impl Tokens {
    /// Registers the first certificate in this PEM text; its SHA-256 thumbprint as it
    /// stands in an assertion, or nothing if there is none that can be read.
    pub(crate) fn register_certificate(&mut self, pem: &str) -> Option<String> {
        let certificate = CertificateDer::from_pem_slice(pem.as_bytes()).ok()?;
        EndEntityCert::try_from(&certificate).ok()?;
        let thumbprint = jwt::encoded(digest::digest(&digest::SHA256, &certificate).as_ref());
        self.certificates
            .known
            .insert(thumbprint.clone(), certificate);
        Some(thumbprint)
    }

    /// Whether the assertion of this form proves the application, at this endpoint.
    pub(super) fn proven(
        &mut self,
        form: &Form,
        endpoint: &str,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        if form.required("client_assertion_type")? != TYPE {
            let message = format!("The value of 'client_assertion_type' must be '{TYPE}'.");
            return Err(Refusal::new("invalid_request", 90_023, message));
        }
        let assertion = form.required("client_assertion")?;
        let claims = self.certificates.signed(assertion)?;
        let text = |name: &str| claims.get(name).and_then(Json::as_str).unwrap_or_default();
        for name in ["iss", "sub"] {
            if text(name) != self.account.client_id {
                let message = format!(
                    "Client assertion application identifier doesn't match 'client_id' parameter: '{name}' is '{}'.",
                    text(name)
                );
                return Err(Refusal::new("invalid_client", 700_021, message));
            }
        }
        if text("aud") != endpoint {
            let message = format!(
                "Client assertion audience claim does not match Realm issuer: '{}' instead of '{endpoint}'.",
                text("aud")
            );
            return Err(Refusal::new("invalid_client", 700_023, message));
        }
        let expires = in_time(&claims, now)?;
        self.certificates.not_seen_yet(text("jti"), expires, now)
    }
}

impl Certificates {
    /// The claims of an assertion, if a registered certificate's key has signed it.
    fn signed(&self, assertion: &str) -> Result<Json, Refusal> {
        let (signed, signature) = assertion.rsplit_once('.').ok_or_else(malformed)?;
        let (header, payload) = signed.split_once('.').ok_or_else(malformed)?;
        let header = part(header)?;
        let text = |name: &str| header.get(name).and_then(Json::as_str).unwrap_or_default();
        if text("typ") != "JWT" {
            return Err(malformed());
        }
        if text("alg") != "PS256" {
            let reason = format!("'alg' is '{}', 'PS256' is required", text("alg"));
            return Err(bad_signature(&reason));
        }
        let thumbprint = text("x5t#S256");
        let Some(certificate) = self.known.get(thumbprint) else {
            let reason =
                format!("The key was not found., Thumbprint of key used by client: '{thumbprint}'");
            return Err(bad_signature(&reason));
        };
        let signature = URL_SAFE_NO_PAD
            .decode(signature)
            .map_err(|_not_base64url| malformed())?;
        EndEntityCert::try_from(certificate)
            .and_then(|certificate| {
                certificate.verify_signature(
                    RSA_PSS_2048_8192_SHA256_LEGACY_KEY,
                    signed.as_bytes(),
                    &signature,
                )
            })
            .map_err(|_no_match| {
                bad_signature("The key used to sign does not match the registered certificate")
            })?;
        part(payload)
    }

    fn not_seen_yet(&mut self, jti: &str, expires: f64, now: Timestamp) -> Result<(), Refusal> {
        if jti.is_empty() {
            return Err(malformed());
        }
        let now = seconds(now);
        self.seen.retain(|_, expires| *expires + SKEW_SECONDS > now);
        if self.seen.insert(jti.to_owned(), expires).is_none() {
            return Ok(());
        }
        let message = format!("JWT token is invalid: the assertion '{jti}' was presented before.");
        Err(Refusal::new("invalid_client", 50_027, message))
    }
}

/// When the assertion expires, if it is neither too old, too young nor too long.
fn in_time(claims: &Json, now: Timestamp) -> Result<f64, Refusal> {
    let number = |name: &str| claims.get(name).and_then(Json::as_f64);
    let out_of_time = |reason: &str| {
        let message = format!(
            "Client assertion is not within its valid time range: {reason}. Current time: {now}."
        );
        Refusal::new("invalid_client", 700_024, message)
    };
    let (Some(starts), Some(expires)) = (number("nbf"), number("exp")) else {
        return Err(out_of_time("'nbf' and 'exp' are required"));
    };
    let now = seconds(now);
    if starts > now + SKEW_SECONDS {
        return Err(out_of_time("'nbf' is in the future"));
    }
    if expires <= now - SKEW_SECONDS {
        return Err(out_of_time("'exp' is in the past"));
    }
    if expires <= starts || expires - starts > LONGEST_LIFE_SECONDS {
        return Err(out_of_time("it has to last between 0 and 10 minutes"));
    }
    Ok(expires)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "seconds of this era fit a double"
)]
fn seconds(time: Timestamp) -> f64 {
    time.as_second() as f64
}

/// One of the first two parts, which are JSON objects.
fn part(text: &str) -> Result<Json, Refusal> {
    let bytes = URL_SAFE_NO_PAD
        .decode(text)
        .map_err(|_not_base64url| malformed())?;
    serde_json::from_slice::<Json>(&bytes)
        .ok()
        .filter(Json::is_object)
        .ok_or_else(malformed)
}

fn malformed() -> Refusal {
    let message = "JWT token is invalid or malformed.";
    Refusal::new("invalid_client", 50_027, message)
}

fn bad_signature(reason: &str) -> Refusal {
    let message = format!("Client assertion failed signature validation. [Reason - {reason}.]");
    Refusal::new("invalid_client", 700_027, message)
}
