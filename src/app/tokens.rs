//! The token of a profile, or its two: what an answer about one means for whom.
//!
//! Each has a [`Session`] of its own. The second is asked for once the first is there;
//! what is refused to it costs what needs it, and nothing else.

use jiff::SignedDuration;

use crate::app::Effect;
use crate::app::State;
use crate::app::backoff;
use crate::app::decisions::answers;
use crate::app::notices::Kind;
use crate::app::session::Phase;
use crate::app::session::Renew;
use crate::app::session::Session;
use crate::app::session::SignedInBy;
use crate::app::times;
use crate::app::with_remedy;
use crate::domain::failure::Failure;
use crate::domain::failure::FailureKind;
use crate::domain::moment::Moment;
use crate::domain::service;
use crate::domain::service::Service;
use crate::domain::session::Audience;
use crate::domain::session::TokenFacts;
use crate::keymap::Action;

/// Longest pause a service may ask for; a longer one is asked for again then.
pub(super) const LONGEST_PAUSE: SignedDuration = SignedDuration::from_mins(5);

/// Time passed: perhaps it is time to renew one of them.
pub(super) fn on_woke(state: &mut State, now: Moment) -> Vec<Effect> {
    asked(state, |session| session.on_woke(now))
}

/// A person asks to try again what failed.
pub(super) fn retry(state: &mut State) -> Vec<Effect> {
    asked(state, Session::retry)
}

fn asked(state: &mut State, ask: impl Fn(&mut Session) -> Option<Renew>) -> Vec<Effect> {
    let mut effects = Vec::new();
    for audience in Audience::ALL {
        let renew = state.session_mut(audience).and_then(&ask);
        effects.extend(renew.map(|Renew| Effect::RenewToken(audience)));
    }
    effects
}

/// The sign-in service answered.
pub(super) fn on_renewed(
    state: &mut State,
    audience: Audience,
    result: Result<TokenFacts, Failure>,
    now: Moment,
) -> Vec<Effect> {
    let came = result.is_ok();
    let before = state.session_of(audience).map(Session::renewals);
    if let Err(failure) = &result {
        tell_failure(state, audience, failure, now);
    }
    let Some(session) = state.session_mut(audience) else {
        // A second one that this profile does not have.
        return Vec::new();
    };
    session.on_renewed(result, now);
    let renewals = session.renewals();
    let lives = session.token().map(|token| token.left(now));
    if before.is_some_and(|before| renewals > before) {
        if audience == Audience::Service {
            answers::on_signed_in(state, now);
        }
        let lives = lives.map_or_else(String::new, times::left);
        let text = format!("{} renewed, lives {lives}", named(state, audience));
        state.notices.say(Kind::Good, text, now);
    }
    match audience {
        Audience::Service if came => begin_second(state, SignedInBy::Program),
        Audience::Service | Audience::Respond => Vec::new(),
    }
}

/// A person signed in, perhaps another one: what the one before had for the second API
/// is gone.
pub(super) fn on_signed_in(state: &mut State, facts: TokenFacts, now: Moment) -> Vec<Effect> {
    let mut effects = on_renewed(state, Audience::Service, Ok(facts), now);
    if effects.is_empty() {
        effects = begin_second(state, SignedInBy::Person);
    }
    effects
}

/// Asks for the second token where there is to be one: once the first is there, and anew
/// for whoever signs in.
fn begin_second(state: &mut State, by: SignedInBy) -> Vec<Effect> {
    if state.settings.respond.is_none() {
        return Vec::new();
    }
    match (&mut state.respond, by) {
        (None, _) => {
            state.respond = Some(Session::signing_in(SignedInBy::Program));
        }
        (Some(session), SignedInBy::Person) => {
            if session.begin_anew().is_none() {
                return Vec::new();
            }
        }
        (Some(_), SignedInBy::Program) => return Vec::new(),
    }
    vec![Effect::RenewToken(Audience::Respond)]
}

fn tell_failure(state: &mut State, audience: Audience, failure: &Failure, now: Moment) {
    let passes = failure.is_passing();
    let (kind, text) = match audience {
        // Nobody has signed in yet: that is no news.
        Audience::Service
            if failure.kind == FailureKind::SignInNeeded && state.session.token().is_none() =>
        {
            return;
        }
        Audience::Service => (Kind::Bad, "sign-in failed".to_owned()),
        Audience::Respond if passes => (
            Kind::Warning,
            format!("no token for {} yet", service::DEFENDER.name),
        ),
        Audience::Respond => (Kind::Warning, "no actions on devices".to_owned()),
    };
    let mut text = format!("{text}: {}", with_remedy(failure));
    if audience == Audience::Respond && failure.kind == FailureKind::SignInNeeded {
        let key = state.key_name(Action::PollNow);
        text = format!("{text}; {key} signs in again");
    }
    state.notices.say(kind, text, now);
}

/// A token by the name of its API, where there are two.
fn named(state: &State, audience: Audience) -> String {
    match (&state.settings.respond, audience) {
        (None, _) => "token".to_owned(),
        (Some(_), audience) => format!("token for {}", api_of(state, audience).name),
    }
}

/// The API a token is for.
pub fn api_of(state: &State, audience: Audience) -> Service {
    match audience {
        Audience::Service => Service::of(state.settings.api_kind),
        Audience::Respond => service::DEFENDER,
    }
}

/// What every failed call means for the others. `sent_with` tells which token it left
/// with: a 401 that comes after a renewal is about the token before.
pub(in crate::app) fn on_call_failed(
    state: &mut State,
    audience: Audience,
    failure: &Failure,
    what: &str,
    sent_with: u32,
    now: Moment,
) -> Vec<Effect> {
    // A pause of the second API is none of the alerts'.
    if failure.kind == FailureKind::Throttled && audience == Audience::Service {
        let wait = failure.retry_after.unwrap_or(backoff::renewal_wait(1));
        state.calls.hold(now.steady.plus(wait.min(LONGEST_PAUSE)));
    }
    if failure.kind != FailureKind::Unauthorized {
        let text = format!("{what}: {}", with_remedy(failure));
        state.notices.say(Kind::Bad, text, now);
        return Vec::new();
    }
    let name = match state.settings.respond {
        None => "the service",
        Some(_) => api_of(state, audience).name,
    };
    let Some(session) = state.session_mut(audience) else {
        return Vec::new();
    };
    if sent_with != session.renewals() {
        return Vec::new();
    }
    if let Some(Renew) = session.distrust(failure) {
        let text = format!("{name} refused the token: renewing it once");
        state.notices.say(Kind::Warning, text, now);
        return vec![Effect::RenewToken(audience)];
    }
    if let Phase::Refused { failure } = session.phase() {
        let text = with_remedy(failure);
        state.notices.say(Kind::Bad, text, now);
    }
    Vec::new()
}
