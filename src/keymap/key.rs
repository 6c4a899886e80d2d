//! A key as people write it: `j`, `G`, `ctrl-d`, `shift-tab`, `enter`.

use std::fmt;
use std::str::FromStr;

use crossterm::event::KeyCode;
use crossterm::event::KeyEvent;
use crossterm::event::KeyModifiers;
use thiserror::Error;

/// One key with its modifiers. Shift is part of a letter, never beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key {
    code: KeyCode,
    modifiers: KeyModifiers,
}

/// A key name nobody understands.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "`{0}` is not a key: write one character, or `enter`, `esc`, `tab`, `space`, `up`, `home`, `pgdn`, `f1`, with `ctrl-`, `alt-` or `shift-` before it"
)]
pub struct UnknownKey(String);

impl Key {
    /// The character this key types, if it types one.
    pub fn typed(self) -> Option<char> {
        match self.code {
            KeyCode::Char(character) if self.modifiers.is_empty() => Some(character),
            _ => None,
        }
    }

    /// The terminal's own form, for the text field.
    pub fn event(self) -> KeyEvent {
        KeyEvent::new(self.code, self.modifiers)
    }
}

impl From<KeyEvent> for Key {
    fn from(event: KeyEvent) -> Self {
        let kept = KeyModifiers::CONTROL | KeyModifiers::ALT | KeyModifiers::SHIFT;
        let mut modifiers = event.modifiers & kept;
        let mut code = event.code;
        if code == KeyCode::Tab && modifiers.contains(KeyModifiers::SHIFT) {
            code = KeyCode::BackTab;
        }
        // Terminals disagree on whether shift is told beside the letter it made.
        if matches!(code, KeyCode::Char(_) | KeyCode::BackTab) {
            modifiers -= KeyModifiers::SHIFT;
        }
        Self { code, modifiers }
    }
}

/// Names of keys that type nothing, and of the space bar.
const NAMES: &[(&str, KeyCode)] = &[
    ("enter", KeyCode::Enter),
    ("esc", KeyCode::Esc),
    ("tab", KeyCode::Tab),
    ("shift-tab", KeyCode::BackTab),
    ("space", KeyCode::Char(' ')),
    ("backspace", KeyCode::Backspace),
    ("delete", KeyCode::Delete),
    ("insert", KeyCode::Insert),
    ("up", KeyCode::Up),
    ("down", KeyCode::Down),
    ("left", KeyCode::Left),
    ("right", KeyCode::Right),
    ("home", KeyCode::Home),
    ("end", KeyCode::End),
    ("pgup", KeyCode::PageUp),
    ("pgdn", KeyCode::PageDown),
];

impl FromStr for Key {
    type Err = UnknownKey;

    fn from_str(written: &str) -> Result<Self, UnknownKey> {
        let mut modifiers = KeyModifiers::NONE;
        let mut rest = written;
        loop {
            if let Some(code) = named(rest) {
                return Ok(Self::from(KeyEvent::new(code, modifiers)));
            }
            let (modifier, after) = rest
                .split_once('-')
                .ok_or_else(|| UnknownKey(written.to_owned()))?;
            modifiers |= match modifier {
                "ctrl" => KeyModifiers::CONTROL,
                "alt" => KeyModifiers::ALT,
                "shift" => KeyModifiers::SHIFT,
                _ => return Err(UnknownKey(written.to_owned())),
            };
            rest = after;
        }
    }
}

fn named(name: &str) -> Option<KeyCode> {
    if let Some((_, code)) = NAMES.iter().find(|(known, _)| *known == name) {
        return Some(*code);
    }
    let mut characters = name.chars();
    match (characters.next(), characters.next()) {
        (Some(single), None) if !single.is_control() => Some(KeyCode::Char(single)),
        (Some('f'), Some(_)) => {
            let number: u8 = name.strip_prefix('f')?.parse().ok()?;
            (1..=12).contains(&number).then_some(KeyCode::F(number))
        }
        _ => None,
    }
}

impl fmt::Display for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (modifier, name) in [
            (KeyModifiers::CONTROL, "ctrl-"),
            (KeyModifiers::ALT, "alt-"),
            (KeyModifiers::SHIFT, "shift-"),
        ] {
            if self.modifiers.contains(modifier) {
                formatter.write_str(name)?;
            }
        }
        if let Some((name, _)) = NAMES.iter().find(|(_, code)| *code == self.code) {
            return formatter.write_str(name);
        }
        match self.code {
            KeyCode::Char(character) => write!(formatter, "{character}"),
            KeyCode::F(number) => write!(formatter, "f{number}"),
            other => write!(formatter, "{other}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_and_written_alike() {
        for name in [
            "j",
            "G",
            "/",
            "-",
            "ctrl-d",
            "ctrl--",
            "alt-enter",
            "shift-tab",
            "space",
            "pgdn",
            "f12",
            "é",
        ] {
            assert_eq!(
                name.parse::<Key>().map(|key| key.to_string()).as_deref(),
                Ok(name)
            );
        }
    }

    #[test]
    fn nonsense_is_refused_with_a_hint() {
        for name in ["", "jj", "hyper-x", "ctrl-", "f13", "\u{1b}"] {
            assert!(name.parse::<Key>().is_err(), "{name}");
        }
    }

    #[test]
    fn shift_is_part_of_the_letter() {
        let told = KeyEvent::new(KeyCode::Char('G'), KeyModifiers::SHIFT);
        assert_eq!("G".parse(), Ok(Key::from(told)));
        let tab = KeyEvent::new(KeyCode::Tab, KeyModifiers::SHIFT);
        assert_eq!("shift-tab".parse(), Ok(Key::from(tab)));
    }
}
