//! What a person wants done to a device, and what asking for it came to.

use jiff::Timestamp;
use serde::Deserialize;
use serde::Serialize;

use crate::domain::device::action::ActionKind;
use crate::domain::device::action::DeviceAction;
use crate::domain::device::facts::DeviceId;
use crate::domain::failure::Failure;

/// One thing that can be done to a device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// Cut off from everything but the service.
    IsolateFully,
    /// The same, but mail and calls go on.
    IsolateSelectively,
    Release,
    ScanQuickly,
    ScanFully,
    /// Only what Microsoft signed may run.
    Restrict,
    Unrestrict,
    /// A package for an investigation.
    Collect,
    /// Stop a file and put it away; holds its SHA-1 in 40 hexadecimal digits.
    Quarantine(String),
}

impl Order {
    /// A file is named by its SHA-1 alone; other hashes are refused.
    pub fn quarantine(sha1: &str) -> Option<Self> {
        let is_sha1 = sha1.len() == 40 && sha1.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_sha1.then(|| Self::Quarantine(sha1.to_ascii_lowercase()))
    }

    /// In words: lowercase, imperative.
    pub const fn says(&self) -> &'static str {
        match self {
            Self::IsolateFully => "isolate",
            Self::IsolateSelectively => "isolate selectively",
            Self::Release => "release",
            Self::ScanQuickly => "quick scan",
            Self::ScanFully => "full scan",
            Self::Restrict => "restrict code execution",
            Self::Unrestrict => "lift the restriction",
            Self::Collect => "collect a package",
            Self::Quarantine(_) => "stop and quarantine a file",
        }
    }

    /// What happens to the device, in a sentence.
    pub const fn means(&self) -> &'static str {
        match self {
            Self::IsolateFully => {
                "the device is cut off from everything but Defender; whoever works on it is too"
            }
            Self::IsolateSelectively => {
                "the device is cut off, except for Outlook, Teams and Skype"
            }
            Self::Release => "the device may talk to everything again",
            Self::ScanQuickly => "Defender Antivirus looks where malware usually starts",
            Self::ScanFully => "Defender Antivirus looks at every file; it takes hours",
            Self::Restrict => "only what Microsoft signed may run on the device",
            Self::Unrestrict => "everything may run on the device again",
            Self::Collect => "logs, processes and settings are packed for an investigation",
            Self::Quarantine(_) => "the file is stopped where it runs, and put away",
        }
    }

    /// What the service calls it.
    pub const fn kind(&self) -> ActionKind {
        match self {
            Self::IsolateFully | Self::IsolateSelectively => ActionKind::Isolate,
            Self::Release => ActionKind::Release,
            Self::ScanQuickly | Self::ScanFully => ActionKind::Scan,
            Self::Restrict => ActionKind::Restrict,
            Self::Unrestrict => ActionKind::Unrestrict,
            Self::Collect => ActionKind::Collect,
            Self::Quarantine(_) => ActionKind::Quarantine,
        }
    }

    /// The file it is about, where it is about one.
    pub fn sha1(&self) -> Option<&str> {
        match self {
            Self::Quarantine(sha1) => Some(sha1),
            Self::IsolateFully
            | Self::IsolateSelectively
            | Self::Release
            | Self::ScanQuickly
            | Self::ScanFully
            | Self::Restrict
            | Self::Unrestrict
            | Self::Collect => None,
        }
    }

    /// The permission it needs: of the same name for users and applications.
    pub const fn permission(&self) -> &'static str {
        match self {
            Self::IsolateFully | Self::IsolateSelectively | Self::Release => "Machine.Isolate",
            Self::ScanQuickly | Self::ScanFully => "Machine.Scan",
            Self::Restrict | Self::Unrestrict => "Machine.RestrictExecution",
            Self::Collect => "Machine.CollectForensics",
            Self::Quarantine(_) => "Machine.StopAndQuarantine",
        }
    }

    /// Whether the device's name has to be typed for it: nobody on the device can ask
    /// for it to be taken back.
    pub const fn wants_name(&self) -> bool {
        matches!(self, Self::IsolateFully | Self::IsolateSelectively)
    }
}

/// One order for one device, as it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    pub device: DeviceId,
    pub order: Order,
    pub comment: String,
    /// When the person asked, by the clock of this machine.
    pub at: Timestamp,
}

/// What sending an order came to.
#[derive(Debug, Clone, PartialEq)]
pub enum Acted {
    /// The service made an action of it; or told one that ran already.
    Begun(Box<DeviceAction>),
    /// Nothing was begun: one like it runs.
    RunsAlready(Failure),
    /// Nothing was begun.
    Refused(Failure),
    /// Nobody knows whether it arrived: only the device's actions tell.
    Unknown(Failure),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_by_its_sha1_alone() {
        let sha1 = "87662BC3d60e4200ceaf7aae249d1c343f4b83c9";
        assert_eq!(
            Order::quarantine(sha1),
            Some(Order::Quarantine(sha1.to_lowercase()))
        );
        for wrong in ["", "abc", &"g".repeat(40), &"a".repeat(64)] {
            assert_eq!(Order::quarantine(wrong), None);
        }
    }
}
