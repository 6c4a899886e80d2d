//! Sign-in of the application itself with a client secret: `grant_type=client_credentials`
//! at the v2 endpoint.
//!
//! There is no user: the token has `roles` instead of `scp`, sees the whole tenant, and
//! there is no refresh token; a renewal asks again.

use crate::service::authority::Authority;
use crate::service::secret::Secret;

/// The form of the grant.
pub(super) fn form<'a>(
    authority: &'a Authority,
    scope: &'a str,
    secret: &'a Secret,
) -> [(&'static str, &'a str); 4] {
    [
        ("client_id", &authority.client_id),
        ("client_secret", secret.expose()),
        ("grant_type", "client_credentials"),
        ("scope", scope),
    ]
}
