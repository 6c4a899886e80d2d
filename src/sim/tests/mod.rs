//! Tests of the simulator as a whole, one file for each subject.
//!
//! Nothing here sleeps: time is an argument, or a clock turned by hand.

mod acting;
mod alerts;
mod assertions;
mod authorizing;
mod browser;
mod challenges;
mod device_codes;
mod faults;
mod graph_alerts;
mod graph_batch;
mod graph_changes;
mod graph_incidents;
mod graph_tokens;
mod hunting;
mod machines;
mod refreshing;
mod served;
mod signing_in;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::sim::options::Options;
use crate::sim::options::Population;
use crate::sim::reply::Reply;
use crate::sim::world::Outcome;
use crate::sim::world::Request;
use crate::sim::world::World;

const RESOURCE: &str = "https://api.securitycenter.microsoft.com";

/// A world, a time, and a token for it.
struct Trial {
    world: World,
    now: Timestamp,
    token: String,
}

impl Trial {
    fn with(options: &Options) -> Self {
        let now = "2026-11-22T12:00:00Z".parse().unwrap_or_default();
        let world = World::new(options, "http://127.0.0.1:9", now);
        Self {
            world,
            now,
            token: String::new(),
        }
        .signed_in()
    }

    /// A still world of `alerts` alerts.
    fn still(alerts: usize) -> Self {
        Self::with(&Options {
            alerts,
            arrivals: None,
            ..Options::default()
        })
    }

    fn verbatim(bodies: &[&str]) -> Self {
        let population =
            Population::Verbatim(bodies.iter().map(|body| (*body).to_owned()).collect());
        Self::with(&Options {
            population,
            ..Options::default()
        })
    }

    fn signed_in(mut self) -> Self {
        let reply = self.sign_in(&self.password_form());
        self.token = text(&reply.value(), "/access_token").to_owned();
        self
    }

    fn password_form(&self) -> Vec<(String, String)> {
        let account = &self.world.account;
        [
            ("grant_type", "password"),
            ("resource", RESOURCE),
            ("client_id", account.client_id.as_str()),
            ("username", account.username.as_str()),
            ("password", account.password.as_str()),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec()
    }

    fn sign_in(&mut self, form: &[(String, String)]) -> Reply {
        let path = format!("/{}/oauth2/token", self.world.account.tenant);
        self.post_form(&path, form)
    }

    fn post_form(&mut self, path: &str, form: &[(String, String)]) -> Reply {
        let pairs: Vec<String> = form
            .iter()
            .map(|(name, value)| format!("{name}={}", encoded(value)))
            .collect();
        let headers = [
            ("content-type", "application/x-www-form-urlencoded"),
            ("client-request-id", "c-7"),
        ];
        self.reply("POST", path, &headers, &pairs.join("&"))
    }

    fn outcome(
        &mut self,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Outcome {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let request = Request {
            method: method.to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            headers: headers
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            body: body.to_owned(),
        };
        self.world.handle(request, self.now)
    }

    fn reply(&mut self, method: &str, target: &str, headers: &[(&str, &str)], body: &str) -> Reply {
        match self.outcome(method, target, headers, body) {
            Outcome::Reply(reply) => reply,
            other => Reply::json(0, format!("{other:?}")),
        }
    }

    fn call(&mut self, method: &str, target: &str, body: &str) -> Reply {
        let bearer = format!("Bearer {}", self.token);
        let headers = [
            ("authorization", bearer.as_str()),
            ("content-type", "application/json"),
        ];
        self.reply(method, target, &headers, body)
    }

    fn get(&mut self, target: &str) -> Reply {
        self.call("GET", target, "")
    }

    /// A list's items, asked for with this filter.
    fn listed(&mut self, filter: &str) -> Vec<Value> {
        let reply = self.get(&format!("/api/alerts?$filter={}", encoded(filter)));
        items(&reply)
    }

    fn pass(&mut self, seconds: i64) {
        self.now = self
            .now
            .checked_add(SignedDuration::from_secs(seconds))
            .unwrap_or(self.now);
    }
}

fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| {
            if byte.is_ascii_alphanumeric() {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect()
}

fn items(reply: &Reply) -> Vec<Value> {
    reply
        .value()
        .get("value")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default()
}

fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value
        .pointer(pointer)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

fn header<'a>(reply: &'a Reply, name: &str) -> &'a str {
    let found = reply.headers.iter().find(|(known, _)| known == name);
    found.map_or("", |(_, value)| value.as_str())
}

fn claims(token: &str) -> Value {
    let payload = token.split('.').nth(1).unwrap_or_default();
    let bytes = URL_SAFE_NO_PAD.decode(payload).unwrap_or_default();
    serde_json::from_slice(&bytes).unwrap_or_default()
}

/// A form with a parameter replaced, or left out.
fn replaced(form: &[(String, String)], name: &str, value: Option<&str>) -> Vec<(String, String)> {
    let mut form: Vec<(String, String)> = form
        .iter()
        .filter(|(known, _)| known != name)
        .cloned()
        .collect();
    form.extend(value.map(|value| (name.to_owned(), value.to_owned())));
    form
}

/// The number of a refusal.
fn code(reply: &Reply) -> u64 {
    reply
        .value()
        .pointer("/error_codes/0")
        .and_then(Value::as_u64)
        .unwrap_or_default()
}
