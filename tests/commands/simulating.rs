//! `vigie simulate`, and a second vigie that works with it.

use serde_json::Value;

use crate::program::Home;
use crate::program::Running;
use crate::program::told;

#[test]
fn the_simulated_tenant_tells_how_to_sign_in_and_another_vigie_does() {
    let home = Home::new();
    let arguments = ["simulate", "--alerts", "7", "--arrivals", "0s"];
    let mut simulator = Running::start(&mut home.vigie(&arguments));
    let account = simulator.json();
    let told_by = |name: &str| account[name].as_str().unwrap();
    let names: Vec<&str> = account
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(
        names,
        [
            "api",
            "authority",
            "client_id",
            "client_secret",
            "graph",
            "password",
            "tenant",
            "username"
        ]
    );
    for url in ["authority", "api", "graph"] {
        assert!(told_by(url).starts_with("http://127.0.0.1:"), "{account}");
    }
    let mut command = home.vigie(&[
        "--authority",
        told_by("authority"),
        "--api",
        told_by("api"),
        "--tenant",
        told_by("tenant"),
        "--client-id",
        told_by("client_id"),
        "--username",
        told_by("username"),
        "--auth",
        "password",
        "alerts",
        "list",
        "-o",
        "json",
    ]);
    let listed = told(command.env("VIGIE_PASSWORD", told_by("password"))).json();
    assert_eq!(listed.as_array().unwrap().len(), 7);
    #[cfg(unix)]
    {
        let ended = simulator.terminate();
        assert_eq!((ended.status, ended.out.as_str()), (Some(0), ""));
        assert_eq!(ended.err, "");
    }
}

#[test]
fn a_certificate_must_be_one() {
    let home = Home::new();
    let sample = |name: &str| format!("{}/tests/samples/{name}", env!("CARGO_MANIFEST_DIR"));
    for name in ["nowhere.pem", "README.md"] {
        let file = sample(name);
        let lines = home.run(&["simulate", "--certificate", &file]).failure(1);
        assert!(lines[0].starts_with("error: "), "{lines:?}");
        assert!(lines[0].contains(name), "{lines:?}");
    }
    let file = sample("certificate/client.pem");
    let mut simulator = Running::start(&mut home.vigie(&["simulate", "--certificate", &file]));
    assert!(simulator.json()["authority"].is_string());
}

#[test]
fn a_port_that_is_taken_is_an_error() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let home = Home::new();
    let lines = home.run(&["simulate", "--port", &port]).failure(1);
    assert!(lines[0].starts_with("error: "), "{lines:?}");
    assert!(lines[1].contains("`--port`"), "{lines:?}");
}

#[test]
fn the_same_seed_tells_the_same_story() {
    let home = Home::new();
    let story = |seed: &str| {
        let arguments = [
            "simulate",
            "--seed",
            seed,
            "--arrivals",
            "0s",
            "--alerts",
            "30",
        ];
        let mut simulator = Running::start(&mut home.vigie(&arguments));
        let account = simulator.json();
        let told_by = |name: &str| account[name].as_str().unwrap();
        let mut command = home.vigie(&["alerts", "list", "-o", "ndjson"]);
        command
            .env("VIGIE_AUTHORITY", told_by("authority"))
            .env("VIGIE_API", told_by("api"))
            .env("VIGIE_TENANT", told_by("tenant"))
            .env("VIGIE_CLIENT_ID", told_by("client_id"))
            .env("VIGIE_USERNAME", told_by("username"))
            .env("VIGIE_PASSWORD", told_by("password"));
        let listed = told(&mut command).data();
        let alerts = listed
            .lines()
            .map(|line| -> Value { serde_json::from_str(line).unwrap() });
        let story: Vec<[Value; 2]> = alerts
            .map(|alert| [alert["title"].clone(), alert["computerDnsName"].clone()])
            .collect();
        story
    };
    let first = story("7");
    assert_eq!(first.len(), 30);
    assert_eq!(first, story("7"));
    assert_ne!(first, story("8"));
}

#[test]
fn options_that_make_no_sense_are_wrong_usage() {
    let home = Home::new();
    for arguments in [
        ["simulate", "--arrivals", "often"],
        ["simulate", "--alerts", "-1"],
        ["simulate", "--port", "99999"],
        ["demo", "--token-life", "x"],
    ] {
        home.run(&arguments).failure(2);
    }
}
