//! Small lenient readers of JSON values, and JSON made safe for a terminal.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::domain::text;
use crate::domain::text::Text;

/// The text of a value: strings without quotes, null and absent as `None`,
/// anything else as its JSON.
pub fn string(raw: Option<&RawValue>) -> Option<String> {
    bare(raw).map(Cow::into_owned)
}

/// The same, borrowed where nothing is escaped, which is nearly always.
pub fn bare(raw: Option<&RawValue>) -> Option<Cow<'_, str>> {
    let json = raw?.get();
    if json == "null" {
        return None;
    }
    let Some(quoted) = json.strip_prefix('"') else {
        return Some(Cow::Borrowed(json));
    };
    if memchr::memchr(b'\\', json.as_bytes()).is_some() {
        return lenient(json).map(Cow::Owned);
    }
    // A `RawValue` is whole JSON: what has no escape stands between its quotes.
    quoted.strip_suffix('"').map(Cow::Borrowed)
}

/// A document as a value; what is no JSON is null.
pub fn value(json: &str) -> Value {
    lenient(json).unwrap_or_else(|| in_parts(json, PARTS_WITHIN_PARTS))
}

/// An alert, its evidence, a piece of evidence, a list in it.
const PARTS_WITHIN_PARTS: usize = 4;

/// Legal JSON may still be more than a value holds: a number like `1e999`, a thousand
/// brackets. Read part by part, such a thing hides itself and nothing beside it.
fn in_parts(json: &str, within: usize) -> Value {
    if within > 0 {
        if let Ok(members) = serde_json::from_str::<BTreeMap<String, &RawValue>>(json) {
            let part = |(name, raw): (String, &RawValue)| (name, part_of(raw, within));
            return Value::Object(members.into_iter().map(part).collect());
        }
        if let Ok(items) = serde_json::from_str::<Vec<&RawValue>>(json) {
            return Value::Array(items.into_iter().map(|raw| part_of(raw, within)).collect());
        }
    }
    match serde_json::from_str::<&RawValue>(json) {
        Ok(raw) => Value::from(raw.get()),
        Err(_no_json) => Value::Null,
    }
}

fn part_of(raw: &RawValue, within: usize) -> Value {
    lenient(raw.get()).unwrap_or_else(|| in_parts(raw.get(), within - 1))
}

/// Names of files and command lines of Windows may hold halves of surrogate pairs.
/// One of them must not hide the whole document: it becomes U+FFFD.
fn lenient<T: DeserializeOwned>(json: &str) -> Option<T> {
    serde_json::from_str(json)
        .or_else(|_error| serde_json::from_str(&with_whole_surrogates(json)))
        .ok()
}

/// The same JSON with U+FFFD for each half of a surrogate pair.
pub(super) fn with_whole_surrogates(json: &str) -> String {
    let mut whole = String::with_capacity(json.len());
    let mut rest = json;
    while let Some((before, escape)) = rest.find('\\').and_then(|at| rest.split_at_checked(at)) {
        whole.push_str(before);
        let second = || escape.get(6..).and_then(escaped_unit);
        let (length, lone) = match escaped_unit(escape) {
            Some(0xd800..=0xdbff) if matches!(second(), Some(0xdc00..=0xdfff)) => (12, false),
            Some(0xd800..=0xdfff) => (6, true),
            // The backslash and what it escapes, which may be another one.
            Some(_) | None => (2, false),
        };
        let (kept, after) = escape.split_at_checked(length).unwrap_or((escape, ""));
        whole.push_str(if lone { "\\ufffd" } else { kept });
        rest = after;
    }
    whole.push_str(rest);
    whole
}

/// The number of a `\u` escape.
fn escaped_unit(escape: &str) -> Option<u16> {
    u16::from_str_radix(escape.strip_prefix("\\u")?.get(..4)?, 16).ok()
}

/// A time as the service writes it: ISO 8601, with 0 to 7 digits, sometimes without zone.
pub fn timestamp(raw: Option<&RawValue>) -> Option<Timestamp> {
    parse_timestamp(&bare(raw)?)
}

/// The same from the bare text. A missing zone is read as UTC; year 1 stands for none.
pub fn parse_timestamp(written: &str) -> Option<Timestamp> {
    let time = written.parse::<Timestamp>().ok().or_else(|| {
        let civil = written.parse::<jiff::civil::DateTime>().ok()?;
        Some(civil.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp())
    })?;
    (time.as_second() > YEAR_TWO).then_some(time)
}

/// 0002-01-01: the service writes the year 1 where it has no time.
const YEAR_TWO: i64 = -62_104_060_800;

/// True for a JSON array with at least one item.
pub fn has_items(json: &str) -> bool {
    json.strip_prefix('[')
        .is_some_and(|rest| !rest.trim_start().starts_with(']'))
}

/// A property as text: absent and null are empty, other types their JSON.
pub fn text_of(value: &Value, name: &str) -> Text {
    value.get(name).map_or_else(Text::default, plain)
}

/// A value as text, as in [`text_of`].
pub fn plain(value: &Value) -> Text {
    match value {
        Value::Null => Text::default(),
        Value::String(string) => Text::from(string.as_str()),
        other => Text::from(other.to_string()),
    }
}

/// A property as a time.
pub fn time_of(value: &Value, name: &str) -> Option<Timestamp> {
    parse_timestamp(value.get(name)?.as_str()?)
}

/// A property as a list; anything else is an empty one.
pub fn items_of<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value
        .get(name)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

/// The same JSON value on one line, with nothing in it that a terminal obeys.
///
/// Blanks between tokens go; inside strings, controls, bidirectional marks and
/// zero-width characters become JSON escapes, which mean the same characters.
pub fn one_harmless_line(json: &str) -> Cow<'_, str> {
    let plain = !json
        .chars()
        .any(|c| c.is_ascii_whitespace() || text::is_hostile(c));
    if plain {
        return Cow::Borrowed(json);
    }
    let mut line = String::with_capacity(json.len());
    let mut in_string = false;
    let mut escaped = false;
    for character in json.chars() {
        if !in_string {
            if !character.is_ascii_whitespace() {
                line.push(character);
            }
            in_string = character == '"';
            continue;
        }
        if text::is_hostile(character) {
            let mut units = [0_u16; 2];
            for unit in character.encode_utf16(&mut units) {
                // Writing to a `String` cannot fail.
                write!(line, "\\u{unit:04x}").unwrap_or_default();
            }
        } else {
            line.push(character);
        }
        in_string = escaped || character != '"';
        escaped = !escaped && character == '\\';
    }
    Cow::Owned(line)
}

#[cfg(test)]
mod tests {
    #![expect(
        clippy::unwrap_used,
        reason = "a test that cannot read its input has failed"
    )]

    use super::*;

    #[test]
    fn times_keep_the_services_precision() {
        for (written, read) in [
            (
                "2020-07-20T10:53:48.7657932Z",
                "2020-07-20T10:53:48.7657932Z",
            ),
            ("2020-07-20T10:53:50.19Z", "2020-07-20T10:53:50.19Z"),
            ("2019-12-18T08:02:54Z", "2019-12-18T08:02:54Z"),
            ("2019-12-18T08:02:54", "2019-12-18T08:02:54Z"),
        ] {
            assert_eq!(parse_timestamp(written).unwrap().to_string(), read);
        }
        for none in [
            "",
            "0001-01-01T00:00:00",
            "0001-01-01T00:00:00Z",
            "soon",
            "12",
        ] {
            assert_eq!(parse_timestamp(none), None, "{none}");
        }
    }

    #[test]
    fn half_a_surrogate_pair_spoils_one_character_only() {
        for (written, read) in [
            (r#""a\ud800b""#, "a\u{fffd}b"),
            (
                r#""\udc00\ud800\ud83d\udd25\ud83d""#,
                "\u{fffd}\u{fffd}\u{1f525}\u{fffd}",
            ),
            (r#""\\ud800 \ud800""#, "\\ud800 \u{fffd}"),
            (
                r#""\"\n\u00e9\uDFFF\ud8000""#,
                "\"\n\u{e9}\u{fffd}\u{fffd}0",
            ),
        ] {
            assert_eq!(value(written), Value::from(read), "{written}");
        }
        for broken in [r#""\ud80""#, r#""\"#, r#""\ud800"#, "\"\\\u{e9}\"", ""] {
            assert_eq!(value(broken), Value::Null, "{broken}");
        }
    }

    #[test]
    fn what_a_value_cannot_hold_hides_itself_only() {
        let deep = format!("{}1{}", "[".repeat(500), "]".repeat(500));
        let json = format!(r#"{{"a":"b","n":1e999,"deep":{deep},"e":[{{"x":1e999,"y":"z"}}]}}"#);
        let read = value(&json);
        assert_eq!(read.pointer("/a"), Some(&Value::from("b")));
        assert_eq!(read.pointer("/n"), Some(&Value::from("1e999")));
        assert_eq!(read.pointer("/e/0/y"), Some(&Value::from("z")));
    }

    #[test]
    fn one_line_means_the_same_value() {
        let json =
            "{ \"a\" : \"x \\\" \\\\\",\n \"b\":\"\u{9b}2J \u{202e}\u{e0041}\" ,\t\"c\":[ 1.0 ]}";
        let line = one_harmless_line(json);
        assert!(!line.chars().any(text::is_hostile));
        assert!(!line.contains('\n'));
        assert_eq!(
            serde_json::from_str::<Value>(&line).unwrap(),
            serde_json::from_str::<Value>(json).unwrap()
        );
    }
}
