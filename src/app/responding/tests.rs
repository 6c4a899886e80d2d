//! Decisions about orders: answers in, questions and news out.

use jiff::SignedDuration;
use jiff::Timestamp;

use crate::app::responding::Ask;
use crate::app::responding::following::Ended;
use crate::app::responding::following::Following;
use crate::app::responding::following::News;
use crate::app::responding::following::OnItsWay;
use crate::app::responding::following::OrderNumber;
use crate::app::responding::following::Stage;
use crate::app::responding::meant::Target;
use crate::domain::device::Acted;
use crate::domain::device::ActionKind;
use crate::domain::device::ActionState;
use crate::domain::device::DeviceAction;
use crate::domain::device::DeviceId;
use crate::domain::device::Order;
use crate::domain::device::action::tests::action;
use crate::domain::device::kept::OrderEnd;
use crate::domain::failure::Failure;
use crate::domain::failure::FailureKind;
use crate::domain::moment::Moment;
use crate::domain::moment::Steady;
use crate::domain::text::Text;

fn at(seconds: i64) -> Moment {
    let start = Moment {
        wall: Timestamp::UNIX_EPOCH,
        steady: Steady::START,
    };
    start.plus(SignedDuration::from_secs(seconds))
}

fn isolating(devices: &[&str]) -> Following {
    let mut following = Following::default();
    for name in devices {
        let target = DeviceId::new(name).map(|id| Target {
            id,
            name: (*name).to_owned(),
        });
        if let Some(target) = target {
            let (comment, by) = ("why".to_owned(), "me".to_owned());
            following.ask(target, Order::IsolateFully, comment, by, at(0));
        }
    }
    following
}

fn made(state: ActionState) -> DeviceAction {
    DeviceAction {
        comment: Text::from("why"),
        ..action(ActionKind::Isolate, state, 0)
    }
}

fn failed(kind: FailureKind) -> Failure {
    Failure::new(kind, "for a reason")
}

const FIRST: OrderNumber = OrderNumber(0);

/// One order whose action was made at the start.
fn followed() -> Following {
    let mut following = isolating(&["a"]);
    following.start(at(0).steady);
    let begun = Acted::Begun(Box::new(made(ActionState::Pending)));
    following.on_acted(FIRST, begun, at(0));
    following
}

fn stage(following: &Following) -> Option<&Stage> {
    following.get(FIRST).map(|one| &one.stage)
}

fn ends(news: &News) -> Vec<OrderEnd> {
    news.records.iter().map(|record| record.end).collect()
}

#[test]
fn orders_leave_one_at_a_time_and_each_once() {
    let mut following = isolating(&["a", "b"]);
    assert!(matches!(
        following.start(at(0).steady),
        Some(Ask::Act { order: FIRST, .. })
    ));
    assert_eq!(following.due(), None, "the second waits for the first");
    assert_eq!(following.start(at(600).steady), None);
    let refused = Acted::Refused(failed(FailureKind::Rejected));
    let news = following.on_acted(FIRST, refused.clone(), at(1));
    assert_eq!(ends(&news), [OrderEnd::Refused]);
    assert!(matches!(
        following.start(at(1).steady),
        Some(Ask::Act {
            order: OrderNumber(1),
            ..
        })
    ));
    let late = following.on_acted(FIRST, refused, at(2));
    assert_eq!(late, News::default(), "answered already");
}

#[test]
fn what_could_not_leave_in_time_is_not_sent_later() {
    let mut following = isolating(&["a"]);
    assert_eq!(following.next_deadline(), Some(at(120).steady));
    assert_eq!(following.on_woke(at(119)), News::default());
    let news = following.on_woke(at(120));
    assert_eq!(ends(&news), [OrderEnd::Refused]);
    assert_eq!(following.start(at(120).steady), None);
}

#[test]
fn an_action_is_read_less_and_less_often() {
    let mut following = followed();
    let mut read = Vec::new();
    for second in 1..=300 {
        if following.due().is_some_and(|due| due <= at(second).steady) {
            assert!(matches!(
                following.start(at(second).steady),
                Some(Ask::Follow { .. })
            ));
            let pending = Ok(made(ActionState::Pending));
            let news = following.on_followed(FIRST, pending, at(second));
            assert_eq!(news, News::default(), "nothing changed");
            read.push(second);
        }
    }
    assert_eq!(read, [5, 10, 20, 40, 80, 140, 200, 260]);
}

#[test]
fn a_new_action_may_be_unknown_for_minutes_and_no_longer() {
    let mut following = followed();
    let missing = || Err(failed(FailureKind::NotFound));
    assert_eq!(
        following.on_followed(FIRST, missing(), at(120)),
        News::default()
    );
    assert!(matches!(stage(&following), Some(Stage::Following { .. })));
    let news = following.on_followed(FIRST, missing(), at(301));
    assert_eq!(news.said.len(), 1);
    assert!(matches!(
        stage(&following),
        Some(Stage::Ended(Ended::Refused(_)))
    ));
}

#[test]
fn what_may_pass_is_tried_again_without_a_word() {
    let mut following = followed();
    for kind in [
        FailureKind::Unreachable,
        FailureKind::Malformed,
        FailureKind::Throttled,
    ] {
        let news = following.on_followed(FIRST, Err(failed(kind)), at(900));
        assert_eq!(news.said, []);
        assert!(matches!(stage(&following), Some(Stage::Following { .. })));
    }
}

#[test]
fn a_state_nobody_knows_is_followed_on() {
    let mut following = followed();
    let odd = DeviceAction {
        state_word: Text::from("Sleeping"),
        ..made(ActionState::Other)
    };
    following.on_followed(FIRST, Ok(odd), at(5));
    let says = following.get(FIRST).map(OnItsWay::state_says);
    assert_eq!(says.as_deref(), Some("Sleeping"));
    let news = following.on_followed(FIRST, Ok(made(ActionState::Cancelled)), at(15));
    assert_eq!(ends(&news), [OrderEnd::Cancelled]);
}

#[test]
fn what_is_on_its_way_is_written_down_before_it_leaves_and_taken_out_at_its_end() {
    let mut following = isolating(&["a", "b"]);
    assert_eq!(following.keep(), None, "nothing has left");
    following.start(at(0).steady);
    let kept = following.keep().unwrap_or_default();
    assert_eq!(kept.len(), 1, "what was not sent is nobody's to send later");
    assert_eq!(kept.first().and_then(|entry| entry.action.clone()), None);
    let over = Acted::Begun(Box::new(made(ActionState::Succeeded)));
    let news = following.on_acted(FIRST, over, at(1));
    assert_eq!(ends(&news), [OrderEnd::Begun, OrderEnd::Succeeded]);
    assert_eq!(following.keep(), Some(Vec::new()));
    assert_eq!(following.keep(), None);
}

#[test]
fn the_same_is_not_followed_twice_after_a_restart() {
    let mut before = followed();
    let kept = before.keep().unwrap_or_default();
    let mut after = Following::default();
    assert_eq!(after.resume(kept.clone(), at(9)), 1);
    assert_eq!(after.resume(kept, at(9)), 0);
    assert!(matches!(
        after.start(at(9).steady),
        Some(Ask::Follow { .. })
    ));
    assert_eq!(after.keep(), None, "it stands there already");
}

#[test]
fn an_order_whose_answer_was_lost_is_never_sent_again() {
    let mut following = isolating(&["a"]);
    following.start(at(0).steady);
    let lost = Acted::Unknown(failed(FailureKind::Unreachable));
    following.on_acted(FIRST, lost, at(1));
    let mut asks = 0;
    for second in 1..=600 {
        while following.due().is_some_and(|due| due <= at(second).steady) {
            let ask = following.start(at(second).steady);
            assert!(matches!(ask, Some(Ask::Find { .. })), "{ask:?}");
            asks += 1;
            following.on_found(FIRST, Ok(Vec::new()), at(second));
        }
    }
    assert!((5..10).contains(&asks), "{asks}");
    assert!(matches!(
        stage(&following),
        Some(Stage::Ended(Ended::NotFound(_)))
    ));
}
