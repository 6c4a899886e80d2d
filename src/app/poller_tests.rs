//! When it polls, for what, and what it makes of each answer.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot read its input has failed"
)]

use super::*;
use crate::wire::page;

const EVERY: SignedDuration = SignedDuration::from_secs(30);

fn moment(seconds: i64) -> Moment {
    Moment {
        wall: "2026-11-22T14:00:00Z".parse().unwrap(),
        steady: Steady::START,
    }
    .plus(SignedDuration::from_secs(seconds))
}

fn poller() -> Poller {
    Poller::loading(EVERY, Rng::with_seed(1))
}

fn page_of(ids: std::ops::Range<usize>, updated: &str) -> AlertPage {
    let items: Vec<String> = ids
        .map(|id| format!(r#"{{"id":"a{id}","lastUpdateTime":"{updated}"}}"#))
        .collect();
    let mut page = page::read(format!(r#"{{"value":[{}]}}"#, items.join(",")).as_bytes()).unwrap();
    page.date = Some(moment(0).wall);
    page
}

#[test]
fn the_first_load_goes_page_by_page_until_a_short_one() {
    let mut poller = poller();
    let (_, query) = poller.start();
    assert_eq!((query.top, query.skip), (100, 0));
    assert_eq!(poller.due(), None);
    poller.on_page(&page_of(0..100, "2026-11-22T13:00:00Z"), moment(1));
    assert_eq!(poller.due(), Some(moment(1).steady));
    assert_eq!(poller.phase(), Phase::Loading { received: 100 });
    let (_, query) = poller.start();
    assert_eq!((query.top, query.skip), (2_000, 100));
    poller.on_page(&page_of(100..150, "2026-11-22T12:00:00Z"), moment(2));
    assert_eq!(poller.phase(), Phase::Following);
    let (_, query) = poller.start();
    assert_eq!(
        query.changed_since.unwrap().to_string(),
        "2026-11-22T12:58:00Z"
    );
}

#[test]
fn the_cursor_keeps_seven_digits_and_moves_with_changes_only() {
    let mut poller = poller();
    poller.start();
    poller.on_page(&page_of(0..1, "2026-11-22T13:59:00.1234567Z"), moment(1));
    assert_eq!(
        poller.cursor().unwrap().to_string(),
        "2026-11-22T13:59:00.1234567Z"
    );
    poller.start();
    poller.on_page(&page_of(0..0, ""), moment(31));
    assert_eq!(
        poller.cursor().unwrap().to_string(),
        "2026-11-22T13:59:00.1234567Z"
    );
    let (_, query) = poller.start();
    assert_eq!(
        query.changed_since.unwrap().to_string(),
        "2026-11-22T13:57:00.1234567Z"
    );
}

#[test]
fn an_alert_dated_into_the_future_does_not_make_us_deaf() {
    let mut poller = poller();
    poller.start();
    poller.on_page(&page_of(0..1, "2099-01-01T00:00:00Z"), moment(1));
    for poll in 1..10 {
        let (_, query) = poller.start();
        let service_now = moment(poll * 30).wall;
        assert!(query.changed_since.unwrap() <= service_now - OVERLAP);
        let mut page = page_of(0..1, "2099-01-01T00:00:00Z");
        page.date = Some(service_now);
        poller.on_page(&page, moment(poll * 30));
    }
}

#[test]
fn what_changed_during_a_long_load_is_asked_for_after_it() {
    let mut poller = poller();
    poller.start();
    poller.on_page(&page_of(0..100, "2026-11-22T13:00:00Z"), moment(0));
    poller.start();
    let mut last = page_of(100..101, "2026-11-22T14:20:00Z");
    last.date = Some(moment(1_200).wall);
    poller.on_page(&last, moment(1_200));
    assert_eq!(poller.cursor(), Some(moment(0).wall));
}

#[test]
fn an_empty_tenant_is_followed_from_when_it_was_found_empty() {
    let mut poller = poller();
    poller.start();
    poller.on_page(&page_of(0..0, ""), moment(1));
    assert_eq!(poller.phase(), Phase::Following);
    let (_, query) = poller.start();
    assert_eq!(query.changed_since, Some(moment(0).wall - OVERLAP));
}

#[test]
fn a_page_that_repeats_itself_ends_the_list() {
    let mut poller = poller();
    for second in 1..=2 {
        poller.start();
        poller.on_page(&page_of(0..100, "2026-11-22T13:00:00Z"), moment(second));
        poller.query.top = 100;
    }
    assert_eq!(poller.phase(), Phase::Following);
}

#[test]
fn a_list_that_cannot_be_skipped_through_goes_on_by_time() {
    let mut poller = poller().within(Reach::GRAPH);
    let (_, query) = poller.start();
    assert_eq!(query.order, Ordering::LastChangedFirst);
    poller.on_page(&page_of(0..100, "2026-11-22T13:00:00Z"), moment(1));
    let (_, query) = poller.start();
    assert_eq!((query.top, query.skip), (1_000, 0));
    assert_eq!(query.until.unwrap().to_string(), "2026-11-22T13:00:00Z");
    poller.on_page(&page_of(100..150, "2026-11-22T12:00:00Z"), moment(2));
    let (_, query) = poller.start();
    assert_eq!((query.top, query.until), (1_000, None));
    assert!(query.changed_since.is_some());
}

#[test]
fn after_an_answer_with_gaps_everything_is_asked_for_once_more() {
    let mut poller = poller().within(Reach::GRAPH);
    let with_gaps = |mut page: AlertPage| {
        page.warnings = vec!["Office 365 did not answer".into()];
        page
    };
    poller.start();
    let first = with_gaps(page_of(0..3, "2026-11-22T13:59:00Z"));
    poller.on_page(&first, moment(1));
    let (_, query) = poller.start();
    assert!(query.changed_since.unwrap() < "2026-11-22T13:00:00Z".parse().unwrap());
    let mut page = page_of(0..1, "2026-11-22T14:04:00Z");
    page.date = Some(moment(310).wall);
    poller.on_page(&page, moment(310));
    let (_, query) = poller.start();
    assert_eq!(query.changed_since, None);
    poller.on_page(&page_of(0..3, "2026-11-22T14:05:00Z"), moment(320));
    let (_, query) = poller.start();
    assert!(query.changed_since.is_some());
}

#[test]
fn a_link_that_went_bad_begins_the_list_anew() {
    let mut poller = poller();
    poller.start();
    let mut page = page_of(0..100, "2026-11-22T13:00:00Z");
    page.next_link = Some("https://x/api/alerts?$skiptoken=1".to_owned());
    poller.on_page(&page, moment(1));
    assert!(poller.start().1.link.is_some());
    let gone = Failure::new(FailureKind::Rejected, "410");
    assert_eq!(poller.on_failed(&gone, moment(2)), Outlook::MayPass);
    let (_, query) = poller.start();
    assert_eq!((query.link, query.skip), (None, 0));
    assert_ne!(query.order, Ordering::AsItComes);
}

#[test]
fn a_list_cut_short_does_not_move_the_cursor() {
    let mut poller = poller();
    poller.start();
    poller.on_page(&page_of(0..1, "2026-11-22T13:00:00Z"), moment(1));
    poller.start();
    let mut cut = page_of(0..5, "2026-11-22T13:59:00Z");
    cut.refused_link = Some("evil.example".to_owned());
    poller.on_page(&cut, moment(31));
    let cursor = poller.cursor().unwrap();
    assert_eq!(cursor.to_string(), "2026-11-22T13:00:00Z");
}

#[test]
fn failures_wait_longer_and_recovery_needs_no_key() {
    let mut poller = poller();
    let down = Failure::new(FailureKind::Unreachable, "no answer");
    let mut waits = Vec::new();
    for _ in 0..4 {
        poller.start();
        poller.on_failed(&down, moment(100));
        waits.push(moment(100).steady.until(poller.due().unwrap()));
    }
    assert!(waits.is_sorted(), "{waits:?}");
    assert_eq!(poller.offline_since(), Some(moment(100).wall));
    poller.start();
    poller.on_page(&page_of(0..1, "2026-11-22T13:00:00Z"), moment(200));
    assert_eq!((poller.offline_since(), poller.failures()), (None, 0));
}

#[test]
fn throttling_waits_as_told_and_never_spins() {
    for (told, at_least) in [(8, 8), (0, 4), (-3, 4)] {
        let mut poller = poller();
        poller.start();
        let mut failure = Failure::new(FailureKind::Throttled, "too many");
        failure.retry_after = Some(SignedDuration::from_secs(told).max(SignedDuration::ZERO));
        poller.on_failed(&failure, moment(100));
        let wait = moment(100).steady.until(poller.due().unwrap());
        assert!(
            wait >= SignedDuration::from_secs(at_least),
            "{told}: {wait:?}"
        );
    }
}

#[test]
fn a_service_that_refuses_an_order_is_asked_without() {
    let mut poller = poller();
    poller.start();
    let refused = Failure::new(FailureKind::Rejected, "bad $orderby");
    poller.on_failed(&refused, moment(1));
    assert_eq!(poller.due(), Some(moment(1).steady));
    assert_eq!(poller.start().1.order, Ordering::AsItComes);
    poller.on_failed(&refused, moment(2));
    assert_eq!(poller.due(), Some(moment(302).steady));
}

#[test]
fn a_failed_page_is_asked_for_again_not_skipped() {
    let mut poller = poller();
    poller.start();
    poller.on_page(&page_of(0..100, "2026-11-22T13:00:00Z"), moment(1));
    let (_, asked) = poller.start();
    poller.on_failed(&Failure::new(FailureKind::Unreachable, "reset"), moment(2));
    assert_eq!(poller.start().1, asked);
}

#[test]
fn only_the_awaited_answer_is_taken() {
    let mut poller = poller();
    let (first, _) = poller.start();
    poller.on_failed(
        &Failure::new(FailureKind::Unreachable, "timeout"),
        moment(1),
    );
    let (second, _) = poller.start();
    assert!(!poller.awaits(first));
    assert!(poller.awaits(second));
}
