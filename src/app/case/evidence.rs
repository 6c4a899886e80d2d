//! The evidence as a table: a piece a row, its facts unfolded below it.

use std::cmp::Ordering;

use jiff::Timestamp;
use unicode_width::UnicodeWidthStr;

use crate::app::State;
use crate::app::case::related;
use crate::app::case::sheet::Extent;
use crate::app::case::sheet::MARGIN;
use crate::app::case::sheet::Sheet;
use crate::app::case::sheet::command;
use crate::app::case::sheet::fact;
use crate::app::lines::Line;
use crate::app::lines::Page;
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
pub(super) const INDENT: usize = 4;

/// Every piece, and what the service relates to the alert beside them.
pub fn sheet(state: &State, shown: &Shown, width: usize) -> Sheet {
    let mut sheet = Sheet::new(width);
    if is_there(&mut sheet, state, shown) {
        table(&mut sheet, state, shown);
    }
    related::add(&mut sheet, state, shown);
    sheet
}

fn table(sheet: &mut Sheet, state: &State, shown: &Shown) {
    let width = sheet.page.width();
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
        let line = columns(state, shown, what, piece).line(unfolded, width);
        if !sheet.begin(what, line, MARGIN) {
            break;
        }
        if unfolded {
            facts(sheet, state, shown, what, piece);
        }
    }
}

/// The piece one stands on, or what is related as if it were one.
pub fn chosen<'a>(state: &State, shown: &'a Shown) -> Option<&'a Evidence> {
    let pieces = &shown.detail.evidence;
    let own = &shown.prepared.related.own;
    let chosen = state.case.chosen();
    let moved = state.case.spots.contains_key(&state.case.tab);
    let here = pieces.get(chosen).or_else(|| {
        let own = own.iter().find(|own| own.what == chosen);
        own.map(|own| &own.piece)
    });
    here.filter(|_| moved).or_else(|| {
        let first = order(state, shown).first().copied();
        let first = first.and_then(|first| pieces.get(first));
        first.or_else(|| own.first().map(|own| &own.piece))
    })
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

/// What stands in the columns of a row.
pub(super) struct Columns<'a> {
    pub kind: &'a str,
    pub headline: String,
    pub status: (Tone, String),
    /// Left out of a narrow pane.
    pub last: String,
}

impl Columns<'_> {
    /// The row, with a sign that tells whether its facts are in sight.
    pub(super) fn line(&self, unfolded: bool, width: usize) -> Line {
        let timed = width >= 70;
        let name = name_width(width, timed);
        let sign = if unfolded { "- " } else { "+ " };
        let headline = cut(&self.headline, name);
        let gap = " ".repeat(name.saturating_sub(headline.width()) + 1);
        let (tone, status) = &self.status;
        let status = cut(status, STATUS - 1);
        let line = Line::of(Tone::Muted, format!("  {sign}"))
            .and(Tone::Label, format!("{:<KIND$}", self.kind))
            .and(Tone::Strong, headline)
            .and(Tone::Text, gap)
            .and(*tone, status.clone());
        if self.last.is_empty() || !timed {
            return line;
        }
        let gap = " ".repeat(STATUS.saturating_sub(status.width()));
        line.and(Tone::Muted, format!("{gap}{}", self.last))
    }
}

fn columns<'a>(state: &State, shown: &Shown, what: usize, piece: &Evidence) -> Columns<'a> {
    let last =
        time(piece).map(|at| times::clock_with_seconds(at, state.minute(), &state.settings.zone));
    let mut status = (standing_tone(&piece.standing), standing(&piece.standing));
    // What is told of it beside the evidence and speaks against it must not wait for a key.
    if let Some((tone, words)) = related::alarm(state, shown, what) {
        status = match status {
            (_, told) if told.is_empty() => (tone, words),
            (told_tone, told) if tone == Tone::Warning => (told_tone, format!("{told}, {words}")),
            (_, told) => (tone, format!("{told}, {words}")),
        };
    }
    Columns {
        kind: kind_word(piece.kind),
        headline: headline(piece),
        status,
        last: last.unwrap_or_default(),
    }
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
    own_facts(page, piece);
    for (name, text) in &piece.other_facts {
        fact(page, INDENT, &name.shown(), Tone::Text, &text.shown());
    }
    if let Some(added) = piece.standing.added {
        fact(page, INDENT, "evidence", Tone::Muted, &local(added));
    }
    related::add_facts(page, state, shown, what);
}

/// The named facts, but for the command line: that has lines of its own.
pub(super) fn own_facts(page: &mut Page, piece: &Evidence) {
    for (name, text) in piece.facts.iter().filter(|(name, _)| *name != "command") {
        fact(page, INDENT, name, Tone::Text, &text.shown());
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
