//! Escape sequences of every family, through the whole program to the bytes that
//! leave for the terminal.

use serde_json::json;
use vigie::sim::Endpoint;
use vigie::sim::Fault;
use vigie::sim::Options;
use vigie::sim::Population;

use crate::operator::Operator;

/// One of each family, and what must be readable on screen instead.
const ATTACKS: [&str; 14] = [
    // Finals that our own backend never writes: a leak cannot hide among its bytes.
    "\u{1b}[6n\u{1b}[5i\u{1b}[c\u{1b}[3q",
    "\u{1b}c\u{1b}7\u{1b}(0\u{1b}#8",
    "\u{1b}[2J\u{1b}[1;1H\u{1b}[31mall clear",
    "\u{1b}]8;;https://evil.example\u{7}click\u{1b}]8;;\u{7}",
    "\u{1b}]52;c;ZXZpbA==\u{7}",
    "\u{1b}]0;owned\u{1b}\\",
    "\u{1b}P1$r0m\u{1b}\\",
    "\u{1b}_Gi=1;AAAA\u{1b}\\",
    "\u{1b}^pm\u{1b}\\",
    "\u{9b}2J\u{9d}0;t\u{9c}\u{90}q\u{9c}",
    "\u{7}\u{8}\u{c}\u{e}\u{f}\r\n\u{7f}",
    "gpj.\u{202e}exe\u{2066}x\u{2069}",
    "pay\u{200b}pal\u{feff}\u{ad}\u{2060}",
    "\u{e0041}\u{e0042} tags \u{fff9}x\u{fffb}",
];

fn bodies() -> Vec<String> {
    ATTACKS
        .iter()
        .enumerate()
        .map(|(number, attack)| {
            json!({
                "id": format!("a{number}{attack}"),
                "title": format!("title {attack}"),
                "severity": format!("High{attack}"),
                "status": format!("New{attack}"),
                "category": attack,
                "computerDnsName": attack,
                "assignedTo": attack,
                "incidentId": attack,
                "description": format!("first\n{attack}\n\nlast"),
                "recommendedAction": attack,
                "detectionSource": attack,
                "classification": attack,
                "mitreTechniques": [attack],
                "relatedUser": {"userName": attack, "domainName": attack},
                "alertCreationTime": "2026-11-22T13:00:00Z",
                "lastUpdateTime": "2026-11-22T13:00:00Z",
                "comments": [{"comment": attack, "createdBy": attack, "createdTime": attack}],
                "evidence": [
                    {"entityType": "Process", "fileName": attack, "processId": attack, "processCommandLine": attack},
                    {"entityType": attack, (*attack): attack},
                ],
            })
            .to_string()
        })
        .collect()
}

/// What the sign-in service says is no more to be trusted.
#[test]
fn no_attack_comes_by_way_of_an_error() {
    for attack in ATTACKS {
        let mut operator = Operator::at(100, 30, Operator::quiet(3));
        let refusal = json!({"error": "invalid_grant", "error_description": attack, "correlation_id": attack});
        let fault = |body: String| Fault::Status {
            code: 400,
            headers: Vec::new(),
            body,
        };
        operator
            .script()
            .next(Endpoint::Token, fault(refusal.to_string()));
        operator.starts().press("t L esc R");
        let refusal = json!({"error": {"code": attack, "message": attack}});
        operator
            .script()
            .always(Endpoint::Alerts, Some(fault(refusal.to_string())));
        operator.press("R L esc");
        check(&operator.bytes());
    }
}

#[test]
fn no_attack_reaches_the_terminal_from_any_pane() {
    for (width, height) in [(200, 60), (120, 40), (80, 24), (40, 12)] {
        let mut operator = Operator::at(
            width,
            height,
            Options {
                population: Population::Verbatim(bodies()),
                ..Operator::quiet(0)
            },
        );
        operator.starts().rests();
        assert_eq!(operator.state.book.counts().all, ATTACKS.len());
        for _ in ATTACKS {
            operator.press("enter").rests().press("ctrl-d G d G d q j");
        }
        operator.press("t G t L G esc / evil enter ?");
        let bytes = operator.bytes();
        check(&bytes);
        // A tail of an attack may be read, as harmless text.
        assert!(String::from_utf8_lossy(&bytes).contains("\\x1b"));
    }
}

/// Every escape in `bytes` is one of our own backend's, and nothing else is hostile.
fn check(bytes: &[u8]) {
    let text = std::str::from_utf8(bytes).unwrap();
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match character {
            '\u{1b}' => {
                assert_eq!(characters.next(), Some('['), "an escape that is no CSI");
                let last = characters.by_ref().find(char::is_ascii_alphabetic);
                let ours = "mHGCDABEFdKXJhlrSTL";
                assert!(last.is_some_and(|last| ours.contains(last)), "CSI {last:?}");
            }
            // Ours for going to the start of a line and down.
            '\r' | '\n' | '\u{8}' => {}
            other => assert!(
                !vigie::domain::text::is_hostile(other),
                "{other:?} left for the terminal"
            ),
        }
    }
    assert!(!text.contains("\u{1b}[31mall"), "a colour of an attacker");
}
