//! Thirty days of alerts up to the start: who was struck, when, and what came of it.
//!
//! Alerts come denser towards the present. What happens after the start is `life`'s.

use fastrand::Rng;

use crate::sim::population::directory::ANALYSTS;
use crate::sim::population::directory::Directory;
use crate::sim::population::incidents::Place;
use crate::sim::population::incidents::STORYLINES;
use crate::sim::population::incidents::Step;
use crate::sim::population::incidents::Storyline;
use crate::sim::population::noise::HOSTILE;
use crate::sim::population::noise::NOISE;
use crate::sim::population::record::Comment;
use crate::sim::population::record::Moments;
use crate::sim::population::record::Record;
use crate::sim::population::template::Template;
use crate::sim::ticks::Ticks;

/// How long the service takes to tell of an event it has turned into an alert.
pub(crate) const REPORTING_SECONDS: i64 = 2;
const DAY: i64 = 86_400;
/// The fate of what stays new, whatever its age.
const UNTOUCHED: u8 = 100;
const SPAN: i64 = 30 * DAY;

/// The people and devices of one incident.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Casting {
    pub(crate) incident: u64,
    pub(crate) seed: u64,
    pub(crate) origin: Ticks,
    first: usize,
    second: usize,
    server: usize,
    linux: usize,
    user: usize,
}

impl Casting {
    pub(crate) fn new(directory: &Directory, incident: u64, origin: Ticks, rng: &mut Rng) -> Self {
        let first = directory.any_workstation(rng);
        Self {
            incident,
            seed: rng.u64(..),
            origin,
            first,
            second: directory.any_workstation(rng),
            server: directory.any_windows_server(rng),
            linux: directory.any_linux_server(rng),
            user: directory.owner(first),
        }
    }

    /// One alert of this incident, as it is when new.
    pub(crate) fn record(
        &self,
        template: &'static Template,
        place: Place,
        created: Ticks,
        rng: &mut Rng,
    ) -> Record {
        let device = match place {
            Place::First => self.first,
            Place::Second => self.second,
            Place::Server => self.server,
            Place::Linux => self.linux,
        };
        let created = created.plus_ticks(rng.i64(1..9_999_999));
        let last = created
            .plus_seconds(-rng.i64(3..140))
            .plus_ticks(rng.i64(0..9_999_999));
        let first = last
            .plus_seconds(-rng.i64(0..300))
            .plus_ticks(-rng.i64(0..9_999_999));
        let moments = Moments {
            origin: self.origin,
            first,
            last,
            created,
            updated: created.plus_ticks(8_000_000).rounded_like_sql(),
            resolved: None,
        };
        Record {
            id: id(template, created, rng),
            template,
            incident: self.incident,
            device,
            user: self.user,
            cast: self.seed,
            seed: rng.u64(..),
            moments,
            status: String::from("New"),
            assigned_to: None,
            classification: None,
            determination: None,
            comments: Vec::new(),
            overrides: None,
        }
    }
}

/// Ids come in the forms seen: the second number is signed, and a prefix names the source.
fn id(template: &Template, created: Ticks, rng: &mut Rng) -> String {
    let number = rng.i32(..);
    match template.source {
        "CustomDetection" => format!("ed{}_{number}", created.since_year_one()),
        "OfficeATP" => format!(
            "fa{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}",
            rng.u32(..),
            rng.u16(..),
            rng.u16(..4096),
            rng.u16(..4096),
            rng.u64(..1 << 48)
        ),
        "MCAS" => format!("ca{:024x}", rng.u128(..1 << 96)),
        "AzureATP" => format!(
            "aa{:08x}-{:04x}-4{:03x}-b{:03x}-{:012x}",
            rng.u32(..),
            rng.u16(..),
            rng.u16(..4096),
            rng.u16(..4096),
            rng.u64(..1 << 48)
        ),
        "MTP" => format!("ra{}_{number}", created.since_year_one()),
        "AzureAdIdentityProtection" => format!("ad{:064x}", rng.u128(..)),
        "MicrosoftDataLossPrevention" => format!("dl{}_{number}", created.since_year_one()),
        "MicrosoftDefenderForCloud" => format!("dc{}_{number}", created.since_year_one()),
        "MicrosoftSentinel" => format!("sn{:032x}", rng.u128(..)),
        _ if rng.u8(..6) == 0 => {
            format!(
                "da{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}_1",
                rng.u32(..),
                rng.u16(..),
                rng.u16(..4096),
                rng.u16(..4096),
                rng.u64(..1 << 48)
            )
        }
        _ => format!("da{}_{number}", created.since_year_one()),
    }
}

/// `count` alerts up to `start`, oldest first, and the number for the next incident.
pub(crate) fn story(
    count: usize,
    directory: &Directory,
    start: Ticks,
    rng: &mut Rng,
) -> (Vec<Record>, u64) {
    // Nothing is younger than the service takes to tell of it.
    let mut teller = Teller {
        directory,
        start: start.plus_seconds(-REPORTING_SECONDS - 1),
        incident: 2_310,
        records: Vec::with_capacity(count + 64),
        rng,
    };
    // Every kind of attack is there once; the most instructive is still going on.
    for (storyline, hours) in STORYLINES.iter().zip([1, 5, 26, 40, 9, 90, 200]) {
        // Nobody has dealt with that one yet.
        let fate = if hours == 1 {
            UNTOUCHED
        } else {
            teller.rng.u8(..100)
        };
        teller.storyline(storyline, hours * 3600 + 600, fate);
    }
    for (template, hours) in HOSTILE.iter().zip([2, 3, 7, 12, 20, 31, 50, 70]) {
        teller.single(template, hours * 3600 + 77);
    }
    while teller.records.len() < count {
        teller.something();
    }
    let mut records = teller.records;
    let next_incident = teller.incident;
    records.sort_by_key(|record| record.moments.created);
    // The oldest go first when fewer were asked for.
    let surplus = records.len().saturating_sub(count);
    records.drain(..surplus);
    (records, next_incident)
}

struct Teller<'a> {
    directory: &'a Directory,
    start: Ticks,
    incident: u64,
    records: Vec<Record>,
    rng: &'a mut Rng,
}

impl Teller<'_> {
    fn something(&mut self) {
        // The power makes the present denser: some twenty of 500 in the last hour.
        let age = self.rng.f64().powf(2.2);
        #[expect(
            clippy::cast_possible_truncation,
            reason = "within thirty days of seconds"
        )]
        let age = (age * f64::from(i32::try_from(SPAN).unwrap_or(i32::MAX))) as i64;
        match self.rng.u8(..100) {
            0..4 => {
                let index = self.rng.usize(..STORYLINES.len());
                if let Some(storyline) = STORYLINES.get(index) {
                    let fate = self.rng.u8(..100);
                    self.storyline(storyline, age, fate);
                }
            }
            4..7 => self.duplicates(age),
            _ => {
                // The front of the list is drawn more often than its end.
                let index = self
                    .rng
                    .usize(..NOISE.len())
                    .min(self.rng.usize(..NOISE.len()));
                if let Some(template) = NOISE.get(index) {
                    self.single(template, age);
                }
            }
        }
    }

    fn next_casting(&mut self, age: i64) -> Casting {
        self.incident += self.rng.u64(1..4);
        Casting::new(
            self.directory,
            self.incident,
            self.start.plus_seconds(-age),
            self.rng,
        )
    }

    fn storyline(&mut self, storyline: &'static Storyline, age: i64, fate: u8) {
        let casting = self.next_casting(age);
        let mut at = casting.origin;
        for Step {
            template,
            place,
            after,
        } in storyline.steps
        {
            at = at.plus_seconds(after * 60 + self.rng.i64(0..40));
            // What would come after the start has not happened.
            if at > self.start {
                return;
            }
            let record = casting.record(template, *place, at, self.rng);
            self.keep(record, fate);
        }
    }

    fn single(&mut self, template: &'static Template, age: i64) {
        let casting = self.next_casting(age);
        let fate = self.rng.u8(..100);
        let place = if self.rng.u8(..6) == 0 {
            Place::Server
        } else {
            Place::First
        };
        let record = casting.record(template, place, casting.origin, self.rng);
        self.keep(record, fate);
    }

    /// The same title on dozens of devices within the hour, as after a software rollout.
    fn duplicates(&mut self, age: i64) {
        let index = self.rng.usize(..5);
        let Some(template) = NOISE.get(index) else {
            return;
        };
        let fate = self.rng.u8(..100);
        for _ in 0..self.rng.u8(12..40) {
            let age = (age + self.rng.i64(-1800..1800)).max(0);
            let casting = self.next_casting(age);
            let record = casting.record(template, Place::First, casting.origin, self.rng);
            self.keep(record, fate);
        }
    }

    /// Old alerts have mostly been dealt with; `fate` is shared within an incident.
    fn keep(&mut self, mut record: Record, fate: u8) {
        // No reader may meet an update from the future.
        let created = record.moments.created.min(self.start);
        record.moments.created = created;
        let age = self.start.seconds_since(created);
        let (resolved, taken) = match age {
            ..3600 => (3, 12),
            3600..DAY => (30, 50),
            DAY..604_800 => (65, 80),
            _ => (90, 96),
        };
        let delay = self.rng.i64(90..90 + (age / 2).clamp(1, 2 * DAY)).min(age);
        let at = created.plus_seconds(delay);
        if fate < resolved {
            self.resolve(&mut record, at);
        } else if fate < taken {
            let analyst = self.analyst();
            record.status = String::from("InProgress");
            record.assigned_to = Some(analyst);
            record.moments.updated = at.rounded_like_sql();
        }
        self.records.push(record);
    }

    fn resolve(&mut self, record: &mut Record, at: Ticks) {
        record.status = String::from("Resolved");
        let is_noise = record.template.severity == "Informational"
            || record.template.source == "WindowsDefenderAv";
        if is_noise && self.rng.u8(..3) != 0 {
            record.assigned_to = Some(String::from("Automation"));
            record.comments.push(Comment {
                text: String::from(
                    "Alert was resolved by automation: the investigation found no threats.",
                ),
                by: String::from("Automation"),
                at,
            });
        } else {
            let by = self.analyst();
            let verdict = verdict(record.template, self.rng);
            record.assigned_to = Some(by.clone());
            record.classification = Some(verdict.classification.to_owned());
            record.determination = verdict.determination.map(str::to_owned);
            if self.rng.u8(..3) != 0 {
                record.comments.push(Comment {
                    text: verdict.comment.to_owned(),
                    by,
                    at,
                });
            }
        }
        record.moments.resolved = Some(at);
        record.moments.updated = at.rounded_like_sql();
    }

    fn analyst(&mut self) -> String {
        ANALYSTS
            .get(self.rng.usize(..ANALYSTS.len()))
            .copied()
            .unwrap_or_default()
            .to_owned()
    }
}

/// How an alert was judged.
pub(crate) struct Verdict {
    pub(crate) classification: &'static str,
    pub(crate) determination: Option<&'static str>,
    pub(crate) comment: &'static str,
}

/// What an analyst would say of such an alert, in the spellings found on the wire.
pub(crate) fn verdict(template: &Template, rng: &mut Rng) -> Verdict {
    let (classification, determination, comment) = match (template.severity, rng.u8(..4)) {
        ("High", 0..3) => (
            "TruePositive",
            Some("MultiStagedAttack"),
            "Confirmed. Device isolated, accounts reset, see the incident report.",
        ),
        ("High", _) => (
            "InformationalExpectedActivity",
            Some("SecurityTesting"),
            "Red team exercise of this week, confirmed with Marco.",
        ),
        ("Medium", 0) => (
            "TruePositive",
            Some("Malware"),
            "Removed, reimaged.\n\nNo sign of lateral movement.",
        ),
        ("Medium", 1) => (
            "TruePositive",
            Some("CompromisedUser"),
            "Password reset, sessions revoked.",
        ),
        ("Medium", 2) => (
            "InformationalExpectedActivity",
            Some("ConfirmedUserActivity"),
            "Admin script, the owner confirmed.",
        ),
        ("Low", 0) => (
            "InformationalExpectedActivity",
            Some("LineOfBusinessApplication"),
            "That is PlantSight again. Tuning request open.",
        ),
        ("Low", 1) => ("FalsePositive", Some("Clean"), "Checked, clean."),
        ("Low", 2) => ("TruePositive", Some("UnwantedSoftware"), "Uninstalled."),
        // Seen in a documented body: judged, but without a reason.
        ("Informational", 0) => ("FalsePositive", None, "-"),
        _ => ("FalsePositive", Some("NotMalicious"), "Nothing here. 👍"),
    };
    Verdict {
        classification,
        determination,
        comment,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use jiff::Timestamp;

    use super::*;

    fn told(count: usize, seed: u64) -> Vec<Record> {
        let mut rng = Rng::with_seed(seed);
        let directory = Directory::new(60, &mut rng);
        let start = Ticks::of(
            "2026-11-22T12:00:00Z"
                .parse()
                .unwrap_or(Timestamp::UNIX_EPOCH),
        );
        story(count, &directory, start, &mut rng).0
    }

    #[test]
    fn there_are_as_many_as_asked_in_order_and_never_twice_the_same() {
        for count in [0, 1, 30, 500] {
            let records = told(count, 3);
            assert_eq!(records.len(), count);
            assert!(records.is_sorted_by_key(|record| record.moments.created));
            let ids: HashSet<&str> = records.iter().map(|record| record.id.as_str()).collect();
            assert_eq!(ids.len(), count);
        }
    }

    #[test]
    fn the_present_is_denser_and_nothing_is_in_the_future() {
        let records = told(500, 1);
        let start = Ticks::of(
            "2026-11-22T12:00:00Z"
                .parse()
                .unwrap_or(Timestamp::UNIX_EPOCH),
        );
        let in_last_hour = records
            .iter()
            .filter(|record| start.seconds_since(record.moments.created) < 3600)
            .count();
        assert!((12..80).contains(&in_last_hour), "{in_last_hour}");
        assert!(records.iter().all(|record| record.moments.updated <= start
            && record.moments.last <= record.moments.created));
    }

    #[test]
    fn the_same_seed_tells_the_same_story() {
        let ids =
            |seed| -> Vec<String> { told(80, seed).into_iter().map(|record| record.id).collect() };
        assert_eq!(ids(5), ids(5));
        assert_ne!(ids(5), ids(6));
    }
}
