//! The rules of settings that are one text: what may stand in it, and why not.

use crate::domain::text::repeated;

/// A tenant's id or domain. It becomes a part of the sign-in address, so nothing
/// that could lead elsewhere in it.
pub(super) fn tenant(text: &str) -> Result<String, String> {
    word(text, ".-").ok_or_else(|| {
        refused(
            text,
            "is neither a tenant id nor a domain: letters, digits, `.` and `-` only",
        )
    })
}

/// An application's id.
pub(super) fn client_id(text: &str) -> Result<String, String> {
    word(text, "._-").ok_or_else(|| {
        refused(
            text,
            "is not an application id: letters, digits and `-` only",
        )
    })
}

/// A name of a user: anything on one line.
pub(super) fn line(text: &str) -> Result<String, String> {
    if text.is_empty() || text.contains(char::is_control) {
        return Err(refused(text, "is empty or holds a control character"));
    }
    Ok(text.to_owned())
}

/// An audience: an address, `api://…` or an id. Kept letter for letter.
pub(super) fn audience(text: &str) -> Result<String, String> {
    if text.is_empty()
        || text.contains(|letter: char| letter.is_control() || letter.is_whitespace())
    {
        return Err(refused(text, "is empty or holds a space"));
    }
    Ok(text.to_owned())
}

/// A permission of the API, such as `Alert.ReadWrite`.
pub(super) fn permission(text: &str) -> Result<String, String> {
    word(text, "._-").ok_or_else(|| {
        refused(
            text,
            "is not the name of a permission, such as `Alert.Read`",
        )
    })
}

/// A port of this machine; 0 is for the system to choose.
pub(super) fn port(text: &str) -> Result<u16, String> {
    text.parse()
        .map_err(|_no_number| refused(text, "is not a port: a number from 0 to 65535"))
}

/// Devices one order may be for: enough for a small outbreak, too few for a tenant.
pub(super) fn devices(text: &str) -> Result<usize, String> {
    const MOST: usize = 50;
    let number = text
        .parse()
        .ok()
        .filter(|number| (1..=MOST).contains(number));
    number.ok_or_else(|| refused(text, "is not a number of devices from 1 to 50"))
}

/// Letters and digits, with a few marks between them but not in front: `..` is no word.
fn word(text: &str, marks: &str) -> Option<String> {
    let begins = text.starts_with(|letter: char| letter.is_ascii_alphanumeric());
    let mut letters = text.chars();
    let plain = letters.all(|letter| letter.is_ascii_alphanumeric() || marks.contains(letter));
    (begins && plain).then(|| text.to_owned())
}

/// The reason with the text as it may safely be printed.
fn refused(text: &str, reason: &str) -> String {
    format!("`{}` {reason}", repeated(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_into_an_address_is_a_plain_word() {
        for good in [
            "0f1e2d3c-0000-4000-8000-1234567890ab",
            "contoso.onmicrosoft.com",
            "common",
        ] {
            assert_eq!(tenant(good), Ok(good.to_owned()));
        }
        let bad = [
            "", ".", "..", "-a", "a/b", "a b", "a?b", "a%2e", "é", "a\n", "a@b",
        ];
        for bad in bad {
            assert!(tenant(bad).is_err(), "{bad}");
            assert!(client_id(bad).is_err(), "{bad}");
        }
        assert_eq!(
            tenant("a\u{1b}[31m"),
            Err(
                "`a\\x1b[31m` is neither a tenant id nor a domain: letters, digits, `.` and `-` only"
                    .to_owned()
            )
        );
    }

    #[test]
    fn an_audience_is_kept_letter_for_letter() {
        for good in [
            "https://Host/",
            "api://x",
            "fc780465-2017-40d4-a0c5-307022471b92",
        ] {
            assert_eq!(audience(good), Ok(good.to_owned()));
        }
        assert!(audience("a b").is_err());
    }
}
