//! What one cell of a screen holds, reduced to what can be seen and relied upon.

use ratatui::buffer::{Cell, CellDiffOption, CellWidth};
use ratatui::style::{Color, Modifier};
use unicode_width::UnicodeWidthChar;

use super::pen::SEEN_ON_BLANK;

/// A character with its looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Glyph {
    /// Free of control characters, of diff options, and of ink that a blank hides.
    cell: Cell,
    /// How many cells ratatui gives it; never zero.
    width: u16,
    /// How many cells a terminal that knows nothing of clusters might write on.
    reach: u16,
    /// Whether every terminal leaves the cursor at the same place after it.
    is_sure: bool,
}

impl Glyph {
    /// Reads a cell that has `room` cells up to the right edge, its own included.
    pub(super) fn read(cell: &Cell, room: u16) -> Self {
        let symbol = cell.symbol();
        if let CellDiffOption::ForcedWidth(width) = cell.diff_option {
            // Whoever forces a width writes escape sequences and answers for them.
            return Self::new(cell, symbol, width.get().min(room.max(1)), false);
        }
        if symbol.len() == 1 && !symbol.contains(char::is_control) {
            return Self::new(cell, symbol, 1, true);
        }
        // Written as they are, these would move the cursor, or join the cell before.
        if symbol.is_empty() || symbol.contains(char::is_control) || symbol.cell_width() == 0 {
            return Self::new(cell, " ", 1, true);
        }
        let glyph = Self::new(cell, symbol, symbol.cell_width(), is_sure(symbol));
        if glyph.reach <= room {
            return glyph;
        }
        // Past the right edge the rest would wrap onto the next row.
        let mut first = [0; 4];
        match symbol.chars().next().map(|c| (c, c.width().unwrap_or(0))) {
            Some((c, 1)) => Self::new(cell, c.encode_utf8(&mut first), 1, false),
            Some((c, 2)) if room >= 2 => Self::new(cell, c.encode_utf8(&mut first), 2, false),
            _ => Self::new(cell, " ", 1, true),
        }
    }

    /// A cell without ink and without colours.
    pub(super) fn nothing() -> Self {
        Self::new(&Cell::EMPTY, " ", 1, true)
    }

    fn new(from: &Cell, symbol: &str, width: u16, is_sure: bool) -> Self {
        let mut cell = Cell::EMPTY;
        cell.set_symbol(symbol).set_bg(from.bg);
        if symbol != " " || from.modifier.intersects(SEEN_ON_BLANK) {
            cell.set_fg(from.fg);
            cell.modifier = from.modifier;
        }
        let reach = if is_sure {
            width
        } else {
            let widths = symbol.chars().filter_map(UnicodeWidthChar::width);
            width.max(u16::try_from(widths.sum::<usize>()).unwrap_or(width))
        };
        Self {
            cell,
            width,
            reach,
            is_sure,
        }
    }

    /// One cell of the same looks without the character.
    pub(super) fn blanked(&self) -> Self {
        Self::new(&self.cell, " ", 1, true)
    }

    pub(super) fn cell(&self) -> &Cell {
        &self.cell
    }

    pub(super) fn symbol(&self) -> &str {
        self.cell.symbol()
    }

    pub(super) fn width(&self) -> u16 {
        self.width
    }

    pub(super) fn reach(&self) -> u16 {
        self.reach
    }

    pub(super) fn is_sure(&self) -> bool {
        self.is_sure
    }

    /// Whether nothing but its background is seen.
    pub(super) fn is_blank(&self) -> bool {
        self.symbol() == " " && self.cell.modifier == Modifier::empty()
    }

    /// Whether an erased cell looks the same.
    ///
    /// Only the default background qualifies: terminals do not agree on whether
    /// erasing paints with the background of the pen.
    pub(super) fn is_nothing(&self) -> bool {
        self.is_blank() && self.cell.bg == Color::Reset
    }
}

/// Whether terminals agree on the width of a symbol.
fn is_sure(symbol: &str) -> bool {
    let mut chars = symbol.chars();
    match (chars.next(), chars.next()) {
        (Some(only), None) => match only.width() {
            Some(1) => true,
            // Ideographs and syllables have been wide for ever. Pictures became so
            // one Unicode version after the other, and hexagrams in the sixteenth.
            Some(2) => !matches!(only,
                '\u{2300}'..='\u{2bff}' | '\u{4dc0}'..='\u{4dff}' | '\u{1f000}'..='\u{1faff}'),
            _ => false,
        },
        // Clusters: joined pictures, variation selectors, combining marks, flags.
        _ => false,
    }
}
