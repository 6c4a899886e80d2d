//! Text from outside, kept as it came and shown harmlessly.
//!
//! Titles, host names, command lines and claims are chosen by attackers. [`Text`]
//! has no `Display`: whoever prints one has to say which of its two faces is meant.

use std::borrow::Cow;
use std::fmt;
use std::fmt::Write as _;

/// A string from outside: [`Text::original`] for data, [`Text::shown`] for people.
#[derive(Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Text(Box<str>);

impl Text {
    /// Keeps `original` unchanged.
    pub fn new(original: impl Into<Box<str>>) -> Self {
        Self(original.into())
    }

    /// What the service sent, byte for byte: for data outputs and requests.
    pub fn original(&self) -> &str {
        &self.0
    }

    /// One line for a screen, with everything that could move a cursor, hide
    /// itself or reorder its neighbours written out as an escape.
    pub fn shown(&self) -> Cow<'_, str> {
        shown(start_of(&self.0, LONGEST))
    }

    /// The start of it, enough for any column: a list draws forty rows a frame, and
    /// a title may be a megabyte long.
    pub fn shown_briefly(&self) -> Cow<'_, str> {
        shown(start_of(&self.0, BRIEF))
    }

    /// The start of it, short enough to stand within a sentence: a word of a service, or
    /// a name.
    pub fn as_word(&self) -> String {
        repeated_within(&self.0, LONGEST_WORD)
    }

    /// The text as paragraphs: line breaks and tabs are layout, all else as in [`Text::shown`].
    pub fn shown_lines(&self) -> impl Iterator<Item = Cow<'_, str>> {
        start_of(&self.0, LONGEST)
            .lines()
            .map(|line| match shown(line.trim_end()) {
                Cow::Owned(marked) => Cow::Owned(marked.replace("\\t", "  ")),
                borrowed @ Cow::Borrowed(_) => borrowed,
            })
    }

    /// This one, or `other` where there is nothing to read.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        if self.is_empty() { other } else { self }
    }

    /// True when there is nothing to read.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<&str> for Text {
    fn from(original: &str) -> Self {
        Self::new(original)
    }
}

impl From<String> for Text {
    fn from(original: String) -> Self {
        Self::new(original)
    }
}

impl fmt::Debug for Text {
    // `str`'s own `Debug` escapes controls too, so a test failure cannot attack a terminal.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, formatter)
    }
}

/// Bytes of a text that a column may need.
const BRIEF: usize = 512;
/// Bytes of a text that are ever drawn: more than anyone reads, little enough to be
/// wrapped anew for each frame. Data outputs have all of it.
const LONGEST: usize = 64 * 1024;

/// At most so many bytes from the start, cut between two characters.
pub fn start_of(text: &str, bytes: usize) -> &str {
    let end = (0..=bytes.min(text.len()))
        .rev()
        .find(|end| text.is_char_boundary(*end));
    end.and_then(|end| text.get(..end)).unwrap_or_default()
}

/// Characters of a word in a sentence.
const LONGEST_WORD: usize = 60;
/// Characters of a wrong text that a message repeats.
const REPEATED: usize = 100;

/// The start of a wrong text for a message about it, which has to stay one line of a
/// person's reading.
pub fn repeated(text: &str) -> String {
    repeated_within(text, REPEATED)
}

/// The same of a text that may be longer, counted in characters as they are written out.
pub fn repeated_within(text: &str, most: usize) -> String {
    let mut told = String::new();
    let mut room = most;
    for character in text.chars() {
        let mut bytes = [0; 4];
        let written = shown(character.encode_utf8(&mut bytes));
        let Some(left) = room.checked_sub(written.chars().count()) else {
            told.push_str("..");
            break;
        };
        room = left;
        told.push_str(&written);
    }
    told
}

/// Writes out every character of `original` that a screen must not receive as itself.
///
/// The marks are ASCII (`\x1b`, `\n`, `\u{202e}`), so they survive any terminal and font.
pub fn shown(original: &str) -> Cow<'_, str> {
    if !original.chars().any(is_hostile) {
        return Cow::Borrowed(original);
    }
    let mut marked = String::with_capacity(original.len() + 16);
    for character in original.chars() {
        match character {
            '\n' => marked.push_str("\\n"),
            '\r' => marked.push_str("\\r"),
            '\t' => marked.push_str("\\t"),
            hostile if is_hostile(hostile) => {
                let code = u32::from(hostile);
                // Writing to a `String` cannot fail.
                if code < 0x100 {
                    write!(marked, "\\x{code:02x}").unwrap_or_default();
                } else {
                    write!(marked, "\\u{{{code:x}}}").unwrap_or_default();
                }
            }
            harmless => marked.push(harmless),
        }
    }
    Cow::Owned(marked)
}

/// Controls (C0, DEL, C1), line separators, bidirectional overrides and marks,
/// and characters that take no room and so hide in a name.
pub fn is_hostile(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{00ad}'
                | '\u{034f}'
                | '\u{061c}'
                | '\u{115f}'
                | '\u{1160}'
                | '\u{17b4}'
                | '\u{17b5}'
                | '\u{180b}'..='\u{180f}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{3164}'
                | '\u{fe00}'..='\u{fe0f}'
                | '\u{feff}'
                | '\u{ffa0}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{13430}'..='\u{1345f}'
                | '\u{1bca0}'..='\u{1bca3}'
                | '\u{1d173}'..='\u{1d17a}'
                | '\u{e0000}'..='\u{e0fff}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_repeated_is_as_short_as_it_was_asked_for() {
        assert_eq!(repeated_within("abc", 3), "abc");
        assert_eq!(repeated_within("abcd", 3), "abc..");
        assert_eq!(repeated_within("é\u{0}d", 9), "é\\x00d");
        assert_eq!(
            repeated_within(&"\u{202e}".repeat(50), 20),
            "\\u{202e}\\u{202e}.."
        );
    }

    #[test]
    fn harmless_text_is_shown_as_it_is_and_without_a_copy() {
        let text = Text::from("Zürich \"C:\\temp\" 漢字 é");
        assert!(matches!(text.shown(), Cow::Borrowed(_)));
        assert_eq!(text.shown(), text.original());
    }

    #[test]
    fn every_family_of_escape_becomes_a_visible_mark() {
        let cases = [
            ("\u{1b}[2J", "\\x1b[2J"),
            ("\u{1b}]8;;http://x\u{7}", "\\x1b]8;;http://x\\x07"),
            ("\u{1b}]52;c;AAAA\u{1b}\\", "\\x1b]52;c;AAAA\\x1b\\"),
            ("\u{1b}P1$r\u{1b}\\", "\\x1bP1$r\\x1b\\"),
            ("\u{9b}31m", "\\x9b31m"),
            ("\u{9d}0;t\u{9c}", "\\x9d0;t\\x9c"),
            ("a\u{7f}b", "a\\x7fb"),
            ("gpj.\u{202e}exe", "gpj.\\u{202e}exe"),
            ("pay\u{200b}pal", "pay\\u{200b}pal"),
            ("line\nbreak\ttab\r", "line\\nbreak\\ttab\\r"),
        ];
        for (hostile, expected) in cases {
            let text = Text::from(hostile);
            assert_eq!(text.shown(), expected);
            assert_eq!(text.original(), hostile);
        }
    }

    #[test]
    fn what_is_drawn_of_a_text_is_bounded_and_the_original_is_whole() {
        let text = Text::from("é".repeat(1_000_000));
        assert_eq!(text.shown_briefly().len(), BRIEF);
        assert_eq!(text.shown().len(), LONGEST);
        assert_eq!(text.original().len(), 2_000_000);
    }

    #[test]
    fn paragraphs_keep_their_breaks_and_lose_their_escapes() {
        let text = Text::from("first\r\n\r\n\tsecond \u{1b}[31m\n");
        let lines: Vec<_> = text.shown_lines().collect();
        assert_eq!(lines, ["first", "", "  second \\x1b[31m"]);
    }
}
