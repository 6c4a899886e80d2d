//! What belongs to an alert: its machine, user, files, addresses and domains.
//!
//! All of it comes from the alert's own body, so that the two cannot disagree. Beside the
//! evidence there is what follows from it: what started its first process, and an address
//! for each domain.

use serde_json::Value as Json;

use crate::sim::alerts::METADATA;
use crate::sim::alerts::not_found;
use crate::sim::json;
use crate::sim::json::Object;
use crate::sim::machines;
use crate::sim::population::Detail;
use crate::sim::population::hash;
use crate::sim::population::seeds::hex;
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
        "files" => listed("Files", &files(&alert)),
        "ips" => {
            let found = evidence(&alert, &["Ip"], "ipAddress");
            let mut addresses: Vec<String> = found
                .iter()
                .map(|(address, _)| (*address).to_owned())
                .collect();
            addresses.extend(domains(&alert).iter().map(|host| address_of(host)));
            let item = |address| Object::new().field("id", address).end();
            listed("Ips", &addresses.iter().map(item).collect::<Vec<_>>())
        }
        _ => {
            let item = |host| Object::new().field("host", host).end();
            listed(
                "Domains",
                &domains(&alert).into_iter().map(item).collect::<Vec<_>>(),
            )
        }
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

fn listed(what: &str, items: &[String]) -> Reply {
    let body = Object::new()
        .field("@odata.context", format!("{METADATA}#{what}"))
        .raw("value", &json::list(items));
    Reply::json(200, body.end())
}

/// The hosts of the evidence's addresses on the web, each once.
fn domains(alert: &Json) -> Vec<&str> {
    let mut hosts: Vec<&str> = Vec::new();
    for (url, _) in evidence(alert, &["Url"], "url") {
        if !hosts.contains(&host(url)) {
            hosts.push(host(url));
        }
    }
    hosts
}

/// What a domain resolves to: an address that is reserved for documentation.
fn address_of(host: &str) -> String {
    format!("198.51.100.{}", hash(3, host) % 250 + 1)
}

/// The files of the evidence, and the programs that started what no other process of the
/// evidence started.
fn files(alert: &Json) -> Vec<String> {
    let text = |item: &Json, name: &str| {
        let text = item.get(name).and_then(Json::as_str);
        text.unwrap_or_default().to_owned()
    };
    let found = evidence(alert, &["File", "Process"], "sha1");
    let mut files: Vec<File> = Vec::new();
    for (sha1, item) in &found {
        files.push(File {
            sha1: (*sha1).to_owned(),
            sha256: text(item, "sha256"),
            name: text(item, "fileName"),
            folder: text(item, "filePath"),
        });
    }
    for (_, item) in &found {
        let (name, folder) = (
            text(item, "parentProcessFileName"),
            text(item, "parentProcessFilePath"),
        );
        let is_known = |file: &File| file.name.eq_ignore_ascii_case(&name);
        if !name.is_empty() && !files.iter().any(is_known) {
            files.push(File::of_the_system(name, folder));
        }
    }
    files.iter().map(|file| file.body(alert)).collect()
}

/// A file, as far as an alert tells of it.
struct File {
    sha1: String,
    sha256: String,
    name: String,
    folder: String,
}

impl File {
    /// One that is the same everywhere.
    fn of_the_system(name: String, folder: String) -> Self {
        let digest = |digits| {
            let salt = 1 ^ u64::try_from(digits).unwrap_or(0);
            hex(hash(salt, &name.to_lowercase()), digits)
        };
        Self {
            sha1: digest(40),
            sha256: digest(64),
            name,
            folder,
        }
    }

    fn body(&self, alert: &Json) -> String {
        let is_windows = self.folder.starts_with("C:\\Windows");
        let is_common = is_windows || self.folder.contains("\\Microsoft");
        let publisher = is_common.then_some("Microsoft Corporation");
        let seen = hash(5, &self.sha1);
        let (prevalence, first, last) = if is_common {
            (
                1_000_000 + seen % 9_000_000,
                Some("2024-03-23T23:54:06.0135204Z"),
                Some("2026-11-20T00:43:20.0489831Z"),
            )
        } else {
            let time = |name| alert.get(name).and_then(Json::as_str);
            (seen % 9 + 1, time("firstEventTime"), time("lastEventTime"))
        };
        let is_program = std::path::Path::new(&self.name)
            .extension()
            .is_some_and(|end| end.eq_ignore_ascii_case("exe") || end.eq_ignore_ascii_case("dll"));
        Object::new()
            .field("sha1", &self.sha1)
            .field(
                "sha256",
                Some(&self.sha256).filter(|digest| !digest.is_empty()),
            )
            .field("md5", hex(hash(7, &self.sha1), 32))
            .field("globalPrevalence", prevalence)
            .field("globalFirstObserved", first)
            .field("globalLastObserved", last)
            .field("size", 11_264 + seen % 4_000_000)
            .field("fileType", None::<&str>)
            .field("isPeFile", is_program)
            .field("filePublisher", publisher)
            .field(
                "fileProductName",
                is_windows.then_some("Microsoft&copy; Windows&copy; Operating System"),
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
}

fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host)
}
