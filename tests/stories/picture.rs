//! The picture in the README is made from the real screen, and stays true: this
//! fails when the screen changed. `VIGIE_WRITE_DOCS=1 cargo test` writes it anew.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use jiff::SignedDuration;
use ratatui::buffer::Buffer;
use ratatui::buffer::Cell;
use ratatui::style::Color;
use ratatui::style::Modifier;
use unicode_width::UnicodeWidthStr;

use crate::operator::Operator;

/// Size of a cell in pixels.
const CELL: (u16, u16) = (8, 17);

#[test]
fn the_picture_in_the_readme_is_the_real_screen() {
    let mut operator = Operator::at(120, 36, Operator::quiet(500));
    operator.starts().press("j j j j j j").rests();
    operator.script().arrive();
    operator.advance(SignedDuration::from_secs(70));
    let picture = svg(&operator.buffer());
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/dashboard.svg");
    if std::env::var_os("VIGIE_WRITE_DOCS").is_some() {
        fs::write(&path, &picture).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == picture,
        "docs/dashboard.svg shows another screen: write it anew and look at it"
    );
}

fn svg(buffer: &Buffer) -> String {
    let (width, height) = (
        buffer.area.width * CELL.0 + 24,
        buffer.area.height * CELL.1 + 24,
    );
    let mut picture = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         font-family=\"ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace\" font-size=\"13\">\n\
         <rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"#16181d\"/>\n"
    );
    for row in 0..buffer.area.height {
        let mut column = 0;
        while column < buffer.area.width {
            let first = &buffer[(column, row)];
            let start = column;
            let mut text = String::new();
            while column < buffer.area.width && same_look(&buffer[(column, row)], first) {
                let symbol = buffer[(column, row)].symbol();
                text.push_str(symbol);
                column += u16::try_from(symbol.width().max(1)).unwrap();
            }
            // Placed piece by piece: fonts that are a little off do not add up.
            let mut column = start;
            for piece in text.split_inclusive("  ") {
                run(&mut picture, column, row, first, piece.trim_end());
                column += u16::try_from(piece.width()).unwrap();
            }
        }
    }
    picture.push_str("</svg>\n");
    picture
}

fn same_look(one: &Cell, other: &Cell) -> bool {
    (one.fg, one.modifier) == (other.fg, other.modifier)
}

/// One run of cells that look alike.
fn run(picture: &mut String, column: u16, row: u16, look: &Cell, text: &str) {
    if text.is_empty() {
        return;
    }
    let blanks = text.len() - text.trim_start().len();
    let column = column + u16::try_from(blanks).unwrap();
    let text = text.trim_start();
    let (x, y) = (12 + column * CELL.0, 12 + row * CELL.1);
    let width = u16::try_from(text.width()).unwrap() * CELL.0;
    let mut fill = colour(look.fg);
    if look.modifier.contains(Modifier::REVERSED) {
        writeln!(
            picture,
            "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{}\" fill=\"{fill}\"/>",
            CELL.1
        )
        .unwrap();
        fill = "#16181d";
    }
    let weight = if look.modifier.contains(Modifier::BOLD) {
        " font-weight=\"bold\""
    } else {
        ""
    };
    let faint = if look.modifier.contains(Modifier::DIM) {
        " opacity=\"0.6\""
    } else {
        ""
    };
    let text = text
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    writeln!(
        picture,
        "<text x=\"{x}\" y=\"{}\" textLength=\"{width}\" fill=\"{fill}\"{weight}{faint} xml:space=\"preserve\">{text}</text>",
        y + 13
    )
    .unwrap();
}

fn colour(colour: Color) -> &'static str {
    match colour {
        Color::Red => "#f2777a",
        Color::Yellow => "#ffcc66",
        Color::Blue => "#6699cc",
        Color::Green => "#99cc99",
        Color::Cyan => "#66cccc",
        _ => "#d3d0c8",
    }
}
