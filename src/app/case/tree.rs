//! The processes drawn as a tree, each with its command line.

use unicode_width::UnicodeWidthStr;

use crate::app::State;
use crate::app::case::evidence;
use crate::app::case::prepared::Revealed;
use crate::app::case::sheet::Extent;
use crate::app::case::sheet::MARGIN;
use crate::app::case::sheet::Sheet;
use crate::app::case::sheet::command;
use crate::app::case::sheet::fact;
use crate::app::lines::Line;
use crate::app::lines::Page;
use crate::app::lines::Tone;
use crate::app::lines::cut;
use crate::app::looking::Shown;
use crate::app::times;
use crate::domain::detail::Entity;
use crate::domain::detail::Evidence;
use crate::domain::process_tree::Node;
use crate::domain::text::Text;

/// Cells of one level. The theme says what its strokes look like.
pub const LEVEL: usize = 3;
/// Cells a process and its command line need beside the branches.
const NEEDED: usize = 36;

/// Every process.
pub fn sheet(state: &State, shown: &Shown, width: usize) -> Sheet {
    let mut sheet = Sheet::new(width);
    if !evidence::is_there(&mut sheet, state, shown) {
        return sheet;
    }
    let nodes = shown.prepared.tree.nodes();
    if nodes.is_empty() {
        let words = "no process is among the evidence";
        sheet.page.add(Line::of(Tone::Muted, words), 0);
    }
    for (place, node) in nodes.iter().enumerate() {
        let (before, below) = branches(shown, place, node, width);
        let piece = shown.piece(node);
        let line = process(state, node, piece, before, width);
        if !sheet.begin(place, line, MARGIN) {
            break;
        }
        let room = width.saturating_sub(below.width()).max(10);
        let page = details(state, shown, place, node, piece, room);
        sheet.add_behind(&below, page);
    }
    sheet
}

/// The place in the tree one stands on.
pub fn chosen(state: &State, shown: &Shown) -> Option<usize> {
    let last = shown.prepared.tree.nodes().len().checked_sub(1)?;
    Some(state.case.chosen().min(last))
}

/// The branches before a process, and those before the lines below it. Far down only the
/// nearest are drawn, behind the number of the level.
fn branches(shown: &Shown, place: usize, node: &Node, width: usize) -> (Line, Line) {
    let most = width.saturating_sub(NEEDED) / LEVEL;
    let tree = &shown.prepared.tree;
    let above = tree.branches(place, most.saturating_sub(1));
    let margin = Line::of(Tone::Text, " ".repeat(MARGIN));
    let hidden = node.depth.saturating_sub(above.len() + 1);
    let margin = if hidden > 0 && node.depth > 0 {
        margin.and(Tone::Muted, format!("{} ", node.depth))
    } else {
        margin
    };
    let strokes: String = above
        .iter()
        .map(|goes_on| if *goes_on { "│  " } else { "   " })
        .collect();
    let (own, after) = match (node.depth, node.is_last) {
        (0, _) => ("", ""),
        (_, true) => ("└─ ", "   "),
        (_, false) => ("├─ ", "│  "),
    };
    let has_children = tree
        .nodes()
        .get(place + 1)
        .is_some_and(|next| next.parent == Some(place));
    let down = if has_children { "│  " } else { "   " };
    let before = margin.clone().and(Tone::Branch, format!("{strokes}{own}"));
    let below = margin.and(Tone::Branch, format!("{strokes}{after}{down}"));
    (before, below)
}

/// Its name and number, what was done about it, and when it began.
fn process(
    state: &State,
    node: &Node,
    piece: Option<&Evidence>,
    before: Line,
    width: usize,
) -> Line {
    let name = node.name.shown();
    let name = if name.is_empty() {
        "(unnamed)"
    } else {
        name.as_ref()
    };
    let pid = node.pid.map_or_else(String::new, |pid| format!(" {pid}"));
    let (tone, words, words_tone) = match (node.piece, piece) {
        (Some(_), Some(piece)) => {
            let standing = &piece.standing;
            let words = evidence::standing(standing);
            (Tone::Strong, words, evidence::standing_tone(standing))
        }
        (None, Some(_)) => (Tone::Text, "from hunting".to_owned(), Tone::Muted),
        (_, None) => (Tone::Muted, "not in the evidence".to_owned(), Tone::Muted),
    };
    let clock = node.created.map_or_else(String::new, |created| {
        times::clock_with_seconds(created, state.minute(), &state.settings.zone)
    });
    let room = width.saturating_sub(before.width() + pid.len());
    let line = before
        .and(tone, cut(name, room.max(4)))
        .and(Tone::Text, pid);
    let right = [words.as_str(), clock.as_str()];
    let right: Vec<&str> = right.into_iter().filter(|text| !text.is_empty()).collect();
    let right_width = right.iter().map(|text| text.width() + 2).sum::<usize>();
    let used = line.width();
    if used + right_width > width {
        return line;
    }
    line.and(Tone::Text, "  ")
        .and(words_tone, words.clone())
        .and(
            Tone::Muted,
            if words.is_empty() || clock.is_empty() {
                clock
            } else {
                format!("  {clock}")
            },
        )
}

fn details(
    state: &State,
    shown: &Shown,
    place: usize,
    node: &Node,
    piece: Option<&Evidence>,
    width: usize,
) -> Page {
    let is_unfolded = state.case.is_unfolded(place);
    let extent = if is_unfolded {
        Extent::Whole
    } else {
        state.case.commands
    };
    let mut page = Page::new(width);
    if let Some((line, revealed)) = command_line(shown, node) {
        page = command(line, revealed, state.case.decoding, extent, width);
    }
    if !is_unfolded {
        return page;
    }
    if let Some(piece) = piece {
        for (name, text) in &piece.facts {
            if !matches!(*name, "command" | "parent" | "status") {
                fact(&mut page, 0, name, Tone::Text, &text.shown());
            }
        }
    } else if !node.path.is_empty() {
        fact(&mut page, 0, "path", Tone::Text, &node.path.shown());
    }
    page
}

/// As the evidence tells it, else as hunting found it; with what it hides.
fn command_line<'a>(shown: &'a Shown, node: &Node) -> Option<(&'a Text, Option<&'a Revealed>)> {
    fn told(piece: &Evidence) -> Option<&Text> {
        match &piece.entity {
            Entity::Process(process) => Some(&process.command_line).filter(|it| !it.is_empty()),
            Entity::File(_)
            | Entity::User(_)
            | Entity::Device(_)
            | Entity::Address(_)
            | Entity::Url(_)
            | Entity::Other => None,
        }
    }
    let prepared = &shown.prepared;
    let of_evidence = || {
        let line = told(shown.detail.evidence.get(node.piece?)?)?;
        Some((line, prepared.revealed.get(&node.piece?)))
    };
    of_evidence().or_else(|| {
        let line = told(shown.hunted(node)?)?;
        let revealed = &prepared.hunted.as_ref()?.revealed;
        Some((line, revealed.get(&node.hunted?)))
    })
}
