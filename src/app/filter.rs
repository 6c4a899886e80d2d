//! The plain text filter: words that must all be found.
//!
//! Each word is looked for in title, device, user, category, severity, status,
//! assignee, incident and id, whatever the letter case.

use memchr::memmem::Finder;

use crate::app::alert_book::Row;
use crate::app::symbols::Numeral;
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
                            .filter(|status| {
                                let spelled = status.word();
                                spelled.contains(word.as_str())
                                    || spelled.replace(' ', "").contains(word.as_str())
                            })
                            .collect(),
                        digits: Digits::of(word),
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
    /// When it may be part of a number.
    digits: Option<Digits>,
    finder: Finder<'a>,
}

impl Compiled<'_> {
    /// True when every word is found in the row.
    pub fn lets_through(&self, row: &Row) -> bool {
        self.words.iter().all(|word| {
            row.symbols().iter().any(|symbol| word.symbols.contains(*symbol))
                || word.severities.contains(&row.severity)
                || word.statuses.contains(&row.status)
                || word.is_in(row.incident)
                // Ids are the service's own: digits, `da`, `_`, `-`, in one letter case.
                || word.finder.find(row.id.as_str().as_bytes()).is_some()
        })
    }
}

impl Word<'_> {
    fn is_in(&self, incident: Numeral) -> bool {
        match incident {
            Numeral::Number(number) => self
                .digits
                .is_some_and(|digits| digits.are_in(number.into())),
            Numeral::Word(symbol) => self.symbols.contains(symbol),
        }
    }
}

/// A run of digits, looked for in numbers without writing these out: a letter of the
/// filter asks a hundred thousand of them.
#[derive(Debug, Clone, Copy)]
struct Digits {
    value: u64,
    /// The least number with as many digits.
    least: u64,
}

impl Digits {
    fn of(word: &str) -> Option<Self> {
        let is_run = word.bytes().all(|byte| byte.is_ascii_digit());
        let others = u32::try_from(word.len()).ok()?.checked_sub(1)?;
        Some(Self {
            value: is_run.then(|| word.parse().ok())??,
            least: 10_u64.checked_pow(others)?,
        })
    }

    fn are_in(self, number: u64) -> bool {
        let mut rest = number;
        loop {
            if rest < self.least && (rest, self.least) != (0, 1) {
                return false;
            }
            let end = self.least.checked_mul(10).map_or(rest, |next| rest % next);
            if end == self.value {
                return true;
            }
            if rest < 10 {
                return false;
            }
            rest /= 10;
        }
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

    #[test]
    fn digits_are_found_in_a_number_as_in_its_text() {
        let numbers = [0, 1, 7, 10, 105, 1_005, 156_506, 999_999, 4_294_967_295];
        let words = [
            "0",
            "1",
            "00",
            "05",
            "5",
            "50",
            "005",
            "6506",
            "156506",
            "1565061",
            "99",
            "4294967295",
            "94967295",
            "42949672950",
            "99999999999999999999",
        ];
        for number in numbers {
            for word in words {
                let found = Digits::of(word).is_some_and(|digits| digits.are_in(number));
                assert_eq!(
                    found,
                    number.to_string().contains(word),
                    "{word} in {number}"
                );
            }
        }
        assert!(Digits::of("12a").is_none());
        assert!(Digits::of("").is_none());
    }
}
