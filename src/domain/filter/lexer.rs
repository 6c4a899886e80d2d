//! Cuts the text of a filter into pieces. Knows letters, not what they mean.

use crate::domain::filter::error::QueryError;
use crate::domain::filter::error::found;

/// What stands between a field and its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    /// `:`
    Has,
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    AtLeast,
    AtMost,
    Above,
    Below,
}

/// Longer ones first.
const OPERATORS: [(&str, Operator); 7] = [
    ("!=", Operator::NotEqual),
    (">=", Operator::AtLeast),
    ("<=", Operator::AtMost),
    (":", Operator::Has),
    ("=", Operator::Equal),
    (">", Operator::Above),
    ("<", Operator::Below),
];

/// One piece.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Lexeme<'a> {
    End,
    Open,
    Close,
    Not,
    Or,
    And,
    /// A name with its operator; the values are read by [`Lexer::value`].
    Field(&'a str, Operator),
    Value(Value<'a>),
}

/// A text, by the way it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value<'a> {
    Raw(&'a str),
    /// Without its quotes and escapes.
    Quoted(String),
    /// Without its slashes.
    Regex(String),
}

/// Where a value stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// By itself: a comma is a letter like others.
    Alone,
    /// After a field.
    InField,
}

/// A place in the text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lexer<'a> {
    pub(super) text: &'a str,
    /// A byte at the start of a character.
    pub(super) at: usize,
}

impl<'a> Lexer<'a> {
    pub(super) const fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn skip_blanks(&mut self) {
        self.at = self.text.len() - self.rest().trim_start().len();
    }

    fn eat(&mut self, start: &str) -> bool {
        let eats = self.rest().starts_with(start);
        if eats {
            self.at += start.len();
        }
        eats
    }

    /// The next piece and where it starts.
    pub(super) fn next(&mut self) -> Result<(usize, Lexeme<'a>), QueryError> {
        self.skip_blanks();
        let start = self.at;
        let rest = self.rest();
        let simple = match rest.chars().next() {
            None => Some(Lexeme::End),
            Some('(') => Some(Lexeme::Open),
            Some(')') => Some(Lexeme::Close),
            Some('!') => Some(Lexeme::Not),
            Some(_) => None,
        };
        if let Some(lexeme) = simple {
            self.at = (start + 1).min(self.text.len());
            return Ok((start, lexeme));
        }
        let letters = rest.len()
            - rest
                .trim_start_matches(|letter: char| letter.is_ascii_alphabetic())
                .len();
        let (name, after) = rest.split_at_checked(letters).unwrap_or_default();
        let operator = OPERATORS
            .into_iter()
            .find(|(written, _)| after.starts_with(written));
        if let Some((written, operator)) = operator {
            if name.is_empty() {
                let message = format!(
                    "expected a field before {}, without blanks; text goes into quotes",
                    found(written)
                );
                return Err(QueryError::at(self.text, start, message));
            }
            self.at = start + letters + written.len();
            return Ok((start, Lexeme::Field(name, operator)));
        }
        let value = self.written(Place::Alone, true)?;
        Ok((
            start,
            match value {
                Value::Raw(word) if word.eq_ignore_ascii_case("or") => Lexeme::Or,
                Value::Raw(word) if word.eq_ignore_ascii_case("and") => Lexeme::And,
                value => Lexeme::Value(value),
            },
        ))
    }

    /// The next value of a field and where it starts; none where there is none.
    pub(super) fn value(
        &mut self,
        patterns: bool,
    ) -> Result<Option<(usize, Value<'a>)>, QueryError> {
        let start = self.at;
        let value = self.written(Place::InField, patterns)?;
        Ok((value != Value::Raw("")).then_some((start, value)))
    }

    /// A comma, after which another value must come.
    pub(super) fn comma(&mut self) -> bool {
        self.eat(",")
    }

    fn written(&mut self, place: Place, patterns: bool) -> Result<Value<'a>, QueryError> {
        let start = self.at;
        let closed = if self.eat("\"") {
            Value::Quoted(self.quoted(start)?)
        } else if patterns && self.eat("/") {
            Value::Regex(self.regex(start)?)
        } else {
            let rest = self.rest();
            let ends = |letter: char| {
                letter.is_whitespace()
                    || matches!(letter, '(' | ')')
                    || letter == ',' && place == Place::InField
            };
            let raw = rest.split(ends).next().unwrap_or_default();
            self.at += raw.len();
            return Ok(Value::Raw(raw));
        };
        let next = self.rest().chars().next();
        let is_end = |letter: char| {
            letter.is_whitespace() || letter == ')' || letter == ',' && place == Place::InField
        };
        match next {
            Some(letter) if !is_end(letter) => {
                let what = if matches!(closed, Value::Regex(_)) {
                    "the pattern's closing slash"
                } else {
                    "the closing quote"
                };
                let message = format!(
                    "expected a blank after {what}, found {}",
                    found(letter.encode_utf8(&mut [0; 4]))
                );
                Err(QueryError::at(self.text, self.at, message))
            }
            Some(_) | None => Ok(closed),
        }
    }

    /// Up to the closing quote. `\"` and `\\` stand for the second character.
    fn quoted(&mut self, start: usize) -> Result<String, QueryError> {
        let mut text = String::new();
        let mut letters = self.rest().char_indices().peekable();
        while let Some((_, letter)) = letters.next() {
            match letter {
                '"' => {
                    self.at = letters
                        .peek()
                        .map_or(self.text.len(), |(index, _)| self.at + index);
                    return Ok(text);
                }
                '\\' => {
                    let escaped = letters.next_if(|(_, next)| matches!(next, '"' | '\\'));
                    text.push(escaped.map_or('\\', |(_, escaped)| escaped));
                }
                letter => text.push(letter),
            }
        }
        Err(self.unclosed(start, "quote"))
    }

    /// Up to the closing slash. Only `\/` is an escape of ours.
    fn regex(&mut self, start: usize) -> Result<String, QueryError> {
        let mut pattern = String::new();
        let mut letters = self.rest().char_indices().peekable();
        while let Some((_, letter)) = letters.next() {
            match letter {
                '/' => {
                    self.at = letters
                        .peek()
                        .map_or(self.text.len(), |(index, _)| self.at + index);
                    return Ok(pattern);
                }
                '\\' => match letters.next() {
                    Some((_, '/')) => pattern.push('/'),
                    Some((_, other)) => pattern.extend(['\\', other]),
                    None => break,
                },
                letter => pattern.push(letter),
            }
        }
        Err(self.unclosed(start, "slash"))
    }

    fn unclosed(&self, start: usize, mark: &str) -> QueryError {
        let opened = QueryError::at(self.text, start, "").column;
        let mut error = QueryError::ended(
            self.text,
            &format!("the {mark} that closes column {opened}"),
        );
        if mark == "slash" {
            error.message.push_str("; a path goes into quotes");
        }
        error
    }
}
