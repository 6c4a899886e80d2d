//! The palette: everything that can be done here, by name, found as it is typed.

use std::cmp::Reverse;

use nucleo_matcher::Config;
use nucleo_matcher::Matcher;
use nucleo_matcher::Utf32Str;
use nucleo_matcher::pattern::CaseMatching;
use nucleo_matcher::pattern::Normalization;
use nucleo_matcher::pattern::Pattern;

use crate::app::Effect;
use crate::app::State;
use crate::app::actions;
use crate::app::help_text::names;
use crate::app::lines::Line;
use crate::app::lines::Page;
use crate::app::lines::Tone;
use crate::app::overlay::Overlay;
use crate::domain::moment::Moment;
use crate::keymap::Action;
use crate::keymap::Scope;

/// What an entry does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Does {
    Action(Action),
    /// Goes to the profile of this name.
    Profile(String),
}

/// One line of the palette.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What is typed for it: the name of the action in the configuration.
    pub name: String,
    pub says: String,
    /// The keys that do the same.
    pub keys: String,
    /// Why it cannot be done now.
    pub refusal: Option<&'static str>,
    pub does: Does,
}

/// What can be done here and has the letters of `text` in their order: the best match
/// first, and everything in its usual order while nothing is typed.
pub fn entries(state: &State, text: &str) -> Vec<Entry> {
    let pattern = Pattern::parse(text, CaseMatching::Ignore, Normalization::Smart);
    let mut matcher = Matcher::new(Config::DEFAULT);
    let mut score = |words: &str| {
        let mut letters = Vec::new();
        pattern.score(Utf32Str::new(words, &mut letters), &mut matcher)
    };
    let mut found: Vec<(u32, Entry)> = all(state)
        .into_iter()
        .filter_map(|entry| {
            // A name says more than the sentence that explains it.
            let by_name = score(&entry.name).map(|score| score.saturating_mul(2));
            let whole = score(&format!("{} {}", entry.name, entry.says));
            Some((by_name.max(whole)?, entry))
        })
        .collect();
    found.sort_by_key(|(score, _)| Reverse(*score));
    found.into_iter().map(|(_, entry)| entry).collect()
}

fn all(state: &State) -> Vec<Entry> {
    let mut entries: Vec<Entry> = profiles(state);
    let here = [state.pane_scope(), Scope::Global];
    for (binding, keys) in state.settings.keymap.rows() {
        if here.contains(&binding.scope) && binding.action != Action::OpenPalette {
            entries.push(Entry {
                name: binding.name.to_owned(),
                says: binding.says.to_owned(),
                keys: names(keys),
                refusal: actions::refusal(state, binding.action),
                does: Does::Action(binding.action),
            });
        }
    }
    entries
}

fn profiles(state: &State) -> Vec<Entry> {
    let here = &state.settings.profile;
    let known = &state.settings.profiles;
    known
        .iter()
        .filter(|_| known.len() > 1)
        .map(|name| Entry {
            name: format!("profile {name}"),
            says: "go to this profile; this one keeps its place".to_owned(),
            keys: String::new(),
            refusal: (name == here).then_some("it is the one you see"),
            does: Does::Profile(name.clone()),
        })
        .collect()
}

/// The entries as text, with the line of the chosen one.
pub fn page(state: &State, text: &str, chosen: usize, width: usize) -> Page {
    let mut page = Page::new(width);
    let entries = entries(state, text);
    if entries.is_empty() {
        page.add(Line::of(Tone::Muted, "nothing here is called that"), 0);
    }
    for (index, entry) in entries.iter().enumerate() {
        let (mark, tone) = if index == chosen {
            ("> ", Tone::Strong)
        } else {
            ("  ", Tone::Text)
        };
        let tone = if entry.refusal.is_some() {
            Tone::Muted
        } else {
            tone
        };
        let says = entry.refusal.map_or_else(
            || entry.says.clone(),
            |why| format!("{} ({why})", entry.says),
        );
        let line = Line::of(tone, format!("{mark}{:<18}", entry.name))
            .and(Tone::Label, format!(" {:<14}", entry.keys))
            .and(tone, format!(" {says}"));
        // One line each, whatever it is cut to: the list is walked by lines.
        page.lines.push(line);
    }
    page
}

/// The next or previous entry of the palette, without going round.
pub fn choose(state: &mut State, step: isize) {
    let Some(Overlay::Palette { input, chosen }) = &state.overlay else {
        return;
    };
    let last = entries(state, input.value()).len().saturating_sub(1);
    let next = chosen.saturating_add_signed(step).min(last);
    if let Some(Overlay::Palette { chosen, .. }) = &mut state.overlay {
        *chosen = next;
    }
}

/// Does what is chosen in the palette. One that finds nothing stays open.
pub fn accept(state: &mut State, now: Moment) -> Vec<Effect> {
    let Some(Overlay::Palette { input, chosen }) = &state.overlay else {
        return Vec::new();
    };
    let Some(entry) = entries(state, input.value()).into_iter().nth(*chosen) else {
        return Vec::new();
    };
    state.overlay = None;
    match entry.does {
        Does::Action(action) => actions::apply(state, action, now),
        Does::Profile(_) if entry.refusal.is_some() => Vec::new(),
        Does::Profile(name) => vec![Effect::GoToProfile(name)],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn score(text: &str, words: &str) -> Option<u32> {
        let pattern = Pattern::parse(text, CaseMatching::Ignore, Normalization::Smart);
        let mut matcher = Matcher::new(Config::DEFAULT);
        pattern.score(Utf32Str::new(words, &mut Vec::new()), &mut matcher)
    }

    #[test]
    fn letters_in_their_order_are_enough() {
        assert!(score("srt", "sort-menu") > Some(0));
        assert!(score("sort", "sort-menu") > score("srt", "sort-menu"));
        assert_eq!(score("xyz", "sort-menu"), None);
        assert_eq!(score("", "sort-menu"), Some(0));
    }
}
