//! The rules of the token endpoint, and of the tokens it gives.
//!
//! The API's answers to good tokens are tested in `alerts`.

use super::*;

#[test]
fn a_good_password_gets_a_v1_reply_with_numbers_as_strings() {
    let mut trial = Trial::still(3);
    let form = trial.password_form();
    let reply = trial.sign_in(&form);
    let value = reply.value();
    assert_eq!(reply.status, 200);
    assert_eq!(text(&value, "/token_type"), "Bearer");
    assert_eq!(text(&value, "/expires_in"), "179");
    assert_eq!(text(&value, "/resource"), RESOURCE);
    assert_eq!(
        text(&value, "/scope"),
        "Alert.ReadWrite Machine.Read AdvancedQuery.Read User.Read.All Machine.Isolate Machine.Scan \
         Machine.RestrictExecution Machine.CollectForensics File.Read.All Ip.Read.All URL.Read.All"
    );
    assert!(!text(&value, "/refresh_token").is_empty());
    let now = trial.now.as_second();
    assert_eq!(text(&value, "/not_before"), (now - 300).to_string());
    assert_eq!(text(&value, "/expires_on"), (now + 180).to_string());
    let claims = claims(text(&value, "/access_token"));
    assert_eq!(text(&claims, "/aud"), RESOURCE);
    assert_eq!(text(&claims, "/upn"), trial.world.account.username);
    assert_eq!(claims.get("exp").and_then(Value::as_i64), Some(now + 180));
}

#[test]
fn bad_requests_get_the_code_entra_gives() {
    let mut trial = Trial::still(3);
    let good = trial.password_form();
    let cases: [(&str, Option<&str>, u64, &str); 14] = [
        ("grant_type", None, 900_144, "invalid_request"),
        ("client_id", None, 900_144, "invalid_request"),
        ("resource", None, 900_144, "invalid_request"),
        ("username", None, 900_144, "invalid_request"),
        ("password", None, 900_144, "invalid_request"),
        ("password", Some(""), 900_144, "invalid_request"),
        ("password", Some("p"), 50_126, "invalid_grant"),
        (
            "username",
            Some("nobody@contoso.example"),
            50_034,
            "invalid_grant",
        ),
        ("client_id", Some("x"), 700_016, "unauthorized_client"),
        (
            "resource",
            Some("https://api.securitycenter.microsoft.com/"),
            500_011,
            "invalid_resource",
        ),
        (
            "grant_type",
            Some("device_code"),
            70_003,
            "unsupported_grant_type",
        ),
        ("client_secret", Some("s"), 700_025, "invalid_client"),
        (
            "grant_type",
            Some("client_credentials"),
            7_000_218,
            "invalid_client",
        ),
        (
            "grant_type",
            Some("refresh_token"),
            900_144,
            "invalid_request",
        ),
    ];
    for (name, value, expected, error) in cases {
        let reply = trial.sign_in(&replaced(&good, name, value));
        let body = reply.value();
        assert_eq!(
            (code(&reply), text(&body, "/error")),
            (expected, error),
            "{name} {value:?}"
        );
        assert_eq!(
            reply.status,
            if error == "invalid_client" { 401 } else { 400 },
            "{name} {value:?}"
        );
        assert_eq!(text(&body, "/correlation_id"), "c-7");
    }
}

#[test]
fn the_request_must_be_a_form_posted_to_a_known_tenant() {
    let mut trial = Trial::still(3);
    let good = trial.password_form();
    assert_eq!(
        code(&trial.post_form("/elsewhere.example/oauth2/token", &good)),
        90_002
    );
    assert_eq!(
        code(&trial.post_form("/common/oauth2/token", &good)),
        9_001_023
    );
    assert_eq!(
        trial
            .post_form("/contoso.example/oauth2/token", &good)
            .status,
        200
    );
    let path = format!("/{}/oauth2/token", trial.world.account.tenant);
    assert_eq!(trial.reply("GET", &path, &[], "").status, 405);
    let json = [("content-type", "application/json")];
    assert_eq!(code(&trial.reply("POST", &path, &json, "{}")), 9_002_313);
    // A password glued into the form as it is ends at its ampersand.
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let glued: Vec<String> = good
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    assert_eq!(
        code(&trial.reply("POST", &path, &form, &glued.join("&"))),
        9_002_313
    );
    let twice = [good.clone(), good].concat();
    assert_eq!(code(&trial.sign_in(&twice)), 90_100);
}

#[test]
fn refresh_tokens_rotate_and_old_ones_still_work_until_revoked() {
    let mut trial = Trial::still(3);
    let form = trial.password_form();
    let refresh = |trial: &mut Trial, token: &str| {
        let form = replaced(
            &replaced(&form, "grant_type", Some("refresh_token")),
            "refresh_token",
            Some(token),
        );
        let form = replaced(&replaced(&form, "username", None), "password", None);
        trial.sign_in(&form)
    };
    let first = text(&trial.sign_in(&form).value(), "/refresh_token").to_owned();
    let second = text(&refresh(&mut trial, &first).value(), "/refresh_token").to_owned();
    assert!(second != first && !second.is_empty());
    assert_eq!(refresh(&mut trial, &first).status, 200);
    trial.world.tokens.rotate_refresh = false;
    assert_eq!(
        text(&refresh(&mut trial, &first).value(), "/refresh_token"),
        first
    );
    trial.world.tokens.omit_refresh = true;
    assert_eq!(
        refresh(&mut trial, &first).value().get("refresh_token"),
        None
    );
    trial.world.tokens.revoke_refresh();
    let reply = refresh(&mut trial, &second);
    assert_eq!(
        (code(&reply), text(&reply.value(), "/error")),
        (50_173, "invalid_grant")
    );
}

#[test]
fn v2_takes_scopes_and_writes_numbers() {
    let mut trial = Trial::still(3);
    let path = format!("/{}/oauth2/v2.0/token", trial.world.account.tenant);
    let v1 = trial.password_form();
    assert_eq!(code(&trial.post_form(&path, &v1)), 901_002);
    let form = |scope: &str| replaced(&replaced(&v1, "resource", None), "scope", Some(scope));
    let reply = trial.post_form(
        &path,
        &form(&format!("{RESOURCE}/.default offline_access openid")),
    );
    let value = reply.value();
    assert_eq!(value.get("expires_in").and_then(Value::as_i64), Some(179));
    assert!(
        text(&value, "/scope")
            .starts_with("https://api.securitycenter.microsoft.com/Alert.ReadWrite ")
    );
    assert!(!text(&value, "/refresh_token").is_empty());
    let reply = trial.post_form(&path, &form(&format!("{RESOURCE}/Alert.ReadWrite")));
    assert_eq!(
        (reply.status, reply.value().get("refresh_token")),
        (200, None)
    );
    for (scope, expected) in [
        (format!("{RESOURCE}/Machine.StopAndQuarantine"), 65_001),
        (
            format!("{RESOURCE}/.default https://graph.microsoft.com/.default"),
            28_000,
        ),
        (format!("{RESOURCE}/.default {RESOURCE}/Alert.Read"), 70_011),
        (String::from("openid"), 70_011),
        (String::from("https://unknown.example/.default"), 500_011),
    ] {
        assert_eq!(
            code(&trial.post_form(&path, &form(&scope))),
            expected,
            "{scope}"
        );
    }
}

#[test]
fn an_application_gets_roles_and_acts_under_its_own_name() {
    let mut trial = Trial::still(5);
    let secret = trial.world.account.client_secret.clone();
    let form = replaced(
        &trial.password_form(),
        "grant_type",
        Some("client_credentials"),
    );
    assert_eq!(
        code(&trial.sign_in(&replaced(&form, "client_secret", Some("wrong")))),
        7_000_215
    );
    let reply = trial
        .sign_in(&replaced(&form, "client_secret", Some(&secret)))
        .value();
    assert_eq!(
        (reply.get("scope"), reply.get("refresh_token")),
        (None, None)
    );
    trial.token = text(&reply, "/access_token").to_owned();
    assert_eq!(
        text(&claims(&trial.token), "/roles/0"),
        "Alert.ReadWrite.All"
    );
    assert_eq!(trial.get("/api/alerts?$top=1").status, 200);
}

#[test]
fn tokens_are_judged_by_presence_shape_age_audience_and_scope() {
    let mut trial = Trial::still(3);
    let granted = &mut trial.world.tokens.granted;
    granted.retain(|scope| scope != "File.Read.All");
    let mut trial = trial.signed_in();
    for value in ["", "Bearer", "Bearer x", "Basic abc", "Bearer a b"] {
        let reply = trial.reply("GET", "/api/alerts", &[("authorization", value)], "");
        assert_eq!(
            (reply.status, text(&reply.value(), "/error/code")),
            (401, "Unauthorized"),
            "{value}"
        );
        assert!(
            header(&reply, "www-authenticate").starts_with("Bearer "),
            "{value}"
        );
    }
    assert_eq!(trial.get("/api/alerts?$top=1").status, 200);
    let reply = trial.get("/api/alerts/x/files");
    assert_eq!(reply.status, 403);
    let message = text(&reply.value(), "/error/message").to_owned();
    assert!(
        message.contains("API required roles: File.Read.All, application roles: Alert.ReadWrite,"),
        "{message}"
    );
    trial.pass(179);
    assert_eq!(trial.get("/api/alerts?$top=1").status, 200);
    trial.pass(1);
    assert_eq!(trial.get("/api/alerts?$top=1").status, 401, "expired");

    for (resource, status) in [
        (
            "https://securitycenter.onmicrosoft.com/windowsatpservice",
            200,
        ),
        ("http://127.0.0.1:9", 200),
        ("https://graph.microsoft.com", 401),
        ("https://api.security.microsoft.com", 401),
        ("https://userrequestsgraphapi-prd.trafficmanager.net", 403),
    ] {
        let form = replaced(&trial.password_form(), "resource", Some(resource));
        trial.token = text(&trial.sign_in(&form).value(), "/access_token").to_owned();
        assert_eq!(trial.get("/api/alerts?$top=1").status, status, "{resource}");
    }
}

#[test]
fn what_is_granted_counts_from_the_next_token() {
    let mut trial = Trial::still(3);
    trial.world.tokens.granted = vec![String::from("Alert.Read")];
    assert_eq!(
        trial
            .call("PATCH", "/api/alerts/x", r#"{"status":"New"}"#)
            .status,
        404,
        "the old token may write"
    );
    let mut trial = trial.signed_in();
    assert_eq!(
        trial
            .call("PATCH", "/api/alerts/x", r#"{"status":"New"}"#)
            .status,
        403
    );
    trial.world.tokens.opaque = true;
    let mut trial = trial.signed_in();
    assert!(!trial.token.contains('.'));
    assert_eq!(trial.get("/api/alerts?$top=1").status, 200);
    trial.world.tokens.revoke_access();
    assert_eq!(trial.get("/api/alerts?$top=1").status, 401);
}
