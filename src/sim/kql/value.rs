//! What one cell holds.

use std::cmp::Ordering;
use std::rc::Rc;

use serde_json::Value as Json;

use crate::sim::json;
use crate::sim::ticks::Ticks;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Time,
    Long,
    Int,
    Bool,
    Real,
    Span,
    Dynamic,
}

/// One column of a table or of a result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Column {
    pub(crate) name: Rc<str>,
    pub(crate) kind: Kind,
}

/// One cell. A text is never null, only empty.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    Long(i64),
    Real(f64),
    Text(Rc<str>),
    Time(Ticks),
    /// In ticks of 100 ns.
    Span(i64),
    Dynamic(Rc<Json>),
}

/// The cells of one row, in the order of its columns.
pub(crate) type Row = Vec<Value>;

impl Kind {
    /// As the language calls it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Text => "string",
            Self::Time => "datetime",
            Self::Long => "long",
            Self::Int => "int",
            Self::Bool => "bool",
            Self::Real => "real",
            Self::Span => "timespan",
            Self::Dynamic => "dynamic",
        }
    }

    /// As the schema of a reply calls it.
    pub(crate) fn on_the_wire(self) -> &'static str {
        match self {
            Self::Text => "String",
            Self::Time => "DateTime",
            Self::Long => "Int64",
            Self::Int => "Int32",
            Self::Bool => "SByte",
            Self::Real => "Double",
            Self::Span => "TimeSpan",
            Self::Dynamic => "Object",
        }
    }

    pub(crate) fn is_number(self) -> bool {
        matches!(self, Self::Long | Self::Int | Self::Real)
    }
}

impl Column {
    pub(crate) fn new(name: &str, kind: Kind) -> Self {
        let name = Rc::from(name);
        Self { name, kind }
    }
}

impl Value {
    pub(crate) fn text(text: impl Into<Rc<str>>) -> Self {
        Self::Text(text.into())
    }

    /// The text of a cell; anything else is worded as `tostring` would.
    pub(crate) fn worded(&self) -> Rc<str> {
        match self {
            Self::Text(text) => Rc::clone(text),
            Self::Null => Rc::from(""),
            Self::Bool(value) => Rc::from(if *value { "true" } else { "false" }),
            Self::Long(number) => Rc::from(number.to_string()),
            Self::Real(number) => Rc::from(number.to_string()),
            Self::Time(time) => Rc::from(time.text()),
            Self::Span(ticks) => Rc::from(span(*ticks)),
            Self::Dynamic(value) => Rc::from(value.to_string()),
        }
    }

    pub(crate) fn is_true(&self) -> bool {
        *self == Self::Bool(true)
    }

    /// The order of `sort`: what is null comes before everything.
    pub(crate) fn order(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Text(one), Self::Text(other)) => one.cmp(other),
            (Self::Time(one), Self::Time(other)) => one.cmp(other),
            (Self::Span(one), Self::Span(other)) | (Self::Long(one), Self::Long(other)) => {
                one.cmp(other)
            }
            (Self::Bool(one), Self::Bool(other)) => one.cmp(other),
            (Self::Null, Self::Null) => Ordering::Equal,
            (Self::Null, _) => Ordering::Less,
            (_, Self::Null) => Ordering::Greater,
            _ => match (self.number(), other.number()) {
                (Some(one), Some(other)) => one.total_cmp(&other),
                _ => self.worded().cmp(&other.worded()),
            },
        }
    }

    /// A number, whichever its kind.
    #[expect(
        clippy::cast_precision_loss,
        reason = "as the language itself widens a long to a real"
    )]
    pub(crate) fn number(&self) -> Option<f64> {
        match self {
            Self::Long(number) => Some(*number as f64),
            Self::Real(number) => Some(*number),
            _ => None,
        }
    }

    /// The cell as JSON text.
    pub(crate) fn json(&self) -> String {
        match self {
            Self::Null => String::from("null"),
            // Truth travels as a number of eight bits.
            Self::Bool(value) => String::from(if *value { "1" } else { "0" }),
            Self::Long(number) => number.to_string(),
            Self::Real(number) => json::text(number),
            // What is dynamic travels as JSON within a text.
            Self::Text(_) | Self::Time(_) | Self::Span(_) | Self::Dynamic(_) => {
                json::text(self.worded().as_ref())
            }
        }
    }
}

fn span(ticks: i64) -> String {
    let sign = if ticks < 0 { "-" } else { "" };
    let ticks = ticks.unsigned_abs();
    let (seconds, rest) = (ticks / 10_000_000, ticks % 10_000_000);
    let (days, hours) = (seconds / 86_400, seconds / 3600 % 24);
    let days = if days > 0 {
        format!("{days}.")
    } else {
        String::new()
    };
    let rest = if rest > 0 {
        format!(".{rest:07}")
    } else {
        String::new()
    };
    format!(
        "{sign}{days}{hours:02}:{:02}:{:02}{rest}",
        seconds / 60 % 60,
        seconds % 60
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_written_with_days_before_a_point() {
        assert_eq!(span(864_000_000_000 + 36_610_000_000), "1.01:01:01");
        assert_eq!(span(-5_000_000), "-00:00:00.5000000");
    }

    #[test]
    fn null_comes_first_and_numbers_compare_whatever_their_kind() {
        assert_eq!(Value::Null.order(&Value::Long(1)), Ordering::Less);
        assert_eq!(Value::Long(2).order(&Value::Real(1.5)), Ordering::Greater);
    }
}
