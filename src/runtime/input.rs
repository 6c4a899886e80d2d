//! What the terminal tells, as events.

use std::io;
use std::thread;

use crossterm::event;
use crossterm::event::Event as TerminalEvent;
use crossterm::event::KeyEventKind;
use crossterm::event::MouseButton;
use crossterm::event::MouseEventKind;
use ratatui::layout::Position;
use ratatui::layout::Size;
use tokio::sync::mpsc;

use crate::app::Event;
use crate::app::mouse::Did;
use crate::app::mouse::Mouse;
use crate::keymap::Key;

/// Keys that may wait before the terminal has to.
const WAITING: usize = 1024;

/// Reads the terminal on a thread of its own, which blocks and so costs nothing
/// while nobody types. It ends with the receiver or with the terminal.
pub fn listen() -> io::Result<mpsc::Receiver<io::Result<TerminalEvent>>> {
    let (sender, receiver) = mpsc::channel(WAITING);
    thread::Builder::new()
        .name("keys".to_owned())
        .spawn(move || {
            loop {
                let event = event::read();
                let ended = event.is_err();
                if sender.blocking_send(event).is_err() || ended {
                    return;
                }
            }
        })?;
    Ok(receiver)
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
