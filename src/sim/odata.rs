//! The `$filter` language, as far as Microsoft's pages on `OData` queries document it.
//!
//! Strict on purpose: what is not documented is refused with a message, so a client
//! cannot come to depend on it. Paging and ordering are read in `query`.

use std::borrow::Cow;
use std::iter::Peekable;
use std::str::CharIndices;

use jiff::Timestamp;

/// What a property holds, hence which literals it may be compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    /// Text from a fixed list: equality only.
    Enumeration,
    Number,
    Time,
}

/// What may be filtered, ordered and named on one kind of entity.
pub(crate) struct Schema {
    pub(crate) entity: &'static str,
    pub(crate) filterable: &'static [(&'static str, Kind)],
    /// Properties that exist but may not be used in a filter.
    pub(crate) known: &'static [&'static str],
}

/// A literal of the language, or the value of a property.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value<'a> {
    Null,
    Text(Cow<'a, str>),
    Number(i64),
    Time(Timestamp),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    Equal,
    NotEqual,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
}

/// A parsed filter; property names are in the spelling of the schema.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Filter {
    Compare(&'static str, Operator, Value<'static>),
    In(&'static str, Vec<Value<'static>>),
    StartsWith(&'static str, String),
    Not(Box<Self>),
    All(Vec<Self>),
    Any(Vec<Self>),
}

impl Filter {
    /// Reads a filter, or says what is wrong with it.
    pub(crate) fn parse(text: &str, schema: &Schema) -> Result<Self, String> {
        let tokens = tokens(text)?;
        let mut parser = Parser {
            tokens: tokens.into_iter().peekable(),
            schema,
            depth: 0,
        };
        let filter = parser.any()?;
        match parser.tokens.next() {
            None => Ok(filter),
            Some(extra) => Err(syntax(&format!(
                "unexpected {extra:?} after the expression"
            ))),
        }
    }

    /// Whether the entity whose properties `read` tells passes.
    pub(crate) fn accepts<'a>(&self, read: &dyn Fn(&str) -> Value<'a>) -> bool {
        match self {
            Self::Compare(name, operator, literal) => operator.holds(&read(name), literal),
            Self::In(name, literals) => {
                let value = read(name);
                literals.contains(&value)
            }
            Self::StartsWith(name, start) => {
                matches!(read(name), Value::Text(text) if text.starts_with(start))
            }
            Self::Not(inner) => !inner.accepts(read),
            Self::All(parts) => parts.iter().all(|part| part.accepts(read)),
            Self::Any(parts) => parts.iter().any(|part| part.accepts(read)),
        }
    }
}

impl Operator {
    fn named(word: &str) -> Option<Self> {
        Some(match word {
            "eq" => Self::Equal,
            "ne" => Self::NotEqual,
            "gt" => Self::Greater,
            "ge" => Self::GreaterOrEqual,
            "lt" => Self::Less,
            "le" => Self::LessOrEqual,
            _ => return None,
        })
    }

    // Null is equal to null and in no order with anything.
    fn holds(self, value: &Value<'_>, literal: &Value<'_>) -> bool {
        use std::cmp::Ordering::{Equal, Greater, Less};
        let order = match (value, literal) {
            (Value::Text(value), Value::Text(literal)) => Some(value.cmp(literal)),
            (Value::Number(value), Value::Number(literal)) => Some(value.cmp(literal)),
            (Value::Time(value), Value::Time(literal)) => Some(value.cmp(literal)),
            (Value::Null, Value::Null) => match self {
                Self::Equal | Self::NotEqual => Some(Equal),
                _ => None,
            },
            _ => None,
        };
        match self {
            Self::Equal => order == Some(Equal),
            Self::NotEqual => order != Some(Equal),
            Self::Greater => order == Some(Greater),
            Self::GreaterOrEqual => matches!(order, Some(Greater | Equal)),
            Self::Less => order == Some(Less),
            Self::LessOrEqual => matches!(order, Some(Less | Equal)),
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Word(String),
    Quoted(String),
    Open,
    Close,
    Comma,
}

fn syntax(what: &str) -> String {
    format!("The query specified in the URI is not valid. Syntax error: {what}.")
}

fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut found = Vec::new();
    let mut characters = text.char_indices().peekable();
    while let Some((position, character)) = characters.next() {
        match character {
            ' ' => {}
            '(' => found.push(Token::Open),
            ')' => found.push(Token::Close),
            ',' => found.push(Token::Comma),
            '\'' => found.push(Token::Quoted(quoted(&mut characters, position)?)),
            first if is_of_word(first) => {
                let mut word = String::from(first);
                while let Some((_, next)) = characters.next_if(|(_, next)| is_of_word(*next)) {
                    word.push(next);
                }
                found.push(Token::Word(word));
            }
            other => {
                return Err(syntax(&format!(
                    "character {other:?} is not valid at position {position}"
                )));
            }
        }
    }
    Ok(found)
}

// Names, numbers and timestamps; what a word is depends on where it stands.
fn is_of_word(character: char) -> bool {
    character.is_ascii_alphanumeric()
        || matches!(character, '_' | '.' | ':' | '-' | '+' | '/' | '$')
}

fn quoted(characters: &mut Peekable<CharIndices<'_>>, start: usize) -> Result<String, String> {
    let mut text = String::new();
    while let Some((_, character)) = characters.next() {
        // A quote is doubled to stand for itself.
        if character == '\'' && characters.next_if(|(_, next)| *next == '\'').is_none() {
            return Ok(text);
        }
        text.push(character);
    }
    Err(syntax(&format!(
        "there is an unterminated string literal at position {start}"
    )))
}

/// Deeper than any client needs, shallower than our stack.
const DEEPEST: u32 = 50;

struct Parser<'a> {
    tokens: Peekable<std::vec::IntoIter<Token>>,
    schema: &'a Schema,
    depth: u32,
}

impl Parser<'_> {
    fn any(&mut self) -> Result<Filter, String> {
        let first = self.all()?;
        let mut parts = vec![first];
        while self.next_is_word("or") {
            parts.push(self.all()?);
        }
        Ok(one_or(parts, Filter::Any))
    }

    fn all(&mut self) -> Result<Filter, String> {
        let first = self.one()?;
        let mut parts = vec![first];
        while self.next_is_word("and") {
            parts.push(self.one()?);
        }
        Ok(one_or(parts, Filter::All))
    }

    fn one(&mut self) -> Result<Filter, String> {
        match self.tokens.next() {
            Some(Token::Open) => self.grouped(),
            Some(Token::Word(word)) if word == "not" => self.negated(),
            Some(Token::Word(word)) if word == "startswith" => self.starts_with(),
            Some(Token::Word(word)) => self.comparison(&word),
            Some(other) => Err(syntax(&format!(
                "unexpected {other:?} where a property was expected"
            ))),
            None => Err(syntax("expression expected, the filter ends too early")),
        }
    }

    fn grouped(&mut self) -> Result<Filter, String> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(String::from("The recursion limit has been exceeded."));
        }
        let inner = self.any()?;
        self.depth -= 1;
        self.expect(&Token::Close)?;
        Ok(inner)
    }

    // `not` binds tighter than a comparison, so `not status eq 'New'` is a type error.
    fn negated(&mut self) -> Result<Filter, String> {
        let inner = match self.tokens.next() {
            Some(Token::Open) => self.grouped()?,
            Some(Token::Word(word)) if word == "startswith" => self.starts_with()?,
            _ => {
                return Err(syntax(
                    "'not' must be followed by a parenthesis or a function",
                ));
            }
        };
        Ok(Filter::Not(Box::new(inner)))
    }

    fn starts_with(&mut self) -> Result<Filter, String> {
        self.expect(&Token::Open)?;
        let Some(Token::Word(word)) = self.tokens.next() else {
            return Err(syntax("startswith needs a property first"));
        };
        let (name, kind) = self.property(&word)?;
        self.expect(&Token::Comma)?;
        let Some(Token::Quoted(start)) = self.tokens.next() else {
            return Err(syntax("startswith needs a quoted string second"));
        };
        self.expect(&Token::Close)?;
        if kind == Kind::Text {
            Ok(Filter::StartsWith(name, start))
        } else {
            Err(format!(
                "No function signature for the function with name 'startswith' matches '{name}'."
            ))
        }
    }

    fn comparison(&mut self, word: &str) -> Result<Filter, String> {
        let (name, kind) = self.property(word)?;
        let Some(Token::Word(word)) = self.tokens.next() else {
            return Err(syntax(&format!("an operator was expected after '{name}'")));
        };
        if word == "in" {
            return self.one_of(name, kind);
        }
        let operator = Operator::named(&word)
            .ok_or_else(|| syntax(&format!("'{word}' is not an operator")))?;
        let literal = self.literal(name, kind)?;
        let only_equality = kind == Kind::Enumeration || literal == Value::Null;
        if only_equality && !matches!(operator, Operator::Equal | Operator::NotEqual) {
            return Err(format!(
                "A binary operator '{word}' cannot be used with '{name}' and this operand."
            ));
        }
        Ok(Filter::Compare(name, operator, literal))
    }

    fn one_of(&mut self, name: &'static str, kind: Kind) -> Result<Filter, String> {
        self.expect(&Token::Open)?;
        let mut literals = vec![self.literal(name, kind)?];
        loop {
            match self.tokens.next() {
                Some(Token::Comma) => literals.push(self.literal(name, kind)?),
                Some(Token::Close) => return Ok(Filter::In(name, literals)),
                _ => {
                    return Err(syntax(
                        "a comma or a closing parenthesis was expected in the list",
                    ));
                }
            }
        }
    }

    fn literal(&mut self, name: &str, kind: Kind) -> Result<Value<'static>, String> {
        let Some(token) = self.tokens.next() else {
            return Err(syntax(&format!("a value was expected for '{name}'")));
        };
        let value = match (&token, kind) {
            (Token::Word(word), _) if word == "null" => Some(Value::Null),
            (Token::Quoted(text), Kind::Text | Kind::Enumeration) => {
                Some(Value::Text(Cow::Owned(text.clone())))
            }
            (Token::Word(word), Kind::Number) => word.parse().ok().map(Value::Number),
            (Token::Word(word), Kind::Time) => timestamp(word).map(Value::Time),
            _ => None,
        };
        value.ok_or_else(|| {
            format!(
                "A binary operator with incompatible types was detected. Found {token:?} for '{name}' of {}.",
                self.schema.entity
            )
        })
    }

    fn property(&self, word: &str) -> Result<(&'static str, Kind), String> {
        let same = |name: &str| name.eq_ignore_ascii_case(word);
        if let Some(found) = self.schema.filterable.iter().find(|(name, _)| same(name)) {
            return Ok(*found);
        }
        Err(if self.schema.known.iter().any(|name| same(name)) {
            format!("The property '{word}' cannot be used in the $filter query option.")
        } else {
            format!(
                "Could not find a property named '{word}' on type '{}'.",
                self.schema.entity
            )
        })
    }

    fn expect(&mut self, token: &Token) -> Result<(), String> {
        match self.tokens.next() {
            Some(found) if found == *token => Ok(()),
            found => Err(syntax(&format!("{token:?} was expected, not {found:?}"))),
        }
    }

    fn next_is_word(&mut self, word: &str) -> bool {
        self.tokens
            .next_if(|token| matches!(token, Token::Word(found) if found == word))
            .is_some()
    }
}

/// A moment with a date, a time and a zone; a date alone is refused.
fn timestamp(word: &str) -> Option<Timestamp> {
    word.contains('T').then(|| word.parse().ok()).flatten()
}

fn one_or(mut parts: Vec<Filter>, several: fn(Vec<Filter>) -> Filter) -> Filter {
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        Some(last) => {
            parts.push(last);
            several(parts)
        }
        None => several(parts),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCHEMA: Schema = Schema {
        entity: "Alert",
        filterable: &[
            ("status", Kind::Enumeration),
            ("assignedTo", Kind::Text),
            ("incidentId", Kind::Number),
            ("lastUpdateTime", Kind::Time),
        ],
        known: &["title"],
    };

    fn read(name: &str) -> Value<'static> {
        match name {
            "status" => Value::Text(Cow::Borrowed("New")),
            "incidentId" => Value::Number(42),
            "lastUpdateTime" => Value::Time("2026-11-22T10:00:00.5Z".parse().unwrap_or_default()),
            _ => Value::Null,
        }
    }

    #[test]
    fn documented_filters_are_understood() {
        let cases = [
            ("status eq 'New'", true),
            ("STATUS ne 'New'", false),
            ("status in ('Resolved','New')", true),
            ("incidentId ge 42 and incidentId lt 43", true),
            ("incidentId gt 42 or status eq 'New'", true),
            ("incidentId eq 1 and status eq 'x' or status eq 'New'", true),
            (
                "incidentId eq 1 and (status eq 'x' or status eq 'New')",
                false,
            ),
            ("not (status eq 'New')", false),
            ("not startswith(assignedTo,'a')", true),
            ("assignedTo eq null", true),
            ("assignedTo ne 'O''Brien'", true),
            ("assignedTo eq 'x'", false),
            ("lastUpdateTime ge 2026-11-22T10:00:00.4999999Z", true),
            ("lastUpdateTime gt 2026-11-22T10:00:00.5Z", false),
            ("lastUpdateTime lt 2026-11-22T12:00:00+01:00", true),
            ("((((incidentId eq 42))))", true),
        ];
        for (text, expected) in cases {
            match Filter::parse(text, &SCHEMA) {
                Ok(filter) => assert_eq!(filter.accepts(&read), expected, "{text}"),
                Err(message) => assert_eq!(message, "", "{text}"),
            }
        }
    }

    #[test]
    fn everything_else_is_refused_with_a_reason() {
        let nested = format!("{}incidentId eq 1{}", "(".repeat(60), ")".repeat(60));
        let cases = [
            ("", "expression expected"),
            ("title eq 'x'", "cannot be used in the $filter"),
            ("colour eq 'x'", "Could not find a property named 'colour'"),
            ("status == 'New'", "not valid"),
            ("status EQ 'New'", "not an operator"),
            ("status eq New", "incompatible types"),
            ("status gt 'New'", "cannot be used"),
            ("status eq 'New", "unterminated"),
            ("incidentId eq '42'", "incompatible types"),
            ("incidentId eq 4.2", "incompatible types"),
            (
                "lastUpdateTime ge '2026-11-22T10:00:00Z'",
                "incompatible types",
            ),
            ("lastUpdateTime ge 2026-11-22", "incompatible types"),
            (
                "lastUpdateTime ge 2026-11-22T10:00:00",
                "incompatible types",
            ),
            ("(status eq 'New'", "was expected"),
            ("status eq 'New' status", "unexpected"),
            ("not status eq 'New'", "'not' must be followed"),
            ("status in ()", "incompatible types"),
            ("assignedTo gt null", "cannot be used"),
            ("contains(assignedTo,'x')", "Could not find"),
            (nested.as_str(), "recursion limit"),
        ];
        for (text, reason) in cases {
            let message = Filter::parse(text, &SCHEMA).err().unwrap_or_default();
            assert!(message.contains(reason), "{text}: {message}");
        }
    }
}
