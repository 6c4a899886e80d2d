//! What went wrong, as data for the screen and for decisions.

use jiff::SignedDuration;
use thiserror::Error;

/// What a decision needs to know about a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureKind {
    /// The token was refused (401) or is known to be expired.
    Unauthorized,
    /// 403: the token or the person lacks a permission.
    Forbidden,
    /// 404.
    NotFound,
    /// 429: come back later.
    Throttled,
    /// Any other 4xx: asking again changes nothing.
    Rejected,
    /// No answer, a broken one, or a 5xx: asking again may help.
    Unreachable,
    /// A proxy or a certificate stands in the way: asking again at once changes nothing,
    /// and in the end somebody may have mended it.
    Obstructed,
    /// An answer that cannot be read.
    Malformed,
    /// A link or redirect that would have taken the token elsewhere.
    ForeignLink,
    /// Sign-in was refused for good: asking the same again changes nothing.
    SignInRefused,
    /// A file or setting cannot be used as it is.
    Misconfigured,
    /// There is no session, or it was ended: a person has to sign in.
    SignInNeeded,
}

/// One failure, in one sentence, perhaps with a remedy and a delay.
#[derive(Debug, Clone, PartialEq, Error)]
#[error("{sentence}")]
pub struct Failure {
    pub kind: FailureKind,
    /// Lowercase phrase without a final stop: what failed and why. Harmless to print.
    pub sentence: String,
    /// What to do now.
    pub remedy: Option<String>,
    /// How long the service asked us to wait.
    pub retry_after: Option<SignedDuration>,
    /// The service's id of the request, for whoever has to ask Microsoft.
    pub request: Option<String>,
}

impl Failure {
    /// A failure with nothing beside its sentence.
    pub fn new(kind: FailureKind, sentence: impl Into<String>) -> Self {
        Self {
            kind,
            sentence: sentence.into(),
            remedy: None,
            retry_after: None,
            request: None,
        }
    }

    /// The same with what to do about it.
    #[must_use]
    pub fn with_remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }

    /// Trying the same again later may succeed without anyone acting.
    pub const fn is_passing(&self) -> bool {
        matches!(
            self.kind,
            FailureKind::Throttled | FailureKind::Unreachable | FailureKind::Malformed
        )
    }
}
