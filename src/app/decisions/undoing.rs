//! Taking decisions back, before they are sent and after, and making them again.

use crate::app::Effect;
use crate::app::State;
use crate::app::alert_book::AlertKey;
use crate::app::count;
use crate::app::decisions::deciding;
use crate::app::decisions::history::Past;
use crate::app::decisions::history::Return;
use crate::app::decisions::macros;
use crate::app::decisions::pending::DecisionId;
use crate::app::decisions::pending::Deed;
use crate::app::decisions::pending::Making;
use crate::app::decisions::pending::Meaning;
use crate::app::notices::Kind;
use crate::domain::decision::Change;
use crate::domain::decision::kept::End;
use crate::domain::moment::Moment;

/// Takes one back that is not being sent; what waits for a person is dropped.
pub(super) fn take_back(state: &mut State, id: DecisionId, now: Moment) -> Vec<Effect> {
    let end = match state.decisions.queue.one(id) {
        Some(one) if one.stage.is_stuck() => End::Dropped,
        Some(_) | None => End::TakenBack,
    };
    let Some((one, records)) = state.decisions.queue.take_back(id, end, now) else {
        let text = "it is being sent: once it has arrived it can be taken back";
        state.notices.say(Kind::Note, text, now);
        return Vec::new();
    };
    let said = if end == End::Dropped {
        "dropped"
    } else {
        state.decisions.history.add_taken_back(&one);
        "taken back"
    };
    state.decisions.history.give_back(&one);
    let alerts = count(one.targets.len(), "alert");
    let mut text = format!("{said}: {}, {alerts}", one.change.says());
    if one.maybe_sent {
        text.push_str("; an earlier try may have arrived, so the alerts are read again");
        state.poller.hurry(now);
    }
    state.notices.say_apart(Kind::Note, text, now);
    if let Some(note) = typed_note(&one.change) {
        // Words are worth more than the key that took them back.
        state.decisions.keep_draft(&one.targets, note);
    }
    let first = one.targets.first().map(|target| &target.id);
    let key: Option<AlertKey> = first.and_then(|id| state.book.key_of(id));
    let key = key.filter(|key| state.book.place_of(*key).is_some());
    if let Some(key) = key.filter(|_| one.change.closes() && state.overlay.is_none()) {
        // Back to what the key that closed it went on from.
        deciding::go_to(state, key, now);
    }
    vec![Effect::Audit(records)]
}

/// Takes everything back that is held.
pub(super) fn take_back_held(state: &mut State, now: Moment) -> Vec<Effect> {
    let held: Vec<DecisionId> = state.decisions.queue.held().map(|one| one.id).collect();
    held.into_iter()
        .rev()
        .flat_map(|id| take_back(state, id, now))
        .collect()
}

/// Takes the latest deed back: what is held simply goes, what arrived is put back.
pub(super) fn undo(state: &mut State, now: Moment) -> Vec<Effect> {
    let done = state.decisions.history.latest().map(|past| past.deed);
    let mut pending = state.decisions.queue.pending().iter();
    let latest = pending.rfind(|one| !one.stage.is_stuck());
    match latest.map(|one| (one.id, one.deed, matches!(one.meaning, Meaning::Undo(_)))) {
        Some((_, _, true)) => {
            let text = "still putting back what you took back before: O shows it";
            state.notices.say(Kind::Note, text, now);
            Vec::new()
        }
        Some((id, deed, false)) if done.is_none_or(|done| done <= deed) => {
            let parts = macros::take_back_parts(state, deed, now);
            parts.unwrap_or_else(|| take_back(state, id, now))
        }
        Some(_) | None => {
            put_back(state, now);
            Vec::new()
        }
    }
}

fn put_back(state: &mut State, now: Moment) {
    if let Some(why) = deciding::forbidden(state) {
        state.notices.say(Kind::Note, why, now);
        return;
    }
    let Some(past) = state.decisions.history.latest() else {
        let text = "what is left waits for you in the outbox: O";
        state.notices.say(Kind::Note, text, now);
        return;
    };
    let is_stuck = |id| state.decisions.on(id).is_some_and(|laid| laid.is_stuck);
    if past.alerts().any(is_stuck) {
        let text = "a later decision on it waits for you in the outbox: O";
        state.notices.say(Kind::Note, text, now);
        return;
    }
    let note = if past.has_note() {
        "; its note stays: the service cannot take one back"
    } else {
        ""
    };
    let says = past.says();
    let returns = past.inverse();
    if returns.is_empty() {
        let text = format!("{says} cannot be taken back{note}");
        state.notices.say_apart(Kind::Warning, text, now);
        state.decisions.history.forget();
        return;
    }
    let alerts: usize = returns.iter().map(|part| part.targets.len()).sum();
    let text = format!("putting back: {says}, {}{note}", count(alerts, "alert"));
    state.notices.say_apart(Kind::Note, text, now);
    let deed = make_all(state, returns, now);
    state.decisions.history.take_back(deed);
}

/// Makes the latest again that was taken back.
pub(super) fn redo(state: &mut State, now: Moment) {
    let Some(returns) = state.decisions.history.latest_undone().map(Past::again) else {
        return;
    };
    let deed = make_all(state, returns, now);
    state.decisions.history.do_again(deed);
}

fn make_all(state: &mut State, returns: Vec<Return>, now: Moment) -> Deed {
    let deed = state.decisions.queue.next_deed();
    let by = state.user();
    for part in returns {
        let making = Making {
            change: part.change,
            targets: part.targets,
            by: by.clone(),
            meaning: part.meaning,
            deed,
        };
        state.decisions.queue.make(making, now);
    }
    state.decisions.said = state.notices.said();
    deed
}

/// A note a person typed: one that goes with something else was configured.
pub(super) fn typed_note(change: &Change) -> Option<&str> {
    change.note().filter(|_| change.without_note().is_empty())
}
