//! The report of a shift: what came, what was decided, what is open, what is held.
//!
//! Counts everything and lists little: at a hundred thousand alerts it stays a page or
//! two. [`crate::app::handover_text`] writes it for people; as JSON it is these structs,
//! whose names docs/handover.md documents.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::collections::HashMap;
use std::collections::VecDeque;

use jiff::Timestamp;
use serde::Serialize;

use crate::app::alert_book::AlertBook;
use crate::app::alert_book::AlertKey;
use crate::app::alert_book::Row;
use crate::app::handover_devices::Devices;
use crate::app::handover_devices::Orders;
use crate::app::lateness::is_past;
use crate::app::row::words_of_disposition;
use crate::domain::alert::AlertId;
use crate::domain::alert::Severity;
use crate::domain::alert::Status;
use crate::domain::decision::kept::End;
use crate::domain::decision::kept::Outbox;
use crate::domain::decision::kept::Record;
use crate::domain::decision::kept::Step;
use crate::domain::decision::triage::Property;
use crate::domain::text::Text;
use crate::wire::detail;

/// Lines of one list; what is behind them is counted.
pub const LISTED: usize = 20;
/// Characters of a note; the alert has all of it.
const LONGEST_NOTE: usize = 160;

/// The report. Texts are as the service sent them.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Handover {
    pub profile: String,
    pub since: Timestamp,
    pub until: Timestamp,
    pub came: Came,
    pub decided: Decided,
    pub devices: Devices,
    pub open: Open,
    pub held: Held,
    /// Only where the person asked for it: nobody else's business.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub yours_alone: Option<OwnTimes>,
}

/// Alerts created in the period.
#[derive(Debug, Clone, PartialEq, Serialize, Default)]
#[serde(rename_all = "camelCase")]
pub struct Came {
    pub total: usize,
    pub by_severity: BTreeMap<&'static str, usize>,
}

/// Decisions of the period.
#[derive(Debug, Clone, PartialEq, Serialize, Default)]
#[serde(rename_all = "camelCase")]
pub struct Decided {
    /// Lines of the audit log by how they ended.
    pub own: BTreeMap<End, usize>,
    /// The last of them, newest first.
    pub listed: Vec<OwnDecision>,
    pub more: usize,
    /// Alerts changed in the period that others have, most first.
    pub others: Vec<Other>,
    pub more_others: usize,
}

/// One line of the audit log.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OwnDecision {
    pub at: Timestamp,
    pub by: String,
    pub change: String,
    pub end: End,
    pub alert: String,
    /// Empty where the alert is not among those that were read.
    pub title: String,
}

/// What the service tells of somebody else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
#[serde(rename_all = "camelCase")]
pub struct Other {
    pub name: String,
    /// Alerts assigned to them that changed in the period.
    pub assigned: usize,
    /// Of those; the service does not tell who resolved one.
    pub resolved: usize,
    pub classified: usize,
    /// Notes they wrote in the period.
    pub notes: usize,
}

/// Alerts that are not resolved, whenever they came.
#[derive(Debug, Clone, PartialEq, Serialize, Default)]
#[serde(rename_all = "camelCase")]
pub struct Open {
    pub total: usize,
    pub late: usize,
    pub unassigned: usize,
    /// Late ones first, then the worst, then the oldest.
    pub listed: Vec<OpenAlert>,
    pub more: usize,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OpenAlert {
    pub id: String,
    pub title: String,
    pub severity: &'static str,
    pub status: &'static str,
    /// Empty when nobody has it.
    pub assigned_to: String,
    pub created: Option<Timestamp>,
    /// When the first action was or is due; none once somebody acted.
    pub deadline: Option<Timestamp>,
    pub late: bool,
    pub last_note: Option<Note>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Note {
    pub by: String,
    pub at: Option<Timestamp>,
    /// The start of it.
    pub text: String,
}

/// Decisions on this machine that have not arrived.
#[derive(Debug, Clone, PartialEq, Serialize, Default)]
#[serde(rename_all = "camelCase")]
pub struct Held {
    pub total: usize,
    pub listed: Vec<HeldDecision>,
    pub more: usize,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct HeldDecision {
    pub decided: Timestamp,
    pub change: String,
    pub alerts: usize,
    /// `held`, `sent`, `failed` or `conflict`.
    pub step: &'static str,
    /// Empty but where it failed.
    pub why: String,
}

/// A person's own times, from the creation of an alert on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
#[serde(rename_all = "camelCase")]
pub struct OwnTimes {
    pub first_action: Times,
    pub resolution: Times,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Default)]
#[serde(rename_all = "camelCase")]
pub struct Times {
    pub count: usize,
    /// None without any.
    pub median_seconds: Option<i64>,
}

/// What is taken up of the audit log, line by line.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Own {
    ends: BTreeMap<End, usize>,
    /// The last ones, oldest first.
    last: VecDeque<Record>,
    /// The first action on each alert that nobody had acted on, and its resolution.
    first: HashMap<String, Timestamp>,
    resolved: HashMap<String, Timestamp>,
    pub orders: Orders,
}

impl Own {
    /// Takes up a line of the period.
    pub fn add(&mut self, record: Record) {
        *self.ends.entry(record.end).or_default() += 1;
        if record.end == End::Written {
            let before = &record.before;
            let is_first =
                Status::of(&before.status) == Status::New && before.assigned_to.is_empty();
            if is_first {
                self.first
                    .entry(record.alert.clone())
                    .or_insert(record.decided);
            }
            let status = record.change.word(Property::Status);
            if status.is_some_and(|word| Status::of(word) == Status::Resolved) {
                self.resolved.insert(record.alert.clone(), record.decided);
            }
        }
        if self.last.len() == LISTED {
            self.last.pop_front();
        }
        self.last.push_back(record);
    }
}

/// All that a report is made of.
pub struct Material<'a> {
    pub profile: &'a str,
    pub since: Timestamp,
    pub until: Timestamp,
    /// The user name of whoever asks; empty where nobody knows it.
    pub me: &'a str,
    /// All that changed in the period, what was created in it among that; may hold more.
    pub changed: &'a AlertBook,
    /// All that is open, judged by the delays of the profile; may hold more.
    pub open: &'a AlertBook,
    pub own: &'a Own,
    pub held: &'a [Outbox],
    pub mine: Mine,
}

/// Whether a person's own times are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mine {
    Told,
    Untold,
}

impl Handover {
    /// Makes the report.
    pub fn of(material: &Material<'_>) -> Self {
        Self {
            profile: material.profile.to_owned(),
            since: material.since,
            until: material.until,
            came: came(material),
            decided: decided(material),
            devices: material.own.orders.told(),
            open: open(material),
            held: held(material.held),
            yours_alone: (material.mine == Mine::Told).then(|| own_times(material)),
        }
    }
}

fn rows(book: &AlertBook) -> impl Iterator<Item = (AlertKey, &Row)> {
    let keys = book.keys_from(0);
    keys.filter_map(|key| Some((key, book.row(key)?)))
}

fn came(material: &Material<'_>) -> Came {
    let mut came = Came::default();
    for (_, row) in rows(material.changed) {
        if row
            .created
            .is_some_and(|created| created >= material.since && created <= material.until)
        {
            came.total += 1;
            *came.by_severity.entry(row.severity.word()).or_default() += 1;
        }
    }
    came
}

fn decided(material: &Material<'_>) -> Decided {
    let own = material.own;
    let title = |alert: &str| {
        let of = |book: &AlertBook| {
            let id = AlertId::new(alert)?;
            let row = book.row(book.key_of(&id)?)?;
            Some(book.text(row.title).original().to_owned())
        };
        of(material.changed).or_else(|| of(material.open))
    };
    let listed = own.last.iter().rev().map(|record| OwnDecision {
        at: record.ended,
        by: record.by.clone(),
        change: record.change.says(),
        end: record.end,
        alert: record.alert.clone(),
        title: title(&record.alert).unwrap_or_default(),
    });
    let listed: Vec<OwnDecision> = listed.collect();
    let mut others = others(material);
    let more_others = others.len().saturating_sub(LISTED);
    others.truncate(LISTED);
    Decided {
        more: own.ends.values().sum::<usize>() - listed.len(),
        own: own.ends.clone(),
        listed,
        others,
        more_others,
    }
}

/// Most alerts first.
fn others(material: &Material<'_>) -> Vec<Other> {
    let mut others: BTreeMap<String, Other> = BTreeMap::new();
    let is_other =
        |name: &Text| !name.is_empty() && !name.original().eq_ignore_ascii_case(material.me);
    let book = material.changed;
    let since = Some(material.since);
    for (key, row) in rows(book).filter(|(_, row)| row.updated >= since) {
        let owner = book.text(row.assigned_to);
        if is_other(owner) {
            let name = owner.original();
            let other = others.entry(name.to_lowercase()).or_default();
            other.assigned += 1;
            other.resolved += usize::from(row.status == Status::Resolved);
            let (classification, _) = words_of_disposition(book.text(row.disposition).original());
            let is_classified =
                !classification.is_empty() && !classification.eq_ignore_ascii_case("unknown");
            other.classified += usize::from(is_classified);
        }
        let Some(original) = book.original(key) else {
            continue;
        };
        for comment in detail::read(&original).comments {
            if is_other(&comment.author) && comment.at.is_some_and(|at| at >= material.since) {
                let name = comment.author.original();
                others.entry(name.to_lowercase()).or_default().notes += 1;
            }
        }
    }
    let named = others
        .into_iter()
        .map(|(name, other)| Other { name, ..other });
    let mut others: Vec<Other> = named.collect();
    others.sort_by_key(|other| Reverse(other.assigned));
    others
}

fn open(material: &Material<'_>) -> Open {
    let book = material.open;
    let mut open = Open::default();
    let mut queue = Vec::new();
    for (key, row) in rows(book).filter(|(_, row)| row.status.is_open()) {
        let deadline = book.deadline(key);
        let late = deadline.is_some_and(|deadline| is_past(deadline, material.until));
        open.total += 1;
        open.late += usize::from(late);
        open.unassigned += usize::from(book.text(row.assigned_to).is_empty());
        queue.push((key, late, deadline));
    }
    queue.sort_by_key(|(key, late, _)| {
        let row = book.row(*key);
        let severity = row.map_or(Severity::Other, |row| row.severity);
        let created = row.and_then(|row| row.created);
        (!*late, Reverse(severity), created)
    });
    open.more = queue.len().saturating_sub(LISTED);
    for (key, late, deadline) in queue.into_iter().take(LISTED) {
        let Some(row) = book.row(key) else { continue };
        open.listed.push(OpenAlert {
            id: row.id.as_str().to_owned(),
            title: book.text(row.title).original().to_owned(),
            severity: row.severity.word(),
            status: row.status.word(),
            assigned_to: book.text(row.assigned_to).original().to_owned(),
            created: row.created,
            deadline,
            late,
            last_note: book.original(key).and_then(|original| last_note(&original)),
        });
    }
    open
}

fn last_note(original: &str) -> Option<Note> {
    let comments = detail::read(original).comments;
    let last = comments.into_iter().max_by_key(|comment| comment.at)?;
    Some(Note {
        by: last.author.original().to_owned(),
        at: last.at,
        text: last.text.original().chars().take(LONGEST_NOTE).collect(),
    })
}

fn held(outboxes: &[Outbox]) -> Held {
    let entries = outboxes.iter().flat_map(|outbox| &outbox.entries);
    let mut listed: Vec<HeldDecision> = entries
        .map(|entry| {
            let (step, why) = match &entry.step {
                Step::Held => ("held", ""),
                Step::Sent => ("sent", ""),
                Step::Failed(why) => ("failed", why.as_str()),
                Step::Conflict => ("conflict", ""),
            };
            HeldDecision {
                decided: entry.decided,
                change: entry.change.says(),
                alerts: entry.alerts.len(),
                step,
                why: why.to_owned(),
            }
        })
        .collect();
    listed.sort_by_key(|entry| entry.decided);
    let total = listed.len();
    listed.truncate(LISTED);
    Held {
        total,
        more: total - listed.len(),
        listed,
    }
}

fn own_times(material: &Material<'_>) -> OwnTimes {
    let created = |alert: &str| {
        let of = |book: &AlertBook| {
            let id = AlertId::new(alert)?;
            book.row(book.key_of(&id)?)?.created
        };
        of(material.changed).or_else(|| of(material.open))
    };
    let times = |acted: &HashMap<String, Timestamp>| {
        let passed = acted
            .iter()
            .filter_map(|(alert, at)| Some(at.duration_since(created(alert)?).as_secs().max(0)));
        median(passed.collect())
    };
    OwnTimes {
        first_action: times(&material.own.first),
        resolution: times(&material.own.resolved),
    }
}

/// Of an even number the earlier one of the two in the middle: a time that happened.
fn median(mut seconds: Vec<i64>) -> Times {
    seconds.sort_unstable();
    Times {
        count: seconds.len(),
        median_seconds: seconds.get(seconds.len().saturating_sub(1) / 2).copied(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_median_is_a_time_that_happened() {
        for (seconds, expected) in [
            (vec![], None),
            (vec![7], Some(7)),
            (vec![9, 1], Some(1)),
            (vec![9, 1, 5], Some(5)),
        ] {
            assert_eq!(median(seconds).median_seconds, expected);
        }
    }
}
