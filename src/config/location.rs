//! Where the configuration file is.

use std::path::Path;
use std::path::PathBuf;

use directories::ProjectDirs;

use crate::config::error::ConfigError;
use crate::config::settings::Environment;
use crate::config::settings::Flags;
use crate::config::settings::variable;

/// The path of the file, whether it exists or not: `vigie config path`.
pub fn path(flags: &Flags, environment: &Environment<'_>) -> Result<PathBuf, ConfigError> {
    match named(flags, environment) {
        Some(path) => Ok(path),
        None => usual(environment).ok_or(ConfigError::NoFolder),
    }
}

/// The file somebody named; it has to exist.
pub(super) fn named(flags: &Flags, environment: &Environment<'_>) -> Option<PathBuf> {
    flags
        .config
        .clone()
        .or_else(|| variable(environment, "VIGIE_CONFIG"))
        .map(PathBuf::from)
}

fn usual(environment: &Environment<'_>) -> Option<PathBuf> {
    let file = |folder: &Path| folder.join("vigie").join("config.toml");
    // A relative one is to be ignored, says the specification of these folders.
    let chosen = variable(environment, "XDG_CONFIG_HOME")
        .map(PathBuf::from)
        .filter(|folder| folder.is_absolute());
    if let Some(folder) = chosen {
        return Some(file(&folder));
    }
    if cfg!(any(target_os = "macos", windows)) {
        return ProjectDirs::from("", "", "vigie")
            .map(|dirs| dirs.config_dir().join("config.toml"));
    }
    home(environment).map(|home| file(&home.join(".config")))
}

/// The folder for what vigie keeps for the next time, if one can be found.
pub fn state_folder(environment: &Environment<'_>) -> Option<PathBuf> {
    let chosen = variable(environment, "XDG_STATE_HOME")
        .map(PathBuf::from)
        .filter(|folder| folder.is_absolute());
    if let Some(folder) = chosen {
        return Some(folder.join("vigie"));
    }
    if cfg!(any(target_os = "macos", windows)) {
        return ProjectDirs::from("", "", "vigie").map(|dirs| dirs.data_local_dir().join("state"));
    }
    home(environment).map(|home| home.join(".local/state/vigie"))
}

/// The operator's own folder.
pub(super) fn home(environment: &Environment<'_>) -> Option<PathBuf> {
    variable(environment, "HOME")
        .or_else(|| variable(environment, "USERPROFILE"))
        .map(PathBuf::from)
        .filter(|home| home.is_absolute())
}
