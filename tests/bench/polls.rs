//! A poll that changes a thousand alerts of a hundred thousand: a key may wait for it.

use std::time::Duration;
use std::time::Instant;

use jiff::SignedDuration;
use serde_json::Value;
use vigie::app::Event;
use vigie::domain::alert::AlertPage;
use vigie::wire::page;

use crate::desk::Desk;
use crate::desk::USUAL;
use crate::table::Sample;
use crate::table::Table;
use crate::tenant::Bodies;
use crate::tenant::asked_at;

/// How many alerts a poll changes.
const CHANGED: usize = 1_000;
const POLLS: usize = 15;

pub(crate) fn measure(bodies: &Bodies, table: &mut Table) {
    let changes = Changes::of(bodies);
    let mut desk = Desk::loaded(bodies, USUAL, bodies.pages_from(0));
    for (keys, what) in [
        ("", "a poll that changes 1,000 of 100,000 alerts"),
        ("b", "the same with alerts grouped by title"),
        ("b", "the same grouped by incident"),
        (
            "b b b / s e v : h i g h enter",
            "the same with the filter `sev:high`",
        ),
    ] {
        for key in keys.split_whitespace() {
            desk.press(key);
        }
        let polls = polled(&mut desk, &changes);
        table.figure(
            what,
            "< 10 ms",
            &polls.in_words(),
            polls.median() < Duration::from_millis(10),
        );
    }
}

/// A thousand alerts from all over the tenant, to be told with another state.
pub(crate) struct Changes(Vec<Value>);

impl Changes {
    pub(crate) fn of(bodies: &Bodies) -> Self {
        let alerts = bodies.pages_from(0).flat_map(|body| {
            let mut page: Value = serde_json::from_slice(&body).unwrap();
            let alerts = page.get_mut("value").unwrap().take();
            let Value::Array(alerts) = alerts else {
                return Vec::new();
            };
            alerts
        });
        let changes: Vec<Value> = alerts.step_by(100).collect();
        assert_eq!(changes.len(), CHANGED);
        Self(changes)
    }

    /// The page of one poll: later than the one before, and never the same.
    fn page(&self, number: usize) -> AlertPage {
        let later = SignedDuration::from_secs(i64::try_from(number).unwrap() + 1);
        let status = if number.is_multiple_of(2) {
            "InProgress"
        } else {
            "New"
        };
        let mut alerts = self.0.clone();
        for alert in &mut alerts {
            let alert = alert.as_object_mut().unwrap();
            let time = (asked_at() + later).to_string();
            alert.insert("lastUpdateTime".to_owned(), time.into());
            alert.insert("status".to_owned(), status.into());
        }
        let body = serde_json::json!({ "value": alerts }).to_string();
        page::read(body.as_bytes()).unwrap()
    }
}

/// Times to take in such polls and to draw what they changed.
pub(crate) fn polled(desk: &mut Desk, changes: &Changes) -> Sample<Duration> {
    let first = desk.polls;
    desk.polls += POLLS;
    let time = |number| {
        let told = changes.page(number);
        desk.pass(SignedDuration::from_secs(5));
        desk.press("R");
        let poll = desk.asked_poll().unwrap();
        let begun = Instant::now();
        desk.apply(Event::AlertsPolled {
            poll,
            result: Ok(told),
        });
        desk.draw();
        begun.elapsed()
    };
    Sample::new((first..first + POLLS).map(time).collect())
}
