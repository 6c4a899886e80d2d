//! Notes with variables: the same words for every alert, with what each alert is called.

use thiserror::Error;

use crate::domain::decision::change::LONGEST_NOTE;
use crate::domain::nearest;
use crate::domain::text::is_hostile;
use crate::domain::text::repeated;

/// Characters of one value: a title may be a megabyte long.
const LONGEST_VALUE: usize = 200;

/// What stands between braces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Variable {
    Id,
    Title,
    Device,
    User,
    Category,
    Severity,
    Incident,
    /// Who decides.
    Me,
    /// When it is decided, to the minute.
    Now,
}

impl Variable {
    pub const ALL: [Self; 9] = [
        Self::Id,
        Self::Title,
        Self::Device,
        Self::User,
        Self::Category,
        Self::Severity,
        Self::Incident,
        Self::Me,
        Self::Now,
    ];

    /// As it is written between the braces.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Title => "title",
            Self::Device => "device",
            Self::User => "user",
            Self::Category => "category",
            Self::Severity => "severity",
            Self::Incident => "incident",
            Self::Me => "me",
            Self::Now => "now",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Words(String),
    Value(Variable),
}

/// A note as it is configured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    written: String,
    pieces: Vec<Piece>,
}

/// Why a text is no note with variables.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TemplateError {
    #[error("it is empty")]
    Empty,
    #[error("it has {0} characters, and a note holds {LONGEST_NOTE}")]
    Long(usize),
    #[error("it holds a control character")]
    Control,
    #[error("there is no variable `{{{name}}}`{}", instead(.near.as_deref()))]
    Unknown {
        /// Harmless to print.
        name: String,
        near: Option<&'static str>,
        /// Byte of the brace.
        at: usize,
    },
    #[error("a `{{` has no `}}`: a brace alone is written `{{{{`")]
    Open {
        /// Byte of the brace.
        at: usize,
    },
}

fn instead(near: Option<&str>) -> String {
    if let Some(near) = near {
        return format!(": did you mean `{{{near}}}`?");
    }
    let names = Variable::ALL.map(Variable::name).join("}`, `{");
    format!(": there are `{{{names}}}`")
}

impl TemplateError {
    /// The byte at which it goes wrong.
    pub const fn at(&self) -> usize {
        match self {
            Self::Unknown { at, .. } | Self::Open { at } => *at,
            Self::Empty | Self::Long(_) | Self::Control => 0,
        }
    }
}

impl Template {
    /// Reads a note: `{device}` is what the alert's device is called, `{{` is a brace.
    pub fn read(written: &str) -> Result<Self, TemplateError> {
        let written = written.trim_end();
        if written.trim().is_empty() {
            return Err(TemplateError::Empty);
        }
        let length = written.chars().count();
        if length > LONGEST_NOTE {
            return Err(TemplateError::Long(length));
        }
        if written
            .chars()
            .any(|letter| letter.is_control() && letter != '\n' && letter != '\t')
        {
            return Err(TemplateError::Control);
        }
        let mut pieces = Vec::new();
        let mut words = String::new();
        let mut rest = written;
        while let Some((before, after)) = rest.split_once('{') {
            words.push_str(before);
            if let Some(after) = after.strip_prefix('{') {
                words.push('{');
                rest = after;
                continue;
            }
            let at = written.len() - after.len() - 1;
            let (name, after) = after.split_once('}').ok_or(TemplateError::Open { at })?;
            let variable = variable(name, at)?;
            if !words.is_empty() {
                pieces.push(Piece::Words(std::mem::take(&mut words)));
            }
            pieces.push(Piece::Value(variable));
            rest = after;
        }
        words.push_str(rest);
        if !words.is_empty() {
            pieces.push(Piece::Words(words));
        }
        Ok(Self {
            written: written.to_owned(),
            pieces,
        })
    }

    /// As it was written.
    pub fn written(&self) -> &str {
        &self.written
    }

    /// The note with these values. They come from outside: what they hold that is not
    /// meant to be read is taken out, and one that is empty becomes a dash.
    pub fn filled(&self, value: impl Fn(Variable) -> String) -> String {
        let mut note = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Words(words) => note.push_str(words),
                Piece::Value(variable) => note.push_str(&plain(&value(*variable))),
            }
        }
        note
    }
}

fn variable(name: &str, at: usize) -> Result<Variable, TemplateError> {
    let known = Variable::ALL.into_iter();
    let found = known.clone().find(|variable| variable.name() == name);
    found.ok_or_else(|| TemplateError::Unknown {
        name: repeated(name),
        near: nearest::nearest(name, known.map(Variable::name)),
        at,
    })
}

/// One line without anything that hides or moves what stands beside it.
fn plain(value: &str) -> String {
    let mut plain = String::new();
    let letters = value.chars().filter_map(|letter| match letter {
        '\n' | '\r' | '\t' => Some(' '),
        hostile if is_hostile(hostile) => None,
        letter => Some(letter),
    });
    for (number, letter) in letters.enumerate() {
        if number == LONGEST_VALUE {
            plain.push_str("...");
            break;
        }
        plain.push(letter);
    }
    let plain = plain.trim();
    if plain.is_empty() {
        "-".to_owned()
    } else {
        plain.to_owned()
    }
}

#[cfg(test)]
mod tests {
    #![expect(
        clippy::unwrap_used,
        reason = "a test that cannot read its input has failed"
    )]

    use super::*;

    fn filled(written: &str, value: &str) -> String {
        Template::read(written)
            .unwrap()
            .filled(|variable| format!("{}={value}", variable.name()))
    }

    #[test]
    fn variables_are_filled_in_and_two_braces_are_one() {
        assert_eq!(filled("as is", "x"), "as is");
        assert_eq!(filled("{id} on {device}.", "x"), "id=x on device=x.");
        assert_eq!(filled("{{id} {{{{ {now}}", "x"), "{id} {{ now=x}");
        for variable in Variable::ALL {
            let written = format!("{{{}}}", variable.name());
            assert_eq!(filled(&written, "1"), format!("{}=1", variable.name()));
        }
    }

    #[test]
    fn a_value_is_one_plain_line_of_a_bounded_length() {
        let of = |value: &str| {
            Template::read("<{title}>")
                .unwrap()
                .filled(|_| value.to_owned())
        };
        assert_eq!(of("a\nb\u{1b}[2J\u{202e}c\u{7}"), "<a b[2Jc>");
        assert_eq!(of(" \u{1b} "), "<->");
        assert_eq!(of("{device}"), "<{device}>");
        assert_eq!(
            of(&"x".repeat(1_000_000)),
            format!("<{}...>", "x".repeat(LONGEST_VALUE))
        );
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        let cases = [
            ("", "it is empty", 0),
            (
                "on {devcie}",
                "there is no variable `{devcie}`: did you mean `{device}`?",
                3,
            ),
            (
                "on {zzzzzz}",
                "there is no variable `{zzzzzz}`: there are `{id}`, `{title}`",
                3,
            ),
            ("é{", "a `{` has no `}`: a brace alone is written `{{`", 2),
            ("\u{7}", "it holds a control character", 0),
        ];
        for (written, says, at) in cases {
            let error = Template::read(written).unwrap_err();
            assert!(error.to_string().starts_with(says), "{error}");
            assert_eq!(error.at(), at, "{written}");
        }
        let long = "x".repeat(LONGEST_NOTE + 1);
        assert_eq!(
            Template::read(&long),
            Err(TemplateError::Long(LONGEST_NOTE + 1))
        );
    }
}
