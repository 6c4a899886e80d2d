//! The shape of the file: what is known, what is refused, and on which line.
//!
//! Values are only checked for their kind here; what they mean is for the others.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::path::PathBuf;

use toml::Spanned;
use toml::de::DeTable;
use toml::de::DeValue;

use crate::config::error::Complaint;
use crate::config::error::ConfigError;
use crate::config::error::Place;
use crate::config::hunts;
use crate::config::location;
use crate::config::looks;
use crate::config::macros;
use crate::config::settings::BOX;
use crate::config::settings::COMMANDS;
use crate::config::settings::Environment;
use crate::config::settings::LISTS;
use crate::config::settings::LOG_FILE;
use crate::config::settings::MOUSE;
use crate::config::settings::NUMBERS;
use crate::config::settings::Origin;
use crate::config::settings::PROFILE;
use crate::config::settings::SWITCHES;
use crate::config::settings::Setting;
use crate::config::settings::TEXTS;
use crate::config::settings::THEME;
use crate::config::views;
use crate::config::views::Configured;
use crate::config::views::Include;
use crate::domain::decision::macros::CloseNotes;
use crate::domain::nearest::nearest;
use crate::domain::text::repeated;

const TOP: [&str; 13] = [
    PROFILE.key,
    LOG_FILE.key,
    THEME.key,
    BOX.key,
    MOUSE.key,
    views::INCLUDE,
    "roles",
    "keys",
    views::KEY,
    macros::KEY,
    macros::NOTES,
    hunts::KEY,
    "profiles",
];

/// Keys people write when they mean to leave a secret in the file.
const SECRETS: &[(&str, &str)] = &[
    ("password", "password_command"),
    ("passwd", "password_command"),
    ("client_secret", "client_secret_command"),
    ("secret", "client_secret_command"),
];

/// The file as written.
#[derive(Debug, Default)]
#[expect(
    clippy::struct_field_names,
    reason = "the names are those of the keys in the file"
)]
pub(super) struct File {
    pub(super) profile: Option<String>,
    pub(super) log_file: Option<String>,
    pub(super) looks: looks::Written,
    pub(super) keys: BTreeMap<String, Vec<String>>,
    pub(super) include: Vec<Include>,
    pub(super) views: Vec<Configured>,
    pub(super) macros: Vec<macros::Configured>,
    pub(super) close_notes: CloseNotes,
    pub(super) hunts: Vec<hunts::Configured>,
    pub(super) profiles: BTreeMap<String, Profile>,
}

/// One `[profiles.NAME]` table.
#[derive(Debug, Default)]
pub(super) struct Profile {
    pub(super) texts: BTreeMap<&'static str, String>,
    pub(super) commands: BTreeMap<&'static str, Vec<String>>,
    pub(super) lists: BTreeMap<&'static str, Vec<String>>,
    pub(super) switches: BTreeMap<&'static str, bool>,
}

impl File {
    /// Reads and checks the file.
    pub(super) fn read(path: &Path) -> Result<Self, ConfigError> {
        let unreadable = |source| ConfigError::Unreadable {
            path: path.to_owned(),
            source,
        };
        let bytes = std::fs::read(path).map_err(unreadable)?;
        let text = String::from_utf8(bytes)
            .map_err(|error| unreadable(io::Error::new(io::ErrorKind::InvalidData, error)))?;
        Self::parse(&text, path)
    }

    /// Checks the text of a file; the path is for the messages.
    pub(super) fn parse(text: &str, path: &Path) -> Result<Self, ConfigError> {
        table(text, path, Self::of)
    }

    /// Reads the files that this one, found at `path`, includes.
    pub(super) fn include(
        &mut self,
        path: &Path,
        environment: &Environment<'_>,
    ) -> Result<(), ConfigError> {
        let folder = path.parent().unwrap_or(path);
        for include in &self.include {
            let home = location::home(environment);
            let included = views::path(&include.written, folder, home);
            let included = included.unwrap_or_else(|| PathBuf::from(&include.written));
            let text = views::read(&included).map_err(|source| {
                // Read again for the place alone: this is the way of a mistake.
                let text = std::fs::read_to_string(path).unwrap_or_default();
                let (line, column) = position(&text, include.offset);
                ConfigError::Included {
                    path: path.to_owned(),
                    line,
                    column,
                    included: included.clone(),
                    source,
                }
            })?;
            let found = table(&text, &included, views::of_included)?;
            let origin = Origin::Included(include.written.clone());
            views::add(&mut self.views, found.views, &origin);
            macros::add(&mut self.macros, found.macros, &origin);
            hunts::add(&mut self.hunts, found.hunts, &origin);
        }
        Ok(())
    }
}

/// Reads a text as TOML and makes something of it.
fn table<T>(
    text: &str,
    path: &Path,
    of: impl Fn(&DeTable<'_>) -> Result<T, Misfit>,
) -> Result<T, ConfigError> {
    let table = DeTable::parse(text).map_err(|error| {
        let (line, column) = position(text, error.span().map_or(0, |span| span.start));
        // Only the message: the error's own display repeats the line, whatever it holds.
        ConfigError::Syntax {
            path: path.to_owned(),
            line,
            column,
            message: error.message().replace('\n', ", "),
        }
    })?;
    of(table.get_ref()).map_err(|(offset, complaint)| ConfigError::Entry {
        path: path.to_owned(),
        line: position(text, offset).0,
        column: position(text, offset).1,
        complaint,
    })
}

impl File {
    fn of(table: &DeTable<'_>) -> Result<Self, Misfit> {
        let mut file = Self::default();
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "profile" => file.profile = Some(text(PROFILE.key, value)?),
                "log_file" => file.log_file = Some(text(LOG_FILE.key, value)?),
                "theme" => file.looks.theme = Some(looks::choice(THEME.key, value)?),
                "box" => file.looks.boxes = Some(looks::choice(BOX.key, value)?),
                "mouse" => file.looks.mouse = Some(truth(MOUSE.key, value)?),
                "roles" => {
                    for (role, look) in members("roles", value)? {
                        file.looks.roles.push(looks::role(role, look)?);
                    }
                }
                "keys" => {
                    for (action, keys) in members("keys", value)? {
                        let action = action.get_ref().to_string();
                        let keys =
                            texts(&action, keys, "a list of keys, such as `[\"j\", \"down\"]`")?;
                        file.keys.insert(action, keys);
                    }
                }
                "profiles" => {
                    for (name, value) in members("profiles", value)? {
                        let place = Place::Profile(name.get_ref().to_string());
                        let profile = Profile::of(members(name.get_ref(), value)?, &place)?;
                        file.profiles.insert(name.get_ref().to_string(), profile);
                    }
                }
                views::INCLUDE => file.include = views::includes(value)?,
                views::KEY => views::add(&mut file.views, views::tables(value)?, &Origin::File),
                macros::KEY => {
                    macros::add(&mut file.macros, macros::tables(value)?, &Origin::File);
                }
                hunts::KEY => {
                    hunts::add(&mut file.hunts, hunts::tables(value)?, &Origin::File);
                }
                macros::NOTES => file.close_notes = macros::close_notes(value)?,
                unknown => return Err(at(key, stranger(unknown, Place::Top))),
            }
        }
        Ok(file)
    }
}

impl Profile {
    fn of(table: &DeTable<'_>, place: &Place) -> Result<Self, Misfit> {
        let mut profile = Self::default();
        for (key, value) in table {
            let name = key.get_ref().as_ref();
            let is_called = |setting: &&Setting| setting.key == name;
            if let Some(setting) = TEXTS.iter().find(is_called) {
                profile.texts.insert(setting.key, text(setting.key, value)?);
            } else if let Some(setting) = COMMANDS.iter().find(is_called) {
                profile
                    .commands
                    .insert(setting.key, command(setting.key, value)?);
            } else if let Some(setting) = LISTS.iter().find(is_called) {
                let words = texts(setting.key, value, "a list of texts")?;
                profile.lists.insert(setting.key, words);
            } else if let Some(setting) = NUMBERS.iter().find(is_called) {
                let number = value.get_ref().as_integer();
                let refused = || shape(name, value, "a whole number");
                let number = number.ok_or_else(refused)?.as_str().to_owned();
                profile.texts.insert(setting.key, number);
            } else if let Some(setting) = SWITCHES.iter().find(is_called) {
                let on = truth(setting.key, value)?;
                profile.switches.insert(setting.key, on);
            } else {
                return Err(at(key, stranger(name, place.clone())));
            }
        }
        Ok(profile)
    }
}

/// What is wrong, and where the text has it.
pub(super) type Misfit = (usize, Complaint);

pub(super) fn at<T>(spanned: &Spanned<T>, complaint: Complaint) -> Misfit {
    (spanned.span().start, complaint)
}

fn profile_keys() -> impl Iterator<Item = &'static str> {
    let kinds = [TEXTS, COMMANDS, LISTS, NUMBERS, SWITCHES];
    kinds.into_iter().flatten().map(|setting| setting.key)
}

/// What to say of a key that is not known where it stands.
pub(super) fn stranger(key: &str, place: Place) -> Complaint {
    let mut secrets = SECRETS.iter();
    if let Some((_, instead)) = secrets.find(|(secret, _)| *secret == key) {
        return Complaint::Secret {
            key: key.to_owned(),
            instead,
        };
    }
    let (known, elsewhere): (Vec<&str>, Vec<&str>) = match &place {
        Place::Top => (TOP.to_vec(), profile_keys().collect()),
        Place::Profile(_) => (profile_keys().collect(), TOP.to_vec()),
        Place::View => (views::KEYS.to_vec(), Vec::new()),
        Place::Macro => (macros::KEYS.to_vec(), Vec::new()),
        Place::Hunt => (hunts::KEYS.to_vec(), Vec::new()),
        Place::Included => (
            vec![views::KEY, macros::KEY, hunts::KEY],
            TOP.into_iter().chain(profile_keys()).collect(),
        ),
    };
    if let Some(key) = elsewhere.into_iter().find(|known| *known == key) {
        return Complaint::Misplaced { key, place };
    }
    Complaint::UnknownKey {
        key: repeated(key),
        place,
        nearest: nearest(key, known.into_iter()),
    }
}

pub(super) fn shape(key: &str, value: &Spanned<DeValue<'_>>, expected: &'static str) -> Misfit {
    let found = match value.get_ref() {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "a truth value",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    };
    let key = repeated(key);
    at(
        value,
        Complaint::Shape {
            key,
            found,
            expected,
        },
    )
}

fn truth(key: &str, value: &Spanned<DeValue<'_>>) -> Result<bool, Misfit> {
    let refused = || shape(key, value, "`true` or `false`");
    value.get_ref().as_bool().ok_or_else(refused)
}

pub(super) fn text(key: &str, value: &Spanned<DeValue<'_>>) -> Result<String, Misfit> {
    let text = value.get_ref().as_str();
    let text = text.ok_or_else(|| shape(key, value, "a text in quotes"))?;
    Ok(text.to_owned())
}

fn texts(
    key: &str,
    value: &Spanned<DeValue<'_>>,
    expected: &'static str,
) -> Result<Vec<String>, Misfit> {
    let refused = || shape(key, value, expected);
    let list = value.get_ref().as_array().ok_or_else(refused)?;
    list.iter()
        .map(|item| {
            item.get_ref()
                .as_str()
                .map(str::to_owned)
                .ok_or_else(refused)
        })
        .collect()
}

/// A program and its arguments.
fn command(key: &'static str, value: &Spanned<DeValue<'_>>) -> Result<Vec<String>, Misfit> {
    if value.get_ref().is_str() {
        return Err(at(value, Complaint::Shell { key }));
    }
    let expected = "a list of texts: the program, then its arguments";
    let command = texts(key, value, expected)?;
    if command.first().is_none_or(String::is_empty) {
        return Err(shape(key, value, expected));
    }
    Ok(command)
}

pub(super) fn members<'a, 'i>(
    key: &str,
    value: &'a Spanned<DeValue<'i>>,
) -> Result<&'a DeTable<'i>, Misfit> {
    let table = value.get_ref().as_table();
    table.ok_or_else(|| shape(key, value, "a table"))
}

/// Line and column of an offset, both counted from one.
pub(super) fn position(text: &str, offset: usize) -> (usize, usize) {
    let before = text
        .split_at_checked(offset)
        .map_or(text, |(before, _)| before);
    let column = before
        .chars()
        .rev()
        .take_while(|letter| *letter != '\n')
        .count();
    (before.matches('\n').count() + 1, column + 1)
}

#[cfg(test)]
mod tests {
    #![expect(
        clippy::unwrap_used,
        reason = "a test that cannot read its input has failed"
    )]

    use super::*;

    fn refused(text: &str) -> (String, Option<String>) {
        let error = File::parse(text, Path::new("c.toml")).unwrap_err();
        (error.to_string(), error.remedy())
    }

    #[test]
    fn everything_known_is_read() {
        let text = "\u{feff}profile = 'a'\r\nlog_file = 'l'\r\n[keys]\r\ndown = ['e']\r\n\
                    [profiles.a]\r\ntenant = 't'\r\nread_only = true\r\npassword_command = ['p', 'q']";
        let file = File::parse(text, Path::new("c.toml")).unwrap();
        assert_eq!(file.profile.as_deref(), Some("a"));
        assert_eq!(file.log_file.as_deref(), Some("l"));
        assert_eq!(file.keys.get("down").unwrap(), &["e"]);
        let profile = file.profiles.get("a").unwrap();
        assert_eq!(profile.texts.get("tenant").unwrap(), "t");
        assert_eq!(
            profile.commands.get("password_command").unwrap(),
            &["p", "q"]
        );
        assert_eq!(profile.switches.get("read_only"), Some(&true));
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line() {
        let cases = [
            (
                "tennant = 1",
                "`c.toml` line 1: unknown key `tennant` at the top of the file",
            ),
            (
                "\n[profiles.a]\ntennant = 't'",
                "`c.toml` line 3: unknown key `tennant` in profile `a`",
            ),
            (
                "tenant = 't'",
                "`c.toml` line 1: the key `tenant` does not stand at the top of the file",
            ),
            (
                "[profiles.a]\nprofile = 'a'",
                "`c.toml` line 2: the key `profile` does not stand in profile `a`",
            ),
            (
                "[profiles.a]\npassword = 'hunter2'",
                "`c.toml` line 2: `password` is a secret, and secrets are never in the file: use `password_command`",
            ),
            (
                "[profiles.a]\nclient_secret = 'hunter2'",
                "`c.toml` line 2: `client_secret` is a secret, and secrets are never in the file: use `client_secret_command`",
            ),
            (
                "[profiles.a]\npassword_command = 'echo hunter2'",
                "`c.toml` line 2: `password_command` is one text: it has to be a list of texts, since no shell cuts the command up",
            ),
            (
                "[profiles.a]\npassword_command = []",
                "`c.toml` line 2: `password_command` is a list: it has to be a list of texts: the program, then its arguments",
            ),
            (
                "[profiles.a]\npoll = 30",
                "`c.toml` line 2: `poll` is a number: it has to be a text in quotes",
            ),
            (
                "[profiles.a]\nread_only = 'yes'",
                "`c.toml` line 2: `read_only` is a text: it has to be `true` or `false`",
            ),
            (
                "[keys]\ndown = 'e'",
                "`c.toml` line 2: `down` is a text: it has to be a list of keys, such as `[\"j\", \"down\"]`",
            ),
            (
                "profiles = 1",
                "`c.toml` line 1: `profiles` is a number: it has to be a table",
            ),
        ];
        for (text, message) in cases {
            assert_eq!(refused(text).0, message);
        }
    }

    #[test]
    fn a_syntax_error_says_where_and_never_repeats_the_line() {
        let (message, _) = refused("[profiles.a]\npassword = 'hunter2");
        assert!(
            message.starts_with("could not read `c.toml`: line 2, column "),
            "{message}"
        );
        assert!(
            !message.contains("hunter2") && !message.contains('\n'),
            "{message}"
        );
        let (message, _) = refused("a = 1\na = 2");
        assert_eq!(
            message,
            "could not read `c.toml`: line 2, column 1: duplicate key"
        );
    }

    #[test]
    fn the_remedy_is_what_to_write() {
        let cases = [
            ("profil = 'a'", Some("did you mean `profile`?")),
            (
                "[profiles.a]\nclient-id = 'a'",
                Some("did you mean `client_id`?"),
            ),
            ("[profiles.a]\nwhatever = 'a'", None),
            (
                "tenant = 't'",
                Some("move `tenant` into a `[profiles.NAME]` table"),
            ),
            (
                "[profiles.a]\nlog_file = 't'",
                Some("move `log_file` to the top of the file, before the first `[...]` line"),
            ),
        ];
        for (text, remedy) in cases {
            assert_eq!(refused(text).1.as_deref(), remedy, "{text}");
        }
    }
}
