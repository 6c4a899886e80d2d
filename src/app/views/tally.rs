//! How many alerts each view has: two bytes for an alert, kept along with the rows.
//!
//! A poll costs what the alerts cost that it changed. Everything is counted anew only
//! for a view that asks something else than before.

use crate::app::alert_book::AlertKey;
use crate::app::filter::Filter;
use crate::app::filter::predicate::Beside;
use crate::app::filter::predicate::Compiled;
use crate::app::row::Row;
use crate::domain::view::MOST;

/// The views that one alert is in, as a bit each.
type Views = u16;

const _: () = assert!(MOST <= Views::BITS as usize, "a bit for each view");

/// What is counted.
#[derive(Clone, Copy)]
pub(in crate::app) struct Counted<'a> {
    pub(in crate::app) rows: &'a [Row],
    pub(in crate::app) beside: Beside<'a>,
}

/// Which alerts are in which views, and how many in each.
#[derive(Debug, Clone, PartialEq, Default)]
pub(in crate::app) struct ViewTally {
    filters: Vec<Filter>,
    /// By alert.
    views: Vec<Views>,
    /// By view: the sums of the bits above.
    counts: [usize; MOST],
}

impl ViewTally {
    /// From now on these are counted. One that asks the same as before is not looked at.
    pub(in crate::app) fn watch(&mut self, mut filters: Vec<Filter>, alerts: Counted<'_>) {
        filters.truncate(MOST);
        let mut stale: Views = 0;
        for at in 0..filters.len().max(self.filters.len()) {
            let same = match (self.filters.get(at), filters.get(at)) {
                (Some(old), Some(new)) => new.answers_as(old),
                (None | Some(_), None | Some(_)) => false,
            };
            stale |= Views::from(!same) << at;
        }
        self.filters = filters;
        self.count_anew(stale, alerts);
    }

    /// These alerts came or changed.
    pub(in crate::app) fn take_in(&mut self, keys: &[AlertKey], alerts: Counted<'_>) {
        let tests = self.tests(Views::MAX, alerts);
        self.reach(alerts);
        for key in keys {
            self.judge(*key, Views::MAX, &tests, alerts);
        }
    }

    /// These alerts were looked at.
    pub(in crate::app) fn on_seen(&mut self, keys: &[AlertKey], alerts: Counted<'_>) {
        if (self.filters.iter()).any(|filter| filter.query().asks_what_was_looked_at()) {
            self.take_in(keys, alerts);
        }
    }

    /// Marks were set or taken away.
    pub(in crate::app) fn on_marked(&mut self, alerts: Counted<'_>) {
        let mut stale: Views = 0;
        for (at, filter) in self.filters.iter().enumerate() {
            stale |= Views::from(filter.query().asks_for_marks()) << at;
        }
        self.count_anew(stale, alerts);
    }

    /// Something was changed for all of them that filters ask for.
    pub(in crate::app) fn recount(&mut self, alerts: Counted<'_>) {
        self.count_anew(Views::MAX, alerts);
    }

    /// How many alerts a view has.
    pub(in crate::app) fn count(&self, view: usize) -> usize {
        self.counts.get(view).copied().unwrap_or(0)
    }

    /// All of them for some views: one walk through the rows, whatever the number of
    /// views, since fetching a row costs more than asking it.
    fn count_anew(&mut self, stale: Views, alerts: Counted<'_>) {
        if stale == 0 {
            return;
        }
        let tests = self.tests(stale, alerts);
        self.reach(alerts);
        for (at, count) in self.counts.iter_mut().enumerate() {
            if stale >> at & 1 == 1 {
                *count = 0;
            }
        }
        let keys = (0..).map(AlertKey::at);
        for ((key, row), views) in keys.zip(alerts.rows).zip(&mut self.views) {
            *views &= !stale;
            for (at, test) in &tests {
                if test.lets_through(key, row) {
                    *views |= 1 << at;
                    if let Some(count) = self.counts.get_mut(*at) {
                        *count += 1;
                    }
                }
            }
        }
    }

    /// The filters of some views, ready for rows.
    fn tests(&self, of: Views, alerts: Counted<'_>) -> Vec<(usize, Compiled)> {
        let filters = self.filters.iter().enumerate();
        filters
            .filter(|(at, _)| of >> at & 1 == 1)
            .map(|(at, filter)| (at, filter.compile(alerts.beside)))
            .collect()
    }

    /// Room for each alert, and no more: twice as much would be kept otherwise.
    fn reach(&mut self, alerts: Counted<'_>) {
        let coming = alerts.rows.len().saturating_sub(self.views.len());
        self.views.reserve_exact(coming);
        self.views.resize(alerts.rows.len(), 0);
    }

    fn judge(
        &mut self,
        key: AlertKey,
        of: Views,
        tests: &[(usize, Compiled)],
        alerts: Counted<'_>,
    ) {
        let (Some(row), Some(views)) = (
            alerts.rows.get(key.index()),
            self.views.get_mut(key.index()),
        ) else {
            return;
        };
        let before = *views;
        let mut now = before & !of;
        for (at, test) in tests {
            now |= Views::from(test.lets_through(key, row)) << at;
        }
        *views = now;
        for (at, count) in self.counts.iter_mut().enumerate() {
            let (was, is) = (usize::from(before >> at & 1), usize::from(now >> at & 1));
            *count = *count + is - was;
        }
    }
}
