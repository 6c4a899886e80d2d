//! Writing decisions: read the alerts again, write what is still to be written, read
//! back what came of it.
//!
//! The service has no precondition and a batch has no answer of its own, so both ends
//! are judged by what the alerts say. A write whose answer was lost is never repeated
//! blindly: reading tells whether it arrived.
//!
//! `reading` asks, `sending` writes, `parts` where many requests go in one; what a reading means is
//! [`crate::domain::decision::reading`].

mod parts;
mod reading;
mod sending;

use std::collections::HashMap;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;

use jiff::SignedDuration;
use jiff::Timestamp;

use crate::domain::alert::Alert;
use crate::domain::alert::AlertId;
use crate::domain::decision::Change;
use crate::domain::decision::Decided;
use crate::domain::decision::Guard;
use crate::domain::decision::Outcome;
use crate::domain::decision::Reading;
use crate::domain::decision::Target;
use crate::domain::decision::Task;
use crate::domain::decision::Triage;
use crate::domain::decision::Write;
use crate::domain::decision::triage::Property;
use crate::domain::failure::Failure;
use crate::domain::failure::FailureKind;
use crate::service::client::Client;
use crate::service::deciding::sending::Sent;
use crate::wire::triage;

/// How much later by our clock than by the service's a note may have been decided, once
/// ours is corrected by what the service told of its own.
const SKEW: SignedDuration = SignedDuration::from_mins(10);

/// Longest wait that is waited here; longer ones are the caller's.
const PATIENCE: SignedDuration = SignedDuration::from_secs(61);

/// Waits of one request before it counts as throttled for good.
const MOST_WAITS: usize = 3;

/// Before the alerts are read back once more: rows become visible late.
const UNTIL_VISIBLE: [SignedDuration; 3] = [
    SignedDuration::ZERO,
    SignedDuration::from_secs(1),
    SignedDuration::from_secs(3),
];

/// Before a note whose arrival is not known is written again: by then it is visible, if
/// it arrived at all.
const BEFORE_ANOTHER_NOTE: SignedDuration = SignedDuration::from_mins(1);

/// Alerts a batch passed over that are asked for one by one, to learn why.
const MOST_SECOND_TRIES: usize = 25;

impl Client {
    /// Writes one decision to some alerts. Never fails as a whole: each alert has an
    /// outcome of its own, and a decision that did not arrive may be given again.
    pub async fn decide(&self, write: &Write) -> Decided {
        Deciding::new(self, write).run().await
    }

    /// Reads alerts by their ids, in their order: what a decision is to be about.
    pub async fn read_by_id(&self, ids: &[AlertId]) -> Vec<(AlertId, Result<Alert, Failure>)> {
        let nothing = Write {
            targets: Vec::new(),
            change: Change::default(),
            guard: Guard::Checked,
            decided: Timestamp::UNIX_EPOCH,
            by: String::new(),
        };
        let mut reading = Deciding::new(self, &nothing);
        let mut unread = reading.read(ids).await;
        let result = |id: &AlertId| {
            let alert = reading.alerts.remove(id);
            let why = || unread.remove(id).unwrap_or_else(|| gone(id));
            (id.clone(), alert.ok_or_else(why))
        };
        ids.iter().map(result).collect()
    }
}

/// One write on its way.
struct Deciding<'a> {
    client: &'a Client,
    write: &'a Write,
    /// Each alert once.
    targets: Vec<&'a Target>,
    seen: HashMap<&'a AlertId, &'a Triage>,
    alerts: HashMap<AlertId, Alert>,
    /// Notes that were on each before anything was sent.
    notes: HashMap<AlertId, usize>,
    sent: HashMap<AlertId, Sent>,
    outcomes: HashMap<AlertId, Outcome>,
    calls: AtomicUsize,
    /// By our clock.
    began: Timestamp,
}

impl<'a> Deciding<'a> {
    fn new(client: &'a Client, write: &'a Write) -> Self {
        let mut seen = HashMap::new();
        let mut targets: Vec<&Target> = write.targets.iter().collect();
        targets.retain(|target| seen.insert(&target.id, &target.seen).is_none());
        Self {
            client,
            write,
            targets,
            seen,
            alerts: HashMap::new(),
            notes: HashMap::new(),
            sent: HashMap::new(),
            outcomes: HashMap::new(),
            calls: AtomicUsize::new(0),
            began: (client.now)().wall,
        }
    }

    async fn run(mut self) -> Decided {
        let ids: Vec<AlertId> = self
            .targets
            .iter()
            .map(|target| target.id.clone())
            .collect();
        let unread = self.read(&ids).await;
        let mut stopped: Option<Failure> = None;
        for (change, ids) in self.tasks(&unread) {
            match &stopped {
                Some(failure) => self.not_sent(&ids, failure),
                None => stopped = self.send(&change, &ids).await,
            }
        }
        self.confirm(&ids).await;
        if stopped.is_none() {
            self.try_again(&ids).await;
        }
        self.told()
    }

    /// Settles what needs no writing; the rest by what is to be written.
    fn tasks(&mut self, unread: &HashMap<AlertId, Failure>) -> Vec<(Change, Vec<AlertId>)> {
        let mut tasks: Vec<(Change, Vec<AlertId>)> = Vec::new();
        for target in &self.targets {
            let id = &target.id;
            let Some(reading) = self.reading(id) else {
                let failure = unread.get(id).cloned().unwrap_or_else(|| gone(id));
                let outcome = match failure.kind {
                    FailureKind::NotFound => Outcome::Failed(failure),
                    _ => Outcome::NotSent(failure),
                };
                self.outcomes.insert(id.clone(), outcome);
                continue;
            };
            self.notes.insert(id.clone(), reading.triage.comments);
            match reading.task(&self.write.change, &target.seen, self.write.guard) {
                Task::Nothing => {
                    self.outcomes.insert(id.clone(), Outcome::AlreadySo);
                }
                Task::Conflict => {
                    let theirs = Outcome::Conflict(reading.triage);
                    self.outcomes.insert(id.clone(), theirs);
                }
                Task::Write(change) => match tasks.iter_mut().find(|(same, _)| *same == change) {
                    Some((_, ids)) => ids.push(id.clone()),
                    None => tasks.push((change, vec![id.clone()])),
                },
            }
        }
        tasks
    }

    fn reading(&self, id: &AlertId) -> Option<Reading> {
        let body = self.alerts.get(id)?.body.unpack();
        let triage = triage::of(&body)?;
        let has_note = self.write.change.note().is_some_and(|note| {
            let decided = self.client.habits.service_time(self.write.decided);
            let since = decided.saturating_sub(SKEW).unwrap_or(Timestamp::MIN);
            // One that came since this began needs no clock to be told from the others,
            // and no name: the service may know a person by several.
            let before = self.notes.get(id).copied();
            triage::has_note(&body, note, &self.write.by, since)
                || before.is_some_and(|before| triage::has_new_note(&body, note, before))
        });
        Some(Reading { triage, has_note })
    }

    /// Reads back what was sent and has no outcome yet, and gives it one.
    ///
    /// Read anew even after the reply to a single change: that reply leaves comments out,
    /// a note is the one thing that cannot be taken back, and one call of a hundred a
    /// minute is a fair price for knowing.
    async fn confirm(&mut self, ids: &[AlertId]) {
        let mut waiting: Vec<AlertId> = ids
            .iter()
            .filter(|id| self.sent.contains_key(*id))
            .cloned()
            .collect();
        let mut unread = HashMap::new();
        for wait in UNTIL_VISIBLE {
            if waiting.is_empty() || !self.client.waits(wait).await {
                break;
            }
            let missed = self.read_back(&waiting).await;
            waiting.retain(|id| {
                let knows = matches!(self.sent.get(id), Some(Sent::ButTheNote(_)));
                if knows && !missed.contains_key(id) {
                    return false;
                }
                if let Some(failure) = missed.get(id) {
                    unread.insert(id.clone(), failure.clone());
                    failure.is_passing()
                } else {
                    unread.remove(id);
                    !self.shows(id)
                }
            });
        }
        for id in ids {
            let Some(sent) = self.sent.remove(id) else {
                continue;
            };
            let outcome = match unread.remove(id) {
                Some(failure) => {
                    // From before the write: nobody may take it for what came of it.
                    self.alerts.remove(id);
                    self.unseen(sent, failure)
                }
                None => self.seen(id, sent),
            };
            self.outcomes.insert(id.clone(), outcome);
        }
    }

    fn shows(&self, id: &AlertId) -> bool {
        let reading = self.reading(id);
        reading.is_some_and(|reading| reading.shows(&self.write.change))
    }

    /// What came of an alert that could be read back.
    fn seen(&self, id: &AlertId, sent: Sent) -> Outcome {
        let Some(reading) = self.reading(id) else {
            return Outcome::Failed(gone(id));
        };
        match sent {
            Sent::Answered { request, .. } if reading.shows(&self.write.change) => {
                Outcome::Written { request }
            }
            Sent::Unanswered(_) | Sent::ButTheNote(_) if reading.shows(&self.write.change) => {
                Outcome::Written { request: None }
            }
            Sent::ButTheNote(failure) => Outcome::Failed(failure),
            Sent::Answered { .. } => Outcome::NotTaken(reading.triage),
            Sent::Unanswered(failure) => Outcome::Failed(self.not_at_once(failure)),
        }
    }

    /// What came of one that could not. The reply to a single change is some proof: it
    /// has everything but the note.
    fn unseen(&self, sent: Sent, failure: Failure) -> Outcome {
        match sent {
            Sent::Answered {
                request,
                reply: Some(reply),
            } if triage::of(&reply).is_some_and(|now| self.write.change.is_seen_in(&now)) => {
                Outcome::Written { request }
            }
            Sent::Answered { request, .. } => {
                let mut failure = failure;
                failure.sentence = format!("sent, and not read back: {}", failure.sentence);
                failure.request = failure.request.or(request);
                Outcome::Failed(self.not_at_once(failure))
            }
            Sent::Unanswered(failure) => Outcome::Failed(self.not_at_once(failure)),
            Sent::ButTheNote(failure) => Outcome::Failed(failure),
        }
    }

    /// A note may become visible late, and one that was doubled cannot be taken back:
    /// who tries again waits until reading tells for sure.
    fn not_at_once(&self, mut failure: Failure) -> Failure {
        if self.write.change.note().is_some() {
            let wait = failure.retry_after.unwrap_or_default();
            failure.retry_after = Some(wait.max(BEFORE_ANOTHER_NOTE));
        }
        failure
    }

    /// A second try where the service took a request and did not do it: what it should
    /// take away is said the other way, and what a batch passed over is asked for alone,
    /// which has an answer that says why. A note is never sent a second time: it may be
    /// on its way still, and nobody can take one of two back.
    async fn try_again(&mut self, ids: &[AlertId]) {
        let kept = self.kept_though_taken_away(ids);
        if !kept.is_empty() {
            let properties = self.still_there(&kept);
            self.client.habits.turn(&properties);
            let change = self.write.change.only(&properties);
            if self.send(&change, &kept).await.is_some() || !self.sent_all(&kept) {
                self.client.habits.turn(&properties);
            }
            self.confirm(&kept).await;
        }
        let change = self.write.change.without_note();
        if self.targets.len() > 1 && !change.is_empty() {
            let passed_over: Vec<AlertId> = ids
                .iter()
                .filter(|id| self.was_passed_over(id))
                .take(MOST_SECOND_TRIES)
                .cloned()
                .collect();
            self.ask_why(&change, &passed_over).await;
            self.confirm(&passed_over).await;
        }
    }

    fn sent_all(&self, ids: &[AlertId]) -> bool {
        ids.iter().all(|id| self.sent.contains_key(id))
    }

    /// What these should have lost.
    fn still_there(&self, ids: &[AlertId]) -> Vec<Property> {
        let differs = |property: &Property| {
            ids.iter().any(|id| {
                let reading = self.reading(id);
                let change = &self.write.change;
                reading.is_some_and(|now| change.differing(&now.triage).any(|one| one == *property))
            })
        };
        Property::ALL.into_iter().filter(differs).collect()
    }

    /// Alerts that lack nothing but to lose something.
    fn kept_though_taken_away(&self, ids: &[AlertId]) -> Vec<AlertId> {
        let change = &self.write.change;
        let is_so = |id: &&AlertId| match self.outcomes.get(*id) {
            Some(Outcome::NotTaken(theirs)) => {
                !change.is_seen_in(theirs)
                    && change
                        .differing(theirs)
                        .all(|property| change.takes_away(property))
            }
            _ => false,
        };
        ids.iter().filter(is_so).cloned().collect()
    }

    /// Whether the alert has nothing at all of the change.
    fn was_passed_over(&self, id: &AlertId) -> bool {
        let change = &self.write.change;
        match (self.outcomes.get(id), self.seen.get(id)) {
            (Some(Outcome::NotTaken(theirs)), Some(seen)) => {
                !change.is_seen_in(theirs) && change.differing(theirs).eq(change.differing(seen))
            }
            _ => false,
        }
    }

    fn not_sent(&mut self, ids: &[AlertId], failure: &Failure) {
        for id in ids {
            let outcome = Outcome::NotSent(failure.clone());
            self.outcomes.insert(id.clone(), outcome);
        }
    }

    fn failed(&mut self, ids: &[AlertId], failure: &Failure) {
        for id in ids {
            let outcome = Outcome::Failed(failure.clone());
            self.outcomes.insert(id.clone(), outcome);
        }
    }

    fn count_call(&self) {
        self.calls.fetch_add(1, Ordering::Relaxed);
    }

    fn told(self) -> Decided {
        let mut alerts = self.alerts;
        let outcome = |target: &Target| {
            let outcome = self.outcomes.get(&target.id).cloned();
            // Each target went one way or another; this only says so to the compiler.
            let outcome = outcome.unwrap_or_else(|| Outcome::NotSent(gone(&target.id)));
            (target.id.clone(), outcome)
        };
        Decided {
            outcomes: self.write.targets.iter().map(outcome).collect(),
            alerts: self
                .targets
                .iter()
                .filter_map(|target| alerts.remove(&target.id))
                .collect(),
            calls: self.calls.into_inner(),
        }
    }
}

/// Deleted, merged away, or of a device group that is none of ours any more.
fn gone(id: &AlertId) -> Failure {
    let id = crate::domain::text::shown(id.as_str());
    Failure::new(
        FailureKind::NotFound,
        format!("there is no alert `{id}`, or your role does not see it"),
    )
}
