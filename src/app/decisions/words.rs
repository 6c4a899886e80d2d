//! What is said of decisions above the footer.

use crate::app::State;
use crate::app::count;
use crate::app::notices::Kind;
use crate::app::times;
use crate::domain::moment::Steady;

/// Whole seconds until then, begun ones counted.
pub(super) fn seconds_left(now: Steady, until: Steady) -> i64 {
    let left = now.until(until);
    left.as_secs() + i64::from(left.subsec_nanos() > 0)
}

/// What is held, in the words of the line above the footer: seconds left, and what.
pub fn held_words(state: &State) -> Option<(i64, String)> {
    let (one, until) = state.decisions.queue.countdown()?;
    let seconds = seconds_left(state.now.steady, until);
    // The changes of one key are one thing to a person.
    let held = || state.decisions.queue.held();
    let others = held().filter(|other| other.deed != one.deed).count();
    let others = if others > 0 {
        format!(", and {others} more")
    } else {
        String::new()
    };
    let same = held().filter(|other| other.deed == one.deed);
    let alerts: usize = same.map(|part| part.targets.len()).sum();
    let alerts = count(alerts, "alert");
    Some((seconds, format!("{}, {alerts}{others}", one.change.says())))
}

/// What waits for the service or for a person, where nothing else is said.
pub fn standing_words(state: &State) -> Option<(Kind, String)> {
    let queue = &state.decisions.queue;
    let (stuck, waiting) = (queue.stuck().count(), queue.waiting().count());
    if stuck > 0 {
        let others = match waiting {
            0 => String::new(),
            waiting => format!(", {waiting} for the service"),
        };
        let text = format!("{} for you{others}: O shows them", waits(stuck));
        return Some((Kind::Warning, text));
    }
    let (_, until, failure) = queue.waiting().next()?;
    if !state.session.is_usable(state.now) {
        let text = format!(
            "{} until somebody is signed in; O shows them",
            waits(waiting)
        );
        return Some((Kind::Warning, text));
    }
    let at = state.now.plus(state.now.steady.until(until)).wall;
    let at = times::clock_with_seconds(at, state.now.wall, &state.settings.zone);
    let text = format!(
        "{} for the service ({}), tried again {at}; O shows them",
        waits(waiting),
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
