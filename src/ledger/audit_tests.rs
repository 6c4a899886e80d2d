//! What is appended holds together, and what was done to it afterwards is found.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot write its file has failed"
)]

use std::fs;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering;

use jiff::Timestamp;

use super::*;
use crate::domain::decision::change::Change;
use crate::domain::decision::kept::End;
use crate::domain::decision::triage::Triage;
use crate::ledger::chain::START;
use crate::ledger::verify::Report;
use crate::ledger::verify::verify;

struct Log {
    folder: PathBuf,
    audit: Audit,
}

impl Log {
    fn new() -> Self {
        static LOGS: AtomicU32 = AtomicU32::new(0);
        let number = LOGS.fetch_add(1, Ordering::Relaxed);
        let name = format!("vigie-audit-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        let audit = Audit::new(&folder, "work");
        Self { folder, audit }
    }

    /// One of so many lines.
    fn of(lines: u32) -> Self {
        let log = Self::new();
        let records: Vec<Record> = (0..lines).map(record).collect();
        log.audit.append(&records).unwrap();
        log
    }

    fn text(&self) -> Vec<u8> {
        fs::read(self.audit.path()).unwrap()
    }

    fn set(&self, bytes: &[u8]) {
        fs::write(self.audit.path(), bytes).unwrap();
    }

    fn report(&self) -> Report {
        verify(self.text().as_slice()).unwrap()
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.folder).unwrap_or_default();
    }
}

fn record(number: u32) -> Record {
    Record {
        decision: format!("d-{number}"),
        alert: "da1".to_owned(),
        by: "me".to_owned(),
        change: Change::take("me"),
        before: Triage::default(),
        after: None,
        end: End::Written,
        why: Some("\"},\"hash\":\"\n\u{1b}[2J".to_owned()),
        request: None,
        decided: Timestamp::UNIX_EPOCH,
        ended: Timestamp::UNIX_EPOCH,
    }
}

#[test]
fn what_is_appended_is_read_back_and_holds() {
    let log = Log::of(2);
    log.audit.append(&[record(2)]).unwrap();
    log.audit.append(&[]).unwrap();
    let lines: Vec<Line> = log
        .audit
        .lines()
        .unwrap()
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let read: Vec<Record> = lines.iter().map(|line| line.record().unwrap()).collect();
    assert_eq!(read, (0..3).map(record).collect::<Vec<_>>());
    let report = log.report();
    assert_eq!((report.lines, report.broken), (3, None));
    let first = Link::read(&lines[0].bytes).unwrap();
    assert_eq!((first.sequence, first.previous.as_str()), (1, START));
    assert_eq!(Link::read(&lines[2].bytes).unwrap().hash, report.last);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(log.audit.path()).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[test]
fn the_hash_is_of_bytes_that_anyone_can_cut_out() {
    let log = Log::of(1);
    let text = String::from_utf8(log.text()).unwrap();
    let (head, hash) = text.trim_end().rsplit_once(",\"hash\":\"").unwrap();
    let hashed = format!("{START}{head}}}");
    assert_eq!(format!("{}\"}}", sha256(hashed.as_bytes())), hash);
}

#[test]
fn whatever_is_changed_is_found() {
    let log = Log::of(4);
    let text = String::from_utf8(log.text()).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let joined = |lines: &[&str]| format!("{}\n", lines.join("\n"));
    let (a, b, c, d) = (lines[0], lines[1], lines[2], lines[3]);
    let changed = b.replace("\"me\"", "\"you\"");
    let renumbered = b.replace("\"sequence\":2", "\"sequence\":3");
    for (name, text, line) in [
        ("changed", joined(&[a, &changed, c, d]), 2),
        ("renumbered", joined(&[a, &renumbered, c, d]), 2),
        ("left out", joined(&[a, c, d]), 2),
        ("the first left out", joined(&[b, c, d]), 1),
        ("doubled", joined(&[a, b, b, c, d]), 3),
        ("swapped", joined(&[a, c, b, d]), 2),
        ("nonsense", joined(&[a, "x", b, c, d]), 2),
        ("nonsense at the end", joined(&[a, b, c, d, "x"]), 5),
        ("an empty line", joined(&[a, "", b, c, d]), 2),
        (
            "a value behind it",
            joined(&[a, &b.replace("\"}", "\",\"x\":1}"), c]),
            2,
        ),
    ] {
        log.set(text.as_bytes());
        let broken = log.report().broken;
        assert_eq!(broken.map(|broken| broken.line), Some(line), "{name}");
    }
    log.set(text.as_bytes());
    assert_eq!(log.report().broken, None);
}

#[test]
fn a_changed_last_line_stays_found_after_more_was_appended() {
    let log = Log::of(2);
    let text = String::from_utf8(log.text()).unwrap();
    let (head, last) = text.trim_end().rsplit_once('\n').unwrap();
    log.set(format!("{head}\n{}\n", last.replace("\"me\"", "\"you\"")).as_bytes());
    log.audit.append(&[record(9)]).unwrap();
    assert_eq!(log.report().broken.unwrap().line, 2);
}

#[test]
fn cut_off_anywhere_it_goes_on_and_says_so() {
    let log = Log::of(2);
    let whole = log.text();
    let first = whole.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    for length in 0..=whole.len() {
        log.set(&whole[..length]);
        let at_rest = log.report();
        assert_eq!(at_rest.broken, None, "{length}");
        log.audit.append(&[record(7)]).unwrap();
        let report = log.report();
        assert_eq!(report.broken, None, "{length}");
        // A line that lost no more than its line break is whole.
        let is_whole = [0, first - 1, first, whole.len() - 1, whole.len()].contains(&length);
        assert_eq!(report.recovered, u64::from(!is_whole), "{length}");
        assert_eq!(at_rest.unfinished > 0, !is_whole, "{length}");
        let last = log.audit.lines().unwrap().unwrap().last().unwrap().unwrap();
        assert_eq!(last.record(), Some(record(7)), "{length}");
    }
}

#[test]
fn cut_off_while_recovering_it_goes_on_too() {
    let log = Log::of(2);
    let whole = log.text();
    let half = &whole[..whole.len() - 30];
    log.set(half);
    log.audit.append(&[record(7)]).unwrap();
    let recovered = log.text();
    for length in half.len() + 1..recovered.len() {
        log.set(&recovered[..length]);
        log.audit.append(&[record(8)]).unwrap();
        assert_eq!(log.report().broken, None, "{length}");
    }
}

#[test]
fn two_that_append_at_a_time_make_one_chain() {
    let log = Log::new();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for number in 0..10 {
                    log.audit.append(&[record(number)]).unwrap();
                }
            });
        }
    });
    let report = log.report();
    assert_eq!((report.lines, report.broken), (40, None));
}

#[test]
fn what_is_no_log_is_not_written_to() {
    let log = Log::of(1);
    let noise = vec![b'x'; usize::try_from(2 * LONGEST_LINE + 2).unwrap()];
    log.set(&noise);
    assert!(log.audit.append(&[record(1)]).is_err());
    assert_eq!(log.text().len(), noise.len());
    assert!(verify(noise.as_slice()).is_err());
}
