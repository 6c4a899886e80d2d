//! `vigie watch`: each new or changed alert once, from a place that can be kept.

use std::collections::HashSet;
use std::fs;
use std::time::Duration;

use serde_json::Value;
use serde_json::json;
use vigie::sim::Endpoint;
use vigie::sim::Fault;
use vigie::sim::Options;

use crate::both::Service;
use crate::both::on_both;
use crate::program::Running;
use crate::program::Tenant;
use crate::program::told;

on_both! {
    only_what_changes_from_now_on_is_printed_and_once,
    a_filter_is_asked_of_each_change,
    what_is_late_is_told_by_the_waits_of_the_profile,
    what_shows_up_late_is_printed_and_what_was_there_before_is_not,
    since_starts_in_the_past_oldest_change_first,
    a_kept_place_loses_nothing_and_repeats_nothing,
    bad_weather_is_outlasted,
}

fn id(alert: &Value) -> String {
    alert["id"].as_str().unwrap().to_owned()
}

/// Asks it to end, which it does with nothing more to say.
fn end(watch: Running) {
    let ended = watch.terminate();
    assert_eq!(ended.status, Some(0), "{}", ended.err);
    assert_eq!((ended.out.as_str(), ended.err.as_str()), ("", ""));
}

fn only_what_changes_from_now_on_is_printed_and_once(service: &'static Service) {
    let tenant = Tenant::of_alerts(service, 20).with_all_products();
    let mut watch = Running::start(&mut tenant.vigie(&["watch", "--poll", "1s"]));
    watch.polls(&tenant, 1);
    let new = tenant.script().arrive();
    let printed = watch.json();
    assert_eq!(id(&printed), new);
    // A poll that finds nothing but what it found before prints nothing.
    watch.polls(&tenant, 2);
    tenant
        .script()
        .change(&new, service.patch(json!({"status": "Resolved"})));
    let changed = watch.json();
    assert_eq!(
        (id(&changed), &changed["status"]),
        (new, &json!(service.api.word("Resolved")))
    );
    end(watch);
}

fn a_filter_is_asked_of_each_change(service: &'static Service) {
    let tenant = Tenant::of_alerts(service, 20).with_all_products();
    let arguments = [
        "watch",
        "--poll",
        "1s",
        "--filter",
        "status:resolved !own:nobody",
    ];
    let mut watch = Running::start(&mut tenant.vigie(&arguments));
    watch.polls(&tenant, 1);
    let (first, second) = (tenant.script().arrive(), tenant.script().arrive());
    watch.polls(&tenant, 2);
    tenant
        .script()
        .change(&first, service.patch(json!({"status": "InProgress"})));
    tenant
        .script()
        .change(&second, service.patch(json!({"status": "Resolved"})));
    let changed = watch.json();
    assert_eq!(
        (id(&changed), &changed["status"]),
        (second, &json!(service.api.word("Resolved")))
    );
    end(watch);
}

fn what_is_late_is_told_by_the_waits_of_the_profile(service: &'static Service) {
    let of = |id: &str, severity: &str| {
        service.body(json!({
            "id": id, "severity": severity, "status": "New",
            "alertCreationTime": "2020-01-01T00:00:00Z", "lastUpdateTime": "2020-01-01T00:00:00Z",
        }))
    };
    let tenant = Tenant::of_bodies(service, vec![of("da1", "High"), of("da2", "Medium")]);
    let late = ["--filter", "is:late", "--since", "7300d"];
    let list = [["alerts", "list", "-o", "ndjson"].as_slice(), &late].concat();
    assert_eq!(tenant.run(&list).data().lines().count(), 2);
    let mut patient = tenant.vigie(&list);
    let listed = told(patient.env("VIGIE_LATE_HIGH", "36500d")).data();
    assert_eq!(listed.lines().count(), 1, "{listed}");
    assert!(listed.contains("da2"), "{listed}");
    let mut watch = tenant.vigie(&[["watch"].as_slice(), &late].concat());
    let mut watch = Running::start(watch.env("VIGIE_LATE_HIGH", "36500d"));
    assert_eq!(id(&watch.json()), "da2");
    end(watch);
}

/// The service shows some alerts a while after the time of change they tell.
fn what_shows_up_late_is_printed_and_what_was_there_before_is_not(service: &'static Service) {
    let changed = |id: &str, seconds: i64| {
        let updated = jiff::Timestamp::now() - jiff::SignedDuration::from_secs(seconds);
        service.body(json!({"id": id, "lastUpdateTime": updated.to_string()}))
    };
    let old = changed("old", 30);
    let tenant = Tenant::of_bodies(service, vec![old.clone()]);
    let mut watch = Running::start(&mut tenant.vigie(&["watch", "--poll", "1s"]));
    watch.polls(&tenant, 1);
    tenant
        .script()
        .set_population(vec![changed("late", 60), old]);
    assert_eq!(id(&watch.json()), "late");
    watch.polls(&tenant, 1);
    end(watch);
}

fn since_starts_in_the_past_oldest_change_first(service: &'static Service) {
    let tenant = Tenant::of_alerts(service, 20).with_all_products();
    let all = tenant.listed();
    let arguments = ["watch", "--poll", "1s", "--since", "3650d"];
    let mut watch = Running::start(&mut tenant.vigie(&arguments));
    let printed: Vec<Value> = (0..all).map(|_| watch.json()).collect();
    let ids: HashSet<String> = printed.iter().map(id).collect();
    assert_eq!(ids.len(), all);
    let times: Vec<jiff::Timestamp> = printed
        .iter()
        .map(|alert| alert[service.updated].as_str().unwrap().parse().unwrap())
        .collect();
    assert!(times.is_sorted(), "{times:?}");
    watch.polls(&tenant, 1);
    let new = tenant.script().arrive();
    assert_eq!(id(&watch.json()), new, "something was printed twice");
    end(watch);
}

fn a_kept_place_loses_nothing_and_repeats_nothing(service: &'static Service) {
    let tenant = Tenant::of_alerts(service, 5).with_all_products();
    let place = tenant.home.path("place");
    let name = place.display().to_string();
    let resumed = ["watch", "--poll", "1s", "--cursor", &name];
    let first = [&resumed[..], &["--since", "3650d"]].concat();

    let mut watch = Running::start(&mut tenant.vigie(&first));
    let mut printed: Vec<String> = (0..tenant.listed()).map(|_| id(&watch.json())).collect();
    end(watch);
    // While nobody watches: two new ones, and a change of an old one.
    let mut missed = vec![tenant.script().arrive(), tenant.script().arrive()];
    tenant
        .script()
        .change(&printed[0], service.patch(json!({"status": "Resolved"})));
    missed.push(printed[0].clone());

    let mut watch = Running::start(&mut tenant.vigie(&resumed));
    let mut seen: Vec<String> = (0..3).map(|_| id(&watch.json())).collect();
    seen.sort();
    missed.sort();
    assert_eq!(seen, missed);
    printed.extend(seen);
    end(watch);

    // Nothing happened: the next thing printed is the next thing that happens.
    let mut watch = Running::start(&mut tenant.vigie(&resumed));
    watch.polls(&tenant, 2);
    let new = tenant.script().arrive();
    assert_eq!(id(&watch.json()), new);
    end(watch);
    let kept: Value = serde_json::from_slice(&fs::read(&place).unwrap()).unwrap();
    assert!(kept.is_object());
}

#[test]
fn a_long_watch_renews_its_token_before_it_is_refused() {
    let tenant = Tenant::with(Options {
        alerts: 1,
        arrivals: None,
        token_life: Duration::from_secs(3),
        ..Options::default()
    });
    let mut watch = Running::start(&mut tenant.vigie(&["watch", "--poll", "1s"]));
    watch.polls(&tenant, 5);
    end(watch);
    let calls = tenant.calls();
    let tokens = calls.iter().filter(|call| **call == "token").count();
    assert!(tokens > 1, "{calls:?}");
}

#[test]
fn a_reader_that_leaves_ends_the_watch_quietly() {
    let tenant = Tenant::with_alerts(1);
    let mut watch = Running::start(&mut tenant.vigie(&["watch", "--poll", "1s"]));
    watch.polls(&tenant, 1);
    tenant.script().arrive();
    assert_eq!(watch.leave(), (Some(0), String::new()));
}

#[test]
fn a_place_that_cannot_be_read_is_wrong_usage() {
    let tenant = Tenant::with_alerts(1);
    let place = tenant.home.path("place");
    fs::write(&place, "hello").unwrap();
    let name = place.display().to_string();
    let lines = tenant.run(&["watch", "--cursor", &name]).failure(2);
    assert!(lines[0].starts_with("error: the cursor file"), "{lines:?}");
    assert!(lines[1].starts_with("help: "), "{lines:?}");
    assert_eq!(fs::read_to_string(&place).unwrap(), "hello");
}

fn bad_weather_is_outlasted(service: &'static Service) {
    let tenant = Tenant::of_alerts(service, 3).with_all_products();
    let all = tenant.listed();
    let before = tenant.calls().len();
    let busy = Fault::Status {
        code: 503,
        headers: vec![("retry-after".to_owned(), "0".to_owned())],
        body: String::new(),
    };
    let refused = Fault::Status {
        code: 401,
        headers: Vec::new(),
        body: String::new(),
    };
    // More than one request is tried, then a token that is refused.
    for _ in 0..6 {
        tenant.script().next(service.list, busy.clone());
    }
    tenant.script().next(service.list, refused);
    let arguments = ["watch", "--poll", "1s", "--since", "3650d"];
    let mut watch = Running::start(&mut tenant.vigie(&arguments));
    for _ in 0..all {
        watch.json();
    }
    let ended = watch.terminate();
    assert_eq!((ended.status, ended.out.as_str()), (Some(0), ""));
    assert!(ended.err.contains("failed (503)"), "{}", ended.err);
    let tokens = tenant.calls()[before..]
        .iter()
        .filter(|call| **call == "token")
        .count();
    assert_eq!(tokens, 2);
}

#[test]
fn a_command_that_asked_a_person_can_still_be_ended() {
    let tenant = Tenant::with_alerts(1);
    tenant.script().always(Endpoint::Alerts, Some(Fault::Hang));
    let mut command = tenant.vigie(&["alerts", "list", "--auth", "device-code"]);
    let running = Running::start(&mut command);
    while tenant.requests().is_empty() {
        std::thread::yield_now();
    }
    tenant.script().approve_device_codes();
    while !tenant.calls().contains(&"list") {
        std::thread::yield_now();
    }
    let told = running.terminate();
    assert_eq!(told.status, Some(1), "{}", told.err);
    assert!(
        told.err.ends_with("error: ended by a signal\n"),
        "{}",
        told.err
    );
}
