//! Characters to words: names, texts with their escapes, numbers, spans, times, signs.

use std::iter::Peekable;
use std::vec::IntoIter;

use jiff::Timestamp;

use crate::sim::kql::problem::Problem;
use crate::sim::ticks::Ticks;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Word {
    /// A name or a keyword, `project-away`, `in~`, `!has`.
    Name(String),
    /// A name in brackets, which can be no keyword.
    Quoted(String),
    Text(String),
    Long(i64),
    Real(f64),
    /// In ticks.
    Span(i64),
    Time(Ticks),
    Sign(&'static str),
}

/// A word and where it begins, in characters.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Token {
    pub(super) word: Word,
    pub(super) at: usize,
}

/// The longest first, since each begins with another.
const SIGNS: [&str; 22] = [
    "==", "=~", "!=", "!~", "<=", ">=", "..", "<", ">", "=", "|", "(", ")", ",", ";", "+", "-",
    "*", "/", "%", "[", "]",
];
/// Keywords with a hyphen within.
const HYPHENATED: [&str; 1] = ["project-away"];
/// Signs that words of comparison may begin with an exclamation mark.
const NEGATED: [&str; 6] = ["contains", "has", "startswith", "endswith", "in", "between"];

pub(super) const UNRECOGNIZED: &str = "A recognition error occurred";

/// All words of a query.
pub(super) fn tokens(query: &str) -> Result<Vec<Token>, Problem> {
    let letters: Vec<char> = query.chars().collect();
    let mut reader = Reader { letters, at: 0 };
    let mut tokens = Vec::new();
    while let Some(token) = reader.token()? {
        tokens.push(token);
    }
    Ok(tokens)
}

struct Reader {
    letters: Vec<char>,
    at: usize,
}

impl Reader {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.letters.get(self.at + ahead).copied()
    }

    fn rest_is(&self, text: &str) -> bool {
        text.chars()
            .enumerate()
            .all(|(ahead, letter)| self.peek(ahead) == Some(letter))
    }

    fn while_is(&mut self, wanted: impl Fn(char) -> bool) -> String {
        let mut taken = String::new();
        while let Some(letter) = self.peek(0).filter(|letter| wanted(*letter)) {
            taken.push(letter);
            self.at += 1;
        }
        taken
    }

    fn token(&mut self) -> Result<Option<Token>, Problem> {
        loop {
            self.while_is(char::is_whitespace);
            if !self.rest_is("//") {
                break;
            }
            self.while_is(|letter| letter != '\n');
        }
        let at = self.at;
        let Some(letter) = self.peek(0) else {
            return Ok(None);
        };
        let word = match letter {
            '\'' | '"' => Word::Text(self.text(letter)?),
            '@' if matches!(self.peek(1), Some('\'' | '"')) => Word::Text(self.verbatim()?),
            // An obfuscated text only hides itself from the service's logs.
            'h' | 'H' if matches!(self.peek(1), Some('\'' | '"')) => {
                self.at += 1;
                let quote = self.peek(0).unwrap_or('\'');
                Word::Text(self.text(quote)?)
            }
            '[' if matches!(self.peek(1), Some('\'' | '"')) => {
                self.at += 1;
                let quote = self.peek(0).unwrap_or('\'');
                let name = self.text(quote)?;
                if self.peek(0) != Some(']') {
                    return Err(Problem::syntax(self.at, UNRECOGNIZED));
                }
                self.at += 1;
                Word::Quoted(name)
            }
            letter if letter.is_ascii_digit() => self.number()?,
            letter if is_name(letter) => self.name()?,
            '!' if self.peek(1).is_some_and(char::is_alphabetic) => self.negated()?,
            _ => {
                let sign = SIGNS.iter().find(|sign| self.rest_is(sign));
                let sign = sign.ok_or_else(|| Problem::syntax(at, UNRECOGNIZED))?;
                self.at += sign.len();
                Word::Sign(sign)
            }
        };
        Ok(Some(Token { word, at }))
    }

    fn name(&mut self) -> Result<Word, Problem> {
        let at = self.at;
        for keyword in HYPHENATED {
            let after = self.peek(keyword.len());
            if self.rest_is(keyword) && !after.is_some_and(is_name) {
                self.at += keyword.len();
                return Ok(Word::Name(keyword.to_owned()));
            }
        }
        let mut name = self.while_is(is_name);
        if name == "in" && self.peek(0) == Some('~') {
            self.at += 1;
            name.push('~');
        }
        if name == "datetime" && self.peek(0) == Some('(') {
            self.at += 1;
            let literal = self.while_is(|letter| letter != ')' && letter != '\n');
            let time = time(literal.trim())
                .filter(|_| self.peek(0) == Some(')'))
                .ok_or_else(|| Problem::syntax(at, UNRECOGNIZED))?;
            self.at += 1;
            return Ok(Word::Time(time));
        }
        Ok(Word::Name(name))
    }

    fn negated(&mut self) -> Result<Word, Problem> {
        let at = self.at;
        self.at += 1;
        let mut name = self.while_is(is_name);
        if !NEGATED.contains(&name.as_str()) {
            return Err(Problem::syntax(at, UNRECOGNIZED));
        }
        if name == "in" && self.peek(0) == Some('~') {
            self.at += 1;
            name.push('~');
        }
        Ok(Word::Name(format!("!{name}")))
    }

    fn number(&mut self) -> Result<Word, Problem> {
        let at = self.at;
        let mut digits = self.while_is(|letter| letter.is_ascii_digit());
        let has_point =
            self.peek(0) == Some('.') && self.peek(1).is_some_and(|after| after.is_ascii_digit());
        if has_point {
            self.at += 1;
            digits.push('.');
            digits.push_str(&self.while_is(|letter| letter.is_ascii_digit()));
        }
        let unit = self.while_is(is_name);
        let wrong = || Problem::syntax(at, UNRECOGNIZED);
        if unit.is_empty() {
            return if has_point {
                digits.parse().map(Word::Real).map_err(|_error| wrong())
            } else {
                digits.parse().map(Word::Long).map_err(|_error| wrong())
            };
        }
        let ticks = unit_ticks(&unit).ok_or_else(wrong)?;
        let amount: f64 = digits.parse().map_err(|_error| wrong())?;
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a span beyond the range is cut to it"
        )]
        Ok(Word::Span((amount * ticks) as i64))
    }

    /// A text with escapes, from its quote on.
    fn text(&mut self, quote: char) -> Result<String, Problem> {
        let start = self.at;
        self.at += 1;
        let mut text = String::new();
        let mut halves: Vec<u16> = Vec::new();
        loop {
            let letter = self.peek(0).filter(|letter| *letter != '\n');
            let letter = letter.ok_or_else(|| Problem::syntax(start, UNRECOGNIZED))?;
            self.at += 1;
            if letter == '\\' {
                let unit = self.escape()?;
                halves.push(unit);
                continue;
            }
            join(&mut text, &mut halves);
            if letter == quote {
                return Ok(text);
            }
            text.push(letter);
        }
    }

    /// What follows a backslash, as a unit of UTF-16: two may make one letter.
    fn escape(&mut self) -> Result<u16, Problem> {
        let at = self.at;
        let wrong = || Problem::syntax(at, UNRECOGNIZED);
        let letter = self.peek(0).ok_or_else(wrong)?;
        self.at += 1;
        let digits = match letter {
            '\\' | '\'' | '"' => return Ok(u16::try_from(u32::from(letter)).unwrap_or(0)),
            'n' => return Ok(10),
            'r' => return Ok(13),
            't' => return Ok(9),
            '0' => return Ok(0),
            'a' => return Ok(7),
            'b' => return Ok(8),
            'f' => return Ok(12),
            'v' => return Ok(11),
            'x' => 2,
            'u' => 4,
            _ => return Err(wrong()),
        };
        let mut code = String::new();
        for _ in 0..digits {
            code.extend(self.peek(0));
            self.at += 1;
        }
        u16::from_str_radix(&code, 16).map_err(|_error| wrong())
    }

    /// A text without escapes, from its sign on: a doubled quote stands for itself.
    fn verbatim(&mut self) -> Result<String, Problem> {
        let start = self.at;
        self.at += 1;
        let quote = self.peek(0).unwrap_or('\'');
        self.at += 1;
        let mut text = String::new();
        loop {
            let letter = self.peek(0);
            let letter = letter.ok_or_else(|| Problem::syntax(start, UNRECOGNIZED))?;
            self.at += 1;
            if letter == quote {
                if self.peek(0) != Some(quote) {
                    return Ok(text);
                }
                self.at += 1;
            }
            text.push(letter);
        }
    }
}

/// Puts the units of escapes at the end of a text; half a letter becomes the sign for one.
fn join(text: &mut String, halves: &mut Vec<u16>) {
    if !halves.is_empty() {
        text.push_str(&String::from_utf16_lossy(halves));
        halves.clear();
    }
}

fn is_name(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

fn unit_ticks(unit: &str) -> Option<f64> {
    Some(match unit {
        "d" | "day" | "days" => 864_000_000_000.0,
        "h" | "hour" | "hours" => 36_000_000_000.0,
        "m" | "min" | "minute" | "minutes" => 600_000_000.0,
        "s" | "sec" | "second" | "seconds" => 10_000_000.0,
        "ms" | "millisecond" | "milliseconds" => 10_000.0,
        "microsecond" | "microseconds" => 10.0,
        "tick" | "ticks" => 1.0,
        _ => return None,
    })
}

/// A time as the language writes it: a date, or a date and a time with or without zone.
fn time(literal: &str) -> Option<Ticks> {
    let zoned = literal.replacen(' ', "T", 1);
    let zoned = if zoned.contains('T') {
        zoned
    } else {
        format!("{zoned}T00:00:00")
    };
    let time: Option<Timestamp> = zoned
        .parse()
        .ok()
        .or_else(|| format!("{zoned}Z").parse().ok());
    time.map(Ticks::of)
}

/// The words still to be read.
pub(super) type Words = Peekable<IntoIter<Token>>;

#[cfg(test)]
mod tests {
    use super::*;

    fn words(query: &str) -> Vec<Word> {
        let tokens = tokens(query).unwrap_or_default();
        tokens.into_iter().map(|token| token.word).collect()
    }

    #[test]
    fn texts_are_read_with_their_escapes() {
        for (query, text) in [
            (r"'a\'b\\'", "a'b\\"),
            (r#""a'b\"c""#, "a'b\"c"),
            (r"'a\u000ab\u2028'", "a\nb\u{2028}"),
            (r"'\ud83d\udd10'", "🔐"),
            (r"@'C:\x''y'", r"C:\x'y"),
            (r#"@"a""b""#, "a\"b"),
            ("h'secret'", "secret"),
        ] {
            assert_eq!(words(query), [Word::Text(text.to_owned())], "{query}");
        }
    }

    #[test]
    fn a_text_without_its_end_is_no_text() {
        for query in ["'abc", r"'abc\'", "'a\nb'", r"'\q'", r"'\u00g0'", "@'a''"] {
            assert!(tokens(query).is_err(), "{query}");
        }
    }

    #[test]
    fn numbers_spans_and_times_are_told_apart() {
        assert_eq!(words("12 1.5"), [Word::Long(12), Word::Real(1.5)]);
        assert_eq!(
            words("1h 1.5m"),
            [Word::Span(36_000_000_000), Word::Span(900_000_000)]
        );
        let whole = words("datetime(2026-11-22T00:00:00Z)");
        assert_eq!(words("datetime(2026-11-22)"), whole);
        assert_eq!(words("datetime(2026-11-22 00:00)"), whole);
        assert!(matches!(whole.as_slice(), [Word::Time(_)]));
        assert!(tokens("datetime(tomorrow)").is_err());
        assert!(tokens("12q").is_err());
    }

    #[test]
    fn comments_and_signs_are_seen() {
        assert_eq!(
            words("a // b | c\n!in~ project-away x .. ['b c']"),
            [
                Word::Name("a".into()),
                Word::Name("!in~".into()),
                Word::Name("project-away".into()),
                Word::Name("x".into()),
                Word::Sign(".."),
                Word::Quoted("b c".into()),
            ]
        );
        assert!(tokens("a ? b").is_err());
    }
}
