//! What was decided about an alert of the Defender API, and whether a note is on it.

use jiff::Timestamp;
use serde_json::Value;

use crate::domain::decision::Triage;
use crate::wire::json;
use crate::wire::json::items_of;
use crate::wire::json::text_of;
use crate::wire::json::time_of;

/// The decided part of an alert, in the words as they came. `None` for what is no object.
pub fn of(body: &str) -> Option<Triage> {
    let alert = json::value(body);
    let word = |name| text_of(&alert, name).original().to_owned();
    alert.is_object().then(|| Triage {
        status: word("status"),
        assigned_to: word("assignedTo"),
        classification: word("classification"),
        determination: word("determination"),
        comments: items_of(&alert, "comments").len(),
        updated: time_of(&alert, "lastUpdateTime"),
    })
}

/// Whether this very note was put on an alert at or after `since`.
pub fn has_note(body: &str, note: &str, since: Timestamp) -> bool {
    let alert = json::value(body);
    let wanted = plain(note);
    items_of(&alert, "comments").iter().any(|comment| {
        plain(text_of(comment, "comment").original()) == wanted
            && written(comment).is_some_and(|at| at >= since)
    })
}

/// The page's table says `createTime`, the wire says `createdTime`.
fn written(comment: &Value) -> Option<Timestamp> {
    time_of(comment, "createdTime").or_else(|| time_of(comment, "createTime"))
}

/// A service may end lines its own way, and trim.
fn plain(note: &str) -> String {
    note.trim().replace("\r\n", "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALERT: &str = r#"{"id":"a","status":"InProgress","assignedTo":null,"classification":"TruePositive","lastUpdateTime":"2026-11-22T14:00:00.19Z",
        "comments":[{"comment":"one\r\ntwo ","createdTime":"2026-11-22T14:00:00Z"},{"comment":"old","createTime":"2026-11-22T13:00:00Z"},7]}"#;

    #[test]
    fn what_was_decided_is_read_in_the_services_words() {
        let triage = of(ALERT).unwrap_or_default();
        assert_eq!(triage.status, "InProgress");
        assert_eq!(triage.assigned_to, "");
        assert_eq!(triage.classification, "TruePositive");
        assert_eq!(triage.determination, "");
        assert_eq!(triage.comments, 3);
        let updated = triage.updated.map(|time| time.to_string());
        assert_eq!(updated.as_deref(), Some("2026-11-22T14:00:00.19Z"));
        assert_eq!(of("{}"), Some(Triage::default()));
        for nothing in ["", "null", "[]", "7", "<html>"] {
            assert_eq!(of(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn a_note_counts_with_its_text_and_its_time() {
        let since = |time: &str| time.parse().unwrap_or(Timestamp::MAX);
        let two = since("2026-11-22T14:00:00Z");
        assert!(has_note(ALERT, "one\ntwo", two));
        assert!(!has_note(ALERT, "one", two));
        assert!(!has_note(ALERT, "old", two));
        assert!(has_note(ALERT, "old", since("2026-11-22T12:59:59Z")));
        assert!(!has_note("{}", "one", two));
    }
}
