//! The server by hand, without vigie: it is no rubber stamp.

use reqwest::StatusCode;
use reqwest::Url;
use serde_json::Value;
use serde_json::json;

use crate::browser::Browser;
use crate::browser::Form;
use crate::browser::plain_client;
use crate::server::Server;

/// RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
/// Nobody listens there: the last form is read and not sent.
const REDIRECT: &str = "http://localhost:1";

const DEVICE_CODE: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// Where a browser is sent, with some parameters changed; an empty one is left out.
fn authorize(server: &Server, changes: &[(&str, &str)]) -> String {
    let scope = server.scope();
    let mut asked = vec![
        ("client_id", server.told.client_id.as_str()),
        ("response_type", "code"),
        ("response_mode", "form_post"),
        ("redirect_uri", REDIRECT),
        ("scope", &scope),
        ("state", "s"),
        ("nonce", "n"),
        ("prompt", "select_account"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    for (name, value) in changes {
        asked.retain(|(asked, _)| asked != name);
        if !value.is_empty() {
            asked.push((name, value));
        }
    }
    Url::parse_with_params(&server.endpoint("authorize"), asked)
        .unwrap()
        .into()
}

/// Status and JSON of a form posted to an endpoint.
async fn post(server: &Server, endpoint: &str, fields: &[(&str, &str)]) -> (StatusCode, Value) {
    let mut form = vec![("client_id", server.told.client_id.as_str())];
    form.extend(fields);
    let request = plain_client().post(server.endpoint(endpoint)).form(&form);
    let answer = request.send().await.unwrap();
    (
        answer.status(),
        serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap(),
    )
}

/// Signs in by browser; the form meant for the program.
async fn handed_over(server: &Server) -> Form {
    let mut browser = Browser::new();
    let page = browser.open(&authorize(server, &[])).await;
    let page = browser.sign_in(page).await;
    let form = page.form();
    assert_eq!(form.action.as_str(), format!("{REDIRECT}/"));
    assert_eq!(form.fields.get("state").unwrap(), "s");
    form
}

async fn redeem(server: &Server, code: &str, verifier: &str) -> (StatusCode, Value) {
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", REDIRECT),
        ("code_verifier", verifier),
    ];
    post(server, "token", &fields).await
}

/// What the access token says, read without vigie.
fn claims(reply: &Value) -> Value {
    use base64::Engine as _;
    use base64::prelude::BASE64_URL_SAFE_NO_PAD;
    let token = reply["access_token"].as_str().unwrap();
    let payload = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}

#[tokio::test]
async fn a_code_is_worth_a_token_to_whoever_knows_the_verifier_and_once_only() {
    let Some(server) = Server::start() else {
        return;
    };
    let form = handed_over(&server).await;
    let code = form.fields.get("code").unwrap();
    let other = "x".repeat(43);
    let (status, refusal) = redeem(&server, code, &other).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert_eq!(refusal["error"], "invalid_grant");

    let (status, reply) = redeem(&server, code, VERIFIER).await;
    assert_eq!(status, StatusCode::OK, "{reply}");
    assert_eq!(reply["token_type"], "Bearer");
    assert_eq!(reply["expires_in"], 3600);
    let claims = claims(&reply);
    assert_eq!(claims["aud"], server.told.resource);
    assert_eq!(claims["tid"], server.told.tenant);
    assert_eq!(claims["scp"], "Alert.Read");

    let scope = server.scope();
    let refresh = reply["refresh_token"].as_str().unwrap();
    let fields = [
        ("grant_type", "refresh_token"),
        ("refresh_token", refresh),
        ("scope", scope.as_str()),
    ];
    let (status, renewed) = post(&server, "token", &fields).await;
    assert_eq!(status, StatusCode::OK, "{renewed}");
    assert_ne!(renewed["refresh_token"], reply["refresh_token"]);

    let (_, refusal) = redeem(&server, code, VERIFIER).await;
    assert_eq!(refusal["error"], "invalid_grant");
}

#[tokio::test]
async fn what_is_asked_wrongly_is_refused() {
    let Some(server) = Server::start() else {
        return;
    };
    for (changes, refusal) in [
        // Shown to the person: whoever asked so must not be answered.
        ([("client_id", "another")], "client is invalid"),
        (
            [("redirect_uri", "http://localhost.example/")],
            "redirect_uri",
        ),
        (
            [("redirect_uri", "http://localhost:1/other")],
            "redirect_uri",
        ),
        // Told to the program.
        ([("code_challenge", "")], "code_challenge must be"),
        (
            [("code_challenge_method", "plain")],
            "code_challenge_method",
        ),
        (
            [("scope", "openid https://graph.example/.default")],
            "invalid_target",
        ),
        (
            [("scope", "https://graph.example/.default")],
            "openid scope must be",
        ),
        ([("response_type", "token")], "response_type"),
        ([("prompt", "sometimes")], "unsupported prompt"),
    ] {
        let page = Browser::new().open(&authorize(&server, &changes)).await;
        assert_eq!(page.status, 400, "{changes:?}: {page:?}");
        assert!(page.text.contains(refusal), "{changes:?}: {page:?}");
    }
    let scope = "openid profile";
    let mut browser = Browser::new();
    let page = browser.open(&authorize(&server, &[("scope", scope)])).await;
    let form = browser.sign_in(page).await.form();
    let (_, reply) = redeem(&server, form.fields.get("code").unwrap(), VERIFIER).await;
    assert_eq!(
        reply["refresh_token"],
        Value::Null,
        "given without `offline_access`"
    );
}

#[tokio::test]
async fn whoever_turns_back_is_told_to_the_program() {
    let Some(server) = Server::start() else {
        return;
    };
    let mut browser = Browser::new();
    let page = browser.open(&authorize(&server, &[])).await;
    let form = browser.open(&page.link("[ Cancel ]")).await.form();
    assert_eq!(form.action.as_str(), format!("{REDIRECT}/"));
    assert_eq!(form.fields.get("error").unwrap(), "access_denied");
    assert_eq!(form.fields.get("state").unwrap(), "s");
}

#[tokio::test]
async fn a_device_code_is_pending_until_it_was_typed() {
    let Some(server) = Server::start() else {
        return;
    };
    let scope = server.scope();
    let (status, started) = post(&server, "devicecode", &[("scope", &scope)]).await;
    assert_eq!(status, StatusCode::OK, "{started}");
    assert_eq!(started["expires_in"], json!(900));
    assert_eq!(started["interval"], json!(1));
    let fields = [
        ("grant_type", DEVICE_CODE),
        ("device_code", started["device_code"].as_str().unwrap()),
    ];
    let (status, pending) = post(&server, "token", &fields).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert_eq!(pending["error"], "authorization_pending");

    let mut browser = Browser::new();
    let page = started["verification_uri"].as_str().unwrap();
    let code = started["user_code"].as_str().unwrap();
    let done = browser.type_code(page, code).await;
    assert!(done.text.contains("Sign-in Success"), "{done:?}");

    let (status, reply) = post(&server, "token", &fields).await;
    assert_eq!(status, StatusCode::OK, "{reply}");
    assert_eq!(claims(&reply)["aud"], server.told.resource);
    assert!(reply["refresh_token"].is_string(), "{reply}");
    let (_, refusal) = post(&server, "token", &fields).await;
    assert_eq!(refusal["error"], "invalid_grant", "taken twice");
}
