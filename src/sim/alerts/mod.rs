//! The calls about alerts: the list and the single one here, then `changes` and `parts`.
//!
//! Who may call has been judged before; see `world`.

mod changes;
mod parts;

use serde_json::{Map, Value as Json};

use crate::sim::form;
use crate::sim::json;
use crate::sim::json::Object;
use crate::sim::population::Detail;
use crate::sim::query::ALERT;
use crate::sim::query::LONGEST_PAGE;
use crate::sim::query::Query;
use crate::sim::reply::Reply;
use crate::sim::script::Fault;
use crate::sim::store::Entry;
use crate::sim::world::Call;
use crate::sim::world::Request;
use crate::sim::world::World;

pub(crate) use changes::{batch_update, patch};
pub(crate) use parts::part;

/// A reply may name a host other than the one called: a real one does.
pub(crate) const METADATA: &str = "https://api-eu3.securitycenter.microsoft.com/api/$metadata";

pub(crate) fn list(world: &World, call: &Call, request: &Request, fault: Option<&Fault>) -> Reply {
    let query = match Query::parse(&request.query, &ALERT) {
        Ok(query) => query,
        Err(message) => return Reply::error(400, "ODataError", &message, &call.target),
    };
    let mut found: Vec<&Entry> = world
        .store
        .newest_of_defender()
        .filter(|entry| {
            query
                .filter
                .as_ref()
                .is_none_or(|filter| filter.accepts(&|name| entry.read(name)))
        })
        .collect();
    query.sort(&mut found, |entry, name| entry.read(name));
    let detail = if query.expand_evidence {
        Detail::Evidence
    } else {
        Detail::Plain
    };
    let page = found
        .iter()
        .skip(query.skip)
        .take(query.top.unwrap_or(LONGEST_PAGE));
    let mut items: Vec<String> = page
        .map(|entry| entry.body(&world.directory, &world.account.tenant, detail, None))
        .collect();
    if let Some(names) = &query.select {
        items = items.iter().map(|item| selected(item, names)).collect();
    }
    let next_skip = query.skip + items.len();
    let more = next_skip < found.len();
    let own_link = || next_link(&world.account.api, request, next_skip);
    let next = match fault {
        Some(Fault::ForeignNextLink(link)) => Some(link.clone()),
        Some(Fault::NoNextLink) => None,
        Some(Fault::NextLink) => more.then(own_link),
        // Whoever sets `$top` is left to page alone, as reported for the real service.
        _ => (more && query.top.is_none()).then(own_link),
    };
    if let Some(Fault::BadItem(text)) = fault {
        items.insert(items.len() / 2, text.clone());
    }
    let mut body = Object::new().field("@odata.context", format!("{METADATA}#Alerts"));
    if query.count {
        body = body.field("@odata.count", found.len());
    }
    body = body.raw("value", &json::list(&items));
    match next {
        Some(link) => Reply::json(200, body.field("@odata.nextLink", link).end()),
        None => Reply::json(200, body.end()),
    }
}

/// The same request further on.
fn next_link(api: &str, request: &Request, skip: usize) -> String {
    let kept = request.query.split('&').filter(|pair| {
        let is_skip =
            form::pairs(pair).is_some_and(|pairs| pairs.iter().any(|(name, _)| name == "$skip"));
        !is_skip && !pair.is_empty()
    });
    let mut options: Vec<&str> = kept.collect();
    let skip = format!("$skip={skip}");
    options.push(&skip);
    format!("{api}{}?{}", request.path, options.join("&"))
}

fn selected(item: &str, names: &[String]) -> String {
    let Ok(Json::Object(all)) = serde_json::from_str(item) else {
        return item.to_owned();
    };
    let kept: Map<String, Json> = all
        .into_iter()
        .filter(|(name, _)| names.contains(name))
        .collect();
    json::text(kept)
}

pub(crate) fn get(world: &World, call: &Call, id: &str) -> Reply {
    let context = format!("{METADATA}#Alerts/$entity");
    match world.store.get(id).filter(|entry| entry.is_of_defender()) {
        Some(entry) => Reply::json(
            200,
            entry.body(
                &world.directory,
                &world.account.tenant,
                Detail::Evidence,
                Some(&context),
            ),
        ),
        None => not_found(call, id),
    }
}

fn not_found(call: &Call, id: &str) -> Reply {
    Reply::error(
        404,
        "ResourceNotFound",
        &format!("Alert {id} was not found"),
        &call.target,
    )
}
