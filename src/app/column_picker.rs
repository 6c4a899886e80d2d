//! The column picker: which columns, and which of them first where room is scarce.

use crate::app::State;
use crate::app::columns::Column;
use crate::app::columns::Columns;
use crate::app::lines::Line;
use crate::app::lines::Page;
use crate::app::lines::Tone;
use crate::app::notices::Kind;
use crate::app::overlay::Overlay;
use crate::domain::moment::Moment;
use crate::keymap::ColumnAction;

/// Cells left of the first column of the list: the marker of the selection, that of
/// what is marked or new, and a blank.
pub const MARGIN: u16 = 3;

/// The columns by rank, with what becomes of each in the list as it is now.
pub fn page(state: &State, chosen: usize, width: usize) -> Page {
    let mut page = Page::new(width);
    let fitting = fitting(state);
    for (rank, (column, wanted)) in state.columns.ranked().iter().enumerate() {
        let mark = if rank == chosen { ">" } else { " " };
        let (sign, fate) = if !wanted {
            ("[ ]", "")
        } else if fitting.contains(column) {
            ("[x]", "")
        } else {
            ("[x]", "no room")
        };
        let tone = match (rank == chosen, wanted) {
            (true, _) => Tone::Strong,
            (false, true) => Tone::Text,
            (false, false) => Tone::Muted,
        };
        let line = Line::of(Tone::Label, format!("{mark} {sign} "))
            .and(tone, format!("{:<9}", column.name()))
            .and(Tone::Warning, format!("{fate:<8}"))
            .and(tone, column.says());
        // One line each: the list is walked by lines.
        page.lines.push(line);
    }
    page
}

fn fitting(state: &State) -> Vec<Column> {
    let list = state.panes().list.unwrap_or_default();
    let fitting = state.columns.fitting(list.width.saturating_sub(MARGIN));
    fitting.into_iter().map(|(column, _)| column).collect()
}

/// Walks the columns, without going round.
pub fn step(state: &mut State, lines: isize) {
    let last = state.columns.ranked().len().saturating_sub(1);
    if let Some(Overlay::Columns { chosen }) = &mut state.overlay {
        *chosen = chosen.saturating_add_signed(lines).min(last);
    }
}

/// Does it to the column the picker stands on.
pub fn apply(state: &mut State, action: ColumnAction, now: Moment) {
    match (action, &mut state.overlay) {
        (ColumnAction::Open, _) => state.overlay = Some(Overlay::Columns { chosen: 0 }),
        (ColumnAction::Wide, _) => {
            state.columns.wide = !state.columns.wide;
            state.keep_cursor_in_sight();
        }
        (ColumnAction::Toggle, Some(Overlay::Columns { chosen })) => {
            if !state.columns.toggle(*chosen) {
                let why = "severity and title cannot be left out";
                state.notices.say(Kind::Note, why, now);
            }
        }
        (ColumnAction::Raise, Some(Overlay::Columns { chosen })) => {
            *chosen = state.columns.rerank(*chosen, -1);
        }
        (ColumnAction::Lower, Some(Overlay::Columns { chosen })) => {
            *chosen = state.columns.rerank(*chosen, 1);
        }
        (ColumnAction::Reset, Some(Overlay::Columns { .. })) => {
            let wide = state.columns.wide;
            state.columns = Columns::default();
            state.columns.wide = wide;
        }
        (
            ColumnAction::Toggle | ColumnAction::Raise | ColumnAction::Lower | ColumnAction::Reset,
            _,
        ) => {}
    }
}
