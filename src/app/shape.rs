//! The lines of the list: alerts, duplicates folded into one, and headings of groups.
//!
//! A line knows where its alerts begin; what it shows is read when it is drawn.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::collections::HashSet;

use jiff::Timestamp;

use crate::app::alert_book::AlertKey;
use crate::app::folds::Fold;
use crate::app::folds::Folds;
use crate::app::lateness::LateAfter;
use crate::app::row::Row;
use crate::app::symbols::Numeral;
use crate::domain::alert::Severity;
pub use crate::domain::view::GroupBy;

impl GroupBy {
    /// The group of an alert.
    pub(super) fn id_of(self, row: &Row) -> GroupId {
        let symbol = match self {
            Self::Nothing => return GroupId(0),
            Self::Title => row.title,
            Self::Incident => match row.incident {
                Numeral::Number(number) => return GroupId(1 << 32 | u64::from(number)),
                Numeral::Word(symbol) => symbol,
            },
            Self::Device => row.device,
            Self::User => row.user,
        };
        GroupId(symbol.index() as u64)
    }
}

/// Names a group, as long as the grouping is the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct GroupId(u64);

/// One group and what its heading says.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    start: u32,
    length: u32,
    /// Distinct devices.
    pub devices: u32,
    pub is_folded: bool,
    /// Something in it is still somebody's work.
    pub is_open: bool,
    /// Of what is open, if anything is.
    pub worst: Severity,
    /// The earliest end of a wait; none when nothing in it waits.
    pub deadline: Option<Timestamp>,
}

/// One line of the list.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Line<'a> {
    /// What it stands for, never none. The first is the one it shows.
    pub alerts: &'a [AlertKey],
    pub kind: LineKind<'a>,
}

/// What a line is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum LineKind<'a> {
    Group(&'a Group),
    /// An alert, with its duplicates.
    Alert,
    /// One of several duplicates, unfolded.
    Duplicate,
}

/// Where the alerts of a line begin, and two flags: there are as many as alerts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Start(u32);

impl Start {
    const HEADING: u32 = 1 << 31;
    const DUPLICATE: u32 = 1 << 30;

    const fn at(self) -> u32 {
        self.0 & !(Self::HEADING | Self::DUPLICATE)
    }
}

/// What decides the lines, beside the alerts and their order.
pub(super) struct Shaping<'a> {
    pub(super) rows: &'a [Row],
    pub(super) late_after: &'a LateAfter,
    /// None where duplicates stay apart.
    pub(super) folds: Option<&'a Folds>,
    pub(super) group_by: GroupBy,
    pub(super) open_groups: &'a HashSet<GroupId>,
    /// An alert of each set of duplicates that is unfolded.
    pub(super) open_folds: &'a HashSet<AlertKey>,
}

/// The alerts in sight as lines.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Shape {
    /// Groups and duplicates side by side.
    visible: Vec<AlertKey>,
    lines: Vec<Start>,
    groups: Vec<Group>,
    /// For each alert its place in `visible`, or [`NOWHERE`].
    places: Vec<u32>,
}

const NOWHERE: u32 = u32::MAX;

impl Shape {
    /// Alerts in their order become lines.
    pub(super) fn of(passing: Vec<AlertKey>, how: &Shaping<'_>) -> Self {
        let (mut visible, mut groups) = group(passing, how);
        let lines = lines(&mut visible, &groups, how);
        let mut places = vec![NOWHERE; how.rows.len()];
        for (place, key) in (0..).zip(&visible) {
            if let Some(slot) = places.get_mut(key.index()) {
                *slot = place;
            }
        }
        if how.group_by == GroupBy::Nothing {
            groups = Vec::new();
        }
        Self {
            visible,
            lines,
            groups,
            places,
        }
    }

    pub(super) fn visible(&self) -> &[AlertKey] {
        &self.visible
    }

    pub(super) fn line_count(&self) -> usize {
        self.lines.len()
    }

    pub(super) fn place_of(&self, key: AlertKey) -> Option<usize> {
        let place = *self.places.get(key.index())?;
        (place != NOWHERE).then_some(place as usize)
    }

    /// The line that shows an alert: its group's heading where that is folded.
    pub(super) fn line_of(&self, key: AlertKey) -> Option<usize> {
        let place = self.place_of(key)?;
        self.lines
            .partition_point(|start| start.at() as usize <= place)
            .checked_sub(1)
    }

    /// The heading above an alert, or the one it is folded into.
    pub(super) fn heading_of(&self, key: AlertKey) -> Option<usize> {
        let start = self.group_at(self.place_of(key)?)?.start;
        Some(self.lines.partition_point(|line| line.at() < start))
    }

    fn group_at(&self, place: usize) -> Option<&Group> {
        let after = self
            .groups
            .partition_point(|group| group.start as usize <= place);
        self.groups.get(after.checked_sub(1)?)
    }

    pub(super) fn line(&self, index: usize) -> Option<Line<'_>> {
        let start = *self.lines.get(index)?;
        let first = start.at() as usize;
        if start.0 & Start::HEADING != 0 {
            let group = self.group_at(first)?;
            let alerts = self.visible.get(first..first + group.length as usize)?;
            let kind = LineKind::Group(group);
            return Some(Line { alerts, kind });
        }
        let next = self.lines.get(index + 1);
        let end = next.map_or(self.visible.len(), |next| next.at() as usize);
        let kind = if start.0 & Start::DUPLICATE == 0 {
            LineKind::Alert
        } else {
            LineKind::Duplicate
        };
        Some(Line {
            alerts: self.visible.get(first..end)?,
            kind,
        })
    }
}

/// Brings the alerts of each group together, groups in the order of their first.
fn group(passing: Vec<AlertKey>, how: &Shaping<'_>) -> (Vec<AlertKey>, Vec<Group>) {
    let length = u32::try_from(passing.len()).unwrap_or(0);
    if how.group_by == GroupBy::Nothing {
        let all = Group {
            start: 0,
            length,
            devices: 0,
            is_folded: false,
            is_open: false,
            worst: Severity::Other,
            deadline: None,
        };
        return (passing, vec![all]);
    }
    let mut groups: Vec<Group> = Vec::new();
    let mut by_id = Buckets::for_rows(how.rows.len());
    let mut buckets = Vec::with_capacity(passing.len());
    for key in &passing {
        let Some(row) = how.rows.get(key.index()) else {
            buckets.push(0);
            continue;
        };
        let id = how.group_by.id_of(row);
        let next = u32::try_from(groups.len()).unwrap_or(0);
        let bucket = by_id.bucket_of(id, next);
        buckets.push(bucket);
        if bucket == next {
            groups.push(Group {
                start: 0,
                length: 0,
                devices: 0,
                is_folded: !how.open_groups.contains(&id),
                is_open: false,
                worst: Severity::Other,
                deadline: None,
            });
        }
        if let Some(group) = groups.get_mut(bucket as usize) {
            group.length += 1;
            let this = (row.status.is_open(), row.severity);
            (group.is_open, group.worst) = this.max((group.is_open, group.worst));
            let deadline = how.late_after.deadline(row);
            group.deadline = match (group.deadline, deadline) {
                (Some(known), Some(deadline)) => Some(known.min(deadline)),
                (known, deadline) => known.or(deadline),
            };
        }
    }
    let mut start = 0;
    for group in &mut groups {
        group.start = start;
        start += group.length;
    }
    let starts = groups.iter().map(|group| group.start).collect();
    let gathered = gathered(&passing, &buckets, starts);
    if how.group_by != GroupBy::Device {
        count_devices(&gathered, &mut groups, how.rows);
    }
    (gathered, groups)
}

/// The bucket of each group as it is met.
///
/// Texts are numbered from zero on and incidents nearly so: a table is several times
/// faster than hashing, which a poll pays for once for every alert.
struct Buckets {
    /// By the number of a text, then by that of an incident; [`NOWHERE`] for none yet.
    tables: [Vec<u32>; 2],
    /// Numbers beyond the tables.
    others: HashMap<GroupId, u32>,
    most: usize,
}

impl Buckets {
    fn for_rows(rows: usize) -> Self {
        Self {
            tables: [Vec::new(), Vec::new()],
            others: HashMap::new(),
            most: rows.saturating_mul(4).saturating_add(1 << 16),
        }
    }

    /// The bucket of a group, `next` where it is a new one.
    fn bucket_of(&mut self, id: GroupId, next: u32) -> u32 {
        let (table, number) = (id.0 >> 32, id.0 & u64::from(u32::MAX));
        let number = usize::try_from(number).unwrap_or(usize::MAX);
        let table = usize::try_from(table).unwrap_or(usize::MAX);
        let table = self.tables.get_mut(table).filter(|_| number < self.most);
        let Some(table) = table else {
            return *self.others.entry(id).or_insert(next);
        };
        if table.len() <= number {
            table.resize(number + 1, NOWHERE);
        }
        match table.get_mut(number) {
            Some(bucket) if *bucket == NOWHERE => {
                *bucket = next;
                next
            }
            Some(bucket) => *bucket,
            None => next,
        }
    }
}

/// Counts the devices of each group: a device is new to a group if the last group it
/// was seen in is another one.
fn count_devices(gathered: &[AlertKey], groups: &mut [Group], rows: &[Row]) {
    let mut last_seen: Vec<u32> = Vec::new();
    for (number, group) in (1..).zip(groups) {
        let start = group.start as usize;
        let members = gathered.get(start..start + group.length as usize);
        for row in members
            .unwrap_or_default()
            .iter()
            .filter_map(|key| rows.get(key.index()))
        {
            let device = row.device.index();
            if last_seen.len() <= device {
                last_seen.resize(device + 1, 0);
            }
            if let Some(last) = last_seen.get_mut(device) {
                group.devices += u32::from(*last != number);
                *last = number;
            }
        }
    }
}

/// Puts each key behind those of its bucket that came before it.
fn gathered(keys: &[AlertKey], buckets: &[u32], mut ends: Vec<u32>) -> Vec<AlertKey> {
    let mut gathered = keys.to_vec();
    for (key, bucket) in keys.iter().zip(buckets) {
        let Some(end) = ends.get_mut(*bucket as usize) else {
            continue;
        };
        if let Some(slot) = gathered.get_mut(*end as usize) {
            *slot = *key;
        }
        *end += 1;
    }
    gathered
}

/// The lines of each group, and duplicates brought together within it.
fn lines(visible: &mut [AlertKey], groups: &[Group], how: &Shaping<'_>) -> Vec<Start> {
    let mut lines = Vec::new();
    for group in groups {
        if how.group_by != GroupBy::Nothing {
            lines.push(Start(group.start | Start::HEADING));
        }
        let start = group.start as usize;
        let members = visible.get_mut(start..start + group.length as usize);
        let members = members.unwrap_or_default();
        let folded = folded(members, how);
        let mut at = group.start;
        if folded.is_empty() {
            if !group.is_folded {
                lines.extend((at..at + group.length).map(Start));
            }
        } else if group.is_folded {
            bring_together(members, &folded, how, |_| ());
        } else {
            bring_together(members, &folded, how, |set| {
                let next = at + u32::try_from(set.len()).unwrap_or(0);
                if set.len() > 1 && set.iter().any(|key| how.open_folds.contains(key)) {
                    lines.extend((at..next).map(|at| Start(at | Start::DUPLICATE)));
                } else {
                    lines.push(Start(at));
                }
                at = next;
            });
        }
    }
    lines.shrink_to_fit();
    lines
}

/// One of several duplicates.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Folded {
    fold: Fold,
    created: Reverse<Option<Timestamp>>,
    key: AlertKey,
}

/// Those of a group that have duplicates: set by set, newest first.
fn folded(members: &[AlertKey], how: &Shaping<'_>) -> Vec<Folded> {
    let Some(folds) = how.folds else {
        return Vec::new();
    };
    let of = |key: &AlertKey| {
        let fold = folds.of(*key)?;
        let created = Reverse(how.rows.get(key.index())?.created);
        Some(Folded {
            fold,
            created,
            key: *key,
        })
    };
    let mut folded: Vec<Folded> = members.iter().filter_map(of).collect();
    folded.sort_unstable();
    folded
}

/// Puts every set where its first alert stands, and tells what stands there in turn.
fn bring_together(
    members: &mut [AlertKey],
    folded: &[Folded],
    how: &Shaping<'_>,
    mut tell: impl FnMut(&[AlertKey]),
) {
    let mut done: HashSet<Fold> = HashSet::new();
    let mut together = Vec::with_capacity(members.len());
    for key in members.iter() {
        let before = together.len();
        match how.folds.and_then(|folds| folds.of(*key)) {
            None => together.push(*key),
            Some(fold) if done.insert(fold) => {
                let start = folded.partition_point(|one| one.fold < fold);
                let set = folded.get(start..).unwrap_or_default();
                let set = set.iter().take_while(|one| one.fold == fold);
                together.extend(set.map(|one| one.key));
            }
            Some(_) => continue,
        }
        tell(together.get(before..).unwrap_or_default());
    }
    members.copy_from_slice(&together);
}
