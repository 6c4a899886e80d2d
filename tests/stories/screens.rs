//! Screens at a wide, a usual and a small size, for each overlay: read before they
//! are accepted. One more prints looks instead of text.

use jiff::SignedDuration;
use ratatui::style::Color;
use ratatui::style::Modifier;

use crate::operator::Operator;

fn started(width: u16, height: u16) -> Operator {
    let mut operator = Operator::at(width, height, Operator::quiet(120));
    operator.starts().rests();
    operator.script().arrive();
    operator.advance(SignedDuration::from_mins(1));
    operator
}

#[test]
fn the_list_with_what_fits_beside_it() {
    for (width, height) in [
        (200, 60),
        (120, 40),
        (100, 24),
        (80, 24),
        (60, 16),
        (40, 10),
        (20, 5),
        (19, 4),
    ] {
        let operator = started(width, height);
        insta::assert_snapshot!(format!("list_{width}x{height}"), operator.screen());
    }
}

#[test]
fn the_other_panes_at_80x24() {
    for (name, keys) in [
        ("alert", "j j enter"),
        ("alert_zoomed", "j j enter + +"),
        ("alert_as_json", "j j enter + + d"),
        ("token", "t"),
        ("no_peek", "p"),
        ("filter", "/ suspicious"),
        ("sort_menu", "S"),
        ("columns", "C j j j j j j j space"),
        ("grouped", "b b enter j space"),
        ("range", "j v j j"),
        ("help", "?"),
        ("log", "L"),
    ] {
        let mut operator = started(80, 24);
        operator.press(keys).rests();
        insta::assert_snapshot!(format!("80x24_{name}"), operator.screen());
    }
}

#[test]
fn every_pane_zoomed_at_120x40() {
    for (name, keys) in [
        ("list", "+"),
        ("alert", "enter +"),
        ("token", "t +"),
        ("token_full", "t + +"),
    ] {
        let mut operator = started(120, 40);
        operator.press(keys).rests();
        insta::assert_snapshot!(format!("120x40_zoomed_{name}"), operator.screen());
    }
}

#[test]
fn the_list_in_every_shape() {
    for (name, keys) in [
        ("grouped", "b b enter j space"),
        ("columns", "C j j j j j j j space"),
        ("sort_menu", "S"),
        ("wide", "W"),
    ] {
        for (width, height) in [(120, 40), (200, 60)] {
            let mut operator = started(width, height);
            operator.press(keys).rests();
            insta::assert_snapshot!(format!("{width}x{height}_{name}"), operator.screen());
        }
    }
}

#[test]
fn before_anything_is_known() {
    let operator = Operator::at(80, 24, Operator::quiet(10));
    insta::assert_snapshot!("80x24_before_sign_in", operator.screen());
}

/// Colour cannot be seen in text: each look is a letter here.
#[test]
fn the_looks_of_the_screen() {
    let operator = started(80, 24);
    let buffer = operator.buffer();
    let mut looks = String::new();
    for row in buffer.area.rows() {
        let mut line = String::new();
        for place in row.columns() {
            let cell = &buffer[(place.x, place.y)];
            line.push(if cell.symbol() == " " {
                ' '
            } else {
                look(cell.fg, cell.modifier)
            });
        }
        looks.push_str(line.trim_end());
        looks.push('\n');
    }
    insta::assert_snapshot!("80x24_looks", looks);
}

fn look(colour: Color, modifier: Modifier) -> char {
    let letter = match colour {
        Color::Reset => 't',
        Color::Red => 'r',
        Color::Yellow => 'y',
        Color::Blue => 'b',
        Color::Green => 'g',
        Color::Cyan => 'c',
        _ => '?',
    };
    if modifier.contains(Modifier::REVERSED) {
        '#'
    } else if modifier.contains(Modifier::DIM) {
        '.'
    } else if modifier.contains(Modifier::BOLD) {
        letter.to_ascii_uppercase()
    } else {
        letter
    }
}
