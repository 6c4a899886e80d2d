//! The incident of the alert under the cursor, as a list with the same keys; and back.
//!
//! It is a filter like any other, so it can be added to, sorted, marked and left.

use crate::app::State;
use crate::app::filtering;
use crate::domain::moment::Moment;

/// The list that was left for an incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Before {
    /// What it was filtered by.
    filter: String,
    /// What shows the incident.
    incident: String,
}

/// Why there is no incident to show.
pub fn refusal(state: &State) -> Option<&'static str> {
    let is_shown = is_shown(state);
    (!is_shown && incident(state).is_none()).then_some("the alert belongs to no incident")
}

/// Shows the incident as a list, or the list that was left for it.
pub fn toggle(state: &mut State, now: Moment) {
    if leave(state, now) {
        return;
    }
    let Some(incident) = incident(state) else {
        return;
    };
    let filter = state.filter_text.clone();
    filtering::set(state, incident.clone(), now);
    state.before_incident = Some(Before { filter, incident });
}

/// Back to the list that was left for an incident. False where none was.
pub(super) fn leave(state: &mut State, now: Moment) -> bool {
    let shown = is_shown(state);
    // Whoever filtered by something else meanwhile is somewhere else.
    let before = state.before_incident.take().filter(|_| shown);
    if let Some(before) = before {
        filtering::set(state, before.filter, now);
        return true;
    }
    false
}

fn is_shown(state: &State) -> bool {
    let before = state.before_incident.as_ref();
    before.is_some_and(|before| before.incident == state.filter_text)
}

/// A filter for the incident of the selected alert.
fn incident(state: &State) -> Option<String> {
    let row = state.book.row(state.cursor.selected()?)?;
    let incident = state.book.incident(row);
    (!incident.is_empty()).then(|| {
        if incident.chars().all(char::is_alphanumeric) {
            format!("inc:{incident}")
        } else {
            let escaped = incident.replace('\\', "\\\\").replace('"', "\\\"");
            format!("inc:\"{escaped}\"")
        }
    })
}
