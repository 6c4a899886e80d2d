//! What reads text from outside, what it is given, and what must hold whatever it is.

use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use fastrand::Rng;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;
use vigie::app::alert_book::AlertBook;
use vigie::app::alert_book::AlertKey;
use vigie::app::alert_book::Marking;
use vigie::app::filter::Filter;
use vigie::app::filter::complete::complete;
use vigie::config::Config;
use vigie::config::Flags;
use vigie::config::TEMPLATE;
use vigie::config::pointer;
use vigie::domain::alert::AlertId;
use vigie::domain::filter::Around;
use vigie::domain::filter::Query;
use vigie::domain::filter::odata;
use vigie::domain::process_tree::ProcessTree;
use vigie::domain::token::Api;
use vigie::domain::token::Expected;
use vigie::domain::token::checks;
use vigie::domain::token::decode;
use vigie::domain::token::explain;
use vigie::wire::alert;
use vigie::wire::challenge;
use vigie::wire::detail;
use vigie::wire::json;
use vigie::wire::outline::Outline;
use vigie::wire::page;
use vigie::wire::problem;
use vigie::wire::table;

use crate::command;
use crate::condition;
use crate::device;
use crate::hostile::noise;
use crate::hostile::one_of;
use crate::hostile::spoilt;
use crate::hunting;
use crate::related;

/// Panics where something does not hold.
type Check = Box<dyn FnMut(&[u8])>;

/// One reader.
#[derive(Clone, Copy)]
pub(crate) struct Reader {
    pub(crate) name: &'static str,
    pub(crate) input: fn(&mut Rng) -> Vec<u8>,
    pub(crate) make: fn() -> Check,
}

pub(crate) const ALL: [Reader; 10] = [
    Reader {
        name: "filter",
        input: filter_text,
        make: filter,
    },
    Reader {
        name: "completion",
        input: filter_text,
        make: completion,
    },
    Reader {
        name: "page",
        input: page_body,
        make: || Box::new(read_page),
    },
    Reader {
        name: "device",
        input: device::body,
        make: || Box::new(device::read),
    },
    Reader {
        name: "hunting",
        input: hunting::body,
        make: || Box::new(hunting::read),
    },
    Reader {
        name: "related",
        input: related::body,
        make: || Box::new(related::read),
    },
    Reader {
        name: "problem",
        input: page_body,
        make: || Box::new(read_problem),
    },
    Reader {
        name: "token",
        input: token_text,
        make: || Box::new(read_token),
    },
    Reader {
        name: "config",
        input: config_text,
        make: config,
    },
    Reader {
        name: "command",
        input: command::text,
        make: || Box::new(command::read),
    },
];

/// A message for a person: of bounded length, and nothing a terminal obeys.
pub(crate) fn is_harmless(message: &str) {
    assert!(message.len() < 2_000, "{} bytes long", message.len());
    assert!(!message.contains(char::is_control), "{message:?}");
}

/// Bytes that the language allows.
const LONGEST_FILTER: usize = 16 * 1024;

const FILTERS: [&[u8]; 18] = [
    b"",
    b"powershell",
    b"sev>=med dev:FIN* !user:svc",
    b"is:unassigned sev:high age<2h",
    b"(is:mine or is:unassigned) is:open",
    b"title:/psexec|wmic/ cat=Execution",
    b"dev:\"\" or own=me@contoso.com,\"O'Brien\"",
    b"created>=2026-11-20 updated<7d !(status:new,res)",
    b"created:2026-11-20T14:00Z updated>2026-11-20T14:00:00.123+01:00",
    b"inc:88121 id=da1_2 detector:edr",
    b"!(!(!(sev<low)))",
    b"tech:T1059* group:fin class:true det:mal",
    b"\"Trojan:Win32\" \"/usr/bin\" \"or\" \"\\\"\\\\\"",
    b"/^a{2,9}(b|c)?[^d-f]+$/ x*y?z",
    b"sev!=high and status!=new or is:new",
    b"((((a) b) or c) d) e",
    b"dev:/\\\\\\/x/,*,\"\"",
    b"age>=90s age<=1h30m age:2w",
];

const FILTER_WORDS: [&str; 52] = [
    "sev",
    "status",
    "st",
    "is",
    "dev",
    "user",
    "title",
    "age",
    "own",
    "cat",
    "created",
    "updated",
    "inc",
    "id",
    "tech",
    "class",
    ":",
    ">=",
    "<=",
    "<",
    ">",
    "=",
    "!=",
    "!",
    "(",
    ")",
    "\"",
    "/",
    "\\",
    ",",
    "*",
    "?",
    " ",
    " or ",
    " and ",
    "high",
    "med",
    "unspecified",
    "unknown",
    "new",
    "mine",
    "2h",
    "90s",
    "2026-11-20",
    "T14:00",
    "2026-13-45",
    "x",
    "[",
    "{9}",
    "(?i)",
    "|",
    "+",
];

/// Whole terms, so that most of what is made of them is a filter.
const TERMS: [&str; 30] = [
    "sev:high",
    "sev>=low",
    "sev<med",
    "sev:unspecified",
    "sev:unknown,low",
    "status:new",
    "status:unknown",
    "is:mine",
    "is:open",
    "is:unassigned",
    "is:new",
    "own=me@contoso.com",
    "own:auto",
    "own:\"\"",
    "cat=Execution",
    "cat:\"\"",
    "inc:7",
    "inc:88121,\"\"",
    "inc:8*",
    "id=da2",
    "age<2h",
    "age>=1d",
    "created:2026-11-20",
    "updated>2026-11-21T10:00Z",
    "created<2026-11-22",
    "detector=WindowsDefenderAv",
    "dev:fin*",
    "power",
    "/o/",
    "title:\"odd\"",
];

fn filter_text(dice: &mut Rng) -> Vec<u8> {
    match dice.u8(0..8) {
        0 => noise(dice),
        1 => (0..dice.usize(0..24))
            .flat_map(|_| one_of(dice, &FILTER_WORDS).bytes())
            .collect(),
        2..=4 => tree(dice, 4).into_bytes(),
        _ => spoilt(dice, &FILTERS, &FILTER_WORDS),
    }
}

/// A filter by the grammar.
fn tree(dice: &mut Rng, deeper: u32) -> String {
    if deeper == 0 || dice.u8(0..4) == 0 {
        return one_of(dice, &TERMS).to_owned();
    }
    let parts: Vec<String> = (0..dice.usize(1..4))
        .map(|_| tree(dice, deeper - 1))
        .collect();
    let joined = parts.join(one_of(dice, &[" ", " or ", " and "]));
    let not = if dice.u8(0..3) == 0 { "!" } else { "" };
    format!("{not}({joined})")
}

fn around() -> Around {
    Around {
        service: Api::Defender,
        me: "Me@contoso.com".to_owned(),
        now: now(),
        zone: TimeZone::fixed(jiff::tz::offset(1)),
    }
}

pub(crate) fn now() -> Timestamp {
    "2026-11-22T14:00:00Z".parse().unwrap()
}

/// Alerts that differ in what filters ask for.
fn alerts() -> Vec<Value> {
    let mut dice = Rng::with_seed(9);
    let mut some = |of: &[&str]| serde_json::from_str::<Value>(one_of(&mut dice, of)).unwrap();
    (0..48)
        .map(|number| {
            serde_json::json!({
                "id": format!("da{number}"),
                "severity": some(&["\"High\"", "\"Medium\"", "\"Low\"", "\"Informational\"",
                    "\"UnSpecified\"", "\"Critical\"", "null"]),
                "status": some(&["\"New\"", "\"InProgress\"", "\"Resolved\"", "\"Parked\"", "null"]),
                "title": some(&["\"Suspicious PowerShell\"", "\"Something odd\"", "\"\"", "null"]),
                "assignedTo": some(&["null", "\"\"", "\"me@contoso.com\"", "\"Automation\"",
                    "\"O'Brien\""]),
                "category": some(&["\"Execution\"", "\"execution\"", "null", "\"\""]),
                "detectionSource": some(&["\"WindowsDefenderAv\"", "\"MTP\"", "null"]),
                "computerDnsName": some(&["\"FIN-WS-021.corp\"", "\"dc01\"", "null"]),
                "incidentId": some(&["7", "88121", "4294967296", "null"]),
                "alertCreationTime": some(&["\"2026-11-22T12:00:00Z\"", "\"2026-11-20T00:00:00Z\"",
                    "\"2026-11-19T22:59:59.9999999Z\"", "\"2026-11-21T14:00:00Z\"",
                    "\"2026-11-22T13:59:00Z\""]),
                "lastUpdateTime": some(&["\"2026-11-22T13:59:30Z\"", "\"2026-11-21T10:00:00Z\"",
                    "\"2026-11-21T10:00:00.0000001Z\""]),
            })
        })
        .collect()
}

fn book_of(alerts: &[Value]) -> AlertBook {
    let mut book = AlertBook::default();
    let alerts = alerts
        .iter()
        .map(|one| alert::read(&one.to_string()).unwrap());
    book.absorb(alerts.collect(), Marking::Leave);
    book
}

fn filter() -> Check {
    let alerts = alerts();
    let mut book = book_of(&alerts);
    let id_of = |alert: &Value| AlertId::new(alert.get("id").unwrap().as_str().unwrap()).unwrap();
    Box::new(move |input| {
        let text = String::from_utf8_lossy(input);
        let query = match Query::parse(&text) {
            Ok(query) => query,
            Err(error) => {
                let columns = 1..=text.chars().count() + 1;
                assert!(columns.contains(&error.column), "column {}", error.column);
                is_harmless(&error.to_string());
                return;
            }
        };
        let printed = query.to_string();
        // Quotes make a text longer that was nearly too long: that one is refused.
        if printed.len() <= LONGEST_FILTER {
            let again = Query::parse(&printed);
            assert!(again.as_ref() == Ok(&query), "not the same: {printed:?}");
        }
        let filter = Filter::new(query.clone(), around());
        let keys: Vec<AlertKey> = alerts
            .iter()
            .map(|alert| book.key_of(&id_of(alert)).unwrap())
            .collect();
        let through = book.passing(&filter, &keys);
        let condition = odata::filter(&query, &around());
        let is_whole = odata::is_whole(&query, &around());
        assert!(condition.as_ref().is_none_or(|text| text.len() <= 3_000));
        let mut passing = Vec::new();
        for alert in &alerts {
            let key = book.key_of(&id_of(alert)).unwrap();
            let here = through.contains(&key);
            if here {
                passing.push(key);
            }
            let Some(condition) = &condition else {
                continue;
            };
            // The service may tell too much, never too little.
            let there = condition::holds(condition, alert);
            assert!(there || !here, "`{condition}` loses {alert}");
            assert!(
                here || !there || !is_whole,
                "`{condition}` is not whole: {alert}"
            );
        }
        // From whatever the filter before left: typing on narrows.
        book.filter_by(filter);
        let mut visible = book.visible().to_vec();
        visible.sort_unstable();
        passing.sort_unstable();
        assert_eq!(visible, passing);
    })
}

fn completion() -> Check {
    let book = book_of(&alerts());
    Box::new(move |input| {
        let text = String::from_utf8_lossy(input);
        let length = text.chars().count();
        // Every place of a short text, and the ends of a long one.
        let places = (0..=length + 1).filter(|place| *place < 40 || place + 4 > length);
        for cursor in places {
            for offer in complete(&text, cursor, &book) {
                assert!(offer.cursor <= offer.text.chars().count(), "at {cursor}");
                assert!(offer.text.len() <= text.len() + 300, "at {cursor}");
            }
        }
    })
}

const PAGES: [&[u8]; 8] = [
    include_bytes!("../samples/alerts-list-default.json"),
    include_bytes!("../samples/alerts-list-two.json"),
    include_bytes!("../samples/alerts-list-expand-evidence.json"),
    include_bytes!("../samples/alerts-list-empty.json"),
    include_bytes!("../samples/alert-single.json"),
    include_bytes!("../samples/error-resource-not-found.json"),
    include_bytes!("../samples/error-invalid-request-body.json"),
    br#"{"error":"invalid_grant","error_description":"AADSTS50076: \u0000\ud800 x. Trace ID: 1","error_codes":[50076],"claims":"{\"access_token\":{}}"}"#,
];

pub(crate) const JSON_WORDS: [&str; 26] = [
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\\",
    "null",
    "true",
    "\\u0000",
    "\\ud800",
    "\\udfff",
    "\"value\":",
    "\"id\":",
    "\"severity\":",
    "\"title\":",
    "\"evidence\":[",
    "\"entityType\":",
    "\"alertCreationTime\":",
    "\"@odata.nextLink\":\"https://x/\"",
    "\"mitreTechniques\":[",
    "\"comments\":[{",
    "9999-12-31T23:59:59Z",
    "-009999-01-01T00:00:00Z",
    " ",
];

fn page_body(dice: &mut Rng) -> Vec<u8> {
    if dice.u8(0..12) == 0 {
        noise(dice)
    } else {
        spoilt(dice, &PAGES, &JSON_WORDS)
    }
}

fn read_page(input: &[u8]) {
    const LINES: usize = 200;
    let told = match page::read(input) {
        Ok(page) => page,
        Err(error) => return is_harmless(&error),
    };
    let mut book = AlertBook::default();
    book.pass(now());
    for alert in &told.alerts {
        let original = alert.body.unpack();
        let detail = detail::read(&original);
        assert!(detail.evidence.len() <= original.len());
        let outline = Outline::of(original.clone());
        for line in (0..outline.lines().len()).take(LINES) {
            assert!(outline.node(line).len() <= original.len());
            outline.path(line);
        }
        let tree = ProcessTree::of(&detail.evidence);
        assert!(tree.nodes().len() <= 2 * detail.evidence.len());
        let line = json::one_harmless_line(&original);
        assert!(!line.contains(char::is_control), "{line:?}");
        assert!(!table::markdown_row(&original, Api::Graph).contains('\u{1b}'));
        table::record(&original, Api::Graph);
        table::record(&original, Api::Defender);
    }
    let count = told.alerts.len();
    let absorbed = book.absorb(told.alerts, Marking::Mark);
    assert!(absorbed.new.len() <= count);
    assert_eq!(book.visible().len(), absorbed.new.len());
}

fn read_problem(input: &[u8]) {
    let read = problem::read(input);
    is_harmless(&read.code);
    is_harmless(&read.message);
    problem::wait_in_words(&read.message);
    if let Some(problem) = problem::read_sign_in(input) {
        is_harmless(&problem.error);
    }
    let text = String::from_utf8_lossy(input);
    is_harmless(&problem::harmless(&text));
    challenge::claims(&text);
}

const CLAIMS: [&[u8]; 4] = [
    br#"{"aud":"https://api.securitycenter.microsoft.com","iss":"https://sts.windows.net/0f9a/","iat":1795355820,"nbf":1795355820,"exp":1795359720,"acr":"1","amr":["pwd","mfa"],"scp":"Alert.ReadWrite Machine.Read","tid":"0f9a","upn":"a@b.c","ver":"1.0","wids":["62e90394-69f5-4237-9190-012177145e10"]}"#,
    br#"{"roles":["Alert.Read.All"],"exp":1.5e300,"nbf":-1,"iat":null,"xms_cc":["cp1"],"a":{"b":[[[]]]}}"#,
    br#"{"alg":"RS256","typ":"JWT","x5t":"a","kid":"b","nonce":"c"}"#,
    b"{}",
];

fn token_text(dice: &mut Rng) -> Vec<u8> {
    let words = [
        "\"exp\":", "\"scp\":", "{", "[", "\"", ",", "null", "1e400", "\\u202e",
    ];
    let mut part = || URL_SAFE_NO_PAD.encode(spoilt(dice, &CLAIMS, &words));
    let token = format!("{}.{}.c2ln", part(), part());
    let whole = token.into_bytes();
    match dice.u8(0..6) {
        0 => noise(dice),
        1 => spoilt(
            dice,
            &[&whole],
            &[".", "=", "Bearer ", "\"", "\n", "+", "/", "-", "_"],
        ),
        _ => whole,
    }
}

fn read_token(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let token = match decode(&text) {
        Ok(token) => token,
        Err(error) => return is_harmless(&error.to_string()),
    };
    for note in &token.notes {
        is_harmless(note);
    }
    for claim in token.header.iter().chain(&token.claims) {
        explain(claim, now(), &TimeZone::UTC);
        assert!(!claim.shown().contains(char::is_control));
    }
    let expected = Expected {
        audiences: vec!["https://api.securitycenter.microsoft.com".to_owned()],
        tenant: Some("0f9a".to_owned()),
        ..Expected::default()
    };
    for check in checks(&token, &expected, now(), None) {
        assert!(
            !check.message.contains(char::is_control),
            "{}",
            check.message
        );
    }
}

const CONFIGS: [&[u8]; 4] = [
    TEMPLATE.as_bytes(),
    b"profile = \"a\"\ntheme = \"dark\"\nbox = \"ascii\"\nmouse = true\n[profiles.a]\ntenant = \"contoso.com\"\nclient_id = \"1b730954-1685-4b74-9bfd-dac224a7b894\"\nauth = \"device-code\"\npoll = \"1h30m\"\nscopes = [\"Alert.Read\"]\nredirect_port = 8400\n",
    b"[keys]\nselect-next = [\"j\", \"down\"]\nquit = [\"q\"]\n[roles]\nsevere = { fg = \"#ff0000\", bold = true }\n",
    b"[profiles.x]\npassword_command = [\"pass\", \"x\"]\nquiet = \"22:00-07:00\"\nauthority = \"http://127.0.0.1:8\"\nlate_high = \"10m\"\n",
];

const CONFIG_WORDS: [&str; 32] = [
    "[profiles.",
    "[keys]",
    "[roles]",
    "]",
    "[[",
    "= ",
    "\"",
    "\"\"\"",
    "'''",
    "\n",
    "#",
    "\\u202e",
    "\\U0010FFFF",
    "{",
    "}",
    ",",
    ".",
    "tenant",
    "poll",
    "auth",
    "theme",
    "mouse = ",
    "true",
    "password = \"hunter2\"",
    "2026-11-22T14:00:00Z",
    "inf",
    "0x7f",
    "ctrl-",
    "99999999999d",
    "h",
    "https://[::1]:99999",
    "\r",
];

fn config_text(dice: &mut Rng) -> Vec<u8> {
    if dice.u8(0..12) == 0 {
        noise(dice)
    } else {
        spoilt(dice, &CONFIGS, &CONFIG_WORDS)
    }
}

fn config() -> Check {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fuzz-config.toml");
    Box::new(move |input| {
        fs::write(&path, input).unwrap();
        let flags = Flags {
            config: Some(path.to_str().unwrap().to_owned()),
            ..Flags::default()
        };
        let Err(error) = Config::load(&flags, &|_| None) else {
            return;
        };
        is_harmless(&error.to_string());
        is_harmless(&error.remedy().unwrap_or_default());
        let text = String::from_utf8_lossy(input);
        let Some(pointer) = pointer(&error, &text) else {
            return;
        };
        // A file that ends in a line break has a last line that is empty.
        assert!(
            (1..=text.split('\n').count()).contains(&pointer.line),
            "{}",
            pointer.line
        );
        assert!(pointer.column >= 1);
        for line in &pointer.shown {
            assert!(line.len() < 1_000, "{} bytes long", line.len());
            assert!(!line.contains(char::is_control), "{line:?}");
        }
    })
}
