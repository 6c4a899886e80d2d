//! The queries vigie knows, filled in with what an alert names.

use jiff::SignedDuration;
use jiff::Timestamp;

use crate::domain::hunt::kql;

/// Time looked at before the first event and after the last.
pub const AROUND: SignedDuration = SignedDuration::from_hours(1);

/// What an alert gives a hunt to begin with. Empty where it names none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Subject {
    pub alert: String,
    pub device_id: String,
    pub device: String,
    pub user: String,
    pub process: String,
    pub sha1: String,
    pub sha256: String,
    pub ip: String,
    pub domain: String,
    pub from: Option<Timestamp>,
    pub to: Option<Timestamp>,
}

/// One of the queries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Question {
    Process,
    Hash,
    Address,
    Domain,
    User,
    Device,
}

const PROCESS: &str = "DeviceProcessEvents
| where Timestamp between ({from} .. {to}) and DeviceId == {device_id}
| where FileName =~ {process} or InitiatingProcessFileName =~ {process}
| project Timestamp, DeviceName, AccountName, FileName, ProcessId, ProcessCommandLine, InitiatingProcessFileName, SHA256
| sort by Timestamp asc";
const SHA256: &str = "union withsource=Source DeviceFileEvents, DeviceProcessEvents
| where Timestamp > ago(30d) and SHA256 == {sha256}
| project Timestamp, DeviceName, Source, ActionType, FileName, FolderPath, InitiatingProcessFileName, DeviceId
| sort by Timestamp asc";
const SHA1: &str = "union withsource=Source DeviceFileEvents, DeviceProcessEvents
| where Timestamp > ago(30d) and SHA1 == {sha1}
| project Timestamp, DeviceName, Source, ActionType, FileName, FolderPath, InitiatingProcessFileName, DeviceId
| sort by Timestamp asc";
const ADDRESS: &str = "DeviceNetworkEvents
| where Timestamp > ago(30d) and RemoteIP == {ip}
| project Timestamp, DeviceName, ActionType, RemoteIP, RemotePort, RemoteUrl, InitiatingProcessFileName, InitiatingProcessAccountName, DeviceId
| sort by Timestamp asc";
const DOMAIN: &str = "DeviceNetworkEvents
| where Timestamp > ago(30d) and RemoteUrl contains {domain}
| project Timestamp, DeviceName, ActionType, RemoteUrl, RemoteIP, RemotePort, InitiatingProcessFileName, InitiatingProcessAccountName, DeviceId
| sort by Timestamp asc";
const USER: &str = "DeviceLogonEvents
| where Timestamp > ago(7d) and AccountName =~ {user}
| project Timestamp, DeviceName, ActionType, LogonType, RemoteIP, FailureReason, AccountDomain, AccountName, DeviceId
| sort by Timestamp desc";
const DEVICE: &str = "union withsource=Source DeviceProcessEvents, DeviceFileEvents, DeviceNetworkEvents, DeviceRegistryEvents, DeviceLogonEvents, DeviceEvents
| where Timestamp between ({from} .. {to}) and DeviceId == {device_id}
| project Timestamp, Source, ActionType, FileName, ProcessCommandLine, RemoteIP, RemoteUrl, RegistryKey, AccountName, InitiatingProcessFileName
| sort by Timestamp asc";

impl Question {
    pub const ALL: [Self; 6] = [
        Self::Process,
        Self::Hash,
        Self::Address,
        Self::Domain,
        Self::User,
        Self::Device,
    ];

    /// What it looks for: a phrase.
    pub const fn says(self) -> &'static str {
        match self {
            Self::Process => "the process on this device",
            Self::Hash => "the file on every device",
            Self::Address => "the address on every device",
            Self::Domain => "the domain on every device",
            Self::User => "the user's sign-ins",
            Self::Device => "everything on this device around the alert",
        }
    }

    const fn template(self, subject: &Subject) -> &'static str {
        match self {
            Self::Process => PROCESS,
            Self::Hash if subject.sha256.is_empty() => SHA1,
            Self::Hash => SHA256,
            Self::Address => ADDRESS,
            Self::Domain => DOMAIN,
            Self::User => USER,
            Self::Device => DEVICE,
        }
    }

    /// The query about this subject.
    ///
    /// # Errors
    /// What the alert does not name.
    pub fn ask(self, subject: &Subject) -> Result<String, &'static str> {
        filled(self.template(subject), subject)
    }
}

/// A query with `{name}` in it, each replaced by the value as the language writes it.
///
/// # Errors
/// The first thing the alert does not name. Braces around anything else are left alone.
pub fn filled(template: &str, subject: &Subject) -> Result<String, &'static str> {
    let mut query = String::with_capacity(template.len() + 128);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        query.push_str(before);
        let found = after.split_once('}');
        let found = found.and_then(|(name, after)| Some((value(name, subject)?, after)));
        if let Some((value, after)) = found {
            query.push_str(&value?);
            rest = after;
        } else {
            query.push('{');
            rest = after;
        }
    }
    query.push_str(rest);
    Ok(query)
}

/// What may stand in braces.
pub(super) const NAMES: [&str; 11] = [
    "alert",
    "device_id",
    "device",
    "user",
    "process",
    "sha1",
    "sha256",
    "ip",
    "domain",
    "from",
    "to",
];

/// The value of a name; none where there is no such name.
fn value(name: &str, subject: &Subject) -> Option<Result<String, &'static str>> {
    let text = |text: &str, none: &'static str| {
        if text.is_empty() {
            Err(none)
        } else {
            Ok(kql::literal(text))
        }
    };
    let time = |time: Option<Timestamp>| {
        time.map(kql::datetime)
            .ok_or("this alert tells no time of its events")
    };
    let none_of_device = "this alert names no device";
    Some(match name {
        "alert" => text(&subject.alert, "no alert is selected"),
        "device_id" => text(&subject.device_id, none_of_device),
        "device" => text(&subject.device, none_of_device),
        "user" => text(&subject.user, "this alert names no user"),
        "process" => text(&subject.process, "this alert names no process"),
        "sha1" => text(&subject.sha1, "no hash is known of this alert"),
        "sha256" => text(&subject.sha256, "no hash is known of this alert"),
        "ip" => text(&subject.ip, "this alert names no address"),
        "domain" => text(&subject.domain, "this alert names no domain"),
        "from" => time(subject.from),
        "to" => time(subject.to),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_has_a_value() {
        for name in NAMES {
            assert!(value(name, &Subject::default()).is_some(), "{name}");
        }
        assert!(value("other", &Subject::default()).is_none());
    }

    #[test]
    fn values_are_written_so_that_nothing_ends_its_quotes() {
        let subject = Subject {
            user: "o'brien' or 1==1 //".to_owned(),
            ip: "203.0.113.9".to_owned(),
            ..Subject::default()
        };
        let query = Question::User.ask(&subject).unwrap_or_default();
        assert!(
            query.contains(r"AccountName =~ 'o\'brien\' or 1==1 //'"),
            "{query}"
        );
        assert_eq!(
            Question::Hash.ask(&subject),
            Err("no hash is known of this alert")
        );
        assert_eq!(
            filled("T | where A == {ip} and B == {other} {", &subject).as_deref(),
            Ok("T | where A == '203.0.113.9' and B == {other} {")
        );
    }

    #[test]
    fn a_value_that_looks_like_a_name_is_not_filled_in() {
        let subject = Subject {
            domain: "{user}".to_owned(),
            user: "eve".to_owned(),
            ..Subject::default()
        };
        assert_eq!(filled("{domain}", &subject).as_deref(), Ok("'{user}'"));
    }
}
