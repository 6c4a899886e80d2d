//! The tutorial's sign-in: what is sent, what is read, how a refusal is told.

use jiff::SignedDuration;
use vigie::domain::failure::Failure;
use vigie::domain::failure::FailureKind;
use vigie::domain::query::AlertQuery;
use vigie::domain::text::Text;
use vigie::service::Limits;
use vigie::service::Secret;
use vigie::service::ServiceError;
use vigie::service::authority::Method;
use vigie::service::authority::SecretSource;
use vigie::sim::Account;
use vigie::sim::Endpoint;
use vigie::sim::Fault;

use crate::stage::RESOURCE;
use crate::stage::Stage;
use crate::stage::answer;
use crate::stage::client;
use crate::stage::client_by;
use crate::stage::client_for;

#[tokio::test]
async fn the_token_request_is_the_tutorials_with_every_value_encoded() {
    let stage = Stage::signed_in().await;
    let account = stage.account();
    let requests = stage.requests();
    assert_eq!(requests.len(), 1);
    let request = &requests[0];
    assert_eq!(request.method, "POST");
    assert_eq!(request.path, format!("/{}/oauth2/token", account.tenant));
    assert_eq!(request.query, "");
    assert_eq!(
        request.header("content-type"),
        Some("application/x-www-form-urlencoded")
    );
    assert_eq!(request.header("authorization"), None);
    let expected = [
        ("resource", RESOURCE),
        ("client_id", &account.client_id),
        ("grant_type", "password"),
        ("username", &account.username),
        ("password", &account.password),
    ];
    let expected: Vec<(String, String)> = expected
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    assert_eq!(stage.forms(), [expected]);
    assert!(
        account.password.contains(['&', '=', '%', '+', ' ', '#']),
        "the password is no test of the encoding"
    );
}

#[tokio::test]
async fn the_answer_is_read_whole() {
    let stage = Stage::with_alerts(1).await;
    let facts = stage.client.renew().await.unwrap();
    // The service tells one second less, and as a string.
    assert_eq!(facts.life, SignedDuration::from_secs(3_599));
    assert_eq!(facts.skew, Some(SignedDuration::ZERO));
    assert!(facts.refreshable);
    let token = facts.decoded.unwrap();
    let scopes = token.scopes();
    assert!(
        scopes
            .iter()
            .any(|scope| scope.original() == "Alert.ReadWrite"),
        "{scopes:?}"
    );
}

#[tokio::test]
async fn a_life_may_be_a_number_a_string_or_missing() {
    let stage = Stage::with_alerts(1).await;
    for (written, seconds) in [
        (r#","expires_in":1234"#, 1_234),
        (r#","expires_in":"1234""#, 1_234),
        ("", 600),
    ] {
        let body = format!(r#"{{"token_type":"Bearer","access_token":"t"{written}}}"#);
        stage
            .script()
            .next(Endpoint::Token, answer(200, &[], &body));
        let facts = stage.client.renew().await.unwrap();
        assert_eq!(facts.life.as_secs(), seconds, "{written}");
        assert!(!facts.refreshable);
    }
}

#[tokio::test]
async fn the_clock_of_the_service_is_compared_with_ours() {
    let stage = Stage::with_alerts(1).await;
    for seconds in [120, -45] {
        stage.script().next(Endpoint::Token, Fault::Skew(seconds));
        let facts = stage.client.renew().await.unwrap();
        assert_eq!(facts.skew, Some(SignedDuration::from_secs(seconds)));
    }
}

#[tokio::test]
async fn an_opaque_token_works_and_says_that_it_cannot_be_decoded() {
    let stage = Stage::with_alerts(5).await;
    stage.script().opaque_tokens(true);
    let facts = stage.client.renew().await.unwrap();
    let reason = facts.decoded.unwrap_err();
    assert!(reason.starts_with("opaque token"), "{reason}");
    let page = stage.client.list_alerts(&AlertQuery::everything(10)).await;
    assert_eq!(page.unwrap().alerts.len(), 5);
}

/// An account, an audience, and what is said about the refusal.
type Refused = (Account, &'static str, &'static str, &'static str);

#[tokio::test]
async fn a_refusal_tells_the_number_the_remedy_and_the_correlation_id() {
    let stage = Stage::with_alerts(1).await;
    let right = stage.account();
    let cases: [Refused; 5] = [
        (
            Account {
                password: "wrong".to_owned(),
                ..right.clone()
            },
            RESOURCE,
            "AADSTS50126",
            "wrong user name or password",
        ),
        (
            Account {
                username: "nobody@contoso.example".to_owned(),
                ..right.clone()
            },
            RESOURCE,
            "AADSTS50034",
            "check the user name and the tenant",
        ),
        (
            Account {
                client_id: "00000000-0000-0000-0000-000000000000".to_owned(),
                ..right.clone()
            },
            RESOURCE,
            "AADSTS700016",
            "check `client_id` and `tenant`",
        ),
        (
            Account {
                tenant: "elsewhere.example".to_owned(),
                ..right.clone()
            },
            RESOURCE,
            "AADSTS90002",
            "check `tenant` and `cloud`",
        ),
        (
            right,
            "https://api.securitycenter.example",
            "AADSTS500011",
            "`resource`",
        ),
    ];
    for (account, resource, number, remedy) in cases {
        let client = client_for(&account, resource, &stage.clock, Limits::default());
        let failure = Failure::from(client.renew().await.unwrap_err());
        assert_eq!(failure.kind, FailureKind::SignInRefused, "{number}");
        assert!(failure.sentence.starts_with(number), "{failure}");
        let told = failure.remedy.unwrap();
        assert!(told.contains(remedy), "{number}: {told}");
        let last = stage.requests().pop().unwrap();
        let id = last.header("client-request-id").unwrap();
        let ending = format!("(correlation id {id}, 2026-11-22 14:00:00Z)");
        assert!(failure.sentence.ends_with(&ending), "{}", failure.sentence);
    }
}

#[tokio::test]
async fn a_refusal_cannot_write_to_the_terminal() {
    let stage = Stage::with_alerts(1).await;
    let body =
        r#"{"error":"invalid_grant","error_description":"AADSTS1:\u001b]52;c;AAAA\u0007\u202e"}"#;
    stage.script().next(Endpoint::Token, answer(400, &[], body));
    let said = stage.client.renew().await.unwrap_err().to_string();
    assert_eq!(said, "AADSTS1:\\x1b]52;c;AAAA\\x07\\u{202e}");
}

#[tokio::test]
async fn trouble_of_the_sign_in_service_is_no_refusal() {
    let stage = Stage::with_alerts(1).await;
    let passing = [
        answer(503, &[("retry-after", "7")], ""),
        answer(400, &[], "<html>"),
        answer(400, &[], r#"{"error":"temporarily_unavailable"}"#),
        Fault::Reset,
        Fault::Truncate,
        Fault::Garbage,
        Fault::Html,
        Fault::Empty,
    ];
    for fault in passing {
        let wait = matches!(fault, Fault::Status { code: 503, .. });
        let name = format!("{fault:?}");
        stage.script().next(Endpoint::Token, fault);
        let failure = Failure::from(stage.client.renew().await.unwrap_err());
        assert_eq!(failure.kind, FailureKind::Unreachable, "{name}: {failure}");
        let told = wait.then_some(SignedDuration::from_secs(7));
        assert_eq!(failure.retry_after, told, "{name}");
    }
    stage
        .script()
        .next(Endpoint::Token, answer(429, &[("retry-after", "9")], ""));
    let failure = Failure::from(stage.client.renew().await.unwrap_err());
    assert_eq!(failure.kind, FailureKind::Throttled);
    assert_eq!(failure.retry_after, Some(SignedDuration::from_secs(9)));
}

#[tokio::test]
async fn an_error_that_comes_with_status_200_is_a_refusal() {
    let stage = Stage::with_alerts(1).await;
    let body = r#"{"error":"invalid_grant","error_description":"AADSTS50076: MFA.","error_codes":[50076]}"#;
    stage.script().next(Endpoint::Token, answer(200, &[], body));
    let failure = Failure::from(stage.client.renew().await.unwrap_err());
    assert_eq!(failure.kind, FailureKind::SignInRefused);
    assert_eq!(failure.sentence, "AADSTS50076: MFA");
    assert!(failure.remedy.unwrap().contains("MFA"));
}

#[tokio::test]
async fn nobody_listening_is_said_with_the_host() {
    let stage = Stage::with_alerts(1).await;
    // Bound and held without listening: a port nobody answers at.
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let nowhere = format!("http://{}", socket.local_addr().unwrap());
    let address = nowhere.trim_start_matches("http://").to_owned();
    let account = Account {
        authority: nowhere,
        ..stage.account()
    };
    let client = client(&account, &stage.clock, Limits::default());
    let error = client.renew().await.unwrap_err();
    assert!(
        matches!(&error, ServiceError::Unreachable { host, .. } if *host == address),
        "{error:?}"
    );
    assert!(error.to_string().contains("cannot be reached"), "{error}");
}

#[tokio::test]
async fn an_application_signs_in_with_its_secret_and_renews_by_doing_so_again() {
    let stage = Stage::with_alerts(3).await;
    let account = stage.account();
    let secret = Secret::new(account.client_secret.clone());
    let method = Method::ClientSecret(SecretSource::Given(secret));
    let client = client_by(method, &account, RESOURCE, &stage.clock, Limits::default());
    let facts = client.renew().await.unwrap();
    let token = facts.decoded.unwrap();
    assert!(token.app_only() && !facts.refreshable);
    assert!(token.scopes().is_empty());
    let roles = token.roles();
    assert!(
        roles.contains(&Text::from("Alert.ReadWrite.All")),
        "{roles:?}"
    );
    client.renew().await.unwrap();
    let page = client
        .list_alerts(&AlertQuery::everything(10))
        .await
        .unwrap();
    assert_eq!(page.alerts.len(), 3);
    let scope = format!("{RESOURCE}/.default");
    let wanted = [
        ("client_id", account.client_id.as_str()),
        ("client_secret", &account.client_secret),
        ("grant_type", "client_credentials"),
        ("scope", &scope),
    ];
    let wanted: Vec<_> = wanted
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
    assert_eq!(stage.forms(), [wanted.clone(), wanted]);
    assert!(stage.requests().iter().all(|request| request.method != "POST" || request.path.ends_with("/oauth2/v2.0/token")));
}

#[tokio::test]
async fn a_wrong_client_secret_says_what_to_do_and_never_itself() {
    let stage = Stage::with_alerts(1).await;
    let secret = SecretSource::Given(Secret::new("hunter2".to_owned()));
    let client = client_by(
        Method::ClientSecret(secret),
        &stage.account(),
        RESOURCE,
        &stage.clock,
        Limits::default(),
    );
    let failure = Failure::from(client.renew().await.unwrap_err());
    assert_eq!(failure.kind, FailureKind::SignInRefused);
    assert!(!failure.sentence.contains("hunter2"));
    let told = failure.remedy.unwrap();
    assert!(
        told.contains("use the secret's value, not its id"),
        "{told}"
    );
}
