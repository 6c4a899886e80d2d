//! What is said to the terminal beside text: links (OSC 8) and the clipboard (OSC 52).
//!
//! Both are one-way: the terminal is asked nothing and answers nothing. One that does
//! not know them ignores them.

use crate::view::Link;
use crate::view::ink::LinkPiece;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Bytes that hand `text` to the clipboard of the terminal, which may sit on another machine.
pub fn copy(text: &str) -> String {
    format!("\x1b]52;c;{}\x07", STANDARD.encode(text))
}

/// Bytes that make `text` a link to `address`, where the cursor stands.
pub fn link(address: &str, text: &str) -> String {
    format!("{}{text}\x1b]8;;\x1b\\", open(address))
}

/// Bytes that write the pieces of an address once more over their cells, as one link.
/// Leaves cursor and pen as they were.
pub fn link_over(link: &Link) -> String {
    // Nothing but what an address is written with may stand within the sequence.
    let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_graphic());
    if !plain(&link.address) || !link.pieces.iter().all(|piece| plain(&piece.text)) {
        return String::new();
    }
    let mut bytes = format!("\x1b7{}\x1b[0;4m", open(&link.address));
    for LinkPiece { cells, text } in &link.pieces {
        let place = format!("\x1b[{};{}H", cells.y + 1, cells.x + 1);
        bytes.push_str(&place);
        bytes.push_str(text);
    }
    bytes.push_str("\x1b]8;;\x1b\\\x1b8");
    bytes
}

fn open(address: &str) -> String {
    format!("\x1b]8;id=vigie;{address}\x1b\\")
}

#[cfg(test)]
mod tests {
    use ratatui::layout::Rect;

    use super::*;

    #[test]
    fn a_text_goes_to_the_clipboard_encoded() {
        assert_eq!(copy("a\x1bb"), "\x1b]52;c;YRti\x07");
    }

    #[test]
    fn a_link_over_two_lines_is_one_link_and_cannot_be_broken_out_of() {
        let link = |address: &str, texts: [&str; 2]| Link {
            address: address.to_owned(),
            pieces: (3..)
                .zip(texts)
                .map(|(y, text)| LinkPiece {
                    cells: Rect::new(0, y, 5, 1),
                    text: text.to_owned(),
                })
                .collect(),
        };
        assert_eq!(
            link_over(&link("http://x", ["http:", "//x"])),
            "\x1b7\x1b]8;id=vigie;http://x\x1b\\\x1b[0;4m\x1b[4;1Hhttp:\x1b[5;1H//x\x1b]8;;\x1b\\\x1b8"
        );
        assert_eq!(link_over(&link("http://x\x1b\\evil", ["http:", "//x"])), "");
        assert_eq!(link_over(&link("http://x", ["http:", "//\x1bx"])), "");
    }
}
