//! Queries in the file: `[[hunt]]` tables.

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
use crate::config::rows::Row;
use crate::config::settings::Origin;
use crate::domain::hunt;
use crate::domain::hunt::own::LONGEST_NAME;
use crate::domain::hunt::own::OwnHunt;
use crate::domain::hunt::own::quoted_name;
use crate::domain::text::is_hostile;
use crate::domain::text::repeated;
use crate::keymap::BINDINGS;
use crate::keymap::Scope;

/// The key of the tables.
pub(super) const KEY: &str = "hunt";
/// What a table may hold.
pub(super) const KEYS: [&str; 3] = ["name", "key", "query"];

/// A query that was configured, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Configured {
    pub own: OwnHunt,
    pub origin: Origin,
}

/// All `[[hunt]]` tables of one file.
pub(super) fn tables(value: &Spanned<DeValue<'_>>) -> Result<Vec<OwnHunt>, Misfit> {
    let refused = || shape(KEY, value, "tables, each below a line `[[hunt]]`");
    let tables = value.get_ref().as_array().ok_or_else(refused)?;
    let mut hunts: Vec<OwnHunt> = Vec::new();
    for table in tables {
        let refused = || shape(KEY, table, "a table below a line `[[hunt]]`");
        let own = one(table, table.get_ref().as_table().ok_or_else(refused)?)?;
        let complain = |reason: String| complaint(table, &own.name, reason);
        for other in &hunts {
            if other.is_called(&own.name) {
                return Err(complain("another hunt has this name".to_owned()));
            }
            if own.key.is_some() && other.key == own.key {
                let other = repeated(&other.name);
                return Err(complain(format!("`{other}` is on this key")));
            }
        }
        hunts.push(own);
    }
    Ok(hunts)
}

fn complaint<T>(value: &Spanned<T>, name: &str, reason: String) -> Misfit {
    let name = repeated(name);
    at(value, Complaint::Hunt { name, reason })
}

fn one(table: &Spanned<DeValue<'_>>, members: &DeTable<'_>) -> Result<OwnHunt, Misfit> {
    // First of all: the messages about the rest name it.
    let of_name = members
        .iter()
        .find(|(key, _)| key.get_ref().as_ref() == "name");
    let name = match of_name {
        Some((_, value)) => name(value)?,
        None => return Err(complaint(table, "", "it has no `name`".to_owned())),
    };
    let mut own = OwnHunt {
        name,
        key: None,
        query: String::new(),
    };
    for (key, value) in members {
        match key.get_ref().as_ref() {
            "name" => {}
            "key" => own.key = Some(letter(value, &own.name)?),
            "query" => own.query = query(value, &own.name)?,
            unknown => return Err(at(key, stranger(unknown, Place::Hunt))),
        }
    }
    if own.query.is_empty() {
        return Err(complaint(table, &own.name, "it has no `query`".to_owned()));
    }
    Ok(own)
}

fn name(value: &Spanned<DeValue<'_>>) -> Result<String, Misfit> {
    let written = text("name", value)?;
    let name = written.trim();
    let reason = if name.is_empty() {
        "as a name, it is empty".to_owned()
    } else if name.chars().count() > LONGEST_NAME {
        format!("as a name, it is longer than {LONGEST_NAME} characters")
    } else if name.chars().any(is_hostile) {
        "as a name, it holds a character that cannot be shown".to_owned()
    } else {
        return Ok(name.to_owned());
    };
    Err(complaint(value, name, reason))
}

/// A letter that the menu has not got yet.
fn letter(value: &Spanned<DeValue<'_>>, name: &str) -> Result<char, Misfit> {
    let written = text("key", value)?;
    let mut letters = written.chars();
    let letter = match (letters.next(), letters.next()) {
        (Some(letter), None) if letter.is_alphanumeric() => letter,
        _ => return Err(shape("key", value, "one letter, such as `\"l\"`")),
    };
    let mut menu = BINDINGS.iter().filter(|row| row.scope == Scope::HuntMenu);
    let taken = menu.find(|row| row.keys.contains(&written.as_str()));
    match taken {
        Some(row) => {
            let reason = format!("its key is the menu's own: {}", row.says);
            Err(complaint(value, name, reason))
        }
        None => Ok(letter),
    }
}

fn query(value: &Spanned<DeValue<'_>>, name: &str) -> Result<String, Misfit> {
    let query = text("query", value)?.trim().to_owned();
    let reason = if query.is_empty() {
        "its query is empty".to_owned()
    } else if let Some(why) = hunt::too_long(&query) {
        why
    } else if let Some(quoted) = quoted_name(&query) {
        format!("`{{{quoted}}}` stands between quotes in its query: the value brings its own")
    } else {
        return Ok(query);
    };
    Err(complaint(value, name, reason))
}

/// What was said first counts: a later hunt of the same name is left out, and one on the
/// same key loses it.
pub(super) fn add(known: &mut Vec<Configured>, hunts: Vec<OwnHunt>, origin: &Origin) {
    let before = known.len();
    for mut own in hunts {
        let earlier = || known.iter().take(before).map(|other| &other.own);
        if earlier().any(|other| other.is_called(&own.name)) {
            continue;
        }
        if earlier().any(|other| other.key == own.key) {
            own.key = None;
        }
        let origin = origin.clone();
        known.push(Configured { own, origin });
    }
}

pub(super) fn rows(hunts: &[Configured]) -> Vec<Row> {
    let row = |Configured { own, origin }: &Configured| {
        let key = own.key.map_or_else(String::new, |key| format!("{key}: "));
        let query: Vec<&str> = own.query.split_whitespace().collect();
        Row {
            name: format!("{KEY}.{}", repeated(&own.name)),
            value: repeated(&format!("{key}{}", query.join(" "))),
            origin: origin.clone(),
        }
    };
    hunts.iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    #![expect(
        clippy::unwrap_used,
        reason = "a test that cannot read its input has failed"
    )]

    use std::path::Path;

    use super::*;
    use crate::config::file::File;
    use crate::config::pointer;

    fn head(rest: &str) -> String {
        format!("[[hunt]]\nname = 'a'\n{rest}")
    }

    #[test]
    fn what_is_no_hunt_is_pointed_at() {
        for (text, message, line, column) in [
            (
                "[[hunt]]\nkey = 'l'".to_owned(),
                "hunt ``: it has no `name`",
                1,
                1,
            ),
            (
                "[[hunt]]\nname = ' '".to_owned(),
                "hunt ``: as a name, it is empty",
                2,
                8,
            ),
            (head(""), "hunt `a`: it has no `query`", 1, 1),
            (head("query = ' '"), "hunt `a`: its query is empty", 3, 9),
            (
                head("query = 'T | where A == \"{ip}\"'"),
                "hunt `a`: `{ip}` stands between quotes in its query: the value brings its own",
                3,
                9,
            ),
            (
                head("key = 'lm'\nquery = 'T'"),
                "`key` is a text: it has to be one letter",
                3,
                7,
            ),
            (
                head("key = 'p'\nquery = 'T'"),
                "hunt `a`: its key is the menu's own: the process on this device",
                3,
                7,
            ),
            (
                head("quary = 'T'"),
                "unknown key `quary` in a `[[hunt]]`",
                3,
                1,
            ),
            (
                "[[hunt]]\nname='a'\nquery='T'\n[[hunt]]\nname='A'\nquery='T'".to_owned(),
                "hunt `A`: another hunt has",
                4,
                1,
            ),
            (
                "[[hunt]]\nname='a'\nkey='l'\nquery='T'\n[[hunt]]\nname='b'\nkey='l'\nquery='T'"
                    .to_owned(),
                "hunt `b`: `a` is on this key",
                5,
                1,
            ),
            (
                "hunt = 'a'".to_owned(),
                "`hunt` is a text: it has to be tables",
                1,
                8,
            ),
        ] {
            let error = File::parse(&text, Path::new("c.toml")).unwrap_err();
            let told = error.to_string();
            let start = format!("`c.toml` line {line}: {message}");
            assert!(told.starts_with(&start), "{told}");
            let found = pointer(&error, &text).unwrap();
            assert_eq!((found.line, found.column), (line, column), "{told}");
        }
    }

    #[test]
    fn a_hunt_is_told_on_one_line_and_a_teams_gives_way() {
        let parsed = |text: &str| File::parse(text, Path::new("c.toml")).unwrap().hunts;
        let mut known =
            parsed("[[hunt]]\nname = 'Lateral'\nkey = 'l'\nquery = '''\nT\n| where A == {ip}'''");
        let theirs =
            parsed("[[hunt]]\nname='lateral'\nquery='X'\n[[hunt]]\nname='b'\nkey='l'\nquery='T'");
        let theirs = theirs.into_iter().map(|known| known.own).collect();
        let origin = Origin::Included("team.toml".to_owned());
        add(&mut known, theirs, &origin);
        let told: Vec<String> = rows(&known)
            .iter()
            .map(|row| format!("{} = {} ({})", row.name, row.value, row.origin))
            .collect();
        assert_eq!(
            told.first().unwrap(),
            "hunt.Lateral = l: T | where A == {ip} (file)"
        );
        assert_eq!(known.len(), 2);
        assert_eq!(known.get(1).unwrap().own.key, None);
    }
}
