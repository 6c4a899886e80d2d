//! `vigie doctor` against a tenant that is well, one that is not, and networks that
//! stand in the way.

use std::io::BufRead;
use std::io::BufReader;
use std::io::Read;
use std::io::Write;
use std::net::TcpListener;
use std::process::Command;
use std::sync::Arc;
use std::thread;
use std::thread::JoinHandle;

use rcgen::BasicConstraints;
use rcgen::CertificateParams;
use rcgen::CertifiedIssuer;
use rcgen::DnType;
use rcgen::IsCa;
use rcgen::KeyPair;
use rustls::ServerConfig;
use rustls::ServerConnection;
use rustls::Stream;
use rustls::crypto::ring;
use rustls::pki_types::PrivateKeyDer;
use serde_json::Value;
use vigie::sim::Endpoint;
use vigie::sim::Fault;
use vigie::sim::Options;

use crate::program::Home;
use crate::program::Tenant;
use crate::program::Told;
use crate::program::told;

const NAMES: [&str; 27] = [
    "configuration",
    "file-mode",
    "service",
    "secrets",
    "sign-in-proxy",
    "api-proxy",
    "sign-in-dns",
    "api-dns",
    "sign-in-host",
    "api-host",
    "clock",
    "sign-in",
    "audience",
    "tenant",
    "expiry",
    "read",
    "triage",
    "respond",
    "hunt",
    "alerts",
    "keyring",
    "terminal",
    "colours",
    "clipboard",
    "notifications",
    "session",
    "locale",
];

/// The checks of the one document, each with its state; every check is always there.
fn checks(told: &Told) -> Vec<Value> {
    let document: Value = serde_json::from_str(&told.out).unwrap();
    let checks = document["checks"].as_array().unwrap().clone();
    let names: Vec<&str> = checks
        .iter()
        .map(|check| check["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, NAMES);
    checks
}

fn check<'a>(checks: &'a [Value], name: &str) -> (&'a str, &'a str, &'a str) {
    let found = checks.iter().find(|check| check["name"] == name).unwrap();
    let text = |key: &str| found[key].as_str().unwrap_or_default();
    (text("state"), text("message"), text("remedy"))
}

fn doctor(tenant: &Tenant) -> Command {
    tenant.vigie(&["doctor", "-o", "json"])
}

#[test]
fn a_tenant_that_is_well_passes() {
    let tenant = Tenant::with_alerts(3);
    let mut command = doctor(&tenant);
    let told = told(command.env("LANG", "C.UTF-8").env("TERM", "xterm-256color"));
    assert_eq!(told.status, Some(0), "{}", told.out);
    assert_eq!(told.err, "");
    let checks = checks(&told);
    for name in [
        "configuration",
        "sign-in-dns",
        "sign-in-host",
        "api-host",
        "clock",
        "sign-in",
        "audience",
        "tenant",
        "expiry",
        "alerts",
        "locale",
    ] {
        let (state, message, _) = check(&checks, name);
        assert_eq!(state, "ok", "{name}: {message}");
    }
    assert_eq!(check(&checks, "file-mode").0, "skip");
    assert_eq!(check(&checks, "terminal").0, "skip");
    assert!(check(&checks, "secrets").1.contains("`VIGIE_PASSWORD`"));
    assert!(!told.out.contains(&tenant.account().password));
    assert!(!told.out.contains("eyJ"), "a token shows");
}

#[test]
fn people_get_a_line_for_each_check_with_the_remedy_below() {
    let tenant = Tenant::with_alerts(1);
    let text = tenant.run(&["doctor"]).data();
    let lines: Vec<&str> = text.lines().collect();
    for name in NAMES {
        let begins = |line: &&&str| line.split_whitespace().nth(1) == Some(name);
        let line = lines.iter().find(begins).unwrap();
        let word = line.split_whitespace().next().unwrap();
        assert!(["ok", "warn", "fail", "skip"].contains(&word), "{line}");
    }
    assert!(
        lines
            .iter()
            .any(|line| line.trim_start().starts_with("help: "))
    );
}

#[test]
fn each_failure_has_its_status_and_ends_nothing() {
    let tenant = Tenant::with_alerts(1);
    let wrong = told(doctor(&tenant).env("VIGIE_PASSWORD", "hunter2"));
    assert_eq!(wrong.status, Some(3), "{}", wrong.out);
    assert_eq!(wrong.err, "error: 1 of 27 checks failed: sign-in\n");
    let found = checks(&wrong);
    assert_eq!(check(&found, "api-host").0, "ok");
    assert_eq!(check(&found, "read").0, "skip");
    assert!(
        !check(&found, "sign-in").2.is_empty(),
        "a refusal has a remedy"
    );
    assert!(!wrong.out.contains("hunter2"));

    let forbidden = Fault::Status {
        code: 403,
        headers: Vec::new(),
        body: r#"{"error":{"code":"Forbidden","message":"\u001b[2Jno"}}"#.to_owned(),
    };
    tenant.script().next(Endpoint::Alerts, forbidden);
    let refused = told(&mut doctor(&tenant));
    assert_eq!(refused.status, Some(4), "{}", refused.out);
    let found = checks(&refused);
    assert_eq!(check(&found, "alerts").0, "fail");
    assert!(!refused.out.contains("\\u001b[2J\u{1b}") && !refused.out.contains('\u{1b}'));

    let audience = told(doctor(&tenant).env("VIGIE_RESOURCE", "https://graph.microsoft.com"));
    assert_ne!(audience.status, Some(0), "{}", audience.out);
}

#[test]
fn a_secret_that_would_have_to_be_asked_for_is_not() {
    let tenant = Tenant::with_alerts(1);
    let mut command = doctor(&tenant);
    command
        .env_remove("VIGIE_PASSWORD")
        .env("VIGIE_AUTH", "password");
    let told = told(&mut command);
    assert_eq!(told.status, Some(0), "{}", told.out);
    let checks = checks(&told);
    let (state, _, remedy) = check(&checks, "sign-in");
    assert_eq!(state, "skip");
    assert!(remedy.contains("VIGIE_PASSWORD"), "{remedy}");
}

#[test]
fn what_is_wrong_with_the_configuration_comes_first() {
    let home = Home::new();
    home.configure("[profiles.a]\ntennant = \"x\"\n");
    let broken = home.run(&["doctor", "-o", "json"]);
    assert_eq!(broken.status, Some(2), "{}", broken.out);
    let found = checks(&broken);
    let (state, message, remedy) = check(&found, "configuration");
    assert_eq!((state, remedy), ("fail", "did you mean `tenant`?"));
    assert!(message.contains("line 2"), "{message}");
    for name in ["sign-in-dns", "clock", "sign-in", "hunt", "alerts"] {
        assert_eq!(check(&found, name).0, "skip", "{name}");
    }
}

#[test]
fn a_file_of_certificates_that_is_not_there_is_wrong_configuration() {
    let tenant = Tenant::with_alerts(1);
    let told = told(doctor(&tenant).env("VIGIE_CA_FILE", "/nonexistent.pem"));
    assert_eq!(told.status, Some(2), "{}", told.out);
    let checks = checks(&told);
    let (_, message, _) = check(&checks, "configuration");
    assert!(message.contains("`/nonexistent.pem`"), "{message}");
}

#[test]
#[cfg(unix)]
fn a_file_that_others_can_read_is_warned_of() {
    use std::os::unix::fs::PermissionsExt;
    let tenant = Tenant::with_alerts(1);
    tenant.home.configure("[profiles.a]\n");
    let file = tenant.home.config_file();
    std::fs::set_permissions(&file, PermissionsExt::from_mode(0o644)).unwrap();
    let told = told(&mut doctor(&tenant));
    let checks = checks(&told);
    let (state, message, remedy) = check(&checks, "file-mode");
    assert_eq!(state, "warn", "{message}");
    assert_eq!(remedy, format!("chmod 600 {}", file.display()));
}

#[test]
fn a_clock_that_is_wrong_by_ten_minutes_is_a_failure() {
    let ten_minutes_ago = std::time::SystemTime::now() - std::time::Duration::from_mins(10);
    let then = jiff::Timestamp::try_from(ten_minutes_ago).unwrap();
    let tenant = Tenant::with(Options {
        alerts: 1,
        arrivals: None,
        clock: vigie::sim::Clock::Manual(vigie::sim::ManualClock::new(then)),
        ..Options::default()
    });
    let told = told(&mut doctor(&tenant));
    assert_eq!(told.status, Some(3), "{}", told.out);
    let checks = checks(&told);
    let (state, message, remedy) = check(&checks, "clock");
    assert_eq!(state, "fail");
    assert!(
        message.contains("ahead of the sign-in service's"),
        "{message}"
    );
    assert!(remedy.contains("NTP"), "{remedy}");
}

/// A proxy that answers every CONNECT with this; the hosts it was asked for.
fn proxy(answer: &'static str, times: usize) -> (String, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let place = listener.local_addr().unwrap().to_string();
    let asked = thread::spawn(move || {
        let mut asked = Vec::new();
        for _ in 0..times {
            let (mut socket, _) = listener.accept().unwrap();
            let mut lines = BufReader::new(socket.try_clone().unwrap()).lines();
            asked.push(lines.next().unwrap().unwrap());
            let end = |line: &std::io::Result<String>| line.as_ref().is_ok_and(String::is_empty);
            lines.find(end).unwrap().unwrap();
            socket.write_all(answer.as_bytes()).unwrap();
        }
        asked.sort();
        asked
    });
    (place, asked)
}

/// The doctor of somebody who only reaches the world through a proxy.
fn behind(home: &Home, proxy: &str) -> Told {
    let mut command = home.vigie(&["doctor", "-o", "json"]);
    command
        .env("HTTPS_PROXY", proxy)
        .env("VIGIE_AUTHORITY", "https://login.example.invalid")
        .env("VIGIE_API", "https://api.example.invalid")
        .env("VIGIE_TENANT", "t")
        .env("VIGIE_CLIENT_ID", "c")
        .env("VIGIE_USERNAME", "u")
        .env("VIGIE_PASSWORD", "hunter2");
    told(&mut command)
}

#[test]
fn a_proxy_that_wants_a_password_is_explained() {
    let home = Home::new();
    let (place, asked) = proxy("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", 2);
    let told = behind(&home, &format!("http://{place}"));
    assert_eq!(told.status, Some(5), "{}", told.out);
    let connects =
        ["api", "login"].map(|host| format!("CONNECT {host}.example.invalid:443 HTTP/1.1"));
    assert_eq!(asked.join().unwrap(), connects);
    let checks = checks(&told);
    let (state, message, _) = check(&checks, "sign-in-proxy");
    assert_eq!(state, "ok");
    assert!(
        message.ends_with(&format!("through `{place}`")),
        "{message}"
    );
    assert_eq!(check(&checks, "sign-in-dns").0, "skip");
    let (state, message, remedy) = check(&checks, "sign-in-host");
    assert_eq!(state, "fail");
    assert_eq!(
        message,
        format!("the proxy `{place}` wants a password (407)")
    );
    assert_eq!(
        remedy,
        format!(
            "set `HTTPS_PROXY=http://user:password@{place}`, or ask for an exception for `login.example.invalid`"
        )
    );
    assert_eq!(check(&checks, "sign-in").0, "skip");
}

#[test]
fn the_credentials_of_a_proxy_are_never_shown() {
    let home = Home::new();
    for (answer, words) in [
        (
            "HTTP/1.1 407 No\r\n\r\n",
            "refuses the name or the password",
        ),
        (
            "HTTP/1.1 403 Forbidden\r\n\r\n",
            "refuses to connect to `login.example.invalid`",
        ),
    ] {
        let (place, asked) = proxy(answer, 2);
        let told = behind(&home, &format!("http://ops:s3cret@{place}"));
        asked.join().unwrap();
        assert!(told.out.contains("(not shown)"), "{}", told.out);
        assert!(!told.out.contains("s3cret") && !told.err.contains("s3cret"));
        let checks = checks(&told);
        let (_, message, _) = check(&checks, "sign-in-host");
        assert!(message.contains(words), "{message}");
    }
}

#[test]
fn a_proxy_out_of_reach_is_named_as_the_proxy() {
    let home = Home::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let place = listener.local_addr().unwrap().to_string();
    drop(listener);
    let told = behind(&home, &format!("http://{place}"));
    assert_eq!(told.status, Some(5), "{}", told.out);
    let checks = checks(&told);
    let (state, message, remedy) = check(&checks, "api-host");
    assert_eq!(state, "fail");
    let begins = format!("the proxy `{place}` cannot be reached (");
    assert!(message.starts_with(&begins), "{message}");
    assert!(remedy.contains("`NO_PROXY`"), "{remedy}");
}

/// Answers two CONNECTs as an inspecting proxy does: with TLS of its own.
fn inspecting_proxy() -> (String, JoinHandle<Vec<u8>>) {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let name = &mut params.distinguished_name;
    name.push(DnType::CommonName, "Contoso Inspection CA");
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let hosts = ["api", "login"].map(|host| format!("{host}.example.invalid"));
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(hosts).unwrap();
    let certificate = certificate.signed_by(&key, &authority).unwrap();
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let place = listener.local_addr().unwrap().to_string();
    let received = thread::spawn(move || {
        let mut received = Vec::new();
        for _ in 0..2 {
            let (mut socket, _) = listener.accept().unwrap();
            let mut request = Vec::new();
            while !request.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                socket.read_exact(&mut byte).unwrap();
                request.extend(byte);
            }
            socket.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
            let mut tls = ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut stream = Stream::new(&mut tls, &mut socket);
            // Refused by the other side, it fails.
            stream.read_to_end(&mut received).unwrap_or_default();
        }
        received
    });
    (place, received)
}

#[test]
fn inspected_traffic_is_told_by_its_issuer_through_a_proxy_too() {
    let home = Home::new();
    let (place, received) = inspecting_proxy();
    let told = behind(&home, &format!("http://{place}"));
    assert!(
        received.join().unwrap().is_empty(),
        "nothing travels before trust"
    );
    assert_eq!(told.status, Some(5), "{}", told.out);
    let checks = checks(&told);
    for (name, host) in [("sign-in-host", "login"), ("api-host", "api")] {
        let (_, message, remedy) = check(&checks, name);
        assert_eq!(
            message,
            format!(
                "{host}.example.invalid is presented by a certificate of \"Contoso Inspection CA\", which this machine does not trust"
            )
        );
        assert!(remedy.contains("--ca-file"), "{remedy}");
    }
}
