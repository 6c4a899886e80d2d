//! A tab as a page with rows that one can stand on.

use crate::app::case::Decoding;
use crate::app::case::prepared::Revealed;
use crate::app::lines::Line;
use crate::app::lines::Page;
use crate::app::lines::Tone;
use crate::app::lines::cut;
use crate::domain::text::Text;

/// Cells left of each row, for the cursor.
pub const MARGIN: usize = 2;
/// Lines of a decoded command line that are shown before it is unfolded.
const FIRST_LINES: usize = 3;

/// A page, and where its rows begin. A tab that is only read has no rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    pub page: Page,
    pub rows: Vec<Row>,
}

/// One row: it goes on to where the next one begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    pub line: usize,
    /// What it is about, as the tab counts.
    pub what: usize,
}

/// How much of a row is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Extent {
    #[default]
    Brief,
    Whole,
}

impl Sheet {
    /// A page to be read.
    pub const fn text(page: Page) -> Self {
        Self {
            page,
            rows: Vec::new(),
        }
    }

    /// An empty one for rows.
    pub fn new(width: usize) -> Self {
        Self::text(Page::new(width))
    }

    /// Begins a row with its first line. False where the page is full.
    pub fn begin(&mut self, what: usize, line: Line, indent: usize) -> bool {
        if self.page.is_full() {
            return false;
        }
        let row = Row {
            line: self.page.lines.len(),
            what,
        };
        self.rows.push(row);
        self.page.add(line, indent);
        true
    }

    /// The place of the row about something, or of the one before where that would be.
    pub fn place_of(&self, what: usize) -> Option<usize> {
        let exact = self.rows.iter().position(|row| row.what == what);
        exact.or_else(|| {
            let before = self.rows.iter().rposition(|row| row.what < what);
            before.or_else(|| (!self.rows.is_empty()).then_some(0))
        })
    }

    /// The lines of a row, by its place.
    pub fn lines_of(&self, place: usize) -> std::ops::Range<usize> {
        let line = |place: usize| self.rows.get(place).map(|row| row.line);
        let end = line(place + 1).unwrap_or(self.page.lines.len());
        line(place).unwrap_or(end)..end
    }

    /// Adds the lines of another page behind `prefix`.
    pub fn add_behind(&mut self, prefix: &Line, page: Page) {
        for line in page.lines {
            let mut spans = prefix.spans.clone();
            spans.extend(line.spans);
            self.page.add(Line { spans }, prefix.width());
        }
    }
}

/// A command line for a page of its own, with what it hides below it.
pub fn command(
    command: &Text,
    revealed: Option<&Revealed>,
    decoding: Decoding,
    extent: Extent,
    width: usize,
) -> Page {
    let mut page = Page::new(width);
    let original = command.shown();
    match extent {
        Extent::Brief => page.add(Line::of(Tone::Command, cut(&original, width)), 0),
        Extent::Whole => page.add(Line::of(Tone::Command, original), 2),
    }
    let Some(revealed) = revealed.filter(|_| decoding == Decoding::Shown) else {
        return page;
    };
    let mut below = Page::new(width);
    for (index, line) in revealed.lines.iter().enumerate() {
        let sign = if index == 0 { "D> " } else { "   " };
        below.add(Line::of(Tone::Label, sign).and(Tone::Warning, line), 3);
        if extent == Extent::Brief && below.lines.len() > FIRST_LINES {
            break;
        }
    }
    if extent == Extent::Brief && below.lines.len() > FIRST_LINES {
        below.lines.truncate(FIRST_LINES);
        page.lines.extend(below.lines);
        page.add(Line::of(Tone::Muted, "   .."), 3);
        return page;
    }
    page.lines.extend(below.lines);
    if extent == Extent::Whole {
        let how = format!("   decoded: {}", revealed.how);
        page.add(Line::of(Tone::Muted, how), 3);
    }
    page
}

/// A named fact of an unfolded row.
pub fn fact(page: &mut Page, indent: usize, name: &str, tone: Tone, text: &str) {
    let label = format!("{}{name:<8} ", " ".repeat(indent));
    page.add(Line::of(Tone::Label, label).and(tone, text), indent + 9);
}
