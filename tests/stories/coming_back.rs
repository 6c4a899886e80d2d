//! Leaving and coming back to the same place, and to no other.

use jiff::SignedDuration;
use vigie::app::panes::Pane;
use vigie::app::place::Place;

use crate::both::Service;
use crate::both::on_both;
use crate::operator::Operator;

on_both! {
    the_next_time_begins_where_this_one_ended,
    nothing_an_alert_says_is_kept,
    it_is_kept_rarely_and_only_when_it_is_another_one,
    whoever_moves_on_meanwhile_is_not_taken_back,
    an_alert_that_is_gone_and_words_of_nobody_do_no_harm,
    what_was_typed_can_be_typed_again_the_next_time,
    marks_are_laid_on_when_their_alerts_come,
    marks_of_alerts_that_are_gone_are_forgotten,
}

fn someone(service: &'static Service) -> Operator {
    Operator::on(service, 120, 40, Operator::quiet(120))
}

/// Reads what was written, as another process would.
fn back_at(service: &'static Service, place: &Place) -> Operator {
    let mut operator = someone(service);
    Place::read(&place.to_json())
        .unwrap()
        .restore(&mut operator.state);
    operator
}

fn the_next_time_begins_where_this_one_ended(service: &'static Service) {
    let mut operator = someone(service);
    operator
        .starts()
        .press("/ suspicious enter S s j j j j p enter +")
        .rests();
    let (place, screen) = (Place::of(&operator.state), operator.screen());
    let mut later = back_at(service, &place);
    later.starts().rests();
    assert_eq!(later.selected_id(), operator.selected_id());
    assert_eq!(Place::of(&later.state), place);
    // All but the notices of the sessions, which are not the same.
    let lines =
        |screen: &str| -> Vec<String> { screen.lines().take(37).map(str::to_owned).collect() };
    assert_eq!(lines(&later.screen()), lines(&screen));
}

fn nothing_an_alert_says_is_kept(service: &'static Service) {
    let mut operator = someone(service);
    operator.starts().press("j j j enter").rests();
    let kept = Place::of(&operator.state).to_json();
    let title = operator.selected_title();
    assert!(
        !kept.contains(&title) && kept.contains(&operator.selected_id()),
        "{kept}"
    );
    assert!(!kept.contains("contoso"), "{kept}");
}

fn it_is_kept_rarely_and_only_when_it_is_another_one(service: &'static Service) {
    let mut operator = someone(service);
    operator.starts().rests();
    operator.advance(SignedDuration::from_secs(50));
    assert!(operator.kept.is_empty());
    operator.advance(SignedDuration::from_secs(20));
    assert_eq!(operator.kept.len(), 1);
    operator.advance(SignedDuration::from_mins(10));
    assert_eq!(operator.kept.len(), 1);
    for _ in 0..6 {
        operator.press("j").advance(SignedDuration::from_secs(30));
    }
    let times = operator.kept.len();
    assert!((3..=5).contains(&times), "{times}");
}

fn whoever_moves_on_meanwhile_is_not_taken_back(service: &'static Service) {
    let mut operator = someone(service);
    operator.starts().press("j j j j").rests();
    let place = Place::of(&operator.state);
    let mut later = back_at(service, &place);
    assert_eq!(Place::of(&later.state).selected, place.selected);
    later.starts().press("G").rests();
    let last = later.selected_id();
    later.advance(SignedDuration::from_mins(2));
    assert_eq!(later.selected_id(), last);
}

fn an_alert_that_is_gone_and_words_of_nobody_do_no_harm(service: &'static Service) {
    let place = Place {
        selected: Some("no such alert".to_owned()),
        sort: "by whim".to_owned(),
        focus: "elsewhere".to_owned(),
        zoom: "\u{1b}[2J".to_owned(),
        filter: "\u{1b}zzz".to_owned(),
        ..Place::default()
    };
    let mut operator = back_at(service, &place);
    operator.starts().rests();
    assert_eq!(operator.state.focus, Pane::List);
    operator.sees("no alert matches `zzz`").press("esc");
    let all = operator.shown_of(120);
    operator.sees(&format!("1 of {all}"));
}

fn what_was_typed_can_be_typed_again_the_next_time(service: &'static Service) {
    let mut operator = someone(service);
    operator.starts().rests();
    operator.press("/ s e v : h i g h enter / ctrl-u i s : o p e n enter");
    operator.press(": s o r t - o w n e r enter");
    let mut later = back_at(service, &Place::of(&operator.state));
    later.starts().rests();
    later
        .press("/ up")
        .sees("/is:open")
        .press("up")
        .sees("/sev:high");
    later.press("esc : up").sees(":sort-owner").press("esc");
}

fn marks_are_laid_on_when_their_alerts_come(service: &'static Service) {
    let mut operator = someone(service);
    operator.starts().press("j j space space j space").rests();
    let marked = operator.state.book.marked();
    assert!(marked >= 3);
    let place = Place::of(&operator.state);
    assert_eq!(place.marked.len(), marked);
    let mut later = back_at(service, &place);
    // Left again before anything came: they are not lost.
    assert_eq!(Place::of(&later.state).marked, place.marked);
    later.starts().rests();
    assert_eq!(Place::of(&later.state).marked, place.marked);
    later.sees(&format!("{marked} marked")).press("esc");
    assert!(Place::of(&later.state).marked.is_empty());
}

fn marks_of_alerts_that_are_gone_are_forgotten(service: &'static Service) {
    let gone = |number: usize| format!("gone {number}");
    let place = Place {
        marked: (0..5_000).map(gone).chain(["\u{1b}".to_owned()]).collect(),
        filters: vec!["x".repeat(5_000), "\u{1b}[2J".to_owned(), "good".to_owned()],
        commands: (0..5_000).map(|number| number.to_string()).collect(),
        ..Place::default()
    };
    let mut operator = back_at(service, &place);
    assert_eq!(operator.state.marks_to_come.len(), 1_000);
    operator.starts().rests();
    assert!(operator.state.marks_to_come.is_empty());
    let kept = Place::of(&operator.state);
    assert_eq!((kept.marked.len(), kept.commands.len()), (0, 50));
    assert_eq!(kept.filters, ["good"]);
}
