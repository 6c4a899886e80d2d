//! One alert as Graph shows it, made from the body that Defender's API has for it.
//!
//! Both are renderings of one record, so what is changed through one API shows in the
//! other. Bodies given word for word stay as they are.

use serde_json::Value as Json;

use crate::sim::graph::evidence;
use crate::sim::graph::exchange::Exchange;
use crate::sim::graph::exchange::Version;
use crate::sim::graph::words;
use crate::sim::graph::words::Members;
use crate::sim::json;
use crate::sim::json::Object;
use crate::sim::odata::Value;
use crate::sim::population::Detail;
use crate::sim::population::Record;
use crate::sim::store::Entry;
use crate::sim::verbatim::read_json;
use crate::sim::world::World;

/// The body as JSON text.
pub(super) fn body(world: &World, entry: &Entry, detail: Detail, exchange: &Exchange) -> String {
    match entry {
        Entry::Told(record) => told(world, record, detail, exchange),
        Entry::Verbatim(verbatim) if detail == Detail::Bare => verbatim.bare(),
        Entry::Verbatim(verbatim) => verbatim.raw.clone(),
    }
}

/// What a filter and an order see: the same as is shown.
pub(super) fn read<'a>(entry: &'a Entry, name: &str) -> Value<'a> {
    let record = match entry {
        Entry::Told(record) => record,
        Entry::Verbatim(verbatim) => return verbatim.read(name),
    };
    if let Some(value) = record.overridden(name)
        && name != "severity"
        && name != "status"
    {
        return read_json(name, value);
    }
    let text = |text: String| Value::Text(text.into());
    match name {
        "createdDateTime" => entry.read("alertCreationTime"),
        "lastUpdateDateTime" => entry.read("lastUpdateTime"),
        "assignedTo" => entry.read("assignedTo"),
        "classification" => judged(record, record.classification.as_deref()),
        "determination" => judged(record, record.determination.as_deref()),
        "severity" => record
            .text_of(name)
            .map_or(Value::Null, |word| text(words::severity(word))),
        "status" => record
            .text_of(name)
            .map_or(Value::Null, |word| text(words::camel(word))),
        "serviceSource" => text(service_source(record, Members::All)),
        _ => Value::Null,
    }
}

/// The product an alert is of, whoever asks.
pub(super) fn product(entry: &Entry) -> Value<'_> {
    read(entry, "serviceSource")
}

/// The incident an alert is part of, as text.
pub(super) fn incident(entry: &Entry) -> Option<String> {
    match entry {
        Entry::Told(record) => match record.overridden("incidentId") {
            Some(id) => id_text(Some(id)),
            None => Some(record.incident.to_string()),
        },
        Entry::Verbatim(verbatim) => id_text(verbatim.value.get("incidentId")),
    }
}

/// Numbers at Defender's API, text here.
fn id_text(id: Option<&Json>) -> Option<String> {
    match id? {
        Json::String(id) => Some(id.clone()),
        Json::Null => None,
        other => Some(other.to_string()),
    }
}

fn service_source(record: &Record, members: Members) -> String {
    words::service_source(
        record.text_of("detectionSource").unwrap_or_default(),
        members,
    )
}

/// A classification or a determination. Where there is none, null and `unknown` are both
/// seen.
fn judged<'a>(record: &Record, word: Option<&'a str>) -> Value<'a> {
    match word {
        Some(word) => Value::Text(words::camel(word).into()),
        None if record.seed.is_multiple_of(2) => Value::Text("unknown".into()),
        None => Value::Null,
    }
}

/// The properties of an alert, in Graph's order.
struct Page<'a> {
    object: Object,
    /// The body of Defender's API.
    source: &'a Json,
    record: &'a Record,
}

impl Page<'_> {
    fn put(mut self, name: &str, value: impl serde::Serialize) -> Self {
        self.object = match self.own(name) {
            Some(own) => self.object.raw(name, &own),
            None => self.object.field(name, value),
        };
        self
    }

    fn put_raw(mut self, name: &str, value: &str) -> Self {
        self.object = match self.own(name) {
            Some(own) => self.object.raw(name, &own),
            None => self.object.raw(name, value),
        };
        self
    }

    /// The same value under another name.
    fn copy(self, name: &str, from: &str) -> Self {
        let value = self.source.get(from).cloned();
        self.put(name, value)
    }

    /// A word of an enumeration.
    fn word(self, name: &str, spell: impl Fn(&str) -> String) -> Self {
        let value = self.source.get(name).map(|value| match value {
            Json::String(word) => Json::String(spell(word)),
            other => other.clone(),
        });
        self.put(name, value)
    }

    /// What a script set under a name that only Graph knows.
    fn own(&self, name: &str) -> Option<String> {
        let is_shared = self.source.get(name).is_some();
        let own = self.record.overridden(name).filter(|_| !is_shared);
        own.map(json::text)
    }
}

fn told(world: &World, record: &Record, detail: Detail, exchange: &Exchange) -> String {
    let tenant = &world.account.tenant;
    let defender = match detail {
        Detail::Bare => Detail::Bare,
        // Graph has no list without evidence.
        Detail::Plain | Detail::Evidence => Detail::Evidence,
    };
    let text = record.body(&world.directory, tenant, defender, None);
    let source: Json = serde_json::from_str(&text).unwrap_or_default();
    let incident = id_text(source.get("incidentId"));
    let link =
        |kind: &str, id: &str| format!("https://security.microsoft.com/{kind}/{id}?tid={tenant}");
    let name = source.get("detectionSource").and_then(Json::as_str);
    let detected_by = name.map(|name| words::detection_source(name, exchange.members));
    let page = Page {
        object: Object::new().field("@odata.type", "#microsoft.graph.security.alert"),
        source: &source,
        record,
    };
    let page = page
        .copy("id", "id")
        .copy("providerAlertId", "id")
        .put("incidentId", &incident)
        .word("status", words::camel)
        .word("severity", words::severity);
    let page = judgement(page, "classification", record.classification.as_deref());
    let page = judgement(page, "determination", record.determination.as_deref())
        .put("serviceSource", service_source(record, exchange.members));
    let page = Page {
        object: page.object.field("detectionSource", detected_by),
        ..page
    };
    let page = page
        .copy("detectorId", "detectorId")
        .copy("tenantId", "aadTenantId")
        .copy("title", "title")
        .copy("description", "description")
        .put("recommendedActions", recommended(&source))
        .copy("category", "category")
        .copy("assignedTo", "assignedTo")
        .put("alertWebUrl", link("alerts", &record.id))
        .put(
            "incidentWebUrl",
            incident.as_deref().map(|id| link("incidents", id)),
        )
        .put("actorDisplayName", None::<&str>)
        .copy("threatDisplayName", "threatName")
        .copy("threatFamilyName", "threatFamilyName");
    let techniques = source.get("mitreTechniques").cloned();
    let page = page
        .put(
            "mitreTechniques",
            techniques.unwrap_or_else(|| Json::Array(Vec::new())),
        )
        .copy("createdDateTime", "alertCreationTime")
        .copy("lastUpdateDateTime", "lastUpdateTime")
        .copy("resolvedDateTime", "resolvedTime")
        .copy("firstActivityDateTime", "firstEventTime")
        .copy("lastActivityDateTime", "lastEventTime");
    let page = match exchange.version {
        Version::Beta => page.word("investigationState", words::camel),
        Version::One => page,
    };
    let page = match record.overridden("customDetails") {
        Some(details) => page.put("customDetails", details),
        None => page,
    };
    let tags: &[&str] = if record.seed.is_multiple_of(17) {
        &["Defender Experts"]
    } else {
        &[]
    };
    page.put_raw("comments", &json::list(&comments(&source)))
        .put_raw(
            "evidence",
            &json::list(&evidence::of(&world.directory, record, &source)),
        )
        .put("systemTags", tags)
        .object
        .end()
}

fn judgement<'a>(page: Page<'a>, name: &str, word: Option<&str>) -> Page<'a> {
    let overridden = page.record.overridden(name).cloned();
    let value = overridden.unwrap_or_else(|| match judged(page.record, word) {
        Value::Text(word) => Json::String(word.into_owned()),
        Value::Null | Value::Number(_) | Value::Time(_) => Json::Null,
    });
    Page {
        object: page.object.field(name, value),
        ..page
    }
}

/// One string, with the bullets that the pages show: a replacement character and a tab.
fn recommended(source: &Json) -> Option<String> {
    let action = source.get("recommendedAction").and_then(Json::as_str)?;
    Some(format!("Validate the alert\n\u{fffd}\t{action}"))
}

/// The comments, each as JSON text, under Graph's names.
pub(super) fn comments(source: &Json) -> Vec<String> {
    let comments = source.get("comments").and_then(Json::as_array);
    comments
        .into_iter()
        .flatten()
        .map(|comment| {
            Object::new()
                .field("comment", comment.get("comment"))
                .field("createdByDisplayName", comment.get("createdBy"))
                .field("createdDateTime", comment.get("createdTime"))
                .end()
        })
        .collect()
}
