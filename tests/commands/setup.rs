//! What needs no tenant: keys, completions, the manual page, help.

use crate::program::Home;

#[test]
fn the_keys_are_listed_for_people_and_as_a_page() {
    let home = Home::new();
    let table = home.run(&["keys"]).data();
    let header = table.lines().next().unwrap();
    assert!(header.starts_with("WHERE "), "{header}");
    let page = home.run(&["keys", "--markdown"]).data();
    assert!(page.starts_with("# Keys\n"), "{page}");
    // The name of every action stands in both.
    for line in table.lines().skip(1) {
        let found = page.lines().any(|row| {
            let name = row.rsplit('`').nth(1).unwrap_or_default();
            !name.is_empty() && line.split(' ').any(|word| word == name)
        });
        assert!(found, "{line}");
    }
}

#[test]
fn the_keys_are_those_in_force() {
    let home = Home::new();
    home.configure("[keys]\ndown = [\"ctrl-n\"]\n");
    let table = home.run(&["keys"]).data();
    let mut lines = table.lines();
    let down = lines.find(|line| line.split(' ').any(|word| word == "down"));
    assert!(down.unwrap().contains("ctrl-n"), "{table}");
    home.configure("[keys]\ndwon = [\"e\"]\n");
    let lines = home.run(&["keys"]).failure(2);
    assert!(lines[0].contains("`dwon`"), "{lines:?}");
}

#[test]
fn every_shell_gets_its_completions() {
    let home = Home::new();
    for (shell, words) in [
        ("bash", "complete -F _vigie"),
        ("zsh", "#compdef vigie"),
        ("fish", "complete -c vigie"),
    ] {
        let script = home.run(&["completions", shell]).data();
        assert!(script.contains(words), "{shell}");
        assert!(script.contains("client-id"), "{shell}");
    }
    home.run(&["completions", "clay"]).failure(2);
}

#[test]
fn the_manual_page_is_roff() {
    let page = Home::new().run(&["man"]).data();
    assert!(page.contains(".TH vigie 1"), "{page}");
    assert!(
        page.contains(".SH NAME") && page.contains("alerts"),
        "{page}"
    );
}

#[test]
fn help_and_version_are_data() {
    let home = Home::new();
    let help = home.run(&["--help"]).data();
    for command in [
        "demo",
        "simulate",
        "token",
        "alerts",
        "watch",
        "keys",
        "config",
        "doctor",
        "completions",
        "man",
    ] {
        assert!(help.contains(command), "{command}");
    }
    let version = home.run(&["--version"]).data();
    let expected = concat!("vigie ", env!("CARGO_PKG_VERSION"), "\n");
    assert_eq!(version, expected);
}

#[test]
fn a_dashboard_without_a_terminal_says_what_to_use() {
    for arguments in [&["demo"][..], &["--tenant", "t"]] {
        let lines = Home::new().run(arguments).failure(1);
        assert!(lines[0].starts_with("error: "), "{lines:?}");
        assert!(lines[1].contains("`vigie alerts list`"), "{lines:?}");
    }
}
