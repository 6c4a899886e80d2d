//! One alert, read for the list, in the names of either service.
//!
//! No name means one thing to the Defender API and another to Graph, so nobody has to
//! say which of them an alert came from. One pass over the text: values that the list does not show are skipped, the
//! others are taken as raw JSON first, so that no odd type can fail the item.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::Deserializer;
use serde::de::IgnoredAny;
use serde::de::MapAccess;
use serde::de::Visitor;
use serde_json::value::RawValue;

use crate::domain::alert::Alert;
use crate::domain::alert::AlertId;
use crate::domain::alert::Severity;
use crate::domain::alert::Status;
use crate::domain::decision::disposition::unset;
use crate::domain::packed::PackedJson;
use crate::domain::text::Text;
use crate::wire::graph;
use crate::wire::graph::Scene;
use crate::wire::json;

/// Reads one alert, or `None` for what is not an object with an id.
pub fn read(original: &str) -> Option<Alert> {
    let fields: Fields<'_> = serde_json::from_str(original).ok()?;
    let id = AlertId::new(&json::bare(fields.id)?)?;
    // Graph has device and user among the evidence only.
    let named = fields.device.is_some() || fields.user.is_some();
    let scene = match fields.evidence {
        Some(evidence) if !named => graph::scene(evidence.get()),
        Some(_) | None => Scene::default(),
    };
    let severity_word = json::bare(fields.severity).unwrap_or_default();
    let status_word = json::bare(fields.status).unwrap_or_default();
    let severity = Severity::of(&severity_word);
    let status = Status::of(&status_word);
    Some(Alert {
        id,
        title: text(fields.title),
        severity,
        severity_word: unless(severity != Severity::Other, severity_word),
        status,
        status_word: unless(status != Status::Other, status_word),
        category: text(fields.category),
        device: text(fields.device).or(scene.device),
        user: user(fields.user).or(scene.user),
        assigned_to: text(fields.assigned_to),
        incident: text(fields.incident),
        detector: text(fields.detector),
        product: text(fields.product),
        techniques: techniques(fields.techniques),
        classification: decided(fields.classification),
        determination: decided(fields.determination),
        group: text(fields.group).or(scene.group),
        created: json::timestamp(fields.created),
        updated: json::timestamp(fields.updated),
        has_evidence: fields
            .evidence
            .is_some_and(|raw| json::has_items(raw.get())),
        body: PackedJson::pack(original),
    })
}

fn text(raw: Option<&RawValue>) -> Text {
    json::bare(raw).map_or_else(Text::default, Text::new)
}

/// Both services may say in a word that nothing was decided.
fn decided(raw: Option<&RawValue>) -> Text {
    json::bare(raw).map_or_else(Text::default, |word| Text::new(unset(&word)))
}

fn unless(known: bool, word: Cow<'_, str>) -> Text {
    if known {
        Text::default()
    } else {
        Text::new(word)
    }
}

/// A list of names in one text; anything else says nothing.
fn techniques(raw: Option<&RawValue>) -> Text {
    let written = raw.map_or("", RawValue::get);
    let names: Vec<String> = serde_json::from_str(written).unwrap_or_default();
    Text::new(names.join(" "))
}

/// The documented table says string, the wire says object: both are read.
fn user(raw: Option<&RawValue>) -> Text {
    #[derive(Deserialize)]
    struct RelatedUser<'a> {
        #[serde(borrow, rename = "userName", default)]
        name: Option<&'a RawValue>,
    }
    let Some(value) = raw else {
        return Text::default();
    };
    match serde_json::from_str::<RelatedUser<'_>>(value.get()) {
        Ok(related) => text(related.name),
        Err(_) => text(raw),
    }
}

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "camelCase")]
enum Name {
    Id,
    Title,
    Severity,
    Status,
    Category,
    #[serde(rename = "computerDnsName")]
    Device,
    RelatedUser,
    AssignedTo,
    IncidentId,
    DetectionSource,
    MitreTechniques,
    Classification,
    Determination,
    #[serde(rename = "rbacGroupName")]
    Group,
    ServiceSource,
    #[serde(rename = "alertCreationTime", alias = "createdDateTime")]
    Created,
    #[serde(rename = "lastUpdateTime", alias = "lastUpdateDateTime")]
    Updated,
    Evidence,
    #[serde(other)]
    Other,
}

/// Values still as JSON text. Written by hand and not derived: a derived struct
/// refuses an object that names a field twice, here the last one counts.
#[derive(Default)]
struct Fields<'a> {
    id: Option<&'a RawValue>,
    title: Option<&'a RawValue>,
    severity: Option<&'a RawValue>,
    status: Option<&'a RawValue>,
    category: Option<&'a RawValue>,
    device: Option<&'a RawValue>,
    user: Option<&'a RawValue>,
    assigned_to: Option<&'a RawValue>,
    incident: Option<&'a RawValue>,
    detector: Option<&'a RawValue>,
    product: Option<&'a RawValue>,
    techniques: Option<&'a RawValue>,
    classification: Option<&'a RawValue>,
    determination: Option<&'a RawValue>,
    group: Option<&'a RawValue>,
    created: Option<&'a RawValue>,
    updated: Option<&'a RawValue>,
    evidence: Option<&'a RawValue>,
}

impl<'de: 'a, 'a> Deserialize<'de> for Fields<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(FieldsVisitor)
    }
}

struct FieldsVisitor;

impl<'de> Visitor<'de> for FieldsVisitor {
    type Value = Fields<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an alert object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut fields = Fields::default();
        while let Some(name) = map.next_key::<Name>()? {
            let slot = match name {
                Name::Id => &mut fields.id,
                Name::Title => &mut fields.title,
                Name::Severity => &mut fields.severity,
                Name::Status => &mut fields.status,
                Name::Category => &mut fields.category,
                Name::Device => &mut fields.device,
                Name::RelatedUser => &mut fields.user,
                Name::AssignedTo => &mut fields.assigned_to,
                Name::IncidentId => &mut fields.incident,
                Name::DetectionSource => &mut fields.detector,
                Name::MitreTechniques => &mut fields.techniques,
                Name::Classification => &mut fields.classification,
                Name::Determination => &mut fields.determination,
                Name::Group => &mut fields.group,
                Name::ServiceSource => &mut fields.product,
                Name::Created => &mut fields.created,
                Name::Updated => &mut fields.updated,
                Name::Evidence => &mut fields.evidence,
                Name::Other => {
                    map.next_value::<IgnoredAny>()?;
                    continue;
                }
            };
            *slot = Some(map.next_value()?);
        }
        Ok(fields)
    }
}

#[cfg(test)]
mod tests {
    #![expect(
        clippy::unwrap_used,
        reason = "a test that cannot read its input has failed"
    )]

    use super::*;

    #[test]
    fn the_columns_of_the_list_are_read() {
        let alert = read(
            r#"{"id":"da1_-5","incidentId":7587,"assignedTo":null,"severity":"Low","status":"New",
                "title":"Suspicious 'Meterpreter' behavior","category":"Malware",
                "alertCreationTime":"2020-07-20T10:53:48.7657932Z","lastUpdateTime":"2020-07-20T10:53:50.19Z",
                "computerDnsName":"temp123.corp","detectionSource":"WindowsDefenderAv","rbacGroupName":"FIN",
                "classification":"TruePositive","determination":null,"mitreTechniques":["T1059","T1059.001"],"relatedUser":{"userName":"temp123","domainName":"D"},
                "evidence":[]}"#,
        )
        .unwrap();
        assert_eq!(alert.id.as_str(), "da1_-5");
        assert_eq!(alert.incident, Text::from("7587"));
        assert_eq!(alert.severity, Severity::Low);
        assert_eq!(alert.status, Status::New);
        assert_eq!(alert.user, Text::from("temp123"));
        assert_eq!(alert.detector, Text::from("WindowsDefenderAv"));
        assert_eq!(alert.techniques, Text::from("T1059 T1059.001"));
        assert_eq!(alert.classification, Text::from("TruePositive"));
        assert!(alert.determination.is_empty());
        assert_eq!(alert.group, Text::from("FIN"));
        assert_eq!(
            alert.updated.unwrap().to_string(),
            "2020-07-20T10:53:50.19Z"
        );
        assert!(!alert.has_evidence);
    }

    #[test]
    fn an_alert_of_graph_has_its_columns_too() {
        let alert = read(
            r##"{"@odata.type":"#microsoft.graph.security.alert","id":"da1_-5","incidentId":"28282","status":"inProgress","severity":"unknown",
                "classification":"unknown","determination":null,"serviceSource":"microsoftDefenderForEndpoint","detectionSource":"antivirus",
                "title":"T","createdDateTime":"2021-04-27T12:19:27.7211305Z","lastUpdateDateTime":"2021-05-02T14:19:01.3266667Z",
                "evidence":[{"@odata.type":"#microsoft.graph.security.fileEvidence"},
                    {"@odata.type":"#microsoft.graph.security.deviceEvidence","deviceDnsName":"other","detailedRoles":[]},
                    {"@odata.type":"#microsoft.graph.security.deviceEvidence","deviceDnsName":"tempDns","rbacGroupName":"FIN","detailedRoles":["Main device"]},
                    {"@odata.type":"#microsoft.graph.security.userEvidence","userAccount":{"accountName":"j.roy","domainName":"D"}}]}"##,
        )
        .unwrap();
        assert_eq!(alert.incident, Text::from("28282"));
        assert_eq!(alert.severity, Severity::Unspecified);
        assert_eq!(alert.status, Status::InProgress);
        assert_eq!(alert.product, Text::from("microsoftDefenderForEndpoint"));
        assert_eq!(alert.device, Text::from("tempDns"));
        assert_eq!(alert.group, Text::from("FIN"));
        assert_eq!(alert.user, Text::from("j.roy"));
        assert_eq!(
            alert.created.unwrap().to_string(),
            "2021-04-27T12:19:27.7211305Z"
        );
        assert_eq!(
            alert.updated.unwrap().to_string(),
            "2021-05-02T14:19:01.3266667Z"
        );
        assert!(alert.has_evidence);
    }

    #[test]
    fn odd_types_null_and_absence_never_lose_an_alert() {
        let odd = [
            r#"{"id":"a"}"#,
            r#"{"id":5,"title":7,"severity":{"level":"high"},"status":[],"relatedUser":"j.roy"}"#,
            r#"{"id":"a","title":null,"alertCreationTime":"","lastUpdateTime":12,"evidence":null}"#,
            r#"{"id":"a","relatedUser":{"userName":null},"relatedUser":null,"id":"b"}"#,
            r#"{"id":"a","severity":"Apocalyptic","status":"Parked"}"#,
            r#"{"id":"a","mitreTechniques":"T1059","rbacGroupName":[],"classification":1}"#,
            r#"{"id":"a","mitreTechniques":[1,null]}"#,
        ];
        for original in odd {
            let alert = read(original).unwrap();
            assert_eq!(alert.body.unpack(), original);
        }
        assert_eq!(read(odd[1]).unwrap().user, Text::from("j.roy"));
        assert_eq!(read(odd[3]).unwrap().id.as_str(), "b");
        assert_eq!(
            read(odd[4]).unwrap().severity_word,
            Text::from("Apocalyptic")
        );
    }

    #[test]
    fn what_is_not_an_alert_is_none() {
        for original in [
            "42",
            "[]",
            "null",
            "\"a\"",
            "{}",
            r#"{"id":""}"#,
            r#"{"id":null}"#,
        ] {
            assert_eq!(read(original), None, "{original}");
        }
    }
}
