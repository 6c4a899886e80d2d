//! `vigie audit show` and `vigie audit verify`: without sign-in, without network.

use std::fs;

use jiff::SignedDuration;
use jiff::Timestamp;
use serde_json::Value;
use vigie::domain::decision::change::Change;
use vigie::domain::decision::kept::End;
use vigie::domain::decision::kept::Record;
use vigie::domain::decision::triage::Triage;
use vigie::ledger::Audit;

use crate::program::Home;
use crate::program::Told;
use crate::program::told;

fn record(alert: &str, age: SignedDuration) -> Record {
    let at = Timestamp::now() - age;
    Record {
        decision: format!("d-{alert}"),
        alert: alert.to_owned(),
        by: "me@contoso.com\u{1b}[2J".to_owned(),
        change: Change::take("me@contoso.com"),
        before: Triage::default(),
        after: None,
        end: End::Written,
        why: None,
        request: None,
        decided: at,
        ended: at,
    }
}

/// Someone who decided twice: nine hours ago and just now.
fn deciding() -> (Home, Audit) {
    let home = Home::new();
    let audit = Audit::new(&home.path("state/vigie"), "default");
    let old = record("da-old", SignedDuration::from_hours(9));
    let new = record("da-new", SignedDuration::ZERO);
    audit.append(&[old, new]).unwrap();
    (home, audit)
}

fn run(home: &Home, arguments: &[&str]) -> Told {
    told(
        home.vigie(arguments)
            .env("XDG_STATE_HOME", home.path("state")),
    )
}

#[test]
fn what_was_decided_is_shown_harmlessly_and_is_exact_as_data() {
    let (home, _) = deciding();
    let table = run(&home, &["audit", "show"]).data();
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(lines.len(), 3, "{table}");
    assert!(lines[0].starts_with("ENDED "), "{table}");
    assert!(lines[1].contains("da-old") && lines[2].contains("da-new"));
    assert!(table.contains("me@contoso.com\\x1b[2J"), "{table}");
    assert!(!table.contains('\u{1b}'));
    let json = run(&home, &["audit", "show", "-o", "json"]).json();
    assert_eq!(json[0]["by"], "me@contoso.com\u{1b}[2J");
    assert_eq!(json[1]["sequence"], 2);
    let lines = run(&home, &["audit", "show", "-o", "ndjson"]).data();
    let lines: Vec<Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(Value::Array(lines), json);
    let rows = run(&home, &["audit", "show", "-o", "csv"]).data();
    assert_eq!(rows.lines().count(), 3, "{rows}");
}

#[test]
fn a_period_and_an_alert_narrow_it() {
    let (home, _) = deciding();
    for arguments in [["--since", "8h"], ["--alert", "da-new"]] {
        let all = [&["audit", "show", "-o", "json"], &arguments[..]].concat();
        let shown = run(&home, &all).json();
        assert_eq!(shown.as_array().unwrap().len(), 1);
        assert_eq!(shown[0]["alert"], "da-new");
    }
    let none = run(&home, &["audit", "show", "-o", "json", "--alert", "x"]);
    assert_eq!(none.data(), "[]\n");
    run(&home, &["audit", "show", "--since", "soon"]).failure(2);
}

#[test]
fn a_chain_that_holds_says_so_and_a_changed_line_is_named() {
    let (home, audit) = deciding();
    let said = run(&home, &["audit", "verify"]).data();
    let last = said.trim_end().rsplit(' ').next().unwrap();
    assert!(said.starts_with("2 lines, chain intact, last hash "));
    let text = fs::read_to_string(audit.path()).unwrap();
    assert!(
        text.trim_end().ends_with(&format!("\"{last}\"}}")),
        "{said}"
    );

    let copy = home.file("copy.ndjson", &text.replacen("da-new", "da-odd", 1));
    let failure = run(&home, &["audit", "verify", "--file", &copy]).failure(1);
    assert_eq!(failure[0], "error: line 2 was changed after it was written");
    assert!(failure[1].starts_with("help: "), "{failure:?}");
}

#[test]
fn a_crash_is_told_of_and_is_no_fault() {
    let (home, audit) = deciding();
    let text = fs::read_to_string(audit.path()).unwrap();
    fs::write(audit.path(), text.get(..text.len() - 20).unwrap()).unwrap();
    let said = run(&home, &["audit", "verify"]);
    assert_eq!(said.status, Some(0));
    assert!(
        said.out.starts_with("1 lines, chain intact"),
        "{}",
        said.out
    );
    assert!(said.err.contains("half written"), "{}", said.err);
    audit
        .append(&[record("da-3", SignedDuration::ZERO)])
        .unwrap();
    let said = run(&home, &["audit", "verify"]);
    assert_eq!(said.status, Some(0), "{}", said.err);
    assert!(said.err.contains("recovered from 1 time"), "{}", said.err);
}

#[test]
fn nothing_decided_is_nothing_wrong_and_a_named_file_has_to_be_there() {
    let home = Home::new();
    assert_eq!(run(&home, &["audit", "show", "-o", "json"]).data(), "[]\n");
    assert!(
        run(&home, &["audit", "verify"])
            .data()
            .starts_with("no audit log")
    );
    run(&home, &["audit", "verify", "--file", "nowhere"]).failure(1);
}
