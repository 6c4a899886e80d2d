//! Runs the person's editor on a note: in a file of its own, for its owner alone.
//!
//! The terminal is given back before and taken again after: see [`crate::runtime::run`].

use std::fs;
use std::io;
use std::io::Write as _;
use std::path::Path;
use std::path::PathBuf;

use tokio::process::Child;
use tokio::process::Command;

use crate::app::decisions::editing::Unedited;
use crate::ledger::careful;

/// Bytes of a file that is read back. A note holds far less, and is told to be too long.
const LONGEST: u64 = 256 * 1024;

/// Which editor, and where its file stands.
#[derive(Debug, Clone)]
pub struct Editor {
    /// The program and its arguments, or why there is none.
    command: Result<Vec<String>, String>,
    /// Private to the person; none where no such folder is known.
    folder: Option<PathBuf>,
}

impl Editor {
    /// What `VISUAL` or else `EDITOR` names, or else `vi`, with its file in this folder.
    pub fn of(variable: &dyn Fn(&str) -> Option<String>, folder: Option<PathBuf>) -> Self {
        let named = ["VISUAL", "EDITOR"].into_iter().find_map(|name| {
            let command = variable(name).filter(|command| !command.trim().is_empty())?;
            Some((name, command))
        });
        let command = match named {
            None => Ok(vec!["vi".to_owned()]),
            Some((name, command)) => shell_words::split(&command)
                .map_err(|error| format!("`{name}` is no command and its arguments ({error})")),
        };
        Self { command, folder }
    }

    /// Lets the person write. None where the text was left as it was.
    ///
    /// # Errors
    /// The editor could not be run or failed, or its file could not be used; with what
    /// was written until then.
    pub async fn edit(&self, text: &str) -> Result<Option<String>, Unedited> {
        let unedited = |why: String| Unedited { why, text: None };
        let command = self.command.clone().map_err(unedited)?;
        let (program, arguments) = command
            .split_first()
            .ok_or_else(|| unedited("the editor's command is empty".to_owned()))?;
        let folder = self.folder.as_ref().ok_or_else(|| {
            unedited("no private folder is known: set `XDG_RUNTIME_DIR` or `HOME`".to_owned())
        })?;
        let paper = Paper::new(folder, text)
            .map_err(|error| unedited(format!("the file could not be made ({error})")))?;
        let run = run(program, arguments, &paper.file).await;
        let written = paper.read();
        match (run, written) {
            (Ok(()), Ok(written)) => Ok(changed(written, text)),
            (Ok(()), Err(error)) => Err(unedited(format!(
                "what `{program}` wrote cannot be read ({error})"
            ))),
            (Err(why), written) => Err(Unedited {
                why,
                text: written.ok().and_then(|written| changed(written, text)),
            }),
        }
    }
}

/// Editors end a file with a line break: that is no change.
fn changed(written: String, text: &str) -> Option<String> {
    (written.trim_end() != text.trim_end()).then_some(written)
}

async fn run(program: &str, arguments: &[String], file: &Path) -> Result<(), String> {
    let mut command = Command::new(program);
    command
        .args(arguments)
        .arg(file)
        .env_remove("VIGIE_PASSWORD")
        .env_remove("VIGIE_CLIENT_SECRET");
    let child = command
        .spawn()
        .map_err(|error| format!("`{program}` cannot be run ({error})"))?;
    match Running(child).0.wait().await {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("`{program}` failed ({status})")),
        Err(error) => Err(format!("`{program}` was lost ({error})")),
    }
}

/// An editor at work. When vigie is told to end, so is it: with nobody behind it, it would
/// fight with the shell for the terminal.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        #[cfg(unix)]
        {
            // None once it has ended. Told and not killed, it gives the terminal back.
            let id = self.0.id().and_then(|id| i32::try_from(id).ok());
            if let Some(id) = id.and_then(rustix::process::Pid::from_raw) {
                let told = rustix::process::kill_process(id, rustix::process::Signal::TERM);
                told.unwrap_or_default();
            }
        }
    }
}

/// The file, in a folder of its own that holds what editors leave beside a file. Both go
/// when it is dropped.
struct Paper {
    folder: PathBuf,
    file: PathBuf,
}

impl Paper {
    fn new(folder: &Path, text: &str) -> io::Result<Self> {
        careful::make_folder(folder)?;
        let name = format!("vigie-note-{}-{:x}", std::process::id(), fastrand::u64(..));
        let folder = folder.join(name);
        let mut builder = fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        // Not one that is there already: whose would it be?
        builder.create(&folder)?;
        let paper = Self {
            file: folder.join("note.txt"),
            folder,
        };
        let mut options = careful::owners_alone();
        let mut file = options.write(true).create_new(true).open(&paper.file)?;
        file.write_all(text.as_bytes())?;
        if !text.is_empty() && !text.ends_with('\n') {
            file.write_all(b"\n")?;
        }
        Ok(paper)
    }

    fn read(&self) -> io::Result<String> {
        careful::read(&self.file, LONGEST)
    }
}

impl Drop for Paper {
    fn drop(&mut self) {
        // Left behind it is in a private folder, and nobody could do anything about it.
        fs::remove_dir_all(&self.folder).unwrap_or_default();
    }
}

#[cfg(all(test, unix))]
mod tests {
    #![expect(
        clippy::unwrap_used,
        reason = "a test that cannot make its folder has failed"
    )]

    use super::*;

    fn folder(name: &str) -> PathBuf {
        let name = format!("vigie-editor-{name}-{}", std::process::id());
        std::env::temp_dir().join(name)
    }

    /// What comes of this script, and what is left in the folder.
    async fn edited(
        name: &str,
        script: &str,
        text: &str,
    ) -> (Result<Option<String>, Unedited>, usize) {
        let folder = folder(name);
        let command = format!("sh -c '{script}' editor");
        let variable = move |name: &str| (name == "EDITOR").then(|| command.clone());
        let editor = Editor::of(&variable, Some(folder.clone()));
        let edited = editor.edit(text).await;
        let left = fs::read_dir(&folder).unwrap().count();
        fs::remove_dir_all(folder).unwrap();
        (edited, left)
    }

    #[tokio::test]
    async fn what_is_written_comes_back_and_nothing_stays_on_disk() {
        let written = edited("writes", "cat \"$1\"; echo two >> \"$1\"", "one").await;
        assert_eq!(written, (Ok(Some("one\ntwo\n".to_owned())), 0));
        let modes = "stat -c %a \"$1\" \"${1%/*}\" > \"$1~\"; cat \"$1~\" > \"$1\"";
        let modes = edited("modes", modes, "").await;
        assert_eq!(modes, (Ok(Some("600\n700\n".to_owned())), 0));
        assert_eq!(edited("leaves", "true", "one").await, (Ok(None), 0));
        assert_eq!(edited("empty", "true", "").await, (Ok(None), 0));
    }

    #[tokio::test]
    async fn an_editor_that_fails_leaves_what_it_wrote() {
        let (failed, left) = edited("fails", "echo two > \"$1\"; exit 3", "one").await;
        let unedited = failed.unwrap_err();
        assert_eq!(unedited.why, "`sh` failed (exit status: 3)");
        assert_eq!((unedited.text.as_deref(), left), (Some("two\n"), 0));
        let (removed, _) = edited("removes", "rm \"$1\"", "one").await;
        assert!(removed.unwrap_err().why.contains("cannot be read"));
    }

    #[tokio::test]
    async fn the_command_is_cut_into_words_without_a_shell() {
        let of = |visual: &'static str, editor: &'static str| {
            let variable = move |name: &str| {
                let value = if name == "VISUAL" { visual } else { editor };
                Some(value.to_owned())
            };
            Editor::of(&variable, None).command
        };
        let words = |words: &[&str]| Ok(words.iter().map(|word| (*word).to_owned()).collect());
        assert_eq!(of("", "vim -u 'my rc'"), words(&["vim", "-u", "my rc"]));
        assert_eq!(
            of("emacs; $(reboot)", "vim"),
            words(&["emacs;", "$(reboot)"])
        );
        assert_eq!(of(" ", ""), words(&["vi"]));
        assert!(
            of("vim 'open", "")
                .unwrap_err()
                .starts_with("`VISUAL` is no command")
        );
        let nowhere = Editor::of(&|_: &str| None, None).edit("").await;
        assert!(nowhere.unwrap_err().why.contains("no private folder"));
        let gone = Editor::of(
            &|_: &str| Some("/nonexistent/editor".to_owned()),
            Some(folder("gone")),
        );
        let gone = gone.edit("").await.unwrap_err();
        assert!(gone.why.contains("cannot be run"), "{gone:?}");
        fs::remove_dir_all(folder("gone")).unwrap();
    }
}
