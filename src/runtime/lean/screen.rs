//! The terminal as we believe it to be, and the bytes that change it.
//!
//! Everything the terminal would have to be asked for is remembered here: its
//! cells, its pen, its cursor. Not knowing is always allowed and costs a few bytes.

use ratatui::layout::{Position, Size};
use ratatui::style::Color;

use super::bytes::{push_counted, push_number};
use super::glyph::Glyph;
use super::grid::{Grid, Spot};
use super::pen::Pen;
use super::scroll::{Scroll, Shift};
use super::travel;

/// Beyond this many cells, moving is always shorter than sending them again.
const LONGEST_BRIDGE: u16 = 8;
/// `CSI K`.
const ERASE_TO_EDGE_COST: usize = 3;
/// About what it takes to jump over cells that are already right.
const USUAL_JUMP_COST: usize = 5;

#[derive(Debug)]
pub(super) struct Screen {
    shown: Grid,
    pen: Option<Pen>,
    /// Unknown after the last column, where terminals wait in their own ways for
    /// the next character, and after characters they give different widths.
    at: Option<Position>,
    cursor_is_visible: Option<bool>,
    /// Nothing is known, so the next frame starts from an empty screen.
    must_erase: bool,
    out: Vec<u8>,
}

impl Screen {
    pub(super) fn unknown(size: Size) -> Self {
        Self {
            shown: Grid::filled(size, &Spot::Unknown),
            pen: None,
            at: None,
            cursor_is_visible: None,
            must_erase: true,
            out: Vec::new(),
        }
    }

    /// The bytes to send, to be emptied by whoever sends them.
    pub(super) fn out(&mut self) -> &mut Vec<u8> {
        &mut self.out
    }

    pub(super) fn shown(&self) -> &Grid {
        &self.shown
    }

    /// Makes one cell unknown, so that it is sent again whatever it holds.
    pub(super) fn doubt(&mut self, x: u16, y: u16) {
        self.shown.forget(x, y);
    }

    pub(super) fn erase_if_unknown(&mut self) {
        if !self.must_erase {
            return;
        }
        self.must_erase = false;
        self.change_pen(Pen::PLAIN);
        self.out.extend_from_slice(b"\x1b[2J");
        self.shown.fill(&Spot::nothing());
    }

    pub(super) fn show_cursor(&mut self, at: Position) {
        travel::write_move(self.at, at, &mut self.out);
        self.at = Some(at);
        if self.cursor_is_visible != Some(true) {
            self.out.extend_from_slice(b"\x1b[?25h");
            self.cursor_is_visible = Some(true);
        }
    }

    pub(super) fn hide_cursor(&mut self) {
        if self.cursor_is_visible != Some(false) {
            self.out.extend_from_slice(b"\x1b[?25l");
            self.cursor_is_visible = Some(false);
        }
    }

    /// Leaves the pen as a shell expects it.
    pub(super) fn lay_down_pen(&mut self) {
        self.change_pen(Pen::PLAIN);
    }

    /// Feeds lines from `at`, scrolling the screen up by `scrolled` rows.
    pub(super) fn feed_lines(&mut self, at: Position, count: u16, scrolled: u16) {
        self.change_pen(Pen::PLAIN);
        travel::write_move(self.at, at, &mut self.out);
        self.out.extend((0..count).map(|_| b'\n'));
        self.at = None;
        self.shown.scroll_up(scrolled);
    }

    /// Lets the terminal move rows by itself.
    pub(super) fn scroll(&mut self, scroll: Scroll) {
        let Scroll { top, bottom, shift } = scroll;
        // Rows that come in have the background of the pen.
        self.change_pen(Pen::PLAIN);
        self.out.extend_from_slice(b"\x1b[");
        push_number(&mut self.out, top.saturating_add(1));
        self.out.push(b';');
        push_number(&mut self.out, bottom.saturating_add(1));
        self.out.push(b'r');
        let last = match shift {
            Shift::Up(_) => b'S',
            Shift::Down(_) => b'T',
        };
        push_counted(&mut self.out, shift.rows(), last);
        self.out.extend_from_slice(b"\x1b[r");
        // Setting margins sends the cursor home, though not in every mode.
        self.at = None;
        self.shown.scroll_part(top..=bottom, shift);
    }

    /// Makes one row of the terminal look like `wanted`.
    pub(super) fn paint_row(&mut self, y: u16, wanted: &[Spot]) {
        let mut x = 0;
        while let Some(spot) = wanted.get(usize::from(x)) {
            let step = match spot {
                Spot::Text(glyph) if self.shown.row(y).get(usize::from(x)) == Some(spot) => {
                    glyph.width()
                }
                Spot::Text(glyph) => self.erase_run(x, y, wanted).unwrap_or_else(|| {
                    self.go(Position { x, y }, glyph);
                    self.ink(x, y, glyph);
                    glyph.width()
                }),
                Spot::Covered | Spot::Unknown => 1,
            };
            x = x.saturating_add(step);
        }
    }

    /// Erases a run of cells that are to be empty, if that is shorter than spaces.
    fn erase_run(&mut self, x: u16, y: u16, wanted: &[Spot]) -> Option<u16> {
        let start = usize::from(x);
        let rest = wanted.get(start..)?;
        let run = rest.iter().take_while(|spot| spot.is_nothing()).count();
        let (mut cost, mut gap, mut last) = (0, 0, 0);
        let shown = self.shown.row(y).get(start..)?;
        for (i, (wanted, shown)) in rest.iter().zip(shown).take(run).enumerate() {
            if wanted == shown {
                gap += 1;
            } else {
                cost += 1 + gap.min(USUAL_JUMP_COST);
                gap = 0;
                last = i + 1;
            }
        }
        let reaches_edge = run == rest.len();
        let count = u16::try_from(if reaches_edge { run } else { last }).ok()?;
        let price = if reaches_edge {
            ERASE_TO_EDGE_COST
        } else {
            // The cursor stays where it is, so what follows costs a jump as well.
            2 * (ERASE_TO_EDGE_COST + count.checked_ilog10()? as usize + 1)
        };
        // A tie goes to erasing, which keeps the cursor away from the last column.
        if cost < price {
            return None;
        }
        let nothing = Glyph::nothing();
        self.go(Position { x, y }, &nothing);
        let pen = Pen::for_blank(self.pen, Color::Reset, &mut self.out);
        self.change_pen(pen);
        if reaches_edge {
            self.out.extend_from_slice(b"\x1b[K");
        } else {
            push_counted(&mut self.out, count, b'X');
        }
        for erased in x..x.saturating_add(count) {
            self.shown.put_shown(erased, y, nothing.clone());
        }
        Some(count)
    }

    /// Brings the cursor to where `next` is to be written.
    fn go(&mut self, to: Position, next: &Glyph) {
        if self.at == Some(to) {
            return;
        }
        let mark = self.out.len();
        travel::write_move(self.at, to, &mut self.out);
        let move_cost = self.out.len() - mark;
        if let Some(bridge) = self.bridge(to, next, move_cost) {
            self.out.truncate(mark);
            for (x, glyph) in bridge {
                self.ink(x, to.y, &glyph);
            }
        }
        self.at = Some(to);
    }

    /// The cells between here and there, if sending them again is shorter than `limit`.
    ///
    /// They are all as they should be: a row is painted from left to right.
    fn bridge(&self, to: Position, next: &Glyph, limit: usize) -> Option<Vec<(u16, Glyph)>> {
        let from = self.at.filter(|at| at.y == to.y && at.x < to.x)?;
        if to.x - from.x > LONGEST_BRIDGE {
            return None;
        }
        let mut pen = self.pen?;
        let then = Pen::of(next.cell());
        let mut cost = 0;
        let mut cells = Vec::new();
        let gap = self
            .shown
            .row(to.y)
            .get(from.x.into()..to.x.into())
            .unwrap_or_default();
        for (x, spot) in (from.x..).zip(gap) {
            let glyph = match spot {
                Spot::Text(glyph) if glyph.is_sure() => glyph,
                // Only the shown cursor can stand inside a wide character.
                Spot::Covered if !cells.is_empty() => continue,
                Spot::Covered | Spot::Text(_) | Spot::Unknown => return None,
            };
            if glyph.is_blank() {
                if !pen.suits_blank(glyph.cell().bg) {
                    return None;
                }
            } else if pen != Pen::of(glyph.cell()) {
                // The change to the next pen has to be paid anyway, so it may come early.
                pen = then;
                if pen != Pen::of(glyph.cell()) {
                    return None;
                }
            }
            cost += glyph.symbol().len();
            cells.push((x, glyph.clone()));
        }
        (cost < limit).then_some(cells)
    }

    /// Writes one character where the cursor is.
    fn ink(&mut self, x: u16, y: u16, glyph: &Glyph) {
        if !glyph.is_sure() && glyph.width() > 1 {
            self.clear_behind(x, y, glyph);
        }
        let pen = if glyph.is_blank() {
            Pen::for_blank(self.pen, glyph.cell().bg, &mut self.out)
        } else {
            Pen::of(glyph.cell())
        };
        self.change_pen(pen);
        self.out.extend_from_slice(glyph.symbol().as_bytes());
        self.shown.put_shown(x, y, glyph.clone());
        let after = x.saturating_add(glyph.width());
        self.at =
            (glyph.is_sure() && after < self.shown.width()).then_some(Position { x: after, y });
        if !glyph.is_sure() {
            // A terminal that takes it for wider than we do has written on these.
            let end = x.saturating_add(glyph.reach()).max(after.saturating_add(1));
            for doubted in after..end {
                self.shown.forget(doubted, y);
            }
        }
    }

    /// Blanks the cells that a terminal might not cover with `glyph`, and comes back.
    fn clear_behind(&mut self, x: u16, y: u16, glyph: &Glyph) {
        let blank = glyph.blanked();
        for behind in x.saturating_add(1)..x.saturating_add(glyph.width()) {
            let shown = self.shown.row(y).get(usize::from(behind));
            if shown.and_then(Spot::glyph) != Some(&blank) {
                self.go(Position { x: behind, y }, &blank);
                self.ink(behind, y, &blank);
            }
        }
        self.go(Position { x, y }, glyph);
    }

    fn change_pen(&mut self, to: Pen) {
        Pen::write_change(self.pen, to, &mut self.out);
        self.pen = Some(to);
    }
}
