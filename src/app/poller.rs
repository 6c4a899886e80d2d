//! Decides when to poll, for what, and which answer is still wanted.
//!
//! Knows nothing of HTTP: it sees deadlines pass and results arrive. First it
//! loads everything, newest first and page by page; then it asks for changes.

use fastrand::Rng;
use jiff::SignedDuration;
use jiff::Timestamp;

use crate::app::backoff;
use crate::domain::alert::AlertPage;
use crate::domain::failure::Failure;
use crate::domain::failure::FailureKind;
use crate::domain::moment::Moment;
use crate::domain::moment::Steady;
use crate::domain::query::AlertQuery;
use crate::domain::query::OVERLAP;
use crate::domain::query::Ordering;

/// Names one request, so that a late answer can be told from the awaited one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PollId(u64);

/// As large as a tall screen: the first rows are there before the rest is asked for.
const FIRST_PAGE: usize = 100;
/// Large enough to load a hundred thousand alerts within one minute's budget,
/// small enough to be merged between two keys.
const NEXT_PAGE: usize = 2_000;
/// How far ahead of the service's clock a time of change is believed.
const BELIEVED_AHEAD: SignedDuration = SignedDuration::from_mins(5);
/// After an answer that no repetition will change.
const REFUSED_WAIT: SignedDuration = backoff::LONGEST;

/// What the poller is after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// The first load; so many alerts came so far.
    Loading { received: usize },
    /// Changes only.
    Following,
}

/// When to poll and for what.
#[derive(Debug, Clone, PartialEq)]
pub struct Poller {
    every: SignedDuration,
    jitter: Rng,
    phase: Phase,
    /// The next request; the pages of one list follow each other here.
    query: AlertQuery,
    due: Steady,
    /// Answers to older polls are dropped: a slow one must not undo a newer one.
    in_flight: Option<PollId>,
    last_id: u64,
    /// Latest change seen, as far as it can be believed.
    cursor: Option<Timestamp>,
    /// The service's time when the list under way was begun. Alerts that change
    /// while later pages are fetched are not on them: the next poll starts here.
    begun: Option<Timestamp>,
    /// Latest change on the pages of the list under way.
    seen: Option<Timestamp>,
    /// The service refused `$orderby` once; it is not asked again.
    unordered: bool,
    failures: u32,
    /// Since when nothing was heard.
    offline_since: Option<Timestamp>,
    last_answer: Option<Timestamp>,
}

impl Poller {
    /// Loads everything first, then follows.
    pub fn loading(every: SignedDuration, jitter: Rng) -> Self {
        Self {
            every,
            jitter,
            phase: Phase::Loading { received: 0 },
            query: AlertQuery::everything(FIRST_PAGE),
            due: Steady::START,
            in_flight: None,
            last_id: 0,
            cursor: None,
            begun: None,
            seen: None,
            unordered: false,
            failures: 0,
            offline_since: None,
            last_answer: None,
        }
    }

    /// Follows from `since` on, without loading what was before.
    pub fn following(every: SignedDuration, jitter: Rng, since: Timestamp) -> Self {
        Self {
            phase: Phase::Following,
            query: AlertQuery::changes(since, NEXT_PAGE),
            cursor: Some(since),
            ..Self::loading(every, jitter)
        }
    }

    /// When the next poll is due, unless one is under way.
    pub fn due(&self) -> Option<Steady> {
        self.in_flight.is_none().then_some(self.due)
    }

    /// Sends the next poll off.
    pub fn start(&mut self) -> (PollId, AlertQuery) {
        self.last_id += 1;
        let poll = PollId(self.last_id);
        self.in_flight = Some(poll);
        let query = if self.unordered {
            self.query.unordered()
        } else {
            self.query.clone()
        };
        (poll, query)
    }

    /// Polls as soon as possible; ends a back-off.
    pub fn hurry(&mut self, now: Moment) {
        self.due = now.steady;
    }

    /// True when this is the answer that is waited for.
    pub fn awaits(&self, poll: PollId) -> bool {
        self.in_flight == Some(poll)
    }

    /// A page arrived: notes how the list goes on. Call once for an awaited poll.
    pub fn on_page(&mut self, page: &AlertPage, now: Moment) {
        self.in_flight = None;
        self.failures = 0;
        self.offline_since = None;
        self.last_answer = Some(now.wall);
        let service_time = page.date.unwrap_or(now.wall);
        let begun = *self.begun.get_or_insert(service_time);
        let latest = page.alerts.iter().filter_map(|alert| alert.updated).max();
        self.seen = self.seen.max(latest);
        if let Phase::Loading { received } = &mut self.phase {
            *received += page.received();
        }
        let next = self
            .query
            .after(page.received(), page.next_link.as_deref(), NEXT_PAGE);
        if let Some(next) = next {
            self.query = next;
            self.due = now.steady;
        } else {
            self.finish_list(begun, now);
        }
    }

    /// The list under way came to its end: the cursor moves, never backwards.
    fn finish_list(&mut self, begun: Timestamp, now: Moment) {
        // An alert dated into the future must not make us deaf until then.
        let believed = begun.saturating_add(BELIEVED_AHEAD).unwrap_or(begun);
        let reached = match self.phase {
            // What changed while many pages were fetched is caught by going back to the start.
            Phase::Loading { .. } => self.seen.map(|seen| seen.min(begun)),
            Phase::Following => self.seen.map(|seen| seen.min(believed)),
        };
        self.cursor = self.cursor.max(reached);
        self.begun = None;
        self.seen = None;
        match self.cursor {
            Some(cursor) => {
                self.phase = Phase::Following;
                let since = cursor.saturating_sub(OVERLAP).unwrap_or(cursor);
                self.query = AlertQuery::changes(since, NEXT_PAGE);
            }
            // An empty tenant gives no cursor: everything is still nothing.
            None => self.query = AlertQuery::everything(FIRST_PAGE),
        }
        self.due = now
            .steady
            .plus(backoff::jittered(self.every, &mut self.jitter));
    }

    /// A poll failed: when and how to try again.
    pub fn on_failed(&mut self, failure: &Failure, now: Moment) {
        self.in_flight = None;
        match failure.kind {
            // The session renews the token; then this same page is asked for again.
            FailureKind::Unauthorized => self.due = now.steady,
            FailureKind::Rejected if !self.unordered && self.query.order != Ordering::AsItComes => {
                self.unordered = true;
                self.due = now.steady;
            }
            FailureKind::Throttled => {
                let wait = failure.retry_after.unwrap_or_else(|| self.next_wait());
                self.due = now.steady.plus(wait);
            }
            FailureKind::Unreachable | FailureKind::Malformed => {
                self.offline_since = self.offline_since.or(Some(now.wall));
                let told = failure.retry_after;
                let wait = self.next_wait();
                self.due = now.steady.plus(told.unwrap_or(wait));
            }
            FailureKind::Forbidden
            | FailureKind::NotFound
            | FailureKind::Rejected
            | FailureKind::ForeignLink
            | FailureKind::SignInRefused => {
                self.failures = self.failures.saturating_add(1);
                self.due = now.steady.plus(REFUSED_WAIT);
            }
        }
    }

    fn next_wait(&mut self) -> SignedDuration {
        self.failures = self.failures.saturating_add(1);
        backoff::wait_after(self.failures, &mut self.jitter)
    }

    /// What the poller is after.
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// Since when nothing was heard from the service.
    pub fn offline_since(&self) -> Option<Timestamp> {
        self.offline_since
    }

    /// When the service last answered a poll.
    pub fn last_answer(&self) -> Option<Timestamp> {
        self.last_answer
    }

    /// Polls that failed in a row.
    pub fn failures(&self) -> u32 {
        self.failures
    }

    /// Latest change seen, at the service's full precision.
    pub fn cursor(&self) -> Option<Timestamp> {
        self.cursor
    }

    /// Usual time between two polls.
    pub fn every(&self) -> SignedDuration {
        self.every
    }
}

#[cfg(test)]
mod tests {
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
        let mut page =
            page::read(format!(r#"{{"value":[{}]}}"#, items.join(",")).as_bytes()).unwrap();
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
        assert_eq!(poller.cursor(), Some(moment(0).wall));
        poller.start();
        poller.on_page(&page_of(0..1, "2099-01-01T00:00:00Z"), moment(31));
        assert!(poller.cursor().unwrap() <= moment(0).wall + BELIEVED_AHEAD);
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
    fn an_empty_tenant_is_asked_for_everything_again() {
        let mut poller = poller();
        poller.start();
        poller.on_page(&page_of(0..0, ""), moment(1));
        let (_, query) = poller.start();
        assert_eq!(query.changed_since, None);
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
    fn throttling_waits_as_told() {
        let mut poller = poller();
        poller.start();
        let mut told = Failure::new(FailureKind::Throttled, "too many");
        told.retry_after = Some(SignedDuration::from_secs(8));
        poller.on_failed(&told, moment(100));
        assert_eq!(poller.due(), Some(moment(108).steady));
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
}
