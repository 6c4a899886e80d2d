//! Keeps the tokens in use, in memory only.

use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;

use crate::domain::moment::Steady;
use crate::service::error::ServiceError;
use crate::service::secret::Secret;

/// Access and refresh token of one session.
#[derive(Debug, Default)]
pub struct TokenStore(Mutex<Held>);

#[derive(Debug, Default)]
struct Held {
    access: Option<(Secret, Steady)>,
    refresh: Option<Secret>,
}

impl TokenStore {
    /// Replaces the access token. The refresh token is kept when the answer brought none.
    pub fn keep(&self, access: Secret, expires: Steady, refresh: Option<Secret>) {
        let mut held = self.held();
        held.access = Some((access, expires));
        if refresh.is_some() {
            held.refresh = refresh;
        }
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
    pub fn refresh_token(&self) -> Option<Secret> {
        self.held().refresh.clone()
    }

    /// The refresh token was refused: it is of no use any more.
    pub fn forget_refresh_token(&self) {
        self.held().refresh = None;
    }

    // Nothing panics while it is held, and a token is whole at any moment anyway.
    fn held(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
