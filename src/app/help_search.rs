//! The search of the help: a key, a name or words, narrowing the lines as they are typed.

use crossterm::event::Event as TerminalEvent;
use tui_input::Input;
use tui_input::backend::crossterm::EventHandler;

use crate::app::State;
use crate::app::help_text;
use crate::app::overlay::Overlay;
use crate::keymap::HelpAction;
use crate::keymap::Key;
use crate::keymap::Keymap;

/// Whether the field takes the keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Field {
    #[default]
    Closed,
    Open,
}

/// What is looked for in the help.
#[derive(Debug, Clone, Default)]
pub struct Search {
    pub input: Input,
    pub field: Field,
}

impl Search {
    /// The text in the field.
    pub fn text(&self) -> &str {
        self.input.value()
    }

    /// What the text stands for. One character alone is a key, if there is such a key.
    pub fn wanted(&self, keymap: &Keymap) -> Wanted {
        let text = self.text().trim();
        let key = text.parse().ok().filter(|_| text.chars().count() == 1);
        let is_there = |key: &Key| keymap.rows().any(|(_, keys)| keys.contains(key));
        key.filter(is_there).map_or_else(
            || {
                let text = text.to_lowercase();
                Wanted::Words(text.split_whitespace().map(str::to_owned).collect())
            },
            Wanted::Key,
        )
    }
}

/// What lines have to have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    Key(Key),
    /// All of them, somewhere in keys, name or sentence; without any, every line has them.
    Words(Vec<String>),
}

impl Wanted {
    /// True for a line with these keys and these texts.
    pub fn is_in(&self, keys: &[Key], texts: &[&str]) -> bool {
        match self {
            Self::Key(key) => keys.contains(key),
            Self::Words(words) => {
                let line = format!("{} {}", help_text::names(keys), texts.join(" "));
                let line = line.to_lowercase();
                words.iter().all(|word| line.contains(word))
            }
        }
    }
}

/// Does what a key of the help asks for.
pub fn apply(state: &mut State, action: HelpAction) {
    let Some(Overlay::Help { top, search }) = &mut state.overlay else {
        return;
    };
    match action {
        HelpAction::Search => search.field = Field::Open,
        HelpAction::Keep => search.field = Field::Closed,
        HelpAction::Close if search.text().is_empty() => state.overlay = None,
        HelpAction::Clear | HelpAction::Close => {
            *top = 0;
            *search = Search::default();
        }
    }
}

/// A key that is none of the field's own.
pub fn typed(state: &mut State, key: Key) {
    if let Some(Overlay::Help { top, search }) = &mut state.overlay
        && search.field == Field::Open
    {
        *top = 0;
        search.input.handle_event(&TerminalEvent::Key(key.event()));
    }
}

#[cfg(test)]
mod tests {
    #![expect(
        clippy::unwrap_used,
        reason = "a test that cannot read its input has failed"
    )]

    use std::collections::BTreeMap;

    use super::*;

    fn finds(text: &str) -> bool {
        let search = Search {
            input: Input::new(text.to_owned()),
            field: Field::Open,
        };
        let keys = ["S", "ctrl-d"].map(|key| key.parse().unwrap());
        let keymap = Keymap::new(&BTreeMap::new()).unwrap();
        let wanted = search.wanted(&keymap);
        wanted.is_in(&keys, &["sort-menu", "Sort the list"])
    }

    #[test]
    fn a_key_a_name_or_words_in_any_order_are_found() {
        for text in ["", " ", "S", "ctrl", "sort-m", "LIST sort", "the ctrl-d"] {
            assert!(finds(text), "{text:?}");
        }
        for text in ["s", "t", "x", "sort nothing", "menus"] {
            assert!(!finds(text), "{text:?}");
        }
    }
}
