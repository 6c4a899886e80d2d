//! Everything the program knows, and what can be computed from it.

use std::collections::HashSet;

use fastrand::Rng;
use jiff::SignedDuration;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use ratatui::layout::Size;

use crate::app::alert_book::AlertBook;
use crate::app::alert_book::AlertKey;
use crate::app::alert_book::Fresh;
use crate::app::arranging::Hold;
use crate::app::calls::Calls;
use crate::app::calls::Urgency;
use crate::app::case;
use crate::app::case::Case;
use crate::app::claims_text;
use crate::app::column_picker;
use crate::app::columns::Columns;
use crate::app::copying::Places;
use crate::app::cursor::Cursor;
use crate::app::decisions::Decisions;
use crate::app::decisions::Rules;
use crate::app::decisions::pages;
use crate::app::detail_text;
use crate::app::gaps::Gaps;
use crate::app::granted;
use crate::app::handing_over;
use crate::app::help_search::Field;
use crate::app::help_text;
use crate::app::history::History;
use crate::app::hooks::Hooks;
use crate::app::hunting;
use crate::app::hunting::Hunting;
use crate::app::incident_list;
use crate::app::incidents::Incidents;
use crate::app::lateness::LateAfter;
use crate::app::lines::Line;
use crate::app::lines::Page;
use crate::app::lines::Tone;
use crate::app::looking::Looking;
use crate::app::looking::Shown;
use crate::app::mouse::Whose;
use crate::app::notices::Notices;
use crate::app::overlay::Overlay;
use crate::app::palette;
use crate::app::palette::settings::Change;
use crate::app::panes::Dock;
use crate::app::panes::Pane;
use crate::app::panes::Panes;
use crate::app::panes::Wish;
use crate::app::panes::Zoom;
use crate::app::place::Kept;
use crate::app::poller::Poller;
use crate::app::related::Related;
use crate::app::responding;
use crate::app::responding::Responding;
use crate::app::session::Session;
use crate::app::session::SignedInBy;
use crate::app::sign_in::SignIn;
use crate::app::sign_in_text;
use crate::app::sign_in_text::Tunnel;
use crate::app::telling;
use crate::app::telling::Telling;
use crate::app::views::Views;
use crate::domain::alert::AlertId;
use crate::domain::alert::Severity;
use crate::domain::decision::macros::CloseNotes;
use crate::domain::decision::macros::Macro;
use crate::domain::filter::Around;
use crate::domain::hunt::OwnHunt;
use crate::domain::moment::Moment;
use crate::domain::moment::Steady;
use crate::domain::query::Reach;
use crate::domain::session::Audience;
use crate::domain::sign_in::Way;
use crate::domain::token::Api;
use crate::domain::token::Capability;
use crate::domain::token::Expected;
use crate::domain::view::View;
use crate::keymap::Action;
use crate::keymap::Decide;
use crate::keymap::Keymap;
use crate::keymap::Scope;
use crate::keymap::SignInAction;

/// New alerts are at one end of a list sorted by time; far down nobody counts them.
const LOOKED_AT_ABOVE: usize = 2_000;

/// What the operator set. Changes only by [`crate::app::reread`], and by the palette for
/// the session.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    pub keymap: Keymap,
    /// The profile these settings are of.
    pub profile: String,
    /// Every profile of the configuration file.
    pub profiles: Vec<String>,
    /// Time between two polls.
    pub poll_every: SignedDuration,
    /// Time from creation to the first action.
    pub late_after: LateAfter,
    pub deciding: Rules,
    /// Which of the two services it is.
    pub api_kind: Api,
    /// Alerts of more than one Defender product are asked for.
    pub several_products: bool,
    pub zone: TimeZone,
    /// Name of the service, for the head.
    pub service: String,
    /// The tenant as configured, for the head.
    pub tenant: String,
    /// The application's id, for whoever is asked to sign in to it.
    pub application: String,
    /// Who signs in, as configured; the token may tell better.
    pub user: String,
    /// What the token is compared with.
    pub expected: Expected,
    /// The same of the second token; none where one API is all there is.
    pub respond: Option<Expected>,
    /// How a person signs in first; none where no person is needed.
    pub sign_in: Option<Way>,
    /// Set where the person sits at another machine.
    pub tunnel: Option<Tunnel>,
    /// A browser can be opened on this machine.
    pub opens_browser: bool,
    /// Who is told of new alerts, and how.
    pub telling: telling::Rules,
    /// Where alerts are read and written elsewhere.
    pub places: Places,
    /// The shipped views and those of the configuration.
    pub views: Vec<View>,
    /// Decisions that were given a name.
    pub macros: Vec<Macro>,
    pub close_notes: CloseNotes,
    /// Queries of the operator's own.
    pub hunts: Vec<OwnHunt>,
    /// Devices one order may be for.
    pub respond_most: usize,
    /// Wheel and clicks are ours from the start.
    pub mouse: bool,
    /// What takes a restart to change: each name with a sum of its value.
    pub fixed: Vec<(&'static str, u64)>,
    /// Seed of the jitter of waits.
    pub seed: u64,
}

/// All of it. Drawn from, never written to, by the view.
#[derive(Debug, Clone)]
pub struct State {
    pub settings: Settings,
    pub size: Size,
    /// When the last event happened.
    pub now: Moment,
    pub session: Session,
    /// That of the second token; none before it was first asked for.
    pub respond: Option<Session>,
    /// None where no person is needed.
    pub sign_in: Option<SignIn>,
    /// First line of the sign-in in sight, where it has the screen for itself.
    pub sign_in_top: usize,
    pub poller: Poller,
    pub calls: Calls,
    /// Incidents as the service told them.
    pub incidents: Incidents,
    /// What the service relates to alerts.
    pub related: Related,
    /// What is missing from the list, as it was said.
    pub gaps: Gaps,
    /// A poll a person asked for does not yield.
    pub poll_urgency: Urgency,
    /// A person asked for the poll under way and wants to hear of it.
    pub asked_poll: bool,
    /// Which token the poll under way left with, counted in renewals.
    pub poll_with: u32,
    /// The same for the alert being read.
    pub read_with: u32,
    /// The same for the decision being sent.
    pub decided_with: u32,
    pub decisions: Decisions,
    /// Devices, and what was asked of them.
    pub responding: Responding,
    /// Which token the latest question about devices left with.
    pub responded_with: u32,
    pub book: AlertBook,
    pub cursor: Cursor,
    pub looking: Looking,
    pub filter_text: String,
    /// Filters that were kept, the latest last.
    pub filter_history: History,
    /// What was done by the palette.
    pub palette_history: History,
    /// Settings changed by the palette, each by its name: they outlive another reading
    /// of the configuration, and not the session.
    pub changes: Vec<(&'static str, Change)>,
    pub views: Views,
    pub columns: Columns,
    pub hold: Hold,
    /// Where a range of marks was begun.
    pub range_from: Option<AlertKey>,
    /// The list that was left for an incident.
    pub before_incident: Option<incident_list::Before>,
    pub focus: Pane,
    pub zoom: Zoom,
    pub peek: bool,
    /// What is kept of the case beside the alert.
    pub case: Case,
    pub detail_top: usize,
    pub claims_top: usize,
    pub overlay: Option<Overlay>,
    /// The alert that was selected the last time, until it came or someone moved on.
    pub returning: Option<AlertId>,
    /// Alerts that were marked the last time, until all have come.
    pub marks_to_come: HashSet<AlertId>,
    /// Where the person was when that was kept last.
    pub kept: Kept,
    pub mouse: Whose,
    pub notices: Notices,
    pub telling: Telling,
    pub hooks: Hooks,
    pub hunting: Hunting,
}

impl State {
    /// The state before anything happened.
    pub fn new(settings: Settings, size: Size, now: Moment) -> Self {
        let columns = if settings.several_products {
            Columns::of_several_products()
        } else {
            Columns::default()
        };
        let jitter = Rng::with_seed(settings.seed);
        Self {
            poller: Poller::loading(settings.poll_every, jitter)
                .within(Reach::of(settings.api_kind)),
            session: Session::signing_in(if settings.sign_in.is_some() {
                SignedInBy::Person
            } else {
                SignedInBy::Program
            }),
            respond: None,
            sign_in: settings.sign_in.map(SignIn::by),
            sign_in_top: 0,
            mouse: Whose::of(settings.mouse),
            size,
            now,
            incidents: Incidents::default(),
            related: Related::default(),
            gaps: Gaps::default(),
            calls: Calls::to(settings.api_kind),
            poll_urgency: Urgency::Poll,
            asked_poll: false,
            poll_with: 0,
            read_with: 0,
            decided_with: 0,
            decisions: Decisions::new(settings.deciding.hold_for),
            responding: Responding::default(),
            responded_with: 0,
            book: AlertBook::queue(settings.late_after),
            views: Views::new(&settings.views),
            settings,
            cursor: Cursor::default(),
            looking: Looking::default(),
            filter_text: String::new(),
            filter_history: History::default(),
            palette_history: History::default(),
            changes: Vec::new(),
            columns,
            hold: Hold::default(),
            range_from: None,
            before_incident: None,
            focus: Pane::List,
            zoom: Zoom::Normal,
            peek: true,
            case: Case::default(),
            detail_top: 0,
            claims_top: 0,
            overlay: None,
            returning: None,
            marks_to_come: HashSet::new(),
            kept: Kept::nothing(now.steady),
            notices: Notices::default(),
            telling: Telling::default(),
            hooks: Hooks::default(),
            hunting: Hunting::default(),
        }
    }

    /// The life of the token for one API, where there is to be one.
    pub fn session_of(&self, audience: Audience) -> Option<&Session> {
        match audience {
            Audience::Service => Some(&self.session),
            Audience::Respond => self.respond.as_ref(),
        }
    }

    /// That of the token devices are asked with, where one is taken.
    pub fn devices_session(&self) -> Option<&Session> {
        self.session_of(granted::audience(self, Capability::Respond))
    }

    /// The same, to be changed.
    pub(super) fn session_mut(&mut self, audience: Audience) -> Option<&mut Session> {
        match audience {
            Audience::Service => Some(&mut self.session),
            Audience::Respond => self.respond.as_mut(),
        }
    }

    /// The screen, cut up for the present focus and zoom.
    pub fn panes(&self) -> Panes {
        Panes::of(
            self.size,
            Wish {
                focus: self.focus,
                zoom: self.zoom,
                peek: self.peek,
                wide: self.columns.wide,
                dock: self.dock(),
            },
        )
    }

    /// Where the sign-in or the hunt stands. Alerts that are there stay in sight above it.
    pub fn dock(&self) -> Dock {
        let hunts = matches!(
            self.overlay,
            Some(Overlay::Hunting(hunting::Dialog::Drawer))
        );
        if !hunts && !self.shows_sign_in() {
            Dock::Nowhere
        } else if self.book.counts().all == 0 {
            Dock::Everywhere
        } else if hunts {
            Dock::Under
        } else {
            Dock::Below
        }
    }

    /// True while the person is asked to sign in and has not sent that away.
    pub fn shows_sign_in(&self) -> bool {
        self.sign_in.as_ref().is_some_and(SignIn::is_in_sight)
    }

    /// What moves: beside the sign-in there is only the list.
    pub fn focus_in_sight(&self) -> Pane {
        if self.shows_sign_in() {
            Pane::List
        } else {
            self.focus
        }
    }

    /// The sign-in's text.
    pub fn sign_in_page(&self, width: usize) -> Option<Page> {
        let key = |action| self.key_name(action);
        let context = sign_in_text::Context {
            sign_in: self.sign_in.as_ref()?,
            target: Some(sign_in_text::Target {
                tenant: &self.settings.tenant,
                application: &self.settings.application,
                audiences: &self.settings.expected.audiences,
            }),
            now: self.now,
            tunnel: self.settings.tunnel.as_ref(),
            keys: Some(sign_in_text::Keys {
                browser: key(Action::SignIn(SignInAction::ByBrowser)),
                code: key(Action::SignIn(SignInAction::ByCode)),
                paste: key(Action::SignIn(SignInAction::ByPaste)),
            }),
        };
        Some(sign_in_text::page(&context, width))
    }

    /// The first key of an action; empty where it has none.
    pub fn key_name(&self, action: Action) -> String {
        let key = self.settings.keymap.key_of(action);
        key.map_or_else(String::new, |key| key.to_string())
    }

    /// The present to the minute: what ages are counted from, so that they change
    /// together and nothing is sent to the terminal in between.
    pub fn minute(&self) -> Timestamp {
        let second = self.now.wall.as_second();
        Timestamp::from_second(second - second.rem_euclid(60)).unwrap_or(self.now.wall)
    }

    /// The moment at which something on screen changes by itself: each minute, and
    /// each second of a token's last minute.
    pub fn next_tick(&self) -> Steady {
        let into_minute = self.now.wall.duration_since(self.minute());
        let to_minute = SignedDuration::from_mins(1).saturating_sub(into_minute);
        let minute = self.now.steady.plus(to_minute);
        let Some(left) = self.shorter_life() else {
            return minute;
        };
        let last_minute = SignedDuration::from_mins(1);
        if left > last_minute {
            return minute.min(self.now.steady.plus(left.saturating_sub(last_minute)));
        }
        if left.is_zero() {
            return minute;
        }
        let to_second = SignedDuration::from_nanos(i64::from(left.subsec_nanos()));
        let to_second = if to_second.is_zero() {
            SignedDuration::from_secs(1)
        } else {
            to_second
        };
        minute.min(self.now.steady.plus(to_second))
    }

    /// Life of the token; of the shorter one, where two live.
    fn shorter_life(&self) -> Option<SignedDuration> {
        let left = self.session.token()?.left(self.now);
        let second = self.respond.as_ref().and_then(Session::token);
        let second = second.map(|token| token.left(self.now));
        // Without the first nothing goes on; without the second all but actions on devices.
        let shorter = second.filter(|second| !second.is_zero() && *second < left);
        Some(shorter.unwrap_or(left))
    }

    /// Time the token has left, as shown: it moves with the minute, and with the
    /// second in the last one.
    pub fn token_left(&self) -> Option<SignedDuration> {
        let left = self.shorter_life()?;
        if left <= SignedDuration::from_mins(1) {
            return Some(left);
        }
        let since_minute = self.now.wall.duration_since(self.minute());
        Some(left.saturating_add(since_minute))
    }

    /// Where keys are looked up, innermost first.
    pub fn scopes(&self) -> Vec<Scope> {
        match &self.overlay {
            Some(Overlay::Filter(_)) => vec![Scope::Filter],
            Some(Overlay::Paste { .. }) => vec![Scope::Paste],
            Some(Overlay::Palette { .. }) => vec![Scope::Palette],
            Some(Overlay::HandOut(dialog)) => vec![dialog.scope()],
            Some(Overlay::Deciding(composing)) => vec![composing.scope()],
            Some(Overlay::Hunting(dialog)) => vec![dialog.scope()],
            Some(Overlay::Responding(dialog)) => vec![dialog.scope()],
            Some(Overlay::SortMenu) => vec![Scope::SortMenu],
            Some(Overlay::Columns { .. }) => vec![Scope::Columns, Scope::Global],
            Some(Overlay::Help { search, .. }) if search.field == Field::Open => {
                vec![Scope::HelpSearch]
            }
            Some(Overlay::Help { .. }) => vec![Scope::Help, Scope::Global],
            Some(Overlay::Handover { .. }) => vec![Scope::Handover, Scope::Global],
            Some(Overlay::Log { .. }) => vec![Scope::Log, Scope::Global],
            // The list above the sign-in goes on to work.
            None if self.shows_sign_in() => vec![Scope::SignIn, Scope::List, Scope::Global],
            None => {
                let mut scopes = self.pane_scopes();
                scopes.push(Scope::Global);
                scopes
            }
        }
    }

    /// The scopes of the focused pane, innermost first.
    pub fn pane_scopes(&self) -> Vec<Scope> {
        let inner = case::scope(self).filter(|_| self.focus == Pane::Detail);
        inner.into_iter().chain([self.pane_scope()]).collect()
    }

    /// The scope of the focused pane.
    pub fn pane_scope(&self) -> Scope {
        match self.focus {
            Pane::List => Scope::List,
            Pane::Detail => Scope::Detail,
            Pane::Claims => Scope::Claims,
        }
    }

    /// The detail pane's text.
    pub fn detail_page(&self, width: usize) -> Page {
        let Some(shown) = self.looking.shown() else {
            return self.empty_detail(width);
        };
        case::sheet(self, shown, width).page
    }

    /// The alert in words.
    pub fn overview(&self, shown: &Shown, width: usize) -> Page {
        let pending = self.book.row(shown.key);
        let pending = pending.and_then(|row| self.decisions.says_of(&row.id));
        let context = detail_text::Context {
            pending: pending.as_deref(),
            book: &self.book,
            now: self.minute(),
            zone: &self.settings.zone,
            is_reading: self.looking.is_reading(),
            me: &self.user(),
            precedent_key: &self.key_name(Action::Decide(Decide::Precedent)),
            decoding: self.case.decoding,
            commands: self.case.commands,
        };
        detail_text::page(shown, &context, width)
    }

    fn empty_detail(&self, width: usize) -> Page {
        let mut page = Page::new(width);
        if self.book.counts().all > 0 && self.book.visible().is_empty() {
            page.add(Line::of(Tone::Muted, "the filter lets no alert through"), 0);
        }
        page
    }

    /// The overlay's text, where it is one that is read.
    pub fn overlay_page(&self, width: usize) -> Option<(Page, usize)> {
        match &self.overlay {
            Some(Overlay::Help { top, search }) => {
                Some((help_text::page(self, search, width), *top))
            }
            Some(Overlay::Handover { text, top }) => Some((handing_over::page(text, width), *top)),
            Some(Overlay::Log { top }) => Some((help_text::log_page(self, width), *top)),
            Some(Overlay::Palette { input, chosen, .. }) => {
                let page = palette::page(self, input.value(), *chosen, width);
                // The chosen one is never out of sight.
                let height = usize::from(self.panes().body.height.saturating_sub(1)).max(1);
                Some((page, (chosen + 1).saturating_sub(height)))
            }
            Some(Overlay::Deciding(composing)) => pages::page(self, composing, width),
            Some(Overlay::Responding(dialog)) => responding::pages::page(self, dialog, width),
            Some(Overlay::Columns { chosen }) => {
                let height = usize::from(self.panes().body.height.saturating_sub(1)).max(1);
                let page = column_picker::page(self, *chosen, width);
                Some((page, (chosen + 1).saturating_sub(height)))
            }
            Some(
                Overlay::Filter(_)
                | Overlay::Paste { .. }
                | Overlay::HandOut(_)
                | Overlay::Hunting(_)
                | Overlay::SortMenu,
            )
            | None => None,
        }
    }

    /// When the next decision should be sent; never by a profile that only reads.
    pub fn decision_due(&self) -> Option<Steady> {
        if self.settings.deciding.read_only {
            return None;
        }
        self.decisions.queue.due()
    }

    /// When the next question about devices should leave.
    pub fn device_due(&self) -> Option<Steady> {
        // Without a token for them nothing leaves, and nothing is worth waking for.
        let session = self.devices_session()?;
        if !session.is_usable(self.now) {
            return None;
        }
        let following = self.responding.following.due();
        let asked = self.responding.readings.is_due() || self.responding.links.is_due();
        let asked = asked.then_some(Steady::START);
        following.into_iter().chain(asked).min()
    }

    /// Who is signed in, as the token tells, else as configured.
    pub fn user(&self) -> String {
        let told = self.session.token().and_then(claims_text::user_of);
        told.map_or_else(
            || self.settings.user.clone(),
            |user| user.original().to_owned(),
        )
    }

    /// What filters are asked in. By the minute, as ages are shown.
    pub fn around(&self) -> Around {
        Around {
            me: self.user(),
            now: self.minute(),
            zone: self.settings.zone.clone(),
            service: self.settings.api_kind,
        }
    }

    /// New or changed alerts out of sight above, and the worst of them: the list does
    /// not jump to show them.
    pub fn fresh_above(&self) -> Option<(usize, Severity)> {
        let top = self.book.line(self.cursor.top())?;
        let above = self.book.place_of(*top.alerts.first()?)?;
        let above = self
            .book
            .visible()
            .iter()
            .take(above.min(LOOKED_AT_ABOVE))
            .filter_map(|key| self.book.row(*key))
            .filter(|row| row.fresh != Fresh::Seen);
        let severities: Vec<Severity> = above.map(|row| row.severity).collect();
        let worst = severities.iter().copied().max()?;
        Some((severities.len(), worst))
    }

    /// After the terminal or the panes changed size.
    pub fn keep_cursor_in_sight(&mut self) {
        let height = self.panes().list_height();
        self.cursor
            .scroll_into_sight(self.book.line_count(), height);
    }

    /// The detail caught up with the cursor: a new alert starts at its top.
    pub fn on_looked(&mut self) {
        self.detail_top = 0;
        self.case.on_looked();
        if let Some(shown) = self.looking.shown() {
            let key = shown.key;
            self.book.mark_seen(key);
        }
    }
}
