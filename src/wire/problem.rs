//! Bodies of failed answers: what can be said from them.
//!
//! The HTTP status classifies; a body only supplies words.

use jiff::SignedDuration;
use serde_json::Value;

use crate::domain::text::shown;
use crate::domain::text::start_of;

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

/// The message of a failed answer as it came: a person's query may be told back in it, and
/// of a long one only the start was read.
pub fn whole_message(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let parsed: Option<Value> = serde_json::from_str(&text).ok();
    if let Some(value) = parsed {
        let error = value.get("error").unwrap_or(&value);
        let message = error.get("message").and_then(Value::as_str);
        return message.unwrap_or_default().to_owned();
    }
    let start = text
        .split_once("\"message\"")
        .and_then(|(_, rest)| rest.split_once('"'))
        .map_or("", |(_, start)| start_of(start, LONGEST_START));
    // The cut may have gone through an escape: without it the rest can be read.
    (0..ESCAPE)
        .filter_map(|cut| start.get(..start.len().checked_sub(cut)?))
        .find_map(|start| serde_json::from_str(&format!("\"{start}\"")).ok())
        .unwrap_or_default()
}

/// Bytes of a message that broke off which are looked at.
const LONGEST_START: usize = 2_048;
/// More than the bytes of an escape.
const ESCAPE: usize = 13;

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

/// "Received: 120, allowed: 100": the size of a batch the service takes, which it tells
/// in words only.
pub fn allowed_in_words(message: &str) -> Option<usize> {
    let message = message.to_ascii_lowercase();
    let (_, after) = message.split_once("allowed")?;
    let digits: String = after
        .chars()
        .skip_while(|character| !character.is_ascii_digit())
        .take_while(char::is_ascii_digit)
        .collect();
    digits.parse().ok()
}

/// Bytes of a claims challenge, which asks for a handful of proofs.
const LONGEST_CLAIMS: usize = 8 * 1024;

/// An error answer of the sign-in service.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SignInProblem {
    /// `invalid_grant` and its like: what programs branch on.
    pub error: String,
    /// Refines it where it is given.
    pub suberror: String,
    /// First sentence of the description, harmless.
    pub description: String,
    /// AADSTS numbers, most general first as Entra sends them.
    pub codes: Vec<u64>,
    pub correlation_id: String,
    pub trace_id: String,
    /// When the service refused, as it wrote it.
    pub timestamp: String,
    /// What the next sign-in has to prove: JSON in a string, passed on as it came.
    pub claims: Option<String>,
}

/// Reads an OAuth error body; `None` when it is not one.
pub fn read_sign_in(body: &[u8]) -> Option<SignInProblem> {
    let value: Value = serde_json::from_slice(body).ok()?;
    let text = |name: &str| value.get(name).and_then(Value::as_str);
    let error = text("error")?;
    let told = sign_in_problem(error, text("error_description").unwrap_or_default());
    let codes: Vec<u64> = value
        .get("error_codes")
        .and_then(Value::as_array)
        .map(|codes| codes.iter().filter_map(Value::as_u64).collect())
        .unwrap_or_default();
    let or = |name: &str, told: String| match word(&value, name) {
        word if word.is_empty() => told,
        word => word,
    };
    Some(SignInProblem {
        suberror: word(&value, "suberror"),
        codes: if codes.is_empty() { told.codes } else { codes },
        correlation_id: or("correlation_id", told.correlation_id),
        trace_id: or("trace_id", told.trace_id),
        timestamp: or("timestamp", told.timestamp),
        // They travel on in an address: what is longer than any challenge is not one.
        claims: text("claims")
            .filter(|claims| claims.len() <= LONGEST_CLAIMS)
            .map(str::to_owned),
        error: told.error,
        description: told.description,
    })
}

/// The same from the two fields a browser brings back: what JSON has fields for is in
/// the lines of the description.
pub fn sign_in_problem(error: &str, description: &str) -> SignInProblem {
    // Newer answers join the lines with blanks.
    let sentence = description
        .split(['\r', '\n'])
        .next()
        .and_then(|line| line.split(" Trace ID:").next())
        .unwrap_or_default();
    let after = |label: &str| {
        let (_, rest) = description.split_once(label)?;
        rest.trim_start().split(['\r', '\n']).next()
    };
    let id = |label: &str| {
        let id = after(label).and_then(|rest| rest.split(' ').next());
        harmless(id.unwrap_or_default())
    };
    let time = after("Timestamp:").and_then(|rest| rest.split_inclusive('Z').next());
    SignInProblem {
        error: harmless(error),
        description: harmless(sentence),
        codes: description
            .split("AADSTS")
            .skip(1)
            .filter_map(number)
            .collect(),
        correlation_id: id("Correlation ID:"),
        trace_id: id("Trace ID:"),
        timestamp: harmless(time.unwrap_or_default()),
        ..SignInProblem::default()
    }
}

/// The digits a text begins with.
fn number(text: &str) -> Option<u64> {
    let end = text
        .find(|letter: char| !letter.is_ascii_digit())
        .unwrap_or(text.len());
    text.get(..end)?.parse().ok()
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
    fn a_message_is_read_even_where_it_broke_off() {
        let whole = br#"{"error":{"code":"BadRequest","message":"a \"b\" c"}}"#;
        assert_eq!(whole_message(whole), "a \"b\" c");
        let mut long = br#"{"error":{"message": "at \u0041 [1:2]. Query: '"#.to_vec();
        long.extend(std::iter::repeat_n(b"\\u0041".as_slice(), 1_000).flatten());
        let message = whole_message(&long);
        assert!(message.starts_with("at A [1:2]. Query: 'AAA"), "{message}");
        for odd in [&b""[..], b"<html>", b"{\"message\"", b"\"message\":\""] {
            assert_eq!(whole_message(odd), "");
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
    fn the_size_of_a_batch_is_found_in_the_message() {
        let message = "Maximum batch size exceeded. Received: 120, allowed: 100";
        assert_eq!(allowed_in_words(message), Some(100));
        assert_eq!(
            allowed_in_words("Allowed size is 40, received 100"),
            Some(40)
        );
        for none in ["", "allowed", "allowed: many", "120 is too many"] {
            assert_eq!(allowed_in_words(none), None, "{none}");
        }
    }

    #[test]
    fn a_sign_in_error_is_cut_to_its_first_sentence() {
        let problem = read_sign_in(br#"{"error":"invalid_grant","error_description":"AADSTS50126: Wrong name or password.\r\nTrace ID: 1\r\nCorrelation ID: 2","error_codes":[50126],"correlation_id":"2"}"#).unwrap();
        assert_eq!(problem.description, "AADSTS50126: Wrong name or password");
        assert_eq!(problem.codes, [50126]);
        assert_eq!(read_sign_in(b"{}"), None);
        assert_eq!(read_sign_in(br#"{"error":{"code":"x"}}"#), None);
    }

    #[test]
    fn everything_support_asks_for_is_read_from_fields_or_from_the_description() {
        let fields = br#"{"error":"interaction_required","suberror":"basic_action","error_description":"AADSTS50076: MFA.","timestamp":"2026-11-22 14:00:00Z","trace_id":"t","correlation_id":"c","claims":"{\"a\":1}"}"#;
        let problem = read_sign_in(fields).unwrap();
        assert_eq!(problem.suberror, "basic_action");
        assert_eq!(problem.codes, [50_076]);
        assert_eq!(problem.claims.as_deref(), Some(r#"{"a":1}"#));
        let told = |problem: SignInProblem| {
            [
                problem.description,
                problem.trace_id,
                problem.correlation_id,
                problem.timestamp,
            ]
        };
        let expected = ["AADSTS50076: MFA", "t", "c", "2026-11-22 14:00:00Z"];
        assert_eq!(told(problem), expected);
        for between in ["\r\n", " "] {
            let lines = [
                "AADSTS50076: MFA.",
                "Trace ID: t",
                "Correlation ID: c",
                "Timestamp: 2026-11-22 14:00:00Z",
            ];
            let problem = sign_in_problem("invalid_grant", &lines.join(between));
            assert_eq!(told(problem), expected, "{between:?}");
        }
    }
}
