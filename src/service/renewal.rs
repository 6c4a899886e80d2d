//! Keeping a session: tokens renewed without anyone's help, and forgotten on demand.
//!
//! A second token is asked for with the same refresh token; what is refused to it leaves
//! the first as it is.

use std::sync::PoisonError;

use jiff::SignedDuration;
use jiff::Timestamp;

use crate::domain::moment::Moment;
use crate::domain::session::Audience;
use crate::domain::session::Kept;
use crate::domain::session::TokenFacts;
use crate::domain::token;
use crate::service::authority::Granted;
use crate::service::authority::Setback;
use crate::service::authority::refresh::RefreshToken;
use crate::service::authority::refusal;
use crate::service::client::Client;
use crate::service::error::ServiceError;
use crate::service::secret::Secret;
use crate::service::token_store::Session;

/// What a request for tokens needs to know of the moment it left.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked {
    /// The life is counted from when the token was made, which is after this.
    at: Moment,
    session: Session,
}

impl Asked {
    pub(super) const fn at(self) -> Moment {
        self.at
    }
}

impl Client {
    /// Nobody but a person can sign in by the configured method.
    pub const fn needs_person(&self) -> bool {
        self.authority.needs_person()
    }

    /// Gets a new token without anyone's help: by the refresh token if there is one,
    /// else by signing in where the method can.
    ///
    /// # Errors
    /// [`ServiceError::SignInNeeded`] when only a person can go on.
    pub async fn renew(&self) -> Result<TokenFacts, ServiceError> {
        self.renew_for(Audience::Service).await
    }

    /// The same for the second API.
    ///
    /// # Errors
    /// [`ServiceError::SignInRefused`] where the tenant does not give one, whoever asks;
    /// the first token goes on to serve.
    pub async fn renew_second(&self) -> Result<TokenFacts, ServiceError> {
        self.renew_for(Audience::Respond).await
    }

    async fn renew_for(&self, audience: Audience) -> Result<TokenFacts, ServiceError> {
        let authority = self.authority_of(audience)?;
        let _one_at_a_time = self.renewing.lock().await;
        self.recall().await;
        if let Some(held) = self.tokens.refresh_token() {
            let claims = self.tokens.claims(audience);
            let asked = self.asked();
            match authority.refresh(&held, claims.as_ref()).await {
                Ok(granted) => return self.keep(audience, granted, Some(held), asked).await,
                Err(Setback::Failed(error)) => return Err(error),
                Err(Setback::Refused(refusal)) => {
                    self.compare_clocks(refusal.date, asked.at);
                    if !refusal.spends_refresh_token() {
                        return Err(refusal.refused());
                    }
                    match audience {
                        Audience::Service => {
                            self.tokens.forget_refresh_token();
                            // A keyring that keeps what is worth nothing does no harm.
                            self.forget_memory().await.unwrap_or_default();
                        }
                        Audience::Respond if refusal.is_about_the_api() => {
                            return Err(refusal.refused());
                        }
                        // Whether it is spent shows when the first token is renewed.
                        Audience::Respond => {}
                    }
                    if let Some(claims) = refusal.claims() {
                        self.tokens.ask_for(audience, claims);
                    }
                    if self.needs_person() {
                        return Err(refusal.needs_sign_in());
                    }
                }
            }
        }
        if self.needs_person() {
            return Err(match audience {
                Audience::Service => refusal::nobody_signed_in(),
                Audience::Respond => refusal::no_refresh_token(),
            });
        }
        let claims = self.tokens.claims(audience);
        let asked = self.asked();
        let now = self.service_time(asked.at);
        match authority.sign_in(now, claims.as_ref()).await {
            Ok(granted) => self.keep(audience, granted, None, asked).await,
            Err(setback) => Err(self.told(setback, asked)),
        }
    }

    /// Signs out: access and refresh token are wiped, and an answer still on its way
    /// brings none back.
    pub fn forget_tokens(&self) {
        self.tokens.sign_out();
    }

    /// Now, and in which session.
    pub(super) fn asked(&self) -> Asked {
        Asked {
            at: (self.now)(),
            session: self.tokens.session(),
        }
    }

    /// Keeps tokens that are ours. `held` is the refresh token that stays good where
    /// the answer brought no other.
    pub(super) async fn keep(
        &self,
        audience: Audience,
        granted: Granted,
        held: Option<RefreshToken>,
        asked: Asked,
    ) -> Result<TokenFacts, ServiceError> {
        let skew = self.compare_clocks(granted.date, asked.at);
        let Granted {
            reply, endpoint, ..
        } = granted;
        let decoded = token::decode(reply.access_token.expose());
        let brought = |token: Secret| RefreshToken { token, endpoint };
        let refresh = reply.refresh_token.map(brought).or(held);
        let mut facts = TokenFacts {
            decoded: decoded.map_err(|error| error.to_string()),
            obtained: asked.at,
            life: reply.life,
            renew_in: reply.renew_in,
            skew,
            refreshable: refresh.is_some(),
            kept: Kept::InMemory,
        };
        let expected = self.authority_of(audience)?.expected();
        let foreign = facts.decoded.as_ref().ok();
        let foreign = foreign.and_then(|token| token::foreign(token, &expected));
        if let Some(words) = foreign {
            return Err(ServiceError::Foreign {
                words,
                facts: Box::new(facts),
            });
        }
        let expires = facts.expires().steady;
        let (session, access) = (asked.session, reply.access_token);
        self.tokens
            .keep(session, audience, access, expires, refresh.clone())?;
        facts.kept = match (audience, &refresh) {
            // It says nothing of the session that the first token is of.
            (Audience::Respond, None) => Kept::InMemory,
            (Audience::Service | Audience::Respond, _) => self.remember(refresh.as_ref()).await,
        };
        Ok(facts)
    }

    /// A setback as a caller understands it.
    pub(super) fn told(&self, setback: Setback, asked: Asked) -> ServiceError {
        if let Setback::Refused(refusal) = &setback {
            self.compare_clocks(refusal.date, asked.at);
        }
        setback.into()
    }

    /// Remembers by how much our clock is wrong, where an answer tells.
    pub(super) fn compare_clocks(
        &self,
        date: Option<Timestamp>,
        asked: Moment,
    ) -> Option<SignedDuration> {
        let skew = date.map(|date| date.duration_since(asked.wall));
        if skew.is_some() {
            *self.skew.lock().unwrap_or_else(PoisonError::into_inner) = skew;
        }
        skew
    }

    /// The sign-in service's time, as far as it is known.
    fn service_time(&self, now: Moment) -> Timestamp {
        let skew = *self.skew.lock().unwrap_or_else(PoisonError::into_inner);
        now.wall
            .saturating_add(skew.unwrap_or_default())
            .unwrap_or(now.wall)
    }
}
