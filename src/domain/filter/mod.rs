//! The filter language: `sev>=med dev:FIN* !user:svc`.
//!
//! Text becomes a [`Query`] here and is written back canonically; what a query means
//! for rows is [`crate::app::filter`]'s business, what the service can answer of it is
//! in [`odata`]. `docs/filter.md` is the page for people.
//!
//! Reading order: [`ast`] (what can be said), [`field`] (about what), `lexer`,
//! `parser`, `value` and [`when`] (how it is read), `print` (how it is written),
//! [`error`], [`odata`], [`standing`] (for completion).

pub mod ast;
pub mod error;
pub mod field;
mod lexer;
pub mod odata;
mod parser;
mod print;
pub mod standing;
#[cfg(test)]
mod tests;
mod value;
pub mod when;

use std::fmt;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::domain::filter::ast::Is;
use crate::domain::filter::ast::Node;
use crate::domain::filter::ast::Term;
use crate::domain::filter::error::QueryError;
pub use crate::domain::filter::parser::regex;
pub use crate::domain::filter::print::literal;
pub use crate::domain::filter::value::words;
use crate::domain::filter::when::When;
use crate::domain::token::Api;

/// What a filter is asked in: who asks, and when.
#[derive(Debug, Clone, PartialEq)]
pub struct Around {
    /// The signed-in user; empty when nobody is known.
    pub me: String,
    pub now: Timestamp,
    /// Dates begin at its midnight.
    pub zone: TimeZone,
    /// Who is asked for what can be asked of it.
    pub service: Api,
}

impl Default for Around {
    fn default() -> Self {
        Self {
            me: String::new(),
            now: Timestamp::UNIX_EPOCH,
            zone: TimeZone::UTC,
            service: Api::Defender,
        }
    }
}

/// One filter. The empty one lets everything through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    root: Node,
}

impl Default for Query {
    fn default() -> Self {
        Self {
            root: Node::All(Vec::new()),
        }
    }
}

impl Query {
    /// Reads a filter, or says where it is wrong and what was expected there.
    pub fn parse(text: &str) -> Result<Self, QueryError> {
        Self::parse_without(text, &[])
    }

    /// The same where some things cannot be asked, each with the reason: the error stands
    /// where the first of them does.
    pub fn parse_without(text: &str, unasked: &[(Is, &'static str)]) -> Result<Self, QueryError> {
        parser::parse(text, unasked).map(Self::new)
    }

    /// The query of a tree.
    pub fn new(root: Node) -> Self {
        Self { root }
    }

    /// The whole of it.
    pub fn root(&self) -> &Node {
        &self.root
    }

    /// Lets everything through.
    pub fn is_empty(&self) -> bool {
        self.root == Node::All(Vec::new())
    }

    /// The terms that must all hold.
    pub fn terms(&self) -> &[Node] {
        match &self.root {
            Node::All(terms) => terms,
            one => std::slice::from_ref(one),
        }
    }

    /// Its answer changes as time passes, though no alert does.
    pub fn moves_with_time(&self) -> bool {
        let counts_back = |term: &Term| {
            matches!(
                term,
                Term::Time {
                    when: When::Ago(_),
                    ..
                }
            )
        };
        self.root.any_term(&counts_back) || self.names(Is::Late)
    }

    /// Its answer depends on where midnight is.
    pub fn names_days(&self) -> bool {
        self.root.any_term(&|term| {
            matches!(
                term,
                Term::Time {
                    when: When::Day(_) | When::Clock(_),
                    ..
                }
            )
        })
    }

    /// Its answer depends on who asks.
    pub fn asks_who(&self) -> bool {
        self.names(Is::Mine)
    }

    /// Asks for what only the dashboard knows.
    pub fn asks_what_was_looked_at(&self) -> bool {
        self.names(Is::New)
    }

    /// Its answer changes with the marks on the screen.
    pub fn asks_for_marks(&self) -> bool {
        self.names(Is::Marked)
    }

    fn names(&self, wanted: Is) -> bool {
        self.root
            .any_term(&|term| matches!(term, Term::Is(any) if any.contains(&wanted)))
    }
}

/// The canonical text: it parses to the same query.
impl fmt::Display for Query {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        print::query(&self.root, formatter)
    }
}

/// The canonical text of a part of it.
impl fmt::Display for Node {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        print::query(self, formatter)
    }
}
