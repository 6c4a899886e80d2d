//! Where everything is, for any size of terminal.
//!
//! Scrolling and drawing ask the same function, so they cannot disagree.

use ratatui::layout::Rect;
use ratatui::layout::Size;

/// The panes a person can be in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Pane {
    #[default]
    List,
    Detail,
    Claims,
}

impl Pane {
    /// In the order of tab.
    pub const ALL: [Self; 3] = [Self::List, Self::Detail, Self::Claims];

    /// The pane after this one in tab order.
    #[must_use]
    pub const fn next(self) -> Self {
        match self {
            Self::List => Self::Detail,
            Self::Detail => Self::Claims,
            Self::Claims => Self::List,
        }
    }

    /// The pane before this one in tab order.
    #[must_use]
    pub const fn previous(self) -> Self {
        match self {
            Self::List => Self::Claims,
            Self::Detail => Self::List,
            Self::Claims => Self::Detail,
        }
    }
}

/// How much room the focused pane takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, PartialOrd, Ord)]
pub enum Zoom {
    #[default]
    Normal,
    Half,
    Full,
}

/// Smallest terminal that gets more than a note.
pub const SMALLEST: Size = Size {
    width: 20,
    height: 5,
};
/// From here on all three panes are on screen.
pub const THREE_PANES: Size = Size {
    width: 100,
    height: 20,
};
/// From here on they stand side by side.
const SIDE_BY_SIDE: Size = Size {
    width: 180,
    height: 30,
};
/// From here on there is room for a fourth below them.
const FOUR_PANES: Size = Size {
    width: 180,
    height: 50,
};
/// Below this, list or detail, never both.
const TWO_PANES: Size = Size {
    width: 60,
    height: 18,
};
/// Lines of the peek under the list at 80x24.
const PEEK: u16 = 6;
/// From here on the last 24 hours are told below the list.
const PULSE_FROM: Size = Size {
    width: 160,
    height: 50,
};
/// Lines of it, without its title line.
pub const PULSE: u16 = 4;
/// A list that is smaller keeps all its lines.
const PULSE_LIST: Size = Size {
    width: 60,
    height: 20,
};
/// Width of the claims beside the detail.
const CLAIMS_WIDTH: u16 = 42;

/// What decides the geometry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wish {
    pub focus: Pane,
    pub zoom: Zoom,
    /// The peek under the list may be shown.
    pub peek: bool,
    /// The list takes the whole width.
    pub wide: bool,
    pub dock: Dock,
}

/// Where the sign-in or the hunt stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Dock {
    #[default]
    Nowhere,
    /// In the place of alert and token; the list stays.
    Below,
    /// Below all panes where there is room for that, else as [`Dock::Below`].
    Under,
    Everywhere,
}

/// The screen, cut up. Every rectangle lies within the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Panes {
    pub head: Rect,
    /// With its line of column names.
    pub list: Option<Rect>,
    /// Without its title line.
    pub detail: Option<Rect>,
    /// Without its title line.
    pub claims: Option<Rect>,
    /// The last 24 hours: title line and what is below it.
    pub pulse: Option<(Rect, Rect)>,
    /// The title line of the sign-in or the hunt, and what is below it.
    pub dock: Option<(Rect, Rect)>,
    /// Title line above the detail and claims.
    pub rules: [Option<Rect>; 2],
    /// Upright line between panes side by side.
    pub uprights: [Option<Rect>; 2],
    pub notice: Option<Rect>,
    pub footer: Option<Rect>,
    /// The whole middle, for help and log.
    pub body: Rect,
}

impl Panes {
    /// Cuts up a terminal of this size. All is empty below [`SMALLEST`].
    pub fn of(size: Size, wish: Wish) -> Self {
        if !fits(size, SMALLEST) {
            return Self::default();
        }
        let width = size.width;
        let roomy = size.height >= 10;
        let head = if roomy { 2 } else { 1 };
        let tail = if roomy { 2 } else { 1 };
        let body = Rect::new(0, head, width, size.height - head - tail);
        let mut panes = Self {
            head: Rect::new(0, 0, width, head),
            notice: roomy.then(|| Rect::new(0, size.height - 2, width, 1)),
            footer: Some(Rect::new(0, size.height - 1, width, 1)),
            body,
            ..Self::default()
        };
        if wish.dock == Dock::Under && fits(size, FOUR_PANES) {
            let (upper, lower) = split_rows(body, body.height / 2);
            panes.body = upper;
            panes.beside_each_other(size, wish);
            panes.dock = Some(split_rows(lower, 1));
            panes.body = body;
        } else if wish.dock != Dock::Nowhere {
            panes.docked(wish.dock, fits(size, TWO_PANES));
        } else {
            panes.beside_each_other(size, wish);
        }
        panes
    }

    /// The panes alone, in the body.
    fn beside_each_other(&mut self, size: Size, wish: Wish) {
        if wish.zoom == Zoom::Full || !fits(size, TWO_PANES) {
            self.only(wish.focus);
        } else if fits(size, THREE_PANES) {
            if fits(size, SIDE_BY_SIDE) && !wish.wide {
                self.side_by_side(wish);
            } else {
                self.list_over_two(wish);
            }
            if fits(size, PULSE_FROM) {
                self.pulse_below_list();
            }
        } else {
            self.list_over_one(wish);
        }
    }

    fn pulse_below_list(&mut self) {
        let roomy = |list: &Rect| fits(list.as_size(), PULSE_LIST);
        if let Some(list) = self.list.filter(roomy) {
            let (list, pulse) = split_rows(list, list.height - PULSE - 1);
            self.list = Some(list);
            self.pulse = Some(split_rows(pulse, 1));
        }
    }

    /// Two lines of alerts at the least, or none.
    fn docked(&mut self, dock: Dock, room_for_two: bool) {
        let lower = match dock {
            Dock::Below | Dock::Under if room_for_two => self.body.height * 2 / 3,
            Dock::Below | Dock::Under | Dock::Everywhere | Dock::Nowhere => self.body.height,
        };
        let (upper, lower) = split_rows(self.body, self.body.height - lower);
        self.list = (upper.height > 0).then_some(upper);
        self.dock = Some(split_rows(lower, 1));
    }

    fn only(&mut self, focus: Pane) {
        match focus {
            Pane::List => self.list = Some(self.body),
            Pane::Detail => self.with_rule(0, self.body, Pane::Detail),
            Pane::Claims => self.with_rule(1, self.body, Pane::Claims),
        }
    }

    /// 80x24: the list over a peek; the lower part grows when it has the focus.
    fn list_over_one(&mut self, wish: Wish) {
        if wish.focus == Pane::List && !wish.peek {
            return self.only(Pane::List);
        }
        let lower = match (wish.focus, wish.zoom) {
            (Pane::List, Zoom::Normal) => PEEK + 1 + self.body.height.saturating_sub(20) / 3,
            (Pane::List, _) => PEEK + 1,
            (_, Zoom::Normal) => self.body.height * 2 / 3,
            (_, _) => self.body.height.saturating_sub(4),
        };
        let (upper, lower) = split_rows(self.body, self.body.height - lower.min(self.body.height));
        self.list = Some(upper);
        if wish.focus == Pane::Claims {
            self.with_rule(1, lower, Pane::Claims);
        } else {
            self.with_rule(0, lower, Pane::Detail);
        }
    }

    /// 120x40: the list over detail and claims.
    fn list_over_two(&mut self, wish: Wish) {
        let height = self.body.height;
        let upper = match (wish.focus, wish.zoom) {
            (_, Zoom::Normal | Zoom::Full) => height / 2,
            (Pane::List, Zoom::Half) => height * 3 / 4,
            (Pane::Detail | Pane::Claims, Zoom::Half) => height / 4,
        };
        let (list, lower) = split_rows(self.body, upper.max(4));
        self.list = Some(list);
        let claims = match (wish.focus, wish.zoom) {
            (Pane::Claims, Zoom::Half) => lower.width / 2,
            _ => CLAIMS_WIDTH.min(lower.width * 2 / 5),
        };
        let (detail, upright, claims) = split_columns(lower, lower.width - claims - 1);
        self.with_rule(0, detail, Pane::Detail);
        self.with_rule(1, claims, Pane::Claims);
        self.uprights = [Some(upright), None];
    }

    /// 200x60: list, detail and claims side by side.
    fn side_by_side(&mut self, wish: Wish) {
        let width = self.body.width;
        let claims = match (wish.focus, wish.zoom) {
            (Pane::Claims, Zoom::Half) => width / 2,
            _ => CLAIMS_WIDTH + (width - SIDE_BY_SIDE.width) / 5,
        };
        let list = match (wish.focus, wish.zoom) {
            (Pane::List, Zoom::Half) => width - claims - 44,
            (Pane::Detail, Zoom::Half) => 60,
            (Pane::Claims, Zoom::Half) => width / 4,
            _ => (width - claims) * 11 / 20,
        };
        let (list, first, rest) = split_columns(self.body, list);
        let (detail, second, claims) = split_columns(rest, rest.width - claims - 1);
        self.list = Some(list);
        self.with_rule(0, detail, Pane::Detail);
        self.with_rule(1, claims, Pane::Claims);
        self.uprights = [Some(first), Some(second)];
    }

    fn with_rule(&mut self, index: usize, area: Rect, pane: Pane) {
        let (rule, rest) = split_rows(area, 1);
        if let Some(slot) = self.rules.get_mut(index) {
            *slot = Some(rule);
        }
        match pane {
            Pane::Detail => self.detail = Some(rest),
            Pane::Claims => self.claims = Some(rest),
            Pane::List => {}
        }
    }

    /// Rows of alerts in sight, without the line of column names.
    pub fn list_height(&self) -> usize {
        self.list
            .map_or(0, |list| usize::from(list.height.saturating_sub(1)))
    }

    /// True when a person can go to this pane without it replacing another.
    pub fn shows(&self, pane: Pane) -> bool {
        match pane {
            Pane::List => self.list.is_some(),
            Pane::Detail => self.detail.is_some(),
            Pane::Claims => self.claims.is_some(),
        }
    }
}

fn fits(size: Size, needed: Size) -> bool {
    size.width >= needed.width && size.height >= needed.height
}

fn split_rows(area: Rect, upper: u16) -> (Rect, Rect) {
    let upper = upper.min(area.height);
    (
        Rect {
            height: upper,
            ..area
        },
        Rect {
            y: area.y + upper,
            height: area.height - upper,
            ..area
        },
    )
}

/// Left part, one column for the upright line, right part.
fn split_columns(area: Rect, left: u16) -> (Rect, Rect, Rect) {
    let left = left.min(area.width.saturating_sub(1));
    (
        Rect {
            width: left,
            ..area
        },
        Rect {
            x: area.x + left,
            width: 1,
            ..area
        },
        Rect {
            x: area.x + left + 1,
            width: area.width - left - 1,
            ..area
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wishes() -> impl Iterator<Item = Wish> {
        Pane::ALL.into_iter().flat_map(|focus| {
            [Zoom::Normal, Zoom::Half, Zoom::Full]
                .into_iter()
                .flat_map(move |zoom| {
                    [
                        (true, Dock::Nowhere),
                        (false, Dock::Nowhere),
                        (true, Dock::Under),
                    ]
                    .map(|(peek, dock)| Wish {
                        focus,
                        zoom,
                        peek,
                        wide: false,
                        dock,
                    })
                })
        })
    }

    #[test]
    fn every_size_is_cut_without_overlap_and_shows_the_focused_pane() {
        for width in (20..=260).step_by(7) {
            for height in 5..=80 {
                for wish in wishes() {
                    let panes = Panes::of(Size { width, height }, wish);
                    let parts: Vec<Rect> = [
                        Some(panes.head),
                        panes.list,
                        panes.detail,
                        panes.claims,
                        panes.notice,
                        panes.footer,
                        panes.pulse.map(|(rule, _)| rule),
                        panes.pulse.map(|(_, below)| below),
                        panes.dock.map(|(rule, _)| rule),
                        panes.dock.map(|(_, below)| below),
                    ]
                    .into_iter()
                    .chain(panes.rules)
                    .chain(panes.uprights)
                    .flatten()
                    .collect();
                    for (index, part) in parts.iter().enumerate() {
                        assert!(
                            part.right() <= width && part.bottom() <= height,
                            "{width}x{height} {wish:?} {part:?}"
                        );
                        for other in parts.iter().skip(index + 1) {
                            assert!(
                                part.intersection(*other).is_empty(),
                                "{width}x{height} {wish:?} {part:?} {other:?}"
                            );
                        }
                    }
                    assert_eq!(panes.dock.is_some(), wish.dock == Dock::Under);
                    assert!(
                        panes.shows(wish.focus) || wish.dock != Dock::Nowhere,
                        "{width}x{height} {wish:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_sign_in_leaves_the_list_in_sight_where_there_is_room() {
        for (width, height, dock, rows) in [
            (80, 24, Dock::Below, 6),
            (120, 40, Dock::Below, 11),
            (40, 12, Dock::Below, 0),
            (80, 24, Dock::Everywhere, 0),
            (120, 40, Dock::Under, 11),
        ] {
            let wish = Wish {
                focus: Pane::Detail,
                zoom: Zoom::Full,
                peek: true,
                wide: false,
                dock,
            };
            let panes = Panes::of(Size { width, height }, wish);
            assert_eq!(panes.list_height(), rows, "{width}x{height} {dock:?}");
            assert!(panes.dock.is_some() && panes.detail.is_none());
        }
    }

    #[test]
    fn a_hunt_stands_under_all_panes_where_there_is_room() {
        let wish = Wish {
            focus: Pane::List,
            zoom: Zoom::Normal,
            peek: true,
            wide: false,
            dock: Dock::Under,
        };
        let size = |width, height| Size { width, height };
        let panes = Panes::of(size(200, 60), wish);
        assert!(Pane::ALL.into_iter().all(|pane| panes.shows(pane)));
        assert!(panes.pulse.is_some());
        let heights = |panes: Panes| panes.dock.map(|(_, below)| below.height);
        assert_eq!(heights(panes), Some(27));
        // The whole middle all the same, for what lies over everything.
        assert_eq!(panes.body.height, 56);
        assert!(Panes::of(size(200, 49), wish).detail.is_none());
    }

    #[test]
    fn all_three_are_on_screen_from_100_columns() {
        for size in [
            Size {
                width: 100,
                height: 24,
            },
            Size {
                width: 120,
                height: 40,
            },
            Size {
                width: 200,
                height: 60,
            },
        ] {
            let panes = Panes::of(
                size,
                Wish {
                    focus: Pane::List,
                    zoom: Zoom::Normal,
                    peek: true,
                    wide: false,
                    dock: Dock::Nowhere,
                },
            );
            assert!(
                Pane::ALL.into_iter().all(|pane| panes.shows(pane)),
                "{size}"
            );
        }
    }

    #[test]
    fn the_last_24_hours_are_told_where_there_is_room() {
        let of = |width, height, zoom, wide| {
            let wish = Wish {
                focus: Pane::List,
                zoom,
                peek: true,
                wide,
                dock: Dock::Nowhere,
            };
            Panes::of(Size { width, height }, wish).pulse
        };
        for (width, height, zoom, wide, is_told) in [
            (200, 60, Zoom::Normal, false, true),
            (200, 60, Zoom::Half, false, true),
            (200, 60, Zoom::Normal, true, true),
            (160, 50, Zoom::Normal, false, true),
            (200, 60, Zoom::Full, false, false),
            (200, 49, Zoom::Normal, false, false),
            (159, 60, Zoom::Normal, false, false),
        ] {
            let pulse = of(width, height, zoom, wide);
            assert_eq!(pulse.is_some(), is_told, "{width}x{height} {zoom:?}");
            let (rule, below) = pulse.unwrap_or_default();
            assert_eq!(below.height, u16::from(is_told) * PULSE);
            assert_eq!(rule.height, u16::from(is_told));
        }
    }

    #[test]
    fn too_small_is_nothing() {
        let panes = Panes::of(
            Size {
                width: 19,
                height: 50,
            },
            Wish {
                focus: Pane::List,
                zoom: Zoom::Normal,
                peek: true,
                wide: false,
                dock: Dock::Nowhere,
            },
        );
        assert_eq!(panes, Panes::default());
    }
}
