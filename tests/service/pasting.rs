//! Sign-in by the address a person pastes.

use vigie::domain::failure::Failure;
use vigie::domain::failure::FailureKind;
use vigie::domain::sign_in::AttemptId;
use vigie::domain::sign_in::Prompt;
use vigie::domain::sign_in::Way;
use vigie::service::Client;
use vigie::service::authority::Method;
use vigie::sim::Endpoint;

use crate::browser::BROWSER;
use crate::browser::has_nothing;
use crate::person;
use crate::secrets::Heard;
use crate::stage::Stage;
use crate::stage::answer;
use crate::stage::decoded;
use crate::stage::field;

const ATTEMPT: AttemptId = AttemptId(3);

async fn prepared(client: &Client) -> String {
    match client.prepare_sign_in(ATTEMPT, Way::Paste).await.unwrap() {
        Prompt::Paste { url } => url,
        other => panic!("{other:?}"),
    }
}

fn redirect(url: &str) -> String {
    let (_, query) = url.split_once('?').unwrap();
    let fields = decoded(query);
    assert_eq!(field(&fields, "response_mode"), "query");
    field(&fields, "redirect_uri")
}

#[tokio::test]
async fn an_address_or_its_query_is_taken_however_the_terminal_broke_it() {
    let stage = Stage::with_alerts(1).await;
    let client = stage.client_by(BROWSER);
    let forms: [fn(String) -> String; 5] = [
        |address| address,
        |address| format!("  {address}#\r\n"),
        |address| address.split_once('?').unwrap().1.to_owned(),
        |address| address.replacen("localhost/", "localhost", 1),
        |address| {
            let (start, end) = address.split_at(40);
            format!("\u{1b}{start}\r\n{end}\n")
        },
    ];
    for form in forms {
        let url = prepared(&client).await;
        assert_eq!(redirect(&url), "http://localhost");
        let brought = person::answers(&url, "continue").await;
        let pasted = form(brought.pasted());
        client.redeem_pasted(ATTEMPT, &pasted).await.unwrap();
        client.renew().await.unwrap();
        client.forget_tokens();
        // Its code is spent.
        let before = stage.requests().len();
        client.redeem_pasted(ATTEMPT, &pasted).await.unwrap_err();
        assert_eq!(stage.requests().len(), before);
    }
}

#[tokio::test]
async fn after_a_wrong_address_another_one_can_be_pasted() {
    let heard = Heard::default();
    let _guard = heard.listen();
    let stage = Stage::with_alerts(1).await;
    let client = stage.client_by(BROWSER);
    let url = prepared(&client).await;
    let brought = person::answers(&url, "continue").await;
    let right = brought.pasted();
    let code = field(&brought.fields, "code");
    for (wrong, words) in [
        (String::new(), "holds no code"),
        ("hello".to_owned(), "holds no code"),
        ("http://localhost".to_owned(), "holds no code"),
        (code.clone(), "holds no code"),
        (brought.clone().with("code", None).pasted(), "holds no code"),
        (
            brought.clone().with("state", Some("x")).pasted(),
            "its state differs",
        ),
        (
            brought
                .clone()
                .with("iss", Some("https://evil.example"))
                .pasted(),
            "evil.example",
        ),
        (
            right.replacen("localhost", "localhost:8400", 1),
            "does not belong",
        ),
        (
            right.replacen("localhost", "evil.example", 1),
            "does not belong",
        ),
        (
            right.replacen("localhost", "me@localhost", 1),
            "does not belong",
        ),
        (right.replacen("http", "https", 1), "does not belong"),
        (
            right.replacen("localhost/", "localhost/x", 1),
            "does not belong",
        ),
        ("x".repeat(100_000), "holds no code"),
    ] {
        let error = client.redeem_pasted(ATTEMPT, &wrong).await.unwrap_err();
        let said = error.to_string();
        assert!(said.contains(words) && !said.contains('\n'), "{said}");
        heard.note_failure(error);
        assert!(stage.forms().is_empty());
    }
    has_nothing(&client).await;
    client.redeem_pasted(ATTEMPT, &right).await.unwrap();
    assert!(!heard.text().contains(&code));
}

#[tokio::test]
async fn once_the_code_was_sent_the_attempt_is_over() {
    let stage = Stage::with_alerts(1).await;
    let client = stage.client_by(BROWSER);
    let url = prepared(&client).await;
    let pasted = person::answers(&url, "continue").await.pasted();
    let refused = r#"{"error":"invalid_grant","error_description":"AADSTS54005: Used."}"#;
    stage
        .script()
        .next(Endpoint::Token, answer(400, &[], refused));
    let failure = Failure::from(client.redeem_pasted(ATTEMPT, &pasted).await.unwrap_err());
    assert_eq!(failure.kind, FailureKind::SignInRefused);
    assert!(failure.remedy.unwrap().contains("start again"));
    let error = client.redeem_pasted(ATTEMPT, &pasted).await.unwrap_err();
    assert!(error.to_string().contains("not open any more"), "{error}");
    assert_eq!(stage.forms().len(), 1);
    has_nothing(&client).await;
}

#[tokio::test]
async fn the_port_is_the_fixed_one_or_that_of_an_open_browser_sign_in() {
    let stage = Stage::with_alerts(1).await;
    let fixed = stage.client_by(Method::Browser {
        redirect_port: Some(18_400),
    });
    let url = prepared(&fixed).await;
    assert_eq!(redirect(&url), "http://localhost:18400");
    let pasted = person::answers(&url, "continue").await.pasted();
    fixed.redeem_pasted(ATTEMPT, &pasted).await.unwrap();

    let client = stage.client_by(BROWSER);
    let (_, port) = person::prepared(&client, AttemptId(1)).await;
    let url = prepared(&client).await;
    assert_eq!(redirect(&url), format!("http://localhost:{port}"));
    client.forget_sign_in(AttemptId(1));
    // The paste is an attempt of its own.
    let pasted = person::answers(&url, "continue").await.pasted();
    client.redeem_pasted(ATTEMPT, &pasted).await.unwrap();
    client.forget_sign_in(ATTEMPT);
}
