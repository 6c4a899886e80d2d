//! The known name nearest to a mistyped one.

/// The name at most two slips away (one for short names), if there is one.
pub fn nearest(typed: &str, known: impl Iterator<Item = &'static str>) -> Option<&'static str> {
    nearest_to(&typed.to_lowercase().replace('-', "_"), known)
}

/// The same among names that are written otherwise than keys.
pub fn nearest_to(typed: &str, known: impl Iterator<Item = &'static str>) -> Option<&'static str> {
    let allowed = if typed.chars().count() < 5 { 1 } else { 2 };
    known
        .map(|name| (slips(typed, name), name))
        .filter(|(slips, _)| *slips <= allowed)
        .min_by_key(|(slips, _)| *slips)
        .map(|(_, name)| name)
}

/// Letters to add, remove or change to get from one to the other.
fn slips(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (line, letter) in one.chars().enumerate() {
        let mut diagonal = line;
        let mut left = line + 1;
        for (cell, against) in row.iter_mut().skip(1).zip(&other) {
            let changed = diagonal + usize::from(letter != *against);
            diagonal = *cell;
            left = changed.min(diagonal + 1).min(left + 1);
            *cell = left;
        }
        if let Some(first) = row.first_mut() {
            *first = line + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_counted() {
        let cases = [
            ("", "abc", 3),
            ("abc", "", 3),
            ("poll", "poll", 0),
            ("pol", "poll", 1),
        ];
        for (one, other, expected) in cases {
            assert_eq!(slips(one, other), expected, "{one} {other}");
        }
        assert_eq!(slips("kitten", "sitting"), 3);
    }

    #[test]
    fn only_a_near_name_is_offered() {
        let known = ["tenant", "client_id", "api", "poll"];
        let cases = [
            ("tennant", Some("tenant")),
            ("client-id", Some("client_id")),
            ("ClientId", Some("client_id")),
            ("apis", Some("api")),
            ("interval", None),
            ("x", None),
        ];
        for (typed, expected) in cases {
            assert_eq!(nearest(typed, known.into_iter()), expected, "{typed}");
        }
    }
}
