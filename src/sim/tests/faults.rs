//! Limits and scripted faults, as the client would meet them.
//!
//! What needs a socket to be seen is tested in `served`.

use super::*;
use crate::sim::script::Endpoint;
use crate::sim::script::Fault;

impl Trial {
    fn spoil(&mut self, fault: Fault) -> Outcome {
        self.world.faults.push(Endpoint::Alerts, fault);
        let bearer = format!("Bearer {}", self.token);
        self.outcome(
            "GET",
            "/api/alerts?$top=2",
            &[("authorization", bearer.as_str())],
            "",
        )
    }

    fn spoiled(&mut self, fault: Fault) -> Reply {
        match self.spoil(fault) {
            Outcome::Reply(reply) => reply,
            other => Reply::json(0, format!("{other:?}")),
        }
    }
}

#[test]
fn calls_beyond_the_limit_wait_as_long_as_they_are_told() {
    let mut trial = Trial::still(3);
    for _ in 0..100 {
        assert_eq!(trial.get("/api/alerts?$top=1").status, 200);
    }
    trial.pass(20);
    let reply = trial.get("/api/alerts/x");
    assert_eq!((reply.status, header(&reply, "retry-after")), (429, "40"));
    assert_eq!(
        trial.get("/api/machines").status,
        200,
        "machines are counted apart"
    );
    trial.pass(40);
    assert_eq!(trial.get("/api/alerts?$top=1").status, 200);
}

#[test]
fn faults_replace_or_spoil_one_answer() {
    let mut trial = Trial::still(9);
    let status = Fault::Status {
        code: 503,
        headers: vec![(String::from("retry-after"), String::from("9"))],
        body: String::from("busy"),
    };
    let reply = trial.spoiled(status);
    assert_eq!(
        (
            reply.status,
            reply.body.as_slice(),
            header(&reply, "retry-after")
        ),
        (503, b"busy".as_slice(), "9")
    );
    assert_eq!(trial.spoil(Fault::Hang), Outcome::Hang);
    assert_eq!(trial.spoil(Fault::Reset), Outcome::Reset);
    assert!(matches!(
        trial.spoil(Fault::Truncate),
        Outcome::Truncated(_)
    ));
    assert!(std::str::from_utf8(&trial.spoiled(Fault::Garbage).body).is_err());
    assert!(header(&trial.spoiled(Fault::Html), "content-type").starts_with("text/html"));
    assert_eq!(trial.spoiled(Fault::Empty).body.len(), 0);
    assert_eq!(trial.spoiled(Fault::HugeBody(100_000)).body.len(), 100_000);
    assert_eq!(
        header(
            &trial.spoiled(Fault::GzipBomb(9_999_999)),
            "content-encoding"
        ),
        "gzip"
    );
    let reply = trial.spoiled(Fault::Redirect(String::from("http://elsewhere.example/")));
    assert_eq!(
        (reply.status, header(&reply, "location")),
        (302, "http://elsewhere.example/")
    );
    assert_eq!(
        header(&trial.spoiled(Fault::Skew(-3600)), "date"),
        "Sun, 22 Nov 2026 11:00:00 GMT"
    );
    let reply = trial.get("/api/alerts?$top=2");
    assert_eq!(
        (reply.status, header(&reply, "date")),
        (200, "Sun, 22 Nov 2026 12:00:00 GMT")
    );
}

#[test]
fn pages_can_be_bent() {
    let mut trial = Trial::still(9);
    let link = |reply: &Reply| text(&reply.value(), "/@odata.nextLink").to_owned();
    let foreign = Fault::ForeignNextLink(String::from("https://evil.example/x"));
    assert_eq!(link(&trial.spoiled(foreign)), "https://evil.example/x");
    assert_eq!(
        link(&trial.spoiled(Fault::NextLink)),
        "http://127.0.0.1:9/api/alerts?$top=2&$skip=2"
    );
    assert_eq!(link(&trial.spoiled(Fault::NoNextLink)), "");
    let reply = trial.spoiled(Fault::BadItem(String::from(r#"{"id":7}"#)));
    assert_eq!(
        (
            items(&reply).len(),
            reply.value().pointer("/value/1/id").and_then(Value::as_i64)
        ),
        (3, Some(7))
    );
    let reply = trial.spoiled(Fault::StringNumbers);
    assert!(!text(&reply.value(), "/value/0/incidentId").is_empty());
}

#[test]
fn a_bad_day_is_mostly_a_good_one() {
    let mut trial = Trial::with(&Options {
        alerts: 3,
        chaos: true,
        ..Options::default()
    });
    let mut good = 0;
    for _ in 0..60 {
        trial = trial.signed_in();
        let bearer = format!("Bearer {}", trial.token);
        let outcome = trial.outcome(
            "GET",
            "/api/alerts?$top=1",
            &[("authorization", bearer.as_str())],
            "",
        );
        good += usize::from(
            matches!(outcome, Outcome::Reply(reply) | Outcome::Late(_, reply) if reply.status == 200),
        );
    }
    assert!((30..60).contains(&good), "{good}");
}
