//! A dashboard without a network and without a clock: the product's state, its
//! drawing and its backend, with the answers given by hand.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use jiff::tz::TimeZone;
use ratatui::Terminal;
use ratatui::layout::Size;
use vigie::app;
use vigie::app::Effect;
use vigie::app::Event;
use vigie::app::Settings;
use vigie::app::State;
use vigie::app::copying::Places;
use vigie::app::decisions;
use vigie::app::decisions::composing::Composing;
use vigie::app::lateness::LateAfter;
use vigie::app::overlay::Overlay;
use vigie::app::poller::PollId;
use vigie::app::telling::Rules;
use vigie::domain::moment::Moment;
use vigie::domain::moment::Steady;
use vigie::domain::session::Audience;
use vigie::domain::session::Kept;
use vigie::domain::session::TokenFacts;
use vigie::domain::token::Api;
use vigie::domain::token::Expected;
use vigie::domain::token::decode;
use vigie::keymap::Keymap;
use vigie::runtime::lean::LeanBackend;
use vigie::theme::BuiltIn;
use vigie::theme::Theme;
use vigie::view;
use vigie::wire::page;

use crate::tenant::Bodies;
use crate::tenant::RESOURCE;
use crate::tenant::asked_at;

/// The size the figures are for.
pub(crate) const USUAL: Size = Size {
    width: 120,
    height: 40,
};
/// Life of a token.
const LIFE: SignedDuration = SignedDuration::from_hours(1);

/// Someone's screen and what is behind it.
pub(crate) struct Desk {
    pub(crate) state: State,
    pub(crate) now: Moment,
    terminal: Terminal<LeanBackend<Vec<u8>>>,
    /// What was asked for and not yet answered.
    pub(crate) effects: Vec<Effect>,
    token: String,
    /// Polls that changed something, told so far.
    pub(crate) polls: usize,
}

impl Desk {
    /// Signed in; the first page is asked for.
    pub(crate) fn new(bodies: &Bodies, size: Size) -> Self {
        let now = Moment {
            wall: asked_at(),
            steady: Steady::START,
        };
        let settings = Settings {
            keymap: Keymap::new(&BTreeMap::new()).unwrap(),
            poll_every: SignedDuration::from_secs(30),
            deciding: decisions::Rules {
                hold_for: SignedDuration::from_secs(5),
                read_only: false,
                are_kept: true,
            },
            api_kind: Api::Defender,
            respond: None,
            several_products: false,
            late_after: LateAfter::default(),
            zone: TimeZone::UTC,
            service: "Defender".to_owned(),
            tenant: bodies.tenant(),
            user: "ada.moreau@contoso.example".to_owned(),
            expected: Expected {
                audiences: vec![RESOURCE.to_owned()],
                tenant: Some(bodies.tenant()),
                ..Expected::default()
            },
            application: String::new(),
            profile: "default".to_owned(),
            profiles: Vec::new(),
            sign_in: None,
            tunnel: None,
            opens_browser: false,
            telling: Rules::default(),
            places: Places::default(),
            views: vigie::domain::view::with_configured(&[]),
            macros: Vec::new(),
            hunts: Vec::new(),
            close_notes: vigie::domain::decision::macros::CloseNotes::default(),
            mouse: false,
            fixed: Vec::new(),
            respond_most: 5,
            seed: 1,
        };
        let mut desk = Self {
            state: State::new(settings, size, now),
            now,
            terminal: Terminal::new(LeanBackend::new(Vec::new(), size)).unwrap(),
            effects: Vec::new(),
            token: bodies.token(),
            polls: 0,
        };
        desk.apply(Event::Started);
        desk.answer_token();
        desk.draw();
        desk
    }

    /// Signed in, with these pages loaded and the detail open.
    pub(crate) fn loaded(
        bodies: &Bodies,
        size: Size,
        pages: impl Iterator<Item = Vec<u8>>,
    ) -> Self {
        let mut desk = Self::new(bodies, size);
        for body in pages {
            desk.answer_poll(&body);
            // As the loop does: a moment later the next page is asked for.
            desk.pass(SignedDuration::from_millis(100));
        }
        // Nothing that was said while loading is still in sight.
        desk.pass(SignedDuration::from_secs(21));
        desk.draw();
        desk
    }

    /// Another screen for the same state.
    pub(crate) fn resized(&self, size: Size) -> Self {
        let mut desk = Self {
            state: self.state.clone(),
            now: self.now,
            terminal: Terminal::new(LeanBackend::new(Vec::new(), size)).unwrap(),
            effects: self.effects.clone(),
            token: self.token.clone(),
            polls: self.polls,
        };
        desk.apply(Event::Resized(size));
        desk.draw();
        desk
    }

    /// Something happens.
    pub(crate) fn apply(&mut self, event: Event) {
        let effects = app::update(&mut self.state, event, self.now);
        self.effects.extend(effects);
    }

    /// A key is pressed.
    pub(crate) fn press(&mut self, key: &str) {
        self.apply(Event::KeyPressed(key.parse().unwrap()));
    }

    /// How many alerts the decision on the screen is for.
    pub(crate) fn to_confirm(&self) -> usize {
        match &self.state.overlay {
            Some(Overlay::Deciding(Composing::Confirm(asked))) => asked.plan.targets.len(),
            Some(_) | None => 0,
        }
    }

    /// Time passes and the dashboard is woken once.
    pub(crate) fn pass(&mut self, time: SignedDuration) {
        self.now = self.now.plus(time);
        self.apply(Event::Woke);
    }

    /// Draws, and tells how many bytes left for the terminal.
    pub(crate) fn draw(&mut self) -> usize {
        let state = &self.state;
        let theme = Theme::from(BuiltIn::Terminal);
        self.terminal
            .draw(|frame| {
                if let Some(cursor) = view::draw(state, &theme, frame.buffer_mut()).cursor {
                    frame.set_cursor_position(cursor);
                }
            })
            .unwrap();
        let sent = self.terminal.backend_mut().writer_mut();
        let bytes = sent.len();
        sent.clear();
        bytes
    }

    /// The poll under way.
    pub(crate) fn asked_poll(&mut self) -> Option<PollId> {
        let index = self
            .effects
            .iter()
            .position(|effect| matches!(effect, Effect::PollAlerts { .. }))?;
        match self.effects.remove(index) {
            Effect::PollAlerts { poll, .. } => Some(poll),
            _ => None,
        }
    }

    /// Answers the poll under way.
    pub(crate) fn answer_poll(&mut self, body: &[u8]) {
        let poll = self.asked_poll().unwrap();
        let result = Ok(page::read(body).unwrap());
        self.apply(Event::AlertsPolled { poll, result });
    }

    /// Answers the request for a token, if there is one.
    pub(crate) fn answer_token(&mut self) -> bool {
        let before = self.effects.len();
        self.effects
            .retain(|effect| *effect != Effect::RenewToken(Audience::Service));
        let asked = self.effects.len() < before;
        if asked {
            let facts = TokenFacts {
                decoded: decode(&self.token).map_err(|error| error.to_string()),
                obtained: self.now,
                life: LIFE,
                renew_in: None,
                skew: None,
                refreshable: true,
                kept: Kept::InMemory,
            };
            self.apply(Event::TokenRenewed(Audience::Service, Ok(facts)));
        }
        asked
    }

    /// Lets the key rest, so that the detail follows.
    pub(crate) fn rest(&mut self) {
        self.pass(app::looking::KEY_RESTS);
    }
}
