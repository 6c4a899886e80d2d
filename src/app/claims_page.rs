//! The claims pane: the token in use, or the two of them one below the other.

use crate::app::State;
use crate::app::claims_text;
use crate::app::lines::Line;
use crate::app::lines::Page;
use crate::app::lines::Tone;
use crate::app::session::Phase;
use crate::app::session::Session;
use crate::app::tokens;
use crate::domain::session::Audience;
use crate::domain::token::Check;
use crate::domain::token::Expected;
use crate::domain::token::checks;

impl State {
    /// The claims pane's text.
    pub fn claims_page(&self, width: usize) -> Page {
        let mut page = Page::new(width);
        if self.settings.respond.is_none() {
            self.write_token(&mut page, Audience::Service);
            return page;
        }
        for (audience, place) in Audience::ALL.into_iter().zip(["first", "second"]) {
            let name = tokens::api_of(self, audience).name;
            let what = claims_text::serves(audience);
            page.gap();
            page.add(claims_text::title(place, name, what), 0);
            self.write_token(&mut page, audience);
        }
        page
    }

    fn write_token(&self, page: &mut Page, audience: Audience) {
        let session = self.session_of(audience);
        let Some((session, token)) = session.and_then(|known| Some((known, known.token()?))) else {
            write_absence(page, audience, session);
            return;
        };
        let checks = self.checks_of(audience);
        let expected = self.expected_of(audience);
        let context = claims_text::Context {
            now: self.minute(),
            zone: &self.settings.zone,
            checks: &checks,
            api: tokens::api_of(self, audience).api,
            duty: expected.map(|expected| expected.duty).unwrap_or_default(),
            previous: session.previous(),
        };
        if let Phase::Refused { failure } | Phase::PersonNeeded { failure } = session.phase()
            && audience == Audience::Respond
        {
            let words = format!("no new one: {}", failure.sentence);
            page.add(Line::of(Tone::Warning, words), 2);
        }
        claims_text::write(page, token, &context);
    }

    /// What a token is checked for, now.
    fn checks_of(&self, audience: Audience) -> Vec<Check> {
        let token = self.session_of(audience).and_then(Session::token);
        let decoded = token.and_then(|token| Some((token.decoded.as_ref().ok()?, token.skew)));
        match (decoded, self.expected_of(audience)) {
            (Some((decoded, skew)), Some(expected)) => {
                checks(decoded, expected, self.minute(), skew)
            }
            _ => Vec::new(),
        }
    }

    fn expected_of(&self, audience: Audience) -> Option<&Expected> {
        match audience {
            Audience::Service => Some(&self.settings.expected),
            Audience::Respond => self.settings.respond.as_ref(),
        }
    }
}

/// Why there is no token.
fn write_absence(page: &mut Page, audience: Audience, session: Option<&Session>) {
    let phase = session.map(Session::phase);
    let words = match (audience, phase) {
        (Audience::Respond, None) => "no token yet: it is asked for once somebody is signed in",
        (Audience::Respond, Some(Phase::Refused { .. })) => {
            "no token, so no action on devices: it was refused"
        }
        (Audience::Respond, Some(Phase::PersonNeeded { .. })) => {
            "no token, so no action on devices: somebody has to sign in again"
        }
        (Audience::Respond, Some(Phase::Waiting { .. })) => {
            "no token yet: it is asked for again by itself"
        }
        (Audience::Respond, Some(Phase::SigningIn | Phase::Renewing | Phase::Resting { .. })) => {
            "no token yet: it is being asked for"
        }
        (
            Audience::Service,
            None | Some(Phase::SigningIn | Phase::Renewing | Phase::Resting { .. }),
        ) => "no token yet: signing in",
        (Audience::Service, Some(Phase::Waiting { .. })) => {
            "no token: the sign-in is tried again by itself"
        }
        (Audience::Service, Some(Phase::Refused { .. })) => "no token: the sign-in was refused",
        (Audience::Service, Some(Phase::PersonNeeded { .. })) => "no token: nobody is signed in",
    };
    page.add(Line::of(Tone::Muted, words), 0);
    let ((_, Some(Phase::Waiting { failure: told, .. } | Phase::Refused { failure: told }))
    | (Audience::Respond, Some(Phase::PersonNeeded { failure: told }))) = (audience, phase)
    else {
        return;
    };
    page.add(Line::of(Tone::Bad, told.sentence.clone()), 0);
    if let Some(remedy) = &told.remedy {
        page.add(Line::of(Tone::Text, remedy.clone()), 0);
    }
}
