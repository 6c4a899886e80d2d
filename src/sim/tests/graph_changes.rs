//! Changes and comments through Graph.

use super::*;
use crate::sim::rules::TakenAway;

const LIST: &str = "/v1.0/security/alerts_v2";
const COMMENT: &str =
    r#"{"@odata.type":"microsoft.graph.security.alertComment","comment":"seen it, \"really\""}"#;

impl Trial {
    /// A new alert nobody has touched, and its path.
    fn untouched(&mut self) -> (Value, String) {
        let filter = encoded("status eq 'new' and assignedTo eq null");
        let found = items(&self.get(&format!("{LIST}?$filter={filter}")));
        let first = found.into_iter().next().unwrap_or_default();
        let path = format!("{LIST}/{}", text(&first, "/id"));
        (first, path)
    }
}

fn moment(value: &Value) -> Timestamp {
    let time = text(value, "/lastUpdateDateTime").parse();
    time.unwrap_or_default()
}

#[test]
fn a_change_shows_through_both_apis_and_its_reply_leaves_things_out() {
    let mut trial = Trial::still(60).at_graph();
    let (before, path) = trial.untouched();
    let reply = trial.call(
        "PATCH",
        &path,
        r#"{"status":"resolved","classification":"truePositive","determination":"multiStagedAttack","assignedTo":"a@contoso.example","customDetails":{"ticket":"S-7"}}"#,
    );
    let told = reply.value();
    assert_eq!((reply.status, text(&told, "/status")), (200, "resolved"));
    let empty = Some(Value::Array(Vec::new()));
    assert_eq!(told.get("evidence").cloned(), empty);
    assert_eq!(told.get("comments").cloned(), empty);
    let after = trial.get(&path).value();
    for (pointer, expected) in [
        ("/classification", "truePositive"),
        ("/determination", "multiStagedAttack"),
        ("/assignedTo", "a@contoso.example"),
        ("/customDetails/ticket", "S-7"),
    ] {
        assert_eq!(text(&after, pointer), expected);
    }
    assert!(after.pointer("/evidence/0").is_some());
    assert!(moment(&after) > moment(&before));
    let found = format!(
        "{LIST}?$filter={}",
        encoded("determination eq 'multiStagedAttack'")
    );
    assert!(items(&trial.get(&found)).contains(&after));

    let id = text(&before, "/id").to_owned();
    let mut trial = trial.signed_in();
    let path = format!("/api/alerts/{id}");
    let there = trial.get(&path).value();
    assert_eq!(text(&there, "/status"), "Resolved");
    assert_eq!(text(&there, "/classification"), "TruePositive");
    assert_eq!(text(&there, "/determination"), "MultiStagedAttack");
    assert_eq!(there.get("resolvedTime"), after.get("resolvedDateTime"));
    let reopened = trial.call(
        "PATCH",
        &path,
        r#"{"status":"InProgress","comment":"again"}"#,
    );
    assert_eq!(reopened.status, 200);
    let mut trial = trial.at_graph();
    let back = trial.get(&format!("{LIST}/{id}")).value();
    assert_eq!(text(&back, "/status"), "inProgress");
    assert_eq!(text(&back, "/comments/0/comment"), "again");
    assert_eq!(back.get("resolvedDateTime"), Some(&Value::Null));
}

#[test]
fn bad_changes_are_refused() {
    let mut trial = Trial::still(60).at_graph();
    let (before, path) = trial.untouched();
    for body in [
        "",
        "{}",
        "[]",
        "null",
        r#"{"status":"New"}"#,
        r#"{"status":"unknown"}"#,
        r#"{"status":"unknownFutureValue"}"#,
        r#"{"status":1}"#,
        r#"{"status":null}"#,
        r#"{"Status":"new"}"#,
        r#"{"classification":"TruePositive"}"#,
        r#"{"classification":""}"#,
        r#"{"determination":"Malware"}"#,
        r#"{"determination":"other, please"}"#,
        r#"{"status":"new","comment":"with it"}"#,
        r#"{"title":"x"}"#,
        r#"{"customDetails":"x"}"#,
    ] {
        let reply = trial.call("PATCH", &path, body);
        let value = reply.value();
        assert_eq!(
            (reply.status, text(&value, "/error/code")),
            (400, "BadRequest"),
            "{body}"
        );
        assert!(value.pointer("/error/innerError/request-id").is_some());
    }
    assert_eq!(trial.get(&path).value(), before, "nothing was done");
    let bearer = format!("Bearer {}", trial.token);
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "text/plain"),
    ];
    let plain = trial.reply("PATCH", &path, &headers, r#"{"status":"new"}"#);
    assert_eq!(plain.status, 415);
    let missing = trial.call("PATCH", &format!("{LIST}/nope"), r#"{"status":"new"}"#);
    assert_eq!(missing.status, 404);
}

#[test]
fn a_script_says_which_words_are_taken() {
    let mut trial = Trial::still(60).at_graph();
    let (_, path) = trial.untouched();
    let change = |word: &str| format!(r#"{{"determination":"{word}"}}"#);
    for word in [
        "notMalicious",
        "clean",
        "compromisedUser",
        "compromisedAccount",
    ] {
        assert_eq!(
            trial.call("PATCH", &path, &change(word)).status,
            200,
            "{word}"
        );
    }
    trial.world.rules.refused_words = [String::from("notMalicious")].into();
    assert_eq!(
        trial.call("PATCH", &path, &change("notMalicious")).status,
        400
    );
    assert_eq!(trial.call("PATCH", &path, &change("clean")).status, 200);
}

#[test]
fn what_was_said_is_taken_away_as_the_script_says() {
    let said = r#"{"assignedTo":"a@contoso.example","classification":"truePositive","determination":"malware"}"#;
    for (how, body, expected) in [
        (
            TakenAway::Mixed,
            r#"{"assignedTo":null,"classification":"unknown","determination":"unknown"}"#,
            200,
        ),
        (TakenAway::Mixed, r#"{"assignedTo":""}"#, 400),
        (
            TakenAway::ByNull,
            r#"{"assignedTo":null,"classification":null,"determination":null}"#,
            200,
        ),
        (TakenAway::ByNull, r#"{"assignedTo":""}"#, 400),
        (TakenAway::ByNull, r#"{"classification":"unknown"}"#, 400),
        (
            TakenAway::ByEmptyText,
            r#"{"assignedTo":"","classification":"unknown","determination":"unknown"}"#,
            200,
        ),
    ] {
        let mut trial = Trial::still(60).at_graph();
        trial.world.rules.taken_away = how;
        let (before, path) = trial.untouched();
        assert_eq!(trial.call("PATCH", &path, said).status, 200);
        assert_eq!(trial.call("PATCH", &path, body).status, expected, "{how:?}");
        let after = trial.get(&path).value();
        for name in ["assignedTo", "classification", "determination"] {
            let is_back = after.get(name) == before.get(name);
            assert_eq!(is_back, expected == 200, "{how:?} {name}");
        }
    }
}

#[test]
fn a_comment_is_a_call_of_its_own_and_gets_the_whole_list() {
    let mut trial = Trial::still(60).at_graph();
    let (before, path) = trial.untouched();
    let comments = format!("{path}/comments");
    assert_eq!(trial.call("POST", &comments, COMMENT).status, 200);
    let second = COMMENT
        .replace("seen it", "and again")
        .replace("micro", "#micro");
    let reply = trial.call("POST", &comments, &second);
    let told = reply.value();
    assert_eq!((reply.status, items(&reply).len()), (200, 2));
    assert_eq!(text(&told, "/value/0/comment"), "seen it, \"really\"");
    assert_eq!(
        text(&told, "/value/1/createdByDisplayName"),
        trial.world.account.username
    );
    assert!(text(&told, "/@odata.context").ends_with("/comments"));
    let after = trial.get(&path).value();
    assert_eq!(after.get("comments"), told.get("value"));
    assert!(moment(&after) > moment(&before));
    for body in [
        "",
        "{}",
        r#"{"comment":"without its type"}"#,
        r#"{"@odata.type":"microsoft.graph.alertComment","comment":"x"}"#,
        r#"{"@odata.type":"microsoft.graph.security.alertComment"}"#,
        r#"{"@odata.type":"microsoft.graph.security.alertComment","comment":""}"#,
        r#"{"@odata.type":"microsoft.graph.security.alertComment","comment":"x","status":"new"}"#,
    ] {
        assert_eq!(trial.call("POST", &comments, body).status, 400, "{body}");
    }
    assert_eq!(trial.call("GET", &comments, "").status, 405);
    let missing = trial.call("POST", &format!("{LIST}/nope/comments"), COMMENT);
    assert_eq!(missing.status, 404);
}

#[test]
fn alerts_closed_to_changes_take_no_comment_either() {
    let mut trial = Trial::still(60).at_graph();
    let (before, path) = trial.untouched();
    trial.world.rules.closed = [text(&before, "/id").to_owned()].into();
    for (method, path, body) in [
        ("PATCH", path.clone(), r#"{"status":"new"}"#),
        ("POST", format!("{path}/comments"), COMMENT),
    ] {
        let reply = trial.call(method, &path, body);
        let value = reply.value();
        assert_eq!(
            (reply.status, text(&value, "/error/code")),
            (403, "Forbidden")
        );
    }
}

#[test]
fn bodies_given_word_for_word_are_changed_in_their_own_words() {
    let bodies = [
        r#"{"id":"g","status":"new","lastUpdateDateTime":"2026-11-01T00:00:00Z","comments":null}"#,
        r#"{"id":"bare"}"#,
    ];
    for (id, before) in [("g", "2026-11-01T00:00:00Z"), ("bare", "")] {
        let mut trial = Trial::verbatim(&bodies).at_graph();
        let path = format!("{LIST}/{id}");
        let change = r#"{"status":"resolved","classification":"falsePositive"}"#;
        assert_eq!(trial.call("PATCH", &path, change).status, 200);
        let comments = format!("{path}/comments");
        let reply = trial.call("POST", &comments, COMMENT);
        assert_eq!(items(&reply).len(), 1);
        let after = trial.get(&path).value();
        assert_eq!(text(&after, "/status"), "resolved");
        assert_eq!(text(&after, "/classification"), "falsePositive");
        assert!(text(&after, "/lastUpdateDateTime") > before);
        assert!(!text(&after, "/resolvedDateTime").is_empty());
        assert!(!text(&after, "/comments/0/createdByDisplayName").is_empty());
        assert_eq!(after.get("lastUpdateTime"), None);
    }
}
