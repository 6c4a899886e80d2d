//! Hunting: what can be asked, in the head; the query and its result below the list.

use std::borrow::Cow;

use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr;

use crate::app::State;
use crate::app::count;
use crate::app::hunting::Dialog;
use crate::app::hunting::Hunt;
use crate::app::hunting::Outcome;
use crate::app::hunting::acting;
use crate::app::hunting::grid::Counted;
use crate::app::hunting::grid::Extent;
use crate::app::hunting::grid::Grid;
use crate::app::lines::Page;
use crate::app::lines::Tone;
use crate::app::lines::cut;
use crate::app::overlay::Overlay;
use crate::app::panes::Panes;
use crate::app::thousands;
use crate::app::times;
use crate::domain::hunt::ColumnKind;
use crate::domain::hunt::Complaint;
use crate::domain::hunt::SortOrder;
use crate::domain::hunt::Subject;
use crate::domain::hunt::findings::MOST_ROWS;
use crate::domain::service::Service;
use crate::domain::text::Text;
use crate::domain::text::shown;
use crate::keymap::Action;
use crate::keymap::HuntAction;
use crate::theme::Role;
use crate::view::ink::Ink;
use crate::view::ink::after;
use crate::view::ink::line_of;

/// Cells of a name in the menu.
const LONGEST_NAME: usize = 24;
/// Cells of why an answer broke off.
const LONGEST_WHY: usize = 40;
/// Cells before the first column: the cursor, a mark.
const MARGIN: u16 = 2;
/// Cells of a row, or values of a column, that are read out.
const HEARD: usize = 8;

/// What the alert gives to begin with, how many queries are left, and on which service.
pub(super) fn draw_head(state: &State, ink: &mut Ink<'_>, area: Rect, subject: &Subject) {
    let rest = ink.write_right(area, Role::Muted, &left(state));
    let words = format!("hunt  {}", named(subject).join("  "));
    ink.write(rest, Role::Title, &words);
}

/// How many queries are left, and on which service. Both budgets, since either may be the
/// first to end.
fn left(state: &State) -> String {
    let (minute, hour) = state.hunting.calls_left(state.now.steady);
    let service = Service::of(state.settings.api_kind);
    let until = service
        .end
        .map_or_else(String::new, |end| format!(" until {}", end.day));
    let hour = thousands(hour);
    format!("{minute}/min {hour}/h left  {}{until}", service.short)
}

/// What the alert names. Of the device the first label tells enough.
fn named(subject: &Subject) -> Vec<String> {
    let device = subject.device.split('.').next().unwrap_or_default();
    let named = [
        device,
        &subject.user,
        &subject.process,
        &subject.ip,
        &subject.domain,
    ];
    let named = named.into_iter().filter(|text| !text.is_empty());
    named.map(|text| shown(text).into_owned()).collect()
}

/// Queries of the operator's own that have a key, behind those of the menu.
pub(super) fn draw_own(
    state: &State,
    ink: &mut Ink<'_>,
    mut areas: impl Iterator<Item = Rect>,
    subject: &Subject,
) {
    let mut rest = areas.next().unwrap_or_default();
    let keyed = state.settings.hunts.iter();
    for (key, own) in keyed.filter_map(|own| Some((own.key?, own))) {
        let name = cut(&own.name, LONGEST_NAME);
        if 2 + name.width() > usize::from(rest.width) {
            rest = areas.next().unwrap_or_default();
        }
        let (strong, text) = if own.ask(subject).is_ok() {
            (Role::Title, Role::Text)
        } else {
            (Role::Muted, Role::Muted)
        };
        let used = ink.write(rest, strong, &key.to_string());
        rest = after(rest, used + 1);
        let used = ink.write(rest, text, &name);
        rest = after(rest, used + 2);
    }
}

/// The drawer, where it is open. False where it is not.
pub(super) fn draw_drawer(state: &State, ink: &mut Ink<'_>, panes: &Panes) -> bool {
    let (Some(Overlay::Hunting(Dialog::Drawer)), Some((rule, area))) = (&state.overlay, panes.dock)
    else {
        return false;
    };
    ink.rule(rule);
    let Some(hunt) = state.hunting.shown() else {
        return true;
    };
    let (place, all) = state.hunting.place();
    let title = format!(" hunt {place} of {all}: {} ", hunt.title);
    let told = format!(" {} ", summary(state, hunt));
    let within = Rect {
        width: rule.width.saturating_sub(1),
        ..rule
    };
    let left = ink.write_right(within, Role::Muted, &told);
    ink.write(after(left, 1), Role::Focus, &title);
    let lines = u16::try_from(acting::query_lines(state)).unwrap_or(1);
    let complaint = match &hunt.outcome {
        Outcome::Refused(complaint) => Some(complaint),
        _ => None,
    };
    let below = draw_query(ink, area, hunt, lines, complaint);
    match &hunt.outcome {
        Outcome::Found(grid) => match &grid.counted {
            Some(counted) => draw_counted(ink, below, grid, counted),
            None => draw_grid(ink, below, grid),
        },
        Outcome::Running => {
            let at = times::clock(hunt.at, state.now.wall, &state.settings.zone);
            let key = state.key_name(Action::Hunt(HuntAction::Leave));
            let text = format!(
                "asked at {at}, no answer yet; the service takes up to 200 s; {key} gives it up"
            );
            ink.write(below, Role::Muted, &text);
        }
        Outcome::Forgotten { rows } => {
            let key = state.key_name(Action::Hunt(HuntAction::Again));
            let rows = count(*rows, "row");
            let text = format!("{rows} found, given up for later results; {key} runs it again");
            ink.write(below, Role::Muted, &text);
        }
        Outcome::Refused(complaint) => {
            let mut page = Page::new(usize::from(below.width));
            page.add_text(Tone::Bad, &format!("refused: {}", complaint.says()), 0);
            let key = state.key_name(Action::Hunt(HuntAction::Edit));
            let text = format!("{key} opens the query in your editor");
            page.add_text(Tone::Muted, &text, 0);
            draw_page(ink, below, &page);
        }
        Outcome::Failed(failure) => {
            let mut page = Page::new(usize::from(below.width));
            let text = format!("not run: {}", failure.sentence);
            page.add_text(Tone::Bad, &text, 0);
            if let Some(remedy) = &failure.remedy {
                page.add_text(Tone::Text, remedy, 0);
            } else if let Some(wait) = failure.retry_after {
                let text = format!("the service takes queries again in {}", times::left(wait));
                page.add_text(Tone::Text, &text, 0);
            }
            draw_page(ink, below, &page);
        }
        Outcome::Cancelled => {
            ink.write(below, Role::Muted, "given up before it answered");
        }
    }
    true
}

fn draw_page(ink: &mut Ink<'_>, area: Rect, page: &Page) {
    for (index, line) in (0..area.height).zip(&page.lines) {
        ink.write_line(line_of(area, index), line);
    }
}

/// How much there is, in the title line.
fn summary(state: &State, hunt: &Hunt) -> String {
    let Outcome::Found(grid) = &hunt.outcome else {
        let (minute, hour) = state.hunting.calls_left(state.now.steady);
        return format!(
            "{minute} queries left this minute, {} this hour",
            thousands(hour)
        );
    };
    let mut told = rows(grid);
    match &grid.extent {
        Extent::Whole => {}
        Extent::Growing => told.push_str(" so far, more come"),
        Extent::GivenUp => told.push_str(", the rest was given up"),
        Extent::Broken(why) => {
            told = format!(
                "{told}, the rest did not come: {}",
                cut(&shown(why), LONGEST_WHY)
            );
        }
    }
    let (rows, columns) = grid.findings.left_out();
    for (left, what) in [(rows, "row"), (columns, "column")] {
        if left > 0 {
            told = format!("{told}, {} left out", count(left, what));
        }
    }
    if grid.marked() > 0 {
        told = format!("{told}, {} marked", thousands(grid.marked()));
    }
    if grid.hidden() > 0 {
        told = format!("{told}, {} hidden", count(grid.hidden(), "column"));
    }
    told
}

/// How many rows there are, and that there may be more where the service gives no more.
fn rows(grid: &Grid) -> String {
    let rows = count(grid.findings.len(), "row");
    if grid.findings.len() < MOST_ROWS {
        rows
    } else {
        format!("{rows}, the most the service gives")
    }
}

/// The first lines of the query, around the place that is wrong where one is. The answer
/// is what is left of the area.
fn draw_query(
    ink: &mut Ink<'_>,
    area: Rect,
    hunt: &Hunt,
    lines: u16,
    complaint: Option<&Complaint>,
) -> Rect {
    let place = complaint.and_then(|complaint| complaint.place);
    let height = usize::from(lines);
    let first = place.map_or(0, |place| (place.line + 1).saturating_sub(height));
    let mut used = 0;
    for (number, line) in hunt.query.lines().enumerate().skip(first).take(height) {
        let cells = line_of(area, used);
        let line = Text::from(line);
        ink.write(cells, Role::Command, &line.shown_briefly());
        used += 1;
        if let Some(place) = place.filter(|place| place.line == number) {
            let before: String = line.original().chars().take(place.column).collect();
            let before = u16::try_from(shown(&before).width()).unwrap_or(u16::MAX);
            let below = line_of(area, used);
            ink.write(
                after(below, before.min(below.width.saturating_sub(1))),
                Role::Bad,
                "^",
            );
            used += 1;
        }
    }
    let used = used.min(area.height);
    Rect {
        y: area.y + used,
        height: area.height - used,
        ..area
    }
}

fn draw_grid(ink: &mut Ink<'_>, area: Rect, grid: &Grid) {
    if grid.findings.is_empty() {
        ink.write(area, Role::Muted, "the query found nothing");
        return;
    }
    let names = after(line_of(area, 0), MARGIN);
    let mut rest = names;
    for (place, column, width) in grid.columns_from_left() {
        if rest.width == 0 {
            break;
        }
        let cell = Rect {
            width: width.min(rest.width),
            ..rest
        };
        let role = if place == grid.column {
            Role::Focus
        } else {
            Role::Muted
        };
        let sign = match grid.sort {
            Some((by, SortOrder::Ascending)) if by == column => "^",
            Some((by, SortOrder::Descending)) if by == column => "v",
            _ => "",
        };
        ink.write(cell, role, &format!("{sign}{}", grid.name(column)));
        rest = after(rest, width + 1);
    }
    for (line, place) in (1..area.height).zip(grid.top..) {
        let Some(row) = grid.row_at(place) else {
            break;
        };
        draw_row(ink, line_of(area, line), grid, place, row);
    }
}

fn draw_row(ink: &mut Ink<'_>, area: Rect, grid: &Grid, place: usize, row: usize) {
    let is_current = place == grid.row;
    if is_current {
        ink.write(Rect { width: 1, ..area }, Role::Title, ">");
    }
    if grid.is_marked(row) {
        let second = Rect {
            width: 1,
            ..after(area, 1)
        };
        ink.write(second, Role::Title, "*");
    }
    let mut rest = after(area, MARGIN);
    for (at, column, width) in grid.columns_from_left() {
        if rest.width == 0 {
            break;
        }
        let cell = Rect {
            width: width.min(rest.width),
            ..rest
        };
        let role = match (is_current, at == grid.column) {
            (true, true) => Role::Focus,
            (true, false) => Role::Strong,
            (false, _) => Role::Text,
        };
        let text = grid.start_of_cell(row, column);
        let kind = grid
            .findings
            .columns()
            .get(column)
            .map(|column| column.kind);
        let words = text.shown_briefly();
        if kind == Some(ColumnKind::Number) {
            ink.write_right(cell, role, &words);
        } else if kind == Some(ColumnKind::Time) && usize::from(width) < words.len() {
            // To the second: a mark for the rest would take the second's place.
            let end: String = words.chars().take(usize::from(width)).collect();
            ink.write(cell, role, &end);
        } else {
            ink.write(cell, role, &words);
        }
        rest = after(rest, width + 1);
    }
}

fn draw_counted(ink: &mut Ink<'_>, area: Rect, grid: &Grid, counted: &Counted) {
    let values = counted.values.len() + counted.more;
    let title = format!(
        "{} in {}",
        count(values, "value"),
        grid.name(counted.column)
    );
    ink.write(line_of(area, 0), Role::Title, &title);
    let shown_values = counted.values.iter().skip(counted.top);
    for (line, (value, times)) in (1..area.height).zip(shown_values) {
        let cells = line_of(area, line);
        let number = Rect {
            width: 9.min(cells.width),
            ..cells
        };
        ink.write_right(number, Role::Strong, &thousands(*times));
        ink.write(after(cells, 11), Role::Text, &named_value(value));
    }
}

fn named_value(value: &Text) -> Cow<'_, str> {
    if value.is_empty() {
        "(empty)".into()
    } else {
        value.shown_briefly()
    }
}

/// The menu for whoever reads lines: what the alert names, the queries of the operator's
/// own with their keys, how many are left.
pub(super) fn menu_words(state: &State, subject: &Subject) -> String {
    let keyed = state.settings.hunts.iter();
    let own = keyed.filter_map(|own| Some(format!("{} {}", own.key?, own.name)));
    let named = named(subject).into_iter();
    let words: Vec<String> = named.chain(own).chain([left(state)]).collect();
    words.join(", ")
}

/// The drawer in one line, for whoever reads lines.
pub(super) fn words(state: &State) -> String {
    let Some(hunt) = state.hunting.shown() else {
        return String::new();
    };
    let told = match &hunt.outcome {
        Outcome::Found(grid) if grid.findings.is_empty() && grid.extent == Extent::Whole => {
            "found nothing".to_owned()
        }
        Outcome::Found(grid) => match &grid.counted {
            Some(counted) => counted_words(grid, counted),
            None => row_words(grid),
        },
        Outcome::Running => "no answer yet".to_owned(),
        Outcome::Forgotten { rows } => format!("{} found, given up", count(*rows, "row")),
        Outcome::Refused(complaint) => format!("refused: {}", complaint.says()),
        Outcome::Failed(failure) => format!("not run: {}", failure.sentence),
        Outcome::Cancelled => "given up".to_owned(),
    };
    format!("{}: {told}", hunt.title)
}

/// The row of the cursor from the current column on: the keys act on that one.
fn row_words(grid: &Grid) -> String {
    let row = grid.row_at(grid.row);
    let cells = row.map_or_else(String::new, |row| {
        let from_here = grid.columns_from(grid.column).take(HEARD);
        let told = from_here.map(|(_, column, _)| {
            let text = grid.start_of_cell(row, column);
            format!("{} {}", grid.name(column), text.shown_briefly())
        });
        told.collect::<Vec<_>>().join(", ")
    });
    let marked = match row {
        Some(row) if grid.is_marked(row) => ", marked",
        _ => "",
    };
    let so_far = match grid.extent {
        Extent::Whole => "",
        Extent::Growing => " so far",
        Extent::GivenUp | Extent::Broken(_) => " that came",
    };
    let (place, rows) = (grid.row + 1, rows(grid));
    format!("row {place} of {rows}{so_far}{marked}: {cells}")
}

fn counted_words(grid: &Grid, counted: &Counted) -> String {
    let values = counted.values.iter().skip(counted.top).take(HEARD);
    let told = values.map(|(value, times)| format!("{} {}", thousands(*times), named_value(value)));
    let all = count(counted.values.len() + counted.more, "value");
    let name = grid.name(counted.column);
    let told: Vec<String> = told.collect();
    format!("{all} in {name}: {}", told.join(", "))
}
