//! What the book of alerts does with what it is told.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot read its input has failed"
)]

use jiff::SignedDuration;
use jiff::Timestamp;

use crate::app::alert_book::Absorbed;
use crate::app::alert_book::AlertBook;
use crate::app::alert_book::AlertKey;
use crate::app::alert_book::Fresh;
use crate::app::alert_book::Marking;
use crate::app::filter::Filter;
use crate::app::lateness::LateAfter;
use crate::app::lateness::LateCount;
use crate::app::order::Order;
use crate::app::order::SortBy;
use crate::app::row::Row;
use crate::app::shape::GroupBy;
use crate::app::shape::LineKind;
use crate::domain::alert::Alert;
use crate::domain::alert::AlertId;
use crate::domain::alert::Severity;
use crate::wire::alert;

fn alert(json: &str) -> Alert {
    alert::read(json).unwrap()
}

fn told(id: &str, severity: &str, created: u32, updated: u32, more: &str) -> Alert {
    alert(&format!(
        r#"{{"id":"{id}","severity":"{severity}","status":"New","title":"Title {id}",
           "alertCreationTime":"2026-11-22T14:{created:02}:00Z",
           "lastUpdateTime":"2026-11-22T14:{updated:02}:00Z"{more}}}"#
    ))
}

fn ids(book: &AlertBook) -> Vec<&str> {
    book.visible()
        .iter()
        .map(|key| book.row(*key).unwrap().id.as_str())
        .collect()
}

fn three() -> AlertBook {
    let mut book = AlertBook::default();
    book.absorb(
        vec![
            told("a", "Low", 1, 1, ""),
            told("b", "High", 2, 2, ""),
            told("c", "Low", 3, 3, ""),
        ],
        Marking::Leave,
    );
    book
}

#[test]
fn each_order_is_kept_when_alerts_come() {
    let mut book = three();
    assert_eq!(ids(&book), ["c", "b", "a"]);
    book.sort_by(Order::by(SortBy::Severity));
    assert_eq!(ids(&book), ["b", "c", "a"]);
    book.absorb(vec![told("d", "High", 4, 4, "")], Marking::Mark);
    assert_eq!(ids(&book), ["d", "b", "c", "a"]);
    book.sort_by(Order::by(SortBy::Age));
    assert_eq!(ids(&book), ["a", "b", "c", "d"]);
}

#[test]
fn the_same_again_changes_nothing() {
    let mut book = three();
    let before = book.clone();
    let absorbed = book.absorb(vec![told("b", "High", 2, 2, "")], Marking::Mark);
    assert_eq!(absorbed, Absorbed::default());
    assert_eq!(book, before);
}

#[test]
fn a_late_answer_does_not_undo_a_newer_one() {
    let mut book = three();
    let key = *book.visible().first().unwrap();
    let changed = book.absorb(vec![told("c", "High", 3, 9, "")], Marking::Mark);
    assert_eq!(changed.changed, [key]);
    assert_eq!(book.row(key).unwrap().fresh, Fresh::Changed);
    book.absorb(vec![told("c", "Low", 3, 5, "")], Marking::Mark);
    assert_eq!(book.row(key).unwrap().severity, Severity::High);
}

#[test]
fn evidence_is_merged_and_never_replaced_by_an_empty_list() {
    let mut book = three();
    let key = *book.visible().first().unwrap();
    assert!(book.wants_evidence(key));
    let with = r#","evidence":[{"entityType":"Ip","ipAddress":"203.0.113.9"}]"#;
    book.absorb_single(&AlertId::new("c").unwrap(), told("c", "Low", 3, 3, with));
    assert!(!book.wants_evidence(key));
    book.absorb(
        vec![told("c", "Low", 3, 7, r#","evidence":[]"#)],
        Marking::Mark,
    );
    assert!(
        book.original_with_evidence(key)
            .unwrap()
            .contains("203.0.113.9")
    );
    assert!(
        book.wants_evidence(key),
        "the alert changed, so it is read again"
    );
    book.absorb_single(
        &AlertId::new("c").unwrap(),
        told("c", "Low", 3, 7, r#","evidence":[]"#),
    );
    assert!(
        book.original_with_evidence(key)
            .unwrap()
            .contains("203.0.113.9")
    );
    assert!(!book.wants_evidence(key));
}

#[test]
fn an_answer_older_than_the_list_or_under_another_spelling_still_brings_evidence() {
    let with = r#","evidence":[{"entityType":"Ip","ipAddress":"203.0.113.9"}]"#;
    for answer in [told("c", "Low", 3, 1, with), told("C", "Low", 3, 3, with)] {
        let mut book = three();
        let key = *book.visible().first().unwrap();
        book.absorb_single(&AlertId::new("c").unwrap(), answer);
        assert!(!book.wants_evidence(key));
        assert!(
            book.original_with_evidence(key)
                .unwrap()
                .contains("203.0.113.9")
        );
        assert_eq!(book.visible().len(), 3);
    }
    let mut book = three();
    let key = *book.visible().first().unwrap();
    let undated = alert(&format!(r#"{{"id":"c"{with}}}"#));
    book.absorb_single(&AlertId::new("c").unwrap(), undated);
    assert!(!book.wants_evidence(key));
}

#[test]
fn the_json_shown_is_never_older_than_the_alert() {
    let mut book = three();
    let key = *book.visible().first().unwrap();
    let with = r#","evidence":[{"entityType":"Ip"}]"#;
    book.absorb_single(&AlertId::new("c").unwrap(), told("c", "Low", 3, 3, with));
    assert!(book.original_of_one_date(key).unwrap().contains("Ip"));
    book.absorb(vec![told("c", "High", 3, 7, "")], Marking::Mark);
    assert!(book.original_of_one_date(key).unwrap().contains("High"));
}

#[test]
fn an_alert_without_evidence_is_asked_for_once() {
    let mut book = three();
    let key = *book.visible().first().unwrap();
    book.absorb_single(&AlertId::new("c").unwrap(), told("c", "Low", 3, 3, ""));
    assert!(!book.wants_evidence(key));
}

#[test]
fn a_filter_finds_every_word_anywhere_in_the_row() {
    let mut book = three();
    for (text, expected) in [
        ("title", vec!["c", "b", "a"]),
        ("TITLE high", vec!["b"]),
        ("low c", vec!["c"]),
        ("nothing", vec![]),
        ("", vec!["c", "b", "a"]),
    ] {
        book.filter_by(Filter::of(text));
        assert_eq!(ids(&book), expected, "{text}");
    }
}

#[test]
fn counts_are_of_open_alerts() {
    let mut book = three();
    book.absorb(
        vec![
            alert(r#"{"id":"r","severity":"High","status":"Resolved"}"#),
            alert(r#"{"id":"o","severity":"Odd"}"#),
        ],
        Marking::Leave,
    );
    let counts = book.counts();
    assert_eq!(
        (
            counts.all,
            counts.open,
            counts.high,
            counts.low,
            counts.other
        ),
        (5, 4, 1, 2, 1)
    );
}

fn at(minute: i64) -> Timestamp {
    let hour: Timestamp = "2026-11-22T14:00:00Z".parse().unwrap();
    hour + SignedDuration::from_mins(minute)
}

fn queue(alerts: Vec<Alert>) -> AlertBook {
    let mut book = AlertBook::queue(LateAfter::default());
    book.absorb(alerts, Marking::Leave);
    book
}

fn key(book: &AlertBook, id: &str) -> AlertKey {
    book.key_of(&AlertId::new(id).unwrap()).unwrap()
}

/// Each line as its first alert and the number of them.
fn lines(book: &AlertBook) -> Vec<String> {
    (0..book.line_count())
        .map(|index| {
            let line = book.line(index).unwrap();
            let first = book.row(*line.alerts.first().unwrap()).unwrap();
            let sign = match line.kind {
                LineKind::Group(_) => "group ",
                LineKind::Alert => "",
                LineKind::Duplicate => "| ",
            };
            format!("{sign}{} {}", first.id.as_str(), line.alerts.len())
        })
        .collect()
}

#[test]
fn what_waits_stands_by_severity_and_then_by_the_end_of_its_wait() {
    let taken = r#","assignedTo":"kpa@contoso.example""#;
    let book = queue(vec![
        told("low", "Low", 1, 1, ""),
        told("young", "High", 9, 9, ""),
        told("old", "High", 2, 2, ""),
        told("taken", "High", 1, 1, taken),
        told("medium", "Medium", 1, 1, ""),
        alert(r#"{"id":"closed","severity":"High","status":"Resolved"}"#),
    ]);
    assert_eq!(
        ids(&book),
        ["old", "young", "medium", "low", "taken", "closed"]
    );
    let deadline = |id| book.deadline(key(&book, id));
    assert_eq!(deadline("old"), Some(at(32)));
    assert_eq!(deadline("medium"), Some(at(61)));
    assert_eq!(deadline("low"), Some(at(241)));
    assert_eq!((deadline("taken"), deadline("closed")), (None, None));
    assert!(book.is_late(key(&book, "old"), at(32)));
    assert!(!book.is_late(key(&book, "old"), at(31)));
    assert_eq!(book.late(at(31)), LateCount { late: 0, soon: 2 });
    assert_eq!(book.late(at(32)), LateCount { late: 1, soon: 1 });
}

#[test]
fn the_first_action_ends_the_wait() {
    let mut book = queue(vec![told("a", "High", 1, 1, "")]);
    let row = r#"{"id":"a","severity":"High","status":"InProgress",
        "alertCreationTime":"2026-11-22T14:01:00Z","lastUpdateTime":"2026-11-22T14:05:00Z"}"#;
    book.absorb(vec![alert(row)], Marking::Mark);
    assert_eq!(book.deadline(key(&book, "a")), None);
    assert_eq!(book.late(at(600)), LateCount::default());
}

#[test]
fn a_second_criterion_decides_where_the_first_does_not() {
    let mut book = three();
    let order = Order::by(SortBy::Title).chosen(SortBy::Severity);
    book.sort_by(order);
    assert_eq!(ids(&book), ["b", "a", "c"]);
    // A new text comes between the others, and one that is merged in stands as sorted.
    book.absorb(vec![told("bb", "Low", 4, 4, "")], Marking::Leave);
    assert_eq!(ids(&book), ["b", "a", "bb", "c"]);
}

#[test]
fn merging_gives_the_order_that_sorting_gives() {
    let mut random = fastrand::Rng::with_seed(7);
    for by in SortBy::ALL {
        let mut book = queue(Vec::new());
        book.sort_by(Order::by(SortBy::Owner).chosen(by));
        let mut all = Vec::new();
        for page in 0..12 {
            let page: Vec<Alert> = (0..random.usize(1..20))
                .map(|_| {
                    let pick = |random: &mut fastrand::Rng, words: &[&str]| {
                        words.get(random.usize(..words.len())).unwrap().to_string()
                    };
                    let more = format!(
                        r#","title":"{}","computerDnsName":"{}","assignedTo":"{}","incidentId":"{}","relatedUser":"{}""#,
                        pick(&mut random, &["one", "two", "Three"]),
                        pick(&mut random, &["dc", "", "ws"]),
                        pick(&mut random, &["", "", "kpa"]),
                        pick(&mut random, &["7", "12", "", "x"]),
                        pick(&mut random, &["", "u1", "u2"]),
                    );
                    let id = format!("a{}", random.u32(..60));
                    let severity = pick(&mut random, &["High", "Low"]);
                    told(&id, &severity, random.u32(..50), page, &more)
                })
                .collect();
            all.extend(page.clone());
            book.absorb(page, Marking::Mark);
        }
        let merged: Vec<String> = ids(&book).into_iter().map(str::to_owned).collect();
        let order = book.order().clone();
        book.sort_by(Order::by(SortBy::Severity));
        book.sort_by(order);
        assert_eq!(ids(&book), merged, "{by:?}");
    }
}

/// Of one title on one device.
fn same(id: &str, created: u32, more: &str) -> Alert {
    let what = r#","title":"Noise","computerDnsName":"ws1","detectionSource":"EDR""#;
    told(id, "Medium", created, created, &format!("{what}{more}"))
}

#[test]
fn duplicates_in_the_same_state_are_one_line_and_answer_together() {
    let mut book = queue(vec![
        same("a", 1, ""),
        same("b", 30, ""),
        same("c", 50, r#","assignedTo":"kpa""#),
        same("d", 55, r#","detectionSource":"AV""#),
        told("e", "High", 40, 40, ""),
    ]);
    assert_eq!(lines(&book), ["e 1", "b 2", "d 1", "c 1"]);
    let (a, b) = (key(&book, "a"), key(&book, "b"));
    assert_eq!(book.fold_of(a), [b, a]);
    assert_eq!(book.line_of(a), book.line_of(b));
    let keys = book.fold_of(a).to_vec();
    book.toggle_marks(&keys);
    assert!(book.is_marked(a) && book.is_marked(b) && book.marked() == 2);
    assert!(book.toggle(1));
    assert_eq!(lines(&book), ["e 1", "| b 1", "| a 1", "d 1", "c 1"]);
    assert_eq!(book.fold_of(a), [b, a]);
    assert!(book.toggle(2), "any of them folds them");
    assert_eq!(lines(&book), ["e 1", "b 2", "d 1", "c 1"]);
    assert!(!book.toggle(0), "one alert has nothing to fold");
}

#[test]
fn duplicates_are_an_hour_from_each_other_whatever_order_they_come_in() {
    let day = |id: &str, time: &str| {
        alert(&format!(
            r#"{{"id":"{id}","title":"Noise","computerDnsName":"ws1","status":"New",
               "alertCreationTime":"2026-11-22T{time}:00Z"}}"#
        ))
    };
    let mut book = queue(vec![
        day("a", "10:00"),
        day("c", "11:50"),
        day("d", "12:51"),
    ]);
    assert_eq!(book.line_count(), 3);
    book.absorb(vec![day("b", "10:55")], Marking::Leave);
    assert_eq!(lines(&book), ["c 3", "d 1"]);
    let told_once = queue(vec![day("a", "10:00"), day("a", "10:00")]);
    assert_eq!(told_once.line_count(), 1);
}

#[test]
fn without_a_device_the_user_tells_alerts_apart() {
    let of = |id: &str, user: &str| {
        told(
            id,
            "Low",
            1,
            1,
            &format!(r#","title":"Travel","relatedUser":"{user}""#),
        )
    };
    let book = queue(vec![of("a", "roy"), of("b", "hahn"), of("c", "roy")]);
    assert_eq!(book.line_count(), 2);
}

#[test]
fn groups_stand_by_their_first_and_begin_folded() {
    let on = |id: &str, severity: &str, created: u32, device: &str| {
        let device = format!(r#","computerDnsName":"{device}""#);
        told(id, severity, created, created, &device)
    };
    let mut book = queue(vec![
        on("a", "Low", 1, "ws1"),
        on("b", "High", 9, "ws2"),
        on("c", "Medium", 5, "ws1"),
        on("d", "Low", 3, ""),
    ]);
    book.group_by(GroupBy::Device);
    assert_eq!(lines(&book), ["group b 1", "group c 2", "group d 1"]);
    let LineKind::Group(group) = book.line(1).unwrap().kind else {
        panic!("not a group");
    };
    assert_eq!(
        (group.worst, group.deadline),
        (Severity::Medium, Some(at(65)))
    );
    assert!(book.toggle(1));
    let open = ["group b 1", "group c 2", "c 1", "a 1", "group d 1"];
    assert_eq!(lines(&book), open);
    assert_eq!(book.heading_of(key(&book, "a")), Some(1));
    assert_eq!(book.line_of(key(&book, "b")), Some(0));
    // It stays open when alerts come, and narrowing the filter keeps the groups in order.
    book.absorb(vec![on("e", "High", 10, "ws1")], Marking::Mark);
    assert_eq!(lines(&book).len(), 6);
    book.filter_by(Filter::of("low"));
    assert_eq!(
        lines(&book),
        ["group a 1", "a 1", "group d 1"],
        "the first of a group may be filtered away"
    );
    book.group_by(GroupBy::Nothing);
    assert_eq!(lines(&book), ["a 1", "d 1"]);
}

#[test]
fn a_frozen_list_keeps_its_lines_and_counts_what_waits() {
    let mut book = queue(vec![
        told("a", "High", 1, 1, ""),
        told("b", "High", 2, 2, ""),
    ]);
    book.freeze(true);
    book.absorb(
        vec![
            told("c", "High", 0, 3, ""),
            told("b", "High", 2, 4, r#","status":"Resolved""#),
            told("c", "High", 0, 5, ""),
        ],
        Marking::Mark,
    );
    assert_eq!(ids(&book), ["a", "b"]);
    assert_eq!(book.waiting(), Some(2));
    assert_eq!(book.counts().all, 3);
    book.filter_by(Filter::of("title"));
    book.sort_by(Order::by(SortBy::Newest));
    assert_eq!(ids(&book), ["b", "a"]);
    book.freeze(true);
    assert_eq!(book.waiting(), Some(2), "frozen twice is frozen");
    book.freeze(false);
    assert_eq!(ids(&book), ["b", "a", "c"]);
    assert_eq!(book.waiting(), None);
}

#[test]
fn who_changed_an_alert_is_known_when_its_owner_or_status_changed() {
    let mut book = queue(vec![told("a", "High", 1, 1, "")]);
    let taken = r#","assignedTo":"kpa""#;
    let a = key(&book, "a");
    let by = |book: &AlertBook| book.changed_by(a).map(|by| by.original().to_owned());
    book.absorb(vec![told("a", "High", 1, 2, taken)], Marking::Mark);
    assert_eq!(by(&book).as_deref(), Some("kpa"));
    book.absorb(vec![told("a", "Low", 1, 3, taken)], Marking::Mark);
    assert_eq!(
        by(&book),
        None,
        "the severity was changed by nobody knows whom"
    );
}

/// Whatever comes and changes: the tally is that of the rows.
#[test]
fn counts_and_deadlines_follow_each_row() {
    let mut random = fastrand::Rng::with_seed(4);
    let mut book = AlertBook::default();
    for round in 0..300 {
        let alerts = (0..random.u32(0..6)).map(|_| {
            let severity = random.choice(["High", "Low", "Odd"]).unwrap();
            let status = random.choice(["New", "Resolved", "InProgress"]).unwrap();
            let (id, created) = (random.u32(0..20), random.u32(0..59));
            alert(&format!(
                r#"{{"id":"{id}","severity":"{severity}","status":"{status}",
                   "alertCreationTime":"2026-11-22T14:{created:02}:00Z",
                   "lastUpdateTime":"2026-11-22T15:00:{:02}Z"}}"#,
                round / 6
            ))
        });
        book.absorb(alerts.collect(), Marking::Mark);
        let rows: Vec<&Row> = book.keys_from(0).filter_map(|key| book.row(key)).collect();
        let open = rows.iter().filter(|row| row.status.is_open());
        assert_eq!(book.counts().all, rows.len());
        assert_eq!(book.counts().open, open.count());
        let high = |row: &&&Row| row.status.is_open() && row.severity == Severity::High;
        assert_eq!(book.counts().high, rows.iter().filter(high).count());
        for minute in [0, 29, 45, 70, 400] {
            let now: Timestamp = "2026-11-22T14:00:00Z".parse().unwrap();
            let now = now + SignedDuration::from_mins(minute);
            let late = book.keys_from(0).filter(|key| book.is_late(*key, now));
            assert_eq!(book.late(now).late, late.count(), "round {round}");
        }
    }
}
