//! The keyring of Windows: the Credential Manager.
//!
//! Its entries are short, so a token may need several: see [`pieces`].

use std::collections::HashMap;
use std::sync::Arc;

use keyring_core::Entry;
use keyring_core::Error;
use keyring_core::api::CredentialStoreApi;
use windows_native_keyring_store::Store;
use zeroize::Zeroizing;

use crate::service::keyring::Keyring;
use crate::service::keyring::pieces;
use crate::service::keyring::pieces::Entries;
use crate::service::secret::Secret;

pub(super) struct CredentialManager;

impl Keyring for CredentialManager {
    fn name(&self) -> &'static str {
        "Windows Credential Manager"
    }

    fn load(&self, account: &str) -> Result<Option<Secret>, String> {
        pieces::load(&Credentials::open()?, account)
    }

    fn save(&self, account: &str, secret: &Secret) -> Result<(), String> {
        pieces::save(&Credentials::open()?, account, secret)
    }

    fn delete(&self, account: &str) -> Result<(), String> {
        pieces::delete(&Credentials::open()?, account)
    }
}

struct Credentials(Arc<Store>);

impl Credentials {
    fn open() -> Result<Self, String> {
        Store::new().map(Self).map_err(refused)
    }

    fn entry(&self, name: &str) -> Result<Entry, String> {
        // The usual kind roams to the other machines of a domain.
        let stays_here = HashMap::from([("persistence", "Local")]);
        self.0
            .build("vigie", name, Some(&stays_here))
            .map_err(refused)
    }
}

impl Entries for Credentials {
    fn read(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, String> {
        match self.entry(name)?.get_secret() {
            Ok(bytes) => Ok(Some(Zeroizing::new(bytes))),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(refused(error)),
        }
    }

    fn write(&self, name: &str, value: &[u8]) -> Result<(), String> {
        self.entry(name)?.set_secret(value).map_err(refused)
    }

    fn remove(&self, name: &str) -> Result<(), String> {
        match self.entry(name)?.delete_credential() {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(error) => Err(refused(error)),
        }
    }
}

/// Without what the error may quote.
fn refused(error: Error) -> String {
    match error {
        Error::BadEncoding(_) | Error::BadDataFormat(..) => {
            "keeps something that cannot be read".to_owned()
        }
        error => format!("refused: {error}"),
    }
}
