//! The filter in force: a query, and who asks it when.
//!
//! The language is in [`crate::domain::filter`]; here it is compiled for rows.
//! Reading order: `predicate` (what a query means for a row), `matcher`, `glob` and
//! `digits` (what a text is looked for with), `implies` (typing on narrows), then
//! [`complete`] and `known` (what could be typed next).

pub mod complete;
mod digits;
mod glob;
mod implies;
mod known;
mod matcher;
pub(super) mod predicate;
#[cfg(test)]
mod tests;

use crate::app::filter::implies::implies;
use crate::app::filter::predicate::Beside;
use crate::app::filter::predicate::Compiled;
use crate::domain::filter::Around;
use crate::domain::filter::Query;

/// A query with what it is asked in. The default lets everything through.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Filter {
    query: Query,
    around: Around,
}

impl Filter {
    /// A query asked by someone at some time.
    pub fn new(query: Query, around: Around) -> Self {
        Self { query, around }
    }

    /// What is asked.
    pub fn query(&self) -> &Query {
        &self.query
    }

    /// By whom and when.
    pub fn around(&self) -> &Around {
        &self.around
    }

    /// Lets everything through.
    pub fn is_empty(&self) -> bool {
        self.query.is_empty()
    }

    /// The answer changes with who asks and when.
    pub fn depends_on_asking(&self) -> bool {
        self.query.moves_with_time() || self.query.names_days() || self.query.asks_who()
    }

    /// The same alerts pass now, as far as the query tells.
    pub fn asks_the_same_as(&self, other: &Self) -> bool {
        self.query == other.query && (!self.depends_on_asking() || self.around == other.around)
    }

    /// Lets the same alerts through as `other` did, whoever asks and whenever.
    pub fn answers_as(&self, other: &Self) -> bool {
        let (here, there) = (&self.around, &other.around);
        let asks_when = self.query.moves_with_time() || self.query.names_days();
        self.query == other.query
            && (!self.query.asks_who() || here.me == there.me)
            && (!asks_when || (here.now, &here.zone) == (there.now, &there.zone))
    }

    /// Everything this lets through, `wider` did too: typing on narrows.
    pub fn narrows(&self, wider: &Self) -> bool {
        let wider_is_as_it_was = (!wider.depends_on_asking() || self.around == wider.around)
            // Looking at an alert takes it out of the new ones, but not out of the list.
            && !wider.query.asks_what_was_looked_at();
        wider_is_as_it_was && implies(self.query.root(), wider.query.root())
    }

    /// Makes the filter ready for the rows of one book.
    pub(super) fn compile(&self, beside: Beside<'_>) -> Compiled {
        Compiled::of(&self.query, &self.around, beside)
    }

    /// A filter that is one, for tests.
    #[cfg(test)]
    pub(crate) fn of(text: &str) -> Self {
        let query = Query::parse(text);
        assert!(query.is_ok(), "{text}: {query:?}");
        Self::new(query.unwrap_or_default(), Around::default())
    }
}
