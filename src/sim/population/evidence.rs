//! The evidence of one alert: a process tree, and what was found beside it.
//!
//! The same process has the same id and the same digests in every alert of an
//! incident, as in a real case, so that a reader can follow it from one to the next.

use crate::sim::json;
use crate::sim::json::Object;
use crate::sim::population::record::Record;
use crate::sim::population::seeds::hash;
use crate::sim::population::seeds::hex;
use crate::sim::population::template::Cast;
use crate::sim::population::template::Item;
use crate::sim::population::template::Process;
use crate::sim::ticks::Ticks;

/// Everything found, as a JSON list.
pub(crate) fn of(record: &Record, cast: &Cast<'_>) -> String {
    let seen = record
        .moments
        .created
        .plus_ticks(6_900_000)
        .rounded_like_sql();
    let mut items = vec![user(cast, seen)];
    items.extend(processes(record, cast, seen));
    items.extend(
        record
            .template
            .items
            .iter()
            .map(|item| other(item, record, cast, seen)),
    );
    // Nobody promised an order.
    if record.seed.is_multiple_of(3) {
        items.reverse();
    }
    json::list(&items)
}

/// Programs that show in several alerts of an incident, each time the same process.
const OUTLASTING: [&str; 6] = [
    "powershell.exe",
    "WINWORD.EXE",
    "wscript.exe",
    "w3wp.exe",
    "PSEXESVC.exe",
    "bash",
];

/// One flat object; whatever was not filled is null.
#[derive(Default)]
struct Flat {
    filled: Vec<(&'static str, String)>,
}

const KEYS: [&str; 25] = [
    "sha1",
    "sha256",
    "fileName",
    "filePath",
    "processId",
    "processCommandLine",
    "processCreationTime",
    "parentProcessId",
    "parentProcessCreationTime",
    "parentProcessFileName",
    "parentProcessFilePath",
    "ipAddress",
    "url",
    "registryKey",
    "registryHive",
    "registryValueType",
    "registryValue",
    "registryValueName",
    "accountName",
    "domainName",
    "userSid",
    "aadUserId",
    "userPrincipalName",
    "mailboxPrimaryAddress",
    "detectionStatus",
];

impl Flat {
    fn put(mut self, key: &'static str, value: impl serde::Serialize) -> Self {
        self.filled.push((key, json::text(value)));
        self
    }

    fn end(self, kind: &str, seen: Ticks) -> String {
        let mut object = Object::new()
            .field("entityType", kind)
            .field("evidenceCreationTime", seen.text());
        for key in KEYS {
            let filled = self.filled.iter().find(|(filled, _)| *filled == key);
            object = match filled {
                Some((_, value)) => object.raw(key, value),
                // Two keys that only some bodies have.
                None if matches!(key, "registryValueName" | "mailboxPrimaryAddress") => object,
                None => object.raw(key, "null"),
            };
        }
        object.end()
    }
}

fn user(cast: &Cast<'_>, seen: Ticks) -> String {
    let user = cast.user;
    Flat::default()
        .put("accountName", &user.account)
        .put("domainName", user.domain)
        .put("userSid", &user.sid)
        .put("aadUserId", &user.aad_id)
        .put("userPrincipalName", &user.upn)
        .end("User", seen)
}

/// A process as its children know it.
struct Parent {
    id: u64,
    created: Ticks,
    file: String,
    folder: String,
    /// The chain so far, from which ids are made.
    trail: u64,
}

fn processes(record: &Record, cast: &Cast<'_>, seen: Ticks) -> Vec<String> {
    let Some(first) = record.template.chain.first() else {
        return Vec::new();
    };
    let origin = record
        .moments
        .origin
        .plus_seconds(record.template.rooted * 60);
    let (file, folder) = root(first.file);
    let trail = hash(record.cast, &cast.device.id);
    let mut parent = Parent {
        id: process_id(trail),
        created: origin.plus_seconds(-5400),
        file,
        folder,
        trail,
    };
    let mut items = Vec::new();
    for (position, process) in record.template.chain.iter().enumerate() {
        let is_last = position + 1 == record.template.chain.len();
        let usual = match process.file {
            "explorer.exe" | "services.exe" | "sshd" => parent.created.plus_seconds(40),
            // What was done, was done at the first event; what did it, came before.
            file if is_last && !OUTLASTING.contains(&file) => record.moments.first,
            _ => parent
                .created
                .plus_seconds(11)
                .max(origin.plus_seconds(-480)),
        };
        let (item, this) = step(process, &parent, usual, cast, seen);
        items.push(item);
        parent = this;
    }
    items
}

fn step(
    process: &Process,
    parent: &Parent,
    usual: Ticks,
    cast: &Cast<'_>,
    seen: Ticks,
) -> (String, Parent) {
    let (file, folder) = (cast.fill(process.file), cast.fill(process.folder));
    let command = cast.fill(process.command);
    let trail = hash(parent.trail, &command);
    let created = usual.plus_ticks(i64::try_from(trail % 9_000_000).unwrap_or(0));
    let this = Parent {
        id: process_id(trail),
        created,
        file,
        folder,
        trail,
    };
    let item = Flat::default()
        .put("sha1", digest(&this.file, &this.folder, cast, 40))
        .put("sha256", digest(&this.file, &this.folder, cast, 64))
        .put("fileName", &this.file)
        .put("filePath", &this.folder)
        .put("processId", this.id)
        .put("processCommandLine", command)
        .put("processCreationTime", created.text())
        .put("parentProcessId", parent.id)
        .put("parentProcessCreationTime", parent.created.text())
        .put("parentProcessFileName", &parent.file)
        .put("parentProcessFilePath", &parent.folder)
        .put("detectionStatus", "Detected")
        .end("Process", seen);
    (item, this)
}

/// What starts the first process of a chain.
fn root(file: &str) -> (String, String) {
    let (file, folder) = match file {
        "explorer.exe" => ("userinit.exe", "C:\\Windows\\System32"),
        "systemd" | "sshd" | "bash" => ("systemd", "/usr/lib/systemd"),
        "launchd" => ("kernel_task", "/"),
        "services.exe" => ("wininit.exe", "C:\\Windows\\System32"),
        _ => ("services.exe", "C:\\Windows\\System32"),
    };
    (file.to_owned(), folder.to_owned())
}

/// Windows counts process ids in fours.
fn process_id(trail: u64) -> u64 {
    (hash(trail, "pid") % 6000 + 200) * 4
}

/// Files of the system have one digest everywhere; others are of this case.
fn digest(file: &str, folder: &str, cast: &Cast<'_>, digits: usize) -> String {
    let is_common = folder.starts_with("C:\\Windows")
        || folder.starts_with("C:\\Program")
        || folder.starts_with("/usr");
    let salt = if is_common { 1 } else { cast.seed };
    hex(
        hash(
            salt ^ u64::try_from(digits).unwrap_or(0),
            &file.to_lowercase(),
        ),
        digits,
    )
}

fn other(item: &Item, record: &Record, cast: &Cast<'_>, seen: Ticks) -> String {
    let flat = Flat::default();
    match item {
        Item::File {
            name,
            folder,
            status,
        } => {
            let (name, folder) = (cast.fill(name), cast.fill(folder));
            flat.put("sha1", digest(&name, &folder, cast, 40))
                .put("sha256", digest(&name, &folder, cast, 64))
                .put("fileName", name)
                .put("filePath", folder)
                .put("detectionStatus", status)
                .end("File", seen)
        }
        Item::Stream(name) => flat
            .put("sha256", hex(hash(record.seed, name), 64))
            .put("fileName", format!("{name}_{}", hex(record.seed, 16)))
            .put("detectionStatus", "Detected")
            .end("File", seen),
        Item::Address => flat.put("ipAddress", cast.address()).end("Ip", seen),
        Item::Url(url) => flat.put("url", cast.fill(url)).end("Url", seen),
        Item::Registry {
            hive,
            key,
            name,
            value,
            kind,
        } => flat
            .put("registryHive", hive)
            .put("registryKey", cast.fill(key))
            .put("registryValueName", name)
            .put("registryValue", cast.fill(value))
            .put("registryValueType", kind)
            .end("Registry", seen),
        Item::Mailbox => flat
            .put("mailboxPrimaryAddress", &cast.user.upn)
            .put("userPrincipalName", &cast.user.upn)
            .end("MailBox", seen),
    }
}
