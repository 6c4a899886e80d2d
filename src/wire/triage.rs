//! What was decided about an alert of either service, and whether a note is on it.

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
        updated: time_of(&alert, "lastUpdateTime")
            .or_else(|| time_of(&alert, "lastUpdateDateTime")),
    })
}

/// Whether this very note was put on an alert at or after `since`, by nobody else than
/// `by`: an account's name, or empty where it is not known.
pub fn has_note(body: &str, note: &str, by: &str, since: Timestamp) -> bool {
    let alert = json::value(body);
    let wanted = plain(note);
    items_of(&alert, "comments").iter().any(|comment| {
        says(comment, &wanted)
            && may_be_by(comment, by)
            && written(comment).is_some_and(|at| at >= since)
    })
}

/// Whether this note, by whomever, is among those that came after the first `before`.
pub fn has_new_note(body: &str, note: &str, before: usize) -> bool {
    let alert = json::value(body);
    let wanted = plain(note);
    let mut comments: Vec<&Value> = items_of(&alert, "comments").iter().collect();
    // No page says in which order they come.
    comments.sort_by_key(|comment| written(comment));
    let mut new = comments.into_iter().skip(before);
    new.any(|comment| says(comment, &wanted))
}

fn says(comment: &Value, wanted: &str) -> bool {
    plain(text_of(comment, "comment").original()) == wanted
}

/// Only the names of two accounts can tell two people apart: a service may write the
/// name that is shown for one instead, which says nothing.
fn may_be_by(comment: &Value, by: &str) -> bool {
    let author = text_of(comment, "createdBy").or(text_of(comment, "createdByDisplayName"));
    let author = author.original().trim();
    let are_accounts = author.contains('@') && by.contains('@');
    !are_accounts || author.eq_ignore_ascii_case(by.trim())
}

/// The page's table says `createTime`, the wire says `createdTime`, Graph `createdDateTime`.
fn written(comment: &Value) -> Option<Timestamp> {
    ["createdTime", "createTime", "createdDateTime"]
        .into_iter()
        .find_map(|name| time_of(comment, name))
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
        let has = |note, since| has_note(ALERT, note, "", since);
        assert!(has("one\ntwo", two));
        assert!(!has("one", two));
        assert!(!has("old", two));
        assert!(has("old", since("2026-11-22T12:59:59Z")));
        assert!(!has_note("{}", "one", "", two));
    }

    #[test]
    fn decisions_and_notes_are_read_in_graphs_names_too() {
        let alert = r##"{"id":"a","status":"inProgress","assignedTo":"me@x","classification":"unknown","determination":null,
            "lastUpdateDateTime":"2026-11-22T14:00:00.19Z","comments":[{"@odata.type":"#microsoft.graph.security.alertComment",
            "comment":"seen","createdByDisplayName":"me@x","createdDateTime":"2026-11-22T14:00:00Z"}]}"##;
        let triage = of(alert).unwrap_or_default();
        let updated = triage.updated.map(|time| time.to_string());
        assert_eq!(updated.as_deref(), Some("2026-11-22T14:00:00.19Z"));
        assert_eq!(triage.comments, 1);
        assert!(has_note(alert, "seen", "me@x", Timestamp::MIN));
        assert!(!has_note(alert, "seen", "kim@x", Timestamp::MIN));
        assert!(has_new_note(alert, "seen", 0));
    }

    #[test]
    fn a_colleagues_note_of_the_same_words_is_not_ours() {
        let alert = |author: &str| {
            format!(
                r#"{{"comments":[{{"comment":"seen","createdBy":{author},"createdTime":"2026-11-22T14:00:00Z"}}]}}"#
            )
        };
        let has = |author: &str, by: &str| has_note(&alert(author), "seen", by, Timestamp::MIN);
        assert!(has(r#""Me@contoso.example""#, "me@contoso.example"));
        assert!(!has(r#""kim@contoso.example""#, "me@contoso.example"));
        // Names that say nothing about the account.
        for author in ["\"Kim Lee\"", "\"\"", "null", "7"] {
            assert!(has(author, "me@contoso.example"), "{author}");
        }
        assert!(has(r#""kim@contoso.example""#, ""));
        assert!(has(r#""kim@contoso.example""#, "an application"));
    }

    #[test]
    fn a_note_is_new_after_those_that_were_there_in_whatever_order_they_come() {
        let alert = r#"{"comments":[{"comment":"new","createdTime":"2026-11-22T14:00:00Z"},
            {"comment":"old","createdTime":"2026-11-22T13:00:00Z"}]}"#;
        assert!(has_new_note(alert, "new", 1));
        assert!(!has_new_note(alert, "old", 1));
        assert!(has_new_note(alert, "old", 0));
        assert!(!has_new_note(alert, "new", 2));
    }
}
