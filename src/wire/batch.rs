//! The answer to a `$batch` of Graph: one answer for each request, in any order.

use std::collections::HashMap;

use serde_json::Value;

use crate::wire::json;
use crate::wire::json::items_of;
use crate::wire::json::text_of;

/// The answer to one request of several.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Part {
    pub status: u16,
    /// Names and values as they came.
    pub headers: Vec<(String, String)>,
    /// JSON; empty where there is none.
    pub body: String,
}

/// Reads the answers by the ids of their requests. What is none is left out; of two for
/// one request the first counts.
pub fn read(body: &[u8]) -> HashMap<String, Part> {
    let whole = json::value(&String::from_utf8_lossy(body));
    let mut parts = HashMap::new();
    for answer in items_of(&whole, "responses") {
        let id = text_of(answer, "id").original().to_owned();
        let status = answer.get("status").and_then(|status| {
            let number = status.as_u64().or_else(|| status.as_str()?.parse().ok())?;
            u16::try_from(number).ok()
        });
        let Some(status) = status else {
            continue;
        };
        let headers = answer.get("headers").and_then(Value::as_object);
        let headers = headers.into_iter().flatten();
        let headers = headers
            .filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())))
            .collect();
        let body = match answer.get("body") {
            None | Some(Value::Null) => String::new(),
            Some(body) => body.to_string(),
        };
        parts.entry(id).or_insert(Part {
            status,
            headers,
            body,
        });
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_found_by_the_id_of_their_request_in_any_order() {
        let parts = read(
            br#"{"responses":[{"id":"1-0","status":429,"headers":{"Retry-After":"7","X":1},"body":{"error":{"code":"TooManyRequests"}}},
                {"id":"0-0","status":"200"},{"id":"0-0","status":500},{"id":"2-0"},7]}"#,
        );
        assert_eq!(parts.len(), 2);
        assert_eq!(parts.get("0-0").map(|part| part.status), Some(200));
        let late = parts.get("1-0").cloned().unwrap_or_default();
        assert_eq!(late.headers, [("Retry-After".to_owned(), "7".to_owned())]);
        assert!(late.body.contains("TooManyRequests"));
        for nothing in [&b""[..], b"null", b"[]", b"{\"responses\":{}}", b"\xff"] {
            assert!(read(nothing).is_empty());
        }
    }
}
