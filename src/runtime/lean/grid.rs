//! A screenful of cells, as remembered or as wanted.

use std::ops::RangeInclusive;

use ratatui::layout::Size;

use super::glyph::Glyph;
use super::scroll::Shift;

/// One cell of a [`Grid`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Spot {
    /// Whatever the terminal shows there, we did not put it, or cannot be sure of it.
    Unknown,
    /// The right part of the wide character before it.
    Covered,
    Text(Glyph),
}

impl Spot {
    pub(super) fn nothing() -> Self {
        Self::Text(Glyph::nothing())
    }

    pub(super) fn is_nothing(&self) -> bool {
        matches!(self, Self::Text(glyph) if glyph.is_nothing())
    }

    pub(super) fn glyph(&self) -> Option<&Glyph> {
        match self {
            Self::Text(glyph) => Some(glyph),
            Self::Unknown | Self::Covered => None,
        }
    }
}

/// Rows of [`Spot`]s.
///
/// Invariant: a wide character is always followed by as many covered spots as it
/// needs, and nothing else is.
#[derive(Debug)]
pub(super) struct Grid {
    width: u16,
    rows: Vec<Vec<Spot>>,
}

impl Grid {
    pub(super) fn filled(size: Size, spot: &Spot) -> Self {
        let row = vec![spot.clone(); size.width.into()];
        Self {
            width: size.width,
            rows: vec![row; size.height.into()],
        }
    }

    pub(super) fn fill(&mut self, spot: &Spot) {
        for row in &mut self.rows {
            row.fill(spot.clone());
        }
    }

    pub(super) fn width(&self) -> u16 {
        self.width
    }

    pub(super) fn rows(&self) -> &[Vec<Spot>] {
        &self.rows
    }

    pub(super) fn row(&self, y: u16) -> &[Spot] {
        self.rows.get(usize::from(y)).map_or(&[], Vec::as_slice)
    }

    /// Puts a character; what is left of a wide one it cuts becomes blank in its looks.
    ///
    /// Ratatui says nothing of the cells behind a wide character, neither when it
    /// appears nor when it goes. Blank in the same looks is what they hold unless
    /// somebody styled the two halves apart.
    pub(super) fn put(&mut self, x: u16, y: u16, glyph: Glyph) {
        self.put_leaving(x, y, glyph, |cut| Spot::Text(cut.blanked()));
    }

    /// Puts a character where the terminal did; what it cut is for each terminal to decide.
    pub(super) fn put_shown(&mut self, x: u16, y: u16, glyph: Glyph) {
        self.put_leaving(x, y, glyph, |_| Spot::Unknown);
    }

    /// Moves all rows up; those that come in are empty.
    pub(super) fn scroll_up(&mut self, count: u16) {
        scroll_rows_up(&mut self.rows, count.into());
    }

    /// Moves some rows within themselves; those that come in are empty.
    pub(super) fn scroll_part(&mut self, rows: RangeInclusive<u16>, shift: Shift) {
        let range = usize::from(*rows.start())..=usize::from(*rows.end());
        let Some(part) = self.rows.get_mut(range) else {
            return;
        };
        match shift {
            Shift::Up(by) => scroll_rows_up(part, by.into()),
            Shift::Down(by) => {
                part.reverse();
                scroll_rows_up(part, by.into());
                part.reverse();
            }
        }
    }

    /// Forgets what one cell shows, and with it the whole character it belongs to.
    pub(super) fn forget(&mut self, x: u16, y: u16) {
        if let Some(row) = self.rows.get_mut(usize::from(y)) {
            if usize::from(x) < row.len() {
                sever(row, x.into(), &|_| Spot::Unknown);
            }
            if let Some(spot) = row.get_mut(usize::from(x)) {
                *spot = Spot::Unknown;
            }
        }
    }

    fn put_leaving(&mut self, x: u16, y: u16, glyph: Glyph, leave: impl Fn(&Glyph) -> Spot) {
        let Some(row) = self.rows.get_mut(usize::from(y)) else {
            return;
        };
        let (start, end) = (usize::from(x), usize::from(x) + usize::from(glyph.width()));
        for at in start..end {
            sever(row, at, &leave);
        }
        let mut spots = row.iter_mut().take(end).skip(start);
        if let Some(lead) = spots.next() {
            *lead = Spot::Text(glyph);
        }
        spots.for_each(|spot| *spot = Spot::Covered);
    }
}

/// Moves rows up by `count`; those that come in are empty.
fn scroll_rows_up(rows: &mut [Vec<Spot>], count: usize) {
    let count = count.min(rows.len());
    rows.rotate_left(count);
    for row in rows.iter_mut().rev().take(count) {
        row.fill(Spot::nothing());
    }
}

/// Breaks up the wide character that one cell belongs to, if it does.
fn sever(row: &mut [Spot], at: usize, leave: &impl Fn(&Glyph) -> Spot) {
    let is_covered = |spot: &&Spot| matches!(spot, Spot::Covered);
    let back = row.iter().take(at + 1).rev().take_while(is_covered).count();
    let lead = at.saturating_sub(back);
    let Some(Spot::Text(glyph)) = row.get(lead) else {
        return;
    };
    if glyph.width() == 1 {
        return;
    }
    let left = leave(glyph);
    let parts = usize::from(glyph.width());
    for spot in row.iter_mut().skip(lead).take(parts) {
        *spot = left.clone();
    }
}
