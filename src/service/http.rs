//! One request and its answer: bounded in time and size, never redirected.

use std::fs;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use std::time::Instant;

use jiff::SignedDuration;
use jiff::Timestamp;
use percent_encoding::AsciiSet;
use percent_encoding::NON_ALPHANUMERIC;
use reqwest::RequestBuilder;
use reqwest::Response;
use reqwest::StatusCode;
use reqwest::header;
use reqwest::header::HeaderMap;
use reqwest::header::HeaderName;
use reqwest::header::HeaderValue;
use reqwest::redirect;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use tokio::sync::OnceCell;
use tracing::debug;
use zeroize::Zeroizing;

use crate::domain::text::Text;
use crate::service::error::ServiceError;
use crate::service::obstacle;
use crate::service::route;
use crate::service::secret::Secret;
use crate::service::tls;
use crate::wire::batch::Part;
use crate::wire::challenge;
use crate::wire::problem;

/// How long a request may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Until a connection stands.
    pub connect: Duration,
    /// Without a single byte of the answer.
    pub silence: Duration,
    /// For all of it.
    pub total: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            silence: Duration::from_secs(30),
            total: Duration::from_secs(180),
        }
    }
}

/// All but what RFC 3986 calls unreserved.
pub(super) const VALUE: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Bytes of a failed answer that are read.
const LARGEST_REASON: usize = 64 * 1024;

/// Bytes of an id that may be shown.
const LONGEST_ID: usize = 128;

/// Longest wait a service may ask for; longer ones are cut and asked again.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_secs(300);

/// Makes the client when it is first needed: reading the system's certificates
/// takes longer than a first frame may.
#[derive(Debug, Clone)]
pub struct Http {
    client: Arc<OnceCell<reqwest::Client>>,
    /// For this machine: a proxy would carry what is not encrypted elsewhere.
    direct: Arc<OnceCell<reqwest::Client>>,
    limits: Limits,
    ca_file: Option<PathBuf>,
}

/// An answer with its body read, whatever its status.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    /// May hold a token.
    pub body: Zeroizing<Vec<u8>>,
}

/// Takes a body as it comes in. A sentence of what is wrong with it ends the answer.
pub type Receive<'r> = &'r mut (dyn FnMut(&[u8]) -> Result<(), String> + Send);

impl Http {
    /// A client that trusts the system's certificates and those of `ca_file`.
    pub fn new(limits: Limits, ca_file: Option<PathBuf>) -> Self {
        Self {
            client: Arc::default(),
            direct: Arc::default(),
            limits,
            ca_file,
        }
    }

    /// The same for a question whose answer may be minutes away.
    #[must_use]
    pub fn patient(&self) -> Self {
        let long = Duration::from_secs(240);
        let limits = Limits {
            connect: self.limits.connect,
            silence: self.limits.silence.max(long),
            total: self.limits.total.max(long),
        };
        Self::new(limits, self.ca_file.clone())
    }

    /// The client for a URL: loopback is never asked for through a proxy.
    pub async fn client_for(&self, url: &str) -> Result<&reqwest::Client, ServiceError> {
        let (client, proxies) = if route::is_loopback(url) {
            (&self.direct, Proxies::None)
        } else {
            (&self.client, Proxies::AsTheSystemSays)
        };
        client
            .get_or_try_init(|| async {
                let limits = self.limits;
                let ca_file = self.ca_file.clone();
                tokio::task::spawn_blocking(move || build(limits, ca_file, proxies))
                    .await
                    .unwrap_or_else(|panicked| std::panic::resume_unwind(panicked.into_panic()))
            })
            .await
    }

    /// Sends a request and reads at most `largest` bytes of the answer, decompressed.
    pub async fn send(
        &self,
        request: RequestBuilder,
        largest: usize,
    ) -> Result<Answer, ServiceError> {
        let mut body = Zeroizing::new(Vec::new());
        let mut receive = |chunk: &[u8]| {
            body.extend_from_slice(chunk);
            Ok(())
        };
        // Many futures hold this one, and none of them has to be as large.
        let answered = Box::pin(self.send_through(request, largest, &mut receive));
        let mut answer = answered.await?;
        if answer.status.is_success() {
            answer.body = body;
        }
        Ok(answer)
    }

    /// The same, with a body that is given away as it comes in, and not kept, when the
    /// request succeeded.
    pub async fn send_through(
        &self,
        request: RequestBuilder,
        largest: usize,
        receive: Receive<'_>,
    ) -> Result<Answer, ServiceError> {
        let started = Instant::now();
        let response = request.send().await.map_err(|error| {
            debug!(after = ?started.elapsed(), why = %obstacle::deepest(&error), "no answer");
            obstacle::met(&error, self.limits.connect)
        })?;
        let status = response.status();
        // The path and what was asked for, never the host's secrets: they are in the
        // form and in the headers.
        debug!(
            path = response.url().path(),
            query = response.url().query(),
            status = status.as_u16(),
            after = ?started.elapsed(),
            "answered"
        );
        let headers = response.headers().clone();
        if status.is_redirection() {
            return Err(ServiceError::Redirected(redirected_to(&headers)));
        }
        let body = if status.is_success() {
            self.give_body(response, largest, receive).await?;
            Zeroizing::default()
        } else {
            self.start_of_body(response).await
        };
        Ok(Answer {
            status,
            headers,
            body,
        })
    }

    /// Asks for an address with nothing of ours in the request: whatever comes back
    /// shows that the way there is open.
    pub async fn reach(&self, url: &str) -> Result<Answer, ServiceError> {
        let request = self.client_for(url).await?.get(url);
        let started = Instant::now();
        let response = request.send().await.map_err(|error| {
            debug!(after = ?started.elapsed(), why = %obstacle::deepest(&error), "not reached");
            obstacle::met(&error, self.limits.connect)
        })?;
        Ok(Answer {
            status: response.status(),
            headers: response.headers().clone(),
            body: Zeroizing::default(),
        })
    }

    /// Enough of a failed answer to say why; whatever breaks off is left out.
    async fn start_of_body(&self, mut response: Response) -> Zeroizing<Vec<u8>> {
        let mut body = Zeroizing::new(Vec::new());
        while let Ok(Some(chunk)) = response.chunk().await {
            let room = LARGEST_REASON - body.len();
            body.extend(chunk.iter().take(room));
            if body.len() >= LARGEST_REASON {
                break;
            }
        }
        body
    }

    async fn give_body(
        &self,
        mut response: Response,
        largest: usize,
        receive: Receive<'_>,
    ) -> Result<(), ServiceError> {
        let mut length = 0;
        while let Some(chunk) = response
            .chunk()
            .await
            .map_err(|error| obstacle::met(&error, self.limits.connect))?
        {
            // Counted after decompression: a small bomb must not become a large body.
            length += chunk.len();
            if length > largest {
                return Err(ServiceError::TooLarge(largest / (1024 * 1024)));
            }
            receive(&chunk).map_err(ServiceError::Malformed)?;
        }
        Ok(())
    }
}

/// Whether the proxies of the environment are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Proxies {
    AsTheSystemSays,
    None,
}

fn build(
    limits: Limits,
    ca_file: Option<PathBuf>,
    proxies: Proxies,
) -> Result<reqwest::Client, ServiceError> {
    let more = ca_file.map(|path| certificates(&path)).transpose()?;
    let tls = tls::config(more.unwrap_or_default())
        .map_err(|error| setup(&format!("TLS cannot be set up ({error})")))?;
    let mut builder = reqwest::Client::builder()
        .user_agent(concat!("vigie/", env!("CARGO_PKG_VERSION")))
        .redirect(redirect::Policy::none())
        .connect_timeout(limits.connect)
        .read_timeout(limits.silence)
        .timeout(limits.total)
        .pool_idle_timeout(Duration::from_secs(90))
        // A connection that died while the machine slept is noticed.
        .tcp_keepalive(Duration::from_secs(15))
        .tls_backend_preconfigured(tls);
    if proxies == Proxies::None {
        builder = builder.no_proxy();
    }
    builder.build().map_err(|error| {
        setup(&format!(
            "TLS cannot be set up ({})",
            obstacle::deepest(&error)
        ))
    })
}

/// The certificates of a PEM file, at least one.
fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, ServiceError> {
    let name = path.display();
    let pem = fs::read(path).map_err(|error| setup(&format!("cannot read `{name}` ({error})")))?;
    let none = |why: &str| setup(&format!("`{name}` holds no certificate in PEM form{why}"));
    let read = CertificateDer::pem_slice_iter(&pem).collect::<Result<Vec<_>, _>>();
    let read = read.map_err(|error| none(&format!(" ({error})")))?;
    if read.is_empty() {
        return Err(none(""));
    }
    Ok(read)
}

fn setup(words: &str) -> ServiceError {
    ServiceError::Misconfigured {
        words: words.to_owned(),
        remedy: Some("check `ca_file` and the system's certificates".to_owned()),
    }
}

/// Host, and port where it is not the usual one.
pub(super) fn named(url: &reqwest::Url) -> Option<String> {
    let host = problem::harmless(url.host_str()?);
    Some(match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host,
    })
}

fn redirected_to(headers: &HeaderMap) -> String {
    headers
        .get(header::LOCATION)
        .and_then(|location| location.to_str().ok())
        .and_then(|location| reqwest::Url::parse(location).ok())
        .and_then(|url| url.host_str().map(problem::harmless))
        .unwrap_or_else(|| "somewhere else".to_owned())
}

/// One for each product that did not answer, and no more than anyone reads.
const MOST_WARNINGS: usize = 8;

impl Answer {
    /// The answer to one request of a batch.
    pub fn of_part(part: &Part) -> Self {
        let header = |(name, value): &(String, String)| {
            let name = HeaderName::try_from(name.as_str()).ok()?;
            Some((name, HeaderValue::try_from(value.as_str()).ok()?))
        };
        Self {
            // A number that is no status is an answer nobody can rely on.
            status: StatusCode::from_u16(part.status).unwrap_or(StatusCode::BAD_GATEWAY),
            headers: part.headers.iter().filter_map(header).collect(),
            body: Zeroizing::new(part.body.clone().into_bytes()),
        }
    }

    /// The service's own clock.
    pub fn date(&self) -> Option<Timestamp> {
        http_date(self.headers.get(header::DATE)?.to_str().ok()?)
    }

    /// The wait asked for by the `Retry-After` header (seconds or a date) or, where
    /// there is none, in the words of the body.
    pub fn retry_after(&self) -> Option<SignedDuration> {
        let header = self
            .headers
            .get(header::RETRY_AFTER)
            .and_then(|value| value.to_str().ok())
            .map(str::trim);
        let told = header.and_then(|value| {
            if let Ok(seconds) = value.parse::<u32>() {
                return Some(SignedDuration::from_secs(i64::from(seconds)));
            }
            let at = http_date(value)?;
            Some(at.duration_since(self.date()?))
        });
        told.or_else(|| problem::wait_in_words(&problem::read(&self.body).message))
            .map(|wait| wait.clamp(SignedDuration::ZERO, LONGEST_WAIT))
    }

    /// What the service says is missing from its answer, a sentence each.
    pub fn warnings(&self) -> Vec<Text> {
        let headers = self.headers.get_all(header::WARNING).iter();
        headers
            .filter_map(|header| header.to_str().ok())
            .take(MOST_WARNINGS)
            // `199 - "words"`: the words are what concerns people.
            .map(|written| written.split('"').nth(1).unwrap_or(written))
            .map(|words| Text::from(problem::harmless(words)))
            .collect()
    }

    /// The service's id of the request.
    pub fn request_id(&self) -> Option<String> {
        let mut names = [
            "request-id",
            "x-ms-request-id",
            "x-ms-correlation-request-id",
        ]
        .iter();
        names.find_map(|name| {
            let id = problem::harmless(self.headers.get(*name)?.to_str().ok()?);
            (!id.is_empty() && id.len() <= LONGEST_ID).then_some(id)
        })
    }

    /// The claims a refused token lacks, where the service names them.
    pub fn claims_challenge(&self) -> Option<Secret> {
        if self.status != StatusCode::UNAUTHORIZED {
            return None;
        }
        let headers = self.headers.get_all(header::WWW_AUTHENTICATE).iter();
        headers
            .filter_map(|header| challenge::claims(header.to_str().ok()?))
            .map(Secret::new)
            .next()
    }

    /// What a failed answer of the API means. `None` for a success.
    pub fn failure(&self, host: &str) -> Option<ServiceError> {
        if self.status.is_success() {
            return None;
        }
        if self.claims_challenge().is_some() {
            let words = ": the service asks for a new sign-in or proof (claims challenge)";
            return Some(ServiceError::Unauthorized(words.to_owned()));
        }
        let problem = problem::read(&self.body);
        let words: String = [problem.code, problem.message]
            .into_iter()
            .filter(|word| !word.is_empty())
            .fold(String::new(), |all, word| format!("{all}: {word}"));
        Some(match self.status {
            StatusCode::UNAUTHORIZED => ServiceError::Unauthorized(words),
            StatusCode::FORBIDDEN => ServiceError::Forbidden(words),
            StatusCode::NOT_FOUND => ServiceError::NotFound(words),
            StatusCode::TOO_MANY_REQUESTS => ServiceError::Throttled {
                retry_after: self.retry_after(),
            },
            status if status.is_server_error() => ServiceError::Unreachable {
                host: host.to_owned(),
                why: format!("failed ({}{words})", status.as_u16()),
                retry_after: self.retry_after(),
            },
            status => ServiceError::Rejected {
                status: status.as_u16(),
                words,
            },
        })
    }
}

/// `Sun, 22 Nov 2026 14:00:00 GMT`.
fn http_date(written: &str) -> Option<Timestamp> {
    jiff::fmt::rfc2822::DateTimeParser::new()
        .parse_timestamp(written)
        .ok()
}

#[cfg(test)]
mod tests {
    #![expect(
        clippy::unwrap_used,
        reason = "a test that cannot read its input has failed"
    )]

    use super::*;

    fn answer(status: u16, headers: &[(&'static str, &'static str)], body: &str) -> Answer {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, value.parse().unwrap());
        }
        Answer {
            status: StatusCode::from_u16(status).unwrap(),
            headers: map,
            body: Zeroizing::new(body.as_bytes().to_vec()),
        }
    }

    #[test]
    fn the_wait_comes_from_seconds_a_date_or_the_words() {
        let date = ("date", "Sun, 22 Nov 2026 14:00:00 GMT");
        let words =
            r#"{"error":{"code":"429","message":"You can send requests again in 8 seconds."}}"#;
        for (headers, body, seconds) in [
            (vec![("retry-after", "17")], words, Some(17)),
            (
                vec![date, ("retry-after", "Sun, 22 Nov 2026 14:00:30 GMT")],
                "",
                Some(30),
            ),
            (vec![("retry-after", "86400")], "", Some(300)),
            (vec![("retry-after", "soon")], words, Some(8)),
            (vec![], words, Some(8)),
            (vec![], "", None),
        ] {
            let told = answer(429, &headers, body).retry_after();
            assert_eq!(
                told.map(|wait| wait.as_secs()),
                seconds,
                "{headers:?} {body}"
            );
        }
    }

    #[test]
    fn the_status_classifies_whatever_the_body_says() {
        assert!(answer(200, &[], "").failure("h").is_none());
        let kinds = [
            (401, "Unauthorized"),
            (403, "Forbidden"),
            (404, "NotFound"),
            (429, "Throttled"),
            (400, "Rejected"),
            (418, "Rejected"),
            (500, "Unreachable"),
            (503, "Unreachable"),
        ];
        for (status, kind) in kinds {
            let error = answer(status, &[], "<html>").failure("h").unwrap();
            assert!(
                format!("{error:?}").starts_with(kind),
                "{status}: {error:?}"
            );
        }
    }
}
