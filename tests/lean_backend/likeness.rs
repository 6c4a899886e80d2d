//! Whatever is drawn in whatever order, the terminal shows it.

use fastrand::Rng;
use ratatui::buffer::{Buffer, CellWidth};
use ratatui::layout::{Position, Rect};
use ratatui::style::{Color, Modifier, Style};

use crate::stage::Stage;

const TEXTS: [&str; 14] = [
    "suspicious sign-in",
    "a",
    "x   y",
    "──────────",
    "  ",
    "警告",
    "端末 host-17 隔離",
    "e\u{301}te\u{301}",
    "👩\u{200d}💻 ops",
    "⚠\u{fe0f} high",
    "✅done",
    "🇫🇷",
    "👍🏽👍🏽",
    "ﾊﾟ",
];

#[test]
fn the_terminal_shows_what_was_drawn() {
    for seed in 0..120 {
        let mut rng = Rng::with_seed(seed);
        let (width, height) = (rng.u16(1..60), rng.u16(1..16));
        let mut stage = Stage::new(width, height);
        let mut canvas = Buffer::empty(Rect::new(0, 0, width, height));
        for step in 0..40 {
            disturb(&mut stage, &mut canvas, &mut rng);
            for _ in 0..rng.u8(0..6) {
                scribble(&mut canvas, &mut rng);
            }
            settle(&mut canvas);
            let cursor = rng.bool().then(|| place(canvas.area, &mut rng));
            let sent = stage.draw(&canvas, cursor);
            let text = String::from_utf8_lossy(&sent);
            assert_eq!(
                stage.difference(&canvas),
                None,
                "seed {seed}, step {step}, after {text:?}",
            );
            let screen = stage.parser.screen();
            assert_eq!(screen.hide_cursor(), cursor.is_none(), "seed {seed}");
            if let Some(Position { x, y }) = cursor {
                assert_eq!(screen.cursor_position(), (y, x), "seed {seed}: {text:?}");
            }
            assert!(
                stage.draw(&canvas, cursor).is_empty(),
                "seed {seed}, step {step}: the same frame again is free",
            );
        }
    }
}

/// What happens to a terminal between two frames.
fn disturb(stage: &mut Stage, canvas: &mut Buffer, rng: &mut Rng) {
    match rng.u8(0..30) {
        0 => {
            let (width, height) = (rng.u16(1..60), rng.u16(1..16));
            stage.resize(width, height);
            canvas.resize(Rect::new(0, 0, width, height));
        }
        1 => stage.terminal.clear().unwrap(),
        2 => {
            // Another program writes over us and leaves its pen lying about.
            stage.parser.process(b"\x1b[1;3;44m\x1b[2J\x1b[2;3H#");
            stage.terminal.backend_mut().forget();
        }
        _ => {}
    }
}

fn scribble(canvas: &mut Buffer, rng: &mut Rng) {
    let area = canvas.area;
    let Position { x, y } = place(area, rng);
    let wide = Rect::new(x, y, rng.u16(1..30), rng.u16(1..5)).intersection(area);
    match rng.u8(0..12) {
        0..6 => {
            let text = TEXTS[rng.usize(0..TEXTS.len())];
            canvas.set_string(x, y, text, style(rng));
        }
        6 | 7 => canvas.set_style(wide, style(rng)),
        8 => {
            for place in wide.positions() {
                canvas[place].reset();
            }
        }
        9 => {
            for place in wide.positions() {
                canvas[place].set_symbol(" ");
            }
        }
        10 => {
            // A list moves by some rows.
            let by = usize::from(rng.u16(0..=area.height)) * usize::from(area.width);
            if rng.bool() {
                canvas.content.rotate_left(by);
            } else {
                canvas.content.rotate_right(by);
            }
        }
        _ => {
            for x in 0..area.width {
                canvas[(x, y)].set_symbol(["─", "x", "."][rng.usize(0..3)]);
            }
        }
    }
}

/// Makes a buffer one that widgets leave: both halves of a character look the same.
fn settle(canvas: &mut Buffer) {
    let Rect { width, height, .. } = canvas.area;
    for y in 0..height {
        let mut x = 0;
        while x < width {
            let breadth = canvas[(x, y)].cell_width().max(1);
            if x + breadth > width {
                canvas[(x, y)].set_symbol(" ");
            }
            let style = canvas[(x, y)].style();
            for behind in x + 1..(x + breadth).min(width) {
                let cell = &mut canvas[(behind, y)];
                cell.reset();
                cell.set_style(style);
            }
            x += breadth;
        }
    }
}

fn place(area: Rect, rng: &mut Rng) -> Position {
    Position::new(rng.u16(0..area.width), rng.u16(0..area.height))
}

fn style(rng: &mut Rng) -> Style {
    let colors = [
        Color::Reset,
        Color::Reset,
        Color::Red,
        Color::DarkGray,
        Color::Indexed(3),
        Color::Indexed(240),
        Color::Rgb(12, 34, 56),
    ];
    let modifiers = [
        Modifier::empty(),
        Modifier::empty(),
        Modifier::BOLD,
        Modifier::DIM,
        Modifier::UNDERLINED,
        Modifier::REVERSED | Modifier::ITALIC,
        Modifier::CROSSED_OUT | Modifier::RAPID_BLINK | Modifier::HIDDEN,
    ];
    let pick = |rng: &mut Rng| colors[rng.usize(0..colors.len())];
    let mut style = Style::reset();
    style = style.fg(pick(rng)).bg(pick(rng));
    style.add_modifier(modifiers[rng.usize(0..modifiers.len())])
}
