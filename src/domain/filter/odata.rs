//! What the service can answer of a filter, as an `OData` `$filter`.
//!
//! The service may tell too much, never too little: whoever asks it looks at the
//! answer with the whole filter again. So each part is translated twice: to a wide
//! condition, which holds wherever the part holds, and to a narrow one, which holds
//! nowhere else. Negation swaps the two. Names are those of the service that is asked.

use std::ops::Bound;

use jiff::Timestamp;

use crate::domain::alert::Severity;
use crate::domain::alert::Status;
use crate::domain::decision::disposition::CLASSIFICATIONS;
use crate::domain::filter::Around;
use crate::domain::filter::Query;
use crate::domain::filter::ast::Compare;
use crate::domain::filter::ast::Is;
use crate::domain::filter::ast::Match;
use crate::domain::filter::ast::Node;
use crate::domain::filter::ast::Term;
use crate::domain::filter::field::Field;
use crate::domain::filter::when::Range;
use crate::domain::product;
use crate::domain::token::Api;

/// Who answers a term.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// The service, wholly.
    Service,
    /// Only the program, with all alerts at hand.
    Local,
}

impl By {
    /// The mark in the filter bar.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Service => "srv",
            Self::Local => "local",
        }
    }
}

/// Characters of a condition: with its encoding it must fit into an address.
const LONGEST: usize = 3_000;

/// The condition to ask the service for; none where it cannot help. Not yet encoded
/// for an address.
pub fn filter(query: &Query, around: &Around) -> Option<String> {
    if query.is_empty() {
        return None;
    }
    let condition = translated(query.root(), Side::Wide, around)?;
    (condition.text.len() <= LONGEST).then_some(condition.text)
}

/// Whether the service answers all of it, so that nothing is left to look at.
pub fn is_whole(query: &Query, around: &Around) -> bool {
    query.is_empty()
        || filter(query, around).is_some() && marks(query, around).all(|(_, by)| by == By::Service)
}

/// The terms that must all hold, each with who answers it.
pub fn marks<'a>(
    query: &'a Query,
    around: &'a Around,
) -> impl Iterator<Item = (&'a Node, By)> + 'a {
    query.terms().iter().map(|term| {
        let condition = translated(term, Side::Wide, around);
        let by = match condition {
            Some(Condition { exact: true, .. }) => By::Service,
            Some(_) | None => By::Local,
        };
        (term, by)
    })
}

/// Which of two conditions is wanted where none says exactly the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    /// Holds wherever the part holds.
    Wide,
    /// Holds nowhere else.
    Narrow,
}

#[derive(Debug, PartialEq, Eq)]
struct Condition {
    text: String,
    /// Holds exactly where the part holds.
    exact: bool,
    joined: Option<&'static str>,
}

impl Condition {
    fn of(text: String, exact: bool) -> Self {
        Self {
            text,
            exact,
            joined: None,
        }
    }
}

fn translated(node: &Node, side: Side, around: &Around) -> Option<Condition> {
    match node {
        Node::All(parts) => several(parts, " and ", side, side == Side::Wide, around),
        Node::Any(parts) => several(parts, " or ", side, side == Side::Narrow, around),
        Node::Not(inner) => {
            let other = match side {
                Side::Wide => Side::Narrow,
                Side::Narrow => Side::Wide,
            };
            let inner = translated(inner, other, around)?;
            Some(Condition::of(format!("not ({})", inner.text), inner.exact))
        }
        Node::Term(term) => self::term(term, side, around),
    }
}

/// Parts that cannot be translated are left out where that errs on the right side.
fn several(
    parts: &[Node],
    between: &'static str,
    side: Side,
    may_leave_out: bool,
    around: &Around,
) -> Option<Condition> {
    let mut conditions = Vec::new();
    let mut exact = true;
    for part in parts {
        match translated(part, side, around) {
            Some(condition) => {
                exact &= condition.exact;
                conditions.push(condition);
            }
            None if may_leave_out => exact = false,
            None => return None,
        }
    }
    if conditions.len() == 1 {
        // Still joined as it was: what it stands beside must not tear it apart.
        let alone = conditions.pop()?;
        return Some(Condition { exact, ..alone });
    }
    let texts: Vec<String> = conditions
        .into_iter()
        .map(|condition| match condition.joined {
            Some(_) => format!("({})", condition.text),
            None => condition.text,
        })
        .collect();
    joined(&texts, between, exact)
}

/// Conditions that are none of them joined themselves.
fn joined(texts: &[String], between: &'static str, exact: bool) -> Option<Condition> {
    if texts.is_empty() {
        return None;
    }
    Some(Condition {
        text: texts.join(between),
        exact,
        joined: (texts.len() > 1).then_some(between),
    })
}

fn term(term: &Term, side: Side, around: &Around) -> Option<Condition> {
    match term {
        Term::Word(_) => None,
        Term::Text { field, any } => text(*field, any, side, around.service),
        Term::Severity { compare, any } => severity(*compare, any, side, around.service),
        Term::Status(any) => status(any, around.service),
        Term::Time {
            field,
            compare,
            when,
        } => time(
            field.property(around.service)?,
            when.range(*compare, around),
        ),
        Term::Is(any) => {
            if let [one] = any.as_slice() {
                return is(*one, side, around.service);
            }
            // Where several are joined by `or`, none needs parentheses.
            let parts: Option<Vec<Condition>> = any
                .iter()
                .map(|is| self::is(*is, side, around.service))
                .collect();
            let parts = parts?;
            let exact = parts.iter().all(|part| part.exact);
            let texts: Vec<String> = parts.into_iter().map(|part| part.text).collect();
            joined(&texts, " or ", exact)
        }
    }
}

/// The severities that compare so with the ones named.
pub fn severities(compare: Compare, any: &[Severity]) -> impl Iterator<Item = Severity> {
    Severity::ALL.into_iter().filter(move |severity| {
        any.iter().any(|named| match compare {
            Compare::Equal => severity == named,
            Compare::AtLeast => severity >= named,
            Compare::AtMost => severity <= named,
            Compare::Above => severity > named,
            Compare::Below => severity < named,
        })
    })
}

/// Severities we know by the service's word. All others are unspecified or unknown:
/// no list of words tells which.
const SEVERITIES: [(Severity, &str); 4] = [
    (Severity::High, "High"),
    (Severity::Medium, "Medium"),
    (Severity::Low, "Low"),
    (Severity::Informational, "Informational"),
];

fn severity(compare: Compare, any: &[Severity], side: Side, service: Api) -> Option<Condition> {
    let wanted: Vec<Severity> = severities(compare, any).collect();
    let unspecified = wanted.contains(&Severity::Unspecified);
    let other = wanted.contains(&Severity::Other);
    let rest = match side {
        Side::Wide => unspecified || other,
        Side::Narrow => unspecified && other,
    };
    let words = SEVERITIES.map(|(severity, word)| (wanted.contains(&severity), word));
    enumeration("severity", &words, rest, unspecified == other, service)
}

fn status(any: &[Status], service: Api) -> Option<Condition> {
    let words = [
        (Status::New, "New"),
        (Status::InProgress, "InProgress"),
        (Status::Resolved, "Resolved"),
    ]
    .map(|(status, word)| (any.contains(&status), word));
    enumeration(
        "status",
        &words,
        any.contains(&Status::Other),
        true,
        service,
    )
}

/// A property out of a list of words: those wanted, or all but those not wanted.
/// Only `eq` and `ne` are documented for such properties.
fn enumeration(
    property: &str,
    words: &[(bool, &str)],
    rest: bool,
    exact: bool,
    service: Api,
) -> Option<Condition> {
    let (operator, between) = if rest {
        ("ne", " and ")
    } else {
        ("eq", " or ")
    };
    let texts: Vec<String> = words
        .iter()
        .filter(|(wanted, _)| *wanted != rest)
        .map(|(_, word)| format!("{property} {operator} '{}'", service.word(word)))
        .collect();
    joined(&texts, between, exact)
}

/// Letter case is the service's secret, so only whole texts are asked of it, and
/// never what they are not.
fn text(field: Field, any: &[Match], side: Side, service: Api) -> Option<Condition> {
    let property = field.property(service)?;
    let known: Option<Vec<&str>> = words_of(field);
    let mut texts = Vec::new();
    for one in any {
        match one {
            // Of a fixed list of words no other may be asked for, and none for `none`:
            // null and `unknown` are both seen.
            Match::Exact(text) if known.is_some() => {
                let mut known = known.iter().flatten();
                let word = known.find(|word| word.eq_ignore_ascii_case(text))?;
                texts.push(format!("{property} eq '{}'", service.word(word)));
            }
            _ if known.is_some() => return None,
            Match::Contains(text) | Match::Exact(text)
                if text.is_empty() && field == Field::Incident =>
            {
                texts.push(format!("{property} eq null"));
            }
            Match::Contains(text) | Match::Exact(text) if text.is_empty() => {
                texts.extend(["null", "''"].map(|none| format!("{property} eq {none}")));
            }
            Match::Exact(text) if field == Field::Incident => {
                let number: i64 = text.parse().ok().filter(|_| is_number(text))?;
                texts.push(format!("{property} eq {number}"));
            }
            Match::Exact(text) if side == Side::Wide => {
                texts.push(format!("{property} eq {}", quoted(text)));
            }
            // Whoever is looked for, it is somebody.
            Match::Contains(_) | Match::Glob(_) | Match::Regex(_)
                if side == Side::Wide && field == Field::Owner && any.len() == 1 =>
            {
                return Some(Condition::of(format!("{property} ne null"), false));
            }
            Match::Contains(_) | Match::Glob(_) | Match::Regex(_) | Match::Exact(_) => return None,
        }
    }
    joined(&texts, " or ", true)
}

/// Every word a property may hold, where it is one of a fixed list.
fn words_of(field: Field) -> Option<Vec<&'static str>> {
    match field {
        Field::Classification => Some(CLASSIFICATIONS.to_vec()),
        Field::Product => Some(product::words().collect()),
        _ => None,
    }
}

/// Numbers are compared as numbers: only one way of writing each is one.
fn is_number(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'))
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn time(property: &str, range: Range) -> Option<Condition> {
    let mut texts = Vec::new();
    let mut bound = |operator: &str, time: Timestamp| {
        texts.push(format!("{property} {operator} {time}"));
    };
    match range.0 {
        Bound::Included(time) => bound("ge", time),
        Bound::Excluded(time) => bound("gt", time),
        Bound::Unbounded => {}
    }
    match range.1 {
        Bound::Included(time) => bound("le", time),
        Bound::Excluded(time) => bound("lt", time),
        Bound::Unbounded => {}
    }
    joined(&texts, " and ", true)
}

fn is(is: Is, side: Side, service: Api) -> Option<Condition> {
    match is {
        // An address is one in any letter case.
        Is::Mine => match side {
            Side::Wide => Some(Condition::of("assignedTo ne null".to_owned(), false)),
            Side::Narrow => None,
        },
        Is::Unassigned => text(
            Field::Owner,
            &[Match::Contains(String::new())],
            side,
            service,
        ),
        Is::Open => {
            let resolved = service.word("Resolved");
            Some(Condition::of(format!("status ne '{resolved}'"), true))
        }
        // The service knows neither the screen nor how long a person lets an alert wait.
        Is::New | Is::Late | Is::Marked => None,
    }
}
