//! Where a person was when leaving, to begin there again.
//!
//! What is kept says nothing of what an alert holds: what the person typed, how the
//! screen was cut up, and the ids of the selected alert and of marked ones. Reading and writing the file
//! is for others. Another thing to keep is one field here, a line in [`Place::of`]
//! and one in [`Place::restore`].

use jiff::SignedDuration;
use serde::Deserialize;
use serde::Serialize;

use crate::app::Effect;
use crate::app::State;
use crate::app::alert_book::AlertKey;
use crate::app::case;
use crate::app::case::Tab;
use crate::app::columns::Columns;
use crate::app::filtering;
use crate::app::history::History;
use crate::app::notices::Kind;
use crate::app::order::Order;
use crate::app::order::SortBy;
use crate::app::panes::Pane;
use crate::app::panes::Zoom;
use crate::app::shape::GroupBy;
use crate::app::views;
use crate::domain::alert::AlertId;
use crate::domain::moment::Moment;
use crate::domain::moment::Steady;
use crate::domain::view::KEYS;
use crate::domain::view::LONGEST_FILTER;
use crate::domain::view::MOST;
use crate::domain::view::View;
use crate::domain::view::Written;

/// Raised when an old reader would misunderstand what is written.
const VERSION: u32 = 1;
/// While the program runs it is kept this often at most.
const KEPT_EVERY: SignedDuration = SignedDuration::from_mins(1);
const LONGEST_ID: usize = 200;
/// Marks that are kept.
const MARKS: usize = 1_000;

/// What is kept for the next time. Unknown fields are ignored and missing ones are as
/// at the first start, so that older and newer versions read each other's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Place {
    pub version: u32,
    pub filter: String,
    /// Name of the chosen view; empty for everything.
    pub view: String,
    /// The views that were saved here.
    pub views: Vec<SavedView>,
    /// The words of the order.
    pub sort: String,
    /// The word of the groups; empty without any.
    pub group: String,
    /// The columns by rank.
    pub columns: Vec<String>,
    pub wide: bool,
    pub focus: String,
    pub zoom: String,
    pub peek: bool,
    /// Title of the tab of the alert.
    pub tab: String,
    /// Id of the selected alert.
    pub selected: Option<String>,
    /// Ids of marked alerts, the first of them where there are many.
    pub marked: Vec<String>,
    /// Filters that were kept, the latest last.
    pub filters: Vec<String>,
    /// What was done by the palette, the latest last.
    pub commands: Vec<String>,
}

/// A saved view in words, as a configuration would say it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SavedView {
    pub name: String,
    pub key: Option<u8>,
    pub filter: String,
    pub sort: String,
    pub group: String,
}

impl SavedView {
    fn of(view: &View) -> Self {
        Self {
            name: view.name.clone(),
            key: view.key,
            filter: view.filter.clone(),
            sort: view.sort_words(),
            group: view.group.word().unwrap_or_default().to_owned(),
        }
    }

    /// None where anything about it cannot be used.
    fn read(&self) -> Option<View> {
        let written = Written {
            name: &self.name,
            key: self.key.filter(|key| (1..=KEYS).contains(key)),
            filter: &self.filter,
            sort: &self.sort,
            group: &self.group,
        };
        View::read(written).ok()
    }
}

impl Default for Place {
    fn default() -> Self {
        Self {
            version: VERSION,
            filter: String::new(),
            view: String::new(),
            views: Vec::new(),
            sort: Order::by(SortBy::Lateness).words(),
            group: String::new(),
            columns: Columns::default().words(),
            wide: false,
            focus: focus_word(Pane::default()).to_owned(),
            zoom: zoom_word(Zoom::default()).to_owned(),
            peek: true,
            tab: Tab::default().title().to_owned(),
            selected: None,
            marked: Vec::new(),
            filters: Vec::new(),
            commands: Vec::new(),
        }
    }
}

/// What was kept last, and since when nothing was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    place: Place,
    at: Steady,
}

impl Kept {
    /// Nothing was kept yet.
    pub fn nothing(now: Steady) -> Self {
        Self {
            place: Place::default(),
            at: now,
        }
    }
}

impl Place {
    /// Where the person is now.
    pub fn of(state: &State) -> Self {
        let selected = state.cursor.selected().and_then(|key| state.book.row(key));
        let selected = selected.map(|row| &row.id);
        // One that is still waited for was not left.
        let selected = state.returning.as_ref().or(selected);
        Self {
            version: VERSION,
            filter: state.filter_text.clone(),
            view: state.views.chosen().unwrap_or_default().to_owned(),
            views: state.views.saved().iter().map(SavedView::of).collect(),
            sort: state.book.order().words(),
            group: state.book.grouping().word().unwrap_or_default().to_owned(),
            columns: state.columns.words(),
            wide: state.columns.wide,
            focus: focus_word(state.focus).to_owned(),
            zoom: zoom_word(state.zoom).to_owned(),
            peek: state.peek,
            tab: state.case.tab().title().to_owned(),
            selected: selected
                .filter(|id| is_kept(id))
                .map(|id| id.as_str().to_owned()),
            marked: marked(state),
            filters: state.filter_history.lines().to_vec(),
            commands: state.palette_history.lines().to_vec(),
        }
    }

    /// Reads what was kept. The answer otherwise is why it cannot be used.
    pub fn read(text: &str) -> Result<Self, String> {
        let place: Self = serde_json::from_str(text).map_err(|error| {
            // Only where: the error's own words may repeat what the file holds.
            format!("line {}, column {}", error.line(), error.column())
        })?;
        if place.version > VERSION {
            return Err("it was written by a newer version of vigie".to_owned());
        }
        Ok(place)
    }

    /// As it is written.
    pub fn to_json(&self) -> String {
        // A struct of texts and truth values always has a form in JSON.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Goes there, before anything happened. The selected alert is gone to when it comes.
    pub fn restore(self, state: &mut State) {
        state.kept.place = self.clone();
        let saved = self.views.iter().take(MOST).filter_map(SavedView::read);
        views::restore(state, saved.collect(), &self.view);
        if let Some(order) = Order::read(&self.sort) {
            state.book.sort_by(order);
        }
        let mut groups = GroupBy::ALL.into_iter();
        if let Some(group) = groups.find(|by| by.word() == Some(self.group.as_str())) {
            state.book.group_by(group);
        }
        state.columns = Columns::read(&self.columns);
        state.columns.wide = self.wide;
        let filter: String = self
            .filter
            .chars()
            .filter(|letter| !letter.is_control())
            .take(LONGEST_FILTER)
            .collect();
        if !filter.is_empty() {
            filtering::set(state, filter, state.now);
        }
        let mut panes = Pane::ALL.into_iter();
        if let Some(focus) = panes.find(|pane| focus_word(*pane) == self.focus) {
            state.focus = focus;
        }
        let mut zooms = [Zoom::Normal, Zoom::Half, Zoom::Full].into_iter();
        if let Some(zoom) = zooms.find(|zoom| zoom_word(*zoom) == self.zoom) {
            state.zoom = zoom;
        }
        state.peek = self.peek;
        let mut tabs = Tab::ALL.into_iter();
        if let Some(tab) = tabs.find(|tab| tab.title() == self.tab) {
            case::keys::go(state, tab);
        }
        state.filter_history = History::of(self.filters);
        state.palette_history = History::of(self.commands);
        state.marks_to_come = self
            .marked
            .iter()
            .take(MARKS)
            .filter_map(|id| AlertId::new(id))
            .filter(is_kept)
            .collect();
        state.returning = self
            .selected
            .and_then(|id| AlertId::new(&id))
            .filter(is_kept);
    }
}

/// The service may send anything as an id: what is kept has to be read again.
fn is_kept(id: &AlertId) -> bool {
    id.as_str().len() <= LONGEST_ID && !id.as_str().contains(char::is_control)
}

/// Marked alerts, and those that are marked as soon as they come.
fn marked(state: &State) -> Vec<String> {
    let here = state.book.marked_ids();
    let ids = here.chain(&state.marks_to_come).filter(|id| is_kept(id));
    let mut ids: Vec<String> = ids.take(MARKS).map(|id| id.as_str().to_owned()).collect();
    // Always in one order: a place that did not change is not written again.
    ids.sort_unstable();
    ids
}

const fn focus_word(pane: Pane) -> &'static str {
    match pane {
        Pane::List => "list",
        Pane::Detail => "alert",
        Pane::Claims => "token",
    }
}

const fn zoom_word(zoom: Zoom) -> &'static str {
    match zoom {
        Zoom::Normal => "normal",
        Zoom::Half => "half",
        Zoom::Full => "full",
    }
}

/// Alerts came in: lays on the marks they had, and selects the one that was selected
/// when the person left, once.
pub(super) fn on_page(state: &mut State, new: &[AlertKey], everything_is_here: bool) {
    mark(state, new);
    if everything_is_here {
        // What has not come by now is gone.
        state.marks_to_come.clear();
    }
    let Some(id) = &state.returning else {
        return;
    };
    let found = state
        .book
        .key_of(id)
        .filter(|key| state.book.place_of(*key).is_some());
    if let Some(key) = found {
        let height = state.panes().list_height();
        state.cursor.select(&state.book, key, height);
    }
    if found.is_some() || everything_is_here {
        state.returning = None;
    }
}

fn mark(state: &mut State, new: &[AlertKey]) {
    if state.marks_to_come.is_empty() {
        return;
    }
    let ids = new.iter().filter_map(|key| state.book.row(*key));
    let ids: Vec<AlertId> = ids
        .map(|row| row.id.clone())
        .filter(|id| state.marks_to_come.remove(id))
        .collect();
    let keys: Vec<AlertKey> = ids.iter().filter_map(|id| state.book.key_of(id)).collect();
    state.book.mark(&keys);
}

/// The rare moment to keep the place while the program runs: a poll, when something
/// changed and the last time is a while ago.
pub(super) fn on_polled(state: &mut State, now: Moment) -> Option<Effect> {
    if now.steady < state.kept.at.plus(KEPT_EVERY) {
        return None;
    }
    (Place::of(state) != state.kept.place).then(|| keep(state, now))
}

/// Keeps the place now: something was changed that nobody wants to do again.
pub(super) fn keep(state: &mut State, now: Moment) -> Effect {
    let place = Place::of(state);
    state.kept = Kept {
        place: place.clone(),
        at: now.steady,
    };
    Effect::SavePlace(place)
}

/// What was kept could not be read: said once, and begun afresh.
pub(super) fn on_lost(state: &mut State, why: &str, now: Moment) {
    let text = format!("the place you left could not be read, so this is a fresh start: {why}");
    state.notices.say(Kind::Warning, text, now);
}

/// The place could not be written.
pub(super) fn on_not_kept(state: &mut State, why: &str, now: Moment) {
    let text = format!("where you are cannot be kept for the next time: {why}");
    state.notices.say(Kind::Warning, text, now);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read_back() {
        let place = Place {
            filter: "lsass \"é\"".to_owned(),
            sort: "sev,title".to_owned(),
            group: "device".to_owned(),
            columns: vec!["-AGE".to_owned()],
            wide: true,
            focus: "alert".to_owned(),
            zoom: "full".to_owned(),
            peek: false,
            tab: "Raw".to_owned(),
            selected: Some("da1_2".to_owned()),
            marked: vec!["da1_2".to_owned(), "da3_4".to_owned()],
            filters: vec!["sev:high".to_owned()],
            commands: vec!["sort sev".to_owned()],
            ..Place::default()
        };
        assert_eq!(Place::read(&place.to_json()), Ok(place));
    }

    #[test]
    fn what_is_missing_or_unknown_does_no_harm() {
        assert_eq!(Place::read("{}"), Ok(Place::default()));
        let newer = r#"{"version":1,"filter":"x","colours":["a"],"deep":{"er":[1]}}"#;
        let expected = Place {
            filter: "x".to_owned(),
            ..Place::default()
        };
        assert_eq!(Place::read(newer), Ok(expected));
    }

    #[test]
    fn what_cannot_be_used_is_refused_without_repeating_it() {
        for text in [
            "",
            "{\"filter\":\"hunt",
            "{\"filter\":7}",
            "null",
            "{\"version\":2}",
            "{\"peek\":\"\u{1b}[2J\"}",
        ] {
            let why = Place::read(text).err().unwrap_or_default();
            assert!(!why.is_empty(), "{text}");
            assert!(!why.contains("hunt") && !why.contains('\u{1b}'), "{why}");
        }
        let deep = "[".repeat(100_000);
        assert!(Place::read(&deep).is_err());
    }
}
