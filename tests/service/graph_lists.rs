//! Lists and incidents of Graph alone: what is missing from them, and words of the future.

use std::collections::HashMap;
use std::collections::HashSet;

use jiff::SignedDuration;
use jiff::Timestamp;
use serde_json::json;
use vigie::domain::alert::Alert;
use vigie::domain::alert::AlertId;
use vigie::domain::alert::Severity;
use vigie::domain::alert::Status;
use vigie::domain::query::AlertQuery;
use vigie::domain::text::Text;
use vigie::service::ServiceError;
use vigie::sim::Endpoint;
use vigie::sim::Fault;
use vigie::sim::Options;

use crate::both::GRAPH;
use crate::stage::Stage;
use crate::stage::answer;
use crate::stage::client_on;
use crate::stage::still;
use crate::stage::verbatim;

/// A tenant, and a client that reads the alerts of every product and has signed in.
async fn tenant(options: Options) -> Stage {
    let mut stage = Stage::on(&GRAPH, options).await;
    let limits = vigie::service::Limits::default();
    let client = client_on(&GRAPH, &stage.account(), &stage.clock, limits);
    stage.client = client.on_graph(Vec::new());
    stage.client.renew().await.unwrap();
    stage
}

/// The list from `query` on to its end, page by page, as the program follows it.
async fn whole_list(stage: &Stage, top: usize) -> Vec<Alert> {
    let mut alerts = Vec::new();
    let mut next = Some(query(stage, top));
    while let Some(query) = next {
        let page = stage.client.list_alerts(&query).await.unwrap();
        next = query.after(&page, query.top);
        alerts.extend(page.alerts);
    }
    alerts
}

fn query(stage: &Stage, top: usize) -> AlertQuery {
    AlertQuery::everything(top).within(stage.client.reach())
}

fn distinct(alerts: &[Alert]) -> usize {
    let ids: HashSet<&str> = alerts.iter().map(|alert| alert.id.as_str()).collect();
    ids.len()
}

/// So many ticks of 100 ns before a moment of the past.
fn ticks_ago(count: usize) -> Timestamp {
    let newest: Timestamp = "2026-11-22T13:00:00Z".parse().unwrap();
    newest - SignedDuration::from_nanos(100 * i64::try_from(count).unwrap())
}

#[tokio::test]
async fn alerts_of_one_tick_are_found_wherever_a_page_ends_among_them() {
    let body = |number: usize| {
        let time = ticks_ago(number.clamp(150, 400));
        json!({"id": format!("a-{number}"), "createdDateTime": time, "lastUpdateDateTime": time})
            .to_string()
    };
    let stage = tenant(verbatim((0..700).map(body).collect())).await;
    for top in [100, 149, 251, 300, 1_000] {
        let alerts = whole_list(&stage, top).await;
        assert_eq!(distinct(&alerts), 700, "{top}");
    }
}

#[tokio::test]
async fn a_link_of_the_service_is_not_needed_and_one_elsewhere_not_followed() {
    let stage = tenant(still(250)).await;
    let elsewhere = Fault::ForeignNextLink("https://evil.example/v1.0/x".to_owned());
    stage.script().next(Endpoint::GraphAlerts, elsewhere);
    let page = stage.client.list_alerts(&query(&stage, 100)).await.unwrap();
    assert_eq!(page.refused_link.as_deref(), Some("evil.example"));
    let no_link = Some(Fault::NoNextLink);
    stage.script().always(Endpoint::GraphAlerts, no_link);
    assert_eq!(distinct(&whole_list(&stage, 100).await), 270);
}

#[tokio::test]
async fn what_a_product_did_not_answer_is_told_and_the_rest_is_there() {
    let stage = tenant(still(60)).await;
    let product = "microsoftDefenderForEndpoint";
    let partial = Fault::Partial(product.to_owned());
    stage.script().next(Endpoint::GraphAlerts, partial);
    let query = query(&stage, 1_000);
    let page = stage.client.list_alerts(&query).await.unwrap();
    let warnings: Vec<&str> = page.warnings.iter().map(Text::original).collect();
    assert_eq!(warnings.len(), 1);
    assert!(warnings[0].contains(product), "{warnings:?}");
    assert!(!page.alerts.is_empty());
    let mut products = page.alerts.iter().map(|alert| alert.product.original());
    assert!(products.all(|other| other != product));
    let whole = stage.client.list_alerts(&query).await.unwrap();
    assert_eq!((whole.alerts.len(), whole.warnings.len()), (65, 0));
}

#[tokio::test]
async fn younger_members_are_asked_for_and_shown() {
    let stage = tenant(still(300)).await;
    let alerts = whole_list(&stage, 1_000).await;
    let products: HashSet<&str> = alerts
        .iter()
        .map(|alert| alert.product.original())
        .collect();
    for product in ["microsoftSentinel", "microsoftDefenderForCloud"] {
        assert!(products.contains(product), "{products:?}");
    }
    assert!(!products.contains("unknownFutureValue"));
}

#[tokio::test]
async fn alerts_full_of_null_and_of_unknown_words_are_read() {
    let bodies = [
        r#"{"id":"n","status":null,"severity":null,"classification":null,"determination":null,"serviceSource":null,"detectionSource":null,"incidentId":null,"title":null,"description":null,"recommendedActions":null,"category":null,"assignedTo":null,"mitreTechniques":null,"createdDateTime":null,"lastUpdateDateTime":null,"comments":null,"evidence":null,"systemTags":null}"#,
        r##"{"id":"u","status":"unknownFutureValue","severity":"unknownFutureValue","classification":"unknownFutureValue","serviceSource":"unknownFutureValue","evidence":[null,7,{"@odata.type":"#microsoft.graph.security.unknownEvidence"},{"@odata.type":"#microsoft.graph.security.deviceEvidence","mdeDeviceId":null,"deviceDnsName":null}],"comments":[null]}"##,
        r#"{"id":"k","status":"INPROGRESS","severity":"High"}"#,
        r#"{"id":"","status":"new"}"#,
    ];
    let stage = tenant(verbatim(bodies.map(str::to_owned).to_vec())).await;
    let query = query(&stage, 10);
    let page = stage.client.list_alerts(&query).await.unwrap();
    let ids: Vec<&str> = page.alerts.iter().map(|alert| alert.id.as_str()).collect();
    assert_eq!((ids, page.unreadable.len()), (vec!["n", "u", "k"], 1));
    assert_eq!(page.alerts[0].severity, Severity::Other);
    assert_eq!(page.alerts[1].status, Status::Other);
    assert_eq!(page.alerts[1].status_word.original(), "unknownFutureValue");
    assert_eq!(page.alerts[2].status, Status::InProgress);
    for (alert, body) in page.alerts.iter().zip(bodies) {
        assert_eq!(alert.body.unpack(), body);
        let one = stage.client.get_alert(&alert.id).await.unwrap();
        assert_eq!(one.body.unpack(), body);
    }
    let bad = Fault::BadItem(r#"{"id":["#.to_owned());
    stage.script().next(Endpoint::GraphAlerts, bad);
    let broken = stage.client.list_alerts(&query).await.unwrap_err();
    assert!(matches!(broken, ServiceError::Malformed(_)), "{broken:?}");
}

#[tokio::test]
async fn an_incident_comes_with_its_alerts_or_without() {
    let stage = tenant(still(300)).await;
    let alerts = whole_list(&stage, 1_000).await;
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for alert in &alerts {
        *counts.entry(alert.incident.original()).or_default() += 1;
    }
    let (id, count) = counts.into_iter().max_by_key(|(_, count)| *count).unwrap();
    let incident = stage.client.incident(id).await.unwrap();
    assert_eq!(incident.alerts.as_ref().map(Vec::len), Some(count));
    let failing = answer(500, &[], "");
    stage.script().next(Endpoint::GraphIncidents, failing);
    let bare = stage.client.incident(id).await.unwrap();
    assert_eq!((bare.name, bare.alerts), (incident.name, None));
    let nowhere = stage.client.incident("nope").await.unwrap_err();
    assert!(matches!(nowhere, ServiceError::NotFound(_)), "{nowhere:?}");
    let missing = AlertId::new("nope").unwrap();
    let missing = stage.client.get_alert(&missing).await.unwrap_err();
    assert!(matches!(missing, ServiceError::NotFound(_)), "{missing:?}");
}
