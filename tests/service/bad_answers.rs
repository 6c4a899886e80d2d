//! Answers that are broken, endless, or never come.

use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;
use vigie::domain::alert::AlertId;
use vigie::domain::failure::Failure;
use vigie::domain::failure::FailureKind;
use vigie::service::Limits;
use vigie::service::ServiceError;
use vigie::sim::Account;
use vigie::sim::Endpoint;
use vigie::sim::Fault;

use crate::both::Service;
use crate::both::on_both;
use crate::stage::Stage;
use crate::stage::client_on;
use crate::stage::still;

on_both! {
    async
    every_broken_answer_is_a_failure_and_the_next_one_is_read,
    an_answer_that_is_no_alert_is_malformed,
    silence_ends_by_itself,
    a_bomb_and_a_huge_body_are_left_unread,
    an_endless_answer_is_hung_up_on,
}

const MIB: usize = 1024 * 1024;

async fn every_broken_answer_is_a_failure_and_the_next_one_is_read(service: &'static Service) {
    let stage = Stage::signed_in_to(service).await;
    let cases = [
        (Fault::Reset, FailureKind::Unreachable, "broke off"),
        (Fault::Truncate, FailureKind::Unreachable, "broke off"),
        (
            Fault::Garbage,
            FailureKind::Malformed,
            "not a page of alerts",
        ),
        (Fault::Html, FailureKind::Malformed, "not a page of alerts"),
        (Fault::Empty, FailureKind::Malformed, "not a page of alerts"),
    ];
    for (fault, kind, words) in cases {
        let name = format!("{fault:?}");
        let failure = Failure::from(stage.list_spoiled(fault).await.unwrap_err());
        assert_eq!(failure.kind, kind, "{name}: {failure}");
        assert!(failure.sentence.contains(words), "{name}: {failure}");
        assert!(failure.is_passing());
        let page = stage.client.list_alerts(&stage.everything(10)).await;
        assert_eq!(page.unwrap().alerts.len(), 10, "{name}");
    }
}

async fn an_answer_that_is_no_alert_is_malformed(service: &'static Service) {
    let stage = Stage::signed_in_to(service).await;
    let id = AlertId::new("a").unwrap();
    for fault in [Fault::Html, Fault::Empty, Fault::Garbage] {
        stage.script().next(service.alert, fault);
        let error = stage.client.get_alert(&id).await.unwrap_err();
        assert!(matches!(error, ServiceError::Malformed(_)), "{error:?}");
    }
}

async fn silence_ends_by_itself(service: &'static Service) {
    let stage = Stage::on(service, still(1)).await;
    let impatient = Limits {
        silence: Duration::from_millis(100),
        ..Limits::default()
    };
    let client = stage.client_within(impatient);
    stage.script().always(Endpoint::Any, Some(Fault::Hang));
    let error = client.renew().await.unwrap_err();
    let told = error.to_string();
    assert!(
        told.starts_with("127.0.0.1:") && told.ends_with(" did not answer in time"),
        "{told}"
    );
    assert_eq!(Failure::from(error).kind, FailureKind::Unreachable);
}

async fn a_bomb_and_a_huge_body_are_left_unread(service: &'static Service) {
    let stage = Stage::signed_in_to(service).await;
    let id = AlertId::new("a").unwrap();
    for fault in [Fault::GzipBomb(9 * MIB), Fault::HugeBody(9 * MIB)] {
        stage.script().next(service.alert, fault);
        let error = stage.client.get_alert(&id).await.unwrap_err();
        assert!(matches!(error, ServiceError::TooLarge(8)), "{error:?}");
    }
    for fault in [Fault::GzipBomb(MIB), Fault::HugeBody(MIB)] {
        stage.script().next(Endpoint::Token, fault);
        let error = stage.client.renew().await.unwrap_err();
        assert!(matches!(error, ServiceError::TooLarge(_)), "{error:?}");
    }
    let error = stage.list_spoiled(Fault::GzipBomb(97 * MIB)).await;
    assert!(matches!(error, Err(ServiceError::TooLarge(96))));
}

/// The connection is closed from our side long before the answer ends, which it
/// never does.
async fn an_endless_answer_is_hung_up_on(service: &'static Service) {
    let stage = Stage::on(service, still(1)).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let api = format!("http://{}", listener.local_addr().unwrap());
    let babbler = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = [0; 4096];
        assert!(stream.read(&mut request).await.unwrap() > 0);
        let mut chunk = b"10000\r\n".to_vec();
        chunk.resize(chunk.len() + 0x10000, b' ');
        chunk.extend_from_slice(b"\r\n");
        let head = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
        stream.write_all(head).await.unwrap();
        let mut sent = 0;
        while stream.write_all(&chunk).await.is_ok() {
            sent += 0x10000;
        }
        sent
    });
    let account = Account {
        graph: api.clone(),
        api,
        ..stage.account()
    };
    let client = client_on(service, &account, &stage.clock, Limits::default());
    client.renew().await.unwrap();
    let id = AlertId::new("a").unwrap();
    let error = client.get_alert(&id).await.unwrap_err();
    assert!(matches!(error, ServiceError::TooLarge(8)), "{error:?}");
    let sent = babbler.await.unwrap();
    // What the buffers of the sockets hold comes on top.
    assert!((8 * MIB..64 * MIB).contains(&sent), "{sent}");
}
