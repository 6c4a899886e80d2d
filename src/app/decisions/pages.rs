//! How decisions read: before and after, the outbox with what was met, who can be
//! assigned.

use std::borrow::Cow;

use crate::app::State;
use crate::app::count;
use crate::app::decisions::composing::Composing;
use crate::app::decisions::composing::Confirming;
use crate::app::decisions::macros;
use crate::app::decisions::pending::DecisionId;
use crate::app::decisions::pending::Pending;
use crate::app::decisions::pending::Stage;
use crate::app::decisions::targets;
use crate::app::decisions::words::seconds_left;
use crate::app::filter::complete::Known as _;
use crate::app::lines::Line;
use crate::app::lines::Page;
use crate::app::lines::Tone;
use crate::app::lines::cut;
use crate::app::overlay::Overlay;
use crate::app::times;
use crate::domain::alert::AlertId;
use crate::domain::decision::Change;
use crate::domain::decision::Triage;
use crate::domain::decision::triage::Property;
use crate::domain::filter::field::Field;
use crate::domain::text::shown;

/// Alerts a page names one by one.
const NAMED: usize = 200;
/// People that are offered.
const OFFERED: usize = 8;

/// Somebody an alert can be given to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    /// Empty for nobody.
    pub name: String,
    /// As it is offered.
    pub label: String,
}

/// Whom the typed letters may mean: you, nobody, those who have alerts, and whoever is
/// typed out.
pub fn owners(state: &State) -> Vec<Owner> {
    let Some(Overlay::Deciding(Composing::Assign(assigning))) = &state.overlay else {
        return Vec::new();
    };
    let typed = assigning.input.value().trim();
    let lower = typed.to_lowercase();
    let me = state.user();
    let owner = |name: &str, label: &str| Owner {
        name: name.to_owned(),
        label: shown(label).into_owned(),
    };
    let mut owners = Vec::new();
    if !me.is_empty() && ("me".starts_with(&lower) || me.to_lowercase().contains(&lower)) {
        owners.push(owner(&me, "me"));
    }
    if "nobody".starts_with(&lower) {
        owners.push(owner("", "nobody"));
    }
    for name in state.book.values(Field::Owner, &lower, OFFERED) {
        if !name.eq_ignore_ascii_case(&me) {
            owners.push(owner(&name, &name));
        }
    }
    if !typed.is_empty() && !owners.iter().any(|known| known.name == typed) {
        owners.push(owner(typed, typed));
    }
    owners
}

/// The page of the dialog that has one, with its first line in sight.
pub fn page(state: &State, composing: &Composing, width: usize) -> Option<(Page, usize)> {
    match composing {
        Composing::Confirm(confirming) => {
            Some((confirm_page(state, confirming, width), confirming.top))
        }
        Composing::Macros { chosen } => Some(macros::page(state, *chosen, width)),
        Composing::Outbox { chosen } => Some(outbox_page(state, *chosen, width)),
        Composing::Close
        | Composing::Status
        | Composing::Assign(_)
        | Composing::Note(_)
        | Composing::Leaving => None,
    }
}

/// The dialog in one line, for whoever has no page.
pub fn words(state: &State, composing: &Composing) -> String {
    match composing {
        Composing::Close | Composing::Status | Composing::Leaving => String::new(),
        Composing::Assign(assigning) => {
            let owners = owners(state).into_iter();
            let chosen = owners.map(|owner| owner.label).nth(assigning.chosen);
            format!(
                "{} > {}",
                assigning.input.value(),
                chosen.unwrap_or_default()
            )
        }
        Composing::Note(noting) => noting.input.value().to_owned(),
        Composing::Macros { chosen } => macros::words(state, *chosen),
        Composing::Confirm(confirming) => {
            let typed = confirming.typed.value();
            let page = confirm_page(state, confirming, 200);
            let how = page.lines.first().map(Line::plain).unwrap_or_default();
            format!("{}: {how} {typed}", title(composing))
        }
        Composing::Outbox { chosen } => {
            let (page, _) = outbox_page(state, *chosen, 200);
            let line = page
                .lines
                .iter()
                .map(Line::plain)
                .find(|line| line.starts_with('>'));
            line.unwrap_or_else(|| "nothing is on its way: every decision arrived".to_owned())
        }
    }
}

/// What the page is called.
pub fn title(composing: &Composing) -> String {
    match composing {
        Composing::Confirm(confirming) => {
            let alerts = count(confirming.plan.targets.len(), "alert");
            format!("{}: {alerts}", confirming.change.says())
        }
        Composing::Outbox { .. } => "decisions on their way".to_owned(),
        Composing::Macros { .. } => "macros".to_owned(),
        Composing::Close
        | Composing::Status
        | Composing::Assign(_)
        | Composing::Note(_)
        | Composing::Leaving => String::new(),
    }
}

fn confirm_page(state: &State, confirming: &Confirming, width: usize) -> Page {
    let mut page = Page::new(width);
    let me = state.user();
    let number = confirming.plan.targets.len();
    let how = match number {
        _ if confirming.wants_number() => {
            format!("type {number} to decide it for all of them, esc decides nothing")
        }
        1 => "enter decides it, esc decides nothing".to_owned(),
        _ => "enter decides it for all of them, esc decides nothing".to_owned(),
    };
    page.add(Line::of(Tone::Strong, how), 0);
    if let Some(because) = &confirming.because {
        page.add(Line::of(Tone::Text, because.clone()), 2);
    }
    let mut unseen = 0;
    for key in &confirming.plan.keys {
        unseen += usize::from(state.book.place_of(*key).is_none());
    }
    if unseen > 0 {
        let text = format!(
            "{} of them out of sight: the filter hides them",
            count(unseen, "alert")
        );
        page.add(Line::of(Tone::Warning, text), 0);
    }
    for warning in others_work(confirming, &me) {
        page.add(Line::of(Tone::Warning, warning), 0);
    }
    if let Some(words) = macros::parts_words(&confirming.parts) {
        page.add(Line::of(Tone::Warning, words), 2);
    }
    if let Some(note) = confirming.change.note() {
        let label = if confirming.parts.len() > 1 {
            "the first note: "
        } else {
            "note: "
        };
        add_note(&mut page, label, note);
    }
    page.gap();
    let half = (width / 2).max(34);
    for target in confirming.plan.targets.iter().take(NAMED) {
        let after = confirming.change.applied_to(&target.seen);
        let (before, after) = (
            targets::brief(&target.seen, &me),
            targets::brief(&after, &me),
        );
        let change = if confirming.change.is_seen_in(&target.seen) {
            "+ note".to_owned()
        } else {
            shown(&format!("{before} > {after}")).into_owned()
        };
        let name = name_of(state, &target.id);
        let line = Line::of(Tone::Text, format!("  {:<half$}", cut(&change, half))).and(
            Tone::Muted,
            format!(" {}", cut(&name, width.saturating_sub(half + 3))),
        );
        page.lines.push(line);
    }
    if number > NAMED {
        page.add(
            Line::of(Tone::Muted, format!("  and {} more", number - NAMED)),
            2,
        );
    }
    if !confirming.plan.skipped.is_empty() {
        page.heading(format!("LEFT ALONE: {}", confirming.plan.skipped.len()));
        for skipped in confirming.plan.skipped.iter().take(NAMED) {
            let name = state
                .book
                .row(skipped.key)
                .map(|row| name_of(state, &row.id));
            let line = Line::of(Tone::Muted, format!("  {:<34}", skipped.why))
                .and(Tone::Muted, format!(" {}", name.unwrap_or_default()));
            page.lines.push(line);
        }
    }
    page
}

/// What others have done about these alerts, where the decision would change it.
fn others_work(confirming: &Confirming, me: &str) -> Vec<String> {
    let targets = || confirming.plan.targets.iter();
    let change = &confirming.change;
    let judged = targets().filter(|target| {
        let verdict = [Property::Classification, Property::Determination];
        !targets::verdict(&target.seen).is_empty()
            && change
                .differing(&target.seen)
                .any(|property| verdict.contains(&property))
    });
    let taken = targets().filter(|target| {
        let owner = target.seen.word(Property::AssignedTo);
        !owner.is_empty() && !owner.eq_ignore_ascii_case(me)
    });
    let mut warnings = Vec::new();
    let (judged, taken) = (judged.count(), taken.count());
    if judged > 0 {
        warnings.push(format!(
            "{} classified otherwise before: that verdict is replaced",
            have(judged)
        ));
    }
    if taken > 0 {
        warnings.push(format!("{} taken by somebody else", have(taken)));
    }
    warnings
}

/// `1 is`, `3 are`.
fn have(number: usize) -> String {
    if number == 1 {
        "1 is".to_owned()
    } else {
        format!("{number} are")
    }
}

/// A note behind its label, paragraph by paragraph.
fn add_note(page: &mut Page, label: &str, note: &str) {
    let indent = label.len();
    for (number, line) in note.lines().enumerate() {
        let before = if number == 0 { label } else { "" };
        let line = Line::of(Tone::Label, format!("{before:<indent$}")).and(Tone::Text, shown(line));
        page.add(line, indent);
    }
}

/// Device and title of an alert, or its id where it is not loaded.
fn name_of(state: &State, id: &AlertId) -> String {
    let row = state.book.key_of(id).and_then(|key| state.book.row(key));
    let Some(row) = row else {
        return shown(id.as_str()).into_owned();
    };
    let device = state.book.text(row.device).shown_briefly();
    let device = device.split('.').next().unwrap_or_default().to_owned();
    let title = state.book.text(row.title).shown_briefly();
    format!("{device}  {title}")
}

fn outbox_page(state: &State, chosen: Option<DecisionId>, width: usize) -> (Page, usize) {
    let mut page = Page::new(width);
    let pending = state.decisions.queue.pending();
    if pending.is_empty() {
        page.add(
            Line::of(Tone::Muted, "nothing is on its way: every decision arrived"),
            0,
        );
    }
    let mut at = 0;
    for one in pending {
        let is_chosen = Some(one.id) == chosen;
        if is_chosen {
            at = page.lines.len();
        }
        let mark = if is_chosen { "> " } else { "  " };
        let decided = times::clock_with_seconds(one.decided, state.now.wall, &state.settings.zone);
        let (tone, words) = stage(state, one);
        let tone_of_says = if is_chosen { Tone::Strong } else { Tone::Text };
        let line = Line::of(Tone::Label, format!("{mark}{decided} "))
            .and(
                tone_of_says,
                format!(
                    "{}, {}",
                    one.change.says(),
                    count(one.targets.len(), "alert")
                ),
            )
            .and(tone, format!("  {words}"));
        page.add(line, 4);
        if is_chosen {
            card(state, one, &mut page);
        }
    }
    let height = usize::from(state.panes().body.height.saturating_sub(1)).max(1);
    let top = (at + 1).saturating_sub(height / 2);
    (page, top)
}

fn stage(state: &State, one: &Pending) -> (Tone, String) {
    match &one.stage {
        Stage::Held { until } => {
            let seconds = seconds_left(state.now.steady, *until);
            if seconds > 0 {
                (Tone::Text, format!("held, goes in {seconds}s"))
            } else {
                (Tone::Text, "goes next".to_owned())
            }
        }
        Stage::Sending => (Tone::Text, "being sent".to_owned()),
        Stage::Waiting { until, failure } => {
            let at = state.now.plus(state.now.steady.until(*until)).wall;
            let at = times::clock_with_seconds(at, state.now.wall, &state.settings.zone);
            let sentence = &failure.sentence;
            (Tone::Warning, format!("tried again {at}: {sentence}"))
        }
        Stage::Conflict { .. } => (Tone::Bad, "met somebody else's decision".to_owned()),
        Stage::NotTaken { .. } => (
            Tone::Bad,
            "the service said yes and kept its own".to_owned(),
        ),
        Stage::Offered if one.maybe_sent => (
            Tone::Warning,
            "of an earlier session, may have arrived: enter looks first".to_owned(),
        ),
        Stage::Offered => (
            Tone::Warning,
            "of an earlier session, did not arrive".to_owned(),
        ),
    }
}

/// Base, theirs and mine of the alerts of one decision.
fn card(state: &State, one: &Pending, page: &mut Page) {
    let (theirs, their_word) = match &one.stage {
        Stage::Conflict { theirs } => (Some(theirs), "now"),
        Stage::NotTaken { reads } => (Some(reads), "reads"),
        Stage::Held { .. } | Stage::Sending | Stage::Waiting { .. } | Stage::Offered => {
            (None, "now")
        }
    };
    if matches!(one.stage, Stage::Conflict { .. }) {
        let text = "m sends only what does not collide, o writes over theirs, z drops yours";
        page.add(Line::of(Tone::Text, format!("    {text}")), 4);
    }
    if let Some(note) = one.change.note() {
        add_note(page, "    note   ", note);
    }
    for target in one.targets.iter().take(NAMED) {
        page.add(
            Line::of(Tone::Muted, format!("    {}", name_of(state, &target.id))),
            4,
        );
        let Some(now) = theirs.and_then(|theirs| theirs.get(&target.id)) else {
            continue;
        };
        compare(&target.seen, now, &one.change, their_word, state, page);
    }
    if one.targets.len() > NAMED {
        let more = format!("    and {} more", one.targets.len() - NAMED);
        page.add(Line::of(Tone::Muted, more), 4);
    }
    page.gap();
}

fn compare(
    seen: &Triage,
    now: &Triage,
    mine: &Change,
    their_word: &str,
    state: &State,
    page: &mut Page,
) {
    let me = state.user();
    let heading = format!(
        "      {:<15} {:<20} {:<20} {}",
        "", "you saw", their_word, "you want"
    );
    page.lines.push(Line::of(Tone::Label, heading));
    let colliding = mine.colliding(seen, now);
    for property in Property::ALL {
        let wanted = mine.word(property);
        let differs = !property.same(seen.word(property), now.word(property));
        if wanted.is_none() && !differs {
            continue;
        }
        let word = |word: &str| {
            let word = match property {
                Property::AssignedTo => targets::owner(word, &me),
                Property::Status | Property::Classification | Property::Determination => {
                    if word.is_empty() {
                        "-".to_owned()
                    } else {
                        word.to_owned()
                    }
                }
            };
            shown(&word).into_owned()
        };
        let tone = if colliding.contains(&property) {
            Tone::Bad
        } else {
            Tone::Text
        };
        let cells = [word(seen.word(property)), word(now.word(property))];
        let [seen, now] = cells.map(|cell| cut(&cell, 20).into_owned());
        // In the words of the service, as the other two are.
        let wanted = match property {
            Property::AssignedTo => wanted.map(Cow::Borrowed),
            Property::Status | Property::Classification | Property::Determination => {
                wanted.map(|wanted| state.settings.api_kind.word(wanted))
            }
        };
        let wanted = wanted.map_or_else(String::new, |wanted| word(&wanted));
        let line = Line::of(Tone::Label, format!("      {:<15} ", name(property)))
            .and(Tone::Text, format!("{seen:<20} "))
            .and(tone, format!("{now:<20} "))
            .and(Tone::Text, wanted);
        page.lines.push(line);
    }
    if now.comments > seen.comments {
        let notes = count(now.comments - seen.comments, "note");
        page.add(
            Line::of(Tone::Warning, format!("      {notes} came meanwhile")),
            6,
        );
    }
}

const fn name(property: Property) -> &'static str {
    match property {
        Property::Status => "status",
        Property::AssignedTo => "owner",
        Property::Classification => "classification",
        Property::Determination => "determination",
    }
}
