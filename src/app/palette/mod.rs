//! The palette: everything that can be done, set or gone to, by name, found as it is
//! typed.
//!
//! [`commands`] are what takes words behind its name, [`settings`] what `set` changes.
//! Another kind of entry is one more source in `all`, and a variant of [`Does`] where it
//! does something new.

pub mod commands;
pub mod settings;

use std::cmp::Reverse;

use jiff::SignedDuration;
use nucleo_matcher::Config;
use nucleo_matcher::Matcher;
use nucleo_matcher::Utf32Str;
use nucleo_matcher::pattern::CaseMatching;
use nucleo_matcher::pattern::Normalization;
use nucleo_matcher::pattern::Pattern;
use tui_input::Input;
use unicode_width::UnicodeWidthStr;

use crate::app::Effect;
use crate::app::State;
use crate::app::actions;
use crate::app::arranging;
use crate::app::decisions::macros;
use crate::app::filtering;
use crate::app::hand_out;
use crate::app::handing_over;
use crate::app::help_text::names;
use crate::app::hunting;
use crate::app::lines::Line;
use crate::app::lines::Page;
use crate::app::lines::Tone;
use crate::app::notices::Kind;
use crate::app::order::Order;
use crate::app::overlay::Overlay;
use crate::app::palette::settings::Change;
use crate::app::shape::GroupBy;
use crate::app::views;
use crate::app::views::Wish;
use crate::app::views::offers;
use crate::domain::alert::AlertId;
use crate::domain::moment::Moment;
use crate::domain::text::shown;
use crate::keymap::Action;
use crate::keymap::Decide;
use crate::keymap::HandOut;
use crate::keymap::HuntAction;
use crate::keymap::Key;
use crate::keymap::Respond;
use crate::keymap::Scope;

/// What an entry does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Does {
    Action(Action),
    /// Goes to the profile of this name.
    Profile(String),
    Filter(String),
    Sort(Order),
    Group(GroupBy),
    /// Selects the alert and reads it.
    Read(AlertId),
    Export(hand_out::Format, String),
    View(Wish),
    /// Shows the report of so much time.
    Handover(SignedDuration),
    /// Runs the macro of this name.
    Macro(String),
    /// Runs a query, or the one of this name.
    Hunt(String),
    /// Changes the setting of this name for the session.
    Set(&'static str, Change),
    /// Nothing yet: puts the text of the entry into the field, to go on from there.
    Type,
}

/// One line of the palette.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The name of the action in the configuration, or of the command and what it takes.
    pub name: String,
    /// What is typed for it.
    pub text: String,
    pub says: String,
    /// The keys that do the same.
    pub keys: String,
    /// Why it cannot be done now.
    pub refusal: Option<String>,
    pub does: Does,
}

/// Scopes whose actions make sense wherever one is. The others are of a field or a page
/// that is open.
const ANYWHERE: [Scope; 11] = [
    Scope::List,
    Scope::Global,
    Scope::Detail,
    Scope::Tree,
    Scope::Claims,
    Scope::SortMenu,
    Scope::CopyMenu,
    Scope::ExportMenu,
    Scope::CloseAs,
    Scope::StatusMenu,
    Scope::SignIn,
];

/// Cells of a name, of its keys, and of a way to go on.
const LONGEST_NAME: usize = 22;
const LONGEST_KEYS: usize = 13;
const LONGEST_OFFER: usize = 40;

/// The palette with this text in its field.
pub fn opened_on(text: &str) -> Overlay {
    Overlay::Palette {
        input: Input::new(text.to_owned()),
        chosen: 0,
        back: 0,
    }
}

/// What a command means as it is typed, and ways to go on; before there is one, what has
/// the letters of `text` in their order: the best match first, and everything in its
/// usual order while nothing is typed.
pub fn entries(state: &State, text: &str) -> Vec<Entry> {
    if let Some(entry) = offers::typed(state, text) {
        return vec![entry];
    }
    if let Some(typed) = commands::typed(state, text) {
        return typed;
    }
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
    found.sort_by_key(|(score, entry)| (entry.text != text, Reverse(*score)));
    found.into_iter().map(|(_, entry)| entry).collect()
}

fn all(state: &State) -> Vec<Entry> {
    let mut entries = profiles(state);
    entries.extend(actions_by_name(state));
    entries.extend(commands::entries(state));
    entries.extend(offers::entries(state));
    entries.extend(settings::entries(state));
    entries.extend(commands::elsewhere());
    entries
}

/// Every action once, those of the focused pane first.
fn actions_by_name(state: &State) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    let here = state.pane_scope();
    let others = ANYWHERE.into_iter().filter(|scope| *scope != here);
    for scope in std::iter::once(here).chain(others) {
        for (binding, keys) in state.settings.keymap.rows() {
            let action = binding.action;
            let is_known = || {
                entries
                    .iter()
                    .any(|entry| entry.does == Does::Action(action))
            };
            if binding.scope != scope || is_of_the_palette(action) || is_known() {
                continue;
            }
            let refusal = if scope == Scope::SignIn && !state.shows_sign_in() {
                Some("nobody is asked to sign in")
            } else {
                actions::refusal(state, action)
            };
            entries.push(Entry {
                name: binding.name.to_owned(),
                text: binding.name.to_owned(),
                says: binding.says.to_owned(),
                keys: keys_from_outside(state, scope, keys),
                refusal: refusal.map(str::to_owned),
                does: Does::Action(action),
            });
        }
    }
    entries
}

/// What would only close or open what is asked from, and views, which are there by name.
const fn is_of_the_palette(action: Action) -> bool {
    matches!(
        action,
        Action::OpenPalette | Action::CloseMenu | Action::CloseOverlay | Action::GoToView(_)
    )
}

/// The keys of a menu come after the one that opens it.
fn keys_from_outside(state: &State, scope: Scope, keys: &[Key]) -> String {
    let opened_by = match scope {
        Scope::SortMenu => Some(Action::OpenSortMenu),
        Scope::CopyMenu => Some(Action::HandOut(HandOut::OpenCopyMenu)),
        Scope::ExportMenu => Some(Action::HandOut(HandOut::OpenExport)),
        Scope::CloseAs => Some(Action::Decide(Decide::OpenClose)),
        Scope::HuntMenu => Some(Action::Hunt(HuntAction::OpenMenu)),
        Scope::RespondMenu => Some(Action::Respond(Respond::OpenMenu)),
        Scope::StatusMenu => Some(Action::Decide(Decide::OpenStatus)),
        Scope::Global
        | Scope::List
        | Scope::Detail
        | Scope::Tree
        | Scope::Claims
        | Scope::SignIn
        | Scope::Paste
        | Scope::Palette
        | Scope::Filter
        | Scope::RowMenu
        | Scope::NodeMenu
        | Scope::PortalLink
        | Scope::ExportFile
        | Scope::Columns
        | Scope::Assign
        | Scope::Note
        | Scope::Macros
        | Scope::Confirm
        | Scope::Outbox
        | Scope::Leaving
        | Scope::RespondFile
        | Scope::RespondCard
        | Scope::Orders
        | Scope::DevicePage
        | Scope::HuntDrawer
        | Scope::Help
        | Scope::Handover
        | Scope::HelpSearch
        | Scope::Log => None,
    };
    let Some(action) = opened_by else {
        return names(keys);
    };
    match (state.settings.keymap.key_of(action), keys.first()) {
        (Some(first), Some(second)) => format!("{first} {second}"),
        (Some(_) | None, _) => String::new(),
    }
}

fn profiles(state: &State) -> Vec<Entry> {
    let here = &state.settings.profile;
    let known = &state.settings.profiles;
    known
        .iter()
        .filter(|_| known.len() > 1)
        .map(|name| Entry {
            name: shown(&format!("profile {name}")).into_owned(),
            text: format!("profile {name}"),
            says: "go to this profile; this one keeps its place".to_owned(),
            keys: String::new(),
            refusal: (name == here).then(|| "it is the one you see".to_owned()),
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
    // A command as it is typed needs the room for what it does, or why it does not.
    let (longest, keys) = if commands::typed(state, text).is_some() {
        (LONGEST_OFFER, 0)
    } else {
        (LONGEST_NAME, LONGEST_KEYS)
    };
    let widths = entries.iter().map(|entry| entry.name.width());
    let column = widths.max().unwrap_or_default().min(longest);
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
        let used = entry.name.width().max(column);
        let gap = " ".repeat(used - entry.name.width() + 2);
        // A long name takes from the column of the keys.
        let keys = (column + keys).saturating_sub(used);
        let line = Line::of(tone, format!("{mark}{}{gap}", entry.name))
            .and(Tone::Label, format!("{:<keys$}", entry.keys))
            .and(tone, explained(entry));
        // One line each, whatever it is cut to: the list is walked by lines.
        page.lines.push(line);
    }
    page
}

/// Why an entry cannot be done, and what it would do: the first is what is looked for.
pub fn explained(entry: &Entry) -> String {
    match (&entry.refusal, entry.says.as_str()) {
        (None, says) => says.to_owned(),
        (Some(why), "") => why.clone(),
        (Some(why), says) => format!("({why}) {says}"),
    }
}

/// The next or previous entry of the palette, without going round.
pub fn choose(state: &mut State, step: isize) {
    let Some(Overlay::Palette { input, chosen, .. }) = &state.overlay else {
        return;
    };
    let last = entries(state, input.value()).len().saturating_sub(1);
    let next = chosen.saturating_add_signed(step).min(last);
    if let Some(Overlay::Palette { chosen, .. }) = &mut state.overlay {
        *chosen = next;
    }
}

/// The text of the field changed by hand.
pub fn typed(state: &mut State) {
    if let Some(Overlay::Palette { chosen, back, .. }) = &mut state.overlay {
        *chosen = 0;
        *back = 0;
    }
}

/// The entry above; from the first one of an empty field, what was done earlier.
pub fn up(state: &mut State) {
    match &state.overlay {
        Some(Overlay::Palette {
            input,
            chosen: 0,
            back,
        }) if *back > 0 || input.value().is_empty() => {
            let back = (back + 1).min(state.palette_history.len());
            recall(state, back);
        }
        _ => choose(state, -1),
    }
}

/// The entry below; after something done earlier, what was done later.
pub fn down(state: &mut State) {
    match &state.overlay {
        Some(Overlay::Palette { back, .. }) if *back > 0 => {
            let back = back - 1;
            recall(state, back);
        }
        _ => choose(state, 1),
    }
}

fn recall(state: &mut State, steps: usize) {
    let line = state.palette_history.back(steps).unwrap_or_default();
    let recalled = Input::new(line.to_owned());
    if let Some(Overlay::Palette {
        input,
        chosen,
        back,
    }) = &mut state.overlay
    {
        *input = recalled;
        *chosen = 0;
        *back = steps;
    }
}

/// Puts what is chosen into the field; from a command as it is typed, the first way to
/// go on.
pub fn complete(state: &mut State) {
    let Some(Overlay::Palette { input, chosen, .. }) = &state.overlay else {
        return;
    };
    let entries = entries(state, input.value());
    let is_command = commands::typed(state, input.value()).is_some();
    let index = if is_command {
        (*chosen).max(1)
    } else {
        *chosen
    };
    if let Some(entry) = entries.into_iter().nth(index) {
        state.overlay = Some(opened_on(&entry.text));
    }
}

/// Does what is chosen in the palette. One that finds nothing stays open, and so does a
/// command that cannot be understood.
pub fn accept(state: &mut State, now: Moment) -> Vec<Effect> {
    let Some(Overlay::Palette { input, chosen, .. }) = &state.overlay else {
        return Vec::new();
    };
    let text = input.value();
    let is_command = offers::typed(state, text).is_some() || commands::typed(state, text).is_some();
    let Some(entry) = entries(state, input.value()).into_iter().nth(*chosen) else {
        return Vec::new();
    };
    if let Some(why) = entry.refusal {
        if !is_command {
            state.overlay = None;
        }
        state.notices.say(Kind::Note, why, now);
        return Vec::new();
    }
    if entry.does == Does::Type {
        state.overlay = Some(opened_on(&entry.text));
        return Vec::new();
    }
    state.overlay = None;
    state.palette_history.remember(&entry.text);
    carry_out(state, entry.does, now)
}

fn carry_out(state: &mut State, does: Does, now: Moment) -> Vec<Effect> {
    match does {
        Does::Action(action) => return actions::apply(state, action, now),
        Does::Profile(name) => return vec![Effect::GoToProfile(name)],
        Does::Export(format, path) => {
            let extent = hand_out::Extent::meant(state);
            return hand_out::write_to(state, extent, format, path, now);
        }
        Does::Filter(text) => {
            filtering::set(state, text, now);
            state.filter_history.remember(&state.filter_text);
        }
        Does::Sort(order) => arranging::sort(state, order, now),
        Does::Group(by) => arranging::group_by(state, by),
        Does::Read(id) => {
            if let Some(key) = state.book.key_of(&id) {
                let height = state.panes().list_height();
                state.cursor.select(&state.book, key, height);
                actions::read(state, now);
            }
        }
        Does::Handover(back) => return handing_over::ask(state, back),
        Does::Macro(name) => return macros::run_named(state, &name, now),
        Does::Hunt(text) => return hunting::acting::run(state, &text, now),
        Does::View(wish) => return views::apply(state, wish, now),
        Does::Set(name, change) => settings::set(state, name, change, now),
        Does::Type => {}
    }
    Vec::new()
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
