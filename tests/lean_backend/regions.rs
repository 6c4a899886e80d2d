//! Clearing and feeding lines, which ratatui asks for outside of frames.

use ratatui::backend::{Backend, ClearType};
use ratatui::buffer::Buffer;
use ratatui::layout::Size;
use vigie::runtime::lean::LeanBackend;

struct Slate {
    backend: LeanBackend<Vec<u8>>,
    parser: vt100::Parser,
}

impl Slate {
    fn with_lines<const N: usize>(lines: [&str; N]) -> Self {
        let canvas = Buffer::with_lines(lines);
        let (width, height) = (canvas.area.width, canvas.area.height);
        let mut slate = Self {
            backend: LeanBackend::new(Vec::new(), Size::new(width, height)),
            parser: vt100::Parser::new(height, width, 0),
        };
        let cells = canvas.area.positions();
        slate
            .backend
            .draw(cells.map(|at| (at.x, at.y, &canvas[at])))
            .unwrap();
        slate
    }

    fn shows(&mut self) -> Vec<String> {
        self.backend.flush().unwrap();
        let sent = std::mem::take(self.backend.writer_mut());
        self.parser.process(&sent);
        let width = self.backend.size().unwrap().width;
        let rows = self.parser.screen().rows(0, width);
        rows.map(|row| row.trim_end().to_owned()).collect()
    }
}

#[test]
fn every_region_is_cleared_and_nothing_else() {
    let table = [
        (ClearType::All, ["", "", ""]),
        (ClearType::AfterCursor, ["abcd", "e", ""]),
        (ClearType::BeforeCursor, ["", "  gh", "ijkl"]),
        (ClearType::CurrentLine, ["abcd", "", "ijkl"]),
        (ClearType::UntilNewLine, ["abcd", "e", "ijkl"]),
    ];
    for (region, expected) in table {
        let mut slate = Slate::with_lines(["abcd", "efgh", "ijkl"]);
        slate.shows();
        slate.backend.set_cursor_position((1, 1)).unwrap();
        slate.backend.clear_region(region).unwrap();
        assert_eq!(slate.shows(), expected, "{region:?}");
    }
}

#[test]
fn lines_are_fed_from_the_cursor_and_scroll_at_the_bottom() {
    let mut slate = Slate::with_lines(["abcd", "efgh", "ijkl"]);
    slate.backend.set_cursor_position((0, 1)).unwrap();
    slate.backend.append_lines(2).unwrap();
    assert_eq!(slate.shows(), ["efgh", "ijkl", ""]);
    assert_eq!(slate.backend.get_cursor_position().unwrap().y, 2);
    let before = slate.backend.bytes_written();
    slate.shows();
    assert_eq!(slate.backend.bytes_written(), before);
}

#[test]
fn a_terminal_without_cells_is_no_reason_to_stop() {
    let mut backend = LeanBackend::new(Vec::new(), Size::ZERO);
    backend
        .draw([(0, 0, &ratatui::buffer::Cell::new("x"))].into_iter())
        .unwrap();
    backend.show_cursor().unwrap();
    backend.append_lines(1).unwrap();
    backend.clear_region(ClearType::BeforeCursor).unwrap();
    backend.release().unwrap();
    backend.resize(Size::new(3, 1));
    backend.flush().unwrap();
}

#[test]
fn control_characters_never_reach_the_terminal() {
    let mut slate = Slate::with_lines(["abcd"]);
    let mut hostile = ratatui::buffer::Cell::EMPTY;
    for symbol in ["\x1b[2J", "\r", "\u{9b}2J", "\u{301}", ""] {
        hostile.set_symbol(symbol);
        slate.backend.draw([(1, 0, &hostile)].into_iter()).unwrap();
        assert_eq!(slate.shows(), ["a cd"], "{symbol:?}");
    }
}
