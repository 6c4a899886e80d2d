//! Life of the token: when to renew it, and whether calls may leave with it.
//!
//! Keeps facts about the token, never the token.

use jiff::SignedDuration;

use crate::app::backoff;
use crate::domain::failure::Failure;
use crate::domain::failure::FailureKind;
use crate::domain::moment::Moment;
use crate::domain::moment::Steady;
use crate::domain::session::TokenFacts;
use crate::domain::token::DecodedToken;

/// How long after it was obtained a token is renewed: at the later of 80 % of its
/// life and five minutes before its end. 55 minutes of an hour, 24 seconds of thirty.
///
/// Five minutes are room for a slow or failing sign-in service; a life too short
/// for that keeps a fifth of it.
pub fn renew_after(token: &TokenFacts) -> SignedDuration {
    let usual = usually_after(token.life);
    // Advice of the service for tokens that live long.
    token.renew_in.map_or(usual, |told| told.min(usual))
}

fn usually_after(life: SignedDuration) -> SignedDuration {
    let before_end = life.saturating_sub(SignedDuration::from_mins(5));
    let most_of_it = SignedDuration::try_from_secs_f64(life.as_secs_f64() * 0.8).unwrap_or(life);
    most_of_it.max(before_end)
}

/// However short a token's life, renewals are this far apart at least.
const RENEWALS_APART: SignedDuration = SignedDuration::from_secs(5);

/// What the session is doing. States that exclude each other.
#[derive(Debug, Clone, PartialEq)]
pub enum Phase {
    /// The first sign-in is under way.
    SigningIn,
    /// A good token; renewed at this moment.
    Resting { renew_at: Steady },
    /// A renewal is under way.
    Renewing,
    /// A sign-in or renewal failed and is tried again.
    Waiting { retry_at: Steady, failure: Failure },
    /// Asking again changes nothing: configuration or the tenant must change.
    Refused { failure: Failure },
    /// A person has to sign in.
    PersonNeeded { failure: Failure },
}

/// What answers of the service say about the token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trust {
    /// No refusal since the last good answer.
    Good,
    /// Refused with 401: no call leaves before it is renewed.
    Refused,
    /// Fresh after a refusal: a second one is not about expiry.
    OnProbation,
}

/// The token's life as the dashboard knows it.
#[derive(Debug, Clone, PartialEq)]
pub struct Session {
    phase: Phase,
    token: Option<TokenFacts>,
    /// The one before, to mark what a renewal changed.
    previous: Option<DecodedToken>,
    trust: Trust,
    failures: u32,
    renewals: u32,
    /// Whether a person can be asked to sign in.
    by_person: bool,
}

/// Who signs in where a refresh token does not help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignedInBy {
    Person,
    Program,
}

/// Ask for a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Renew;

impl Session {
    /// A session whose first sign-in is asked for by whoever creates it.
    pub fn signing_in(by: SignedInBy) -> Self {
        Self {
            phase: Phase::SigningIn,
            token: None,
            previous: None,
            trust: Trust::Good,
            failures: 0,
            renewals: 0,
            by_person: by == SignedInBy::Person,
        }
    }

    /// When the session next wants to be woken.
    pub fn next_deadline(&self) -> Option<Steady> {
        match &self.phase {
            Phase::Resting { renew_at } => Some(*renew_at),
            Phase::Waiting { retry_at, .. } => Some(*retry_at),
            Phase::SigningIn
            | Phase::Renewing
            | Phase::Refused { .. }
            | Phase::PersonNeeded { .. } => None,
        }
    }

    /// Time passed: perhaps it is time to renew.
    pub fn on_woke(&mut self, now: Moment) -> Option<Renew> {
        let due = self.next_deadline()? <= now.steady;
        due.then(|| self.begin())
    }

    /// A person asks to try again.
    pub fn retry(&mut self) -> Option<Renew> {
        match self.phase {
            Phase::Waiting { .. } | Phase::Refused { .. } => Some(self.begin()),
            Phase::SigningIn
            | Phase::Resting { .. }
            | Phase::Renewing
            | Phase::PersonNeeded { .. } => None,
        }
    }

    /// Whatever it is at, asks anew, unless that is under way: somebody else may have
    /// signed in.
    pub fn begin_anew(&mut self) -> Option<Renew> {
        match self.phase {
            Phase::SigningIn | Phase::Renewing => None,
            Phase::Resting { .. }
            | Phase::Waiting { .. }
            | Phase::Refused { .. }
            | Phase::PersonNeeded { .. } => Some(self.begin()),
        }
    }

    fn begin(&mut self) -> Renew {
        self.phase = if self.token.is_some() {
            Phase::Renewing
        } else {
            Phase::SigningIn
        };
        Renew
    }

    /// The sign-in service answered.
    pub fn on_renewed(&mut self, result: Result<TokenFacts, Failure>, now: Moment) {
        match result {
            Ok(facts) => {
                let wanted = facts.obtained.steady.plus(renew_after(&facts));
                let renew_at = wanted.max(now.steady.plus(RENEWALS_APART));
                self.failures = 0;
                self.phase = Phase::Resting { renew_at };
                if self.trust == Trust::Refused {
                    self.trust = Trust::OnProbation;
                }
                if let Some(old) = self.token.replace(facts) {
                    self.renewals += 1;
                    self.previous = old.decoded.ok();
                }
            }
            Err(failure)
                if matches!(
                    failure.kind,
                    FailureKind::SignInRefused | FailureKind::Misconfigured
                ) =>
            {
                self.phase = Phase::Refused { failure };
            }
            Err(failure) if failure.kind == FailureKind::SignInNeeded => {
                self.phase = Phase::PersonNeeded { failure };
            }
            Err(failure) => {
                self.failures = self.failures.saturating_add(1);
                let told = failure.retry_after.unwrap_or_default();
                let wait = told.max(backoff::renewal_wait(self.failures));
                self.phase = Phase::Waiting {
                    retry_at: now.steady.plus(wait),
                    failure,
                };
            }
        }
    }

    /// The service accepted the token. A late answer does not speak for one that was
    /// refused since.
    pub fn on_accepted(&mut self) {
        if self.trust == Trust::OnProbation {
            self.trust = Trust::Good;
        }
    }

    /// The service refused the token with 401: renews once, then calls it a refusal.
    pub fn distrust(&mut self, failure: &Failure) -> Option<Renew> {
        match (self.trust, &self.phase) {
            // Renewed soon, tried again later, or waiting for a person: no call until then.
            (
                _,
                Phase::Renewing
                | Phase::SigningIn
                | Phase::Waiting { .. }
                | Phase::Refused { .. }
                | Phase::PersonNeeded { .. },
            ) => {
                self.trust = Trust::Refused;
                None
            }
            (Trust::Good, Phase::Resting { .. }) => {
                self.trust = Trust::Refused;
                Some(self.begin())
            }
            (Trust::OnProbation, Phase::Resting { .. }) => {
                self.trust = Trust::Refused;
                let twice = Failure::new(
                    FailureKind::Unauthorized,
                    format!(
                        "the service refused two tokens in a row ({})",
                        failure.sentence
                    ),
                );
                // Renewed in vain: the person may have more to prove than a refresh token can.
                self.phase = if self.by_person {
                    Phase::PersonNeeded {
                        failure: twice.with_remedy("sign in again"),
                    }
                } else {
                    Phase::Refused {
                        failure: twice.with_remedy(
                            "press t and check the token's audience and tenant, then R to try again",
                        ),
                    }
                };
                None
            }
            (Trust::Refused, Phase::Resting { .. }) => None,
        }
    }

    /// True while calls may leave: a token that is neither known to be expired nor refused.
    pub fn is_usable(&self, now: Moment) -> bool {
        self.trust != Trust::Refused
            && self
                .token
                .as_ref()
                .is_some_and(|token| !token.is_expired(now))
    }

    /// What is going on.
    pub fn phase(&self) -> &Phase {
        &self.phase
    }

    /// The token in use, as far as known.
    pub fn token(&self) -> Option<&TokenFacts> {
        self.token.as_ref()
    }

    /// The same, as far as it can be read.
    pub fn decoded(&self) -> Option<&DecodedToken> {
        self.token.as_ref()?.decoded.as_ref().ok()
    }

    /// The token before the last renewal.
    pub fn previous(&self) -> Option<&DecodedToken> {
        self.previous.as_ref()
    }

    /// How often the token was renewed.
    pub fn renewals(&self) -> u32 {
        self.renewals
    }
}

#[cfg(test)]
mod tests {
    #![expect(
        clippy::unwrap_used,
        reason = "a test that cannot read its input has failed"
    )]

    use super::*;
    use crate::domain::session::Kept;

    fn moment(seconds: i64) -> Moment {
        Moment {
            wall: "2026-11-22T14:00:00Z".parse().unwrap(),
            steady: Steady::START,
        }
        .plus(SignedDuration::from_secs(seconds))
    }

    fn facts(at: i64, life: i64) -> TokenFacts {
        TokenFacts {
            decoded: Err("opaque".to_owned()),
            obtained: moment(at),
            life: SignedDuration::from_secs(life),
            renew_in: None,
            skew: None,
            refreshable: true,
            kept: Kept::InMemory,
        }
    }

    fn refused() -> Failure {
        Failure::new(FailureKind::Unauthorized, "401")
    }

    #[test]
    fn a_token_is_renewed_at_the_later_of_four_fifths_and_five_minutes_before_its_end() {
        for (life, renewed) in [
            (3_600, 3_300),
            (3_599, 3_299),
            (5_400, 5_100),
            (86_400, 86_100),
            (1_500, 1_200),
            (1_499, 1_199),
            (600, 480),
            (300, 240),
            (30, 24),
            (0, 0),
        ] {
            let mut token = facts(0, life);
            assert_eq!(renew_after(&token).as_secs(), renewed, "a life of {life} s");
            token.renew_in = Some(SignedDuration::from_secs(20));
            assert_eq!(renew_after(&token).as_secs(), renewed.min(20));
        }
    }

    #[test]
    fn a_life_of_an_hour_is_renewed_after_55_minutes() {
        let mut session = Session::signing_in(SignedInBy::Program);
        session.on_renewed(Ok(facts(0, 3_600)), moment(0));
        assert_eq!(session.on_woke(moment(3_299)), None);
        assert_eq!(session.on_woke(moment(3_300)), Some(Renew));
        assert!(session.is_usable(moment(3_301)), "the old one still serves");
    }

    #[test]
    fn after_a_sleep_the_token_is_renewed_at_once_and_not_used() {
        let mut session = Session::signing_in(SignedInBy::Program);
        session.on_renewed(Ok(facts(0, 3_600)), moment(0));
        let morning = moment(8 * 3_600);
        assert!(!session.is_usable(morning));
        assert_eq!(session.on_woke(morning), Some(Renew));
    }

    #[test]
    fn a_failing_renewal_is_tried_again_while_the_old_token_serves() {
        let mut session = Session::signing_in(SignedInBy::Program);
        session.on_renewed(Ok(facts(0, 3_600)), moment(0));
        session.on_woke(moment(3_300));
        for wait in [5, 15, 45, 60, 60] {
            session.on_renewed(
                Err(Failure::new(FailureKind::Unreachable, "503")),
                moment(3_300),
            );
            assert_eq!(session.next_deadline(), Some(moment(3_300 + wait).steady));
            assert!(session.is_usable(moment(3_301)));
            session.on_woke(moment(3_300 + wait));
        }
        assert!(!session.is_usable(moment(3_600)));
    }

    #[test]
    fn a_refused_renewal_waits_for_a_person() {
        let mut session = Session::signing_in(SignedInBy::Program);
        session.on_renewed(
            Err(Failure::new(FailureKind::SignInRefused, "wrong password")),
            moment(0),
        );
        assert_eq!(session.next_deadline(), None);
        assert_eq!(session.retry(), Some(Renew));
        assert_eq!(session.retry(), None);
    }

    #[test]
    fn one_401_renews_and_a_second_is_a_refusal() {
        let mut session = Session::signing_in(SignedInBy::Program);
        session.on_renewed(Ok(facts(0, 3_600)), moment(0));
        assert_eq!(session.distrust(&refused()), Some(Renew));
        assert!(!session.is_usable(moment(1)));
        assert_eq!(session.distrust(&refused()), None, "one renewal at a time");
        session.on_renewed(Ok(facts(2, 3_600)), moment(2));
        assert!(session.is_usable(moment(2)));
        assert_eq!(session.distrust(&refused()), None);
        assert!(matches!(session.phase(), Phase::Refused { .. }));
        assert!(!session.is_usable(moment(3)));
    }

    #[test]
    fn a_person_is_asked_where_a_refresh_token_does_not_help() {
        let mut session = Session::signing_in(SignedInBy::Person);
        session.on_renewed(Ok(facts(0, 3_600)), moment(0));
        session.on_woke(moment(3_300));
        let ended = Failure::new(FailureKind::SignInNeeded, "AADSTS50173");
        session.on_renewed(Err(ended), moment(3_300));
        assert!(matches!(session.phase(), Phase::PersonNeeded { .. }));
        assert!(session.is_usable(moment(3_301)), "the old one still serves");
        assert_eq!(session.next_deadline(), None);
        assert_eq!(session.retry(), None, "asking again changes nothing");
        session.on_renewed(Ok(facts(3_400, 3_600)), moment(3_400));
        assert_eq!(session.distrust(&refused()), Some(Renew));
        session.on_renewed(Ok(facts(3_402, 3_600)), moment(3_402));
        assert_eq!(session.distrust(&refused()), None);
        assert!(
            matches!(session.phase(), Phase::PersonNeeded { .. }),
            "renewed in vain"
        );
        assert!(!session.is_usable(moment(3_403)));
        session.on_renewed(Ok(facts(3_410, 3_600)), moment(3_410));
        assert!(session.is_usable(moment(3_411)));
    }

    #[test]
    fn a_good_answer_ends_the_probation() {
        let mut session = Session::signing_in(SignedInBy::Program);
        session.on_renewed(Ok(facts(0, 3_600)), moment(0));
        session.distrust(&refused());
        session.on_renewed(Ok(facts(2, 3_600)), moment(2));
        session.on_accepted();
        assert_eq!(session.distrust(&refused()), Some(Renew));
    }

    #[test]
    fn a_401_while_renewal_fails_stops_the_calls() {
        for kind in [FailureKind::Unreachable, FailureKind::SignInRefused] {
            let mut session = Session::signing_in(SignedInBy::Program);
            session.on_renewed(Ok(facts(0, 3_600)), moment(0));
            session.on_woke(moment(3_300));
            session.on_renewed(Err(Failure::new(kind, "no")), moment(3_300));
            assert!(session.is_usable(moment(3_301)));
            assert_eq!(session.distrust(&refused()), None);
            assert!(!session.is_usable(moment(3_301)));
            session.on_accepted();
            assert!(
                !session.is_usable(moment(3_301)),
                "a late answer changes nothing"
            );
        }
    }

    #[test]
    fn a_token_without_a_life_does_not_spin() {
        let mut session = Session::signing_in(SignedInBy::Program);
        session.on_renewed(Ok(facts(0, 0)), moment(0));
        assert_eq!(session.next_deadline(), Some(moment(5).steady));
    }
}
