//! What came in the last 24 hours, below the list of a large screen.

use jiff::SignedDuration;
use ratatui::layout::Rect;
use ratatui::style::Color;
use vigie::theme::BuiltIn;
use vigie::theme::Depth;
use vigie::theme::Strokes;
use vigie::theme::Theme;

use crate::operator::Operator;

fn started(width: u16, height: u16) -> Operator {
    let mut operator = Operator::at(width, height, Operator::quiet(500));
    operator.starts().rests();
    operator
}

fn place(operator: &Operator) -> Rect {
    let (rule, below) = operator.state.panes().pulse.unwrap();
    rule.union(below)
}

/// The strip alone, as text.
fn strip(operator: &Operator) -> String {
    let area = place(operator);
    let screen = operator.screen();
    let rows = screen.lines().skip(area.y.into()).take(area.height.into());
    let within = |row: &str| row.chars().take(area.width.into()).collect::<String>();
    rows.map(|row| within(row).trim_end().to_owned() + "\n")
        .collect()
}

#[test]
fn it_is_told_by_the_hour_beside_other_panes_and_by_half_hours_above_them() {
    insta::assert_snapshot!("strip_200x60", strip(&started(200, 60)));
    insta::assert_snapshot!("strip_160x50", strip(&started(160, 50)));
}

#[test]
fn it_says_the_same_without_colour_and_in_ascii() {
    let mut operator = started(200, 60);
    let coloured = strip(&operator);
    let colours = |operator: &Operator| {
        let buffer = operator.buffer();
        let (area, mut colours) = (place(operator), Vec::new());
        for cell in area.positions() {
            let colour = buffer[cell].fg;
            if !colours.contains(&colour) {
                colours.push(colour);
            }
        }
        colours
    };
    assert!(colours(&operator).contains(&Color::Red));
    operator.theme = Theme::from(BuiltIn::Mono);
    assert_eq!(strip(&operator), coloured);
    assert_eq!(colours(&operator), [Color::Reset]);
    operator.theme = Theme::new(BuiltIn::Terminal, [], Depth::Sixteen, Strokes::Ascii);
    insta::assert_snapshot!("strip_200x60_ascii", strip(&operator));
}

#[test]
fn it_follows_what_comes_and_forgets_what_is_a_day_old() {
    let mut operator = started(200, 60);
    operator.sees(" 104 alerts in 24 hours ");
    operator.script().arrive();
    operator.advance(SignedDuration::from_mins(1));
    operator.sees(" 105 alerts in 24 hours ");
    // Minutes pass and polls bring nothing: not a cell of it changes.
    let before = strip(&operator);
    operator.advance(SignedDuration::from_mins(5));
    assert_eq!(strip(&operator), before);
    // A filter and a changed order are no news.
    operator.press("/ zzz enter >").rests();
    assert_eq!(strip(&operator), before);
    operator.press("esc").rests();
    operator.sleeps(SignedDuration::from_hours(25));
    operator.sees(" 0 alerts in 24 hours ");
    operator.sees("no alert came").sees("H").sees("max 0");
}

#[test]
fn a_list_that_wants_the_room_gets_it() {
    let mut operator = started(200, 60);
    operator.press("+").sees("alerts in 24 hours");
    operator.press("+").sees_no("alerts in 24 hours");
    operator.press("_ _ W").sees("by half hours");
    operator.resizes(200, 49);
    operator.sees_no("alerts in 24 hours");
    operator.resizes(200, 60);
    operator.press("?").sees_no("alerts in 24 hours");
}
