//! A JSON object as a list of claims, each with its source text.
//!
//! Numbers are never converted, so `1e400` is shown as it was written. Values
//! are not read into a tree either: their depth would be an attacker's choice.

use std::collections::HashMap;
use std::fmt;

use serde::Deserialize;
use serde::Deserializer;
use serde::de::MapAccess;
use serde::de::Visitor;
use serde_json::value::RawValue;

use super::decode::DecodeError;
use super::decode::Part;
use super::decoded::Claim;
use super::decoded::ClaimValue;
use crate::domain::text;
use crate::domain::text::Text;

pub(super) const DEPTH_LIMIT: usize = 32;

/// Enough to see what is going on; a hostile token could repeat thousands of names.
const NOTED_DUPLICATES: usize = 8;

/// Longer than any address that is compared with something.
const SAID_LENGTH: usize = 80;

/// Reads the members of one part, in their order, the last of each name.
pub(super) fn read(
    bytes: &[u8],
    part: Part,
    notes: &mut Vec<String>,
) -> Result<Vec<Claim>, DecodeError> {
    let source = std::str::from_utf8(bytes).map_err(|error| DecodeError::NotUtf8 {
        part,
        position: error.valid_up_to() + 1,
    })?;
    if is_too_deep(source) {
        return Err(DecodeError::TooDeep { part });
    }
    // The parser's own sentence may quote the token, so only the place is kept.
    let Members(members) =
        serde_json::from_str(source).map_err(|error| match scalar_kind(source) {
            Some(kind) => DecodeError::NotObject { part, kind },
            None => DecodeError::NotJson {
                part,
                line: error.line(),
                column: error.column(),
            },
        })?;

    let mut last: HashMap<&str, usize> = HashMap::with_capacity(members.len());
    let mut repeated = Vec::new();
    for (index, (name, _)) in members.iter().enumerate() {
        if last.insert(name, index).is_some() && !repeated.contains(&name.as_str()) {
            repeated.push(name);
            if repeated.len() > NOTED_DUPLICATES {
                repeated.truncate(NOTED_DUPLICATES);
            }
        }
    }
    for name in &repeated {
        notes.push(format!(
            "{part}: `{}` stands there more than once, the last one is shown",
            shortened(name)
        ));
    }
    let dropped = members.len() - last.len();
    if repeated.len() == NOTED_DUPLICATES && dropped > NOTED_DUPLICATES {
        notes.push(format!("{part}: {dropped} repeated members in all"));
    }
    Ok(members
        .iter()
        .enumerate()
        .filter(|(index, (name, _))| last.get(name.as_str()) == Some(index))
        .map(|(_, (name, raw))| Claim {
            name: Text::from(name.as_str()),
            raw: Text::from(raw.get()),
            value: value(raw.get()),
        })
        .collect())
}

struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;

        impl<'de> Visitor<'de> for InOrder {
            type Value = Members<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(InOrder)
    }
}

/// What the source text of one value says.
fn value(raw: &str) -> ClaimValue {
    match raw.as_bytes().first() {
        Some(b'"') => ClaimValue::Text(string(raw)),
        Some(b't') => ClaimValue::Truth(true),
        Some(b'f') => ClaimValue::Truth(false),
        Some(b'n') => ClaimValue::Nothing,
        Some(b'{') => ClaimValue::Object,
        Some(b'[') => {
            let items: Vec<&RawValue> = serde_json::from_str(raw).unwrap_or_default();
            ClaimValue::List(items.into_iter().map(|item| string(item.get())).collect())
        }
        _ => ClaimValue::Number,
    }
}

/// The text of a JSON string, or the source of anything else.
fn string(raw: &str) -> Text {
    // Half a surrogate pair is legal JSON but not text: it stays an escape.
    match serde_json::from_str::<String>(raw) {
        Ok(text) => Text::from(text),
        Err(_) => Text::from(raw),
    }
}

/// Counts brackets outside strings; whether they match is the parser's business.
fn is_too_deep(source: &str) -> bool {
    let mut depth = 0_usize;
    let mut in_string = false;
    let mut bytes = source.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => in_string = !in_string,
            b'\\' if in_string => {
                bytes.next();
            }
            b'{' | b'[' if !in_string => {
                depth += 1;
                if depth > DEPTH_LIMIT {
                    return true;
                }
            }
            b'}' | b']' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    false
}

/// What `source` is, if it is JSON and not an object.
fn scalar_kind(source: &str) -> Option<&'static str> {
    let raw: &RawValue = serde_json::from_str(source).ok()?;
    match value(raw.get()) {
        ClaimValue::Text(_) => Some("a string"),
        ClaimValue::Number => Some("a number"),
        ClaimValue::Truth(_) => Some("true or false"),
        ClaimValue::Nothing => Some("null"),
        ClaimValue::List(_) => Some("an array"),
        ClaimValue::Object => None,
    }
}

/// A piece of the token inside a sentence of ours: short, and harmless.
pub(super) fn shortened(name: &str) -> String {
    let mut start: String = name.chars().take(SAID_LENGTH).collect();
    if start.len() < name.len() {
        start.push_str("...");
    }
    text::shown(&start).into_owned()
}
