//! The built binary in a real pseudo-terminal: it draws, obeys keys, and gives the
//! terminal back however it ends.
#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    reason = "a terminal that cannot be set up has failed the test"
)]

use std::io::Read;
use std::io::Write;
use std::path::PathBuf;
use std::sync::mpsc;
use std::sync::mpsc::Receiver;
use std::thread;
use std::time::Duration;
use std::time::Instant;

use portable_pty::Child;
use portable_pty::CommandBuilder;
use portable_pty::ExitStatus;
use portable_pty::MasterPty;
use portable_pty::PtySize;
use portable_pty::native_pty_system;
use rustix::process::Pid;
use rustix::process::Signal;
use rustix::process::kill_process;
use vigie::runtime::terminal::Screen;
use vigie::sim::Account;
use vigie::sim::Options;
use vigie::sim::Simulator;
use vigie::theme::BuiltIn;
use vigie::theme::Theme;

#[path = "pty/acting.rs"]
mod acting;
#[path = "pty/deciding.rs"]
mod deciding;
#[path = "pty/editing.rs"]
mod editing;
#[path = "pty/staying.rs"]
mod staying;

/// A program that says nothing for so long hangs. Nothing waits this long when all is well.
const HANGS: Duration = Duration::from_secs(60);

struct Session {
    child: Box<dyn Child + Send + Sync>,
    master: Box<dyn MasterPty + Send>,
    keyboard: Box<dyn Write + Send>,
    output: Receiver<Vec<u8>>,
    screen: vt100::Parser,
    /// Everything written so far.
    written: Vec<u8>,
}

impl Session {
    fn start(program: &str, arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let size = PtySize {
            rows: 24,
            cols: 80,
            pixel_width: 0,
            pixel_height: 0,
        };
        let pair = native_pty_system().openpty(size).unwrap();
        let mut command = CommandBuilder::new(program);
        command.args(arguments);
        command.env("TERM", "xterm-256color");
        command.env("XDG_CONFIG_HOME", "/nonexistent");
        // No place of an earlier run: each begins as the first.
        command.env("XDG_STATE_HOME", "/dev/null");
        for (name, value) in environment {
            command.env(name, value);
        }
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().unwrap();
        let (sender, output) = mpsc::channel();
        thread::spawn(move || {
            let mut chunk = [0; 4096];
            while let Ok(count @ 1..) = reader.read(&mut chunk) {
                let bytes = chunk.get(..count).unwrap_or_default().to_vec();
                if sender.send(bytes).is_err() {
                    return;
                }
            }
        });
        Self {
            child,
            keyboard: pair.master.take_writer().unwrap(),
            master: pair.master,
            output,
            screen: vt100::Parser::new(24, 80, 0),
            written: Vec::new(),
        }
    }

    fn demo(arguments: &[&str]) -> Self {
        let arguments = [&["demo", "--alerts", "60", "--arrivals", "0s"], arguments].concat();
        Self::start(env!("CARGO_BIN_EXE_vigie"), &arguments, &[])
    }

    fn types(&mut self, keys: &str) -> &mut Self {
        self.keyboard.write_all(keys.as_bytes()).unwrap();
        self.keyboard.flush().unwrap();
        self
    }

    /// Reads on until the screen is as wanted.
    fn until(&mut self, what: &str, wanted: impl Fn(&vt100::Screen) -> bool) -> &mut Self {
        // Of all the waiting: one that says something each second may never say this.
        let until = Instant::now() + HANGS;
        while !wanted(self.screen.screen()) {
            let left = until.saturating_duration_since(Instant::now());
            match self.output.recv_timeout(left) {
                Ok(bytes) => {
                    self.screen.process(&bytes);
                    self.written.extend(bytes);
                }
                Err(error) => {
                    let shown = self.screen.screen().contents();
                    assert!(
                        wanted(self.screen.screen()),
                        "{error}: never {what} on\n{shown}"
                    );
                }
            }
        }
        self
    }

    fn sees(&mut self, text: &str) -> &mut Self {
        self.until(text, |screen| screen.contents().contains(text))
    }

    /// Waits for the end; everything written until then is on the screen.
    fn ends(&mut self) -> ExitStatus {
        while let Ok(bytes) = self.output.recv_timeout(HANGS) {
            self.screen.process(&bytes);
            self.written.extend(bytes);
        }
        self.child.wait().unwrap()
    }

    /// The terminal goes away, as when its window is closed. Waits for the program's end.
    fn closes(self) {
        let Self {
            mut child,
            master,
            keyboard,
            output,
            ..
        } = self;
        drop((keyboard, output));
        // Drawn anew, it says something: whoever reads finds nobody to tell and leaves too.
        let size = PtySize {
            rows: 30,
            cols: 100,
            pixel_width: 0,
            pixel_height: 0,
        };
        master.resize(size).unwrap();
        drop(master);
        child.wait().unwrap();
    }

    fn signal(&self, signal: Signal) {
        let id = i32::try_from(self.child.process_id().unwrap()).unwrap();
        kill_process(Pid::from_raw(id).unwrap(), signal).unwrap();
    }

    /// No alternate screen, a visible cursor, no bracketed paste.
    fn has_its_terminal_back(&self) {
        let screen = self.screen.screen();
        assert!(!screen.alternate_screen());
        assert!(!screen.hide_cursor());
        assert!(!screen.bracketed_paste());
        assert_eq!(screen.mouse_protocol_mode(), vt100::MouseProtocolMode::None);
    }
}

#[test]
fn the_dashboard_starts_obeys_and_quits() {
    let mut session = Session::demo(&[]);
    session.sees("60 alerts loaded").sees("> ");
    assert!(session.screen.screen().alternate_screen());
    session.types("/lsass").sees("/lsass");
    session.types("\r").sees("[0 all* 60]").types("\u{1b}");
    session.until("the filter gone", |screen| {
        !screen.contents().contains("/lsass")
    });
    session.types("?").sees("LIST OF ALERTS").types("q");
    session.until("the help gone", |screen| {
        !screen.contents().contains("LIST OF ALERTS")
    });
    session.types("q");
    assert!(session.ends().success());
    session.has_its_terminal_back();
}

#[test]
fn the_demo_on_graph_hunts_and_acts_on_devices() {
    let mut session = Session::demo(&["--service", "graph"]);
    session.sees("DEMO Graph").sees("alerts loaded");
    // Escape and what follows it at once would be one key: each is waited for.
    session.types("t").sees("FIRST TOKEN").types("t");
    session.types("!").sees("i isolate").types("\u{1b}");
    session.until("the menu gone", |screen| {
        !screen.contents().contains("i isolate")
    });
    session.types("H").sees("/h left  Graph").types("d");
    session
        .sees("hunt 1 of 1: everything on this device")
        .sees(" rows ");
    session.types("\u{1b}");
    session.until("the drawer gone", |screen| {
        !screen.contents().contains("hunt 1 of 1")
    });
    session.types("q");
    assert!(session.ends().success());
    session.has_its_terminal_back();
}

#[test]
fn a_new_size_is_drawn_at_once() {
    let mut session = Session::demo(&[]);
    session.sees("60 alerts loaded");
    session.screen.screen_mut().set_size(40, 120);
    let size = PtySize {
        rows: 40,
        cols: 120,
        pixel_width: 0,
        pixel_height: 0,
    };
    session.master.resize(size).unwrap();
    session.sees("Alert.ReadWrite").types("\u{3}");
    assert!(session.ends().success());
}

#[test]
fn signals_end_it_and_give_the_terminal_back() {
    for signal in [Signal::TERM, Signal::HUP, Signal::INT] {
        let mut session = Session::demo(&[]);
        session.sees("60 alerts loaded");
        session.signal(signal);
        session.ends();
        session.has_its_terminal_back();
    }
}

#[test]
fn ctrl_z_gives_the_terminal_back_until_the_shell_resumes_it() {
    let shell = "set -m; \"$VIGIE\" demo --alerts 60 --arrivals 0s; echo suspended; read -r; fg >/dev/null; echo ended";
    let environment = [("VIGIE", env!("CARGO_BIN_EXE_vigie"))];
    let mut session = Session::start("bash", &["-c", shell], &environment);
    session
        .sees("60 alerts loaded")
        .types("\u{1a}")
        .until("the shell back", |screen| {
            !screen.alternate_screen() && screen.contents().contains("suspended")
        });
    // The shell waits: what it shows and what comes after must not arrive together.
    session.types("\n");
    session.until("the dashboard back", vt100::Screen::alternate_screen);
    session.sees("> ").types("q");
    session.until("the end", |screen| screen.contents().contains("ended"));
    session.has_its_terminal_back();
    session.ends();
}

#[test]
fn no_colour_means_no_colour() {
    let arguments = ["demo", "--alerts", "60", "--arrivals", "0s"];
    let mut session = Session::start(
        env!("CARGO_BIN_EXE_vigie"),
        &arguments,
        &[("NO_COLOR", "1")],
    );
    session.sees("60 alerts loaded");
    let screen = session.screen.screen();
    for row in 0..24 {
        for column in 0..80 {
            let cell = screen.cell(row, column).unwrap();
            assert_eq!(
                (cell.fgcolor(), cell.bgcolor()),
                (vt100::Color::Default, vt100::Color::Default)
            );
        }
    }
    session.types("q");
    session.ends();
}

#[test]
fn the_mouse_is_taken_when_asked_for_and_always_given_back() {
    let taken = |screen: &vt100::Screen| {
        screen.mouse_protocol_mode() == vt100::MouseProtocolMode::PressRelease
            && screen.mouse_protocol_encoding() == vt100::MouseProtocolEncoding::Sgr
    };
    let free =
        |screen: &vt100::Screen| screen.mouse_protocol_mode() == vt100::MouseProtocolMode::None;
    let mut session = Session::demo(&[]);
    session.sees("60 alerts loaded");
    assert!(free(session.screen.screen()));
    session.types("M").until("the mouse taken", taken);
    // A click on the third alert: lines are counted from one, and three are above it.
    session
        .types("\u{1b}[<0;20;6M\u{1b}[<0;20;6m")
        .sees("3 of 60");
    session.types("\u{1b}[<65;20;6M").sees("6 of 60");
    session.types("M").until("the mouse free", free);

    session.types("M").until("the mouse taken", taken);
    session.types("q");
    assert!(session.ends().success());
    session.has_its_terminal_back();

    let arguments = ["demo", "--alerts", "60", "--arrivals", "0s"];
    let program = env!("CARGO_BIN_EXE_vigie");
    let mut session = Session::start(program, &arguments, &[("VIGIE_MOUSE", "1")]);
    session
        .sees("60 alerts loaded")
        .until("the mouse taken", taken);
    session.signal(Signal::TERM);
    session.ends();
    session.has_its_terminal_back();
}

/// Plays the program that panics; does nothing when run as one of the tests.
#[test]
fn someone_who_panics_with_the_terminal_taken() {
    if std::env::var_os("VIGIE_TEST_PANICS").is_none() {
        return;
    }
    vigie::cli::panics::give_the_terminal_back_first().unwrap();
    let _screen = Screen::take(Theme::from(BuiltIn::Terminal)).unwrap();
    assert!(
        std::env::var_os("VIGIE_TEST_PANICS").is_none(),
        "a mistake in vigie"
    );
}

#[test]
fn a_panic_gives_the_terminal_back_before_it_says_why() {
    let program = std::env::current_exe().unwrap();
    let arguments = [
        "--exact",
        "someone_who_panics_with_the_terminal_taken",
        "--nocapture",
    ];
    let mut session = Session::start(
        program.to_str().unwrap(),
        &arguments,
        &[("VIGIE_TEST_PANICS", "1")],
    );
    assert!(!session.ends().success());
    session.has_its_terminal_back();
    let written = String::from_utf8_lossy(&session.written).into_owned();
    let (_, after) = written.split_once("\u{1b}[?1049l").unwrap();
    assert!(after.contains("a mistake in vigie"), "{written}");
}

/// Two tenants of one person, the second with few alerts.
struct Tenants {
    _runtime: tokio::runtime::Runtime,
    simulators: Vec<Simulator>,
    folder: PathBuf,
}

impl Tenants {
    fn of(alerts: [usize; 2]) -> Self {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let folder =
            std::env::temp_dir().join(format!("vigie-pty-{}-{}", std::process::id(), alerts[0]));
        std::fs::create_dir_all(&folder).unwrap();
        let mut text = "profile = \"first\"\n".to_owned();
        let mut simulators = Vec::new();
        for (name, alerts) in ["first", "second"].into_iter().zip(alerts) {
            let options = Options {
                alerts,
                arrivals: None,
                ..Options::default()
            };
            let simulator = runtime.block_on(Simulator::start(options)).unwrap();
            let account = simulator.account();
            let Account {
                authority,
                api,
                tenant,
                client_id,
                client_secret,
                ..
            } = account;
            let profile = format!(
                "[profiles.{name}]\nauthority = \"{authority}\"\napi = \"{api}\"\ntenant = \"{tenant}\"\n\
                 client_id = \"{client_id}\"\nauth = \"client-secret\"\n\
                 client_secret_command = [\"printf\", \"%s\", '{client_secret}']\n"
            );
            text.push_str(&profile);
            simulators.push(simulator);
        }
        std::fs::write(folder.join("config.toml"), text).unwrap();
        Self {
            _runtime: runtime,
            simulators,
            folder,
        }
    }
}

impl Drop for Tenants {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.folder).unwrap_or_default();
    }
}

#[test]
fn another_profile_is_gone_to_and_each_keeps_its_place() {
    let tenants = Tenants::of([50, 7]);
    let file = tenants.folder.join("config.toml").display().to_string();
    let vigie = env!("CARGO_BIN_EXE_vigie");
    let mut session = Session::start(vigie, &["--config", &file], &[]);
    session.sees("50 alerts loaded").sees("vigie first");
    session.types("jjj").sees("4 of 50");
    session.types(":profile second\r");
    session.sees("vigie second").sees("1 of 7").sees("app-only");
    session.types("j").sees("2 of 7");
    session.types(":profile first\r");
    session.sees("vigie first").sees("4 of 50");
    session.types(":profile second\r").sees("2 of 7");
    session.types("q");
    assert!(session.ends().success());
    session.has_its_terminal_back();
}

#[test]
fn ctrl_c_gives_up_a_sign_in_and_gives_the_line_mode_back() {
    let tenants = Tenants::of([1, 1]);
    let account = tenants.simulators.first().unwrap().account();
    let login = format!(
        "trap : INT; {} login --auth browser; echo status $?; stty -a | tr ';' '\\n' | grep -o '\\-\\?icanon\\|\\-\\?echo '",
        env!("CARGO_BIN_EXE_vigie")
    );
    let environment = [
        ("VIGIE_AUTHORITY", account.authority.as_str()),
        ("VIGIE_API", &account.api),
        ("VIGIE_TENANT", &account.tenant),
        ("VIGIE_CLIENT_ID", &account.client_id),
    ];
    let mut session = Session::start("sh", &["-c", &login], &environment);
    session.sees("ctrl-c gives up").types("\x03");
    session.sees("status 3");
    assert!(session.ends().success());
    let contents = session.screen.screen().contents();
    let modes = contents.split("status 3").nth(1).unwrap();
    assert!(
        modes.contains("icanon") && modes.contains("echo") && !modes.contains('-'),
        "{modes}"
    );
}
