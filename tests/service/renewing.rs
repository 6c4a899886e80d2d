//! Renewal: by the refresh token as long as it is good, else by the password.

use std::time::Duration;

use jiff::SignedDuration;
use vigie::service::ServiceError;
use vigie::sim::Endpoint;
use vigie::sim::Fault;

use crate::both::Service;
use crate::both::on_both;
use crate::stage::Stage;
use crate::stage::answer;
use crate::stage::field;
use crate::stage::still;

on_both! {
    async
    a_renewal_sends_the_refresh_token_and_never_the_password,
    the_newest_refresh_token_is_used,
    an_answer_without_a_refresh_token_leaves_the_old_one,
    without_any_refresh_token_the_password_goes_again,
    a_revoked_refresh_token_falls_back_to_the_password,
    a_refused_refresh_token_is_not_tried_again_even_if_the_password_fails,
    trouble_does_not_spend_the_refresh_token,
    after_a_renewal_the_new_token_travels,
    the_service_may_ask_for_an_early_renewal,
    a_wrong_registration_keeps_the_refresh_token,
    an_answer_that_comes_after_signing_out_brings_nothing_back,
    a_failed_renewal_leaves_the_token_that_still_lives,
    no_request_leaves_with_a_token_known_to_be_expired,
    no_request_leaves_without_a_token,
    two_renewals_at_once_go_one_after_the_other,
}

/// The bearer of the last request for alerts.
fn last_bearer(stage: &Stage) -> String {
    let requests = stage.requests();
    let last = requests.iter().rfind(|request| request.method == "GET");
    last.unwrap().header("authorization").unwrap().to_owned()
}

async fn a_renewal_sends_the_refresh_token_and_never_the_password(service: &'static Service) {
    let stage = Stage::signed_in_to(service).await;
    stage.client.renew().await.unwrap();
    let form = &stage.forms()[1];
    let names: Vec<&str> = form.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        ["resource", "client_id", "grant_type", "refresh_token"]
    );
    assert_eq!(field(form, "resource"), service.resource);
    assert_eq!(field(form, "client_id"), stage.account().client_id);
    assert_eq!(field(form, "grant_type"), "refresh_token");
    assert!(!field(form, "refresh_token").is_empty());
}

async fn the_newest_refresh_token_is_used(service: &'static Service) {
    let stage = Stage::signed_in_to(service).await;
    for _ in 0..3 {
        assert!(stage.client.renew().await.unwrap().refreshable);
    }
    let used: Vec<String> = stage.forms()[1..]
        .iter()
        .map(|form| field(form, "refresh_token"))
        .collect();
    assert!(used[0] != used[1] && used[1] != used[2] && used[0] != used[2]);
}

async fn an_answer_without_a_refresh_token_leaves_the_old_one(service: &'static Service) {
    let stage = Stage::signed_in_to(service).await;
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

async fn without_any_refresh_token_the_password_goes_again(service: &'static Service) {
    let stage = Stage::on(service, still(1)).await;
    stage.script().omit_refresh_token(true);
    for _ in 0..2 {
        assert!(!stage.client.renew().await.unwrap().refreshable);
    }
    assert_eq!(stage.grants(), ["password", "password"]);
}

async fn a_revoked_refresh_token_falls_back_to_the_password(service: &'static Service) {
    let stage = Stage::signed_in_to(service).await;
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

async fn a_refused_refresh_token_is_not_tried_again_even_if_the_password_fails(
    service: &'static Service,
) {
    let stage = Stage::signed_in_to(service).await;
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

async fn trouble_does_not_spend_the_refresh_token(service: &'static Service) {
    let stage = Stage::signed_in_to(service).await;
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

async fn after_a_renewal_the_new_token_travels(service: &'static Service) {
    let stage = Stage::signed_in_to(service).await;
    let query = stage.everything(1);
    stage.client.list_alerts(&query).await.unwrap();
    let first = last_bearer(&stage);
    stage.clock.advance(Duration::from_secs(3_300));
    stage.client.renew().await.unwrap();
    stage.client.list_alerts(&query).await.unwrap();
    let second = last_bearer(&stage);
    assert!(first.starts_with("Bearer ") && second.starts_with("Bearer "));
    assert_ne!(first, second);
}

async fn the_service_may_ask_for_an_early_renewal(service: &'static Service) {
    let stage = Stage::on(service, still(1)).await;
    assert_eq!(stage.client.renew().await.unwrap().renew_in, None);
    let body = r#"{"access_token":"t","expires_in":86399,"refresh_in":"43199"}"#;
    stage.script().next(Endpoint::Token, answer(200, &[], body));
    let facts = stage.client.renew().await.unwrap();
    assert_eq!(facts.renew_in, Some(SignedDuration::from_secs(43_199)));
}

async fn a_wrong_registration_keeps_the_refresh_token(service: &'static Service) {
    let stage = Stage::signed_in_to(service).await;
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

async fn an_answer_that_comes_after_signing_out_brings_nothing_back(service: &'static Service) {
    let stage = Stage::on(service, still(1)).await;
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
    let listed = stage.client.list_alerts(&stage.everything(1)).await;
    assert!(matches!(listed, Err(ServiceError::TokenExpired)));
}

async fn a_failed_renewal_leaves_the_token_that_still_lives(service: &'static Service) {
    let stage = Stage::signed_in_to(service).await;
    stage.script().next(Endpoint::Token, Fault::Reset);
    stage.client.renew().await.unwrap_err();
    let page = stage.client.list_alerts(&stage.everything(5)).await;
    assert_eq!(page.unwrap().alerts.len(), 5);
}

async fn no_request_leaves_with_a_token_known_to_be_expired(service: &'static Service) {
    let stage = Stage::signed_in_to(service).await;
    let query = stage.everything(1);
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

async fn no_request_leaves_without_a_token(service: &'static Service) {
    let stage = Stage::on(service, still(1)).await;
    let error = stage.client.list_alerts(&stage.everything(1)).await;
    assert!(matches!(error, Err(ServiceError::TokenExpired)));
    assert!(stage.requests().is_empty());
}

async fn two_renewals_at_once_go_one_after_the_other(service: &'static Service) {
    let stage = Stage::on(service, still(1)).await;
    let (first, second) = tokio::join!(stage.client.renew(), stage.client.renew());
    assert!(first.is_ok() && second.is_ok());
    // The second one already knows the refresh token of the first.
    assert_eq!(stage.grants(), ["password", "refresh_token"]);
}
