//! The configuration was read again while the program runs.
//!
//! What can change does so at once. What cannot is named, and stays as it was.

use crate::app::Settings;
use crate::app::State;
use crate::app::actions;
use crate::app::mouse::Whose;
use crate::app::notices::Kind;
use crate::app::views;
use crate::domain::moment::Moment;

/// A configuration that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// Which file, which line, why, and what to do: harmless to draw.
    pub sentence: String,
    /// The offending line with a mark below it, where one may be shown.
    pub pointer: Vec<String>,
}

/// Takes over what was read, or says why nothing was.
pub(super) fn on_read(state: &mut State, read: Result<Box<Settings>, Trouble>, now: Moment) {
    match read {
        Ok(settings) => take_over(state, *settings, now),
        Err(trouble) => {
            let text = format!("configuration kept as it was: {}", trouble.sentence);
            state
                .notices
                .say_with(Kind::Bad, text, trouble.pointer, now);
        }
    }
}

fn take_over(state: &mut State, mut read: Settings, now: Moment) {
    let unmoved = differing(&state.settings.fixed, &read.fixed);
    for (_, change) in &state.changes {
        change.apply_to(&mut read);
    }
    let old = std::mem::replace(&mut state.settings, read);
    follow(state, &old, now);
    if state.settings.views != old.views {
        views::on_reread(state);
    }
    // The session goes on as it began, and everything that speaks of it.
    let settings = &mut state.settings;
    settings.fixed = old.fixed;
    settings.profile = old.profile;
    settings.zone = old.zone;
    settings.service = old.service;
    settings.tenant = old.tenant;
    settings.application = old.application;
    settings.user = old.user;
    settings.expected = old.expected;
    settings.respond = old.respond;
    settings.api_kind = old.api_kind;
    settings.sign_in = old.sign_in;
    settings.tunnel = old.tunnel;
    settings.opens_browser = old.opens_browser;
    settings.seed = old.seed;
    if unmoved.is_empty() {
        state
            .notices
            .say(Kind::Good, "configuration read again", now);
    } else {
        let names = unmoved.join("`, `");
        let text = format!("configuration read again; restart for `{names}`");
        state.notices.say(Kind::Warning, text, now);
    }
}

/// The settings are others now: everything goes by them at once.
pub(super) fn follow(state: &mut State, old: &Settings, now: Moment) {
    if state.settings.mouse != old.mouse {
        state.mouse = Whose::of(state.settings.mouse);
    }
    state.poller.pace(state.settings.poll_every, now);
    let hold_for = state.settings.deciding.hold_for;
    state.decisions.queue.hold_for(hold_for);
    if state.settings.late_after != old.late_after {
        state.book.judge_by(state.settings.late_after);
        actions::reconcile(state);
    }
}

/// The names whose values are not the same.
fn differing<'a>(old: &[(&'a str, u64)], new: &[(&'a str, u64)]) -> Vec<&'a str> {
    let changed = new.iter().filter(|setting| !old.contains(setting));
    changed.map(|(name, _)| *name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_is_named() {
        let old = [("tenant", 1), ("auth", 2)];
        assert!(differing(&old, &old).is_empty());
        assert_eq!(differing(&old, &[("tenant", 3), ("auth", 2)]), ["tenant"]);
    }
}
