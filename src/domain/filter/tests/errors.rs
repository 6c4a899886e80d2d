//! What is said about a text that is no filter.

use crate::domain::filter::Query;
use crate::domain::filter::ast::Is;

#[test]
fn an_error_names_the_column_and_what_was_expected() {
    let severity = "a severity (informational, low, medium, high)";
    let cases = [
        ("new sev>=hgh", format!("column 10: expected {severity}, found \"hgh\", did you mean \"high\"?")),
        ("sev:high,x", format!("column 10: expected {severity}, found \"x\"")),
        ("sev: high", format!("column 5: expected {severity} without a blank before it")),
        ("sev:,high", format!("column 5: expected {severity}, found \",\"")),
        ("sev:/h/", format!("column 5: expected {severity}, found \"h\"")),
        ("sev>=low,high", "column 4: expected one severity after an order; a list goes after \":\"".to_owned()),
        ("status:nwe", "column 8: expected a status (new, inprogress, resolved), found \"nwe\"".to_owned()),
        ("is:overdue", "column 4: expected one of mine, unassigned, open, new, late, marked, found \"overdue\"".to_owned()),
        ("dve:fin", "column 1: expected a field, found \"dve\"; text goes into quotes".to_owned()),
        ("devic:fin", "column 1: expected a field, found \"devic\", did you mean \"device\"?".to_owned()),
        ("é ü Trojan:Win32/X", "column 5: expected a field, found \"Trojan\"; text goes into quotes".to_owned()),
        ("title>x", "column 6: expected \":\" or \"=\" after title, which has no order".to_owned()),
        (">=high", "column 1: expected a field before \">=\", without blanks; text goes into quotes".to_owned()),
        ("age<tomorrow", "column 5: expected a duration (30m, 2h, 7d), found \"tomorrow\"".to_owned()),
        ("age>2026-11-20", "column 5: expected a duration (30m, 2h, 7d), found \"2026-11-20\"".to_owned()),
        ("created>2026-13-01", "column 9: expected a time (2h, 7d, 2026-11-20, 2026-11-20T14:00), found \"2026-13-01\"".to_owned()),
        ("age<2h,3h", "column 7: expected one time only, found \",\"".to_owned()),
        ("a or or b", "column 6: expected a word, a field or a group before \"or\" and \"and\"; as a word it goes into quotes".to_owned()),
        ("or", "column 1: expected a word, a field or a group before \"or\" and \"and\"; as a word it goes into quotes".to_owned()),
        ("()", "column 2: expected a word, a field or a group, found \")\"".to_owned()),
        ("a) b", "column 2: found \")\" without a \"(\" before it; text goes into quotes".to_owned()),
        ("/usr/bin", "column 6: expected a blank after the pattern's closing slash, found \"b\"".to_owned()),
        ("\"a\"b", "column 4: expected a blank after the closing quote, found \"b\"".to_owned()),
        ("//", "column 1: expected a pattern between the slashes".to_owned()),
        ("/a(/", "column 1: expected a regular expression, found \"a(\"".to_owned()),
        ("x \"\"", "column 3: expected a text between the quotes".to_owned()),
        ("dev:x\u{1b}[2J sev:\u{1b}]0;\u{7}", format!("column 15: expected {severity}, found \"\\x1b]0;\\x07\"")),
    ];
    for (text, expected) in cases {
        let error = Query::parse(text).unwrap_err();
        assert_eq!(error.to_string(), expected, "{text:?}");
        assert!(!error.to_string().contains(char::is_control));
        assert!(!error.is_incomplete, "{text:?}");
    }
}

#[test]
fn what_ends_within_a_term_is_incomplete() {
    let cases = [
        (
            "sev>=",
            "column 6: expected a severity (informational, low, medium, high), found the end",
        ),
        (
            "sev:u",
            "column 5: expected a severity (informational, low, medium, high), found \"u\"",
        ),
        (
            "status:new,",
            "column 12: expected a status (new, inprogress, resolved), found the end",
        ),
        ("dev:", "column 5: expected a text, found the end"),
        (
            "a or",
            "column 5: expected a word, a field or a group, found the end",
        ),
        (
            "a and ",
            "column 7: expected a word, a field or a group, found the end",
        ),
        (
            "!",
            "column 2: expected a word, a field or a group, found the end",
        ),
        (
            "(a or b",
            "column 8: expected the \")\" that closes column 1, found the end",
        ),
        (
            "x \"abc",
            "column 7: expected the quote that closes column 3, found the end",
        ),
        (
            "x \"abc\\\"",
            "column 9: expected the quote that closes column 3, found the end",
        ),
        (
            "/ab",
            "column 4: expected the slash that closes column 1, found the end; a path goes into quotes",
        ),
        (
            "/ab\\",
            "column 5: expected the slash that closes column 1, found the end; a path goes into quotes",
        ),
        (
            "is:m",
            "column 4: expected one of mine, unassigned, open, new, late, marked, found \"m\"",
        ),
        (
            "age<2",
            "column 5: expected a duration (30m, 2h, 7d), found \"2\"",
        ),
        (
            "created>=2026-1",
            "column 10: expected a time (2h, 7d, 2026-11-20, 2026-11-20T14:00), found \"2026-1\"",
        ),
    ];
    for (text, expected) in cases {
        let error = Query::parse(text).unwrap_err();
        assert_eq!(error.to_string(), expected, "{text:?}");
        assert!(error.is_incomplete, "{text:?}");
    }
}

#[test]
fn what_cannot_be_asked_is_said_where_it_stands() {
    let unasked = [(Is::New, "nobody knows"), (Is::Marked, "no marks here")];
    for (text, expected) in [
        ("sev:high is:open,mark x", "column 18: no marks here"),
        ("(x or !is:\"new\") is:marked", "column 11: nobody knows"),
    ] {
        let error = Query::parse_without(text, &unasked).unwrap_err();
        assert_eq!(error.to_string(), expected);
        assert!(Query::parse(text).is_ok());
    }
    assert!(Query::parse_without("is:late,open marked", &unasked).is_ok());
}
