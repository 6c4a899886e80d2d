//! Leaving while decisions are on their way.

use crate::app::Effect;
use crate::app::State;
use crate::app::decisions::composing::Composing;
use crate::app::decisions::undoing;
use crate::app::notices::Kind;
use crate::app::overlay::Overlay;
use crate::app::responding;
use crate::domain::moment::Moment;

/// Somebody wants to leave: asked first while something is held or on its way.
pub(in crate::app) fn on_quit(state: &mut State) -> Vec<Effect> {
    let Some(mut effects) = responding::leaving::on_quit(state) else {
        return Vec::new();
    };
    if state.decisions.queue.moving() == 0 || state.decisions.may_leave {
        effects.push(Effect::Quit);
        return effects;
    }
    state.overlay = Some(Overlay::Deciding(Composing::Leaving));
    effects
}

/// The first takes back what is held, the second quits.
pub(in crate::app) fn on_interrupt(state: &mut State, now: Moment) -> Vec<Effect> {
    if let Some(effects) = responding::leaving::on_interrupt(state, now) {
        return effects;
    }
    if state.decisions.queue.held().next().is_none() {
        return vec![Effect::Quit];
    }
    state.overlay = None;
    undoing::take_back_held(state, now)
}

/// Sends what is held, and quits once nothing goes on by itself any more.
pub(super) fn after_sending(state: &mut State, now: Moment) {
    if !state.session.is_usable(now) {
        let text = "nothing can be sent now: nobody is signed in";
        state.notices.say(Kind::Warning, text, now);
        return;
    }
    state.overlay = None;
    state.decisions.is_leaving = true;
    state.decisions.queue.hurry_held(now.steady);
    let text = "sending what is held, then quitting";
    state.notices.say(Kind::Note, text, now);
}

/// Quits with everything taken back that is held.
pub(super) fn after_taking_back(state: &mut State, now: Moment) -> Vec<Effect> {
    let mut effects = undoing::take_back_held(state, now);
    state.decisions.may_leave = true;
    effects.push(Effect::Quit);
    effects
}

/// Quits; what is on its way is written down.
pub(super) fn after_keeping(state: &mut State) -> Vec<Effect> {
    state.decisions.may_leave = true;
    vec![Effect::Quit]
}

/// Whether the program that was told to send and quit has come to that end: everything
/// arrived, or what is left waits for somebody.
pub(in crate::app) fn is_over(state: &State, now: Moment) -> bool {
    let goes_on = state.session.is_usable(now) && state.decisions.queue.is_going_on();
    state.decisions.is_leaving && !state.decisions.queue.is_sending() && !goes_on
}
