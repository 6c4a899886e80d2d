//! The query language of advanced hunting: a small part of it, taken strictly.
//!
//! What is not in this part is refused with a sentence as the service writes them, so
//! that a client cannot come to depend on it by accident. Knows no tables of its own:
//! whoever runs a query gives them.
//!
//! - `lexer`: characters to words;
//! - `syntax`, `parser`, `expression`: words to a plan;
//! - `value`, `scalar`, `function`, `compare`: what one cell holds, and what is worked out of cells;
//! - `wanted`, `table`, `summary`: which rows are read, and what an operator makes of them;
//! - `problem`: what is wrong with a query, in the service's words.

mod compare;
mod expression;
mod function;
mod lexer;
mod parser;
mod problem;
mod scalar;
mod summary;
mod syntax;
mod table;
mod value;
mod wanted;

use std::ops::ControlFlow;

use crate::sim::ticks::Ticks;

pub(crate) use problem::Problem;
pub(crate) use value::{Column, Kind, Row, Value};
pub(crate) use wanted::Wanted;

/// Where rows come from.
pub(crate) trait Tables {
    /// The columns of a table, or `None` where there is no such table.
    fn columns(&self, table: &str) -> Option<Vec<Column>>;

    /// Gives every row of a table, until it is told to stop. Rows that are not wanted may
    /// be left out: they are looked at again.
    fn read(&self, table: &str, wanted: &Wanted, each: &mut dyn FnMut(Row) -> ControlFlow<()>);
}

/// What a query found.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) columns: Vec<Column>,
    pub(crate) rows: Vec<Row>,
}

/// Runs a query over these tables at `now`.
pub(crate) fn run(query: &str, tables: &dyn Tables, now: Ticks) -> Result<Found, Problem> {
    let query = parser::parse(query)?;
    table::run(&query, tables, now)
}
