//! Passwords and tokens: never in a log, an error, an event or a fact.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::io;
use std::sync::Arc;
use std::sync::Mutex;

use jiff::SignedDuration;
use jiff::tz::TimeZone;
use ratatui::layout::Size;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::fmt::MakeWriter;
use vigie::app;
use vigie::app::Event;
use vigie::app::Settings;
use vigie::app::State;
use vigie::app::copying::Places;
use vigie::app::decisions;
use vigie::app::lateness::LateAfter;
use vigie::app::telling::Rules;
use vigie::domain::alert::AlertId;
use vigie::domain::failure::Failure;
use vigie::domain::query::AlertQuery;
use vigie::domain::token::Api;
use vigie::domain::token::Expected;
use vigie::keymap::Keymap;
use vigie::runtime::perform::perform;
use vigie::service::ServiceError;
use vigie::sim::Endpoint;
use vigie::sim::Fault;

use crate::stage::Stage;
use crate::stage::TOKEN_LIFE;
use crate::stage::answer;

/// Everything that was logged or could be printed.
#[derive(Clone, Default)]
pub(crate) struct Heard(Arc<Mutex<Vec<u8>>>);

impl Heard {
    /// Hears everything this thread logs, at every level.
    pub(crate) fn listen(&self) -> tracing::subscriber::DefaultGuard {
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(LevelFilter::TRACE)
            .with_writer(self.clone())
            .finish();
        tracing::subscriber::set_default(subscriber)
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }

    pub(crate) fn note(&self, thing: &dyn Debug) {
        let mut heard = self.0.lock().unwrap();
        heard.extend_from_slice(format!("{thing:?}\n{thing:#?}\n").as_bytes());
    }

    pub(crate) fn note_failure(&self, error: ServiceError) {
        self.note(&error);
        self.note(&error.to_string());
        let failure = Failure::from(error);
        self.note(&failure.to_string());
        self.note(&failure);
    }
}

impl io::Write for Heard {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Heard {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

/// Fields of a form that are worth something.
const SECRET_FIELDS: [&str; 5] = [
    "refresh_token",
    "code",
    "code_verifier",
    "device_code",
    "client_assertion",
];

/// Every secret that travelled: the password, and whatever tokens are got with or are.
pub(crate) fn secrets(stage: &Stage) -> Vec<String> {
    let mut secrets = vec![stage.account().password];
    let fields = stage.forms().into_iter().flatten();
    secrets.extend(
        fields
            .filter(|(name, _)| SECRET_FIELDS.contains(&name.as_str()))
            .map(|(_, value)| value),
    );
    for request in stage.requests() {
        if let Some(bearer) = request.header("authorization") {
            let token = bearer.strip_prefix("Bearer ").unwrap();
            secrets.push(token.to_owned());
            // Its last part alone is what makes it worth stealing.
            secrets.extend(token.rsplit('.').next().map(str::to_owned));
        }
    }
    secrets.sort();
    secrets.dedup();
    secrets
}

/// The program without a terminal: a state, and effects performed in order.
struct Program<'a> {
    stage: &'a Stage,
    state: State,
    heard: Heard,
}

impl<'a> Program<'a> {
    fn new(stage: &'a Stage, heard: &Heard) -> Self {
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
            tenant: stage.account().tenant,
            user: stage.account().username,
            expected: Expected::default(),
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
        Self {
            state: State::new(settings, Size::new(120, 40), (stage.now)()),
            stage,
            heard: heard.clone(),
        }
    }

    /// Applies an event, and all that follows from it.
    async fn apply(&mut self, event: Event) {
        let mut events = vec![event];
        while let Some(event) = events.pop() {
            self.heard.note(&event);
            let effects = app::update(&mut self.state, event, (self.stage.now)());
            self.heard.note(&effects);
            for effect in effects {
                events.extend(perform(&self.stage.client, effect).await);
            }
        }
        self.heard.note(&self.state);
    }

    /// Lets time pass up to the next thing there is to do.
    async fn wake(&mut self) {
        let next = app::next_wakeup(&self.state).unwrap();
        let wait = (self.stage.now)().steady.until(next);
        self.stage.clock.advance(wait.unsigned_abs());
        self.apply(Event::Woke).await;
    }
}

#[tokio::test]
async fn no_secret_is_in_a_log_an_event_an_effect_or_the_state() {
    let heard = Heard::default();
    let _guard = heard.listen();
    let stage = Stage::with_alerts(5).await;
    let mut program = Program::new(&stage, &heard);

    program.apply(Event::Started).await;
    for fault in [
        Fault::Reset,
        Fault::Garbage,
        Fault::Redirect("https://evil.example/".to_owned()),
        answer(401, &[], ""),
        answer(403, &[], "no"),
        answer(500, &[], "no"),
    ] {
        stage.script().next(Endpoint::Alerts, fault);
        program.wake().await;
    }
    stage.script().revoke_refresh_tokens();
    // Two hours of polls and of renewals, some of which fail.
    let end = stage.clock.now() + SignedDuration::from_hours(2);
    while stage.clock.now() < end {
        program.wake().await;
        if stage.grants().len() == 3 {
            stage.script().next(Endpoint::Token, Fault::Html);
        }
    }

    let grants = stage.grants();
    for grant in ["password", "refresh_token"] {
        assert!(grants.iter().any(|made| made == grant), "{grants:?}");
    }
    let heard = heard.text();
    assert!(heard.contains("TokenRenewed") && heard.contains("polling"));
    for secret in secrets(&stage) {
        assert!(!heard.contains(&secret), "`{secret}` was heard");
    }
}

#[tokio::test]
async fn no_secret_is_in_an_error() {
    let stage = Stage::signed_in().await;
    let heard = Heard::default();
    let query = AlertQuery::everything(5);
    let id = AlertId::new("a").unwrap();
    let faults = || {
        [
            Fault::Reset,
            Fault::Truncate,
            Fault::Garbage,
            Fault::Html,
            Fault::Empty,
            Fault::Redirect("https://evil.example/".to_owned()),
            answer(400, &[], "{}"),
            answer(400, &[], r#"{"error":"invalid_grant"}"#),
            answer(401, &[], ""),
            answer(403, &[], ""),
            answer(429, &[], ""),
            answer(500, &[], ""),
        ]
    };
    for fault in faults() {
        heard.note_failure(stage.list_spoiled(fault).await.unwrap_err());
    }
    for fault in faults() {
        stage.script().next(Endpoint::Alert, fault);
        heard.note_failure(stage.client.get_alert(&id).await.unwrap_err());
    }
    for fault in faults() {
        // Twice: a refused refresh token is followed by the password.
        stage.script().next(Endpoint::Token, fault.clone());
        stage.script().next(Endpoint::Token, fault);
        if let Err(error) = stage.client.renew().await {
            heard.note_failure(error);
        }
        // Whatever is left of the two, and a fresh refresh token.
        while stage.client.renew().await.is_err() {}
    }
    stage.clock.advance(TOKEN_LIFE);
    heard.note_failure(stage.client.list_alerts(&query).await.unwrap_err());
    let heard = heard.text();
    for secret in secrets(&stage) {
        assert!(!heard.contains(&secret), "`{secret}` was heard");
    }
}

#[tokio::test]
async fn a_token_answer_that_cannot_be_read_shows_nothing_of_itself() {
    let stage = Stage::with_alerts(1).await;
    for body in [
        r#"{"access_token":"hunter2","expires_in":"#,
        r#"{"access_token":"hunter2 with blanks","refresh_token":"hunter2"}"#,
        r#"{"access_token":{"hunter2":1}}x"#,
        "hunter2",
    ] {
        let heard = Heard::default();
        stage.script().next(Endpoint::Token, answer(200, &[], body));
        heard.note_failure(stage.client.renew().await.unwrap_err());
        let heard = heard.text();
        assert!(heard.contains("Unreachable"), "{heard}");
        assert!(!heard.contains("hunter2"), "{body}: {heard}");
    }
}
