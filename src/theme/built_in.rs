//! The themes that are always there: one function from role to style each.

use ratatui::style::Color;
use ratatui::style::Modifier;
use ratatui::style::Style;

use crate::domain::alert::Severity;
use crate::theme::Role;

/// A theme by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BuiltIn {
    /// The terminal's own sixteen colours: readable on light and dark alike.
    #[default]
    Terminal,
    /// For a dark background.
    Dark,
    /// For a light background.
    Light,
    /// Nothing dim, nothing pale; marks that bring their own background.
    HighContrast,
    /// Modifiers alone: what `NO_COLOR` asks for.
    Mono,
}

impl BuiltIn {
    /// Its name in the configuration.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Terminal => "terminal",
            Self::Dark => "dark",
            Self::Light => "light",
            Self::HighContrast => "high-contrast",
            Self::Mono => "mono",
        }
    }

    /// The style of a role, in all the colours wanted.
    pub const fn style(self, role: Role) -> Style {
        match self {
            Self::Terminal => inked(role, &SIXTEEN),
            Self::Dark => inked(role, &DARK),
            Self::Light => inked(role, &LIGHT),
            Self::HighContrast => contrasting(role),
            Self::Mono => plain(role),
        }
    }
}

/// The inks of a theme; roles share them.
struct Inks {
    red: Color,
    yellow: Color,
    blue: Color,
    green: Color,
    cyan: Color,
    /// `None`: the text's own, dimmed.
    muted: Option<Color>,
}

const SIXTEEN: Inks = Inks {
    red: Color::Red,
    yellow: Color::Yellow,
    blue: Color::Blue,
    green: Color::Green,
    cyan: Color::Cyan,
    muted: None,
};

const DARK: Inks = Inks {
    red: Color::Rgb(255, 107, 107),
    yellow: Color::Rgb(240, 192, 96),
    blue: Color::Rgb(108, 182, 255),
    green: Color::Rgb(126, 231, 135),
    cyan: Color::Rgb(86, 212, 221),
    muted: Some(Color::Rgb(145, 152, 161)),
};

const LIGHT: Inks = Inks {
    red: Color::Rgb(179, 38, 30),
    yellow: Color::Rgb(138, 90, 0),
    blue: Color::Rgb(11, 87, 208),
    green: Color::Rgb(26, 110, 50),
    cyan: Color::Rgb(0, 101, 112),
    muted: Some(Color::Rgb(97, 104, 112)),
};

const fn muted(inks: &Inks) -> Style {
    match inks.muted {
        Some(ink) => Style::new().fg(ink),
        None => Style::new().add_modifier(Modifier::DIM),
    }
}

const fn inked(role: Role, inks: &Inks) -> Style {
    let style = Style::new();
    match role {
        Role::Text => style,
        Role::Muted => muted(inks),
        Role::Strong | Role::Selected => style.add_modifier(Modifier::BOLD),
        Role::Label | Role::Command => style.fg(inks.cyan),
        Role::Link => style.add_modifier(Modifier::UNDERLINED),
        Role::Title => style.fg(inks.cyan).add_modifier(Modifier::BOLD),
        Role::Focus => style.add_modifier(Modifier::REVERSED),
        Role::Fresh => style.fg(inks.green).add_modifier(Modifier::BOLD),
        Role::Good => style.fg(inks.green),
        Role::Warning => style.fg(inks.yellow),
        Role::Bad => style.fg(inks.red).add_modifier(Modifier::BOLD),
        Role::Severity(severity) => match severity {
            Severity::High => style.fg(inks.red).add_modifier(Modifier::BOLD),
            Severity::Medium => style.fg(inks.yellow),
            Severity::Low => style.fg(inks.blue),
            Severity::Informational | Severity::Unspecified | Severity::Other => muted(inks),
        },
    }
}

const WHITE: Color = Color::Rgb(255, 255, 255);
const BLACK: Color = Color::Rgb(0, 0, 0);

/// Text keeps the terminal's own ink, since only the terminal knows what it stands on.
const fn contrasting(role: Role) -> Style {
    let style = Style::new();
    let bold = style.add_modifier(Modifier::BOLD);
    let on_red = bold.fg(WHITE).bg(Color::Rgb(176, 0, 0));
    let on_yellow = bold.fg(BLACK).bg(Color::Rgb(255, 215, 0));
    let on_blue = bold.fg(WHITE).bg(Color::Rgb(0, 0, 192));
    match role {
        Role::Text | Role::Muted | Role::Label | Role::Command | Role::Good => style,
        Role::Strong | Role::Title | Role::Fresh => bold,
        Role::Selected | Role::Focus => bold.add_modifier(Modifier::REVERSED),
        Role::Link => bold.add_modifier(Modifier::UNDERLINED),
        Role::Warning => on_yellow,
        Role::Bad => on_red,
        Role::Severity(severity) => match severity {
            Severity::High => on_red,
            Severity::Medium => on_yellow,
            Severity::Low => on_blue,
            Severity::Informational | Severity::Unspecified | Severity::Other => style,
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

    /// Luminance as the accessibility guidelines measure it.
    fn luminance(colour: Color) -> Option<f64> {
        let Color::Rgb(red, green, blue) = colour else {
            return None;
        };
        let [red, green, blue] = [red, green, blue].map(|part| {
            let part = f64::from(part) / 255.0;
            if part <= 0.04045 {
                part / 12.92
            } else {
                ((part + 0.055) / 1.055).powf(2.4)
            }
        });
        Some(0.2126 * red + 0.7152 * green + 0.0722 * blue)
    }

    fn contrast(one: f64, other: f64) -> f64 {
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    #[test]
    fn mono_has_no_colour_at_all() {
        for (role, name) in Role::ALL {
            let style = BuiltIn::Mono.style(role);
            assert_eq!((style.fg, style.bg), (None, None), "{name}");
        }
    }

    #[test]
    fn the_default_uses_the_terminals_own_colours_and_paints_no_background() {
        for (role, name) in Role::ALL {
            let style = BuiltIn::Terminal.style(role);
            assert!(!matches!(style.fg, Some(Color::Rgb(..))), "{name}");
            assert_eq!(style.bg, None, "{name}");
        }
    }

    #[test]
    fn inks_stand_out_from_the_background_they_are_for() {
        for (theme, ground, least) in [
            // A usual dark one is not quite black, a usual light one not quite white.
            (BuiltIn::Dark, 0.02, 4.5),
            (BuiltIn::Light, 0.9, 4.5),
        ] {
            for (role, name) in Role::ALL {
                let ink = theme.style(role).fg.and_then(luminance);
                let found = ink.map_or(21.0, |ink| contrast(ink, ground));
                assert!(found >= least, "{theme:?} {name}: {found}");
            }
        }
        for (role, name) in Role::ALL {
            let style = BuiltIn::HighContrast.style(role);
            assert!(!style.add_modifier.contains(Modifier::DIM), "{name}");
            assert_eq!(style.fg.is_some(), style.bg.is_some(), "{name}");
            let pair = style
                .fg
                .and_then(luminance)
                .zip(style.bg.and_then(luminance));
            let found = pair.map_or(21.0, |(ink, ground)| contrast(ink, ground));
            assert!(found >= 7.0, "{name}: {found}");
        }
    }
}
