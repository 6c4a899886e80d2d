//! Sign-in by a short code typed into a page.

use std::time::Duration;

use jiff::SignedDuration;
use vigie::domain::failure::Failure;
use vigie::domain::failure::FailureKind;
use vigie::domain::query::AlertQuery;
use vigie::domain::sign_in::AttemptId;
use vigie::domain::sign_in::DeviceAnswer;
use vigie::domain::sign_in::Prompt;
use vigie::domain::sign_in::Way;
use vigie::service::Client;
use vigie::service::ServiceError;
use vigie::service::authority::Method;
use vigie::sim::Endpoint;
use vigie::sim::Fault;

use crate::browser::BROWSER;
use crate::browser::has_nothing;
use crate::secrets::Heard;
use crate::secrets::secrets;
use crate::stage::RESOURCE;
use crate::stage::Stage;
use crate::stage::answer;
use crate::stage::decoded;
use crate::stage::field;

const ATTEMPT: AttemptId = AttemptId(5);
const INTERVAL: Duration = Duration::from_secs(5);

async fn prepared(client: &Client) -> Prompt {
    let way = Way::DeviceCode;
    client.prepare_sign_in(ATTEMPT, way).await.unwrap()
}

#[tokio::test]
async fn a_person_types_the_code_and_the_session_renews_by_itself() {
    let heard = Heard::default();
    let _guard = heard.listen();
    let stage = Stage::with_alerts(3).await;
    let client = stage.client_by(Method::DeviceCode);
    assert!(client.needs_person());
    let prompt = prepared(&client).await;
    heard.note(&prompt);
    let Prompt::DeviceCode {
        code,
        page,
        expires,
        every,
    } = prompt
    else {
        panic!("{prompt:?}")
    };
    assert!(!code.is_empty() && page.original().ends_with("/devicelogin"));
    assert_eq!(every, SignedDuration::from_secs(5));
    let now = (stage.now)().steady;
    assert_eq!(now.until(expires), SignedDuration::from_mins(15));
    let request = stage.requests().pop().unwrap();
    assert!(request.path.ends_with("/oauth2/v2.0/devicecode"));
    let asked = decoded(&request.body);
    assert_eq!(asked.len(), 2);
    assert_eq!(field(&asked, "client_id"), stage.account().client_id);
    let scope = format!("{RESOURCE}/.default offline_access openid");
    assert_eq!(field(&asked, "scope"), scope);

    let polled = client.poll_device(ATTEMPT).await.unwrap();
    assert_eq!(polled, DeviceAnswer::Pending);
    // Asked again at once.
    let polled = client.poll_device(ATTEMPT).await.unwrap();
    assert_eq!(polled, DeviceAnswer::SlowDown);
    has_nothing(&client).await;
    stage.script().approve_device_codes();
    stage.clock.advance(INTERVAL * 2);
    let DeviceAnswer::Granted(facts) = client.poll_device(ATTEMPT).await.unwrap() else {
        panic!("it was approved")
    };
    assert!(facts.refreshable);
    client.renew().await.unwrap();
    let listed = client.list_alerts(&AlertQuery::everything(10)).await;
    assert_eq!(listed.unwrap().alerts.len(), 3);
    client.poll_device(ATTEMPT).await.unwrap_err();
    let forms = stage.forms();
    assert_eq!(forms.len(), 4);
    assert_eq!(
        field(&forms[0], "grant_type"),
        "urn:ietf:params:oauth:grant-type:device_code"
    );
    assert_eq!(field(&forms[3], "scope"), scope);
    let heard = heard.text();
    for secret in secrets(&stage) {
        assert!(!heard.contains(&secret), "`{secret}` was heard");
    }
}

#[tokio::test]
async fn trouble_leaves_the_code_as_good_as_it_was() {
    let stage = Stage::with_alerts(1).await;
    let client = stage.client_by(BROWSER);
    prepared(&client).await;
    for fault in [
        Fault::Reset,
        Fault::Html,
        answer(503, &[], ""),
        answer(429, &[], ""),
        answer(400, &[], "<html>"),
    ] {
        stage.script().next(Endpoint::Token, fault);
        let failure = Failure::from(client.poll_device(ATTEMPT).await.unwrap_err());
        assert!(failure.is_passing(), "{failure}");
    }
    stage.script().approve_device_codes();
    // One of the broken answers was an answer to the service.
    stage.clock.advance(INTERVAL);
    let polled = client.poll_device(ATTEMPT).await.unwrap();
    assert!(matches!(polled, DeviceAnswer::Granted(_)));
}

#[tokio::test]
async fn a_code_that_is_declined_or_too_old_is_over_and_says_so() {
    let stage = Stage::with_alerts(1).await;
    let client = stage.client_by(Method::DeviceCode);
    prepared(&client).await;
    stage.script().decline_device_codes();
    let declined = client.poll_device(ATTEMPT).await.unwrap_err();
    prepared(&client).await;
    stage.clock.advance(Duration::from_secs(901));
    let expired = client.poll_device(ATTEMPT).await.unwrap_err();
    prepared(&client).await;
    let body = r#"{"error":"invalid_grant","error_description":"AADSTS70019: Late."}"#;
    stage.script().next(Endpoint::Token, answer(400, &[], body));
    let late = client.poll_device(ATTEMPT).await.unwrap_err();
    for (error, words, remedy) in [
        (declined, "declined in the browser", "accept it"),
        (expired, "too old", "ask for a new one"),
        (late, "too old", "ask for a new one"),
    ] {
        let failure = Failure::from(error);
        assert_eq!(failure.kind, FailureKind::SignInRefused);
        assert!(failure.sentence.contains(words), "{failure}");
        assert!(failure.remedy.unwrap().contains(remedy));
    }
    let before = stage.requests().len();
    client.poll_device(ATTEMPT).await.unwrap_err();
    has_nothing(&client).await;
    assert_eq!(stage.requests().len(), before);
}

#[tokio::test]
async fn codes_blocked_by_policy_send_to_the_browser() {
    let stage = Stage::with_alerts(1).await;
    let client = stage.client_by(Method::DeviceCode);
    stage.script().block_device_code(Some(53_003));
    let refused = client.prepare_sign_in(ATTEMPT, Way::DeviceCode).await;
    let failure = Failure::from(refused.unwrap_err());
    assert_eq!(failure.kind, FailureKind::SignInRefused);
    assert!(failure.sentence.contains("AADSTS53003"), "{failure}");
    assert!(failure.remedy.unwrap().contains("`--auth browser`"));
    client.poll_device(ATTEMPT).await.unwrap_err();
}

#[tokio::test]
async fn a_code_that_was_given_up_is_not_asked_for_any_more() {
    let stage = Stage::with_alerts(1).await;
    let client = stage.client_by(Method::DeviceCode);
    prepared(&client).await;
    stage.script().approve_device_codes();
    // Given up while the answer is on its way.
    stage.script().next(Endpoint::Token, Fault::Hang);
    let (polled, ()) = tokio::join!(client.poll_device(ATTEMPT), async {
        while stage.forms().is_empty() {
            tokio::task::yield_now().await;
        }
        client.forget_sign_in(ATTEMPT);
    });
    assert!(matches!(polled, Err(ServiceError::SignInRefused { .. })));
    client.poll_device(ATTEMPT).await.unwrap_err();
    assert_eq!(stage.forms().len(), 1);
    has_nothing(&client).await;
}
