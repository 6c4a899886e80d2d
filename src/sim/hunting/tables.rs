//! The tables of one tenant at one moment: thirty days back, and never ahead.

use std::collections::HashMap;
use std::collections::HashSet;
use std::ops::ControlFlow;
use std::rc::Rc;

use serde_json::Value as Json;

use crate::sim::hunting::alert_tables;
use crate::sim::hunting::background;
use crate::sim::hunting::device_events;
use crate::sim::hunting::event::Event;
use crate::sim::hunting::evidence::Alert;
use crate::sim::hunting::schema::Schema;
use crate::sim::kql::Column;
use crate::sim::kql::Row;
use crate::sim::kql::Tables;
use crate::sim::kql::Wanted;
use crate::sim::odata::Value;
use crate::sim::population::Detail;
use crate::sim::population::Device;
use crate::sim::ticks::Ticks;
use crate::sim::world::World;

/// How far back the tables reach.
const REACH_SECONDS: i64 = 30 * 86_400;

pub(super) struct Tenant<'a> {
    world: &'a World,
    start: Ticks,
    end: Ticks,
    now: Ticks,
}

impl<'a> Tenant<'a> {
    pub(super) fn new(world: &'a World, window: Option<(Ticks, Ticks)>, now: Ticks) -> Self {
        let oldest = now.plus_seconds(-REACH_SECONDS);
        let (start, end) = window.unwrap_or((oldest, now));
        Self {
            world,
            start: start.max(oldest),
            end: end.min(now),
            now,
        }
    }

    /// Every alert that is needed, newest first, with its evidence.
    fn alerts(&self, needed: &Needed<'_>, each: &mut dyn FnMut(&Alert<'_>) -> ControlFlow<()>) {
        let (directory, tenant) = (&self.world.directory, &self.world.account.tenant);
        let by_id: HashMap<&str, &Device> = directory
            .devices
            .iter()
            .map(|device| (device.id.as_str(), device))
            .collect();
        for entry in self.world.store.newest_of_defender() {
            if !needed.has(entry.machine_id(directory)) {
                continue;
            }
            let text = entry.body(directory, tenant, Detail::Evidence, None);
            let body: Json = serde_json::from_str(&text).unwrap_or_default();
            if each(&Alert::new(&body, &by_id, directory)).is_break() {
                return;
            }
        }
    }

    /// Alerts without which a row of this device would be missing or be another: those on
    /// the devices its incidents have met.
    fn needed_by<'s>(&'s self, device: &'s str) -> Needed<'s> {
        let alerts = || {
            let entries = self.world.store.newest_of_defender();
            entries.filter_map(|entry| {
                let incident = match entry.read("incidentId") {
                    Value::Number(number) => number,
                    _ => 0,
                };
                Some((entry.machine_id(&self.world.directory)?, incident))
            })
        };
        let here = alerts().filter(|(id, _)| *id == device);
        let incidents: HashSet<i64> = here.map(|(_, incident)| incident).collect();
        let met = alerts().filter(|(_, incident)| incidents.contains(incident));
        Needed::On(met.map(|(id, _)| id).collect())
    }
}

/// Which alerts are read for a table.
enum Needed<'a> {
    All,
    /// Those on the devices with these ids.
    On(HashSet<&'a str>),
}

impl Needed<'_> {
    fn has(&self, device: Option<&str>) -> bool {
        match self {
            Self::All => true,
            Self::On(devices) => device.is_some_and(|device| devices.contains(device)),
        }
    }
}

impl Tables for Tenant<'_> {
    fn columns(&self, table: &str) -> Option<Vec<Column>> {
        Schema::named(table).map(Schema::named_columns)
    }

    fn read(&self, table: &str, wanted: &Wanted, each: &mut dyn FnMut(Row) -> ControlFlow<()>) {
        let Some(schema) = Schema::named(table) else {
            return;
        };
        // Each device counts its own: a row is the same whatever else is read.
        let mut reports: HashMap<Rc<str>, i64> = HashMap::new();
        let mut keep = |event: Event| {
            if event.table != schema.name || event.at < self.start || event.at > self.end {
                return ControlFlow::Continue(());
            }
            let report = reports.entry(Rc::clone(&event.device)).or_insert(1000);
            *report += 1;
            each(event.row(schema, *report))
        };
        // A reader that has enough says so by breaking off.
        let _enough = self.events(schema.name, wanted.text("DeviceId"), &mut keep);
    }
}

impl Tenant<'_> {
    /// The events of a table, at least those on the device with this id.
    fn events(
        &self,
        table: &'static str,
        only: Option<&str>,
        keep: &mut dyn FnMut(Event) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let directory = &self.world.directory;
        let mut enough = ControlFlow::Continue(());
        match table {
            "AlertInfo" => self.alerts(&Needed::All, &mut |alert| {
                enough = keep(alert_tables::info(alert));
                enough
            }),
            "AlertEvidence" => {
                let needed = only.map_or(Needed::All, |id| Needed::On(HashSet::from([id])));
                self.alerts(&needed, &mut |alert| {
                    enough = alert_tables::evidence(alert)
                        .into_iter()
                        .try_for_each(&mut *keep);
                    enough
                });
            }
            "DeviceInfo" => return background::devices(directory, only, self.now, keep),
            _ => {
                let needed = only.map_or(Needed::All, |id| self.needed_by(id));
                let mut traces = device_events::Traces::default();
                self.alerts(&needed, &mut |alert| {
                    enough = traces.of(alert).into_iter().try_for_each(&mut *keep);
                    enough
                });
                enough?;
                traces
                    .elsewhere(directory)
                    .into_iter()
                    .try_for_each(&mut *keep)?;
                let window = (self.start, self.end);
                return background::events(directory, table, only, window, keep);
            }
        }
        enough
    }
}
