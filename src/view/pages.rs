//! Pages of text: the alert, the token, help and log.

use ratatui::layout::Position;
use ratatui::layout::Rect;

use crate::app::State;
use crate::app::count;
use crate::app::decisions;
use crate::app::help_search::Field;
use crate::app::lines::Page;
use crate::app::overlay::Overlay;
use crate::app::panes::Pane;
use crate::app::panes::Panes;
use crate::app::responding;
use crate::domain::text::shown;
use crate::theme::Role;
use crate::view::case;
use crate::view::ink::Ink;
use crate::view::ink::after;
use crate::view::ink::line_of;

/// The alert and the token, each below its title line.
pub fn draw_panes(state: &State, ink: &mut Ink<'_>, panes: &Panes) {
    for upright in panes.uprights.into_iter().flatten() {
        ink.upright(upright);
    }
    let [detail_rule, claims_rule] = panes.rules;
    if let (Some(area), Some(rule)) = (panes.detail, detail_rule) {
        case::draw(state, ink, rule, area);
    }
    if let (Some(area), Some(rule)) = (panes.claims, claims_rule) {
        let page = state.claims_page(usize::from(area.width));
        draw_titled(
            ink,
            rule,
            "token",
            state.focus == Pane::Claims,
            &page,
            state.claims_top,
            area,
        );
    }
}

/// The sign-in, in the place of alert and token. The answer is where the text cursor
/// stands in the field for a pasted address.
pub fn draw_sign_in(state: &State, ink: &mut Ink<'_>, panes: &Panes) -> Option<Position> {
    let (rule, area) = panes.dock?;
    let page = state.sign_in_page(usize::from(area.width))?;
    let top = if panes.list.is_some() {
        0
    } else {
        state.sign_in_top
    };
    draw_titled(ink, rule, "sign in", true, &page, top, area);
    let Some(Overlay::Paste { input }) = &state.overlay else {
        return None;
    };
    // In the last line of the page's area, whatever stands there.
    let field = line_of(area, area.height.saturating_sub(1));
    let length = input.value().chars().count();
    // A code is nobody's business: its length says enough.
    let text = format!("pasted address: {length} characters ");
    let blank = " ".repeat(usize::from(field.width));
    ink.write(field, Role::Text, &blank);
    let used = ink.write(field, Role::Title, &text);
    Some(Position::new(
        (field.x + used).min(field.right().saturating_sub(1)),
        field.y,
    ))
}

/// Help or log over all panes.
pub fn draw_overlay(state: &State, ink: &mut Ink<'_>, area: Rect, page: &Page, top: usize) {
    let named;
    let title = match &state.overlay {
        Some(Overlay::Deciding(composing)) => {
            named = decisions::pages::title(composing);
            named.as_str()
        }
        Some(Overlay::Responding(dialog)) => {
            named = responding::pages::title(dialog);
            named.as_str()
        }
        Some(Overlay::Help { search, .. })
            if search.field == Field::Closed && !search.text().is_empty() =>
        {
            named = format!("keys, by `{}`", shown(search.text()));
            &named
        }
        Some(Overlay::Help { .. }) => "keys",
        Some(Overlay::Palette { .. }) => "palette",
        Some(Overlay::Columns { .. }) => "columns, the first ones stay longest",
        Some(Overlay::Handover { .. }) => "report of the shift",
        Some(Overlay::Log { .. }) => "log",
        Some(
            Overlay::Filter(_)
            | Overlay::Paste { .. }
            | Overlay::HandOut(_)
            | Overlay::Hunting(_)
            | Overlay::SortMenu,
        )
        | None => "",
    };
    let rule = line_of(area, 0);
    let rest = Rect {
        y: area.y + 1,
        height: area.height.saturating_sub(1),
        ..area
    };
    draw_titled(ink, rule, title, true, page, top, rest);
}

fn draw_titled(
    ink: &mut Ink<'_>,
    rule: Rect,
    title: &str,
    focused: bool,
    page: &Page,
    top: usize,
    area: Rect,
) {
    let height = usize::from(area.height);
    let top = top.min(page.lines.len().saturating_sub(height));
    ink.rule(rule);
    let look = if focused { Role::Focus } else { Role::Muted };
    ink.write(after(rule, 1), look, &format!(" {title} "));
    let below = page.lines.len().saturating_sub(top + height);
    if below > 0 {
        let more = format!(" {} more ", count(below, "line"));
        ink.write_right(
            Rect {
                width: rule.width.saturating_sub(1),
                ..rule
            },
            Role::Muted,
            &more,
        );
    }
    for (index, line) in (0..area.height).zip(page.lines.iter().skip(top)) {
        ink.write_line(line_of(area, index), line);
    }
}
