//! The `vigie` program: sets up what must hold whatever happens, then does what
//! the command line says.

use std::process::ExitCode;

use vigie::cli;

fn main() -> color_eyre::Result<ExitCode> {
    cli::panics::give_the_terminal_back_first()?;
    #[cfg(unix)]
    keep_secrets_out_of_core_dumps();
    Ok(ExitCode::from(cli::run()))
}

/// Memory holds tokens while we run; a core dump would write them to disk.
#[cfg(unix)]
fn keep_secrets_out_of_core_dumps() {
    use rustix::process::Resource;
    use rustix::process::Rlimit;
    use rustix::process::setrlimit;
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    // Lowering a limit is always allowed.
    setrlimit(Resource::Core, none).unwrap_or_default();
}
