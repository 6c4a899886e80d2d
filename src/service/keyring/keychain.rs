//! The keyring of macOS: the Keychain.

use security_framework::base::Error;
use security_framework::passwords;
use security_framework::passwords::PasswordOptions;
use zeroize::Zeroizing;

use crate::service::keyring::Keyring;
use crate::service::secret::Secret;

const SERVICE: &str = "vigie";
/// `errSecItemNotFound`
const NOT_FOUND: i32 = -25300;

pub(super) struct Keychain;

impl Keyring for Keychain {
    fn name(&self) -> &'static str {
        "Keychain"
    }

    fn load(&self, account: &str) -> Result<Option<Secret>, String> {
        let options = PasswordOptions::new_generic_password(SERVICE, account);
        let bytes = match passwords::generic_password(options) {
            Ok(bytes) => Zeroizing::new(bytes),
            Err(error) if error.code() == NOT_FOUND => return Ok(None),
            Err(error) => return Err(refused(error)),
        };
        let text = str::from_utf8(&bytes)
            .map_err(|_may_quote_the_secret| "keeps something that is not text".to_owned())?;
        Ok(Some(Secret::new(text.to_owned())))
    }

    fn save(&self, account: &str, secret: &Secret) -> Result<(), String> {
        passwords::set_generic_password(SERVICE, account, secret.expose().as_bytes())
            .map_err(refused)
    }

    fn delete(&self, account: &str) -> Result<(), String> {
        match passwords::delete_generic_password(SERVICE, account) {
            Err(error) if error.code() != NOT_FOUND => Err(refused(error)),
            _ => Ok(()),
        }
    }
}

fn refused(error: Error) -> String {
    format!("refused: {error}")
}
