//! The reply to a good request for tokens, in the dialect of the endpoint.
//!
//! Issues nothing: it writes down what was issued.

use std::time::Duration;

use crate::sim::json::Object;
use crate::sim::jwt;
use crate::sim::jwt::Claims;
use crate::sim::jwt::Holder;
use crate::sim::tokens::Version;

/// What was issued beside the access token.
#[derive(Default)]
pub(super) struct Issued<'a> {
    pub(super) refresh: Option<&'a str>,
    pub(super) identity: Option<&'a str>,
    /// When Entra would like to see the client again.
    pub(super) refresh_in: Option<Duration>,
}

/// The body of the reply: v1 writes its numbers as strings.
pub(super) fn body(
    version: Version,
    claims: &Claims<'_>,
    token: &str,
    issued: &Issued<'_>,
) -> String {
    // One second went by on the way, as in every stored reply.
    let seconds = (claims.expires.as_second() - claims.now.as_second() - 1).max(0);
    let mut body = Object::new().field("token_type", "Bearer");
    let is_user = claims.proof.holder() == Holder::User;
    let number = |body: Object, name: &str, value: i64| match version {
        Version::One => body.field(name, value.to_string()),
        Version::Two => body.field(name, value),
    };
    if is_user {
        let scope: Vec<String> = match version {
            Version::One => claims.permissions.to_vec(),
            Version::Two => {
                let full = |name: &String| format!("{}/{name}", claims.audience);
                claims.permissions.iter().map(full).collect()
            }
        };
        body = body.field("scope", scope.join(" "));
    }
    body = number(body, "expires_in", seconds);
    body = number(body, "ext_expires_in", seconds);
    if let Some(wish) = issued.refresh_in {
        let wish = i64::try_from(wish.as_secs()).unwrap_or(i64::MAX);
        body = number(body, "refresh_in", wish);
    }
    if version == Version::One {
        body = number(body, "expires_on", claims.expires.as_second());
        let not_before = claims.now.as_second() - jwt::BACK_DATED_SECONDS;
        body = number(body, "not_before", not_before).field("resource", claims.audience);
    }
    body = body.field("access_token", token);
    if let Some(refresh) = issued.refresh {
        body = body.field("refresh_token", refresh);
    }
    if let Some(identity) = issued.identity {
        body = body.field("id_token", identity);
    }
    body.end()
}
