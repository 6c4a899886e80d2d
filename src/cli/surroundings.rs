//! Where the program runs: on the machine the person sits at, or on one reached over SSH.

use crate::app::sign_in_text::Tunnel;

/// What a sign-in has to know of the machine.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Surroundings {
    /// How the person's own machine gets a tunnel to this one, where it needs one.
    pub tunnel: Option<Tunnel>,
    /// A browser can be opened here.
    pub opens_browser: bool,
}

/// The usual port of SSH.
const SSH: &str = "22";

impl Surroundings {
    /// Those of this process.
    pub fn here(variable: &dyn Fn(&str) -> Option<String>) -> Self {
        Self::of(variable, &host_name())
    }

    fn of(variable: &dyn Fn(&str) -> Option<String>, host: &str) -> Self {
        let given = |name: &str| variable(name).filter(|value| !value.is_empty());
        let connection = given("SSH_CONNECTION");
        let over_ssh = connection.is_some() || given("SSH_TTY").is_some();
        let has_display = cfg!(any(target_os = "macos", windows))
            || ["DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME"]
                .into_iter()
                .any(|name| given(name).is_some());
        // A display over SSH is forwarded: its browser would sit on this machine.
        let opens_browser = has_display && !over_ssh;
        let tunnel = (!opens_browser).then(|| {
            let user = given("USER").or_else(|| given("LOGNAME"));
            Tunnel {
                target: target(user, connection.as_deref(), host),
            }
        });
        Self {
            tunnel,
            opens_browser,
        }
    }
}

/// `user@host`, with the port where it is not the usual one. A host name without a
/// domain means little elsewhere: then it is the address the connection came in at.
fn target(user: Option<String>, connection: Option<&str>, host: &str) -> String {
    // Client address, client port, server address, server port.
    let mut words = connection.unwrap_or_default().split(' ').skip(2);
    let address = words.next().filter(|word| is_plain(word));
    let port = words.next().filter(|word| is_plain(word) && *word != SSH);
    let host = match address {
        Some(address) if !host.contains('.') => address,
        _ if is_plain(host) && !host.is_empty() => host,
        _ => "HOST",
    };
    let user = user
        .filter(|user| is_plain(user))
        .unwrap_or_else(|| "USER".to_owned());
    let port = port.map_or_else(String::new, |port| format!("-p {port} "));
    format!("{port}{user}@{host}")
}

/// It is pasted into a shell: nothing in it may mean anything there.
fn is_plain(word: &str) -> bool {
    let harmless = |letter: char| letter.is_ascii_alphanumeric() || "._-:".contains(letter);
    word.chars().all(harmless) && !word.starts_with('-')
}

#[cfg(unix)]
fn host_name() -> String {
    let system = rustix::system::uname();
    system.nodename().to_string_lossy().into_owned()
}

#[cfg(not(unix))]
fn host_name() -> String {
    std::env::var("COMPUTERNAME").unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(variables: &[(&str, &str)], host: &str) -> Surroundings {
        let variable = |name: &str| {
            let mut known = variables.iter();
            let (_, value) = known.find(|(known, _)| *known == name)?;
            Some((*value).to_owned())
        };
        Surroundings::of(&variable, host)
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_jump_host_gets_a_tunnel_and_a_desk_a_browser() {
        let ssh = ("SSH_CONNECTION", "198.51.100.7 50022 203.0.113.9 22");
        let user = ("USER", "me");
        for (variables, host, tunnel) in [
            (vec![ssh, user], "jump", Some("me@203.0.113.9")),
            (
                vec![ssh, user],
                "jump.contoso.example",
                Some("me@jump.contoso.example"),
            ),
            (
                vec![
                    ("SSH_CONNECTION", "198.51.100.7 50022 203.0.113.9 2222"),
                    user,
                ],
                "jump",
                Some("-p 2222 me@203.0.113.9"),
            ),
            (
                vec![ssh, user, ("DISPLAY", "localhost:10.0")],
                "jump",
                Some("me@203.0.113.9"),
            ),
            (vec![user], "box", Some("me@box")),
            (vec![], "", Some("USER@HOST")),
            (
                vec![
                    ("SSH_CONNECTION", "a b $(reboot) 22"),
                    ("USER", "-oProxyCommand=x"),
                ],
                "`x`",
                Some("USER@HOST"),
            ),
            (vec![user, ("DISPLAY", ":0")], "box", None),
            (vec![user, ("WAYLAND_DISPLAY", "wayland-0")], "box", None),
        ] {
            let found = of(&variables, host);
            let target = found.tunnel.as_ref().map(|tunnel| tunnel.target.as_str());
            assert_eq!(target, tunnel, "{variables:?} {host}");
            assert_eq!(found.opens_browser, tunnel.is_none());
        }
    }
}
