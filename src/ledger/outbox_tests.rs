//! What becomes of decisions when sessions end, in whatever way.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot write its file has failed"
)]

use std::collections::BTreeMap;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering;

use jiff::Timestamp;

use super::*;
use crate::domain::decision::change::Change;
use crate::domain::decision::kept::Seen;
use crate::domain::decision::kept::Step;
use crate::domain::decision::outcome::Guard;
use crate::domain::decision::triage::Triage;

/// A state folder of its own, gone with it.
struct Home(PathBuf);

impl Home {
    fn new() -> Self {
        static HOMES: AtomicU32 = AtomicU32::new(0);
        let number = HOMES.fetch_add(1, Ordering::Relaxed);
        let name = format!("vigie-outbox-{}-{number}", std::process::id());
        Self(std::env::temp_dir().join(name))
    }

    fn open(&self) -> (Mine, Vec<Outbox>, Vec<String>) {
        Outboxes::open(&self.0, "work")
    }

    /// Names and texts of everything in the profile's folder.
    fn files(&self) -> BTreeMap<String, String> {
        let mut files = BTreeMap::new();
        for entry in fs::read_dir(folder(&self.0, "work")).unwrap() {
            let entry = entry.unwrap();
            let name = entry.file_name().to_string_lossy().into_owned();
            files.insert(name, fs::read_to_string(entry.path()).unwrap());
        }
        files
    }

    /// Puts the folder back to how it was at some moment, with nobody alive.
    fn set(&self, files: &BTreeMap<String, String>) {
        let folder = folder(&self.0, "work");
        fs::remove_dir_all(&folder).unwrap();
        fs::create_dir_all(&folder).unwrap();
        for (name, text) in files {
            fs::write(folder.join(name), text).unwrap();
        }
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).unwrap_or_default();
    }
}

fn entry(decision: &str) -> Entry {
    Entry {
        decision: decision.to_owned(),
        decided: Timestamp::UNIX_EPOCH,
        by: "me".to_owned(),
        change: Change::take("me"),
        guard: Guard::Checked,
        alerts: vec![Seen {
            id: "da1".to_owned(),
            seen: Triage::default(),
        }],
        step: Step::Held,
    }
}

fn holding(decisions: &[&str]) -> Outbox {
    Outbox {
        entries: decisions.iter().map(|decision| entry(decision)).collect(),
        ..empty()
    }
}

fn noting(text: &str) -> Outbox {
    Outbox {
        draft: Some(Draft {
            alerts: vec!["da1".to_owned()],
            text: text.to_owned(),
        }),
        ..empty()
    }
}

fn decisions(found: &[Outbox]) -> Vec<&str> {
    let entries = found.iter().flat_map(|outbox| &outbox.entries);
    let mut names: Vec<&str> = entries.map(|entry| entry.decision.as_str()).collect();
    names.sort_unstable();
    names
}

#[test]
fn nothing_decided_leaves_nothing_on_disk() {
    let home = Home::new();
    let (mut mine, found, troubles) = home.open();
    assert!(found.is_empty() && troubles.is_empty());
    mine.keep(&empty()).unwrap();
    assert!(!home.0.exists());
    mine.keep(&holding(&["a"])).unwrap();
    assert_eq!(home.files().len(), 2);
    mine.keep(&empty()).unwrap();
    drop(mine);
    assert!(home.files().is_empty());
}

#[test]
fn what_was_not_sent_is_adopted_once_the_session_has_ended() {
    let home = Home::new();
    let (mut first, ..) = home.open();
    first.keep(&holding(&["a", "b"])).unwrap();
    let (second, found, troubles) = home.open();
    assert!(found.is_empty() && troubles.is_empty(), "the first lives");
    assert_eq!(decisions(&Outboxes::read(&home.0, "work").0), ["a", "b"]);
    drop((first, second));
    let (mut third, found, troubles) = home.open();
    assert_eq!(decisions(&found), ["a", "b"]);
    assert!(troubles.is_empty(), "{troubles:?}");
    let (_fourth, found, _) = home.open();
    assert!(found.is_empty(), "the third has them");
    assert!(Outboxes::open(&home.0, "home").1.is_empty());
    third.keep(&holding(&["b"])).unwrap();
    drop(third);
    assert_eq!(decisions(&home.open().1), ["b"]);
}

#[test]
fn killed_while_adopting_nothing_is_lost_and_nothing_doubled() {
    let home = Home::new();
    let (mut first, ..) = home.open();
    first.keep(&holding(&["a", "b"])).unwrap();
    drop(first);
    let before = home.files();
    drop(home.open());
    // Killed after its own file was written and before the old one was removed.
    let mut both = before.clone();
    both.extend(home.files());
    for moment in [before, both] {
        home.set(&moment);
        let (mine, found, troubles) = home.open();
        assert_eq!(decisions(&found), ["a", "b"]);
        assert!(troubles.is_empty(), "{troubles:?}");
        assert_eq!(decisions(std::slice::from_ref(&mine.kept)), ["a", "b"]);
        assert!(home.open().1.is_empty());
        drop(mine);
        let files = home.files();
        let kept = files.keys().filter(|name| name.ends_with(ENTRIES)).count();
        assert_eq!(kept, 1, "{files:?}");
    }
}

#[test]
fn a_broken_file_is_set_aside_and_told_of() {
    let home = Home::new();
    let whole = holding(&["a"]).to_json();
    fs::create_dir_all(folder(&home.0, "work")).unwrap();
    for text in [
        "",
        "null",
        "{\"version\":99}",
        whole.get(..whole.len() / 2).unwrap(),
    ] {
        home.set(&BTreeMap::from([
            ("00.json".to_owned(), text.to_owned()),
            ("00.lock".to_owned(), String::new()),
            ("01.json".to_owned(), holding(&["b"]).to_json()),
        ]));
        let (_mine, found, troubles) = home.open();
        assert_eq!(decisions(&found), ["b"], "one broken file spoils no other");
        assert_eq!(troubles.len(), 1, "{troubles:?}");
        assert!(troubles[0].contains("00.json.broken"), "{troubles:?}");
        assert_eq!(home.files()["00.json.broken"], text);
        assert_eq!(home.open().2, Vec::<String>::new(), "told once");
    }
}

#[test]
fn one_decision_that_nobody_can_have_made_takes_no_other_with_it() {
    let home = Home::new();
    fs::create_dir_all(folder(&home.0, "work")).unwrap();
    let mut mixed = holding(&["a", "odd", "b"]);
    mixed.entries[1].change = Change::default();
    let found = BTreeMap::from([
        ("00.json".to_owned(), mixed.to_json()),
        ("00.lock".to_owned(), String::new()),
    ]);
    home.set(&found);
    let (read, troubles) = Outboxes::read(&home.0, "work");
    assert_eq!(decisions(&read), ["a", "b"]);
    assert!(troubles[0].contains("nobody can have made"), "{troubles:?}");
    assert_eq!(home.files(), found, "only looked at");

    let (mine, found, troubles) = home.open();
    assert_eq!(decisions(&found), ["a", "b"]);
    assert_eq!(decisions(std::slice::from_ref(&mine.kept)), ["a", "b"]);
    assert_eq!(troubles.len(), 1, "{troubles:?}");
    assert!(troubles[0].contains("00.json.broken"), "{troubles:?}");
    let aside = home.files()["00.json.broken"].clone();
    assert!(
        aside.contains("\"odd\"") && !aside.contains("\"a\""),
        "{aside}"
    );
    assert_eq!(home.open().2, Vec::<String>::new(), "told once");
}

#[test]
fn a_draft_is_kept_and_a_second_one_waits() {
    let home = Home::new();
    let (mut one, ..) = home.open();
    let (mut other, ..) = home.open();
    one.keep(&noting("first")).unwrap();
    other.keep(&noting("second")).unwrap();
    drop((one, other));
    let (mut mine, found, _) = home.open();
    assert_eq!(found.len(), 1);
    mine.keep(&empty()).unwrap();
    drop(mine);
    let (mine, again, _) = home.open();
    assert_eq!(again.len(), 1);
    assert_ne!(found[0].draft, again[0].draft);
    assert_eq!(mine.kept.draft, again[0].draft);
}

#[test]
fn what_was_half_written_when_killed_is_tidied_up() {
    let home = Home::new();
    fs::create_dir_all(folder(&home.0, "work")).unwrap();
    home.set(&BTreeMap::from([
        ("00.json".to_owned(), holding(&["a"]).to_json()),
        ("00.json.4711".to_owned(), "{\"ver".to_owned()),
        ("00.lock".to_owned(), String::new()),
        ("02.lock".to_owned(), String::new()),
    ]));
    let (mine, found, troubles) = home.open();
    assert_eq!(decisions(&found), ["a"]);
    assert!(troubles.is_empty(), "{troubles:?}");
    let files = home.files();
    let is_left = |name: &&String| ["00.", "02."].iter().any(|old| name.starts_with(old));
    assert_eq!(files.keys().find(is_left), None);
    drop(mine);
}

#[cfg(unix)]
#[test]
fn files_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let home = Home::new();
    let (mut mine, ..) = home.open();
    mine.keep(&holding(&["a"])).unwrap();
    mine.keep(&Outbox {
        draft: noting("x").draft,
        ..holding(&["a"])
    })
    .unwrap();
    let folder = folder(&home.0, "work");
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder), 0o700);
    let files = home.files();
    assert_eq!(files.len(), 3, "{files:?}");
    for name in files.keys() {
        assert_eq!(mode(&folder.join(name)), 0o600, "{name}");
    }
}

#[test]
fn what_cannot_be_written_is_said_and_what_was_kept_stays() {
    let home = Home::new();
    fs::create_dir_all(&home.0).unwrap();
    fs::write(home.0.join("outbox"), "in the way").unwrap();
    let (mut mine, found, troubles) = home.open();
    assert!(found.is_empty());
    assert_eq!(troubles.len(), 1, "{troubles:?}");
    assert!(mine.keep(&holding(&["a"])).is_err());
    fs::remove_file(home.0.join("outbox")).unwrap();
    mine.keep(&holding(&["a"])).unwrap();
    drop(mine);
    assert_eq!(decisions(&home.open().1), ["a"]);
}
