//! Finds out whether part of the screen only moved up or down.
//!
//! Terminals can move whole rows by themselves, for about fifteen bytes. Nobody has
//! to announce that a list scrolled: it is seen by comparing what is shown with what
//! is wanted, so a list that jumps, or shares its rows with a pane that stays, is
//! weighed like any other.

use super::grid::{Grid, Spot};

/// How far rows move, and which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shift {
    Up(u16),
    Down(u16),
}

/// Rows `top` to `bottom`, both included, that move within themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Scroll {
    pub(super) top: u16,
    pub(super) bottom: u16,
    pub(super) shift: Shift,
}

/// Farther moves are rare, and looking for them takes time in every large frame.
const FARTHEST: u16 = 30;
/// Fewer rows than this are repainted for less than finding out costs.
const FEWEST_ROWS: usize = 3;
/// How many cells a scroll must spare: it costs about fifteen bytes, and a few more
/// since the cursor is lost.
const LEAST_GAIN: i32 = 24;

impl Shift {
    pub(super) fn rows(self) -> u16 {
        match self {
            Self::Up(rows) | Self::Down(rows) => rows,
        }
    }

    /// The row that ends up in row `y`.
    fn source(self, y: u16) -> Option<u16> {
        match self {
            Self::Up(by) => y.checked_add(by),
            Self::Down(by) => y.checked_sub(by),
        }
    }
}

/// The scroll that brings the shown rows closest to the wanted ones, if one is worth it.
pub(super) fn find(shown: &Grid, wanted: &Grid) -> Option<Scroll> {
    let changed: Vec<u16> = (0..)
        .zip(shown.rows().iter().zip(wanted.rows()))
        .filter_map(|(y, (shown, wanted))| (shown != wanted).then_some(y))
        .collect();
    if changed.len() < FEWEST_ROWS {
        return None;
    }
    let (first, last) = (*changed.first()?, *changed.last()?);
    let moved = |shift: Shift| {
        let arrives = |y: &&u16| {
            let source = shift.source(**y).filter(|y| (first..=last).contains(y));
            source.is_some_and(|source| shown.row(source) == wanted.row(**y))
        };
        changed.iter().filter(arrives).count()
    };
    let (rows, shift) = (1..=FARTHEST.min(last - first))
        .flat_map(|by| [Shift::Up(by), Shift::Down(by)])
        .map(|shift| (moved(shift), shift))
        .max_by_key(|(rows, _)| *rows)?;
    if rows == 0 {
        return None;
    }
    widest_gain(shown, wanted, first, last, shift)
}

/// Chooses the rows for which moving by `shift` spares most.
fn widest_gain(shown: &Grid, wanted: &Grid, first: u16, last: u16, shift: Shift) -> Option<Scroll> {
    let mut best: Option<(i32, u16, u16)> = None;
    let (mut sum, mut start) = (0, None);
    for y in first..=last {
        let Some(source) = shift.source(y).filter(|y| (first..=last).contains(y)) else {
            continue;
        };
        let stay = differing(shown.row(y), wanted.row(y));
        let gain = stay - differing(shown.row(source), wanted.row(y));
        if sum <= 0 {
            (sum, start) = (0, Some(y));
        }
        sum += gain;
        if best.is_none_or(|(most, _, _)| sum > most) {
            best = Some((sum, start.unwrap_or(y), y));
        }
    }
    let (gain, start, end) = best?;
    let by = shift.rows();
    // The rows that come in are empty, whatever stood there.
    let (top, bottom, empty) = match shift {
        Shift::Up(_) => (start, end + by, end + 1..=end + by),
        Shift::Down(_) => (start - by, end, start - by..=start - 1),
    };
    let nothing = vec![Spot::nothing(); shown.width().into()];
    let loss: i32 = empty
        .map(|y| differing(&nothing, wanted.row(y)) - differing(shown.row(y), wanted.row(y)))
        .sum();
    (gain - loss >= LEAST_GAIN).then_some(Scroll { top, bottom, shift })
}

fn differing(one: &[Spot], other: &[Spot]) -> i32 {
    let cells = one.iter().zip(other).filter(|(one, other)| one != other);
    // Rows have at most as many cells as a `u16` counts.
    i32::try_from(cells.count()).unwrap_or(i32::MAX)
}
