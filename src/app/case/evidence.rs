//! The evidence as a table: a piece a row, its facts unfolded below it.

use std::cmp::Ordering;

use jiff::Timestamp;
use unicode_width::UnicodeWidthStr;

use crate::app::State;
use crate::app::case::sheet::Extent;
use crate::app::case::sheet::MARGIN;
use crate::app::case::sheet::Sheet;
use crate::app::case::sheet::command;
use crate::app::case::sheet::fact;
use crate::app::lines::Line;
use crate::app::lines::Tone;
use crate::app::lines::cut;
use crate::app::looking::Shown;
use crate::app::times;
use crate::domain::detail::Entity;
use crate::domain::detail::Evidence;
use crate::domain::detail::EvidenceKind;
use crate::domain::detail::Standing;

/// By what the pieces are in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SortPieces {
    #[default]
    Kind,
    Name,
    Status,
    Time,
}

impl SortPieces {
    const ALL: [Self; 4] = [Self::Kind, Self::Name, Self::Status, Self::Time];

    /// The criterion so many further, going round.
    #[must_use]
    pub fn beside(self, step: isize) -> Self {
        let here = Self::ALL.iter().position(|sort| *sort == self).unwrap_or(0);
        let count = Self::ALL.len();
        let next = here.wrapping_add_signed(step).wrapping_add(count) % count;
        Self::ALL.get(next).copied().unwrap_or_default()
    }

    /// In words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Kind => "by kind",
            Self::Name => "by name",
            Self::Status => "by status",
            Self::Time => "by time",
        }
    }
}

/// Cells of the columns beside the headline.
const KIND: usize = 9;
const STATUS: usize = 22;
const TIME: usize = 16;
/// Facts stand this far in.
const INDENT: usize = 4;

/// Every piece.
pub fn sheet(state: &State, shown: &Shown, width: usize) -> Sheet {
    let mut sheet = Sheet::new(width);
    if !is_there(&mut sheet, state, shown) {
        return sheet;
    }
    let timed = width >= 70;
    let name = name_width(width, timed);
    let title = |word: &str, sort: SortPieces, width: usize| {
        let sign = if state.case.sort == sort { " v" } else { "" };
        format!("{:<width$}", format!("{word}{sign}"))
    };
    let heading = [
        " ".repeat(MARGIN + 2),
        title("KIND", SortPieces::Kind, KIND),
        title("WHAT", SortPieces::Name, name + 1),
        title("STATUS", SortPieces::Status, STATUS),
        title("TIME", SortPieces::Time, if timed { TIME } else { 0 }),
    ]
    .concat();
    let heading = cut(&heading, width).into_owned();
    sheet.page.add(Line::of(Tone::Label, heading), 0);
    for what in order(state, shown) {
        let Some(piece) = shown.detail.evidence.get(what) else {
            continue;
        };
        let unfolded = state.case.is_unfolded(what);
        let line = line(state, piece, unfolded, width);
        if !sheet.begin(what, line, MARGIN) {
            break;
        }
        if unfolded {
            facts(&mut sheet, state, shown, what, piece);
        }
    }
    sheet
}

/// The number of the piece one stands on.
pub fn chosen(state: &State, shown: &Shown) -> Option<usize> {
    let order = order(state, shown);
    let chosen = state.case.chosen();
    if order.contains(&chosen) && state.case.spots.contains_key(&state.case.tab) {
        return Some(chosen);
    }
    order.first().copied()
}

/// Says why there is none, where there is none.
pub(super) fn is_there(sheet: &mut Sheet, state: &State, shown: &Shown) -> bool {
    if let Some(trouble) = &shown.trouble {
        let words = format!("evidence could not be read: {}", trouble.sentence);
        sheet.page.add(Line::of(Tone::Bad, words), 2);
    }
    if shown.detail.evidence.is_empty() && shown.trouble.is_none() {
        let words = if state.looking.is_reading() {
            "no evidence yet: reading"
        } else {
            "this alert has no evidence"
        };
        sheet.page.add(Line::of(Tone::Muted, words), 0);
    }
    !shown.detail.evidence.is_empty()
}

fn name_width(width: usize, timed: bool) -> usize {
    let time = if timed { TIME } else { 0 };
    let rest = width.saturating_sub(MARGIN + 2 + KIND + 1 + STATUS + time);
    rest.max(8)
}

fn line(state: &State, piece: &Evidence, unfolded: bool, width: usize) -> Line {
    let timed = width >= 70;
    let name = name_width(width, timed);
    let sign = if unfolded { "- " } else { "+ " };
    let headline = headline(piece);
    let headline = cut(&headline, name);
    let gap = " ".repeat(name.saturating_sub(headline.width()) + 1);
    let status = standing(&piece.standing);
    let status = cut(&status, STATUS - 1);
    let mut line = Line::of(Tone::Muted, format!("  {sign}"))
        .and(Tone::Label, format!("{:<KIND$}", kind_word(piece.kind)))
        .and(Tone::Strong, headline)
        .and(Tone::Text, gap)
        .and(standing_tone(&piece.standing), status.clone());
    if let Some(at) = time(piece).filter(|_| timed) {
        let gap = " ".repeat(STATUS.saturating_sub(status.width()));
        let clock = times::clock_with_seconds(at, state.minute(), &state.settings.zone);
        line = line.and(Tone::Muted, format!("{gap}{clock}"));
    }
    line
}

fn facts(sheet: &mut Sheet, state: &State, shown: &Shown, what: usize, piece: &Evidence) {
    let width = sheet.page.width();
    if let Entity::Process(process) = &piece.entity
        && !process.command_line.is_empty()
    {
        let lines = command(
            &process.command_line,
            shown.prepared.revealed.get(&what),
            state.case.decoding,
            Extent::Whole,
            width.saturating_sub(INDENT).max(10),
        );
        sheet.add_behind(&Line::of(Tone::Text, " ".repeat(INDENT)), lines);
    }
    let local = |at| times::clock_with_seconds(at, state.minute(), &state.settings.zone);
    let page = &mut sheet.page;
    if let Some(started) = piece.started {
        fact(page, INDENT, "started", Tone::Text, &local(started));
    }
    for (name, text) in piece.facts.iter().filter(|(name, _)| *name != "command") {
        fact(page, INDENT, name, Tone::Text, &text.shown());
    }
    for (name, text) in &piece.other_facts {
        fact(page, INDENT, &name.shown(), Tone::Text, &text.shown());
    }
    if let Some(added) = piece.standing.added {
        fact(page, INDENT, "evidence", Tone::Muted, &local(added));
    }
}

/// The pieces in the order in force.
fn order(state: &State, shown: &Shown) -> Vec<usize> {
    let pieces = &shown.detail.evidence;
    let mut order: Vec<usize> = (0..pieces.len()).collect();
    let by: fn(&Evidence, &Evidence) -> Ordering = match state.case.sort {
        // As it was read.
        SortPieces::Kind => return order,
        SortPieces::Name => |one, other| one.headline.cmp(&other.headline),
        SortPieces::Status => |one, other| standing(&one.standing).cmp(&standing(&other.standing)),
        SortPieces::Time => |one, other| time(one).cmp(&time(other)),
    };
    order.sort_by(|one, other| match (pieces.get(*one), pieces.get(*other)) {
        (Some(one), Some(other)) => by(one, other),
        (Some(_) | None, _) => Ordering::Equal,
    });
    order
}

fn time(piece: &Evidence) -> Option<Timestamp> {
    piece.started.or(piece.standing.added)
}

pub(super) fn headline(piece: &Evidence) -> String {
    let headline = piece.headline.shown();
    if headline.is_empty() {
        "(unnamed)".to_owned()
    } else {
        headline.into_owned()
    }
}

/// Detected, blocked or prevented, what it is judged to be and what was done.
pub(super) fn standing(standing: &Standing) -> String {
    let words = [
        &standing.detection,
        &standing.verdict,
        &standing.remediation,
    ];
    let words = words.into_iter().map(|word| word.shown().to_lowercase());
    let told = words.filter(|word| !matches!(word.as_str(), "" | "unknown" | "none"));
    told.collect::<Vec<_>>().join(", ")
}

pub(super) fn standing_tone(told: &Standing) -> Tone {
    let words = standing(told);
    let says = |word: &str| words.split(", ").any(|told| told == word);
    if says("malicious") {
        Tone::Bad
    } else if says("suspicious") || says("detected") {
        Tone::Warning
    } else if says("blocked") || says("prevented") || says("remediated") {
        Tone::Good
    } else {
        Tone::Muted
    }
}

const fn kind_word(kind: EvidenceKind) -> &'static str {
    match kind {
        EvidenceKind::Process => "process",
        EvidenceKind::File => "file",
        EvidenceKind::User => "user",
        EvidenceKind::Device => "device",
        EvidenceKind::Ip => "address",
        EvidenceKind::Url => "url",
        EvidenceKind::Registry => "registry",
        EvidenceKind::Other => "other",
    }
}
