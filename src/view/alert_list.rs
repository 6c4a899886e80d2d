//! The list of alerts: columns by width, and only the rows in sight.

use ratatui::layout::Rect;

use crate::app::State;
use crate::app::alert_book::AlertKey;
use crate::app::alert_book::Fresh;
use crate::app::alert_book::Row;
use crate::app::detail_text::severity_mark;
use crate::app::poller::Phase;
use crate::app::session;
use crate::app::symbols::Symbol;
use crate::app::times;
use crate::domain::alert::Status;
use crate::domain::text::shown;
use crate::keymap::Action;
use crate::theme::Role;
use crate::view::ink::Ink;
use crate::view::ink::after;
use crate::view::ink::line_of;

/// What a column shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Severity,
    Age,
    Status,
    Owner,
    Title,
    Device,
    User,
    Category,
    Incident,
}

impl Column {
    const fn name(self) -> &'static str {
        match self {
            Self::Severity => "S",
            Self::Age => "AGE",
            Self::Status => "ST",
            Self::Owner => "OWN",
            Self::Title => "TITLE",
            Self::Device => "DEVICE",
            Self::User => "USER",
            Self::Category => "CATEGORY",
            Self::Incident => "INC",
        }
    }
}

/// Room left of the first column: the marker of the selection, that of what is new,
/// and a blank.
const MARGIN: u16 = 3;

/// Columns with their widths for a list of this width; the title takes what is left.
fn columns(width: u16) -> Vec<(Column, u16)> {
    // From which width on a column is worth its room, and how much it takes: the title
    // never gets narrower than at 80 columns.
    let wanted = [
        (Column::Severity, 0, 2),
        (Column::Age, 0, 4),
        (Column::Status, 40, 3),
        (Column::Owner, 66, if width >= 140 { 10 } else { 5 }),
        (Column::Title, 0, 0),
        (Column::Device, 56, if width >= 130 { 16 } else { 12 }),
        (Column::User, 74, if width >= 120 { 14 } else { 9 }),
        (Column::Category, 104, if width >= 140 { 19 } else { 15 }),
        (Column::Incident, 116, 8),
    ];
    let fixed: u16 = wanted
        .iter()
        .filter(|(_, from, room)| width >= *from && *room > 0)
        .map(|(_, _, room)| room + 1)
        .sum();
    let title = width.saturating_sub(MARGIN + fixed);
    wanted
        .into_iter()
        .filter(|(_, from, _)| width >= *from)
        .map(|(column, _, room)| (column, if column == Column::Title { title } else { room }))
        .collect()
}

/// Draws the column names and the rows in sight.
pub fn draw(state: &State, ink: &mut Ink<'_>, area: Rect) {
    let columns = columns(area.width);
    let mut rest = after(line_of(area, 0), MARGIN);
    for (column, width) in &columns {
        ink.write(
            Rect {
                width: (*width).min(rest.width),
                ..rest
            },
            Role::Muted,
            column.name(),
        );
        rest = after(rest, width + 1);
    }
    let visible = state.book.visible();
    if visible.is_empty() {
        let role_text = nothing(state);
        ink.write(after(line_of(area, 2), MARGIN), Role::Muted, &role_text);
        return;
    }
    let me = state.user();
    let in_sight = visible
        .iter()
        .skip(state.cursor.top())
        .take(usize::from(area.height.saturating_sub(1)));
    for (line, key) in (1..).zip(in_sight) {
        draw_row(state, ink, line_of(area, line), &columns, *key, &me);
    }
}

/// An empty list says why it is empty.
fn nothing(state: &State) -> String {
    if !state.filter_text.is_empty() {
        return format!(
            "no alert matches `{}`; esc clears the filter",
            shown(&state.filter_text)
        );
    }
    if let session::Phase::Refused { .. } = state.session.phase() {
        let key = |action| {
            let key = state.settings.keymap.key_of(action);
            key.map_or_else(String::new, |key| key.to_string())
        };
        let (why, again) = (key(Action::ToggleToken), key(Action::PollNow));
        return format!("not signed in: {why} shows why, {again} tries again");
    }
    match state.poller.phase() {
        Phase::Loading { .. } if state.poller.last_answer().is_none() => "no alerts yet".to_owned(),
        Phase::Loading { .. } | Phase::Following => {
            "no alerts: none exist, or your role sees no device group".to_owned()
        }
    }
}

fn draw_row(
    state: &State,
    ink: &mut Ink<'_>,
    area: Rect,
    columns: &[(Column, u16)],
    key: AlertKey,
    me: &str,
) {
    let Some(row) = state.book.row(key) else {
        return;
    };
    let selected = state.cursor.selected() == Some(key);
    if selected {
        ink.write(Rect { width: 1, ..area }, Role::Title, ">");
    }
    let mark = match row.fresh {
        Fresh::Seen => "",
        Fresh::New => "+",
        Fresh::Changed => "~",
    };
    ink.write(
        Rect {
            width: 1,
            ..after(area, 1)
        },
        Role::Fresh,
        mark,
    );
    let mut rest = after(area, MARGIN);
    for (column, width) in columns {
        let cell = Rect {
            width: (*width).min(rest.width),
            ..rest
        };
        draw_cell(state, ink, cell, *column, row, me, selected);
        rest = after(rest, width + 1);
    }
}

fn draw_cell(
    state: &State,
    ink: &mut Ink<'_>,
    cell: Rect,
    column: Column,
    row: &Row,
    me: &str,
    selected: bool,
) {
    let text = |symbol: Symbol| state.book.text(symbol).shown_briefly();
    // The highlight is a mark and few cells: whole coloured rows cost bytes on each move.
    let quiet = if row.status.is_open() {
        Role::Text
    } else {
        Role::Muted
    };
    match column {
        Column::Severity => {
            ink.write(
                cell,
                Role::Severity(row.severity),
                severity_mark(row.severity),
            );
        }
        Column::Age => {
            let age = row.created.map_or_else(
                || "?".to_owned(),
                |created| times::age(created, state.minute()),
            );
            ink.write(cell, quiet, &format!("{age:>4}"));
        }
        Column::Status => {
            ink.write(cell, quiet, status(row.status));
        }
        Column::Owner => {
            let owner = text(row.assigned_to);
            ink.write(cell, quiet, &short_owner(&owner, me));
        }
        Column::Title => {
            let title = text(row.title);
            let title = if title.is_empty() {
                "(no title)"
            } else {
                &title
            };
            let role = if selected { Role::Selected } else { quiet };
            ink.write(cell, role, title);
        }
        Column::Device => {
            // The domain is the same for most and the name what people know.
            let device = text(row.device);
            let host = device.split('.').next().unwrap_or_default();
            ink.write(cell, quiet, dash(host));
        }
        Column::User => {
            ink.write(cell, quiet, dash(&text(row.user)));
        }
        Column::Category => {
            ink.write(cell, quiet, dash(&text(row.category)));
        }
        Column::Incident => {
            ink.write(cell, quiet, dash(&state.book.incident(row)));
        }
    }
}

fn dash(text: &str) -> &str {
    if text.is_empty() { "-" } else { text }
}

const fn status(status: Status) -> &'static str {
    match status {
        Status::New => "new",
        Status::InProgress => "prg",
        Status::Resolved => "res",
        Status::Other => "?",
    }
}

/// `me`, `auto`, the name before the `@`, or a dash.
fn short_owner(owner: &str, me: &str) -> String {
    if owner.is_empty() {
        "-".to_owned()
    } else if owner.eq_ignore_ascii_case(me) {
        "me".to_owned()
    } else if owner == "Automation" {
        "auto".to_owned()
    } else {
        owner.split('@').next().unwrap_or_default().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_fill_every_width_and_never_more() {
        for width in 20..300 {
            let columns = columns(width);
            let used: u16 = columns.iter().map(|(_, room)| room + 1).sum();
            assert!(used + MARGIN <= width + 1, "{width}: {columns:?}");
            let title = columns.iter().find(|(column, _)| *column == Column::Title);
            assert!(
                title.is_some_and(|(_, room)| *room >= 7),
                "{width}: {columns:?}"
            );
            let enough = title.is_some_and(|(_, room)| *room >= 35);
            assert!(width < 80 || enough, "{width}: {columns:?}");
        }
    }

    #[test]
    fn owners_are_short() {
        for (owner, short) in [
            ("", "-"),
            ("ME@contoso.com", "me"),
            ("Automation", "auto"),
            ("kpa@contoso.com", "kpa"),
        ] {
            assert_eq!(short_owner(owner, "me@contoso.com"), short);
        }
    }
}
