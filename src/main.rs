//! The `vigie` program: sets up what must hold whatever happens, then does what
//! the command line says.

use std::io::Write;
use std::process::ExitCode;

use color_eyre::config::HookBuilder;

fn main() -> color_eyre::Result<ExitCode> {
    give_the_terminal_back_on_panic()?;
    #[cfg(unix)]
    keep_secrets_out_of_core_dumps();
    Ok(ExitCode::from(vigie::cli::run()))
}

fn give_the_terminal_back_on_panic() -> color_eyre::Result<()> {
    let (panics, errors) = HookBuilder::default()
        .panic_section("this is a mistake in vigie: please report it with the lines above")
        .into_hooks();
    errors.install()?;
    std::panic::set_hook(Box::new(move |panic| {
        vigie::runtime::terminal::give_back();
        let report = panics.panic_report(panic);
        writeln!(std::io::stderr(), "{report}").unwrap_or_default();
    }));
    Ok(())
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
