//! The files of decisions that have not arrived: one for each running vigie.
//!
//! In `outbox/PROFILE` a session has up to three files: `SESSION.json` holds its
//! decisions, `SESSION.draft` a note that is being written, `SESSION.lock` is locked for
//! as long as the session lives. The lock is a file of its own because a lock belongs to
//! what is on disk under a name, and the other two are replaced whole. The draft is
//! apart because it is not waited for: no power cut in it may reach a decision.
//!
//! A session whose lock can be taken has ended; the next one adopts what it left. Under
//! `adopting`, which one vigie holds at a time, decisions are first written to the new
//! file and then removed with the old one. Killed in between, both are there, both
//! have ended, and whoever adopts both keeps each decision once.

use std::collections::BTreeSet;
use std::fs;
use std::fs::File;
use std::fs::TryLockError;
use std::io;
use std::path::Path;
use std::path::PathBuf;

use crate::domain::decision::kept::Draft;
use crate::domain::decision::kept::Entry;
use crate::domain::decision::kept::Outbox;
use crate::domain::decision::kept::VERSION;
use crate::ledger::careful;
use crate::ledger::careful::Outlasts;
use crate::ledger::careful::told;

/// A decision for a hundred thousand alerts takes some twenty megabytes.
const LONGEST: u64 = 64 * 1024 * 1024;
/// Files looked at in one folder; a folder can hold anything.
const MOST_FILES: usize = 10_000;
/// Held while sessions that ended are adopted. Never removed: it would be another lock.
const ADOPTING: &str = "adopting";

const ENTRIES: &str = "json";
const DRAFT: &str = "draft";
const LOCK: &str = "lock";
const BROKEN: &str = "broken";

/// The outboxes of one profile.
#[derive(Debug)]
pub struct Outboxes;

/// The outbox of this session. Dropped, it leaves on disk what has not arrived.
#[derive(Debug)]
pub struct Mine {
    folder: PathBuf,
    /// Locked for as long as this lives; taken with the first thing that is kept.
    held: Option<Held>,
    /// What is on disk.
    kept: Outbox,
}

#[derive(Debug)]
struct Held {
    session: String,
    _lock: File,
}

impl Outboxes {
    /// Begins a session and adopts what sessions that have ended left behind. The answer:
    /// this session's outbox, what was found in each of the others, and what could
    /// not be read, in words.
    ///
    /// What was found is in this session's file already: the first [`Mine::keep`]
    /// has to hold it, or it is gone.
    pub fn open(state_folder: &Path, profile: &str) -> (Mine, Vec<Outbox>, Vec<String>) {
        let mut mine = Mine {
            folder: folder(state_folder, profile),
            held: None,
            kept: empty(),
        };
        let mut found = Vec::new();
        let mut troubles = Vec::new();
        if let Err(error) = mine.adopt(&mut found, &mut troubles) {
            troubles.push(told(&mine.folder, &error.to_string()));
        }
        (mine, found, troubles)
    }

    /// What all sessions have not seen arrive, without adopting it, and what could not
    /// be read, in words.
    pub fn read(state_folder: &Path, profile: &str) -> (Vec<Outbox>, Vec<String>) {
        let folder = folder(state_folder, profile);
        let mut troubles = Vec::new();
        let sessions = sessions(&folder).unwrap_or_else(|error| {
            troubles.push(told(&folder, &error.to_string()));
            BTreeSet::new()
        });
        let mut known = BTreeSet::new();
        let mut found = Vec::new();
        for session in sessions {
            let path = path(&folder, &session, ENTRIES);
            match read(&path) {
                Ok(Some((mut outbox, unsound))) => {
                    if !unsound.is_empty() {
                        troubles.push(told(&path, &unusable(unsound.len())));
                    }
                    // Adopted at this moment, a decision is in two files.
                    outbox
                        .entries
                        .retain(|entry| known.insert(entry.decision.clone()));
                    found.push(outbox);
                }
                Ok(None) => {}
                Err(why) => troubles.push(told(&path, &why)),
            }
        }
        (found, troubles)
    }
}

impl Mine {
    /// Writes down all that has not arrived. Decisions are safe from the power's end when
    /// this returns; a change of the draft alone is safe from the program's. The answer
    /// otherwise is why not, and what was kept before is still there.
    pub fn keep(&mut self, outbox: &Outbox) -> Result<(), String> {
        if outbox.entries != self.kept.entries {
            self.write_entries(&outbox.entries)
                .map_err(|error| told(&self.folder, &error.to_string()))?;
        }
        if outbox.draft != self.kept.draft {
            self.write_draft(outbox.draft.as_ref())
                .map_err(|error| told(&self.folder, &error.to_string()))?;
        }
        Ok(())
    }

    fn write_entries(&mut self, entries: &[Entry]) -> io::Result<()> {
        let outbox = Outbox {
            entries: entries.to_vec(),
            ..empty()
        };
        self.write(ENTRIES, &outbox, Outlasts::Power)?;
        self.kept.entries = outbox.entries;
        Ok(())
    }

    fn write_draft(&mut self, draft: Option<&Draft>) -> io::Result<()> {
        let outbox = Outbox {
            draft: draft.cloned(),
            ..empty()
        };
        self.write(DRAFT, &outbox, Outlasts::Program)?;
        self.kept.draft = outbox.draft;
        Ok(())
    }

    fn write(&mut self, kind: &str, outbox: &Outbox, outlasts: Outlasts) -> io::Result<()> {
        if outbox.is_empty() {
            let Some(held) = &self.held else {
                return Ok(());
            };
            return remove(&path(&self.folder, &held.session, kind));
        }
        let text = outbox.to_json();
        if u64::try_from(text.len()).unwrap_or(u64::MAX) > LONGEST {
            return Err(io::Error::other("there is too much to keep"));
        }
        let session = self.session()?;
        let path = path(&self.folder, &session, kind);
        careful::replace(&path, &text, outlasts)
    }

    /// The name of this session, whose lock is held from here on.
    fn session(&mut self) -> io::Result<String> {
        if let Some(held) = &self.held {
            return Ok(held.session.clone());
        }
        careful::make_folder(&self.folder)?;
        loop {
            let session = format!("{:016x}", fastrand::u64(..));
            let path = path(&self.folder, &session, LOCK);
            let mut options = careful::owners_alone();
            let lock = options.write(true).create_new(true).open(&path)?;
            // Before it is locked it looks like one of a session that has ended, and
            // somebody may just be tidying up.
            let is_mine = is_free(&lock)? && path.exists();
            if is_mine {
                self.held = Some(Held {
                    session: session.clone(),
                    _lock: lock,
                });
                return Ok(session);
            }
        }
    }

    fn adopt(&mut self, found: &mut Vec<Outbox>, troubles: &mut Vec<String>) -> io::Result<()> {
        let sessions = sessions(&self.folder)?;
        if sessions.is_empty() {
            return Ok(());
        }
        // Two that adopt at a time could each take a copy of one decision.
        let adopting = self.folder.join(ADOPTING);
        let adopting = open_lock(&adopting)?;
        if !is_free(&adopting)? {
            return Ok(());
        }
        for session in sessions {
            if self
                .held
                .as_ref()
                .is_some_and(|held| held.session == session)
            {
                continue;
            }
            match self.adopt_one(&session, troubles) {
                Ok(outbox) if outbox.is_empty() => {}
                Ok(outbox) => found.push(outbox),
                Err(error) => {
                    let path = path(&self.folder, &session, ENTRIES);
                    troubles.push(told(&path, &error.to_string()));
                }
            }
        }
        Ok(())
    }

    /// Takes what one session left, if it has ended.
    fn adopt_one(&mut self, session: &str, troubles: &mut Vec<String>) -> io::Result<Outbox> {
        let lock_path = path(&self.folder, session, LOCK);
        let lock = open_lock(&lock_path)?;
        if !is_free(&lock)? {
            return Ok(empty());
        }
        let mut adopted = empty();
        let entries = path(&self.folder, session, ENTRIES);
        if let Some(outbox) = self.read_or_set_aside(&entries, troubles)? {
            adopted.entries = self.adopt_entries(&entries, outbox.entries)?;
        }
        let draft = path(&self.folder, session, DRAFT);
        let mut is_left = false;
        if let Some(outbox) = self.read_or_set_aside(&draft, troubles)? {
            // There is room for one. Another waits for another session.
            is_left = self.kept.draft.is_some();
            if !is_left {
                self.write_draft(outbox.draft.as_ref())?;
                remove(&draft)?;
                adopted.draft = outbox.draft;
            }
        }
        if !is_left {
            tidy_up(&self.folder, session)?;
            remove(&lock_path)?;
        }
        Ok(adopted)
    }

    /// The decisions are in this session's file before they leave the other one.
    fn adopt_entries(&mut self, path: &Path, entries: Vec<Entry>) -> io::Result<Vec<Entry>> {
        let before = self.kept.entries.clone();
        let mut known: BTreeSet<String> =
            before.iter().map(|entry| entry.decision.clone()).collect();
        let mut adopted = entries;
        adopted.retain(|entry| known.insert(entry.decision.clone()));
        let merged: Vec<Entry> = before.iter().chain(&adopted).cloned().collect();
        if merged != before {
            self.write_entries(&merged)?;
        }
        if let Err(error) = remove(path) {
            // Left in two places, somebody else would adopt them too.
            self.write_entries(&before)?;
            return Err(error);
        }
        Ok(adopted)
    }

    /// What a file holds. What cannot be used is set aside and told of, never deleted:
    /// a decision nobody can have made, or all of a file that cannot be read.
    fn read_or_set_aside(
        &self,
        path: &Path,
        troubles: &mut Vec<String>,
    ) -> io::Result<Option<Outbox>> {
        let mut aside = path.as_os_str().to_owned();
        aside.push(format!(".{BROKEN}"));
        let aside = PathBuf::from(aside);
        match read(path) {
            Ok(Some((outbox, unsound))) => {
                if !unsound.is_empty() {
                    let why = unusable(unsound.len());
                    let unsound = Outbox {
                        entries: unsound,
                        ..empty()
                    };
                    careful::replace(&aside, &unsound.to_json(), Outlasts::Power)?;
                    troubles.push(told(&aside, &format!("set aside: {why}")));
                }
                Ok(Some(outbox))
            }
            Ok(None) => Ok(None),
            Err(why) => {
                fs::rename(path, &aside)?;
                careful::sync_folder(&self.folder)?;
                troubles.push(told(&aside, &format!("set aside: {why}")));
                Ok(None)
            }
        }
    }
}

impl Drop for Mine {
    fn drop(&mut self) {
        if let Some(held) = &self.held
            && self.kept.is_empty()
        {
            // Left behind it would be tidied up by the next session.
            fs::remove_file(path(&self.folder, &held.session, LOCK)).unwrap_or_default();
        }
    }
}

fn empty() -> Outbox {
    Outbox {
        version: VERSION,
        ..Outbox::default()
    }
}

fn folder(state_folder: &Path, profile: &str) -> PathBuf {
    state_folder
        .join("outbox")
        .join(careful::file_name(profile))
}

fn path(folder: &Path, session: &str, kind: &str) -> PathBuf {
    folder.join(format!("{session}.{kind}"))
}

/// The sessions that have a file, this one's among them.
fn sessions(folder: &Path) -> io::Result<BTreeSet<String>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeSet::new()),
        Err(error) => return Err(error),
    };
    let mut sessions = BTreeSet::new();
    for entry in entries.take(MOST_FILES) {
        let name = entry?.file_name();
        let name = name.to_str().and_then(|name| name.split_once('.'));
        if let Some((session, ENTRIES | DRAFT | LOCK)) = name {
            sessions.insert(session.to_owned());
        }
    }
    Ok(sessions)
}

/// What a session that was killed left half written beside its files.
fn tidy_up(folder: &Path, session: &str) -> io::Result<()> {
    let halves = [
        format!("{session}.{ENTRIES}."),
        format!("{session}.{DRAFT}."),
    ];
    for entry in fs::read_dir(folder)?.take(MOST_FILES) {
        let entry = entry?;
        let name = entry.file_name();
        let is_half = name.to_str().is_some_and(|name| {
            halves.iter().any(|half| name.starts_with(half.as_str())) && !name.ends_with(BROKEN)
        });
        if is_half {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

fn unusable(decisions: usize) -> String {
    match decisions {
        1 => "a decision that nobody can have made".to_owned(),
        more => format!("{more} decisions that nobody can have made"),
    }
}

/// What can be used, and the decisions that cannot.
fn read(path: &Path) -> Result<Option<(Outbox, Vec<Entry>)>, String> {
    match careful::read(path, LONGEST) {
        Ok(text) => {
            let mut outbox = Outbox::read(&text)?;
            let unsound = outbox.take_unsound();
            Ok(Some((outbox, unsound)))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.to_string()),
    }
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
        Ok(()) => path.parent().map_or(Ok(()), careful::sync_folder),
    }
}

fn open_lock(path: &Path) -> io::Result<File> {
    let mut options = careful::owners_alone();
    options.write(true).create(true).truncate(false).open(path)
}

/// Takes a lock, unless somebody has it.
fn is_free(lock: &File) -> io::Result<bool> {
    match lock.try_lock() {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

#[cfg(test)]
#[path = "outbox_tests.rs"]
mod tests;
