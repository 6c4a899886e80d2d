//! Incidents through Graph.

use super::*;
use crate::sim::script::Endpoint;
use crate::sim::script::Fault;

const LIST: &str = "/v1.0/security/incidents";

fn alerts(incident: &Value) -> Vec<Value> {
    let alerts = incident.get("alerts").and_then(Value::as_array);
    alerts.cloned().unwrap_or_default()
}

#[test]
fn an_incident_is_what_its_alerts_have_in_common() {
    let mut trial = Trial::still(300).at_graph();
    let reply = trial.get(&format!("{LIST}?$expand=alerts&$count=true"));
    let found = items(&reply);
    assert_eq!((reply.status, found.len()), (200, 50));
    assert!(found.iter().any(|incident| alerts(incident).len() > 3));
    for incident in &found {
        let alerts = alerts(incident);
        let id = text(incident, "/id");
        assert!(alerts.iter().all(|alert| text(alert, "/incidentId") == id));
        let all = |word: &str| alerts.iter().all(|alert| text(alert, "/status") == word);
        assert_eq!(text(incident, "/status") == "resolved", all("resolved"));
        let high = alerts
            .iter()
            .any(|alert| text(alert, "/severity") == "high");
        assert_eq!(text(incident, "/severity") == "high", high);
        let newest = alerts
            .iter()
            .filter_map(|alert| text(alert, "/lastUpdateDateTime").parse::<Timestamp>().ok())
            .max();
        assert_eq!(text(incident, "/lastUpdateDateTime").parse().ok(), newest);
        assert!(!text(incident, "/displayName").is_empty());
    }
    let id = text(found.first().unwrap_or(&Value::Null), "/id").to_owned();
    let one = trial.get(&format!("{LIST}/{id}?$expand=alerts")).value();
    assert_eq!(Some(&one), found.first());
    let bare = trial.get(&format!("{LIST}/{id}")).value();
    assert_eq!(bare.get("alerts"), None);
    assert_eq!(trial.get(&format!("{LIST}/nope")).status, 404);
}

#[test]
fn lists_of_incidents_have_their_own_rules() {
    let mut trial = Trial::still(300).at_graph();
    let filtered = |filter: &str| format!("{LIST}?$filter={}", encoded(filter));
    for (name, word) in [
        ("status", "active"),
        ("status", "resolved"),
        ("severity", "high"),
        ("classification", "truePositive"),
    ] {
        let found = items(&trial.get(&filtered(&format!("{name} eq '{word}'"))));
        assert!(!found.is_empty(), "{name} {word}");
        let pointer = format!("/{name}");
        assert!(
            found
                .iter()
                .all(|incident| text(incident, &pointer) == word)
        );
    }
    let order = format!("{LIST}?$orderby=createdDateTime%20asc&$top=9");
    let found = items(&trial.get(&order));
    let times: Vec<Option<Timestamp>> = found
        .iter()
        .map(|incident| text(incident, "/createdDateTime").parse().ok())
        .collect();
    assert!(times.len() == 9 && times.is_sorted());
    for refused in [
        format!("{LIST}?$top=51"),
        format!("{LIST}?$expand=comments"),
        filtered("status eq 'new'"),
        filtered("displayName eq 'x'"),
        filtered("serviceSource eq 'microsoftSentinel'"),
    ] {
        assert_eq!(trial.get(&refused).status, 400, "{refused}");
    }
    let next = text(&trial.get(LIST).value(), "/@odata.nextLink").to_owned();
    assert!(
        next.ends_with("/v1.0/security/incidents?$skip=50"),
        "{next}"
    );
    let target = next.strip_prefix("http://127.0.0.1:9").unwrap_or_default();
    assert_eq!(items(&trial.get(target)).len(), 50);
}

#[test]
fn incidents_need_their_own_permission() {
    let mut trial = Trial::still(30);
    trial.world.tokens.granted_on_graph = vec![String::from("SecurityAlert.Read.All")];
    let mut trial = trial.at_graph();
    let reply = trial.get(LIST);
    assert_eq!(reply.status, 403);
    let value = reply.value();
    let message = text(&value, "/error/message");
    assert!(message.contains("SecurityIncident.Read.All"), "{message}");
}

#[test]
fn bodies_given_word_for_word_make_incidents_by_number_or_text() {
    let bodies = [
        r#"{"id":"a","incidentId":"7","status":"new","severity":"low","title":"later"}"#,
        r#"{"id":"b","incidentId":7,"status":"resolved","severity":"medium","title":"sooner"}"#,
        r#"{"id":"c","incidentId":null}"#,
        r#"{"id":"d"}"#,
    ];
    let mut trial = Trial::verbatim(&bodies).at_graph();
    let found = items(&trial.get(LIST));
    let [one] = found.as_slice() else {
        assert_eq!(found.len(), 1);
        return;
    };
    assert_eq!(
        text(one, "/displayName"),
        "Multi-stage incident: sooner, and 1 more"
    );
    assert_eq!(
        (text(one, "/severity"), text(one, "/status")),
        ("medium", "active")
    );
}

#[test]
fn a_large_tenant_can_be_told_to_fail_on_them() {
    let mut trial = Trial::still(30).at_graph();
    let fault = Fault::Status {
        code: 500,
        headers: Vec::new(),
        body: String::new(),
    };
    trial.world.faults.push(Endpoint::GraphIncidents, fault);
    assert_eq!(trial.get(&format!("{LIST}?$expand=alerts")).status, 500);
    assert_eq!(trial.get(LIST).status, 200);
}
