//! The names one API goes by, and those easily taken for it.

use super::checks::Expected;
use super::decoded::DecodedToken;
use super::directory;
use super::permissions::Api;

/// Names that mean one and the same API. A government service is another one than
/// the commercial one, although the application behind them has the same id.
const SAME_API: &[(Api, &[&str])] = &[
    (
        Api::Defender,
        &[
            "https://api.securitycenter.microsoft.com",
            "https://api.securitycenter.windows.com",
            "https://securitycenter.onmicrosoft.com/windowsatpservice",
            directory::DEFENDER_APP,
        ],
    ),
    (
        Api::Defender,
        &[
            "https://api-gcc.securitycenter.microsoft.us",
            "https://securitycenter.onmicrosoft.com/windowsatpservice",
            directory::DEFENDER_APP,
        ],
    ),
    (
        Api::Defender,
        &[
            "https://api-gov.securitycenter.microsoft.us",
            "https://securitycenter.onmicrosoft.us/windowsatpservice",
            directory::DEFENDER_APP,
        ],
    ),
    (
        Api::Graph,
        &["https://graph.microsoft.com", directory::GRAPH_APP],
    ),
    (
        Api::Graph,
        &["https://graph.microsoft.us", directory::GRAPH_APP],
    ),
    (
        Api::Graph,
        &["https://dod-graph.microsoft.us", directory::GRAPH_APP],
    ),
];

/// Audiences easily taken for Defender for Endpoint, and what they really are.
const LOOKALIKES: &[(&str, &str)] = &[
    (
        "https://api.security.microsoft.com",
        "the Defender XDR API, another API on the same host",
    ),
    (
        "https://userrequestsgraphapi-prd.trafficmanager.net",
        "what a scope string shown by the portal leads to",
    ),
];

/// The service the permissions are to be read for: the configured one, or else
/// the one the token is for.
pub fn api(token: &DecodedToken, expected: &Expected) -> Api {
    let named = families(expected).next().map(|(api, _)| *api);
    named.unwrap_or_else(|| {
        let audiences = token.audiences().into_iter();
        let audiences = audiences.map(|text| text.original().to_owned()).collect();
        let token = Expected {
            audiences,
            ..Expected::default()
        };
        families(&token)
            .next()
            .map_or(Api::Defender, |(api, _)| *api)
    })
}

/// The names of every API one of the expected audiences may mean.
pub(super) fn families(
    expected: &Expected,
) -> impl Iterator<Item = &'static (Api, &'static [&'static str])> {
    SAME_API.iter().filter(|(_, names)| {
        let mut wanted = expected.audiences.iter();
        wanted.any(|wanted| names.iter().any(|name| same_address(name, wanted)))
    })
}

/// Entra writes an API's address with or without its last slash, and in any case.
pub(super) fn same_address(one: &str, other: &str) -> bool {
    let bare = |address: &str| {
        address
            .strip_suffix('/')
            .unwrap_or(address)
            .to_ascii_lowercase()
    };
    bare(one) == bare(other)
}

/// What an audience is, if we know it: an API we use, one easily taken for it, or
/// another of Microsoft's.
pub(super) fn name(audience: &str) -> Option<&'static str> {
    if let Some(application) = directory::application_name(audience) {
        return Some(application);
    }
    let is = |known: &str| same_address(known, audience);
    let ours = SAME_API
        .iter()
        .find(|(_, names)| names.iter().any(|name| is(name)));
    if let Some((api, _)) = ours {
        return Some(match api {
            Api::Defender => "Defender for Endpoint",
            Api::Graph => "Microsoft Graph",
        });
    }
    let lookalike = LOOKALIKES.iter().find(|(known, _)| is(known));
    lookalike.map(|(_, what)| *what)
}
