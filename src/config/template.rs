//! The commented file that `vigie config init` writes.

/// Every key with its meaning and default, each switched off by a `#`.
pub const TEMPLATE: &str = r#"# The configuration of vigie. A line without its first # is in force.
# Flags and the environment win over this file; `vigie config show` tells which.
# Secrets are never written here: see password_command.

# The profile to use where neither --profile nor VIGIE_PROFILE names one.
#profile = "default"

# Where to write a log. Default: nowhere.
#log_file = "~/.local/state/vigie/vigie.log"

# What it looks like: terminal (its own sixteen colours), dark, light, high-contrast or mono.
# NO_COLOR means mono.
#theme = "dark"

# What lines are drawn with: auto (as the locale allows), unicode or ascii.
#box = "ascii"

# Whether wheel and clicks of the mouse are for vigie, not for the terminal.
#mouse = true

# Files with more views, for a team: [[view]] tables alone. A relative path starts here.
#include = ["team.toml"]

[profiles.default]
# Id or domain of the tenant.
#tenant = "contoso.onmicrosoft.com"

# Id of the application registered for vigie.
#client_id = "00000000-0000-0000-0000-000000000000"

# How to sign in: browser, device-code, client-certificate, client-secret, command or
# password. Default: browser, or password where one is given. docs/sign-in.md compares them.
#auth = "browser"

# Port of this machine for the browser's answer. Default: any that is free.
#redirect_port = 8400

# Permissions to ask for. Default: all that were consented to the application.
#scopes = ["Alert.ReadWrite", "Machine.Read"]

# Whether to keep the session in the system's keyring when vigie ends. Default: false.
#remember = true

# Name to sign in with, for auth = "password", which cannot do MFA and is refused by many
# tenants. Other methods suggest it to the browser.
#username = "lookout@contoso.onmicrosoft.com"

# Program that prints the password, and its arguments; no shell is involved.
# Default: VIGIE_PASSWORD, or else vigie asks.
#password_command = ["pass", "show", "defender"]

# The same for the secret of the application; VIGIE_CLIENT_SECRET wins over it.
#client_secret_command = ["pass", "show", "defender-app"]

# PEM file with the certificate of the application and its private key, for
# auth = "client-certificate".
#client_certificate = "~/.config/vigie/vigie.pem"

# Program that prints a finished token, for auth = "command": the token itself or JSON
# with access_token or accessToken, as `az account get-access-token` prints it.
# {resource} in it is the audience; with `respond` it is run for each of the two.
#token_command = ["az", "account", "get-access-token", "--resource", "{resource}"]

# Where alerts come from: defender, the Defender for Endpoint API, or graph, the Microsoft
# Graph security API. Default: defender.
#service = "graph"

# Defender products whose alerts are asked for, with service = "graph": "all", or some of
# endpoint, identity, cloud-apps, office-365, xdr, entra-id, app-governance, dlp, cloud,
# sentinel. Default: endpoint.
#sources = ["all"]

# What acts on devices where alerts come from graph, which cannot: defender. It takes a
# second token, from the same sign-in. Default: nothing.
#respond = "defender"

# What to call for it, and the audience of that token. Default: from the cloud and the region.
#respond_api = "https://api.securitycenter.microsoft.com"
#respond_resource = "https://api.securitycenter.microsoft.com"

# Where the tenant lives: commercial, gcc, gcc-high or dod.
#cloud = "commercial"

# A nearer host of the commercial cloud: us, eu, uk, au, swa, ina, aea. Default: none.
#region = "eu"

# Where to sign in, without the tenant. Default: from the cloud.
#authority = "https://login.microsoftonline.com"

# What to call. Default: from the service, the cloud and the region.
#api = "https://graph.microsoft.com"

# The audience to ask a token for. Default: from the service and the cloud.
#resource = "https://graph.microsoft.com"

# More certificates to trust, in PEM form. Default: the system's alone.
#ca_file = "/etc/ssl/proxy.pem"

# How often to ask for alerts: 30s, 5m, 1h30m.
#poll = "30s"

# How to be told of new alerts: auto, bell, osc9, osc99, osc777 or off. auto is what the
# terminal takes, as far as it says which one it is; each of them rings the bell too.
#notify = "auto"

# The least severity that is told: high, medium, low or informational.
#notify_severity = "high"

# Or a filter (docs/filter.md) that says which alerts are told, instead of the severity.
#notify_filter = "sev>=med is:open dev:FIN*"

# When neither to ring nor to notify, by the local clock. Default: never.
#quiet = "22:00-07:00"

# Whether to put the numbers of open alerts into the title of the window. Default: false.
#window_title = true

# Program that is run for each alert that is told, with the alert's JSON as the one line of
# its standard input, and its arguments; no shell is involved. Quiet hours are not for it.
#hook_command = ["page-me", "--from", "vigie"]

# How long an alert may wait for its first action, by its severity.
#late_high = "30m"
#late_medium = "1h"
#late_low = "4h"
#late_informational = "4h"

# How long a decision waits in sight before it is sent; until then `z` takes it back.
#hold = "5s"

# How many devices one order may be for, such as an isolation: from 1 to 50.
#respond_most = 5

# Whether to refuse every change.
#read_only = false

# Other looks for a role of the theme: modifiers, a colour, and `on` another one.
[roles]
#severity-high = "bold #ff5555"

# Views on the keys 1 to 9: a filter, and where wanted an order and groups. One with the
# name of a shipped view takes its place. Without a key it gets the first that is free.
#[[view]]
#name = "night"
#filter = "sev>=med is:open is:unassigned"
#sort = "sev,newest"
#group = "device"
#key = 6

# Macros for the key `m`: a decision and its note under a name. `close` takes the names of
# the `close-...` actions of `vigie keys`; `status` stands in its place; `assign` takes me,
# nobody or a user. The note knows {id}, {title}, {device}, {user}, {category}, {severity},
# {incident}, {me} and {now}; two braces {{ are one.
#[[macro]]
#name = "red team"
#key = "r"
#close = "security-test"
#assign = "me"
#note = "red team on {device}, seen {now}"

# Queries for the key `H`. {alert}, {device_id}, {device}, {user}, {process}, {sha1},
# {sha256}, {ip}, {domain}, {from} and {to} are filled in, each with its quotes.
#[[hunt]]
#name = "who else talks to it"
#key = "w"
#query = "DeviceNetworkEvents | where RemoteIP == {ip} | summarize count() by DeviceName"

# Notes that go with closing, by the same names.
[close_notes]
#not-malicious = "looked at {title} on {device}: not malicious"

# Other keys for an action; `vigie keys` lists the actions.
[keys]
#down = ["j", "down"]
"#;

#[cfg(test)]
mod tests {
    #![expect(
        clippy::unwrap_used,
        reason = "a test that cannot write its file has failed"
    )]

    use std::path::Path;

    use super::*;
    use crate::config::file::File;
    use crate::config::resolve::Config;
    use crate::config::settings::COMMANDS;
    use crate::config::settings::Flags;
    use crate::config::settings::LISTS;
    use crate::config::settings::NUMBERS;
    use crate::config::settings::Origin;
    use crate::config::settings::SWITCHES;
    use crate::config::settings::TEXTS;

    /// The template with every key switched on.
    fn switched_on() -> String {
        let lines = TEMPLATE.lines().map(|line| match line.strip_prefix('#') {
            Some(key) if !key.starts_with(' ') => key,
            _ => line,
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn the_template_is_a_file_that_changes_nothing() {
        let file = File::parse(TEMPLATE, Path::new("c.toml")).unwrap();
        assert!(file.keys.is_empty() && file.profile.is_none() && file.log_file.is_none());
        let profile = file.profiles.get("default").unwrap();
        assert!(profile.texts.is_empty() && profile.commands.is_empty());
    }

    #[test]
    fn the_template_shows_every_key_once() {
        let file = File::parse(&switched_on(), Path::new("c.toml")).unwrap();
        assert!(file.profile.is_some() && file.log_file.is_some() && !file.keys.is_empty());
        assert!(file.looks.theme.is_some() && file.looks.boxes.is_some());
        assert!(!file.views.is_empty() && !file.include.is_empty());
        assert!(!file.hunts.is_empty());
        assert!(!file.macros.is_empty() && file.close_notes.iter().next().is_some());
        assert!(file.looks.mouse.is_some() && !file.looks.roles.is_empty());
        let profile = file.profiles.get("default").unwrap();
        for setting in TEXTS.iter().chain(NUMBERS) {
            assert!(profile.texts.contains_key(setting.key), "{}", setting.key);
        }
        for setting in COMMANDS {
            assert!(
                profile.commands.contains_key(setting.key),
                "{}",
                setting.key
            );
        }
        for setting in SWITCHES {
            assert!(
                profile.switches.contains_key(setting.key),
                "{}",
                setting.key
            );
        }
        for setting in LISTS {
            assert!(profile.lists.contains_key(setting.key), "{}", setting.key);
        }
    }

    #[test]
    fn the_template_switched_on_is_accepted() {
        let folder = std::env::temp_dir().join(format!("vigie-config-{}", std::process::id()));
        let path = folder.join("vigie/config.toml");
        std::fs::create_dir_all(folder.join("vigie")).unwrap();
        std::fs::write(folder.join("vigie/team.toml"), "").unwrap();
        let environment = |name: &str| match name {
            "HOME" => Some("/home/ops".to_owned()),
            "XDG_CONFIG_HOME" => Some(folder.display().to_string()),
            _ => None,
        };
        // These two exclude each other.
        for without in ["notify_severity", "notify_filter"] {
            let text = switched_on();
            let lines = text.lines().filter(|line| !line.starts_with(without));
            std::fs::write(&path, lines.collect::<Vec<_>>().join("\n")).unwrap();
            let config = Config::load(&Flags::default(), &environment).unwrap();
            assert!(config.file_found);
            let unset = config.rows().into_iter();
            let unset: Vec<_> = unset.filter(|row| row.origin == Origin::Default).collect();
            assert!(unset.is_empty(), "{unset:?}");
        }
        std::fs::remove_dir_all(folder).unwrap();
    }
}
