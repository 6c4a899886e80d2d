//! How the lines of the audit log hold together.
//!
//! A line is one JSON object whose last property is `hash`: the SHA-256 of the previous
//! line's hash (64 hexadecimal digits as text) followed by the line's own bytes without
//! `,"hash":"…"`. Bytes are hashed and not values, so that any tool can check it.

use serde::Deserialize;
use serde::Serialize;

use crate::ledger::careful::sha256;

/// What the first line names as the previous hash.
pub const START: &str = "0000000000000000000000000000000000000000000000000000000000000000";
/// Between the hashed part of a line and its hash.
const SEAM: &str = ",\"hash\":\"";
const END: &str = "\"}";

/// Where a line stands in the chain.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Link {
    /// 1 for the first line.
    pub sequence: u64,
    pub previous: String,
    pub hash: String,
    /// Present in a line that tells of a crash before it.
    #[serde(flatten)]
    pub remains: Option<Remains>,
}

/// What a crash left in the log: bytes that are no line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remains {
    /// Always true; names the kind of line for people.
    pub recovered: bool,
    /// Bytes from the end of the last line to the start of this one.
    pub bytes: u64,
    /// Their SHA-256.
    pub remains: String,
}

/// A line to be, with its place in the chain.
#[derive(Serialize)]
struct Linked<'a, T> {
    sequence: u64,
    previous: &'a str,
    #[serde(flatten)]
    what: &'a T,
}

impl Link {
    /// Reads a line, without asking whether it is true.
    pub fn read(line: &[u8]) -> Option<Self> {
        let claim: Self = serde_json::from_slice(line).ok()?;
        let is_hash = |text: &str| {
            text.len() == START.len() && text.bytes().all(|byte| byte.is_ascii_hexdigit())
        };
        (is_hash(&claim.hash) && is_hash(&claim.previous)).then_some(claim)
    }
}

/// The end of a chain, to which lines can be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain {
    /// Lines so far.
    pub sequence: u64,
    /// Hash of the last one.
    pub hash: String,
}

impl Default for Chain {
    fn default() -> Self {
        Self {
            sequence: 0,
            hash: START.to_owned(),
        }
    }
}

impl Chain {
    /// The next line, without its line break. Fails only where `what` is no object.
    pub fn add(&mut self, what: &impl Serialize) -> Result<String, serde_json::Error> {
        let sequence = self.sequence + 1;
        let line = serde_json::to_string(&Linked {
            sequence,
            previous: &self.hash,
            what,
        })?;
        let hash = hash_of(&self.hash, line.as_bytes());
        let head = line.strip_suffix('}').unwrap_or(&line);
        let line = format!("{head}{SEAM}{hash}{END}");
        *self = Self { sequence, hash };
        Ok(line)
    }

    /// Follows the chain to a line that was read. The answer otherwise is what is wrong.
    pub fn follow(&mut self, line: &[u8], claim: Link) -> Result<(), String> {
        let expected = self.sequence + 1;
        if claim.sequence != expected {
            return Err(format!(
                "says it is number {}, and number {expected} belongs here",
                claim.sequence
            ));
        }
        if claim.previous != self.hash {
            return Err("does not follow the line before it".to_owned());
        }
        let tail = format!("{SEAM}{}{END}", claim.hash);
        let Some(head) = line.strip_suffix(tail.as_bytes()) else {
            return Err("has its hash in the wrong place".to_owned());
        };
        let hashed = [head, b"}".as_slice()].concat();
        if hash_of(&self.hash, &hashed) != claim.hash {
            return Err("was changed after it was written".to_owned());
        }
        *self = Self {
            sequence: claim.sequence,
            hash: claim.hash,
        };
        Ok(())
    }
}

fn hash_of(previous: &str, line: &[u8]) -> String {
    sha256(&[previous.as_bytes(), line].concat())
}
