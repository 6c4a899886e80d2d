//! What is related to an alert: four calls, each with its permission and its own failure.

use vigie::domain::alert::AlertId;
use vigie::domain::failure::FailureKind;
use vigie::domain::related::Part;
use vigie::domain::related::Told;
use vigie::domain::token::Api;
use vigie::sim::Endpoint;
use vigie::sim::Fault;

use crate::both::GRAPH;
use crate::stage::Stage;
use crate::stage::answer;
use crate::stage::verbatim;

const ALERT: &str = r#"{"id":"da1_/?#","title":"T","severity":"High","status":"New",
    "relatedUser":{"userName":"nobody.we.know","domainName":"CORP"},
    "evidence":[
        {"entityType":"File","fileName":"a.dll","filePath":"c:\\temp","sha1":"aa","sha256":"bb"},
        {"entityType":"Ip","ipAddress":"203.0.113.9"},
        {"entityType":"Url","url":"https://evil.example/a"}
    ]}"#;

const ENDPOINTS: [(Part, Endpoint); 4] = [
    (Part::Files, Endpoint::AlertFiles),
    (Part::Addresses, Endpoint::AlertIps),
    (Part::Domains, Endpoint::AlertDomains),
    (Part::User, Endpoint::AlertUser),
];

/// Its id has everything in it that an address would take for something else.
fn alert() -> AlertId {
    AlertId::new("da1_/?#").unwrap()
}

async fn stage(granted: &[&str]) -> Stage {
    let stage = Stage::with(verbatim(vec![ALERT.to_owned()])).await;
    stage.script().grant(granted);
    stage.client.renew().await.unwrap();
    stage
}

async fn permitted() -> Stage {
    let mut granted = vec!["Alert.Read"];
    granted.extend(Part::ALL.map(Part::permission));
    stage(&granted).await
}

#[tokio::test]
async fn each_part_is_told_by_a_call_of_its_own() {
    let stage = permitted().await;
    let mut amounts = Vec::new();
    for part in Part::ALL {
        let told = stage.client.related(&alert(), part).await.unwrap();
        amounts.push(told.in_all());
    }
    // The address of the evidence and that of the domain; nobody by that name.
    assert_eq!(amounts, [1, 2, 1, 0]);
    let requests = stage.requests();
    let paths: Vec<&str> = requests
        .iter()
        .filter(|request| request.method == "GET")
        .map(|request| request.path.as_str())
        .collect();
    let path = |part: &str| format!("/api/alerts/da1_%2F%3F%23/{part}");
    assert_eq!(paths, ["files", "ips", "domains", "user"].map(path));
}

#[tokio::test]
async fn someone_the_tenant_knows_is_told_of() {
    let stage = Stage::signed_in().await;
    let page = stage
        .client
        .list_alerts(&stage.everything(30))
        .await
        .unwrap();
    let mut known = 0;
    for alert in &page.alerts {
        let told = stage.client.related(&alert.id, Part::User).await.unwrap();
        let Told::User(user) = told else {
            panic!("{told:?}");
        };
        if let Some(user) = user {
            known += 1;
            assert!(!user.account.name.is_empty() && !user.account.sid.is_empty());
            assert!(user.first_seen < user.last_seen);
            assert!(user.is_domain_admin.is_some() && user.devices.is_some());
        }
    }
    assert!(known > 0);
}

#[tokio::test]
async fn a_permission_that_is_missing_is_named_and_the_others_are_good() {
    for lacking in Part::ALL {
        let mut granted = vec!["Alert.Read"];
        let others = Part::ALL.into_iter().filter(|part| *part != lacking);
        granted.extend(others.map(Part::permission));
        let stage = stage(&granted).await;
        for part in Part::ALL {
            let told = stage.client.related(&alert(), part).await;
            if part != lacking {
                assert!(told.is_ok(), "{part:?} {told:?}");
                continue;
            }
            let failure = told.unwrap_err();
            assert_eq!(failure.kind, FailureKind::Forbidden);
            let remedy = failure.remedy.unwrap();
            assert!(remedy.contains(part.permission()), "{remedy}");
            assert!(failure.request.is_some());
        }
    }
}

#[tokio::test]
async fn none_and_not_found_are_two_things() {
    let stage = permitted().await;
    let none = r#"{"error":{"code":"ResourceNotFound","message":"not found"}}"#;
    for (part, endpoint) in ENDPOINTS {
        stage.script().next(endpoint, answer(404, &[], none));
        let told = stage.client.related(&alert(), part).await.unwrap();
        assert_eq!((told.in_all(), told.kept()), (0, 0), "{part:?}");
        // A gateway that knows no such call.
        let gateway = r#"{"statusCode":404,"message":"Resource not found"}"#;
        for body in [gateway, "", "<html>"] {
            stage.script().next(endpoint, answer(404, &[], body));
            let failure = stage.client.related(&alert(), part).await.unwrap_err();
            assert_eq!(failure.kind, FailureKind::NotFound, "{part:?} {body}");
        }
    }
}

#[tokio::test]
async fn whatever_is_answered_is_told_in_a_sentence() {
    let stage = permitted().await;
    for (part, endpoint) in ENDPOINTS {
        for (fault, kind) in [
            (Fault::Garbage, FailureKind::Malformed),
            (Fault::Html, FailureKind::Malformed),
            (Fault::Empty, FailureKind::Malformed),
            (Fault::HugeBody(9 * 1024 * 1024), FailureKind::Malformed),
            (Fault::GzipBomb(64 * 1024 * 1024), FailureKind::Malformed),
            (
                answer(200, &[], r#"{"value":{"a":1}}"#),
                FailureKind::Malformed,
            ),
            (Fault::Reset, FailureKind::Unreachable),
            (answer(503, &[], ""), FailureKind::Unreachable),
            (
                answer(429, &[("retry-after", "7")], ""),
                FailureKind::Throttled,
            ),
            (answer(400, &[], ""), FailureKind::Rejected),
            (answer(401, &[], ""), FailureKind::Unauthorized),
        ] {
            let words = format!("{part:?} {fault:?}");
            stage.script().next(endpoint, fault);
            let failure = stage.client.related(&alert(), part).await.unwrap_err();
            assert_eq!(failure.kind, kind, "{words}: {failure}");
            assert!(!failure.sentence.contains(char::is_control), "{failure}");
        }
        assert!(stage.client.related(&alert(), part).await.is_ok());
    }
}

/// Nothing is asked where there is nobody to answer, or nothing to ask about.
#[tokio::test]
async fn what_cannot_be_asked_is_not_sent() {
    let stage = Stage::signed_in_to(&GRAPH).await;
    assert_eq!(stage.client.service(), Api::Graph);
    let before = stage.requests().len();
    for part in Part::ALL {
        let failure = stage.client.related(&alert(), part).await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::Misconfigured);
    }
    assert_eq!(stage.requests().len(), before);
    let stage = permitted().await;
    let before = stage.requests().len();
    for id in [".", ".."] {
        let id = AlertId::new(id).unwrap();
        let told = stage.client.related(&id, Part::Files).await;
        assert_eq!(told.unwrap_err().kind, FailureKind::Misconfigured);
    }
    assert_eq!(stage.requests().len(), before);
}
