//! Where in the file a mistake is, to be pointed at.

use toml::Spanned;
use toml::de::DeTable;
use toml::de::DeValue;

use crate::config::error::Complaint;
use crate::config::error::ConfigError;
use crate::config::file::position;
use crate::config::settings::Origin;
use crate::domain::text::repeated;
use crate::keymap::KeymapError;

/// A place in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pointer {
    /// Both counted from one.
    pub line: usize,
    pub column: usize,
    /// The line and a mark below it, harmless and of bounded width; empty where the
    /// line may hold a secret.
    pub shown: Vec<String>,
}

/// Widest a line is shown.
const WIDTH: usize = 64;

/// Where `error` is in `text`, the file it was found in.
pub fn pointer(error: &ConfigError, text: &str) -> Option<Pointer> {
    let (line, column) = match error {
        ConfigError::Syntax { line, column, .. }
        | ConfigError::Entry { line, column, .. }
        | ConfigError::Included { line, column, .. } => (*line, *column),
        ConfigError::Keys { source, .. } => {
            let name = match source {
                KeymapError::UnknownAction(name) => name.as_str(),
                KeymapError::UnknownKey { action, .. } => action.as_str(),
                KeymapError::Typed { action, .. } | KeymapError::NoWayOut(action) => action,
                // The first may stand in the table only, where nobody wrote it.
                KeymapError::Twice { first, second, .. } => {
                    let found = [second, first]
                        .into_iter()
                        .find_map(|name| key_at(text, &["keys", name]));
                    return Some(shown(text, position(text, found?), false));
                }
            };
            position(text, key_at(text, &["keys", name])?)
        }
        ConfigError::Value {
            setting, origin, ..
        } => match origin {
            Origin::Profile(profile) => {
                position(text, key_at(text, &["profiles", profile, setting])?)
            }
            Origin::File => position(text, key_at(text, &[setting])?),
            Origin::Flag | Origin::Environment(_) | Origin::Included(_) | Origin::Default => {
                return None;
            }
        },
        ConfigError::UnknownProfile { origin, .. } if *origin == Origin::File => {
            position(text, key_at(text, &["profile"])?)
        }
        ConfigError::Unreadable { .. }
        | ConfigError::UnknownProfile { .. }
        | ConfigError::NoProfileChosen { .. }
        | ConfigError::RegionOutsideCommercial { .. }
        | ConfigError::NoFolder
        | ConfigError::Exists { .. }
        | ConfigError::Unwritable { .. } => return None,
    };
    let is_secret = matches!(
        error,
        ConfigError::Entry {
            complaint: Complaint::Secret { .. } | Complaint::Shell { .. },
            ..
        }
    );
    Some(shown(text, (line, column), is_secret))
}

fn shown(text: &str, (line, column): (usize, usize), is_secret: bool) -> Pointer {
    let written = text.lines().nth(line.saturating_sub(1)).unwrap_or_default();
    Pointer {
        line,
        column,
        shown: if is_secret || may_hold_secret(written) {
            Vec::new()
        } else {
            marked(written, column)
        },
    }
}

/// The offset of a key below these tables.
fn key_at(text: &str, path: &[&str]) -> Option<usize> {
    let table = DeTable::parse(text).ok()?;
    let (last, tables) = path.split_last()?;
    let mut inner: &DeTable<'_> = table.get_ref();
    for name in tables {
        inner = member(inner, name)?.1.get_ref().as_table()?;
    }
    Some(member(inner, last)?.0.span().start)
}

type Member<'a, 'i> = (
    &'a Spanned<std::borrow::Cow<'i, str>>,
    &'a Spanned<DeValue<'i>>,
);

fn member<'a, 'i>(table: &'a DeTable<'i>, name: &str) -> Option<Member<'a, 'i>> {
    table.iter().find(|(key, _)| key.get_ref().as_ref() == name)
}

/// People write passwords where they should not, above all into the line they mistype.
fn may_hold_secret(line: &str) -> bool {
    let line = line.to_lowercase();
    ["pass", "secret", "token", "pwd", "credential"]
        .iter()
        .any(|word| line.contains(word))
}

/// The line cut to a width around the column, and the mark below it.
fn marked(line: &str, column: usize) -> Vec<String> {
    let letters: Vec<char> = line.chars().collect();
    let at = column.saturating_sub(1).min(letters.len());
    let start = (at + 8).saturating_sub(WIDTH);
    let piece = |from: usize, to: usize| -> String {
        let cut: String = letters.iter().skip(from).take(to - from).collect();
        // A tab would move the mark.
        repeated(&cut.replace('\t', " "))
    };
    let before = piece(start, at);
    let after = piece(at, letters.len().min(start + WIDTH).max(at));
    let mark = format!("{}^", " ".repeat(before.chars().count()));
    vec![format!("{before}{after}"), mark]
}

#[cfg(test)]
mod tests {
    #![expect(
        clippy::unwrap_used,
        reason = "a test that cannot read its input has failed"
    )]

    use std::path::PathBuf;

    use super::*;
    use crate::config::file::File;
    use crate::config::resolve::Config;
    use crate::config::settings::Flags;

    fn found(text: &str) -> Option<Pointer> {
        let path = PathBuf::from("c.toml");
        let error = match File::parse(text, &path) {
            Ok(file) => {
                Config::settle(&Flags::default(), &|_: &str| None, path, Some(file)).unwrap_err()
            }
            Err(error) => error,
        };
        pointer(&error, text)
    }

    #[test]
    fn every_kind_of_mistake_in_the_file_has_its_place() {
        for (text, line, column) in [
            ("a = ", 1, 5),
            ("\nthema = 'dark'", 2, 1),
            ("[roles]\nmuted = 'gren'", 2, 9),
            ("[profiles.a]\ntenant = 't'\npoll = '30'", 3, 1),
            (
                "[profiles.a]\nnotify_severity = 'low'\nnotify_filter = 'x'",
                3,
                1,
            ),
            ("[profiles.a]\n notify_filter = 'sev>x'", 2, 2),
            ("log_file = '~/x'", 1, 1),
            ("profile = 'b'\n[profiles.a]", 1, 1),
            ("[keys]\ndwon = ['e']", 2, 1),
            ("[keys]\ndown = ['e']\nup = ['hyper-e']", 3, 1),
            ("[keys]\ndown = ['k']", 2, 1),
        ] {
            let pointer = found(text).unwrap();
            assert_eq!((pointer.line, pointer.column), (line, column), "{text}");
            let written = text.lines().nth(line - 1).unwrap();
            let mark = format!("{}^", " ".repeat(column - 1));
            assert_eq!(pointer.shown, [written.to_owned(), mark]);
        }
        assert_eq!(found("[profiles.a]\n[profiles.b]"), None);
    }

    #[test]
    fn a_line_that_may_hold_a_secret_is_not_shown() {
        for text in [
            "[profiles.a]\npassword = 'hunter2'",
            "[profiles.a]\npassword = 'hunter2",
            "[profiles.a]\npassword_command = 'echo hunter2'",
            "[profiles.a]\nclient_secret_comand = 'hunter2'",
        ] {
            let pointer = found(text).unwrap();
            assert_eq!(pointer.line, 2);
            assert!(pointer.shown.is_empty(), "{pointer:?}");
        }
    }

    #[test]
    fn a_long_or_hostile_line_is_cut_and_harmless() {
        let long = format!("theme = '{}' x", "é".repeat(300));
        let pointer = found(&long).unwrap();
        assert!(
            pointer
                .shown
                .iter()
                .all(|line| line.chars().count() <= WIDTH + 1)
        );
        let pointer = found("\tthema = '\u{202e}x'").unwrap();
        assert_eq!(pointer.shown, [" thema = '\\u{202e}x'", " ^"]);
    }
}
