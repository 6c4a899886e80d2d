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
    Ip,
    Url,
    Registry,
    /// A kind of this service we do not know: drawn from whatever it carries.
    Other,
}

/// One piece of evidence, ready to be read: a headline and the facts below it.
#[derive(Debug, Clone, PartialEq)]
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
}
