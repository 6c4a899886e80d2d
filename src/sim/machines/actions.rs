//! Every response action there is or was, and how far each has come at a moment.
//!
//! Has no timers: what becomes of an action is settled when it is made, and its state
//! is read off the time. Who may make one is judged in `acting`.

use std::time::Duration;

use fastrand::Rng;
use jiff::{SignedDuration, Timestamp};

use crate::sim::alerts::METADATA;
use crate::sim::json::Object;
use crate::sim::odata::Value;
use crate::sim::population::ANALYSTS;
use crate::sim::population::Device;
use crate::sim::population::Directory;
use crate::sim::population::guid;
use crate::sim::population::hash;
use crate::sim::ticks::Ticks;

/// What is done to a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Isolate,
    Unisolate,
    Scan,
    Restrict,
    Unrestrict,
    Collect,
    Quarantine,
}

/// How actions asked for from now on end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fate {
    /// Most succeed, some fail: by the seed.
    #[default]
    ByChance,
    Succeeds,
    Fails,
}

/// One action.
#[derive(Debug)]
pub(crate) struct Action {
    pub(crate) id: String,
    pub(crate) kind: Kind,
    /// `Full`, `Selective` or `Quick`.
    scope: Option<String>,
    requestor: String,
    comment: String,
    source: &'static str,
    machine: String,
    name: String,
    sha1: Option<String>,
    created: Ticks,
    /// When the device takes it up, and when it is through.
    started: Ticks,
    ended: Ticks,
    ending: &'static str,
    error: i64,
    cancelled: Option<Cancelled>,
}

#[derive(Debug)]
struct Cancelled {
    by: String,
    comment: String,
    at: Ticks,
}

/// What a request asks for.
pub(crate) struct Wanted {
    pub(crate) kind: Kind,
    pub(crate) scope: Option<String>,
    pub(crate) comment: String,
    pub(crate) sha1: Option<String>,
}

/// All actions, oldest first.
pub(crate) struct Actions {
    all: Vec<Action>,
    rng: Rng,
    pub(crate) fate: Fate,
    /// How long a new action is unknown to whoever asks for it.
    pub(crate) unseen_for: SignedDuration,
    /// A second request while one runs is answered with the one that runs.
    pub(crate) shares_running: bool,
    /// Actions end in the moment they are asked for.
    pub(crate) end_at_once: bool,
}

/// After so long without a device, an action is given up.
const GIVEN_UP_AFTER: i64 = 3 * 86_400;
const ACCESS_DENIED: i64 = -2_147_024_891;
const NO_ANSWER: i64 = -2_145_844_840;
const CANCELLED: i64 = -2_147_467_260;

impl Kind {
    pub(crate) const ALL: [Self; 7] = [
        Self::Isolate,
        Self::Unisolate,
        Self::Scan,
        Self::Restrict,
        Self::Unrestrict,
        Self::Collect,
        Self::Quarantine,
    ];

    /// The last part of the path that asks for it.
    pub(crate) fn path(self) -> &'static str {
        match self {
            Self::Isolate => "isolate",
            Self::Unisolate => "unisolate",
            Self::Scan => "runAntiVirusScan",
            Self::Restrict => "restrictCodeExecution",
            Self::Unrestrict => "unrestrictCodeExecution",
            Self::Collect => "collectInvestigationPackage",
            Self::Quarantine => "StopAndQuarantineFile",
        }
    }

    /// The `type` of the action.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Isolate => "Isolate",
            Self::Unisolate => "Unisolate",
            Self::Scan => "RunAntiVirusScan",
            Self::Restrict => "RestrictCodeExecution",
            Self::Unrestrict => "UnrestrictCodeExecution",
            Self::Collect => "CollectInvestigationPackage",
            Self::Quarantine => "StopAndQuarantineFile",
        }
    }

    /// The permissions of which one is enough to ask for it, or to cancel it.
    pub(crate) fn required(self) -> &'static [&'static str] {
        match self {
            Self::Isolate | Self::Unisolate => &["Machine.Isolate"],
            Self::Scan => &["Machine.Scan"],
            Self::Restrict | Self::Unrestrict => &["Machine.RestrictExecution"],
            Self::Collect => &["Machine.CollectForensics"],
            Self::Quarantine => &["Machine.StopAndQuarantine"],
        }
    }

    /// Seconds a device works on it.
    fn takes(self, scope: Option<&str>) -> i64 {
        match (self, scope) {
            (Self::Scan, Some("Full")) => 40,
            (Self::Collect, _) => 25,
            _ => 14,
        }
    }
}

impl Action {
    /// `Pending`, `InProgress`, or how it ended.
    pub(crate) fn status(&self, now: Ticks) -> &'static str {
        if self.cancelled.is_some() {
            "Cancelled"
        } else if now >= self.ended {
            self.ending
        } else if now >= self.started {
            "InProgress"
        } else {
            "Pending"
        }
    }

    pub(crate) fn is_running(&self, now: Ticks) -> bool {
        matches!(self.status(now), "Pending" | "InProgress")
    }

    fn updated(&self, now: Ticks) -> Ticks {
        match &self.cancelled {
            Some(cancelled) => cancelled.at,
            None if now >= self.ended => self.ended,
            None if now >= self.started => self.started,
            None => self.created,
        }
    }

    /// What a filter sees.
    pub(crate) fn read(&self, name: &str, now: Ticks) -> Value<'_> {
        let text = |text: &str| Value::Text(text.to_owned().into());
        match name {
            "id" => text(&self.id),
            "status" => text(self.status(now)),
            "machineId" => text(&self.machine),
            "type" => text(self.kind.name()),
            "requestor" => text(&self.requestor),
            "creationDateTimeUtc" => Value::Time(self.created.timestamp()),
            _ => Value::Null,
        }
    }

    /// The properties of the body, still open for more.
    pub(crate) fn body(&self, object: Object, now: Ticks) -> String {
        let cancelled = self.cancelled.as_ref();
        let error = match (cancelled, now >= self.ended) {
            (Some(_), _) => CANCELLED,
            (None, true) => self.error,
            (None, false) => 0,
        };
        let file = self.sha1.as_ref().map(|sha1| {
            Object::new()
                .field("fileIdentifier", sha1)
                .field("fileIdentifierType", "Sha1")
                .end()
        });
        object
            .field("id", &self.id)
            .field("type", self.kind.name())
            .field("title", None::<&str>)
            .field("requestor", &self.requestor)
            .field("requestorComment", &self.comment)
            .field("status", self.status(now))
            .field("machineId", &self.machine)
            // The name is looked up later than the action is made.
            .field(
                "computerDnsName",
                (self.status(now) != "Pending").then_some(&self.name),
            )
            .field("creationDateTimeUtc", self.created.text())
            .field("lastUpdateDateTimeUtc", self.updated(now).text())
            .field("cancellationRequestor", cancelled.map(|by| &by.by))
            .field("cancellationComment", cancelled.map(|by| &by.comment))
            .field(
                "cancellationDateTimeUtc",
                cancelled.map(|cancelled| cancelled.at.text()),
            )
            .field("errorHResult", error)
            .field("scope", &self.scope)
            .field("externalId", None::<&str>)
            .field("requestSource", self.source)
            .raw("relatedFileInfo", file.as_deref().unwrap_or("null"))
            .raw("commands", "[]")
            .field("troubleshootInfo", None::<&str>)
            .end()
    }
}

impl Actions {
    pub(crate) fn new(rng: Rng) -> Self {
        Self {
            all: Vec::new(),
            rng,
            fate: Fate::default(),
            unseen_for: SignedDuration::from_secs(2),
            shares_running: false,
            end_at_once: false,
        }
    }

    /// What colleagues did before: ended long ago, waiting for a device that is away,
    /// and a few long scans.
    pub(crate) fn with_history(mut self, directory: &Directory, now: Timestamp) -> Self {
        let now = Ticks::of(now);
        for device in &directory.devices {
            let seed = hash(device.seed, "history");
            // The lowest bits of such numbers go together.
            let pick = |count: u64, salt: &str| (hash(seed, salt) >> 16) % count;
            let ago = |days: u64, salt: &str| {
                let seconds = 3_600 + pick(days * 86_400, salt);
                now.plus_seconds(-i64::try_from(seconds).unwrap_or(3_600))
            };
            let by = usize::try_from(pick(5, "by")).unwrap_or(0);
            let by = ANALYSTS.get(by).copied().unwrap_or_default();
            let scan = |scope: &str, comment: &str| Wanted {
                kind: Kind::Scan,
                scope: Some(scope.to_owned()),
                comment: comment.to_owned(),
                sha1: None,
            };
            if pick(4, "scanned") == 0 {
                let wanted = scan("Quick", "after the alert of the morning");
                let made = ago(20, "when");
                let action = self.prepared(&device.id, &device.name, wanted, by, made);
                self.all.push(action);
            }
            if device.is_away() && pick(2, "waiting") == 0 {
                let wanted = scan("Full", "when it is back");
                let made = ago(2, "waiting since");
                let mut action = self.prepared(&device.id, &device.name, wanted, by, made);
                action.wait_for_device();
                self.all.push(action);
            } else if pick(16, "scanning") == 0 {
                let made = now.plus_seconds(-600);
                let wanted = scan("Full", "suspicious files in a share");
                let mut action = self.prepared(&device.id, &device.name, wanted, by, made);
                action.ended = made.plus_seconds(5_400);
                self.all.push(action);
            }
        }
        self.all.sort_by_key(|action| action.created);
        self
    }

    fn prepared(
        &mut self,
        machine: &str,
        name: &str,
        wanted: Wanted,
        by: &str,
        at: Ticks,
    ) -> Action {
        let takes = wanted.kind.takes(wanted.scope.as_deref());
        Action {
            id: guid(self.rng.u64(..)),
            kind: wanted.kind,
            scope: wanted.scope,
            requestor: by.to_owned(),
            comment: wanted.comment,
            source: "Portal",
            machine: machine.to_owned(),
            name: name.to_owned(),
            sha1: wanted.sha1,
            created: at,
            started: at.plus_seconds(5),
            ended: at.plus_seconds(5 + takes),
            ending: "Succeeded",
            error: 0,
            cancelled: None,
        }
    }

    /// Makes one, asked for through the API; its body.
    pub(crate) fn make(&mut self, device: &Device, wanted: Wanted, by: &str, at: Ticks) -> String {
        let fails = match self.fate {
            Fate::ByChance => self.rng.u8(..8) == 0,
            Fate::Succeeds => false,
            Fate::Fails => true,
        };
        let mut action = self.prepared(&device.id, &device.name, wanted, by, at);
        action.source = "PublicApi";
        if self.end_at_once {
            action.started = at;
            action.ended = at;
        }
        if device.is_away() {
            action.wait_for_device();
        } else if fails {
            action.ending = "Failed";
            action.error = ACCESS_DENIED;
        }
        let body = action.body(opened(), at);
        self.all.push(action);
        body
    }

    pub(crate) fn newest_first(&self) -> impl Iterator<Item = &Action> {
        self.all.iter().rev()
    }

    pub(crate) fn get(&self, id: &str) -> Option<&Action> {
        self.all.iter().find(|action| action.id == id)
    }

    pub(crate) fn get_mut(&mut self, id: &str) -> Option<&mut Action> {
        self.all.iter_mut().find(|action| action.id == id)
    }

    /// Whether an action can be read already.
    pub(crate) fn shows(&self, action: &Action, now: Ticks) -> bool {
        let seen = action.created.timestamp().saturating_add(self.unseen_for);
        seen.is_ok_and(|seen| now.timestamp() >= seen)
    }

    /// The action of this kind that runs on a machine. Its opposite excludes it too.
    pub(crate) fn running(&self, machine: &str, kind: Kind, now: Ticks) -> Option<&Action> {
        self.newest_first().find(|action| {
            action.machine == machine
                && action.is_running(now)
                && action.kind.required() == kind.required()
        })
    }

    /// Whether the last of `on` and `off` that succeeded was `on`.
    pub(crate) fn is_in_force(&self, machine: &str, on: Kind, off: Kind, now: Ticks) -> bool {
        self.all
            .iter()
            .filter(|action| action.machine == machine && action.status(now) == "Succeeded")
            .filter(|action| action.kind == on || action.kind == off)
            .max_by_key(|action| action.ended)
            .is_some_and(|action| action.kind == on)
    }

    pub(crate) fn hide_new_for(&mut self, time: Duration) {
        self.unseen_for = SignedDuration::try_from(time).unwrap_or(SignedDuration::ZERO);
    }
}

/// What a colleague asks for.
pub(crate) fn full_scan() -> Wanted {
    Wanted {
        kind: Kind::Scan,
        scope: Some(String::from("Full")),
        comment: String::from("suspicious files in a share"),
        sha1: None,
    }
}

/// How the body of one action begins.
pub(crate) fn opened() -> Object {
    Object::new().field(
        "@odata.context",
        format!("{METADATA}#MachineActions/$entity"),
    )
}

impl Action {
    fn wait_for_device(&mut self) {
        self.ended = self.created.plus_seconds(GIVEN_UP_AFTER);
        self.started = self.ended;
        self.ending = "TimeOut";
        self.error = NO_ANSWER;
    }

    pub(crate) fn cancel(&mut self, by: &str, comment: String, at: Ticks) {
        self.cancelled = Some(Cancelled {
            by: by.to_owned(),
            comment,
            at,
        });
    }
}
