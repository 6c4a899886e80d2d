//! What was wanted, what was measured, and how numbers are written.

use std::fmt;
use std::time::Duration;

/// Rows in the order they were measured.
#[derive(Default)]
pub(crate) struct Table(Vec<[String; 3]>);

impl Table {
    /// A figure with a target. `met` says whether it is reached.
    pub(crate) fn figure(&mut self, what: &str, wanted: &str, measured: &str, met: bool) {
        let verdict = if met { "yes" } else { "**no**" };
        self.0.push([
            what.to_owned(),
            wanted.to_owned(),
            format!("{measured} ({verdict})"),
        ]);
    }

    /// A figure for information.
    pub(crate) fn note(&mut self, what: &str, measured: &str) {
        self.0
            .push([what.to_owned(), String::new(), measured.to_owned()]);
    }
}

impl fmt::Display for Table {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "| what | wanted | measured |")?;
        writeln!(formatter, "| --- | --- | --- |")?;
        for [what, wanted, measured] in &self.0 {
            writeln!(formatter, "| {what} | {wanted} | {measured} |")?;
        }
        Ok(())
    }
}

/// Several measurements of the same thing.
#[derive(Debug, Clone)]
pub(crate) struct Sample<T>(Vec<T>);

impl<T: Ord + Copy> Sample<T> {
    pub(crate) fn new(mut values: Vec<T>) -> Self {
        values.sort_unstable();
        assert!(!values.is_empty(), "nothing was measured");
        Self(values)
    }

    pub(crate) fn median(&self) -> T {
        self.0.get(self.0.len() / 2).copied().unwrap()
    }

    pub(crate) fn worst(&self) -> T {
        self.0.last().copied().unwrap()
    }
}

impl Sample<Duration> {
    /// `0.21 ms, worst 0.48 ms`.
    pub(crate) fn in_words(&self) -> String {
        format!(
            "{}, worst {}",
            milliseconds(self.median()),
            milliseconds(self.worst())
        )
    }
}

impl Sample<usize> {
    /// `142 bytes, worst 377`.
    pub(crate) fn in_words(&self) -> String {
        format!("{} bytes, worst {}", self.median(), self.worst())
    }
}

/// `0.213 ms`, with three digits that mean something.
pub(crate) fn milliseconds(time: Duration) -> String {
    let time = time.as_secs_f64() * 1_000.0;
    if time < 1.0 {
        format!("{time:.3} ms")
    } else {
        format!("{time:.1} ms")
    }
}
