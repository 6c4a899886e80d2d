//! The device: what the alert itself tells of it, what the service does, and the other
//! alerts on it.

use crate::app::State;
use crate::app::case::others;
use crate::app::case::others::Beside;
use crate::app::case::sheet::Sheet;
use crate::app::case::sheet::fact;
use crate::app::lines::Line;
use crate::app::lines::Tone;
use crate::app::looking::Shown;
use crate::app::responding::pages;
use crate::domain::detail::EvidenceKind;
use crate::domain::device::DeviceId;

/// Names and groups, who is logged on, and what else happened there.
pub fn sheet(state: &State, shown: &Shown, width: usize) -> Sheet {
    let mut sheet = Sheet::new(width);
    let detail = &shown.detail;
    let name = state.book.row(shown.key).map(|row| row.device);
    let name = name.map(|device| state.book.text(device).shown().into_owned());
    let name = name.unwrap_or_default();
    if name.is_empty() && detail.device_id.is_empty() {
        let words = "this alert names no device";
        sheet.page.add(Line::of(Tone::Muted, words), 0);
        return sheet;
    }
    let users: Vec<String> = detail
        .logged_on_users
        .iter()
        .map(|user| user.shown().into_owned())
        .collect();
    let page = &mut sheet.page;
    for (label, tone, text) in [
        ("DEVICE", Tone::Strong, name.as_str()),
        ("ID", Tone::Text, &detail.device_id.shown()),
        ("GROUP", Tone::Text, &detail.device_group.shown()),
        ("LOGGED", Tone::Text, &users.join(", ")),
    ] {
        if !text.is_empty() {
            fact(page, 0, label, tone, text);
        }
    }
    let devices = detail
        .evidence
        .iter()
        .filter(|piece| piece.kind == EvidenceKind::Device);
    for piece in devices {
        fact(page, 0, "SEEN", Tone::Text, &piece.headline.shown());
        for (label, text) in &piece.facts {
            fact(page, 4, label, Tone::Text, &text.shown());
        }
    }
    if let Some(id) = DeviceId::new(detail.device_id.original()) {
        page.heading("AS DEFENDER HAS IT");
        let told = pages::service_page(state, &id, width);
        page.lines.extend(told.lines);
    }
    let others = &shown.prepared.on_device;
    page.heading(format!("OTHER ALERTS ON IT {}", others.len()));
    if others.is_empty() {
        page.add(Line::of(Tone::Muted, "none that is loaded here"), 0);
    }
    others::add(&mut sheet, state, shown, others, Beside::User);
    sheet
}
