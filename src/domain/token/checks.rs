//! What in a token explains a refusal, or will soon cause one.
//!
//! Hints for an operator, never a verdict: passing them all does not make a token
//! good, and the service may accept one that fails them.

use jiff::SignedDuration;
use jiff::Timestamp;

use super::decoded::DecodedToken;
use super::directory;
use super::object::shortened;
use super::permissions;
use super::permissions::Api;
use super::permissions::Duty;
use super::reading::distance;
use super::reading::lasting;
use super::resource;
use super::resource::same_address;
use crate::domain::text::Text;
use crate::domain::text::shown;

/// One question asked of a token, and the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// Stable, for scripts: `audience`, `permissions`, `expiry`, `not-before`,
    /// `clock`, `tenant`, `issuer`, `mfa`, `signature`.
    pub name: &'static str,
    pub outcome: Outcome,
    /// What is, why it matters, what to do: a phrase that is harmless to show.
    pub message: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Pass,
    /// Odd, or soon a failure.
    Warn,
    /// The service will refuse.
    Fail,
    /// The token or the configuration does not tell.
    Unknown,
}

/// What the configuration makes us expect of a token.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Expected {
    /// The first is the one to ask for.
    pub audiences: Vec<String>,
    /// A tenant's GUID, one of its domains, or an alias such as `organizations`.
    pub tenant: Option<String>,
    /// What it is to be good for.
    pub duty: Duty,
}

const ISSUERS: &[&str] = &[
    "https://sts.windows.net/",
    "https://login.microsoftonline.com/",
    "https://login.microsoftonline.us/",
    "https://login.partner.microsoftonline.cn/",
    "https://sts.chinacloudapi.cn/",
];

const EXPIRY_WARNING: SignedDuration = SignedDuration::from_mins(1);

/// Entra itself forgives five minutes.
const SKEW_WARNING: SignedDuration = SignedDuration::from_mins(5);

impl Check {
    /// False only if the service is going to refuse.
    pub fn ok(&self) -> bool {
        self.outcome != Outcome::Fail
    }
}

/// Compares a token with what is expected, in an order fit for a screen.
///
/// `skew` is the service's clock minus ours, where an answer of it told us.
pub fn checks(
    token: &DecodedToken,
    expected: &Expected,
    now: Timestamp,
    skew: Option<SignedDuration>,
) -> Vec<Check> {
    // The service judges by its own clock, so that is the one to go by.
    let service_now = skew
        .and_then(|skew| now.checked_add(skew).ok())
        .unwrap_or(now);
    [
        ("audience", audience(token, expected)),
        ("permissions", granted(token, expected)),
        ("expiry", expiry(token, service_now)),
        ("not-before", not_before(token, service_now)),
        ("clock", clock(token, now, skew)),
        ("tenant", tenant(token, expected)),
        ("issuer", issuer(token)),
        ("mfa", factors(token)),
        ("signature", signature(token)),
    ]
    .into_iter()
    .map(|(name, (outcome, message))| Check {
        name,
        outcome,
        message,
    })
    .collect()
}

type Answer = (Outcome, String);

fn pass(message: impl Into<String>) -> Answer {
    (Outcome::Pass, message.into())
}

fn warn(message: impl Into<String>) -> Answer {
    (Outcome::Warn, message.into())
}

fn fail(message: impl Into<String>) -> Answer {
    (Outcome::Fail, message.into())
}

fn unknown(message: impl Into<String>) -> Answer {
    (Outcome::Unknown, message.into())
}

/// Why a token is not for us, in one phrase: it is for another API or of another tenant.
///
/// What a token does not tell speaks neither for nor against it.
pub fn foreign(token: &DecodedToken, expected: &Expected) -> Option<String> {
    let is_guid = |text: &str| text.len() == 36 && text.matches('-').count() == 4;
    if let (Some(theirs), Some(ours)) = (token.tenant(), expected.tenant.as_deref())
        && is_guid(ours)
        && !theirs.original().eq_ignore_ascii_case(ours)
    {
        return Some(format!(
            "the token is of tenant {}, not of {}",
            theirs.shown_briefly(),
            shown(ours)
        ));
    }
    let named = !token.audiences().is_empty() && !expected.audiences.is_empty();
    match audience(token, expected) {
        (Outcome::Fail, message) if named => Some(format!("the token is not for us: {message}")),
        _ => None,
    }
}

fn audience(token: &DecodedToken, expected: &Expected) -> Answer {
    let audiences = token.audiences();
    let Some(first) = audiences.first() else {
        return fail("`aud` is missing: the token names no API and each will refuse it");
    };
    let Some(wanted) = expected.audiences.first() else {
        return unknown(format!(
            "`aud` is {}, nothing to compare it with",
            said(first)
        ));
    };
    let matching = audiences.iter().find(|audience| {
        let is = |known: &str| same_address(known, audience.original());
        expected.audiences.iter().any(|wanted| is(wanted))
            || resource::families(expected).any(|(_, names)| names.iter().any(|name| is(name)))
    });
    if let Some(audience) = matching {
        return pass(format!("`aud` is {}", said(audience)));
    }
    let what = resource::name(first.original()).map_or(String::new(), |what| format!(" ({what})"));
    fail(format!(
        "`aud` is {}{what}, not this API: ask for resource {}",
        said(first),
        shortened(wanted)
    ))
}

fn granted(token: &DecodedToken, expected: &Expected) -> Answer {
    let granted = token.granted();
    let api = resource::api(token, expected);
    let (reading, triaging) = match (api, token.app_only()) {
        (Api::Defender, false) => ("Alert.Read", "Alert.ReadWrite"),
        (Api::Defender, true) => ("Alert.Read.All", "Alert.ReadWrite.All"),
        (Api::Graph, _) => ("SecurityAlert.Read.All", "SecurityAlert.ReadWrite.All"),
    };
    if granted.is_empty() {
        return fail(
            "the token grants nothing: have an administrator consent to permissions \
             for the application, then sign in again",
        );
    }
    if expected.duty == Duty::Devices {
        return devices(token, api);
    }
    if !permissions::may_read_alerts(&granted, api) {
        return fail(format!(
            "`{reading}` is absent, so alerts cannot be read: have it consented to, then sign in again"
        ));
    }
    if !permissions::may_triage_alerts(&granted, api) {
        return pass(format!(
            "alerts can be read, not triaged: `{triaging}` is absent"
        ));
    }
    pass("alerts can be read and triaged")
}

/// The same of a token for devices alone.
fn devices(token: &DecodedToken, api: Api) -> Answer {
    if !permissions::may_read_devices(&token.granted()) {
        return fail(
            "`Machine.Read` is absent, so devices cannot be seen: have it consented to, then sign in again",
        );
    }
    let app_only = token.app_only();
    let absent: Vec<String> = permissions::absent(token, api, Duty::Devices)
        .iter()
        .map(|permission| format!("`{}`", permission.name(app_only)))
        .collect();
    match absent.as_slice() {
        [] => pass("devices can be seen and acted on"),
        [one] => pass(format!(
            "devices can be seen and acted on, but {one} is absent"
        )),
        several => pass(format!(
            "devices can be seen; absent are {}",
            several.join(", ")
        )),
    }
}

fn expiry(token: &DecodedToken, now: Timestamp) -> Answer {
    let Some(claim) = token.claim("exp") else {
        return warn("`exp` is missing: nothing here tells how long the token lasts");
    };
    let Some(expires) = claim.time() else {
        return warn(format!(
            "`exp` is {}, which is no moment",
            shortened(claim.raw.original())
        ));
    };
    if expires <= now {
        return fail(format!("expired {}: sign in again", distance(expires, now)));
    }
    if token.time("nbf").is_some_and(|start| expires < start) {
        return warn("`exp` is before `nbf`: there is no moment at which the token can be used");
    }
    if now.duration_until(expires) < EXPIRY_WARNING {
        return warn(format!(
            "expires {}: it is renewed before that, or sign in again",
            distance(expires, now)
        ));
    }
    pass(format!("expires {}", distance(expires, now)))
}

fn not_before(token: &DecodedToken, now: Timestamp) -> Answer {
    let Some(claim) = token.claim("nbf") else {
        return unknown("`nbf` is missing: the token can be used from the start");
    };
    let Some(start) = claim.time() else {
        return warn(format!(
            "`nbf` is {}, which is no moment",
            shortened(claim.raw.original())
        ));
    };
    if start <= now {
        return pass(format!("began {}", distance(start, now)));
    }
    let wait = lasting(now.duration_until(start));
    let message = format!("not usable for another {wait}: wait, or set the clock of this computer");
    // Within what services forgive, it may well be accepted.
    if now.duration_until(start) <= SKEW_WARNING {
        warn(message)
    } else {
        fail(message)
    }
}

fn clock(token: &DecodedToken, now: Timestamp, skew: Option<SignedDuration>) -> Answer {
    if let Some(skew) = skew {
        let off = lasting(skew);
        return if skew.unsigned_abs() <= SKEW_WARNING.unsigned_abs() {
            pass(format!("within {off} of the service's"))
        } else if skew.is_negative() {
            warn(format!(
                "{off} ahead of the service's: set the clock of this computer"
            ))
        } else {
            warn(format!(
                "{off} behind the service's: set the clock of this computer"
            ))
        };
    }
    match token.time("iat") {
        Some(issued) if now.duration_until(issued) > SKEW_WARNING => warn(format!(
            "the token was issued {} by the clock of this computer, which must be behind: set it",
            distance(issued, now)
        )),
        _ => unknown("not compared: no answer of the service has told its time"),
    }
}

fn tenant(token: &DecodedToken, expected: &Expected) -> Answer {
    let Some(tenant) = token.tenant() else {
        return warn("`tid` is missing: the token does not tell its tenant");
    };
    let Some(wanted) = expected.tenant.as_deref() else {
        return unknown(format!(
            "the token is for {}, none is configured",
            said(&tenant)
        ));
    };
    if !directory::is_guid(wanted) {
        return unknown(format!(
            "the token is for {}, and a name such as {} cannot be compared with a GUID",
            said(&tenant),
            shortened(wanted)
        ));
    }
    if wanted.eq_ignore_ascii_case(tenant.original()) {
        pass(format!("`tid` is {}, as configured", said(&tenant)))
    } else {
        fail(format!(
            "`tid` is {}, not the configured {wanted}: sign in to that tenant",
            said(&tenant)
        ))
    }
}

fn issuer(token: &DecodedToken) -> Answer {
    let Some(issuer) = token.text("iss") else {
        return warn("`iss` is missing: the token does not tell who issued it");
    };
    let path = ISSUERS
        .iter()
        .find_map(|known| strip_prefix_ignoring_case(issuer.original(), known));
    let Some(path) = path else {
        return warn(format!(
            "`iss` is {}, not an address of Entra",
            said(&issuer)
        ));
    };
    let named = path.split('/').next().unwrap_or_default();
    match token.tenant() {
        Some(tenant) if tenant.original().eq_ignore_ascii_case(named) => {
            pass(format!("`iss` is {}", said(&issuer)))
        }
        Some(tenant) => warn(format!(
            "`iss` names tenant {}, and `tid` says {}",
            shortened(named),
            said(&tenant)
        )),
        None => warn(format!("`iss` is {}, and there is no `tid`", said(&issuer))),
    }
}

fn factors(token: &DecodedToken) -> Answer {
    if token.app_only() {
        return unknown("an application signed in, without a user");
    }
    let methods = token.texts("amr");
    let has = |wanted: &[&str]| methods.iter().any(|text| wanted.contains(&text.original()));
    if methods.is_empty() {
        unknown("the token does not tell how the user signed in")
    } else if has(&["mfa", "ngcmfa"]) {
        pass("the user signed in with several factors")
    } else if has(&["wiaormfa", "fed"]) {
        unknown("several factors are left to Windows or to another identity provider")
    } else if methods.len() == 1 && has(&["pwd"]) {
        warn("a password alone: policies that ask for several factors will refuse it")
    } else {
        warn("several factors are not among the methods of the sign-in")
    }
}

fn signature(token: &DecodedToken) -> Answer {
    let algorithm = token.parameter("alg").map_or(String::new(), |claim| {
        shortened(claim.scalar().unwrap_or_default())
    });
    let unsigned = algorithm.eq_ignore_ascii_case("none");
    match (algorithm.as_str(), token.signed) {
        (_, true) if unsigned => fail("`alg` is none: an unsigned token is refused"),
        (_, false) if unsigned => fail("unsigned (`alg` is none): the service will refuse it"),
        (_, false) => fail("the signature is missing: copy the whole token"),
        ("", true) => warn("`alg` is missing: the header does not tell how it is signed"),
        ("RS256", true) => pass("carries an RS256 signature, which only the service can judge"),
        (other, true) => warn(format!("`alg` is {other}, where Entra signs with RS256")),
    }
}

fn strip_prefix_ignoring_case<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let (start, rest) = text.split_at_checked(prefix.len())?;
    start.eq_ignore_ascii_case(prefix).then_some(rest)
}

/// A value of the token inside a sentence of ours.
fn said(text: &Text) -> String {
    shortened(text.original())
}
