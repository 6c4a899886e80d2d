//! An hour in which nothing happens at the service, without a clock.

use jiff::SignedDuration;
use vigie::app;
use vigie::app::Effect;
use vigie::app::Event;
use vigie::domain::alert::AlertPage;
use vigie::domain::moment::Steady;

use crate::desk::Desk;
use crate::desk::USUAL;
use crate::table::Sample;
use crate::table::Table;
use crate::tenant::Bodies;

const HOUR: SignedDuration = SignedDuration::from_hours(1);
/// How long the service takes to answer.
const ANSWER: SignedDuration = SignedDuration::from_millis(120);

/// Wake-ups and bytes by what they were for.
#[derive(Default)]
struct Hour {
    polls: usize,
    /// Bytes of polls in a minute in which there was one already: the head tells the
    /// minute of the last poll, so these change nothing on screen.
    poll_bytes: Vec<usize>,
    ticks: usize,
    tick_bytes: Vec<usize>,
    renewals: usize,
    /// Wake-ups with a reason of their own: a notice that goes, the detail.
    others: usize,
    other_bytes: usize,
    idle: usize,
    bytes: usize,
}

pub(crate) fn measure(bodies: &Bodies, table: &mut Table) {
    let mut desk = Desk::loaded(bodies, USUAL, bodies.few_pages());
    settle(&mut desk);
    let hour = live(&mut desk);
    let wakeups = hour.polls + hour.ticks + hour.renewals + hour.others + hour.idle;
    table.figure(
        "an idle hour: wake-ups without any reason",
        "0",
        &format!("{} of {wakeups}", hour.idle),
        hour.idle == 0,
    );
    table.note(
        "its wake-ups by reason",
        &format!(
            "{} polls, {} minutes, {} token renewals, {} for notices",
            hour.polls, hour.ticks, hour.renewals, hour.others
        ),
    );
    let polls = Sample::new(hour.poll_bytes);
    table.figure(
        "a poll that brings nothing and is not the first of its minute",
        "0 bytes",
        &polls.in_words(),
        polls.worst() == 0,
    );
    table.note(
        "a minute that passes",
        &Sample::new(hour.tick_bytes).in_words(),
    );
    table.note(
        "the whole hour",
        &format!(
            "{} bytes ({} for the renewal)",
            hour.bytes, hour.other_bytes
        ),
    );
}

/// The evidence is read and nothing is said any more.
fn settle(desk: &mut Desk) {
    for _ in 0..3 {
        answer_reads(desk);
        desk.pass(SignedDuration::from_secs(1));
    }
    desk.draw();
}

/// The alert on screen is told again as it is known.
fn answer_reads(desk: &mut Desk) {
    for effect in std::mem::take(&mut desk.effects) {
        if let Effect::ReadAlert { id } = effect {
            let key = desk.state.book.key_of(&id).unwrap();
            let known = desk.state.book.original(key).unwrap();
            let result = Ok(vigie::wire::alert::read(&known).unwrap());
            desk.apply(Event::AlertRead { id, result });
        } else {
            desk.effects.push(effect);
        }
    }
}

fn live(desk: &mut Desk) -> Hour {
    let mut hour = Hour::default();
    let end = desk.now.steady.plus(HOUR);
    while let Some(at) = app::next_wakeup(&desk.state).filter(|at| *at <= end) {
        wake(desk, at, &mut hour);
    }
    hour
}

fn wake(desk: &mut Desk, at: Steady, hour: &mut Hour) {
    let minute = desk.state.minute();
    let notice = desk.state.notices.in_sight().cloned();
    let looked = desk.state.looking.follow_at();
    let polled = desk.state.poller.last_answer();
    desk.pass(desk.now.steady.until(at));
    let mut bytes = desk.draw();
    let ticked = desk.state.minute() != minute;
    if desk.answer_token() {
        hour.renewals += 1;
        bytes += desk.draw();
        hour.other_bytes += bytes;
    } else if let Some(poll) = desk.asked_poll() {
        hour.polls += 1;
        desk.now = desk.now.plus(ANSWER);
        desk.apply(Event::AlertsPolled {
            poll,
            result: Ok(AlertPage::default()),
        });
        bytes += desk.draw();
        if polled.is_some_and(|polled| polled >= desk.state.minute()) {
            hour.poll_bytes.push(bytes);
        }
    } else if ticked {
        hour.ticks += 1;
        hour.tick_bytes.push(bytes);
    } else if notice != desk.state.notices.in_sight().cloned() || looked.is_some() {
        hour.others += 1;
        hour.other_bytes += bytes;
    } else {
        hour.idle += 1;
    }
    hour.bytes += bytes;
}
