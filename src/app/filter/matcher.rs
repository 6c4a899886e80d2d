//! One [`Match`] made ready to look at many texts.

use memchr::memmem::Finder;
use regex_lite::Regex;

use crate::app::filter::glob::Glob;
use crate::domain::filter::ast::Match;
use crate::domain::filter::regex;

/// Bytes of a text that a pattern looks at: titles of a megabyte are an attack, and
/// patterns are the slowest way to look.
const LONGEST_FOR_PATTERN: usize = 4 * 1024;

/// Looks at one text.
#[derive(Debug)]
pub(super) enum Matcher {
    /// Holds for no text but the absent one.
    Absent,
    Contains(Box<Finder<'static>>),
    Glob(Glob),
    Regex(Box<Regex>),
    Exact(Box<str>),
    /// A pattern that was not checked: fits nothing.
    Nothing,
}

impl Matcher {
    pub(super) fn of(found: &Match) -> Self {
        match found {
            Match::Contains(text) | Match::Exact(text) if text.is_empty() => Self::Absent,
            Match::Contains(text) => Self::Contains(Box::new(
                Finder::new(text.to_lowercase().as_bytes()).into_owned(),
            )),
            Match::Glob(glob) => Self::Glob(Glob::new(glob)),
            Match::Regex(pattern) => {
                regex(pattern).map_or(Self::Nothing, |regex| Self::Regex(Box::new(regex)))
            }
            Match::Exact(text) => Self::Exact(text.as_str().into()),
        }
    }

    /// The same for words of a fixed list, which the two services write in two letter
    /// cases: looks at both texts in lower case.
    pub(super) fn of_words(found: &Match) -> Self {
        match found {
            Match::Exact(text) if !text.is_empty() => Self::Exact(text.to_lowercase().into()),
            Match::Contains(_) | Match::Glob(_) | Match::Regex(_) | Match::Exact(_) => {
                Self::of(found)
            }
        }
    }

    /// Looks at a text in lower case and as it came. What is absent fits only what
    /// asks for absence.
    pub(super) fn fits(&self, lower: &str, original: &str) -> bool {
        if lower.is_empty() {
            return matches!(self, Self::Absent);
        }
        match self {
            Self::Absent | Self::Nothing => false,
            Self::Contains(finder) => finder.find(lower.as_bytes()).is_some(),
            Self::Glob(glob) => glob.fits(lower),
            Self::Regex(regex) => {
                let end = (0..=LONGEST_FOR_PATTERN.min(lower.len()))
                    .rev()
                    .find(|end| lower.is_char_boundary(*end));
                let start = end.and_then(|end| lower.get(..end));
                start.is_some_and(|start| regex.is_match(start))
            }
            Self::Exact(text) => **text == *original,
        }
    }

    /// The same for a word of our own.
    pub(super) fn fits_word(&self, word: &str) -> bool {
        self.fits(word, word)
    }
}
