//! What the keys of hunting do, and why they cannot.

use std::sync::Arc;

use tui_input::Input;

use crate::app::Effect;
use crate::app::State;
use crate::app::backoff;
use crate::app::calls::Urgency;
use crate::app::count;
use crate::app::decisions::composing::Composing;
use crate::app::decisions::composing::Noting;
use crate::app::decisions::deciding;
use crate::app::decisions::editing;
use crate::app::decisions::editing::Unedited;
use crate::app::decisions::targets;
use crate::app::hand_out::LONGEST_COPY;
use crate::app::hunting::Dialog;
use crate::app::hunting::HuntId;
use crate::app::hunting::Outcome;
use crate::app::hunting::completing;
use crate::app::hunting::grid::Extent;
use crate::app::hunting::grid::Wider;
use crate::app::hunting::subject;
use crate::app::notices::Kind;
use crate::app::overlay::Overlay;
use crate::app::times;
use crate::app::tokens;
use crate::domain::decision::change::LONGEST_NOTE;
use crate::domain::failure::Failure;
use crate::domain::failure::FailureKind;
use crate::domain::hunt;
use crate::domain::hunt::Column;
use crate::domain::hunt::Findings;
use crate::domain::hunt::OwnHunt;
use crate::domain::hunt::Question;
use crate::domain::hunt::Subject;
use crate::domain::hunt::Unhunted;
use crate::domain::moment::Moment;
use crate::domain::session::Audience;
use crate::domain::text::shown;
use crate::domain::token::Api;
use crate::domain::token::Capability;
use crate::domain::token::lacking;
use crate::keymap::Decide;
use crate::keymap::HuntAction;
use crate::keymap::HuntFor;
use crate::wire::hunting;

/// What an editor begins with where no query was asked yet.
const FIRST_QUERY: &str = "AlertInfo\n| where Timestamp > ago(1d)\n| take 100\n";
/// What a query is called that has no name.
const OWN: &str = "your own query";
/// What is said of a query that nobody waits for any more.
pub(super) const GIVEN_UP: &str = "the query was given up; the service may count it all the same";
/// The service's column of the devices' names.
const DEVICE_NAME: &str = "DeviceName";
/// Devices that a note names, and characters of each.
const DEVICES_NAMED: usize = 5;
const LONGEST_DEVICE: usize = 64;
/// Characters of a query that go into a note.
const LONGEST_QUOTE: usize = 600;

/// Why it cannot be done now.
pub fn refusal(state: &State, action: HuntAction) -> Option<&'static str> {
    let no_result = || {
        state
            .hunting
            .grid()
            .is_none()
            .then_some("there is no result to look through")
    };
    match action {
        HuntAction::Ask(what) => forbidden(state).or_else(|| match &state.overlay {
            Some(Overlay::Hunting(Dialog::Menu(subject))) => question(what).ask(subject).err(),
            Some(_) | None => match subject::meant(state) {
                Some(subject) => question(what).ask(&subject).err(),
                None => Some("no alert is selected"),
            },
        }),
        HuntAction::OpenMenu | HuntAction::Edit | HuntAction::Again => forbidden(state),
        HuntAction::OpenDrawer => state
            .hunting
            .shown()
            .is_none()
            .then_some("nothing was hunted for yet"),
        HuntAction::Note => no_result().or_else(|| deciding::refusal(state, Decide::OpenNote)),
        HuntAction::Sort
        | HuntAction::Wider
        | HuntAction::Narrower
        | HuntAction::Hide
        | HuntAction::ShowAll
        | HuntAction::Mark
        | HuntAction::Count
        | HuntAction::CopyCell
        | HuntAction::CopyRow => no_result(),
        HuntAction::Down
        | HuntAction::Up
        | HuntAction::First
        | HuntAction::Last
        | HuntAction::PageDown
        | HuntAction::PageUp
        | HuntAction::Left
        | HuntAction::Right
        | HuntAction::CopyQuery
        | HuntAction::Earlier
        | HuntAction::Later
        | HuntAction::Leave => None,
    }
}

const fn question(what: HuntFor) -> Question {
    match what {
        HuntFor::Process => Question::Process,
        HuntFor::Hash => Question::Hash,
        HuntFor::Address => Question::Address,
        HuntFor::Domain => Question::Domain,
        HuntFor::User => Question::User,
        HuntFor::Device => Question::Device,
    }
}

/// Why nobody can hunt here.
pub(super) fn forbidden(state: &State) -> Option<&'static str> {
    let token = state.session.decoded()?;
    let api = state.settings.api_kind;
    let missing = lacking(Capability::Hunt, &token.granted(), api);
    (!missing.is_empty()).then_some(match (api, token.app_only()) {
        (Api::Defender, false) => "the token lacks AdvancedQuery.Read: t shows what it has",
        (Api::Defender, true) => "the token lacks AdvancedQuery.Read.All: t shows what it has",
        (Api::Graph, _) => "the token lacks ThreatHunting.Read.All: t shows what it has",
    })
}

/// Does it.
pub fn apply(state: &mut State, action: HuntAction, now: Moment) -> Vec<Effect> {
    match action {
        HuntAction::OpenMenu => {
            let subject = subject::meant(state).unwrap_or_default();
            state.overlay = Some(Overlay::Hunting(Dialog::Menu(Box::new(subject))));
            Vec::new()
        }
        HuntAction::Ask(what) => ask(state, question(what), now),
        HuntAction::Edit => edit(state),
        HuntAction::OpenDrawer => open_drawer(state),
        HuntAction::Again => match state.hunting.shown() {
            Some(hunt) => {
                let (title, query) = (hunt.title.clone(), hunt.query.clone());
                start(state, title, query, now)
            }
            None => Vec::new(),
        },
        HuntAction::Leave => leave(state, now),
        HuntAction::Earlier => go(state, -1),
        HuntAction::Later => go(state, 1),
        HuntAction::CopyCell | HuntAction::CopyRow | HuntAction::CopyQuery => {
            copy(state, action, now)
        }
        HuntAction::Note => note(state),
        HuntAction::Down
        | HuntAction::Up
        | HuntAction::First
        | HuntAction::Last
        | HuntAction::PageDown
        | HuntAction::PageUp
        | HuntAction::Left
        | HuntAction::Right
        | HuntAction::Sort
        | HuntAction::Wider
        | HuntAction::Narrower
        | HuntAction::Hide
        | HuntAction::ShowAll
        | HuntAction::Mark
        | HuntAction::Count => look(state, action),
    }
}

fn ask(state: &mut State, question: Question, now: Moment) -> Vec<Effect> {
    let subject: Option<Subject> = match &state.overlay {
        Some(Overlay::Hunting(Dialog::Menu(subject))) => Some((**subject).clone()),
        Some(_) | None => subject::meant(state),
    };
    match question.ask(&subject.unwrap_or_default()) {
        Ok(query) => start(state, question.says().to_owned(), query, now),
        Err(why) => refuse(state, why.to_owned(), now),
    }
}

/// A key was pressed in the menu that is none of its own: the letter of a query of the
/// configuration runs it.
pub fn on_letter(state: &mut State, letter: Option<char>, now: Moment) -> Vec<Effect> {
    let (Some(letter), Some(Overlay::Hunting(Dialog::Menu(subject)))) = (letter, &state.overlay)
    else {
        return Vec::new();
    };
    let subject = (**subject).clone();
    let mut hunts = state.settings.hunts.iter();
    let own = hunts.find(|own| own.key == Some(letter)).cloned();
    own.map_or_else(Vec::new, |own| ask_own(state, &own, &subject, now))
}

fn ask_own(state: &mut State, own: &OwnHunt, subject: &Subject, now: Moment) -> Vec<Effect> {
    let asked = match forbidden(state) {
        Some(why) => Err(why),
        None => own.ask(subject),
    };
    match asked {
        Ok(query) => start(state, own.name.clone(), query, now),
        Err(why) => refuse(state, why.to_owned(), now),
    }
}

/// Runs the query of this name about what is meant, or else this very query.
pub fn run(state: &mut State, text: &str, now: Moment) -> Vec<Effect> {
    if let Some(why) = forbidden(state) {
        state.notices.say(Kind::Note, why, now);
        return Vec::new();
    }
    let mut hunts = state.settings.hunts.iter();
    match hunts.find(|own| own.is_called(text)).cloned() {
        Some(own) => {
            let subject = subject::meant(state).unwrap_or_default();
            ask_own(state, &own, &subject, now)
        }
        None => start(state, OWN.to_owned(), text.to_owned(), now),
    }
}

/// Sends a query, if it may leave now.
fn start(state: &mut State, title: String, query: String, now: Moment) -> Vec<Effect> {
    if state.hunting.running().is_some() {
        let why = "a query is still running: esc in its drawer cancels it";
        return refuse(state, why.to_owned(), now);
    }
    if let Some(why) = hindrance(state, &query, now) {
        return refuse(state, why, now);
    }
    state.hunting.calls.count(now.steady);
    state.hunting.sent_with = state.session.renewals();
    let hunt = state.hunting.add(title, query.clone(), now.wall);
    let mut effects = open_drawer(state);
    effects.push(Effect::Hunt { hunt, query });
    effects
}

/// Why this query cannot leave now.
pub(super) fn hindrance(state: &State, query: &str, now: Moment) -> Option<String> {
    if let Some(why) = hunt::too_long(query) {
        return Some(why);
    }
    if !state.session.is_usable(now) {
        return Some("nothing is hunted for: nobody is signed in".to_owned());
    }
    let opening = state.hunting.calls.opening(now.steady, Urgency::Person);
    (opening > now.steady).then(|| {
        let wait = times::left(now.steady.until(opening));
        format!("the service takes queries again in {wait}")
    })
}

/// Says why no query leaves. The menu stands where that is said.
fn refuse(state: &mut State, why: String, now: Moment) -> Vec<Effect> {
    if let Some(Overlay::Hunting(Dialog::Menu(_))) = state.overlay {
        state.overlay = None;
    }
    state.notices.say(Kind::Warning, why, now);
    Vec::new()
}

fn open_drawer(state: &mut State) -> Vec<Effect> {
    state.overlay = Some(Overlay::Hunting(Dialog::Drawer));
    state.keep_cursor_in_sight();
    Vec::new()
}

/// Back one step: the counted values, the query that runs, the drawer.
fn leave(state: &mut State, now: Moment) -> Vec<Effect> {
    if let Some(grid) = state.hunting.grid_mut()
        && grid.counted.take().is_some()
    {
        return Vec::new();
    }
    let shown = state.hunting.shown().map(|hunt| hunt.id);
    if let Some(hunt) = shown.and_then(|id| state.hunting.awaited(id)) {
        let said = if matches!(hunt.outcome, Outcome::Found(_)) {
            "the rest was given up; the rows that came are kept"
        } else {
            GIVEN_UP
        };
        hunt.break_off(Extent::GivenUp, Outcome::Cancelled);
        let id = hunt.id;
        state.notices.say(Kind::Note, said, now);
        return vec![Effect::CancelHunt(id)];
    }
    state.overlay = None;
    state.keep_cursor_in_sight();
    Vec::new()
}

fn go(state: &mut State, hunts: isize) -> Vec<Effect> {
    let last = state.hunting.hunts.len().saturating_sub(1);
    state.hunting.shown = state.hunting.shown.saturating_add_signed(hunts).min(last);
    Vec::new()
}

/// What an editor is asked for: the query that is looked at, or a first one.
fn edit(state: &mut State) -> Vec<Effect> {
    let text = match (&state.overlay, state.hunting.shown()) {
        (Some(Overlay::Hunting(Dialog::Drawer)), Some(hunt)) => hunt.query.clone(),
        _ => FIRST_QUERY.to_owned(),
    };
    state.hunting.editing = Some(text.clone());
    vec![Effect::EditNote { text }]
}

/// The editor ended, which may have been open for a note.
pub fn on_edited(
    state: &mut State,
    result: Result<Option<String>, Unedited>,
    now: Moment,
) -> Vec<Effect> {
    let Some(before) = state.hunting.editing.take() else {
        return editing::on_edited(state, result, now);
    };
    let query = match result {
        Ok(Some(query)) => query.replace("\r\n", "\n").trim_end().to_owned(),
        // A query may be asked as it is.
        Ok(None) => before.trim_end().to_owned(),
        Err(unedited) => {
            let text = format!("no query: {}", shown(&unedited.why));
            state.notices.say(Kind::Warning, text, now);
            return Vec::new();
        }
    };
    if query.trim().is_empty() {
        let text = "the query is empty: nothing is asked";
        state.notices.say(Kind::Note, text, now);
        return Vec::new();
    }
    start(state, OWN.to_owned(), query, now)
}

/// Rows came, and more come.
pub fn on_read(state: &mut State, id: HuntId, rows: Arc<Findings>) {
    let Some(hunt) = state.hunting.awaited(id) else {
        state.hunting.completions.on_read(id, &rows);
        return;
    };
    hunt.add(rows, Extent::Growing);
    state.hunting.forget_old();
}

/// A query ended.
pub fn on_hunted(
    state: &mut State,
    id: HuntId,
    result: Result<Arc<Findings>, Unhunted>,
    now: Moment,
) -> Vec<Effect> {
    if let Some(effects) = completing::on_hunted(state, id, &result, now) {
        return effects;
    }
    let Some(hunt) = state.hunting.awaited(id) else {
        return Vec::new();
    };
    let title = hunt.title.clone();
    let is_in_sight = matches!(state.overlay, Some(Overlay::Hunting(Dialog::Drawer)));
    match result {
        Ok(last) => {
            let rows = hunt.add(last, Extent::Whole);
            state.session.on_accepted();
            state.hunting.forget_old();
            if !is_in_sight {
                let key = state.key_name(crate::keymap::Action::Hunt(HuntAction::OpenMenu));
                let text = format!("{title}: {} found; {key} r shows them", count(rows, "row"));
                state.notices.say(Kind::Good, text, now);
            }
            Vec::new()
        }
        Err(Unhunted::Refused(complaint)) => {
            hunt.outcome = Outcome::Refused(complaint);
            Vec::new()
        }
        Err(Unhunted::Failed(failure)) => {
            let why = Extent::Broken(failure.sentence.clone());
            hunt.break_off(why, Outcome::Failed(failure.clone()));
            let sent_with = state.hunting.sent_with;
            on_failed(state, &failure, "the query was not run", sent_with, now)
        }
    }
}

/// What a query that failed means for the next one, and for the token it left with.
pub(super) fn on_failed(
    state: &mut State,
    failure: &Failure,
    what: &str,
    sent_with: u32,
    now: Moment,
) -> Vec<Effect> {
    match failure.kind {
        // A pause of hunting is none of the alerts'.
        FailureKind::Throttled => {
            let wait = failure.retry_after.unwrap_or(backoff::renewal_wait(1));
            state.hunting.calls.hold(now.steady.plus(wait));
            Vec::new()
        }
        FailureKind::Unauthorized => {
            tokens::on_call_failed(state, Audience::Service, failure, what, sent_with, now)
        }
        FailureKind::Forbidden
        | FailureKind::NotFound
        | FailureKind::Rejected
        | FailureKind::Unreachable
        | FailureKind::Obstructed
        | FailureKind::Malformed
        | FailureKind::ForeignLink
        | FailureKind::SignInRefused
        | FailureKind::Misconfigured
        | FailureKind::SignInNeeded => Vec::new(),
    }
}

/// Rows of the grid in sight, and cells beside its margin.
pub fn room(state: &State) -> (usize, u16) {
    let area = state
        .panes()
        .dock
        .map_or((0, 0), |(_, area)| (area.height, area.width));
    let above = u16::try_from(query_lines(state)).unwrap_or(0) + 1;
    (
        usize::from(area.0.saturating_sub(above)),
        area.1.saturating_sub(2),
    )
}

/// Lines of the query that stand above its result.
pub fn query_lines(state: &State) -> usize {
    let height = state.panes().dock.map_or(0, |(_, area)| area.height);
    let lines = state
        .hunting
        .shown()
        .map_or(0, |hunt| hunt.query.lines().count());
    lines.min(usize::from(height) / 4).max(1)
}

fn look(state: &mut State, action: HuntAction) -> Vec<Effect> {
    let (height, width) = room(state);
    let page = isize::try_from(height).unwrap_or(1).max(1);
    let Some(grid) = state.hunting.grid_mut() else {
        return Vec::new();
    };
    match action {
        HuntAction::Down => grid.step(1, height),
        HuntAction::Up => grid.step(-1, height),
        HuntAction::First => grid.step(isize::MIN, height),
        HuntAction::Last => grid.step(isize::MAX, height),
        HuntAction::PageDown => grid.step(page, height),
        HuntAction::PageUp => grid.step(-page, height),
        HuntAction::Left => grid.step_column(-1, width),
        HuntAction::Right => grid.step_column(1, width),
        HuntAction::Sort => {
            grid.sort_by_column();
            grid.step(0, height);
        }
        HuntAction::Wider => grid.widen(Wider::Yes, width),
        HuntAction::Narrower => grid.widen(Wider::No, width),
        HuntAction::Hide => grid.hide(),
        HuntAction::ShowAll => grid.show_all(),
        HuntAction::Mark => grid.mark(height),
        HuntAction::Count => grid.count(),
        HuntAction::OpenMenu
        | HuntAction::Ask(_)
        | HuntAction::Edit
        | HuntAction::OpenDrawer
        | HuntAction::Again
        | HuntAction::Leave
        | HuntAction::Earlier
        | HuntAction::Later
        | HuntAction::CopyCell
        | HuntAction::CopyRow
        | HuntAction::CopyQuery
        | HuntAction::Note => {}
    }
    Vec::new()
}

fn copy(state: &mut State, action: HuntAction, now: Moment) -> Vec<Effect> {
    let grid = state.hunting.grid();
    let (text, what) = match (action, grid) {
        (HuntAction::CopyCell, Some(grid)) => {
            let row = grid.row_at(grid.row).unwrap_or(usize::MAX);
            let column = grid.current_column().unwrap_or(usize::MAX);
            // Pasted into a shell, a line break would run it.
            let text = shown(grid.findings.cell(row, column)).into_owned();
            (text, "cell".to_owned())
        }
        (HuntAction::CopyRow, Some(grid)) => {
            let rows = grid.meant();
            let lines: Vec<String> = rows
                .iter()
                .map(|row| hunting::row_as_json(&grid.findings, *row))
                .collect();
            (lines.join("\n"), count(lines.len(), "row"))
        }
        _ => {
            let query = state.hunting.shown().map(|hunt| hunt.query.clone());
            (query.unwrap_or_default(), "query".to_owned())
        }
    };
    if text.len() > LONGEST_COPY {
        let said = format!(
            "the {what} is too long for the clipboard: {} (OSC 52)",
            count(text.len(), "byte")
        );
        state.notices.say(Kind::Warning, said, now);
        return Vec::new();
    }
    let said = format!("{what} sent to the terminal's clipboard (OSC 52)");
    state.notices.say(Kind::Note, said, now);
    vec![Effect::CopyText(text)]
}

/// On which devices, where the result tells: whoever reads the note goes there next.
fn devices_of(findings: &Findings) -> String {
    let mut columns = findings.columns().iter();
    let is_it = |column: &Column| column.name.original() == DEVICE_NAME;
    let Some(place) = columns.position(is_it) else {
        return String::new();
    };
    let devices = findings.frequencies(place);
    let devices = devices.iter().filter(|(name, _)| !name.is_empty());
    let names: Vec<&str> = devices.map(|(name, _)| *name).collect();
    let first: Vec<String> = names
        .iter()
        .take(DEVICES_NAMED)
        .map(|name| shown(name).chars().take(LONGEST_DEVICE).collect())
        .collect();
    let more = if names.len() > first.len() {
        ", .."
    } else {
        ""
    };
    match names.len() {
        0 => String::new(),
        number => format!(
            " on {} ({}{more})",
            count(number, "device"),
            first.join(", ")
        ),
    }
}

/// A note about the hunt, begun for the alerts that are meant: enter adds it.
fn note(state: &mut State) -> Vec<Effect> {
    let Some((hunt, grid)) = state.hunting.shown().zip(state.hunting.grid()) else {
        return Vec::new();
    };
    let query: Vec<&str> = hunt.query.split_whitespace().collect();
    let query: String = shown(&query.join(" "))
        .chars()
        .take(LONGEST_QUOTE)
        .collect();
    let rows = count(grid.findings.len(), "row");
    let rows = match grid.extent {
        Extent::Whole => rows,
        Extent::Growing | Extent::GivenUp | Extent::Broken(_) => format!("at least {rows}"),
    };
    let devices = devices_of(&grid.findings);
    let text: String = format!(
        "Hunted for {}: {rows} found{devices} by `{query}`",
        hunt.title
    )
    .chars()
    .take(LONGEST_NOTE)
    .collect();
    let keys = targets::meant(state);
    let alerts = deciding::draft_ids(state, &keys);
    state.decisions.write_draft(&alerts, &text);
    state.overlay = Some(Overlay::Deciding(Composing::Note(Box::new(Noting {
        input: Input::new(text),
        keys,
        alerts,
    }))));
    state.keep_cursor_in_sight();
    Vec::new()
}
