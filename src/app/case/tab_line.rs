//! The names of the tabs on one line: drawing and clicking ask the same function.

use ratatui::layout::Rect;

use crate::app::State;
use crate::app::case::Tab;
use crate::app::panes::Pane;

/// One name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    pub tab: Tab,
    pub text: String,
    /// Cells from the left end of the line.
    pub at: u16,
}

/// Cells before the first name.
const BEFORE: usize = 2;
/// Cells between two names.
const BETWEEN: usize = 2;

/// The line of the tabs where there is one. A peek has none: it is for a glance.
pub fn area(state: &State) -> Option<Rect> {
    let panes = state.panes();
    let is_peek = state.focus != Pane::Detail && panes.claims.is_none();
    let [rule, _] = panes.rules;
    rule.filter(|_| panes.detail.is_some() && !is_peek && state.looking.shown().is_some())
}

/// The names that fit into so many cells, the chosen one in brackets.
pub fn labels(state: &State, width: u16) -> Vec<Label> {
    let width = usize::from(width);
    let all = |counted: Counted| {
        let names = Tab::ALL.map(|tab| (tab, name(state, tab, counted)));
        placed(names.into_iter())
    };
    let fits = |labels: &Vec<Label>| {
        labels
            .last()
            .is_none_or(|last| usize::from(last.at) + last.text.len() < width)
    };
    [all(Counted::Yes), all(Counted::No)]
        .into_iter()
        .find(fits)
        .unwrap_or_else(|| {
            let chosen = state.case.tab();
            placed(std::iter::once((chosen, name(state, chosen, Counted::Yes))))
        })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Counted {
    Yes,
    No,
}

fn placed(names: impl Iterator<Item = (Tab, String)>) -> Vec<Label> {
    let mut at = BEFORE;
    let mut labels = Vec::new();
    for (tab, text) in names {
        let width = text.len();
        labels.push(Label {
            tab,
            text,
            at: u16::try_from(at).unwrap_or(u16::MAX),
        });
        at += width + BETWEEN;
    }
    labels
}

fn name(state: &State, tab: Tab, counted: Counted) -> String {
    let mut name = tab.title().to_owned();
    if let Some(count) = count(state, tab).filter(|_| counted == Counted::Yes) {
        name = format!("{name} {count}");
    }
    if tab == state.case.tab() {
        format!("[{name}]")
    } else {
        name
    }
}

/// How much is on a tab, where that is a number of things.
fn count(state: &State, tab: Tab) -> Option<usize> {
    let shown = state.looking.shown()?;
    let count = match tab {
        Tab::Evidence => shown.detail.evidence.len(),
        Tab::Incident => shown.prepared.incident.len(),
        Tab::Notes => shown.detail.comments.len(),
        Tab::Overview | Tab::Tree | Tab::Device | Tab::Raw => 0,
    };
    (count > 0).then_some(count)
}

/// The tab in words, with how much is on it: for whoever hears it.
pub fn spoken(state: &State) -> String {
    let tab = state.case.tab();
    let place = Tab::ALL.iter().position(|known| *known == tab).unwrap_or(0) + 1;
    let name = tab.title().to_lowercase();
    let count = count(state, tab).map_or_else(String::new, |count| format!(" {count}"));
    format!("tab {place} of {}, {name}{count}", Tab::ALL.len())
}
