//! Which profile is in force.

use crate::config::error::ConfigError;
use crate::config::file::File;
use crate::config::settings::Environment;
use crate::config::settings::Flags;
use crate::config::settings::Origin;
use crate::config::settings::PROFILE;
use crate::config::settings::Sourced;
use crate::config::settings::variable;

/// What the profile is called where none is written down or chosen.
const USUAL: &str = "default";

/// The name of the profile: the chosen one, else the only one, else `default`.
pub(super) fn chosen(
    flags: &Flags,
    environment: &Environment<'_>,
    file: &File,
) -> Result<Sourced<String>, ConfigError> {
    let known = || file.profiles.keys().cloned().collect();
    let flag = flags.profile.clone().map(|name| (name, Origin::Flag));
    let asked = flag
        .or_else(|| {
            let name = variable(environment, PROFILE.variable)?;
            Some((name, Origin::Environment(PROFILE.variable)))
        })
        .or_else(|| Some((file.profile.clone()?, Origin::File)));
    if let Some((name, origin)) = asked {
        // `default` is what everyone has, even before writing a file.
        let exists =
            file.profiles.contains_key(&name) || (name == USUAL && file.profiles.is_empty());
        if exists {
            return Ok(Sourced::new(name, origin));
        }
        let known = known();
        return Err(ConfigError::UnknownProfile {
            name,
            origin,
            known,
        });
    }
    let mut names = file.profiles.keys();
    match (names.next(), names.next()) {
        (Some(only), None) => Ok(Sourced::default(only.clone())),
        (Some(_), Some(_)) if !file.profiles.contains_key(USUAL) => {
            Err(ConfigError::NoProfileChosen { known: known() })
        }
        _ => Ok(Sourced::default(USUAL.to_owned())),
    }
}
