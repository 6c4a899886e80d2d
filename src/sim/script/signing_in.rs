//! What a test says about signing in: which tokens are good, and what they look like.
//!
//! `tokens` does it.

use std::time::Duration;

use crate::sim::script::Script;

impl Script {
    /// Every access token issued so far is refused from now on.
    pub fn revoke_tokens(&self) {
        self.world().tokens.revoke_access();
    }

    /// Every refresh token issued so far is refused from now on, with 50173.
    pub fn revoke_refresh_tokens(&self) {
        self.world().tokens.revoke_refresh();
    }

    /// Every refresh is refused with `invalid_grant` and this number, until somebody
    /// signs in with a browser or a device code.
    ///
    /// Refresh tokens from before that sign-in stay refused.
    pub fn refuse_refresh(&self, number: u32, suberror: Option<&str>) {
        let suberror = suberror.map(str::to_owned);
        self.world().tokens.refuse_refresh(number, suberror);
    }

    /// Every device code that waits is approved, as if typed in and agreed to.
    pub fn approve_device_codes(&self) {
        self.world().tokens.approve_device_codes();
    }

    /// Every device code that waits is declined.
    pub fn decline_device_codes(&self) {
        self.world().tokens.decline_device_codes();
    }

    /// Device codes are refused at once with `invalid_grant` and this number (53003 is
    /// Conditional Access), until taken back with `None`.
    pub fn block_device_code(&self, number: Option<u32>) {
        self.world().tokens.block_device_codes(number);
    }

    /// Registers one more certificate for the application, from PEM text; the thumbprint
    /// an assertion has to carry, or nothing if the text holds no certificate.
    pub fn upload_certificate(&self, pem: &str) -> Option<String> {
        self.world().tokens.register_certificate(pem)
    }

    /// The API refuses every token with `insufficient_claims` from now on, unless the
    /// request for it carried a `claims` parameter that is this JSON.
    ///
    /// A refresh token remembers the claims it was earned with; an application has to
    /// say them each time.
    pub fn challenge(&self, claims_json: &str) {
        self.world().tokens.challenge(claims_json);
    }

    /// Whether only a browser or a device code can meet a challenge: a refresh that
    /// tries is told `interaction_required`, with the claims.
    pub fn challenge_needs_person(&self, needs: bool) {
        self.world().tokens.challenge_needs_person(needs);
    }

    /// The permissions at Defender's API in tokens issued from now on.
    pub fn grant(&self, scopes: &[&str]) {
        self.world().tokens.granted = scopes.iter().map(|scope| (*scope).to_owned()).collect();
    }

    /// The permissions at Graph in tokens issued from now on, with the names that serve
    /// for people and applications alike. With none, nobody has consented, and a person
    /// is refused a token for Graph.
    pub fn grant_on_graph(&self, permissions: &[&str]) {
        self.world().tokens.granted_on_graph =
            permissions.iter().map(|name| (*name).to_owned()).collect();
    }

    /// Whether replies to a sign-in or a refresh come without a refresh token.
    pub fn omit_refresh_token(&self, omit: bool) {
        self.world().tokens.omit_refresh = omit;
    }

    /// Whether a refresh gives a new refresh token, or the same again.
    pub fn rotate_refresh_token(&self, rotate: bool) {
        self.world().tokens.rotate_refresh = rotate;
    }

    /// Whether access tokens are no JWTs.
    pub fn opaque_tokens(&self, opaque: bool) {
        self.world().tokens.opaque = opaque;
    }

    /// The `refresh_in` of replies from now on, in whole seconds; none without.
    pub fn tell_refresh_in(&self, after: Option<Duration>) {
        self.world().tokens.refresh_in = after;
    }
}
