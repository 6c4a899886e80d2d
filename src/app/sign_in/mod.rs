//! A sign-in by a person: several ways may be open, the first that succeeds wins.
//!
//! Knows nothing of screens and of the network: it says what to [`Ask`] and is told
//! each [`Answer`]. The dashboard and the command line drive the same machine.

use std::fmt;

use jiff::SignedDuration;

use crate::app::backoff;
use crate::domain::failure::Failure;
use crate::domain::failure::FailureKind;
use crate::domain::moment::Moment;
use crate::domain::moment::Steady;
use crate::domain::session::TokenFacts;
use crate::domain::sign_in::AttemptId;
use crate::domain::sign_in::DeviceAnswer;
use crate::domain::sign_in::Prompt;
use crate::domain::sign_in::Way;

/// Something to ask the sign-in service, or our side of it.
#[derive(Debug, Clone, PartialEq)]
pub enum Ask {
    /// Get ready and tell what the person needs: [`Answer::Prompted`].
    Prepare { attempt: AttemptId, way: Way },
    /// Wait for the browser: [`Answer::Ended`].
    Await { attempt: AttemptId },
    /// Is the device code typed? [`Answer::Polled`].
    Poll { attempt: AttemptId },
    /// Use the pasted address: [`Answer::Ended`].
    Redeem { attempt: AttemptId, pasted: Pasted },
    /// Nobody waits for it any more; no answer.
    Forget { attempt: AttemptId },
}

/// What came of an [`Ask`].
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    Prompted {
        attempt: AttemptId,
        result: Result<Prompt, Failure>,
    },
    Polled {
        attempt: AttemptId,
        result: Result<DeviceAnswer, Failure>,
    },
    Ended {
        attempt: AttemptId,
        result: Result<TokenFacts, Failure>,
    },
}

/// A pasted address. It holds a code, which is worth nothing without what this process
/// keeps for itself, and is not shown all the same.
#[derive(Clone, PartialEq, Eq)]
pub struct Pasted(pub String);

impl fmt::Debug for Pasted {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Pasted({} bytes)", self.0.len())
    }
}

/// How far one way has come.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Progress {
    /// Nobody asked for it.
    #[default]
    Unused,
    Preparing(AttemptId),
    /// The person has what is needed.
    Open(Open),
    /// It ended without a session; it can be begun anew.
    Failed(Failure),
}

/// One way that waits for the person.
#[derive(Debug, Clone, PartialEq)]
pub struct Open {
    pub attempt: AttemptId,
    pub prompt: Prompt,
    /// When to ask next; `None` while a question is under way, or where nobody asks.
    poll_at: Option<Steady>,
    /// Time between two polls of a device code, counted from the answer.
    every: SignedDuration,
    /// Polls in a row that brought no answer.
    failures: u32,
    /// Why the last pasted address was not taken.
    pub refused: Option<Failure>,
    /// A pasted address is being used: another one would only end that.
    is_redeeming: bool,
}

/// By how much a service that is asked too often wants to be asked less (RFC 8628, 3.5).
const SLOW_DOWN: SignedDuration = SignedDuration::from_secs(5);

/// The sign-in as far as it has come.
#[derive(Debug, Clone, PartialEq)]
pub struct SignIn {
    /// The way of the profile, begun first.
    first: Way,
    last_attempt: u32,
    is_open: bool,
    /// Sent away, to read on; it goes on all the same.
    is_hidden: bool,
    /// Why a person is needed, where there was a session before.
    why: Option<Failure>,
    browser: Progress,
    paste: Progress,
    device: Progress,
}

impl SignIn {
    /// A sign-in nobody has asked for yet.
    pub fn by(first: Way) -> Self {
        Self {
            first,
            last_attempt: 0,
            is_open: false,
            is_hidden: false,
            why: None,
            browser: Progress::Unused,
            paste: Progress::Unused,
            device: Progress::Unused,
        }
    }

    /// A person is needed. Begins with the profile's way, unless that is a device code
    /// after a session ended: its fifteen minutes are for somebody who is there.
    pub fn open(&mut self, why: Option<Failure>) -> Vec<Ask> {
        if self.is_open {
            return Vec::new();
        }
        self.is_open = true;
        self.is_hidden = false;
        let somebody_is_there = why.is_none();
        self.why = why;
        if self.first == Way::DeviceCode && !somebody_is_there {
            return Vec::new();
        }
        self.begin(self.first)
    }

    /// Begins one way, anew where it failed. One that waits for the person goes on.
    pub fn begin(&mut self, way: Way) -> Vec<Ask> {
        if !self.is_open {
            return Vec::new();
        }
        match self.progress(way) {
            Progress::Preparing(_) | Progress::Open(_) => return Vec::new(),
            Progress::Unused | Progress::Failed(_) => {}
        }
        self.last_attempt += 1;
        let attempt = AttemptId(self.last_attempt);
        *self.slot(way) = Progress::Preparing(attempt);
        vec![Ask::Prepare { attempt, way }]
    }

    /// Gives one way up.
    pub fn cancel(&mut self, way: Way) -> Vec<Ask> {
        let given_up = std::mem::take(self.slot(way)).attempt();
        given_up
            .map(|attempt| Ask::Forget { attempt })
            .into_iter()
            .collect()
    }

    /// The person pasted the address the browser ended at.
    pub fn paste(&mut self, pasted: String) -> Vec<Ask> {
        let Progress::Open(open) = &mut self.paste else {
            return Vec::new();
        };
        if open.is_redeeming {
            return Vec::new();
        }
        open.is_redeeming = true;
        open.refused = None;
        vec![Ask::Redeem {
            attempt: open.attempt,
            pasted: Pasted(pasted),
        }]
    }

    /// Takes an answer. The token is that of the way that succeeded: all others are
    /// cancelled then, and the sign-in is closed.
    pub fn on_answer(&mut self, answer: Answer, now: Moment) -> (Vec<Ask>, Option<TokenFacts>) {
        match answer {
            Answer::Prompted { attempt, result } => (self.on_prompted(attempt, result, now), None),
            Answer::Polled { attempt, result } => self.on_polled(attempt, result, now),
            Answer::Ended { attempt, result } => self.on_ended(attempt, result),
        }
    }

    fn on_prompted(
        &mut self,
        attempt: AttemptId,
        result: Result<Prompt, Failure>,
        now: Moment,
    ) -> Vec<Ask> {
        let forget = vec![Ask::Forget { attempt }];
        let Some(way) = self.way_of(attempt) else {
            return forget;
        };
        let prompt = match result {
            Ok(prompt) => prompt,
            Err(failure) => {
                *self.slot(way) = Progress::Failed(failure);
                return forget;
            }
        };
        let mut asks = Vec::new();
        let mut every = SignedDuration::ZERO;
        let mut poll_at = None;
        match &prompt {
            Prompt::Browser { .. } => asks.push(Ask::Await { attempt }),
            Prompt::Paste { .. } => {}
            Prompt::DeviceCode { every: told, .. } => {
                every = (*told).max(SignedDuration::from_secs(1));
                poll_at = Some(now.steady.plus(every));
            }
        }
        *self.slot(way) = Progress::Open(Open {
            attempt,
            prompt,
            poll_at,
            every,
            failures: 0,
            refused: None,
            is_redeeming: false,
        });
        asks
    }

    fn on_polled(
        &mut self,
        attempt: AttemptId,
        result: Result<DeviceAnswer, Failure>,
        now: Moment,
    ) -> (Vec<Ask>, Option<TokenFacts>) {
        let Progress::Open(open) = &mut self.device else {
            return (Vec::new(), None);
        };
        if open.attempt != attempt {
            return (Vec::new(), None);
        }
        match result {
            Ok(DeviceAnswer::Granted(facts)) => return (self.close(), Some(*facts)),
            Ok(DeviceAnswer::Pending) => open.failures = 0,
            Ok(DeviceAnswer::SlowDown) => {
                open.failures = 0;
                open.every = open.every.saturating_add(SLOW_DOWN);
            }
            // A service in trouble does not make the code worthless.
            Err(failure) if failure.is_passing() || failure.kind == FailureKind::Obstructed => {
                open.failures = open.failures.saturating_add(1);
                let told = failure.retry_after.unwrap_or_default();
                let wait = told
                    .max(backoff::renewal_wait(open.failures))
                    .max(open.every);
                open.poll_at = Some(now.steady.plus(wait));
                return (Vec::new(), None);
            }
            Err(failure) => {
                self.device = Progress::Failed(failure);
                return (vec![Ask::Forget { attempt }], None);
            }
        }
        open.poll_at = Some(now.steady.plus(open.every));
        (Vec::new(), None)
    }

    fn on_ended(
        &mut self,
        attempt: AttemptId,
        result: Result<TokenFacts, Failure>,
    ) -> (Vec<Ask>, Option<TokenFacts>) {
        match (self.way_of(attempt), result) {
            (None, _) => (Vec::new(), None),
            (Some(_), Ok(facts)) => (self.close(), Some(facts)),
            // A wrong paste spends nothing: the right one may follow.
            (Some(Way::Paste), Err(failure)) if failure.kind == FailureKind::Rejected => {
                if let Progress::Open(open) = &mut self.paste {
                    open.is_redeeming = false;
                    open.refused = Some(failure);
                }
                (Vec::new(), None)
            }
            (Some(way), Err(failure)) => {
                *self.slot(way) = Progress::Failed(failure);
                (vec![Ask::Forget { attempt }], None)
            }
        }
    }

    /// Time passed: a device code may have to be asked for, or is too old.
    pub fn on_woke(&mut self, now: Moment) -> Vec<Ask> {
        let Progress::Open(open) = &mut self.device else {
            return Vec::new();
        };
        let attempt = open.attempt;
        if let Prompt::DeviceCode { expires, .. } = &open.prompt
            && *expires <= now.steady
        {
            self.device = Progress::Failed(Failure::new(
                FailureKind::SignInRefused,
                "the device code is too old",
            ));
            return vec![Ask::Forget { attempt }];
        }
        if open.poll_at.is_some_and(|at| at <= now.steady) {
            open.poll_at = None;
            return vec![Ask::Poll { attempt }];
        }
        Vec::new()
    }

    /// When it next wants to be woken.
    pub fn next_deadline(&self) -> Option<Steady> {
        let Progress::Open(open) = &self.device else {
            return None;
        };
        match &open.prompt {
            Prompt::DeviceCode { expires, .. } => {
                Some(open.poll_at.map_or(*expires, |at| at.min(*expires)))
            }
            Prompt::Browser { .. } | Prompt::Paste { .. } => None,
        }
    }

    /// Ends every way that is open.
    pub fn close(&mut self) -> Vec<Ask> {
        self.is_open = false;
        self.why = None;
        [&mut self.browser, &mut self.paste, &mut self.device]
            .into_iter()
            .filter_map(|progress| std::mem::take(progress).attempt())
            .map(|attempt| Ask::Forget { attempt })
            .collect()
    }

    /// True while a person is needed.
    pub fn is_open(&self) -> bool {
        self.is_open
    }

    /// Sends it away; what waits goes on waiting.
    pub fn hide(&mut self) {
        self.is_hidden = true;
    }

    /// Brings it back.
    pub fn show(&mut self) {
        self.is_hidden = false;
    }

    /// True while a person is needed and has not sent that away.
    pub fn is_in_sight(&self) -> bool {
        self.is_open && !self.is_hidden
    }

    /// True when no way waits for the person or prepares to.
    pub fn is_stuck(&self) -> bool {
        let all = [&self.browser, &self.paste, &self.device];
        all.into_iter().all(|progress| progress.attempt().is_none())
    }

    /// The way of the profile.
    pub fn first(&self) -> Way {
        self.first
    }

    /// Why the session before ended.
    pub fn why(&self) -> Option<&Failure> {
        self.why.as_ref()
    }

    /// How far one way has come.
    pub fn progress(&self, way: Way) -> &Progress {
        match way {
            Way::Browser => &self.browser,
            Way::Paste => &self.paste,
            Way::DeviceCode => &self.device,
        }
    }

    fn slot(&mut self, way: Way) -> &mut Progress {
        match way {
            Way::Browser => &mut self.browser,
            Way::Paste => &mut self.paste,
            Way::DeviceCode => &mut self.device,
        }
    }

    /// The way an attempt is for; `None` when nobody waits for it any more.
    pub fn way_of(&self, attempt: AttemptId) -> Option<Way> {
        [Way::Browser, Way::Paste, Way::DeviceCode]
            .into_iter()
            .find(|way| self.progress(*way).attempt() == Some(attempt))
    }
}

impl Progress {
    /// The attempt under way, if there is one.
    fn attempt(&self) -> Option<AttemptId> {
        match self {
            Self::Preparing(attempt) => Some(*attempt),
            Self::Open(open) => Some(open.attempt),
            Self::Unused | Self::Failed(_) => None,
        }
    }

    /// What the person needs, once it is there.
    pub fn prompt(&self) -> Option<&Prompt> {
        match self {
            Self::Open(open) => Some(&open.prompt),
            Self::Unused | Self::Preparing(_) | Self::Failed(_) => None,
        }
    }
}

#[cfg(test)]
mod tests;
