//! Performs the effects that ask a service, one task each.

use tracing::debug;
use tracing::warn;

use crate::app::Effect;
use crate::app::Event;
use crate::domain::failure::Failure;
use crate::service::Client;
use crate::service::ServiceError;

/// Does what the effect says and tells how it went. `None` for an effect that is
/// the terminal's and not the service's.
pub async fn perform(client: &Client, effect: Effect) -> Option<Event> {
    match effect {
        Effect::RenewToken => {
            debug!("asking for a token");
            let result = client.renew().await;
            Some(Event::TokenRenewed(
                result.map_err(|error| told("token", error)),
            ))
        }
        Effect::PollAlerts { poll, query } => {
            debug!(?poll, ?query, "polling");
            let result = client.list_alerts(&query).await;
            if let Ok(page) = &result {
                debug!(
                    ?poll,
                    received = page.received(),
                    unreadable = page.unreadable.len(),
                    "polled"
                );
            }
            Some(Event::AlertsPolled {
                poll,
                result: result.map_err(|error| told("poll", error)),
            })
        }
        Effect::ReadAlert { id } => {
            debug!(?id, "reading");
            let result = client.get_alert(&id).await;
            Some(Event::AlertRead {
                result: result.map_err(|error| told("read", error)),
                id,
            })
        }
        Effect::Redraw | Effect::Suspend | Effect::Quit => None,
    }
}

fn told(what: &str, error: ServiceError) -> Failure {
    warn!(what, %error, "failed");
    Failure::from(error)
}
