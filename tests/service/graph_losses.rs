//! Answers that got lost between Graph and a decision: to a note, to a part of a batch, to
//! a batch as a whole. Reading tells what arrived, and no note is written twice.

use vigie::domain::decision::Decided;
use vigie::domain::decision::Outcome;
use vigie::domain::failure::FailureKind;
use vigie::sim::Endpoint;
use vigie::sim::Fault;

use crate::both::GRAPH;
use crate::deciding::all_written;
use crate::deciding::decide;
use crate::deciding::failed;
use crate::deciding::ids;
use crate::deciding::noted;
use crate::deciding::notes;
use crate::deciding::now;
use crate::deciding::tenant;
use crate::deciding::writes;
use crate::stage::answer;

fn busy() -> Fault {
    answer(503, &[], "")
}

fn done_but(fault: Fault) -> Fault {
    Fault::DoneBut(Box::new(fault))
}

fn written(decided: &Decided) -> usize {
    let outcomes = decided.outcomes.iter();
    let is_written = |outcome: &Outcome| matches!(outcome, Outcome::Written { .. });
    outcomes.filter(|(_, outcome)| is_written(outcome)).count()
}

fn is_settled(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Written { .. } | Outcome::AlreadySo)
}

#[tokio::test]
async fn a_note_that_did_not_arrive_is_said_to_be_all_that_is_missing() {
    for alerts in [1, 3] {
        let stage = tenant(&GRAPH, alerts).await;
        stage.script().next(Endpoint::GraphComment, busy());
        let decided = decide(&stage, &ids(alerts), noted()).await;
        let failure = failed(&decided.outcomes[0].1);
        assert_eq!(failure.kind, FailureKind::Unreachable);
        let words = "changed, and no answer to the note: ";
        assert!(failure.sentence.starts_with(words), "{failure}");
        assert_eq!(now(&stage, "a-0").await["status"], "Resolved");
        assert_eq!(notes(&stage, "a-0").await, 0);
        let before = writes(&stage).len();
        assert!(all_written(&decide(&stage, &ids(1), noted()).await));
        let last = &writes(&stage)[before..];
        assert_eq!(last.len(), 1);
        assert!(last[0].path.ends_with("/a-0/comments"), "{last:?}");
        assert_eq!(notes(&stage, "a-0").await, 1);
    }
}

#[tokio::test]
async fn a_note_whose_answer_was_lost_is_not_written_twice() {
    for fault in [
        done_but(busy()),
        done_but(Fault::Reset),
        Fault::Truncate,
        Fault::Garbage,
        Fault::Empty,
    ] {
        let stage = tenant(&GRAPH, 1).await;
        stage.script().next(Endpoint::GraphComment, fault.clone());
        let decided = decide(&stage, &ids(1), noted()).await;
        assert!(all_written(&decided), "{fault:?}: {decided:?}");
        let again = decide(&stage, &ids(1), noted()).await;
        let outcome = &again.outcomes[0].1;
        assert!(matches!(outcome, Outcome::AlreadySo), "{fault:?}");
        assert_eq!(notes(&stage, "a-0").await, 1, "{fault:?}");
    }
}

#[tokio::test]
async fn a_part_whose_answer_was_lost_is_judged_by_reading() {
    // A part has no connection of its own: one that hangs is told as a timeout.
    let faults = [busy(), done_but(busy()), Fault::Hang, done_but(Fault::Hang)];
    for endpoint in [Endpoint::GraphChange, Endpoint::GraphComment] {
        for fault in &faults {
            let stage = tenant(&GRAPH, 4).await;
            stage.script().next(endpoint, fault.clone());
            let decided = decide(&stage, &ids(4), noted()).await;
            // What was told to have failed kept what depends on it from being done.
            let is_whole = endpoint == Endpoint::GraphComment && matches!(fault, Fault::DoneBut(_));
            let expected = if is_whole { 4 } else { 3 };
            assert_eq!(written(&decided), expected, "{endpoint:?} {fault:?}");
            let again = decide(&stage, &ids(4), noted()).await;
            let mut outcomes = again.outcomes.iter();
            assert!(
                outcomes.all(|(_, outcome)| is_settled(outcome)),
                "{endpoint:?} {fault:?}: {again:?}"
            );
            for id in ids(4) {
                assert_eq!(now(&stage, &id).await["status"], "Resolved");
                assert_eq!(notes(&stage, &id).await, 1, "{endpoint:?} {fault:?} {id}");
            }
        }
    }
}

#[tokio::test]
async fn a_batch_whose_answer_was_lost_is_judged_by_reading() {
    for fault in [
        done_but(busy()),
        done_but(Fault::Reset),
        Fault::Truncate,
        Fault::Garbage,
        Fault::Empty,
        Fault::Html,
    ] {
        let stage = tenant(&GRAPH, 5).await;
        stage.script().next(Endpoint::GraphBatch, fault.clone());
        let decided = decide(&stage, &ids(5), noted()).await;
        assert!(all_written(&decided), "{fault:?}: {decided:?}");
        for id in ids(5) {
            assert_eq!(notes(&stage, &id).await, 1, "{fault:?} {id}");
        }
    }
}

#[tokio::test]
async fn a_batch_that_never_arrived_leaves_everything_as_it_was() {
    for fault in [busy(), Fault::Reset] {
        let stage = tenant(&GRAPH, 3).await;
        stage.script().always(Endpoint::GraphBatch, Some(fault));
        let decided = decide(&stage, &ids(3), noted()).await;
        for (id, outcome) in &decided.outcomes {
            assert_eq!(failed(outcome).kind, FailureKind::Unreachable);
            assert_eq!(now(&stage, id.as_str()).await["status"], "New");
        }
    }
}
