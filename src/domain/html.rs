//! Text that was written for a web page: its character references as the characters.

use std::borrow::Cow;

/// The names of U+00A0 to U+00FF, in that order.
#[rustfmt::skip]
const LATIN: [&str; 96] = [
    "nbsp", "iexcl", "cent", "pound", "curren", "yen", "brvbar", "sect",
    "uml", "copy", "ordf", "laquo", "not", "shy", "reg", "macr",
    "deg", "plusmn", "sup2", "sup3", "acute", "micro", "para", "middot",
    "cedil", "sup1", "ordm", "raquo", "frac14", "frac12", "frac34", "iquest",
    "Agrave", "Aacute", "Acirc", "Atilde", "Auml", "Aring", "AElig", "Ccedil",
    "Egrave", "Eacute", "Ecirc", "Euml", "Igrave", "Iacute", "Icirc", "Iuml",
    "ETH", "Ntilde", "Ograve", "Oacute", "Ocirc", "Otilde", "Ouml", "times",
    "Oslash", "Ugrave", "Uacute", "Ucirc", "Uuml", "Yacute", "THORN", "szlig",
    "agrave", "aacute", "acirc", "atilde", "auml", "aring", "aelig", "ccedil",
    "egrave", "eacute", "ecirc", "euml", "igrave", "iacute", "icirc", "iuml",
    "eth", "ntilde", "ograve", "oacute", "ocirc", "otilde", "ouml", "divide",
    "oslash", "ugrave", "uacute", "ucirc", "uuml", "yacute", "thorn", "yuml",
];

const OTHERS: [(&str, char); 16] = [
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("trade", '\u{2122}'),
    ("euro", '\u{20ac}'),
    ("bull", '\u{2022}'),
    ("hellip", '\u{2026}'),
    ("ndash", '\u{2013}'),
    ("mdash", '\u{2014}'),
    ("lsquo", '\u{2018}'),
    ("rsquo", '\u{2019}'),
    ("ldquo", '\u{201c}'),
    ("rdquo", '\u{201d}'),
    ("sbquo", '\u{201a}'),
];

/// Bytes between `&` and `;` in the longest reference: `#x10FFFF`.
const LONGEST: usize = 8;

/// The text with `&copy;` and its like as characters, once: what comes of it is not looked
/// at again. What is no reference stays. The characters may be hostile, as anything from
/// outside.
pub fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut read = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        read.push_str(before);
        let (character, behind) = reference(after).unwrap_or(('&', after));
        read.push(character);
        rest = behind;
    }
    read.push_str(rest);
    Cow::Owned(read)
}

/// The character that is meant by what stands behind a `&`, and what stands behind that.
fn reference(text: &str) -> Option<(char, &str)> {
    let end = text
        .bytes()
        .take(LONGEST + 1)
        .position(|byte| byte == b';')?;
    let (name, behind) = text.split_at_checked(end)?;
    Some((character(name)?, behind.strip_prefix(';')?))
}

fn character(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let number = match number.strip_prefix(['x', 'X']) {
            Some(digits) => u32::from_str_radix(digits, 16),
            None => number.parse(),
        };
        return char::from_u32(number.ok()?);
    }
    let latin = LATIN.iter().position(|known| *known == name);
    let latin = latin.and_then(|at| u32::try_from(at + 0xa0).ok());
    let other = || OTHERS.iter().find(|(known, _)| *known == name);
    latin
        .and_then(char::from_u32)
        .or_else(|| other().map(|(_, character)| *character))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_read_once_and_all_else_stays() {
        for (written, read) in [
            (
                "Microsoft&copy; Windows&reg;",
                "Microsoft\u{a9} Windows\u{ae}",
            ),
            (
                "Soci&eacute;t&eacute; M&uuml;ller &amp; Fils",
                "Soci\u{e9}t\u{e9} M\u{fc}ller & Fils",
            ),
            ("&yuml;&nbsp;&trade;", "\u{ff}\u{a0}\u{2122}"),
            ("&#169;&#xA9;&#X10FFFF;", "\u{a9}\u{a9}\u{10ffff}"),
            ("&#27;[2J", "\u{1b}[2J"),
            ("&amp;lt;", "&lt;"),
            ("R&D; A&B, &, &;, &copy", "R&D; A&B, &, &;, &copy"),
            (
                "&#xD800; &#x110000; &#; &#x; &#-1;",
                "&#xD800; &#x110000; &#; &#x; &#-1;",
            ),
            ("&unheardof; &caf\u{e9};", "&unheardof; &caf\u{e9};"),
            ("", ""),
        ] {
            assert_eq!(unescaped(written), read, "{written}");
        }
        assert!(matches!(unescaped("plain"), Cow::Borrowed("plain")));
    }
}
