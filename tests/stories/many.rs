//! Decisions about many alerts: some refused, some met by others', some more than the
//! service takes in a minute.

#![expect(
    clippy::indexing_slicing,
    reason = "a name that is missing in JSON reads as null"
)]

use jiff::SignedDuration;
use serde_json::Value;
use serde_json::json;
use vigie::app::Effect;
use vigie::domain::decision::kept::End;
use vigie::domain::decision::kept::Record;
use vigie::sim::Options;
use vigie::sim::Population;

use crate::operator::Operator;

fn seconds(seconds: i64) -> SignedDuration {
    SignedDuration::from_secs(seconds)
}

fn id(number: usize) -> String {
    format!("da{number}_1")
}

/// So many new alerts of a kind, nobody's yet.
fn alike(number: usize) -> Operator {
    let alert = |number: usize| {
        json!({
            "id": id(number), "severity": "Medium", "status": "New",
            "title": "Backup tool deleted shadow copies",
            "computerDnsName": format!("fin-ws-{number:04}"), "machineId": format!("{number:040x}"),
            "detectionSource": "WindowsDefenderAtp", "incidentId": number,
            "alertCreationTime": format!("2026-11-22T13:{:02}:00Z", 10 + number % 40),
            "lastUpdateTime": "2026-11-22T13:59:00Z", "comments": [], "evidence": [],
        })
        .to_string()
    };
    let options = Options {
        population: Population::Verbatim((0..number).map(alert).collect()),
        ..Operator::quiet(0)
    };
    let mut operator = Operator::at(80, 24, options);
    operator.starts().advance(seconds(30));
    assert_eq!(operator.state.book.counts().all, number);
    operator
}

fn records(operator: &Operator) -> Vec<Record> {
    let records = operator.effects.iter().filter_map(|effect| match effect {
        Effect::Audit(records) => Some(records.clone()),
        _ => None,
    });
    records.flatten().collect()
}

fn ended(operator: &Operator, end: End) -> usize {
    let records = records(operator);
    records.iter().filter(|record| record.end == end).count()
}

#[test]
fn of_many_a_few_are_refused_and_a_few_were_decided_by_others() {
    let mut operator = alike(250);
    let refused = [id(17), id(120), id(249)];
    let refused: Vec<&str> = refused.iter().map(String::as_str).collect();
    operator.script().close_to_changes(&refused);
    operator.press("* x b").press("2 5 0").sees("z undo 5s");
    for number in [3, 200] {
        let theirs = json!({"status": "InProgress", "assignedTo": "kim@contoso.com"});
        operator.script().change(&id(number), theirs);
    }
    operator.advance(seconds(6));
    assert_eq!(ended(&operator, End::Written), 245);
    assert_eq!(ended(&operator, End::Conflict), 2);
    assert_eq!(ended(&operator, End::Refused), 3);
    // Each refused one is named, and it is no permission that is missing.
    operator.press("L").sees("refused for 3 alerts");
    for id in refused {
        operator.sees(&format!("{id}: "));
    }
    operator.sees("device group").sees_no("the token lacks");
    operator.press("esc");
    operator.press("O").sees("2 alerts").sees("met somebody");
    // Theirs is looked at, and written over.
    operator.press("o").advance(seconds(6)).press("esc");
    assert_eq!(ended(&operator, End::Written), 247);
    assert_eq!(operator.state.book.counts().open, 3);
    let told: Value = serde_json::from_str(&operator.told(&id(200))).unwrap();
    assert_eq!(
        (&told["status"], &told["assignedTo"]),
        (&json!("Resolved"), &json!("kim@contoso.com"))
    );
    assert!(operator.state.decisions.queue.is_empty());
}

#[test]
fn a_role_that_is_missing_is_told_from_a_permission() {
    let mut operator = alike(2);
    let id = operator.selected_id();
    operator.script().close_to_changes(&[&id]);
    operator.press("a").advance(seconds(6)).press("L");
    operator
        .sees("the token has Alert.ReadWrite")
        .sees("device groups")
        .sees_no("lacks Alert.ReadWrite");

    let mut operator = alike(2);
    operator.script().grant(&["Alert.Read", "Machine.Read"]);
    operator.script().revoke_tokens();
    operator.advance(seconds(31)).press("a");
    operator.sees("the token lacks Alert.ReadWrite");
    assert_eq!(operator.asked("PATCH"), 0);
}

#[test]
fn more_than_a_minute_takes_goes_on_by_itself() {
    let mut operator = alike(1_200);
    operator.press("* x b").press("1 2 0 0").sees("z undo 5s");
    operator.advance(seconds(6));
    assert_eq!(operator.asked("batchUpdate"), 10);
    assert_eq!(ended(&operator, End::Written), 1_000);
    operator
        .press("esc")
        .sees("1 decision waits for the service")
        .sees("as many batches left as the service allows");
    operator
        .press("O")
        .sees("200 alerts")
        .sees("tried again")
        .press("esc");
    let kept = operator
        .effects
        .iter()
        .rev()
        .find_map(|effect| match effect {
            Effect::KeepOutbox(outbox) => outbox.entries.first().map(|entry| entry.alerts.len()),
            _ => None,
        });
    assert_eq!(kept, Some(200));
    operator.advance(seconds(120));
    assert_eq!(operator.asked("batchUpdate"), 12);
    assert_eq!(ended(&operator, End::Written), 1_200);
    assert_eq!(records(&operator).len(), 1_200);
    assert!(operator.state.decisions.queue.is_empty());
    assert_eq!(operator.state.book.counts().open, 0);
}
