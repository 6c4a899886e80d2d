//! Evidence as Graph types it, made from the flat evidence of Defender's API.
//!
//! The device of an alert, which Defender's API keeps in the alert itself, is evidence
//! here; there may be several.

use serde_json::Value as Json;

use crate::sim::graph::words;
use crate::sim::json::Object;
use crate::sim::population::Device;
use crate::sim::population::Directory;
use crate::sim::population::Record;
use crate::sim::population::hash;
use crate::sim::population::pick;

/// Everything found, each item as JSON text; `source` is the body of Defender's API.
pub(super) fn of(directory: &Directory, record: &Record, source: &Json) -> Vec<String> {
    let items = source.get("evidence").and_then(Json::as_array);
    // A bare body has none, not even a device.
    let Some(items) = items.filter(|items| !items.is_empty()) else {
        return Vec::new();
    };
    let mut found: Vec<String> = devices(directory, record, source);
    let sheet = Sheet { record, source };
    found.extend(items.iter().flat_map(|item| sheet.typed(item)));
    found
}

/// Where a command names another machine, which then is evidence too.
const TARGET: &str = "{target}";

const VERDICTS: [&str; 4] = ["unknown", "suspicious", "malicious", "noThreatsFound"];

/// What every item begins with.
fn begun(kind: &str, created: Option<&Json>, verdict: &str, remediation: &str) -> Object {
    Object::new()
        .field("@odata.type", format!("#microsoft.graph.security.{kind}"))
        .field("createdDateTime", created)
        .field("verdict", verdict)
        .field("remediationStatus", remediation)
        .field("remediationStatusDetails", None::<&str>)
}

fn ended(object: Object, roles: &[&str], detailed: &[&str], tags: &Json) -> String {
    object
        .field("roles", roles)
        .field("detailedRoles", detailed)
        .field("tags", tags)
        .end()
}

fn none() -> Json {
    Json::Array(Vec::new())
}

fn devices(directory: &Directory, record: &Record, source: &Json) -> Vec<String> {
    let id = source.get("machineId").filter(|id| !id.is_null());
    let main = directory.devices.get(record.device);
    let (Some(id), Some(main)) = (id, main) else {
        return Vec::new();
    };
    let chain = &record.template.chain;
    let spreads = chain.iter().any(|process| process.command.contains(TARGET));
    let (role, detail) = if spreads {
        ("source", "Source device")
    } else {
        ("compromised", "Main device")
    };
    let named = Named {
        id: Some(id),
        name: source.get("computerDnsName"),
        group: source.get("rbacGroupName"),
    };
    let mut found = vec![device(main, record, source, &named, (role, detail))];
    let target = pick(&directory.devices, hash(record.cast, "target"));
    if let Some(target) = target.filter(|target| spreads && target.id != main.id) {
        let (id, name, group) = (
            Json::from(target.id.as_str()),
            Json::from(target.name.as_str()),
            Json::from(target.group),
        );
        let named = Named {
            id: Some(&id),
            name: Some(&name),
            group: Some(&group),
        };
        let role = ("destination", "Target device");
        found.push(device(target, record, source, &named, role));
    }
    found
}

/// What the alert itself says of a device, which a script may have changed.
struct Named<'a> {
    id: Option<&'a Json>,
    name: Option<&'a Json>,
    group: Option<&'a Json>,
}

fn device(
    device: &Device,
    record: &Record,
    source: &Json,
    named: &Named<'_>,
    (role, detail): (&str, &str),
) -> String {
    // As it was told then, when this alert was open.
    let risk = match record.template.severity {
        "UnSpecified" => "None",
        severity => severity,
    };
    let text = device.body(Object::new(), risk, record.moments.created);
    let machine: Json = serde_json::from_str(&text).unwrap_or_default();
    let word = |name: &str| {
        let word = machine.get(name).and_then(Json::as_str);
        word.map_or_else(|| String::from("unknown"), words::camel)
    };
    let addresses: Vec<&Json> = machine
        .get("ipAddresses")
        .and_then(Json::as_array)
        .into_iter()
        .flatten()
        .filter_map(|address| address.get("ipAddress"))
        .filter(|address| address.as_str() != Some(""))
        .collect();
    let object = begun(
        "deviceEvidence",
        source.get("alertCreationTime"),
        "unknown",
        "none",
    )
    .field("firstSeenDateTime", machine.get("firstSeen"))
    .field("mdeDeviceId", named.id)
    .field("azureAdDeviceId", machine.get("aadDeviceId"))
    .field("deviceDnsName", named.name)
    .field("osPlatform", machine.get("osPlatform"))
    .field("osBuild", machine.get("osBuild"))
    .field("version", machine.get("version"))
    .field("healthStatus", word("healthStatus"))
    .field("riskScore", word("riskScore"))
    .field("rbacGroupId", machine.get("rbacGroupId"))
    .field("rbacGroupName", named.group)
    .field("onboardingStatus", word("onboardingStatus"))
    .field("defenderAvStatus", word("defenderAvStatus"))
    .field("ipInterfaces", addresses)
    .field("lastIpAddress", machine.get("lastIpAddress"))
    .field(
        "lastExternalIpAddress",
        machine.get("lastExternalIpAddress"),
    )
    .field("vmMetadata", None::<&str>)
    .field(
        "loggedOnUsers",
        source.get("loggedOnUsers").cloned().unwrap_or_else(none),
    );
    let tags = machine.get("machineTags").cloned().unwrap_or_else(none);
    ended(object, &[role], &[detail], &tags)
}

/// The alert whose evidence is being written.
struct Sheet<'a> {
    record: &'a Record,
    source: &'a Json,
}

impl Sheet<'_> {
    /// One flat item as one or, for a registry value and its key, two typed ones.
    fn typed(&self, item: &Json) -> Vec<String> {
        let kind = item.get("entityType").and_then(Json::as_str);
        match kind.unwrap_or_default() {
            "File" => vec![self.file(item)],
            "Process" => vec![self.process(item)],
            "User" => vec![self.plain("userEvidence", item, &["userAccount"])],
            "Ip" => vec![self.plain("ipEvidence", item, &["ipAddress"])],
            "Url" => vec![self.plain("urlEvidence", item, &["url"])],
            "Registry" => vec![
                self.plain(
                    "registryKeyEvidence",
                    item,
                    &["registryKey", "registryHive"],
                ),
                self.plain(
                    "registryValueEvidence",
                    item,
                    &[
                        "registryKey",
                        "registryHive",
                        "registryValue",
                        "registryValueName",
                        "registryValueType",
                        "mdeDeviceId",
                    ],
                ),
            ],
            "MailBox" => vec![self.plain(
                "mailboxEvidence",
                item,
                &["primaryAddress", "displayName", "userAccount"],
            )],
            other => {
                let kind = format!("{}Evidence", words::camel(other));
                vec![self.plain(&kind, item, &[])]
            }
        }
    }

    fn start(&self, kind: &str, item: &Json) -> Object {
        let name = item.get("fileName").and_then(Json::as_str);
        let seed = hash(self.record.cast, name.unwrap_or(kind));
        let verdict = pick(&VERDICTS, seed).copied().unwrap_or_default();
        let remediation = match item.get("detectionStatus").and_then(Json::as_str) {
            Some("Prevented") => "prevented",
            Some("Blocked") => "blocked",
            _ => "none",
        };
        begun(kind, item.get("evidenceCreationTime"), verdict, remediation)
    }

    fn device(&self) -> Option<&Json> {
        self.source.get("machineId")
    }

    fn status(item: &Json) -> Option<String> {
        let status = item.get("detectionStatus").and_then(Json::as_str);
        status.map(words::camel)
    }

    /// An item that is little more than its names.
    fn plain(&self, kind: &str, item: &Json, names: &[&str]) -> String {
        let mut object = self.start(kind, item);
        for name in names {
            object = match *name {
                "userAccount" => object.raw(name, &account(item)),
                "mdeDeviceId" => object.field(name, self.device()),
                "primaryAddress" => object.field(name, item.get("mailboxPrimaryAddress")),
                "displayName" => object.field(name, item.get("userPrincipalName")),
                name => object.field(name, item.get(name)),
            };
        }
        ended(object, &[], &[], &none())
    }

    fn file(&self, item: &Json) -> String {
        let object = self
            .start("fileEvidence", item)
            .field("detectionStatus", Self::status(item))
            .field("mdeDeviceId", self.device())
            .raw("fileDetails", &file_details(item, &OWN));
        ended(object, &[], &["Referred in command line"], &none())
    }

    fn process(&self, item: &Json) -> String {
        let user = self.source.get("evidence").and_then(Json::as_array);
        let user = user
            .into_iter()
            .flatten()
            .find(|other| other.get("entityType").and_then(Json::as_str) == Some("User"));
        let object = self
            .start("processEvidence", item)
            .field("processId", item.get("processId"))
            .field("parentProcessId", item.get("parentProcessId"))
            .field("processCommandLine", item.get("processCommandLine"))
            .field("processCreationDateTime", item.get("processCreationTime"))
            .field(
                "parentProcessCreationDateTime",
                item.get("parentProcessCreationTime"),
            )
            .field("detectionStatus", Self::status(item))
            .field("mdeDeviceId", self.device())
            .raw("imageFile", &file_details(item, &OWN))
            .raw("parentProcessImageFile", &file_details(item, &PARENT))
            .raw(
                "userAccount",
                &user.map_or_else(|| String::from("null"), account),
            );
        ended(object, &[], &[], &none())
    }
}

/// Where the parts of a file stand in a flat item.
struct Names {
    sha1: &'static str,
    sha256: &'static str,
    file: &'static str,
    folder: &'static str,
}

const OWN: Names = Names {
    sha1: "sha1",
    sha256: "sha256",
    file: "fileName",
    folder: "filePath",
};
/// Of a parent no digest is told.
const PARENT: Names = Names {
    sha1: "",
    sha256: "",
    file: "parentProcessFileName",
    folder: "parentProcessFilePath",
};

fn file_details(item: &Json, names: &Names) -> String {
    let folder = item.get(names.folder).and_then(Json::as_str);
    let is_system = folder.is_some_and(|folder| folder.starts_with("C:\\Windows"));
    let name = item.get(names.file).and_then(Json::as_str);
    Object::new()
        .field("sha1", item.get(names.sha1))
        .field("sha256", item.get(names.sha256))
        .field("fileName", name)
        .field("filePath", folder)
        .field("fileSize", name.map(|name| 11_264 + name.len() * 1024))
        .field(
            "filePublisher",
            is_system.then_some("Microsoft Corporation"),
        )
        .field("signer", None::<&str>)
        .field("issuer", None::<&str>)
        .end()
}

fn account(item: &Json) -> String {
    let name = item.get("accountName").filter(|name| !name.is_null());
    let address = item.get("userPrincipalName").and_then(Json::as_str);
    let short = address.and_then(|address| address.split('@').next());
    Object::new()
        .field("accountName", name.and_then(Json::as_str).or(short))
        .field("domainName", item.get("domainName"))
        .field("userSid", item.get("userSid"))
        .field("azureAdUserId", item.get("aadUserId"))
        .field("userPrincipalName", address)
        .field("displayName", short)
        .end()
}
