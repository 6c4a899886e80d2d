//! Which terminal this is, as its environment tells: how it takes a notification, and
//! what stands between it and us.
//!
//! Nothing is asked of the terminal. One that is not known gets the bell, which all have.

use crate::app::telling::Manner;

/// What reads our bytes before the terminal does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Multiplexer {
    #[default]
    None,
    Tmux,
    Screen,
}

type Variable<'a> = dyn Fn(&str) -> Option<String> + 'a;

/// The multiplexer around us, on this machine or on the one we were reached from.
pub fn multiplexer(variable: &Variable<'_>) -> Multiplexer {
    let given = |name: &str| variable(name).filter(|value| !value.is_empty());
    let term = given("TERM").unwrap_or_default();
    if given("TMUX").is_some() || term.starts_with("tmux") {
        Multiplexer::Tmux
    } else if given("STY").is_some() || term.starts_with("screen") {
        Multiplexer::Screen
    } else {
        Multiplexer::None
    }
}

/// Names as the start of `TERM`.
const TERMS: &[(&str, Manner)] = &[
    ("xterm-kitty", Manner::Osc99),
    ("xterm-ghostty", Manner::Osc777),
    ("foot", Manner::Osc777),
    ("rxvt-unicode", Manner::Osc777),
    ("wezterm", Manner::Osc777),
    ("contour", Manner::Osc777),
    ("linux", Manner::Bell),
    ("alacritty", Manner::Bell),
];

/// Names as the whole of `TERM_PROGRAM`, or of `LC_TERMINAL`, which goes along over SSH.
const PROGRAMS: &[(&str, Manner)] = &[
    ("iTerm.app", Manner::Osc9),
    ("iTerm2", Manner::Osc9),
    ("WarpTerminal", Manner::Osc9),
    ("WezTerm", Manner::Osc777),
    ("ghostty", Manner::Osc777),
    ("vscode", Manner::Bell),
    ("Apple_Terminal", Manner::Bell),
];

/// Variables that are set by one terminal alone.
const HINTS: &[(&str, Manner)] = &[
    ("KITTY_WINDOW_ID", Manner::Osc99),
    ("GHOSTTY_RESOURCES_DIR", Manner::Osc777),
    ("WEZTERM_PANE", Manner::Osc777),
    ("ITERM_SESSION_ID", Manner::Osc9),
    // For these two OSC 9 means other things, such as the progress in the task bar.
    ("WT_SESSION", Manner::Bell),
    ("ConEmuPID", Manner::Bell),
    // Shown by some builds of these, swallowed by the others.
    ("KONSOLE_VERSION", Manner::Osc777),
    ("VTE_VERSION", Manner::Osc777),
];

/// What the environment tells of a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    pub manner: Manner,
    /// The variable that tells it; none where nothing does.
    pub by: Option<&'static str>,
}

/// How the terminal takes a notification.
pub fn manner(variable: &Variable<'_>) -> Manner {
    known(variable).manner
}

/// The same, and what tells it.
pub fn known(variable: &Variable<'_>) -> Known {
    let told = |manner: &Manner, by| Known {
        manner: *manner,
        by: Some(by),
    };
    let given = |name: &str| variable(name).filter(|value| !value.is_empty());
    let term = given("TERM").unwrap_or_default();
    let by_term = TERMS.iter().find(|(name, _)| term.starts_with(name));
    if let Some((_, manner)) = by_term {
        return told(manner, "TERM");
    }
    for variable in ["TERM_PROGRAM", "LC_TERMINAL"] {
        let program = given(variable).unwrap_or_default();
        if let Some((_, manner)) = PROGRAMS.iter().find(|(name, _)| *name == program) {
            return told(manner, variable);
        }
    }
    // Within a multiplexer these are what is left of the terminal's own names.
    let hint = HINTS.iter().find(|(name, _)| given(name).is_some());
    let unknown = Known {
        manner: Manner::Bell,
        by: None,
    };
    hint.map_or(unknown, |(name, manner)| told(manner, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(variables: &[(&str, &str)]) -> (Manner, Multiplexer) {
        let variable = |name: &str| {
            let mut known = variables.iter();
            let (_, value) = known.find(|(known, _)| *known == name)?;
            Some((*value).to_owned())
        };
        (manner(&variable), multiplexer(&variable))
    }

    #[test]
    fn terminals_are_told_by_their_names() {
        let xterm = ("TERM", "xterm-256color");
        let tmux = ("TERM", "tmux-256color");
        for (variables, manner, between) in [
            (vec![], Manner::Bell, Multiplexer::None),
            (vec![xterm], Manner::Bell, Multiplexer::None),
            (
                vec![("TERM", "xterm-kitty")],
                Manner::Osc99,
                Multiplexer::None,
            ),
            (
                vec![("TERM", "foot-extra")],
                Manner::Osc777,
                Multiplexer::None,
            ),
            (
                vec![("TERM", "xterm-ghostty")],
                Manner::Osc777,
                Multiplexer::None,
            ),
            (
                vec![("TERM", "rxvt-unicode-256color")],
                Manner::Osc777,
                Multiplexer::None,
            ),
            (
                vec![xterm, ("TERM_PROGRAM", "iTerm.app")],
                Manner::Osc9,
                Multiplexer::None,
            ),
            (
                vec![xterm, ("LC_TERMINAL", "iTerm2")],
                Manner::Osc9,
                Multiplexer::None,
            ),
            (
                vec![xterm, ("TERM_PROGRAM", "WezTerm")],
                Manner::Osc777,
                Multiplexer::None,
            ),
            (
                vec![xterm, ("TERM_PROGRAM", "vscode")],
                Manner::Bell,
                Multiplexer::None,
            ),
            (
                vec![xterm, ("WT_SESSION", "1")],
                Manner::Bell,
                Multiplexer::None,
            ),
            (
                vec![xterm, ("VTE_VERSION", "7600")],
                Manner::Osc777,
                Multiplexer::None,
            ),
            (
                vec![xterm, ("KITTY_WINDOW_ID", "")],
                Manner::Bell,
                Multiplexer::None,
            ),
            // Started from kitty, but the Linux console says what it is.
            (
                vec![("TERM", "linux"), ("KITTY_WINDOW_ID", "1")],
                Manner::Bell,
                Multiplexer::None,
            ),
            (
                vec![tmux, ("TERM_PROGRAM", "tmux"), ("KITTY_WINDOW_ID", "1")],
                Manner::Osc99,
                Multiplexer::Tmux,
            ),
            (
                vec![("TERM", "screen-256color"), ("TMUX", "/tmp/x")],
                Manner::Bell,
                Multiplexer::Tmux,
            ),
            (vec![("TERM", "screen")], Manner::Bell, Multiplexer::Screen),
            (
                vec![xterm, ("STY", "1.x")],
                Manner::Bell,
                Multiplexer::Screen,
            ),
        ] {
            assert_eq!(of(&variables), (manner, between), "{variables:?}");
        }
    }
}
