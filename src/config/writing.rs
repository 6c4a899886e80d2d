//! Writes the configuration file: the template with what was given switched on.
//!
//! Never over another file, never half a file, never one that would be refused.

use std::fs;
use std::fs::DirBuilder;
use std::fs::OpenOptions;
use std::io;
use std::io::Write;
use std::path::Path;
use std::path::PathBuf;

use crate::config::choices::AuthMethod;
use crate::config::choices::Choice;
use crate::config::error::ConfigError;
use crate::config::file::File;
use crate::config::resolve::Config;
use crate::config::settings;
use crate::config::settings::Flags;
use crate::config::settings::Origin;
use crate::config::template::TEMPLATE;
use crate::config::words;

/// The profile a template is for.
const USUAL: &str = "default";

/// Why a text cannot be the value of a setting that is asked for.
pub fn refusal(key: &str, text: &str) -> Option<String> {
    let read = match key {
        "tenant" => words::tenant(text).map(drop),
        "client_id" => words::client_id(text).map(drop),
        "auth" => AuthMethod::named(text).map(drop),
        _ => words::line(text).map(drop),
    };
    read.err()
}

/// Whether there is room for a new file at `path`.
pub fn vacant(path: &Path) -> Result<(), ConfigError> {
    if path.as_os_str().is_empty() {
        return Err(ConfigError::NoFolder);
    }
    // A link that leads nowhere is something too.
    match path.symlink_metadata() {
        Ok(_) => Err(ConfigError::Exists {
            path: path.to_owned(),
        }),
        Err(_) => Ok(()),
    }
}

/// Checks what was given, and writes the file with it for its owner alone.
pub fn init(path: &Path, given: &Flags) -> Result<(), ConfigError> {
    vacant(path)?;
    let text = text(path, given)?;
    write(path, &text).map_err(|source| match source.kind() {
        io::ErrorKind::AlreadyExists => ConfigError::Exists {
            path: path.to_owned(),
        },
        _ => ConfigError::Unwritable {
            path: path.to_owned(),
            source,
        },
    })
}

/// The text of the file, once it is sure that it will be accepted.
fn text(path: &Path, given: &Flags) -> Result<String, ConfigError> {
    let name = given.profile.as_deref().unwrap_or(USUAL);
    words::line(name).map_err(|reason| ConfigError::Value {
        setting: settings::PROFILE.key,
        origin: Origin::Flag,
        reason,
    })?;
    let alone = Flags {
        profile: None,
        ..given.clone()
    };
    let settle = |flags: &Flags, file: Option<File>| {
        Config::settle(flags, &|_: &str| None, path.to_owned(), file)
    };
    // First by itself: a complaint then names the command line.
    settle(&alone, None)?;
    let text = filled(name, &values(given));
    settle(&Flags::default(), Some(File::parse(&text, path)?))?;
    Ok(text)
}

/// What was given, by key, as it is written in the file.
fn values(given: &Flags) -> Vec<(&'static str, String)> {
    // Relative paths in the file start at the file, those of the command line here.
    let whole = |path: &Option<String>| {
        let path = path.as_ref()?;
        let whole = std::path::absolute(path).unwrap_or_else(|_| PathBuf::from(path));
        Some(whole.display().to_string())
    };
    let texts = [
        (settings::LOG_FILE, whole(&given.log_file)),
        (settings::TENANT, given.tenant.clone()),
        (settings::CLIENT_ID, given.client_id.clone()),
        (settings::AUTH, given.auth.clone()),
        (settings::USERNAME, given.username.clone()),
        (settings::SERVICE, given.service.clone()),
        (settings::CLOUD, given.cloud.clone()),
        (settings::REGION, given.region.clone()),
        (settings::AUTHORITY, given.authority.clone()),
        (settings::API, given.api.clone()),
        (settings::RESOURCE, given.resource.clone()),
        (settings::CERTIFICATE, whole(&given.client_certificate)),
        (settings::CA_FILE, whole(&given.ca_file)),
        (settings::POLL, given.poll.clone()),
    ];
    let mut values: Vec<_> = texts
        .into_iter()
        .filter_map(|(setting, value)| Some((setting.key, quoted(&value?))))
        .collect();
    if let Some(port) = &given.redirect_port {
        // A number stands without quotes; it was found good before.
        values.push((settings::REDIRECT_PORT.key, port.clone()));
    }
    if given.read_only {
        values.push((settings::READ_ONLY.key, "true".to_owned()));
    }
    values
}

/// The template for a profile, with each value at its commented place.
fn filled(profile: &str, values: &[(&str, String)]) -> String {
    let lines = TEMPLATE.lines().map(|line| {
        let mut values = values.iter();
        if let Some((key, value)) = values.find(|(key, _)| commented(line) == Some(key)) {
            return format!("{key} = {value}\n");
        }
        if line == "[profiles.default]" {
            return format!("[profiles.{}]\n", bare_or_quoted(profile));
        }
        format!("{line}\n")
    });
    lines.collect()
}

/// The key that a line of the template shows switched off.
fn commented(line: &str) -> Option<&str> {
    let (key, _) = line.strip_prefix('#')?.split_once(" = ")?;
    (!key.starts_with(' ')).then_some(key)
}

fn bare_or_quoted(name: &str) -> String {
    let bare = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_');
    if name.chars().all(bare) {
        name.to_owned()
    } else {
        quoted(name)
    }
}

/// A text of TOML. The rules of the settings let no control character through.
fn quoted(value: &str) -> String {
    let escaped = value.replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{escaped}\"")
}

/// Whole under another name first, then under its own.
fn write(path: &Path, text: &str) -> io::Result<()> {
    let mut folders = DirBuilder::new();
    folders.recursive(true);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        use std::os::unix::fs::OpenOptionsExt;
        folders.mode(0o700);
        options.mode(0o600);
    }
    if let Some(folder) = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        folders.create(folder)?;
    }
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{}.new", std::process::id()));
    let draft = PathBuf::from(name);
    let mut file = options.open(&draft)?;
    let written = file
        .write_all(text.as_bytes())
        .and_then(|()| file.sync_all())
        .and_then(|()| settle_at(&draft, path));
    drop(file);
    if written.is_err() {
        // The reason is told already, and it is the one that counts.
        fs::remove_file(&draft).unwrap_or_default();
    }
    written
}

/// Gives the file its own name, unless there is another one by now.
fn settle_at(draft: &Path, path: &Path) -> io::Result<()> {
    match fs::hard_link(draft, path) {
        Ok(()) => fs::remove_file(draft),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
        // Some file systems know no second names.
        Err(_) if path.symlink_metadata().is_ok() => Err(io::ErrorKind::AlreadyExists.into()),
        Err(_) => fs::rename(draft, path),
    }
}

#[cfg(test)]
mod tests {
    #![expect(
        clippy::unwrap_used,
        reason = "a test that cannot write its file has failed"
    )]

    use super::*;

    fn every_flag() -> Flags {
        let some = |text: &str| Some(text.to_owned());
        Flags {
            config: None,
            profile: some("night shift"),
            tenant: some("contoso.com"),
            client_id: some("app"),
            auth: some("password"),
            username: some("o\"ps\\1@contoso.com"),
            service: some("defender"),
            cloud: some("commercial"),
            region: some("eu"),
            authority: some("https://login.example"),
            api: some("https://api.example"),
            resource: some("https://api.example/"),
            redirect_port: some("8400"),
            client_certificate: some("/etc/vigie.pem"),
            ca_file: some("/etc/ca.pem"),
            poll: some("1m"),
            read_only: true,
            log_file: some("/var/log/vigie.log"),
        }
    }

    fn folder(name: &str) -> PathBuf {
        std::env::temp_dir().join(format!("vigie-writing-{name}-{}", std::process::id()))
    }

    #[test]
    fn every_flag_is_written_at_its_place_and_read_back() {
        let text = text(Path::new("/etc/c.toml"), &every_flag()).unwrap();
        let file = File::parse(&text, Path::new("/etc/c.toml")).unwrap();
        let none = |_: &str| None;
        let path = PathBuf::from("/etc/c.toml");
        let config = Config::settle(&Flags::default(), &none, path, Some(file)).unwrap();
        let rows = config.rows();
        let unset: Vec<_> = rows
            .iter()
            .filter(|row| row.origin == Origin::Default)
            .map(|row| row.name.as_str())
            .collect();
        assert_eq!(
            unset,
            [
                "profile",
                "password",
                "client_secret",
                "token_command",
                "respond",
                "respond_api",
                "respond_resource",
                "sources",
                "scopes",
                "remember",
                "late_high",
                "late_medium",
                "late_low",
                "late_informational",
                "hold",
                "respond_most",
                "notify",
                "notify_severity",
                "quiet",
                "window_title",
                "hook_command",
                "theme",
                "box",
                "mouse"
            ],
            "every flag has a line in the template"
        );
        assert_eq!(config.profile.value, "night shift");
        let username = config.username.value.unwrap();
        assert_eq!(username, "o\"ps\\1@contoso.com");
        assert!(text.contains("# Id or domain of the tenant.\ntenant = \"contoso.com\"\n"));
    }

    #[test]
    fn without_anything_given_it_is_the_template() {
        let text = text(Path::new("c.toml"), &Flags::default()).unwrap();
        assert_eq!(text, TEMPLATE);
    }

    #[test]
    fn what_would_be_refused_is_not_written() {
        let path = folder("refused").join("c.toml");
        let mut flags = every_flag();
        flags.tenant = Some("a/b".to_owned());
        let error = init(&path, &flags).unwrap_err().to_string();
        assert!(
            error.starts_with("`tenant` from the command line: "),
            "{error}"
        );
        flags = every_flag();
        flags.cloud = Some("gcc".to_owned());
        assert!(init(&path, &flags).is_err(), "a region outside its cloud");
        flags = every_flag();
        flags.profile = Some("a\nb".to_owned());
        assert!(init(&path, &flags).is_err());
        assert!(!path.exists() && !path.parent().unwrap().exists());
    }

    #[test]
    fn the_file_is_for_its_owner_alone_and_written_once() {
        let folder = folder("once");
        let path = folder.join("vigie/config.toml");
        init(&path, &every_flag()).unwrap();
        let before = fs::read_to_string(&path).unwrap();
        let again = init(&path, &Flags::default());
        assert!(matches!(again, Err(ConfigError::Exists { .. })));
        let error = write(&path, "late").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read_to_string(&path).unwrap(), before);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
            assert_eq!(mode(&path), 0o600);
            assert_eq!(mode(path.parent().unwrap()), 0o700);
        }
        let left: Vec<_> = fs::read_dir(path.parent().unwrap()).unwrap().collect();
        assert_eq!(left.len(), 1, "{left:?}");
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn what_is_asked_for_is_checked_by_its_rule() {
        assert_eq!(refusal("tenant", "contoso.com"), None);
        for (key, text) in [
            ("tenant", "a b"),
            ("client_id", ""),
            ("auth", "magic"),
            ("username", "\u{7}"),
        ] {
            assert!(refusal(key, text).is_some(), "{key}");
        }
    }
}
