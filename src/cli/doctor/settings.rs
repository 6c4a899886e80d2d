//! The configuration: whether it is whole, and whether others can get at it.

use std::fs::File;

use crate::cli::doctor::report::Check;
use crate::cli::doctor::report::State;
use crate::cli::sign_in;
use crate::config::Config;
use crate::domain::service::Service;
use crate::domain::text::repeated;
use jiff::Timestamp;

/// Variables that hold secrets.
const SECRETS: [&str; 2] = ["VIGIE_PASSWORD", "VIGIE_CLIENT_SECRET"];

/// Whether there is enough to sign in with.
pub fn configuration(config: &Config) -> Check {
    const NAME: &str = "configuration";
    let profile = format!("profile `{}`", repeated(&config.profile.value));
    let place = if config.file_found {
        format!("{}, {profile}", config.path.display())
    } else {
        format!("no file, {profile}")
    };
    if config.nothing_set() {
        return Check::new(
            NAME,
            State::Fail(2),
            format!("nothing is configured yet ({place})"),
        )
        .help("`vigie config init` sets up your own tenant; `vigie demo` needs none");
    }
    let missing = config.sign_in_missing();
    if !missing.is_empty() {
        let missing = format!("{place}: sign-in needs `{}`", missing.join("`, `"));
        return Check::new(NAME, State::Fail(2), missing)
            .help("set it in the file, the environment or on the command line; `vigie config show` tells what is set");
    }
    if let Some(path) = &config.ca_file.value
        && let Err(error) = File::open(path)
    {
        let message = format!("`ca_file` `{}` cannot be read ({error})", path.display());
        return Check::new(NAME, State::Fail(2), message)
            .help("name a file with certificates in PEM form");
    }
    let method = format!("{place}, signs in by `{}`", config.auth.value);
    if config.file_found {
        Check::ok(NAME, method)
    } else {
        Check::ok(NAME, format!("{method}; all settings come from elsewhere"))
    }
}

pub const SERVICE: &str = "service";

/// Which service the alerts come from, and until when it lasts as far as was announced.
pub fn service(config: &Config, now: Timestamp) -> Check {
    let told = sign_in::services(config, now);
    match Service::of(sign_in::api(config)).end {
        Some(end) => {
            let state = if end.is_near(now) {
                State::Warn
            } else {
                State::Ok
            };
            Check::new(SERVICE, state, told).help(format!(
                "set `service = \"{}\"` before that day",
                end.successor
            ))
        }
        None => Check::ok(SERVICE, told),
    }
}

/// Who else can read or change the file.
pub fn file_mode(config: &Config) -> Check {
    const NAME: &str = "file-mode";
    if !config.file_found {
        return Check::skip(NAME, "there is no file");
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        match config.path.metadata() {
            Ok(metadata) => mode(metadata.permissions().mode())
                .unwrap_or_else(|check| check.help(format!("chmod 600 {}", config.path.display()))),
            Err(error) => Check::warn(NAME, format!("the mode cannot be told ({error})")),
        }
    }
    #[cfg(not(unix))]
    Check::skip(NAME, "files have no mode here")
}

/// What the mode of the file says; the second kind is to be mended.
#[cfg(unix)]
fn mode(mode: u32) -> Result<Check, Check> {
    const NAME: &str = "file-mode";
    let mode = mode & 0o777;
    let shown = format!("{mode:04o}");
    if mode & 0o022 != 0 {
        // It names programs that are run.
        let words = format!("{shown}: others can change the file, and the programs it runs");
        return Err(Check::warn(NAME, words));
    }
    if mode & 0o044 != 0 {
        return Err(Check::warn(
            NAME,
            format!("{shown}: others can read the file"),
        ));
    }
    Ok(Check::ok(NAME, format!("{shown}: for its owner alone")))
}

/// Secrets that every child process inherits, by name.
pub fn secrets(variable: &dyn Fn(&str) -> Option<String>) -> Check {
    const NAME: &str = "secrets";
    let set: Vec<&str> = SECRETS
        .into_iter()
        .filter(|name| variable(name).is_some_and(|value| !value.is_empty()))
        .collect();
    if set.is_empty() {
        return Check::ok(NAME, "none in the environment");
    }
    Check::ok(
        NAME,
        format!("in the environment: `{}` (not shown)", set.join("`, `")),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(unix)]
    fn a_file_that_others_get_at_is_warned_of() {
        assert!(mode(0o100_600).is_ok());
        assert!(mode(0o400).is_ok());
        for (bits, words) in [
            (0o644, "0644: others can read"),
            (0o640, "0640: others can read"),
            (0o666, "0666: others can change"),
            (0o620, "0620: others can change"),
        ] {
            let check = mode(bits).err();
            let message = check.map(|check| check.message).unwrap_or_default();
            assert!(message.starts_with(words), "{message}");
        }
    }

    #[test]
    fn secrets_are_named_and_never_shown() {
        let set = |name: &str| (name == "VIGIE_PASSWORD").then(|| "hunter2".to_owned());
        let check = secrets(&set);
        assert!(check.message.contains("`VIGIE_PASSWORD`"));
        assert!(!check.message.contains("hunter2") && !check.message.contains("CLIENT"));
        let empty = secrets(&|_| Some(String::new()));
        assert_eq!(empty.message, "none in the environment");
    }
}
