//! What the tokens let somebody do, and why something cannot be done.
//!
//! Where there are two, each thing is judged by the token it goes with. Hints: what a
//! token does not tell is tried.

use crate::app::State;
use crate::app::session::Phase;
use crate::domain::session::Audience;
use crate::domain::text::Text;
use crate::domain::token::Api;
use crate::domain::token::Capability;
use crate::domain::token::Permission;
use crate::domain::token::lacking;
use crate::keymap::Action;

/// Which of the tokens something is done with.
pub fn audience(state: &State, capability: Capability) -> Audience {
    match capability {
        Capability::Respond if state.settings.respond.is_some() => Audience::Respond,
        Capability::Read | Capability::Triage | Capability::Respond | Capability::Hunt => {
            Audience::Service
        }
    }
}

/// Why something cannot be done at all; none where nothing that is known stands against it.
pub fn refusal(state: &State, capability: Capability) -> Option<String> {
    unavailable(state, capability).or_else(|| {
        let (granted, app_only) = granted(state, capability)?;
        let missing = lacking(capability, &granted, api(state, capability));
        let names: Vec<&str> = missing.iter().map(|one| one.name(app_only)).collect();
        (!names.is_empty()).then(|| lacks(state, &names.join(", ")))
    })
}

/// The same for one of the things a capability is made of, by the delegated name of the
/// permission it takes.
pub fn refusal_of(state: &State, capability: Capability, permission: &str) -> Option<String> {
    unavailable(state, capability).or_else(|| {
        let (granted, app_only) = granted(state, capability)?;
        let missing = lacking(capability, &granted, api(state, capability));
        let wanted = |one: &&&Permission| one.delegated == permission;
        let missing = missing.iter().find(wanted)?;
        Some(lacks(state, missing.name(app_only)))
    })
}

/// Why there is no token for it, or no API.
fn unavailable(state: &State, capability: Capability) -> Option<String> {
    let audience = audience(state, capability);
    if capability.permissions(api(state, capability)).is_empty() {
        return Some(
            "Microsoft Graph cannot do this: `respond = \"defender\"` in the profile takes a token for what can"
                .to_owned(),
        );
    }
    if audience == Audience::Service {
        return None;
    }
    let words = |why: &str| Some(format!("there is no token for this: {why}"));
    let Some(session) = state.session_of(audience) else {
        return words("nobody is signed in");
    };
    if session.is_usable(state.now) {
        return None;
    }
    match session.phase() {
        Phase::SigningIn | Phase::Renewing => words("it is being asked for"),
        Phase::Resting { .. } => words("it has expired"),
        Phase::Waiting { failure, .. }
        | Phase::Refused { failure }
        | Phase::PersonNeeded { failure } => words(&failure.sentence),
    }
}

/// What is granted, and whether to an application; none where the token does not tell.
fn granted(state: &State, capability: Capability) -> Option<(Vec<Text>, bool)> {
    let session = state.session_of(audience(state, capability))?;
    let decoded = session.decoded()?;
    Some((decoded.granted(), decoded.app_only()))
}

fn api(state: &State, capability: Capability) -> Api {
    match audience(state, capability) {
        Audience::Service => state.settings.api_kind,
        Audience::Respond => Api::Defender,
    }
}

fn lacks(state: &State, names: &str) -> String {
    let key = state.key_name(Action::ToggleToken);
    format!("the token lacks {names}: {key} shows what it has")
}
