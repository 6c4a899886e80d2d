//! Who is trusted: the judgement is the system's, and what is added is whose
//! certificate was refused and why.
//!
//! Nothing the system refuses is accepted here. The certificate is looked at during
//! the one handshake there is, so proxies and names need no second one.

use std::error::Error;
use std::io;
use std::sync::Arc;

use jiff::Timestamp;
use rustls::CertificateError;
use rustls::ClientConfig;
use rustls::DigitallySignedStruct;
use rustls::OtherError;
use rustls::SignatureScheme;
use rustls::client::danger::HandshakeSignatureValid;
use rustls::client::danger::ServerCertVerified;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::ServerName;
use rustls::pki_types::UnixTime;
use rustls::version::TLS12;
use rustls::version::TLS13;
use rustls_platform_verifier::Verifier;

use crate::service::certificate;
use crate::service::certificate::Issuer;
use crate::wire::problem::harmless;

/// TLS 1.2 and later, with the system's certificates and `more`.
pub(super) fn config(more: Vec<CertificateDer<'static>>) -> Result<ClientConfig, rustls::Error> {
    let provider = Arc::new(ring::default_provider());
    let system = if more.is_empty() {
        Verifier::new(Arc::clone(&provider))?
    } else {
        Verifier::new_with_extra_roots(more, Arc::clone(&provider))?
    };
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&TLS13, &TLS12])?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Witness { system }))
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

/// Asks the system, and notes whose certificate it refused.
#[derive(Debug)]
struct Witness<V> {
    system: V,
}

impl<V: ServerCertVerifier> ServerCertVerifier for Witness<V> {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let judged = self.system.verify_server_cert(
            end_entity,
            intermediates,
            server_name,
            ocsp_response,
            now,
        );
        judged.map_err(|error| match error {
            rustls::Error::InvalidCertificate(reason) => {
                let others = intermediates.iter().map(AsRef::as_ref);
                let refusal = Distrust {
                    host: harmless(&server_name.to_str()),
                    issuer: certificate::issuer(end_entity, others),
                    flaw: flaw(&reason),
                };
                CertificateError::Other(OtherError(Arc::new(refusal))).into()
            }
            other => other,
        })
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.system
            .verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.system
            .verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.system.supported_verify_schemes()
    }
}

/// A certificate that was refused. Every text in it is harmless.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{host}: certificate refused")]
pub(super) struct Distrust {
    pub(super) host: String,
    issuer: Issuer,
    flaw: Flaw,
}

/// What is wrong with a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Flaw {
    UnknownIssuer,
    Ended(Option<Timestamp>),
    NotYet(Option<Timestamp>),
    /// The names it is for.
    WrongName(Vec<String>),
    Revoked,
    /// An authority's own, which says that it is for no host.
    ForSigning,
    Other(String),
}

fn flaw(reason: &CertificateError) -> Flaw {
    let moment = |time: &UnixTime| {
        let seconds = i64::try_from(time.as_secs()).ok()?;
        Timestamp::from_second(seconds).ok()
    };
    match reason {
        CertificateError::UnknownIssuer => Flaw::UnknownIssuer,
        CertificateError::Expired => Flaw::Ended(None),
        CertificateError::ExpiredContext { not_after, .. } => Flaw::Ended(moment(not_after)),
        CertificateError::NotValidYet => Flaw::NotYet(None),
        CertificateError::NotValidYetContext { not_before, .. } => Flaw::NotYet(moment(not_before)),
        CertificateError::NotValidForName => Flaw::WrongName(Vec::new()),
        CertificateError::NotValidForNameContext { presented, .. } => {
            // Written as `DnsName("a.example")`.
            let bare = |name: &String| {
                let quoted = name.split('"').nth(1).unwrap_or(name);
                harmless(quoted)
            };
            Flaw::WrongName(presented.iter().take(3).map(bare).collect())
        }
        CertificateError::Revoked => Flaw::Revoked,
        CertificateError::Other(OtherError(inner))
            if inner.downcast_ref() == Some(&webpki::Error::CaUsedAsEndEntity) =>
        {
            Flaw::ForSigning
        }
        other => Flaw::Other(harmless(&other.to_string())),
    }
}

impl Distrust {
    /// What the host does, to be put behind its name.
    pub(super) fn why(&self) -> String {
        let whose = match &self.issuer {
            Issuer::Authority(name) => format!("a certificate of \"{name}\""),
            Issuer::Itself(name) => format!("a certificate signed by itself (\"{name}\")"),
            Issuer::Unknown => "a certificate of an unnamed issuer".to_owned(),
        };
        let on = |moment: &Option<Timestamp>| {
            let date = |moment: &Timestamp| format!(" on {}", moment.strftime("%F"));
            moment.as_ref().map(date).unwrap_or_default()
        };
        match &self.flaw {
            Flaw::UnknownIssuer => {
                format!("is presented by {whose}, which this machine does not trust")
            }
            Flaw::Ended(moment) => {
                format!("is presented by {whose} that ended{}", on(moment))
            }
            Flaw::NotYet(moment) => {
                format!(
                    "is presented by {whose} that does not begin before{}",
                    match on(moment) {
                        date if date.is_empty() => " later".to_owned(),
                        date => date.replacen(" on", "", 1),
                    }
                )
            }
            Flaw::WrongName(names) if names.is_empty() => {
                format!("is presented by {whose} that is for another host")
            }
            Flaw::WrongName(names) => {
                format!(
                    "is presented by {whose} that is for `{}` only",
                    names.join("`, `")
                )
            }
            Flaw::Revoked => format!("is presented by {whose} that was revoked"),
            Flaw::ForSigning => {
                format!("is presented by {whose} that is for signing others and not for a host")
            }
            Flaw::Other(words) => format!("is presented by {whose} that is refused ({words})"),
        }
    }

    /// What to do about it.
    pub(super) fn remedy(&self) -> String {
        const NAME_IT: &str =
            "in a PEM file and name it with --ca-file (`ca_file`, `VIGIE_CA_FILE`)";
        match (&self.flaw, &self.issuer) {
            (Flaw::UnknownIssuer, Issuer::Itself(_)) => format!(
                "if you know this host, have its certificate {NAME_IT}; else something answers in its place"
            ),
            (Flaw::UnknownIssuer, Issuer::Authority(_) | Issuer::Unknown) => {
                format!("have that authority's certificate {NAME_IT}")
            }
            (Flaw::Ended(_) | Flaw::NotYet(_), _) => {
                "check the clock of this machine; if it is right, whoever runs that host, or inspects its traffic, has to renew the certificate".to_owned()
            }
            (Flaw::WrongName(_), _) => {
                "check the address (`vigie config show`), and whether a proxy or a captive portal answers in its place".to_owned()
            }
            (Flaw::Revoked, _) => {
                "do not go on: tell whoever runs that host, or inspects its traffic".to_owned()
            }
            (Flaw::ForSigning, _) => {
                "whoever runs that host has to make it one without `CA:TRUE`, which openssl sets where nobody says otherwise".to_owned()
            }
            (Flaw::Other(_), _) => {
                "show this line to whoever runs that host, or inspects its traffic".to_owned()
            }
        }
    }
}

/// The refused certificate among the causes of an error.
pub(super) fn distrust<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a Distrust> {
    causes(error).find_map(|cause| match cause.downcast_ref()? {
        rustls::Error::InvalidCertificate(CertificateError::Other(OtherError(inner))) => {
            inner.downcast_ref()
        }
        _ => None,
    })
}

/// Whether the other side answered with something that is not TLS at all.
pub(super) fn is_no_tls(error: &(dyn Error + 'static)) -> bool {
    causes(error)
        .any(|cause| matches!(cause.downcast_ref(), Some(rustls::Error::InvalidMessage(_))))
}

/// An error and what caused it, down to the last.
pub(super) fn causes<'a>(
    error: &'a (dyn Error + 'static),
) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |cause| beneath(*cause))
}

fn beneath<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    // What an `io::Error` holds is not its source: that is one further down.
    match error
        .downcast_ref::<io::Error>()
        .and_then(io::Error::get_ref)
    {
        Some(held) => Some(held),
        None => error.source(),
    }
}
