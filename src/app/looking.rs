//! What the detail pane shows, and when it catches up with the cursor.
//!
//! While keys come quickly the detail waits: over a slow line its two thousand
//! bytes would lag behind every row passed. Evidence is asked for once a person
//! stays a moment longer.

use std::collections::HashSet;
use std::sync::Arc;

use jiff::SignedDuration;

use crate::app::alert_book::AlertBook;
use crate::app::alert_book::AlertKey;
use crate::app::case::merged::Merged;
use crate::app::case::prepared::Prepared;
use crate::app::hunting::completing::Hunted;
use crate::app::precedent;
use crate::app::precedent::Precedent;
use crate::domain::alert::AlertId;
use crate::domain::detail::AlertDetail;
use crate::domain::detail::Evidence;
use crate::domain::failure::Failure;
use crate::domain::failure::FailureKind;
use crate::domain::moment::Steady;
use crate::domain::process_tree::Node;
use crate::domain::process_tree::ProcessTree;
use crate::wire::detail;
use crate::wire::outline::Outline;

/// A key rests when nothing follows for this long: more than the 33 ms of a
/// repeating key, less than a person notices.
pub const KEY_RESTS: SignedDuration = SignedDuration::from_millis(70);
/// Someone who stays this long is reading.
const READS: SignedDuration = SignedDuration::from_millis(400);
/// A read that failed is tried again no sooner.
const AGAIN: SignedDuration = SignedDuration::from_secs(30);

/// The alert looked at.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Looking {
    shown: Option<Shown>,
    /// The cursor moved: catch up at this moment.
    follow_at: Option<Steady>,
    evidence: EvidenceRead,
    /// Asked for and refused for good: asked again only when a person wants it.
    refused: HashSet<AlertKey>,
}

/// An alert, opened.
#[derive(Debug, Clone, PartialEq)]
pub struct Shown {
    pub key: AlertKey,
    pub detail: AlertDetail,
    /// How others like it were closed: looked up when it is opened, since it asks every
    /// alert there is.
    pub precedent: Option<Precedent>,
    /// What the tabs show beside it.
    pub prepared: Prepared,
    /// Why its evidence could not be read, if so.
    pub trouble: Option<Failure>,
}

impl Shown {
    /// What is known of a process of the tree: evidence, else what hunting found.
    pub fn piece(&self, node: &Node) -> Option<&Evidence> {
        let piece = node.piece.and_then(|piece| self.detail.evidence.get(piece));
        piece.or_else(|| self.hunted(node))
    }

    /// What hunting found of a process of the tree.
    pub fn hunted(&self, node: &Node) -> Option<&Evidence> {
        let hunted = self.prepared.hunted.as_ref()?;
        hunted.processes.get(node.hunted?)
    }
}

#[derive(Debug, Clone, PartialEq, Default)]
enum EvidenceRead {
    #[default]
    NotWanted,
    Wanted {
        at: Steady,
    },
    InFlight(AlertId),
}

impl Looking {
    /// The cursor moved to another alert, or away from all.
    pub fn on_moved(&mut self, now: Steady) {
        self.follow_at = Some(now.plus(KEY_RESTS));
    }

    /// Time passed: catches up with the cursor if it rests. True when it did.
    pub fn on_woke(&mut self, selected: Option<AlertKey>, book: &AlertBook, now: Steady) -> bool {
        if self.follow_at.is_none_or(|at| at > now) {
            return false;
        }
        self.follow(selected, book, now);
        true
    }

    /// Shows `selected` now.
    pub fn follow(&mut self, selected: Option<AlertKey>, book: &AlertBook, now: Steady) {
        self.follow_at = None;
        self.shown = selected.and_then(|key| open(key, book));
        if !matches!(self.evidence, EvidenceRead::InFlight(_)) {
            self.evidence = match selected {
                Some(key) if self.wants(key, book) => EvidenceRead::Wanted {
                    at: now.plus(READS),
                },
                _ => EvidenceRead::NotWanted,
            };
        }
    }

    /// The alerts changed: shows the new state of the one looked at.
    pub fn on_absorbed(&mut self, book: &AlertBook, now: Steady) {
        let Some(key) = self.shown.as_ref().map(|shown| shown.key) else {
            return;
        };
        let trouble = self.shown.take().and_then(|shown| shown.trouble);
        self.shown = open(key, book).map(|shown| Shown { trouble, ..shown });
        if self.evidence == EvidenceRead::NotWanted && self.wants(key, book) {
            self.evidence = EvidenceRead::Wanted { at: now };
        }
    }

    /// A person asks for it anew.
    pub fn refresh(&mut self, now: Steady) {
        let Some(shown) = &self.shown else {
            return;
        };
        self.refused.remove(&shown.key);
        if !matches!(self.evidence, EvidenceRead::InFlight(_)) {
            self.evidence = EvidenceRead::Wanted { at: now };
        }
    }

    fn wants(&self, key: AlertKey, book: &AlertBook) -> bool {
        book.wants_evidence(key) && !self.refused.contains(&key)
    }

    /// When evidence should be asked for.
    pub fn wanted_at(&self) -> Option<Steady> {
        match self.evidence {
            EvidenceRead::Wanted { at } => Some(at),
            EvidenceRead::NotWanted | EvidenceRead::InFlight(_) => None,
        }
    }

    /// Sends the question off: the id to read.
    pub fn start(&mut self, book: &AlertBook) -> Option<AlertId> {
        let key = self.shown.as_ref()?.key;
        let id = book.row(key)?.id.clone();
        self.evidence = EvidenceRead::InFlight(id.clone());
        Some(id)
    }

    /// The answer came, good or bad. Another alert may be looked at by now.
    pub fn on_read(
        &mut self,
        id: &AlertId,
        failure: Option<&Failure>,
        book: &AlertBook,
        now: Steady,
    ) {
        if self.evidence != EvidenceRead::InFlight(id.clone()) {
            return;
        }
        self.evidence = EvidenceRead::NotWanted;
        let Some(shown) = &mut self.shown else {
            return;
        };
        let key = shown.key;
        let same = book.key_of(id) == Some(key);
        if same {
            shown.trouble = failure.cloned();
        }
        if failure.is_some_and(|failure| !may_pass(failure)) {
            self.refused.extend(book.key_of(id));
        }
        if self.wants(key, book) {
            // A 401 waits for the new token by itself; all else waits a while, so that
            // an answer that is never good enough is not asked for without end.
            let renewed = failure.is_some_and(|failure| failure.kind == FailureKind::Unauthorized);
            let at = if same && !renewed {
                now.plus(AGAIN)
            } else {
                now
            };
            self.evidence = EvidenceRead::Wanted { at };
        }
    }

    /// The alert shown.
    pub fn shown(&self) -> Option<&Shown> {
        self.shown.as_ref()
    }

    /// Somebody looks at its JSON.
    pub fn outlined(&mut self, outline: Outline) {
        if let Some(shown) = &mut self.shown {
            shown.prepared.outline = Some(outline);
        }
    }

    /// Its tree was completed by hunting.
    pub fn completed(&mut self, tree: ProcessTree, hunted: Arc<Hunted>) {
        if let Some(shown) = &mut self.shown {
            shown.prepared.tree = tree;
            shown.prepared.hunted = Some(hunted);
        }
    }

    /// What is related to it was put together.
    pub fn merged(&mut self, related: Merged) {
        if let Some(shown) = &mut self.shown {
            shown.prepared.related = related;
        }
    }

    /// True while the answer with the evidence is awaited.
    pub fn is_reading(&self) -> bool {
        !matches!(self.evidence, EvidenceRead::NotWanted)
    }

    /// When it next wants to be woken for the cursor.
    pub fn follow_at(&self) -> Option<Steady> {
        self.follow_at
    }
}

/// False for what only a person or a change of the alert can mend.
const fn may_pass(failure: &Failure) -> bool {
    failure.is_passing()
        || matches!(
            failure.kind,
            FailureKind::Unauthorized | FailureKind::Obstructed
        )
}

fn open(key: AlertKey, book: &AlertBook) -> Option<Shown> {
    let mut detail = detail::read(&book.original(key)?);
    if detail.evidence.is_empty()
        && let Some(with_evidence) = book.original_with_evidence(key)
    {
        detail.evidence = detail::read_evidence(&with_evidence);
    }
    let prepared = Prepared::of(key, &detail, book);
    Some(Shown {
        key,
        detail,
        precedent: precedent::of(book, key),
        prepared,
        trouble: None,
    })
}
