//! What a fresh reading of an alert leaves to be done.
//!
//! Nothing here knows whether this is a first try or a later one: a try that arrived
//! shows in the alert itself.

use crate::domain::decision::change::Change;
use crate::domain::decision::outcome::Guard;
use crate::domain::decision::triage::Property;
use crate::domain::decision::triage::Triage;

/// An alert as it reads now, beside a change that is wanted of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    pub triage: Triage,
    /// The note of the change is on it already.
    pub has_note: bool,
}

/// What is to be done about one alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Task {
    /// It reads as wanted.
    Nothing,
    /// Somebody decided otherwise: whoever decided first has to look again.
    Conflict,
    /// This is still to be written.
    Write(Change),
}

impl Reading {
    /// Whether everything that was wanted is there.
    pub fn shows(&self, change: &Change) -> bool {
        change.is_seen_in(&self.triage) && (change.note().is_none() || self.has_note)
    }

    /// What is left to be done for somebody who saw the alert as `seen`.
    pub fn task(&self, change: &Change, seen: &Triage, guard: Guard) -> Task {
        if self.shows(change) {
            return Task::Nothing;
        }
        let is_free = match guard {
            Guard::Overwrite => true,
            Guard::Checked => seen.same_decisions(&self.triage) || self.only_ours(change, seen),
        };
        if !is_free {
            return Task::Conflict;
        }
        Task::Write(if self.has_note {
            change.without_note()
        } else if change.is_seen_in(&self.triage) {
            change.only_note()
        } else {
            change.clone()
        })
    }

    /// Whether all that is new since `seen` is what the change wants: a part of it that
    /// arrived by an earlier try.
    fn only_ours(&self, change: &Change, seen: &Triage) -> bool {
        let theirs = &self.triage;
        let own_notes = usize::from(self.has_note);
        theirs.comments <= seen.comments + own_notes
            && Property::ALL.into_iter().all(|property| {
                let now = theirs.word(property);
                property.same(seen.word(property), now)
                    || change
                        .word(property)
                        .is_some_and(|wanted| property.same(wanted, now))
            })
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::domain::decision::disposition::Disposition;

    fn triage(status: &str, owner: &str, comments: usize, second: i64) -> Triage {
        Triage {
            status: status.to_owned(),
            assigned_to: owner.to_owned(),
            comments,
            updated: Timestamp::from_second(second).ok(),
            ..Triage::default()
        }
    }

    fn reading(triage: Triage, has_note: bool) -> Reading {
        Reading { triage, has_note }
    }

    fn noted() -> Change {
        Change::take("me").and_note("mine").unwrap_or_default()
    }

    #[test]
    fn what_is_left_is_written_and_no_more() {
        let seen = triage("New", "", 0, 1);
        let taken = triage("InProgress", "me", 0, 2);
        let taken_and_noted = triage("InProgress", "me", 1, 2);
        let cases = [
            (seen.clone(), false, Task::Write(noted())),
            (taken, false, Task::Write(noted().only_note())),
            (
                triage("New", "", 1, 2),
                true,
                Task::Write(noted().without_note()),
            ),
            (taken_and_noted.clone(), true, Task::Nothing),
            // A note of somebody else, beside the very thing we want.
            (taken_and_noted, false, Task::Conflict),
        ];
        for (now, has_note, expected) in cases {
            let task = reading(now.clone(), has_note).task(&noted(), &seen, Guard::Checked);
            assert_eq!(task, expected, "{now:?}");
        }
    }

    #[test]
    fn somebody_elses_decision_is_a_conflict_unless_it_is_written_over() {
        let seen = triage("New", "", 0, 1);
        let theirs = reading(triage("InProgress", "kim", 0, 2), false);
        let close = Change::close(Disposition::Malware);
        for change in [close.clone(), Change::take("me")] {
            assert_eq!(theirs.task(&change, &seen, Guard::Checked), Task::Conflict);
            let forced = theirs.task(&change, &seen, Guard::Overwrite);
            assert_eq!(forced, Task::Write(change));
        }
        // Only the time moved: the service added something of its own.
        let touched = reading(triage("New", "", 0, 2), false);
        let task = touched.task(&close, &seen, Guard::Checked);
        assert_eq!(task, Task::Write(close));
    }

    #[test]
    fn half_of_an_own_try_is_no_conflict() {
        let seen = triage("New", "", 0, 1);
        let half = reading(triage("InProgress", "", 0, 2), false);
        let task = half.task(&Change::take("me"), &seen, Guard::Checked);
        assert_eq!(task, Task::Write(Change::take("me")));
    }
}
