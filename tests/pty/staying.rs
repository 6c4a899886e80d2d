//! What stays when the program ends, what changes while it runs, and what leaves no
//! trace: the built binary against a tenant in this process.

use std::fs;
use std::path::Path;
use std::path::PathBuf;

use rustix::process::Signal;
use vigie::sim::Options;
use vigie::sim::Simulator;

use super::Session;

/// A tenant, and a folder with a configuration that signs in to it.
pub(super) struct Home {
    pub(super) folder: PathBuf,
    password: String,
    _runtime: tokio::runtime::Runtime,
    pub(super) simulator: Simulator,
}

impl Home {
    pub(super) fn new(name: &str) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let options = Options {
            alerts: 60,
            arrivals: None,
            ..Options::default()
        };
        let simulator = runtime.block_on(Simulator::start(options)).unwrap();
        let account = simulator.account();
        let name = format!("vigie-staying-{name}-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        fs::create_dir_all(&folder).unwrap();
        let profile = format!(
            "[profiles.work]\ntenant = \"{}\"\nclient_id = \"{}\"\nusername = \"{}\"\n\
             authority = \"{}\"\napi = \"{}\"\npoll = \"1s\"\n",
            account.tenant, account.client_id, account.username, account.authority, account.api
        );
        fs::write(folder.join("config.toml"), profile).unwrap();
        Self {
            folder,
            password: account.password.clone(),
            _runtime: runtime,
            simulator,
        }
    }

    /// What the program finds around it.
    pub(super) fn environment(&self) -> [(&'static str, String); 3] {
        let path = |name| self.folder.join(name).display().to_string();
        [
            ("VIGIE_CONFIG", path("config.toml")),
            ("XDG_STATE_HOME", path("state")),
            ("VIGIE_PASSWORD", self.password.clone()),
        ]
    }

    pub(super) fn starts(&self, arguments: &[&str]) -> Session {
        let environment = self.environment();
        let environment = environment
            .each_ref()
            .map(|(name, value)| (*name, value.as_str()));
        let mut session = Session::start(env!("CARGO_BIN_EXE_vigie"), arguments, &environment);
        session.sees("60 alerts loaded");
        session
    }

    fn place(&self) -> PathBuf {
        self.folder.join("state/vigie/work.json")
    }

    fn adds(&self, line: &str) {
        let path = self.folder.join("config.toml");
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, format!("{line}\n{text}")).unwrap();
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.folder).unwrap_or_default();
    }
}

pub(super) fn ends(mut session: Session) {
    session.types("\u{3}");
    assert!(session.ends().success());
    session.has_its_terminal_back();
}

fn is_for_its_owner_alone(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).unwrap().permissions().mode() & 0o777 == 0o600
}

#[test]
fn the_place_is_kept_however_it_ends_and_found_again() {
    let home = Home::new("place");
    let mut session = home.starts(&[]);
    session.types("jjj").sees("4 of 60");
    ends(session);
    assert!(is_for_its_owner_alone(&home.place()));

    let mut session = home.starts(&[]);
    session.sees("4 of 60").types("/a\r").sees("/a");
    session.signal(Signal::TERM);
    session.ends();
    let kept = fs::read_to_string(home.place()).unwrap();
    assert!(kept.contains("\"filter\":\"a\""), "{kept}");

    // Clean: neither read nor written.
    let mut session = home.starts(&["--clean"]);
    session.sees("1 of 60").types("jjjjj").sees("6 of 60");
    ends(session);
    assert_eq!(fs::read_to_string(home.place()).unwrap(), kept);

    let mut session = home.starts(&[]);
    session.sees("/a").types("\u{1b}");
    session.signal(Signal::HUP);
    session.ends();

    fs::write(home.place(), "{\"filter\": \"half").unwrap();
    let mut session = home.starts(&[]);
    session.sees("1 of 60").types("L");
    session.sees("the place you left could not be read");
    ends(session);
    assert!(vigie::app::place::Place::read(&fs::read_to_string(home.place()).unwrap()).is_ok());
}

#[test]
fn a_changed_file_is_in_force_at_once_and_a_wrong_one_is_not() {
    let home = Home::new("config");
    let mut session = home.starts(&[]);
    home.adds("mouse = true");
    session.sees("configuration read again");
    session.until("the mouse taken", |screen| {
        screen.mouse_protocol_mode() == vt100::MouseProtocolMode::PressRelease
    });
    home.adds("theme = \"darck\"");
    session.sees("configuration kept as it was").types("L");
    session.sees("theme = \"darck\"").sees("^");
    ends(session);
}

#[test]
fn lines_without_a_single_control_sequence() {
    let home = Home::new("linear");
    for mut session in [Session::demo(&["--linear"]), home.starts(&["--linear"])] {
        session.sees("60 alerts loaded").sees("1 of 60: ");
        session
            .types("j")
            .sees("2 of 60: ")
            .types("\r")
            .sees("REFERENCE");
        session.types("q").types("q");
        assert!(session.ends().success());
        session.has_its_terminal_back();
        let written = String::from_utf8_lossy(&session.written).into_owned();
        assert!(!written.contains('\u{1b}'), "{written:?}");
        assert!(
            written.contains("2 of 60: ") && written.contains("alert:\r\n"),
            "{written}"
        );
    }
}
