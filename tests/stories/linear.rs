//! The program in lines: the same keys, and everything said once.

use jiff::SignedDuration;
use vigie::app::Event;
use vigie::runtime::linear::Linear;
use vigie::sim::Findings;
use vigie::view::linear::Voice;

use crate::operator::Operator;

struct Listener {
    operator: Operator,
    voice: Voice,
    heard: String,
}

impl Listener {
    fn new() -> Self {
        let mut listener = Self {
            operator: Operator::at(80, 24, Operator::quiet(60)),
            voice: Voice::default(),
            heard: String::new(),
        };
        listener.hears();
        listener.operator.starts();
        listener.hears();
        listener
    }

    fn hears(&mut self) -> Vec<String> {
        let lines = self.voice.tell(&self.operator.state);
        for line in &lines {
            self.heard.push_str(line);
            self.heard.push('\n');
        }
        lines
    }

    /// A key, and after it the pause in which the detail follows.
    fn presses(&mut self, keys: &str) -> Vec<String> {
        let mut lines = Vec::new();
        for key in keys.split(' ') {
            self.heard.push_str("\n$ ");
            self.heard.push_str(key);
            self.heard.push('\n');
            self.operator.press(key);
            lines.extend(self.hears());
            self.operator.rests();
            lines.extend(self.hears());
        }
        lines
    }
}

#[test]
fn a_shift_heard_and_not_seen() {
    let mut listener = Listener::new();
    listener.presses("j j enter esc / l s a s s enter esc S s : p e e esc d d");
    insta::assert_snapshot!("linear_shift", listener.heard);
}

#[test]
fn help_token_and_log_are_read_out_and_left_again() {
    let mut listener = Listener::new();
    let help = listener.presses("?");
    assert!(help.iter().any(|line| line == "LIST OF ALERTS"), "{help:?}");
    assert!(help.iter().any(|line| line.contains("60")), "{help:?}");
    let back = listener.presses("esc");
    assert!(
        back.iter().any(|line| line.starts_with("1 of 60: ")),
        "{back:?}"
    );
    let token = listener.presses("t");
    assert!(
        token.iter().any(|line| line.contains("Alert.ReadWrite")),
        "{token:?}"
    );
    let log = listener.presses("L");
    assert!(
        log.iter().any(|line| line.contains("60 alerts loaded")),
        "{log:?}"
    );
}

#[test]
fn groups_are_read_with_what_they_hold_and_their_folds() {
    let mut listener = Listener::new();
    let said = listener.presses("b");
    assert!(said.contains(&"group by title".to_owned()), "{said:?}");
    listener.presses("g");
    let heading = listener.presses("G").join("; ");
    assert!(heading.contains("group "), "{heading}");
    let first = listener.presses("g").join("; ");
    let words = ["1 of ", "group ", "alert", "worst ", "folded"];
    assert!(words.iter().all(|word| first.contains(word)), "{first}");
    let unfolded = listener.presses("enter").join("; ");
    assert!(unfolded.contains(", unfolded"), "{unfolded}");
    let inside = listener.presses("j").join("; ");
    assert!(
        inside.contains("2 of ") && !inside.contains("group "),
        "{inside}"
    );
    let marked = listener.presses("k space").join("; ");
    assert!(marked.contains(" marked"), "{marked}");
    let said = listener.presses("b b b b");
    assert!(said.contains(&"no groups".to_owned()), "{said:?}");
    insta::assert_snapshot!("linear_groups", listener.heard);
}

#[test]
fn a_hunt_is_heard_column_by_column() {
    let mut listener = Listener::new();
    listener.presses("/ p o w e r s h e l l enter enter");
    let menu = listener.presses("H").join(" ");
    assert!(
        menu.contains("powershell.exe") && menu.contains("45/min"),
        "{menu}"
    );
    let found = listener.presses("d").join(" ");
    assert!(found.contains("rows: Timestamp 2026-11-"), "{found}");
    let next = listener.presses("l").join(" ");
    assert!(next.contains(" rows: Source "), "{next}");
    let marked = listener.presses("space k").join(" ");
    assert!(marked.contains(", marked: Source "), "{marked}");
    let counted = listener.presses("f").join(" ");
    assert!(counted.contains(" values in Source: "), "{counted}");
    assert!(counted.contains(" DeviceProcessEvents"), "{counted}");
    listener.operator.script().next_hunt_finds(Findings {
        rows: 0,
        columns: 2,
        cell: 1,
    });
    let nothing = listener.presses("r").join(" ");
    assert!(nothing.contains(": found nothing"), "{nothing}");
    // Why keys are missing of the other menu is heard as well.
    listener.operator.state.settings.deciding.read_only = true;
    let menu = listener.presses("esc !").join(" ");
    assert!(menu.contains("; this profile is read-only"), "{menu}");
}

#[test]
fn marks_ranges_and_the_hold_are_said() {
    let mut listener = Listener::new();
    let said = listener.presses("space");
    assert!(said.contains(&"1 marked".to_owned()), "{said:?}");
    let said = listener.presses("k");
    assert!(
        said.iter().any(|line| line.contains(": marked, ")),
        "{said:?}"
    );
    let said = listener.presses("v");
    assert!(said.contains(&"range begun".to_owned()), "{said:?}");
    let said = listener.presses("j j v");
    assert!(said.contains(&"range ended".to_owned()), "{said:?}");
    assert!(said.contains(&"3 marked".to_owned()), "{said:?}");
    let said = listener.presses("*");
    assert!(
        said.iter().any(|line| line.ends_with(" marked")),
        "{said:?}"
    );
    let said = listener.presses("esc");
    assert!(said.contains(&"0 marked".to_owned()), "{said:?}");
    let said = listener.presses("f f");
    let held = ["list frozen", "list live again"].map(str::to_owned);
    assert!(held.iter().all(|line| said.contains(line)), "{said:?}");
    insta::assert_snapshot!("linear_marks", listener.heard);
}

#[test]
fn columns_are_chosen_by_ear() {
    let mut listener = Listener::new();
    let said = listener.presses("C");
    assert!(
        said.iter().any(|line| line.starts_with("columns: ")),
        "{said:?}"
    );
    let first = said.last().unwrap().clone();
    let second = vec![listener.presses("j j j").pop().unwrap()];
    assert_ne!(second, [first]);
    let toggled = listener.presses("space");
    assert!(toggled.len() == 1 && toggled != second, "{toggled:?}");
    let again = listener.presses("space");
    assert_eq!(again, second);
    let raised = listener.presses("K");
    assert!(!raised.is_empty(), "where it went is said");
    listener.presses("0 esc");
    insta::assert_snapshot!("linear_columns", listener.heard);
}

#[test]
fn views_are_said_with_their_numbers_and_their_changes() {
    let mut listener = Listener::new();
    let said = listener.presses("3");
    let view = said
        .iter()
        .find(|line| line.starts_with("view 3 unassigned: "));
    assert!(
        view.is_some_and(|line| line.ends_with(" of 60")),
        "{said:?}"
    );
    let said = listener.presses("/ h tab enter");
    assert!(
        said.contains(&"view 3 unassigned, changed".to_owned()),
        "{said:?}"
    );
    assert!(
        said.iter().any(|line| line.contains("sev:high")),
        "{said:?}"
    );
    let said = listener.presses("9");
    assert!(
        said.iter()
            .any(|line| line.contains("no view is on this key")),
        "{said:?}"
    );
    let said = listener.presses("0").join("; ");
    assert!(said.contains("view 0 all: 60 of 60"), "{said}");
    insta::assert_snapshot!("linear_views", listener.heard);
}

#[test]
fn silence_while_nothing_changes_and_all_of_what_comes() {
    let mut listener = Listener::new();
    listener.presses("j");
    for _ in 0..10 {
        listener.operator.advance(SignedDuration::from_mins(1));
        assert_eq!(listener.hears(), Vec::<String>::new());
    }
    for _ in 0..8 {
        listener.operator.script().arrive();
    }
    listener.operator.advance(SignedDuration::from_mins(1));
    let lines = listener.hears();
    assert!(
        lines.iter().any(|line| line.contains("8 new, worst")),
        "{lines:?}"
    );
    assert_eq!(
        lines
            .iter()
            .filter(|line| line.starts_with("new: "))
            .count(),
        5
    );
    assert!(lines.iter().any(|line| line == "and 3 more"), "{lines:?}");
}

#[test]
fn a_hostile_title_moves_nothing() {
    let mut listener = Listener::new();
    listener.presses("/ x 1 b enter");
    let said = listener.heard.replace('\n', "");
    assert!(!said.contains(char::is_control), "{said:?}");
}

#[test]
fn lines_end_as_a_raw_terminal_wants_them() {
    let mut operator = Operator::at(80, 24, Operator::quiet(60));
    let mut bytes = Vec::new();
    let mut lines = Linear::new(&mut bytes);
    lines.tell(&operator.state).unwrap();
    operator.starts();
    lines.tell(&operator.state).unwrap();
    operator.happens(Event::Woke);
    lines.tell(&operator.state).unwrap();
    let text = String::from_utf8(bytes).unwrap();
    assert!(text.contains("60 alerts loaded\r\n"), "{text}");
    assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
    assert!(!text.contains('\u{1b}'));
}
