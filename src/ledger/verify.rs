//! Follows the chain of an audit log from its first line to its last.

use std::io;
use std::io::BufRead;

use ring::digest;

use crate::ledger::audit::Line;
use crate::ledger::audit::Lines;
use crate::ledger::careful::hex;
use crate::ledger::chain::Chain;
use crate::ledger::chain::Link;
use crate::ledger::chain::Remains;

/// What a log is found to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Lines that hold together, from the first on.
    pub lines: u64,
    /// Hash of the last of them.
    pub last: String,
    /// Crashes that a later line tells of.
    pub recovered: u64,
    /// Bytes at the end that a crash left and nothing was appended to yet.
    pub unfinished: u64,
    pub broken: Option<Broken>,
}

/// The first line that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// Counted in the file, from 1.
    pub line: u64,
    pub why: String,
}

/// What is no line, until a line tells of it.
struct Rubble {
    first: u64,
    bytes: u64,
    hash: digest::Context,
    lines: u64,
    /// It goes on to the end of the file, without a line break.
    is_open: bool,
}

/// Follows the chain. Fails only where the log cannot be read.
pub fn verify(source: impl BufRead) -> io::Result<Report> {
    let mut chain = Chain::default();
    let mut recovered = 0;
    let mut rubble: Option<Rubble> = None;
    let mut broken = None;
    for line in Lines::new(source) {
        let line = line?;
        let Some(claim) = Link::read(&line.bytes) else {
            rubble
                .get_or_insert_with(|| Rubble::from(line.number))
                .add(&line);
            continue;
        };
        if let Some(rubble) = rubble.take() {
            let told = claim.remains.as_ref();
            if !told.is_some_and(|told| rubble.is_told_by(told)) {
                broken = Some(rubble.broken());
                break;
            }
            recovered += 1;
        } else if claim.remains.is_some() {
            let why = "tells of a crash that left nothing".to_owned();
            broken = Some(Broken {
                line: line.number,
                why,
            });
            break;
        }
        if let Err(why) = chain.follow(&line.bytes, claim) {
            broken = Some(Broken {
                line: line.number,
                why,
            });
            break;
        }
    }
    let mut unfinished = 0;
    if let Some(rubble) = rubble {
        if rubble.is_open && rubble.lines == 1 {
            unfinished = rubble.bytes;
        } else {
            broken = Some(rubble.broken());
        }
    }
    Ok(Report {
        lines: chain.sequence,
        last: chain.hash,
        recovered,
        unfinished,
        broken,
    })
}

impl Rubble {
    fn from(first: u64) -> Self {
        Self {
            first,
            bytes: 0,
            hash: digest::Context::new(&digest::SHA256),
            lines: 0,
            is_open: false,
        }
    }

    /// The line break that ends it was written by whoever recovered.
    fn add(&mut self, line: &Line) {
        if self.lines > 0 {
            self.put(b"\n");
        }
        self.lines += 1;
        self.put(&line.bytes);
        self.is_open = !line.is_ended;
    }

    fn put(&mut self, bytes: &[u8]) {
        self.hash.update(bytes);
        self.bytes += u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    }

    fn is_told_by(&self, told: &Remains) -> bool {
        told.recovered
            && told.bytes == self.bytes
            && told.remains == hex(self.hash.clone().finish().as_ref())
    }

    fn broken(&self) -> Broken {
        Broken {
            line: self.first,
            why: "is no line of an audit log".to_owned(),
        }
    }
}
