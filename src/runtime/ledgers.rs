//! What a profile at work keeps on disk about its decisions: those on their way, and
//! what came of the others.

use std::path::Path;

use jiff::Timestamp;

use crate::app::Event;
use crate::app::State;
use crate::app::handover::Own;
use crate::domain::decision::kept::Outbox;
use crate::domain::decision::kept::Record;
use crate::domain::device::kept::Entry;
use crate::domain::device::kept::OrderRecord;
use crate::ledger::Audit;
use crate::ledger::FollowedFile;
use crate::ledger::Mine;
use crate::ledger::Outboxes;

/// The files of one profile.
pub(super) struct Ledger {
    outbox: Mine,
    followed: FollowedFile,
    audit: Audit,
}

impl Ledger {
    /// Opens them, and tells what earlier sessions left behind. In this order, so that
    /// what cannot be read is told last.
    pub(super) fn open(folder: &Path, state: &State) -> (Self, Vec<Event>) {
        let profile = &state.settings.profile;
        let (outbox, found, troubles) = Outboxes::open(folder, profile);
        let (followed, entries, trouble) = FollowedFile::open(folder, profile, state.now.wall);
        let found = found.into_iter().map(Event::OutboxFound);
        let entries = Some(entries).filter(|entries| !entries.is_empty());
        let found = found.chain(entries.map(Event::FollowedFound));
        let trouble = trouble.map(|why| format!("actions that were followed are lost: {why}"));
        let troubles = troubles.into_iter().chain(trouble);
        let ledger = Self {
            outbox,
            followed,
            audit: Audit::new(folder, profile),
        };
        let events = found.chain(troubles.map(Event::LedgerTroubled));
        (ledger, events.collect())
    }

    /// Writes down what has not arrived. On disk when this returns: it takes some
    /// milliseconds, and nothing may be sent before.
    pub(super) fn keep(&mut self, outbox: &Outbox) -> Option<Event> {
        let kept = self.outbox.keep(outbox);
        let told = |why| format!("decisions on their way are not kept on disk: {why}");
        kept.err().map(|why| Event::LedgerTroubled(told(why)))
    }

    /// Writes down which actions on devices are followed. On disk when this returns.
    pub(super) fn keep_followed(&mut self, entries: &[Entry]) -> Option<Event> {
        let kept = self.followed.keep(entries);
        let told = |why| format!("actions on their way are not kept on disk: {why}");
        kept.err().map(|why| Event::LedgerTroubled(told(why)))
    }

    /// Writes down what came of orders for devices.
    pub(super) fn audit_orders(&self, records: &[OrderRecord]) -> Option<Event> {
        let told = |why| format!("the audit log could not be written: {why}");
        let appended = self.audit.append_orders(records);
        appended.err().map(|why| Event::LedgerTroubled(told(why)))
    }

    /// The audit log, to be read elsewhere.
    pub(super) fn log(&self) -> Audit {
        self.audit.clone()
    }

    /// Writes down what came of decisions.
    pub(super) fn audit(&self, records: &[Record]) -> Option<Event> {
        let told = |why| format!("the audit log could not be written: {why}");
        let appended = self.audit.append(records);
        appended.err().map(|why| Event::LedgerTroubled(told(why)))
    }
}

/// What a log tells of decisions and orders that ended since then.
pub(super) fn read(log: &Audit, since: Timestamp) -> Result<Own, String> {
    let mut own = Own::default();
    for line in log.lines()?.into_iter().flatten() {
        let line = line.map_err(|error| error.to_string())?;
        if let Some(record) = line.record().filter(|record| record.ended >= since) {
            own.add(record);
        } else if let Some(order) = line.order().filter(|order| order.ended >= since) {
            own.orders.add(order);
        }
    }
    Ok(own)
}
