//! Decisions of a shift: made, taken back, met by others', refused, waiting, offered again.

#![expect(
    clippy::indexing_slicing,
    reason = "a name that is missing in JSON reads as null"
)]

use jiff::SignedDuration;
use serde_json::Value;
use serde_json::json;
use vigie::app::Effect;
use vigie::app::Event;
use vigie::app::State;
use vigie::app::handover::Own;
use vigie::domain::decision::kept::End;
use vigie::domain::decision::kept::Outbox;
use vigie::domain::decision::kept::Record;
use vigie::sim::Fault;
use vigie::sim::Options;
use vigie::sim::Population;

use crate::both::Service;
use crate::both::on_both;
use crate::operator::Operator;

on_both! {
    taken_looked_at_and_closed_with_four_keys,
    taken_back_in_time_nothing_was_ever_sent,
    taken_back_too_late_it_is_put_back_and_done_again,
    a_note_that_was_sent_stays_and_says_so,
    somebody_else_was_faster_and_each_answer_is_kept,
    four_hundred_of_a_kind_are_closed_with_six_keys,
    a_number_that_is_wrong_decides_nothing,
    what_is_so_already_is_left_alone_with_the_reason,
    the_service_is_away_for_a_minute_and_the_program_is_killed,
    an_answer_that_got_lost_does_not_write_the_note_twice,
    whoever_quits_with_a_decision_held_is_asked,
    ctrl_c_takes_back_what_is_held_before_it_quits,
    without_the_permission_nothing_can_be_decided_and_the_key_says_why,
    a_profile_that_only_reads_writes_nothing,
    an_alert_is_given_to_somebody_by_a_few_letters_of_the_name,
    whoever_closes_in_the_list_goes_on_with_the_next,
    what_was_decided_before_is_proposed_and_never_done_by_itself,
    what_others_did_is_told_before_it_is_changed,
    the_report_of_the_shift_is_asked_for_by_name,
    whoever_leaves_leaves_nothing_on_disk_that_was_dealt_with,
    what_a_colleague_decided_alike_is_not_ours_to_take_back,
    an_overwrite_is_over_what_was_seen_and_nothing_later,
    what_was_taken_back_while_held_can_be_made_again,
    a_profile_that_became_read_only_sends_nothing_that_is_held,
    half_a_note_about_one_alert_is_not_begun_for_another,
}

fn seconds(seconds: i64) -> SignedDuration {
    SignedDuration::from_secs(seconds)
}

/// Eight new alerts of two kinds, nobody's yet.
fn shift(service: &'static Service) -> Operator {
    shift_of(service, 6, 2)
}

fn shift_of(service: &'static Service, backups: usize, others: usize) -> Operator {
    let alert = |number: usize, title: &str| {
        service.body(json!({
            "id": format!("da{number}_1"), "severity": "Medium", "status": "New", "title": title,
            "computerDnsName": format!("fin-ws-{number:03}"), "machineId": format!("{number:040x}"),
            "detectionSource": "WindowsDefenderAtp", "incidentId": number,
            "alertCreationTime": format!("2026-11-22T13:{:02}:00Z", 10 + number % 40),
            "lastUpdateTime": "2026-11-22T13:59:00Z", "comments": [], "evidence": [],
        }))
    };
    let backups = (0..backups).map(|number| alert(number, "Backup tool deleted shadow copies"));
    let others =
        (0..others).map(|number| alert(900 + number, "Suspicious PowerShell command line"));
    let options = Options {
        population: Population::Verbatim(backups.chain(others).collect()),
        ..Operator::quiet(0)
    };
    let mut operator = Operator::on(service, 80, 24, options);
    operator.starts().rests();
    operator
}

fn away() -> Fault {
    Fault::Status {
        code: 503,
        headers: Vec::new(),
        body: String::new(),
    }
}

fn records(operator: &Operator) -> Vec<Record> {
    let records = operator.effects.iter().filter_map(|effect| match effect {
        Effect::Audit(records) => Some(records.clone()),
        _ => None,
    });
    records.flatten().collect()
}

/// What was written down last.
fn on_disk(operator: &Operator) -> Outbox {
    let kept = operator
        .effects
        .iter()
        .rev()
        .find_map(|effect| match effect {
            Effect::KeepOutbox(outbox) => Some(outbox.as_ref().clone()),
            _ => None,
        });
    kept.unwrap_or_default()
}

/// The program ends without a word and is started again.
fn killed_and_started(operator: &mut Operator) {
    let outbox = Outbox::read(&on_disk(operator).to_json()).unwrap();
    operator.effects.clear();
    let (settings, size) = (operator.state.settings.clone(), operator.state.size);
    operator.state = State::new(settings, size, operator.now());
    operator
        .happens(Event::OutboxFound(outbox))
        .starts()
        .rests();
}

fn taken_looked_at_and_closed_with_four_keys(service: &'static Service) {
    let mut operator = shift(service);
    let id = operator.selected_id();
    operator
        .press("a")
        .sees("z undo 5s [######]  take for")
        .sees("^")
        .sees("prg me");
    operator.press("enter x n");
    operator.sees("close as FP/not malicious, 1 alert, and 1 more");
    operator
        .advance(seconds(6))
        .sees("done: close as FP/not malicious, 1 alert; z undoes it");
    let alert = operator.told(&id);
    assert_eq!(alert["status"], "Resolved");
    assert_eq!(alert["classification"], "FalsePositive");
    assert_eq!(alert["determination"], "NotMalicious");
    assert_eq!(alert["assignedTo"], operator.state.user());
    assert_eq!(operator.writes(), 2);
    let ends: Vec<End> = records(&operator).iter().map(|record| record.end).collect();
    assert_eq!(ends, [End::Written, End::Written]);
    assert!(on_disk(&operator).is_empty());
}

fn taken_back_in_time_nothing_was_ever_sent(service: &'static Service) {
    let mut operator = shift(service);
    operator
        .press("a")
        .advance(seconds(4))
        .sees("z undo 1s")
        .press("z");
    operator.sees("taken back: take for").sees_no("prg");
    operator.advance(seconds(60));
    assert_eq!(operator.writes(), 0);
    assert_eq!(records(&operator).first().unwrap().end, End::TakenBack);
    assert!(on_disk(&operator).is_empty());
}

fn taken_back_too_late_it_is_put_back_and_done_again(service: &'static Service) {
    let mut operator = shift(service);
    let id = operator.selected_id();
    operator.press("a").advance(seconds(6)).sees("prg me");
    operator.press("z").advance(seconds(2));
    let alert = operator.told(&id);
    assert_eq!(alert["status"], "New");
    assert!(
        alert["assignedTo"].as_str().unwrap_or_default().is_empty(),
        "{alert}"
    );
    operator.press("Z").sees("z undo 5s").advance(seconds(6));
    assert_eq!(operator.told(&id)["status"], "InProgress");
    operator.press("z").advance(seconds(2));
    assert_eq!(operator.told(&id)["status"], "New");
}

fn a_note_that_was_sent_stays_and_says_so(service: &'static Service) {
    let mut operator = shift(service);
    let id = operator.selected_id();
    operator
        .press("c")
        .press("known good")
        .press("enter")
        .advance(seconds(6));
    assert_eq!(operator.told(&id)["comments"][0]["comment"], "knowngood");
    operator
        .press("z")
        .sees("cannot be taken back; its note stays");
    assert_eq!(operator.writes(), 1);
}

fn somebody_else_was_faster_and_each_answer_is_kept(service: &'static Service) {
    for (key, owner, verdict) in [
        ("m", "kim@contoso.com", "FalsePositive"),
        ("o", "kim@contoso.com", "FalsePositive"),
        ("z", "kim@contoso.com", ""),
    ] {
        let mut operator = shift(service);
        let id = operator.selected_id();
        operator.press("x b z").press("x n");
        operator.change(
            &id,
            json!({"status": "InProgress", "assignedTo": "kim@contoso.com"}),
        );
        operator.advance(seconds(6));
        operator
            .sees("somebody else decided about 1 alert meanwhile")
            .sees("!");
        assert_eq!(operator.writes(), 0);
        operator.press("O");
        operator
            .sees("met somebody else's decision")
            .sees("you saw")
            .sees(&service.api.word("InProgress"))
            .sees("kim");
        operator.press(key).advance(seconds(6)).press("esc");
        let alert = operator.told(&id);
        assert_eq!(alert["assignedTo"], owner, "{key}");
        assert_eq!(
            alert["classification"].as_str().unwrap_or_default(),
            verdict,
            "{key}"
        );
        let status = if key == "o" { "Resolved" } else { "InProgress" };
        assert_eq!(alert["status"], status, "{key}");
        assert!(on_disk(&operator).is_empty(), "{key}");
    }
}

fn four_hundred_of_a_kind_are_closed_with_six_keys(service: &'static Service) {
    let mut operator = shift_of(service, 400, 3);
    operator.press("G k k k").rests();
    while operator.selected_title() != "Backup tool deleted shadow copies" {
        operator.press("k");
    }
    operator.press("* x b");
    operator
        .sees("type 400 to decide it for all of them")
        .sees("new > resolved IE/line-of-business");
    operator.press("4 0 0").sees("z undo 5s").sees("400 alerts");
    operator
        .advance(seconds(6))
        .sees("done: close as IE/line-of-business application, 400 alerts");
    assert_eq!(operator.batches(), 400usize.div_ceil(service.at_once));
    assert_eq!(operator.state.book.counts().open, 3);
    operator.press("z").until_sent();
    assert_eq!(operator.state.book.counts().open, 403);
}

fn a_number_that_is_wrong_decides_nothing(service: &'static Service) {
    let mut operator = shift_of(service, 30, 0);
    operator
        .press("* x n 2 9")
        .press("enter")
        .sees("type 30 to decide it for 30 alerts");
    operator.press("esc").advance(seconds(10));
    assert_eq!(operator.writes(), 0);
    assert_eq!(operator.state.book.marked(), 30);
}

fn what_is_so_already_is_left_alone_with_the_reason(service: &'static Service) {
    let mut operator = shift(service);
    operator
        .press("a")
        .advance(seconds(6))
        .press("a")
        .sees("it is so already");
    operator
        .press("* a")
        .sees("LEFT ALONE: 1")
        .press("enter")
        .advance(seconds(6));
    assert_eq!(operator.batches(), 1);
}

fn the_service_is_away_for_a_minute_and_the_program_is_killed(service: &'static Service) {
    let mut operator = shift(service);
    let script = operator.script();
    script.always(service.alert, Some(away()));
    script.always(service.list, Some(away()));
    operator
        .press("a j")
        .press("x n j")
        .press("s p j")
        .press("c")
        .press("looked")
        .press("enter");
    operator
        .advance(seconds(40))
        .press("esc")
        .sees("4 decisions wait for the service");
    assert_eq!(on_disk(&operator).entries.len(), 4);
    killed_and_started(&mut operator);
    operator
        .press("esc")
        .sees("4 decisions wait for you: O shows them");
    script.always(service.alert, None);
    script.always(service.list, None);
    // Nothing is sent by itself, however long it takes.
    operator.advance(seconds(120));
    assert_eq!(operator.writes(), 0);
    operator
        .press("O enter j enter j enter j enter")
        .advance(seconds(20))
        .press("esc");
    assert!(on_disk(&operator).is_empty());
    let all: Vec<Value> = (0..6)
        .map(|number| operator.told(&format!("da{number}_1")))
        .collect();
    let others = ["da900_1", "da901_1"].map(|id| operator.told(id));
    let all: Vec<&Value> = all.iter().chain(&others).collect();
    let count = |test: &dyn Fn(&Value) -> bool| all.iter().filter(|alert| test(alert)).count();
    assert_eq!(count(&|alert| alert["status"] == "InProgress"), 2);
    assert_eq!(count(&|alert| alert["status"] == "Resolved"), 1);
    assert_eq!(count(&|alert| alert["comments"] != json!([])), 1);
    assert_eq!(operator.writes(), 4);
}

fn an_answer_that_got_lost_does_not_write_the_note_twice(service: &'static Service) {
    let mut operator = shift(service);
    let id = operator.selected_id();
    operator.press("c").press("looked").press("enter");
    // The first try arrives and its answer does not; then the program is killed.
    operator
        .script()
        .next(service.note, Fault::DoneBut(Box::new(Fault::Reset)));
    operator.advance(seconds(5));
    killed_and_started(&mut operator);
    operator.press("O enter").advance(seconds(30)).press("esc");
    assert_eq!(operator.told(&id)["comments"].as_array().unwrap().len(), 1);
    assert!(on_disk(&operator).is_empty());
}

fn whoever_quits_with_a_decision_held_is_asked(service: &'static Service) {
    let mut operator = shift(service);
    let id = operator.selected_id();
    operator
        .press("a q")
        .sees("1 decision on the way")
        .sees("send, then quit");
    assert!(!operator.quit);
    operator.press("esc").sees("z undo").press("q s");
    assert!(operator.quit);
    assert_eq!(operator.told(&id)["status"], "InProgress");

    let mut operator = shift(service);
    operator.press("a q z");
    assert!(operator.quit);
    assert_eq!(operator.writes(), 0);
    assert!(on_disk(&operator).is_empty());

    let mut operator = shift(service);
    operator.press("a q k");
    assert!(operator.quit);
    assert_eq!(on_disk(&operator).entries.len(), 1);
}

fn ctrl_c_takes_back_what_is_held_before_it_quits(service: &'static Service) {
    let mut operator = shift(service);
    operator.press("a ctrl-c").sees("taken back");
    assert!(!operator.quit);
    operator.press("ctrl-c");
    assert!(operator.quit);
}

fn without_the_permission_nothing_can_be_decided_and_the_key_says_why(service: &'static Service) {
    let mut operator = Operator::on(service, 80, 24, Operator::quiet(10));
    let lacks = format!("the token lacks {}", service.triages);
    service.grant(&operator.script(), &[service.reads]);
    operator.starts().rests().press("a").sees(&lacks);
    operator.press("x").sees(&lacks);
    assert_eq!(operator.writes(), 0);
}

fn a_profile_that_only_reads_writes_nothing(service: &'static Service) {
    let mut operator = Operator::on(service, 80, 24, Operator::quiet(10));
    operator.state.settings.deciding.read_only = true;
    operator.starts().rests();
    for key in ["a", "x", "s", "A", "c", "X"] {
        operator.press(key).sees("this profile is read-only");
    }
}

fn an_alert_is_given_to_somebody_by_a_few_letters_of_the_name(service: &'static Service) {
    let mut operator = shift(service);
    let id = operator.selected_id();
    operator
        .press("A")
        .sees("assign to:")
        .sees("> me")
        .press("kim@contoso.com enter")
        .advance(seconds(6));
    assert_eq!(operator.told(&id)["assignedTo"], "kim@contoso.com");
    operator
        .press("A nob")
        .sees("> nobody")
        .press("enter")
        .advance(seconds(6));
    assert_eq!(
        operator.told(&id)["assignedTo"]
            .as_str()
            .unwrap_or_default(),
        ""
    );
}

fn whoever_closes_in_the_list_goes_on_with_the_next(service: &'static Service) {
    let mut operator = shift(service);
    let first = operator.selected_id();
    operator.press("x n");
    let second = operator.selected_id();
    assert_ne!(first, second);
    operator.press("z");
    assert_eq!(operator.selected_id(), first);
    operator.press("x n").press("x n").advance(seconds(6));
    let third = operator.selected_id();
    assert!(![first, second].contains(&third));
    // When what is closed leaves its place nothing moves under the hand.
    operator.advance(seconds(60));
    assert_eq!(operator.selected_id(), third);
}

fn what_was_decided_before_is_proposed_and_never_done_by_itself(service: &'static Service) {
    let mut operator = shift(service);
    let first = operator.selected_id();
    operator
        .press("P")
        .sees("no alert like this one was closed before");
    operator.press("x n").advance(seconds(6)).rests();
    let next = operator.selected_id();
    operator
        .press("enter")
        .sees("SEEN BEFORE 1x elsewhere: 1 FP/not malicious")
        .press("P")
        .sees("seen before elsewhere: 1 FP/not malicious")
        .sees("enter decides it, esc decides nothing");
    assert_eq!(operator.writes(), 1);
    operator.press("enter").advance(seconds(6));
    assert_eq!(operator.told(&next)["determination"], "NotMalicious");
    assert_eq!(operator.told(&first)["determination"], "NotMalicious");
}

fn what_others_did_is_told_before_it_is_changed(service: &'static Service) {
    let mut operator = shift(service);
    let first = operator.selected_id();
    operator.change(
        &first,
        json!({"status": "Resolved", "assignedTo": "kim@contoso.com",
               "classification": "TruePositive", "determination": "Malware"}),
    );
    operator.advance(seconds(60));
    while operator.selected_title() != "Backup tool deleted shadow copies" {
        operator.press("j");
    }
    operator
        .press("* x n")
        .sees("1 is classified otherwise before: that verdict is replaced")
        .sees("1 is taken by somebody else")
        .sees("resolved kim TP/malware > resolved ki");
}

fn the_report_of_the_shift_is_asked_for_by_name(service: &'static Service) {
    let mut operator = shift(service);
    operator.press("a").advance(seconds(6)).press("j x n");
    operator.press(": h a n d o v e r enter");
    let since = operator
        .effects
        .iter()
        .rev()
        .find_map(|effect| match effect {
            Effect::ReadAudit { since } => Some(*since),
            _ => None,
        });
    let since = since.unwrap();
    let mut own = Own::default();
    for record in records(&operator) {
        own.add(record);
    }
    let result = Ok(own);
    operator
        .happens(Event::AuditRead { since, result })
        .sees("─ report of the shift")
        .sees("CAME")
        .sees("take for");
    operator
        .press("y")
        .sees("report sent to the terminal's clipboard");
    let copied = operator
        .effects
        .iter()
        .any(|effect| matches!(effect, Effect::CopyText(text) if text.starts_with("# Handover")));
    assert!(copied);
    operator.press("esc").sees("=M");
}

fn whoever_leaves_leaves_nothing_on_disk_that_was_dealt_with(service: &'static Service) {
    // The program does nothing that stands behind its end.
    let mut operator = shift(service);
    operator.press("a q z");
    assert!(operator.quit);
    assert!(on_disk(&operator).is_empty());
    assert_eq!(records(&operator).len(), 1);
    let mut operator = shift(service);
    operator.press("a q s");
    assert!(operator.quit);
    assert!(on_disk(&operator).is_empty());
    assert_eq!(records(&operator).first().unwrap().end, End::Written);
}

fn what_a_colleague_decided_alike_is_not_ours_to_take_back(service: &'static Service) {
    let mut operator = shift(service);
    let id = operator.selected_id();
    operator.press("x n");
    operator.change(
        &id,
        json!({"status": "Resolved", "classification": "FalsePositive", "determination": "Clean"}),
    );
    operator.advance(seconds(6)).sees("1 alert was so already");
    operator
        .press("z")
        .sees("nothing was decided in this session");
    assert_eq!(operator.told(&id)["status"], "Resolved");
}

fn an_overwrite_is_over_what_was_seen_and_nothing_later(service: &'static Service) {
    let mut operator = shift(service);
    let id = operator.selected_id();
    operator.press("x n");
    operator.change(
        &id,
        json!({"status": "InProgress", "assignedTo": "kim@contoso.com"}),
    );
    operator.advance(seconds(6)).press("O").sees("kim");
    operator.change(
        &id,
        json!({"status": "Resolved", "classification": "TruePositive", "determination": "Malware"}),
    );
    operator.press("o").advance(seconds(6));
    assert_eq!(operator.told(&id)["determination"], "Malware");
    operator
        .press("esc O")
        .sees(&service.api.word("Malware"))
        .press("o")
        .advance(seconds(6))
        .press("esc");
    assert_eq!(operator.told(&id)["determination"], "NotMalicious");
    // Back to theirs, not to what was there before.
    operator.press("z").advance(seconds(2));
    assert_eq!(operator.told(&id)["determination"], "Malware");
}

fn what_was_taken_back_while_held_can_be_made_again(service: &'static Service) {
    let mut operator = shift(service);
    let id = operator.selected_id();
    operator
        .press("a z Z")
        .sees("z undo 5s")
        .advance(seconds(6));
    assert_eq!(operator.told(&id)["status"], "InProgress");
}

fn a_profile_that_became_read_only_sends_nothing_that_is_held(service: &'static Service) {
    let mut operator = shift(service);
    operator.press("a");
    operator.state.settings.deciding.read_only = true;
    operator.advance(seconds(60));
    assert_eq!(operator.writes(), 0);
    operator
        .press("O enter")
        .sees("this profile is read-only")
        .press("z esc");
    assert!(on_disk(&operator).is_empty());
}

fn half_a_note_about_one_alert_is_not_begun_for_another(service: &'static Service) {
    let mut operator = shift(service);
    operator
        .press("c")
        .press("half")
        .press("esc j c")
        .sees("note for 1 alert:")
        .sees_no("half");
    operator.press("esc k c").sees("note for 1 alert: half");
}
