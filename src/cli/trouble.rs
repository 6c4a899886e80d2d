//! A configuration that became unusable while the program runs, as it is told there.

use std::path::Path;

use crate::app::reread::Trouble;
use crate::cli::arguments::SettingFlags;
use crate::cli::sign_in;
use crate::config;
use crate::config::ConfigError;
use crate::domain::text::shown;

/// What is wrong in one sentence, and the line of the file with a mark below it.
pub fn told(error: &ConfigError, flags: &SettingFlags) -> Trouble {
    let named = error.file().map(Path::to_owned);
    let path = named.or_else(|| config::path(&flags.flags(), &sign_in::variable).ok());
    let text = path.and_then(|path| std::fs::read_to_string(path).ok());
    of(error, &text.unwrap_or_default())
}

fn of(error: &ConfigError, text: &str) -> Trouble {
    let mut sentence = error.to_string();
    let pointer = config::pointer(error, text);
    if let Some(pointer) = &pointer
        && !sentence.contains(" line ")
    {
        sentence = format!("line {}: {sentence}", pointer.line);
    }
    if let Some(remedy) = error.remedy() {
        sentence = format!("{sentence}; {remedy}");
    }
    Trouble {
        sentence: shown(&sentence).into_owned(),
        pointer: pointer.map_or_else(Vec::new, |pointer| pointer.shown),
    }
}
