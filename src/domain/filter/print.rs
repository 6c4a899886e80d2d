//! Writes a filter canonically: it parses to the same tree again.

use std::fmt;
use std::fmt::Write as _;

use crate::domain::filter::ast::Compare;
use crate::domain::filter::ast::Match;
use crate::domain::filter::ast::Node;
use crate::domain::filter::ast::Term;
use crate::domain::filter::field::Field;
use crate::domain::filter::value;

type Out<'a, 'b> = &'a mut fmt::Formatter<'b>;

pub(super) fn query(node: &Node, out: Out<'_, '_>) -> fmt::Result {
    match node {
        Node::All(parts) => joined(parts, " ", out, |part, out| match part {
            Node::Any(_) | Node::All(_) => group(part, out),
            Node::Not(_) | Node::Term(_) => query(part, out),
        }),
        Node::Any(parts) => joined(parts, " or ", out, |part, out| match part {
            Node::Any(_) => group(part, out),
            Node::All(_) | Node::Not(_) | Node::Term(_) => query(part, out),
        }),
        Node::Not(inner) => {
            out.write_char('!')?;
            match &**inner {
                Node::All(_) | Node::Any(_) => group(inner, out),
                Node::Not(_) | Node::Term(_) => query(inner, out),
            }
        }
        Node::Term(term) => self::term(term, out),
    }
}

fn group(node: &Node, out: Out<'_, '_>) -> fmt::Result {
    out.write_char('(')?;
    query(node, out)?;
    out.write_char(')')
}

fn joined<T>(
    parts: &[T],
    between: &str,
    out: Out<'_, '_>,
    one: impl Fn(&T, &mut fmt::Formatter<'_>) -> fmt::Result,
) -> fmt::Result {
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            out.write_str(between)?;
        }
        one(part, out)?;
    }
    Ok(())
}

fn term(term: &Term, out: Out<'_, '_>) -> fmt::Result {
    match term {
        Term::Word(found) => text(found, out),
        Term::Text { field, any } => {
            let exact = any.iter().all(|one| matches!(one, Match::Exact(_)));
            // An incident is a number: it is always compared whole.
            let operator = if exact && *field != Field::Incident {
                '='
            } else {
                ':'
            };
            write!(out, "{}{operator}", field.name())?;
            joined(any, ",", out, text)
        }
        Term::Severity { compare, any } => {
            write!(out, "{}{}", Field::Severity.name(), sign(*compare))?;
            joined(any, ",", out, |one, out| {
                out.write_str(value::severity_word(*one))
            })
        }
        Term::Status(any) => {
            write!(out, "{}:", Field::Status.name())?;
            joined(any, ",", out, |one, out| {
                out.write_str(value::status_word(*one))
            })
        }
        Term::Time {
            field,
            compare,
            when,
        } => write!(out, "{}{}{when}", field.name(), sign(*compare)),
        Term::Is(any) => {
            write!(out, "{}:", Field::Is.name())?;
            joined(any, ",", out, |one, out| out.write_str(one.word()))
        }
    }
}

const fn sign(compare: Compare) -> &'static str {
    match compare {
        Compare::Equal => ":",
        Compare::AtLeast => ">=",
        Compare::AtMost => "<=",
        Compare::Above => ">",
        Compare::Below => "<",
    }
}

fn text(found: &Match, out: &mut fmt::Formatter<'_>) -> fmt::Result {
    match found {
        Match::Contains(text) | Match::Exact(text) => out.write_str(&literal(text)),
        Match::Glob(glob) => out.write_str(glob),
        Match::Regex(pattern) => {
            out.write_char('/')?;
            let mut letters = pattern.chars();
            while let Some(letter) = letters.next() {
                match letter {
                    '/' => out.write_str("\\/")?,
                    '\\' => {
                        out.write_char('\\')?;
                        letters.next().map_or(Ok(()), |next| out.write_char(next))?;
                    }
                    letter => out.write_char(letter)?,
                }
            }
            out.write_char('/')
        }
    }
}

/// A text that means itself wherever it stands: bare where that is plain, else in quotes.
pub fn literal(text: &str) -> String {
    let is_plain = !text.is_empty()
        && !text.eq_ignore_ascii_case("or")
        && !text.eq_ignore_ascii_case("and")
        && text.chars().all(|letter| {
            letter.is_alphanumeric() || matches!(letter, '-' | '_' | '.' | '@' | '#' | '$' | '\\')
        });
    if is_plain {
        return text.to_owned();
    }
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for letter in text.chars() {
        if matches!(letter, '"' | '\\') {
            quoted.push('\\');
        }
        quoted.push(letter);
    }
    quoted.push('"');
    quoted
}
