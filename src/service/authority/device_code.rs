//! Sign-in by a person who types a short code into a page, on any machine: the device
//! code of the v2 endpoint.
//!
//! Asks for the code, and once each call whether it was typed. When to ask again is
//! decided elsewhere.

use jiff::SignedDuration;
use reqwest::Url;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::domain::text::Text;
use crate::service::authority::Authority;
use crate::service::authority::Endpoint;
use crate::service::authority::Granted;
use crate::service::authority::Refusal;
use crate::service::authority::Setback;
use crate::service::error::ServiceError;
use crate::service::secret::Secret;
use crate::wire::json;

/// What the service gave to begin with.
#[derive(Debug)]
pub(in crate::service) struct DeviceStart {
    /// What tokens are asked for with.
    pub(in crate::service) device_code: Secret,
    /// What the person types.
    pub(in crate::service) user_code: Text,
    pub(in crate::service) page: Text,
    pub(in crate::service) life: SignedDuration,
    pub(in crate::service) every: SignedDuration,
}

/// Where the answer does not tell.
const USUAL_LIFE: i64 = 900;
const USUAL_INTERVAL: i64 = 5;

impl Authority {
    /// Asks for a code. Its life begins with this request.
    pub(in crate::service) async fn begin_device(
        &self,
        claims: Option<&Secret>,
    ) -> Result<DeviceStart, Setback> {
        let scope = self.scope_of_a_person();
        let mut form = vec![
            ("client_id", self.client_id.as_str()),
            ("scope", scope.as_str()),
        ];
        form.extend(claims.map(|claims| ("claims", claims.expose())));
        let url = format!("{}/oauth2/v2.0/devicecode", self.tenant_url);
        let answer = self.send(&url, &form).await?;
        read(&answer.body).ok_or_else(|| {
            let sentence = "it is not the JSON of a device code";
            self.unreadable(&answer, sentence)
        })
    }

    /// Asks once whether the code was typed.
    pub(in crate::service) async fn poll_device(
        &self,
        device_code: &Secret,
    ) -> Result<Granted, Setback> {
        let form = [
            ("client_id", self.client_id.as_str()),
            ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
            ("device_code", device_code.expose()),
        ];
        self.post(Endpoint::V2, &form).await
    }
}

/// What is told of a code that brings nothing any more.
pub(in crate::service) fn ended(refusal: &Refusal) -> ServiceError {
    let problem = &refusal.problem;
    let too_old = problem.error == "expired_token"
        || problem
            .codes
            .iter()
            .any(|code| matches!(code, 70_019 | 70_020));
    let why = match problem.error.as_str() {
        _ if too_old => "the device code is too old",
        "authorization_declined" | "access_denied" => "the sign-in was declined in the browser",
        _ => return refusal.refused(),
    };
    let ServiceError::SignInRefused { words, remedy } = refusal.refused() else {
        return refusal.refused();
    };
    ServiceError::SignInRefused {
        words: format!("{why}: {words}"),
        remedy,
    }
}

fn read(body: &[u8]) -> Option<DeviceStart> {
    #[derive(Deserialize)]
    struct Reply<'a> {
        #[serde(borrow, default)]
        device_code: Option<&'a RawValue>,
        #[serde(borrow, default)]
        user_code: Option<&'a RawValue>,
        // v1 and some others write `url`.
        #[serde(borrow, default)]
        verification_uri: Option<&'a RawValue>,
        #[serde(borrow, default)]
        verification_url: Option<&'a RawValue>,
        #[serde(borrow, default)]
        expires_in: Option<&'a RawValue>,
        #[serde(borrow, default)]
        interval: Option<&'a RawValue>,
    }
    let reply: Reply<'_> = serde_json::from_slice(body).ok()?;
    let text = |raw| json::string(raw).filter(|text| !text.is_empty());
    let seconds = |raw, usual: i64, longest: i64| {
        let told = json::bare(raw).and_then(|text| text.trim().parse::<f64>().ok());
        let told = told.and_then(|told| SignedDuration::try_from_secs_f64(told).ok());
        let told = told.unwrap_or(SignedDuration::from_secs(usual));
        told.clamp(
            SignedDuration::from_secs(1),
            SignedDuration::from_secs(longest),
        )
    };
    let page = text(reply.verification_uri).or_else(|| text(reply.verification_url))?;
    // It is made a link of: nothing but a page of the web.
    let scheme = Url::parse(&page).ok()?.scheme().to_owned();
    if !matches!(scheme.as_str(), "https" | "http") {
        return None;
    }
    Some(DeviceStart {
        device_code: Secret::new(text(reply.device_code)?),
        user_code: Text::from(text(reply.user_code)?),
        page: Text::from(page),
        life: seconds(reply.expires_in, USUAL_LIFE, 86_400),
        every: seconds(reply.interval, USUAL_INTERVAL, 300),
    })
}

#[cfg(test)]
mod tests {
    #![expect(
        clippy::unwrap_used,
        reason = "a test that cannot read its input has failed"
    )]

    use super::*;

    #[test]
    fn both_spellings_are_read_with_numbers_or_strings() {
        for (rest, life, every) in [
            (
                r#""verification_uri":"https://p/","expires_in":900,"interval":7"#,
                900,
                7,
            ),
            (
                r#""verification_url":"https://p/","expires_in":"60","interval":"7""#,
                60,
                7,
            ),
            (r#""verification_uri":"https://p/""#, 900, 5),
            (
                r#""verification_uri":"https://p/","expires_in":null,"interval":0"#,
                900,
                1,
            ),
            (
                r#""verification_uri":"https://p/","expires_in":1e300,"interval":-4"#,
                900,
                1,
            ),
        ] {
            let body = format!(r#"{{"device_code":"d","user_code":"ABC-DEF",{rest}}}"#);
            let start = read(body.as_bytes()).unwrap();
            assert_eq!(start.device_code.expose(), "d");
            assert_eq!(start.page, Text::from("https://p/"));
            assert_eq!(
                (start.life.as_secs(), start.every.as_secs()),
                (life, every),
                "{rest}"
            );
        }
    }

    #[test]
    fn half_an_answer_is_none() {
        let bodies: [&[u8]; 5] = [
            b"<html>",
            br#"{"device_code":"d","user_code":"u"}"#,
            br#"{"device_code":"d","verification_uri":"https://p/"}"#,
            br#"{"user_code":"u","verification_uri":"https://p/"}"#,
            br#"{"device_code":"d","user_code":"u","verification_uri":"javascript:alert(1)"}"#,
        ];
        for body in bodies {
            assert!(read(body).is_none());
        }
    }
}
