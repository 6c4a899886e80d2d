//! Incidents as the service tells them: asked for while the tab is looked at, kept with
//! the time of the answer.
//!
//! Only Graph has them. Where they cannot be read the tab has what the alerts tell.

use std::collections::HashMap;

use jiff::SignedDuration;
use jiff::Timestamp;

use crate::app::Effect;
use crate::app::State;
use crate::app::case::Tab;
use crate::app::tokens;
use crate::domain::failure::Failure;
use crate::domain::failure::FailureKind;
use crate::domain::incident::Incident;
use crate::domain::moment::Moment;
use crate::domain::moment::Steady;
use crate::domain::session::Audience;
use crate::domain::token::Api;
use crate::domain::token::DecodedToken;

/// An answer serves for so long.
const GOOD_FOR: SignedDuration = SignedDuration::from_mins(5);
/// Kept at most; more than anybody looks at within the time they serve.
const MOST: usize = 200;
/// What reading one takes.
const PERMISSION: &str = "SecurityIncident.Read.All";

/// What is known of incidents, by their numbers.
#[derive(Debug, Clone, Default)]
pub struct Incidents {
    known: HashMap<String, Known>,
    wanted: Option<String>,
    in_flight: Option<String>,
    /// Which token the question left with.
    sent_with: u32,
}

/// One answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Known {
    pub at: Timestamp,
    pub result: Result<Box<Incident>, Failure>,
}

impl Incidents {
    /// What was answered about an incident.
    pub fn get(&self, id: &str) -> Option<&Known> {
        self.known.get(id)
    }

    /// True while an answer about it is awaited.
    pub fn is_reading(&self, id: &str) -> bool {
        self.in_flight.as_deref() == Some(id)
    }

    fn is_fresh(&self, id: &str, now: Timestamp) -> bool {
        let known = self.known.get(id);
        known.is_some_and(|known| now.duration_since(known.at) < GOOD_FOR)
    }
}

/// Why the incident is not asked for; none where it is.
pub fn refusal(state: &State) -> Option<&'static str> {
    let granted = state.session.decoded().map(DecodedToken::granted);
    let lacks = granted.is_some_and(|granted| {
        let mut names = granted.iter();
        !names.any(|name| name.original().eq_ignore_ascii_case(PERMISSION))
    });
    match state.settings.api_kind {
        Api::Defender => Some("the Defender API has no incidents, only their numbers"),
        Api::Graph if lacks => {
            Some("the token lacks SecurityIncident.Read.All, which tells of the incident itself")
        }
        Api::Graph => None,
    }
}

/// Something happened: perhaps an incident is looked at that nothing is known of.
pub(super) fn keep_up(state: &mut State) {
    state.incidents.wanted = wanted(state);
}

fn wanted(state: &State) -> Option<String> {
    let shown = state.looking.shown()?;
    if state.case.tab() != Tab::Incident || refusal(state).is_some() {
        return None;
    }
    let id = state.book.incident(state.book.row(shown.key)?);
    let incidents = &state.incidents;
    let is_asked = incidents.in_flight.is_some() || incidents.is_fresh(&id, state.now.wall);
    (!id.is_empty() && !is_asked).then(|| id.into_owned())
}

/// When the next one is to be asked for.
pub(super) fn due(state: &State) -> Option<Steady> {
    state.incidents.wanted.as_ref().map(|_| Steady::START)
}

/// Sends the question off.
pub(super) fn start(state: &mut State) -> Option<Effect> {
    let id = state.incidents.wanted.take()?;
    state.incidents.in_flight = Some(id.clone());
    state.incidents.sent_with = state.session.renewals();
    Some(Effect::ReadIncident { id })
}

/// The answer came.
pub(super) fn on_read(
    state: &mut State,
    id: &str,
    result: Result<Box<Incident>, Failure>,
    now: Moment,
) -> Vec<Effect> {
    if !state.incidents.is_reading(id) {
        return Vec::new();
    }
    state.incidents.in_flight = None;
    let failure = result.as_ref().err().cloned();
    let is_about_token = |failure: &Failure| failure.kind == FailureKind::Unauthorized;
    // What a new token may change is asked for again with it.
    if !failure.as_ref().is_some_and(is_about_token) {
        let known = &mut state.incidents.known;
        if known.len() >= MOST {
            known.retain(|_, known| now.wall.duration_since(known.at) < GOOD_FOR);
        }
        if known.len() < MOST {
            known.insert(
                id.to_owned(),
                Known {
                    at: now.wall,
                    result,
                },
            );
        }
    }
    match failure {
        None => {
            state.session.on_accepted();
            Vec::new()
        }
        Some(failure) => {
            let sent_with = state.incidents.sent_with;
            let what = "the incident could not be read";
            tokens::on_call_failed(state, Audience::Service, &failure, what, sent_with, now)
        }
    }
}
