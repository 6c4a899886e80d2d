//! Decisions written to the service, and what comes of each.

use std::time::Duration;

use jiff::SignedDuration;
use serde_json::Value;
use serde_json::json;
use vigie::domain::alert::AlertId;
use vigie::domain::decision::Change;
use vigie::domain::decision::Decided;
use vigie::domain::decision::Disposition;
use vigie::domain::decision::Guard;
use vigie::domain::decision::Outcome;
use vigie::domain::decision::Target;
use vigie::domain::decision::Triage;
use vigie::domain::decision::Write;
use vigie::domain::failure::Failure;
use vigie::domain::failure::FailureKind;
use vigie::domain::query::AlertQuery;
use vigie::service::Client;
use vigie::service::Limits;
use vigie::sim::Endpoint;
use vigie::sim::Fault;
use vigie::sim::Options;
use vigie::sim::Request;
use vigie::sim::TakenAway;
use vigie::wire::triage;

use crate::stage::Stage;
use crate::stage::answer;
use crate::stage::client;
use crate::stage::decoded;
use crate::stage::verbatim;

/// A tenant of new alerts, `a-0` and on, and somebody signed in.
async fn tenant(alerts: usize) -> Stage {
    let bodies: Vec<String> = (0..alerts)
        .map(|number| body(&format!("a-{number}")))
        .collect();
    let stage = Stage::with(verbatim(bodies)).await;
    stage.client.renew().await.unwrap();
    stage
}

fn body(id: &str) -> String {
    json!({"id": id, "status": "New", "assignedTo": null, "classification": null,
        "determination": null, "comments": [], "lastUpdateTime": "2026-11-22T13:00:00Z"})
    .to_string()
}

/// What everyone saw of these alerts at first.
fn seen() -> Triage {
    triage::of(&body("a")).unwrap()
}

fn ids(alerts: usize) -> Vec<String> {
    (0..alerts).map(|number| format!("a-{number}")).collect()
}

fn write<S: AsRef<str>>(stage: &Stage, ids: &[S], change: Change) -> Write {
    let target = |id: &S| Target {
        id: AlertId::new(id.as_ref()).unwrap(),
        seen: seen(),
    };
    Write {
        targets: ids.iter().map(target).collect(),
        change,
        guard: Guard::Checked,
        decided: stage.clock.now(),
        by: String::new(),
    }
}

async fn decide<S: AsRef<str>>(stage: &Stage, ids: &[S], change: Change) -> Decided {
    stage.client.decide(&write(stage, ids, change)).await
}

/// The outcome of a decision about one alert.
async fn decide_one(stage: &Stage, change: Change) -> Outcome {
    let mut decided = decide(stage, &["a-0"], change).await;
    assert_eq!(decided.outcomes.len(), 1);
    decided.outcomes.remove(0).1
}

fn close() -> Change {
    Change::close(Disposition::NotMalicious)
}

fn noted() -> Change {
    close().and_note("known good").unwrap()
}

/// The alert as the service has it.
async fn now(client: &Client, id: &str) -> Value {
    let alert = client.get_alert(&AlertId::new(id).unwrap()).await.unwrap();
    serde_json::from_str(&alert.body.unpack()).unwrap()
}

async fn notes(stage: &Stage, id: &str) -> usize {
    now(&stage.client, id).await["comments"]
        .as_array()
        .unwrap()
        .len()
}

/// The writes so far.
fn writes(stage: &Stage) -> Vec<Request> {
    let mut requests = stage.requests();
    requests.retain(|request| request.path.starts_with("/api/") && request.method != "GET");
    requests
}

fn sent(request: &Request) -> Value {
    serde_json::from_str(&request.body).unwrap()
}

fn all_written(decided: &Decided) -> bool {
    let mut outcomes = decided.outcomes.iter();
    outcomes.all(|(_, outcome)| matches!(outcome, Outcome::Written { .. }))
}

fn failed(outcome: &Outcome) -> &Failure {
    match outcome {
        Outcome::Failed(failure) => failure,
        other => panic!("not failed: {other:?}"),
    }
}

fn not_sent(outcome: &Outcome) -> &Failure {
    match outcome {
        Outcome::NotSent(failure) => failure,
        other => panic!("sent: {other:?}"),
    }
}

#[tokio::test]
async fn one_alert_is_read_written_and_read_back() {
    let stage = tenant(3).await;
    let decided = decide(&stage, &["a-1"], noted()).await;
    let (id, outcome) = &decided.outcomes[0];
    assert_eq!(id.as_str(), "a-1");
    assert!(
        matches!(outcome, Outcome::Written { request: Some(request) } if request.len() == 36),
        "{outcome:?}"
    );
    assert_eq!(decided.calls, 3);
    let calls: Vec<String> = stage.requests()[1..]
        .iter()
        .map(|request| format!("{} {}", request.method, request.path))
        .collect();
    assert_eq!(
        calls,
        [
            "GET /api/alerts/a-1",
            "PATCH /api/alerts/a-1",
            "GET /api/alerts/a-1"
        ]
    );
    // Only what changes, under the service's own names.
    assert_eq!(
        sent(&writes(&stage)[0]),
        json!({"status": "Resolved", "classification": "FalsePositive",
            "determination": "NotMalicious", "comment": "known good"})
    );
    let read = triage::of(&decided.alerts[0].body.unpack()).unwrap();
    assert_eq!((read.status.as_str(), read.comments), ("Resolved", 1));
}

#[tokio::test]
async fn many_go_in_batches_and_each_that_was_refused_says_why() {
    let stage = tenant(250).await;
    stage.script().close_to_changes(&["a-7", "a-120", "a-249"]);
    let decided = decide(&stage, &ids(250), noted()).await;
    assert_eq!(decided.outcomes.len(), 250);
    for (number, (id, outcome)) in decided.outcomes.iter().enumerate() {
        assert_eq!(id.as_str(), format!("a-{number}"));
        if [7, 120, 249].contains(&number) {
            let failure = failed(outcome);
            assert_eq!(failure.kind, FailureKind::Forbidden);
            assert!(failure.sentence.contains("device group"), "{failure}");
            let remedy = failure.remedy.as_deref().unwrap();
            assert!(remedy.contains("holds the permission"), "{remedy}");
            assert!(failure.request.is_some());
        } else {
            assert!(matches!(outcome, Outcome::Written { .. }), "{outcome:?}");
        }
    }
    let sizes: Vec<usize> = writes(&stage)
        .iter()
        .map(|request| sent(request)["alertIds"].as_array().map_or(1, Vec::len))
        .collect();
    assert_eq!(sizes, [100, 100, 50, 1, 1, 1]);
    let longest = stage.requests().iter().map(|one| one.query.len()).max();
    assert!((1_000..6_000).contains(&longest.unwrap()), "{longest:?}");
    let calls = stage.requests().len() - 1;
    assert_eq!(decided.calls, calls);
    assert_eq!(notes(&stage, "a-8").await, 1);
    assert_eq!(decided.alerts.len(), 250);
}

#[tokio::test]
async fn somebody_elses_decision_is_never_written_over_unless_that_is_wanted() {
    let stage = tenant(3).await;
    let theirs = json!({"status": "InProgress", "assignedTo": "kim@contoso.example"});
    stage.script().change("a-1", theirs);
    let decided = decide(&stage, &ids(3), close()).await;
    let outcomes: Vec<&Outcome> = decided
        .outcomes
        .iter()
        .map(|(_, outcome)| outcome)
        .collect();
    assert!(matches!(outcomes[0], Outcome::Written { .. }));
    assert!(matches!(outcomes[2], Outcome::Written { .. }));
    let Outcome::Conflict(theirs) = outcomes[1] else {
        panic!("{:?}", outcomes[1]);
    };
    assert_eq!(theirs.assigned_to, "kim@contoso.example");
    assert_eq!(now(&stage.client, "a-1").await["status"], "InProgress");

    let forced = Write {
        guard: Guard::Overwrite,
        ..write(&stage, &["a-1"], close())
    };
    assert!(all_written(&stage.client.decide(&forced).await));
    assert_eq!(now(&stage.client, "a-1").await["status"], "Resolved");
}

#[tokio::test]
async fn what_reads_so_already_is_not_written_again() {
    let stage = tenant(2).await;
    assert!(all_written(&decide(&stage, &ids(2), noted()).await));
    let before = writes(&stage).len();
    // The same decision again, as after an end of the program.
    let again = decide(&stage, &ids(2), noted()).await;
    assert!(
        again
            .outcomes
            .iter()
            .all(|(_, one)| *one == Outcome::AlreadySo)
    );
    assert_eq!(writes(&stage).len(), before);
    // Where the note alone is missing, the note alone is written.
    stage.script().change("a-0", json!({"status": "New"}));
    let other = close().and_note("another note").unwrap();
    let seen = triage::of(&now(&stage.client, "a-1").await.to_string()).unwrap();
    let mut write = write(&stage, &["a-1"], other);
    write.targets[0].seen = seen;
    assert!(all_written(&stage.client.decide(&write).await));
    let sent = sent(writes(&stage).last().unwrap());
    assert_eq!(sent, json!({"comment": "another note"}));
    assert_eq!(notes(&stage, "a-1").await, 2);
}

#[tokio::test]
async fn a_note_of_long_ago_is_not_this_one() {
    let stage = tenant(1).await;
    let note = Change::default().and_note("seen").unwrap();
    assert!(matches!(
        decide_one(&stage, note.clone()).await,
        Outcome::Written { .. }
    ));
    stage.clock.advance(Duration::from_secs(11 * 60));
    let outcome = stage
        .client
        .decide(&Write {
            guard: Guard::Overwrite,
            ..write(&stage, &["a-0"], note)
        })
        .await;
    assert!(all_written(&outcome));
    assert_eq!(notes(&stage, "a-0").await, 2);
}

#[tokio::test]
async fn the_spelling_a_tenant_takes_is_learnt_once() {
    let stage = tenant(3).await;
    stage
        .script()
        .refuse_words(&["InsufficientData", "NoEnoughDataToValidate"]);
    let change = Change::close(Disposition::NotEnoughData);
    for (id, tries) in [("a-0", 3), ("a-1", 1), ("a-2", 1)] {
        let before = writes(&stage).len();
        assert!(all_written(&decide(&stage, &[id], change.clone()).await));
        assert_eq!(writes(&stage).len() - before, tries, "{id}");
        let taken = &now(&stage.client, id).await["determination"];
        assert_eq!(taken, "NotEnoughDataToValidate");
    }
}

#[tokio::test]
async fn a_word_that_is_refused_in_every_spelling_is_refused() {
    let stage = tenant(1).await;
    stage.script().refuse_words(&["NotMalicious", "Clean"]);
    let outcome = decide_one(&stage, close()).await;
    let failure = failed(&outcome);
    assert_eq!(failure.kind, FailureKind::Rejected);
    // In the words that were asked for first.
    assert!(failure.sentence.contains("'NotMalicious'"), "{failure}");
    assert_eq!(writes(&stage).len(), 2);
}

#[tokio::test]
async fn the_size_of_a_batch_is_learnt_once() {
    let stage = tenant(120).await;
    stage.script().limit_batches(40);
    assert!(all_written(&decide(&stage, &ids(120), close()).await));
    let sizes = |from: usize| -> Vec<usize> {
        let writes = writes(&stage);
        let batches = writes[from..].iter();
        batches
            .map(|one| sent(one)["alertIds"].as_array().unwrap().len())
            .collect()
    };
    assert_eq!(sizes(0), [100, 40, 40, 40]);
    let reopened = Write {
        guard: Guard::Overwrite,
        ..write(&stage, &ids(60), Change::reopen())
    };
    assert!(all_written(&stage.client.decide(&reopened).await));
    assert_eq!(sizes(4), [40, 20]);
}

#[tokio::test]
async fn what_is_taken_away_is_taken_away_however_the_tenant_wants_it() {
    for how in [TakenAway::Mixed, TakenAway::ByNull, TakenAway::ByEmptyText] {
        let stage = tenant(2).await;
        stage.script().take_away(how);
        let change = close().and_owner("me@contoso.example").unwrap();
        for id in ["a-0", "a-1"] {
            assert!(all_written(&decide(&stage, &[id], change.clone()).await));
            let before = writes(&stage).len();
            let back = change.inverse(&seen()).unwrap();
            let undo = Write {
                guard: Guard::Overwrite,
                ..write(&stage, &[id], back)
            };
            let decided = stage.client.decide(&undo).await;
            assert!(all_written(&decided), "{how:?}: {decided:?}");
            let alert = now(&stage.client, id).await;
            for name in ["assignedTo", "classification", "determination"] {
                assert_eq!(alert[name], Value::Null, "{how:?}");
            }
            // Learnt with the first alert.
            if id == "a-1" {
                assert_eq!(writes(&stage).len() - before, 1, "{how:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_lost_answer_to_a_write_that_arrived_is_no_failure() {
    let unavailable = answer(503, &[], "");
    for lost in [unavailable, Fault::Reset, answer(502, &[], "<html>")] {
        for alerts in [1, 3] {
            let stage = tenant(alerts).await;
            let fault = Fault::DoneBut(Box::new(lost.clone()));
            stage.script().next(Endpoint::Change, fault);
            let decided = decide(&stage, &ids(alerts), noted()).await;
            assert!(all_written(&decided), "{lost:?}: {decided:?}");
            assert_eq!(writes(&stage).len(), 1);
            assert_eq!(notes(&stage, "a-0").await, 1);
        }
    }
}

#[tokio::test]
async fn a_write_that_is_never_answered_is_read_back_too() {
    let stage = tenant(1).await;
    let limits = Limits {
        silence: Duration::from_millis(200),
        ..Limits::default()
    };
    let client = client(&stage.account(), &stage.clock, limits);
    client.renew().await.unwrap();
    let hang = Fault::DoneBut(Box::new(Fault::Hang));
    stage.script().next(Endpoint::Change, hang);
    let decided = client.decide(&write(&stage, &["a-0"], noted())).await;
    assert!(all_written(&decided), "{decided:?}");
    assert_eq!(writes(&stage).len(), 1);
}

#[tokio::test]
async fn a_write_that_did_not_arrive_is_told_and_never_repeated_blindly() {
    let stage = tenant(150).await;
    stage
        .script()
        .next(Endpoint::Change, answer(503, &[("retry-after", "9")], ""));
    let decided = decide(&stage, &ids(150), noted()).await;
    for (number, (_, outcome)) in decided.outcomes.iter().enumerate() {
        let failure = if number < 100 {
            failed(outcome)
        } else {
            not_sent(outcome)
        };
        assert_eq!(failure.kind, FailureKind::Unreachable);
    }
    assert_eq!(writes(&stage).len(), 1);
    // Given again, it arrives once.
    assert!(all_written(&decide(&stage, &ids(150), noted()).await));
    assert_eq!(notes(&stage, "a-0").await, 1);
}

#[tokio::test]
async fn what_cannot_be_read_back_is_settled_by_the_next_try() {
    let stage = tenant(2).await;
    let lost = Fault::DoneBut(Box::new(answer(503, &[], "")));
    stage.script().next(Endpoint::Change, lost);
    // The reading before the write works, none after it does.
    stage.script().next(Endpoint::Alerts, Fault::NextLink);
    for _ in 0..3 {
        stage.script().next(Endpoint::Alerts, answer(503, &[], ""));
    }
    let decided = decide(&stage, &ids(2), noted()).await;
    for (_, outcome) in &decided.outcomes {
        assert_eq!(failed(outcome).kind, FailureKind::Unreachable);
    }
    let again = decide(&stage, &ids(2), noted()).await;
    assert!(
        again
            .outcomes
            .iter()
            .all(|(_, one)| *one == Outcome::AlreadySo),
        "{again:?}"
    );
    assert_eq!(notes(&stage, "a-1").await, 1);
}

#[tokio::test]
async fn a_short_wait_is_waited_and_a_long_one_is_told() {
    let stage = tenant(250).await;
    let busy = |seconds: &str| answer(429, &[("retry-after", seconds)], "");
    stage.script().next(Endpoint::Change, busy("20"));
    let start = stage.clock.now();
    assert!(all_written(&decide(&stage, &ids(250), close()).await));
    assert!(stage.clock.now().duration_since(start).as_secs() >= 20);

    stage.script().next(Endpoint::Change, Fault::NextLink);
    stage.script().next(Endpoint::Change, busy("240"));
    let reopened = Write {
        guard: Guard::Overwrite,
        ..write(&stage, &ids(250), Change::reopen())
    };
    let decided = stage.client.decide(&reopened).await;
    for (number, (_, outcome)) in decided.outcomes.iter().enumerate() {
        if number < 100 {
            assert!(matches!(outcome, Outcome::Written { .. }), "{outcome:?}");
        } else {
            let failure = not_sent(outcome);
            assert_eq!(failure.kind, FailureKind::Throttled);
            assert_eq!(failure.retry_after.unwrap().as_secs(), 240);
        }
    }
}

#[tokio::test]
async fn batches_are_paced_so_that_none_is_throttled() {
    let stage = tenant(120).await;
    stage.script().limit_batches(10);
    let start = stage.clock.now();
    let decided = decide(&stage, &ids(120), close()).await;
    assert!(all_written(&decided), "{decided:?}");
    // One too large and twelve: more than the ten of a minute, and none was refused for it.
    assert_eq!(writes(&stage).len(), 13);
    assert!(stage.clock.now().duration_since(start).as_secs() >= 60);
}

#[tokio::test]
async fn a_missing_permission_is_named() {
    let stage = tenant(120).await;
    stage.script().grant(&["Alert.Read"]);
    stage.client.renew().await.unwrap();
    let outcome = decide_one(&stage, close()).await;
    let failure = failed(&outcome);
    assert_eq!(failure.kind, FailureKind::Forbidden);
    assert_eq!(
        failure.remedy.as_deref(),
        Some(
            "the token lacks `Alert.ReadWrite`: have it granted to the application, then sign in again"
        )
    );
    let before = writes(&stage).len();
    let decided = decide(&stage, &ids(120), close()).await;
    // One batch, and three of it by themselves: the rest was never asked for.
    for (number, (_, outcome)) in decided.outcomes.iter().enumerate() {
        let failure = match number {
            0 | 50 | 99 => failed(outcome),
            _ => not_sent(outcome),
        };
        assert_eq!(failure.kind, FailureKind::Forbidden);
    }
    assert_eq!(writes(&stage).len() - before, 4);
}

#[tokio::test]
async fn a_few_that_are_refused_take_no_others_with_them() {
    let spread: &[&str] = &["a-3", "a-20", "a-41", "a-60", "a-61", "a-77", "a-98"];
    for (closed, most_calls) in [
        (&["a-0", "a-1", "a-2"][..], 24),
        (&["a-99"], 24),
        (&["a-0", "a-50"], 24),
        (spread, 100),
    ] {
        let stage = tenant(100).await;
        stage.script().close_to_changes(closed);
        stage.script().let_closed_spoil_batches();
        let decided = decide(&stage, &ids(100), noted()).await;
        for (id, outcome) in &decided.outcomes {
            if closed.contains(&id.as_str()) {
                assert_eq!(failed(outcome).kind, FailureKind::Forbidden, "{id:?}");
            } else {
                assert!(
                    matches!(outcome, Outcome::Written { .. }),
                    "{id:?} {outcome:?}"
                );
            }
        }
        let calls = writes(&stage).len();
        assert!(calls <= most_calls, "{calls} calls for {closed:?}");
        for id in ["a-4", "a-97"] {
            assert_eq!(notes(&stage, id).await, 1);
        }
    }
}

#[tokio::test]
async fn a_note_that_may_still_arrive_is_not_sent_a_second_time() {
    // A batch that is answered well and shows nothing for as long as is waited.
    let stage = tenant(3).await;
    stage.script().next(Endpoint::Change, answer(200, &[], ""));
    let decided = decide(&stage, &ids(3), noted()).await;
    for (_, outcome) in &decided.outcomes {
        // All but the note is there now.
        let Outcome::NotTaken(now) = outcome else {
            panic!("{outcome:?}");
        };
        assert_eq!((now.status.as_str(), now.comments), ("Resolved", 0));
    }
    let noted: Vec<bool> = writes(&stage)
        .iter()
        .map(|one| sent(one).get("comment").is_some())
        .collect();
    assert_eq!(noted, [true, false, false, false]);
    // A note alone has no second try at all.
    let stage = tenant(3).await;
    stage.script().next(Endpoint::Change, answer(200, &[], ""));
    let note = Change::default().and_note("seen").unwrap();
    let decided = decide(&stage, &ids(3), note).await;
    assert_eq!(writes(&stage).len(), 1);
    for (_, outcome) in &decided.outcomes {
        assert!(matches!(outcome, Outcome::NotTaken(_)), "{outcome:?}");
    }
}

#[tokio::test]
async fn a_lost_note_is_not_tried_again_at_once() {
    let stage = tenant(1).await;
    stage.script().next(Endpoint::Change, Fault::Reset);
    let outcome = decide_one(&stage, noted()).await;
    assert_eq!(failed(&outcome).retry_after.unwrap().as_secs(), 60);
    stage.script().next(Endpoint::Change, Fault::Reset);
    let outcome = decide_one(&stage, close()).await;
    assert_eq!(failed(&outcome).retry_after, None);
}

#[tokio::test]
async fn a_note_is_known_again_whatever_the_clock_of_the_machine_says() {
    for hours in [-9, 9] {
        let stage = tenant(1).await;
        let wrong = SignedDuration::from_hours(hours);
        let client = stage.client_off_by(stage.password(), wrong);
        client.renew().await.unwrap();
        let write = Write {
            decided: stage.clock.now() + wrong,
            ..write(&stage, &["a-0"], noted())
        };
        assert!(all_written(&client.decide(&write).await));
        let again = client.decide(&write).await;
        assert_eq!(again.outcomes[0].1, Outcome::AlreadySo, "{hours}");
        assert_eq!(notes(&stage, "a-0").await, 1);
    }
}

#[tokio::test]
async fn a_colleagues_note_of_the_same_words_does_not_stand_for_ours() {
    let body = json!({"id": "a-0", "status": "New", "lastUpdateTime": "2026-11-22T13:59:00Z",
        "comments": [{"comment": "known good", "createdBy": "kim@contoso.example",
            "createdTime": "2026-11-22T13:59:00Z"}]});
    let stage = Stage::with(verbatim(vec![body.to_string()])).await;
    stage.client.renew().await.unwrap();
    let mut ours = write(&stage, &["a-0"], noted());
    ours.targets[0].seen = triage::of(&body.to_string()).unwrap();
    ours.by = stage.account().username;
    for _ in 0..2 {
        let decided = stage.client.decide(&ours).await;
        assert!(decided.outcomes[0].1.is_done(), "{decided:?}");
        assert_eq!(notes(&stage, "a-0").await, 2);
    }
}

#[tokio::test]
async fn what_was_read_before_a_write_is_never_told_as_what_came_of_it() {
    let stage = tenant(1).await;
    // The first reading and the change work, no reading after that does.
    for _ in 0..2 {
        stage.script().next(Endpoint::Alert, Fault::NextLink);
    }
    for _ in 0..3 {
        stage.script().next(Endpoint::Alert, answer(503, &[], ""));
    }
    let decided = decide(&stage, &["a-0"], noted()).await;
    // The reply to the change says so.
    assert!(all_written(&decided), "{decided:?}");
    assert_eq!(decided.alerts.len(), 0);
}

#[tokio::test]
async fn a_refused_token_stops_everything_before_it_is_sent() {
    let stage = tenant(2).await;
    stage.script().next(Endpoint::Change, answer(401, &[], ""));
    let decided = decide(&stage, &ids(2), close()).await;
    for (_, outcome) in &decided.outcomes {
        assert_eq!(not_sent(outcome).kind, FailureKind::Unauthorized);
    }
    stage.script().revoke_tokens();
    let decided = decide(&stage, &ids(2), close()).await;
    for (_, outcome) in &decided.outcomes {
        assert_eq!(not_sent(outcome).kind, FailureKind::Unauthorized);
    }
}

#[tokio::test]
async fn an_alert_that_is_gone_is_told_and_the_others_are_written() {
    let stage = tenant(3).await;
    stage.script().remove(&["a-1"]);
    let decided = decide(&stage, &ids(3), close()).await;
    let gone = failed(&decided.outcomes[1].1);
    assert_eq!(gone.kind, FailureKind::NotFound);
    assert!(gone.sentence.contains("`a-1`"), "{gone}");
    for number in [0, 2] {
        assert!(matches!(
            decided.outcomes[number].1,
            Outcome::Written { .. }
        ));
    }
    let alone = decide(&stage, &["a-1"], close()).await;
    assert_eq!(failed(&alone.outcomes[0].1).kind, FailureKind::NotFound);
    assert_eq!(alone.calls, 1);
}

#[tokio::test]
async fn an_id_never_leaves_its_place() {
    let hostile = ["../x", "a/b", "'", "a' or id ne '", "%2e%2e", "?x#y", "é\n"];
    let mut bodies: Vec<String> = hostile.iter().map(|id| body(id)).collect();
    bodies.push(body("other"));
    let stage = Stage::with(verbatim(bodies)).await;
    stage.client.renew().await.unwrap();
    assert!(all_written(&decide(&stage, &hostile, close()).await));
    for id in hostile {
        let reopened = Write {
            guard: Guard::Overwrite,
            ..write(&stage, &[id], Change::reopen())
        };
        assert!(all_written(&stage.client.decide(&reopened).await), "{id}");
    }
    assert_eq!(now(&stage.client, "other").await["status"], "New");
    let before = stage.requests().len();
    for id in [".", ".."] {
        let decided = decide(&stage, &[id], close()).await;
        assert_eq!(
            not_sent(&decided.outcomes[0].1).kind,
            FailureKind::Misconfigured
        );
    }
    assert_eq!(stage.requests().len(), before);
}

#[tokio::test]
async fn a_service_that_refuses_lists_by_id_is_asked_one_by_one() {
    let stage = tenant(12).await;
    stage.script().next(Endpoint::Alerts, answer(400, &[], ""));
    assert!(all_written(&decide(&stage, &ids(12), close()).await));
    let lists = |stage: &Stage| {
        let requests = stage.requests();
        requests
            .iter()
            .filter(|one| one.path == "/api/alerts")
            .count()
    };
    assert_eq!(lists(&stage), 1);
    let filter = decoded(&stage.requests()[1].query)[0].1.clone();
    assert!(filter.starts_with("id eq 'a-0' or id eq 'a-1'"), "{filter}");
    assert_eq!(writes(&stage).len(), 1);
}

#[tokio::test]
async fn the_same_alert_twice_is_written_once() {
    let stage = tenant(1).await;
    let decided = decide(&stage, &["a-0", "a-0"], noted()).await;
    assert!(all_written(&decided));
    assert_eq!((decided.outcomes.len(), decided.alerts.len()), (2, 1));
    assert_eq!(notes(&stage, "a-0").await, 1);
}

#[tokio::test]
async fn alerts_of_the_story_are_decided_as_well() {
    let stage = Stage::with(Options {
        alerts: 40,
        ..Options::default()
    })
    .await;
    stage.client.renew().await.unwrap();
    let page = stage
        .client
        .list_alerts(&AlertQuery::everything(40))
        .await
        .unwrap();
    let targets: Vec<Target> = page
        .alerts
        .iter()
        .map(|alert| Target {
            id: alert.id.clone(),
            seen: triage::of(&alert.body.unpack()).unwrap(),
        })
        .collect();
    let write = Write {
        targets,
        change: noted(),
        guard: Guard::Checked,
        decided: stage.clock.now(),
        by: String::new(),
    };
    let decided = stage.client.decide(&write).await;
    assert!(all_written(&decided), "{:?}", decided.outcomes);
}
