//! `vigie devices`: a device, its actions, and orders from a script.

use serde_json::Value;
use serde_json::json;
use vigie::sim::Endpoint;
use vigie::sim::Fate;
use vigie::sim::Fault;

use crate::program::Tenant;
use crate::program::Told;

const DEVICE: &str = "00000000000000000000000000000000000000d1";
const WHY: [&str; 2] = ["--comment", "alert da1_-1"];

/// A tenant with one device of ours whose actions succeed at once.
fn tenant() -> Tenant {
    let tenant = Tenant::with_bodies(&[]);
    let script = tenant.script();
    script.add_device(DEVICE, "fin-ws-001.contoso.example");
    script.end_actions(Fate::Succeeds);
    script.hurry_actions();
    tenant
}

fn order(tenant: &Tenant, what: &str, more: &[&str]) -> Told {
    tenant.run(&[&["devices", what, DEVICE], &WHY[..], more].concat())
}

/// Bodies of all orders that were sent.
fn orders(tenant: &Tenant) -> Vec<Value> {
    let requests = tenant.requests().into_iter();
    requests
        .filter(|request| request.method == "POST" && request.path.starts_with("/api/"))
        .map(|request| serde_json::from_str(&request.body).unwrap())
        .collect()
}

#[test]
fn a_device_is_shown_for_people_and_as_the_service_has_it() {
    let tenant = tenant();
    let page = tenant.run(&["devices", "get", DEVICE]).data();
    assert!(
        page.starts_with("fin-ws-001.contoso.example\nRISK   None"),
        "{page}"
    );
    assert!(
        page.contains("neither isolated nor restricted, by its actions"),
        "{page}"
    );
    let device = tenant
        .run(&["devices", "get", "fin-ws-001.contoso.example", "-o", "json"])
        .json();
    assert_eq!(device["id"], DEVICE);
    assert_eq!(
        device["vmMetadata"],
        Value::Null,
        "also what vigie does not know"
    );
    let missing = tenant.run(&["devices", "get", "nobody"]).failure(1);
    assert_eq!(
        missing[0],
        "error: there is no device `nobody`, or your role does not see it"
    );
    tenant.run(&["devices", "get", "../x"]).failure(2);
}

#[test]
fn isolated_and_released_with_the_actions_to_show_for_it() {
    let tenant = tenant();
    let told = order(&tenant, "isolate", &["--type", "selective", "--wait"]).data();
    assert!(
        told.starts_with("selective isolation: succeeded, action "),
        "{told}"
    );
    let action = order(&tenant, "release", &["-o", "json"]).json();
    assert_eq!(action["type"], "Unisolate");
    assert_eq!(action["requestorComment"], "alert da1_-1");
    assert_eq!(
        orders(&tenant),
        [
            json!({"Comment": "alert da1_-1", "IsolationType": "Selective"}),
            json!({"Comment": "alert da1_-1"}),
        ]
    );
    let actions = tenant
        .run(&["devices", "actions", DEVICE, "-o", "json"])
        .json();
    assert_eq!(actions.as_array().unwrap().len(), 2);
    assert_eq!(actions[0]["id"], action["id"], "the newest first");
    let table = tenant.run(&["devices", "actions", DEVICE]).data();
    let lines: Vec<&str> = table.lines().collect();
    assert!(lines[0].starts_with("CREATED"), "{table}");
    assert!(
        lines[1].contains("release") && lines[2].contains("selective isolation"),
        "{table}"
    );
    let page = tenant.run(&["audit", "show", "-o", "json"]).json();
    let ends: Vec<&str> = page
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line["end"].as_str().unwrap())
        .collect();
    assert_eq!(ends, ["begun", "succeeded", "begun"]);
    assert_eq!(page[0]["order"], page[1]["order"]);
    assert_eq!(page[0]["deviceName"], "fin-ws-001.contoso.example");
    let table = tenant.run(&["audit", "show"]).data();
    assert!(table.contains("isolate selectively"), "{table}");
    tenant.run(&["audit", "verify"]).data();
}

#[test]
fn a_package_is_waited_for_and_its_link_printed_once() {
    let tenant = tenant();
    let told = order(&tenant, "collect", &["--wait"]).data();
    let link = told
        .lines()
        .find_map(|line| line.strip_prefix("link: "))
        .unwrap();
    assert!(link.starts_with("https://"), "{told}");
    let token = link.split("token=").nth(1).unwrap();
    let log = tenant.run(&["audit", "show", "-o", "ndjson"]).data();
    assert!(!log.contains(token), "{log}");
    let action = tenant
        .run(&["devices", "actions", DEVICE, "-o", "json"])
        .json();
    let id = action[0]["id"].as_str().unwrap();
    let again = tenant.run(&["devices", "package", id]).data();
    assert_eq!(again.trim_end(), link);
}

#[test]
fn a_file_is_put_in_quarantine_by_its_sha1() {
    let tenant = tenant();
    let sha1 = "AB".repeat(20);
    let without = order(&tenant, "quarantine", &["--sha1", &sha1]).failure(4);
    assert_eq!(
        without[0],
        "error: nothing was sent: the token lacks `Machine.StopAndQuarantine`"
    );
    tenant
        .script()
        .grant(&["Machine.Read", "Machine.StopAndQuarantine"]);
    let wrong = order(&tenant, "quarantine", &["--sha1", &"ab".repeat(32)]).failure(2);
    assert!(wrong[0].ends_with("is not a SHA-1"), "{wrong:?}");
    assert_eq!(orders(&tenant), [] as [Value; 0]);
    let told = order(&tenant, "quarantine", &["--sha1", &sha1, "--wait"]).data();
    assert!(told.starts_with("quarantine: succeeded, action "), "{told}");
    let sent = json!({"Comment": "alert da1_-1", "Sha1": "ab".repeat(20)});
    assert_eq!(orders(&tenant), [sent]);
    let log = tenant.run(&["audit", "show", "-o", "json"]).json();
    assert_eq!(log[0]["sha1"], "ab".repeat(20));
}

#[test]
fn an_action_that_fails_fails_the_command() {
    let tenant = tenant();
    tenant.script().end_actions(Fate::Fails);
    let told = order(&tenant, "scan", &["--wait"]);
    assert_eq!(told.status, Some(1), "{}", told.err);
    assert!(
        told.out.starts_with("quick scan: failed, error 0x80070005"),
        "{}",
        told.out
    );
    assert!(
        told.err.contains("error: the action failed"),
        "{}",
        told.err
    );
}

#[test]
fn what_may_not_be_done_is_refused_with_its_status() {
    let tenant = tenant();
    let script = tenant.script();
    script.grant(&["Machine.Read", "Machine.Scan"]);
    let told = order(&tenant, "isolate", &[]).failure(4);
    assert_eq!(
        told[0],
        "error: nothing was sent: the token lacks `Machine.Isolate`"
    );
    assert_eq!(orders(&tenant), [] as [Value; 0]);
    let read_only = tenant.run(&["--read-only", "devices", "scan", DEVICE, "--comment", "c"]);
    assert_eq!(
        read_only.failure(2)[0],
        "error: nothing is done: `read_only` is set"
    );
    order(&tenant, "scan", &["--comment", " "]).failure(2);
    // The service has the last word, and says it about what the token cannot tell.
    script.change_device(DEVICE, json!({"osPlatform": "Ubuntu"}));
    let told = order(&tenant, "scan", &[]);
    assert!(
        told.err.contains("warning: Ubuntu does not do that"),
        "{}",
        told.err
    );
    assert!(
        told.err
            .contains("error: the platform of the device does not do that"),
        "{}",
        told.err
    );
    assert_eq!(told.status, Some(1));
}

#[test]
fn an_order_whose_answer_is_lost_is_found_and_not_sent_again() {
    let tenant = tenant();
    let lost = Fault::DoneBut(Box::new(Fault::Reset));
    tenant.script().next(Endpoint::Act, lost);
    let told = order(&tenant, "restrict", &[]);
    assert_eq!(told.status, Some(0), "{}", told.err);
    assert!(told.err.contains("nothing is sent again"), "{}", told.err);
    assert!(
        told.out.starts_with("restriction: succeeded"),
        "{}",
        told.out
    );
    assert_eq!(orders(&tenant).len(), 1);
}

#[test]
fn a_token_that_was_refused_is_renewed_and_the_order_sent_then() {
    let tenant = tenant();
    let refused = Fault::Status {
        code: 401,
        headers: Vec::new(),
        body: String::new(),
    };
    tenant.script().next(Endpoint::Act, refused);
    let told = order(&tenant, "scan", &[]);
    assert_eq!(told.status, Some(0), "{}", told.err);
    assert_eq!(orders(&tenant).len(), 2);
}

#[test]
fn one_that_runs_already_is_named() {
    let tenant = Tenant::with_bodies(&[]);
    tenant
        .script()
        .add_device(DEVICE, "fin-ws-001.contoso.example");
    order(&tenant, "isolate", &[]).data();
    let told = order(&tenant, "release", &[]);
    assert_eq!(told.status, Some(1));
    assert!(
        told.err.contains("runs on the device already"),
        "{}",
        told.err
    );
    assert!(
        told.err.contains("help: `vigie devices actions"),
        "{}",
        told.err
    );
}
