//! A session that outlives the program: its refresh token, in the system's keyring.
//!
//! Only where the profile says so. What the keyring does not take stays in memory only,
//! and is told ([`Kept`]); there is no file to fall back to.

use crate::domain::session::Kept;
use crate::service::authority::Endpoint;
use crate::service::authority::refresh::RefreshToken;
use crate::service::client::Client;
use crate::service::keyring::KeyringError;
use crate::service::keyring::Remembering;
use crate::service::secret::Secret;

/// The place of one profile's session in the keyring.
#[derive(Debug, Clone)]
pub(super) struct Memory {
    keyring: Remembering,
    account: String,
}

impl Client {
    /// The same client, whose sessions outlive the program. An application has none: it
    /// must not go on with that of a person who signed in to the same registration.
    #[must_use]
    pub fn remembering(mut self, keyring: Remembering) -> Self {
        if !self.authority.is_for_people() {
            return self;
        }
        let account = self.authority.account();
        self.memory = Some(Memory { keyring, account });
        self
    }

    /// Ends the session everywhere: its tokens are wiped and deleted from the keyring.
    ///
    /// # Errors
    /// When the keyring did not do so; the tokens in memory are wiped all the same.
    pub async fn sign_out(&self) -> Result<(), KeyringError> {
        self.forget_tokens();
        self.forget_memory().await
    }

    /// Takes the refresh token from the keyring: another program may have renewed since.
    pub(super) async fn recall(&self) {
        let Some(memory) = &self.memory else {
            return;
        };
        // A keyring that fails is told of when something is to be kept.
        if let Ok(Some(kept)) = memory.keyring.load(&memory.account).await
            && let Some(token) = read(&kept)
        {
            self.tokens.adopt_refresh_token(token);
        }
    }

    /// Puts the refresh token into the keyring, and tells where it is kept.
    pub(super) async fn remember(&self, token: Option<&RefreshToken>) -> Kept {
        let Some(memory) = &self.memory else {
            return Kept::InMemory;
        };
        let Some(token) = token else {
            // What is there is of a session before this one, perhaps another person's.
            // One that cannot be deleted is not asked for again either.
            self.forget_memory().await.unwrap_or_default();
            return Kept::InMemory;
        };
        let saved = memory.keyring.save(&memory.account, &written(token)).await;
        match saved {
            Ok(()) => Kept::InKeyring(memory.keyring.name()),
            Err(error) => Kept::OnlyInMemory(error.to_string()),
        }
    }

    pub(super) async fn forget_memory(&self) -> Result<(), KeyringError> {
        match &self.memory {
            Some(memory) => memory.keyring.delete(&memory.account).await,
            None => Ok(()),
        }
    }
}

/// The endpoint it is good at, then the token.
fn written(token: &RefreshToken) -> Secret {
    let endpoint = match token.endpoint {
        Endpoint::V1 => "v1",
        Endpoint::V2 => "v2",
    };
    Secret::new(format!("{endpoint} {}", token.token.expose()))
}

fn read(kept: &Secret) -> Option<RefreshToken> {
    let (endpoint, token) = kept.expose().split_once(' ')?;
    let endpoint = match endpoint {
        "v1" => Endpoint::V1,
        "v2" => Endpoint::V2,
        _ => return None,
    };
    let is_token = !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic());
    is_token.then(|| RefreshToken {
        token: Secret::new(token.to_owned()),
        endpoint,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_read_back_and_nothing_else_is() {
        for endpoint in [Endpoint::V1, Endpoint::V2] {
            let token = RefreshToken {
                token: Secret::new("1.abc".to_owned()),
                endpoint,
            };
            assert_eq!(read(&written(&token)), Some(token));
        }
        for foreign in ["", "v2", "v2 ", "v3 1.abc", "v2 1.a\nb", "1.abc"] {
            assert_eq!(read(&Secret::new(foreign.to_owned())), None, "{foreign}");
        }
    }
}
