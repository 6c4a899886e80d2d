//! The tab in sight for whoever hears it: levels in words, and the row one stands on.

use std::fmt::Write as _;

use crate::app::State;
use crate::app::case;
use crate::app::case::foot;
use crate::app::case::keys;
use crate::app::case::tree::LEVEL;
use crate::app::lines::Line;
use crate::app::lines::Tone;

/// The lines of the tab, without strokes.
pub fn lines(state: &State, width: usize) -> Vec<String> {
    let page = state.detail_page(width);
    let foot = foot::spoken(state);
    page.lines.iter().map(words).chain(foot).collect()
}

/// The row one stands on; nothing where the tab is only read.
pub fn row(state: &State, width: usize) -> Vec<String> {
    let Some(shown) = state.looking.shown() else {
        return Vec::new();
    };
    let sheet = case::sheet(state, shown, width);
    let Some(place) = keys::place_in(state, &sheet) else {
        return Vec::new();
    };
    let lines = sheet.page.lines.get(sheet.lines_of(place));
    lines.unwrap_or_default().iter().map(words).collect()
}

/// A line whose branches are the number of a level.
fn words(line: &Line) -> String {
    let strokes = |text: &str| text.contains(['├', '└']);
    let mut words = String::new();
    for span in &line.spans {
        match span.tone {
            Tone::Branch if strokes(&span.text) => {
                let level = span.text.chars().count() / LEVEL;
                // Writing to a `String` cannot fail.
                write!(words, "level {level}: ").unwrap_or_default();
            }
            Tone::Branch => {}
            Tone::Text
            | Tone::Muted
            | Tone::Strong
            | Tone::Label
            | Tone::Heading
            | Tone::Good
            | Tone::Warning
            | Tone::Bad
            | Tone::Fresh
            | Tone::Command
            | Tone::Link
            | Tone::Severity(_) => words.push_str(&span.text),
        }
    }
    words
}
