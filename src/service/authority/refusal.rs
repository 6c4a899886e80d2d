//! A request for a token that brought none: a no with its reason, or a failure.

use jiff::Timestamp;

use crate::service::authority::remedies;
use crate::service::authority::remedies::Remedy;
use crate::service::error::ServiceError;
use crate::service::secret::Secret;
use crate::wire::problem::SignInProblem;

/// Where `invalid_grant` is all that is said: no consent, an API that is not in the
/// registration, unknown or switched off in the tenant. A number that is not here is
/// taken for the end of the session, and a sign-in tells.
const NOT_CONSENTED: [u64; 10] = [
    65_001, 65_002, 650_052, 650_056, 650_057, 90_008, 90_094, 90_095, 50_001, 500_011,
];

/// Why a request for a token brought none.
pub(in crate::service) enum Setback {
    /// The sign-in service said no, and why.
    Refused(Refusal),
    /// Anything else.
    Failed(ServiceError),
}

/// What the sign-in service said.
pub(in crate::service) struct Refusal {
    pub(in crate::service) problem: SignInProblem,
    /// The sign-in service's clock.
    pub(in crate::service) date: Option<Timestamp>,
}

impl Refusal {
    pub(super) const fn of(problem: SignInProblem) -> Self {
        Self {
            problem,
            date: None,
        }
    }

    /// A refresh token so refused is worth nothing any more. Anything else is the
    /// configuration's fault, and the token will be good once that is mended.
    pub(in crate::service) fn spends_refresh_token(&self) -> bool {
        matches!(
            self.problem.error.as_str(),
            "invalid_grant" | "interaction_required" | "login_required" | "consent_required"
        )
    }

    /// It is about what was asked for, an API that is unknown or not consented to, and
    /// says nothing of whoever asked: their session is as good as before.
    pub(in crate::service) fn is_about_the_api(&self) -> bool {
        let problem = &self.problem;
        let errors = ["consent_required", "invalid_resource", "invalid_scope"];
        errors.contains(&problem.error.as_str())
            || problem.suberror == "consent_required"
            || problem
                .codes
                .iter()
                .any(|code| NOT_CONSENTED.contains(code))
    }

    /// What the next sign-in has to prove.
    pub(in crate::service) fn claims(&self) -> Option<Secret> {
        self.problem.claims.clone().map(Secret::new)
    }

    /// For those who cannot do anything but change something.
    pub(in crate::service) fn refused(&self) -> ServiceError {
        ServiceError::SignInRefused {
            words: self.words(),
            remedy: self.remedy(),
        }
    }

    /// For those whom a person can help by signing in.
    pub(in crate::service) fn needs_sign_in(&self) -> ServiceError {
        ServiceError::SignInNeeded {
            words: self.words(),
            remedy: self.remedy(),
        }
    }

    /// The service's words with what support asks for.
    fn words(&self) -> String {
        let problem = &self.problem;
        let words = if problem.description.is_empty() {
            &problem.error
        } else {
            &problem.description
        };
        let correlation = match problem.correlation_id.as_str() {
            "" => String::new(),
            id => format!("correlation id {id}"),
        };
        let told: Vec<&str> = [correlation.as_str(), &problem.timestamp]
            .into_iter()
            .filter(|told| !told.is_empty())
            .collect();
        if told.is_empty() {
            words.clone()
        } else {
            format!("{words} ({})", told.join(", "))
        }
    }

    fn remedy(&self) -> Option<String> {
        remedies::remedy(&self.problem).map(Remedy::words)
    }
}

impl From<ServiceError> for Setback {
    fn from(error: ServiceError) -> Self {
        Self::Failed(error)
    }
}

impl From<Setback> for ServiceError {
    fn from(setback: Setback) -> Self {
        match setback {
            Setback::Refused(refusal) => refusal.refused(),
            Setback::Failed(error) => error,
        }
    }
}

/// A second token is asked for with what the sign-in brought, and that is not there.
pub(in crate::service) fn no_refresh_token() -> ServiceError {
    ServiceError::SignInRefused {
        words: "the sign-in brought no refresh token, and a second token is asked for with one"
            .to_owned(),
        remedy: Some("sign in again, and have `offline_access` permitted".to_owned()),
    }
}

/// A method that needs a person, without one.
pub(in crate::service) fn nobody_signed_in() -> ServiceError {
    ServiceError::SignInNeeded {
        words: "nobody is signed in".to_owned(),
        remedy: Some("sign in with a browser or a device code".to_owned()),
    }
}
