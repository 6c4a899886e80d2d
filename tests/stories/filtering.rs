//! The filter is typed: it follows each key, completes, says what is wrong, remembers.

use jiff::SignedDuration;

use crate::both::DEFENDER;
use crate::both::Service;
use crate::both::on_both;
use crate::operator::Operator;

on_both! {
    a_term_is_completed_and_followed_by_another,
    devices_are_completed_with_those_there_are,
    a_term_not_yet_complete_keeps_what_was_there_and_says_what_is_expected,
    enter_on_what_is_no_filter_says_all_of_it,
    earlier_filters_come_back_with_the_arrows,
    an_age_goes_on_while_nobody_types,
    mine_is_whoever_signed_in,
}

fn at(service: &'static Service, width: u16) -> Operator {
    let mut operator = Operator::on(service, width, 24, Operator::quiet(120));
    operator.starts().rests();
    operator
}

/// Titles of the alerts in sight would depend on the story told; counts do not.
fn shown(operator: &Operator) -> usize {
    operator.state.book.visible().len()
}

fn a_term_is_completed_and_followed_by_another(service: &'static Service) {
    let mut operator = at(service, 80);
    let all = shown(&operator);
    operator.press("/").sees("sev:  status:  is:  dev:");
    operator
        .press("s e tab")
        .sees("/sev:")
        .sees("high  medium  low");
    operator.press("tab").sees("/sev:high");
    let high = shown(&operator);
    assert!(0 < high && high < all, "{high} of {all}");
    operator
        .press("space u n a tab")
        .sees("/sev:high is:unassigned");
    let free = shown(&operator);
    assert!(0 < free && free < high, "{free} of {high}");
    operator.press("enter").sees_no("status:  is:");
    assert_eq!(operator.state.filter_text, "sev:high is:unassigned");
    assert_eq!(shown(&operator), free);
}

fn devices_are_completed_with_those_there_are(service: &'static Service) {
    let mut operator = at(service, 80);
    operator.press("/ d e v : s r v tab enter");
    let text = operator.state.filter_text.clone();
    assert!(text.starts_with("dev:srv-"), "{text}");
    assert!(shown(&operator) > 0);
}

fn a_term_not_yet_complete_keeps_what_was_there_and_says_what_is_expected(
    service: &'static Service,
) {
    let mut operator = at(service, 120);
    let all = shown(&operator);
    operator.press("/ s e v");
    assert_eq!(shown(&operator), all, "a field is being named");
    operator.press("> = h i g h");
    let high = shown(&operator);
    assert!(0 < high && high < all);
    operator.press("space s e v > =");
    operator
        .sees("column 16: expected a severity (informational, low, medium, high), found the end");
    assert_eq!(shown(&operator), high);
    assert_eq!(operator.state.filter_text, "sev>=high");
    operator.press("h g h").sees("found \"hgh\", did you mean");
    operator.press("enter").sees("/sev>=high sev>=hgh");
    assert!(operator.state.overlay.is_some());
    operator.press("backspace backspace backspace l o w enter");
    assert!(operator.state.overlay.is_none());
    assert_eq!(operator.state.filter_text, "sev>=high sev>=low");
    assert_eq!(shown(&operator), high);
}

fn enter_on_what_is_no_filter_says_all_of_it(service: &'static Service) {
    let mut operator = at(service, 80);
    operator.press("/ x space s e v : h g h");
    let whole = "column 7: expected a severity (informational, low, medium, high), found \"hgh\"";
    operator
        .sees("column 7: expected a severity")
        .sees_no(whole);
    operator.press("enter").sees(whole);
    operator.press("backspace").sees_no(whole);
    operator.press("esc");
    assert_eq!(operator.state.filter_text, "");
}

fn earlier_filters_come_back_with_the_arrows(service: &'static Service) {
    let mut operator = at(service, 80);
    for text in [
        "s e v : h i g h",
        "i s : m i n e",
        "s e v : h i g h",
        "x space y",
    ] {
        operator.press(&format!("/ ctrl-u {text} enter"));
    }
    assert_eq!(
        operator.state.filter_history.lines(),
        ["is:mine", "sev:high", "x y"]
    );
    operator.press("esc / n e w up").sees("/x y");
    operator.press("up").sees("/sev:high");
    assert!(shown(&operator) > 0);
    operator.press("up up up").sees("/is:mine");
    operator.press("down").sees("/sev:high");
    operator.press("down down").sees("/new");
    operator.press("down").sees("/new");
    operator.press("up enter").sees("/x y");
}

#[test]
fn where_there_is_room_each_term_says_who_answers_it() {
    let mut operator = at(&DEFENDER, 160);
    operator.press("/ s e v > = m e d space d e v : F I N * space ! u s e r : s v c enter");
    operator.sees("/sev>=medium [srv] dev:FIN* [local] !user:svc [local]");
    operator
        .resizes(80, 24)
        .sees("/sev>=med dev:FIN* !user:svc ");
    operator.sees_no("[srv]");
}

fn an_age_goes_on_while_nobody_types(service: &'static Service) {
    let mut operator = at(service, 80);
    operator.press("/ a g e < 1 d enter");
    let fresh = shown(&operator);
    assert!(fresh > 0);
    operator.sleeps(SignedDuration::from_hours(26));
    assert_eq!(shown(&operator), 0);
    operator.sees("no alert matches `age<1d`; esc clears the filter");
}

fn mine_is_whoever_signed_in(service: &'static Service) {
    let mut operator = at(service, 80);
    let id = operator.selected_id();
    let me = operator.state.user().to_uppercase();
    let patch = serde_json::json!({ "assignedTo": me });
    operator.script().change(&id, patch);
    operator.press("R").rests();
    operator.press("/ i s : m i n e enter");
    let mine = |operator: &Operator| {
        let visible = operator.state.book.visible().iter();
        visible
            .filter_map(|key| operator.state.book.row(*key))
            .any(|row| row.id.as_str() == id)
    };
    assert!(mine(&operator));
}
