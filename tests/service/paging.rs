//! How a list is asked for and goes on, page after page.

use std::collections::HashSet;

use serde_json::Value;
use serde_json::json;
use vigie::domain::alert::Alert;
use vigie::domain::query::AlertQuery;
use vigie::domain::token::Api;
use vigie::sim::Endpoint;
use vigie::sim::Fault;

use crate::both::GRAPH;
use crate::both::Service;
use crate::both::on_both;
use crate::stage::Stage;
use crate::stage::decoded;
use crate::stage::field;
use crate::stage::still;
use crate::stage::verbatim;

on_both! {
    async
    the_newest_alert_comes_first,
    a_poll_for_changes_names_the_time_at_full_precision,
    an_item_that_cannot_be_read_is_counted_and_the_rest_of_its_page_lives,
    numbers_written_as_strings_lose_no_alert,
    the_services_time_comes_with_each_page,
    compressed_answers_are_asked_for_and_read,
    every_published_alert_is_read_and_kept_byte_for_byte,
}

/// The list from `query` on to its end, page by page, as the program follows it. Where a
/// list goes on by time, an alert may come twice.
async fn whole_list(stage: &Stage, query: AlertQuery) -> Vec<Alert> {
    let mut alerts = Vec::new();
    let mut next = Some(query);
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

/// The decoded query of each request for a list.
fn queries(stage: &Stage) -> Vec<Vec<(String, String)>> {
    let requests = stage.requests().into_iter();
    requests
        .filter(|request| request.path == stage.service.alerts)
        .map(|request| decoded(&request.query))
        .collect()
}

#[tokio::test]
async fn a_full_page_without_a_link_goes_on_by_skipping() {
    let stage = Stage::signed_in().await;
    stage
        .script()
        .always(Endpoint::Alerts, Some(Fault::NoNextLink));
    let alerts = whole_list(&stage, AlertQuery::everything(10)).await;
    assert_eq!((alerts.len(), distinct(&alerts)), (30, 30));
    let queries = queries(&stage);
    // The third page is full too, so a fourth is asked for and is empty.
    assert_eq!(queries.len(), 4);
    for (query, skip) in queries[1..].iter().zip(["10", "20", "30"]) {
        assert_eq!(field(query, "$skip"), skip);
        assert_eq!(field(query, "$top"), "10");
    }
    assert!(queries[0].iter().all(|(name, _)| name != "$skip"));
}

#[tokio::test]
async fn a_link_of_the_service_itself_is_followed_as_it_is() {
    let stage = Stage::signed_in().await;
    stage
        .script()
        .always(Endpoint::Alerts, Some(Fault::NextLink));
    let query = AlertQuery::everything(12);
    let first = stage.client.list_alerts(&query).await.unwrap();
    let link = first.next_link.clone().unwrap();
    assert_eq!(first.refused_link, None);
    let alerts = whole_list(&stage, query).await;
    assert_eq!((alerts.len(), distinct(&alerts)), (30, 30));
    let followed = &stage.requests()[3];
    let api = stage.account().api;
    assert_eq!(format!("{api}{}?{}", followed.path, followed.query), link);
}

async fn the_newest_alert_comes_first(service: &'static Service) {
    let stage = Stage::signed_in_to(service).await;
    let alerts = whole_list(&stage, stage.everything(7)).await;
    assert!(alerts.is_sorted_by(|one, next| one.created >= next.created));
}

async fn a_poll_for_changes_names_the_time_at_full_precision(service: &'static Service) {
    let stage = Stage::signed_in_to(service).await;
    let all = whole_list(&stage, stage.everything(100)).await;
    let mut times: Vec<_> = all.iter().filter_map(|alert| alert.updated).collect();
    times.sort_unstable();
    let since = times[20];
    let query = AlertQuery::changes(since, 100).within(stage.client.reach());
    let changed = whole_list(&stage, query).await;
    let expected = times.iter().filter(|time| **time >= since).count();
    assert_eq!(distinct(&changed), expected);
    assert!(changed.is_sorted_by(|one, next| one.updated >= next.updated));
    let query = queries(&stage).pop().unwrap();
    let asked = field(&query, "$filter");
    let wanted = format!("{} ge {since}", service.updated);
    assert_eq!(asked.split(" and ").last(), Some(wanted.as_str()));
}

async fn an_item_that_cannot_be_read_is_counted_and_the_rest_of_its_page_lives(
    service: &'static Service,
) {
    let stage = Stage::signed_in_to(service).await;
    for item in ["42", "null", r#"{"id":""}"#, r#"{"title":"no id"}"#, "[[]]"] {
        let bad = Fault::BadItem(item.to_owned());
        let page = stage.list_spoiled(bad).await.unwrap();
        assert_eq!(
            (page.alerts.len(), page.unreadable.len()),
            (10, 1),
            "{item}"
        );
        assert_eq!(page.received(), 11);
    }
}

async fn numbers_written_as_strings_lose_no_alert(service: &'static Service) {
    let stage = Stage::signed_in_to(service).await;
    let page = stage.list_spoiled(Fault::StringNumbers).await.unwrap();
    assert_eq!((page.alerts.len(), page.unreadable.len()), (10, 0));
}

async fn the_services_time_comes_with_each_page(service: &'static Service) {
    let stage = Stage::signed_in_to(service).await;
    let page = stage.list_spoiled(Fault::Skew(90)).await.unwrap();
    assert_eq!(page.date.unwrap().to_string(), "2026-11-22T14:01:30Z");
}

async fn compressed_answers_are_asked_for_and_read(service: &'static Service) {
    let stage = Stage::signed_in_to(service).await;
    let page = stage.client.list_alerts(&stage.everything(20)).await;
    assert_eq!(page.unwrap().alerts.len(), 20);
    let request = stage.requests().pop().unwrap();
    // The simulator compresses every answer to whoever says this.
    assert_eq!(request.header("accept-encoding"), Some("gzip"));
    assert_eq!(request.header("accept"), Some("application/json"));
}

async fn every_published_alert_is_read_and_kept_byte_for_byte(service: &'static Service) {
    for bodies in published(service) {
        let stage = Stage::signed_in_with(service, verbatim(bodies.clone())).await;
        let query = stage.everything(10).unordered();
        let page = stage.client.list_alerts(&query).await.unwrap();
        assert_eq!(page.unreadable.len(), 0);
        let kept: Vec<String> = page
            .alerts
            .iter()
            .map(|alert| alert.body.unpack())
            .collect();
        assert_eq!(kept, bodies);
    }
}

/// The alerts of Microsoft's own pages, a list each.
fn published(service: &Service) -> Vec<Vec<String>> {
    let items = |list: &str| -> Vec<String> {
        let list: Value = serde_json::from_str(list).unwrap();
        let items = list["value"].as_array().unwrap().iter();
        items.map(Value::to_string).collect()
    };
    match service.api {
        Api::Defender => {
            let single = include_str!("../samples/alert-single.json").trim_end();
            [
                include_str!("../samples/alerts-list-default.json"),
                include_str!("../samples/alerts-list-two.json"),
                include_str!("../samples/alerts-list-expand-evidence.json"),
                include_str!("../samples/alerts-list-empty.json"),
            ]
            .map(|list| [items(list), vec![single.to_owned()]].concat())
            .into()
        }
        Api::Graph => vec![items(include_str!("../samples/graph-alerts-v2-list.json"))],
    }
}

#[tokio::test]
async fn on_graph_a_list_goes_on_at_the_time_of_its_last_alert_however_deep() {
    let stage = Stage::signed_in_with(&GRAPH, still(1_400)).await;
    let alerts = whole_list(&stage, stage.everything(120)).await;
    let queries = queries(&stage);
    assert!(queries.len() > 8, "{}", queries.len());
    for query in &queries[1..] {
        assert!(field(query, "$filter").contains("createdDateTime le "));
        assert!(query.iter().all(|(name, _)| name != "$skip"), "{query:?}");
    }
    let whole = stage.everything(1_000);
    assert_eq!(
        distinct(&alerts),
        distinct(&whole_list(&stage, whole).await)
    );
}

#[tokio::test]
async fn on_graph_alerts_of_one_moment_are_skipped_through_and_told_where_that_ends() {
    for (alerts, found, is_all) in [(1_300, 1_301, true), (1_700, 1_501, false)] {
        let body = |number: usize| {
            let created = if number == 0 { "12:00:00" } else { "13:00:00" };
            json!({"id": format!("a-{number}"), "severity": "low", "status": "new",
                "serviceSource": "microsoftDefenderForEndpoint",
                "createdDateTime": format!("2026-11-22T{created}Z")})
            .to_string()
        };
        let bodies = (0..=alerts).map(body).collect();
        let stage = Stage::signed_in_with(&GRAPH, verbatim(bodies)).await;
        let mut passed_over = None;
        let mut alerts = Vec::new();
        let mut next = Some(stage.everything(1_000));
        while let Some(query) = next {
            passed_over = passed_over.or(query.passed_over);
            let page = stage.client.list_alerts(&query).await.unwrap();
            next = query.after(&page, query.top);
            alerts.extend(page.alerts);
        }
        assert_eq!((distinct(&alerts), passed_over.is_none()), (found, is_all));
        // The older one is found in either case.
        assert!(alerts.iter().any(|alert| alert.id.as_str() == "a-0"));
    }
}

#[tokio::test]
async fn on_graph_a_list_in_no_order_follows_the_links_of_the_service() {
    let stage = Stage::signed_in_to(&GRAPH).await;
    let alerts = whole_list(&stage, stage.everything(12).unordered()).await;
    assert_eq!(alerts.len(), distinct(&alerts));
    let queries = queries(&stage);
    let skips: Vec<String> = queries[1..]
        .iter()
        .map(|query| field(query, "$skip"))
        .collect();
    assert_eq!(skips, ["12", "24"]);
}
