//! Several requests in one, through Graph's `$batch`.

use super::*;
use crate::sim::script::Endpoint;
use crate::sim::script::Fault;

const BATCH: &str = "/v1.0/$batch";
const LIST: &str = "/v1.0/security/alerts_v2";

/// A part that changes an alert.
fn change(id: &str, alert: &str, body: &Value) -> Value {
    serde_json::json!({
        "id": id, "method": "PATCH", "url": format!("/security/alerts_v2/{alert}"),
        "headers": {"Content-Type": "application/json"}, "body": body,
    })
}

/// A part that reads.
fn read(id: &str, url: &str) -> Value {
    serde_json::json!({"id": id, "method": "GET", "url": url})
}

fn envelope(parts: &[Value]) -> String {
    serde_json::json!({ "requests": parts }).to_string()
}

/// The answer to one part.
fn answer(reply: &Reply, id: &str) -> Value {
    let value = reply.value();
    let answers = value.get("responses").and_then(Value::as_array);
    let found = answers
        .into_iter()
        .flatten()
        .find(|answer| text(answer, "/id") == id);
    found.cloned().unwrap_or_default()
}

fn status(reply: &Reply, id: &str) -> u64 {
    let answer = answer(reply, id);
    let status = answer.get("status").and_then(Value::as_u64);
    status.unwrap_or_default()
}

impl Trial {
    fn batch(&mut self, parts: &[Value]) -> Reply {
        self.call("POST", BATCH, &envelope(parts))
    }

    fn ids(&mut self, count: usize) -> Vec<String> {
        let found = items(&self.get(&format!("{LIST}?$top={count}")));
        let ids = found.iter().map(|alert| text(alert, "/id").to_owned());
        ids.collect()
    }
}

#[test]
fn each_part_is_answered_on_its_own_and_in_no_promised_order() {
    let mut trial = Trial::still(60).at_graph();
    let ids = trial.ids(3);
    let new = serde_json::json!({"status": "inProgress"});
    let bad = serde_json::json!({"status": "InProgress"});
    let parts = [
        change("a", ids.first().map_or("", String::as_str), &new),
        change("b", ids.get(1).map_or("", String::as_str), &bad),
        change("c", "nope", &new),
        read(
            "d",
            "security/alerts_v2?$filter=status eq 'inProgress'&$count=true",
        ),
        read("e", "/security/nothing"),
    ];
    let reply = trial.batch(&parts);
    assert_eq!(reply.status, 200);
    let told: Vec<u64> = ["a", "b", "c", "d", "e"]
        .map(|id| status(&reply, id))
        .to_vec();
    assert_eq!(told, [200, 400, 404, 200, 400]);
    let body = answer(&reply, "a");
    assert_eq!(text(&body, "/body/status"), "inProgress");
    assert!(text(&body, "/headers/Content-Type").starts_with("application/json"));
    let refused = answer(&reply, "b");
    assert_eq!(text(&refused, "/body/error/code"), "BadRequest");
    let value = reply.value();
    let order: Vec<&str> = value
        .get("responses")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .map(|answer| text(answer, "/id"))
        .collect();
    assert_eq!(order.len(), 5);
    assert_ne!(order, ["a", "b", "c", "d", "e"]);
    assert_eq!(
        trial
            .call("POST", "/beta/%24batch", &envelope(&parts))
            .status,
        200
    );
}

#[test]
fn a_malformed_envelope_is_refused_whole() {
    let mut trial = Trial::still(60).at_graph();
    let new = serde_json::json!({"status": "inProgress"});
    let id = trial.ids(1).pop().unwrap_or_default();
    let good = change("1", &id, &new);
    let many: Vec<Value> = (0..21)
        .map(|number| read(&number.to_string(), "/security/alerts_v2"))
        .collect();
    let without = |name: &str| {
        let mut part = good.clone();
        part.as_object_mut().map(|part| part.remove(name));
        part
    };
    let with = |name: &str, value: Value| {
        let mut part = good.clone();
        part.as_object_mut()
            .map(|part| part.insert(name.to_owned(), value));
        part
    };
    for (body, reason) in [
        (String::new(), "payload format"),
        (String::from("[]"), "payload format"),
        (envelope(&[]), "payload format"),
        (envelope(&many), "maximum value of 20"),
        (envelope(&[good.clone(), good.clone()]), "not unique"),
        (
            envelope(&[read("A", "/me"), read("a", "/me")]),
            "not unique",
        ),
        (envelope(&[without("id")]), "no 'id'"),
        (envelope(&[with("id", Value::from(7))]), "no 'id'"),
        (envelope(&[without("method")]), "no 'method'"),
        (envelope(&[without("url")]), "no 'url'"),
        (
            envelope(&[without("headers")]),
            "Content-Type header or body",
        ),
        (envelope(&[without("body")]), "Content-Type header or body"),
        (
            envelope(&[read("x", "https://graph.microsoft.com/v1.0/me")]),
            "relative",
        ),
        (
            envelope(&[with("dependsOn", Value::from("1"))]),
            "dependsOn",
        ),
        (
            envelope(&[with("dependsOn", serde_json::json!(["2"]))]),
            "not a request before it",
        ),
        (envelope(&[read("x", "/$batch")]), "cannot hold a batch"),
    ] {
        let reply = trial.call("POST", BATCH, &body);
        let value = reply.value();
        assert_eq!(reply.status, 400, "{body}");
        let message = text(&value, "/error/message");
        assert!(message.contains(reason), "{body}: {message}");
    }
    let alert = trial.get(&format!("{LIST}/{id}")).value();
    assert_ne!(text(&alert, "/status"), "inProgress", "nothing was done");
    assert_eq!(trial.call("GET", BATCH, "").status, 405);
}

#[test]
fn what_depends_on_a_failure_is_not_done() {
    let mut trial = Trial::still(60).at_graph();
    let id = trial.ids(1).pop().unwrap_or_default();
    let taken = serde_json::json!({"assignedTo": "x@contoso.example"});
    let after = |id: &str, on: &str, alert: &str| {
        let mut part = change(id, alert, &taken);
        part.as_object_mut()
            .map(|part| part.insert(String::from("dependsOn"), serde_json::json!([on])));
        part
    };
    let parts = [
        read("1", "/security/alerts_v2/nope"),
        after("2", "1", &id),
        after("3", "2", &id),
        read("4", "/security/alerts_v2?$top=1"),
    ];
    let reply = trial.batch(&parts);
    let told: Vec<u64> = ["1", "2", "3", "4"].map(|id| status(&reply, id)).to_vec();
    assert_eq!(told, [404, 424, 424, 200]);
    let alert = trial.get(&format!("{LIST}/{id}")).value();
    assert_ne!(text(&alert, "/assignedTo"), "x@contoso.example");
    let good = [
        read("1", "/security/alerts_v2?$top=1"),
        after("2", "1", &id),
    ];
    assert_eq!(status(&trial.batch(&good), "2"), 200);
}

#[test]
fn parts_are_judged_and_counted_one_by_one() {
    let mut trial = Trial::still(60);
    trial.world.tokens.granted_on_graph = vec![String::from("SecurityAlert.Read.All")];
    let mut trial = trial.at_graph();
    let id = trial.ids(1).pop().unwrap_or_default();
    let new = serde_json::json!({"status": "inProgress"});
    let reply = trial.batch(&[
        read("r", "/security/alerts_v2?$top=1"),
        change("w", &id, &new),
    ]);
    assert_eq!((status(&reply, "r"), status(&reply, "w")), (200, 403));
    // Two lists have been read, and one more beside this.
    for _ in 0..147 {
        assert_eq!(trial.get(&format!("{LIST}?$top=1")).status, 200);
    }
    let reply = trial.batch(&[
        read("1", "/security/alerts_v2?$top=1"),
        read("2", "/security/alerts_v2?$top=1"),
    ]);
    assert_eq!(reply.status, 200, "the envelope is not counted");
    assert_eq!((status(&reply, "1"), status(&reply, "2")), (200, 429));
    let throttled = answer(&reply, "2");
    assert_eq!(text(&throttled, "/headers/Retry-After"), "60");
    trial.token.clear();
    assert_eq!(trial.batch(&[read("1", "/me")]).status, 401);
}

#[test]
fn a_script_spoils_one_part_or_the_envelope() {
    let mut trial = Trial::still(60).at_graph();
    let ids = trial.ids(2);
    let new = serde_json::json!({"status": "inProgress"});
    let parts: Vec<Value> = ids.iter().map(|id| change(id, id, &new)).collect();
    let busy = Fault::Status {
        code: 503,
        headers: vec![(String::from("retry-after"), String::from("9"))],
        body: String::from("busy"),
    };
    let faults = &mut trial.world.faults;
    faults.push(Endpoint::GraphChange, busy.clone());
    faults.push(Endpoint::GraphChange, Fault::DoneBut(Box::new(Fault::Hang)));
    let reply = trial.batch(&parts);
    let told: Vec<u64> = ids.iter().map(|id| status(&reply, id)).collect();
    assert_eq!(told, [503, 504]);
    let first = answer(&reply, ids.first().map_or("", String::as_str));
    assert_eq!(text(&first, "/body"), "YnVzeQ==", "no JSON");
    assert_eq!(text(&first, "/headers/Retry-After"), "9");
    let now: Vec<String> = ids
        .iter()
        .map(|id| text(&trial.get(&format!("{LIST}/{id}")).value(), "/status").to_owned())
        .collect();
    assert_ne!(now.first().map(String::as_str), Some("inProgress"));
    assert_eq!(now.get(1).map(String::as_str), Some("inProgress"), "done");
    trial.world.faults.push(Endpoint::GraphBatch, busy);
    assert_eq!(trial.batch(&parts).status, 503);
}

#[test]
fn a_part_has_its_own_headers() {
    let mut trial = Trial::still(300).at_graph();
    let mut part = read(
        "1",
        "/security/alerts_v2?$filter=serviceSource eq 'microsoftSentinel'",
    );
    let plain = part.clone();
    part.as_object_mut().map(|part| {
        let headers = serde_json::json!({"Prefer": "include-unknown-enum-members"});
        part.insert(String::from("headers"), headers)
    });
    let shown = |reply: &Reply| {
        let answer = answer(reply, "1");
        text(&answer, "/body/value/0/serviceSource").to_owned()
    };
    assert_eq!(shown(&trial.batch(&[plain])), "unknownFutureValue");
    assert_eq!(shown(&trial.batch(&[part])), "microsoftSentinel");
}
