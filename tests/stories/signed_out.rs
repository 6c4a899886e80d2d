//! A session that goes on, and one that ends: renewal, trouble, revocation, clocks and
//! challenges, all without starting again and with the list in sight.

use jiff::SignedDuration;
use vigie::domain::sign_in::Prompt;
use vigie::domain::sign_in::Way;
use vigie::sim::Endpoint;
use vigie::sim::Fault;

use crate::both::Service;
use crate::both::on_both;
use crate::operator::Operator;
use crate::person::decoded;

on_both! {
    a_session_renews_by_itself_hour_after_hour,
    early_trouble_with_renewal_keeps_the_token_that_lives,
    a_revoked_session_asks_for_a_person_below_a_list_that_goes_on,
    a_code_after_a_session_waits_for_somebody_who_is_there,
    what_is_being_typed_is_finished_first,
    a_sign_in_that_is_hidden_comes_back_by_its_key,
    a_machine_that_slept_renews_at_once_and_goes_on,
    a_challenge_is_answered_once_silently_and_then_by_a_person,
}

const CLAIMS: &str = r#"{"access_token":{"nbf":{"essential":true,"value":"1795356000"}}}"#;

fn minutes(count: i64) -> SignedDuration {
    SignedDuration::from_mins(count)
}

/// Signed in with a browser, the list read.
fn signed_in(service: &'static Service) -> Operator {
    let mut operator = Operator::by_on(service, Way::Browser, 80, 24);
    operator.starts().signs_in("continue").rests();
    operator.sees("> ");
    operator
}

fn unavailable() -> Fault {
    Fault::Status {
        code: 503,
        headers: Vec::new(),
        body: String::new(),
    }
}

fn field(form: &str, name: &str) -> Option<String> {
    let mut fields = decoded(form).into_iter();
    fields
        .find(|(known, _)| known == name)
        .map(|(_, value)| value)
}

fn address(operator: &Operator, way: Way) -> String {
    match operator.prompt(way) {
        Prompt::Browser { url, .. } | Prompt::Paste { url } => url,
        code @ Prompt::DeviceCode { .. } => panic!("{code:?}"),
    }
}

fn a_session_renews_by_itself_hour_after_hour(service: &'static Service) {
    let mut operator = signed_in(service);
    let selected = operator.press("j j j").selected_id();
    operator.advance(minutes(54));
    assert!(operator.grants("refresh_token").is_empty());
    operator.advance(minutes(2));
    assert_eq!(operator.grants("refresh_token").len(), 1);
    operator
        .advance(minutes(60 * 6))
        .sees("> ")
        .sees_no("sign in");
    assert_eq!(operator.selected_id(), selected);
    assert_eq!(operator.grants("authorization_code").len(), 1);
}

fn early_trouble_with_renewal_keeps_the_token_that_lives(service: &'static Service) {
    let mut operator = signed_in(service);
    operator
        .script()
        .always(Endpoint::Token, Some(unavailable()));
    operator
        .advance(minutes(57))
        .sees("renewal failing")
        .sees_no("─ sign in ─");
    let polled = operator.lists();
    assert!(operator.grants("refresh_token").len() > 2, "tried again");
    operator.advance(minutes(2));
    assert!(operator.lists() > polled, "polls go on");
    // After its end nothing leaves, and the list stays.
    operator
        .advance(minutes(3))
        .sees("> ")
        .sees_no("─ sign in ─");
    let polled = operator.lists();
    operator.advance(minutes(5));
    assert_eq!(operator.lists(), polled);
    operator.script().always(Endpoint::Token, None);
    operator.advance(minutes(2));
    assert!(operator.lists() > polled);
    assert_eq!(operator.grants("authorization_code").len(), 1);
}

fn a_revoked_session_asks_for_a_person_below_a_list_that_goes_on(service: &'static Service) {
    for code in [50_173, 70_043, 700_082] {
        let mut operator = signed_in(service);
        let selected = operator.press("j j").selected_id();
        if code == 50_173 {
            operator.script().revoke_refresh_tokens();
        } else {
            operator.script().refuse_refresh(code, None);
        }
        operator
            .advance(minutes(56))
            .sees(&format!("AADSTS{code}"))
            .sees("ssh -N -L")
            .sees("> ");
        assert_eq!(operator.selected_id(), selected);
        let polled = operator.lists();
        operator.advance(minutes(2)).press("j j k");
        assert!(operator.lists() > polled, "the token still lives");
        let moved = operator.selected_id();
        assert_ne!(moved, selected);
        // Long after its end: nothing leaves, the list can be read.
        operator.advance(minutes(30)).press("j k").sees("ssh -N -L");
        let polled = operator.lists();
        operator.advance(minutes(10));
        assert_eq!(operator.lists(), polled);
        assert_eq!(
            operator.grants("refresh_token").len(),
            1,
            "refused is refused"
        );
        operator
            .signs_in("continue")
            .sees_no("ssh -N -L")
            .sees("> ");
        assert!(operator.lists() > polled);
        assert_eq!(operator.selected_id(), moved);
        operator.advance(minutes(56));
        assert_eq!(operator.grants("refresh_token").len(), 2, "{code}");
    }
}

fn a_code_after_a_session_waits_for_somebody_who_is_there(service: &'static Service) {
    let mut operator = Operator::by_on(service, Way::DeviceCode, 80, 24);
    operator.starts();
    operator.script().approve_device_codes();
    operator.advance(SignedDuration::from_secs(6)).sees("> ");
    operator.script().revoke_refresh_tokens();
    operator.advance(minutes(120)).sees("AADSTS50173");
    assert_eq!(operator.asked("/devicecode"), 1);
    operator.press("d").sees("good for 15m").sees("> ");
    operator.script().approve_device_codes();
    operator
        .advance(minutes(1))
        .sees_no("AADSTS50173")
        .sees("> ");
}

fn what_is_being_typed_is_finished_first(service: &'static Service) {
    let mut operator = signed_in(service);
    operator.script().revoke_refresh_tokens();
    operator.press("/ susp").advance(minutes(56));
    operator.sees("/susp").sees_no("ssh -N -L");
    operator
        .press("d y b")
        .sees("/suspdyb")
        .press("backspace backspace backspace");
    operator.press("enter").sees("ssh -N -L").sees("> ");
    operator.signs_in("continue").sees_no("ssh -N -L");
    assert_eq!(operator.state.filter_text, "susp");
}

fn a_sign_in_that_is_hidden_comes_back_by_its_key(service: &'static Service) {
    let mut operator = signed_in(service);
    operator.script().revoke_refresh_tokens();
    operator.advance(minutes(56)).sees("ssh -N -L");
    operator
        .press("esc")
        .sees_no("ssh -N -L")
        .press("j j enter");
    operator.advance(minutes(30)).sees_no("ssh -N -L");
    operator.press("R").sees("ssh -N -L").signs_in("continue");
    operator.sees_no("ssh -N -L");
}

#[test]
fn a_clock_that_is_wrong_by_ten_minutes_changes_nothing() {
    for (wrong, way) in [(10, Way::Browser), (-10, Way::DeviceCode)] {
        let mut operator = Operator::off_by(way, minutes(wrong));
        operator.starts();
        if way == Way::Browser {
            operator.signs_in("continue");
        } else {
            operator.script().approve_device_codes();
            operator.advance(SignedDuration::from_secs(5));
        }
        operator.rests().sees("> ");
        let left = operator.state.session.token().unwrap().left(operator.now());
        assert!(
            left > minutes(59),
            "the life is told, not counted from clocks"
        );
        let token = operator.state.claims_page(80).lines;
        let said = token.iter().any(|line| line.plain().contains("clock"));
        assert!(said, "the person is told of it");
        operator.advance(minutes(54));
        assert!(operator.grants("refresh_token").is_empty());
        operator.advance(minutes(2)).sees("> ");
        assert_eq!(operator.grants("refresh_token").len(), 1, "{wrong}");
        operator.script().arrive();
        operator.advance(minutes(1)).sees("of 31");
    }
}

fn a_machine_that_slept_renews_at_once_and_goes_on(service: &'static Service) {
    let mut operator = signed_in(service);
    let polled = operator.lists();
    operator.sleeps(minutes(8 * 60)).rests();
    assert_eq!(operator.grants("refresh_token").len(), 1);
    assert!(operator.lists() > polled);
    operator.sees("> ").sees_no("ssh -N -L");
    // And where the session ended meanwhile, a person is asked.
    operator.script().refuse_refresh(700_082, None);
    operator
        .sleeps(minutes(8 * 60))
        .sees("AADSTS700082")
        .sees("> ");
    operator
        .signs_in("continue")
        .sees_no("AADSTS700082")
        .sees("> ");
}

fn a_challenge_is_answered_once_silently_and_then_by_a_person(service: &'static Service) {
    let mut operator = signed_in(service);
    operator.script().challenge(CLAIMS);
    operator.advance(minutes(1)).sees_no("ssh -N -L");
    let refreshes = operator.grants("refresh_token");
    assert_eq!(refreshes.len(), 1);
    assert_eq!(
        field(refreshes.first().unwrap(), "claims").as_deref(),
        Some(CLAIMS)
    );
    let polled = operator.lists();
    operator.advance(minutes(1));
    assert!(operator.lists() > polled);

    let again = CLAIMS.replace("1795356000", "1795356120");
    operator.script().challenge_needs_person(true);
    operator.script().challenge(&again);
    operator
        .advance(minutes(1))
        .sees("AADSTS50076")
        .sees("ssh -N -L");
    assert_eq!(operator.grants("refresh_token").len(), 2, "asked once");
    let (_, query) = address(&operator, Way::Browser)
        .split_once('?')
        .map(|(a, b)| (a.to_owned(), b.to_owned()))
        .unwrap();
    assert_eq!(field(&query, "claims"), Some(again.clone()));
    let polled = operator.lists();
    operator.advance(minutes(1));
    assert_eq!(operator.lists(), polled, "it would be refused again");
    operator.signs_in("continue").sees_no("ssh -N -L");
    operator.advance(minutes(1)).sees("> ");
    assert!(operator.lists() > polled);
    operator
        .press("b")
        .advance(minutes(55))
        .sees_no("ssh -N -L");
}
