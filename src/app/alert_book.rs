//! The alerts as last told: small rows in the chosen order, the rest packed.
//!
//! Rows are never taken away, so an [`AlertKey`] names the same alert for the
//! whole session.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::HashMap;
use std::collections::HashSet;

use crate::app::filter::Filter;
use crate::app::row::Evidence;
pub use crate::app::row::Fresh;
pub use crate::app::row::Row;
use crate::app::row::disposition;
use crate::app::symbols::Symbol;
use crate::app::symbols::Symbols;
use crate::app::usage::Usage;
use crate::domain::alert::Alert;
use crate::domain::alert::AlertId;
use crate::domain::alert::Severity;
use crate::domain::packed::PackedJson;
use crate::domain::text::Text;

/// Names one alert of the book.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AlertKey(u32);

/// In which order the list stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SortBy {
    #[default]
    Newest,
    Severity,
    Age,
}

impl SortBy {
    /// In the order of `<` and `>`.
    pub const ALL: [Self; 3] = [Self::Newest, Self::Severity, Self::Age];

    /// The word in the head.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Newest => "newest",
            Self::Severity => "severity",
            Self::Age => "age",
        }
    }
}

/// What a page changed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Absorbed {
    pub new: Vec<AlertKey>,
    pub changed: Vec<AlertKey>,
}

/// Open alerts by severity, for the head.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    pub all: usize,
    pub open: usize,
    pub high: usize,
    pub medium: usize,
    pub low: usize,
    pub informational: usize,
    /// Unspecified, and severities this version does not know.
    pub other: usize,
}

/// All alerts known.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AlertBook {
    rows: Vec<Row>,
    by_id: HashMap<AlertId, AlertKey>,
    symbols: Symbols,
    usage: Usage,
    sort: SortBy,
    filter: Filter,
    /// Every alert, in the chosen order: kept, and merged into.
    order: Vec<AlertKey>,
    /// Those the filter lets through, in the same order.
    visible: Vec<AlertKey>,
    counts: Counts,
    /// Hashes of items that could not be read: each poll brings the overlap again.
    unreadable: HashSet<u64>,
}

impl AlertBook {
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
            self.order.extend(&absorbed.new);
            self.reorder();
            self.recount();
        }
        absorbed
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
        self.usage.remove(old);
        self.usage.add(&row);
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

    /// The alert was looked at.
    pub fn mark_seen(&mut self, key: AlertKey) {
        if let Some(row) = self.rows.get_mut(key.0 as usize) {
            row.fresh = Fresh::Seen;
        }
    }

    /// Changes the order.
    pub fn sort_by(&mut self, sort: SortBy) {
        if self.sort != sort {
            self.sort = sort;
            self.reorder();
        }
    }

    /// Changes the filter. Typing on looks only at what is still visible.
    pub fn filter_by(&mut self, filter: Filter) {
        if filter.asks_the_same_as(&self.filter) {
            return;
        }
        let candidates = if filter.narrows(&self.filter) {
            &self.visible
        } else {
            &self.order
        };
        self.visible = passing(&self.rows, candidates, &filter, &self.symbols);
        self.filter = filter;
    }

    fn reorder(&mut self) {
        let rows = &self.rows;
        let row = |key: &AlertKey| rows.get(key.0 as usize);
        // Nearly sorted already, which this sort notices.
        match self.sort {
            SortBy::Newest => self
                .order
                .sort_by_key(|key| Reverse(row(key).map(|row| row.created))),
            SortBy::Age => self
                .order
                .sort_by_key(|key| row(key).map(|row| row.created)),
            SortBy::Severity => self
                .order
                .sort_by_key(|key| Reverse(row(key).map(|row| (row.severity, row.created)))),
        }
        self.visible = passing(&self.rows, &self.order, &self.filter, &self.symbols);
    }

    fn recount(&mut self) {
        let mut counts = Counts {
            all: self.rows.len(),
            ..Counts::default()
        };
        for row in self.rows.iter().filter(|row| row.status.is_open()) {
            counts.open += 1;
            *match row.severity {
                Severity::High => &mut counts.high,
                Severity::Medium => &mut counts.medium,
                Severity::Low => &mut counts.low,
                Severity::Informational => &mut counts.informational,
                Severity::Unspecified | Severity::Other => &mut counts.other,
            } += 1;
        }
        self.counts = counts;
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

    /// What the filter lets through, in order.
    pub fn visible(&self) -> &[AlertKey] {
        &self.visible
    }

    /// How many alerts have each text.
    pub fn usage(&self) -> &Usage {
        &self.usage
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
        self.counts
    }

    /// Items that could not be read as alerts.
    pub fn unreadable(&self) -> usize {
        self.unreadable.len()
    }

    /// The order in force.
    pub fn sort(&self) -> SortBy {
        self.sort
    }

    /// The filter in force.
    pub fn filter(&self) -> &Filter {
        &self.filter
    }
}

/// Whether rows that are new or changed are marked as such.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Marking {
    Mark,
    Leave,
}

fn passing(
    rows: &[Row],
    candidates: &[AlertKey],
    filter: &Filter,
    symbols: &Symbols,
) -> Vec<AlertKey> {
    if filter.is_empty() {
        return candidates.to_vec();
    }
    let compiled = filter.compile(symbols);
    candidates
        .iter()
        .copied()
        .filter(|key| {
            rows.get(key.0 as usize)
                .is_some_and(|row| compiled.lets_through(row))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #![expect(
        clippy::unwrap_used,
        reason = "a test that cannot read its input has failed"
    )]

    use super::*;
    use crate::wire::alert;

    fn alert(json: &str) -> Alert {
        alert::read(json).unwrap()
    }

    fn told(id: &str, severity: &str, created: u32, updated: u32, more: &str) -> Alert {
        alert(&format!(
            r#"{{"id":"{id}","severity":"{severity}","status":"New","title":"Title {id}",
               "alertCreationTime":"2026-11-22T14:{created:02}:00Z",
               "lastUpdateTime":"2026-11-22T14:{updated:02}:00Z"{more}}}"#
        ))
    }

    fn ids(book: &AlertBook) -> Vec<&str> {
        book.visible()
            .iter()
            .map(|key| book.row(*key).unwrap().id.as_str())
            .collect()
    }

    fn three() -> AlertBook {
        let mut book = AlertBook::default();
        book.absorb(
            vec![
                told("a", "Low", 1, 1, ""),
                told("b", "High", 2, 2, ""),
                told("c", "Low", 3, 3, ""),
            ],
            Marking::Leave,
        );
        book
    }

    #[test]
    fn each_order_is_kept_when_alerts_come() {
        let mut book = three();
        assert_eq!(ids(&book), ["c", "b", "a"]);
        book.sort_by(SortBy::Severity);
        assert_eq!(ids(&book), ["b", "c", "a"]);
        book.absorb(vec![told("d", "High", 4, 4, "")], Marking::Mark);
        assert_eq!(ids(&book), ["d", "b", "c", "a"]);
        book.sort_by(SortBy::Age);
        assert_eq!(ids(&book), ["a", "b", "c", "d"]);
    }

    #[test]
    fn the_same_again_changes_nothing() {
        let mut book = three();
        let before = book.clone();
        let absorbed = book.absorb(vec![told("b", "High", 2, 2, "")], Marking::Mark);
        assert_eq!(absorbed, Absorbed::default());
        assert_eq!(book, before);
    }

    #[test]
    fn a_late_answer_does_not_undo_a_newer_one() {
        let mut book = three();
        let key = *book.visible().first().unwrap();
        let changed = book.absorb(vec![told("c", "High", 3, 9, "")], Marking::Mark);
        assert_eq!(changed.changed, [key]);
        assert_eq!(book.row(key).unwrap().fresh, Fresh::Changed);
        book.absorb(vec![told("c", "Low", 3, 5, "")], Marking::Mark);
        assert_eq!(book.row(key).unwrap().severity, Severity::High);
    }

    #[test]
    fn evidence_is_merged_and_never_replaced_by_an_empty_list() {
        let mut book = three();
        let key = *book.visible().first().unwrap();
        assert!(book.wants_evidence(key));
        let with = r#","evidence":[{"entityType":"Ip","ipAddress":"203.0.113.9"}]"#;
        book.absorb_single(&AlertId::new("c").unwrap(), told("c", "Low", 3, 3, with));
        assert!(!book.wants_evidence(key));
        book.absorb(
            vec![told("c", "Low", 3, 7, r#","evidence":[]"#)],
            Marking::Mark,
        );
        assert!(
            book.original_with_evidence(key)
                .unwrap()
                .contains("203.0.113.9")
        );
        assert!(
            book.wants_evidence(key),
            "the alert changed, so it is read again"
        );
        book.absorb_single(
            &AlertId::new("c").unwrap(),
            told("c", "Low", 3, 7, r#","evidence":[]"#),
        );
        assert!(
            book.original_with_evidence(key)
                .unwrap()
                .contains("203.0.113.9")
        );
        assert!(!book.wants_evidence(key));
    }

    #[test]
    fn an_answer_older_than_the_list_or_under_another_spelling_still_brings_evidence() {
        let with = r#","evidence":[{"entityType":"Ip","ipAddress":"203.0.113.9"}]"#;
        for answer in [told("c", "Low", 3, 1, with), told("C", "Low", 3, 3, with)] {
            let mut book = three();
            let key = *book.visible().first().unwrap();
            book.absorb_single(&AlertId::new("c").unwrap(), answer);
            assert!(!book.wants_evidence(key));
            assert!(
                book.original_with_evidence(key)
                    .unwrap()
                    .contains("203.0.113.9")
            );
            assert_eq!(book.visible().len(), 3);
        }
        let mut book = three();
        let key = *book.visible().first().unwrap();
        let undated = alert(&format!(r#"{{"id":"c"{with}}}"#));
        book.absorb_single(&AlertId::new("c").unwrap(), undated);
        assert!(!book.wants_evidence(key));
    }

    #[test]
    fn the_json_shown_is_never_older_than_the_alert() {
        let mut book = three();
        let key = *book.visible().first().unwrap();
        let with = r#","evidence":[{"entityType":"Ip"}]"#;
        book.absorb_single(&AlertId::new("c").unwrap(), told("c", "Low", 3, 3, with));
        assert!(book.original_of_one_date(key).unwrap().contains("Ip"));
        book.absorb(vec![told("c", "High", 3, 7, "")], Marking::Mark);
        assert!(book.original_of_one_date(key).unwrap().contains("High"));
    }

    #[test]
    fn an_alert_without_evidence_is_asked_for_once() {
        let mut book = three();
        let key = *book.visible().first().unwrap();
        book.absorb_single(&AlertId::new("c").unwrap(), told("c", "Low", 3, 3, ""));
        assert!(!book.wants_evidence(key));
    }

    #[test]
    fn a_filter_finds_every_word_anywhere_in_the_row() {
        let mut book = three();
        for (text, expected) in [
            ("title", vec!["c", "b", "a"]),
            ("TITLE high", vec!["b"]),
            ("low c", vec!["c"]),
            ("nothing", vec![]),
            ("", vec!["c", "b", "a"]),
        ] {
            book.filter_by(Filter::of(text));
            assert_eq!(ids(&book), expected, "{text}");
        }
    }

    #[test]
    fn counts_are_of_open_alerts() {
        let mut book = three();
        book.absorb(
            vec![
                alert(r#"{"id":"r","severity":"High","status":"Resolved"}"#),
                alert(r#"{"id":"o","severity":"Odd"}"#),
            ],
            Marking::Leave,
        );
        let counts = book.counts();
        assert_eq!(
            (
                counts.all,
                counts.open,
                counts.high,
                counts.low,
                counts.other
            ),
            (5, 4, 1, 2, 1)
        );
    }
}
