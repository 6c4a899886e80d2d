//! `summarize`: rows brought together by what they share.

use std::collections::HashMap;
use std::collections::HashSet;
use std::rc::Rc;

use serde_json::Value as Json;

use crate::sim::kql::problem::Problem;
use crate::sim::kql::scalar::Scalar;
use crate::sim::kql::scalar::Scope;
use crate::sim::kql::scalar::Work;
use crate::sim::kql::syntax::Named;
use crate::sim::kql::syntax::What;
use crate::sim::kql::table::Table;
use crate::sim::kql::table::name_of;
use crate::sim::kql::value::Column;
use crate::sim::kql::value::Kind;
use crate::sim::kql::value::Row;
use crate::sim::kql::value::Value;

/// The most members `make_set` keeps.
const LARGEST_SET: usize = 1_048_576;

enum Method {
    Count,
    CountIf(Work),
    Distinct(Work),
    Least(Work),
    Greatest(Work),
    Sum(Work),
    Set(Work),
}

/// What one group has come to so far.
#[derive(Clone, Default)]
struct Tally {
    count: i64,
    best: Option<Value>,
    members: Vec<Rc<str>>,
    seen: HashSet<Rc<str>>,
}

pub(super) fn summarize(
    table: &Table,
    scope: Scope<'_>,
    what: &[Named],
    by: &[Named],
) -> Result<Table, Problem> {
    let mut columns = Vec::new();
    let mut keys: Vec<Scalar> = Vec::new();
    for named in by {
        let key = scope.bind(&named.expression)?;
        columns.push(Column::new(&name_of(named, columns.len()), key.kind));
        keys.push(key);
    }
    let mut methods = Vec::new();
    for named in what {
        let (method, name, kind) = method(&scope, named)?;
        columns.push(Column::new(named.name.as_deref().unwrap_or(&name), kind));
        methods.push(method);
    }
    // Groups stand in the order in which they were met.
    let mut groups: Vec<(Row, Vec<Tally>)> = Vec::new();
    let mut by_key: HashMap<Vec<Rc<str>>, usize> = HashMap::new();
    let fresh = || vec![Tally::default(); methods.len()];
    if by.is_empty() {
        groups.push((Vec::new(), fresh()));
        by_key.insert(Vec::new(), 0);
    }
    for row in &table.rows {
        let key: Row = keys.iter().map(|key| (key.work)(row)).collect();
        let names: Vec<Rc<str>> = key.iter().map(Value::worded).collect();
        let index = *by_key.entry(names).or_insert_with(|| {
            groups.push((key, fresh()));
            groups.len() - 1
        });
        if let Some((_, tallies)) = groups.get_mut(index) {
            for (tally, method) in tallies.iter_mut().zip(&methods) {
                tally.take(method, row);
            }
        }
    }
    let rows = groups
        .into_iter()
        .map(|(mut row, tallies)| {
            row.extend(
                tallies
                    .into_iter()
                    .zip(&methods)
                    .map(|(tally, method)| tally.end(method)),
            );
            row
        })
        .collect();
    Ok(Table { columns, rows })
}

fn method(scope: &Scope<'_>, named: &Named) -> Result<(Method, String, Kind), Problem> {
    let at = named.expression.at;
    let What::Call(name, arguments) = &named.expression.what else {
        return Err(Problem::semantic(
            at,
            "'summarize' operator: An aggregate function is expected",
        ));
    };
    if name == "count" && arguments.is_empty() {
        return Ok((Method::Count, String::from("count_"), Kind::Long));
    }
    let Some(argument) = arguments.first() else {
        return Err(Problem::semantic(
            at,
            format!("{name}(): function expects 1 argument(s)"),
        ));
    };
    let of = match &argument.what {
        What::Name(column) => column.clone(),
        _ => String::new(),
    };
    let bound = scope.bind(argument)?;
    let kind = bound.kind;
    Ok(match name.as_str() {
        "countif" => {
            let condition = scope.condition(argument)?;
            (
                Method::CountIf(condition),
                String::from("countif_"),
                Kind::Long,
            )
        }
        "dcount" => (
            Method::Distinct(bound.work),
            format!("dcount_{of}"),
            Kind::Long,
        ),
        "min" => (Method::Least(bound.work), format!("min_{of}"), kind),
        "max" => (Method::Greatest(bound.work), format!("max_{of}"), kind),
        "sum" if kind.is_number() => (Method::Sum(bound.work), format!("sum_{of}"), kind),
        "make_set" => (Method::Set(bound.work), format!("set_{of}"), Kind::Dynamic),
        _ => {
            return Err(Problem::semantic(
                at,
                format!("The query has a semantic error: Unknown function: '{name}'"),
            ));
        }
    })
}

impl Tally {
    fn take(&mut self, method: &Method, row: &[Value]) {
        match method {
            Method::Count => self.count += 1,
            Method::CountIf(condition) => self.count += i64::from(condition(row).is_true()),
            Method::Distinct(work) => {
                self.seen.insert(work(row).worded());
            }
            Method::Least(work) => self.better(work(row), std::cmp::Ordering::Less),
            Method::Greatest(work) => self.better(work(row), std::cmp::Ordering::Greater),
            Method::Sum(work) => {
                let sum = self.best.as_ref().and_then(Value::number).unwrap_or(0.0);
                self.best = Some(Value::Real(sum + work(row).number().unwrap_or(0.0)));
            }
            Method::Set(work) => {
                let member = work(row).worded();
                if !member.is_empty()
                    && self.members.len() < LARGEST_SET
                    && self.seen.insert(Rc::clone(&member))
                {
                    self.members.push(member);
                }
            }
        }
    }

    fn better(&mut self, value: Value, wanted: std::cmp::Ordering) {
        if value != Value::Null
            && self
                .best
                .as_ref()
                .is_none_or(|best| value.order(best) == wanted)
        {
            self.best = Some(value);
        }
    }

    fn end(self, method: &Method) -> Value {
        match method {
            Method::Count | Method::CountIf(_) => Value::Long(self.count),
            Method::Distinct(_) => Value::Long(i64::try_from(self.seen.len()).unwrap_or(i64::MAX)),
            Method::Least(_) | Method::Greatest(_) | Method::Sum(_) => {
                self.best.unwrap_or(Value::Null)
            }
            Method::Set(_) => {
                let members: Vec<Json> = self
                    .members
                    .iter()
                    .map(|member| Json::from(&**member))
                    .collect();
                Value::Dynamic(Rc::new(Json::from(members)))
            }
        }
    }
}
