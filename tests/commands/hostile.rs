//! Texts chosen by an attacker, on their way through the whole program.

use serde_json::Value;
use serde_json::json;
use vigie::sim::Endpoint;
use vigie::sim::Fault;

use crate::program::Tenant;
use crate::program::Told;

/// One of each family: CSI, OSC 8 and 52, DCS, C1, bidi, zero width, layout.
const HOSTILE: [&str; 14] = [
    "\u{1b}[2J\u{1b}[1;1H",
    "\u{1b}]8;;http://evil.example\u{7}click\u{1b}]8;;\u{7}",
    "\u{1b}]52;c;ZXZpbA==\u{1b}\\",
    "\u{1b}P1$r0m\u{1b}\\",
    "\u{1b}_apc\u{1b}\\\u{1b}^pm\u{1b}\\\u{1b}Xsos\u{1b}\\",
    "\u{9b}31m\u{9d}0;title\u{9c}\u{90}q\u{9c}",
    "\u{0}\u{7}\u{8}\u{b}\u{c}\u{e}\u{7f}",
    "gpj.\u{202e}exe\u{202c}",
    "\u{2066}isolate\u{2069}\u{200f}\u{61c}",
    "pay\u{200b}pal\u{200d}\u{feff}\u{2060}",
    "tag\u{e0041}\u{e007f}",
    "line\nbreak\r\ntab\t\u{2028}\u{2029}\u{85}",
    "\u{ad}\u{34f}\u{115f}\u{3164}",
    "\u{fff9}a\u{fffa}b\u{fffb}\u{fe0f}",
];

/// Alerts with a hostile text in every place that is ever printed.
fn bodies() -> Vec<String> {
    let alerts = HOSTILE.iter().enumerate().map(|(number, text)| {
        json!({
            "id": format!("a{number}{text}"),
            "title": text,
            "description": text,
            "recommendedAction": text,
            "severity": text,
            "status": text,
            "category": text,
            "assignedTo": text,
            "classification": text,
            "determination": text,
            "detectionSource": text,
            "threatName": text,
            "computerDnsName": text,
            "machineId": text,
            "rbacGroupName": text,
            "incidentId": text,
            "mitreTechniques": [text],
            "relatedUser": {"userName": text, "domainName": text},
            "loggedOnUsers": [{"accountName": text, "domainName": text}],
            "comments": [{"comment": text, "createdBy": text, "createdTime": text}],
            "evidence": [
                {"entityType": text, "anything": text, *text: text},
                {"entityType": "Process", "fileName": text, "processCommandLine": text},
                {"entityType": "Url", "url": text},
            ],
            *text: text,
            "alertCreationTime": "2026-11-22T14:00:00Z",
            "lastUpdateTime": "2026-11-22T14:00:00Z",
        })
        .to_string()
    });
    alerts.collect()
}

fn tenant() -> Tenant {
    let bodies = bodies();
    let bodies: Vec<&str> = bodies.iter().map(String::as_str).collect();
    Tenant::with_bodies(&bodies)
}

/// What a terminal obeys, reorders or hides. Written out here, so that a hole in the
/// program's own list is seen.
fn is_obeyed(character: char) -> bool {
    let code = u32::from(character);
    let control = (code < 0x20 && character != '\n') || (0x7f..=0x9f).contains(&code);
    let bidi = matches!(code, 0x61c | 0x200e | 0x200f | 0x202a..=0x202e | 0x2066..=0x2069);
    let hidden = matches!(
        code,
        0xad | 0x34f | 0x115f | 0x1160 | 0x200b..=0x200d | 0x2060..=0x2064 | 0x3164 | 0xfeff
            | 0xfff9..=0xfffb | 0xe0000..=0xe007f
    );
    control || bidi || hidden || matches!(code, 0x2028 | 0x2029)
}

fn harmless(told: Told) -> String {
    let out = told.data();
    for line in out.lines() {
        assert!(!line.contains(is_obeyed), "{line:?}");
    }
    out
}

#[test]
fn a_table_shows_hostile_texts_as_marks_on_one_line_each() {
    let tenant = tenant();
    let table = harmless(tenant.run(&["alerts", "list"]));
    assert_eq!(table.lines().count(), HOSTILE.len() + 1);
    for mark in ["\\x1b[2J", "\\x1b]52;c;", "\\x9b31m", "\\u{202e}", "\\n"] {
        assert!(table.contains(mark), "{mark}");
    }
}

#[test]
fn one_alert_shows_hostile_texts_as_marks() {
    let tenant = tenant();
    for (number, text) in HOSTILE.iter().enumerate() {
        let id = format!("a{number}{text}");
        // No argument can hold a zero byte.
        if !id.contains('\0') {
            harmless(tenant.run(&["alerts", "get", &id]));
        }
    }
}

#[test]
fn json_has_no_control_character_and_means_the_same() {
    let tenant = tenant();
    let expected: Vec<Value> = bodies()
        .iter()
        .map(|body| serde_json::from_str(body).unwrap())
        .collect();
    let array = harmless(tenant.run(&["alerts", "list", "-o", "json"]));
    let array: Value = serde_json::from_str(&array).unwrap();
    assert_eq!(array, Value::Array(expected.clone()));
    let lines = harmless(tenant.run(&["alerts", "list", "-o", "ndjson"]));
    let lines: Vec<Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines, expected);
}

/// A file or another program gets the texts as they are.
#[test]
fn csv_in_a_pipe_is_data() {
    let rows = tenant().run(&["alerts", "list", "-o", "csv"]).data();
    let mut rows = csv::Reader::from_reader(rows.as_bytes());
    let titles: Vec<String> = rows
        .records()
        .map(|row| row.unwrap()[8].to_owned())
        .collect();
    assert_eq!(titles, HOSTILE);
}

/// But for what a spreadsheet would run.
#[test]
fn csv_holds_no_formula() {
    let body = r#"{"id":"-2+3","title":"=HYPERLINK(\"http://203.0.113.9\")","category":"a=b"}"#;
    let tenant = Tenant::with_bodies(&[body]);
    let rows = tenant.run(&["alerts", "list", "-o", "csv"]).data();
    let mut rows = csv::Reader::from_reader(rows.as_bytes());
    let row = rows.records().next().unwrap().unwrap();
    assert_eq!(&row[0], "'-2+3");
    assert_eq!(&row[8], "'=HYPERLINK(\"http://203.0.113.9\")");
    assert_eq!(&row[9], "a=b");
}

/// File names and command lines of Windows need not be whole UTF-16.
#[test]
fn half_a_surrogate_pair_hides_nothing_else() {
    let body = r#"{"id":"a","title":"half \ud83d a pair","description":"what happened","evidence":[{"entityType":"Process","fileName":"\udc00.exe","processCommandLine":"\udc00.exe /q"}]}"#;
    let tenant = Tenant::with_bodies(&[body]);
    let listed = tenant.run(&["alerts", "list", "-o", "ndjson"]).data();
    assert_eq!(listed, format!("{body}\n"));
    for form in ["table", "csv"] {
        let listed = tenant.run(&["alerts", "list", "-o", form]).data();
        assert!(listed.contains("half \u{fffd} a pair"), "{listed}");
    }
    let fault = Fault::Status {
        code: 200,
        headers: Vec::new(),
        body: body.to_owned(),
    };
    tenant.script().next(Endpoint::Alert, fault);
    let page = tenant.run(&["alerts", "get", "a"]).data();
    for words in ["what happened", "\u{fffd}.exe /q"] {
        assert!(page.contains(words), "{page}");
    }
}

#[test]
fn errors_show_hostile_texts_as_marks() {
    let tenant = Tenant::with_alerts(1);
    let id = "\u{1b}]52;c;AAAA\u{7}\u{202e}";
    let lines = tenant.run(&["alerts", "get", id]).failure(1);
    assert_eq!(
        lines,
        [
            "error: there is no alert `\\x1b]52;c;AAAA\\x07\\u{202e}`, or your role does not see it",
            "help: `vigie alerts list` prints the ids"
        ]
    );
    let fault = Fault::Status {
        code: 400,
        headers: Vec::new(),
        body: json!({"error": {"code": "\u{9b}2J", "message": id}}).to_string(),
    };
    tenant.script().always(Endpoint::Alerts, Some(fault));
    let lines = tenant.run(&["alerts", "list"]).failure(1);
    assert!(lines[0].contains("\\x9b2J: \\x1b]52"), "{lines:?}");
    assert!(!lines.concat().contains(is_obeyed), "{lines:?}");
    for arguments in [["--profile", id], ["--api", id]] {
        let lines = tenant.run(&arguments).failure(2);
        assert!(!lines.concat().contains(is_obeyed), "{lines:?}");
    }
}
