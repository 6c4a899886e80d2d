//! Lines of a pane as data: spans of text with a tone, wrapped to a width.
//!
//! What a tone looks like is the theme's business. All text here has been made
//! harmless before.

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use crate::domain::alert::Severity;

/// What a span means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    Text,
    Muted,
    Strong,
    Label,
    Heading,
    Good,
    Warning,
    Bad,
    Fresh,
    Command,
    /// Strokes of a tree, three cells a level: whoever draws them says what they look like.
    Branch,
    /// Part of the address of the page.
    Link,
    Severity(Severity),
}

/// A piece of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    pub tone: Tone,
    pub text: String,
}

/// One line, no wider than it was made for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Line {
    pub spans: Vec<Span>,
}

impl Line {
    /// A line of one span.
    pub fn of(tone: Tone, text: impl Into<String>) -> Self {
        Self::default().and(tone, text)
    }

    /// The same with one more span.
    #[must_use]
    pub fn and(mut self, tone: Tone, text: impl Into<String>) -> Self {
        let text = text.into();
        if !text.is_empty() {
            self.spans.push(Span { tone, text });
        }
        self
    }

    /// Its width in cells.
    pub fn width(&self) -> usize {
        self.spans.iter().map(|span| span.text.width()).sum()
    }

    /// Its text alone.
    pub fn plain(&self) -> String {
        self.spans.iter().map(|span| span.text.as_str()).collect()
    }
}

/// Longer pages are cut and say so: a hostile alert must not cost a second a frame.
const LONGEST_PAGE: usize = 5_000;

/// Lines for a pane of one width.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    width: usize,
    pub lines: Vec<Line>,
}

impl Page {
    /// An empty page, at least one cell wide.
    pub fn new(width: usize) -> Self {
        Self {
            width: width.max(1),
            lines: Vec::new(),
        }
    }

    /// The width it is made for.
    pub fn width(&self) -> usize {
        self.width
    }

    /// True when whatever is added now would be left out.
    pub fn is_full(&self) -> bool {
        self.lines.len() > LONGEST_PAGE
    }

    /// Adds a line, wrapped span by span with words kept whole, the rest indented.
    pub fn add(&mut self, line: Line, indent: usize) {
        if self.lines.len() >= LONGEST_PAGE {
            if self.lines.len() == LONGEST_PAGE {
                let cut = "cut here: `vigie alerts get -o json` prints all of it";
                self.lines
                    .push(Line::of(Tone::Muted, head_within(cut, self.width)));
            }
            return;
        }
        if line.width() <= self.width {
            self.lines.push(line);
            return;
        }
        let indent = indent.min(self.width / 2);
        let mut current = Line::default();
        let mut used = 0;
        for span in line.spans {
            for word in span.text.split_word_bounds_kept() {
                let mut word = word;
                loop {
                    let width = word.width();
                    if used + width <= self.width {
                        push(&mut current, span.tone, word);
                        used += width;
                        break;
                    }
                    let room = self.width - used;
                    let fresh_line = used <= indent;
                    if word.trim().is_empty() {
                        // The blank between two lines is the line break.
                        break;
                    }
                    if fresh_line || width > self.width - indent {
                        let head = head_within(word, room);
                        if head.is_empty() && fresh_line {
                            // One grapheme wider than the pane: better shown cut than looped on.
                            break;
                        }
                        push(&mut current, span.tone, head);
                        word = word.get(head.len()..).unwrap_or_default();
                    }
                    self.lines.push(std::mem::take(&mut current));
                    push(&mut current, Tone::Text, &" ".repeat(indent));
                    used = indent;
                    if word.is_empty() {
                        break;
                    }
                }
            }
        }
        if current
            .spans
            .iter()
            .any(|span| !span.text.trim().is_empty())
        {
            self.lines.push(current);
        }
    }

    /// Adds a paragraph of one tone.
    pub fn add_text(&mut self, tone: Tone, text: &str, indent: usize) {
        self.add(Line::of(tone, " ".repeat(indent)).and(tone, text), indent);
    }

    /// An empty line, unless the page has none yet or just had one.
    pub fn gap(&mut self) {
        if self.lines.last().is_some_and(|line| !line.spans.is_empty()) {
            self.lines.push(Line::default());
        }
    }

    /// A heading with a gap before it.
    pub fn heading(&mut self, text: impl Into<String>) {
        self.gap();
        self.add(Line::of(Tone::Heading, text), 0);
    }
}

trait WordBounds {
    /// Words with the blanks between them as words of their own.
    fn split_word_bounds_kept(&self) -> impl Iterator<Item = &str>;
}

impl WordBounds for str {
    fn split_word_bounds_kept(&self) -> impl Iterator<Item = &Self> {
        let mut rest = self;
        std::iter::from_fn(move || {
            let first_is_blank = rest.chars().next()? == ' ';
            let end = rest
                .find(|character| (character == ' ') != first_is_blank)
                .unwrap_or(rest.len());
            let (word, after) = rest.split_at_checked(end)?;
            rest = after;
            Some(word)
        })
    }
}

fn push(line: &mut Line, tone: Tone, text: &str) {
    if text.is_empty() {
        return;
    }
    match line.spans.last_mut() {
        Some(last) if last.tone == tone => last.text.push_str(text),
        _ => line.spans.push(Span {
            tone,
            text: text.to_owned(),
        }),
    }
}

/// As much of the start of `text` as fits into `width` cells.
pub fn head_within(text: &str, width: usize) -> &str {
    let mut used = 0;
    let mut end = 0;
    for (start, grapheme) in text.grapheme_indices(true) {
        used += grapheme.width();
        if used > width {
            break;
        }
        end = start + grapheme.len();
    }
    text.get(..end).unwrap_or_default()
}

/// `text` within `width` cells, with a mark where it was cut.
pub fn cut(text: &str, width: usize) -> Cow<'_, str> {
    if text.width() <= width {
        return Cow::Borrowed(text);
    }
    let head = head_within(text, width.saturating_sub(1));
    if width == 0 {
        Cow::Borrowed("")
    } else {
        Cow::Owned(format!("{head}~"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrapped(text: &str, width: usize, indent: usize) -> Vec<String> {
        let mut page = Page::new(width);
        page.add(Line::of(Tone::Text, text), indent);
        page.lines.iter().map(Line::plain).collect()
    }

    #[test]
    fn words_stay_whole_where_they_can() {
        assert_eq!(wrapped("one two three", 8, 0), ["one two ", "three"]);
        assert_eq!(wrapped("one two three", 8, 2), ["one two ", "  three"]);
        assert_eq!(wrapped("abcdefghij", 4, 0), ["abcd", "efgh", "ij"]);
        assert_eq!(
            wrapped("x abcdefghij", 4, 1),
            ["x ab", " cde", " fgh", " ij"]
        );
        assert_eq!(wrapped("", 4, 0), [""]);
    }

    #[test]
    fn no_line_is_wider_than_the_pane() {
        let texts = [
            "漢字 漢字漢字漢字",
            "a\u{301}\u{301} 👨‍👩‍👧 b",
            "-nop -w hidden -enc SQBFAFgAKABOAGUAdwAtAE8AYgBqAGUAYwB0AA==",
        ];
        for text in texts {
            for width in 1..30 {
                for line in wrapped(text, width, 4) {
                    assert!(line.width() <= width, "{line:?} in {width}");
                }
            }
        }
    }

    #[test]
    fn a_cut_is_marked_and_counts_cells() {
        assert_eq!(cut("FIN-WS-021", 10), "FIN-WS-021");
        assert_eq!(cut("FIN-WS-021", 6), "FIN-W~");
        assert_eq!(cut("漢字漢字", 5), "漢字~");
        assert_eq!(cut("abc", 0), "");
    }
}
