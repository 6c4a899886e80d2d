//! A quiet shift: alerts are loaded, looked at, filtered, and arrive.

use fastrand::Rng;
use jiff::SignedDuration;
use serde_json::json;
use vigie::app;
use vigie::app::Effect;
use vigie::app::Event;
use vigie::app::alert_book::Fresh;
use vigie::app::poller::Poller;
use vigie::domain::alert::AlertId;
use vigie::domain::failure::Failure;
use vigie::domain::failure::FailureKind;
use vigie::domain::session::Audience;
use vigie::domain::token::Api;
use vigie::sim::Options;
use vigie::sim::Population;

use crate::both::Service;
use crate::both::on_both;
use crate::operator::Operator;

on_both! {
    the_first_frame_needs_no_network,
    three_panes_are_live_after_the_start,
    a_change_by_a_colleague_is_seen_marked_and_its_evidence_read_again,
    a_new_alert_is_announced_and_the_selection_stays_with_its_alert,
    the_filter_narrows_as_one_types_and_esc_goes_back,
    the_token_is_renewed_before_its_hour_is_over_and_the_pane_follows,
    after_a_night_asleep_the_token_is_renewed_at_once_and_no_call_leaves_with_the_old_one,
    the_last_minute_of_a_token_is_counted_by_the_second,
    nothing_is_written_while_nothing_changes,
    the_program_is_woken_for_polls_and_once_a_minute_and_no_more,
    a_key_held_down_costs_few_bytes,
    a_smaller_terminal_keeps_the_selection_in_sight,
}

fn minutes(minutes: i64) -> SignedDuration {
    SignedDuration::from_mins(minutes)
}

fn seconds(seconds: i64) -> SignedDuration {
    SignedDuration::from_secs(seconds)
}

fn the_first_frame_needs_no_network(service: &'static Service) {
    let mut operator = Operator::on(service, 120, 40, Operator::quiet(40));
    operator.sees("signing in").sees("no alerts yet");
    assert_eq!(operator.requests(), Vec::<String>::new());
}

fn three_panes_are_live_after_the_start(service: &'static Service) {
    let mut operator = Operator::on(service, 120, 40, Operator::quiet(40));
    operator.starts().press("S n").rests();
    let loaded = format!("{} alerts loaded", operator.shown_of(40));
    operator
        .sees(&loaded)
        .sees("tok 59m")
        .sees("polled 14:02")
        .sees("STATE  ")
        .sees(&format!("{}  read and", service.triages))
        .sees("EVIDENCE");
}

#[test]
fn a_large_tenant_comes_page_by_page_with_the_first_page_first() {
    let mut operator = Operator::at(120, 40, Operator::quiet(5_000));
    operator.starts();
    let lists: Vec<String> = operator
        .requests()
        .into_iter()
        .filter(|request| request.contains("/api/alerts?"))
        .collect();
    let tops = [
        "$top=100",
        "$top=2000&$skip=100",
        "$top=2000&$skip=2100",
        "$top=2000&$skip=4100",
    ];
    assert_eq!(lists.len(), tops.len(), "{lists:?}");
    for (request, top) in lists.iter().zip(tops) {
        assert!(request.ends_with(top), "{request}");
    }
    operator.sees("5,000 alerts loaded");
}

#[test]
fn the_detail_follows_when_the_key_rests_and_evidence_is_asked_for_once() {
    let mut operator = Operator::at(120, 40, Operator::quiet(40));
    operator.starts().rests();
    let read = operator.asked("GET /api/alerts/");
    operator.press("j j j");
    assert_eq!(
        operator.asked("GET /api/alerts/"),
        read,
        "passed rows are not read"
    );
    operator.rests();
    assert_eq!(operator.asked("GET /api/alerts/"), read + 1);
    operator.press("k").rests().press("j").rests();
    assert_eq!(
        operator.asked("GET /api/alerts/"),
        read + 2,
        "the first is still known"
    );
}

fn a_change_by_a_colleague_is_seen_marked_and_its_evidence_read_again(service: &'static Service) {
    let mut operator = Operator::on(service, 120, 40, Operator::quiet(40));
    operator.starts().press("j j").rests();
    let id = operator.selected_id();
    operator.press("g").rests();
    let read = operator.asked(&id);
    operator.change(
        &id,
        json!({"status": "InProgress", "assignedTo": "kpa@contoso.example"}),
    );
    operator.advance(minutes(1)).sees("kpa");
    assert_eq!(fresh(&operator, &id), Fresh::Changed);
    operator.press("n").rests();
    assert_eq!(operator.selected_id(), id);
    assert_eq!(fresh(&operator, &id), Fresh::Seen);
    operator.sees("in progress, kpa@contoso.example");
    // Graph tells the evidence with each change.
    let again = usize::from(service.api == Api::Defender);
    assert_eq!(operator.asked(&id), read + again);
}

fn fresh(operator: &Operator, id: &str) -> Fresh {
    let book = &operator.state.book;
    let key = book.key_of(&AlertId::new(id).unwrap()).unwrap();
    book.row(key).unwrap().fresh
}

fn a_new_alert_is_announced_and_the_selection_stays_with_its_alert(service: &'static Service) {
    let mut operator = Operator::on(service, 120, 40, Operator::quiet(40));
    operator.starts().press("j j").rests();
    let before = operator.selected_id();
    operator.script().arrive();
    operator
        .advance(seconds(37))
        .sees("1 new, worst")
        .sees(" +");
    assert_eq!(operator.selected_id(), before);
}

fn the_filter_narrows_as_one_types_and_esc_goes_back(service: &'static Service) {
    let mut operator = Operator::on(service, 80, 24, Operator::quiet(300));
    operator.starts();
    let all = operator.shown_of(300);
    operator
        .press("/ lsass")
        .sees("/lsass")
        .sees(&format!(" of {all}"));
    let found = operator.state.book.visible().len();
    assert!(found > 0 && found < all);
    assert!(operator.selected_title().to_lowercase().contains("lsass"));
    operator
        .press("enter")
        .sees("/lsass")
        .press("esc")
        .sees_no("/lsass");
    assert_eq!(operator.state.book.visible().len(), all);
    operator.press("/ x y z esc");
    assert_eq!(operator.state.book.visible().len(), all);
}

#[test]
fn a_filter_without_a_match_says_how_to_get_out() {
    let mut operator = Operator::at(80, 24, Operator::quiet(30));
    operator
        .starts()
        .press("/ zzzz")
        .sees("no alert matches `zzzz`; esc clears the filter");
}

#[test]
fn pasted_text_is_typed_into_the_filter_and_is_nothing_elsewhere() {
    let mut operator = Operator::at(80, 24, Operator::quiet(30));
    operator.starts();
    operator.happens(Event::Pasted("q\u{3}".to_owned()));
    assert!(!operator.quit);
    operator.press("/");
    operator.happens(Event::Pasted("ls\nass\u{1b}[2J".to_owned()));
    operator.sees("/ls ass [2J");
}

#[test]
fn another_order_begins_at_its_beginning() {
    let mut operator = Operator::at(80, 24, Operator::quiet(60));
    operator.starts().press("j j j j").rests();
    operator
        .press("S")
        .sees("sort by")
        .press("s")
        .sees("sort sev,sla")
        .sees(">  #H");
    operator
        .press(">")
        .sees("sort newest")
        .press("<")
        .sees("sort sev");
}

#[test]
fn help_is_made_from_the_keys_and_closes() {
    let mut operator = Operator::at(80, 24, Operator::quiet(30));
    operator
        .starts()
        .press("?")
        .sees("LIST OF ALERTS")
        .sees("filter as you type");
    operator
        .press("G")
        .sees("close the log")
        .press("esc")
        .sees_no("LIST OF ALERTS");
}

fn the_token_is_renewed_before_its_hour_is_over_and_the_pane_follows(service: &'static Service) {
    let mut operator = Operator::on(service, 120, 40, Operator::quiet(30));
    operator.starts();
    operator.advance(minutes(54));
    assert_eq!(operator.asked("/oauth2/token"), 1);
    operator.sees("tok 5m");
    service.grant(&operator.script(), &[service.reads]);
    operator.advance(seconds(65));
    assert_eq!(operator.asked("/oauth2/token"), 2);
    operator
        .sees("token renewed, lives 59m")
        .sees(&format!("+ {}", service.reads))
        .sees(&format!("- {}  gone since", service.triages));
}

fn after_a_night_asleep_the_token_is_renewed_at_once_and_no_call_leaves_with_the_old_one(
    service: &'static Service,
) {
    let mut operator = Operator::on(service, 80, 24, Operator::quiet(30));
    operator.starts().rests();
    let polls = operator.lists();
    operator.sleeps(SignedDuration::from_hours(9));
    assert_eq!(operator.asked("/oauth2/token"), 2);
    assert_eq!(operator.lists(), polls + 1);
    operator.sees("token renewed").sees_no("refused");
}

fn the_last_minute_of_a_token_is_counted_by_the_second(service: &'static Service) {
    let mut operator = Operator::on(service, 80, 24, Operator::quiet(30));
    operator.starts();
    operator.script().always(
        vigie::sim::Endpoint::Token,
        Some(vigie::sim::Fault::Status {
            code: 503,
            headers: Vec::new(),
            body: String::new(),
        }),
    );
    operator
        .advance(minutes(59))
        .sees("tok 59s renewal failing");
    operator.advance(seconds(7)).sees("tok 52s");
    operator.advance(seconds(53)).sees("no token, trying again");
    operator.script().always(vigie::sim::Endpoint::Token, None);
    operator.advance(minutes(1)).sees("tok 59m");
}

fn nothing_is_written_while_nothing_changes(service: &'static Service) {
    let mut operator = Operator::on(service, 120, 40, Operator::quiet(300));
    operator.state.poller = Poller::loading(seconds(5), Rng::with_seed(1));
    operator.starts().rests();
    // Into the next minute of the clock, which moves the ages on, and its first poll.
    operator.advance(seconds(70));
    operator.bytes_since();
    let polls = operator.lists();
    operator.advance(seconds(40));
    assert!(operator.lists() > polls + 5);
    assert_eq!(operator.bytes_since(), 0);
}

fn the_program_is_woken_for_polls_and_once_a_minute_and_no_more(service: &'static Service) {
    let mut operator = Operator::on(service, 120, 40, Operator::quiet(300));
    operator.starts().rests();
    operator.advance(minutes(2));
    let polls = operator.lists();
    operator.wakeups = 0;
    operator.advance(minutes(30));
    let polls = operator.lists() - polls;
    assert_eq!(operator.wakeups, polls + 30);
}

fn a_key_held_down_costs_few_bytes(service: &'static Service) {
    let mut operator = Operator::on(service, 120, 40, Operator::quiet(300));
    operator.starts().rests();
    operator.bytes_since();
    for _ in 0..12 {
        operator.press("j");
        let bytes = operator.bytes_since();
        assert!(bytes < 600, "{bytes} bytes for one row");
    }
    operator.rests();
    let bytes = operator.bytes_since();
    assert!(bytes < 2_500, "{bytes} bytes for the detail");
}

fn a_smaller_terminal_keeps_the_selection_in_sight(service: &'static Service) {
    let mut operator = Operator::on(service, 120, 40, Operator::quiet(300));
    operator.starts().press("ctrl-d ctrl-d").rests();
    let selected = operator.selected_id();
    operator.resizes(60, 10).sees("> ");
    operator.resizes(10, 3).sees("needs 20x5");
    operator.resizes(200, 60).sees("> ");
    assert_eq!(operator.selected_id(), selected);
}

/// The bodies published in Microsoft's documentation.
#[test]
fn every_published_alert_is_drawn() {
    for name in [
        "alert-single",
        "alerts-list-default",
        "alerts-list-two",
        "alerts-list-expand-evidence",
    ] {
        let path = format!("{}/tests/samples/{name}.json", env!("CARGO_MANIFEST_DIR"));
        let sample: serde_json::Value =
            serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        let alerts = sample
            .get("value")
            .and_then(|value| value.as_array().cloned());
        let alerts = alerts.unwrap_or_else(|| vec![sample]);
        let population = Population::Verbatim(alerts.iter().map(ToString::to_string).collect());
        let mut operator = Operator::at(
            200,
            60,
            Options {
                population,
                ..Operator::quiet(0)
            },
        );
        operator.starts().rests();
        for alert in alerts {
            let text = |name: &str| {
                alert
                    .get(name)
                    .and_then(serde_json::Value::as_str)
                    .unwrap_or_default()
            };
            let title: String = text("title").chars().take(30).collect();
            let description: String = text("description").chars().take(30).collect();
            operator
                .sees(&title)
                .sees(&description)
                .sees("temp123")
                .sees("DOMAIN\\temp123")
                .sees("test comment for docs")
                .sees("T1064  T1085  T1220");
            if alert.pointer("/evidence/0").is_some() {
                operator
                    .sees("rundll32.exe 3276")
                    .sees("suspicious.dll")
                    .sees("EVIDENCE: FILES 1");
            }
            operator.press("j").rests();
        }
    }
}

/// Two calls leave with one token; it is revoked; both come back with 401.
#[test]
fn a_401_about_the_token_before_a_renewal_is_no_refusal() {
    let mut operator = Operator::at(120, 40, Operator::quiet(40));
    operator.starts().rests().press("j");
    let now = operator.now();
    operator.state.looking.refresh(now.steady);
    operator.state.poller.hurry(now);
    let effects = app::update(&mut operator.state, Event::Woke, now);
    let refused = || Failure::new(FailureKind::Unauthorized, "401");
    let mut renewals = 0;
    for effect in effects {
        let answer = match effect {
            Effect::PollAlerts { poll, .. } => Event::AlertsPolled {
                poll,
                result: Err(refused()),
            },
            Effect::ReadAlert { id } => Event::AlertRead {
                id,
                result: Err(refused()),
            },
            other => panic!("{other:?}"),
        };
        // The first 401 renews; the renewal ends before the second arrives.
        let effects = app::update(&mut operator.state, answer, now);
        if effects.contains(&Effect::RenewToken(Audience::Service)) {
            renewals += 1;
            let facts = operator.state.session.token().unwrap().clone();
            app::update(
                &mut operator.state,
                Event::TokenRenewed(Audience::Service, Ok(facts)),
                now,
            );
        }
    }
    assert_eq!(renewals, 1);
    operator.sees_no("REFUSED");
}
