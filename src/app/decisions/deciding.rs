//! What the keys of decisions do.

use std::collections::HashSet;

use tui_input::Input;

use crate::app::Effect;
use crate::app::State;
use crate::app::alert_book::AlertKey;
use crate::app::count;
use crate::app::decisions::composing::Assigning;
use crate::app::decisions::composing::Composing;
use crate::app::decisions::composing::Confirming;
use crate::app::decisions::composing::Noting;
use crate::app::decisions::editing;
use crate::app::decisions::leaving;
use crate::app::decisions::macros;
use crate::app::decisions::macros::Part;
use crate::app::decisions::pages;
use crate::app::decisions::pending::Making;
use crate::app::decisions::pending::Meaning;
use crate::app::decisions::pending::Pending;
use crate::app::decisions::pending::Stage;
use crate::app::decisions::targets;
use crate::app::decisions::targets::Plan;
use crate::app::decisions::undoing;
use crate::app::notices::Kind;
use crate::app::overlay::Overlay;
use crate::app::panes::Pane;
use crate::domain::alert::AlertId;
use crate::domain::decision::Change;
use crate::domain::decision::Disposition;
use crate::domain::decision::Target;
use crate::domain::decision::change::NewStatus;
use crate::domain::moment::Moment;
use crate::domain::token::Api;
use crate::domain::token::Capability;
use crate::domain::token::lacking;
use crate::keymap::CloseAs;
use crate::keymap::Decide;

/// Why it cannot be done now.
pub fn refusal(state: &State, action: Decide) -> Option<&'static str> {
    match action {
        Decide::Take
        | Decide::OpenAssign
        | Decide::OpenStatus
        | Decide::OpenClose
        | Decide::Reopen
        | Decide::Precedent
        | Decide::OpenMacros
        | Decide::EditNote
        | Decide::OpenNote => {
            if let Some(why) = forbidden(state) {
                return Some(why);
            }
            if action == Decide::OpenMacros
                && let Some(why) = macros::refusal(state)
            {
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
        Decide::Redo => {
            let nothing = state.decisions.history.latest_undone().is_none();
            let nothing = nothing.then_some("nothing was taken back");
            nothing.or_else(|| forbidden(state))
        }
        Decide::Merge | Decide::Overwrite => match chosen(state).map(|one| &one.stage) {
            Some(Stage::Conflict { .. }) => forbidden(state),
            Some(_) | None => Some("it met no other decision"),
        },
        Decide::SendNow => match chosen(state).map(|one| &one.stage) {
            Some(Stage::Conflict { .. }) => {
                Some("it met another decision: merge, overwrite or drop it")
            }
            Some(Stage::Sending) => Some("it is being sent"),
            Some(_) => forbidden(state),
            None => Some("choose a decision first: j and k"),
        },
        // In a menu that was open when the permission went.
        Decide::Close(_)
        | Decide::SetNew
        | Decide::SetInProgress
        | Decide::SetResolved
        | Decide::AcceptOwner
        | Decide::AcceptNote
        | Decide::RunMacro
        | Decide::Confirm => forbidden(state),
        Decide::OpenOutbox
        | Decide::NextOwner
        | Decide::PreviousOwner
        | Decide::NextMacro
        | Decide::PreviousMacro
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
pub(super) fn forbidden(state: &State) -> Option<&'static str> {
    if state.settings.deciding.read_only {
        return Some("this profile is read-only");
    }
    let decoded = state.session.token()?.decoded.as_ref().ok()?;
    let api = state.settings.api_kind;
    let missing = lacking(Capability::Triage, &decoded.granted(), api);
    (!missing.is_empty()).then_some(match (api, decoded.app_only()) {
        (Api::Defender, false) => "the token lacks Alert.ReadWrite: t shows what it has",
        (Api::Defender, true) => "the token lacks Alert.ReadWrite.All: t shows what it has",
        (Api::Graph, _) => "the token lacks SecurityAlert.ReadWrite.All: t shows what it has",
    })
}

/// Does it.
pub fn apply(state: &mut State, action: Decide, now: Moment) -> Vec<Effect> {
    match action {
        Decide::Take => decide(state, Change::take(&state.user()), now),
        Decide::Reopen => decide(state, Change::reopen(), now),
        Decide::Precedent => follow_precedent(state, now),
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
        Decide::OpenMacros => open(state, Composing::Macros { chosen: 0 }),
        Decide::NextMacro => macros::walk(state, 1),
        Decide::PreviousMacro => macros::walk(state, -1),
        Decide::RunMacro => macros::run_chosen(state, now),
        Decide::EditNote => editing::open(state),
        Decide::OpenOutbox => open_outbox(state),
        Decide::Close(as_what) => macros::close(state, disposition(as_what), now),
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
        Decide::OutboxDown => {
            walk(state, 1);
            Vec::new()
        }
        Decide::OutboxUp => {
            walk(state, -1);
            Vec::new()
        }
        Decide::Undo => undoing::undo(state, now),
        Decide::Redo => {
            undoing::redo(state, now);
            Vec::new()
        }
        Decide::SendNow => {
            if let Some(id) = chosen(state).map(|one| one.id) {
                state.decisions.queue.hurry(id, now);
            }
            Vec::new()
        }
        Decide::TakeBack => match chosen(state).map(|one| one.id) {
            Some(id) => undoing::take_back(state, id, now),
            None => Vec::new(),
        },
        Decide::Merge => merge(state, now),
        Decide::Overwrite => {
            if let Some(id) = chosen(state).map(|one| one.id) {
                state.decisions.queue.overwrite(id, now);
            }
            Vec::new()
        }
        Decide::LeaveSending => {
            leaving::after_sending(state, now);
            Vec::new()
        }
        Decide::LeaveTakingBack => leaving::after_taking_back(state, now),
        Decide::LeaveKeeping => leaving::after_keeping(state),
    }
}

fn open(state: &mut State, composing: Composing) -> Vec<Effect> {
    state.overlay = Some(Overlay::Deciding(composing));
    Vec::new()
}

fn set(state: &mut State, status: NewStatus, now: Moment) -> Vec<Effect> {
    decide(state, Change::default().and_status(status), now)
}

pub(super) const fn disposition(as_what: CloseAs) -> Disposition {
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

/// Closes what is meant as alerts like it were: never without a look at it first, and
/// never alerts of another kind than the one that was looked at.
fn follow_precedent(state: &mut State, now: Moment) -> Vec<Effect> {
    let Some((shown, usual)) = state.looking.shown().zip(usual(state)) else {
        return Vec::new();
    };
    let change = Change::close(usual);
    let keys = targets::meant(state);
    let title = |key: AlertKey| state.book.row(key).map(|row| row.title);
    let of_a_kind = keys.iter().all(|key| title(*key) == title(shown.key));
    if !keys.contains(&shown.key) || !of_a_kind {
        let text = "the precedent is of the alert you see, and others are meant too: x closes them";
        state.notices.say(Kind::Note, text, now);
        return Vec::new();
    }
    let because = shown.precedent.as_ref().map(|precedent| {
        let nearness = precedent.nearness.words();
        format!("seen before {nearness}: {}", precedent.says())
    });
    let plan = targets::plan(state, &keys, &change);
    if plan.targets.is_empty() {
        return decide_about(state, &keys, change, now);
    }
    ask(state, change, plan, because, Vec::new())
}

/// Shows before and after, to be confirmed.
pub(super) fn ask(
    state: &mut State,
    change: Change,
    plan: Plan,
    because: Option<String>,
    parts: Vec<Part>,
) -> Vec<Effect> {
    let confirming = Confirming {
        change,
        plan,
        parts,
        because,
        typed: Input::default(),
        top: 0,
    };
    open(state, Composing::Confirm(Box::new(confirming)))
}

pub(super) fn decide_about(
    state: &mut State,
    keys: &[AlertKey],
    change: Change,
    now: Moment,
) -> Vec<Effect> {
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
        return ask(state, change, plan, None, Vec::new());
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
    if let Some(note) = making.change.note() {
        state.decisions.drop_draft(note);
    }
    let text = format!(
        "held: {}, {}",
        making.change.says(),
        count(making.targets.len(), "alert")
    );
    state.notices.say_apart(Kind::Note, text, now);
    state.decisions.said = state.notices.said();
    if making.change.closes() {
        go_on(state, &making.targets, now);
    }
    state.decisions.queue.make(making, now);
    Vec::new()
}

/// Whoever closes an alert in the list goes on with the next that is left. It is the
/// key that moves: later, when the closed ones leave their place, nothing does.
pub(super) fn go_on(state: &mut State, targets: &[Target], now: Moment) {
    let closed: HashSet<&AlertId> = targets.iter().map(|target| &target.id).collect();
    let is_left = |key: &AlertKey| {
        let row = state.book.row(*key);
        row.is_some_and(|row| !closed.contains(&row.id))
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

pub(super) fn go_to(state: &mut State, key: AlertKey, now: Moment) {
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
            let text = noting.input.value();
            state.decisions.write_draft(&noting.alerts, text);
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
    let parts = confirming.parts.clone();
    state.overlay = None;
    if plan.keys.iter().all(|key| state.book.is_marked(*key)) {
        // They are dealt with: whoever goes on must not decide about them again unseen.
        state.book.clear_marks();
    }
    if !parts.is_empty() {
        return macros::make(state, parts, now);
    }
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

/// Ids of the alerts a draft is for, that it tells apart from others by.
pub(super) const DRAFT_OF: usize = 50;

/// What a draft about these alerts is told apart from others by.
pub(in crate::app) fn draft_ids(state: &State, keys: &[AlertKey]) -> Vec<String> {
    let rows = keys.iter().filter_map(|key| state.book.row(*key));
    let ids = rows.map(|row| row.id.as_str().to_owned());
    ids.take(DRAFT_OF).collect()
}

fn open_note(state: &mut State) -> Vec<Effect> {
    let keys = targets::meant(state);
    let alerts = draft_ids(state, &keys);
    // What was begun for others is not half a note about these.
    let input = Input::new(state.decisions.draft_for(&alerts).to_owned());
    open(
        state,
        Composing::Note(Box::new(Noting {
            input,
            keys,
            alerts,
        })),
    )
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

/// The decision the outbox stands on; none once that one is settled.
pub fn chosen(state: &State) -> Option<&Pending> {
    let Some(Overlay::Deciding(Composing::Outbox { chosen, .. })) = &state.overlay else {
        return None;
    };
    state.decisions.queue.one((*chosen)?)
}

fn open_outbox(state: &mut State) -> Vec<Effect> {
    // What waits for a person is what one opens it for.
    let queue = &state.decisions.queue;
    let first = queue.stuck().next().or(queue.pending().first());
    let chosen = first.map(|one| one.id);
    open(state, Composing::Outbox { chosen })
}

/// Walks by the decisions themselves: their places change as they are settled.
fn walk(state: &mut State, step: isize) {
    let pending = state.decisions.queue.pending();
    if let Some(Overlay::Deciding(Composing::Outbox { chosen })) = &mut state.overlay {
        let here = pending.iter().position(|one| Some(one.id) == *chosen);
        let next = here.map_or(0, |here| here.saturating_add_signed(step));
        let next = pending.get(next.min(pending.len().saturating_sub(1)));
        *chosen = next.map(|one| one.id);
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
    if merged.dropped.is_empty() {
        Vec::new()
    } else {
        vec![Effect::Audit(merged.dropped)]
    }
}
