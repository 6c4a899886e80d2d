//! Decisions on Graph alone: a note is a request of its own, and each part of a batch has
//! its own answer.

use serde_json::Value;
use serde_json::json;
use vigie::domain::decision::Change;
use vigie::domain::decision::Outcome;
use vigie::domain::failure::FailureKind;
use vigie::sim::Endpoint;
use vigie::sim::Fault;

use crate::both::GRAPH;
use crate::deciding::all_written;
use crate::deciding::close;
use crate::deciding::decide;
use crate::deciding::decide_one;
use crate::deciding::failed;
use crate::deciding::ids;
use crate::deciding::noted;
use crate::deciding::notes;
use crate::deciding::now;
use crate::deciding::sent;
use crate::deciding::sizes;
use crate::deciding::tenant;
use crate::deciding::writes;
use crate::stage::Stage;
use crate::stage::answer;

/// Method and path of the calls so far, but for the one that signed in.
fn calls(stage: &Stage) -> Vec<String> {
    stage.requests()[1..]
        .iter()
        .map(|request| format!("{} {}", request.method, request.path))
        .collect()
}

/// The requests in the batches so far, as `METHOD url`.
fn parts(stage: &Stage) -> Vec<String> {
    let batches = writes(stage)
        .into_iter()
        .filter(|write| write.path.ends_with("$batch"));
    let requests = batches.flat_map(|batch| {
        let requests = sent(&batch)["requests"].clone();
        serde_json::from_value::<Vec<Value>>(requests).unwrap()
    });
    requests
        .map(|part| {
            let text = |name: &str| part[name].as_str().unwrap().to_owned();
            format!("{} {}", text("method"), text("url"))
        })
        .collect()
}

#[tokio::test]
async fn a_change_and_its_note_are_two_requests() {
    let stage = tenant(&GRAPH, 1).await;
    let outcome = decide_one(&stage, noted()).await;
    assert!(
        matches!(&outcome, Outcome::Written { request: Some(request) } if request.len() == 36),
        "{outcome:?}"
    );
    let alert = "/v1.0/security/alerts_v2/a-0";
    assert_eq!(
        calls(&stage),
        [
            format!("GET {alert}"),
            format!("PATCH {alert}"),
            format!("POST {alert}/comments"),
            format!("GET {alert}"),
        ]
    );
    let writes = writes(&stage);
    assert_eq!(
        sent(&writes[0]),
        json!({"status": "resolved", "classification": "falsePositive",
            "determination": "notMalicious"})
    );
    assert_eq!(
        sent(&writes[1]),
        json!({"@odata.type": "microsoft.graph.security.alertComment", "comment": "known good"})
    );
}

#[tokio::test]
async fn a_note_that_is_refused_is_told_and_written_alone_the_next_time() {
    for (alerts, requests) in [(1, 2), (3, 4)] {
        let stage = tenant(&GRAPH, alerts).await;
        let refusal = answer(403, &[], "");
        stage.script().always(Endpoint::GraphComment, Some(refusal));
        let decided = decide(&stage, &ids(alerts), noted()).await;
        for (id, outcome) in &decided.outcomes {
            let failure = failed(outcome);
            assert_eq!(failure.kind, FailureKind::Forbidden, "{id:?}");
            let words = "changed, but without the note: ";
            assert!(failure.sentence.starts_with(words), "{failure}");
            assert_eq!(now(&stage, id.as_str()).await["status"], "Resolved");
        }
        // Of many that were refused a note for one reason, one is asked why.
        let before = writes(&stage).len();
        assert!(before <= requests, "{before}");
        stage.script().always(Endpoint::GraphComment, None);
        assert!(all_written(&decide(&stage, &ids(alerts), noted()).await));
        let written = &writes(&stage)[before..];
        let text = written[0].body.as_str();
        assert!(
            !text.contains("PATCH") && !text.contains("resolved"),
            "{text}"
        );
        assert_eq!(notes(&stage, "a-0").await, 1);
    }
}

#[tokio::test]
async fn a_change_whose_answer_got_lost_gets_its_note_the_next_time() {
    let stage = tenant(&GRAPH, 1).await;
    let lost = Fault::DoneBut(Box::new(answer(503, &[], "")));
    stage.script().next(Endpoint::GraphChange, lost);
    let outcome = decide_one(&stage, noted()).await;
    assert_eq!(failed(&outcome).kind, FailureKind::Unreachable);
    assert_eq!(writes(&stage).len(), 1);
    assert!(all_written(&decide(&stage, &ids(1), noted()).await));
    assert_eq!(writes(&stage).len(), 2);
    assert_eq!(notes(&stage, "a-0").await, 1);
}

#[tokio::test]
async fn a_part_that_is_refused_takes_no_other_with_it() {
    for (code, kind) in [
        (403, FailureKind::Forbidden),
        (404, FailureKind::NotFound),
        (409, FailureKind::Rejected),
    ] {
        let stage = tenant(&GRAPH, 12).await;
        let script = stage.script();
        script.next(Endpoint::GraphChange, Fault::NextLink);
        script.next(Endpoint::GraphChange, answer(code, &[], ""));
        let decided = decide(&stage, &ids(12), noted()).await;
        for (number, (id, outcome)) in decided.outcomes.iter().enumerate() {
            if number == 1 {
                assert_eq!(failed(outcome).kind, kind);
                assert_eq!(notes(&stage, id.as_str()).await, 0);
            } else {
                assert!(matches!(outcome, Outcome::Written { .. }), "{outcome:?}");
            }
        }
        assert_eq!(sizes(&writes(&stage)), [20, 4], "{code}");
    }
}

#[tokio::test]
async fn a_part_is_asked_for_alone_where_other_words_or_a_wait_may_help() {
    let busy = answer(429, &[("retry-after", "20")], "");
    for fault in [busy, answer(400, &[], "")] {
        let stage = tenant(&GRAPH, 5).await;
        stage.script().next(Endpoint::GraphChange, fault);
        assert!(all_written(&decide(&stage, &ids(5), noted()).await));
        // The note went with the change that it depends on.
        assert_eq!(sizes(&writes(&stage)), [10, 1, 1]);
        assert_eq!(notes(&stage, "a-0").await, 1);
    }
}

#[tokio::test]
async fn a_word_of_a_batch_that_is_refused_is_learnt_with_one_alert() {
    let stage = tenant(&GRAPH, 45).await;
    stage.script().refuse_words(&["notMalicious"]);
    assert!(all_written(&decide(&stage, &ids(45), close()).await));
    for id in ["a-0", "a-44"] {
        assert_eq!(now(&stage, id).await["determination"], "Clean");
    }
    // The first batch is refused part by part; the others have the word.
    let sizes = sizes(&writes(&stage));
    let batches: Vec<&usize> = sizes.iter().filter(|size| **size > 1).collect();
    assert_eq!(batches, [&20, &20, &5], "{sizes:?}");
}

#[tokio::test]
async fn a_part_without_an_answer_is_read_back() {
    let stage = tenant(&GRAPH, 3).await;
    let lost = Fault::DoneBut(Box::new(answer(503, &[], "")));
    stage.script().next(Endpoint::GraphChange, lost);
    stage
        .script()
        .next(Endpoint::GraphChange, answer(503, &[], ""));
    let decided = decide(&stage, &ids(3), close()).await;
    let outcomes: Vec<&Outcome> = decided.outcomes.iter().map(|(_, one)| one).collect();
    assert!(matches!(outcomes[0], Outcome::Written { .. }));
    assert_eq!(failed(outcomes[1]).kind, FailureKind::Unreachable);
    assert!(matches!(outcomes[2], Outcome::Written { .. }));
    assert_eq!(writes(&stage).len(), 1);
}

#[tokio::test]
async fn a_batch_that_is_answered_without_a_word_is_read_back_and_not_repeated() {
    for body in ["", "[]", r#"{"responses":[{"id":"0-0","status":200}]}"#] {
        let stage = tenant(&GRAPH, 3).await;
        let silent = answer(200, &[], body);
        stage.script().next(Endpoint::GraphBatch, silent.clone());
        let decided = decide(&stage, &ids(3), noted()).await;
        for (_, outcome) in &decided.outcomes {
            let failure = failed(outcome);
            assert_eq!(failure.kind, FailureKind::Malformed);
            assert_eq!(failure.retry_after.unwrap().as_secs(), 60);
        }
        assert_eq!(writes(&stage).len(), 1);
        // Where it was done all the same, reading tells.
        let done = Fault::DoneBut(Box::new(silent));
        stage.script().next(Endpoint::GraphBatch, done);
        assert!(all_written(&decide(&stage, &ids(3), noted()).await));
        assert_eq!(notes(&stage, "a-1").await, 1);
    }
}

#[tokio::test]
async fn a_service_that_takes_no_batches_is_written_to_one_by_one() {
    let stage = tenant(&GRAPH, 3).await;
    stage
        .script()
        .always(Endpoint::GraphBatch, Some(answer(400, &[], "")));
    assert!(all_written(&decide(&stage, &ids(3), noted()).await));
    assert_eq!(parts(&stage).len(), 6);
    assert_eq!(sizes(&writes(&stage)), [6, 1, 1, 1, 1, 1, 1]);
    assert_eq!(notes(&stage, "a-2").await, 1);
}

#[tokio::test]
async fn more_than_a_minute_takes_is_waited_for() {
    let stage = tenant(&GRAPH, 100).await;
    let start = stage.clock.now();
    let decided = decide(&stage, &ids(100), noted()).await;
    assert!(all_written(&decided), "{decided:?}");
    // A hundred read and two hundred changes, 150 in a minute; read back in one list.
    assert!(stage.clock.now().duration_since(start).as_secs() >= 60);
    let last = calls(&stage).pop().unwrap();
    assert_eq!(last, "GET /v1.0/security/alerts_v2");
    for id in ["a-0", "a-50", "a-99"] {
        assert_eq!(notes(&stage, id).await, 1);
    }
    let reopened = decide(&stage, &ids(100), Change::reopen()).await;
    let stopped = reopened.outcomes.iter().any(|(_, one)| {
        matches!(one, Outcome::NotSent(failure) if failure.kind == FailureKind::Throttled)
    });
    assert!(!stopped, "{reopened:?}");
}
