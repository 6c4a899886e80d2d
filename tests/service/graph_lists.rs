//! Lists of Microsoft Graph, whose pages go no further than a `$skip` of 500.

use std::collections::HashSet;

use jiff::SignedDuration;
use jiff::Timestamp;
use serde_json::json;
use vigie::domain::alert::Alert;
use vigie::domain::alert::AlertId;
use vigie::domain::alert::Severity;
use vigie::domain::alert::Status;
use vigie::domain::query::AlertQuery;
use vigie::service::Limits;
use vigie::service::ServiceError;
use vigie::sim::Endpoint;
use vigie::sim::Fault;

use crate::stage::RESOURCE;
use crate::stage::Stage;
use crate::stage::answer;
use crate::stage::client_for;
use crate::stage::decoded;
use crate::stage::verbatim;

pub(crate) const GRAPH: &str = "https://graph.microsoft.com";

impl Stage {
    /// The same with a client of Graph, for all products.
    pub(crate) async fn on_graph(mut self) -> Self {
        self.client = self.graph_client(GRAPH);
        self.client.renew().await.unwrap();
        self
    }

    fn graph_client(&self, resource: &str) -> vigie::service::Client {
        let limits = Limits::default();
        client_for(&self.account(), resource, &self.clock, limits).on_graph(Vec::new())
    }
}

fn body(number: usize, time: Timestamp) -> String {
    json!({"id": format!("g-{number}"), "status": "new", "severity": "low",
        "serviceSource": "microsoftDefenderForEndpoint", "evidence": [], "comments": [],
        "createdDateTime": time, "lastUpdateDateTime": time})
    .to_string()
}

/// Alerts of these moments, newest first, and somebody signed in.
async fn tenant(times: impl Iterator<Item = Timestamp>) -> Stage {
    let bodies: Vec<String> = times
        .enumerate()
        .map(|(number, time)| body(number, time))
        .collect();
    Stage::with(verbatim(bodies)).await.on_graph().await
}

/// So many ticks of 100 ns before a moment of the past.
fn ticks_ago(count: usize) -> Timestamp {
    let newest: Timestamp = "2026-11-22T13:00:00Z".parse().unwrap();
    newest - SignedDuration::from_nanos(100 * i64::try_from(count).unwrap())
}

/// The list from `query` on to its end, page by page, as the program follows it.
async fn whole_list(stage: &Stage, query: AlertQuery) -> Vec<Alert> {
    let mut alerts = Vec::new();
    let mut next = Some(query.within(stage.client.reach()));
    while let Some(query) = next {
        let page = stage.client.list_alerts(&query).await.unwrap();
        next = query.after(&page, query.top);
        alerts.extend(page.alerts);
    }
    alerts
}

fn distinct(alerts: &[Alert]) -> usize {
    let ids: HashSet<&str> = alerts.iter().map(|alert| alert.id.as_str()).collect();
    ids.len()
}

/// The depth of each page that was asked for.
fn skips(stage: &Stage) -> Vec<usize> {
    let requests = stage.requests().into_iter();
    requests
        .filter(|request| request.path == "/v1.0/security/alerts_v2")
        .map(|request| {
            let options = decoded(&request.query);
            let skip = options.iter().find(|(name, _)| name == "$skip");
            skip.map_or(0, |(_, value)| value.parse().unwrap())
        })
        .collect()
}

#[tokio::test]
async fn a_list_longer_than_the_deepest_skip_is_read_to_its_end() {
    let stage = tenant((0..4_300).map(ticks_ago)).await;
    for query in [
        AlertQuery::everything(100),
        AlertQuery::everything(10_000),
        AlertQuery::changes(ticks_ago(4_299), 10_000),
    ] {
        let alerts = whole_list(&stage, query.clone()).await;
        assert_eq!(distinct(&alerts), 4_300, "{query:?}");
    }
    assert!(skips(&stage).iter().all(|skip| *skip <= 500));
}

#[tokio::test]
async fn alerts_of_one_tick_are_all_found_across_pages() {
    // A page ends within them, wherever the pages are cut.
    let times = (0..700).map(|number| ticks_ago(number.clamp(150, 400)));
    let stage = tenant(times).await;
    for top in [100, 300, 1_000] {
        let alerts = whole_list(&stage, AlertQuery::everything(top)).await;
        assert_eq!(distinct(&alerts), 700, "{top}");
    }
    let same = tenant((0..1_400).map(|_| ticks_ago(0))).await;
    let alerts = whole_list(&same, AlertQuery::everything(1_000)).await;
    assert_eq!(distinct(&alerts), 1_400);
    assert!(skips(&same).iter().all(|skip| *skip <= 500));
}

#[tokio::test]
async fn more_alerts_of_one_tick_than_can_be_reached_end_no_list() {
    let before = (0..10).map(ticks_ago);
    let heap = (0..1_800).map(|_| ticks_ago(20));
    let after = (30..40).map(ticks_ago);
    let stage = tenant(before.chain(heap).chain(after)).await;
    let alerts = whole_list(&stage, AlertQuery::everything(1_000)).await;
    // A page and the deepest skip hold 1,500 of them.
    assert_eq!(distinct(&alerts), 10 + 1_500 + 10);
}

#[tokio::test]
async fn a_link_of_the_service_is_not_needed_and_one_elsewhere_not_followed() {
    let stage = tenant((0..250).map(ticks_ago)).await;
    let script = stage.script();
    let elsewhere = Fault::ForeignNextLink("https://evil.example/v1.0/x".to_owned());
    script.next(Endpoint::GraphAlerts, elsewhere);
    let first = AlertQuery::everything(100).within(stage.client.reach());
    let page = stage.client.list_alerts(&first).await.unwrap();
    assert_eq!(page.refused_link.as_deref(), Some("evil.example"));
    script.always(Endpoint::GraphAlerts, Some(Fault::NoNextLink));
    let alerts = whole_list(&stage, AlertQuery::everything(100)).await;
    assert_eq!(distinct(&alerts), 250);
}

#[tokio::test]
async fn what_a_product_did_not_answer_is_told_and_the_rest_is_there() {
    let stage = Stage::with_alerts(60).await.on_graph().await;
    let product = "microsoftDefenderForEndpoint";
    let partial = Fault::Partial(product.to_owned());
    stage.script().next(Endpoint::GraphAlerts, partial);
    let query = AlertQuery::everything(1_000).within(stage.client.reach());
    let page = stage.client.list_alerts(&query).await.unwrap();
    let warnings: Vec<&str> = page.warnings.iter().map(|one| one.original()).collect();
    assert_eq!(warnings.len(), 1);
    assert!(warnings[0].contains(product), "{warnings:?}");
    assert!(!page.alerts.is_empty());
    assert!(
        page.alerts
            .iter()
            .all(|alert| alert.product.original() != product)
    );
    let whole = stage.client.list_alerts(&query).await.unwrap();
    assert_eq!((whole.alerts.len(), whole.warnings.len()), (65, 0));
}

#[tokio::test]
async fn the_wait_that_graph_asks_for_is_passed_on() {
    let stage = tenant((0..3).map(ticks_ago)).await;
    let query = AlertQuery::everything(1).within(stage.client.reach());
    for _ in 0..150 {
        stage.client.list_alerts(&query).await.unwrap();
    }
    let throttled = stage.client.list_alerts(&query).await.unwrap_err();
    let ServiceError::Throttled { retry_after } = throttled else {
        panic!("{throttled:?}");
    };
    assert_eq!(retry_after, Some(SignedDuration::from_mins(1)));
}

#[tokio::test]
async fn refusals_of_graph_say_what_is_missing() {
    let stage = Stage::with_alerts(3).await;
    stage
        .script()
        .grant_on_graph(&["SecurityIncident.Read.All"]);
    let stage = stage.on_graph().await;
    let query = AlertQuery::everything(10).within(stage.client.reach());
    let refused = stage.client.list_alerts(&query).await.unwrap_err();
    let ServiceError::Forbidden(words) = &refused else {
        panic!("{refused:?}");
    };
    assert!(words.contains("SecurityAlert.Read.All"), "{words}");
    let wrong = stage.graph_client(RESOURCE);
    wrong.renew().await.unwrap();
    let refused = wrong.list_alerts(&query).await.unwrap_err();
    assert!(
        matches!(refused, ServiceError::Unauthorized(_)),
        "{refused:?}"
    );
    for (body, words) in [
        (r#"{"error":{"code":"UnknownError","message":""}}"#, "400"),
        ("", "400"),
        ("<html>", "400"),
    ] {
        let bad = answer(400, &[], body);
        stage.script().next(Endpoint::GraphAlerts, bad);
        let refused = stage.client.list_alerts(&query).await.unwrap_err();
        assert!(refused.to_string().contains(words), "{refused}");
    }
}

#[tokio::test]
async fn younger_members_are_asked_for_by_name() {
    let stage = Stage::with_alerts(300).await.on_graph().await;
    let alerts = whole_list(&stage, AlertQuery::everything(1_000)).await;
    let products: HashSet<&str> = alerts
        .iter()
        .map(|alert| alert.product.original())
        .collect();
    for product in ["microsoftSentinel", "microsoftDefenderForCloud"] {
        assert!(products.contains(product), "{products:?}");
    }
    assert!(!products.contains("unknownFutureValue"));
    let last = stage.requests().pop().unwrap();
    assert_eq!(last.header("prefer"), Some("include-unknown-enum-members"));
}

#[tokio::test]
async fn alerts_full_of_null_and_of_unknown_words_are_read() {
    let bodies = [
        r#"{"id":"n","status":null,"severity":null,"classification":null,"determination":null,"serviceSource":null,"detectionSource":null,"incidentId":null,"title":null,"description":null,"recommendedActions":null,"category":null,"assignedTo":null,"mitreTechniques":null,"createdDateTime":null,"lastUpdateDateTime":null,"comments":null,"evidence":null,"systemTags":null}"#,
        r##"{"id":"u","status":"unknownFutureValue","severity":"unknownFutureValue","classification":"unknownFutureValue","serviceSource":"unknownFutureValue","evidence":[null,7,{"@odata.type":"#microsoft.graph.security.unknownEvidence"},{"@odata.type":"#microsoft.graph.security.deviceEvidence","mdeDeviceId":null,"deviceDnsName":null}],"comments":[null]}"##,
        r#"{"id":"k","status":"INPROGRESS","severity":"High"}"#,
        r#"{"id":"","status":"new"}"#,
    ];
    let given = bodies.map(str::to_owned).to_vec();
    let stage = Stage::with(verbatim(given)).await.on_graph().await;
    let query = AlertQuery::everything(10).within(stage.client.reach());
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
    let stage = Stage::with_alerts(300).await.on_graph().await;
    let alerts = whole_list(&stage, AlertQuery::everything(1_000)).await;
    let mut counts: std::collections::HashMap<&str, usize> = std::collections::HashMap::new();
    for alert in &alerts {
        *counts.entry(alert.incident.original()).or_default() += 1;
    }
    let (id, count) = counts.into_iter().max_by_key(|(_, count)| *count).unwrap();
    let incident = stage.client.incident(id).await.unwrap();
    assert_eq!(incident.alerts.as_ref().map(Vec::len), Some(count));
    stage
        .script()
        .next(Endpoint::GraphIncidents, answer(500, &[], ""));
    let bare = stage.client.incident(id).await.unwrap();
    assert_eq!(bare.name, incident.name);
    let nowhere = stage.client.incident("nope").await.unwrap_err();
    assert!(matches!(nowhere, ServiceError::NotFound(_)), "{nowhere:?}");
    let missing = AlertId::new("nope").unwrap();
    let missing = stage.client.get_alert(&missing).await.unwrap_err();
    assert!(matches!(missing, ServiceError::NotFound(_)), "{missing:?}");
}
