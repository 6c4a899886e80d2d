//! What the terminal tells, as events.

use crossterm::event::Event as TerminalEvent;
use crossterm::event::KeyEventKind;
use ratatui::layout::Size;

use crate::app::Event;
use crate::keymap::Key;

/// Keys pressed, text pasted, a new size; all else is nothing to us.
pub fn translate(event: TerminalEvent) -> Option<Event> {
    match event {
        TerminalEvent::Key(key) if key.kind != KeyEventKind::Release => {
            Some(Event::KeyPressed(Key::from(key)))
        }
        TerminalEvent::Paste(text) => Some(Event::Pasted(text)),
        TerminalEvent::Resize(width, height) => Some(Event::Resized(Size { width, height })),
        TerminalEvent::Key(_)
        | TerminalEvent::Mouse(_)
        | TerminalEvent::FocusGained
        | TerminalEvent::FocusLost => None,
    }
}
