//! The program in lines: the same keys, and everything said once.

use jiff::SignedDuration;
use vigie::app::Event;
use vigie::runtime::linear::Linear;
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
