//! Somebody who never saw the program finds what the README says, by its keys and by
//! what the screen itself offers.

use jiff::SignedDuration;
use vigie::domain::alert::Severity;

use crate::operator::Operator;

/// More keys than this nobody should need.
const MOST: usize = 14;

/// The line of keys in the README.
fn keys() -> &'static str {
    let readme = include_str!("../../README.md");
    let section = readme.split("### The first search").nth(1).unwrap();
    let block = section.split("```text").nth(1).unwrap();
    block.trim_start().lines().next().unwrap()
}

#[test]
fn the_first_search_of_the_readme_takes_few_keys_and_finds_everything() {
    let mut operator = Operator::at(80, 24, Operator::quiet(2_000));
    operator.starts().rests();
    let mut keys = keys().split_whitespace();
    let count = keys.clone().count();
    assert!(count <= MOST, "{count} keys");
    // What a person reads before each key, or few keys, that come next.
    for (seen, taken) in [
        ("3 unas", 1),
        ("/ filter", 1),
        ("a word, high, 2h, or  sev:", 1),
        ("sev:high  dev:", 0),
        ("tab complete", 1),
        ("/is:unassigned is:open sev:high", 2),
        ("group:Finance", 1),
        ("group:Finance", 2),
        ("age<2h", 1),
        ("age<2h", 0),
        ("enter keep", 1),
        ("S sort", 1),
        ("a oldest", 1),
    ] {
        operator.sees(seen);
        for key in keys.by_ref().take(taken) {
            operator.press(key);
        }
    }
    assert_eq!(keys.next(), None);
    operator
        .sees("[3 unassigned* 369] /.. sev:high group:Finance age<2h sort oldest")
        .rests();

    let since = operator.now().wall - SignedDuration::from_hours(2);
    let book = &operator.state.book;
    let mut expected: Vec<_> = book
        .keys_from(0)
        .filter_map(|key| book.row(key))
        .filter(|row| {
            row.severity == Severity::High
                && row.status.is_open()
                && book.text(row.assigned_to).original().is_empty()
                && book.text(row.group).original() == "Finance"
                && row.created.is_some_and(|created| created > since)
        })
        .map(|row| (row.created, row.id.clone()))
        .collect();
    expected.sort();
    let found: Vec<_> = book
        .visible()
        .iter()
        .filter_map(|key| book.row(*key))
        .map(|row| (row.created, row.id.clone()))
        .collect();
    assert_eq!(found, expected);
    assert!(found.len() > 1, "{found:?}");
    insta::assert_snapshot!(operator.screen());
}
