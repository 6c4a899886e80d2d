//! Decides when to poll, for what, and which answer is still wanted.
//!
//! Knows nothing of HTTP: it sees deadlines pass and results arrive. First it
//! loads everything, newest first and page by page; then it asks for changes.

use fastrand::Rng;
use jiff::SignedDuration;
use jiff::Timestamp;

use crate::app::backoff;
use crate::domain::alert::AlertId;
use crate::domain::alert::AlertPage;
use crate::domain::failure::Failure;
use crate::domain::failure::FailureKind;
use crate::domain::moment::Moment;
use crate::domain::moment::Steady;
use crate::domain::query::AlertQuery;
use crate::domain::query::OVERLAP;
use crate::domain::query::Ordering;
use crate::domain::query::Reach;

/// Names one request, so that a late answer can be told from the awaited one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PollId(u64);

/// As large as a tall screen: the first rows are there before the rest is asked for.
const FIRST_PAGE: usize = 100;
/// Large enough to load a hundred thousand alerts within one minute's budget,
/// small enough to be merged between two keys.
const NEXT_PAGE: usize = 2_000;
/// How far behind our own clock the service's is taken to be when it does not tell.
const UNTOLD_CLOCK: SignedDuration = SignedDuration::from_hours(1);
/// However short a wait the service asks for, it is at least this long.
const SHORTEST_WAIT: SignedDuration = SignedDuration::from_secs(1);
/// After an answer that no repetition will change.
const REFUSED_WAIT: SignedDuration = SignedDuration::from_mins(5);

/// How far back changes are asked for after an answer with gaps.
const GAP_OVERLAP: SignedDuration = SignedDuration::from_hours(1);

/// The list under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct List {
    /// It is of all alerts, not of those that changed.
    is_everything: bool,
    /// The service said that parts of it are missing.
    has_gaps: bool,
}

impl Default for List {
    fn default() -> Self {
        Self {
            is_everything: true,
            has_gaps: false,
        }
    }
}

/// What the poller is after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// The first load; so many alerts came so far.
    Loading { received: usize },
    /// Changes only.
    Following,
}

/// What a failure means for the next try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outlook {
    /// The next try may succeed.
    MayPass,
    /// Only a person can change the answer.
    Bleak,
}

/// When to poll and for what.
#[derive(Debug, Clone, PartialEq)]
pub struct Poller {
    every: SignedDuration,
    jitter: Rng,
    /// How far the service's lists go.
    reach: Reach,
    phase: Phase,
    /// The next request; the pages of one list follow each other here.
    query: AlertQuery,
    due: Steady,
    /// Answers to older polls are dropped: a slow one must not undo a newer one.
    in_flight: Option<PollId>,
    last_id: u64,
    /// Latest change seen, never beyond the service's own clock.
    cursor: Option<Timestamp>,
    /// The service's time when the list under way was begun. Alerts that change
    /// while later pages are fetched are not on them: the next poll starts here.
    begun: Option<Timestamp>,
    /// Latest change on the pages of the list under way.
    seen: Option<Timestamp>,
    /// First and last alert of the page before, to notice a service that sends the
    /// same page for ever.
    edges: Option<(AlertId, AlertId)>,
    /// Products did not answer: when everything is to be asked for once more.
    owed: Option<Steady>,
    /// Whether the list under way is everything, and whether parts of it are missing.
    list: List,
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
            reach: Reach::DEFENDER,
            phase: Phase::Loading { received: 0 },
            query: AlertQuery::everything(FIRST_PAGE),
            due: Steady::START,
            in_flight: None,
            last_id: 0,
            cursor: None,
            begun: None,
            seen: None,
            edges: None,
            owed: None,
            list: List::default(),
            unordered: false,
            failures: 0,
            offline_since: None,
            last_answer: None,
        }
    }

    /// Follows from `cursor` on, without loading what was before; the first list
    /// goes back to `since`.
    pub fn following(
        every: SignedDuration,
        jitter: Rng,
        cursor: Timestamp,
        since: Timestamp,
    ) -> Self {
        Self {
            phase: Phase::Following,
            list: List {
                is_everything: false,
                has_gaps: false,
            },
            query: AlertQuery::changes(since, NEXT_PAGE),
            cursor: Some(cursor),
            ..Self::loading(every, jitter)
        }
    }

    /// The same where lists go so far. To be said before the first poll.
    #[must_use]
    pub fn within(mut self, reach: Reach) -> Self {
        self.reach = reach;
        self.query = match self.phase {
            Phase::Loading { .. } => everything(reach),
            Phase::Following => self.query.within(reach),
        };
        self
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

    /// Polls as soon as possible; ends a back-off, which then begins anew.
    pub fn hurry(&mut self, now: Moment) {
        self.failures = 0;
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
        let service_time = page
            .date
            .unwrap_or_else(|| now.wall.saturating_sub(UNTOLD_CLOCK).unwrap_or(now.wall));
        let begun = *self.begun.get_or_insert(service_time);
        self.list.has_gaps |= !page.warnings.is_empty();
        let latest = page.alerts.iter().filter_map(|alert| alert.updated).max();
        self.seen = self.seen.max(latest);
        if let Phase::Loading { received } = &mut self.phase {
            *received += page.received();
        }
        let edges = page
            .alerts
            .first()
            .zip(page.alerts.last())
            .map(|(first, last)| (first.id.clone(), last.id.clone()));
        // Without these a service that repeats its page or its link would never end.
        let repeats = (edges.is_some() && edges == self.edges)
            || (page.next_link.is_some() && page.next_link == self.query.link);
        self.edges = edges;
        let next = self.query.after(page, NEXT_PAGE);
        match next {
            Some(next) if !repeats => {
                self.query = next;
                self.due = now.steady;
            }
            Some(_) | None => {
                let whole = page.refused_link.is_none();
                self.finish_list(whole.then_some(begun), now);
            }
        }
    }

    /// The list under way came to its end: the cursor moves, never backwards, and
    /// only over a list that was whole.
    fn finish_list(&mut self, begun: Option<Timestamp>, now: Moment) {
        let begun = match self.list {
            List {
                has_gaps: true,
                is_everything,
            } => {
                if is_everything {
                    self.owed = Some(now.steady.plus(REFUSED_WAIT));
                }
                // What is missing may come later with the times it has now.
                begun.map(|begun| begun.saturating_sub(GAP_OVERLAP).unwrap_or(begun))
            }
            List { is_everything, .. } => {
                if is_everything {
                    self.owed = None;
                }
                begun
            }
        };
        let reached = match (self.phase, begun) {
            // An empty tenant gives no time of change: the beginning is as good.
            (Phase::Loading { .. }, Some(begun)) => Some(self.seen.unwrap_or(begun).min(begun)),
            // Never beyond the beginning: alerts that changed while pages were fetched
            // are not on them, and one dated into the future must not make us deaf.
            (_, Some(begun)) => self.seen.map(|seen| seen.min(begun)),
            (Phase::Loading { .. }, None) => self.seen.min(self.begun),
            (Phase::Following, None) => None,
        };
        self.cursor = self.cursor.max(reached);
        if self.cursor.is_some() {
            self.phase = Phase::Following;
        }
        self.begin_list(now);
        self.due = now
            .steady
            .plus(backoff::jittered(self.every, &mut self.jitter));
    }

    /// The next request is the first of a list.
    fn begin_list(&mut self, now: Moment) {
        self.begun = None;
        self.seen = None;
        self.edges = None;
        let is_owed = self.owed.is_some_and(|at| at <= now.steady);
        self.list = List {
            is_everything: is_owed || self.phase != Phase::Following,
            has_gaps: false,
        };
        self.query = match (self.phase, self.cursor) {
            (Phase::Following, Some(cursor)) if !is_owed => {
                let since = cursor.saturating_sub(OVERLAP).unwrap_or(cursor);
                AlertQuery::changes(since, NEXT_PAGE).within(self.reach)
            }
            (Phase::Following | Phase::Loading { .. }, _) => everything(self.reach),
        };
    }

    /// A poll failed: when and how to try again, and whether that may help.
    pub fn on_failed(&mut self, failure: &Failure, now: Moment) -> Outlook {
        self.in_flight = None;
        let told = failure.retry_after.unwrap_or_default();
        let within_a_list = self.query.link.is_some() || self.query.skip > 0;
        let silent = matches!(
            failure.kind,
            FailureKind::Unreachable | FailureKind::Obstructed | FailureKind::Malformed
        );
        self.offline_since = if silent {
            self.offline_since.or(Some(now.wall))
        } else {
            None
        };
        match failure.kind {
            // The session renews the token; then this same page is asked for again.
            FailureKind::Unauthorized => self.due = now.steady,
            FailureKind::Throttled if !told.is_zero() => {
                self.due = now.steady.plus(told.max(SHORTEST_WAIT));
            }
            FailureKind::Throttled
            | FailureKind::Unreachable
            | FailureKind::Obstructed
            | FailureKind::Malformed => {
                let wait = self.next_wait();
                self.due = now.steady.plus(told.max(wait));
            }
            // A link may have expired while the machine slept: the list begins anew.
            FailureKind::Rejected | FailureKind::NotFound if within_a_list => {
                self.begin_list(now);
                let wait = self.next_wait();
                self.due = now.steady.plus(wait);
            }
            FailureKind::Rejected if !self.unordered && self.query.order != Ordering::AsItComes => {
                self.unordered = true;
                self.due = now.steady;
            }
            FailureKind::Forbidden
            | FailureKind::NotFound
            | FailureKind::Rejected
            | FailureKind::ForeignLink
            | FailureKind::SignInRefused
            | FailureKind::SignInNeeded
            | FailureKind::Misconfigured => {
                self.failures = self.failures.saturating_add(1);
                self.due = now.steady.plus(REFUSED_WAIT);
                return Outlook::Bleak;
            }
        }
        Outlook::MayPass
    }

    fn next_wait(&mut self) -> SignedDuration {
        self.failures = self.failures.saturating_add(1);
        backoff::wait_after(self.failures, &mut self.jitter)
    }

    /// The moment that has more alerts than the service gives, in the list under way.
    pub fn passed_over(&self) -> Option<Timestamp> {
        self.query.passed_over
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

    /// Polls this often from now on. A poll that is due sooner stays so.
    pub fn pace(&mut self, every: SignedDuration, now: Moment) {
        let is_shorter = every < self.every;
        self.every = every;
        if is_shorter && self.in_flight.is_none() && self.failures == 0 {
            self.due = self.due.min(now.steady.plus(every));
        }
    }

    /// Usual time between two polls.
    pub fn every(&self) -> SignedDuration {
        self.every
    }
}

/// The first request of the first load. A list that goes on by time goes by the time of
/// change: nothing can slip past its end while it is read.
fn everything(reach: Reach) -> AlertQuery {
    let query = AlertQuery::everything(FIRST_PAGE).within(reach);
    match reach.deepest_skip {
        None => query,
        Some(_) => query.last_changed_first(),
    }
}

#[cfg(test)]
#[path = "poller_tests.rs"]
mod tests;
