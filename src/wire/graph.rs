//! What Graph tells among the evidence and the Defender API tells of the alert itself:
//! the device and the person it is about.

use memchr::memmem;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::domain::text::Text;
use crate::wire::json;
use crate::wire::json::items_of;
use crate::wire::json::text_of;

/// Where something happened, and to whom. What the evidence does not say is empty.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Scene {
    pub(super) device: Text,
    pub(super) group: Text,
    pub(super) user: Text,
}

/// The kinds of evidence that tell of it.
const SCENE: [&str; 3] = ["deviceEvidence", "userEvidence", "mailboxEvidence"];

/// Reads the names a list shows from a list of evidence, and skips all else of it.
pub(super) fn scene(evidence: &str) -> Scene {
    let items: Vec<&RawValue> = serde_json::from_str(evidence).unwrap_or_default();
    let mut scene = Scene::default();
    let mut is_main = false;
    for item in items {
        // Most of the evidence is none of these, and not worth a second look.
        let names = |kind: &str| memmem::find(item.get().as_bytes(), kind.as_bytes()).is_some();
        if !SCENE.iter().any(|kind| names(kind)) {
            continue;
        }
        let Ok(item) = serde_json::from_str::<Item<'_>>(item.get()) else {
            continue;
        };
        match kind_of(&json::bare(item.kind).unwrap_or_default()) {
            "device" => {
                let device = text(item.device_name).or(text(item.host_name));
                let is_better = !is_main && item.names_main_device();
                if !device.is_empty() && (scene.device.is_empty() || is_better) {
                    is_main |= is_better;
                    scene.device = device;
                    scene.group = text(item.group);
                }
            }
            "user" | "mailbox" if scene.user.is_empty() => {
                scene.user = item.account.map_or_else(Text::default, |account| {
                    let account = json::value(account.get());
                    text_of(&account, "accountName").or(text_of(&account, "userPrincipalName"))
                });
            }
            _ => {}
        }
    }
    scene
}

#[derive(Deserialize)]
struct Item<'a> {
    #[serde(borrow, rename = "@odata.type", default)]
    kind: Option<&'a RawValue>,
    #[serde(borrow, rename = "deviceDnsName", default)]
    device_name: Option<&'a RawValue>,
    #[serde(borrow, rename = "hostName", default)]
    host_name: Option<&'a RawValue>,
    #[serde(borrow, rename = "rbacGroupName", default)]
    group: Option<&'a RawValue>,
    #[serde(borrow, rename = "detailedRoles", default)]
    roles: Option<&'a RawValue>,
    #[serde(borrow, rename = "userAccount", default)]
    account: Option<&'a RawValue>,
}

impl Item<'_> {
    /// The portal's words for the device an alert is about, among several.
    fn names_main_device(&self) -> bool {
        let roles = self.roles.map_or("", RawValue::get).to_ascii_lowercase();
        roles.contains("main device") || roles.contains("primarydevice")
    }
}

fn text(raw: Option<&RawValue>) -> Text {
    json::bare(raw).map_or_else(Text::default, Text::new)
}

/// `device` of `#microsoft.graph.security.deviceEvidence`; empty for anything else.
pub(super) fn kind_of(odata_type: &str) -> &str {
    let name = odata_type.rsplit('.').next().unwrap_or_default();
    name.strip_suffix("Evidence").unwrap_or_default()
}

/// The device an alert is about, among the evidence of a whole one.
pub(super) fn main_device(alert: &Value) -> &Value {
    let devices = || {
        items_of(alert, "evidence")
            .iter()
            .filter(|item| kind_of(text_of(item, "@odata.type").original()) == "device")
    };
    let is_main = |item: &&Value| {
        items_of(item, "detailedRoles").iter().any(|role| {
            let role = role.as_str().unwrap_or_default().to_ascii_lowercase();
            role.contains("main device") || role.contains("primarydevice")
        })
    };
    let named = |item: &&Value| !text_of(item, "deviceDnsName").is_empty();
    devices()
        .find(is_main)
        .or_else(|| devices().find(named))
        .or_else(|| devices().next())
        .unwrap_or(&Value::Null)
}

/// The account of the person an alert is about, among the evidence of a whole one.
pub(super) fn main_account(alert: &Value) -> &Value {
    let account = |kind: &'static str| {
        items_of(alert, "evidence")
            .iter()
            .filter(move |item| kind_of(text_of(item, "@odata.type").original()) == kind)
            .find_map(|item| {
                item.get("userAccount")
                    .filter(|account| account.is_object())
            })
    };
    account("user")
        .or_else(|| account("mailbox"))
        .unwrap_or(&Value::Null)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn evidence_of_any_shape_tells_what_it_can() {
        for nothing in [
            "",
            "null",
            "{}",
            "[]",
            "[7,null,[]]",
            r#"[{"@odata.type":7}]"#,
        ] {
            assert_eq!(scene(nothing), Scene::default(), "{nothing}");
        }
        let odd = scene(
            r#"[{"@odata.type":"deviceEvidence","deviceDnsName":null,"hostName":"h","detailedRoles":"x"},
                {"@odata.type":"x.mailboxEvidence","userAccount":{"userPrincipalName":"a@b"}},
                {"@odata.type":"x.userEvidence","userAccount":"late"}]"#,
        );
        assert_eq!(odd.device, Text::from("h"));
        assert_eq!(odd.user, Text::from("a@b"));
    }

    #[test]
    fn the_kind_is_the_last_word_of_the_type() {
        assert_eq!(kind_of("#microsoft.graph.security.ipEvidence"), "ip");
        assert_eq!(kind_of("File"), "");
        assert_eq!(kind_of(""), "");
    }
}
