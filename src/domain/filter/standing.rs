//! Where in a filter its end stands, for whoever completes it.

use crate::domain::filter::field::Field;
use crate::domain::filter::field::Row;
use crate::domain::filter::lexer::Lexeme;
use crate::domain::filter::lexer::Lexer;
use crate::domain::filter::lexer::Value;

/// What is being written at the end of a text.
#[derive(Debug, Clone, Copy)]
pub enum Standing<'a> {
    /// A term may begin, or has begun with these letters.
    Word { at: usize, written: &'a str },
    /// The value of a field, so far; it may begin with a quote that is not closed.
    Value {
        row: &'static Row,
        at: usize,
        written: &'a str,
    },
    /// Something that nobody can guess.
    Elsewhere,
}

/// Looks at the end of `text`; `at` counts bytes.
pub fn standing(text: &str) -> Standing<'_> {
    let mut lexer = Lexer::new(text);
    loop {
        let start = lexer.at;
        match lexer.next() {
            Ok((at, Lexeme::End)) => return Standing::Word { at, written: "" },
            Ok((_, Lexeme::Open | Lexeme::Not)) => {}
            Ok((_, Lexeme::Field(name, _))) => {
                if let Some(standing) = in_value(&mut lexer, name) {
                    return standing;
                }
            }
            Ok((at, Lexeme::Or | Lexeme::And | Lexeme::Value(Value::Raw(_)))) => {
                if lexer.at == text.len() {
                    let written = text.get(at..).unwrap_or_default();
                    return Standing::Word { at, written };
                }
            }
            Ok((_, Lexeme::Close | Lexeme::Value(_))) if lexer.at < text.len() => {}
            Ok((_, Lexeme::Close | Lexeme::Value(_))) | Err(_) => return Standing::Elsewhere,
        }
        if lexer.at == start {
            return Standing::Elsewhere;
        }
    }
}

/// Walks over the values of a field; none when the text goes on behind them.
fn in_value<'a>(lexer: &mut Lexer<'a>, name: &str) -> Option<Standing<'a>> {
    let text = lexer.text;
    loop {
        let at = lexer.at;
        let is_last = match lexer.value(true) {
            Ok(None | Some((_, Value::Raw(_)))) => lexer.at == text.len(),
            Ok(Some(_)) if lexer.at == text.len() => return Some(Standing::Elsewhere),
            Ok(Some(_)) => false,
            // Not closed yet.
            Err(_) => true,
        };
        if is_last {
            let written = text.get(at..).unwrap_or_default();
            return Some(
                Field::named(name).map_or(Standing::Elsewhere, |row| Standing::Value {
                    row,
                    at,
                    written,
                }),
            );
        }
        if !lexer.comma() {
            return None;
        }
    }
}
