//! Asks a person to sign in, on standard error: for every command but the dashboard.
//!
//! Drives the same [`SignIn`] as the dashboard does.

use std::sync::Arc;

use jiff::SignedDuration;
use tokio::task::JoinSet;

use crate::app::sign_in::Answer;
use crate::app::sign_in::Ask;
use crate::app::sign_in::Progress;
use crate::app::sign_in::SignIn;
use crate::app::sign_in_text;
use crate::app::sign_in_text::Context;
use crate::app::sign_in_text::Keys;
use crate::cli::keystrokes::Keystrokes;
use crate::cli::keystrokes::Typed;
use crate::cli::output;
use crate::cli::sign_in;
use crate::cli::surroundings::Surroundings;
use crate::domain::failure::Failure;
use crate::domain::failure::FailureKind;
use crate::domain::moment::Steady;
use crate::domain::session::TokenFacts;
use crate::domain::sign_in::Way;
use crate::runtime::browser;
use crate::runtime::perform::go_on;
use crate::runtime::signals::Signal;
use crate::runtime::signals::Signals;
use crate::runtime::sleeper::Sleeper;
use crate::service::Client;
use crate::service::client::Now;

/// How long somebody is waited for.
const PATIENCE: SignedDuration = SignedDuration::from_mins(15);

/// What happened to the conversation.
enum Happening {
    Answered(Answer),
    Typed(Typed),
    Woke,
    GivenUp,
}

/// A conversation with a person about a sign-in.
struct Conversation<'a> {
    sign_in: SignIn,
    client: &'a Arc<Client>,
    now: &'a Now,
    surroundings: Surroundings,
    has_keys: bool,
    tasks: JoinSet<Option<Answer>>,
}

/// Signs a person in, beginning with the profile's way.
///
/// # Errors
/// When no way is left that could succeed, nobody signed in for a quarter of an hour,
/// or the person gave up.
pub async fn sign_in(
    client: &Arc<Client>,
    now: &Now,
    first: Way,
    sleeper: &Sleeper,
) -> Result<TokenFacts, Failure> {
    let failed = |error: &std::io::Error| {
        let words = format!("signals cannot be received ({error})");
        Failure::new(FailureKind::SignInRefused, words)
    };
    let mut signals = Signals::new().map_err(|error| failed(&error))?;
    let mut keystrokes = Keystrokes::listen();
    let mut conversation = Conversation {
        sign_in: SignIn::by(first),
        client,
        now,
        surroundings: Surroundings::here(&sign_in::variable),
        has_keys: keystrokes.is_listening(),
        tasks: JoinSet::new(),
    };
    let until = now().steady.plus(PATIENCE);
    let asks = conversation.sign_in.open(None);
    conversation.ask(asks);
    loop {
        let wait = conversation.wait(until);
        let happening = tokio::select! {
            Some(done) = conversation.tasks.join_next(), if !conversation.tasks.is_empty() => {
                match done {
                    Ok(Some(answer)) => Happening::Answered(answer),
                    Ok(None) => Happening::Woke,
                    // A lost answer would be waited for until the end.
                    Err(lost) => std::panic::resume_unwind(lost.into_panic()),
                }
            }
            typed = keystrokes.next() => Happening::Typed(typed),
            signal = signals.next() => match signal {
                Signal::End | Signal::Interrupt => Happening::GivenUp,
                Signal::Continue => Happening::Woke,
            },
            () = sleeper.wait(Some(wait)) => Happening::Woke,
        };
        if let Some(facts) = conversation.on(happening)? {
            return Ok(facts);
        }
        keystrokes.expect_paste(conversation.awaits_paste());
        if now().steady >= until {
            return Err(nobody(
                "nobody signed in within 15 minutes",
                "start again when you are there",
            ));
        }
    }
}

impl Conversation<'_> {
    fn wait(&self, until: Steady) -> SignedDuration {
        let at = self
            .sign_in
            .next_deadline()
            .map_or(until, |at| at.min(until));
        (self.now)().steady.until(at)
    }

    fn on(&mut self, happening: Happening) -> Result<Option<TokenFacts>, Failure> {
        let now = (self.now)();
        match happening {
            Happening::GivenUp => {
                return Err(nobody(
                    "the sign-in was given up",
                    "start again when you are ready",
                ));
            }
            Happening::Woke => {
                let before = self.sign_in.progress(Way::DeviceCode).clone();
                let asks = self.sign_in.on_woke(now);
                self.ask(asks);
                if matches!(before, Progress::Open(_)) {
                    self.tell_if_failed(Way::DeviceCode)?;
                }
            }
            Happening::Typed(Typed::Code) => self.begin(Way::DeviceCode),
            Happening::Typed(Typed::Paste) => self.begin(Way::Paste),
            Happening::Typed(Typed::Browser) => self.begin(Way::Browser),
            Happening::Typed(Typed::Copy) => self.copy(),
            Happening::Typed(Typed::Pasted(text)) => {
                let pasted = text.split_whitespace().collect();
                let asks = self.sign_in.paste(pasted);
                self.ask(asks);
            }
            Happening::Answered(answer) => {
                let way = self.way(&answer);
                let is_prompt = matches!(answer, Answer::Prompted { .. });
                let (asks, token) = self.sign_in.on_answer(answer, now);
                self.ask(asks);
                if token.is_some() {
                    return Ok(token);
                }
                let Some(way) = way else {
                    return Ok(None);
                };
                if is_prompt {
                    self.tell(way);
                    self.open_browser(way);
                }
                self.tell_if_refused();
                self.tell_if_failed(way)?;
            }
        }
        Ok(None)
    }

    fn begin(&mut self, way: Way) {
        let asks = self.sign_in.begin(way);
        self.ask(asks);
    }

    fn ask(&mut self, asks: Vec<Ask>) {
        for ask in asks {
            // Nothing waits behind this: done at once, so that no port stays open.
            if let Ask::Forget { attempt } = ask {
                self.client.forget_sign_in(attempt);
                continue;
            }
            let client = Arc::clone(self.client);
            self.tasks.spawn(async move { go_on(&client, ask).await });
        }
    }

    fn awaits_paste(&self) -> bool {
        self.sign_in.progress(Way::Paste).prompt().is_some()
    }

    fn way(&self, answer: &Answer) -> Option<Way> {
        let attempt = match answer {
            Answer::Prompted { attempt, .. }
            | Answer::Polled { attempt, .. }
            | Answer::Ended { attempt, .. } => *attempt,
        };
        self.sign_in.way_of(attempt)
    }

    /// Says what the person needs for one way.
    fn tell(&self, way: Way) {
        if self.sign_in.progress(way).prompt().is_none() {
            return;
        }
        let context = Context {
            sign_in: &self.sign_in,
            target: None,
            now: (self.now)(),
            tunnel: self.surroundings.tunnel.as_ref(),
            keys: None,
        };
        let page = sign_in_text::part(&context, way, output::width());
        output::prompt(&page, sign_in_text::address_of(&self.sign_in, way));
        if self.has_keys {
            let keys = Keys::of_the_command_line();
            let others = match way {
                Way::Browser => format!(
                    "(keys: {} for a device code, {} to paste an address instead, y copies the address, ctrl-c gives up)",
                    keys.code, keys.paste
                ),
                Way::DeviceCode => {
                    format!(
                        "(keys: {} signs in with a browser, ctrl-c gives up)",
                        keys.browser
                    )
                }
                Way::Paste => "(paste, then enter; it is not shown; ctrl-c gives up)".to_owned(),
            };
            output::say(&others);
        }
    }

    fn open_browser(&self, way: Way) {
        if way != Way::Browser || !self.surroundings.opens_browser {
            return;
        }
        let Some(address) = sign_in_text::address_of(&self.sign_in, way) else {
            return;
        };
        let address = address.to_owned();
        // Left alone: it may run as long as the browser does.
        std::thread::spawn(move || {
            if let Err(why) = browser::open(&address) {
                output::say(&format!("no browser was opened: {why}"));
            }
        });
    }

    fn copy(&self) {
        if let Some(address) = sign_in_text::address(&self.sign_in) {
            output::copy(address);
            output::say("address sent to the terminal's clipboard");
        }
    }

    fn tell_if_refused(&self) {
        if let Progress::Open(open) = self.sign_in.progress(Way::Paste)
            && let Some(failure) = &open.refused
        {
            output::say(&failure.sentence);
            if let Some(remedy) = &failure.remedy {
                output::say(remedy);
            }
        }
    }

    /// A way that failed ends it all, unless another one is open or a key can begin one.
    fn tell_if_failed(&self, way: Way) -> Result<(), Failure> {
        let Progress::Failed(failure) = self.sign_in.progress(way) else {
            return Ok(());
        };
        if self.sign_in.is_stuck() && !self.has_keys {
            return Err(failure.clone());
        }
        output::say(&failure.sentence);
        if let Some(remedy) = &failure.remedy {
            output::say(remedy);
        }
        if self.sign_in.is_stuck() {
            let keys = Keys::of_the_command_line();
            output::say(&format!(
                "(keys: {} for a new device code, {} signs in with a browser, ctrl-c gives up)",
                keys.code, keys.browser
            ));
        }
        Ok(())
    }
}

fn nobody(what: &str, remedy: &str) -> Failure {
    Failure::new(FailureKind::SignInRefused, what).with_remedy(remedy)
}
