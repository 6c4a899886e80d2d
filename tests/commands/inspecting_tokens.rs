//! `vigie token` and `vigie token decode`: everything about a token but the token.

use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde_json::Value;
use serde_json::json;
use vigie::sim::Endpoint;
use vigie::sim::Fault;

use crate::program::Home;
use crate::program::Tenant;
use crate::program::Told;
use crate::program::told;
use crate::program::told_with_input;

/// RFC 7519, section 3.1.
const RFC_7519: &str = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
/// RFC 7519, section 6.1: not secured.
const UNSECURED: &str = "eyJhbGciOiJub25lIn0.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.";
const SIGNATURE: &str = "c2lnbmF0dXJlLXRoYXQtbXVzdC1uZXZlci1iZS1zZWVu";

fn token(header: &str, claims: &str) -> String {
    let [header, claims] = [header, claims].map(|part| URL_SAFE_NO_PAD.encode(part));
    format!("{header}.{claims}.{SIGNATURE}")
}

/// A token such as Entra gives for this API.
fn entra(tenant: &str) -> String {
    let now = Timestamp::now().as_second();
    let claims = json!({
        "aud": "https://api.securitycenter.microsoft.com",
        "iss": format!("https://sts.windows.net/{tenant}/"),
        "iat": now - 300, "nbf": now - 300, "exp": now + 3600,
        "appid": "6b1d4f2e-93a7-4c58-8e0b-d2f5a7c91e34",
        "idtyp": "user", "scp": "Alert.Read Machine.Read", "tid": tenant,
        "upn": "ada.moreau@contoso.example", "ver": "1.0",
    });
    token(
        r#"{"typ":"JWT","alg":"RS256","x5t":"abc","kid":"abc"}"#,
        &claims.to_string(),
    )
}

fn decode(input: &[u8], form: &str) -> Told {
    let home = Home::new();
    told_with_input(&mut home.vigie(&["token", "decode", "-o", form]), input)
}

/// The names of an object's members, sorted.
fn names(object: &Value) -> Vec<&str> {
    let object = object.as_object().unwrap();
    object.keys().map(String::as_str).collect()
}

fn assert_shape(told: &Value) {
    assert_eq!(
        names(told),
        [
            "checks",
            "claims",
            "expires_at",
            "header",
            "roles",
            "scopes"
        ]
    );
    assert!(told["header"].is_object() && told["claims"].is_object());
    for list in ["scopes", "roles"] {
        let list = told[list].as_array().unwrap();
        assert!(list.iter().all(Value::is_string));
    }
    for check in told["checks"].as_array().unwrap() {
        assert_eq!(names(check), ["message", "name", "ok"]);
        assert!(check["name"].is_string() && check["message"].is_string());
        assert!(check["ok"].is_boolean());
    }
}

/// Signs in to a tenant that hands out this very token.
fn shown(token: &str, arguments: &[&str]) -> (Tenant, Told) {
    let tenant = Tenant::with_alerts(1);
    let body = json!({"token_type": "Bearer", "expires_in": "3599", "access_token": token});
    let fault = Fault::Status {
        code: 200,
        headers: Vec::new(),
        body: body.to_string(),
    };
    tenant.script().next(Endpoint::Token, fault);
    let told = tenant.run(arguments);
    (tenant, told)
}

#[test]
fn the_token_is_one_object_of_the_promised_shape_and_never_itself() {
    let tenant = Tenant::with_alerts(1).account().tenant.clone();
    let token = entra(&tenant);
    let (_tenant, told) = shown(&token, &["token", "-o", "json"]);
    let out = told.data();
    for part in token.split('.') {
        assert!(!out.contains(part), "a part of the token is shown: {out}");
    }
    let told: Value = serde_json::from_str(&out).unwrap();
    assert_shape(&told);
    assert_eq!(told["header"]["alg"], "RS256");
    assert_eq!(told["claims"]["upn"], "ada.moreau@contoso.example");
    assert_eq!(told["scopes"], json!(["Alert.Read", "Machine.Read"]));
    assert_eq!(told["roles"], json!([]));
    let expires: Timestamp = told["expires_at"].as_str().unwrap().parse().unwrap();
    assert!(expires > Timestamp::now());
    let checks = told["checks"].as_array().unwrap();
    assert!(!checks.is_empty());
    for check in checks {
        assert_eq!(check["ok"], true, "{check}");
    }
}

#[test]
fn the_page_for_people_never_shows_the_token_either() {
    let token = entra(&Tenant::with_alerts(1).account().tenant);
    let (tenant, told) = shown(&token, &["token"]);
    let page = told.data();
    for part in token.split('.') {
        assert!(!page.contains(part), "a part of the token is shown: {page}");
    }
    let password = &tenant.account().password;
    assert!(!page.contains(password.as_str()));
    for words in ["Alert.Read", "ada.moreau@contoso.example", "aud"] {
        assert!(page.contains(words), "`{words}` is missing:\n{page}");
    }
    assert_eq!(tenant.calls(), ["token"], "nothing else was asked");
}

#[test]
fn an_opaque_token_is_a_normal_state() {
    let tenant = Tenant::with_alerts(1);
    tenant.script().opaque_tokens(true);
    let told = tenant.run(&["token", "-o", "json"]).json();
    assert_shape(&told);
    assert_eq!((&told["header"], &told["claims"]), (&json!({}), &json!({})));
    assert!(told["expires_at"].is_string());
    let page = tenant.run(&["token"]).data();
    assert!(page.contains("opaque"), "{page}");
}

#[test]
fn the_example_of_the_rfc_is_decoded_however_it_was_copied() {
    for copied in [
        RFC_7519.to_owned(),
        format!("  Bearer {RFC_7519}\r\n"),
        format!("\"{RFC_7519}\"\n"),
    ] {
        let told = decode(copied.as_bytes(), "json").json();
        assert_shape(&told);
        assert_eq!(told["header"], json!({"typ": "JWT", "alg": "HS256"}));
        assert_eq!(
            told["claims"],
            json!({"iss": "joe", "exp": 1_300_819_380, "http://example.com/is_root": true})
        );
        assert_eq!(told["expires_at"], "2011-03-22T18:43:00Z");
    }
    let page = decode(RFC_7519.as_bytes(), "table").data();
    assert!(
        page.contains("joe") && !page.contains("dBjftJeZ4CVP"),
        "{page}"
    );
    let unsecured = decode(UNSECURED.as_bytes(), "json").json();
    assert_eq!(unsecured["header"], json!({"alg": "none"}));
}

#[test]
fn a_token_of_entra_is_decoded_without_any_network() {
    let token = entra("contoso");
    let told = decode(token.as_bytes(), "json");
    assert!(!told.out.contains(SIGNATURE));
    let told = told.json();
    assert_shape(&told);
    assert_eq!(told["scopes"], json!(["Alert.Read", "Machine.Read"]));
    let page = decode(token.as_bytes(), "table").data();
    assert!(page.contains("Machine.Read") && !page.contains(SIGNATURE));
}

#[test]
fn values_of_claims_stand_as_they_stood() {
    let claims =
        r#"{"exp":1.3e9,"big":123456789012345678901234567890,"one":1.0,"text":"\u00e9","twice":2}"#;
    // Of two members with one name the last counts, says RFC 7519.
    let written = claims.replace("\"twice\":2", "\"twice\":1,\"twice\":2");
    let token = token(r#"{"alg":"none"}"#, &written);
    let out = decode(token.as_bytes(), "json").data();
    assert!(out.contains(claims), "{out}");
}

#[test]
fn hostile_claims_are_shown_as_marks() {
    let hostile = "\u{1b}]52;c;AAAA\u{7}\u{9b}2J\u{202e}\u{200b}";
    let claims = json!({"upn": hostile, "scp": hostile, "exp": hostile, hostile: hostile});
    let token = token(r#"{"alg":"none"}"#, &claims.to_string());
    for form in ["table", "json"] {
        let out = decode(token.as_bytes(), form).data();
        let obeyed = |c: char| (c.is_control() && c != '\n') || "\u{202e}\u{200b}".contains(c);
        assert!(!out.contains(obeyed), "{out:?}");
    }
    let told = decode(token.as_bytes(), "json").json();
    assert_eq!(told["claims"], claims);
}

#[test]
fn garbage_is_an_error_that_shows_nothing_of_it() {
    let huge = "hunter2".repeat(1_000_000);
    let deep = token(r#"{"alg":"none"}"#, &"[".repeat(30_000));
    let cases: [&[u8]; 14] = [
        b"",
        b"\n",
        b"hunter2",
        b"hunter2.hunter2.hunter2",
        b"hunter2.hunter2",
        b"....",
        b"..",
        b"a.b.c.d.e",
        b"\xff\xfe\x00hunter2",
        b"eyJhbGciOiJub25lIn0.bnVsbA.",
        b"eyJhbGciOiJub25lIn0.W10.",
        b"eyJhbGciOiJub25lIn0.hunter2\x1b[2J.x",
        huge.as_bytes(),
        deep.as_bytes(),
    ];
    for input in cases {
        for form in ["table", "json"] {
            let lines = decode(input, form).failure(1);
            let start = &input[..input.len().min(40)];
            assert_eq!(lines.len(), 2, "{start:?}: {lines:?}");
            assert!(lines[0].starts_with("error: "), "{start:?}: {lines:?}");
            assert!(lines[1].starts_with("help: "), "{start:?}: {lines:?}");
            let said = lines.concat();
            assert!(!said.contains("hunter2"), "{start:?}: {said}");
            assert!(!said.contains(char::is_control), "{start:?}: {said:?}");
        }
    }
}

/// An application has roles, no user and no scopes, and says so.
#[test]
fn an_application_is_shown_as_one() {
    let tenant = Tenant::with_alerts(2);
    let mut command = tenant.vigie(&["--auth", "client-secret", "token", "-o", "json"]);
    command
        .env_remove("VIGIE_USERNAME")
        .env_remove("VIGIE_PASSWORD")
        .env("VIGIE_CLIENT_SECRET", &tenant.account().client_secret);
    let object = told(&mut command).json();
    assert_eq!(object["scopes"], json!([]));
    assert!(
        object["roles"]
            .as_array()
            .unwrap()
            .contains(&json!("Alert.ReadWrite.All"))
    );
    let mut command = tenant.vigie(&["--auth", "client-secret", "token"]);
    command.env("VIGIE_CLIENT_SECRET", &tenant.account().client_secret);
    let page = told(&mut command).data();
    assert!(page.contains("  application\n"), "{page}");
    assert!(
        page.contains("\nROLES\n") && !page.contains("\nSCP\n"),
        "{page}"
    );
    assert!(page.contains("renewed by a new sign-in"), "{page}");
}

#[test]
fn a_token_of_another_tenant_or_api_is_shown_and_never_used() {
    let tenant = Tenant::with_alerts(1);
    let own = tenant.account().tenant.clone();
    let other = "00000000-0000-0000-0000-000000000000";
    let graph = token(
        "{}",
        &json!({"aud": "https://graph.microsoft.com", "tid": own}).to_string(),
    );
    for (token, words) in [
        (entra(other), "error: the token is of tenant 00000000-"),
        (graph, "error: the token is not for us: `aud` is"),
    ] {
        let file = tenant.home.file("token", &token);
        let profile = format!("[profiles.default]\ntoken_command = [\"cat\", \"{file}\"]\n");
        tenant.home.configure(&profile);
        let by_command = |arguments: &[&str]| {
            let mut command = tenant.vigie(arguments);
            command
                .env("VIGIE_AUTH", "command")
                .env_remove("VIGIE_PASSWORD");
            Told::from(command.output().unwrap())
        };
        let lines = by_command(&["alerts", "list"]).failure(3);
        assert!(lines[0].starts_with(words), "{lines:?}");
        assert!(lines[1].starts_with("help: "), "{lines:?}");
        let shown = by_command(&["token", "-o", "json"]).json();
        let failed = shown["checks"].as_array().unwrap();
        assert!(failed.iter().any(|check| check["ok"] == false), "{shown}");
    }
    assert_eq!(
        tenant.calls(),
        [""; 0],
        "no token of theirs left the machine"
    );
}

/// A command of a profile on Graph with a second token.
fn with_two(tenant: &Tenant, arguments: &[&str]) -> Command {
    let account = tenant.account();
    let mut command = tenant.vigie(arguments);
    command
        .env("VIGIE_SERVICE", "graph")
        .env("VIGIE_API", &account.graph)
        .env("VIGIE_RESPOND", "defender")
        .env("VIGIE_RESPOND_API", &account.api);
    command
}

const NOT_CONSENTED: u32 = 65_001;

#[test]
fn both_tokens_are_told_each_by_its_api() {
    let tenant = Tenant::with_alerts(1);
    let told_json = told(&mut with_two(&tenant, &["token", "-o", "json"])).json();
    assert_eq!(told_json["claims"]["aud"], "https://graph.microsoft.com");
    let second = &told_json["second"];
    assert_shape(second);
    let defender = "https://api.securitycenter.microsoft.com";
    assert_eq!(second["claims"]["aud"], defender);
    let text = told(&mut with_two(&tenant, &["token"])).data();
    let first = text.find("FIRST TOKEN  Microsoft Graph").unwrap();
    let second = text.find("SECOND TOKEN  the Defender API").unwrap();
    assert!(first < second, "{text}");
    assert!(!text.contains("eyJ"), "a token shows");

    tenant.script().refuse_refresh(NOT_CONSENTED, None);
    let told_json = told(&mut with_two(&tenant, &["token", "-o", "json"])).json();
    let second = &told_json["second"];
    assert_shape(second);
    assert_eq!(second["expires_at"], Value::Null);
    assert_eq!(second["checks"][0]["ok"], false);
    let why = second["checks"][0]["message"].as_str().unwrap();
    assert!(why.contains("AADSTS65001"), "{why}");
    let text = told(&mut with_two(&tenant, &["token"])).data();
    assert!(text.contains("no token: AADSTS65001"), "{text}");
}

#[test]
fn doctor_has_a_line_for_the_second_token_and_no_failure_for_want_of_it() {
    let tenant = Tenant::with_alerts(1);
    let lines = |told: Told| {
        assert_eq!(told.status, Some(0), "{}{}", told.out, told.err);
        let checks: Value = serde_json::from_str(&told.out).unwrap();
        let checks = checks["checks"].as_array().unwrap().clone();
        move |name: &str| {
            let mut checks = checks.iter();
            let check = checks.find(|check| check["name"] == name).unwrap();
            format!(
                "{} {} {}",
                check["state"], check["message"], check["remedy"]
            )
        }
    };
    let doctor = || told(&mut with_two(&tenant, &["doctor", "-o", "json"]));
    let line = lines(doctor());
    for (name, words) in [
        ("second-token", "for the Defender API: it lasts"),
        ("second-token", "\"ok\""),
        (
            "service",
            "Microsoft Graph, no end announced; actions on devices: the Defender API, ",
        ),
        ("respond", "Machine.StopAndQuarantine"),
        ("audience", "https://graph.microsoft.com"),
    ] {
        assert!(line(name).contains(words), "{}", line(name));
    }
    tenant.script().refuse_refresh(NOT_CONSENTED, None);
    let line = lines(doctor());
    assert!(line("second-token").contains("no actions on devices: AADSTS65001"));
    assert!(line("second-token").contains("\"warn\""));
    assert!(line("respond").contains("there is no second token"));
    assert!(line("alerts").contains("\"ok\""));
}
