//! Sign-in with a browser: what is asked for, what is redeemed, and what is refused.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use vigie::domain::failure::Failure;
use vigie::domain::failure::FailureKind;
use vigie::domain::query::AlertQuery;
use vigie::domain::session::TokenFacts;
use vigie::domain::sign_in::AttemptId;
use vigie::service::Client;
use vigie::service::Limits;
use vigie::service::ServiceError;
use vigie::service::authority::Method;
use vigie::service::authority::Registration;
use vigie::sim::Endpoint;
use vigie::sim::Fault;

use crate::person;
use crate::person::Brought;
use crate::secrets::Heard;
use crate::secrets::secrets;
use crate::stage::RESOURCE;
use crate::stage::Stage;
use crate::stage::answer;
use crate::stage::client_of;
use crate::stage::decoded;
use crate::stage::field;
use crate::stage::registration;

pub(crate) const BROWSER: Method = Method::Browser {
    redirect_port: None,
};
const ATTEMPT: AttemptId = AttemptId(1);

/// Signs in; `changed` is what happens to the answer on its way.
async fn signs_in(
    client: &Client,
    button: &str,
    changed: impl FnOnce(Brought) -> Brought,
) -> (Result<TokenFacts, ServiceError>, String) {
    let (url, port) = person::prepared(client, ATTEMPT).await;
    let browser = async {
        let brought = person::answers(&url, button).await;
        changed(brought).posts(port).await
    };
    tokio::join!(client.await_browser(ATTEMPT), browser)
}

/// Nothing was kept: neither a token nor the means to get one.
pub(crate) async fn has_nothing(client: &Client) {
    let listed = client.list_alerts(&AlertQuery::everything(1)).await;
    assert!(matches!(listed, Err(ServiceError::TokenExpired)));
    let renewed = client.renew().await;
    assert!(matches!(renewed, Err(ServiceError::SignInNeeded { .. })));
}

/// A token answer of the service with these claims in its ID token and its access token.
pub(crate) fn granted(id_token: &str, access_token: &str) -> Fault {
    let jwt = |claims: &str| {
        let part = |json: &str| URL_SAFE_NO_PAD.encode(json);
        format!("{}.{}.c2ln", part(r#"{"alg":"RS256"}"#), part(claims))
    };
    let body = format!(
        r#"{{"token_type":"Bearer","expires_in":3599,"refresh_token":"r","id_token":"{}","access_token":"{}"}}"#,
        jwt(id_token),
        jwt(access_token)
    );
    answer(200, &[], &body)
}

#[tokio::test]
async fn a_person_signs_in_and_the_session_renews_by_itself() {
    let stage = Stage::with_alerts(3).await;
    let client = stage.client_by(BROWSER);
    assert!(client.needs_person());
    has_nothing(&client).await;
    let (facts, page) = signs_in(&client, "continue", |brought| brought).await;
    let facts = facts.unwrap();
    assert!(facts.refreshable);
    assert!(facts.decoded.unwrap().user().is_some());
    assert!(page.starts_with("HTTP/1.1 200 OK\r\n"), "{page}");
    assert!(page.contains("Go back to the terminal"), "{page}");
    let listed = client.list_alerts(&AlertQuery::everything(10)).await;
    assert_eq!(listed.unwrap().alerts.len(), 3);
    client.renew().await.unwrap();

    let scope = format!("{RESOURCE}/.default offline_access openid");
    let forms = stage.forms();
    assert_eq!(forms.len(), 2);
    let names: Vec<&str> = forms[0].iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        [
            "client_id",
            "grant_type",
            "code",
            "redirect_uri",
            "scope",
            "code_verifier"
        ]
    );
    assert!(field(&forms[0], "code_verifier").len() >= 43);
    assert_eq!(field(&forms[1], "grant_type"), "refresh_token");
    for form in &forms {
        assert_eq!(field(form, "scope"), scope);
    }
    let posts = stage.requests().into_iter();
    let mut tokens = posts.filter(|request| request.path.ends_with("/token"));
    assert!(tokens.all(|request| request.path.ends_with("/oauth2/v2.0/token")));
}

#[tokio::test]
async fn the_address_asks_for_exactly_this_with_every_value_encoded() {
    let stage = Stage::with_alerts(1).await;
    let account = stage.account();
    let username = "ada+soc&co@contoso.example".to_owned();
    for username in [None, Some(username)] {
        let registration = Registration {
            scopes: ["Alert.Read", "Machine.Read"].map(str::to_owned).to_vec(),
            username: username.clone(),
            ..registration(&account)
        };
        let clock = &stage.clock;
        let client = client_of(registration, BROWSER, &account, clock, Limits::default());
        let (url, port) = person::prepared(&client, ATTEMPT).await;
        let (place, query) = url.split_once('?').unwrap();
        let expected = format!(
            "{}/{}/oauth2/v2.0/authorize",
            account.authority, account.tenant
        );
        assert_eq!(place, expected);
        assert!(!query.contains([' ', '+', ':', '/', '@']), "{query}");
        let fields = decoded(query);
        let (last, value) = match &username {
            None => ("prompt", "select_account"),
            Some(username) => ("login_hint", username.as_str()),
        };
        let redirect = format!("http://localhost:{port}");
        let scope = format!("{RESOURCE}/Alert.Read {RESOURCE}/Machine.Read offline_access openid");
        for (name, value) in [
            ("client_id", account.client_id.as_str()),
            ("response_type", "code"),
            ("redirect_uri", &redirect),
            ("response_mode", "form_post"),
            ("scope", &scope),
            ("code_challenge_method", "S256"),
            (last, value),
        ] {
            assert_eq!(field(&fields, name), value);
        }
        for random in ["state", "nonce", "code_challenge"] {
            assert_eq!(field(&fields, random).len(), 43, "{random}");
        }
        assert_eq!(fields.len(), 10);
    }
}

#[tokio::test]
async fn a_person_who_declines_is_told_what_that_means() {
    let stage = Stage::with_alerts(1).await;
    let client = stage.client_by(BROWSER);
    let (refused, page) = signs_in(&client, "decline", |brought| brought).await;
    let failure = Failure::from(refused.unwrap_err());
    assert_eq!(failure.kind, FailureKind::SignInRefused);
    for word in ["AADSTS65004", "correlation id", "2026-11-22 14:00:00Z"] {
        assert!(failure.sentence.contains(word), "{failure}");
    }
    assert!(failure.remedy.unwrap().contains("declined"));
    assert!(page.contains("it says why") && !page.contains("65004"));
    assert!(stage.forms().is_empty());
    has_nothing(&client).await;
}

#[tokio::test]
async fn an_answer_of_another_sign_in_ends_this_one_and_nothing_is_redeemed() {
    let stage = Stage::with_alerts(1).await;
    let tenant = stage.account().tenant;
    let own = format!("{}/{tenant}/v2.0", stage.account().authority);
    let foreign = format!(
        "{}/{}/v2.0",
        stage.account().authority,
        stage.account().client_id
    );
    for (name, value, words) in [
        ("state", "another", "its state differs"),
        ("iss", "https://evil.example/v2.0", "evil.example"),
        ("iss", foreign.as_str(), "not the sign-in service"),
        ("iss", "nonsense", "nonsense"),
    ] {
        let client = stage.client_by(BROWSER);
        let (refused, _) = signs_in(&client, "continue", |brought| {
            brought.with(name, Some(value))
        })
        .await;
        let failure = Failure::from(refused.unwrap_err());
        assert_eq!(failure.kind, FailureKind::SignInRefused);
        assert!(failure.sentence.contains(words), "{failure}");
        assert!(stage.forms().is_empty());
        has_nothing(&client).await;
        assert!(client.await_browser(ATTEMPT).await.is_err());
    }
    let client = stage.client_by(BROWSER);
    let (facts, _) = signs_in(&client, "continue", |brought| {
        brought.with("iss", Some(&own))
    })
    .await;
    facts.unwrap();
}

#[tokio::test]
async fn tokens_of_another_sign_in_or_tenant_are_not_kept() {
    let stage = Stage::with_alerts(1).await;
    let none = "00000000-0000-0000-0000-000000000000";
    let tenant = format!(r#"{{"tid":"{none}"}}"#);
    // The nonce that was asked for is known only once the address is.
    for (nonce, access, words) in [
        (None, "{}", "their nonce differs"),
        (Some("another"), "{}", "their nonce differs"),
        (
            Some(""),
            tenant.as_str(),
            "the token is of tenant 00000000-",
        ),
    ] {
        let client = stage.client_by(BROWSER);
        let (url, port) = person::prepared(&client, ATTEMPT).await;
        let wanted = field(&decoded(url.split_once('?').unwrap().1), "nonce");
        let id_token = match nonce {
            None => "{}".to_owned(),
            Some("") => format!(r#"{{"nonce":"{wanted}"}}"#),
            Some(other) => format!(r#"{{"nonce":"{other}"}}"#),
        };
        stage
            .script()
            .next(Endpoint::Token, granted(&id_token, access));
        let browser = async { person::answers(&url, "continue").await.posts(port).await };
        let (refused, _) = tokio::join!(client.await_browser(ATTEMPT), browser);
        let failure = Failure::from(refused.unwrap_err());
        assert_eq!(failure.kind, FailureKind::SignInRefused);
        assert!(failure.sentence.contains(words), "{failure}");
        has_nothing(&client).await;
    }
}

#[tokio::test]
async fn trouble_with_the_redemption_keeps_nothing_and_shows_nothing() {
    let heard = Heard::default();
    let _guard = heard.listen();
    let stage = Stage::with_alerts(1).await;
    let client = stage.client_by(BROWSER);
    for fault in [
        Fault::Reset,
        Fault::Html,
        Fault::Redirect("https://evil.example/".to_owned()),
        answer(503, &[], ""),
        answer(400, &[], r#"{"error":"invalid_grant"}"#),
        answer(200, &[], r#"{"access_token":"hunter2"}"#),
    ] {
        stage.script().next(Endpoint::Token, fault);
        let (refused, _) = signs_in(&client, "continue", |brought| brought).await;
        heard.note_failure(refused.unwrap_err());
        has_nothing(&client).await;
    }
    let (facts, _) = signs_in(&client, "continue", |brought| brought).await;
    heard.note(&facts.unwrap());
    client.renew().await.unwrap();
    let heard = heard.text();
    assert!(heard.contains("answered") && !heard.contains("hunter2"));
    let secrets = secrets(&stage);
    assert!(secrets.len() > 12, "codes and verifiers are among them");
    for secret in secrets {
        assert!(!heard.contains(&secret), "`{secret}` was heard");
    }
}

#[tokio::test]
async fn a_refused_refresh_token_asks_for_a_person_and_a_wrong_configuration_does_not() {
    let stage = Stage::with_alerts(1).await;
    let client = stage.client_by(BROWSER);
    signs_in(&client, "continue", |brought| brought)
        .await
        .0
        .unwrap();
    let no = |error: &str, number: u32| {
        let body = format!(
            r#"{{"error":"{error}","error_description":"AADSTS{number}: no.","timestamp":"2026-11-22 14:00:00Z","correlation_id":"c"}}"#
        );
        stage
            .script()
            .next(Endpoint::Token, answer(400, &[], &body));
    };
    for error in ["invalid_client", "unauthorized_client", "invalid_scope"] {
        no(error, 700_016);
        let refused = client.renew().await.unwrap_err();
        assert!(matches!(refused, ServiceError::SignInRefused { .. }));
    }
    client.renew().await.unwrap();
    for error in [
        "invalid_grant",
        "interaction_required",
        "login_required",
        "consent_required",
    ] {
        no(error, 50_173);
        let failure = Failure::from(client.renew().await.unwrap_err());
        assert_eq!(failure.kind, FailureKind::SignInNeeded, "{error}");
        let words = "AADSTS50173: no (correlation id c, 2026-11-22 14:00:00Z)";
        assert_eq!(failure.sentence, words);
        assert!(failure.remedy.unwrap().contains("sessions were revoked"));
        // The token that still lives is left alone, the refresh token is gone.
        client
            .list_alerts(&AlertQuery::everything(1))
            .await
            .unwrap();
        let before = stage.requests().len();
        let nobody = client.renew().await.unwrap_err();
        assert!(matches!(nobody, ServiceError::SignInNeeded { .. }));
        assert_eq!(stage.requests().len(), before);
        signs_in(&client, "continue", |brought| brought)
            .await
            .0
            .unwrap();
    }
}

#[tokio::test]
async fn signing_out_wipes_both_tokens() {
    let stage = Stage::with_alerts(1).await;
    let client = stage.client_by(BROWSER);
    signs_in(&client, "continue", |brought| brought)
        .await
        .0
        .unwrap();
    client.forget_tokens();
    let before = stage.requests().len();
    has_nothing(&client).await;
    assert_eq!(stage.requests().len(), before);
    signs_in(&client, "continue", |brought| brought)
        .await
        .0
        .unwrap();
}

#[tokio::test]
async fn a_person_can_help_a_method_that_needs_none() {
    let stage = Stage::signed_in().await;
    assert!(!stage.client.needs_person());
    signs_in(&stage.client, "continue", |brought| brought)
        .await
        .0
        .unwrap();
    // What came with the browser is renewed where it is from.
    stage.client.renew().await.unwrap();
    let grants = stage.grants();
    assert_eq!(grants, ["password", "authorization_code", "refresh_token"]);
    assert!(
        stage
            .requests()
            .last()
            .unwrap()
            .path
            .ends_with("/v2.0/token")
    );
}
