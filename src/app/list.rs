//! The list as a person arranged it: order, filter, groups, folds, and whether it is
//! held still.
//!
//! Knows no alerts by itself: whoever asks brings the rows.

use std::collections::HashSet;

use crate::app::alert_book::AlertKey;
use crate::app::filter::Filter;
use crate::app::filter::predicate::Beside;
use crate::app::folds::Folds;
use crate::app::lateness::LateAfter;
use crate::app::marks::Marks;
use crate::app::order::Order;
use crate::app::row::Row;
use crate::app::shape::GroupBy;
use crate::app::shape::GroupId;
use crate::app::shape::Line;
use crate::app::shape::LineKind;
use crate::app::shape::Shape;
use crate::app::shape::Shaping;
use crate::app::symbols::Ranks;
use crate::app::symbols::Symbols;

/// What the list is made of.
#[derive(Clone, Copy)]
pub(super) struct Alerts<'a> {
    pub(super) rows: &'a [Row],
    pub(super) symbols: &'a Symbols,
    pub(super) marks: &'a Marks,
}

/// Whether duplicates become one line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Folding {
    #[default]
    Apart,
    Folded,
}

/// Order, filter and shape, and what follows from them.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct List {
    order: Order,
    late_after: LateAfter,
    filter: Filter,
    group_by: GroupBy,
    folding: Folding,
    /// Groups begin folded.
    open_groups: HashSet<GroupId>,
    open_folds: HashSet<AlertKey>,
    /// Every alert, in the chosen order: kept, and merged into.
    sorted: Vec<AlertKey>,
    folds: Folds,
    /// Of the texts, where the order is by one.
    ranks: Ranks,
    /// Those the filter lets through, as lines.
    shape: Shape,
    /// What came or changed since the list was frozen; none while it is not.
    waiting: Option<HashSet<AlertKey>>,
}

impl List {
    /// A list that begins in this order.
    pub(super) fn new(order: Order, late_after: LateAfter, folding: Folding) -> Self {
        Self {
            order,
            late_after,
            folding,
            ..Self::default()
        }
    }

    /// These alerts came or changed. A frozen list takes them in later.
    pub(super) fn take_in(&mut self, keys: &[AlertKey], alerts: Alerts<'_>) {
        if let Some(waiting) = &mut self.waiting {
            waiting.extend(keys);
            return;
        }
        self.rank(alerts.symbols);
        let (order, late_after, ranks) = (&self.order, &self.late_after, &self.ranks);
        merge(&mut self.sorted, keys, alerts.rows.len(), |key| {
            let row = alerts.rows.get(key.index());
            (
                row.map(|row| order.place(row, late_after, ranks)),
                key.index(),
            )
        });
        if self.folding == Folding::Folded {
            self.folds.take_in(keys, alerts.rows);
        }
        self.reshape(alerts);
    }

    /// Changes the order.
    pub(super) fn sort_by(&mut self, order: Order, alerts: Alerts<'_>) {
        if self.order == order {
            return;
        }
        self.order = order;
        self.sort_anew(alerts);
    }

    /// Changes how long an alert may wait.
    pub(super) fn judge_by(&mut self, late_after: LateAfter, alerts: Alerts<'_>) {
        if self.late_after != late_after {
            self.late_after = late_after;
            self.sort_anew(alerts);
        }
    }

    /// Changes order, groups and filter at once: the lines are made once.
    pub(super) fn arrange(
        &mut self,
        order: Order,
        group_by: GroupBy,
        filter: Filter,
        alerts: Alerts<'_>,
    ) {
        if self.group_by != group_by {
            self.group_by = group_by;
            self.open_groups.clear();
        }
        self.filter = filter;
        if self.order == order {
            self.reshape(alerts);
        } else {
            self.order = order;
            self.sort_anew(alerts);
        }
    }

    fn sort_anew(&mut self, alerts: Alerts<'_>) {
        self.rank(alerts.symbols);
        let all = std::mem::take(&mut self.sorted);
        let mut placed: Vec<_> = all
            .into_iter()
            .map(|key| {
                let row = alerts.rows.get(key.index());
                let place = row.map(|row| self.order.place(row, &self.late_after, &self.ranks));
                (place, key.index(), key)
            })
            .collect();
        placed.sort_unstable_by_key(|(place, index, _)| (*place, *index));
        self.sorted = placed.into_iter().map(|(_, _, key)| key).collect();
        self.reshape(alerts);
    }

    /// Later symbols have no place among the texts: they are ranked anew.
    fn rank(&mut self, symbols: &Symbols) {
        if self.order.needs_ranks() && self.ranks.count() != symbols.count() {
            self.ranks = symbols.ranks();
        }
    }

    /// Changes the filter. Typing on looks only at what is still visible.
    pub(super) fn filter_by(&mut self, filter: Filter, alerts: Alerts<'_>) {
        if filter.asks_the_same_as(&self.filter) {
            return;
        }
        let narrows = filter.narrows(&self.filter);
        self.filter = filter;
        let candidates = self.sorted.iter().copied();
        let passing = if narrows {
            let still = |key: &AlertKey| self.shape.place_of(*key).is_some();
            self.passing(&self.filter, candidates.filter(still), alerts)
        } else {
            self.passing(&self.filter, candidates, alerts)
        };
        self.shape_of(passing, alerts);
    }

    /// The marks changed: a filter may ask for them.
    pub(super) fn on_marked(&mut self, alerts: Alerts<'_>) {
        if self.filter.query().asks_for_marks() {
            self.reshape(alerts);
        }
    }

    /// Those of the candidates that a filter lets through.
    pub(super) fn passing(
        &self,
        filter: &Filter,
        candidates: impl Iterator<Item = AlertKey>,
        alerts: Alerts<'_>,
    ) -> Vec<AlertKey> {
        if filter.is_empty() {
            return candidates.collect();
        }
        let compiled = filter.compile(Beside {
            symbols: alerts.symbols,
            late_after: &self.late_after,
            marks: alerts.marks,
        });
        let passes = |key: &AlertKey| {
            let row = alerts.rows.get(key.index());
            row.is_some_and(|row| compiled.lets_through(*key, row))
        };
        candidates.filter(passes).collect()
    }

    /// Changes the groups. They begin folded.
    pub(super) fn group_by(&mut self, group_by: GroupBy, alerts: Alerts<'_>) {
        if self.group_by != group_by {
            self.group_by = group_by;
            self.open_groups.clear();
            self.shape_again(alerts);
        }
    }

    /// Folds or unfolds what a line stands for. False where there is nothing to fold.
    pub(super) fn toggle(&mut self, line: usize, alerts: Alerts<'_>) -> bool {
        let Some(line) = self.shape.line(line) else {
            return false;
        };
        let Some(first) = line.alerts.first().copied() else {
            return false;
        };
        match line.kind {
            LineKind::Group(group) => {
                let is_folded = group.is_folded;
                let Some(row) = alerts.rows.get(first.index()) else {
                    return false;
                };
                let id = self.group_by.id_of(row);
                if is_folded {
                    self.open_groups.insert(id);
                } else {
                    self.open_groups.remove(&id);
                }
            }
            LineKind::Alert if line.alerts.len() > 1 => {
                self.open_folds.insert(first);
            }
            LineKind::Alert => return false,
            LineKind::Duplicate => {
                let duplicates: Vec<AlertKey> = self.fold_of(first).to_vec();
                for key in duplicates {
                    self.open_folds.remove(&key);
                }
            }
        }
        self.shape_again(alerts);
        true
    }

    /// An alert with its duplicates that the filter lets through, newest first; empty
    /// for one that is filtered away.
    pub(super) fn fold_of(&self, key: AlertKey) -> &[AlertKey] {
        let visible = self.shape.visible();
        let Some(place) = self.shape.place_of(key) else {
            return &[];
        };
        let fold = self.folds.of(key);
        let (before, after) = visible.split_at_checked(place).unwrap_or_default();
        let is_same = |other: &&AlertKey| fold.is_some() && self.folds.of(**other) == fold;
        let start = place - before.iter().rev().take_while(is_same).count();
        let others = after.iter().skip(1).take_while(is_same).count();
        visible.get(start..=place + others).unwrap_or_default()
    }

    /// Holds the list still, or lets it take in what waited.
    pub(super) fn freeze(&mut self, frozen: bool, alerts: Alerts<'_>) {
        match (frozen, self.waiting.take()) {
            (true, waiting) => self.waiting = Some(waiting.unwrap_or_default()),
            (false, Some(waiting)) if !waiting.is_empty() => {
                let mut keys: Vec<AlertKey> = waiting.into_iter().collect();
                keys.sort_unstable_by_key(|key| key.index());
                self.take_in(&keys, alerts);
            }
            (false, _) => {}
        }
    }

    fn reshape(&mut self, alerts: Alerts<'_>) {
        let passing = self.passing(&self.filter, self.sorted.iter().copied(), alerts);
        self.shape_of(passing, alerts);
    }

    /// The same alerts, in other lines.
    fn shape_again(&mut self, alerts: Alerts<'_>) {
        let still = |key: &AlertKey| self.shape.place_of(*key).is_some();
        let passing = self.sorted.iter().copied().filter(still).collect();
        self.shape_of(passing, alerts);
    }

    fn shape_of(&mut self, passing: Vec<AlertKey>, alerts: Alerts<'_>) {
        // The old lines first: both at once are a peak that the process would keep.
        self.shape = Shape::default();
        self.shape = Shape::of(
            passing,
            &Shaping {
                rows: alerts.rows,
                late_after: &self.late_after,
                folds: (self.folding == Folding::Folded).then_some(&self.folds),
                group_by: self.group_by,
                open_groups: &self.open_groups,
                open_folds: &self.open_folds,
            },
        );
    }

    pub(super) fn visible(&self) -> &[AlertKey] {
        self.shape.visible()
    }

    /// Every alert, as ordered.
    pub(super) fn sorted(&self) -> &[AlertKey] {
        &self.sorted
    }

    pub(super) fn line_count(&self) -> usize {
        self.shape.line_count()
    }

    pub(super) fn line(&self, index: usize) -> Option<Line<'_>> {
        self.shape.line(index)
    }

    pub(super) fn line_of(&self, key: AlertKey) -> Option<usize> {
        self.shape.line_of(key)
    }

    pub(super) fn heading_of(&self, key: AlertKey) -> Option<usize> {
        self.shape.heading_of(key)
    }

    pub(super) fn place_of(&self, key: AlertKey) -> Option<usize> {
        self.shape.place_of(key)
    }

    pub(super) fn order(&self) -> &Order {
        &self.order
    }

    pub(super) fn filter(&self) -> &Filter {
        &self.filter
    }

    pub(super) fn grouping(&self) -> GroupBy {
        self.group_by
    }

    pub(super) fn late_after(&self) -> &LateAfter {
        &self.late_after
    }

    pub(super) fn waiting(&self) -> Option<usize> {
        self.waiting.as_ref().map(HashSet::len)
    }
}

/// Brings keys that came or changed to their place among the others, which are in
/// order already. `count` is how many there are in all.
pub(super) fn merge<K: Ord>(
    sorted: &mut Vec<AlertKey>,
    keys: &[AlertKey],
    count: usize,
    place: impl Fn(AlertKey) -> K,
) {
    let mut moves = vec![false; count];
    for key in keys {
        if let Some(moves) = moves.get_mut(key.index()) {
            *moves = true;
        }
    }
    sorted.retain(|key| !moves.get(key.index()).is_some_and(|moves| *moves));
    let mut coming: Vec<(K, AlertKey)> = keys.iter().map(|key| (place(*key), *key)).collect();
    coming.sort_unstable_by(|one, other| one.0.cmp(&other.0));
    // A page may tell an alert twice.
    coming.dedup_by_key(|(_, key)| *key);
    let mut merged = Vec::with_capacity(count);
    let mut rest = sorted.as_slice();
    for (at, key) in coming {
        let (before, after) = rest
            .split_at_checked(rest.partition_point(|other| place(*other) < at))
            .unwrap_or_default();
        merged.extend_from_slice(before);
        merged.push(key);
        rest = after;
    }
    merged.extend_from_slice(rest);
    *sorted = merged;
}
