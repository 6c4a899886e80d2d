//! What the service says is wrong with a query, and where in it that is.
//!
//! Some answers tell the line and the position, some only quote a name, some nothing.

use crate::domain::text::shown;

/// A character of a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Counted from zero.
    pub line: usize,
    /// In characters, counted from zero.
    pub column: usize,
}

/// A query that was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    /// Lowercase phrase, harmless to print.
    pub what: String,
    pub place: Option<Place>,
}

/// Characters of a message that are repeated.
const LONGEST: usize = 240;
/// What the service says to every query it refuses: it tells nothing.
const ADVICE: [&str; 2] = [
    "Fix syntax errors in your query",
    "Fix semantic errors in your query",
];

impl Complaint {
    /// Reads the message of a refusal of this query.
    pub fn read(message: &str, query: &str) -> Self {
        // The query is told back within the message: what it holds is no part of it.
        let quoted = format!("Query: '{query}'");
        let mut message = message.replace(&quoted, "");
        // Of a long query only the start came back.
        if let Some((before, after)) = message.split_once("Query: '")
            && !after.is_empty()
            && query.starts_with(after)
        {
            message = before.to_owned();
        }
        let place = told(&message).or_else(|| named(&message, query));
        Self {
            what: bare(&message),
            place: place.filter(|place| query.lines().nth(place.line).is_some()),
        }
    }

    /// The sentence with the place, for a person who has the query elsewhere.
    pub fn says(&self) -> String {
        match self.place {
            Some(place) => format!(
                "{} (line {}, column {})",
                self.what,
                place.line + 1,
                place.column + 1
            ),
            None => self.what.clone(),
        }
    }
}

/// The place as the service tells it: lines from one, positions from zero.
fn told(message: &str) -> Option<Place> {
    let of = |text: &str, between: &str, end: &str| {
        let (line, rest) = text.split_once(between)?;
        let (position, _) = rest.split_once(end)?;
        let line: usize = line.trim().parse().ok()?;
        Some(Place {
            line: line.checked_sub(1)?,
            column: position.trim().parse().ok()?,
        })
    };
    let after = |mark: &str| message.split_once(mark).map(|(_, rest)| rest);
    after("[line:position=")
        .and_then(|rest| of(rest, ":", "]"))
        .or_else(|| after("on line [").and_then(|rest| of(rest, ",", "]")))
}

/// The first place of the name that a message quotes.
fn named(message: &str, query: &str) -> Option<Place> {
    let (_, rest) = message
        .split_once("named '")
        .or_else(|| message.split_once("function: '"))?;
    let (name, _) = rest.split_once('\'')?;
    let inside = |letter: char| letter.is_alphanumeric() || letter == '_';
    query.lines().enumerate().find_map(|(number, line)| {
        let mut found = line.match_indices(name).map(|(start, _)| start);
        let start = found.find(|start| {
            let (before, rest) = line.split_at_checked(*start).unwrap_or_default();
            let after = rest.get(name.len()..).unwrap_or_default();
            !before.ends_with(inside) && !after.starts_with(inside)
        })?;
        Some(Place {
            line: number,
            column: line.get(..start)?.chars().count(),
        })
    })
}

/// The message without what is told apart from it, on one line.
fn bare(message: &str) -> String {
    let mut text = message.to_owned();
    for start in [
        "[line:position=",
        "Syntax error: SYN",
        "Semantic error: SEM",
    ] {
        if let Some((before, rest)) = text.split_once(start) {
            let end = if start.starts_with('[') { "]" } else { ":" };
            let after = rest.split_once(end).map_or("", |(_, after)| after);
            text = format!("{before} {after}");
        }
    }
    for advice in ADVICE {
        text = text.replace(advice, " ");
    }
    let words: Vec<&str> = text
        .split_whitespace()
        .filter(|word| word.chars().any(|letter| letter != '.'))
        .collect();
    let line: String = words.join(" ").chars().take(LONGEST).collect();
    let line = shown(line.trim_end_matches(['.', ' ', ':'])).into_owned();
    if line.is_empty() {
        return String::from("the service does not say what is wrong");
    }
    let mut letters = line.chars();
    match letters.next() {
        Some(first) => first.to_lowercase().chain(letters).collect(),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_and_where_is_read_from_each_form_seen() {
        let query = "AlertInfo\n| where Sevrity == 'it''s'";
        for (message, what, place) in [
            (
                "Syntax error: SYN0002: A recognition error occurred. [line:position=2:2]. Query: 'AlertInfo\n| where Sevrity == 'it''s''. Fix syntax errors in your query.",
                "a recognition error occurred",
                Some((1, 2)),
            ),
            (
                "A recognition error occurred.. Fix syntax errors in your query.",
                "a recognition error occurred",
                None,
            ),
            (
                "'where' operator: Failed to resolve scalar expression named 'Sevrity'. Fix semantic errors in your query.",
                "'where' operator: Failed to resolve scalar expression named 'Sevrity'",
                Some((1, 8)),
            ),
            (
                "Query could not be parsed at 'x' on line [1,3]",
                "query could not be parsed at 'x' on line [1,3]",
                Some((0, 3)),
            ),
            (
                "[line:position=99:1]",
                "the service does not say what is wrong",
                None,
            ),
            ("[line:position=0:0] \u{1b}[2J", "\\x1b[2J", None),
            ("", "the service does not say what is wrong", None),
        ] {
            let complaint = Complaint::read(message, query);
            assert_eq!(complaint.what, what);
            let place = place.map(|(line, column)| Place { line, column });
            assert_eq!(complaint.place, place, "{message}");
        }
    }

    #[test]
    fn the_query_told_back_is_no_part_of_what_is_said() {
        let query = "T | where x == '[line:position=1:0] named ''T''";
        let message = format!("Bad. [line:position=1:4]. Query: '{query}'. Fix it");
        let complaint = Complaint::read(&message, query);
        assert_eq!(complaint.place, Some(Place { line: 0, column: 4 }));
        assert!(!complaint.what.contains("named"), "{}", complaint.what);
        let start: String = query.chars().take(40).collect();
        let broken_off = format!("Bad. [line:position=1:4]. Query: '{start}");
        assert_eq!(Complaint::read(&broken_off, query).what, "bad");
    }
}
