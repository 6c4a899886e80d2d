//! Takes the terminal, and gives it back whole whatever happens.

use std::io;
use std::io::Stdout;
use std::io::Write;
use std::io::stdout;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;

use crossterm::cursor::Show;
use crossterm::event::DisableBracketedPaste;
use crossterm::event::EnableBracketedPaste;
use crossterm::execute;
use crossterm::terminal;
use crossterm::terminal::EnterAlternateScreen;
use crossterm::terminal::LeaveAlternateScreen;
use ratatui::Terminal;
use ratatui::layout::Size;
use thiserror::Error;

use crate::app::State;
use crate::app::mouse::Whose;
use crate::app::telling::Message;
use crate::runtime::emulator::Multiplexer;
use crate::runtime::escapes;
use crate::runtime::lean::LeanBackend;
use crate::theme::Theme;
use crate::view;
use crate::view::Link;

/// The terminal failed us.
#[derive(Debug, Error)]
pub enum TerminalError {
    #[error("standard input and output must be a terminal")]
    NoTerminal,
    #[error("the terminal cannot be set up ({0})")]
    Setup(io::Error),
    #[error("the terminal went away ({0})")]
    Gone(io::Error),
}

/// True while raw mode and the alternate screen are ours.
static TAKEN: AtomicBool = AtomicBool::new(false);
/// True while the window bears our title, and its own one waits.
static TITLED: AtomicBool = AtomicBool::new(false);

/// True while the mouse is ours.
static MOUSE: AtomicBool = AtomicBool::new(false);

/// True while nothing but the keys was taken.
static KEYS_ALONE: AtomicBool = AtomicBool::new(false);

/// The screen. Given back when dropped.
pub struct Screen {
    terminal: Terminal<LeanBackend<Stdout>>,
    theme: Theme,
    /// The link the terminal knows of.
    link: Option<Link>,
    between: Multiplexer,
    /// The title we gave the window.
    title: Option<String>,
}

impl Screen {
    /// Takes the terminal.
    pub fn take(theme: Theme) -> Result<Self, TerminalError> {
        let (width, height) = terminal::size().map_err(TerminalError::Setup)?;
        KEYS_ALONE.store(false, Ordering::SeqCst);
        let backend = LeanBackend::new(stdout(), Size { width, height });
        let terminal = Terminal::new(backend).map_err(TerminalError::Setup)?;
        take().map_err(|error| {
            // Half taken is taken.
            give_back();
            TerminalError::Setup(error)
        })?;
        Ok(Self {
            terminal,
            theme,
            link: None,
            between: Multiplexer::None,
            title: None,
        })
    }

    /// The same behind a multiplexer.
    #[must_use]
    pub fn within(mut self, between: Multiplexer) -> Self {
        self.between = between;
        self
    }

    /// The terminal has another size.
    pub fn resize(&mut self, size: Size) {
        self.link = None;
        self.terminal.backend_mut().resize(size);
    }

    /// Looks like this from the next frame on.
    pub fn dress(&mut self, theme: Theme) {
        self.theme = theme;
    }

    /// Draws the state; sends only what differs from the screen.
    pub fn draw(&mut self, state: &State) -> Result<(), TerminalError> {
        let theme = &self.theme;
        let (mut link, mut title) = (None, None);
        self.terminal
            .draw(|frame| {
                let extras = view::draw(state, theme, frame.buffer_mut());
                if let Some(cursor) = extras.cursor {
                    frame.set_cursor_position(cursor);
                }
                link = extras.link;
                title = extras.title;
            })
            .map_err(TerminalError::Gone)?;
        if link != self.link {
            if let Some(link) = &link {
                let bytes = escapes::link_over(link);
                self.send(&bytes)?;
            }
            self.link = link;
        }
        if title != self.title {
            self.call_window(title)?;
        }
        let ours = state.mouse == Whose::Ours;
        if MOUSE.load(Ordering::SeqCst) != ours {
            mouse(ours).map_err(TerminalError::Gone)?;
        }
        Ok(())
    }

    /// Gives the window a title, or its own one back.
    fn call_window(&mut self, title: Option<String>) -> Result<(), TerminalError> {
        match &title {
            Some(text) => {
                if !TITLED.swap(true, Ordering::SeqCst) {
                    self.send(escapes::KEEP_TITLE)?;
                }
                self.send(&escapes::title(text))?;
            }
            None if TITLED.swap(false, Ordering::SeqCst) => self.send(escapes::RESTORE_TITLE)?,
            None => {}
        }
        self.title = title;
        Ok(())
    }

    /// Hands a text to the terminal's clipboard.
    pub fn copy(&mut self, text: &str) -> Result<(), TerminalError> {
        self.send(&escapes::copy(text, self.between))
    }

    /// Rings the bell and shows a notification.
    pub fn notify(&mut self, message: &Message) -> Result<(), TerminalError> {
        self.send(&escapes::notify(message, self.between))
    }

    /// Says what changes neither cells nor cursor.
    fn send(&mut self, bytes: &str) -> Result<(), TerminalError> {
        let writer = self.terminal.backend_mut().writer_mut();
        writer
            .write_all(bytes.as_bytes())
            .and_then(|()| writer.flush())
            .map_err(TerminalError::Gone)
    }

    /// Nothing is known of what stands on the screen: the next frame draws all of it.
    pub fn forget(&mut self) {
        self.link = None;
        self.terminal.backend_mut().forget();
    }

    /// Takes the terminal again after it was given back or changed by others.
    pub fn retake(&mut self) -> Result<(), TerminalError> {
        take().map_err(TerminalError::Gone)?;
        // It has its own title again, for as long as it was not ours.
        self.title = None;
        // Whoever had the terminal in between may have left the mouse as it liked.
        MOUSE.store(false, Ordering::SeqCst);
        self.resize(size());
        self.forget();
        Ok(())
    }

    /// Gives the terminal back for a while.
    pub fn give_back(&mut self) {
        // After a panic it was given back already: nothing more is written then.
        if TAKEN.load(Ordering::SeqCst) {
            // What cannot be written to a terminal that is gone is of no use to it.
            self.terminal.backend_mut().release().unwrap_or_default();
            give_back();
        }
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        self.give_back();
    }
}

/// Takes the mouse, or gives it back.
fn mouse(ours: bool) -> io::Result<()> {
    MOUSE.store(ours, Ordering::SeqCst);
    let bytes = if ours {
        escapes::MOUSE_OURS
    } else {
        escapes::MOUSE_BACK
    };
    let mut out = stdout();
    out.write_all(bytes.as_bytes())?;
    out.flush()?;
    // A console of Windows tells of its mouse by other means.
    #[cfg(windows)]
    if ours {
        execute!(out, crossterm::event::EnableMouseCapture)?;
    } else {
        execute!(out, crossterm::event::DisableMouseCapture)?;
    }
    Ok(())
}

/// Present size.
pub fn size() -> Size {
    terminal::size().map_or_else(
        |_gone| Size::default(),
        |(width, height)| Size { width, height },
    )
}

/// Takes the keys one by one, and nothing else of the terminal.
pub fn take_keys() -> io::Result<()> {
    KEYS_ALONE.store(true, Ordering::SeqCst);
    TAKEN.store(true, Ordering::SeqCst);
    terminal::enable_raw_mode()
}

fn take() -> io::Result<()> {
    TAKEN.store(true, Ordering::SeqCst);
    terminal::enable_raw_mode()?;
    execute!(stdout(), EnterAlternateScreen, EnableBracketedPaste)
}

/// Gives the terminal back, from anywhere and as often as one likes: a panic calls
/// it before its message is printed.
pub fn give_back() {
    if !TAKEN.swap(false, Ordering::SeqCst) {
        return;
    }
    if KEYS_ALONE.load(Ordering::SeqCst) {
        // Nothing else was taken, and a reader would read out what undoes it.
        terminal::disable_raw_mode().unwrap_or_default();
        return;
    }
    if MOUSE.load(Ordering::SeqCst) {
        mouse(false).unwrap_or_default();
    }
    let mut out = stdout();
    // An open synchronized update would swallow all that follows; then plain pen.
    out.write_all(b"\x1b[?2026l\x1b[0m").unwrap_or_default();
    if TITLED.swap(false, Ordering::SeqCst) {
        out.write_all(escapes::RESTORE_TITLE.as_bytes())
            .unwrap_or_default();
    }
    execute!(out, DisableBracketedPaste, LeaveAlternateScreen, Show).unwrap_or_default();
    terminal::disable_raw_mode().unwrap_or_default();
}
