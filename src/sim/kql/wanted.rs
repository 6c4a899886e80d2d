//! What a query says of its rows before any is read, so that a table need not make those
//! that will be thrown away.

use crate::sim::kql::syntax::Comparison;
use crate::sim::kql::syntax::Expression;
use crate::sim::kql::syntax::Operator;
use crate::sim::kql::syntax::What;
use crate::sim::kql::value::Value;

/// Columns that must hold a text to the letter; what is not said here may be anything.
#[derive(Debug, Default)]
pub(crate) struct Wanted(Vec<(String, String)>);

impl Wanted {
    /// The text a column must hold.
    pub(crate) fn text(&self, column: &str) -> Option<&str> {
        let mut known = self.0.iter();
        known
            .find(|(name, _)| name == column)
            .map(|(_, text)| text.as_str())
    }

    /// By the conditions right after a source.
    pub(super) fn by(conditions: &[Operator]) -> Self {
        let mut wanted = Self::default();
        for condition in conditions {
            if let Operator::Where(condition) = condition {
                wanted.add(condition);
            }
        }
        wanted
    }

    /// The same for a part of a union, whose own column of this name is hidden.
    pub(super) fn without(&self, column: Option<&String>) -> Self {
        let others = self.0.iter().filter(|(name, _)| Some(name) != column);
        Self(others.cloned().collect())
    }

    fn add(&mut self, condition: &Expression) {
        match &condition.what {
            What::All(one, other) => {
                self.add(one);
                self.add(other);
            }
            What::Compare(Comparison::Equal, column, text) => {
                if let (What::Name(column), What::Literal(Value::Text(text))) =
                    (&column.what, &text.what)
                {
                    self.0.push((column.clone(), text.to_string()));
                }
            }
            _ => {}
        }
    }
}
