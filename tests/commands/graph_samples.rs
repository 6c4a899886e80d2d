//! Bodies published for Microsoft Graph, and worse ones: read, drawn, printed unchanged.

use serde_json::Value;
use vigie::domain::text::shown;

use crate::program::Tenant;

const LIST: &str = include_str!("../samples/graph-alerts-v2-list.json");
const CHANGED: &str = include_str!("../samples/graph-alert-v2-update-response.json");

const LISTING: [&str; 6] = ["--service", "graph", "alerts", "list", "-o", "json"];

fn published() -> Vec<Value> {
    let list: Value = serde_json::from_str(LIST).unwrap();
    let mut alerts = list["value"].as_array().unwrap().clone();
    let mut changed: Value = serde_json::from_str(CHANGED).unwrap();
    // Both have the same id.
    changed["id"] = Value::from("da637551227677560813_-961444814");
    alerts.push(changed);
    alerts
}

#[test]
fn every_published_alert_survives_unchanged_and_is_drawn() {
    let expected = published();
    let bodies: Vec<String> = expected.iter().map(Value::to_string).collect();
    let bodies: Vec<&str> = bodies.iter().map(String::as_str).collect();
    let tenant = Tenant::with_bodies(&bodies);
    assert_eq!(tenant.run(&LISTING).json(), Value::Array(expected.clone()));
    let table = tenant.run(&["--service", "graph", "alerts", "list"]).data();
    assert!(table.contains("tempDns"), "{table}");
    for alert in &expected {
        let title = alert["title"].as_str().unwrap();
        assert!(table.contains(title), "{table}");
        let id = alert["id"].as_str().unwrap();
        let get = ["--service", "graph", "alerts", "get", id];
        let got = tenant.run(&[&get[..], &["-o", "json"]].concat()).json();
        assert_eq!(&got, alert);
        let page = tenant.run(&get).data();
        let drawn = |words: &str| assert!(page.contains(words), "no `{words}`:\n{page}");
        drawn("Suspicious execution of hidden file");
        drawn("T1564.001");
        drawn("Antivirus");
        drawn("A hidden file has been launched");
        drawn("Collect artifacts and determine scope");
        if alert["evidence"]
            .as_array()
            .is_some_and(|list| !list.is_empty())
        {
            drawn("tempDns  group UnassignedGroup");
            drawn("services.exe 668");
            drawn("MsSense.exe 4780");
            drawn("8963a19fb992ad9a76576c5638fd68292cffb9aaac29eb8285f9abf6196a7dec");
            drawn("C:\\Program Files\\temp\\MsSense.exe");
            drawn("NT AUTHORITY\\SYSTEM");
            drawn("Microsoft Corporation");
            drawn("HKEY_LOCAL_MACHINE\\SYSTEM\\CONTROLSET001");
        }
    }
}

#[test]
fn odd_letter_case_null_and_words_of_the_future_lose_nothing() {
    let odd = [
        r##"{"@odata.type":"#microsoft.graph.security.alert","id":"a","status":"INPROGRESS","severity":"High","classification":null,"determination":"unknownFutureValue","serviceSource":"microsoftDefenderForToasters","incidentId":null,"title":null,"createdDateTime":"2026-11-22T14:00:00Z","lastUpdateDateTime":"2026-11-22T14:00:00.5Z","evidence":null,"comments":null,"mitreTechniques":null,"systemTags":null}"##,
        r##"{"id":"b","status":"parked","severity":"apocalyptic","evidence":[{"@odata.type":"#microsoft.graph.security.toasterEvidence","heat":9,"crumbs":null},{"@odata.type":null},{"@odata.type":"#microsoft.graph.security.deviceEvidence","deviceDnsName":null,"mdeDeviceId":7},{"@odata.type":"#microsoft.graph.security.processEvidence","imageFile":null,"processId":"12","userAccount":[]},{"@odata.type":"#microsoft.graph.security.userEvidence","userAccount":null}],"comments":[{"comment":"n","createdByDisplayName":null,"createdDateTime":"x"},null]}"##,
    ];
    let tenant = Tenant::with_bodies(&odd);
    tenant
        .home
        .configure("[profiles.default]\nservice = 'graph'\nsources = ['all']\n");
    let told = tenant.run(&LISTING).data();
    assert_eq!(told, format!("[\n{}\n]\n", odd.join(",\n")));
    for (id, words) in [
        ("a", &["unknownFutureValue", "in progress"][..]),
        ("b", &["apocalyptic", "parked", "toaster", "heat"]),
    ] {
        let page = tenant
            .run(&["--service", "graph", "alerts", "get", id])
            .data();
        for word in words {
            assert!(page.contains(word), "no `{word}`:\n{page}");
        }
        assert!(page.lines().all(|line| shown(line) == line), "{page}");
    }
}

#[test]
fn rows_for_a_spreadsheet_have_graphs_names() {
    let tenant = Tenant::with_alerts(12);
    let rows = tenant
        .run(&["--service", "graph", "alerts", "list", "-o", "csv"])
        .data();
    let header = rows.lines().next().unwrap();
    assert_eq!(
        header,
        "id,createdDateTime,lastUpdateDateTime,severity,status,assignedTo,classification,determination,title,category,deviceDnsName,incidentId"
    );
    let mut read = csv::Reader::from_reader(rows.as_bytes());
    let devices = read
        .records()
        .filter(|row| !row.as_ref().unwrap()[10].is_empty());
    assert!(devices.count() > 5, "{rows}");
}
