//! Performs the effects that take their time, one task each.

use std::sync::Arc;

use tracing::debug;
use tracing::warn;

use crate::app::Effect;
use crate::app::Event;
use crate::app::hunting::HuntId;
use crate::app::responding;
use crate::app::sign_in::Answer;
use crate::app::sign_in::Ask;
use crate::domain::alert::AlertId;
use crate::domain::failure::Failure;
use crate::domain::hunt::Findings;
use crate::domain::related::Part;
use crate::domain::session::Audience;
use crate::runtime::export;
use crate::runtime::hook;
use crate::service::Client;
use crate::service::ServiceError;

/// Does what the effect says and tells how it went. `None` for an effect that is
/// the terminal's.
pub async fn perform(client: &Client, effect: Effect) -> Option<Event> {
    match effect {
        Effect::RenewToken(audience) => {
            debug!(?audience, "asking for a token");
            let (what, result) = match audience {
                Audience::Service => ("token", client.renew().await),
                Audience::Respond => ("second token", client.renew_second().await),
            };
            let result = result.map_err(|error| told(what, error));
            Some(Event::TokenRenewed(audience, result))
        }
        Effect::SignIn(ask) => go_on(client, ask).await.map(Event::SignInAnswered),
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
        Effect::ReadIncident { id } => {
            debug!("reading an incident");
            let result = client.incident(&id).await.map(Box::new);
            Some(Event::IncidentRead {
                result: result.map_err(|error| told("read", error)),
                id,
            })
        }
        Effect::ReadRelated { id, part } => Some(read_related(client, id, part).await),
        Effect::Decide { decision, write } => {
            debug!(?decision, alerts = write.targets.len(), "deciding");
            let decided = client.decide(&write).await;
            debug!(?decision, calls = decided.calls, "decided");
            Some(Event::DecisionAnswered { decision, decided })
        }
        Effect::Respond(ask) => Some(Event::Responded(respond(client, ask).await)),
        Effect::Export(export) => {
            let rows = export.content.len();
            debug!(rows, "exporting");
            let written = tokio::task::spawn_blocking(move || export::write(&export)).await;
            // A lost answer would say nothing of the file.
            let exported =
                written.unwrap_or_else(|lost| std::panic::resume_unwind(lost.into_panic()));
            Some(Event::Exported(exported))
        }
        Effect::RunHook { command, json } => {
            debug!("running the hook command");
            let result = hook::run(&command, &json).await;
            if let Err(why) = &result {
                warn!(%why, "the hook command");
            }
            Some(Event::HookFinished(result))
        }
        Effect::CopyText(_)
        | Effect::SavePlace(_)
        | Effect::KeepOutbox(_)
        | Effect::KeepFollowed(_)
        | Effect::Audit(_)
        | Effect::AuditOrders(_)
        | Effect::ReadAudit { .. }
        | Effect::Hunt { .. }
        | Effect::CancelHunt(_)
        | Effect::GoToProfile(_)
        | Effect::EditNote { .. }
        | Effect::Notify(_)
        | Effect::OpenAddress(_)
        | Effect::Redraw
        | Effect::Suspend
        | Effect::Quit => None,
    }
}

/// Runs a query. `told` gets rows while more come in, and then how it ended.
pub async fn hunt(
    client: &Client,
    hunt: HuntId,
    query: &str,
    told: &mut (dyn FnMut(Event) + Send),
) {
    debug!(?hunt, bytes = query.len(), "hunting");
    let mut rows = 0;
    let mut part = |part: Findings| {
        rows += part.len();
        told(Event::HuntRead(hunt, Arc::new(part)));
        Ok(())
    };
    let result = client.hunt_in_parts(query, &mut part).await;
    match &result {
        Ok(last) => debug!(?hunt, rows = rows + last.len(), "found"),
        Err(unhunted) => warn!(?hunt, ?unhunted, rows, "not all found"),
    }
    told(Event::Hunted(hunt, result.map(Arc::new)));
}

async fn read_related(client: &Client, id: AlertId, part: Part) -> Event {
    debug!(?id, ?part, "asking for what is related");
    let result = client.related(&id, part).await;
    if let Err(failure) = &result {
        warn!(?part, %failure, "failed");
    }
    Event::RelatedRead { id, part, result }
}

/// Asks the service about devices. Nothing of the answer is logged: it may be a link.
async fn respond(client: &Client, ask: responding::Ask) -> responding::Answer {
    use responding::Answer;
    use responding::Ask;
    match ask {
        Ask::Read { device } => {
            debug!(?device, "reading a device");
            let reading = Box::new(client.read_device(&device).await);
            Answer::Read { device, reading }
        }
        Ask::Act { order, asked } => {
            debug!(?order, device = ?asked.device, kind = asked.order.says(), "acting");
            let acted = client.act(&asked).await;
            Answer::Acted { order, acted }
        }
        Ask::Find { order, asked } => {
            debug!(?order, "looking for an action");
            let found = client.find_action(&asked).await;
            let result = found.map(|action| action.into_iter().collect());
            Answer::Found {
                order,
                result: result.map_err(|error| told("find", error)),
            }
        }
        Ask::FindRunning { order, device } => {
            debug!(?order, ?device, "reading actions");
            let result = client.device_actions(&device).await;
            Answer::Found {
                order,
                result: result.map_err(|error| told("actions", error)),
            }
        }
        Ask::Follow { order, action } => {
            debug!(?order, ?action, "following");
            let result = client.get_action(&action).await;
            Answer::Followed {
                order,
                result: result.map(Box::new).map_err(|error| told("follow", error)),
            }
        }
        Ask::Package { order, action } => {
            debug!(?order, ?action, "asking for a link");
            let result = client.package_link(&action).await;
            Answer::Package {
                order,
                result: result.map_err(|error| told("package", error)),
            }
        }
    }
}

/// Goes on with a sign-in by a person. `None` where nothing is to be said.
pub async fn go_on(client: &Client, ask: Ask) -> Option<Answer> {
    debug!(?ask, "signing in");
    match ask {
        Ask::Prepare { attempt, way } => {
            let result = client.prepare_sign_in(attempt, way).await;
            let result = result.map_err(|error| told("sign-in", error));
            Some(Answer::Prompted { attempt, result })
        }
        Ask::Await { attempt } => {
            let result = client.await_browser(attempt).await;
            let result = result.map_err(|error| told("sign-in", error));
            Some(Answer::Ended { attempt, result })
        }
        Ask::Poll { attempt } => {
            let result = client.poll_device(attempt).await;
            let result = result.map_err(|error| told("sign-in", error));
            Some(Answer::Polled { attempt, result })
        }
        Ask::Redeem { attempt, pasted } => {
            let result = client.redeem_pasted(attempt, &pasted.0).await;
            let result = result.map_err(|error| told("sign-in", error));
            Some(Answer::Ended { attempt, result })
        }
        Ask::Forget { attempt } => {
            client.forget_sign_in(attempt);
            None
        }
    }
}

fn told(what: &str, error: ServiceError) -> Failure {
    warn!(what, %error, "failed");
    Failure::from(error)
}
