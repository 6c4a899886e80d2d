//! Hunting as a client meets it: what is found, what is refused, and in which words.
//!
//! How queries are read is tested in `kql`.

use std::collections::HashSet;

use serde_json::json;

use super::*;
use crate::sim::hunting::Findings;

impl Trial {
    fn hunt(&mut self, query: &str) -> Reply {
        let body = json!({ "Query": query }).to_string();
        self.call("POST", "/api/advancedqueries/run", &body)
    }

    fn hits(&mut self, query: &str) -> Vec<Value> {
        let reply = self.hunt(query);
        let message = text(&reply.value(), "/error/message").to_owned();
        assert_eq!(reply.status, 200, "{query}: {message}");
        let value = reply.value();
        let rows = value.get("Results").and_then(Value::as_array);
        rows.cloned().unwrap_or_default()
    }

    fn refused(&mut self, query: &str) -> String {
        let reply = self.hunt(query);
        assert_eq!(reply.status, 400, "{query}");
        assert_eq!(text(&reply.value(), "/error/code"), "BadRequest");
        text(&reply.value(), "/error/message").to_owned()
    }

    /// Every alert with its evidence.
    fn expanded(&mut self) -> Vec<Value> {
        items(&self.get("/api/alerts?$expand=evidence"))
    }
}

fn evidence<'a>(alert: &'a Value, kind: &'a str) -> impl Iterator<Item = &'a Value> {
    let items = alert.get("evidence").and_then(Value::as_array);
    let items = items.into_iter().flatten();
    items.filter(move |item| text(item, "/entityType") == kind)
}

fn names(rows: &[Value], column: &str) -> Vec<String> {
    let pointer = format!("/{column}");
    rows.iter()
        .map(|row| text(row, &pointer).to_owned())
        .collect()
}

const TABLES: [&str; 9] = [
    "DeviceProcessEvents",
    "DeviceFileEvents",
    "DeviceNetworkEvents",
    "DeviceRegistryEvents",
    "DeviceLogonEvents",
    "DeviceEvents",
    "DeviceInfo",
    "AlertInfo",
    "AlertEvidence",
];

#[test]
fn every_table_has_rows_under_its_own_schema() {
    let mut trial = Trial::still(300);
    for table in TABLES {
        let reply = trial.hunt(&format!("{table} | take 5"));
        let value = reply.value();
        let schema = value.get("Schema").and_then(Value::as_array);
        let columns = names(&schema.cloned().unwrap_or_default(), "Name");
        let rows = value.get("Results").and_then(Value::as_array);
        let rows = rows.cloned().unwrap_or_default();
        assert_eq!(rows.len(), 5, "{table}");
        assert!(columns.contains(&String::from("Timestamp")), "{table}");
        assert!(
            rows.iter().all(|row| {
                let row = row.as_object();
                row.is_some_and(|row| columns.iter().all(|column| row.contains_key(column)))
            }),
            "{table}"
        );
        assert!(value.get("Stats").is_some());
    }
}

#[test]
fn the_evidence_of_alerts_stands_in_the_tables() {
    let mut trial = Trial::still(120);
    let alerts = trial.expanded();
    let processes = trial.hits("DeviceProcessEvents | where DeviceId != ''");
    let ran: HashSet<_> = processes
        .iter()
        .map(|row| {
            let id = row.get("ProcessId").and_then(Value::as_i64);
            let (device, command) = (text(row, "/DeviceId"), text(row, "/ProcessCommandLine"));
            (device, id, text(row, "/SHA256"), command)
        })
        .collect();
    let connections = trial.hits("DeviceNetworkEvents | distinct DeviceId, RemoteIP");
    let met: HashSet<_> = connections
        .iter()
        .map(|row| (text(row, "/DeviceId"), text(row, "/RemoteIP")))
        .collect();
    let (mut seen, mut addresses) = (0, 0);
    for alert in &alerts {
        let device = text(alert, "/machineId");
        if device.is_empty() {
            continue;
        }
        for process in evidence(alert, "Process") {
            let id = process.get("processId").and_then(Value::as_i64);
            let command = text(process, "/processCommandLine");
            assert!(ran.contains(&(device, id, text(process, "/sha256"), command)));
            seen += 1;
        }
        for address in evidence(alert, "Ip") {
            assert!(met.contains(&(device, text(address, "/ipAddress"))));
            addresses += 1;
        }
    }
    assert!(seen > 50 && addresses > 5, "{seen} and {addresses}");
}

/// A process as another row or the evidence names it: device, number, time, file.
type Named = (String, i64, String, String);

fn named(device: &str, value: &Value, pointers: [&str; 3]) -> Named {
    let [id, created, file] = pointers;
    let number = value
        .pointer(id)
        .and_then(Value::as_i64)
        .unwrap_or_default();
    let (created, file) = (text(value, created), text(value, file));
    (
        device.to_owned(),
        number,
        created.to_owned(),
        file.to_owned(),
    )
}

#[test]
fn the_processes_of_the_evidence_have_rows_that_name_what_started_them() {
    let mut trial = Trial::still(300);
    let alerts = trial.expanded();
    let rows = trial.hits("DeviceProcessEvents | where DeviceId != ''");
    let own = |row: &Value| {
        let device = text(row, "/DeviceId");
        named(
            device,
            row,
            ["/ProcessId", "/ProcessCreationTime", "/FileName"],
        )
    };
    let by = |row: &Value| {
        let initiator = [
            "/InitiatingProcessId",
            "/InitiatingProcessCreationTime",
            "/InitiatingProcessFileName",
        ];
        named(text(row, "/DeviceId"), row, initiator)
    };
    let pairs: HashSet<(Named, Named)> = rows.iter().map(|row| (own(row), by(row))).collect();
    let started: HashSet<Named> = rows.iter().map(own).collect();
    let month = trial
        .now
        .checked_sub(SignedDuration::from_hours(30 * 24))
        .unwrap_or_default();
    let (mut seen, mut roots, mut others) = (0, 0, 0);
    for alert in &alerts {
        let device = text(alert, "/machineId");
        for process in evidence(alert, "Process").filter(|_| !device.is_empty()) {
            let child = named(
                device,
                process,
                ["/processId", "/processCreationTime", "/fileName"],
            );
            let parent = [
                "/parentProcessId",
                "/parentProcessCreationTime",
                "/parentProcessFileName",
            ];
            let parent = named(device, process, parent);
            let is_kept = |time: &str| time.parse::<Timestamp>().is_ok_and(|at| at > month);
            if is_kept(&child.2) {
                assert!(
                    pairs.contains(&(child.clone(), parent.clone())),
                    "{child:?} of {parent:?}"
                );
                seen += 1;
            }
            let is_root = matches!(parent.3.as_str(), "userinit.exe" | "services.exe");
            if is_root && is_kept(&parent.2) {
                assert!(started.contains(&parent), "{parent:?} was never started");
                roots += 1;
            }
            others += pairs
                .iter()
                .filter(|(own, by)| *by == child && own.3 == "conhost.exe")
                .count();
        }
    }
    assert!(
        seen > 100 && roots > 10 && others > 10,
        "{seen}, {roots}, {others}"
    );
}

#[test]
fn a_digest_leads_to_a_second_device() {
    let mut trial = Trial::still(500);
    let alerts = trial.expanded();
    let invoice = "Suspicious process executed by a Microsoft Office application";
    let first = alerts
        .iter()
        .find(|alert| text(alert, "/title") == invoice)
        .unwrap_or(&Value::Null);
    let digests: Vec<&str> = evidence(first, "File")
        .map(|file| text(file, "/sha256"))
        .filter(|digest| !digest.is_empty())
        .collect();
    let digest = digests.first().copied().unwrap_or_default();
    let query = format!(
        "union withsource=Source DeviceFileEvents, DeviceProcessEvents\n| where SHA256 == '{digest}'\n| summarize Rows = count() by DeviceId"
    );
    let rows = trial.hits(&query);
    let devices = names(&rows, "DeviceId");
    assert!(devices.len() >= 2, "{digest}: {rows:?}");
    assert!(devices.contains(&text(first, "/machineId").to_owned()));
}

#[test]
fn the_same_question_has_the_same_answer() {
    let query =
        "union DeviceFileEvents, DeviceNetworkEvents, DeviceEvents | where Timestamp > ago(3d)";
    let (mut one, mut other) = (Trial::still(200), Trial::still(200));
    let first = one.hits(query);
    assert!(first.len() > 100);
    assert_eq!(first, other.hits(query));
    assert_eq!(first, one.hits(query));
}

/// A condition that names the device spares the tables most of their work, and changes
/// nothing: not a row, not its number.
#[test]
fn rows_of_one_device_are_those_it_has_among_all() {
    let mut trial = Trial::still(300);
    let alerts = trial.expanded();
    let devices: Vec<&str> = alerts
        .iter()
        .filter(|alert| evidence(alert, "Process").count() > 1)
        .map(|alert| text(alert, "/machineId"))
        .filter(|device| !device.is_empty())
        .collect::<std::collections::BTreeSet<_>>()
        .into_iter()
        .take(2)
        .collect();
    assert_eq!(devices.len(), 2);
    let mut seen = 0;
    for table in TABLES.iter().filter(|table| **table != "AlertInfo") {
        for device in &devices {
            let named = trial.hits(&format!(
                "{table} | where Timestamp > ago(20d) and DeviceId == '{device}'"
            ));
            let among_all = trial.hits(&format!(
                "{table} | where Timestamp > ago(20d) and DeviceId in ('{device}')"
            ));
            assert_eq!(named, among_all, "{table} of {device}");
            seen += named.len();
        }
    }
    assert!(seen > 300, "{seen}");
    // Of a union too, whose own column may hide that of its tables.
    let device = devices.first().copied().unwrap_or_default();
    let union = "union withsource=DeviceId DeviceInfo, AlertEvidence";
    let rows = trial.hits(&format!("{union} | where DeviceId == '{device}'"));
    assert!(rows.is_empty());
    let rows = trial.hits("union withsource=DeviceId DeviceInfo | where DeviceId == 'DeviceInfo'");
    assert!(!rows.is_empty());
    let either = format!("DeviceInfo | where DeviceId == '{device}' or DeviceName != ''");
    assert!(trial.hits(&either).len() > 1);
}

#[test]
fn the_query_the_dashboard_copies_is_answered() {
    let mut trial = Trial::still(300);
    let alerts = trial.expanded();
    let alert = alerts
        .iter()
        .find(|alert| evidence(alert, "Process").count() > 1)
        .unwrap_or(&Value::Null);
    let (id, device) = (text(alert, "/id"), text(alert, "/machineId"));
    let first = moment(alert, "/firstEventTime");
    let hour = SignedDuration::from_hours(1);
    let (from, to) = (
        first.checked_sub(hour).unwrap_or(first),
        first.checked_add(hour).unwrap_or(first),
    );
    let query = format!(
        "let alert = '{id}';\nunion withsource=Source DeviceProcessEvents, DeviceFileEvents, DeviceNetworkEvents, DeviceRegistryEvents, DeviceLogonEvents, DeviceEvents,\n    (AlertEvidence | where AlertId == alert)\n| where Timestamp between (datetime({from}) .. datetime({to}))\n| where DeviceId == '{device}'\n| sort by Timestamp asc"
    );
    let rows = trial.hits(&query);
    let sources = names(&rows, "Source");
    assert!(sources.contains(&String::from("DeviceProcessEvents")));
    assert!(sources.contains(&String::from("union_arg6")), "{sources:?}");
    let times: Vec<Timestamp> = rows.iter().map(|row| moment(row, "/Timestamp")).collect();
    assert!(times.is_sorted());
    assert!(
        rows.iter()
            .filter(|row| text(row, "/Source") == "union_arg6")
            .all(|row| text(row, "/AlertId") == id)
    );
}

fn moment(value: &Value, pointer: &str) -> Timestamp {
    text(value, pointer).parse().unwrap_or_default()
}

#[test]
fn rows_can_be_counted_grouped_and_made_into_others() {
    let mut trial = Trial::still(300);
    let count = |rows: &[Value], column: &str| {
        let first = rows.first().and_then(|row| row.get(column));
        first.and_then(Value::as_i64).unwrap_or_default()
    };
    let all = count(&trial.hits("AlertInfo | count"), "Count");
    assert!((250..=300).contains(&all), "{all}");
    let high = count(
        &trial.hits("AlertInfo | where Severity == 'High' | count"),
        "Count",
    );
    let rest = count(
        &trial.hits("AlertInfo | where not(Severity =~ 'HIGH') | count"),
        "Count",
    );
    assert_eq!(high + rest, all);
    let by_severity = trial.hits(
        "AlertInfo | summarize Alerts = count(), First = min(Timestamp), dcount(Title) by Severity | sort by Alerts desc",
    );
    let sum: i64 = by_severity
        .iter()
        .filter_map(|row| row.get("Alerts").and_then(Value::as_i64))
        .sum();
    assert_eq!(sum, all);
    assert!(
        by_severity
            .iter()
            .all(|row| row.get("dcount_Title").is_some())
    );
    let hours = trial.hits("AlertInfo | summarize count() by bin(Timestamp, 1h)");
    assert!(
        hours
            .iter()
            .all(|row| text(row, "/Timestamp").ends_with(":00:00Z"))
    );
    let rows = trial.hits(
        "AlertInfo | top 3 by Timestamp desc | extend Age = now() - Timestamp, Loud = toupper(Title) | project-away Title, AlertId",
    );
    assert_eq!(rows.len(), 3);
    assert!(rows.iter().all(|row| row.get("Title").is_none()
        && row.get("Age").is_some()
        && text(row, "/Loud") == text(row, "/Loud").to_uppercase()));
    let sets = trial.hits(
        "DeviceProcessEvents | where FileName in~ ('POWERSHELL.EXE', 'cmd.exe') | summarize Devices = make_set(DeviceName) by FileName",
    );
    assert!(
        sets.iter()
            .all(|row| text(row, "/Devices").starts_with('['))
    );
    let some = trial.hits(
        "AlertEvidence | where EntityType == \"User\" and isnotempty(AccountUpn) | distinct AccountUpn | limit 4 // enough",
    );
    assert_eq!(some.len(), 4);
    let none = trial.hits(
        "AlertInfo | where Title has_any ('qqq', 'zz-top') or Title !contains 'e' and Title startswith 'zzz'",
    );
    assert_eq!(none.len(), 0);
}

#[test]
fn what_is_wrong_is_pointed_at_and_the_query_told_back() {
    let mut trial = Trial::still(20);
    for (query, told) in [
        (
            "AlertInfo\n| wher Severity == 'High'",
            "Syntax error: SYN0002: A recognition error occurred. [line:position=2:2]. Query: 'AlertInfo\n| wher Severity == 'High''. Fix syntax errors in your query.",
        ),
        (
            "AlertInfo | where Sevrity == 'High'",
            "Semantic error: SEM0100: 'where' operator: Failed to resolve scalar expression named 'Sevrity'. [line:position=1:18]. Query: 'AlertInfo | where Sevrity == 'High''. Fix semantic errors in your query.",
        ),
        (
            "AlertsInfo | take 1",
            "'take' operator: Failed to resolve table or column expression named 'AlertsInfo'. [line:position=1:0]",
        ),
        (
            "AlertInfo | where Severity == 3",
            "Cannot compare values of types string and long. Try adding explicit casts. [line:position=1:18]",
        ),
        (
            "AlertInfo | where strange(Severity)",
            "Unknown function: 'strange'. [line:position=1:18]",
        ),
        (
            "AlertInfo | join AlertEvidence on AlertId",
            "A recognition error occurred. [line:position=1:12]",
        ),
        ("AlertInfo | where Title == 'it''s", "[line:position=1:31]"),
        (
            "AlertInfo | where",
            "The incomplete fragment is unexpected. [line:position=1:17]",
        ),
        ("AlertInfo | project Title, Title", "[line:position=1:27]"),
    ] {
        let message = trial.refused(query);
        assert!(message.contains(told), "{query}\n{message}");
    }
}

#[test]
fn a_body_without_a_query_under_its_exact_name_is_no_request() {
    let mut trial = Trial::still(5);
    for body in [
        "",
        "{}",
        r#"{"query":"AlertInfo"}"#,
        r#"{"Query":7}"#,
        "{\"Query\":\"a\nb\"}",
    ] {
        let reply = trial.call("POST", "/api/advancedqueries/run", body);
        assert_eq!(
            (reply.status, text(&reply.value(), "/error/message")),
            (400, "Missing query."),
            "{body}"
        );
    }
    let bearer = format!("Bearer {}", trial.token);
    let headers = [("authorization", bearer.as_str())];
    let body = r#"{"Query":"AlertInfo"}"#;
    let reply = trial.reply("POST", "/api/advancedqueries/run", &headers, body);
    assert_eq!(reply.status, 415);
    assert_eq!(trial.get("/api/advancedqueries/run").status, 405);
}

#[test]
fn hunting_has_a_permission_and_a_budget_of_its_own() {
    let mut trial = Trial::still(5);
    for _ in 0..45 {
        assert_eq!(trial.hunt("AlertInfo | count").status, 200);
    }
    let reply = trial.hunt("AlertInfo | count");
    assert_eq!((reply.status, header(&reply, "retry-after")), (429, "60"));
    assert!(text(&reply.value(), "/error/message").contains("maximum allowed 45 per 00:01:00"));
    assert_eq!(trial.get("/api/alerts?$top=1").status, 200);
    trial.world.tokens.granted = vec![String::from("Alert.Read")];
    let mut trial = trial.signed_in();
    let reply = trial.hunt("AlertInfo | count");
    assert_eq!(reply.status, 403);
    assert!(
        text(&reply.value(), "/error/message").contains("API required roles: AdvancedQuery.Read")
    );
}

#[test]
fn graph_has_the_same_answer_in_its_own_letters() {
    const RUN: &str = "/v1.0/security/runHuntingQuery";
    let mut trial = Trial::still(100).at_graph();
    let body = |query: &str, more: &str| format!("{{\"Query\":{}{more}}}", json!(query));
    let mut count = |body: &str| -> i64 {
        let value = trial.call("POST", RUN, body).value();
        assert_eq!(text(&value, "/schema/0/name"), "Count");
        assert_eq!(text(&value, "/schema/0/type"), "Int64");
        let count = value.pointer("/results/0/Count").and_then(Value::as_i64);
        count.unwrap_or_default()
    };
    let all = count(&body("AlertInfo | count", ""));
    let of_day = count(&body("AlertInfo | count", r#","Timespan":"P1D""#));
    assert!(of_day < all && of_day > 0, "{of_day} of {all}");
    let wrong = trial.call("POST", RUN, &body("AlertInfo | where X == 1", ""));
    assert_eq!(wrong.status, 400);
    assert_eq!(
        text(&wrong.value(), "/error/message"),
        "'where' operator: Failed to resolve scalar expression named 'X'. Fix semantic errors in your query."
    );
    for _ in 0..42 {
        trial.call("POST", RUN, &body("AlertInfo | count", ""));
    }
    let reply = trial.call("POST", RUN, &body("AlertInfo | count", ""));
    assert_eq!((reply.status, header(&reply, "retry-after")), (429, "60"));
}

#[test]
fn a_test_may_ask_for_a_result_of_any_size() {
    let mut trial = Trial::still(5);
    let huge = Findings {
        rows: 3,
        columns: 200,
        cell: 40,
    };
    trial.world.findings = Some(huge);
    let rows = trial.hits("AlertInfo");
    let cell = rows
        .get(2)
        .map(|row| text(row, "/Column199").to_owned())
        .unwrap_or_default();
    assert_eq!((rows.len(), cell.len()), (3, 40));
    assert!(cell.starts_with("r2c199 x"), "{cell}");
    assert_ne!(trial.hits("AlertInfo | take 1"), rows, "once");
}

#[test]
fn nothing_is_told_of_more_than_thirty_days_ago_or_of_tomorrow() {
    let mut trial = Trial::still(300);
    let old = trial.hits(
        "union AlertInfo, DeviceProcessEvents | where Timestamp < ago(30d) or Timestamp > now()",
    );
    assert_eq!(old, Vec::<Value>::new());
    let reach = trial.hits("DeviceProcessEvents | summarize min(Timestamp), max(Timestamp)");
    let first = reach.first().map(|row| moment(row, "/min_Timestamp"));
    let age = first.map(|first| trial.now.duration_since(first).as_hours());
    assert!(age.is_some_and(|hours| hours > 29 * 24), "{age:?}");
}
