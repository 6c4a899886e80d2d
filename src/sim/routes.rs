//! Which call a path and a method make, and which permissions that needs.
//!
//! What is not a call is answered by the gateway, whose replies have another shape.

use crate::sim::form;
use crate::sim::json;
use crate::sim::reply::Reply;

/// Which call a path and a method make.
pub(crate) enum Route {
    List,
    Batch,
    Alert(String),
    Change(String),
    Part(String, String),
    Machines,
    Machine(String),
    MachineAlerts(String),
    LogonUsers(String),
}

const READ_ALERTS: &[&str] = &["Alert.Read", "Alert.ReadWrite"];
const WRITE_ALERTS: &[&str] = &["Alert.ReadWrite"];
const READ_MACHINES: &[&str] = &["Machine.Read", "Machine.ReadWrite"];
const READ_USERS: &[&str] = &["User.Read.All"];

impl Route {
    /// The delegated scopes of which one is enough.
    pub(crate) fn required(&self) -> &'static [&'static str] {
        match self {
            Self::List | Self::Alert(_) | Self::MachineAlerts(_) => READ_ALERTS,
            Self::Batch | Self::Change(_) => WRITE_ALERTS,
            Self::Machines | Self::Machine(_) => READ_MACHINES,
            Self::LogonUsers(_) => READ_USERS,
            Self::Part(_, part) => match part.as_str() {
                "machine" => READ_MACHINES,
                "user" => READ_USERS,
                "files" => &["File.Read.All"],
                "ips" => &["Ip.Read.All"],
                _ => &["URL.Read.All"],
            },
        }
    }

    /// Which call this is; or the answer of the gateway.
    pub(crate) fn of(method: &str, path: &str) -> Result<Self, Reply> {
        let nowhere = || {
            Reply::json(
                404,
                String::from(r#"{"statusCode":404,"message":"Resource not found"}"#),
            )
        };
        let rest = path
            .strip_prefix("/api/v1.0/")
            .or_else(|| path.strip_prefix("/api/"))
            .ok_or_else(nowhere)?;
        let segments: Vec<String> = rest
            .split('/')
            .map(form::segment)
            .collect::<Option<_>>()
            .ok_or_else(nowhere)?;
        let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
        // A hole where an id should be.
        if segments.contains(&"") {
            return Err(nowhere());
        }
        let (allowed, route) = match segments.as_slice() {
            ["alerts"] => ("GET", Self::List),
            ["alerts", "batchUpdate"] => ("POST", Self::Batch),
            ["alerts", id] if method == "PATCH" => ("PATCH", Self::Change((*id).to_owned())),
            ["alerts", id] => ("GET, PATCH", Self::Alert((*id).to_owned())),
            [
                "alerts",
                id,
                part @ ("machine" | "user" | "files" | "ips" | "domains"),
            ] => ("GET", Self::Part((*id).to_owned(), (*part).to_owned())),
            ["machines"] => ("GET", Self::Machines),
            ["machines", id] => ("GET", Self::Machine((*id).to_owned())),
            ["machines", id, "alerts"] => ("GET", Self::MachineAlerts((*id).to_owned())),
            ["machines", id, "logonusers"] => ("GET", Self::LogonUsers((*id).to_owned())),
            _ => return Err(nowhere()),
        };
        if allowed.split(", ").any(|allowed| allowed == method) {
            return Ok(route);
        }
        let message = format!(
            r#"{{"message":"The requested resource does not support http method '{}'."}}"#,
            json::text(method).trim_matches('"')
        );
        Err(Reply::json(405, message).with("allow", allowed))
    }
}
