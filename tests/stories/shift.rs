//! A shift with the queue: views, a filter, marks, an overlay here and there, and back.
//! Each overlay that has no page of snapshots elsewhere has its own here.

use jiff::SignedDuration;

use crate::operator::Operator;

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 40), (200, 60)];

#[test]
fn every_overlay_at_every_size() {
    for (width, height) in SIZES {
        for (name, keys) in [
            ("palette", ":"),
            ("palette_search", ": mark"),
            ("palette_refusal", ": sort space colour"),
            ("filter", "3 / fi"),
            ("filter_refused", "/ sev:hgh enter"),
            ("help", "?"),
            ("help_search", "? / mark"),
            ("help_found", "? / mark enter"),
            ("log", "L"),
        ] {
            let mut operator = Operator::at(width, height, Operator::quiet(120));
            operator.starts().rests().press(keys);
            insta::assert_snapshot!(format!("{width}x{height}_{name}"), operator.screen());
        }
    }
}

#[test]
fn a_shift_from_the_first_look_to_the_last() {
    let mut operator = Operator::at(80, 24, Operator::quiet(300));
    operator.starts().rests();

    // What is late and severe first; of that one title, marked as a whole.
    operator.press("4 / sev:h tab enter").rests();
    operator.sees("[4 late*").sees("/.. sev:high");
    let late = operator.state.book.visible().len();
    assert!(late > 1, "{late}");
    let title = operator.selected_title();
    operator.press("*");
    let marked = operator.state.book.marked();
    assert!(marked > 0 && marked <= late, "{marked} of {late}");
    operator.sees(&format!("{marked} marked"));

    // A look at one of them, at the token, at the keys, at what happened.
    operator.press("enter").rests().sees("[Overview]");
    operator
        .press("t")
        .sees("─ token")
        .press("?")
        .sees("─ keys ─");
    operator
        .press("esc L")
        .sees("300 alerts loaded")
        .press("esc esc");

    // Another view meanwhile: the marks stay, and are found there by themselves.
    operator.press("0 / is:marked enter");
    assert_eq!(operator.state.book.visible().len(), marked);
    assert_eq!(operator.selected_title(), title);

    // Alerts come while the marks are looked at; nothing moves under the hand.
    let id = operator.selected_id();
    for _ in 0..5 {
        operator.script().arrive();
    }
    operator.advance(SignedDuration::from_mins(1));
    assert_eq!(operator.selected_id(), id);
    assert_eq!(operator.state.book.visible().len(), marked);

    // Step by step back to where the shift began: marks first, then the filter.
    operator.press("esc").sees_no(" marked");
    operator.press("esc").sees("[0 all 305]");
    operator.press("4 2 0").sees("[0 all 305]");
    assert!(!operator.quit);
    operator.press("q");
    assert!(operator.quit);
}
