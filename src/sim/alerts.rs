//! The calls about alerts: list, read, change one, change many, and what belongs to one.
//!
//! Who may call has been judged before; see `world`.

use serde_json::{Map, Value as Json};

use crate::sim::form;
use crate::sim::json::{self, Object};
use crate::sim::machines;
use crate::sim::population::Detail;
use crate::sim::query::{ALERT, Direction, LONGEST_PAGE, Query};
use crate::sim::reply::Reply;
use crate::sim::script::Fault;
use crate::sim::store::{Change, Entry, ordered};
use crate::sim::world::{Call, Request, World};

/// A reply may name a host other than the one called: a real one does.
pub(crate) const METADATA: &str = "https://api-eu3.securitycenter.microsoft.com/api/$metadata";

/// The most alerts one batch may name.
const LARGEST_BATCH: usize = 100;

pub(crate) fn list(world: &World, call: &Call, request: &Request, fault: Option<&Fault>) -> Reply {
    let query = match Query::parse(&request.query, &ALERT) {
        Ok(query) => query,
        Err(message) => return Reply::error(400, "ODataError", &message, &call.target),
    };
    let mut found: Vec<&Entry> = world
        .store
        .newest_first()
        .filter(|entry| {
            query
                .filter
                .as_ref()
                .is_none_or(|filter| filter.accepts(&|name| entry.read(name)))
        })
        .collect();
    if !query.order.is_empty() {
        found.sort_by(|left, right| {
            query
                .order
                .iter()
                .fold(std::cmp::Ordering::Equal, |order, (name, direction)| {
                    order.then_with(|| {
                        let order = ordered(name, &left.read(name), &right.read(name));
                        if *direction == Direction::Descending {
                            order.reverse()
                        } else {
                            order
                        }
                    })
                })
        });
    }
    let detail = if query.expand_evidence {
        Detail::Evidence
    } else {
        Detail::Plain
    };
    let page = found
        .iter()
        .skip(query.skip)
        .take(query.top.unwrap_or(LONGEST_PAGE));
    let mut items: Vec<String> = page
        .map(|entry| entry.body(&world.directory, &world.account.tenant, detail, None))
        .collect();
    if let Some(names) = &query.select {
        items = items.iter().map(|item| selected(item, names)).collect();
    }
    let next_skip = query.skip + items.len();
    let more = next_skip < found.len();
    let own_link = || next_link(&world.account.api, request, next_skip);
    let next = match fault {
        Some(Fault::ForeignNextLink(link)) => Some(link.clone()),
        Some(Fault::NoNextLink) => None,
        Some(Fault::NextLink) => more.then(own_link),
        // Whoever sets `$top` is left to page alone, as reported for the real service.
        _ => (more && query.top.is_none()).then(own_link),
    };
    if let Some(Fault::BadItem(text)) = fault {
        items.insert(items.len() / 2, text.clone());
    }
    let mut body = Object::new().field("@odata.context", format!("{METADATA}#Alerts"));
    if query.count {
        body = body.field("@odata.count", found.len());
    }
    body = body.raw("value", &json::list(&items));
    match next {
        Some(link) => Reply::json(200, body.field("@odata.nextLink", link).end()),
        None => Reply::json(200, body.end()),
    }
}

/// The same request further on.
fn next_link(api: &str, request: &Request, skip: usize) -> String {
    let kept = request.query.split('&').filter(|pair| {
        let is_skip =
            form::pairs(pair).is_some_and(|pairs| pairs.iter().any(|(name, _)| name == "$skip"));
        !is_skip && !pair.is_empty()
    });
    let mut options: Vec<&str> = kept.collect();
    let skip = format!("$skip={skip}");
    options.push(&skip);
    format!("{api}{}?{}", request.path, options.join("&"))
}

fn selected(item: &str, names: &[String]) -> String {
    let Ok(Json::Object(all)) = serde_json::from_str(item) else {
        return item.to_owned();
    };
    let kept: Map<String, Json> = all
        .into_iter()
        .filter(|(name, _)| names.contains(name))
        .collect();
    json::text(kept)
}

pub(crate) fn get(world: &World, call: &Call, id: &str) -> Reply {
    let context = format!("{METADATA}#Alerts/$entity");
    match world.store.get(id) {
        Some(entry) => Reply::json(
            200,
            entry.body(
                &world.directory,
                &world.account.tenant,
                Detail::Evidence,
                Some(&context),
            ),
        ),
        None => not_found(call, id),
    }
}

fn not_found(call: &Call, id: &str) -> Reply {
    Reply::error(
        404,
        "ResourceNotFound",
        &format!("Alert {id} was not found"),
        &call.target,
    )
}

pub(crate) fn patch(world: &mut World, call: &Call, request: &Request, id: &str) -> Reply {
    let change = match json_object(request).and_then(|body| change_from(&body)) {
        Ok(change) => change,
        Err(message) => return Reply::error(400, "InvalidRequestBody", &message, &call.target),
    };
    let Some(entry) = world.store.get_mut(id) else {
        return not_found(call, id);
    };
    entry.apply(&change, &call.actor, call.now);
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
    if ids.len() > LARGEST_BATCH {
        let message = format!(
            "Maximum batch size exceeded. Received: {}, allowed: {LARGEST_BATCH}",
            ids.len()
        );
        return refused("MaximumBatchSizeExceeded", &message);
    }
    let change = match change_from(&body) {
        Ok(change) => change,
        Err(message) => return refused("InvalidRequestBody", &message),
    };
    // There is no result for each alert: ids nobody knows are passed over.
    for id in ids {
        if let Some(entry) = world.store.get_mut(&id) {
            entry.apply(&change, &call.actor, call.now);
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
fn change_from(body: &Map<String, Json>) -> Result<Change, String> {
    let mut change = Change::default();
    for (name, value) in body {
        let text = match value {
            // How to clear a property is undocumented; null says nothing here.
            Json::Null => continue,
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
        if !allowed.is_empty() && !allowed.contains(&text.as_str()) {
            return Err(format!("'{text}' is not a valid value for '{name}'"));
        }
        *field = Some(text);
    }
    if change == Change::default() {
        return Err(String::from("Request body is incorrect: nothing to update"));
    }
    Ok(change)
}

/// What belongs to an alert: its machine, user, files, addresses, domains.
pub(crate) fn part(world: &World, call: &Call, id: &str, part: &str) -> Reply {
    let Some(entry) = world.store.get(id) else {
        return not_found(call, id);
    };
    let text = entry.body(
        &world.directory,
        &world.account.tenant,
        Detail::Evidence,
        None,
    );
    let alert: Json = serde_json::from_str(&text).unwrap_or_default();
    let no_such = |what: &str| {
        Reply::error(
            404,
            "ResourceNotFound",
            &format!("{what} of alert {id} was not found"),
            &call.target,
        )
    };
    match part {
        "machine" => {
            let machine = alert
                .get("machineId")
                .and_then(Json::as_str)
                .unwrap_or_default();
            let found = world
                .directory
                .device(machine)
                .filter(|_| !machine.is_empty());
            found.map_or_else(
                || no_such("Machine"),
                |(_, device)| machines::reply(device, call),
            )
        }
        "user" => {
            let name = alert
                .pointer("/relatedUser/userName")
                .and_then(Json::as_str);
            let machine = alert
                .get("machineId")
                .and_then(Json::as_str)
                .unwrap_or_default();
            let found = world
                .directory
                .users
                .iter()
                .find(|user| Some(user.account.as_str()) == name);
            let context = format!("{METADATA}#Users/$entity");
            found.map_or_else(
                || no_such("User"),
                |user| {
                    Reply::json(
                        200,
                        user.body(
                            Object::new().field("@odata.context", context),
                            machine,
                            call.ticks(),
                        ),
                    )
                },
            )
        }
        "files" => listed(
            "Files",
            &evidence(&alert, &["File", "Process"], "sha1"),
            |_, item| file(item),
        ),
        "ips" => listed(
            "Ips",
            &evidence(&alert, &["Ip"], "ipAddress"),
            |address, _| Object::new().field("id", address).end(),
        ),
        _ => listed("Domains", &evidence(&alert, &["Url"], "url"), |url, _| {
            Object::new().field("host", host(url)).end()
        }),
    }
}

/// The distinct values of one key among the evidence of some types.
fn evidence<'a>(alert: &'a Json, types: &[&str], key: &str) -> Vec<(&'a str, &'a Json)> {
    let mut found: Vec<(&str, &Json)> = Vec::new();
    for item in alert
        .get("evidence")
        .and_then(Json::as_array)
        .into_iter()
        .flatten()
    {
        let wanted = item
            .get("entityType")
            .and_then(Json::as_str)
            .is_some_and(|kind| types.contains(&kind));
        let value = item.get(key).and_then(Json::as_str).filter(|_| wanted);
        if let Some(value) = value.filter(|value| found.iter().all(|(known, _)| known != value)) {
            found.push((value, item));
        }
    }
    found
}

fn listed(what: &str, found: &[(&str, &Json)], item: impl Fn(&str, &Json) -> String) -> Reply {
    let items: Vec<String> = found
        .iter()
        .map(|(value, evidence)| item(value, evidence))
        .collect();
    let body = Object::new()
        .field("@odata.context", format!("{METADATA}#{what}"))
        .raw("value", &json::list(&items));
    Reply::json(200, body.end())
}

fn file(item: &Json) -> String {
    let name = item
        .get("fileName")
        .and_then(Json::as_str)
        .unwrap_or_default();
    let is_system = item
        .get("filePath")
        .and_then(Json::as_str)
        .is_some_and(|folder| folder.starts_with("C:\\Windows"));
    let publisher = is_system.then_some("Microsoft Corporation");
    Object::new()
        .field("sha1", item.get("sha1"))
        .field("sha256", item.get("sha256"))
        .field("md5", None::<&str>)
        .field("globalPrevalence", if is_system { 1_000_000 } else { 3 })
        .field("globalFirstObserved", "2024-03-23T23:54:06.0135204Z")
        .field("globalLastObserved", "2026-11-20T00:43:20.0489831Z")
        .field("size", 11_264 + name.len() * 1024)
        .field("fileType", None::<&str>)
        .field(
            "isPeFile",
            std::path::Path::new(name)
                .extension()
                .is_some_and(|end| end.eq_ignore_ascii_case("exe")),
        )
        .field("filePublisher", publisher)
        .field(
            "fileProductName",
            publisher.map(|_| "Microsoft&copy; Windows&copy; Operating System"),
        )
        .field("signer", publisher)
        .field("issuer", publisher.map(|_| "Microsoft Code Signing PCA"))
        .field(
            "signerHash",
            publisher.map(|_| "9dc17888b5cfad98b3cb35c1994e96227f061675"),
        )
        .field("isValidCertificate", publisher.map(|_| true))
        .field("determinationType", "Unknown")
        .field("determinationValue", None::<&str>)
        .end()
}

fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host)
}
