//! Where refresh tokens outlive the program: the system's keyring, and nothing else.
//!
//! Reading order: this file (the two seconds a keyring has), then the keyring of each
//! system: `secret_service` on Linux, `keychain` on macOS, `credential_manager` on
//! Windows, whose short entries `pieces` is for. There is no file to fall back to: what
//! no keyring takes is kept in memory only, and whoever asks is told so.

#[cfg(windows)]
mod credential_manager;
#[cfg(target_os = "macos")]
mod keychain;
#[cfg(any(windows, test))]
mod pieces;
#[cfg(all(unix, not(target_os = "macos")))]
mod secret_service;

use std::fmt;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use thiserror::Error;
use tokio::sync::Mutex;
use tokio::sync::oneshot;
use tokio::time;

use crate::service::secret::Secret;
use crate::wire::problem;

/// The system's store of secrets. All calls block, perhaps for ever.
///
/// What fails is told in words that complete "the keyring …" and hold no secret.
pub trait Keyring: Send + Sync {
    /// What people know it by.
    fn name(&self) -> &'static str;
    fn load(&self, account: &str) -> Result<Option<Secret>, String>;
    /// Replaces what was kept for this account.
    fn save(&self, account: &str, secret: &Secret) -> Result<(), String>;
    /// That there was nothing to delete is no failure.
    fn delete(&self, account: &str) -> Result<(), String>;
}

/// A keyring that did not do what it was asked for. From then on it is left alone.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum KeyringError {
    #[error("the keyring ({0}) did not answer within {seconds} s", seconds = ANSWERS_WITHIN.as_secs())]
    Silent(&'static str),
    #[error("the keyring ({keyring}) {words}")]
    Failed {
        keyring: &'static str,
        words: String,
    },
}

/// A keyring on another machine's desktop may wait for a person who is not there.
const ANSWERS_WITHIN: Duration = Duration::from_secs(2);

/// A keyring asked from async code: each answer within two seconds or never again.
#[derive(Clone)]
pub struct Remembering {
    keyring: Arc<dyn Keyring>,
    /// Why it is not asked any more. Held while it is asked, so that what comes at the
    /// same time does not wait for its own two seconds.
    given_up: Arc<Mutex<Option<KeyringError>>>,
}

impl Remembering {
    pub fn new(keyring: Arc<dyn Keyring>) -> Self {
        Self {
            keyring,
            given_up: Arc::default(),
        }
    }

    /// The keyring of this system; nothing is asked of it yet. `None` where we know none.
    pub fn system() -> Option<Self> {
        #[cfg(target_os = "macos")]
        return Some(Self::new(Arc::new(keychain::Keychain)));
        #[cfg(windows)]
        return Some(Self::new(Arc::new(credential_manager::CredentialManager)));
        #[cfg(all(unix, not(target_os = "macos")))]
        return Some(Self::new(Arc::new(secret_service::SecretService)));
        #[cfg(not(any(unix, windows)))]
        None
    }

    /// What people know the keyring by.
    pub fn name(&self) -> &'static str {
        self.keyring.name()
    }

    pub async fn load(&self, account: &str) -> Result<Option<Secret>, KeyringError> {
        let account = account.to_owned();
        self.ask(move |keyring| keyring.load(&account)).await
    }

    /// A silent keyring may still keep the secret later: nobody can call the request back.
    pub async fn save(&self, account: &str, secret: &Secret) -> Result<(), KeyringError> {
        let account = account.to_owned();
        let secret = secret.clone();
        self.ask(move |keyring| keyring.save(&account, &secret))
            .await
    }

    pub async fn delete(&self, account: &str) -> Result<(), KeyringError> {
        let account = account.to_owned();
        self.ask(move |keyring| keyring.delete(&account)).await
    }

    async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&dyn Keyring) -> Result<T, String> + Send + 'static,
    ) -> Result<T, KeyringError> {
        let mut given_up = self.given_up.lock().await;
        if let Some(error) = &*given_up {
            return Err(error.clone());
        }
        let (tell, told) = oneshot::channel();
        let keyring = Arc::clone(&self.keyring);
        // Not a thread of tokio's: the program's end would wait for those.
        let thread = thread::Builder::new().name("keyring".to_owned());
        let started = thread.spawn(move || {
            // Too late an answer has nobody left to hear it.
            drop(tell.send(question(&*keyring)));
        });
        let error = match started {
            Err(error) => self.failed(&format!("cannot be asked: {error}")),
            Ok(_detached) => match time::timeout(ANSWERS_WITHIN, told).await {
                Ok(Ok(Ok(answer))) => return Ok(answer),
                Ok(Ok(Err(words))) => self.failed(&words),
                Ok(Err(_thread_panicked)) => self.failed("broke off"),
                Err(_elapsed) => KeyringError::Silent(self.name()),
            },
        };
        tracing::warn!(%error, "left alone from now on");
        *given_up = Some(error.clone());
        Err(error)
    }

    fn failed(&self, words: &str) -> KeyringError {
        KeyringError::Failed {
            keyring: self.name(),
            words: problem::harmless(words),
        }
    }
}

impl fmt::Debug for Remembering {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_tuple("Remembering")
            .field(&self.name())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    #![expect(
        clippy::unwrap_used,
        reason = "a test that meets the unexpected has to stop"
    )]

    use std::collections::HashMap;
    use std::sync::Mutex;
    use std::sync::atomic::AtomicUsize;
    use std::sync::atomic::Ordering;
    use std::sync::mpsc;

    use tokio::time::Instant;

    use super::*;

    /// A keyring that can be made to fail, or to hang until the test lets go of it.
    #[derive(Default)]
    struct Pretend {
        kept: Mutex<HashMap<String, Secret>>,
        asked: AtomicUsize,
        fails_with: Option<&'static str>,
        hangs_on: Option<Mutex<mpsc::Receiver<()>>>,
    }

    impl Pretend {
        fn answer(&self) -> Result<(), String> {
            self.asked.fetch_add(1, Ordering::Relaxed);
            if let Some(let_go) = &self.hangs_on {
                let_go.lock().unwrap().recv().unwrap_or_default();
            }
            match self.fails_with {
                Some(words) => Err(words.to_owned()),
                None => Ok(()),
            }
        }
    }

    impl Keyring for Pretend {
        fn name(&self) -> &'static str {
            "Pretend"
        }

        fn load(&self, account: &str) -> Result<Option<Secret>, String> {
            self.answer()?;
            Ok(self.kept.lock().unwrap().get(account).cloned())
        }

        fn save(&self, account: &str, secret: &Secret) -> Result<(), String> {
            self.answer()?;
            let mut kept = self.kept.lock().unwrap();
            kept.insert(account.to_owned(), secret.clone());
            Ok(())
        }

        fn delete(&self, account: &str) -> Result<(), String> {
            self.answer()?;
            self.kept.lock().unwrap().remove(account);
            Ok(())
        }
    }

    fn token() -> Secret {
        Secret::new("0.AXcA-refresh".to_owned())
    }

    fn asked(pretend: &Pretend) -> usize {
        pretend.asked.load(Ordering::Relaxed)
    }

    #[tokio::test]
    async fn what_is_kept_is_read_back_until_it_is_deleted() {
        let remembering = Remembering::new(Arc::new(Pretend::default()));
        assert_eq!(remembering.load("a").await, Ok(None));
        remembering.save("a", &token()).await.unwrap();
        assert_eq!(remembering.load("a").await, Ok(Some(token())));
        assert_eq!(remembering.load("b").await, Ok(None));
        remembering.delete("a").await.unwrap();
        assert_eq!(remembering.load("a").await, Ok(None));
    }

    #[tokio::test]
    async fn one_that_fails_is_asked_once_and_its_words_are_made_harmless() {
        let pretend = Arc::new(Pretend {
            fails_with: Some("is locked\u{1b}[2J"),
            ..Pretend::default()
        });
        let remembering = Remembering::new(pretend.clone());
        let first = remembering.save("a", &token()).await.unwrap_err();
        let words = first.to_string();
        assert!(
            words.starts_with("the keyring (Pretend) is locked"),
            "{words}"
        );
        assert!(!words.contains('\u{1b}'));
        assert_eq!(remembering.clone().load("a").await, Err(first.clone()));
        assert_eq!(remembering.delete("b").await, Err(first));
        assert_eq!(asked(&pretend), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn one_that_hangs_has_two_seconds_once() {
        let (hold, let_go) = mpsc::channel();
        let pretend = Arc::new(Pretend {
            hangs_on: Some(Mutex::new(let_go)),
            ..Pretend::default()
        });
        let remembering = Remembering::new(pretend.clone());
        let started = Instant::now();
        let secret = token();
        let (load, save) = tokio::join!(remembering.load("a"), remembering.save("a", &secret));
        assert_eq!(load, Err(KeyringError::Silent("Pretend")));
        assert_eq!(save, Err(KeyringError::Silent("Pretend")));
        assert_eq!(started.elapsed(), ANSWERS_WITHIN);
        assert_eq!(
            remembering.delete("a").await.unwrap_err().to_string(),
            "the keyring (Pretend) did not answer within 2 s"
        );
        assert_eq!(started.elapsed(), ANSWERS_WITHIN);
        drop(hold);
        // The thread may not even have begun by then: once is the most.
        assert!(asked(&pretend) <= 1);
    }

    #[tokio::test]
    async fn nothing_secret_is_printed() {
        let pretend = Arc::new(Pretend::default());
        let remembering = Remembering::new(pretend.clone());
        remembering.save("a", &token()).await.unwrap();
        let printed = format!(
            "{remembering:?} {:?} {:?}",
            remembering.load("a").await,
            pretend.kept
        );
        assert!(!printed.contains("AXcA"), "{printed}");
        assert!(
            printed.starts_with("Remembering(\"Pretend\") Ok(Some([redacted]))"),
            "{printed}"
        );
    }
}
