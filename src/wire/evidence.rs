//! Pieces of evidence of either service: as values, and as facts to be read.
//!
//! The Defender API writes flat objects with an `entityType`, Graph nested ones with an
//! `@odata.type`; both become the same.

use serde_json::Value;

use crate::domain::detail::Account;
use crate::domain::detail::Device;
use crate::domain::detail::Entity;
use crate::domain::detail::Evidence;
use crate::domain::detail::EvidenceKind;
use crate::domain::detail::File;
use crate::domain::detail::Parent;
use crate::domain::detail::Process;
use crate::domain::detail::Standing;
use crate::domain::text::Text;
use crate::wire::graph;
use crate::wire::json::items_of;
use crate::wire::json::plain;
use crate::wire::json::text_of;
use crate::wire::json::time_of;

/// By kind, in the order of [`EvidenceKind`]; within one as the service sent it.
pub(super) fn of(alert: &Value) -> Vec<Evidence> {
    let mut evidence: Vec<Evidence> = items_of(alert, "evidence").iter().map(piece).collect();
    evidence.sort_by_key(|piece| piece.kind);
    evidence
}

fn piece(item: &Value) -> Evidence {
    let odata_type = text_of(item, "@odata.type");
    let word = graph::kind_of(odata_type.original());
    if word.is_empty() {
        flat(item)
    } else {
        nested(word, item)
    }
}

/// As the Defender API writes it.
fn flat(item: &Value) -> Evidence {
    let word = text_of(item, "entityType");
    let (kind, entity) = match word.original() {
        "Process" => (
            EvidenceKind::Process,
            Entity::Process(Box::new(flat_process(item))),
        ),
        "File" => (EvidenceKind::File, Entity::File(Box::new(file(item)))),
        "User" => (EvidenceKind::User, Entity::User(account(item))),
        "Ip" => (
            EvidenceKind::Ip,
            Entity::Address(text_of(item, "ipAddress")),
        ),
        "Url" => (EvidenceKind::Url, Entity::Url(text_of(item, "url"))),
        "Registry" => (EvidenceKind::Registry, Entity::Other),
        _ => (EvidenceKind::Other, Entity::Other),
    };
    let standing = Standing {
        added: time_of(item, "evidenceCreationTime"),
        detection: text_of(item, "detectionStatus"),
        ..Standing::default()
    };
    told(kind, word, entity, standing, item)
}

/// A process that is no evidence, in the same words.
pub(super) fn of_process(process: Process) -> Evidence {
    let entity = Entity::Process(Box::new(process));
    let word = Text::from("Process");
    let standing = Standing::default();
    told(EvidenceKind::Process, word, entity, standing, &Value::Null)
}

/// As Graph writes it.
fn nested(word: &str, item: &Value) -> Evidence {
    let part = |name| item.get(name).unwrap_or(&Value::Null);
    let (kind, entity) = match word {
        "process" => (
            EvidenceKind::Process,
            Entity::Process(Box::new(nested_process(item))),
        ),
        "file" => (
            EvidenceKind::File,
            Entity::File(Box::new(file(part("fileDetails")))),
        ),
        "user" => (
            EvidenceKind::User,
            Entity::User(account(part("userAccount"))),
        ),
        "device" => (EvidenceKind::Device, Entity::Device(device(item))),
        "ip" => (
            EvidenceKind::Ip,
            Entity::Address(text_of(item, "ipAddress")),
        ),
        "url" => (EvidenceKind::Url, Entity::Url(text_of(item, "url"))),
        "registryKey" | "registryValue" => (EvidenceKind::Registry, Entity::Other),
        _ => (EvidenceKind::Other, Entity::Other),
    };
    let texts = |name| items_of(item, name).iter().map(plain).collect();
    let mut roles: Vec<Text> = texts("roles");
    roles.extend(texts("detailedRoles"));
    let standing = Standing {
        added: time_of(item, "createdDateTime"),
        detection: text_of(item, "detectionStatus"),
        verdict: text_of(item, "verdict"),
        remediation: text_of(item, "remediationStatus"),
        roles,
        tags: texts("tags"),
    };
    told(kind, Text::from(word), entity, standing, item)
}

/// The same in words.
fn told(
    kind: EvidenceKind,
    kind_word: Text,
    entity: Entity,
    standing: Standing,
    item: &Value,
) -> Evidence {
    let mut started = None;
    let mut other_facts = Vec::new();
    let (headline, mut facts) = match &entity {
        Entity::Process(process) => {
            started = process.created;
            let pid = process.pid.map(|pid| pid.to_string());
            (
                numbered(&process.image.name, pid.as_deref()),
                process_facts(process),
            )
        }
        Entity::File(file) => (file.name.clone(), file_facts(file)),
        Entity::User(account) => (account.said(), account_facts(account)),
        Entity::Device(device) => (
            device.name.clone(),
            vec![("id", device.id.clone()), ("group", device.group.clone())],
        ),
        Entity::Address(address) => (address.clone(), Vec::new()),
        Entity::Url(url) => (url.clone(), Vec::new()),
        Entity::Other if kind == EvidenceKind::Registry => {
            (registry_path(item), registry_facts(item))
        }
        Entity::Other => {
            other_facts = all_facts(item);
            (kind_word.clone(), Vec::new())
        }
    };
    if kind != EvidenceKind::Other {
        facts.push(("status", standing.detection.clone()));
        facts.push(("verdict", told_only(&standing.verdict, "unknown")));
        facts.push(("done", told_only(&standing.remediation, "none")));
        let roles: Vec<&str> = standing.roles.iter().map(Text::original).collect();
        facts.push(("role", Text::from(roles.join(", "))));
    }
    facts.retain(|(_, fact)| !fact.is_empty());
    Evidence {
        kind,
        kind_word,
        headline,
        started,
        facts,
        other_facts,
        standing,
        entity,
    }
}

/// What is said, unless it says nothing.
fn told_only(text: &Text, nothing: &str) -> Text {
    if text.original() == nothing {
        Text::default()
    } else {
        text.clone()
    }
}

fn flat_process(item: &Value) -> Process {
    Process {
        pid: number_of(item, "processId"),
        created: time_of(item, "processCreationTime"),
        image: file(item),
        command_line: text_of(item, "processCommandLine"),
        account: account(item),
        parent: Parent {
            pid: number_of(item, "parentProcessId"),
            created: time_of(item, "parentProcessCreationTime"),
            image: File {
                name: text_of(item, "parentProcessFileName"),
                path: path(item, "parentProcessFilePath", "parentProcessFileName"),
                ..File::default()
            },
        },
    }
}

fn nested_process(item: &Value) -> Process {
    let image = |name| item.get(name).map(file).unwrap_or_default();
    Process {
        pid: number_of(item, "processId"),
        created: time_of(item, "processCreationDateTime"),
        image: image("imageFile"),
        command_line: text_of(item, "processCommandLine"),
        account: item.get("userAccount").map(account).unwrap_or_default(),
        parent: Parent {
            pid: number_of(item, "parentProcessId"),
            created: time_of(item, "parentProcessCreationDateTime"),
            image: image("parentProcessImageFile"),
        },
    }
}

fn file(item: &Value) -> File {
    File {
        name: text_of(item, "fileName"),
        path: path(item, "filePath", "fileName"),
        sha1: text_of(item, "sha1"),
        sha256: text_of(item, "sha256"),
        publisher: text_of(item, "filePublisher"),
        signer: text_of(item, "signer"),
    }
}

fn account(item: &Value) -> Account {
    Account {
        name: text_of(item, "accountName"),
        domain: text_of(item, "domainName"),
        sid: text_of(item, "userSid"),
        object_id: text_of(item, "aadUserId").or(text_of(item, "azureAdUserId")),
        principal: text_of(item, "userPrincipalName"),
    }
}

fn device(item: &Value) -> Device {
    Device {
        id: text_of(item, "mdeDeviceId"),
        name: text_of(item, "deviceDnsName").or(text_of(item, "hostName")),
        group: text_of(item, "rbacGroupName"),
    }
}

/// A number, also where it came as text.
fn number_of(item: &Value, name: &str) -> Option<u64> {
    let value = item.get(name)?;
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

fn numbered(name: &Text, pid: Option<&str>) -> Text {
    match pid {
        Some(pid) => Text::from(format!("{} {pid}", name.original())),
        None => name.clone(),
    }
}

fn process_facts(process: &Process) -> Vec<(&'static str, Text)> {
    let parent = &process.parent;
    let parent_pid = parent.pid.map(|pid| pid.to_string());
    let mut facts = vec![
        ("command", process.command_line.clone()),
        (
            "parent",
            numbered(&parent.image.name, parent_pid.as_deref()),
        ),
        ("path", process.image.path.clone()),
        ("user", process.account.said()),
    ];
    facts.extend(digests_and_makers(&process.image));
    facts
}

fn file_facts(file: &File) -> Vec<(&'static str, Text)> {
    let mut facts = vec![("path", file.path.clone())];
    facts.extend(digests_and_makers(file));
    facts
}

fn digests_and_makers(file: &File) -> [(&'static str, Text); 4] {
    [
        ("sha256", file.sha256.clone()),
        ("sha1", file.sha1.clone()),
        ("made by", file.publisher.clone()),
        ("signer", file.signer.clone()),
    ]
}

fn account_facts(account: &Account) -> Vec<(&'static str, Text)> {
    vec![
        ("upn", account.principal.clone()),
        ("sid", account.sid.clone()),
        ("object id", account.object_id.clone()),
    ]
}

/// The services' path is the folder; people read the whole path.
fn path(item: &Value, folder: &str, name: &str) -> Text {
    let folder = text_of(item, folder);
    let name = text_of(item, name);
    let folder_text = folder.original();
    if folder.is_empty() || name.is_empty() || folder_text.ends_with(name.original()) {
        return folder;
    }
    let separator = if folder_text.contains('/') { '/' } else { '\\' };
    let joint = folder_text.trim_end_matches(separator);
    Text::from(format!("{joint}{separator}{}", name.original()))
}

fn registry_path(item: &Value) -> Text {
    let hive = text_of(item, "registryHive");
    let key = text_of(item, "registryKey");
    if hive.is_empty() {
        key
    } else {
        Text::from(format!("{}\\{}", hive.original(), key.original()))
    }
}

fn registry_facts(item: &Value) -> Vec<(&'static str, Text)> {
    vec![
        ("value", text_of(item, "registryValueName")),
        ("type", text_of(item, "registryValueType")),
        ("data", text_of(item, "registryValue")),
    ]
}

fn all_facts(item: &Value) -> Vec<(Text, Text)> {
    let Value::Object(properties) = item else {
        return vec![(Text::from("value"), plain(item))];
    };
    let names_kind = |name: &str| matches!(name, "entityType" | "@odata.type");
    properties
        .iter()
        .filter(|(name, value)| !value.is_null() && !names_kind(name))
        .map(|(name, value)| (Text::from(name.as_str()), plain(value)))
        .collect()
}
