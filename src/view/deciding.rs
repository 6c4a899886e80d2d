//! Decisions above the footer: their menus, and what is held with its countdown.

use ratatui::layout::Position;
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr;

use crate::app::State;
use crate::app::count;
use crate::app::decisions::composing::Composing;
use crate::app::decisions::pages;
use crate::app::decisions::targets;
use crate::app::decisions::words::held_words;
use crate::keymap::Action;
use crate::keymap::Decide;
use crate::theme::Role;
use crate::view::footer::draw_bindings_over;
use crate::view::head;
use crate::view::ink::Ink;
use crate::view::ink::after;

/// Cells of the countdown between its brackets.
const BAR: i64 = 6;

/// What stands in the second line of the head while something is decided.
pub(super) enum Said {
    Words,
    /// A field, with the place of its text cursor.
    Field(Position),
}

/// What is decided, and its field if it has one. None where the head stays as it is.
pub(super) fn draw_head(
    state: &State,
    ink: &mut Ink<'_>,
    area: Rect,
    composing: &Composing,
) -> Option<Said> {
    let (words, input) = match composing {
        Composing::Close => {
            let alerts = count(targets::meant(state).len(), "alert");
            ink.write(area, Role::Title, &format!("close {alerts} as"));
            return Some(Said::Words);
        }
        Composing::Note(noting) => {
            let alerts = count(noting.keys.len(), "alert");
            (format!("note for {alerts}: "), &noting.input)
        }
        Composing::Assign(assigning) => ("assign to: ".to_owned(), &assigning.input),
        Composing::Confirm(confirming) if confirming.wants_number() => {
            let number = confirming.plan.targets.len();
            (format!("type {number} to decide: "), &confirming.typed)
        }
        Composing::Confirm(_)
        | Composing::Status
        | Composing::Macros { .. }
        | Composing::Outbox { .. }
        | Composing::Leaving => return None,
    };
    Some(Said::Field(head::field(ink, area, &words, input)))
}

/// A menu, or what is offered. False where the dialog has nothing for this line.
pub(super) fn draw_dialog(
    state: &State,
    ink: &mut Ink<'_>,
    area: Rect,
    composing: &Composing,
) -> bool {
    let label = match composing {
        // All fourteen fit into two lines of 80 cells; what they are is said above.
        Composing::Close => String::new(),
        Composing::Status => "set to ".to_owned(),
        Composing::Leaving => {
            let moving = count(state.decisions.queue.moving(), "decision");
            format!("{moving} on the way: ")
        }
        Composing::Assign(assigning) => {
            draw_owners(state, ink, area, assigning.chosen);
            return true;
        }
        Composing::Note(_)
        | Composing::Macros { .. }
        | Composing::Confirm(_)
        | Composing::Outbox { .. } => return false,
    };
    let used = ink.write(area, Role::Title, &label);
    let areas = [Some(after(area, used)), state.panes().footer];
    draw_bindings_over(
        state,
        ink,
        &mut areas.into_iter().flatten(),
        &[composing.scope()],
    );
    true
}

/// Who can be given it; the chosen one first in sight.
fn draw_owners(state: &State, ink: &mut Ink<'_>, area: Rect, chosen: usize) {
    let mut rest = area;
    for (place, owner) in pages::owners(state).iter().enumerate().skip(chosen) {
        let label = if place == chosen {
            format!("> {}", owner.label)
        } else {
            owner.label.clone()
        };
        if place > chosen && label.width() > usize::from(rest.width) {
            return;
        }
        let role = if place == chosen {
            Role::Title
        } else {
            Role::Muted
        };
        let used = ink.write(rest, role, &label);
        rest = after(rest, used + 2);
    }
}

/// What is held, with the key that takes it back. False where nothing is.
pub(super) fn draw_held(state: &State, ink: &mut Ink<'_>, area: Rect) -> bool {
    let Some((seconds, words)) = held_words(state) else {
        return false;
    };
    // What was said since is news; and what waits for a token counts nothing down.
    let is_news = state.notices.said() > state.decisions.said;
    if seconds == 0 || (is_news && state.notices.in_sight().is_some()) {
        return false;
    }
    let key = state.settings.keymap.key_of(Action::Decide(Decide::Undo));
    let key = key.map_or_else(String::new, |key| format!("{key} "));
    let used = ink.write(area, Role::Title, &format!("{key}undo "));
    let rest = after(area, used);
    let hold = state.settings.deciding.hold_for.as_secs().max(1);
    let full = (seconds.min(hold) * BAR + hold - 1) / hold;
    let bar: String = (0..BAR)
        .map(|cell| if cell < full { '#' } else { ' ' })
        .collect();
    let used = ink.write(rest, Role::Warning, &format!("{seconds}s [{bar}]"));
    ink.write(after(rest, used + 2), Role::Text, &words);
    true
}
