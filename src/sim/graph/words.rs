//! The words of Graph's enumerations, and how they correspond to those of Defender's API.
//!
//! Both write one word in two letter cases, with few exceptions, which are here.

/// Whether a request may be shown members that were added after the enumeration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Members {
    /// Newer ones become `unknownFutureValue`.
    Original,
    /// `Prefer: include-unknown-enum-members` was sent.
    All,
}

pub(super) const SENTINEL: &str = "unknownFutureValue";

pub(super) const STATUSES: &[&str] = &["unknown", "new", "inProgress", "resolved"];
pub(super) const SEVERITIES: &[&str] = &["unknown", "informational", "low", "medium", "high"];
pub(super) const CLASSIFICATIONS: &[&str] = &[
    "unknown",
    "falsePositive",
    "truePositive",
    "informationalExpectedActivity",
];
/// Every spelling on any of Microsoft's pages: which of them a tenant takes is unsettled.
pub(super) const DETERMINATIONS: &[&str] = &[
    "unknown",
    "apt",
    "malware",
    "securityPersonnel",
    "securityTesting",
    "unwantedSoftware",
    "other",
    "multiStagedAttack",
    "compromisedUser",
    "compromisedAccount",
    "phishing",
    "maliciousUserActivity",
    "clean",
    "notMalicious",
    "insufficientData",
    "notEnoughDataToValidate",
    "confirmedUserActivity",
    "confirmedActivity",
    "lineOfBusinessApplication",
];
pub(super) const SERVICE_SOURCES: &[&str] = &[
    "unknown",
    "microsoftDefenderForEndpoint",
    "microsoftDefenderForIdentity",
    "microsoftDefenderForCloudApps",
    "microsoftDefenderForOffice365",
    "microsoft365Defender",
    "azureAdIdentityProtection",
    "microsoftAppGovernance",
    "dataLossPrevention",
];
pub(super) const NEWER_SERVICE_SOURCES: &[&str] =
    &["microsoftDefenderForCloud", "microsoftSentinel"];
pub(super) const INCIDENT_STATUSES: &[&str] = &["active", "inProgress", "resolved", "redirected"];
const DETECTION_SOURCES: &[&str] = &[
    "unknown",
    "microsoftDefenderForEndpoint",
    "antivirus",
    "smartScreen",
    "customTi",
    "microsoftDefenderForOffice365",
    "automatedInvestigation",
    "microsoftThreatExperts",
    "customDetection",
    "microsoftDefenderForIdentity",
    "cloudAppSecurity",
    "microsoft365Defender",
    "azureAdIdentityProtection",
    "manual",
    "microsoftDataLossPrevention",
    "appGovernancePolicy",
    "appGovernanceDetection",
];

/// The word with its first letter small.
pub(crate) fn camel(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_lowercase().chain(letters).collect()
    })
}

/// The word with its first letter large, as Defender's API has it.
pub(super) fn pascal(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

/// The severity that Defender's API calls `word`.
pub(super) fn severity(word: &str) -> String {
    match word {
        "UnSpecified" => String::from("unknown"),
        word => camel(word),
    }
}

/// What found it, from what Defender's API calls its source.
pub(super) fn detection_source(source: &str, members: Members) -> String {
    let word = match source {
        "WindowsDefenderAtp" => String::from("microsoftDefenderForEndpoint"),
        "WindowsDefenderAv" => String::from("antivirus"),
        "WindowsDefenderSmartScreen" => String::from("smartScreen"),
        "CustomerTI" => String::from("customTi"),
        "ThreatExperts" => String::from("microsoftThreatExperts"),
        "MTP" => String::from("microsoft365Defender"),
        "OfficeATP" => String::from("microsoftDefenderForOffice365"),
        "MCAS" => String::from("cloudAppSecurity"),
        "AzureATP" => String::from("microsoftDefenderForIdentity"),
        other => camel(other),
    };
    shown(word, DETECTION_SOURCES, members)
}

/// The product it is of, from the same.
pub(super) fn service_source(source: &str, members: Members) -> String {
    let word = match source {
        "MTP" => "microsoft365Defender",
        "OfficeATP" => "microsoftDefenderForOffice365",
        "MCAS" => "microsoftDefenderForCloudApps",
        "AzureATP" => "microsoftDefenderForIdentity",
        "AzureAdIdentityProtection" => "azureAdIdentityProtection",
        "MicrosoftDataLossPrevention" => "dataLossPrevention",
        "MicrosoftDefenderForCloud" => "microsoftDefenderForCloud",
        "MicrosoftSentinel" => "microsoftSentinel",
        _ => "microsoftDefenderForEndpoint",
    };
    shown(word.to_owned(), SERVICE_SOURCES, members)
}

fn shown(word: String, original: &[&str], members: Members) -> String {
    if members == Members::All || original.contains(&word.as_str()) {
        word
    } else {
        SENTINEL.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_go_from_one_letter_case_to_the_other_and_back() {
        for (large, small) in [
            ("MultiStagedAttack", "multiStagedAttack"),
            ("New", "new"),
            ("Éa", "éa"),
            ("", ""),
        ] {
            assert_eq!((camel(large), pascal(small)), (small.into(), large.into()));
        }
        assert_eq!(severity("UnSpecified"), "unknown");
    }

    #[test]
    fn newer_members_are_for_those_who_ask_for_them() {
        let source = "MicrosoftSentinel";
        assert_eq!(service_source(source, Members::Original), SENTINEL);
        assert_eq!(service_source(source, Members::All), "microsoftSentinel");
        assert_eq!(detection_source(source, Members::Original), SENTINEL);
        let known = service_source("AzureATP", Members::Original);
        assert_eq!(known, "microsoftDefenderForIdentity");
    }
}
