//! One alert as its own body tells it, so that the tables and the evidence cannot disagree.

use std::collections::HashMap;
use std::rc::Rc;

use jiff::Timestamp;
use serde_json::Value as Json;

use crate::sim::hunting::event::Process;
use crate::sim::population::Device;
use crate::sim::population::Directory;
use crate::sim::population::User;
use crate::sim::ticks::Ticks;

pub(super) struct Alert<'a> {
    pub(super) body: &'a Json,
    pub(super) device: Option<&'a Device>,
    pub(super) user: Option<&'a User>,
    /// When it began.
    pub(super) first: Option<Ticks>,
}

/// One thing found.
#[derive(Clone, Copy)]
pub(super) struct Item<'a>(pub(super) &'a Json);

impl<'a> Alert<'a> {
    pub(super) fn new(
        body: &'a Json,
        devices: &HashMap<&str, &'a Device>,
        directory: &'a Directory,
    ) -> Self {
        let text = |name: &str| body.get(name).and_then(Json::as_str).unwrap_or_default();
        let device = devices.get(text("machineId")).copied();
        let items = body.get("evidence").and_then(Json::as_array);
        let account = items
            .into_iter()
            .flatten()
            .find(|item| item.get("entityType").and_then(Json::as_str) == Some("User"))
            .and_then(|item| item.get("accountName"))
            .and_then(Json::as_str);
        let user = directory
            .users
            .iter()
            .find(|user| Some(user.account.as_str()) == account);
        let first = time(text("firstEventTime")).or_else(|| time(text("alertCreationTime")));
        Self {
            body,
            device,
            user,
            first,
        }
    }

    pub(super) fn text(&self, name: &str) -> &'a str {
        let value = self.body.get(name).and_then(Json::as_str);
        value.unwrap_or_default()
    }

    pub(super) fn incident(&self) -> i64 {
        let number = self.body.get("incidentId").and_then(Json::as_i64);
        number.unwrap_or_default()
    }

    pub(super) fn created(&self) -> Option<Ticks> {
        time(self.text("alertCreationTime"))
    }

    pub(super) fn items(&self) -> impl Iterator<Item = Item<'a>> + use<'a> {
        let items = self.body.get("evidence").and_then(Json::as_array);
        items.into_iter().flatten().map(Item)
    }

    /// What was done, as a process: the youngest of the evidence.
    pub(super) fn culprit(&self) -> Option<Process> {
        self.items()
            .filter(|item| item.kind() == "Process")
            .max_by_key(|item| item.time("processCreationTime"))
            .map(Item::process)
    }
}

impl<'a> Item<'a> {
    pub(super) fn kind(self) -> &'a str {
        self.text("entityType")
    }

    pub(super) fn text(self, name: &str) -> &'a str {
        let value = self.0.get(name).and_then(Json::as_str);
        value.unwrap_or_default()
    }

    pub(super) fn number(self, name: &str) -> i64 {
        let value = self.0.get(name).and_then(Json::as_i64);
        value.unwrap_or_default()
    }

    pub(super) fn time(self, name: &str) -> Option<Ticks> {
        time(self.text(name))
    }

    pub(super) fn process(self) -> Process {
        Process {
            id: self.number("processId"),
            file: Rc::from(self.text("fileName")),
            folder: Rc::from(self.text("filePath")),
            command: Rc::from(self.text("processCommandLine")),
            created: self.time("processCreationTime"),
            sha1: Rc::from(self.text("sha1")),
            sha256: Rc::from(self.text("sha256")),
            parent: Some((
                self.number("parentProcessId"),
                Rc::from(self.text("parentProcessFileName")),
                self.time("parentProcessCreationTime"),
            )),
        }
    }
}

fn time(text: &str) -> Option<Ticks> {
    text.parse::<Timestamp>().ok().map(Ticks::of)
}

/// The name of the host of an address on the web.
pub(super) fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host)
}
