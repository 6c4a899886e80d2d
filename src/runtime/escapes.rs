//! What is said to the terminal beside text: links (OSC 8), the clipboard (OSC 52),
//! notifications (OSC 9, 99 and 777), the window's title (OSC 2), and whose the mouse is.
//!
//! All are one-way: the terminal is asked nothing and answers nothing. One that does
//! not know them ignores them. What a multiplexer keeps to itself is wrapped for it.

use crate::view::Link;
use crate::view::ink::LinkPiece;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::app::telling::Manner;
use crate::app::telling::Message;
use crate::domain::text::shown;
use crate::runtime::emulator::Multiplexer;

/// Wheel and clicks are sent to us (1000), in numbers of any size (1006). Not where the
/// pointer moves: a hundred reports a second would travel the line for nothing.
pub const MOUSE_OURS: &str = "\x1b[?1000h\x1b[?1006h";
/// The mouse is the terminal's again.
pub const MOUSE_BACK: &str = "\x1b[?1006l\x1b[?1000l";

/// Bytes that hand `text` to the clipboard of the terminal, which may sit on another machine.
pub fn copy(text: &str, between: Multiplexer) -> String {
    let sequence = format!("\x1b]52;c;{}\x07", STANDARD.encode(text));
    let wrapped = through(between, &sequence);
    match between {
        Multiplexer::None | Multiplexer::Screen => wrapped,
        // Its `set-clipboard` decides on the first, its `allow-passthrough` on the second;
        // by default it lets neither pass, and nobody can ask which.
        Multiplexer::Tmux => format!("{sequence}{wrapped}"),
    }
}

/// Bytes that ring the bell and show a notification.
pub fn notify(message: &Message, between: Multiplexer) -> String {
    let Message { title, body, .. } = message;
    let sequence = match message.manner {
        Manner::Bell => String::new(),
        Manner::Osc9 => format!("\x1b]9;{title}: {body}\x07"),
        Manner::Osc99 => {
            let part = |metadata: &str, text: &str| {
                let text = STANDARD.encode(text);
                format!("\x1b]99;i=vigie:e=1:{metadata};{text}\x07")
            };
            part("d=0", title) + &part("d=1:p=body", body)
        }
        Manner::Osc777 => format!("\x1b]777;notify;{title};{body}\x07"),
    };
    // The bell is a multiplexer's too: it marks the window.
    format!("\x07{}", through(between, &sequence))
}

/// Bytes that keep the window's title for [`RESTORE_TITLE`].
pub const KEEP_TITLE: &str = "\x1b[22;2t";
/// Bytes that give the window its title back.
pub const RESTORE_TITLE: &str = "\x1b[23;2t";

/// Bytes that give the window a title; within a multiplexer it is that window's.
pub fn title(text: &str) -> String {
    format!("\x1b]2;{}\x07", shown(text))
}

/// `screen` keeps strings of 256 bytes since ever, and of more in later versions only.
const SCREEN_KEEPS: usize = 240;

/// The sequence as a multiplexer hands it on to the terminal.
fn through(between: Multiplexer, sequence: &str) -> String {
    if sequence.is_empty() {
        return String::new();
    }
    match between {
        Multiplexer::None => sequence.to_owned(),
        Multiplexer::Tmux => {
            let doubled = sequence.replace('\x1b', "\x1b\x1b");
            format!("\x1bPtmux;{doubled}\x1b\\")
        }
        Multiplexer::Screen => {
            let mut wrapped = String::with_capacity(sequence.len() + sequence.len() / 32);
            let mut rest = sequence;
            while !rest.is_empty() {
                let end = (1..=SCREEN_KEEPS.min(rest.len()))
                    .rev()
                    .find(|end| rest.is_char_boundary(*end));
                let (part, after) = rest.split_at(end.unwrap_or(rest.len()));
                wrapped.push_str("\x1bP");
                wrapped.push_str(part);
                wrapped.push_str("\x1b\\");
                rest = after;
            }
            wrapped
        }
    }
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
    fn a_text_goes_to_the_clipboard_encoded_and_through_a_multiplexer() {
        assert_eq!(copy("a\x1bb", Multiplexer::None), "\x1b]52;c;YRti\x07");
        assert_eq!(
            copy("a\x1bb", Multiplexer::Tmux),
            "\x1b]52;c;YRti\x07\x1bPtmux;\x1b\x1b]52;c;YRti\x07\x1b\\"
        );
        assert_eq!(
            copy("a\x1bb", Multiplexer::Screen),
            "\x1bP\x1b]52;c;YRti\x07\x1b\\"
        );
    }

    #[test]
    fn screen_gets_a_long_text_in_parts_that_make_the_whole() {
        let whole = copy(&"x".repeat(1_000), Multiplexer::None);
        let wrapped = copy(&"x".repeat(1_000), Multiplexer::Screen);
        let parts: Vec<&str> = wrapped.split_inclusive("\x1b\\").collect();
        assert_eq!(parts.len(), whole.len().div_ceil(SCREEN_KEEPS));
        let bare = |part: &&str| {
            let part = part.strip_prefix("\x1bP")?;
            assert!(part.len() <= SCREEN_KEEPS + 2);
            part.strip_suffix("\x1b\\").map(str::to_owned)
        };
        let joined: Option<String> = parts.iter().map(bare).collect();
        assert_eq!(joined, Some(whole));
    }

    #[test]
    fn a_notification_is_said_as_the_terminal_takes_it() {
        let (title, body) = ("vigie: high alert".to_owned(), "Tool on DC01".to_owned());
        for (manner, said) in [
            (Manner::Bell, ""),
            (Manner::Osc9, "\x1b]9;vigie: high alert: Tool on DC01\x07"),
            (
                Manner::Osc777,
                "\x1b]777;notify;vigie: high alert;Tool on DC01\x07",
            ),
            (
                Manner::Osc99,
                "\x1b]99;i=vigie:e=1:d=0;dmlnaWU6IGhpZ2ggYWxlcnQ=\x07\x1b]99;i=vigie:e=1:d=1:p=body;VG9vbCBvbiBEQzAx\x07",
            ),
        ] {
            let message = Message {
                manner,
                title: title.clone(),
                body: body.clone(),
            };
            assert_eq!(notify(&message, Multiplexer::None), format!("\x07{said}"));
            let doubled = said.replace('\x1b', "\x1b\x1b");
            let (tmux, screen) = if said.is_empty() {
                (String::new(), String::new())
            } else {
                (
                    format!("\x1bPtmux;{doubled}\x1b\\"),
                    format!("\x1bP{said}\x1b\\"),
                )
            };
            assert_eq!(notify(&message, Multiplexer::Tmux), format!("\x07{tmux}"));
            assert_eq!(
                notify(&message, Multiplexer::Screen),
                format!("\x07{screen}")
            );
        }
    }

    #[test]
    fn a_title_cannot_be_broken_out_of() {
        assert_eq!(title("5H vigie"), "\x1b]2;5H vigie\x07");
        assert_eq!(title("a\x07\x1bb"), "\x1b]2;a\\x07\\x1bb\x07");
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
