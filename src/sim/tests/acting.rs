//! What is done to devices: who may, what must be said, and what becomes of it.

use super::*;
use crate::sim::machines::Fate;

const DEVICE: &str = "00000000000000000000000000000000000000d1";
const EVERYTHING: [&str; 7] = [
    "Machine.Read",
    "Machine.Isolate",
    "Machine.Scan",
    "Machine.RestrictExecution",
    "Machine.CollectForensics",
    "Machine.StopAndQuarantine",
    "Alert.ReadWrite",
];

impl Trial {
    /// A tenant with one device of ours, all permissions, and nothing left to chance.
    fn acting() -> Self {
        let mut trial = Self::still(0);
        trial.world.tokens.granted = EVERYTHING.map(str::to_owned).to_vec();
        trial
            .world
            .directory
            .add(DEVICE, "fin-ws-001.contoso.example");
        trial.world.actions.fate = Fate::Succeeds;
        trial.signed_in()
    }

    fn device(&mut self, name: &str, value: impl Into<Value>) {
        if let Some(device) = self.world.directory.device_mut(DEVICE) {
            device.overrides.insert(name.to_owned(), value.into());
        }
    }

    fn act(&mut self, what: &str, body: &str) -> Reply {
        self.call("POST", &format!("/api/machines/{DEVICE}/{what}"), body)
    }

    fn isolate(&mut self) -> Reply {
        self.act("isolate", r#"{"Comment":"c","IsolationType":"Full"}"#)
    }

    /// The status of an action.
    fn status(&mut self, id: &str) -> String {
        let action = self.get(&format!("/api/machineactions/{id}")).value();
        text(&action, "/status").to_owned()
    }
}

fn error(reply: &Reply) -> (u16, String) {
    (reply.status, text(&reply.value(), "/error/code").to_owned())
}

fn id(reply: &Reply) -> String {
    text(&reply.value(), "/id").to_owned()
}

#[test]
fn an_action_is_made_goes_on_and_succeeds() {
    let mut trial = Trial::acting();
    let made = trial.act(
        "isolate",
        r#"{"Comment":"c & d","IsolationType":"Selective"}"#,
    );
    let body = made.value();
    assert_eq!(made.status, 201);
    for (pointer, value) in [
        ("/type", "Isolate"),
        ("/scope", "Selective"),
        ("/status", "Pending"),
        ("/requestorComment", "c & d"),
        ("/requestor", "ada.moreau@contoso.example"),
        ("/machineId", DEVICE),
        ("/requestSource", "PublicApi"),
    ] {
        assert_eq!(text(&body, pointer), value, "{pointer}");
    }
    assert_eq!(body.get("computerDnsName"), Some(&Value::Null), "too fresh");
    let id = id(&made);
    let path = format!("/api/machineactions/{id}");
    assert_eq!(trial.get(&path).status, 404, "not replicated yet");
    assert!(
        items(&trial.get("/api/machineactions?$top=1"))
            .iter()
            .all(|action| text(action, "/id") != id)
    );
    for (seconds, status) in [(3, "Pending"), (3, "InProgress"), (20, "Succeeded")] {
        trial.pass(seconds);
        assert_eq!(trial.status(&id), status);
    }
    let action = trial.get(&path).value();
    assert_eq!(
        text(&action, "/computerDnsName"),
        "fin-ws-001.contoso.example"
    );
    assert_eq!(
        text(&action, "/lastUpdateDateTimeUtc"),
        "2026-11-22T12:00:19Z"
    );
}

#[test]
fn bodies_are_in_pascal_case_and_complete() {
    let mut trial = Trial::acting();
    let cases = [
        ("isolate", "", "InvalidRequestBody"),
        (
            "isolate",
            r#"{"IsolationType":"Full"}"#,
            "MissingRequiredParameter",
        ),
        (
            "isolate",
            r#"{"Comment":" ","IsolationType":"Full"}"#,
            "MissingRequiredParameter",
        ),
        (
            "isolate",
            r#"{"comment":"c","IsolationType":"Full"}"#,
            "MissingRequiredParameter",
        ),
        (
            "isolate",
            r#"{"Comment":"c","isolationType":"Full"}"#,
            "MissingRequiredParameter",
        ),
        (
            "isolate",
            r#"{"Comment":"c","IsolationType":"full"}"#,
            "InvalidInput",
        ),
        (
            "isolate",
            r#"{"Comment":7,"IsolationType":"Full"}"#,
            "InvalidRequestBody",
        ),
        (
            "unisolate",
            r#"{"Comment":"c","IsolationType":"Full"}"#,
            "InvalidRequestBody",
        ),
        (
            "runAntiVirusScan",
            r#"{"Comment":"c"}"#,
            "MissingRequiredParameter",
        ),
        (
            "StopAndQuarantineFile",
            r#"{"Comment":"c"}"#,
            "MissingRequiredParameter",
        ),
        (
            "StopAndQuarantineFile",
            r#"{"Comment":"c","Sha1":"abc"}"#,
            "InvalidHashValue",
        ),
    ];
    for (what, body, code) in cases {
        assert_eq!(
            error(&trial.act(what, body)),
            (400, code.to_owned()),
            "{what} {body}"
        );
    }
    let nowhere = "/api/machines/00000000000000000000000000000000000000ee/isolate";
    let reply = trial.call("POST", nowhere, r#"{"Comment":"c","IsolationType":"Full"}"#);
    assert_eq!(error(&reply), (404, String::from("ResourceNotFound")));
    let by_name = "/api/machines/fin-ws-001.contoso.example/isolate";
    let reply = trial.call("POST", by_name, r#"{"Comment":"c","IsolationType":"Full"}"#);
    assert_eq!(reply.status, 404, "a name is not an id");
    assert_eq!(
        trial.get(&format!("/api/machines/{DEVICE}/isolate")).status,
        405
    );
}

#[test]
fn each_action_has_its_permission() {
    let mut trial = Trial::acting();
    let sha1 = "a".repeat(40);
    let quarantine = format!(r#"{{"Comment":"c","Sha1":"{sha1}"}}"#);
    let cases = [
        (
            "isolate",
            r#"{"Comment":"c","IsolationType":"Full"}"#,
            "Machine.Isolate",
        ),
        (
            "runAntiVirusScan",
            r#"{"Comment":"c","ScanType":"Quick"}"#,
            "Machine.Scan",
        ),
        (
            "restrictCodeExecution",
            r#"{"Comment":"c"}"#,
            "Machine.RestrictExecution",
        ),
        (
            "collectInvestigationPackage",
            r#"{"Comment":"c"}"#,
            "Machine.CollectForensics",
        ),
        (
            "StopAndQuarantineFile",
            quarantine.as_str(),
            "Machine.StopAndQuarantine",
        ),
    ];
    for (what, body, permission) in cases {
        let others: Vec<String> = EVERYTHING
            .iter()
            .filter(|held| **held != permission)
            .map(|held| (*held).to_owned())
            .collect();
        trial.world.tokens.granted = others;
        trial = trial.signed_in();
        let refused = trial.act(what, body);
        assert_eq!(error(&refused), (403, String::from("Forbidden")), "{what}");
        assert!(
            text(&refused.value(), "/error/message").contains(permission),
            "{what}"
        );
        trial.world.tokens.granted = EVERYTHING.map(str::to_owned).to_vec();
        trial = trial.signed_in();
        let made = trial.act(what, body);
        assert_eq!(made.status, 201, "{what}");
        trial.pass(3);
        let id = id(&made);
        trial.world.tokens.granted = vec![String::from("Machine.Read")];
        trial = trial.signed_in();
        let cancel = format!("/api/machineactions/{id}/cancel");
        let reply = trial.call("POST", &cancel, r#"{"Comment":"no"}"#);
        assert_eq!(reply.status, 403, "cancelling needs the same: {what}");
    }
}

#[test]
fn platforms_and_onboarding_have_their_limits() {
    let mut trial = Trial::acting();
    trial.device("osPlatform", "Ubuntu");
    let refused = (400, String::from("OsPlatformNotSupported"));
    assert_eq!(
        error(&trial.act("runAntiVirusScan", r#"{"Comment":"c","ScanType":"Full"}"#)),
        refused
    );
    assert_eq!(
        error(&trial.act("restrictCodeExecution", r#"{"Comment":"c"}"#)),
        refused
    );
    assert_eq!(
        error(&trial.act("isolate", r#"{"Comment":"c","IsolationType":"Selective"}"#)),
        refused
    );
    assert_eq!(
        trial.isolate().status,
        201,
        "whole isolation works on Linux"
    );
    trial.device("onboardingStatus", "CanBeOnboarded");
    let collected = trial.act("collectInvestigationPackage", r#"{"Comment":"c"}"#);
    assert_eq!(collected.status, 400);
}

#[test]
fn one_runs_at_a_time_and_what_was_done_is_remembered() {
    let mut trial = Trial::acting();
    let release = r#"{"Comment":"c"}"#;
    assert_eq!(
        trial.act("unisolate", release).status,
        400,
        "it is not isolated"
    );
    let first = id(&trial.isolate());
    let busy = (400, String::from("ActiveRequestAlreadyExists"));
    assert_eq!(error(&trial.isolate()), busy);
    assert_eq!(
        error(&trial.act("unisolate", release)),
        busy,
        "its opposite has to wait too"
    );
    assert_eq!(
        trial
            .act("runAntiVirusScan", r#"{"Comment":"c","ScanType":"Full"}"#)
            .status,
        201
    );
    trial.world.actions.shares_running = true;
    let shared = trial.isolate();
    assert_eq!((shared.status, id(&shared)), (201, first));
    trial.pass(30);
    assert_eq!(
        error(&trial.isolate()),
        (400, String::from("BadRequest")),
        "it is isolated"
    );
    assert_eq!(trial.act("unisolate", release).status, 201);
    trial.pass(30);
    assert_eq!(trial.isolate().status, 201);
}

#[test]
fn actions_fail_wait_and_are_cancelled() {
    let mut trial = Trial::acting();
    trial.world.actions.fate = Fate::Fails;
    let failed = id(&trial.isolate());
    trial.pass(30);
    let action = trial.get(&format!("/api/machineactions/{failed}")).value();
    assert_eq!(text(&action, "/status"), "Failed");
    assert_eq!(
        action.get("errorHResult").and_then(Value::as_i64),
        Some(-2_147_024_891)
    );
    trial.device("healthStatus", "Inactive");
    let waiting = id(&trial.isolate());
    trial.pass(3600);
    trial = trial.signed_in();
    assert_eq!(trial.status(&waiting), "Pending", "the device is away");
    let cancel = format!("/api/machineactions/{waiting}/cancel");
    assert_eq!(trial.call("POST", &cancel, "{}").status, 400);
    assert_eq!(
        trial
            .call("POST", &cancel, r#"{"Comment":"not needed"}"#)
            .status,
        200
    );
    assert_eq!(trial.status(&waiting), "Cancelled");
    assert_eq!(
        trial.call("POST", &cancel, r#"{"Comment":"again"}"#).status,
        400
    );
    let given_up = id(&trial.isolate());
    trial.pass(3 * 86_400);
    trial = trial.signed_in();
    assert_eq!(trial.status(&given_up), "TimeOut");
}

#[test]
fn the_package_has_a_link_in_quotation_marks_when_it_is_there() {
    let mut trial = Trial::acting();
    let made = trial.act("collectInvestigationPackage", r#"{"Comment":"c"}"#);
    let path = format!("/api/machineactions/{}/GetPackageUri", id(&made));
    assert_eq!(trial.get(&path).status, 404);
    trial.pass(61);
    let reply = trial.get(&path);
    let link = text(&reply.value(), "/value").to_owned();
    assert!(
        link.starts_with("\"https://") && link.ends_with('"'),
        "{link}"
    );
    assert_eq!(trial.get(&path).status, 200);
    assert_eq!(trial.get(&path).status, 429, "two a minute");
    assert_eq!(
        trial.get("/api/machineactions").status,
        200,
        "counted apart"
    );
}

#[test]
fn actions_are_filtered_as_documented() {
    let mut trial = Trial::acting();
    let made = id(&trial.isolate());
    trial.pass(10);
    let listed = |trial: &mut Trial, filter: &str| {
        trial.get(&format!("/api/machineactions?$filter={}", encoded(filter)))
    };
    for filter in [
        format!("machineId eq '{DEVICE}'"),
        format!("id eq '{made}'"),
        String::from("status eq 'InProgress' and type eq 'Isolate'"),
        String::from(
            "requestor eq 'ada.moreau@contoso.example' and creationDateTimeUtc ge 2026-11-22T12:00:00Z",
        ),
    ] {
        let found = items(&listed(&mut trial, &filter));
        assert_eq!(
            found.first().map(|action| text(action, "/id").to_owned()),
            Some(made.clone()),
            "{filter}"
        );
    }
    let refused = listed(&mut trial, "computerDnsName eq 'x'");
    assert_eq!(error(&refused), (400, String::from("ODataError")));
    assert!(
        items(&listed(&mut trial, "machineId eq 'nobody'")).is_empty(),
        "and 200"
    );
}

#[test]
fn colleagues_have_left_a_history() {
    let mut trial = Trial::still(2000);
    trial.world.tokens.granted = EVERYTHING.map(str::to_owned).to_vec();
    trial = trial.signed_in();
    let all = items(&trial.get("/api/machineactions"));
    let having = |status: &str| {
        all.iter()
            .filter(|action| text(action, "/status") == status)
            .count()
    };
    let counts = ["Succeeded", "Pending", "InProgress"].map(having);
    assert!(counts.iter().all(|count| *count > 1), "{counts:?}");
    let busy = all
        .iter()
        .find(|action| text(action, "/status") == "InProgress")
        .cloned()
        .unwrap_or_default();
    let path = format!(
        "/api/machines/{}/runAntiVirusScan",
        text(&busy, "/machineId")
    );
    let reply = trial.call("POST", &path, r#"{"Comment":"c","ScanType":"Quick"}"#);
    assert!(reply.status == 400, "{}", reply.value());
}
