//! Puts text into cells. Never outside the area it is given.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr;

use crate::app::lines::Line;
use crate::app::lines::Tone;
use crate::app::lines::cut;
use crate::theme::Role;
use crate::theme::Strokes;
use crate::theme::Theme;

/// A blank of ours that keeps two words on one line.
const UNBROKEN: char = '\u{a0}';

/// A buffer with a theme.
pub struct Ink<'a> {
    buffer: &'a mut Buffer,
    theme: &'a Theme,
    links: Vec<LinkPiece>,
}

/// A piece of an address as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkPiece {
    pub cells: Rect,
    pub text: String,
}

impl<'a> Ink<'a> {
    /// Ink for one frame.
    pub fn new(buffer: &'a mut Buffer, theme: &'a Theme) -> Self {
        Self {
            buffer,
            theme,
            links: Vec::new(),
        }
    }

    /// The pieces of an address that were written, in reading order.
    pub fn into_links(self) -> Vec<LinkPiece> {
        self.links
    }

    /// Writes one line of text, cut with a mark where it does not fit. Returns its width.
    pub fn write(&mut self, area: Rect, role: Role, text: &str) -> u16 {
        let area = area.intersection(*self.buffer.area());
        if area.is_empty() {
            return 0;
        }
        let mut text = cut(text, usize::from(area.width));
        if self.theme.strokes() == Strokes::Ascii && text.contains(UNBROKEN) {
            text = text.replace(UNBROKEN, " ").into();
        }
        let style = self.theme.style(role);
        let width = usize::from(area.width);
        let (end, _) = self.buffer.set_stringn(area.x, area.y, &text, width, style);
        end - area.x
    }

    /// Writes the spans of a line one after the other.
    pub fn write_line(&mut self, area: Rect, line: &Line) {
        let mut rest = area;
        for span in &line.spans {
            let used = if span.tone == Tone::Branch {
                let strokes = self.theme.strokes().branches(&span.text);
                self.write(rest, Role::Muted, &strokes)
            } else {
                self.write(rest, role_of(span.tone), &span.text)
            };
            if span.tone == Tone::Link {
                let cells = Rect {
                    width: used,
                    height: 1,
                    ..rest
                };
                let text = cut(&span.text, usize::from(used)).into_owned();
                self.links.push(LinkPiece { cells, text });
            }
            rest = after(rest, used);
        }
    }

    /// Writes text so that it ends at the right edge. Returns what is left of the area.
    pub fn write_right(&mut self, area: Rect, role: Role, text: &str) -> Rect {
        let width = u16::try_from(text.width())
            .unwrap_or(u16::MAX)
            .min(area.width);
        let place = Rect {
            x: area.right() - width,
            width,
            ..area
        };
        self.write(place, role, text);
        Rect {
            width: (area.width - width).saturating_sub(1),
            ..area
        }
    }

    /// A line across.
    pub fn rule(&mut self, area: Rect) {
        let across = self.theme.strokes().across();
        self.write(area, Role::Muted, &across.repeat(usize::from(area.width)));
    }

    /// A line down.
    pub fn upright(&mut self, area: Rect) {
        let down = self.theme.strokes().down();
        for row in area.rows() {
            self.write(row, Role::Muted, down);
        }
    }

    /// Bars side by side, each of so many eighths of a cell.
    pub fn bars(&mut self, area: Rect, role: Role, eighths: &[u32]) {
        let strokes = self.theme.strokes();
        let bars: String = eighths.iter().map(|height| strokes.bar(*height)).collect();
        self.write(area, role, &bars);
    }

    /// Restyles cells that are already written.
    pub fn restyle(&mut self, area: Rect, role: Role) {
        let style = self.theme.style(role);
        self.buffer.set_style(area, style);
    }
}

/// What is left of an area after `used` cells at its left.
pub fn after(area: Rect, used: u16) -> Rect {
    let used = used.min(area.width);
    Rect {
        x: area.x + used,
        width: area.width - used,
        ..area
    }
}

/// One line of an area.
pub fn line_of(area: Rect, index: u16) -> Rect {
    Rect {
        y: area.y + index.min(area.height),
        height: u16::from(index < area.height),
        ..area
    }
}

/// What a tone of the text looks like.
pub const fn role_of(tone: Tone) -> Role {
    match tone {
        Tone::Text => Role::Text,
        Tone::Muted | Tone::Branch => Role::Muted,
        Tone::Strong => Role::Strong,
        Tone::Label => Role::Label,
        Tone::Heading => Role::Title,
        Tone::Good => Role::Good,
        Tone::Warning => Role::Warning,
        Tone::Bad => Role::Bad,
        Tone::Fresh => Role::Fresh,
        Tone::Command => Role::Command,
        Tone::Link => Role::Link,
        Tone::Severity(severity) => Role::Severity(severity),
    }
}
