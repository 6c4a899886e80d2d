//! What happens when vigie itself is wrong: first the terminal is given back, then
//! the report is printed.

use std::io::Write;

use color_eyre::config::HookBuilder;

use crate::runtime::terminal;

/// Must be called before the terminal is taken.
pub fn give_the_terminal_back_first() -> color_eyre::Result<()> {
    let (panics, errors) = HookBuilder::default()
        .panic_section("this is a mistake in vigie: please report it with the lines above")
        .into_hooks();
    errors.install()?;
    std::panic::set_hook(Box::new(move |panic| {
        terminal::give_back();
        let report = panics.panic_report(panic);
        writeln!(std::io::stderr(), "{report}").unwrap_or_default();
    }));
    Ok(())
}
