//! What to do about a refused sign-in, by Entra's numbers.
//!
//! Microsoft changes the numbers: they choose words here and decide nothing.

use crate::wire::problem::SignInProblem;

const REMEDIES: &[(&[u64], &str)] = &[
    (&[50_126, 50_056, 50_064], "check user name and password"),
    (
        &[50_034, 50_020, 51_004, 90_072],
        "check the user name and the tenant: this user is not in it",
    ),
    (
        &[50_053],
        "wait: the account is locked or this network blocked; do not try the password again",
    ),
    (
        &[50_055, 50_144, 50_135],
        "change the password in a browser first",
    ),
    (&[50_057], "ask an administrator: the account is disabled"),
    (
        &[50_074, 50_076, 50_072, 50_079, 50_158],
        "this account needs MFA, which sign-in with a password cannot do",
    ),
    (
        &[53_003, 50_131, 53_000, 53_001, 530_002, 530_003],
        "blocked by Conditional Access: show an administrator the correlation id",
    ),
    (
        &[65_001, 650_056, 90_008, 90_094],
        "ask an administrator to grant consent for Alert.Read to the app registration",
    ),
    (
        &[700_016, 70_001, 7_000_112],
        "check the client id and the tenant: the app is not in it",
    ),
    (
        &[90_002, 90_059],
        "check the tenant and the cloud: no such tenant there",
    ),
    (
        &[500_011, 50_001],
        "check `resource` and the cloud: Defender for Endpoint is unknown under that name",
    ),
    (
        &[650_057, 650_052],
        "add WindowsDefenderATP permissions to the app registration",
    ),
    (
        &[7_000_218],
        "turn on \"Allow public client flows\" in the app registration",
    ),
    (&[50_105], "ask an administrator to assign you to the app"),
    (
        &[50_059, 90_019, 50_194, 9_001_023],
        "give the tenant's id or domain, not `common`",
    ),
];

/// The first remedy known for a number of the answer. Entra sends the most general
/// number first, so the last one known is the most telling.
pub(super) fn remedy(problem: &SignInProblem) -> Option<&'static str> {
    problem.codes.iter().rev().find_map(|code| {
        REMEDIES
            .iter()
            .find(|(codes, _)| codes.contains(code))
            .map(|(_, remedy)| *remedy)
    })
}
