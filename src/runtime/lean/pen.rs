//! The pen a terminal writes with, and the shortest way from one pen to the next.

use ratatui::buffer::Cell;
use ratatui::style::{Color, Modifier};

use super::bytes::{keep_shorter, push_number};

/// Modifiers that can be seen on a cell without ink.
pub(super) const SEEN_ON_BLANK: Modifier = Modifier::REVERSED
    .union(Modifier::UNDERLINED)
    .union(Modifier::CROSSED_OUT);

/// Every modifier with the parameter that turns it on and the one that turns it off.
///
/// Bold and dim share theirs for off, and so do the two blinks: turning one off
/// means turning the other one on again.
const MODIFIERS: [(Modifier, u16, u16); 9] = [
    (Modifier::BOLD, 1, 22),
    (Modifier::DIM, 2, 22),
    (Modifier::ITALIC, 3, 23),
    (Modifier::UNDERLINED, 4, 24),
    (Modifier::SLOW_BLINK, 5, 25),
    (Modifier::RAPID_BLINK, 6, 25),
    (Modifier::REVERSED, 7, 27),
    (Modifier::HIDDEN, 8, 28),
    (Modifier::CROSSED_OUT, 9, 29),
];

/// Colours and modifiers that the next character gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pen {
    pub(super) fg: Color,
    pub(super) bg: Color,
    pub(super) modifier: Modifier,
}

impl Pen {
    pub(super) const PLAIN: Self = Self {
        fg: Color::Reset,
        bg: Color::Reset,
        modifier: Modifier::empty(),
    };

    pub(super) fn of(cell: &Cell) -> Self {
        Self {
            fg: cell.fg,
            bg: cell.bg,
            modifier: cell.modifier,
        }
    }

    /// Whether this pen leaves nothing on a blank but the given background.
    pub(super) fn suits_blank(self, bg: Color) -> bool {
        self.bg == bg && !self.modifier.intersects(SEEN_ON_BLANK)
    }

    /// The cheapest pen for a blank: only its background is seen, so the rest may stay.
    pub(super) fn for_blank(from: Option<Self>, bg: Color, out: &mut Vec<u8>) -> Self {
        let bare = Self { bg, ..Self::PLAIN };
        let Some(pen) = from else {
            return bare;
        };
        if pen.suits_blank(bg) {
            return pen;
        }
        let kept = Self {
            bg,
            modifier: pen.modifier - SEEN_ON_BLANK,
            ..pen
        };
        // A tie goes to the bare pen, which is more often the one wanted next.
        if measure(from, kept, out) < measure(from, bare, out) {
            kept
        } else {
            bare
        }
    }

    /// Writes what turns one pen into another, or into anything known when `from` is not.
    pub(super) fn write_change(from: Option<Self>, to: Self, out: &mut Vec<u8>) {
        let mark = out.len();
        match from {
            Some(pen) if pen == to => {}
            Some(pen) => {
                write_difference(pen, to, out);
                keep_shorter(out, mark, |out| write_afresh(to, out));
            }
            None => write_afresh(to, out),
        }
    }
}

/// How many bytes a change costs, written at the end of `out` and taken back.
fn measure(from: Option<Pen>, to: Pen, out: &mut Vec<u8>) -> usize {
    let mark = out.len();
    Pen::write_change(from, to, out);
    let cost = out.len() - mark;
    out.truncate(mark);
    cost
}

fn write_afresh(to: Pen, out: &mut Vec<u8>) {
    if to == Pen::PLAIN {
        out.extend_from_slice(b"\x1b[m");
        return;
    }
    let mut list = List::open(out);
    // An empty first parameter would also mean zero, but not every program on
    // the way is known to read it so.
    list.push(0);
    write_parameters(Pen::PLAIN, to, &mut list);
    list.close();
}

fn write_difference(from: Pen, to: Pen, out: &mut Vec<u8>) {
    let mut list = List::open(out);
    write_parameters(from, to, &mut list);
    list.close();
}

fn write_parameters(from: Pen, to: Pen, list: &mut List<'_>) {
    let mut on = from.modifier;
    let mut last_off = 0;
    for (modifier, _, off) in MODIFIERS {
        if from.modifier.contains(modifier) && !to.modifier.contains(modifier) {
            if off != last_off {
                list.push(off);
            }
            last_off = off;
            for (other, _, shared) in MODIFIERS {
                if shared == off {
                    on.remove(other);
                }
            }
        }
    }
    for (modifier, code, _) in MODIFIERS {
        if to.modifier.contains(modifier) && !on.contains(modifier) {
            list.push(code);
        }
    }
    if from.fg != to.fg {
        list.push_color(to.fg, 30);
    }
    if from.bg != to.bg {
        list.push_color(to.bg, 40);
    }
}

/// The parameters of one `SGR`, separated as they come.
struct List<'a> {
    out: &'a mut Vec<u8>,
    is_empty: bool,
}

impl<'a> List<'a> {
    fn open(out: &'a mut Vec<u8>) -> Self {
        out.extend_from_slice(b"\x1b[");
        Self {
            out,
            is_empty: true,
        }
    }

    fn push(&mut self, parameter: u16) {
        if !self.is_empty {
            self.out.push(b';');
        }
        self.is_empty = false;
        push_number(self.out, parameter);
    }

    /// `base` is 30 for the ink and 40 for the background.
    fn push_color(&mut self, color: Color, base: u16) {
        let of_sixteen = match color {
            Color::Reset => 9,
            Color::Black => 0,
            Color::Red => 1,
            Color::Green => 2,
            Color::Yellow => 3,
            Color::Blue => 4,
            Color::Magenta => 5,
            Color::Cyan => 6,
            Color::Gray => 7,
            Color::DarkGray => 60,
            Color::LightRed => 61,
            Color::LightGreen => 62,
            Color::LightYellow => 63,
            Color::LightBlue => 64,
            Color::LightMagenta => 65,
            Color::LightCyan => 66,
            Color::White => 67,
            // The first sixteen of these are not written the short way: many
            // terminals brighten bold ink for one spelling and not for the other.
            Color::Indexed(index) => {
                self.push(base + 8);
                self.push(5);
                return self.push(index.into());
            }
            Color::Rgb(red, green, blue) => {
                self.push(base + 8);
                self.push(2);
                self.push(red.into());
                self.push(green.into());
                return self.push(blue.into());
            }
        };
        self.push(base + of_sixteen);
    }

    fn close(self) {
        self.out.push(b'm');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(from: Pen, to: Pen) -> String {
        let mut out = Vec::new();
        Pen::write_change(Some(from), to, &mut out);
        String::from_utf8_lossy(&out).replace('\x1b', "^")
    }

    fn pen(fg: Color, bg: Color, modifier: Modifier) -> Pen {
        Pen { fg, bg, modifier }
    }

    #[test]
    fn only_what_differs_is_sent_unless_a_reset_is_shorter() {
        let bold = Modifier::BOLD;
        let none = Modifier::empty();
        let table = [
            (Pen::PLAIN, Pen::PLAIN, ""),
            (Pen::PLAIN, pen(Color::Red, Color::Reset, none), "^[31m"),
            (pen(Color::Red, Color::Reset, bold), Pen::PLAIN, "^[m"),
            (
                pen(Color::Red, Color::Blue, bold),
                pen(Color::Red, Color::Blue, none),
                "^[22m",
            ),
            (
                pen(Color::Reset, Color::Reset, bold | Modifier::DIM),
                pen(Color::Rgb(1, 20, 255), Color::White, Modifier::DIM),
                "^[0;2;38;2;1;20;255;107m",
            ),
            (
                pen(Color::Cyan, Color::Reset, bold | Modifier::DIM),
                pen(Color::Cyan, Color::Reset, Modifier::DIM),
                "^[22;2m",
            ),
            (
                pen(Color::Indexed(99), Color::DarkGray, bold | Modifier::ITALIC),
                pen(Color::Reset, Color::Reset, Modifier::ITALIC),
                "^[0;3m",
            ),
        ];
        for (from, to, expected) in table {
            assert_eq!(change(from, to), expected, "{from:?} to {to:?}");
        }
    }

    #[test]
    fn a_blank_keeps_the_ink_it_does_not_show() {
        let mut out = Vec::new();
        let red = pen(Color::Red, Color::Reset, Modifier::BOLD);
        assert_eq!(Pen::for_blank(Some(red), Color::Reset, &mut out), red);
        let underlined = pen(Color::Red, Color::Reset, Modifier::UNDERLINED);
        assert_eq!(
            Pen::for_blank(Some(underlined), Color::Reset, &mut out),
            Pen::PLAIN,
        );
        assert!(out.is_empty(), "measuring leaves nothing behind");
    }
}
