//! What is known of the token in use, without the token.

use jiff::SignedDuration;

use crate::domain::moment::Moment;
use crate::domain::token::DecodedToken;

/// A token as told by whoever issued it and as far as it can be decoded.
#[derive(Debug, Clone, PartialEq)]
pub struct TokenFacts {
    /// The decoded token, or the sentence that says why it cannot be read. An
    /// opaque token is a normal state: it works, it just does not show.
    pub decoded: Result<DecodedToken, String>,
    /// When the answer arrived.
    pub obtained: Moment,
    /// The life the issuer gave it (`expires_in`), the only one to trust.
    pub life: SignedDuration,
    /// When the issuer would like it to be renewed, counted like the life. Advice only.
    pub renew_in: Option<SignedDuration>,
    /// Clock of the issuer minus ours, where the answer carried a `Date`.
    pub skew: Option<SignedDuration>,
    /// Renewal will use a refresh token.
    pub refreshable: bool,
    pub kept: Kept,
}

/// Which API a token is for. A profile has the second one only where it says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// The one the alerts come from.
    Service,
    /// The one that acts on devices, where the first cannot.
    Respond,
}

impl Audience {
    pub const ALL: [Self; 2] = [Self::Service, Self::Respond];
}

/// Where the session is kept, which is where its refresh token is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kept {
    /// It ends with the program.
    InMemory,
    /// In the system's keyring of this name, for the next run.
    InKeyring(&'static str),
    /// It should be in the keyring; the phrase says why it is not.
    OnlyInMemory(String),
}

impl TokenFacts {
    /// The moment it is known to be dead.
    pub fn expires(&self) -> Moment {
        self.obtained.plus(self.life)
    }

    /// Judged by the steady clock, which goes on while the machine sleeps; the
    /// wall clock may have been set since.
    pub fn is_expired(&self, now: Moment) -> bool {
        now.steady >= self.expires().steady
    }

    /// Time it has left, zero once dead.
    pub fn left(&self, now: Moment) -> SignedDuration {
        now.steady.until(self.expires().steady)
    }
}
