//! What is done to the list as a whole: marks, order, groups, folds, and holding it still.

use std::ops::RangeInclusive;

use crate::app::State;
use crate::app::actions;
use crate::app::alert_book::AlertKey;
use crate::app::count;
use crate::app::incident_list;
use crate::app::notices::Kind;
use crate::app::order::Order;
use crate::app::order::SortBy;
use crate::app::overlay::Overlay;
use crate::app::shape::GroupBy;
use crate::app::shape::LineKind;
use crate::domain::moment::Moment;
use crate::keymap::ListAction;

/// Whether a person wants the list to hold still.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Hold {
    #[default]
    Live,
    Frozen,
}

/// Why it cannot be done now.
pub fn refusal(state: &State, action: ListAction) -> Option<&'static str> {
    let line = || state.book.line(state.cursor.position());
    match action {
        ListAction::Mark | ListAction::MarkRange | ListAction::MarkAlike
            if state.cursor.selected().is_none() =>
        {
            Some("no alert is selected")
        }
        ListAction::Fold
            if line().is_none_or(|line| line.kind == LineKind::Alert && line.alerts.len() < 2) =>
        {
            Some("this line stands for one alert")
        }
        ListAction::Incident => incident_list::refusal(state),
        ListAction::Mark
        | ListAction::MarkRange
        | ListAction::MarkAlike
        | ListAction::SortLateness
        | ListAction::SortSeverity
        | ListAction::SortNewest
        | ListAction::SortAge
        | ListAction::SortTitle
        | ListAction::SortDevice
        | ListAction::SortUser
        | ListAction::SortIncident
        | ListAction::SortStatus
        | ListAction::SortOwner
        | ListAction::SortLeft
        | ListAction::SortRight
        | ListAction::CycleGroups
        | ListAction::Fold
        | ListAction::Freeze => None,
    }
}

/// Does it. Nothing here asks the service for anything.
pub fn apply(state: &mut State, action: ListAction, now: Moment) {
    let chosen = |state: &State, by| state.book.order().chosen(by);
    match action {
        ListAction::Mark => mark(state, now),
        ListAction::MarkRange => mark_range(state, now),
        ListAction::MarkAlike => mark_alike(state, now),
        ListAction::SortLateness => sort(state, chosen(state, SortBy::Lateness), now),
        ListAction::SortSeverity => sort(state, chosen(state, SortBy::Severity), now),
        ListAction::SortNewest => sort(state, chosen(state, SortBy::Newest), now),
        ListAction::SortAge => sort(state, chosen(state, SortBy::Age), now),
        ListAction::SortTitle => sort(state, chosen(state, SortBy::Title), now),
        ListAction::SortDevice => sort(state, chosen(state, SortBy::Device), now),
        ListAction::SortUser => sort(state, chosen(state, SortBy::User), now),
        ListAction::SortIncident => sort(state, chosen(state, SortBy::Incident), now),
        ListAction::SortStatus => sort(state, chosen(state, SortBy::Status), now),
        ListAction::SortOwner => sort(state, chosen(state, SortBy::Owner), now),
        ListAction::SortLeft => {
            let order = state.book.order().cycled(SortBy::ALL.len() - 1);
            sort(state, order, now);
        }
        ListAction::SortRight => sort(state, state.book.order().cycled(1), now),
        ListAction::CycleGroups => {
            let all = GroupBy::ALL;
            let index = all.iter().position(|by| *by == state.book.grouping());
            let next = all.get(index.map_or(0, |index| index + 1));
            group_by(state, next.copied().unwrap_or_default());
        }
        ListAction::Fold => fold(state),
        ListAction::Incident => incident_list::toggle(state, now),
        ListAction::Freeze => {
            state.hold = match state.hold {
                Hold::Live => Hold::Frozen,
                Hold::Frozen => Hold::Live,
            };
        }
    }
}

/// Marks what the line stands for and goes on to the next, as one marks several.
fn mark(state: &mut State, now: Moment) {
    if state.range_from.is_some() {
        return mark_range(state, now);
    }
    let line = state.book.line(state.cursor.position());
    let keys: Vec<AlertKey> = line.map_or_else(Vec::new, |line| line.alerts.to_vec());
    state.book.toggle_marks(&keys);
    let before = state.cursor.selected();
    actions::reconcile(state);
    // Where the filter took the line away, the next one stands there already.
    if state.cursor.selected() == before {
        let height = state.panes().list_height();
        state.cursor.step(&state.book, 1, height);
    }
    if state.cursor.selected() != before {
        state.looking.on_moved(now.steady);
    }
}

/// The lines between where the range was begun and the cursor.
pub fn range(state: &State) -> Option<RangeInclusive<usize>> {
    let begun = state.book.line_of(state.range_from?)?;
    let here = state.cursor.position();
    Some(begun.min(here)..=begun.max(here))
}

fn mark_range(state: &mut State, now: Moment) {
    if let Some(range) = range(state) {
        state.book.mark_lines(range);
        state.range_from = None;
        on_marked(state, now);
    } else {
        state.range_from = state.cursor.selected();
    }
}

/// Marks changed: a filter may have taken the selected line away.
pub(super) fn on_marked(state: &mut State, now: Moment) {
    let before = state.cursor.selected();
    actions::reconcile(state);
    if state.cursor.selected() != before {
        state.looking.on_moved(now.steady);
    }
}

fn mark_alike(state: &mut State, now: Moment) {
    let Some(selected) = state.cursor.selected() else {
        return;
    };
    let alike = state.book.alike(selected);
    state.book.toggle_marks(&alike);
    let done = if state.book.is_marked(selected) {
        "marked"
    } else {
        "no longer marked"
    };
    let title = state.book.row(selected).map(|row| row.title);
    let title = title.map(|title| state.book.text(title).shown_briefly());
    let text = format!(
        "{} {done}: {}",
        count(alike.len(), "alert"),
        title.unwrap_or_default()
    );
    state.notices.say(Kind::Note, text, now);
    on_marked(state, now);
}

/// Whoever asks for another order wants to see its beginning.
pub(super) fn sort(state: &mut State, order: Order, now: Moment) {
    if let Some(Overlay::SortMenu) = state.overlay {
        state.overlay = None;
    }
    state.book.sort_by(order);
    let height = state.panes().list_height();
    state.cursor.go_to(&state.book, 0, height);
    state.looking.on_moved(now.steady);
}

/// Groups the list; the selection stays.
pub(super) fn group_by(state: &mut State, by: GroupBy) {
    state.book.group_by(by);
    actions::reconcile(state);
}

/// Folds or unfolds what is selected; the selection stays where it is.
pub(super) fn fold(state: &mut State) {
    let position = state.cursor.position();
    state.book.toggle(position);
    actions::reconcile(state);
}

/// Holds the list still while a person wants it so, or chooses or types something.
pub(super) fn hold_still(state: &mut State) {
    let chooses = match &state.overlay {
        Some(
            Overlay::Filter(_)
            | Overlay::HandOut(_)
            | Overlay::Deciding(_)
            | Overlay::Responding(_)
            | Overlay::Hunting(_)
            | Overlay::Paste { .. }
            | Overlay::Palette { .. }
            | Overlay::SortMenu
            | Overlay::Columns { .. },
        ) => true,
        Some(Overlay::Help { .. } | Overlay::Handover { .. } | Overlay::Log { .. }) | None => false,
    };
    let frozen = chooses || state.hold == Hold::Frozen;
    if frozen != state.book.waiting().is_some() {
        let waited = state.book.waiting().is_some_and(|waiting| waiting > 0);
        state.book.freeze(frozen);
        if waited {
            actions::reconcile(state);
        }
    }
}
