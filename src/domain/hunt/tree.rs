//! The query that completes the tree of an alert: what started its processes, and what
//! they started.

use jiff::SignedDuration;
use jiff::Timestamp;

use crate::domain::detail::AlertDetail;
use crate::domain::detail::Entity;
use crate::domain::detail::Process;
use crate::domain::hunt::question::AROUND;
use crate::domain::hunt::question::Subject;
use crate::domain::hunt::question::filled;

/// Rows that are asked for, those next to the evidence first.
pub const MOST_ROWS: usize = 1_000;
/// Numbers of processes that are put into a query: an alert may have any number of them.
const MOST_NUMBERS: usize = 200;
/// How long before the first event a process of the evidence may have begun for the hunt to
/// reach back to it.
const REACH: SignedDuration = SignedDuration::from_hours(24);

/// Numbers are used again, and which of them are meant is told by when they began: whoever
/// reads the answer compares both. Here the numbers only say what goes first.
const QUERY: &str = "DeviceProcessEvents
| where Timestamp between ({from} .. {to}) and DeviceId == {device_id}
| project Near = iff(ProcessId in ({own_and_above}) or InitiatingProcessId in ({own}) or InitiatingProcessParentId in ({own}), 1, 0),
    ProcessId, ProcessCreationTime, FileName, FolderPath, SHA1, SHA256, ProcessVersionInfoCompanyName, ProcessCommandLine, AccountDomain, AccountName,
    InitiatingProcessId, InitiatingProcessCreationTime, InitiatingProcessFileName, InitiatingProcessFolderPath,
    InitiatingProcessSHA1, InitiatingProcessSHA256, InitiatingProcessVersionInfoCompanyName, InitiatingProcessCommandLine,
    InitiatingProcessAccountDomain, InitiatingProcessAccountName,
    InitiatingProcessParentId, InitiatingProcessParentCreationTime, InitiatingProcessParentFileName
| sort by Near desc, ProcessCreationTime asc
| take {rows}
| project-away Near";

/// The query about the processes of this alert; `created` is when the alert was, for one
/// that does not tell when its events happened.
///
/// # Errors
/// What the alert does not name.
pub fn query(detail: &AlertDetail, created: Option<Timestamp>) -> Result<String, &'static str> {
    if let Some(why) = unknown(detail) {
        return Err(why);
    }
    let numbers = |all: &mut dyn Iterator<Item = Option<u64>>| {
        let mut numbers: Vec<u64> = all.flatten().collect();
        numbers.sort_unstable();
        numbers.dedup();
        let numbers = numbers.iter().take(MOST_NUMBERS).map(u64::to_string);
        numbers.collect::<Vec<_>>().join(", ")
    };
    let own = numbers(&mut processes(detail).map(|process| process.pid));
    let own_and_above = numbers(
        &mut processes(detail).flat_map(|process| [process.pid, process.parent.pid].into_iter()),
    );
    let template = QUERY
        .replace("{own}", &own)
        .replace("{own_and_above}", &own_and_above)
        .replace("{rows}", &MOST_ROWS.to_string());
    let (from, to) = window(detail, created).unzip();
    let subject = Subject {
        device_id: detail.device_id.original().to_owned(),
        from,
        to,
        ..Subject::default()
    };
    filled(&template, &subject)
}

/// What the alert does not name that the query takes.
pub fn unknown(detail: &AlertDetail) -> Option<&'static str> {
    if detail.device_id.is_empty() {
        Some("this alert names no device")
    } else if !processes(detail).any(|process| process.pid.is_some()) {
        Some("no process of the evidence has a number")
    } else {
        None
    }
}

/// From an hour before the first event, or before the first process where that is not long
/// before it, to an hour after the last.
fn window(detail: &AlertDetail, created: Option<Timestamp>) -> Option<(Timestamp, Timestamp)> {
    let moved = |time: Timestamp, by: SignedDuration| time.saturating_add(by).unwrap_or(time);
    let first = detail.first_event.or(created)?;
    let last = detail.last_event.unwrap_or(first).max(first);
    let oldest = moved(first, -REACH);
    let began = processes(detail).filter_map(|process| process.created);
    let earliest = began.filter(|began| *began >= oldest).min();
    let first = earliest.map_or(first, |earliest| earliest.min(first));
    Some((moved(first, -AROUND), moved(last, AROUND)))
}

fn processes(detail: &AlertDetail) -> impl Iterator<Item = &Process> {
    let pieces = detail.evidence.iter();
    pieces.filter_map(|piece| match &piece.entity {
        Entity::Process(process) => Some(&**process),
        Entity::File(_)
        | Entity::User(_)
        | Entity::Device(_)
        | Entity::Address(_)
        | Entity::Url(_)
        | Entity::Other => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::detail::Evidence;
    use crate::domain::detail::Parent;
    use crate::domain::text::Text;

    fn process(pid: Option<u64>, created: &str, parent: Option<u64>) -> Evidence {
        Evidence {
            entity: Entity::Process(Box::new(Process {
                pid,
                created: created.parse().ok(),
                parent: Parent {
                    pid: parent,
                    ..Parent::default()
                },
                ..Process::default()
            })),
            ..Evidence::default()
        }
    }

    fn detail(evidence: Vec<Evidence>) -> AlertDetail {
        AlertDetail {
            device_id: Text::from("d' or 1==1 //"),
            first_event: "2026-11-22T12:00:00Z".parse().ok(),
            last_event: "2026-11-22T13:00:00Z".parse().ok(),
            evidence,
            ..AlertDetail::default()
        }
    }

    #[test]
    fn the_processes_of_the_evidence_are_asked_for_and_nothing_ends_the_quotes() {
        let alert = detail(vec![
            process(Some(8), "2026-11-22T11:30:00Z", Some(4)),
            process(Some(12), "2026-11-22T12:10:00Z", Some(8)),
            process(Some(16), "2026-10-01T00:00:00Z", None),
            process(None, "", None),
        ]);
        let query = query(&alert, None).unwrap_or_default();
        for part in [
            "between (datetime(2026-11-22T10:30:00Z) .. datetime(2026-11-22T14:00:00Z))",
            r"DeviceId == 'd\' or 1==1 //'",
            "iff(ProcessId in (4, 8, 12, 16) or InitiatingProcessId in (8, 12, 16) or InitiatingProcessParentId in (8, 12, 16), 1, 0)",
            "| take 1000\n",
        ] {
            assert!(query.contains(part), "no {part} in\n{query}");
        }
        assert!(!query.contains(['{', '}']), "{query}");
    }

    #[test]
    fn what_the_alert_does_not_name_is_said() {
        let mut alert = detail(vec![process(None, "", Some(4))]);
        let why = Err("no process of the evidence has a number");
        assert_eq!(query(&alert, None), why);
        alert.evidence = vec![process(Some(4), "", None)];
        alert.first_event = None;
        alert.last_event = None;
        let why = Err("this alert tells no time of its events");
        assert_eq!(query(&alert, None), why);
        assert!(query(&alert, "2026-11-22T12:00:00Z".parse().ok()).is_ok());
        alert.device_id = Text::default();
        assert_eq!(query(&alert, None), Err("this alert names no device"));
    }

    #[test]
    fn a_query_is_as_long_as_it_may_be_whatever_the_alert_has() {
        let many = (1..50_000).map(|pid| process(Some(pid), "", Some(pid / 2)));
        let query = query(&detail(many.collect()), None).unwrap_or_default();
        assert!(query.len() < 8_000, "{}", query.len());
    }
}
