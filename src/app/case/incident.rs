//! The incident: its other alerts as far as they are known here.

use std::collections::HashSet;

use crate::app::State;
use crate::app::case::others;
use crate::app::case::others::Beside;
use crate::app::case::sheet::Sheet;
use crate::app::count;
use crate::app::lines::Line;
use crate::app::lines::Tone;
use crate::app::looking::Shown;
use crate::app::symbols::Symbol;

/// The alerts of the incident in the order they came.
pub fn sheet(state: &State, shown: &Shown, width: usize) -> Sheet {
    let mut sheet = Sheet::new(width);
    let keys = &shown.prepared.incident;
    let Some(row) = state.book.row(shown.key) else {
        return sheet;
    };
    if keys.is_empty() {
        let words = "this alert belongs to no incident";
        sheet.page.add(Line::of(Tone::Muted, words), 0);
        return sheet;
    }
    let rows = || keys.iter().filter_map(|key| state.book.row(*key));
    let distinct = |symbols: &mut dyn Iterator<Item = Symbol>| {
        let known: HashSet<Symbol> = symbols.filter(|one| *one != Symbol::EMPTY).collect();
        known.len()
    };
    let open = rows().filter(|row| row.status.is_open()).count();
    let devices = distinct(&mut rows().map(|row| row.device));
    let users = distinct(&mut rows().map(|row| row.user));
    let summary = format!(
        "{}, {open} open, {}, {}",
        count(keys.len(), "alert"),
        count(devices, "device"),
        count(users, "user"),
    );
    let line = Line::of(
        Tone::Heading,
        format!("INCIDENT {}  ", state.book.incident(row)),
    );
    sheet.page.add(line.and(Tone::Text, summary), 2);
    others::add(&mut sheet, state, shown, keys, Beside::Device);
    sheet.page.gap();
    let words = "as far as the alerts are loaded here";
    sheet.page.add(Line::of(Tone::Muted, words), 0);
    sheet
}
