//! `vigie alerts list` and `vigie alerts get`, in every form.

use std::collections::HashSet;
use std::io::BufRead;
use std::io::BufReader;
use std::io::Read;
use std::process::Stdio;

use serde_json::Value;
use vigie::domain::text::shown;
use vigie::sim::Fault;

use crate::both::Service;
use crate::both::on_both;
use crate::program::Tenant;

on_both! {
    a_table_has_a_header_and_a_line_for_each_alert,
    every_form_tells_the_same_alerts_newest_first,
    a_limit_asks_for_no_more_and_prints_the_newest,
    since_is_asked_of_the_service,
    a_filter_is_the_dashboards,
    a_service_that_refuses_the_filter_is_asked_without_it,
    an_unknown_alert_is_an_error,
}

const SINGLE: &str = include_str!("../samples/alert-single.json");
const LISTS: [&str; 4] = [
    include_str!("../samples/alerts-list-default.json"),
    include_str!("../samples/alerts-list-two.json"),
    include_str!("../samples/alerts-list-expand-evidence.json"),
    include_str!("../samples/alerts-list-empty.json"),
];

/// The text of one property.
fn text<'a>(alert: &'a Value, name: &str) -> &'a str {
    alert[name].as_str().unwrap()
}

fn ids(alerts: &Value) -> Vec<&str> {
    let alerts = alerts.as_array().unwrap();
    alerts.iter().map(|alert| text(alert, "id")).collect()
}

fn a_table_has_a_header_and_a_line_for_each_alert(service: &'static Service) {
    let tenant = Tenant::of_alerts(service, 20);
    let table = tenant.run(&["alerts", "list"]).data();
    let lines: Vec<&str> = table.lines().collect();
    assert!(lines[0].starts_with("CREATED "), "{}", lines[0]);
    for column in ["SEVERITY", "STATUS", "ASSIGNED TO", "TITLE", "DEVICE", "ID"] {
        assert!(lines[0].contains(column), "{}", lines[0]);
    }
    let listed = tenant.run(&["alerts", "list", "-o", "json"]).json();
    assert_eq!(lines.len(), ids(&listed).len() + 1);
    for (line, alert) in lines[1..].iter().zip(listed.as_array().unwrap()) {
        assert!(line.ends_with(text(alert, "id")), "{line}");
        let title = shown(text(alert, "title"));
        assert!(line.contains(title.as_ref()), "{line}");
    }
}

fn every_form_tells_the_same_alerts_newest_first(service: &'static Service) {
    let tenant = Tenant::of_alerts(service, 20);
    let json = tenant.run(&["alerts", "list", "-o", "json"]).json();
    let created: Vec<&str> = json
        .as_array()
        .unwrap()
        .iter()
        .map(|alert| text(alert, service.created))
        .collect();
    assert!(created.len() > 10, "{created:?}");
    assert!(created.is_sorted_by(|one, next| one >= next), "{created:?}");

    let lines = tenant.run(&["alerts", "list", "-o", "ndjson"]).data();
    let lines: Vec<Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(Value::Array(lines), json);

    let rows = tenant.run(&["alerts", "list", "-o", "csv"]).data();
    let mut rows = csv::Reader::from_reader(rows.as_bytes());
    let header = rows.headers().unwrap().clone();
    let mut told = 0;
    for (row, alert) in rows.records().zip(json.as_array().unwrap()) {
        let row = row.unwrap();
        for (name, value) in header.iter().zip(&row) {
            // Graph has it among the evidence.
            if name == "deviceDnsName" {
                continue;
            }
            let expected = match &alert[name] {
                Value::Null => String::new(),
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            assert_eq!(value, expected, "{name}");
        }
        told += 1;
    }
    assert_eq!(told, created.len());
}

fn a_limit_asks_for_no_more_and_prints_the_newest(service: &'static Service) {
    let tenant = Tenant::of_alerts(service, 20);
    let all = tenant.run(&["alerts", "list", "-o", "json"]).json();
    let few = tenant.run(&["alerts", "list", "-o", "json", "--limit", "3"]);
    assert_eq!(ids(&few.json()), ids(&all)[..3]);
    let request = tenant.requests().pop().unwrap();
    assert!(request.query.ends_with("$top=3"), "{}", request.query);
    let none = tenant.run(&["alerts", "list", "-o", "json", "--limit", "0"]);
    assert_eq!(none.data(), "[]\n");
}

fn since_is_asked_of_the_service(service: &'static Service) {
    let tenant = Tenant::of_alerts(service, 200);
    let all = tenant.run(&["alerts", "list", "-o", "json"]).json();
    let recent = tenant
        .run(&["alerts", "list", "-o", "json", "--since", "2d"])
        .json();
    let now = jiff::Timestamp::now();
    let is_recent = |alert: &&Value| {
        let created: jiff::Timestamp = text(alert, service.created).parse().unwrap();
        // The story is of whole hours; the minute is for the time this test takes.
        created > now - jiff::SignedDuration::from_mins(2 * 24 * 60 - 1)
    };
    let expected: Vec<&Value> = all.as_array().unwrap().iter().filter(is_recent).collect();
    let told: Vec<&Value> = recent.as_array().unwrap().iter().collect();
    assert!(!expected.is_empty() && told.len() < ids(&all).len());
    assert_eq!(told[..expected.len()], expected[..]);
    let request = tenant.requests().pop().unwrap();
    assert!(
        request
            .query
            .contains(&format!("{}%20ge%20", service.created))
    );
}

fn a_filter_is_the_dashboards(service: &'static Service) {
    let tenant = Tenant::of_alerts(service, 200);
    let all = tenant.run(&["alerts", "list", "-o", "json"]).json();
    let told = tenant
        .run(&["alerts", "list", "-o", "json", "--filter", "HIGH new"])
        .json();
    let told: HashSet<&str> = ids(&told).into_iter().collect();
    for alert in all.as_array().unwrap() {
        let plain = text(alert, "severity") == service.api.word("High")
            && text(alert, "status") == service.api.word("New");
        if plain {
            assert!(told.contains(text(alert, "id")), "{alert}");
        }
    }
    assert!(!told.is_empty() && told.len() < ids(&all).len());
    let nothing = tenant.run(&["alerts", "list", "--filter", "xyzzy", "-o", "json"]);
    assert_eq!(nothing.data(), "[]\n");
    let one = tenant.run(&["alerts", "list", "--filter", ids(&all)[100], "-o", "json"]);
    assert_eq!(ids(&one.json()), [ids(&all)[100]]);
}

#[test]
fn the_service_answers_its_part_of_a_filter_and_the_rest_is_looked_at_here() {
    let tenant = Tenant::with_alerts(200);
    let all = tenant.run(&["alerts", "list", "-o", "json"]).json();
    let is_high_or_medium = |alert: &&Value| ["High", "Medium"].contains(&text(alert, "severity"));
    let is_server = |alert: &&Value| {
        let device = alert["computerDnsName"].as_str().unwrap_or_default();
        device.starts_with("srv-")
    };
    let alerts = all.as_array().unwrap();
    let expected: Vec<&Value> = alerts.iter().filter(is_high_or_medium).collect();
    let list = ["alerts", "list", "-o", "json", "--filter"];
    let told = tenant.run(&[&list[..], &["sev>=med"]].concat()).json();
    assert_eq!(
        told.as_array().unwrap().iter().collect::<Vec<_>>(),
        expected
    );
    let asked = tenant.requests().pop().unwrap().query;
    assert!(
        asked.contains("$filter=severity%20eq%20%27High%27%20or%20severity%20eq%20%27Medium%27&"),
        "{asked}"
    );
    let both: Vec<&Value> = alerts
        .iter()
        .filter(is_high_or_medium)
        .filter(is_server)
        .collect();
    let several = [&list[..], &["sev>=med dev:srv-*", "--limit", "3"]].concat();
    let told = tenant.run(&several).json();
    assert!(both.len() > 3);
    assert_eq!(
        told.as_array().unwrap().iter().collect::<Vec<_>>(),
        both[..3]
    );
    let asked = tenant.requests().pop().unwrap().query;
    assert!(asked.ends_with("$top=2000"), "{asked}");
    // Nothing is left to look at, so no more is asked for than is wanted.
    tenant.run(&[&list[..], &["sev>=med", "--limit", "3"]].concat());
    let asked = tenant.requests().pop().unwrap().query;
    assert!(asked.ends_with("$top=3"), "{asked}");
}

fn a_service_that_refuses_the_filter_is_asked_without_it(service: &'static Service) {
    let tenant = Tenant::of_alerts(service, 50);
    let list = ["alerts", "list", "-o", "json", "--filter", "is:unassigned"];
    let expected = tenant.run(&list).data();
    let refusal = Fault::Status {
        code: 400,
        headers: Vec::new(),
        body: r#"{"error":{"code":"BadRequest","message":"no such operator"}}"#.to_owned(),
    };
    tenant.script().next(service.list, refusal);
    let told = tenant.run(&list);
    assert_eq!(told.status, Some(0), "{}", told.err);
    assert!(
        told.err.contains("the service refused the filter"),
        "{}",
        told.err
    );
    assert_eq!(told.out, expected);
}

#[test]
fn what_is_no_filter_is_wrong_usage_before_anything_is_asked() {
    let tenant = Tenant::with_alerts(1);
    for command in [["alerts", "list"].as_slice(), &["watch"]] {
        let told = tenant.run(&[command, &["--filter", "x sev:hgh"]].concat());
        assert_eq!(told.status, Some(2));
        assert_eq!(
            told.err,
            "error: `--filter`: column 7: expected a severity (informational, low, medium, high), found \"hgh\", did you mean \"high\"?\n"
        );
        let told = tenant.run(&[command, &["--filter", "is:new"]].concat());
        assert_eq!(told.status, Some(2));
        assert_eq!(
            told.err,
            "error: `--filter`: column 4: only the dashboard knows what is new to you\nhelp: leave out `is:new`\n"
        );
        let told = tenant.run(&[command, &["--filter", "x or is:open,marked"]].concat());
        assert_eq!(told.status, Some(2));
        assert_eq!(
            told.err,
            "error: `--filter`: column 14: only the dashboard has marks\nhelp: leave out `is:marked`\n"
        );
    }
    assert!(tenant.requests().is_empty());
}

#[test]
fn a_long_list_is_read_page_by_page() {
    let tenant = Tenant::with_alerts(4_100);
    let listed = tenant.run(&["alerts", "list", "-o", "json"]).json();
    let distinct: HashSet<&str> = ids(&listed).into_iter().collect();
    assert_eq!((ids(&listed).len(), distinct.len()), (4_100, 4_100));
    assert_eq!(tenant.calls(), ["token", "list", "list", "list"]);
}

#[test]
fn every_published_alert_survives_unchanged() {
    let single: Value = serde_json::from_str(SINGLE).unwrap();
    for list in LISTS {
        let list: Value = serde_json::from_str(list).unwrap();
        let mut expected = list["value"].as_array().unwrap().clone();
        // On the page of two it is there already.
        if expected.iter().all(|alert| alert["id"] != single["id"]) {
            expected.insert(0, single.clone());
        }
        let bodies: Vec<String> = expected.iter().map(Value::to_string).collect();
        let bodies: Vec<&str> = bodies.iter().map(String::as_str).collect();
        let tenant = Tenant::with_bodies(&bodies);
        let listed = tenant.run(&["alerts", "list", "-o", "json"]).json();
        assert_eq!(listed, Value::Array(expected.clone()));
        let table = tenant.run(&["alerts", "list"]).data();
        for alert in &expected {
            assert!(table.contains(text(alert, "title")), "{table}");
            let id = text(alert, "id");
            let got = tenant.run(&["alerts", "get", id, "-o", "json"]).json();
            assert_eq!(&got, alert);
        }
    }
}

#[test]
fn unknown_properties_and_numbers_come_out_as_they_came() {
    let body = r#"{"id":"a","incidentId":123456789012345678901234567890,"alertCreationTime":"2026-11-22T14:00:00.1234567Z","score":1.10,"tiny":1e-400,"minus":-0,"whole":1.0,"unknownToday":{"deep":[null,true,{"x":[]}],"":""},"text":"\u0041\/\ud83d\udd25 \"quoted\\\"","severity":"Apocalyptic","status":7,"title":null}"#;
    let odd = r#"{"id":5,"title":["b"],"huge":1E+400}"#;
    let tenant = Tenant::with_bodies(&[body, odd]);
    let json = tenant.run(&["alerts", "list", "-o", "json"]).data();
    assert_eq!(json, format!("[\n{body},\n{odd}\n]\n"));
    let lines = tenant.run(&["alerts", "list", "-o", "ndjson"]).data();
    assert_eq!(lines, format!("{body}\n{odd}\n"));
    let one = tenant.run(&["alerts", "get", "a", "-o", "json"]).data();
    assert_eq!(one, format!("{body}\n"));
    let rows = tenant.run(&["alerts", "list", "-o", "csv"]).data();
    let rows: Vec<&str> = rows.lines().skip(1).collect();
    assert!(rows[0].ends_with(",123456789012345678901234567890"));
    assert!(rows[1].starts_with("5,"), "{rows:?}");
}

#[test]
fn one_alert_is_shown_with_its_evidence() {
    let tenant = Tenant::with_bodies(&[SINGLE]);
    let page = tenant
        .run(&["alerts", "get", "da637472900382838869_1364969609"])
        .data();
    for words in [
        "Low-reputation arbitrary code executed by signed executable",
        "temp123.middleeast.corp.microsoft.com",
        "rundll32.exe  c:\\temp\\suspicious.dll,RepeatAfterMe",
        "dc0ade0c95d6db98882bc8fa6707e64353cd6f7767ff48d6a81a6c2aef21c608",
        "test comment for docs",
        "T1064",
    ] {
        assert!(page.contains(words), "`{words}` is missing:\n{page}");
    }
}

fn an_unknown_alert_is_an_error(service: &'static Service) {
    let tenant = Tenant::of_alerts(service, 1);
    for form in ["table", "json"] {
        let failed = tenant.run(&["alerts", "get", "da1_-1", "-o", form]);
        assert_eq!(
            failed.failure(1),
            [
                "error: there is no alert `da1_-1`, or your role does not see it",
                "help: `vigie alerts list` prints the ids"
            ]
        );
    }
    let failed = tenant.run(&["alerts", "get", ""]);
    assert_eq!(failed.failure(2), ["error: an alert's id cannot be empty"]);
}

#[test]
fn a_reader_that_leaves_is_no_error() {
    let tenant = Tenant::with_alerts(2_000);
    for form in ["table", "json", "ndjson", "csv"] {
        let mut child = tenant
            .vigie(&["alerts", "list", "-o", form])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // More than a pipe holds is still to come when the reader goes away.
        let mut line = String::new();
        let mut reader = BufReader::new(child.stdout.take().unwrap());
        reader.read_line(&mut line).unwrap();
        drop(reader);
        let mut err = String::new();
        let mut stderr = child.stderr.take().unwrap();
        stderr.read_to_string(&mut err).unwrap();
        assert_eq!(err, "", "{form}");
        assert_eq!(child.wait().unwrap().code(), Some(0), "{form}");
    }
}
