//! Leaving while orders wait to be sent: they would be sent by nobody.

use crate::app::Effect;
use crate::app::State;
use crate::app::count;
use crate::app::notices::Kind;
use crate::domain::moment::Moment;
use crate::keymap::Action;

/// Somebody wants to leave. Told first what is lost by that; whoever wants to all the same
/// leaves with it written down. None while there is something to tell.
pub fn on_quit(state: &mut State) -> Option<Vec<Effect>> {
    let unsent = state.responding.following.unsent();
    let was_told = state.responding.told_unsent == unsent;
    if was_told {
        return Some(give_up(state, "vigie ended", state.now));
    }
    state.responding.told_unsent = unsent;
    let (what, are, them) = match unsent {
        1 => ("an order for a device".to_owned(), "is", "it"),
        several => (count(several, "order"), "are", "them"),
    };
    let key = state.key_name(Action::Quit);
    let text = format!("{what} {are} not sent yet: {key} again quits without {them}");
    state.notices.say(Kind::Warning, text, state.now);
    None
}

/// The first takes back what is not sent, the second quits. None where all was sent.
pub fn on_interrupt(state: &mut State, now: Moment) -> Option<Vec<Effect>> {
    if state.responding.following.unsent() == 0 {
        return None;
    }
    state.overlay = None;
    Some(give_up(state, "it was taken back", now))
}

/// Once nothing waits, the next to leave is told anew.
pub fn keep_up(state: &mut State) {
    if state.responding.following.unsent() == 0 {
        state.responding.told_unsent = 0;
    }
}

fn give_up(state: &mut State, why: &str, now: Moment) -> Vec<Effect> {
    let news = state.responding.following.give_up_unsent(why, now);
    for (kind, text) in news.said {
        state.notices.say_apart(kind, text, now);
    }
    let records = Some(news.records).filter(|records| !records.is_empty());
    records.map(Effect::AuditOrders).into_iter().collect()
}
