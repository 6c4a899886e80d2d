//! Queries an operator gave a name, to be filled in with what an alert names.

use crate::domain::hunt::question::NAMES;
use crate::domain::hunt::question::Subject;
use crate::domain::hunt::question::filled;

/// Characters of a name: it stands in a menu.
pub const LONGEST_NAME: usize = 40;

/// One query. No name of a value stands between quotes in it: that is seen to where it is
/// read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnHunt {
    pub name: String,
    /// The letter that runs it in the menu.
    pub key: Option<char>,
    /// In KQL, with `{device_id}` and its like.
    pub query: String,
}

impl OwnHunt {
    /// Whether another name is this one's: nobody tells them apart by letter case.
    pub fn is_called(&self, name: &str) -> bool {
        self.name.to_lowercase() == name.trim().to_lowercase()
    }

    /// The query about this subject.
    ///
    /// # Errors
    /// What the alert does not name.
    pub fn ask(&self, subject: &Subject) -> Result<String, &'static str> {
        filled(&self.query, subject)
    }
}

/// What the text of a query is at some place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Within {
    Code,
    /// Up to the end of the line.
    Comment,
    /// Up to this mark, which may be escaped by a backslash.
    Quotes(char),
    /// Up to this mark, which is escaped by another one.
    Verbatim(char),
    /// Up to three backquotes.
    Fence,
}

/// The first name of a value that stands between quotes, where values bring their own: it
/// would end them.
pub fn quoted_name(query: &str) -> Option<&'static str> {
    let mut within = Within::Code;
    let mut rest = query;
    while let Some(letter) = rest.chars().next() {
        let after = rest.get(letter.len_utf8()..).unwrap_or_default();
        let mut next = after;
        within = match (within, letter) {
            (Within::Code, '@') if after.starts_with(['\'', '"']) => {
                let mark = after.chars().next().unwrap_or('"');
                next = after.get(1..).unwrap_or_default();
                Within::Verbatim(mark)
            }
            (Within::Code, '\'' | '"') => Within::Quotes(letter),
            (Within::Code, '/') if after.starts_with('/') => Within::Comment,
            (Within::Code | Within::Fence, '`') if after.starts_with("``") => {
                next = after.get(2..).unwrap_or_default();
                if within == Within::Code {
                    Within::Fence
                } else {
                    Within::Code
                }
            }
            (Within::Comment, '\n') => Within::Code,
            (Within::Quotes(_), '\\') => {
                let mut letters = after.chars();
                letters.next();
                next = letters.as_str();
                within
            }
            (Within::Verbatim(mark), _) if letter == mark && after.starts_with(mark) => {
                next = after.get(1..).unwrap_or_default();
                within
            }
            (Within::Quotes(mark) | Within::Verbatim(mark), _) if letter == mark => Within::Code,
            (Within::Quotes(_) | Within::Verbatim(_) | Within::Fence, '{') => {
                let name = after.split_once('}').map(|(name, _)| name);
                let known = NAMES.iter().find(|known| Some(**known) == name);
                if let Some(name) = known {
                    return Some(name);
                }
                within
            }
            (within, _) => within,
        };
        rest = next;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_between_quotes_is_found_wherever_quotes_can_be() {
        for query in [
            "T | where A == '{ip}'",
            "T | where A == \"x{ip}\"",
            "T | where A == @'c:\\{ip}'",
            "T | where A == 'it\\'s {ip}'",
            "T | where A == @'it''s {ip}'",
            "T | where A == h'{ip}'",
            "let a = ```\n'{ip}```; T",
            "T // it's\n| where A == 'x{ip}'",
        ] {
            assert_eq!(quoted_name(query), Some("ip"), "{query}");
        }
        for query in [
            "T | where A == {ip}",
            "T | where A in ('a', {ip}, \"b\")",
            "T | where A == @'c:\\' and B == {ip}",
            "T | where A == 'it\\'s' and B == {ip}",
            "T | where A == @'it''s' and B == {ip}",
            "T // it's {ip}\n| where B == {ip}",
            "let a = ```'```; T | where A == {ip}",
            "T | where A == '{other}'",
            "T | where A == '{ip",
            "'",
            "@",
            "",
        ] {
            assert_eq!(quoted_name(query), None, "{query}");
        }
    }

    #[test]
    fn a_query_of_ones_own_is_filled_in() {
        let own = OwnHunt {
            name: "Lateral".to_owned(),
            key: None,
            query: "T | where A == {ip}".to_owned(),
        };
        let subject = Subject {
            ip: "203.0.113.9' or 1==1".to_owned(),
            ..Subject::default()
        };
        assert_eq!(
            own.ask(&subject).as_deref(),
            Ok(r"T | where A == '203.0.113.9\' or 1==1'")
        );
        assert_eq!(
            own.ask(&Subject::default()),
            Err("this alert names no address")
        );
        assert!(own.is_called(" lateral "));
    }
}
