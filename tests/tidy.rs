//! Reads the sources and refuses what the house style forbids.
//!
//! Sees code only: comments and literals are blanked first. Knows no types, so a
//! renamed import can still hide something; it guards against slips, not malice.

#![expect(
    clippy::unwrap_used,
    reason = "a check that cannot read the sources has failed"
)]

use std::fs;
use std::path::Path;

use code::blanked;

#[path = "tidy/cases.rs"]
mod cases;
#[path = "tidy/code.rs"]
mod code;

/// What each module may import of this crate, besides itself. `None`: anything.
const IMPORTS: &[(&str, Option<&[&str]>)] = &[
    ("domain", Some(&[])),
    ("wire", Some(&["domain"])),
    ("keymap", Some(&[])),
    ("theme", Some(&["domain"])),
    ("app", Some(&["domain", "keymap", "wire"])),
    ("view", Some(&["app", "domain", "keymap", "theme"])),
    ("service", Some(&["domain", "wire"])),
    ("ledger", Some(&["domain"])),
    (
        "runtime",
        Some(&[
            "app", "view", "service", "domain", "keymap", "ledger", "theme", "wire", "clock",
        ]),
    ),
    // Two sides that share a struct also share its mistakes.
    ("sim", Some(&[])),
    ("config", Some(&["domain", "keymap", "theme"])),
    ("clock", Some(&["domain"])),
    ("logging", Some(&[])),
    ("cli", None),
    ("main", None),
    ("lib", None),
];

/// Neither input nor output, neither waiting nor clock.
const PURE: [&str; 6] = ["domain", "wire", "keymap", "theme", "app", "view"];

const IMPURE: [&str; 11] = [
    "async fn",
    "tokio::",
    "std::fs",
    "std::net",
    "std::env",
    "Instant::now",
    "SystemTime::now",
    "Timestamp::now",
    "Zoned::now",
    "tracing::",
    "println!",
];

/// A test that sleeps has missed an event; a test that is ignored tests nothing.
const SLEEPS: [&str; 2] = ["thread::sleep", "time::sleep"];
const IGNORED: &str = "#[ignore";

/// The delays of the simulator's faults, and the one timer of the program.
const MAY_SLEEP: [&str; 2] = ["src/sim/server", "src/runtime"];

/// Beside hidden files.
const TOP_LEVEL: [&str; 8] = [
    "Cargo.toml",
    "Cargo.lock",
    "src",
    "tests",
    "docs",
    "README.md",
    "LICENSE",
    "target",
];

#[test]
fn the_sources_are_tidy() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for folder in ["src", "tests"] {
        collect(&root.join(folder), folder, &mut files);
    }
    assert!(!files.is_empty(), "found no source to read");
    let mut offences: Vec<String> = files
        .iter()
        .flat_map(|(path, text)| offences(path, text))
        .collect();
    let entries = fs::read_dir(root).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned());
    offences.extend(strays(names));
    assert!(offences.is_empty(), "\n{}", offences.join("\n"));
}

/// Every Rust file below a folder, with its path from the root, in order.
fn collect(folder: &Path, name: &str, files: &mut Vec<(String, String)>) {
    let entries = fs::read_dir(folder).unwrap();
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        let name = format!("{name}/{}", path.file_name().unwrap().to_string_lossy());
        if path.is_dir() {
            collect(&path, &name, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push((name, fs::read_to_string(&path).unwrap()));
        }
    }
}

fn strays(names: impl Iterator<Item = String>) -> Vec<String> {
    names
        .filter(|name| !name.starts_with('.') && !TOP_LEVEL.contains(&name.as_str()))
        .map(|name| format!("{name}: does not belong at the top of the repository"))
        .collect()
}

/// Everything wrong with one file, each with its line.
fn offences(path: &str, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    if !text.starts_with("//!") {
        found.push((1, "does not open with a `//!` line".to_owned()));
    }
    let code = blanked(text);
    let lines: Vec<&str> = code.lines().collect();
    for (line, code) in (1..).zip(&lines) {
        if code.contains("use crate::") && code.contains('{') {
            found.push((line, "groups imports: one line for each".to_owned()));
        }
        if code.contains(IGNORED) {
            found.push((line, "ignores a test".to_owned()));
        }
        let may_sleep = MAY_SLEEP.iter().any(|allowed| path.starts_with(allowed));
        for word in SLEEPS {
            if has_word(code, word) && !may_sleep {
                found.push((line, format!("waits by the clock: `{word}`")));
            }
        }
    }
    if let Some(parts) = module_path(path) {
        let module = parts.first().map_or("", String::as_str);
        let product = lines.get(..product_end(&lines)).unwrap_or_default();
        for (line, code) in (1..).zip(product) {
            for word in IMPURE {
                if PURE.contains(&module) && code.contains(word) {
                    found.push((line, format!("is pure and has `{word}`")));
                }
            }
            for imported in imports(code, parts.len()) {
                if let Some(offence) = forbidden(module, &imported) {
                    found.push((line, offence));
                }
            }
        }
        if IMPORTS.iter().all(|(known, _)| *known != module) {
            let offence = format!("belongs to `{module}`, which has no row in {}", file!());
            found.push((1, offence));
        }
    }
    found.sort();
    found
        .into_iter()
        .map(|(line, offence)| format!("{path}:{line}: {offence}"))
        .collect()
}

/// The modules a file of the product stands for, outermost first; none for files
/// that are tests altogether.
fn module_path(path: &str) -> Option<Vec<String>> {
    let inside = path.strip_prefix("src/")?.strip_suffix(".rs")?;
    let mut parts: Vec<String> = inside.split('/').map(str::to_owned).collect();
    if parts.last().is_some_and(|last| last == "mod") {
        parts.pop();
    }
    let is_test = parts.iter().any(|part| part == "tests");
    (!is_test).then_some(parts)
}

/// The line where the file's own tests begin: a `#[cfg(test)]` on a module with a
/// body. One on a `mod tests;` line is followed by more of the product.
fn product_end(lines: &[&str]) -> usize {
    for (index, line) in lines.iter().enumerate() {
        let mut after = lines.iter().skip(index + 1).map(|line| line.trim());
        let next = after.find(|line| !line.is_empty() && !line.starts_with("#["));
        let begins = next.is_some_and(|next| next.contains("mod ") && next.ends_with('{'));
        if line.trim() == "#[cfg(test)]" && begins {
            return index;
        }
    }
    lines.len()
}

/// The first word after each `crate::`, and the same for a `super::` that climbs
/// out of a module which is `depth` modules deep.
fn imports(code: &str, depth: usize) -> Vec<String> {
    let word = |letter: char| letter.is_alphanumeric() || letter == '_';
    let first = |rest: &str| rest.chars().take_while(|letter| word(*letter)).collect();
    let mut found: Vec<String> = Vec::new();
    for (start, path) in code.match_indices("crate::") {
        if !code.get(..start).unwrap_or_default().ends_with(word) {
            found.push(first(code.get(start + path.len()..).unwrap_or_default()));
        }
    }
    let climb = "super::".repeat(depth);
    for (start, path) in code.match_indices(&climb) {
        let before = code.get(..start).unwrap_or_default();
        let after = code.get(start + path.len()..).unwrap_or_default();
        if !before.ends_with(word) && !before.ends_with("super::") {
            found.push(first(after.trim_start_matches("super::")));
        }
    }
    found
}

/// `runtime::sleeper` is no `time::sleep`.
fn has_word(code: &str, word: &str) -> bool {
    let inside_a_name = |character: char| character.is_alphanumeric() || character == '_';
    code.match_indices(word).any(|(at, _)| {
        let before = code.get(..at).unwrap_or_default();
        !before.ends_with(inside_a_name)
    })
}

fn forbidden(module: &str, imported: &str) -> Option<String> {
    let (_, allowed) = IMPORTS.iter().find(|(known, _)| *known == module)?;
    let allowed = (*allowed)?;
    if imported == module || allowed.contains(&imported) {
        return None;
    }
    Some(match imported {
        "" => format!("`{module}` imports from `crate` without naming a module"),
        _ => format!("`{module}` must not import `{imported}`"),
    })
}
