//! What can be asked of a service, with a token in hand. Which of the two it is, only the
//! adaptor knows.
//!
//! How the token is got and renewed is in the two modules beside this one.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::Mutex;

use jiff::SignedDuration;
use percent_encoding::utf8_percent_encode;
use reqwest::Method;
use reqwest::RequestBuilder;
use reqwest::Url;
use reqwest::header;
use reqwest::header::HeaderValue;
use zeroize::Zeroizing;

use crate::domain::alert::Alert;
use crate::domain::alert::AlertId;
use crate::domain::alert::AlertPage;
use crate::domain::moment::Moment;
use crate::domain::query::AlertQuery;
use crate::domain::query::Reach;
use crate::domain::session::Audience;
use crate::domain::token::Api;
use crate::service::adaptor::Adaptor;
use crate::service::adaptor::Defender;
use crate::service::adaptor::Graph;
use crate::service::adaptor::graph_base;
use crate::service::authority::Authority;
use crate::service::error::ServiceError;
use crate::service::habits::Habits;
use crate::service::http;
use crate::service::http::Answer;
use crate::service::http::Http;
use crate::service::http::Receive;
use crate::service::http::VALUE;
use crate::service::memory::Memory;
use crate::service::second::Second;
use crate::service::secret::Secret;
use crate::service::sign_ins::SignIns;
use crate::service::token_store::TokenStore;
use crate::wire::alert;
use crate::wire::page;
use crate::wire::problem;

/// Reads both clocks.
pub type Now = Arc<dyn Fn() -> Moment + Send + Sync>;

/// Lets so much time pass.
pub type Wait =
    Arc<dyn Fn(SignedDuration) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync>;

/// The two services, with the tokens between them.
pub struct Client {
    http: Http,
    /// For queries that take minutes.
    patient: Http,
    pub(super) authority: Authority,
    /// How the service is asked.
    pub(super) adaptor: Box<dyn Adaptor>,
    /// URL of the API with its version, without a slash at its end.
    base: String,
    origin: Url,
    /// None where one API is all there is.
    pub(super) second: Option<Second>,
    pub(super) tokens: TokenStore,
    /// One writer of tokens at a time.
    pub(super) renewing: tokio::sync::Mutex<()>,
    pub(super) sign_ins: SignIns,
    /// None where a session ends with the program.
    pub(super) memory: Option<Memory>,
    /// Clock of the sign-in service minus ours, as last told.
    pub(super) skew: Mutex<Option<SignedDuration>>,
    pub(super) now: Now,
    /// None where nothing waits: whoever asks is told how long it takes.
    wait: Option<Wait>,
    /// What the tenant was found to take.
    pub(super) habits: Habits,
}

/// Ten thousand alerts with evidence are about 34 MB.
const LARGEST_PAGE: usize = 96 * 1024 * 1024;
pub(super) const LARGEST_ALERT: usize = 8 * 1024 * 1024;

/// A request ready to be sent, with the token it bears and when that was.
struct Asked {
    request: RequestBuilder,
    token: Secret,
    at: Moment,
}

impl Client {
    /// # Errors
    /// When `api` is not a URL.
    pub fn new(
        http: Http,
        authority: Authority,
        api: &str,
        now: Now,
    ) -> Result<Self, ServiceError> {
        Ok(Self {
            patient: http.patient(),
            http,
            authority,
            adaptor: Box::new(Defender),
            base: api.trim_end_matches('/').to_owned(),
            origin: origin(api)?,
            second: None,
            tokens: TokenStore::default(),
            renewing: tokio::sync::Mutex::new(()),
            sign_ins: SignIns::default(),
            memory: None,
            skew: Mutex::new(None),
            now,
            wait: None,
            habits: Habits::default(),
        })
    }

    /// The same for Microsoft Graph, with the alerts of these products in Graph's words;
    /// of every one where none is named.
    #[must_use]
    pub fn on_graph(mut self, products: Vec<&'static str>) -> Self {
        self.base = graph_base(&self.base).into_owned();
        self.adaptor = Box::new(Graph::of(products));
        self.habits = Habits::of(Api::Graph);
        self
    }

    /// Which of the two services it is.
    pub fn service(&self) -> Api {
        self.adaptor.service()
    }

    /// How far lists go.
    pub fn reach(&self) -> Reach {
        self.adaptor.reach()
    }

    /// The same with a way to let time pass.
    #[must_use]
    pub fn waiting_by(mut self, wait: Wait) -> Self {
        self.wait = Some(wait);
        self
    }

    /// Lets so much time pass; false where that cannot be.
    pub(super) async fn waits(&self, wait: SignedDuration) -> bool {
        match &self.wait {
            Some(pass) => {
                pass(wait).await;
                true
            }
            None => wait.is_zero(),
        }
    }

    /// One page of alerts.
    pub async fn list_alerts(&self, query: &AlertQuery) -> Result<AlertPage, ServiceError> {
        let url = match &query.link {
            Some(link) => self.within_origin(link)?,
            None => self.url(&self.adaptor.list(query)),
        };
        let answer = self.get(&url, LARGEST_PAGE).await?;
        let date = answer.date();
        let warnings = answer.warnings();
        let origin = self.origin.clone();
        // Megabytes of JSON would hold up the keyboard: parsed on another thread.
        let read = tokio::task::spawn_blocking(move || {
            let mut page = page::read(&answer.body)?;
            page.refused_link = page
                .next_link
                .as_deref()
                .and_then(|link| within(&origin, link).err());
            if page.refused_link.is_some() {
                page.next_link = None;
            }
            page.date = date;
            page.warnings = warnings;
            Ok(page)
        });
        read.await
            .unwrap_or_else(|panicked| std::panic::resume_unwind(panicked.into_panic()))
            .map_err(ServiceError::Malformed)
    }

    /// One alert whole, with its evidence.
    pub async fn get_alert(&self, id: &AlertId) -> Result<Alert, ServiceError> {
        let answer = self.get(&self.url_of(id)?, LARGEST_ALERT).await?;
        alert::read(&String::from_utf8_lossy(&answer.body))
            .ok_or_else(|| ServiceError::Malformed("the answer is not an alert".to_owned()))
    }

    /// Where one alert is.
    fn url_of(&self, id: &AlertId) -> Result<String, ServiceError> {
        Ok(self.url(&self.adaptor.alert(&in_a_path(id.as_str())?)))
    }

    /// A path from the base on.
    pub(super) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    pub(super) async fn get(&self, url: &str, largest: usize) -> Result<Answer, ServiceError> {
        let audience = Audience::Service;
        let answer = self
            .exchange(audience, Method::GET, url, None, largest)
            .await?;
        match self.failure(audience, &answer) {
            Some(error) => Err(error),
            None => Ok(answer),
        }
    }

    /// What a failed answer of an API means.
    pub(super) fn failure(&self, audience: Audience, answer: &Answer) -> Option<ServiceError> {
        let origin = self.origin_of(audience).ok();
        answer.failure(&origin.and_then(http::named).unwrap_or_default())
    }

    /// URL of the first API.
    pub(super) fn api(&self) -> &str {
        &self.base
    }

    pub(super) fn origin(&self) -> &Url {
        &self.origin
    }

    /// One request with the token of that API, and its answer whatever its status.
    pub(super) async fn exchange(
        &self,
        audience: Audience,
        method: Method,
        url: &str,
        json: Option<String>,
        largest: usize,
    ) -> Result<Answer, ServiceError> {
        let asked = self.ask(&self.http, audience, method, url, json).await?;
        let answer = self.http.send(asked.request, largest).await?;
        self.learn(audience, &asked.token, asked.at, &answer);
        Ok(answer)
    }

    /// The same of the first API, for as long as it takes, with a body that is given away
    /// as it comes in when the request succeeded.
    pub(super) async fn exchange_patiently(
        &self,
        method: Method,
        url: &str,
        json: String,
        largest: usize,
        receive: Receive<'_>,
    ) -> Result<Answer, ServiceError> {
        let audience = Audience::Service;
        let http = &self.patient;
        let asked = self.ask(http, audience, method, url, Some(json)).await?;
        let answer = http.send_through(asked.request, largest, receive).await?;
        self.learn(audience, &asked.token, asked.at, &answer);
        Ok(answer)
    }

    /// A request that bears the token of its API.
    async fn ask(
        &self,
        http: &Http,
        audience: Audience,
        method: Method,
        url: &str,
        json: Option<String>,
    ) -> Result<Asked, ServiceError> {
        let at = (self.now)();
        // Whoever made the address: a token goes to its own API and to no other.
        within(self.origin_of(audience)?, url).map_err(ServiceError::Redirected)?;
        let token = self.tokens.bearer(audience, at.steady)?;
        let header = Zeroizing::new(format!("Bearer {}", token.expose()));
        let mut bearer = HeaderValue::try_from(header.as_str())
            .map_err(|_may_quote_the_token| ServiceError::TokenExpired)?;
        bearer.set_sensitive(true);
        let mut request = http
            .client_for(url)
            .await?
            .request(method, url)
            .header(header::ACCEPT, "application/json")
            .header(header::AUTHORIZATION, bearer);
        if audience == Audience::Service {
            for (name, value) in self.adaptor.headers() {
                request = request.header(*name, *value);
            }
        }
        if let Some(json) = json {
            request = request
                .header(header::CONTENT_TYPE, "application/json")
                .body(json);
        }
        Ok(Asked { request, token, at })
    }

    /// What any answer tells beside its body.
    fn learn(&self, audience: Audience, token: &Secret, asked: Moment, answer: &Answer) {
        if let Some(date) = answer.date() {
            self.habits.learn_clock(date, asked.wall);
        }
        if let Some(claims) = answer.claims_challenge() {
            self.tokens.challenge(audience, token, claims);
        }
    }

    /// The bearer travels nowhere but to the API itself.
    fn within_origin(&self, link: &str) -> Result<String, ServiceError> {
        within(&self.origin, link)
            .map(String::from)
            .map_err(ServiceError::Redirected)
    }
}

/// An id as a part of a path.
///
/// # Errors
/// For those that no encoding keeps within their place in a path.
pub(super) fn in_a_path(id: &str) -> Result<String, ServiceError> {
    if matches!(id, "" | "." | "..") {
        return Err(ServiceError::Misconfigured {
            words: format!("`{id}` is not an id"),
            remedy: None,
        });
    }
    Ok(utf8_percent_encode(id, VALUE).to_string())
}

/// The URL of an API.
pub(super) fn origin(api: &str) -> Result<Url, ServiceError> {
    Url::parse(api).map_err(|error| ServiceError::Rejected {
        status: 0,
        words: format!(": `api` is not a URL ({error})"),
    })
}

/// A link resolved against `origin`, or the host of one that leads elsewhere.
fn within(origin: &Url, link: &str) -> Result<Url, String> {
    let elsewhere = |host: &str| Err(problem::harmless(host));
    let Ok(url) = origin.join(link) else {
        return elsewhere(link);
    };
    let same =
        url.origin() == origin.origin() && url.username().is_empty() && url.password().is_none();
    if same {
        Ok(url)
    } else {
        elsewhere(url.host_str().unwrap_or(link))
    }
}

#[cfg(test)]
mod tests {
    #![expect(
        clippy::unwrap_used,
        reason = "a test that cannot read its input has failed"
    )]

    use super::*;

    #[test]
    fn only_the_same_origin_is_home() {
        let origin = Url::parse("https://api.example/").unwrap();
        let homes = [
            "https://api.example/api/alerts?$skip=1",
            "https://API.example:443/x",
            "/api/alerts?$skip=1",
        ];
        for home in homes {
            assert!(within(&origin, home).is_ok(), "{home}");
        }
        for (away, host) in [
            ("https://evil.example/api", "evil.example"),
            ("http://api.example/api", "api.example"),
            ("https://api.example:8443/api", "api.example"),
            ("https://me@api.example/api", "api.example"),
            (
                "https://api.example.evil.example/",
                "api.example.evil.example",
            ),
            ("//evil.example/api", "evil.example"),
            ("javascript:alert(1)", "javascript:alert(1)"),
        ] {
            assert_eq!(within(&origin, away).err().as_deref(), Some(host), "{away}");
        }
    }
}
