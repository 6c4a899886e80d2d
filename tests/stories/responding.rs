//! Acting on devices: looked at, sent once, followed to the end, whatever happens.

#![expect(
    clippy::indexing_slicing,
    reason = "a name that is missing in JSON reads as null"
)]

use jiff::SignedDuration;
use serde_json::Value;
use serde_json::json;
use vigie::app::Effect;
use vigie::app::Event;
use vigie::app::State;
use vigie::domain::device::kept::Entry;
use vigie::domain::device::kept::Followed;
use vigie::domain::device::kept::OrderEnd;
use vigie::domain::device::kept::OrderRecord;
use vigie::sim::Endpoint;
use vigie::sim::Fate;
use vigie::sim::Fault;
use vigie::sim::Options;
use vigie::sim::Population;

use crate::operator::Operator;

pub(crate) const EVERYTHING: [&str; 8] = [
    "Alert.ReadWrite",
    "Machine.Read",
    "Machine.Isolate",
    "Machine.Scan",
    "Machine.RestrictExecution",
    "Machine.CollectForensics",
    "Machine.StopAndQuarantine",
    "User.Read.All",
];

fn seconds(seconds: i64) -> SignedDuration {
    SignedDuration::from_secs(seconds)
}

fn device(number: usize) -> String {
    format!("{number:08x}{}", "0".repeat(32))
}

/// Three alerts on three devices, and all permissions.
fn shift(width: u16, height: u16) -> Operator {
    shift_with(width, height, &EVERYTHING)
}

fn shift_with(width: u16, height: u16, permissions: &[&str]) -> Operator {
    let options = three_alerts();
    let mut operator = Operator::at(width, height, options);
    with_devices(&mut operator, permissions);
    operator
}

/// Three alerts on three devices.
pub(crate) fn three_alerts() -> Options {
    let alert = |number: usize| {
        json!({
            "id": format!("da{number}_1"), "severity": "High", "status": "New",
            "title": format!("Suspicious PowerShell command line {number}"),
            "computerDnsName": format!("fin-ws-{number:03}.contoso.example"),
            "machineId": device(number), "detectionSource": "WindowsDefenderAtp",
            "incidentId": number, "lastUpdateTime": "2026-11-22T13:59:00Z",
            "alertCreationTime": format!("2026-11-22T13:{:02}:00Z", 40 + number),
            "comments": [],
            "evidence": [
                {"entityType": "File", "fileName": "p\u{1b}[2Jayload.exe", "filePath": "C:\\Temp",
                 "sha1": "ab".repeat(20), "detectionStatus": "Detected"},
                {"entityType": "File", "fileName": "no-hash.dll", "filePath": "C:\\Temp"},
                {"entityType": "Process", "fileName": "powershell.exe", "processId": 7,
                 "sha1": "cd".repeat(20)},
            ],
        })
        .to_string()
    };
    Options {
        population: Population::Verbatim((1..=3).map(alert).collect()),
        ..Operator::quiet(0)
    }
}

/// The tenant has those devices, and the token these permissions.
pub(crate) fn with_devices(operator: &mut Operator, permissions: &[&str]) {
    let script = operator.script();
    script.grant(permissions);
    script.end_actions(Fate::Succeeds);
    for number in 1..=3 {
        script.add_device(
            &device(number),
            &format!("fin-ws-{number:03}.contoso.example"),
        );
    }
    operator.starts().rests();
}

/// Bodies of all orders the service received.
pub(crate) fn orders(operator: &Operator) -> Vec<Value> {
    let requests = operator.simulator.requests().into_iter();
    requests
        .filter(|request| request.method == "POST" && request.path.starts_with("/api/machines/"))
        .map(|request| serde_json::from_str(&request.body).unwrap())
        .collect()
}

fn records(operator: &Operator) -> Vec<OrderRecord> {
    let records = operator.effects.iter().filter_map(|effect| match effect {
        Effect::AuditOrders(records) => Some(records.clone()),
        _ => None,
    });
    records.flatten().collect()
}

fn ends(operator: &Operator) -> Vec<OrderEnd> {
    records(operator).iter().map(|record| record.end).collect()
}

/// What was written down last.
fn on_disk(operator: &Operator) -> Vec<Entry> {
    let mut effects = operator.effects.iter().rev();
    let kept = effects.find_map(|effect| match effect {
        Effect::KeepFollowed(entries) => Some(entries.clone()),
        _ => None,
    });
    kept.unwrap_or_default()
}

/// The program ends without a word and is started again.
fn killed_and_started(operator: &mut Operator) {
    let written = Followed::of(on_disk(operator)).to_json();
    let entries = Followed::read(&written).unwrap().entries;
    operator.effects.clear();
    let (settings, size) = (operator.state.settings.clone(), operator.state.size);
    operator.state = State::new(settings, size, operator.now());
    operator
        .happens(Event::FollowedFound(entries))
        .starts()
        .rests();
}

#[test]
fn from_an_alert_to_the_isolated_device_and_back() {
    let mut operator = shift(80, 24);
    operator.press("!").sees("respond on fin-ws-001");
    insta::assert_snapshot!("80x24_respond_menu", operator.screen());
    operator.press("i");
    operator
        .sees("type `fin-ws-001`")
        .sees("nothing speaks against it");
    operator.sees("alert da1_1, by ada.moreau@contoso.example");
    insta::assert_snapshot!("80x24_respond_card", operator.screen());
    operator.press("enter").sees("type `fin-ws-001` to send it");
    operator.press("fin-ws-00 enter");
    assert_eq!(orders(&operator).len(), 0, "half a name is none");
    operator.press("1 enter");
    let sent = json!({
        "Comment": "alert da1_1, by ada.moreau@contoso.example", "IsolationType": "Full",
    });
    assert_eq!(orders(&operator), [sent]);
    operator.sees("isolate fin-ws-001: the service took it");
    operator.advance(seconds(25));
    operator.sees("isolate fin-ws-001: succeeded");
    assert_eq!(ends(&operator), [OrderEnd::Begun, OrderEnd::Succeeded]);
    assert_eq!(on_disk(&operator), [], "nothing is followed any more");

    operator.press("! d").sees("isolated, by its actions");
    operator
        .press("! i")
        .sees("it is isolated already, by its actions");
    operator.press("esc ! r").sees("release: fin-ws-001");
    operator.press("enter").advance(seconds(25));
    operator.sees("release fin-ws-001: succeeded");
    operator
        .press("! d")
        .sees("neither isolated nor restricted");
    assert_eq!(orders(&operator).len(), 2);
    operator.press("esc L");
    insta::assert_snapshot!("80x24_respond_log", operator.screen());
}

#[test]
fn the_comment_is_written_before_it_is_sent() {
    let mut operator = shift(80, 24);
    operator.press("! s").sees("comment: alert da1_1");
    for _ in 0..60 {
        operator.press("backspace");
    }
    operator
        .press("enter")
        .sees("write why: the service wants a comment");
    assert_eq!(orders(&operator).len(), 0);
    operator.press("J. space Roy space called enter");
    let sent = json!({"Comment": "J. Roy called", "ScanType": "Quick"});
    assert_eq!(orders(&operator), [sent]);
}

#[test]
fn an_action_that_fails_says_why() {
    let mut operator = shift(80, 24);
    operator.script().end_actions(Fate::Fails);
    operator.press("! S enter").advance(seconds(30));
    operator.sees("full scan fin-ws-001: in progress");
    operator.advance(seconds(20));
    operator.sees("full scan fin-ws-001: failed, error 0x80070005");
    assert_eq!(ends(&operator), [OrderEnd::Begun, OrderEnd::Failed]);
    assert_eq!(
        records(&operator)[1].why.as_deref(),
        Some("error 0x80070005")
    );
}

#[test]
fn one_that_runs_already_is_followed_and_not_asked_for_again() {
    let mut operator = shift(80, 24);
    operator.script().colleague_scans(&device(1));
    operator.advance(seconds(4));
    operator.press("! s");
    operator.sees("full scan runs already, asked for by lin.zhao@contoso.example");
    operator.press("enter");
    operator.sees("one like it, or its opposite, runs already");
    assert_eq!(orders(&operator).len(), 1);
    operator.advance(seconds(90)).press("! o");
    operator.sees("quick scan fin-ws-001  full scan of lin.zhao@contoso.example");
    operator.sees("succeeded");
    assert_eq!(ends(&operator), [OrderEnd::RanAlready, OrderEnd::Succeeded]);
    assert_eq!(orders(&operator).len(), 1);
}

#[test]
fn killed_while_an_action_runs_it_is_followed_on() {
    let mut operator = shift(80, 24);
    operator.press("! p enter").advance(seconds(4));
    assert_eq!(on_disk(&operator).len(), 1);
    killed_and_started(&mut operator);
    operator.advance(seconds(60));
    assert_eq!(ends(&operator), [OrderEnd::Succeeded]);
    assert_eq!(orders(&operator).len(), 1);
    operator.press("! o").sees("collect a package fin-ws-001");
}

#[test]
fn killed_before_the_answer_came_it_is_looked_for_and_not_sent_again() {
    let mut operator = shift(80, 24);
    let lost = Fault::DoneBut(Box::new(Fault::Reset));
    operator.script().next(Endpoint::Act, lost);
    operator.press("! x enter");
    assert_eq!(on_disk(&operator)[0].action, None);
    killed_and_started(&mut operator);
    operator.advance(seconds(60));
    assert_eq!(ends(&operator), [OrderEnd::Begun, OrderEnd::Succeeded]);
    assert_eq!(orders(&operator).len(), 1);
}

#[test]
fn what_never_arrived_is_said_after_some_minutes() {
    let mut operator = shift(80, 24);
    operator.script().next(Endpoint::Act, Fault::Reset);
    operator
        .press("! r enter")
        .sees("looking whether it arrived");
    operator
        .advance(seconds(60))
        .sees("no answer, looking whether it arrived");
    operator
        .advance(seconds(200))
        .press("! o")
        .sees("did not arrive");
    assert_eq!(ends(&operator), [OrderEnd::Unknown]);
    assert_eq!(orders(&operator).len(), 1);
}

#[test]
fn a_missing_permission_is_named_and_its_key_does_nothing() {
    let permissions = ["Alert.ReadWrite", "Machine.Read", "Machine.Scan"];
    let mut operator = shift_with(120, 40, &permissions);
    operator.press("!");
    operator.sees("the token lacks Machine.Isolate");
    insta::assert_snapshot!("120x40_respond_menu", operator.screen());
    operator
        .press("i")
        .sees("the token lacks Machine.Isolate: t shows what it has");
    operator.press("! s").sees("quick scan: fin-ws-001");
    operator.press("esc ?").press("/").press("isolate");
    operator.sees("the token lacks Machine.Isolate");
    assert_eq!(orders(&operator).len(), 0);
}

#[test]
fn a_profile_that_only_reads_asks_nothing_of_a_device() {
    let mut operator = shift(80, 24);
    operator.state.settings.deciding.read_only = true;
    operator
        .press("!")
        .sees("respond on fin-ws-001  this profile is read-only");
    operator
        .press("esc")
        .press("! s")
        .sees("this profile is read-only");
    operator.press("! d").sees("RISK   High");
    assert_eq!(orders(&operator).len(), 0);
}

#[test]
fn several_devices_are_named_one_by_one_and_no_more_than_allowed() {
    let mut operator = shift(120, 40);
    operator.press("space space space ! i");
    operator
        .sees("isolate: 3 devices")
        .sees("alert da1_1 and 2 other alerts");
    insta::assert_snapshot!("120x40_respond_several", operator.screen());
    operator.press("3 space devices enter");
    assert_eq!(orders(&operator).len(), 3);
    operator.advance(seconds(30)).press("esc esc ! o");
    for name in ["fin-ws-001", "fin-ws-002", "fin-ws-003"] {
        operator.sees(&format!("isolate {name}  succeeded"));
    }
    insta::assert_snapshot!("120x40_respond_orders", operator.screen());
    operator.state.settings.respond_most = 2;
    operator.press("esc space space space space !");
    operator.press("esc g space space space !");
    operator.sees("more than 2 devices: `respond_most` in the profile");
}

#[test]
fn of_several_devices_a_domain_controller_is_named_as_if_it_were_alone() {
    let mut operator = shift(80, 24);
    let tier_0 = json!({"rbacGroupName": "Tier 0"});
    operator.script().change_device(&device(2), tier_0);
    operator
        .press("space space space ! i")
        .sees("type `3 devices fin-ws-002`, then enter");
    insta::assert_snapshot!("80x24_respond_several_named", operator.screen());
    for wrong in [
        "3 space devices",
        "space fin-ws-001",
        "space fin-ws-003",
        "space fin-ws-02",
    ] {
        operator.press(wrong).press("enter");
        operator.sees("type `3 devices fin-ws-002` to send it");
    }
    operator
        .press("ctrl-u")
        .press("3 space devices space FIN-WS-002 enter");
    assert_eq!(orders(&operator).len(), 3);
    // One alone is named as ever, and what is not known is no laptop.
    let mut operator = shift(80, 24);
    let away = Fault::Status {
        code: 503,
        headers: Vec::new(),
        body: String::new(),
    };
    operator.script().always(Endpoint::Machine, Some(away));
    operator
        .press("space space ! i")
        .sees("type what stands below:");
    operator.sees("type `2 devices fin-ws-001 fin-ws-002`, then enter");
    operator.press("2 space devices space fin-ws-001 enter");
    assert_eq!(orders(&operator).len(), 0);
}

#[test]
fn a_file_of_the_evidence_is_chosen_by_its_hash() {
    let mut operator = shift(80, 24);
    operator
        .press("! f")
        .sees("which file is stopped and quarantined");
    operator.sees("C:\\Temp\\p\\x1b[2Jayload.exe");
    insta::assert_snapshot!("80x24_respond_files", operator.screen());
    operator.press("enter").sees("FILE").press("enter");
    assert_eq!(orders(&operator)[0]["Sha1"], "ab".repeat(20).as_str());
    assert_eq!(records(&operator)[0].sha1, Some("ab".repeat(20)));
}

#[test]
fn the_link_to_a_package_is_shown_to_who_asks_and_written_nowhere() {
    let mut operator = shift(120, 40);
    operator.press("! p enter ! o enter");
    operator.sees("the package is there once the action has succeeded");
    operator.press("esc").advance(seconds(60));
    operator.press("! o y").sees("there is no link yet");
    operator.press("enter").sees("safedownload");
    operator.press("y");
    let copied = operator.effects.iter().find_map(|effect| match effect {
        Effect::CopyText(text) => Some(text.clone()),
        _ => None,
    });
    let token = copied.unwrap().split("token=").nth(1).unwrap().to_owned();
    operator.sees("told at 14:03; it soon ends, and enter asks for a new one");
    insta::assert_snapshot!("120x40_respond_link", operator.screen());
    // Anew, and no more often than the service gives one.
    operator.press("enter enter");
    operator.sees("the service gives few links (two a minute): again in");
    assert_eq!(operator.asked("GetPackageUri"), 2);
    operator.press("o").sees("no browser opens here: y copies");
    operator.state.settings.opens_browser = true;
    operator.press("o").sees("opening the link to the package");
    let opened = operator
        .effects
        .iter()
        .any(|effect| matches!(effect, Effect::OpenAddress(link) if link.ends_with(&token)));
    assert!(opened);
    operator.press("esc L");
    assert!(!operator.screen().contains(&token));
    operator.press("esc ! o").sees("enter asks for the link");
    let written = format!("{:?}{:?}", records(&operator), on_disk(&operator));
    assert!(!written.contains(&token));
    let said = format!("{:?}", operator.state.responding);
    assert!(!said.contains(&token));
}

#[test]
fn a_device_that_is_away_keeps_its_action_and_the_screen_still() {
    let mut operator = shift(80, 24);
    let away = json!({"healthStatus": "Inactive", "lastSeen": "2026-11-14T08:00:00Z"});
    operator.script().change_device(&device(1), away);
    operator
        .press("! i")
        .sees("last heard of 8d ago: the action waits until it is back");
    operator.press("fin-ws-001 enter").advance(seconds(120));
    operator.sees("isolate fin-ws-001: waits for the device");
    let before = operator.asked("machineactions/");
    operator.advance(seconds(600));
    let asked = operator.asked("machineactions/") - before;
    assert!((9..=11).contains(&asked), "once a minute: {asked}");
}

#[test]
fn an_order_that_found_no_token_is_not_sent_when_nobody_thinks_of_it_any_more() {
    let mut operator = shift(80, 24);
    let script = operator.script();
    let away = Fault::Status {
        code: 503,
        headers: Vec::new(),
        body: String::new(),
    };
    operator.press("! s");
    script.revoke_tokens();
    script.always(Endpoint::Token, Some(away));
    operator.press("enter").advance(seconds(150)).press("L");
    operator.sees("not sent: it could not leave within two minutes");
    script.always(Endpoint::Token, None);
    operator.press("esc R").advance(seconds(600));
    assert_eq!(orders(&operator).len(), 1, "the one that was refused");
    assert_eq!(ends(&operator), [OrderEnd::Refused]);
}

/// One quick scan was asked for that finds no token to leave with.
fn with_an_unsent_order() -> Operator {
    let mut operator = shift(80, 24);
    let away = Fault::Status {
        code: 503,
        headers: Vec::new(),
        body: String::new(),
    };
    operator.press("! s");
    operator.script().revoke_tokens();
    operator.script().always(Endpoint::Token, Some(away));
    operator.press("enter");
    operator
}

#[test]
fn whoever_leaves_is_told_of_an_order_that_was_not_sent() {
    let mut operator = with_an_unsent_order();
    operator.press("q");
    operator.sees("an order for a device is not sent yet: q again quits without it");
    assert!(!operator.quit);
    operator.press("q");
    assert!(operator.quit);
    let last = records(&operator).pop().unwrap();
    assert_eq!(
        (last.end, last.why.as_deref()),
        (OrderEnd::Refused, Some("not sent: vigie ended"))
    );
    assert_eq!(on_disk(&operator), [], "the next start sends nothing");

    let mut operator = with_an_unsent_order();
    operator.press("ctrl-c");
    operator.sees("quick scan fin-ws-001: not sent: it was taken back");
    assert!(!operator.quit);
    operator.script().always(Endpoint::Token, None);
    operator.press("R").advance(seconds(600));
    assert_eq!(orders(&operator).len(), 1, "the one that was refused");
    operator.press("ctrl-c");
    assert!(operator.quit);
}

#[test]
fn the_tab_of_the_device_reads_it_for_who_goes_there() {
    let mut operator = shift(120, 40);
    assert_eq!(operator.asked("/api/machines/"), 0);
    operator.press("enter ] ] ]").rests();
    operator.sees("AS DEFENDER HAS IT").sees("RISK   High");
    let asked = operator.asked("/api/machines/");
    operator.advance(seconds(60));
    assert_eq!(operator.asked("/api/machines/"), asked, "read once");
}

#[test]
fn a_token_refused_is_renewed_and_the_order_sent_then() {
    let mut operator = shift(80, 24);
    operator.press("! s");
    operator.script().revoke_tokens();
    operator.press("enter").advance(seconds(2));
    assert_eq!(orders(&operator).len(), 2);
    assert_eq!(ends(&operator), [OrderEnd::Begun]);
}
