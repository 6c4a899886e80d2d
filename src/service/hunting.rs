//! Hunting queries: run once, by the service of the profile, for as long as it takes.
//!
//! Never repeated by itself: a query may cost minutes of what a tenant is allowed.

use reqwest::Method;
use reqwest::StatusCode;
use serde_json::json;

use crate::domain::failure::Failure;
use crate::domain::hunt;
use crate::domain::hunt::Complaint;
use crate::domain::hunt::Findings;
use crate::domain::hunt::Unhunted;
use crate::domain::session::Audience;
use crate::domain::token::Api;
use crate::domain::token::Capability;
use crate::service::client::Client;
use crate::service::error::ServiceError;
use crate::service::http::Answer;
use crate::wire::hunting;
use crate::wire::problem;

/// The service gives at most 124 MB.
const LARGEST: usize = 160 * 1024 * 1024;

impl Client {
    /// Runs a query and reads what it found.
    pub async fn hunt(&self, query: &str) -> Result<Findings, Unhunted> {
        let answer = self.hunt_answer(query).await?;
        // Megabytes of JSON would hold up the keyboard: parsed on another thread.
        let read = tokio::task::spawn_blocking(move || hunting::read(&answer.body));
        read.await
            .unwrap_or_else(|panicked| std::panic::resume_unwind(panicked.into_panic()))
            .map_err(|why| Unhunted::Failed(ServiceError::Malformed(why).into()))
    }

    /// Runs a query. The answer is the service's own document.
    pub async fn hunt_document(&self, query: &str) -> Result<String, Unhunted> {
        let answer = self.hunt_answer(query).await?;
        Ok(String::from_utf8_lossy(&answer.body).into_owned())
    }

    async fn hunt_answer(&self, query: &str) -> Result<Answer, Unhunted> {
        let failed = |error: ServiceError| Unhunted::Failed(self.unhunted(error));
        if let Some(words) = hunt::too_long(query) {
            return Err(failed(ServiceError::Misconfigured {
                words,
                remedy: Some("shorten it: long lists can be asked for in parts".to_owned()),
            }));
        }
        let path = match self.service() {
            Api::Graph => "/security/runHuntingQuery",
            Api::Defender => "/api/advancedqueries/run",
        };
        let body = json!({ "Query": query }).to_string();
        let answer = self
            .exchange_patiently(Method::POST, &self.url(path), body, LARGEST)
            .await
            .map_err(failed)?;
        match self.failure(Audience::Service, &answer) {
            None => Ok(answer),
            Some(_) if answer.status == StatusCode::BAD_REQUEST => Err(Unhunted::Refused(
                Complaint::read(&problem::whole_message(&answer.body), query),
            )),
            Some(error) => Err(failed(error)),
        }
    }

    /// The failure with the permission that hunting takes.
    fn unhunted(&self, error: ServiceError) -> Failure {
        let is_forbidden = matches!(error, ServiceError::Forbidden(_));
        let failure = Failure::from(error);
        if !is_forbidden {
            return failure;
        }
        let permissions = Capability::Hunt.permissions(self.service());
        let names: Vec<String> = permissions
            .iter()
            .map(|one| format!("`{}`", one.name(false)))
            .collect();
        let (role, _) = Capability::Hunt.role();
        failure.with_remedy(format!(
            "hunting takes {}; if the token holds it, your Defender role lacks `{role}`",
            names.join(" and ")
        ))
    }
}
