//! The tables of one tenant at one moment: thirty days back, and never ahead.

use std::cell::Cell;
use std::collections::HashMap;
use std::ops::ControlFlow;

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

    /// Every alert, newest first, with its evidence.
    fn alerts(&self, each: &mut dyn FnMut(&Alert<'_>) -> ControlFlow<()>) {
        let (directory, tenant) = (&self.world.directory, &self.world.account.tenant);
        let by_id: HashMap<&str, &Device> = directory
            .devices
            .iter()
            .map(|device| (device.id.as_str(), device))
            .collect();
        for entry in self.world.store.newest_of_defender() {
            let text = entry.body(directory, tenant, Detail::Evidence, None);
            let body: Json = serde_json::from_str(&text).unwrap_or_default();
            if each(&Alert::new(&body, &by_id, directory)).is_break() {
                return;
            }
        }
    }
}

impl Tables for Tenant<'_> {
    fn columns(&self, table: &str) -> Option<Vec<Column>> {
        Schema::named(table).map(Schema::named_columns)
    }

    fn read(&self, table: &str, each: &mut dyn FnMut(Row) -> ControlFlow<()>) {
        let Some(schema) = Schema::named(table) else {
            return;
        };
        let reports = Cell::new(1000);
        let mut keep = |event: Event| {
            if event.table != schema.name || event.at < self.start || event.at > self.end {
                return ControlFlow::Continue(());
            }
            reports.set(reports.get() + 1);
            each(event.row(schema, reports.get()))
        };
        // A reader that has enough says so by breaking off.
        let _enough = self.events(schema.name, &mut keep);
    }
}

impl Tenant<'_> {
    fn events(
        &self,
        table: &'static str,
        keep: &mut dyn FnMut(Event) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let mut enough = ControlFlow::Continue(());
        match table {
            "AlertInfo" => self.alerts(&mut |alert| {
                enough = keep(alert_tables::info(alert));
                enough
            }),
            "AlertEvidence" => self.alerts(&mut |alert| {
                enough = alert_tables::evidence(alert)
                    .into_iter()
                    .try_for_each(&mut *keep);
                enough
            }),
            "DeviceInfo" => return background::devices(&self.world.directory, self.now, keep),
            _ => {
                let mut traces = device_events::Traces::default();
                self.alerts(&mut |alert| {
                    enough = traces.of(alert).into_iter().try_for_each(&mut *keep);
                    enough
                });
                enough?;
                traces
                    .elsewhere(&self.world.directory)
                    .into_iter()
                    .try_for_each(&mut *keep)?;
                return background::events(
                    &self.world.directory,
                    table,
                    (self.start, self.end),
                    keep,
                );
            }
        }
        enough
    }
}
