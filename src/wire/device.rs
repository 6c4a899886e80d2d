//! Devices of the Defender API, and who was signed in on one.

use serde_json::Value;

use crate::domain::device::Device;
use crate::domain::device::DeviceId;
use crate::domain::device::Logon;
use crate::domain::text::Text;
use crate::wire::json;
use crate::wire::json::items_of;
use crate::wire::json::plain;
use crate::wire::json::text_of;
use crate::wire::json::time_of;

/// Addresses and tags that are kept: a device has some, and a body can hold a million.
const MOST: usize = 100;
/// People that are kept.
const MOST_LOGONS: usize = 1_000;

/// Reads one device. `None` for what has no id.
pub fn read(body: &str) -> Option<Device> {
    let value = json::value(body);
    let text = |name| text_of(&value, name);
    let name = text("computerDnsName");
    let mut addresses: Vec<Text> = Vec::new();
    let listed = items_of(&value, "ipAddresses").iter();
    let listed = listed.map(|item| text_of(item, "ipAddress"));
    for address in std::iter::once(text("lastIpAddress"))
        .chain(listed)
        .take(MOST)
    {
        if !address.is_empty() && !addresses.contains(&address) {
            addresses.push(address);
        }
    }
    Some(Device {
        id: DeviceId::new(text("id").original())?,
        name,
        platform: text("osPlatform"),
        version: text("version"),
        health: text("healthStatus"),
        onboarding: either(&value, "onboardingStatus", "onboardingstatus"),
        risk: text("riskScore"),
        exposure: text("exposureLevel"),
        worth: text("deviceValue"),
        group: text("rbacGroupName"),
        group_id: text("rbacGroupId"),
        tags: tags(&value),
        addresses,
        external_address: text("lastExternalIpAddress"),
        agent: text("agentVersion"),
        first_seen: time_of(&value, "firstSeen"),
        last_seen: time_of(&value, "lastSeen"),
        json: Text::from(body),
    })
}

/// Reads who was signed in. What is no list is an empty one.
pub fn read_logons(body: &str) -> Vec<Logon> {
    let value = json::value(body);
    let listed = items_of(&value, "value").iter();
    listed.take(MOST_LOGONS).filter_map(logon).collect()
}

fn logon(item: &Value) -> Option<Logon> {
    let (domain, name) = (text_of(item, "accountDomain"), text_of(item, "accountName"));
    let account = match (domain.is_empty(), name.is_empty()) {
        (_, true) => text_of(item, "id"),
        (true, false) => name,
        (false, false) => Text::from(format!("{}\\{}", domain.original(), name.original())),
    };
    (!account.is_empty()).then(|| Logon {
        account,
        kinds: text_of(item, "logonTypes"),
        last_seen: time_of(item, "lastSeen"),
        is_domain_admin: item.get("isDomainAdmin").and_then(Value::as_bool) == Some(true),
    })
}

/// The pages write one name in two ways.
fn either(value: &Value, name: &str, other: &str) -> Text {
    match text_of(value, name) {
        text if text.is_empty() => text_of(value, other),
        text => text,
    }
}

/// One text stands for a list of one.
fn tags(value: &Value) -> Vec<Text> {
    let tags = match value.get("machineTags") {
        Some(Value::Array(tags)) => tags.iter().take(MOST).map(plain).collect(),
        Some(Value::Null) | None => Vec::new(),
        Some(single) => vec![plain(single)],
    };
    tags.into_iter().filter(|tag| !tag.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    #![expect(
        clippy::unwrap_used,
        reason = "a test that cannot read its input has failed"
    )]

    use super::*;

    #[test]
    fn a_documented_device_is_read_whole() {
        let device = read(include_str!("../../tests/samples/machine-single.json")).unwrap();
        assert_eq!(device.short_name(), "mymachine1");
        assert_eq!(device.group_id.original(), "140");
        assert_eq!(device.tags.len(), 2);
        assert_eq!(device.addresses, [Text::from("172.17.230.209")]);
        assert!(device.onboarding.is_empty());
        assert!(device.last_seen.is_some());
    }

    #[test]
    fn every_key_but_the_id_may_be_absent_null_or_of_another_type() {
        let bare = read(r#"{"id":"a"}"#).unwrap();
        assert_eq!((bare.short_name(), bare.last_seen), ("a", None));
        let nulls = read(
            r#"{"id":"a","computerDnsName":null,"ipAddresses":null,"machineTags":null,
                "riskScore":null,"lastSeen":null,"rbacGroupId":null}"#,
        )
        .unwrap();
        assert_eq!(nulls.tags, []);
        let odd = read(
            r#"{"id":"a","rbacGroupId":"140","machineTags":"one","ipAddresses":[{},{"ipAddress":""},
                {"ipAddress":"10.0.0.1"},{"ipAddress":"10.0.0.1"},7],"lastSeen":5,"riskScore":{"a":1}}"#,
        )
        .unwrap();
        assert_eq!(odd.group_id.original(), "140");
        assert_eq!(odd.addresses, [Text::from("10.0.0.1")]);
        assert_eq!(odd.tags, [Text::from("one")]);
        for none in [
            "",
            "null",
            "[]",
            "{}",
            r#"{"id":""}"#,
            r#"{"id":null}"#,
            "<html>",
        ] {
            assert_eq!(read(none), None, "{none}");
        }
    }

    #[test]
    fn documented_logons_are_read() {
        let logons = read_logons(include_str!("../../tests/samples/machine-logonusers.json"));
        assert_eq!(logons.len(), 1);
        let logon = logons.first().unwrap();
        assert_eq!(logon.account.original(), "contoso\\user1");
        assert!(logon.is_domain_admin);
        assert_eq!(read_logons(r#"{"value":[{},7,null]}"#), []);
        assert_eq!(read_logons("nonsense"), []);
    }
}
