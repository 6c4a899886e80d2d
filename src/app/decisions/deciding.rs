//! What the keys of decisions do, and what answers mean for the state.

use std::collections::HashMap;

use fastrand::Rng;
use tui_input::Input;

use crate::app::Effect;
use crate::app::State;
use crate::app::actions;
use crate::app::alert_book::AlertKey;
use crate::app::alert_book::Marking;
use crate::app::count;
use crate::app::decisions::composing::Assigning;
use crate::app::decisions::composing::Composing;
use crate::app::decisions::composing::Confirming;
use crate::app::decisions::composing::Noting;
use crate::app::decisions::history;
use crate::app::decisions::pages;
use crate::app::decisions::queue::Answered;
use crate::app::decisions::queue::DecisionId;
use crate::app::decisions::queue::Making;
use crate::app::decisions::queue::Meaning;
use crate::app::decisions::queue::Pending;
use crate::app::decisions::queue::Stage;
use crate::app::decisions::targets;
use crate::app::decisions::targets::Plan;
use crate::app::notices::Kind;
use crate::app::on_call_failed;
use crate::app::overlay::Overlay;
use crate::app::panes::Pane;
use crate::app::times;
use crate::app::with_remedy;
use crate::domain::alert::AlertId;
use crate::domain::decision::Change;
use crate::domain::decision::Disposition;
use crate::domain::decision::Target;
use crate::domain::decision::Triage;
use crate::domain::decision::change::NewStatus;
use crate::domain::decision::kept::Draft;
use crate::domain::decision::kept::End;
use crate::domain::decision::kept::Outbox;
use crate::domain::decision::outcome::Decided;
use crate::domain::failure::Failure;
use crate::domain::failure::FailureKind;
use crate::domain::moment::Moment;
use crate::domain::token::Capability;
use crate::domain::token::lacking;
use crate::keymap::CloseAs;
use crate::keymap::Decide;
use crate::wire::triage;

/// Why it cannot be done now.
pub fn refusal(state: &State, action: Decide) -> Option<&'static str> {
    match action {
        Decide::Take
        | Decide::OpenAssign
        | Decide::OpenStatus
        | Decide::OpenClose
        | Decide::Reopen
        | Decide::Precedent
        | Decide::OpenNote => {
            if let Some(why) = forbidden(state) {
                return Some(why);
            }
            if targets::is_nothing(state) {
                return Some("no alert is selected");
            }
            if action == Decide::Precedent && usual(state).is_none() {
                return Some("no alert like this one was closed before, in what is loaded");
            }
            let needs_me = action == Decide::Take;
            (needs_me && state.user().is_empty())
                .then_some("the token names no user: A assigns to someone")
        }
        Decide::Undo => {
            let queue = &state.decisions.queue;
            (queue.is_empty() && state.decisions.history.latest().is_none())
                .then_some("nothing was decided in this session")
        }
        Decide::Redo => state
            .decisions
            .history
            .latest_undone()
            .is_none()
            .then_some("nothing was taken back"),
        Decide::Merge | Decide::Overwrite => {
            let is_conflict = |one: &Pending| matches!(one.stage, Stage::Conflict { .. });
            (!chosen(state).is_some_and(is_conflict)).then_some("it met no other decision")
        }
        Decide::SendNow => {
            let is_conflict = |one: &Pending| matches!(one.stage, Stage::Conflict { .. });
            chosen(state)
                .is_some_and(is_conflict)
                .then_some("it met another decision: merge, overwrite or drop it")
        }
        Decide::OpenOutbox
        | Decide::Close(_)
        | Decide::SetNew
        | Decide::SetInProgress
        | Decide::SetResolved
        | Decide::NextOwner
        | Decide::PreviousOwner
        | Decide::AcceptOwner
        | Decide::AcceptNote
        | Decide::Confirm
        | Decide::ConfirmDown
        | Decide::ConfirmUp
        | Decide::OutboxDown
        | Decide::OutboxUp
        | Decide::TakeBack
        | Decide::LeaveSending
        | Decide::LeaveTakingBack => None,
        Decide::LeaveKeeping => {
            (!state.settings.deciding.are_kept).then_some("nothing is kept here for a next start")
        }
    }
}

/// Why nothing may be written at all.
fn forbidden(state: &State) -> Option<&'static str> {
    if state.settings.deciding.read_only {
        return Some("this profile is read-only");
    }
    let decoded = state.session.token()?.decoded.as_ref().ok()?;
    let missing = lacking(
        Capability::Triage,
        &decoded.granted(),
        state.settings.api_kind,
    );
    (!missing.is_empty()).then_some("the token lacks Alert.ReadWrite: t shows what it has")
}

/// Does it.
pub fn apply(state: &mut State, action: Decide, now: Moment) -> Vec<Effect> {
    match action {
        Decide::Take => decide(state, Change::take(&state.user()), now),
        Decide::Reopen => decide(state, Change::reopen(), now),
        Decide::Precedent => follow_precedent(state),
        Decide::OpenClose => open(state, Composing::Close),
        Decide::OpenStatus => open(state, Composing::Status),
        Decide::OpenAssign => {
            let (input, chosen) = (Input::default(), 0);
            open(
                state,
                Composing::Assign(Box::new(Assigning { input, chosen })),
            )
        }
        Decide::OpenNote => open_note(state),
        Decide::OpenOutbox => open(state, Composing::Outbox { chosen: 0 }),
        Decide::Close(as_what) => decide(state, Change::close(disposition(as_what)), now),
        Decide::SetNew => set(state, NewStatus::New, now),
        Decide::SetInProgress => set(state, NewStatus::InProgress, now),
        Decide::SetResolved => set(state, NewStatus::Resolved, now),
        Decide::NextOwner => choose_owner(state, 1),
        Decide::PreviousOwner => choose_owner(state, -1),
        Decide::AcceptOwner => accept_owner(state, now),
        Decide::AcceptNote => accept_note(state, now),
        Decide::Confirm => confirm(state, now),
        Decide::ConfirmDown => scroll(state, 5),
        Decide::ConfirmUp => scroll(state, -5),
        Decide::OutboxDown => walk(state, 1),
        Decide::OutboxUp => walk(state, -1),
        Decide::Undo => undo(state, now),
        Decide::Redo => redo(state, now),
        Decide::SendNow => {
            if let Some(id) = chosen(state).map(|one| one.id) {
                state.decisions.queue.hurry(id, now);
            }
            Vec::new()
        }
        Decide::TakeBack => match chosen(state).map(|one| one.id) {
            Some(id) => take_back(state, id, now),
            None => Vec::new(),
        },
        Decide::Merge => merge(state, now),
        Decide::Overwrite => {
            if let Some(id) = chosen(state).map(|one| one.id) {
                state.decisions.queue.overwrite(id, now);
            }
            close_empty_outbox(state);
            Vec::new()
        }
        Decide::LeaveSending => {
            state.overlay = None;
            state.decisions.leaving = true;
            state.decisions.queue.hurry_held(now.steady);
            Vec::new()
        }
        Decide::LeaveTakingBack => {
            let mut effects = take_back_held(state, now);
            effects.push(Effect::Quit);
            effects
        }
        Decide::LeaveKeeping => vec![Effect::Quit],
    }
}

fn open(state: &mut State, composing: Composing) -> Vec<Effect> {
    state.overlay = Some(Overlay::Deciding(composing));
    Vec::new()
}

fn set(state: &mut State, status: NewStatus, now: Moment) -> Vec<Effect> {
    decide(state, Change::default().and_status(status), now)
}

const fn disposition(as_what: CloseAs) -> Disposition {
    match as_what {
        CloseAs::Malware => Disposition::Malware,
        CloseAs::Phishing => Disposition::Phishing,
        CloseAs::UnwantedSoftware => Disposition::UnwantedSoftware,
        CloseAs::CompromisedAccount => Disposition::CompromisedAccount,
        CloseAs::MaliciousUserActivity => Disposition::MaliciousUserActivity,
        CloseAs::MultistageAttack => Disposition::MultistageAttack,
        CloseAs::OtherThreat => Disposition::OtherThreat,
        CloseAs::NotMalicious => Disposition::NotMalicious,
        CloseAs::NotEnoughData => Disposition::NotEnoughData,
        CloseAs::OtherFalsePositive => Disposition::OtherFalsePositive,
        CloseAs::SecurityTest => Disposition::SecurityTest,
        CloseAs::LineOfBusinessApplication => Disposition::LineOfBusinessApplication,
        CloseAs::ConfirmedActivity => Disposition::ConfirmedActivity,
        CloseAs::OtherExpected => Disposition::OtherExpected,
    }
}

/// Decides this about what is meant: at once about one alert, after a look at before
/// and after about several.
fn decide(state: &mut State, change: Change, now: Moment) -> Vec<Effect> {
    let keys = targets::meant(state);
    decide_about(state, &keys, change, now)
}

/// How most alerts like the one looked at were closed.
fn usual(state: &State) -> Option<Disposition> {
    state.looking.shown()?.precedent.as_ref()?.usual()
}

/// Closes what is meant as alerts like it were: never without a look at it first.
fn follow_precedent(state: &mut State) -> Vec<Effect> {
    let Some(usual) = usual(state) else {
        return Vec::new();
    };
    let change = Change::close(usual);
    let keys = targets::meant(state);
    let plan = targets::plan(state, &keys, &change);
    let precedent = state.looking.shown();
    let precedent = precedent.and_then(|shown| shown.precedent.as_ref());
    let because = precedent.map(|precedent| {
        let where_to = precedent.nearness.words();
        format!("seen before {where_to}: {}", precedent.says())
    });
    ask(state, change, plan, because)
}

/// Shows before and after, to be confirmed.
fn ask(state: &mut State, change: Change, plan: Plan, because: Option<String>) -> Vec<Effect> {
    let confirming = Confirming {
        change,
        plan,
        because,
        typed: Input::default(),
        top: 0,
    };
    open(state, Composing::Confirm(Box::new(confirming)))
}

fn decide_about(state: &mut State, keys: &[AlertKey], change: Change, now: Moment) -> Vec<Effect> {
    state.overlay = None;
    let plan = targets::plan(state, keys, &change);
    if plan.targets.is_empty() {
        let why = match plan.skipped.as_slice() {
            [] => "no alert is selected".to_owned(),
            [one] => one.why.to_owned(),
            [first, ..] => format!(
                "nothing to do for {}: {}",
                count(plan.skipped.len(), "alert"),
                first.why
            ),
        };
        state.notices.say(Kind::Note, why, now);
        return Vec::new();
    }
    if keys.len() > 1 {
        return ask(state, change, plan, None);
    }
    make(state, change, plan, now)
}

fn make(state: &mut State, change: Change, plan: Plan, now: Moment) -> Vec<Effect> {
    let deed = state.decisions.queue.next_deed();
    let making = Making {
        change,
        targets: plan.targets,
        by: state.user(),
        meaning: Meaning::Decision,
        deed,
    };
    if making.change.note().is_some() {
        state.decisions.draft = None;
    }
    let text = format!(
        "held: {}, {}",
        making.change.says(),
        count(making.targets.len(), "alert")
    );
    state.notices.say_apart(Kind::Note, text, now);
    if making.change.closes() {
        go_on(state, &making.targets, now);
    }
    state.decisions.queue.make(making, now);
    Vec::new()
}

/// Whoever closes an alert in the list goes on with the next that is left. It is the
/// key that moves: later, when the closed ones leave their place, nothing does.
fn go_on(state: &mut State, targets: &[Target], now: Moment) {
    let is_left = |key: &AlertKey| {
        let row = state.book.row(*key);
        row.is_some_and(|row| targets.iter().all(|target| target.id != row.id))
    };
    let selected = state.cursor.selected();
    if state.focus_in_sight() != Pane::List || selected.is_none_or(|key| is_left(&key)) {
        return;
    }
    let here = state.book.line(state.cursor.position());
    let here = here.and_then(|line| state.book.place_of(*line.alerts.first()?));
    let visible = state.book.visible();
    let (before, after) = visible.split_at(here.unwrap_or(0).min(visible.len()));
    let next = after.iter().copied().find(is_left);
    if let Some(key) = next.or_else(|| before.iter().rev().copied().find(is_left)) {
        go_to(state, key, now);
    }
}

fn go_to(state: &mut State, key: AlertKey, now: Moment) {
    let height = state.panes().list_height();
    state.cursor.select(&state.book, key, height);
    state.looking.on_moved(now.steady);
}

/// A key went into a field of one of the dialogs: a number that is right is enough.
pub fn typed(state: &mut State, now: Moment) -> Vec<Effect> {
    match &mut state.overlay {
        Some(Overlay::Deciding(Composing::Confirm(confirming))) if confirming.is_typed() => {
            confirm(state, now)
        }
        Some(Overlay::Deciding(Composing::Assign(assigning))) => {
            assigning.chosen = 0;
            Vec::new()
        }
        Some(Overlay::Deciding(Composing::Note(noting))) => {
            let text = noting.input.value().to_owned();
            let keys = noting.keys.clone();
            let ids = keys.iter().filter_map(|key| state.book.row(*key));
            let alerts = ids.map(|row| row.id.as_str().to_owned()).collect();
            state.decisions.draft = (!text.trim().is_empty()).then_some(Draft { alerts, text });
            Vec::new()
        }
        Some(_) | None => Vec::new(),
    }
}

fn confirm(state: &mut State, now: Moment) -> Vec<Effect> {
    let Some(Overlay::Deciding(Composing::Confirm(confirming))) = &state.overlay else {
        return Vec::new();
    };
    if confirming.wants_number() && !confirming.is_typed() {
        let number = confirming.plan.targets.len();
        let text = format!("type {number} to decide it for {}", count(number, "alert"));
        state.notices.say(Kind::Note, text, now);
        return Vec::new();
    }
    let (change, plan) = (confirming.change.clone(), confirming.plan.clone());
    state.overlay = None;
    // They are dealt with: whoever goes on must not decide about them again unseen.
    state.book.clear_marks();
    make(state, change, plan, now)
}

fn scroll(state: &mut State, lines: isize) -> Vec<Effect> {
    let panes = state.panes();
    let page = state.overlay_page(usize::from(panes.body.width));
    let length = page.map_or(0, |(page, _)| page.lines.len());
    let height = usize::from(panes.body.height.saturating_sub(1));
    if let Some(Overlay::Deciding(Composing::Confirm(confirming))) = &mut state.overlay {
        let top = confirming.top.saturating_add_signed(lines);
        confirming.top = top.min(length.saturating_sub(height));
    }
    Vec::new()
}

fn open_note(state: &mut State) -> Vec<Effect> {
    let keys = targets::meant(state);
    let draft = state.decisions.draft.as_ref();
    let input = Input::new(draft.map_or_else(String::new, |draft| draft.text.clone()));
    open(state, Composing::Note(Box::new(Noting { input, keys })))
}

fn accept_note(state: &mut State, now: Moment) -> Vec<Effect> {
    let Some(Overlay::Deciding(Composing::Note(noting))) = &state.overlay else {
        return Vec::new();
    };
    match Change::default().and_note(noting.input.value()) {
        Ok(change) => {
            let keys = noting.keys.clone();
            decide_about(state, &keys, change, now)
        }
        Err(illegal) => {
            let text = format!("{}: {}", illegal.what, illegal.remedy);
            state.notices.say(Kind::Warning, text, now);
            Vec::new()
        }
    }
}

fn choose_owner(state: &mut State, step: isize) -> Vec<Effect> {
    let last = pages::owners(state).len().saturating_sub(1);
    if let Some(Overlay::Deciding(Composing::Assign(assigning))) = &mut state.overlay {
        assigning.chosen = assigning.chosen.saturating_add_signed(step).min(last);
    }
    Vec::new()
}

fn accept_owner(state: &mut State, now: Moment) -> Vec<Effect> {
    let Some(Overlay::Deciding(Composing::Assign(assigning))) = &state.overlay else {
        return Vec::new();
    };
    let Some(owner) = pages::owners(state).into_iter().nth(assigning.chosen) else {
        return Vec::new();
    };
    match Change::default().and_owner(&owner.name) {
        Ok(change) => decide(state, change, now),
        Err(illegal) => {
            let text = format!("{}: {}", illegal.what, illegal.remedy);
            state.notices.say(Kind::Warning, text, now);
            Vec::new()
        }
    }
}

/// The decision the outbox stands on.
pub fn chosen(state: &State) -> Option<&Pending> {
    let Some(Overlay::Deciding(Composing::Outbox { chosen })) = &state.overlay else {
        return None;
    };
    state.decisions.queue.pending().get(*chosen)
}

fn walk(state: &mut State, step: isize) -> Vec<Effect> {
    let last = state.decisions.queue.pending().len().saturating_sub(1);
    if let Some(Overlay::Deciding(Composing::Outbox { chosen })) = &mut state.overlay {
        *chosen = chosen.saturating_add_signed(step).min(last);
    }
    Vec::new()
}

/// Keeps the outbox on a line that exists.
fn close_empty_outbox(state: &mut State) {
    let length = state.decisions.queue.pending().len();
    if let Some(Overlay::Deciding(Composing::Outbox { chosen })) = &mut state.overlay {
        *chosen = (*chosen).min(length.saturating_sub(1));
    }
}

fn take_back(state: &mut State, id: DecisionId, now: Moment) -> Vec<Effect> {
    let end = match state
        .decisions
        .queue
        .pending()
        .iter()
        .find(|one| one.id == id)
    {
        Some(one) if one.stage.is_stuck() => End::Dropped,
        Some(_) | None => End::TakenBack,
    };
    let Some((one, records)) = state.decisions.queue.take_back(id, end, now) else {
        let text = "it is being sent: once it has arrived it can be taken back";
        state.notices.say(Kind::Note, text, now);
        return Vec::new();
    };
    close_empty_outbox(state);
    let said = if end == End::Dropped {
        "dropped"
    } else {
        "taken back"
    };
    let mut text = format!(
        "{said}: {}, {}",
        one.change.says(),
        count(one.targets.len(), "alert")
    );
    if one.maybe_sent {
        text.push_str("; an earlier try may have arrived, so the alerts are read again");
        state.poller.hurry(now);
    }
    state.notices.say_apart(Kind::Note, text, now);
    if let Some(note) = one.change.note() {
        // Words are worth more than the key that took them back.
        state.decisions.draft = Some(Draft {
            alerts: Vec::new(),
            text: note.to_owned(),
        });
    }
    let first = one.targets.first().map(|target| &target.id);
    let key = first.and_then(|id| state.book.key_of(id));
    let key = key.filter(|key| state.book.place_of(*key).is_some());
    if let Some(key) = key.filter(|_| one.change.closes() && state.overlay.is_none()) {
        // Back to what the key that closed it went on from.
        go_to(state, key, now);
    }
    vec![Effect::Audit(records)]
}

/// Takes everything back that is held.
pub fn take_back_held(state: &mut State, now: Moment) -> Vec<Effect> {
    let held: Vec<DecisionId> = state.decisions.queue.held().map(|one| one.id).collect();
    held.into_iter()
        .rev()
        .flat_map(|id| take_back(state, id, now))
        .collect()
}

/// Takes the latest deed back: what is held simply goes, what arrived is put back.
fn undo(state: &mut State, now: Moment) -> Vec<Effect> {
    let done = state.decisions.history.latest().map(|past| past.deed);
    let latest = state
        .decisions
        .queue
        .pending()
        .iter()
        .rfind(|one| !one.stage.is_stuck());
    match latest.map(|one| (one.id, one.deed, matches!(one.meaning, Meaning::Undo(_)))) {
        Some((_, _, true)) => {
            let text = "still putting back what you took back before";
            state.notices.say(Kind::Note, text, now);
            Vec::new()
        }
        Some((id, deed, false)) if done.is_none_or(|done| done <= deed) => {
            take_back(state, id, now)
        }
        Some(_) | None => put_back(state, now),
    }
}

fn put_back(state: &mut State, now: Moment) -> Vec<Effect> {
    let Some(past) = state.decisions.history.pop() else {
        let text = "what is left waits for you in the outbox: O";
        state.notices.say(Kind::Note, text, now);
        return Vec::new();
    };
    let note = if past.has_note() {
        "; its note stays: the service cannot take one back"
    } else {
        ""
    };
    let plan = past.inverse();
    if plan.is_empty() {
        let text = format!("{} cannot be taken back{note}", past.says());
        state.notices.say_apart(Kind::Warning, text, now);
        return Vec::new();
    }
    let alerts: usize = plan.iter().map(|(_, targets)| targets.len()).sum();
    let text = format!(
        "putting back: {}, {}{note}",
        past.says(),
        count(alerts, "alert")
    );
    state.notices.say_apart(Kind::Note, text, now);
    let original = past.parts.first().map(|part| part.change.clone());
    let meaning = Meaning::Undo(original.unwrap_or_default());
    send_plan(state, plan, &meaning, now);
    Vec::new()
}

fn redo(state: &mut State, now: Moment) -> Vec<Effect> {
    if let Some(past) = state.decisions.history.pop_undone() {
        send_plan(state, past.again(), &Meaning::Redo, now);
    }
    Vec::new()
}

fn send_plan(state: &mut State, plan: history::Plan, meaning: &Meaning, now: Moment) {
    let deed = state.decisions.queue.next_deed();
    let by = state.user();
    for (change, targets) in plan {
        let making = Making {
            change,
            targets,
            by: by.clone(),
            meaning: meaning.clone(),
            deed,
        };
        state.decisions.queue.make(making, now);
    }
}

fn merge(state: &mut State, now: Moment) -> Vec<Effect> {
    let Some(id) = chosen(state).map(|one| one.id) else {
        return Vec::new();
    };
    let Some(merged) = state.decisions.queue.merge(id, now) else {
        return Vec::new();
    };
    if !merged.dropped.is_empty() {
        let text = format!(
            "nothing of it is left for {}: all of it collides, and theirs stays",
            count(merged.dropped.len(), "alert")
        );
        state.notices.say_apart(Kind::Note, text, now);
    }
    close_empty_outbox(state);
    if merged.dropped.is_empty() {
        Vec::new()
    } else {
        vec![Effect::Audit(merged.dropped)]
    }
}

/// The answer to a decision came.
pub fn on_decided(state: &mut State, id: DecisionId, decided: Decided, now: Moment) -> Vec<Effect> {
    for _ in 0..decided.calls {
        state.calls.count(now.steady);
    }
    let after: HashMap<AlertId, Triage> = decided
        .alerts
        .iter()
        .filter_map(|alert| Some((alert.id.clone(), triage::of(&alert.body.unpack())?)))
        .collect();
    let mut jitter = Rng::with_seed(state.settings.seed ^ id.0);
    let answered = state
        .decisions
        .queue
        .on_decided(id, &decided, &after, now, &mut jitter);
    let absorbed = state.book.absorb(decided.alerts, Marking::Leave);
    if !absorbed.changed.is_empty() {
        actions::reconcile(state);
        state.looking.on_absorbed(&state.book, now.steady);
    }
    let Some(answered) = answered else {
        return Vec::new();
    };
    let mut effects = tell(state, answered, now);
    if state.decisions.leaving && state.decisions.queue.moving() == 0 {
        effects.push(Effect::Quit);
    }
    effects
}

fn tell(state: &mut State, answered: Answered, now: Moment) -> Vec<Effect> {
    let mut effects = Vec::new();
    let what = answered.says;
    if answered.done > 0 {
        let undo = match answered.settled.as_ref().map(|settled| &settled.meaning) {
            Some(Meaning::Decision | Meaning::Redo)
                if answered.change.inverse(&Triage::default()).is_some() =>
            {
                "; z undoes it"
            }
            Some(_) | None => "",
        };
        let text = format!("done: {what}, {}{undo}", count(answered.done, "alert"));
        state.notices.say_apart(Kind::Good, text, now);
    }
    if let Some(settled) = answered.settled {
        state.decisions.history.add(settled);
    }
    if let Some((alerts, failure)) = &answered.waiting
        && (answered.is_first_failure || wants_more(failure))
    {
        effects.extend(on_call_failed(
            state,
            failure,
            &format!("{what}, {}: not sent", count(*alerts, "alert")),
            state.decided_with,
            now,
        ));
    }
    if answered.waiting.is_some() && state.decisions.leaving {
        effects.push(Effect::Quit);
    }
    if answered.not_taken > 0 {
        let text = format!(
            "the service said yes and kept {} as before: O shows it",
            count(answered.not_taken, "alert")
        );
        state.notices.say_apart(Kind::Bad, text, now);
    }
    if answered.conflicts > 0 {
        let text = format!(
            "somebody else decided about {} meanwhile: O shows it, nothing was sent",
            count(answered.conflicts, "alert")
        );
        state.notices.say_apart(Kind::Warning, text, now);
    }
    if let Some((_, failure)) = answered.refused.first() {
        let below = answered.refused.iter();
        let below = below
            .map(|(id, failure)| format!("{}: {failure}", crate::domain::text::shown(id.as_str())));
        let text = format!(
            "{what}: refused for {}: {}",
            count(answered.refused.len(), "alert"),
            why(state, failure)
        );
        let below = below.take(100).collect();
        state.notices.say_with(Kind::Bad, text, below, now);
        if let Some(note) = answered.change.note() {
            state.decisions.draft = Some(Draft {
                alerts: Vec::new(),
                text: note.to_owned(),
            });
        }
    }
    if !answered.records.is_empty() {
        effects.push(Effect::Audit(answered.records));
    }
    effects
}

/// Whether more has to happen than to try again: a new token, a pause.
const fn wants_more(failure: &Failure) -> bool {
    matches!(
        failure.kind,
        FailureKind::Unauthorized | FailureKind::Throttled
    )
}

/// A missing permission is one thing, a missing role another.
fn why(state: &State, failure: &Failure) -> String {
    if failure.kind != FailureKind::Forbidden {
        return with_remedy(failure);
    }
    match forbidden(state) {
        Some(why) => format!("{}; {why}", failure.sentence),
        None => format!(
            "{}; the token has Alert.ReadWrite, so your Defender role ({}) or your device groups lack it",
            failure.sentence,
            Capability::Triage.role().0
        ),
    }
}

/// Decisions of an earlier session were found.
pub fn on_found(state: &mut State, outbox: Outbox, now: Moment) {
    let found = state.decisions.queue.adopt(outbox.entries);
    if let Some(draft) = outbox.draft {
        state.decisions.draft.get_or_insert(draft);
        let text = "a note you were writing is kept: c goes on with it";
        state.notices.say_apart(Kind::Note, text, now);
    }
    if found > 0 {
        let text = format!(
            "{} of an earlier session did not arrive: O shows them, nothing is sent by itself",
            count(found, "decision")
        );
        state.notices.say_apart(Kind::Warning, text, now);
    }
}

/// Somebody wants to leave: asked first while something is held or on its way.
pub fn on_quit(state: &mut State) -> Vec<Effect> {
    if state.decisions.queue.moving() == 0 {
        return vec![Effect::Quit];
    }
    open(state, Composing::Leaving)
}

/// The first takes back what is held, the second quits.
pub fn on_interrupt(state: &mut State, now: Moment) -> Vec<Effect> {
    if state.decisions.queue.held().next().is_none() {
        return vec![Effect::Quit];
    }
    state.overlay = None;
    take_back_held(state, now)
}

/// What is held, in the words of the line above the footer: seconds left, and what.
pub fn held_words(state: &State) -> Option<(i64, String)> {
    let (one, until) = state.decisions.queue.countdown()?;
    let left = state.now.steady.until(until);
    let seconds = left.as_secs() + i64::from(left.subsec_nanos() > 0);
    let others = state.decisions.queue.held().count().saturating_sub(1);
    let others = if others > 0 {
        format!(", and {others} more")
    } else {
        String::new()
    };
    let alerts = count(one.targets.len(), "alert");
    Some((seconds, format!("{}, {alerts}{others}", one.change.says())))
}

/// What waits for the service or for a person, where nothing else is said.
pub fn standing_words(state: &State) -> Option<(Kind, String)> {
    let queue = &state.decisions.queue;
    let stuck = queue.stuck().count();
    if stuck > 0 {
        let text = format!("{} for you: O shows them", waits(stuck));
        return Some((Kind::Warning, text));
    }
    let (_, until, failure) = queue.waiting().next()?;
    let at = state.now.plus(state.now.steady.until(until)).wall;
    let at = times::clock_with_seconds(at, state.now.wall, &state.settings.zone);
    let text = format!(
        "{} for the service ({}), tried again {at}; O shows them",
        waits(queue.waiting().count()),
        failure.sentence
    );
    Some((Kind::Warning, text))
}

fn waits(number: usize) -> String {
    if number == 1 {
        "1 decision waits".to_owned()
    } else {
        format!("{number} decisions wait")
    }
}
