//! Renewal with the refresh token a sign-in brought.

use crate::service::authority::Authority;
use crate::service::secret::Secret;

/// `grant_type=refresh_token` for the same audience.
pub(super) fn form<'a>(
    authority: &'a Authority,
    token: &'a Secret,
) -> [(&'static str, &'a str); 4] {
    [
        ("resource", &authority.resource),
        ("client_id", &authority.client_id),
        ("grant_type", "refresh_token"),
        ("refresh_token", token.expose()),
    ]
}
