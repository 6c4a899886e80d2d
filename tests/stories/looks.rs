//! What the screen looks like by choice: lines in ASCII, themes, and none by accident.

use ratatui::layout::Position;
use ratatui::style::Color;
use vigie::app::Event;
use vigie::app::mouse::Did;
use vigie::app::mouse::Mouse;
use vigie::app::panes::Pane;
use vigie::theme::BuiltIn;
use vigie::theme::Depth;
use vigie::theme::Strokes;
use vigie::theme::Theme;

use crate::operator::Operator;

const EVERYTHING: [&str; 10] = [
    "",
    "j j enter",
    "enter + + d",
    "t",
    "/ zzz",
    "S",
    "?",
    "L",
    ":",
    "t + +",
];

fn at(width: u16, height: u16, theme: Theme) -> Operator {
    let mut operator = Operator::at(width, height, Operator::quiet(120));
    operator.theme = theme;
    operator.starts().rests();
    operator
}

#[test]
fn a_frame_in_ascii_is_in_ascii() {
    let ascii = Theme::new(BuiltIn::Terminal, [], Depth::Sixteen, Strokes::Ascii);
    for (width, height) in [(200, 60), (120, 40), (80, 24), (60, 16)] {
        for keys in EVERYTHING {
            let mut operator = at(width, height, ascii.clone());
            operator.press(keys).rests();
            let screen = operator.screen();
            // A name of a file is the service's own, whatever it is written with.
            let ours = |letter: char| !letter.is_ascii() && !letter.is_alphanumeric();
            let strange = screen.find(ours).map(|at| screen.split_at(at).1);
            assert_eq!(strange, None, "{width}x{height} `{keys}`");
        }
    }
    let mut operator = at(80, 24, ascii);
    operator.press("?");
    insta::assert_snapshot!("80x24_help_in_ascii", operator.screen());
}

/// Each theme says the same: only the looks differ.
#[test]
fn every_theme_draws_the_same_text_and_mono_without_colour() {
    let expected = at(120, 40, Theme::from(BuiltIn::Terminal)).screen();
    for base in [
        BuiltIn::Dark,
        BuiltIn::Light,
        BuiltIn::HighContrast,
        BuiltIn::Mono,
    ] {
        let operator = at(120, 40, Theme::from(base));
        assert_eq!(operator.screen(), expected, "{base:?}");
        let buffer = operator.buffer();
        let coloured = buffer
            .content
            .iter()
            .filter(|cell| (cell.fg, cell.bg) != (Color::Reset, Color::Reset))
            .count();
        assert_eq!(coloured == 0, base == BuiltIn::Mono, "{base:?}");
    }
}

fn does(operator: &mut Operator, did: Did, x: u16, y: u16) {
    let at = Position::new(x, y);
    operator.happens(Event::Moused(Mouse { at, did }));
}

#[test]
fn the_wheel_scrolls_what_is_under_it_and_a_click_goes_there() {
    let mut operator = at(120, 40, Theme::from(BuiltIn::Terminal));
    does(&mut operator, Did::Clicked, 20, 6);
    operator.sees("1 of 120");
    operator.press("M").sees("the mouse is vigie's");
    // The head has two lines and the list one of names.
    does(&mut operator, Did::Clicked, 20, 6);
    operator.sees("4 of 120");
    does(&mut operator, Did::WheelDown, 20, 6);
    operator.sees("7 of 120");
    does(&mut operator, Did::WheelUp, 20, 6);
    operator.sees("4 of 120");
    // Over the token the wheel scrolls the token, and the list keeps the focus.
    does(&mut operator, Did::WheelDown, 100, 30);
    assert_eq!(
        (operator.state.claims_top, operator.state.focus),
        (3, Pane::List)
    );
    does(&mut operator, Did::Clicked, 100, 30);
    assert_eq!(operator.state.focus, Pane::Claims);
    does(&mut operator, Did::Clicked, 20, 2);
    assert_eq!(operator.state.focus, Pane::List);
    operator.sees("4 of 120");
    // Outside of all panes, and below the last alert, nothing happens.
    does(&mut operator, Did::Clicked, 20, 0);
    does(&mut operator, Did::WheelDown, 20, 39);
    operator.sees("4 of 120").press("/ zzz");
    does(&mut operator, Did::Clicked, 20, 6);
    operator.press("esc ?");
    does(&mut operator, Did::WheelDown, 20, 6);
    operator
        .sees_no("LIST OF ALERTS")
        .press("esc : m o u s e enter");
    operator.sees("the terminal's again");
    does(&mut operator, Did::WheelDown, 20, 6);
    operator.sees("4 of 120");
}
