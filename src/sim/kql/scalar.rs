//! Expressions bound to the columns they name, ready to be worked out for each row.

use std::collections::HashMap;
use std::rc::Rc;

use serde_json::Value as Json;

use crate::sim::kql::compare;
use crate::sim::kql::function;
use crate::sim::kql::problem::Problem;
use crate::sim::kql::syntax::Comparison;
use crate::sim::kql::syntax::Expression;
use crate::sim::kql::syntax::Membership;
use crate::sim::kql::syntax::Sense;
use crate::sim::kql::syntax::What;
use crate::sim::kql::value::Column;
use crate::sim::kql::value::Kind;
use crate::sim::kql::value::Value;
use crate::sim::ticks::Ticks;

/// What works a cell out of the cells of a row.
pub(super) type Work = Box<dyn Fn(&[Value]) -> Value>;

/// An expression whose names have been found.
pub(super) struct Scalar {
    pub(super) kind: Kind,
    pub(super) work: Work,
}

/// Where names are looked up.
#[derive(Clone, Copy)]
pub(super) struct Scope<'a> {
    pub(super) columns: &'a [Column],
    pub(super) lets: &'a HashMap<String, (Kind, Value)>,
    pub(super) now: Ticks,
    /// Which operator asks, for its complaints.
    pub(super) operator: &'static str,
}

impl Scope<'_> {
    /// The position of a column.
    pub(super) fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| &*column.name == name)
    }

    pub(super) fn unresolved(&self, name: &str, at: usize) -> Problem {
        Problem::semantic(
            at,
            format!(
                "'{}' operator: Failed to resolve scalar expression named '{name}'",
                self.operator
            ),
        )
    }

    pub(super) fn bind(&self, expression: &Expression) -> Result<Scalar, Problem> {
        let at = expression.at;
        match &expression.what {
            What::Literal(value) => Ok(constant(value.clone(), kind_of(value))),
            What::Name(name) => self.named(name, at),
            What::Negative(of) => {
                let of = self.bind(of)?;
                if !of.kind.is_number() && of.kind != Kind::Span {
                    return Err(self.misused("-", at));
                }
                let (kind, work) = (of.kind, of.work);
                Ok(scalar(kind, move |row| match work(row) {
                    Value::Long(number) => Value::Long(number.saturating_neg()),
                    Value::Real(number) => Value::Real(-number),
                    Value::Span(ticks) => Value::Span(ticks.saturating_neg()),
                    _ => Value::Null,
                }))
            }
            What::All(one, other) => {
                let (one, other) = (self.condition(one)?, self.condition(other)?);
                Ok(truth(move |row| one(row).is_true() && other(row).is_true()))
            }
            What::Any(one, other) => {
                let (one, other) = (self.condition(one)?, self.condition(other)?);
                Ok(truth(move |row| one(row).is_true() || other(row).is_true()))
            }
            What::Compare(comparison, one, other) => self.compare(*comparison, one, other),
            What::Between(sense, of, low, high) => self.between(*sense, of, low, high),
            What::OneOf(membership, sense, of, list) => self.one_of(*membership, *sense, of, list),
            What::Arithmetic(sign, one, other) => self.arithmetic(sign, one, other, at),
            What::Call(name, arguments) => function::bind(self, name, arguments, at),
        }
    }

    /// An expression that is true or false.
    pub(super) fn condition(&self, expression: &Expression) -> Result<Work, Problem> {
        let bound = self.bind(expression)?;
        if bound.kind == Kind::Bool {
            return Ok(bound.work);
        }
        Err(Problem::semantic(
            expression.at,
            format!(
                "'{}' operator: The predicate must be of type bool, it is {}",
                self.operator,
                bound.kind.word()
            ),
        ))
    }

    fn named(&self, name: &str, at: usize) -> Result<Scalar, Problem> {
        if let Some(index) = self.column(name) {
            let kind = self
                .columns
                .get(index)
                .map_or(Kind::Text, |column| column.kind);
            return Ok(scalar(kind, move |row| {
                row.get(index).cloned().unwrap_or(Value::Null)
            }));
        }
        match self.lets.get(name) {
            Some((kind, value)) => Ok(constant(value.clone(), *kind)),
            None => Err(self.unresolved(name, at)),
        }
    }

    fn compare(
        &self,
        comparison: Comparison,
        one: &Expression,
        other: &Expression,
    ) -> Result<Scalar, Problem> {
        let at = one.at;
        let (one, other) = (self.bind(one)?, self.bind(other)?);
        compare::check(comparison, one.kind, other.kind, at)?;
        let (one, other) = (one.work, other.work);
        Ok(truth(move |row| {
            compare::holds(comparison, &one(row), &other(row))
        }))
    }

    fn between(
        &self,
        sense: Sense,
        of: &Expression,
        low: &Expression,
        high: &Expression,
    ) -> Result<Scalar, Problem> {
        let at = of.at;
        let (of, low, high) = (self.bind(of)?, self.bind(low)?, self.bind(high)?);
        compare::check(Comparison::GreaterOrEqual, of.kind, low.kind, at)?;
        // The upper end of a time may be told by how much later it is.
        let is_length = of.kind == Kind::Time && high.kind == Kind::Span;
        if !is_length {
            compare::check(Comparison::LessOrEqual, of.kind, high.kind, at)?;
        }
        let (of, low, high) = (of.work, low.work, high.work);
        Ok(truth(move |row| {
            let (value, low) = (of(row), low(row));
            let high = match (&low, high(row)) {
                (Value::Time(low), Value::Span(length)) => Value::Time(low.plus_ticks(length)),
                (_, high) => high,
            };
            sense.of(compare::holds(Comparison::GreaterOrEqual, &value, &low)
                && compare::holds(Comparison::LessOrEqual, &value, &high))
        }))
    }

    fn one_of(
        &self,
        membership: Membership,
        sense: Sense,
        of: &Expression,
        list: &[Expression],
    ) -> Result<Scalar, Problem> {
        let needle = self.bind(of)?;
        let mut items = Vec::new();
        for item in list {
            let bound = self.bind(item)?;
            if bound.kind != Kind::Dynamic {
                let comparison = match membership {
                    Membership::In => Comparison::Equal,
                    Membership::InAnyCase | Membership::HasAny => Comparison::EqualAnyCase,
                };
                compare::check(comparison, needle.kind, bound.kind, of.at)?;
            }
            // Items name no columns in any query we answer: worked out once.
            match (bound.work)(&[]) {
                Value::Dynamic(list) => items.extend(spread(&list)),
                value => items.push(value),
            }
        }
        let work = needle.work;
        Ok(truth(move |row| {
            let value = work(row);
            sense.of(items
                .iter()
                .any(|item| compare::is_one_of(membership, &value, item)))
        }))
    }

    fn misused(&self, sign: &str, at: usize) -> Problem {
        Problem::semantic(
            at,
            format!(
                "'{}' operator: The operator '{sign}' cannot be used with these types",
                self.operator
            ),
        )
    }

    fn arithmetic(
        &self,
        sign: &'static str,
        one: &Expression,
        other: &Expression,
        at: usize,
    ) -> Result<Scalar, Problem> {
        let (one, other) = (self.bind(one)?, self.bind(other)?);
        let kind = match (sign, one.kind, other.kind) {
            ("+" | "-", Kind::Time, Kind::Span) => Kind::Time,
            ("-", Kind::Time, Kind::Time) | ("+" | "-", Kind::Span, Kind::Span) => Kind::Span,
            (_, Kind::Real, other) if other.is_number() => Kind::Real,
            (_, one, Kind::Real) if one.is_number() => Kind::Real,
            (_, one, other) if one.is_number() && other.is_number() => Kind::Long,
            _ => return Err(self.misused(sign, at)),
        };
        let (one, other) = (one.work, other.work);
        Ok(scalar(kind, move |row| {
            worked(sign, &one(row), &other(row))
        }))
    }
}

fn worked(sign: &str, one: &Value, other: &Value) -> Value {
    match (one, other) {
        (Value::Time(time), Value::Span(ticks)) if sign == "+" => {
            Value::Time(time.plus_ticks(*ticks))
        }
        (Value::Time(time), Value::Span(ticks)) => {
            Value::Time(time.plus_ticks(ticks.saturating_neg()))
        }
        (Value::Time(one), Value::Time(other)) => Value::Span(one.ticks_since(*other)),
        (Value::Span(one), Value::Span(other)) if sign == "+" => {
            Value::Span(one.saturating_add(*other))
        }
        (Value::Span(one), Value::Span(other)) => Value::Span(one.saturating_sub(*other)),
        (Value::Long(one), Value::Long(other)) => {
            let result = match sign {
                "+" => one.checked_add(*other),
                "-" => one.checked_sub(*other),
                "*" => one.checked_mul(*other),
                "/" => one.checked_div(*other),
                _ => one.checked_rem(*other),
            };
            result.map_or(Value::Null, Value::Long)
        }
        _ => match (one.number(), other.number()) {
            (Some(one), Some(other)) => Value::Real(match sign {
                "+" => one + other,
                "-" => one - other,
                "*" => one * other,
                "/" => one / other,
                _ => one % other,
            }),
            _ => Value::Null,
        },
    }
}

pub(super) fn scalar(kind: Kind, work: impl Fn(&[Value]) -> Value + 'static) -> Scalar {
    let work: Work = Box::new(work);
    Scalar { kind, work }
}

pub(super) fn truth(work: impl Fn(&[Value]) -> bool + 'static) -> Scalar {
    scalar(Kind::Bool, move |row| Value::Bool(work(row)))
}

pub(super) fn constant(value: Value, kind: Kind) -> Scalar {
    scalar(kind, move |_| value.clone())
}

fn kind_of(value: &Value) -> Kind {
    match value {
        Value::Null | Value::Text(_) => Kind::Text,
        Value::Bool(_) => Kind::Bool,
        Value::Long(_) => Kind::Long,
        Value::Real(_) => Kind::Real,
        Value::Time(_) => Kind::Time,
        Value::Span(_) => Kind::Span,
        Value::Dynamic(_) => Kind::Dynamic,
    }
}

fn spread(list: &Rc<Json>) -> Vec<Value> {
    let items = list.as_array().into_iter().flatten();
    items
        .map(|item| match item {
            Json::String(text) => Value::text(text.as_str()),
            Json::Number(number) => number.as_i64().map_or(Value::Null, Value::Long),
            _ => Value::Null,
        })
        .collect()
}
