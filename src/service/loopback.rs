//! A port of this machine that a browser brings one answer to.
//!
//! Others on the machine, and any page in the browser, can reach it too: it takes a
//! form posted to its own name and nothing else, shows fixed pages, and closes with the
//! first answer. What an answer is, its caller judges.

use std::convert::Infallible;
use std::io;
use std::net::Ipv4Addr;
use std::net::Ipv6Addr;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;
use std::time::Duration;

use http_body_util::BodyExt as _;
use http_body_util::Full;
use http_body_util::Limited;
use hyper::Method;
use hyper::Request;
use hyper::Response;
use hyper::StatusCode;
use hyper::body::Bytes;
use hyper::body::Incoming;
use hyper::header;
use hyper::header::HeaderValue;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time;
use zeroize::Zeroizing;

use crate::service::error::ServiceError;
use crate::service::secret::Secret;

/// Whether the body of a form is the answer, and what is taken from it.
pub(super) type Judge = Arc<dyn Fn(&str) -> Option<Answer> + Send + Sync>;

/// What the browser brought, or why it is refused.
pub(super) type Answer = Result<Secret, ServiceError>;

type Page = Response<Full<Bytes>>;

/// Bound to one port under both addresses of `localhost`.
#[derive(Debug)]
pub(super) struct Loopback {
    v4: TcpListener,
    /// A machine may have no IPv6.
    v6: Option<TcpListener>,
    port: u16,
}

/// An answer holds a code and a state: some KiB.
const LARGEST_FORM: usize = 64 * 1024;
/// Longest time a connection may take.
const CONNECTION_MAY_TAKE: Duration = Duration::from_secs(10);
/// Connections served at the same time: a silent one must not block the real one.
const AT_A_TIME: usize = 16;
/// Tries to find a port that is free under both addresses.
const TRIES: usize = 8;

impl Loopback {
    /// Binds the given port, or any that is free.
    pub(super) async fn bind(fixed: Option<u16>) -> Result<Self, ServiceError> {
        let mut tries = 1;
        loop {
            match Self::try_bind(fixed.unwrap_or(0)).await {
                Ok(bound) => return Ok(bound),
                // Someone else has the port under the other address, where a browser
                // may well go first.
                Err(_) if fixed.is_none() && tries < TRIES => tries += 1,
                Err(error) => return Err(taken(fixed, &error)),
            }
        }
    }

    async fn try_bind(port: u16) -> io::Result<Self> {
        let v4 = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let port = v4.local_addr()?.port();
        let v6 = match TcpListener::bind((Ipv6Addr::LOCALHOST, port)).await {
            Ok(listener) => Some(listener),
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => return Err(error),
            Err(_no_ipv6_here) => None,
        };
        Ok(Self { v4, v6, port })
    }

    pub(super) const fn port(&self) -> u16 {
        self.port
    }

    /// Waits for the answer. The port is closed as soon as it came.
    pub(super) async fn answer(self, judge: Judge) -> Answer {
        let desk = Arc::new(Desk {
            hosts: ["localhost", "127.0.0.1", "[::1]"].map(|host| format!("{host}:{}", self.port)),
            judge,
            answered: AtomicBool::new(false),
        });
        let mut connections = JoinSet::new();
        loop {
            let room = connections.len() < AT_A_TIME;
            let accepted = tokio::select! {
                accepted = self.v4.accept(), if room => accepted,
                accepted = accept(self.v6.as_ref()), if room => accepted,
                Some(ended) = connections.join_next() => match ended {
                    Ok(Some(answer)) => return answer,
                    Ok(None) | Err(_) => continue,
                },
            };
            match accepted {
                Ok((stream, _)) => {
                    connections.spawn(converse(stream, Arc::clone(&desk)));
                }
                // Out of file descriptors, most likely: the next one may do better.
                Err(_) => tokio::task::yield_now().await,
            }
        }
    }
}

async fn accept(listener: Option<&TcpListener>) -> io::Result<(TcpStream, SocketAddr)> {
    match listener {
        Some(listener) => listener.accept().await,
        None => std::future::pending().await,
    }
}

fn taken(fixed: Option<u16>, error: &io::Error) -> ServiceError {
    let port = match fixed {
        Some(port) => format!("port {port}"),
        None => "a port".to_owned(),
    };
    ServiceError::SignInRefused {
        words: format!("{port} of this machine cannot be listened on for the browser's answer ({error})"),
        remedy: Some(
            "another program or another vigie has it: end that one, or set `redirect_port` to a port that is free"
                .to_owned(),
        ),
    }
}

/// Serves one connection, and hands over the answer if it was this one that brought it.
async fn converse(stream: TcpStream, desk: Arc<Desk>) -> Option<Answer> {
    let brought = Arc::new(Mutex::new(None));
    let kept = Arc::clone(&brought);
    let service = service_fn(move |request| {
        let (desk, kept) = (Arc::clone(&desk), Arc::clone(&kept));
        async move { Ok::<_, Infallible>(desk.receive(request, &kept).await) }
    });
    let connection = http1::Builder::new()
        .keep_alive(false)
        .max_buf_size(LARGEST_FORM)
        .serve_connection(TokioIo::new(stream), service);
    // However it ends: the answer counts, or the next connection may be the real one.
    drop(time::timeout(CONNECTION_MAY_TAKE, connection).await);
    brought
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .take()
}

/// What all connections have in common.
struct Desk {
    /// The names this port has for a browser. Another one is a page that plays tricks
    /// with names.
    hosts: [String; 3],
    judge: Judge,
    answered: AtomicBool,
}

impl Desk {
    async fn receive(&self, request: Request<Incoming>, brought: &Mutex<Option<Answer>>) -> Page {
        if let Err(status) = self.check(&request) {
            let mut page = page(status, NOT_HERE);
            if status == StatusCode::METHOD_NOT_ALLOWED {
                let allowed = HeaderValue::from_static("POST");
                page.headers_mut().insert(header::ALLOW, allowed);
            }
            return page;
        }
        let body = Limited::new(request.into_body(), LARGEST_FORM);
        let Ok(body) = body.collect().await else {
            return page(StatusCode::PAYLOAD_TOO_LARGE, NOT_HERE);
        };
        let form = Zeroizing::new(String::from_utf8_lossy(&body.to_bytes()).into_owned());
        let Some(answer) = (self.judge)(&form) else {
            return page(StatusCode::BAD_REQUEST, NOT_HERE);
        };
        if self.answered.swap(true, Ordering::SeqCst) {
            return page(StatusCode::BAD_REQUEST, NOT_HERE);
        }
        let page = match &answer {
            Ok(_) => page(StatusCode::OK, RECEIVED),
            Err(_) => page(StatusCode::BAD_REQUEST, REFUSED),
        };
        *brought.lock().unwrap_or_else(PoisonError::into_inner) = Some(answer);
        page
    }

    fn check(&self, request: &Request<Incoming>) -> Result<(), StatusCode> {
        let text = |name| {
            let mut values = request.headers().get_all(name).iter();
            let value = values.next().and_then(|value| value.to_str().ok());
            value.filter(|_| values.next().is_none())
        };
        let host = text(header::HOST).unwrap_or_default();
        if !self.hosts.iter().any(|own| own.eq_ignore_ascii_case(host)) {
            return Err(StatusCode::BAD_REQUEST);
        }
        if request.uri().path() != "/" || request.uri().query().is_some() {
            return Err(StatusCode::NOT_FOUND);
        }
        if request.method() != Method::POST {
            return Err(StatusCode::METHOD_NOT_ALLOWED);
        }
        let kind = text(header::CONTENT_TYPE).and_then(|kind| kind.split(';').next());
        let is_form = kind.is_some_and(|kind| {
            kind.trim()
                .eq_ignore_ascii_case("application/x-www-form-urlencoded")
        });
        if is_form {
            Ok(())
        } else {
            Err(StatusCode::BAD_REQUEST)
        }
    }
}

const NOT_HERE: &str = "There is nothing here.";
const RECEIVED: &str = "Received. Go back to the terminal: it says whether you are signed in. You can close this page.";
const REFUSED: &str =
    "This did not work. Go back to the terminal: it says why. You can close this page.";

/// A page of ours: no script, and nothing of what was received.
fn page(status: StatusCode, words: &str) -> Page {
    let html = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>vigie</title><p>{words}</p></html>\n"
    );
    let mut page = Response::new(Full::new(Bytes::from(html)));
    *page.status_mut() = status;
    for (name, value) in [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        page.headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    page
}
