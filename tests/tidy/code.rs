//! Tells the code of a source from its comments and literals.

/// The code with comments and the contents of literals as blanks, line for line.
pub(crate) fn blanked(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let at = |index: usize| letters.get(index).copied().unwrap_or('\0');
    let mut out = String::with_capacity(text.len());
    let mut index = 0;
    while index < letters.len() {
        let end = match (at(index), at(index + 1)) {
            ('/', '/') => (index..letters.len())
                .find(|end| at(*end) == '\n')
                .unwrap_or(letters.len()),
            ('/', '*') => comment_end(&letters, index),
            ('"', _) => quoted_end(&letters, index, '"'),
            ('\'', '\\') => quoted_end(&letters, index, '\''),
            // Anything else after a quote is a lifetime.
            ('\'', _) if at(index + 2) == '\'' => index + 3,
            ('r', '"' | '#') if !in_a_word(&letters, index) => raw_end(&letters, index),
            _ => index,
        };
        if end == index {
            out.push(at(index));
            index += 1;
        }
        while index < end {
            out.push(if at(index) == '\n' { '\n' } else { ' ' });
            index += 1;
        }
    }
    out
}

/// Whether the letter goes on with a name; the `b` or `c` before a raw text does not count.
fn in_a_word(letters: &[char], index: usize) -> bool {
    let mut before = letters.iter().take(index).rev();
    let mut previous = before.next();
    if matches!(previous, Some('b' | 'c')) {
        previous = before.next();
    }
    previous.is_some_and(|letter| letter.is_alphanumeric() || *letter == '_')
}

fn comment_end(letters: &[char], start: usize) -> usize {
    let mut depth = 0_usize;
    let mut index = start;
    while let Some([one, two]) = letters.get(index..index + 2) {
        index += match (one, two) {
            ('/', '*') => {
                depth += 1;
                2
            }
            ('*', '/') => {
                depth -= 1;
                2
            }
            _ => 1,
        };
        if depth == 0 {
            return index;
        }
    }
    letters.len()
}

fn quoted_end(letters: &[char], start: usize, quote: char) -> usize {
    let mut index = start + 1;
    while let Some(letter) = letters.get(index) {
        index += match letter {
            '\\' => 2,
            letter if *letter == quote => return index + 1,
            _ => 1,
        };
    }
    letters.len()
}

/// The end of `r#"…"#`; a name such as `r#type` ends where it begins.
fn raw_end(letters: &[char], start: usize) -> usize {
    let rest = letters.get(start + 1..).unwrap_or_default();
    let marks = rest.iter().take_while(|letter| **letter == '#').count();
    if rest.get(marks) != Some(&'"') {
        return start;
    }
    let mut close = vec!['"'];
    close.resize(marks + 1, '#');
    let body = rest.get(marks + 1..).unwrap_or_default();
    let length = body.windows(close.len()).position(|end| end == close);
    length.map_or(letters.len(), |length| {
        start + 1 + marks + 1 + length + close.len()
    })
}
