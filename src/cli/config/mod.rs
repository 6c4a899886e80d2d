//! `vigie config`: writes ([`init`]), finds and shows the configuration.

pub mod init;
pub mod questions;
pub mod registration;

use crate::cli::arguments::ConfigCommand;
use crate::cli::arguments::SettingFlags;
use crate::cli::error::CliError;
use crate::cli::output;
use crate::cli::sign_in;
use crate::config;
use crate::config::Config;

/// Runs the command.
pub fn run(flags: &SettingFlags, command: &ConfigCommand) -> Result<(), CliError> {
    let flags = flags.flags();
    match command {
        ConfigCommand::Path => {
            let path = config::path(&flags, &sign_in::variable)?;
            output::line(&path.display().to_string())
        }
        ConfigCommand::Init(options) => init::run(flags, options),
        ConfigCommand::Show => {
            let config = Config::load(&flags, &sign_in::variable)?;
            let found = if config.file_found {
                ""
            } else {
                " (not there)"
            };
            output::say(&format!("file: {}{found}", config.path.display()));
            let rows: Vec<Vec<String>> = config
                .rows()
                .into_iter()
                .map(|row| vec![row.name, row.value, row.origin.to_string()])
                .collect();
            output::table(&["SETTING", "VALUE", "FROM"], &rows)
        }
    }
}
