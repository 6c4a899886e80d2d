//! The same word as each service writes it.

use std::borrow::Cow;

use crate::domain::token::Api;

impl Api {
    /// A word of the Defender API in this service's letter case: Graph's words begin small.
    pub fn word(self, word: &str) -> Cow<'_, str> {
        let mut letters = word.chars();
        match (self, letters.next()) {
            (Self::Graph, Some(first)) if first.is_ascii_uppercase() => Cow::Owned(format!(
                "{}{}",
                first.to_ascii_lowercase(),
                letters.as_str()
            )),
            (Self::Graph | Self::Defender, _) => Cow::Borrowed(word),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn graphs_words_begin_small() {
        assert_eq!(Api::Graph.word("InProgress"), "inProgress");
        assert_eq!(Api::Graph.word("other"), "other");
        assert_eq!(Api::Graph.word(""), "");
        assert_eq!(Api::Defender.word("InProgress"), "InProgress");
    }
}
