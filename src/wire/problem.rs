//! Bodies of failed answers: what can be said from them.
//!
//! The HTTP status classifies; a body only supplies words.

use jiff::SignedDuration;
use serde_json::Value;

use crate::domain::text::shown;

/// What a failed answer of the API says, made harmless.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Problem {
    pub code: String,
    pub message: String,
}

/// Longest piece of a server's message that is shown.
const LONGEST_MESSAGE: usize = 300;

/// Reads the envelope `{"error": {"code", "message"}}` of the API, a gateway's
/// `{"message"}`, or nothing at all.
pub fn read(body: &[u8]) -> Problem {
    let value: Value = serde_json::from_slice(body).unwrap_or_default();
    let error = value.get("error").unwrap_or(&value);
    Problem {
        code: word(error, "code"),
        message: word(error, "message"),
    }
}

fn word(value: &Value, name: &str) -> String {
    let text = match value.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    };
    harmless(&text)
}

/// One line of at most some hundred characters, with nothing a terminal obeys.
pub fn harmless(text: &str) -> String {
    let line: String = shown(text.trim()).chars().take(LONGEST_MESSAGE).collect();
    line.trim_end_matches('.').to_owned()
}

/// "You can send requests again in 8 seconds": the wait some throttled answers
/// put in words only.
pub fn wait_in_words(message: &str) -> Option<SignedDuration> {
    let (before, _) = message.split_once(" second")?;
    let seconds: i64 = before.rsplit(' ').next()?.parse().ok()?;
    (seconds >= 0).then(|| SignedDuration::from_secs(seconds))
}

/// An error answer of the sign-in service.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SignInProblem {
    /// `invalid_grant` and its like: what programs branch on.
    pub error: String,
    /// First sentence of the description, harmless.
    pub description: String,
    /// AADSTS numbers, most general first as Entra sends them.
    pub codes: Vec<u64>,
    pub correlation_id: String,
}

/// Reads an OAuth error body; `None` when it is not one.
pub fn read_sign_in(body: &[u8]) -> Option<SignInProblem> {
    let value: Value = serde_json::from_slice(body).ok()?;
    let error = harmless(value.get("error")?.as_str()?);
    let description = value
        .get("error_description")
        .and_then(Value::as_str)
        .and_then(|text| text.split(['\r', '\n']).next())
        // Newer answers join the lines with blanks.
        .and_then(|line| line.split(" Trace ID:").next())
        .map(harmless)
        .unwrap_or_default();
    Some(SignInProblem {
        error,
        description,
        codes: value
            .get("error_codes")
            .and_then(Value::as_array)
            .map(|codes| codes.iter().filter_map(Value::as_u64).collect())
            .unwrap_or_default(),
        correlation_id: word(&value, "correlation_id"),
    })
}

#[cfg(test)]
mod tests {
    #![expect(
        clippy::unwrap_used,
        reason = "a test that cannot read its input has failed"
    )]

    use super::*;

    #[test]
    fn every_shape_of_error_gives_words_or_nothing() {
        let cases: [(&[u8], &str, &str); 6] = [
            (
                br#"{"error":{"code":"ResourceNotFound","message":"Machine 1 was not found"}}"#,
                "ResourceNotFound",
                "Machine 1 was not found",
            ),
            (
                br#"{"statusCode":404,"message":"Resource not found."}"#,
                "",
                "Resource not found",
            ),
            (br#"{"error":{"code":429,"message":null}}"#, "429", ""),
            (b"<html>", "", ""),
            (b"", "", ""),
            (
                b"{\"error\":{\"message\":\"\\u001b[2Jboo\"}}",
                "",
                "\\x1b[2Jboo",
            ),
        ];
        for (body, code, message) in cases {
            let problem = read(body);
            assert_eq!(
                (problem.code.as_str(), problem.message.as_str()),
                (code, message)
            );
        }
    }

    #[test]
    fn the_wait_is_found_in_the_message() {
        let message = "API calls quota exceeded! maximum allowed 30 per 00:01:00 for the key X. You can send requests again in 8 seconds.";
        assert_eq!(wait_in_words(message), Some(SignedDuration::from_secs(8)));
        assert_eq!(wait_in_words("maximum allowed 45 per 00:01:00"), None);
        assert_eq!(wait_in_words("in some seconds"), None);
    }

    #[test]
    fn a_sign_in_error_is_cut_to_its_first_sentence() {
        let problem = read_sign_in(br#"{"error":"invalid_grant","error_description":"AADSTS50126: Wrong name or password.\r\nTrace ID: 1\r\nCorrelation ID: 2","error_codes":[50126],"correlation_id":"2"}"#).unwrap();
        assert_eq!(problem.description, "AADSTS50126: Wrong name or password");
        assert_eq!(problem.codes, [50126]);
        assert_eq!(read_sign_in(b"{}"), None);
        assert_eq!(read_sign_in(br#"{"error":{"code":"x"}}"#), None);
    }
}
