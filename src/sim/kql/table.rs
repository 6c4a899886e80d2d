//! What operators make of rows.
//!
//! Conditions right after a source are asked while it is read: a tenant of a hundred
//! thousand alerts has millions of events, and few of them are wanted.

use std::collections::HashMap;
use std::collections::HashSet;
use std::ops::ControlFlow;

use crate::sim::kql::Found;
use crate::sim::kql::Tables;
use crate::sim::kql::problem::Problem;
use crate::sim::kql::scalar::Scope;
use crate::sim::kql::scalar::Work;
use crate::sim::kql::summary;
use crate::sim::kql::syntax::Key;
use crate::sim::kql::syntax::Named;
use crate::sim::kql::syntax::Operator;
use crate::sim::kql::syntax::Order;
use crate::sim::kql::syntax::Pipeline;
use crate::sim::kql::syntax::Query;
use crate::sim::kql::syntax::Source;
use crate::sim::kql::syntax::What;
use crate::sim::kql::value::Column;
use crate::sim::kql::value::Kind;
use crate::sim::kql::value::Row;
use crate::sim::kql::value::Value;
use crate::sim::kql::wanted::Wanted;
use crate::sim::ticks::Ticks;

/// Rows on their way through a pipeline.
pub(super) struct Table {
    pub(super) columns: Vec<Column>,
    pub(super) rows: Vec<Row>,
}

struct Run<'a> {
    tables: &'a dyn Tables,
    lets: HashMap<String, (Kind, Value)>,
    now: Ticks,
}

pub(super) fn run(query: &Query, tables: &dyn Tables, now: Ticks) -> Result<Found, Problem> {
    let mut run = Run {
        tables,
        lets: HashMap::new(),
        now,
    };
    for named in &query.lets {
        let bound = run.scope(&[], "let").bind(&named.expression)?;
        let value = (bound.work)(&[]);
        let name = named.name.clone().unwrap_or_default();
        run.lets.insert(name, (bound.kind, value));
    }
    let Table { columns, rows } = run.pipeline(&query.body)?;
    Ok(Found { columns, rows })
}

impl Run<'_> {
    fn scope<'a>(&'a self, columns: &'a [Column], operator: &'static str) -> Scope<'a> {
        Scope {
            columns,
            lets: &self.lets,
            now: self.now,
            operator,
        }
    }

    fn pipeline(&self, pipeline: &Pipeline) -> Result<Table, Problem> {
        let columns = self.columns(pipeline)?;
        let leading = pipeline
            .operators
            .iter()
            .take_while(|operator| matches!(operator, Operator::Where(_)))
            .count();
        let (conditions, operators) = pipeline
            .operators
            .split_at_checked(leading)
            .unwrap_or_default();
        let mut sieve: Vec<Work> = Vec::new();
        for condition in conditions {
            if let Operator::Where(condition) = condition {
                sieve.push(self.scope(&columns, "where").condition(condition)?);
            }
        }
        let most = match operators.first() {
            Some(Operator::Take(most)) => *most,
            _ => usize::MAX,
        };
        let mut rows = Vec::new();
        let wanted = Wanted::by(conditions);
        self.read(&pipeline.source, &columns, &wanted, &mut |row| {
            if rows.len() >= most {
                return ControlFlow::Break(());
            }
            if sieve.iter().all(|condition| condition(&row).is_true()) {
                rows.push(row);
            }
            ControlFlow::Continue(())
        })?;
        let mut table = Table { columns, rows };
        for operator in operators {
            table = self.apply(table, operator)?;
        }
        Ok(table)
    }

    /// The columns of a source; of several, those of all together.
    fn columns(&self, pipeline: &Pipeline) -> Result<Vec<Column>, Problem> {
        match &pipeline.source {
            Source::Table { name, at } => self.tables.columns(name).ok_or_else(|| {
                let operator = match pipeline.operators.first() {
                    Some(first) => word(first),
                    None => "union",
                };
                Problem::semantic(
                    *at,
                    format!(
                        "'{operator}' operator: Failed to resolve table or column expression named '{name}'"
                    ),
                )
            }),
            Source::Union { with_source, parts } => {
                let mut columns: Vec<Column> = with_source
                    .iter()
                    .map(|name| Column::new(name, Kind::Text))
                    .collect();
                for part in parts {
                    for column in self.shape(part)? {
                        if columns.iter().all(|known| known.name != column.name) {
                            columns.push(column);
                        }
                    }
                }
                Ok(columns)
            }
        }
    }

    /// The columns at the end of a pipeline.
    fn shape(&self, pipeline: &Pipeline) -> Result<Vec<Column>, Problem> {
        let mut table = Table {
            columns: self.columns(pipeline)?,
            rows: Vec::new(),
        };
        for operator in &pipeline.operators {
            table = self.apply(table, operator)?;
        }
        Ok(table.columns)
    }

    fn read(
        &self,
        source: &Source,
        columns: &[Column],
        wanted: &Wanted,
        each: &mut dyn FnMut(Row) -> ControlFlow<()>,
    ) -> Result<(), Problem> {
        match source {
            Source::Table { name, .. } => self.tables.read(name, wanted, each),
            Source::Union { with_source, parts } => {
                let wanted = wanted.without(with_source.as_ref());
                for (number, part) in parts.iter().enumerate() {
                    let own = self.shape(part)?;
                    let places: Vec<Option<usize>> = columns
                        .iter()
                        .map(|column| own.iter().position(|own| own.name == column.name))
                        .collect();
                    let label = Value::text(label(part, number));
                    let mut widened = |row: Row| {
                        let cells = columns.iter().zip(&places).enumerate();
                        let row = cells
                            .map(|(index, (column, place))| match place {
                                _ if index == 0 && with_source.is_some() => label.clone(),
                                Some(place) => row.get(*place).cloned().unwrap_or(Value::Null),
                                None => absent(column.kind),
                            })
                            .collect();
                        each(row)
                    };
                    if part.operators.is_empty() {
                        self.read(&part.source, &own, &wanted, &mut widened)?;
                    } else {
                        for row in self.pipeline(part)?.rows {
                            if widened(row).is_break() {
                                break;
                            }
                        }
                    }
                }
            }
        }
        Ok(())
    }

    fn apply(&self, mut table: Table, operator: &Operator) -> Result<Table, Problem> {
        let columns = std::mem::take(&mut table.columns);
        let scope = self.scope(&columns, word(operator));
        match operator {
            Operator::Where(condition) => {
                let condition = scope.condition(condition)?;
                table.rows.retain(|row| condition(row).is_true());
            }
            Operator::Take(most) => table.rows.truncate(*most),
            Operator::Count => {
                let count = i64::try_from(table.rows.len()).unwrap_or(i64::MAX);
                return Ok(Table {
                    columns: vec![Column::new("Count", Kind::Long)],
                    rows: vec![vec![Value::Long(count)]],
                });
            }
            Operator::Sort(keys) => sort(&mut table.rows, &scope, keys)?,
            Operator::Top(most, key) => {
                sort(&mut table.rows, &scope, std::slice::from_ref(key))?;
                table.rows.truncate(*most);
            }
            Operator::ProjectAway(names) => {
                let mut kept: Vec<usize> = (0..columns.len()).collect();
                for (name, at) in names {
                    let gone = scope
                        .column(name)
                        .ok_or_else(|| scope.unresolved(name, *at))?;
                    kept.retain(|index| *index != gone);
                }
                return Ok(chosen(&table, &columns, &kept));
            }
            Operator::Project(list) => return project(&table, scope, list),
            Operator::Distinct(list) => {
                let mut table = if list.is_empty() {
                    let all: Vec<usize> = (0..columns.len()).collect();
                    chosen(&table, &columns, &all)
                } else {
                    project(&table, scope, list)?
                };
                let mut seen = HashSet::new();
                table
                    .rows
                    .retain(|row| seen.insert(row.iter().map(Value::worded).collect::<Vec<_>>()));
                return Ok(table);
            }
            Operator::Extend(list) => {
                let mut all = columns.clone();
                for named in list {
                    // Each may build upon the one before.
                    let bound = self.scope(&all, "extend").bind(&named.expression)?;
                    let name = name_of(named, all.len());
                    let place = all.iter().position(|column| *column.name == *name);
                    for row in &mut table.rows {
                        let cell = (bound.work)(row);
                        match place.and_then(|place| row.get_mut(place)) {
                            Some(old) => *old = cell,
                            None => row.push(cell),
                        }
                    }
                    let column = Column::new(&name, bound.kind);
                    match place.and_then(|place| all.get_mut(place)) {
                        Some(old) => *old = column,
                        None => all.push(column),
                    }
                }
                table.columns = all;
                return Ok(table);
            }
            Operator::Summarize { what, by } => {
                return summary::summarize(&table, scope, what, by);
            }
        }
        table.columns = columns;
        Ok(table)
    }
}

/// What a column is called that was given no name.
pub(super) fn name_of(named: &Named, position: usize) -> String {
    match (&named.name, &named.expression.what) {
        (Some(name), _) | (None, What::Name(name)) => name.clone(),
        (None, What::Call(function, arguments)) => match arguments.first().map(|of| &of.what) {
            // A binned column keeps its name.
            Some(What::Name(name)) if function == "bin" => name.clone(),
            _ => format!("Column{}", position + 1),
        },
        (None, _) => format!("Column{}", position + 1),
    }
}

fn word(operator: &Operator) -> &'static str {
    match operator {
        Operator::Where(_) => "where",
        Operator::Project(_) => "project",
        Operator::ProjectAway(_) => "project-away",
        Operator::Extend(_) => "extend",
        Operator::Sort(_) => "sort",
        Operator::Top(..) => "top",
        Operator::Take(_) => "take",
        Operator::Distinct(_) => "distinct",
        Operator::Count => "count",
        Operator::Summarize { .. } => "summarize",
    }
}

/// What `withsource` tells: the table, or the number of the part.
fn label(part: &Pipeline, number: usize) -> String {
    match (&part.source, part.operators.is_empty()) {
        (Source::Table { name, .. }, true) => name.clone(),
        _ => format!("union_arg{number}"),
    }
}

fn absent(kind: Kind) -> Value {
    match kind {
        Kind::Text => Value::text(""),
        Kind::Time
        | Kind::Long
        | Kind::Int
        | Kind::Bool
        | Kind::Real
        | Kind::Span
        | Kind::Dynamic => Value::Null,
    }
}

fn project(table: &Table, scope: Scope<'_>, list: &[Named]) -> Result<Table, Problem> {
    let mut columns: Vec<Column> = Vec::new();
    let mut works = Vec::new();
    for named in list {
        let bound = scope.bind(&named.expression)?;
        let name = name_of(named, columns.len());
        if columns.iter().any(|column| *column.name == *name) {
            return Err(Problem::semantic(
                named.expression.at,
                format!(
                    "'{}' operator: A column named '{name}' already exists",
                    scope.operator
                ),
            ));
        }
        columns.push(Column::new(&name, bound.kind));
        works.push(bound.work);
    }
    let rows = table.rows.iter();
    let rows = rows
        .map(|row| works.iter().map(|work| work(row)).collect())
        .collect();
    Ok(Table { columns, rows })
}

fn chosen(table: &Table, columns: &[Column], kept: &[usize]) -> Table {
    let pick = |row: &Row| -> Row {
        kept.iter()
            .filter_map(|index| row.get(*index).cloned())
            .collect()
    };
    Table {
        columns: kept
            .iter()
            .filter_map(|index| columns.get(*index).cloned())
            .collect(),
        rows: table.rows.iter().map(pick).collect(),
    }
}

fn sort(rows: &mut Vec<Row>, scope: &Scope<'_>, keys: &[Key]) -> Result<(), Problem> {
    let mut works = Vec::new();
    for key in keys {
        works.push((scope.bind(&key.expression)?.work, key.order));
    }
    let mut keyed: Vec<(Vec<Value>, Row)> = std::mem::take(rows)
        .into_iter()
        .map(|row| (works.iter().map(|(work, _)| work(&row)).collect(), row))
        .collect();
    keyed.sort_by(|(one, _), (other, _)| {
        let pairs = one.iter().zip(other).zip(&works);
        let mut orders = pairs.map(|((one, other), (_, order))| match order {
            Order::Ascending => one.order(other),
            Order::Descending => other.order(one),
        });
        orders
            .find(|order| order.is_ne())
            .unwrap_or(std::cmp::Ordering::Equal)
    });
    rows.extend(keyed.into_iter().map(|(_, row)| row));
    Ok(())
}
