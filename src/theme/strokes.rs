//! The lines of a frame: box characters, or what every terminal has.

use std::borrow::Cow;

/// What lines are drawn with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Strokes {
    #[default]
    Unicode,
    Ascii,
}

impl Strokes {
    /// A piece of a line across.
    pub const fn across(self) -> &'static str {
        match self {
            Self::Unicode => "─",
            Self::Ascii => "-",
        }
    }

    /// A piece of a line down.
    pub const fn down(self) -> &'static str {
        match self {
            Self::Unicode => "│",
            Self::Ascii => "|",
        }
    }

    /// The branches of a tree, drawn in box characters by whoever made them.
    pub fn branches(self, drawn: &str) -> Cow<'_, str> {
        match self {
            Self::Unicode => Cow::Borrowed(drawn),
            Self::Ascii => {
                let drawn = drawn.chars().map(|stroke| match stroke {
                    '├' | '│' => '|',
                    '└' => '`',
                    '─' => '-',
                    other => other,
                });
                Cow::Owned(drawn.collect())
            }
        }
    }

    /// A bar of so many eighths of a cell; nothing is a blank.
    pub fn bar(self, eighths: u32) -> &'static str {
        const UNICODE: [&str; 9] = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];
        // Digits would be taken for counts.
        const ASCII: [&str; 9] = [" ", ".", ".", ":", ":", "|", "|", "#", "#"];
        let bars = match self {
            Self::Unicode => UNICODE,
            Self::Ascii => ASCII,
        };
        let full = bars.len() - 1;
        let height = usize::try_from(eighths).unwrap_or(full).min(full);
        bars.get(height).copied().unwrap_or_default()
    }
}
