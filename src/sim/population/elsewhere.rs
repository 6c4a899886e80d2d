//! Alerts of products beside Defender for Endpoint, which only Graph shows.
//!
//! They are told apart from the story and with a seed of their own, so that the story
//! is the same whoever reads it.

use fastrand::Rng;

use crate::sim::population::directory::ANALYSTS;
use crate::sim::population::directory::Directory;
use crate::sim::population::incidents::Place;
use crate::sim::population::record::Record;
use crate::sim::population::template::Item;
use crate::sim::population::template::PLAIN;
use crate::sim::population::template::Template;
use crate::sim::population::timeline::Casting;
use crate::sim::population::timeline::REPORTING_SECONDS;
use crate::sim::population::timeline::verdict;
use crate::sim::ticks::Ticks;

const DAY: i64 = 86_400;
/// One of these for so many alerts of the story.
const SHARE: usize = 12;
const MOST: usize = 120;
/// Below the numbers of the story's incidents.
const FIRST_INCIDENT: u64 = 1_000;

const BESIDE: Template = Template {
    cloud: true,
    elsewhere: true,
    ..PLAIN
};

const TEMPLATES: [Template; 7] = [
    Template {
        title: "Suspected DCSync attack (replication of directory services)",
        severity: "High",
        category: "CredentialAccess",
        source: "AzureATP",
        techniques: &["T1003.006"],
        description: "{user} sent a replication request to a domain controller from {host}, which is not one.",
        action: Some(
            "Disable the account, and reset the passwords of everyone whose hash was read.",
        ),
        items: &[Item::Address],
        ..BESIDE
    },
    Template {
        title: "Atypical travel",
        severity: "Medium",
        category: "InitialAccess",
        source: "AzureAdIdentityProtection",
        techniques: &["T1078"],
        description: "Two sign-ins by {user} from places too far apart for the time between them.",
        items: &[Item::Address],
        ..BESIDE
    },
    Template {
        title: "Mass download by a single user",
        severity: "Medium",
        category: "Exfiltration",
        source: "MCAS",
        techniques: &["T1530"],
        description: "{user} downloaded 1,204 files from a document library within four minutes.",
        items: &[
            Item::Url("https://contoso.example/sites/finance/{hex}"),
            Item::Address,
        ],
        ..BESIDE
    },
    Template {
        title: "Email reported by user as malware or phish",
        severity: "Low",
        category: "InitialAccess",
        source: "OfficeATP",
        techniques: &["T1566.001"],
        description: "{user} reported a message as phishing.",
        items: &[Item::Mailbox, Item::Url("https://{domain}/login?u={user}")],
        ..BESIDE
    },
    Template {
        title: "DLP policy match for document \"salaries 2026.xlsx\"",
        severity: "Low",
        category: "Exfiltration",
        source: "MicrosoftDataLossPrevention",
        description: "{user} shared a document with personal data outside the organization.",
        items: &[Item::Mailbox],
        ..BESIDE
    },
    Template {
        title: "Suspicious access to a key vault",
        severity: "Medium",
        category: "CredentialAccess",
        source: "MicrosoftDefenderForCloud",
        techniques: &["T1555.006"],
        description: "An application read every secret of a key vault from {ip}.",
        items: &[Item::Address],
        ..BESIDE
    },
    Template {
        title: "Sign-ins from addresses of a watchlist",
        severity: "Informational",
        category: "InitialAccess",
        source: "MicrosoftSentinel",
        description: "A rule of your own found sign-ins by {user} from {ip}.",
        items: &[Item::Address],
        ..BESIDE
    },
];

/// Puts what other products told up to `start` among the alerts of the story.
pub(crate) fn add_elsewhere(
    records: &mut Vec<Record>,
    directory: &Directory,
    start: Ticks,
    rng: &mut Rng,
) {
    let mut incident = FIRST_INCIDENT;
    let count = (records.len() / SHARE).min(MOST);
    for template in TEMPLATES.iter().cycle().take(count) {
        incident += rng.u64(1..8);
        let age = rng.i64(60..DAY) * rng.i64(1..20);
        let created = start.plus_seconds(-REPORTING_SECONDS - age);
        let casting = Casting::new(directory, incident, created, rng);
        let mut record = casting.record(template, Place::First, created, rng);
        deal_with(&mut record, age, rng);
        records.push(record);
    }
    records.sort_by_key(|record| record.moments.created);
}

/// About half of them have been taken, and of these half are closed.
fn deal_with(record: &mut Record, age: i64, rng: &mut Rng) {
    let fate = rng.u8(..4);
    if fate < 2 {
        return;
    }
    let at = record.moments.created.plus_seconds(rng.i64(1..age));
    record.assigned_to = rng.choice(ANALYSTS).map(str::to_owned);
    record.status = String::from("InProgress");
    if fate == 3 {
        let verdict = verdict(record.template, rng);
        record.status = String::from("Resolved");
        record.classification = Some(verdict.classification.to_owned());
        record.determination = verdict.determination.map(str::to_owned);
        record.moments.resolved = Some(at);
    }
    record.moments.updated = at.rounded_like_sql();
}
