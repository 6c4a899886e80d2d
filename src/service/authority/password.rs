//! Sign-in with user name and password: `grant_type=password`, as in Microsoft's
//! tutorial for native applications.
//!
//! Cannot do MFA and is refused by many tenants; asked for by name only.

use crate::service::authority::Authority;
use crate::service::authority::source::SecretSource;
use crate::service::secret::Secret;

/// Who signs in and where the password comes from.
#[derive(Debug, Clone)]
pub struct PasswordSignIn {
    pub username: String,
    pub source: SecretSource,
}

impl PasswordSignIn {
    /// The form of the tutorial: these five fields and no other.
    pub(super) fn form<'a>(
        &'a self,
        authority: &'a Authority,
        password: &'a Secret,
    ) -> [(&'static str, &'a str); 5] {
        [
            ("resource", &authority.resource),
            ("client_id", &authority.client_id),
            ("grant_type", "password"),
            ("username", &self.username),
            ("password", password.expose()),
        ]
    }
}
