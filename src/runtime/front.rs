//! What a person has in front: a screen that is drawn, or lines that are written.

use ratatui::layout::Size;

use crate::app::State;
use crate::app::telling::Message;
use crate::runtime::emulator::Multiplexer;
use crate::runtime::escapes;
use crate::runtime::linear::Linear;
use crate::runtime::terminal;
use crate::runtime::terminal::Screen;
use crate::runtime::terminal::TerminalError;
use crate::theme::Theme;

/// One of the two.
pub enum Front {
    Screen(Box<Screen>),
    /// Behind this multiplexer, if any.
    Lines(Box<Linear>, Multiplexer),
}

impl Front {
    /// Present size, as the state should have it.
    pub fn size(&self) -> Size {
        match self {
            Self::Screen(_) => terminal::size(),
            Self::Lines(..) => Linear::<std::io::Stdout>::fit(terminal::size()),
        }
    }

    /// Shows the state; sends only what differs from what was shown.
    pub fn draw(&mut self, state: &State) -> Result<(), TerminalError> {
        match self {
            Self::Screen(screen) => screen.draw(state),
            Self::Lines(lines, _) => lines.tell(state),
        }
    }

    /// The terminal has another size; the answer is what the state should have.
    pub fn resize(&mut self, size: Size) -> Size {
        match self {
            Self::Screen(screen) => {
                screen.resize(size);
                size
            }
            Self::Lines(..) => Linear::<std::io::Stdout>::fit(size),
        }
    }

    /// Another theme from the next frame on.
    pub fn dress(&mut self, theme: Theme) {
        match self {
            Self::Screen(screen) => screen.dress(theme),
            Self::Lines(..) => {}
        }
    }

    /// Hands a text to the terminal's clipboard.
    pub fn copy(&mut self, text: &str) -> Result<(), TerminalError> {
        match self {
            Self::Screen(screen) => screen.copy(text),
            Self::Lines(lines, between) => lines
                .write(&escapes::copy(text, *between))
                .map_err(TerminalError::Gone),
        }
    }

    /// Rings the bell and shows a notification where the terminal can.
    pub fn notify(&mut self, message: &Message) -> Result<(), TerminalError> {
        match self {
            Self::Screen(screen) => screen.notify(message),
            Self::Lines(lines, between) => lines
                .write(&escapes::notify(message, *between))
                .map_err(TerminalError::Gone),
        }
    }

    /// What was shown is not there any more.
    pub fn forget(&mut self) {
        match self {
            Self::Screen(screen) => screen.forget(),
            Self::Lines(lines, _) => lines.forget(),
        }
    }

    /// Takes the terminal again after it was given back or changed by others.
    pub fn retake(&mut self) -> Result<(), TerminalError> {
        match self {
            Self::Screen(screen) => screen.retake(),
            Self::Lines(lines, _) => {
                terminal::take_keys().map_err(TerminalError::Gone)?;
                lines.forget();
                Ok(())
            }
        }
    }

    /// Gives the terminal back for a while.
    pub fn give_back(&mut self) {
        match self {
            Self::Screen(screen) => screen.give_back(),
            Self::Lines(..) => terminal::give_back(),
        }
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        self.give_back();
    }
}
