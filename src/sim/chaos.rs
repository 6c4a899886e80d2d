//! A bad day: now and then a fault nobody asked for, drawn from the seed.
//!
//! Delays are the only place where the simulator waits, and never for a second.

use std::time::Duration;

use fastrand::Rng;

use crate::sim::script::Endpoint;
use crate::sim::script::Fault;

/// What goes wrong by itself.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Mishap {
    Fault(Fault),
    Late(Duration),
    /// Every access token is revoked.
    Revocation,
}

pub(crate) struct Chaos(Rng);

impl Chaos {
    pub(crate) fn new(rng: Rng) -> Self {
        Self(rng)
    }

    /// What happens to the next request, mostly nothing.
    pub(crate) fn mishap(&mut self, endpoint: Endpoint) -> Option<Mishap> {
        let status = |code, headers: &[(&str, &str)], body: &str| {
            let headers = headers
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect();
            Mishap::Fault(Fault::Status {
                code,
                headers,
                body: body.to_owned(),
            })
        };
        let unavailable = r#"{"error":{"code":"InternalServerError","message":"The service is temporarily unavailable","target":""}}"#;
        let throttled = r#"{"error":{"code":"429","message":"API calls quota exceeded! maximum allowed 100 per 00:01:00 for the key Destination+TenantID+AppID. You can send requests again in 7 seconds.","target":""}}"#;
        let (unavailable, throttled) = if endpoint.is_of_graph() {
            (
                r#"{"error":{"code":"serviceNotAvailable","message":"","innerError":{"date":"2026-11-22T12:00:00","request-id":"","client-request-id":""}}}"#,
                r#"{"error":{"code":"TooManyRequests","message":"Too many requests","innerError":{"date":"2026-11-22T12:00:00","request-id":"","client-request-id":""}}}"#,
            )
        } else {
            (unavailable, throttled)
        };
        let dice = self.0.u8(..100);
        Some(match (dice, endpoint.is_for_signing_in()) {
            // A person would have to start again.
            (0..7, _) if endpoint == Endpoint::Authorize => return None,
            (0..2, true) => status(503, &[], ""),
            (0..2, _) => status(503, &[("content-type", "application/json")], unavailable),
            (2, _) => status(
                502,
                &[("content-type", "text/html")],
                "<html><h1>502 Bad Gateway</h1></html>",
            ),
            (3..5, true) => return None,
            (3..5, _) => status(
                429,
                &[("content-type", "application/json"), ("retry-after", "7")],
                throttled,
            ),
            (5, _) => Mishap::Fault(Fault::Reset),
            (6, _) => Mishap::Fault(Fault::Truncate),
            (7, _) => Mishap::Revocation,
            (8..16, _) => Mishap::Late(Duration::from_millis(self.0.u64(80..900))),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn most_requests_go_well_and_no_delay_reaches_a_second() {
        let mut chaos = Chaos::new(Rng::with_seed(1));
        let mishaps: Vec<Mishap> = (0..1000)
            .filter_map(|_| chaos.mishap(Endpoint::Alerts))
            .collect();
        assert!((80..300).contains(&mishaps.len()), "{}", mishaps.len());
        assert!(mishaps.iter().all(
            |mishap| !matches!(mishap, Mishap::Late(delay) if *delay >= Duration::from_secs(1))
        ));
    }
}
