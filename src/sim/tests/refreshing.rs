//! What ends refresh tokens, and what their replies carry.

use super::*;

fn refreshed(trial: &mut Trial, token: &str) -> Reply {
    let form = replaced(&trial.password_form(), "grant_type", Some("refresh_token"));
    let form = replaced(&form, "refresh_token", Some(token));
    let form = replaced(&replaced(&form, "username", None), "password", None);
    trial.sign_in(&form)
}

#[test]
fn a_refresh_keeps_how_the_person_signed_in() {
    let mut trial = Trial::still(1);
    let form = trial.password_form();
    let first = trial.sign_in(&form).value();
    let again = refreshed(&mut trial, text(&first, "/refresh_token")).value();
    for reply in [first, again] {
        let claims = claims(text(&reply, "/access_token"));
        assert_eq!(claims.get("amr"), Some(&serde_json::json!(["pwd"])));
        assert_eq!(text(&claims, "/appidacr"), "0");
    }
}

#[test]
fn every_refresh_is_refused_with_the_number_given() {
    for (number, suberror) in [
        (700_082, None),
        (50_173, None),
        (70_043, Some("bad_token")),
        (53_003, Some("message_only")),
        (1, None),
    ] {
        let mut trial = Trial::still(1);
        let form = trial.password_form();
        let before = text(&trial.sign_in(&form).value(), "/refresh_token").to_owned();
        let told = suberror.map(str::to_owned);
        trial.world.tokens.refuse_refresh(number, told);
        // A password is no interactive sign-in.
        let after = text(&trial.sign_in(&form).value(), "/refresh_token").to_owned();
        for token in [before, after] {
            let reply = refreshed(&mut trial, &token);
            let body = reply.value();
            assert_eq!((reply.status, code(&reply)), (400, u64::from(number)));
            assert_eq!(text(&body, "/error"), "invalid_grant");
            assert_eq!(body.get("suberror").and_then(Value::as_str), suberror);
        }
    }
}

#[test]
fn a_wish_to_be_refreshed_is_a_number_on_v2_and_text_on_v1() {
    let mut trial = Trial::still(1);
    trial.world.tokens.refresh_in = Some(std::time::Duration::from_secs(90));
    let form = trial.password_form();
    assert_eq!(text(&trial.sign_in(&form).value(), "/refresh_in"), "90");
    let scope = format!("{RESOURCE}/.default openid");
    let form = replaced(&replaced(&form, "resource", None), "scope", Some(&scope));
    let path = format!("/{}/oauth2/v2.0/token", trial.world.account.tenant);
    let reply = trial.post_form(&path, &form).value();
    assert_eq!(reply.get("refresh_in").and_then(Value::as_i64), Some(90));
    let identity = claims(text(&reply, "/id_token"));
    assert_eq!(
        text(&identity, "/preferred_username"),
        trial.world.account.username
    );
    assert_eq!(identity.get("nonce"), None);
}
