//! A few conversations over a real loopback connection.
//!
//! Speaks raw HTTP on purpose: our own client must not test its own mirror.

use std::io;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::*;
use crate::sim::Endpoint;
use crate::sim::Fault;
use crate::sim::Simulator;

async fn started() -> io::Result<Simulator> {
    Simulator::start(Options {
        alerts: 20,
        ..Options::default()
    })
    .await
}

fn address(simulator: &Simulator) -> String {
    simulator
        .account()
        .api
        .trim_start_matches("http://")
        .to_owned()
}

async fn conversed(simulator: &Simulator, request: &str) -> io::Result<String> {
    let mut stream = TcpStream::connect(address(simulator)).await?;
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    // A connection cut short may end in an error; what came before it counts.
    drop(stream.read_to_end(&mut answer).await);
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

const PLAIN_GET: &str = "GET /api/alerts HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

#[tokio::test]
async fn a_request_is_answered_and_remembered() -> io::Result<()> {
    let simulator = started().await?;
    let answer = conversed(&simulator, PLAIN_GET).await?;
    assert!(
        answer.starts_with("HTTP/1.1 401 Unauthorized\r\n"),
        "{answer}"
    );
    assert!(answer.contains("\r\nwww-authenticate: Bearer "), "{answer}");
    let requests = simulator.requests();
    assert_eq!(requests.len(), 1);
    assert!(
        requests
            .iter()
            .all(|request| request.path == "/api/alerts" && request.header("Host") == Some("x"))
    );
    Ok(())
}

#[tokio::test]
async fn a_body_beyond_a_mebibyte_is_refused() -> io::Result<()> {
    let simulator = started().await?;
    let body = "x".repeat((1 << 20) + 1);
    let request = format!(
        "PATCH /api/alerts/a HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    assert!(
        conversed(&simulator, &request)
            .await?
            .starts_with("HTTP/1.1 413 ")
    );
    Ok(())
}

#[tokio::test]
async fn broken_connections_are_broken() -> io::Result<()> {
    let simulator = started().await?;
    simulator.script().next(Endpoint::Any, Fault::Reset);
    assert_eq!(conversed(&simulator, PLAIN_GET).await?, "");
    simulator.script().next(Endpoint::Alerts, Fault::Truncate);
    let answer = conversed(&simulator, PLAIN_GET).await?;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_default();
    let length: usize = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: ")?.parse().ok())
        .unwrap_or_default();
    assert!(length > 0 && body.len() < length, "{answer}");
    Ok(())
}

#[tokio::test]
async fn a_hanging_request_ends_with_the_simulator() -> io::Result<()> {
    let simulator = started().await?;
    simulator
        .script()
        .always(Endpoint::Alerts, Some(Fault::Hang));
    let mut stream = TcpStream::connect(address(&simulator)).await?;
    stream.write_all(PLAIN_GET.as_bytes()).await?;
    while simulator.requests().is_empty() {
        tokio::task::yield_now().await;
    }
    drop(simulator);
    let mut answer = Vec::new();
    drop(stream.read_to_end(&mut answer).await);
    assert!(answer.is_empty());
    Ok(())
}

#[tokio::test]
async fn replies_are_compressed_for_those_who_ask() -> io::Result<()> {
    let simulator = started().await?;
    let request = "GET /api/alerts HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAccept-Encoding: gzip, br\r\n\r\n";
    assert!(
        conversed(&simulator, request)
            .await?
            .contains("\r\ncontent-encoding: gzip\r\n")
    );
    Ok(())
}
