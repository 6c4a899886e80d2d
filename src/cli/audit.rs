//! `vigie audit show` and `vigie audit verify`: what was written down about decisions.

use std::fs::File;
use std::io;
use std::io::BufReader;
use std::path::Path;
use std::path::PathBuf;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use unicode_width::UnicodeWidthStr;

use crate::app::count;
use crate::app::lines::cut;
use crate::cli::alerts::since;
use crate::cli::arguments::AuditCommand;
use crate::cli::arguments::ListFormat;
use crate::cli::arguments::SettingFlags;
use crate::cli::error::CliError;
use crate::cli::output;
use crate::cli::sign_in;
use crate::config;
use crate::domain::decision::kept::Record;
use crate::domain::device::kept::OrderRecord;
use crate::domain::text::shown;
use crate::ledger::Audit;
use crate::ledger::audit::Line;
use crate::ledger::audit::Lines;
use crate::ledger::verify::verify;
use crate::wire::json;
use crate::wire::table;

/// Columns of the table with their widths; the last is as wide as it needs to be.
const COLUMNS: [(&str, usize); 6] = [
    ("ENDED", 25),
    ("RESULT", 11),
    ("BY", 24),
    ("DECISION", 44),
    ("ALERT OR DEVICE", 40),
    ("WHY", usize::MAX),
];

/// Runs the command.
pub fn run(flags: &SettingFlags, command: &AuditCommand) -> Result<(), CliError> {
    match command {
        AuditCommand::Show {
            since: back,
            alert,
            file,
            output,
        } => {
            let back = since(back.as_deref())?;
            let from = back.and_then(|back| Timestamp::now().checked_sub(back).ok());
            let wanted = Wanted {
                from,
                alert: alert.as_deref(),
            };
            show(open(flags, file.as_deref())?, &wanted, *output)
        }
        AuditCommand::Verify { file } => check(flags, file.as_deref()),
    }
}

/// What is to be printed.
struct Wanted<'a> {
    from: Option<Timestamp>,
    alert: Option<&'a str>,
}

impl Wanted<'_> {
    fn has(&self, told: &Told) -> bool {
        self.from.is_none_or(|from| told.ended >= from)
            && self.alert.is_none_or(|alert| told.alert == alert)
    }
}

/// The log of a profile.
pub fn of_profile(profile: &str) -> Result<Audit, CliError> {
    let folder = config::state_folder(&sign_in::variable).ok_or_else(|| {
        CliError::failed("nobody knows where the audit log is: there is no home folder")
            .help("set `XDG_STATE_HOME`")
    })?;
    Ok(Audit::new(&folder, profile))
}

fn path(flags: &SettingFlags, file: Option<&Path>) -> Result<PathBuf, CliError> {
    if let Some(file) = file {
        return Ok(file.to_owned());
    }
    let config = sign_in::load(flags)?;
    let audit = of_profile(&config.profile.value)?;
    Ok(audit.path().to_owned())
}

/// The log; none where nothing was ever decided.
fn open(
    flags: &SettingFlags,
    file: Option<&Path>,
) -> Result<Option<Lines<BufReader<File>>>, CliError> {
    let path = path(flags, file)?;
    match File::open(&path) {
        Ok(log) => Ok(Some(Lines::new(BufReader::new(log)))),
        // Without a decision there is no log; a file somebody named has to be there.
        Err(error) if error.kind() == io::ErrorKind::NotFound && file.is_none() => Ok(None),
        Err(error) => Err(unreadable(&path, &error)),
    }
}

fn unreadable(path: &Path, error: &io::Error) -> CliError {
    CliError::failed(format!(
        "the audit log `{}` cannot be read ({error})",
        path.display()
    ))
}

fn show(
    lines: Option<Lines<BufReader<File>>>,
    wanted: &Wanted<'_>,
    format: ListFormat,
) -> Result<(), CliError> {
    let zone = TimeZone::system();
    match format {
        ListFormat::Table => output::line(&row(COLUMNS.map(|(name, _)| name)))?,
        ListFormat::Csv => output::data(&csv_row(CSV)?)?,
        ListFormat::Json | ListFormat::Ndjson => {}
    }
    let mut before = "[\n";
    for line in lines.into_iter().flatten() {
        let line = line
            .map_err(|error| CliError::failed(format!("the audit log cannot be read ({error})")))?;
        let Some(told) = told(&line) else {
            tell(&line);
            continue;
        };
        if !wanted.has(&told) {
            continue;
        }
        let exact = String::from_utf8_lossy(&line.bytes);
        match format {
            ListFormat::Table => output::line(&in_columns(&told, &zone))?,
            ListFormat::Json => {
                let one = json::one_harmless_line(&exact);
                output::data(&format!("{before}{one}"))?;
                before = ",\n";
            }
            ListFormat::Ndjson => output::line(&json::one_harmless_line(&exact))?,
            ListFormat::Csv => output::data(&csv_line(&told)?)?,
        }
    }
    match (format, before) {
        (ListFormat::Json, "[\n") => output::line("[]"),
        (ListFormat::Json, _) => output::line("\n]"),
        (ListFormat::Table | ListFormat::Ndjson | ListFormat::Csv, _) => Ok(()),
    }
}

/// What tells of no decision is said beside the data.
fn tell(line: &Line) {
    let number = line.number;
    if line.is_recovery() {
        output::say(&format!("line {number} tells of a crash before it"));
    } else {
        output::say(&format!(
            "line {number} is left out: it tells of no decision and of no order"
        ));
    }
}

/// A line of either kind, in the words of the columns.
struct Told {
    ended: Timestamp,
    decided: Timestamp,
    end: &'static str,
    by: String,
    /// Empty where it is about a device.
    alert: String,
    device: String,
    change: String,
    note: String,
    why: String,
    request: String,
    decision: String,
}

/// What a line tells; none where that is neither a decision nor an order.
fn told(line: &Line) -> Option<Told> {
    let of_an_alert = |record: Record| Told {
        ended: record.ended,
        decided: record.decided,
        end: record.end.word(),
        by: record.by,
        alert: record.alert,
        device: String::new(),
        change: record.change.says(),
        note: record.change.note().unwrap_or_default().to_owned(),
        why: record.why.unwrap_or_default(),
        request: record.request.unwrap_or_default(),
        decision: record.decision,
    };
    let of_a_device = |record: OrderRecord| Told {
        ended: record.ended,
        decided: record.decided,
        end: record.end.word(),
        by: record.by,
        alert: String::new(),
        device: match record.device_name {
            name if name.is_empty() => record.device,
            name => name,
        },
        change: record.asked_for,
        note: record.comment,
        why: record.why.unwrap_or_default(),
        request: record.request.unwrap_or_default(),
        decision: record.order,
    };
    let order = || line.order().map(of_a_device);
    line.record().map(of_an_alert).or_else(order)
}

fn in_columns(told: &Told, zone: &TimeZone) -> String {
    let ended = told.ended.to_zoned(zone.clone());
    let subject = if told.alert.is_empty() {
        &told.device
    } else {
        &told.alert
    };
    row([
        &ended.strftime("%Y-%m-%d %H:%M:%S%:z").to_string(),
        told.end,
        &told.by,
        &told.change,
        subject,
        &told.why,
    ])
}

fn row(cells: [&str; 6]) -> String {
    let mut line = String::new();
    for (cell, (_, width)) in cells.iter().zip(COLUMNS) {
        let cell = shown(cell);
        let cell = cut(&cell, width);
        line.push_str(&cell);
        if width != usize::MAX {
            line.push_str(&" ".repeat((width + 2).saturating_sub(cell.width())));
        }
    }
    line.trim_end().to_owned()
}

const CSV: [&str; 11] = [
    "ended", "decided", "end", "by", "alert", "change", "note", "why", "request", "decision",
    "device",
];

fn csv_line(told: &Told) -> Result<String, CliError> {
    let cells = [
        &told.ended.to_string(),
        &told.decided.to_string(),
        &told.end.replace(' ', "-"),
        &told.by,
        &told.alert,
        &told.change,
        &told.note,
        &told.why,
        &told.request,
        &told.decision,
        &told.device,
    ];
    // On a terminal texts would be obeyed, in a file they are data.
    let cells = cells.map(|cell| {
        let cell = table::guarded(cell.to_owned());
        if output::is_terminal() {
            shown(&cell).into_owned()
        } else {
            cell
        }
    });
    csv_row(cells)
}

fn csv_row(cells: [impl AsRef<[u8]>; 11]) -> Result<String, CliError> {
    let failed = |why: String| CliError::failed(format!("the rows cannot be written ({why})"));
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer
        .write_record(cells)
        .map_err(|error| failed(error.to_string()))?;
    let bytes = writer
        .into_inner()
        .map_err(|error| failed(error.to_string()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn check(flags: &SettingFlags, file: Option<&Path>) -> Result<(), CliError> {
    let path = path(flags, file)?;
    let report = match File::open(&path) {
        Ok(log) => verify(BufReader::new(log)).map_err(|error| unreadable(&path, &error))?,
        Err(error) if error.kind() == io::ErrorKind::NotFound && file.is_none() => {
            return output::line("no audit log: nothing was decided with this profile yet");
        }
        Err(error) => return Err(unreadable(&path, &error)),
    };
    if let Some(broken) = report.broken {
        return Err(
            CliError::failed(format!("line {} {}", broken.line, broken.why)).help(
                "the lines before it hold; compare the file with a copy, and see docs/audit.md",
            ),
        );
    }
    if report.unfinished > 0 {
        let bytes = report.unfinished;
        output::say(&format!(
            "the last {bytes} bytes were left half written by a crash; the next decision goes on behind them"
        ));
    }
    if report.recovered > 0 {
        let times = usize::try_from(report.recovered).unwrap_or(usize::MAX);
        let times = count(times, "time");
        output::say(&format!("a crash was recovered from {times}"));
    }
    output::line(&format!(
        "{} lines, chain intact, last hash {}",
        report.lines, report.last
    ))
}
