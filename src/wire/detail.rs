//! All of one alert of either service, read when it is looked at.

use serde_json::Value;

use crate::domain::decision::disposition::unset;
use crate::domain::detail::AlertDetail;
use crate::domain::detail::Comment;
use crate::domain::detail::Evidence;
use crate::domain::text::Text;
use crate::wire::evidence;
use crate::wire::graph;
use crate::wire::json;
use crate::wire::json::items_of;
use crate::wire::json::plain;
use crate::wire::json::text_of;
use crate::wire::json::time_of;

/// Reads what the detail pane shows. What cannot be read is empty.
pub fn read(original: &str) -> AlertDetail {
    let alert = json::value(original);
    // Graph has them among the evidence only.
    let device = graph::main_device(&alert);
    let person = graph::main_account(&alert);
    AlertDetail {
        description: text_of(&alert, "description"),
        recommended_action: text_of(&alert, "recommendedAction")
            .or(text_of(&alert, "recommendedActions")),
        detection_source: text_of(&alert, "detectionSource"),
        detector_id: text_of(&alert, "detectorId"),
        threat: text_of(&alert, "threatName").or(text_of(&alert, "threatDisplayName")),
        threat_family: text_of(&alert, "threatFamilyName"),
        techniques: texts(&alert, "mitreTechniques"),
        investigation_state: text_of(&alert, "investigationState"),
        classification: decided(&alert, "classification"),
        determination: decided(&alert, "determination"),
        device_id: text_of(&alert, "machineId").or(text_of(device, "mdeDeviceId")),
        device_group: text_of(&alert, "rbacGroupName").or(text_of(device, "rbacGroupName")),
        user: alert
            .get("relatedUser")
            .map_or_else(Text::default, related_user)
            .or(account(person, "domainName", "accountName"))
            .or(text_of(person, "userPrincipalName")),
        logged_on_users: items_of(&alert, "loggedOnUsers")
            .iter()
            .chain(items_of(device, "loggedOnUsers"))
            .map(|user| account(user, "domainName", "accountName"))
            .collect(),
        first_event: time_of(&alert, "firstEventTime")
            .or_else(|| time_of(&alert, "firstActivityDateTime")),
        last_event: time_of(&alert, "lastEventTime")
            .or_else(|| time_of(&alert, "lastActivityDateTime")),
        resolved: time_of(&alert, "resolvedTime").or_else(|| time_of(&alert, "resolvedDateTime")),
        actor: text_of(&alert, "actorDisplayName"),
        system_tags: texts(&alert, "systemTags"),
        comments: items_of(&alert, "comments").iter().map(comment).collect(),
        evidence: evidence::of(&alert),
    }
}

/// Only the evidence of an alert, from an answer that carried it.
pub fn read_evidence(original: &str) -> Vec<Evidence> {
    evidence::of(&json::value(original))
}

/// Both services may say in a word that nothing was decided.
fn decided(alert: &Value, name: &str) -> Text {
    Text::from(unset(text_of(alert, name).original()))
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
        author: text_of(value, "createdBy").or(text_of(value, "createdByDisplayName")),
        // The page's table says `createTime`, the wire says `createdTime`.
        at: ["createdTime", "createTime", "createdDateTime"]
            .into_iter()
            .find_map(|name| time_of(value, name)),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::panic, reason = "a test that cannot read its input has failed")]

    use super::*;
    use crate::domain::detail::Entity;
    use crate::domain::detail::EvidenceKind;

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
