//! Decisions on their way, without a service: answers are made up here.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot make its input has failed"
)]

use std::collections::HashMap;

use fastrand::Rng;
use jiff::SignedDuration;
use jiff::Timestamp;

use crate::app::decisions::history::History;
use crate::app::decisions::pending::DecisionId;
use crate::app::decisions::pending::Making;
use crate::app::decisions::pending::Meaning;
use crate::app::decisions::pending::Stage;
use crate::app::decisions::queue::Queue;
use crate::app::decisions::sorting::Answered;
use crate::domain::alert::AlertId;
use crate::domain::decision::Change;
use crate::domain::decision::Disposition;
use crate::domain::decision::Guard;
use crate::domain::decision::Outcome;
use crate::domain::decision::Target;
use crate::domain::decision::Triage;
use crate::domain::decision::kept::End;
use crate::domain::decision::kept::Step;
use crate::domain::decision::outcome::Decided;
use crate::domain::decision::triage::Property;
use crate::domain::failure::Failure;
use crate::domain::failure::FailureKind;
use crate::domain::moment::Moment;
use crate::domain::moment::Steady;

fn at(seconds: i64) -> Moment {
    let start = Moment {
        wall: Timestamp::UNIX_EPOCH,
        steady: Steady::START,
    };
    start.plus(SignedDuration::from_secs(seconds))
}

fn id(name: &str) -> AlertId {
    AlertId::new(name).unwrap()
}

fn new() -> Triage {
    Triage {
        status: "New".to_owned(),
        ..Triage::default()
    }
}

fn queue() -> Queue {
    Queue::new(SignedDuration::from_secs(5))
}

fn make(queue: &mut Queue, change: Change, names: &[&str], now: Moment) -> DecisionId {
    let deed = queue.next_deed();
    let target = |name: &&str| Target {
        id: id(name),
        seen: queue.seen_through(&id(name), new()),
    };
    let targets = names.iter().map(target).collect();
    let making = Making {
        change,
        targets,
        by: "me".to_owned(),
        meaning: Meaning::Decision,
        deed,
    };
    queue.make(making, now)
}

/// Answers what is being sent, name by name.
fn answer(
    queue: &mut Queue,
    decision: DecisionId,
    outcomes: &[(&str, Outcome)],
    now: Moment,
) -> Answered {
    let decided = Decided {
        outcomes: outcomes
            .iter()
            .map(|(name, outcome)| (id(name), outcome.clone()))
            .collect(),
        ..Decided::default()
    };
    let mut jitter = Rng::with_seed(1);
    queue
        .on_decided(decision, &decided, &HashMap::new(), now, &mut jitter)
        .unwrap()
}

fn written() -> Outcome {
    Outcome::Written { request: None }
}

fn unreachable() -> Outcome {
    Outcome::Failed(Failure::new(FailureKind::Unreachable, "no answer"))
}

#[test]
fn a_decision_is_held_and_then_sent_once() {
    let mut queue = queue();
    make(&mut queue, Change::take("me"), &["a"], at(0));
    assert_eq!(queue.due(), Some(at(5).steady));
    let (decision, write) = queue.start().unwrap();
    assert_eq!(write.guard, Guard::Checked);
    assert_eq!(queue.due(), None);
    assert_eq!(queue.start(), None);
    let answered = answer(&mut queue, decision, &[("a", written())], at(6));
    assert_eq!(answered.done, 1);
    assert!(queue.is_empty());
}

#[test]
fn what_is_taken_back_in_time_is_never_sent() {
    let mut queue = queue();
    let decision = make(&mut queue, Change::take("me"), &["a"], at(0));
    let (_, records) = queue.take_back(decision, End::TakenBack, at(4)).unwrap();
    assert_eq!(records.len(), 1);
    assert_eq!(queue.start(), None);
}

#[test]
fn what_is_being_sent_cannot_be_taken_back() {
    let mut queue = queue();
    let decision = make(&mut queue, Change::take("me"), &["a"], at(0));
    queue.start().unwrap();
    assert_eq!(queue.take_back(decision, End::TakenBack, at(6)), None);
}

#[test]
fn two_on_one_alert_keep_their_order_and_the_second_builds_on_the_first() {
    let mut queue = queue();
    let first = make(&mut queue, Change::take("me"), &["a"], at(0));
    let close = Change::close(Disposition::Malware);
    let second = make(&mut queue, close, &["a", "b"], at(1));
    let other = make(&mut queue, Change::reopen(), &["c"], at(2));
    // A person is impatient with the second: the first still goes first.
    queue.hurry(second, at(2));
    let (sent, _) = queue.start().unwrap();
    assert_eq!(sent, first);
    answer(&mut queue, first, &[("a", unreachable())], at(6));
    // The first waits for the service now, and the second for the first.
    queue.hurry(other, at(6));
    let (sent, _) = queue.start().unwrap();
    assert_eq!(sent, other);
    answer(&mut queue, other, &[("c", written())], at(7));
    let (sent, _) = queue.start().unwrap();
    assert_eq!(sent, first);
    answer(&mut queue, first, &[("a", written())], at(20));
    let (sent, write) = queue.start().unwrap();
    assert_eq!(sent, second);
    assert_eq!(write.targets.first().unwrap().seen.assigned_to, "me");
}

#[test]
fn each_outcome_goes_its_own_way() {
    let mut queue = queue();
    let decision = make(
        &mut queue,
        Change::take("me"),
        &["a", "b", "c", "d", "e"],
        at(0),
    );
    queue.start().unwrap();
    let theirs = Triage {
        assigned_to: "kim".to_owned(),
        ..new()
    };
    let forbidden = Failure::new(FailureKind::Forbidden, "no");
    let answered = answer(
        &mut queue,
        decision,
        &[
            ("a", written()),
            ("b", Outcome::Conflict(theirs.clone())),
            ("c", unreachable()),
            ("d", Outcome::Failed(forbidden)),
            ("e", Outcome::NotTaken(new())),
        ],
        at(6),
    );
    assert_eq!(
        (answered.done, answered.conflicts, answered.not_taken),
        (1, 1, 1)
    );
    assert_eq!(answered.refused.len(), 1);
    assert_eq!(answered.waiting.map(|(alerts, _)| alerts), Some(1));
    // What only waits has no end to record.
    let ends: Vec<End> = answered.records.iter().map(|record| record.end).collect();
    assert_eq!(
        ends,
        [End::Written, End::Conflict, End::Refused, End::NotTaken]
    );
    let stuck: Vec<&str> = queue
        .stuck()
        .flat_map(|one| one.targets.iter().map(|target| target.id.as_str()))
        .collect();
    assert_eq!(stuck, ["b", "e"]);
    let names: Vec<&str> = queue
        .pending()
        .iter()
        .map(|one| one.name.as_str())
        .collect();
    assert_eq!(names.len(), 3);
    assert!(
        names
            .iter()
            .all(|name| names.iter().filter(|other| other == &name).count() == 1)
    );
}

#[test]
fn what_nobody_knows_to_have_arrived_is_written_down_as_sent() {
    let mut queue = queue();
    let decision = make(&mut queue, Change::take("me"), &["a"], at(0));
    assert_eq!(queue.to_keep().first().unwrap().step, Step::Held);
    queue.start().unwrap();
    assert_eq!(queue.to_keep().first().unwrap().step, Step::Sent);
    answer(&mut queue, decision, &[("a", unreachable())], at(6));
    assert_eq!(queue.to_keep().first().unwrap().step, Step::Sent);
}

#[test]
fn tries_come_further_and_further_apart_and_as_the_service_asks() {
    let mut queue = queue();
    let decision = make(&mut queue, Change::take("me"), &["a"], at(0));
    let mut waits = Vec::new();
    for _ in 0..3 {
        queue.start().unwrap();
        answer(&mut queue, decision, &[("a", unreachable())], at(100));
        waits.push(at(100).steady.until(queue.due().unwrap()));
    }
    assert!(waits.is_sorted(), "{waits:?}");
    queue.start().unwrap();
    let mut throttled = Failure::new(FailureKind::Throttled, "too many");
    throttled.retry_after = Some(SignedDuration::from_secs(33));
    answer(
        &mut queue,
        decision,
        &[("a", Outcome::NotSent(throttled))],
        at(100),
    );
    assert_eq!(queue.due(), Some(at(133).steady));
}

#[test]
fn an_earlier_session_is_offered_once_and_never_sent_by_itself() {
    let mut queue = queue();
    make(&mut queue, Change::take("me"), &["a"], at(0));
    let kept = queue.to_keep();
    let mut later = self::queue();
    assert_eq!(later.adopt(kept.clone()), 1);
    assert_eq!(later.adopt(kept), 0);
    assert_eq!(later.due(), None);
    let offered = later.pending().first().unwrap();
    assert_eq!(offered.stage, Stage::Offered);
    let offered = offered.id;
    later.hurry(offered, at(9));
    let (_, write) = later.start().unwrap();
    assert_eq!(write.guard, Guard::Checked);
    assert_eq!(write.decided, Timestamp::UNIX_EPOCH);
}

#[test]
fn a_conflict_is_merged_overwritten_or_dropped() {
    let theirs = Triage {
        assigned_to: "kim".to_owned(),
        status: "InProgress".to_owned(),
        ..new()
    };
    let met = |change: Change| {
        let mut queue = queue();
        let decision = make(&mut queue, change, &["a"], at(0));
        queue.start().unwrap();
        let outcome = Outcome::Conflict(theirs.clone());
        answer(&mut queue, decision, &[("a", outcome)], at(6));
        (queue, decision)
    };
    let close = Change::close(Disposition::NotMalicious);
    let (mut queue, decision) = met(close.clone());
    let merged = queue.merge(decision, at(7)).unwrap();
    assert_eq!((merged.sent, merged.dropped.len()), (1, 0));
    let (_, write) = queue.start().unwrap();
    assert_eq!(write.change.word(Property::Status), None);
    assert_eq!(write.targets.first().unwrap().seen, theirs);

    let (mut queue, decision) = met(Change::take("me"));
    let merged = queue.merge(decision, at(7)).unwrap();
    assert_eq!((merged.sent, merged.dropped.len()), (0, 1));
    assert!(queue.is_empty());

    let (mut queue, decision) = met(close);
    queue.overwrite(decision, at(7));
    let (_, write) = queue.start().unwrap();
    assert_eq!(write.guard, Guard::Checked);
    // Over what was seen of theirs, and nothing that comes after.
    assert_eq!(write.targets.first().unwrap().seen, theirs);
}

#[test]
fn alerts_that_were_different_are_put_back_to_what_each_was() {
    let mut queue = queue();
    let deed = queue.next_deed();
    let kims = Triage {
        assigned_to: "kim".to_owned(),
        ..new()
    };
    let targets = vec![
        Target {
            id: id("a"),
            seen: new(),
        },
        Target {
            id: id("b"),
            seen: kims,
        },
    ];
    let making = Making {
        change: Change::take("me"),
        targets,
        by: "me".to_owned(),
        meaning: Meaning::Decision,
        deed,
    };
    let decision = queue.make(making, at(0));
    queue.start().unwrap();
    let answered = answer(
        &mut queue,
        decision,
        &[("a", written()), ("b", written())],
        at(6),
    );
    let mut history = History::default();
    history.add(answered.settled.unwrap());
    let plan = history.latest().unwrap().inverse();
    let owners: Vec<Option<&str>> = plan
        .iter()
        .map(|part| part.change.word(Property::AssignedTo))
        .collect();
    assert_eq!(owners, [Some(""), Some("kim")]);
    // What they have to read now, so that nobody else's work is put back too.
    let seen = &plan.first().unwrap().targets.first().unwrap().seen;
    assert_eq!(seen.status, "InProgress");
}
