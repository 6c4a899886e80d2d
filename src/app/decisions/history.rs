//! What was decided and arrived, so that it can be taken back and done again.

use crate::app::decisions::pending::Deed;
use crate::app::decisions::pending::Meaning;
use crate::app::decisions::pending::Pending;
use crate::domain::alert::AlertId;
use crate::domain::decision::Change;
use crate::domain::decision::Target;
use crate::domain::decision::Triage;

/// Deeds that can be taken back, and alerts in all of them.
const KEPT: usize = 200;
const MOST_STEPS: usize = 100_000;

/// What one alert was and became.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    pub id: AlertId,
    pub before: Triage,
    pub after: Triage,
}

/// A part of a deed: one change that arrived at some alerts.
#[derive(Debug, Clone, PartialEq)]
pub struct Settled {
    pub deed: Deed,
    pub meaning: Meaning,
    pub change: Change,
    pub steps: Vec<Step>,
}

impl Settled {
    /// Of this decision; nothing arrived yet.
    pub fn new(pending: &Pending) -> Self {
        Self {
            deed: pending.deed,
            meaning: pending.meaning.clone(),
            change: pending.change.clone(),
            steps: Vec::new(),
        }
    }

    /// It arrived at this alert, which now reads so, as far as that is known.
    pub fn add(&mut self, target: &Target, after: Option<&Triage>) {
        let after = after.cloned();
        self.steps.push(Step {
            id: target.id.clone(),
            before: target.seen.clone(),
            after: after.unwrap_or_else(|| self.change.applied_to(&target.seen)),
        });
    }

    /// None where it arrived nowhere.
    pub fn is_anything(self) -> Option<Self> {
        (!self.steps.is_empty()).then_some(self)
    }
}

/// One deed that arrived, in parts.
#[derive(Debug, Clone, PartialEq)]
pub struct Past {
    pub deed: Deed,
    pub parts: Vec<Settled>,
}

/// A change that has to be written, and what it is for.
#[derive(Debug, Clone, PartialEq)]
pub struct Return {
    pub change: Change,
    pub meaning: Meaning,
    pub targets: Vec<Target>,
}

impl Past {
    /// What puts everything back, with what each alert has to read now.
    ///
    /// Alerts that were different before need different changes. A note alone has none,
    /// and one that arrived is not sent again.
    pub fn inverse(&self) -> Vec<Return> {
        let mut returns = Vec::new();
        // A later part may lie on an earlier one.
        for part in self.parts.iter().rev() {
            for step in &part.steps {
                let Some(change) = part.change.inverse(&step.before) else {
                    continue;
                };
                let meaning = Meaning::Undo(part.change.without_note());
                add(&mut returns, change, meaning, step);
            }
        }
        returns
    }

    /// What does it again after it was taken back. `self` is the taking back.
    pub fn again(&self) -> Vec<Return> {
        let mut returns = Vec::new();
        for part in self.parts.iter().rev() {
            let Meaning::Undo(original) = &part.meaning else {
                continue;
            };
            for step in &part.steps {
                add(&mut returns, original.clone(), Meaning::Redo, step);
            }
        }
        returns
    }

    /// The alerts it was for.
    pub fn alerts(&self) -> impl Iterator<Item = &AlertId> {
        let steps = self.parts.iter().flat_map(|part| &part.steps);
        steps.map(|step| &step.id)
    }

    /// True where something of it stays whatever is done.
    pub fn has_note(&self) -> bool {
        self.parts.iter().any(|part| part.change.note().is_some())
    }

    /// In words.
    pub fn says(&self) -> String {
        let first = self.parts.first();
        first.map_or_else(String::new, |part| part.change.says())
    }
}

fn add(returns: &mut Vec<Return>, change: Change, meaning: Meaning, step: &Step) {
    let target = Target {
        id: step.id.clone(),
        seen: step.after.clone(),
    };
    let mut known = returns.iter_mut();
    match known.find(|known| known.change == change && known.meaning == meaning) {
        Some(known) => known.targets.push(target),
        None => returns.push(Return {
            change,
            meaning,
            targets: vec![target],
        }),
    }
}

/// Everything that arrived, and everything that was taken back.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct History {
    done: Vec<Past>,
    undone: Vec<Past>,
    /// What is being taken back or done again, by the deed that does so: it comes back
    /// here should that one not arrive.
    returning: Vec<(Deed, Past)>,
}

impl History {
    /// A part of a deed arrived.
    pub fn add(&mut self, settled: Settled) {
        self.returning.retain(|(deed, _)| *deed != settled.deed);
        let pasts = match settled.meaning {
            Meaning::Decision => {
                self.undone.clear();
                &mut self.done
            }
            Meaning::Redo => &mut self.done,
            Meaning::Undo(_) => &mut self.undone,
        };
        match pasts.last_mut() {
            Some(last) if last.deed == settled.deed => last.parts.push(settled),
            Some(_) | None => pasts.push(Past {
                deed: settled.deed,
                parts: vec![settled],
            }),
        }
        let steps = |past: &Past| past.alerts().count();
        let mut room = MOST_STEPS;
        let kept = pasts.iter().rev().take(KEPT).take_while(|past| {
            let fits = steps(past) <= room;
            room = room.saturating_sub(steps(past));
            fits
        });
        // The latest can always be taken back, however much it was.
        let surplus = pasts.len() - kept.count().max(1);
        pasts.drain(..surplus);
    }

    /// One that was held was taken back: nothing arrived, and it can be made again.
    pub fn add_taken_back(&mut self, one: &Pending) {
        if one.meaning != Meaning::Decision {
            return;
        }
        let step = |target: &Target| Step {
            id: target.id.clone(),
            before: target.seen.clone(),
            after: target.seen.clone(),
        };
        let part = Settled {
            deed: one.deed,
            meaning: Meaning::Undo(one.change.clone()),
            change: one.change.clone(),
            steps: one.targets.iter().map(step).collect(),
        };
        match self.undone.last_mut() {
            Some(last) if last.deed == one.deed => last.parts.push(part),
            Some(_) | None => self.undone.push(Past {
                deed: one.deed,
                parts: vec![part],
            }),
        }
    }

    /// A deed that takes back or does again did not arrive: what it was about is as
    /// before.
    pub fn give_back(&mut self, one: &Pending) {
        let place = self
            .returning
            .iter()
            .position(|(deed, _)| *deed == one.deed);
        let Some((_, past)) = place.map(|place| self.returning.remove(place)) else {
            return;
        };
        match one.meaning {
            Meaning::Undo(_) => self.done.push(past),
            Meaning::Decision | Meaning::Redo => self.undone.push(past),
        }
    }

    /// The latest that can be taken back.
    pub fn latest(&self) -> Option<&Past> {
        self.done.last()
    }

    /// Begins to take the latest back, by this deed.
    pub fn take_back(&mut self, by: Deed) {
        self.returning
            .extend(self.done.pop().map(|past| (by, past)));
    }

    /// Forgets the latest: nothing of it can be taken back.
    pub fn forget(&mut self) {
        self.done.pop();
    }

    /// The latest that can be done again.
    pub fn latest_undone(&self) -> Option<&Past> {
        self.undone.last()
    }

    /// Begins to do the latest that was taken back again, by this deed.
    pub fn do_again(&mut self, by: Deed) {
        self.returning
            .extend(self.undone.pop().map(|past| (by, past)));
    }
}
