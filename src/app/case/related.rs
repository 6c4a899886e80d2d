//! What the service relates to the alert, below its evidence: how much, how old, what is
//! missing, and a row for each thing the evidence has not.
//!
//! When it is asked for is [`crate::app::related`], its words are
//! [`crate::app::related_text`].

use crate::app::State;
use crate::app::case::evidence;
use crate::app::case::evidence::Columns;
use crate::app::case::merged::Merged;
use crate::app::case::merged::Own;
use crate::app::case::merged::Place;
use crate::app::case::sheet::MARGIN;
use crate::app::case::sheet::Sheet;
use crate::app::case::sheet::fact;
use crate::app::lines::Line;
use crate::app::lines::Page;
use crate::app::lines::Tone;
use crate::app::looking::Shown;
use crate::app::related;
use crate::app::related::Known;
use crate::app::related_text;
use crate::app::thousands;
use crate::app::times;
use crate::domain::detail::Evidence;
use crate::domain::failure::FailureKind;
use crate::domain::related::Part;
use crate::domain::related::RelatedFile;
use crate::domain::related::RelatedUser;
use crate::domain::related::Told;
use crate::keymap::Action;

/// Puts an answer together with the evidence once either is new, so that no frame has to.
pub(in crate::app) fn keep_up(state: &mut State) {
    let Some(shown) = state.looking.shown() else {
        return;
    };
    let row = state.book.row(shown.key);
    let Some(known) = row.and_then(|row| state.related.get(&row.id)) else {
        return;
    };
    if shown.prepared.related.revision != known.revision() {
        let merged = Merged::of(&shown.detail.evidence, known);
        state.looking.merged(merged);
    }
}

/// What is known of the alert shown.
fn known<'a>(state: &'a State, shown: &Shown) -> Option<&'a Known> {
    state.related.get(&state.book.row(shown.key)?.id)
}

/// Adds what is told of a piece of evidence to its facts, by the piece's number.
pub(super) fn add_facts(page: &mut Page, state: &State, shown: &Shown, number: usize) {
    let place = shown.prepared.related.of_pieces.get(&number);
    let piece = shown.detail.evidence.get(number);
    if let (Some(place), Some(piece), Some(known)) = (place, piece, known(state, shown)) {
        facts(page, state, shown, known, *place, piece);
    }
}

/// What speaks against a piece of evidence, by its number.
pub(super) fn alarm(state: &State, shown: &Shown, number: usize) -> Option<(Tone, String)> {
    let place = shown.prepared.related.of_pieces.get(&number)?;
    let brief = match item(known(state, shown)?, *place)? {
        Item::File(file) => related_text::file_in_brief(file),
        Item::User(user) => related_text::user_in_brief(user),
    };
    Some(brief).filter(|(tone, _)| matches!(tone, Tone::Bad | Tone::Warning))
}

/// Adds what is related, and says what is not known of it.
pub(super) fn add(sheet: &mut Sheet, state: &State, shown: &Shown) {
    sheet.page.gap();
    if let Some(why) = related::refusal(state) {
        sheet.page.add(Line::of(Tone::Muted, why), 0);
        return;
    }
    let known = known(state, shown);
    heading(&mut sheet.page, state, shown, known);
    troubles(&mut sheet.page, state, known);
    let Some(known) = known else {
        return;
    };
    for own in &shown.prepared.related.own {
        let unfolded = state.case.is_unfolded(own.what);
        let line = row(state, known, own).line(unfolded, sheet.page.width());
        if !sheet.begin(own.what, line, MARGIN) {
            return;
        }
        if unfolded {
            evidence::own_facts(&mut sheet.page, &own.piece);
            facts(&mut sheet.page, state, shown, known, own.place, &own.piece);
        }
    }
}

/// How much there is of each part, and how old that is.
fn heading(page: &mut Page, state: &State, shown: &Shown, known: Option<&Known>) {
    let mut line = Line::of(Tone::Heading, "RELATED  ");
    let told = known.map(|known| amounts(shown, known)).unwrap_or_default();
    let ages = known.into_iter().flat_map(|known| {
        let answers = Part::ALL.into_iter().filter_map(|part| known.get(part));
        answers.filter_map(|answered| Some(answered.told.as_ref()?.0))
    });
    // The oldest: no part of the line is older than it says.
    let age = ages.min();
    let id = state.book.row(shown.key).map(|row| &row.id);
    let mut parts = Part::ALL.into_iter();
    let asks = id.is_some_and(|id| parts.any(|part| state.related.is_reading(id, part)));
    if !told.is_empty() {
        line = line.and(Tone::Text, told.join(", "));
    }
    if let Some(age) = age {
        let age = times::ago(age, state.minute()).replace(' ', "\u{a0}");
        line = line.and(Tone::Muted, format!("  told\u{a0}{age}"));
    }
    if asks {
        // Not which of them: a line that changes with each answer says too much.
        let words = if told.is_empty() {
            "asking the service"
        } else {
            "  asking"
        };
        line = line.and(Tone::Muted, words);
    }
    let is_asked_for = Part::ALL
        .into_iter()
        .any(|part| !related::lacks(state, part));
    if known.is_none() && !asks {
        let words = if is_asked_for {
            "asked for once this tab has the keys"
        } else {
            "nothing can be asked for"
        };
        line = line.and(Tone::Muted, words);
    }
    page.add(line, 9);
}

/// `4 files (3 above)`, for each part that was told.
fn amounts(shown: &Shown, known: &Known) -> Vec<String> {
    let amount = |part: Part| {
        let told = known.told(part)?;
        let kept = told.kept();
        let above = shown.prepared.related.above.get(&part);
        let above = match above.copied().unwrap_or(0) {
            0 => String::new(),
            all if all == told.in_all() => " (above)".to_owned(),
            some => format!(" ({} above)", thousands(some)),
        };
        let amount = match told.in_all() {
            0 => format!("no {}", part.one()),
            1 => format!("1 {}", part.one()),
            many => format!("{} {}", thousands(many), part.word()),
        };
        let left_out = if told.in_all() > kept {
            format!(", the first {kept} kept")
        } else {
            String::new()
        };
        Some(format!("{amount}{left_out}{above}").replace(' ', "\u{a0}"))
    };
    Part::ALL.into_iter().filter_map(amount).collect()
}

/// Why a part is not told: a line each, and one for all that the token lacks.
fn troubles(page: &mut Page, state: &State, known: Option<&Known>) {
    let lacking = Part::ALL.into_iter();
    let lacking = lacking.filter(|part| related::lacks(state, *part));
    let lacking: Vec<String> = lacking
        .map(|part| format!("{}\u{a0}({})", part.permission(), part.word()))
        .collect();
    if !lacking.is_empty() {
        let words = format!("the token lacks {}", lacking.join(", "));
        page.add(Line::of(Tone::Muted, words), 2);
    }
    for part in Part::ALL {
        let answered = known.and_then(|known| known.get(part));
        let Some(failure) = answered.and_then(|answered| answered.failure.as_ref()) else {
            continue;
        };
        if related::lacks(state, part) {
            continue;
        }
        if failure.kind == FailureKind::Forbidden {
            let why = failure.remedy.as_ref().unwrap_or(&failure.sentence);
            let words = format!("{}: refused; {why}", part.word());
            page.add(Line::of(Tone::Muted, words), 2);
            continue;
        }
        let key = state.key_name(Action::RefreshAlert);
        let again = if key.is_empty() {
            String::new()
        } else {
            format!("; {key} asks again")
        };
        let words = format!("{}: not told: {}{again}", part.word(), failure.sentence);
        page.add(Line::of(Tone::Bad, words), 2);
    }
}

/// The columns of a row of its own.
fn row<'a>(state: &State, known: &'a Known, own: &'a Own) -> Columns<'a> {
    let columns = Columns {
        kind: own.place.part.one(),
        headline: evidence::headline(&own.piece),
        status: (Tone::Muted, String::new()),
        last: String::new(),
    };
    match item(known, own.place) {
        Some(Item::File(file)) => Columns {
            status: related_text::file_in_brief(file),
            last: file
                .prevalence
                .map_or_else(String::new, related_text::seen_times),
            ..columns
        },
        Some(Item::User(user)) => Columns {
            status: related_text::user_in_brief(user),
            last: user.last_seen.map_or_else(String::new, |at| {
                times::clock(at, state.minute(), &state.settings.zone)
            }),
            ..columns
        },
        None => columns,
    }
}

/// What more is known than a name.
enum Item<'a> {
    File(&'a RelatedFile),
    User(&'a RelatedUser),
}

fn item(known: &Known, place: Place) -> Option<Item<'_>> {
    match known.told(place.part)? {
        Told::Files(files) => files.items.get(place.index).map(Item::File),
        Told::User(user) => user.as_deref().map(Item::User),
        Told::Addresses(_) | Told::Domains(_) => None,
    }
}

/// Adds what is told of something that is a piece of evidence, or is shown as one.
fn facts(
    page: &mut Page,
    state: &State,
    shown: &Shown,
    known: &Known,
    place: Place,
    piece: &Evidence,
) {
    let local = |at| times::clock_with_seconds(at, state.minute(), &state.settings.zone);
    let facts = match item(known, place) {
        Some(Item::File(file)) => related_text::file_facts(file, local),
        Some(Item::User(user)) => related_text::user_facts(user, &shown.detail.device_id, local),
        None => Vec::new(),
    };
    for (name, tone, text) in facts {
        let is_there = piece.facts.iter().any(|(known, _)| *known == name);
        if !text.is_empty() && !is_there {
            fact(page, evidence::INDENT, name, tone, &text);
        }
    }
    let answered = known.get(place.part);
    if let Some((at, _)) = answered.and_then(|answered| answered.told.as_ref()) {
        let age = times::ago(*at, state.minute());
        fact(page, evidence::INDENT, "told", Tone::Muted, &age);
    }
}
