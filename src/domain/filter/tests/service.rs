//! What is asked of the service for each kind of term.

use jiff::tz::TimeZone;

use crate::domain::filter::Around;
use crate::domain::filter::odata;
use crate::domain::filter::odata::By;
use crate::domain::token::Api;

use super::query;

fn around() -> Around {
    Around {
        service: Api::Defender,
        me: "me@contoso.com".to_owned(),
        now: "2026-11-22T14:00:00Z".parse().unwrap(),
        zone: TimeZone::get("Europe/Zurich").unwrap_or(TimeZone::UTC),
    }
}

#[test]
fn the_service_is_asked_for_what_it_can_answer() {
    let cases = [
        ("", None),
        ("powershell", None),
        ("dev:FIN* title:x user:y tech:T1059 is:new", None),
        ("sev:high", Some("severity eq 'High'")),
        (
            "sev>=med",
            Some("severity eq 'High' or severity eq 'Medium'"),
        ),
        (
            "sev<med",
            Some("severity ne 'High' and severity ne 'Medium'"),
        ),
        (
            "sev:unspecified",
            Some(
                "severity ne 'High' and severity ne 'Medium' and severity ne 'Low' and severity ne 'Informational'",
            ),
        ),
        ("!sev:unspecified", None),
        ("!sev:high,unspecified", Some("not (severity eq 'High')")),
        (
            "status:new,inprogress",
            Some("status eq 'New' or status eq 'InProgress'"),
        ),
        (
            "status:unknown,new",
            Some("status ne 'InProgress' and status ne 'Resolved'"),
        ),
        ("is:open", Some("status ne 'Resolved'")),
        (
            "is:unassigned",
            Some("assignedTo eq null or assignedTo eq ''"),
        ),
        ("is:mine", Some("assignedTo ne null")),
        ("!is:mine", None),
        ("own=O'Brien", Some("assignedTo eq 'O''Brien'")),
        ("own:kpa", Some("assignedTo ne null")),
        ("!own=x", None),
        (
            "!own:\"\"",
            Some("not (assignedTo eq null or assignedTo eq '')"),
        ),
        (
            "cat=Malware,Ransomware",
            Some("category eq 'Malware' or category eq 'Ransomware'"),
        ),
        ("cat:malw", None),
        ("inc:88121", Some("incidentId eq 88121")),
        ("inc:007", None),
        ("!inc:1", Some("not (incidentId eq 1)")),
        ("id=da1_2", Some("id eq 'da1_2'")),
        ("age<2h", Some("alertCreationTime gt 2026-11-22T12:00:00Z")),
        ("age>=2h", Some("alertCreationTime le 2026-11-22T12:00:00Z")),
        ("updated:7d", Some("lastUpdateTime ge 2026-11-15T14:00:00Z")),
        (
            "created:2026-11-20",
            Some(
                "alertCreationTime ge 2026-11-19T23:00:00Z and alertCreationTime lt 2026-11-20T23:00:00Z",
            ),
        ),
        (
            "created>2026-11-20",
            Some("alertCreationTime ge 2026-11-20T23:00:00Z"),
        ),
        (
            "created<=2026-11-20T14:00",
            Some("alertCreationTime le 2026-11-20T13:00:00Z"),
        ),
        (
            "created:2026-11-20T14:00Z",
            Some(
                "alertCreationTime ge 2026-11-20T14:00:00Z and alertCreationTime lt 2026-11-20T14:01:00Z",
            ),
        ),
        (
            "sev>=med dev:FIN* !user:svc",
            Some("severity eq 'High' or severity eq 'Medium'"),
        ),
        (
            "sev>=med is:open lsass",
            Some("(severity eq 'High' or severity eq 'Medium') and status ne 'Resolved'"),
        ),
        ("sev:high or dev:x", None),
        (
            "sev:high or is:open age<1d",
            Some(
                "severity eq 'High' or (status ne 'Resolved' and alertCreationTime gt 2026-11-21T14:00:00Z)",
            ),
        ),
        ("!(sev:high or dev:x)", Some("not (severity eq 'High')")),
        ("!(sev:high dev:x)", None),
        ("!!sev:high", Some("not (not (severity eq 'High'))")),
    ];
    for (text, expected) in cases {
        let asked = odata::filter(&query(text), &around());
        assert_eq!(asked.as_deref(), expected, "{text}");
    }
}

#[test]
fn what_only_the_screen_and_a_persons_patience_tell_is_not_asked_of_the_service() {
    for (text, expected) in [
        ("is:late", None),
        ("!is:late sev:high", Some("severity eq 'High'")),
        ("is:marked or sev:high", None),
        ("!(is:late sev:high)", None),
        ("is:open,late", None),
        (
            "is:open (is:late or is:marked)",
            Some("status ne 'Resolved'"),
        ),
    ] {
        let asked = odata::filter(&query(text), &around());
        assert_eq!(asked.as_deref(), expected, "{text}");
    }
    let (query, around) = (query("is:late is:marked"), around());
    assert!(odata::marks(&query, &around).all(|(_, by)| by == By::Local));
    assert!(!odata::is_whole(&query, &around));
}

#[test]
fn each_term_is_marked_with_who_answers_it() {
    let text = "sev>=med dev:FIN* age<2h (is:open or inc:7) (is:open or x) !own=me is:mine sev:unspecified";
    let query = query(text);
    let around = around();
    let marks: Vec<(String, &str)> = odata::marks(&query, &around)
        .map(|(term, by)| (term.to_string(), by.word()))
        .collect();
    let expected = [
        ("sev>=medium", "srv"),
        ("dev:FIN*", "local"),
        ("age<2h", "srv"),
        ("is:open or inc:7", "srv"),
        ("is:open or x", "local"),
        ("!own=me", "local"),
        ("is:mine", "local"),
        ("sev:unspecified", "local"),
    ];
    let expected = expected.map(|(term, by)| (term.to_owned(), by));
    assert_eq!(marks, expected);
    assert!(!odata::is_whole(&query, &around));
    assert_eq!(By::Local.word(), "local");
}

#[test]
fn a_condition_too_long_for_an_address_is_not_asked() {
    let long = format!("own={}", vec!["x".repeat(50); 100].join(","));
    assert_eq!(odata::filter(&query(&long), &around()), None);
    assert!(!odata::is_whole(&query(&long), &around()));
}

/// `and` binds tighter than `or`: what is joined must stay in one piece.
#[test]
fn what_stands_beside_an_alternative_does_not_tear_it_apart() {
    for (text, condition) in [
        (
            "is:unassigned sev:low",
            "(assignedTo eq null or assignedTo eq '') and severity eq 'Low'",
        ),
        (
            "is:unassigned,open sev:low",
            "(assignedTo eq null or assignedTo eq '' or status ne 'Resolved') and severity eq 'Low'",
        ),
        // The word is for the program alone and left out.
        (
            "!(cat:\"\" (sev>low or m))",
            "not ((category eq null or category eq '') and (severity eq 'High' or severity eq 'Medium'))",
        ),
    ] {
        let told = odata::filter(&query(text), &around());
        assert_eq!(told.as_deref(), Some(condition), "{text}");
    }
}

#[test]
fn graph_is_asked_in_its_own_names_and_for_what_it_filters_by() {
    let around = Around {
        service: Api::Graph,
        ..around()
    };
    let cases = [
        ("sev:high", Some("severity eq 'high'")),
        (
            "status:new,inprogress",
            Some("status eq 'new' or status eq 'inProgress'"),
        ),
        ("is:open", Some("status ne 'resolved'")),
        ("own=kpa", Some("assignedTo eq 'kpa'")),
        (
            "created>2026-11-22T10:00Z",
            Some("createdDateTime gt 2026-11-22T10:00:00Z"),
        ),
        (
            "product=microsoftdefenderforidentity",
            Some("serviceSource eq 'microsoftDefenderForIdentity'"),
        ),
        (
            "class=TruePositive",
            Some("classification eq 'truePositive'"),
        ),
        // Words that are none of its members are refused, so they are not sent.
        ("product:identity", None),
        ("class=guilty", None),
        ("class:\"\"", None),
        // It does not filter by these.
        ("cat=Malware", None),
        ("inc:7", None),
        ("id=da1_2", None),
        ("detector=antivirus", None),
        ("det=malware", None),
    ];
    for (text, expected) in cases {
        let asked = odata::filter(&query(text), &around);
        assert_eq!(asked.as_deref(), expected, "{text}");
    }
}
