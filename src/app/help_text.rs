//! Help and log as pages of text; the help is made from the table of keys.

use crate::app::actions;
use crate::app::lines::Line;
use crate::app::lines::Page;
use crate::app::lines::Tone;
use crate::app::notices::Kind;
use crate::app::state::State;
use crate::app::times;
use crate::keymap::Key;
use crate::keymap::Scope;

/// Keys of the focused pane first, then the rest.
pub fn page(state: &State, width: usize) -> Page {
    let mut page = Page::new(width);
    let here = state.pane_scope();
    let others = Scope::ALL.into_iter().filter(|scope| *scope != here);
    for scope in std::iter::once(here).chain(others) {
        let mut rows = state
            .settings
            .keymap
            .rows()
            .filter(|(binding, keys)| binding.scope == scope && !keys.is_empty())
            .peekable();
        if rows.peek().is_none() {
            continue;
        }
        page.heading(scope.title().to_uppercase());
        for (binding, keys) in rows {
            let refusal = (scope == here || scope == Scope::Global)
                .then(|| actions::refusal(state, binding.action))
                .flatten();
            let tone = if refusal.is_some() {
                Tone::Muted
            } else {
                Tone::Text
            };
            let mut line = Line::of(Tone::Label, format!("  {:<16}", names(keys)))
                .and(tone, format!(" {}", binding.says));
            if let Some(reason) = refusal {
                line = line.and(Tone::Muted, format!(" ({reason})"));
            }
            page.add(line, 19);
        }
    }
    marks(&mut page);
    page
}

/// What stands in the list without words.
fn marks(page: &mut Page) {
    page.heading("MARKS");
    for (mark, says) in [
        (">", "the selected alert"),
        ("* v", "marked; in the range you are marking"),
        (
            "^ !",
            "a decision on its way; one that met another: O shows it",
        ),
        (
            "+ ~",
            "new, changed since you looked at it, by whom as far as known",
        ),
        (
            "+26m -8m met",
            "time left for the first action, over it, done",
        ),
        (
            "[+] [-]",
            "a group, folded and open; its worst severity and lateness",
        ),
        (
            "xN",
            "duplicates in one row: same title, detector, device and state within an hour of each other; the newest is shown, the lateness is of the oldest",
        ),
        ("|", "one of several duplicates, unfolded"),
        ("#H =M -L .I", "severity high, medium, low, informational"),
        ("U ?", "severity unspecified, or one vigie does not know"),
        ("new prg res", "status new, in progress, resolved"),
        (
            "me auto -",
            "taken by you, by the service's automation, by nobody",
        ),
        ("~ at an end", "the text goes on"),
    ] {
        let line =
            Line::of(Tone::Label, format!("  {mark:<16}")).and(Tone::Text, format!(" {says}"));
        page.add(line, 19);
    }
}

/// `j down`
pub fn names(keys: &[Key]) -> String {
    let names: Vec<String> = keys.iter().map(Key::to_string).collect();
    names.join(" ")
}

/// What happened, newest first.
pub fn log_page(state: &State, width: usize) -> Page {
    let mut page = Page::new(width);
    if state.notices.count() == 0 {
        page.add(Line::of(Tone::Muted, "nothing happened yet"), 0);
    }
    for notice in state.notices.newest_first() {
        let at = times::clock_with_seconds(notice.at, state.now.wall, &state.settings.zone);
        let mut line =
            Line::of(Tone::Muted, format!("{at} ")).and(tone(notice.kind), notice.text.clone());
        if notice.times > 1 {
            let last = times::clock_with_seconds(notice.last, state.now.wall, &state.settings.zone);
            line = line.and(Tone::Muted, format!(" x{}, last {last}", notice.times));
        }
        page.add(line, 9);
        for below in &notice.below {
            // One line each, whatever it is cut to: a mark stands below its letter.
            page.lines
                .push(Line::of(Tone::Command, format!("{:9}{below}", "")));
        }
    }
    page
}

/// What a kind of notice looks like.
pub const fn tone(kind: Kind) -> Tone {
    match kind {
        Kind::Note => Tone::Text,
        Kind::Good => Tone::Good,
        Kind::Warning => Tone::Warning,
        Kind::Bad => Tone::Bad,
    }
}
