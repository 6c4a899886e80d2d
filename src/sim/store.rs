//! The alerts as they stand: told from the story, or given word for word.
//!
//! Keeps them and changes them; who may, and what is answered, is `alerts`' business.

use std::borrow::Cow;
use std::collections::HashMap;

use jiff::Timestamp;
use serde_json::{Map, Value as Json};

use crate::sim::odata::Value;
use crate::sim::population::Comment;
use crate::sim::population::Detail;
use crate::sim::population::Directory;
use crate::sim::population::Record;
use crate::sim::ticks::Ticks;
use crate::sim::tokens::Api;
use crate::sim::verbatim::Verbatim;
use crate::sim::verbatim::read_json;

/// One alert.
pub(crate) enum Entry {
    Told(Box<Record>),
    Verbatim(Verbatim),
}

/// What one request changes, in the words of Defender's API.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) status: Option<String>,
    /// An empty text clears it.
    pub(crate) assigned_to: Option<String>,
    pub(crate) classification: Option<String>,
    pub(crate) determination: Option<String>,
    pub(crate) comment: Option<String>,
}

/// All alerts, oldest first.
#[derive(Default)]
pub(crate) struct Store {
    entries: Vec<Entry>,
    by_id: HashMap<String, usize>,
}

impl Store {
    pub(crate) fn told(records: Vec<Record>) -> Self {
        let mut store = Self::default();
        for record in records {
            store.add(record);
        }
        store
    }

    /// Bodies in the order lists shall give them.
    pub(crate) fn verbatim(bodies: Vec<String>) -> Self {
        let mut store = Self::default();
        for raw in bodies.into_iter().rev() {
            store.push(Entry::Verbatim(Verbatim::of(raw)));
        }
        store
    }

    /// Adds the newest alert; two of the same tick would have no order.
    pub(crate) fn add(&mut self, mut record: Record) {
        if let Some(Entry::Told(newest)) = self.entries.last() {
            let created = record
                .moments
                .created
                .max(newest.moments.created.plus_ticks(1));
            record.moments.created = created;
        }
        self.push(Entry::Told(Box::new(record)));
    }

    fn push(&mut self, entry: Entry) {
        if let Some(id) = entry.id() {
            self.by_id.insert(id.to_owned(), self.entries.len());
        }
        self.entries.push(entry);
    }

    pub(crate) fn newest_first(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().rev()
    }

    /// Those that Defender's API shows.
    pub(crate) fn newest_of_defender(&self) -> impl Iterator<Item = &Entry> {
        self.newest_first().filter(|entry| entry.is_of_defender())
    }

    pub(crate) fn get(&self, id: &str) -> Option<&Entry> {
        self.by_id
            .get(id)
            .and_then(|index| self.entries.get(*index))
    }

    pub(crate) fn get_mut(&mut self, id: &str) -> Option<&mut Entry> {
        self.by_id
            .get(id)
            .and_then(|index| self.entries.get_mut(*index))
    }

    pub(crate) fn remove(&mut self, ids: &[&str]) {
        let gone = |entry: &Entry| entry.id().is_some_and(|id| ids.contains(&id));
        let kept = std::mem::take(&mut self.entries).into_iter();
        self.by_id.clear();
        for entry in kept.filter(|entry| !gone(entry)) {
            self.push(entry);
        }
    }

    /// The newest alerts of Defender's that can be worked on, at most `count`.
    pub(crate) fn newest_told(&mut self, count: usize) -> impl Iterator<Item = &mut Record> {
        self.entries
            .iter_mut()
            .rev()
            .filter(|entry| entry.is_of_defender())
            .take(count)
            .filter_map(|entry| match entry {
                Entry::Told(record) => Some(&mut **record),
                Entry::Verbatim(_) => None,
            })
    }
}

impl Entry {
    pub(crate) fn id(&self) -> Option<&str> {
        match self {
            Self::Told(record) => Some(&record.id),
            Self::Verbatim(verbatim) => verbatim.value.get("id").and_then(Json::as_str),
        }
    }

    /// The machine it is about, by its place in the directory; `by_id` tells those places.
    pub(crate) fn machine(&self, by_id: &HashMap<&str, usize>) -> Option<usize> {
        match self {
            Self::Told(record) => (!record.template.cloud).then_some(record.device),
            Self::Verbatim(verbatim) => {
                let id = verbatim.value.get("machineId").and_then(Json::as_str)?;
                by_id.get(id).copied()
            }
        }
    }

    /// The id of the machine, as the body tells it.
    pub(crate) fn machine_id<'a>(&'a self, directory: &'a Directory) -> Option<&'a str> {
        let told = match self {
            Self::Told(record) => record.overridden("machineId"),
            Self::Verbatim(verbatim) => verbatim.value.get("machineId"),
        };
        match (told, self) {
            (Some(told), _) => told.as_str(),
            (None, Self::Told(record)) if !record.template.cloud => {
                let device = directory.devices.get(record.device)?;
                Some(&device.id)
            }
            (None, _) => None,
        }
    }

    /// What a filter sees.
    pub(crate) fn read(&self, name: &str) -> Value<'_> {
        match self {
            Self::Told(record) => read_told(record, name),
            Self::Verbatim(verbatim) => verbatim.read(name),
        }
    }

    /// The body as JSON text; a verbatim one only loses what a bare reply leaves out.
    pub(crate) fn body(
        &self,
        directory: &Directory,
        tenant: &str,
        detail: Detail,
        context: Option<&str>,
    ) -> String {
        match self {
            Self::Told(record) => record.body(directory, tenant, detail, context),
            Self::Verbatim(verbatim) if detail == Detail::Bare => verbatim.bare(),
            Self::Verbatim(verbatim) => verbatim.raw.clone(),
        }
    }

    /// Applies a change that `by` made through `api`.
    pub(crate) fn apply(&mut self, change: &Change, by: &str, api: Api, now: Timestamp) {
        match self {
            Self::Told(record) => apply_to_record(record, change, by, now),
            Self::Verbatim(verbatim) => verbatim.apply(change, by, api, now),
        }
    }

    /// Sets properties as they are, whatever they say.
    pub(crate) fn set(&mut self, properties: Map<String, Json>) {
        match self {
            Self::Told(record) if !properties.is_empty() => {
                record.overrides.get_or_insert_default().extend(properties);
            }
            Self::Told(_) => {}
            Self::Verbatim(verbatim) => verbatim.extend(properties),
        }
    }

    /// Whether Defender's API shows it: alerts of some other products are Graph's alone.
    pub(crate) fn is_of_defender(&self) -> bool {
        match self {
            Self::Told(record) => !record.template.elsewhere,
            Self::Verbatim(_) => true,
        }
    }

    /// Replaces any properties, as only a script can.
    pub(crate) fn replace(&mut self, patch: Map<String, Json>, by: &str, now: Timestamp) {
        let mut change = Change::default();
        let mut others = Map::new();
        for (name, value) in patch {
            match (name.as_str(), value) {
                ("status", Json::String(text)) => change.status = Some(text),
                ("assignedTo", Json::String(text)) => change.assigned_to = Some(text),
                ("assignedTo", Json::Null) => change.assigned_to = Some(String::new()),
                ("classification", Json::String(text)) => change.classification = Some(text),
                ("determination", Json::String(text)) => change.determination = Some(text),
                ("comment", Json::String(text)) => change.comment = Some(text),
                (_, value) => {
                    others.insert(name, value);
                }
            }
        }
        self.apply(&change, by, Api::Defender, now);
        self.set(others);
    }
}

fn read_told<'a>(record: &'a Record, name: &str) -> Value<'a> {
    let time = |ticks: Ticks| Value::Time(ticks.timestamp());
    if let Some(value) = record.overridden(name) {
        return read_json(name, value);
    }
    match name {
        "alertCreationTime" => time(record.moments.created),
        "lastUpdateTime" => time(record.moments.updated),
        "lastEventTime" => time(record.moments.last),
        "incidentId" | "investigationId" => {
            record.number_of(name).map_or(Value::Null, Value::Number)
        }
        _ => record
            .text_of(name)
            .map_or(Value::Null, |text| Value::Text(Cow::Borrowed(text))),
    }
}

fn apply_to_record(record: &mut Record, change: &Change, by: &str, now: Timestamp) {
    let at = Ticks::of(now);
    let set = |field: &mut Option<String>, new: &Option<String>| {
        if let Some(new) = new {
            *field = Some(new.clone()).filter(|new| !new.is_empty());
        }
    };
    set(&mut record.assigned_to, &change.assigned_to);
    set(&mut record.classification, &change.classification);
    set(&mut record.determination, &change.determination);
    if let Some(status) = &change.status {
        record.status.clone_from(status);
        let was = record.moments.resolved;
        record.moments.resolved = (status == "Resolved").then(|| was.unwrap_or(at));
    }
    if let Some(text) = &change.comment {
        record.comments.push(Comment {
            text: text.clone(),
            by: by.to_owned(),
            at,
        });
    }
    // A change at once after another must still be seen by whoever polls.
    record.moments.updated = at
        .rounded_like_sql()
        .max(record.moments.updated.next_like_sql());
    if let Some(overrides) = &mut record.overrides {
        for (name, changed) in change.named() {
            if changed.is_some() {
                overrides.remove(name);
            }
        }
        overrides.remove("lastUpdateTime");
    }
}

impl Change {
    /// Its properties by their names, without the comment.
    pub(crate) fn named(&self) -> [(&'static str, Option<&String>); 4] {
        [
            ("status", self.status.as_ref()),
            ("assignedTo", self.assigned_to.as_ref()),
            ("classification", self.classification.as_ref()),
            ("determination", self.determination.as_ref()),
        ]
    }
}
