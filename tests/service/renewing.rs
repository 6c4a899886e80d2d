//! Renewal: by the refresh token as long as it is good, else by the password.

use std::time::Duration;

use jiff::SignedDuration;
use vigie::domain::query::AlertQuery;
use vigie::service::ServiceError;
use vigie::sim::Endpoint;
use vigie::sim::Fault;

use crate::stage::RESOURCE;
use crate::stage::Stage;
use crate::stage::answer;
use crate::stage::field;

/// The bearer of the last request for alerts.
fn last_bearer(stage: &Stage) -> String {
    let requests = stage.requests();
    let last = requests.iter().rfind(|request| request.method == "GET");
    last.unwrap().header("authorization").unwrap().to_owned()
}

#[tokio::test]
async fn a_renewal_sends_the_refresh_token_and_never_the_password() {
    let stage = Stage::signed_in().await;
    stage.client.renew().await.unwrap();
    let form = &stage.forms()[1];
    let names: Vec<&str> = form.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        ["resource", "client_id", "grant_type", "refresh_token"]
    );
    assert_eq!(field(form, "resource"), RESOURCE);
    assert_eq!(field(form, "client_id"), stage.account().client_id);
    assert_eq!(field(form, "grant_type"), "refresh_token");
    assert!(!field(form, "refresh_token").is_empty());
}

#[tokio::test]
async fn the_newest_refresh_token_is_used() {
    let stage = Stage::signed_in().await;
    for _ in 0..3 {
        assert!(stage.client.renew().await.unwrap().refreshable);
    }
    let used: Vec<String> = stage.forms()[1..]
        .iter()
        .map(|form| field(form, "refresh_token"))
        .collect();
    assert!(used[0] != used[1] && used[1] != used[2] && used[0] != used[2]);
}

#[tokio::test]
async fn an_answer_without_a_refresh_token_leaves_the_old_one() {
    let stage = Stage::signed_in().await;
    stage.script().omit_refresh_token(true);
    for _ in 0..2 {
        assert!(stage.client.renew().await.unwrap().refreshable);
    }
    assert_eq!(
        stage.grants(),
        ["password", "refresh_token", "refresh_token"]
    );
    let forms = stage.forms();
    assert_eq!(
        field(&forms[1], "refresh_token"),
        field(&forms[2], "refresh_token")
    );
}

#[tokio::test]
async fn without_any_refresh_token_the_password_goes_again() {
    let stage = Stage::with_alerts(1).await;
    stage.script().omit_refresh_token(true);
    for _ in 0..2 {
        assert!(!stage.client.renew().await.unwrap().refreshable);
    }
    assert_eq!(stage.grants(), ["password", "password"]);
}

#[tokio::test]
async fn a_revoked_refresh_token_falls_back_to_the_password() {
    let stage = Stage::signed_in().await;
    stage.script().revoke_refresh_tokens();
    assert!(stage.client.renew().await.unwrap().refreshable);
    assert_eq!(stage.grants(), ["password", "refresh_token", "password"]);
    // What came with the password is good again.
    stage.client.renew().await.unwrap();
    assert_eq!(stage.grants()[3], "refresh_token");
    assert_ne!(
        field(&stage.forms()[1], "refresh_token"),
        field(&stage.forms()[3], "refresh_token")
    );
}

#[tokio::test]
async fn a_refused_refresh_token_is_not_tried_again_even_if_the_password_fails() {
    let stage = Stage::signed_in().await;
    let refused = r#"{"error":"invalid_grant","error_description":"AADSTS50173: no."}"#;
    stage
        .script()
        .next(Endpoint::Token, answer(400, &[], refused));
    stage.script().next(Endpoint::Token, Fault::Reset);
    stage.client.renew().await.unwrap_err();
    stage.client.renew().await.unwrap();
    assert_eq!(
        stage.grants(),
        ["password", "refresh_token", "password", "password"]
    );
}

#[tokio::test]
async fn trouble_does_not_spend_the_refresh_token() {
    let stage = Stage::signed_in().await;
    stage.script().next(Endpoint::Token, answer(503, &[], ""));
    stage.client.renew().await.unwrap_err();
    stage.client.renew().await.unwrap();
    assert_eq!(
        stage.grants(),
        ["password", "refresh_token", "refresh_token"]
    );
    let forms = stage.forms();
    assert_eq!(forms[1], forms[2]);
}

#[tokio::test]
async fn after_a_renewal_the_new_token_travels() {
    let stage = Stage::signed_in().await;
    let query = AlertQuery::everything(1);
    stage.client.list_alerts(&query).await.unwrap();
    let first = last_bearer(&stage);
    stage.clock.advance(Duration::from_secs(3_300));
    stage.client.renew().await.unwrap();
    stage.client.list_alerts(&query).await.unwrap();
    let second = last_bearer(&stage);
    assert!(first.starts_with("Bearer ") && second.starts_with("Bearer "));
    assert_ne!(first, second);
}

#[tokio::test]
async fn the_service_may_ask_for_an_early_renewal() {
    let stage = Stage::with_alerts(1).await;
    assert_eq!(stage.client.renew().await.unwrap().renew_in, None);
    let body = r#"{"access_token":"t","expires_in":86399,"refresh_in":"43199"}"#;
    stage.script().next(Endpoint::Token, answer(200, &[], body));
    let facts = stage.client.renew().await.unwrap();
    assert_eq!(facts.renew_in, Some(SignedDuration::from_secs(43_199)));
}

#[tokio::test]
async fn a_wrong_registration_keeps_the_refresh_token() {
    let stage = Stage::signed_in().await;
    let refused = r#"{"error":"invalid_client","error_description":"AADSTS700016: no."}"#;
    stage
        .script()
        .next(Endpoint::Token, answer(401, &[], refused));
    let error = stage.client.renew().await.unwrap_err();
    assert!(
        matches!(error, ServiceError::SignInRefused { .. }),
        "{error:?}"
    );
    stage.client.renew().await.unwrap();
    assert_eq!(
        stage.grants(),
        ["password", "refresh_token", "refresh_token"]
    );
}

#[tokio::test]
async fn an_answer_that_comes_after_signing_out_brings_nothing_back() {
    let stage = Stage::with_alerts(1).await;
    let signed_out = async {
        while stage.forms().is_empty() {
            tokio::task::yield_now().await;
        }
        // The answer is on its way, but nobody has looked at it yet.
        stage.client.forget_tokens();
    };
    let ((), renewed) = tokio::join!(biased; signed_out, stage.client.renew());
    assert!(
        matches!(renewed, Err(ServiceError::SignInNeeded { .. })),
        "{renewed:?}"
    );
    let listed = stage.client.list_alerts(&AlertQuery::everything(1)).await;
    assert!(matches!(listed, Err(ServiceError::TokenExpired)));
}

#[tokio::test]
async fn a_failed_renewal_leaves_the_token_that_still_lives() {
    let stage = Stage::signed_in().await;
    stage.script().next(Endpoint::Token, Fault::Reset);
    stage.client.renew().await.unwrap_err();
    let page = stage.client.list_alerts(&AlertQuery::everything(5)).await;
    assert_eq!(page.unwrap().alerts.len(), 5);
}

#[tokio::test]
async fn no_request_leaves_with_a_token_known_to_be_expired() {
    let stage = Stage::signed_in().await;
    let query = AlertQuery::everything(1);
    // Its last second: the service told 3,599.
    stage.clock.advance(Duration::from_secs(3_598));
    stage.client.list_alerts(&query).await.unwrap();
    let before = stage.requests().len();
    stage.clock.advance(Duration::from_secs(1));
    let error = stage.client.list_alerts(&query).await.unwrap_err();
    assert!(matches!(error, ServiceError::TokenExpired), "{error:?}");
    assert_eq!(stage.requests().len(), before, "a request left");
    stage.client.renew().await.unwrap();
    stage.client.list_alerts(&query).await.unwrap();
}

#[tokio::test]
async fn no_request_leaves_without_a_token() {
    let stage = Stage::with_alerts(1).await;
    let error = stage.client.list_alerts(&AlertQuery::everything(1)).await;
    assert!(matches!(error, Err(ServiceError::TokenExpired)));
    assert!(stage.requests().is_empty());
}

#[tokio::test]
async fn two_renewals_at_once_go_one_after_the_other() {
    let stage = Stage::with_alerts(1).await;
    let (first, second) = tokio::join!(stage.client.renew(), stage.client.renew());
    assert!(first.is_ok() && second.is_ok());
    // The second one already knows the refresh token of the first.
    assert_eq!(stage.grants(), ["password", "refresh_token"]);
}
