//! What a call can fail with: what a caller can tell apart and act on.

use jiff::SignedDuration;
use thiserror::Error;

use crate::domain::failure::Failure;
use crate::domain::failure::FailureKind;
use crate::domain::session::TokenFacts;

/// A call to one of the services that did not work out. Texts are harmless to print.
#[derive(Debug, Error)]
pub enum ServiceError {
    /// Known to be expired: nothing was sent.
    #[error("the token expired and no new one came yet")]
    TokenExpired,
    #[error("the service refused the token (401{0})")]
    Unauthorized(String),
    #[error("the service refused permission (403{0})")]
    Forbidden(String),
    #[error("not found (404{0})")]
    NotFound(String),
    #[error("too many calls (429)")]
    Throttled { retry_after: Option<SignedDuration> },
    #[error("the service refused the request ({status}{words})")]
    Rejected { status: u16, words: String },
    #[error("{host} {why}")]
    Unreachable {
        host: String,
        why: String,
        retry_after: Option<SignedDuration>,
    },
    /// Something on the way that a person has to see to: a certificate nobody here
    /// trusts, a proxy that wants a password.
    #[error("{host} {why}")]
    Obstructed {
        host: String,
        why: String,
        remedy: String,
    },
    #[error("{0}")]
    Malformed(String),
    #[error("the answer is larger than {0} MiB and was not read")]
    TooLarge(usize),
    #[error(
        "the service redirected the call to `{0}`, which would have taken the token there: refused"
    )]
    Redirected(String),
    #[error("{words}")]
    SignInRefused {
        words: String,
        remedy: Option<String>,
    },
    /// A good token of another tenant, or for another API. Nothing of it is kept.
    #[error("{words}")]
    Foreign {
        words: String,
        facts: Box<TokenFacts>,
    },
    /// A file that sign-in needs cannot be used as it is.
    #[error("{words}")]
    Misconfigured {
        words: String,
        remedy: Option<String>,
    },
    /// What was pasted is no answer to this sign-in; another one may be.
    #[error("{words}")]
    WrongPaste {
        words: String,
        remedy: Option<String>,
    },
    /// Only a person can sign in, or the session was ended. Holds why.
    #[error("{words}")]
    SignInNeeded {
        words: String,
        remedy: Option<String>,
    },
}

impl From<ServiceError> for Failure {
    fn from(error: ServiceError) -> Self {
        let mut failure = Self::new(kind(&error), error.to_string());
        match error {
            ServiceError::Throttled { retry_after }
            | ServiceError::Unreachable { retry_after, .. } => failure.retry_after = retry_after,
            ServiceError::Foreign { .. } => {
                failure.remedy = Some(
                    "choose another account, or check `tenant` and `resource`; `vigie token` shows it"
                        .to_owned(),
                );
            }
            ServiceError::Forbidden(_) => {
                failure.remedy = Some(
                    "check that the token's `scp` holds Alert.Read, or on Graph SecurityAlert.Read.All (key t, or `vigie token`); if it does, your Defender role or device group lacks it"
                        .to_owned(),
                );
            }
            ServiceError::SignInRefused { remedy, .. }
            | ServiceError::Misconfigured { remedy, .. }
            | ServiceError::WrongPaste { remedy, .. }
            | ServiceError::SignInNeeded { remedy, .. } => failure.remedy = remedy,
            ServiceError::Obstructed { remedy, .. } => failure.remedy = Some(remedy),
            ServiceError::Unauthorized(_) => {
                failure.remedy =
                    Some("check the token's audience and tenant with `vigie token`".to_owned());
            }
            ServiceError::TokenExpired
            | ServiceError::NotFound(_)
            | ServiceError::Rejected { .. }
            | ServiceError::Malformed(_)
            | ServiceError::TooLarge(_)
            | ServiceError::Redirected(_) => {}
        }
        failure
    }
}

const fn kind(error: &ServiceError) -> FailureKind {
    match error {
        ServiceError::TokenExpired | ServiceError::Unauthorized(_) => FailureKind::Unauthorized,
        ServiceError::Forbidden(_) => FailureKind::Forbidden,
        ServiceError::NotFound(_) => FailureKind::NotFound,
        ServiceError::Throttled { .. } => FailureKind::Throttled,
        ServiceError::Rejected { .. } | ServiceError::WrongPaste { .. } => FailureKind::Rejected,
        ServiceError::Unreachable { .. } => FailureKind::Unreachable,
        ServiceError::Obstructed { .. } => FailureKind::Obstructed,
        ServiceError::Malformed(_) | ServiceError::TooLarge(_) => FailureKind::Malformed,
        ServiceError::Redirected(_) => FailureKind::ForeignLink,
        ServiceError::SignInRefused { .. } | ServiceError::Foreign { .. } => {
            FailureKind::SignInRefused
        }
        ServiceError::Misconfigured { .. } => FailureKind::Misconfigured,
        ServiceError::SignInNeeded { .. } => FailureKind::SignInNeeded,
    }
}
