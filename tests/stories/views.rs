//! Saved views: gone to by a key, changed, saved, kept, and counted all the while.

use std::time::Duration;

use jiff::SignedDuration;
use vigie::app::Event;
use vigie::app::place::Place;
use vigie::app::place::SavedView;
use vigie::domain::view;
use vigie::domain::view::View;
use vigie::domain::view::Written;
use vigie::sim::Options;
use vigie::view::linear::Voice;

use crate::operator::Operator;

fn someone(width: u16) -> Operator {
    let mut operator = Operator::at(width, 40, Operator::quiet(120));
    operator.starts().rests();
    operator
}

/// Those that a view of the list has, counted by its filter alone.
fn counted(filter: &str) -> usize {
    let mut operator = someone(120);
    operator.press(&format!("/ {filter} enter"));
    operator.state.book.visible().len()
}

fn view(name: &str, key: Option<u8>, filter: &str) -> View {
    let written = Written {
        name,
        key,
        filter,
        ..Written::default()
    };
    View::read(written).unwrap()
}

#[test]
fn a_shift_goes_from_view_to_view_and_comes_back() {
    let mut operator = someone(160);
    let severe = counted("sev>=med space is:open");
    operator.sees("[0 all 120]").press("2");
    operator.sees(&format!("[2 high+med {severe}]"));
    assert_eq!(operator.state.book.visible().len(), severe);
    operator.press("/ space suspicious enter");
    operator.sees(&format!("[2 high+med* {severe}]"));
    let narrowed = operator.state.book.visible().len();
    assert!(narrowed < severe && narrowed > 0, "{narrowed}");
    operator.press("space").sees("1 marked");
    operator.press("3").sees("[3 unassigned ");
    operator.sees(&format!(" 2 high+med {severe} "));
    operator.press("2").sees(&format!("[2 high+med {severe}]"));
    operator.sees("1 marked");
    assert_eq!(operator.state.book.visible().len(), severe);
    operator.press("esc 0").sees("[0 all 120]");
    assert_eq!(operator.state.book.visible().len(), 120);
}

#[test]
fn order_and_groups_belong_to_the_view() {
    let mut operator = someone(160);
    operator.press("5 S d b").sees("[5 last-7d* ");
    operator.sees("sort dev").sees("group title");
    operator
        .press("2")
        .sees("[2 high+med ")
        .sees_no("group title");
    operator.sees("sort sla").press("5").sees("[5 last-7d ");
    operator.press("b").sees("[5 last-7d* ").press("5");
    operator.sees("[5 last-7d ").sees_no("group title");
}

#[test]
fn esc_takes_off_what_was_added_and_stays_in_the_view() {
    let mut operator = someone(120);
    operator.press("2 / space zzz enter").sees("[2 high+med* ");
    operator.press("esc").sees("[2 high+med ");
    operator.press("esc").sees("[2 high+med ");
    operator.press("0 / zzz enter").sees("[0 all* 120]");
    operator.press("esc").sees("[0 all 120]");
}

#[test]
fn a_key_shows_the_list_wherever_one_is() {
    let mut operator = someone(80);
    operator.press("enter + + 3").sees("[3 unassigned ");
    operator.sees("TITLE").press("? 2").sees("[2 high+med ");
    operator.sees_no("─ keys").press("9");
    operator.sees("no view is on this key").sees("[2 high+med ");
}

#[test]
fn the_chosen_view_stays_in_sight_at_any_width() {
    let mut operator = someone(200);
    operator.press("3");
    for width in (30..200).rev() {
        operator.resizes(width, 24);
        let head: String = operator.screen().lines().nth(1).unwrap().to_owned();
        assert!(head.contains("[3 "), "{width}: {head}");
    }
}

#[test]
fn numbers_follow_what_arrives_even_while_the_list_is_held() {
    let options = Options {
        arrivals: Some(Duration::from_secs(10)),
        ..Operator::quiet(60)
    };
    let mut operator = Operator::at(160, 40, options);
    operator.starts().rests();
    let sum = |operator: &Operator| -> usize {
        (0..5).map(|view| operator.state.book.count_of(view)).sum()
    };
    let before = sum(&operator);
    operator.press("2 f").advance(SignedDuration::from_mins(5));
    let listed = operator.state.book.visible().len();
    assert!(sum(&operator) > before);
    operator.press("f");
    let severe = operator.state.book.count_of(1);
    assert_eq!(operator.state.book.visible().len(), severe);
    assert!(severe > listed, "{severe} after {listed}");
}

#[test]
fn time_alone_moves_a_view_that_asks_for_it() {
    let mut operator = someone(160);
    operator.state.settings.views = vec![view("hour", Some(1), "created<1h")];
    let settings = operator.state.settings.clone();
    operator.state.settings.views.clear();
    operator.happens(Event::ConfigRead(Ok(Box::new(settings))));
    let before = operator.state.book.count_of(0);
    operator.advance(SignedDuration::from_hours(2));
    let after = operator.state.book.count_of(0);
    assert!(before > 0 && after == 0, "{before}, then {after}");
}

#[test]
fn a_saved_view_survives_a_restart_and_a_deleted_one_does_not() {
    let mut operator = someone(120);
    operator.press("/ suspicious enter S s : save-view space night space shift enter");
    operator.sees("view `night shift` saved: 6 goes to it");
    let place = operator.kept.last().unwrap().clone();
    assert_eq!(place, Place::of(&operator.state));
    let mut later = Operator::at(120, 40, Operator::quiet(120));
    Place::read(&place.to_json())
        .unwrap()
        .restore(&mut later.state);
    later.starts().rests().sees("[6 night shift ");
    later.press("0 6").sees("[6 night shift ");
    assert_eq!(later.state.book.order().words(), "sev,sla");
    let found = later.state.book.visible().len();
    assert_eq!(found, counted("suspicious"));
    later.press(": delete-view space night enter");
    later
        .sees("view `night shift` deleted")
        .sees("[0 all* 120]");
    assert!(later.kept.last().unwrap().views.is_empty());
}

#[test]
fn a_saved_view_stands_before_the_shipped_one_of_its_name_until_it_is_deleted() {
    let mut operator = someone(160);
    operator.press("/ sev:high enter : save-view space HIGH+MED enter");
    operator.sees("view `HIGH+MED` saved: 2 goes to it");
    operator.press("0 2").sees("[2 HIGH+MED ").sees("/sev:high");
    operator
        .press(": delete-view enter")
        .sees("the one it had replaced is back");
    operator.press("2").sees("/sev>=med is:open");
}

#[test]
fn the_palette_goes_to_a_view_by_name_and_says_what_it_is() {
    let mut operator = someone(120);
    operator
        .press(": view space unas")
        .sees("> view unassigned");
    operator.sees("/is:unassigned is:open, sort sla: ");
    operator.press("enter").sees("[3 unassigned ");
    operator
        .press(": save-view")
        .sees("> save-view NAME ")
        .sees("under the name typed behind it");
    operator.press("enter").sees(":save-view").sees_no("saved:");
    operator.press("esc : save-view space all enter");
    operator
        .sees_no("saved")
        .press("esc")
        .sees("[3 unassigned ");
}

#[test]
fn views_beyond_the_keys_are_in_the_palette_and_there_is_an_end() {
    let mut operator = someone(120);
    for number in 0..11 {
        operator.press(&format!(
            "0 / sev:high enter : save-view space v{number}x enter"
        ));
    }
    operator.sees("view `v10x` saved: every key has one");
    operator
        .sees("[v10x ")
        .press(": save-view space more enter");
    operator.sees("view not saved: there are 16 already");
    operator.press(": view space v7x enter").sees("[v7x ");
}

#[test]
fn hostile_views_of_a_file_do_no_harm() {
    let kept = |name: &str, filter: &str| SavedView {
        name: name.to_owned(),
        key: Some(200),
        filter: filter.to_owned(),
        ..SavedView::default()
    };
    let long = "x ".repeat(50_000);
    let place = Place {
        view: "\u{1b}[2J".to_owned(),
        views: vec![
            kept("\u{1b}[2J", ""),
            kept("", ""),
            kept(&"long".repeat(99), ""),
            kept("broken", "sev>="),
            kept("endless", &long),
            kept("all", ""),
            kept("\u{202e}evil\u{200b}", "sev:high"),
            kept("mine", "sev:low"),
            kept("MINE", "sev:high"),
        ],
        ..Place::default()
    };
    let mut operator = Operator::at(160, 40, Operator::quiet(30));
    Place::read(&place.to_json())
        .unwrap()
        .restore(&mut operator.state);
    operator.starts().rests();
    let names = operator.state.views.in_force().iter();
    let names: Vec<&str> = names.map(|view| view.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "MINE",
            "high+med",
            "unassigned",
            "late",
            "last-7d",
            "\u{202e}evil\u{200b}"
        ]
    );
    operator.press("6").sees("[6 \\u{202e}evil");
    operator.sees_no("\u{202e}").sees_no("\u{1b}");
}

#[test]
fn configured_views_come_and_go_while_it_runs() {
    let mut operator = someone(160);
    operator.press("/ sev:high enter : save-view space dc enter 3");
    let mut settings = operator.state.settings.clone();
    let configured = [
        view("night", Some(6), "dev:dc*"),
        view("mine", None, "is:mine"),
    ];
    settings.views = view::with_configured(&configured);
    operator.happens(Event::ConfigRead(Ok(Box::new(settings.clone()))));
    operator
        .sees("1 mine ")
        .sees("[3 unassigned ")
        .sees("6 night ");
    operator.sees("7 dc ").press("6").sees("[6 night ");
    settings.views = view::with_configured(&[]);
    operator.happens(Event::ConfigRead(Ok(Box::new(settings))));
    operator.sees("[0 all* 120]").sees("6 dc ");
}

#[test]
fn in_lines_the_view_is_said_with_its_number() {
    let mut operator = someone(120);
    let mut voice = Voice::default();
    voice.tell(&operator.state);
    operator.press("2");
    let severe = operator.state.book.count_of(1);
    let said = voice.tell(&operator.state);
    let expected = format!("view 2 high+med: {severe} of 120");
    assert!(said.contains(&expected), "{said:?}");
    operator.press("b");
    let said = voice.tell(&operator.state);
    assert!(
        said.contains(&"view 2 high+med, changed".to_owned()),
        "{said:?}"
    );
}
