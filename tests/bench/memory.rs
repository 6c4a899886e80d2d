//! What a hundred thousand alerts take, in a process that does nothing else.

use std::fs;
use std::process::Command;

use crate::desk::Desk;
use crate::desk::USUAL;
use crate::hunting;
use crate::million;
use crate::table::Table;
use crate::tenant::ALERTS;
use crate::tenant::Bodies;

/// Set for the process that is measured: how often it takes every alert, or [`FOUND`].
pub(crate) const CHILD: &str = "VIGIE_FIGURES_CHILD";

/// The process reads what a query found, and no alerts.
pub(crate) const FOUND: &str = "found";

const FREE: usize = 20 << 20;

/// In the measured process: loads everything and prints what it took.
pub(crate) fn report() {
    if std::env::var(CHILD).is_ok_and(|what| what == FOUND) {
        return hunting::report();
    }
    let bodies = Bodies::there();
    let Some(before) = resident("VmRSS") else {
        return;
    };
    let desk = if std::env::var(CHILD).is_ok_and(|copies| copies == "1") {
        Desk::loaded(&bodies, USUAL, bodies.pages_from(0))
    } else {
        million::loaded(&bodies)
    };
    assert!(desk.state.book.counts().all >= ALERTS);
    let (Some(after), Some(peak)) = (resident("VmRSS"), resident("VmHWM")) else {
        return;
    };
    println!("{before} {after} {peak}");
}

/// Bytes of this process in memory, where the system tells.
pub(crate) fn resident(name: &str) -> Option<usize> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with(name))?;
    let kibibytes: usize = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kibibytes << 10)
}

pub(crate) fn measure(_bodies: &Bodies, table: &mut Table) {
    let what = "memory of a process with 100,000 alerts";
    let Some([before, after, peak]) = child("1") else {
        return table.note(what, "not told by this system");
    };
    let each = after.saturating_sub(FREE) / ALERTS;
    table.figure(
        &format!("{what}, beyond 20 MiB, for each alert"),
        "<= 1,024 bytes",
        &format!("{each} bytes"),
        each <= 1_024,
    );
    table.note(
        "the same process: empty, loaded, at its peak",
        &format!(
            "{} MiB, {} MiB, {} MiB",
            before >> 20,
            after >> 20,
            peak >> 20
        ),
    );
}

/// What so many times the alerts take.
pub(crate) fn measure_many(copies: usize, table: &mut Table) {
    let told = child(&copies.to_string()).map_or_else(
        || "not told by this system".to_owned(),
        |[_, after, peak]| {
            let each = after.saturating_sub(FREE) / (ALERTS * copies);
            format!("{each} bytes, {} MiB at its peak", peak >> 20)
        },
    );
    table.note("1,000,000 alerts: memory for each, beyond 20 MiB", &told);
}

/// Bytes of the other process: empty, loaded, at its peak.
pub(crate) fn child(what: &str) -> Option<[usize; 3]> {
    let output = Command::new(std::env::current_exe().unwrap())
        .env(CHILD, what)
        .output()
        .unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    let numbers: Vec<usize> = told
        .split_whitespace()
        .map(|number| number.parse().unwrap())
        .collect();
    numbers.try_into().ok()
}
