//! The dashboard on Microsoft Graph: what it looks like there, and what only Graph does.

use jiff::SignedDuration;
use serde_json::json;
use vigie::domain::decision::Disposition;
use vigie::domain::decision::macros::CloseNotes;
use vigie::domain::decision::template::Template;
use vigie::sim::Endpoint;
use vigie::sim::Fault;
use vigie::sim::Options;
use vigie::sim::Population;

use crate::both::GRAPH;
use crate::operator::Operator;

const SIZES: [(u16, u16); 2] = [(80, 24), (120, 40)];

#[test]
fn it_looks_the_same_with_the_alerts_of_graph() {
    for (width, height) in SIZES {
        let mut operator = Operator::on(&GRAPH, width, height, Operator::quiet(120));
        operator.starts().rests();
        insta::assert_snapshot!(format!("list_{width}x{height}"), operator.screen());
        operator.press("enter").rests();
        insta::assert_snapshot!(format!("detail_{width}x{height}"), operator.screen());
    }
    let mut operator = Operator::on(&GRAPH, 120, 40, Operator::quiet(120));
    operator.starts().rests().press("t + +");
    insta::assert_snapshot!("token_120x40", operator.screen());
}

#[test]
fn the_product_has_a_column_where_there_are_several() {
    for (width, height) in SIZES {
        let mut operator = Operator::of_all_products(width, height, Operator::quiet(120));
        operator.starts().rests();
        insta::assert_snapshot!(format!("products_{width}x{height}"), operator.screen());
    }
}

#[test]
fn a_product_that_does_not_answer_is_said_and_its_alerts_come_later() {
    let mut operator = Operator::of_all_products(120, 40, Operator::quiet(120));
    let silent = Fault::Partial("azureAdIdentityProtection".to_owned());
    operator.script().next(Endpoint::GraphAlerts, silent);
    operator.starts().rests();
    let partly = operator.state.book.counts().all;
    operator
        .press("L")
        .sees("the service left something out of its answer")
        .sees("azureAdIdentityProtection")
        .press("esc");
    let lists = operator.lists();
    operator.advance(SignedDuration::from_mins(4));
    assert_eq!(operator.state.book.counts().all, partly);
    operator.advance(SignedDuration::from_mins(2));
    assert!(operator.state.book.counts().all > partly);
    // Said once, however often the list is polled.
    assert!(operator.lists() > lists + 5);
    let said = operator.press("L").screen();
    assert_eq!(said.matches("left something out").count(), 1, "{said}");
}

#[test]
fn words_younger_than_graphs_own_lists_are_asked_for_and_shown() {
    let mut operator = Operator::of_all_products(120, 40, Operator::quiet(500));
    operator.starts().rests();
    let requests = operator.simulator.requests();
    let mut calls = requests
        .iter()
        .filter(|request| request.path.starts_with("/v1.0/"));
    assert!(calls.all(|call| call.header("prefer") == Some("include-unknown-enum-members")));
    operator.press("/ product:sentinel enter").sees("Sentinel");
    assert!(!operator.state.book.visible().is_empty());
    operator.press("esc / unknownFutureValue enter");
    assert!(operator.state.book.visible().is_empty());
}

/// So many alerts, a second apart; those before `alike` changed at one moment.
fn long_list(alerts: usize, alike: usize) -> Operator {
    let clock = |number: usize| {
        let (minutes, seconds) = (number / 60, number % 60);
        format!(
            "2026-11-22T{:02}:{:02}:{seconds:02}Z",
            minutes / 60,
            minutes % 60
        )
    };
    let alert = |number: usize| {
        GRAPH.body(json!({
            "id": format!("da{number}_1"), "severity": "Low", "status": "New",
            "alertCreationTime": clock(number), "lastUpdateTime": clock(number.max(alike)),
        }))
    };
    let options = Options {
        population: Population::Verbatim((0..alerts).map(alert).collect()),
        ..Operator::quiet(0)
    };
    let mut operator = Operator::on(&GRAPH, 120, 24, options);
    operator.starts();
    operator
}

#[test]
fn a_list_longer_than_graph_lets_one_skip_is_read_whole() {
    let mut operator = long_list(3_700, 0);
    operator.sees("3,700 alerts loaded");
    assert_eq!(operator.asked("$skip"), 0);
    assert!(operator.lists() < 8, "{:?}", operator.requests());
}

#[test]
fn where_a_list_cannot_be_read_to_its_end_that_is_said() {
    let mut operator = long_list(3_700, 3_000);
    // Of the 3,001 that changed at once the service gives 1,500.
    operator.sees("2,199 alerts loaded").press("L");
    operator.sees("more alerts changed in one moment than the service gives: some are left out");
}

fn with_note_on_closing() -> Operator {
    let mut operator = Operator::on(&GRAPH, 120, 40, Operator::quiet(10));
    let note = Template::read("looked at").unwrap();
    operator.state.settings.close_notes = CloseNotes::of([(Disposition::NotMalicious, note)]);
    operator.starts().rests();
    operator
}

fn status(code: u16) -> Fault {
    Fault::Status {
        code,
        headers: Vec::new(),
        body: String::new(),
    }
}

#[test]
fn a_note_that_was_not_answered_is_sent_alone_a_minute_later() {
    let mut operator = with_note_on_closing();
    let id = operator.selected_id();
    operator.script().next(Endpoint::GraphComment, status(503));
    operator.press("x n").advance(SignedDuration::from_secs(6));
    operator.press("O").sees("tried again 14:03").press("esc");
    assert_eq!(operator.told(&id).get("status").unwrap(), "Resolved");
    operator.advance(SignedDuration::from_mins(2));
    assert_eq!(operator.asked("PATCH"), 1);
    assert_eq!(operator.asked("/comments"), 2);
    let comments = operator.told(&id);
    let comments = comments.get("comments").unwrap().as_array().unwrap();
    assert_eq!(comments.len(), 1);
    operator.press("O").sees_no("looked at");
}

#[test]
fn a_note_that_was_refused_is_told_apart_from_its_change() {
    let mut operator = with_note_on_closing();
    operator.script().next(Endpoint::GraphComment, status(403));
    operator
        .press("x n")
        .advance(SignedDuration::from_secs(6))
        .press("L")
        .sees("changed, but without the note: ");
    assert_eq!(operator.asked("PATCH"), 1);
}
