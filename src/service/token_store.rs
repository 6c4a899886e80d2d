//! Keeps the tokens in use, in memory only.

use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;

use crate::domain::moment::Steady;
use crate::service::authority::refresh::RefreshToken;
use crate::service::error::ServiceError;
use crate::service::secret::Secret;

/// Access and refresh token of one session.
#[derive(Debug, Default)]
pub struct TokenStore(Mutex<Held>);

#[derive(Debug, Default)]
struct Held {
    access: Option<(Secret, Steady)>,
    refresh: Option<RefreshToken>,
    /// What the next token has to prove, because the service refused this one.
    claims: Option<Secret>,
    session: Session,
}

/// Told apart so that an answer which was asked for before signing out brings no
/// tokens back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Session(u64);

impl TokenStore {
    /// Replaces both tokens, unless the session they were asked for in has ended.
    ///
    /// # Errors
    /// When it has; nothing is kept then.
    pub fn keep(
        &self,
        session: Session,
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
        held.access = Some((access, expires));
        held.refresh = refresh;
        held.claims = None;
        Ok(())
    }

    /// The session a request for tokens is made in.
    pub fn session(&self) -> Session {
        self.held().session
    }

    /// The token for a request that leaves now.
    ///
    /// # Errors
    /// When it is known to be expired, or there is none yet.
    pub fn bearer(&self, now: Steady) -> Result<Secret, ServiceError> {
        match &self.held().access {
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

    /// What the next token has to prove.
    pub fn claims(&self) -> Option<Secret> {
        self.held().claims.clone()
    }

    /// The sign-in service wants this proved.
    pub fn ask_for(&self, claims: Secret) {
        self.held().claims = Some(claims);
    }

    /// The API refused this token and wants more proved. A late refusal of a token that
    /// was replaced since says nothing about the new one.
    pub fn challenge(&self, refused: &Secret, claims: Secret) {
        let mut held = self.held();
        if matches!(&held.access, Some((token, _)) if token == refused) {
            held.claims = Some(claims);
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
