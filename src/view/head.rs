//! The first lines: who, what, how fresh; then views, filter, order and what goes on.

use ratatui::layout::Position;
use ratatui::layout::Rect;
use tui_input::Input;
use unicode_width::UnicodeWidthStr;

use crate::app::State;
use crate::app::arranging;
use crate::app::arranging::Hold;
use crate::app::hand_out::Dialog;
use crate::app::help_search::Field;
use crate::app::help_search::Search;
use crate::app::hunting;
use crate::app::lateness;
use crate::app::lateness::LateCount;
use crate::app::lines::head_within;
use crate::app::overlay::Overlay;
use crate::app::poller;
use crate::app::session::Phase;
use crate::app::telling;
use crate::app::telling::Silence;
use crate::app::thousands;
use crate::app::times;
use crate::app::views;
use crate::domain::alert::Severity;
use crate::domain::filter::ast::Node;
use crate::domain::filter::odata;
use crate::domain::service::Service;
use crate::domain::text::shown;
use crate::domain::token::DecodedToken;
use crate::theme::Role;
use crate::view::deciding;
use crate::view::deciding::Said;
use crate::view::hunting as hunting_view;
use crate::view::ink::Ink;
use crate::view::ink::after;
use crate::view::ink::line_of;
use crate::view::responding;
use crate::view::tabs;

/// From this width on the user is named with the domain.
const ROOM_FOR_DOMAINS: u16 = 100;

/// From this width on each term of the filter says who answers it.
const ROOM_FOR_MARKS: u16 = 100;
/// Cells that what is wrong with a filter has, however long the filter is.
const MESSAGE: usize = 30;

/// A piece of the head. The highest rank goes first when room is scarce.
struct Piece {
    rank: u8,
    role: Role,
    text: String,
}

impl Piece {
    fn new(rank: u8, role: Role, text: impl Into<String>) -> Self {
        Self {
            rank,
            role,
            text: text.into(),
        }
    }
}

/// Draws the head; the answer is the place of the text cursor while the filter is typed.
pub fn draw(state: &State, ink: &mut Ink<'_>, area: Rect) -> Option<Position> {
    let first = line_of(area, 0);
    if area.height > 1 {
        let mut left = who(state);
        left.extend(what(state));
        let token = token(state);
        row(ink, first, left, &token);
        return second_line(state, ink, line_of(area, 1));
    }
    if let Some(
        Overlay::Filter(_) | Overlay::Palette { .. } | Overlay::HandOut(Dialog::File { .. }),
    ) = &state.overlay
    {
        return second_line(state, ink, first);
    }
    if open_search(state).is_some() {
        return second_line(state, ink, first);
    }
    let (role, text) = freshness(state);
    let mut left = what(state);
    if role != Role::Muted {
        left.insert(0, Piece::new(0, role, text));
    }
    row(ink, first, left, &token(state));
    None
}

/// Pieces from the left, one at the right edge. Drops pieces by rank until all fits.
fn row(ink: &mut Ink<'_>, area: Rect, mut left: Vec<Piece>, right: &(Role, String)) {
    let width = usize::from(area.width);
    let needed = |pieces: &[Piece]| {
        let text: usize = pieces.iter().map(|piece| piece.text.width() + 1).sum();
        text + right.1.width()
    };
    while needed(&left) > width {
        let Some(worst) = left.iter().map(|piece| piece.rank).max() else {
            break;
        };
        if worst == 0 {
            break;
        }
        if let Some(index) = left.iter().rposition(|piece| piece.rank == worst) {
            left.remove(index);
        }
    }
    let mut rest = ink.write_right(area, right.0, &right.1);
    for piece in left {
        let used = ink.write(rest, piece.role, &piece.text);
        rest = after(rest, used + 1);
    }
}

fn who(state: &State) -> Vec<Piece> {
    let user = state.user();
    // Where room is scarce the tenant says which domain it is.
    let user = if state.size.width < ROOM_FOR_DOMAINS {
        user.split('@').next().unwrap_or_default()
    } else {
        &user
    };
    // Whoever goes from one to another must see which one it is.
    let whose = if state.settings.profiles.len() > 1 {
        4
    } else {
        6
    };
    let mut pieces = vec![
        Piece::new(1, Role::Strong, "vigie"),
        Piece::new(whose, Role::Text, telling::whose(state)),
        Piece::new(5, Role::Text, shown(user)),
        Piece::new(7, Role::Muted, state.settings.service.clone()),
    ];
    pieces.extend(ending(state));
    let token = state.session.token();
    if token.is_some_and(|token| token.decoded.as_ref().is_ok_and(DecodedToken::app_only)) {
        // Its owner sees the whole tenant and signs as nobody: worth knowing at any width.
        pieces.insert(3, Piece::new(4, Role::Warning, "app-only"));
    }
    pieces.retain(|piece| !piece.text.is_empty());
    pieces
}

/// Until when the service lasts: where there is room, and at any width once that is near.
fn ending(state: &State) -> Option<Piece> {
    let service = Service::of(state.settings.api_kind);
    let end = service.end?;
    let now = state.minute();
    if !end.is_near(now) {
        return Some(Piece::new(8, Role::Muted, format!("until {}", end.day)));
    }
    let text = match end.days_left(now) {
        ..=0 => format!("!{} ended?", service.short),
        days => format!("!{} {days}d", service.short),
    };
    Some(Piece::new(3, Role::Warning, text))
}

fn what(state: &State) -> Vec<Piece> {
    if state.poller.last_answer().is_none() {
        // Nothing is known yet, which is not the same as nothing is open.
        return vec![Piece::new(0, Role::Muted, " ? open")];
    }
    let counts = state.book.counts();
    let mut pieces = vec![Piece::new(
        0,
        Role::Strong,
        format!(" {} open", thousands(counts.open)),
    )];
    for (number, letter, severity) in [
        (counts.high, 'H', Severity::High),
        (counts.medium, 'M', Severity::Medium),
        (counts.low, 'L', Severity::Low),
        (counts.informational, 'I', Severity::Informational),
        (counts.other, '?', Severity::Other),
    ] {
        if number > 0 {
            let text = format!("{}{letter}", thousands(number));
            pieces.push(Piece::new(2, Role::Severity(severity), text));
        }
    }
    let late = state.book.late(state.minute());
    let soon = lateness::SOON.as_mins();
    let (role, words) = match (thousands(late.late), thousands(late.soon)) {
        _ if late == LateCount::default() => (Role::Text, String::new()),
        (number, _) if late.soon == 0 => (Role::Bad, format!("{number} late")),
        (_, number) if late.late == 0 => (Role::Warning, format!("{number} <{soon}m")),
        (late, near) => (Role::Bad, format!("{late} late, {near} <{soon}m")),
    };
    if !words.is_empty() {
        pieces.push(Piece::new(1, role, format!(" SLA {words}")));
    }
    if state.book.unreadable() > 0 {
        let text = format!("{} unreadable", state.book.unreadable());
        pieces.push(Piece::new(3, Role::Warning, text));
    }
    pieces
}

/// How long the token lives, or why there is none.
fn token(state: &State) -> (Role, String) {
    let left = state.token_left();
    let lives = left.filter(|left| !left.is_zero()).map(times::left);
    match (state.session.phase(), lives) {
        (Phase::Refused { .. }, Some(lives)) => (Role::Bad, format!("tok {lives} REFUSED")),
        (Phase::Refused { .. }, None) => (Role::Bad, "SIGN-IN REFUSED".to_owned()),
        (Phase::PersonNeeded { .. }, Some(lives)) => {
            (Role::Bad, format!("tok {lives} SIGN IN AGAIN"))
        }
        (Phase::PersonNeeded { .. }, None) => (Role::Bad, "NOT SIGNED IN".to_owned()),
        (Phase::Waiting { .. }, Some(lives)) => {
            (Role::Warning, format!("tok {lives} renewal failing"))
        }
        (Phase::Waiting { .. }, None) => (Role::Bad, "no token, trying again".to_owned()),
        (Phase::SigningIn, _) => (Role::Muted, "signing in".to_owned()),
        (Phase::Renewing, Some(lives)) => (Role::Muted, format!("tok {lives} renewing")),
        (Phase::Renewing, None) => (Role::Warning, "renewing the token".to_owned()),
        (Phase::Resting { .. }, Some(lives)) => (Role::Muted, format!("tok {lives}")),
        (Phase::Resting { .. }, None) => (Role::Bad, "token expired".to_owned()),
    }
}

fn second_line(state: &State, ink: &mut Ink<'_>, area: Rect) -> Option<Position> {
    let (role, text) = freshness(state);
    if let Some(Overlay::Filter(typing)) = &state.overlay {
        let right = match &typing.error {
            Some(error) => beside(&error.to_string(), typing.input.value(), area.width),
            None => format!(
                "{} of {}",
                thousands(state.book.visible().len()),
                thousands(state.book.counts().all)
            ),
        };
        let rest = ink.write_right(area, Role::Muted, &right);
        return Some(field(ink, rest, "/", &typing.input));
    }
    if let Some(Overlay::Palette { input, .. }) = &state.overlay {
        return Some(field(ink, area, ":", input));
    }
    if let Some(search) = open_search(state) {
        return Some(field(ink, area, "keys /", &search.input));
    }
    if let Some(Overlay::HandOut(Dialog::File { input, .. })) = &state.overlay {
        return Some(field(ink, area, "file ", input));
    }
    if let Some(Overlay::Deciding(composing)) = &state.overlay
        && let Some(said) = deciding::draw_head(state, ink, area, composing)
    {
        return match said {
            Said::Words => None,
            Said::Field(cursor) => Some(cursor),
        };
    }
    if let Some(Overlay::Hunting(hunting::Dialog::Menu(subject))) = &state.overlay {
        hunting_view::draw_head(state, ink, area, subject);
        return None;
    }
    if let Some(Overlay::Responding(dialog)) = &state.overlay
        && let Some(said) = responding::draw_head(state, ink, area, dialog)
    {
        return match said {
            Said::Words => None,
            Said::Field(cursor) => Some(cursor),
        };
    }
    // What is the view's own goes first where room is scarce.
    let changes = views::changes(state);
    let mut left = Vec::new();
    if !state.filter_text.is_empty() {
        if changes.filter {
            left.extend(filter(state));
        } else {
            // The name of the view says it too.
            let text = format!("/{}", shown(&state.filter_text));
            left.push(Piece::new(6, Role::Title, text));
        }
    }
    let sort = format!("sort {}", state.book.order().words());
    left.push(Piece::new(
        if changes.sort { 2 } else { 4 },
        Role::Muted,
        sort,
    ));
    if let Some(group) = state.book.grouping().word() {
        let rank = if changes.group { 2 } else { 3 };
        left.push(Piece::new(rank, Role::Muted, format!("group {group}")));
    }
    if let Some(range) = arranging::range(state) {
        let lines = range.end() - range.start() + 1;
        let text = format!("range of {}", thousands(lines));
        left.push(Piece::new(0, Role::Title, text));
    }
    if state.book.marked() > 0 {
        let text = format!("{} marked", thousands(state.book.marked()));
        left.push(Piece::new(0, Role::Title, text));
    }
    if state.hold == Hold::Frozen || state.book.waiting().is_some_and(|waiting| waiting > 0) {
        left.push(Piece::new(0, Role::Warning, frozen(state)));
    }
    if !state.book.visible().is_empty() {
        left.push(Piece::new(3, Role::Text, place(state)));
    }
    if let Some((count, worst)) = state.fresh_above() {
        let text = format!("+{count} above, worst {}", worst.word());
        left.push(Piece::new(1, Role::Severity(worst), text));
    }
    match telling::silence(state) {
        Some(Silence::Off) => left.push(Piece::new(1, Role::Warning, "bell off")),
        Some(Silence::QuietHours) => left.push(Piece::new(4, Role::Muted, "quiet hours")),
        None => {}
    }
    // Without what could be left out, step by step. Names are worth more than the place
    // in the list, bare numbers are not.
    let room = |rank| {
        let needed = left.iter().filter(|piece| piece.rank <= rank);
        let needed: usize = needed.map(|piece| piece.text.width() + 1).sum();
        usize::from(area.width).saturating_sub(needed + text.width())
    };
    let tabs = tabs::within(state, &[5, 4, 3, 2].map(room), room(3)).into_iter();
    let tabs = tabs.map(|(role, text)| Piece::new(0, role, text));
    left.splice(..0, tabs);
    row(ink, area, left, &(role, text));
    None
}

/// The search of the help while its field takes the keys.
fn open_search(state: &State) -> Option<&Search> {
    match &state.overlay {
        Some(Overlay::Help { search, .. }) if search.field == Field::Open => Some(search),
        Some(_) | None => None,
    }
}

/// What goes beside a text that is typed, cut where it would take its room.
fn beside(message: &str, text: &str, width: u16) -> String {
    let used = shown(text).width() + 3;
    let room = usize::from(width)
        .saturating_sub(used)
        .max(MESSAGE.min(usize::from(width) / 2));
    if message.width() <= room {
        return message.to_owned();
    }
    format!("{}..", head_within(message, room.saturating_sub(2)))
}

/// The filter in force. Where there is room each term says who could answer it.
fn filter(state: &State) -> Vec<Piece> {
    if state.size.width < ROOM_FOR_MARKS {
        // The name of the view says what comes before it.
        let text = match views::added(state) {
            Some(added) => format!("/.. {}", shown(&added)),
            None => format!("/{}", shown(&state.filter_text)),
        };
        return vec![Piece::new(0, Role::Title, text)];
    }
    let filter = state.book.filter();
    let mut pieces = Vec::new();
    for (term, by) in odata::marks(filter.query(), filter.around()) {
        // A group among others needs its parentheses.
        let term = match term {
            Node::Any(_) if filter.query().terms().len() > 1 => format!("({term})"),
            Node::Any(_) | Node::All(_) | Node::Not(_) | Node::Term(_) => term.to_string(),
        };
        let slash = if pieces.is_empty() { "/" } else { "" };
        pieces.push(Piece::new(
            0,
            Role::Title,
            format!("{slash}{}", shown(&term)),
        ));
        pieces.push(Piece::new(5, Role::Muted, format!("[{}]", by.word())));
    }
    pieces
}

/// That the list is held still, and what it would show otherwise.
fn frozen(state: &State) -> String {
    match state.book.waiting() {
        Some(1) => "frozen, 1 change waits".to_owned(),
        Some(waiting) if waiting > 0 => format!("frozen, {} changes wait", thousands(waiting)),
        Some(_) | None => "frozen".to_owned(),
    }
}

/// A line of text being typed; the answer is where its cursor stands.
pub(super) fn field(ink: &mut Ink<'_>, area: Rect, mark: &str, input: &Input) -> Position {
    let used = ink.write(area, Role::Title, mark);
    let field = after(area, used);
    // What is hostile takes more room on screen than in the text.
    let before: String = input.value().chars().take(input.cursor()).collect();
    let column = shown(&before).width();
    let scroll = (column + 1).saturating_sub(usize::from(field.width));
    let value = shown(input.value());
    let hidden = head_within(&value, scroll).len();
    ink.write(field, Role::Strong, value.get(hidden..).unwrap_or_default());
    let column = u16::try_from(column - scroll.min(column)).unwrap_or(0);
    Position::new(
        (field.x + column).min(field.right().saturating_sub(1)),
        field.y,
    )
}

/// Where the selection stands among what the filter lets through, and of how many.
fn place(state: &State) -> String {
    let visible = state.book.visible().len();
    let all = state.book.counts().all;
    let place = state
        .cursor
        .selected()
        .and_then(|key| state.book.place_of(key));
    let row = thousands(place.unwrap_or(0) + 1);
    if visible == all || state.size.width < ROOM_FOR_DOMAINS {
        format!("{row} of {}", thousands(visible))
    } else {
        format!("{row} of {}, all {}", thousands(visible), thousands(all))
    }
}

/// Last poll, next poll, and since when nothing was heard.
fn freshness(state: &State) -> (Role, String) {
    let zone = &state.settings.zone;
    let now = state.minute();
    let next = state.poller.due().map(|due| {
        let wait = state
            .now
            .steady
            .until(due.max(state.calls.held(state.now.steady).unwrap_or(due)));
        state
            .now
            .wall
            .saturating_add(wait)
            .unwrap_or(state.now.wall)
    });
    let retry = next.map_or_else(
        || "trying now".to_owned(),
        |next| {
            let minutes = next.duration_since(now).as_secs() / 60;
            let at = times::clock_with_seconds(next, now, zone);
            if minutes < 1 {
                format!("tries again {at}, in under 1m")
            } else {
                format!("tries again {at}, in {minutes}m")
            }
        },
    );
    if let Some(since) = state.poller.offline_since() {
        let since = times::clock(since, now, zone);
        return (Role::Bad, format!("OFFLINE since {since}, {retry}"));
    }
    if state.calls.held(state.now.steady).is_some() {
        return (Role::Warning, format!("throttled, {retry}"));
    }
    if state.poller.failures() > 0 {
        return (Role::Bad, format!("POLL REFUSED, {retry}"));
    }
    let present = state.now.steady;
    let opening = state.calls.opening(present, state.poll_urgency);
    if state.poller.due().is_some_and(|due| due <= present) && opening > present {
        let wait = present.until(opening);
        let at = state
            .now
            .wall
            .saturating_add(wait)
            .unwrap_or(state.now.wall);
        let at = times::clock_with_seconds(at, now, zone);
        return (Role::Warning, format!("no calls left, polls again {at}"));
    }
    let polled = state
        .poller
        .last_answer()
        .map(|at| times::clock(at, now, zone));
    match (state.poller.phase(), polled) {
        (poller::Phase::Loading { received }, Some(_)) => (
            Role::Warning,
            format!("loading, {} so far", thousands(received)),
        ),
        (poller::Phase::Loading { .. }, None) => (Role::Muted, "nothing loaded yet".to_owned()),
        (poller::Phase::Following, polled) => {
            let polled = polled.unwrap_or_else(|| "never".to_owned());
            if state.size.width < ROOM_FOR_DOMAINS {
                return (Role::Muted, format!("polled {polled}"));
            }
            let every = state.poller.every().as_secs();
            (Role::Muted, format!("polled {polled}, every {every}s"))
        }
    }
}
