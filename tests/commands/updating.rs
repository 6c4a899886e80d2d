//! `vigie alerts update`: decisions from a script.

use serde_json::Value;
use serde_json::json;
use vigie::domain::token::Api;
use vigie::sim::Endpoint;
use vigie::sim::Fault;

use crate::both::DEFENDER;
use crate::both::Service;
use crate::both::on_both;
#[cfg(unix)]
use crate::program::Running;
use crate::program::Tenant;
use crate::program::Told;
use crate::program::told_with_input;

on_both! {
    one_alert_is_closed_and_told_in_a_line,
    several_go_as_one_batch_from_standard_input,
    a_dry_run_shows_before_and_after_and_writes_nothing,
    what_is_so_already_is_said_and_not_written,
    a_comment_comes_from_standard_input_too,
    each_alert_that_failed_is_named,
    refusals_have_the_statuses_of_the_interface,
    a_service_that_keeps_failing_is_told_as_such_and_what_arrived_is_found,
}

const CLOSE: [&str; 6] = [
    "--status",
    "resolved",
    "--classification",
    "FalsePositive",
    "--determination",
    "clean",
];

/// A tenant of new alerts with these ids.
fn tenant(service: &'static Service, ids: &[&str]) -> Tenant {
    let body = |id: &&str| {
        service.body(
            json!({"id": id, "status": "New", "assignedTo": null, "classification": null,
            "determination": null, "comments": [], "lastUpdateTime": "2026-11-22T13:00:00Z"}),
        )
    };
    Tenant::of_bodies(service, ids.iter().map(body).collect())
}

fn update(tenant: &Tenant, arguments: &[&str]) -> Told {
    tenant.run(&[&["alerts", "update"], arguments].concat())
}

fn update_with_input(tenant: &Tenant, arguments: &[&str], input: &str) -> Told {
    let arguments = [&["alerts", "update"], arguments].concat();
    told_with_input(&mut tenant.vigie(&arguments), input.as_bytes())
}

/// An alert in the names and words of the Defender API.
fn alert(tenant: &Tenant, id: &str) -> Value {
    let body = tenant.run(&["alerts", "get", id, "-o", "json"]).data();
    tenant.service.told(&body)
}

/// Methods of all calls of the API.
fn methods(tenant: &Tenant) -> Vec<String> {
    let requests = tenant.requests().into_iter();
    requests
        .filter(|request| !request.path.contains("/oauth2/"))
        .map(|request| request.method)
        .collect()
}

fn one_alert_is_closed_and_told_in_a_line(service: &'static Service) {
    let tenant = tenant(service, &["a_-1"]);
    let comment = ["--comment", "known good"];
    let table = update(&tenant, &[&["a_-1"], &CLOSE[..], &comment].concat()).data();
    let lines: Vec<&str> = table.lines().collect();
    assert!(lines[0].starts_with("ID "), "{table}");
    assert!(lines[1].starts_with("a_-1  written"), "{table}");
    let word = |word| service.api.word(word);
    let change = format!(
        "status {} -> {}, classification none -> {}, determination none -> {}, a note",
        word("New"),
        word("Resolved"),
        word("FalsePositive"),
        word("NotMalicious")
    );
    assert!(lines[1].ends_with(&change), "{table}");
    let alert = alert(&tenant, "a_-1");
    assert_eq!(alert["status"], "Resolved");
    assert_eq!(alert["comments"][0]["comment"], "known good");
}

fn several_go_as_one_batch_from_standard_input(service: &'static Service) {
    let tenant = tenant(service, &["a", "b", "c"]);
    let arguments = [
        "-",
        "--assign-to",
        "me",
        "--status",
        "in-progress",
        "-o",
        "json",
    ];
    let told = update_with_input(&tenant, &arguments, "a\n\n b \r\nc\na\n").json();
    let results = told["results"].as_array().unwrap();
    let ids: Vec<&str> = results
        .iter()
        .map(|one| one["id"].as_str().unwrap())
        .collect();
    assert_eq!(ids, ["a", "b", "c"]);
    let me = tenant.account().username.clone();
    for one in results {
        assert_eq!(one["outcome"], "written");
        assert_eq!(one["error"], Value::Null);
        assert_eq!(one["before"]["assignedTo"], Value::Null);
        assert_eq!(one["after"]["assignedTo"], me.as_str());
        assert_eq!(
            one["after"]["status"],
            service.api.word("InProgress").as_ref()
        );
    }
    // Read, read again, written, read back.
    let read = match service.api {
        Api::Defender => vec!["GET"],
        Api::Graph => vec!["GET"; 3],
    };
    let expected = [&read[..], &read, &["POST"], &read].concat();
    assert_eq!(methods(&tenant), expected);

    let nobody = update(&tenant, &["a", "--assign-to", "nobody", "-o", "ndjson"]).data();
    let line: Value = serde_json::from_str(nobody.trim_end()).unwrap();
    assert_eq!(line["outcome"], "written");
    assert_eq!(alert(&tenant, "a")["assignedTo"], Value::Null);
}

fn a_dry_run_shows_before_and_after_and_writes_nothing(service: &'static Service) {
    let tenant = tenant(service, &["a", "b"]);
    let told = update(
        &tenant,
        &[&["a", "b", "--dry-run", "-o", "json"], &CLOSE[..]].concat(),
    );
    let told = told.json();
    for one in told["results"].as_array().unwrap() {
        assert_eq!(one["outcome"], "would-write");
        assert_eq!(one["before"]["status"], service.api.word("New").as_ref());
        assert_eq!(
            one["after"]["determination"],
            service.api.word("NotMalicious").as_ref()
        );
    }
    assert!(methods(&tenant).iter().all(|method| method == "GET"));
}

fn what_is_so_already_is_said_and_not_written(service: &'static Service) {
    let tenant = tenant(service, &["a"]);
    update(&tenant, &[&["a"], &CLOSE[..]].concat()).data();
    let before = methods(&tenant).len();
    let again = update(&tenant, &[&["a"], &CLOSE[..]].concat()).data();
    assert!(again.contains("already-so"), "{again}");
    assert!(
        methods(&tenant)[before..]
            .iter()
            .all(|method| method == "GET")
    );
}

fn a_comment_comes_from_standard_input_too(service: &'static Service) {
    let tenant = tenant(service, &["a"]);
    let told = update_with_input(&tenant, &["a", "--comment", "-"], "two\nlines\n");
    assert_eq!(told.status, Some(0), "{}", told.err);
    assert_eq!(alert(&tenant, "a")["comments"][0]["comment"], "two\nlines");
}

fn each_alert_that_failed_is_named(service: &'static Service) {
    let tenant = tenant(service, &["a", "b", "c"]);
    tenant.script().close_to_changes(&["b"]);
    let told = update(
        &tenant,
        &[&["a", "b", "nowhere", "-o", "json"], &CLOSE[..]].concat(),
    );
    assert_eq!(told.status, Some(1));
    let results: Value = serde_json::from_str(&told.out).unwrap();
    let outcomes: Vec<&Value> = results["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["outcome"])
        .collect();
    assert_eq!(outcomes, ["written", "failed", "failed"]);
    let lines: Vec<&str> = told.err.lines().collect();
    assert!(lines[0].starts_with("error: `b`: the service refused permission (403"));
    assert!(lines[1].starts_with("error: `nowhere`: there is no alert"));
    assert_eq!(lines[2], "error: 2 of 3 alerts not as wanted");
    assert!(lines[3].starts_with("help: the token holds the permission: your role"));
    assert_eq!(lines[4], "help: `vigie alerts list` prints the ids");
    assert_eq!(lines.len(), 5, "{lines:?}");
}

fn refusals_have_the_statuses_of_the_interface(service: &'static Service) {
    let tenant = tenant(service, &["a"]);
    tenant.script().close_to_changes(&["a"]);
    let told = update(&tenant, &[&["a"], &CLOSE[..]].concat());
    assert_eq!(told.status, Some(4), "{}", told.err);
    let gone = update(&tenant, &[&["x"], &CLOSE[..]].concat());
    assert_eq!(gone.status, Some(1), "{}", gone.err);

    let before = methods(&tenant).len();
    service.grant(&tenant.script(), &[service.reads]);
    let lines = update(&tenant, &[&["a"], &CLOSE[..]].concat()).failure(4);
    assert_eq!(
        lines[0],
        format!(
            "error: nothing was sent: the token lacks `{}`",
            service.triages
        )
    );
    assert_eq!(methods(&tenant).len(), before);
}

fn a_service_that_keeps_failing_is_told_as_such_and_what_arrived_is_found(
    service: &'static Service,
) {
    let tenant = tenant(service, &["a"]);
    let busy = |code| Fault::Status {
        code,
        headers: vec![("retry-after".to_owned(), "0".to_owned())],
        body: String::new(),
    };
    tenant.script().always(service.change, Some(busy(503)));
    let told = update(&tenant, &[&["a"], &CLOSE[..]].concat());
    assert_eq!(told.status, Some(5), "{}", told.err);
    tenant.script().always(service.change, None);
    let lost = Fault::DoneBut(Box::new(busy(503)));
    tenant.script().next(service.note, lost);
    let comment = ["--comment", "once"];
    let table = update(&tenant, &[&["a"], &CLOSE[..], &comment].concat()).data();
    assert!(table.contains("a   written"), "{table}");
    assert_eq!(alert(&tenant, "a")["comments"].as_array().unwrap().len(), 1);
}

#[test]
fn what_is_wrong_is_said_before_anything_is_asked() {
    let tenant = tenant(&DEFENDER, &["a"]);
    let long = "x".repeat(4_001);
    let cases: &[(&[&str], &str)] = &[
        (&["a"], "nothing to change was given"),
        (&["a", "--status", "resolvd"], "unknown status `resolvd`"),
        (
            &[
                "a",
                "--classification",
                "FalsePositive",
                "--determination",
                "Malware",
            ],
            "`Malware` does not go with `FalsePositive`",
        ),
        (
            &["a", "--determination", "Malware"],
            "needs a classification",
        ),
        (&["a", "--comment", " "], "the note is empty"),
        (&["a", "--comment", &long], "the note has 4001 characters"),
        (&["a", "--assign-to", ""], "`--assign-to` names nobody"),
        (&["", "--status", "New"], "an alert's id cannot be empty"),
        (
            &["../x", "--status", "New"],
            "`../x` is not the id of an alert",
        ),
        (
            &["a/b", "--status", "New"],
            "`a/b` is not the id of an alert",
        ),
        (&["..", "--status", "New"], "`..` is not the id of an alert"),
        (&["-", "--comment", "-"], "cannot hold both"),
        (&["-", "--status", "New"], "standard input names no alert"),
        (
            &["a", "--status", "New", "--read-only"],
            "`read_only` is set",
        ),
    ];
    for (arguments, expected) in cases {
        let lines = update(&tenant, arguments).failure(2);
        assert!(lines[0].contains(expected), "{lines:?}");
    }
    let near = update(&tenant, &["a", "--status", "resolvd"]).failure(2);
    assert!(near[1].contains("did you mean `Resolved`"), "{near:?}");
    assert!(tenant.requests().is_empty());
}

/// Runs an update until the service has received so many changes, and ends it then.
#[cfg(unix)]
fn ended_after(tenant: &Tenant, changes: usize, arguments: &[&str]) -> Told {
    let mut command = tenant.vigie(&[&["alerts", "update"], arguments].concat());
    let running = Running::start(&mut command);
    let is_change = |method: &String| method == "PATCH" || method == "POST";
    while methods(tenant).into_iter().filter(is_change).count() < changes {
        std::thread::yield_now();
    }
    let told = running.terminate();
    assert_eq!(told.status, Some(1), "{}", told.err);
    assert!(
        told.err.ends_with("error: ended by a signal\n"),
        "{}",
        told.err
    );
    told
}

/// How often each end is in the audit log.
#[cfg(unix)]
fn audited(tenant: &Tenant, end: &str) -> usize {
    let lines = tenant.run(&["audit", "show", "-o", "ndjson"]).data();
    let lines = lines.lines();
    let ends = lines.map(|line| serde_json::from_str::<Value>(line).unwrap());
    ends.filter(|line| line["end"] == end).count()
}

#[cfg(unix)]
#[test]
fn a_change_that_was_on_its_way_when_the_end_came_is_looked_for() {
    let tenant = tenant(&DEFENDER, &["a"]);
    let hang = Fault::DoneBut(Box::new(Fault::Hang));
    tenant.script().next(Endpoint::Change, hang);
    let arguments = [&["a", "-o", "json", "--comment", "once"], &CLOSE[..]].concat();
    let told = ended_after(&tenant, 1, &arguments);
    let results: Value = serde_json::from_str(&told.out).unwrap();
    let result = &results["results"][0];
    assert_eq!(result["outcome"], "written", "{result}");
    assert_eq!(result["after"]["status"], "Resolved");
    assert_eq!(audited(&tenant, "written"), 1);
    assert_eq!(alert(&tenant, "a")["comments"].as_array().unwrap().len(), 1);
}

#[cfg(unix)]
#[test]
fn what_was_written_before_the_end_came_is_told_and_in_the_audit_log() {
    let ids: Vec<String> = (0..250).map(|number| format!("a-{number}")).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let tenant = tenant(&DEFENDER, &ids);
    tenant.script().next(Endpoint::Change, Fault::NextLink);
    tenant.script().next(Endpoint::Change, Fault::Hang);
    let arguments = [&ids[..], &["-o", "ndjson"], &CLOSE].concat();
    let told = ended_after(&tenant, 2, &arguments);
    let outcomes: Vec<Value> = told
        .out
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["outcome"].clone())
        .collect();
    assert_eq!(outcomes.len(), 250);
    for (number, outcome) in outcomes.iter().enumerate() {
        let expected = match number {
            0..100 => "written",
            100..200 => "failed",
            _ => "not-sent",
        };
        assert_eq!(outcome, expected, "{number}");
    }
    assert_eq!(audited(&tenant, "written"), 100);
    assert_eq!(audited(&tenant, "refused"), 150);
}
