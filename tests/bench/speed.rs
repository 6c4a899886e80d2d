//! How long a key, a letter of the filter and a page take.

use std::time::Duration;
use std::time::Instant;

use vigie::app::Event;
use vigie::app::thousands;
use vigie::wire::page;

use crate::desk::Desk;
use crate::desk::USUAL;
use crate::table::Sample;
use crate::table::Table;
use crate::table::milliseconds;
use crate::tenant::ALERTS;
use crate::tenant::Bodies;
use crate::tenant::GRAPH_PAGE;
use crate::tenant::GRAPH_PAGES;
use crate::tenant::LARGE_PAGE;

const KEYS: usize = 400;
const PAGES: usize = 15;

/// Words as people type them: frequent, rare, several, absent, and a part of every id.
const TYPED: [&str; 5] = ["powershell", "high dc01", "mimikatz new", "xyzzy", "da63"];

pub(crate) fn measure(bodies: &Bodies, table: &mut Table) {
    let mut many = Desk::loaded(bodies, USUAL, bodies.pages_from(0));
    let mut few = Desk::loaded(bodies, USUAL, bodies.few_pages());
    assert_eq!(many.state.book.counts().all, ALERTS);
    assert_eq!(few.state.book.counts().all, 1_000);
    keys(&mut many, &mut few, table);
    filter(&mut many, table);
    order(&mut many, table);
    drop((many, few));
    pages(bodies, table);
}

/// Time for a key to be applied and drawn.
fn timed(desk: &mut Desk, work: impl FnOnce(&mut Desk)) -> Duration {
    let start = Instant::now();
    work(desk);
    desk.draw();
    start.elapsed()
}

fn key(desk: &mut Desk, key: &str) -> Duration {
    timed(desk, |desk| desk.press(key))
}

fn keys(many: &mut Desk, few: &mut Desk, table: &mut Table) {
    let held = |desk: &mut Desk| {
        desk.press("g");
        Sample::new((0..KEYS).map(|_| key(desk, "j")).collect())
    };
    // Once for the caches; then the two in turn, so that a busy moment meets both.
    held(many);
    held(few);
    let (with_many, with_few) = (held(many), held(few));
    table.figure(
        "a key held in the list, update and draw, 100,000 alerts",
        "< 1 ms",
        &with_many.in_words(),
        with_many.median() < Duration::from_millis(1),
    );
    let ratio = with_many.median().as_secs_f64() / with_few.median().as_secs_f64();
    table.figure(
        "the same, compared to 1,000 alerts",
        "ratio < 2",
        &format!("{ratio:.2} ({})", with_few.in_words()),
        ratio < 2.0,
    );
    let far = [
        "G", "k", "ctrl-u", "ctrl-d", "tab", "j", "tab", "j", "tab", "g",
    ];
    let mixed = Sample::new(
        (0..KEYS / 10)
            .flat_map(|_| far)
            .map(|one| key(many, one))
            .collect(),
    );
    table.figure(
        "other keys: ends, pages, panes, scrolling a pane",
        "< 1 ms",
        &mixed.in_words(),
        mixed.median() < Duration::from_millis(1),
    );
    let follows = Sample::new(
        (0..KEYS)
            .map(|_| {
                many.press("j");
                timed(many, Desk::rest)
            })
            .collect(),
    );
    table.figure(
        "the detail follows when the key rests",
        "< 1 ms",
        &follows.in_words(),
        follows.median() < Duration::from_millis(1),
    );
}

/// A filter of fields, as it is typed.
const FIELDS_TYPED: &str = "sev>=med dev:FIN* !user:svc";
/// Patterns, the slowest way to look.
const PATTERNS_TYPED: &str = "/power(shell|cat)/ dev:/^srv-\\d+/";

fn filter(desk: &mut Desk, table: &mut Table) {
    typed(desk, table, &TYPED, "a letter of the filter or a backspace");
    typed(
        desk,
        table,
        &[FIELDS_TYPED],
        &format!("the same for `{FIELDS_TYPED}`"),
    );
    typed(
        desk,
        table,
        &[PATTERNS_TYPED],
        &format!("the same for `{}`", PATTERNS_TYPED.replace('|', "\\|")),
    );
}

fn typed(desk: &mut Desk, table: &mut Table, texts: &[&str], what: &str) {
    let mut times = Vec::new();
    let mut first_letters = Vec::new();
    for word in texts {
        for _ in 0..3 {
            desk.press("/");
            for (index, letter) in word.chars().enumerate() {
                let name = if letter == ' ' {
                    "space".to_owned()
                } else {
                    letter.to_string()
                };
                let time = key(desk, &name);
                times.push(time);
                if index == 0 {
                    first_letters.push(time);
                }
            }
            for _ in word.chars() {
                times.push(key(desk, "backspace"));
            }
            desk.press("esc");
        }
    }
    let times = Sample::new(times);
    table.figure(
        &format!("{what}, 100,000 alerts"),
        "< 16 ms",
        &times.in_words(),
        times.worst() < Duration::from_millis(16),
    );
    table.note(
        "of these the first letters",
        &Sample::new(first_letters).in_words(),
    );
}

/// Order, shape and marks of the whole list.
fn order(desk: &mut Desk, table: &mut Table) {
    let sorted = Sample::new((0..20).map(|_| key(desk, ">")).collect());
    table.figure(
        "another order for 100,000 alerts",
        "< 50 ms",
        &sorted.in_words(),
        sorted.worst() < Duration::from_millis(50),
    );
    let grouped = Sample::new((0..15).map(|_| key(desk, "b")).collect());
    table.figure(
        "other groups for 100,000 alerts",
        "< 50 ms",
        &grouped.in_words(),
        grouped.worst() < Duration::from_millis(50),
    );
    let marked = Sample::new(
        (0..9)
            .map(|_| {
                for one in ["g", "v", "G"] {
                    desk.press(one);
                }
                let time = key(desk, "v");
                desk.press("esc");
                time
            })
            .collect(),
    );
    table.figure(
        "all 100,000 alerts marked",
        "< 5 ms",
        &marked.in_words(),
        marked.median() < Duration::from_millis(5),
    );
    let alike = Sample::new((0..10).map(|_| key(desk, "*")).collect());
    table.figure(
        "all alike marked among 100,000",
        "< 5 ms",
        &alike.in_words(),
        alike.median() < Duration::from_millis(5),
    );
    desk.press("esc");
    let held = Sample::new((0..KEYS).map(|_| key(desk, "j")).collect());
    desk.press("b");
    let headings = Sample::new((0..KEYS).map(|_| key(desk, "j")).collect());
    for _ in 0..4 {
        desk.press("b");
    }
    table.note(
        "a key held in the list of alerts; among the headings of groups",
        &format!("{}; {}", held.in_words(), headings.in_words()),
    );
}

fn pages(bodies: &Bodies, table: &mut Table) {
    let plain = bodies.large_page();
    let with_evidence = bodies.large_page_with_evidence();
    let empty = Desk::new(bodies, USUAL);
    // Everything but the large page and a little more.
    let rest = Desk::loaded(bodies, USUAL, bodies.pages_from(6));
    let (parsing, merging, both) = merged(&empty, &plain);
    table.figure(
        &format!(
            "a page of 10,000 alerts parsed and merged, {} bytes each",
            thousands(plain.len() / LARGE_PAGE)
        ),
        "< 100 ms",
        &format!(
            "{} (parsed {}, merged {})",
            both.in_words(),
            milliseconds(parsing.median()),
            milliseconds(merging.median())
        ),
        both.median() < Duration::from_millis(100),
    );
    let (_, merging, both) = merged(&rest, &plain);
    table.figure(
        &format!(
            "the same page with {} alerts there",
            thousands(rest.state.book.counts().all)
        ),
        "< 100 ms",
        &format!(
            "{} (merged {})",
            both.in_words(),
            milliseconds(merging.median())
        ),
        both.median() < Duration::from_millis(100),
    );
    let (_, _, both) = merged(&empty, &with_evidence);
    table.note(
        &format!(
            "the same with evidence, {} bytes each",
            thousands(with_evidence.len() / LARGE_PAGE)
        ),
        &both.in_words(),
    );
    graph_pages(bodies, &rest, table);
    let next = bodies.pages_from(1).next().unwrap();
    let (_, merging, _) = merged(&rest, &next);
    table.note(
        "a page of 2,000 as the dashboard asks for them: what a key may wait for",
        &merging.in_words(),
    );
}

/// Pages of Graph are smaller, and carry the evidence of each alert.
fn graph_pages(bodies: &Bodies, rest: &Desk, table: &mut Table) {
    let pages = bodies.graph_pages();
    let bytes: usize = pages.iter().map(Vec::len).sum();
    let mut parsing = Vec::new();
    let mut merging = Vec::new();
    for page in &pages {
        let (parsed, merged, _) = merged(rest, page);
        parsing.push(parsed.median());
        merging.push(merged.median());
    }
    let all: Duration = parsing.iter().chain(&merging).sum();
    let (parsing, merging) = (Sample::new(parsing), Sample::new(merging));
    table.figure(
        &format!(
            "10,000 alerts of Graph in pages of 1,000 parsed and merged, evidence and all, {} bytes each",
            thousands(bytes / (GRAPH_PAGES * GRAPH_PAGE))
        ),
        "a page < 100 ms",
        &format!(
            "{} (a page parsed {}, merged {})",
            milliseconds(all),
            milliseconds(parsing.median()),
            milliseconds(merging.median())
        ),
        parsing.median() + merging.median() < Duration::from_millis(100),
    );
}

/// Times to parse a page, to merge and draw it, and for both.
fn merged(start: &Desk, body: &[u8]) -> (Sample<Duration>, Sample<Duration>, Sample<Duration>) {
    let mut parsing = Vec::new();
    let mut merging = Vec::new();
    for _ in 0..PAGES {
        let mut desk = start.resized(USUAL);
        if start.state.book.counts().all > 0 {
            desk.press("R");
        }
        let poll = desk.asked_poll().unwrap();
        let begun = Instant::now();
        let page = page::read(body).unwrap();
        parsing.push(begun.elapsed());
        merging.push(timed(&mut desk, |desk| {
            desk.apply(Event::AlertsPolled {
                poll,
                result: Ok(page),
            });
        }));
    }
    let both = parsing
        .iter()
        .zip(&merging)
        .map(|(one, other)| *one + *other)
        .collect();
    (
        Sample::new(parsing),
        Sample::new(merging),
        Sample::new(both),
    )
}
