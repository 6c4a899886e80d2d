//! What things look like, by what they mean.
//!
//! The built-in theme uses the terminal's own sixteen colours, so it is readable
//! on light and dark alike. Colour never carries meaning by itself.

use ratatui::style::Color;
use ratatui::style::Modifier;
use ratatui::style::Style;

use crate::domain::alert::Severity;

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

/// How roles look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Theme {
    /// The terminal's sixteen colours.
    Colours,
    /// Modifiers alone, for `NO_COLOR`.
    Plain,
}

impl Theme {
    /// The style of a role.
    pub const fn style(self, role: Role) -> Style {
        match self {
            Self::Colours => coloured(role),
            Self::Plain => plain(role),
        }
    }
}

const fn coloured(role: Role) -> Style {
    let style = Style::new();
    match role {
        Role::Text => style,
        Role::Muted => style.add_modifier(Modifier::DIM),
        Role::Strong | Role::Selected => style.add_modifier(Modifier::BOLD),
        Role::Label | Role::Command => style.fg(Color::Cyan),
        Role::Link => style.add_modifier(Modifier::UNDERLINED),
        Role::Title => style.fg(Color::Cyan).add_modifier(Modifier::BOLD),
        Role::Focus => style.add_modifier(Modifier::REVERSED),
        Role::Fresh => style.fg(Color::Green).add_modifier(Modifier::BOLD),
        Role::Good => style.fg(Color::Green),
        Role::Warning => style.fg(Color::Yellow),
        Role::Bad => style.fg(Color::Red).add_modifier(Modifier::BOLD),
        Role::Severity(severity) => match severity {
            Severity::High => style.fg(Color::Red).add_modifier(Modifier::BOLD),
            Severity::Medium => style.fg(Color::Yellow),
            Severity::Low => style.fg(Color::Blue),
            Severity::Informational | Severity::Unspecified | Severity::Other => {
                style.add_modifier(Modifier::DIM)
            }
        },
    }
}

const fn plain(role: Role) -> Style {
    let style = Style::new();
    match role {
        Role::Text | Role::Label | Role::Good | Role::Command | Role::Warning => style,
        Role::Link => style.add_modifier(Modifier::UNDERLINED),
        Role::Muted => style.add_modifier(Modifier::DIM),
        Role::Strong | Role::Selected | Role::Title | Role::Fresh | Role::Bad => {
            style.add_modifier(Modifier::BOLD)
        }
        Role::Focus => style.add_modifier(Modifier::REVERSED),
        Role::Severity(severity) => match severity {
            Severity::High => style.add_modifier(Modifier::BOLD),
            Severity::Medium
            | Severity::Low
            | Severity::Informational
            | Severity::Unspecified
            | Severity::Other => style,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plain_theme_has_no_colour_at_all() {
        let roles = [
            Role::Text,
            Role::Muted,
            Role::Strong,
            Role::Label,
            Role::Title,
            Role::Focus,
            Role::Selected,
            Role::Fresh,
            Role::Good,
            Role::Warning,
            Role::Bad,
            Role::Command,
            Role::Link,
        ];
        let severities = Severity::ALL.map(Role::Severity);
        for role in roles.into_iter().chain(severities) {
            let style = Theme::Plain.style(role);
            assert_eq!((style.fg, style.bg), (None, None), "{role:?}");
        }
    }
}
