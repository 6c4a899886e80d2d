//! What moving the cursor sends to the terminal.

use std::collections::HashMap;

use jiff::SignedDuration;
use ratatui::layout::Size;
use vigie::app::Effect;
use vigie::app::Event;
use vigie::domain::alert::Alert;
use vigie::domain::alert::AlertId;
use vigie::wire::page;

use crate::desk::Desk;
use crate::desk::USUAL;
use crate::table::Sample;
use crate::table::Table;
use crate::tenant::Bodies;

const MOVES: usize = 200;

const SIZES: [Size; 3] = [
    Size {
        width: 80,
        height: 24,
    },
    USUAL,
    Size {
        width: 200,
        height: 60,
    },
];

pub(crate) fn measure(bodies: &Bodies, table: &mut Table) {
    let start = Desk::loaded(bodies, USUAL, bodies.pages_from(0));
    let evidence: HashMap<AlertId, Alert> = page::read(&bodies.large_page_with_evidence())
        .unwrap()
        .alerts
        .into_iter()
        .map(|alert| (alert.id.clone(), alert))
        .collect();
    for size in SIZES {
        held(&start, size, table);
        rested(&start, size, &evidence, table);
    }
}

/// The key is held: nothing follows.
fn held(start: &Desk, size: Size, table: &mut Table) {
    let mut desk = start.resized(size);
    let (mut within, mut scrolling) = (Vec::new(), Vec::new());
    let both_ways = std::iter::repeat_n("j", MOVES).chain(std::iter::repeat_n("k", MOVES));
    for key in both_ways {
        let top = desk.state.cursor.top();
        desk.press(key);
        let bytes = desk.draw();
        if desk.state.cursor.top() == top {
            within.push(bytes);
        } else {
            scrolling.push(bytes);
        }
    }
    let all: Vec<usize> = within.iter().chain(&scrolling).copied().collect();
    let all = Sample::new(all);
    table.figure(
        &format!("cursor moves with the key held at {size}"),
        "< 600 bytes",
        &all.in_words(),
        all.worst() < 600,
    );
    table.note(
        &format!("of these at {size}: on the same rows; scrolling by one row"),
        &format!(
            "{}; {}",
            Sample::new(within).in_words(),
            Sample::new(scrolling).in_words()
        ),
    );
}

/// The key rests after each move: the detail follows, then the evidence.
fn rested(start: &Desk, size: Size, evidence: &HashMap<AlertId, Alert>, table: &mut Table) {
    let mut desk = start.resized(size);
    let (mut following, mut arriving) = (Vec::new(), Vec::new());
    for _ in 0..MOVES {
        desk.press("j");
        let moved = desk.draw();
        desk.rest();
        following.push(moved + desk.draw());
        // Long enough for the evidence to be asked for.
        desk.pass(SignedDuration::from_millis(500));
        desk.draw();
        for effect in std::mem::take(&mut desk.effects) {
            if let Effect::ReadAlert { id } = effect {
                let result = Ok(evidence.get(&id).cloned().unwrap());
                desk.apply(Event::AlertRead { id, result });
                arriving.push(desk.draw());
            } else {
                desk.effects.push(effect);
            }
        }
    }
    let following = Sample::new(following);
    table.figure(
        &format!("a cursor move with the detail following at {size}"),
        "< 2,560 bytes",
        &following.in_words(),
        following.worst() < 2_560,
    );
    if !arriving.is_empty() {
        table.note(
            &format!("then the evidence arriving at {size}"),
            &Sample::new(arriving).in_words(),
        );
    }
}
