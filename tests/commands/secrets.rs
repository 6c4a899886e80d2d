//! What is worth stealing: never in a log, in what is said or printed, in the arguments
//! of the program, or in the environment of what it starts.

use std::fs;
use std::io::BufRead;
use std::io::BufReader;
use std::io::Read;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;

use vigie::sim::Endpoint;
use vigie::sim::Fault;

use crate::person;
use crate::person::decoded;
use crate::program::Tenant;

const CERTIFICATE: &str = include_str!("../samples/certificate/client.pem");

/// Fields of a form that are worth something.
const SECRET_FIELDS: [&str; 7] = [
    "password",
    "client_secret",
    "refresh_token",
    "code",
    "code_verifier",
    "device_code",
    "client_assertion",
];

/// Everything worth something that reached the tenant so far, and its account's own.
fn secrets(tenant: &Tenant) -> Vec<String> {
    let account = tenant.account();
    let mut secrets = vec![account.password.clone(), account.client_secret.clone()];
    for request in tenant.requests() {
        let fields = decoded(&request.body).into_iter();
        let worth = fields.filter(|(name, _)| SECRET_FIELDS.contains(&name.as_str()));
        secrets.extend(worth.map(|(_, value)| value));
        if let Some(bearer) = request.header("authorization") {
            let token = bearer.strip_prefix("Bearer ").unwrap();
            secrets.push(token.to_owned());
            // Its last part alone is what makes it worth stealing.
            secrets.extend(token.rsplit('.').next().map(str::to_owned));
        }
    }
    secrets.sort();
    secrets.dedup();
    secrets
}

/// The program while it asks somebody to sign in.
struct Asking {
    child: Child,
    errors: BufReader<std::process::ChildStderr>,
    said: String,
}

impl Asking {
    fn start(command: &mut Command) -> Self {
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let errors = BufReader::new(child.stderr.take().unwrap());
        Self {
            child,
            errors,
            said: String::new(),
        }
    }

    /// The first word it says that begins so.
    fn word(&mut self, begin: &str) -> String {
        loop {
            let mut words = self.said.split_whitespace();
            if let Some(word) = words.find(|word| word.starts_with(begin)) {
                return word.to_owned();
            }
            let read = self.errors.read_line(&mut self.said).unwrap();
            assert!(read > 0, "it ended: {}", self.said);
        }
    }

    /// Its arguments, as anyone on the machine can read them.
    #[cfg(target_os = "linux")]
    fn arguments(&self) -> String {
        let path = format!("/proc/{}/cmdline", self.child.id());
        String::from_utf8(fs::read(path).unwrap()).unwrap()
    }

    #[cfg(not(target_os = "linux"))]
    fn arguments(&self) -> String {
        String::new()
    }

    /// Waits for its end: all it said and printed.
    fn ends(mut self) -> String {
        self.errors.read_to_string(&mut self.said).unwrap();
        let mut out = self.child.stdout.take().unwrap();
        out.read_to_string(&mut self.said).unwrap();
        assert!(self.child.wait().unwrap().success(), "{}", self.said);
        std::mem::take(&mut self.said)
    }
}

impl Drop for Asking {
    fn drop(&mut self) {
        // That it ended already is no matter.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Arguments that sign in, list, and log, with a renewal on the way.
fn listing<'a>(way: &'a str, log: &'a str) -> [&'a str; 8] {
    [
        "alerts",
        "list",
        "-o",
        "json",
        "--auth",
        way,
        "--log-file",
        log,
    ]
}

/// Nothing worth something is in any of these texts.
fn hold_nothing(tenant: &Tenant, texts: &[String]) {
    let secrets = secrets(tenant);
    assert!(secrets.len() > 2, "nothing travelled");
    for text in texts {
        for secret in &secrets {
            assert!(!text.contains(secret), "`{secret}` in {text}");
        }
    }
}

/// A first token that is refused makes every method renew as well.
fn refuse_the_first_token(tenant: &Tenant) {
    let refused = Fault::Status {
        code: 401,
        headers: Vec::new(),
        body: String::new(),
    };
    tenant.script().next(Endpoint::Alerts, refused);
}

#[test]
fn methods_without_a_person_say_nothing_of_what_they_know() {
    for way in ["password", "client-secret", "client-certificate", "command"] {
        let tenant = Tenant::with_alerts(5);
        let account = tenant.account().clone();
        let log = tenant.home.path("log").display().to_string();
        let mut command = tenant.vigie(&listing(way, &log));
        command
            .env_remove("VIGIE_PASSWORD")
            .env_remove("VIGIE_USERNAME");
        match way {
            "password" => {
                command
                    .env("VIGIE_USERNAME", &account.username)
                    .env("VIGIE_PASSWORD", &account.password);
            }
            "client-secret" => {
                command.env("VIGIE_CLIENT_SECRET", &account.client_secret);
            }
            "client-certificate" => {
                tenant.script().upload_certificate(CERTIFICATE).unwrap();
                let file = tenant.home.file("certificate.pem", CERTIFICATE);
                command.args(["--client-certificate", &file]);
            }
            _ => {
                let token = tenant.home.file("token", &token(&tenant));
                tenant.home.configure(&format!(
                    "[profiles.default]\ntoken_command = [\"cat\", \"{token}\"]\n"
                ));
            }
        }
        refuse_the_first_token(&tenant);
        let running = Asking::start(&mut command);
        let arguments = running.arguments();
        let said = running.ends();
        assert!(said.contains("alertCreationTime"), "{said}");
        let logged = fs::read_to_string(&log).unwrap();
        assert!(logged.contains("answered"), "{logged}");
        hold_nothing(&tenant, &[arguments, said, logged]);
    }
}

/// A token of the tenant, got by its client secret.
fn token(tenant: &Tenant) -> String {
    let account = tenant.account();
    let form = [
        ("client_id", account.client_id.as_str()),
        ("grant_type", "client_credentials"),
        ("client_secret", &account.client_secret),
        ("scope", "https://api.securitycenter.microsoft.com/.default"),
    ];
    let url = format!("{}/{}/oauth2/v2.0/token", account.authority, account.tenant);
    let answer = runtime().block_on(async {
        let _already_there = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let sent = client.post(url).form(&form).send().await.unwrap();
        sent.text().await.unwrap()
    });
    let answer: serde_json::Value = serde_json::from_str(&answer).unwrap();
    answer["access_token"].as_str().unwrap().to_owned()
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}

#[test]
fn a_person_is_told_nothing_that_is_worth_something() {
    for way in ["browser", "device-code"] {
        let tenant = Tenant::with_alerts(5);
        let log = tenant.home.path("log").display().to_string();
        let mut command = tenant.vigie(&listing(way, &log));
        refuse_the_first_token(&tenant);
        let mut running = Asking::start(&mut command);
        if way == "browser" {
            let url = running.word("http://");
            let redirect = decoded(url.split_once('?').unwrap().1);
            let (_, redirect) = redirect
                .iter()
                .find(|(name, _)| name == "redirect_uri")
                .unwrap();
            let port = redirect.rsplit_once(':').unwrap().1.parse().unwrap();
            runtime().block_on(async {
                person::answers(&url, "continue").await.posts(port).await;
            });
        } else {
            running.word("http://");
            tenant.script().approve_device_codes();
        }
        let arguments = running.arguments();
        let said = running.ends();
        assert!(said.contains("alertCreationTime"), "{said}");
        let logged = fs::read_to_string(&log).unwrap();
        let travelled = secrets(&tenant);
        assert!(travelled.len() > 6, "code or device code, verifier, tokens");
        hold_nothing(&tenant, &[arguments, said, logged]);
    }
}

#[test]
#[cfg(unix)]
fn what_is_started_inherits_no_secret() {
    let tenant = Tenant::with_alerts(5);
    let account = tenant.account().clone();
    let dumped = tenant.home.path("environment").display().to_string();
    let dump = |printed: &str| {
        let path = tenant.home.file("secret", printed);
        format!(
            "[\"sh\", \"-c\", \"env >> {dumped}; tr '\\\\0' ' ' < /proc/$PPID/cmdline >> {dumped}; cat {path}\"]"
        )
    };
    let token = token(&tenant);
    for (way, setting, printed) in [
        ("password", "password_command", account.password.as_str()),
        (
            "client-secret",
            "client_secret_command",
            &account.client_secret,
        ),
        ("command", "token_command", &token),
    ] {
        tenant.home.configure(&format!(
            "[profiles.default]\n{}auth = \"{way}\"\n{setting} = {}\n",
            tenant.profile().replace("auth = \"password\"\n", ""),
            dump(printed)
        ));
        let log = tenant.home.path("log").display().to_string();
        let mut command = tenant
            .home
            .vigie(&["alerts", "list", "-o", "json", "--log-file", &log]);
        // Those it does not use are no business of its children either.
        if way == "password" {
            command.env("VIGIE_CLIENT_SECRET", &account.client_secret);
        } else if way == "client-secret" {
            command.env("VIGIE_PASSWORD", &account.password);
        } else {
            command
                .env("VIGIE_CLIENT_SECRET", &account.client_secret)
                .env("VIGIE_PASSWORD", &account.password);
        }
        let said = Asking::start(&mut command).ends();
        let environment = fs::read_to_string(&dumped).unwrap();
        assert!(environment.contains("PATH="), "{environment}");
        for name in ["VIGIE_PASSWORD", "VIGIE_CLIENT_SECRET"] {
            assert!(!environment.contains(name), "{environment}");
        }
        let logged = fs::read_to_string(&log).unwrap();
        hold_nothing(&tenant, &[environment, said, logged]);
    }
}
