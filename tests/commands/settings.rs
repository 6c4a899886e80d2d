//! Where settings come from, as the operator meets them.

use std::fs;

use crate::program::Home;
use crate::program::Tenant;
use crate::program::Told;
use crate::program::told;

/// One row of `vigie config show`: value and where it comes from.
fn row<'a>(table: &'a str, setting: &str) -> &'a str {
    let mut lines = table.lines().map(|line| line.split_once(' ').unwrap());
    let (_, rest) = lines.find(|(name, _)| *name == setting).unwrap();
    rest.trim_start()
}

/// `vigie config show` says where the file is beside its data.
fn table(told: Told) -> String {
    assert_eq!(told.status, Some(0), "{}", told.err);
    assert!(told.err.starts_with("file: "), "{}", told.err);
    told.out
}

#[test]
fn flags_alone_are_enough_but_for_the_password() {
    let tenant = Tenant::with_alerts(3);
    let account = tenant.account();
    let mut command = tenant.home.vigie(&[
        "--authority",
        &account.authority,
        "--api",
        &account.api,
        "--tenant",
        &account.tenant,
        "--client-id",
        &account.client_id,
        "--username",
        &account.username,
        "--auth",
        "password",
        "alerts",
        "list",
        "-o",
        "ndjson",
    ]);
    let listed = told(command.env("VIGIE_PASSWORD", &account.password)).data();
    assert_eq!(listed.lines().count(), 3);
}

#[test]
fn a_profile_with_a_password_command_signs_in() {
    let tenant = Tenant::with_alerts(3);
    let kept = tenant.home.path("kept password");
    let password = &tenant.account().password;
    fs::write(&kept, format!("{password}\nuser: ada\n")).unwrap();
    let profile = tenant.profile();
    tenant.home.configure(&format!(
        "[profiles.only]\n{profile}password_command = [\"cat\", \"{}\"]\n",
        kept.display()
    ));
    let listed = tenant.home.run(&["alerts", "list", "-o", "ndjson"]);
    assert_eq!(listed.data().lines().count(), 3);

    fs::remove_file(&kept).unwrap();
    let lines = tenant.home.run(&["alerts", "list"]).failure(3);
    assert!(lines[0].starts_with("error: `password_command` failed"));
    assert!(lines[1].starts_with("help: "), "{lines:?}");
}

#[test]
fn a_flag_wins_over_the_environment_and_that_over_the_profile() {
    let home = Home::new();
    home.configure("[profiles.a]\ntenant = \"file\"\nclient_id = \"file\"\nusername = \"file\"\n");
    let mut command = home.vigie(&["--tenant", "flag", "config", "show"]);
    command
        .env("VIGIE_TENANT", "env")
        .env("VIGIE_CLIENT_ID", "env");
    let shown = table(told(&mut command));
    for (setting, value, origin) in [
        ("tenant", "flag", "command line"),
        ("client_id", "env", "VIGIE_CLIENT_ID"),
        ("username", "file", "profile `a`"),
        ("poll", "30s", "default"),
        ("api", "https://api.securitycenter.microsoft.com", "default"),
    ] {
        let row = row(&shown, setting);
        assert!(row.starts_with(value), "{setting}: {row}");
        assert!(row.contains(origin), "{setting}: {row}");
    }
}

#[test]
fn secrets_are_masked_when_settings_are_shown() {
    let home = Home::new();
    home.configure("[profiles.a]\nclient_secret_command = [\"echo\", \"hunter2\"]\n");
    let mut command = home.vigie(&["config", "show"]);
    let told = told(command.env("VIGIE_PASSWORD", "hunter2"));
    let shown = table(told);
    assert!(row(&shown, "password").contains("VIGIE_PASSWORD"));
    assert!(!row(&shown, "password").contains("hunter2"), "{shown}");
}

#[test]
fn a_secret_in_the_file_is_refused_and_not_repeated() {
    let home = Home::new();
    home.configure("[profiles.a]\npassword = \"hunter2\"\n");
    for arguments in [["config", "show"], ["alerts", "list"]] {
        let lines = home.run(&arguments).failure(2);
        assert!(lines[0].contains("`password_command`"), "{lines:?}");
        assert!(lines[1].starts_with("help: "), "{lines:?}");
        assert!(!lines.concat().contains("hunter2"), "{lines:?}");
    }
}

#[test]
fn the_file_is_found_written_once_and_accepted() {
    let home = Home::new();
    let file = home.config_file().display().to_string();
    assert_eq!(home.run(&["config", "path"]).data(), format!("{file}\n"));
    let written = home.run(&["config", "init"]);
    assert_eq!(written.status, Some(0), "{}", written.err);
    assert_eq!(written.out, format!("{file}\n"));
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.contains("[profiles.default]"), "{text}");

    fs::write(&file, format!("{text}\n# mine\n")).unwrap();
    let lines = home.run(&["config", "init"]).failure(2);
    assert!(lines[0].contains("exists already"), "{lines:?}");
    assert!(fs::read_to_string(&file).unwrap().ends_with("# mine\n"));

    let shown = home.run(&["config", "show"]);
    assert_eq!(shown.err, format!("file: {file}\n"));
    assert!(row(&shown.out, "poll").starts_with("30s"));
}

#[test]
fn another_file_can_be_named() {
    let home = Home::new();
    let other = home.path("other.toml").display().to_string();
    let path = home.run(&["--config", &other, "config", "path"]).data();
    assert_eq!(path, format!("{other}\n"));
    let lines = home.run(&["--config", &other, "config", "show"]).failure(2);
    assert!(lines[0].starts_with("error: could not read `"), "{lines:?}");
    assert!(lines[1].starts_with("help: "), "{lines:?}");
    fs::write(&other, "[profiles.x]\npoll = \"7s\"\n").unwrap();
    let mut command = home.vigie(&["config", "show"]);
    let shown = table(told(command.env("VIGIE_CONFIG", &other)));
    assert!(row(&shown, "poll").starts_with("7s"));
}

#[test]
fn the_log_holds_no_secret_and_is_for_its_owner_alone() {
    let tenant = Tenant::with_alerts(1);
    let log = tenant.home.path("vigie.log");
    let name = log.display().to_string();
    tenant.run(&["--log-file", &name, "alerts", "list"]).data();
    let text = fs::read_to_string(&log).unwrap();
    let requests = tenant.requests();
    let bearer = requests[1].header("authorization").unwrap();
    let token = bearer.strip_prefix("Bearer ").unwrap();
    let secrets = [token, &tenant.account().password];
    for secret in secrets {
        assert!(!text.contains(secret), "{text}");
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(&log).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

/// Another program signs in and prints the token: alone, or as the Azure CLI does.
#[test]
fn a_program_can_hand_over_the_token() {
    let tenant = Tenant::with_alerts(2);
    tenant.run(&["alerts", "list"]).data();
    let requests = tenant.requests();
    let bearer = requests.last().unwrap().header("authorization").unwrap();
    let token = bearer.trim_start_matches("Bearer ").to_owned();
    let forms = [
        token.clone(),
        format!(
            r#"{{"accessToken":"{token}","expiresOn":"2026-11-22 16:00:00","tokenType":"Bearer"}}"#
        ),
    ];
    for (number, printed) in forms.iter().enumerate() {
        let file = tenant.home.file(&format!("token{number}"), printed);
        let profile = tenant
            .profile()
            .replace("auth = \"password\"", "auth = \"command\"");
        let config =
            format!("[profiles.default]\n{profile}token_command = [\"cat\", \"{file}\"]\n");
        let config = tenant.home.file("command.toml", &config);
        let mut command = tenant
            .home
            .vigie(&["--config", &config, "alerts", "list", "-o", "ndjson"]);
        assert_eq!(told(&mut command).data().lines().count(), 2);
        let mut command = tenant.home.vigie(&["--config", &config, "config", "show"]);
        let shown = told(&mut command).out;
        assert!(
            shown.contains("cat ...") && !shown.contains("token0"),
            "{shown}"
        );
    }
    let file = tenant.home.file("nothing", "no token here");
    let profile = tenant
        .profile()
        .replace("auth = \"password\"", "auth = \"command\"");
    let config = format!("[profiles.default]\n{profile}token_command = [\"cat\", \"{file}\"]\n");
    let config = tenant.home.file("command.toml", &config);
    let lines = told(&mut tenant.home.vigie(&["--config", &config, "alerts", "list"])).failure(3);
    assert_eq!(lines[0], "error: `token_command` printed no token");
}

/// Whoever hands over a token need not say whom it is for, nor where it came from.
#[test]
fn a_token_command_is_configuration_enough() {
    let home = Home::new();
    let text = "[profiles.default]\nauth = \"command\"\ntoken_command = [\"echo\", \"opaque\"]\n";
    let config = home.file("command.toml", text);
    let page = told(&mut home.vigie(&["--config", &config, "token"])).data();
    assert!(page.starts_with("opaque token\n"), "{page}");
}

#[test]
fn a_view_of_a_team_is_shown_and_a_mistake_in_it_is_a_wrong_configuration() {
    let home = Home::new();
    home.configure("include = [\"team.toml\"]\n[profiles.a]\n");
    let team = home.config_file().with_file_name("team.toml");
    fs::write(&team, "[[view]]\nname = \"night\"\nfilter = \"sev:high\"\n").unwrap();
    let shown = table(home.run(&["config", "show"]));
    let view = row(&shown, "view.night");
    assert!(view.starts_with("/sev:high, sort sla"), "{view}");
    assert!(view.ends_with("included `team.toml`"), "{view}");
    fs::write(&team, "[[view]]\nname = \"night\"\nfilter = \"sev:hihg\"\n").unwrap();
    let lines = home.run(&["config", "show"]).failure(2);
    assert!(
        lines[0].contains("team.toml` line 3: view `night`: its filter, column 5"),
        "{lines:?}"
    );
}
