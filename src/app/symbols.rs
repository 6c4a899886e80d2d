//! Each distinct text of the list once, so that a row is small and a filter looks
//! at a thousand texts instead of a hundred thousand rows.
//!
//! Incidents are different: nearly every alert has its own, so symbols of them would
//! outnumber all others by far. They are numbers, and kept as such.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::domain::text::Text;

/// Stands for one distinct text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Symbol(u32);

impl Symbol {
    /// The empty text.
    pub const EMPTY: Self = Self(0);

    /// Where it stands among all of them.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// A text that is nearly always a number: it needs no room beside the row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Numeral {
    Number(u32),
    /// Anything else, the empty text too.
    Word(Symbol),
}

impl Numeral {
    /// No text at all.
    pub fn is_empty(self) -> bool {
        self == Self::Word(Symbol::EMPTY)
    }
}

/// All distinct texts, with their lower-case forms for filtering.
#[derive(Debug, Clone, PartialEq)]
pub struct Symbols {
    by_text: HashMap<Text, Symbol>,
    texts: Vec<Text>,
    lower: Vec<Box<str>>,
}

impl Default for Symbols {
    fn default() -> Self {
        Self {
            by_text: HashMap::from([(Text::default(), Symbol::EMPTY)]),
            texts: vec![Text::default()],
            lower: vec![Box::default()],
        }
    }
}

impl Symbols {
    /// The symbol of `text`, which is kept if it is new.
    pub fn intern(&mut self, text: Text) -> Symbol {
        if text.is_empty() {
            return Symbol::EMPTY;
        }
        if let Some(symbol) = self.by_text.get(&text) {
            return *symbol;
        }
        let Ok(number) = u32::try_from(self.texts.len()) else {
            // Four thousand million distinct texts do not fit in memory before this.
            return Symbol::EMPTY;
        };
        let symbol = Symbol(number);
        self.lower
            .push(text.original().to_lowercase().into_boxed_str());
        self.texts.push(text.clone());
        self.by_text.insert(text, symbol);
        symbol
    }

    /// The symbol of a text that is kept already.
    pub fn find(&self, text: &str) -> Option<Symbol> {
        self.by_text.get(&Text::from(text)).copied()
    }

    /// The same for what is nearly always a number.
    pub fn intern_numeral(&mut self, text: Text) -> Numeral {
        let written = text.original();
        let number = written.parse().ok().filter(|number: &u32| {
            // `007` and `+7` would come back as `7`.
            written.len() == 1 || !written.starts_with(['0', '+']) && *number > 0
        });
        number.map_or_else(|| Numeral::Word(self.intern(text)), Numeral::Number)
    }

    /// The text behind a numeral, harmless to show.
    pub fn shown_numeral(&self, numeral: Numeral) -> Cow<'_, str> {
        match numeral {
            Numeral::Number(number) => Cow::Owned(number.to_string()),
            Numeral::Word(symbol) => self.text(symbol).shown(),
        }
    }

    /// The text behind a symbol.
    pub fn text(&self, symbol: Symbol) -> &Text {
        static EMPTY: std::sync::LazyLock<Text> = std::sync::LazyLock::new(Text::default);
        self.texts.get(symbol.0 as usize).unwrap_or(&EMPTY)
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.texts.len()
    }

    /// The place of every symbol among all, by its text in lower case.
    pub fn ranks(&self) -> Ranks {
        let mut sorted: Vec<(&str, usize)> = Vec::with_capacity(self.lower.len());
        sorted.extend(self.lower.iter().map(AsRef::as_ref).zip(0..));
        sorted.sort_unstable();
        let mut ranks = vec![0; sorted.len()];
        for (rank, (_, index)) in (0..).zip(sorted) {
            if let Some(slot) = ranks.get_mut(index) {
                *slot = rank;
            }
        }
        Ranks(ranks)
    }

    /// Every text, in lower case and as it came, in the order of [`Symbol::index`].
    pub fn texts(&self) -> impl ExactSizeIterator<Item = (&str, &Text)> {
        self.lower.iter().map(AsRef::as_ref).zip(&self.texts)
    }

    /// For each symbol, whether `matches` says yes to its text, in lower case and as
    /// it came.
    pub fn matching(&self, matches: impl Fn(&str, &Text) -> bool) -> SymbolSet {
        SymbolSet(
            self.texts()
                .map(|(lower, text)| matches(lower, text))
                .collect(),
        )
    }
}

/// The symbols of a moment in the order of their texts: later ones have no place yet.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ranks(Vec<u32>);

impl Ranks {
    /// The place of a symbol.
    pub fn of(&self, symbol: Symbol) -> u32 {
        self.0.get(symbol.0 as usize).copied().unwrap_or(u32::MAX)
    }

    /// How many symbols have a place.
    pub fn count(&self) -> usize {
        self.0.len()
    }
}

/// A set of symbols, as one flag each.
#[derive(Debug)]
pub struct SymbolSet(Vec<bool>);

impl SymbolSet {
    /// True for a symbol of the set.
    pub fn contains(&self, symbol: Symbol) -> bool {
        self.0.get(symbol.0 as usize).copied().unwrap_or(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_texts_share_a_symbol() {
        let mut symbols = Symbols::default();
        let first = symbols.intern(Text::from("DC01"));
        assert_eq!(symbols.intern(Text::from("DC01")), first);
        assert_ne!(symbols.intern(Text::from("dc01")), first);
        assert_eq!(symbols.intern(Text::default()), Symbol::EMPTY);
        assert_eq!(symbols.text(first).original(), "DC01");
        let set = symbols.matching(|lower, _| lower.contains("dc"));
        assert!(set.contains(first));
        assert!(!set.contains(Symbol::EMPTY));
    }

    #[test]
    fn a_number_needs_no_symbol_and_comes_back_as_it_was_written() {
        let mut symbols = Symbols::default();
        for (written, is_number) in [
            ("156506", true),
            ("0", true),
            ("4294967295", true),
            ("4294967296", false),
            ("007", false),
            ("+7", false),
            ("+", false),
            ("-7", false),
            ("", false),
            ("INC-12", false),
        ] {
            let numeral = symbols.intern_numeral(Text::from(written));
            assert_eq!(
                matches!(numeral, Numeral::Number(_)),
                is_number,
                "{written}"
            );
            assert_eq!(symbols.shown_numeral(numeral), written);
            assert_eq!(numeral.is_empty(), written.is_empty());
        }
    }
}
