//! Fields of a form or of a query string, as a browser brings them. Any may be a secret.

use percent_encoding::percent_decode_str;
use zeroize::Zeroizing;

use crate::service::secret::Secret;

/// The fields in their order.
pub(super) struct Fields(Vec<(String, Secret)>);

impl Fields {
    /// Reads `a=1&b=2`. What is no UTF-8 becomes U+FFFD, which no secret of ours holds.
    pub(super) fn read(text: &str) -> Self {
        let pairs = text.split('&').filter(|pair| !pair.is_empty());
        let read = pairs.map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decoded(name), Secret::new(decoded(value)))
        });
        Self(read.collect())
    }

    /// A field that is there once and holds something.
    pub(super) fn one(&self, wanted: &str) -> Option<&Secret> {
        let mut found = self.0.iter().filter(|(name, _)| name == wanted);
        let (_, value) = found.next()?;
        (found.next().is_none() && !value.expose().is_empty()).then_some(value)
    }
}

fn decoded(text: &str) -> String {
    let spaced = Zeroizing::new(text.replace('+', " "));
    percent_decode_str(&spaced).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_decoded_and_counts_only_when_it_is_there_once() {
        let fields = Fields::read("a=1+%2B%c3%a9&b=2&b=3&c=&&d");
        assert_eq!(fields.one("a").map(Secret::expose), Some("1 +é"));
        for none in ["b", "c", "d", "e", ""] {
            assert!(fields.one(none).is_none(), "{none}");
        }
    }
}
