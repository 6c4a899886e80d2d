//! `vigie hunt`: one query, run once, and what it found.

use std::io;
use std::io::IsTerminal;
use std::io::Read;

use crate::app::count;
use crate::cli::arguments::HuntOptions;
use crate::cli::arguments::ListFormat;
use crate::cli::arguments::SettingFlags;
use crate::cli::block_on;
use crate::cli::caller;
use crate::cli::caller::Caller;
use crate::cli::error::CliError;
use crate::cli::output;
use crate::cli::unless_ended;
use crate::domain::failure::Failure;
use crate::domain::hunt;
use crate::domain::hunt::ColumnKind;
use crate::domain::hunt::Complaint;
use crate::domain::hunt::Findings;
use crate::domain::hunt::Unhunted;
use crate::domain::hunt::findings::MOST_ROWS;
use crate::domain::service::Service;
use crate::domain::session::TokenFacts;
use crate::domain::text::shown;
use crate::domain::token::Api;
use crate::domain::token::Capability;
use crate::domain::token::lacking;
use crate::service::Client;
use crate::wire::hunting;
use crate::wire::json;
use crate::wire::table::guarded;

/// Characters of a cell in a table on a terminal: the rest is in the other forms.
const WIDEST_CELL: usize = 60;

/// Runs the command.
pub fn run(flags: &SettingFlags, options: &HuntOptions) -> Result<(), CliError> {
    let query = query(options)?;
    if let Some(words) = hunt::too_long(&query) {
        return Err(CliError::usage(words).help("long lists can be asked for in parts"));
    }
    let prepared = caller::prepare(flags)?;
    block_on(unless_ended(async {
        let caller = Caller::sign_in(prepared).await?;
        let service = caller.client.service();
        may(&caller.token, service)?;
        let of = Service::of(service);
        if of.end.is_some() {
            let until = of.told(caller.service_now());
            output::say(&format!("hunting on {until}"));
        }
        // Sent once: a query that fails late has cost what it costs.
        match options.output {
            ListFormat::Json => {
                let document = caller.client.hunt_document(&query).await;
                let document = document.map_err(|unhunted| told(unhunted, &query))?;
                output::line(&json::one_harmless_line(&document))
            }
            ListFormat::Ndjson => as_they_come(&caller.client, &query).await,
            ListFormat::Table | ListFormat::Csv => {
                let findings = caller.client.hunt(&query).await;
                let findings = findings.map_err(|unhunted| told(unhunted, &query))?;
                tell_what_is_missing(findings.len(), findings.left_out());
                match options.output {
                    ListFormat::Csv => comma_separated(&findings),
                    _ => in_columns(&findings),
                }
            }
        }
    }))?
}

/// Each row as an object on a line, while more come in.
async fn as_they_come(client: &Client, query: &str) -> Result<(), CliError> {
    let mut found = 0;
    let mut left_out = (0, 0);
    let mut written = Ok(());
    let mut part = |rows: Findings| {
        found += rows.len();
        left_out = (left_out.0 + rows.left_out().0, rows.left_out().1);
        written = lines(&rows);
        match &written {
            Ok(()) => Ok(()),
            // Nobody reads on: no more is fetched.
            Err(_) => Err("nothing more is written".to_owned()),
        }
    };
    let last = client.hunt_in_parts(query, &mut part).await;
    // Where it failed, why nothing can be written comes first.
    let last = last.map(|last| part(last).unwrap_or_default());
    written?;
    last.map_err(|unhunted| told(unhunted, query))?;
    tell_what_is_missing(found, left_out);
    Ok(())
}

fn query(options: &HuntOptions) -> Result<String, CliError> {
    let query = match &options.query {
        Some(query) => query.clone(),
        None if io::stdin().is_terminal() => {
            return Err(CliError::usage("there is no query")
                .help("as an argument: `vigie hunt 'AlertInfo | take 10'`, or on standard input"));
        }
        None => {
            let mut query = String::new();
            // A bit more than may be sent: whoever pipes a disk is told so.
            let most = u64::try_from(hunt::LONGEST_QUERY).unwrap_or(u64::MAX);
            let read = io::stdin().take(most + 1).read_to_string(&mut query);
            read.map_err(|error| {
                CliError::usage(format!("standard input cannot be read as text ({error})"))
            })?;
            query
        }
    };
    if query.trim().is_empty() {
        return Err(CliError::usage("the query is empty"));
    }
    Ok(query)
}

/// Refused before anything is sent where the token says so itself.
fn may(token: &TokenFacts, service: Api) -> Result<(), CliError> {
    let Ok(token) = &token.decoded else {
        return Ok(());
    };
    let missing = lacking(Capability::Hunt, &token.granted(), service);
    if missing.is_empty() {
        return Ok(());
    }
    let names: Vec<String> = missing
        .iter()
        .map(|one| format!("`{}`", one.name(token.app_only())))
        .collect();
    let what = format!("nothing was sent: the token lacks {}", names.join(", "));
    Err(CliError::with_status(4, what).help(
        "have it granted to the application, then sign in again; `vigie token` shows what the token holds",
    ))
}

fn told(unhunted: Unhunted, query: &str) -> CliError {
    match unhunted {
        Unhunted::Failed(failure) => CliError::from(waiting(failure)),
        Unhunted::Refused(complaint) => {
            let error = CliError::failed(format!("the query was refused: {}", complaint.says()));
            pointed(&complaint, query)
                .into_iter()
                .fold(error, CliError::help)
        }
    }
}

/// A pause the service asked for is said: nothing is tried again by itself.
fn waiting(failure: Failure) -> Failure {
    match failure.retry_after {
        Some(wait) if failure.remedy.is_none() => {
            let words = format!(
                "the service takes queries again in {} s",
                wait.as_secs().max(1)
            );
            failure.with_remedy(words)
        }
        _ => failure,
    }
}

/// The line of the query with a mark below the place.
fn pointed(complaint: &Complaint, query: &str) -> Vec<String> {
    let Some(place) = complaint.place else {
        return Vec::new();
    };
    let line = query.lines().nth(place.line).unwrap_or_default();
    let before: String = line.chars().take(place.column).collect();
    let before = shown(&before).chars().count();
    vec![shown(line).into_owned(), format!("{}^", " ".repeat(before))]
}

fn tell_what_is_missing(found: usize, (rows, columns): (usize, usize)) {
    if found >= MOST_ROWS {
        let found = count(found, "row");
        output::say(&format!(
            "{found}, the most the service gives: there may be more"
        ));
    }
    for (left, what) in [(rows, "row"), (columns, "column")] {
        if left > 0 {
            let left = count(left, what);
            output::say(&format!("{left} left out: `-o json` prints all of it"));
        }
    }
}

fn names(findings: &Findings) -> Vec<String> {
    let columns = findings.columns().iter();
    columns
        .map(|column| column.name.shown_briefly().into_owned())
        .collect()
}

fn in_columns(findings: &Findings) -> Result<(), CliError> {
    let names = names(findings);
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let is_terminal = output::is_terminal();
    let rows: Vec<Vec<String>> = (0..findings.len())
        .map(|row| {
            let cells = 0..names.len();
            cells
                .map(|column| {
                    let cell = findings.cell(row, column);
                    if is_terminal {
                        let start: String = cell.chars().take(WIDEST_CELL).collect();
                        shown(&start).into_owned()
                    } else {
                        shown(cell).into_owned()
                    }
                })
                .collect()
        })
        .collect();
    output::table(&names, &rows)?;
    if findings.is_empty() {
        output::say("the query found nothing");
    }
    Ok(())
}

/// Each row as an object: numbers as numbers, all else as texts.
fn lines(findings: &Findings) -> Result<(), CliError> {
    for row in 0..findings.len() {
        output::line(&hunting::row_as_json(findings, row))?;
    }
    Ok(())
}

/// Values as the service sent them but for formulas.
fn comma_separated(findings: &Findings) -> Result<(), CliError> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let failed = |error: &dyn std::fmt::Display| {
        CliError::failed(format!("the rows cannot be written ({error})"))
    };
    let is_terminal = output::is_terminal();
    // CSV has no escapes: on a terminal its texts would be obeyed, in a file they are data.
    let as_read = |text: &str, kind: ColumnKind| {
        let text = match kind {
            ColumnKind::Number => text.to_owned(),
            ColumnKind::Text | ColumnKind::Time => guarded(text.to_owned()),
        };
        if is_terminal {
            shown(&text).into_owned()
        } else {
            text
        }
    };
    let columns = findings.columns();
    let names = columns
        .iter()
        .map(|column| as_read(column.name.original(), ColumnKind::Text));
    writer.write_record(names).map_err(|error| failed(&error))?;
    for row in 0..findings.len() {
        let cells = columns.iter().enumerate();
        let cells = cells.map(|(place, column)| as_read(findings.cell(row, place), column.kind));
        writer.write_record(cells).map_err(|error| failed(&error))?;
    }
    let bytes = writer.into_inner().map_err(|error| failed(&error))?;
    output::data(&String::from_utf8_lossy(&bytes))
}
