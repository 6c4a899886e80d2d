//! One operator: a folder, a tenant to sign in to, and the program to run.

use std::ffi::OsStr;
use std::fs;
use std::io::BufRead;
use std::io::BufReader;
use std::io::Read;
use std::io::Write;
use std::path::PathBuf;
use std::process::Child;
use std::process::ChildStderr;
use std::process::ChildStdout;
use std::process::Command;
use std::process::Output;
use std::process::Stdio;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering;
use std::thread;

use serde_json::Value;
use tokio::runtime::Runtime;
use vigie::domain::service;
use vigie::domain::token::Api;
use vigie::sim::Account;
use vigie::sim::Fault;
use vigie::sim::Options;
use vigie::sim::Population;
use vigie::sim::Request;
use vigie::sim::Script;
use vigie::sim::Simulator;

use crate::both::DEFENDER;
use crate::both::Service;

/// A folder of its own for each test, gone with it.
pub(crate) struct Home(PathBuf);

impl Home {
    pub(crate) fn new() -> Self {
        static HOMES: AtomicU32 = AtomicU32::new(0);
        let number = HOMES.fetch_add(1, Ordering::Relaxed);
        let name = format!("vigie-commands-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// A file of the home with this text; its path.
    pub(crate) fn file(&self, name: &str, text: &str) -> String {
        let path = self.path(name);
        fs::write(&path, text).unwrap();
        path.display().to_string()
    }

    pub(crate) fn config_file(&self) -> PathBuf {
        self.path("config/vigie/config.toml")
    }

    /// Writes the configuration file.
    pub(crate) fn configure(&self, text: &str) {
        let path = self.config_file();
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// The program in an environment with nothing of ours in it.
    pub(crate) fn vigie<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_vigie"));
        command
            .args(arguments)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", &self.0)
            .env("XDG_CONFIG_HOME", self.path("config"))
            .env("TZ", "UTC")
            .stdin(Stdio::null());
        command
    }

    /// Runs it to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Told {
        told(&mut self.vigie(arguments))
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}

/// What a run came to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) status: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Told {
    /// The data of a run that worked and had nothing else to say.
    pub(crate) fn data(self) -> String {
        assert_eq!(self.status, Some(0), "{}", self.err);
        assert_eq!(self.err, "");
        self.out
    }

    /// The data as one JSON document.
    pub(crate) fn json(self) -> Value {
        serde_json::from_str(&self.data()).unwrap()
    }

    /// The lines of a run that failed with this status and printed no data.
    pub(crate) fn failure(self, status: i32) -> Vec<String> {
        assert_eq!(self.out, "");
        assert_eq!(self.status, Some(status), "{}", self.err);
        self.err.lines().map(str::to_owned).collect()
    }
}

impl From<Output> for Told {
    fn from(output: Output) -> Self {
        Self {
            status: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// Runs a command to its end.
pub(crate) fn told(command: &mut Command) -> Told {
    command.output().unwrap().into()
}

/// Runs a command to its end, with something to read.
pub(crate) fn told_with_input(command: &mut Command, input: &[u8]) -> Told {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    thread::scope(|scope| {
        // The program may stop reading before the end of a large input.
        scope.spawn(move || stdin.write_all(input).unwrap_or_default());
        child.wait_with_output().unwrap().into()
    })
}

/// A simulated tenant, served by threads of this process, and its operator.
pub(crate) struct Tenant {
    /// The one it is asked through.
    pub(crate) service: &'static Service,
    pub(crate) home: Home,
    simulator: Simulator,
    _runtime: Runtime,
}

impl Tenant {
    /// A tenant of `alerts` alerts where nothing happens by itself.
    pub(crate) fn with_alerts(alerts: usize) -> Self {
        Self::of_alerts(&DEFENDER, alerts)
    }

    /// The same, asked through one of the two services.
    pub(crate) fn of_alerts(service: &'static Service, alerts: usize) -> Self {
        let options = Options {
            alerts,
            arrivals: None,
            ..Options::default()
        };
        Self::on(service, options)
    }

    /// The same with the alerts of every product, where the service has others too.
    pub(crate) fn with_all_products(self) -> Self {
        if self.service.api == Api::Graph {
            self.home
                .configure("[profiles.default]\nsources = ['all']\n");
        }
        self
    }

    /// Alerts that a command lists without being asked for more.
    pub(crate) fn listed(&self) -> usize {
        let listed = self.run(&["alerts", "list", "-o", "ndjson"]).data();
        listed.lines().count()
    }

    /// Where it listens, as messages name it.
    pub(crate) fn host(&self) -> String {
        self.account().api.trim_start_matches("http://").to_owned()
    }

    /// A tenant of these very bodies.
    pub(crate) fn with_bodies(bodies: &[&str]) -> Self {
        let bodies = bodies.iter().map(|body| (*body).to_owned()).collect();
        Self::of_bodies(&DEFENDER, bodies)
    }

    /// The same, asked through one of the two services.
    pub(crate) fn of_bodies(service: &'static Service, bodies: Vec<String>) -> Self {
        let options = Options {
            population: Population::Verbatim(bodies),
            ..Options::default()
        };
        Self::on(service, options)
    }

    pub(crate) fn with(options: Options) -> Self {
        Self::on(&DEFENDER, options)
    }

    pub(crate) fn on(service: &'static Service, options: Options) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let simulator = runtime.block_on(Simulator::start(options)).unwrap();
        Self {
            service,
            home: Home::new(),
            simulator,
            _runtime: runtime,
        }
    }

    pub(crate) fn account(&self) -> &Account {
        self.simulator.account()
    }

    pub(crate) fn script(&self) -> Script {
        self.simulator.script()
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.simulator.requests()
    }

    /// Method and path of everything received, in short.
    pub(crate) fn calls(&self) -> Vec<&'static str> {
        let requests = self.requests();
        let calls = requests
            .iter()
            .map(|request| match request.method.as_str() {
                "POST" => "token",
                _ if request.path == self.service.alerts => "list",
                _ => "alert",
            });
        calls.collect()
    }

    /// The program, told by its environment to sign in here.
    pub(crate) fn vigie(&self, arguments: &[&str]) -> Command {
        let account = self.account();
        let mut command = self.home.vigie(arguments);
        command
            .env("VIGIE_AUTHORITY", &account.authority)
            .env(
                "VIGIE_SERVICE",
                service::Service::of(self.service.api).setting,
            )
            .env("VIGIE_API", self.service.base(account))
            .env("VIGIE_TENANT", &account.tenant)
            .env("VIGIE_CLIENT_ID", &account.client_id)
            .env("VIGIE_USERNAME", &account.username)
            .env("VIGIE_PASSWORD", &account.password);
        command
    }

    /// Runs it to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Told {
        told(&mut self.vigie(arguments))
    }

    /// The same settings as lines of a profile, without the password.
    pub(crate) fn profile(&self) -> String {
        let account = self.account();
        format!(
            "authority = \"{}\"\napi = \"{}\"\ntenant = \"{}\"\nclient_id = \"{}\"\nusername = \"{}\"\nauth = \"password\"\n",
            account.authority, account.api, account.tenant, account.client_id, account.username
        )
    }
}

/// The program while it runs, its output line by line.
pub(crate) struct Running {
    child: Leash,
    lines: BufReader<ChildStdout>,
    errors: BufReader<ChildStderr>,
}

impl Running {
    pub(crate) fn start(command: &mut Command) -> Self {
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap());
        let errors = BufReader::new(child.stderr.take().unwrap());
        Self {
            child: Leash(child),
            lines,
            errors,
        }
    }

    /// The next line, waited for.
    pub(crate) fn line(&mut self) -> String {
        let mut line = String::new();
        self.lines.read_line(&mut line).unwrap();
        assert!(line.ends_with('\n'), "the program ended: {line:?}");
        line.pop();
        line
    }

    /// The next line as JSON.
    pub(crate) fn json(&mut self) -> Value {
        serde_json::from_str(&self.line()).unwrap()
    }

    /// Waits until it was answered so many polls more, each told by an item that it
    /// says it cannot read.
    pub(crate) fn polls(&mut self, tenant: &Tenant, times: usize) {
        for _ in 0..times {
            let mark = Fault::BadItem("42".to_owned());
            tenant.script().next(tenant.service.list, mark);
            let mut said = String::new();
            self.errors.read_line(&mut said).unwrap();
            assert!(said.contains("could not be read as alerts"), "{said:?}");
        }
    }

    /// Stops reading its data, and waits for its end: status and last words.
    #[cfg(unix)]
    pub(crate) fn leave(self) -> (Option<i32>, String) {
        let Self {
            lines,
            mut errors,
            mut child,
        } = self;
        drop(lines);
        let mut err = String::new();
        errors.read_to_string(&mut err).unwrap();
        (child.0.wait().unwrap().code(), err)
    }

    /// Asks it to end, and reads what it still had to say.
    #[cfg(unix)]
    pub(crate) fn terminate(mut self) -> Told {
        use rustix::process::Pid;
        use rustix::process::Signal;
        use rustix::process::kill_process;
        kill_process(Pid::from_child(&self.child.0), Signal::TERM).unwrap();
        let mut out = String::new();
        self.lines.read_to_string(&mut out).unwrap();
        let mut err = String::new();
        self.errors.read_to_string(&mut err).unwrap();
        Told {
            status: self.child.0.wait().unwrap().code(),
            out,
            err,
        }
    }
}

/// A failed test must not leave its program behind.
struct Leash(Child);

impl Drop for Leash {
    fn drop(&mut self) {
        // That it ended already is no matter.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}
