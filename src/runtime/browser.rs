//! Opens an address in the browser of this machine.

use std::process::Command;
use std::process::Stdio;

/// Shows `address` with the system's own opener; returns when that has taken it over.
///
/// Blocks as long as the opener runs, which may be as long as the browser does.
///
/// # Errors
/// A phrase for the person when there is no opener, or all of them failed.
pub fn open(address: &str) -> Result<(), String> {
    let mut why = "there is no program that opens addresses".to_owned();
    for mut opener in open::commands(address) {
        match run(&mut opener) {
            Ok(()) => return Ok(()),
            Err(reason) => why = reason,
        }
    }
    Err(why)
}

fn run(opener: &mut Command) -> Result<(), String> {
    let name = opener.get_program().to_string_lossy().into_owned();
    opener
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        // The browser and all it starts have no use for our secrets.
        .env_remove("VIGIE_PASSWORD")
        .env_remove("VIGIE_CLIENT_SECRET");
    #[cfg(unix)]
    {
        use std::os::unix::process::CommandExt;
        // A browser that was begun here outlives the terminal.
        opener.process_group(0);
    }
    match opener.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("`{name}` failed ({status})")),
        Err(error) => Err(format!("`{name}` cannot be run ({error})")),
    }
}
