//! The alert as the service's own JSON, to be folded.

use crate::app::State;
use crate::app::case::sheet::MARGIN;
use crate::app::case::sheet::Sheet;
use crate::app::count;
use crate::app::lines::Line;
use crate::app::lines::Tone;
use crate::app::looking::Shown;
use crate::domain::text::Text;
use crate::wire::outline::LineKind;
use crate::wire::outline::Outline;

/// What is not folded away. A row is about a line of the outline.
pub fn sheet(state: &State, shown: &Shown, width: usize) -> Sheet {
    let mut sheet = Sheet::new(width);
    let Some(outline) = &shown.prepared.outline else {
        return sheet;
    };
    let mut place = 0;
    while let Some(line) = outline.lines().get(place) {
        let indent = MARGIN + (line.depth * 2).min(width / 3);
        let mut next = place + 1;
        let mut text = Line::of(Tone::Text, " ".repeat(indent));
        let name = outline.name(place);
        if !name.is_empty() {
            text = text
                .and(Tone::Label, shown_briefly(name))
                .and(Tone::Text, ": ");
        }
        text = match line.kind {
            LineKind::Value => {
                let value = outline.head(place);
                text.and(tone_of(value), shown_briefly(value))
            }
            LineKind::Open { end, items } if is_folded(state, outline, place) => {
                next = (end + 1).max(next);
                let (open, close) = (outline.head(place), outline.closing(place));
                text.and(Tone::Text, format!("{open} "))
                    .and(Tone::Muted, format!("+ {} ", count(items, "item")))
                    .and(Tone::Text, close)
            }
            LineKind::Close | LineKind::Open { .. } => text.and(Tone::Text, outline.head(place)),
        };
        if !sheet.begin(place, text, indent + 2) {
            break;
        }
        place = next;
    }
    if outline.is_cut() {
        let cut = "cut here: `vigie alerts get -o json` prints all of it";
        sheet.page.add(Line::of(Tone::Muted, cut), 0);
    }
    sheet
}

/// Where the value on a line is.
pub fn path(shown: &Shown, line: usize) -> String {
    let outline = shown.prepared.outline.as_ref();
    outline.map_or_else(String::new, |outline| outline.path(line))
}

/// Strings of bodies may be long: the rest is in the copy.
fn shown_briefly(text: &str) -> String {
    const LONGEST: usize = 4_096;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => {
            let head = Text::from(text.get(..end).unwrap_or_default());
            format!("{}..", head.shown())
        }
        None => Text::from(text).shown().into_owned(),
    }
}

fn tone_of(value: &str) -> Tone {
    if value == "null" {
        Tone::Muted
    } else {
        Tone::Text
    }
}

fn is_folded(state: &State, outline: &Outline, place: usize) -> bool {
    !state.case.folded.is_empty() && state.case.folded.contains(&outline.path(place))
}

/// Folds what a line opens, or what it is in; unfolds what is folded. The line to stand
/// on then.
pub(super) fn fold(state: &mut State, line: usize) -> usize {
    let Some(outline) = state
        .looking
        .shown()
        .and_then(|shown| shown.prepared.outline.as_ref())
    else {
        return line;
    };
    let target = outline.container(line);
    let path = outline.path(target);
    if path.is_empty() && target != outline.opening(line) {
        // Whoever stands on one of its properties does not mean the whole alert.
        return line;
    }
    if !state.case.folded.remove(&path) {
        state.case.folded.insert(path);
    }
    target
}
