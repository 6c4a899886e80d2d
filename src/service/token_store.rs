//! Keeps the tokens in use, in memory only: an access token for each API, and the one
//! refresh token both are asked for with.

use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;

use crate::domain::moment::Steady;
use crate::domain::session::Audience;
use crate::service::authority::refresh::RefreshToken;
use crate::service::error::ServiceError;
use crate::service::secret::Secret;

/// Access and refresh tokens of one session.
#[derive(Debug, Default)]
pub struct TokenStore(Mutex<Held>);

#[derive(Debug, Default)]
struct Held {
    service: Slot,
    respond: Slot,
    refresh: Option<RefreshToken>,
    session: Session,
}

/// What is held for one API.
#[derive(Debug, Default)]
struct Slot {
    access: Option<(Secret, Steady)>,
    /// What the next token has to prove, because the service refused this one.
    claims: Option<Secret>,
}

impl Held {
    const fn slot(&self, audience: Audience) -> &Slot {
        match audience {
            Audience::Service => &self.service,
            Audience::Respond => &self.respond,
        }
    }

    const fn slot_mut(&mut self, audience: Audience) -> &mut Slot {
        match audience {
            Audience::Service => &mut self.service,
            Audience::Respond => &mut self.respond,
        }
    }
}

/// Told apart so that an answer which was asked for before signing out brings no
/// tokens back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Session(u64);

impl TokenStore {
    /// Replaces the access token of one API and the refresh token, unless the session
    /// they were asked for in has ended.
    ///
    /// # Errors
    /// When it has; nothing is kept then.
    pub fn keep(
        &self,
        session: Session,
        audience: Audience,
        access: Secret,
        expires: Steady,
        refresh: Option<RefreshToken>,
    ) -> Result<(), ServiceError> {
        let mut held = self.held();
        if held.session != session {
            return Err(ServiceError::SignInNeeded {
                words: "signed out while the answer was on its way".to_owned(),
                remedy: None,
            });
        }
        *held.slot_mut(audience) = Slot {
            access: Some((access, expires)),
            claims: None,
        };
        match audience {
            Audience::Service => held.refresh = refresh,
            // The first token is renewed with it, whatever became of this one.
            Audience::Respond => held.refresh = refresh.or(held.refresh.take()),
        }
        Ok(())
    }

    /// The session a request for tokens is made in.
    pub fn session(&self) -> Session {
        self.held().session
    }

    /// The token for a request to that API that leaves now.
    ///
    /// # Errors
    /// When it is known to be expired, or there is none yet.
    pub fn bearer(&self, audience: Audience, now: Steady) -> Result<Secret, ServiceError> {
        match &self.held().slot(audience).access {
            Some((token, expires)) if *expires > now => Ok(token.clone()),
            _ => Err(ServiceError::TokenExpired),
        }
    }

    /// What a renewal is asked for with.
    pub fn refresh_token(&self) -> Option<RefreshToken> {
        self.held().refresh.clone()
    }

    /// A newer one was found elsewhere.
    pub fn adopt_refresh_token(&self, token: RefreshToken) {
        self.held().refresh = Some(token);
    }

    /// The refresh token was refused: it is of no use any more.
    pub fn forget_refresh_token(&self) {
        self.held().refresh = None;
    }

    /// Another person may have signed in: what the one before held for that API is of
    /// no use any more.
    pub fn forget_access(&self, audience: Audience) {
        self.held().slot_mut(audience).access = None;
    }

    /// What the next token for that API has to prove.
    pub fn claims(&self, audience: Audience) -> Option<Secret> {
        self.held().slot(audience).claims.clone()
    }

    /// What a person who signs in has to prove, for whichever API wants it.
    pub fn claims_of_a_person(&self) -> Option<Secret> {
        let held = self.held();
        let claims = Audience::ALL.map(|audience| held.slot(audience).claims.as_ref());
        claims.into_iter().flatten().next().cloned()
    }

    /// The sign-in service wants this proved.
    pub fn ask_for(&self, audience: Audience, claims: Secret) {
        self.held().slot_mut(audience).claims = Some(claims);
    }

    /// The API refused this token and wants more proved. A late refusal of a token that
    /// was replaced since says nothing about the new one.
    pub fn challenge(&self, audience: Audience, refused: &Secret, claims: Secret) {
        let mut held = self.held();
        let slot = held.slot_mut(audience);
        if matches!(&slot.access, Some((token, _)) if token == refused) {
            slot.claims = Some(claims);
        }
    }

    /// Forgets everything.
    pub fn sign_out(&self) {
        let mut held = self.held();
        let next = Session(held.session.0.wrapping_add(1));
        *held = Held {
            session: next,
            ..Held::default()
        };
    }

    // Nothing panics while it is held, and a token is whole at any moment anyway.
    fn held(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
