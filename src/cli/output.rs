//! The only place that prints: data to standard output, all else to standard error.

use std::io;
use std::io::ErrorKind;
use std::io::IsTerminal;
use std::io::Write;

use unicode_width::UnicodeWidthStr;

use crate::app::lines::Page;
use crate::app::lines::Tone;
use crate::app::lines::cut;
use crate::cli::error::CliError;
use crate::domain::text::shown;
use crate::runtime::emulator;
use crate::runtime::escapes;

/// Writes data to standard output.
pub fn data(text: &str) -> Result<(), CliError> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .map_err(|error| {
            if error.kind() == ErrorKind::BrokenPipe {
                CliError::pipe_closed()
            } else {
                CliError::failed(format!("standard output cannot be written ({error})"))
            }
        })
}

/// Writes one line of data.
pub fn line(text: &str) -> Result<(), CliError> {
    data(&format!("{text}\n"))
}

/// Tells a person something beside the data.
pub fn say(text: &str) {
    // Where standard error is closed, nobody wants to know.
    // Harmless already, or harmless now: names of files and profiles come here too.
    writeln!(io::stderr(), "{}", shown(text)).unwrap_or_default();
}

/// Asks a person something; the answer is typed behind it.
pub fn ask(text: &str) {
    let mut err = io::stderr();
    write!(err, "{} ", shown(text))
        .and_then(|()| err.flush())
        .unwrap_or_default();
}

/// Says what a person needs to sign in. The address stands on one line, however long: it
/// is to be copied whole.
pub fn prompt(page: &Page, address: Option<&str>) {
    let mut said_address = false;
    for line in &page.lines {
        let is_address = line
            .spans
            .first()
            .is_some_and(|span| span.tone == Tone::Link);
        match address {
            Some(address) if is_address && !said_address => {
                said_address = true;
                let link = if io::stderr().is_terminal() && shown(address) == address {
                    escapes::link(address, address)
                } else {
                    shown(address).into_owned()
                };
                writeln!(io::stderr(), "{link}").unwrap_or_default();
            }
            _ if is_address => {}
            _ => say(line.plain().trim_end()),
        }
    }
}

/// Hands a text to the clipboard of the terminal.
pub fn copy(text: &str) {
    let between = emulator::multiplexer(&|name: &str| std::env::var(name).ok());
    write!(io::stderr(), "{}", escapes::copy(text, between)).unwrap_or_default();
}

/// Prints an error with its remedy.
pub fn error(error: &CliError) {
    if error.status == 0 {
        return;
    }
    say(&format!("error: {}", error.what));
    for help in &error.help {
        say(&format!("help: {help}"));
    }
}

/// Prints what the command line parser says: help, version, or wrong usage.
pub fn usage(error: &clap::Error) -> u8 {
    error.print().unwrap_or_default();
    u8::try_from(error.exit_code()).unwrap_or(2)
}

/// True when a person reads standard output on a terminal.
pub fn is_terminal() -> bool {
    io::stdout().is_terminal()
}

/// Width for text: the terminal's, or enough for any line elsewhere.
pub fn width() -> usize {
    if !is_terminal() {
        return 200;
    }
    crossterm::terminal::size().map_or(80, |(width, _)| usize::from(width).clamp(20, 200))
}

/// Writes a page of text.
pub fn page(page: &Page) -> Result<(), CliError> {
    let mut text = String::new();
    for line in &page.lines {
        text.push_str(line.plain().trim_end());
        text.push('\n');
    }
    data(&text)
}

/// Writes rows in columns; the widest column gives way where a terminal is too narrow.
pub fn table(header: &[&str], rows: &[Vec<String>]) -> Result<(), CliError> {
    let mut widths: Vec<usize> = header.iter().map(|name| name.width()).collect();
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.width());
        }
    }
    if is_terminal() {
        let gaps = 2 * widths.len().saturating_sub(1);
        let excess = (widths.iter().sum::<usize>() + gaps).saturating_sub(width());
        if let Some(widest) = widths.iter_mut().max() {
            *widest = widest.saturating_sub(excess).max(8);
        }
    }
    let mut text = String::new();
    let names: Vec<String> = header.iter().map(|name| (*name).to_owned()).collect();
    for row in std::iter::once(&names).chain(rows) {
        let mut line = String::new();
        for (width, cell) in widths.iter().zip(row) {
            let cell = shown(cell);
            let cell = cut(&cell, *width);
            let padding = " ".repeat(width - cell.width() + 2);
            line.push_str(&cell);
            line.push_str(&padding);
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    data(&text)
}
