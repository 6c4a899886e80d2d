//! What a hundred thousand rows that a query found take: read, kept, sorted, looked at.

use std::fmt::Write as _;
use std::time::Instant;

use vigie::domain::hunt::Findings;
use vigie::domain::hunt::SortOrder;
use vigie::wire::hunting;

use crate::memory::FOUND;
use crate::memory::child;
use crate::memory::resident;
use crate::table::Sample;
use crate::table::Table;
use crate::table::milliseconds;
use crate::tenant::Bodies;

const ROWS: usize = 100_000;
const COLUMNS: usize = 20;
const RUNS: usize = 7;

/// Bytes of a part of the answer, as a connection gives it.
const CHUNK: usize = 16 * 1024;
/// Rows that go to the screen together.
const PART: usize = 12_800;

/// An answer as the service writes it: times, names, numbers, paths and command lines, given
/// to `take` as it is made.
fn write_body(take: &mut dyn FnMut(&str)) {
    let mut body = String::from("{\"Schema\":[");
    for column in 0..COLUMNS {
        let comma = if column > 0 { "," } else { "" };
        let kind = match column % 5 {
            0 => "DateTime",
            1 => "Int64",
            _ => "String",
        };
        write!(
            body,
            "{comma}{{\"Name\":\"InitiatingColumn{column}\",\"Type\":\"{kind}\"}}"
        )
        .unwrap();
    }
    body.push_str("],\"Results\":[");
    let mut random = fastrand::Rng::with_seed(7);
    for row in 0..ROWS {
        body.push_str(if row > 0 { ",{" } else { "{" });
        for column in 0..COLUMNS {
            let comma = if column > 0 { "," } else { "" };
            let number = random.u32(..);
            let value = match column % 5 {
                0 => format!(
                    "\"2026-11-{:02}T{:02}:{:02}:41.7{:06}Z\"",
                    number % 28 + 1,
                    number % 24,
                    number % 60,
                    number % 1_000_000
                ),
                1 => (number % 100_000).to_string(),
                2 => format!("\"srv-{:04}.contoso.example\"", number % 3_000),
                3 => format!("\"C:\\\\Windows\\\\System32\\\\tool{}.exe\"", number % 200),
                _ => format!("\"tool.exe -k {number:08x} /s\""),
            };
            write!(body, "{comma}\"InitiatingColumn{column}\":{value}").unwrap();
        }
        body.push('}');
        if body.len() >= CHUNK {
            take(&body);
            body.clear();
        }
    }
    body.push_str("]}");
    take(&body);
}

fn body() -> String {
    let mut body = String::new();
    write_body(&mut |part| body.push_str(part));
    body
}

/// In a process of its own: reads an answer as it comes in, and prints what that took.
pub(crate) fn report() {
    let before = resident("VmRSS");
    let mut reader = hunting::Reader::default();
    let mut grid = Findings::default();
    write_body(&mut |part| {
        reader.feed(part.as_bytes()).unwrap();
        if reader.waiting() >= PART {
            grid.append(reader.take());
        }
    });
    grid.append(reader.finish().unwrap());
    grid.finish();
    assert_eq!(grid.len(), ROWS);
    if let (Some(before), Some(after), Some(peak)) = (before, resident("VmRSS"), resident("VmHWM"))
    {
        println!("{before} {after} {peak}");
    }
}

pub(crate) fn measure(_bodies: &Bodies, table: &mut Table) {
    let body = body();
    let timed = |work: &dyn Fn()| {
        let runs = (0..RUNS).map(|_| {
            let started = Instant::now();
            work();
            started.elapsed()
        });
        Sample::new(runs.collect())
    };
    let read = timed(&|| {
        std::hint::black_box(hunting::read(body.as_bytes()).unwrap());
    });
    table.note(
        &format!(
            "100,000 x {COLUMNS} cells that a query found, {} MB, read",
            body.len() / 1_000_000
        ),
        &read.in_words(),
    );
    let mut reader = hunting::Reader::default();
    let chunks = body.as_bytes().chunks(CHUNK);
    let before_rows = chunks.take_while(|chunk| {
        reader.feed(chunk).unwrap();
        reader.waiting() == 0
    });
    let kilobytes = (before_rows.count() + 1) * CHUNK / 1_000;
    table.note(
        "of the answer, read until the first rows can be shown",
        &format!("{kilobytes} kB"),
    );
    let findings = hunting::read(body.as_bytes()).unwrap();
    #[expect(clippy::cast_precision_loss, reason = "a ratio of sizes")]
    let ratio = findings.size() as f64 / body.len() as f64;
    table.figure(
        "what is kept of them, compared to the answer",
        "<= 1.5",
        &format!("{ratio:.2}"),
        ratio <= 1.5,
    );
    if let Some([before, _, peak]) = child(FOUND) {
        #[expect(clippy::cast_precision_loss, reason = "a ratio of sizes")]
        let ratio = peak.saturating_sub(before) as f64 / body.len() as f64;
        table.figure(
            "what reading it takes at its peak, compared to the answer",
            "<= 1.5",
            &format!("{ratio:.2}"),
            ratio <= 1.5,
        );
    }
    for (column, what) in [(0, "times"), (1, "numbers"), (2, "names"), (4, "texts")] {
        let sorted = timed(&|| {
            std::hint::black_box(findings.sorted(column, SortOrder::Ascending));
        });
        table.figure(
            &format!("the same sorted by a column of {what}"),
            "< 100 ms",
            &sorted.in_words(),
            sorted.median().as_millis() < 100,
        );
    }
    let counted = timed(&|| {
        std::hint::black_box(findings.frequencies(2));
    });
    table.note(
        "how often each value stands in a column of them",
        &milliseconds(counted.median()),
    );
}
