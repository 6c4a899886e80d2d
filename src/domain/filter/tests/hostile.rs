//! Texts that nobody means well with: answered quickly, without a panic.

use crate::domain::filter::Query;

fn refused(text: &str) -> String {
    let error = Query::parse(text).unwrap_err().to_string();
    assert!(error.len() < 300, "{error}");
    assert!(!error.contains(char::is_control), "{error:?}");
    error
}

#[test]
fn what_is_too_much_is_refused() {
    for text in [
        "x", "é", "x ", "(", "!", "\"", "/", "sev:", "dev:x,", "\u{1b}",
    ] {
        let error = refused(&text.repeat(1_000_000 / text.len()));
        assert!(error.contains("at most 16384 bytes"), "{error}");
    }
    let deep = format!("{}x{}", "(".repeat(5_000), ")".repeat(5_000));
    assert_eq!(
        refused(&deep),
        "column 34: expected at most 32 groups within each other"
    );
    assert!(refused(&"!(".repeat(200)).contains("at most 32 groups"));
    assert!(refused(&"!".repeat(200)).contains("at most 32 groups"));
    assert!(refused(&"x ".repeat(501)).contains("at most 500 terms"));
    assert!(refused(&format!("dev:{}", "x,".repeat(600))).contains("at most 500 terms"));
    assert!(refused(&"*a".repeat(101)).contains("at most 200 characters"));
    let deep = format!("{}x{}", "(".repeat(32), ")".repeat(32));
    assert!(Query::parse(&deep).is_ok());
}

#[test]
fn patterns_are_bounded() {
    for pattern in [
        "a{100000}",
        "((a{100}){100}){100}",
        "(((((((",
        "[z-a]",
        "\\",
        "(?<x",
        "\\p{Greek}",
    ] {
        refused(&format!("/{pattern}/ x"));
    }
    assert!(Query::parse(&format!("/{}a{}/", "(".repeat(2_000), ")".repeat(2_000))).is_err());
}

#[test]
fn random_bytes_are_a_filter_or_an_error() {
    const PIECES: [&str; 34] = [
        "sev",
        "status",
        "is",
        "dev",
        "age",
        "created",
        "inc",
        "or",
        "and",
        ":",
        ">=",
        "<",
        "=",
        "!=",
        "!",
        "(",
        ")",
        "\"",
        "/",
        "\\",
        ",",
        "*",
        "?",
        " ",
        "high",
        "new",
        "2h",
        "2026-11-20",
        "T14:00Z",
        "é",
        "\u{1b}",
        "\u{202e}",
        "x",
        "[",
    ];
    let mut dice = fastrand::Rng::with_seed(7);
    let mut filters = 0;
    for round in 0..40_000 {
        let length = dice.usize(0..24);
        let text: String = if round % 2 == 0 {
            (0..length)
                .map(|_| {
                    PIECES
                        .get(dice.usize(0..PIECES.len()))
                        .copied()
                        .unwrap_or_default()
                })
                .collect()
        } else {
            let bytes: Vec<u8> = (0..length).map(|_| dice.u8(..)).collect();
            String::from_utf8_lossy(&bytes).into_owned()
        };
        match Query::parse(&text) {
            Ok(query) => {
                filters += 1;
                let printed = query.to_string();
                assert_eq!(
                    Query::parse(&printed).as_ref(),
                    Ok(&query),
                    "{text:?} {printed:?}"
                );
            }
            Err(error) => {
                assert!(
                    (1..=text.chars().count() + 1).contains(&error.column),
                    "{text:?}"
                );
                assert!(!error.to_string().contains(char::is_control), "{text:?}");
            }
        }
    }
    assert!(filters > 4_000, "{filters}");
}
