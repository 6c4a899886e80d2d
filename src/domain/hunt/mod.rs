//! Hunting: questions put to what devices reported, and what was found.
//!
//! Reading order: [`kql`] (values in the query language), [`question`] (the queries vigie
//! knows, filled in for an alert), [`tree`] (the one that completes a tree of processes), [`own`] (those of an operator's own), [`findings`] (the table that comes back), [`place`]
//! (what is wrong with a query, and where).

pub mod findings;
pub mod kql;
pub mod own;
pub mod place;
pub mod question;
pub mod tree;

pub use findings::Column;
pub use findings::ColumnKind;
pub use findings::Findings;
pub use findings::SortOrder;
pub use findings::Value;
pub use own::OwnHunt;
pub use place::Complaint;
pub use place::Place;
pub use question::Question;
pub use question::Subject;

use crate::domain::failure::Failure;
use crate::domain::failure::FailureKind;

/// Why a query came to nothing.
#[derive(Debug, Clone, PartialEq)]
pub enum Unhunted {
    /// The query is wrong.
    Refused(Complaint),
    Failed(Failure),
}

impl From<Unhunted> for Failure {
    fn from(unhunted: Unhunted) -> Self {
        match unhunted {
            Unhunted::Failed(failure) => failure,
            Unhunted::Refused(complaint) => {
                let sentence = format!("the query was refused: {}", complaint.says());
                Self::new(FailureKind::Rejected, sentence)
            }
        }
    }
}

/// Bytes of the longest query that is sent: the service takes no larger body.
pub const LONGEST_QUERY: usize = 1024 * 1024;
/// Queries the service takes a minute and an hour, of one application in a tenant.
pub const PER_MINUTE: usize = 45;
pub const PER_HOUR: usize = 1_500;

/// Why a query cannot be sent as it is.
pub fn too_long(query: &str) -> Option<String> {
    // A bit of room for what stands around it.
    let room = LONGEST_QUERY - 1024;
    (size_sent(query) > room).then(|| {
        format!(
            "the query is longer than the {} KiB that the service takes",
            room / 1024
        )
    })
}

/// Bytes of a query within the JSON it is sent in.
fn size_sent(query: &str) -> usize {
    let escapes = query.bytes().map(|byte| match byte {
        b'"' | b'\\' | b'\n' | b'\r' | b'\t' | 8 | 12 => 1,
        0..32 => 5,
        _ => 0,
    });
    query.len() + escapes.sum::<usize>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_measured_as_it_is_sent() {
        for query in [
            "",
            "T | take 1",
            "a\n\"b\"\\\t\r\u{8}\u{c}\u{1}\u{7f}é\u{2028}",
        ] {
            let sent = serde_json::Value::from(query).to_string();
            assert_eq!(size_sent(query), sent.len() - 2, "{sent}");
        }
        let room = LONGEST_QUERY - 1024;
        assert_eq!(too_long(&"x".repeat(room)), None);
        let said = "the query is longer than the 1023 KiB that the service takes";
        assert_eq!(too_long(&"x".repeat(room + 1)).as_deref(), Some(said));
        assert!(too_long(&"\n".repeat(room - 9)).is_some());
    }
}
