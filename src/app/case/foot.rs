//! What a tab keeps below its page: where in the JSON one is, and how complete the tree is.

use jiff::Timestamp;

use crate::app::State;
use crate::app::case::Tab;
use crate::app::case::raw;
use crate::app::count;
use crate::app::hunting::completing;
use crate::app::hunting::completing::Completion;
use crate::app::hunting::completing::Hunted;
use crate::app::hunting::completing::Stage;
use crate::app::lines::Line;
use crate::app::lines::Page;
use crate::app::lines::Tone;
use crate::app::lines::cut;
use crate::app::looking::Shown;
use crate::app::panes::Pane;
use crate::app::thousands;
use crate::app::times;
use crate::domain::process_tree::ProcessTree;
use crate::domain::text::Text;
use crate::keymap::Action;
use crate::keymap::CaseAction;

/// Of the pane, at most one line in so many.
const SHARE: u16 = 4;

/// The lines, no more than the pane can spare.
pub fn lines(state: &State) -> Vec<Line> {
    let (Some(shown), Some(area)) = (state.looking.shown(), state.panes().detail) else {
        return Vec::new();
    };
    let width = usize::from(area.width);
    let lines = match state.case.tab() {
        Tab::Raw => vec![path(state, shown)],
        Tab::Tree => {
            let ago = |at| times::ago(at, state.minute());
            match tree(state, shown, &ago) {
                Some((tone, words)) => spared(tone, &words, width, area.height),
                None => Vec::new(),
            }
        }
        Tab::Overview | Tab::Evidence | Tab::Device | Tab::Incident | Tab::Notes => Vec::new(),
    };
    let most = usize::from(area.height);
    lines.into_iter().take(most).collect()
}

/// How complete the tree is, for whoever hears it: with a time that stays what it is.
pub fn spoken(state: &State) -> Option<String> {
    let shown = state.looking.shown()?;
    if state.case.tab() != Tab::Tree {
        return None;
    }
    let at = |at| {
        format!(
            "at {}",
            times::clock(at, state.minute(), &state.settings.zone)
        )
    };
    tree(state, shown, &at).map(|(_, words)| words)
}

fn path(state: &State, shown: &Shown) -> Line {
    let path = raw::path(shown, state.case.chosen());
    let path = if path.is_empty() {
        "the whole alert".to_owned()
    } else {
        path
    };
    Line::of(Tone::Label, "  at ").and(Tone::Text, Text::from(path).shown())
}

/// The words on lines, the last of which says if there are more.
fn spared(tone: Tone, words: &str, width: usize, height: u16) -> Vec<Line> {
    let most = usize::from(height / SHARE).max(1);
    let mut page = Page::new(width);
    page.add_text(tone, words, 2);
    if page.lines.len() > most {
        page.lines.truncate(most);
        if let Some(last) = page.lines.last_mut() {
            let text = format!("{} ..", last.plain().trim_end());
            *last = Line::of(tone, cut(&text, width));
        }
    }
    page.lines
}

/// One sentence about the tree; none in a peek at one that nobody asked about.
fn tree(
    state: &State,
    shown: &Shown,
    when: &dyn Fn(Timestamp) -> String,
) -> Option<(Tone, String)> {
    let key = state.key_name(Action::Case(CaseAction::Complete));
    let Some(completion) = completing::shown(state) else {
        if state.focus != Pane::Detail || shown.detail.evidence.is_empty() {
            return None;
        }
        let words = match completing::refusal(state) {
            Some(why) => format!("not completed by hunting: {why}"),
            None => format!("{key} completes it by hunting on the device"),
        };
        return Some((Tone::Muted, words));
    };
    let found = completion.found.as_deref();
    let found = found.map(|found| found_words(found, &shown.prepared.tree, when));
    let (tone, latest) = latest_words(state, completion, &key);
    let parts: Vec<String> = [found, latest].into_iter().flatten().collect();
    Some((tone, parts.join("; ")))
}

fn found_words(found: &Hunted, tree: &ProcessTree, when: &dyn Fn(Timestamp) -> String) -> String {
    let when = when(found.at);
    let mut words = match (found.processes.len(), tree.added()) {
        (0, _) => format!("hunting {when} found no process of the device in that time"),
        (_, 0) => format!("completed by hunting {when}: nothing to add"),
        (_, 1) => format!("completed by hunting {when}, 1 process"),
        (_, added) => {
            let added = thousands(added);
            format!("completed by hunting {when}, {added} processes")
        }
    };
    if tree.unrelated() > 0 {
        let others = count(tree.unrelated(), "other");
        words = format!("{words}; {others} of the device not shown");
    }
    if found.is_cut {
        let most = thousands(crate::domain::hunt::tree::MOST_ROWS);
        words = format!("{words}; {most} rows, the most asked for: some may be missing");
    }
    words
}

/// The latest query, where there is more to say of it than what it found.
fn latest_words(state: &State, completion: &Completion, key: &str) -> (Tone, Option<String>) {
    match &completion.stage {
        Stage::Answered => (Tone::Muted, None),
        Stage::Asked { at } => {
            let at = times::clock(*at, state.minute(), &state.settings.zone);
            let esc = state.key_name(Action::Back);
            let words = format!("hunting: asked at {at}, no answer yet; {esc} gives it up");
            (Tone::Text, Some(words))
        }
        Stage::GivenUp => {
            let words = format!("given up before it answered; {key} asks again");
            (Tone::Muted, Some(words))
        }
        Stage::Refused(complaint) => {
            let words = format!("not completed: the query was refused: {}", complaint.says());
            (Tone::Bad, Some(words))
        }
        Stage::Failed(failure) => {
            let what = &failure.sentence;
            let words = match (&failure.remedy, failure.retry_after) {
                (Some(remedy), _) => format!("not completed: {what}; {remedy}"),
                (None, Some(wait)) => {
                    let wait = times::left(wait);
                    format!("not completed: {what}; {key} asks again, in {wait} at the soonest")
                }
                (None, None) => format!("not completed: {what}; {key} asks again"),
            };
            (Tone::Bad, Some(words))
        }
    }
}
