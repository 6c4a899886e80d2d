//! The port a browser comes back to, and everyone else who can reach it.

use std::net::Ipv4Addr;

use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;
use tokio::net::TcpStream;
use vigie::domain::failure::Failure;
use vigie::domain::failure::FailureKind;
use vigie::domain::sign_in::AttemptId;
use vigie::domain::sign_in::Way;
use vigie::service::authority::Method;

use crate::browser::BROWSER;
use crate::browser::has_nothing;
use crate::person;
use crate::person::exchange;
use crate::person::post;
use crate::stage::Stage;

const ATTEMPT: AttemptId = AttemptId(7);

/// A port that no other test is given meanwhile: the system chooses from higher ones.
async fn free_port(from: u16) -> u16 {
    for port in from..from + 1_000 {
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.is_ok() {
            return port;
        }
    }
    panic!("a thousand ports are taken")
}

fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).unwrap().parse().unwrap()
}

#[tokio::test]
async fn whatever_is_no_answer_is_turned_away_and_the_real_one_still_counts() {
    let stage = Stage::with_alerts(1).await;
    let client = stage.client_by(BROWSER);
    let (url, port) = person::prepared(&client, ATTEMPT).await;
    let others = async {
        let right = person::answers(&url, "continue").await;
        let body = right.body();
        let good = post(port, &body);
        let host = format!("host: localhost:{port}");
        let huge = format!("{body}&x={}", "x".repeat(70_000));
        for (request, expected) in [
            (good.replacen("POST", "GET", 1), 405),
            (format!("GET /?{body} HTTP/1.1\r\n{host}\r\n\r\n"), 404),
            (format!("GET / HTTP/1.1\r\n{host}\r\n\r\n"), 405),
            (good.replacen("POST", "PUT", 1), 405),
            (good.replacen("POST /", "POST /favicon.ico", 1), 404),
            (good.replacen("POST /", "POST /?x", 1), 404),
            (good.replacen(&host, "host: evil.example", 1), 400),
            (good.replacen(&host, "host: localhost", 1), 400),
            (
                good.replacen(&host, &format!("host: localhost.evil.example:{port}"), 1),
                400,
            ),
            (good.replacen(&host, "x: y", 1), 400),
            (good.replacen("x-www-form-urlencoded", "json", 1), 400),
            (good.replacen("content-type", "x-content-type", 1), 400),
            (post(port, ""), 400),
            (post(port, &right.clone().with("state", None).body()), 400),
            (post(port, &right.clone().with("code", None).body()), 400),
            (post(port, &format!("{body}&state=x")), 400),
            (post(port, &huge), 413),
        ] {
            let answer = exchange(port, &request).await;
            let head: String = request.chars().take(60).collect();
            assert_eq!(status(&answer), expected, "{head}");
            assert!(answer.contains("There is nothing here."), "{answer}");
        }
        exchange(port, "nonsense\r\n\r\n").await;
        assert!(stage.forms().is_empty());
        right.posts(port).await
    };
    let (facts, page) = tokio::join!(client.await_browser(ATTEMPT), others);
    facts.unwrap();
    let page = page.to_ascii_lowercase();
    for header in [
        "cache-control: no-store",
        "referrer-policy: no-referrer",
        "content-security-policy: default-src 'none'",
        "x-content-type-options: nosniff",
        "connection: close",
    ] {
        assert!(page.contains(&format!("\r\n{header}\r\n")), "{page}");
    }
    assert!(!page.contains("<script"));
}

#[tokio::test]
async fn every_name_of_this_machine_is_answered_to() {
    let stage = Stage::with_alerts(1).await;
    for host in ["LOCALHOST", "127.0.0.1", "[::1]"] {
        let client = stage.client_by(BROWSER);
        let (url, port) = person::prepared(&client, ATTEMPT).await;
        let browser = async {
            let brought = person::answers(&url, "continue").await;
            let request = post(port, &brought.body()).replacen("localhost", host, 1);
            exchange(port, &request).await
        };
        let (facts, _) = tokio::join!(client.await_browser(ATTEMPT), browser);
        facts.unwrap();
    }
}

#[tokio::test]
async fn silent_connections_do_not_keep_the_real_one_out() {
    let stage = Stage::with_alerts(1).await;
    let client = stage.client_by(BROWSER);
    let (url, port) = person::prepared(&client, ATTEMPT).await;
    let browser = async {
        let mut silent = Vec::new();
        for begun in ["", "POST", "POST / HTTP/1.1\r\nhost: x\r\n"] {
            let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
            stream.write_all(begun.as_bytes()).await.unwrap();
            silent.push(stream);
        }
        person::answers(&url, "continue").await.posts(port).await;
        silent
    };
    let (facts, _silent) = tokio::join!(client.await_browser(ATTEMPT), browser);
    facts.unwrap();
}

#[tokio::test]
async fn the_port_is_closed_with_the_first_answer() {
    let stage = Stage::with_alerts(1).await;
    let fixed = Method::Browser {
        redirect_port: Some(free_port(20_000).await),
    };
    let client = stage.client_by(fixed);
    let (url, port) = person::prepared(&client, ATTEMPT).await;
    let browser = async {
        let brought = person::answers(&url, "continue").await;
        brought.posts(port).await;
        brought
    };
    let (facts, brought) = tokio::join!(client.await_browser(ATTEMPT), browser);
    facts.unwrap();
    assert!(TcpStream::connect(("127.0.0.1", port)).await.is_err());
    assert!(TcpStream::connect(("::1", port)).await.is_err());
    // The code was redeemed once, and the attempt is over.
    assert_eq!(stage.grants(), ["authorization_code"]);
    assert!(
        client
            .redeem_pasted(ATTEMPT, &brought.pasted())
            .await
            .is_err()
    );
    assert_eq!(stage.grants().len(), 1);
}

#[tokio::test]
async fn a_second_answer_is_not_listened_to() {
    let stage = Stage::with_alerts(1).await;
    let client = stage.client_by(BROWSER);
    let (url, port) = person::prepared(&client, ATTEMPT).await;
    let browsers = async {
        let brought = person::answers(&url, "continue").await;
        let (first, second) = (brought.clone().with("code", Some("x")), brought);
        // Both connections stand before either is answered.
        let mut late = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        first.posts(port).await;
        let request = post(port, &second.body());
        // Closed by then, or about to be.
        drop(late.write_all(request.as_bytes()).await);
    };
    let (refused, ()) = tokio::join!(client.await_browser(ATTEMPT), browsers);
    assert!(refused.is_err());
    assert_eq!(stage.grants().len(), 1);
    has_nothing(&client).await;
}

#[tokio::test]
async fn giving_up_ends_the_wait_and_frees_the_port_at_once() {
    let stage = Stage::with_alerts(1).await;
    let port = free_port(21_000).await;
    let client = stage.client_by(Method::Browser {
        redirect_port: Some(port),
    });
    let (first, second) = (AttemptId(1), AttemptId(2));
    let (_, bound) = person::prepared(&client, first).await;
    assert_eq!(bound, port);
    let again = async {
        // A connection shows that the first one is being waited for.
        exchange(port, "GET / HTTP/1.1\r\n\r\n").await;
        client.forget_sign_in(first);
        person::prepared(&client, second).await
    };
    let (given_up, (url, _)) = tokio::join!(client.await_browser(first), again);
    let failure = Failure::from(given_up.unwrap_err());
    assert_eq!(failure.kind, FailureKind::SignInRefused);
    assert!(failure.sentence.contains("not open any more"), "{failure}");
    let browser = async { person::answers(&url, "continue").await.posts(port).await };
    let (facts, _) = tokio::join!(client.await_browser(second), browser);
    facts.unwrap();
    // One that nobody waits for is closed as well.
    person::prepared(&client, first).await;
    client.forget_sign_in(first);
    assert!(TcpStream::connect(("127.0.0.1", port)).await.is_err());
    assert!(client.await_browser(first).await.is_err());
}

#[tokio::test]
async fn a_port_that_is_taken_is_named_with_its_setting() {
    let stage = Stage::with_alerts(1).await;
    let theirs = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let port = theirs.local_addr().unwrap().port();
    let client = stage.client_by(Method::Browser {
        redirect_port: Some(port),
    });
    let refused = client.prepare_sign_in(ATTEMPT, Way::Browser).await;
    let failure = Failure::from(refused.unwrap_err());
    assert_eq!(failure.kind, FailureKind::SignInRefused);
    assert!(failure.sentence.contains(&port.to_string()), "{failure}");
    assert!(failure.remedy.unwrap().contains("`redirect_port`"));
    assert!(client.await_browser(ATTEMPT).await.is_err());
}
