//! What things look like, by what they mean.
//!
//! Colour never carries meaning by itself. Reading order: [`Role`], [`Theme`], then
//! [`built_in`] (the tables), [`look`] (how a look is written), [`depth`] (colours a
//! terminal can show), [`strokes`] (lines of a frame).

pub mod built_in;
pub mod depth;
pub mod look;
pub mod strokes;

use ratatui::style::Style;

use crate::domain::alert::Severity;

pub use built_in::BuiltIn;
pub use depth::Depth;
pub use strokes::Strokes;

/// What a piece of the screen means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    Text,
    Muted,
    Strong,
    Label,
    Title,
    Focus,
    Selected,
    Fresh,
    Good,
    Warning,
    Bad,
    Command,
    Link,
    Severity(Severity),
}

impl Role {
    /// Every role with its name in the configuration.
    pub const ALL: [(Self, &'static str); 19] = [
        (Self::Text, "text"),
        (Self::Muted, "muted"),
        (Self::Strong, "strong"),
        (Self::Label, "label"),
        (Self::Title, "title"),
        (Self::Focus, "focus"),
        (Self::Selected, "selected"),
        (Self::Fresh, "fresh"),
        (Self::Good, "good"),
        (Self::Warning, "warning"),
        (Self::Bad, "bad"),
        (Self::Command, "command"),
        (Self::Link, "link"),
        (Self::Severity(Severity::High), "severity-high"),
        (Self::Severity(Severity::Medium), "severity-medium"),
        (Self::Severity(Severity::Low), "severity-low"),
        (
            Self::Severity(Severity::Informational),
            "severity-informational",
        ),
        (
            Self::Severity(Severity::Unspecified),
            "severity-unspecified",
        ),
        (Self::Severity(Severity::Other), "severity-other"),
    ];

    /// The role of this name.
    pub fn named(name: &str) -> Option<Self> {
        let mut all = Self::ALL.into_iter();
        Some(all.find(|(_, known)| *known == name)?.0)
    }

    /// Its place in [`Role::ALL`].
    const fn index(self) -> usize {
        match self {
            Self::Text => 0,
            Self::Muted => 1,
            Self::Strong => 2,
            Self::Label => 3,
            Self::Title => 4,
            Self::Focus => 5,
            Self::Selected => 6,
            Self::Fresh => 7,
            Self::Good => 8,
            Self::Warning => 9,
            Self::Bad => 10,
            Self::Command => 11,
            Self::Link => 12,
            Self::Severity(severity) => match severity {
                Severity::High => 13,
                Severity::Medium => 14,
                Severity::Low => 15,
                Severity::Informational => 16,
                Severity::Unspecified => 17,
                Severity::Other => 18,
            },
        }
    }
}

/// How roles look on one terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Theme {
    /// In the order of [`Role::ALL`].
    styles: [Style; Role::ALL.len()],
    strokes: Strokes,
}

impl Theme {
    /// A built-in theme with some roles changed, in colours the terminal can show.
    pub fn new(
        base: BuiltIn,
        changes: impl IntoIterator<Item = (Role, Style)>,
        depth: Depth,
        strokes: Strokes,
    ) -> Self {
        let mut styles = Role::ALL.map(|(role, _)| base.style(role));
        for (role, style) in changes {
            if let Some(slot) = styles.get_mut(role.index()) {
                *slot = style;
            }
        }
        Self {
            styles: styles.map(|style| depth.lower(style)),
            strokes,
        }
    }

    /// The style of a role.
    pub fn style(&self, role: Role) -> Style {
        // Every role has its place; a plain look would be no harm.
        self.styles.get(role.index()).copied().unwrap_or_default()
    }

    /// What the lines of the frame are drawn with.
    pub const fn strokes(&self) -> Strokes {
        self.strokes
    }
}

impl From<BuiltIn> for Theme {
    /// As it is, on a terminal that can show everything.
    fn from(base: BuiltIn) -> Self {
        Self::new(base, [], Depth::Millions, Strokes::Unicode)
    }
}

#[cfg(test)]
mod tests {
    use ratatui::style::Color;

    use super::*;

    #[test]
    fn every_role_has_its_place_and_its_name() {
        for (place, (role, name)) in Role::ALL.into_iter().enumerate() {
            assert_eq!(role.index(), place, "{name}");
            assert_eq!(Role::named(name), Some(role));
        }
        for severity in Severity::ALL {
            let role = Role::Severity(severity);
            assert!(Role::ALL.iter().any(|(known, _)| *known == role));
        }
        assert_eq!(Role::named("severity"), None);
    }

    #[test]
    fn a_change_is_of_one_role_and_in_the_colours_there_are() {
        let high = Role::Severity(Severity::High);
        let style = Style::new().fg(Color::Rgb(255, 85, 85));
        let theme = Theme::new(
            BuiltIn::Terminal,
            [(high, style)],
            Depth::Sixteen,
            Strokes::Ascii,
        );
        assert_eq!(theme.style(high), Style::new().fg(Color::LightRed));
        assert_eq!(theme.style(Role::Good), BuiltIn::Terminal.style(Role::Good));
        assert_eq!(theme.strokes(), Strokes::Ascii);
    }
}
