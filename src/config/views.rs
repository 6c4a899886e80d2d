//! Saved views in the file: `[[view]]` tables, and files of a team that hold them.
//!
//! What a view means is in [`crate::domain::view`]; here it is read and complained of.

use std::fs;
use std::io;
use std::io::Read as _;
use std::path::Path;
use std::path::PathBuf;

use toml::Spanned;
use toml::de::DeTable;
use toml::de::DeValue;

use crate::config::error::Complaint;
use crate::config::error::Place;
use crate::config::file::Misfit;
use crate::config::file::at;
use crate::config::file::shape;
use crate::config::file::stranger;
use crate::config::file::text;
use crate::config::hunts;
use crate::config::macros;
use crate::config::rows::Row;
use crate::config::settings::Origin;
use crate::domain::decision::macros::Macro;
use crate::domain::hunt::OwnHunt;
use crate::domain::text::repeated;
use crate::domain::view;
use crate::domain::view::GroupBy;
use crate::domain::view::SortBy;
use crate::domain::view::View;
use crate::domain::view::ViewError;
use crate::domain::view::Written;

/// The key of the tables.
pub(super) const KEY: &str = "view";
/// The key of the list of files.
pub(super) const INCLUDE: &str = "include";
/// What a table may hold.
pub(super) const KEYS: [&str; 5] = ["name", "filter", "sort", "group", "key"];
/// Bytes of an included file: it is a page of views.
const LONGEST_FILE: u64 = 1024 * 1024;

/// A view that was configured, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Configured {
    pub view: View,
    pub origin: Origin,
}

/// A file to include, as written, and where that stands.
#[derive(Debug)]
pub(super) struct Include {
    pub(super) written: String,
    pub(super) offset: usize,
}

/// The `include` list.
pub(super) fn includes(value: &Spanned<DeValue<'_>>) -> Result<Vec<Include>, Misfit> {
    let refused = || shape(INCLUDE, value, "a list of files, such as `[\"team.toml\"]`");
    let files = value.get_ref().as_array().ok_or_else(refused)?;
    files
        .iter()
        .map(|file| {
            let written = file.get_ref().as_str().ok_or_else(refused)?.to_owned();
            let offset = file.span().start;
            Ok(Include { written, offset })
        })
        .collect()
}

/// The text of an included file.
pub(super) fn read(path: &Path) -> io::Result<String> {
    // A pipe would be waited for.
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::other("it is no file"));
    }
    let mut text = String::new();
    let file = fs::File::open(path)?;
    let length = file.take(LONGEST_FILE + 1).read_to_string(&mut text)?;
    if u64::try_from(length).unwrap_or(u64::MAX) > LONGEST_FILE {
        return Err(io::Error::other("it is longer than 1 MiB"));
    }
    Ok(text)
}

/// What an included file holds.
#[derive(Debug, Default)]
pub(super) struct Included {
    pub(super) views: Vec<View>,
    pub(super) macros: Vec<Macro>,
    pub(super) hunts: Vec<OwnHunt>,
}

/// The views, macros and hunts of an included file, which holds nothing else.
pub(super) fn of_included(table: &DeTable<'_>) -> Result<Included, Misfit> {
    let mut included = Included::default();
    for (key, value) in table {
        match key.get_ref().as_ref() {
            KEY => included.views = tables(value)?,
            macros::KEY => included.macros = macros::tables(value)?,
            hunts::KEY => included.hunts = hunts::tables(value)?,
            unknown => return Err(at(key, stranger(unknown, Place::Included))),
        }
    }
    Ok(included)
}

/// All `[[view]]` tables of one file.
pub(super) fn tables(value: &Spanned<DeValue<'_>>) -> Result<Vec<View>, Misfit> {
    let refused = || shape(KEY, value, "tables, each below a line `[[view]]`");
    let tables = value.get_ref().as_array().ok_or_else(refused)?;
    let mut views: Vec<View> = Vec::new();
    for table in tables {
        let view = one(table)?;
        let name = repeated(&view.name);
        let complain = |reason: String| at(table, Complaint::View { name, reason });
        for other in &views {
            if other.is_called(&view.name) {
                return Err(complain("another view has this name".to_owned()));
            }
            if view.key.is_some() && other.key == view.key {
                let other = repeated(&other.name);
                return Err(complain(format!("`{other}` is on this key")));
            }
        }
        views.push(view);
    }
    Ok(views)
}

fn one(table: &Spanned<DeValue<'_>>) -> Result<View, Misfit> {
    let refused = || shape(KEY, table, "a table below a line `[[view]]`");
    let members = table.get_ref().as_table().ok_or_else(refused)?;
    let mut texts = [const { String::new() }; 4];
    let mut places = [table.span(), table.span(), table.span(), table.span()];
    let mut number = None;
    for (key, value) in members {
        let found = key.get_ref().as_ref();
        if found == "key" {
            number = Some(key_of(value)?);
            continue;
        }
        let Some(place) = KEYS.iter().take(texts.len()).position(|key| *key == found) else {
            return Err(at(key, stranger(found, Place::View)));
        };
        if let (Some(slot), Some(span)) = (texts.get_mut(place), places.get_mut(place)) {
            *slot = text(found, value)?;
            *span = value.span();
        }
    }
    let [name, filter, sort, group] = &texts;
    let written = Written {
        name,
        key: number,
        filter,
        sort,
        group,
    };
    View::read(written).map_err(|error| {
        let [of_name, of_filter, of_sort, of_group] = places;
        let (offset, reason) = match error {
            ViewError::Name(reason) => (of_name.start, format!("as a name, {reason}")),
            ViewError::Long => (of_filter.start, error.to_string()),
            ViewError::Filter(error) => {
                let before = filter.chars().take(error.column - 1);
                let before: usize = before.map(char::len_utf8).sum();
                // Between quotes and without escapes the very place can be told.
                let is_plain = of_filter.len() == filter.len() + 2;
                let inside = if is_plain { before + 1 } else { 0 };
                (of_filter.start + inside, format!("its filter, {error}"))
            }
            ViewError::Sort(word) => {
                let known = SortBy::ALL.map(SortBy::word).join("`, `");
                let reason = format!("`{}` is not one of `{known}`", repeated(&word));
                (of_sort.start, reason)
            }
            ViewError::Group(word) => {
                let known: Vec<&str> = GroupBy::ALL.into_iter().filter_map(GroupBy::word).collect();
                let known = known.join("`, `");
                let reason = format!("`{}` is not one of `{known}`", repeated(&word));
                (of_group.start, reason)
            }
        };
        let name = repeated(name);
        (offset, Complaint::View { name, reason })
    })
}

fn key_of(value: &Spanned<DeValue<'_>>) -> Result<u8, Misfit> {
    let number = value.get_ref().as_integer();
    let number = number.and_then(|number| number.as_str().parse::<u8>().ok());
    let number = number.filter(|number| (1..=view::KEYS).contains(number));
    number.ok_or_else(|| shape("key", value, "a whole number from 1 to 9"))
}

/// What was said first counts: a later view of the same name is left out, and one that
/// is on the same key gets another.
pub(super) fn add(known: &mut Vec<Configured>, views: Vec<View>, origin: &Origin) {
    let before = known.len();
    for mut view in views {
        let earlier = known.iter().take(before);
        if earlier
            .clone()
            .any(|other| other.view.is_called(&view.name))
        {
            continue;
        }
        let mut keys = earlier.map(|other| other.view.key);
        if keys.any(|key| key == view.key) {
            view.key = None;
        }
        let origin = origin.clone();
        known.push(Configured { view, origin });
    }
}

/// The path that is meant: `~/` is the operator's folder, and a relative one starts at
/// the file that names it.
pub(super) fn path(written: &str, folder: &Path, home: Option<PathBuf>) -> Option<PathBuf> {
    match written.strip_prefix("~/") {
        Some(rest) => Some(home?.join(rest)),
        None => Some(folder.join(written)),
    }
}

pub(super) fn rows(views: &[Configured]) -> impl Iterator<Item = Row> {
    views.iter().map(|Configured { view, origin }| {
        let key = view.key.map_or_else(String::new, |key| format!("{key}: "));
        let group = view.group.word();
        let group = group.map_or_else(String::new, |group| format!(", group {group}"));
        let value = format!("{key}/{}, sort {}{group}", view.filter, view.sort_words());
        Row {
            name: format!("view.{}", repeated(&view.name)),
            value: repeated(&value),
            origin: origin.clone(),
        }
    })
}

#[cfg(test)]
mod tests {
    #![expect(
        clippy::unwrap_used,
        reason = "a test that cannot read its input has failed"
    )]

    use super::*;
    use crate::config::error::ConfigError;
    use crate::config::file::File;
    use crate::config::pointer;
    use crate::config::resolve::Config;
    use crate::config::settings::Flags;

    #[test]
    fn what_is_no_view_is_pointed_at() {
        for (text, message, line, column) in [
            (
                "[[view]]\nname = 'a'\nfilter = 'is:open sev>=hgih'",
                "view `a`: its filter, column 14: ",
                3,
                24,
            ),
            (
                "[[view]]\nfilter = 'a'",
                "view ``: as a name, it is empty",
                1,
                1,
            ),
            (
                "[[view]]\nname = \"\\u001B[2J\"",
                "view `\\x1b[2J`: as a name, it holds",
                2,
                8,
            ),
            (
                "[[view]]\nname = 'a'\nsort = 'colour'",
                "view `a`: `colour` is not one of `sla`",
                3,
                8,
            ),
            (
                "[[view]]\nname = 'a'\ngroup = 'b'",
                "view `a`: `b` is not one of `title`",
                3,
                9,
            ),
            (
                "[[view]]\nname = 'a'\nkey = 10",
                "`key` is a number: it has to be a whole",
                3,
                7,
            ),
            (
                "[[view]]\nname = 'a'\nfilters = ''",
                "unknown key `filters` in a `[[view]]`",
                3,
                1,
            ),
            (
                "[[view]]\nname = 'a'\n[[view]]\nname = 'A'",
                "view `A`: another view has",
                3,
                1,
            ),
            (
                "[[view]]\nname = 'a'\nkey = 2\n[[view]]\nname = 'b'\nkey = 2",
                "view `b`: `a` is on this key",
                4,
                1,
            ),
            ("view = 'a'", "`view` is a text: it has to be tables", 1, 8),
            (
                "include = 'a'",
                "`include` is a text: it has to be a list of files",
                1,
                11,
            ),
        ] {
            let error = File::parse(text, Path::new("c.toml")).unwrap_err();
            let told = error.to_string();
            let start = format!("`c.toml` line {line}: {message}");
            assert!(told.starts_with(&start), "{told}");
            let found = pointer(&error, text).unwrap();
            assert_eq!((found.line, found.column), (line, column), "{told}");
        }
    }

    fn load(name: &str, files: &[(&str, &str)]) -> (PathBuf, Result<Config, ConfigError>) {
        let folder = std::env::temp_dir().join(format!("vigie-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        for (name, text) in files {
            fs::write(folder.join(name), text).unwrap();
        }
        let flags = Flags {
            config: Some(folder.join("c.toml").display().to_string()),
            ..Flags::default()
        };
        let home = folder.display().to_string();
        let environment = |name: &str| (name == "HOME").then(|| home.clone());
        let config = Config::load(&flags, &environment);
        fs::remove_dir_all(&folder).unwrap();
        (folder, config)
    }

    #[test]
    fn views_of_a_team_come_after_ones_own() {
        let (_, config) = load(
            "team",
            &[
                (
                    "c.toml",
                    "include = ['team.toml', '~/more.toml']\n[[view]]\nname = 'dc'\nkey = 6",
                ),
                (
                    "team.toml",
                    "[[view]]\nname = 'DC'\nfilter = 'dev:dc*'\n[[view]]\nname = 'night'\nkey = 6",
                ),
                ("more.toml", "[[view]]\nname = 'mine'\nsort = 'newest'"),
            ],
        );
        let config = config.unwrap();
        let told: Vec<String> = config
            .rows()
            .into_iter()
            .filter(|row| row.name.starts_with("view."))
            .map(|row| format!("{} = {} ({})", row.name, row.value, row.origin))
            .collect();
        assert_eq!(
            told,
            [
                "view.dc = 6: /, sort sla (file)",
                "view.night = /, sort sla (included `team.toml`)",
                "view.mine = /, sort newest (included `~/more.toml`)",
            ]
        );
        let keys: Vec<_> = config.views_in_force().into_iter().collect();
        let keys: Vec<String> = keys
            .iter()
            .map(|view| format!("{} {}", view.key.unwrap_or(0), view.name))
            .collect();
        let expected = [
            "1 mine",
            "2 high+med",
            "3 unassigned",
            "4 late",
            "5 last-7d",
            "6 dc",
            "7 night",
        ];
        assert_eq!(keys, expected);
    }

    #[test]
    fn a_mistake_of_a_team_names_its_file() {
        let main = ("c.toml", "\ninclude = ['team.toml']");
        for (team, message) in [
            (
                "[[view]]\nname = 'a'\nfilter = '('",
                "team.toml` line 3: view `a`: its filter, column 2",
            ),
            (
                "theme = 'dark'",
                "team.toml` line 1: the key `theme` does not stand in an included file",
            ),
            (
                "include = []",
                "team.toml` line 1: the key `include` does not stand in an included file",
            ),
            ("[[view]", "team.toml`: line 1, column"),
        ] {
            let (folder, config) = load("mistake", &[main, ("team.toml", team)]);
            let error = config.unwrap_err();
            let told = error.to_string();
            assert!(told.contains(message), "{told}");
            assert_eq!(error.file(), Some(folder.join("team.toml").as_path()));
        }
        let (folder, config) = load("missing", &[main]);
        let error = config.unwrap_err();
        let told = error.to_string();
        assert!(
            told.contains("c.toml` line 2: could not read the included `"),
            "{told}"
        );
        assert!(error.remedy().is_some() && error.file() == Some(&folder.join("c.toml")));
        assert_eq!(pointer(&error, main.1).unwrap().column, 12);
    }
}
