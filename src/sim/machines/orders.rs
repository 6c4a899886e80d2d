//! What the body of a call that asks for an action must say.
//!
//! Names are in `PascalCase` and case-sensitive, unlike those of changes to alerts.

use serde_json::{Map, Value as Json};

use crate::sim::machines::actions::Kind;
use crate::sim::machines::actions::Wanted;
use crate::sim::world::Request;

/// Why a body is refused: a code and a message.
pub(super) struct Wrong(pub(super) &'static str, pub(super) String);

/// What is asked for.
pub(super) fn wanted(kind: Kind, request: &Request) -> Result<Wanted, Wrong> {
    let mut body = object(request)?;
    let comment = comment(&mut body)?;
    let scope = match kind {
        Kind::Isolate => Some(word(
            &mut body,
            "IsolationType",
            &["Full", "Selective", "UnManagedDevice"],
        )?),
        Kind::Scan => Some(word(&mut body, "ScanType", &["Quick", "Full"])?),
        Kind::Unisolate | Kind::Restrict | Kind::Unrestrict | Kind::Collect | Kind::Quarantine => {
            None
        }
    };
    let sha1 = match kind {
        Kind::Quarantine => Some(text(&mut body, "Sha1")?),
        Kind::Isolate
        | Kind::Unisolate
        | Kind::Scan
        | Kind::Restrict
        | Kind::Unrestrict
        | Kind::Collect => None,
    };
    let is_hash = |text: &String| text.len() == 40 && text.bytes().all(|b| b.is_ascii_hexdigit());
    if let Some(wrong) = sha1.as_ref().filter(|sha1| !is_hash(sha1)) {
        return Err(Wrong(
            "InvalidHashValue",
            format!("Invalid hash value: '{wrong}'"),
        ));
    }
    nothing_else(&body)?;
    Ok(Wanted {
        kind,
        scope,
        comment,
        sha1,
    })
}

/// The comment of a cancellation, which is all there is to say.
pub(super) fn cancellation(request: &Request) -> Result<String, Wrong> {
    let mut body = object(request)?;
    let comment = comment(&mut body)?;
    nothing_else(&body)?;
    Ok(comment)
}

fn object(request: &Request) -> Result<Map<String, Json>, Wrong> {
    match serde_json::from_str(&request.body) {
        Ok(Json::Object(object)) => Ok(object),
        _ => Err(Wrong(
            "InvalidRequestBody",
            String::from("Request body is incorrect"),
        )),
    }
}

fn comment(body: &mut Map<String, Json>) -> Result<String, Wrong> {
    let comment = text(body, "Comment")?;
    if comment.trim().is_empty() {
        return Err(missing("Comment"));
    }
    Ok(comment)
}

fn missing(name: &str) -> Wrong {
    Wrong(
        "MissingRequiredParameter",
        format!("The required parameter '{name}' is missing"),
    )
}

fn text(body: &mut Map<String, Json>, name: &str) -> Result<String, Wrong> {
    match body.remove(name) {
        None | Some(Json::Null) => Err(missing(name)),
        Some(Json::String(text)) => Ok(text),
        Some(_) => Err(Wrong(
            "InvalidRequestBody",
            format!("Parameter '{name}' must be a string"),
        )),
    }
}

fn word(body: &mut Map<String, Json>, name: &str, allowed: &[&str]) -> Result<String, Wrong> {
    let word = text(body, name)?;
    if allowed.contains(&word.as_str()) {
        return Ok(word);
    }
    Err(Wrong(
        "InvalidInput",
        format!("'{word}' is not a valid value for '{name}'"),
    ))
}

fn nothing_else(body: &Map<String, Json>) -> Result<(), Wrong> {
    body.keys().next().map_or(Ok(()), |name| {
        Err(Wrong(
            "InvalidRequestBody",
            format!("Unknown parameter '{name}'. Request body is incorrect"),
        ))
    })
}
