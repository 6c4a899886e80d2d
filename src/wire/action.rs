//! Machine actions of the Defender API: nothing but id, type and status is sure to be there.

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::domain::device::ActionId;
use crate::domain::device::ActionKind;
use crate::domain::device::ActionState;
use crate::domain::device::DeviceAction;
use crate::domain::device::DeviceId;
use crate::domain::device::PackageLink;
use crate::domain::text::Text;
use crate::wire::json;
use crate::wire::json::text_of;
use crate::wire::json::time_of;

/// Reads one action. `None` for what has no id.
pub fn read(body: &str) -> Option<DeviceAction> {
    let value = json::value(body);
    let text = |name| text_of(&value, name);
    let (kind_word, state_word) = (text("type"), text("status"));
    let file = value.get("relatedFileInfo");
    Some(DeviceAction {
        id: ActionId::new(text("id").original())?,
        kind: ActionKind::of(kind_word.original()),
        kind_word,
        state: ActionState::of(state_word.original()),
        state_word,
        scope: text("scope"),
        requestor: text("requestor"),
        comment: text("requestorComment"),
        device: DeviceId::new(text("machineId").original()),
        device_name: text("computerDnsName"),
        file: file.map_or_else(Text::default, |file| text_of(file, "fileIdentifier")),
        created: time_of(&value, "creationDateTimeUtc"),
        // Older bodies have the second name.
        updated: time_of(&value, "lastUpdateDateTimeUtc")
            .or_else(|| time_of(&value, "lastUpdateTimeUtc")),
        error: number(value.get("errorHResult")),
        json: Text::from(body),
    })
}

/// Reads a list of actions, newest first. Each item stands or falls alone; what is no
/// list is `None`.
pub fn read_list(body: &str) -> Option<Vec<DeviceAction>> {
    let listed: Listed<'_> = serde_json::from_str(body).ok()?;
    let items = listed.value.iter();
    let mut actions: Vec<DeviceAction> = items.filter_map(|item| read(item.get())).collect();
    // No page says in which order they come.
    actions.sort_by_key(|action| std::cmp::Reverse(action.created));
    Some(actions)
}

/// The link to a package, which comes in quotation marks of its own.
pub fn read_package_link(body: &str) -> Option<PackageLink> {
    PackageLink::new(text_of(&json::value(body), "value").original())
}

fn number(value: Option<&Value>) -> i64 {
    match value {
        Some(Value::Number(number)) => number.as_i64().unwrap_or_default(),
        Some(Value::String(text)) => text.parse().unwrap_or_default(),
        Some(_) | None => 0,
    }
}

#[derive(Deserialize)]
struct Listed<'a> {
    #[serde(borrow)]
    value: Vec<&'a RawValue>,
}

#[cfg(test)]
mod tests {
    #![expect(
        clippy::unwrap_used,
        reason = "a test that cannot read its input has failed"
    )]

    use super::*;

    #[test]
    fn a_documented_action_is_read_whole() {
        let action = read(include_str!(
            "../../tests/samples/machineaction-single.json"
        ))
        .unwrap();
        assert_eq!(action.kind, ActionKind::Isolate);
        assert_eq!(action.state, ActionState::Succeeded);
        assert_eq!(action.says(), "selective isolation");
        assert!(action.created.is_some() && action.updated > action.created);
    }

    #[test]
    fn both_names_of_the_time_are_known_and_the_newest_comes_first() {
        let sample = include_str!("../../tests/samples/machineactions-list.json");
        let actions = read_list(sample).unwrap();
        let words: Vec<String> = actions.iter().map(DeviceAction::says).collect();
        assert_eq!(words, ["package", "full scan", "quarantine"]);
        assert!(actions.iter().all(|action| action.updated.is_some()));
        let last = actions.last().unwrap();
        assert_eq!(
            last.file.original(),
            "a0c659857ccbe457fdaf5fe21d54efdcbf6f6508"
        );
    }

    #[test]
    fn an_item_that_cannot_be_read_does_not_hide_the_others() {
        let list = r#"{"value":[7,null,{"id":""},{"id":"a","status":null,"errorHResult":"-1"}]}"#;
        let actions = read_list(list).unwrap();
        assert_eq!(actions.len(), 1);
        let only = actions.first().unwrap();
        assert_eq!((only.state, only.error), (ActionState::Other, -1));
        assert_eq!((only.created, &only.device), (None, &None));
        for none in ["", "[]", "{}", r#"{"value":7}"#] {
            assert_eq!(read_list(none), None, "{none}");
        }
    }

    #[test]
    fn the_link_to_a_package_is_unwrapped() {
        let link = read_package_link(include_str!(
            "../../tests/samples/machineaction-package-uri.json"
        ));
        let link = link.unwrap();
        assert!(link.expose().starts_with("https://userrequests-us."));
        assert!(link.expose().ends_with("token=REDACTED"));
        assert_eq!(read_package_link(r#"{"value":null}"#), None);
    }
}
