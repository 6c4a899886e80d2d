//! The filter as it is typed: each key is tried, an unfinished term leaves those before
//! it in force, tab completes, the arrows bring back earlier filters.

use crossterm::event::Event as TerminalEvent;
use tui_input::Input;
use tui_input::InputRequest;
use tui_input::backend::crossterm::EventHandler;

use crate::app::State;
use crate::app::cursor::Cursor;
use crate::app::filter::Filter;
use crate::app::filter::complete::Completion;
use crate::app::filter::complete::complete;
use crate::app::overlay::Overlay;
use crate::domain::duration::parse_duration;
use crate::domain::filter::Query;
use crate::domain::filter::error::QueryError;
use crate::domain::filter::field::FIELDS;
use crate::domain::filter::field::Row;
use crate::domain::filter::standing::Standing;
use crate::domain::filter::standing::standing;
use crate::domain::moment::Moment;
use crate::keymap::Key;

/// How many words an unfinished term may have: a text in quotes has several.
const TERMS_BACK: usize = 20;

/// The open field of the filter.
#[derive(Debug, Clone)]
pub struct Typing {
    pub input: Input,
    /// What the filter was before, for esc.
    before: String,
    /// Where the cursor was then.
    place: Cursor,
    /// Why the text is no filter; the last one that was goes on to hold.
    pub error: Option<QueryError>,
    /// It was to be accepted all the same.
    pub is_refused: bool,
    /// Ways to go on.
    pub offers: Vec<Completion>,
    /// Which of the earlier filters is in the field, counted back from the latest.
    back: usize,
    /// What was typed before these were looked through.
    draft: String,
}

impl Typing {
    /// Nothing is typed of the term at the cursor yet: every field is offered.
    pub fn begins_a_term(&self) -> bool {
        matches!(
            standing(&before(&self.input)),
            Standing::Word { written: "", .. }
        )
    }
}

/// What stands before the cursor.
fn before(input: &Input) -> String {
    input.value().chars().take(input.cursor()).collect()
}

/// Opens the field on the filter in force, ready for another term.
pub fn open(state: &mut State) {
    let mut typing = Typing {
        input: Input::new(ready_for_more(state.filter_text.clone())),
        before: state.filter_text.clone(),
        place: state.cursor.clone(),
        error: None,
        is_refused: false,
        offers: Vec::new(),
        back: 0,
        draft: String::new(),
    };
    typing.offers = offers(state, &typing.input);
    state.overlay = Some(Overlay::Filter(Box::new(typing)));
}

/// A blank behind what is there already.
fn ready_for_more(mut text: String) -> String {
    if !text.is_empty() {
        text.push(' ');
    }
    text
}

/// A key that is none of the field's own.
pub fn on_key(state: &mut State, key: Key, now: Moment) {
    let Some(Overlay::Filter(typing)) = &mut state.overlay else {
        return;
    };
    // The blank may be there before it is typed, and where a list goes on it is too much.
    if before(&typing.input).ends_with(' ') && typing.begins_a_term() {
        match key.typed() {
            Some(' ') => return,
            Some(',') => {
                typing.input.handle(InputRequest::DeletePrevChar);
            }
            Some(_) | None => {}
        }
    }
    typing.input.handle_event(&TerminalEvent::Key(key.event()));
    typed(state, now);
}

/// The text or the cursor of the field changed.
pub fn typed(state: &mut State, now: Moment) {
    let Some(Overlay::Filter(typing)) = &state.overlay else {
        return;
    };
    let text = typing.input.value().to_owned();
    let offers = offers(state, &typing.input);
    let error = Query::parse(&text).err();
    match &error {
        None => {
            set(state, text.clone(), now);
            // `sev` is on its way to `sev:high` and `2h` to `age<2h`: no words that are
            // looked for.
            if state.book.visible().is_empty() && is_on_its_way(&text) {
                set_finished(state, &text, now);
            }
        }
        Some(error) if error.is_incomplete => set_finished(state, &text, now),
        Some(_) => {}
    }
    if let Some(Overlay::Filter(typing)) = &mut state.overlay {
        typing.error = error;
        typing.is_refused = false;
        typing.offers = offers;
    }
}

/// The end of the text may become a field, or an age.
fn is_on_its_way(text: &str) -> bool {
    let Standing::Word { written, .. } = standing(text) else {
        return false;
    };
    let written = written.to_ascii_lowercase();
    let mut names = FIELDS.iter().flat_map(Row::names);
    !written.is_empty()
        && (names.any(|name| name.starts_with(&written)) || parse_duration(&written).is_ok())
}

/// Filters by the terms before the one that is being typed.
fn set_finished(state: &mut State, text: &str, now: Moment) {
    let blanks = text
        .char_indices()
        .rev()
        .filter(|(_, one)| one.is_whitespace());
    let ends = blanks.map(|(at, _)| at).chain([0]).take(TERMS_BACK);
    let heads = ends.filter_map(|end| text.get(..end));
    if let Some(head) = heads.into_iter().find(|head| Query::parse(head).is_ok()) {
        set(state, head.to_owned(), now);
    }
}

fn offers(state: &State, input: &Input) -> Vec<Completion> {
    complete(input.value(), input.cursor(), &state.book)
}

/// Takes the first of the ways to go on. Behind a whole term the next one may begin.
pub fn take_offer(state: &mut State, now: Moment) {
    let Some(Overlay::Filter(typing)) = &mut state.overlay else {
        return;
    };
    if let Some(first) = typing.offers.first() {
        let is_at_end = first.cursor == first.text.chars().count();
        typing.input = if is_at_end && !first.label.ends_with(':') {
            Input::new(ready_for_more(first.text.clone()))
        } else {
            Input::new(first.text.clone()).with_cursor(first.cursor)
        };
        typed(state, now);
    }
}

/// Puts an earlier filter into the field, or a later one.
pub fn recall(state: &mut State, step: isize, now: Moment) {
    let Some(Overlay::Filter(typing)) = &mut state.overlay else {
        return;
    };
    let back = typing
        .back
        .saturating_add_signed(step)
        .min(state.filter_history.len());
    if back == typing.back {
        return;
    }
    if typing.back == 0 {
        typing.input.value().clone_into(&mut typing.draft);
    }
    typing.back = back;
    let earlier = state.filter_history.back(back);
    typing.input = Input::new(earlier.unwrap_or(&typing.draft).to_owned());
    typed(state, now);
}

/// Keeps the filter, unless it is none: then the field stays open and says why.
pub fn accept(state: &mut State, now: Moment) {
    let Some(Overlay::Filter(typing)) = &mut state.overlay else {
        return;
    };
    if typing.error.is_some() {
        typing.is_refused = true;
        return;
    }
    // What ends in a blank that means something is not closed yet, and an error.
    let text = typing.input.value().trim_end().to_owned();
    state.overlay = None;
    set(state, text, now);
    state.filter_history.remember(&state.filter_text);
}

/// Back to the filter and the place before.
pub fn cancel(state: &mut State, now: Moment) {
    if let Some(Overlay::Filter(typing)) = state.overlay.take() {
        set(state, typing.before, now);
        if state.cursor != typing.place {
            state.cursor = typing.place;
            let height = state.panes().list_height();
            state.cursor.reconcile(&state.book, height);
            state.looking.on_moved(now.steady);
        }
    }
}

/// Filters by a text. One that is no filter changes nothing.
pub fn set(state: &mut State, text: String, now: Moment) {
    let Ok(query) = Query::parse(&text) else {
        return;
    };
    state.filter_text = text;
    show(state, Filter::new(query, state.around()), now);
}

/// What a filter asks of the time or of the person may have another answer now.
pub fn keep_up(state: &mut State, now: Moment) {
    if !state.book.filter().depends_on_asking() {
        return;
    }
    let around = state.around();
    if *state.book.filter().around() != around {
        let query = state.book.filter().query().clone();
        show(state, Filter::new(query, around), now);
    }
}

fn show(state: &mut State, filter: Filter, now: Moment) {
    state.book.filter_by(filter);
    let selected = state.cursor.selected();
    let height = state.panes().list_height();
    if selected.is_some_and(|selected| state.book.place_of(selected).is_some()) {
        state.cursor.reconcile(&state.book, height);
    } else {
        // The best match is the first one, not the one that stands on the same line.
        state.cursor.go_to(&state.book, 0, height);
        state.looking.on_moved(now.steady);
    }
}
