//! The sign-in by a person, event by event, with time as an argument.

use super::*;
use crate::domain::session::Kept;
use crate::domain::text::Text;

fn moment(seconds: i64) -> Moment {
    Moment {
        wall: jiff::Timestamp::UNIX_EPOCH,
        steady: Steady::START,
    }
    .plus(SignedDuration::from_secs(seconds))
}

fn facts() -> TokenFacts {
    TokenFacts {
        decoded: Err("opaque".to_owned()),
        obtained: moment(0),
        life: SignedDuration::from_secs(3_600),
        renew_in: None,
        skew: None,
        refreshable: true,
        kept: Kept::InMemory,
    }
}

fn browser() -> Prompt {
    Prompt::Browser {
        url: "https://login.example/authorize".to_owned(),
        port: 8400,
    }
}

fn code(now: i64) -> Prompt {
    Prompt::DeviceCode {
        code: Text::from("ABCDEFGHI"),
        page: Text::from("https://login.example/device"),
        expires: moment(now + 900).steady,
        every: SignedDuration::from_secs(5),
    }
}

fn failure(kind: FailureKind) -> Failure {
    Failure::new(kind, "no")
}

fn prompted(sign_in: &mut SignIn, attempt: u32, prompt: Prompt, at: i64) -> Vec<Ask> {
    let answer = Answer::Prompted {
        attempt: AttemptId(attempt),
        result: Ok(prompt),
    };
    sign_in.on_answer(answer, moment(at)).0
}

fn polled(
    sign_in: &mut SignIn,
    result: Result<DeviceAnswer, Failure>,
    at: i64,
) -> (Vec<Ask>, Option<TokenFacts>) {
    let answer = Answer::Polled {
        attempt: AttemptId(1),
        result,
    };
    sign_in.on_answer(answer, moment(at))
}

/// A device code asked for at the start, shown at once.
fn with_code() -> SignIn {
    let mut sign_in = SignIn::by(Way::DeviceCode);
    sign_in.open(None);
    prompted(&mut sign_in, 1, code(0), 0);
    sign_in
}

#[test]
fn the_first_way_that_succeeds_wins_and_the_others_are_cancelled() {
    let mut sign_in = SignIn::by(Way::Browser);
    let attempt = AttemptId(1);
    let way = Way::Browser;
    assert_eq!(sign_in.open(None), [Ask::Prepare { attempt, way }]);
    assert_eq!(
        prompted(&mut sign_in, 1, browser(), 0),
        [Ask::Await { attempt }]
    );
    sign_in.begin(Way::DeviceCode);
    prompted(&mut sign_in, 2, code(0), 1);
    sign_in.begin(Way::Paste);
    let ended = Answer::Ended {
        attempt,
        result: Ok(facts()),
    };
    let (asks, token) = sign_in.on_answer(ended.clone(), moment(9));
    assert_eq!(token, Some(facts()));
    let forgotten = [1, 3, 2].map(|number| Ask::Forget {
        attempt: AttemptId(number),
    });
    assert_eq!(asks, forgotten);
    assert!(!sign_in.is_open() && sign_in.is_stuck());
    assert_eq!(
        sign_in.on_answer(ended, moment(10)),
        (vec![], None),
        "a second one is too late"
    );
}

#[test]
fn a_code_is_asked_for_at_its_interval_counted_from_the_answer() {
    let mut sign_in = with_code();
    let poll = [Ask::Poll {
        attempt: AttemptId(1),
    }];
    assert_eq!(sign_in.next_deadline(), Some(moment(5).steady));
    assert_eq!(sign_in.on_woke(moment(4)), []);
    assert_eq!(sign_in.on_woke(moment(5)), poll);
    assert_eq!(sign_in.on_woke(moment(6)), [], "one question at a time");
    polled(&mut sign_in, Ok(DeviceAnswer::Pending), 7);
    assert_eq!(sign_in.next_deadline(), Some(moment(12).steady));
    for (round, wait) in [(1, 10), (2, 15)] {
        sign_in.on_woke(moment(100 * round));
        polled(&mut sign_in, Ok(DeviceAnswer::SlowDown), 100 * round);
        assert_eq!(
            sign_in.next_deadline(),
            Some(moment(100 * round + wait).steady)
        );
    }
    sign_in.on_woke(moment(300));
    let (_, token) = polled(
        &mut sign_in,
        Ok(DeviceAnswer::Granted(Box::new(facts()))),
        301,
    );
    assert_eq!(token, Some(facts()));
}

#[test]
fn a_service_in_trouble_is_asked_again_and_not_too_soon() {
    let mut sign_in = with_code();
    for (round, wait) in [(1, 5), (2, 15), (3, 45), (4, 60)] {
        sign_in.on_woke(moment(100 * round));
        polled(
            &mut sign_in,
            Err(failure(FailureKind::Unreachable)),
            100 * round,
        );
        assert_eq!(
            sign_in.next_deadline(),
            Some(moment(100 * round + wait).steady)
        );
    }
}

#[test]
fn an_old_code_fails_and_a_new_one_can_be_asked_for() {
    let mut sign_in = with_code();
    sign_in.on_woke(moment(5));
    let forget = [Ask::Forget {
        attempt: AttemptId(1),
    }];
    assert_eq!(sign_in.on_woke(moment(900)), forget);
    assert!(matches!(
        sign_in.progress(Way::DeviceCode),
        Progress::Failed(_)
    ));
    let late = polled(
        &mut sign_in,
        Ok(DeviceAnswer::Granted(Box::new(facts()))),
        901,
    );
    assert_eq!(late, (vec![], None));
    let attempt = AttemptId(2);
    let way = Way::DeviceCode;
    assert_eq!(sign_in.begin(way), [Ask::Prepare { attempt, way }]);
}

#[test]
fn a_refusal_ends_one_way_and_leaves_the_others() {
    let mut sign_in = with_code();
    sign_in.begin(Way::Browser);
    prompted(&mut sign_in, 2, browser(), 0);
    polled(&mut sign_in, Err(failure(FailureKind::SignInRefused)), 5);
    assert!(sign_in.is_open() && !sign_in.is_stuck());
    assert!(sign_in.progress(Way::Browser).prompt().is_some());
    assert_eq!(sign_in.next_deadline(), None);
}

#[test]
fn after_a_session_a_device_code_waits_until_somebody_asks_for_it() {
    let mut sign_in = SignIn::by(Way::DeviceCode);
    let why = failure(FailureKind::SignInNeeded);
    assert_eq!(sign_in.open(Some(why.clone())), []);
    assert_eq!(sign_in.why(), Some(&why));
    assert_eq!(sign_in.begin(Way::DeviceCode).len(), 1);
    let mut sign_in = SignIn::by(Way::Browser);
    assert_eq!(sign_in.open(Some(why)).len(), 1);
}

#[test]
fn a_wrong_paste_can_be_followed_by_the_right_one() {
    let mut sign_in = SignIn::by(Way::Browser);
    sign_in.open(None);
    assert_eq!(sign_in.paste("too soon".to_owned()), []);
    sign_in.begin(Way::Paste);
    let url = "https://login.example/authorize".to_owned();
    prompted(&mut sign_in, 2, Prompt::Paste { url }, 0);
    for kind in [FailureKind::Rejected, FailureKind::SignInRefused] {
        let asks = sign_in.paste("http://localhost/?code=hunter2".to_owned());
        assert_eq!(asks.len(), 1);
        assert!(!format!("{asks:?}").contains("hunter2"));
        assert_eq!(sign_in.paste("again".to_owned()), [], "one at a time");
        let ended = Answer::Ended {
            attempt: AttemptId(2),
            result: Err(failure(kind)),
        };
        sign_in.on_answer(ended, moment(1));
    }
    assert!(matches!(sign_in.progress(Way::Paste), Progress::Failed(_)));
}

#[test]
fn what_cannot_be_prepared_says_why() {
    let mut sign_in = SignIn::by(Way::Browser);
    sign_in.open(None);
    let answer = Answer::Prompted {
        attempt: AttemptId(1),
        result: Err(failure(FailureKind::SignInRefused)),
    };
    sign_in.on_answer(answer, moment(0));
    assert!(sign_in.is_stuck());
    // A late prompt leaves nothing open behind.
    let asks = prompted(&mut sign_in, 1, browser(), 1);
    assert_eq!(asks.len(), 1);
    assert!(matches!(asks.first(), Some(Ask::Forget { .. })));
}
