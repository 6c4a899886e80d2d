//! The incident: what the service says of it, and its other alerts.

use std::collections::HashSet;

use crate::app::State;
use crate::app::case::others;
use crate::app::case::others::Beside;
use crate::app::case::sheet::Sheet;
use crate::app::count;
use crate::app::detail_text::severity_mark;
use crate::app::incidents;
use crate::app::lines::Line;
use crate::app::lines::Tone;
use crate::app::looking::Shown;
use crate::app::symbols::Symbol;
use crate::app::times;
use crate::domain::alert::Alert;
use crate::domain::product;
use crate::domain::token::Api;

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
    itself(&mut sheet, state, &state.book.incident(row));
    others::add(&mut sheet, state, shown, keys, Beside::Device);
    sheet.page.gap();
    let words = "as far as the alerts are loaded here";
    sheet.page.add(Line::of(Tone::Muted, words), 0);
    elsewhere(&mut sheet, state, &state.book.incident(row));
    sheet
}

/// What the service says of the incident itself.
fn itself(sheet: &mut Sheet, state: &State, id: &str) {
    // Where there are none, nothing is missing.
    if state.settings.api_kind == Api::Defender {
        return;
    }
    if let Some(why) = incidents::refusal(state) {
        sheet.page.add(Line::of(Tone::Muted, why), 2);
        return;
    }
    let Some(known) = state.incidents.get(id) else {
        if state.incidents.is_reading(id) {
            sheet.page.add(Line::of(Tone::Muted, "being read"), 2);
        }
        return;
    };
    match &known.result {
        Ok(incident) => {
            let name = incident.name.shown();
            sheet.page.add(Line::of(Tone::Strong, name), 2);
            let words = [
                &incident.severity,
                &incident.status,
                &incident.classification,
                &incident.determination,
                &incident.assigned_to,
            ];
            let mut words: Vec<String> = words
                .into_iter()
                .chain(&incident.tags)
                .filter(|text| !text.is_empty())
                .map(|text| text.shown().into_owned())
                .collect();
            words.push(format!("read {}", times::ago(known.at, state.minute())));
            sheet.page.add(Line::of(Tone::Text, words.join("  ")), 2);
        }
        Err(failure) => {
            let words = format!("the incident could not be read: {}", failure.sentence);
            sheet.page.add(Line::of(Tone::Bad, words), 2);
        }
    }
}

/// Its alerts that are not in the list: of products that are not asked for, mostly.
fn elsewhere(sheet: &mut Sheet, state: &State, id: &str) {
    let known = state.incidents.get(id).map(|known| &known.result);
    let Some(Ok(incident)) = known else {
        return;
    };
    let Some(alerts) = &incident.alerts else {
        let words = "the service did not tell which alerts are in it";
        sheet.page.add(Line::of(Tone::Muted, words), 0);
        return;
    };
    let missing: Vec<&Alert> = alerts
        .iter()
        .filter(|alert| state.book.key_of(&alert.id).is_none())
        .collect();
    if missing.is_empty() {
        return;
    }
    sheet.page.gap();
    let heading = format!("NOT IN THE LIST {}", missing.len());
    sheet.page.add(Line::of(Tone::Heading, heading), 2);
    for alert in missing.iter().take(others::TOLD) {
        let product = alert.product.shown_briefly();
        let line = Line::of(
            Tone::Severity(alert.severity),
            severity_mark(alert.severity),
        )
        .and(Tone::Muted, format!(" {:<10} ", product::short(&product)))
        .and(Tone::Text, format!("{:<12}", alert.status.word()))
        .and(Tone::Text, alert.title.shown_briefly());
        sheet.page.add(line, 4);
    }
}
