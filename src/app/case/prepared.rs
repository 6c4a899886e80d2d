//! What is worked out once when an alert is opened, so that no frame has to.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::app::alert_book::AlertBook;
use crate::app::alert_book::AlertKey;
use crate::app::case::merged::Merged;
use crate::app::hunting::completing::Hunted;
use crate::app::symbols::Symbol;
use crate::domain::decoded::decoded;
use crate::domain::defang::defanged;
use crate::domain::detail::AlertDetail;
use crate::domain::detail::Entity;
use crate::domain::detail::Evidence;
use crate::domain::process_tree::ProcessTree;
use crate::domain::text::Text;
use crate::wire::outline::Outline;

/// Bytes of command lines that are looked into for one alert.
const MOST_LOOKED_INTO: usize = 256 * 1024;

/// What the tabs show beside the detail.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Prepared {
    pub tree: ProcessTree,
    /// What hunting found for it, once it is in it.
    pub hunted: Option<Arc<Hunted>>,
    /// What encoded command lines say, by the number of the piece of evidence.
    pub revealed: BTreeMap<usize, Revealed>,
    /// Known alerts of the incident, this one among them, in the order they came.
    pub incident: Vec<AlertKey>,
    /// Other known alerts on the device, the latest first.
    pub on_device: Vec<AlertKey>,
    /// What the service relates to it, once that was told.
    pub related: Merged,
    /// The JSON, once somebody looks at it.
    pub outline: Option<Outline>,
}

/// A command line decoded, to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revealed {
    /// Harmless and defanged.
    pub lines: Vec<String>,
    /// What was undone.
    pub how: String,
}

impl Prepared {
    /// Works it out.
    pub fn of(key: AlertKey, detail: &AlertDetail, book: &AlertBook) -> Self {
        let mut prepared = Self {
            tree: ProcessTree::of(&detail.evidence),
            revealed: revealed(&detail.evidence),
            ..Self::default()
        };
        prepared.find_others(key, book);
        prepared
    }

    fn find_others(&mut self, key: AlertKey, book: &AlertBook) {
        let Some(row) = book.row(key) else {
            return;
        };
        for other in book.keys_from(0) {
            let Some(found) = book.row(other) else {
                continue;
            };
            if found.incident == row.incident && !row.incident.is_empty() {
                self.incident.push(other);
            }
            if found.device == row.device && row.device != Symbol::EMPTY && other != key {
                self.on_device.push(other);
            }
        }
        let created = |key: &AlertKey| book.row(*key).and_then(|row| row.created);
        self.incident.sort_by_key(created);
        self.on_device.sort_by_key(created);
        self.on_device.reverse();
    }
}

/// What encoded command lines of some pieces say, by the numbers of the pieces.
pub(in crate::app) fn revealed(pieces: &[Evidence]) -> BTreeMap<usize, Revealed> {
    let mut room = MOST_LOOKED_INTO;
    let mut found = BTreeMap::new();
    for (piece, evidence) in pieces.iter().enumerate() {
        let Entity::Process(process) = &evidence.entity else {
            continue;
        };
        let command = process.command_line.original();
        if command.len() > room {
            break;
        }
        room -= command.len();
        if let Some(decoded) = decoded(command) {
            let how = decoded.how();
            let text = Text::from(defanged(decoded.text.original()));
            let lines = text.shown_lines().map(Cow::into_owned);
            let lines = lines.filter(|line| !line.trim().is_empty()).collect();
            found.insert(piece, Revealed { lines, how });
        }
    }
    found
}
