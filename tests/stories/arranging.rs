//! The queue of a shift: marked, sorted, grouped, folded, held still, its columns chosen.

use jiff::SignedDuration;
use serde_json::json;
use vigie::sim::Options;
use vigie::sim::Population;

use crate::operator::Operator;

fn minutes(minutes: i64) -> SignedDuration {
    SignedDuration::from_mins(minutes)
}

fn started(alerts: usize) -> Operator {
    let mut operator = Operator::at(80, 24, Operator::quiet(alerts));
    operator.starts().rests();
    operator
}

fn alert(id: &str, severity: &str, minute: u32, title: &str, device: &str) -> String {
    json!({
        "id": id, "severity": severity, "status": "New", "title": title,
        "computerDnsName": device, "detectionSource": "WindowsDefenderAtp", "incidentId": 7,
        "alertCreationTime": format!("2026-11-22T13:{minute:02}:00Z"),
        "lastUpdateTime": format!("2026-11-22T13:{minute:02}:00Z"),
    })
    .to_string()
}

/// One hour's alerts, looked at two minutes after it.
fn hour() -> Operator {
    let alerts = vec![
        alert(
            "da1",
            "High",
            58,
            "Suspicious PowerShell command line",
            "fin-ws-021",
        ),
        alert(
            "da2",
            "High",
            24,
            "Ransomware-linked tool detected",
            "hr-ws-114",
        ),
        alert(
            "da3",
            "Medium",
            8,
            "Suspicious scheduled task created",
            "fin-ws-008",
        ),
        alert(
            "da4",
            "High",
            40,
            "Credential dumping via LSASS read",
            "dc01",
        ),
        alert(
            "da5",
            "High",
            45,
            "Credential dumping via LSASS read",
            "dc01",
        ),
        alert(
            "da6",
            "High",
            51,
            "Credential dumping via LSASS read",
            "dc01",
        ),
        alert(
            "da7",
            "Medium",
            11,
            "Suspicious scheduled task created",
            "fin-ws-009",
        ),
    ];
    let options = Options {
        population: Population::Verbatim(alerts),
        ..Operator::quiet(0)
    };
    let mut operator = Operator::at(80, 24, options);
    operator.starts().rests();
    operator
}

#[test]
fn the_list_begins_with_what_is_most_severe_and_most_late() {
    let mut operator = hour();
    operator
        .sees("7 open 5H 2M  SLA 1 late, 3 <10m")
        .sees(">  #H  38m  -8m new -        Ransomware-linked tool detect~")
        .sees("   #H  11m  +8m new -      3 Credential dumping via LSASS ~");
    assert_eq!(operator.state.book.order().words(), "sla");
    let id = operator.selected_id();
    assert_eq!(id, "da2");
    operator
        .script()
        .change(&id, json!({"status": "InProgress"}));
    operator
        .advance(minutes(1))
        .sees("#H  39m  met prg -        Ransomware")
        .sees("7 open 5H 2M  SLA 3 <10m");
    operator.advance(minutes(9)).sees("SLA 3 late, 2 <10m");
}

#[test]
fn lateness_moves_with_the_minute_and_wakes_nobody() {
    let mut operator = hour();
    operator.advance(minutes(2));
    let polls = operator.asked("/api/alerts?");
    operator.wakeups = 0;
    operator.advance(minutes(20));
    let polls = operator.asked("/api/alerts?") - polls;
    assert_eq!(operator.wakeups, polls + 20);
}

#[test]
fn lines_are_marked_one_after_the_other_and_esc_takes_all_marks_away() {
    let mut operator = started(120);
    operator
        .press("/ suspicious enter space space")
        .sees("2 marked");
    assert_eq!(operator.state.cursor.position(), 2);
    operator.press("enter esc").sees("2 marked");
    operator.press("esc").sees_no("marked").sees("/suspicious");
    operator.press("esc").sees_no("/suspicious");
}

#[test]
fn a_range_is_marked_from_where_it_was_begun() {
    let mut operator = started(120);
    operator
        .press("j v j j j")
        .sees("range of 4")
        .sees_no("marked");
    operator.press("v").sees("4 marked").sees_no("range of");
    operator
        .press("v k k esc")
        .sees("4 marked")
        .sees_no("range of");
    operator.press("esc g v G v");
    assert_eq!(operator.state.book.marked(), 120);
}

#[test]
fn all_of_one_title_are_marked_at_once_and_again_not() {
    let mut operator = hour();
    operator
        .press("G *")
        .sees("2 alerts marked: Suspicious sched")
        .sees("2 marked");
    operator.press("*").sees("2 alerts no longer marked");
    operator.press("g j space").sees("3 marked");
}

#[test]
fn another_criterion_comes_before_the_one_in_force() {
    let mut operator = hour();
    operator.press("S").sees("sort by l sla").sees("o owner");
    operator.press("t").sees("sort title,sla");
    assert_eq!(
        operator.selected_title(),
        "Credential dumping via LSASS read"
    );
    operator.press("S d").sees("sort dev,title,sla");
    operator.press("S a").sees("sort oldest");
    assert_eq!(operator.selected_id(), "da3");
    operator.press("S S").sees_no("sort by");
}

#[test]
fn a_group_is_opened_where_it_stands_and_the_selection_follows_its_alert() {
    let mut operator = hour();
    operator.press("G");
    let before = operator.selected_id();
    operator
        .press("b")
        .sees("group title")
        .sees(">  =M       +6m            2 [+] Suspicious scheduled task~ 2 devices");
    assert_eq!(operator.selected_id(), before);
    operator
        .press("enter")
        .sees("2 [-] Suspicious scheduled task")
        .press("j j")
        .sees(">  =M  51m");
}

#[test]
fn duplicates_are_unfolded_by_a_key_and_say_when_there_are_none() {
    let mut operator = hour();
    operator.press("-").sees("this line stands for one alert");
    operator.press("j -").sees("  | Credential dumping");
    assert_eq!(operator.state.book.line_count(), 7);
    operator.press("j -").sees("  3 Credential dumping");
    assert_eq!(operator.state.book.line_count(), 5);
}

#[test]
fn a_frozen_list_says_what_waits_and_takes_it_in_when_let_go() {
    let mut operator = started(40);
    operator.press("f").sees("frozen");
    let before = operator.state.book.visible().to_vec();
    operator.script().arrive();
    operator.advance(minutes(1)).sees("frozen, 1 change waits");
    assert_eq!(operator.state.book.visible(), before);
    operator.press("f").sees_no("frozen");
    assert_eq!(operator.state.book.visible().len(), 41);
}

#[test]
fn while_a_menu_is_open_nothing_moves() {
    let mut operator = started(40);
    for (open, close) in [("S", "esc"), ("/", "esc"), ("C", "esc"), (":", "esc")] {
        operator.press(open);
        let before = operator.state.book.visible().to_vec();
        operator.script().arrive();
        operator.advance(minutes(1));
        assert_eq!(operator.state.book.visible(), before, "{open}");
        operator.press(close).sees_no("frozen");
        assert_eq!(
            operator.state.book.visible().len(),
            before.len() + 1,
            "{open}"
        );
    }
}

#[test]
fn columns_are_left_out_and_ranked_and_come_back() {
    let mut operator = started(40);
    operator.press("C").sees("no room what detected it");
    operator
        .press("j j space")
        .sees("[ ] AGE")
        .press("esc")
        .sees_no(" AGE ");
    operator
        .press("C space")
        .sees("severity and title cannot be left out");
    operator
        .press("G k K K K K K K K K K K")
        .press("esc")
        .sees("GROUP");
    operator.press("C 0 esc").sees(" AGE ").sees_no("GROUP");
    operator
        .press("W")
        .sees("CATEGORY")
        .press("W")
        .sees_no("CATEGORY");
}

#[test]
fn the_wide_list_takes_the_whole_width() {
    let mut operator = Operator::at(200, 60, Operator::quiet(40));
    operator.starts().rests();
    operator
        .sees_no("DETECTOR")
        .press("W")
        .sees("DETECTOR")
        .sees("GROUP");
}

#[test]
fn a_change_says_who_made_it_until_it_is_looked_at() {
    let mut operator = Operator::at(120, 40, Operator::quiet(40));
    operator.starts().press("j j").rests();
    let id = operator.selected_id();
    operator.press("g").rests();
    operator
        .script()
        .change(&id, json!({"assignedTo": "kpa@contoso.example"}));
    operator.advance(minutes(1)).sees("by kpa");
    operator.press("n").rests();
    assert_eq!(operator.selected_id(), id);
    operator.sees_no("by kpa");
}

#[test]
fn the_late_ones_are_a_filter_that_goes_with_the_minute() {
    let mut operator = hour();
    operator
        .press("/ i s : l a tab enter")
        .sees("/is:late")
        .sees("Ransomware-linked tool detect~")
        .sees_no("Credential dumping");
    operator
        .advance(minutes(8))
        .sees("Suspicious scheduled task")
        .sees("SLA 3 late");
    let late = operator.state.book.visible().len();
    assert_eq!(late, 3, "one more of high, two of medium");
    let id = operator.selected_id();
    operator
        .script()
        .change(&id, json!({"assignedTo": "me@contoso.com"}));
    operator.advance(minutes(1));
    assert_ne!(operator.selected_id(), id, "somebody has it");
}

#[test]
fn the_marked_ones_are_a_filter_that_goes_with_the_marks() {
    let mut operator = hour();
    operator.press("j space space / i s : m a tab enter");
    let shown = |operator: &Operator| operator.state.book.visible().len();
    assert_eq!(shown(&operator), operator.state.book.marked());
    let (all, top) = (shown(&operator), operator.selected_id());
    operator.press("space");
    assert!(shown(&operator) < all, "no mark, no line");
    assert_ne!(operator.selected_id(), top);
    assert_eq!(operator.state.cursor.position(), 0, "the next came up");
    operator.press("esc").sees("no alert matches `is:marked`");
    operator.press("esc").sees_no("/is:marked");
    assert_eq!(shown(&operator), 7);
    operator.press("/ ! i s : m a r k e d enter space");
    assert_eq!(shown(&operator) + operator.state.book.marked(), 7);
    operator.press("v j v");
    assert_eq!(shown(&operator) + operator.state.book.marked(), 7);
    operator.press("*");
    assert_eq!(shown(&operator) + operator.state.book.marked(), 7);
    operator.press("esc");
    assert_eq!(shown(&operator), 7);
}
