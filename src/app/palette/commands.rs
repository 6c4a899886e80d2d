//! Commands of the palette that take words behind their names: the words of the command
//! line and of the filter. What only the command line can do is known, and refused by
//! naming it.

use crate::app::State;
use crate::app::decisions::macros;
use crate::app::filter::complete::complete;
use crate::app::hand_out;
use crate::app::hand_out::Format;
use crate::app::handing_over::SHIFT;
use crate::app::order::DEPTH;
use crate::app::order::Order;
use crate::app::order::SortBy;
use crate::app::palette::Does;
use crate::app::palette::Entry;
use crate::app::palette::settings;
use crate::app::shape::GroupBy;
use crate::domain::alert::AlertId;
use crate::domain::duration::parse_duration;
use crate::domain::duration::show_duration;
use crate::domain::filter::Query;
use crate::domain::filter::error::QueryError;
use crate::domain::text::shown;
use crate::keymap::Action;
use crate::keymap::HandOut;

/// What a command does and how that is said, or why it cannot be understood.
pub(super) type Meaning = Result<(Does, String), String>;

/// One command.
pub struct Row {
    pub name: &'static str,
    /// What follows the name.
    pub takes: &'static str,
    pub says: &'static str,
    read: fn(&State, &Words<'_>) -> Meaning,
    /// Ways to go on from what follows the name: the whole of it.
    offers: fn(&State, &str) -> Vec<Offer>,
}

/// A way to go on.
pub(super) struct Offer {
    /// The whole of what would follow the name.
    pub(super) text: String,
    /// Where the text does not say it.
    pub(super) says: String,
}

impl Offer {
    fn of(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            says: String::new(),
        }
    }
}

/// What follows the name of a command.
struct Words<'a> {
    /// The whole line, as far as the name.
    before: &'a str,
    /// Blanks around it left away.
    text: &'a str,
}

/// Every command. Adding one is a row here.
pub const COMMANDS: &[Row] = &[
    Row {
        name: "filter",
        takes: "TEXT",
        says: "filter the list; without a text everything is shown",
        read: filter,
        offers: terms,
    },
    Row {
        name: "sort",
        takes: "WORDS",
        says: "sort by these, the first decides: sla, sev, newest, oldest, title, dev, user, inc, status, owner",
        read: |_, words| sort(words.text),
        offers: |_, text| next_criterion(text),
    },
    Row {
        name: "group",
        takes: "WORD",
        says: "group by title, incident, device, user or nothing",
        read: |_, words| group(words.text),
        offers: |_, text| beginning(text, GROUPS.iter().map(|(word, _)| *word)),
    },
    Row {
        name: "set",
        takes: "NAME VALUE",
        says: "change a setting for this session",
        read: |state, words| settings::read(state, words.text),
        offers: settings::offers,
    },
    Row {
        name: "copy",
        takes: "WHAT",
        says: "copy of the alert: id, hash, command, device, user, query, link, summary, curl",
        read: |state, words| copy(state, words.text),
        offers: |_, text| beginning(text, PIECES.iter().map(|(word, _)| *word)),
    },
    Row {
        name: "export",
        takes: "FORMAT [FILE]",
        says: "write this view: csv, ndjson or markdown; without a file it is asked for",
        read: |state, words| export(state, words.text),
        offers: |_, text| beginning(text, FORMATS.iter().map(|(word, ..)| *word)),
    },
    Row {
        name: "macro",
        takes: "NAME",
        says: "run a macro of the configuration on what is selected or marked",
        read: |state, words| a_macro(state, words.text),
        offers: |state, text| {
            let macros = state.settings.macros.iter();
            beginning(text, macros.map(|made| made.name.as_str()))
        },
    },
    Row {
        name: "hunt",
        takes: "KQL",
        says: "run a query, or the hunt of the configuration of this name",
        read: |_, words| match words.text {
            "" => Err("what for? write a query, or the name of a hunt".to_owned()),
            text => Ok((Does::Hunt(text.to_owned()), String::new())),
        },
        offers: |state, text| {
            let hunts = state.settings.hunts.iter();
            beginning(text, hunts.map(|own| own.name.as_str()))
        },
    },
    Row {
        name: "profile",
        takes: "NAME",
        says: "go to another profile of the configuration",
        read: |state, words| profile(state, words.text),
        offers: |state, text| {
            let profiles = state.settings.profiles.iter();
            beginning(text, profiles.map(String::as_str))
        },
    },
    Row {
        name: "alerts list",
        takes: "[--filter TEXT]",
        says: "the same as `filter`",
        read: alerts_list,
        offers: |_, text| beginning(text, ["--filter "].into_iter()),
    },
    Row {
        name: "alerts get",
        takes: "ID",
        says: "select the alert of this id and read it",
        read: |state, words| alerts_get(state, words.text),
        offers: |_, _| Vec::new(),
    },
    Row {
        name: "handover",
        takes: "[DURATION]",
        says: "the report of the shift, of the last 8h or of this time",
        read: |_, words| handover(words.text),
        offers: |_, text| beginning(text, ["4h", "8h", "12h"].into_iter()),
    },
    Row {
        name: "keys",
        takes: "",
        says: "keys of this pane and all others",
        read: |_, words| match words.text {
            "" => Ok((Does::Action(Action::OpenHelp), String::new())),
            _ => Err(only_there(words)),
        },
        offers: |_, _| Vec::new(),
    },
];

/// What only the command line does.
pub const ELSEWHERE: &[&str] = &[
    "login",
    "logout",
    "token decode",
    "alerts update",
    "devices get",
    "devices isolate",
    "devices release",
    "devices scan",
    "devices restrict",
    "devices unrestrict",
    "devices collect",
    "devices quarantine",
    "devices actions",
    "devices package",
    "watch",
    "audit show",
    "audit verify",
    "doctor",
    "config init",
    "config path",
    "config show",
    "demo",
    "simulate",
    "completions",
    "man",
];

const GROUPS: [(&str, GroupBy); 5] = [
    ("title", GroupBy::Title),
    ("incident", GroupBy::Incident),
    ("device", GroupBy::Device),
    ("user", GroupBy::User),
    ("nothing", GroupBy::Nothing),
];

const PIECES: [(&str, HandOut); 9] = [
    ("id", HandOut::CopyId),
    ("hash", HandOut::CopyHash),
    ("command", HandOut::CopyCommand),
    ("device", HandOut::CopyDevice),
    ("user", HandOut::CopyUser),
    ("query", HandOut::CopyQuery),
    ("link", HandOut::CopyLink),
    ("summary", HandOut::CopySummary),
    ("curl", HandOut::CopyCurl),
];

const FORMATS: [(&str, Format, HandOut); 3] = [
    ("csv", Format::Csv, HandOut::AsCsv),
    ("ndjson", Format::Ndjson, HandOut::AsNdjson),
    ("markdown", Format::Markdown, HandOut::AsMarkdown),
];

/// Ways to go on that are offered.
const OFFERED: usize = 20;

/// The commands by name; a name alone goes on to be typed.
pub(super) fn entries(state: &State) -> Vec<Entry> {
    let entries = COMMANDS.iter().map(|row| {
        // What takes nothing, or may, is done at once; the others are gone on with.
        let is_whole = row.takes.is_empty() || row.takes == "[DURATION]";
        let words = Words {
            before: row.name,
            text: "",
        };
        let does = is_whole.then(|| (row.read)(state, &words).ok()).flatten();
        Entry {
            name: format!("{} {}", row.name, row.takes).trim_end().to_owned(),
            text: if is_whole {
                row.name.to_owned()
            } else {
                format!("{} ", row.name)
            },
            says: row.says.to_owned(),
            keys: String::new(),
            refusal: None,
            does: does.map_or(Does::Type, |(does, _)| does),
        }
    });
    entries.collect()
}

/// What is to be typed elsewhere.
pub(super) fn elsewhere() -> Vec<Entry> {
    let entries = ELSEWHERE.iter().map(|name| Entry {
        name: (*name).to_owned(),
        text: (*name).to_owned(),
        says: String::new(),
        keys: String::new(),
        refusal: Some(format!("runs on the command line: `vigie {name}`")),
        does: Does::Type,
    });
    entries.collect()
}

/// What a text means that begins with the name of a command, and ways to go on; none
/// while no name is whole.
pub(super) fn typed(state: &State, text: &str) -> Option<Vec<Entry>> {
    let line = text.trim_start();
    // As it stands on the command line.
    let line = line.strip_prefix("vigie ").map_or(line, str::trim_start);
    let rest_of = |name: &str| line.strip_prefix(name).filter(|rest| rest.starts_with(' '));
    if let Some((row, rest)) = COMMANDS
        .iter()
        .find_map(|row| Some((row, rest_of(row.name)?)))
    {
        let rest = rest.trim_start();
        let before = text.strip_suffix(rest).unwrap_or(text);
        return Some(meant(state, row, before, rest));
    }
    let mut names = ELSEWHERE.iter();
    names.find(|name| rest_of(name).is_some())?;
    Some(vec![Entry {
        name: shown(line.trim_end()).into_owned(),
        text: text.to_owned(),
        says: String::new(),
        keys: String::new(),
        refusal: Some(format!(
            "runs on the command line: `vigie {}`",
            shown(line.trim_end())
        )),
        does: Does::Type,
    }])
}

fn meant(state: &State, row: &Row, before: &str, rest: &str) -> Vec<Entry> {
    let entry = |rest: &str, name: String| {
        let words = Words {
            before,
            text: rest.trim_end(),
        };
        let (does, says, refusal) = match (row.read)(state, &words) {
            Ok((does, says)) => (does, says, None),
            Err(why) => (Does::Type, String::new(), Some(why)),
        };
        Entry {
            name,
            text: format!("{before}{rest}"),
            says,
            keys: String::new(),
            refusal,
            does,
        }
    };
    let mut entries = vec![entry(rest, row.name.to_owned())];
    for offer in (row.offers)(state, rest).into_iter().take(OFFERED) {
        let whole = offer.text.trim_end();
        if whole == rest.trim_end() {
            continue;
        }
        let mut entry = entry(&offer.text, format!("  {}", shown(whole)));
        entry.says = offer.says;
        if entry.refusal.take().is_some() {
            // Not whole yet: chosen, it is gone on with.
            entry.does = Does::Type;
        }
        entries.push(entry);
    }
    entries
}

/// A filter error, at its column of the whole line.
fn at_column(words: &Words<'_>, error: &QueryError) -> String {
    let column = words.before.chars().count() + error.column;
    format!("column {column}: {}", error.message)
}

fn filter(_: &State, words: &Words<'_>) -> Meaning {
    match Query::parse(words.text) {
        Ok(_) if words.text.is_empty() => {
            Ok((Does::Filter(String::new()), "show everything".to_owned()))
        }
        Ok(_) => Ok((
            Does::Filter(words.text.to_owned()),
            "show only what this lets through".to_owned(),
        )),
        Err(error) => Err(at_column(words, &error)),
    }
}

fn a_macro(state: &State, name: &str) -> Meaning {
    if let Some(why) = macros::refusal(state) {
        return Err(why.to_owned());
    }
    match macros::named(state, name) {
        Some(made) => Ok((Does::Macro(made.name.clone()), made.says("me"))),
        None if name.is_empty() => Err("which one? `m` shows all".to_owned()),
        None => Err(format!("no macro is called `{}`", shown(name))),
    }
}

fn terms(state: &State, text: &str) -> Vec<Offer> {
    let completions = complete(text, text.chars().count(), &state.book);
    let offers = completions.into_iter().map(|one| Offer::of(one.text));
    offers.collect()
}

/// `8h`, or as on the command line `--since 8h`.
fn handover(text: &str) -> Meaning {
    let text = text.strip_prefix("--since").unwrap_or(text).trim();
    let back = match text {
        "" => SHIFT,
        text => parse_duration(text).map_err(|error| error.to_string())?,
    };
    let says = format!("the report of the last {}", show_duration(back));
    Ok((Does::Handover(back), says))
}

fn criteria(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|letter: char| letter == ',' || letter.is_whitespace());
    words.filter(|word| !word.is_empty())
}

fn sort(text: &str) -> Meaning {
    let words: Vec<&str> = criteria(text).collect();
    let known = SortBy::ALL.map(SortBy::word).join("`, `");
    if let Some(unknown) = words.iter().find(|word| Order::read(word).is_none()) {
        return Err(format!("`{}` is not one of `{known}`", shown(unknown)));
    }
    if words.len() > DEPTH {
        return Err(format!("{DEPTH} criteria are the most"));
    }
    match Order::read(&words.join(",")) {
        Some(order) => {
            let says = format!("sort by {}", order.words());
            Ok((Does::Sort(order), says))
        }
        None => Err(format!("say by what: `{known}`")),
    }
}

/// The word that is begun, or one more.
fn next_criterion(text: &str) -> Vec<Offer> {
    let begun = text.rsplit([',', ' ']).next().unwrap_or_default();
    let kept = text.strip_suffix(begun).unwrap_or_default();
    if criteria(kept).count() >= DEPTH {
        return Vec::new();
    }
    let words = SortBy::ALL.into_iter().map(SortBy::word);
    words
        .filter(|word| word.starts_with(begun) && criteria(kept).all(|used| used != *word))
        .map(|word| Offer::of(format!("{kept}{word}")))
        .collect()
}

fn group(text: &str) -> Meaning {
    let (_, by) = one_of(text, &GROUPS, |(word, _)| word)?;
    Ok((Does::Group(*by), "group the list so".to_owned()))
}

fn copy(state: &State, text: &str) -> Meaning {
    let (_, action) = one_of(text, &PIECES, |(word, _)| word)?;
    match hand_out::refusal(state, *action) {
        Some(why) => Err(why.to_owned()),
        None => Ok((
            Does::Action(Action::HandOut(*action)),
            "copy it through the terminal".to_owned(),
        )),
    }
}

fn export(state: &State, text: &str) -> Meaning {
    let words = split(text)?;
    let format = words.first().map_or("", String::as_str);
    let (_, format, action) = one_of(format, &FORMATS, |(word, ..)| word)?;
    if let Some(why) = hand_out::refusal(state, *action) {
        return Err(why.to_owned());
    }
    match words.get(1..).unwrap_or_default() {
        [] => Ok((
            Does::Action(Action::HandOut(*action)),
            "asks for the file".to_owned(),
        )),
        [path] if !path.trim().is_empty() => Ok((
            Does::Export(*format, path.trim().to_owned()),
            format!("write {}", shown(path)),
        )),
        _ => Err("one file is written: put quotes around a name with blanks".to_owned()),
    }
}

fn profile(state: &State, text: &str) -> Meaning {
    let known = &state.settings.profiles;
    if text == state.settings.profile {
        return Err("it is the one you see".to_owned());
    }
    if known.iter().all(|name| name != text) {
        let known = shown(&known.join("`, `")).into_owned();
        return Err(match (known.as_str(), text) {
            ("", _) => "the configuration has no profiles".to_owned(),
            (known, "") => format!("say which: `{known}`"),
            (known, text) => format!("`{}` is not one of `{known}`", shown(text)),
        });
    }
    let says = "go to this profile; this one keeps its place".to_owned();
    Ok((Does::Profile(text.to_owned()), says))
}

fn alerts_list(state: &State, words: &Words<'_>) -> Meaning {
    let mut arguments = split(words.text)?.into_iter();
    let mut query = String::new();
    while let Some(argument) = arguments.next() {
        query = match argument.strip_prefix("--filter") {
            Some("") => arguments
                .next()
                .ok_or_else(|| "`--filter` needs a text".to_owned())?,
            Some(given) if given.starts_with('=') => given.trim_start_matches('=').to_owned(),
            Some(_) | None => return Err(only_there(words)),
        };
    }
    match Query::parse(&query) {
        Ok(_) => filter(
            state,
            &Words {
                before: words.before,
                text: &query,
            },
        ),
        // Quotes are gone by now: its own column is of the text in them.
        Err(error) => Err(format!("in the filter, {error}")),
    }
}

fn alerts_get(state: &State, text: &str) -> Meaning {
    let mut words = split(text)?.into_iter();
    let (Some(id), None) = (words.next(), words.next()) else {
        return Err("say the id of one alert".to_owned());
    };
    let known = AlertId::new(&id).and_then(|id| Some((state.book.key_of(&id)?, id)));
    let Some((key, id)) = known else {
        return Err(format!(
            "it is not among the alerts that are loaded: `vigie alerts get {}` asks the service",
            shown(&id)
        ));
    };
    if state.book.place_of(key).is_none() {
        return Err("the filter hides it: `filter` without a text shows everything".to_owned());
    }
    Ok((Does::Read(id), "select it and read it".to_owned()))
}

/// Words as a shell takes them apart.
fn split(text: &str) -> Result<Vec<String>, String> {
    shell_words::split(text).map_err(|_open| "a quote is open: close it".to_owned())
}

fn only_there(words: &Words<'_>) -> String {
    let line = format!("{}{}", words.before.trim_start(), words.text);
    let line = line.strip_prefix("vigie ").unwrap_or(&line);
    format!("runs on the command line: `vigie {}`", shown(line.trim()))
}

fn one_of<'a, T>(text: &str, rows: &'a [T], word: fn(&T) -> &str) -> Result<&'a T, String> {
    if let Some(row) = rows.iter().find(|row| word(row) == text) {
        return Ok(row);
    }
    let known: Vec<&str> = rows.iter().map(word).collect();
    let known = known.join("`, `");
    Err(if text.is_empty() {
        format!("say which: `{known}`")
    } else {
        format!("`{}` is not one of `{known}`", shown(text))
    })
}

fn beginning<'a>(text: &str, words: impl Iterator<Item = &'a str>) -> Vec<Offer> {
    let words = words.filter(|word| word.starts_with(text));
    words.map(Offer::of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_criterion_is_begun_or_added() {
        let texts = |text: &str| -> Vec<String> {
            let offers = next_criterion(text).into_iter();
            offers.map(|offer| offer.text).collect()
        };
        assert_eq!(texts("s"), ["sla", "sev", "status"]);
        assert_eq!(texts("sev,s"), ["sev,sla", "sev,status"]);
        assert!(texts("sev,sla,dev,").is_empty());
    }

    #[test]
    fn words_of_an_order_are_those_of_the_head() {
        let words = |text: &str| match sort(text) {
            Ok((Does::Sort(order), _)) => order.words(),
            other => format!("{other:?}"),
        };
        assert_eq!(words("sev,sla"), "sev,sla");
        assert_eq!(words("sev, sla dev"), "sev,sla,dev");
        assert!(sort("").is_err_and(|why| why.starts_with("say by what")));
        assert!(sort("sev,colour").is_err_and(|why| why.contains("`colour` is not one of")));
        assert!(sort("sla,sev,dev,user").is_err_and(|why| why.contains("are the most")));
    }

    #[test]
    fn each_name_is_whole_before_another_begins_with_it() {
        let names: Vec<&str> = COMMANDS.iter().map(|row| row.name).collect();
        for name in names.iter().chain(ELSEWHERE) {
            let longer = format!("{name} ");
            let others = names.iter().chain(ELSEWHERE);
            assert_eq!(others.filter(|other| other.starts_with(&longer)).count(), 0);
        }
    }
}
