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
use vigie::domain::token::Api;
use vigie::service::Limits;
use vigie::sim::Endpoint;
use vigie::sim::Fault;
use vigie::sim::Request;
use vigie::sim::TakenAway;
use vigie::wire::triage;

use crate::both::DEFENDER;
use crate::both::Service;
use crate::both::on_both;
use crate::stage::Stage;
use crate::stage::answer;
use crate::stage::decoded;
use crate::stage::still;
use crate::stage::verbatim;

on_both! {
    async
    many_go_in_batches_and_each_that_was_refused_says_why,
    somebody_elses_decision_is_never_written_over_unless_that_is_wanted,
    what_reads_so_already_is_not_written_again,
    a_note_of_long_ago_is_not_this_one,
    the_spelling_a_tenant_takes_is_learnt_once,
    a_word_that_is_refused_in_every_spelling_is_refused,
    what_is_taken_away_is_taken_away_however_the_tenant_wants_it,
    a_lost_answer_to_a_write_that_arrived_is_no_failure,
    a_write_that_is_never_answered_is_read_back_too,
    a_write_that_did_not_arrive_is_told_and_never_repeated_blindly,
    what_cannot_be_read_back_is_settled_by_the_next_try,
    a_short_wait_is_waited_and_a_long_one_is_told,
    a_missing_permission_is_named,
    a_few_that_are_refused_take_no_others_with_them,
    a_lost_note_is_not_tried_again_at_once,
    a_note_is_known_again_whatever_the_clock_of_the_machine_says,
    a_colleagues_note_of_the_same_words_does_not_stand_for_ours,
    what_was_read_before_a_write_is_never_told_as_what_came_of_it,
    a_refused_token_stops_everything_before_it_is_sent,
    an_alert_that_is_gone_is_told_and_the_others_are_written,
    an_id_never_leaves_its_place,
    the_same_alert_twice_is_written_once,
    alerts_of_the_story_are_decided_as_well,
}

/// A tenant of new alerts, `a-0` and on, and somebody signed in.
pub(crate) async fn tenant(service: &'static Service, alerts: usize) -> Stage {
    let bodies = ids(alerts).iter().map(|id| body(service, id)).collect();
    Stage::signed_in_with(service, verbatim(bodies)).await
}

fn body(service: &Service, id: &str) -> String {
    service.body(
        json!({"id": id, "status": "New", "assignedTo": null, "classification": null,
        "determination": null, "comments": [], "lastUpdateTime": "2026-11-22T13:00:00Z"}),
    )
}

/// What everyone saw of these alerts at first.
fn seen(service: &Service) -> Triage {
    triage::of(&body(service, "a")).unwrap()
}

pub(crate) fn ids(alerts: usize) -> Vec<String> {
    (0..alerts).map(|number| format!("a-{number}")).collect()
}

fn write<S: AsRef<str>>(stage: &Stage, ids: &[S], change: Change) -> Write {
    let target = |id: &S| Target {
        id: AlertId::new(id.as_ref()).unwrap(),
        seen: seen(stage.service),
    };
    Write {
        targets: ids.iter().map(target).collect(),
        change,
        guard: Guard::Checked,
        decided: stage.clock.now(),
        by: String::new(),
    }
}

pub(crate) async fn decide<S: AsRef<str>>(stage: &Stage, ids: &[S], change: Change) -> Decided {
    stage.client.decide(&write(stage, ids, change)).await
}

/// The outcome of a decision about one alert.
pub(crate) async fn decide_one(stage: &Stage, change: Change) -> Outcome {
    let mut decided = decide(stage, &["a-0"], change).await;
    assert_eq!(decided.outcomes.len(), 1);
    decided.outcomes.remove(0).1
}

pub(crate) fn close() -> Change {
    Change::close(Disposition::NotMalicious)
}

pub(crate) fn noted() -> Change {
    close().and_note("known good").unwrap()
}

/// The alert as the service has it.
async fn told(stage: &Stage, id: &str) -> String {
    let id = AlertId::new(id).unwrap();
    stage.client.get_alert(&id).await.unwrap().body.unpack()
}

/// The same in the names and words of the Defender API.
pub(crate) async fn now(stage: &Stage, id: &str) -> Value {
    stage.service.told(&told(stage, id).await)
}

pub(crate) async fn notes(stage: &Stage, id: &str) -> usize {
    now(stage, id).await["comments"].as_array().unwrap().len()
}

/// The writes so far.
pub(crate) fn writes(stage: &Stage) -> Vec<Request> {
    let mut requests = stage.requests();
    requests.retain(|request| !request.path.contains("/oauth2/") && request.method != "GET");
    requests
}

pub(crate) fn sent(request: &Request) -> Value {
    serde_json::from_str(&request.body).unwrap()
}

/// Alerts, or changes of alerts, that went with each of these requests.
pub(crate) fn sizes(requests: &[Request]) -> Vec<usize> {
    let size = |request: &Request| {
        let sent = sent(request);
        let several = sent.get("alertIds").or(sent.get("requests"));
        several.map_or(1, |several| several.as_array().unwrap().len())
    };
    requests.iter().map(size).collect()
}

/// How often a service is written to for one alert and a note.
fn requests_for_one(service: &Service) -> usize {
    match service.api {
        Api::Defender => 1,
        Api::Graph => 2,
    }
}

/// Lets so many alerts be read and changed, and then none be read for as often as that
/// is tried.
fn cannot_be_read_back(stage: &Stage, alerts: usize) {
    let script = stage.script();
    let (reading, calls) = match (stage.service.api, alerts) {
        (Api::Defender, 2..) => (Endpoint::Alerts, 1),
        (Api::Defender | Api::Graph, _) => (stage.service.alert, alerts),
    };
    let passes = |endpoint| script.next(endpoint, Fault::NextLink);
    for _ in 0..calls {
        passes(reading);
        // What is said of an alert holds for changes of it too.
        passes(stage.service.change);
        passes(Endpoint::GraphComment);
    }
    for _ in 0..3 * calls {
        script.next(reading, answer(503, &[], ""));
    }
}

pub(crate) fn all_written(decided: &Decided) -> bool {
    let mut outcomes = decided.outcomes.iter();
    outcomes.all(|(_, outcome)| matches!(outcome, Outcome::Written { .. }))
}

pub(crate) fn failed(outcome: &Outcome) -> &Failure {
    match outcome {
        Outcome::Failed(failure) => failure,
        other => panic!("not failed: {other:?}"),
    }
}

pub(crate) fn not_sent(outcome: &Outcome) -> &Failure {
    match outcome {
        Outcome::NotSent(failure) => failure,
        other => panic!("sent: {other:?}"),
    }
}

#[tokio::test]
async fn one_alert_is_read_written_and_read_back() {
    let stage = tenant(&DEFENDER, 3).await;
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

async fn many_go_in_batches_and_each_that_was_refused_says_why(service: &'static Service) {
    let stage = tenant(service, 250).await;
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
    let sizes = sizes(&writes(&stage));
    match service.api {
        Api::Defender => {
            assert_eq!(sizes, [100, 100, 50, 1, 1, 1]);
            let longest = stage.requests().iter().map(|one| one.query.len()).max();
            assert!((1_000..6_000).contains(&longest.unwrap()), "{longest:?}");
        }
        // Ten alerts at once, a change and a note for each.
        Api::Graph => {
            let batches = sizes.iter().filter(|size| **size == 20).count();
            assert_eq!(batches, 25, "{sizes:?}");
        }
    }
    let calls = stage.requests().len() - 1;
    assert_eq!(decided.calls, calls);
    assert_eq!(notes(&stage, "a-8").await, 1);
    assert_eq!(decided.alerts.len(), 250);
}

async fn somebody_elses_decision_is_never_written_over_unless_that_is_wanted(
    service: &'static Service,
) {
    let stage = tenant(service, 3).await;
    let theirs = json!({"status": "InProgress", "assignedTo": "kim@contoso.example"});
    stage.script().change("a-1", service.patch(theirs));
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
    assert_eq!(now(&stage, "a-1").await["status"], "InProgress");

    let forced = Write {
        guard: Guard::Overwrite,
        ..write(&stage, &["a-1"], close())
    };
    assert!(all_written(&stage.client.decide(&forced).await));
    assert_eq!(now(&stage, "a-1").await["status"], "Resolved");
}

async fn what_reads_so_already_is_not_written_again(service: &'static Service) {
    let stage = tenant(service, 2).await;
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
    stage
        .script()
        .change("a-0", service.patch(json!({"status": "New"})));
    let other = close().and_note("another note").unwrap();
    let seen = triage::of(&told(&stage, "a-1").await).unwrap();
    let mut write = write(&stage, &["a-1"], other);
    write.targets[0].seen = seen;
    assert!(all_written(&stage.client.decide(&write).await));
    let writes = writes(&stage);
    assert_eq!(writes.len(), before + 1);
    let sent = sent(writes.last().unwrap());
    assert_eq!(sent["comment"], "another note");
    assert_eq!(sent.get("status"), None);
    assert_eq!(notes(&stage, "a-1").await, 2);
}

async fn a_note_of_long_ago_is_not_this_one(service: &'static Service) {
    let stage = tenant(service, 1).await;
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

async fn the_spelling_a_tenant_takes_is_learnt_once(service: &'static Service) {
    let stage = tenant(service, 3).await;
    let (refused, most, wanted) = match service.api {
        Api::Defender => (
            &["InsufficientData", "NoEnoughDataToValidate"][..],
            3,
            "NotEnoughDataToValidate",
        ),
        Api::Graph => (&["notEnoughDataToValidate"][..], 2, "InsufficientData"),
    };
    stage.script().refuse_words(refused);
    let change = Change::close(Disposition::NotEnoughData);
    for (id, tries) in [("a-0", most), ("a-1", 1), ("a-2", 1)] {
        let before = writes(&stage).len();
        assert!(all_written(&decide(&stage, &[id], change.clone()).await));
        assert_eq!(writes(&stage).len() - before, tries, "{id}");
        let taken = &now(&stage, id).await["determination"];
        assert_eq!(taken, wanted);
    }
}

async fn a_word_that_is_refused_in_every_spelling_is_refused(service: &'static Service) {
    let stage = tenant(service, 1).await;
    let words = ["NotMalicious", "Clean"].map(|word| service.api.word(word));
    let words: Vec<&str> = words.iter().map(AsRef::as_ref).collect();
    stage.script().refuse_words(&words);
    let outcome = decide_one(&stage, close()).await;
    let failure = failed(&outcome);
    assert_eq!(failure.kind, FailureKind::Rejected);
    // In the words that were asked for first.
    let first = format!("'{}'", words[0]);
    assert!(failure.sentence.contains(&first), "{failure}");
    assert_eq!(writes(&stage).len(), 2);
}

#[tokio::test]
async fn the_size_of_a_batch_is_learnt_once() {
    let stage = tenant(&DEFENDER, 120).await;
    stage.script().limit_batches(40);
    assert!(all_written(&decide(&stage, &ids(120), close()).await));
    assert_eq!(sizes(&writes(&stage)), [100, 40, 40, 40]);
    let reopened = Write {
        guard: Guard::Overwrite,
        ..write(&stage, &ids(60), Change::reopen())
    };
    assert!(all_written(&stage.client.decide(&reopened).await));
    assert_eq!(sizes(&writes(&stage)[4..]), [40, 20]);
}

async fn what_is_taken_away_is_taken_away_however_the_tenant_wants_it(service: &'static Service) {
    for how in [TakenAway::Mixed, TakenAway::ByNull, TakenAway::ByEmptyText] {
        let stage = tenant(service, 2).await;
        stage.script().take_away(how);
        let change = close().and_owner("me@contoso.example").unwrap();
        for id in ["a-0", "a-1"] {
            assert!(all_written(&decide(&stage, &[id], change.clone()).await));
            let before = writes(&stage).len();
            let back = change.inverse(&seen(service)).unwrap();
            let undo = Write {
                guard: Guard::Overwrite,
                ..write(&stage, &[id], back)
            };
            let decided = stage.client.decide(&undo).await;
            assert!(all_written(&decided), "{how:?}: {decided:?}");
            let alert = now(&stage, id).await;
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

async fn a_lost_answer_to_a_write_that_arrived_is_no_failure(service: &'static Service) {
    let unavailable = answer(503, &[], "");
    for lost in [unavailable, Fault::Reset, answer(502, &[], "<html>")] {
        for (alerts, endpoint, requests) in [
            (1, service.note, requests_for_one(service)),
            (3, service.changes, 1),
        ] {
            let stage = tenant(service, alerts).await;
            let fault = Fault::DoneBut(Box::new(lost.clone()));
            stage.script().next(endpoint, fault);
            let decided = decide(&stage, &ids(alerts), noted()).await;
            assert!(all_written(&decided), "{lost:?}: {decided:?}");
            assert_eq!(writes(&stage).len(), requests);
            assert_eq!(notes(&stage, "a-0").await, 1);
        }
    }
}

async fn a_write_that_is_never_answered_is_read_back_too(service: &'static Service) {
    let stage = tenant(service, 1).await;
    let limits = Limits {
        silence: Duration::from_millis(200),
        ..Limits::default()
    };
    let client = stage.client_within(limits);
    client.renew().await.unwrap();
    let hang = Fault::DoneBut(Box::new(Fault::Hang));
    stage.script().next(service.note, hang);
    let decided = client.decide(&write(&stage, &["a-0"], noted())).await;
    assert!(all_written(&decided), "{decided:?}");
    assert_eq!(writes(&stage).len(), requests_for_one(service));
}

async fn a_write_that_did_not_arrive_is_told_and_never_repeated_blindly(service: &'static Service) {
    let stage = tenant(service, 150).await;
    stage
        .script()
        .next(service.changes, answer(503, &[("retry-after", "9")], ""));
    let together = service.together(requests_for_one(service));
    let decided = decide(&stage, &ids(150), noted()).await;
    for (number, (_, outcome)) in decided.outcomes.iter().enumerate() {
        let failure = if number < together {
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

async fn what_cannot_be_read_back_is_settled_by_the_next_try(service: &'static Service) {
    let stage = tenant(service, 2).await;
    let lost = Fault::DoneBut(Box::new(answer(503, &[], "")));
    stage.script().next(service.changes, lost);
    cannot_be_read_back(&stage, 2);
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

async fn a_short_wait_is_waited_and_a_long_one_is_told(service: &'static Service) {
    let stage = tenant(service, 250).await;
    let busy = |seconds: &str| answer(429, &[("retry-after", seconds)], "");
    stage.script().next(service.changes, busy("20"));
    let start = stage.clock.now();
    assert!(all_written(&decide(&stage, &ids(250), close()).await));
    assert!(stage.clock.now().duration_since(start).as_secs() >= 20);

    stage.script().next(service.changes, Fault::NextLink);
    stage.script().next(service.changes, busy("240"));
    let reopened = Write {
        guard: Guard::Overwrite,
        ..write(&stage, &ids(250), Change::reopen())
    };
    let together = service.together(1);
    let decided = stage.client.decide(&reopened).await;
    for (number, (_, outcome)) in decided.outcomes.iter().enumerate() {
        if number < together {
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
    let stage = tenant(&DEFENDER, 120).await;
    stage.script().limit_batches(10);
    let start = stage.clock.now();
    let decided = decide(&stage, &ids(120), close()).await;
    assert!(all_written(&decided), "{decided:?}");
    // One too large and twelve: more than the ten of a minute, and none was refused for it.
    assert_eq!(writes(&stage).len(), 13);
    assert!(stage.clock.now().duration_since(start).as_secs() >= 60);
}

async fn a_missing_permission_is_named(service: &'static Service) {
    let stage = tenant(service, 1).await;
    service.grant(&stage.script(), &[service.reads]);
    stage.client.renew().await.unwrap();
    let outcome = decide_one(&stage, close()).await;
    let failure = failed(&outcome);
    assert_eq!(failure.kind, FailureKind::Forbidden);
    assert_eq!(
        failure.remedy.as_deref(),
        Some(
            format!(
                "the token lacks `{}`: have it granted to the application, then sign in again",
                service.triages
            )
            .as_str()
        )
    );
}

#[tokio::test]
async fn where_all_would_be_refused_for_one_reason_most_are_not_asked_for() {
    let stage = tenant(&DEFENDER, 120).await;
    stage.script().grant(&["Alert.Read"]);
    stage.client.renew().await.unwrap();
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

async fn a_few_that_are_refused_take_no_others_with_them(service: &'static Service) {
    let spread: &[&str] = &["a-3", "a-20", "a-41", "a-60", "a-61", "a-77", "a-98"];
    for (closed, most_calls) in [
        (&["a-0", "a-1", "a-2"][..], 24),
        (&["a-99"], 24),
        (&["a-0", "a-50"], 24),
        (spread, 100),
    ] {
        let stage = tenant(service, 100).await;
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
        // The service takes calls again, however many those were.
        stage.clock.advance(Duration::from_secs(60));
        for id in ["a-4", "a-97"] {
            assert_eq!(notes(&stage, id).await, 1);
        }
    }
}

#[tokio::test]
async fn a_note_that_may_still_arrive_is_not_sent_a_second_time() {
    // A batch that is answered well and shows nothing for as long as is waited.
    let stage = tenant(&DEFENDER, 3).await;
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
    let stage = tenant(&DEFENDER, 3).await;
    stage.script().next(Endpoint::Change, answer(200, &[], ""));
    let note = Change::default().and_note("seen").unwrap();
    let decided = decide(&stage, &ids(3), note).await;
    assert_eq!(writes(&stage).len(), 1);
    for (_, outcome) in &decided.outcomes {
        assert!(matches!(outcome, Outcome::NotTaken(_)), "{outcome:?}");
    }
}

async fn a_lost_note_is_not_tried_again_at_once(service: &'static Service) {
    let stage = tenant(service, 1).await;
    stage.script().next(service.change, Fault::Reset);
    let outcome = decide_one(&stage, noted()).await;
    assert_eq!(failed(&outcome).retry_after.unwrap().as_secs(), 60);
    stage.script().next(service.change, Fault::Reset);
    let outcome = decide_one(&stage, close()).await;
    assert_eq!(failed(&outcome).retry_after, None);
}

async fn a_note_is_known_again_whatever_the_clock_of_the_machine_says(service: &'static Service) {
    for hours in [-9, 9] {
        let stage = tenant(service, 1).await;
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

async fn a_colleagues_note_of_the_same_words_does_not_stand_for_ours(service: &'static Service) {
    let body = service.body(
        json!({"id": "a-0", "status": "New", "lastUpdateTime": "2026-11-22T13:59:00Z",
        "comments": [{"comment": "known good", "createdBy": "kim@contoso.example",
            "createdTime": "2026-11-22T13:59:00Z"}]}),
    );
    let stage = Stage::signed_in_with(service, verbatim(vec![body.clone()])).await;
    let mut ours = write(&stage, &["a-0"], noted());
    ours.targets[0].seen = triage::of(&body).unwrap();
    ours.by = stage.account().username;
    for _ in 0..2 {
        let decided = stage.client.decide(&ours).await;
        assert!(decided.outcomes[0].1.is_done(), "{decided:?}");
        assert_eq!(notes(&stage, "a-0").await, 2);
    }
}

async fn what_was_read_before_a_write_is_never_told_as_what_came_of_it(service: &'static Service) {
    let stage = tenant(service, 1).await;
    cannot_be_read_back(&stage, 1);
    let decided = decide(&stage, &["a-0"], noted()).await;
    // The reply to the change says so.
    assert!(all_written(&decided), "{decided:?}");
    assert_eq!(decided.alerts.len(), 0);
}

async fn a_refused_token_stops_everything_before_it_is_sent(service: &'static Service) {
    let stage = tenant(service, 2).await;
    stage.script().next(service.changes, answer(401, &[], ""));
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

async fn an_alert_that_is_gone_is_told_and_the_others_are_written(service: &'static Service) {
    let stage = tenant(service, 3).await;
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

async fn an_id_never_leaves_its_place(service: &'static Service) {
    let hostile = ["../x", "a/b", "'", "a' or id ne '", "%2e%2e", "?x#y", "é\n"];
    let mut bodies: Vec<String> = hostile.iter().map(|id| body(service, id)).collect();
    bodies.push(body(service, "other"));
    let stage = Stage::signed_in_with(service, verbatim(bodies)).await;
    assert!(all_written(&decide(&stage, &hostile, close()).await));
    for id in hostile {
        let reopened = Write {
            guard: Guard::Overwrite,
            ..write(&stage, &[id], Change::reopen())
        };
        assert!(all_written(&stage.client.decide(&reopened).await), "{id}");
    }
    assert_eq!(now(&stage, "other").await["status"], "New");
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
    let stage = tenant(&DEFENDER, 12).await;
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

async fn the_same_alert_twice_is_written_once(service: &'static Service) {
    let stage = tenant(service, 1).await;
    let decided = decide(&stage, &["a-0", "a-0"], noted()).await;
    assert!(all_written(&decided));
    assert_eq!((decided.outcomes.len(), decided.alerts.len()), (2, 1));
    assert_eq!(notes(&stage, "a-0").await, 1);
}

async fn alerts_of_the_story_are_decided_as_well(service: &'static Service) {
    let stage = Stage::signed_in_with(service, still(40)).await;
    let page = stage
        .client
        .list_alerts(&stage.everything(40))
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
