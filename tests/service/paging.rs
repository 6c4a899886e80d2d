//! How a list is asked for and goes on, page after page.

use std::collections::HashSet;

use serde_json::Value;
use vigie::domain::alert::Alert;
use vigie::domain::query::AlertQuery;
use vigie::sim::Endpoint;
use vigie::sim::Fault;

use crate::stage::Stage;
use crate::stage::decoded;
use crate::stage::field;

/// The list from `query` on to its end, page by page, as the program follows it.
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
        .filter(|request| request.path == "/api/alerts")
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

#[tokio::test]
async fn the_newest_alert_comes_first() {
    let stage = Stage::signed_in().await;
    let alerts = whole_list(&stage, AlertQuery::everything(7)).await;
    assert!(alerts.is_sorted_by(|one, next| one.created >= next.created));
}

#[tokio::test]
async fn a_poll_for_changes_names_the_time_at_full_precision() {
    let stage = Stage::signed_in().await;
    let all = whole_list(&stage, AlertQuery::everything(100)).await;
    let mut times: Vec<_> = all.iter().filter_map(|alert| alert.updated).collect();
    times.sort_unstable();
    let since = times[20];
    let changed = whole_list(&stage, AlertQuery::changes(since, 100)).await;
    let expected = times.iter().filter(|time| **time >= since).count();
    assert_eq!(changed.len(), expected);
    assert!(changed.is_sorted_by(|one, next| one.updated >= next.updated));
    let query = queries(&stage).pop().unwrap();
    assert_eq!(
        field(&query, "$filter"),
        format!("lastUpdateTime ge {since}")
    );
}

#[tokio::test]
async fn an_item_that_cannot_be_read_is_counted_and_the_rest_of_its_page_lives() {
    let stage = Stage::signed_in().await;
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

#[tokio::test]
async fn numbers_written_as_strings_lose_no_alert() {
    let stage = Stage::signed_in().await;
    let page = stage.list_spoiled(Fault::StringNumbers).await.unwrap();
    assert_eq!((page.alerts.len(), page.unreadable.len()), (10, 0));
}

#[tokio::test]
async fn the_services_time_comes_with_each_page() {
    let stage = Stage::signed_in().await;
    let page = stage.list_spoiled(Fault::Skew(90)).await.unwrap();
    assert_eq!(page.date.unwrap().to_string(), "2026-11-22T14:01:30Z");
}

#[tokio::test]
async fn compressed_answers_are_asked_for_and_read() {
    let stage = Stage::signed_in().await;
    let page = stage.client.list_alerts(&AlertQuery::everything(30)).await;
    assert_eq!(page.unwrap().alerts.len(), 30);
    let request = stage.requests().pop().unwrap();
    // The simulator compresses every answer to whoever says this.
    assert_eq!(request.header("accept-encoding"), Some("gzip"));
    assert_eq!(request.header("accept"), Some("application/json"));
}

#[tokio::test]
async fn every_published_alert_is_read_and_kept_byte_for_byte() {
    let lists = [
        include_str!("../samples/alerts-list-default.json"),
        include_str!("../samples/alerts-list-two.json"),
        include_str!("../samples/alerts-list-expand-evidence.json"),
        include_str!("../samples/alerts-list-empty.json"),
    ];
    let single = include_str!("../samples/alert-single.json").trim_end();
    for list in lists {
        let list: Value = serde_json::from_str(list).unwrap();
        let items = list["value"].as_array().unwrap();
        let mut bodies: Vec<String> = items.iter().map(Value::to_string).collect();
        bodies.push(single.to_owned());
        let bodies: Vec<&str> = bodies.iter().map(String::as_str).collect();
        let stage = Stage::with_bodies(&bodies).await;
        stage.client.renew().await.unwrap();
        let page = stage
            .client
            .list_alerts(&AlertQuery::everything(10).unordered())
            .await
            .unwrap();
        assert_eq!(page.unreadable.len(), 0);
        let kept: Vec<String> = page
            .alerts
            .iter()
            .map(|alert| alert.body.unpack())
            .collect();
        assert_eq!(kept, bodies);
    }
}
