//! `vigie completions` and `vigie man`.

use clap::CommandFactory;
use clap_complete::Shell;

use crate::cli::arguments::Arguments;
use crate::cli::error::CliError;
use crate::cli::output;

/// Prints completions for a shell.
pub fn completions(shell: Shell) -> Result<(), CliError> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "vigie", &mut script);
    output::data(&String::from_utf8_lossy(&script))
}

/// Prints the manual page.
pub fn manual() -> Result<(), CliError> {
    let mut page = Vec::new();
    clap_mangen::Man::new(Arguments::command())
        .render(&mut page)
        .map_err(|error| CliError::failed(format!("the manual page cannot be made ({error})")))?;
    output::data(&String::from_utf8_lossy(&page))
}
