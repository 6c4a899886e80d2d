//! The sign-in by a person within the dashboard: when it opens, what its keys do.
//!
//! How a sign-in goes is [`sign_in`](crate::app::sign_in)'s business.

use tui_input::Input;

use crate::app::Effect;
use crate::app::State;
use crate::app::notices::Kind;
use crate::app::overlay::Overlay;
use crate::app::session::Phase;
use crate::app::session::Session;
use crate::app::sign_in::Answer;
use crate::app::sign_in::Ask;
use crate::app::sign_in_text;
use crate::app::tokens;
use crate::domain::moment::Moment;
use crate::domain::sign_in::Prompt;
use crate::domain::sign_in::Way;
use crate::domain::text::shown;
use crate::keymap::Action;
use crate::keymap::SignInAction;

/// Opens the sign-in when only a person can help. What is being typed goes on first.
pub fn ask_person(state: &mut State) -> Vec<Effect> {
    let Phase::PersonNeeded { failure } = state.session.phase() else {
        return Vec::new();
    };
    let Some(sign_in) = &mut state.sign_in else {
        return Vec::new();
    };
    if sign_in.is_open() || state.overlay.is_some() {
        return Vec::new();
    }
    let why = state.session.token().is_some().then(|| failure.clone());
    let asks = sign_in.open(why);
    state.keep_cursor_in_sight();
    effects(asks)
}

/// The sign-in went on.
pub fn on_answer(state: &mut State, answer: Answer, now: Moment) -> Vec<Effect> {
    let Some(sign_in) = &mut state.sign_in else {
        return Vec::new();
    };
    // A browser that opens by itself is for whoever has just started the program.
    let address = match &answer {
        Answer::Prompted {
            result: Ok(Prompt::Browser { url, .. }),
            ..
        } if state.settings.opens_browser && state.session.token().is_none() => Some(url.clone()),
        Answer::Prompted { .. } | Answer::Polled { .. } | Answer::Ended { .. } => None,
    };
    let (asks, token) = sign_in.on_answer(answer, now);
    let mut effects = effects(asks);
    let Some(facts) = token else {
        effects.extend(address.map(Effect::OpenAddress));
        return effects;
    };
    if matches!(state.overlay, Some(Overlay::Paste { .. })) {
        state.overlay = None;
    }
    effects.extend(tokens::on_signed_in(state, facts, now));
    let text = format!("signed in as {}", shown(&state.user()));
    state.notices.say(Kind::Good, text, now);
    state.keep_cursor_in_sight();
    effects
}

/// Time passed.
pub fn on_woke(state: &mut State, now: Moment) -> Vec<Effect> {
    let sign_in = state.sign_in.as_mut();
    effects(sign_in.map_or_else(Vec::new, |sign_in| sign_in.on_woke(now)))
}

/// Text was pasted while the sign-in is shown: with an open paste it can only be meant for that.
pub fn on_pasted(state: &mut State, text: &str) -> Vec<Effect> {
    if state.overlay.is_some() || !state.shows_sign_in() {
        return Vec::new();
    }
    submit(state, text)
}

/// Why an action of the sign-in cannot be done now.
pub fn refusal(state: &State, action: SignInAction) -> Option<&'static str> {
    let sign_in = state.sign_in.as_ref()?;
    let browser_is_open = sign_in.progress(Way::Browser).prompt().is_some();
    if matches!(action, SignInAction::CopyTunnel)
        && (state.settings.tunnel.is_none() || !browser_is_open)
    {
        return Some("there is no ssh command to copy");
    }
    let needs_address = matches!(
        action,
        SignInAction::CopyAddress | SignInAction::OpenAddress
    );
    if needs_address && sign_in_text::address(sign_in).is_none() {
        return Some("there is no address yet");
    }
    if matches!(action, SignInAction::OpenAddress) && !state.settings.opens_browser {
        return Some("no browser can be opened on this machine: open the address where yours is");
    }
    None
}

/// Does one of the actions of the sign-in's scopes.
pub fn apply(state: &mut State, action: SignInAction, now: Moment) -> Vec<Effect> {
    let Some(sign_in) = &mut state.sign_in else {
        return Vec::new();
    };
    match action {
        SignInAction::ByBrowser => {
            let mut asks = sign_in.cancel(Way::Paste);
            asks.extend(sign_in.begin(Way::Browser));
            effects(asks)
        }
        SignInAction::ByCode => effects(sign_in.begin(Way::DeviceCode)),
        SignInAction::ByPaste if sign_in.progress(Way::Paste).prompt().is_some() => {
            let input = Input::default();
            state.overlay = Some(Overlay::Paste { input });
            Vec::new()
        }
        SignInAction::ByPaste => effects(sign_in.begin(Way::Paste)),
        SignInAction::CopyAddress => {
            let address = sign_in_text::address(sign_in).map(str::to_owned);
            copy(state, "address", address, now)
        }
        SignInAction::CopyTunnel => {
            let port = sign_in.progress(Way::Browser).prompt().and_then(port_of);
            let tunnel = state.settings.tunnel.as_ref();
            let command = tunnel.zip(port).map(|(tunnel, port)| tunnel.command(port));
            copy(state, "ssh command", command, now)
        }
        SignInAction::OpenAddress => sign_in_text::address(sign_in)
            .map(|address| Effect::OpenAddress(address.to_owned()))
            .into_iter()
            .collect(),
        SignInAction::Hide => {
            sign_in.hide();
            state.keep_cursor_in_sight();
            let key = state.settings.keymap.key_of(Action::PollNow);
            let key = key.map_or_else(String::new, |key| key.to_string());
            let text = format!("{key} shows the sign-in again");
            state.notices.say(Kind::Note, text, now);
            Vec::new()
        }
        SignInAction::AcceptPaste => match state.overlay.take() {
            Some(Overlay::Paste { input }) => submit(state, input.value()),
            other => {
                state.overlay = other;
                Vec::new()
            }
        },
        SignInAction::CancelPaste => {
            state.overlay = None;
            Vec::new()
        }
    }
}

/// A person asks for the sign-in again: it comes into sight, and begins anew if nothing waits.
pub fn show(state: &mut State) -> Vec<Effect> {
    let Some(sign_in) = &mut state.sign_in else {
        return Vec::new();
    };
    let asks = if !sign_in.is_open() {
        // The first token may serve where the second wants a person.
        match state.respond.as_ref().map(Session::phase) {
            Some(Phase::PersonNeeded { failure }) => sign_in.open(Some(failure.clone())),
            Some(_) | None => return Vec::new(),
        }
    } else if sign_in.is_stuck() {
        sign_in.show();
        sign_in.begin(sign_in.first())
    } else {
        sign_in.show();
        Vec::new()
    };
    state.keep_cursor_in_sight();
    effects(asks)
}

fn submit(state: &mut State, text: &str) -> Vec<Effect> {
    let pasted: String = text.split_whitespace().collect();
    match &mut state.sign_in {
        Some(sign_in) if !pasted.is_empty() => effects(sign_in.paste(pasted)),
        Some(_) | None => Vec::new(),
    }
}

fn copy(state: &mut State, what: &str, text: Option<String>, now: Moment) -> Vec<Effect> {
    let Some(text) = text else {
        return Vec::new();
    };
    let said = format!("{what} sent to the terminal's clipboard (OSC 52)");
    state.notices.say(Kind::Note, said, now);
    vec![Effect::CopyText(text)]
}

fn port_of(prompt: &Prompt) -> Option<u16> {
    match prompt {
        Prompt::Browser { port, .. } => Some(*port),
        Prompt::Paste { .. } | Prompt::DeviceCode { .. } => None,
    }
}

fn effects(asks: Vec<Ask>) -> Vec<Effect> {
    asks.into_iter().map(Effect::SignIn).collect()
}
