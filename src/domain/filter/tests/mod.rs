//! Tests of the language, one file for each question.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot read its input has failed"
)]

mod errors;
mod hostile;
mod printing;
mod reading;
mod service;

use crate::domain::filter::Query;

/// A filter that is one.
fn query(text: &str) -> Query {
    match Query::parse(text) {
        Ok(query) => query,
        Err(error) => panicking(text, &error.to_string()),
    }
}

fn panicking(text: &str, error: &str) -> Query {
    assert_eq!(error, "", "{text}");
    Query::default()
}
