//! Alerts as Graph lists and shows them.

use super::*;
use crate::sim::script::Endpoint;
use crate::sim::script::Fault;

const LIST: &str = "/v1.0/security/alerts_v2";
const ORIGIN: &str = "http://127.0.0.1:9";

impl Trial {
    /// A list of Graph's, asked for with this filter.
    fn found(&mut self, filter: &str) -> Vec<Value> {
        items(&self.get(&format!("{LIST}?$top=1000&$filter={}", encoded(filter))))
    }

    /// The same alerts from both APIs, by their ids.
    fn both(&mut self) -> Vec<(Value, Value)> {
        let graph = items(&self.get(&format!("{LIST}?$top=1000")));
        let mut trial = std::mem::replace(self, Self::still(0)).signed_in();
        let defender = items(&trial.get("/api/alerts?$expand=evidence"));
        *self = trial.at_graph();
        let pairs = graph.into_iter().filter_map(|shown| {
            let same = |other: &&Value| text(other, "/id") == text(&shown, "/id");
            let other = defender.iter().find(same)?.clone();
            Some((shown, other))
        });
        pairs.collect()
    }
}

/// Evidence of one kind.
fn evidence(alert: &Value, kind: &str) -> Vec<Value> {
    let kind = format!("#microsoft.graph.security.{kind}Evidence");
    let all = alert.get("evidence").and_then(Value::as_array);
    all.into_iter()
        .flatten()
        .filter(|item| text(item, "/@odata.type") == kind)
        .cloned()
        .collect()
}

/// Evidence of one kind of any alert.
fn any_evidence(alerts: &[Value], kind: &str) -> Vec<Value> {
    let found = alerts.iter().flat_map(|alert| evidence(alert, kind));
    found.collect()
}

#[test]
fn both_apis_show_the_same_records() {
    let mut trial = Trial::still(300).at_graph();
    let both = trial.both();
    assert_eq!(both.len(), 300, "all that Defender's API has");
    for (graph, defender) in &both {
        for (name, other) in [
            ("id", "id"),
            ("providerAlertId", "id"),
            ("title", "title"),
            ("category", "category"),
            ("assignedTo", "assignedTo"),
            ("tenantId", "aadTenantId"),
            ("threatDisplayName", "threatName"),
            ("createdDateTime", "alertCreationTime"),
            ("lastUpdateDateTime", "lastUpdateTime"),
            ("resolvedDateTime", "resolvedTime"),
            ("firstActivityDateTime", "firstEventTime"),
            ("lastActivityDateTime", "lastEventTime"),
        ] {
            assert_eq!(graph.get(name), defender.get(other), "{name}");
        }
        let incident = defender.get("incidentId").map(Value::to_string);
        assert_eq!(text(graph, "/incidentId"), incident.unwrap_or_default());
        assert_eq!(
            text(graph, "/status"),
            crate::sim::graph::camel(text(defender, "/status"))
        );
        let devices = evidence(graph, "device");
        let device = devices.first().and_then(|device| device.get("mdeDeviceId"));
        let machine = defender.get("machineId").filter(|id| !id.is_null());
        assert_eq!(device, machine, "{}", text(graph, "/title"));
        assert_eq!(graph.get("investigationState"), None, "beta alone has it");
    }
    let unknown = |name: &str, value: Value| {
        both.iter()
            .any(|(graph, _)| graph.get(name) == Some(&value))
    };
    assert!(unknown("classification", Value::Null));
    assert!(unknown("classification", Value::from("unknown")));
    assert!(unknown("determination", Value::Null));
    assert!(unknown("severity", Value::from("informational")));
}

#[test]
fn evidence_is_typed_and_always_there() {
    let mut trial = Trial::still(500).at_graph();
    let alerts = trial.found("createdDateTime gt 2020-01-01T00:00:00Z");
    for (kind, pointers) in [
        (
            "device",
            &["/deviceDnsName", "/osPlatform", "/healthStatus", "/tags"][..],
        ),
        ("file", &["/fileDetails/fileName", "/fileDetails/sha256"]),
        (
            "process",
            &[
                "/imageFile/fileName",
                "/parentProcessImageFile/fileName",
                "/processCreationDateTime",
                "/processCommandLine",
                "/userAccount/accountName",
            ],
        ),
        (
            "user",
            &["/userAccount/userPrincipalName", "/userAccount/userSid"],
        ),
        ("ip", &["/ipAddress"]),
        ("url", &["/url"]),
        ("mailbox", &["/primaryAddress"]),
        ("registryKey", &["/registryHive", "/registryKey"]),
        ("registryValue", &["/registryValueName", "/registryValue"]),
    ] {
        let found = any_evidence(&alerts, kind);
        assert!(!found.is_empty(), "{kind}");
        for pointer in pointers.iter().chain(&[
            "/createdDateTime",
            "/verdict",
            "/remediationStatus",
            "/roles",
            "/detailedRoles",
        ]) {
            let has = |item: &Value| {
                let value = item.pointer(pointer);
                value.is_some_and(|value| !value.is_null())
            };
            assert!(found.iter().any(has), "{kind} {pointer}");
            assert!(
                found.iter().all(|item| item.pointer(pointer).is_some()),
                "{kind} {pointer}"
            );
        }
    }
    let most = alerts.iter().map(|alert| evidence(alert, "device").len());
    assert_eq!(most.max(), Some(2), "one that spread");
    let path = format!(
        "{LIST}/{}",
        text(alerts.first().unwrap_or(&Value::Null), "/id")
    );
    let one = trial.get(&path).value();
    assert_eq!(Some(&one), alerts.first());
    let beta = trial.get(&path.replace("v1.0", "beta")).value();
    assert!(!text(&beta, "/investigationState").is_empty());
}

#[test]
fn other_products_are_graphs_alone() {
    let mut trial = Trial::still(300).at_graph();
    let ours = trial.found("serviceSource eq 'microsoftDefenderForEndpoint'");
    assert!(ours.len() > 200);
    for product in [
        "microsoftDefenderForOffice365",
        "microsoftDefenderForIdentity",
        "microsoftDefenderForCloudApps",
        "azureAdIdentityProtection",
        "microsoft365Defender",
        "dataLossPrevention",
    ] {
        let found = trial.found(&format!("serviceSource eq '{product}'"));
        assert!(!found.is_empty(), "{product}");
        assert!(
            found
                .iter()
                .all(|alert| text(alert, "/serviceSource") == product)
        );
    }
    let theirs = trial.found("serviceSource eq 'azureAdIdentityProtection'");
    let id = text(theirs.first().unwrap_or(&Value::Null), "/id").to_owned();
    let mut trial = trial.signed_in();
    assert_eq!(items(&trial.get("/api/alerts")).len(), 300);
    for (method, path) in [
        ("GET", format!("/api/alerts/{id}")),
        ("PATCH", format!("/api/alerts/{id}")),
        ("GET", format!("/api/alerts/{id}/user")),
    ] {
        let reply = trial.call(method, &path, r#"{"status":"New"}"#);
        assert_eq!(reply.status, 404, "{method} {path}");
    }
}

#[test]
fn newer_members_are_shown_to_those_who_ask() {
    let mut trial = Trial::still(300).at_graph();
    let filter = format!(
        "{LIST}?$filter={}",
        encoded("serviceSource eq 'microsoftSentinel'")
    );
    let shown = |reply: &Reply| text(&reply.value(), "/value/0/serviceSource").to_owned();
    let plain = trial.get(&filter);
    assert_eq!(shown(&plain), "unknownFutureValue");
    assert_eq!(header(&plain, "preference-applied"), "");
    let bearer = format!("Bearer {}", trial.token);
    let headers = [
        ("authorization", bearer.as_str()),
        (
            "prefer",
            "odata.maxpagesize=5, include-unknown-enum-members",
        ),
    ];
    let asked = trial.reply("GET", &filter, &headers, "");
    assert_eq!(shown(&asked), "microsoftSentinel");
    assert_eq!(
        header(&asked, "preference-applied"),
        "include-unknown-enum-members"
    );
}

#[test]
fn filters_see_what_is_shown() {
    let mut trial = Trial::still(300).at_graph();
    let all = trial.found("createdDateTime gt 2020-01-01T00:00:00Z");
    for (name, value) in [
        ("severity", "high"),
        ("status", "inProgress"),
        ("classification", "unknown"),
        ("determination", "malware"),
    ] {
        let pointer = format!("/{name}");
        let found = trial.found(&format!("{name} eq '{value}'"));
        let expected = all.iter().filter(|alert| text(alert, &pointer) == value);
        assert_eq!(found.len(), expected.count(), "{name}");
        assert!(!found.is_empty(), "{name}");
    }
    let empty = trial.found("classification eq null and assignedTo eq null");
    assert!(
        !empty.is_empty()
            && empty
                .iter()
                .all(|alert| alert.get("classification") == Some(&Value::Null))
    );
    let cursor = text(all.get(40).unwrap_or(&Value::Null), "/lastUpdateDateTime").to_owned();
    let since = trial.found(&format!("lastUpdateDateTime ge {cursor}"));
    assert!(
        since
            .iter()
            .any(|alert| text(alert, "/lastUpdateDateTime") == cursor)
    );
    for wrong in [
        "severity eq 'High'",
        "status eq 'New'",
        "investigationState eq 'running'",
        "id eq 'x'",
        "contains(title,'x')",
    ] {
        let reply = trial.get(&format!("{LIST}?$filter={}", encoded(wrong)));
        assert_eq!(
            (reply.status, text(&reply.value(), "/error/code")),
            (400, "BadRequest"),
            "{wrong}"
        );
    }
}

#[test]
fn orders_are_by_time_and_the_usual_one_is_newest_first() {
    let mut trial = Trial::still(100).at_graph();
    let times = |reply: &Reply, name: &str| -> Vec<Timestamp> {
        let found = items(reply);
        let times = found.iter().filter_map(|alert| {
            let time = alert.get(name).and_then(Value::as_str);
            time.and_then(|time| time.parse().ok())
        });
        times.collect()
    };
    let usual = times(&trial.get(LIST), "createdDateTime");
    assert_eq!(usual.len(), 100, "the usual page");
    assert!(usual.is_sorted_by(|newer, older| newer >= older));
    let oldest = trial.get(&format!(
        "{LIST}?$orderby=lastUpdateDateTime%20asc&$top=200&$count=true"
    ));
    let times = times(&oldest, "lastUpdateDateTime");
    assert!(times.is_sorted());
    assert_eq!(
        oldest.value().get("@odata.count").and_then(Value::as_u64),
        Some(108)
    );
}

#[test]
fn whoever_follows_the_links_runs_into_the_deepest_skip() {
    let bodies: Vec<String> = (0..1500)
        .map(|number| format!(r#"{{"id":"a{number}","createdDateTime":"2026-01-01T00:00:00Z"}}"#))
        .collect();
    let mut trial = Trial::still(0).at_graph();
    trial.world.set_population(bodies);
    let mut target = format!("{LIST}?$count=true&$filter={}", encoded("status eq null"));
    for page in 0..6 {
        let reply = trial.get(&target);
        assert_eq!((reply.status, items(&reply).len()), (200, 100), "{page}");
        let link = text(&reply.value(), "/@odata.nextLink").to_owned();
        assert!(
            link.ends_with(&format!("&$skip={}", (page + 1) * 100)),
            "{link}"
        );
        assert!(link.contains("$count=true&$filter="), "{link}");
        target = link.strip_prefix(ORIGIN).unwrap_or_default().to_owned();
    }
    let reply = trial.get(&target);
    assert_eq!(reply.status, 400);
    assert_eq!(text(&reply.value(), "/error/message"), "", "no word of why");
    let long = trial.get(&format!("{LIST}?$top=9999"));
    assert_eq!(items(&long).len(), 1000, "cut to the longest page");
    let last = trial.get(&format!("{LIST}?$top=1000&$skip=500")).value();
    assert_eq!(last.get("@odata.nextLink"), None);
}

#[test]
fn bodies_given_word_for_word_come_back_byte_for_byte() {
    let bodies = [
        r#"{ "id":"g_1",  "serviceSource":"microsoftDefenderForEndpoint","status":"new","severity":"odd", "evidence":null}"#,
        r#"{"id":"g_2","status":"resolved","lastUpdateDateTime":"2026-11-01T00:00:00.1234567Z"}"#,
        r#"{"id":"g_3","lastUpdateDateTime":null,"classification":null}"#,
    ];
    let mut trial = Trial::verbatim(&bodies).at_graph();
    let list = trial.get(LIST);
    let expected = format!("[{}]", bodies.join(","));
    assert!(String::from_utf8_lossy(&list.body).contains(&expected));
    assert_eq!(trial.get(&format!("{LIST}/g_1")).body, bodies[0].as_bytes());
    let ids = |alerts: Vec<Value>| -> Vec<String> {
        let ids = alerts.iter().map(|alert| text(alert, "/id").to_owned());
        ids.collect()
    };
    assert_eq!(ids(trial.found("status eq 'new'")), ["g_1"]);
    let since = "lastUpdateDateTime ge 2026-11-01T00:00:00.1234567Z";
    assert_eq!(ids(trial.found(since)), ["g_2"]);
    assert_eq!(trial.get(&format!("{LIST}/nope")).status, 404);
}

#[test]
fn what_a_script_says_of_an_alert_shows_at_graph_in_graphs_words() {
    let mut trial = Trial::still(30).at_graph();
    let first = trial.get(LIST).value();
    let id = text(&first, "/value/0/id").to_owned();
    let patch = serde_json::json!({
        "severity": "Weird", "title": "another", "incidentId": 77, "serviceSource": "brandNew",
        "status": "InProgress", "comment": "mine", "computerDnsName": "renamed.example",
    });
    trial.world.change(&id, patch, trial.now);
    let alert = trial.get(&format!("{LIST}/{id}")).value();
    for (pointer, expected) in [
        ("/severity", "weird"),
        ("/title", "another"),
        ("/incidentId", "77"),
        ("/serviceSource", "brandNew"),
        ("/status", "inProgress"),
        ("/comments/0/comment", "mine"),
        (
            "/comments/0/createdByDisplayName",
            "lin.zhao@contoso.example",
        ),
    ] {
        assert_eq!(text(&alert, pointer), expected);
    }
    for device in evidence(&alert, "device").iter().take(1) {
        assert_eq!(text(device, "/deviceDnsName"), "renamed.example");
    }
    let found = trial.found("status eq 'inProgress'");
    assert!(found.iter().any(|alert| text(alert, "/id") == id));
}

#[test]
fn what_goes_wrong_on_request() {
    let mut trial = Trial::still(60).at_graph();
    let mut spoiled = |fault: Fault| {
        trial.world.faults.push(Endpoint::GraphAlerts, fault);
        trial.get(&format!("{LIST}?$top=20"))
    };
    let link = |reply: &Reply| text(&reply.value(), "/@odata.nextLink").to_owned();
    let foreign = spoiled(Fault::ForeignNextLink(String::from(
        "https://evil.example/",
    )));
    assert_eq!(link(&foreign), "https://evil.example/");
    assert_eq!(link(&spoiled(Fault::NoNextLink)), "");
    assert_eq!(items(&spoiled(Fault::BadItem(String::from("7")))).len(), 21);
    let product = "microsoftDefenderForEndpoint";
    let partial = spoiled(Fault::Partial(product.to_owned()));
    assert_eq!(partial.status, 206);
    assert_eq!(
        header(&partial, "warning"),
        "199 - \"Microsoft/microsoftDefenderForEndpoint/504/10000\""
    );
    let left = items(&partial);
    assert!(!left.is_empty(), "the others did answer");
    assert!(
        left.iter()
            .all(|alert| text(alert, "/serviceSource") != product)
    );
    trial.world.faults.push(
        Endpoint::GraphAlert,
        Fault::Status {
            code: 503,
            headers: Vec::new(),
            body: String::new(),
        },
    );
    assert_eq!(trial.get(LIST).status, 200, "of another endpoint");
    assert_eq!(trial.get(&format!("{LIST}/x")).status, 503);
}

#[test]
fn a_minute_holds_150_calls_about_alerts() {
    let mut trial = Trial::still(3).at_graph();
    for _ in 0..150 {
        assert_eq!(trial.get(&format!("{LIST}?$top=1")).status, 200);
    }
    trial.pass(20);
    let reply = trial.get(&format!("{LIST}/x"));
    assert_eq!((reply.status, header(&reply, "retry-after")), (429, "40"));
    assert_eq!(text(&reply.value(), "/error/code"), "TooManyRequests");
    trial.pass(40);
    assert_eq!(trial.get(&format!("{LIST}?$top=1")).status, 200);
    let mut trial = trial.signed_in();
    assert_eq!(trial.get("/api/alerts").status, 200, "counted apart");
}

#[test]
fn answers_carry_what_graphs_do() {
    let mut trial = Trial::still(3).at_graph();
    let reply = trial.get(LIST);
    assert_eq!(header(&reply, "date"), "Sun, 22 Nov 2026 12:00:00 GMT");
    assert!(header(&reply, "content-type").starts_with("application/json;odata.metadata=minimal"));
    assert_eq!(header(&reply, "request-id").len(), 36);
    assert_eq!(
        header(&reply, "client-request-id"),
        header(&reply, "request-id")
    );
    for (method, path, status, code) in [
        ("GET", "/v1.0/security/alerts", 400, "BadRequest"),
        ("GET", "/v1.0/security/alerts_v2/", 400, "BadRequest"),
        ("POST", LIST, 405, "Request_BadRequest"),
        (
            "DELETE",
            "/beta/security/alerts_v2/x",
            405,
            "Request_BadRequest",
        ),
        ("GET", "/v1.0/security/alerts_v2/x", 404, "ResourceNotFound"),
    ] {
        let reply = trial.call(method, path, "");
        assert_eq!(
            (reply.status, text(&reply.value(), "/error/code")),
            (status, code),
            "{method} {path}"
        );
    }
}
