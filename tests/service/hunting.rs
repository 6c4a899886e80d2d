//! Hunting queries of the real client against the simulated tenant.

use jiff::SignedDuration;
use vigie::domain::failure::Failure;
use vigie::domain::failure::FailureKind;
use vigie::domain::hunt;
use vigie::domain::hunt::Complaint;
use vigie::domain::hunt::Place;
use vigie::domain::hunt::Question;
use vigie::domain::hunt::Subject;
use vigie::domain::hunt::Unhunted;
use vigie::service::Secret;
use vigie::service::authority::Method;
use vigie::service::authority::SecretSource;
use vigie::sim::Endpoint;
use vigie::sim::Fault;
use vigie::sim::Findings;

use crate::stage::Stage;
use crate::stage::answer;

fn subject() -> Subject {
    let text = str::to_owned;
    Subject {
        alert: text("a"),
        device_id: text("d' or 1==1 //"),
        device: text("fin-ws-021"),
        user: text("d.o'brien"),
        process: text("\\powershell.exe"),
        sha1: text("f1"),
        sha256: text("f256"),
        ip: text("203.0.113.9"),
        domain: text("{user}.example"),
        from: "2026-11-22T13:00:00Z".parse().ok(),
        to: "2026-11-22T15:00:00Z".parse().ok(),
    }
}

#[tokio::test]
async fn every_question_is_one_the_service_answers() {
    let stage = Stage::signed_in().await;
    let by_sha1 = Subject {
        sha256: String::new(),
        ..subject()
    };
    for subject in [subject(), by_sha1] {
        for question in Question::ALL {
            let query = question.ask(&subject).unwrap();
            let found = stage.client.hunt(&query).await;
            assert!(found.is_ok(), "{query}\n{found:?}");
            assert!(found.unwrap().columns().len() >= 8);
        }
    }
}

#[tokio::test]
async fn a_refused_query_tells_the_place() {
    let stage = Stage::signed_in().await;
    let complaint = Complaint {
        what: "a recognition error occurred".to_owned(),
        place: Some(Place { line: 1, column: 2 }),
    };
    let refused = Err(Unhunted::Refused(complaint));
    assert_eq!(stage.client.hunt("AlertInfo\n| wher x").await, refused);
    // The answer to a long query is not read to its end.
    let long = format!("AlertInfo\n| wher x // {}", "\"".repeat(100_000));
    assert_eq!(stage.client.hunt(&long).await, refused);
}

#[tokio::test]
async fn what_goes_wrong_is_told_and_nothing_is_sent_twice() {
    let stage = Stage::signed_in().await;
    for (fault, kind) in [
        (Fault::Reset, FailureKind::Unreachable),
        (Fault::Truncate, FailureKind::Unreachable),
        (Fault::Garbage, FailureKind::Malformed),
        (Fault::Html, FailureKind::Malformed),
        (Fault::Empty, FailureKind::Malformed),
        (
            Fault::Redirect("https://evil.example/".to_owned()),
            FailureKind::ForeignLink,
        ),
    ] {
        stage.script().next(Endpoint::Hunting, fault.clone());
        let before = stage.requests().len();
        let failed = stage.client.hunt("AlertInfo").await.unwrap_err();
        assert_eq!(Failure::from(failed).kind, kind, "{fault:?}");
        assert_eq!(stage.requests().len(), before + 1, "{fault:?}");
    }
}

#[tokio::test]
async fn rows_are_given_while_more_come_in() {
    let many = Findings {
        rows: 3_000,
        columns: 4,
        cell: 30,
    };
    let stage = Stage::signed_in().await;
    stage.script().next_hunt_finds(many);
    let mut sizes = Vec::new();
    let mut part = |rows: hunt::Findings| {
        sizes.push(rows.len());
        Ok(())
    };
    let last = stage.client.hunt_in_parts("AlertInfo", &mut part).await;
    // A hundred at once, then twice as many each time, as far as they have come.
    assert!(
        sizes.len() >= 3 && sizes[0] >= 100 && sizes[0] < 1_000,
        "{sizes:?}"
    );
    assert_eq!(sizes.iter().sum::<usize>() + last.unwrap().len(), 3_000);

    // What came before it broke off is given too.
    stage.script().next_hunt_finds(many);
    stage.script().next(Endpoint::Hunting, Fault::Truncate);
    let mut rows = 0;
    let mut part = |part: hunt::Findings| {
        rows += part.len();
        Ok(())
    };
    let failed = stage.client.hunt_in_parts("AlertInfo", &mut part).await;
    assert_eq!(
        Failure::from(failed.unwrap_err()).kind,
        FailureKind::Unreachable
    );
    assert!((1_000..2_000).contains(&rows), "{rows}");

    // Whoever has enough ends it.
    stage.script().next_hunt_finds(many);
    let mut parts = 0;
    let mut part = |_: hunt::Findings| {
        parts += 1;
        Err("enough".to_owned())
    };
    let ended = stage.client.hunt_in_parts("AlertInfo", &mut part).await;
    assert!(ended.is_err());
    assert_eq!(parts, 1);
}

#[tokio::test]
async fn which_quota_is_used_up_is_told() {
    let stage = Stage::signed_in().await;
    let body = r#"{"error":{"code":"TooManyRequests","message":"CPU quota \u001b[2Jexceeded. You can send requests again in 8 seconds."}}"#;
    stage
        .script()
        .next(Endpoint::Hunting, answer(429, &[], body));
    let failure = Failure::from(stage.client.hunt("AlertInfo").await.unwrap_err());
    assert_eq!(
        failure.sentence,
        "too many calls (429): CPU quota \\x1b[2Jexceeded. You can send requests again in 8 seconds"
    );
    assert_eq!(failure.retry_after, Some(SignedDuration::from_secs(8)));
}

#[tokio::test]
async fn a_refusal_names_what_its_holder_has_to_ask_for() {
    let stage = Stage::with_alerts(1).await;
    let secret = Secret::new(stage.account().client_secret);
    let application = Method::ClientSecret(SecretSource::Given(secret));
    for (method, remedy) in [
        (
            stage.password(),
            "hunting takes `AdvancedQuery.Read`; if the token holds it, your Defender role lacks `View Data`",
        ),
        // No role is an application's.
        (application, "hunting takes `AdvancedQuery.Read.All`"),
    ] {
        let client = stage.client_by(method);
        client.renew().await.unwrap();
        stage.script().next(Endpoint::Hunting, answer(403, &[], ""));
        let failure = Failure::from(client.hunt("AlertInfo").await.unwrap_err());
        assert_eq!(failure.remedy.as_deref(), Some(remedy));
    }
}
