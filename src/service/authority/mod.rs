//! Gets tokens: one file for each way to sign in.
//!
//! So far there are [`password`], the flow of Microsoft's tutorial, and
//! [`client_secret`], for an application without a user, and [`command`], where another
//! program hands over the token. Whatever the way, a renewal uses the refresh token when
//! one was given ([`refresh`]). Secrets come from a [`source`]; [`remedies`] says what a
//! refusal means.

pub mod client_secret;
pub mod command;
pub mod password;
pub mod refresh;
pub mod remedies;
pub mod source;

use jiff::SignedDuration;
use jiff::Timestamp;
use reqwest::StatusCode;
use reqwest::header;

use crate::service::error::ServiceError;
use crate::service::http;
use crate::service::http::Answer;
use crate::service::http::Http;
use crate::service::secret::Secret;
use crate::service::token_reply;
use crate::service::token_reply::TokenReply;
use crate::wire::problem;

pub use password::PasswordSignIn;
pub use source::SecretSource;

/// How a person or a program signs in.
#[derive(Debug, Clone)]
pub enum Method {
    Password(PasswordSignIn),
    ClientSecret(SecretSource),
    /// A program that prints a finished token, and its arguments.
    Command(Vec<String>),
}

/// The sign-in service of one tenant.
#[derive(Debug, Clone)]
pub struct Authority {
    http: Http,
    token_url: String,
    /// The same of the v2 endpoint, which asks for scopes instead of a resource.
    token_url_v2: String,
    host: String,
    client_id: String,
    /// The audience the token is asked for.
    resource: String,
    method: Method,
}

/// A token and what came with it.
#[derive(Debug)]
pub struct Granted {
    pub reply: TokenReply,
    /// The sign-in service's clock.
    pub date: Option<Timestamp>,
}

/// Largest answer read: tokens have a few KiB.
const LARGEST_ANSWER: usize = 256 * 1024;

impl Authority {
    /// `authority` is the URL without the tenant, without a slash at its end.
    pub fn new(
        http: Http,
        authority: &str,
        tenant: &str,
        client_id: &str,
        resource: &str,
        method: Method,
    ) -> Self {
        Self {
            http,
            token_url: format!("{authority}/{tenant}/oauth2/token"),
            token_url_v2: format!("{authority}/{tenant}/oauth2/v2.0/token"),
            host: host_of(authority),
            client_id: client_id.to_owned(),
            resource: resource.to_owned(),
            method,
        }
    }

    /// Gets a token: by the refresh token if there is one, else by signing in.
    ///
    /// The second value tells that the refresh token was refused and is spent.
    pub async fn request_token(
        &self,
        refresh_token: Option<&Secret>,
        now: Timestamp,
    ) -> (Result<Granted, ServiceError>, RefreshToken) {
        if let Some(token) = refresh_token {
            match self
                .post(&self.token_url, &refresh::form(self, token))
                .await
            {
                Err(ServiceError::SignInRefused { .. }) => {}
                answered => return (answered, RefreshToken::StillGood),
            }
            // The password is in our hands anyway: a refused refresh token ends nothing.
            return (self.sign_in(now).await, RefreshToken::Spent);
        }
        (self.sign_in(now).await, RefreshToken::StillGood)
    }

    async fn sign_in(&self, now: Timestamp) -> Result<Granted, ServiceError> {
        match &self.method {
            Method::Password(sign_in) => {
                let password = sign_in.source.read().await?;
                self.post(&self.token_url, &sign_in.form(self, &password))
                    .await
            }
            Method::ClientSecret(source) => {
                let secret = source.read().await?;
                let scope = client_secret::scope(self);
                let form = client_secret::form(self, &scope, &secret);
                self.post(&self.token_url_v2, &form).await
            }
            Method::Command(arguments) => Ok(Granted {
                reply: command::token(arguments, now).await?,
                date: None,
            }),
        }
    }

    /// Posts a form, every value encoded by the form encoder.
    async fn post(&self, url: &str, form: &[(&str, &str)]) -> Result<Granted, ServiceError> {
        let request = self
            .http
            .client_for(url)
            .await?
            .post(url)
            .header(header::ACCEPT, "application/json")
            .header("client-request-id", request_id())
            .form(form);
        let answer = self.http.send(request, LARGEST_ANSWER).await?;
        if answer.status.is_success() {
            let reply = token_reply::read(&answer.body)
                .map_err(|sentence| self.unreadable(&answer, sentence))?;
            return Ok(Granted {
                date: answer.date(),
                reply,
            });
        }
        Err(self.refusal(&answer))
    }

    /// A proxy's page, or an OAuth error that came with status 200.
    fn unreadable(&self, answer: &Answer, sentence: &str) -> ServiceError {
        if problem::read_sign_in(&answer.body).is_some() {
            return self.refusal(answer);
        }
        ServiceError::Unreachable {
            host: self.host.clone(),
            why: format!("answered oddly: {sentence}"),
            retry_after: None,
        }
    }

    fn refusal(&self, answer: &Answer) -> ServiceError {
        let passing = |why: String| ServiceError::Unreachable {
            host: self.host.clone(),
            why,
            retry_after: answer.retry_after(),
        };
        if answer.status == StatusCode::TOO_MANY_REQUESTS {
            let wait = answer.retry_after().unwrap_or(SignedDuration::from_mins(1));
            return ServiceError::Throttled {
                retry_after: Some(wait),
            };
        }
        if answer.status.is_server_error() {
            return passing(format!("failed ({})", answer.status.as_u16()));
        }
        let Some(problem) = problem::read_sign_in(&answer.body) else {
            return passing(format!(
                "answered {} without a reason",
                answer.status.as_u16()
            ));
        };
        if matches!(
            problem.error.as_str(),
            "temporarily_unavailable" | "server_error"
        ) {
            return passing(format!("is in trouble ({})", problem.description));
        }
        let mut words = if problem.description.is_empty() {
            problem.error.clone()
        } else {
            problem.description.clone()
        };
        if !problem.correlation_id.is_empty() {
            words = format!("{words} (correlation id {})", problem.correlation_id);
        }
        ServiceError::SignInRefused {
            words,
            remedy: remedies::remedy(&problem).map(remedies::Remedy::words),
        }
    }
}

/// What became of a refresh token that was used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefreshToken {
    StillGood,
    Spent,
}

fn host_of(url: &str) -> String {
    reqwest::Url::parse(url)
        .ok()
        .and_then(|url| http::named(&url))
        .unwrap_or_else(|| "the sign-in service".to_owned())
}

/// A fresh GUID: it comes back as the correlation id, which support asks for.
fn request_id() -> String {
    let bits = fastrand::u128(..);
    format!(
        "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
        (bits >> 96) & 0xffff_ffff,
        (bits >> 80) & 0xffff,
        (bits >> 64) & 0x0fff,
        ((bits >> 48) & 0x3fff) | 0x8000,
        bits & 0xffff_ffff_ffff
    )
}
