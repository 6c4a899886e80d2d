//! Which tables there are, and their columns under Microsoft's names.
//!
//! Of the wide tables only the columns that something is told in; a query that names
//! another is refused, as one that misspells it would be.

use crate::sim::kql::Column;
use crate::sim::kql::Kind;

type Columns = &'static [(&'static str, Kind)];

/// One table.
pub(super) struct Schema {
    pub(super) name: &'static str,
    groups: &'static [Columns],
}

use Kind::{Bool, Int, Long, Text, Time};

const HEAD: Columns = &[
    ("Timestamp", Time),
    ("DeviceId", Text),
    ("DeviceName", Text),
    ("ActionType", Text),
];
const FILE: Columns = &[
    ("FileName", Text),
    ("FolderPath", Text),
    ("SHA1", Text),
    ("SHA256", Text),
    ("MD5", Text),
    ("FileSize", Long),
];
const PROCESS: Columns = &[
    ("ProcessId", Long),
    ("ProcessCommandLine", Text),
    ("ProcessIntegrityLevel", Text),
    ("ProcessCreationTime", Time),
];
const MAKER: Columns = &[("ProcessVersionInfoCompanyName", Text)];
const ACCOUNT: Columns = &[
    ("AccountDomain", Text),
    ("AccountName", Text),
    ("AccountSid", Text),
    ("AccountUpn", Text),
    ("AccountObjectId", Text),
];
const INITIATOR: Columns = &[
    ("InitiatingProcessAccountDomain", Text),
    ("InitiatingProcessAccountName", Text),
    ("InitiatingProcessAccountSid", Text),
    ("InitiatingProcessAccountUpn", Text),
    ("InitiatingProcessAccountObjectId", Text),
    ("InitiatingProcessIntegrityLevel", Text),
    ("InitiatingProcessSHA1", Text),
    ("InitiatingProcessSHA256", Text),
    ("InitiatingProcessMD5", Text),
    ("InitiatingProcessFileName", Text),
    ("InitiatingProcessFileSize", Long),
    ("InitiatingProcessVersionInfoCompanyName", Text),
    ("InitiatingProcessId", Long),
    ("InitiatingProcessCommandLine", Text),
    ("InitiatingProcessCreationTime", Time),
    ("InitiatingProcessFolderPath", Text),
    ("InitiatingProcessParentId", Long),
    ("InitiatingProcessParentFileName", Text),
    ("InitiatingProcessParentCreationTime", Time),
];
const REMOTE: Columns = &[
    ("RemoteIP", Text),
    ("RemotePort", Int),
    ("RemoteUrl", Text),
    ("LocalIP", Text),
    ("LocalPort", Int),
    ("Protocol", Text),
    ("LocalIPType", Text),
    ("RemoteIPType", Text),
];
const TAIL: Columns = &[("ReportId", Long), ("AdditionalFields", Text)];
const REGISTRY: Columns = &[
    ("RegistryKey", Text),
    ("RegistryValueType", Text),
    ("RegistryValueName", Text),
    ("RegistryValueData", Text),
    ("PreviousRegistryKey", Text),
    ("PreviousRegistryValueName", Text),
    ("PreviousRegistryValueData", Text),
];
const FILE_ORIGIN: Columns = &[
    ("FileOriginUrl", Text),
    ("FileOriginReferrerUrl", Text),
    ("FileOriginIP", Text),
    ("RequestProtocol", Text),
    ("RequestSourceIP", Text),
    ("RequestAccountName", Text),
    ("RequestAccountDomain", Text),
    ("ShareName", Text),
];
const LOGON: Columns = &[
    ("LogonType", Text),
    ("LogonId", Long),
    ("FailureReason", Text),
    ("IsLocalAdmin", Bool),
    ("RemoteDeviceName", Text),
    ("RemoteIP", Text),
    ("RemoteIPType", Text),
    ("RemotePort", Int),
    ("Protocol", Text),
];

pub(super) const TABLES: [Schema; 9] = [
    Schema {
        name: "DeviceProcessEvents",
        groups: &[HEAD, FILE, MAKER, PROCESS, ACCOUNT, INITIATOR, TAIL],
    },
    Schema {
        name: "DeviceFileEvents",
        groups: &[HEAD, FILE, FILE_ORIGIN, INITIATOR, TAIL],
    },
    Schema {
        name: "DeviceNetworkEvents",
        groups: &[HEAD, REMOTE, INITIATOR, TAIL],
    },
    Schema {
        name: "DeviceRegistryEvents",
        groups: &[HEAD, REGISTRY, INITIATOR, TAIL],
    },
    Schema {
        name: "DeviceLogonEvents",
        groups: &[HEAD, ACCOUNT, LOGON, INITIATOR, TAIL],
    },
    Schema {
        name: "DeviceEvents",
        groups: &[HEAD, FILE, ACCOUNT, PROCESS, REMOTE, INITIATOR, TAIL],
    },
    Schema {
        name: "DeviceInfo",
        groups: &[&[
            ("Timestamp", Time),
            ("DeviceId", Text),
            ("DeviceName", Text),
            ("ClientVersion", Text),
            ("PublicIP", Text),
            ("OSArchitecture", Text),
            ("OSPlatform", Text),
            ("OSBuild", Long),
            ("OSVersion", Text),
            ("IsAzureADJoined", Bool),
            ("AadDeviceId", Text),
            ("LoggedOnUsers", Text),
            ("MachineGroup", Text),
            ("OnboardingStatus", Text),
            ("SensorHealthState", Text),
            ("ExposureLevel", Text),
            ("AssetValue", Text),
            ("ReportId", Long),
            ("AdditionalFields", Text),
        ]],
    },
    Schema {
        name: "AlertInfo",
        groups: &[&[
            ("Timestamp", Time),
            ("AlertId", Text),
            ("Title", Text),
            ("Category", Text),
            ("Severity", Text),
            ("ServiceSource", Text),
            ("DetectionSource", Text),
            ("AttackTechniques", Text),
        ]],
    },
    Schema {
        name: "AlertEvidence",
        groups: &[
            &[
                ("Timestamp", Time),
                ("AlertId", Text),
                ("Title", Text),
                ("Categories", Text),
                ("AttackTechniques", Text),
                ("ServiceSource", Text),
                ("DetectionSource", Text),
                ("EntityType", Text),
                ("EvidenceRole", Text),
                ("EvidenceDirection", Text),
            ],
            FILE,
            &[
                ("ThreatFamily", Text),
                ("RemoteIP", Text),
                ("RemoteUrl", Text),
                ("AccountName", Text),
                ("AccountDomain", Text),
                ("AccountSid", Text),
                ("AccountObjectId", Text),
                ("AccountUpn", Text),
                ("DeviceId", Text),
                ("DeviceName", Text),
                ("LocalIP", Text),
                ("ProcessCommandLine", Text),
                ("RegistryKey", Text),
                ("RegistryValueName", Text),
                ("RegistryValueData", Text),
                ("Severity", Text),
                ("AdditionalFields", Text),
            ],
        ],
    },
];

impl Schema {
    /// The table of a name; letters count.
    pub(super) fn named(name: &str) -> Option<&'static Self> {
        TABLES.iter().find(|table| table.name == name)
    }

    pub(super) fn columns(&self) -> impl Iterator<Item = &'static (&'static str, Kind)> {
        self.groups.iter().flat_map(|group| group.iter())
    }

    pub(super) fn named_columns(&self) -> Vec<Column> {
        self.columns()
            .map(|(name, kind)| Column::new(name, *kind))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_table_has_a_column_twice_and_a_name_is_of_one_kind_everywhere() {
        let mut kinds = std::collections::HashMap::new();
        for table in &TABLES {
            let mut seen = std::collections::HashSet::new();
            for (name, kind) in table.columns() {
                assert!(seen.insert(name), "{} has {name} twice", table.name);
                assert_eq!(*kinds.entry(name).or_insert(kind), kind, "{name}");
            }
        }
    }
}
