//! The state of the program and the one function that changes it.
//!
//! Reading order: [`state`] (what there is), [`Event`] and [`Effect`] (what happens
//! and what must be done), [`update`]; then the subjects, each alone:
//!
//! - the service: [`session`], [`tokens`], [`granted`], [`sign_in`] and [`signing_in`] (by a
//!   person), [`poller`], [`calls`], [`backoff`];
//! - the list: [`alert_book`] with [`row`], [`symbols`], [`usage`], [`pulse`] and [`filter`],
//!   its order and shape ([`order`], [`lateness`], [`shape`], [`columns`],
//!   [`column_picker`]), [`filtering`] (the filter as it is typed), [`views`],
//!   [`incident_list`], [`cursor`];
//! - one alert: [`looking`] with [`precedent`], [`case`] (its tabs) with [`incidents`] and
//!   [`related`];
//! - what is done: [`decisions`] about alerts, [`responding`] on devices, [`hunting`],
//!   [`actions`] and [`arranging`] on the list, [`mouse`];
//! - what lies over it: [`notices`], [`overlay`], [`palette`], [`panes`], [`history`];
//! - what stays: [`place`], [`reread`];
//! - what leaves: [`telling`] and [`hooks`] (whoever looks elsewhere), [`hand_out`] with
//!   [`copying`], [`summary`] and [`kql`], [`handover`] with [`handover_text`] (the report
//!   of a shift);
//! - text for panes: [`lines`], [`times`], [`detail_text`], [`device_text`],
//!   [`related_text`], [`claims_text`] with `claims_page`, [`sign_in_text`], [`help_text`].
//!
//! Pure: no async, no clock, no input or output. Time arrives as an argument.
#![warn(clippy::wildcard_enum_match_arm)]

pub mod actions;
pub mod alert_book;
pub mod arranging;
pub mod backoff;
#[cfg(test)]
mod book_tests;
pub mod calls;
pub mod case;
mod claims_page;
pub mod claims_text;
pub mod column_picker;
pub mod columns;
pub mod copying;
pub mod cursor;
pub mod decisions;
pub mod detail_text;
pub mod device_text;
mod effect;
mod ending;
mod event;
pub mod filter;
pub mod filtering;
mod folds;
pub mod gaps;
pub mod granted;
pub mod hand_out;
pub mod handing_over;
pub mod handover;
pub mod handover_devices;
pub mod handover_text;
pub mod help_search;
pub mod help_text;
pub mod history;
pub mod hooks;
pub mod hunting;
pub mod incident_list;
pub mod incidents;
pub mod kql;
pub mod lateness;
pub mod lines;
mod list;
pub mod looking;
mod marks;
pub mod mouse;
pub mod notices;
mod numbers;
pub mod order;
pub mod overlay;
pub mod palette;
pub mod panes;
pub mod place;
pub mod poller;
pub mod precedent;
pub mod pulse;
pub mod related;
pub mod related_text;
pub mod reread;
pub mod responding;
pub mod row;
pub mod session;
pub mod shape;
pub mod sign_in;
pub mod sign_in_text;
pub mod signing_in;
pub mod state;
pub mod summary;
pub mod symbols;
mod tally;
pub mod telling;
pub mod times;
pub mod tokens;
pub mod usage;
pub mod views;

use crate::app::alert_book::Absorbed;
use crate::app::alert_book::Marking;
use crate::app::calls::Urgency;
use crate::app::decisions::answers;
use crate::app::decisions::leaving;
use crate::app::decisions::words;
pub use crate::app::effect::Effect;
pub use crate::app::event::Event;
use crate::app::notices::Kind;
pub use crate::app::numbers::count;
pub use crate::app::numbers::thousands;
use crate::app::poller::Phase;
use crate::app::responding::Ask;
use crate::app::responding::acting;
use crate::app::session::Session;
use crate::app::sign_in::SignIn;
pub use crate::app::state::Settings;
pub use crate::app::state::State;
use crate::domain::alert::Alert;
use crate::domain::alert::AlertId;
use crate::domain::alert::AlertPage;
use crate::domain::alert::Severity;
use crate::domain::failure::Failure;
use crate::domain::moment::Moment;
use crate::domain::moment::Steady;
use crate::domain::session::Audience;
use crate::domain::text::shown;

/// Applies one event and says what the runtime must do about it.
///
/// The only function that changes a [`State`] once the program runs. It never
/// waits, never fails and never asks what time it is.
pub fn update(state: &mut State, event: Event, now: Moment) -> Vec<Effect> {
    state.now = now;
    state.book.pass(now.wall);
    let selected = state.cursor.selected();
    let is_person = matches!(
        event,
        Event::KeyPressed(_) | Event::Pasted(_) | Event::Moused(_)
    );
    let mut effects = Vec::new();
    match event {
        Event::Started => {
            ending::on_started(state, now);
            effects.push(Effect::RenewToken(Audience::Service));
        }
        Event::KeyPressed(key) => {
            // Whoever presses a key has not left.
            state.decisions.is_leaving = false;
            state.decisions.may_leave = false;
            effects.extend(actions::on_key(state, key, now));
        }
        Event::Pasted(text) => effects.extend(actions::on_pasted(state, &text, now)),
        Event::Moused(mouse) => mouse::on_mouse(state, mouse, now),
        Event::Resized(size) => {
            state.size = size;
            state.keep_cursor_in_sight();
        }
        Event::Woke => effects.extend(on_woke(state, now)),
        Event::Resumed => effects.push(Effect::Redraw),
        Event::TokenRenewed(audience, result) => {
            effects.extend(tokens::on_renewed(state, audience, result, now));
        }
        Event::ConfigRead(read) => reread::on_read(state, read, now),
        Event::PlaceLost(why) => place::on_lost(state, &why, now),
        Event::PlaceNotKept(why) => place::on_not_kept(state, &why, now),
        Event::ProfileFailed(failure) => {
            state.notices.say(Kind::Bad, with_remedy(&failure), now);
        }
        Event::BrowserFailed(why) => {
            let text = format!("no browser was opened: {}; copy the address", shown(&why));
            state.notices.say(Kind::Warning, text, now);
        }
        Event::SignInAnswered(answer) => {
            effects.extend(signing_in::on_answer(state, answer, now));
        }
        Event::AlertsPolled { poll, result } => {
            if state.poller.awaits(poll) {
                effects.extend(on_polled(state, result, now));
            }
        }
        Event::AlertRead { id, result } => effects.extend(on_read(state, &id, result, now)),
        Event::IncidentRead { id, result } => {
            effects.extend(incidents::on_read(state, &id, result, now));
        }
        Event::RelatedRead { id, part, result } => {
            effects.extend(related::on_read(state, &id, part, result, now));
        }
        Event::Exported(exported) => hand_out::on_exported(state, exported, now),
        Event::DecisionAnswered { decision, decided } => {
            effects.extend(answers::on_decided(state, decision, decided, now));
        }
        Event::Responded(answer) => effects.extend(acting::on_answer(state, answer, now)),
        Event::FollowedFound(entries) => acting::on_found(state, entries, now),
        Event::OutboxFound(outbox) => answers::on_found(state, outbox, now),
        Event::AuditRead { since, result } => handing_over::on_read(state, since, result, now),
        Event::QuitWanted => effects.extend(leaving::on_quit(state)),
        Event::LedgerTroubled(words) => answers::on_not_kept(state, &words, now),
        Event::NoteEdited(result) => effects.extend(hunting::on_edited(state, result, now)),
        Event::HuntRead(hunt, rows) => hunting::on_read(state, hunt, rows),
        Event::Hunted(hunt, found) => effects.extend(hunting::on_hunted(state, hunt, found, now)),
        Event::HookFinished(result) => effects.extend(hooks::on_finished(state, result, now)),
    }
    keep_up(state, now);
    if is_person && state.cursor.selected() != selected {
        // Whoever goes elsewhere meanwhile does not want to be taken back.
        state.returning = None;
    }
    arranging::hold_still(state);
    effects.extend(signing_in::ask_person(state));
    // Whoever leaves has the rest written down first, and begins nothing.
    let leaves = effects.contains(&Effect::Quit);
    effects.retain(|effect| *effect != Effect::Quit);
    let calls = if leaves {
        Vec::new()
    } else {
        send_calls(state, now)
    };
    // On disk before it is on the line.
    let outbox = state.decisions.keep();
    effects.extend(outbox.map(|outbox| Effect::KeepOutbox(Box::new(outbox))));
    let followed = state.responding.following.keep();
    effects.extend(followed.map(Effect::KeepFollowed));
    effects.extend(calls);
    if leaves || leaving::is_over(state, now) {
        effects.push(Effect::Quit);
    }
    effects
}

/// Time passed: each subject does what it was waiting to do.
fn on_woke(state: &mut State, now: Moment) -> Vec<Effect> {
    let mut effects = tokens::on_woke(state, now);
    effects.extend(signing_in::on_woke(state, now));
    effects.extend(telling::on_woke(state, now));
    effects.extend(acting::on_woke(state, now));
    state.notices.on_woke(now.steady);
    let selected = state.cursor.selected();
    if state.looking.on_woke(selected, &state.book, now.steady) {
        state.on_looked();
    }
    effects
}

/// Whatever happened: each subject has a look at what the others came to.
fn keep_up(state: &mut State, now: Moment) {
    filtering::keep_up(state, now);
    acting::keep_up(state, now);
    views::keep_up(state);
    case::keys::keep_up(state);
    hunting::completing::keep_up(state);
    incidents::keep_up(state);
    related::keep_up(state);
    case::related::keep_up(state);
}

/// Whether what a person waits for may leave now.
fn due_for_a_person(state: &State, at: Option<Steady>, now: Moment) -> bool {
    at.is_some_and(|at| at <= now.steady)
        && state.calls.opening(now.steady, Urgency::Person) <= now.steady
}

/// Sends what is due and allowed. What a person asked for goes first.
fn send_calls(state: &mut State, now: Moment) -> Vec<Effect> {
    let mut effects = Vec::new();
    if !state.session.is_usable(now) {
        return effects;
    }
    let due = |at: Option<Steady>, urgency| {
        at.is_some_and(|at| at <= now.steady)
            && state.calls.opening(now.steady, urgency) <= now.steady
    };
    if due(state.looking.wanted_at(), Urgency::Person)
        && let Some(id) = state.looking.start(&state.book)
    {
        state.calls.count(now.steady);
        state.read_with = state.session.renewals();
        effects.push(Effect::ReadAlert { id });
    }
    if due_for_a_person(state, incidents::due(state), now)
        && let Some(effect) = incidents::start(state)
    {
        state.calls.count(now.steady);
        effects.push(effect);
    }
    while due_for_a_person(state, related::due(state), now) {
        state.calls.count(now.steady);
        effects.extend(related::start(state));
    }
    let due = |at: Option<Steady>, urgency| {
        at.is_some_and(|at| at <= now.steady)
            && state.calls.opening(now.steady, urgency) <= now.steady
    };
    if due(state.decision_due(), Urgency::Person)
        && let Some((decision, write)) = state.decisions.queue.start()
    {
        state.decided_with = state.session.renewals();
        effects.push(Effect::Decide { decision, write });
    }
    let due = |state: &State| {
        let opening = state.calls.opening(now.steady, Urgency::Person);
        state.device_due().is_some_and(|at| at <= now.steady) && opening <= now.steady
    };
    while due(state) {
        let Some(ask) = acting::start(state, now) else {
            break;
        };
        // A device is read with three calls.
        let calls = if matches!(ask, Ask::Read { .. }) {
            3
        } else {
            1
        };
        (0..calls).for_each(|_| state.calls.count(now.steady));
        state.responded_with = state.devices_session().map_or(0, Session::renewals);
        effects.push(Effect::Respond(ask));
    }
    let opening = state.calls.opening(now.steady, state.poll_urgency);
    let is_due = state.poller.due().is_some_and(|at| at <= now.steady);
    if is_due && opening <= now.steady {
        state.poll_urgency = Urgency::Poll;
        state.calls.count(now.steady);
        state.poll_with = state.session.renewals();
        let (poll, query) = state.poller.start();
        effects.push(Effect::PollAlerts { poll, query });
    }
    effects
}

fn on_polled(state: &mut State, result: Result<AlertPage, Failure>, now: Moment) -> Vec<Effect> {
    match result {
        Ok(page) => {
            let mut effects = on_page(state, page, now);
            effects.extend(place::on_polled(state, now));
            effects
        }
        Err(failure) => {
            state.poller.on_failed(&failure, now);
            let (what, sent_with) = ("poll failed", state.poll_with);
            tokens::on_call_failed(state, Audience::Service, &failure, what, sent_with, now)
        }
    }
}

fn on_page(state: &mut State, page: AlertPage, now: Moment) -> Vec<Effect> {
    state.session.on_accepted();
    let was = state.poller.phase();
    let was_offline = state.poller.offline_since().is_some() || state.poller.failures() > 0;
    state.poller.on_page(&page, now);
    if was_offline {
        state
            .notices
            .say(Kind::Good, "the service answers again", now);
        state.decisions.queue.hurry_waiting(now.steady);
    }
    let unreadable = state.book.note_unreadable(&page.unreadable);
    if unreadable > 0 {
        let text = format!(
            "{} on this page could not be read as alerts",
            count(unreadable, "item")
        );
        state.notices.say(Kind::Warning, text, now);
    }
    if let Some(host) = &page.refused_link {
        let text = format!(
            "refused the link to the next page: it leads to `{host}`; the list may be incomplete"
        );
        state.notices.say(Kind::Bad, text, now);
    }
    gaps::tell(state, &page, now);
    let marking = match was {
        Phase::Loading { .. } => Marking::Leave,
        Phase::Following => Marking::Mark,
    };
    let absorbed = state.book.absorb(page.alerts, marking);
    let height = state.panes().list_height();
    if was == Phase::Following || state.cursor.position() > 0 {
        state.cursor.reconcile(&state.book, height);
    } else {
        // Page by page the list is put together: whoever has not moved stays at its top.
        state.cursor.go_to(&state.book, 0, height);
    }
    let everything_is_here = state.poller.phase() == Phase::Following;
    place::on_page(state, &absorbed.new, everything_is_here);
    if absorbed != Absorbed::default() || state.looking.shown().is_none() {
        let shown = state.looking.shown().map(|shown| shown.key);
        if shown.is_none() || shown != state.cursor.selected() {
            state
                .looking
                .follow(state.cursor.selected(), &state.book, now.steady);
        } else {
            state.looking.on_absorbed(&state.book, now.steady);
        }
    }
    let mut effects = Vec::new();
    if was == Phase::Following {
        announce(state, &absorbed, now);
        let matching = telling::matching(state, &absorbed.new);
        effects.extend(telling::on_new(state, &matching, now));
        effects.extend(hooks::on_new(state, &matching, now));
    } else if state.poller.phase() == Phase::Following {
        let loaded = format!("{} loaded", count(state.book.counts().all, "alert"));
        // What an earlier session left behind must not be hidden by that.
        let (kind, text) = match words::standing_words(state) {
            Some((kind, standing)) => (kind, format!("{loaded}; {standing}")),
            None => match granted::second_missing(state) {
                Some(why) => (Kind::Warning, format!("{loaded}; {why}")),
                None => (Kind::Note, loaded),
            },
        };
        state.notices.say(kind, text, now);
    } else if state.asked_poll {
        state.asked_poll = false;
    }
    effects
}

/// Says what a poll brought: the worst new alert by name.
fn announce(state: &mut State, absorbed: &Absorbed, now: Moment) {
    let worst = absorbed
        .new
        .iter()
        .filter_map(|key| state.book.row(*key))
        .max_by_key(|row| row.severity);
    let asked = std::mem::take(&mut state.asked_poll);
    let changed = absorbed.changed.len();
    let text = match worst {
        Some(row) => {
            let title = state.book.text(row.title).shown_briefly();
            format!(
                "{} new, worst {}: {title}",
                absorbed.new.len(),
                row.severity.word()
            )
        }
        None if changed > 0 && asked => format!("polled: {changed} changed"),
        None if asked => "polled: nothing new".to_owned(),
        None => return,
    };
    let kind = match worst.map(|row| row.severity) {
        Some(Severity::High) => Kind::Warning,
        Some(_) | None => Kind::Note,
    };
    state.notices.say_apart(kind, text, now);
}

fn on_read(
    state: &mut State,
    id: &AlertId,
    result: Result<Alert, Failure>,
    now: Moment,
) -> Vec<Effect> {
    match result {
        Ok(alert) => {
            state.session.on_accepted();
            state.book.absorb_single(id, alert);
            state
                .cursor
                .reconcile(&state.book, state.panes().list_height());
            state.looking.on_absorbed(&state.book, now.steady);
            state.looking.on_read(id, None, &state.book, now.steady);
            Vec::new()
        }
        Err(failure) => {
            state
                .looking
                .on_read(id, Some(&failure), &state.book, now.steady);
            let what = "the evidence could not be read";
            let sent_with = state.read_with;
            tokens::on_call_failed(state, Audience::Service, &failure, what, sent_with, now)
        }
    }
}

/// The sentence and what to do, for a notice.
fn with_remedy(failure: &Failure) -> String {
    match &failure.remedy {
        Some(remedy) => format!("{}; {remedy}", failure.sentence),
        None => failure.sentence.clone(),
    }
}

/// When the runtime must send [`Event::Woke`]: the next moment at which anything
/// would be sent or look different. `None` when only an event can change anything.
pub fn next_wakeup(state: &State) -> Option<Steady> {
    let now = state.now;
    let mut wakeups = vec![
        state.session.next_deadline(),
        state.respond.as_ref().and_then(Session::next_deadline),
        state.notices.next_deadline(),
        state.telling.next_deadline(),
        state.looking.follow_at(),
        state.responding.following.next_deadline(),
        state.sign_in.as_ref().and_then(SignIn::next_deadline),
        Some(state.next_tick()),
        state.decisions.queue.next_tick(now.steady),
    ];
    if state.session.is_usable(now) {
        let opening = |at: Option<Steady>, urgency| {
            at.map(|at| at.max(state.calls.opening(now.steady, urgency)))
        };
        wakeups.push(opening(state.poller.due(), state.poll_urgency));
        wakeups.push(opening(state.looking.wanted_at(), Urgency::Person));
        wakeups.push(opening(incidents::due(state), Urgency::Person));
        wakeups.push(opening(related::due(state), Urgency::Person));
        wakeups.push(opening(state.decision_due(), Urgency::Person));
        wakeups.push(opening(state.device_due(), Urgency::Person));
    }
    wakeups.into_iter().flatten().min()
}
