//! The key map in force: the table with the configuration's changes.

use std::collections::BTreeMap;
use std::collections::HashMap;

use thiserror::Error;

use crate::keymap::action::Action;
use crate::keymap::action::HelpAction;
use crate::keymap::action::SignInAction;
use crate::keymap::key::Key;
use crate::keymap::key::UnknownKey;
use crate::keymap::table::BINDINGS;
use crate::keymap::table::Binding;
use crate::keymap::table::Scope;

/// A key map that cannot be used, with the names to look for in the file.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum KeymapError {
    #[error("no action is called `{0}`: `vigie keys` lists the names")]
    UnknownAction(String),
    #[error("the keys of `{action}`: {source}")]
    UnknownKey { action: String, source: UnknownKey },
    #[error("the key `{key}` of `{action}` types a letter, and a text field takes every letter")]
    Typed { action: &'static str, key: String },
    #[error("`{0}` must keep a key: there would be no way out")]
    NoWayOut(&'static str),
    #[error("the key `{key}` means both `{first}` and `{second}` in one place ({place})")]
    Twice {
        key: String,
        first: &'static str,
        second: &'static str,
        place: &'static str,
    },
}

/// Actions without which a person would be caught.
const WAYS_OUT: [Action; 10] = [
    Action::Interrupt,
    Action::AcceptFilter,
    Action::CancelFilter,
    Action::SignIn(SignInAction::AcceptPaste),
    Action::SignIn(SignInAction::CancelPaste),
    Action::CloseMenu,
    Action::CloseOverlay,
    Action::Help(HelpAction::Close),
    Action::Help(HelpAction::Keep),
    Action::Help(HelpAction::Clear),
];

/// Keys to actions, by scope.
#[derive(Debug, Clone, PartialEq)]
pub struct Keymap {
    by_key: HashMap<(Scope, Key), Action>,
    /// Keys of each row of [`BINDINGS`], in its order.
    keys: Vec<Vec<Key>>,
}

impl Keymap {
    /// The table, with the keys of some actions replaced.
    ///
    /// # Errors
    /// A name or key that does not exist, or one key with two meanings in one scope.
    pub fn new(changes: &BTreeMap<String, Vec<String>>) -> Result<Self, KeymapError> {
        if let Some(unknown) = changes
            .keys()
            .find(|name| BINDINGS.iter().all(|binding| binding.name != name.as_str()))
        {
            return Err(KeymapError::UnknownAction(unknown.clone()));
        }
        let mut by_key: HashMap<(Scope, Key), &Binding> = HashMap::new();
        let mut keys = Vec::with_capacity(BINDINGS.len());
        for binding in BINDINGS {
            let row = match changes.get(binding.name) {
                Some(names) => parse(binding, names.iter().map(String::as_str))?,
                None => parse(binding, binding.keys.iter().copied())?,
            };
            if row.is_empty() && WAYS_OUT.contains(&binding.action) {
                return Err(KeymapError::NoWayOut(binding.name));
            }
            for key in &row {
                if matches!(
                    binding.scope,
                    Scope::Filter
                        | Scope::Paste
                        | Scope::Palette
                        | Scope::ExportFile
                        | Scope::Assign
                        | Scope::Note
                        | Scope::Macros
                        | Scope::Confirm
                        | Scope::HelpSearch
                ) && key.typed().is_some()
                {
                    return Err(KeymapError::Typed {
                        action: binding.name,
                        key: key.to_string(),
                    });
                }
                if let Some(first) = by_key.insert((binding.scope, *key), binding) {
                    return Err(KeymapError::Twice {
                        key: key.to_string(),
                        first: first.name,
                        second: binding.name,
                        place: binding.scope.title(),
                    });
                }
            }
            keys.push(row);
        }
        Ok(Self {
            by_key: by_key
                .into_iter()
                .map(|(key, binding)| (key, binding.action))
                .collect(),
            keys,
        })
    }

    /// What `key` means, asked from the innermost scope outwards.
    pub fn resolve(&self, scopes: &[Scope], key: Key) -> Option<Action> {
        scopes
            .iter()
            .find_map(|scope| self.by_key.get(&(*scope, key)).copied())
    }

    /// Every row of the table with the keys in force.
    pub fn rows(&self) -> impl Iterator<Item = (&'static Binding, &[Key])> {
        BINDINGS.iter().zip(self.keys.iter().map(Vec::as_slice))
    }

    /// The first key of an action, for messages that name it.
    pub fn key_of(&self, action: Action) -> Option<Key> {
        self.rows()
            .find(|(binding, _)| binding.action == action)
            .and_then(|(_, keys)| keys.first().copied())
    }
}

fn parse<'a>(
    binding: &Binding,
    names: impl Iterator<Item = &'a str>,
) -> Result<Vec<Key>, KeymapError> {
    names
        .map(|name| {
            name.parse().map_err(|source| KeymapError::UnknownKey {
                action: binding.name.to_owned(),
                source,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #![expect(
        clippy::unwrap_used,
        reason = "a test that cannot read its input has failed"
    )]

    use super::*;

    #[test]
    fn the_built_in_table_holds_together() {
        let keymap = Keymap::new(&BTreeMap::new()).unwrap();
        for (binding, keys) in keymap.rows() {
            assert!(!keys.is_empty(), "{} has no key", binding.name);
            assert!(!binding.says.is_empty());
            let names = BINDINGS.iter().filter(|other| other.name == binding.name);
            assert_eq!(names.count(), 1, "{} stands twice", binding.name);
        }
    }

    #[test]
    fn no_needed_key_sits_on_what_multiplexers_and_browsers_take() {
        let taken = [
            "ctrl-a", "ctrl-b", "ctrl-s", "ctrl-w", "ctrl-t", "ctrl-n", "ctrl-h", "ctrl-j",
            "ctrl-k", "f5",
        ];
        for binding in BINDINGS {
            assert!(
                binding.keys.iter().all(|key| !taken.contains(key)),
                "{}",
                binding.name
            );
        }
    }

    #[test]
    fn a_changed_key_replaces_the_old_ones() {
        let changes = BTreeMap::from([("down".to_owned(), vec!["w".to_owned()])]);
        let keymap = Keymap::new(&changes).unwrap();
        let scopes = [Scope::List, Scope::Global];
        assert_eq!(
            keymap.resolve(&scopes, "w".parse().unwrap()),
            Some(Action::SelectNext)
        );
        assert_eq!(keymap.resolve(&scopes, "j".parse().unwrap()), None);
    }

    #[test]
    fn mistakes_name_what_to_look_for() {
        let cases = [
            ("dwon", "e", "no action is called `dwon`"),
            ("down", "hyper-e", "`hyper-e` is not a key"),
            ("filter-accept", "a", "types a letter"),
            (
                "down",
                "k",
                "the key `k` means both `down` and `up` in one place (everywhere)",
            ),
        ];
        for (name, key, message) in cases {
            let changes = BTreeMap::from([(name.to_owned(), vec![key.to_owned()])]);
            let error = Keymap::new(&changes).unwrap_err();
            assert!(error.to_string().contains(message), "{error}");
        }
    }

    #[test]
    fn nobody_is_caught() {
        for name in ["interrupt", "filter-cancel", "help-close"] {
            let changes = BTreeMap::from([(name.to_owned(), Vec::new())]);
            assert_eq!(Keymap::new(&changes), Err(KeymapError::NoWayOut(name)));
        }
        let typed = BTreeMap::from([("filter-accept".to_owned(), vec!["a".to_owned()])]);
        assert!(matches!(
            Keymap::new(&typed),
            Err(KeymapError::Typed { .. })
        ));
    }

    #[test]
    fn the_inner_scope_wins() {
        let keymap = Keymap::new(&BTreeMap::new()).unwrap();
        let esc = "esc".parse().unwrap();
        assert_eq!(
            keymap.resolve(&[Scope::Filter, Scope::Global], esc),
            Some(Action::CancelFilter)
        );
        assert_eq!(
            keymap.resolve(&[Scope::List, Scope::Global], esc),
            Some(Action::Back)
        );
    }
}
