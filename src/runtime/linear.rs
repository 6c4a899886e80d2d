//! The terminal as paper: lines are written and nothing is ever drawn over.
//!
//! No alternate screen, no cursor, no colours: not one control sequence but the end
//! of a line. Keys are still read one by one, which takes raw mode.

use std::io;
use std::io::Stdout;
use std::io::Write;
use std::io::stdout;

use ratatui::layout::Size;

use crate::app::State;
use crate::runtime::terminal;
use crate::runtime::terminal::TerminalError;
use crate::view::linear::Voice;

/// Lines are made for this size at least: a terminal for a reader may tell none.
const LEAST: Size = Size {
    width: 80,
    height: 24,
};

/// Writes lines to a terminal, or to anything else.
pub struct Linear<W: Write = Stdout> {
    writer: W,
    voice: Voice,
}

impl Linear {
    /// Takes the keys of the terminal and nothing else.
    pub fn take() -> Result<Self, TerminalError> {
        terminal::take_keys().map_err(|error| {
            terminal::give_back();
            TerminalError::Setup(error)
        })?;
        Ok(Self::new(stdout()))
    }
}

impl<W: Write> Linear<W> {
    /// Lines to a writer.
    pub fn new(writer: W) -> Self {
        Self {
            writer,
            voice: Voice::default(),
        }
    }

    /// Says what changed. In one write: a reader is not interrupted.
    pub fn tell(&mut self, state: &State) -> Result<(), TerminalError> {
        let lines = self.voice.tell(state);
        if lines.is_empty() {
            return Ok(());
        }
        let mut text = lines.join("\r\n");
        text.push_str("\r\n");
        self.write(&text).map_err(TerminalError::Gone)
    }

    /// The next time all is said again.
    pub fn forget(&mut self) {
        self.voice.forget();
    }

    /// Hands bytes to the terminal that are no line.
    pub fn write(&mut self, text: &str) -> io::Result<()> {
        self.writer.write_all(text.as_bytes())?;
        self.writer.flush()
    }

    /// What a size comes to here.
    pub fn fit(size: Size) -> Size {
        Size {
            width: size.width.max(LEAST.width),
            height: size.height.max(LEAST.height),
        }
    }
}
