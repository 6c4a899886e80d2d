//! The APIs a token can be for, and the names they answer to, all clouds together.
//!
//! Says nothing of permissions: those are granted to each API apart.

/// An API of the simulator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Api {
    /// Defender for Endpoint, below `/api`.
    Defender,
    /// Microsoft Graph, below `/v1.0` and `/beta`.
    Graph,
}

const DEFENDER: [&str; 6] = [
    "https://api.securitycenter.microsoft.com",
    "https://api.securitycenter.windows.com",
    "https://securitycenter.onmicrosoft.com/windowsatpservice",
    "fc780465-2017-40d4-a0c5-307022471b92",
    "https://api-gcc.securitycenter.microsoft.us",
    "https://api-gov.securitycenter.microsoft.us",
];
const GRAPH: [&str; 4] = [
    COMMERCIAL_GRAPH,
    "https://graph.microsoft.us",
    "https://dod-graph.microsoft.us",
    "00000003-0000-0000-c000-000000000000",
];
/// What a permission that names no resource is of.
pub(super) const COMMERCIAL_GRAPH: &str = "https://graph.microsoft.com";
/// Known to Entra, but tokens for them are for nothing that is served here.
pub(super) const ELSEWHERE: [&str; 2] = ["https://api.security.microsoft.com", WRONGLY_SHOWN];
/// What the portal shows for Defender by mistake; the API answers it with 403, not 401.
pub(super) const WRONGLY_SHOWN: &str = "https://userrequestsgraphapi-prd.trafficmanager.net";

impl Api {
    /// The API that answers to a name; `origin` is where Defender's is served.
    pub(super) fn named(audience: &str, origin: &str) -> Option<Self> {
        // Graph's name is met with a slash at its end as often as without.
        let bare = audience.strip_suffix('/').unwrap_or(audience);
        if audience == origin || DEFENDER.contains(&audience) {
            Some(Self::Defender)
        } else if GRAPH.contains(&bare) {
            Some(Self::Graph)
        } else {
            None
        }
    }
}
