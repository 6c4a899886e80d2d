//! Changes on their way to the service: one alert by itself, several by a batch.
//!
//! A service that answers for each part of a batch is written to in `parts`.

use reqwest::Method;
use reqwest::StatusCode;
use serde_json::Value;

use crate::domain::alert::AlertId;
use crate::domain::decision::Change;
use crate::domain::decision::Outcome;
use crate::domain::failure::Failure;
use crate::domain::failure::FailureKind;
use crate::domain::session::Audience;
use crate::domain::token;
use crate::domain::token::Capability;
use crate::domain::token::may_triage_alerts;
use crate::service::adaptor::Several;
use crate::service::adaptor::Written;
use crate::service::client::Client;
use crate::service::client::LARGEST_ALERT;
use crate::service::client::in_a_path;
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
    /// All but the note arrived. Why that did not.
    ButTheNote(Failure),
}

impl Sent {
    /// What stops all that would follow, too.
    pub(super) fn stops(&self) -> Option<Failure> {
        match self {
            Self::Answered { .. } => None,
            Self::Unanswered(failure) => Some(failure.clone()),
            Self::ButTheNote(failure) => is_for_all(failure).then(|| failure.clone()),
        }
    }
}

/// Whether the next alert would fail for the same reason.
fn is_for_all(failure: &Failure) -> bool {
    matches!(
        failure.kind,
        FailureKind::Unauthorized
            | FailureKind::SignInNeeded
            | FailureKind::ForeignLink
            | FailureKind::Throttled
            | FailureKind::Unreachable
            | FailureKind::Obstructed
            | FailureKind::Malformed
    )
}

/// What one request came to.
pub(super) enum Told {
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
        if let Several::InParts { path, most } = self.client.adaptor.several()
            && ids.len() > 1
        {
            return self.send_in_parts(change, ids, path, most).await;
        }
        let mut rest = ids;
        while !rest.is_empty() {
            let size = self.client.habits.batch().max(1);
            let (chunk, after) = rest.split_at_checked(size).unwrap_or((rest, &[]));
            match self.put(change, chunk).await {
                Told::Done(sent) => {
                    self.keep(chunk, &sent);
                    if let Some(failure) = sent.stops() {
                        self.not_sent(after, &failure);
                        return Some(failure);
                    }
                }
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
                        sent.stops()
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
    pub(super) async fn send_singly(
        &mut self,
        change: &Change,
        ids: &[AlertId],
    ) -> Option<Failure> {
        let mut rest = ids;
        while let [id, after @ ..] = rest {
            let alone = std::slice::from_ref(id);
            match self.put(change, alone).await {
                Told::Done(sent) => {
                    self.keep(alone, &sent);
                    if let Some(failure) = sent.stops() {
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
                Told::Done(Sent::Unanswered(_) | Sent::ButTheNote(_)) => {
                    self.keep(alone, &answered(None));
                    return;
                }
                Told::Refused(failure) => self.failed(alone, &failure),
                Told::Stopped(_) => return,
                Told::TooLarge => {}
            }
        }
    }

    pub(super) fn keep(&mut self, ids: &[AlertId], sent: &Sent) {
        for id in ids {
            self.outcomes.remove(id);
            self.sent.insert(id.clone(), sent.clone());
        }
    }

    /// One change, in as many requests as the service needs for it.
    async fn put(&self, change: &Change, ids: &[AlertId]) -> Told {
        let mut last_request = None;
        // That of the first step: the reply to a note says nothing of the alert.
        let mut alert = None;
        for (number, step) in self.client.adaptor.steps(change).iter().enumerate() {
            match self.put_step(step, ids).await {
                Told::Done(Sent::Answered { request, reply }) => {
                    last_request = request;
                    alert = alert.or(reply);
                }
                Told::Refused(failure) | Told::Stopped(failure) if number > 0 => {
                    return Told::Done(Sent::ButTheNote(but_the_note(failure)));
                }
                Told::Done(Sent::Unanswered(failure)) if number > 0 => {
                    return Told::Done(Sent::Unanswered(unanswered_note(failure)));
                }
                other => return other,
            }
        }
        Told::Done(Sent::Answered {
            request: last_request,
            reply: alert,
        })
    }

    /// One request, in other words where the service asks for them.
    async fn put_step(&self, change: &Change, ids: &[AlertId]) -> Told {
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
            let Some(error) = self.client.failure(Audience::Service, &answer) else {
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
                    if waits > MOST_WAITS || !self.waits_out(&failure).await {
                        return Told::Stopped(failure);
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

    /// Waits as long as the service asks for, unless that is long.
    pub(super) async fn waits_out(&self, failure: &Failure) -> bool {
        match failure.retry_after.filter(|wait| *wait <= PATIENCE) {
            Some(wait) => self.client.waits(wait).await,
            None => false,
        }
    }

    async fn request(
        &self,
        change: &Change,
        wording: &Wording,
        ids: &[AlertId],
    ) -> Result<Answer, ServiceError> {
        let mut body = wording.body(change);
        let adaptor = &self.client.adaptor;
        let written = match (ids, adaptor.several()) {
            (ids, Several::AtOnce { path }) if ids.len() > 1 => {
                let ids: Vec<&str> = ids.iter().map(AlertId::as_str).collect();
                body.insert("alertIds".to_owned(), Value::from(ids));
                Written {
                    method: Method::POST,
                    path: path.to_owned(),
                    json: Value::from(body),
                }
            }
            ([id, ..], _) => adaptor.change(&in_a_path(id.as_str())?, body),
            ([], _) => {
                return Err(ServiceError::Misconfigured {
                    words: "no alert was named".to_owned(),
                    remedy: None,
                });
            }
        };
        let url = self.client.url(&written.path);
        let json = Some(written.json.to_string());
        self.client
            .exchange(Audience::Service, written.method, &url, json, LARGEST_ALERT)
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

    pub(super) fn failure(&self, answer: &Answer, error: ServiceError) -> Failure {
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
        let bearer = self.tokens.bearer(Audience::Service, (self.now)().steady);
        let decoded = bearer.ok().map(|bearer| token::decode(bearer.expose()));
        let (role, unified) = Capability::Triage.role();
        let service = self.service();
        let needed = Capability::Triage.permissions(service);
        let needed = needed.first();
        let of_the_person = format!(
            "your role in Defender lacks `{role}` (`{unified}`), or the device group of the alert is none of yours"
        );
        match decoded {
            Some(Ok(token)) if !may_triage_alerts(&token.granted(), service) => {
                let permission = needed.map_or("", |needed| needed.name(token.app_only()));
                format!(
                    "the token lacks `{permission}`: have it granted to the application, then sign in again"
                )
            }
            Some(Ok(token)) if token.app_only() => {
                "the token holds the permission: ask whoever runs Defender which devices the application may change".to_owned()
            }
            Some(Ok(_)) => format!("the token holds the permission: {of_the_person}"),
            Some(Err(_)) | None => {
                let permission = needed.map_or("", |needed| needed.name(false));
                format!("the token may lack `{permission}`; if it does not, {of_the_person}")
            }
        }
    }
}

/// The second half before the first, for a stack.
fn halves(ids: &[AlertId]) -> [&[AlertId]; 2] {
    let (first, second) = ids.split_at_checked(ids.len() / 2).unwrap_or((ids, &[]));
    [second, first]
}

/// Why the note is missing where the rest arrived.
pub(super) fn but_the_note(mut failure: Failure) -> Failure {
    failure.sentence = format!("changed, but without the note: {}", failure.sentence);
    failure
}

/// Why nobody knows of the note where the rest arrived.
pub(super) fn unanswered_note(mut failure: Failure) -> Failure {
    failure.sentence = format!("changed, and no answer to the note: {}", failure.sentence);
    failure
}

/// A request without an answer: whether it arrived depends on how it ended.
pub(super) fn unanswered(error: ServiceError) -> Told {
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
