//! Help and log as pages of text; the help is made from the table of keys.

use std::borrow::Cow;

use crate::app::actions;
use crate::app::help_search::Search;
use crate::app::help_search::Wanted;
use crate::app::lines::Line;
use crate::app::lines::Page;
use crate::app::lines::Tone;
use crate::app::notices::Kind;
use crate::app::state::State;
use crate::app::times;
use crate::domain::text::shown;
use crate::keymap::Action;
use crate::keymap::Binding;
use crate::keymap::Key;
use crate::keymap::Scope;

/// Keys of the focused pane first, then the rest; of all that, what is looked for.
pub fn page(state: &State, search: &Search, width: usize) -> Page {
    let mut page = Page::new(width);
    let wanted = search.wanted(&state.settings.keymap);
    let here = state.pane_scopes();
    let others = Scope::ALL.into_iter().filter(|scope| !here.contains(scope));
    for scope in here.iter().copied().chain(others) {
        let mut rows = state
            .settings
            .keymap
            .rows()
            .filter(|(binding, keys)| binding.scope == scope && !keys.is_empty())
            .map(|(binding, keys)| (binding, keys, says(state, binding)))
            .filter(|(binding, keys, says)| wanted.is_in(keys, &[binding.name, says]))
            .peekable();
        if rows.peek().is_none() {
            continue;
        }
        page.heading(scope.title().to_uppercase());
        for (binding, keys, says) in rows {
            let refusal = (here.contains(&scope) || scope == Scope::Global)
                .then(|| actions::refusal(state, binding.action))
                .flatten();
            let tone = if refusal.is_some() {
                Tone::Muted
            } else {
                Tone::Text
            };
            let mut line = Line::of(Tone::Label, format!("  {:<16}", names(keys)))
                .and(tone, format!(" {says}"));
            if !wanted.is_in(keys, &[&says]) {
                line = line.and(Tone::Muted, format!(" `{}`", binding.name));
            }
            if let Some(reason) = refusal {
                line = line.and(Tone::Muted, format!(" ({reason})"));
            }
            page.add(line, 19);
        }
    }
    marks(&mut page, &wanted);
    if page.lines.is_empty() {
        page.add(Line::of(Tone::Muted, "no key does that by these words"), 0);
    }
    page
}

/// The sentence of the table; of a view its name, too.
fn says<'a>(state: &State, binding: &'a Binding) -> Cow<'a, str> {
    let Action::GoToView(key) = binding.action else {
        return Cow::Borrowed(binding.says);
    };
    let mut views = state.views.in_force().iter();
    match views.find(|view| view.key == Some(key)) {
        Some(view) => Cow::Owned(format!("{}: {}", binding.says, shown(&view.name))),
        None => Cow::Borrowed(binding.says),
    }
}

/// What stands in the list without words.
fn marks(page: &mut Page, wanted: &Wanted) {
    let marks = [
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
    ];
    let mut found = marks
        .into_iter()
        .filter(|(mark, says)| wanted.is_in(&[], &[mark, says]))
        .peekable();
    if found.peek().is_some() {
        page.heading("MARKS");
    }
    for (mark, says) in found {
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
