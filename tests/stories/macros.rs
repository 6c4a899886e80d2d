//! Macros, notes that go with closing, and notes that come out of an editor.

#![expect(
    clippy::indexing_slicing,
    reason = "a name that is missing in JSON reads as null"
)]

use jiff::SignedDuration;
use serde_json::json;
use vigie::app::Effect;
use vigie::app::Event;
use vigie::app::decisions::editing::Unedited;
use vigie::domain::decision::Disposition;
use vigie::domain::decision::change::NewStatus;
use vigie::domain::decision::macros::Assignee;
use vigie::domain::decision::macros::CloseNotes;
use vigie::domain::decision::macros::Fate;
use vigie::domain::decision::macros::Macro;
use vigie::domain::decision::template::Template;
use vigie::domain::token::Api;
use vigie::sim::Options;
use vigie::sim::Population;

use crate::both::Service;
use crate::both::on_both;
use crate::operator::Operator;

on_both! {
    one_letter_of_the_menu_closes_assigns_and_notes,
    the_menu_is_walked_and_a_letter_of_no_macro_says_so,
    the_same_words_are_one_change_and_different_ones_are_many,
    changes_of_one_key_are_taken_back_together_and_no_note_gets_elsewhere,
    a_hundred_different_notes_are_the_most,
    closing_brings_its_note,
    an_editor_brings_a_note_of_several_lines,
}

/// So many new alerts, each on a device of its own, two to an incident.
fn shift(service: &'static Service, alerts: usize) -> Operator {
    let alert = |number: usize| {
        service.body(json!({
            "id": format!("da{number}_1"), "severity": "Medium", "status": "New",
            "title": format!("Odd \u{1b}[2J script{}", if number < 2 { "" } else { " again" }),
            "computerDnsName": format!("fin-ws-{number:03}"), "machineId": format!("{number:040x}"),
            "detectionSource": "WindowsDefenderAtp", "incidentId": number / 2,
            "category": "Execution",
            "alertCreationTime": format!("2026-11-22T13:{:02}:00Z", 10 + number % 40),
            "lastUpdateTime": "2026-11-22T13:59:00Z", "comments": [], "evidence": [],
        }))
    };
    let options = Options {
        population: Population::Verbatim((0..alerts).map(alert).collect()),
        ..Operator::quiet(0)
    };
    let mut operator = Operator::on(service, 120, 24, options);
    operator.state.settings.macros = macros();
    operator.starts().rests();
    operator
}

fn note(written: &str) -> Template {
    Template::read(written).unwrap()
}

fn macros() -> Vec<Macro> {
    let made = |name: &str, key, fate, assign, note| Macro {
        name: name.to_owned(),
        key,
        fate,
        assign,
        note,
    };
    vec![
        made(
            "red team",
            Some('r'),
            Fate::Closed(Disposition::SecurityTest),
            Some(Assignee::Me),
            Some(note("red team on {device}, {title}, seen {now}")),
        ),
        made(
            "give back",
            Some('g'),
            Fate::Set(NewStatus::New),
            Some(Assignee::Nobody),
            None,
        ),
        made(
            "same words",
            Some('w'),
            Fate::Stays,
            None,
            Some(note("looked at, {category}")),
        ),
        made(
            "by incident",
            None,
            Fate::Stays,
            None,
            Some(note("incident {incident}")),
        ),
    ]
}

fn seconds(seconds: i64) -> SignedDuration {
    SignedDuration::from_secs(seconds)
}

fn notes_of(operator: &Operator, id: &str) -> Vec<String> {
    let alert = operator.told(id);
    let comments = alert["comments"].as_array().unwrap().iter();
    comments
        .map(|comment| comment["comment"].as_str().unwrap_or_default().to_owned())
        .collect()
}

fn one_letter_of_the_menu_closes_assigns_and_notes(service: &'static Service) {
    let mut operator = shift(service, 2);
    let id = operator.selected_id();
    operator.press("m");
    // The head alone differs on the other.
    if service.api == Api::Defender {
        insta::assert_snapshot!("macros_120x24", operator.screen());
    }
    operator
        .press("r")
        .sees("z undo 5s")
        .sees("with a note, 1 alert");
    operator.advance(seconds(6)).sees("done: ");
    let alert = operator.told(&id);
    assert_eq!(alert["determination"], "SecurityTesting");
    assert_eq!(alert["assignedTo"], operator.state.user());
    let device = alert["computerDnsName"].as_str().unwrap();
    // What would move a cursor is not in the note.
    let expected = format!("red team on {device}, Odd [2J script, seen 2026-11-22 14:02");
    assert_eq!(notes_of(&operator, &id), [expected]);
}

fn the_menu_is_walked_and_a_letter_of_no_macro_says_so(service: &'static Service) {
    let mut operator = shift(service, 2);
    operator
        .press("m j")
        .sees("no macro is on `j`")
        .sees("> r red team");
    operator
        .press("down down down down")
        .sees(">   by incident");
    operator
        .press("up up")
        .sees("> g give back")
        .press("esc")
        .sees_no("give back");
    operator
        .press("m down enter")
        .sees("it is so already")
        .press("m down down enter");
    operator.sees("note, 1 alert");
    operator
        .press("z :macro space give space back")
        .sees("set to new, assign to nobody")
        .press("esc");
    operator.state.settings.macros.clear();
    operator
        .press("m")
        .sees("no macro is configured: see docs/triage.md");
}

fn the_same_words_are_one_change_and_different_ones_are_many(service: &'static Service) {
    let mut operator = shift(service, 6);
    operator
        .press("v G v m w")
        .sees("note: looked at, Execution")
        .sees_no("different");
    operator
        .press("enter")
        .sees("note, 6 alerts")
        .advance(seconds(6));
    assert_eq!(operator.writes(), 1);
    operator.press("g v G v :macro space by space incident enter");
    operator.sees("3 different notes").sees("9 calls at least");
    // The head alone differs on the other.
    if service.api == Api::Defender {
        insta::assert_snapshot!("macros_different_notes_120x24", operator.screen());
    }
    operator
        .press("enter")
        .sees("z undo 5s")
        .sees("note, 6 alerts");
    operator.advance(seconds(20));
    assert_eq!(operator.writes(), 4);
    for number in 0..6 {
        let notes = notes_of(&operator, &format!("da{number}_1"));
        let incident = format!("incident {}", number / 2);
        assert_eq!(notes, ["looked at, Execution".to_owned(), incident]);
    }
}

fn changes_of_one_key_are_taken_back_together_and_no_note_gets_elsewhere(
    service: &'static Service,
) {
    let mut operator = shift(service, 4);
    operator
        .press("v G v m r")
        .sees("4 different notes")
        .press("enter");
    operator
        .sees("with a note, 4 alerts")
        .press("z")
        .sees("taken back: ");
    operator.sees_no("z undo").advance(seconds(20));
    assert_eq!(operator.writes(), 0);
    // What was configured is no text of a person's to go on with.
    operator.press("c").sees_no("red team").press("esc");

    operator.press("g v G v m r enter").advance(seconds(30));
    operator
        .press("z")
        .advance(seconds(10))
        .press("Z")
        .advance(seconds(20));
    for number in 0..4 {
        let id = format!("da{number}_1");
        assert_eq!(operator.told(&id)["status"], "Resolved");
        let notes = notes_of(&operator, &id);
        assert_eq!(notes.len(), 1, "{notes:?}");
        assert!(
            notes[0].contains(&format!("fin-ws-{number:03}")),
            "{notes:?}"
        );
    }
}

fn a_hundred_different_notes_are_the_most(service: &'static Service) {
    let mut operator = shift(service, 101);
    operator
        .press("v G v m r")
        .sees("more than 100 different notes");
    operator.press("esc g m r").sees("z undo 5s");
}

fn closing_brings_its_note(service: &'static Service) {
    let mut operator = shift(service, 2);
    operator.state.settings.close_notes = CloseNotes::of([(
        Disposition::NotMalicious,
        Template::read("not malicious, says {me}").unwrap(),
    )]);
    let id = operator.selected_id();
    operator
        .press("x d")
        .sees("z undo 5s")
        .sees_no("with a note")
        .press("z");
    operator
        .press("x n")
        .sees("close as FP/not malicious, with a note, 1 alert");
    operator.advance(seconds(6));
    let expected = format!("not malicious, says {}", operator.state.user());
    assert_eq!(notes_of(&operator, &id), [expected]);
}

fn an_editor_brings_a_note_of_several_lines(service: &'static Service) {
    let mut operator = shift(service, 2);
    let id = operator.selected_id();
    let asked = |operator: &Operator| match operator.effects.last() {
        Some(Effect::EditNote { text }) => text.clone(),
        other => panic!("{other:?}"),
    };
    operator.press("e");
    assert_eq!(asked(&operator), "");
    operator
        .happens(Event::NoteEdited(Ok(None)))
        .sees("the note was left as it was");
    let unedited = Unedited {
        why: "`vi` failed".to_owned(),
        text: Some("half".to_owned()),
    };
    operator
        .press("e")
        .happens(Event::NoteEdited(Err(unedited)));
    operator.sees("no note: `vi` failed; the text is kept for the next note");
    operator.press("e");
    assert_eq!(asked(&operator), "half");
    // Meanwhile the list went elsewhere: the note is for what was meant.
    let written = "first\r\n\tsecond\u{1b}[2J\n\n".to_owned();
    operator
        .press("j")
        .happens(Event::NoteEdited(Ok(Some(written))));
    operator.sees("note, 1 alert").advance(seconds(6));
    assert_eq!(notes_of(&operator, &id), ["first\n\tsecond[2J"]);
    operator
        .press("e")
        .happens(Event::NoteEdited(Ok(Some(" \n".to_owned()))));
    operator.sees("the note is empty: nothing is decided");
    operator
        .press("e")
        .happens(Event::NoteEdited(Ok(Some("x".repeat(4_001)))));
    operator.sees("the note has 4001 characters");
}
