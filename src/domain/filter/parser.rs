//! Text to tree: `any` of `all` of `one`, then fields and their values.

use regex_lite::Regex;
use regex_lite::RegexBuilder;

use crate::domain::filter::ast::Compare;
use crate::domain::filter::ast::Is;
use crate::domain::filter::ast::Match;
use crate::domain::filter::ast::Node;
use crate::domain::filter::ast::Term;
use crate::domain::filter::error::QueryError;
use crate::domain::filter::error::did_you_mean;
use crate::domain::filter::error::found;
use crate::domain::filter::field::FIELDS;
use crate::domain::filter::field::Field;
use crate::domain::filter::field::Row;
use crate::domain::filter::field::Takes;
use crate::domain::filter::lexer::Lexeme;
use crate::domain::filter::lexer::Lexer;
use crate::domain::filter::lexer::Operator;
use crate::domain::filter::lexer::Value;
use crate::domain::filter::value;
use crate::domain::filter::when::When;
use crate::domain::nearest::nearest;

/// Bytes of a filter: more than anyone types, little enough to be read at each key.
const LONGEST: usize = 16 * 1024;
/// Groups and negations within each other.
const DEEPEST: usize = 32;
/// Terms and values altogether: each is looked for in every text.
const MOST: usize = 500;
/// Bytes of a compiled pattern.
const LARGEST_PATTERN: usize = 64 * 1024;
/// Characters of a text with `*` in it.
const LONGEST_GLOB: usize = 200;

const TERM: &str = "a word, a field or a group";
const DATE: &str = "a time (2h, 7d, 2026-11-20, 2026-11-20T14:00)";
const DURATION: &str = "a duration (30m, 2h, 7d)";

/// Reads a whole filter in which some things cannot be asked.
pub(super) fn parse(text: &str, unasked: &[(Is, &'static str)]) -> Result<Node, QueryError> {
    if text.len() > LONGEST {
        let end = (0..=LONGEST).rev().find(|end| text.is_char_boundary(*end));
        let message = format!("expected the end: a filter has at most {LONGEST} bytes");
        return Err(QueryError::at(text, end.unwrap_or(0), message));
    }
    let mut parser = Parser {
        lexer: Lexer::new(text),
        unasked,
        count: 0,
    };
    if parser.peek()?.1 == Lexeme::End {
        return Ok(Node::All(Vec::new()));
    }
    let root = parser.any(0)?;
    match parser.lexer.next()? {
        (_, Lexeme::End) => Ok(root),
        (at, _) => Err(QueryError::at(
            text,
            at,
            "found \")\" without a \"(\" before it; text goes into quotes",
        )),
    }
}

/// A pattern made ready, as it was checked when the filter was read: in any letter
/// case, for texts in lower case.
pub fn regex(pattern: &str) -> Option<Regex> {
    // Escapes are ASCII; beyond it only plain letters can be capital.
    let lower: String = pattern
        .chars()
        .flat_map(|letter| {
            let plain = letter.is_ascii().then_some(letter);
            let lower = (!letter.is_ascii()).then(|| letter.to_lowercase());
            plain.into_iter().chain(lower.into_iter().flatten())
        })
        .collect();
    RegexBuilder::new(&lower)
        .case_insensitive(true)
        .size_limit(LARGEST_PATTERN)
        .build()
        .ok()
}

struct Parser<'a> {
    lexer: Lexer<'a>,
    /// What nobody can answer here, and why.
    unasked: &'a [(Is, &'static str)],
    count: usize,
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Result<(usize, Lexeme<'a>), QueryError> {
        let mut ahead = self.lexer;
        ahead.next()
    }

    fn error(&self, at: usize, message: impl Into<String>) -> QueryError {
        QueryError::at(self.lexer.text, at, message)
    }

    fn ended(&self, expected: &str) -> QueryError {
        QueryError::ended(self.lexer.text, expected)
    }

    fn any(&mut self, depth: usize) -> Result<Node, QueryError> {
        let mut parts = vec![self.all(depth)?];
        while self.peek()?.1 == Lexeme::Or {
            self.lexer.next()?;
            parts.push(self.all(depth)?);
        }
        Ok(one_or(
            flat(parts, |node| match node {
                Node::Any(parts) => Ok(parts),
                other => Err(other),
            }),
            Node::Any,
        ))
    }

    fn all(&mut self, depth: usize) -> Result<Node, QueryError> {
        let mut parts = vec![self.one(depth)?];
        loop {
            match self.peek()?.1 {
                Lexeme::End | Lexeme::Close | Lexeme::Or => break,
                Lexeme::And => {
                    self.lexer.next()?;
                }
                Lexeme::Open | Lexeme::Not | Lexeme::Field(..) | Lexeme::Value(_) => {}
            }
            parts.push(self.one(depth)?);
        }
        Ok(one_or(
            flat(parts, |node| match node {
                Node::All(parts) => Ok(parts),
                other => Err(other),
            }),
            Node::All,
        ))
    }

    fn one(&mut self, depth: usize) -> Result<Node, QueryError> {
        let (at, lexeme) = self.lexer.next()?;
        if depth > DEEPEST {
            let message = format!("expected at most {DEEPEST} groups within each other");
            return Err(self.error(at, message));
        }
        match lexeme {
            Lexeme::Not => Ok(Node::Not(Box::new(self.one(depth + 1)?))),
            Lexeme::Open => {
                let inner = self.any(depth + 1)?;
                if self.lexer.next()?.1 == Lexeme::Close {
                    return Ok(inner);
                }
                let column = self.error(at, "").column;
                Err(self.ended(&format!("the \")\" that closes column {column}")))
            }
            Lexeme::Field(name, operator) => self.field(at, name, operator),
            Lexeme::Value(value) => {
                self.counted(at)?;
                let found = self.matching(at, value)?;
                if found == Match::Contains(String::new()) {
                    return Err(self.error(at, "expected a text between the quotes"));
                }
                Ok(Node::Term(Term::Word(found)))
            }
            Lexeme::End => Err(self.ended(TERM)),
            Lexeme::Close => Err(self.error(at, format!("expected {TERM}, found \")\""))),
            Lexeme::Or | Lexeme::And => Err(self.error(
                at,
                format!("expected {TERM} before \"or\" and \"and\"; as a word it goes into quotes"),
            )),
        }
    }

    fn counted(&mut self, at: usize) -> Result<(), QueryError> {
        self.count += 1;
        if self.count > MOST {
            let message = format!("expected the end: a filter has at most {MOST} terms and values");
            return Err(self.error(at, message));
        }
        Ok(())
    }

    fn field(&mut self, at: usize, name: &str, operator: Operator) -> Result<Node, QueryError> {
        let Some(row) = Field::named(name) else {
            let guess = nearest(name, FIELDS.iter().flat_map(Row::names));
            let rest = did_you_mean(guess);
            let rest = if rest.is_empty() {
                "; text goes into quotes"
            } else {
                &rest
            };
            return Err(self.error(at, format!("expected a field, found {}{rest}", found(name))));
        };
        let compare = match operator {
            Operator::Has | Operator::Equal | Operator::NotEqual => Compare::Equal,
            Operator::AtLeast => Compare::AtLeast,
            Operator::AtMost => Compare::AtMost,
            Operator::Above => Compare::Above,
            Operator::Below => Compare::Below,
        };
        let is_ordered = matches!(row.takes, Takes::Severity | Takes::Time | Takes::Duration);
        if compare != Compare::Equal && !is_ordered {
            let message = format!("expected \":\" or \"=\" after {name}, which has no order");
            return Err(self.error(at + name.len(), message));
        }
        let term = match row.takes {
            Takes::Severity => {
                let any = self.words(
                    value::SEVERITY,
                    value::severity,
                    |_| None,
                    || value::words(row.takes),
                )?;
                if compare != Compare::Equal && any.len() > 1 {
                    let message = "expected one severity after an order; a list goes after \":\"";
                    return Err(self.error(at + name.len(), message));
                }
                Term::Severity { compare, any }
            }
            Takes::Status => Term::Status(self.words(
                value::STATUS,
                value::status,
                |_| None,
                || value::words(row.takes),
            )?),
            Takes::Is => {
                let unasked = self.unasked;
                let why_not = |one: &Is| {
                    let found = unasked.iter().find(|(unasked, _)| unasked == one);
                    found.map(|(_, why)| *why)
                };
                let known = || value::words(row.takes);
                Term::Is(self.words(value::IS, value::is, why_not, known)?)
            }
            Takes::Text => {
                let exact = operator != Operator::Has;
                let any = self.texts(row.field, exact)?;
                Term::Text {
                    field: row.field,
                    any,
                }
            }
            Takes::Time | Takes::Duration => {
                let when = self.time(row.takes)?;
                Term::Time {
                    field: row.field,
                    compare,
                    when,
                }
            }
        };
        let term = Node::Term(term);
        Ok(if operator == Operator::NotEqual {
            Node::Not(Box::new(term))
        } else {
            term
        })
    }

    /// The next value of a field; there must be one.
    fn value(&mut self, expected: &str, patterns: bool) -> Result<(usize, Value<'a>), QueryError> {
        let at = self.lexer.at;
        if let Some(value) = self.lexer.value(patterns)? {
            self.counted(at)?;
            return Ok(value);
        }
        match self
            .lexer
            .text
            .get(at..)
            .and_then(|rest| rest.chars().next())
        {
            None => Err(self.ended(expected)),
            Some(letter) if letter.is_whitespace() => {
                Err(self.error(at, format!("expected {expected} without a blank before it")))
            }
            Some(letter) => Err(self.error(
                at,
                format!(
                    "expected {expected}, found {}",
                    found(letter.encode_utf8(&mut [0; 4]))
                ),
            )),
        }
    }

    /// A list of words out of a fixed choice, and why one of them cannot be asked here.
    fn words<T: PartialEq>(
        &mut self,
        expected: &str,
        read: impl Fn(&str) -> Option<T>,
        why_not: impl Fn(&T) -> Option<&'static str>,
        known: impl Fn() -> Vec<&'static str>,
    ) -> Result<Vec<T>, QueryError> {
        let mut any = Vec::new();
        loop {
            let (at, value) = self.value(expected, true)?;
            let (word, is_pattern) = match &value {
                Value::Raw(word) => (*word, false),
                Value::Quoted(word) => (word.as_str(), false),
                Value::Regex(pattern) => (pattern.as_str(), true),
            };
            let Some(one) = read(word).filter(|_| !is_pattern) else {
                let guess = did_you_mean(nearest(word, known().into_iter()));
                let message = format!("expected {expected}, found {}{guess}", found(word));
                let mut error = self.error(at, message);
                // The start of several of them.
                error.is_incomplete = !is_pattern
                    && self.lexer.at == self.lexer.text.len()
                    && known().iter().any(|known| known.starts_with(word));
                return Err(error);
            };
            if let Some(why) = why_not(&one) {
                return Err(self.error(at, why));
            }
            if !any.contains(&one) {
                any.push(one);
            }
            if !self.lexer.comma() {
                return Ok(any);
            }
        }
    }

    fn texts(&mut self, field: Field, exact: bool) -> Result<Vec<Match>, QueryError> {
        let mut any = Vec::new();
        loop {
            let (at, value) = self.value("a text", !exact)?;
            let found = match value {
                Value::Raw(word) if exact => Match::Exact(word.to_owned()),
                Value::Quoted(word) if exact => Match::Exact(word),
                value => match self.matching(at, value)? {
                    // `inc:12` is no part of 4123.
                    Match::Contains(text) if field == Field::Incident => Match::Exact(text),
                    found => found,
                },
            };
            any.push(found);
            if !self.lexer.comma() {
                return Ok(any);
            }
        }
    }

    fn time(&mut self, takes: Takes) -> Result<When, QueryError> {
        let expected = if takes == Takes::Duration {
            DURATION
        } else {
            DATE
        };
        let (at, value) = self.value(expected, false)?;
        let word = match &value {
            Value::Raw(word) => word,
            Value::Quoted(word) | Value::Regex(word) => word.as_str(),
        };
        let when = if takes == Takes::Duration {
            When::parse_duration(word)
        } else {
            When::parse(word)
        };
        let Some(when) = when else {
            let mut error = self.error(at, format!("expected {expected}, found {}", found(word)));
            let could_go_on = word.len() < "2026-11-20".len()
                && word.starts_with(|letter: char| letter.is_ascii_digit());
            error.is_incomplete = could_go_on && self.lexer.at == self.lexer.text.len();
            return Err(error);
        };
        if self.lexer.comma() {
            return Err(self.error(self.lexer.at - 1, "expected one time only, found \",\""));
        }
        Ok(when)
    }

    fn matching(&self, at: usize, value: Value<'_>) -> Result<Match, QueryError> {
        match value {
            Value::Raw(word) if word.contains(['*', '?']) => {
                if word.chars().count() > LONGEST_GLOB {
                    let message = format!(
                        "expected at most {LONGEST_GLOB} characters with \"*\" or \"?\" among them"
                    );
                    return Err(self.error(at, message));
                }
                Ok(Match::Glob(word.to_owned()))
            }
            Value::Raw(word) => Ok(Match::Contains(word.to_owned())),
            Value::Quoted(text) => Ok(Match::Contains(text)),
            Value::Regex(pattern) if pattern.is_empty() => {
                Err(self.error(at, "expected a pattern between the slashes"))
            }
            Value::Regex(pattern) if regex(&pattern).is_none() => {
                let message = format!("expected a regular expression, found {}", found(&pattern));
                Err(self.error(at, message))
            }
            Value::Regex(pattern) => Ok(Match::Regex(pattern)),
        }
    }
}

/// Parts that are of the same kind as their parent come up to it.
fn flat(parts: Vec<Node>, open: impl Fn(Node) -> Result<Vec<Node>, Node>) -> Vec<Node> {
    parts
        .into_iter()
        .flat_map(|part| match open(part) {
            Ok(parts) => parts,
            Err(other) => vec![other],
        })
        .collect()
}

fn one_or(mut parts: Vec<Node>, several: fn(Vec<Node>) -> Node) -> Node {
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        Some(last) => {
            parts.push(last);
            several(parts)
        }
        None => several(parts),
    }
}
