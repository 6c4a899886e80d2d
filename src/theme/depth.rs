//! How many colours a terminal shows, and the nearest of them.

use ratatui::style::Color;
use ratatui::style::Style;

/// How many colours there are to choose from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    Sixteen,
    Hundreds,
    Millions,
}

/// Levels of each part of a colour in the cube of 216.
const LEVELS: [u8; 6] = [0, 95, 135, 175, 215, 255];

/// The sixteen as xterm has them. A person may have changed them: nearest is a guess.
const SIXTEEN: [(Color, [u8; 3]); 16] = [
    (Color::Black, [0, 0, 0]),
    (Color::Red, [205, 0, 0]),
    (Color::Green, [0, 205, 0]),
    (Color::Yellow, [205, 205, 0]),
    (Color::Blue, [0, 0, 238]),
    (Color::Magenta, [205, 0, 205]),
    (Color::Cyan, [0, 205, 205]),
    (Color::Gray, [229, 229, 229]),
    (Color::DarkGray, [127, 127, 127]),
    (Color::LightRed, [255, 92, 92]),
    (Color::LightGreen, [92, 255, 92]),
    (Color::LightYellow, [255, 255, 92]),
    (Color::LightBlue, [92, 92, 255]),
    (Color::LightMagenta, [255, 92, 255]),
    (Color::LightCyan, [92, 255, 255]),
    (Color::White, [255, 255, 255]),
];

impl Depth {
    /// What `COLORTERM` and `TERM` promise. Millions only where they are promised:
    /// a terminal that does not know them shows something else altogether.
    pub fn promised(colorterm: &str, term: &str) -> Self {
        if matches!(colorterm, "truecolor" | "24bit") {
            Self::Millions
        } else if term.contains("256color") {
            Self::Hundreds
        } else {
            Self::Sixteen
        }
    }

    /// The style in the nearest colours.
    pub fn lower(self, style: Style) -> Style {
        Style {
            fg: style.fg.map(|colour| self.nearest(colour)),
            bg: style.bg.map(|colour| self.nearest(colour)),
            ..style
        }
    }

    fn nearest(self, colour: Color) -> Color {
        let Color::Rgb(red, green, blue) = colour else {
            return colour;
        };
        let wanted = [red, green, blue];
        match self {
            Self::Millions => colour,
            Self::Hundreds => Color::Indexed(of_hundreds(wanted)),
            Self::Sixteen => {
                let found = SIXTEEN
                    .into_iter()
                    .min_by_key(|(_, known)| distance(*known, wanted));
                found.map_or(Color::Reset, |(colour, _)| colour)
            }
        }
    }
}

/// The cube, or the ramp of greys behind it. The first sixteen are the person's own.
fn of_hundreds(wanted: [u8; 3]) -> u8 {
    let cube = (0..6_u8).flat_map(|red| {
        (0..6_u8).flat_map(move |green| (0..6_u8).map(move |blue| [red, green, blue]))
    });
    let level = |index: u8| LEVELS.get(usize::from(index)).copied().unwrap_or_default();
    let cube = cube.map(|place| {
        let [red, green, blue] = place;
        (16 + 36 * red + 6 * green + blue, place.map(level))
    });
    let greys = (0..24_u8).map(|step| (232 + step, [8 + 10 * step; 3]));
    cube.chain(greys)
        .min_by_key(|(_, known)| distance(*known, wanted))
        .map_or(0, |(index, _)| index)
}

/// The eye tells greens best and blues least.
fn distance(one: [u8; 3], other: [u8; 3]) -> u32 {
    let parts = one.into_iter().zip(other).zip([2_u32, 4, 1]);
    parts
        .map(|((one, other), weight)| u32::from(one.abs_diff(other)).pow(2) * weight)
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn millions_are_used_where_they_are_promised() {
        for (colorterm, term, depth) in [
            ("truecolor", "xterm", Depth::Millions),
            ("24bit", "", Depth::Millions),
            ("", "xterm-256color", Depth::Hundreds),
            ("yes", "screen-256color", Depth::Hundreds),
            ("", "xterm", Depth::Sixteen),
            ("", "linux", Depth::Sixteen),
        ] {
            assert_eq!(
                Depth::promised(colorterm, term),
                depth,
                "{colorterm} {term}"
            );
        }
    }

    #[test]
    fn a_colour_is_brought_down_to_the_nearest() {
        for (colour, hundreds, sixteen) in [
            ((255, 85, 85), 203, Color::LightRed),
            ((0, 0, 0), 16, Color::Black),
            ((255, 255, 255), 231, Color::White),
            ((128, 128, 128), 244, Color::DarkGray),
            ((176, 0, 0), 124, Color::Red),
            ((0, 200, 0), 40, Color::Green),
        ] {
            let (red, green, blue) = colour;
            let colour = Color::Rgb(red, green, blue);
            assert_eq!(Depth::Millions.nearest(colour), colour);
            assert_eq!(Depth::Hundreds.nearest(colour), Color::Indexed(hundreds));
            assert_eq!(Depth::Sixteen.nearest(colour), sixteen, "{colour}");
        }
    }

    #[test]
    fn the_sixteen_stay_the_persons_own() {
        let style = Style::new().fg(Color::Red).bg(Color::Reset);
        assert_eq!(Depth::Sixteen.lower(style), style);
    }
}
