//! What wins over what, and what is refused, from the places to the settings in force.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot read its input has failed"
)]

use std::path::PathBuf;

use crate::config::choices::AuthMethod;
use crate::config::error::ConfigError;
use crate::config::file::File;
use crate::config::resolve::Config;
use crate::config::resolve::SecretSource;
use crate::config::settings::Flags;
use crate::config::settings::Origin;
use crate::config::settings::Sourced;

/// Variables, file, and the sentence they are refused with.
type Refused<'a> = (&'a [(&'a str, &'a str)], &'a str, &'a str);

const FILE: &str = r#"
    profile = "work"
    log_file = "logs/vigie.log"
    [keys]
    down = ["e"]
    [profiles.work]
    tenant = "work.example"
    client_id = "app"
    cloud = "gcc"
    poll = "1m"
    read_only = true
    ca_file = "~/ca.pem"
    password_command = ["pass", "show", "hunter2"]
    redirect_port = 8400
    scopes = ["Alert.Read", "Machine.Read"]
    remember = true
    client_certificate = "vigie.pem"
    [profiles.home]
    tenant = "home.example"
    region = "eu"
"#;

fn load(flags: &Flags, variables: &[(&str, &str)], file: &str) -> Result<Config, ConfigError> {
    let path = PathBuf::from("/etc/vigie/config.toml");
    let file = (!file.is_empty()).then(|| File::parse(file, &path));
    let environment = |name: &str| {
        let mut known = variables.iter();
        let (_, value) = known.find(|(known, _)| *known == name)?;
        Some((*value).to_owned())
    };
    Config::settle(flags, &environment, path, file.transpose()?)
}

fn flags(change: impl Fn(&mut Flags)) -> Flags {
    let mut flags = Flags::default();
    change(&mut flags);
    flags
}

fn shown(config: &Config, name: &str) -> (String, Origin) {
    let mut rows = config.rows().into_iter();
    let row = rows.find(|row| row.name == name).unwrap();
    (row.value, row.origin)
}

#[test]
fn without_anything_the_defaults_hold() {
    let config = load(&Flags::default(), &[], "").unwrap();
    for row in config.rows() {
        assert_eq!(row.origin, Origin::Default, "{}", row.name);
    }
    let expected = [
        ("profile", "default"),
        ("tenant", ""),
        ("auth", "browser"),
        ("password", ""),
        ("service", "defender"),
        ("cloud", "commercial"),
        ("region", ""),
        ("authority", "https://login.microsoftonline.com"),
        ("api", "https://api.securitycenter.microsoft.com"),
        ("resource", "https://api.securitycenter.microsoft.com"),
        ("poll", "30s"),
        ("late_high", "30m"),
        ("late_informational", "4h"),
        ("hold", "5s"),
        ("respond_most", "5"),
        ("read_only", "false"),
        ("redirect_port", ""),
        ("scopes", ""),
        ("remember", "false"),
        ("log_file", ""),
    ];
    for (name, value) in expected {
        assert_eq!(shown(&config, name).0, value, "{name}");
    }
    assert!(!config.file_found);
    assert!(config.nothing_set());
    assert_eq!(config.sign_in_missing(), ["tenant", "client_id"]);
}

#[test]
fn a_flag_beats_the_environment_and_the_environment_the_profile() {
    let variables = [
        ("VIGIE_TENANT", "env.example"),
        ("VIGIE_POLL", "2m"),
        ("VIGIE_LATE_LOW", "1d"),
        ("VIGIE_CLIENT_ID", ""),
        ("VIGIE_READ_ONLY", "0"),
        ("VIGIE_PASSWORD", "hunter2"),
        ("HOME", "/home/ops"),
    ];
    let flags = flags(|flags| flags.tenant = Some("flag.example".to_owned()));
    let config = load(&flags, &variables, FILE).unwrap();
    let work = Origin::Profile("work".to_owned());
    let expected = [
        ("profile", "work", Origin::File),
        ("tenant", "flag.example", Origin::Flag),
        ("client_id", "app", work.clone()),
        ("poll", "2m", Origin::Environment("VIGIE_POLL")),
        ("late_low", "1d", Origin::Environment("VIGIE_LATE_LOW")),
        ("read_only", "false", Origin::Environment("VIGIE_READ_ONLY")),
        ("password", "set", Origin::Environment("VIGIE_PASSWORD")),
        ("redirect_port", "8400", work.clone()),
        ("scopes", "Alert.Read Machine.Read", work.clone()),
        ("remember", "true", work.clone()),
        ("client_certificate", "/etc/vigie/vigie.pem", work.clone()),
        ("cloud", "gcc", work),
        ("log_file", "/etc/vigie/logs/vigie.log", Origin::File),
        ("keys.down", "e", Origin::File),
    ];
    for (name, value, origin) in expected {
        assert_eq!(shown(&config, name), (value.to_owned(), origin), "{name}");
    }
    let path = PathBuf::from("/home/ops/ca.pem");
    assert_eq!(config.ca_file.value, Some(path));
    assert!(!config.nothing_set());
}

#[test]
fn no_secret_is_kept_or_shown() {
    let variables = [("VIGIE_CLIENT_SECRET", "hunter3"), ("HOME", "/home/ops")];
    let config = load(&Flags::default(), &variables, FILE).unwrap();
    assert!(!format!("{config:?}").contains("hunter3"));
    assert!(!format!("{:?}", config.rows()).contains("hunter"));
    let expected = SecretSource::Variable("VIGIE_CLIENT_SECRET");
    assert_eq!(config.client_secret.value, expected);
    assert_eq!(shown(&config, "password_command").0, "pass ...");
}

#[test]
fn a_password_at_hand_is_used_unless_told_otherwise() {
    let password = ("VIGIE_PASSWORD", "x");
    let cases: [(&[(&str, &str)], AuthMethod); 4] = [
        (&[], AuthMethod::Browser),
        (&[password], AuthMethod::Password),
        (
            &[password, ("VIGIE_AUTH", "device-code")],
            AuthMethod::DeviceCode,
        ),
        (&[("VIGIE_PASSWORD", "")], AuthMethod::Browser),
    ];
    for (variables, expected) in cases {
        let config = load(&Flags::default(), variables, "").unwrap();
        assert_eq!(config.auth.value, expected);
    }
    let written = "[profiles.a]\npassword_command = [\"pass\"]";
    let config = load(&Flags::default(), &[], written).unwrap();
    assert_eq!(config.auth, Sourced::default(AuthMethod::Password));
    assert_eq!(
        config.sign_in_missing(),
        ["tenant", "client_id", "username"]
    );
}

#[test]
fn addresses_follow_the_service_and_the_cloud_until_they_are_said() {
    let variables = [("VIGIE_SERVICE", "graph"), ("VIGIE_CLOUD", "dod")];
    let flags = flags(|flags| flags.api = Some("http://127.0.0.1:1/".to_owned()));
    let endpoints = load(&flags, &variables, "").unwrap().endpoints();
    assert_eq!(endpoints.authority, "https://login.microsoftonline.us");
    assert_eq!(endpoints.api, "http://127.0.0.1:1");
    assert_eq!(endpoints.resource, "https://dod-graph.microsoft.us");
}

#[test]
fn a_choice_that_cannot_hold_is_refused_with_its_place() {
    let two = "[profiles.a]\n[profiles.b]";
    let cases: [Refused<'_>; 6] = [
        (
            &[("VIGIE_PROFILE", "c")],
            two,
            "there is no profile `c` (asked for by the environment (`VIGIE_PROFILE`)): there are `a`, `b`",
        ),
        (
            &[],
            two,
            "no profile was chosen and none is called `default`: there are `a`, `b`",
        ),
        (
            &[],
            "profile = \"c\"",
            "there is no profile `c` (asked for by the file): the file has no profiles",
        ),
        (
            &[("VIGIE_CLOUD", "gov")],
            "",
            "`cloud` from the environment (`VIGIE_CLOUD`): `gov` is not one of `commercial`, `gcc`, `gcc-high`, `dod`",
        ),
        (
            &[("VIGIE_CLOUD", "gcc"), ("VIGIE_REGION", "eu")],
            "",
            "region `eu` does not exist in cloud `gcc`: only `commercial` has regions",
        ),
        (
            &[],
            "[keys]\ndwon = [\"e\"]",
            "the `[keys]` table of `/etc/vigie/config.toml`: no action is called `dwon`: `vigie keys` lists the names",
        ),
    ];
    for (variables, file, message) in cases {
        let error = load(&Flags::default(), variables, file).unwrap_err();
        assert_eq!(error.to_string(), message);
    }
}

#[test]
fn a_value_that_cannot_be_used_is_refused_with_its_place() {
    let cases: [Refused<'_>; 10] = [
        (
            &[("VIGIE_REDIRECT_PORT", "70000")],
            "",
            "`redirect_port` from the environment (`VIGIE_REDIRECT_PORT`): `70000` is not a port: a number from 0 to 65535",
        ),
        (
            &[],
            "[profiles.a]\nscopes = [\"Alert.Read\", \"a b\"]",
            "`scopes` from the profile `a`: `a b` is not the name of a permission, such as `Alert.Read`",
        ),
        (
            &[],
            "[profiles.a]\nlate_high = \"30s\"",
            "`late_high` from the profile `a`: `30s` is over before anybody sees it: `1m` is the least",
        ),
        (
            &[],
            "[profiles.a]\nnotify_filter = \"sev>=hgh\"",
            "`notify_filter` from the profile `a`: column 6: expected a severity (informational, low, medium, high), found \"hgh\", did you mean \"high\"?",
        ),
        (
            &[],
            "[profiles.a]\nnotify_filter = \"is:open,marked\"",
            "`notify_filter` from the profile `a`: column 9: an alert that has just come has no mark",
        ),
        (
            &[],
            "[profiles.a]\nnotify_filter = \" \"",
            "`notify_filter` from the profile `a`: is empty: leave it out, or write `is:open` for every open alert",
        ),
        (
            &[],
            "[profiles.a]\npoll = \"30\"",
            "`poll` from the profile `a`: `30` has no unit: write `30s`, `30m`, `30h` or `30d`",
        ),
        (
            &[],
            "[profiles.a]\napi = \"http://x.example\"",
            "`api` from the profile `a`: `http://x.example` is not encrypted: use `https://` (`http://` is for a loopback address only)",
        ),
        (
            &[],
            "log_file = \"~/x\"",
            "`log_file` from the file: `~` means nothing here: `HOME` is not set",
        ),
        (
            &[
                ("VIGIE_TENANT", "T.example"),
                ("VIGIE_AUTHORITY", "https://login.example/t.example/"),
            ],
            "",
            "`authority` from the environment (`VIGIE_AUTHORITY`): `https://login.example/t.example` ends in the tenant: leave that out, it is added",
        ),
    ];
    for (variables, file, message) in cases {
        let error = load(&Flags::default(), variables, file).unwrap_err();
        assert_eq!(error.to_string(), message);
    }
}

#[test]
fn the_only_profile_is_taken_and_else_the_usual_one() {
    let cases = [
        ("[profiles.only]", "only"),
        ("[profiles.a]\n[profiles.default]", "default"),
        ("profile = \"b\"\n[profiles.a]\n[profiles.b]", "b"),
        ("profile = \"default\"", "default"),
        ("[keys]", "default"),
    ];
    for (file, expected) in cases {
        let config = load(&Flags::default(), &[], file).unwrap();
        assert_eq!(config.profile.value, expected, "{file}");
    }
}

#[test]
fn only_a_file_that_was_named_has_to_be_there() {
    let nowhere = |name: &str| (name == "XDG_CONFIG_HOME").then(|| "/nowhere".to_owned());
    let config = Config::load(&Flags::default(), &nowhere).unwrap();
    assert_eq!(config.path, PathBuf::from("/nowhere/vigie/config.toml"));
    assert!(!config.file_found);

    let named = flags(|flags| flags.config = Some("/nowhere/vigie.toml".to_owned()));
    let error = Config::load(&named, &nowhere).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("could not read `/nowhere/vigie.toml`")
    );
    assert!(error.remedy().is_some());
}

#[test]
fn what_a_message_repeats_is_short_and_harmless() {
    let long = "\u{e9}".repeat(5_000);
    let many: Vec<String> = (0..500).map(|name| format!("[profiles.p{name}]")).collect();
    let many = many.join("\n");
    for file in [
        format!("[profiles.a]\nauth = \"{long}\""),
        format!("[profiles.a]\n\"{long}\" = 1"),
        format!("[profiles.a]\npoll = \"{long}\""),
        format!("[profiles.a]\npoll = \"{}\"", "9".repeat(5_000)),
        format!("[profiles.a]\npoll = \"1{}d\"", "9".repeat(5_000)),
        format!("[profiles.a]\ntenant = \"{long}\""),
        format!("[profiles.a]\napi = \"{long}\""),
        format!("[profiles.a]\nauthority = \"ftp://x/{long}\""),
        format!("[keys]\n\"{long}\" = [\"j\"]"),
        format!("[keys]\nquit = [\"{long}\"]"),
        "[keys]\n\"\\u001B[2J\" = [\"j\"]".to_owned(),
        format!("profile = \"{long}\"\n{many}"),
        format!("[profiles.\"{long}\"]\nlate_high = \"m\""),
        "[profiles.\"\\u001B[2J\"]\nlate_high = \"m\"".to_owned(),
    ] {
        let error = load(&Flags::default(), &[], &file).unwrap_err().to_string();
        assert!(error.len() < 1_000, "{} bytes: {error}", error.len());
        assert!(!error.contains(char::is_control), "{error:?}");
    }
}
