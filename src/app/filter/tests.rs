//! What a filter lets through, and that typing on narrows without losing anything.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot read its input has failed"
)]

use fastrand::Rng;
use jiff::SignedDuration;

use crate::app::alert_book::AlertBook;
use crate::app::alert_book::AlertKey;
use crate::app::alert_book::Fresh;
use crate::app::alert_book::Marking;
use crate::app::filter::Filter;
use crate::app::filter::complete::complete;
use crate::app::lateness::LateAfter;
use crate::domain::alert::AlertId;
use crate::domain::filter::Around;
use crate::domain::filter::Query;
use crate::domain::token::Api;
use crate::wire::alert;

fn around() -> Around {
    Around {
        service: Api::Defender,
        me: "Me@contoso.com".to_owned(),
        now: "2026-11-22T14:00:00Z".parse().unwrap(),
        ..Around::default()
    }
}

fn filter(text: &str) -> Filter {
    Filter::new(Query::parse(text).unwrap(), around())
}

/// Six alerts that differ in everything.
fn book() -> AlertBook {
    let bodies = [
        r#"{"id":"da1","severity":"High","status":"New","title":"Suspicious PowerShell command line","category":"Execution",
            "computerDnsName":"FIN-WS-021.corp","relatedUser":{"userName":"j.roy"},"incidentId":88121,"assignedTo":null,
            "alertCreationTime":"2026-11-22T13:30:00Z","lastUpdateTime":"2026-11-22T13:59:00Z","detectionSource":"WindowsDefenderAtp",
            "mitreTechniques":["T1059.001","T1204"],"rbacGroupName":"Finance"}"#,
        r#"{"id":"da2","severity":"Medium","status":"InProgress","title":"Scheduled task (\"odd\")","category":"Persistence",
            "computerDnsName":"dc01.corp","relatedUser":{"userName":"svc_bk"},"incidentId":121,"assignedTo":"me@contoso.com",
            "alertCreationTime":"2026-11-20T00:00:00Z","lastUpdateTime":"2026-11-21T00:00:00Z","classification":"FalsePositive"}"#,
        r#"{"id":"da3","severity":"Low","status":"Resolved","title":"FIN-WS-021 été","computerDnsName":"hr-1","assignedTo":"Automation",
            "alertCreationTime":"2026-11-19T23:59:59.9999999Z","lastUpdateTime":"2026-11-22T12:00:00Z","determination":"NotMalicious"}"#,
        r#"{"id":"da4","severity":"Informational","status":"New","title":"C:\\temp\\x.exe or worse","incidentId":"INC-7"}"#,
        r#"{"id":"da5","severity":"UnSpecified","status":"Parked","title":"100% sure"}"#,
        r#"{"id":"da6","severity":"Critical","status":"New","title":"nothing else","computerDnsName":"","assignedTo":""}"#,
    ];
    let mut book = AlertBook::default();
    let alerts = bodies.map(|body| alert::read(body).unwrap()).to_vec();
    book.absorb(alerts, Marking::Leave);
    let marked = ["da2", "da6"].map(|id| book.key_of(&AlertId::new(id).unwrap()).unwrap());
    book.toggle_marks(&marked);
    book
}

/// The digits of the ids that pass.
fn passing(book: &AlertBook, filter: &Filter) -> String {
    let ids = (1..=7).map(|number| AlertId::new(&format!("da{number}")).unwrap());
    let keys: Vec<AlertKey> = ids.filter_map(|id| book.key_of(&id)).collect();
    let rows = book.passing(filter, &keys).into_iter();
    rows.map(|key| book.row(key).unwrap().id.as_str())
        .map(|id| id.trim_start_matches("da").to_owned())
        .collect()
}

#[test]
fn every_kind_of_term_means_what_the_page_says() {
    let book = book();
    let cases = [
        ("", "123456"),
        ("powershell HIGH", "1"),
        ("fin-ws", "13"),
        ("da", "123456"),
        ("88121", "1"),
        ("21", "123"),
        ("inprogress", "2"),
        ("\"in progress\"", "2"),
        ("critical", "6"),
        ("100% sure", "5"),
        ("t1059", ""),
        ("fin*", "13"),
        ("*21", "12"),
        ("da?", "123456"),
        ("/power(shell)?/", "1"),
        ("/^fin/", "13"),
        ("/da1/", ""),
        ("id:/da[12]/", "12"),
        ("/ÉTÉ$/", "3"),
        ("ÉTÉ", "3"),
        ("\"(\\\"odd\"", "2"),
        ("\"C:\\temp\"", "4"),
        ("\"or\" worse", "4"),
        ("sev>=med", "12"),
        ("sev<low", "456"),
        ("sev<=info", "456"),
        ("sev>info", "123"),
        ("sev:unknown,h", "16"),
        ("sev:unspecified", "5"),
        ("status:new", "146"),
        ("status:inprogress,resolved", "23"),
        ("st:unknown", "5"),
        ("is:open", "12456"),
        ("is:mine", "2"),
        ("is:unassigned", "1456"),
        ("is:mine,unassigned", "12456"),
        ("!is:mine", "13456"),
        ("own:\"\"", "1456"),
        ("own:auto", "3"),
        ("own=automation", ""),
        ("own=Automation", "3"),
        ("dev:FIN*", "1"),
        ("dev:*021", "1"),
        ("dev=FIN-WS-021", "1"),
        ("dev=FIN-WS-021.corp", "1"),
        ("dev=fin-ws-021", ""),
        ("dev:corp", "12"),
        ("dev:*", "123"),
        ("dev:\"\"", "456"),
        ("dev!=hr-1", "12456"),
        ("title:fin*,*task*", "23"),
        ("user:svc", "2"),
        ("!user:svc", "13456"),
        ("inc:121", "2"),
        ("inc:88121,121", "12"),
        ("inc:*121", "12"),
        ("inc:/^8/", "1"),
        ("inc:INC-7", "4"),
        ("inc:12", ""),
        ("inc:\"\"", "356"),
        ("id:DA2", "2"),
        ("id=da2", "2"),
        ("cat:exec", "1"),
        ("cat=Execution,Persistence", "12"),
        ("detector:atp", "1"),
        ("tech:T1059*", "1"),
        ("tech=T1204", "1"),
        ("tech:1059", "1"),
        ("group:fin", "1"),
        ("class=falsepositive", "2"),
        ("class=false", ""),
        ("class:false", "2"),
        ("class:\"\"", "13456"),
        ("det=NotMalicious class:\"\"", "3"),
        ("class:*positive", "2"),
        ("det:notmal", "3"),
        ("age<1h", "1"),
        ("age>=2d", "23"),
        ("age<=3d", "123"),
        ("created:2026-11-20", "2"),
        ("created<2026-11-20", "3"),
        ("created<=2026-11-20", "23"),
        ("created>2026-11-20", "1"),
        ("created>=2026-11-20T00:00", "12"),
        ("created:2026-11-22T13:30Z", "1"),
        ("updated<2h", "1"),
        ("updated<=2h", "13"),
        ("updated>2h", "2"),
        ("!updated>2h", "13456"),
        ("sev:high or sev:low st:res", "13"),
        ("(sev:high or sev:med) !dev:FIN*", "2"),
        ("!(is:unassigned or is:mine)", "3"),
    ];
    for (text, expected) in cases {
        assert_eq!(passing(&book, &filter(text)), expected, "{text}");
    }
    let nobody = Filter::new(Query::parse("is:mine").unwrap(), Around::default());
    assert_eq!(passing(&book, &nobody), "");
}

#[test]
fn what_is_late_or_marked_is_said_by_the_book() {
    let mut book = book();
    for (text, expected) in [
        ("is:late", "1"),
        ("!is:late is:open", "2456"),
        ("is:late,mine", "12"),
        ("is:marked", "26"),
        ("!is:marked sev<=low", "345"),
    ] {
        assert_eq!(passing(&book, &filter(text)), expected, "{text}");
    }
    book.judge_by(LateAfter {
        high: SignedDuration::from_mins(31),
        low: SignedDuration::from_hours(1),
        ..LateAfter::default()
    });
    book.clear_marks();
    assert_eq!(passing(&book, &filter("is:late,marked")), "");
}

#[test]
fn new_is_what_was_not_looked_at() {
    let mut book = book();
    let changed = r#"{"id":"da1","severity":"Low","lastUpdateTime":"2026-11-22T14:00:00Z"}"#;
    let new = r#"{"id":"da7","lastUpdateTime":"2026-11-22T14:00:00Z"}"#;
    let alerts = [changed, new]
        .map(|body| alert::read(body).unwrap())
        .to_vec();
    book.absorb(alerts, Marking::Mark);
    assert_eq!(passing(&book, &filter("is:new")), "17");
    let key = book.key_of(&AlertId::new("da1").unwrap()).unwrap();
    assert_eq!(book.row(key).unwrap().fresh, Fresh::Changed);
}

#[test]
fn typing_on_narrows() {
    let cases = [
        ("mimi", "mim", true),
        ("mim dc01", "mim", true),
        ("mi", "mim", false),
        ("x", "", true),
        ("", "x", false),
        ("sev>=high", "sev>=med", true),
        ("sev:low", "sev>=med", false),
        ("status:new", "status:new,res", true),
        ("status:new,res", "status:new", false),
        ("dev:fin-ws", "dev:FIN", true),
        ("dev:fin*", "dev:FIN", true),
        ("dev:fin,hr", "dev:fin", false),
        ("dev:fin", "dev:fin,hr", true),
        ("dev:fin", "user:fin", false),
        ("dev:fin", "dev:\"\"", false),
        ("!fi", "!fin", true),
        ("!fin", "!fi", false),
        ("a or b", "a or b or c", true),
        ("a or b or c", "a or b", false),
        ("a or bc", "a or b", true),
        ("(a or b) c", "a or b", true),
        ("is:new x", "is:new", false),
        ("x is:new", "x", true),
        ("age<1h", "age<2h", false),
        ("age<1h x", "age<1h", true),
        ("is:late x", "is:late", true),
        ("is:late", "is:late,open", true),
        ("is:late", "is:open", false),
        ("is:marked x", "is:marked", true),
        ("is:marked", "x", false),
        ("!is:marked x", "is:marked", false),
    ];
    for (new, old, expected) in cases {
        assert_eq!(filter(new).narrows(&filter(old)), expected, "{new} / {old}");
    }
    let later = Around {
        now: "2026-11-22T14:01:00Z".parse().unwrap(),
        ..around()
    };
    for (new, old) in [("age<1h x", "age<1h"), ("!is:late x", "!is:late")] {
        let later = Filter::new(Query::parse(new).unwrap(), later.clone());
        assert!(!later.narrows(&filter(old)), "{new}");
    }
}

#[test]
fn random_queries_that_narrow_let_nothing_else_through() {
    const TERMS: [&str; 28] = [
        "sev>=med",
        "sev:high",
        "sev<low",
        "status:new",
        "is:open",
        "is:unassigned",
        "is:mine",
        "dev:fin",
        "dev:fin-ws",
        "dev:FIN*",
        "dev:*",
        "title:o",
        "power",
        "powers",
        "f*",
        "fin*",
        "/o/",
        "21",
        "1",
        "da",
        "user:\"\"",
        "age<1h",
        "created:2026-11-20",
        "inc:121",
        "inc:*1",
        "own:auto",
        "is:late",
        "is:marked",
    ];
    let mut book = book();
    let mut dice = Rng::with_seed(3);
    let random = |dice: &mut Rng| {
        let mut text = String::new();
        for index in 0..dice.usize(1..4) {
            let joint = if index == 0 {
                ""
            } else {
                [" ", " or ", " !"][dice.usize(0..3)]
            };
            text.push_str(joint);
            text.push_str(TERMS[dice.usize(0..TERMS.len())]);
        }
        if dice.bool() {
            text
        } else {
            format!("!({text})")
        }
    };
    let mut narrowed = 0;
    for _ in 0..20_000 {
        let (old, new) = (random(&mut dice), random(&mut dice));
        let new = if dice.bool() {
            format!("({old}) {new}")
        } else {
            new
        };
        let (old, new) = (filter(&old), filter(&new));
        narrowed += usize::from(new.narrows(&old));
        book.filter_by(Filter::default());
        book.filter_by(old);
        book.filter_by(new.clone());
        let mut shown: Vec<&str> = book
            .visible()
            .iter()
            .map(|key| book.row(*key).unwrap().id.as_str().trim_start_matches("da"))
            .collect();
        shown.sort_unstable();
        assert_eq!(shown.concat(), passing(&book, &new), "{}", new.query());
    }
    assert!(narrowed > 5_000, "{narrowed}");
}

#[test]
fn what_could_be_typed_next_is_offered_best_first() {
    let book = book();
    let offers = |text: &str| -> Vec<String> {
        let offers = complete(text, text.chars().count(), &book);
        offers.into_iter().map(|offer| offer.label).collect()
    };
    let cases: [(&str, &[&str]); 29] = [
        ("class:", &["FalsePositive"]),
        ("det:not", &["NotMalicious"]),
        (
            "",
            &[
                "sev:", "status:", "is:", "dev:", "user:", "title:", "age:", "own:",
            ],
        ),
        (
            "x ",
            &[
                "sev:", "status:", "is:", "dev:", "user:", "title:", "age:", "own:",
            ],
        ),
        ("sev", &["sev:"]),
        ("hos", &["dev:"]),
        (
            "un",
            &[
                "sev:unspecified",
                "sev:unknown",
                "status:unknown",
                "is:unassigned",
            ],
        ),
        ("x (hig", &["sev:high"]),
        ("!min", &["is:mine"]),
        (
            "fin",
            &[
                "dev:FIN-WS-021.corp",
                "group:Finance",
                "title:\"FIN-WS-021 été\"",
            ],
        ),
        ("h", &["sev:high", "dev:"]),
        ("2", &["age<2h", "age<2d", "age<2m"]),
        ("2h", &["age<2h"]),
        ("2h2", &[]),
        (
            "sev:",
            &[
                "high",
                "medium",
                "low",
                "informational",
                "unspecified",
                "unknown",
            ],
        ),
        ("sev>=m", &["medium"]),
        ("st:new,", &["new", "inprogress", "resolved", "unknown"]),
        ("st:new,r", &["resolved"]),
        (
            "is:",
            &["mine", "unassigned", "open", "new", "late", "marked"],
        ),
        ("is:m", &["mine", "marked"]),
        ("dev:", &["FIN-WS-021.corp", "dc01.corp", "hr-1"]),
        ("dev:1", &["FIN-WS-021.corp", "dc01.corp", "hr-1"]),
        ("dev:d", &["dc01.corp"]),
        ("title:\"sch", &["\"Scheduled task (\\\"odd\\\")\""]),
        ("tech:t1", &["T1059.001", "T1204"]),
        ("own:me", &["me@contoso.com"]),
        ("age<", &["1h", "4h", "1d", "7d", "30d"]),
        ("id:", &[]),
        ("/x", &[]),
    ];
    for (text, expected) in cases {
        assert_eq!(offers(text), expected, "{text}");
    }
    let middle = complete("dev:d x", 5, &book);
    let first = middle.first().unwrap();
    assert_eq!((first.text.as_str(), first.cursor), ("dev:dc01.corp x", 13));
}

#[test]
fn what_no_alert_has_any_more_is_not_offered() {
    let mut book = book();
    let moved = r#"{"id":"da3","computerDnsName":"hr-2","lastUpdateTime":"2026-11-22T14:00:00Z"}"#;
    book.absorb(vec![alert::read(moved).unwrap()], Marking::Leave);
    let offers = complete("dev:hr", 6, &book);
    let labels: Vec<&str> = offers.iter().map(|offer| offer.label.as_str()).collect();
    assert_eq!(labels, ["hr-2"]);
}

#[test]
fn completions_of_random_texts_are_texts_with_a_cursor_in_them() {
    const PIECES: [&str; 14] = [
        "sev", ":", "dev", "\"", "/", " ", "(", "!", ",", "é", "fin", ">=", "or", "\\",
    ];
    let book = book();
    let mut dice = Rng::with_seed(5);
    for _ in 0..5_000 {
        let text: String = (0..dice.usize(0..10))
            .map(|_| PIECES[dice.usize(0..PIECES.len())])
            .collect();
        let cursor = dice.usize(0..12);
        for offer in complete(&text, cursor, &book) {
            assert!(
                offer.cursor <= offer.text.chars().count(),
                "{text:?} {cursor}"
            );
        }
    }
}
