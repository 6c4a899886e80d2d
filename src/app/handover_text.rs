//! The report of a shift as Markdown, to be pasted into a ticket or a chat.
//!
//! Texts from outside are no markup and no link in it.

use std::fmt::Write as _;

use jiff::SignedDuration;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::app::count;
use crate::app::handover::Handover;
use crate::app::handover::Times;
use crate::app::lateness;
use crate::app::thousands;
use crate::app::times;
use crate::domain::alert::Severity;
use crate::wire::table::prose;

/// Characters of a title or a name; the alert has all of it.
const LONGEST: usize = 120;

/// Writes the report, with times as the clock on the wall shows them.
pub fn markdown(report: &Handover, zone: &TimeZone) -> String {
    let mut page = Page {
        text: String::new(),
        zone,
        now: report.until,
    };
    let (since, until) = (page.moment(report.since), page.moment(report.until));
    page.line(&format!("# Handover {since} to {until}"));
    page.line("");
    page.line(&format!("Profile: {}", outside(&report.profile)));
    page.came(report);
    page.devices(report);
    page.decided(report);
    page.open(report);
    page.held(report);
    page.own_times(report);
    page.text
}

/// A text from outside: one line, cut, no markup.
fn outside(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => prose(text.get(..end).unwrap_or_default()) + "…",
        None => prose(text),
    }
}

struct Page<'a> {
    text: String,
    zone: &'a TimeZone,
    now: Timestamp,
}

impl Page<'_> {
    fn line(&mut self, line: &str) {
        // Writing to a `String` cannot fail.
        writeln!(self.text, "{}", line.trim_end()).unwrap_or_default();
    }

    fn heading(&mut self, heading: &str) {
        self.line("");
        self.line(&format!("## {heading}"));
        self.line("");
    }

    fn more(&mut self, more: usize) {
        if more > 0 {
            self.line(&format!("- and {} more", thousands(more)));
        }
    }

    fn moment(&self, time: Timestamp) -> String {
        let local = time.to_zoned(self.zone.clone());
        local.strftime("%Y-%m-%d %H:%M %:z").to_string()
    }

    fn came(&mut self, report: &Handover) {
        self.heading("What came");
        let came = &report.came;
        let words: Vec<String> = Severity::ALL
            .into_iter()
            .filter_map(|severity| {
                let number = came.by_severity.get(severity.word())?;
                Some(format!("{} {}", thousands(*number), severity.word()))
            })
            .collect();
        let colon = if words.is_empty() { "" } else { ": " };
        let total = count(came.total, "alert");
        self.line(&format!("{total}{colon}{}", words.join(", ")));
    }

    fn decided(&mut self, report: &Handover) {
        self.heading("What was decided");
        let decided = &report.decided;
        let ends: Vec<String> = decided
            .own
            .iter()
            .map(|(end, number)| format!("{} {}", thousands(*number), end.word()))
            .collect();
        if ends.is_empty() {
            self.line("With this profile on this machine: nothing");
        } else {
            let ends = ends.join(", ");
            self.line(&format!("With this profile on this machine: {ends}"));
            self.line("");
        }
        for own in &decided.listed {
            let line = format!(
                "- {} {}: {} ({}), {} {}",
                self.moment(own.at),
                outside(&own.by),
                outside(&own.change),
                own.end.word(),
                outside(&own.alert),
                outside(&own.title)
            );
            self.line(&line);
        }
        self.more(decided.more);
        if decided.others.is_empty() {
            return;
        }
        self.line("");
        self.line("Others, as the service tells it (it does not tell who resolved an alert):");
        self.line("");
        for other in &decided.others {
            let mut line = format!("- assigned to {}: ", outside(&other.name));
            let alerts = count(other.assigned, "alert");
            write!(line, "{alerts} changed").unwrap_or_default();
            for (number, what) in [
                (other.resolved, "resolved"),
                (other.classified, "classified"),
            ] {
                if number > 0 {
                    write!(line, ", {} {what}", thousands(number)).unwrap_or_default();
                }
            }
            if other.notes > 0 {
                write!(line, ", {} written", count(other.notes, "note")).unwrap_or_default();
            }
            self.line(&line);
        }
        self.more(decided.more_others);
    }

    fn devices(&mut self, report: &Handover) {
        let devices = &report.devices;
        if devices.total == 0 {
            return;
        }
        self.heading("What was done to devices");
        for order in &devices.listed {
            let name = if order.device_name.is_empty() {
                &order.device
            } else {
                &order.device_name
            };
            let why = if order.why.is_empty() { "" } else { ": " };
            let line = format!(
                "- {} {}: {} {} ({}{why}{}), {}",
                self.moment(order.at),
                outside(&order.by),
                outside(&order.order),
                outside(name),
                order.end.word(),
                outside(&order.why),
                outside(&order.comment)
            );
            self.line(&line);
        }
        self.more(devices.more);
    }

    fn open(&mut self, report: &Handover) {
        self.heading("What is open");
        let open = &report.open;
        self.line(&format!(
            "{}: {} late, {} with nobody",
            count(open.total, "alert"),
            thousands(open.late),
            thousands(open.unassigned)
        ));
        if open.listed.is_empty() {
            return;
        }
        self.line("");
        self.line("| severity | title | owner | age | due | last note | id |");
        self.line("| --- | --- | --- | --- | --- | --- | --- |");
        for alert in &open.listed {
            let age = alert.created.map(|created| times::age(created, self.now));
            let due = alert.deadline.map_or_else(String::new, |deadline| {
                let signed = lateness::signed(deadline, self.now);
                let late = if alert.late { " late" } else { "" };
                format!("{}{late}", signed.trim_start_matches(['-', '+']))
            });
            let note = alert.last_note.as_ref().map_or_else(String::new, |note| {
                format!("{}: {}", outside(&note.by), outside(&note.text))
            });
            let line = format!(
                "| {} | {} | {} | {} | {due} | {note} | {} |",
                alert.severity,
                outside(&alert.title),
                outside(&alert.assigned_to),
                age.unwrap_or_default(),
                outside(&alert.id)
            );
            self.line(&line);
        }
        if open.more > 0 {
            self.line("");
        }
        self.more(open.more);
    }

    fn held(&mut self, report: &Handover) {
        let held = &report.held;
        if held.total == 0 {
            return;
        }
        self.heading("What has not arrived");
        self.line(&format!(
            "{} on this machine",
            count(held.total, "decision")
        ));
        self.line("");
        for entry in &held.listed {
            let why = if entry.why.is_empty() { "" } else { ", " };
            let line = format!(
                "- {} {} for {}: {}{why}{}",
                self.moment(entry.decided),
                outside(&entry.change),
                count(entry.alerts, "alert"),
                entry.step,
                outside(&entry.why)
            );
            self.line(&line);
        }
        self.more(held.more);
    }

    fn own_times(&mut self, report: &Handover) {
        let Some(own) = &report.yours_alone else {
            return;
        };
        self.heading("Yours alone");
        for (what, times) in [
            ("to the first action", own.first_action),
            ("to the resolution", own.resolution),
        ] {
            self.line(&format!("- {what}: {}", told(times)));
        }
    }
}

fn told(times: Times) -> String {
    match times.median_seconds {
        Some(seconds) => {
            let median = times::span(SignedDuration::from_secs(seconds));
            format!("median {median} over {}", count(times.count, "alert"))
        }
        None => "none".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::app::handover::Came;
    use crate::app::handover::Decided;
    use crate::app::handover::Held;
    use crate::app::handover::HeldDecision;
    use crate::app::handover::Note;
    use crate::app::handover::Open;
    use crate::app::handover::OpenAlert;
    use crate::app::handover::Other;
    use crate::app::handover::OwnDecision;
    use crate::app::handover::OwnTimes;
    use crate::app::handover_devices::DeviceOrder;
    use crate::app::handover_devices::Devices;
    use crate::domain::decision::kept::End;
    use crate::domain::device::kept::OrderEnd;

    fn at(minutes: i64) -> Timestamp {
        Timestamp::from_second(1_795_300_000 + 60 * minutes).unwrap_or_default()
    }

    fn order(name: &str, end: OrderEnd, why: &str) -> DeviceOrder {
        DeviceOrder {
            at: at(460),
            by: "me@contoso.com".to_owned(),
            order: "isolate".to_owned(),
            device: "0a1b".to_owned(),
            device_name: name.to_owned(),
            comment: "alert da1_2, <b>me</b>".to_owned(),
            end,
            why: why.to_owned(),
        }
    }

    fn report() -> Handover {
        Handover {
            profile: "work".to_owned(),
            since: at(0),
            until: at(480),
            came: Came {
                total: 100_000,
                by_severity: BTreeMap::from([("high", 3), ("low", 99_997)]),
            },
            decided: Decided {
                own: BTreeMap::from([(End::Written, 112), (End::Conflict, 1)]),
                listed: vec![OwnDecision {
                    at: at(470),
                    by: "me@contoso.com".to_owned(),
                    change: "close as FP/not malicious, with a note".to_owned(),
                    end: End::Written,
                    alert: "da1_2".to_owned(),
                    title: "Odd logon | <b>".to_owned(),
                }],
                more: 112,
                others: vec![Other {
                    name: "kim@contoso.com".to_owned(),
                    assigned: 12,
                    resolved: 8,
                    classified: 7,
                    notes: 1,
                }],
                more_others: 0,
            },
            devices: Devices {
                total: 22,
                listed: vec![
                    order("fin-ws-001.contoso.example", OrderEnd::Succeeded, ""),
                    order("", OrderEnd::Failed, "error 0x80070005"),
                ],
                more: 20,
            },
            open: Open {
                total: 1_400,
                late: 1,
                unassigned: 900,
                listed: vec![OpenAlert {
                    id: "da3_4".to_owned(),
                    title: "`[x](https://evil.example/)`\u{1b}[2J".to_owned(),
                    severity: "high",
                    status: "new",
                    assigned_to: String::new(),
                    created: Some(at(420)),
                    deadline: Some(at(450)),
                    late: true,
                    last_note: Some(Note {
                        by: "lee@contoso.com".to_owned(),
                        at: Some(at(440)),
                        text: "from 203.0.113.9\n| x".to_owned(),
                    }),
                }],
                more: 1_399,
            },
            held: Held {
                total: 1,
                listed: vec![HeldDecision {
                    decided: at(475),
                    change: "take for me@contoso.com".to_owned(),
                    alerts: 2,
                    step: "failed",
                    why: "no network".to_owned(),
                }],
                more: 0,
            },
            yours_alone: Some(OwnTimes {
                first_action: Times {
                    count: 9,
                    median_seconds: Some(700),
                },
                resolution: Times::default(),
            }),
        }
    }

    #[test]
    fn a_report_reads_well_and_holds_no_foreign_markup() {
        let zone = TimeZone::fixed(jiff::tz::offset(1));
        insta::assert_snapshot!(markdown(&report(), &zone));
    }
}
