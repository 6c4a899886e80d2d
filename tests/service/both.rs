//! One test over both services, and a table of what each calls its own.
//!
//! Tests speak the names and words of the Defender API; here they become Graph's, and
//! what Graph says becomes theirs again.

use serde_json::Value;
use serde_json::json;
use vigie::domain::token::Api;
use vigie::service::Client;
use vigie::sim::Account;
use vigie::sim::Endpoint;
use vigie::sim::Script;

/// Runs each of the tests that follow in this list on each of the two services, as
/// `name::defender` and `name::graph`.
macro_rules! on_both {
    (async $($test:ident,)+) => {$(
        mod $test {
            #[tokio::test]
            async fn defender() {
                super::$test(&crate::both::DEFENDER).await;
            }

            #[tokio::test]
            async fn graph() {
                super::$test(&crate::both::GRAPH).await;
            }
        }
    )+};
    ($($test:ident,)+) => {$(
        mod $test {
            #[test]
            fn defender() {
                super::$test(&crate::both::DEFENDER);
            }

            #[test]
            fn graph() {
                super::$test(&crate::both::GRAPH);
            }
        }
    )+};
}
pub(crate) use on_both;

/// A service as a test meets it.
#[derive(Debug)]
pub(crate) struct Service {
    pub(crate) api: Api,
    /// Audience of its tokens.
    pub(crate) resource: &'static str,
    /// Path of the list of alerts.
    pub(crate) alerts: &'static str,
    /// Permissions to read alerts, and to change them as well.
    pub(crate) reads: &'static str,
    pub(crate) triages: &'static str,
    /// When an alert came and when it changed last.
    pub(crate) created: &'static str,
    pub(crate) updated: &'static str,
    /// What a script calls the list, one alert, a change of one, a change of many and the
    /// request that takes a note.
    pub(crate) list: Endpoint,
    pub(crate) alert: Endpoint,
    pub(crate) change: Endpoint,
    pub(crate) changes: Endpoint,
    pub(crate) note: Endpoint,
    /// Changes that go with one request.
    pub(crate) at_once: usize,
}

pub(crate) static DEFENDER: Service = Service {
    api: Api::Defender,
    resource: "https://api.securitycenter.microsoft.com",
    alerts: "/api/alerts",
    reads: "Alert.Read",
    triages: "Alert.ReadWrite",
    created: "alertCreationTime",
    updated: "lastUpdateTime",
    list: Endpoint::Alerts,
    alert: Endpoint::Alert,
    change: Endpoint::Change,
    changes: Endpoint::Change,
    note: Endpoint::Change,
    at_once: 100,
};

pub(crate) static GRAPH: Service = Service {
    api: Api::Graph,
    resource: "https://graph.microsoft.com",
    alerts: "/v1.0/security/alerts_v2",
    reads: "SecurityAlert.Read.All",
    triages: "SecurityAlert.ReadWrite.All",
    created: "createdDateTime",
    updated: "lastUpdateDateTime",
    list: Endpoint::GraphAlerts,
    alert: Endpoint::GraphAlert,
    change: Endpoint::GraphChange,
    changes: Endpoint::GraphBatch,
    note: Endpoint::GraphComment,
    at_once: 20,
};

/// Names of an alert, first the Defender API's, then Graph's.
const NAMES: [(&str, &str); 3] = [
    ("alertCreationTime", "createdDateTime"),
    ("lastUpdateTime", "lastUpdateDateTime"),
    ("resolvedTime", "resolvedDateTime"),
];

/// Names of a comment, likewise.
const NAMES_OF_A_COMMENT: [(&str, &str); 2] = [
    ("createdBy", "createdByDisplayName"),
    ("createdTime", "createdDateTime"),
];

/// Properties whose words begin with a small letter on Graph.
const WORDS: [&str; 4] = ["status", "severity", "classification", "determination"];

impl Service {
    /// Where the simulated tenant speaks as this service.
    pub(crate) fn base<'a>(&self, account: &'a Account) -> &'a str {
        match self.api {
            Api::Defender => &account.api,
            Api::Graph => &account.graph,
        }
    }

    /// The client, asking this service for the alerts of Defender for Endpoint.
    pub(crate) fn asked_by(&self, client: Client) -> Client {
        match self.api {
            Api::Defender => client,
            Api::Graph => client.on_graph(vec!["microsoftDefenderForEndpoint"]),
        }
    }

    /// Alerts that go with one request where each takes so many changes.
    pub(crate) fn together(&self, changes: usize) -> usize {
        self.at_once / changes
    }

    /// Lets tokens issued from now on have these permissions of this service.
    pub(crate) fn grant(&self, script: &Script, permissions: &[&str]) {
        match self.api {
            Api::Defender => script.grant(permissions),
            Api::Graph => script.grant_on_graph(permissions),
        }
    }

    /// An alert as this service writes it.
    pub(crate) fn body(&self, mut alert: Value) -> String {
        if self.api == Api::Graph {
            to_graph(&mut alert);
        }
        alert.to_string()
    }

    /// Properties of an alert as this service writes them, for a script to change.
    pub(crate) fn patch(&self, mut patch: Value) -> Value {
        if self.api == Api::Graph {
            rename(&mut patch, &NAMES);
            begin_words(&mut patch, char::to_ascii_lowercase);
        }
        patch
    }

    /// What came from this service or went there, as the Defender API has it.
    pub(crate) fn told(&self, body: &str) -> Value {
        let mut told = serde_json::from_str(body).unwrap();
        if self.api == Api::Graph {
            rename(&mut told, &NAMES.map(|(defender, graph)| (graph, defender)));
            begin_words(&mut told, char::to_ascii_uppercase);
            let device = told.pointer("/evidence/0/deviceDnsName").cloned();
            if let (Some(device), Some(told)) = (device, told.as_object_mut()) {
                told.insert("computerDnsName".to_owned(), device);
            }
        }
        told
    }
}

fn to_graph(alert: &mut Value) {
    rename(alert, &NAMES);
    begin_words(alert, char::to_ascii_lowercase);
    if alert["severity"] == "unSpecified" {
        alert["severity"] = Value::from("unknown");
    }
    let comments = alert.get_mut("comments").and_then(Value::as_array_mut);
    for comment in comments.into_iter().flatten() {
        rename(comment, &NAMES_OF_A_COMMENT);
    }
    let device = alert.get("computerDnsName").cloned();
    let evidence = device.map(|name| {
        json!([{"@odata.type": "#microsoft.graph.security.deviceEvidence", "deviceDnsName": name,
            "mdeDeviceId": alert["machineId"]}])
    });
    let incident = alert.get("incidentId").filter(|id| !id.is_null());
    let incident = incident.map(|id| Value::from(id.to_string()));
    let Some(alert) = alert.as_object_mut() else {
        return;
    };
    for name in ["computerDnsName", "machineId"] {
        alert.remove(name);
    }
    let product = Value::from("microsoftDefenderForEndpoint");
    for (name, value) in [("evidence", evidence), ("incidentId", incident)] {
        if let Some(value) = value {
            alert.insert(name.to_owned(), value);
        }
    }
    alert.entry("serviceSource").or_insert(product);
}

fn rename(object: &mut Value, names: &[(&str, &str)]) {
    let Some(object) = object.as_object_mut() else {
        return;
    };
    for (from, to) in names {
        if let Some(value) = object.remove(*from) {
            object.insert((*to).to_owned(), value);
        }
    }
}

fn begin_words(object: &mut Value, first: fn(&char) -> char) {
    for name in WORDS {
        if let Some(Value::String(word)) = object.get_mut(name) {
            let mut letters = word.chars();
            let begin = letters.next().map(|letter| first(&letter));
            *word = begin.into_iter().chain(letters).collect();
        }
    }
}
