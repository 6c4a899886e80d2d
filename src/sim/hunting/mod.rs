//! Advanced hunting: queries over what the devices of the tenant would have reported.
//!
//! The tables are made from the alerts and from the seed each time they are read, and
//! never kept. The same processes, digests, addresses and users stand in them as in the
//! evidence, so that a hunt that begins at an alert finds what it should.
//!
//! - `schema`: which tables there are, and their columns;
//! - `event`: one row, told by its names;
//! - `device_events`, `evidence`: what an alert left in the tables, on its device and on others;
//! - `relatives`: what started the processes of an alert, and what they started beside them;
//! - `alert_tables`: the alerts themselves;
//! - `background`: what happens on a device where nothing is wrong;
//! - `reply`: both services' answers.

mod alert_tables;
mod background;
mod device_events;
mod event;
mod evidence;
mod relatives;
mod reply;
mod schema;
mod tables;

use serde_json::Value as Json;

use crate::sim::json::Object;
use crate::sim::kql;
use crate::sim::kql::Column;
use crate::sim::kql::Found;
use crate::sim::kql::Kind;
use crate::sim::kql::Value;
use crate::sim::reply::Reply;
use crate::sim::ticks::Ticks;
use crate::sim::world::Call;
use crate::sim::world::Request;
use crate::sim::world::World;

use reply::Service;
use tables::Tenant;

/// A result a test asks for instead of what a query would find.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Findings {
    pub rows: usize,
    pub columns: usize,
    /// Bytes of each cell.
    pub cell: usize,
}

/// The most rows a result has.
const MOST_ROWS: usize = 100_000;
/// The most bytes a result has.
const LARGEST_RESULT: usize = 124 << 20;
const TOO_LARGE: &str = "Query execution has exceeded the allowed result size. Optimize your query by limiting the number of results and try again.";

/// `POST /api/advancedqueries/run`.
pub(crate) fn run(world: &mut World, call: &Call, request: &Request) -> Reply {
    let refused = |code, message: &str| Reply::error(400, code, message, &call.target);
    let Some(query) = query_of(&request.body) else {
        return refused("InvalidRequestBody", "Missing query.");
    };
    match find(world, &query, None, call.ticks()) {
        Ok(found) => {
            let body = reply::body(&found, Service::Defender);
            if body.len() > LARGEST_RESULT {
                return refused("BadRequest", TOO_LARGE);
            }
            Reply::json(200, body)
        }
        Err(problem) => refused("BadRequest", &problem.full(&query)),
    }
}

/// `POST /v1.0/security/runHuntingQuery`: the body of the answer, or the sentence of a 400.
///
/// Errors: the message of `error.message`, without the place in the query that the other
/// service tells.
pub(crate) fn run_on_graph(world: &mut World, body: &str, now: Ticks) -> Result<String, String> {
    let query = query_of(body).ok_or_else(|| String::from("Missing query."))?;
    let request: Json = serde_json::from_str(body).unwrap_or_default();
    let window = match request.get("Timespan").or_else(|| request.get("timespan")) {
        None | Some(Json::Null) => None,
        Some(text) => {
            let window = text.as_str().and_then(|text| reply::window(text, now));
            Some(window.ok_or_else(|| String::from("The timespan is not valid."))?)
        }
    };
    match find(world, &query, window, now) {
        Ok(found) => {
            let body = reply::body(&found, Service::Graph);
            if body.len() > LARGEST_RESULT {
                return Err(String::from(TOO_LARGE));
            }
            Ok(body)
        }
        Err(problem) => Err(problem.brief()),
    }
}

/// The query of a body; its name counts to the letter.
fn query_of(body: &str) -> Option<String> {
    let body: Json = serde_json::from_str(body).ok()?;
    let query = body.get("Query")?.as_str()?;
    Some(query.to_owned()).filter(|query| !query.trim().is_empty())
}

fn find(
    world: &mut World,
    query: &str,
    window: Option<(Ticks, Ticks)>,
    now: Ticks,
) -> Result<Found, kql::Problem> {
    if let Some(findings) = world.findings.take() {
        return Ok(made_up(findings));
    }
    let mut found = kql::run(query, &Tenant::new(world, window, now), now)?;
    found.rows.truncate(MOST_ROWS);
    Ok(found)
}

/// A result of any size, its cells all different.
fn made_up(findings: Findings) -> Found {
    let columns = (0..findings.columns)
        .map(|number| Column::new(&format!("Column{number}"), Kind::Text))
        .collect();
    let cell = |row: usize, column: usize| {
        let mut text = format!("r{row}c{column} ");
        let missing = findings.cell.saturating_sub(text.len());
        text.extend(std::iter::repeat_n('x', missing));
        Value::text(text)
    };
    let rows = (0..findings.rows)
        .map(|row| {
            (0..findings.columns)
                .map(|column| cell(row, column))
                .collect()
        })
        .collect();
    Found { columns, rows }
}

/// How long the service says it took; the same each time, so that tests may read it.
fn stats(rows: usize, bytes: usize) -> String {
    let table = Object::new()
        .field("table_row_count", rows)
        .field("table_size", bytes)
        .end();
    Object::new()
        .raw("ExecutionTime", "0.4375")
        .raw("dataset_statistics", &format!("[{table}]"))
        .end()
}
