//! What is known of devices: read when somebody looks at one, and kept for a while.

use std::collections::HashMap;
use std::collections::VecDeque;

use jiff::SignedDuration;
use jiff::Timestamp;

use crate::app::alert_book::AlertBook;
use crate::app::device_text::Other;
use crate::domain::device::DeviceId;
use crate::domain::device::Reading;
use crate::domain::failure::Failure;
use crate::domain::failure::FailureKind;
use crate::domain::moment::Moment;
use crate::domain::moment::Steady;

/// What a reading is good for before it is asked for anew.
const FRESH: SignedDuration = SignedDuration::from_mins(3);
/// A reading that failed is tried again no sooner.
const AGAIN: SignedDuration = SignedDuration::from_secs(30);
/// Devices that are remembered.
const MOST: usize = 60;
/// Other alerts that are named.
const OTHERS: usize = 20;

/// One device, as it was read last.
#[derive(Debug, Clone, PartialEq)]
pub struct Known {
    pub reading: Reading,
    /// When it came.
    pub at: Moment,
    /// Alerts on it, the newest first; looked up once, since that asks every alert.
    pub alerts: Vec<Other>,
    pub alerts_in_all: usize,
}

/// All of them, and what is being asked.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Readings {
    known: HashMap<DeviceId, Known>,
    /// Asked for and not sent yet, the first one next.
    wanted: VecDeque<DeviceId>,
    in_flight: Option<DeviceId>,
}

impl Readings {
    /// Somebody looks at this device: it is read unless that was just done.
    pub fn look_at(&mut self, id: &DeviceId, now: Steady) {
        let good_for = |known: &Known| {
            let failed = known.reading.device.is_err() || known.reading.actions.is_err();
            if failed { AGAIN } else { FRESH }
        };
        let is_fresh = self
            .known
            .get(id)
            .is_some_and(|known| known.at.steady.until(now) < good_for(known));
        if !is_fresh {
            self.want(id);
        }
    }

    /// It is read anew, however fresh it is.
    pub fn want(&mut self, id: &DeviceId) {
        if !self.is_reading(id) {
            self.wanted.push_back(id.clone());
        }
    }

    /// True while the answer is awaited.
    pub fn is_reading(&self, id: &DeviceId) -> bool {
        self.in_flight.as_ref() == Some(id) || self.wanted.contains(id)
    }

    /// The device as it was read last.
    pub fn get(&self, id: &DeviceId) -> Option<&Known> {
        self.known.get(id)
    }

    /// True where one should be asked for.
    pub fn is_due(&self) -> bool {
        self.in_flight.is_none() && !self.wanted.is_empty()
    }

    /// The next to ask for.
    pub fn start(&mut self) -> Option<DeviceId> {
        let id = self.wanted.pop_front()?;
        self.in_flight = Some(id.clone());
        Some(id)
    }

    /// The answer came. What could not be read this time is kept from the last.
    pub fn on_read(&mut self, id: &DeviceId, reading: Reading, book: &AlertBook, now: Moment) {
        if self.in_flight.as_ref() != Some(id) {
            return;
        }
        self.in_flight = None;
        // A token that was refused says nothing of the device: asked again with another.
        let refused = |failure: &Failure| failure.kind == FailureKind::Unauthorized;
        if reading.device.as_ref().is_err_and(refused) {
            self.wanted.push_front(id.clone());
            return;
        }
        let name = reading.device.as_ref().ok().map(|device| &device.name);
        let (alerts, alerts_in_all) =
            name.map_or_else(|| (Vec::new(), 0), |name| alerts_on(book, name.original()));
        if self.known.len() >= MOST
            && let Some(oldest) = self.oldest()
        {
            self.known.remove(&oldest);
        }
        let known = Known {
            reading,
            at: now,
            alerts,
            alerts_in_all,
        };
        self.known.insert(id.clone(), known);
    }

    fn oldest(&self) -> Option<DeviceId> {
        let oldest = self.known.iter().min_by_key(|(_, known)| known.at.steady);
        oldest.map(|(id, _)| id.clone())
    }
}

/// The alerts whose device has this name, the newest of them in words.
fn alerts_on(book: &AlertBook, name: &str) -> (Vec<Other>, usize) {
    let Some(symbol) = book.symbols().find(name) else {
        return (Vec::new(), 0);
    };
    let mut on_it: Vec<(Option<Timestamp>, usize)> = Vec::new();
    let rows = book.keys_from(0).enumerate();
    let rows = rows.filter_map(|(index, key)| Some((index, book.row(key)?)));
    for (index, row) in rows.filter(|(_, row)| row.device == symbol) {
        on_it.push((row.created, index));
    }
    on_it.sort_unstable_by(|left, right| right.cmp(left));
    let named = on_it.iter().take(OTHERS).filter_map(|(_, index)| {
        let key = book.keys_from(*index).next()?;
        let row = book.row(key)?;
        Some(Other {
            severity: row.severity,
            title: book.text(row.title).shown_briefly().into_owned(),
            status: row.status.word().to_owned(),
            created: row.created,
        })
    });
    (named.collect(), on_it.len())
}
