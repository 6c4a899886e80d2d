//! The numbers of views, counted as alerts change and counted anew.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot read its input has failed"
)]

use fastrand::Rng;
use jiff::SignedDuration;

use crate::app::alert_book::AlertBook;
use crate::app::alert_book::AlertKey;
use crate::app::alert_book::Marking;
use crate::app::filter::Filter;
use crate::app::lateness::LateAfter;
use crate::domain::alert::Alert;
use crate::domain::filter::Around;
use crate::domain::filter::Query;
use crate::domain::token::Api;
use crate::wire::alert;

const VIEWS: [&str; 12] = [
    "is:mine is:open",
    "sev>=med is:open",
    "is:unassigned is:open",
    "created<7d",
    "created<1h",
    "created>=2026-11-22",
    "is:new",
    "title:*task* or dev:dc01",
    "!status:resolved",
    "own=Automation",
    "/t[ao]sk/",
    "",
];

fn around(minutes: i64, me: &str) -> Around {
    let beginning: jiff::Timestamp = "2026-11-22T00:00:00Z".parse().unwrap();
    Around {
        service: Api::Defender,
        me: me.to_owned(),
        now: beginning + SignedDuration::from_mins(minutes),
        ..Around::default()
    }
}

fn filters(texts: &[&str], around: &Around) -> Vec<Filter> {
    let queries = texts.iter().map(|text| Query::parse(text).unwrap());
    queries
        .map(|query| Filter::new(query, around.clone()))
        .collect()
}

/// What a fresh walk through all alerts finds.
fn fresh(book: &AlertBook, filters: &[Filter]) -> Vec<usize> {
    let count = |filter: &Filter| {
        let keys: Vec<AlertKey> = book.keys_from(0).collect();
        book.passing(filter, &keys).len()
    };
    filters.iter().map(count).collect()
}

fn kept(book: &AlertBook) -> Vec<usize> {
    (0..VIEWS.len()).map(|view| book.count_of(view)).collect()
}

fn any_alert(dice: &mut Rng, minute: i64) -> Alert {
    const WORDS: [&str; 5] = ["", "task", "Odd task", "dc01", "x"];
    const OWNERS: [&str; 4] = ["", "me@contoso.com", "Automation", "you@contoso.com"];
    let word = |dice: &mut Rng| WORDS[dice.usize(0..WORDS.len())];
    let created = around(minute - dice.i64(0..20_000), "").now;
    alert::read(&format!(
        r#"{{"id":"da{}","severity":"{}","status":"{}","title":"{}","computerDnsName":"{}",
            "assignedTo":"{}","alertCreationTime":"{created}","lastUpdateTime":"{}"}}"#,
        dice.u8(0..120),
        ["High", "Medium", "Low"][dice.usize(0..3)],
        ["New", "InProgress", "Resolved"][dice.usize(0..3)],
        word(dice),
        word(dice),
        OWNERS[dice.usize(0..4)],
        around(minute, "").now,
    ))
    .unwrap()
}

#[test]
fn what_is_counted_along_equals_what_is_counted_anew() {
    let mut dice = Rng::with_seed(11);
    let mut book = AlertBook::queue(LateAfter::default());
    let mut texts = VIEWS.to_vec();
    let mut me = "";
    let (mut minute, mut moved) = (0, 0);
    for _ in 0..1_500 {
        let before = kept(&book);
        match dice.u8(0..10) {
            0..5 => {
                minute += 1;
                let page = (0..dice.usize(1..6)).map(|_| any_alert(&mut dice, minute));
                let page = page.collect();
                book.absorb(page, Marking::Mark);
            }
            5..7 => {
                let keys: Vec<AlertKey> = book.keys_from(0).collect();
                if !keys.is_empty() {
                    book.mark_seen(keys[dice.usize(0..keys.len())]);
                }
            }
            7 => minute += dice.i64(0..600),
            8 => me = ["", "me@contoso.com", "YOU@contoso.com"][dice.usize(0..3)],
            _ => {
                let (one, other) = (dice.usize(0..12), dice.usize(0..12));
                texts.swap(one, other);
                book.freeze(dice.bool());
            }
        }
        let filters = filters(&texts, &around(minute, me));
        book.watch(filters.clone());
        assert_eq!(kept(&book), fresh(&book, &filters), "{texts:?}");
        moved += usize::from(kept(&book) != before);
    }
    assert!(moved > 500, "{moved}");
}

#[test]
fn a_view_that_is_gone_is_counted_no_more() {
    let mut dice = Rng::with_seed(3);
    let mut book = AlertBook::default();
    book.watch(filters(&VIEWS, &around(0, "")));
    book.absorb(
        (0..50).map(|_| any_alert(&mut dice, 0)).collect(),
        Marking::Leave,
    );
    let all = book.counts().all;
    assert_eq!(book.count_of(11), all);
    book.watch(filters(&VIEWS[..3], &around(0, "")));
    assert_eq!(book.count_of(11), 0);
    book.watch(filters(&[""; 20], &around(0, "")));
    assert_eq!((book.count_of(15), book.count_of(16)), (all, 0));
}

#[test]
fn a_minute_counts_only_what_time_has_a_say_in() {
    let of = |text: &str, minute, me| {
        let query = Query::parse(text).unwrap();
        Filter::new(query, around(minute, me))
    };
    for (text, by_time, by_person) in [
        ("sev:high", false, false),
        ("is:mine is:open", false, true),
        ("created<7d", true, false),
        ("is:mine created<7d", true, true),
        ("created>=2026-11-22", true, false),
    ] {
        let now = of(text, 0, "me");
        assert_eq!(of(text, 1, "me").answers_as(&now), !by_time, "{text}");
        assert_eq!(of(text, 0, "you").answers_as(&now), !by_person, "{text}");
    }
}
