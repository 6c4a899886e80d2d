//! Hands new alerts to the operator's own program, one after the other.
//!
//! Silence is for people: a program is told of every alert the rule is for.

use std::collections::VecDeque;

use crate::app::Effect;
use crate::app::State;
use crate::app::alert_book::AlertKey;
use crate::app::count;
use crate::app::notices::Kind;
use crate::domain::moment::Moment;
use crate::domain::text::shown;
use crate::wire::json::one_harmless_line;

/// Alerts that wait for the program, at most: a slow one must not hold all of them.
const WAITING: usize = 100;

/// What the program still has to be told.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Hooks {
    waiting: VecDeque<AlertKey>,
    runs: bool,
}

/// Alerts came that the rule is for.
pub fn on_new(state: &mut State, matching: &[AlertKey], now: Moment) -> Vec<Effect> {
    if state.settings.telling.hook.is_empty() {
        return Vec::new();
    }
    let waiting = &mut state.hooks.waiting;
    let room = WAITING - waiting.len().min(WAITING);
    waiting.extend(matching.iter().take(room));
    let left_out = matching.len().saturating_sub(room);
    if left_out > 0 {
        let text = format!(
            "the hook command is too slow: it was not told of {}",
            count(left_out, "alert")
        );
        state.notices.say(Kind::Bad, text, now);
    }
    next(state)
}

/// The program ended, or could not be run; why it failed.
pub fn on_finished(state: &mut State, result: Result<(), String>, now: Moment) -> Vec<Effect> {
    state.hooks.runs = false;
    if let Err(why) = result {
        let text = format!("the hook command {}", shown(&why));
        state.notices.say(Kind::Bad, text, now);
    }
    next(state)
}

fn next(state: &mut State) -> Vec<Effect> {
    let hooks = &mut state.hooks;
    if hooks.runs {
        return Vec::new();
    }
    let Some(json) = hooks
        .waiting
        .pop_front()
        .and_then(|key| state.book.original(key))
    else {
        return Vec::new();
    };
    hooks.runs = true;
    vec![Effect::RunHook {
        command: state.settings.telling.hook.clone(),
        json: one_harmless_line(&json).into_owned(),
    }]
}
