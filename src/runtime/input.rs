//! What the terminal tells, as events.

use std::convert::Infallible;
use std::io;
use std::sync::mpsc as blocking;
use std::thread;

use crossterm::event;
use crossterm::event::Event as TerminalEvent;
use crossterm::event::KeyEventKind;
use crossterm::event::MouseButton;
use crossterm::event::MouseEventKind;
use ratatui::layout::Position;
use ratatui::layout::Size;
use tokio::sync::mpsc;
use tokio::sync::oneshot;

use crate::app::Event;
use crate::app::mouse::Did;
use crate::app::mouse::Mouse;
use crate::keymap::Key;

/// Keys that may wait before the terminal has to.
const WAITING: usize = 1024;

/// Asks the thread that reads to rest.
struct Rest {
    rests: oneshot::Sender<()>,
    /// Ends when the one who asked wants the keys again.
    until: blocking::Receiver<Infallible>,
}

/// The thread that reads the terminal, as far as it can be asked for anything.
pub struct Reader {
    asks: blocking::Sender<Rest>,
}

/// Nobody reads the terminal until this is dropped.
pub struct Resting {
    /// Dropped with it: that is what the thread waits for.
    _until: blocking::Sender<Infallible>,
}

impl Reader {
    /// Has the thread rest, so that every key is another program's. The second half tells
    /// when it does.
    #[cfg(unix)]
    pub fn rest(&self) -> (Resting, oneshot::Receiver<()>) {
        let (until, waits) = blocking::channel();
        let (rests, rested) = oneshot::channel();
        let until_then = Rest {
            rests,
            until: waits,
        };
        // A thread that has ended reads nothing either.
        self.asks.send(until_then).unwrap_or_default();
        // It blocks in its read, which only ends with something to read: the size of the
        // terminal, told once more, is that.
        let id = rustix::process::getpid();
        rustix::process::kill_process(id, rustix::process::Signal::WINCH).unwrap_or_default();
        (Resting { _until: until }, rested)
    }
}

/// What the terminal tells, as it comes.
pub type Keys = mpsc::Receiver<io::Result<TerminalEvent>>;

/// Reads the terminal on a thread of its own, which blocks and so costs nothing
/// while nobody types. It ends with the receiver or with the terminal.
pub fn listen() -> io::Result<(Keys, Reader)> {
    let (sender, receiver) = mpsc::channel(WAITING);
    let (asks, asked) = blocking::channel::<Rest>();
    thread::Builder::new()
        .name("keys".to_owned())
        .spawn(move || {
            loop {
                if let Ok(rest) = asked.try_recv()
                    && rest.rests.send(()).is_ok()
                {
                    let Err(_over) = rest.until.recv();
                }
                let event = event::read();
                let ended = event.is_err();
                if sender.blocking_send(event).is_err() || ended {
                    return;
                }
            }
        })?;
    Ok((receiver, Reader { asks }))
}

/// Keys pressed, text pasted, the mouse, a new size; all else is nothing to us.
pub fn translate(event: TerminalEvent) -> Option<Event> {
    match event {
        TerminalEvent::Key(key) if key.kind != KeyEventKind::Release => {
            Some(Event::KeyPressed(Key::from(key)))
        }
        TerminalEvent::Paste(text) => Some(Event::Pasted(text)),
        TerminalEvent::Resize(width, height) => Some(Event::Resized(Size { width, height })),
        TerminalEvent::Mouse(mouse) => {
            let did = match mouse.kind {
                MouseEventKind::Down(MouseButton::Left) => Did::Clicked,
                MouseEventKind::ScrollUp => Did::WheelUp,
                MouseEventKind::ScrollDown => Did::WheelDown,
                _ => return None,
            };
            let at = Position::new(mouse.column, mouse.row);
            Some(Event::Moused(Mouse { at, did }))
        }
        TerminalEvent::Key(_) | TerminalEvent::FocusGained | TerminalEvent::FocusLost => None,
    }
}
