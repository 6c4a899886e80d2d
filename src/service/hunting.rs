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
use crate::domain::token;
use crate::domain::token::Api;
use crate::domain::token::Capability;
use crate::service::client::Client;
use crate::service::error::ServiceError;
use crate::service::http::Receive;
use crate::wire::hunting;
use crate::wire::problem;

/// The service gives at most 124 MB.
const LARGEST: usize = 160 * 1024 * 1024;
/// Rows that are given away while more come in: few at first, for somebody waits, then
/// more each time, for each part is a frame to draw.
const FIRST_PART: usize = 100;
const LARGEST_PART: usize = 12_800;

impl Client {
    /// Runs a query and reads what it found.
    pub async fn hunt(&self, query: &str) -> Result<Findings, Unhunted> {
        let mut found = Findings::default();
        let mut part = |part| {
            found.append(part);
            Ok(())
        };
        let last = self.hunt_in_parts(query, &mut part).await?;
        found.append(last);
        found.finish();
        Ok(found)
    }

    /// The same, with rows given to `part` while more come in. The answer are the last ones.
    ///
    /// Where it fails, `part` has got every row that came before. A sentence of its own ends
    /// the answer: whoever gets the rows has no use for more.
    pub async fn hunt_in_parts(
        &self,
        query: &str,
        part: &mut (dyn FnMut(Findings) -> Result<(), String> + Send),
    ) -> Result<Findings, Unhunted> {
        let mut reader = hunting::Reader::default();
        let mut wanted = FIRST_PART;
        let mut receive = |bytes: &[u8]| {
            let read = reader.feed(bytes);
            if reader.waiting() >= wanted {
                part(reader.take())?;
                wanted = (wanted * 2).min(LARGEST_PART);
            }
            read
        };
        if let Err(unhunted) = self.hunt_answer(query, &mut receive).await {
            if reader.waiting() > 0 {
                // What ended the answer is told, and nothing beside it.
                part(reader.take()).unwrap_or_default();
            }
            return Err(unhunted);
        }
        reader
            .finish()
            .map_err(|why| Unhunted::Failed(ServiceError::Malformed(why).into()))
    }

    /// Runs a query. The answer is the service's own document.
    pub async fn hunt_document(&self, query: &str) -> Result<String, Unhunted> {
        let mut document = Vec::new();
        let mut receive = |bytes: &[u8]| {
            document.extend_from_slice(bytes);
            Ok(())
        };
        self.hunt_answer(query, &mut receive).await?;
        Ok(String::from_utf8(document)
            .unwrap_or_else(|broken| String::from_utf8_lossy(broken.as_bytes()).into_owned()))
    }

    async fn hunt_answer(&self, query: &str, receive: Receive<'_>) -> Result<(), Unhunted> {
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
            .exchange_patiently(Method::POST, &self.url(path), body, LARGEST, receive)
            .await
            .map_err(failed)?;
        match self.failure(Audience::Service, &answer) {
            None => Ok(()),
            Some(_) if answer.status == StatusCode::BAD_REQUEST => Err(Unhunted::Refused(
                Complaint::read(&problem::whole_message(&answer.body), query),
            )),
            Some(error) => {
                let mut failure = self.unhunted(error);
                let words = problem::read(&answer.body).message;
                if answer.status == StatusCode::TOO_MANY_REQUESTS && !words.is_empty() {
                    // Too many queries or too much computing time: only the message tells.
                    failure.sentence = format!("{}: {words}", failure.sentence);
                }
                Err(Unhunted::Failed(failure))
            }
        }
    }

    /// The failure with the permission that hunting takes.
    fn unhunted(&self, error: ServiceError) -> Failure {
        let is_forbidden = matches!(error, ServiceError::Forbidden(_));
        let failure = Failure::from(error);
        if !is_forbidden {
            return failure;
        }
        let bearer = self.tokens.bearer(Audience::Service, (self.now)().steady);
        let token = bearer
            .ok()
            .and_then(|bearer| token::decode(bearer.expose()).ok());
        let app_only = token.is_some_and(|token| token.app_only());
        let permissions = Capability::Hunt.permissions(self.service());
        let names: Vec<String> = permissions
            .iter()
            .map(|one| format!("`{}`", one.name(app_only)))
            .collect();
        let (role, _) = Capability::Hunt.role();
        let of_a_person = if app_only {
            String::new()
        } else {
            format!("; if the token holds it, your Defender role lacks `{role}`")
        };
        failure.with_remedy(format!(
            "hunting takes {}{of_a_person}",
            names.join(" and ")
        ))
    }
}
