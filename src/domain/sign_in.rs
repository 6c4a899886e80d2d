//! A sign-in that needs a person: the ways there are, what the person is shown, and
//! what became of it. Nothing secret: codes that are worth something stay in `service`.

use jiff::SignedDuration;

use crate::domain::moment::Steady;
use crate::domain::session::TokenFacts;
use crate::domain::text::Text;

/// One request for a sign-in by one way. Answers bring it back, so that one nobody
/// waits for any more is told from one that is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct AttemptId(pub u32);

/// How a person can sign in. All three can be open at the same time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Way {
    /// The browser answers to a port of this machine.
    Browser,
    /// The browser shows an address, which the person pastes.
    Paste,
    /// The person types a short code into a page.
    DeviceCode,
}

/// What the person needs to go on.
#[derive(Debug, Clone, PartialEq)]
pub enum Prompt {
    /// To be opened in a browser that reaches `port` of this machine as its own.
    Browser { url: String, port: u16 },
    /// To be opened in any browser; the address it ends at is pasted.
    Paste { url: String },
    /// To be typed into `page`.
    DeviceCode {
        code: Text,
        page: Text,
        /// After this moment the code is worth nothing.
        expires: Steady,
        /// Shortest time between two questions whether it was typed.
        every: SignedDuration,
    },
}

/// What the sign-in service says about a device code.
#[derive(Debug, Clone, PartialEq)]
pub enum DeviceAnswer {
    /// Nobody typed it yet.
    Pending,
    /// We ask too often: from now on five seconds less often.
    SlowDown,
    /// The person signed in.
    Granted(Box<TokenFacts>),
}
