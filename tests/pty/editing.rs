//! A note in the person's editor: every key is the editor's meanwhile, and the terminal is
//! whole afterwards.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use super::Session;

/// A script that is the editor, and the folder it stands in.
struct Desk {
    folder: PathBuf,
    script: String,
}

impl Desk {
    fn with(name: &str, script: &str) -> Self {
        let name = format!("vigie-editing-{name}-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        fs::create_dir_all(&folder).unwrap();
        let path = folder.join("editor");
        fs::write(&path, format!("#!/bin/sh\n{script}")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).unwrap();
        let script = path.to_str().unwrap().to_owned();
        Self { folder, script }
    }

    fn sits_down(&self, arguments: &[&str]) -> Session {
        let arguments = [&["demo", "--alerts", "60", "--arrivals", "0s"], arguments].concat();
        let environment = [
            ("VISUAL", ""),
            ("EDITOR", self.script.as_str()),
            ("XDG_RUNTIME_DIR", self.folder.to_str().unwrap()),
        ];
        let mut session = Session::start(env!("CARGO_BIN_EXE_vigie"), &arguments, &environment);
        session.sees("60 alerts loaded");
        session
    }

    /// Nothing but the script is left.
    fn is_tidy(&self) -> bool {
        fs::read_dir(&self.folder).unwrap().count() == 1
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.folder).unwrap_or_default();
    }
}

/// Reads a line as it is typed, in the mode the terminal is found in.
const READS: &str = "echo editor ready; read -r line; echo \"$line\" > \"$1\"\n";

#[test]
fn the_editor_gets_every_key_and_the_note_is_held() {
    let desk = Desk::with("reads", READS);
    let mut session = desk.sits_down(&[]);
    session.types("e").until("the editor", |screen| {
        !screen.alternate_screen() && screen.contents().contains("editor ready")
    });
    // Quit, close, undo: none of it may reach the dashboard.
    session.types("qxzqe seen it before\n");
    session.until("the dashboard", |screen| {
        screen.alternate_screen() && screen.bracketed_paste()
    });
    session.sees("note, 1 alert").types("O");
    session.sees("qxzqe seen it before").types("q");
    assert!(desk.is_tidy());
    // Keys are read one by one again, without an enter behind them.
    session.types("jj").sees("3 of 60");
    // And once more: what was learnt about waking the reader holds twice.
    session
        .types("e")
        .until("the editor again", |screen| !screen.alternate_screen());
    session.types("again\n").sees("note, 1 alert, and 1 more");
    session.types("\u{3}\u{3}");
    assert!(session.ends().success());
    session.has_its_terminal_back();
}

#[test]
fn an_editor_that_fails_decides_nothing_and_keeps_the_text() {
    let desk = Desk::with("fails", "echo half a thought > \"$1\"; exit 1\n");
    let mut session = desk.sits_down(&[]);
    session.types("e").sees("no note: ").types("c");
    session
        .sees("note for 1 alert: half a thought")
        .types("\u{3}");
    assert!(session.ends().success());
    session.has_its_terminal_back();
    assert!(desk.is_tidy());
}

#[test]
fn in_lines_too() {
    let desk = Desk::with("lines", READS);
    let mut session = desk.sits_down(&["--linear"]);
    session.types("e").sees("editor ready");
    session.types("seen it before\n").sees("note, 1 alert");
    session.types("\u{3}\u{3}");
    assert!(session.ends().success());
    let written = String::from_utf8_lossy(&session.written).into_owned();
    assert!(!written.contains('\u{1b}'), "{written:?}");
}

#[test]
fn told_to_end_it_ends_the_editor_too() {
    let desk = Desk::with(
        "ends",
        "trap 'echo editor told; exit 0' TERM; echo editor ready; while :; do read -r line; done\n",
    );
    let mut session = desk.sits_down(&[]);
    session.types("e").sees("editor ready");
    session.signal(rustix::process::Signal::TERM);
    session.ends();
    session.has_its_terminal_back();
    assert!(desk.is_tidy());
}
