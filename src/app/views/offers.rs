//! What the palette says of views: to go to one, to save one, to delete one.

use crate::app::State;
use crate::app::count;
use crate::app::palette::Does;
use crate::app::palette::Entry;
use crate::app::views::Wish;
use crate::app::views::key_of;
use crate::domain::text::shown;
use crate::domain::view;
use crate::domain::view::View;

/// Typed before the name of a new view.
const SAVE: &str = "save-view";

/// The one entry there is while the name of a new view is typed.
pub fn typed(state: &State, text: &str) -> Option<Entry> {
    let name = text.strip_prefix(SAVE)?.strip_prefix(' ')?.trim();
    if name.is_empty() {
        return None;
    }
    let known = state.views.named(name);
    let key = known.map_or_else(|| view::free_key(state.views.in_force()), |known| known.key);
    Some(Entry {
        name: format!("{SAVE} {}", shown(name)),
        text: format!("{SAVE} {name}"),
        says: match (known, key) {
            (Some(_), _) => {
                "filter, order and groups as they are, in the place of that view".to_owned()
            }
            (None, Some(key)) => format!("filter, order and groups as they are, on key {key}"),
            (None, None) => "filter, order and groups as they are; no key is free".to_owned(),
        },
        keys: String::new(),
        refusal: view::refused_name(name).map(str::to_owned),
        does: Does::View(Wish::Save(name.to_owned())),
    })
}

/// Every view, and what can be done with them.
pub fn entries(state: &State) -> Vec<Entry> {
    let views = state.views.in_force().iter().enumerate();
    let mut entries: Vec<Entry> = views
        .map(|(at, view)| entry(state, view, state.book.count_of(at)))
        .collect();
    let all = state.book.counts().all;
    entries.push(entry(state, &View::everything(), all));
    entries.push(Entry {
        name: format!("{SAVE} NAME"),
        text: format!("{SAVE} "),
        says: "keep filter, order and groups under the name typed behind it".to_owned(),
        keys: String::new(),
        refusal: None,
        does: Does::Type,
    });
    let saved = state.views.saved().iter();
    entries.extend(saved.map(|view| Entry {
        name: format!("delete-view {}", shown(&view.name)),
        text: format!("delete-view {}", view.name),
        says: "forget this view; alerts are not touched".to_owned(),
        keys: String::new(),
        refusal: None,
        does: Does::View(Wish::Delete(view.name.clone())),
    }));
    entries
}

fn entry(state: &State, view: &View, alerts: usize) -> Entry {
    let filter = if view.filter.is_empty() {
        String::new()
    } else {
        format!("/{}, ", shown(&view.filter))
    };
    let group = view.group.word();
    let group = group.map_or_else(String::new, |group| format!(", group {group}"));
    let sort = view.sort_words();
    let is_everything = view.key == Some(0);
    Entry {
        name: format!("view {}", shown(&view.name)),
        text: format!("view {}", view.name),
        says: format!("{filter}sort {sort}{group}: {}", count(alerts, "alert")),
        keys: key_of(state, view),
        refusal: None,
        does: Does::View(Wish::GoTo((!is_everything).then(|| view.name.clone()))),
    }
}
