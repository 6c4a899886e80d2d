//! What is copied from the row under the cursor.

use crate::app::Effect;
use crate::app::State;
use crate::app::case::Tab;
use crate::app::case::evidence;
use crate::app::case::tree;
use crate::app::hand_out;
use crate::app::hand_out::Dialog;
use crate::app::overlay::Overlay;
use crate::app::panes::Pane;
use crate::domain::detail::Entity;
use crate::domain::detail::Evidence;
use crate::domain::moment::Moment;
use crate::domain::text::Text;
use crate::domain::text::shown;
use crate::keymap::CopyRow;

/// The menu for where one is.
pub fn menu(state: &State) -> Dialog {
    if state.focus_in_sight() != Pane::Detail {
        return Dialog::Copy;
    }
    match state.case.tab() {
        Tab::Evidence | Tab::Tree if piece(state).is_some() => Dialog::Row,
        Tab::Raw => Dialog::Node,
        Tab::Overview | Tab::Evidence | Tab::Tree | Tab::Device | Tab::Incident | Tab::Notes => {
            Dialog::Copy
        }
    }
}

/// The menu of the whole alert, from one of the others.
pub(super) fn open_menu_of_alert(state: &mut State) {
    state.overlay = Some(Overlay::HandOut(Dialog::Copy));
}

/// Copies it, or says why not.
pub(super) fn copy(state: &mut State, copy: CopyRow, now: Moment) -> Vec<Effect> {
    let text = text(state, copy);
    state.overlay = None;
    hand_out::copy_text(state, word(copy), text, now)
}

const fn word(copy: CopyRow) -> &'static str {
    match copy {
        CopyRow::Value => "value",
        CopyRow::Hash => "hash",
        CopyRow::Command => "command line",
        CopyRow::Path => "path",
        CopyRow::Node => "part of the JSON",
        CopyRow::NodePath => "path in the JSON",
    }
}

/// The text, as it is shown: what is pasted may be pasted into a shell.
pub fn text(state: &State, copy: CopyRow) -> Result<String, &'static str> {
    let some = |text: Option<&Text>, none: &'static str| {
        let text = text.filter(|text| !text.is_empty());
        text.map(|text| text.shown().into_owned()).ok_or(none)
    };
    match copy {
        CopyRow::Node | CopyRow::NodePath => node(state, copy),
        CopyRow::Value | CopyRow::Hash | CopyRow::Command | CopyRow::Path => {
            let piece = piece(state).ok_or("nothing is selected")?;
            match copy {
                CopyRow::Value => some(Some(value(piece)), "this row has no value"),
                CopyRow::Hash => some(
                    fact(piece, "sha256").or_else(|| fact(piece, "sha1")),
                    "no hash is known of it",
                ),
                CopyRow::Path => some(fact(piece, "path"), "no path is known of it"),
                CopyRow::Command | CopyRow::Node | CopyRow::NodePath => {
                    some(fact(piece, "command"), "no command line is known of it")
                }
            }
        }
    }
}

/// A process by its file alone: its number is of use nowhere else.
fn value(piece: &Evidence) -> &Text {
    match &piece.entity {
        Entity::Process(process) => &process.image.name,
        Entity::File(_)
        | Entity::User(_)
        | Entity::Device(_)
        | Entity::Address(_)
        | Entity::Url(_)
        | Entity::Other => &piece.headline,
    }
}

fn fact<'a>(piece: &'a Evidence, name: &str) -> Option<&'a Text> {
    crate::app::copying::fact(piece, name)
}

/// The piece of evidence under the cursor.
fn piece(state: &State) -> Option<&Evidence> {
    let looked_at = state.looking.shown()?;
    match state.case.tab() {
        Tab::Evidence => evidence::chosen(state, looked_at),
        Tab::Tree => {
            let node = looked_at
                .prepared
                .tree
                .nodes()
                .get(tree::chosen(state, looked_at)?)?;
            looked_at.piece(node)
        }
        Tab::Overview | Tab::Device | Tab::Incident | Tab::Notes | Tab::Raw => None,
    }
}

fn node(state: &State, copy: CopyRow) -> Result<String, &'static str> {
    let outline = state
        .looking
        .shown()
        .and_then(|looked_at| looked_at.prepared.outline.as_ref())
        .ok_or("there is no JSON to copy from")?;
    let line = state.case.chosen();
    if copy == CopyRow::NodePath {
        let path = outline.path(line);
        return if path.is_empty() {
            Err("the whole alert has no path")
        } else {
            Ok(shown(&path).into_owned())
        };
    }
    Ok(crate::wire::json::one_harmless_line(outline.node(line)).into_owned())
}
