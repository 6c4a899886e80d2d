//! What keys do in a case: go from tab to tab and from row to row, unfold, copy.

use crate::app::Effect;
use crate::app::State;
use crate::app::actions;
use crate::app::alert_book::AlertKey;
use crate::app::case;
use crate::app::case::Decoding;
use crate::app::case::Spot;
use crate::app::case::Tab;
use crate::app::case::copies;
use crate::app::case::foot;
use crate::app::case::raw;
use crate::app::case::sheet::Extent;
use crate::app::hunting::completing;
use crate::app::notices::Kind;
use crate::app::panes::Pane;
use crate::domain::moment::Moment;
use crate::keymap::CaseAction;
use crate::keymap::CopyRow;
use crate::wire::outline::Outline;

/// Why an action cannot be done now.
pub fn refusal(state: &State, action: CaseAction) -> Option<&'static str> {
    if state.looking.shown().is_none() {
        return Some("no alert is shown");
    }
    let tab = state.case.tab();
    match action {
        CaseAction::Open => match tab {
            Tab::Overview | Tab::Notes => Some("this tab has nothing to unfold"),
            Tab::Evidence | Tab::Tree | Tab::Device | Tab::Incident | Tab::Raw => None,
        },
        CaseAction::SortLeft | CaseAction::SortRight => {
            (tab != Tab::Evidence).then_some("only the evidence is sorted")
        }
        // Asked for with each frame: only what is quickly told.
        CaseAction::Copy(copy) if copy != CopyRow::Node => copies::text(state, copy).err(),
        CaseAction::Complete if tab != Tab::Tree => {
            Some("only the tree is completed: ] goes to it")
        }
        CaseAction::Wrap => {
            let has_commands = matches!(tab, Tab::Overview | Tab::Tree);
            (!has_commands).then_some("only the command lines of Overview and Tree are cut")
        }
        CaseAction::Complete => completing::refusal(state),
        CaseAction::Copy(_)
        | CaseAction::NextTab
        | CaseAction::PreviousTab
        | CaseAction::TabRight
        | CaseAction::TabLeft
        | CaseAction::Decode
        | CaseAction::CopyAlert => None,
    }
}

/// Does one of these actions.
pub fn apply(state: &mut State, action: CaseAction, now: Moment) -> Vec<Effect> {
    match action {
        CaseAction::NextTab => go_round(state, 1),
        CaseAction::PreviousTab => go_round(state, -1),
        CaseAction::TabRight => go_beside(state, 1),
        CaseAction::TabLeft => go_beside(state, -1),
        CaseAction::Decode => decode(state, now),
        CaseAction::Wrap => wrap(state, now),
        CaseAction::Complete => return completing::toggle(state, now),
        CaseAction::Open => open(state, now),
        CaseAction::SortLeft => sort(state, -1, now),
        CaseAction::SortRight => sort(state, 1, now),
        CaseAction::Copy(copy) => return copies::copy(state, copy, now),
        CaseAction::CopyAlert => copies::open_menu_of_alert(state),
    }
    Vec::new()
}

/// Shows a tab, where one was on it.
pub fn go(state: &mut State, tab: Tab) {
    let spot = Spot {
        what: state.case.chosen(),
        top: state.detail_top,
    };
    let from = state.case.tab;
    state.case.spots.insert(from, spot);
    if tab == Tab::Raw && from != Tab::Raw {
        state.case.before_raw = from;
    }
    state.case.tab = tab;
    state.detail_top = state.case.spot().top;
}

/// The JSON, and back to where one was.
pub fn toggle_raw(state: &mut State) {
    let to = if state.case.tab == Tab::Raw {
        state.case.before_raw
    } else {
        Tab::Raw
    };
    go(state, to);
}

fn go_round(state: &mut State, step: isize) {
    let tab = state.case.tab;
    let end = if step > 0 { Tab::Overview } else { Tab::Raw };
    go(state, tab.beside(step).unwrap_or(end));
}

/// Past the last tab stands the next pane.
fn go_beside(state: &mut State, step: isize) {
    match state.case.tab.beside(step) {
        Some(tab) => go(state, tab),
        None => actions::focus_beside(state, step),
    }
}

fn decode(state: &mut State, now: Moment) {
    let (decoding, words) = match state.case.decoding {
        Decoding::Shown => (Decoding::Hidden, "command lines as they were sent"),
        Decoding::Hidden => (Decoding::Shown, "encoded command lines decoded"),
    };
    state.case.decoding = decoding;
    state.notices.say(Kind::Note, words, now);
}

fn wrap(state: &mut State, now: Moment) {
    let (commands, words) = match state.case.commands {
        Extent::Brief => (Extent::Whole, "command lines whole"),
        Extent::Whole => (Extent::Brief, "the start of each command line"),
    };
    state.case.commands = commands;
    state.notices.say(Kind::Note, words, now);
    keep_in_sight(state);
}

fn sort(state: &mut State, step: isize, now: Moment) {
    state.case.sort = state.case.sort.beside(step);
    let words = format!("evidence {}", state.case.sort.words());
    state.notices.say(Kind::Note, words, now);
    keep_in_sight(state);
}

/// Unfolds a row, or goes to the alert that it is about.
fn open(state: &mut State, now: Moment) {
    let tab = state.case.tab;
    let Some(what) = standing_on(state) else {
        return;
    };
    stand_on(state, what);
    match tab {
        Tab::Evidence | Tab::Tree => {
            if !state.case.unfolded.remove(&(tab, what)) {
                state.case.unfolded.insert((tab, what));
            }
        }
        Tab::Incident | Tab::Device => {
            let shown = state.looking.shown();
            let keys = shown.map(|shown| match tab {
                Tab::Incident => &shown.prepared.incident,
                Tab::Device | Tab::Overview | Tab::Evidence | Tab::Tree | Tab::Notes | Tab::Raw => {
                    &shown.prepared.on_device
                }
            });
            if let Some(key) = keys.and_then(|keys| keys.get(what)).copied() {
                return go_to_alert(state, key, now);
            }
        }
        Tab::Raw => {
            let line = raw::fold(state, what);
            stand_on(state, line);
        }
        Tab::Overview | Tab::Notes => {}
    }
    keep_in_sight(state);
}

/// Selects another alert and reads it; one that the view leaves out stays where it is.
fn go_to_alert(state: &mut State, key: AlertKey, now: Moment) {
    if state.book.line_of(key).is_none() {
        let words = "this view leaves it out: 0 shows every alert";
        state.notices.say(Kind::Note, words, now);
        return;
    }
    let height = state.panes().list_height();
    state.cursor.select(&state.book, key, height);
    actions::read(state, now);
}

/// What the row under the cursor is about; none on a tab that is only read.
fn standing_on(state: &State) -> Option<usize> {
    let shown = state.looking.shown()?;
    let width = usize::from(state.panes().detail?.width);
    let sheet = case::sheet(state, shown, width);
    let place = place_in(state, &sheet)?;
    sheet.rows.get(place).map(|row| row.what)
}

/// The place of the row under the cursor.
pub fn place_in(state: &State, sheet: &case::sheet::Sheet) -> Option<usize> {
    if !state.case.spots.contains_key(&state.case.tab) {
        return (!sheet.rows.is_empty()).then_some(0);
    }
    sheet.place_of(state.case.chosen())
}

fn stand_on(state: &mut State, what: usize) {
    let top = state.detail_top;
    state.case.spots.insert(state.case.tab, Spot { what, top });
}

/// Lines of the pane for the page.
fn height(state: &State) -> usize {
    let area = state.panes().detail.unwrap_or_default();
    usize::from(area.height).saturating_sub(foot::lines(state).len())
}

/// Moves by rows, within a row that is taller than the pane by lines. A tab that is only
/// read scrolls.
pub(super) fn keep_in_sight(state: &mut State) {
    step(state, 0);
}

/// Moves by so many lines.
pub fn step(state: &mut State, lines: isize) {
    let Some(shown) = state.looking.shown() else {
        return;
    };
    let area = state.panes().detail.unwrap_or_default();
    let sheet = case::sheet(state, shown, usize::from(area.width));
    let height = height(state);
    let all = sheet.page.lines.len();
    let most_top = all.saturating_sub(height);
    let Some(place) = place_in(state, &sheet) else {
        state.detail_top = state.detail_top.saturating_add_signed(lines).min(most_top);
        return;
    };
    let here = sheet.lines_of(place);
    let bottom = state.detail_top + height;
    if lines == 1 && here.end > bottom && here.len() > height {
        state.detail_top += 1;
        return;
    }
    if lines == -1 && here.start < state.detail_top {
        state.detail_top -= 1;
        return;
    }
    if lines < 0 && place == 0 {
        // What stands before the first row.
        state.detail_top = state.detail_top.saturating_sub(lines.unsigned_abs());
        return;
    }
    let last = sheet.rows.len() - 1;
    let to = match lines {
        0 => place,
        1 => (place + 1).min(last),
        -1 => place.saturating_sub(1),
        _ => {
            let line = here.start.saturating_add_signed(lines);
            let after = sheet.rows.iter().rposition(|row| row.line <= line);
            after.unwrap_or(0)
        }
    };
    let lines_there = sheet.lines_of(to);
    let what = sheet.rows.get(to).map_or(0, |row| row.what);
    let mut top = state.detail_top;
    if lines_there.end > top + height {
        top = lines_there.end - height;
    }
    if lines_there.start < top {
        // With what stands before the first row, where that fits.
        top = if to == 0 { 0 } else { lines_there.start };
    }
    state.detail_top = top.min(most_top);
    stand_on(state, what);
}

/// A click on a line of the pane stands on its row.
pub fn click(state: &mut State, line: usize) {
    let Some(shown) = state.looking.shown() else {
        return;
    };
    let area = state.panes().detail.unwrap_or_default();
    let sheet = case::sheet(state, shown, usize::from(area.width));
    let line = state.detail_top + line;
    let row = sheet.rows.iter().rfind(|row| row.line <= line);
    if let Some(row) = row {
        let what = row.what;
        stand_on(state, what);
    }
}

/// Reads the JSON once somebody looks at it.
pub fn keep_up(state: &mut State) {
    if state.case.tab != Tab::Raw {
        return;
    }
    let Some(shown) = state.looking.shown() else {
        return;
    };
    if shown.prepared.outline.is_none() {
        let original = state.book.original_of_one_date(shown.key);
        let outline = Outline::of(original.unwrap_or_default());
        state.looking.outlined(outline);
    }
}

/// True where the cursor of the rows is in sight: two cursors would be one too many.
pub fn has_cursor(state: &State) -> bool {
    state.focus == Pane::Detail
}
