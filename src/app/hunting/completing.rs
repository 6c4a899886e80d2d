//! The tree of an alert completed by hunting: a query of its own, beside those of the
//! drawer.
//!
//! It leaves when a person asks and is never repeated by itself. What it found is kept for
//! a few alerts, with its age.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use crate::app::Effect;
use crate::app::State;
use crate::app::alert_book::AlertKey;
use crate::app::case::Tab;
use crate::app::case::growing;
use crate::app::case::prepared;
use crate::app::case::prepared::Revealed;
use crate::app::hunting::HuntId;
use crate::app::hunting::acting;
use crate::app::notices::Kind;
use crate::app::panes::Pane;
use crate::domain::detail::Evidence;
use crate::domain::failure::Failure;
use crate::domain::hunt::Complaint;
use crate::domain::hunt::Findings;
use crate::domain::hunt::Unhunted;
use crate::domain::hunt::tree;
use crate::domain::moment::Moment;
use crate::domain::process_tree::ProcessTree;
use crate::wire::processes;

/// Alerts whose trees are kept completed.
const KEPT: usize = 8;

/// What a query found of the processes of an alert.
#[derive(Debug, Clone, PartialEq)]
pub struct Hunted {
    /// When it was asked.
    pub at: Timestamp,
    pub processes: Vec<Evidence>,
    /// What their encoded command lines say, by the number of the process.
    pub revealed: BTreeMap<usize, Revealed>,
    /// As many rows came as were asked for: there may be more.
    pub is_cut: bool,
}

/// How far the latest query about one alert is.
#[derive(Debug, Clone, PartialEq)]
pub enum Stage {
    Asked { at: Timestamp },
    Answered,
    Refused(Complaint),
    Failed(Failure),
    GivenUp,
}

/// What was asked about the tree of one alert.
#[derive(Debug, Clone)]
pub struct Completion {
    alert: AlertKey,
    /// The latest query.
    hunt: HuntId,
    /// Which token it left with, counted in renewals.
    sent_with: u32,
    pub stage: Stage,
    /// Rows that came so far of the answer that is awaited.
    rows: Findings,
    /// The latest answer; a query that fails takes it from nobody.
    pub found: Option<Arc<Hunted>>,
}

/// Those of a few alerts, the one asked for last at the end.
#[derive(Debug, Clone, Default)]
pub struct Completions(Vec<Completion>);

impl Completions {
    /// That of an alert.
    pub fn of(&self, alert: AlertKey) -> Option<&Completion> {
        self.0.iter().find(|completion| completion.alert == alert)
    }

    fn awaited(&mut self, hunt: HuntId) -> Option<&mut Completion> {
        let mut all = self.0.iter_mut();
        all.find(|completion| completion.hunt == hunt && completion.is_running())
    }

    /// Rows came, and more come.
    pub(super) fn on_read(&mut self, hunt: HuntId, rows: &Findings) {
        if let Some(completion) = self.awaited(hunt)
            // Whoever sends more than was asked for is not listened to.
            && completion.rows.len() < tree::MOST_ROWS
        {
            completion.rows.append(rows.clone());
        }
    }

    /// Makes room for one more. False where all of them are waited for.
    fn make_room(&mut self) -> bool {
        if self.0.len() < KEPT {
            return true;
        }
        let settled = self.0.iter().position(|one| !one.is_running());
        settled.map(|place| self.0.remove(place)).is_some()
    }
}

impl Completion {
    /// True while an answer is awaited.
    pub const fn is_running(&self) -> bool {
        matches!(self.stage, Stage::Asked { .. })
    }
}

/// What was asked about the alert that is looked at.
pub fn shown(state: &State) -> Option<&Completion> {
    state.hunting.completions.of(state.looking.shown()?.key)
}

/// Why the tree that is looked at cannot be completed; asked for with each frame.
pub fn refusal(state: &State) -> Option<&'static str> {
    if shown(state).is_some_and(Completion::is_running) {
        return None;
    }
    let unread = || {
        let is_unread = state.looking.shown()?.detail.evidence.is_empty();
        let words = "the evidence is not read yet";
        (is_unread && state.looking.is_reading()).then_some(words)
    };
    let unknown = || tree::unknown(&state.looking.shown()?.detail);
    acting::forbidden(state).or_else(unread).or_else(unknown)
}

/// Asks, or gives up what was asked.
pub fn toggle(state: &mut State, now: Moment) -> Vec<Effect> {
    match shown(state) {
        Some(completion) if completion.is_running() => cancel(state, now),
        Some(_) | None => ask(state, now),
    }
}

/// Gives up what is awaited for the tree that is looked at; none where nothing is.
pub fn give_up(state: &mut State, now: Moment) -> Option<Vec<Effect>> {
    let is_there = state.focus == Pane::Detail && state.case.tab() == Tab::Tree;
    let is_running = shown(state).is_some_and(Completion::is_running);
    (is_there && is_running).then(|| cancel(state, now))
}

fn cancel(state: &mut State, now: Moment) -> Vec<Effect> {
    let Some(hunt) = shown(state).map(|completion| completion.hunt) else {
        return Vec::new();
    };
    if let Some(completion) = state.hunting.completions.awaited(hunt) {
        completion.stage = Stage::GivenUp;
        completion.rows = Findings::default();
    }
    state.notices.say(Kind::Note, acting::GIVEN_UP, now);
    vec![Effect::CancelHunt(hunt)]
}

fn ask(state: &mut State, now: Moment) -> Vec<Effect> {
    let Some(shown) = state.looking.shown() else {
        return Vec::new();
    };
    let alert = shown.key;
    let created = state.book.row(alert).and_then(|row| row.created);
    let query = tree::query(&shown.detail, created).map_err(str::to_owned);
    let query = query.and_then(|query| match acting::hindrance(state, &query, now) {
        Some(why) => Err(why),
        None => Ok(query),
    });
    let query = match query {
        Ok(query) => query,
        Err(why) => {
            state.notices.say(Kind::Warning, why, now);
            return Vec::new();
        }
    };
    let completions = &mut state.hunting.completions;
    let known = completions.0.iter().position(|one| one.alert == alert);
    let found = known.and_then(|place| completions.0.remove(place).found);
    if !completions.make_room() {
        let why = "too many trees wait for an answer: give one of them up first";
        state.notices.say(Kind::Warning, why, now);
        return Vec::new();
    }
    let hunt = state.hunting.new_id();
    state.hunting.calls.count(now.steady);
    state.hunting.completions.0.push(Completion {
        alert,
        hunt,
        sent_with: state.session.renewals(),
        stage: Stage::Asked { at: now.wall },
        rows: Findings::default(),
        found,
    });
    vec![Effect::Hunt { hunt, query }]
}

/// A query ended. None where it was not about a tree.
pub(super) fn on_hunted(
    state: &mut State,
    id: HuntId,
    result: &Result<Arc<Findings>, Unhunted>,
    now: Moment,
) -> Option<Vec<Effect>> {
    let completion = state.hunting.completions.awaited(id)?;
    let (alert, sent_with) = (completion.alert, completion.sent_with);
    let Stage::Asked { at } = completion.stage else {
        return None;
    };
    // What came before an answer broke off tells too little of the tree to be in it.
    let mut rows = std::mem::take(&mut completion.rows);
    let what = "the tree was not completed";
    match result {
        Ok(last) => {
            rows.append(Findings::clone(last));
            completion.stage = Stage::Answered;
            completion.found = Some(Arc::new(read(&rows, at)));
            state.session.on_accepted();
            growing::grow(state);
            if !is_in_sight(state, alert) {
                let title = state.book.row(alert).map(|row| state.book.text(row.title));
                let title = title.map_or_else(String::new, |title| title.shown_briefly().into());
                let text = format!("the tree of `{title}` is completed by hunting");
                state.notices.say(Kind::Good, text, now);
            }
            Some(Vec::new())
        }
        Err(Unhunted::Refused(complaint)) => {
            completion.stage = Stage::Refused(complaint.clone());
            let text = format!("{what}: the query was refused: {}", complaint.says());
            say_failed(state, alert, text, now);
            Some(Vec::new())
        }
        Err(Unhunted::Failed(failure)) => {
            completion.stage = Stage::Failed(failure.clone());
            let text = format!("{what}: {}", failure.sentence);
            say_failed(state, alert, text, now);
            Some(acting::on_failed(state, failure, what, sent_with, now))
        }
    }
}

/// For the log; on screen it stands below the tree, where that is in sight.
fn say_failed(state: &mut State, alert: AlertKey, text: String, now: Moment) {
    state.notices.say(Kind::Bad, text, now);
    if is_in_sight(state, alert) {
        state.notices.dismiss();
    }
}

fn is_in_sight(state: &State, alert: AlertKey) -> bool {
    let shown = state.looking.shown().map(|shown| shown.key);
    shown == Some(alert) && state.case.tab() == Tab::Tree && state.overlay.is_none()
}

fn read(findings: &Findings, at: Timestamp) -> Hunted {
    let processes = processes::of(findings);
    Hunted {
        at,
        revealed: prepared::revealed(&processes),
        processes,
        is_cut: findings.len() >= tree::MOST_ROWS,
    }
}

/// Something happened: perhaps an alert was opened whose tree was completed before.
pub fn keep_up(state: &mut State) {
    let Some(shown) = state.looking.shown() else {
        return;
    };
    let found = state.hunting.completions.of(shown.key);
    let Some(found) = found.and_then(|completion| completion.found.clone()) else {
        return;
    };
    let known = shown.prepared.hunted.as_ref();
    if known.is_none_or(|known| !Arc::ptr_eq(known, &found)) {
        let tree = ProcessTree::completed(&shown.detail.evidence, &found.processes);
        state.looking.completed(tree, found);
    }
}
