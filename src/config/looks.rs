//! What the screen looks like: theme, roles, lines, and whether the mouse is ours.
//!
//! The same for every profile, since it is about the terminal and the person at it.

use std::fmt;

use ratatui::style::Style;
use toml::Spanned;
use toml::de::DeValue;

use crate::config::choices::Choice;
use crate::config::error::Complaint;
use crate::config::error::ConfigError;
use crate::config::file::Misfit;
use crate::config::file::at;
use crate::config::file::text;
use crate::config::rows::Row;
use crate::config::rows::row;
use crate::config::settings::BOX;
use crate::config::settings::Environment;
use crate::config::settings::MOUSE;
use crate::config::settings::Origin;
use crate::config::settings::Setting;
use crate::config::settings::Sourced;
use crate::config::settings::THEME;
use crate::config::settings::variable;
use crate::domain::nearest::nearest_to;
use crate::domain::setting;
use crate::domain::text::repeated;
use crate::theme::BuiltIn;
use crate::theme::Depth;
use crate::theme::Role;
use crate::theme::Strokes;
use crate::theme::Theme;
use crate::theme::look;
use crate::theme::look::LookError;

/// What lines are drawn with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Boxes {
    /// As the locale allows.
    Auto,
    Unicode,
    Ascii,
}

impl Boxes {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Unicode => "unicode",
            Self::Ascii => "ascii",
        }
    }
}

impl Choice for Boxes {
    const NAMES: &'static [(&'static str, Self)] = &[
        (Self::Auto.name(), Self::Auto),
        (Self::Unicode.name(), Self::Unicode),
        (Self::Ascii.name(), Self::Ascii),
    ];
}

impl fmt::Display for Boxes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Choice for BuiltIn {
    const NAMES: &'static [(&'static str, Self)] = &[
        (Self::Terminal.name(), Self::Terminal),
        (Self::Dark.name(), Self::Dark),
        (Self::Light.name(), Self::Light),
        (Self::HighContrast.name(), Self::HighContrast),
        (Self::Mono.name(), Self::Mono),
    ];
}

/// A role with a look of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleChange {
    pub role: Role,
    /// Its name.
    pub name: &'static str,
    /// As written.
    pub look: String,
    pub style: Style,
}

/// What the file says.
#[derive(Debug, Default)]
pub(super) struct Written {
    pub(super) theme: Option<BuiltIn>,
    pub(super) boxes: Option<Boxes>,
    pub(super) mouse: Option<bool>,
    pub(super) roles: Vec<RoleChange>,
}

/// What is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Looks {
    pub theme: Sourced<BuiltIn>,
    pub boxes: Sourced<Boxes>,
    pub mouse: Sourced<bool>,
    pub roles: Vec<RoleChange>,
}

impl Looks {
    pub(super) fn settle(
        environment: &Environment<'_>,
        written: &Written,
    ) -> Result<Self, ConfigError> {
        let mut theme = given(environment, THEME, BuiltIn::named, written.theme)?
            .unwrap_or(Sourced::default(BuiltIn::default()));
        let mut roles = written.roles.clone();
        if variable(environment, NO_COLOR).is_some() {
            // Whoever asks for no colour at all does not mean to make exceptions.
            theme = Sourced::new(BuiltIn::Mono, Origin::Environment(NO_COLOR));
            roles.clear();
        }
        Ok(Self {
            theme,
            boxes: given(environment, BOX, Boxes::named, written.boxes)?
                .unwrap_or(Sourced::default(Boxes::Auto)),
            mouse: given(environment, MOUSE, setting::switch, written.mouse)?
                .unwrap_or(Sourced::default(false)),
            roles,
        })
    }

    /// The theme for the terminal that the environment describes.
    pub fn drawn(&self, environment: &Environment<'_>) -> Theme {
        let said = |name| variable(environment, name).unwrap_or_default();
        let strokes = match self.boxes.value {
            Boxes::Auto if is_utf8(environment) => Strokes::Unicode,
            Boxes::Unicode => Strokes::Unicode,
            Boxes::Auto | Boxes::Ascii => Strokes::Ascii,
        };
        Theme::new(
            self.theme.value,
            self.roles.iter().map(|change| (change.role, change.style)),
            Depth::promised(&said("COLORTERM"), &said("TERM")),
            strokes,
        )
    }

    pub(super) fn rows(&self) -> Vec<Row> {
        let mut rows = vec![
            row(THEME, &self.theme, |theme| theme.name().to_owned()),
            row(BOX, &self.boxes, ToString::to_string),
            row(MOUSE, &self.mouse, ToString::to_string),
        ];
        rows.extend(self.roles.iter().map(|change| Row {
            name: format!("roles.{}", change.name),
            value: repeated(&change.look),
            origin: Origin::File,
        }));
        rows
    }
}

const NO_COLOR: &str = "NO_COLOR";

fn given<T: Copy>(
    environment: &Environment<'_>,
    setting: Setting,
    read: impl Fn(&str) -> Result<T, String>,
    written: Option<T>,
) -> Result<Option<Sourced<T>>, ConfigError> {
    let Some(text) = variable(environment, setting.variable) else {
        return Ok(written.map(|value| Sourced::new(value, Origin::File)));
    };
    let origin = Origin::Environment(setting.variable);
    match read(&text) {
        Ok(value) => Ok(Some(Sourced::new(value, origin))),
        Err(reason) => Err(ConfigError::Value {
            setting: setting.key,
            origin,
            reason,
        }),
    }
}

/// The strongest variable that is set tells the locale; none is the one of 1970, but
/// on systems that know no other than UTF-8.
fn is_utf8(environment: &Environment<'_>) -> bool {
    let names = ["LC_ALL", "LC_CTYPE", "LANG"];
    let locale = names
        .into_iter()
        .find_map(|name| variable(environment, name));
    match locale {
        Some(locale) => {
            let locale = locale.to_ascii_lowercase();
            locale.contains("utf-8") || locale.contains("utf8")
        }
        None => cfg!(any(target_os = "macos", windows)),
    }
}

/// One word of a few, in the file.
pub(super) fn choice<T: Choice>(
    key: &'static str,
    value: &Spanned<DeValue<'_>>,
) -> Result<T, Misfit> {
    let word = text(key, value)?;
    T::named(&word).map_err(|_reason| {
        let known = || T::NAMES.iter().map(|(name, _)| *name);
        at(
            value,
            Complaint::NoChoice {
                key,
                word: repeated(&word),
                known: known().collect(),
                nearest: nearest_to(&word.to_lowercase(), known()),
            },
        )
    })
}

/// One line of the `[roles]` table.
pub(super) fn role(
    key: &Spanned<std::borrow::Cow<'_, str>>,
    value: &Spanned<DeValue<'_>>,
) -> Result<RoleChange, Misfit> {
    let written = key.get_ref().as_ref();
    let mut all = Role::ALL.into_iter();
    let Some((role, name)) = all.find(|(_, name)| *name == written) else {
        return Err(at(
            key,
            Complaint::UnknownRole {
                role: repeated(written),
                nearest: nearest_to(&written.to_lowercase(), roles().into_iter()),
            },
        ));
    };
    let look = text(name, value)?;
    let style = look::parse(&look).map_err(|error| {
        let unknown = match &error {
            LookError::Unknown(word) => Some(word),
            LookError::Twice | LookError::Nothing | LookError::Empty => None,
        };
        let reason = unknown.map_or_else(
            || error.to_string(),
            |word| format!("`{}` is neither a colour nor a modifier", repeated(word)),
        );
        let nearest = unknown.and_then(|word| nearest_to(&word.to_lowercase(), look::words()));
        at(
            value,
            Complaint::Look {
                role: name,
                reason,
                nearest,
            },
        )
    })?;
    Ok(RoleChange {
        role,
        name,
        look,
        style,
    })
}

/// The names of all roles.
pub(super) fn roles() -> Vec<&'static str> {
    Role::ALL.into_iter().map(|(_, name)| name).collect()
}

#[cfg(test)]
mod tests {
    #![expect(
        clippy::unwrap_used,
        reason = "a test that cannot read its input has failed"
    )]

    use std::path::Path;
    use std::path::PathBuf;

    use super::*;
    use crate::config::file::File;
    use crate::config::resolve::Config;
    use crate::config::settings::Flags;
    use crate::domain::alert::Severity;

    fn looks(file: &str, variables: &[(&str, &str)]) -> Result<Looks, ConfigError> {
        let path = PathBuf::from("c.toml");
        let file = File::parse(file, &path)?;
        let environment = environment(variables);
        Ok(Config::settle(&Flags::default(), &environment, path, Some(file))?.looks)
    }

    fn environment(variables: &[(&str, &str)]) -> impl Fn(&str) -> Option<String> {
        move |name: &str| {
            let mut known = variables.iter();
            let (_, value) = known.find(|(known, _)| *known == name)?;
            Some((*value).to_owned())
        }
    }

    const FILE: &str = "theme = 'dark'\nbox = 'ascii'\nmouse = true\n[roles]\n\
                        severity-high = 'bold #ff5555'\nmuted = 'cyan'";

    #[test]
    fn the_file_says_what_it_looks_like_and_no_color_says_it_louder() {
        let high = Role::Severity(Severity::High);
        let found = looks(FILE, &[]).unwrap();
        assert!(found.mouse.value);
        let rich = environment(&[("COLORTERM", "truecolor")]);
        let theme = found.drawn(&rich);
        assert_eq!(theme.style(high), look::parse("bold #ff5555").unwrap());
        assert_eq!(theme.strokes(), Strokes::Ascii);
        let poor = environment(&[("TERM", "xterm-256color")]);
        let lowered = found.drawn(&poor).style(high).fg;
        assert_eq!(lowered, Some(ratatui::style::Color::Indexed(203)));

        let found = looks(FILE, &[("NO_COLOR", "1"), ("VIGIE_THEME", "light")]).unwrap();
        assert_eq!(found.theme.value, BuiltIn::Mono);
        assert_eq!(found.theme.origin, Origin::Environment("NO_COLOR"));
        let plain = Theme::new(BuiltIn::Mono, [], Depth::Millions, Strokes::Ascii);
        assert_eq!(found.drawn(&rich), plain);
        let shown: Vec<(String, String)> = looks(FILE, &[("NO_COLOR", "")])
            .unwrap()
            .rows()
            .into_iter()
            .map(|row| (row.name, row.value))
            .collect();
        let expected = [
            ("theme", "dark"),
            ("box", "ascii"),
            ("mouse", "true"),
            ("roles.muted", "cyan"),
            ("roles.severity-high", "bold #ff5555"),
        ];
        assert_eq!(
            shown,
            expected.map(|(name, value)| (name.to_owned(), value.to_owned()))
        );
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn lines_are_drawn_as_the_locale_allows() {
        for (variables, strokes) in [
            (vec![("LANG", "en_US.UTF-8")], Strokes::Unicode),
            (vec![("LANG", "de_DE.utf8")], Strokes::Unicode),
            (vec![("LC_ALL", "C"), ("LANG", "C.UTF-8")], Strokes::Ascii),
            (vec![("LC_ALL", ""), ("LANG", "C.UTF-8")], Strokes::Unicode),
            (vec![], Strokes::Ascii),
        ] {
            let found = looks("", &variables).unwrap();
            let theme = found.drawn(&environment(&variables));
            assert_eq!(theme.strokes(), strokes, "{variables:?}");
            let told = looks("box = 'unicode'", &variables).unwrap();
            let theme = told.drawn(&environment(&variables));
            assert_eq!(theme.strokes(), Strokes::Unicode);
        }
    }

    #[test]
    fn what_cannot_be_used_is_said_with_its_line_and_the_nearest_name() {
        for (file, message, remedy) in [
            (
                "theme = 'darck'",
                "`c.toml` line 1: `theme`: `darck` is not one of `terminal`, `dark`, `light`, `high-contrast`, `mono`",
                "did you mean `dark`?",
            ),
            (
                "box = 'asci'",
                "`c.toml` line 1: `box`: `asci` is not one of `auto`, `unicode`, `ascii`",
                "did you mean `ascii`?",
            ),
            (
                "[roles]\nseverity-hihg = 'red'",
                "`c.toml` line 2: there is no role `severity-hihg`",
                "did you mean `severity-high`?",
            ),
            (
                "[roles]\n\nmuted = 'bold ceyan'",
                "`c.toml` line 3: the look of `muted`: `ceyan` is neither a colour nor a modifier",
                "did you mean `cyan`?",
            ),
            (
                "[roles]\nmuted = '#12345\\u{1b}'",
                "`c.toml` line 2: the look of `muted`: `#12345\\u{1b}` is neither a colour nor a modifier",
                "a look is made of `plain`, `bold`,",
            ),
            (
                "[roles]\nbackground = 'red'",
                "`c.toml` line 2: there is no role `background`",
                "roles are `text`, `muted`,",
            ),
            (
                "mouse = 1",
                "`c.toml` line 1: `mouse` is a number: it has to be `true` or `false`",
                "",
            ),
        ] {
            let error = File::parse(file, Path::new("c.toml")).unwrap_err();
            assert_eq!(error.to_string(), message);
            let found = error.remedy().unwrap_or_default();
            assert!(found.starts_with(remedy), "{found}");
        }
        let error = looks("", &[("VIGIE_THEME", "drak")]).unwrap_err();
        assert!(error.to_string().contains("`VIGIE_THEME`"), "{error}");
    }
}
