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
