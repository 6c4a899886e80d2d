//! All of an alert, for the one that is looked at.
//!
//! Read from the packed original by [`crate::wire`]; nothing here is kept for the
//! others.

use jiff::Timestamp;

use crate::domain::text::Text;

/// Everything an analyst reads first. Absent texts are empty.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AlertDetail {
    pub description: Text,
    pub recommended_action: Text,
    pub detection_source: Text,
    pub detector_id: Text,
    pub threat: Text,
    pub threat_family: Text,
    pub techniques: Vec<Text>,
    pub investigation_state: Text,
    pub classification: Text,
    pub determination: Text,
    pub device_id: Text,
    pub device_group: Text,
    /// `DOMAIN\name`, as far as known.
    pub user: Text,
    pub logged_on_users: Vec<Text>,
    pub first_event: Option<Timestamp>,
    pub last_event: Option<Timestamp>,
    pub resolved: Option<Timestamp>,
    /// The attacker, where the service names one.
    pub actor: Text,
    /// Words the service itself puts on an alert.
    pub system_tags: Vec<Text>,
    pub comments: Vec<Comment>,
    pub evidence: Vec<Evidence>,
}

/// A note on an alert, by a person or by `Automation`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Comment {
    pub text: Text,
    pub author: Text,
    pub at: Option<Timestamp>,
}

/// What kind of thing a piece of evidence is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum EvidenceKind {
    Process,
    File,
    User,
    Device,
    Ip,
    Url,
    Registry,
    /// A kind of this service we do not know: drawn from whatever it carries.
    Other,
}

/// One piece of evidence: a headline and facts to be read, and the same typed for
/// whoever computes with it. What a service does not tell is empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    pub kind: EvidenceKind,
    /// The service's own word for the kind.
    pub kind_word: Text,
    /// The name people know it by: file name and pid, account, address.
    pub headline: Text,
    /// When a process began.
    pub started: Option<Timestamp>,
    /// Named facts in reading order, empty ones left out.
    pub facts: Vec<(&'static str, Text)>,
    /// Facts of an unknown kind, under the service's own names.
    pub other_facts: Vec<(Text, Text)>,
    pub standing: Standing,
    pub entity: Entity,
}

impl Default for Evidence {
    fn default() -> Self {
        Self {
            kind: EvidenceKind::Other,
            kind_word: Text::default(),
            headline: Text::default(),
            started: None,
            facts: Vec::new(),
            other_facts: Vec::new(),
            standing: Standing::default(),
            entity: Entity::Other,
        }
    }
}

/// What the service thinks of a piece of evidence and did about it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Standing {
    /// When it became evidence.
    pub added: Option<Timestamp>,
    /// Detected, blocked or prevented, in the service's spelling.
    pub detection: Text,
    /// Malicious, suspicious, clean; Graph alone tells.
    pub verdict: Text,
    /// What was done about it; Graph alone tells.
    pub remediation: Text,
    /// Its part in the attack; Graph alone tells.
    pub roles: Vec<Text>,
    /// Graph alone tells.
    pub tags: Vec<Text>,
}

/// A piece of evidence as values.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Entity {
    Process(Box<Process>),
    File(Box<File>),
    User(Account),
    Device(Device),
    Address(Text),
    Url(Text),
    /// Registry keys and kinds we do not know: there are only facts to read.
    #[default]
    Other,
}

/// A process as evidence tells of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Process {
    pub pid: Option<u64>,
    /// With the pid its identity: pids are used again.
    pub created: Option<Timestamp>,
    pub image: File,
    pub command_line: Text,
    pub account: Account,
    pub parent: Parent,
}

/// What started a process, which may be no evidence itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Parent {
    pub pid: Option<u64>,
    pub created: Option<Timestamp>,
    pub image: File,
}

/// A file, or the image of a process.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct File {
    pub name: Text,
    /// The whole path, name included; empty where no folder is known.
    pub path: Text,
    pub sha1: Text,
    pub sha256: Text,
    /// Who made it, as the file says; Graph alone tells.
    pub publisher: Text,
    /// Who signed it; Graph alone tells.
    pub signer: Text,
}

/// A person or a service account.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Account {
    pub name: Text,
    pub domain: Text,
    pub sid: Text,
    /// Its object id in the directory.
    pub object_id: Text,
    /// `name@domain`, as it signs in.
    pub principal: Text,
}

impl Account {
    /// `DOMAIN\name`, as people write it; else how it signs in.
    pub fn said(&self) -> Text {
        if self.name.is_empty() {
            self.principal.clone()
        } else if self.domain.is_empty() {
            self.name.clone()
        } else {
            Text::from(format!(
                "{}\\{}",
                self.domain.original(),
                self.name.original()
            ))
        }
    }
}

/// A device that is evidence; Graph alone has them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Device {
    pub id: Text,
    pub name: Text,
    pub group: Text,
}
