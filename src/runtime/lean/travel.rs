//! The shortest way to bring the cursor from one place to another.
//!
//! Line feeds are not among the ways: at the bottom they scroll, and a terminal
//! that is not in raw mode at that moment turns them into something else.

use ratatui::layout::Position;

use super::bytes::{keep_shorter, push_counted, push_number};

/// Writes the move to `to`, from a place that may be unknown.
pub(super) fn write_move(from: Option<Position>, to: Position, out: &mut Vec<u8>) {
    if from == Some(to) {
        return;
    }
    let mark = out.len();
    write_absolute(to, out);
    let Some(from) = from else {
        return;
    };
    if to.x == 0 && to.y != from.y {
        keep_shorter(out, mark, |out| write_to_line_start(from.y, to.y, out));
    }
    keep_shorter(out, mark, |out| {
        write_vertical(from.y, to.y, out);
        write_horizontal(from.x, to.x, out);
    });
}

fn write_absolute(to: Position, out: &mut Vec<u8>) {
    out.extend_from_slice(b"\x1b[");
    // Both numbers count from one, and one may be left out at the end.
    if to != Position::ORIGIN {
        push_number(out, to.y.saturating_add(1));
    }
    if to.x != 0 {
        out.push(b';');
        push_number(out, to.x.saturating_add(1));
    }
    out.push(b'H');
}

fn write_to_line_start(from: u16, to: u16, out: &mut Vec<u8>) {
    if to > from {
        push_counted(out, to - from, b'E');
    } else {
        push_counted(out, from - to, b'F');
    }
}

fn write_vertical(from: u16, to: u16, out: &mut Vec<u8>) {
    let mark = out.len();
    if to == from {
        return;
    }
    if to > from {
        push_counted(out, to - from, b'B');
    } else {
        push_counted(out, from - to, b'A');
    }
    keep_shorter(out, mark, |out| {
        push_counted(out, to.saturating_add(1), b'd');
    });
}

fn write_horizontal(from: u16, to: u16, out: &mut Vec<u8>) {
    let mark = out.len();
    if to == from {
        return;
    }
    if to > from {
        push_counted(out, to - from, b'C');
    } else {
        push_counted(out, from - to, b'D');
        if from - to < 3 {
            keep_shorter(out, mark, |out| {
                out.extend((to..from).map(|_| b'\x08'));
            });
        }
    }
    keep_shorter(out, mark, |out| {
        push_counted(out, to.saturating_add(1), b'G');
    });
    if to == 0 {
        keep_shorter(out, mark, |out| out.push(b'\r'));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shortest_way_is_taken() {
        let table = [
            (None, (0, 0), "^[H"),
            (None, (0, 4), "^[5H"),
            (None, (7, 0), "^[1;8H"),
            (Some((3, 3)), (3, 3), ""),
            (Some((3, 3)), (4, 3), "^[C"),
            (Some((3, 3)), (2, 3), "\x08"),
            (Some((3, 3)), (0, 3), "\r"),
            (Some((90, 3)), (5, 3), "^[6G"),
            (Some((3, 3)), (3, 4), "^[B"),
            (Some((3, 13)), (3, 2), "^[3d"),
            (Some((3, 3)), (0, 4), "^[E"),
            (Some((1, 30)), (0, 31), "^[E"),
            (Some((1, 30)), (0, 29), "^[F"),
            (Some((40, 30)), (38, 31), "^[B\x08\x08"),
            (Some((100, 30)), (5, 8), "^[9;6H"),
        ];
        for (from, to, expected) in table {
            let mut out = Vec::new();
            write_move(from.map(Position::from), Position::from(to), &mut out);
            let written = String::from_utf8_lossy(&out).replace('\x1b', "^");
            assert_eq!(written, expected, "{from:?} to {to:?}");
        }
    }
}
