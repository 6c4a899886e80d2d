//! Macros and notes that go with closing: their menu, and what they come to for each alert.
//!
//! A note that names its alert differs from one to the next. Alerts whose notes read the
//! same are one change; all changes of one key are one deed, taken back together.

use std::collections::HashMap;

use crate::app::Effect;
use crate::app::State;
use crate::app::alert_book::AlertKey;
use crate::app::count;
use crate::app::decisions::composing::Composing;
use crate::app::decisions::deciding;
use crate::app::decisions::pending::DecisionId;
use crate::app::decisions::pending::Deed;
use crate::app::decisions::pending::Making;
use crate::app::decisions::pending::Meaning;
use crate::app::decisions::targets;
use crate::app::decisions::targets::Plan;
use crate::app::lines::Line;
use crate::app::lines::Page;
use crate::app::lines::Tone;
use crate::app::lines::cut;
use crate::app::notices::Kind;
use crate::app::overlay::Overlay;
use crate::domain::decision::Change;
use crate::domain::decision::Disposition;
use crate::domain::decision::Target;
use crate::domain::decision::kept::End;
use crate::domain::decision::macros::Assignee;
use crate::domain::decision::macros::Macro;
use crate::domain::decision::template::Template;
use crate::domain::decision::template::Variable;
use crate::domain::moment::Moment;
use crate::domain::text::shown;
use crate::keymap::Decide;

/// Different notes that one key may write: each is a change of its own, and takes three
/// calls of the hundred that the service allows in a minute.
const MOST_NOTES: usize = 100;

/// Calls for a change to one alert: read, written, read back. More alerts take few more.
const CALLS: usize = 3;

/// Cells of a name in the menu.
const LONGEST_NAME: usize = 24;

/// One change and the alerts it is for.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    pub change: Change,
    pub targets: Vec<Target>,
}

/// Why the menu cannot be opened.
pub fn refusal(state: &State) -> Option<&'static str> {
    let none = state.settings.macros.is_empty();
    none.then_some("no macro is configured: see docs/triage.md")
}

/// The macro of this name.
pub fn named<'a>(state: &'a State, name: &str) -> Option<&'a Macro> {
    let mut macros = state.settings.macros.iter();
    macros.find(|made| made.is_called(name))
}

/// Chooses another one of the menu.
pub(super) fn walk(state: &mut State, step: isize) -> Vec<Effect> {
    let last = state.settings.macros.len().saturating_sub(1);
    if let Some(Overlay::Deciding(Composing::Macros { chosen })) = &mut state.overlay {
        *chosen = chosen.saturating_add_signed(step).min(last);
    }
    Vec::new()
}

/// Runs the chosen one of the menu.
pub(super) fn run_chosen(state: &mut State, now: Moment) -> Vec<Effect> {
    let Some(Overlay::Deciding(Composing::Macros { chosen })) = &state.overlay else {
        return Vec::new();
    };
    let made = state.settings.macros.get(*chosen).cloned();
    made.map_or_else(Vec::new, |made| run(state, &made, now))
}

/// A key was pressed in the menu that is none of its own: the letter of a macro runs it.
pub fn on_letter(state: &mut State, letter: Option<char>, now: Moment) -> Vec<Effect> {
    let Some(letter) = letter else {
        return Vec::new();
    };
    let mut macros = state.settings.macros.iter();
    let made = macros.find(|made| made.key == Some(letter)).cloned();
    if let Some(made) = made {
        return run(state, &made, now);
    }
    let text = format!("no macro is on `{}`", shown(&letter.to_string()));
    state.notices.say(Kind::Note, text, now);
    Vec::new()
}

/// Runs the macro of this name, or says why not.
pub fn run_named(state: &mut State, name: &str, now: Moment) -> Vec<Effect> {
    if let Some(why) = deciding::refusal(state, Decide::OpenMacros) {
        state.notices.say(Kind::Note, why, now);
        return Vec::new();
    }
    let made = named(state, name).cloned();
    made.map_or_else(Vec::new, |made| run(state, &made, now))
}

/// Decides what a macro says about what is meant.
fn run(state: &mut State, made: &Macro, now: Moment) -> Vec<Effect> {
    state.overlay = None;
    let me = state.user();
    if made.assign == Some(Assignee::Me) && me.is_empty() {
        let text = "the token names no user: the macro has nobody to assign to";
        state.notices.say(Kind::Note, text, now);
        return Vec::new();
    }
    let keys = targets::meant(state);
    let change = made.change(&me);
    decide_noting(state, &keys, &change, made.note.as_ref(), now)
}

/// Closes what is meant, with the note that was configured for that.
pub(super) fn close(state: &mut State, closed: Disposition, now: Moment) -> Vec<Effect> {
    let keys = targets::meant(state);
    let note = state.settings.close_notes.get(closed).cloned();
    decide_noting(state, &keys, &Change::close(closed), note.as_ref(), now)
}

fn decide_noting(
    state: &mut State,
    keys: &[AlertKey],
    change: &Change,
    note: Option<&Template>,
    now: Moment,
) -> Vec<Effect> {
    let Some(note) = note else {
        return deciding::decide_about(state, keys, change.clone(), now);
    };
    state.overlay = None;
    match parted(state, keys, change, note, now) {
        Ok((_, parts)) if parts.is_empty() => {
            deciding::decide_about(state, keys, change.clone(), now)
        }
        Ok((_, parts)) if keys.len() == 1 => make(state, parts, now),
        Ok((plan, parts)) => {
            let first = parts.first().map(|part| part.change.clone());
            deciding::ask(state, first.unwrap_or_default(), plan, None, parts)
        }
        Err(why) => {
            state.notices.say(Kind::Warning, why, now);
            Vec::new()
        }
    }
}

/// What each alert gets, and those that get the same together.
fn parted(
    state: &State,
    keys: &[AlertKey],
    change: &Change,
    note: &Template,
    now: Moment,
) -> Result<(Plan, Vec<Part>), String> {
    let me = state.user();
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut notes: Vec<Change> = Vec::new();
    let mut place_of: HashMap<AlertKey, usize> = HashMap::new();
    // Before anything is read of the alerts: too many are told at once.
    for key in keys {
        let text = note.filled(|variable| value(state, *key, variable, &me, now));
        if let Some(place) = places.get(&text) {
            place_of.insert(*key, *place);
            continue;
        }
        if notes.len() == MOST_NOTES {
            return Err(format!(
                "more than {MOST_NOTES} different notes: each is a change of its own, with \
                 {CALLS} calls; mark fewer alerts, or use a note that does not name them"
            ));
        }
        let with_it = change.clone().and_note(&text);
        notes.push(with_it.map_err(|illegal| format!("{}: {}", illegal.what, illegal.remedy))?);
        place_of.insert(*key, notes.len() - 1);
        places.insert(text, notes.len() - 1);
    }
    let Some(first) = notes.first() else {
        return Ok((Plan::default(), Vec::new()));
    };
    let plan = targets::plan(state, keys, first);
    let mut parts: Vec<Part> = notes
        .into_iter()
        .map(|change| Part {
            change,
            targets: Vec::new(),
        })
        .collect();
    for (key, target) in plan.keys.iter().zip(&plan.targets) {
        let place = place_of.get(key).copied();
        if let Some(part) = place.and_then(|place| parts.get_mut(place)) {
            part.targets.push(target.clone());
        }
    }
    parts.retain(|part| !part.targets.is_empty());
    Ok((plan, parts))
}

fn value(state: &State, key: AlertKey, variable: Variable, me: &str, now: Moment) -> String {
    let Some(row) = state.book.row(key) else {
        return String::new();
    };
    let text = |symbol| state.book.text(symbol).original().to_owned();
    match variable {
        Variable::Id => row.id.as_str().to_owned(),
        Variable::Title => text(row.title),
        Variable::Device => text(row.device),
        Variable::User => text(row.user),
        Variable::Category => text(row.category),
        Variable::Severity => row.severity.word().to_owned(),
        Variable::Incident => state.book.incident(row).into_owned(),
        Variable::Me => me.to_owned(),
        Variable::Now => {
            let local = now.wall.to_zoned(state.settings.zone.clone());
            local.strftime("%Y-%m-%d %H:%M").to_string()
        }
    }
}

/// Holds all of them as one deed.
pub(super) fn make(state: &mut State, parts: Vec<Part>, now: Moment) -> Vec<Effect> {
    let deed = state.decisions.queue.next_deed();
    let by = state.user();
    let alerts: usize = parts.iter().map(|part| part.targets.len()).sum();
    if let Some(first) = parts.first() {
        let (what, alerts) = (first.change.says(), count(alerts, "alert"));
        let text = format!("held: {what}, {alerts}");
        state.notices.say_apart(Kind::Note, text, now);
    }
    let targets = parts.iter().flat_map(|part| &part.targets);
    let closed: Vec<Target> = targets.cloned().collect();
    if parts.iter().all(|part| part.change.closes()) {
        deciding::go_on(state, &closed, now);
    }
    for part in parts {
        let making = Making {
            change: part.change,
            targets: part.targets,
            by: by.clone(),
            meaning: Meaning::Decision,
            deed,
        };
        state.decisions.queue.make(making, now);
    }
    state.decisions.said = state.notices.said();
    Vec::new()
}

/// Takes back what was made by one key, as far as it is not under way. None where that
/// is one change, or nothing of it can be.
pub(super) fn take_back_parts(state: &mut State, deed: Deed, now: Moment) -> Option<Vec<Effect>> {
    let parts = state.decisions.queue.pending().iter();
    let parts = parts.filter(|one| one.deed == deed && !one.stage.is_stuck());
    let ids: Vec<DecisionId> = parts.map(|one| one.id).collect();
    if ids.len() < 2 {
        return None;
    }
    let (mut alerts, mut says, mut all) = (0, String::new(), Vec::new());
    for id in ids {
        let taken = state.decisions.queue.take_back(id, End::TakenBack, now);
        if let Some((one, records)) = taken {
            state.decisions.history.add_taken_back(&one);
            alerts += one.targets.len();
            says = one.change.says();
            all.extend(records);
            if one.maybe_sent {
                state.poller.hurry(now);
            }
        }
    }
    let text = format!("taken back: {says}, {}", count(alerts, "alert"));
    state.notices.say_apart(Kind::Note, text, now);
    Some(vec![Effect::Audit(all)])
}

/// What different notes come to, for the page that asks.
pub(super) fn parts_words(parts: &[Part]) -> Option<String> {
    (parts.len() > 1).then(|| {
        format!(
            "{} different notes: sent one after the other, with {} calls at least",
            parts.len(),
            parts.len() * CALLS
        )
    })
}

/// The menu, with its first line in sight.
pub(super) fn page(state: &State, chosen: usize, width: usize) -> (Page, usize) {
    let mut page = Page::new(width);
    let macros = &state.settings.macros;
    let names = macros.iter().map(|made| made.name.chars().count());
    let column = names.max().unwrap_or_default().min(LONGEST_NAME);
    for (place, made) in macros.iter().enumerate() {
        let (mark, tone) = if place == chosen {
            ("> ", Tone::Strong)
        } else {
            ("  ", Tone::Text)
        };
        let key = made.key.map_or_else(|| " ".to_owned(), String::from);
        let name = cut(&made.name, column);
        let line = Line::of(Tone::Label, format!("{mark}{} ", shown(&key)))
            .and(tone, format!("{name:<column$}  "))
            .and(Tone::Text, shown(&made.says("me")));
        // One line each: the menu is walked by lines.
        page.lines.push(line);
    }
    let note = macros.get(chosen).and_then(|made| made.note.as_ref());
    let height = usize::from(state.panes().body.height.saturating_sub(1)).max(1);
    if let Some(note) = note {
        page.gap();
        for line in note.written().lines() {
            page.add(Line::of(Tone::Muted, format!("  {}", shown(line))), 2);
        }
    }
    // The chosen one is never out of sight, and its note only where there is room.
    (page, (chosen + 1).saturating_sub(height))
}

/// The chosen one in words, for whoever has no page.
pub(super) fn words(state: &State, chosen: usize) -> String {
    let Some(made) = state.settings.macros.get(chosen) else {
        return String::new();
    };
    let key = made.key.map_or_else(String::new, |key| format!("{key} "));
    let says = made.says("me");
    shown(&format!("{key}{}: {says}", made.name)).into_owned()
}

#[cfg(test)]
mod tests {
    use crate::app::decisions::deciding::disposition;
    use crate::keymap::Action;
    use crate::keymap::Decide;
    use crate::keymap::table::BINDINGS;

    #[test]
    fn the_configuration_names_dispositions_as_the_keys_do() {
        let mut closing = 0;
        for binding in BINDINGS {
            if let Action::Decide(Decide::Close(as_what)) = binding.action {
                let name = format!("close-{}", disposition(as_what).name());
                assert_eq!(binding.name, name);
                closing += 1;
            }
        }
        assert_eq!(closing, 14);
    }
}
