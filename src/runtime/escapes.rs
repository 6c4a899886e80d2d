//! What is said to the terminal beside text: links (OSC 8) and the clipboard (OSC 52).
//!
//! Both are one-way: the terminal is asked nothing and answers nothing. One that does
//! not know them ignores them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ratatui::layout::Rect;

/// Bytes that hand `text` to the clipboard of the terminal, which may sit on another machine.
pub fn copy(text: &str) -> String {
    format!("\x1b]52;c;{}\x07", STANDARD.encode(text))
}

/// Bytes that make `text` a link to `address`, where the cursor stands.
pub fn link(address: &str, text: &str) -> String {
    format!("{}{text}\x1b]8;;\x1b\\", open(address))
}

/// Bytes that write `address` once more over the cells it stands in, as one link.
/// Leaves cursor and pen as they were.
pub fn link_over(address: &str, cells: &[Rect]) -> String {
    // Nothing but what an address is written with may stand within the sequence.
    if !address.bytes().all(|byte| byte.is_ascii_graphic()) {
        return String::new();
    }
    let mut bytes = format!("\x1b7{}\x1b[0;4m", open(address));
    let mut rest = address;
    for cell in cells {
        let width = usize::from(cell.width).min(rest.len());
        let (part, after) = rest.split_at(width);
        let place = format!("\x1b[{};{}H", cell.y + 1, cell.x + 1);
        bytes.push_str(&place);
        bytes.push_str(part);
        rest = after;
    }
    bytes.push_str("\x1b]8;;\x1b\\\x1b8");
    bytes
}

fn open(address: &str) -> String {
    format!("\x1b]8;id=vigie;{address}\x1b\\")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_goes_to_the_clipboard_encoded() {
        assert_eq!(copy("a\x1bb"), "\x1b]52;c;YRti\x07");
    }

    #[test]
    fn a_link_over_two_lines_is_one_link_and_cannot_be_broken_out_of() {
        let cells = [Rect::new(0, 3, 5, 1), Rect::new(0, 4, 5, 1)];
        assert_eq!(
            link_over("http://x", &cells),
            "\x1b7\x1b]8;id=vigie;http://x\x1b\\\x1b[0;4m\x1b[4;1Hhttp:\x1b[5;1H//x\x1b]8;;\x1b\\\x1b8"
        );
        assert_eq!(link_over("http://x\x1b\\evil", &cells), "");
        assert_eq!(link_over("http://é", &cells), "");
    }
}
