//! What was decided and arrived, so that it can be taken back and done again.

use crate::app::decisions::queue::Deed;
use crate::app::decisions::queue::Meaning;
use crate::app::decisions::queue::Pending;
use crate::domain::alert::AlertId;
use crate::domain::decision::Change;
use crate::domain::decision::Target;
use crate::domain::decision::Triage;

/// Deeds that can be taken back.
const KEPT: usize = 200;

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

/// Changes with the alerts each is for.
pub type Plan = Vec<(Change, Vec<Target>)>;

impl Past {
    /// The changes that put everything back, with what each alert has to read now.
    ///
    /// Alerts that were different before need different changes. A note alone has none.
    pub fn inverse(&self) -> Plan {
        let mut plan: Plan = Vec::new();
        // A later part may lie on an earlier one.
        for part in self.parts.iter().rev() {
            for step in &part.steps {
                let Some(change) = part.change.inverse(&step.before) else {
                    continue;
                };
                add(&mut plan, change, &step.id, &step.after);
            }
        }
        plan
    }

    /// The changes that do it again after it was taken back. `self` is the taking back.
    pub fn again(&self) -> Plan {
        let mut plan: Plan = Vec::new();
        for part in self.parts.iter().rev() {
            let Meaning::Undo(original) = &part.meaning else {
                continue;
            };
            for step in &part.steps {
                add(&mut plan, original.clone(), &step.id, &step.after);
            }
        }
        plan
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

fn add(plan: &mut Plan, change: Change, id: &AlertId, seen: &Triage) {
    let target = Target {
        id: id.clone(),
        seen: seen.clone(),
    };
    match plan.iter_mut().find(|(known, _)| *known == change) {
        Some((_, targets)) => targets.push(target),
        None => plan.push((change, vec![target])),
    }
}

/// Everything that arrived, and everything that was taken back.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct History {
    done: Vec<Past>,
    undone: Vec<Past>,
}

impl History {
    /// A part of a deed arrived.
    pub fn add(&mut self, settled: Settled) {
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
        let surplus = pasts.len().saturating_sub(KEPT);
        pasts.drain(..surplus);
    }

    /// The latest that can be taken back.
    pub fn latest(&self) -> Option<&Past> {
        self.done.last()
    }

    /// Takes the latest out, to take it back.
    pub fn pop(&mut self) -> Option<Past> {
        self.done.pop()
    }

    /// The latest that can be done again.
    pub fn latest_undone(&self) -> Option<&Past> {
        self.undone.last()
    }

    /// Takes the latest that was taken back out, to do it again.
    pub fn pop_undone(&mut self) -> Option<Past> {
        self.undone.pop()
    }
}
