//! Gets tokens: one file for each way to sign in.
//!
//! A person signs in by [`browser`], [`device_code`] or, where a tenant still lets in,
//! by [`password`], the flow of Microsoft's tutorial. An application without a user
//! signs in by [`client_secret`] or [`client_certificate`]; with [`command`] another
//! program hands over the token. Whatever the way, a renewal uses the refresh token when
//! one was given ([`refresh`]). Secrets come from a [`source`]; [`refusal`] is a no, and
//! [`remedies`] says what it means.

pub mod browser;
pub mod client_certificate;
pub mod client_secret;
pub mod command;
pub mod device_code;
pub mod password;
pub mod refresh;
pub mod refusal;
pub mod remedies;
pub mod source;

use std::path::PathBuf;

use jiff::SignedDuration;
use jiff::Timestamp;
use reqwest::StatusCode;
use reqwest::header;

use crate::domain::token::Expected;
use crate::service::error::ServiceError;
use crate::service::http;
use crate::service::http::Answer;
use crate::service::http::Http;
use crate::service::random;
use crate::service::secret::Secret;
use crate::service::token_reply;
use crate::service::token_reply::TokenReply;
use crate::wire::problem;

pub use password::PasswordSignIn;
pub(in crate::service) use refusal::Refusal;
pub(in crate::service) use refusal::Setback;
pub use source::SecretSource;

/// How a person or a program signs in.
#[derive(Debug, Clone)]
pub enum Method {
    Browser {
        /// Any that is free where there is none.
        redirect_port: Option<u16>,
    },
    DeviceCode,
    Password(PasswordSignIn),
    ClientSecret(SecretSource),
    /// One PEM file with the certificate and its RSA private key.
    ClientCertificate(PathBuf),
    /// A program that prints a finished token, and its arguments.
    Command(Vec<String>),
}

/// What is asked for, and in whose name.
#[derive(Debug, Clone, Default)]
pub struct Registration {
    /// URL of the sign-in service without the tenant, without a slash at its end.
    pub authority: String,
    /// Id or domain.
    pub tenant: String,
    pub client_id: String,
    /// The audience the token is asked for.
    pub resource: String,
    /// Names of permissions of the resource; none for all that were consented to.
    pub scopes: Vec<String>,
    /// Whom a browser is asked to sign in.
    pub username: Option<String>,
}

/// The sign-in service of one tenant.
#[derive(Debug, Clone)]
pub struct Authority {
    http: Http,
    tenant_url: String,
    host: String,
    tenant: String,
    client_id: String,
    resource: String,
    scopes: Vec<String>,
    username: Option<String>,
    method: Method,
}

/// The two generations of the token endpoint. A refresh token is used where it is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Endpoint {
    /// Asks for a resource.
    V1,
    /// Asks for scopes.
    V2,
}

/// A token and what came with it.
#[derive(Debug)]
pub struct Granted {
    pub reply: TokenReply,
    /// The sign-in service's clock.
    pub date: Option<Timestamp>,
    pub endpoint: Endpoint,
}

/// Largest answer read: tokens have a few KiB.
const LARGEST_ANSWER: usize = 256 * 1024;

impl Authority {
    pub fn new(http: Http, registration: Registration, method: Method) -> Self {
        let Registration {
            authority,
            tenant,
            client_id,
            resource,
            scopes,
            username,
        } = registration;
        Self {
            http,
            tenant_url: format!("{authority}/{tenant}"),
            host: host_of(&authority),
            tenant,
            client_id,
            resource,
            scopes,
            username,
            method,
        }
    }

    /// The same sign-in service, in the same name, for another API: everything consented
    /// there, since the names of permissions belong to the first.
    pub(super) fn for_audience(&self, resource: &str) -> Self {
        Self {
            resource: resource.to_owned(),
            scopes: Vec::new(),
            ..self.clone()
        }
    }

    /// Nobody but a person can sign in by the configured method.
    pub const fn needs_person(&self) -> bool {
        match self.method {
            Method::Browser { .. } | Method::DeviceCode => true,
            Method::Password(_)
            | Method::ClientSecret(_)
            | Method::ClientCertificate(_)
            | Method::Command(_) => false,
        }
    }

    /// The tokens are a person's, and there is a session to keep.
    pub(super) const fn is_for_people(&self) -> bool {
        match self.method {
            Method::Browser { .. } | Method::DeviceCode | Method::Password(_) => true,
            Method::ClientSecret(_) | Method::ClientCertificate(_) | Method::Command(_) => false,
        }
    }

    /// What tells one session from all others: where, as which application, for what, as whom.
    pub(super) fn account(&self) -> String {
        let whom = self.username.as_deref().unwrap_or("whoever signed in");
        format!(
            "{} {} {} {whom}",
            self.tenant_url, self.client_id, self.resource
        )
    }

    /// The port the browser is to come back to, where one is set.
    pub(super) const fn redirect_port(&self) -> Option<u16> {
        match self.method {
            Method::Browser { redirect_port } => redirect_port,
            Method::DeviceCode
            | Method::Password(_)
            | Method::ClientSecret(_)
            | Method::ClientCertificate(_)
            | Method::Command(_) => None,
        }
    }

    /// What every token of ours tells. A tenant known by its domain, or not at all,
    /// cannot be compared.
    pub(super) fn expected(&self) -> Expected {
        Expected {
            audiences: vec![self.resource.clone()],
            tenant: is_guid(&self.tenant).then(|| self.tenant.clone()),
            ..Expected::default()
        }
    }

    /// Signs in by a method that needs nobody. `now` is the service's time as far as it
    /// is known; `claims` what the token has to prove.
    pub(super) async fn sign_in(
        &self,
        now: Timestamp,
        claims: Option<&Secret>,
    ) -> Result<Granted, Setback> {
        match &self.method {
            Method::Browser { .. } | Method::DeviceCode => {
                Err(Setback::Failed(refusal::nobody_signed_in()))
            }
            Method::Password(sign_in) => {
                let password = sign_in.source.read().await?;
                let mut form = sign_in.form(self, &password).to_vec();
                form.extend(claims.map(|claims| ("claims", claims.expose())));
                self.post(Endpoint::V1, &form).await
            }
            Method::ClientSecret(source) => {
                let secret = source.read().await?;
                let scope = self.scope_of_an_application();
                let mut form = client_secret::form(self, &scope, &secret).to_vec();
                form.extend(claims.map(|claims| ("claims", claims.expose())));
                self.post(Endpoint::V2, &form).await
            }
            Method::ClientCertificate(path) => self.by_certificate(path, now, claims).await,
            Method::Command(arguments) => Ok(Granted {
                reply: command::token(arguments, &self.resource, now).await?,
                date: None,
                endpoint: Endpoint::V2,
            }),
        }
    }

    fn token_url(&self, endpoint: Endpoint) -> String {
        match endpoint {
            Endpoint::V1 => format!("{}/oauth2/token", self.tenant_url),
            Endpoint::V2 => format!("{}/oauth2/v2.0/token", self.tenant_url),
        }
    }

    /// The permissions, a refresh token, and an ID token that proves whose answer it is.
    fn scope_of_a_person(&self) -> String {
        let mut words: Vec<String> = if self.scopes.is_empty() {
            vec![self.scope_of_an_application()]
        } else {
            let named = |name| format!("{}/{name}", self.resource);
            self.scopes.iter().map(named).collect()
        };
        words.extend(["offline_access", "openid"].map(str::to_owned));
        words.join(" ")
    }

    /// Everything consented to the registration for this audience; single permissions
    /// are refused for applications.
    fn scope_of_an_application(&self) -> String {
        format!("{}/.default", self.resource)
    }

    /// Asks a token endpoint for a token.
    async fn post(&self, endpoint: Endpoint, form: &[(&str, &str)]) -> Result<Granted, Setback> {
        let answer = self.send(&self.token_url(endpoint), form).await?;
        let reply = token_reply::read(&answer.body)
            .map_err(|sentence| self.unreadable(&answer, sentence))?;
        Ok(Granted {
            date: answer.date(),
            reply,
            endpoint,
        })
    }

    /// Posts a form, every value encoded by the form encoder.
    async fn send(&self, url: &str, form: &[(&str, &str)]) -> Result<Answer, Setback> {
        let request = self
            .http
            .client_for(url)
            .await?
            .post(url)
            .header(header::ACCEPT, "application/json")
            // It comes back as the correlation id, which support asks for.
            .header("client-request-id", random::guid_of(fastrand::u128(..)))
            .form(form);
        let answer = self.http.send(request, LARGEST_ANSWER).await?;
        if answer.status.is_success() {
            Ok(answer)
        } else {
            Err(self.refusal(&answer))
        }
    }

    /// A proxy's page, or an OAuth error that came with status 200.
    fn unreadable(&self, answer: &Answer, sentence: &str) -> Setback {
        if problem::read_sign_in(&answer.body).is_some() {
            return self.refusal(answer);
        }
        Setback::Failed(ServiceError::Unreachable {
            host: self.host.clone(),
            why: format!("answered oddly: {sentence}"),
            retry_after: None,
        })
    }

    fn refusal(&self, answer: &Answer) -> Setback {
        let passing = |why: String| {
            Setback::Failed(ServiceError::Unreachable {
                host: self.host.clone(),
                why,
                retry_after: answer.retry_after(),
            })
        };
        if answer.status == StatusCode::TOO_MANY_REQUESTS {
            let wait = answer.retry_after().unwrap_or(SignedDuration::from_mins(1));
            return Setback::Failed(ServiceError::Throttled {
                retry_after: Some(wait),
            });
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
        let mut refusal = Refusal::of(problem);
        refusal.date = answer.date();
        Setback::Refused(refusal)
    }
}

fn host_of(url: &str) -> String {
    reqwest::Url::parse(url)
        .ok()
        .and_then(|url| http::named(&url))
        .unwrap_or_else(|| "the sign-in service".to_owned())
}

/// 8-4-4-4-12 hexadecimal digits.
fn is_guid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12])
        && groups
            .iter()
            .all(|group| group.bytes().all(|digit| digit.is_ascii_hexdigit()))
}
