//! Microsoft Graph's security API, over the same alerts as Defender's.
//!
//! Modules in reading order:
//! - `routes`: which call a request is, and what that needs;
//! - `exchange`: what every answer carries, and how Graph refuses;
//! - `words`: its enumerations;
//! - `query`: how a list is asked for;
//! - `alert`, `evidence`: one alert as Graph shows it;
//! - `alerts`: the list, and one alert;
//! - `changes`: what is changed of it, and comments;
//! - `batch`: several requests in one;
//! - `incidents`: what alerts have in common.

mod alert;
mod alerts;
mod batch;
mod changes;
mod evidence;
mod exchange;
mod incidents;
mod query;
mod routes;
mod words;

use jiff::Timestamp;

use crate::sim::graph::exchange::Exchange;
use crate::sim::graph::routes::Astray;
use crate::sim::graph::routes::Route;
use crate::sim::hunting;
use crate::sim::reply::Reply;
use crate::sim::script::Fault;
use crate::sim::ticks::Ticks;
use crate::sim::tokens::Api;
use crate::sim::world::Request;
use crate::sim::world::World;
use crate::sim::world::is_json;

pub(crate) use routes::endpoint;
pub(crate) use words::camel;

/// Whether a path is Graph's.
pub(crate) fn serves(path: &str) -> bool {
    routes::below_version(path).is_some()
}

/// Answers one request.
pub(crate) fn answer(
    world: &mut World,
    request: &Request,
    fault: Option<&Fault>,
    now: Timestamp,
) -> Reply {
    let exchange = Exchange::of(request, world.new_id(), now);
    let reply = judged(world, &exchange, request, fault).unwrap_or_else(|refusal| refusal);
    exchange.stamp(reply)
}

/// The answer to a body larger than Graph takes.
pub(crate) fn too_large(world: &mut World, request: &Request, now: Timestamp) -> Reply {
    let exchange = Exchange::of(request, world.new_id(), now);
    let reply = exchange.refuse(413, "RequestEntityTooLarge", "");
    exchange.stamp(reply)
}

/// Who calls is asked first, then what, then whether they may, then how often they did.
fn judged(
    world: &mut World,
    exchange: &Exchange,
    request: &Request,
    fault: Option<&Fault>,
) -> Result<Reply, Reply> {
    let now = exchange.now;
    let authority = world.account.authority.clone();
    let distrusted = |distrust| exchange.distrust(&distrust, &authority);
    let judge = |world: &World, required| world.tokens.judge(request, Api::Graph, required, now);
    judge(world, &[]).map_err(distrusted)?;
    let route = Route::of(&request.method, &request.path).map_err(|astray| match astray {
        Astray::Segment(segment) => {
            exchange.bad_request(&format!("Resource not found for the segment '{segment}'."))
        }
        Astray::Method => exchange.refuse(
            405,
            "Request_BadRequest",
            "Specified HTTP method is not allowed for the request target.",
        ),
    })?;
    let holder = judge(world, route.required()).map_err(distrusted)?;
    if route.is_about_alerts() {
        let counted = world.graph_calls.count(now);
        counted.map_err(|exceeded| exchange.throttle(&exceeded))?;
    }
    let actor = world.actor(holder);
    Ok(match route {
        Route::Alerts => alerts::list(world, exchange, request, fault),
        Route::Alert(id) => {
            world.looked_at(&id, now);
            alerts::get(world, exchange, &id)
        }
        Route::Change(id) => json(exchange, request)
            .unwrap_or_else(|| changes::patch(world, exchange, request, (&id, &actor))),
        Route::Comment(id) => json(exchange, request)
            .unwrap_or_else(|| changes::comment(world, exchange, request, (&id, &actor))),
        Route::Batch => {
            json(exchange, request).unwrap_or_else(|| batch::answer(world, exchange, request))
        }
        Route::Incidents => incidents::list(world, exchange, request, fault),
        Route::Incident(id) => incidents::get(world, exchange, request, &id),
        Route::Hunting => {
            let counted = world.hunting_calls.count(now);
            counted.map_err(|exceeded| exchange.throttle(&exceeded))?;
            match hunting::run_on_graph(world, &request.body, Ticks::of(now)) {
                Ok(found) => Exchange::json(200, found),
                Err(problem) => exchange.bad_request(&problem),
            }
        }
    })
}

/// The refusal of a body that is not said to be JSON.
fn json(exchange: &Exchange, request: &Request) -> Option<Reply> {
    let message = "The content type must be application/json.";
    (!is_json(request)).then(|| exchange.refuse(415, "UnsupportedMediaType", message))
}
