//! The notes as a thread, the newest last.

use crate::app::State;
use crate::app::case::sheet::Sheet;
use crate::app::lines::Line;
use crate::app::lines::Page;
use crate::app::lines::Tone;
use crate::app::looking::Shown;
use crate::app::times;
use crate::keymap::Action;
use crate::keymap::Decide;

/// Who wrote what, and how long ago.
pub fn sheet(state: &State, shown: &Shown, width: usize) -> Sheet {
    let mut page = Page::new(width);
    let mut notes: Vec<_> = shown.detail.comments.iter().collect();
    // Stable: those without a time stay before the others, as they came.
    notes.sort_by_key(|note| note.at);
    if notes.is_empty() {
        let key = state.key_name(Action::Decide(Decide::OpenNote));
        let words = format!("nobody wrote a note yet: {key} writes one");
        page.add(Line::of(Tone::Muted, words), 0);
    }
    for note in notes {
        page.gap();
        let author = note.author.shown();
        let author = if author.is_empty() {
            "somebody".into()
        } else {
            author
        };
        let mut line = Line::of(Tone::Label, author);
        if let Some(at) = note.at {
            let clock = times::clock(at, state.minute(), &state.settings.zone);
            let ago = times::ago(at, state.minute());
            line = line.and(Tone::Muted, format!("  {clock} ({ago})"));
        }
        page.add(line, 2);
        for paragraph in note.text.shown_lines() {
            page.add_text(Tone::Text, &paragraph, 2);
        }
    }
    Sheet::text(page)
}
