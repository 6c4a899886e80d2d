//! Incidents: what several alerts have in common, made from the alerts when asked for.
//!
//! They are read only. Nobody names or closes one; they are as open as their alerts.

use std::collections::HashMap;

use serde_json::Value as Json;

use crate::sim::graph::alert;
use crate::sim::graph::alerts::METADATA;
use crate::sim::graph::alerts::next_link;
use crate::sim::graph::exchange::Exchange;
use crate::sim::graph::query::Expand;
use crate::sim::graph::query::INCIDENTS;
use crate::sim::graph::query::Query;
use crate::sim::graph::words;
use crate::sim::json;
use crate::sim::json::Object;
use crate::sim::odata::Value;
use crate::sim::population::Detail;
use crate::sim::reply::Reply;
use crate::sim::script::Fault;
use crate::sim::store::Entry;
use crate::sim::ticks::Ticks;
use crate::sim::world::Request;
use crate::sim::world::World;

/// The alerts of one incident, newest first; never none.
struct Incident<'a> {
    id: String,
    alerts: Vec<&'a Entry>,
}

pub(super) fn list(
    world: &World,
    exchange: &Exchange,
    request: &Request,
    fault: Option<&Fault>,
) -> Reply {
    let query = match Query::parse(&request.query, &INCIDENTS) {
        Ok(query) => query,
        Err(message) => return exchange.bad_request(&message),
    };
    let mut found = all(world);
    found.retain(|incident| {
        query
            .filter
            .as_ref()
            .is_none_or(|filter| filter.accepts(&|name| incident.read(name)))
    });
    query.sort(&mut found, Incident::read);
    let page = found.iter().skip(query.skip).take(query.top);
    let mut items: Vec<String> = page
        .map(|incident| incident.body(world, exchange, query.expand))
        .collect();
    let next_skip = query.skip + items.len();
    let next = match fault {
        Some(Fault::ForeignNextLink(link)) => Some(link.clone()),
        Some(Fault::NoNextLink) => None,
        _ => (next_skip < found.len()).then(|| next_link(&world.account.graph, request, next_skip)),
    };
    if let Some(Fault::BadItem(text)) = fault {
        items.insert(items.len() / 2, text.clone());
    }
    let mut body = Object::new().field("@odata.context", format!("{METADATA}#security/incidents"));
    if query.count {
        body = body.field("@odata.count", found.len());
    }
    if let Some(link) = next {
        body = body.field("@odata.nextLink", link);
    }
    Exchange::json(200, body.raw("value", &json::list(&items)).end())
}

pub(super) fn get(world: &World, exchange: &Exchange, request: &Request, id: &str) -> Reply {
    let query = match Query::parse(&request.query, &INCIDENTS) {
        Ok(query) => query,
        Err(message) => return exchange.bad_request(&message),
    };
    match all(world).iter().find(|incident| incident.id == id) {
        Some(incident) => Exchange::json(200, incident.body(world, exchange, query.expand)),
        None => exchange.not_found(&format!("Incident {id}")),
    }
}

/// Every incident, the one with the newest alert first.
fn all(world: &World) -> Vec<Incident<'_>> {
    let mut found: Vec<Incident<'_>> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for entry in world.store.newest_first() {
        let Some(id) = alert::incident(entry) else {
            continue;
        };
        let known = places.get(&id).and_then(|place| found.get_mut(*place));
        if let Some(incident) = known {
            incident.alerts.push(entry);
        } else {
            places.insert(id.clone(), found.len());
            found.push(Incident {
                id,
                alerts: vec![entry],
            });
        }
    }
    found
}

impl<'a> Incident<'a> {
    /// One property of all its alerts.
    fn each(&self, name: &str) -> impl Iterator<Item = Value<'a>> {
        self.alerts.iter().map(|entry| alert::read(entry, name))
    }

    /// What a filter and an order see: the same as is shown.
    fn read(&self, name: &str) -> Value<'_> {
        let time = |value: Value<'_>| match value {
            Value::Time(time) => Some(time),
            Value::Null | Value::Text(_) | Value::Number(_) => None,
        };
        match name {
            "createdDateTime" => {
                let times = self.each(name).filter_map(time);
                times.min().map_or(Value::Null, Value::Time)
            }
            "lastUpdateDateTime" => {
                let times = self.each(name).filter_map(time);
                times.max().map_or(Value::Null, Value::Time)
            }
            "severity" => {
                let ranks = self.each(name).filter_map(|value| rank(&value));
                let worst = ranks.max().and_then(|rank| words::SEVERITIES.get(rank));
                worst.map_or(Value::Null, |word| Value::Text((*word).into()))
            }
            "status" => Value::Text(self.status().into()),
            "assignedTo" | "classification" | "determination" => {
                let said = |value: &Value<'_>| match value {
                    Value::Text(word) => word != "unknown",
                    Value::Null | Value::Number(_) | Value::Time(_) => false,
                };
                self.each(name).find(said).unwrap_or(Value::Null)
            }
            _ => Value::Null,
        }
    }

    fn status(&self) -> &'static str {
        let is = |word: &'static str| move |value: Value<'_>| matches!(value, Value::Text(text) if text == word);
        if self.each("status").all(is("resolved")) {
            "resolved"
        } else if self.each("status").any(is("inProgress")) {
            "inProgress"
        } else {
            "active"
        }
    }

    fn body(&self, world: &World, exchange: &Exchange, expand: Expand) -> String {
        let tenant = &world.account.tenant;
        let shown = |entry: &&Entry| alert::body(world, entry, Detail::Evidence, exchange);
        let text = |name: &str| match self.read(name) {
            Value::Text(text) => Some(text.into_owned()),
            Value::Null | Value::Number(_) | Value::Time(_) => None,
        };
        let link = format!(
            "https://security.microsoft.com/incidents/{}?tid={tenant}",
            self.id
        );
        let body = Object::new()
            .field("@odata.type", "#microsoft.graph.security.incident")
            .field("id", &self.id)
            .field("incidentWebUrl", link)
            .field("redirectIncidentId", None::<&str>)
            .field("tenantId", tenant)
            .field("displayName", self.name(world, exchange))
            .field("createdDateTime", self.time("createdDateTime"))
            .field("lastUpdateDateTime", self.time("lastUpdateDateTime"))
            .field("assignedTo", text("assignedTo"))
            .field("classification", text("classification"))
            .field("determination", text("determination"))
            .field("status", self.status())
            .field("severity", text("severity"))
            .raw("customTags", "[]")
            .raw("comments", "[]")
            .raw("systemTags", "[]")
            .field("description", None::<&str>)
            .field("summary", None::<&str>);
        match expand {
            Expand::Nothing => body.end(),
            Expand::Alerts => {
                let alerts: Vec<String> = self.alerts.iter().map(shown).collect();
                body.raw("alerts", &json::list(&alerts)).end()
            }
        }
    }

    fn time(&self, name: &str) -> Option<String> {
        match self.read(name) {
            Value::Time(time) => Some(Ticks::of(time).text()),
            Value::Null | Value::Text(_) | Value::Number(_) => None,
        }
    }

    /// The title of its first alert, and that there are more.
    fn name(&self, world: &World, exchange: &Exchange) -> Option<String> {
        let first = self.alerts.last()?;
        let text = alert::body(world, first, Detail::Bare, exchange);
        let body: Json = serde_json::from_str(&text).unwrap_or_default();
        let title = body.get("title").and_then(Json::as_str)?;
        Some(match self.alerts.len() {
            1 => title.to_owned(),
            count => format!("Multi-stage incident: {title}, and {} more", count - 1),
        })
    }
}

fn rank(value: &Value<'_>) -> Option<usize> {
    match value {
        Value::Text(word) => words::SEVERITIES.iter().position(|known| known == word),
        Value::Null | Value::Number(_) | Value::Time(_) => None,
    }
}
