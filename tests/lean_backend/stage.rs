//! A terminal to draw on: ratatui in front, the lean backend, a `vt100` screen behind.

use ratatui::Terminal;
use ratatui::buffer::{Buffer, Cell, CellWidth};
use ratatui::layout::{Position, Rect, Size};
use ratatui::style::{Color, Modifier};
use vigie::runtime::lean::LeanBackend;

pub(crate) struct Stage {
    pub(crate) terminal: Terminal<LeanBackend<Vec<u8>>>,
    pub(crate) parser: vt100::Parser,
}

impl Stage {
    pub(crate) fn new(width: u16, height: u16) -> Self {
        let backend = LeanBackend::new(Vec::new(), Size::new(width, height));
        Self {
            terminal: Terminal::new(backend).unwrap(),
            parser: vt100::Parser::new(height, width, 0),
        }
    }

    /// Draws a whole buffer and returns the bytes that it took.
    pub(crate) fn draw(&mut self, canvas: &Buffer, cursor: Option<Position>) -> Vec<u8> {
        self.terminal
            .draw(|frame| {
                frame.buffer_mut().clone_from(canvas);
                if let Some(cursor) = cursor {
                    frame.set_cursor_position(cursor);
                }
            })
            .unwrap();
        let sent = std::mem::take(self.terminal.backend_mut().writer_mut());
        self.parser.process(&sent);
        sent
    }

    pub(crate) fn resize(&mut self, width: u16, height: u16) {
        self.parser.screen_mut().set_size(height, width);
        self.terminal.backend_mut().resize(Size::new(width, height));
    }

    /// What the terminal shows otherwise than the buffer says, if anything.
    pub(crate) fn difference(&self, canvas: &Buffer) -> Option<String> {
        let Rect { width, height, .. } = canvas.area;
        for y in 0..height {
            let mut x = 0;
            while x < width {
                let wanted = &canvas[(x, y)];
                let shown = self.parser.screen().cell(y, x).unwrap();
                let breadth = wanted.cell_width();
                if !looks_like(wanted, shown) {
                    return Some(format!("at {x},{y}: wanted {wanted:?}, shown {shown:?}"));
                }
                for behind in x + 1..x + breadth {
                    let shown = self.parser.screen().cell(y, behind).unwrap();
                    let is_covered = shown.is_wide_continuation()
                        || shown.contents().trim().is_empty()
                        || wanted.symbol().contains(shown.contents());
                    if !is_covered {
                        return Some(format!("behind {x},{y}: shown {shown:?}"));
                    }
                }
                x += breadth;
            }
        }
        None
    }
}

fn looks_like(wanted: &Cell, shown: &vt100::Cell) -> bool {
    let seen_on_blank = Modifier::REVERSED | Modifier::UNDERLINED;
    let has = |modifier| wanted.modifier.contains(modifier);
    let same_ground = color(wanted.bg) == shown.bgcolor()
        && has(Modifier::REVERSED) == shown.inverse()
        && has(Modifier::UNDERLINED) == shown.underline();
    if wanted.symbol() == " " {
        let is_blank = shown.contents().trim().is_empty() && !shown.is_wide_continuation();
        let same_ink =
            color(wanted.fg) == shown.fgcolor() || !wanted.modifier.intersects(seen_on_blank);
        return is_blank && same_ground && same_ink;
    }
    // This terminal knows nothing of clusters: it keeps the beginning of them.
    let same_text = if wanted.symbol().chars().nth(1).is_none() {
        wanted.symbol() == shown.contents()
    } else {
        !shown.contents().is_empty() && wanted.symbol().starts_with(shown.contents())
    };
    same_text
        && same_ground
        && color(wanted.fg) == shown.fgcolor()
        && has(Modifier::BOLD) == shown.bold()
        && has(Modifier::DIM) == shown.dim()
        && has(Modifier::ITALIC) == shown.italic()
}

fn color(color: Color) -> vt100::Color {
    let sixteen = [
        Color::Black,
        Color::Red,
        Color::Green,
        Color::Yellow,
        Color::Blue,
        Color::Magenta,
        Color::Cyan,
        Color::Gray,
        Color::DarkGray,
        Color::LightRed,
        Color::LightGreen,
        Color::LightYellow,
        Color::LightBlue,
        Color::LightMagenta,
        Color::LightCyan,
        Color::White,
    ];
    match color {
        Color::Reset => vt100::Color::Default,
        Color::Indexed(index) => vt100::Color::Idx(index),
        Color::Rgb(red, green, blue) => vt100::Color::Rgb(red, green, blue),
        named => {
            let index = sixteen.iter().position(|one| *one == named).unwrap();
            vt100::Color::Idx(u8::try_from(index).unwrap())
        }
    }
}
