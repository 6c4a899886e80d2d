//! Devices and their actions: read leniently, asked for once, found again.

use jiff::SignedDuration;
use std::time::Duration;
use vigie::domain::device::Acted;
use vigie::domain::device::ActionState;
use vigie::domain::device::Asked;
use vigie::domain::device::DeviceAction;
use vigie::domain::device::DeviceId;
use vigie::domain::device::Order;
use vigie::domain::failure::Failure;
use vigie::domain::failure::FailureKind;
use vigie::service::ServiceError;
use vigie::sim::Endpoint;
use vigie::sim::Fate;
use vigie::sim::Fault;

use crate::stage::Stage;
use crate::stage::answer;
use crate::stage::verbatim;

const DEVICE: &str = "00000000000000000000000000000000000000d1";

/// A tenant with one device of ours, everything granted, and nothing left to chance.
async fn stage() -> Stage {
    let stage = Stage::with(verbatim(Vec::new())).await;
    let script = stage.script();
    script.add_device(DEVICE, "fin-ws-001.contoso.example");
    script.end_actions(Fate::Succeeds);
    script.grant(&[
        "Alert.Read",
        "Machine.Read",
        "Machine.Isolate",
        "Machine.Scan",
        "Machine.RestrictExecution",
        "Machine.CollectForensics",
        "Machine.StopAndQuarantine",
        "User.Read.All",
    ]);
    stage.client.renew().await.unwrap();
    stage
}

fn device() -> DeviceId {
    DeviceId::new(DEVICE).unwrap()
}

fn asked(stage: &Stage, order: Order) -> Asked {
    Asked {
        device: device(),
        order,
        comment: "alert da1_-1 & co".to_owned(),
        at: (stage.now)().wall,
    }
}

fn begun(acted: Acted) -> DeviceAction {
    match acted {
        Acted::Begun(action) => *action,
        other => panic!("not begun: {other:?}"),
    }
}

fn refused(acted: Acted) -> Failure {
    match acted {
        Acted::Refused(failure) => failure,
        other => panic!("not refused: {other:?}"),
    }
}

/// How often an action was asked for.
fn posts(stage: &Stage) -> usize {
    let requests = stage.requests().into_iter();
    requests
        .filter(|request| request.method == "POST" && request.path.starts_with("/api/"))
        .count()
}

#[tokio::test]
async fn a_device_is_read_with_its_people_and_its_actions() {
    let stage = stage().await;
    let reading = stage.client.read_device(&device()).await;
    let found = reading.device.unwrap();
    assert_eq!(found.short_name(), "fin-ws-001");
    assert_eq!(found.health.original(), "Active");
    assert!(!reading.logons.unwrap().is_empty());
    assert_eq!(reading.actions.unwrap(), []);
    let alerts = stage.client.device_alerts(&device()).await.unwrap();
    assert_eq!(alerts.received(), 0);
    let by_name = stage.client.get_device("fin-ws-001.contoso.example").await;
    assert_eq!(by_name.unwrap().id, device());
    let missing = stage.client.get_device("nobody").await.unwrap_err();
    assert_eq!(Failure::from(missing).kind, FailureKind::NotFound);
}

#[tokio::test]
async fn a_list_that_is_not_found_is_empty_and_a_device_is_unknown() {
    let stage = stage().await;
    let none = answer(
        404,
        &[],
        r#"{"error":{"code":"ResourceNotFound","message":"x"}}"#,
    );
    stage.script().always(Endpoint::Machine, Some(none));
    let reading = stage.client.read_device(&device()).await;
    assert_eq!(reading.actions.unwrap(), []);
    assert_eq!(reading.logons.unwrap(), []);
    let failure = reading.device.unwrap_err();
    assert_eq!(
        (failure.kind, failure.sentence.as_str()),
        (
            FailureKind::NotFound,
            "there is no such device, or your role does not see it"
        )
    );
    let alerts = stage.client.device_alerts(&device()).await.unwrap();
    assert_eq!(alerts.received(), 0);
    let lost = asked(&stage, Order::Collect);
    assert_eq!(stage.client.find_action(&lost).await.unwrap(), None);
    // What is refused is not empty.
    let refused = answer(403, &[], "");
    stage.script().always(Endpoint::Machine, Some(refused));
    assert!(stage.client.device_actions(&device()).await.is_err());
}

#[tokio::test]
async fn every_order_is_asked_for_followed_and_found_in_the_list() {
    let orders = [
        (Order::IsolateFully, "full isolation"),
        (Order::Release, "release"),
        (Order::IsolateSelectively, "selective isolation"),
        (Order::ScanQuickly, "quick scan"),
        (Order::ScanFully, "full scan"),
        (Order::Restrict, "restriction"),
        (Order::Unrestrict, "lifting the restriction"),
        (Order::Collect, "package"),
        (Order::quarantine(&"ab".repeat(20)).unwrap(), "quarantine"),
    ];
    let stage = stage().await;
    for (order, says) in orders {
        let asked = asked(&stage, order);
        let action = begun(stage.client.act(&asked).await);
        assert_eq!(
            (action.says().as_str(), action.state),
            (says, ActionState::Pending)
        );
        let early = stage.client.get_action(&action.id).await.unwrap_err();
        assert_eq!(
            Failure::from(early).kind,
            FailureKind::NotFound,
            "not known yet"
        );
        stage.clock.advance(Duration::from_secs(60));
        let over = stage.client.get_action(&action.id).await.unwrap();
        assert_eq!(over.state, ActionState::Succeeded);
        let found = stage.client.find_action(&asked).await.unwrap().unwrap();
        assert_eq!(found.id, action.id);
        assert_eq!(found.device, Some(device()));
    }
}

#[tokio::test]
async fn the_link_to_a_package_has_no_quotation_marks() {
    let stage = stage().await;
    let action = begun(stage.client.act(&asked(&stage, Order::Collect)).await);
    stage.clock.advance(Duration::from_secs(10));
    let early = stage.client.package_link(&action.id).await.unwrap_err();
    assert_eq!(Failure::from(early).kind, FailureKind::NotFound);
    stage.clock.advance(Duration::from_secs(60));
    let link = stage.client.package_link(&action.id).await.unwrap();
    assert!(link.expose().starts_with("https://"));
    // Whatever else answers, its words are not a link and are not repeated.
    let fault = answer(200, &[], r#"{"value":"javascript:alert(1)"}"#);
    stage.script().next(Endpoint::Acts, fault);
    let error = stage.client.package_link(&action.id).await.unwrap_err();
    assert!(!error.to_string().contains("javascript"), "{error}");
}

#[tokio::test]
async fn what_the_service_refuses_is_told_in_plain_words() {
    let stage = stage().await;
    let script = stage.script();
    script.change_device(DEVICE, serde_json::json!({"osPlatform": "Ubuntu"}));
    let failure = refused(stage.client.act(&asked(&stage, Order::ScanFully)).await);
    assert_eq!(
        failure.sentence,
        "the platform of the device does not do that"
    );
    assert!(failure.request.is_some());
    begun(stage.client.act(&asked(&stage, Order::IsolateFully)).await);
    let again = stage.client.act(&asked(&stage, Order::Release)).await;
    assert!(
        matches!(&again, Acted::RunsAlready(failure) if failure.sentence.contains("runs on the device already")),
        "{again:?}"
    );
    script.grant(&["Machine.Read"]);
    stage.client.renew().await.unwrap();
    let failure = refused(stage.client.act(&asked(&stage, Order::Collect)).await);
    assert_eq!(failure.kind, FailureKind::Forbidden);
    assert!(
        failure
            .remedy
            .unwrap()
            .contains("the token lacks `Machine.CollectForensics`")
    );
}

#[tokio::test]
async fn an_order_is_sent_once_whatever_becomes_of_the_answer() {
    let away = || answer(503, &[], "");
    let faults = [
        (Fault::Reset, 0),
        (away(), 0),
        (Fault::DoneBut(Box::new(Fault::Reset)), 1),
        (Fault::DoneBut(Box::new(away())), 1),
        (Fault::Truncate, 1),
        (Fault::Garbage, 1),
        (Fault::Empty, 1),
        (Fault::Html, 1),
    ];
    for (fault, made) in faults {
        let stage = stage().await;
        stage.script().next(Endpoint::Act, fault.clone());
        let asked = asked(&stage, Order::IsolateFully);
        let acted = stage.client.act(&asked).await;
        assert!(matches!(acted, Acted::Unknown(_)), "{fault:?}: {acted:?}");
        assert_eq!(posts(&stage), 1, "{fault:?}");
        stage.clock.advance(Duration::from_secs(5));
        let found = stage.client.find_action(&asked).await.unwrap();
        assert_eq!(usize::from(found.is_some()), made, "{fault:?}");
    }
}

#[tokio::test]
async fn an_answer_that_refuses_leaves_no_doubt() {
    for (status, kind) in [
        (401, FailureKind::Unauthorized),
        (404, FailureKind::NotFound),
        (429, FailureKind::Throttled),
        (302, FailureKind::ForeignLink),
    ] {
        let stage = stage().await;
        let fault = answer(status, &[("location", "https://evil.example/")], "");
        stage.script().next(Endpoint::Act, fault);
        let failure = refused(stage.client.act(&asked(&stage, Order::Release)).await);
        assert_eq!(failure.kind, kind, "{status}");
        assert_eq!(posts(&stage), 1);
    }
}

#[tokio::test]
async fn an_earlier_action_is_not_taken_for_this_one() {
    let stage = stage().await;
    begun(stage.client.act(&asked(&stage, Order::ScanQuickly)).await);
    stage.clock.advance(Duration::from_secs(3_000));
    let later = asked(&stage, Order::ScanQuickly);
    assert_eq!(stage.client.find_action(&later).await.unwrap(), None);
}

#[tokio::test]
async fn on_a_machine_with_a_wrong_clock_an_action_is_found_all_the_same() {
    let stage = stage().await;
    let client = stage.client_off_by(stage.password(), SignedDuration::from_hours(5));
    client.renew().await.unwrap();
    // An answer tells how late it is there.
    client.get_device(DEVICE).await.unwrap();
    let asked = Asked {
        at: (stage.now)().wall + SignedDuration::from_hours(5),
        ..asked(&stage, Order::Collect)
    };
    let fault = Fault::DoneBut(Box::new(Fault::Reset));
    stage.script().next(Endpoint::Act, fault);
    assert!(matches!(client.act(&asked).await, Acted::Unknown(_)));
    stage.clock.advance(Duration::from_secs(5));
    assert!(client.find_action(&asked).await.unwrap().is_some());
}

#[tokio::test]
async fn no_id_leaves_its_place_in_a_path() {
    let stage = stage().await;
    for id in ["../alerts", "a/b?c#d", "%2e%2e"] {
        let error = stage.client.get_device(id).await.unwrap_err();
        assert_eq!(Failure::from(error).kind, FailureKind::NotFound, "{id}");
    }
    for id in ["", ".", ".."] {
        let error = stage.client.get_device(id).await.unwrap_err();
        assert!(matches!(error, ServiceError::Misconfigured { .. }), "{id}");
    }
    let hostile = DeviceId::new("x' or machineId ne '").unwrap();
    let actions = stage.client.device_actions(&hostile).await.unwrap();
    assert_eq!(actions, []);
    let paths: Vec<String> = stage.requests().into_iter().map(|one| one.path).collect();
    assert!(paths.iter().all(|path| path != "/api/alerts"), "{paths:?}");
}
