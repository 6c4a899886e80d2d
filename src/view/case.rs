//! The alert: its tabs on the title line, and the tab in sight below.

use ratatui::layout::Rect;

use crate::app::State;
use crate::app::case;
use crate::app::case::Tab;
use crate::app::case::foot;
use crate::app::case::keys;
use crate::app::case::sheet::Sheet;
use crate::app::case::tab_line;
use crate::app::count;
use crate::app::panes::Pane;
use crate::theme::Role;
use crate::view::ink::Ink;
use crate::view::ink::after;
use crate::view::ink::line_of;

/// Draws the pane of the alert below its title line.
pub fn draw(state: &State, ink: &mut Ink<'_>, rule: Rect, area: Rect) {
    let width = usize::from(area.width);
    let sheet = match state.looking.shown() {
        Some(shown) => case::sheet(state, shown, width),
        None => Sheet::text(state.detail_page(width)),
    };
    let foot = foot::lines(state);
    let kept = u16::try_from(foot.len()).unwrap_or(area.height);
    let page_area = Rect {
        height: area.height.saturating_sub(kept),
        ..area
    };
    let height = usize::from(page_area.height);
    let lines = &sheet.page.lines;
    let top = state.detail_top.min(lines.len().saturating_sub(height));
    draw_rule(state, ink, rule, lines.len().saturating_sub(top + height));
    for (index, line) in (0..page_area.height).zip(lines.iter().skip(top)) {
        ink.write_line(line_of(page_area, index), line);
    }
    draw_cursor(state, ink, page_area, &sheet, top);
    for (index, line) in (page_area.height..area.height).zip(&foot) {
        ink.write_line(line_of(area, index), line);
    }
}

/// A sign before the row and its first line set off, where keys move it.
fn draw_cursor(state: &State, ink: &mut Ink<'_>, area: Rect, sheet: &Sheet, top: usize) {
    if !keys::has_cursor(state) {
        return;
    }
    let Some(place) = keys::place_in(state, sheet) else {
        return;
    };
    let line = sheet.lines_of(place).start;
    let index = line
        .checked_sub(top)
        .and_then(|line| u16::try_from(line).ok());
    if let Some(index) = index.filter(|index| *index < area.height) {
        let line = line_of(area, index);
        ink.restyle(line, Role::Selected);
        ink.write(line, Role::Focus, ">");
    }
}

/// The names of the tabs, or of the one in sight where the pane is a peek; at the right
/// what there is below.
fn draw_rule(state: &State, ink: &mut Ink<'_>, rule: Rect, below: usize) {
    ink.rule(rule);
    let is_focused = state.focus == Pane::Detail;
    let chosen = if is_focused {
        Role::Focus
    } else {
        Role::Strong
    };
    let mut used = 0;
    if tab_line::area(state).is_some() {
        let labels = tab_line::labels(state, rule.width);
        for label in &labels {
            let look = if label.tab == state.case.tab() {
                chosen
            } else {
                Role::Muted
            };
            let place = after(rule, label.at.saturating_sub(1));
            let width = ink.write(place, look, &format!(" {} ", label.text));
            used = label.at.saturating_sub(1) + width;
        }
    } else {
        let title = match state.case.tab() {
            Tab::Overview => "alert".to_owned(),
            tab => format!("alert: {}", tab.title().to_lowercase()),
        };
        let look = if is_focused { Role::Focus } else { Role::Muted };
        used += 1 + ink.write(after(rule, 1), look, &format!(" {title} "));
    }
    let long = format!(" {} more ", count(below, "line"));
    let short = format!(" {below} more ");
    let room = usize::from(rule.width.saturating_sub(used + 2));
    let more = [long, short].into_iter().find(|text| text.len() <= room);
    if let Some(more) = more.filter(|_| below > 0) {
        let place = Rect {
            width: rule.width.saturating_sub(1),
            ..rule
        };
        ink.write_right(place, Role::Muted, &more);
    }
}
