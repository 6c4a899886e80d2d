//! Decisions about many alerts: some refused, some met by others', some more than the
//! service takes in a minute.

#![expect(
    clippy::indexing_slicing,
    reason = "a name that is missing in JSON reads as null"
)]

use jiff::SignedDuration;
use serde_json::json;
use vigie::app::Effect;
use vigie::domain::decision::kept::End;
use vigie::domain::decision::kept::Record;
use vigie::sim::Options;
use vigie::sim::Population;

use crate::both::DEFENDER;
use crate::both::Service;
use crate::both::on_both;
use crate::operator::Operator;

on_both! {
    of_many_a_few_are_refused_and_a_few_were_decided_by_others,
    a_role_that_is_missing_is_told_from_a_permission,
}

fn seconds(seconds: i64) -> SignedDuration {
    SignedDuration::from_secs(seconds)
}

fn id(number: usize) -> String {
    format!("da{number}_1")
}

/// So many new alerts of a kind, nobody's yet.
fn alike(service: &'static Service, number: usize) -> Operator {
    let alert = |number: usize| {
        service.body(json!({
            "id": id(number), "severity": "Medium", "status": "New",
            "title": "Backup tool deleted shadow copies",
            "computerDnsName": format!("fin-ws-{number:04}"), "machineId": format!("{number:040x}"),
            "detectionSource": "WindowsDefenderAtp", "incidentId": number,
            "alertCreationTime": format!("2026-11-22T13:{:02}:00Z", 10 + number % 40),
            "lastUpdateTime": "2026-11-22T13:59:00Z", "comments": [], "evidence": [],
        }))
    };
    let options = Options {
        population: Population::Verbatim((0..number).map(alert).collect()),
        ..Operator::quiet(0)
    };
    let mut operator = Operator::on(service, 80, 24, options);
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

fn of_many_a_few_are_refused_and_a_few_were_decided_by_others(service: &'static Service) {
    let mut operator = alike(service, 250);
    let refused = [id(17), id(120), id(249)];
    let refused: Vec<&str> = refused.iter().map(String::as_str).collect();
    operator.script().close_to_changes(&refused);
    operator.press("* x b").press("2 5 0").sees("z undo 5s");
    for number in [3, 200] {
        let theirs = json!({"status": "InProgress", "assignedTo": "kim@contoso.com"});
        operator.change(&id(number), theirs);
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
    operator.press("o").until_sent().press("esc");
    assert_eq!(ended(&operator, End::Written), 247);
    assert_eq!(operator.state.book.counts().open, 3);
    let told = operator.told(&id(200));
    assert_eq!(
        (&told["status"], &told["assignedTo"]),
        (&json!("Resolved"), &json!("kim@contoso.com"))
    );
    assert!(operator.state.decisions.queue.is_empty());
}

fn a_role_that_is_missing_is_told_from_a_permission(service: &'static Service) {
    let mut operator = alike(service, 2);
    let id = operator.selected_id();
    operator.script().close_to_changes(&[&id]);
    operator.press("a").advance(seconds(6)).press("L");
    operator
        .sees("the token has")
        .sees(service.triages)
        .sees("device groups")
        .sees_no(&format!("lacks {}", service.triages));

    let mut operator = alike(service, 2);
    service.grant(&operator.script(), &[service.reads]);
    operator.script().revoke_tokens();
    operator.advance(seconds(31)).press("a");
    operator.sees(&format!("the token lacks {}", service.triages));
    assert_eq!(operator.writes(), 0);
}

#[test]
fn more_than_a_minute_takes_goes_on_by_itself() {
    let mut operator = alike(&DEFENDER, 1_200);
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
