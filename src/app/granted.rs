//! Which token something is done with, and why it cannot be done for want of one.

use crate::app::State;
use crate::app::session::Phase;
use crate::domain::session::Audience;
use crate::domain::token::Api;
use crate::domain::token::Capability;

/// Which of the tokens something is done with.
pub fn audience(state: &State, capability: Capability) -> Audience {
    match capability {
        Capability::Respond if state.settings.respond.is_some() => Audience::Respond,
        Capability::Read | Capability::Triage | Capability::Respond | Capability::Hunt => {
            Audience::Service
        }
    }
}

/// Why nothing can be asked of a device: there is no API for it, or a token that nobody
/// but a person gets. What comes by itself is waited for.
pub fn no_devices(state: &State) -> Option<&'static str> {
    match (state.settings.api_kind, &state.settings.respond) {
        (Api::Defender, _) => None,
        (Api::Graph, Some(_)) => second_missing(state),
        (Api::Graph, None) => Some(
            "Microsoft Graph does not act on devices: `respond = \"defender\"` in the profile names who does",
        ),
    }
}

/// The same of a second token alone.
pub(super) fn second_missing(state: &State) -> Option<&'static str> {
    let session = state.session_of(Audience::Respond)?;
    match session.phase() {
        _ if session.is_usable(state.now) => None,
        Phase::Refused { .. } => Some("there is no token for the Defender API: t says why"),
        Phase::PersonNeeded { .. } => Some("the Defender API wants a new sign-in: R begins it"),
        Phase::SigningIn | Phase::Resting { .. } | Phase::Renewing | Phase::Waiting { .. } => None,
    }
}

/// The service accepted the token that something was done with.
pub(super) fn on_accepted(state: &mut State, capability: Capability) {
    let audience = audience(state, capability);
    if let Some(session) = state.session_mut(audience) {
        session.on_accepted();
    }
}
