//! Ten times as many alerts as vigie is made for: told, not wanted.

use std::time::Duration;
use std::time::Instant;

use vigie::app::Event;
use vigie::domain::alert::AlertPage;
use vigie::wire::page;

use crate::desk::Desk;
use crate::desk::USUAL;
use crate::memory;
use crate::polls;
use crate::polls::Changes;
use crate::table::Sample;
use crate::table::Table;
use crate::tenant::ALERTS;
use crate::tenant::Bodies;

const COPIES: usize = 10;

pub(crate) fn measure(bodies: &Bodies, table: &mut Table) {
    let changes = Changes::of(bodies);
    let mut desk = loaded(bodies);
    let mut told = |what: &str, times: Sample<Duration>| {
        table.note(&format!("1,000,000 alerts: {what}"), &times.in_words());
    };
    let held = (0..200).map(|_| key(&mut desk, "j"));
    told("a key held in the list", Sample::new(held.collect()));
    desk.press("/");
    let typed = ["p", "o", "w", "e", "r", "s", "h", "e", "l", "l"];
    let letters = typed.iter().map(|letter| key(&mut desk, letter));
    told("a letter of the filter", Sample::new(letters.collect()));
    desk.press("esc");
    desk.press("esc");
    let orders = (0..10).map(|_| key(&mut desk, ">"));
    told("another order", Sample::new(orders.collect()));
    let groups = (0..10).map(|_| key(&mut desk, "b"));
    told("other groups", Sample::new(groups.collect()));
    told(
        "a poll that changes 1,000",
        polls::polled(&mut desk, &changes),
    );
    for one in ["g", "v", "G"] {
        desk.press(one);
    }
    let all = Sample::new(vec![key(&mut desk, "v")]);
    told("all marked", all);
    drop(desk);
    memory::measure_many(COPIES, table);
}

fn key(desk: &mut Desk, key: &str) -> Duration {
    let begun = Instant::now();
    desk.press(key);
    desk.draw();
    begun.elapsed()
}

/// A million alerts: the tenant's, and the same with other ids and devices.
pub(crate) fn loaded(bodies: &Bodies) -> Desk {
    let mut desk = Desk::new(bodies, USUAL);
    for copy in 0..COPIES {
        let mut all = AlertPage::default();
        for body in bodies.pages_from(0) {
            let mut body = String::from_utf8(body).unwrap();
            if copy > 0 {
                body = body
                    .replace("\"id\":\"", &format!("\"id\":\"{copy}"))
                    .replace(
                        "\"computerDnsName\":\"",
                        &format!("\"computerDnsName\":\"{copy}"),
                    );
            }
            all.alerts
                .extend(page::read(body.as_bytes()).unwrap().alerts);
        }
        answer(&mut desk, all);
    }
    answer(&mut desk, AlertPage::default());
    desk.draw();
    assert_eq!(desk.state.book.counts().all, ALERTS * COPIES);
    desk
}

fn answer(desk: &mut Desk, page: AlertPage) {
    desk.pass(jiff::SignedDuration::from_millis(100));
    let poll = desk.asked_poll().unwrap();
    desk.apply(Event::AlertsPolled {
        poll,
        result: Ok(page),
    });
}
