//! One alert of the story, and the body the service gives for it.
//!
//! Small on purpose: texts and evidence are made from the template when a body is
//! asked for, so that a hundred thousand alerts fit.

use serde_json::{Map, Value};

use crate::sim::json;
use crate::sim::json::Object;
use crate::sim::population::directory::Directory;
use crate::sim::population::evidence;
use crate::sim::population::seeds::guid;
use crate::sim::population::seeds::hash;
use crate::sim::population::seeds::pick;
use crate::sim::population::template::Cast;
use crate::sim::population::template::Template;
use crate::sim::ticks::Ticks;

/// One alert.
#[derive(Debug)]
pub(crate) struct Record {
    pub(crate) id: String,
    pub(crate) template: &'static Template,
    pub(crate) incident: u64,
    pub(crate) device: usize,
    pub(crate) user: usize,
    /// Shared within the incident.
    pub(crate) cast: u64,
    /// This alert's own.
    pub(crate) seed: u64,
    pub(crate) moments: Moments,
    pub(crate) status: String,
    pub(crate) assigned_to: Option<String>,
    pub(crate) classification: Option<String>,
    pub(crate) determination: Option<String>,
    pub(crate) comments: Vec<Comment>,
    /// What a script set against the template.
    pub(crate) overrides: Option<Box<Map<String, Value>>>,
}

/// The times of an alert.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moments {
    /// When the incident began.
    pub(crate) origin: Ticks,
    pub(crate) first: Ticks,
    pub(crate) last: Ticks,
    pub(crate) created: Ticks,
    pub(crate) updated: Ticks,
    pub(crate) resolved: Option<Ticks>,
}

#[derive(Clone, Debug)]
pub(crate) struct Comment {
    pub(crate) text: String,
    pub(crate) by: String,
    pub(crate) at: Ticks,
}

/// What is filled in beyond the alert's own properties.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Detail {
    /// As lists give it: no evidence.
    Plain,
    /// With evidence.
    Evidence,
    /// As the reply to a change has been seen: neither evidence nor comments.
    Bare,
}

const INVESTIGATION_STATES: [&str; 12] = [
    "Queued",
    "Running",
    "PendingApproval",
    "SuccessfullyRemediated",
    "PartiallyRemediated",
    "Benign",
    "UnsupportedAlertType",
    "UnsupportedAlertType",
    "TerminatedBySystem",
    "Failed",
    "PreexistingAlert",
    "UnsupportedOs",
];

impl Record {
    /// The text of a property a filter may name.
    pub(crate) fn text_of(&self, name: &str) -> Option<&str> {
        if let Some(value) = self.overridden(name) {
            return value.as_str();
        }
        match name {
            "id" => Some(&self.id),
            "assignedTo" => self.assigned_to.as_deref(),
            "detectionSource" => Some(self.template.source),
            "status" => Some(&self.status),
            "severity" => Some(self.template.severity),
            "category" => Some(self.template.category),
            _ => None,
        }
    }

    pub(crate) fn number_of(&self, name: &str) -> Option<i64> {
        if let Some(value) = self.overridden(name) {
            return value.as_i64();
        }
        match name {
            "incidentId" => i64::try_from(self.incident).ok(),
            "investigationId" => self.investigation(),
            _ => None,
        }
    }

    pub(crate) fn overridden(&self, name: &str) -> Option<&Value> {
        self.overrides
            .as_ref()
            .and_then(|overrides| overrides.get(name))
    }

    fn investigation(&self) -> Option<i64> {
        let state = self.investigation_state();
        let none = matches!(state, "UnsupportedAlertType" | "UnsupportedOs" | "Queued")
            || self.template.cloud;
        (!none)
            .then(|| i64::try_from(self.incident * 7 + self.seed % 5).ok())
            .flatten()
    }

    fn investigation_state(&self) -> &'static str {
        pick(&INVESTIGATION_STATES, hash(self.seed, "investigation"))
            .copied()
            .unwrap_or("Unknown")
    }

    /// The body as JSON text; `tenant` is the tenant's id.
    pub(crate) fn body(
        &self,
        directory: &Directory,
        tenant: &str,
        detail: Detail,
        context: Option<&str>,
    ) -> String {
        let (Some(device), Some(user)) = (
            directory.devices.get(self.device),
            directory.users.get(self.user),
        ) else {
            return Object::new().field("id", &self.id).end();
        };
        let cast = Cast {
            directory,
            device,
            user,
            seed: self.cast,
        };
        let start = match context {
            Some(context) => Object::new().field("@odata.context", context),
            None => Object::new(),
        };
        let mut body = Overridable {
            object: start,
            overrides: self.overrides.as_deref(),
        };
        self.put_head(&mut body);
        body.put("title", json::text(cast.fill(self.template.title)));
        body.put(
            "description",
            json::text(Some(cast.fill(self.template.description)).filter(|text| !text.is_empty())),
        );
        if !self.seed.is_multiple_of(5) {
            body.put("recommendedAction", json::text(self.template.action));
        }
        self.put_times(&mut body);
        let on_device = !self.template.cloud;
        body.put("machineId", json::text(on_device.then_some(&device.id)));
        body.put(
            "computerDnsName",
            json::text(on_device.then_some(&device.name)),
        );
        body.put(
            "rbacGroupName",
            json::text(device.group.filter(|_| on_device)),
        );
        body.put("aadTenantId", json::text(tenant));
        body.put(
            "threatName",
            json::text(self.template.threat.map(|(_, name)| name)),
        );
        match (self.template.techniques, self.seed % 3) {
            // Seen: absent, null and empty, all meaning none.
            ([], 0) => {}
            ([], 1) => body.put("mitreTechniques", json::text(None::<&str>)),
            (techniques, _) => body.put("mitreTechniques", json::text(techniques)),
        }
        let related = Object::new()
            .field("userName", &user.account)
            .field("domainName", user.domain)
            .end();
        body.put(
            "relatedUser",
            if self.seed.is_multiple_of(4) {
                String::from("null")
            } else {
                related
            },
        );
        if self.seed % 7 == 1 {
            let account = Object::new()
                .field("accountName", &user.account)
                .field("domainName", user.domain)
                .end();
            body.put("loggedOnUsers", json::list(&[account]));
        }
        body.put(
            "comments",
            if detail == Detail::Bare {
                String::from("[]")
            } else {
                self.comments_text()
            },
        );
        let evidence = if detail == Detail::Evidence {
            evidence::of(self, &cast)
        } else {
            String::from("[]")
        };
        body.put("evidence", evidence);
        body.end()
    }

    fn put_head(&self, body: &mut Overridable<'_>) {
        body.put("id", json::text(&self.id));
        body.put("incidentId", json::text(self.incident));
        body.put("investigationId", json::text(self.investigation()));
        body.put("assignedTo", json::text(&self.assigned_to));
        body.put("severity", json::text(self.template.severity));
        body.put("status", json::text(&self.status));
        body.put("classification", json::text(&self.classification));
        body.put("determination", json::text(&self.determination));
        body.put("investigationState", json::text(self.investigation_state()));
        body.put("detectionSource", json::text(self.template.source));
        // Absent from some bodies, as from all those written before it existed.
        if !self.seed.is_multiple_of(11) {
            body.put("detectorId", json::text(guid(hash(3, self.template.title))));
        }
        body.put("category", json::text(self.template.category));
        body.put(
            "threatFamilyName",
            json::text(self.template.threat.map(|(family, _)| family)),
        );
    }

    fn put_times(&self, body: &mut Overridable<'_>) {
        let Moments {
            first,
            last,
            created,
            updated,
            resolved,
            ..
        } = self.moments;
        body.put("alertCreationTime", json::text(created.text()));
        body.put("firstEventTime", json::text(first.text()));
        body.put("lastEventTime", json::text(last.text()));
        body.put("lastUpdateTime", json::text(updated.text()));
        body.put("resolvedTime", json::text(resolved.map(Ticks::text)));
    }

    fn comments_text(&self) -> String {
        let comments: Vec<String> = self.comments.iter().map(Comment::body).collect();
        json::list(&comments)
    }
}

impl Comment {
    pub(crate) fn body(&self) -> String {
        Object::new()
            .field("comment", &self.text)
            .field("createdBy", &self.by)
            .field("createdTime", self.at.text())
            .end()
    }
}

/// An object whose properties a script may have replaced.
struct Overridable<'a> {
    object: Object,
    overrides: Option<&'a Map<String, Value>>,
}

impl Overridable<'_> {
    fn put(&mut self, name: &str, value: String) {
        let replaced = self
            .overrides
            .and_then(|overrides| overrides.get(name))
            .map(json::text);
        let object = std::mem::replace(&mut self.object, Object::new());
        self.object = object.raw(name, &replaced.unwrap_or(value));
    }

    fn end(self) -> String {
        self.object.end()
    }
}
