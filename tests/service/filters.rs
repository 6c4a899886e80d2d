//! A filter means the same to the program and, as `$filter`, to the service: random
//! filters over random alerts, answered by both.

use fastrand::Rng;
use jiff::SignedDuration;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use vigie::app::alert_book::AlertBook;
use vigie::app::alert_book::Marking;
use vigie::app::filter::Filter;
use vigie::domain::filter::Around;
use vigie::domain::filter::Query;
use vigie::domain::filter::odata;
use vigie::domain::query::AlertQuery;
use vigie::domain::token::Api;
use vigie::sim::Limits;
use vigie::sim::Options;

use crate::both::Service;
use crate::both::on_both;
use crate::stage::Stage;
use crate::stage::decoded;
use crate::stage::field;
use crate::stage::verbatim;

on_both! {
    async
    the_service_and_the_program_agree_on_what_a_filter_means,
    a_condition_stands_beside_times_in_one_filter,
}

const ALERTS: usize = 120;
const ROUNDS: usize = 700;

/// The last of them is on no page of Microsoft's.
const PRODUCTS: [&str; 4] = [
    "microsoftDefenderForEndpoint",
    "microsoftDefenderForOffice365",
    "microsoftSentinel",
    "microsoftDefenderForTeapots",
];

fn now() -> Timestamp {
    "2026-11-22T14:00:00Z".parse().unwrap()
}

fn around(service: &Service) -> Around {
    Around {
        service: service.api,
        me: "me@contoso.com".to_owned(),
        now: now(),
        zone: TimeZone::get("Europe/Zurich").unwrap(),
    }
}

fn one_of<'a>(dice: &mut Rng, of: &[&'a str]) -> &'a str {
    of[dice.usize(0..of.len())]
}

/// Times that are near to those the filters name, and often exactly these.
fn moment(dice: &mut Rng) -> Timestamp {
    let minutes = SignedDuration::from_mins(i64::from(dice.u16(0..6_000)) / 30 * 30);
    let odd = SignedDuration::from_nanos(i64::from(dice.u8(0..3)) * 100);
    now() - minutes - odd
}

fn body(service: &Service, dice: &mut Rng, id: usize) -> String {
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let owner = one_of(
        dice,
        &[
            "null",
            "\"\"",
            "me",
            "Me@Contoso.com",
            "me@contoso.com",
            "O'Brien",
            "a & b #1+1 100%",
            "Zoë",
        ],
    );
    let owner = if owner == "null" || owner == "\"\"" {
        owner.to_owned()
    } else {
        quoted(owner)
    };
    let incident = one_of(dice, &["null", "7", "88121", "4294967296"]);
    let body = format!(
        r#"{{"id":"da{id}_{}","severity":"{}","status":"{}","title":{},"assignedTo":{owner},"incidentId":{incident},
            "category":{},"detectionSource":"{}","computerDnsName":"{}","alertCreationTime":"{}","lastUpdateTime":"{}","classification":{},"serviceSource":"{}"}}"#,
        dice.u8(0..4),
        one_of(
            dice,
            &[
                "High",
                "Medium",
                "Low",
                "Informational",
                "UnSpecified",
                "Critical"
            ]
        ),
        one_of(dice, &["New", "InProgress", "Resolved", "Parked"]),
        quoted(one_of(dice, &["LSASS read", "Odd (task)", "100% \"sure\""])),
        one_of(
            dice,
            &[
                "null",
                "\"\"",
                "\"Malware\"",
                "\"malware\"",
                "\"Execution\""
            ]
        ),
        one_of(dice, &["WindowsDefenderAtp", "WindowsDefenderAv"]),
        one_of(dice, &["fin-ws-1.corp", "hr-2", ""]),
        moment(dice),
        moment(dice),
        one_of(
            dice,
            &[
                "null",
                "\"Unknown\"",
                "\"TruePositive\"",
                "\"FalsePositive\""
            ]
        ),
        one_of(dice, &PRODUCTS),
    );
    service.body(serde_json::from_str(&body).unwrap())
}

fn term(dice: &mut Rng) -> String {
    let order = one_of(dice, &[":", ">=", "<=", ">", "<"]);
    let severities = ["high", "medium", "low", "info", "unspecified", "unknown"];
    let statuses = ["new", "inprogress", "resolved", "unknown"];
    match dice.u8(0..18) {
        0 | 1 => format!("sev{order}{}", one_of(dice, &severities)),
        2 => format!(
            "sev:{},{}",
            one_of(dice, &severities),
            one_of(dice, &severities)
        ),
        3 => format!("status:{}", one_of(dice, &statuses)),
        4 => format!(
            "status:{},{}",
            one_of(dice, &statuses),
            one_of(dice, &statuses)
        ),
        5 => format!(
            "is:{}",
            one_of(
                dice,
                &[
                    "mine",
                    "unassigned",
                    "open",
                    "late",
                    "mine,unassigned",
                    "open,new",
                    "late,marked",
                    "unassigned,late"
                ]
            )
        ),
        6 => format!(
            "own={}",
            one_of(
                dice,
                &[
                    "me@contoso.com",
                    "O'Brien",
                    "\"a & b #1+1 100%\"",
                    "Zoë,me",
                    "\"\",me"
                ]
            )
        ),
        7 => format!(
            "own:{}",
            one_of(dice, &["me", "ME@*", "\"\"", "/^o/", "zoë"])
        ),
        8 => format!(
            "cat={}",
            one_of(dice, &["Malware", "malware", "\"\"", "Execution,\"\""])
        ),
        9 => format!(
            "inc:{}",
            one_of(
                dice,
                &["7", "88121", "4294967296", "07", "\"\"", "7,88121", "8*"]
            )
        ),
        10 => format!("id={}", one_of(dice, &["da1_0", "da2_1,da3_2", "x"])),
        11 => format!("age{order}{}", one_of(dice, &["30m", "2h", "1d", "90m"])),
        12 => format!(
            "{}{order}{}",
            one_of(dice, &["created", "updated"]),
            one_of(
                dice,
                &[
                    "2026-11-20",
                    "2026-11-21",
                    "1d",
                    "2026-11-22T10:00",
                    "2026-11-22T10:00Z",
                    "2026-11-21T13:29:59.9999999Z"
                ]
            )
        ),
        13 => format!("detector{}", one_of(dice, &["=WindowsDefenderAv", ":av"])),
        14 => one_of(
            dice,
            &[
                "lsass",
                "dev:fin*",
                "title:odd",
                "7",
                "/sure/",
                "is:new",
                "is:late",
                "is:marked",
            ],
        )
        .to_owned(),
        15 | 16 => word(dice),
        _ => one_of(dice, &["cat:mal", "dev:\"\"", "tech:T1", "high"]).to_owned(),
    }
}

/// A term about one of a fixed list of words.
fn word(dice: &mut Rng) -> String {
    if dice.bool() {
        format!(
            "class{}",
            one_of(
                dice,
                &[
                    "=truepositive",
                    "=FalsePositive,TruePositive",
                    "=unknown",
                    ":pos",
                    ":\"\""
                ]
            )
        )
    } else {
        format!(
            "product{}",
            one_of(
                dice,
                &[
                    "=microsoftSentinel",
                    "=microsoftdefenderforoffice365",
                    "=microsoftSentinel,microsoftDefenderForEndpoint",
                    "=microsoftDefenderForTeapots",
                    ":defender",
                    ":\"\""
                ]
            )
        )
    }
}

fn query(dice: &mut Rng, deeper: u32) -> String {
    if deeper == 0 || dice.u8(0..3) == 0 {
        return term(dice);
    }
    let parts: Vec<String> = (0..dice.usize(1..4))
        .map(|_| query(dice, deeper - 1))
        .collect();
    let joined = format!("({})", parts.join(one_of(dice, &[" ", " or "])));
    let not = if dice.u8(0..3) == 0 { "!" } else { "" };
    format!("{not}{joined}")
}

fn ids(book: &AlertBook) -> Vec<&str> {
    let keys = book.visible().iter();
    let mut ids: Vec<&str> = keys
        .map(|key| book.row(*key).unwrap().id.as_str())
        .collect();
    ids.sort_unstable();
    ids
}

async fn the_service_and_the_program_agree_on_what_a_filter_means(service: &'static Service) {
    let mut dice = Rng::with_seed(17);
    let bodies = (0..ALERTS).map(|id| body(service, &mut dice, id)).collect();
    let unlimited = Limits {
        per_minute: u32::MAX,
        per_hour: u32::MAX,
    };
    let options = Options {
        limits: unlimited,
        graph_limits: unlimited,
        ..verbatim(bodies)
    };
    let stage = Stage::on(service, options).await;
    let everything = stage.everything(1_000);
    let client = match service.api {
        Api::Defender => stage.client,
        Api::Graph => stage.client.on_graph(Vec::new()),
    };
    client.renew().await.unwrap();
    let all = client.list_alerts(&everything).await.unwrap().alerts;
    assert_eq!(all.len(), ALERTS);
    let (mut asked, mut whole, mut in_between) = (0, 0, 0);
    for _ in 0..ROUNDS {
        let text = query(&mut dice, 3);
        let wanted = Query::parse(&text).unwrap();
        let mut here = AlertBook::default();
        here.filter_by(Filter::new(wanted.clone(), around(service)));
        here.absorb(all.clone(), Marking::Leave);
        let Some(condition) = odata::filter(&wanted, &around(service)) else {
            continue;
        };
        let query = AlertQuery {
            condition: Some(condition.clone()),
            ..everything.clone()
        };
        let told = client.list_alerts(&query).await;
        let told = told.unwrap_or_else(|error| panic!("{text}\n{condition}\n{error:?}"));
        asked += 1;
        let is_whole = odata::is_whole(&wanted, &around(service));
        let mut there = AlertBook::default();
        if !is_whole {
            // What the service could not answer is asked of what it told.
            there.filter_by(Filter::new(wanted.clone(), around(service)));
        }
        let count = told.alerts.len();
        there.absorb(told.alerts, Marking::Leave);
        whole += usize::from(is_whole);
        in_between += usize::from(count > 0 && count < ALERTS);
        assert_eq!(
            ids(&there),
            ids(&here),
            "{text}\n{condition}\nwhole: {is_whole}"
        );
    }
    assert!(
        asked > 300 && whole > 150 && in_between > 150,
        "{asked} {whole} {in_between}"
    );
}

async fn a_condition_stands_beside_times_in_one_filter(service: &'static Service) {
    let stage = Stage::signed_in_to(service).await;
    let [high, low] = ["High", "Low"].map(|word| service.api.word(word));
    let condition = format!("severity eq '{high}' or severity eq '{low}'");
    let query = AlertQuery {
        created_since: Some(now() - SignedDuration::from_hours(24 * 7)),
        condition: Some(condition.clone()),
        ..stage.everything(100)
    };
    let page = stage.client.list_alerts(&query).await.unwrap();
    assert!(!page.alerts.is_empty());
    let last = stage.requests().pop().unwrap();
    let asked = field(&decoded(&last.query), "$filter");
    let created = service.created;
    let wanted = format!("{created} ge 2026-11-15T14:00:00Z and ({condition})");
    assert!(asked.ends_with(&wanted), "{asked}");
}
