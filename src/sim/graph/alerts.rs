//! The list of alerts, and one alert.
//!
//! Pages go on by a growing `$skip`, as Graph's do: whoever only follows the links runs
//! into the deepest one allowed.

use crate::sim::form;
use crate::sim::graph::alert;
use crate::sim::graph::exchange::Exchange;
use crate::sim::graph::query::ALERTS;
use crate::sim::graph::query::Query;
use crate::sim::json;
use crate::sim::json::Object;
use crate::sim::odata::Value;
use crate::sim::population::Detail;
use crate::sim::reply::Reply;
use crate::sim::script::Fault;
use crate::sim::store::Entry;
use crate::sim::world::Request;
use crate::sim::world::World;

/// A reply may name a host other than the one called.
pub(super) const METADATA: &str = "https://graph.microsoft.com/v1.0/$metadata";

pub(super) fn list(
    world: &World,
    exchange: &Exchange,
    request: &Request,
    fault: Option<&Fault>,
) -> Reply {
    let query = match Query::parse(&request.query, &ALERTS) {
        Ok(query) => query,
        Err(message) => return exchange.bad_request(&message),
    };
    let silent = match fault {
        Some(Fault::Partial(product)) => Some(product.as_str()),
        _ => None,
    };
    let answered = |entry: &&Entry| {
        silent.is_none_or(|silent| match alert::product(entry) {
            Value::Text(product) => product != silent,
            Value::Null | Value::Number(_) | Value::Time(_) => true,
        })
    };
    let mut found: Vec<&Entry> = world
        .store
        .newest_first()
        .filter(answered)
        .filter(|entry| {
            query
                .filter
                .as_ref()
                .is_none_or(|filter| filter.accepts(&|name| alert::read(entry, name)))
        })
        .collect();
    query.sort(&mut found, |entry, name| alert::read(entry, name));
    let page = found.iter().skip(query.skip).take(query.top);
    let mut items: Vec<String> = page
        .map(|entry| alert::body(world, entry, Detail::Evidence, exchange))
        .collect();
    let next_skip = query.skip + items.len();
    let more = next_skip < found.len();
    let next = match fault {
        Some(Fault::ForeignNextLink(link)) => Some(link.clone()),
        Some(Fault::NoNextLink) => None,
        _ => more.then(|| next_link(&world.account.graph, request, next_skip)),
    };
    if let Some(Fault::BadItem(text)) = fault {
        items.insert(items.len() / 2, text.clone());
    }
    let mut body = Object::new().field("@odata.context", format!("{METADATA}#security/alerts_v2"));
    if query.count {
        body = body.field("@odata.count", found.len());
    }
    if let Some(link) = next {
        body = body.field("@odata.nextLink", link);
    }
    let body = body.raw("value", &json::list(&items)).end();
    match silent {
        // Ten seconds are what a provider is given to answer.
        Some(product) => Exchange::json(206, body).with(
            "warning",
            format!("199 - \"Microsoft/{product}/504/10000\""),
        ),
        None => Exchange::json(200, body),
    }
}

/// The same request further on.
pub(super) fn next_link(origin: &str, request: &Request, skip: usize) -> String {
    let kept = request.query.split('&').filter(|pair| {
        let is_skip =
            form::pairs(pair).is_some_and(|pairs| pairs.iter().any(|(name, _)| name == "$skip"));
        !is_skip && !pair.is_empty()
    });
    let mut options: Vec<&str> = kept.collect();
    let skip = format!("$skip={skip}");
    options.push(&skip);
    format!("{origin}{}?{}", request.path, options.join("&"))
}

pub(super) fn get(world: &World, exchange: &Exchange, id: &str) -> Reply {
    match world.store.get(id) {
        Some(entry) => {
            let body = alert::body(world, entry, Detail::Evidence, exchange);
            Exchange::json(200, body)
        }
        None => exchange.not_found(&format!("Alert {id}")),
    }
}
