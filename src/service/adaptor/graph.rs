//! The Graph security API, `alerts_v2`.

use std::borrow::Cow;

use reqwest::Method;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use crate::domain::decision::Change;
use crate::domain::query::AlertQuery;
use crate::domain::query::Reach;
use crate::domain::related::Part;
use crate::domain::token::Api;
use crate::service::adaptor::Adaptor;
use crate::service::adaptor::Several;
use crate::service::adaptor::Times;
use crate::service::adaptor::Written;
use crate::service::adaptor::parameters;

/// Requests of one `$batch`: Microsoft's page on combining requests.
const MOST_PARTS: usize = 20;

/// The URL with the version, which may be in it.
pub fn graph_base(api: &str) -> Cow<'_, str> {
    if ["/v1.0", "/beta"].iter().any(|end| api.ends_with(end)) {
        Cow::Borrowed(api)
    } else {
        Cow::Owned(format!("{api}/v1.0"))
    }
}

const TIMES: Times = Times {
    created: "createdDateTime",
    changed: "lastUpdateDateTime",
};

/// The Graph security API.
#[derive(Debug)]
pub(in crate::service) struct Graph {
    /// Values of `serviceSource` that are wanted; all of them where it is empty.
    products: Vec<&'static str>,
}

impl Graph {
    /// Alerts of these products, by Graph's words; of every one where none is named.
    pub(in crate::service) fn of(products: Vec<&'static str>) -> Self {
        Self { products }
    }

    fn of_products(&self) -> Option<String> {
        let named: Vec<String> = self
            .products
            .iter()
            .map(|product| format!("serviceSource eq '{product}'"))
            .collect();
        match named.as_slice() {
            [] => None,
            [one] => Some(one.clone()),
            several => Some(format!("({})", several.join(" or "))),
        }
    }
}

impl Adaptor for Graph {
    fn service(&self) -> Api {
        Api::Graph
    }

    fn reach(&self) -> Reach {
        Reach::GRAPH
    }

    /// Without it members younger than the list of an enumeration are not named.
    fn headers(&self) -> &'static [(&'static str, &'static str)] {
        &[("prefer", "include-unknown-enum-members")]
    }

    fn list(&self, query: &AlertQuery) -> String {
        format!(
            "/security/alerts_v2?{}",
            parameters(self.of_products(), &TIMES, query)
        )
    }

    fn alert(&self, id: &str) -> String {
        format!("/security/alerts_v2/{id}")
    }

    fn incident(&self, id: &str) -> Option<String> {
        Some(format!("/security/incidents/{id}"))
    }

    fn related(&self, _id: &str, _part: Part) -> Option<String> {
        None
    }

    fn lists_by_id(&self) -> bool {
        false
    }

    /// A note is a request of its own.
    fn steps(&self, change: &Change) -> Vec<Change> {
        [change.without_note(), change.only_note()]
            .into_iter()
            .filter(|step| !step.is_empty())
            .collect()
    }

    fn change(&self, id: &str, mut body: Map<String, Value>) -> Written {
        match body.remove("comment") {
            Some(comment) => Written {
                method: Method::POST,
                path: format!("{}/comments", self.alert(id)),
                json: json!({
                    "@odata.type": "microsoft.graph.security.alertComment",
                    "comment": comment,
                }),
            },
            None => Written {
                method: Method::PATCH,
                path: self.alert(id),
                json: Value::from(body),
            },
        }
    }

    fn several(&self) -> Several {
        Several::InParts {
            path: "/$batch",
            most: MOST_PARTS,
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(
        clippy::unwrap_used,
        reason = "a test that cannot read its input has failed"
    )]

    use super::*;

    #[test]
    fn a_list_is_asked_for_by_product_and_goes_on_from_a_moment() {
        let endpoint = Graph::of(vec!["microsoftDefenderForEndpoint"]);
        let since = "2026-11-22T14:00:00.1234567Z".parse().unwrap();
        let mut query = AlertQuery::changes(since, 2_000).within(Reach::GRAPH);
        query.until = "2026-11-22T15:00:00Z".parse().ok();
        query.condition = Some("severity eq 'high' or status eq 'new'".to_owned());
        let decoded = |path: &str| {
            percent_encoding::percent_decode_str(path)
                .decode_utf8()
                .unwrap()
                .into_owned()
        };
        assert_eq!(
            decoded(&endpoint.list(&query)),
            "/security/alerts_v2?$filter=serviceSource eq 'microsoftDefenderForEndpoint' and lastUpdateDateTime ge 2026-11-22T14:00:00.1234567Z and lastUpdateDateTime le 2026-11-22T15:00:00Z and (severity eq 'high' or status eq 'new')&$orderby=lastUpdateDateTime desc&$top=1000"
        );
        let two = Graph::of(vec!["a", "b"]);
        assert_eq!(
            decoded(&two.list(&AlertQuery::everything(10).unordered())),
            "/security/alerts_v2?$filter=(serviceSource eq 'a' or serviceSource eq 'b')&$top=10"
        );
        let all = Graph::of(Vec::new());
        assert_eq!(
            all.list(&AlertQuery::everything(10)),
            "/security/alerts_v2?$orderby=createdDateTime%20desc&$top=10"
        );
    }

    #[test]
    fn a_note_is_a_request_of_its_own() {
        let graph = Graph::of(Vec::new());
        let change = Change::take("me").and_note("seen").unwrap();
        let steps = graph.steps(&change);
        let notes: Vec<Option<&str>> = steps.iter().map(Change::note).collect();
        assert_eq!(notes, [None, Some("seen")]);
        let mut body = Map::new();
        body.insert("comment".to_owned(), Value::from("seen"));
        let written = graph.change("da1_-5", body);
        assert_eq!(written.path, "/security/alerts_v2/da1_-5/comments");
        assert_eq!(
            written.json.to_string(),
            r#"{"@odata.type":"microsoft.graph.security.alertComment","comment":"seen"}"#
        );
    }
}
