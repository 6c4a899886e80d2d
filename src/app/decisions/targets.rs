//! Which alerts a decision is for, and which of them it changes nothing about.

use crate::app::State;
use crate::app::alert_book::AlertKey;
use crate::app::panes::Pane;
use crate::domain::decision::Change;
use crate::domain::decision::Disposition;
use crate::domain::decision::Target;
use crate::domain::decision::Triage;
use crate::domain::decision::disposition::short_classification;
use crate::domain::decision::triage::Property;
use crate::domain::text::shown;
use crate::wire::triage;

/// The alerts that are meant: the one that is read, the marked ones, or all that the
/// selected line stands for.
pub fn meant(state: &State) -> Vec<AlertKey> {
    if state.focus_in_sight() == Pane::Detail {
        let shown = state.looking.shown().map(|shown| shown.key);
        return shown.into_iter().collect();
    }
    if state.book.marked() > 0 {
        return state.book.marked_ones().collect();
    }
    let line = state.book.line(state.cursor.position());
    line.map_or_else(Vec::new, |line| line.alerts.to_vec())
}

/// True where no alert is meant.
pub fn is_nothing(state: &State) -> bool {
    match state.focus_in_sight() {
        Pane::Detail => state.looking.shown().is_none(),
        Pane::List | Pane::Claims => state.book.marked() == 0 && state.cursor.selected().is_none(),
    }
}

/// An alert a decision leaves alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    pub key: AlertKey,
    pub why: &'static str,
}

/// What a decision would do.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Plan {
    pub keys: Vec<AlertKey>,
    pub targets: Vec<Target>,
    pub skipped: Vec<Skipped>,
}

/// What `change` would do to these alerts, as they read now and with what lies on them.
pub fn plan(state: &State, keys: &[AlertKey], change: &Change) -> Plan {
    let mut plan = Plan::default();
    for key in keys {
        let Some((row, seen)) = state.book.row(*key).zip(seen(state, *key)) else {
            continue;
        };
        let skipped = |why| Skipped { key: *key, why };
        let laid = state.decisions.on(&row.id);
        if laid.is_some_and(|laid| laid.is_stuck) {
            plan.skipped
                .push(skipped("an earlier decision on it waits for you"));
        } else if change.note().is_none() && change.is_seen_in(&seen) {
            plan.skipped.push(skipped("it is so already"));
        } else {
            plan.keys.push(*key);
            plan.targets.push(Target {
                id: row.id.clone(),
                seen,
            });
        }
    }
    plan
}

/// How an alert reads, with what lies on it.
fn seen(state: &State, key: AlertKey) -> Option<Triage> {
    let row = state.book.row(key)?;
    let told = triage::of(&state.book.original(key)?)?;
    // Looked for only where something lies: many are asked about at once.
    if state.decisions.on(&row.id).is_none() {
        return Some(told);
    }
    Some(state.decisions.queue.seen_through(&row.id, told))
}

/// The decided properties of an alert in few words: `new`, `resolved kim FP/other`.
pub fn brief(triage: &Triage, me: &str) -> String {
    let status = match triage.word(Property::Status) {
        "InProgress" => "in progress".to_owned(),
        "" => "?".to_owned(),
        word => word.to_lowercase(),
    };
    let owner = match triage.word(Property::AssignedTo) {
        "" => String::new(),
        name => owner(name, me),
    };
    let verdict = verdict(triage);
    let parts = [status, owner, verdict];
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join(" ")
}

/// `me`, the name before the `@`, or a dash.
pub fn owner(owner: &str, me: &str) -> String {
    if owner.is_empty() {
        "-".to_owned()
    } else if owner.eq_ignore_ascii_case(me) {
        "me".to_owned()
    } else {
        let name = owner.split('@').next().unwrap_or_default();
        shown(name).into_owned()
    }
}

/// Classification and determination, short; empty where nobody decided.
pub fn verdict(triage: &Triage) -> String {
    let (classification, determination) = (
        triage.word(Property::Classification),
        triage.word(Property::Determination),
    );
    if let Some(known) = Disposition::of(classification, determination) {
        return known.short();
    }
    let words = [short_classification(classification), determination];
    let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
    words.join("/")
}
