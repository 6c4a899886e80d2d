//! Changes: read from words, said, undone and merged.

use super::*;
use crate::domain::decision::triage::Triage;

fn triage(status: &str, owner: &str, classification: &str, determination: &str) -> Triage {
    Triage {
        status: status.to_owned(),
        assigned_to: owner.to_owned(),
        classification: classification.to_owned(),
        determination: determination.to_owned(),
        ..Triage::default()
    }
}

fn refused(words: &Words<'_>) -> String {
    Change::of_words(words)
        .err()
        .map(|illegal| format!("{}; {}", illegal.what, illegal.remedy))
        .unwrap_or_default()
}

#[test]
fn words_of_a_person_are_read_in_any_spelling() {
    let change = Change::of_words(&Words {
        status: Some("in-progress"),
        assigned_to: Some(" kim@contoso.com "),
        classification: Some("falsepositive"),
        determination: Some("clean"),
        comment: Some(" known good \n"),
    });
    let change = change.unwrap_or_default();
    assert_eq!(change.word(Property::Status), Some("InProgress"));
    assert_eq!(change.word(Property::AssignedTo), Some("kim@contoso.com"));
    assert_eq!(change.word(Property::Classification), Some("FalsePositive"));
    assert_eq!(change.word(Property::Determination), Some("NotMalicious"));
    assert_eq!(change.note(), Some("known good"));
}

#[test]
fn what_the_service_does_not_take_is_refused_with_what_it_takes() {
    let status = |word| Words {
        status: Some(word),
        ..Words::default()
    };
    let verdict = |classification, determination| Words {
        classification,
        determination,
        ..Words::default()
    };
    let note = |text| Words {
        comment: Some(text),
        ..Words::default()
    };
    let long = "x".repeat(LONGEST_NOTE + 1);
    let cases = [
        (Words::default(), "nothing to change"),
        (status("resolvd"), "did you mean `Resolved`"),
        (status("done"), "one of New, InProgress, Resolved"),
        (
            verdict(Some("FalsePositive"), Some("Malware")),
            "does not go with `FalsePositive`; one of NotMalicious",
        ),
        (verdict(None, Some("Malware")), "needs a classification"),
        (
            verdict(Some("TruePositiv"), None),
            "did you mean `TruePositive`",
        ),
        (
            verdict(Some("TruePositive"), Some("Malwar")),
            "did you mean `Malware`",
        ),
        (note("  "), "the note is empty"),
        (note(&long), "4001 characters"),
    ];
    for (words, expected) in cases {
        let refused = refused(&words);
        assert!(refused.contains(expected), "{refused}");
    }
}

#[test]
fn a_change_is_undone_by_what_was_there() {
    let seen = triage("InProgress", "kim", "Unknown", "");
    let change = Change::close(Disposition::NotMalicious);
    assert!(!change.is_seen_in(&seen));
    let after = change.applied_to(&seen);
    assert!(change.is_seen_in(&after));
    assert_eq!(after.assigned_to, "kim");
    let back = change.inverse(&seen).unwrap_or_default();
    assert!(back.is_seen_in(&seen));
    assert_eq!(back.word(Property::AssignedTo), None);
    let note = Change::default().and_note("x").unwrap_or_default();
    assert_eq!(note.inverse(&seen), None);
}

#[test]
fn a_merge_leaves_out_what_collides_and_never_half_a_verdict() {
    let seen = triage("New", "", "", "");
    let theirs = triage("InProgress", "kim", "", "");
    let mine = Change::close(Disposition::Malware)
        .and_owner("me")
        .unwrap_or_default();
    assert_eq!(
        mine.colliding(&seen, &theirs),
        [Property::Status, Property::AssignedTo]
    );
    let merged = mine.merged(&seen, &theirs);
    assert_eq!(merged.word(Property::Status), None);
    assert_eq!(merged.word(Property::Determination), Some("Malware"));
    let theirs = triage("New", "", "TruePositive", "Phishing");
    let merged = mine.merged(&seen, &theirs);
    assert_eq!(merged.word(Property::Classification), None);
    assert_eq!(merged.word(Property::Determination), None);
    assert_eq!(merged.word(Property::Status), Some("Resolved"));
}

#[test]
fn what_a_change_says_cannot_move_a_cursor_or_turn_a_line_round() {
    let hostile = Change {
        status: Some("\u{1b}[2J".to_owned()),
        assigned_to: Some("kim\u{202e}\u{9b}31m".to_owned()),
        classification: Some("A\n".to_owned()),
        determination: Some("\u{200b}".to_owned()),
        comment: None,
    };
    assert_eq!(
        hostile.says(),
        "set to \\x1b[2J, assign to kim\\u{202e}\\x9b31m, classify as A\\n/\\u{200b}"
    );
    let taken = Change::take("\u{1b}]0;x\u{7}\u{2066}");
    assert_eq!(taken.says(), "take for \\x1b]0;x\\x07\\u{2066}");
}

#[test]
fn only_a_note_has_line_breaks_and_nothing_has_other_controls() {
    let noted = |note: &str| Change {
        comment: Some(note.to_owned()),
        ..Change::default()
    };
    assert!(noted("one\r\n\ttwo").is_sound());
    assert!(Change::default().and_note("one\r\n\ttwo").is_ok());
    for control in ["\u{1b}[2J", "a\u{0}", "\u{9b}", "\u{7f}"] {
        assert!(!noted(control).is_sound(), "{control:?}");
        assert!(Change::default().and_note(control).is_err(), "{control:?}");
        assert!(!Change::take(control).is_sound(), "{control:?}");
    }
    assert!(Change::take("kim").is_sound());
    assert!(!Change::take("kim\n").is_sound());
}

#[test]
fn a_change_says_itself() {
    let close = Change::close(Disposition::NotMalicious);
    assert_eq!(close.says(), "close as FP/not malicious");
    let noted = close.and_note("x").unwrap_or_default();
    assert_eq!(noted.says(), "close as FP/not malicious, with a note");
    assert_eq!(Change::take("kim").says(), "take for kim");
    assert_eq!(Change::reopen().says(), "set to new");
    let nobody = Change::default().and_owner("").unwrap_or_default();
    assert_eq!(nobody.says(), "assign to nobody");
    let back = Change::close(Disposition::Malware).inverse(&triage("New", "", "", ""));
    assert_eq!(
        back.unwrap_or_default().says(),
        "set to new, classify as nothing"
    );
}
