//! A person signs in: the first time, by every way, and whatever comes between.
//! What happens to a session that ends is in `signed_out`.

use jiff::SignedDuration;
use vigie::app::Event;
use vigie::domain::sign_in::Prompt;
use vigie::domain::sign_in::Way;
use vigie::sim::Endpoint;
use vigie::sim::Fault;

use crate::operator::Operator;

const LOADED: &str = "30 alerts loaded";

fn seconds(count: i64) -> SignedDuration {
    SignedDuration::from_secs(count)
}

fn oauth(error: &str) -> Fault {
    status(400, &format!(r#"{{"error":"{error}"}}"#))
}

fn status(code: u16, body: &str) -> Fault {
    Fault::Status {
        code,
        headers: Vec::new(),
        body: body.to_owned(),
    }
}

/// The port the browser comes back to.
fn port(operator: &Operator) -> u16 {
    match operator.prompt(Way::Browser) {
        Prompt::Browser { port, .. } => port,
        other => panic!("{other:?}"),
    }
}

/// Polls of device codes so far.
fn polls(operator: &Operator) -> usize {
    operator.grants("device_code").len()
}

/// The screen with everything that differs from run to run crossed out.
fn crossed_out(operator: &Operator) -> String {
    let mut screen = operator.screen();
    for way in [Way::Browser, Way::Paste] {
        let sign_in = operator.state.sign_in.as_ref().unwrap();
        let Some(Prompt::Browser { url, .. } | Prompt::Paste { url }) =
            sign_in.progress(way).prompt()
        else {
            continue;
        };
        let mut masked = url.clone();
        for name in ["&state=", "&nonce=", "&code_challenge="] {
            let (_, value) = url.split_once(name).unwrap();
            let (value, _) = value.split_once('&').unwrap();
            masked = masked.replace(value, &"*".repeat(value.len()));
        }
        let width = usize::from(operator.state.size.width);
        let chunks = |text: &str| -> Vec<String> {
            let letters: Vec<char> = text.chars().collect();
            letters
                .chunks(width)
                .map(|line| line.iter().collect())
                .collect()
        };
        for (line, masked) in chunks(url).iter().zip(chunks(&masked)) {
            screen = screen.replace(line.as_str(), &masked);
        }
    }
    let (_, here) = operator.simulator.account().api.rsplit_once(':').unwrap();
    screen = screen.replace(here, &"#".repeat(here.len()));
    if let Some(Prompt::Browser { port, .. }) = operator
        .state
        .sign_in
        .as_ref()
        .and_then(|sign_in| sign_in.progress(Way::Browser).prompt())
    {
        let port = port.to_string();
        screen = screen.replace(&port, &"%".repeat(port.len()));
    }
    screen
}

#[test]
fn the_first_screen_says_all_the_person_needs() {
    for (name, way) in [("code", Way::DeviceCode), ("browser", Way::Browser)] {
        for (width, height) in [(80, 24), (120, 40), (200, 60)] {
            let mut operator = Operator::by(way, width, height);
            operator.starts();
            insta::assert_snapshot!(format!("{name}_{width}x{height}"), crossed_out(&operator));
        }
    }
    for (width, height) in [(80, 24), (120, 40), (200, 60)] {
        let mut operator = Operator::by(Way::Browser, width, height);
        operator.starts().press("p");
        insta::assert_snapshot!(format!("paste_{width}x{height}"), crossed_out(&operator));
    }
}

#[test]
fn a_code_is_polled_at_its_interval_until_it_is_typed() {
    let mut operator = Operator::by(Way::DeviceCode, 80, 24);
    operator.starts().sees("good for 15m");
    assert_eq!(polls(&operator), 0, "nobody can have typed it yet");
    operator.advance(seconds(4));
    assert_eq!(polls(&operator), 0);
    operator.advance(seconds(6));
    assert_eq!(polls(&operator), 2);
    // Ten seconds apart from here on.
    operator.script().next(Endpoint::Token, oauth("slow_down"));
    operator.advance(seconds(5));
    assert_eq!(polls(&operator), 3);
    operator.advance(seconds(9));
    assert_eq!(polls(&operator), 3);
    operator.advance(seconds(1));
    assert_eq!(polls(&operator), 4);
    for fault in [status(503, ""), Fault::Reset, Fault::Html] {
        operator.script().next(Endpoint::Token, fault);
        operator.advance(seconds(61)).sees("type ");
    }
    operator.script().approve_device_codes();
    operator.advance(seconds(61)).sees("> ").sees_no("type ");
    assert_eq!(operator.asked("/devicecode"), 1);
    let done = polls(&operator);
    operator.advance(seconds(600));
    assert_eq!(
        polls(&operator),
        done,
        "nobody asks for a code that was used"
    );
}

#[test]
fn an_old_code_offers_a_new_one() {
    let mut operator = Operator::by(Way::DeviceCode, 80, 24);
    operator.starts().advance(seconds(899)).sees("good for 1m");
    operator
        .advance(seconds(1))
        .sees("the device code is too old")
        .sees("d asks for a new code");
    let asked = operator.requests().len();
    operator.advance(seconds(3_600));
    assert_eq!(
        operator.requests().len(),
        asked,
        "nothing is asked for nobody"
    );
    operator.press("d").sees("good for 15m");
    operator.script().approve_device_codes();
    operator.advance(seconds(5)).sees("> ");
    assert_eq!(operator.asked("/devicecode"), 2);
}

#[test]
fn a_machine_that_slept_over_a_code_says_that_it_is_too_old() {
    let mut operator = Operator::by(Way::DeviceCode, 80, 24);
    operator.starts().sleeps(seconds(3_600));
    operator.sees("the device code is too old");
    assert_eq!(polls(&operator), 0);
    operator.press("R").sees("good for 15m");
}

#[test]
fn who_declines_can_begin_again() {
    let mut operator = Operator::by(Way::DeviceCode, 80, 24);
    operator.starts();
    operator.script().decline_device_codes();
    operator
        .advance(seconds(5))
        .sees("the sign-in was declined in the browser")
        .sees("d asks for a new code");
    operator.press("b").sees("ssh -N -L").signs_in("decline");
    operator
        .sees("AADSTS65004")
        .sees("b signs in with a browser");
    operator.press("b").signs_in("continue").sees("> ");
}

#[test]
fn a_code_blocked_by_policy_sends_to_the_browser() {
    let mut operator = Operator::by(Way::DeviceCode, 80, 24);
    operator.script().block_device_code(Some(53_003));
    operator
        .starts()
        .sees("AADSTS53003")
        .sees("correlation id")
        .sees("b signs in with a browser");
    operator.press("b").signs_in("continue").sees("> ");
    assert_eq!(operator.asked("/devicecode"), 1);
}

#[test]
fn a_browser_elsewhere_comes_back_through_the_tunnel() {
    let mut operator = Operator::by(Way::Browser, 80, 24);
    operator.starts();
    let port = port(&operator);
    let command = format!("ssh -N -L {port}:localhost:{port} ada@jump.contoso.example");
    operator.sees(&command);
    assert!(Operator::is_open(port));
    operator
        .press("Y")
        .sees("ssh command sent to the terminal's clipboard");
    operator
        .press("y")
        .sees("address sent to the terminal's clipboard");
    operator.signs_in("continue").sees("> ");
    assert!(
        !Operator::is_open(port),
        "the port is closed with the answer"
    );
    assert_eq!(operator.grants("authorization_code").len(), 1);
}

#[test]
fn a_pasted_address_is_taken_once_and_a_wrong_one_spends_nothing() {
    let mut operator = Operator::by(Way::Browser, 80, 24);
    operator.starts();
    let port = port(&operator);
    operator.press("p").sees("paste an address only here");
    for wrong in [
        "nonsense",
        "https://evil.example/?code=hunter2&state=x",
        &format!("http://localhost:{port}/?code=hunter2&state=x"),
        &"http://localhost/".repeat(60_000),
    ] {
        operator.happens(Event::Pasted(wrong.to_owned()));
        operator
            .sees_no("hunter2")
            .sees("paste an address only here");
    }
    assert!(operator.grants("authorization_code").is_empty());
    let brought = operator.answers(Way::Paste, "continue");
    operator.press("p").sees("pasted address: 0 characters");
    operator.happens(Event::Pasted(brought.pasted()));
    operator.sees_no("code=").press("enter").sees("> ");
    assert_eq!(operator.grants("authorization_code").len(), 1);
    operator.hears();
    assert!(
        !Operator::is_open(port),
        "nobody waits for the browser any more"
    );
    assert_eq!(operator.waits_for(), 0);
}

#[test]
fn an_address_pasted_twice_is_used_once_and_signs_in() {
    let mut operator = Operator::by(Way::Browser, 80, 24);
    operator.starts().press("p");
    let pasted = operator.answers(Way::Paste, "continue").pasted();
    operator.expects_silence();
    operator.happens(Event::Pasted(pasted.clone()));
    operator.happens(Event::Pasted(pasted));
    operator.hears().sees("> ");
    while operator.waits_for() > 0 {
        operator.hears();
    }
    assert_eq!(operator.grants("authorization_code").len(), 1);
}

#[test]
fn the_first_way_that_succeeds_ends_the_others() {
    let mut operator = Operator::by(Way::Browser, 80, 24);
    operator
        .starts()
        .press("d p")
        .sees("type ")
        .sees("paste an address only here");
    let port = port(&operator);
    operator.script().approve_device_codes();
    operator.advance(seconds(5)).sees("> ").hears();
    assert!(!Operator::is_open(port));
    assert_eq!(operator.waits_for(), 0);
    let done = polls(&operator);
    operator
        .advance(seconds(60))
        .sees_no("ssh -N")
        .sees_no("type ");
    assert_eq!(polls(&operator), done);
    assert!(operator.grants("authorization_code").is_empty());

    let mut operator = Operator::by(Way::DeviceCode, 80, 24);
    operator.starts().press("b").signs_in("continue").sees("> ");
    operator.script().approve_device_codes();
    operator.advance(seconds(60)).sees("> ");
    assert_eq!(polls(&operator), 0);
}

#[test]
fn what_is_hidden_goes_on_and_comes_back() {
    let mut operator = Operator::by(Way::DeviceCode, 80, 24);
    operator
        .starts()
        .press("esc")
        .sees_no("type ")
        .sees("R shows the sign-in again");
    operator.press("R").sees("type ").press("esc");
    operator.script().approve_device_codes();
    operator.advance(seconds(5)).sees("> ");
    assert_eq!(operator.asked("/devicecode"), 1);
}

#[test]
fn a_silent_service_leaves_the_keys_and_the_other_ways_alone() {
    let mut operator = Operator::by(Way::DeviceCode, 80, 24);
    operator.script().next(Endpoint::DeviceCode, Fault::Hang);
    operator
        .expects_silence()
        .starts()
        .sees("asking for a device code");
    operator.press("?").sees("keys").press("esc d d d");
    assert_eq!(operator.waits_for(), 1, "one question at a time");
    operator.press("esc").sees_no("asking for a device code");
    operator.press("R").sees("asking for a device code");
    operator.press("q");
    assert!(operator.quit);
}

#[test]
fn hostile_texts_of_the_service_are_drawn_and_not_obeyed() {
    let long = "A\\u001b]52;c;aHVudGVyMg==\\u0007\\u202e".repeat(6_000);
    let bodies = [
        format!(
            r#"{{"device_code":"d","user_code":"{long}","verification_uri":"https://login.example/{}","interval":5}}"#,
            "x".repeat(9_000)
        ),
        r#"{"device_code":"d","user_code":"\u001b[2J\u001b]8;;http://evil.example\u0007","verification_uri":"https://login.example/\u001b]8;;http://evil.example\u001b\\"}"#.to_owned(),
    ];
    for body in bodies {
        let mut operator = Operator::by(Way::DeviceCode, 80, 24);
        operator
            .script()
            .next(Endpoint::DeviceCode, status(200, &body));
        operator.starts();
        let bytes = String::from_utf8(operator.bytes()).unwrap();
        for obeyed in ["\u{1b}]52", "\u{1b}]8;;http://evil", "\u{202e}"] {
            assert!(!bytes.contains(obeyed), "{obeyed:?} in {bytes:?}");
        }
        assert_eq!(bytes.matches("\u{1b}[2J").count(), 1, "only our own");
        operator.sees("type ");
    }
    let said = format!(
        r#"{{"error":"invalid_grant","error_description":"AADSTS53003: \u001b]52;c;QQ==\u0007{}","correlation_id":"{}"}}"#,
        "\\u001b[2J ".repeat(3_000),
        "\\u009d".repeat(3_000)
    );
    let mut operator = Operator::by(Way::DeviceCode, 80, 24);
    operator
        .script()
        .next(Endpoint::DeviceCode, status(400, &said));
    operator
        .starts()
        .sees("AADSTS53003")
        .sees("d asks for a new code");
    let bytes = String::from_utf8(operator.bytes()).unwrap();
    assert!(!bytes.contains("\u{1b}]52") && !bytes.contains('\u{9d}'));
    assert_eq!(bytes.matches("\u{1b}[2J").count(), 1, "only our own");
}

#[test]
fn the_list_comes_when_somebody_signed_in() {
    let mut operator = Operator::by(Way::Browser, 120, 40);
    operator.starts();
    assert_eq!(
        operator.asked("/api/alerts"),
        0,
        "no call leaves without a token"
    );
    operator.signs_in("continue").sees(LOADED);
}
