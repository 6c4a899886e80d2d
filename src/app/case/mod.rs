//! The case: what is known of the alert looked at, in tabs.
//!
//! Reading order: [`Tab`] and [`Case`] (what is kept), [`prepared`] (what is worked out
//! once when an alert is opened), [`sheet`](mod@sheet) (a tab as a page with rows), then a
//! file for each tab: [`evidence`] with [`related`] and [`merged`], [`tree`] with [`growing`],
//! [`device`], [`incident`], [`notes`], [`raw`]; [`foot`] (what a tab keeps below its page),
//! [`keys`] (what keys do here) and [`copies`] (what is copied from a row). The overview is
//! [`crate::app::detail_text`].

pub mod copies;
pub mod device;
pub mod evidence;
pub mod foot;
pub mod growing;
pub mod incident;
pub mod keys;
pub mod merged;
pub mod notes;
pub mod others;
pub mod prepared;
pub mod raw;
pub mod related;
pub mod sheet;
pub mod spoken;
pub mod tab_line;
pub mod tree;

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::app::State;
use crate::app::case::evidence::SortPieces;
use crate::app::case::sheet::Extent;
use crate::app::case::sheet::Sheet;
use crate::app::looking::Shown;
use crate::domain::detail::Account;
use crate::domain::detail::Device;
use crate::domain::detail::Entity;
use crate::domain::detail::EvidenceKind;
use crate::domain::detail::File;
use crate::domain::detail::Parent;
use crate::domain::detail::Process;
use crate::domain::text::Text;
use crate::domain::thing::Thing;
use crate::keymap::Scope;

/// The parts of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Tab {
    #[default]
    Overview,
    Evidence,
    Tree,
    Device,
    Incident,
    Notes,
    Raw,
}

impl Tab {
    /// In the order of the tab line.
    pub const ALL: [Self; 7] = [
        Self::Overview,
        Self::Evidence,
        Self::Tree,
        Self::Device,
        Self::Incident,
        Self::Notes,
        Self::Raw,
    ];

    /// What the tab line calls it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Overview => "Overview",
            Self::Evidence => "Evidence",
            Self::Tree => "Tree",
            Self::Device => "Device",
            Self::Incident => "Incident",
            Self::Notes => "Notes",
            Self::Raw => "Raw",
        }
    }

    /// The tab so many further; none past either end.
    pub fn beside(self, step: isize) -> Option<Self> {
        let here = Self::ALL.iter().position(|tab| *tab == self)?;
        Self::ALL.get(here.checked_add_signed(step)?).copied()
    }
}

/// Whether decoded command lines stand under the original ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Decoding {
    #[default]
    Shown,
    Hidden,
}

/// What is kept of the case beside the alert itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Case {
    tab: Tab,
    /// Where one was before the JSON.
    before_raw: Tab,
    pub decoding: Decoding,
    /// Of the command lines.
    pub commands: Extent,
    pub sort: SortPieces,
    /// Where one was on each tab of this alert.
    spots: BTreeMap<Tab, Spot>,
    /// Rows whose facts are in sight.
    unfolded: BTreeSet<(Tab, usize)>,
    /// Paths in the JSON; kept from alert to alert.
    folded: BTreeSet<String>,
}

/// The row one stands on, and the first line in sight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Spot {
    what: usize,
    top: usize,
}

impl Case {
    /// The tab that is shown.
    pub const fn tab(&self) -> Tab {
        self.tab
    }

    /// What the row one stands on is about: the number of a piece of evidence, of a node
    /// of the tree, of an alert or of a line, as the tab has it.
    pub fn chosen(&self) -> usize {
        self.spot().what
    }

    fn spot(&self) -> Spot {
        self.spots.get(&self.tab).copied().unwrap_or_default()
    }

    fn is_unfolded(&self, what: usize) -> bool {
        self.unfolded.contains(&(self.tab, what))
    }

    /// Another alert is looked at: the tab stays.
    pub(super) fn on_looked(&mut self) {
        self.spots.clear();
        self.unfolded.clear();
    }
}

/// The tab in sight as a page with rows.
pub fn sheet(state: &State, shown: &Shown, width: usize) -> Sheet {
    match state.case.tab {
        Tab::Overview => Sheet::text(state.overview(shown, width)),
        Tab::Evidence => evidence::sheet(state, shown, width),
        Tab::Tree => tree::sheet(state, shown, width),
        Tab::Device => device::sheet(state, shown, width),
        Tab::Incident => incident::sheet(state, shown, width),
        Tab::Notes => notes::sheet(state, shown, width),
        Tab::Raw => raw::sheet(state, shown, width),
    }
}

/// Where keys of the tab alone are looked up, if it has some.
pub const fn scope(state: &State) -> Option<Scope> {
    match state.case.tab {
        Tab::Tree => Some(Scope::Tree),
        Tab::Overview | Tab::Evidence | Tab::Device | Tab::Incident | Tab::Notes | Tab::Raw => None,
    }
}

/// What the row under the cursor is about, for whoever hunts for it. On a tab of text
/// what the alert is about most: the device, else the process that fired.
pub fn thing_under_cursor(state: &State) -> Option<Thing> {
    let shown = state.looking.shown()?;
    let pieces = &shown.detail.evidence;
    match state.case.tab {
        Tab::Evidence => Thing::of(&evidence::chosen(state, shown)?.entity),
        Tab::Tree => tree_thing(state, shown),
        Tab::Device => Some(Thing::Device(device_of(state, shown)?)),
        Tab::Overview | Tab::Incident | Tab::Notes | Tab::Raw => {
            let processes = pieces
                .iter()
                .filter(|piece| piece.kind == EvidenceKind::Process);
            let fired = processes.max_by_key(|piece| match &piece.entity {
                Entity::Process(process) => process.command_line.original().len(),
                Entity::File(_)
                | Entity::User(_)
                | Entity::Device(_)
                | Entity::Address(_)
                | Entity::Url(_)
                | Entity::Other => 0,
            });
            fired.and_then(|piece| Thing::of(&piece.entity))
        }
    }
}

/// A process that is only known as a parent has what its child tells of it.
fn tree_thing(state: &State, shown: &Shown) -> Option<Thing> {
    let nodes = shown.prepared.tree.nodes();
    let node = nodes.get(tree::chosen(state, shown)?)?;
    if let Some(piece) = shown.piece(node) {
        return Thing::of(&piece.entity);
    }
    Some(Thing::Process(Box::new(Process {
        pid: node.pid,
        created: node.created,
        image: File {
            name: node.name.clone(),
            path: node.path.clone(),
            ..File::default()
        },
        command_line: Text::default(),
        account: Account::default(),
        parent: Parent::default(),
    })))
}

fn device_of(state: &State, shown: &Shown) -> Option<Device> {
    let row = state.book.row(shown.key)?;
    let device = Device {
        id: shown.detail.device_id.clone(),
        name: state.book.text(row.device).clone(),
        group: shown.detail.device_group.clone(),
    };
    (!device.id.is_empty() || !device.name.is_empty()).then_some(device)
}
