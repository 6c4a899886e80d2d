//! Saved views in the dashboard: which are in force, which is chosen, and how many
//! alerts each has.
//!
//! What a view is made of is in [`crate::domain::view`]. Reading order: `tally` (the
//! numbers), this file (going to one, saving one), [`offers`] (what the palette lists).

pub mod offers;
pub(super) mod tally;
#[cfg(test)]
mod tests;

use crate::app::Effect;
use crate::app::State;
use crate::app::actions;
use crate::app::filter::Filter;
use crate::app::notices::Kind;
use crate::app::order::Order;
use crate::app::panes::Pane;
use crate::app::panes::Zoom;
use crate::app::place;
use crate::domain::filter::Around;
use crate::domain::moment::Moment;
use crate::domain::text::shown;
use crate::domain::view;
use crate::domain::view::View;
use crate::domain::view::ViewError;
use crate::domain::view::Written;
use crate::keymap::Action;

/// The views in force and where a person is among them.
#[derive(Debug, Clone)]
pub struct Views {
    /// By key. The tally counts them in this order.
    in_force: Vec<View>,
    /// Those a person saved here.
    saved: Vec<View>,
    /// Name of the one that was gone to last; none for everything.
    chosen: Option<String>,
    /// What they were counted in; none while they are not.
    counted_in: Option<Around>,
}

/// What a person wants with views.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wish {
    /// None is for everything.
    GoTo(Option<String>),
    Save(String),
    Delete(String),
}

/// Where a person is with a view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Elsewhere,
    Here,
    /// Here, but filter, order or groups are not the view's own any more.
    Changed,
}

/// One view as the head shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tab {
    /// The key that goes there; empty where none does.
    pub key: String,
    /// Harmless to show.
    pub name: String,
    pub count: usize,
    pub standing: Standing,
}

impl Views {
    /// The views of the settings, before any was saved.
    pub fn new(configured: &[View]) -> Self {
        Self {
            in_force: view::with_saved(configured.to_vec(), &[]),
            saved: Vec::new(),
            chosen: None,
            counted_in: None,
        }
    }

    /// Those a person saved.
    pub fn saved(&self) -> &[View] {
        &self.saved
    }

    /// All of them, by key.
    pub fn in_force(&self) -> &[View] {
        &self.in_force
    }

    /// Name of the one that was gone to last; none for everything.
    pub fn chosen(&self) -> Option<&str> {
        self.chosen.as_deref()
    }

    fn named(&self, name: &str) -> Option<&View> {
        self.in_force.iter().find(|view| view.is_called(name))
    }

    /// The chosen one; everything where none is.
    fn current(&self) -> View {
        let chosen = self.chosen.as_deref().and_then(|name| self.named(name));
        chosen.map_or_else(View::everything, View::clone)
    }

    fn settle(&mut self, configured: &[View]) {
        self.in_force = view::with_saved(configured.to_vec(), &self.saved);
        self.counted_in = None;
        let chosen = self.chosen.take();
        self.chosen = chosen.filter(|name| self.named(name).is_some());
    }
}

/// What was kept of the last time: the saved views, and the one that was chosen.
pub(super) fn restore(state: &mut State, saved: Vec<View>, chosen: &str) {
    state.views.saved = saved;
    state.views.chosen = (!chosen.is_empty()).then(|| chosen.to_owned());
    state.views.settle(&state.settings.views);
}

/// Other views were configured.
pub(super) fn on_reread(state: &mut State) {
    state.views.settle(&state.settings.views);
}

/// What views ask of the time or of the person may have another answer now.
pub(super) fn keep_up(state: &mut State) {
    let around = state.around();
    if state.views.counted_in.as_ref() == Some(&around) {
        return;
    }
    let views = state.views.in_force.iter();
    let filters = views.map(|view| Filter::new(view.query.clone(), around.clone()));
    state.book.watch(filters.collect());
    state.views.counted_in = Some(around);
}

/// The views on keys in their order, then everything. The chosen one is always among
/// them.
pub fn tabs(state: &State) -> Vec<Tab> {
    let everything = View::everything();
    let chosen = state.views.chosen();
    let here = if is_changed(state) {
        Standing::Changed
    } else {
        Standing::Here
    };
    let tab = |view: &View, count, is_here| Tab {
        key: key_of(state, view),
        name: shown(&view.name).into_owned(),
        count,
        standing: if is_here { here } else { Standing::Elsewhere },
    };
    let is_here = |view: &View| chosen.is_some_and(|name| view.is_called(name));
    let views = state.views.in_force.iter().enumerate();
    let views = views.filter(|(_, view)| view.key.is_some() || is_here(view));
    let mut tabs: Vec<Tab> = views
        .map(|(at, view)| tab(view, state.book.count_of(at), is_here(view)))
        .collect();
    let all = state.book.counts().all;
    tabs.push(tab(&everything, all, chosen.is_none()));
    tabs
}

/// What is not as the chosen view has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Changes {
    pub filter: bool,
    pub sort: bool,
    pub group: bool,
}

/// What is not as the chosen view has it, or as everything is listed where none is chosen.
pub fn changes(state: &State) -> Changes {
    let view = state.views.current();
    let order = Order::of(&view.sort).map(|order| order.words());
    Changes {
        filter: *state.book.filter().query() != view.query,
        sort: order.as_ref() != Some(&state.book.order().words()),
        group: state.book.grouping() != view.group,
    }
}

/// Filter, order or groups are not those of the chosen view any more.
pub fn is_changed(state: &State) -> bool {
    let changes = changes(state);
    changes.filter || changes.sort || changes.group
}

/// The filter to go back to where something was added to the chosen view's own.
pub(super) fn own_filter(state: &State) -> Option<String> {
    changes(state).filter.then(|| state.views.current().filter)
}

/// What stands behind the chosen view's own filter, where that is still there.
pub fn added(state: &State) -> Option<String> {
    let own = state.views.current().filter;
    let added = state.filter_text.strip_prefix(&own)?.strip_prefix(' ')?;
    (!own.is_empty()).then(|| added.to_owned())
}

/// The key in force that goes to a view.
fn key_of(state: &State, view: &View) -> String {
    let Some(key) = view.key else {
        return String::new();
    };
    let pressed = state.settings.keymap.key_of(Action::GoToView(key));
    pressed.map_or_else(String::new, |key| key.to_string())
}

/// Why one cannot go to the view on a key.
pub(super) fn refusal(state: &State, key: u8) -> Option<&'static str> {
    let mut views = state.views.in_force.iter();
    (key != 0 && views.all(|view| view.key != Some(key)))
        .then_some("no view is on this key: `save-view NAME` in the palette puts one there")
}

/// Goes to the view on a key; 0 is everything.
pub(super) fn go_to_key(state: &mut State, key: u8, now: Moment) {
    let mut views = state.views.in_force.iter();
    let name = views.find(|view| view.key == Some(key));
    let name = name.map(|view| view.name.clone());
    go_to(state, name, now);
}

/// Does what was wished for.
pub(super) fn apply(state: &mut State, wish: Wish, now: Moment) -> Vec<Effect> {
    match wish {
        Wish::GoTo(name) => {
            go_to(state, name, now);
            Vec::new()
        }
        Wish::Save(name) => save(state, &name, now),
        Wish::Delete(name) => delete(state, &name, now),
    }
}

/// Filter, order and groups become the view's own.
fn go_to(state: &mut State, name: Option<String>, now: Moment) {
    state.overlay = None;
    if state.focus != Pane::List {
        // Whoever asks for a list wants to see it.
        state.zoom = Zoom::Normal;
        actions::focus(state, Pane::List);
    }
    state.views.chosen = name;
    let view = state.views.current();
    let order = Order::of(&view.sort).unwrap_or_else(|| state.book.order().clone());
    let was = state.book.order().words();
    let filter = Filter::new(view.query, state.around());
    state.filter_text = view.filter;
    state.book.arrange(order, view.group, filter);
    let selected = state.cursor.selected();
    let is_there = selected.is_some_and(|selected| state.book.place_of(selected).is_some());
    if is_there && state.book.order().words() == was {
        actions::reconcile(state);
    } else {
        let height = state.panes().list_height();
        state.cursor.go_to(&state.book, 0, height);
        state.looking.on_moved(now.steady);
    }
}

/// Keeps filter, order and groups as they are under a name.
fn save(state: &mut State, name: &str, now: Moment) -> Vec<Effect> {
    let known = state.views.named(name);
    if known.is_none() && state.views.in_force.len() >= view::MOST {
        let text = format!(
            "view not saved: there are {} already, `delete-view` makes room",
            view::MOST
        );
        state.notices.say(Kind::Warning, text, now);
        return Vec::new();
    }
    let sort = state.book.order().words();
    let written = Written {
        name,
        key: known.map_or_else(|| view::free_key(&state.views.in_force), |view| view.key),
        filter: &state.filter_text,
        sort: &sort,
        group: state.book.grouping().word().unwrap_or_default(),
    };
    let saved = match View::read(written) {
        Ok(saved) => saved,
        Err(error) => {
            let text = match error {
                ViewError::Name(reason) => format!("`{}` cannot be a name: {reason}", shown(name)),
                ViewError::Long
                | ViewError::Filter(_)
                | ViewError::Sort(_)
                | ViewError::Group(_) => {
                    format!("view not saved: {error}")
                }
            };
            state.notices.say(Kind::Warning, text, now);
            return Vec::new();
        }
    };
    let key = key_of(state, &saved);
    state.views.saved.retain(|view| !view.is_called(name));
    state.views.saved.push(saved);
    state.views.chosen = Some(name.to_owned());
    state.views.settle(&state.settings.views);
    let name = shown(name);
    let text = if key.is_empty() {
        format!("view `{name}` saved: every key has one, so the palette goes to it")
    } else {
        format!("view `{name}` saved: {key} goes to it")
    };
    state.notices.say(Kind::Good, text, now);
    vec![place::keep(state, now)]
}

/// Forgets a saved view. One that it had replaced is back.
fn delete(state: &mut State, name: &str, now: Moment) -> Vec<Effect> {
    let before = state.views.saved.len();
    state.views.saved.retain(|view| !view.is_called(name));
    let text = if state.views.saved.len() == before {
        format!(
            "`{}` was not saved here, so it cannot be deleted",
            shown(name)
        )
    } else {
        state.views.settle(&state.settings.views);
        let back = if state.views.named(name).is_some() {
            ": the one it had replaced is back"
        } else {
            ""
        };
        format!("view `{}` deleted{back}", shown(name))
    };
    state.notices.say(Kind::Good, text, now);
    vec![place::keep(state, now)]
}
