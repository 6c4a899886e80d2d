//! Single keys on the command line while somebody is asked to sign in.
//!
//! Line mode would hold back each key until enter, and cut a pasted address at 4,095
//! bytes. Signals keep working: ctrl-c is ctrl-c.

use tokio::sync::mpsc;

/// What was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Typed {
    Browser,
    Code,
    Paste,
    Copy,
    /// A whole line, while one is expected.
    Pasted(String),
}

/// The keys of a terminal, given back as it was when dropped. Without a terminal, silence.
pub struct Keystrokes {
    bytes: Option<mpsc::UnboundedReceiver<u8>>,
    line: Vec<u8>,
    expects_paste: bool,
    #[cfg(unix)]
    before: Option<rustix::termios::Termios>,
}

/// No address is longer.
const LONGEST_LINE: usize = 64 * 1024;

impl Keystrokes {
    /// True when somebody can type.
    pub fn is_listening(&self) -> bool {
        self.bytes.is_some()
    }

    /// Whether what is typed now is an address, up to enter, and not keys.
    pub fn expect_paste(&mut self, expects: bool) {
        self.expects_paste = expects;
    }

    /// The next thing typed. Waits for ever where nobody can type.
    pub async fn next(&mut self) -> Typed {
        loop {
            let byte = match &mut self.bytes {
                Some(bytes) => bytes.recv().await,
                None => None,
            };
            let Some(byte) = byte else {
                self.bytes = None;
                return std::future::pending().await;
            };
            if let Some(typed) = self.take(byte) {
                return typed;
            }
        }
    }

    fn take(&mut self, byte: u8) -> Option<Typed> {
        if self.expects_paste {
            match byte {
                b'\n' | b'\r' => {
                    let line = std::mem::take(&mut self.line);
                    let text = String::from_utf8_lossy(&line).into_owned();
                    return (!text.trim().is_empty()).then_some(Typed::Pasted(text));
                }
                // Backspace.
                0x08 | 0x7f => {
                    self.line.pop();
                }
                _ if self.line.len() < LONGEST_LINE => self.line.push(byte),
                _ => {}
            }
            return None;
        }
        match byte {
            b'b' => Some(Typed::Browser),
            b'd' => Some(Typed::Code),
            b'p' => Some(Typed::Paste),
            b'y' => Some(Typed::Copy),
            _ => None,
        }
    }
}

#[cfg(unix)]
impl Keystrokes {
    /// Listens where standard input is a terminal.
    pub fn listen() -> Self {
        use std::io::Read;

        use rustix::termios;
        use rustix::termios::LocalModes;
        use rustix::termios::OptionalActions;

        let input = std::io::stdin();
        let before = termios::tcgetattr(&input).ok();
        let mut bytes = None;
        if let Some(before) = &before {
            let mut keys = before.clone();
            keys.local_modes
                .remove(LocalModes::ICANON | LocalModes::ECHO);
            if termios::tcsetattr(&input, OptionalActions::Now, &keys).is_ok() {
                let (sender, receiver) = mpsc::unbounded_channel();
                // Ends with the process: a blocked read cannot be called back.
                std::thread::spawn(move || {
                    for byte in std::io::stdin().lock().bytes().map_while(Result::ok) {
                        if sender.send(byte).is_err() {
                            return;
                        }
                    }
                });
                bytes = Some(receiver);
            }
        }
        Self {
            bytes,
            line: Vec::new(),
            expects_paste: false,
            before,
        }
    }
}

#[cfg(unix)]
impl Drop for Keystrokes {
    fn drop(&mut self) {
        use rustix::termios;
        use rustix::termios::OptionalActions;
        if let Some(before) = &self.before {
            // What was typed and not read must not become a command of the shell.
            termios::tcsetattr(std::io::stdin(), OptionalActions::Flush, before)
                .unwrap_or_default();
        }
    }
}

#[cfg(not(unix))]
impl Keystrokes {
    /// Single keys are for terminals of Unix so far.
    pub fn listen() -> Self {
        Self {
            bytes: None,
            line: Vec::new(),
            expects_paste: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(text: &[u8], expects_paste: bool) -> Vec<Typed> {
        let mut keystrokes = Keystrokes {
            bytes: None,
            line: Vec::new(),
            expects_paste,
            #[cfg(unix)]
            before: None,
        };
        text.iter()
            .filter_map(|byte| keystrokes.take(*byte))
            .collect()
    }

    #[test]
    fn keys_are_keys_until_an_address_is_expected() {
        assert_eq!(
            typed(b"d?p\n", false),
            [Typed::Code, Typed::Paste],
            "others mean nothing"
        );
        assert_eq!(
            typed(b"\nhttp://xy\x7f/?code=dp\n", true),
            [Typed::Pasted("http://x/?code=dp".to_owned())]
        );
    }
}
