//! The original JSON of an alert, compressed until someone looks at it.
//!
//! A list keeps a hundred thousand of these. Compression is LZ4 against a shared
//! dictionary: property names and usual values are most of an alert.

use std::fmt;

use lz4_flex::block;

/// A JSON document as it came, in about a third of its size.
#[derive(Clone, PartialEq, Eq)]
pub struct PackedJson(Box<[u8]>);

impl PackedJson {
    /// Packs one document. It is not looked into.
    pub fn pack(json: &str) -> Self {
        Self(block::compress_prepend_size_with_dict(json.as_bytes(), DICTIONARY).into_boxed_slice())
    }

    /// The document, byte for byte.
    pub fn unpack(&self) -> String {
        block::decompress_size_prepended_with_dict(&self.0, DICTIONARY)
            .ok()
            .and_then(|bytes| String::from_utf8(bytes).ok())
            // Only `pack` makes these bytes, so this cannot happen; a null reads as nothing.
            .unwrap_or_else(|| "null".to_owned())
    }

    /// Bytes held.
    pub fn size(&self) -> usize {
        self.0.len()
    }
}

impl fmt::Debug for PackedJson {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.unpack())
    }
}

/// What most alerts have in common, in the order the services write it.
///
/// Changing it only changes sizes: nothing packed outlives the process.
const DICTIONARY: &[u8] = br##"{"@odata.type":"#microsoft.graph.security.ipEvidence","ipAddress":"","countryLetterCode":null},{"@odata.type":"#microsoft.graph.security.urlEvidence","url":"http"},{"@odata.type":"#microsoft.graph.security.registryValueEvidence","registryHive":"HKEY_LOCAL_MACHINE","registryKey":"SOFTWARE","registryValue":null,"registryValueName":null,"registryValueType":null},{"@odata.type":"#microsoft.graph.security.userEvidence","createdDateTime":"2026-11-22T00:00:00.0000000Z","verdict":"unknown","remediationStatus":"none","remediationStatusDetails":null,"roles":[],"detailedRoles":[],"tags":[],"stream":null,"userAccount":{"accountName":"","domainName":"CONTOSO","userSid":"S-1-5-21-","azureAdUserId":null,"userPrincipalName":"@contoso.com","displayName":null}},{"@odata.type":"#microsoft.graph.security.fileEvidence","createdDateTime":"2026-11-22T00:00:00.0000000Z","verdict":"suspicious","remediationStatus":"none","remediationStatusDetails":null,"roles":[],"detailedRoles":[],"tags":[],"detectionStatus":"detected","mdeDeviceId":"0000000000000000000000000000000000000000","fileDetails":{"sha1":null,"sha256":null,"fileName":null,"filePath":"C:\\Windows\\System32","fileSize":0,"filePublisher":null,"signer":null,"issuer":null}},{"@odata.type":"#microsoft.graph.security.processEvidence","createdDateTime":"2026-11-22T00:00:00.0000000Z","verdict":"malicious","remediationStatus":"none","remediationStatusDetails":null,"roles":[],"detailedRoles":[],"tags":[],"processId":0,"parentProcessId":0,"processCommandLine":"","processCreationDateTime":"2026-11-22T00:00:00.0000000Z","parentProcessCreationDateTime":"2026-11-22T00:00:00.0000000Z","detectionStatus":"prevented","mdeDeviceId":"0000000000000000000000000000000000000000","imageFile":{"sha1":null,"sha256":null,"fileName":null,"filePath":null,"fileSize":null,"filePublisher":"Microsoft Corporation","signer":null,"issuer":null},"parentProcessImageFile":{"sha1":null,"sha256":null,"fileName":null,"filePath":null,"fileSize":null,"filePublisher":"Microsoft Corporation","signer":null,"issuer":null},"userAccount":{"accountName":"","domainName":"CONTOSO","userSid":"S-1-5-21-","azureAdUserId":null,"userPrincipalName":"@contoso.com","displayName":null}}],"systemTags":[]}{"@odata.type":"#microsoft.graph.security.alert","id":"da6390000000000000_-1000000000","providerAlertId":"da6390000000000000_-1000000000","incidentId":"10000","status":"new","severity":"low","classification":"unknown","determination":"unknown","serviceSource":"microsoftDefenderForEndpoint","detectionSource":"antivirus","productName":"Microsoft Defender for Endpoint","detectorId":"00000000-0000-0000-0000-000000000000","tenantId":"00000000-0000-0000-0000-000000000000","title":"Suspicious ","description":"","recommendedActions":"1. Validate the alert. 2. Check the process tree and the command line.","category":"SuspiciousActivity","assignedTo":null,"alertWebUrl":"https://security.microsoft.com/alerts/da6390000000000000_-1000000000?tid=00000000-0000-0000-0000-000000000000","incidentWebUrl":"https://security.microsoft.com/incidents/10000?tid=00000000-0000-0000-0000-000000000000","actorDisplayName":null,"threatDisplayName":null,"threatFamilyName":null,"mitreTechniques":["T1059.001"],"createdDateTime":"2026-11-22T00:00:00.0000000Z","lastUpdateDateTime":"2026-11-22T00:00:00.0000000Z","resolvedDateTime":null,"firstActivityDateTime":"2026-11-22T00:00:00.0000000Z","lastActivityDateTime":"2026-11-22T00:00:00.0000000Z","comments":[],"evidence":[{"@odata.type":"#microsoft.graph.security.deviceEvidence","createdDateTime":"2026-11-22T00:00:00.0000000Z","verdict":"unknown","remediationStatus":"none","remediationStatusDetails":null,"roles":["compromised"],"detailedRoles":["Main device"],"tags":[],"firstSeenDateTime":"2026-11-22T00:00:00.0000000Z","mdeDeviceId":"0000000000000000000000000000000000000000","azureAdDeviceId":null,"deviceDnsName":".contoso.com","hostName":null,"ntDomain":null,"dnsDomain":null,"osPlatform":"Windows11","osBuild":22631,"version":"23H2","healthStatus":"active","riskScore":"medium","rbacGroupId":0,"rbacGroupName":"UnassignedGroup","onboardingStatus":"onboarded","defenderAvStatus":"updated","ipInterfaces":[],"loggedOnUsers":[],"vmMetadata":null"InProgress","Resolved","TruePositive","InformationalExpectedActivity","FalsePositive","Malware","SecurityTesting","NotMalicious","UnwantedSoftware","Persistence","CredentialAccess","DefenseEvasion","LateralMovement","CommandAndControl","InitialAccess","Discovery","Exfiltration","Impact","WindowsDefenderAv","CustomDetection","MTP","UnsupportedAlertType","SuccessfullyRemediated","PendingApproval","Benign","Informational","Medium","High",","comments":[{"comment":"","createdBy":"@contoso.com","createdTime":"2026-11-22T00:00:00.0000000Z"}],"evidence":[{"entityType":"Process","evidenceCreationTime":"2026-11-22T00:00:00.0000000Z","sha1":null,"sha256":null,"fileName":null,"filePath":"C:\\Windows\\System32","processId":null,"processCommandLine":null,"processCreationTime":null,"parentProcessId":null,"parentProcessCreationTime":null,"parentProcessFileName":null,"parentProcessFilePath":null,"ipAddress":null,"url":null,"registryKey":null,"registryHive":null,"registryValueType":null,"registryValue":null,"accountName":null,"domainName":null,"userSid":null,"aadUserId":null,"userPrincipalName":null,"detectionStatus":"Detected"}]}{"id":"da6390000000000000_-1000000000","incidentId":10000,"investigationId":null,"assignedTo":null,"severity":"Low","status":"New","classification":null,"determination":null,"investigationState":"Queued","detectionSource":"WindowsDefenderAtp","detectorId":"00000000-0000-0000-0000-000000000000","category":"SuspiciousActivity","threatFamilyName":null,"title":"Suspicious ","description":"Malware and unwanted software are undesirable applications that perform annoying, disruptive, or harmful actions on affected machines. ","recommendedAction":"1. Validate the alert. 2. Check the process tree and the command line.","alertCreationTime":"2026-11-22T00:00:00.0000000Z","firstEventTime":"2026-11-22T00:00:00.0000000Z","lastEventTime":"2026-11-22T00:00:00.0000000Z","lastUpdateTime":"2026-11-22T00:00:00.0000000Z","resolvedTime":null,"machineId":"0000000000000000000000000000000000000000","computerDnsName":".contoso.com","rbacGroupName":"UnassignedGroup","aadTenantId":"00000000-0000-0000-0000-000000000000","threatName":null,"mitreTechniques":["T1059.001"],"relatedUser":{"userName":"","domainName":"CONTOSO"},"loggedOnUsers":[],"comments":[],"evidence":[]}"##;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_comes_back_byte_for_byte() {
        for json in [
            "{}",
            "null",
            "{ \"id\" :\t\"\u{1f525}\" }\n",
            &"x".repeat(100_000),
        ] {
            assert_eq!(PackedJson::pack(json).unpack(), json);
        }
    }

    #[test]
    fn the_usual_parts_of_an_alert_cost_next_to_nothing() {
        let json = r#"{"id":"da637308392288907382_-880718168","incidentId":7587,"investigationId":null,"assignedTo":null,"severity":"Low","status":"New","classification":null,"determination":null,"investigationState":"Queued","detectionSource":"WindowsDefenderAtp"}"#;
        assert!(PackedJson::pack(json).size() < json.len() / 2);
    }
}
