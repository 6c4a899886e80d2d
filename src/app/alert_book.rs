//! The alerts as last told: small rows, the rest packed, and the list made of them.
//!
//! Which rows the list shows, and how, is in `list`. Rows are never taken
//! away, so an [`AlertKey`] names the same alert for the whole session.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::HashSet;
use std::ops::RangeInclusive;

use jiff::Timestamp;

use crate::app::filter::Filter;
use crate::app::filter::predicate::Beside;
use crate::app::lateness;
use crate::app::lateness::LateAfter;
use crate::app::lateness::LateCount;
use crate::app::list::Alerts;
use crate::app::list::Folding;
use crate::app::list::List;
use crate::app::marks::Marks;
use crate::app::order::Order;
use crate::app::order::SortBy;
use crate::app::pulse::Pulse;
use crate::app::row::Evidence;
pub use crate::app::row::Fresh;
pub use crate::app::row::Row;
use crate::app::row::disposition;
use crate::app::shape::GroupBy;
use crate::app::shape::Line;
use crate::app::symbols::Symbol;
use crate::app::symbols::Symbols;
pub use crate::app::tally::Counts;
use crate::app::tally::Tally;
use crate::app::usage::Usage;
use crate::app::views::tally::Counted;
use crate::app::views::tally::ViewTally;
use crate::domain::alert::Alert;
use crate::domain::alert::AlertId;
use crate::domain::packed::PackedJson;
use crate::domain::text::Text;

/// Names one alert of the book.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AlertKey(u32);

impl AlertKey {
    /// Its number, for tables by alert.
    pub(super) const fn index(self) -> usize {
        self.0 as usize
    }

    /// The alert with this number.
    pub(super) const fn at(number: u32) -> Self {
        Self(number)
    }
}

/// What a page changed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Absorbed {
    pub new: Vec<AlertKey>,
    pub changed: Vec<AlertKey>,
}

/// All alerts known.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AlertBook {
    rows: Vec<Row>,
    by_id: HashMap<AlertId, AlertKey>,
    symbols: Symbols,
    usage: Usage,
    pulse: Pulse,
    list: List,
    marks: Marks,
    /// How many alerts each view has.
    views: ViewTally,
    tally: Tally,
    /// Who has an alert since the change that is marked, if that gave it to somebody or
    /// changed its status: the service tells no more about who changed what.
    changed_by: HashMap<AlertKey, Symbol>,
    /// Hashes of items that could not be read: each poll brings the overlap again.
    unreadable: HashSet<u64>,
}

impl AlertBook {
    /// The book of a queue to work on: by lateness, duplicates folded. The default is a
    /// plain list, newest first.
    pub fn queue(late_after: LateAfter) -> Self {
        Self {
            list: List::new(Order::by(SortBy::Lateness), late_after, Folding::Folded),
            ..Self::default()
        }
    }

    /// Takes in alerts as just told. `mark` is what is put on rows that are new or changed.
    ///
    /// What comes again unchanged is dropped by id and time; what is older than
    /// what is known is late and dropped too.
    pub fn absorb(&mut self, alerts: Vec<Alert>, mark: Marking) -> Absorbed {
        let mut absorbed = Absorbed::default();
        for alert in alerts {
            match self.by_id.get(&alert.id).copied() {
                None => {
                    if let Some(key) = self.append(alert, mark) {
                        absorbed.new.push(key);
                    }
                }
                Some(key) => {
                    if self.replace(key, alert, mark) {
                        absorbed.changed.push(key);
                    }
                }
            }
        }
        if absorbed != Absorbed::default() {
            let keys: Vec<AlertKey> = [absorbed.new.as_slice(), &absorbed.changed].concat();
            self.on_list(|list, alerts| list.take_in(&keys, alerts));
            self.on_views(|views, alerts| views.take_in(&keys, alerts));
            self.pulse.settle();
        }
        self.tally.settle();
        absorbed
    }

    /// Time passed: what came a day ago is no longer what came lately.
    pub fn pass(&mut self, now: Timestamp) {
        self.pulse.pass(now, &self.rows);
    }

    /// Notes items that could not be read as alerts. Says how many were not known yet.
    pub fn note_unreadable(&mut self, hashes: &[u64]) -> usize {
        let before = self.unreadable.len();
        self.unreadable.extend(hashes);
        self.unreadable.len() - before
    }

    fn append(&mut self, alert: Alert, mark: Marking) -> Option<AlertKey> {
        let key = AlertKey(u32::try_from(self.rows.len()).ok()?);
        let mut row = self.row_of(alert);
        if mark == Marking::Mark {
            row.fresh = Fresh::New;
        }
        self.by_id.insert(row.id.clone(), key);
        self.usage.add(&row);
        self.pulse.add(&row);
        self.tally.add(&row, self.list.late_after());
        self.rows.push(row);
        Some(key)
    }

    fn replace(&mut self, key: AlertKey, alert: Alert, mark: Marking) -> bool {
        let mut row = self.row_of(alert);
        let Some(old) = self.rows.get_mut(key.0 as usize) else {
            return false;
        };
        if row.updated < old.updated {
            return false;
        }
        // An answer without evidence says nothing about it: what is known stays.
        let brings_evidence = row.evidence.is_some();
        if !brings_evidence {
            row.evidence = old.evidence.take();
        }
        row.fresh = old.fresh;
        let same_to_see = row.same_to_see(old);
        if row.updated == old.updated && same_to_see && !brings_evidence {
            // The same again: `old` keeps its body, only its evidence was lent.
            old.evidence = row.evidence;
            return false;
        }
        let changed = row.updated != old.updated || !same_to_see;
        if changed && mark == Marking::Mark && row.fresh == Fresh::Seen {
            row.fresh = Fresh::Changed;
        }
        if changed && mark == Marking::Mark {
            self.changed_by.remove(&key);
            let handled = (row.status, row.assigned_to) != (old.status, old.assigned_to);
            if handled && row.assigned_to != Symbol::EMPTY {
                self.changed_by.insert(key, row.assigned_to);
            }
        }
        self.usage.remove(old);
        self.usage.add(&row);
        self.pulse.remove(old);
        self.pulse.add(&row);
        let late_after = self.list.late_after();
        self.tally.remove(old, late_after);
        self.tally.add(&row, late_after);
        *old = row;
        changed
    }

    fn row_of(&mut self, alert: Alert) -> Row {
        let evidence = alert.has_evidence.then(|| {
            Box::new(Evidence {
                body: alert.body.clone(),
                body_of: alert.updated,
                as_of: alert.updated,
            })
        });
        let disposition = disposition(&alert.classification, &alert.determination);
        Row {
            created: alert.created,
            updated: alert.updated,
            title: self.symbols.intern(alert.title),
            device: self.symbols.intern(alert.device),
            user: self.symbols.intern(alert.user),
            category: self.symbols.intern(alert.category),
            assigned_to: self.symbols.intern(alert.assigned_to),
            incident: self.symbols.intern_numeral(alert.incident),
            detector: self.symbols.intern(alert.detector),
            product: self.symbols.intern(alert.product),
            techniques: self.symbols.intern(alert.techniques),
            disposition: self.symbols.intern(disposition),
            group: self.symbols.intern(alert.group),
            severity_word: self.symbols.intern(alert.severity_word),
            status_word: self.symbols.intern(alert.status_word),
            severity: alert.severity,
            status: alert.status,
            fresh: Fresh::Seen,
            body: alert.body,
            evidence,
            id: alert.id,
        }
    }

    /// The single alert was read: its evidence is known from now on, even when there
    /// is none, and even when the answer is older than the list.
    ///
    /// `asked` is the id it was asked for: the answer may spell it otherwise.
    pub fn absorb_single(&mut self, asked: &AlertId, mut alert: Alert) -> Option<AlertKey> {
        alert.id = asked.clone();
        let body = alert.body.clone();
        let body_of = alert.updated;
        let has_evidence = alert.has_evidence;
        self.absorb(vec![alert], Marking::Leave);
        let key = self.by_id.get(asked).copied()?;
        let row = self.rows.get_mut(key.0 as usize)?;
        let as_of = row.updated.max(body_of);
        match &mut row.evidence {
            // Merged and never replaced by an empty list: only the date moves.
            Some(known) if !has_evidence => known.as_of = as_of,
            Some(known) => {
                **known = Evidence {
                    body,
                    body_of,
                    as_of,
                }
            }
            none => {
                *none = Some(Box::new(Evidence {
                    body,
                    body_of,
                    as_of,
                }));
            }
        }
        Some(key)
    }

    /// True while the evidence of an alert is unknown or older than the alert.
    pub fn wants_evidence(&self, key: AlertKey) -> bool {
        self.row(key).is_some_and(|row| {
            row.evidence
                .as_ref()
                .is_none_or(|evidence| evidence.as_of < row.updated)
        })
    }

    /// The alert was looked at, and with it its duplicates.
    pub fn mark_seen(&mut self, key: AlertKey) {
        let mut seen = self.list.fold_of(key).to_vec();
        seen.push(key);
        for key in &seen {
            self.changed_by.remove(key);
            if let Some(row) = self.rows.get_mut(key.index()) {
                row.fresh = Fresh::Seen;
            }
        }
        self.on_views(|views, alerts| views.on_seen(&seen, alerts));
    }

    fn on_list<T>(&mut self, change: impl FnOnce(&mut List, Alerts<'_>) -> T) -> T {
        let alerts = Alerts {
            rows: &self.rows,
            symbols: &self.symbols,
            marks: &self.marks,
        };
        change(&mut self.list, alerts)
    }

    fn on_views(&mut self, change: impl FnOnce(&mut ViewTally, Counted<'_>)) {
        let alerts = Counted {
            rows: &self.rows,
            beside: Beside {
                symbols: &self.symbols,
                late_after: self.list.late_after(),
                marks: &self.marks,
            },
        };
        change(&mut self.views, alerts);
    }

    /// From now on the alerts of these views are counted.
    pub fn watch(&mut self, views: Vec<Filter>) {
        self.on_views(|tally, alerts| tally.watch(views, alerts));
    }

    /// How many alerts a view has, by its place among those that are watched.
    pub fn count_of(&self, view: usize) -> usize {
        self.views.count(view)
    }

    /// Changes order, groups and filter at once.
    pub fn arrange(&mut self, order: Order, group_by: GroupBy, filter: Filter) {
        self.on_list(|list, alerts| list.arrange(order, group_by, filter, alerts));
    }

    /// Changes the order.
    pub fn sort_by(&mut self, order: Order) {
        self.on_list(|list, alerts| list.sort_by(order, alerts));
    }

    /// Changes how long an alert may wait for its first action.
    pub fn judge_by(&mut self, late_after: LateAfter) {
        self.on_list(|list, alerts| list.judge_by(late_after, alerts));
        self.on_views(ViewTally::recount);
        self.tally = Tally::of(&self.rows, self.list.late_after());
    }

    /// Changes the filter. Typing on looks only at what is still visible.
    pub fn filter_by(&mut self, filter: Filter) {
        self.on_list(|list, alerts| list.filter_by(filter, alerts));
    }

    /// Those of the alerts that a filter lets through, in the same order.
    pub fn passing(&self, filter: &Filter, keys: &[AlertKey]) -> Vec<AlertKey> {
        let alerts = Alerts {
            rows: &self.rows,
            symbols: &self.symbols,
            marks: &self.marks,
        };
        self.list.passing(filter, keys.iter().copied(), alerts)
    }

    /// Changes the groups. They begin folded.
    pub fn group_by(&mut self, group_by: GroupBy) {
        self.on_list(|list, alerts| list.group_by(group_by, alerts));
    }

    /// Folds or unfolds a group or duplicates. False where a line stands for one alert.
    pub fn toggle(&mut self, line: usize) -> bool {
        self.on_list(|list, alerts| list.toggle(line, alerts))
    }

    /// Holds the list still, or lets it take in what came and changed meanwhile.
    pub fn freeze(&mut self, frozen: bool) {
        self.on_list(|list, alerts| list.freeze(frozen, alerts));
    }

    /// Marks these, or takes the marks away where all have one.
    pub fn toggle_marks(&mut self, keys: &[AlertKey]) {
        self.marks.toggle(keys);
        self.on_views(ViewTally::on_marked);
        self.on_list(List::on_marked);
    }

    /// Marks these.
    pub fn mark(&mut self, keys: &[AlertKey]) {
        self.marks.add(keys.iter().copied());
        self.on_views(ViewTally::on_marked);
    }

    /// The ids of marked alerts, in the order in which they came.
    pub fn marked_ids(&self) -> impl Iterator<Item = &AlertId> {
        let marked = self.marks.keys();
        marked.filter_map(|key| Some(&self.rows.get(key.index())?.id))
    }

    /// Marks everything on these lines.
    pub fn mark_lines(&mut self, lines: RangeInclusive<usize>) {
        for line in lines {
            if let Some(line) = self.list.line(line) {
                self.marks.add(line.alerts.iter().copied());
            }
        }
        self.on_list(List::on_marked);
        self.on_views(ViewTally::on_marked);
    }

    /// Takes all marks away.
    pub fn clear_marks(&mut self) {
        self.marks.clear();
        self.on_views(ViewTally::on_marked);
        self.on_list(List::on_marked);
    }

    /// Whether a person marked this alert.
    pub fn is_marked(&self, key: AlertKey) -> bool {
        self.marks.contains(key)
    }

    /// How many are marked.
    pub fn marked(&self) -> usize {
        self.marks.count()
    }

    /// The marked alerts in the order of the list, those too that the filter hides.
    pub fn marked_ones(&self) -> impl Iterator<Item = AlertKey> {
        let all = self.list.sorted().iter().copied();
        all.filter(|key| self.marks.contains(*key))
    }

    /// Who made the change that is marked, as far as the service tells.
    pub fn changed_by(&self, key: AlertKey) -> Option<&Text> {
        Some(self.text(*self.changed_by.get(&key)?))
    }

    /// The visible alerts with the same title.
    pub fn alike(&self, key: AlertKey) -> Vec<AlertKey> {
        let Some(title) = self.row(key).map(|row| row.title) else {
            return Vec::new();
        };
        let is_alike = |key: &AlertKey| self.row(*key).is_some_and(|row| row.title == title);
        self.visible().iter().copied().filter(is_alike).collect()
    }

    /// How many alerts wait too long, or nearly.
    pub fn late(&self, now: Timestamp) -> LateCount {
        self.tally.late(now)
    }

    /// When an alert becomes late; none once the first action was seen.
    pub fn deadline(&self, key: AlertKey) -> Option<Timestamp> {
        self.list.late_after().deadline(self.row(key)?)
    }

    /// Whether an alert waits too long for its first action.
    pub fn is_late(&self, key: AlertKey, now: Timestamp) -> bool {
        let deadline = self.deadline(key);
        deadline.is_some_and(|deadline| lateness::is_past(deadline, now))
    }

    /// One row.
    pub fn row(&self, key: AlertKey) -> Option<&Row> {
        self.rows.get(key.0 as usize)
    }

    /// The alert with this id.
    pub fn key_of(&self, id: &AlertId) -> Option<AlertKey> {
        self.by_id.get(id).copied()
    }

    /// The alerts that came after the first so many, as they came.
    pub fn keys_from(&self, first: usize) -> impl Iterator<Item = AlertKey> {
        let numbers = first..self.rows.len();
        numbers.filter_map(|number| Some(AlertKey(u32::try_from(number).ok()?)))
    }

    /// What the filter lets through, as the list shows it: in order, but groups and
    /// duplicates side by side.
    pub fn visible(&self) -> &[AlertKey] {
        self.list.visible()
    }

    /// Lines of the list.
    pub fn line_count(&self) -> usize {
        self.list.line_count()
    }

    /// One line of the list.
    pub fn line(&self, index: usize) -> Option<Line<'_>> {
        self.list.line(index)
    }

    /// The line that shows an alert: the heading of its group where that is folded.
    pub fn line_of(&self, key: AlertKey) -> Option<usize> {
        self.list.line_of(key)
    }

    /// The heading of an alert's group.
    pub fn heading_of(&self, key: AlertKey) -> Option<usize> {
        self.list.heading_of(key)
    }

    /// Where an alert stands among the visible ones.
    pub fn place_of(&self, key: AlertKey) -> Option<usize> {
        self.list.place_of(key)
    }

    /// An alert with its duplicates, newest first: what a person does to one is done to
    /// all. Empty for one that the filter hides.
    pub fn fold_of(&self, key: AlertKey) -> &[AlertKey] {
        self.list.fold_of(key)
    }

    /// How many alerts have each text.
    pub fn usage(&self) -> &Usage {
        &self.usage
    }

    /// What came in the last 24 hours.
    pub fn pulse(&self) -> &Pulse {
        &self.pulse
    }

    /// The texts of all rows.
    pub fn symbols(&self) -> &Symbols {
        &self.symbols
    }

    /// The text of a symbol of a row.
    pub fn text(&self, symbol: Symbol) -> &Text {
        self.symbols.text(symbol)
    }

    /// The incident of a row, harmless to show; empty when there is none.
    pub fn incident(&self, row: &Row) -> Cow<'_, str> {
        self.symbols.shown_numeral(row.incident)
    }

    /// All of the alert as JSON, in the form that carries most.
    pub fn original(&self, key: AlertKey) -> Option<String> {
        Some(self.row(key)?.body.unpack())
    }

    /// The same as it is kept, for whoever unpacks many elsewhere.
    pub fn packed(&self, key: AlertKey) -> Option<&PackedJson> {
        Some(&self.row(key)?.body)
    }

    /// All of the alert as JSON, with its evidence where that is of the same date.
    pub fn original_of_one_date(&self, key: AlertKey) -> Option<String> {
        let row = self.row(key)?;
        let whole = row
            .evidence
            .as_ref()
            .filter(|evidence| evidence.body_of == row.updated);
        Some(whole.map_or(&row.body, |evidence| &evidence.body).unpack())
    }

    /// The last answer about this alert that carried evidence; it may be older.
    pub fn original_with_evidence(&self, key: AlertKey) -> Option<String> {
        Some(self.row(key)?.evidence.as_ref()?.body.unpack())
    }

    /// For the head.
    pub fn counts(&self) -> Counts {
        self.tally.counts()
    }

    /// Items that could not be read as alerts.
    pub fn unreadable(&self) -> usize {
        self.unreadable.len()
    }

    /// The order in force.
    pub fn order(&self) -> &Order {
        self.list.order()
    }

    /// The filter in force.
    pub fn filter(&self) -> &Filter {
        self.list.filter()
    }

    /// The groups in force.
    pub fn grouping(&self) -> GroupBy {
        self.list.grouping()
    }

    /// While the list is held still: how many alerts came or changed since.
    pub fn waiting(&self) -> Option<usize> {
        self.list.waiting()
    }
}

/// Whether rows that are new or changed are marked as such.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Marking {
    Mark,
    Leave,
}
