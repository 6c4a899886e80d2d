//! The claims challenge: tokens that were good are refused, with what the next one has
//! to bring.
//!
//! Which token brings it is remembered as the number of the challenge it meets.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value as Json;

use crate::sim::entra::Refusal;
use crate::sim::tokens::Grant;
use crate::sim::tokens::Tokens;
use crate::sim::tokens::endpoint::Form;

struct Challenge {
    /// As the script wrote it, blanks and all.
    text: String,
    claims: Json,
}

#[derive(Default)]
pub(super) struct Challenges {
    standing: Option<Challenge>,
    /// The number of the one that stands.
    count: u64,
    needs_person: bool,
}

impl Tokens {
    pub(crate) fn challenge(&mut self, claims: &str) {
        self.challenges.count += 1;
        self.challenges.standing = Some(Challenge {
            text: claims.to_owned(),
            claims: serde_json::from_str(claims).unwrap_or_default(),
        });
    }

    pub(crate) fn challenge_needs_person(&mut self, needs: bool) {
        self.challenges.needs_person = needs;
    }

    /// The grant with what this form's claims add to it, where nobody has to appear.
    pub(super) fn stepped_up(&self, grant: Grant, form: &Form) -> Result<Grant, Refusal> {
        let met = self.challenges.met_by(form.claims()?.as_ref());
        match &self.challenges.standing {
            Some(challenge) if met != 0 && met != grant.met && self.challenges.needs_person => {
                let message = "Due to a configuration change made by your administrator, or because you moved to a new \
                               location, you must use multi-factor authentication to access this resource.";
                Err(Refusal {
                    suberror: Some(String::from("basic_action")),
                    claims: Some(challenge.text.clone()),
                    ..Refusal::new("interaction_required", 50_076, message)
                })
            }
            _ => Ok(Grant {
                met: met.max(grant.met),
                ..grant
            }),
        }
    }
}

impl Challenges {
    /// The number of the challenge these claims answer; zero for none.
    pub(super) fn met_by(&self, claims: Option<&Json>) -> u64 {
        match &self.standing {
            Some(challenge) if claims == Some(&challenge.claims) => self.count,
            _ => 0,
        }
    }

    /// What a token that has met challenge `met` still lacks, in base64 with padding.
    pub(super) fn lacking(&self, met: u64) -> Option<String> {
        let challenge = self.standing.as_ref().filter(|_| met != self.count)?;
        Some(STANDARD.encode(&challenge.text))
    }
}

impl Form {
    /// The parameter `claims`, which is a JSON object if it is there at all.
    pub(super) fn claims(&self) -> Result<Option<Json>, Refusal> {
        let Some(text) = self.optional("claims") else {
            return Ok(None);
        };
        match serde_json::from_str::<Json>(text) {
            Ok(claims) if claims.is_object() => Ok(Some(claims)),
            _ => {
                let message = "The parameter 'claims' is not a JSON object.";
                Err(Refusal::new("invalid_request", 9_002_313, message))
            }
        }
    }
}
