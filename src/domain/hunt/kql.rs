//! Values as the Kusto query language writes them.

use std::fmt::Write as _;

use jiff::Timestamp;

use crate::domain::text::is_hostile;

/// A text between quotes. Whoever chose it cannot end it.
pub fn literal(text: &str) -> String {
    let mut written = String::from("'");
    for letter in text.chars() {
        match letter {
            '\'' | '\\' => {
                written.push('\\');
                written.push(letter);
            }
            letter if is_hostile(letter) => {
                let mut units = [0_u16; 2];
                for unit in letter.encode_utf16(&mut units) {
                    // Writing to a `String` cannot fail.
                    write!(written, "\\u{unit:04x}").unwrap_or_default();
                }
            }
            letter => written.push(letter),
        }
    }
    written.push('\'');
    written
}

/// A moment.
pub fn datetime(time: Timestamp) -> String {
    format!("datetime({time})")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hostile_name_stays_within_its_quotes() {
        for (text, written) in [
            ("DC01", "'DC01'"),
            ("' | take 1 //", r"'\' | take 1 //'"),
            ("\\' or 1==1", r"'\\\' or 1==1'"),
            ("a\nb\u{2028}", r"'a\u000ab\u2028'"),
        ] {
            assert_eq!(literal(text), written);
        }
    }
}
