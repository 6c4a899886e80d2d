//! Which call a path and a method make, and which permissions that needs.
//!
//! What is not a call is answered by the gateway, whose replies have another shape.

use crate::sim::form;
use crate::sim::json;
use crate::sim::machines::Kind;
use crate::sim::machines::find_by_ip_arguments;
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
    FindByIp(String),
    Act(String, Kind),
    MachineActions,
    MachineAction(String),
    CancelAction(String),
    PackageLink(String),
    Hunt,
}

const READ_ALERTS: &[&str] = &["Alert.Read", "Alert.ReadWrite"];
const WRITE_ALERTS: &[&str] = &["Alert.ReadWrite"];
const READ_MACHINES: &[&str] = &["Machine.Read", "Machine.ReadWrite"];
const READ_PACKAGES: &[&str] = &["Machine.CollectForensics"];
const READ_USERS: &[&str] = &["User.Read.All"];

impl Route {
    /// The delegated scopes of which one is enough.
    pub(crate) fn required(&self) -> &'static [&'static str] {
        match self {
            Self::List | Self::Alert(_) | Self::MachineAlerts(_) => READ_ALERTS,
            Self::Batch | Self::Change(_) => WRITE_ALERTS,
            Self::Machines
            | Self::Machine(_)
            | Self::FindByIp(_)
            | Self::MachineActions
            | Self::MachineAction(_)
            // Judged by the action itself once it is known which that is.
            | Self::CancelAction(_) => READ_MACHINES,
            Self::Act(_, kind) => kind.required(),
            Self::PackageLink(_) => READ_PACKAGES,
            Self::LogonUsers(_) => READ_USERS,
            Self::Hunt => &["AdvancedQuery.Read"],
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
            ["machines", find] if find_by_ip_arguments(find).is_some() => (
                "GET",
                Self::FindByIp(find_by_ip_arguments(find).unwrap_or_default()),
            ),
            ["machines", id] => ("GET", Self::Machine((*id).to_owned())),
            ["machines", id, "alerts"] => ("GET", Self::MachineAlerts((*id).to_owned())),
            ["advancedqueries", "run"] => ("POST", Self::Hunt),
            ["machines", id, "logonusers"] => ("GET", Self::LogonUsers((*id).to_owned())),
            ["machines", id, act] => match Kind::ALL.iter().find(|kind| kind.path() == *act) {
                Some(kind) => ("POST", Self::Act((*id).to_owned(), *kind)),
                None => return Err(nowhere()),
            },
            ["machineactions"] => ("GET", Self::MachineActions),
            ["machineactions", id] => ("GET", Self::MachineAction((*id).to_owned())),
            ["machineactions", id, "cancel"] => ("POST", Self::CancelAction((*id).to_owned())),
            ["machineactions", id, "GetPackageUri"] => ("GET", Self::PackageLink((*id).to_owned())),
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
