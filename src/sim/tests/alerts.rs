//! Lists, single alerts, changes, and what belongs to alerts and machines.
//!
//! The filter language has its own tables in `odata`.

use std::collections::HashSet;

use super::*;

/// Text would not do: `.5Z` comes before `Z`.
fn moment(value: &Value, pointer: &str) -> Timestamp {
    text(value, pointer).parse().unwrap_or_default()
}

#[test]
fn lists_are_newest_first_and_without_evidence_until_asked() {
    let mut trial = Trial::still(60);
    let reply = trial.get("/api/alerts?$top=60&$count=true");
    let all = items(&reply);
    assert_eq!(
        (
            all.len(),
            reply.value().get("@odata.count").and_then(Value::as_u64)
        ),
        (60, Some(60))
    );
    let created: Vec<Timestamp> = all
        .iter()
        .filter_map(|alert| text(alert, "/alertCreationTime").parse().ok())
        .collect();
    assert_eq!(created.len(), 60);
    assert!(created.is_sorted_by(|newer, older| newer >= older));
    assert!(
        all.iter()
            .all(|alert| alert.get("evidence") == Some(&Value::Array(Vec::new())))
    );
    let expanded = items(&trial.get("/api/alerts?%24top=60&%24expand=evidence"));
    assert!(
        expanded
            .iter()
            .all(|alert| alert.pointer("/evidence/0/entityType").is_some())
    );
    assert_eq!(items(&trial.get("/api/v1.0/alerts")).len(), 60);
    assert_eq!(
        items(&trial.get("/api/alerts?top=1")).len(),
        60,
        "without its dollar an option is nothing"
    );
}

#[test]
fn processes_form_a_tree_across_the_alerts_of_an_incident() {
    let mut trial = Trial::still(500);
    let alerts = items(&trial.get("/api/alerts?$expand=evidence"));
    let processes = |alert: &Value| -> Vec<Value> {
        let evidence = alert
            .get("evidence")
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        evidence
            .into_iter()
            .filter(|item| text(item, "/entityType") == "Process")
            .collect()
    };
    let word = alerts
        .iter()
        .flat_map(processes)
        .find(|process| text(process, "/fileName") == "WINWORD.EXE")
        .unwrap_or_default();
    let children: Vec<Value> = alerts
        .iter()
        .flat_map(processes)
        .filter(|process| process.get("parentProcessId") == word.get("processId"))
        .collect();
    assert!(children.len() >= 2, "the same document shows in two alerts");
    assert!(
        children
            .iter()
            .all(|child| text(child, "/parentProcessFileName") == "WINWORD.EXE")
    );
    assert!(
        children
            .iter()
            .all(|child| child.get("parentProcessCreationTime") == word.get("processCreationTime"))
    );
    assert!(
        children
            .iter()
            .all(|child| moment(child, "/processCreationTime")
                > moment(&word, "/processCreationTime"))
    );
}

#[test]
fn filters_and_orders_work_on_what_is_served() {
    let mut trial = Trial::still(300);
    let all = trial.listed("severity in ('High','Medium','Low','Informational','UnSpecified')");
    assert_eq!(all.len(), 300);
    let open = trial.listed("status ne 'Resolved' and severity eq 'High'");
    assert!(
        !open.is_empty()
            && open
                .iter()
                .all(|alert| text(alert, "/severity") == "High"
                    && text(alert, "/status") != "Resolved")
    );
    let cursor = text(all.get(40).unwrap_or(&Value::Null), "/lastUpdateTime").to_owned();
    let since = trial.listed(&format!("lastUpdateTime ge {cursor}"));
    assert!(
        since
            .iter()
            .any(|alert| text(alert, "/lastUpdateTime") == cursor),
        "`ge` includes the moment itself"
    );
    let by_severity =
        items(&trial.get("/api/alerts?$orderby=severity%20desc,lastUpdateTime&$top=2"));
    assert!(
        by_severity
            .iter()
            .all(|alert| text(alert, "/severity") == "High")
    );
    let refused = trial.get("/api/alerts?$filter=title%20eq%20'x'");
    assert_eq!(
        (refused.status, text(&refused.value(), "/error/code")),
        (400, "ODataError")
    );
}

#[test]
fn only_a_page_cut_by_the_service_has_a_next_link() {
    let bodies: Vec<String> = (0..10_050)
        .map(|number| format!(r#"{{"id":"a{number}","incidentId":1000}}"#))
        .collect();
    let mut trial = Trial::still(0);
    trial.world.set_population(bodies);
    let first = trial.get("/api/alerts?$select=id&$filter=incidentId%20gt%200");
    let link = text(&first.value(), "/@odata.nextLink").to_owned();
    assert_eq!(
        (items(&first).len(), link.as_str()),
        (
            10_000,
            "http://127.0.0.1:9/api/alerts?$select=id&$filter=incidentId%20gt%200&$skip=10000"
        )
    );
    let last = trial.get(link.strip_prefix("http://127.0.0.1:9").unwrap_or_default());
    assert_eq!(
        (items(&last).len(), last.value().get("@odata.nextLink")),
        (50, None)
    );
    let topped = trial.get("/api/alerts?$select=id&$top=10000");
    assert_eq!(
        (items(&topped).len(), topped.value().get("@odata.nextLink")),
        (10_000, None)
    );
}

#[test]
fn a_change_moves_the_alert_and_its_reply_leaves_things_out() {
    let mut trial = Trial::still(30);
    let before = trial
        .listed("status eq 'New'")
        .into_iter()
        .next()
        .unwrap_or_default();
    let id = text(&before, "/id").to_owned();
    let path = format!("/api/alerts/{id}");
    let reply = trial.call("PATCH", &path, r#"{"status":"Resolved","classification":"TruePositive","determination":"Malware","comment":"done, \"really\"","assignedTo":"a@contoso.example"}"#);
    assert_eq!(reply.status, 200);
    let told = reply.value();
    assert_eq!(
        (
            text(&told, "/status"),
            told.get("comments"),
            told.get("evidence")
        ),
        (
            "Resolved",
            Some(&Value::Array(vec![])),
            Some(&Value::Array(vec![]))
        )
    );
    let after = trial.get(&path).value();
    assert!(moment(&after, "/lastUpdateTime") > moment(&before, "/lastUpdateTime"));
    assert_eq!(text(&after, "/comments/0/comment"), "done, \"really\"");
    assert_eq!(
        text(&after, "/comments/0/createdBy"),
        trial.world.account.username
    );
    assert!(text(&after, "/resolvedTime").starts_with("2026-11-22T12:00:00"));
    assert!(after.pointer("/evidence/0").is_some());
    let reopened = trial.call("PATCH", &path, r#"{"status":"New"}"#).value();
    assert_eq!(reopened.get("resolvedTime"), Some(&Value::Null));
    assert!(
        moment(&reopened, "/lastUpdateTime") > moment(&after, "/lastUpdateTime"),
        "even within the same moment"
    );
}

#[test]
fn bad_changes_are_refused() {
    let mut trial = Trial::still(30);
    let id = text(
        trial.listed("id ne ''").first().unwrap_or(&Value::Null),
        "/id",
    )
    .to_owned();
    for body in [
        "",
        "{}",
        "[]",
        "null",
        r#"{"status":null}"#,
        r#"{"Status":"New"}"#,
        r#"{"status":"new"}"#,
        r#"{"status":"Unknown"}"#,
        r#"{"status":1}"#,
        r#"{"title":"x"}"#,
        r#"{"classification":"Unknown"}"#,
        r#"{"determination":"Apt"}"#,
    ] {
        let reply = trial.call("PATCH", &format!("/api/alerts/{id}"), body);
        assert_eq!(
            (reply.status, text(&reply.value(), "/error/code")),
            (400, "InvalidRequestBody"),
            "{body}"
        );
    }
    let missing = trial.call("PATCH", "/api/alerts/nope", r#"{"status":"New"}"#);
    assert_eq!(
        (missing.status, text(&missing.value(), "/error/code")),
        (404, "ResourceNotFound")
    );
}

#[test]
fn a_batch_changes_many_and_says_nothing() {
    let mut trial = Trial::still(120);
    let ids: Vec<String> = trial
        .listed("id ne ''")
        .iter()
        .map(|alert| text(alert, "/id").to_owned())
        .collect();
    let body = |ids: &[String]| {
        format!(
            r#"{{"alertIds":{},"status":"InProgress"}}"#,
            serde_json::to_string(ids).unwrap_or_default()
        )
    };
    let reply = trial.call(
        "POST",
        "/api/alerts/batchUpdate",
        &body(ids.get(..100).unwrap_or_default()),
    );
    assert_eq!((reply.status, reply.body.len()), (200, 0));
    assert!(trial.listed("status eq 'InProgress'").len() >= 100);
    let reply = trial.call("POST", "/api/alerts/batchUpdate", &body(&ids));
    assert_eq!(
        text(&reply.value(), "/error/code"),
        "MaximumBatchSizeExceeded"
    );
    assert!(text(&reply.value(), "/error/message").contains("Received: 120, allowed: 100"));
    let reply = trial.call("POST", "/api/alerts/batchUpdate", r#"{"status":"New"}"#);
    assert_eq!(
        text(&reply.value(), "/error/code"),
        "MissingRequiredParameter"
    );
}

#[test]
fn what_belongs_to_an_alert_is_found() {
    let mut trial = Trial::still(100);
    trial.world.tokens.granted = [
        "Alert.Read",
        "Machine.Read",
        "File.Read.All",
        "Ip.Read.All",
        "URL.Read.All",
        "User.Read.All",
    ]
    .map(str::to_owned)
    .to_vec();
    let mut trial = trial.signed_in();
    let found = items(&trial.get("/api/alerts?$expand=evidence"));
    let alert = found
        .iter()
        .find(|alert| {
            text(alert, "/title") == "Suspicious use of certutil"
                && alert.get("relatedUser") != Some(&Value::Null)
        })
        .cloned()
        .unwrap_or_default();
    let path = format!("/api/alerts/{}", text(&alert, "/id"));
    assert_eq!(
        text(&trial.get(&format!("{path}/machine")).value(), "/id"),
        text(&alert, "/machineId")
    );
    assert_eq!(
        text(&trial.get(&format!("{path}/user")).value(), "/accountName"),
        text(&alert, "/relatedUser/userName")
    );
    let evidence = alert.get("evidence").and_then(Value::as_array).cloned();
    let evidence = evidence.unwrap_or_default();
    let digests: HashSet<&str> = evidence.iter().map(|piece| text(piece, "/sha1")).collect();
    let files = items(&trial.get(&format!("{path}/files")));
    assert!(files.len() >= 3);
    let beside = files
        .iter()
        .filter(|file| !digests.contains(text(file, "/sha1")));
    assert_eq!(beside.count(), 1, "what started the first process");
    assert!(
        text(
            &trial.get(&format!("{path}/domains")).value(),
            "/value/0/host"
        )
        .ends_with(".example")
    );
    let addresses = items(&trial.get(&format!("{path}/ips")));
    assert_eq!(addresses.len(), 1, "of the domain");
    let cloud = found
        .iter()
        .find(|alert| alert.get("machineId") == Some(&Value::Null))
        .cloned()
        .unwrap_or_default();
    assert_eq!(
        trial
            .get(&format!("/api/alerts/{}/machine", text(&cloud, "/id")))
            .status,
        404
    );
}

#[test]
fn machines_are_listed_and_read() {
    let mut trial = Trial::still(100);
    let all = items(&trial.get("/api/machines"));
    let some = items(&trial.get("/api/machines?$filter=startswith(computerDnsName,'srv-')&$top=3"));
    assert!(all.len() > 40 && some.len() == 3);
    let id = text(some.first().unwrap_or(&Value::Null), "/id").to_owned();
    let name = text(some.first().unwrap_or(&Value::Null), "/computerDnsName").to_owned();
    assert_eq!(
        text(&trial.get(&format!("/api/machines/{name}")).value(), "/id"),
        id
    );
    assert_eq!(trial.get(&format!("/api/machines/{id}/alerts")).status, 200);
    assert_eq!(
        trial
            .get(&format!("/api/machines/{id}/alerts?$top=1"))
            .status,
        400
    );
    assert!(!items(&trial.get(&format!("/api/machines/{id}/logonusers"))).is_empty());
    assert_eq!(trial.get("/api/machines/nope").status, 404);
}

#[test]
fn paths_and_methods_that_do_not_exist_are_refused() {
    let mut trial = Trial::still(3);
    for path in [
        "/",
        "/api",
        "/api/alerts/",
        "/api/alerts//machine",
        "/api/incidents",
        "/api/machines/m/offboard",
    ] {
        assert_eq!(trial.get(path).status, 404, "{path}");
    }
    for (method, path) in [
        ("POST", "/api/alerts"),
        ("PATCH", "/api/alerts/batchUpdate"),
        ("DELETE", "/api/alerts/x"),
    ] {
        assert_eq!(
            trial.call(method, path, "{}").status,
            405,
            "{method} {path}"
        );
    }
}

#[test]
fn verbatim_bodies_come_back_byte_for_byte_until_changed() {
    let bodies = [
        r#"{ "id" : "b_-2",  "severity":"Odd","evidence":[1], "lastUpdateTime":"" }"#,
        r#"{"id":"a_1","status":"New"}"#,
    ];
    let mut trial = Trial::verbatim(&bodies);
    let list = trial.get("/api/alerts?$top=9");
    assert!(
        String::from_utf8_lossy(&list.body).contains(&format!("[{},{}]", bodies[0], bodies[1]))
    );
    assert_eq!(trial.get("/api/alerts/b_-2").body, bodies[0].as_bytes());
    assert_eq!(trial.listed("status eq 'New'").len(), 1);
    assert_eq!(
        trial
            .call(
                "PATCH",
                "/api/alerts/a_1",
                r#"{"assignedTo":"x@contoso.example"}"#
            )
            .status,
        200
    );
    assert_eq!(
        text(&trial.get("/api/alerts/a_1").value(), "/assignedTo"),
        "x@contoso.example"
    );
    trial
        .world
        .set_population(vec![String::from(r#"{"id":"c"}"#)]);
    assert_eq!(items(&trial.get("/api/alerts")).len(), 1);
}

#[test]
fn the_same_requests_get_the_same_answers() {
    let told = |seed| {
        let mut trial = Trial::with(&Options {
            alerts: 80,
            seed,
            ..Options::default()
        });
        trial.pass(100);
        trial.get("/api/alerts?$expand=evidence").body
    };
    assert_eq!(told(4), told(4));
    assert_ne!(told(4), told(5));
}

#[test]
fn time_brings_alerts_and_changes() {
    let mut trial = Trial::with(&Options {
        alerts: 80,
        token_life: std::time::Duration::from_secs(7200),
        ..Options::default()
    });
    let start = trial.now;
    assert_eq!(
        trial.listed(&format!("alertCreationTime gt {start}")).len(),
        0
    );
    trial.pass(3600);
    let arrived = trial.listed(&format!("alertCreationTime gt {start}")).len();
    assert!((90..360).contains(&arrived), "{arrived}");
    assert!(
        trial
            .listed(&format!(
                "lastUpdateTime gt {start} and alertCreationTime lt {start}"
            ))
            .len()
            > 2
    );
    let id = trial.world.arrive(trial.now);
    assert_eq!(
        text(
            trial.listed("id ne ''").first().unwrap_or(&Value::Null),
            "/id"
        ),
        id
    );
    trial.world.change(
        &id,
        serde_json::json!({"status": "Resolved", "severity": "Weird", "comment": "mine"}),
        trial.now,
    );
    let alert = trial.get(&format!("/api/alerts/{id}")).value();
    assert_eq!(
        (
            text(&alert, "/status"),
            text(&alert, "/severity"),
            text(&alert, "/comments/0/comment")
        ),
        ("Resolved", "Weird", "mine")
    );
    assert_eq!(trial.listed("severity eq 'Weird'").len(), 1);
}
