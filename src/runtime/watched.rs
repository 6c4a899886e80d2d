//! A file that may change while we run.
//!
//! Looked at whenever the program is awake anyway: never a reason to wake. A person
//! who edits it and comes back presses a key, and that is soon enough.

use std::fs::Metadata;
use std::path::PathBuf;
use std::time::SystemTime;

/// What tells one state of the file from another.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Stamp {
    modified: Option<SystemTime>,
    length: u64,
    /// An editor may put another file in its place, with the old time and length.
    #[cfg(unix)]
    inode: u64,
}

impl Stamp {
    fn of(metadata: &Metadata) -> Self {
        Self {
            modified: metadata.modified().ok(),
            length: metadata.len(),
            #[cfg(unix)]
            inode: std::os::unix::fs::MetadataExt::ino(metadata),
        }
    }
}

/// A file and the state it was last seen in.
#[derive(Debug)]
pub struct Watched {
    path: PathBuf,
    seen: Option<Stamp>,
}

impl Watched {
    /// The file as it is now. An empty path is no file.
    pub fn new(path: PathBuf) -> Self {
        let mut watched = Self { path, seen: None };
        watched.changed();
        watched
    }

    /// True once for each change. A file that is away for a moment, as while an editor
    /// replaces it, has not changed yet.
    pub fn changed(&mut self) -> bool {
        let Ok(metadata) = std::fs::metadata(&self.path) else {
            return false;
        };
        let stamp = Stamp::of(&metadata);
        if self.seen.as_ref() == Some(&stamp) {
            return false;
        }
        self.seen = Some(stamp);
        true
    }
}

#[cfg(test)]
mod tests {
    #![expect(
        clippy::unwrap_used,
        reason = "a test that cannot write its file has failed"
    )]

    use std::fs;

    use super::*;

    #[test]
    fn each_change_is_seen_once_and_a_gap_is_none() {
        let folder = std::env::temp_dir().join(format!("vigie-watched-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let path = folder.join("config.toml");
        let mut missing = Watched::new(path.clone());
        assert!(!missing.changed());
        fs::write(&path, "a").unwrap();
        assert!(missing.changed());
        let mut watched = Watched::new(path.clone());
        assert!(!watched.changed());
        fs::write(&path, "ab").unwrap();
        assert!(watched.changed());
        assert!(!watched.changed());
        fs::remove_file(&path).unwrap();
        assert!(!watched.changed());
        // The old one is kept under another name, so its number is not given again.
        fs::write(folder.join("old"), "").unwrap();
        fs::write(&path, "abc").unwrap();
        assert!(watched.changed());
        fs::remove_dir_all(folder).unwrap();
    }
}
