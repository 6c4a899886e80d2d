//! Made-up sources: the check has to bite the guilty and leave the innocent alone.

use crate::offences;
use crate::strays;

#[test]
fn an_offence_is_named_with_its_line() {
    let cases = [
        ("src/app/x.rs", "use std::fmt;", ":1: does not open with"),
        ("tests/x.rs", "", ":1: does not open with"),
        (
            "src/app/x.rs",
            "//!\nuse crate::{a, b};",
            ":2: groups imports",
        ),
        (
            "src/cli/x.rs",
            "//!\nuse crate::app::{A, B};",
            ":2: groups imports",
        ),
        (
            "src/domain/x.rs",
            "//!\nuse crate::app::State;",
            ":2: `domain` must not import `app`",
        ),
        (
            "src/domain/x.rs",
            "//!\nfn f(_: &crate::wire::X) {}",
            ":2: `domain` must not import `wire`",
        ),
        (
            "src/theme.rs",
            "//!\nuse crate::keymap::Key;",
            ":2: `theme` must not import `keymap`",
        ),
        (
            "src/sim/a/b.rs",
            "//!\nuse crate::wire::X;",
            ":2: `sim` must not import `wire`",
        ),
        (
            "src/service/x.rs",
            "//!\nuse crate::app::X;",
            ":2: `service` must not import `app`",
        ),
        (
            "src/app/mod.rs",
            "//!\nuse super::view::draw;",
            ":2: `app` must not import `view`",
        ),
        (
            "src/app/x.rs",
            "//!\nuse super::super::view::draw;",
            ":2: `app` must not import `view`",
        ),
        (
            "src/app/x.rs",
            "//!\nuse crate::*;",
            ":2: `app` imports from `crate` without",
        ),
        (
            "src/app/x.rs",
            "//!\nasync fn f() {}",
            ":2: is pure and has `async fn`",
        ),
        (
            "src/view/x.rs",
            "//!\nlet now = Instant::now();",
            ":2: is pure and has `Instant::now`",
        ),
        (
            "src/wire/x.rs",
            "//!\n    eprintln!();",
            ":2: is pure and has `println!`",
        ),
        (
            "src/cli/x.rs",
            "//!\nthread::sleep(x);",
            ":2: waits by the clock",
        ),
        (
            "src/sim/world.rs",
            "//!\ntokio::time::sleep(x);",
            ":2: waits by the clock",
        ),
        (
            "tests/x.rs",
            "//!\ntokio::time::sleep(x);",
            ":2: waits by the clock",
        ),
        (
            "src/runtime/x.rs",
            "//!\n#[ignore = \"slow\"]",
            ":2: ignores a test",
        ),
        (
            "src/misc/x.rs",
            "//!",
            ":1: belongs to `misc`, which has no row",
        ),
    ];
    bite(&cases);
}

#[test]
fn code_after_what_is_not_code_is_read() {
    let cases = [
        (
            "src/app/x.rs",
            "//!\n/* /* */ */ use crate::view::X;",
            ":2: `app` must not",
        ),
        (
            "src/app/x.rs",
            "//!\nf(r#\"\"\"#, '\"', b\"\\\"\"); crate::view::x();",
            ":2: `app` must not",
        ),
        (
            "src/app/x.rs",
            "//!\nfn f<'a>(_: &'a crate::view::X) {}",
            ":2: `app` must not",
        ),
        (
            "src/app/mod.rs",
            "//!\n#[cfg(test)]\nmod tests;\n\nuse crate::view::X;",
            ":5: `app` must not",
        ),
    ];
    bite(&cases);
}

#[test]
fn a_stray_file_is_named() {
    let names = ["notes.txt", "src", ".gitignore", "Cargo.toml"].map(str::to_owned);
    let stray = "notes.txt: does not belong at the top of the repository";
    assert_eq!(strays(names.into_iter()), [stray]);
}

#[test]
fn the_innocent_are_left_alone() {
    let cases = [
        (
            "src/app/x.rs",
            "//!\nuse crate::domain::alert::Alert;\nuse super::state::State;",
        ),
        (
            "src/domain/token/x.rs",
            "//!\nuse super::super::alert::Alert;",
        ),
        (
            "src/domain/x.rs",
            "//! See crate::app and tokio::.\n// crate::app println!\n/* crate::app */",
        ),
        (
            "src/domain/x.rs",
            "//!\nlet a = \"crate::app println!\";\nlet b = r##\"crate::app \"# \"##;",
        ),
        (
            "src/domain/x.rs",
            "//!\nlet a = \"\\\\\"; let b = '\\''; let c = r#type; // tokio::",
        ),
        ("src/domain/x.rs", "//!\nlet a = \"one\n  crate::app\";"),
        (
            "src/sim/x.rs",
            "//!\n#[cfg(test)]\n#[expect(unused)]\nmod tests {\n    use crate::wire::X;\n}",
        ),
        (
            "src/domain/token/tests/x.rs",
            "//!\nuse crate::app::X;\nprintln!();",
        ),
        ("src/config/tests.rs", "//!\nuse crate::app::X;"),
        ("src/cli/x.rs", "//!\nuse crate::app::X;\nprintln!();"),
        ("src/sim/server/x.rs", "//!\ntokio::time::sleep(x);"),
        ("src/runtime/x.rs", "//!\ntokio::time::sleep_until(x);"),
        ("src/main.rs", "//!\nvigie::cli::run();"),
        ("tests/x.rs", "//!\nuse vigie::app::State;"),
    ];
    for (path, text) in cases {
        assert_eq!(offences(path, text), Vec::<String>::new(), "{path}: {text}");
    }
}

fn bite(cases: &[(&str, &str, &str)]) {
    for (path, text, expected) in cases {
        let found = offences(path, text);
        let expected = format!("{path}{expected}");
        let named = found.iter().any(|found| found.starts_with(&expected));
        assert!(named, "{expected}: {found:#?}");
    }
}
