//! What a text means, told by its canonical form.

use crate::domain::alert::Severity;
use crate::domain::filter::Query;
use crate::domain::filter::ast::Compare;
use crate::domain::filter::ast::Is;
use crate::domain::filter::ast::Match;
use crate::domain::filter::ast::Node;
use crate::domain::filter::ast::Term;
use crate::domain::filter::field::Field;

use super::query;

fn word(text: &str) -> Node {
    Node::Term(Term::Word(Match::Contains(text.to_owned())))
}

#[test]
fn the_empty_filter_is_empty() {
    for text in ["", "  ", "\t\n"] {
        assert_eq!(query(text), Query::default());
        assert!(query(text).is_empty());
    }
}

#[test]
fn and_binds_tighter_than_or() {
    let expected = Node::Any(vec![Node::All(vec![word("a"), word("b")]), word("c")]);
    for text in [
        "a b or c",
        "a and b OR c",
        "(a b) or (c)",
        "((a and b or c))",
    ] {
        assert_eq!(*query(text).root(), expected, "{text}");
    }
    let expected = Node::All(vec![word("a"), Node::Any(vec![word("b"), word("c")])]);
    assert_eq!(*query("a (b or c)").root(), expected);
}

#[test]
fn a_term_is_what_it_looks_like() {
    let text = |field, any: &[Match]| Term::Text {
        field,
        any: any.to_vec(),
    };
    let glob = |text: &str| Match::Glob(text.to_owned());
    let contains = |text: &str| Match::Contains(text.to_owned());
    let exact = |text: &str| Match::Exact(text.to_owned());
    let regex = |text: &str| Match::Regex(text.to_owned());
    let cases = [
        ("powershell", Term::Word(contains("powershell"))),
        ("a,b", Term::Word(contains("a,b"))),
        ("10.0.0.1:443", Term::Word(contains("10.0.0.1:443"))),
        ("corp\\svc", Term::Word(contains("corp\\svc"))),
        ("FIN*", Term::Word(glob("FIN*"))),
        ("\"FIN*\"", Term::Word(contains("FIN*"))),
        ("\"or\"", Term::Word(contains("or"))),
        (
            "\"say \\\"x\\\" C:\\temp \\\\\"",
            Term::Word(contains("say \"x\" C:\\temp \\")),
        ),
        ("/ps(exec)?/", Term::Word(regex("ps(exec)?"))),
        ("/a\\/b c\\d/", Term::Word(regex("a/b c\\d"))),
        (
            "dev:FIN*,hr",
            text(Field::Device, &[glob("FIN*"), contains("hr")]),
        ),
        (
            "host:/^fin, hr/,x",
            text(Field::Device, &[regex("^fin, hr"), contains("x")]),
        ),
        ("DEVICE=FIN*", text(Field::Device, &[exact("FIN*")])),
        (
            "own=\"a b\",c",
            text(Field::Owner, &[exact("a b"), exact("c")]),
        ),
        ("user:\"\"", text(Field::User, &[contains("")])),
        ("title:=x", text(Field::Title, &[contains("=x")])),
        ("inc:12", text(Field::Incident, &[exact("12")])),
        ("inc:1*", text(Field::Incident, &[glob("1*")])),
        ("is:unassigned,mi", Term::Is(vec![Is::Unassigned, Is::Mine])),
        ("is:la,ma", Term::Is(vec![Is::Late, Is::Marked])),
        (
            "sev>=med",
            Term::Severity {
                compare: Compare::AtLeast,
                any: vec![Severity::Medium],
            },
        ),
        (
            "severity:h,LOW,high,info",
            Term::Severity {
                compare: Compare::Equal,
                any: vec![Severity::High, Severity::Low, Severity::Informational],
            },
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(*query(text).root(), Node::Term(expected), "{text}");
    }
}

#[test]
fn negation_is_of_what_follows() {
    let not = |node| Node::Not(Box::new(node));
    assert_eq!(
        *query("!a b").root(),
        Node::All(vec![not(word("a")), word("b")])
    );
    assert_eq!(
        *query("!(a b)").root(),
        not(Node::All(vec![word("a"), word("b")]))
    );
    assert_eq!(*query("!!a").root(), not(not(word("a"))));
    assert_eq!(query("st!=new"), query("!status:new"));
    assert_eq!(query("dev!=x"), query("!dev=x"));
}

#[test]
fn the_canonical_form_is_short_and_plain() {
    let cases = [
        ("severity>=MED  Device:fin*", "sev>=medium dev:fin*"),
        ("st:n,\"in progress\",res", "status:new,inprogress,resolved"),
        ("a and (b and c)", "a b c"),
        ("(a or b) or c", "a or b or c"),
        ("(a or b) c", "(a or b) c"),
        ("a or (b c)", "a or b c"),
        ("!(a)", "!a"),
        ("owner!=x", "!own=x"),
        ("age<120m", "age<2h"),
        ("age>=1h30m", "age>=90m"),
        ("updated<2w", "updated<14d"),
        ("changed>0s", "updated>0s"),
        ("created:2026-11-20", "created:2026-11-20"),
        ("created>=2026-11-20t14:00", "created>=2026-11-20T14:00:00"),
        (
            "created<2026-11-20T14:00:05.5+02:00",
            "created<2026-11-20T12:00:05.5Z",
        ),
        ("\"plain\" \"two words\"", "plain \"two words\""),
        ("id:da6_-1", "id:da6_-1"),
        ("inc:12,13", "inc:12,13"),
        ("Zürich", "Zürich"),
        ("10.0.0.1:443", "\"10.0.0.1:443\""),
        ("class:truepositive", "class:truepositive"),
    ];
    for (text, expected) in cases {
        assert_eq!(query(text).to_string(), expected, "{text}");
        assert_eq!(query(expected), query(text), "{text}");
    }
}
