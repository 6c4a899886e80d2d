//! The configuration changes while the program runs.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use vigie::app::Event;
use vigie::app::Settings;
use vigie::app::alert_book::AlertKey;
use vigie::app::mouse::Whose;
use vigie::app::reread::Trouble;
use vigie::domain::alert::Severity;
use vigie::keymap::Keymap;

use crate::operator::Operator;

fn someone() -> Operator {
    let mut operator = Operator::at(120, 40, Operator::quiet(120));
    operator.state.settings.fixed = vec![("tenant", 1), ("auth", 1)];
    operator.starts().rests();
    operator
}

fn rereads(operator: &mut Operator, change: impl Fn(&mut Settings)) {
    let mut settings = operator.state.settings.clone();
    change(&mut settings);
    operator.happens(Event::ConfigRead(Ok(Box::new(settings))));
}

#[test]
fn keys_mouse_and_pace_change_at_once() {
    let mut operator = someone();
    rereads(&mut operator, |settings| {
        let keys = BTreeMap::from([("down".to_owned(), vec!["w".to_owned()])]);
        settings.keymap = Keymap::new(&keys).unwrap();
        settings.poll_every = SignedDuration::from_secs(10);
        settings.mouse = true;
    });
    operator.sees("configuration read again").press("w");
    operator.sees("2 of 120").press("j").sees("2 of 120");
    operator.sees("every 10s");
    assert_eq!(operator.state.mouse, Whose::Ours);
    let before = operator.asked("/api/alerts?");
    operator.advance(SignedDuration::from_secs(60));
    let polls = operator.asked("/api/alerts?") - before;
    assert!((5..=7).contains(&polls), "{polls}");
}

#[test]
fn what_a_person_switched_stays_when_the_file_says_nothing_new() {
    let mut operator = someone();
    operator.press("M");
    rereads(&mut operator, |_| {});
    assert_eq!(operator.state.mouse, Whose::Ours);
}

#[test]
fn what_takes_a_restart_is_named_and_stays() {
    let mut operator = someone();
    let tenant = operator.state.settings.tenant.clone();
    for _ in 0..2 {
        rereads(&mut operator, |settings| {
            "elsewhere.example".clone_into(&mut settings.tenant);
            settings.fixed = vec![("tenant", 2), ("auth", 1)];
        });
        operator.sees("configuration read again; restart for `tenant`");
        assert_eq!(operator.state.settings.tenant, tenant);
    }
}

#[test]
fn a_mistake_keeps_the_old_one_and_is_pointed_at_in_the_log() {
    let mut operator = someone();
    let before = operator.state.settings.clone();
    operator.happens(Event::ConfigRead(Err(Trouble {
        sentence: "`/home/me/.config/vigie/config.toml` line 7: unknown key `thema` at the top of the file; did you mean `theme`?"
            .to_owned(),
        pointer: vec!["thema = \"dark\"".to_owned(), "^".to_owned()],
    })));
    assert_eq!(operator.state.settings, before);
    operator
        .sees("configuration kept as it was: `/home/me")
        .press("L");
    insta::assert_snapshot!("120x40_log_with_a_pointer", operator.screen());
}

#[test]
fn other_waits_change_at_once_what_is_late_and_how_it_is_counted() {
    let late = |operator: &Operator| {
        let now = operator.state.minute();
        operator.state.book.late(now).late
    };
    let severities = |operator: &Operator| -> Vec<Severity> {
        let book = &operator.state.book;
        let rows = book.visible().iter().filter_map(|key| book.row(*key));
        rows.map(|row| row.severity).collect()
    };
    let mut operator = someone();
    operator.press("/ i s : l a t e enter g");
    let (before, shown) = (late(&operator), operator.state.book.visible().len());
    assert!(before > 0 && before == shown, "{before} {shown}");
    operator.sees(&format!("SLA {before} late"));
    let selected = operator.selected_id();
    rereads(&mut operator, |settings| {
        settings.late_after.high = SignedDuration::from_hours(24 * 365);
        settings.late_after.medium = SignedDuration::from_mins(1);
    });
    let (after, shown) = (late(&operator), operator.state.book.visible().len());
    assert!(after != before && after == shown, "{after} {shown}");
    operator.sees(&format!("SLA {after} late"));
    assert!(!severities(&operator).contains(&Severity::High));
    assert_ne!(operator.selected_id(), selected, "it is not late any more");
    operator.press("esc");
    // By severity, then by what is late: the deadlines of the medium ones moved, not
    // their order among themselves.
    let deadlines = |operator: &Operator, severity: Severity| -> Vec<_> {
        let book = &operator.state.book;
        let of = |key: &&AlertKey| book.row(**key).unwrap().severity == severity;
        let keys = book.visible().iter().filter(of);
        keys.filter_map(|key| book.deadline(*key)).collect()
    };
    for severity in [Severity::High, Severity::Medium] {
        let told = deadlines(&operator, severity);
        assert!(told.len() > 1 && told.is_sorted(), "{severity:?} {told:?}");
    }
}
