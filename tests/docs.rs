//! Pages that are made from the program say what the program does.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a page that cannot be read has failed"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use clap::Command;
use clap::CommandFactory;
use vigie::app::calls::Allowed;
use vigie::app::palette::commands::COMMANDS;
use vigie::app::palette::commands::ELSEWHERE;
use vigie::app::palette::settings::SETTINGS;
use vigie::cli::arguments::Arguments;
use vigie::cli::keys;
use vigie::domain::decision::Disposition;
use vigie::domain::filter::field::FIELDS;
use vigie::domain::token::Api;
use vigie::keymap::BINDINGS;
use vigie::keymap::Keymap;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// `VIGIE_WRITE_DOCS=1 cargo test` writes the page anew.
#[test]
fn the_page_of_keys_is_what_the_table_says() {
    let page = keys::page(&Keymap::new(&BTreeMap::new()).unwrap());
    let path = root().join("docs/keys.md");
    if std::env::var_os("VIGIE_WRITE_DOCS").is_some() {
        fs::write(&path, &page).unwrap();
    }
    assert_eq!(fs::read_to_string(path).unwrap(), page);
}

#[test]
fn the_page_of_the_filter_has_every_field() {
    let page = fs::read_to_string(root().join("docs/filter.md")).unwrap();
    for row in FIELDS {
        let also: Vec<String> = row.also.iter().map(|name| format!("`{name}`")).collect();
        let start = format!("| `{}` | {}", row.name, also.join(", "));
        assert!(page.contains(&start), "no row `{start}`");
    }
}

#[test]
fn the_page_of_the_palette_has_every_command_and_setting() {
    let page = fs::read_to_string(root().join("docs/palette.md")).unwrap();
    let commands = COMMANDS.iter().map(|row| {
        let write = format!("{} {}", row.name, row.takes);
        format!("| `{}` | {} |", write.trim_end(), row.says)
    });
    let settings = SETTINGS
        .iter()
        .map(|row| format!("| `{}` | {} | {} |", row.name, row.takes, row.says));
    for row in commands.chain(settings) {
        assert!(page.contains(&row), "no row `{row}`");
    }
    for name in ELSEWHERE {
        assert!(page.contains(&format!("`{name}`")), "no `{name}`");
    }
}

#[test]
fn the_palette_knows_every_command_of_the_command_line() {
    let here = COMMANDS.iter().map(|row| row.name);
    let actions = BINDINGS.iter().map(|binding| binding.name);
    let known: Vec<&str> = here
        .chain(actions)
        .chain(ELSEWHERE.iter().copied())
        .collect();
    for command in Arguments::command().get_subcommands() {
        let name = command.get_name();
        let inner: Vec<&str> = command.get_subcommands().map(Command::get_name).collect();
        let is_known = |name: &str| known.contains(&name);
        assert!(is_known(name) || !inner.is_empty(), "no `{name}`");
        for inner in inner {
            assert!(is_known(&format!("{name} {inner}")), "no `{name} {inner}`");
        }
    }
}

#[test]
fn the_page_of_decisions_has_every_pair() {
    let page = fs::read_to_string(root().join("docs/triage.md")).unwrap();
    let rows: Vec<&str> = page
        .lines()
        .filter(|line| line.starts_with("| `"))
        .collect();
    let expected: Vec<String> = Disposition::ALL
        .into_iter()
        .map(|pair| {
            let also: Vec<String> = pair.spellings()[1..]
                .iter()
                .map(|word| format!("`{word}`"))
                .collect();
            let row = format!(
                "| `{}` | {} | `{}` | {} |",
                pair.classification(),
                pair.words(),
                pair.determination(),
                also.join(", ")
            );
            row.replace("|  |", "| |")
        })
        .collect();
    assert_eq!(rows, expected);
}

#[test]
fn every_dependency_has_a_sentence() {
    let manifest: toml::Table = fs::read_to_string(root().join("Cargo.toml"))
        .unwrap()
        .parse()
        .unwrap();
    let page = fs::read_to_string(root().join("docs/decisions/0002-dependencies.md")).unwrap();
    let platforms = manifest["target"].as_table().unwrap().values();
    let tables = platforms
        .map(|platform| &platform["dependencies"])
        .chain(["dependencies", "dev-dependencies"].map(|name| &manifest[name]));
    for name in tables.flat_map(|table| table.as_table().unwrap().keys()) {
        assert!(
            page.contains(&format!("`{name}`")),
            "no sentence on `{name}`"
        );
    }
}

#[test]
fn links_between_the_pages_lead_somewhere() {
    let mut pages = vec![root().join("README.md")];
    let mut folders = vec![root().join("docs")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                pages.push(path);
            }
        }
    }
    for page in pages {
        let text = fs::read_to_string(&page).unwrap();
        for link in text
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split(')').next())
        {
            let target = link.split('#').next().unwrap();
            if target.is_empty() || target.contains("://") {
                continue;
            }
            assert!(
                page.parent().unwrap().join(target).exists(),
                "{}: {link}",
                page.display()
            );
        }
    }
}

#[test]
fn the_page_of_the_services_has_the_calls_each_allows() {
    let page = fs::read_to_string(root().join("docs/services.md")).unwrap();
    let (defender, graph) = (Allowed::by(Api::Defender), Allowed::by(Api::Graph));
    for row in [
        format!(
            "| calls a minute | {} | {} |",
            defender.per_minute, graph.per_minute
        ),
        format!(
            "| calls an hour | {} | {} |",
            defender.per_hour, graph.per_hour
        ),
    ] {
        assert!(page.contains(&row), "no row `{row}`");
    }
}
