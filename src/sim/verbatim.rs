//! An alert given word for word, in the shape of either API, and what changes do to it.
//!
//! As long as nobody changes it, its bytes are served as they came.

use jiff::Timestamp;
use serde_json::{Map, Value as Json};

use crate::sim::graph;
use crate::sim::json;
use crate::sim::json::Object;
use crate::sim::odata::Value;
use crate::sim::population::Comment;
use crate::sim::store::Change;
use crate::sim::ticks::Ticks;
use crate::sim::tokens::Api;

/// An alert given as text, and what the text means where it can be read.
pub(crate) struct Verbatim {
    pub(crate) raw: String,
    pub(crate) value: Json,
}

/// How an API calls what a change touches.
struct Names {
    updated: &'static str,
    resolved: &'static str,
    by: &'static str,
    at: &'static str,
}

const DEFENDER: Names = Names {
    updated: "lastUpdateTime",
    resolved: "resolvedTime",
    by: "createdBy",
    at: "createdTime",
};
const GRAPH: Names = Names {
    updated: "lastUpdateDateTime",
    resolved: "resolvedDateTime",
    by: "createdByDisplayName",
    at: "createdDateTime",
};

impl Verbatim {
    pub(crate) fn of(raw: String) -> Self {
        let value = serde_json::from_str(&raw).unwrap_or_default();
        Self { raw, value }
    }

    pub(crate) fn read(&self, name: &str) -> Value<'_> {
        self.value
            .get(name)
            .map_or(Value::Null, |value| read_json(name, value))
    }

    /// The body, which loses only what a bare reply leaves out.
    pub(crate) fn bare(&self) -> String {
        let mut bare = self.value.clone();
        for emptied in ["comments", "evidence"] {
            if let Some(list) = bare.get_mut(emptied) {
                *list = Json::Array(Vec::new());
            }
        }
        json::text(bare)
    }

    /// Applies a change that came through `api`, in the words of the body's own shape.
    pub(crate) fn apply(&mut self, change: &Change, by: &str, api: Api, now: Timestamp) {
        let api = self.shape().unwrap_or(api);
        let names = match api {
            Api::Defender => &DEFENDER,
            Api::Graph => &GRAPH,
        };
        let at = Ticks::of(now);
        let mut changed = Map::new();
        for (name, value) in change.named() {
            if let Some(text) = value {
                changed.insert(name.to_owned(), written(name, text, api));
            }
        }
        if let Some(status) = &change.status {
            let resolved = if status == "Resolved" {
                Json::String(at.text())
            } else {
                Json::Null
            };
            changed.insert(names.resolved.to_owned(), resolved);
        }
        if let Some(text) = &change.comment {
            let comment = Comment {
                text: text.clone(),
                by: by.to_owned(),
                at,
            };
            let mut comments = self
                .value
                .get("comments")
                .and_then(Json::as_array)
                .cloned()
                .unwrap_or_default();
            comments.extend(serde_json::from_str::<Json>(&names.comment(&comment)).ok());
            changed.insert(String::from("comments"), Json::Array(comments));
        }
        let before = match self.read(names.updated) {
            Value::Time(before) => Ticks::of(before).next_like_sql(),
            _ => at.rounded_like_sql(),
        };
        changed.insert(
            names.updated.to_owned(),
            Json::String(at.rounded_like_sql().max(before).text()),
        );
        self.extend(changed);
    }

    pub(crate) fn extend(&mut self, properties: Map<String, Json>) {
        if let Json::Object(object) = &mut self.value {
            object.extend(properties);
            self.raw = json::text(&self.value);
        }
    }

    /// The API whose names the body has; none if it has too few to tell.
    fn shape(&self) -> Option<Api> {
        let has = |names: &[&str]| names.iter().any(|name| self.value.get(name).is_some());
        if has(&["lastUpdateDateTime", "createdDateTime", "serviceSource"]) {
            Some(Api::Graph)
        } else if has(&["lastUpdateTime", "alertCreationTime", "machineId"]) {
            Some(Api::Defender)
        } else {
            None
        }
    }
}

impl Names {
    fn comment(&self, comment: &Comment) -> String {
        Object::new()
            .field("comment", &comment.text)
            .field(self.by, &comment.by)
            .field(self.at, comment.at.text())
            .end()
    }
}

/// A value as an API writes it; an empty text takes the property away.
fn written(name: &str, text: &str, api: Api) -> Json {
    if text.is_empty() {
        return Json::Null;
    }
    Json::String(match api {
        Api::Graph if name != "assignedTo" => graph::camel(text),
        _ => text.to_owned(),
    })
}

/// What a filter sees of a property's JSON.
pub(crate) fn read_json<'a>(name: &str, value: &'a Json) -> Value<'a> {
    match value {
        Json::String(text) if name.ends_with("Time") => {
            text.parse().map_or(Value::Null, Value::Time)
        }
        Json::String(text) => Value::Text(text.as_str().into()),
        Json::Number(number) => number.as_i64().map_or(Value::Null, Value::Number),
        _ => Value::Null,
    }
}
