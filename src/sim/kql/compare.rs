//! Whether two cells compare as asked.

use std::cmp::Ordering;

use crate::sim::kql::problem::Problem;
use crate::sim::kql::syntax::Comparison;
use crate::sim::kql::syntax::Membership;
use crate::sim::kql::value::Kind;
use crate::sim::kql::value::Value;

/// Whether cells of these kinds can be compared so.
pub(super) fn check(
    comparison: Comparison,
    one: Kind,
    other: Kind,
    at: usize,
) -> Result<(), Problem> {
    let are_alike = one == other || (one.is_number() && other.is_number());
    let takes_text = match comparison {
        Comparison::Equal
        | Comparison::NotEqual
        | Comparison::Less
        | Comparison::LessOrEqual
        | Comparison::Greater
        | Comparison::GreaterOrEqual => false,
        Comparison::EqualAnyCase
        | Comparison::NotEqualAnyCase
        | Comparison::Has(_)
        | Comparison::Contains(_)
        | Comparison::StartsWith(_)
        | Comparison::EndsWith(_) => true,
    };
    let is_fine = if takes_text {
        matches!(one, Kind::Text | Kind::Dynamic) && other == Kind::Text
    } else {
        are_alike
    };
    if is_fine {
        return Ok(());
    }
    Err(Problem::semantic(
        at,
        format!(
            "Cannot compare values of types {} and {}. Try adding explicit casts",
            one.word(),
            other.word()
        ),
    ))
}

pub(super) fn holds(comparison: Comparison, one: &Value, other: &Value) -> bool {
    let order = || match (one, other) {
        // Nothing is less or more than what is not there.
        (Value::Null, _) | (_, Value::Null) => None,
        _ => Some(one.order(other)),
    };
    match comparison {
        Comparison::Equal => order() == Some(Ordering::Equal),
        Comparison::NotEqual => order() != Some(Ordering::Equal),
        Comparison::Less => order() == Some(Ordering::Less),
        Comparison::LessOrEqual => order().is_some_and(Ordering::is_le),
        Comparison::Greater => order() == Some(Ordering::Greater),
        Comparison::GreaterOrEqual => order().is_some_and(Ordering::is_ge),
        Comparison::EqualAnyCase => folded(one) == folded(other),
        Comparison::NotEqualAnyCase => folded(one) != folded(other),
        Comparison::Has(sense) => sense.of(has(&folded(one), &folded(other))),
        Comparison::Contains(sense) => sense.of(folded(one).contains(&folded(other))),
        Comparison::StartsWith(sense) => sense.of(folded(one).starts_with(&folded(other))),
        Comparison::EndsWith(sense) => sense.of(folded(one).ends_with(&folded(other))),
    }
}

pub(super) fn is_one_of(membership: Membership, needle: &Value, item: &Value) -> bool {
    match membership {
        Membership::In => holds(Comparison::Equal, needle, item),
        Membership::InAnyCase => holds(Comparison::EqualAnyCase, needle, item),
        Membership::HasAny => has(&folded(needle), &folded(item)),
    }
}

fn folded(value: &Value) -> String {
    value.worded().to_lowercase()
}

/// Whether a term stands in a text with nothing of a word at its ends.
fn has(text: &str, term: &str) -> bool {
    let is_inner =
        |letter: Option<char>| letter.is_some_and(|letter| letter.is_ascii_alphanumeric());
    let (first, last) = (term.chars().next(), term.chars().next_back());
    text.match_indices(term).any(|(start, _)| {
        let before = text.get(..start).and_then(|text| text.chars().next_back());
        let after = text
            .get(start + term.len()..)
            .and_then(|text| text.chars().next());
        // A word goes on where there are letters on both sides of an end.
        let goes_on = (is_inner(before) && is_inner(first)) || (is_inner(last) && is_inner(after));
        !goes_on
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_term_is_a_whole_word() {
        for (text, term, expected) in [
            ("powershell.exe -enc abc", "enc", true),
            ("powershell.exe -encoded", "enc", false),
            ("c:\\users\\ada", "users", true),
            ("invoice-portal.example", "portal.example", true),
            ("xinvoice-portal.example", "invoice", false),
            ("", "a", false),
        ] {
            assert_eq!(has(text, term), expected, "{text} has {term}");
        }
    }
}
