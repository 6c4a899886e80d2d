//! Other alerts as rows of a tab: the same marks as in the list.

use crate::app::State;
use crate::app::alert_book::AlertKey;
use crate::app::alert_book::Fresh;
use crate::app::case::sheet::MARGIN;
use crate::app::case::sheet::Sheet;
use crate::app::detail_text::severity_mark;
use crate::app::lines::Line;
use crate::app::lines::Tone;
use crate::app::lines::cut;
use crate::app::looking::Shown;
use crate::app::thousands;
use crate::app::times;

/// What is told beside the title: what they do not have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Beside {
    Device,
    User,
}

/// Alerts that are told one by one.
pub(super) const TOLD: usize = 500;

/// Adds a row for each; a row is about the alert's place in `keys`.
pub(super) fn add(
    sheet: &mut Sheet,
    state: &State,
    shown: &Shown,
    keys: &[AlertKey],
    beside: Beside,
) {
    for (what, key) in keys.iter().take(TOLD).enumerate() {
        if let Some(line) = line(state, shown, *key, beside, sheet.page.width())
            && !sheet.begin(what, line, MARGIN)
        {
            return;
        }
    }
    let more = keys.len().saturating_sub(TOLD);
    if more > 0 {
        let words = format!("  and {} more", thousands(more));
        sheet.page.add(Line::of(Tone::Muted, words), MARGIN);
    }
}

fn line(state: &State, shown: &Shown, key: AlertKey, beside: Beside, width: usize) -> Option<Line> {
    let row = state.book.row(key)?;
    let fresh = match row.fresh {
        Fresh::Seen => "  ",
        Fresh::New => "* ",
        Fresh::Changed => "~ ",
    };
    let age = row.created.map_or_else(
        || "?".to_owned(),
        |created| times::age(created, state.minute()),
    );
    let here = if key == shown.key { " (this one)" } else { "" };
    // Mark, age and status.
    let fixed = MARGIN + 2 + 3 + 5 + 12;
    let beside_width = if width >= 90 { 24 } else { 12 };
    let title_width = width
        .saturating_sub(fixed + beside_width + 2 + here.len())
        .max(10);
    let title = state.book.text(row.title).shown_briefly();
    let title = cut(&title, title_width);
    let beside = match beside {
        Beside::Device => row.device,
        Beside::User => row.user,
    };
    let beside = state.book.text(beside).shown_briefly();
    let tone = if key == shown.key {
        Tone::Strong
    } else if row.status.is_open() {
        Tone::Text
    } else {
        Tone::Muted
    };
    let used = unicode_width::UnicodeWidthStr::width(&*title) + here.len();
    let gap = " ".repeat((title_width + here.len()).saturating_sub(used) + 2);
    Some(
        Line::of(Tone::Fresh, format!("  {fresh}"))
            .and(Tone::Severity(row.severity), severity_mark(row.severity))
            .and(Tone::Muted, format!(" {age:>4} "))
            .and(tone, format!("{:<12}", row.status.word()))
            .and(tone, title)
            .and(Tone::Muted, here)
            .and(Tone::Text, gap)
            .and(Tone::Muted, cut(&beside, beside_width)),
    )
}
