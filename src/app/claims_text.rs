//! The token in words: what it lets one do, whether it fits, and every claim.
//!
//! Drawn in the claims pane and printed by `vigie token`.

use std::collections::HashMap;
use std::collections::HashSet;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::app::lines::Line;
use crate::app::lines::Page;
use crate::app::lines::Tone;
use crate::app::times;
use crate::domain::session::Audience;
use crate::domain::session::Kept;
use crate::domain::session::TokenFacts;
use crate::domain::text::Text;
use crate::domain::token::Api;
use crate::domain::token::Check;
use crate::domain::token::Claim;
use crate::domain::token::DecodedToken;
use crate::domain::token::Duty;
use crate::domain::token::Outcome;
use crate::domain::token::absent;
use crate::domain::token::explain;
use crate::domain::token::lets_or_unused;
use crate::domain::token::meaning;

/// What is needed to put a token in words.
pub struct Context<'a> {
    pub now: Timestamp,
    pub zone: &'a TimeZone,
    pub checks: &'a [Check],
    /// Whose permissions they are, and what the token is to be good for.
    pub api: Api,
    pub duty: Duty,
    /// The token before the last renewal: what differs is marked.
    pub previous: Option<&'a DecodedToken>,
}

/// Longest claim value shown; a hostile one is a whole screen otherwise.
const LONGEST_VALUE: usize = 600;

/// The token in use, wrapped to `width` cells. `expires` is told by its issuer.
pub fn page(facts: &TokenFacts, context: &Context<'_>, width: usize) -> Page {
    let mut page = Page::new(width);
    write(&mut page, facts, context);
    page
}

/// What a token is for, above it where there are two.
pub fn title(place: &str, name: &str, serves: &str) -> Line {
    Line::of(Tone::Heading, format!("{place} token").to_uppercase())
        .and(Tone::Strong, format!("  {name}"))
        .and(Tone::Muted, format!("  {serves}"))
}

/// What calls go with it, where there are two.
pub const fn serves(audience: Audience) -> &'static str {
    match audience {
        Audience::Service => "alerts and hunting",
        Audience::Respond => "devices and actions on them",
    }
}

/// The same below what is on the page already.
pub fn write(page: &mut Page, facts: &TokenFacts, context: &Context<'_>) {
    match &facts.decoded {
        Ok(token) => {
            who(page, token);
            expiry(page, facts, context);
            body(page, token, context);
        }
        Err(sentence) => {
            page.add(Line::of(Tone::Strong, "opaque token"), 0);
            expiry(page, facts, context);
            page.gap();
            page.add(Line::of(Tone::Text, sentence.clone()), 0);
            page.add(
                Line::of(
                    Tone::Muted,
                    "it may work all the same: only the service can judge it",
                ),
                0,
            );
        }
    }
}

/// A token read from somewhere, without what its issuer said about it.
pub fn decoded_page(token: &DecodedToken, context: &Context<'_>, width: usize) -> Page {
    let mut page = Page::new(width);
    who(&mut page, token);
    body(&mut page, token, context);
    page
}

fn who(page: &mut Page, token: &DecodedToken) {
    let kind = if token.app_only() {
        "application"
    } else {
        "delegated"
    };
    let user = token
        .user()
        .or_else(|| token.application())
        .unwrap_or_default();
    page.add(
        Line::of(Tone::Strong, user.shown()).and(Tone::Muted, format!("  {kind}")),
        2,
    );
}

fn expiry(page: &mut Page, facts: &TokenFacts, context: &Context<'_>) {
    let expires = facts.expires().wall;
    let renewal = match (&facts.kept, facts.refreshable) {
        (_, false) => "by a new sign-in".to_owned(),
        (Kept::InMemory, true) => "by refresh token, in memory only".to_owned(),
        (Kept::InKeyring(name), true) => format!("by refresh token, in the keyring ({name})"),
        (Kept::OnlyInMemory(why), true) => format!("by refresh token, in memory only: {why}"),
    };
    page.add(
        Line::of(Tone::Label, "expires ")
            .and(
                Tone::Text,
                times::clock_with_seconds(expires, context.now, context.zone),
            )
            .and(Tone::Muted, format!("  renewed {renewal}")),
        2,
    );
}

fn body(page: &mut Page, token: &DecodedToken, context: &Context<'_>) {
    permissions(page, token, context);
    page.heading("CHECKS");
    for check in context.checks {
        let (mark, tone) = match check.outcome {
            Outcome::Pass => ("ok  ", Tone::Good),
            Outcome::Warn => ("warn", Tone::Warning),
            Outcome::Fail => ("FAIL", Tone::Bad),
            Outcome::Unknown => ("?   ", Tone::Muted),
        };
        page.add(
            Line::of(tone, mark)
                .and(Tone::Label, format!(" {} ", check.name))
                .and(Tone::Text, check.message.clone()),
            5,
        );
    }
    for note in &token.notes {
        page.add(
            Line::of(Tone::Warning, "note ").and(Tone::Text, note.clone()),
            5,
        );
    }
    let before = context.previous;
    let claims = before.map(|before| by_name(&before.claims));
    page.heading(format!("CLAIMS {}", token.claims.len()));
    for claim in &token.claims {
        described(page, claim, claims.as_ref(), context);
    }
    let header = before.map(|before| by_name(&before.header));
    page.heading("HEADER");
    for claim in &token.header {
        described(page, claim, header.as_ref(), context);
    }
    let signature = if token.signed {
        "has a signature (not verified: that is the service's task)"
    } else {
        "unsigned"
    };
    page.add(
        Line::of(Tone::Muted, format!("{} bytes, {signature}", token.length)),
        2,
    );
}

fn permissions(page: &mut Page, token: &DecodedToken, context: &Context<'_>) {
    let app_only = token.app_only();
    page.heading(if app_only { "ROLES" } else { "SCP" });
    let granted = token.granted();
    if granted.is_empty() {
        page.add_text(Tone::Bad, "grants nothing", 2);
    }
    let before = context.previous.map(DecodedToken::granted);
    let known: Option<HashSet<&Text>> = before.as_ref().map(|before| before.iter().collect());
    let now: HashSet<&Text> = granted.iter().collect();
    for permission in &granted {
        let is_new = known
            .as_ref()
            .is_some_and(|known| !known.contains(permission));
        page.add(
            Line::of(Tone::Fresh, if is_new { "+ " } else { "  " })
                .and(Tone::Text, permission.shown())
                .and(
                    Tone::Muted,
                    format!("  {}", lets_or_unused(permission.original())),
                ),
            4,
        );
    }
    // In the order they were granted in, the same each time it is drawn.
    for lost in before.iter().flatten().filter(|old| !now.contains(old)) {
        page.add(
            Line::of(Tone::Bad, "- ")
                .and(Tone::Text, lost.shown())
                .and(Tone::Bad, "  gone since the last renewal"),
            4,
        );
    }
    for permission in absent(token, context.api, context.duty) {
        page.add(
            Line::of(Tone::Muted, format!("  {}", permission.name(app_only)))
                .and(Tone::Muted, format!("  absent: cannot {}", permission.lets)),
            4,
        );
    }
}

fn by_name(claims: &[Claim]) -> HashMap<&Text, &Text> {
    claims
        .iter()
        .map(|claim| (&claim.name, &claim.raw))
        .collect()
}

/// One claim with its value and what that means; marked where the renewal changed it.
fn described(
    page: &mut Page,
    claim: &Claim,
    before: Option<&HashMap<&Text, &Text>>,
    context: &Context<'_>,
) {
    if page.is_full() {
        return;
    }
    let changed = before.is_some_and(|before| before.get(&claim.name) != Some(&&claim.raw));
    let value = claim.shown();
    let value: String = value.chars().take(LONGEST_VALUE).collect();
    page.add(
        Line::of(Tone::Fresh, if changed { "*" } else { " " })
            .and(Tone::Label, format!("{} ", claim.name.shown()))
            .and(Tone::Text, value),
        3,
    );
    let told = [
        explain(claim, context.now, context.zone),
        meaning(claim.name.original()).map(str::to_owned),
    ];
    let told: Vec<String> = told.into_iter().flatten().collect();
    let words = if told.is_empty() {
        "not known to vigie".to_owned()
    } else {
        told.join("; ")
    };
    page.add_text(Tone::Muted, &words, 3);
}

/// The user a token is for, for the head.
pub fn user_of(facts: &TokenFacts) -> Option<Text> {
    let token = facts.decoded.as_ref().ok()?;
    token.user().or_else(|| token.application())
}
