//! Decisions outlive the program, however it ends: the built binary is killed at the
//! worst moments and started again, against a tenant in this process.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use rustix::process::Signal;
use serde_json::Value;
use vigie::domain::decision::kept::Entry;
use vigie::domain::decision::kept::Outbox;
use vigie::domain::decision::kept::Step;
use vigie::sim::Endpoint;
use vigie::sim::Fault;

use super::HANGS;
use super::Session;
use super::staying::Home;
use super::staying::ends;

/// Decisions are held for so long that no slow machine sends one by itself.
fn home(name: &str) -> Home {
    let home = Home::new(name);
    let config = home.folder.join("config.toml");
    let profile = fs::read_to_string(&config).unwrap();
    fs::write(&config, format!("{profile}hold = \"60s\"\n")).unwrap();
    home
}

/// The files of decisions that did not arrive.
fn files(home: &Home) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(home.folder.join("state/vigie/outbox/work")) else {
        return Vec::new();
    };
    let paths = entries.map(|entry| entry.unwrap().path());
    let is_outbox = |path: &PathBuf| path.extension().is_some_and(|kind| kind == "json");
    paths.filter(is_outbox).collect()
}

/// What each of them holds.
fn on_disk(home: &Home) -> Vec<Outbox> {
    let read = |path| Outbox::read(&fs::read_to_string(path).unwrap()).unwrap();
    files(home).into_iter().map(read).collect()
}

/// The one alert of the one decision on disk, and how far it is.
fn only_one(home: &Home) -> (String, Step) {
    let outboxes = on_disk(home).into_iter();
    let mut entries: Vec<Entry> = outboxes.flat_map(|outbox| outbox.entries).collect();
    let entry = entries.pop().unwrap();
    assert_eq!((entries.len(), entry.alerts.len()), (0, 1));
    let id = entry.alerts.first().map(|seen| seen.id.clone());
    (id.unwrap(), entry.step)
}

/// Changes the tenant received.
fn writes(home: &Home) -> usize {
    let requests = home.simulator.requests();
    requests
        .iter()
        .filter(|request| request.method == "PATCH" || request.path.ends_with("/batchUpdate"))
        .count()
}

/// What a command prints about this home.
fn prints(home: &Home, arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_vigie"))
        .args(arguments)
        .envs(home.environment())
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {errors}");
    String::from_utf8(output.stdout).unwrap()
}

/// How the service has an alert.
fn told(home: &Home, id: &str) -> Value {
    serde_json::from_str(&prints(home, &["alerts", "get", id, "-o", "json"])).unwrap()
}

/// Ends without a word.
fn killed(mut session: Session) {
    session.signal(Signal::KILL);
    assert!(!session.ends().success());
}

/// What an earlier session left is offered, and sent only when a person says so.
fn sends_what_is_offered(home: &Home) {
    let before = writes(home);
    let mut session = home.starts(&[]);
    session.sees("1 decision waits for you: O shows them");
    session.types("O").sees("of an earlier session");
    assert_eq!(writes(home), before);
    session.types("\r").sees("nothing is on its way");
    ends(session);
    assert_eq!(on_disk(home), []);
}

/// Ends of the decisions about an alert, as the audit log has them.
fn audited(home: &Home, id: &str) -> Vec<String> {
    let lines = prints(home, &["audit", "show", "--alert", id, "-o", "ndjson"]);
    let end = |line: &str| {
        let line: Value = serde_json::from_str(line).unwrap();
        let end = line.get("end").and_then(Value::as_str);
        end.unwrap_or_default().to_owned()
    };
    lines.lines().map(end).collect()
}

#[test]
fn killed_with_a_decision_held_it_is_offered_and_arrives_once() {
    let home = home("killed");
    let mut session = home.starts(&[]);
    session.types("a").sees("z undo");
    let (id, step) = only_one(&home);
    assert_eq!(step, Step::Held);
    killed(session);
    assert_eq!(only_one(&home), (id.clone(), Step::Held));
    assert_eq!(writes(&home), 0);

    sends_what_is_offered(&home);
    assert_eq!(writes(&home), 1);
    let alert = told(&home, &id);
    assert_eq!(alert.get("status").unwrap(), "InProgress");
    assert_eq!(audited(&home, &id), ["written"]);
    let verified = prints(&home, &["audit", "verify"]);
    assert!(verified.contains("chain intact"), "{verified}");
}

#[test]
fn told_to_end_it_sends_nothing_and_offers_it_at_the_next_start() {
    let home = home("ended");
    let mut session = home.starts(&[]);
    session.types("a").sees("z undo");
    session.signal(Signal::TERM);
    session.ends();
    session.has_its_terminal_back();
    let (first, step) = only_one(&home);
    assert_eq!(step, Step::Held);

    let mut session = home.starts(&[]);
    session.types("O").sees("of an earlier session");
    session.signal(Signal::HUP);
    session.ends();
    assert_eq!(only_one(&home), (first, Step::Held));
    assert_eq!(writes(&home), 0);
}

#[test]
fn a_terminal_that_is_closed_sends_nothing_that_was_held() {
    let home = home("closed");
    let mut session = home.starts(&[]);
    session.types("a").sees("z undo");
    session.closes();
    assert_eq!(only_one(&home).1, Step::Held);
    assert_eq!(writes(&home), 0);
    sends_what_is_offered(&home);
    assert_eq!(writes(&home), 1);
}

#[test]
fn whoever_leaves_leaves_nothing_behind_that_is_settled() {
    for (key, end, sent) in [("z", "taken-back", 0), ("s", "written", 1)] {
        let home = home(&format!("leaving-{key}"));
        let mut session = home.starts(&[]);
        session.types("a").sees("z undo");
        let (id, _) = only_one(&home);
        session.types("q").sees("1 decision on the way").types(key);
        assert!(session.ends().success());
        assert_eq!(on_disk(&home), [], "{key}");
        assert_eq!(audited(&home, &id), [end]);
        assert_eq!(writes(&home), sent);
    }
}

#[test]
fn killed_before_the_answer_a_note_is_not_written_twice() {
    let home = home("unanswered");
    let silence = Fault::DoneBut(Box::new(Fault::Hang));
    home.simulator.script().next(Endpoint::Change, silence);
    let mut session = home.starts(&[]);
    session.types("c").sees("note");
    session.types("looked at it").sees("looked at it");
    session.types("\r").sees("z undo");
    // The outbox sends it at once.
    session.types("O\r").sees("being sent");
    let waited = std::time::Instant::now();
    while writes(&home) == 0 && waited.elapsed() < HANGS {
        std::thread::yield_now();
    }
    let (id, step) = only_one(&home);
    assert_eq!(step, Step::Sent);
    killed(session);
    assert_eq!(only_one(&home), (id.clone(), Step::Sent));

    sends_what_is_offered(&home);
    assert_eq!(writes(&home), 1);
    let alert = told(&home, &id);
    let notes = alert.get("comments").and_then(Value::as_array).unwrap();
    let ours = |note: &&Value| note.get("comment").unwrap() == "looked at it";
    assert_eq!(notes.iter().filter(ours).count(), 1, "{alert}");
    assert_eq!(audited(&home, &id), ["already-so"]);
}

#[test]
fn two_dashboards_of_one_profile_leave_each_other_alone() {
    let home = home("two");
    let mut one = home.starts(&[]);
    one.types("a").sees("z undo");
    let first = only_one(&home).0;

    let mut other = home.starts(&[]);
    other.types("O").sees("nothing is on its way");
    other.types("Oj").sees("2 of 60");
    other.types("x").sees("close 1 alert as");
    other.types("n").sees("z undo");
    assert_eq!(files(&home).len(), 2);
    killed(other);

    // A third takes over what the second left, and nothing of the first, which lives.
    let mut third = home.starts(&[]);
    third.types("O").sees("> ").sees("close as FP");
    third.types("z").sees("nothing is on its way");
    ends(third);
    assert_eq!(only_one(&home), (first.clone(), Step::Held));
    one.types("z").sees("taken back");
    ends(one);
    assert_eq!(on_disk(&home), []);
    assert_eq!(audited(&home, &first), ["taken-back"]);
    assert_eq!(writes(&home), 0);
}
