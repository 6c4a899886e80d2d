//! Each check, with tokens that pass it and tokens that do not.

use jiff::SignedDuration;
use jiff::Timestamp;

use super::super::Outcome::{Fail, Pass, Unknown, Warn};
use super::super::*;
use super::decoded;

const DEFENDER: &str = "https://api.securitycenter.microsoft.com";
const TENANT: &str = "72f988bf-86f1-41af-91ab-2d7cd011db47";
const NOW: i64 = 1_700_000_000;

fn asked(check: &str, payload: &str, expected: &Expected, skew: Option<i64>) -> (Outcome, String) {
    let now = Timestamp::from_second(NOW).unwrap();
    let skew = skew.map(SignedDuration::from_secs);
    let all = checks(&decoded(payload), expected, now, skew);
    let found = all.into_iter().find(|one| one.name == check).unwrap();
    assert_eq!(found.ok(), found.outcome != Fail);
    (found.outcome, found.message)
}

fn expecting(audience: &str, tenant: Option<&str>) -> Expected {
    Expected {
        audiences: vec![audience.to_owned()],
        tenant: tenant.map(str::to_owned),
        ..Expected::default()
    }
}

#[test]
fn names_are_stable_and_messages_are_phrases() {
    let all = checks(
        &decoded("{}"),
        &Expected::default(),
        Timestamp::UNIX_EPOCH,
        None,
    );
    let names: Vec<_> = all.iter().map(|check| check.name).collect();
    assert_eq!(
        names,
        [
            "audience",
            "permissions",
            "expiry",
            "not-before",
            "clock",
            "tenant",
            "issuer",
            "mfa",
            "signature"
        ]
    );
    for check in all {
        assert!(!check.message.ends_with('.') && !check.message.contains("valid"));
        assert!(!check.message.starts_with(char::is_uppercase));
    }
}

#[test]
fn audience() {
    let gcc = "https://api-gcc.securitycenter.microsoft.us";
    let guid = "fc780465-2017-40d4-a0c5-307022471b92";
    let cases = [
        (
            DEFENDER,
            r#""https://api.securitycenter.microsoft.com""#,
            Pass,
        ),
        (
            DEFENDER,
            r#""HTTPS://API.securitycenter.microsoft.com/""#,
            Pass,
        ),
        (
            DEFENDER,
            r#""https://api.securitycenter.microsoft.com//""#,
            Fail,
        ),
        (
            DEFENDER,
            r#""https://api.securitycenter.microsoft.com.evil.example""#,
            Fail,
        ),
        (
            DEFENDER,
            r#"["x","FC780465-2017-40d4-a0c5-307022471b92"]"#,
            Pass,
        ),
        (
            DEFENDER,
            r#""https://securitycenter.onmicrosoft.com/windowsatpservice/""#,
            Pass,
        ),
        (
            DEFENDER,
            r#""https://api.securitycenter.windows.com""#,
            Pass,
        ),
        (DEFENDER, r#""https://api.security.microsoft.com""#, Fail),
        (
            DEFENDER,
            r#""https://api-gcc.securitycenter.microsoft.us""#,
            Fail,
        ),
        (DEFENDER, "[]", Fail),
        (DEFENDER, "7", Fail),
        (
            gcc,
            r#""https://api-gcc.securitycenter.microsoft.us/""#,
            Pass,
        ),
        (gcc, r#""https://api.securitycenter.microsoft.com""#, Fail),
        (guid, r#""https://api.securitycenter.microsoft.com""#, Pass),
        ("http://127.0.0.1:8080", r#""http://127.0.0.1:8080/""#, Pass),
        (
            "http://127.0.0.1:8080",
            r#""https://api.securitycenter.microsoft.com""#,
            Fail,
        ),
        (
            "https://graph.microsoft.com",
            r#""00000003-0000-0000-c000-000000000000""#,
            Pass,
        ),
    ];
    for (expected, aud, outcome) in cases {
        let payload = format!(r#"{{"aud":{aud}}}"#);
        let (found, message) = asked("audience", &payload, &expecting(expected, None), None);
        assert_eq!(found, outcome, "{aud}: {message}");
    }
    let (outcome, message) = asked(
        "audience",
        r#"{"aud":"https://graph.microsoft.com"}"#,
        &expecting(DEFENDER, None),
        None,
    );
    assert_eq!(outcome, Fail);
    assert_eq!(
        message,
        "`aud` is https://graph.microsoft.com (Microsoft Graph), not this API: ask for resource https://api.securitycenter.microsoft.com"
    );
    let (outcome, _) = asked("audience", r#"{"aud":"x"}"#, &Expected::default(), None);
    assert_eq!(outcome, Unknown);
}

#[test]
fn permissions() {
    let graph = "https://graph.microsoft.com";
    let cases = [
        (DEFENDER, "{}", Fail, "grants nothing"),
        (DEFENDER, r#"{"scp":""}"#, Fail, "grants nothing"),
        (
            DEFENDER,
            r#"{"scp":"Machine.Isolate"}"#,
            Fail,
            "`Alert.Read` is absent",
        ),
        (
            DEFENDER,
            r#"{"roles":["Machine.Isolate"]}"#,
            Fail,
            "`Alert.Read.All` is absent",
        ),
        (
            DEFENDER,
            r#"{"scp":"Alert.Read"}"#,
            Pass,
            "`Alert.ReadWrite` is absent",
        ),
        (
            DEFENDER,
            r#"{"roles":["Alert.ReadWrite.All"]}"#,
            Pass,
            "read and triaged",
        ),
        (
            graph,
            r#"{"scp":"Alert.ReadWrite"}"#,
            Fail,
            "`SecurityAlert.Read.All` is absent",
        ),
        (
            graph,
            r#"{"scp":"SecurityAlert.ReadWrite.All"}"#,
            Pass,
            "read and triaged",
        ),
    ];
    for (audience, payload, outcome, part) in cases {
        let (found, message) = asked("permissions", payload, &expecting(audience, None), None);
        assert!(
            found == outcome && message.contains(part),
            "{payload}: {message}"
        );
    }
    let payload = r#"{"aud":"https://graph.microsoft.com/","scp":"SecurityAlert.Read.All"}"#;
    let (found, _) = asked("permissions", payload, &Expected::default(), None);
    assert_eq!(
        found, Pass,
        "with nothing expected, the token's own audience decides"
    );
}

#[test]
fn absent_permissions_are_named_in_the_holders_spelling() {
    let user = decoded(r#"{"scp":"Alert.ReadWrite Machine.Read"}"#);
    let names: Vec<_> = absent(&user, Api::Defender, Duty::Alerts)
        .iter()
        .map(|permission| permission.name(user.app_only()))
        .collect();
    assert_eq!(
        names,
        [
            "Machine.Isolate",
            "Machine.Scan",
            "Machine.RestrictExecution",
            "Machine.CollectForensics",
            "Machine.StopAndQuarantine",
            "AdvancedQuery.Read",
            "File.Read.All",
            "Ip.Read.All",
            "URL.Read.All",
            "User.Read.All",
        ]
    );
    let application = decoded(r#"{"roles":["Machine.ReadWrite.All"]}"#);
    let names: Vec<_> = absent(&application, Api::Defender, Duty::Alerts)
        .iter()
        .map(|permission| permission.name(application.app_only()))
        .collect();
    assert!(names.starts_with(&["Alert.Read.All", "Alert.ReadWrite.All", "Machine.Isolate"]));
}

type TimeCase = (&'static str, Option<i64>, Outcome, &'static str);

/// Payload, skew of the clock, and what `check` says of them.
fn each(check: &str, cases: &[TimeCase]) {
    for (payload, skew, outcome, part) in cases {
        let (found, message) = asked(check, payload, &Expected::default(), *skew);
        assert!(
            found == *outcome && message.contains(part),
            "{payload}: {found:?} {message}"
        );
    }
}

#[test]
fn expiry() {
    each(
        "expiry",
        &[
            ("{}", None, Warn, "`exp` is missing"),
            (r#"{"exp":"soon"}"#, None, Warn, "no moment"),
            (r#"{"exp":1700000000}"#, None, Fail, "expired now"),
            (r#"{"exp":1699999700}"#, None, Fail, "expired 5m ago: sign"),
            (r#"{"exp":1700000299}"#, None, Pass, "expires in 4m"),
            (r#"{"exp":1700000059}"#, None, Warn, "expires in 59s"),
            (r#"{"exp":1700002460}"#, None, Pass, "expires in 41m"),
            (r#"{"exp":1700002460}"#, Some(3600), Fail, "expired 19m"),
            (
                r#"{"exp":1700002460,"nbf":1700002461}"#,
                None,
                Warn,
                "`nbf`",
            ),
            (
                r#"{"exp":1699999700,"nbf":1700002461}"#,
                None,
                Fail,
                "expired",
            ),
        ],
    );
}

#[test]
fn not_before() {
    each(
        "not-before",
        &[
            ("{}", None, Unknown, "missing"),
            (r#"{"nbf":-1}"#, None, Warn, "no moment"),
            (r#"{"nbf":1699999700}"#, None, Pass, "began 5m ago"),
            (r#"{"nbf":1700000060}"#, None, Warn, "another 1m"),
            (r#"{"nbf":1700003600}"#, None, Fail, "another 1h 00m"),
            (r#"{"nbf":1700003600}"#, Some(3600), Pass, "began now"),
        ],
    );
}

#[test]
fn clock() {
    each(
        "clock",
        &[
            ("{}", None, Unknown, "not compared"),
            (r#"{"iat":1699999999}"#, None, Unknown, "not compared"),
            (r#"{"iat":1700000301}"#, None, Warn, "in 5m by the clock"),
            ("{}", Some(-300), Pass, "within 5m"),
            ("{}", Some(301), Warn, "5m behind"),
            ("{}", Some(-7200), Warn, "2h 00m ahead"),
            ("{}", Some(i64::MIN), Warn, "ahead"),
        ],
    );
}

#[test]
fn tenant_and_issuer() {
    let payload = |iss: &str| format!(r#"{{"tid":"{TENANT}","iss":"{iss}"}}"#);
    let upper = TENANT.to_uppercase();
    let tenants = [
        (None, Unknown),
        (Some(TENANT), Pass),
        (Some(upper.as_str()), Pass),
        (Some("fa15d692-e9c7-4460-a743-29f2956fd429"), Fail),
        (Some("contoso.onmicrosoft.com"), Unknown),
        (Some("organizations"), Unknown),
    ];
    for (tenant, outcome) in tenants {
        let (found, message) = asked("tenant", &payload(""), &expecting(DEFENDER, tenant), None);
        assert_eq!(found, outcome, "{message}");
    }
    assert_eq!(asked("tenant", "{}", &Expected::default(), None).0, Warn);

    let issuers = [
        (format!("https://sts.windows.net/{TENANT}/"), Pass),
        (
            format!("https://login.microsoftonline.us/{upper}/v2.0"),
            Pass,
        ),
        (
            "https://sts.windows.net/fa15d692-e9c7-4460-a743-29f29522229/".to_owned(),
            Warn,
        ),
        (
            format!("https://sts.windows.net.evil.example/{TENANT}/"),
            Warn,
        ),
        ("https://sts.windows.net".to_owned(), Warn),
        (String::new(), Warn),
    ];
    for (iss, outcome) in issuers {
        let (found, message) = asked("issuer", &payload(&iss), &Expected::default(), None);
        assert_eq!(found, outcome, "{iss}: {message}");
    }
    let foreign = format!(r#"{{"iss":"https://sts.windows.net/{TENANT}/"}}"#);
    assert_eq!(
        asked("issuer", &foreign, &Expected::default(), None).0,
        Warn
    );
}

#[test]
fn factors_and_signature() {
    let cases = [
        (r#"{"amr":["pwd","mfa"]}"#, Pass),
        (r#"{"amr":["ngcmfa"]}"#, Pass),
        (r#"{"amr":["pwd"]}"#, Warn),
        (r#"{"amr":["pwd","otp"]}"#, Warn),
        (r#"{"amr":["fed"]}"#, Unknown),
        (r#"{"amr":[]}"#, Unknown),
        (r#"{"roles":["Alert.Read.All"]}"#, Unknown),
    ];
    for (payload, outcome) in cases {
        assert_eq!(
            asked("mfa", payload, &Expected::default(), None).0,
            outcome,
            "{payload}"
        );
    }
    // {"alg":"none"}, {"alg":"HS256"}, {"alg":"RS256"}, {}
    let tokens = [
        ("eyJhbGciOiJub25lIn0.e30.AAAA", Fail),
        ("eyJhbGciOiJub25lIn0.e30.", Fail),
        ("eyJhbGciOiJSUzI1NiJ9.e30.", Fail),
        ("eyJhbGciOiJSUzI1NiJ9.e30.AAAA", Pass),
        ("eyJhbGciOiJIUzI1NiJ9.e30.AAAA", Warn),
        ("e30.e30.AAAA", Warn),
    ];
    for (text, outcome) in tokens {
        let token = decode(text).unwrap();
        let all = checks(&token, &Expected::default(), Timestamp::UNIX_EPOCH, None);
        assert_eq!(all.last().unwrap().outcome, outcome, "{text}");
    }
}
