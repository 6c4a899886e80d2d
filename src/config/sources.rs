//! Asks the places a value can come from, in order.

use std::path::Path;
use std::path::PathBuf;

use crate::config::choices::Choice;
use crate::config::error::ConfigError;
use crate::config::file::File;
use crate::config::file::Profile;
use crate::config::location;
use crate::config::resolve::SecretSource;
use crate::config::settings::Environment;
use crate::config::settings::Flags;
use crate::config::settings::LOG_FILE;
use crate::config::settings::Origin;
use crate::config::settings::Setting;
use crate::config::settings::Sourced;
use crate::config::settings::variable;
use crate::config::words;
use crate::domain::setting;

/// Everything that was said, with one profile chosen.
pub(super) struct Sources<'a> {
    flags: &'a Flags,
    environment: &'a Environment<'a>,
    file: &'a File,
    name: &'a str,
    /// None where the profile is only a name.
    profile: Option<&'a Profile>,
    /// Of the file: where relative paths in it start.
    folder: &'a Path,
}

impl<'a> Sources<'a> {
    pub(super) fn new(
        flags: &'a Flags,
        environment: &'a Environment<'a>,
        path: &'a Path,
        file: &'a File,
        name: &'a str,
    ) -> Self {
        Self {
            flags,
            environment,
            file,
            name,
            profile: file.profiles.get(name),
            folder: path.parent().unwrap_or(path),
        }
    }

    /// A text that `read` accepts, if one was given.
    pub(super) fn read<T>(
        &self,
        flag: impl Fn(&Flags) -> &Option<String>,
        setting: Setting,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Result<Option<Sourced<T>>, ConfigError> {
        let Some(Sourced { value, origin }) = self.text(flag, setting) else {
            return Ok(None);
        };
        match read(&value) {
            Ok(value) => Ok(Some(Sourced::new(value, origin))),
            Err(reason) => Err(refused(setting, origin, reason)),
        }
    }

    /// The same where nothing is a value too.
    pub(super) fn optional<T>(
        &self,
        flag: impl Fn(&Flags) -> &Option<String>,
        setting: Setting,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Result<Sourced<Option<T>>, ConfigError> {
        self.read(flag, setting, read).map(Sourced::optional)
    }

    /// One word of a few.
    pub(super) fn choice<T: Choice>(
        &self,
        flag: impl Fn(&Flags) -> &Option<String>,
        setting: Setting,
    ) -> Result<Option<Sourced<T>>, ConfigError> {
        self.read(flag, setting, T::named)
    }

    /// A path. In the file, `~/` is the operator's folder and a relative path starts
    /// at the file, since nobody knows from where `vigie` will be started.
    pub(super) fn path(
        &self,
        flag: impl Fn(&Flags) -> &Option<String>,
        setting: Setting,
    ) -> Result<Sourced<Option<PathBuf>>, ConfigError> {
        let Some(given) = self.read(flag, setting, words::line)? else {
            return Ok(Sourced::default(None));
        };
        let written = match given.origin {
            Origin::Profile(_) | Origin::File => self.path_written(&given.value),
            Origin::Flag | Origin::Environment(_) | Origin::Included(_) | Origin::Default => {
                Some(given.value.into())
            }
        };
        match written {
            Some(path) => Ok(Sourced::new(Some(path), given.origin)),
            None => Err(refused(
                setting,
                given.origin,
                "`~` means nothing here: `HOME` is not set".to_owned(),
            )),
        }
    }

    fn path_written(&self, written: &str) -> Option<PathBuf> {
        match written.strip_prefix("~/") {
            Some(rest) => location::home(self.environment).map(|home| home.join(rest)),
            None => Some(self.folder.join(written)),
        }
    }

    /// A switch. Its flag, where there is one, can only switch it on.
    pub(super) fn switch(
        &self,
        flag: bool,
        setting: Setting,
    ) -> Result<Sourced<bool>, ConfigError> {
        if flag {
            return Ok(Sourced::new(true, Origin::Flag));
        }
        if let Some(text) = variable(self.environment, setting.variable) {
            let origin = Origin::Environment(setting.variable);
            return match setting::switch(&text) {
                Ok(on) => Ok(Sourced::new(on, origin)),
                Err(reason) => Err(refused(setting, origin, reason)),
            };
        }
        let written = self
            .profile
            .and_then(|profile| profile.switches.get(setting.key));
        Ok(match written {
            Some(on) => Sourced::new(*on, self.origin()),
            None => Sourced::default(false),
        })
    }

    /// Where a secret is found. The variable is only looked at, not kept.
    pub(super) fn secret(&self, setting: Setting) -> Sourced<SecretSource> {
        let name = setting.variable;
        if variable(self.environment, name).is_some() {
            return Sourced::new(SecretSource::Variable(name), Origin::Environment(name));
        }
        let command = self
            .profile
            .and_then(|known| known.commands.get(setting.key));
        match command {
            Some(command) => Sourced::new(SecretSource::Command(command.clone()), self.origin()),
            None => Sourced::default(SecretSource::Ask),
        }
    }

    /// A program and its arguments, from the profile alone.
    pub(super) fn command(&self, setting: Setting) -> Sourced<Option<Vec<String>>> {
        let command = self
            .profile
            .and_then(|known| known.commands.get(setting.key));
        Sourced::optional(command.map(|command| Sourced::new(command.clone(), self.origin())))
    }

    /// A list of words, from the profile alone, each of which `read` accepts.
    pub(super) fn list(
        &self,
        setting: Setting,
        read: impl Fn(&str) -> Result<String, String>,
    ) -> Result<Sourced<Vec<String>>, ConfigError> {
        let Some(words) = self.profile.and_then(|known| known.lists.get(setting.key)) else {
            return Ok(Sourced::default(Vec::new()));
        };
        let words: Result<Vec<String>, String> = words.iter().map(|word| read(word)).collect();
        match words {
            Ok(words) => Ok(Sourced::new(words, self.origin())),
            Err(reason) => Err(refused(setting, self.origin(), reason)),
        }
    }

    fn text(
        &self,
        flag: impl Fn(&Flags) -> &Option<String>,
        setting: Setting,
    ) -> Option<Sourced<String>> {
        if let Some(value) = flag(self.flags) {
            return Some(Sourced::new(value.clone(), Origin::Flag));
        }
        if let Some(value) = variable(self.environment, setting.variable) {
            return Some(Sourced::new(value, Origin::Environment(setting.variable)));
        }
        if setting.key == LOG_FILE.key {
            let value = self.file.log_file.clone()?;
            return Some(Sourced::new(value, Origin::File));
        }
        let value = self.profile?.texts.get(setting.key)?;
        Some(Sourced::new(value.clone(), self.origin()))
    }

    fn origin(&self) -> Origin {
        Origin::Profile(self.name.to_owned())
    }
}

fn refused(setting: Setting, origin: Origin, reason: String) -> ConfigError {
    ConfigError::Value {
        setting: setting.key,
        origin,
        reason,
    }
}
