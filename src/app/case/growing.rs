//! A tree that grew while somebody looked at it: whoever stood on a process stands on it
//! still, at the same height.

use std::collections::HashMap;

use jiff::Timestamp;

use crate::app::State;
use crate::app::case;
use crate::app::case::Spot;
use crate::app::case::Tab;
use crate::app::case::keys;
use crate::app::hunting::completing;
use crate::domain::process_tree::Node;
use crate::domain::process_tree::ProcessTree;

/// What hunting found comes into the tree that is looked at, if it is of that.
pub fn grow(state: &mut State) {
    let Some(shown) = state.looking.shown() else {
        return;
    };
    let before = shown.prepared.tree.clone();
    let line_before = line(state);
    completing::keep_up(state);
    let Some(shown) = state.looking.shown() else {
        return;
    };
    let after = &shown.prepared.tree;
    if *after == before {
        return;
    }
    let moved = moved(&before, after);
    let to = |place: usize| moved.get(place).copied().flatten();
    // Who has not gone anywhere stands on the first row.
    let spot = state.case.spots.get(&Tab::Tree).copied();
    let spot = spot.unwrap_or_default();
    let what = to(spot.what).unwrap_or(spot.what);
    let unfolded = std::mem::take(&mut state.case.unfolded).into_iter();
    state.case.unfolded = unfolded
        .map(|(tab, row)| match tab {
            Tab::Tree => (tab, to(row).unwrap_or(row)),
            Tab::Overview | Tab::Evidence | Tab::Device | Tab::Incident | Tab::Notes | Tab::Raw => {
                (tab, row)
            }
        })
        .collect();
    let top = spot.top;
    state.case.spots.insert(Tab::Tree, Spot { what, top });
    if let (Some(before), Some(after)) = (line_before, line(state)) {
        state.detail_top = (state.detail_top + after).saturating_sub(before);
        keys::keep_in_sight(state);
    }
}

/// The line of the page one stands on, where the tree is in sight.
fn line(state: &State) -> Option<usize> {
    let shown = state.looking.shown()?;
    if state.case.tab != Tab::Tree {
        return None;
    }
    let width = usize::from(state.panes().detail?.width);
    let sheet = case::sheet(state, shown, width);
    let place = keys::place_in(state, &sheet)?;
    Some(sheet.lines_of(place).start)
}

/// The place of each process of one tree in another.
fn moved(from: &ProcessTree, to: &ProcessTree) -> Vec<Option<usize>> {
    let all = to.nodes().iter().enumerate();
    let places: HashMap<Same<'_>, usize> = all.map(|(place, node)| (same(node), place)).collect();
    let nodes = from.nodes().iter();
    nodes.map(|node| places.get(&same(node)).copied()).collect()
}

/// What a process has in both: evidence its number, another what it is known by.
type Same<'a> = Result<usize, (Option<u64>, Option<Timestamp>, String)>;

fn same(node: &Node) -> Same<'_> {
    node.piece.ok_or_else(|| {
        let name = node.name.original().to_lowercase();
        (node.pid, node.created, name)
    })
}
