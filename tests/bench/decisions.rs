//! What a decision costs: the keys with a hundred thousand alerts loaded, and a batch of a
//! thousand on its way to the simulated service and back.

use std::sync::Arc;
use std::time::Duration;
use std::time::Instant;

use jiff::SignedDuration;
use vigie::app::Effect;
use vigie::app::Event;
use vigie::app::decisions::pending::DecisionId;
use vigie::app::thousands;
use vigie::domain::decision::Decided;
use vigie::domain::decision::Outcome;
use vigie::domain::decision::Write;
use vigie::domain::decision::kept::Outbox;
use vigie::domain::moment::Moment;
use vigie::domain::moment::Steady;
use vigie::service::Authority;
use vigie::service::Client;
use vigie::service::Http;
use vigie::service::Limits;
use vigie::service::Secret;
use vigie::service::authority::Method;
use vigie::service::authority::PasswordSignIn;
use vigie::service::authority::Registration;
use vigie::service::authority::SecretSource;
use vigie::sim::Simulator;

use crate::desk::Desk;
use crate::desk::USUAL;
use crate::table::Sample;
use crate::table::Table;
use crate::table::milliseconds;
use crate::tenant::Bodies;
use crate::tenant::RESOURCE;
use crate::tenant::asked_at;
use crate::tenant::options;

/// Alerts of one decision.
const MANY: usize = 1_000;
/// Lines that stand for so many: some are several alerts alike.
const LINES: usize = 995;
/// Alerts taken one by one.
const TAKEN: usize = 50;

pub(crate) fn measure(bodies: &Bodies, table: &mut Table) {
    let mut desk = Desk::loaded(bodies, USUAL, bodies.pages_from(0));
    for letter in "/is:open".chars() {
        desk.press(&letter.to_string());
    }
    desk.press("enter");
    taken(&mut desk, "`a`, 100,000 alerts, to the frame", table);
    responded(&mut desk, table);
    let (decision, write) = many(&mut desk, table);
    taken(&mut desk, "`a` with 1,000 alerts on their way", table);
    let decided = sent(&write, table);
    let answered = timed(&mut desk, |desk| {
        desk.apply(Event::DecisionAnswered { decision, decided });
    });
    table.figure(
        "the answer for 1,000 of 100,000 taken in and drawn",
        "< 50 ms",
        &milliseconds(answered),
        answered < Duration::from_millis(50),
    );
}

/// Time for something to be applied and drawn.
fn timed(desk: &mut Desk, work: impl FnOnce(&mut Desk)) -> Duration {
    let start = Instant::now();
    work(desk);
    desk.draw();
    start.elapsed()
}

/// One alert after the other is taken, and all are taken back.
fn taken(desk: &mut Desk, what: &str, table: &mut Table) {
    desk.press("G");
    let times = Sample::new(
        (0..TAKEN)
            .map(|_| {
                desk.press("k");
                timed(desk, |desk| desk.press("a"))
            })
            .collect(),
    );
    for _ in 0..TAKEN {
        desk.press("z");
    }
    desk.effects.clear();
    table.figure(
        what,
        "< 16 ms",
        &times.in_words(),
        times.worst() < Duration::from_millis(16),
    );
}

/// The devices of everything that is marked are looked for, and are too many.
fn responded(desk: &mut Desk, table: &mut Table) {
    for key in ["g", "v", "G", "v"] {
        desk.press(key);
    }
    let times = Sample::new(
        (0..TAKEN)
            .map(|_| timed(desk, |desk| desk.press("!")))
            .collect(),
    );
    desk.press("esc");
    table.figure(
        "`!` with everything marked among 100,000, to the frame",
        "< 16 ms",
        &times.in_words(),
        times.worst() < Duration::from_millis(16),
    );
}

/// A thousand alerts are marked, looked at and decided; what leaves for the service.
fn many(desk: &mut Desk, table: &mut Table) -> (DecisionId, Write) {
    for key in ["g", "v"] {
        desk.press(key);
    }
    for _ in 1..LINES {
        desk.press("j");
    }
    desk.press("v");
    desk.press("x");
    let planned = timed(desk, |desk| desk.press("b"));
    let frames = Sample::new((0..20).map(|_| timed(desk, |_| ())).collect());
    let number = desk.to_confirm().to_string();
    assert_eq!(number, MANY.to_string());
    let (last, first) = number.as_bytes().split_last().unwrap();
    for digit in first {
        desk.press(&char::from(*digit).to_string());
    }
    let held = timed(desk, |desk| desk.press(&char::from(*last).to_string()));
    let outbox = desk.effects.iter().rev().find_map(|effect| match effect {
        Effect::KeepOutbox(outbox) => Some(outbox.as_ref().clone()),
        _ => None,
    });
    let outbox = outbox.unwrap();
    let start = Instant::now();
    let json = outbox.to_json();
    let written = start.elapsed();
    assert_eq!(Outbox::read(&json).as_ref(), Ok(&outbox));
    for (what, time) in [
        (
            "1,000 alerts: what a decision would do, to the frame",
            planned,
        ),
        ("1,000 alerts: that page drawn again", frames.worst()),
        ("1,000 alerts: confirmed, held and drawn", held),
        ("1,000 alerts: the outbox as JSON", written),
    ] {
        let met = time < Duration::from_millis(16);
        table.figure(what, "< 16 ms", &milliseconds(time), met);
    }
    table.note(
        "1,000 alerts: bytes of the outbox on disk",
        &thousands(json.len()),
    );
    let opened = timed(desk, |desk| desk.press("O"));
    table.figure(
        "1,000 alerts: the outbox opened",
        "< 16 ms",
        &milliseconds(opened),
        opened < Duration::from_millis(16),
    );
    desk.press("O");
    desk.effects.clear();
    desk.pass(SignedDuration::from_secs(6));
    let effects = std::mem::take(&mut desk.effects);
    let sent = effects.into_iter().find_map(|effect| match effect {
        Effect::Decide { decision, write } => Some((decision, write)),
        _ => None,
    });
    let (decision, write) = sent.unwrap();
    (decision, write)
}

/// The real client and the simulated service, over loopback.
fn sent(write: &Write, table: &mut Table) -> Decided {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let simulator = runtime.block_on(Simulator::start(options())).unwrap();
    let client = client(&simulator);
    runtime.block_on(client.renew()).unwrap();
    let before = simulator.requests().len();
    let start = Instant::now();
    let decided = runtime.block_on(client.decide(write));
    let elapsed = start.elapsed();
    let is_written = |outcome: &Outcome| matches!(outcome, Outcome::Written { .. });
    let written = decided.outcomes.iter();
    let written = written.filter(|(_, outcome)| is_written(outcome)).count();
    assert_eq!(written, write.targets.len());
    let requests = simulator.requests();
    let requests = requests.get(before..).unwrap_or_default();
    let changes = requests.iter().filter(|request| request.method == "POST");
    let bytes = requests.iter().map(|request| {
        let headers = request.headers.iter();
        let headers: usize = headers
            .map(|(name, value)| name.len() + value.len() + 4)
            .sum();
        request.path.len() + request.query.len() + headers + request.body.len()
    });
    let read = decided.alerts.iter().map(|alert| alert.body.unpack().len());
    table.note(
        "1,000 alerts sent: calls, of these changes",
        &format!("{}, {}", decided.calls, changes.count()),
    );
    table.note(
        "1,000 alerts sent: bytes sent; received, each alert twice",
        &format!(
            "{}; {}",
            thousands(bytes.sum()),
            thousands(2 * read.sum::<usize>())
        ),
    );
    table.note(
        "1,000 alerts sent: until all are read back, the simulated service's work included",
        &milliseconds(elapsed),
    );
    decided
}

fn client(simulator: &Simulator) -> Client {
    let account = simulator.account();
    let http = Http::new(Limits::default(), None);
    let authority = Authority::new(
        http.clone(),
        Registration {
            authority: account.authority.clone(),
            tenant: account.tenant.clone(),
            client_id: account.client_id.clone(),
            resource: RESOURCE.to_owned(),
            ..Registration::default()
        },
        Method::Password(PasswordSignIn {
            username: account.username.clone(),
            source: SecretSource::Given(Secret::new(account.password.clone())),
        }),
    );
    let now = || Moment {
        wall: asked_at(),
        steady: Steady::START,
    };
    Client::new(http, authority, &account.api, Arc::new(now)).unwrap()
}
