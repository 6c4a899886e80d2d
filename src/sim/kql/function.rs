//! The functions of the language that are known here.

use crate::sim::kql::problem::Problem;
use crate::sim::kql::scalar::Scalar;
use crate::sim::kql::scalar::Scope;
use crate::sim::kql::scalar::constant;
use crate::sim::kql::scalar::scalar;
use crate::sim::kql::scalar::truth;
use crate::sim::kql::syntax::Expression;
use crate::sim::kql::value::Kind;
use crate::sim::kql::value::Value;
use crate::sim::ticks::Ticks;

/// A call whose arguments have been bound.
struct Call<'a> {
    name: &'a str,
    arguments: Vec<Scalar>,
    at: usize,
}

pub(super) fn bind(
    scope: &Scope<'_>,
    name: &str,
    arguments: &[Expression],
    at: usize,
) -> Result<Scalar, Problem> {
    let arguments = arguments.iter().map(|argument| scope.bind(argument));
    let call = Call {
        name,
        arguments: arguments.collect::<Result<_, _>>()?,
        at,
    };
    match name {
        "now" => {
            let [] = call.exactly()?;
            Ok(constant(Value::Time(scope.now), Kind::Time))
        }
        "ago" => ago(call, scope.now),
        "bin" | "floor" => bin(call),
        "not" => {
            let wrong = call.mistyped("bool");
            let [of] = call.exactly()?;
            if of.kind != Kind::Bool {
                return Err(wrong);
            }
            Ok(truth(move |row| !(of.work)(row).is_true()))
        }
        "isempty" | "isnull" => {
            let [of] = call.exactly()?;
            Ok(truth(move |row| is_empty(&(of.work)(row))))
        }
        "isnotempty" | "isnotnull" => {
            let [of] = call.exactly()?;
            Ok(truth(move |row| !is_empty(&(of.work)(row))))
        }
        "iff" | "iif" => {
            let wrong = call.mistyped("bool");
            let [condition, yes, no] = call.exactly()?;
            if condition.kind != Kind::Bool {
                return Err(wrong);
            }
            Ok(scalar(yes.kind, move |row| {
                if (condition.work)(row).is_true() {
                    (yes.work)(row)
                } else {
                    (no.work)(row)
                }
            }))
        }
        _ => text(call),
    }
}

/// Functions that make texts, and the length of one.
fn text(call: Call<'_>) -> Result<Scalar, Problem> {
    let made = |of: Scalar, make: fn(&str) -> String| {
        scalar(Kind::Text, move |row| {
            Value::text(make(&(of.work)(row).worded()))
        })
    };
    match call.name {
        "tolower" => call.exactly().map(|[of]| made(of, str::to_lowercase)),
        "toupper" => call.exactly().map(|[of]| made(of, str::to_uppercase)),
        "tostring" => call.exactly().map(|[of]| made(of, str::to_owned)),
        "strlen" => {
            let [of] = call.exactly()?;
            Ok(scalar(Kind::Long, move |row| {
                let length = (of.work)(row).worded().chars().count();
                Value::Long(i64::try_from(length).unwrap_or(i64::MAX))
            }))
        }
        "strcat" => {
            let parts = call.arguments;
            Ok(scalar(Kind::Text, move |row| {
                let texts = parts.iter().map(|part| (part.work)(row).worded());
                Value::text(texts.fold(String::new(), |joined, text| joined + &text))
            }))
        }
        unknown => Err(Problem::semantic(
            call.at,
            format!("The query has a semantic error: Unknown function: '{unknown}'"),
        )),
    }
}

fn ago(call: Call<'_>, now: Ticks) -> Result<Scalar, Problem> {
    let wrong = call.mistyped("timespan");
    let [span] = call.exactly()?;
    if span.kind != Kind::Span {
        return Err(wrong);
    }
    Ok(scalar(Kind::Time, move |row| match (span.work)(row) {
        Value::Span(ticks) => Value::Time(now.plus_ticks(ticks.saturating_neg())),
        _ => Value::Null,
    }))
}

fn bin(call: Call<'_>) -> Result<Scalar, Problem> {
    let wrong = call.mistyped("datetime");
    let [of, by] = call.exactly()?;
    let is_fine = (of.kind == Kind::Time && by.kind == Kind::Span)
        || (of.kind.is_number() && by.kind.is_number());
    if !is_fine {
        return Err(wrong);
    }
    Ok(scalar(of.kind, move |row| {
        match ((of.work)(row), (by.work)(row)) {
            (Value::Time(time), Value::Span(ticks)) if ticks > 0 => {
                Value::Time(time.floored(ticks))
            }
            (Value::Long(number), Value::Long(by)) if by > 0 => {
                Value::Long(number - number.rem_euclid(by))
            }
            _ => Value::Null,
        }
    }))
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Text(text) => text.is_empty(),
        _ => false,
    }
}

impl Call<'_> {
    /// The arguments, where there are as many as the function takes.
    fn exactly<const COUNT: usize>(self) -> Result<[Scalar; COUNT], Problem> {
        let (name, at) = (self.name, self.at);
        <[Scalar; COUNT]>::try_from(self.arguments).map_err(|_given| {
            Problem::semantic(
                at,
                format!("{name}(): function expects {COUNT} argument(s)"),
            )
        })
    }

    fn mistyped(&self, wanted: &str) -> Problem {
        let name = self.name;
        Problem::semantic(
            self.at,
            format!("{name}(): argument #1 must be a {wanted} value"),
        )
    }
}
