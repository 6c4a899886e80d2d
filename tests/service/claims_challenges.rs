//! The API asks for more than the token proves: the next request for a token says so.

use vigie::domain::failure::Failure;
use vigie::domain::failure::FailureKind;
use vigie::domain::query::AlertQuery;
use vigie::domain::sign_in::AttemptId;
use vigie::domain::sign_in::Prompt;
use vigie::domain::sign_in::Way;
use vigie::service::Client;
use vigie::service::Secret;
use vigie::service::ServiceError;
use vigie::service::authority::Method;
use vigie::service::authority::SecretSource;
use vigie::sim::Endpoint;

use crate::browser::BROWSER;
use crate::person;
use crate::secrets::Heard;
use crate::stage::Stage;
use crate::stage::answer;
use crate::stage::decoded;
use crate::stage::field;

const CLAIMS: &str = r#"{"access_token":{"nbf":{"essential":true, "value":"1604106651"}}}"#;
const ATTEMPT: AttemptId = AttemptId(1);

async fn challenged(client: &Client) -> Failure {
    let listed = client.list_alerts(&AlertQuery::everything(1)).await;
    let error = listed.unwrap_err();
    assert!(matches!(error, ServiceError::Unauthorized(_)), "{error:?}");
    Failure::from(error)
}

async fn signs_in(client: &Client) -> String {
    let (url, port) = person::prepared(client, ATTEMPT).await;
    let browser = async { person::answers(&url, "continue").await.posts(port).await };
    let (facts, _) = tokio::join!(client.await_browser(ATTEMPT), browser);
    facts.unwrap();
    url
}

/// The `claims` of each request for a token, as they were written.
fn claims(stage: &Stage) -> Vec<Option<String>> {
    let forms = stage.forms().into_iter();
    let claims = |form: Vec<(String, String)>| {
        let mut fields = form.into_iter();
        fields.find_map(|(name, value)| (name == "claims").then_some(value))
    };
    forms.map(claims).collect()
}

#[tokio::test]
async fn the_claims_go_with_the_next_renewal_and_no_other() {
    let heard = Heard::default();
    let _guard = heard.listen();
    let stage = Stage::with_alerts(1).await;
    let client = stage.client_by(BROWSER);
    signs_in(&client).await;
    stage.script().challenge(CLAIMS);
    let failure = challenged(&client).await;
    assert!(
        failure
            .sentence
            .contains("the service asks for a new sign-in or proof (claims challenge)"),
        "{failure}"
    );
    heard.note(&failure);
    // Trouble does not lose them.
    stage.script().next(Endpoint::Token, answer(503, &[], ""));
    client.renew().await.unwrap_err();
    heard.note(&client.renew().await.unwrap());
    client
        .list_alerts(&AlertQuery::everything(1))
        .await
        .unwrap();
    client.renew().await.unwrap();
    let sent = Some(CLAIMS.to_owned());
    assert_eq!(claims(&stage), [None, sent.clone(), sent, None]);
    assert!(!heard.text().contains("1604106651"));
}

#[tokio::test]
async fn claims_only_a_person_can_meet_go_with_every_way_to_sign_in() {
    let stage = Stage::with_alerts(1).await;
    let client = stage.client_by(BROWSER);
    signs_in(&client).await;
    stage.script().challenge(CLAIMS);
    stage.script().challenge_needs_person(true);
    challenged(&client).await;
    let failure = Failure::from(client.renew().await.unwrap_err());
    assert_eq!(failure.kind, FailureKind::SignInNeeded);
    assert!(failure.sentence.contains("AADSTS50076"), "{failure}");

    let paste = client.prepare_sign_in(AttemptId(2), Way::Paste).await;
    let Prompt::Paste { url } = paste.unwrap() else {
        panic!("no address")
    };
    assert_eq!(field(&decoded(&url), "claims"), CLAIMS);
    let device = AttemptId(3);
    client
        .prepare_sign_in(device, Way::DeviceCode)
        .await
        .unwrap();
    let request = stage.requests().pop().unwrap();
    assert_eq!(field(&decoded(&request.body), "claims"), CLAIMS);
    let url = signs_in(&client).await;
    assert_eq!(field(&decoded(&url), "claims"), CLAIMS);
    client
        .list_alerts(&AlertQuery::everything(1))
        .await
        .unwrap();

    stage.script().approve_device_codes();
    // The browser came first.
    client.poll_device(device).await.unwrap_err();
    let (url, _) = person::prepared(&client, ATTEMPT).await;
    assert!(!url.contains("claims="), "{url}");
}

#[tokio::test]
async fn the_claims_of_a_refusal_take_the_place_of_those_that_were_sent() {
    let stage = Stage::with_alerts(1).await;
    let client = stage.client_by(BROWSER);
    signs_in(&client).await;
    stage.script().challenge(CLAIMS);
    challenged(&client).await;
    let body = r#"{"error":"interaction_required","error_description":"AADSTS50076: MFA.","claims":"{\"other\":1}"}"#;
    stage.script().next(Endpoint::Token, answer(400, &[], body));
    client.renew().await.unwrap_err();
    let (url, _) = person::prepared(&client, ATTEMPT).await;
    assert_eq!(field(&decoded(&url), "claims"), r#"{"other":1}"#);
    // Signing out forgets what this session was asked for.
    client.forget_tokens();
    let (url, _) = person::prepared(&client, ATTEMPT).await;
    assert!(!url.contains("claims="), "{url}");
}

#[tokio::test]
async fn an_application_says_them_too() {
    let stage = Stage::with_alerts(1).await;
    let secret = Secret::new(stage.account().client_secret);
    let client = stage.client_by(Method::ClientSecret(SecretSource::Given(secret)));
    client.renew().await.unwrap();
    stage.script().challenge(CLAIMS);
    challenged(&client).await;
    client.renew().await.unwrap();
    client
        .list_alerts(&AlertQuery::everything(1))
        .await
        .unwrap();
    assert_eq!(claims(&stage), [None, Some(CLAIMS.to_owned())]);
}

#[tokio::test]
async fn a_challenge_that_cannot_be_read_is_a_plain_refusal() {
    let stage = Stage::signed_in().await;
    for header in [
        "Bearer error=\"insufficient_claims\"",
        "Bearer claims=\"!!!!\"",
        "Bearer claims=\"WzFd\"",
    ] {
        let refused = answer(401, &[("www-authenticate", header)], "");
        let error = stage.list_spoiled(refused).await.unwrap_err();
        assert_eq!(error.to_string(), "the service refused the token (401)");
    }
    stage.client.renew().await.unwrap();
    assert_eq!(claims(&stage), [None, None]);
}
