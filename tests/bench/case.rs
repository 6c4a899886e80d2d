//! What the case of an alert costs where it is large: a thousand processes, and a body of
//! eight megabytes as JSON.

use std::time::Duration;
use std::time::Instant;

use serde_json::Value;
use serde_json::json;
use vigie::domain::process_tree::ProcessTree;
use vigie::wire::detail;

use crate::desk::Desk;
use crate::desk::USUAL;
use crate::table::Sample;
use crate::table::Table;
use crate::tenant::Bodies;

const PROCESSES: u32 = 1_000;
const KEYS: usize = 100;
/// Bytes of the large body.
const LARGE: usize = 8 << 20;

pub(crate) fn measure(bodies: &Bodies, table: &mut Table) {
    let evidence = detail::read_evidence(&processes().to_string());
    let built = Sample::new(
        (0..KEYS)
            .map(|_| {
                let start = Instant::now();
                let tree = ProcessTree::of(&evidence);
                assert!(tree.nodes().len() >= evidence.len());
                start.elapsed()
            })
            .collect(),
    );
    table.figure(
        "1,000 processes of an alert as a tree",
        "< 5 ms",
        &built.in_words(),
        built.median() < Duration::from_millis(5),
    );
    let first = evidence.get(..1).unwrap_or_default();
    let completed = Sample::new(
        (0..KEYS)
            .map(|_| {
                let start = Instant::now();
                let tree = ProcessTree::completed(first, &evidence);
                assert_eq!(tree.added(), evidence.len() - 1);
                start.elapsed()
            })
            .collect(),
    );
    table.figure(
        "1,000 processes that hunting found, put into a tree",
        "< 5 ms",
        &completed.in_words(),
        completed.median() < Duration::from_millis(5),
    );
    let mut desk = opened(bodies, &processes());
    key(&mut desk, "]");
    walked(&mut desk, "a key in the evidence of 1,000 processes", table);
    key(&mut desk, "]");
    walked(&mut desk, "a key in their tree", table);
    let mut desk = opened(bodies, &large());
    table.note(
        "an alert of 8 MB shown as JSON",
        &Sample::new(vec![key(&mut desk, "d")]).in_words(),
    );
    walked(&mut desk, "a key in it", table);
}

fn walked(desk: &mut Desk, what: &str, table: &mut Table) {
    let times = Sample::new((0..KEYS).map(|_| key(desk, "j")).collect());
    table.figure(
        &format!("{what}, to the frame"),
        "< 16 ms",
        &times.in_words(),
        times.median() < Duration::from_millis(16),
    );
}

fn key(desk: &mut Desk, key: &str) -> Duration {
    let start = Instant::now();
    desk.press(key);
    desk.draw();
    start.elapsed()
}

/// A desk on which this alert alone is read.
fn opened(bodies: &Bodies, alert: &Value) -> Desk {
    let page = json!({ "value": [alert] }).to_string().into_bytes();
    let mut desk = Desk::loaded(bodies, USUAL, std::iter::once(page));
    desk.press("enter");
    desk.rest();
    desk
}

fn alert(evidence: &[Value]) -> Value {
    json!({
        "id": "da1_1",
        "title": "A large case",
        "severity": "High",
        "status": "New",
        "alertCreationTime": "2026-11-22T13:00:00Z",
        "lastUpdateTime": "2026-11-22T13:00:00Z",
        "evidence": evidence,
    })
}

/// Each started by the half of its number, so that the tree is neither a chain nor flat.
fn processes() -> Value {
    let pieces: Vec<Value> = (1..=PROCESSES)
        .map(|number| {
            json!({
                "entityType": "Process",
                "fileName": "powershell.exe",
                "filePath": "C:\\Windows\\System32",
                "processId": number * 4,
                "processCreationTime": moment(number),
                "processCommandLine": format!("powershell.exe -File C:\\Scripts\\step-{number}.ps1"),
                "parentProcessId": number / 2 * 4,
                "parentProcessCreationTime": moment(number / 2),
                "parentProcessFileName": "powershell.exe",
                "sha256": format!("{number:064}"),
                "detectionStatus": "Detected",
            })
        })
        .collect();
    alert(&pieces)
}

fn moment(number: u32) -> String {
    format!("2026-11-22T12:{:02}:{:02}Z", number / 60, number % 60)
}

fn large() -> Value {
    let piece = json!({
        "entityType": "File",
        "fileName": "a".repeat(200),
        "sha256": "0".repeat(64),
    });
    let count = LARGE / piece.to_string().len();
    alert(&vec![piece; count])
}
