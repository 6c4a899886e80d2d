//! What each action does, and why it cannot be done now.

use crossterm::event::Event as TerminalEvent;
use tui_input::Input;
use tui_input::backend::crossterm::EventHandler;

use crate::app::Effect;
use crate::app::State;
use crate::app::alert_book::Fresh;
use crate::app::arranging;
use crate::app::calls::Urgency;
use crate::app::case;
use crate::app::case::Tab;
use crate::app::column_picker;
use crate::app::decisions::composing::Composing;
use crate::app::decisions::deciding;
use crate::app::decisions::leaving;
use crate::app::decisions::macros;
use crate::app::filtering;
use crate::app::hand_out;
use crate::app::handing_over;
use crate::app::help_search;
use crate::app::help_search::Field;
use crate::app::help_search::Search;
use crate::app::hunting;
use crate::app::hunting::completing;
use crate::app::incident_list;
use crate::app::mouse;
use crate::app::notices::Kind;
use crate::app::overlay::Overlay;
use crate::app::palette;
use crate::app::panes::Pane;
use crate::app::panes::Zoom;
use crate::app::related;
use crate::app::responding::acting;
use crate::app::responding::dialog::Dialog;
use crate::app::signing_in;
use crate::app::telling;
use crate::app::times;
use crate::app::tokens;
use crate::app::views;
use crate::domain::decision::change::LONGEST_NOTE;
use crate::domain::moment::Moment;
use crate::keymap::Action;
use crate::keymap::Key;

/// Characters of a paste that a filter can use.
const LONGEST_PASTE: usize = 300;
/// Characters of a pasted address: a code of the sign-in service has some thousand.
const LONGEST_ADDRESS: usize = 16_384;

/// A text field takes every key but those of its scope and ctrl-c.
pub fn on_key(state: &mut State, key: Key, now: Moment) -> Vec<Effect> {
    let action = state.settings.keymap.resolve(&state.scopes(), key);
    // What takes every key leaves this one way out.
    if action.is_none() && state.settings.keymap.key_of(Action::Interrupt) == Some(key) {
        return leaving::on_interrupt(state, now);
    }
    match (action, &mut state.overlay) {
        (Some(action), _) => apply(state, action, now),
        (None, Some(Overlay::Filter(_))) => {
            filtering::on_key(state, key, now);
            Vec::new()
        }
        (None, Some(Overlay::Palette { input, .. })) => {
            input.handle_event(&TerminalEvent::Key(key.event()));
            palette::typed(state);
            Vec::new()
        }
        (None, Some(Overlay::Paste { input })) => {
            input.handle_event(&TerminalEvent::Key(key.event()));
            Vec::new()
        }
        (None, Some(Overlay::HandOut(dialog))) => {
            if let Some(input) = dialog.input() {
                input.handle_event(&TerminalEvent::Key(key.event()));
            }
            Vec::new()
        }
        (None, Some(Overlay::Deciding(composing))) => {
            if let Composing::Macros { .. } = composing {
                return macros::on_letter(state, key.typed(), now);
            }
            if let Some(input) = composing.input() {
                input.handle_event(&TerminalEvent::Key(key.event()));
            }
            deciding::typed(state, now)
        }
        (None, Some(Overlay::Responding(dialog))) => {
            if let Some(input) = dialog.input() {
                input.handle_event(&TerminalEvent::Key(key.event()));
            }
            Vec::new()
        }
        (None, Some(Overlay::Help { .. })) => {
            help_search::typed(state, key);
            Vec::new()
        }
        (None, Some(Overlay::Hunting(_))) => hunting::acting::on_letter(state, key.typed(), now),
        (
            None,
            Some(
                Overlay::SortMenu
                | Overlay::Columns { .. }
                | Overlay::Handover { .. }
                | Overlay::Log { .. },
            )
            | None,
        ) => Vec::new(),
    }
}

/// Pasted text goes into an open text field and nowhere else: a pasted `q` must not quit.
pub fn on_pasted(state: &mut State, text: &str, now: Moment) -> Vec<Effect> {
    let (input, longest) = match &mut state.overlay {
        Some(Overlay::Filter(typing)) => (&mut typing.input, LONGEST_PASTE),
        Some(Overlay::Palette { input, .. }) => (input, LONGEST_PASTE),
        Some(Overlay::Paste { input }) => (input, LONGEST_ADDRESS),
        Some(Overlay::HandOut(dialog)) => match dialog.input() {
            Some(input) => (input, LONGEST_PASTE),
            None => return Vec::new(),
        },
        Some(Overlay::Deciding(composing)) => match composing.input() {
            Some(input) => (input, LONGEST_NOTE),
            None => return Vec::new(),
        },
        Some(Overlay::Responding(dialog)) => match dialog.input() {
            Some(input) => (input, LONGEST_NOTE),
            None => return Vec::new(),
        },
        Some(Overlay::Help { search, .. }) if search.field == Field::Open => {
            (&mut search.input, LONGEST_PASTE)
        }
        Some(
            Overlay::SortMenu
            | Overlay::Hunting(_)
            | Overlay::Columns { .. }
            | Overlay::Help { .. }
            | Overlay::Handover { .. }
            | Overlay::Log { .. },
        )
        | None => {
            return signing_in::on_pasted(state, text);
        }
    };
    // At once and not letter by letter: a text field takes its time for each.
    let before: String = input.value().chars().take(input.cursor()).collect();
    let after: String = input.value().chars().skip(input.cursor()).collect();
    // A line break of a copied text stands between two words.
    let pasted: String = text
        .chars()
        .map(|character| {
            if character.is_control() {
                ' '
            } else {
                character
            }
        })
        .take(longest)
        .collect();
    let cursor = before.chars().count() + pasted.chars().count();
    *input = Input::new(format!("{before}{pasted}{after}")).with_cursor(cursor);
    filtering::typed(state, now);
    palette::typed(state);
    deciding::typed(state, now)
}

/// Why an action cannot be done now, for the footer, the help and whoever presses it.
pub fn refusal(state: &State, action: Action) -> Option<&'static str> {
    let none_visible = state.book.visible().is_empty();
    match action {
        Action::Open if state.cursor.selected().is_none() => Some("no alert is selected"),
        Action::ToggleRaw if state.looking.shown().is_none() => Some("no alert is shown"),
        Action::NextFresh | Action::PreviousFresh if none_visible => Some("there is no alert"),
        Action::TogglePeek if state.panes().shows(Pane::Claims) && state.focus != Pane::Claims => {
            Some("the peek is for windows of under 100 columns")
        }
        Action::Case(action) => case::keys::refusal(state, action),
        Action::SignIn(action) => signing_in::refusal(state, action),
        Action::ToggleTelling => telling::refusal(state),
        Action::HandOut(action) => hand_out::refusal(state, action),
        Action::Decide(action) => deciding::refusal(state, action),
        Action::Respond(action) => acting::refusal(state, action),
        Action::Hunt(action) => hunting::acting::refusal(state, action),
        Action::List(action) => arranging::refusal(state, action),
        Action::GoToView(key) => views::refusal(state, key),
        Action::SelectNext
        | Action::SelectPrevious
        | Action::SelectFirst
        | Action::SelectLast
        | Action::HalfPageDown
        | Action::HalfPageUp
        | Action::FocusLeft
        | Action::FocusRight
        | Action::FocusNext
        | Action::FocusPrevious
        | Action::Open
        | Action::Back
        | Action::Quit
        | Action::ZoomIn
        | Action::ZoomOut
        | Action::OpenFilter
        | Action::AcceptFilter
        | Action::CancelFilter
        | Action::CompleteFilter
        | Action::EarlierFilter
        | Action::LaterFilter
        | Action::NextFresh
        | Action::PreviousFresh
        | Action::OpenSortMenu
        | Action::Column(_)
        | Action::CloseMenu
        | Action::TogglePeek
        | Action::ToggleToken
        | Action::ToggleRaw
        | Action::OpenPalette
        | Action::PaletteNext
        | Action::PalettePrevious
        | Action::PaletteComplete
        | Action::PaletteAccept
        | Action::OpenLog
        | Action::CopyHandover
        | Action::OpenHelp
        | Action::CloseOverlay
        | Action::Help(_)
        | Action::RefreshAlert
        | Action::PollNow
        | Action::ToggleMouse
        | Action::Redraw
        | Action::Suspend
        | Action::Interrupt => None,
    }
}

/// Does what was asked for, or says why not.
pub fn apply(state: &mut State, action: Action, now: Moment) -> Vec<Effect> {
    if let Some(reason) = refusal(state, action) {
        // A menu stands where the reason is said.
        let is_menu = matches!(
            state.overlay,
            Some(
                Overlay::HandOut(_)
                    | Overlay::Responding(Dialog::Menu(_))
                    | Overlay::Hunting(hunting::Dialog::Menu(_))
            )
        );
        if is_menu {
            state.overlay = None;
        }
        state.notices.say(Kind::Note, reason, now);
        return Vec::new();
    }
    match action {
        Action::SelectNext => step(state, 1, now),
        Action::SelectPrevious => step(state, -1, now),
        Action::SelectFirst => step(state, isize::MIN, now),
        Action::SelectLast => step(state, isize::MAX, now),
        Action::HalfPageDown => step(state, half_page(state), now),
        Action::HalfPageUp => step(state, -half_page(state), now),
        Action::FocusLeft => focus_beside(state, -1),
        Action::FocusRight => focus_beside(state, 1),
        Action::FocusNext => focus(state, state.focus.next()),
        Action::FocusPrevious => focus(state, state.focus.previous()),
        Action::Open => open(state, now),
        Action::Back => return back(state, now),
        Action::Quit => return quit(state),
        Action::ZoomIn => zoom(
            state,
            match state.zoom {
                Zoom::Normal => Zoom::Half,
                Zoom::Half | Zoom::Full => Zoom::Full,
            },
        ),
        Action::ZoomOut => zoom(
            state,
            match state.zoom {
                Zoom::Full => Zoom::Half,
                Zoom::Half | Zoom::Normal => Zoom::Normal,
            },
        ),
        Action::OpenFilter => filtering::open(state),
        Action::AcceptFilter => filtering::accept(state, now),
        Action::CancelFilter => filtering::cancel(state, now),
        Action::CompleteFilter => filtering::take_offer(state, now),
        Action::EarlierFilter => filtering::recall(state, 1, now),
        Action::LaterFilter => filtering::recall(state, -1, now),
        Action::NextFresh => go_to_fresh(state, Direction::Down, now),
        Action::PreviousFresh => go_to_fresh(state, Direction::Up, now),
        Action::OpenSortMenu => state.overlay = Some(Overlay::SortMenu),
        Action::List(action) => arranging::apply(state, action, now),
        Action::GoToView(key) => views::go_to_key(state, key, now),
        Action::Column(action) => column_picker::apply(state, action, now),
        Action::CloseMenu | Action::CloseOverlay => hand_out::go_behind(state),
        Action::TogglePeek => {
            state.peek = !state.peek;
            state.keep_cursor_in_sight();
        }
        Action::ToggleToken => {
            let there = state.focus == Pane::Claims;
            state.overlay = None;
            focus(state, if there { Pane::List } else { Pane::Claims });
        }
        Action::ToggleRaw => case::keys::toggle_raw(state),
        Action::Case(action) => return case::keys::apply(state, action, now),
        Action::OpenPalette => {
            state.overlay = Some(palette::opened_on(""));
        }
        Action::PaletteNext => palette::down(state),
        Action::PalettePrevious => palette::up(state),
        Action::PaletteComplete => palette::complete(state),
        Action::PaletteAccept => return palette::accept(state, now),
        Action::CopyHandover => return handing_over::copy(state, now),
        Action::OpenLog => state.overlay = Some(Overlay::Log { top: 0 }),
        Action::OpenHelp => {
            let search = Search::default();
            state.overlay = Some(Overlay::Help { top: 0, search });
        }
        Action::Help(action) => help_search::apply(state, action),
        Action::SignIn(action) => return signing_in::apply(state, action, now),
        Action::ToggleTelling => telling::toggle(state, now),
        Action::HandOut(action) => return hand_out::apply(state, action, now),
        Action::Decide(action) => return deciding::apply(state, action, now),
        Action::Respond(action) => return acting::apply(state, action, now),
        Action::Hunt(action) => return hunting::acting::apply(state, action, now),
        Action::RefreshAlert => {
            state.looking.refresh(now.steady);
            related::refresh(state, now);
            poll_now(state, now);
        }
        Action::PollNow => return retry(state, now),
        Action::ToggleMouse => mouse::toggle(state, now),
        Action::Redraw => return vec![Effect::Redraw],
        Action::Suspend => return vec![Effect::Suspend],
        Action::Interrupt => return leaving::on_interrupt(state, now),
    }
    Vec::new()
}

/// Polls now, and signs in where that is what keeps polls from leaving.
fn retry(state: &mut State, now: Moment) -> Vec<Effect> {
    poll_now(state, now);
    let mut effects = signing_in::show(state);
    effects.extend(tokens::retry(state));
    effects
}

/// Moves the selection, or scrolls what has the focus.
fn step(state: &mut State, rows: isize, now: Moment) {
    if let Some(Overlay::Columns { .. }) = state.overlay {
        column_picker::step(state, rows);
    } else if !scroll_overlay(state, rows) {
        scroll_pane(state, state.focus_in_sight(), rows, now);
    }
}

/// Scrolls the page over the panes. False where there is none.
pub(super) fn scroll_overlay(state: &mut State, rows: isize) -> bool {
    let page = state.overlay_page(usize::from(state.panes().body.width));
    let Some((page, top)) = page else {
        return false;
    };
    let height = usize::from(state.panes().body.height.saturating_sub(1));
    let moved = scrolled(top, rows, page.lines.len(), height);
    if let Some(Overlay::Help { top, .. } | Overlay::Handover { top, .. } | Overlay::Log { top }) =
        &mut state.overlay
    {
        *top = moved;
    }
    true
}

/// Moves the selection of the list, or scrolls another pane.
pub(super) fn scroll_pane(state: &mut State, pane: Pane, rows: isize, now: Moment) {
    let panes = state.panes();
    if let (Some((_, area)), None) = (panes.dock, panes.list) {
        let text = state.sign_in_page(usize::from(area.width));
        let lines = text.map_or(0, |text| text.lines.len());
        state.sign_in_top = scrolled(state.sign_in_top, rows, lines, usize::from(area.height));
        return;
    }
    match pane {
        Pane::List => {
            let before = state.cursor.selected();
            let height = panes.list_height();
            state.cursor.step(&state.book, rows, height);
            if state.cursor.selected() != before {
                state.looking.on_moved(now.steady);
            }
        }
        Pane::Detail => case::keys::step(state, rows),
        Pane::Claims => {
            let area = panes.claims.unwrap_or_default();
            let lines = state.claims_page(usize::from(area.width)).lines.len();
            state.claims_top = scrolled(state.claims_top, rows, lines, usize::from(area.height));
        }
    }
}

fn scrolled(top: usize, rows: isize, lines: usize, height: usize) -> usize {
    top.saturating_add_signed(rows)
        .min(lines.saturating_sub(height))
}

fn half_page(state: &State) -> isize {
    let panes = state.panes();
    let height = match (&state.overlay, state.focus) {
        (Some(_), _) => usize::from(panes.body.height),
        (None, Pane::List) => panes.list_height(),
        (None, Pane::Detail) => usize::from(panes.detail.unwrap_or_default().height),
        (None, Pane::Claims) => usize::from(panes.claims.unwrap_or_default().height),
    };
    isize::try_from(height / 2).unwrap_or(1).max(1)
}

pub(super) fn focus(state: &mut State, pane: Pane) {
    state.focus = pane;
    state.keep_cursor_in_sight();
}

/// The neighbour of the focused pane, without going round.
pub(super) fn focus_beside(state: &mut State, step: isize) {
    let index = Pane::ALL
        .iter()
        .position(|pane| *pane == state.focus)
        .unwrap_or(0);
    let beside = index
        .checked_add_signed(step)
        .and_then(|index| Pane::ALL.get(index));
    if let Some(pane) = beside {
        focus(state, *pane);
    }
}

/// Reads the alert; what a heading stands for is opened and folded where it is.
fn open(state: &mut State, now: Moment) {
    if state.focus_in_sight() == Pane::List && state.cursor.on_heading() {
        return arranging::fold(state);
    }
    read(state, now);
}

/// Reads the selected alert.
pub(super) fn read(state: &mut State, now: Moment) {
    state
        .looking
        .follow(state.cursor.selected(), &state.book, now.steady);
    state.on_looked();
    focus(state, Pane::Detail);
}

/// One step back: a tree that is being completed, zoom, focus, the range, the marks, the
/// incident, the filter, the latest notice.
fn back(state: &mut State, now: Moment) -> Vec<Effect> {
    if let Some(effects) = completing::give_up(state, now) {
        return effects;
    }
    if state.case.tab() == Tab::Raw {
        case::keys::toggle_raw(state);
    } else if state.zoom != Zoom::Normal {
        zoom(state, Zoom::Normal);
    } else if state.focus != Pane::List {
        focus(state, Pane::List);
    } else if state.range_from.take().is_some() {
        // Only begun: nothing is marked by it yet.
    } else if state.book.marked() > 0 {
        state.book.clear_marks();
        state.marks_to_come.clear();
        arranging::on_marked(state, now);
    } else if incident_list::leave(state, now) {
        // The list that was left for it, which may have had a filter too.
    } else if let Some(filter) = views::own_filter(state) {
        filtering::set(state, filter, now);
    } else {
        state.notices.dismiss();
    }
    Vec::new()
}

/// True when `q` quits and does not go back first.
pub const fn quits(state: &State) -> bool {
    matches!(state.zoom, Zoom::Normal) && matches!(state.focus, Pane::List)
}

/// Back, then quit.
fn quit(state: &mut State) -> Vec<Effect> {
    if state.zoom != Zoom::Normal {
        zoom(state, Zoom::Normal);
        Vec::new()
    } else if state.focus != Pane::List {
        focus(state, Pane::List);
        Vec::new()
    } else {
        leaving::on_quit(state)
    }
}

fn zoom(state: &mut State, zoom: Zoom) {
    state.zoom = zoom;
    state.keep_cursor_in_sight();
}

/// The selection follows its alert after the list changed.
pub(super) fn reconcile(state: &mut State) {
    let height = state.panes().list_height();
    state.cursor.reconcile(&state.book, height);
}

#[derive(Clone, Copy)]
enum Direction {
    Down,
    Up,
}

fn go_to_fresh(state: &mut State, direction: Direction, now: Moment) {
    let visible = state.book.visible();
    // Where the line ends or begins: it is not stopped on, with all it stands for.
    let line = state.book.line(state.cursor.position());
    let first = line.and_then(|line| state.book.place_of(*line.alerts.first()?));
    let here = first.unwrap_or(0);
    let after = (here + line.map_or(0, |line| line.alerts.len())).min(visible.len());
    let is_fresh = |place: &usize| {
        visible
            .get(*place)
            .and_then(|key| state.book.row(*key))
            .is_some_and(|row| row.fresh != Fresh::Seen)
    };
    // Goes round once.
    let found = match direction {
        Direction::Down => (after..visible.len()).chain(0..here).find(is_fresh),
        Direction::Up => (0..here)
            .rev()
            .chain((after..visible.len()).rev())
            .find(is_fresh),
    };
    match found.and_then(|place| visible.get(place).copied()) {
        Some(key) => {
            let height = state.panes().list_height();
            state.cursor.select(&state.book, key, height);
            state.looking.on_moved(now.steady);
        }
        None => state
            .notices
            .say(Kind::Note, "nothing new or changed since you looked", now),
    }
}

/// Polls at once, unless the service asked us to wait.
fn poll_now(state: &mut State, now: Moment) {
    if let Some(until) = state.calls.held(now.steady) {
        let wait = times::left(now.steady.until(until));
        state.notices.say(
            Kind::Warning,
            format!("the service asked for a pause: polls again in {wait}"),
            now,
        );
        return;
    }
    state.poller.hurry(now);
    state.poll_urgency = Urgency::Person;
    state.asked_poll = true;
}
