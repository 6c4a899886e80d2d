//! The lines of a frame: box characters, or what every terminal has.

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
}
