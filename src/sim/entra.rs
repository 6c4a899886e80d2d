//! How Entra refuses: the error body of the token endpoint, in its full shape.
//!
//! Decides nothing; `tokens` picks the refusal.

use fastrand::Rng;
use jiff::Timestamp;

use crate::sim::json::Object;
use crate::sim::jwt;
use crate::sim::reply::Reply;
use crate::sim::world::Request;

/// What support would ask for: each answer has its own.
pub(crate) struct Ids {
    pub(crate) trace: String,
    /// The client's own, sent back, or a new one.
    pub(crate) correlation: String,
    pub(crate) now: Timestamp,
}

impl Ids {
    pub(crate) fn of(request: &Request, rng: &mut Rng, now: Timestamp) -> Self {
        let trace = jwt::guid(rng);
        let correlation = match request.header("client-request-id") {
            Some(id) => id.to_owned(),
            None => jwt::guid(rng),
        };
        Self {
            trace,
            correlation,
            now,
        }
    }

    pub(crate) fn timestamp(&self) -> String {
        self.now.strftime("%Y-%m-%d %H:%M:%SZ").to_string()
    }
}

/// A refusal of the token endpoint, before it has its ids and its time.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) error: &'static str,
    pub(crate) code: u32,
    pub(crate) message: String,
    pub(crate) suberror: Option<String>,
    /// What the next sign-in has to bring, as JSON in a string.
    pub(crate) claims: Option<String>,
}

impl Refusal {
    pub(crate) fn new(error: &'static str, code: u32, message: impl Into<String>) -> Self {
        // Only a client that fails to prove itself gets a 401.
        let status = if error == "invalid_client" { 401 } else { 400 };
        Self {
            status,
            error,
            code,
            message: message.into(),
            suberror: None,
            claims: None,
        }
    }

    pub(crate) fn missing(parameter: &str) -> Self {
        let message =
            format!("The request body must contain the following parameter: '{parameter}'.");
        Self::new("invalid_request", 900_144, message)
    }

    pub(crate) fn malformed() -> Self {
        let message = "Invalid request. Request is malformed or invalid.";
        Self::new("invalid_request", 9_002_313, message)
    }

    pub(crate) fn wrong_method(method: &str, accepted: &str) -> Self {
        let message =
            format!("The endpoint only accepts {accepted} requests. Received a {method} request.");
        Self {
            status: 405,
            ..Self::new("invalid_request", 900_561, message)
        }
    }

    /// The sentence with everything support would ask for.
    pub(crate) fn description(&self, ids: &Ids) -> String {
        let Self { code, message, .. } = self;
        format!(
            "AADSTS{code}: {message}\r\nTrace ID: {}\r\nCorrelation ID: {}\r\nTimestamp: {}",
            ids.trace,
            ids.correlation,
            ids.timestamp()
        )
    }

    pub(crate) fn uri(&self, origin: &str) -> String {
        format!("{origin}/error?code={}", self.code)
    }

    /// The body as Entra writes it.
    pub(crate) fn reply(&self, origin: &str, ids: &Ids) -> Reply {
        let mut body = Object::new()
            .field("error", self.error)
            .field("error_description", self.description(ids))
            .field("error_codes", [self.code])
            .field("timestamp", ids.timestamp())
            .field("trace_id", &ids.trace)
            .field("correlation_id", &ids.correlation)
            .field("error_uri", self.uri(origin));
        if let Some(suberror) = &self.suberror {
            body = body.field("suberror", suberror);
        }
        if let Some(claims) = &self.claims {
            body = body.field("claims", claims);
        }
        Reply::json(self.status, body.end())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_has_the_full_shape() {
        let ids = Ids {
            trace: String::from("t-1"),
            correlation: String::from("c-1"),
            now: Timestamp::UNIX_EPOCH,
        };
        let refusal = Refusal {
            suberror: Some(String::from("basic_action")),
            claims: Some(String::from(r#"{"a":1}"#)),
            ..Refusal::missing("resource")
        };
        let reply = refusal.reply("http://a", &ids);
        let value = reply.value();
        let text = |name: &str| {
            value
                .get(name)
                .and_then(|text| text.as_str())
                .unwrap_or_default()
                .to_owned()
        };
        assert_eq!(reply.status, 400);
        assert_eq!(text("error"), "invalid_request");
        assert_eq!(text("timestamp"), "1970-01-01 00:00:00Z");
        assert_eq!(text("error_uri"), "http://a/error?code=900144");
        assert_eq!(text("suberror"), "basic_action");
        assert_eq!(text("claims"), r#"{"a":1}"#);
        assert_eq!(
            value
                .pointer("/error_codes/0")
                .and_then(serde_json::Value::as_i64),
            Some(900_144)
        );
        assert!(
            text("error_description")
                .contains("'resource'.\r\nTrace ID: t-1\r\nCorrelation ID: c-1\r\nTimestamp: 1970")
        );
        let plain = Refusal::missing("resource").reply("http://a", &ids).value();
        assert_eq!((plain.get("suberror"), plain.get("claims")), (None, None));
    }
}
