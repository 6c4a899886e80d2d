//! A person in front of the program, with a clock that moves when told.

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use ratatui::Terminal;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::layout::Size;
use serde_json::Value;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;
use unicode_width::UnicodeWidthStr;
use vigie::app;
use vigie::app::Effect;
use vigie::app::Event;
use vigie::app::Settings;
use vigie::app::State;
use vigie::app::copying::Places;
use vigie::app::decisions;
use vigie::app::lateness::LateAfter;
use vigie::app::place::Place;
use vigie::app::sign_in::Ask;
use vigie::app::sign_in_text::Tunnel;
use vigie::app::telling::Rules;
use vigie::domain::decision::macros::CloseNotes;
use vigie::domain::moment::Moment;
use vigie::domain::moment::Steady;
use vigie::domain::sign_in::Prompt;
use vigie::domain::sign_in::Way;
use vigie::domain::token::Api;
use vigie::domain::token::Duty;
use vigie::domain::token::Expected;
use vigie::keymap::Keymap;
use vigie::runtime::lean::LeanBackend;
use vigie::runtime::perform;
use vigie::runtime::perform::perform;
use vigie::service::Authority;
use vigie::service::Client;
use vigie::service::Http;
use vigie::service::Limits;
use vigie::service::Secret;
use vigie::service::authority::Method;
use vigie::service::authority::PasswordSignIn;
use vigie::service::authority::Registration;
use vigie::service::authority::SecretSource;
use vigie::sim::Account;
use vigie::sim::Clock;
use vigie::sim::ManualClock;
use vigie::sim::Options;
use vigie::sim::Script;
use vigie::sim::Simulator;
use vigie::theme::BuiltIn;
use vigie::theme::Theme;
use vigie::view;

use crate::both::DEFENDER;
use crate::both::GRAPH;
use crate::both::Service;
use crate::person;
use crate::person::Brought;

/// When every story begins.
fn beginning() -> Timestamp {
    "2026-11-22T14:02:00Z".parse().unwrap()
}

/// Someone at the keyboard.
pub(crate) struct Operator {
    /// Where the alerts come from.
    pub(crate) service: &'static Service,
    pub(crate) state: State,
    pub(crate) simulator: Simulator,
    pub(crate) quit: bool,
    /// Where the person was, each time that was to be kept.
    pub(crate) kept: Vec<Place>,
    /// How often the program asked to be woken and was.
    pub(crate) wakeups: usize,
    client: Arc<Client>,
    /// Everything the program wanted done so far.
    pub(crate) effects: Vec<Effect>,
    clock: ManualClock,
    /// By how much this machine's clock is ahead.
    wrong: SignedDuration,
    /// What waits for somebody else: its answer comes when it comes.
    aside: JoinSet<Option<Event>>,
    /// Every question of a sign-in is put aside: one of them will hang.
    expects_silence: bool,
    terminal: Terminal<LeanBackend<Vec<u8>>>,
    pub(crate) theme: Theme,
    runtime: Runtime,
}

impl Operator {
    /// Sits down before a terminal of this size; the program has not started.
    pub(crate) fn at(width: u16, height: u16, options: Options) -> Self {
        Self::on(&DEFENDER, width, height, options)
    }

    /// The same where the alerts come from one of the two services.
    pub(crate) fn on(service: &'static Service, width: u16, height: u16, options: Options) -> Self {
        let size = Size { width, height };
        Self::signing_in(service, size, options, None, SignedDuration::ZERO)
    }

    /// The same where alerts of every product come from Graph.
    pub(crate) fn of_all_products(width: u16, height: u16, options: Options) -> Self {
        let mut operator = Self::on(&GRAPH, width, height, options);
        let client = Arc::into_inner(operator.client).unwrap();
        operator.client = Arc::new(client.on_graph(Vec::new()));
        let mut settings = operator.state.settings.clone();
        settings.several_products = true;
        let now = moment(beginning(), operator.wrong);
        operator.state = State::new(settings, Size { width, height }, now);
        operator
    }

    /// The same on Graph with a second token, by which devices are asked for and acted on.
    pub(crate) fn with_two_tokens(
        way: Option<Way>,
        width: u16,
        height: u16,
        options: Options,
    ) -> Self {
        let size = Size { width, height };
        let mut operator = Self::signing_in(&GRAPH, size, options, way, SignedDuration::ZERO);
        let account = operator.simulator.account().clone();
        let client = Arc::into_inner(operator.client).unwrap();
        let client = client.responding(&account.api, DEFENDER.resource).unwrap();
        operator.client = Arc::new(client);
        let mut settings = operator.state.settings.clone();
        "Graph".clone_into(&mut settings.service);
        settings.respond = Some(Expected {
            audiences: vec![DEFENDER.resource.to_owned()],
            tenant: Some(account.tenant),
            duty: Duty::Devices,
        });
        operator.state = State::new(settings, size, moment(beginning(), operator.wrong));
        operator
    }

    /// The same where a person signs in, first by this way, at a machine reached over
    /// SSH.
    pub(crate) fn by(way: Way, width: u16, height: u16) -> Self {
        Self::by_on(&DEFENDER, way, width, height)
    }

    /// The same where the alerts come from one of the two services.
    pub(crate) fn by_on(service: &'static Service, way: Way, width: u16, height: u16) -> Self {
        let (size, options) = (Size { width, height }, Self::quiet(30));
        Self::signing_in(service, size, options, Some(way), SignedDuration::ZERO)
    }

    /// The same at a machine whose clock is wrong by so much.
    pub(crate) fn off_by(way: Way, wrong: SignedDuration) -> Self {
        let size = Size {
            width: 80,
            height: 24,
        };
        Self::signing_in(&DEFENDER, size, Self::quiet(30), Some(way), wrong)
    }

    /// The same where an application works by itself, with permissions of its own.
    pub(crate) fn as_application(
        service: &'static Service,
        width: u16,
        height: u16,
        options: Options,
    ) -> Self {
        let size = Size { width, height };
        let secret = |account: &Account| {
            let secret = Secret::new(account.client_secret.clone());
            Method::ClientSecret(SecretSource::Given(secret))
        };
        Self::seated(service, size, options, None, SignedDuration::ZERO, secret)
    }

    fn signing_in(
        service: &'static Service,
        size: Size,
        options: Options,
        way: Option<Way>,
        wrong: SignedDuration,
    ) -> Self {
        let method = |account: &Account| match way {
            Some(Way::Browser | Way::Paste) => Method::Browser {
                redirect_port: None,
            },
            Some(Way::DeviceCode) => Method::DeviceCode,
            None => Method::Password(PasswordSignIn {
                username: account.username.clone(),
                source: SecretSource::Given(Secret::new(account.password.clone())),
            }),
        };
        Self::seated(service, size, options, way, wrong, method)
    }

    fn seated(
        service: &'static Service,
        size: Size,
        options: Options,
        way: Option<Way>,
        wrong: SignedDuration,
        method: impl Fn(&Account) -> Method,
    ) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let clock = ManualClock::new(beginning());
        let options = Options {
            clock: Clock::Manual(clock.clone()),
            ..options
        };
        let simulator = runtime.block_on(Simulator::start(options)).unwrap();
        let account = simulator.account().clone();
        let http = Http::new(Limits::default(), None);
        let authority = Authority::new(
            http.clone(),
            Registration {
                authority: account.authority.clone(),
                tenant: account.tenant.clone(),
                client_id: account.client_id.clone(),
                resource: service.resource.to_owned(),
                ..Registration::default()
            },
            method(&account),
        );
        let hand = clock.clone();
        let now = Arc::new(move || moment(hand.now(), wrong));
        let client = Client::new(http, authority, service.base(&account), now).unwrap();
        let client = match service.api {
            Api::Defender => client,
            // Reading and changing many takes minutes there: who waits turns the clock.
            Api::Graph => {
                let hand = clock.clone();
                service.asked_by(client).waiting_by(Arc::new(move |wait| {
                    hand.advance(wait.unsigned_abs());
                    Box::pin(std::future::ready(()))
                }))
            }
        };
        let settings = settings(service, account, way);
        let terminal = Terminal::new(LeanBackend::new(Vec::new(), size)).unwrap();
        Self {
            service,
            state: State::new(settings, size, moment(beginning(), wrong)),
            simulator,
            quit: false,
            kept: Vec::new(),
            wakeups: 0,
            client: Arc::new(client),
            effects: Vec::new(),
            clock,
            wrong,
            aside: JoinSet::new(),
            expects_silence: false,
            terminal,
            theme: Theme::from(BuiltIn::Terminal),
            runtime,
        }
    }

    /// A story in which nothing happens by itself and tokens live an hour.
    pub(crate) fn quiet(alerts: usize) -> Options {
        Options {
            alerts,
            arrivals: None,
            token_life: Duration::from_secs(3_600),
            ..Options::default()
        }
    }

    /// The story takes place later than others do.
    pub(crate) fn begins(&mut self, later: &str) -> &mut Self {
        let later: Timestamp = later.parse().unwrap();
        let wait = later.duration_since(self.clock.now());
        self.clock.advance(Duration::try_from(wait).unwrap());
        self
    }

    /// Starts the program and waits until it rests.
    pub(crate) fn starts(&mut self) -> &mut Self {
        self.happens(Event::Started)
    }

    /// The simulated tenant, to change it.
    pub(crate) fn script(&self) -> Script {
        self.simulator.script()
    }

    /// The present moment of the story.
    pub(crate) fn now(&self) -> Moment {
        moment(self.clock.now(), self.wrong)
    }

    /// Presses keys, separated by blanks; a word of several letters that is no key
    /// name is typed letter by letter.
    pub(crate) fn press(&mut self, keys: &str) -> &mut Self {
        for word in keys.split(' ').filter(|word| !word.is_empty()) {
            if let Ok(key) = word.parse() {
                self.happens(Event::KeyPressed(key));
                continue;
            }
            for letter in word.chars() {
                let key = letter.to_string().parse().unwrap();
                self.happens(Event::KeyPressed(key));
            }
        }
        self
    }

    /// Lets time pass, waking the program whenever it asked for it.
    pub(crate) fn advance(&mut self, by: SignedDuration) -> &mut Self {
        let end = self.now().plus(by);
        while let Some(wakeup) = app::next_wakeup(&self.state) {
            if wakeup > end.steady {
                break;
            }
            let wait = self.now().steady.until(wakeup);
            self.clock
                .advance(Duration::try_from(wait).unwrap_or_default());
            self.wakeups += 1;
            self.happens(Event::Woke);
        }
        // Whoever waited for a service may have turned the clock further.
        let rest = self.now().steady.until(end.steady);
        self.clock
            .advance(Duration::try_from(rest).unwrap_or_default());
        self.happens(Event::Woke)
    }

    /// Long enough for what is held to leave; where calls are few, for a minute that has
    /// some again.
    pub(crate) fn until_sent(&mut self) -> &mut Self {
        self.advance(match self.service.api {
            Api::Defender => SignedDuration::from_secs(6),
            Api::Graph => SignedDuration::from_secs(90),
        })
    }

    /// The machine sleeps: time passes and nobody is woken before its end.
    pub(crate) fn sleeps(&mut self, by: SignedDuration) -> &mut Self {
        self.clock.advance(Duration::try_from(by).unwrap());
        self.happens(Event::Woke)
    }

    /// Long enough for the detail to follow and its evidence to come.
    pub(crate) fn rests(&mut self) -> &mut Self {
        self.advance(SignedDuration::from_millis(600))
    }

    /// Something happens; its effects are performed one after the other, and theirs.
    pub(crate) fn happens(&mut self, event: Event) -> &mut Self {
        let now = self.now();
        let mut effects = app::update(&mut self.state, event, now);
        while !effects.is_empty() {
            let effect = effects.remove(0);
            self.effects.push(effect.clone());
            if effect == Effect::Quit {
                // As the runtime does: what was asked for after it is never done.
                self.quit = true;
                break;
            }
            if let Effect::SavePlace(place) = &effect {
                self.kept.push(place.clone());
            }
            if let Effect::SignIn(ask) = &effect
                && (self.expects_silence || matches!(ask, Ask::Await { .. }))
            {
                let client = Arc::clone(&self.client);
                let asked = async move { perform(&client, effect).await };
                self.aside.spawn_on(asked, self.runtime.handle());
                continue;
            }
            if let Effect::Hunt { hunt, query } = &effect {
                let mut heard = Vec::new();
                let mut told = |event| heard.push(event);
                let asked = perform::hunt(&self.client, *hunt, query, &mut told);
                self.runtime.block_on(asked);
                let now = self.now();
                for event in heard {
                    effects.extend(app::update(&mut self.state, event, now));
                }
                continue;
            }
            if let Some(event) = self.runtime.block_on(perform(&self.client, effect)) {
                let now = self.now();
                effects.extend(app::update(&mut self.state, event, now));
            }
        }
        self.draw();
        self
    }

    /// From now on no question of a sign-in is waited for.
    pub(crate) fn expects_silence(&mut self) -> &mut Self {
        self.expects_silence = true;
        self
    }

    /// What was put aside first comes to its end.
    pub(crate) fn hears(&mut self) -> &mut Self {
        let answer = self.runtime.block_on(self.aside.join_next());
        match answer.unwrap().unwrap() {
            Some(event) => self.happens(event),
            None => self,
        }
    }

    /// How much is waited for aside.
    pub(crate) fn waits_for(&self) -> usize {
        self.aside.len()
    }

    /// What the person was told for one way.
    pub(crate) fn prompt(&self, way: Way) -> Prompt {
        let sign_in = self.state.sign_in.as_ref().unwrap();
        sign_in.progress(way).prompt().unwrap().clone()
    }

    /// Opens the address of one way in a browser and presses a button there; what the
    /// browser would bring.
    pub(crate) fn answers(&self, way: Way, button: &str) -> Brought {
        match self.prompt(way) {
            Prompt::Browser { url, .. } | Prompt::Paste { url } => {
                self.runtime.block_on(person::answers(&url, button))
            }
            code @ Prompt::DeviceCode { .. } => panic!("{code:?}"),
        }
    }

    /// Signs in with the browser, which comes back to the program's port.
    pub(crate) fn signs_in(&mut self, button: &str) -> &mut Self {
        let Prompt::Browser { port, .. } = self.prompt(Way::Browser) else {
            panic!("no browser is awaited")
        };
        let brought = self.answers(Way::Browser, button);
        self.runtime.block_on(brought.posts(port));
        self.hears()
    }

    /// True when somebody listens on this port of the machine.
    pub(crate) fn is_open(port: u16) -> bool {
        std::net::TcpStream::connect(("127.0.0.1", port)).is_ok()
    }

    fn draw(&mut self) {
        let (state, theme) = (&self.state, &self.theme);
        self.terminal
            .draw(|frame| {
                if let Some(cursor) = view::draw(state, theme, frame.buffer_mut()).cursor {
                    frame.set_cursor_position(cursor);
                }
            })
            .unwrap();
    }

    /// The terminal gets another size.
    pub(crate) fn resizes(&mut self, width: u16, height: u16) -> &mut Self {
        let size = Size { width, height };
        self.terminal.backend_mut().resize(size);
        self.happens(Event::Resized(size))
    }

    /// The cells of the present frame.
    pub(crate) fn buffer(&self) -> Buffer {
        let area = Rect::new(0, 0, self.state.size.width, self.state.size.height);
        let mut buffer = Buffer::empty(area);
        view::draw(&self.state, &self.theme, &mut buffer);
        buffer
    }

    /// The present frame as text, a line each.
    pub(crate) fn screen(&self) -> String {
        let buffer = self.buffer();
        let mut screen = String::new();
        for row in buffer.area.rows() {
            let mut line = String::new();
            let mut covered = 0;
            for cell in row.columns() {
                // The second half of a wide character is a cell of its own.
                if covered > 0 {
                    covered -= 1;
                    continue;
                }
                let symbol = buffer[(cell.x, cell.y)].symbol();
                covered = symbol.width().saturating_sub(1);
                line.push_str(symbol);
            }
            screen.push_str(line.trim_end());
            screen.push('\n');
        }
        screen
    }

    /// Asserts that a text is on screen.
    pub(crate) fn sees(&mut self, text: &str) -> &mut Self {
        let screen = self.screen();
        assert!(screen.contains(text), "no `{text}` on\n{screen}");
        self
    }

    /// Asserts that a text is not on screen.
    pub(crate) fn sees_no(&mut self, text: &str) -> &mut Self {
        let screen = self.screen();
        assert!(!screen.contains(text), "`{text}` on\n{screen}");
        self
    }

    /// Every byte that left for the terminal so far.
    pub(crate) fn bytes(&mut self) -> Vec<u8> {
        self.terminal.backend_mut().writer_mut().clone()
    }

    /// How many bytes left for the terminal since this was asked last.
    pub(crate) fn bytes_since(&mut self) -> usize {
        let writer = self.terminal.backend_mut().writer_mut();
        let count = writer.len();
        writer.clear();
        count
    }

    /// Requests the tenant received, as `METHOD path?query`.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.simulator
            .requests()
            .iter()
            .map(|request| format!("{} {}?{}", request.method, request.path, request.query))
            .collect()
    }

    /// How many requests had this in them.
    pub(crate) fn asked(&self, part: &str) -> usize {
        self.requests()
            .iter()
            .filter(|request| request.contains(part))
            .count()
    }

    /// How often the list was asked for.
    pub(crate) fn lists(&self) -> usize {
        self.asked(&format!("GET {}?", self.service.alerts))
    }

    /// How often something was to be changed, whatever came of it.
    pub(crate) fn writes(&self) -> usize {
        let requests = self.simulator.requests().into_iter();
        requests
            .filter(|request| request.method != "GET" && !request.path.contains("/oauth2/"))
            .count()
    }

    /// How many of these were about many alerts.
    pub(crate) fn batches(&self) -> usize {
        match self.service.api {
            Api::Defender => self.asked("batchUpdate"),
            Api::Graph => self.asked("$batch"),
        }
    }

    /// Another analyst changes properties of an alert, in the Defender API's words.
    pub(crate) fn change(&self, id: &str, patch: Value) {
        self.script().change(id, self.service.patch(patch));
    }

    /// How many of a story's alerts the service shows: Graph is asked for those of
    /// Defender for Endpoint, the Defender API has a few others among them.
    pub(crate) fn shown_of(&self, alerts: usize) -> usize {
        match self.service.api {
            Api::Defender => alerts,
            Api::Graph => {
                let shown = self.state.book.counts().all;
                assert!(shown <= alerts && shown > alerts / 2, "{shown} of {alerts}");
                shown
            }
        }
    }

    /// The forms that asked for a token with this word in their grant, as they were sent.
    pub(crate) fn grants(&self, grant: &str) -> Vec<String> {
        let requests = self.simulator.requests().into_iter();
        requests
            .map(|request| request.body)
            .filter(|body| {
                let mut fields = body.split('&');
                fields.any(|field| field.starts_with("grant_type=") && field.contains(grant))
            })
            .collect()
    }

    /// Title of the selected alert.
    pub(crate) fn selected_title(&self) -> String {
        let key = self.state.cursor.selected().unwrap();
        let row = self.state.book.row(key).unwrap();
        self.state.book.text(row.title).original().to_owned()
    }

    /// An alert as the service has it, in the Defender API's names and words.
    pub(crate) fn told(&self, id: &str) -> Value {
        let id = vigie::domain::alert::AlertId::new(id).unwrap();
        let alert = self.runtime.block_on(self.client.get_alert(&id));
        self.service.told(&alert.unwrap().body.unpack())
    }

    /// Id of the selected alert.
    pub(crate) fn selected_id(&self) -> String {
        let key = self.state.cursor.selected().unwrap();
        self.state.book.row(key).unwrap().id.as_str().to_owned()
    }
}

/// Both clocks of a machine whose wall clock is wrong by so much.
fn moment(wall: Timestamp, wrong: SignedDuration) -> Moment {
    Moment {
        wall: wall + wrong,
        steady: Steady::after_start(wall.duration_since(beginning())),
    }
}

/// What the operator set, for an account at one of the services.
fn settings(service: &'static Service, account: Account, way: Option<Way>) -> Settings {
    Settings {
        keymap: Keymap::new(&std::collections::BTreeMap::new()).unwrap(),
        poll_every: SignedDuration::from_secs(30),
        deciding: decisions::Rules {
            hold_for: SignedDuration::from_secs(5),
            read_only: false,
            are_kept: true,
        },
        api_kind: service.api,
        respond: None,
        several_products: false,
        late_after: LateAfter::default(),
        zone: TimeZone::UTC,
        service: vigie::domain::service::Service::of(service.api)
            .short
            .to_owned(),
        tenant: account.tenant.clone(),
        user: account.username,
        expected: Expected {
            audiences: vec![service.resource.to_owned()],
            tenant: Some(account.tenant),
            ..Expected::default()
        },
        application: account.client_id.clone(),
        profile: "default".to_owned(),
        profiles: Vec::new(),
        sign_in: way,
        tunnel: way.map(|_| Tunnel {
            target: "ada@jump.contoso.example".to_owned(),
        }),
        opens_browser: false,
        telling: Rules::default(),
        places: Places::default(),
        views: vigie::domain::view::with_configured(&[]),
        macros: Vec::new(),
        hunts: Vec::new(),
        close_notes: CloseNotes::default(),
        respond_most: app::responding::MOST_DEVICES,
        mouse: false,
        fixed: Vec::new(),
        seed: 1,
    }
}
