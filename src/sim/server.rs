//! The sockets of the simulator: reads requests, asks the world, writes what it says.
//!
//! Decides nothing. The lock on the world is never held while waiting.

use std::convert::Infallible;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use http_body_util::{BodyExt as _, Limited};
use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};
use hyper::header::{HeaderName, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::sim::clock::Clock;
use crate::sim::reply::Reply;
use crate::sim::script::Hung;
use crate::sim::world::Outcome;
use crate::sim::world::Request;
use crate::sim::world::World;

/// The largest body the service takes.
const LARGEST_BODY: usize = 1 << 20;

/// Serves until aborted.
pub(crate) async fn serve(listener: TcpListener, world: Arc<Mutex<World>>, clock: Clock) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                // Out of file descriptors, most likely: the next one may do better.
                let Ok((stream, _)) = accepted else {
                    tokio::task::yield_now().await;
                    continue;
                };
                connections.spawn(converse(stream, Arc::clone(&world), clock.clone()));
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn converse(stream: TcpStream, world: Arc<Mutex<World>>, clock: Clock) {
    // Small answers would otherwise wait for an acknowledgement; without it, they do.
    drop(stream.set_nodelay(true));
    let service = service_fn(move |request| answer(request, Arc::clone(&world), clock.clone()));
    let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    // A connection that ends badly is the client's to notice.
    drop(connection.await);
}

async fn answer(
    request: hyper::Request<Incoming>,
    world: Arc<Mutex<World>>,
    clock: Clock,
) -> io::Result<Response<Payload>> {
    let (head, body) = request.into_parts();
    let mut request = Request {
        method: head.method.to_string(),
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        headers: head
            .headers
            .iter()
            .map(|(name, value)| {
                (
                    name.to_string(),
                    String::from_utf8_lossy(value.as_bytes()).into_owned(),
                )
            })
            .collect(),
        body: String::new(),
    };
    let takes_gzip = request
        .header("accept-encoding")
        .is_some_and(|encodings| encodings.contains("gzip"));
    let body = Limited::new(body, LARGEST_BODY).collect().await;
    let path = request.path.clone();
    let outcome = {
        let mut world = world.lock().unwrap_or_else(PoisonError::into_inner);
        match body {
            Ok(body) => {
                request.body = String::from_utf8_lossy(&body.to_bytes()).into_owned();
                world.handle(request, clock.now())
            }
            Err(error) if error.is::<http_body_util::LengthLimitError>() => {
                world.refuse_too_large(request, clock.now())
            }
            Err(error) => return Err(io::Error::other(error)),
        }
    };
    let finished = |reply: Reply| {
        let is_encoded = reply
            .headers
            .iter()
            .any(|(name, _)| name == "content-encoding");
        if takes_gzip && !is_encoded {
            reply.compressed()
        } else {
            reply
        }
    };
    match outcome {
        Outcome::Reply(reply) => Ok(response(finished(reply), Ending::Whole)),
        Outcome::Truncated(reply) => Ok(response(finished(reply), Ending::Cut)),
        Outcome::Late(delay, reply) => {
            tokio::time::sleep(delay).await;
            Ok(response(finished(reply), Ending::Whole))
        }
        Outcome::Hang => {
            let _waiting = Waiting::begins(world, path);
            let never: Infallible = std::future::pending().await;
            match never {}
        }
        // An error of the service makes hyper close the connection without a word.
        Outcome::Reset => Err(io::Error::from(io::ErrorKind::ConnectionReset)),
    }
}

/// A client that waits for an answer that never comes. Dropped, it has left.
struct Waiting {
    world: Arc<Mutex<World>>,
    path: String,
}

impl Waiting {
    fn begins(world: Arc<Mutex<World>>, path: String) -> Self {
        let waiting = Self { world, path };
        waiting.tell(Hung::Waits);
        waiting
    }

    fn tell(&self, what: fn(String) -> Hung) {
        let world = self.world.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(hung) = &world.hung {
            // Nobody may listen any more.
            hung.send(what(self.path.clone())).unwrap_or_default();
        }
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.tell(Hung::Left);
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Ending {
    Whole,
    /// The data is half of what was announced.
    Cut,
    /// That half has been sent.
    Over,
}

fn response(reply: Reply, ending: Ending) -> Response<Payload> {
    let length = u64::try_from(reply.body.len()).unwrap_or(u64::MAX);
    let mut data = Bytes::from(reply.body);
    if ending == Ending::Cut {
        data.truncate(data.len() / 2);
    }
    let data = Some(data).filter(|data| !data.is_empty());
    let mut response = Response::new(Payload {
        data,
        length,
        ending,
    });
    *response.status_mut() =
        StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in reply.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().append(name, value);
        }
    }
    response
}

/// A body that may break off before the length it announced.
struct Payload {
    data: Option<Bytes>,
    length: u64,
    ending: Ending,
}

impl Body for Payload {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if let Some(data) = self.data.take() {
            return Poll::Ready(Some(Ok(Frame::data(data))));
        }
        match self.ending {
            Ending::Whole => Poll::Ready(None),
            // Time for hyper to send what it has: an error at once would take it back.
            Ending::Cut => {
                self.ending = Ending::Over;
                context.waker().wake_by_ref();
                Poll::Pending
            }
            Ending::Over => {
                Poll::Ready(Some(Err(io::Error::from(io::ErrorKind::ConnectionAborted))))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.ending == Ending::Whole && self.data.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.length)
    }
}
