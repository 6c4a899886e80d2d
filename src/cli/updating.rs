//! The writing of `vigie alerts update`: some alerts at a time, each part in the audit log
//! before the next one is sent.
//!
//! Whoever ends it halfway still learns what was done: what was on its way is read back.

use std::collections::HashMap;

use jiff::SignedDuration;
use jiff::Timestamp;

use crate::app::claims_text;
use crate::cli::caller::Caller;
use crate::cli::ended;
use crate::cli::error::CliError;
use crate::cli::output;
use crate::cli::sign_in;
use crate::cli::until_ended;
use crate::config;
use crate::domain::alert::Alert;
use crate::domain::alert::AlertId;
use crate::domain::decision::Change;
use crate::domain::decision::Guard;
use crate::domain::decision::Outcome;
use crate::domain::decision::Target;
use crate::domain::decision::Triage;
use crate::domain::decision::Write;
use crate::domain::decision::kept::Record;
use crate::domain::failure::Failure;
use crate::domain::failure::FailureKind;
use crate::ledger::Audit;
use crate::runtime::signals::Signals;
use crate::wire::triage;

/// Tries of what may work later.
const TRIES: u32 = 3;

/// Longest wait a command waits by itself.
const PATIENCE: SignedDuration = SignedDuration::from_secs(61);

/// Alerts that are written and then written down: those of one batch.
const PART: usize = 100;

/// How long a command that was told to end looks for what it had on its way.
const LAST_LOOK: SignedDuration = SignedDuration::from_secs(5);

/// One decision on its way to many alerts.
pub struct Updating<'a> {
    pub caller: &'a Caller,
    pub profile: &'a str,
    pub change: &'a Change,
    pub guard: Guard,
    /// By the service's clock.
    pub decided: Timestamp,
    /// What is known so far.
    pub outcomes: HashMap<AlertId, Outcome>,
    pub after: HashMap<AlertId, Triage>,
}

impl Updating<'_> {
    /// Writes the change, and writes down what came of it.
    ///
    /// # Errors
    /// When a signal ended it. All alerts have an outcome even then.
    pub async fn write(
        &mut self,
        targets: Vec<Target>,
        signals: &mut Signals,
    ) -> Result<(), CliError> {
        let by = claims_text::user_of(&self.caller.token);
        let by = by.map_or_else(String::new, |by| by.original().to_owned());
        // By our clock: the client knows how wrong it is.
        let decided = (self.caller.now)().wall;
        let mut stopped: Option<Failure> = None;
        let mut result = Ok(());
        for part in targets.chunks(PART) {
            let write = Write {
                targets: part.to_vec(),
                change: self.change.clone(),
                guard: self.guard,
                decided,
                by: by.clone(),
            };
            if let Some(failure) = &stopped {
                let outcome = |target: &Target| {
                    let outcome = Outcome::NotSent(failure.clone());
                    (target.id.clone(), outcome)
                };
                self.outcomes.extend(part.iter().map(outcome));
            } else if let Some((outcomes, alerts)) =
                until_ended(signals, Box::pin(write_patiently(self.caller, write))).await
            {
                let mut failures = outcomes.values().filter_map(stops);
                stopped = failures.next().cloned();
                self.outcomes.extend(outcomes);
                let after = |(id, alert): (AlertId, Alert)| Some((id, triage_of(&alert)?));
                self.after.extend(alerts.into_iter().filter_map(after));
            } else {
                self.look_back(part, signals).await;
                stopped = Some(by_a_signal("ended by a signal before it was sent"));
                result = Err(ended());
            }
            self.write_down(part, &by);
        }
        result
    }

    /// What became of a part that was on its way when the end came.
    async fn look_back(&mut self, part: &[Target], signals: &mut Signals) {
        let ids: Vec<AlertId> = part.iter().map(|target| target.id.clone()).collect();
        let caller = self.caller;
        let looking = async {
            tokio::select! {
                biased;
                read = caller.client.read_by_id(&ids) => read,
                () = caller.wait(LAST_LOOK) => Vec::new(),
            }
        };
        let read = until_ended(signals, looking).await.unwrap_or_default();
        let read = read.into_iter();
        let read = read.filter_map(|(id, result)| Some((id, result.ok()?)));
        let read: HashMap<AlertId, Alert> = read.collect();
        for target in part {
            let now = read.get(&target.id).map(|alert| alert.body.unpack());
            let outcome = self.found(target, now.as_deref());
            self.outcomes.insert(target.id.clone(), outcome);
            if let Some(now) = now.and_then(|now| triage::of(&now)) {
                self.after.insert(target.id.clone(), now);
            }
        }
    }

    fn found(&self, target: &Target, body: Option<&str>) -> Outcome {
        let Some((body, now)) = body.and_then(|body| Some((body, triage::of(body)?))) else {
            let words = "ended by a signal; nobody knows whether it arrived";
            return Outcome::Failed(by_a_signal(words));
        };
        let note = self.change.note();
        let has_note =
            note.is_none_or(|note| triage::has_new_note(body, note, target.seen.comments));
        if !has_note || !self.change.is_seen_in(&now) {
            let words = "ended by a signal; it does not read so, and may still arrive";
            return Outcome::Failed(by_a_signal(words));
        }
        if note.is_none() && self.change.is_seen_in(&target.seen) {
            Outcome::AlreadySo
        } else {
            Outcome::Written { request: None }
        }
    }

    /// Adds what came of a part to the audit log. What cannot be written down is told,
    /// and changes nothing about what was done.
    fn write_down(&self, part: &[Target], by: &str) {
        let Some(folder) = config::state_folder(&sign_in::variable) else {
            return;
        };
        let decision = format!("{:x}-c", self.decided.as_microsecond());
        let ended = self.caller.service_now();
        let record = |target: &Target| {
            let outcome = self.outcomes.get(&target.id)?;
            let (end, why) = outcome.end();
            Some(Record {
                decision: decision.clone(),
                alert: target.id.as_str().to_owned(),
                by: by.to_owned(),
                change: self.change.clone(),
                before: target.seen.clone(),
                after: self.after.get(&target.id).cloned(),
                end,
                why,
                request: outcome.request(),
                decided: self.decided,
                ended,
            })
        };
        let records: Vec<Record> = part.iter().filter_map(record).collect();
        if records.is_empty() {
            return;
        }
        if let Err(why) = Audit::new(&folder, self.profile).append(&records) {
            output::say(&format!("the audit log could not be written: {why}"));
        }
    }
}

fn by_a_signal(words: &str) -> Failure {
    Failure::new(FailureKind::Unreachable, words)
}

/// What makes it useless to send the next part. Many kinds are about one alert alone.
fn stops(outcome: &Outcome) -> Option<&Failure> {
    let failure = failure_of(outcome)?;
    let is_for_all = match failure.kind {
        FailureKind::Unauthorized
        | FailureKind::Throttled
        | FailureKind::Unreachable
        | FailureKind::Obstructed
        | FailureKind::ForeignLink
        | FailureKind::SignInRefused
        | FailureKind::SignInNeeded => true,
        FailureKind::Forbidden => matches!(outcome, Outcome::NotSent(_)),
        FailureKind::NotFound
        | FailureKind::Rejected
        | FailureKind::Malformed
        | FailureKind::Misconfigured => false,
    };
    is_for_all.then_some(failure)
}

fn triage_of(alert: &Alert) -> Option<Triage> {
    triage::of(&alert.body.unpack())
}

/// How each alert reads now. Asked again where that may help.
pub async fn read(caller: &Caller, ids: &[AlertId]) -> Vec<(AlertId, Result<Triage, Failure>)> {
    let mut tries = 1;
    loop {
        let read = caller.client.read_by_id(ids).await;
        let failures = read.iter().filter_map(|(_, result)| result.as_ref().err());
        if !goes_on(caller, failures, tries).await {
            let unreadable = || Failure::new(FailureKind::Malformed, "the answer is not an alert");
            return read
                .into_iter()
                .map(|(id, result)| {
                    let triage = result.and_then(|alert| triage_of(&alert).ok_or_else(unreadable));
                    (id, triage)
                })
                .collect();
        }
        tries += 1;
    }
}

/// Gives a decision again whose arrival is not known: what arrived is not written twice.
async fn write_patiently(
    caller: &Caller,
    mut write: Write,
) -> (HashMap<AlertId, Outcome>, HashMap<AlertId, Alert>) {
    let mut outcomes = HashMap::new();
    let mut alerts = HashMap::new();
    let mut tries = 1;
    loop {
        let decided = caller.client.decide(&write).await;
        alerts.extend(
            decided
                .alerts
                .into_iter()
                .map(|alert| (alert.id.clone(), alert)),
        );
        let is_ours = |id: &AlertId| matches!(outcomes.get(id), Some(Outcome::Failed(_)));
        let settled: Vec<(AlertId, Outcome)> = decided
            .outcomes
            .into_iter()
            .map(|(id, outcome)| match outcome {
                // Our own earlier try, of which nobody knew whether it arrived.
                Outcome::AlreadySo if is_ours(&id) => (id, Outcome::Written { request: None }),
                outcome => (id, outcome),
            })
            .collect();
        outcomes.extend(settled);
        write.targets.retain(|target| {
            let failure = outcomes.get(&target.id).and_then(failure_of);
            failure.is_some_and(may_help_to_ask_again)
        });
        let failures = write.targets.iter();
        let failures = failures.filter_map(|target| outcomes.get(&target.id).and_then(failure_of));
        if !goes_on(caller, failures, tries).await {
            return (outcomes, alerts);
        }
        tries += 1;
    }
}

/// Why an alert was not written, where it was not for what it reads.
pub fn failure_of(outcome: &Outcome) -> Option<&Failure> {
    match outcome {
        Outcome::Failed(failure) | Outcome::NotSent(failure) => Some(failure),
        Outcome::Written { .. }
        | Outcome::AlreadySo
        | Outcome::Conflict(_)
        | Outcome::NotTaken(_) => None,
    }
}

fn may_help_to_ask_again(failure: &Failure) -> bool {
    failure.is_passing() || failure.kind == FailureKind::Unauthorized
}

/// Does what may make another try work; false where there is none to make.
async fn goes_on<'a>(
    caller: &Caller,
    mut failures: impl Iterator<Item = &'a Failure>,
    tries: u32,
) -> bool {
    let Some(failure) = failures.find(|failure| may_help_to_ask_again(failure)) else {
        return false;
    };
    if tries == TRIES {
        return false;
    }
    if failure.kind == FailureKind::Unauthorized {
        return tries == 1 && caller.client.renew().await.is_ok();
    }
    let usual = SignedDuration::from_secs(i64::from(tries));
    let wait = failure.retry_after.unwrap_or(usual);
    if wait > PATIENCE {
        return false;
    }
    output::say(&format!(
        "{}; tries again in {} s",
        failure.sentence,
        wait.as_secs().max(1)
    ));
    caller.wait(wait).await;
    true
}
