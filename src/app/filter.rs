//! The plain text filter: words that must all be found.
//!
//! Each word is looked for in title, device, user, category, severity, status,
//! assignee, incident and id, whatever the letter case.

use memchr::memmem::Finder;

use crate::app::alert_book::Row;
use crate::app::symbols::SymbolSet;
use crate::app::symbols::Symbols;
use crate::domain::alert::Severity;
use crate::domain::alert::Status;

/// Words that must all be found. No words let everything through.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    words: Vec<String>,
}

impl Filter {
    /// Splits at blanks.
    pub fn parse(text: &str) -> Self {
        Self {
            words: text.split_whitespace().map(str::to_lowercase).collect(),
        }
    }

    /// Lets everything through.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Everything this lets through, `wider` lets through too: typing on narrows.
    pub fn narrows(&self, wider: &Self) -> bool {
        wider
            .words
            .iter()
            .all(|old| self.words.iter().any(|new| new.contains(old.as_str())))
    }

    /// Makes the filter ready for the rows of one book.
    pub fn compile<'a>(&'a self, symbols: &Symbols) -> Compiled<'a> {
        Compiled {
            words: self
                .words
                .iter()
                .map(|word| {
                    let finder = Finder::new(word.as_bytes());
                    Word {
                        symbols: symbols.matching(|lower| finder.find(lower.as_bytes()).is_some()),
                        severities: Severity::ALL
                            .into_iter()
                            .filter(|severity| severity.word().contains(word.as_str()))
                            .collect(),
                        statuses: [Status::New, Status::InProgress, Status::Resolved]
                            .into_iter()
                            .filter(|status| status.word().contains(word.as_str()))
                            .collect(),
                        finder,
                    }
                })
                .collect(),
        }
    }
}

/// A filter with the matching symbols of each word looked up.
pub struct Compiled<'a> {
    words: Vec<Word<'a>>,
}

struct Word<'a> {
    symbols: SymbolSet,
    severities: Vec<Severity>,
    statuses: Vec<Status>,
    finder: Finder<'a>,
}

impl Compiled<'_> {
    /// True when every word is found in the row.
    pub fn lets_through(&self, row: &Row) -> bool {
        self.words.iter().all(|word| {
            row.symbols().iter().any(|symbol| word.symbols.contains(*symbol))
                || word.severities.contains(&row.severity)
                || word.statuses.contains(&row.status)
                // Ids are the service's own: digits, `da`, `_`, `-`, in one letter case.
                || word.finder.find(row.id.as_str().as_bytes()).is_some()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typing_on_narrows() {
        let wide = Filter::parse("mim");
        assert!(Filter::parse("mimi").narrows(&wide));
        assert!(Filter::parse("mim dc01").narrows(&wide));
        assert!(!Filter::parse("mi").narrows(&wide));
        assert!(Filter::parse("x").narrows(&Filter::default()));
    }
}
