//! What is wrong with a query, worded as the service words it.

/// Why a query cannot be run.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    kind: Kind,
    text: String,
    /// Where in the query, in characters from its start.
    at: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Syntax,
    Semantic,
}

impl Problem {
    /// Words that do not form a query.
    pub(crate) fn syntax(at: usize, text: impl Into<String>) -> Self {
        let (kind, text) = (Kind::Syntax, text.into());
        Self { kind, text, at }
    }

    /// A query that says nothing sensible about these tables.
    pub(crate) fn semantic(at: usize, text: impl Into<String>) -> Self {
        let (kind, text) = (Kind::Semantic, text.into());
        Self { kind, text, at }
    }

    /// The sentence alone, as Graph gives it.
    pub(crate) fn brief(&self) -> String {
        let kind = match self.kind {
            Kind::Syntax => "syntax",
            Kind::Semantic => "semantic",
        };
        format!("{}. Fix {kind} errors in your query.", self.text)
    }

    /// With the place and the query itself: lines count from one, positions from zero.
    pub(crate) fn full(&self, query: &str) -> String {
        let before: String = query.chars().take(self.at).collect();
        let line = before.matches('\n').count() + 1;
        let position = before
            .rsplit('\n')
            .next()
            .map_or(0, |line| line.chars().count());
        let (what, code, kind) = match self.kind {
            Kind::Syntax => ("Syntax", "SYN0002", "syntax"),
            Kind::Semantic => ("Semantic", "SEM0100", "semantic"),
        };
        format!(
            "{what} error: {code}: {}. [line:position={line}:{position}]. Query: '{query}'. Fix {kind} errors in your query.",
            self.text
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_told_by_line_and_position() {
        let problem = Problem::syntax(13, "A recognition error occurred");
        assert_eq!(
            problem.full("AlertInfo\n| wher x"),
            "Syntax error: SYN0002: A recognition error occurred. [line:position=2:3]. Query: 'AlertInfo\n| wher x'. Fix syntax errors in your query."
        );
        assert_eq!(
            problem.brief(),
            "A recognition error occurred. Fix syntax errors in your query."
        );
    }
}
