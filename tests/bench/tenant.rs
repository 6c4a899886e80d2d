//! Alerts to measure with: a hundred thousand of the simulated tenant, as its
//! service sends them, in files, so that no simulator is in memory while measuring.

use std::fs;
use std::io::Read;
use std::io::Write;
use std::net::TcpStream;
use std::path::Path;
use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;
use percent_encoding::NON_ALPHANUMERIC;
use percent_encoding::utf8_percent_encode;
use vigie::sim::Account;
use vigie::sim::Clock;
use vigie::sim::Limits;
use vigie::sim::ManualClock;
use vigie::sim::Options;
use vigie::sim::Simulator;
use vigie::wire::page;

/// How many alerts there are.
pub(crate) const ALERTS: usize = 100_000;
/// How many of them are on the large page.
pub(crate) const LARGE_PAGE: usize = 10_000;
/// The audience the simulated service wants.
pub(crate) const RESOURCE: &str = "https://api.securitycenter.microsoft.com";

const GRAPH: &str = "https://graph.microsoft.com";
/// How many pages of Graph are measured, and how many alerts are on each.
pub(crate) const GRAPH_PAGES: usize = 10;
pub(crate) const GRAPH_PAGE: usize = 1_000;

/// The sizes of page the dashboard asks for.
const FIRST_PAGE: usize = 100;
const NEXT_PAGE: usize = 2_000;

/// The moment everything was asked for.
pub(crate) fn asked_at() -> Timestamp {
    "2026-11-22T14:00:10Z".parse().unwrap()
}

/// Files of this run.
pub(crate) struct Bodies {
    folder: PathBuf,
}

impl Bodies {
    /// Those another process made.
    pub(crate) fn there() -> Self {
        Self {
            folder: Path::new(env!("CARGO_TARGET_TMPDIR")).join("figures"),
        }
    }

    /// Asks a simulated tenant for everything.
    pub(crate) fn make() -> Self {
        let bodies = Self::there();
        fs::create_dir_all(&bodies.folder).unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let simulator = runtime.block_on(Simulator::start(options())).unwrap();
        let account = simulator.account();
        let token = sign_in(account, RESOURCE);
        let page = |query: &str| call(account, "GET", &format!("/api/alerts?{query}"), &token, "");
        let mut skip = 0;
        let mut number = 0;
        while skip < ALERTS {
            let top = if skip == 0 { FIRST_PAGE } else { NEXT_PAGE };
            bodies.write(
                &format!("page-{number}"),
                &page(&format!("$top={top}&$skip={skip}")),
            );
            number += 1;
            skip += top;
        }
        bodies.write("rest", &page(&format!("$top=900&$skip={FIRST_PAGE}")));
        bodies.write("large", &page(&format!("$top={LARGE_PAGE}")));
        bodies.write(
            "large-with-evidence",
            &page(&format!("$top={LARGE_PAGE}&$expand=evidence")),
        );
        bodies.write_graph_pages(account);
        bodies.write("token", token.as_bytes());
        bodies.write("tenant", account.tenant.as_bytes());
        bodies
    }

    /// The first pages of a load from Graph, which goes on by the time of change.
    fn write_graph_pages(&self, account: &Account) {
        let token = sign_in(account, GRAPH);
        let mut until = asked_at().to_string();
        for number in 0..GRAPH_PAGES {
            let filter = format!(
                "serviceSource%20eq%20'microsoftDefenderForEndpoint'%20and%20lastUpdateDateTime%20le%20{until}"
            );
            let path = format!(
                "/v1.0/security/alerts_v2?$filter={filter}&$orderby=lastUpdateDateTime%20desc&$top={GRAPH_PAGE}"
            );
            let body = call(account, "GET", &path, &token, "");
            let page = page::read(&body).unwrap();
            until = page.alerts.last().unwrap().updated.unwrap().to_string();
            self.write(&format!("graph-{number}"), &body);
        }
    }

    fn write(&self, name: &str, body: &[u8]) {
        fs::write(self.folder.join(name), body).unwrap();
    }

    fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.folder.join(name)).unwrap()
    }

    /// The pages of the first load, from the given one on, each read when it is wanted.
    pub(crate) fn pages_from(&self, first: usize) -> impl Iterator<Item = Vec<u8>> {
        (first..)
            .map(|number| format!("page-{number}"))
            .take_while(|name| self.folder.join(name).exists())
            .map(|name| self.read(&name))
    }

    /// The pages of a first load that finds a thousand alerts.
    pub(crate) fn few_pages(&self) -> impl Iterator<Item = Vec<u8>> {
        ["page-0", "rest"].into_iter().map(|name| self.read(name))
    }

    /// The newest ten thousand, in one page.
    pub(crate) fn large_page(&self) -> Vec<u8> {
        self.read("large")
    }

    /// The same with evidence.
    pub(crate) fn large_page_with_evidence(&self) -> Vec<u8> {
        self.read("large-with-evidence")
    }

    /// The first pages of a load from Graph.
    pub(crate) fn graph_pages(&self) -> Vec<Vec<u8>> {
        let read = |number| self.read(&format!("graph-{number}"));
        (0..GRAPH_PAGES).map(read).collect()
    }

    /// An access token of the tenant.
    pub(crate) fn token(&self) -> String {
        String::from_utf8(self.read("token")).unwrap()
    }

    /// Id of the tenant.
    pub(crate) fn tenant(&self) -> String {
        String::from_utf8(self.read("tenant")).unwrap()
    }
}

const UNLIMITED: Limits = Limits {
    per_minute: u32::MAX,
    per_hour: u32::MAX,
};

pub(crate) fn options() -> Options {
    Options {
        alerts: ALERTS,
        arrivals: None,
        token_life: Duration::from_secs(3_600),
        clock: Clock::Manual(ManualClock::new(asked_at())),
        limits: UNLIMITED,
        graph_limits: UNLIMITED,
        ..Options::default()
    }
}

fn sign_in(account: &Account, resource: &str) -> String {
    let form = [
        ("grant_type", "password"),
        ("resource", resource),
        ("client_id", &account.client_id),
        ("username", &account.username),
        ("password", &account.password),
    ]
    .map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC)))
    .join("&");
    let path = format!("/{}/oauth2/token", account.tenant);
    let answer = call(account, "POST", &path, "", &form);
    let answer: serde_json::Value = serde_json::from_slice(&answer).unwrap();
    let token = answer.get("access_token").and_then(|token| token.as_str());
    token.unwrap().to_owned()
}

/// The body of the answer. The product's client would read it, and it is wanted unread.
fn call(account: &Account, method: &str, path: &str, token: &str, form: &str) -> Vec<u8> {
    let host = account.api.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n{form}",
        form.len()
    )
    .unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    assert!(
        answer.starts_with(b"HTTP/1.1 200"),
        "{}",
        String::from_utf8_lossy(&answer)
    );
    let end = answer
        .windows(4)
        .position(|window| window == b"\r\n\r\n")
        .unwrap();
    answer.split_off(end + 4)
}
