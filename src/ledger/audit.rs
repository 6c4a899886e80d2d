//! The audit log of a profile: what came of each decision about an alert and of
//! each order for a device, a line of JSON for each.
//!
//! Only ever appended to; never rotated, never rewritten: a log that forgets its
//! beginning cannot be checked. A line for one alert takes about 600 bytes. What a crash
//! left half written is ended by the next append, which says so in a line of its own.

use std::fs::File;
use std::io;
use std::io::BufRead;
use std::io::BufReader;
use std::io::Read;
use std::io::Seek;
use std::io::SeekFrom;
use std::io::Write;
use std::path::Path;
use std::path::PathBuf;

use serde::Serialize;

use crate::domain::decision::kept::Record;
use crate::domain::device::kept::OrderRecord;
use crate::ledger::careful;
use crate::ledger::careful::sha256;
use crate::ledger::careful::told;
use crate::ledger::chain::Chain;
use crate::ledger::chain::Link;
use crate::ledger::chain::Remains;

/// Bytes of a line. A note has 4,000 characters; what the service said fits as well.
pub const LONGEST_LINE: u64 = 4 * 1024 * 1024;
/// Characters kept of a reason, which may quote what a service said.
const LONGEST_REASON: usize = 2_000;

/// The audit log of one profile.
#[derive(Debug, Clone)]
pub struct Audit {
    path: PathBuf,
}

impl Audit {
    /// The log of a profile; made when something is appended.
    pub fn new(state_folder: &Path, profile: &str) -> Self {
        let name = format!("{}.ndjson", careful::file_name(profile));
        Self {
            path: state_folder.join("audit").join(name),
        }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Appends what came of decisions, all or, where the power ends, the first of them.
    /// Waits for another vigie that is just writing; on disk when this returns.
    pub fn append(&self, records: &[Record]) -> Result<(), String> {
        let records: Vec<Record> = records.iter().map(bounded).collect();
        self.append_lines(&records)
    }

    /// The same of what came of orders for devices.
    pub fn append_orders(&self, records: &[OrderRecord]) -> Result<(), String> {
        let bounded = |record: &OrderRecord| OrderRecord {
            why: record.why.as_deref().map(cut),
            ..record.clone()
        };
        let records: Vec<OrderRecord> = records.iter().map(bounded).collect();
        self.append_lines(&records)
    }

    fn append_lines(&self, records: &[impl Serialize]) -> Result<(), String> {
        if records.is_empty() {
            return Ok(());
        }
        self.write(records)
            .map_err(|error| told(&self.path, &error.to_string()))
    }

    fn write(&self, records: &[impl Serialize]) -> io::Result<()> {
        if let Some(folder) = self.path.parent() {
            careful::make_folder(folder)?;
        }
        let is_new = !self.path.exists();
        let mut options = careful::owners_alone();
        let mut file = options
            .read(true)
            .append(true)
            .create(true)
            .open(&self.path)?;
        if !file.metadata()?.is_file() {
            return Err(io::Error::other("it is no file"));
        }
        file.lock()?;
        let mut tail = Tail::of(&mut file)?;
        let mut text = tail.start;
        for record in records {
            let line = tail.chain.add(record)?;
            if u64::try_from(line.len()).unwrap_or(u64::MAX) >= LONGEST_LINE {
                return Err(io::Error::other("what came of a decision is too long"));
            }
            text.push_str(&line);
            text.push('\n');
        }
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        match self.path.parent() {
            Some(folder) if is_new => careful::sync_folder(folder),
            Some(_) | None => Ok(()),
        }
    }

    /// Reads it from the start; nothing where there is no log yet.
    pub fn lines(&self) -> Result<Option<Lines<BufReader<File>>>, String> {
        match File::open(&self.path) {
            Ok(file) => Ok(Some(Lines::new(BufReader::new(file)))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(told(&self.path, &error.to_string())),
        }
    }
}

fn bounded(record: &Record) -> Record {
    let mut record = record.clone();
    record.why = record.why.as_deref().map(cut);
    record
}

fn cut(why: &str) -> String {
    why.chars().take(LONGEST_REASON).collect()
}

/// Where a log ends, and what a new line has to be preceded by.
struct Tail {
    chain: Chain,
    start: String,
}

impl Tail {
    /// Reads backwards no further than two lines can be long.
    fn of(file: &mut File) -> io::Result<Self> {
        let length = file.metadata()?.len();
        // Enough for nearly every log; a long last line takes a second look.
        for reach in [64 * 1024, 2 * LONGEST_LINE] {
            let from = length.saturating_sub(reach);
            file.seek(SeekFrom::Start(from))?;
            let mut bytes = Vec::new();
            file.take(reach).read_to_end(&mut bytes)?;
            if let Some(tail) = Self::read(&bytes, from == 0)? {
                return Ok(tail);
            }
        }
        Err(io::Error::other(
            "it does not end as an audit log does; move it away to begin another",
        ))
    }

    /// The last line of these bytes that is one; `None` where more has to be read.
    fn read(bytes: &[u8], is_all: bool) -> io::Result<Option<Self>> {
        let mut end = bytes.len();
        loop {
            let line = bytes.get(..end).unwrap_or_default();
            let start = line.iter().rposition(|byte| *byte == b'\n');
            let from = start.map_or(0, |at| at + 1);
            let line = line.get(from..).unwrap_or_default();
            if let Some(link) = Link::read(line) {
                let chain = Chain {
                    sequence: link.sequence,
                    hash: link.hash,
                };
                let rest = bytes.get(end..).unwrap_or_default();
                return Self::after(chain, rest).map(Some);
            }
            match start {
                Some(at) => end = at,
                None if is_all => return Self::after(Chain::default(), bytes).map(Some),
                None => return Ok(None),
            }
        }
    }

    /// `rest` follows the last line, its line break included.
    fn after(mut chain: Chain, rest: &[u8]) -> io::Result<Self> {
        let is_first = chain.sequence == 0;
        let remains = match rest.split_first() {
            // The line itself was whole, and only its end was lost.
            None if is_first => b"".as_slice(),
            None => return Ok(Self::with(chain, "\n")),
            Some((b'\n', remains)) if !is_first => remains,
            Some(_) => rest,
        };
        if remains.is_empty() {
            return Ok(Self::with(chain, ""));
        }
        let line = chain.add(&Remains {
            recovered: true,
            bytes: u64::try_from(remains.len()).unwrap_or(u64::MAX),
            remains: sha256(remains),
        })?;
        Ok(Self::with(chain, &format!("\n{line}\n")))
    }

    fn with(chain: Chain, start: &str) -> Self {
        Self {
            chain,
            start: start.to_owned(),
        }
    }
}

/// One line of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// 1 for the first line of the file.
    pub number: u64,
    /// Its bytes without the line break.
    pub bytes: Vec<u8>,
    /// False for a last line without a line break.
    pub is_ended: bool,
}

impl Line {
    /// What came of a decision, where the line tells that.
    pub fn record(&self) -> Option<Record> {
        serde_json::from_slice(&self.bytes).ok()
    }

    /// What came of an order for a device, where the line tells that.
    pub fn order(&self) -> Option<OrderRecord> {
        serde_json::from_slice(&self.bytes).ok()
    }

    /// The line tells that a crash was recovered from.
    pub fn is_recovery(&self) -> bool {
        Link::read(&self.bytes).is_some_and(|link| link.remains.is_some())
    }
}

/// The lines of a log one after the other, one in memory at a time.
pub struct Lines<R> {
    source: R,
    number: u64,
}

impl<R: BufRead> Lines<R> {
    pub const fn new(source: R) -> Self {
        Self { source, number: 0 }
    }
}

impl<R: BufRead> Iterator for Lines<R> {
    type Item = io::Result<Line>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut bytes = Vec::new();
        let mut source = (&mut self.source).take(LONGEST_LINE + 1);
        match source.read_until(b'\n', &mut bytes) {
            Ok(0) => return None,
            Ok(_) => {}
            Err(error) => return Some(Err(error)),
        }
        self.number += 1;
        if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > LONGEST_LINE {
            let number = self.number;
            return Some(Err(io::Error::other(format!("line {number} is too long"))));
        }
        let is_ended = bytes.last() == Some(&b'\n');
        if is_ended {
            bytes.pop();
        }
        Some(Ok(Line {
            number: self.number,
            bytes,
            is_ended,
        }))
    }
}

#[cfg(test)]
#[path = "audit_tests.rs"]
mod tests;
