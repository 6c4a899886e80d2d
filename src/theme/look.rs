//! How a look is written: `bold #ff5555`, `black on yellow`, `dim`, `plain`.
//!
//! Words in any order: modifiers, one colour for the ink, and one behind `on` for
//! what is below it. A colour is one of sixteen names, `default`, or `#rrggbb`.

use ratatui::style::Color;
use ratatui::style::Modifier;
use ratatui::style::Style;
use thiserror::Error;

/// A look that is not one.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum LookError {
    /// The word as written: not harmless to print.
    #[error("one of its words is neither a colour nor a modifier")]
    Unknown(String),
    #[error("it names two colours for one thing: the one below is written `on COLOUR`")]
    Twice,
    #[error("no colour follows `on`")]
    Nothing,
    #[error("it is empty: `plain` is the look without any")]
    Empty,
}

const COLOURS: [(&str, Color); 19] = [
    ("default", Color::Reset),
    ("black", Color::Black),
    ("red", Color::Red),
    ("green", Color::Green),
    ("yellow", Color::Yellow),
    ("blue", Color::Blue),
    ("magenta", Color::Magenta),
    ("cyan", Color::Cyan),
    ("white", Color::Gray),
    ("gray", Color::DarkGray),
    ("grey", Color::DarkGray),
    ("bright-black", Color::DarkGray),
    ("bright-red", Color::LightRed),
    ("bright-green", Color::LightGreen),
    ("bright-yellow", Color::LightYellow),
    ("bright-blue", Color::LightBlue),
    ("bright-magenta", Color::LightMagenta),
    ("bright-cyan", Color::LightCyan),
    ("bright-white", Color::White),
];

const MODIFIERS: [(&str, Modifier); 6] = [
    ("plain", Modifier::empty()),
    ("bold", Modifier::BOLD),
    ("dim", Modifier::DIM),
    ("italic", Modifier::ITALIC),
    ("underlined", Modifier::UNDERLINED),
    ("reversed", Modifier::REVERSED),
];

/// Every word that may stand in a look, for whoever mistyped one.
pub fn words() -> impl Iterator<Item = &'static str> {
    let modifiers = MODIFIERS.into_iter().map(|(name, _)| name);
    let colours = COLOURS.into_iter().map(|(name, _)| name);
    modifiers.chain(colours).chain(["on"])
}

/// Reads a look.
pub fn parse(text: &str) -> Result<Style, LookError> {
    let mut style = Style::new();
    let mut words = text.split_whitespace().peekable();
    if words.peek().is_none() {
        return Err(LookError::Empty);
    }
    while let Some(word) = words.next() {
        let modifier = MODIFIERS.iter().find(|(name, _)| *name == word);
        if let Some((_, modifier)) = modifier {
            style = style.add_modifier(*modifier);
        } else if word == "on" {
            let colour = colour(words.next().ok_or(LookError::Nothing)?)?;
            if style.bg.replace(colour).is_some() {
                return Err(LookError::Twice);
            }
        } else if style.fg.replace(colour(word)?).is_some() {
            return Err(LookError::Twice);
        }
    }
    Ok(style)
}

fn colour(word: &str) -> Result<Color, LookError> {
    if let Some((_, colour)) = COLOURS.iter().find(|(name, _)| *name == word) {
        return Ok(*colour);
    }
    let unknown = || LookError::Unknown(word.to_owned());
    let digits = word.strip_prefix('#').ok_or_else(unknown)?;
    let is_hexadecimal = digits.len() == 6 && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    if !is_hexadecimal {
        return Err(unknown());
    }
    let value = u32::from_str_radix(digits, 16).map_err(|_no_number| unknown())?;
    let [_, red, green, blue] = value.to_be_bytes();
    Ok(Color::Rgb(red, green, blue))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_are_read() {
        let plain = Style::new();
        for (text, look) in [
            ("plain", plain),
            ("red", plain.fg(Color::Red)),
            (
                "bold #ff5555",
                plain
                    .fg(Color::Rgb(255, 0x55, 0x55))
                    .add_modifier(Modifier::BOLD),
            ),
            (
                "  on #000080   bright-white underlined ",
                plain
                    .fg(Color::White)
                    .bg(Color::Rgb(0, 0, 128))
                    .add_modifier(Modifier::UNDERLINED),
            ),
            (
                "dim italic reversed",
                plain.add_modifier(Modifier::DIM | Modifier::ITALIC | Modifier::REVERSED),
            ),
            (
                "default on default",
                plain.fg(Color::Reset).bg(Color::Reset),
            ),
        ] {
            assert_eq!(parse(text), Ok(look), "{text}");
        }
    }

    #[test]
    fn what_is_no_look_says_which_word() {
        let unknown = |word: &str| LookError::Unknown(word.to_owned());
        for (text, error) in [
            ("", LookError::Empty),
            (" ", LookError::Empty),
            ("bold rde", unknown("rde")),
            ("#ff55", unknown("#ff55")),
            ("#ff555g", unknown("#ff555g")),
            ("#+f5555", unknown("#+f5555")),
            ("#ééé", unknown("#ééé")),
            ("Red", unknown("Red")),
            ("red blue", LookError::Twice),
            ("on red on blue", LookError::Twice),
            ("red on", LookError::Nothing),
            ("red on bold", unknown("bold")),
        ] {
            assert_eq!(parse(text), Err(error), "{text}");
        }
    }
}
