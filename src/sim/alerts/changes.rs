//! Changes to alerts: one with its reply, or many with none.
//!
//! Reads what a request says; the change itself is made in `store`.

use serde_json::{Map, Value as Json};

use crate::sim::alerts::METADATA;
use crate::sim::alerts::not_found;
use crate::sim::population::Detail;
use crate::sim::reply::Reply;
use crate::sim::rules::Rules;
use crate::sim::store::Change;
use crate::sim::tokens::Api;
use crate::sim::world::Call;
use crate::sim::world::Request;
use crate::sim::world::World;

const CLOSED: &str = "The user does not have access to the device group of this alert";

pub(crate) fn patch(world: &mut World, call: &Call, request: &Request, id: &str) -> Reply {
    let change = match json_object(request).and_then(|body| change_from(&body, &world.rules)) {
        Ok(change) => change,
        Err(message) => return Reply::error(400, "InvalidRequestBody", &message, &call.target),
    };
    let Some(entry) = world
        .store
        .get_mut(id)
        .filter(|entry| entry.is_of_defender())
    else {
        return not_found(call, id);
    };
    if world.rules.closed.contains(id) {
        return Reply::error(403, "Forbidden", CLOSED, &call.target);
    }
    entry.apply(&change, &call.actor, Api::Defender, call.now);
    let context = format!("{METADATA}#Alerts/$entity");
    // As seen: the reply has neither evidence nor comments, not even the new one.
    Reply::json(
        200,
        entry.body(
            &world.directory,
            &world.account.tenant,
            Detail::Bare,
            Some(&context),
        ),
    )
}

pub(crate) fn batch_update(world: &mut World, call: &Call, request: &Request) -> Reply {
    let refused = |code: &str, message: &str| Reply::error(400, code, message, &call.target);
    let mut body = match json_object(request) {
        Ok(body) => body,
        Err(message) => return refused("InvalidRequestBody", &message),
    };
    let Some(ids) = body.remove("alertIds") else {
        return refused(
            "MissingRequiredParameter",
            "The required parameter 'alertIds' is missing",
        );
    };
    let ids: Vec<String> = match serde_json::from_value(ids) {
        Ok(ids) => ids,
        Err(_) => {
            return refused(
                "InvalidRequestBody",
                "Parameter 'alertIds' must be a list of strings",
            );
        }
    };
    if ids.is_empty() {
        return refused(
            "MissingRequiredParameter",
            "The required parameter 'alertIds' is empty",
        );
    }
    let allowed = world.rules.largest_batch;
    if ids.len() > allowed {
        let message = format!(
            "Maximum batch size exceeded. Received: {}, allowed: {allowed}",
            ids.len()
        );
        return refused("MaximumBatchSizeExceeded", &message);
    }
    let change = match change_from(&body, &world.rules) {
        Ok(change) => change,
        Err(message) => return refused("InvalidRequestBody", &message),
    };
    let rules = &world.rules;
    if rules.closed_spoil_batches && ids.iter().any(|id| rules.closed.contains(id)) {
        return Reply::error(403, "Forbidden", CLOSED, &call.target);
    }
    // There is no result for each alert: ids nobody knows are passed over, and so are
    // alerts the caller may not change.
    for id in ids {
        if world.rules.closed.contains(&id) {
            continue;
        }
        if let Some(entry) = world
            .store
            .get_mut(&id)
            .filter(|entry| entry.is_of_defender())
        {
            entry.apply(&change, &call.actor, Api::Defender, call.now);
        }
    }
    Reply::empty(200)
}

fn json_object(request: &Request) -> Result<Map<String, Json>, String> {
    match serde_json::from_str(&request.body) {
        Ok(Json::Object(object)) => Ok(object),
        _ => Err(String::from("Request body is incorrect")),
    }
}

const STATUSES: [&str; 3] = ["New", "InProgress", "Resolved"];
const CLASSIFICATIONS: [&str; 3] = [
    "TruePositive",
    "InformationalExpectedActivity",
    "FalsePositive",
];
/// Every spelling on any of Microsoft's pages: which of them a tenant takes is unsettled.
const DETERMINATIONS: [&str; 18] = [
    "MultiStagedAttack",
    "MaliciousUserActivity",
    "CompromisedUser",
    "CompromisedAccount",
    "Malware",
    "Phishing",
    "UnwantedSoftware",
    "SecurityTesting",
    "LineOfBusinessApplication",
    "ConfirmedActivity",
    "ConfirmedUserActivity",
    "NotMalicious",
    "Clean",
    "InsufficientData",
    "NoEnoughDataToValidate",
    "NotEnoughDataToValidate",
    "Other",
    "NotAvailable",
];

/// Reads a change. Names and values are case-sensitive; classification and
/// determination need not fit together, as Microsoft's own example shows.
fn change_from(body: &Map<String, Json>, rules: &Rules) -> Result<Change, String> {
    let mut change = Change::default();
    for (name, value) in body {
        let text = match value {
            Json::Null if rules.taken_away.by_null(name) => String::new(),
            Json::Null => continue,
            Json::String(text) if text.is_empty() && !rules.taken_away.by_empty_text(name) => {
                return Err(format!("'' is not a valid value for '{name}'"));
            }
            Json::String(text) => text.clone(),
            _ => return Err(format!("Parameter '{name}' must be a string")),
        };
        let (field, allowed): (&mut Option<String>, &[&str]) = match name.as_str() {
            "status" => (&mut change.status, &STATUSES),
            "assignedTo" => (&mut change.assigned_to, &[]),
            "classification" => (&mut change.classification, &CLASSIFICATIONS),
            "determination" => (&mut change.determination, &DETERMINATIONS),
            "comment" => (&mut change.comment, &[]),
            _ => {
                return Err(format!(
                    "Unknown parameter '{name}'. Request body is incorrect"
                ));
            }
        };
        let is_known = text.is_empty() || allowed.is_empty() || allowed.contains(&text.as_str());
        let is_refused = name == "determination" && rules.refused_words.contains(&text);
        if !is_known || is_refused {
            return Err(format!("'{text}' is not a valid value for '{name}'"));
        }
        *field = Some(text);
    }
    if change == Change::default() {
        return Err(String::from("Request body is incorrect: nothing to update"));
    }
    Ok(change)
}
