//! Lines a person typed before, to be typed again.

/// Lines that are remembered.
const REMEMBERED: usize = 50;
/// Characters of one; a longer one is not remembered, since a part of it says something
/// else.
const LONGEST: usize = 1_000;

/// Each line once, the latest last.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct History(Vec<String>);

impl History {
    /// Lines from elsewhere, latest last. What could not have been typed is left out.
    pub fn of(lines: impl IntoIterator<Item = String>) -> Self {
        let mut history = Self::default();
        for line in lines {
            history.remember(&line);
        }
        history
    }

    /// A line was used; it is the latest now.
    pub fn remember(&mut self, line: &str) {
        let line = line.trim();
        let is_long = line.chars().nth(LONGEST).is_some();
        if line.is_empty() || is_long || line.contains(char::is_control) {
            return;
        }
        self.0.retain(|earlier| earlier != line);
        if self.0.len() == REMEMBERED {
            self.0.remove(0);
        }
        self.0.push(line.to_owned());
    }

    /// The line so far back, 1 being the latest.
    pub fn back(&self, steps: usize) -> Option<&str> {
        let index = self.0.len().checked_sub(steps)?;
        self.0.get(index).map(String::as_str)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// True before anything was typed.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All of them, the latest last.
    pub fn lines(&self) -> &[String] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_is_there_once_and_the_latest_is_last() {
        let mut history = History::default();
        for line in ["a", "b", " a ", "", "  ", "c\u{1b}", &"x".repeat(1_001)] {
            history.remember(line);
        }
        assert_eq!(history.lines(), ["b", "a"]);
        assert_eq!(history.back(1), Some("a"));
        assert_eq!(history.back(2), Some("b"));
        assert_eq!((history.back(0), history.back(3)), (None, None));
    }

    #[test]
    fn it_is_bounded_whoever_brings_it() {
        let history = History::of((0..500).map(|number| number.to_string()));
        assert_eq!(history.len(), REMEMBERED);
        assert_eq!(history.back(1), Some("499"));
        let longest = "é".repeat(LONGEST);
        assert_eq!(History::of([longest.clone()]).lines(), [longest]);
    }
}
