//! Alerts as rows of a table: for spreadsheets and for prose.

use std::collections::HashMap;

use serde_json::value::RawValue;

use crate::domain::defang::defanged;
use crate::domain::text::Text;
use crate::domain::text::shown;
use crate::wire::json;

/// Columns for data, under the service's own names.
pub const COLUMNS: [&str; 12] = [
    "id",
    "alertCreationTime",
    "lastUpdateTime",
    "severity",
    "status",
    "assignedTo",
    "classification",
    "determination",
    "title",
    "category",
    "computerDnsName",
    "incidentId",
];

/// Columns of a Markdown table, with their headings.
const MARKDOWN: [(&str, &str); 8] = [
    ("alertCreationTime", "created"),
    ("severity", "severity"),
    ("status", "status"),
    ("assignedTo", "assigned to"),
    ("title", "title"),
    ("computerDnsName", "device"),
    ("category", "category"),
    ("id", "id"),
];

/// The values of [`COLUMNS`] as the service sent them, but for a guard where a
/// spreadsheet would take one for a formula.
pub fn record(alert: &str) -> [Text; 12] {
    let values = values(alert);
    // Values stay as they are written: a number may fit no type of ours.
    COLUMNS.map(|name| {
        let text = json::string(values.get(name).copied());
        Text::from(guarded(text.unwrap_or_default()))
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
pub fn markdown_row(alert: &str) -> String {
    let values = values(alert);
    let cells = MARKDOWN.map(|(name, _)| {
        let text = json::string(values.get(name).copied()).unwrap_or_default();
        escaped(&defanged(&shown(&text)))
    });
    format!("| {} |\n", cells.join(" | "))
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
            let record = record(&alert);
            let [id, .., incident] = &record;
            assert_eq!(id.original(), "a");
            assert_eq!(incident.original(), "12");
            assert!(record.contains(&Text::from(written)), "{record:?}");
        }
        assert!(record("no json").iter().all(Text::is_empty));
    }

    #[test]
    fn a_row_of_prose_holds_no_markup_and_no_link() {
        let row = markdown_row(
            r#"{"id":"a_1","title":"<b>[x](http://evil.example/)\n|`","severity":"High"}"#,
        );
        assert_eq!(
            row,
            "|  | High |  |  | \\<b\\>\\[x\\](hxxp://evil\\[.\\]example/)\\\\n\\|\\` |  |  | a\\_1 |\n"
        );
        assert_eq!(markdown_heading().lines().count(), 2);
    }
}
