//! Exit statuses, and what is said with them.

use std::io::BufRead;
use std::io::BufReader;
use std::net::TcpListener;
use std::process::Stdio;

use vigie::sim::Endpoint;
use vigie::sim::Fault;

use crate::both::Service;
use crate::both::on_both;
use crate::program::Home;
use crate::program::Tenant;
use crate::program::told;

on_both! {
    a_refused_sign_in_is_status_3_and_never_shows_the_password,
    a_refused_token_is_renewed_once_and_the_request_repeated_once,
    a_token_without_the_scope_is_status_4,
    a_service_that_keeps_failing_is_status_5_after_some_tries,
}

const LIST: [&str; 2] = ["alerts", "list"];

fn answer(code: u16, headers: &[(&str, &str)], body: &str) -> Fault {
    Fault::Status {
        code,
        headers: headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
        body: body.to_owned(),
    }
}

#[test]
fn without_any_configuration_three_lines_say_how_to_begin() {
    let lines = Home::new().run(&[]).failure(2);
    assert_eq!(lines.len(), 3, "{lines:?}");
    assert_eq!(lines[0], "error: nothing is configured yet");
    assert!(lines[1].starts_with("help: ") && lines[1].contains("`vigie demo`"));
    assert!(lines[2].starts_with("help: ") && lines[2].contains("`vigie config init`"));
}

#[test]
fn wrong_usage_is_status_2() {
    let tenant = Tenant::with_alerts(1);
    let cases: [(&[&str], &str); 12] = [
        (&["--no-such-flag"], "error: "),
        (&["no-such-command"], "error: "),
        (&["alerts"], ""),
        (&["alerts", "list", "-o", "xml"], "error: "),
        (&["alerts", "list", "--limit", "-1"], "error: "),
        (&["alerts", "list", "--since", "soon"], "error: `--since`: "),
        (&["watch", "--since", "7"], "error: `--since`: "),
        (&["alerts", "list", "--poll", "0s"], "error: `poll` "),
        (
            &["--api", "http://api.example", "alerts", "list"],
            "error: `api` ",
        ),
        (
            &["--authority", "http://192.0.2.1", "token"],
            "error: `authority` ",
        ),
        (
            &["--profile", "nobody", "alerts", "list"],
            "error: there is no profile `nobody`",
        ),
        (&["--auth", "magic", "token"], "error: `auth` "),
    ];
    for (arguments, beginning) in cases {
        let lines = tenant.run(arguments).failure(2);
        assert!(lines[0].starts_with(beginning), "{arguments:?}: {lines:?}");
    }
    assert!(tenant.requests().is_empty(), "nothing was worth a request");
}

#[test]
fn what_is_missing_for_sign_in_is_named() {
    let home = Home::new();
    let mut command = home.vigie(&["--auth", "password", "--tenant", "t", "alerts", "list"]);
    let lines = told(command.env("VIGIE_PASSWORD", "x")).failure(2);
    assert_eq!(lines[0], "error: sign-in needs `client_id`, `username`");
    assert!(lines[1].starts_with("help: "), "{lines:?}");

    let tenant = Tenant::with_alerts(1);
    let mut command = tenant.vigie(&["--auth", "password", "alerts", "list"]);
    let lines = told(command.env_remove("VIGIE_PASSWORD")).failure(2);
    assert!(lines[0].contains("no password"), "{lines:?}");
    assert!(lines[1].contains("`password_command`"), "{lines:?}");
}

fn a_refused_sign_in_is_status_3_and_never_shows_the_password(service: &'static Service) {
    let tenant = Tenant::of_alerts(service, 1);
    for arguments in [&LIST[..], &["token"], &["watch"], &["alerts", "get", "a"]] {
        let mut command = tenant.vigie(arguments);
        let lines = told(command.env("VIGIE_PASSWORD", "hunter2")).failure(3);
        assert_eq!(lines.len(), 2, "{lines:?}");
        assert!(lines[0].starts_with("error: AADSTS50126: "), "{lines:?}");
        assert!(lines[0].contains("correlation id"), "{lines:?}");
        assert_eq!(
            lines[1],
            "help: wrong user name or password, or an account without password: check both; an account without password needs `--auth browser`"
        );
        assert!(!lines.concat().contains("hunter2"));
    }
}

fn a_refused_token_is_renewed_once_and_the_request_repeated_once(service: &'static Service) {
    let tenant = Tenant::of_alerts(service, 5);
    tenant.script().next(service.list, answer(401, &[], ""));
    let listed = tenant.run(&["alerts", "list", "-o", "json"]).json();
    assert!(!listed.as_array().unwrap().is_empty());
    assert_eq!(tenant.calls(), ["token", "list", "token", "list"]);
    let requests = tenant.requests();
    assert_ne!(
        requests[1].header("authorization"),
        requests[3].header("authorization")
    );

    let tenant = Tenant::of_alerts(service, 5);
    let refused = answer(401, &[], r#"{"error":{"code":"Unauthorized"}}"#);
    tenant.script().always(service.list, Some(refused));
    let lines = tenant.run(&LIST).failure(3);
    assert_eq!(
        lines[0],
        "error: the service refused the token (401: Unauthorized)"
    );
    assert!(lines[1].starts_with("help: "), "{lines:?}");
    assert_eq!(tenant.calls(), ["token", "list", "token", "list"]);
}

fn a_token_without_the_scope_is_status_4(service: &'static Service) {
    let tenant = Tenant::of_alerts(service, 1);
    service.grant(&tenant.script(), &["Machine.Read"]);
    for arguments in [&LIST[..], &["alerts", "get", "a"], &["watch"]] {
        let lines = tenant.run(arguments).failure(4);
        assert_eq!(lines.len(), 2, "{lines:?}");
        assert!(lines[0].starts_with("error: ") && lines[0].contains("403"));
        assert!(lines[1].starts_with("help: ") && lines[1].contains(service.reads));
    }
}

fn a_service_that_keeps_failing_is_status_5_after_some_tries(service: &'static Service) {
    let tenant = Tenant::of_alerts(service, 1);
    let busy = answer(503, &[("retry-after", "0")], "");
    tenant.script().always(service.list, Some(busy.clone()));
    let lines = tenant.run(&LIST).failure(5);
    let host = tenant.host();
    assert_eq!(lines.len(), 5, "{lines:?}");
    assert_eq!(lines[0], format!("{host} failed (503); tries again in 1 s"));
    assert_eq!(lines[3], format!("error: {host} failed (503)"));
    assert!(lines[4].starts_with("help: check the network"), "{lines:?}");
    assert_eq!(tenant.calls(), ["token", "list", "list", "list", "list"]);

    tenant.script().always(Endpoint::Token, Some(busy));
    let lines = tenant.run(&LIST).failure(5);
    assert!(
        lines.contains(&format!("error: {host} failed (503)")),
        "{lines:?}"
    );
}

#[test]
fn trouble_that_passes_is_said_on_the_side_and_the_data_are_whole() {
    let tenant = Tenant::with_alerts(3);
    let wait = [("retry-after", "0")];
    tenant
        .script()
        .next(Endpoint::Token, answer(500, &wait, ""));
    tenant
        .script()
        .next(Endpoint::Alerts, answer(429, &wait, ""));
    tenant
        .script()
        .next(Endpoint::Alerts, answer(502, &wait, ""));
    let told = tenant.run(&["alerts", "list", "-o", "ndjson"]);
    assert_eq!(told.status, Some(0));
    assert_eq!(told.out.lines().count(), 3);
    assert_eq!(told.err.lines().count(), 3, "{}", told.err);
}

/// What comes last after all tries is told by the test of a failing service: here it
/// would take the seven seconds of the program's own waits.
#[test]
fn a_service_that_is_not_there_is_named() {
    // Bound and held without listening: a port nobody answers at.
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let nowhere = format!("http://{}", socket.local_addr().unwrap());
    let tenant = Tenant::with_alerts(1);
    let mut child = tenant
        .vigie(&["--authority", &nowhere, "alerts", "list"])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = String::new();
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    stderr.read_line(&mut said).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    let host = nowhere.trim_start_matches("http://");
    assert!(
        said.starts_with(&format!("{host} cannot be reached (")),
        "{said}"
    );
    assert!(said.contains("; tries again in "), "{said}");
}

#[test]
fn a_redirect_is_refused_and_nothing_travels_there() {
    let tenant = Tenant::with_alerts(1);
    let elsewhere = Tenant::with_alerts(1);
    let there = format!("{}/api/alerts", elsewhere.account().api);
    tenant
        .script()
        .always(Endpoint::Alerts, Some(Fault::Redirect(there)));
    let lines = tenant.run(&LIST).failure(1);
    assert!(lines[0].contains("redirected"), "{lines:?}");
    assert!(elsewhere.requests().is_empty());
}

#[test]
fn a_refused_link_and_unreadable_items_are_said_beside_the_data() {
    let tenant = Tenant::with_alerts(4);
    let bad = Fault::BadItem("42".to_owned());
    tenant.script().next(Endpoint::Alerts, bad);
    let told = tenant.run(&["alerts", "list", "-o", "ndjson"]);
    assert_eq!((told.status, told.out.lines().count()), (Some(0), 4));
    assert!(told.err.contains("1 item"), "{}", told.err);

    let foreign = Fault::ForeignNextLink("https://evil.example/".to_owned());
    tenant.script().next(Endpoint::Alerts, foreign);
    let told = tenant.run(&["alerts", "list", "-o", "ndjson"]);
    assert_eq!((told.status, told.out.lines().count()), (Some(0), 4));
    assert!(told.err.contains("`evil.example`"), "{}", told.err);
}

#[test]
fn an_order_that_is_refused_is_not_asked_for_again() {
    let tenant = Tenant::with_alerts(4);
    tenant.script().next(Endpoint::Alerts, answer(400, &[], ""));
    let listed = tenant.run(&["alerts", "list", "-o", "json"]).json();
    assert_eq!(listed.as_array().unwrap().len(), 4);
    let requests = tenant.requests();
    assert!(requests[1].query.contains("$orderby"));
    assert!(!requests[2].query.contains("$orderby"));
}

/// A company's proxy must not see what goes to this machine, password and all.
#[test]
fn loopback_is_never_asked_for_through_a_proxy() {
    let tenant = Tenant::with_alerts(2);
    let proxy = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", proxy.local_addr().unwrap());
    let mut command = tenant.vigie(&["alerts", "list", "-o", "ndjson"]);
    for name in [
        "http_proxy",
        "HTTP_PROXY",
        "https_proxy",
        "HTTPS_PROXY",
        "all_proxy",
        "ALL_PROXY",
    ] {
        command.env(name, &address);
    }
    let told = command.output().unwrap();
    assert!(told.status.success());
    assert_eq!(String::from_utf8_lossy(&told.stdout).lines().count(), 2);
    proxy.set_nonblocking(true).unwrap();
    assert!(proxy.accept().is_err(), "the proxy was asked");
}
