//! Sign-in of the application with a certificate; the tenant checks the signature.

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::SignedDuration;
use serde_json::Value;
use vigie::domain::failure::Failure;
use vigie::domain::failure::FailureKind;
use vigie::domain::query::AlertQuery;
use vigie::service::Client;
use vigie::service::authority::Method;
use vigie::sim::Endpoint;

use crate::secrets::Heard;
use crate::secrets::secrets;
use crate::stage::RESOURCE;
use crate::stage::Stage;
use crate::stage::answer;
use crate::stage::field;

const CLIENT: &str = include_str!("../samples/certificate/client.pem");
const OTHER: &str = include_str!("../samples/certificate/other.pem");
const PKCS1_KEY: &str = include_str!("../samples/certificate/client-pkcs1-key.pem");
const EC_KEY: &str = include_str!("../samples/certificate/ec-key.pem");
const ENCRYPTED_KEY: &str = include_str!("../samples/certificate/encrypted-key.pem");
const ENCRYPTED_PKCS1_KEY: &str = include_str!("../samples/certificate/encrypted-pkcs1-key.pem");

/// A file with this content, of its own.
fn file(content: &str) -> PathBuf {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let name = format!("identity-{}.pem", COUNT.fetch_add(1, Ordering::Relaxed));
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, content).unwrap();
    path
}

/// The certificate alone.
fn certificate(pem: &str) -> String {
    let end = "-----END CERTIFICATE-----\n";
    let (_, rest) = pem.split_once("-----BEGIN CERTIFICATE-----").unwrap();
    let (body, _) = rest.split_once(end).unwrap();
    format!("-----BEGIN CERTIFICATE-----{body}{end}")
}

fn client(stage: &Stage, content: &str) -> Client {
    stage.client_by(Method::ClientCertificate(file(content)))
}

/// Header and payload of the assertion in a form.
fn assertion(form: &[(String, String)]) -> (Value, Value) {
    let assertion = field(form, "client_assertion");
    let parts: Vec<Value> = assertion
        .split('.')
        .take(2)
        .map(|part| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap())
        .collect();
    (parts[0].clone(), parts[1].clone())
}

#[tokio::test]
async fn an_application_signs_in_with_its_certificate_and_renews_by_doing_so_again() {
    let heard = Heard::default();
    let _guard = heard.listen();
    let stage = Stage::with_alerts(3).await;
    let thumbprint = stage.script().upload_certificate(CLIENT).unwrap();
    let account = stage.account();
    let client = client(&stage, CLIENT);
    assert!(!client.needs_person());
    for _ in 0..2 {
        let facts = client.renew().await.unwrap();
        assert!(facts.decoded.unwrap().app_only() && !facts.refreshable);
    }
    let listed = client.list_alerts(&AlertQuery::everything(10)).await;
    assert_eq!(listed.unwrap().alerts.len(), 3);

    let forms = stage.forms();
    assert_eq!(forms.len(), 2);
    let names: Vec<&str> = forms[0].iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        [
            "client_id",
            "client_assertion_type",
            "client_assertion",
            "grant_type",
            "scope"
        ]
    );
    assert_eq!(field(&forms[0], "scope"), format!("{RESOURCE}/.default"));
    let (header, payload) = assertion(&forms[0]);
    assert_eq!(
        header,
        serde_json::json!({ "alg": "PS256", "typ": "JWT", "x5t#S256": thumbprint })
    );
    let audience = format!("{}/{}/oauth2/v2.0/token", account.authority, account.tenant);
    assert_eq!(payload["aud"], audience);
    assert_eq!(
        (&payload["iss"], &payload["sub"]),
        (&payload["sub"], &account.client_id.into())
    );
    let now = stage.clock.now().as_second();
    assert_eq!(
        (&payload["nbf"], &payload["iat"]),
        (&now.into(), &now.into())
    );
    assert_eq!(payload["exp"], now + 600);
    assert_ne!(payload["jti"], assertion(&forms[1]).1["jti"]);
    let heard = heard.text();
    for secret in secrets(&stage) {
        assert!(!heard.contains(&secret), "`{secret}` was heard");
    }
}

#[tokio::test]
async fn any_order_any_chain_and_either_form_of_the_key_will_do() {
    let stage = Stage::with_alerts(1).await;
    stage.script().upload_certificate(CLIENT).unwrap();
    let (own, other) = (certificate(CLIENT), certificate(OTHER));
    let key = CLIENT.replace(&own, "");
    for content in [
        format!("{key}{own}"),
        format!("{own}{PKCS1_KEY}"),
        format!("{other}{own}{key}"),
        format!(
            "Bag Attributes\r\n    localKeyID: 01\r\n{}",
            CLIENT.replace('\n', "\r\n")
        ),
    ] {
        client(&stage, &content).renew().await.unwrap();
    }
}

#[tokio::test]
async fn a_file_that_cannot_be_used_says_why_in_one_sentence() {
    let stage = Stage::with_alerts(1).await;
    let own = certificate(CLIENT);
    let key = CLIENT.replace(&own, "");
    let cases = [
        (String::new(), "holds no certificate"),
        ("hunter2".to_owned(), "holds no certificate"),
        (key.clone(), "holds no certificate"),
        (own.clone(), "holds no private key"),
        (format!("{own}{EC_KEY}"), "not an RSA key"),
        (format!("{own}{ENCRYPTED_KEY}"), "an encrypted private key"),
        (
            format!("{own}{ENCRYPTED_PKCS1_KEY}"),
            "an encrypted private key",
        ),
        (
            format!("{}{key}", certificate(OTHER)),
            "does not belong to its certificate",
        ),
        (CLIENT.replacen("MII", "!!!", 1), "damaged"),
        (
            format!("{own}-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"),
            "cannot be read",
        ),
        (own.replace("-----END", "----END"), "damaged"),
    ];
    for (content, words) in cases {
        let error = client(&stage, &content).renew().await.unwrap_err();
        let failure = Failure::from(error);
        assert_eq!(failure.kind, FailureKind::Misconfigured);
        assert!(failure.sentence.contains(words), "{words}: {failure}");
        assert!(!failure.sentence.contains('\n') && !failure.sentence.contains("hunter2"));
        assert!(failure.remedy.unwrap().contains("PEM"));
    }
    let nowhere = Method::ClientCertificate(PathBuf::from("/nonexistent/identity.pem"));
    let error = stage.client_by(nowhere).renew().await.unwrap_err();
    let said = error.to_string();
    assert!(
        said.contains("/nonexistent/identity.pem` cannot be read"),
        "{said}"
    );
    assert!(stage.requests().is_empty());
}

#[tokio::test]
async fn a_certificate_that_was_not_uploaded_is_for_an_administrator() {
    let stage = Stage::with_alerts(1).await;
    stage.script().upload_certificate(OTHER).unwrap();
    let failure = Failure::from(client(&stage, CLIENT).renew().await.unwrap_err());
    assert_eq!(failure.kind, FailureKind::SignInRefused);
    assert!(failure.sentence.contains("AADSTS700027"), "{failure}");
    let remedy = failure.remedy.unwrap();
    assert!(
        remedy.contains("ask an administrator to upload"),
        "{remedy}"
    );
    assert_eq!(stage.forms().len(), 1);
}

#[tokio::test]
async fn a_clock_that_is_wrong_is_corrected_by_that_of_the_service() {
    let stage = Stage::with_alerts(1).await;
    stage.script().upload_certificate(CLIENT).unwrap();
    let theirs = stage.clock.now();
    for wrong in [
        SignedDuration::from_mins(40),
        SignedDuration::from_mins(-40),
    ] {
        let before = stage.forms().len();
        let client = stage.client_off_by(Method::ClientCertificate(file(CLIENT)), wrong);
        let facts = client.renew().await.unwrap();
        assert_eq!(facts.skew, Some(-wrong));
        // From then on it is right at once.
        client.renew().await.unwrap();
        let starts: Vec<i64> = stage.forms()[before..]
            .iter()
            .map(|form| assertion(form).1["nbf"].as_i64().unwrap())
            .collect();
        let right = theirs.as_second();
        assert_eq!(starts, [right + wrong.as_secs(), right, right]);
    }
}

#[tokio::test]
async fn an_assertion_is_tried_twice_at_most() {
    let stage = Stage::with_alerts(1).await;
    let client = client(&stage, CLIENT);
    let refused = r#"{"error":"invalid_client","error_description":"AADSTS700024: Time."}"#;
    let out_of_time = || answer(401, &[("date", "Sun, 22 Nov 2026 14:00:30 GMT")], refused);
    for _ in 0..3 {
        stage.script().next(Endpoint::Token, out_of_time());
    }
    let failure = Failure::from(client.renew().await.unwrap_err());
    assert!(failure.remedy.unwrap().contains("set the clock"));
    assert_eq!(stage.forms().len(), 2);
}
