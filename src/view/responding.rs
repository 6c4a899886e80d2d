//! Acting on devices: the menu above the footer, what is asked for in the head, and what
//! runs, where nothing else is said.

use ratatui::layout::Rect;

use crate::app::State;
use crate::app::help_text;
use crate::app::responding::dialog::Dialog;
use crate::app::responding::dialog::Field;
use crate::app::responding::words;
use crate::keymap::Scope;
use crate::theme::Role;
use crate::view::deciding::Said;
use crate::view::footer::draw_bindings_over;
use crate::view::head;
use crate::view::ink::Ink;
use crate::view::ink::after;
use crate::view::ink::role_of;

/// What is asked for, and its field if it has one. None where the head stays as it is.
pub(super) fn draw_head(
    state: &State,
    ink: &mut Ink<'_>,
    area: Rect,
    dialog: &Dialog,
) -> Option<Said> {
    match dialog {
        Dialog::Menu(meant) => {
            let words = format!("respond on {}", words::devices(meant));
            let used = ink.write(area, Role::Title, &words);
            if let Some(why) = words::why_grey(state) {
                ink.write(after(area, used + 2), Role::Muted, &why);
            }
            Some(Said::Words)
        }
        Dialog::Card(card) => {
            let input = match card.field {
                Field::Comment => &card.comment,
                Field::Name => &card.typed,
            };
            Some(Said::Field(head::field(
                ink,
                area,
                &words::field(state, card),
                input,
            )))
        }
        Dialog::Files(_) | Dialog::Orders { .. } | Dialog::Device(_) => None,
    }
}

/// The keys of the menu, over this line and the footer.
pub(super) fn draw_menu(state: &State, ink: &mut Ink<'_>, area: Rect) {
    let areas = [Some(area), state.panes().footer];
    let mut areas = areas.into_iter().flatten();
    draw_bindings_over(state, ink, &mut areas, &[Scope::RespondMenu]);
}

/// What runs on devices. The answer is what is left of the line.
pub(super) fn draw_strip(state: &State, ink: &mut Ink<'_>, area: Rect) -> Rect {
    let Some((kind, text)) = words::strip(state) else {
        return area;
    };
    let used = ink.write(area, role_of(help_text::tone(kind)), &text);
    after(area, used + 2)
}
