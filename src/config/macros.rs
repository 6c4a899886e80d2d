//! Macros in the file: `[[macro]]` tables, and `[close_notes]`.
//!
//! What a macro means is in [`crate::domain::decision::macros`]; here it is read and
//! complained of.

use toml::Spanned;
use toml::de::DeTable;
use toml::de::DeValue;

use crate::config::error::Complaint;
use crate::config::error::Place;
use crate::config::file::Misfit;
use crate::config::file::at;
use crate::config::file::members;
use crate::config::file::shape;
use crate::config::file::stranger;
use crate::config::file::text;
use crate::config::rows::Row;
use crate::config::settings::Origin;
use crate::domain::decision::Change;
use crate::domain::decision::Disposition;
use crate::domain::decision::change::NewStatus;
use crate::domain::decision::macros::Assignee;
use crate::domain::decision::macros::CloseNotes;
use crate::domain::decision::macros::Fate;
use crate::domain::decision::macros::LONGEST_NAME;
use crate::domain::decision::macros::Macro;
use crate::domain::decision::template::Template;
use crate::domain::decision::template::TemplateError;
use crate::domain::nearest::nearest_to;
use crate::domain::text::is_hostile;
use crate::domain::text::repeated;

/// The key of the tables.
pub(super) const KEY: &str = "macro";
/// The key of the table of notes.
pub(super) const NOTES: &str = "close_notes";
/// What a table may hold.
pub(super) const KEYS: [&str; 6] = ["name", "key", "close", "status", "assign", "note"];

/// A macro that was configured, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Configured {
    pub made: Macro,
    pub origin: Origin,
}

/// All `[[macro]]` tables of one file.
pub(super) fn tables(value: &Spanned<DeValue<'_>>) -> Result<Vec<Macro>, Misfit> {
    let refused = || shape(KEY, value, "tables, each below a line `[[macro]]`");
    let tables = value.get_ref().as_array().ok_or_else(refused)?;
    let mut macros: Vec<Macro> = Vec::new();
    for table in tables {
        let refused = || shape(KEY, table, "a table below a line `[[macro]]`");
        let made = one(table, table.get_ref().as_table().ok_or_else(refused)?)?;
        let complain = |reason: String| complaint(table, &made.name, reason);
        for other in &macros {
            if other.is_called(&made.name) {
                return Err(complain("another macro has this name".to_owned()));
            }
            if made.key.is_some() && other.key == made.key {
                let other = repeated(&other.name);
                return Err(complain(format!("`{other}` is on this key")));
            }
        }
        macros.push(made);
    }
    Ok(macros)
}

fn complaint<T>(value: &Spanned<T>, name: &str, reason: String) -> Misfit {
    let name = repeated(name);
    at(value, Complaint::Macro { name, reason })
}

fn one(table: &Spanned<DeValue<'_>>, members: &DeTable<'_>) -> Result<Macro, Misfit> {
    // First of all: the messages about the rest name it.
    let of_name = members
        .iter()
        .find(|(key, _)| key.get_ref().as_ref() == "name");
    let name = match of_name {
        Some((_, value)) => name(value)?,
        None => return Err(complaint(table, "", "it has no `name`".to_owned())),
    };
    let mut made = Macro {
        name,
        key: None,
        fate: Fate::Stays,
        assign: None,
        note: None,
    };
    for (key, value) in members {
        let found = key.get_ref().as_ref();
        let complain = |reason: String| complaint(value, &made.name, reason);
        match found {
            "name" => {}
            "key" => made.key = Some(letter(value)?),
            "close" | "status" if made.fate != Fate::Stays => {
                let reason = "`close` and `status` exclude each other: closing sets the status";
                return Err(complain(reason.to_owned()));
            }
            "close" => {
                let word = text(found, value)?;
                let closed = disposition(&word).map_err(complain)?;
                made.fate = Fate::Closed(closed);
            }
            "status" => {
                let status = NewStatus::named(&text(found, value)?);
                let status =
                    status.map_err(|illegal| complain(said(&illegal.what, &illegal.remedy)))?;
                made.fate = Fate::Set(status);
            }
            "assign" => {
                let word = text(found, value)?;
                made.assign = Some(assignee(&word).map_err(complain)?);
            }
            "note" => made.note = Some(note(value, |reason| complain(reason).1)?),
            unknown => return Err(at(key, stranger(unknown, Place::Macro))),
        }
    }
    if made.note.is_none() && made.assign.is_none() && made.fate == Fate::Stays {
        let reason = "it does nothing: give it a `close`, `status`, `assign` or `note`";
        return Err(complaint(table, &made.name, reason.to_owned()));
    }
    Ok(made)
}

fn said(what: &str, remedy: &str) -> String {
    repeated(&format!("{what}: {remedy}"))
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

fn letter(value: &Spanned<DeValue<'_>>) -> Result<char, Misfit> {
    let written = text("key", value)?;
    let mut letters = written.chars();
    match (letters.next(), letters.next()) {
        (Some(letter), None) if letter.is_alphanumeric() => Ok(letter),
        _ => Err(shape("key", value, "one letter, such as `\"r\"`")),
    }
}

fn disposition(word: &str) -> Result<Disposition, String> {
    Disposition::named(word).ok_or_else(|| {
        let names = || Disposition::ALL.into_iter().map(Disposition::name);
        let near = nearest_to(word, names());
        let instead = near.map_or_else(
            || format!("there are `{}`", names().collect::<Vec<_>>().join("`, `")),
            |near| format!("did you mean `{near}`?"),
        );
        format!("nothing is closed as `{}`: {instead}", repeated(word))
    })
}

fn assignee(word: &str) -> Result<Assignee, String> {
    match word.trim() {
        "me" => Ok(Assignee::Me),
        "nobody" => Ok(Assignee::Nobody),
        "" => Err("`assign` is empty: `nobody` takes the owner away".to_owned()),
        name => match Change::default().and_owner(name) {
            Ok(_) => Ok(Assignee::User(name.to_owned())),
            Err(illegal) => Err(said(&illegal.what, &illegal.remedy)),
        },
    }
}

/// A note, with its mistakes at their very place where that can be told.
fn note(
    value: &Spanned<DeValue<'_>>,
    complain: impl Fn(String) -> Complaint,
) -> Result<Template, Misfit> {
    let written = text("note", value)?;
    Template::read(&written).map_err(|error: TemplateError| {
        // Between quotes and without escapes.
        let is_plain = value.span().len() == written.len() + 2;
        let inside = if is_plain { error.at() + 1 } else { 0 };
        let inside = if error.at() == 0 { 0 } else { inside };
        let offset = value.span().start + inside;
        (offset, complain(format!("its note: {error}")))
    })
}

/// The `[close_notes]` table.
pub(super) fn close_notes(value: &Spanned<DeValue<'_>>) -> Result<CloseNotes, Misfit> {
    let mut notes = Vec::new();
    for (key, value) in members(NOTES, value)? {
        let name = key.get_ref().as_ref();
        let complain = |reason: String| Complaint::CloseNote {
            name: repeated(name),
            reason,
        };
        let closed = disposition(name).map_err(|reason| at(key, complain(reason)))?;
        notes.push((closed, note(value, complain)?));
    }
    Ok(CloseNotes::of(notes))
}

/// What was said first counts: a later macro of the same name is left out, and one on
/// the same key loses it.
pub(super) fn add(known: &mut Vec<Configured>, macros: Vec<Macro>, origin: &Origin) {
    let before = known.len();
    for mut made in macros {
        let earlier = || known.iter().take(before).map(|other| &other.made);
        if earlier().any(|other| other.is_called(&made.name)) {
            continue;
        }
        if earlier().any(|other| other.key == made.key) {
            made.key = None;
        }
        let origin = origin.clone();
        known.push(Configured { made, origin });
    }
}

pub(super) fn rows(macros: &[Configured], notes: &CloseNotes) -> Vec<Row> {
    let mut rows = Vec::new();
    for Configured { made, origin } in macros {
        let key = made.key.map_or_else(String::new, |key| format!("{key}: "));
        let note = made.note.as_ref().map(Template::written);
        let note = note.map_or_else(String::new, |note| format!(": {note}"));
        rows.push(Row {
            name: format!("macro.{}", repeated(&made.name)),
            value: repeated(&format!("{key}{}{note}", made.says("me"))),
            origin: origin.clone(),
        });
    }
    rows.extend(notes.iter().map(|(closed, note)| Row {
        name: format!("{NOTES}.{}", closed.name()),
        value: repeated(note.written()),
        origin: Origin::File,
    }));
    rows
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
        format!("[[macro]]\nname = 'a'\n{rest}")
    }

    #[test]
    fn what_is_no_macro_is_pointed_at() {
        for (text, message, line, column) in [
            ("[[macro]]\nkey = 'a'".to_owned(), "macro ``: it has no `name`", 1, 1),
            ("[[macro]]\nname = ' '".to_owned(), "macro ``: as a name, it is empty", 2, 8),
            (head(""), "macro `a`: it does nothing: give it", 1, 1),
            (head("key = 'ab'\nnote = 'x'"), "`key` is a text: it has to be one letter", 3, 7),
            (
                head("close = 'not-malicous'"),
                "macro `a`: nothing is closed as `not-malicous`: did you mean `not-malicious`?",
                3,
                9,
            ),
            (head("close = 'x'"), "macro `a`: nothing is closed as `x`: there are `malware`", 3, 9),
            (head("status = 'nwe'"), "macro `a`: unknown status `nwe`: one of New, InProgress", 3, 10),
            (
                head("close = 'malware'\nstatus = 'new'"),
                "macro `a`: `close` and `status` exclude",
                4,
                10,
            ),
            (head("assign = ''"), "macro `a`: `assign` is empty", 3, 10),
            (head("note = ''"), "macro `a`: its note: it is empty", 3, 8),
            (
                head("note = 'on {devcie} of'"),
                "macro `a`: its note: there is no variable `{devcie}`: did you mean `{device}`?",
                3,
                12,
            ),
            (head("notes = 'x'"), "unknown key `notes` in a `[[macro]]`", 3, 1),
            (
                "[[macro]]\nname='a'\nassign='me'\n[[macro]]\nname='A'\nassign='me'".to_owned(),
                "macro `A`: another macro has",
                4,
                1,
            ),
            (
                "[[macro]]\nname='a'\nkey='k'\nassign='me'\n[[macro]]\nname='b'\nkey='k'\nassign='me'"
                    .to_owned(),
                "macro `b`: `a` is on this key",
                5,
                1,
            ),
            ("macro = 'a'".to_owned(), "`macro` is a text: it has to be tables", 1, 9),
            (
                "[close_notes]\nmalwrae = 'x'".to_owned(),
                "close note `malwrae`: nothing is closed as `malwrae`: did you mean `malware`?",
                2,
                1,
            ),
            (
                "[close_notes]\nmalware = 'on {'".to_owned(),
                "close note `malware`: its note: a `{` has no `}`",
                2,
                15,
            ),
            ("close_notes = 'x'".to_owned(), "`close_notes` is a text", 1, 15),
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
    fn a_macro_is_told_as_what_it_does() {
        let text = "[[macro]]\nname = 'Red team'\nkey = 'r'\nclose = 'security-test'\n\
                    assign = 'me'\nnote = 'drill on {device}'\n\
                    [[macro]]\nname = 'Give back'\nstatus = 'in progress'\nassign = 'nobody'\n\
                    [close_notes]\nmalware = 'seen {now}'";
        let file = File::parse(text, Path::new("c.toml")).unwrap();
        let rows = rows(&file.macros, &file.close_notes);
        let told: Vec<String> = rows
            .iter()
            .map(|row| format!("{} = {} ({})", row.name, row.value, row.origin))
            .collect();
        assert_eq!(
            told,
            [
                "macro.Red team = r: close as IE/security test, assign to me, with a note: \
                 drill on {device} (file)",
                "macro.Give back = set to in progress, assign to nobody (file)",
                "close_notes.malware = seen {now} (file)",
            ]
        );
    }

    #[test]
    fn what_a_team_calls_the_same_is_left_out() {
        let macros = |text: &str| File::parse(text, Path::new("c.toml")).unwrap().macros;
        let mut known = macros("[[macro]]\nname='a'\nkey='k'\nassign='me'");
        let theirs = macros(
            "[[macro]]\nname='A'\nassign='nobody'\n[[macro]]\nname='b'\nkey='k'\nassign='me'",
        );
        let theirs = theirs.into_iter().map(|known| known.made).collect();
        add(
            &mut known,
            theirs,
            &Origin::Included("team.toml".to_owned()),
        );
        let told: Vec<_> = known
            .iter()
            .map(|known| (known.made.name.as_str(), known.made.key))
            .collect();
        assert_eq!(told, [("a", Some('k')), ("b", None)]);
    }
}
