//! Reads percent-encoded pairs strictly: forms and query strings.
//!
//! A lenient reader would forgive exactly the mistakes the simulator is there to find.
//! Knows nothing of what the names mean.

/// Decodes `a=1&b=2` into pairs, in order; `None` when it is not well formed.
///
/// A plus is a space, a percent needs two hexadecimal digits, the result must be
/// UTF-8, and every pair must have a name.
pub(crate) fn pairs(text: &str) -> Option<Vec<(String, String)>> {
    text.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let name = decoded(name, Plus::IsSpace).filter(|name| !name.is_empty())?;
            Some((name, decoded(value, Plus::IsSpace)?))
        })
        .collect()
}

/// Decodes one segment of a path, where a plus is only a plus.
pub(crate) fn segment(text: &str) -> Option<String> {
    decoded(text, Plus::IsPlus)
}

#[derive(Clone, Copy)]
enum Plus {
    IsSpace,
    IsPlus,
}

fn decoded(text: &str, plus: Plus) -> Option<String> {
    let mut bytes = text.bytes();
    let mut plain = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        plain.push(match (byte, plus) {
            (b'%', _) => {
                let high = char::from(bytes.next()?).to_digit(16)?;
                let low = char::from(bytes.next()?).to_digit(16)?;
                u8::try_from(high * 16 + low).ok()?
            }
            (b'+', Plus::IsSpace) => b' ',
            // Controls, blanks and bytes beyond ASCII are never legal as they are.
            (0..=b' ' | 0x7f.., _) => return None,
            (other, _) => other,
        });
    }
    String::from_utf8(plain).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_read_strictly() {
        let cases = [
            ("a=b", Some(vec![("a", "b")])),
            ("a=b+c%2Bd", Some(vec![("a", "b c+d")])),
            ("%24top=1", Some(vec![("$top", "1")])),
            ("p=%C3%A9%26%3D%25", Some(vec![("p", "é&=%")])),
            ("a=b=c", Some(vec![("a", "b=c")])),
            ("a&b=1", Some(vec![("a", ""), ("b", "1")])),
            ("", Some(Vec::new())),
            ("a=100%", None),
            ("a=%zz", None),
            ("a=%C3", None),
            ("a=b c", None),
            ("a=é", None),
            ("=x", None),
        ];
        for (text, expected) in cases {
            let read = pairs(text);
            let read = read.as_ref().map(|pairs| {
                let borrowed = pairs.iter();
                borrowed
                    .map(|(name, value)| (name.as_str(), value.as_str()))
                    .collect()
            });
            assert_eq!(read, expected, "{text}");
        }
    }

    #[test]
    fn a_plus_in_a_path_is_a_plus() {
        assert_eq!(segment("a+b%20c").as_deref(), Some("a+b c"));
    }
}
