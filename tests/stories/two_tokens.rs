//! One sign-in, two tokens: alerts from Graph, devices by the Defender API.

use jiff::SignedDuration;
use vigie::app::Effect;
use vigie::app::lines::Line;
use vigie::app::session::Phase;
use vigie::domain::session::Audience;
use vigie::domain::sign_in::Way;
use vigie::sim::Endpoint;
use vigie::sim::Fault;
use vigie::sim::Options;

use crate::operator::Operator;

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 40), (200, 60)];

const NOT_CONSENTED: &str = r#"{"error":"invalid_grant","error_description":"AADSTS65001: The user or administrator has not consented to use the application.\r\nCorrelation ID: 4f1c","error_codes":[65001]}"#;
const REVOKED: &str = r#"{"error":"invalid_grant","error_description":"AADSTS50173: The provided grant has expired due to it being revoked.","error_codes":[50173]}"#;

/// A fault that spoils nothing: the next one is for the request after it.
const PASS: Fault = Fault::Skew(0);

fn refused(body: &str) -> Fault {
    Fault::Status {
        code: 400,
        headers: Vec::new(),
        body: body.to_owned(),
    }
}

fn two(width: u16, height: u16) -> Operator {
    Operator::with_two_tokens(None, width, height, Operator::quiet(30))
}

/// The same where nobody consented to the second API.
fn without_consent(width: u16, height: u16) -> Operator {
    let operator = two(width, height);
    operator.script().next(Endpoint::Token, PASS);
    operator
        .script()
        .next(Endpoint::Token, refused(NOT_CONSENTED));
    operator
}

fn minutes(minutes: i64) -> SignedDuration {
    SignedDuration::from_mins(minutes)
}

fn phase(operator: &Operator) -> &Phase {
    operator.state.respond.as_ref().unwrap().phase()
}

/// How often each token was asked for.
fn asked(operator: &Operator) -> [usize; 2] {
    Audience::ALL.map(|audience| {
        let wanted = Effect::RenewToken(audience);
        operator
            .effects
            .iter()
            .filter(|effect| **effect == wanted)
            .count()
    })
}

#[test]
fn the_pane_shows_both_one_below_the_other() {
    for (width, height) in SIZES {
        let mut operator = two(width, height);
        operator.starts().rests().press("t + +");
        insta::assert_snapshot!(format!("both_{width}x{height}"), operator.screen());
        let page = operator.state.claims_page(usize::from(width));
        let lines: Vec<String> = page.lines.iter().map(Line::plain).collect();
        let place = |text: &str| {
            let mut lines = lines.iter();
            lines.position(|line| line.starts_with(text)).unwrap()
        };
        let second = place("SECOND TOKEN  the Defender API");
        assert!(place("FIRST TOKEN  Microsoft Graph") < second);
        // Each has the permissions of its own API, and none of the other's.
        let (first, second) = lines.split_at(second);
        let has = |lines: &[String], text: &str| lines.iter().any(|line| line.contains(text));
        assert!(has(first, "SecurityAlert.ReadWrite.All") && !has(first, "Machine."));
        assert!(has(second, "Machine.Read") && !has(second, "SecurityAlert"));
        assert!(has(second, "absent: cannot stop and quarantine files"));
        assert!(!has(second, "absent: cannot hunt"));
        operator.press("G");
        insta::assert_snapshot!(format!("second_{width}x{height}"), operator.screen());
    }
}

#[test]
fn no_consent_to_the_second_costs_devices_and_nothing_else() {
    for (width, height) in SIZES {
        let mut operator = without_consent(width, height);
        operator.starts();
        assert!(matches!(phase(&operator), Phase::Refused { .. }));
        operator.sees("alerts loaded; there is no token for the Defender API: t says why");
        operator
            .press("L")
            .sees("no actions on devices: AADSTS65001");
        operator
            .sees("ask an administrator")
            .press("esc")
            .rests()
            .press("t + + G");
        insta::assert_snapshot!(format!("no_consent_{width}x{height}"), operator.screen());
        operator.press("t").sees("Suspicious");
        operator.press("!");
        insta::assert_snapshot!(format!("greyed_{width}x{height}"), operator.screen());
        operator.press("i").sees("no token for the Defender API");
        assert_eq!(operator.asked("/api/machines"), 0);
        // Nobody asks again and again for what an administrator has to give.
        operator.press("esc").advance(minutes(50));
        assert_eq!(asked(&operator), [1, 1]);
    }
}

#[test]
fn consent_that_came_is_found_by_asking_again() {
    let mut operator = without_consent(80, 24);
    operator.starts().rests();
    operator.press("R");
    assert!(matches!(phase(&operator), Phase::Resting { .. }));
    operator.press("!").sees_no("no token for");
}

#[test]
fn each_is_renewed_in_its_own_time() {
    let mut operator = two(120, 40);
    operator.starts().rests();
    let deadline = |operator: &Operator, audience| {
        let session = operator.state.session_of(audience).unwrap();
        session.next_deadline().unwrap()
    };
    assert_eq!(asked(&operator), [1, 1]);
    // The second one is refused by its API, and renewed alone.
    operator.advance(minutes(20));
    operator.script().next(
        Endpoint::Machine,
        Fault::Status {
            code: 401,
            headers: Vec::new(),
            body: String::new(),
        },
    );
    operator.press("!").rests().press("esc");
    assert_eq!(asked(&operator), [1, 2], "{}", operator.screen());
    let [first, second] = Audience::ALL.map(|audience| deadline(&operator, audience));
    assert!(first < second);
    // The head tells of the one that ends first.
    operator.sees("tok 39m");
    operator.advance(minutes(36));
    assert_eq!(asked(&operator), [2, 2]);
    operator
        .press("L")
        .sees("token for Microsoft Graph renewed");
    operator.sees("the Defender API refused the token: renewing it once");
    operator
        .sees("token for the Defender API renewed")
        .press("esc");
    operator.sees("tok 2").advance(minutes(21));
    assert_eq!(asked(&operator), [2, 3]);
}

#[test]
fn trouble_with_the_second_passes_and_is_told_by_its_name() {
    let mut operator = two(120, 40);
    operator.script().next(Endpoint::Token, PASS);
    operator.script().next(Endpoint::Token, Fault::Reset);
    operator.starts();
    assert!(matches!(phase(&operator), Phase::Waiting { .. }));
    operator
        .press("L")
        .sees("no token for the Defender API yet");
    operator.press("esc").advance(SignedDuration::from_secs(6));
    assert!(matches!(phase(&operator), Phase::Resting { .. }));
    assert_eq!(asked(&operator), [1, 2]);
}

#[test]
fn a_sign_in_the_second_wants_waits_until_it_is_asked_for() {
    let mut operator = Operator::with_two_tokens(
        Some(Way::Browser),
        120,
        40,
        Options {
            alerts: 30,
            ..Operator::quiet(30)
        },
    );
    operator.starts();
    operator.script().next(Endpoint::Token, PASS);
    operator.script().next(Endpoint::Token, refused(REVOKED));
    operator.signs_in("continue");
    assert!(matches!(phase(&operator), Phase::PersonNeeded { .. }));
    assert!(!operator.state.shows_sign_in());
    operator.sees("the Defender API wants a new sign-in: R begins it");
    operator
        .press("L")
        .sees("R signs in again")
        .press("esc")
        .rests();
    operator.press("!").press("i");
    operator
        .sees("the Defender API wants a new sign-in")
        .press("esc");
    operator.press("R");
    assert!(operator.state.shows_sign_in());
    operator.signs_in("continue");
    assert!(matches!(phase(&operator), Phase::Resting { .. }));
    assert!(!operator.state.shows_sign_in());
}

#[test]
fn the_end_of_a_service_is_told_where_there_is_room_and_warned_of_when_it_is_near() {
    let mut operator = Operator::at(200, 60, Operator::quiet(30));
    operator.starts().sees("Defender until 2027-02-01");
    let far = "2026-12-02T12:00:00Z";
    for (begins, at_80) in [
        (far, None),
        ("2026-12-03T12:00:00Z", Some("!Defender 60d")),
        ("2027-01-31T12:00:00Z", Some("!Defender 1d")),
        ("2027-02-01T12:00:00Z", Some("!Defender ended?")),
    ] {
        let mut operator = Operator::at(80, 24, Operator::quiet(30));
        operator.begins(begins).starts();
        match at_80 {
            Some(words) => {
                operator.sees(words).press("L");
                operator
                    .sees("the Defender API, ")
                    .sees("MC1220762")
                    .press("esc");
            }
            None => {
                operator.sees_no("!Defender");
            }
        }
    }
    let mut operator = Operator::on(&crate::both::GRAPH, 200, 60, Operator::quiet(30));
    operator.begins("2027-01-31T12:00:00Z").starts();
    operator.sees_no("!Graph").sees_no("until 2027");
}
