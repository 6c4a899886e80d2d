//! What the service relates to alerts: asked for while the evidence is looked at, kept with
//! the time of each answer.
//!
//! Four calls, each with a permission of its own: one that fails costs its own part. What
//! it amounts to on the screen is [`crate::app::case::related`].

use std::collections::BTreeMap;
use std::collections::HashMap;

use jiff::SignedDuration;
use jiff::Timestamp;

use crate::app::Effect;
use crate::app::State;
use crate::app::backoff;
use crate::app::case::Tab;
use crate::app::panes::Pane;
use crate::app::tokens;
use crate::domain::alert::AlertId;
use crate::domain::failure::Failure;
use crate::domain::failure::FailureKind;
use crate::domain::moment::Moment;
use crate::domain::moment::Steady;
use crate::domain::related::Part;
use crate::domain::related::Told;
use crate::domain::session::Audience;
use crate::domain::token::Api;
use crate::domain::token::DecodedToken;

/// An answer serves for so long.
const FRESH: SignedDuration = SignedDuration::from_mins(5);
/// A call that failed and may pass is tried again no sooner.
const AGAIN: SignedDuration = SignedDuration::from_secs(30);
/// Alerts that are remembered; more than anybody looks at within the time answers serve.
const MOST: usize = 30;

/// What is known, by alert.
#[derive(Debug, Clone, Default)]
pub struct Related {
    known: HashMap<AlertId, Known>,
    /// To be asked for next.
    wanted: Vec<(AlertId, Part)>,
    /// Asked, each with the token it left with, counted in renewals.
    in_flight: Vec<(AlertId, Part, u32)>,
    /// Raised with each answer.
    revision: u64,
}

/// What is known of one alert.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Known {
    parts: BTreeMap<Part, Answered>,
    /// That of the latest answer.
    revision: u64,
}

/// What came of one call. What could not be read again is kept from the last time.
#[derive(Debug, Clone, PartialEq)]
pub struct Answered {
    /// When it came, and what it told.
    pub told: Option<(Timestamp, Told)>,
    /// Why the latest call told nothing.
    pub failure: Option<Failure>,
    good_until: Steady,
}

impl Known {
    /// What came of asking for a part; none where it was not asked for.
    pub fn get(&self, part: Part) -> Option<&Answered> {
        self.parts.get(&part)
    }

    /// What was told of a part last.
    pub fn told(&self, part: Part) -> Option<&Told> {
        Some(&self.get(part)?.told.as_ref()?.1)
    }

    /// Another number after each answer.
    pub const fn revision(&self) -> u64 {
        self.revision
    }
}

impl Related {
    /// What was answered about an alert.
    pub fn get(&self, id: &AlertId) -> Option<&Known> {
        self.known.get(id)
    }

    /// True while an answer is awaited, or about to be asked for.
    pub fn is_reading(&self, id: &AlertId, part: Part) -> bool {
        let is_it = |(of, one): (&AlertId, Part)| of == id && one == part;
        let mut in_flight = self.in_flight.iter().map(|(of, one, _)| (of, *one));
        in_flight.any(is_it) || self.wanted.iter().any(|(of, one)| is_it((of, *one)))
    }

    /// Whatever is known of an alert is too old.
    fn forget_age(&mut self, id: &AlertId, now: Steady) {
        let known = self.known.get_mut(id).into_iter();
        for answered in known.flat_map(|known| known.parts.values_mut()) {
            answered.good_until = now;
        }
    }

    fn is_fresh(&self, id: &AlertId, part: Part, now: Steady) -> bool {
        let answered = self.get(id).and_then(|known| known.get(part));
        answered.is_some_and(|answered| now < answered.good_until)
    }

    /// Keeps an answer; the alert that was answered about longest ago makes room.
    fn keep(&mut self, id: &AlertId, part: Part, result: Result<Told, Failure>, now: Moment) {
        self.revision += 1;
        if self.known.len() >= MOST && !self.known.contains_key(id) {
            let oldest = self.known.iter().min_by_key(|(_, known)| known.revision);
            if let Some(oldest) = oldest.map(|(id, _)| id.clone()) {
                self.known.remove(&oldest);
            }
        }
        let known = self.known.entry(id.clone()).or_default();
        known.revision = self.revision;
        let before = known.parts.remove(&part).and_then(|before| before.told);
        let good_for = match &result {
            Err(failure) if may_pass(failure) => AGAIN,
            Ok(_) | Err(_) => FRESH,
        };
        let (told, failure) = match result {
            Ok(told) => (Some((now.wall, told)), None),
            Err(failure) => (before, Some(failure)),
        };
        let answered = Answered {
            told,
            failure,
            good_until: now.steady.plus(good_for),
        };
        known.parts.insert(part, answered);
    }
}

const fn may_pass(failure: &Failure) -> bool {
    failure.is_passing() || matches!(failure.kind, FailureKind::Obstructed)
}

/// Why nothing is asked for at all; none where it is.
pub fn refusal(state: &State) -> Option<&'static str> {
    match state.settings.api_kind {
        Api::Defender => None,
        Api::Graph => Some("the evidence is all that Microsoft Graph tells of an alert"),
    }
}

/// Whether the token lacks what a part takes, as far as it can be read.
pub fn lacks(state: &State, part: Part) -> bool {
    let granted = state.session.decoded().map(DecodedToken::granted);
    granted.is_some_and(|granted| {
        let mut names = granted.iter();
        !names.any(|name| name.original().eq_ignore_ascii_case(part.permission()))
    })
}

/// Something happened: perhaps the evidence of an alert is looked at of which nothing more
/// is known, or was told too long ago.
pub(super) fn keep_up(state: &mut State) {
    state.related.wanted = wanted(state).unwrap_or_default();
}

/// Only where a person went: who passes from alert to alert asks nothing of each.
fn wanted(state: &State) -> Option<Vec<(AlertId, Part)>> {
    let is_in_tab = state.case.tab() == Tab::Evidence && state.focus_in_sight() == Pane::Detail;
    if !is_in_tab || refusal(state).is_some() {
        return None;
    }
    let shown = state.looking.shown()?;
    let id = &state.book.row(shown.key)?.id;
    let related = &state.related;
    let is_asked = |part: Part| {
        let mut in_flight = related.in_flight.iter();
        in_flight.any(|(of, one, _)| of == id && *one == part)
    };
    let mut parts = Part::ALL.to_vec();
    parts.retain(|part| {
        !is_asked(*part) && !lacks(state, *part) && !related.is_fresh(id, *part, state.now.steady)
    });
    Some(parts.into_iter().map(|part| (id.clone(), part)).collect())
}

/// A person asks for everything that is shown anew.
pub(super) fn refresh(state: &mut State, now: Moment) {
    let shown = state.looking.shown().map(|shown| shown.key);
    let row = shown.and_then(|key| state.book.row(key));
    if let Some(id) = row.map(|row| row.id.clone()) {
        state.related.forget_age(&id, now.steady);
    }
}

/// When the next part is to be asked for.
pub(super) fn due(state: &State) -> Option<Steady> {
    (!state.related.wanted.is_empty()).then_some(Steady::START)
}

/// Sends the next question off.
pub(super) fn start(state: &mut State) -> Option<Effect> {
    if state.related.wanted.is_empty() {
        return None;
    }
    let (id, part) = state.related.wanted.remove(0);
    let sent_with = state.session.renewals();
    state.related.in_flight.push((id.clone(), part, sent_with));
    Some(Effect::ReadRelated { id, part })
}

/// The answer came.
pub(super) fn on_read(
    state: &mut State,
    id: &AlertId,
    part: Part,
    result: Result<Told, Failure>,
    now: Moment,
) -> Vec<Effect> {
    let mut in_flight = state.related.in_flight.iter();
    let Some(at) = in_flight.position(|(of, one, _)| of == id && *one == part) else {
        return Vec::new();
    };
    let (_, _, sent_with) = state.related.in_flight.remove(at);
    let failure = result.as_ref().err().cloned();
    if let Some(failure) = failure.filter(|failure| failure.kind == FailureKind::Unauthorized) {
        // It says nothing of the part: asked for again with another token.
        let what = "what is related could not be read";
        return tokens::on_call_failed(state, Audience::Service, &failure, what, sent_with, now);
    }
    match &result {
        Ok(_) => state.session.on_accepted(),
        Err(failure) if failure.kind == FailureKind::Throttled => {
            let wait = failure.retry_after.unwrap_or(backoff::renewal_wait(1));
            let wait = wait.min(tokens::LONGEST_PAUSE);
            state.calls.hold(now.steady.plus(wait));
        }
        // Said where it is missing.
        Err(_) => {}
    }
    state.related.keep(id, part, result, now);
    Vec::new()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::domain::related::Listed;
    use crate::domain::text::Text;

    fn at(seconds: i64) -> Moment {
        let after = SignedDuration::from_secs(seconds);
        Moment {
            wall: Timestamp::UNIX_EPOCH
                .saturating_add(after)
                .unwrap_or_default(),
            steady: Steady::after_start(after),
        }
    }

    fn addresses(address: &str) -> Told {
        Told::Addresses(Listed {
            items: vec![Text::from(address)],
            in_all: 1,
        })
    }

    /// An alert all of which was told.
    pub(in crate::app) fn known(told: [Told; 4]) -> Known {
        let mut related = Related::default();
        let id = AlertId::new("a").into_iter().next();
        let Some(id) = id else {
            return Known::default();
        };
        for (part, told) in Part::ALL.into_iter().zip(told) {
            related.keep(&id, part, Ok(told), at(0));
        }
        related.known.remove(&id).unwrap_or_default()
    }

    #[test]
    fn what_cannot_be_read_again_is_kept_from_the_last_time() {
        let Some(id) = AlertId::new("a") else {
            return;
        };
        let mut related = Related::default();
        let part = Part::Addresses;
        related.keep(&id, part, Ok(addresses("::1")), at(0));
        assert!(related.is_fresh(&id, part, at(299).steady));
        assert!(!related.is_fresh(&id, part, at(300).steady));
        for (kind, good_for) in [
            (FailureKind::Unreachable, 30),
            (FailureKind::Malformed, 30),
            (FailureKind::Obstructed, 30),
            (FailureKind::Forbidden, 300),
            (FailureKind::Rejected, 300),
        ] {
            let failure = Failure::new(kind, "why");
            related.keep(&id, part, Err(failure.clone()), at(400));
            let answered = related.get(&id).and_then(|known| known.get(part));
            let told = answered.and_then(|answered| answered.told.clone());
            assert_eq!(told, Some((at(0).wall, addresses("::1"))));
            let why = answered.and_then(|answered| answered.failure.clone());
            assert_eq!(why, Some(failure));
            assert!(related.is_fresh(&id, part, at(400 + good_for - 1).steady));
            assert!(!related.is_fresh(&id, part, at(400 + good_for).steady));
        }
        related.keep(&id, part, Ok(addresses("::2")), at(500));
        let answered = related.get(&id).and_then(|known| known.get(part));
        assert!(answered.is_some_and(|answered| answered.failure.is_none()));
        related.forget_age(&id, at(501).steady);
        assert!(!related.is_fresh(&id, part, at(501).steady));
    }

    #[test]
    fn the_alert_that_was_answered_about_longest_ago_makes_room() {
        let mut related = Related::default();
        let ids: Vec<AlertId> = (0..=MOST)
            .filter_map(|number| AlertId::new(&format!("a{number}")))
            .collect();
        for id in &ids {
            related.keep(id, Part::User, Ok(Told::User(None)), at(0));
            // The first one is asked about again and again.
            if let Some(first) = ids.first() {
                related.keep(first, Part::Files, Ok(addresses("::1")), at(1));
            }
        }
        assert_eq!(related.known.len(), MOST);
        let known: Vec<bool> = ids.iter().map(|id| related.get(id).is_some()).collect();
        assert!(known.starts_with(&[true, false, true]), "{known:?}");
    }
}
