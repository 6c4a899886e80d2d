//! `vigie keys`: the key map in force.

use crate::app::help_text::names;
use crate::cli::arguments::SettingFlags;
use crate::cli::error::CliError;
use crate::cli::output;
use crate::cli::sign_in;
use crate::keymap::Keymap;
use crate::keymap::Scope;

/// Prints the map: for people, or as `docs/keys.md`.
pub fn run(flags: &SettingFlags, markdown: bool) -> Result<(), CliError> {
    let config = sign_in::load(flags)?;
    if markdown {
        return output::data(&page(&config.keymap));
    }
    let rows: Vec<Vec<String>> = config
        .keymap
        .rows()
        .map(|(binding, keys)| {
            vec![
                binding.scope.title().to_owned(),
                names(keys),
                binding.name.to_owned(),
                binding.says.to_owned(),
            ]
        })
        .collect();
    output::table(&["WHERE", "KEYS", "NAME", "WHAT"], &rows)
}

/// The page `docs/keys.md`.
pub fn page(keymap: &Keymap) -> String {
    let mut page = String::from(
        "# Keys\n\n\
         Made by `vigie keys --markdown`. The name is what the `[keys]` table of the \
         configuration file calls the action: `down = [\"j\", \"down\"]`.\n",
    );
    for scope in Scope::ALL {
        let title = scope.title();
        let mut characters = title.chars();
        let capital = characters
            .next()
            .map(|first| first.to_uppercase().to_string());
        let heading = format!("{}{}", capital.unwrap_or_default(), characters.as_str());
        page.push_str("\n## ");
        page.push_str(&heading);
        page.push_str("\n\n| keys | what | name |\n| --- | --- | --- |\n");
        for (binding, keys) in keymap.rows().filter(|(binding, _)| binding.scope == scope) {
            let keys: Vec<String> = keys.iter().map(|key| format!("`{key}`")).collect();
            let row = [
                keys.join(" "),
                binding.says.to_owned(),
                format!("`{}`", binding.name),
            ];
            page.push_str("| ");
            page.push_str(&row.join(" | "));
            page.push_str(" |\n");
        }
    }
    page
}
