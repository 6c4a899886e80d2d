//! A query once it has been read: what it says, not yet what that means.

use crate::sim::kql::value::Value;

/// A whole query.
#[derive(Debug)]
pub(super) struct Query {
    pub(super) lets: Vec<Named>,
    pub(super) body: Pipeline,
}

/// A name for an expression; without one the expression names itself.
#[derive(Debug)]
pub(super) struct Named {
    pub(super) name: Option<String>,
    pub(super) expression: Expression,
}

/// Rows, and what is done to them one after the other.
#[derive(Debug)]
pub(super) struct Pipeline {
    pub(super) source: Source,
    pub(super) operators: Vec<Operator>,
}

#[derive(Debug)]
pub(super) enum Source {
    Table {
        name: String,
        at: usize,
    },
    Union {
        /// The column that tells where a row comes from.
        with_source: Option<String>,
        parts: Vec<Pipeline>,
    },
}

#[derive(Debug)]
pub(super) enum Operator {
    Where(Expression),
    Project(Vec<Named>),
    ProjectAway(Vec<(String, usize)>),
    Extend(Vec<Named>),
    Sort(Vec<Key>),
    Top(usize, Key),
    Take(usize),
    /// Without columns: all of them.
    Distinct(Vec<Named>),
    Count,
    Summarize {
        what: Vec<Named>,
        by: Vec<Named>,
    },
}

/// What rows are ordered by.
#[derive(Debug)]
pub(super) struct Key {
    pub(super) expression: Expression,
    pub(super) order: Order,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    Ascending,
    Descending,
}

#[derive(Clone, Debug)]
pub(super) struct Expression {
    pub(super) what: What,
    pub(super) at: usize,
}

#[derive(Clone, Debug)]
pub(super) enum What {
    Name(String),
    Literal(Value),
    Call(String, Vec<Expression>),
    Negative(Box<Expression>),
    All(Box<Expression>, Box<Expression>),
    Any(Box<Expression>, Box<Expression>),
    Arithmetic(&'static str, Box<Expression>, Box<Expression>),
    Compare(Comparison, Box<Expression>, Box<Expression>),
    Between(Sense, Box<Expression>, Box<Expression>, Box<Expression>),
    /// Whether one of a list is equal, or is a word of it.
    OneOf(Membership, Sense, Box<Expression>, Vec<Expression>),
}

/// Whether a thing is to hold, or not to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sense {
    Holds,
    Fails,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Membership {
    In,
    InAnyCase,
    HasAny,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    NotEqual,
    EqualAnyCase,
    NotEqualAnyCase,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Has(Sense),
    Contains(Sense),
    StartsWith(Sense),
    EndsWith(Sense),
}

impl Sense {
    pub(super) fn of(self, holds: bool) -> bool {
        holds == (self == Self::Holds)
    }
}
