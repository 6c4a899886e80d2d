//! How Entra refuses: the error body of the token endpoint, in its full shape.
//!
//! Decides nothing; `tokens` picks the refusal.

use jiff::Timestamp;

use crate::sim::json::Object;
use crate::sim::reply::Reply;

/// A refusal of the token endpoint, before it has its ids and its time.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) error: &'static str,
    pub(crate) code: u32,
    pub(crate) message: String,
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
        }
    }

    pub(crate) fn missing(parameter: &str) -> Self {
        let message =
            format!("The request body must contain the following parameter: '{parameter}'.");
        Self::new("invalid_request", 900_144, message)
    }

    /// The body as Entra writes it; a correlation id is the client's own, sent back.
    pub(crate) fn reply(
        &self,
        origin: &str,
        trace: &str,
        correlation: &str,
        now: Timestamp,
    ) -> Reply {
        let Self {
            status,
            error,
            code,
            message,
        } = self;
        let timestamp = now.strftime("%Y-%m-%d %H:%M:%SZ").to_string();
        let description = format!(
            "AADSTS{code}: {message}\r\nTrace ID: {trace}\r\nCorrelation ID: {correlation}\r\nTimestamp: {timestamp}"
        );
        let body = Object::new()
            .field("error", error)
            .field("error_description", description)
            .field("error_codes", [code])
            .field("timestamp", timestamp)
            .field("trace_id", trace)
            .field("correlation_id", correlation)
            .field("error_uri", format!("{origin}/error?code={code}"))
            .end();
        Reply::json(*status, body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_has_the_full_shape() {
        let reply =
            Refusal::missing("resource").reply("http://a", "t-1", "c-1", Timestamp::UNIX_EPOCH);
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
    }
}
