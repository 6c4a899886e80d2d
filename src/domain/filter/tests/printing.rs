//! Whatever tree there can be is written as text that parses to the same tree.

use fastrand::Rng;
use jiff::Timestamp;
use jiff::civil::date;

use crate::domain::alert::Severity;
use crate::domain::alert::Status;
use crate::domain::filter::Query;
use crate::domain::filter::ast::Compare;
use crate::domain::filter::ast::Is;
use crate::domain::filter::ast::Match;
use crate::domain::filter::ast::Node;
use crate::domain::filter::ast::Term;
use crate::domain::filter::field::FIELDS;
use crate::domain::filter::field::Field;
use crate::domain::filter::field::Takes;
use crate::domain::filter::when::When;

#[test]
fn a_tree_comes_back_from_its_text() {
    let mut dice = Rng::with_seed(11);
    for _ in 0..20_000 {
        let query = Query::new(node(&mut dice, 3));
        let text = query.to_string();
        assert_eq!(Query::parse(&text).as_ref(), Ok(&query), "{text}");
    }
}

fn one_of<T: Clone>(dice: &mut Rng, of: &[T]) -> T {
    of.get(dice.usize(0..of.len())).cloned().unwrap()
}

fn some_of<T: Copy + PartialEq>(dice: &mut Rng, of: &[T]) -> Vec<T> {
    let mut some = Vec::new();
    for _ in 0..dice.usize(1..4) {
        let one = one_of(dice, of);
        if !some.contains(&one) {
            some.push(one);
        }
    }
    some
}

fn node(dice: &mut Rng, deeper: u32) -> Node {
    if deeper == 0 {
        return Node::Term(term(dice));
    }
    let is_all = dice.bool();
    let mut parts = Vec::new();
    for _ in 0..dice.usize(1..4) {
        match (node(dice, deeper - 1), is_all) {
            (Node::All(more), true) | (Node::Any(more), false) => parts.extend(more),
            (other, _) => parts.push(other),
        }
    }
    let joined = match (parts.len(), is_all) {
        (1, _) => parts.pop().unwrap(),
        (_, true) => Node::All(parts),
        (_, false) => Node::Any(parts),
    };
    if dice.u8(0..4) == 0 {
        Node::Not(Box::new(joined))
    } else {
        joined
    }
}

fn term(dice: &mut Rng) -> Term {
    let row = FIELDS.get(dice.usize(0..FIELDS.len())).unwrap();
    let orders = [
        Compare::AtLeast,
        Compare::AtMost,
        Compare::Above,
        Compare::Below,
    ];
    match row.takes {
        Takes::Severity if dice.bool() => Term::Severity {
            compare: one_of(dice, &orders),
            any: vec![one_of(dice, &Severity::ALL)],
        },
        Takes::Severity => Term::Severity {
            compare: Compare::Equal,
            any: some_of(dice, &Severity::ALL),
        },
        Takes::Status => Term::Status(some_of(
            dice,
            &[
                Status::New,
                Status::InProgress,
                Status::Resolved,
                Status::Other,
            ],
        )),
        Takes::Is => Term::Is(some_of(dice, &Is::ALL)),
        Takes::Duration | Takes::Time => Term::Time {
            field: row.field,
            compare: if dice.bool() {
                Compare::Equal
            } else {
                one_of(dice, &orders)
            },
            when: when(dice, row.takes),
        },
        Takes::Text if dice.bool() => {
            let mut found = matching(dice);
            if found == Match::Contains(String::new()) {
                found = Match::Contains("x".to_owned());
            }
            Term::Word(found)
        }
        Takes::Text => {
            let exact = dice.u8(0..4) == 0;
            let any = (0..dice.usize(1..4))
                .map(|_| match matching(dice) {
                    _ if exact => Match::Exact(text(dice)),
                    Match::Contains(text) if row.field == Field::Incident => Match::Exact(text),
                    other => other,
                })
                .collect();
            Term::Text {
                field: row.field,
                any,
            }
        }
    }
}

fn when(dice: &mut Rng, takes: Takes) -> When {
    if takes == Takes::Duration || dice.bool() {
        let unit = one_of(dice, &[1, 60, 3_600, 86_400]);
        return When::Ago(dice.i64(0..40) * unit);
    }
    let day = date(2026, dice.i8(1..=12), dice.i8(1..=28));
    match dice.u8(0..3) {
        0 => When::Day(day),
        1 => When::Clock(day.at(dice.i8(0..24), dice.i8(0..60), dice.i8(0..60), 0)),
        _ => When::Moment(Timestamp::from_microsecond(dice.i64(0..2_000_000_000_000_000)).unwrap()),
    }
}

fn matching(dice: &mut Rng) -> Match {
    match dice.u8(0..4) {
        0 => {
            let plain: String = (0..dice.usize(0..6))
                .map(|_| one_of(dice, &['a', 'Z', '-', '.', 'é', '7', '?']))
                .collect();
            Match::Glob(format!("{plain}*"))
        }
        1 => Match::Regex(
            one_of(
                dice,
                &["a/b", "x\\\\/", "\\d+ (y|z)", "\"", "^!", "é,\\)", "\\\\"],
            )
            .to_owned(),
        ),
        _ => Match::Contains(text(dice)),
    }
}

/// Everything that means something to the lexer, and some that means nothing.
fn text(dice: &mut Rng) -> String {
    const LETTERS: [char; 27] = [
        'a', 'B', '3', ' ', '"', '\\', '/', '(', ')', '!', ',', ':', '=', '<', '>', '*', '?', '\'',
        '%', '&', '+', '#', 'é', '漢', '\u{1b}', '\n', '-',
    ];
    if dice.u8(0..8) == 0 {
        return one_of(dice, &["or", "AND", "sev:high", "!", "", "\\\\", "new"]).to_owned();
    }
    (0..dice.usize(0..8))
        .map(|_| one_of(dice, &LETTERS))
        .collect()
}
