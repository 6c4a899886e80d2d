//! Answers that say no: by status, with the waits they ask for.

use std::time::Duration;

use jiff::SignedDuration;
use vigie::domain::alert::AlertId;
use vigie::domain::failure::Failure;
use vigie::domain::failure::FailureKind;
use vigie::domain::query::AlertQuery;
use vigie::service::ServiceError;
use vigie::sim::Limits;
use vigie::sim::Options;

use crate::both::GRAPH;
use crate::both::Service;
use crate::both::on_both;
use crate::stage::Stage;
use crate::stage::answer;
use crate::stage::still;

on_both! {
    async
    a_revoked_token_is_unauthorized_and_a_new_one_is_not,
    a_token_without_the_scope_is_forbidden_with_the_services_words,
    an_unknown_alert_is_not_found,
    the_status_decides_and_the_body_only_adds_words,
    a_throttled_answer_tells_how_long_to_wait,
    the_services_own_limit_is_understood,
}

const INVALID_BODY: &str = include_str!("../samples/error-invalid-request-body.json");
const NOT_FOUND: &str = include_str!("../samples/error-resource-not-found.json");

/// As Graph refuses, with nothing said.
const OF_GRAPH: &str = r#"{"error":{"code":"BadRequest","message":"","innerError":{"date":"2026-11-22T14:00:00","request-id":"4a1f","client-request-id":"4a1f"}}}"#;

const IN_WORDS: &str =
    r#"{"error":{"code":"429","message":"You can send requests again in 8 seconds."}}"#;

async fn a_revoked_token_is_unauthorized_and_a_new_one_is_not(service: &'static Service) {
    let stage = Stage::signed_in_to(service).await;
    let query = stage.everything(1);
    stage.script().revoke_tokens();
    let error = stage.client.list_alerts(&query).await.unwrap_err();
    assert!(
        matches!(&error, ServiceError::Unauthorized(words) if words.contains("revoked")),
        "{error:?}"
    );
    let remedy = Failure::from(error).remedy.unwrap();
    assert!(remedy.contains("vigie token"), "{remedy}");
    stage.client.renew().await.unwrap();
    stage.client.list_alerts(&query).await.unwrap();
}

async fn a_token_without_the_scope_is_forbidden_with_the_services_words(service: &'static Service) {
    let stage = Stage::on(service, still(1)).await;
    service.grant(&stage.script(), &["Machine.Read"]);
    stage.client.renew().await.unwrap();
    let error = stage.client.list_alerts(&stage.everything(1)).await;
    let failure = Failure::from(error.unwrap_err());
    assert_eq!(failure.kind, FailureKind::Forbidden);
    for word in ["403", service.reads, "Machine.Read"] {
        assert!(failure.sentence.contains(word), "{failure}");
    }
    assert!(failure.remedy.unwrap().contains("`scp`"));
}

async fn an_unknown_alert_is_not_found(service: &'static Service) {
    let stage = Stage::signed_in_to(service).await;
    // Every character of the id travels encoded, within its own path segment.
    for id in ["da1_-1", "../machines", "a/b?c#d", "%2e%2e"] {
        let id = AlertId::new(id).unwrap();
        let error = stage.client.get_alert(&id).await.unwrap_err();
        assert!(matches!(error, ServiceError::NotFound(_)), "{error:?}");
    }
    let paths: Vec<String> = stage.requests()[1..]
        .iter()
        .map(|request| request.path.clone())
        .collect();
    let encoded = ["da1_-1", "..%2Fmachines", "a%2Fb%3Fc%23d", "%252e%252e"];
    assert_eq!(paths, encoded.map(|id| format!("{}/{id}", service.alerts)));
}

#[tokio::test]
async fn on_graph_listed_alerts_have_their_evidence() {
    let stage = Stage::signed_in_to(&GRAPH).await;
    let page = stage.client.list_alerts(&stage.everything(10)).await;
    let listed = page.unwrap().alerts;
    assert!(listed.iter().all(|alert| alert.has_evidence));
}

#[tokio::test]
async fn a_known_alert_comes_with_its_evidence() {
    let stage = Stage::signed_in().await;
    let page = stage.client.list_alerts(&AlertQuery::everything(1)).await;
    let listed = page.unwrap().alerts.remove(0);
    assert!(!listed.has_evidence);
    let alert = stage.client.get_alert(&listed.id).await.unwrap();
    assert_eq!(alert.id, listed.id);
    assert!(alert.has_evidence);
}

async fn the_status_decides_and_the_body_only_adds_words(service: &'static Service) {
    let stage = Stage::signed_in_to(service).await;
    let cases = [
        (
            400,
            INVALID_BODY,
            FailureKind::Rejected,
            "InvalidRequestBody",
        ),
        (400, OF_GRAPH, FailureKind::Rejected, "BadRequest"),
        (401, "", FailureKind::Unauthorized, "401"),
        (403, "<html>", FailureKind::Forbidden, "403"),
        (404, NOT_FOUND, FailureKind::NotFound, "ResourceNotFound"),
        (418, "", FailureKind::Rejected, "418"),
        (500, "", FailureKind::Unreachable, "failed (500"),
        (502, "<html>", FailureKind::Unreachable, "502"),
        (503, NOT_FOUND, FailureKind::Unreachable, "503"),
        (504, "\u{1b}[2J", FailureKind::Unreachable, "504"),
    ];
    for (status, body, kind, words) in cases {
        let error = stage.list_spoiled(answer(status, &[], body)).await;
        let failure = Failure::from(error.unwrap_err());
        assert_eq!(failure.kind, kind, "{status}");
        assert!(failure.sentence.contains(words), "{status}: {failure}");
        assert!(!failure.sentence.contains(char::is_control), "{failure:?}");
    }
}

/// Headers and body of an answer, and the seconds it tells.
type Throttled = (
    &'static [(&'static str, &'static str)],
    &'static str,
    Option<i64>,
);

async fn a_throttled_answer_tells_how_long_to_wait(service: &'static Service) {
    let stage = Stage::signed_in_to(service).await;
    let cases: [Throttled; 5] = [
        (&[("retry-after", "17")], IN_WORDS, Some(17)),
        (
            &[("retry-after", "Sun, 22 Nov 2026 14:00:20 GMT")],
            "",
            Some(20),
        ),
        (&[], IN_WORDS, Some(8)),
        (&[("retry-after", "99999999999")], "", None),
        (&[], "", None),
    ];
    for (headers, body, seconds) in cases {
        let error = stage.list_spoiled(answer(429, headers, body)).await;
        let failure = Failure::from(error.unwrap_err());
        assert_eq!(failure.kind, FailureKind::Throttled);
        let wait = seconds.map(SignedDuration::from_secs);
        assert_eq!(failure.retry_after, wait, "{headers:?} {body}");
    }
    let busy = stage.list_spoiled(answer(503, &[("retry-after", "5")], ""));
    let failure = Failure::from(busy.await.unwrap_err());
    assert_eq!(failure.retry_after, Some(SignedDuration::from_secs(5)));
}

async fn the_services_own_limit_is_understood(service: &'static Service) {
    let limits = Limits {
        per_minute: 2,
        per_hour: 100,
    };
    let options = Options {
        limits,
        graph_limits: limits,
        ..still(3)
    };
    let stage = Stage::signed_in_with(service, options).await;
    let query = stage.everything(1);
    for _ in 0..2 {
        stage.client.list_alerts(&query).await.unwrap();
    }
    stage.clock.advance(Duration::from_secs(20));
    let error = stage.client.list_alerts(&query).await.unwrap_err();
    let wait = SignedDuration::from_secs(40);
    assert!(
        matches!(error, ServiceError::Throttled { retry_after } if retry_after == Some(wait)),
        "{error:?}"
    );
    stage.clock.advance(Duration::from_secs(40));
    stage.client.list_alerts(&query).await.unwrap();
}
