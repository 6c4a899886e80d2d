//! `vigie hunt`, in every form, and what it says where it cannot.

use serde_json::Value;
use serde_json::json;
use vigie::sim::Endpoint;
use vigie::sim::Fault;
use vigie::sim::Findings;

use crate::program::Tenant;
use crate::program::Told;
use crate::program::told_with_input;

const UNTIL: &str = "hunting on the Defender API, until 2027-02-01 (MC1220762: announced; for alerts and actions disputed)";

/// The data of a run that only says which service it is.
fn data(told: Told) -> String {
    assert_eq!(told.status, Some(0), "{}", told.err);
    assert!(
        told.err.starts_with("hunting on the Defender API, until "),
        "{}",
        told.err
    );
    told.out
}

#[test]
fn every_form_tells_the_same_rows() {
    let tenant = Tenant::with_alerts(60);
    let query = "AlertInfo | summarize Alerts = count() by Severity | sort by Severity asc";
    let document: Value =
        serde_json::from_str(&data(tenant.run(&["hunt", query, "-o", "json"]))).unwrap();
    assert_eq!(
        document["Schema"],
        json!([{"Name": "Severity", "Type": "String"}, {"Name": "Alerts", "Type": "Int64"}])
    );
    let rows = document["Results"].as_array().unwrap();
    let lines = data(tenant.run(&["hunt", query, "-o", "ndjson"]));
    let lines: Vec<Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(&lines, rows);
    let csv = data(tenant.run(&["hunt", query, "-o", "csv"]));
    assert_eq!(csv.lines().next(), Some("Severity,Alerts"));
    assert_eq!(csv.lines().count(), rows.len() + 1);
    let table = data(told_with_input(
        &mut tenant.vigie(&["hunt"]),
        query.as_bytes(),
    ));
    assert!(table.starts_with("Severity "), "{table}");
    assert_eq!(table.lines().count(), rows.len() + 1);
}

#[test]
fn every_published_answer_is_printed_unchanged_and_drawn() {
    let tenant = Tenant::with_alerts(5);
    let defender = ("defender", Endpoint::Hunting);
    let graph = ("graph", Endpoint::GraphHunting);
    for ((service, endpoint), body) in [
        (defender, include_str!("../samples/hunting-result.json")),
        (
            defender,
            include_str!("../samples/hunting-result-xdr-with-stats.json"),
        ),
        (graph, include_str!("../samples/graph-hunting-result.json")),
        (
            graph,
            include_str!("../samples/graph-hunting-result-mixed-case.json"),
        ),
    ] {
        let run = |format: &str| {
            tenant.script().next(
                endpoint,
                Fault::Status {
                    code: 200,
                    headers: Vec::new(),
                    body: body.to_owned(),
                },
            );
            let told = tenant.run(&["--service", service, "hunt", "AlertInfo", "-o", format]);
            assert_eq!(told.status, Some(0), "{}", told.err);
            told.out
        };
        let expected: Value = serde_json::from_str(body).unwrap();
        let rows = expected.get("Results").or(expected.get("results")).unwrap();
        let document: Value = serde_json::from_str(&run("json")).unwrap();
        assert_eq!(document, expected);
        let lines: Vec<Value> = run("ndjson")
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!(&Value::from(lines), rows);
        for drawn in [run("table"), run("csv")] {
            for row in rows.as_array().unwrap() {
                let mut cells = row.as_object().unwrap().values();
                assert!(
                    cells.all(|cell| drawn.contains(cell.as_str().unwrap())),
                    "{drawn}"
                );
            }
        }
    }
}

#[test]
fn rows_that_came_before_the_answer_broke_off_are_printed() {
    let tenant = Tenant::with_alerts(5);
    let run = |format: &str| {
        tenant.script().next_hunt_finds(Findings {
            rows: 3_000,
            columns: 4,
            cell: 30,
        });
        tenant.script().next(Endpoint::Hunting, Fault::Truncate);
        tenant.run(&["hunt", "AlertInfo", "-o", format])
    };
    let told = run("ndjson");
    assert_eq!(told.status, Some(5), "{}", told.err);
    assert!(told.err.contains("error: "), "{}", told.err);
    let rows = told.out.lines().count();
    assert!((1_000..2_000).contains(&rows), "{rows}");
    for row in told.out.lines() {
        serde_json::from_str::<Value>(row).unwrap();
    }
    // A document that is not whole is none.
    let told = run("json");
    assert_eq!((told.status, told.out.as_str()), (Some(5), ""));
}

#[test]
fn a_mistake_is_pointed_at() {
    let tenant = Tenant::with_alerts(5);
    let query = "AlertInfo\n| where Sevérité == 'x' and Sevrity == 'High'";
    let told = tenant.run(&["hunt", query]);
    assert_eq!(told.status, Some(1), "{}", told.err);
    let lines: Vec<&str> = told.err.lines().skip(1).collect();
    assert_eq!(
        lines,
        [
            "error: the query was refused: 'where' operator: Failed to resolve scalar expression named 'Sevérité' (line 2, column 9)",
            "help: | where Sevérité == 'x' and Sevrity == 'High'",
            "help:         ^",
        ]
    );
    assert_eq!(
        tenant.run(&["hunt", " "]).failure(2),
        ["error: the query is empty"]
    );
}

#[test]
fn a_missing_permission_is_named_before_anything_is_sent() {
    let tenant = Tenant::with_alerts(5);
    tenant.script().grant(&["Alert.Read"]);
    let told = tenant.run(&["hunt", "AlertInfo"]).failure(4);
    assert_eq!(
        told.first().map(String::as_str),
        Some("error: nothing was sent: the token lacks `AdvancedQuery.Read`")
    );
    tenant.script().opaque_tokens(true);
    let told = tenant.run(&["hunt", "AlertInfo"]);
    assert_eq!(told.status, Some(4), "{}", told.err);
    assert!(
        told.err.contains("hunting takes `AdvancedQuery.Read`"),
        "{}",
        told.err
    );
}

#[test]
fn a_pause_is_told_and_the_query_sent_once() {
    let tenant = Tenant::with_alerts(5);
    let body = r#"{"error":{"code":"429","message":"You can send requests again in 8 seconds."}}"#;
    let throttled = Fault::Status {
        code: 429,
        headers: Vec::new(),
        body: body.to_owned(),
    };
    tenant.script().always(Endpoint::Hunting, Some(throttled));
    let told = tenant.run(&["hunt", "AlertInfo"]);
    assert_eq!(told.status, Some(5), "{}", told.err);
    assert!(told.err.contains("queries again in 8 s"), "{}", told.err);
    let sent = tenant.requests().into_iter();
    let sent = sent.filter(|request| request.path.ends_with("/advancedqueries/run"));
    assert_eq!(sent.count(), 1);
}

#[test]
fn results_of_any_shape_are_printed() {
    let tenant = Tenant::with_alerts(5);
    tenant.script().next_hunt_finds(Findings {
        rows: 3,
        columns: 230,
        cell: 20,
    });
    let told = tenant.run(&["hunt", "AlertInfo", "-o", "csv"]);
    assert!(told.err.contains("30 columns left out"), "{}", told.err);
    assert_eq!(told.out.lines().next().unwrap().split(',').count(), 200);
    tenant.script().next_hunt_finds(Findings {
        rows: 2,
        columns: 1,
        cell: 1 << 20,
    });
    let lines = data(tenant.run(&["hunt", "AlertInfo", "-o", "ndjson"]));
    let row: Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
    assert_eq!(row["Column0"].as_str().unwrap().len(), 1 << 20);
}

#[test]
fn a_query_of_more_than_a_megabyte_is_not_sent() {
    let tenant = Tenant::with_alerts(5);
    let query = format!("AlertInfo | where Title in ({})", "'x',".repeat(300_000));
    let told = told_with_input(&mut tenant.vigie(&["hunt"]), query.as_bytes()).failure(2);
    assert_eq!(
        told.first().map(String::as_str),
        Some("error: the query is longer than the 1023 KiB that the service takes")
    );
    assert!(tenant.requests().is_empty());
}

#[test]
fn the_end_of_the_service_is_said() {
    let tenant = Tenant::with_alerts(5);
    let told = tenant.run(&["hunt", "AlertInfo | count"]);
    let first = told.err.lines().next().unwrap_or_default();
    // Nearer to its end the days are told too.
    assert_eq!(
        first
            .split(" (")
            .next()
            .unwrap_or_default()
            .split(", in")
            .next(),
        UNTIL.split(" (").next(),
        "{first}"
    );
}
