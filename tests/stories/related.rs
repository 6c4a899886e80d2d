//! What the service relates to an alert: asked for where the evidence is looked at, merged
//! with it, and each part missing by itself.

use jiff::SignedDuration;
use serde_json::Value;
use serde_json::json;
use vigie::app::Effect;
use vigie::app::Event;
use vigie::app::case::thing_under_cursor;
use vigie::domain::alert::AlertId;
use vigie::domain::related::Part;
use vigie::domain::related::Told;
use vigie::domain::thing::Thing;
use vigie::sim::Endpoint;
use vigie::sim::Fault;
use vigie::sim::Options;
use vigie::sim::Population;
use vigie::view::linear::Voice;

use crate::both::GRAPH;
use crate::operator::Operator;

/// Everything the feature asks for, beside what every session has.
const ALL: [&str; 6] = [
    "Alert.ReadWrite",
    "Machine.Read",
    "File.Read.All",
    "Ip.Read.All",
    "URL.Read.All",
    "User.Read.All",
];

const ENDPOINTS: [Endpoint; 4] = [
    Endpoint::AlertFiles,
    Endpoint::AlertIps,
    Endpoint::AlertDomains,
    Endpoint::AlertUser,
];

const SID: &str = "S-1-5-21-72051607-1745760036-109187956-93922";

fn digest(letter: &str) -> String {
    letter.repeat(64)
}

fn alert(number: u32) -> String {
    let evidence = json!([
        {
            "entityType": "Process", "fileName": "powershell.exe", "filePath": "C:\\Windows\\System32",
            "processId": 5120, "processCreationTime": "2026-11-22T12:57:00Z",
            "processCommandLine": "powershell.exe -nop", "sha256": digest("a"), "detectionStatus": "Detected",
        },
        {
            "entityType": "File", "fileName": "a.dll", "filePath": "c:\\temp", "sha1": "B".repeat(40),
            "detectionStatus": "Blocked",
        },
        {"entityType": "User", "accountName": "roy", "domainName": "CORP", "userSid": SID},
        {"entityType": "Url", "url": "https://evil.example/a?b"},
        {"entityType": "Ip", "ipAddress": "203.0.113.9"},
    ]);
    json!({
        "id": format!("da{number}"), "title": format!("Case {number}"), "severity": "High", "status": "New",
        "category": "Execution", "incidentId": 88_121, "detectionSource": "WindowsDefenderAtp",
        "machineId": "111e6dd8c833c8a052ea231ec1b19adaf497b625", "computerDnsName": "fin-ws-021",
        "alertCreationTime": format!("2026-11-22T13:0{number}:00Z"),
        "lastUpdateTime": "2026-11-22T13:30:00Z", "evidence": evidence,
    })
    .to_string()
}

fn files() -> Value {
    json!({"value": [
        {
            "sha1": "a".repeat(40), "sha256": digest("A"), "md5": "a".repeat(32), "globalPrevalence": 2_769_345,
            "globalFirstObserved": "2024-03-23T23:54:06.0135204Z", "globalLastObserved": "2026-11-20T00:43:20Z",
            "size": 452_608, "fileType": null, "isPeFile": true, "filePublisher": "Microsoft Corporation",
            "fileProductName": "Microsoft&copy; Windows&copy; Operating System", "signer": "Microsoft Corporation",
            "issuer": "Microsoft Code Signing PCA", "isValidCertificate": true, "determinationType": "Unknown",
        },
        {
            "sha1": "b".repeat(40), "sha256": digest("b"), "globalPrevalence": 3, "size": 11_264, "isPeFile": true,
            "globalFirstObserved": "2026-11-22T12:41:00Z", "determinationType": "Malware",
            "determinationValue": "Trojan:Win32/Wacatac&#33;\u{1b}[2J",
        },
        {
            "sha1": "c".repeat(40), "sha256": digest("c"), "globalPrevalence": 41, "signer": "Acme &amp; S&ouml;hne",
            "issuer": "Somebody's CA", "isValidCertificate": false, "size": 1_204, "fileType": "PortableExecutable",
        },
    ]})
}

fn user() -> Value {
    json!({
        "id": "corp\\roy", "accountName": "roy", "accountDomain": "corp", "accountSid": SID,
        "firstSeen": "2026-09-08T06:33:39Z", "lastSeen": "2026-11-22T13:58:34Z",
        "mostPrevalentMachineId": "111e6dd8c833c8a052ea231ec1b19adaf497b625",
        "logonTypes": "Interactive, Network", "logOnMachinesCount": 3, "isDomainAdmin": true, "isOnlyNetworkUser": false,
    })
}

fn says(code: u16, body: &Value) -> Fault {
    Fault::Status {
        code,
        headers: Vec::new(),
        body: body.to_string(),
    }
}

/// The service has these answers from now on.
fn tells(operator: &Operator, answers: [Value; 4]) {
    for (endpoint, answer) in ENDPOINTS.into_iter().zip(answers) {
        operator.script().always(endpoint, Some(says(200, &answer)));
    }
}

fn tells_everything(operator: &Operator) {
    let ips = json!({"value": [{"id": "203.0.113.9"}, {"id": "198.51.100.7"}]});
    let domains = json!({"value": [{"host": "EVIL.example"}, {"host": "cdn.evil.example"}]});
    tells(operator, [files(), ips, domains, user()]);
}

fn quiet() -> Options {
    Options {
        population: Population::Verbatim(vec![alert(1), alert(2)]),
        ..Operator::quiet(0)
    }
}

fn started(width: u16, height: u16) -> Operator {
    let mut operator = Operator::at(width, height, quiet());
    operator.script().grant(&ALL);
    tells_everything(&operator);
    operator.starts().rests();
    operator
}

/// In the tab of the evidence, with the keys.
fn opened(width: u16, height: u16) -> Operator {
    let mut operator = started(width, height);
    operator.press("enter + ]").rests();
    operator
}

/// Asserts that this can be read, however its blanks are kept together.
fn reads(operator: &Operator, text: &str) {
    let screen = operator.screen().replace('\u{a0}', " ");
    assert!(screen.contains(text), "no `{text}` on\n{screen}");
}

/// How often each part was asked for: files, addresses, domains, user.
fn asked(operator: &Operator) -> [usize; 4] {
    ["/files?", "/ips?", "/domains?", "/user?"].map(|part| operator.asked(part))
}

#[test]
fn what_is_related_at_every_size() {
    for (width, height) in [(80, 24), (120, 40), (200, 60)] {
        let mut operator = opened(width, height);
        operator.press("+");
        insta::assert_snapshot!(format!("{width}x{height}_related"), operator.screen());
    }
}

#[test]
fn what_is_told_of_a_piece_of_evidence_is_unfolded_with_it() {
    let mut operator = opened(120, 40);
    operator
        .sees("blocked, malware ")
        .sees("domain admin")
        .press("+ enter j enter j enter");
    operator
        .sees("Microsoft\u{a9} Windows\u{a9} Operating System")
        .sees("certificate valid")
        .sees("seen 3x")
        .sees("malware, Trojan:Win32/Wacatac!\\x1b[2J")
        .sees("domain admin");
    insta::assert_snapshot!("unfolded_evidence", operator.screen());
    // What the evidence has not stands for itself.
    operator.press("G k k enter").sees("Acme & S\u{f6}hne");
    insta::assert_snapshot!("unfolded_own", operator.screen());
}

#[test]
fn it_is_asked_for_once_where_one_went_and_anew_when_it_is_old() {
    let mut operator = started(120, 40);
    operator
        .press("]")
        .rests()
        .sees("asked for once this tab has the keys");
    assert_eq!(asked(&operator), [0; 4], "a glance asks nothing");
    operator.press("enter").rests();
    reads(&operator, "told just now");
    assert_eq!(asked(&operator), [1; 4]);
    let left = operator.state.calls.left(operator.now().steady);
    operator.press("j k [ ]").rests();
    assert_eq!(asked(&operator), [1; 4], "it is known");
    operator.advance(SignedDuration::from_mins(3));
    reads(&operator, "told 2m ago");
    assert_eq!(asked(&operator), [1; 4]);
    operator.advance(SignedDuration::from_mins(3));
    assert_eq!(asked(&operator), [2; 4], "it was too old");
    operator.press("r").rests();
    reads(&operator, "told just now");
    assert_eq!(asked(&operator), [3; 4], "a person wanted it");
    assert!(left.0 < 100 - 4, "{left:?} calls left");
    // Another alert is another question; the first one is known still.
    operator.press("esc j").rests().press("enter").rests();
    assert_eq!(asked(&operator), [4; 4]);
    operator.press("esc k").rests().press("enter").rests();
    assert_eq!(asked(&operator), [4; 4]);
}

#[test]
fn what_the_token_lacks_is_named_and_not_asked_for() {
    for (number, lacking, word) in [
        (0, "File.Read.All", "files"),
        (1, "Ip.Read.All", "addresses"),
        (2, "URL.Read.All", "domains"),
        (3, "User.Read.All", "user"),
    ] {
        let mut operator = Operator::at(120, 40, quiet());
        let rest: Vec<&str> = ALL.into_iter().filter(|one| *one != lacking).collect();
        operator.script().grant(&rest);
        tells_everything(&operator);
        operator.starts().rests().press("enter + ]").rests();
        reads(&operator, &format!("the token lacks {lacking} ({word})"));
        let mut expected = [1; 4];
        *expected.get_mut(number).unwrap() = 0;
        assert_eq!(asked(&operator), expected, "{lacking}");
        reads(&operator, "told just now");
    }
    let mut operator = Operator::at(80, 24, quiet());
    operator.script().grant(&["Alert.Read"]);
    operator.starts().rests().press("enter + ]").rests();
    operator.sees("nothing can be asked for");
    insta::assert_snapshot!("nothing_granted", operator.screen());
    assert_eq!(asked(&operator), [0; 4]);
}

/// Where the token cannot be read, the service says what is missing.
#[test]
fn what_is_refused_names_the_permission() {
    let mut operator = Operator::at(120, 40, quiet());
    operator.script().opaque_tokens(true);
    operator.script().grant(&["Alert.Read", "Ip.Read.All"]);
    operator.starts().rests().press("enter + ]").rests();
    operator
        .sees("files: refused; it takes `File.Read.All`")
        .sees("domains: refused; it takes `URL.Read.All` and, in Defender, `View Data`");
    reads(&operator, "2 addresses (1 above)");
    operator.advance(SignedDuration::from_mins(2));
    assert_eq!(asked(&operator), [1; 4], "asking again changes nothing");
}

#[test]
fn each_part_fails_by_itself_and_is_asked_for_again() {
    let mut operator = started(120, 40);
    let script = operator.script();
    script.next(Endpoint::AlertFiles, says(200, &json!({})));
    script.next(Endpoint::AlertIps, says(200, &json!({"value": "none"})));
    let none = json!({"error": {"code": "ResourceNotFound", "message": "no user"}});
    script.next(Endpoint::AlertUser, says(404, &none));
    operator.press("enter + ]").rests();
    operator
        .sees("files: not told: ")
        .sees("addresses: not told: the answer is no list of addresses; r asks again")
        .sees("cdn.evil.example");
    reads(&operator, "no user");
    insta::assert_snapshot!("parts_failed", operator.screen());
    operator.press("r").rests().sees_no("not told");
    assert_eq!(asked(&operator), [2; 4]);
    // What was told stays where it cannot be told again.
    operator
        .script()
        .always(Endpoint::AlertFiles, Some(says(500, &json!({}))));
    operator.press("r").rests();
    operator
        .sees("files: not told: ")
        .sees("certificate invalid");
    // It is tried again by itself, and not with each minute that passes.
    let before = operator.asked("/files?");
    operator.advance(SignedDuration::from_mins(4));
    let tries = operator.asked("/files?") - before;
    assert!((2..=5).contains(&tries), "{tries} tries");
    assert_eq!(operator.asked("/domains?"), 3, "the others are known");
}

#[test]
fn a_token_that_was_refused_is_renewed_and_the_question_put_again() {
    let mut operator = started(120, 40);
    for endpoint in ENDPOINTS {
        operator.script().always(endpoint, None);
    }
    operator.script().revoke_tokens();
    operator.press("enter + ]").rests();
    reads(&operator, "told just now");
    assert_eq!(asked(&operator), [2; 4], "each once with either token");
}

#[test]
fn a_pause_the_service_asks_for_is_kept() {
    let mut operator = started(120, 40);
    let throttled = Fault::Status {
        code: 429,
        headers: vec![("retry-after".to_owned(), "40".to_owned())],
        body: String::new(),
    };
    operator.script().next(Endpoint::AlertFiles, throttled);
    operator
        .press("enter + ]")
        .rests()
        .sees("files: not told: too many calls");
    operator.press("r").rests();
    assert_eq!(operator.asked("/files?"), 1, "not within the pause");
    operator
        .advance(SignedDuration::from_secs(45))
        .sees_no("not told");
}

fn copied(operator: &Operator) -> Option<&str> {
    let effects = operator.effects.iter().rev();
    let mut texts = effects.filter_map(|effect| match effect {
        Effect::CopyText(text) => Some(text.as_str()),
        _ => None,
    });
    texts.next()
}

#[test]
fn rows_of_their_own_are_copied_and_hunted_for() {
    let mut operator = opened(120, 40);
    operator.press("+ G").press("y v");
    assert_eq!(copied(&operator), Some("cdn.evil.example"));
    let word = |operator: &Operator| thing_under_cursor(&operator.state).map(|thing| thing.word());
    assert_eq!(word(&operator), Some("domain"));
    operator.press("k y v");
    assert_eq!(copied(&operator), Some("198.51.100.7"));
    assert_eq!(word(&operator), Some("address"));
    operator.press("k y h");
    assert_eq!(copied(&operator), Some(digest("c").as_str()));
    let Some(Thing::File(file)) = thing_under_cursor(&operator.state) else {
        panic!("a file");
    };
    assert_eq!(file.sha1.original(), "c".repeat(40));
    operator.press("y p").sees("no path is known of it");
    operator.press("k y v");
    let url = "https://evil.example/a?b";
    assert_eq!(copied(&operator), Some(url), "the evidence above");
}

#[test]
fn someone_who_is_no_evidence_has_a_row() {
    let mut operator = Operator::at(120, 40, quiet());
    operator.script().grant(&ALL);
    tells_everything(&operator);
    let mut eve = user();
    *eve.get_mut("accountSid").unwrap() = json!("S-1-5-21-1");
    operator
        .script()
        .always(Endpoint::AlertUser, Some(says(200, &eve)));
    operator.starts().rests().press("enter + ]").rests();
    operator.press("+ G enter").sees("domain admin");
    reads(&operator, "1 user  told just now");
    operator
        .sees("3 devices, mostly 111e6dd8")
        .sees("(of this alert)");
    let Some(Thing::User(account)) = thing_under_cursor(&operator.state) else {
        panic!("a user");
    };
    assert_eq!(account.said().original(), "corp\\roy");
}

#[test]
fn more_than_anybody_reads_is_cut_and_said() {
    let ips: Vec<Value> = (0..1_000)
        .map(|one| json!({"id": format!("2001:db8::{one:x}")}))
        .collect();
    let mut operator = Operator::at(120, 40, quiet());
    operator.script().grant(&ALL);
    tells_everything(&operator);
    operator
        .script()
        .always(Endpoint::AlertIps, Some(says(200, &json!({"value": ips}))));
    operator.starts().rests().press("enter + ]").rests();
    reads(&operator, "1,000 addresses, the first 300 kept");
    operator.press("+ G k k").sees("2001:db8::12a");
}

#[test]
fn graph_has_nothing_beside_the_evidence() {
    let mut operator = Operator::on(&GRAPH, 120, 40, Operator::quiet(30));
    operator.starts().rests().press("enter + ]").rests();
    operator.sees("the evidence is all that Microsoft Graph tells of an alert");
    assert_eq!(asked(&operator), [0; 4]);
}

#[test]
fn an_answer_nobody_asked_for_is_dropped() {
    let mut operator = opened(120, 40);
    let before = operator.screen();
    for id in ["da1", "da2", "nobody"] {
        let id = AlertId::new(id).unwrap();
        operator.happens(Event::RelatedRead {
            id: id.clone(),
            part: Part::User,
            result: Ok(Told::User(None)),
        });
        let known = operator.state.related.get(&id);
        assert_eq!(known.is_some(), id.as_str() == "da1");
    }
    assert_eq!(operator.screen(), before);
}

#[test]
fn an_alert_without_evidence_has_what_is_related() {
    let mut bare: Value = serde_json::from_str(&alert(1)).unwrap();
    *bare.get_mut("evidence").unwrap() = json!([]);
    let mut operator = Operator::at(
        80,
        24,
        Options {
            population: Population::Verbatim(vec![bare.to_string()]),
            ..Operator::quiet(0)
        },
    );
    operator.script().grant(&ALL);
    tells_everything(&operator);
    operator.starts().rests().press("enter + ]").rests();
    operator.sees("this alert has no evidence");
    reads(&operator, "3 files, 2 addresses");
    operator.press("G y v");
    assert_eq!(copied(&operator), Some("corp\\roy"));
    insta::assert_snapshot!("no_evidence", operator.screen());
}

#[test]
fn what_came_is_heard_once() {
    let mut operator = started(80, 24);
    let mut voice = Voice::default();
    operator.press("enter ]");
    let told = voice.tell(&operator.state).join("\n");
    assert!(told.contains("RELATED"), "{told}");
    let heard = |operator: &Operator, voice: &mut Voice| voice.tell(&operator.state).join("\n");
    operator.press("r").rests();
    heard(&operator, &mut voice);
    operator.advance(SignedDuration::from_mins(2));
    assert_eq!(heard(&operator, &mut voice), "", "minutes pass in silence");
}
