//! The API asks for more than the token has.

use base64::engine::general_purpose::STANDARD;

use super::*;

const CLAIMS: &str = r#"{"access_token":{"nbf":{"essential":true, "value":"1604106651"}}}"#;
/// The same, as another program would write it.
const RESPACED: &str = r#"{ "access_token": {"nbf":{"value":"1604106651","essential":true}} }"#;
const OTHER: &str = r#"{"access_token":{"acrs":{"essential":true,"value":"c1"}}}"#;

type Form = Vec<(String, String)>;

impl Trial {
    fn refresh_form(&self, token: &str, claims: Option<&str>) -> Form {
        let form = replaced(&self.password_form(), "grant_type", Some("refresh_token"));
        replaced(
            &replaced(&form, "refresh_token", Some(token)),
            "claims",
            claims,
        )
    }

    /// The status of a call with the token of a reply.
    fn status_with(&mut self, reply: &Reply) -> u16 {
        let body = reply.value();
        assert_eq!(reply.status, 200, "{body}");
        text(&body, "/access_token").clone_into(&mut self.token);
        self.get("/api/alerts?$top=1").status
    }
}

fn refresh_token(reply: &Reply) -> String {
    text(&reply.value(), "/refresh_token").to_owned()
}

#[test]
fn a_challenge_says_what_is_missing() {
    let mut trial = Trial::still(1);
    assert_eq!(trial.get("/api/alerts?$top=1").status, 200);
    trial.world.tokens.challenge(CLAIMS);
    let reply = trial.get("/api/alerts?$top=1");
    let expected = format!(
        "Bearer realm=\"\", authorization_uri=\"http://127.0.0.1:9/{}/oauth2/authorize\", \
         error=\"insufficient_claims\", claims=\"{}\"",
        trial.world.account.tenant,
        STANDARD.encode(CLAIMS)
    );
    assert_eq!(reply.status, 401);
    assert_eq!(header(&reply, "www-authenticate"), expected);
    // The sample of the standard page needs its padding.
    assert!(expected.ends_with("=\""), "{expected}");
}

#[test]
fn a_refresh_with_the_claims_meets_a_challenge_and_so_do_its_heirs() {
    let mut trial = Trial::still(1);
    let form = trial.password_form();
    let held = refresh_token(&trial.sign_in(&form));
    trial.world.tokens.challenge(CLAIMS);
    for (claims, status) in [(None, 401), (Some(OTHER), 401), (Some(CLAIMS), 200)] {
        let form = trial.refresh_form(&held, claims);
        let reply = trial.sign_in(&form);
        assert_eq!(trial.status_with(&reply), status, "{claims:?}");
    }
    let form = trial.refresh_form(&held, Some(RESPACED));
    let reply = trial.sign_in(&form);
    assert_eq!(trial.status_with(&reply), 200);
    let form = trial.refresh_form(&refresh_token(&reply), None);
    let heir = trial.sign_in(&form);
    assert_eq!(trial.status_with(&heir), 200);
    for again in [CLAIMS, OTHER] {
        trial.world.tokens.challenge(again);
        assert_eq!(trial.get("/api/alerts?$top=1").status, 401, "{again}");
    }
}

#[test]
fn every_way_to_sign_in_can_carry_claims() {
    let mut trial = Trial::still(1);
    trial.world.tokens.challenge(CLAIMS);
    for (claims, status) in [(None, 401), (Some(CLAIMS), 200)] {
        let form = replaced(&trial.password_form(), "claims", claims);
        let reply = trial.sign_in(&form);
        assert_eq!(trial.status_with(&reply), status, "password");

        let form = replaced(&trial.authorize_form(), "claims", claims);
        let code = trial.code_of(&form);
        let form = trial.redeem_form(&code);
        let reply = trial.post_v2(&form);
        assert_eq!(trial.status_with(&reply), status, "browser");

        let form = replaced(&trial.device_form(), "claims", claims);
        let device = trial.ask_for_device_code(&form).value();
        trial.world.tokens.approve_device_codes();
        let form = trial.poll_form(text(&device, "/device_code"));
        let reply = trial.post_v2(&form);
        assert_eq!(trial.status_with(&reply), status, "device code");

        let secret = trial.world.account.client_secret.clone();
        let form = replaced(
            &trial.password_form(),
            "grant_type",
            Some("client_credentials"),
        );
        let form = replaced(&form, "client_secret", Some(&secret));
        let reply = trial.sign_in(&replaced(&form, "claims", claims));
        assert_eq!(trial.status_with(&reply), status, "application");
    }
    for bad in ["x", "[]", "\"a\""] {
        let form = replaced(&trial.password_form(), "claims", Some(bad));
        assert_eq!(code(&trial.sign_in(&form)), 9_002_313, "{bad}");
        let form = replaced(&trial.authorize_form(), "claims", Some(bad));
        let (_, fields) = browser::brought(&trial.authorize(&form));
        assert_eq!(browser::value(&fields, "error"), "invalid_request", "{bad}");
    }
}

#[test]
fn some_challenges_need_a_person() {
    let mut trial = Trial::still(1);
    let form = trial.password_form();
    let held = refresh_token(&trial.sign_in(&form));
    trial.world.tokens.challenge(CLAIMS);
    trial.world.tokens.challenge_needs_person(true);
    for form in [
        trial.refresh_form(&held, Some(CLAIMS)),
        replaced(&form, "claims", Some(CLAIMS)),
    ] {
        let reply = trial.sign_in(&form);
        let body = reply.value();
        assert_eq!((reply.status, code(&reply)), (400, 50_076));
        assert_eq!(text(&body, "/error"), "interaction_required");
        assert_eq!(text(&body, "/suberror"), "basic_action");
        assert_eq!(text(&body, "/claims"), CLAIMS);
    }
    let form = trial.refresh_form(&held, None);
    let reply = trial.sign_in(&form);
    assert_eq!(trial.status_with(&reply), 401);

    let form = replaced(&trial.authorize_form(), "claims", Some(CLAIMS));
    let code = trial.code_of(&form);
    let form = trial.redeem_form(&code);
    let reply = trial.post_v2(&form);
    assert_eq!(trial.status_with(&reply), 200);
    for claims in [None, Some(CLAIMS)] {
        let form = trial.refresh_form(&refresh_token(&reply), claims);
        let reply = trial.sign_in(&form);
        assert_eq!(trial.status_with(&reply), 200, "{claims:?}");
    }
}
