//! The terminal: what it can show, and whether a copy gets out of it.

use std::io::IsTerminal;
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;
use tokio::time::timeout;

use crate::app::telling::Manner;
use crate::cli::doctor::report::Check;
use crate::config::Notify;
use crate::config::Sourced;
use crate::runtime::emulator;
use crate::runtime::emulator::Multiplexer;

/// A multiplexer that does not answer at once does not answer.
const TMUX: Duration = Duration::from_secs(2);

/// Below this lines are cut and panes are left out.
const COMFORTABLE: (u16, u16) = (80, 24);

type Variables<'a> = dyn Fn(&str) -> Option<String> + 'a;

/// Looks at the terminal we are on.
pub async fn look(variable: &Variables<'_>, notify: &Sourced<Notify>) -> Vec<Check> {
    let on_screen = std::io::stdout().is_terminal() || std::io::stderr().is_terminal();
    let measured = on_screen
        .then(crossterm::terminal::size)
        .and_then(Result::ok);
    let tmux = match set(variable, "TMUX") {
        Some(_) => tmux_clipboard().await,
        None => None,
    };
    let mut checks = judged(measured, tmux.as_deref(), variable);
    checks.insert(3, notifications(notify, variable));
    checks
}

fn judged(
    measured: Option<(u16, u16)>,
    tmux: Option<&str>,
    variable: &Variables<'_>,
) -> Vec<Check> {
    vec![
        size(measured),
        colours(variable),
        clipboard(tmux, variable),
        session(variable),
        locale(variable),
    ]
}

/// A variable that is set to something.
fn set(variable: &Variables<'_>, name: &str) -> Option<String> {
    variable(name).filter(|value| !value.is_empty())
}

/// `set-clipboard` of the tmux we are in. No shell, no secrets, no waiting.
async fn tmux_clipboard() -> Option<String> {
    let asked = Command::new("tmux")
        .args(["show", "-gv", "set-clipboard"])
        .env_remove("VIGIE_PASSWORD")
        .env_remove("VIGIE_CLIENT_SECRET")
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let output = timeout(TMUX, asked).await.ok()?.ok()?;
    let said = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| said.trim().to_owned())
}

fn size(measured: Option<(u16, u16)>) -> Check {
    const NAME: &str = "terminal";
    let Some((width, height)) = measured else {
        return Check::skip(NAME, "the output is not on a terminal");
    };
    let shown = format!("{width} columns, {height} rows");
    if width < COMFORTABLE.0 || height < COMFORTABLE.1 {
        return Check::warn(NAME, format!("{shown}: panes are left out and lines cut"))
            .help("80 columns and 24 rows or more are comfortable");
    }
    Check::ok(NAME, shown)
}

fn colours(variable: &Variables<'_>) -> Check {
    const NAME: &str = "colours";
    let term = set(variable, "TERM").unwrap_or_default();
    let many = set(variable, "COLORTERM");
    if set(variable, "NO_COLOR").is_some() {
        return Check::ok(NAME, "none, as `NO_COLOR` asks");
    }
    if matches!(many.as_deref(), Some("truecolor" | "24bit")) {
        return Check::ok(NAME, "16 million (`COLORTERM`)");
    }
    if cfg!(windows) && term.is_empty() {
        return Check::ok(NAME, "as the console has them");
    }
    match term.as_str() {
        "" | "dumb" => Check::warn(
            NAME,
            "`TERM` names no terminal that could show the dashboard",
        )
        .help("set `TERM` to what the terminal is, such as `xterm-256color`"),
        term if term.contains("256color") => Check::ok(NAME, format!("256 (`TERM` is `{term}`)")),
        term => Check::ok(NAME, format!("at least 8 (`TERM` is `{term}`)")),
    }
}

/// Whether OSC 52, the only copy that works over SSH, gets to the outer terminal.
fn clipboard(tmux: Option<&str>, variable: &Variables<'_>) -> Check {
    const NAME: &str = "clipboard";
    let term = set(variable, "TERM").unwrap_or_default();
    if set(variable, "TMUX").is_some() {
        return match tmux {
            Some("on") => Check::ok(
                NAME,
                "by OSC 52, which tmux passes on (`set-clipboard` is `on`)",
            ),
            Some(other) => Check::warn(
                NAME,
                format!("tmux keeps OSC 52 to itself (`set-clipboard` is `{other}`)"),
            )
            .help("tmux set -g set-clipboard on"),
            None => Check::warn(NAME, "by OSC 52, if tmux passes it on: it did not say")
                .help("tmux show -gv set-clipboard must say `on`"),
        };
    }
    if set(variable, "STY").is_some() || term.starts_with("screen") {
        return Check::warn(NAME, "GNU screen does not pass OSC 52 on")
            .help("copy by the terminal's own selection, or use tmux with `set-clipboard on`");
    }
    let program = set(variable, "TERM_PROGRAM").unwrap_or_default();
    let known = ["kitty", "alacritty", "foot", "wezterm", "ghostty"];
    let is_known = known
        .iter()
        .find(|name| term.contains(**name) || program.eq_ignore_ascii_case(name));
    if let Some(name) = is_known {
        return Check::ok(NAME, format!("by OSC 52, which {name} understands"));
    }
    if set(variable, "WT_SESSION").is_some() {
        return Check::ok(NAME, "by OSC 52, which Windows Terminal understands");
    }
    match (program.as_str(), term.as_str()) {
        ("iTerm.app", _) => Check::ok(
            NAME,
            "by OSC 52, if iTerm2 is allowed to (General, Selection)",
        ),
        ("Apple_Terminal", _) => Check::warn(NAME, "Terminal.app does not understand OSC 52")
            .help("copy by its own selection, or use another terminal"),
        (_, "" | "dumb" | "linux") => Check::warn(NAME, "this terminal does not understand OSC 52")
            .help("copy by other means"),
        _ if set(variable, "VTE_VERSION").is_some() => Check::warn(
            NAME,
            "terminals built on VTE, such as GNOME's, mostly ignore OSC 52",
        )
        .help("copy by the terminal's own selection if nothing arrives"),
        _ => Check::ok(
            NAME,
            "by OSC 52, if the terminal allows it; it cannot be asked",
        ),
    }
}

/// How new alerts are told, and what decides that.
fn notifications(notify: &Sourced<Notify>, variable: &Variables<'_>) -> Check {
    const NAME: &str = "notifications";
    let known = emulator::known(variable);
    let (manner, why) = match (notify.value, known.by) {
        (Notify::Off, _) => {
            let words = format!("none: `notify` is `off` ({})", notify.origin);
            return Check::ok(NAME, words);
        }
        (Notify::Auto, Some(by)) => (known.manner, format!("as `{by}` tells the terminal")),
        (Notify::Auto, None) => (
            known.manner,
            "nothing tells which terminal this is".to_owned(),
        ),
        (Notify::Bell, _) => (Manner::Bell, chosen(notify)),
        (Notify::Osc9, _) => (Manner::Osc9, chosen(notify)),
        (Notify::Osc99, _) => (Manner::Osc99, chosen(notify)),
        (Notify::Osc777, _) => (Manner::Osc777, chosen(notify)),
    };
    let sequence = match manner {
        Manner::Bell => "the bell alone",
        Manner::Osc9 => "OSC 9 and the bell",
        Manner::Osc99 => "OSC 99 and the bell",
        Manner::Osc777 => "OSC 777 and the bell",
    };
    let wrapped = match (manner, emulator::multiplexer(variable)) {
        // The bell goes through both.
        (Manner::Bell, _) | (_, Multiplexer::None) => "",
        (_, Multiplexer::Tmux) => {
            ", wrapped for tmux, which passes it on with `set -g allow-passthrough on`"
        }
        (_, Multiplexer::Screen) => ", wrapped for screen",
    };
    let change = match notify.value {
        Notify::Auto => "; `notify` in the profile chooses another",
        Notify::Bell | Notify::Osc9 | Notify::Osc99 | Notify::Osc777 | Notify::Off => "",
    };
    Check::ok(NAME, format!("{sequence}{wrapped}: {why}{change}"))
}

fn chosen(notify: &Sourced<Notify>) -> String {
    format!("`notify` is `{}` ({})", notify.value, notify.origin)
}

fn session(variable: &Variables<'_>) -> Check {
    const NAME: &str = "session";
    let remote = ["SSH_CONNECTION", "SSH_TTY"]
        .iter()
        .any(|name| set(variable, name).is_some());
    if remote {
        return Check::ok(
            NAME,
            "over SSH: a browser for signing in is on the other side",
        );
    }
    let display = ["DISPLAY", "WAYLAND_DISPLAY"]
        .iter()
        .any(|name| set(variable, name).is_some());
    if display || cfg!(any(windows, target_os = "macos")) {
        Check::ok(NAME, "on this machine, with a display")
    } else {
        Check::ok(NAME, "on this machine, without a display")
    }
}

fn locale(variable: &Variables<'_>) -> Check {
    const NAME: &str = "locale";
    if cfg!(windows) {
        return Check::skip(NAME, "the console has no locale of its own");
    }
    let names = ["LC_ALL", "LC_CTYPE", "LANG"];
    let chosen = names
        .into_iter()
        .find_map(|name| Some((name, set(variable, name)?)));
    let remedy = "set `LANG` to a UTF-8 locale, such as `C.UTF-8`: names and marks are drawn in it";
    match chosen {
        Some((name, value)) if is_utf8(&value) => Check::ok(NAME, format!("`{value}` (`{name}`)")),
        Some((name, value)) => {
            Check::warn(NAME, format!("`{value}` (`{name}`) is not UTF-8")).help(remedy)
        }
        None if cfg!(target_os = "macos") => Check::ok(NAME, "none set, which is UTF-8 here"),
        None => Check::warn(NAME, "none is set").help(remedy),
    }
}

fn is_utf8(locale: &str) -> bool {
    let locale = locale.to_ascii_lowercase();
    locale.contains("utf-8") || locale.contains("utf8")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::doctor::report::State;
    use crate::config::Origin;

    /// Variables, what tmux said, and what is made of it.
    type Case<'a> = (&'a [(&'a str, &'a str)], Option<&'a str>, State, &'a str);

    fn with<'a>(known: &'a [(&'a str, &'a str)]) -> impl Fn(&str) -> Option<String> + 'a {
        move |name| {
            let mut known = known.iter();
            let (_, value) = known.find(|(known, _)| *known == name)?;
            Some((*value).to_owned())
        }
    }

    #[test]
    fn a_copy_gets_out_or_it_is_said_why_not() {
        let tmux = ("TMUX", "/tmp/tmux,1,0");
        let cases: [Case<'_>; 8] = [
            (&[tmux], Some("on"), State::Ok, "passes on"),
            (&[tmux], Some("external"), State::Warn, "`external`"),
            (&[tmux], None, State::Warn, "did not say"),
            (&[("STY", "1.tty")], None, State::Warn, "GNU screen"),
            (&[("TERM", "xterm-kitty")], None, State::Ok, "kitty"),
            (
                &[("TERM", "linux")],
                None,
                State::Warn,
                "does not understand",
            ),
            (
                &[("TERM", "xterm-256color"), ("VTE_VERSION", "7600")],
                None,
                State::Warn,
                "VTE",
            ),
            (
                &[("TERM", "xterm-256color")],
                None,
                State::Ok,
                "cannot be asked",
            ),
        ];
        for (variables, said, state, words) in cases {
            let check = clipboard(said, &with(variables));
            assert_eq!(check.state, state, "{variables:?}");
            assert!(check.message.contains(words), "{}", check.message);
            assert_eq!(check.remedy.is_some(), state == State::Warn);
        }
    }

    #[test]
    fn size_colours_and_locale_are_judged() {
        assert_eq!(size(None).state, State::Skip);
        assert_eq!(size(Some((80, 24))).state, State::Ok);
        assert_eq!(size(Some((79, 50))).state, State::Warn);
        let cases = [
            (&[("NO_COLOR", "1"), ("TERM", "xterm")][..], "none"),
            (&[("COLORTERM", "truecolor")], "16 million"),
            (&[("TERM", "screen-256color"), ("NO_COLOR", "")], "256"),
            (&[("TERM", "vt100")], "at least 8"),
        ];
        for (variables, words) in cases {
            let message = colours(&with(variables)).message;
            assert!(message.starts_with(words), "{message}");
        }
    }

    #[test]
    #[cfg(unix)]
    fn the_strongest_variable_tells_the_locale() {
        assert_eq!(locale(&with(&[("LANG", "de_DE.utf8")])).state, State::Ok);
        assert_eq!(
            locale(&with(&[("LC_ALL", "C"), ("LANG", "C.UTF-8")])).state,
            State::Warn
        );
        assert_eq!(
            locale(&with(&[("LC_ALL", ""), ("LANG", "C.UTF-8")])).state,
            State::Ok
        );
    }

    #[test]
    fn how_alerts_are_told_is_said_with_the_reason() {
        let auto = |variables: &[(&str, &str)]| {
            let notify = Sourced::new(Notify::Auto, Origin::Default);
            notifications(&notify, &with(variables)).message
        };
        let change = "; `notify` in the profile chooses another";
        for (variables, words) in [
            (
                &[("TERM", "xterm-256color")][..],
                "the bell alone: nothing tells which terminal this is",
            ),
            (
                &[("TERM", "xterm-kitty")],
                "OSC 99 and the bell: as `TERM` tells the terminal",
            ),
            (
                &[("LC_TERMINAL", "iTerm2")],
                "OSC 9 and the bell: as `LC_TERMINAL` tells the terminal",
            ),
            (
                &[("TERM", "tmux-256color"), ("VTE_VERSION", "7600")],
                "OSC 777 and the bell, wrapped for tmux, which passes it on with `set -g allow-passthrough on`: as `VTE_VERSION` tells the terminal",
            ),
            (
                &[("STY", "1.x"), ("WEZTERM_PANE", "0")],
                "OSC 777 and the bell, wrapped for screen: as `WEZTERM_PANE` tells the terminal",
            ),
            (
                &[("TMUX", "/tmp/x"), ("WT_SESSION", "1")],
                "the bell alone: as `WT_SESSION` tells the terminal",
            ),
        ] {
            assert_eq!(auto(variables), format!("{words}{change}"));
        }
        let said = |value| {
            let notify = Sourced::new(value, Origin::Profile("work".to_owned()));
            notifications(&notify, &with(&[("TERM", "xterm-kitty")])).message
        };
        assert_eq!(
            said(Notify::Osc9),
            "OSC 9 and the bell: `notify` is `osc9` (profile `work`)"
        );
        assert_eq!(
            said(Notify::Off),
            "none: `notify` is `off` (profile `work`)"
        );
    }

    #[test]
    fn a_session_over_ssh_is_told() {
        let remote = session(&with(&[("SSH_TTY", "/dev/pts/1")]));
        assert!(remote.message.starts_with("over SSH"));
        assert!(!session(&with(&[])).message.contains("SSH"));
    }
}
