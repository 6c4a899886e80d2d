//! The same word as each service writes it.

use std::borrow::Cow;

use crate::domain::decision::Triage;
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

impl Triage {
    /// The same in the letter case of this service: what it will say once it is so.
    #[must_use]
    pub fn spelled_by(self, service: Api) -> Self {
        let word = |word: String| service.word(&word).into_owned();
        Self {
            status: word(self.status),
            classification: word(self.classification),
            determination: word(self.determination),
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_people_are_no_words_of_a_service() {
        let triage = Triage {
            status: "InProgress".to_owned(),
            assigned_to: "Ada@contoso.example".to_owned(),
            ..Triage::default()
        };
        let spelled = triage.clone().spelled_by(Api::Graph);
        assert_eq!(spelled.status, "inProgress");
        assert_eq!(spelled.assigned_to, triage.assigned_to);
        assert_eq!(triage.clone().spelled_by(Api::Defender), triage);
    }

    #[test]
    fn graphs_words_begin_small() {
        assert_eq!(Api::Graph.word("InProgress"), "inProgress");
        assert_eq!(Api::Graph.word("other"), "other");
        assert_eq!(Api::Graph.word(""), "");
        assert_eq!(Api::Defender.word("InProgress"), "InProgress");
    }
}
