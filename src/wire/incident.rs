//! An incident as Graph writes it.

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::domain::alert::Alert;
use crate::domain::decision::disposition::unset;
use crate::domain::incident::Incident;
use crate::domain::text::Text;
use crate::wire::alert;
use crate::wire::json;
use crate::wire::json::items_of;
use crate::wire::json::plain;
use crate::wire::json::text_of;
use crate::wire::json::time_of;

/// Reads an incident, or `None` for what is not an object with an id.
pub fn read(original: &str) -> Option<Incident> {
    let incident = json::value(original);
    let id = text_of(&incident, "id");
    if id.is_empty() {
        return None;
    }
    let decided = |name| Text::from(unset(text_of(&incident, name).original()));
    let tags = |name| items_of(&incident, name).iter().map(plain);
    Some(Incident {
        name: text_of(&incident, "displayName"),
        status: text_of(&incident, "status"),
        severity: text_of(&incident, "severity"),
        assigned_to: text_of(&incident, "assignedTo"),
        classification: decided("classification"),
        determination: decided("determination"),
        created: time_of(&incident, "createdDateTime"),
        updated: time_of(&incident, "lastUpdateDateTime"),
        tags: tags("systemTags").chain(tags("customTags")).collect(),
        alerts: match incident.get("alerts") {
            Some(Value::Array(_)) => Some(alerts(original)),
            Some(_) | None => None,
        },
        id,
    })
}

/// From the text itself: an alert is kept as it was written.
fn alerts(original: &str) -> Vec<Alert> {
    #[derive(Deserialize)]
    struct Listed<'a> {
        #[serde(borrow)]
        alerts: Vec<&'a RawValue>,
    }
    let listed: Option<Listed<'_>> = serde_json::from_str(original).ok();
    let items = listed.into_iter().flat_map(|listed| listed.alerts);
    items.filter_map(|item| alert::read(item.get())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_incident_is_read_with_its_alerts() {
        let read_one = read(
            r#"{"id":"2972395","displayName":"Multi-stage incident","status":"active","severity":"high",
                "assignedTo":null,"classification":"unknown","determination":"unknown","customTags":["Demo"],"systemTags":["Defender Experts"],
                "createdDateTime":"2021-08-13T08:43:35.5533333Z","lastUpdateDateTime":"2021-09-30T09:35:45.1133333Z",
                "alerts":[{"id":"a","title":"T","serviceSource":"microsoftDefenderForIdentity"},7]}"#,
        )
        .unwrap_or_default();
        assert_eq!(read_one.name, Text::from("Multi-stage incident"));
        assert!(read_one.classification.is_empty());
        assert_eq!(read_one.tags.len(), 2);
        let alerts = read_one.alerts.unwrap_or_default();
        assert_eq!(alerts.len(), 1);
        assert!(
            read(r#"{"id":7,"alerts":null}"#).is_some_and(|incident| incident.alerts.is_none())
        );
        for nothing in ["", "[]", "{}", r#"{"id":null}"#] {
            assert_eq!(read(nothing), None, "{nothing}");
        }
    }
}
