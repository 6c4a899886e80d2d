//! The refresh tokens that were given out, and why one is refused.
//!
//! They rotate, and old ones keep working until something ends them all.

use std::collections::HashMap;

use fastrand::Rng;

use crate::sim::entra::Refusal;
use crate::sim::jwt;
use crate::sim::tokens::Grant;
use crate::sim::tokens::REMEMBERED;

/// Why refresh tokens are refused.
#[derive(Clone, Debug)]
pub(crate) struct Ended {
    pub(crate) code: u32,
    pub(crate) suberror: Option<String>,
}

struct Refresh {
    grant: Grant,
    ended: Option<Ended>,
}

#[derive(Default)]
pub(super) struct RefreshTokens {
    known: HashMap<String, Refresh>,
    /// Refuses all of them, until a person signs in again.
    refusing: Option<Ended>,
}

impl RefreshTokens {
    pub(super) fn give(&mut self, grant: Grant, rng: &mut Rng) -> String {
        if self.known.len() > REMEMBERED {
            self.known.retain(|_, refresh| refresh.ended.is_none());
        }
        let token = format!("1.{}", jwt::random(rng, 600));
        let refresh = Refresh { grant, ended: None };
        self.known.insert(token.clone(), refresh);
        token
    }

    /// What the holder of this token has been granted.
    pub(super) fn grant(&self, token: &str) -> Result<Grant, Refusal> {
        let Some(refresh) = self.known.get(token) else {
            let message = "The provided value for the input parameter 'refresh_token' or 'assertion' is not valid.";
            return Err(Refusal::new("invalid_grant", 9_002_313, message));
        };
        match refresh.ended.as_ref().or(self.refusing.as_ref()) {
            Some(ended) => Err(ended.refusal()),
            None => Ok(refresh.grant),
        }
    }

    /// Ends every token there is; those to come are good.
    pub(super) fn revoke(&mut self) {
        self.end(&Ended {
            code: 50_173,
            suberror: None,
        });
    }

    pub(super) fn refuse(&mut self, ended: Ended) {
        self.refusing = Some(ended);
    }

    /// A sign-in by a person: what was refused so far stays so, what comes is good.
    pub(super) fn person_came(&mut self) {
        if let Some(ended) = self.refusing.take() {
            self.end(&ended);
        }
    }

    fn end(&mut self, ended: &Ended) {
        for refresh in self.known.values_mut() {
            refresh.ended.get_or_insert_with(|| ended.clone());
        }
    }
}

impl Ended {
    fn refusal(&self) -> Refusal {
        let message = match self.code {
            50_173 => {
                "The provided grant has expired due to it being revoked, a fresh auth token is needed. \
                 The user might have changed or reset their password."
            }
            70_043 => {
                "The refresh token has expired or is invalid due to sign-in frequency checks by conditional access."
            }
            700_082 => {
                "The refresh token has expired due to inactivity. The token was issued long ago and was inactive for 90.00:00:00."
            }
            50_076 | 50_079 => {
                "Due to a configuration change made by your administrator, or because you moved to a new location, \
                 you must use multi-factor authentication."
            }
            53_003 => "Access has been blocked by Conditional Access policies.",
            _ => "The provided grant is not valid any more.",
        };
        Refusal {
            suberror: self.suberror.clone(),
            ..Refusal::new("invalid_grant", self.code, message)
        }
    }
}
