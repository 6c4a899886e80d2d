//! All of one alert of the Defender API, read when it is looked at.

use serde_json::Value;

use crate::domain::detail::Account;
use crate::domain::detail::AlertDetail;
use crate::domain::detail::Comment;
use crate::domain::detail::Entity;
use crate::domain::detail::Evidence;
use crate::domain::detail::EvidenceKind;
use crate::domain::detail::File;
use crate::domain::detail::Parent;
use crate::domain::detail::Process;
use crate::domain::detail::Standing;
use crate::domain::text::Text;
use crate::wire::json;
use crate::wire::json::items_of;
use crate::wire::json::plain;
use crate::wire::json::text_of;
use crate::wire::json::time_of;

/// Reads what the detail pane shows. What cannot be read is empty.
pub fn read(original: &str) -> AlertDetail {
    let alert = json::value(original);
    AlertDetail {
        description: text_of(&alert, "description"),
        recommended_action: text_of(&alert, "recommendedAction"),
        detection_source: text_of(&alert, "detectionSource"),
        detector_id: text_of(&alert, "detectorId"),
        threat: text_of(&alert, "threatName"),
        threat_family: text_of(&alert, "threatFamilyName"),
        techniques: texts(&alert, "mitreTechniques"),
        investigation_state: text_of(&alert, "investigationState"),
        classification: text_of(&alert, "classification"),
        determination: text_of(&alert, "determination"),
        device_id: text_of(&alert, "machineId"),
        device_group: text_of(&alert, "rbacGroupName"),
        user: alert
            .get("relatedUser")
            .map_or_else(Text::default, related_user),
        logged_on_users: items_of(&alert, "loggedOnUsers")
            .iter()
            .map(|user| account(user, "domainName", "accountName"))
            .collect(),
        first_event: time_of(&alert, "firstEventTime"),
        last_event: time_of(&alert, "lastEventTime"),
        resolved: time_of(&alert, "resolvedTime"),
        comments: items_of(&alert, "comments").iter().map(comment).collect(),
        evidence: evidence_of(&alert),
    }
}

/// Only the evidence of an alert, from an answer that carried it.
pub fn read_evidence(original: &str) -> Vec<Evidence> {
    evidence_of(&json::value(original))
}

/// One string stands for a list of one, as the documented table has it.
fn texts(alert: &Value, name: &str) -> Vec<Text> {
    match alert.get(name) {
        Some(Value::Array(items)) => items.iter().map(plain).collect(),
        Some(Value::Null) | None => Vec::new(),
        Some(single) => vec![plain(single)],
    }
}

fn related_user(user: &Value) -> Text {
    if user.is_object() {
        account(user, "domainName", "userName")
    } else {
        plain(user)
    }
}

fn account(value: &Value, domain: &str, name: &str) -> Text {
    let domain = text_of(value, domain);
    let name = text_of(value, name);
    if domain.is_empty() {
        name
    } else {
        Text::from(format!("{}\\{}", domain.original(), name.original()))
    }
}

fn comment(value: &Value) -> Comment {
    Comment {
        text: text_of(value, "comment"),
        author: text_of(value, "createdBy"),
        // The page's table says `createTime`, the wire says `createdTime`.
        at: time_of(value, "createdTime").or_else(|| time_of(value, "createTime")),
    }
}

/// By kind, in the order of [`EvidenceKind`]; within one as the service sent it.
fn evidence_of(alert: &Value) -> Vec<Evidence> {
    let mut evidence: Vec<Evidence> = items_of(alert, "evidence").iter().map(piece).collect();
    evidence.sort_by_key(|piece| piece.kind);
    evidence
}

fn piece(item: &Value) -> Evidence {
    let kind_word = text_of(item, "entityType");
    let kind = match kind_word.original() {
        "Process" => EvidenceKind::Process,
        "File" => EvidenceKind::File,
        "User" => EvidenceKind::User,
        "Ip" => EvidenceKind::Ip,
        "Url" => EvidenceKind::Url,
        "Registry" => EvidenceKind::Registry,
        _ => EvidenceKind::Other,
    };
    let mut other_facts = Vec::new();
    let (headline, facts) = match kind {
        EvidenceKind::Process => (
            named_process(item, "fileName", "processId"),
            process_facts(item),
        ),
        EvidenceKind::File => (text_of(item, "fileName"), file_facts(item)),
        EvidenceKind::User => (account(item, "domainName", "accountName"), user_facts(item)),
        EvidenceKind::Ip => (text_of(item, "ipAddress"), Vec::new()),
        EvidenceKind::Url => (text_of(item, "url"), Vec::new()),
        EvidenceKind::Registry => (registry_path(item), registry_facts(item)),
        EvidenceKind::Device | EvidenceKind::Other => {
            other_facts = all_facts(item);
            (kind_word.clone(), Vec::new())
        }
    };
    let mut facts: Vec<(&'static str, Text)> = facts;
    if kind != EvidenceKind::Other {
        facts.push(("status", text_of(item, "detectionStatus")));
    }
    facts.retain(|(_, fact)| !fact.is_empty());
    Evidence {
        kind,
        kind_word,
        headline,
        started: time_of(item, "processCreationTime"),
        facts,
        other_facts,
        standing: Standing {
            added: time_of(item, "evidenceCreationTime"),
            detection: text_of(item, "detectionStatus"),
            ..Standing::default()
        },
        entity: entity(kind, item),
    }
}

fn entity(kind: EvidenceKind, item: &Value) -> Entity {
    match kind {
        EvidenceKind::Process => Entity::Process(Box::new(process(item))),
        EvidenceKind::File => Entity::File(Box::new(file(item))),
        EvidenceKind::User => Entity::User(account_of(item)),
        EvidenceKind::Ip => Entity::Address(text_of(item, "ipAddress")),
        EvidenceKind::Url => Entity::Url(text_of(item, "url")),
        EvidenceKind::Device | EvidenceKind::Registry | EvidenceKind::Other => Entity::Other,
    }
}

fn process(item: &Value) -> Process {
    Process {
        pid: number_of(item, "processId"),
        created: time_of(item, "processCreationTime"),
        image: file(item),
        command_line: text_of(item, "processCommandLine"),
        account: account_of(item),
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

fn file(item: &Value) -> File {
    File {
        name: text_of(item, "fileName"),
        path: path(item, "filePath", "fileName"),
        sha1: text_of(item, "sha1"),
        sha256: text_of(item, "sha256"),
        ..File::default()
    }
}

fn account_of(item: &Value) -> Account {
    Account {
        name: text_of(item, "accountName"),
        domain: text_of(item, "domainName"),
        sid: text_of(item, "userSid"),
        object_id: text_of(item, "aadUserId"),
        principal: text_of(item, "userPrincipalName"),
    }
}

/// A number, also where it came as text.
fn number_of(item: &Value, name: &str) -> Option<u64> {
    let value = item.get(name)?;
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

fn named_process(item: &Value, name: &str, pid: &str) -> Text {
    let name = text_of(item, name);
    let pid = text_of(item, pid);
    if pid.is_empty() {
        name
    } else {
        Text::from(format!("{} {}", name.original(), pid.original()))
    }
}

fn process_facts(item: &Value) -> Vec<(&'static str, Text)> {
    vec![
        ("command", text_of(item, "processCommandLine")),
        (
            "parent",
            named_process(item, "parentProcessFileName", "parentProcessId"),
        ),
        ("path", path(item, "filePath", "fileName")),
        ("user", account(item, "domainName", "accountName")),
        ("sha256", text_of(item, "sha256")),
        ("sha1", text_of(item, "sha1")),
    ]
}

fn file_facts(item: &Value) -> Vec<(&'static str, Text)> {
    vec![
        ("path", path(item, "filePath", "fileName")),
        ("sha256", text_of(item, "sha256")),
        ("sha1", text_of(item, "sha1")),
    ]
}

/// The service's path is the folder; people read the whole path.
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

fn user_facts(item: &Value) -> Vec<(&'static str, Text)> {
    vec![
        ("upn", text_of(item, "userPrincipalName")),
        ("sid", text_of(item, "userSid")),
        ("object id", text_of(item, "aadUserId")),
    ]
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
    properties
        .iter()
        .filter(|(name, value)| !value.is_null() && name.as_str() != "entityType")
        .map(|(name, value)| (Text::from(name.as_str()), plain(value)))
        .collect()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::panic, reason = "a test that cannot read its input has failed")]

    use super::*;

    #[test]
    fn evidence_is_read_by_kind() {
        let detail = read(
            r#"{"evidence":[
                {"entityType":"Url","url":"http://203.0.113.9/a"},
                {"entityType":"Process","fileName":"rundll32.exe","filePath":"C:\\Windows","processId":3276,
                 "processCommandLine":"rundll32 x,y","parentProcessFileName":"cmd.exe","parentProcessId":"84"},
                {"entityType":"Toaster","heat":9,"crumbs":null}, 7 ],
               "mitreTechniques":"T1064","relatedUser":{"userName":"u","domainName":"D"},
               "comments":[{"comment":"c","createdBy":"a","createTime":"2021-01-26T01:00:37Z"}]}"#,
        );
        let [process, url, toaster, seven] = &detail.evidence[..] else {
            panic!("four pieces, not {:?}", detail.evidence);
        };
        assert_eq!(process.headline, Text::from("rundll32.exe 3276"));
        assert!(
            process
                .facts
                .contains(&("parent", Text::from("cmd.exe 84")))
        );
        assert!(
            process
                .facts
                .contains(&("path", Text::from("C:\\Windows\\rundll32.exe")))
        );
        assert_eq!(url.kind, EvidenceKind::Url);
        assert_eq!(url.entity, Entity::Url(Text::from("http://203.0.113.9/a")));
        assert_eq!(toaster.other_facts, [(Text::from("heat"), Text::from("9"))]);
        assert_eq!(seven.kind, EvidenceKind::Other);
        assert_eq!(detail.techniques, [Text::from("T1064")]);
        assert_eq!(detail.user, Text::from("D\\u"));
        assert!(detail.comments.iter().all(|comment| comment.at.is_some()));
    }

    #[test]
    fn a_process_is_told_as_values_too() {
        let evidence = read_evidence(
            r#"{"evidence":[{"entityType":"Process","fileName":"a.exe","filePath":"/opt",
                "sha256":"f2","processId":"7","processCreationTime":"2021-01-26T20:31:32.95Z",
                "processCommandLine":"a -x","parentProcessId":-4,
                "parentProcessCreationTime":"0001-01-01T00:00:00Z",
                "parentProcessFileName":"b","parentProcessFilePath":"/bin","accountName":"u",
                "domainName":"D","detectionStatus":"Blocked",
                "evidenceCreationTime":"2021-01-26T20:33:58.61Z"}]}"#,
        );
        let [piece] = &evidence[..] else {
            panic!("one piece, not {evidence:?}");
        };
        let Entity::Process(process) = &piece.entity else {
            panic!("a process, not {piece:?}");
        };
        assert_eq!((process.pid, process.parent.pid), (Some(7), None));
        assert!(process.created.is_some() && process.parent.created.is_none());
        assert_eq!(process.image.path, Text::from("/opt/a.exe"));
        assert_eq!(process.parent.image.path, Text::from("/bin/b"));
        assert_eq!(process.account.said(), Text::from("D\\u"));
        assert_eq!(piece.standing.detection, Text::from("Blocked"));
        assert!(piece.standing.added.is_some());
    }

    #[test]
    fn nothing_readable_is_an_empty_detail() {
        assert_eq!(read("not json"), AlertDetail::default());
        assert_eq!(read("null"), AlertDetail::default());
        assert_eq!(
            read(r#"{"evidence":{},"comments":3,"mitreTechniques":null}"#),
            AlertDetail::default()
        );
    }
}
