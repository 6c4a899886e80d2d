//! A JSON document as lines that can be folded, in the order and spelling it came in.
//!
//! Reads what is nearly JSON too: whatever cannot be understood stands as it is.

use std::ops::Range;

/// A longer document is cut and says so.
const MOST_LINES: usize = 20_000;

/// A document in lines.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outline {
    text: String,
    lines: Vec<OutlineLine>,
    is_cut: bool,
}

/// One line of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutlineLine {
    /// How many lists and objects it is in.
    pub depth: usize,
    pub kind: LineKind,
    name: Range<usize>,
    /// The whole value, up to its closing bracket.
    value: Range<usize>,
    /// The line of what it is in; of a closing bracket the line of the opening one.
    parent: Option<usize>,
    /// Its number in a list.
    index: usize,
}

/// What stands on a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineKind {
    Value,
    /// A list or an object begins; the line of its closing bracket and how much is in it.
    Open {
        end: usize,
        items: usize,
    },
    Close,
}

impl Outline {
    /// Reads a document.
    pub fn of(text: String) -> Self {
        let mut outline = Self {
            text: String::new(),
            lines: Vec::new(),
            is_cut: false,
        };
        let mut open: Vec<usize> = Vec::new();
        let mut reader = Reader {
            bytes: text.as_bytes(),
            at: 0,
        };
        while let Some(byte) = reader.next_byte() {
            if outline.lines.len() >= MOST_LINES {
                outline.is_cut = true;
                break;
            }
            if matches!(byte, b'}' | b']') {
                reader.at += 1;
                if let Some(opened) = open.pop() {
                    outline.close(opened, reader.at);
                }
                continue;
            }
            let opened = outline.value(&mut reader, open.last().copied());
            open.extend(opened);
        }
        // What was never closed ends with the text.
        for opened in open {
            outline.end(opened, text.len());
        }
        outline.text = text;
        outline
    }

    /// Reads a name, if there is one, and the value behind it. The line of what it opens.
    fn value(&mut self, reader: &mut Reader<'_>, parent: Option<usize>) -> Option<usize> {
        let mut name = 0..0;
        let in_object = parent
            .and_then(|parent| self.lines.get(parent))
            .is_some_and(|line| reader.bytes.get(line.value.start) == Some(&b'{'));
        if in_object && reader.next_byte() == Some(b'"') {
            name = reader.scalar();
            if reader.next_byte() == Some(b':') {
                reader.at += 1;
            }
        }
        let start = reader.next_byte().map_or(reader.at, |_| reader.at);
        let opens = match reader.next_byte() {
            Some(b'{' | b'[') => !reader.passes_empty(),
            Some(b'}' | b']') | None => false,
            Some(_) => {
                reader.scalar();
                false
            }
        };
        let mut index = 0;
        if let Some(LineKind::Open { items, .. }) = parent
            .and_then(|parent| self.lines.get_mut(parent))
            .map(|line| &mut line.kind)
        {
            index = *items;
            *items += 1;
        }
        let here = self.lines.len();
        let above = parent.and_then(|parent| self.lines.get(parent));
        self.lines.push(OutlineLine {
            depth: above.map_or(0, |above| above.depth + 1),
            kind: if opens {
                LineKind::Open {
                    end: here,
                    items: 0,
                }
            } else {
                LineKind::Value
            },
            name,
            value: start..reader.at,
            parent,
            index,
        });
        opens.then_some(here)
    }

    fn close(&mut self, opened: usize, at: usize) {
        self.end(opened, at);
        let depth = self.lines.get(opened).map_or(0, |line| line.depth);
        self.lines.push(OutlineLine {
            depth,
            kind: LineKind::Close,
            name: 0..0,
            value: at.saturating_sub(1)..at,
            parent: Some(opened),
            index: 0,
        });
    }

    fn end(&mut self, opened: usize, at: usize) {
        let here = self.lines.len();
        if let Some(line) = self.lines.get_mut(opened) {
            line.value.end = at;
            if let LineKind::Open { end, .. } = &mut line.kind {
                *end = here;
            }
        }
    }

    /// In the order of the document.
    pub fn lines(&self) -> &[OutlineLine] {
        &self.lines
    }

    /// There is more than is ever shown.
    pub fn is_cut(&self) -> bool {
        self.is_cut
    }

    /// The name of a property, in quotes; empty where there is none.
    pub fn name(&self, line: usize) -> &str {
        self.part(line, |line| line.name.clone())
    }

    /// A value with all that is in it, as it came; of a closing bracket what it closes.
    pub fn node(&self, line: usize) -> &str {
        self.part(self.opening(line), |line| line.value.clone())
    }

    /// What stands on the line itself beside the name.
    pub fn head(&self, line: usize) -> &str {
        let whole = self.part(line, |line| line.value.clone());
        match self.lines.get(line).map(|line| line.kind) {
            Some(LineKind::Open { .. }) => whole.get(..1).unwrap_or_default(),
            Some(LineKind::Value | LineKind::Close) | None => whole,
        }
    }

    /// The bracket that closes what a line opens.
    pub fn closing(&self, line: usize) -> &str {
        let whole = self.part(line, |line| line.value.clone());
        whole
            .get(whole.len().saturating_sub(1)..)
            .unwrap_or_default()
    }

    fn part(&self, line: usize, of: impl Fn(&OutlineLine) -> Range<usize>) -> &str {
        let range = self.lines.get(line).map(of).unwrap_or_default();
        self.text.get(range).unwrap_or_default()
    }

    /// The line that opens what a line closes, else the line itself.
    pub fn opening(&self, line: usize) -> usize {
        match self.lines.get(line) {
            Some(found) if found.kind == LineKind::Close => found.parent.unwrap_or(line),
            Some(_) | None => line,
        }
    }

    /// The line that opens what a line opens, closes or is in.
    pub fn container(&self, line: usize) -> usize {
        let opening = self.opening(line);
        match self.lines.get(opening) {
            Some(found) if found.kind == LineKind::Value => found.parent.unwrap_or(opening),
            Some(_) | None => opening,
        }
    }

    /// Where a value is: `evidence[3].fileName`. Empty for the whole document.
    pub fn path(&self, line: usize) -> String {
        let mut steps = Vec::new();
        let mut here = Some(self.opening(line));
        while let Some(place) = here {
            let Some(found) = self.lines.get(place) else {
                break;
            };
            if found.parent.is_some() {
                let name = self.name(place);
                let bare = name.trim_matches('"');
                let is_plain = !bare.is_empty()
                    && bare
                        .bytes()
                        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
                steps.push(match (name.is_empty(), is_plain) {
                    (true, _) => format!("[{}]", found.index),
                    (false, true) => format!(".{bare}"),
                    (false, false) => format!("[{name}]"),
                });
            }
            here = found.parent;
        }
        steps.reverse();
        let path = steps.concat();
        path.strip_prefix('.').map(str::to_owned).unwrap_or(path)
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    /// The next byte that means something, not taken.
    fn next_byte(&mut self) -> Option<u8> {
        loop {
            let byte = *self.bytes.get(self.at)?;
            if !matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b',') {
                return Some(byte);
            }
            self.at += 1;
        }
    }

    /// Takes `{}` and `[]` whole; true when it was one.
    fn passes_empty(&mut self) -> bool {
        let start = self.at;
        self.at += 1;
        if matches!(self.next_byte(), Some(b'}' | b']')) {
            self.at += 1;
            return true;
        }
        self.at = start + 1;
        false
    }

    /// Takes a string, a number or a word: always something.
    fn scalar(&mut self) -> Range<usize> {
        let start = self.at;
        let is_string = self.bytes.get(start) == Some(&b'"');
        self.at += 1;
        if is_string {
            while let Some(found) = self
                .bytes
                .get(self.at..)
                .and_then(|rest| memchr::memchr2(b'"', b'\\', rest))
            {
                self.at += found;
                if self.bytes.get(self.at) == Some(&b'"') {
                    self.at += 1;
                    return start..self.at;
                }
                self.at = (self.at + 2).min(self.bytes.len());
            }
            self.at = self.bytes.len();
            return start..self.at;
        }
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let ends = |byte: &u8| {
            matches!(
                byte,
                b',' | b'}' | b']' | b' ' | b'\t' | b'\r' | b'\n' | b'"'
            )
        };
        self.at += rest.iter().position(ends).unwrap_or(rest.len());
        start..self.at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Vec<String> {
        let outline = Outline::of(text.to_owned());
        let lines = outline.lines().iter().enumerate();
        lines
            .map(|(place, line)| {
                let indent = ".".repeat(line.depth);
                let name = outline.name(place);
                format!("{indent}{name}{}", outline.head(place))
            })
            .collect()
    }

    #[test]
    fn each_value_stands_on_a_line_with_its_path() {
        let text = r#"{"a":1, "b" : [ {"c d":"x]\"}"}, [], null ], "e":{}}"#;
        assert_eq!(
            told(text),
            [
                "{",
                ".\"a\"1",
                ".\"b\"[",
                "..{",
                "...\"c d\"\"x]\\\"}\"",
                "..}",
                "..[]",
                "..null",
                ".]",
                ".\"e\"{}",
                "}"
            ]
        );
        let outline = Outline::of(text.to_owned());
        let paths: Vec<String> = (0..9).map(|line| outline.path(line)).collect();
        assert_eq!(
            paths,
            [
                "",
                "a",
                "b",
                "b[0]",
                "b[0][\"c d\"]",
                "b[0]",
                "b[1]",
                "b[2]",
                "b"
            ]
        );
        assert_eq!(outline.node(5), r#"{"c d":"x]\"}"}"#);
        assert_eq!(outline.node(2), r#"[ {"c d":"x]\"}"}, [], null ]"#);
        let kinds = outline.lines().get(2).map(|line| line.kind);
        assert_eq!(kinds, Some(LineKind::Open { end: 8, items: 3 }));
    }

    #[test]
    fn what_is_no_json_ends_too() {
        for text in [
            "", "]", "{", "{\"a\"", "{\"a\":", "{\"a\":}", "[[[", "\"", "\"\\", "::,:é", "{\"é",
        ] {
            let outline = Outline::of(text.to_owned());
            for line in 0..outline.lines().len() {
                outline.path(line);
                assert!(outline.node(line).len() <= text.len(), "{text}");
            }
        }
        let deep = Outline::of("[".repeat(100_000));
        assert!(deep.is_cut() && deep.lines().len() == MOST_LINES);
    }
}
