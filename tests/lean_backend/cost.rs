//! What frames cost, in bytes.

use ratatui::Terminal;
use ratatui::backend::{Backend, CrosstermBackend};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect, Size};
use ratatui::style::{Color, Style};
use ratatui::{TerminalOptions, Viewport};
use vigie::runtime::lean::LeanBackend;

use crate::stage::Stage;

const WIDTH: u16 = 120;
const HEIGHT: u16 = 40;

/// A queue of alerts with a header, a marker on one row, and a frame around a detail.
fn queue(first: u16, marked: u16) -> Buffer {
    let mut canvas = Buffer::empty(Rect::new(0, 0, WIDTH, HEIGHT));
    canvas.set_string(0, 0, "vigie  contoso  1,204 alerts", Style::new().bold());
    canvas.set_string(0, 1, "─".repeat(WIDTH.into()), Style::new().dim());
    for y in 2..HEIGHT - 1 {
        let row = first + y;
        let (severity, color) = match row % 4 {
            0 => ("high", Color::Red),
            1 => ("medium", Color::Yellow),
            _ => ("low", Color::Reset),
        };
        canvas.set_string(2, y, severity, Style::new().fg(color));
        let title = format!("suspicious activity {} on host-{row:03}", row * 719 % 1000);
        canvas.set_string(10, y, title, Style::new());
        canvas.set_string(60, y, "new", Style::new().dim());
        canvas.set_string(
            70,
            y,
            format!("{:02}:{:02}", row % 24, row % 60),
            Style::new(),
        );
    }
    canvas.set_string(0, marked, "▌", Style::new().fg(Color::Cyan));
    canvas.set_string(
        0,
        HEIGHT - 1,
        "j down  k up  t triage  ? help",
        Style::new().dim(),
    );
    canvas
}

/// The bytes that the second of two frames takes.
fn cost(before: &Buffer, after: &Buffer) -> usize {
    let mut stage = Stage::new(WIDTH, HEIGHT);
    stage.draw(before, None);
    let sent = stage.draw(after, None);
    assert_eq!(stage.difference(after), None);
    sent.len()
}

/// The same with the backend that ratatui brings.
fn cost_with_crossterm(before: &Buffer, after: &Buffer) -> (usize, usize) {
    let mut sent = Vec::new();
    let mut at = Vec::new();
    {
        let log = Log(std::cell::RefCell::new(&mut sent));
        let options = TerminalOptions {
            viewport: Viewport::Fixed(before.area),
        };
        let backend = CrosstermBackend::new(&log);
        let mut terminal = Terminal::with_options(backend, options).unwrap();
        for canvas in [before, after] {
            terminal
                .draw(|frame| frame.buffer_mut().clone_from(canvas))
                .unwrap();
            at.push(log.0.borrow().len());
        }
    }
    (at[0], at[1] - at[0])
}

/// Lets bytes be counted while the terminal holds on to them.
struct Log<'a>(std::cell::RefCell<&'a mut Vec<u8>>);

impl std::io::Write for &Log<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn nothing_changed_costs_nothing() {
    assert_eq!(cost(&queue(0, 5), &queue(0, 5)), 0);
}

#[test]
fn a_marker_that_moves_costs_less_than_thirty_bytes() {
    let (before, after) = (queue(0, 5), queue(0, 6));
    let lean = cost(&before, &after);
    let (_, usual) = cost_with_crossterm(&before, &after);
    assert!(2 * lean < usual, "{lean} and {usual}");
    assert!(lean < 30, "{lean}");
}

#[test]
fn a_word_costs_itself_and_a_move() {
    let mut after = queue(0, 5);
    after.set_string(60, 20, "resolved", Style::new().dim());
    let (before, after) = (queue(0, 5), after);
    let lean = cost(&before, &after);
    let (_, usual) = cost_with_crossterm(&before, &after);
    assert!(2 * lean < usual, "{lean} and {usual}");
    assert!(lean <= "resolved".len() + 8 + 4, "{lean}");
}

#[test]
fn a_row_that_empties_is_erased() {
    let mut after = queue(0, 5);
    for x in 0..WIDTH {
        after[(x, 20)].reset();
    }
    let lean = cost(&queue(0, 5), &after);
    assert!(lean <= 14, "{lean}");
}

#[test]
fn a_list_that_scrolls_is_moved_by_the_terminal() {
    let (before, after) = (queue(0, 5), queue(1, 5));
    let lean = cost(&before, &after);
    let (_, usual) = cost_with_crossterm(&before, &after);
    assert!(10 * lean < usual, "{lean} and {usual}");
}

#[test]
fn a_full_repaint_costs_less_than_with_crossterm() {
    let canvas = queue(0, 5);
    let sent = Stage::new(WIDTH, HEIGHT).draw(&canvas, None).len();
    let (usual, _) = cost_with_crossterm(&canvas, &canvas);
    assert!(sent <= usual, "{sent} and {usual}");
}

#[test]
fn only_long_frames_are_marked_as_one_update() {
    let mut stage = Stage::new(WIDTH, HEIGHT);
    let long = stage.draw(&queue(0, 5), None);
    assert!(long.starts_with(b"\x1b[?2026h") && long.ends_with(b"\x1b[?2026l"));
    let short = stage.draw(&queue(0, 6), None);
    assert!(!short.windows(4).any(|bytes| bytes == b"2026"));
    let backend = stage.terminal.backend();
    assert_eq!(backend.frames_written(), 2);
    assert_eq!(backend.bytes_written(), (long.len() + short.len()) as u64);
}

/// Refuses writes while it is told to, and counts those it takes.
#[derive(Default)]
struct Line {
    is_broken: bool,
    writes: Vec<Vec<u8>>,
}

impl std::io::Write for Line {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if self.is_broken {
            return Err(std::io::ErrorKind::BrokenPipe.into());
        }
        self.writes.push(bytes.to_vec());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_frame_is_one_write_and_a_lost_one_is_made_up_for() {
    let size = Size::new(WIDTH, HEIGHT);
    let mut backend = LeanBackend::new(Line::default(), size);
    backend.writer_mut().is_broken = true;
    let canvas = queue(0, 5);
    let cells = || canvas.area.positions().map(|at| (at.x, at.y, &canvas[at]));
    backend.draw(cells()).unwrap();
    backend.flush().unwrap_err();
    backend.writer_mut().is_broken = false;
    backend.flush().unwrap();
    let writes = std::mem::take(&mut backend.writer_mut().writes);
    assert_eq!(writes.len(), 1);
    let mut parser = vt100::Parser::new(HEIGHT, WIDTH, 0);
    parser.process(&writes[0]);
    assert!(parser.screen().contents().starts_with("vigie  contoso"));
}

#[test]
fn the_cursor_is_answered_from_memory_and_given_back() {
    let mut backend = LeanBackend::new(Vec::new(), Size::new(10, 4));
    backend.set_cursor_position((3, 2)).unwrap();
    assert_eq!(backend.get_cursor_position().unwrap(), Position::new(3, 2));
    backend.hide_cursor().unwrap();
    backend.flush().unwrap();
    backend.release().unwrap();
    let sent = String::from_utf8(std::mem::take(backend.writer_mut())).unwrap();
    assert_eq!(sent, "\x1b[?25l\x1b[m\x1b[2J\x1b[4H\x1b[?25h");
}

/// Terminals differ in where the cursor waits once the last column is written.
#[test]
fn the_way_from_the_last_column_is_absolute() {
    let mut stage = Stage::new(10, 2);
    let mut canvas = Buffer::with_lines(["0123456789", "0123456789"]);
    stage.draw(&canvas, None);
    canvas.set_string(9, 0, "x", Style::new());
    stage.draw(&canvas, None);
    canvas.set_string(8, 0, "y", Style::new());
    assert_eq!(stage.draw(&canvas, None), b"\x1b[1;9Hy");
}

/// Many terminals fill the rows that come in with the background of the pen.
#[test]
fn a_scroll_brings_in_rows_of_the_plain_background() {
    let mut before = queue(0, 5);
    before.set_string(0, 0, "vigie", Style::new().bg(Color::Red));
    let mut after = queue(1, 5);
    after.set_string(0, 0, "vigil", Style::new().bg(Color::Red));
    let mut stage = Stage::new(WIDTH, HEIGHT);
    stage.draw(&queue(0, 5), None);
    // Leaves the pen red, since nothing below changes.
    assert!(stage.draw(&before, None).ends_with(b"mvigie"));
    let sent = stage.draw(&after, None);
    assert!(sent.starts_with(b"\x1b[m\x1b[3;39r\x1b[S\x1b[r"));
    assert_eq!(stage.difference(&after), None);
}
