//! The list of alerts: the columns that fit, and only the lines in sight.

use std::borrow::Cow;
use std::ops::RangeInclusive;

use jiff::Timestamp;
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr;

use crate::app::State;
use crate::app::alert_book::AlertBook;
use crate::app::alert_book::Fresh;
use crate::app::alert_book::Row;
use crate::app::arranging;
use crate::app::column_picker::MARGIN;
use crate::app::columns::Column;
use crate::app::detail_text::severity_mark;
use crate::app::lateness;
use crate::app::poller::Phase;
use crate::app::session;
use crate::app::shape::Group;
use crate::app::shape::GroupBy;
use crate::app::shape::Line;
use crate::app::shape::LineKind;
use crate::app::symbols::Symbol;
use crate::app::times;
use crate::app::views;
use crate::domain::alert::Status;
use crate::domain::product;
use crate::domain::text::shown;
use crate::keymap::Action;
use crate::theme::Role;
use crate::view::ink::Ink;
use crate::view::ink::after;
use crate::view::ink::line_of;

/// A line that stands for more alerts than this is not asked for every one of them.
const ASKED: usize = 500;

/// Draws the column names and the lines in sight.
pub fn draw(state: &State, ink: &mut Ink<'_>, area: Rect) {
    let columns = state.columns.fitting(area.width.saturating_sub(MARGIN));
    let mut rest = after(line_of(area, 0), MARGIN);
    for (column, width) in &columns {
        let cell = Rect {
            width: (*width).min(rest.width),
            ..rest
        };
        write(ink, cell, *column, Role::Muted, column.name());
        rest = after(rest, width + 1);
    }
    if state.book.visible().is_empty() {
        let role_text = nothing(state);
        ink.write(after(line_of(area, 2), MARGIN), Role::Muted, &role_text);
        return;
    }
    let canvas = Canvas {
        state,
        columns: &columns,
        me: state.user(),
        range: arranging::range(state),
    };
    let first = state.cursor.top();
    for (place, index) in (1..area.height).zip(first..) {
        if let Some(line) = state.book.line(index) {
            canvas.draw_line(ink, line_of(area, place), index, line);
        }
    }
}

/// An empty list says why it is empty.
fn nothing(state: &State) -> String {
    if !state.filter_text.is_empty() {
        let way_out = if views::changes(state).filter {
            "esc clears the filter"
        } else {
            "0 shows everything"
        };
        return format!(
            "no alert matches `{}`; {way_out}",
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

/// What every line of one frame needs.
struct Canvas<'a> {
    state: &'a State,
    columns: &'a [(Column, u16)],
    me: String,
    range: Option<RangeInclusive<usize>>,
}

impl Canvas<'_> {
    fn draw_line(&self, ink: &mut Ink<'_>, area: Rect, index: usize, line: Line<'_>) {
        let state = self.state;
        // Of a fold the selected alert itself may be an older one.
        let Some(row) = line.alerts.first().and_then(|key| state.book.row(*key)) else {
            return;
        };
        let selected = state.cursor.position() == index;
        if selected {
            ink.write(Rect { width: 1, ..area }, Role::Title, ">");
        }
        let (role, mark) = self.mark(index, line);
        let second = Rect {
            width: 1,
            ..after(area, 1)
        };
        ink.write(second, role, mark);
        let mut rest = after(area, MARGIN);
        for (column, width) in self.columns {
            let cell = Rect {
                width: (*width).min(rest.width),
                ..rest
            };
            match line.kind {
                LineKind::Group(group) => {
                    self.draw_heading(ink, cell, *column, row, group, line, selected);
                }
                LineKind::Alert | LineKind::Duplicate => {
                    self.draw_cell(ink, cell, *column, row, line, selected);
                }
            }
            rest = after(rest, width + 1);
        }
    }

    /// What a person marked, is about to mark, or has not looked at yet.
    fn mark(&self, index: usize, line: Line<'_>) -> (Role, &'static str) {
        let book = &self.state.book;
        let asked = || line.alerts.iter().take(ASKED);
        if self
            .range
            .as_ref()
            .is_some_and(|range| range.contains(&index))
        {
            return (Role::Title, "v");
        }
        if book.marked() > 0 && asked().any(|key| book.is_marked(*key)) {
            return (Role::Title, "*");
        }
        let laid = |stuck: bool| {
            let mut laid = asked()
                .filter_map(|key| book.row(*key))
                .filter_map(|row| self.state.decisions.on(&row.id));
            laid.any(|laid| laid.is_stuck == stuck)
        };
        if !self.state.decisions.queue.is_empty() {
            if laid(true) {
                return (Role::Bad, "!");
            }
            if laid(false) {
                return (Role::Warning, "^");
            }
        }
        let fresh = |wanted: Fresh| {
            let mut rows = asked().filter_map(|key| book.row(*key));
            rows.any(|row| row.fresh == wanted)
        };
        if fresh(Fresh::New) {
            (Role::Fresh, "+")
        } else if fresh(Fresh::Changed) {
            (Role::Fresh, "~")
        } else {
            (Role::Text, "")
        }
    }

    fn draw_cell(
        &self,
        ink: &mut Ink<'_>,
        cell: Rect,
        column: Column,
        row: &Row,
        line: Line<'_>,
        selected: bool,
    ) {
        let state = self.state;
        let text = |symbol: Symbol| state.book.text(symbol).shown_briefly();
        let laid = state.decisions.on(&row.id);
        // The highlight is a mark and few cells: whole coloured rows cost bytes on each move.
        let quiet = quiet(row.status.is_open());
        let put = |ink: &mut Ink<'_>, text: &str| {
            write(ink, cell, column, quiet, text);
        };
        match column {
            Column::Severity => {
                let mark = severity_mark(row.severity);
                ink.write(cell, Role::Severity(row.severity), mark);
            }
            Column::Age => put(ink, &age(row.created, state.minute())),
            Column::Lateness => {
                // Of duplicates the oldest waits longest, and is the last of them.
                let oldest = line.alerts.last().and_then(|key| state.book.deadline(*key));
                self.draw_lateness(ink, cell, oldest, quiet, row.created.is_some());
            }
            Column::Status => match laid.and_then(|laid| laid.status.as_deref()) {
                Some(word) => write(ink, cell, column, Role::Warning, status(Status::of(word))),
                None => put(ink, status(row.status)),
            },
            Column::Owner => match laid.and_then(|laid| laid.owner.as_deref()) {
                Some(owner) => {
                    let owner = short_owner(&shown(owner), &self.me);
                    write(ink, cell, column, Role::Warning, &owner);
                }
                None => put(ink, &short_owner(&text(row.assigned_to), &self.me)),
            },
            Column::Duplicates => match (line.kind, line.alerts.len()) {
                (LineKind::Duplicate, _) => put(ink, "|"),
                (LineKind::Alert | LineKind::Group(_), 1) => {}
                (LineKind::Alert | LineKind::Group(_), number) => put(ink, &several(number)),
            },
            Column::Title => self.draw_title(ink, cell, row, line, selected),
            Column::Device => put(ink, dash(host(&text(row.device)))),
            Column::User => put(ink, dash(&text(row.user))),
            Column::Category => put(ink, dash(&text(row.category))),
            Column::Incident => put(ink, dash(&state.book.incident(row))),
            Column::Detector => put(ink, dash(&text(row.detector))),
            Column::Product => put(ink, dash(product::short(&text(row.product)))),
            Column::Group => put(ink, dash(&text(row.group))),
        }
    }

    /// The title, and behind it who changed what is not looked at yet.
    fn draw_title(&self, ink: &mut Ink<'_>, cell: Rect, row: &Row, line: Line<'_>, selected: bool) {
        let book = &self.state.book;
        let mut rest = cell;
        if book.grouping() != GroupBy::Nothing {
            rest = after(rest, 2);
        }
        let first = line.alerts.first();
        if let Some(by) = first.and_then(|key| book.changed_by(*key)) {
            let by = format!("by {}", short_owner(&by.shown_briefly(), &self.me));
            if by.width() + 12 < usize::from(rest.width) {
                rest = ink.write_right(rest, Role::Fresh, &by);
            }
        }
        let title = book.text(row.title).shown_briefly();
        let role = if selected {
            Role::Selected
        } else {
            quiet(row.status.is_open())
        };
        ink.write(rest, role, or(&title, "(no title)"));
    }

    fn draw_lateness(
        &self,
        ink: &mut Ink<'_>,
        cell: Rect,
        deadline: Option<Timestamp>,
        quiet: Role,
        is_dated: bool,
    ) {
        let now = self.state.minute();
        let (role, text) = match deadline {
            Some(deadline) if lateness::is_past(deadline, now) => {
                (Role::Bad, lateness::signed(deadline, now))
            }
            Some(deadline) if deadline.duration_since(now) <= lateness::SOON => {
                (Role::Warning, lateness::signed(deadline, now))
            }
            Some(deadline) => (quiet, lateness::signed(deadline, now)),
            None if is_dated => (Role::Muted, "met".to_owned()),
            None => (Role::Muted, "?".to_owned()),
        };
        write(ink, cell, Column::Lateness, role, &text);
    }

    /// The heading of a group is a line of the same table.
    #[expect(
        clippy::too_many_arguments,
        reason = "what a cell is, and what it is of: a struct would be taken apart at once"
    )]
    fn draw_heading(
        &self,
        ink: &mut Ink<'_>,
        cell: Rect,
        column: Column,
        row: &Row,
        group: &Group,
        line: Line<'_>,
        selected: bool,
    ) {
        let book = &self.state.book;
        let quiet = quiet(group.is_open);
        match column {
            Column::Severity => {
                let mark = severity_mark(group.worst);
                ink.write(cell, Role::Severity(group.worst), mark);
            }
            Column::Lateness => {
                self.draw_lateness(ink, cell, group.deadline, quiet, true);
            }
            Column::Duplicates => {
                write(ink, cell, column, quiet, &several(line.alerts.len()));
            }
            Column::Title => {
                let sign = if group.is_folded { "[+] " } else { "[-] " };
                let used = ink.write(cell, Role::Muted, sign);
                let role = if selected {
                    Role::Selected
                } else if group.is_open {
                    Role::Strong
                } else {
                    Role::Muted
                };
                ink.write(after(cell, used), role, &label(&self.state.book, row));
            }
            Column::Device if book.grouping() != GroupBy::Device => {
                let device = book.text(row.device).shown_briefly();
                if group.devices > 1 {
                    let devices = format!("{} devices", group.devices);
                    ink.write(cell, Role::Muted, &devices);
                } else {
                    ink.write(cell, Role::Muted, dash(host(&device)));
                }
            }
            Column::Age
            | Column::Status
            | Column::Owner
            | Column::Device
            | Column::User
            | Column::Category
            | Column::Incident
            | Column::Detector
            | Column::Group
            | Column::Product => {}
        }
    }
}

/// What the alerts of a group share.
pub(super) fn label<'a>(book: &'a AlertBook, row: &Row) -> Cow<'a, str> {
    let text = |symbol: Symbol, without: &'static str| {
        let text = book.text(symbol).shown_briefly();
        if text.is_empty() {
            Cow::Borrowed(without)
        } else {
            text
        }
    };
    match book.grouping() {
        GroupBy::Nothing => Cow::Borrowed(""),
        GroupBy::Title => text(row.title, "(no title)"),
        GroupBy::Device => text(row.device, "(no device)"),
        GroupBy::User => text(row.user, "(no user)"),
        GroupBy::Incident if row.incident.is_empty() => Cow::Borrowed("(no incident)"),
        GroupBy::Incident => Cow::Owned(format!(
            "{} {}",
            book.incident(row),
            text(row.title, "(no title)")
        )),
    }
}

/// Text in a cell, numbers at its right end.
fn write(ink: &mut Ink<'_>, cell: Rect, column: Column, role: Role, text: &str) {
    if column.is_right_aligned() {
        ink.write_right(cell, role, text);
    } else {
        ink.write(cell, role, text);
    }
}

const fn quiet(is_open: bool) -> Role {
    if is_open { Role::Text } else { Role::Muted }
}

fn age(created: Option<Timestamp>, now: Timestamp) -> String {
    created.map_or_else(|| "?".to_owned(), |created| times::age(created, now))
}

/// A number in three cells.
fn several(number: usize) -> String {
    match number {
        0..1_000 => number.to_string(),
        1_000..100_000 => format!("{}k", number / 1_000),
        _ => ">9k".to_owned(),
    }
}

/// The domain is the same for most, and the name what people know.
fn host(device: &str) -> &str {
    device.split('.').next().unwrap_or_default()
}

fn or<'a>(text: &'a str, otherwise: &'a str) -> &'a str {
    if text.is_empty() { otherwise } else { text }
}

fn dash(text: &str) -> &str {
    or(text, "-")
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
