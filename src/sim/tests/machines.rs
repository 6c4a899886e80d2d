//! Devices: what is told of them, how they are found, and how their risk moves.
//!
//! What is done to them is in `acting`.

use super::*;

const DEVICE: &str = "00000000000000000000000000000000000000d1";

fn alert(id: &str, severity: &str) -> String {
    format!(
        r#"{{"id":"{id}","severity":"{severity}","status":"New","machineId":"{DEVICE}",
            "lastUpdateTime":"2026-11-22T11:00:00Z"}}"#
    )
}

#[test]
fn risk_is_what_the_open_alerts_amount_to() {
    let mut trial = Trial::verbatim(&[&alert("a1", "High"), &alert("a2", "Medium")]);
    trial
        .world
        .directory
        .add(DEVICE, "fin-ws-001.contoso.example");
    let path = format!("/api/machines/{DEVICE}");
    let risk = |trial: &mut Trial| text(&trial.get(&path).value(), "/riskScore").to_owned();
    assert_eq!(risk(&mut trial), "High");
    for (id, left) in [("a1", "Medium"), ("a2", "None")] {
        let body = r#"{"status":"Resolved"}"#;
        let reply = trial.call("PATCH", &format!("/api/alerts/{id}"), body);
        assert_eq!(reply.status, 200);
        assert_eq!(risk(&mut trial), left);
    }
    let high = trial.get("/api/machines?$filter=riskScore%20eq%20'High'");
    assert_eq!(high.status, 404, "a list without machines is not found");
}

#[test]
fn devices_differ_as_those_of_a_tenant_do() {
    let mut trial = Trial::still(2000);
    let all = items(&trial.get("/api/machines"));
    let having = |pointer: &str, value: &str| {
        all.iter()
            .filter(|machine| text(machine, pointer) == value)
            .count()
    };
    assert!(having("/healthStatus", "Inactive") > 3);
    assert!(having("/onboardingStatus", "CanBeOnboarded") > 1);
    assert!(having("/osPlatform", "Ubuntu") + having("/osPlatform", "RedHatEnterpriseLinux") > 0);
    assert!(having("/machineTags/0", "domain controller") > 1);
    assert!(having("/riskScore", "High") > 3 && having("/riskScore", "None") > 3);
    for machine in &all {
        let seen: Timestamp = text(machine, "/lastSeen").parse().unwrap_or_default();
        let days = trial.now.duration_since(seen).as_hours() / 24;
        let is_away = text(machine, "/healthStatus") == "Inactive";
        assert_eq!(is_away, days >= 7, "{machine}");
    }
}

#[test]
fn a_device_is_found_by_the_address_it_had() {
    let mut trial = Trial::still(60);
    let all = items(&trial.get("/api/machines?$filter=healthStatus%20eq%20'Active'"));
    let machine = all.first().cloned().unwrap_or_default();
    let find = |trial: &mut Trial, ip: &str, time: &str| {
        trial.get(&format!(
            "/api/machines/findbyip(ip='{ip}',timestamp={time})"
        ))
    };
    let ip = text(&machine, "/lastIpAddress").to_owned();
    let found = items(&find(&mut trial, &ip, "2026-11-22T11:50:00Z"));
    assert_eq!(found, [machine]);
    assert_eq!(
        find(&mut trial, "192.0.2.9", "2026-11-22T11:50:00Z").status,
        404
    );
    for (ip, time) in [
        (ip.as_str(), "2026-09-22T11:50:00Z"),
        (ip.as_str(), "yesterday"),
        ("nowhere", "2026-11-22T11:50:00Z"),
    ] {
        let reply = find(&mut trial, ip, time);
        assert_eq!(
            text(&reply.value(), "/error/code"),
            "InvalidInput",
            "{ip} {time}"
        );
    }
}

#[test]
fn a_script_may_say_anything_of_a_device() {
    let mut trial = Trial::still(0);
    trial.world.directory.add(DEVICE, "fin-ws-001");
    if let Some(device) = trial.world.directory.device_mut(DEVICE) {
        device
            .overrides
            .insert(String::from("rbacGroupId"), "7".into());
        device
            .overrides
            .insert(String::from("machineTags"), Value::Null);
    }
    let machine = trial.get("/api/machines/fin-ws-001").value();
    assert_eq!(text(&machine, "/rbacGroupId"), "7");
    assert_eq!(machine.get("machineTags"), Some(&Value::Null));
    assert_eq!(text(&machine, "/healthStatus"), "Active");
}
