//! Which call of Graph a path and a method make, and which permissions that needs.
//!
//! Who calls, and how often, is judged in the module above.

use crate::sim::form;
use crate::sim::script::Endpoint;

/// A call of Graph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Route {
    Batch,
    Alerts,
    Alert(String),
    Change(String),
    Comment(String),
    Incidents,
    Incident(String),
    Hunting,
}

/// Why a path and a method make none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Astray {
    /// Nothing is called by this segment.
    Segment(String),
    /// Something is, and not by this method.
    Method,
}

const READ_ALERTS: &[&str] = &["SecurityAlert.Read.All", "SecurityAlert.ReadWrite.All"];
const WRITE_ALERTS: &[&str] = &["SecurityAlert.ReadWrite.All"];
const READ_INCIDENTS: &[&str] = &[
    "SecurityIncident.Read.All",
    "SecurityIncident.ReadWrite.All",
];
const HUNT: &[&str] = &["ThreatHunting.Read.All"];

impl Route {
    /// The permissions of which one is enough, for people and applications alike; none
    /// for the envelope, whose parts are judged one by one.
    pub(super) fn required(&self) -> &'static [&'static str] {
        match self {
            Self::Batch => &[],
            Self::Alerts | Self::Alert(_) => READ_ALERTS,
            Self::Change(_) | Self::Comment(_) => WRITE_ALERTS,
            Self::Incidents | Self::Incident(_) => READ_INCIDENTS,
            Self::Hunting => HUNT,
        }
    }

    /// Which call this is.
    pub(super) fn of(method: &str, path: &str) -> Result<Self, Astray> {
        let rest = below_version(path).unwrap_or_default();
        let segments: Vec<String> = rest
            .split('/')
            .map(|segment| form::segment(segment).unwrap_or_default())
            .collect();
        let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
        // A hole where an id should be, or something that is no segment at all.
        if segments.contains(&"") {
            return Err(Astray::Segment(String::new()));
        }
        let (allowed, route) = match segments.as_slice() {
            ["$batch"] => ("POST", Self::Batch),
            ["security", "alerts_v2"] => ("GET", Self::Alerts),
            ["security", "alerts_v2", id] if method == "PATCH" => {
                ("PATCH", Self::Change((*id).to_owned()))
            }
            ["security", "alerts_v2", id] => ("GET", Self::Alert((*id).to_owned())),
            ["security", "alerts_v2", id, "comments"] => ("POST", Self::Comment((*id).to_owned())),
            ["security", "incidents"] => ("GET", Self::Incidents),
            ["security", "incidents", id] => ("GET", Self::Incident((*id).to_owned())),
            ["security", "runHuntingQuery"] => ("POST", Self::Hunting),
            ["security", other, ..] | [other, ..] => {
                return Err(Astray::Segment((*other).to_owned()));
            }
            [] => return Err(Astray::Segment(String::new())),
        };
        if allowed == method {
            Ok(route)
        } else {
            Err(Astray::Method)
        }
    }

    /// Whether the limit of calls about alerts counts it.
    pub(super) fn is_about_alerts(&self) -> bool {
        match self {
            Self::Alerts | Self::Alert(_) | Self::Change(_) | Self::Comment(_) => true,
            Self::Batch | Self::Incidents | Self::Incident(_) | Self::Hunting => false,
        }
    }

    fn endpoint(&self) -> Endpoint {
        match self {
            Self::Batch => Endpoint::GraphBatch,
            Self::Alerts => Endpoint::GraphAlerts,
            Self::Alert(_) => Endpoint::GraphAlert,
            Self::Change(_) => Endpoint::GraphChange,
            Self::Comment(_) => Endpoint::GraphComment,
            Self::Incidents | Self::Incident(_) => Endpoint::GraphIncidents,
            Self::Hunting => Endpoint::GraphHunting,
        }
    }
}

/// What follows the version in a path of Graph's.
pub(super) fn below_version(path: &str) -> Option<&str> {
    path.strip_prefix("/v1.0/")
        .or_else(|| path.strip_prefix("/beta/"))
}

/// Whether a path without its version is that of several requests in one.
pub(super) fn is_envelope(path: &str) -> bool {
    form::segment(path).is_some_and(|segment| segment == "$batch")
}

/// What a script calls this request, if it is for Graph.
pub(crate) fn endpoint(method: &str, path: &str) -> Option<Endpoint> {
    below_version(path)?;
    let route = Route::of(method, path);
    Some(route.map_or(Endpoint::Any, |route| route.endpoint()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_call_says_why() {
        let segment = |name: &str| Err(Astray::Segment(name.to_owned()));
        for (method, path, expected) in [
            ("GET", "/v1.0/security/alerts", segment("alerts")),
            ("GET", "/v1.0/me/messages", segment("me")),
            ("GET", "/v1.0/security/alerts_v2//comments", segment("")),
            ("GET", "/v1.0/security/alerts_v2/%zz", segment("")),
            ("GET", "/v1.0/", segment("")),
            ("POST", "/v1.0/security/alerts_v2", Err(Astray::Method)),
            ("DELETE", "/v1.0/security/alerts_v2/a", Err(Astray::Method)),
            ("GET", "/beta/security/runHuntingQuery", Err(Astray::Method)),
            (
                "GET",
                "/beta/security/alerts_v2/a%2Fb",
                Ok(Route::Alert(String::from("a/b"))),
            ),
        ] {
            assert_eq!(Route::of(method, path), expected, "{method} {path}");
        }
    }
}
