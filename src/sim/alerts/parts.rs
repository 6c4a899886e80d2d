//! What belongs to an alert: its machine, user, files, addresses and domains.
//!
//! All of it is read out of the alert's own body, so that the two cannot disagree.

use serde_json::Value as Json;

use crate::sim::alerts::METADATA;
use crate::sim::alerts::not_found;
use crate::sim::json;
use crate::sim::json::Object;
use crate::sim::machines;
use crate::sim::population::Detail;
use crate::sim::reply::Reply;
use crate::sim::world::Call;
use crate::sim::world::World;

/// What belongs to an alert: its machine, user, files, addresses, domains.
pub(crate) fn part(world: &World, call: &Call, id: &str, part: &str) -> Reply {
    let Some(entry) = world.store.get(id).filter(|entry| entry.is_of_defender()) else {
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
                |(index, device)| machines::reply(world, index, device, call),
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
