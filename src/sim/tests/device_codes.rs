//! Device codes: how often the program may ask, and how it ends.

use super::*;
use crate::sim::script::Endpoint;
use crate::sim::script::Fault;

type Form = Vec<(String, String)>;

impl Trial {
    pub(super) fn device_form(&self) -> Form {
        [
            ("client_id", self.world.account.client_id.as_str()),
            (
                "scope",
                "https://api.securitycenter.microsoft.com/.default offline_access openid",
            ),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec()
    }

    pub(super) fn ask_for_device_code(&mut self, form: &Form) -> Reply {
        let path = format!("/{}/oauth2/v2.0/devicecode", self.world.account.tenant);
        self.post_form(&path, form)
    }

    /// A new device code: what the program keeps, and what the person types.
    fn device_code(&mut self) -> (String, String) {
        let form = self.device_form();
        let reply = self.ask_for_device_code(&form).value();
        (
            text(&reply, "/device_code").to_owned(),
            text(&reply, "/user_code").to_owned(),
        )
    }

    pub(super) fn poll_form(&self, device_code: &str) -> Form {
        [
            ("client_id", self.world.account.client_id.as_str()),
            ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
            ("device_code", device_code),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec()
    }

    /// The error of a poll, and its number.
    fn poll(&mut self, device_code: &str) -> (String, u64) {
        let form = self.poll_form(device_code);
        let reply = self.post_v2(&form);
        let error = text(&reply.value(), "/error").to_owned();
        assert_eq!(reply.status, if error.is_empty() { 200 } else { 400 });
        (error, code(&reply))
    }

    fn pass_milliseconds(&mut self, milliseconds: i64) {
        let span = SignedDuration::from_millis(milliseconds);
        self.now = self.now.checked_add(span).unwrap_or(self.now);
    }

    fn type_in(&mut self, typed: &str) -> Reply {
        self.post_form("/devicelogin", &[(String::from("otc"), typed.to_owned())])
    }
}

fn told(error: &str, number: u64) -> (String, u64) {
    (error.to_owned(), number)
}

fn page(reply: &Reply) -> String {
    String::from_utf8_lossy(&reply.body).into_owned()
}

#[test]
fn a_device_code_comes_with_everything_to_show_and_to_wait_by() {
    let mut trial = Trial::still(1);
    let form = trial.device_form();
    let reply = trial.ask_for_device_code(&form).value();
    let user_code = text(&reply, "/user_code");
    assert_eq!(user_code.len(), 9);
    assert!(!user_code.contains(['0', 'O', '1', 'I']), "{user_code}");
    assert!(text(&reply, "/device_code").len() > 200);
    assert_eq!(
        text(&reply, "/verification_uri"),
        "http://127.0.0.1:9/devicelogin"
    );
    let number = |name: &str| reply.get(name).and_then(Value::as_i64);
    assert_eq!(
        (number("expires_in"), number("interval")),
        (Some(900), Some(5))
    );
    let message = text(&reply, "/message");
    assert!(
        message.contains(user_code) && message.contains("/devicelogin"),
        "{message}"
    );
}

#[test]
fn bad_requests_for_a_device_code_are_refused() {
    let mut trial = Trial::still(1);
    let good = trial.device_form();
    for (name, given, number) in [
        ("client_id", None, 900_144),
        ("client_id", Some("x"), 700_016),
        ("scope", None, 900_144),
        ("scope", Some("openid"), 70_011),
        ("resource", Some(RESOURCE), 901_002),
        ("client_secret", Some("s"), 700_025),
    ] {
        let reply = trial.ask_for_device_code(&replaced(&good, name, given));
        assert_eq!(code(&reply), number, "{name} {given:?}");
    }
    assert_eq!(
        code(&trial.post_form("/common/oauth2/v2.0/devicecode", &good)),
        50_194
    );
}

#[test]
fn the_program_waits_for_the_person_and_then_gets_tokens() {
    let mut trial = Trial::still(1);
    let (device_code, user_code) = trial.device_code();
    let pending = told("authorization_pending", 70_016);
    assert_eq!(trial.poll(&device_code), pending);
    trial.pass(5);
    assert_eq!(trial.poll(&device_code), pending);
    assert!(page(&trial.reply("GET", "/devicelogin", &[], "")).contains("name=\"otc\""));
    let question = trial.type_in(&format!(" {} ", user_code.to_lowercase()));
    assert!(page(&question).contains("Continue as Ada Moreau"));
    assert_eq!(trial.press(&question, "continue").status, 200);
    trial.pass(5);
    let form = trial.poll_form(&device_code);
    let reply = trial.post_v2(&form).value();
    assert!(!text(&reply, "/refresh_token").is_empty());
    assert!(!text(&reply, "/id_token").is_empty());
    let access = claims(text(&reply, "/access_token"));
    assert_eq!(access.get("amr"), Some(&serde_json::json!(["pwd", "mfa"])));
    assert_eq!(trial.poll(&device_code), told("invalid_grant", 54_005));
    assert!(page(&trial.type_in(&user_code)).contains("AADSTS90120: "));
}

#[test]
fn impatience_is_told_and_makes_the_wait_longer() {
    let mut trial = Trial::still(1);
    let (device_code, _) = trial.device_code();
    let (pending, slow) = (
        told("authorization_pending", 70_016),
        told("slow_down", 70_016),
    );
    for (wait, expected) in [
        (0, &pending),
        (4_899, &slow),
        // Ten seconds from here on.
        (9_899, &slow),
        // Fifteen.
        (14_900, &pending),
        (15_000, &pending),
        (14_000, &slow),
        (20_000, &pending),
    ] {
        trial.pass_milliseconds(wait);
        assert_eq!(&trial.poll(&device_code), expected, "{wait}");
    }
    trial.world.tokens.approve_device_codes();
    trial.pass(5);
    assert_eq!(
        trial.poll(&device_code),
        slow,
        "approved, and asked too soon"
    );
}

#[test]
fn codes_end_by_refusal_and_by_time() {
    let mut trial = Trial::still(1);
    let (declined, typed) = trial.device_code();
    let question = trial.type_in(&typed);
    trial.press(&question, "decline");
    assert_eq!(
        trial.poll(&declined),
        told("authorization_declined", 65_004)
    );
    let (declined, _) = trial.device_code();
    trial.world.tokens.decline_device_codes();
    assert_eq!(
        trial.poll(&declined),
        told("authorization_declined", 65_004)
    );

    let (late, typed) = trial.device_code();
    trial.pass(899);
    assert_eq!(trial.poll(&late), told("authorization_pending", 70_016));
    trial.pass(1);
    assert!(page(&trial.type_in(&typed)).contains("AADSTS70019: "));
    assert_eq!(trial.poll(&late), told("expired_token", 70_020));
    assert_eq!(
        trial.poll("nonsense"),
        told("bad_verification_code", 70_018)
    );
    assert!(page(&trial.type_in("WRONGCODE")).contains("AADSTS70018: "));
    // Only v2 knows the long name of this grant.
    let form = replaced(&trial.poll_form(&late), "resource", Some(RESOURCE));
    assert_eq!(code(&trial.sign_in(&form)), 70_003);
}

#[test]
fn device_codes_can_be_blocked_and_spoiled() {
    let mut trial = Trial::still(1);
    let form = trial.device_form();
    for number in [53_003, 530_036] {
        trial.world.tokens.block_device_codes(Some(number));
        let reply = trial.ask_for_device_code(&form);
        let body = reply.value();
        assert_eq!(code(&reply), u64::from(number));
        assert_eq!(text(&body, "/error"), "invalid_grant");
        assert_eq!(text(&body, "/suberror"), "message_only");
    }
    trial.world.tokens.block_device_codes(None);
    trial.world.faults.push(Endpoint::DeviceCode, Fault::Empty);
    assert!(trial.ask_for_device_code(&form).body.is_empty());
    let (device_code, _) = trial.device_code();
    let status = Fault::Status {
        code: 503,
        headers: Vec::new(),
        body: String::new(),
    };
    trial.world.faults.push(Endpoint::Token, status);
    let form = trial.poll_form(&device_code);
    assert_eq!(trial.post_v2(&form).status, 503);
    assert_eq!(code(&trial.post_v2(&form)), 70_016);
}
