//! The state told in lines, for whoever hears the screen or waits for each byte of it.
//!
//! The same state and the same keys as on the screen; what changes is said once, as
//! text alone. [`Voice`] remembers what was said, [`announce`] compares.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use std::collections::HashSet;

use crate::app::State;
use crate::app::actions;
use crate::app::alert_book::AlertKey;
use crate::app::alert_book::Fresh;
use crate::app::arranging::Hold;
use crate::app::case;
use crate::app::case::spoken;
use crate::app::case::tab_line;
use crate::app::column_picker;
use crate::app::count;
use crate::app::decisions;
use crate::app::hand_out::Dialog;
use crate::app::help_search::Field;
use crate::app::hunting;
use crate::app::lateness;
use crate::app::lines::Line;
use crate::app::overlay::Overlay;
use crate::app::palette;
use crate::app::panes::Pane;
use crate::app::poller::Phase;
use crate::app::responding;
use crate::app::shape::LineKind;
use crate::app::thousands;
use crate::app::times;
use crate::app::views;
use crate::app::views::Standing;
use crate::app::views::Tab;
use crate::domain::text::shown;
use crate::keymap::Action;
use crate::keymap::Scope;
use crate::theme::BuiltIn;
use crate::theme::Theme;
use crate::view::alert_list::label;
use crate::view::head;
use crate::view::ink::Ink;

/// New alerts read out one by one; of more the number is said.
const READ_OUT: usize = 5;
/// Width the head is written for: it is not drawn, so all of it fits.
const HEAD: u16 = 200;

/// Tells a state in lines, and remembers what was told.
#[derive(Debug, Default)]
pub struct Voice {
    heard: Option<Heard>,
}

impl Voice {
    /// What is to be said now. Nothing when nothing changed.
    pub fn tell(&mut self, state: &State) -> Vec<String> {
        let now = Heard::of(state);
        let lines = match &self.heard {
            Some(before) => announce(before, &now, state),
            None => greeting(&now, state),
        };
        self.heard = Some(now);
        lines.iter().map(|line| harmless(line)).collect()
    }

    /// Says where one is from the beginning, next time.
    pub fn forget(&mut self) {
        self.heard = None;
    }
}

/// As much of a state as is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    profile: String,
    /// How often anything was said in the log.
    said: u64,
    alerts: usize,
    follows: bool,
    selected: Option<AlertKey>,
    /// Its group is meant, by the heading.
    on_heading: bool,
    /// Its words, without what changes with the minute.
    row: String,
    filter: String,
    /// The chosen view, in words without its number.
    view: String,
    sort: String,
    /// The word of the groups.
    group: Option<&'static str>,
    marked: usize,
    /// A range of marks was begun.
    ranges: bool,
    hold: Hold,
    subject: Subject,
    /// Of the page that is read, if one is.
    page: Vec<String>,
    /// Its first line in sight.
    top: usize,
    /// The row one stands on, where the page has rows.
    stands_on: Vec<String>,
}

/// What is being read, typed or chosen from.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Subject {
    List,
    Detail(Option<AlertKey>, case::Tab),
    Claims,
    SignIn,
    /// The text, and what tab would put in the place of its end.
    Filter(String, Option<String>),
    Paste(usize),
    Palette(String, Option<String>),
    /// A menu of what leaves or is decided, or what is typed or chosen in it so far.
    HandOut(Scope, String),
    SortMenu,
    /// The column the picker stands on.
    Columns(String),
    /// What is looked for, and whether it is being typed.
    Help(String, Field),
    Handover,
    Log,
}

impl Heard {
    /// What there is to hear of a state.
    pub fn of(state: &State) -> Self {
        let subject = Subject::of(state);
        let selected = state.cursor.selected();
        let (page, top) = subject.page(state);
        let stands_on = if let Subject::Detail(..) = subject {
            spoken::row(state, usize::from(state.size.width))
        } else {
            Vec::new()
        };
        Self {
            profile: state.settings.profile.clone(),
            said: state.notices.said(),
            alerts: state.book.counts().all,
            follows: state.poller.phase() == Phase::Following,
            selected,
            on_heading: state.cursor.on_heading(),
            row: selected.map_or_else(String::new, |key| line(state, key)),
            filter: state.filter_text.clone(),
            view: chosen(state).map_or_else(String::new, |tab| named(&tab)),
            sort: state.book.order().words(),
            group: state.book.grouping().word(),
            marked: state.book.marked(),
            ranges: state.range_from.is_some(),
            hold: state.hold,
            subject,
            page,
            top,
            stands_on,
        }
    }
}

impl Subject {
    fn of(state: &State) -> Self {
        match &state.overlay {
            Some(Overlay::Filter(typing)) => {
                let offer = typing.offers.first().filter(|_| !typing.begins_a_term());
                Self::Filter(
                    typing.input.value().to_owned(),
                    offer.map(|offer| offer.label.clone()),
                )
            }
            Some(Overlay::Paste { input }) => Self::Paste(input.value().chars().count()),
            Some(Overlay::Palette { input, chosen, .. }) => {
                let entry = palette::entries(state, input.value())
                    .into_iter()
                    .nth(*chosen);
                let says = entry.map(|entry| {
                    let keys = if entry.keys.is_empty() {
                        String::new()
                    } else {
                        format!(", keys {}", entry.keys)
                    };
                    format!(
                        "{}: {}{keys}",
                        entry.name.trim(),
                        palette::explained(&entry)
                    )
                });
                Self::Palette(input.value().to_owned(), says)
            }
            Some(Overlay::HandOut(dialog)) => {
                let text = match dialog {
                    Dialog::Link { address } => address.clone(),
                    Dialog::File { input, .. } => input.value().to_owned(),
                    Dialog::Format { extent } => extent.words(state),
                    Dialog::Copy | Dialog::Row | Dialog::Node => String::new(),
                };
                Self::HandOut(dialog.scope(), text)
            }
            Some(Overlay::Deciding(composing)) => {
                Self::HandOut(composing.scope(), decisions::pages::words(state, composing))
            }
            Some(Overlay::Responding(dialog)) => {
                Self::HandOut(dialog.scope(), responding::words::words(state, dialog))
            }
            Some(Overlay::Hunting(dialog)) => {
                let words = match dialog {
                    hunting::Dialog::Menu(subject) => {
                        crate::view::hunting::menu_words(state, subject)
                    }
                    hunting::Dialog::Drawer => crate::view::hunting::words(state),
                };
                Self::HandOut(dialog.scope(), words)
            }
            Some(Overlay::SortMenu) => Self::SortMenu,
            Some(Overlay::Columns { chosen }) => {
                let page = column_picker::page(state, *chosen, usize::from(HEAD));
                let line = page.lines.get(*chosen).map(Line::plain);
                let line = line.unwrap_or_default();
                let words = line.trim_start_matches('>').split_whitespace();
                let words: Vec<&str> = words.collect();
                let (rank, of) = (chosen + 1, page.lines.len());
                Self::Columns(format!("{rank} of {of}, {}", column_in_words(&words)))
            }
            Some(Overlay::Help { search, .. }) => {
                Self::Help(search.text().to_owned(), search.field)
            }
            Some(Overlay::Handover { .. }) => Self::Handover,
            Some(Overlay::Log { .. }) => Self::Log,
            None if state.shows_sign_in() => Self::SignIn,
            None => match state.focus {
                Pane::List => Self::List,
                Pane::Detail => {
                    let key = state.looking.shown().map(|shown| shown.key);
                    Self::Detail(key, state.case.tab())
                }
                Pane::Claims => Self::Claims,
            },
        }
    }

    /// The lines of what is read, and which of them is the first in sight.
    fn page(&self, state: &State) -> (Vec<String>, usize) {
        let width = usize::from(state.size.width);
        let (page, top) = match self {
            Self::Detail(..) => return (spoken::lines(state, width), state.detail_top),
            Self::Claims => (Some(state.claims_page(width)), state.claims_top),
            Self::SignIn => (state.sign_in_page(width), 0),
            Self::Help(..)
            | Self::Handover
            | Self::Log
            | Self::HandOut(Scope::RespondCard | Scope::Orders | Scope::DevicePage, _) => state
                .overlay_page(width)
                .map_or((None, 0), |(page, top)| (Some(page), top)),
            Self::List
            | Self::Filter(..)
            | Self::Paste(_)
            | Self::Palette(..)
            | Self::HandOut(..)
            | Self::SortMenu
            | Self::Columns(_) => (None, 0),
        };
        let lines = page.map(|page| page.lines.iter().map(Line::plain).collect());
        (lines.unwrap_or_default(), top)
    }

    /// How it is called when one comes to it.
    const fn title(&self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Detail(_, case::Tab::Overview) => "alert",
            Self::Detail(_, case::Tab::Evidence) => "evidence",
            Self::Detail(_, case::Tab::Tree) => "processes",
            Self::Detail(_, case::Tab::Device) => "device",
            Self::Detail(_, case::Tab::Incident) => "incident",
            Self::Detail(_, case::Tab::Notes) => "notes",
            Self::Detail(_, case::Tab::Raw) => "alert as JSON",
            Self::Claims => "token",
            Self::SignIn => "sign in",
            Self::Filter(..) => "filter",
            Self::Paste(_) => "pasted address",
            Self::Palette(..) => "palette",
            Self::HandOut(scope, _) => scope.title(),
            Self::SortMenu => "sort menu",
            Self::Columns(_) => "columns",
            Self::Help(..) => "keys",
            Self::Handover => "report of the shift",
            Self::Log => "log",
        }
    }
}

/// A line of the picker, whose box nobody hears.
fn column_in_words(line: &[&str]) -> String {
    match line {
        ["[x]", column @ ..] => format!("shown: {}", column.join(" ")),
        ["[", "]", column @ ..] => format!("left out: {}", column.join(" ")),
        line => line.join(" "),
    }
}

fn greeting(now: &Heard, state: &State) -> Vec<String> {
    let mut lines = status(state);
    let help = state.settings.keymap.key_of(Action::OpenHelp);
    if let Some(key) = help {
        lines.push(format!("{key} lists the keys and says how things stand"));
    }
    lines.extend(arrived(now, state));
    lines
}

/// What is different, in the order in which it is best heard.
pub fn announce(before: &Heard, now: &Heard, state: &State) -> Vec<String> {
    if before.profile != now.profile {
        return greeting(now, state);
    }
    let mut lines: Vec<String> = state
        .notices
        .since(before.said)
        .iter()
        .rev()
        .map(|notice| {
            let times = if notice.times > 1 {
                format!(" (x{})", notice.times)
            } else {
                String::new()
            };
            format!("{}{times}", notice.text)
        })
        .collect();
    if before.follows && now.follows {
        lines.extend(new_alerts(before.alerts, now.alerts, state));
    }
    if before.view != now.view {
        lines.extend(chosen(state).map(|tab| view(&tab, state)));
    }
    let same_kind = before.subject.title() == now.subject.title();
    if before.sort != now.sort {
        lines.push(format!("sort {}", now.sort));
    }
    lines.extend(arranged(before, now));
    if !same_kind || subject_moved(&before.subject, &now.subject) {
        lines.extend(arrived(now, state));
    } else if before.subject != now.subject {
        lines.extend(typed(now, state));
    } else {
        if before.filter != now.filter && now.subject == Subject::List {
            lines.push(filtered(state));
        }
        lines.extend(moved(before, now, state));
    }
    lines
}

/// The view one is in.
fn chosen(state: &State) -> Option<Tab> {
    let mut tabs = views::tabs(state).into_iter();
    tabs.find(|tab| tab.standing != Standing::Elsewhere)
}

fn named(tab: &Tab) -> String {
    let changed = if tab.standing == Standing::Changed {
        ", changed"
    } else {
        ""
    };
    format!("view {} {}{changed}", tab.key, tab.name)
}

/// Of a changed view the number of alerts would be that of the unchanged one.
fn view(tab: &Tab, state: &State) -> String {
    let named = named(tab);
    if tab.standing == Standing::Changed {
        return named;
    }
    let all = thousands(state.book.counts().all);
    format!("{named}: {} of {all}", thousands(tab.count))
}

/// How the list was cut up, marked or held.
fn arranged(before: &Heard, now: &Heard) -> Vec<String> {
    let mut lines = Vec::new();
    if before.group != now.group {
        lines.push(match now.group {
            Some(group) => format!("group by {group}"),
            None => "no groups".to_owned(),
        });
    }
    if before.ranges != now.ranges {
        let word = if now.ranges { "begun" } else { "ended" };
        lines.push(format!("range {word}"));
    }
    if before.marked != now.marked {
        lines.push(format!("{} marked", thousands(now.marked)));
    }
    if before.hold != now.hold {
        lines.push(match now.hold {
            Hold::Frozen => "list frozen".to_owned(),
            Hold::Live => "list live again".to_owned(),
        });
    }
    lines
}

/// Another alert is another page, though of the same kind.
fn subject_moved(before: &Subject, now: &Subject) -> bool {
    matches!((before, now), (Subject::Detail(..), Subject::Detail(..))) && before != now
}

/// Within what one was in already.
fn moved(before: &Heard, now: &Heard, state: &State) -> Vec<String> {
    if now.subject == Subject::List {
        if (before.selected, before.on_heading) != (now.selected, now.on_heading) {
            return selected(now, state).into_iter().collect();
        }
        if before.row != now.row {
            let line = selected(now, state).map(|line| format!("changed: {line}"));
            return line.into_iter().collect();
        }
        return Vec::new();
    }
    if before.page != now.page {
        // Of a page that grew, what is new in it; that it is a minute older is not.
        let known: HashSet<String> = before
            .page
            .iter()
            .map(|line| times::without_ages(line))
            .collect();
        let is_fresh = |line: &&String| !known.contains(&times::without_ages(line));
        return now.page.iter().filter(is_fresh).cloned().collect();
    }
    if before.stands_on != now.stands_on {
        return now.stands_on.clone();
    }
    if before.top != now.top && now.stands_on.is_empty() {
        return now.page.get(now.top).cloned().into_iter().collect();
    }
    Vec::new()
}

/// What is said on coming to something.
fn arrived(now: &Heard, state: &State) -> Vec<String> {
    let mut lines = match &now.subject {
        Subject::List => {
            let mut lines = Vec::new();
            if !now.filter.is_empty() {
                lines.push(filtered(state));
            }
            lines.extend(selected(now, state));
            return lines;
        }
        Subject::Filter(..) | Subject::Paste(_) | Subject::Palette(..) => typed(now, state),
        Subject::HandOut(scope, text) => {
            let mut lines = vec![format!("{}: {}", scope.title(), keys(state, *scope))];
            if !text.is_empty() {
                lines.push(shown(text).into_owned());
            }
            lines
        }
        Subject::SortMenu => vec![format!("sort by: {}", keys(state, Scope::SortMenu))],
        Subject::Columns(column) => vec![
            format!("columns: {}", keys(state, Scope::Columns)),
            column.clone(),
        ],
        Subject::Help(..) => {
            let mut lines = status(state);
            let scopes = state.scopes();
            lines.push(format!(
                "to close: {}",
                keys(state, scopes.first().copied().unwrap_or(Scope::Help))
            ));
            lines
        }
        Subject::Detail(..)
        | Subject::Claims
        | Subject::SignIn
        | Subject::Handover
        | Subject::Log => Vec::new(),
    };
    if !now.page.is_empty() {
        if let Subject::Detail(_, tab) = now.subject
            && tab != case::Tab::Overview
        {
            lines.push(tab_line::spoken(state));
        }
        lines.push(format!("{}:", now.subject.title()));
        lines.extend(now.page.iter().cloned());
    }
    lines
}

/// What a letter more in a field of text means, or another choice of a menu.
fn typed(now: &Heard, state: &State) -> Vec<String> {
    match &now.subject {
        Subject::Filter(text, offer) => {
            let found = thousands(state.book.visible().len());
            let all = thousands(state.book.counts().all);
            let key = state.settings.keymap.key_of(Action::CompleteFilter);
            let offer = match (key, offer) {
                (Some(key), Some(offer)) => format!(", {key} for {}", shown(offer)),
                (Some(_) | None, _) => String::new(),
            };
            vec![format!("/{text}: {found} of {all}{offer}")]
        }
        Subject::Paste(length) => vec![format!("pasted address: {length} characters")],
        Subject::Palette(text, chosen) => {
            let number = palette::entries(state, text).len();
            let chosen = chosen.as_deref().unwrap_or("nothing here is called that");
            vec![format!(":{text} {number}, {chosen}")]
        }
        Subject::HandOut(_, text) => vec![shown(text).into_owned()],
        Subject::Help(text, Field::Open) => {
            vec![format!(
                "keys /{}: {}",
                shown(text),
                count(now.page.len(), "line")
            )]
        }
        Subject::Help(text, Field::Closed) => {
            let mut lines = vec![format!("keys /{}:", shown(text))];
            lines.extend(now.page.iter().cloned());
            lines
        }
        Subject::Columns(column) => vec![column.clone()],
        Subject::List
        | Subject::Detail(..)
        | Subject::Claims
        | Subject::SignIn
        | Subject::SortMenu
        | Subject::Handover
        | Subject::Log => Vec::new(),
    }
}

fn filtered(state: &State) -> String {
    let all = count(state.book.counts().all, "alert");
    if state.filter_text.is_empty() {
        return format!("no filter, {all}");
    }
    let found = thousands(state.book.visible().len());
    format!("filter /{}: {found} of {all}", state.filter_text)
}

fn selected(now: &Heard, state: &State) -> Option<String> {
    let key = now.selected?;
    let place = thousands(state.cursor.position() + 1);
    let of = thousands(state.book.line_count());
    if now.on_heading {
        return Some(format!("{place} of {of}: {}", now.row));
    }
    let row = state.book.row(key)?;
    let fresh = match row.fresh {
        Fresh::Seen => "",
        Fresh::New => "new, ",
        Fresh::Changed => "changed, ",
    };
    let age = row.created.map_or_else(String::new, |created| {
        format!(", {} old", times::age(created, state.minute()))
    });
    let late = state.book.deadline(key).map_or_else(String::new, |end| {
        let wait = times::span(end.duration_since(state.minute()).abs());
        if lateness::is_past(end, state.minute()) {
            format!(", {wait} late")
        } else {
            format!(", {wait} left")
        }
    });
    Some(format!("{place} of {of}: {fresh}{}{age}{late}", now.row))
}

/// The line of the cursor in words: the heading of a group, or an alert with what is
/// folded into it.
fn line(state: &State, key: AlertKey) -> String {
    let book = &state.book;
    let line = book.line(state.cursor.position());
    let mark = if book.is_marked(key) { "marked, " } else { "" };
    match (line.map(|line| (line.kind, line.alerts)), book.row(key)) {
        (Some((LineKind::Group(group), alerts)), Some(row)) => {
            let fold = if group.is_folded {
                "folded"
            } else {
                "unfolded"
            };
            let marked = alerts.iter().filter(|key| book.is_marked(**key)).count();
            let mark = match marked {
                0 => String::new(),
                all if all == alerts.len() => "marked, ".to_owned(),
                some => format!("{} marked, ", thousands(some)),
            };
            format!(
                "{mark}group {}, {}, worst {}, {fold}",
                label(book, row),
                count(alerts.len(), "alert"),
                group.worst.word(),
            )
        }
        (Some((LineKind::Alert, alerts)), _) if alerts.len() > 1 => {
            format!("{mark}{}, {} alike", words(state, key), alerts.len())
        }
        (Some((LineKind::Duplicate, _)), _) => {
            format!("{mark}{}, one of several alike", words(state, key))
        }
        _ => format!("{mark}{}", words(state, key)),
    }
}

/// The alerts that came since there were `before`. One is told by its notice.
fn new_alerts(before: usize, now: usize, state: &State) -> Vec<String> {
    let new = now.saturating_sub(before);
    if new < 2 {
        return Vec::new();
    }
    let keys = state.book.keys_from(before);
    let told = keys.take(READ_OUT).map(|key| words(state, key));
    let mut lines: Vec<String> = told.map(|row| format!("new: {row}")).collect();
    if new > READ_OUT {
        lines.push(format!("and {} more", thousands(new - READ_OUT)));
    }
    lines
}

/// An alert in words: what the columns show.
fn words(state: &State, key: AlertKey) -> String {
    let Some(row) = state.book.row(key) else {
        return String::new();
    };
    let text = |symbol| state.book.text(symbol).shown_briefly().into_owned();
    let mut words = vec![
        row.severity.word().to_owned(),
        row.status.word().to_owned(),
        text(row.title),
    ];
    for (name, value) in [
        ("device", text(row.device)),
        ("user", text(row.user)),
        ("taken by", text(row.assigned_to)),
    ] {
        if !value.is_empty() {
            words.push(format!("{name} {value}"));
        }
    }
    words.join(", ")
}

/// The head as text: it is drawn where nobody sees it.
fn status(state: &State) -> Vec<String> {
    let theme = Theme::from(BuiltIn::Mono);
    let area = Rect::new(0, 0, HEAD, 2);
    let mut buffer = Buffer::empty(area);
    head::draw(state, &mut Ink::new(&mut buffer, &theme), area);
    let lines = area.rows().map(|row| {
        let line: String = row
            .columns()
            .filter_map(|cell| buffer.cell((cell.x, cell.y)))
            .map(ratatui::buffer::Cell::symbol)
            .collect();
        line.split_whitespace().collect::<Vec<_>>().join(" ")
    });
    lines.filter(|line| !line.is_empty()).collect()
}

/// The keys of a scope with what they do, for a line.
fn keys(state: &State, scope: Scope) -> String {
    let rows = state.settings.keymap.rows();
    let named = rows.filter(|(binding, _)| {
        binding.scope == scope && actions::refusal(state, binding.action).is_none()
    });
    let named =
        named.filter_map(|(binding, keys)| Some(format!("{} {}", keys.first()?, binding.says)));
    named.collect::<Vec<_>>().join(", ")
}

/// Whatever it is, it moves nothing and says nothing to a terminal.
fn harmless(line: &str) -> String {
    shown(line.trim_end()).replace('\u{a0}', " ")
}
