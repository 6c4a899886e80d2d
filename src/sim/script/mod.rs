//! Faults on demand: what a test scripts, and the handle it scripts with.
//!
//! Says what shall go wrong; `world` and `server` make it go wrong.

mod acting;
mod hunting;
mod signing_in;
mod writing;

use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::sim::clock::Clock;
use crate::sim::graph;
use crate::sim::world::World;

/// Which requests a fault is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Endpoint {
    /// Requests for tokens.
    Token,
    /// Requests for device codes.
    DeviceCode,
    /// The pages a person signs in on.
    Authorize,
    /// The list of alerts.
    Alerts,
    /// One alert, its parts, its changes, and changes of many.
    Alert,
    /// Of these, only the changes.
    Change,
    /// Of these, only the files of an alert.
    AlertFiles,
    /// Of these, only its addresses.
    AlertIps,
    /// Of these, only its domains.
    AlertDomains,
    /// Of these, only its user.
    AlertUser,
    /// Anything about machines.
    Machine,
    /// Graph's list of alerts.
    GraphAlerts,
    /// One alert at Graph, its changes and its comments.
    GraphAlert,
    /// Of these, only the changes.
    GraphChange,
    /// Of these, only the comments.
    GraphComment,
    /// Graph's envelope for several requests; each of them has its own endpoint besides.
    GraphBatch,
    /// Graph's incidents, one or many.
    GraphIncidents,
    /// Queries over what devices reported, at Graph.
    GraphHunting,
    /// Of these, asking for an action and cancelling one.
    Act,
    /// Of these, reading actions.
    Acts,
    /// Queries over what devices reported, at Defender's API.
    Hunting,
    Any,
}

impl Endpoint {
    pub(crate) fn of(method: &str, path: &str) -> Self {
        if path == "/devicelogin" || path.contains("/oauth2/v2.0/authorize") {
            return Self::Authorize;
        }
        if path.ends_with("/oauth2/v2.0/devicecode") {
            return Self::DeviceCode;
        }
        if path.contains("/oauth2/") {
            return Self::Token;
        }
        if let Some(endpoint) = graph::endpoint(method, path) {
            return endpoint;
        }
        let path = path
            .strip_prefix("/api/v1.0")
            .or_else(|| path.strip_prefix("/api"))
            .unwrap_or(path);
        if path == "/alerts" && method == "GET" {
            Self::Alerts
        } else if path.starts_with("/machine") && method == "POST" {
            Self::Act
        } else if path.starts_with("/machineactions") {
            Self::Acts
        } else if path.starts_with("/machines")
            || (path.starts_with("/alerts/") && path.ends_with("/machine"))
        {
            Self::Machine
        } else if path == "/advancedqueries/run" {
            Self::Hunting
        } else if path.starts_with("/alerts") && matches!(method, "PATCH" | "POST") {
            Self::Change
        } else if path.starts_with("/alerts") {
            match path.rsplit('/').next() {
                Some("files") => Self::AlertFiles,
                Some("ips") => Self::AlertIps,
                Some("domains") => Self::AlertDomains,
                Some("user") => Self::AlertUser,
                _ => Self::Alert,
            }
        } else {
            Self::Any
        }
    }

    /// Whether the authority answers, and not the API.
    pub(crate) fn is_for_signing_in(self) -> bool {
        match self {
            Self::Token | Self::DeviceCode | Self::Authorize => true,
            Self::Alerts
            | Self::Alert
            | Self::Change
            | Self::AlertFiles
            | Self::AlertIps
            | Self::AlertDomains
            | Self::AlertUser
            | Self::Machine
            | Self::GraphAlerts
            | Self::GraphAlert
            | Self::GraphChange
            | Self::GraphComment
            | Self::GraphBatch
            | Self::GraphIncidents
            | Self::GraphHunting
            | Self::Act
            | Self::Acts
            | Self::Hunting
            | Self::Any => false,
        }
    }

    /// Whether Microsoft Graph answers.
    pub(crate) fn is_of_graph(self) -> bool {
        match self {
            Self::GraphAlerts
            | Self::GraphAlert
            | Self::GraphChange
            | Self::GraphComment
            | Self::GraphBatch
            | Self::GraphIncidents
            | Self::GraphHunting => true,
            Self::Token
            | Self::DeviceCode
            | Self::Authorize
            | Self::Alerts
            | Self::Alert
            | Self::Change
            | Self::AlertFiles
            | Self::AlertIps
            | Self::AlertDomains
            | Self::AlertUser
            | Self::Machine
            | Self::Act
            | Self::Acts
            | Self::Hunting
            | Self::Any => false,
        }
    }

    fn covers(self, other: Self) -> bool {
        self == Self::Any
            || self == other
            || matches!(
                (self, other),
                (
                    Self::Alert,
                    Self::Change
                        | Self::AlertFiles
                        | Self::AlertIps
                        | Self::AlertDomains
                        | Self::AlertUser
                ) | (Self::GraphAlert, Self::GraphChange | Self::GraphComment)
                    | (Self::Machine, Self::Act | Self::Acts)
            )
    }
}

/// What goes wrong with an answer.
///
/// `Status`, `Hang`, `Reset`, `Redirect`, `HugeBody` and `GzipBomb` take the place of
/// the work: nothing is read or changed. The others do the work and spoil the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    Status {
        code: u16,
        headers: Vec<(String, String)>,
        body: String,
    },
    /// No answer, ever, until the client leaves or the simulator ends.
    Hang,
    /// The connection is closed without an answer.
    Reset,
    /// Half the body, then the connection is closed.
    Truncate,
    /// 200 with bytes that are not JSON and not even UTF-8.
    Garbage,
    /// 200 with the page of some proxy.
    Html,
    /// 200 with no body.
    Empty,
    /// 200 with a valid body of so many bytes.
    HugeBody(usize),
    /// The page carries this as its next link.
    ForeignNextLink(String),
    /// A real next link when more remains, even if `$top` was given.
    NextLink,
    /// No next link even where one belongs.
    NoNextLink,
    /// Raw text slipped into the list as one more item.
    BadItem(String),
    /// Graph's list as 206: the service of this name (a `serviceSource`) did not answer
    /// in time, so its alerts are missing, and a `Warning` header names it.
    Partial(String),
    /// 302 to this address.
    Redirect(String),
    /// The `Date` header is so many seconds ahead.
    Skew(i64),
    /// Every number of the body becomes a string.
    StringNumbers,
    /// Compressed blanks, so many bytes once unpacked.
    GzipBomb(usize),
    /// The work is done, and then this takes the place of the answer.
    DoneBut(Box<Self>),
}

/// What a client does whose request hangs, with the path it asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hung {
    Waits(String),
    /// It closed the connection, or the simulator ended.
    Left(String),
}

/// The faults still to come.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    queued: Vec<(Endpoint, Fault)>,
    standing: Vec<(Endpoint, Fault)>,
}

impl Faults {
    /// Queues a fault for the next request that fits.
    pub(crate) fn push(&mut self, endpoint: Endpoint, fault: Fault) {
        self.queued.push((endpoint, fault));
    }

    /// The fault for this request: the oldest queued one that fits, else a standing one.
    pub(crate) fn take(&mut self, endpoint: Endpoint) -> Option<Fault> {
        if let Some(index) = self
            .queued
            .iter()
            .position(|(queued, _)| queued.covers(endpoint))
        {
            return Some(self.queued.remove(index).1);
        }
        let standing = self
            .standing
            .iter()
            .find(|(standing, _)| standing.covers(endpoint));
        standing.map(|(_, fault)| fault.clone())
    }
}

/// A handle to change the world while it is served; clones act on the same world.
#[derive(Clone)]
pub struct Script {
    world: Arc<Mutex<World>>,
    clock: Clock,
}

impl Script {
    pub(crate) fn new(world: Arc<Mutex<World>>, clock: Clock) -> Self {
        Self { world, clock }
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Spoils the next request for `endpoint`, once; several calls queue up.
    pub fn next(&self, endpoint: Endpoint, fault: Fault) {
        self.world().faults.push(endpoint, fault);
    }

    /// Spoils every request for `endpoint` until taken back with `None`.
    pub fn always(&self, endpoint: Endpoint, fault: Option<Fault>) {
        let mut world = self.world();
        world
            .faults
            .standing
            .retain(|(standing, _)| *standing != endpoint);
        world
            .faults
            .standing
            .extend(fault.map(|fault| (endpoint, fault)));
    }

    /// What becomes, from now on, of requests that hang.
    pub fn who_hangs(&self) -> Receiver<Hung> {
        let (hung, heard) = mpsc::channel();
        self.world().hung = Some(hung);
        heard
    }

    /// One new alert now; its id.
    pub fn arrive(&self) -> String {
        self.world().arrive(self.clock.now())
    }

    /// Another analyst changes properties of an alert, and `lastUpdateTime` moves.
    ///
    /// A `comment` is appended; any other name replaces the property, whatever it is.
    pub fn change(&self, id: &str, patch: serde_json::Value) {
        self.world().change(id, patch, self.clock.now());
    }

    /// Replaces all alerts with these bodies, served byte for byte in this order; from
    /// then on nothing happens by itself.
    pub fn set_population(&self, bodies: Vec<String>) {
        self.world().set_population(bodies);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_told_apart() {
        let cases = [
            ("POST", "/t/oauth2/token", Endpoint::Token),
            ("POST", "/t/oauth2/v2.0/token", Endpoint::Token),
            ("POST", "/t/oauth2/v2.0/devicecode", Endpoint::DeviceCode),
            ("GET", "/t/oauth2/v2.0/authorize", Endpoint::Authorize),
            (
                "POST",
                "/t/oauth2/v2.0/authorize/continue",
                Endpoint::Authorize,
            ),
            ("GET", "/devicelogin", Endpoint::Authorize),
            ("GET", "/api/alerts", Endpoint::Alerts),
            ("GET", "/api/v1.0/alerts", Endpoint::Alerts),
            ("GET", "/api/alerts/a_1", Endpoint::Alert),
            ("PATCH", "/api/alerts/a_1", Endpoint::Change),
            ("POST", "/api/alerts/batchUpdate", Endpoint::Change),
            ("GET", "/api/alerts/a_1/machine", Endpoint::Machine),
            ("GET", "/api/alerts/a_1/files", Endpoint::AlertFiles),
            ("GET", "/api/v1.0/alerts/a_1/user", Endpoint::AlertUser),
            ("GET", "/api/machines/m", Endpoint::Machine),
            ("GET", "/v1.0/security/alerts_v2", Endpoint::GraphAlerts),
            ("GET", "/beta/security/alerts_v2", Endpoint::GraphAlerts),
            ("GET", "/v1.0/security/alerts_v2/a", Endpoint::GraphAlert),
            ("PATCH", "/v1.0/security/alerts_v2/a", Endpoint::GraphChange),
            (
                "POST",
                "/v1.0/security/alerts_v2/a/comments",
                Endpoint::GraphComment,
            ),
            ("POST", "/v1.0/%24batch", Endpoint::GraphBatch),
            ("POST", "/v1.0/$batch", Endpoint::GraphBatch),
            ("GET", "/v1.0/security/incidents", Endpoint::GraphIncidents),
            (
                "GET",
                "/v1.0/security/incidents/7",
                Endpoint::GraphIncidents,
            ),
            (
                "POST",
                "/v1.0/security/runHuntingQuery",
                Endpoint::GraphHunting,
            ),
            ("GET", "/v1.0/me", Endpoint::Any),
            ("POST", "/api/machines/m/isolate", Endpoint::Act),
            ("POST", "/api/machineactions/a/cancel", Endpoint::Act),
            ("GET", "/api/machineactions/a", Endpoint::Acts),
            ("POST", "/api/advancedqueries/run", Endpoint::Hunting),
            ("GET", "/elsewhere", Endpoint::Any),
        ];
        for (method, path, expected) in cases {
            assert_eq!(Endpoint::of(method, path), expected, "{method} {path}");
        }
    }

    #[test]
    fn queued_faults_come_once_and_before_standing_ones() {
        let mut faults = Faults::default();
        faults.standing.push((Endpoint::Any, Fault::Hang));
        faults.queued.push((Endpoint::Alerts, Fault::Reset));
        faults.queued.push((Endpoint::Token, Fault::Empty));
        assert_eq!(faults.take(Endpoint::Token), Some(Fault::Empty));
        assert_eq!(faults.take(Endpoint::Token), Some(Fault::Hang));
        assert_eq!(faults.take(Endpoint::Alerts), Some(Fault::Reset));
        assert_eq!(faults.take(Endpoint::Alerts), Some(Fault::Hang));
    }
}
