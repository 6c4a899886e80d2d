//! Readings of values: what a number, a code or a GUID in a claim stands for.

use jiff::SignedDuration;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::decoded::Claim;
use super::decoded::ClaimValue;
use super::directory;
use super::permissions;
use super::resource;
use crate::domain::text::Text;

/// Enough for a pane; the raw value holds the rest.
const LISTED: usize = 32;

/// Password expiries above this are moments, below it seconds after the sign-in:
/// Microsoft documents both.
const OLDEST_PLAUSIBLE_MOMENT: i64 = 1_000_000_000;

/// What the value of `claim` stands for, where that can be told, harmless to show.
pub fn explain(claim: &Claim, now: Timestamp, zone: &TimeZone) -> Option<String> {
    match claim.name.original() {
        "iat" | "nbf" | "exp" | "auth_time" | "xms_tcdt" => moment(claim, now, zone),
        "pwd_exp" => password_expiry(claim, now, zone),
        "amr" => listed(claim.texts(), |method| {
            method_name(method).map(str::to_owned)
        }),
        "wids" => listed(claim.texts(), directory_role),
        "scp" | "roles" => permissions_read(claim),
        "aud" => listed(claim.texts(), |id| resource::name(id).map(str::to_owned)),
        "appid" | "azp" => listed(claim.texts(), |id| {
            directory::application_name(id).map(str::to_owned)
        }),
        "xms_cc" => listed(claim.texts(), |capability| {
            (capability.eq_ignore_ascii_case("cp1"))
                .then(|| "the application handles claims challenges".to_owned())
        }),
        name => coded(name, claim.scalar()?).map(str::to_owned),
    }
}

/// `in 41m`, `5m ago` or `now`: how far `then` is from `now`.
pub(super) fn distance(then: Timestamp, now: Timestamp) -> String {
    let ahead = now.duration_until(then);
    if ahead.is_zero() {
        "now".to_owned()
    } else if ahead.is_negative() {
        format!("{} ago", lasting(ahead))
    } else {
        format!("in {}", lasting(ahead))
    }
}

/// A length of time in its two largest units, whichever its direction.
pub(super) fn lasting(duration: SignedDuration) -> String {
    let seconds = duration.as_secs().unsigned_abs();
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    if days > 0 {
        format!("{days}d {}h", hours % 24)
    } else if hours > 0 {
        format!("{hours}h {:02}m", minutes % 60)
    } else if minutes > 0 {
        format!("{minutes}m")
    } else {
        format!("{seconds}s")
    }
}

fn moment(claim: &Claim, now: Timestamp, zone: &TimeZone) -> Option<String> {
    let Some(then) = claim.time() else {
        return match claim.value {
            ClaimValue::Number | ClaimValue::Text(_) => {
                Some("not a moment between 1970 and 9999".to_owned())
            }
            ClaimValue::Truth(_)
            | ClaimValue::Nothing
            | ClaimValue::List(_)
            | ClaimValue::Object => None,
        };
    };
    let local = then
        .to_zoned(zone.clone())
        .strftime("%Y-%m-%d %H:%M:%S %:z");
    Some(format!("{local}, {}", distance(then, now)))
}

fn password_expiry(claim: &Claim, now: Timestamp, zone: &TimeZone) -> Option<String> {
    let then = claim.time()?;
    if then.as_second() >= OLDEST_PLAUSIBLE_MOMENT {
        return moment(claim, now, zone);
    }
    let after = lasting(SignedDuration::from_secs(then.as_second()));
    Some(format!("{after} after the token was issued"))
}

fn permissions_read(claim: &Claim) -> Option<String> {
    // A string holds many permissions, and a list one in each place.
    let names: Vec<Text> = claim
        .texts()
        .iter()
        .flat_map(|text| text.original().split_whitespace())
        .map(Text::from)
        .collect();
    if names.is_empty() {
        return Some("grants nothing".to_owned());
    }
    listed(&names, |name| permissions::lets(name).map(str::to_owned))
}

/// The known ones of a list, and how many more there are.
fn listed(texts: &[Text], read: impl Fn(&str) -> Option<String>) -> Option<String> {
    let known: Vec<String> = texts
        .iter()
        .filter_map(|text| read(text.original()))
        .take(LISTED)
        .collect();
    let others = texts.len() - known.len();
    match (known.is_empty(), others) {
        (true, _) => None,
        (false, 0) => Some(known.join(", ")),
        (false, _) => Some(format!("{}, and {others} more", known.join(", "))),
    }
}

fn directory_role(id: &str) -> Option<String> {
    let name = directory::role_name(id)?;
    Some(if directory::is_admin_role(id) {
        format!("{name} (too strong for watching alerts)")
    } else {
        name.to_owned()
    })
}

fn method_name(method: &str) -> Option<&'static str> {
    Some(match method {
        "pwd" => "password",
        "mfa" => "several factors",
        "ngcmfa" => "several factors, for a new credential",
        "wiaormfa" => "Windows sign-in or several factors",
        "rsa" => "proof of a key, such as the Authenticator app or a certificate",
        "otp" => "one-time code",
        "fed" => "another identity provider",
        "wia" => "Windows integrated sign-in",
        "fido" => "FIDO2 security key",
        "hwk" => "key held in hardware",
        "swk" => "key held in software",
        "sms" => "text message",
        "tel" => "phone call",
        "face" => "face recognition",
        "fpt" => "fingerprint",
        "pin" => "PIN",
        "none" => "no completed sign-in",
        _ => return None,
    })
}

fn coded(name: &str, value: &str) -> Option<&'static str> {
    Some(match (name, value) {
        ("alg", "none") => "no signature at all",
        ("alg", "RS256") => "RSA with SHA-256, what Entra uses",
        ("alg", "HS256") => "a shared secret, which Entra does not use",
        ("appidacr" | "azpacr", "0") => "public client, which has no secret",
        ("appidacr" | "azpacr", "1") => "client secret: mind its rotation",
        ("appidacr" | "azpacr", "2") => "client certificate",
        ("acr", "0") => "no, the sign-in did not meet them",
        ("acr", "1") => "yes, the sign-in met them",
        ("acct", "0") => "member of the tenant",
        ("acct", "1") => "guest in the tenant",
        ("idtyp", "app") => "an application, without a user",
        ("idtyp", "user") => "an application in a user's name",
        ("idtyp", "device") => "a device",
        ("ver", "1.0") => "the older format, usual for Defender",
        ("ver", "2.0") => "the newer format",
        ("tid", "9188040d-6c67-4c5b-b112-36a304b66dad") => "personal Microsoft accounts",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::super::decode::Part;
    use super::super::object;
    use super::*;

    fn read(json: &str) -> Option<String> {
        let claims = object::read(json.as_bytes(), Part::Payload, &mut Vec::new()).unwrap();
        let now = Timestamp::from_second(1_537_233_406).unwrap();
        let zone = TimeZone::fixed(jiff::tz::offset(2));
        explain(claims.first().unwrap(), now, &zone)
    }

    #[test]
    fn values_are_read_where_they_can_be() {
        let cases = [
            (
                r#"{"exp":1537237006}"#,
                Some("2018-09-18 04:16:46 +02:00, in 1h 00m"),
            ),
            (
                r#"{"iat":"1537233106"}"#,
                Some("2018-09-18 03:11:46 +02:00, 5m ago"),
            ),
            (
                r#"{"nbf":1537233406.5}"#,
                Some("2018-09-18 03:16:46 +02:00, in 0s"),
            ),
            (
                r#"{"nbf":1537233406}"#,
                Some("2018-09-18 03:16:46 +02:00, now"),
            ),
            (
                r#"{"exp":1e400}"#,
                Some("not a moment between 1970 and 9999"),
            ),
            (r#"{"exp":-1}"#, Some("not a moment between 1970 and 9999")),
            (
                r#"{"exp":"inf"}"#,
                Some("not a moment between 1970 and 9999"),
            ),
            (r#"{"exp":null}"#, None),
            (
                r#"{"pwd_exp":1209600}"#,
                Some("14d 0h after the token was issued"),
            ),
            (
                r#"{"amr":["pwd","mfa","\u001b[31m"]}"#,
                Some("password, several factors, and 1 more"),
            ),
            (r#"{"amr":"pwd"}"#, Some("password")),
            (r#"{"amr":[]}"#, None),
            (
                r#"{"wids":["62e90394-69f5-4237-9190-012177145e10","5d6b6bb7-de71-4623-b4af-96380a352509"]}"#,
                Some("Global Administrator (too strong for watching alerts), Security Reader"),
            ),
            (
                r#"{"aud":"fc780465-2017-40d4-a0c5-307022471b92"}"#,
                Some("WindowsDefenderATP (Defender for Endpoint)"),
            ),
            (
                r#"{"aud":"https://API.securitycenter.microsoft.com/"}"#,
                Some("Defender for Endpoint"),
            ),
            (
                r#"{"aud":["https://graph.microsoft.com","x"]}"#,
                Some("Microsoft Graph, and 1 more"),
            ),
            (r#"{"scp":"  "}"#, Some("grants nothing")),
            (
                r#"{"scp":"Alert.Read  openid"}"#,
                Some("read alerts, and 1 more"),
            ),
            (r#"{"roles":[]}"#, Some("grants nothing")),
            (
                r#"{"appidacr":"1"}"#,
                Some("client secret: mind its rotation"),
            ),
            (
                r#"{"appidacr":1}"#,
                Some("client secret: mind its rotation"),
            ),
            (r#"{"acr":"1"}"#, Some("yes, the sign-in met them")),
            (r#"{"idtyp":"app"}"#, Some("an application, without a user")),
            (
                r#"{"xms_cc":["CP1"]}"#,
                Some("the application handles claims challenges"),
            ),
            (r#"{"name":"exp"}"#, None),
        ];
        for (json, expected) in cases {
            assert_eq!(read(json).as_deref(), expected, "{json}");
        }
    }

    #[test]
    fn the_last_moment_there_is_has_a_local_time_too() {
        let zone = TimeZone::fixed(jiff::tz::Offset::MAX);
        let json = format!(r#"{{"exp":{}}}"#, Timestamp::MAX.as_second());
        let claims = object::read(json.as_bytes(), Part::Payload, &mut Vec::new()).unwrap();
        for now in [Timestamp::MIN, Timestamp::MAX] {
            let read = explain(claims.first().unwrap(), now, &zone).unwrap();
            assert!(read.starts_with("9999-12-31"), "{read}");
        }
    }
}
