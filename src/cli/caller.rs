//! Asks the service on behalf of a command: renews a refused token once, waits
//! where told to, and gives up after some tries.

use std::sync::Arc;

use jiff::SignedDuration;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::app::backoff;
use crate::app::claims_text;
use crate::app::count;
use crate::app::session::renew_after;
use crate::cli::arguments::SettingFlags;
use crate::cli::error::CliError;
use crate::cli::output;
use crate::cli::person;
use crate::cli::sign_in;
use crate::clock;
use crate::config::Config;
use crate::domain::alert::AlertPage;
use crate::domain::failure::Failure;
use crate::domain::failure::FailureKind;
use crate::domain::filter::Around;
use crate::domain::session::TokenFacts;
use crate::domain::sign_in::Way;
use crate::runtime::sleeper::Sleeper;
use crate::service::Client;
use crate::service::ServiceError;
use crate::service::client::Now;

/// Tries of one request before it counts as failed.
const TRIES: u32 = 4;

/// A signed-in client with patience.
pub struct Caller {
    pub client: Arc<Client>,
    pub now: Now,
    pub token: TokenFacts,
    /// How a person signs in, where one is needed.
    way: Option<Way>,
    sleeper: Sleeper,
}

/// Everything needed to sign in.
pub struct Prepared {
    pub config: Config,
    pub client: Arc<Client>,
    pub now: Now,
}

/// Makes a client for the settings in force; nothing is sent yet.
pub fn prepare(flags: &SettingFlags) -> Result<Prepared, CliError> {
    let config = sign_in::load(flags)?;
    let now = clock::system();
    let client = Arc::new(sign_in::client(&config, Arc::clone(&now))?);
    Ok(Prepared {
        config,
        client,
        now,
    })
}

impl Caller {
    /// Signs in.
    pub async fn sign_in(prepared: Prepared) -> Result<Self, CliError> {
        let sleeper = Sleeper::new()
            .map_err(|error| CliError::failed(format!("the timer cannot be made ({error})")))?;
        let Prepared {
            config,
            client,
            now,
        } = prepared;
        let way = sign_in::way(&config);
        let token = renewed(&client, &now, way, &sleeper).await?;
        Ok(Self {
            client,
            now,
            token,
            way,
            sleeper,
        })
    }

    /// Signs in, and takes even a token that is of no use to us: to be looked at.
    pub async fn look(prepared: Prepared) -> Result<(TokenFacts, Now), CliError> {
        let now = Arc::clone(&prepared.now);
        match prepared.client.renew().await {
            Ok(facts) => Ok((facts, now)),
            Err(ServiceError::Foreign { facts, .. }) => Ok((*facts, now)),
            Err(error) => {
                let failure = Failure::from(error);
                // Asked again only where that may help: a wrong password would count twice.
                if !failure.is_passing() && failure.kind != FailureKind::SignInNeeded {
                    return Err(failure.into());
                }
                let caller = Self::sign_in(prepared).await?;
                Ok((caller.token, now))
            }
        }
    }

    /// Makes one request; after a 401 once more with a new token.
    pub async fn call<T>(
        &self,
        request: impl AsyncFn(&Client) -> Result<T, ServiceError>,
    ) -> Result<T, Failure> {
        match patiently(&self.sleeper, || request(&self.client)).await {
            Err(failure) if failure.kind == FailureKind::Unauthorized => {
                renewed(&self.client, &self.now, self.way, &self.sleeper).await?;
                patiently(&self.sleeper, || request(&self.client)).await
            }
            answered => answered,
        }
    }

    /// The service's clock: ours may be wrong.
    pub fn service_now(&self) -> Timestamp {
        let wall = (self.now)().wall;
        let skew = self.token.skew.unwrap_or_default();
        wall.saturating_add(skew).unwrap_or(wall)
    }

    /// What filters are asked in.
    pub fn around(&self) -> Around {
        let me = claims_text::user_of(&self.token);
        Around {
            me: me.map_or_else(String::new, |me| me.original().to_owned()),
            now: self.service_now(),
            zone: TimeZone::system(),
            service: self.client.service(),
        }
    }

    /// So long ago, by the service's clock.
    pub fn before_now(&self, back: SignedDuration) -> Timestamp {
        let now = self.service_now();
        now.saturating_sub(back).unwrap_or(Timestamp::MIN)
    }

    /// Renews the token when it is time. A renewal that fails is tried again with the
    /// next request that needs it.
    pub async fn renew_if_due(&mut self) {
        let renew_at = self.token.obtained.plus(renew_after(&self.token));
        if (self.now)().steady >= renew_at.steady
            && let Ok(token) = renewed(&self.client, &self.now, self.way, &self.sleeper).await
        {
            self.token = token;
        }
    }

    /// Waits until a moment on the steady clock.
    pub async fn wait(&self, wait: SignedDuration) {
        self.sleeper.wait(Some(wait)).await;
    }
}

/// A new token: silently if that can be, else by asking a person.
async fn renewed(
    client: &Arc<Client>,
    now: &Now,
    way: Option<Way>,
    sleeper: &Sleeper,
) -> Result<TokenFacts, Failure> {
    match (patiently(sleeper, || client.renew()).await, way) {
        (Err(failure), Some(way)) if failure.kind == FailureKind::SignInNeeded => {
            person::sign_in(client, now, way, sleeper).await
        }
        (result, _) => result,
    }
}

/// What a page holds and we cannot show is said beside the data.
pub fn tell_what_is_missing(page: &AlertPage) {
    if !page.unreadable.is_empty() {
        let items = count(page.unreadable.len(), "item");
        output::say(&format!(
            "{items} could not be read as alerts and are left out"
        ));
    }
    for warning in &page.warnings {
        output::say(&format!(
            "the service left something out of its answer: {}",
            warning.shown()
        ));
    }
    if let Some(host) = &page.refused_link {
        output::say(&format!(
            "refused the link to the next page: it leads to `{host}`; the list may be incomplete"
        ));
    }
}

/// Tries again what may work later, as the service says or with growing waits.
async fn patiently<T, F>(sleeper: &Sleeper, request: impl Fn() -> F) -> Result<T, Failure>
where
    F: Future<Output = Result<T, ServiceError>>,
{
    let mut jitter = fastrand::Rng::new();
    let mut tries = 1;
    loop {
        let failure = match request().await {
            Ok(answer) => return Ok(answer),
            Err(error) => Failure::from(error),
        };
        if !failure.is_passing() || tries == TRIES {
            return Err(failure);
        }
        let wait = failure
            .retry_after
            .unwrap_or_else(|| backoff::wait_after(tries, &mut jitter) / 5);
        output::say(&format!(
            "{}; tries again in {} s",
            failure.sentence,
            wait.as_secs().max(1)
        ));
        sleeper.wait(Some(wait)).await;
        tries += 1;
    }
}
