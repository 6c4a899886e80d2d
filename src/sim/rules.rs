//! What this tenant takes of a change, where Microsoft's pages disagree or say nothing.
//!
//! A script changes them, so that a client can be held to learn them.

use std::collections::HashSet;

/// How a property is taken away, which no page says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TakenAway {
    /// At Defender's API an owner by an empty text, a classification and a determination
    /// by null; a null owner says nothing, an empty classification is refused. At Graph
    /// an owner by null, and the others by `unknown`, as its pages have it.
    #[default]
    Mixed,
    /// All by null; empty texts are refused.
    ByNull,
    /// All by an empty text; null says nothing.
    ByEmptyText,
}

/// The rules in force.
#[derive(Debug)]
pub(crate) struct Rules {
    /// The most alerts one batch may name.
    pub(crate) largest_batch: usize,
    /// Determinations that are not taken.
    pub(crate) refused_words: HashSet<String>,
    /// Alerts of device groups that the caller may see and not change.
    pub(crate) closed: HashSet<String>,
    /// A batch that names one of them is refused whole; else they are passed over.
    pub(crate) closed_spoil_batches: bool,
    pub(crate) taken_away: TakenAway,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            largest_batch: 100,
            refused_words: HashSet::new(),
            closed: HashSet::new(),
            closed_spoil_batches: false,
            taken_away: TakenAway::default(),
        }
    }
}

/// What takes a property away at Graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Blank {
    Null,
    EmptyText,
    /// The member `unknown` of an enumeration.
    Unknown,
}

impl TakenAway {
    /// What takes this property away at Graph, where nothing else does.
    pub(crate) fn at_graph(self, name: &str) -> Option<Blank> {
        match (self, name) {
            (_, "status" | "comment") => None,
            (Self::Mixed, "assignedTo") | (Self::ByNull, _) => Some(Blank::Null),
            (Self::ByEmptyText, "assignedTo") => Some(Blank::EmptyText),
            // No enumeration has an empty member.
            (Self::Mixed | Self::ByEmptyText, _) => Some(Blank::Unknown),
        }
    }

    /// Whether null takes this property away; else it says nothing.
    pub(crate) fn by_null(self, name: &str) -> bool {
        match (self, name) {
            (_, "status" | "comment") | (Self::ByEmptyText, _) => false,
            (Self::Mixed, name) => name != "assignedTo",
            (Self::ByNull, _) => true,
        }
    }

    /// Whether an empty text takes this property away; else it is refused.
    pub(crate) fn by_empty_text(self, name: &str) -> bool {
        match (self, name) {
            (_, "status" | "comment") | (Self::ByNull, _) => false,
            (Self::Mixed, name) => name == "assignedTo",
            (Self::ByEmptyText, _) => true,
        }
    }
}
