//! Changes on their way to the service: one alert by PATCH, several by a batch.

use reqwest::Method;
use reqwest::StatusCode;
use serde_json::Value;

use crate::domain::alert::AlertId;
use crate::domain::decision::Change;
use crate::domain::decision::Outcome;
use crate::domain::failure::Failure;
use crate::domain::failure::FailureKind;
use crate::domain::token;
use crate::domain::token::Api;
use crate::domain::token::Capability;
use crate::domain::token::may_triage_alerts;
use crate::service::client::Client;
use crate::service::client::LARGEST_ALERT;
use crate::service::deciding::Deciding;
use crate::service::deciding::MOST_WAITS;
use crate::service::deciding::PATIENCE;
use crate::service::error::ServiceError;
use crate::service::habits::Wording;
use crate::service::http::Answer;
use crate::wire::problem;

/// What is known of a change that left.
#[derive(Clone)]
pub(super) enum Sent {
    /// The service answered well.
    Answered {
        request: Option<String>,
        /// The alert as the reply to a single change has it.
        reply: Option<String>,
    },
    /// Nobody knows whether it arrived. Why.
    Unanswered(Failure),
}

impl Sent {
    /// Why nobody knows whether it arrived.
    fn failure(&self) -> Option<Failure> {
        match self {
            Self::Answered { .. } => None,
            Self::Unanswered(failure) => Some(failure.clone()),
        }
    }
}

/// What one request came to.
enum Told {
    Done(Sent),
    /// The service did nothing, for a reason in what was asked.
    Refused(Failure),
    /// The service did nothing, and would do nothing else either.
    Stopped(Failure),
    /// The batch was too large: there is a smaller size now.
    TooLarge,
}

/// Alerts of a refused batch that are no batch any more, but asked for one by one.
const FEW: usize = 8;

/// Parts of one batch that may be refused in their turn before the rest goes one by one:
/// the service allows ten batches a minute.
const MOST_REFUSED_PARTS: usize = 8;

impl Deciding<'_> {
    /// Sends one change for several alerts. The answer is what stops all that would follow.
    pub(super) async fn send(&mut self, change: &Change, ids: &[AlertId]) -> Option<Failure> {
        let mut rest = ids;
        while !rest.is_empty() {
            let size = self.client.habits.batch().max(1);
            let (chunk, after) = rest.split_at_checked(size).unwrap_or((rest, &[]));
            match self.put(change, chunk).await {
                Told::Done(Sent::Unanswered(failure)) => {
                    self.keep(chunk, &Sent::Unanswered(failure.clone()));
                    self.not_sent(after, &failure);
                    return Some(failure);
                }
                Told::Done(sent) => self.keep(chunk, &sent),
                Told::TooLarge => continue,
                Told::Refused(_) if chunk.len() > 1 => {
                    if let Some(failure) = self.send_apart(change, chunk).await {
                        self.not_sent(after, &failure);
                        return Some(failure);
                    }
                }
                Told::Refused(failure) => self.failed(chunk, &failure),
                Told::Stopped(failure) => {
                    self.not_sent(rest, &failure);
                    return Some(failure);
                }
            }
            rest = after;
        }
        None
    }

    /// Sends a batch that was refused in parts: it may be a few of them alone that the
    /// service does not like. Where some far apart are refused for one and the same
    /// reason, all would be, and the rest is not asked for.
    async fn send_apart(&mut self, change: &Change, ids: &[AlertId]) -> Option<Failure> {
        let mut rest: Vec<AlertId> = ids.to_vec();
        if ids.len() > FEW
            && let Some(failure) = self.probe(change, ids, &mut rest).await
        {
            self.not_sent(&rest, &failure);
            return Some(failure);
        }
        // The part that is next is the last.
        let mut parts: Vec<&[AlertId]> = halves(&rest).into();
        let mut refused = 0;
        while let Some(part) = parts.pop() {
            let stopped = if part.len() <= FEW || refused >= MOST_REFUSED_PARTS {
                self.send_singly(change, part).await
            } else {
                match self.put(change, part).await {
                    Told::Done(sent) => {
                        self.keep(part, &sent);
                        sent.failure()
                    }
                    Told::TooLarge => {
                        parts.extend(halves(part));
                        None
                    }
                    Told::Refused(_) => {
                        refused += 1;
                        parts.extend(halves(part));
                        None
                    }
                    Told::Stopped(failure) => {
                        self.not_sent(part, &failure);
                        Some(failure)
                    }
                }
            };
            if let Some(failure) = stopped {
                for part in parts {
                    self.not_sent(part, &failure);
                }
                return Some(failure);
            }
        }
        None
    }

    /// Sends a change for the first, the last and the middle one, until one is taken, and
    /// leaves the others in `rest`. The answer is what stops all that would follow.
    async fn probe(
        &mut self,
        change: &Change,
        ids: &[AlertId],
        rest: &mut Vec<AlertId>,
    ) -> Option<Failure> {
        let far_apart = [ids.first(), ids.last(), ids.get(ids.len() / 2)];
        let mut reason: Option<Failure> = None;
        let mut is_shared = true;
        for id in far_apart.into_iter().flatten() {
            rest.retain(|other| other != id);
            let alone = std::slice::from_ref(id);
            if let Some(failure) = self.send_singly(change, alone).await {
                return Some(failure);
            }
            let Some(Outcome::Failed(failure)) = self.outcomes.get(id) else {
                return None;
            };
            is_shared &= reason.as_ref().is_none_or(|reason| {
                (reason.kind, &reason.sentence) == (failure.kind, &failure.sentence)
            });
            reason.get_or_insert_with(|| failure.clone());
        }
        reason.filter(|_| is_shared)
    }

    /// Sends one change for each alert by itself. The answer is what stops all that
    /// would follow.
    async fn send_singly(&mut self, change: &Change, ids: &[AlertId]) -> Option<Failure> {
        let mut rest = ids;
        while let [id, after @ ..] = rest {
            let alone = std::slice::from_ref(id);
            match self.put(change, alone).await {
                Told::Done(sent) => {
                    self.keep(alone, &sent);
                    if let Some(failure) = sent.failure() {
                        self.not_sent(after, &failure);
                        return Some(failure);
                    }
                }
                Told::Refused(failure) => self.failed(alone, &failure),
                Told::Stopped(failure) => {
                    self.not_sent(rest, &failure);
                    return Some(failure);
                }
                // One alert is never too many; a service that says so refuses it.
                Told::TooLarge => {}
            }
            rest = after;
        }
        None
    }

    /// Asks for each of some alerts alone, which a batch was to change and did not: such
    /// an answer says why. Without a refusal an alert counts as answered, as by the batch.
    pub(super) async fn ask_why(&mut self, change: &Change, ids: &[AlertId]) {
        let answered = |request| Sent::Answered {
            request,
            reply: None,
        };
        for id in ids {
            let alone = std::slice::from_ref(id);
            match self.put(change, alone).await {
                Told::Done(Sent::Answered { request, .. }) => self.keep(alone, &answered(request)),
                Told::Done(Sent::Unanswered(_)) => {
                    self.keep(alone, &answered(None));
                    return;
                }
                Told::Refused(failure) => self.failed(alone, &failure),
                Told::Stopped(_) => return,
                Told::TooLarge => {}
            }
        }
    }

    fn keep(&mut self, ids: &[AlertId], sent: &Sent) {
        for id in ids {
            self.outcomes.remove(id);
            self.sent.insert(id.clone(), sent.clone());
        }
    }

    /// One change in one request, in other words where the service asks for them.
    async fn put(&self, change: &Change, ids: &[AlertId]) -> Told {
        let mut wording = self.client.habits.wording(change);
        let mut first_refusal = None;
        let mut waits = 0;
        loop {
            if ids.len() > 1
                && let Err(failure) = self.turn_of_a_batch().await
            {
                return Told::Stopped(failure);
            }
            self.count_call();
            let answer = match self.request(change, &wording, ids).await {
                Ok(answer) => answer,
                Err(error) => return unanswered(error),
            };
            let Some(error) = self.client.failure(&answer) else {
                self.client.habits.learn(&wording);
                return Told::Done(Sent::Answered {
                    request: answer.request_id(),
                    reply: (ids.len() == 1)
                        .then(|| String::from_utf8_lossy(&answer.body).into_owned()),
                });
            };
            let failure = self.failure(&answer, error);
            match answer.status {
                StatusCode::UNAUTHORIZED => return Told::Stopped(failure),
                StatusCode::TOO_MANY_REQUESTS => {
                    waits += 1;
                    let wait = failure.retry_after.filter(|wait| *wait <= PATIENCE);
                    match wait {
                        Some(wait) if waits <= MOST_WAITS && self.client.waits(wait).await => {}
                        _ => return Told::Stopped(failure),
                    }
                }
                status if status.is_server_error() => {
                    return Told::Done(Sent::Unanswered(failure));
                }
                StatusCode::BAD_REQUEST => {
                    let problem = problem::read(&answer.body);
                    if problem.code == "MaximumBatchSizeExceeded" && ids.len() > 1 {
                        let told = problem::allowed_in_words(&problem.message);
                        self.client.habits.learn_batch(ids.len(), told);
                        return Told::TooLarge;
                    }
                    let first = first_refusal.get_or_insert(failure);
                    if !wording.turn_to_other_words(&problem.message) {
                        return Told::Refused(first.clone());
                    }
                }
                _ => return Told::Refused(failure),
            }
        }
    }

    async fn request(
        &self,
        change: &Change,
        wording: &Wording,
        ids: &[AlertId],
    ) -> Result<Answer, ServiceError> {
        let mut body = wording.body(change);
        let (method, url) = if let [id] = ids {
            (Method::PATCH, self.client.url_of(id)?)
        } else {
            let ids: Vec<&str> = ids.iter().map(AlertId::as_str).collect();
            body.insert("alertIds".to_owned(), Value::from(ids));
            (Method::POST, self.client.batch_url())
        };
        let json = Value::from(body).to_string();
        self.client
            .exchange(method, &url, Some(json), LARGEST_ALERT)
            .await
    }

    /// Waits until one more batch may leave, unless that is long.
    async fn turn_of_a_batch(&self) -> Result<(), Failure> {
        loop {
            let Err(wait) = self.client.habits.count_batch((self.client.now)().steady) else {
                return Ok(());
            };
            if wait > PATIENCE || !self.client.waits(wait).await {
                let sentence = "as many batches left as the service allows for now";
                let mut failure = Failure::new(FailureKind::Throttled, sentence);
                failure.retry_after = Some(wait);
                return Err(failure);
            }
        }
    }

    fn failure(&self, answer: &Answer, error: ServiceError) -> Failure {
        let mut failure = Failure::from(error);
        failure.request = answer.request_id();
        if failure.kind == FailureKind::Forbidden {
            failure.remedy = Some(self.client.remedy_of_a_forbidden_write());
        }
        failure
    }
}

impl Client {
    /// Tells a permission that is missing from a role or a device group that is.
    fn remedy_of_a_forbidden_write(&self) -> String {
        let bearer = self.tokens.bearer((self.now)().steady);
        let decoded = bearer.ok().map(|bearer| token::decode(bearer.expose()));
        let (role, unified) = Capability::Triage.role();
        let of_the_person = format!(
            "your role in Defender lacks `{role}` (`{unified}`), or the device group of the alert is none of yours"
        );
        match decoded {
            Some(Ok(token)) if !may_triage_alerts(&token.granted(), Api::Defender) => {
                let permission = Capability::Triage
                    .permissions(Api::Defender)
                    .first()
                    .map_or("", |permission| permission.name(token.app_only()));
                format!(
                    "the token lacks `{permission}`: have it granted to the application, then sign in again"
                )
            }
            Some(Ok(token)) if token.app_only() => {
                "the token holds the permission: ask whoever runs Defender which devices the application may change".to_owned()
            }
            Some(Ok(_)) => format!("the token holds the permission: {of_the_person}"),
            Some(Err(_)) | None => {
                format!("the token may lack `Alert.ReadWrite`; if it does not, {of_the_person}")
            }
        }
    }
}

/// The second half before the first, for a stack.
fn halves(ids: &[AlertId]) -> [&[AlertId]; 2] {
    let (first, second) = ids.split_at_checked(ids.len() / 2).unwrap_or((ids, &[]));
    [second, first]
}

/// A request without an answer: whether it arrived depends on how it ended.
fn unanswered(error: ServiceError) -> Told {
    let failure = Failure::from(error);
    match failure.kind {
        // Known before anything left, or refused before anything was done.
        FailureKind::Unauthorized | FailureKind::ForeignLink | FailureKind::SignInNeeded => {
            Told::Stopped(failure)
        }
        FailureKind::Misconfigured => Told::Refused(failure),
        FailureKind::Unreachable
        | FailureKind::Obstructed
        | FailureKind::Malformed
        | FailureKind::Throttled
        | FailureKind::Forbidden
        | FailureKind::NotFound
        | FailureKind::Rejected
        | FailureKind::SignInRefused => Told::Done(Sent::Unanswered(failure)),
    }
}
