//! What the mouse does where it is ours: the wheel scrolls the pane under the
//! pointer, a click goes to a pane or selects a row. Nothing else, and nothing that
//! a key could not do.

use ratatui::layout::Position;
use ratatui::layout::Rect;

use crate::app::State;
use crate::app::actions;
use crate::app::case;
use crate::app::case::tab_line;
use crate::app::case::tab_line::Label;
use crate::app::column_picker;
use crate::app::notices::Kind;
use crate::app::overlay::Overlay;
use crate::app::palette;
use crate::app::panes::Pane;
use crate::domain::moment::Moment;

/// The mouse did something somewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mouse {
    pub at: Position,
    pub did: Did,
}

/// What a mouse can do to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Did {
    Clicked,
    WheelUp,
    WheelDown,
}

/// Who is told what the mouse does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Whose {
    /// It selects text, as everywhere else.
    #[default]
    Terminals,
    Ours,
}

impl Whose {
    /// What the configuration says.
    pub const fn of(ours: bool) -> Self {
        if ours { Self::Ours } else { Self::Terminals }
    }
}

/// Takes it, or gives it back.
pub(super) fn toggle(state: &mut State, now: Moment) {
    let (whose, words) = match state.mouse {
        Whose::Terminals => (
            Whose::Ours,
            "the mouse is vigie's: the wheel scrolls, a click selects",
        ),
        Whose::Ours => (Whose::Terminals, "the mouse is the terminal's again"),
    };
    state.mouse = whose;
    state.notices.say(Kind::Note, words, now);
}

/// Rows of one notch of the wheel.
const NOTCH: isize = 3;

/// Does what the mouse asks for. One that is not ours is not listened to: what was
/// sent before it was given back may still arrive.
pub(super) fn on_mouse(state: &mut State, mouse: Mouse, now: Moment) {
    if state.mouse == Whose::Terminals {
        return;
    }
    match mouse.did {
        Did::Clicked => click(state, mouse.at, now),
        Did::WheelUp => wheel(state, mouse.at, -NOTCH, now),
        Did::WheelDown => wheel(state, mouse.at, NOTCH, now),
    }
}

fn wheel(state: &mut State, at: Position, rows: isize, now: Moment) {
    match &state.overlay {
        Some(Overlay::Help { .. } | Overlay::Handover { .. } | Overlay::Log { .. }) => {
            actions::scroll_overlay(state, rows);
        }
        Some(Overlay::Palette { .. }) => palette::choose(state, rows.signum()),
        Some(Overlay::Columns { .. }) => column_picker::step(state, rows.signum()),
        Some(
            Overlay::Filter(_)
            | Overlay::Paste { .. }
            | Overlay::HandOut(_)
            | Overlay::Deciding(_)
            | Overlay::Responding(_)
            | Overlay::Hunting(_)
            | Overlay::SortMenu,
        )
        | None => {
            if let Some(pane) = pane_at(state, at) {
                actions::scroll_pane(state, pane, rows, now);
            }
        }
    }
}

/// What lies over the panes is left by its keys: a click that missed costs nothing.
fn click(state: &mut State, at: Position, now: Moment) {
    if state.overlay.is_some() {
        return;
    }
    let Some(pane) = pane_at(state, at) else {
        return;
    };
    match pane {
        Pane::List => select_row(state, at, now),
        Pane::Detail => choose_in_case(state, at),
        Pane::Claims => {}
    }
    if !state.shows_sign_in() {
        actions::focus(state, pane);
    }
}

fn select_row(state: &mut State, at: Position, now: Moment) {
    let panes = state.panes();
    let Some(list) = panes.list else {
        return;
    };
    // The first line are the names of the columns.
    let Some(line) = at.y.checked_sub(list.y + 1) else {
        return;
    };
    let position = state.cursor.top() + usize::from(line);
    if position < state.book.line_count() {
        let before = state.cursor.selected();
        let height = panes.list_height();
        state.cursor.go_to(&state.book, position, height);
        if state.cursor.selected() != before {
            state.looking.on_moved(now.steady);
        }
    }
}

/// A name of a tab shows it, a line of the page is stood on.
fn choose_in_case(state: &mut State, at: Position) {
    if let Some(rule) = tab_line::area(state).filter(|rule| rule.contains(at)) {
        let x = at.x - rule.x;
        let hit = |label: &Label| {
            let width = u16::try_from(label.text.len()).unwrap_or(u16::MAX);
            (label.at..label.at.saturating_add(width)).contains(&x)
        };
        let label = tab_line::labels(state, rule.width).into_iter().find(hit);
        if let Some(label) = label {
            case::keys::go(state, label.tab);
        }
        return;
    }
    let area = state.panes().detail.filter(|area| area.contains(at));
    if let Some(area) = area {
        case::keys::click(state, usize::from(at.y - area.y));
    }
}

/// The pane at a place, its title line included.
fn pane_at(state: &State, at: Position) -> Option<Pane> {
    let panes = state.panes();
    let [detail_rule, claims_rule] = panes.rules;
    let places = [
        (panes.list, Pane::List),
        (panes.detail, Pane::Detail),
        (detail_rule, Pane::Detail),
        (panes.claims, Pane::Claims),
        (claims_rule, Pane::Claims),
    ];
    let is_there = |area: &Option<Rect>| area.is_some_and(|area| area.contains(at));
    let mut places = places.into_iter();
    Some(places.find(|(area, _)| is_there(area))?.1)
}
