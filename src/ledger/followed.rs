//! The file of actions that are followed: one for a profile, shared by its sessions.
//!
//! Each session adds what it follows and takes out what it followed to its end; what
//! others put there stays. A session that begins follows all of it. Losing the file
//! loses no action: the service goes on, and the device's page shows it.

use std::collections::BTreeSet;
use std::fs::File;
use std::io;
use std::path::Path;
use std::path::PathBuf;

use jiff::SignedDuration;
use jiff::Timestamp;

use crate::domain::device::kept::Entry;
use crate::domain::device::kept::Followed;
use crate::ledger::careful;
use crate::ledger::careful::Outlasts;
use crate::ledger::careful::told;

/// Some thousand actions.
const LONGEST: u64 = 4 * 1024 * 1024;
/// More than anyone follows; the latest are kept.
const MOST: usize = 500;
/// The service gives an action up after three days.
const OLDEST: SignedDuration = SignedDuration::from_hours(24 * 7);

/// The file of one profile, and what of it is this session's.
#[derive(Debug)]
pub struct FollowedFile {
    path: PathBuf,
    mine: BTreeSet<String>,
}

impl FollowedFile {
    /// The file of a profile, with what is followed there. What cannot be read is told,
    /// and written over by the next that is kept. `now` is by the clock of this machine.
    pub fn open(
        state_folder: &Path,
        profile: &str,
        now: Timestamp,
    ) -> (Self, Vec<Entry>, Option<String>) {
        let name = format!("{}.json", careful::file_name(profile));
        let mut file = Self {
            path: state_folder.join("followed").join(name),
            mine: BTreeSet::new(),
        };
        let (mut found, trouble) = match file.read() {
            Ok(found) => (found, None),
            Err(why) => (Vec::new(), Some(told(&file.path, &why))),
        };
        let since = now.saturating_sub(OLDEST).unwrap_or(Timestamp::MIN);
        found.retain(|entry| entry.asked >= since);
        file.mine = found.iter().map(|entry| entry.name.clone()).collect();
        (file, found, trouble)
    }

    /// Writes down what this session follows. On disk when this returns; the answer
    /// otherwise is why not.
    pub fn keep(&mut self, entries: &[Entry]) -> Result<(), String> {
        self.write(entries)
            .map_err(|error| told(&self.path, &error.to_string()))
    }

    fn write(&mut self, entries: &[Entry]) -> io::Result<()> {
        if let Some(folder) = self.path.parent() {
            careful::make_folder(folder)?;
        }
        let _lock = self.lock()?;
        // A file that cannot be read holds nothing anybody could follow.
        let mut all = self.read().unwrap_or_default();
        all.retain(|entry| !self.mine.contains(&entry.name));
        all.extend_from_slice(entries);
        all.sort_by_key(|entry| entry.asked);
        let surplus = all.len().saturating_sub(MOST);
        all.drain(..surplus);
        careful::replace(&self.path, &Followed::of(all).to_json(), Outlasts::Power)?;
        self.mine = entries.iter().map(|entry| entry.name.clone()).collect();
        Ok(())
    }

    fn read(&self) -> Result<Vec<Entry>, String> {
        match careful::read(&self.path, LONGEST) {
            Ok(text) => Followed::read(&text).map(|followed| followed.entries),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
            Err(error) => Err(error.to_string()),
        }
    }

    /// Held while the file is read and written anew: the file itself is replaced.
    fn lock(&self) -> io::Result<File> {
        let mut options = careful::owners_alone();
        let lock = options
            .write(true)
            .create(true)
            .truncate(false)
            .open(self.path.with_extension("lock"))?;
        lock.lock()?;
        Ok(lock)
    }
}

#[cfg(test)]
mod tests {
    #![expect(
        clippy::unwrap_used,
        reason = "a test that cannot make its folder has failed"
    )]

    use super::*;
    use crate::domain::device::Order;

    fn entry(name: &str, seconds: i64) -> Entry {
        Entry {
            name: name.to_owned(),
            action: Some(format!("id of {name}")),
            device: "0a".to_owned(),
            device_name: "fin-ws-001".to_owned(),
            order: Order::Collect,
            comment: "c".to_owned(),
            by: "me".to_owned(),
            asked: Timestamp::from_second(seconds).unwrap(),
        }
    }

    fn now() -> Timestamp {
        Timestamp::from_second(1_000).unwrap()
    }

    fn names(entries: &[Entry]) -> Vec<&str> {
        entries.iter().map(|entry| entry.name.as_str()).collect()
    }

    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let name = format!("vigie-followed-{}-{name}", std::process::id());
            Self(std::env::temp_dir().join(name))
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            std::fs::remove_dir_all(&self.0).unwrap_or_default();
        }
    }

    #[test]
    fn two_sessions_share_a_file_and_lose_nothing_of_each_other() {
        let folder = Folder::new("two");
        let (mut first, found, trouble) = FollowedFile::open(&folder.0, "work", now());
        assert_eq!((found, trouble), (Vec::new(), None));
        let (mut second, ..) = FollowedFile::open(&folder.0, "work", now());
        first.keep(&[entry("a", 1), entry("b", 2)]).unwrap();
        second.keep(&[entry("c", 3)]).unwrap();
        first.keep(&[entry("b", 2)]).unwrap();
        let (_, found, _) = FollowedFile::open(&folder.0, "work", now());
        assert_eq!(names(&found), ["b", "c"]);
        let (_, other, _) = FollowedFile::open(&folder.0, "Work", now());
        assert_eq!(other, []);
    }

    #[test]
    fn what_cannot_be_read_is_told_and_written_over() {
        let folder = Folder::new("broken");
        let path = folder.0.join("followed/work.json");
        careful::make_folder(path.parent().unwrap()).unwrap();
        std::fs::write(&path, "{\"version\":1,").unwrap();
        let (mut file, found, trouble) = FollowedFile::open(&folder.0, "work", now());
        assert_eq!(found, []);
        assert!(trouble.unwrap().contains("line 1"));
        file.keep(&[entry("a", 1)]).unwrap();
        let later = now() + OLDEST;
        let (_, found, _) = FollowedFile::open(&folder.0, "work", later);
        assert_eq!(found, [], "older than any action lives");
        let (_, found, trouble) = FollowedFile::open(&folder.0, "work", now());
        assert_eq!((names(&found), trouble), (vec!["a"], None));
    }
}
