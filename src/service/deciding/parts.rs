//! Changes of many alerts where requests of any kind go in one, each answered by itself.
//!
//! What is refused or put off in such a batch is asked for once more alone: there it gets
//! other words, and the time to wait that was asked for.

use std::collections::HashMap;

use reqwest::Method;
use reqwest::StatusCode;
use serde_json::json;

use crate::domain::alert::AlertId;
use crate::domain::decision::Change;
use crate::domain::decision::Outcome;
use crate::domain::failure::Failure;
use crate::domain::failure::FailureKind;
use crate::domain::session::Audience;
use crate::service::client::in_a_path;
use crate::service::deciding::Deciding;
use crate::service::deciding::MOST_WAITS;
use crate::service::deciding::sending::Sent;
use crate::service::deciding::sending::Told;
use crate::service::deciding::sending::but_the_note;
use crate::service::deciding::sending::unanswered;
use crate::service::deciding::sending::unanswered_note;
use crate::service::http::Answer;
use crate::wire::batch;

/// Bytes of the answer to one batch: each part may carry an alert.
const LARGEST_ANSWER: usize = 32 * 1024 * 1024;

/// What came of one alert in a batch.
enum Part {
    Done {
        request: Option<String>,
    },
    /// Nobody knows.
    Unanswered(Failure),
    Refused(Failure),
    /// Not done, and worth a request of its own.
    Again(Rest),
}

/// What is left of a change of one alert.
struct Rest {
    change: Change,
    /// All but this was done in the batch.
    is_note_after_all_else: bool,
    /// Why it was not done in the batch.
    failure: Failure,
}

impl Deciding<'_> {
    /// Sends one change for several alerts, `most` requests at once. The answer is what
    /// stops all that would follow.
    pub(super) async fn send_in_parts(
        &mut self,
        change: &Change,
        ids: &[AlertId],
        path: &str,
        most: usize,
    ) -> Option<Failure> {
        let steps = self.client.adaptor.steps(change);
        let together = (most / steps.len().max(1)).max(1);
        let mut rest = ids;
        while !rest.is_empty() {
            let (chunk, after) = rest.split_at_checked(together).unwrap_or((rest, &[]));
            let stopped = match self.put_in_parts(&steps, chunk, path).await {
                Ok(answers) => {
                    let part = |alert| self.part(change, &steps, alert, &answers);
                    let parts = (0..chunk.len()).map(part).collect();
                    self.take_parts(chunk, parts).await
                }
                Err(Told::Done(sent)) => {
                    self.keep(chunk, &sent);
                    sent.stops()
                }
                // A batch as such is refused: nothing of it was looked at.
                Err(Told::Refused(_) | Told::TooLarge) => self.send_singly(change, chunk).await,
                Err(Told::Stopped(failure)) => {
                    self.not_sent(chunk, &failure);
                    Some(failure)
                }
            };
            if let Some(failure) = stopped {
                self.not_sent(after, &failure);
                return Some(failure);
            }
            rest = after;
        }
        None
    }

    async fn take_parts(&mut self, ids: &[AlertId], parts: Vec<Part>) -> Option<Failure> {
        let mut again: Vec<(AlertId, Rest)> = Vec::new();
        for (id, part) in ids.iter().zip(parts) {
            let alone = std::slice::from_ref(id);
            match part {
                Part::Done { request } => {
                    let reply = None;
                    self.keep(alone, &Sent::Answered { request, reply });
                }
                Part::Unanswered(failure) => self.keep(alone, &Sent::Unanswered(failure)),
                Part::Refused(failure) => self.failed(alone, &failure),
                Part::Again(rest) => again.push((id.clone(), rest)),
            }
        }
        let mut stopped: Option<Failure> = None;
        // What was refused alone for a reason is refused to others for the same one.
        let mut refused: Option<Failure> = None;
        for (id, rest) in again {
            let alone = std::slice::from_ref(&id);
            let same = |known: &Failure| known.sentence == rest.failure.sentence;
            match (&stopped, refused.as_ref().filter(|known| same(known))) {
                (Some(failure), _) => self.not_sent(alone, failure),
                (None, Some(_)) => self.failed(alone, &rest.failure),
                (None, None) => {
                    stopped = self.send_singly(&rest.change, alone).await;
                    if matches!(self.outcomes.get(&id), Some(Outcome::Failed(_))) {
                        refused = Some(rest.failure.clone());
                    }
                }
            }
            if rest.is_note_after_all_else {
                self.say_what_arrived(&id);
            }
        }
        stopped
    }

    /// Whatever became of the note, the rest of the change arrived.
    fn say_what_arrived(&mut self, id: &AlertId) {
        match self.outcomes.remove(id) {
            Some(Outcome::Failed(failure) | Outcome::NotSent(failure)) => {
                let sent = Sent::ButTheNote(but_the_note(failure));
                self.keep(std::slice::from_ref(id), &sent);
            }
            Some(other) => {
                self.outcomes.insert(id.clone(), other);
            }
            None => {}
        }
    }

    /// One batch: each alert with all its steps, one after the other.
    async fn put_in_parts(
        &self,
        steps: &[Change],
        ids: &[AlertId],
        path: &str,
    ) -> Result<HashMap<String, batch::Part>, Told> {
        let adaptor = &self.client.adaptor;
        let mut requests = Vec::new();
        for (alert, id) in ids.iter().enumerate() {
            let id = in_a_path(id.as_str()).map_err(unanswered)?;
            for (number, step) in steps.iter().enumerate() {
                let wording = self.client.habits.wording(step);
                let written = adaptor.change(&id, wording.body(step));
                let mut request = json!({
                    "id": name(alert, number),
                    "method": written.method.as_str(),
                    "url": written.path,
                    "headers": {"Content-Type": "application/json"},
                    "body": written.json,
                });
                if let (Some(before), Some(request)) =
                    (number.checked_sub(1), request.as_object_mut())
                {
                    let after = json!([name(alert, before)]);
                    request.insert("dependsOn".to_owned(), after);
                }
                requests.push(request);
            }
        }
        let url = self.client.url(path);
        let body = json!({"requests": requests}).to_string();
        let mut waits = 0;
        loop {
            self.count_call();
            let answer = self
                .client
                .exchange(
                    Audience::Service,
                    Method::POST,
                    &url,
                    Some(body.clone()),
                    LARGEST_ANSWER,
                )
                .await
                .map_err(unanswered)?;
            let Some(error) = self.client.failure(Audience::Service, &answer) else {
                return Ok(batch::read(&answer.body));
            };
            let failure = self.failure(&answer, error);
            waits += 1;
            match failure.kind {
                FailureKind::Throttled if waits <= MOST_WAITS && self.waits_out(&failure).await => {
                }
                FailureKind::Unauthorized | FailureKind::Throttled => {
                    return Err(Told::Stopped(failure));
                }
                _ if answer.status.is_server_error() => {
                    return Err(Told::Done(Sent::Unanswered(failure)));
                }
                _ => return Err(Told::Refused(failure)),
            }
        }
    }

    /// What became of one alert by the answers to its steps.
    fn part(
        &self,
        change: &Change,
        steps: &[Change],
        alert: usize,
        answers: &HashMap<String, batch::Part>,
    ) -> Part {
        let mut request = None;
        for (number, step) in steps.iter().enumerate() {
            let Some(answer) = answers.get(&name(alert, number)) else {
                let sentence = "the batch was answered without a word about this alert";
                return Part::Unanswered(Failure::new(FailureKind::Malformed, sentence));
            };
            let answer = Answer::of_part(answer);
            let Some(error) = self.client.failure(Audience::Service, &answer) else {
                request = answer.request_id();
                continue;
            };
            let failure = self.failure(&answer, error);
            let is_first = number == 0;
            return match answer.status {
                status if status.is_server_error() && is_first => Part::Unanswered(failure),
                status if status.is_server_error() => Part::Unanswered(unanswered_note(failure)),
                // Other words may be taken, and later may be soon enough. What depends
                // on another step fails with it, which is not said here.
                StatusCode::BAD_REQUEST
                | StatusCode::TOO_MANY_REQUESTS
                | StatusCode::FAILED_DEPENDENCY => Part::Again(Rest {
                    change: if is_first { change } else { step }.clone(),
                    is_note_after_all_else: !is_first,
                    failure,
                }),
                _ if is_first => Part::Refused(failure),
                _ => Part::Again(Rest {
                    change: step.clone(),
                    is_note_after_all_else: true,
                    failure,
                }),
            };
        }
        Part::Done { request }
    }
}

/// The name of a part: which alert, which step of it.
fn name(alert: usize, step: usize) -> String {
    format!("{alert}-{step}")
}
