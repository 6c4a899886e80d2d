//! One sign-in, two tokens: one for the API the alerts come from, one for the API that
//! acts on devices.

use vigie::domain::device::Acted;
use vigie::domain::device::Asked;
use vigie::domain::device::DeviceId;
use vigie::domain::device::Order;
use vigie::domain::failure::Failure;
use vigie::domain::failure::FailureKind;
use vigie::domain::query::AlertQuery;
use vigie::domain::session::Audience;
use vigie::domain::sign_in::AttemptId;
use vigie::domain::token;
use vigie::service::Client;
use vigie::service::Limits;
use vigie::service::Secret;
use vigie::service::ServiceError;
use vigie::service::authority::Method;
use vigie::service::authority::Registration;
use vigie::service::authority::SecretSource;
use vigie::sim::Endpoint;
use vigie::sim::Request;
use vigie::sim::Simulator;

use crate::browser::BROWSER;
use crate::person;
use crate::remembering::Pretend;
use crate::secrets::Heard;
use crate::secrets::secrets;
use crate::stage::RESOURCE;
use crate::stage::Stage;
use crate::stage::answer;
use crate::stage::client_of;
use crate::stage::field;
use crate::stage::registration;
use crate::stage::verbatim;

const GRAPH: &str = "https://graph.microsoft.com";
const ATTEMPT: AttemptId = AttemptId(1);

const NOT_CONSENTED: &str = r#"{"error":"invalid_grant","error_description":"AADSTS65001: The user or administrator has not consented to use the application.","error_codes":[65001]}"#;
const REVOKED: &str = r#"{"error":"invalid_grant","error_description":"AADSTS50173: revoked."}"#;

/// A client whose alerts come from Graph; devices are asked of the stage's tenant too.
fn two(stage: &Stage, method: Method) -> Client {
    let account = stage.account();
    let registration = Registration {
        resource: GRAPH.to_owned(),
        scopes: vec!["SecurityAlert.ReadWrite.All".to_owned()],
        ..registration(&account)
    };
    let limits = Limits::default();
    let client = client_of(registration, method, &account, &stage.clock, limits);
    client.responding(&account.api, RESOURCE).unwrap()
}

async fn signs_in(client: &Client) {
    let (url, port) = person::prepared(client, ATTEMPT).await;
    let browser = async { person::answers(&url, "continue").await.posts(port).await };
    let (facts, _) = tokio::join!(client.await_browser(ATTEMPT), browser);
    facts.unwrap();
}

/// Whom a request's bearer is for.
fn audience(request: &Request) -> String {
    let bearer = request.header("authorization").unwrap();
    let token = token::decode(bearer.strip_prefix("Bearer ").unwrap()).unwrap();
    let audiences = token.audiences();
    audiences[0].original().to_owned()
}

/// The audiences of all bearers that came here.
fn audiences(simulator: &Simulator) -> Vec<String> {
    let requests = simulator.requests();
    let calls = requests
        .iter()
        .filter(|request| request.header("authorization").is_some());
    calls.map(audience).collect()
}

#[tokio::test]
async fn the_second_token_comes_with_the_refresh_token_of_the_first() {
    let stage = Stage::with_alerts(1).await;
    let client = two(&stage, BROWSER);
    signs_in(&client).await;
    let facts = client.renew_second().await.unwrap();
    assert!(facts.refreshable);
    let decoded = facts.decoded.unwrap();
    assert_eq!(decoded.audiences()[0].original(), RESOURCE);
    client.renew().await.unwrap();
    client.renew_second().await.unwrap();

    let forms = stage.forms();
    let scopes: Vec<String> = forms.iter().map(|form| field(form, "scope")).collect();
    let first = format!("{GRAPH}/SecurityAlert.ReadWrite.All offline_access openid");
    let second = format!("{RESOURCE}/.default offline_access openid");
    assert_eq!(scopes, [&first, &second, &first, &second].map(String::from));
    // Each answer brings a new one, and the next request has it, whichever token it is for.
    let used: Vec<String> = forms[1..]
        .iter()
        .map(|form| field(form, "refresh_token"))
        .collect();
    assert!(used[0] != used[1] && used[1] != used[2], "{used:?}");
    let devices = client.try_devices().await;
    assert!(devices.is_ok(), "{devices:?}");
}

#[tokio::test]
async fn the_second_token_is_asked_for_where_the_first_is_from() {
    let stage = Stage::with_alerts(1).await;
    let client = two(&stage, stage.password());
    client.renew().await.unwrap();
    client.renew_second().await.unwrap();
    let resources: Vec<String> = stage
        .forms()
        .iter()
        .map(|form| field(form, "resource"))
        .collect();
    assert_eq!(resources, [GRAPH, RESOURCE]);
    assert_eq!(stage.grants(), ["password", "refresh_token"]);
}

#[tokio::test]
async fn an_application_asks_once_for_each() {
    let stage = Stage::with_alerts(1).await;
    let secret = Secret::new(stage.account().client_secret);
    let client = two(&stage, Method::ClientSecret(SecretSource::Given(secret)));
    client.renew().await.unwrap();
    client.renew_second().await.unwrap();
    let scopes: Vec<String> = stage
        .forms()
        .iter()
        .map(|form| field(form, "scope"))
        .collect();
    let all = |resource: &str| format!("{resource}/.default");
    assert_eq!(scopes, [all(GRAPH), all(RESOURCE)]);
    assert_eq!(stage.grants(), ["client_credentials", "client_credentials"]);
    client.try_devices().await.unwrap();
}

#[tokio::test]
async fn a_program_is_told_which_of_the_two_is_wanted() {
    let stage = Stage::with_alerts(1).await;
    let printing = ["printf", "for:{resource}"].map(str::to_owned).to_vec();
    let client = two(&stage, Method::Command(printing));
    client.renew().await.unwrap();
    client.renew_second().await.unwrap();
    client.try_devices().await.unwrap_err();
    let request = stage.requests().pop().unwrap();
    assert_eq!(
        request.header("authorization").unwrap(),
        format!("Bearer for:{RESOURCE}")
    );
}

#[tokio::test]
async fn each_token_goes_to_its_own_api_and_to_no_other() {
    let stage = Stage::with_alerts(1).await;
    let elsewhere = Stage::with_alerts(1).await;
    let account = stage.account();
    let registration = Registration {
        resource: GRAPH.to_owned(),
        ..registration(&account)
    };
    let limits = Limits::default();
    let client = client_of(
        registration,
        stage.password(),
        &account,
        &stage.clock,
        limits,
    );
    let client = client
        .responding(&elsewhere.account().api, RESOURCE)
        .unwrap();
    assert_eq!(client.audience_of_devices(), Audience::Respond);
    client.renew().await.unwrap();
    // No token yet: the first is not good enough, and nothing leaves.
    let error = client.try_devices().await.unwrap_err();
    assert!(matches!(error, ServiceError::TokenExpired), "{error:?}");
    assert!(elsewhere.requests().is_empty());

    client.renew_second().await.unwrap();
    // The other tenant never heard of the token, and says so.
    client.try_devices().await.unwrap_err();
    let mut query = AlertQuery::everything(1);
    client.list_alerts(&query).await.unwrap_err();
    query.link = Some(format!("{}/api/alerts?$skip=1", elsewhere.account().api));
    let refused = client.list_alerts(&query).await.unwrap_err();
    assert!(
        matches!(refused, ServiceError::Redirected(_)),
        "{refused:?}"
    );
    assert_eq!(audiences(&elsewhere.simulator), [RESOURCE]);
    let here = audiences(&stage.simulator);
    assert!(!here.is_empty());
    assert!(here.iter().all(|audience| audience == GRAPH), "{here:?}");
}

#[tokio::test]
async fn without_a_second_api_devices_are_asked_of_the_first() {
    let stage = Stage::signed_in().await;
    assert_eq!(stage.client.audience_of_devices(), Audience::Service);
    stage.client.try_devices().await.unwrap();
    assert_eq!(audiences(&stage.simulator), [RESOURCE]);
    let error = stage.client.renew_second().await.unwrap_err();
    assert!(error.to_string().contains("no API that acts on devices"));
}

#[tokio::test]
async fn a_second_token_nobody_consented_to_leaves_the_first_as_it_is() {
    let stage = Stage::with_alerts(1).await;
    for method in [BROWSER, stage.password()] {
        let asks_person = matches!(method, Method::Browser { .. });
        let client = two(&stage, method);
        if asks_person {
            signs_in(&client).await;
        } else {
            client.renew().await.unwrap();
        }
        let before = stage.forms().len();
        stage
            .script()
            .next(Endpoint::Token, answer(400, &[], NOT_CONSENTED));
        let failure = Failure::from(client.renew_second().await.unwrap_err());
        // No sign-in would help: nobody is asked for one, and no password is sent.
        assert_eq!(failure.kind, FailureKind::SignInRefused);
        assert!(failure.sentence.contains("AADSTS65001"), "{failure}");
        assert!(failure.remedy.unwrap().contains("administrator"));
        assert_eq!(stage.forms().len(), before + 1);
        client.renew().await.unwrap();
        assert_eq!(stage.grants().last().unwrap(), "refresh_token");
        // Consented to meanwhile.
        client.renew_second().await.unwrap();
        client.try_devices().await.unwrap();
    }
}

#[tokio::test]
async fn a_session_that_has_ended_is_told_by_the_second_and_ended_by_the_first() {
    let stage = Stage::with_alerts(1).await;
    let client = two(&stage, BROWSER);
    signs_in(&client).await;
    let refused = || {
        let refused = answer(400, &[], REVOKED);
        stage.script().next(Endpoint::Token, refused);
    };
    refused();
    let failure = Failure::from(client.renew_second().await.unwrap_err());
    assert_eq!(failure.kind, FailureKind::SignInNeeded);
    // Only the first may say that its refresh token is spent.
    client.renew().await.unwrap();
    assert_eq!(stage.grants().last().unwrap(), "refresh_token");
    refused();
    client.renew().await.unwrap_err();
    let failure = Failure::from(client.renew_second().await.unwrap_err());
    assert!(failure.sentence.contains("no refresh token"), "{failure}");
}

#[tokio::test]
async fn a_password_gets_the_second_token_where_the_refresh_token_has_ended() {
    let stage = Stage::with_alerts(1).await;
    let client = two(&stage, stage.password());
    client.renew().await.unwrap();
    stage.script().revoke_refresh_tokens();
    client.renew_second().await.unwrap();
    client.renew().await.unwrap();
    assert_eq!(
        stage.grants(),
        ["password", "refresh_token", "password", "refresh_token"]
    );
    let forms = stage.forms();
    assert_eq!(field(&forms[2], "resource"), RESOURCE);
    // What came with the second is good for the first.
    assert_eq!(field(&forms[3], "resource"), GRAPH);
}

#[tokio::test]
async fn what_one_api_wants_proved_goes_with_its_own_token_alone() {
    const CLAIMS: &str = r#"{"access_token":{"nbf":{"essential":true}}}"#;
    let stage = Stage::with_alerts(1).await;
    let client = two(&stage, BROWSER);
    signs_in(&client).await;
    client.renew_second().await.unwrap();
    stage.script().challenge(CLAIMS);
    let error = client.try_devices().await.unwrap_err();
    assert!(matches!(error, ServiceError::Unauthorized(_)), "{error:?}");
    client.renew().await.unwrap();
    client.renew_second().await.unwrap();
    client.try_devices().await.unwrap();
    let claims = |form: &[(String, String)]| form.iter().any(|(name, _)| name == "claims");
    let sent: Vec<bool> = stage.forms().iter().map(|form| claims(form)).collect();
    assert_eq!(sent, [false, false, false, true]);
}

#[tokio::test]
async fn whoever_signs_in_next_has_nothing_of_the_one_before() {
    let stage = Stage::with_alerts(1).await;
    let client = two(&stage, BROWSER);
    signs_in(&client).await;
    client.renew_second().await.unwrap();
    client.try_devices().await.unwrap();
    signs_in(&client).await;
    let error = client.try_devices().await.unwrap_err();
    assert!(matches!(error, ServiceError::TokenExpired), "{error:?}");
    client.renew_second().await.unwrap();
    client.try_devices().await.unwrap();
    client.forget_tokens();
    let error = client.try_devices().await.unwrap_err();
    assert!(matches!(error, ServiceError::TokenExpired), "{error:?}");
}

#[tokio::test]
async fn the_next_run_goes_on_with_what_the_second_token_brought() {
    let stage = Stage::with_alerts(1).await;
    let keyring = Pretend::default();
    let client = keyring.run(two(&stage, BROWSER));
    signs_in(&client).await;
    client.renew_second().await.unwrap();
    let next = keyring.run(two(&stage, BROWSER));
    next.renew().await.unwrap();
    next.renew_second().await.unwrap();
    next.try_devices().await.unwrap();
    let forms = stage.forms();
    let used = |index: usize| field(&forms[index], "refresh_token");
    assert_ne!(used(1), used(2), "that of the sign-in is older");
}

#[tokio::test]
async fn a_token_for_the_wrong_api_is_not_kept() {
    let stage = Stage::with_alerts(1).await;
    let client = two(&stage, BROWSER);
    signs_in(&client).await;
    // The answer to the one is given to the other.
    let body = graph_answer(&stage).await;
    stage
        .script()
        .next(Endpoint::Token, answer(200, &[], &body));
    let error = client.renew_second().await.unwrap_err();
    assert!(matches!(error, ServiceError::Foreign { .. }), "{error:?}");
    let error = client.try_devices().await.unwrap_err();
    assert!(matches!(error, ServiceError::TokenExpired), "{error:?}");
}

/// An answer of the token endpoint with a token for Graph.
async fn graph_answer(stage: &Stage) -> String {
    let account = stage.account();
    let url = format!("{}/{}/oauth2/token", account.authority, account.tenant);
    let form = [
        ("grant_type", "password"),
        ("client_id", &account.client_id),
        ("resource", GRAPH),
        ("username", &account.username),
        ("password", &account.password),
    ];
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let answer = http.post(url).form(&form).send().await.unwrap();
    answer.text().await.unwrap()
}

#[tokio::test]
async fn no_secret_of_either_is_heard() {
    let heard = Heard::default();
    let _guard = heard.listen();
    let stage = Stage::with_alerts(1).await;
    let client = two(&stage, stage.password());
    heard.note(&client.renew().await.unwrap());
    heard.note(&client.renew_second().await.unwrap());
    for body in [NOT_CONSENTED, REVOKED, "{", r#"{"access_token":"hunter2"#] {
        for _ in 0..2 {
            stage.script().next(Endpoint::Token, answer(400, &[], body));
        }
        heard.note_failure(client.renew_second().await.unwrap_err());
        while client.renew_second().await.is_err() {}
    }
    client.try_devices().await.unwrap();
    stage.script().revoke_tokens();
    heard.note_failure(client.try_devices().await.unwrap_err());
    let heard = heard.text();
    for secret in secrets(&stage) {
        assert!(!heard.contains(&secret), "`{secret}` was heard");
    }
    assert!(!heard.contains("hunter2"));
}

#[tokio::test]
async fn orders_go_to_the_second_api_with_its_token() {
    let stage = Stage::with(verbatim(Vec::new())).await;
    let id = "00000000000000000000000000000000000000d1";
    stage.script().add_device(id, "fin-ws-001.contoso.example");
    let client = two(&stage, stage.password()).on_graph(Vec::new());
    client.renew().await.unwrap();
    client.renew_for_devices().await.unwrap();
    let device = DeviceId::new(id).unwrap();
    let asked = Asked {
        device: device.clone(),
        order: Order::IsolateFully,
        comment: "why".to_owned(),
        at: (stage.now)().wall,
    };
    let acted = client.act(&asked).await;
    assert!(matches!(acted, Acted::Begun(_)), "{acted:?}");
    assert!(client.read_device(&device).await.device.is_ok());
    let calls = stage.requests().into_iter();
    let mut calls = calls.filter(|request| request.path.starts_with("/api/"));
    assert!(calls.all(|request| audience(&request) == RESOURCE));
}

#[tokio::test]
async fn without_a_second_api_graph_is_asked_nothing_about_devices() {
    let stage = Stage::with(verbatim(Vec::new())).await;
    let limits = Limits::default();
    let registration = Registration {
        resource: GRAPH.to_owned(),
        ..registration(&stage.account())
    };
    let account = stage.account();
    let method = stage.password();
    let client = client_of(registration, method, &account, &stage.clock, limits);
    let client = client.on_graph(Vec::new());
    client.renew().await.unwrap();
    let error = client.get_device("d1").await.unwrap_err();
    let failure = Failure::from(error);
    assert_eq!(
        failure.sentence,
        "Microsoft Graph knows no actions on devices"
    );
    assert!(failure.remedy.unwrap().contains("respond = \"defender\""));
    assert!(
        stage
            .requests()
            .iter()
            .all(|request| !request.path.starts_with("/api/"))
    );
}
