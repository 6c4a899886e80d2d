//! Alerts as rows of a table: for spreadsheets and for prose.

use std::collections::HashMap;

use serde_json::value::RawValue;

use crate::domain::defang::defanged;
use crate::domain::text::Text;
use crate::domain::text::shown;
use crate::domain::token::Api;
use crate::wire::graph;
use crate::wire::json;

/// Names of the columns for data: of the Defender API, then of Graph.
const COLUMNS: [(&str, &str); 12] = [
    ("id", "id"),
    ("alertCreationTime", "createdDateTime"),
    ("lastUpdateTime", "lastUpdateDateTime"),
    ("severity", "severity"),
    ("status", "status"),
    ("assignedTo", "assignedTo"),
    ("classification", "classification"),
    ("determination", "determination"),
    ("title", "title"),
    ("category", "category"),
    ("computerDnsName", DEVICE),
    ("incidentId", "incidentId"),
];

/// Graph has it among the evidence.
const DEVICE: &str = "deviceDnsName";

/// Columns of a Markdown table by their place in [`COLUMNS`], with their headings.
const MARKDOWN: [(usize, &str); 8] = [
    (1, "created"),
    (3, "severity"),
    (4, "status"),
    (5, "assigned to"),
    (8, "title"),
    (10, "device"),
    (9, "category"),
    (0, "id"),
];

/// The columns for data, under the service's own names.
pub fn columns(service: Api) -> [&'static str; COLUMNS.len()] {
    COLUMNS.map(|(defender, graph)| match service {
        Api::Defender => defender,
        Api::Graph => graph,
    })
}

/// The values of [`columns`] as the service sent them, but for a guard where a
/// spreadsheet would take one for a formula.
pub fn record(alert: &str, service: Api) -> [Text; COLUMNS.len()] {
    texts(alert, service).map(|text| Text::from(guarded(text)))
}

/// Values stay as they are written: a number may fit no type of ours.
fn texts(alert: &str, service: Api) -> [String; COLUMNS.len()] {
    let values = values(alert);
    columns(service).map(|name| match (name, values.get("evidence")) {
        (DEVICE, Some(evidence)) => {
            let scene = graph::scene(evidence.get());
            scene.device.original().to_owned()
        }
        (name, _) => json::string(values.get(name).copied()).unwrap_or_default(),
    })
}

/// What a spreadsheet would run, made a text.
pub fn guarded(text: String) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text
    }
}

/// The heading of a Markdown table.
pub fn markdown_heading() -> String {
    let names: Vec<&str> = MARKDOWN.iter().map(|(_, name)| *name).collect();
    let lines = ["---"; MARKDOWN.len()].join(" | ");
    format!("| {} |\n| {lines} |\n", names.join(" | "))
}

/// One line of it. Indicators are defanged: it is read, and clicked on.
pub fn markdown_row(alert: &str, service: Api) -> String {
    let texts = texts(alert, service);
    let cells = MARKDOWN.map(|(place, _)| {
        let text = texts.get(place).map_or("", String::as_str);
        escaped(&defanged(&shown(text)))
    });
    format!("| {} |\n", cells.join(" | "))
}

/// A line of any table of Markdown. Indicators are defanged.
pub fn markdown_line<'a>(cells: impl Iterator<Item = &'a str>) -> String {
    let cells: Vec<String> = cells.map(prose).collect();
    format!("| {} |\n", cells.join(" | "))
}

/// The line below its heading.
pub fn markdown_rule(columns: usize) -> String {
    format!("| {} |\n", vec!["---"; columns].join(" | "))
}

/// A text from outside for a line of Markdown: nothing of it is markup or a link.
pub fn prose(text: &str) -> String {
    escaped(&defanged(&shown(text)).replace("www.", "www[.]"))
}

/// Nothing of it is markup.
fn escaped(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    for letter in text.chars() {
        if "\\`*_[]<>|~#!&".contains(letter) {
            written.push('\\');
        }
        written.push(letter);
    }
    written
}

fn values(alert: &str) -> HashMap<String, &RawValue> {
    serde_json::from_str(alert).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_formula_is_a_text_and_all_else_is_as_it_came() {
        for (title, written) in [
            ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@SUM(1)", "'@SUM(1)"),
            ("\\t=1", "'\t=1"),
            ("\\r=1", "'\r=1"),
            ("a=1", "a=1"),
            ("'=1", "'=1"),
            ("", ""),
        ] {
            let alert = format!(r#"{{"id":"a","incidentId":12,"title":"{title}"}}"#);
            let record = record(&alert, Api::Defender);
            let [id, .., incident] = &record;
            assert_eq!(id.original(), "a");
            assert_eq!(incident.original(), "12");
            assert!(record.contains(&Text::from(written)), "{record:?}");
        }
        assert!(record("no json", Api::Graph).iter().all(Text::is_empty));
    }

    #[test]
    fn a_row_of_prose_holds_no_markup_and_no_link() {
        let row = markdown_row(
            r#"{"id":"a_1","title":"<b>[x](http://evil.example/)\n|`","severity":"High"}"#,
            Api::Defender,
        );
        assert_eq!(
            row,
            "|  | High |  |  | \\<b\\>\\[x\\](hxxp://evil\\[.\\]example/)\\\\n\\|\\` |  |  | a\\_1 |\n"
        );
        assert_eq!(markdown_heading().lines().count(), 2);
    }

    #[test]
    fn graphs_columns_have_graphs_names_and_the_device_is_found() {
        let alert = r##"{"id":"a","createdDateTime":"2026-11-22T14:00:00Z","incidentId":"7",
            "evidence":[{"@odata.type":"#microsoft.graph.security.deviceEvidence","deviceDnsName":"ws1"}]}"##;
        let [id, created, .., device, incident] = record(alert, Api::Graph);
        assert_eq!(id.original(), "a");
        assert_eq!(created.original(), "2026-11-22T14:00:00Z");
        assert_eq!(device.original(), "ws1");
        assert_eq!(incident.original(), "7");
        assert!(columns(Api::Graph).contains(&"lastUpdateDateTime"));
        assert!(markdown_row(alert, Api::Graph).contains("| ws1 |"));
    }
}
