//! Sign-in of the application itself with a certificate: `grant_type=client_credentials`
//! with an assertion signed by its key.
//!
//! The file is read anew each time, so that a renewed certificate is picked up. The
//! token has `roles` and sees the whole tenant, as with a client secret.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::SignedDuration;
use jiff::Timestamp;
use rustls::SignatureAlgorithm;
use rustls::SignatureScheme;
use rustls::crypto::ring::sign;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::sign::CertifiedKey;
use rustls::sign::SigningKey;
use serde_json::json;
use zeroize::Zeroize as _;
use zeroize::Zeroizing;

use crate::domain::text::shown;
use crate::service::authority::Authority;
use crate::service::authority::Endpoint;
use crate::service::authority::Granted;
use crate::service::authority::Refusal;
use crate::service::authority::Setback;
use crate::service::error::ServiceError;
use crate::service::random;
use crate::service::secret::Secret;

/// A certificate and its key have some KiB.
const LARGEST_FILE: u64 = 1024 * 1024;
/// Ten minutes are the most Entra asks for.
const ASSERTION_LIVES: SignedDuration = SignedDuration::from_mins(10);
/// Clocks that differ by more than this are why an assertion is refused.
const CLOCKS_MAY_DIFFER: SignedDuration = SignedDuration::from_mins(5);

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// A certificate with its key.
struct Identity {
    thumbprint: String,
    key: Arc<dyn SigningKey>,
}

impl Authority {
    /// Signs in at `now` by the service's clock as far as it is known. Where that turns
    /// out wrong, once more by the clock of the refusal.
    pub(super) async fn by_certificate(
        &self,
        path: &Path,
        now: Timestamp,
        claims: Option<&Secret>,
    ) -> Result<Granted, Setback> {
        let owned = path.to_owned();
        let identity = tokio::task::spawn_blocking(move || read(&owned))
            .await
            .unwrap_or_else(|panicked| std::panic::resume_unwind(panicked.into_panic()))
            .map_err(|why| ServiceError::Misconfigured {
                words: format!("`{}` {why}", shown(&path.display().to_string())),
                remedy: Some(
                    "it must be one PEM file with the certificate and its RSA private key, not encrypted"
                        .to_owned(),
                ),
            })?;
        match self.assert(&identity, now, claims).await {
            Err(Setback::Refused(refusal)) => match clock_to_blame(&refusal, now) {
                Some(theirs) => self.assert(&identity, theirs, claims).await,
                None => Err(Setback::Refused(refusal)),
            },
            answered => answered,
        }
    }

    async fn assert(
        &self,
        identity: &Identity,
        now: Timestamp,
        claims: Option<&Secret>,
    ) -> Result<Granted, Setback> {
        let audience = self.token_url(Endpoint::V2);
        let assertion = assertion(identity, &self.client_id, &audience, now)?;
        let scope = self.scope_of_an_application();
        let mut form = vec![
            ("client_id", self.client_id.as_str()),
            ("client_assertion_type", ASSERTION_TYPE),
            ("client_assertion", assertion.expose()),
            ("grant_type", "client_credentials"),
            ("scope", &scope),
        ];
        form.extend(claims.map(|claims| ("claims", claims.expose())));
        self.post(Endpoint::V2, &form).await
    }
}

/// The service's clock, where a refusal may be because ours is wrong.
fn clock_to_blame(refusal: &Refusal, used: Timestamp) -> Option<Timestamp> {
    let theirs = refusal.date?;
    let differ = theirs.duration_since(used).abs();
    let about_time = refusal.problem.codes.contains(&700_024);
    let worth_a_try =
        about_time || (refusal.problem.error == "invalid_client" && differ > CLOCKS_MAY_DIFFER);
    worth_a_try.then_some(theirs)
}

/// The signed JWT that stands for a secret.
fn assertion(
    identity: &Identity,
    client_id: &str,
    audience: &str,
    now: Timestamp,
) -> Result<Secret, ServiceError> {
    let header = json!({ "alg": "PS256", "typ": "JWT", "x5t#S256": identity.thumbprint });
    let payload = json!({
        "aud": audience,
        "iss": client_id,
        "sub": client_id,
        "jti": random::guid()?,
        "nbf": now.as_second(),
        "iat": now.as_second(),
        "exp": now.as_second() + ASSERTION_LIVES.as_secs(),
    });
    let part = |part: &serde_json::Value| URL_SAFE_NO_PAD.encode(part.to_string());
    let claims = Zeroizing::new(format!("{}.{}", part(&header), part(&payload)));
    let cannot = || ServiceError::Misconfigured {
        words: "the certificate's key cannot sign with RSA-PSS and SHA-256".to_owned(),
        remedy: Some("use an RSA key of 2048 bits or more".to_owned()),
    };
    let signer = identity
        .key
        .choose_scheme(&[SignatureScheme::RSA_PSS_SHA256]);
    let signature = signer
        .ok_or_else(cannot)?
        .sign(claims.as_bytes())
        .map_err(|_no_reason_given| cannot())?;
    Ok(Secret::new(format!(
        "{}.{}",
        *claims,
        URL_SAFE_NO_PAD.encode(signature)
    )))
}

/// Reads certificate and key. The error says what the file is or lacks, never what is
/// in it.
fn read(path: &Path) -> Result<Identity, String> {
    let mut pem = Zeroizing::new(Vec::new());
    File::open(path)
        .and_then(|file| file.take(LARGEST_FILE).read_to_end(&mut pem))
        .map_err(|error| format!("cannot be read ({error})"))?;
    // The two ways to write it, one in the title and one below it.
    let encrypted = ["BEGIN ENCRYPTED", "Proc-Type: 4,ENCRYPTED"];
    if encrypted
        .iter()
        .any(|mark| memchr::memmem::find(&pem, mark.as_bytes()).is_some())
    {
        return Err("holds an encrypted private key, which cannot be used".to_owned());
    }
    let certificates: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(&pem)
        .collect::<Result<_, _>>()
        .map_err(|_may_quote_the_key| "is no PEM file, or a damaged one".to_owned())?;
    if certificates.is_empty() {
        return Err("holds no certificate".to_owned());
    }
    let mut der = PrivateKeyDer::from_pem_slice(&pem)
        .map_err(|_may_quote_the_key| "holds no private key".to_owned())?;
    let key = sign::any_supported_type(&der);
    der.zeroize();
    let key = key.map_err(|_may_quote_the_key| {
        "holds a private key that cannot be read, or of a kind that is not known".to_owned()
    })?;
    if key.algorithm() != SignatureAlgorithm::RSA {
        return Err(
            "holds a private key that is not an RSA key, which Entra does not take".to_owned(),
        );
    }
    // A chain may stand in the file, in any order.
    let own = certificates.into_iter().find(|certificate| {
        CertifiedKey::new(vec![certificate.clone()], Arc::clone(&key))
            .keys_match()
            .is_ok()
    });
    let Some(certificate) = own else {
        return Err("holds a private key that does not belong to its certificate".to_owned());
    };
    Ok(Identity {
        thumbprint: random::sha256(&certificate),
        key,
    })
}
