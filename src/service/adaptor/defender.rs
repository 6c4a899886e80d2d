//! The Defender for Endpoint API.

use reqwest::Method;
use serde_json::Map;
use serde_json::Value;

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

const TIMES: Times = Times {
    created: "alertCreationTime",
    changed: "lastUpdateTime",
};

/// The Defender for Endpoint API.
#[derive(Debug)]
pub(in crate::service) struct Defender;

impl Adaptor for Defender {
    fn service(&self) -> Api {
        Api::Defender
    }

    fn reach(&self) -> Reach {
        Reach::DEFENDER
    }

    fn headers(&self) -> &'static [(&'static str, &'static str)] {
        &[]
    }

    fn list(&self, query: &AlertQuery) -> String {
        format!("/api/alerts?{}", parameters(None, &TIMES, query))
    }

    fn alert(&self, id: &str) -> String {
        format!("/api/alerts/{id}")
    }

    fn incident(&self, _id: &str) -> Option<String> {
        None
    }

    fn related(&self, id: &str, part: Part) -> Option<String> {
        let part = match part {
            Part::Files => "files",
            Part::Addresses => "ips",
            Part::Domains => "domains",
            Part::User => "user",
        };
        Some(format!("{}/{part}", self.alert(id)))
    }

    fn lists_by_id(&self) -> bool {
        true
    }

    fn steps(&self, change: &Change) -> Vec<Change> {
        vec![change.clone()]
    }

    fn change(&self, id: &str, body: Map<String, Value>) -> Written {
        Written {
            method: Method::PATCH,
            path: self.alert(id),
            json: Value::from(body),
        }
    }

    fn several(&self) -> Several {
        Several::AtOnce {
            path: "/api/alerts/batchUpdate",
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
    fn a_query_is_written_with_every_value_encoded() {
        let since = "2026-11-22T14:00:00.1234567Z".parse().unwrap();
        let mut query = AlertQuery::changes(since, 2_000);
        query.skip = 4_000;
        assert_eq!(
            Defender.list(&query),
            "/api/alerts?$filter=lastUpdateTime%20ge%202026-11-22T14%3A00%3A00.1234567Z&$orderby=lastUpdateTime%20desc&$top=2000&$skip=4000"
        );
        query.skip = 0;
        query.condition = Some("assignedTo eq 'Zoë O''Brien & co #1+1 100%'".to_owned());
        assert_eq!(
            Defender.list(&query.unordered()),
            "/api/alerts?$filter=lastUpdateTime%20ge%202026-11-22T14%3A00%3A00.1234567Z%20and%20%28assignedTo%20eq%20%27Zo%C3%AB%20O%27%27Brien%20%26%20co%20%231%2B1%20100%25%27%29&$top=2000"
        );
        assert_eq!(
            Defender.list(&AlertQuery::everything(100).unordered()),
            "/api/alerts?$top=100"
        );
    }
}
