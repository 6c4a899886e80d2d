//! A ratatui backend for slow lines: it writes as few bytes as it can.
//!
//! Ratatui says which cells it changed; that only updates a picture of the screen
//! as it is wanted. On flush this picture is compared with a second one, of the
//! screen as the terminal shows it, and the cheapest bytes that turn one into the
//! other leave in a single write. A frame that changes nothing writes nothing.
//!
//! It takes the whole screen, and never asks the terminal anything: over a slow
//! line an answer takes long, and may never come. It does not enter the alternate
//! screen or raw mode; what does that must call [`LeanBackend::forget`] when
//! something else has written to the terminal.

mod bytes;
mod glyph;
mod grid;
mod pen;
mod screen;
mod scroll;
mod travel;

use std::io::{self, Write};

use ratatui::backend::{Backend, ClearType, WindowSize};
use ratatui::buffer::{Cell, CellDiffOption};
use ratatui::layout::{Position, Size};

use glyph::Glyph;
use grid::{Grid, Spot};
use screen::Screen;

const BEGIN_UPDATE: &[u8] = b"\x1b[?2026h";
const END_UPDATE: &[u8] = b"\x1b[?2026l";

/// Frames up to this long are sent without the marks of a synchronized update.
///
/// The marks keep a terminal from showing half a frame, and cost sixteen bytes. A
/// single write this short travels in one packet and is read in one go by the
/// terminal, so there is no half of it to be shown.
const LONGEST_BARE_FRAME: usize = 256;

/// Writes frames to `W`, remembering what the terminal already shows.
#[derive(Debug)]
pub struct LeanBackend<W: Write> {
    writer: W,
    size: Size,
    wanted: Grid,
    /// Rows of `wanted` that may differ from what is shown.
    touched: Vec<bool>,
    /// Where the cursor is wanted when it is visible.
    cursor: Position,
    /// Unset until somebody cares.
    cursor_is_wanted: Option<bool>,
    screen: Screen,
    bytes_written: u64,
    frames_written: u64,
}

impl<W: Write> LeanBackend<W> {
    /// A backend for a terminal of this size, of which nothing else is known.
    pub fn new(writer: W, size: Size) -> Self {
        Self {
            writer,
            size,
            wanted: Grid::filled(size, &Spot::nothing()),
            touched: vec![true; size.height.into()],
            cursor: Position::ORIGIN,
            cursor_is_wanted: None,
            screen: Screen::unknown(size),
            bytes_written: 0,
            frames_written: 0,
        }
    }

    /// Takes note of the terminal's new size; what it shows is unknown from now on.
    ///
    /// Also worth calling when the size is the one already known: two resizes in a
    /// row may cancel out and still have left a mess.
    pub fn resize(&mut self, size: Size) {
        if size != self.size {
            self.size = size;
            self.wanted = Grid::filled(size, &Spot::nothing());
            self.touched = vec![true; size.height.into()];
        }
        self.forget();
    }

    /// Forgets what the terminal shows, so that the next flush repaints all of it.
    pub fn forget(&mut self) {
        self.screen = Screen::unknown(self.size);
        self.touched.fill(true);
    }

    /// Shows the cursor below everything else, with a plain pen, before the terminal is given back.
    pub fn release(&mut self) -> io::Result<()> {
        self.screen.lay_down_pen();
        self.cursor_is_wanted = Some(true);
        self.cursor = Position::new(0, self.size.height.saturating_sub(1));
        self.flush()
    }

    /// Where frames are written to.
    ///
    /// Whatever moves the cursor or changes the screen there has to be followed by
    /// [`Self::forget`].
    pub fn writer_mut(&mut self) -> &mut W {
        &mut self.writer
    }

    /// Bytes written since the start.
    pub fn bytes_written(&self) -> u64 {
        self.bytes_written
    }

    /// Frames written since the start; those that changed nothing do not count.
    pub fn frames_written(&self) -> u64 {
        self.frames_written
    }

    /// Collects the bytes of a frame.
    fn paint(&mut self) {
        if self.cursor_is_wanted == Some(false) {
            self.screen.hide_cursor();
        }
        self.screen.erase_if_unknown();
        if self.touched.contains(&true)
            && let Some(scroll) = scroll::find(self.screen.shown(), &self.wanted)
        {
            self.screen.scroll(scroll);
            // Rows that nobody touched may have moved away.
            self.touched.fill(true);
        }
        for ((y, row), touched) in (0..).zip(self.wanted.rows()).zip(&mut self.touched) {
            if std::mem::take(touched) {
                self.screen.paint_row(y, row);
            }
        }
        if self.cursor_is_wanted == Some(true) {
            self.screen.show_cursor(self.cursor);
        }
    }

    fn send(&mut self) -> io::Result<()> {
        let out = self.screen.out();
        if out.is_empty() {
            return Ok(());
        }
        if out.len() > LONGEST_BARE_FRAME {
            out.splice(0..0, BEGIN_UPDATE.iter().copied());
            out.extend_from_slice(END_UPDATE);
        }
        self.writer.write_all(out)?;
        self.bytes_written += out.len() as u64;
        self.frames_written += 1;
        out.clear();
        self.writer.flush()
    }

    fn touch(&mut self, y: u16) {
        if let Some(touched) = self.touched.get_mut(usize::from(y)) {
            *touched = true;
        }
    }

    /// Blanks the cells from one place up to another, in reading order.
    fn blank(&mut self, from: Position, to: Position) {
        for y in from.y..=to.y.min(self.size.height.saturating_sub(1)) {
            let start = if y == from.y { from.x } else { 0 };
            let end = if y == to.y { to.x } else { self.size.width };
            for x in start..end.min(self.size.width) {
                self.wanted.put(x, y, Glyph::nothing());
            }
            self.touch(y);
        }
    }
}

impl<W: Write> Backend for LeanBackend<W> {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        let mut covered = (Position::ORIGIN, 0);
        for (x, y, cell) in content {
            // Behind some wide characters ratatui sends blanks, for terminals that
            // leave old text there. Here the screen sees to that, and a blank would
            // cut the character.
            let (lead, end) = covered;
            if lead.y == y && lead.x < x && x < end {
                continue;
            }
            let Some(room) = self.size.width.checked_sub(x).filter(|room| *room > 0) else {
                continue;
            };
            let glyph = Glyph::read(cell, room);
            covered = (Position { x, y }, x.saturating_add(glyph.width()));
            if cell.diff_option == CellDiffOption::AlwaysUpdate {
                self.screen.doubt(x, y);
            }
            self.wanted.put(x, y, glyph);
            self.touch(y);
        }
        Ok(())
    }

    fn append_lines(&mut self, count: u16) -> io::Result<()> {
        self.paint();
        let below = self.size.height.saturating_sub(self.cursor.y + 1);
        let scrolled = count.saturating_sub(below);
        self.screen.feed_lines(self.cursor, count, scrolled);
        self.wanted.scroll_up(scrolled);
        self.cursor.y += count - scrolled;
        self.send()
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        self.cursor_is_wanted = Some(false);
        Ok(())
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        self.cursor_is_wanted = Some(true);
        Ok(())
    }

    /// Answers the place last asked for, without asking the terminal.
    fn get_cursor_position(&mut self) -> io::Result<Position> {
        Ok(self.cursor)
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        let Position { x, y } = position.into();
        // A terminal would stop at its edge, and so must our memory of it.
        self.cursor = Position {
            x: x.min(self.size.width.saturating_sub(1)),
            y: y.min(self.size.height.saturating_sub(1)),
        };
        Ok(())
    }

    fn clear(&mut self) -> io::Result<()> {
        self.wanted.fill(&Spot::nothing());
        self.forget();
        Ok(())
    }

    fn clear_region(&mut self, clear_type: ClearType) -> io::Result<()> {
        let Position { x, y } = self.cursor;
        let end = Position::new(self.size.width, self.size.height.saturating_sub(1));
        match clear_type {
            ClearType::All => return self.clear(),
            ClearType::AfterCursor => self.blank(self.cursor, end),
            ClearType::BeforeCursor => self.blank(Position::ORIGIN, Position::new(x + 1, y)),
            ClearType::CurrentLine => self.blank(Position::new(0, y), Position::new(end.x, y)),
            ClearType::UntilNewLine => self.blank(self.cursor, Position::new(end.x, y)),
        }
        Ok(())
    }

    fn size(&self) -> io::Result<Size> {
        Ok(self.size)
    }

    /// Answers without pixels: nothing here draws any.
    fn window_size(&mut self) -> io::Result<WindowSize> {
        Ok(WindowSize {
            columns_rows: self.size,
            pixels: Size::ZERO,
        })
    }

    /// Sends what changed since the last time in one write, or nothing at all.
    fn flush(&mut self) -> io::Result<()> {
        self.paint();
        let sent = self.send();
        if sent.is_err() {
            // Nobody knows how much of the frame arrived.
            self.forget();
        }
        sent
    }
}
