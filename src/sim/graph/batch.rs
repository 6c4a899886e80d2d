//! Several requests in one envelope, each judged, counted and answered on its own.
//!
//! The answers come in another order than the requests: nobody promised one.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value as Json};

use crate::sim::graph;
use crate::sim::graph::exchange::Exchange;
use crate::sim::graph::exchange::Version;
use crate::sim::graph::routes;
use crate::sim::graph::words;
use crate::sim::json;
use crate::sim::json::Object;
use crate::sim::reply::Reply;
use crate::sim::script::Fault;
use crate::sim::world::Request;
use crate::sim::world::World;

/// The most requests one envelope may hold.
const MOST: usize = 20;

struct Part {
    id: String,
    request: Request,
    /// Parts before this one that must have gone well.
    depends_on: Vec<String>,
}

/// Answers an envelope: 400 if it is malformed, else 200 whatever became of its parts.
pub(super) fn answer(world: &mut World, exchange: &Exchange, request: &Request) -> Reply {
    let parts = match parts(request, exchange.version) {
        Ok(parts) => parts,
        Err(message) => return exchange.bad_request(&message),
    };
    let mut failed: Vec<String> = Vec::new();
    let mut answers: Vec<String> = Vec::with_capacity(parts.len());
    for part in &parts {
        let is_blocked = part.depends_on.iter().any(|id| failed.contains(id));
        let reply = if is_blocked {
            exchange.refuse(
                424,
                "FailedDependency",
                "The request depends on one that failed.",
            )
        } else {
            one(world, exchange, &part.request)
        };
        if reply.status >= 400 {
            failed.push(part.id.clone());
        }
        answers.push(written(&part.id, &reply));
    }
    answers.reverse();
    let middle = answers.len() / 2;
    answers.rotate_left(middle);
    let body = Object::new().raw("responses", &json::list(&answers)).end();
    Exchange::json(200, body)
}

/// The answer to one part, with the fault that a script has for it.
fn one(world: &mut World, exchange: &Exchange, request: &Request) -> Reply {
    let endpoint = routes::endpoint(&request.method, &request.path);
    let fault = endpoint.and_then(|endpoint| world.faults.take(endpoint));
    spoiled(world, exchange, request, fault)
}

fn spoiled(
    world: &mut World,
    exchange: &Exchange,
    request: &Request,
    fault: Option<Fault>,
) -> Reply {
    match fault {
        Some(Fault::Status {
            code,
            headers,
            body,
        }) => Reply {
            status: code,
            headers,
            body: body.into_bytes(),
        },
        Some(Fault::DoneBut(instead)) => {
            let _answer = spoiled(world, exchange, request, None);
            spoiled(world, exchange, request, Some(*instead))
        }
        // A part has no connection of its own to lose: its envelope is told of a timeout.
        Some(Fault::Hang | Fault::Reset) => exchange.refuse(504, "GatewayTimeout", ""),
        fault => graph::answer(world, request, fault.as_ref(), exchange.now),
    }
}

/// One answer inside the envelope: JSON as it is, anything else in base64.
fn written(id: &str, reply: &Reply) -> String {
    let headers: Map<String, Json> = reply
        .headers
        .iter()
        .filter(|(name, _)| !matches!(name.as_str(), "date" | "x-ms-ags-diagnostic"))
        .map(|(name, value)| (titled(name), Json::from(value.as_str())))
        .collect();
    let object = Object::new()
        .field("id", id)
        .field("status", reply.status)
        .field("headers", headers);
    let text = std::str::from_utf8(&reply.body).unwrap_or_default();
    let is_json = serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok();
    match (reply.body.is_empty(), is_json) {
        (true, _) => object.end(),
        (false, true) => object.raw("body", text).end(),
        (false, false) => object.field("body", STANDARD.encode(&reply.body)).end(),
    }
}

/// Header names have large letters here.
fn titled(name: &str) -> String {
    let words: Vec<String> = name.split('-').map(words::pascal).collect();
    words.join("-")
}

fn parts(request: &Request, version: Version) -> Result<Vec<Part>, String> {
    let malformed = || String::from("Invalid batch payload format.");
    let body: Json = serde_json::from_str(&request.body).map_err(|_not_json| malformed())?;
    let requests = body.get("requests").and_then(Json::as_array);
    let requests = requests.filter(|requests| !requests.is_empty());
    let requests = requests.ok_or_else(malformed)?;
    if requests.len() > MOST {
        return Err(format!(
            "Number of batch request steps exceeds the maximum value of {MOST}."
        ));
    }
    let mut parts: Vec<Part> = Vec::with_capacity(requests.len());
    for item in requests {
        let part = part(item, request, version)?;
        let same = |known: &&Part| known.id.eq_ignore_ascii_case(&part.id);
        if parts.iter().any(|known| same(&known)) {
            return Err(format!("Request id : {} is not unique.", part.id));
        }
        let is_before = |id: &String| parts.iter().any(|known| known.id == *id);
        if let Some(unknown) = part.depends_on.iter().find(|id| !is_before(id)) {
            return Err(format!(
                "Request {} depends on {unknown}, which is not a request before it.",
                part.id
            ));
        }
        parts.push(part);
    }
    Ok(parts)
}

fn part(item: &Json, outer: &Request, version: Version) -> Result<Part, String> {
    let text = |name: &str| item.get(name).and_then(Json::as_str);
    let missing = |name: &str| format!("A batch request step has no '{name}'.");
    let id = text("id").filter(|id| !id.is_empty());
    let id = id.ok_or_else(|| missing("id"))?.to_owned();
    let method = text("method").ok_or_else(|| missing("method"))?.to_owned();
    let url = text("url").ok_or_else(|| missing("url"))?;
    if url.contains("://") || url.starts_with("//") {
        return Err(format!("Request {id} : the url must be relative."));
    }
    let relative = url.strip_prefix('/').unwrap_or(url);
    // A URL in JSON may hold blanks; one on the wire may not.
    let relative = relative.replace(' ', "%20");
    let (path, query) = relative.split_once('?').unwrap_or((&relative, ""));
    if routes::is_envelope(path) {
        return Err(format!("Request {id} : a batch cannot hold a batch."));
    }
    let root = match version {
        Version::One => "/v1.0",
        Version::Beta => "/beta",
    };
    let mut headers: Vec<(String, String)> = Vec::new();
    for (name, value) in item
        .get("headers")
        .and_then(Json::as_object)
        .into_iter()
        .flatten()
    {
        headers.push((
            name.to_lowercase(),
            value.as_str().unwrap_or_default().to_owned(),
        ));
    }
    let body = item.get("body").filter(|body| !body.is_null());
    let is_write = matches!(method.as_str(), "POST" | "PATCH" | "PUT");
    let has_type = headers.iter().any(|(name, _)| name == "content-type");
    if (is_write && body.is_none()) || ((is_write || body.is_some()) && !has_type) {
        return Err(format!(
            "Write request id : {id} does not contain Content-Type header or body."
        ));
    }
    // Who calls is said once, for all of them.
    headers.retain(|(name, _)| name != "authorization");
    let bearer = outer.header("authorization").unwrap_or_default();
    headers.push((String::from("authorization"), bearer.to_owned()));
    let depends_on = match item.get("dependsOn") {
        None | Some(Json::Null) => Vec::new(),
        Some(ids) => serde_json::from_value(ids.clone())
            .map_err(|_not_texts| format!("Request {id} : 'dependsOn' must be a list of ids."))?,
    };
    Ok(Part {
        request: Request {
            method,
            path: format!("{root}/{path}"),
            query: query.to_owned(),
            headers,
            body: body.map(json::text).unwrap_or_default(),
        },
        id,
        depends_on,
    })
}
