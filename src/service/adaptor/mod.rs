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
use crate::domain::query::Reach;
use crate::domain::token::Api;
pub(super) use crate::service::adaptor::defender::Defender;
pub(super) use crate::service::adaptor::graph::Graph;
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

/// `$filter`, `$orderby`, `$top` and `$skip`, every value percent-encoded.
fn parameters(filters: &[String], order: Option<&str>, query: &AlertQuery) -> String {
    let mut parameters = Vec::new();
    if !filters.is_empty() {
        let filter = filters.join(" and ");
        parameters.push(format!("$filter={}", utf8_percent_encode(&filter, VALUE)));
    }
    if let Some(order) = order {
        parameters.push(format!("$orderby={order}%20desc"));
    }
    parameters.push(format!("$top={}", query.top));
    if query.skip > 0 {
        parameters.push(format!("$skip={}", query.skip));
    }
    parameters.join("&")
}

/// A condition beside others that must hold too.
fn beside(condition: &str, filters: &[String]) -> String {
    if filters.is_empty() {
        condition.to_owned()
    } else {
        format!("({condition})")
    }
}
