//! A sign-in with a browser: the page, the way back, and the code.

use super::browser::brought;
use super::browser::value;
use super::*;

const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const STATE: &str = "a\"b<c>&'d é+%";
const BACK: &str = "http://localhost:8400";

type Form = Vec<(String, String)>;

impl Trial {
    pub(super) fn authorize_form(&self) -> Form {
        [
            ("client_id", self.world.account.client_id.as_str()),
            ("response_type", "code"),
            ("redirect_uri", BACK),
            ("response_mode", "form_post"),
            (
                "scope",
                "https://api.securitycenter.microsoft.com/.default offline_access openid profile",
            ),
            ("state", STATE),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
            ("nonce", "n-1"),
            ("prompt", "select_account"),
            ("login_hint", "ada@\"><script>"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec()
    }

    pub(super) fn authorize(&mut self, form: &Form) -> Reply {
        let tenant = self.world.account.tenant.clone();
        self.authorize_at(&tenant, form)
    }

    fn authorize_at(&mut self, tenant: &str, form: &Form) -> Reply {
        let query: Vec<String> = form
            .iter()
            .map(|(name, value)| format!("{name}={}", encoded(value)))
            .collect();
        let target = format!("/{tenant}/oauth2/v2.0/authorize?{}", query.join("&"));
        self.reply("GET", &target, &[], "")
    }

    fn code(&mut self) -> String {
        let form = self.authorize_form();
        self.code_of(&form)
    }

    pub(super) fn code_of(&mut self, form: &Form) -> String {
        let page = self.authorize(form);
        let answer = self.press(&page, "continue");
        value(&brought(&answer).1, "code").to_owned()
    }

    pub(super) fn redeem_form(&self, code: &str) -> Form {
        [
            ("grant_type", "authorization_code"),
            ("client_id", self.world.account.client_id.as_str()),
            ("code", code),
            ("redirect_uri", BACK),
            (
                "scope",
                "https://api.securitycenter.microsoft.com/.default offline_access",
            ),
            ("code_verifier", VERIFIER),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec()
    }

    pub(super) fn post_v2(&mut self, form: &Form) -> Reply {
        let path = format!("/{}/oauth2/v2.0/token", self.world.account.tenant);
        self.post_form(&path, form)
    }
}

fn page(reply: &Reply) -> String {
    assert!(header(reply, "content-type").starts_with("text/html"));
    String::from_utf8_lossy(&reply.body).into_owned()
}

#[test]
fn consent_carries_code_and_state_back_either_way() {
    for (mode, redirect, landing) in [
        (Some("form_post"), BACK, "http://localhost:8400/"),
        (Some("query"), "http://localhost", "http://localhost/"),
        (None, "http://localhost:1/", "http://localhost:1/"),
        (
            Some("query"),
            "https://login.microsoftonline.com/common/oauth2/nativeclient",
            "https://login.microsoftonline.com/common/oauth2/nativeclient",
        ),
    ] {
        let mut trial = Trial::still(1);
        let form = replaced(&trial.authorize_form(), "response_mode", mode);
        let form = replaced(&form, "redirect_uri", Some(redirect));
        let shown = trial.authorize(&form);
        let text = page(&shown);
        assert!(text.contains(">Continue as Ada Moreau</button>"), "{text}");
        assert!(!text.contains("<script>"), "{text}");
        let answer = trial.press(&shown, "continue");
        let (address, fields) = brought(&answer);
        let names: Vec<&str> = fields.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["code", "state", "session_state"]);
        assert_eq!(
            (address.as_str(), value(&fields, "state")),
            (landing, STATE)
        );
        // The page was answered.
        let again = trial.press(&shown, "continue");
        assert!(again.status == 400 && page(&again).contains("AADSTS165000"));
    }
}

#[test]
fn a_refusal_by_the_person_is_told_to_the_program() {
    for mode in ["form_post", "query"] {
        let mut trial = Trial::still(1);
        let form = replaced(&trial.authorize_form(), "response_mode", Some(mode));
        let shown = trial.authorize(&form);
        let answer = trial.press(&shown, "decline");
        let (_, fields) = brought(&answer);
        assert_eq!(value(&fields, "error"), "access_denied");
        assert_eq!(value(&fields, "state"), STATE);
        let description = value(&fields, "error_description");
        assert!(description.starts_with("AADSTS65004: ") && description.contains("\r\nTrace ID: "));
        assert_eq!(value(&fields, "code"), "");
    }
}

#[test]
fn what_cannot_be_trusted_to_a_redirect_is_told_to_the_person() {
    let mut trial = Trial::still(1);
    let good = trial.authorize_form();
    for (name, given, expected) in [
        ("client_id", None, "AADSTS900144: "),
        ("client_id", Some("x"), "AADSTS700016: "),
        ("redirect_uri", None, "AADSTS900144: "),
        (
            "redirect_uri",
            Some("http://127.0.0.1:8400"),
            "AADSTS50011: ",
        ),
        (
            "redirect_uri",
            Some("https://evil.example/<b>"),
            "AADSTS50011: ",
        ),
        (
            "redirect_uri",
            Some("http://localhost:8400/cb"),
            "AADSTS50011: ",
        ),
    ] {
        let reply = trial.authorize(&replaced(&good, name, given));
        let text = page(&reply);
        assert_eq!(reply.status, 400, "{name} {given:?}");
        assert!(text.contains(expected) && !text.contains("<b>"), "{text}");
        assert_eq!(header(&reply, "location"), "");
    }
    for (tenant, expected) in [
        ("common", "AADSTS50194: "),
        ("elsewhere.example", "AADSTS90002: "),
    ] {
        assert!(page(&trial.authorize_at(tenant, &good)).contains(expected));
    }
    let twice = [good.clone(), good].concat();
    assert!(page(&trial.authorize(&twice)).contains("AADSTS90100: "));
}

#[test]
fn a_bad_request_is_told_to_the_program() {
    let mut trial = Trial::still(1);
    let good = trial.authorize_form();
    let hexadecimal = "ab".repeat(40);
    for (name, given, error, number) in [
        ("response_type", None, "invalid_request", "900144"),
        (
            "response_type",
            Some("token"),
            "unsupported_response_type",
            "700051",
        ),
        (
            "response_mode",
            Some("fragment"),
            "invalid_request",
            "70007",
        ),
        (
            "response_mode",
            Some("web_message"),
            "invalid_request",
            "70007",
        ),
        ("scope", None, "invalid_request", "900144"),
        ("scope", Some("openid"), "invalid_scope", "70011"),
        (
            "scope",
            Some("https://api.securitycenter.microsoft.com/Machine.StopAndQuarantine"),
            "consent_required",
            "65001",
        ),
        ("code_challenge", None, "invalid_request", "900144"),
        (
            "code_challenge",
            Some(hexadecimal.as_str()),
            "invalid_request",
            "501491",
        ),
        ("code_challenge_method", None, "invalid_request", "900144"),
        (
            "code_challenge_method",
            Some("plain"),
            "invalid_request",
            "501481",
        ),
        ("prompt", Some("none"), "login_required", "50058"),
        ("prompt", Some("maybe"), "invalid_request", "90023"),
    ] {
        let reply = trial.authorize(&replaced(&good, name, given));
        let (address, fields) = brought(&reply);
        assert_eq!(address, "http://localhost:8400/", "{name} {given:?}");
        assert_eq!(value(&fields, "error"), error, "{name} {given:?}");
        assert_eq!(value(&fields, "state"), STATE);
        let described = value(&fields, "error_description");
        assert!(
            described.starts_with(&format!("AADSTS{number}: ")),
            "{described}"
        );
    }
}

#[test]
fn a_code_gives_the_tokens_that_were_asked_for() {
    let mut trial = Trial::still(1);
    let code = trial.code();
    let form = trial.redeem_form(&code);
    let reply = trial.post_v2(&form).value();
    assert_eq!(reply.get("expires_in").and_then(Value::as_i64), Some(179));
    assert!(!text(&reply, "/refresh_token").is_empty());
    let access = claims(text(&reply, "/access_token"));
    assert_eq!(access.get("amr"), Some(&serde_json::json!(["pwd", "mfa"])));
    let identity = claims(text(&reply, "/id_token"));
    let account = trial.world.account.clone();
    for (name, expected) in [
        ("/aud", account.client_id.clone()),
        (
            "/iss",
            format!("{}/{}/v2.0", account.authority, account.tenant),
        ),
        ("/tid", account.tenant.clone()),
        ("/nonce", String::from("n-1")),
        ("/preferred_username", account.username.clone()),
    ] {
        assert_eq!(text(&identity, name), expected, "{name}");
    }
    assert_eq!(
        identity.get("exp").and_then(Value::as_i64),
        Some(trial.now.as_second() + 3600)
    );
    text(&reply, "/access_token").clone_into(&mut trial.token);
    assert_eq!(trial.get("/api/alerts?$top=1").status, 200);

    let refresh = replaced(
        &replaced(&trial.password_form(), "grant_type", Some("refresh_token")),
        "refresh_token",
        Some(text(&reply, "/refresh_token")),
    );
    let refreshed = trial.sign_in(&refresh).value();
    let access = claims(text(&refreshed, "/access_token"));
    assert_eq!(access.get("amr"), Some(&serde_json::json!(["pwd", "mfa"])));

    let bare = replaced(
        &trial.authorize_form(),
        "scope",
        Some("https://api.securitycenter.microsoft.com/Alert.ReadWrite"),
    );
    let code = trial.code_of(&bare);
    let form = replaced(&trial.redeem_form(&code), "scope", None);
    let reply = trial.post_v2(&form).value();
    assert!(!text(&reply, "/access_token").is_empty());
    assert_eq!(
        (reply.get("refresh_token"), reply.get("id_token")),
        (None, None)
    );
}

#[test]
fn a_code_is_good_once_and_for_ten_minutes() {
    let mut trial = Trial::still(1);
    let code = trial.code();
    let form = trial.redeem_form(&code);
    trial.pass(599);
    assert_eq!(trial.post_v2(&form).status, 200);
    let reply = trial.post_v2(&form);
    assert_eq!((reply.status, self::code(&reply)), (400, 54_005));
    let code = trial.code();
    let form = trial.redeem_form(&code);
    trial.pass(600);
    let reply = trial.post_v2(&form);
    assert_eq!((reply.status, self::code(&reply)), (400, 70_008));
    assert_eq!(text(&reply.value(), "/error"), "invalid_grant");
}

#[test]
fn a_code_is_good_for_the_one_who_asked_only() {
    let mut trial = Trial::still(1);
    let code = trial.code();
    let good = trial.redeem_form(&code);
    let (short, long) = ("a".repeat(42), "a".repeat(129));
    for (name, given, error, number) in [
        ("code", None, "invalid_request", 900_144),
        ("code", Some("1.x"), "invalid_grant", 70_000),
        ("client_id", Some("x"), "unauthorized_client", 700_016),
        ("client_secret", Some("x"), "invalid_client", 700_025),
        ("redirect_uri", None, "invalid_request", 900_144),
        (
            "redirect_uri",
            Some("http://localhost:8400/"),
            "invalid_grant",
            50_011,
        ),
        (
            "redirect_uri",
            Some("http://localhost:8401"),
            "invalid_grant",
            50_011,
        ),
        ("code_verifier", None, "invalid_grant", 501_481),
        (
            "code_verifier",
            Some(short.as_str()),
            "invalid_grant",
            501_481,
        ),
        (
            "code_verifier",
            Some(long.as_str()),
            "invalid_grant",
            501_481,
        ),
        ("code_verifier", Some(CHALLENGE), "invalid_grant", 501_481),
        (
            "scope",
            Some("https://graph.microsoft.com/.default"),
            "invalid_scope",
            28_002,
        ),
    ] {
        let reply = trial.post_v2(&replaced(&good, name, given));
        assert_eq!(
            (text(&reply.value(), "/error"), self::code(&reply)),
            (error, number),
            "{name} {given:?}"
        );
    }
    let v1 = replaced(&good, "resource", Some(RESOURCE));
    assert_eq!(self::code(&trial.sign_in(&v1)), 70_003);
    // None of these has spent it.
    assert_eq!(trial.post_v2(&good).status, 200);
}

#[test]
fn after_a_refusal_of_all_refreshes_a_person_at_a_browser_helps() {
    let mut trial = Trial::still(1);
    let refresh = |trial: &mut Trial, token: &str| {
        let form = replaced(&trial.password_form(), "grant_type", Some("refresh_token"));
        trial.sign_in(&replaced(&form, "refresh_token", Some(token)))
    };
    let code = trial.code();
    let form = trial.redeem_form(&code);
    let old = text(&trial.post_v2(&form).value(), "/refresh_token").to_owned();
    trial.world.tokens.refuse_refresh(70_043, None);
    assert_eq!(self::code(&refresh(&mut trial, &old)), 70_043);
    let code = trial.code();
    let form = trial.redeem_form(&code);
    let new = text(&trial.post_v2(&form).value(), "/refresh_token").to_owned();
    assert_eq!(refresh(&mut trial, &new).status, 200);
    assert_eq!(self::code(&refresh(&mut trial, &old)), 70_043);
}
