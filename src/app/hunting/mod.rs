//! Hunting from an alert: what is asked, what came of it, and how it is looked through.
//!
//! Reading order: [`subject`] (what the alert under the cursor names), [`grid`] (a result
//! as it is looked through), [`acting`] (what the keys do), [`completing`] (the tree of an alert). Queries leave when a person
//! asks and never by themselves.

pub mod acting;
pub mod completing;
pub mod grid;
pub mod subject;

use std::collections::VecDeque;
use std::sync::Arc;

use jiff::Timestamp;

use crate::app::calls::Allowed;
use crate::app::calls::Calls;
pub use crate::app::hunting::acting::on_edited;
pub use crate::app::hunting::acting::on_hunted;
pub use crate::app::hunting::acting::on_read;
use crate::app::hunting::completing::Completions;
use crate::app::hunting::grid::Extent;
use crate::app::hunting::grid::Grid;
use crate::domain::failure::Failure;
use crate::domain::hunt;
use crate::domain::hunt::Complaint;
use crate::domain::hunt::Findings;
use crate::domain::hunt::Subject;
use crate::keymap::Scope;

/// Which hunt an answer is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct HuntId(u64);

/// Queries of the session that are remembered.
const REMEMBERED: usize = 20;
/// Results that are kept, the latest: each may be a hundred megabytes.
const KEPT_RESULTS: usize = 3;

/// What lies over the panes.
#[derive(Debug, Clone)]
pub enum Dialog {
    /// What to hunt for.
    Menu(Box<Subject>),
    /// The query and what it found, below the list.
    Drawer,
}

impl Dialog {
    /// Where its keys are looked up.
    pub const fn scope(&self) -> Scope {
        match self {
            Self::Menu(_) => Scope::HuntMenu,
            Self::Drawer => Scope::HuntDrawer,
        }
    }
}

/// What came of a query.
#[derive(Debug, Clone)]
pub enum Outcome {
    Running,
    /// All of it, or what came so far.
    Found(Box<Grid>),
    /// It found something, and that was given up for later results.
    Forgotten {
        rows: usize,
    },
    Refused(Complaint),
    Failed(Failure),
    Cancelled,
}

/// One query of the session.
#[derive(Debug, Clone)]
pub struct Hunt {
    pub id: HuntId,
    /// What it looks for: a phrase.
    pub title: String,
    pub query: String,
    /// When it was asked.
    pub at: Timestamp,
    pub outcome: Outcome,
}

impl Hunt {
    /// Adds rows that came. The answer is how many there are now.
    fn add(&mut self, rows: Arc<Findings>, extent: Extent) -> usize {
        if let Outcome::Found(grid) = &mut self.outcome {
            grid.absorb(rows, extent);
            return grid.findings.len();
        }
        let length = rows.len();
        self.outcome = Outcome::Found(Box::new(Grid::new(rows, extent)));
        length
    }

    /// Ends it before all came. Rows that are there are kept.
    fn break_off(&mut self, extent: Extent, without_rows: Outcome) {
        if let Outcome::Found(grid) = &mut self.outcome {
            grid.end(extent);
        } else {
            self.outcome = without_rows;
        }
    }

    /// Whether rows, or an answer at all, may still come.
    fn is_running(&self) -> bool {
        match &self.outcome {
            Outcome::Running => true,
            Outcome::Found(grid) => grid.extent == Extent::Growing,
            Outcome::Forgotten { .. }
            | Outcome::Refused(_)
            | Outcome::Failed(_)
            | Outcome::Cancelled => false,
        }
    }
}

/// Every hunt of the session.
#[derive(Debug, Clone)]
pub struct Hunting {
    /// The latest last.
    hunts: VecDeque<Hunt>,
    next: u64,
    /// The one that is looked at.
    shown: usize,
    /// What an editor is open for.
    editing: Option<String>,
    /// Which token the latest query left with, counted in renewals.
    sent_with: u32,
    calls: Calls,
    /// Trees that were completed, which the drawer knows nothing of.
    pub completions: Completions,
}

impl Default for Hunting {
    fn default() -> Self {
        Self {
            hunts: VecDeque::new(),
            next: 1,
            shown: 0,
            editing: None,
            sent_with: 0,
            completions: Completions::default(),
            calls: Calls::within(Allowed {
                per_minute: hunt::PER_MINUTE,
                per_hour: hunt::PER_HOUR,
            }),
        }
    }
}

impl Hunting {
    /// The hunt that is looked at.
    pub fn shown(&self) -> Option<&Hunt> {
        self.hunts.get(self.shown)
    }

    /// Its number among all, counted from one, and how many there are.
    pub fn place(&self) -> (usize, usize) {
        (self.shown + 1, self.hunts.len())
    }

    /// The result that is looked at, if one is there.
    pub fn grid(&self) -> Option<&Grid> {
        match &self.shown()?.outcome {
            Outcome::Found(grid) => Some(grid),
            Outcome::Running
            | Outcome::Forgotten { .. }
            | Outcome::Refused(_)
            | Outcome::Failed(_)
            | Outcome::Cancelled => None,
        }
    }

    fn grid_mut(&mut self) -> Option<&mut Grid> {
        match &mut self.hunts.get_mut(self.shown)?.outcome {
            Outcome::Found(grid) => Some(grid),
            Outcome::Running
            | Outcome::Forgotten { .. }
            | Outcome::Refused(_)
            | Outcome::Failed(_)
            | Outcome::Cancelled => None,
        }
    }

    fn running(&self) -> Option<&Hunt> {
        let mut hunts = self.hunts.iter();
        hunts.find(|hunt| hunt.is_running())
    }

    /// Queries left this minute and this hour.
    pub fn calls_left(&self, now: crate::domain::moment::Steady) -> (usize, usize) {
        self.calls.left(now)
    }

    fn new_id(&mut self) -> HuntId {
        let id = HuntId(self.next);
        self.next += 1;
        id
    }

    fn add(&mut self, title: String, query: String, at: Timestamp) -> HuntId {
        let id = self.new_id();
        if self.hunts.len() >= REMEMBERED {
            self.hunts.pop_front();
        }
        self.hunts.push_back(Hunt {
            id,
            title,
            query,
            at,
            outcome: Outcome::Running,
        });
        self.shown = self.hunts.len() - 1;
        id
    }

    /// The hunt an answer is of, while it is waited for.
    fn awaited(&mut self, id: HuntId) -> Option<&mut Hunt> {
        let mut hunts = self.hunts.iter_mut();
        hunts.find(|hunt| hunt.id == id && hunt.is_running())
    }

    /// Gives up all results but the latest.
    fn forget_old(&mut self) {
        let found = |hunt: &&mut Hunt| matches!(hunt.outcome, Outcome::Found(_));
        let old = self.hunts.iter_mut().rev().filter(found);
        for hunt in old.skip(KEPT_RESULTS) {
            if let Outcome::Found(grid) = &hunt.outcome {
                let rows = grid.findings.len();
                hunt.outcome = Outcome::Forgotten { rows };
            }
        }
    }
}
