//! `vigie handover`: the report of a shift, in both forms.

use jiff::Timestamp;
use serde_json::Value;
use serde_json::json;
use vigie::domain::decision::change::Change;
use vigie::domain::decision::kept::End;
use vigie::domain::decision::kept::Entry;
use vigie::domain::decision::kept::Outbox;
use vigie::domain::decision::kept::Record;
use vigie::domain::decision::kept::Seen;
use vigie::domain::decision::kept::Step;
use vigie::domain::decision::kept::VERSION;
use vigie::domain::decision::outcome::Guard;
use vigie::domain::decision::triage::Triage;
use vigie::domain::device::kept::OrderEnd;
use vigie::domain::device::kept::OrderRecord;
use vigie::ledger::Audit;
use vigie::ledger::Outboxes;

use crate::both::Service;
use crate::both::on_both;
use crate::program::Tenant;
use crate::program::Told;
use crate::program::told;

on_both! {
    the_report_counts_what_came_who_has_it_and_what_is_late,
    own_decisions_and_what_is_held_come_from_this_machine,
    hostile_texts_are_no_markup_and_no_link,
}

/// One alert of an hour ago.
fn alert(service: &Service, id: &str, title: &str, owner: Option<&str>, status: &str) -> String {
    let created = Timestamp::now() - jiff::SignedDuration::from_hours(1);
    service.body(json!({
        "id": id, "title": title, "severity": "High", "status": status,
        "assignedTo": owner, "classification": Value::Null,
        "alertCreationTime": created.to_string(), "lastUpdateTime": created.to_string(),
        "comments": [{
            "comment": "see http://evil.example/x",
            "createdBy": "kim@contoso.com",
            "createdTime": created.to_string(),
        }],
    }))
}

fn tenant(service: &'static Service) -> Tenant {
    let hostile = "<b>[x](http://evil.example/)|`www.evil.example\n# x";
    let bodies = vec![
        alert(service, "da-1", hostile, None, "New"),
        alert(
            service,
            "da-2",
            "Odd logon",
            Some("kim@contoso.com"),
            "Resolved",
        ),
        alert(
            service,
            "da-3",
            "Odd logon",
            Some("lee@contoso.com"),
            "InProgress",
        ),
    ];
    Tenant::of_bodies(service, bodies)
}

fn run(tenant: &Tenant, arguments: &[&str]) -> Told {
    let state = tenant.home.path("state");
    told(tenant.vigie(arguments).env("XDG_STATE_HOME", state))
}

fn the_report_counts_what_came_who_has_it_and_what_is_late(service: &'static Service) {
    let tenant = tenant(service);
    let report = run(&tenant, &["handover", "--since", "8h", "-o", "json"]).json();
    assert_eq!(report["came"]["total"], 3);
    assert_eq!(report["came"]["bySeverity"]["high"], 3);
    assert_eq!(report["open"]["total"], 2);
    assert_eq!(report["open"]["late"], 1);
    assert_eq!(report["open"]["unassigned"], 1);
    assert_eq!(report["open"]["listed"][0]["id"], "da-1");
    let note = &report["open"]["listed"][0]["lastNote"];
    assert_eq!(note["text"], "see http://evil.example/x");
    let others = report["decided"]["others"].as_array().unwrap();
    let kim = others
        .iter()
        .find(|other| other["name"] == "kim@contoso.com")
        .unwrap();
    assert_eq!((&kim["resolved"], &kim["notes"]), (&json!(1), &json!(3)));
    assert!(report.get("yoursAlone").is_none());
}

fn own_decisions_and_what_is_held_come_from_this_machine(service: &'static Service) {
    let tenant = tenant(service);
    let folder = tenant.home.path("state/vigie");
    let now = Timestamp::now();
    let record = Record {
        decision: "d-1".to_owned(),
        alert: "da-1".to_owned(),
        by: "me".to_owned(),
        change: Change::take("me"),
        before: Triage {
            status: "New".to_owned(),
            ..Triage::default()
        },
        after: None,
        end: End::Written,
        why: None,
        request: None,
        decided: now,
        ended: now,
    };
    let audit = Audit::new(&folder, "default");
    audit.append(&vec![record; 132]).unwrap();
    let order = OrderRecord {
        order: "o-1".to_owned(),
        device: "0a1b".to_owned(),
        device_name: "fin-ws-001.contoso.example".to_owned(),
        by: "me".to_owned(),
        asked_for: "isolate".to_owned(),
        sha1: None,
        comment: "alert da-1".to_owned(),
        action: None,
        end: OrderEnd::Begun,
        why: None,
        request: None,
        decided: now,
        ended: now,
    };
    let done = OrderRecord {
        end: OrderEnd::Succeeded,
        ..order.clone()
    };
    audit.append_orders(&[order, done]).unwrap();
    let (mut mine, ..) = Outboxes::open(&folder, "default");
    let entry = Entry {
        decision: "d-2".to_owned(),
        decided: now,
        by: "me".to_owned(),
        change: Change::take("me"),
        guard: Guard::Checked,
        alerts: vec![Seen {
            id: "da-3".to_owned(),
            seen: Triage::default(),
        }],
        step: Step::Failed("no network".to_owned()),
    };
    mine.keep(&Outbox {
        version: VERSION,
        entries: vec![entry],
        draft: None,
    })
    .unwrap();
    let page = run(&tenant, &["handover", "--since", "8h"]).data();
    assert!(page.contains("this machine: 132 written"), "{page}");
    assert!(page.contains("\n- and 112 more\n"), "{page}");
    assert!(page.contains("take for me for 1 alert: failed, no network"));
    assert!(page.contains("## What was done to devices"), "{page}");
    let isolated = "me: isolate fin-ws-001.contoso.example (succeeded), alert da-1";
    assert!(page.contains(isolated), "{page}");
    assert!(!page.contains("(begun)"), "{page}");
    assert!(!page.contains("Yours alone"));
    let mine = run(&tenant, &["handover", "--since", "8h", "--mine"]).data();
    assert!(
        mine.contains("- to the first action: median 1h over 1 alert"),
        "{mine}"
    );
}

fn hostile_texts_are_no_markup_and_no_link(service: &'static Service) {
    let tenant = tenant(service);
    let page = run(&tenant, &["handover", "--since", "8h"]).data();
    let title = r"\<b\>\[x\](hxxp://evil\[.\]example/)\|\`www\[.\]evil.example\\n\# x";
    assert!(page.contains(title), "{page}");
    assert!(!page.contains("http://"), "{page}");
}
