//! The palette: what is typed is found, what is chosen is done, and why it cannot be.

use crate::operator::Operator;

#[test]
fn an_action_is_found_by_a_few_letters_and_done() {
    let mut operator = Operator::at(80, 24, Operator::quiet(30));
    operator.starts().rests();
    operator.press(":").sees("─ palette").sees("read the alert");
    operator.press("s r t m").sees("> sort-menu");
    operator.press("enter").sees("sort by").press("esc");
    // Keys are letters while something is typed.
    operator.press(": q").sees(":q").press("esc");
    assert!(!operator.quit);
}

#[test]
fn the_chosen_entry_moves_and_stays_in_sight() {
    let mut operator = Operator::at(60, 16, Operator::quiet(5));
    operator.starts().rests().press(":");
    for _ in 0..18 {
        operator.press("down");
    }
    operator.sees("> ");
    for _ in 0..60 {
        operator.press("down");
    }
    operator.sees("> interrupt");
    for _ in 0..60 {
        operator.press("up");
    }
    operator.sees("> open");
}

#[test]
fn what_cannot_be_done_says_why() {
    let mut operator = Operator::at(100, 24, Operator::quiet(0));
    operator.starts().rests();
    operator.press(": o p e n").sees("(no alert is selected)");
    operator.press("enter").sees("no alert is selected");
    operator
        .press(": z z z")
        .sees("nothing here is called that");
    operator.press("enter").sees("nothing here is called that");
}
