//! The two services behind one trait: how each is asked, and how far it goes.
//!
//! An adaptor writes requests and nothing else: [`Client`](crate::service::Client) sends
//! them, [`crate::wire`] reads the answers of both, and nobody further in knows which
//! service it is but to name it. What differs is listed for people in `docs/services.md`.

mod defender;
mod graph;

use std::fmt;

use percent_encoding::utf8_percent_encode;
use reqwest::Method;
use serde_json::Map;
use serde_json::Value;

use crate::domain::decision::Change;
use crate::domain::query::AlertQuery;
use crate::domain::query::Ordering;
use crate::domain::query::Reach;
use crate::domain::related::Part;
use crate::domain::token::Api;
pub(super) use crate::service::adaptor::defender::Defender;
pub(super) use crate::service::adaptor::graph::Graph;
pub use crate::service::adaptor::graph::graph_base;
use crate::service::http::VALUE;

/// One of the two services.
pub(super) trait Adaptor: fmt::Debug + Send + Sync {
    fn service(&self) -> Api;

    /// How far its lists go.
    fn reach(&self) -> Reach;

    /// What goes along with every call.
    fn headers(&self) -> &'static [(&'static str, &'static str)];

    /// Path and query of one page of a list.
    fn list(&self, query: &AlertQuery) -> String;

    /// Path of one alert, whose id is fit for an address.
    fn alert(&self, id: &str) -> String;

    /// Path of one incident, whose id is fit for an address; none where there are none.
    fn incident(&self, id: &str) -> Option<String>;

    /// Path of what is related to an alert, whose id is fit for an address; none where
    /// there are no such calls.
    fn related(&self, id: &str, part: Part) -> Option<String>;

    /// Whether alerts can be listed by their ids.
    fn lists_by_id(&self) -> bool;

    /// A change as the requests it takes, in the order they have to be made.
    fn steps(&self, change: &Change) -> Vec<Change>;

    /// One step for one alert. `body` is the step in this service's words.
    fn change(&self, id: &str, body: Map<String, Value>) -> Written;

    /// How many alerts are changed at once.
    fn several(&self) -> Several;
}

/// A request that changes something.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Written {
    pub(super) method: Method,
    /// From the base on.
    pub(super) path: String,
    pub(super) json: Value,
}

/// How a service changes many alerts at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Several {
    /// The same change for all of them, with one answer, which says nothing of each.
    AtOnce { path: &'static str },
    /// Requests of any kind in one, each with an answer of its own.
    InParts { path: &'static str, most: usize },
}

/// What a service calls the times of an alert.
struct Times {
    created: &'static str,
    changed: &'static str,
}

/// The query string of a list: `$filter`, `$orderby`, `$top` and `$skip`, every value
/// percent-encoded. `first` has to hold whatever else is asked.
fn parameters(first: Option<String>, times: &Times, query: &AlertQuery) -> String {
    let mut filters: Vec<String> = first.into_iter().collect();
    for (name, since) in [
        (times.changed, query.changed_since),
        (times.created, query.created_since),
    ] {
        filters.extend(since.map(|since| format!("{name} ge {since}")));
    }
    let order = match query.order {
        Ordering::NewestFirst => Some(times.created),
        Ordering::LastChangedFirst => Some(times.changed),
        Ordering::AsItComes => None,
    };
    if let (Some(order), Some(until)) = (order, query.until) {
        filters.push(format!("{order} le {until}"));
    }
    if let Some(condition) = &query.condition {
        filters.push(if filters.is_empty() {
            condition.clone()
        } else {
            format!("({condition})")
        });
    }
    let mut parameters = Vec::new();
    if !filters.is_empty() {
        let filter = filters.join(" and ");
        parameters.push(format!("$filter={}", utf8_percent_encode(&filter, VALUE)));
    }
    parameters.extend(order.map(|order| format!("$orderby={order}%20desc")));
    parameters.push(format!("$top={}", query.top));
    if query.skip > 0 {
        parameters.push(format!("$skip={}", query.skip));
    }
    parameters.join("&")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::filter::field::FIELDS;

    const PAGE: &str = include_str!("../../../docs/services.md");

    fn properties(service: Api) -> String {
        let mut names: Vec<&str> = Vec::new();
        for property in FIELDS.iter().filter_map(|row| row.field.property(service)) {
            if !names.contains(&property) {
                names.push(property);
            }
        }
        let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
        quoted.join(" ")
    }

    /// What the page says of one service, a cell for each row.
    fn cells(adaptor: &dyn Adaptor) -> Vec<(&'static str, String)> {
        let reach = adaptor.reach();
        let skip = reach.deepest_skip;
        let change = Change::take("me").and_note("seen").unwrap_or_default();
        vec![
            ("largest page", reach.largest_page.to_string()),
            (
                "deepest `$skip`",
                skip.map_or("no limit named".to_owned(), |skip| skip.to_string()),
            ),
            (
                "a list goes on",
                match skip {
                    None => "by link, else by `$skip`".to_owned(),
                    Some(_) => "at the time of its last alert".to_owned(),
                },
            ),
            ("filtered by the service", properties(adaptor.service())),
            (
                "alerts read again by id",
                if adaptor.lists_by_id() {
                    "many in one call".to_owned()
                } else {
                    "one call each".to_owned()
                },
            ),
            (
                "incidents",
                match adaptor.incident("1") {
                    Some(_) => "name, state and alerts of every product".to_owned(),
                    None => "their numbers".to_owned(),
                },
            ),
            (
                "related to an alert",
                match adaptor.related("1", Part::Files) {
                    Some(_) => "files, addresses, domains and the user, a call each".to_owned(),
                    None => "nothing beside the evidence".to_owned(),
                },
            ),
            (
                "a change with a note",
                match adaptor.steps(&change).len() {
                    1 => "one request".to_owned(),
                    steps => format!(
                        "{} requests",
                        ["no", "one", "two"].get(steps).unwrap_or(&"")
                    ),
                },
            ),
            (
                "many alerts changed",
                match adaptor.several() {
                    Several::AtOnce { .. } => {
                        "the same for up to 100 at once, one answer".to_owned()
                    }
                    Several::InParts { most, .. } => {
                        format!("up to {most} requests at once, each answered")
                    }
                },
            ),
        ]
    }

    #[test]
    fn the_page_of_the_services_says_what_the_adaptors_do() {
        let graph = cells(&Graph::of(Vec::new()));
        for ((what, defender), (_, graph)) in cells(&Defender).into_iter().zip(graph) {
            let row = format!("| {what} | {defender} | {graph} |");
            assert!(PAGE.contains(&row), "no row `{row}`");
        }
    }
}
