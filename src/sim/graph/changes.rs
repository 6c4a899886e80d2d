//! Changes to one alert, and comments on it, which are a call of their own.
//!
//! Reads what a request says; the change itself is made in `store`.

use serde_json::{Map, Value as Json};

use crate::sim::graph::alert;
use crate::sim::graph::alerts::METADATA;
use crate::sim::graph::exchange::Exchange;
use crate::sim::graph::words;
use crate::sim::json::Object;
use crate::sim::population::Detail;
use crate::sim::reply::Reply;
use crate::sim::rules::Blank;
use crate::sim::rules::Rules;
use crate::sim::store::Change;
use crate::sim::store::Entry;
use crate::sim::tokens::Api;
use crate::sim::world::Request;
use crate::sim::world::World;

/// What the body of a comment says it is; with or without a hash before it.
const COMMENT_TYPE: &str = "microsoft.graph.security.alertComment";

/// Changes an alert in the name of `actor`.
pub(super) fn patch(
    world: &mut World,
    exchange: &Exchange,
    request: &Request,
    (id, actor): (&str, &str),
) -> Reply {
    let asked = json_object(request).and_then(|body| change_from(body, &world.rules));
    let (change, details) = match asked {
        Ok(asked) => asked,
        Err(message) => return exchange.bad_request(&message),
    };
    let entry = match open_to_changes(world, exchange, id) {
        Ok(entry) => entry,
        Err(refusal) => return refusal,
    };
    entry.apply(&change, actor, Api::Graph, exchange.now);
    entry.set(details);
    // As the page shows it: the reply has neither evidence nor comments.
    let body = world
        .store
        .get(id)
        .map(|entry| alert::body(world, entry, Detail::Bare, exchange));
    Exchange::json(200, body.unwrap_or_default())
}

/// Adds a comment in the name of `actor`; the reply is the whole list.
pub(super) fn comment(
    world: &mut World,
    exchange: &Exchange,
    request: &Request,
    (id, actor): (&str, &str),
) -> Reply {
    let text = match json_object(request).and_then(comment_from) {
        Ok(text) => text,
        Err(message) => return exchange.bad_request(&message),
    };
    let entry = match open_to_changes(world, exchange, id) {
        Ok(entry) => entry,
        Err(refusal) => return refusal,
    };
    let change = Change {
        comment: Some(text),
        ..Change::default()
    };
    entry.apply(&change, actor, Api::Graph, exchange.now);
    let shown = world
        .store
        .get(id)
        .map(|entry| alert::body(world, entry, Detail::Plain, exchange));
    let shown: Json = serde_json::from_str(&shown.unwrap_or_default()).unwrap_or_default();
    let comments = shown.get("comments");
    let context = format!("{METADATA}#security/alerts_v2('{id}')/comments");
    let body = Object::new()
        .field("@odata.context", context)
        .field("value", comments);
    Exchange::json(200, body.end())
}

/// The alert, if there is one and the caller may change it.
fn open_to_changes<'a>(
    world: &'a mut World,
    exchange: &Exchange,
    id: &str,
) -> Result<&'a mut Entry, Reply> {
    let is_closed = world.rules.closed.contains(id);
    let Some(entry) = world.store.get_mut(id) else {
        return Err(exchange.not_found(&format!("Alert {id}")));
    };
    if is_closed {
        let message = "The user does not have access to the device group of this alert";
        return Err(exchange.refuse(403, "Forbidden", message));
    }
    Ok(entry)
}

fn json_object(request: &Request) -> Result<Map<String, Json>, String> {
    match serde_json::from_str(&request.body) {
        Ok(Json::Object(object)) => Ok(object),
        _ => Err(String::from(
            "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.",
        )),
    }
}

/// Reads a change, in the words of Defender's API, and the details of one's own. Names
/// and words are case-sensitive; there is no `comment` here.
fn change_from(
    body: Map<String, Json>,
    rules: &Rules,
) -> Result<(Change, Map<String, Json>), String> {
    let mut change = Change::default();
    let mut details = Map::new();
    for (name, value) in body {
        if name == "@odata.type" {
            continue;
        }
        if name == "customDetails" {
            if !value.is_object() {
                return Err(String::from("Property 'customDetails' must be an object."));
            }
            details.insert(name, value);
            continue;
        }
        let (field, allowed): (&mut Option<String>, &[&str]) = match name.as_str() {
            "status" => (&mut change.status, words::STATUSES),
            "assignedTo" => (&mut change.assigned_to, &[]),
            "classification" => (&mut change.classification, words::CLASSIFICATIONS),
            "determination" => (&mut change.determination, words::DETERMINATIONS),
            _ => {
                return Err(format!(
                    "The property '{name}' does not exist on type 'microsoft.graph.security.alert' or cannot be changed."
                ));
            }
        };
        let blank = rules.taken_away.at_graph(&name);
        let word = match value {
            Json::Null if blank == Some(Blank::Null) => {
                *field = Some(String::new());
                continue;
            }
            Json::Null => continue,
            Json::String(text) => text,
            _ => return Err(format!("Property '{name}' must be a string.")),
        };
        let is_member = !allowed.is_empty();
        let is_refused = match word.as_str() {
            "" => blank != Some(Blank::EmptyText),
            "unknown" if is_member => blank != Some(Blank::Unknown),
            word => {
                (is_member && !allowed.contains(&word))
                    || (name == "determination" && rules.refused_words.contains(word))
            }
        };
        if is_refused {
            return Err(format!("Invalid value '{word}' for property '{name}'."));
        }
        *field = Some(match word.as_str() {
            "unknown" if is_member => String::new(),
            word if is_member => words::pascal(word),
            word => word.to_owned(),
        });
    }
    if change == Change::default() && details.is_empty() {
        return Err(String::from("The request body has nothing to change."));
    }
    Ok((change, details))
}

fn comment_from(mut body: Map<String, Json>) -> Result<String, String> {
    let kind = body.remove("@odata.type");
    let kind = kind.as_ref().and_then(Json::as_str).unwrap_or_default();
    if kind.strip_prefix('#').unwrap_or(kind) != COMMENT_TYPE {
        return Err(format!("The '@odata.type' must be '{COMMENT_TYPE}'."));
    }
    let text = match body.remove("comment") {
        Some(Json::String(text)) if !text.is_empty() => text,
        _ => return Err(String::from("The property 'comment' must be a string.")),
    };
    match body.keys().next() {
        Some(name) => Err(format!(
            "The property '{name}' does not exist on type '{COMMENT_TYPE}'."
        )),
        None => Ok(text),
    }
}
