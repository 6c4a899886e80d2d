//! `AlertInfo` and `AlertEvidence`: the alerts themselves, as the hunting tables tell them.

use serde_json::Value as Json;

use crate::sim::hunting::event::Event;
use crate::sim::hunting::event::joined;
use crate::sim::hunting::evidence::Alert;
use crate::sim::hunting::evidence::Item;
use crate::sim::json;

pub(super) fn info(alert: &Alert<'_>) -> Event {
    described(Event::new("AlertInfo", at(alert)), alert).text("Category", alert.text("category"))
}

/// A row for each thing found, and one for the device.
pub(super) fn evidence(alert: &Alert<'_>) -> Vec<Event> {
    let mut rows: Vec<Event> = alert.items().map(|item| found(alert, item)).collect();
    if alert.device.is_some() {
        rows.push(row(alert, "Machine", "Impacted"));
    }
    rows
}

fn at(alert: &Alert<'_>) -> crate::sim::ticks::Ticks {
    let created = alert.created();
    created.unwrap_or_else(|| crate::sim::ticks::Ticks::of(jiff::Timestamp::UNIX_EPOCH))
}

fn described(event: Event, alert: &Alert<'_>) -> Event {
    let techniques = alert.body.get("mitreTechniques");
    let techniques = techniques
        .and_then(Json::as_array)
        .filter(|all| !all.is_empty());
    event
        .text("AlertId", alert.text("id"))
        .text("Title", alert.text("title"))
        .text("Severity", alert.text("severity"))
        .text("ServiceSource", service(alert.text("detectionSource")))
        .text("DetectionSource", source(alert.text("detectionSource")))
        .text(
            "AttackTechniques",
            techniques.map(json::text).unwrap_or_default(),
        )
}

fn row(alert: &Alert<'_>, kind: &'static str, role: &'static str) -> Event {
    let event = described(Event::new("AlertEvidence", at(alert)), alert)
        .text("Categories", json::text([alert.text("category")]))
        .text("EntityType", kind)
        .text("EvidenceRole", role);
    match alert.device {
        Some(device) => event.on(device),
        None => event,
    }
}

fn found(alert: &Alert<'_>, item: Item<'_>) -> Event {
    let file = |event: Event| {
        event
            .text("FileName", item.text("fileName"))
            .text("FolderPath", item.text("filePath"))
            .text("SHA1", item.text("sha1"))
            .text("SHA256", item.text("sha256"))
            .text("ThreatFamily", alert.text("threatFamilyName"))
    };
    match item.kind() {
        "File" => file(row(alert, "File", "Related")),
        "Process" => file(row(alert, "Process", "Related"))
            .text("ProcessCommandLine", item.text("processCommandLine")),
        "User" => row(alert, "User", "Impacted")
            .text("AccountName", item.text("accountName"))
            .text("AccountDomain", item.text("domainName"))
            .text("AccountSid", item.text("userSid"))
            .text("AccountObjectId", item.text("aadUserId"))
            .text("AccountUpn", item.text("userPrincipalName")),
        "Ip" => row(alert, "Ip", "Related")
            .text("RemoteIP", item.text("ipAddress"))
            .text("EvidenceDirection", "Destination"),
        "Url" => row(alert, "Url", "Related").text("RemoteUrl", item.text("url")),
        "Registry" => row(alert, "RegistryValue", "Related")
            .text(
                "RegistryKey",
                joined(item.text("registryHive"), item.text("registryKey")),
            )
            .text("RegistryValueName", item.text("registryValueName"))
            .text("RegistryValueData", item.text("registryValue")),
        _ => row(alert, "Mailbox", "Impacted").text("AccountUpn", item.text("userPrincipalName")),
    }
}

/// The product, as the portal names it.
fn service(source: &str) -> &'static str {
    match source {
        "OfficeATP" => "Microsoft Defender for Office 365",
        "MCAS" => "Microsoft Defender for Cloud Apps",
        "AzureATP" => "Microsoft Defender for Identity",
        "MTP" => "Microsoft Defender XDR",
        _ => "Microsoft Defender for Endpoint",
    }
}

fn source(source: &str) -> &'static str {
    match source {
        "WindowsDefenderAv" => "Antivirus",
        "WindowsDefenderSmartScreen" => "SmartScreen",
        "CustomDetection" => "Custom detection",
        "CustomerTI" => "Custom TI",
        "AutomatedInvestigation" => "Automated investigation",
        "OfficeATP" => "Microsoft Defender for Office 365",
        "MCAS" => "Microsoft Defender for Cloud Apps",
        "AzureATP" => "Microsoft Defender for Identity",
        "MTP" => "Microsoft Defender XDR",
        _ => "EDR",
    }
}
