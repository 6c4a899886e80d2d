//! Bad shifts: the service is down, slow, strict or lying.

use jiff::SignedDuration;
use vigie::sim::Endpoint;
use vigie::sim::Fault;

use crate::both::Service;
use crate::both::on_both;
use crate::operator::Operator;

on_both! {
    a_service_that_is_down_is_said_and_recovery_needs_no_key,
    a_pause_the_service_asks_for_is_kept_whatever_one_presses,
    one_401_renews_the_token_and_asks_again,
    a_second_401_is_a_refusal_and_is_shown_as_such,
    a_missing_permission_is_named,
    a_wrong_password_says_what_to_do_and_can_be_tried_again,
    a_sign_in_service_that_is_down_is_tried_again,
    a_link_to_another_origin_is_refused_and_said,
    items_that_cannot_be_read_are_counted_and_the_rest_lives,
    broken_answers_of_every_kind_are_survived,
}

fn status(code: u16, headers: &[(&str, &str)], body: &str) -> Fault {
    Fault::Status {
        code,
        headers: headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
        body: body.to_owned(),
    }
}

fn minutes(minutes: i64) -> SignedDuration {
    SignedDuration::from_mins(minutes)
}

fn a_service_that_is_down_is_said_and_recovery_needs_no_key(service: &'static Service) {
    let mut operator = Operator::on(service, 100, 30, Operator::quiet(40));
    operator.starts().rests();
    operator
        .script()
        .always(service.list, Some(status(503, &[], "")));
    let open = operator.state.book.counts().open;
    operator
        .advance(minutes(3))
        .sees("OFFLINE since 14:02")
        .sees("tries again 14:0")
        .sees(&format!("{open} open"));
    operator.press("j j").sees("> ");
    operator.script().always(service.list, None);
    operator
        .advance(minutes(6))
        .sees_no("OFFLINE")
        .press("L")
        .sees("the service answers again")
        .sees("failed (503)");
}

fn a_pause_the_service_asks_for_is_kept_whatever_one_presses(service: &'static Service) {
    let mut operator = Operator::on(service, 100, 30, Operator::quiet(40));
    operator.starts().rests();
    operator
        .script()
        .next(service.list, status(429, &[("Retry-After", "90")], ""));
    operator
        .advance(SignedDuration::from_secs(40))
        .sees("throttled, tries again");
    let asked = operator.lists();
    operator
        .press("R R j k")
        .rests()
        .sees("the service asked for a pause");
    assert_eq!(operator.lists(), asked);
    operator
        .advance(minutes(2))
        .sees("polled 14:0")
        .sees_no("throttled");
}

fn one_401_renews_the_token_and_asks_again(service: &'static Service) {
    let mut operator = Operator::on(service, 100, 30, Operator::quiet(40));
    operator.starts().rests();
    operator.script().revoke_tokens();
    operator.press("R").sees_no("refused two tokens");
    assert_eq!(operator.asked("/oauth2/token"), 2);
    operator
        .press("L")
        .sees("the service refused the token: renewing it once");
}

fn a_second_401_is_a_refusal_and_is_shown_as_such(service: &'static Service) {
    let mut operator = Operator::on(service, 140, 30, Operator::quiet(40));
    operator.starts().rests();
    operator
        .script()
        .always(service.list, Some(status(401, &[], "")));
    operator
        .press("R")
        .sees("the service refused two tokens in a row")
        .sees("REFUSED");
    let asked = operator.lists();
    operator.advance(minutes(10));
    assert_eq!(operator.lists(), asked, "it is not tried again by itself");
    operator.script().always(service.list, None);
    operator.press("R").sees_no("REFUSED");
}

fn a_missing_permission_is_named(service: &'static Service) {
    let mut operator = Operator::on(service, 160, 40, Operator::quiet(40));
    service.grant(&operator.script(), &["Machine.Read"]);
    operator
        .starts()
        .sees("403")
        .sees(service.reads)
        .sees("POLL REFUSED");
    operator.press("t + +").sees("FAIL permissions");
}

fn a_wrong_password_says_what_to_do_and_can_be_tried_again(service: &'static Service) {
    let mut operator = Operator::on(service, 100, 30, Operator::quiet(40));
    let refused = r#"{"error":"invalid_grant","error_description":"AADSTS50126: Error validating credentials.\r\nTrace ID: 1","error_codes":[50126],"correlation_id":"c-1"}"#;
    operator
        .script()
        .next(Endpoint::Token, status(400, &[], refused));
    operator
        .starts()
        .sees("SIGN-IN REFUSED")
        .sees("AADSTS50126: Error validating credentials")
        .sees("not signed in: t shows why, R tries again")
        .sees(" L all of it");
    operator
        .press("L")
        .sees("or password, or an account without password: check both");
    operator.press("esc R").sees(" alerts loaded");
    assert!(operator.shown_of(40) > 0);
}

fn a_sign_in_service_that_is_down_is_tried_again(service: &'static Service) {
    let mut operator = Operator::on(service, 100, 30, Operator::quiet(40));
    operator.script().next(Endpoint::Token, Fault::Reset);
    operator.starts().sees("no token, trying again");
    operator
        .advance(SignedDuration::from_secs(6))
        .sees(" alerts loaded");
}

#[test]
fn an_opaque_token_is_a_normal_state() {
    let mut operator = Operator::at(120, 40, Operator::quiet(40));
    operator.script().opaque_tokens(true);
    operator
        .starts()
        .sees("opaque token")
        .sees("40 alerts loaded");
}

fn a_link_to_another_origin_is_refused_and_said(service: &'static Service) {
    let mut operator = Operator::on(service, 160, 30, Operator::quiet(40));
    let link = "https://evil.example/api/alerts?$skip=1".to_owned();
    operator
        .script()
        .next(service.list, Fault::ForeignNextLink(link));
    operator
        .starts()
        .press("L")
        .sees("refused the link to the next page: it leads to `evil.example`");
}

fn items_that_cannot_be_read_are_counted_and_the_rest_lives(service: &'static Service) {
    let mut operator = Operator::on(service, 120, 30, Operator::quiet(40));
    operator
        .script()
        .next(service.list, Fault::BadItem("42".to_owned()));
    operator.starts().sees("1 unreadable");
    let loaded = format!("{} alerts loaded", operator.shown_of(40));
    operator.sees(&loaded);
}

fn broken_answers_of_every_kind_are_survived(service: &'static Service) {
    for fault in [
        Fault::Reset,
        Fault::Truncate,
        Fault::Garbage,
        Fault::Html,
        Fault::Empty,
        Fault::StringNumbers,
    ] {
        let mut operator = Operator::on(service, 100, 30, Operator::quiet(40));
        operator.script().next(service.list, fault.clone());
        operator.starts().advance(minutes(1));
        let all = operator.shown_of(40);
        assert_eq!(operator.state.book.counts().all, all, "{fault:?}");
        operator.sees_no("OFFLINE");
    }
}

#[test]
fn evidence_that_cannot_be_read_says_so_where_it_belongs() {
    let mut operator = Operator::at(120, 40, Operator::quiet(40));
    operator
        .script()
        .next(Endpoint::Alert, status(500, &[], ""));
    operator
        .starts()
        .rests()
        .press("enter")
        .sees("could not be read: 127.0.0.1:")
        .sees(" failed (500)");
    operator.press("r").rests().sees_no("could not be read");
}

#[test]
fn a_budget_that_runs_low_is_said() {
    let mut operator = Operator::at(100, 30, Operator::quiet(100));
    operator.starts().rests();
    for _ in 0..60 {
        operator.press("j").rests();
    }
    operator
        .advance(SignedDuration::from_secs(20))
        .sees("calls left:");
}
