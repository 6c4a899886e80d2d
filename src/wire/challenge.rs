//! The `WWW-Authenticate` header of a refused token: which claims the next one needs.
//!
//! Everything else in it is left alone, above all the place it names for signing in.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::GeneralPurpose;
use base64::engine::GeneralPurposeConfig;
use serde_json::Map;
use serde_json::Value;

/// Larger challenges are none.
const LARGEST: usize = 8 * 1024;

const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::URL_SAFE,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The JSON of the `claims` parameter, as it came; `None` where there is none or where
/// it is not an object.
pub fn claims(header: &str) -> Option<String> {
    let written = parameter(header, "claims").filter(|written| written.len() <= LARGEST)?;
    let url_safe = written.replace('+', "-").replace('/', "_");
    let json = String::from_utf8(LENIENT.decode(url_safe).ok()?).ok()?;
    let _object: Map<String, Value> = serde_json::from_str(&json).ok()?;
    Some(json)
}

/// The value of a parameter, with or without quotes. What stands in the quotes of
/// another one is not searched.
fn parameter<'a>(header: &'a str, wanted: &str) -> Option<&'a str> {
    let mut rest = header;
    while let Some((before, after)) = rest.split_once('=') {
        let name = before.rsplit([',', ' ', '\t']).next().unwrap_or_default();
        let (value, next) = if let Some(quoted) = after.strip_prefix('"') {
            quoted.split_once('"')?
        } else {
            let end = after.find([',', ' ']).unwrap_or(after.len());
            after.split_at_checked(end)?
        };
        if name.eq_ignore_ascii_case(wanted) {
            return Some(value);
        }
        rest = next;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const JSON: &str = r#"{"access_token":{"nbf":{"essential":true, "value":"1604106651"}}}"#;
    const PADDED: &str =
        "eyJhY2Nlc3NfdG9rZW4iOnsibmJmIjp7ImVzc2VudGlhbCI6dHJ1ZSwgInZhbHVlIjoiMTYwNDEwNjY1MSJ9fX0=";

    #[test]
    fn claims_are_found_wherever_they_stand_and_however_they_are_written() {
        let bare = PADDED.trim_end_matches('=');
        for header in [
            format!(r#"Bearer realm="", error="insufficient_claims", claims="{PADDED}""#),
            format!(r#"Bearer claims="{bare}", error="insufficient_claims""#),
            format!(r#"Basic realm="claims=", Bearer error=x,claims={bare}"#),
            format!(r#"bearer realm="a, b", CLAIMS="{PADDED}""#),
        ] {
            assert_eq!(claims(&header).as_deref(), Some(JSON), "{header}");
        }
        // `{"a":"~~~???"}` in both alphabets.
        for written in ["eyJhIjoifn5+Pz8/In0=", "eyJhIjoifn5-Pz8_In0"] {
            let header = format!("Bearer claims=\"{written}\"");
            assert_eq!(claims(&header).as_deref(), Some(r#"{"a":"~~~???"}"#));
        }
    }

    #[test]
    fn what_is_no_object_of_claims_is_none() {
        let huge = format!("Bearer claims=\"{}\"", "A".repeat(LARGEST + 1));
        for header in [
            "",
            "Bearer",
            "Bearer error=\"invalid_token\"",
            "Bearer claims=\"\"",
            "Bearer claims=\"e",
            "Bearer claims=\"!!!!\"",
            // `[1]`, `"x"` and half an object.
            "Bearer claims=\"WzFd\"",
            "Bearer claims=\"Ingi\"",
            "Bearer claims=\"eyJh\"",
            "Bearer other_claims=\"eyJhIjoxfQ\"",
            "Bearer error_description=\"claims=eyJhIjoxfQ\"",
            &huge,
        ] {
            assert_eq!(claims(header), None, "{header}");
        }
    }
}
