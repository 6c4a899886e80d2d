//! What a refused sign-in means and who can mend it, by Entra's numbers.
//!
//! Microsoft asks programs not to branch on the numbers, because they change: they
//! choose words here and decide nothing.

use crate::wire::problem::SignInProblem;

/// Who can mend it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// Whoever signs in.
    You,
    /// Whoever administers the tenant or the app registration.
    Administrator,
    /// Whoever wrote the profile.
    Profile,
    /// Nobody: it passes.
    Time,
}

/// One cause with its numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Remedy {
    pub codes: &'static [u64],
    pub who: Who,
    /// Why, in plain words.
    pub cause: &'static str,
    /// What to do, or what to ask for.
    pub act: &'static str,
}

impl Remedy {
    /// Cause and act as one phrase for the `help:` line.
    pub fn words(&self) -> String {
        match self.who {
            Who::Administrator => format!("{}: ask an administrator to {}", self.cause, self.act),
            Who::You | Who::Profile | Who::Time => format!("{}: {}", self.cause, self.act),
        }
    }
}

const fn row(codes: &'static [u64], who: Who, cause: &'static str, act: &'static str) -> Remedy {
    Remedy {
        codes,
        who,
        cause,
        act,
    }
}

/// Every number known, each once.
#[rustfmt::skip]
pub const REMEDIES: &[Remedy] = &[
    row(&[16_000], Who::You, "this account is not in the tenant", "choose another account or check the tenant"),
    row(&[50_001, 500_011], Who::Administrator, "the API is unknown in this tenant, or belongs to another cloud", "enable Defender for Endpoint; check `cloud` and `resource` first"),
    row(&[50_011, 70_004], Who::Administrator, "the redirect address is not registered", "add `http://localhost` under \"Mobile and desktop applications\""),
    row(&[50_012, 700_027, 900_384], Who::Administrator, "the certificate matches none of the app registration", "upload its public part"),
    row(&[700_024], Who::You, "the certificate's assertion is out of its time", "set the clock of this machine"),
    row(&[50_020, 50_034, 51_004, 90_072], Who::You, "no such user in this tenant", "check the user name and the tenant, or ask to be invited as a guest"),
    row(&[50_053], Who::You, "the account is locked or this network is blocked", "wait, and do not try the password again"),
    row(&[50_055, 50_144, 50_135], Who::You, "the password must be changed", "change it in a browser, then sign in again"),
    row(&[50_056, 50_064, 50_126], Who::You, "wrong user name or password, or an account without password", "check both; an account without password needs `--auth browser`"),
    row(&[50_057], Who::Administrator, "this account is disabled", "enable it"),
    row(&[50_059, 50_128, 90_019], Who::Profile, "the tenant cannot be told", "set `tenant` to its id or domain"),
    row(&[50_072, 50_079], Who::You, "MFA must be registered first", "register it on the security info page in a browser, then use `--auth browser`"),
    row(&[50_074, 50_076], Who::You, "MFA is required, which a password cannot do", "use `--auth browser`, or `--auth device-code` where policy allows it"),
    row(&[50_078, 50_132, 50_133], Who::You, "the session is too old", "sign in again"),
    row(&[50_058, 50_089, 70_000], Who::You, "there is no session any more", "sign in again"),
    row(&[50_097, 50_155, 50_187], Who::You, "policy wants a managed device", "use `--auth browser` with the browser of your managed workstation"),
    row(&[50_105], Who::Administrator, "you are not assigned to the app", "assign you to it"),
    row(&[50_131, 53_003], Who::Administrator, "blocked by Conditional Access (often because of the device code or the password, so try `--auth browser`)", "read the sign-in log with the correlation id"),
    row(&[50_158], Who::You, "MFA of another provider is required, which a password cannot do", "use `--auth browser`"),
    row(&[50_173], Who::You, "your sessions were revoked", "sign in again"),
    row(&[50_194, 9_001_023, 90_010], Who::Profile, "`common` is not allowed for this app or flow", "set `tenant` to its id or domain"),
    row(&[50_196], Who::Time, "too many identical requests", "wait five minutes"),
    row(&[50_199], Who::You, "a confirmation is asked for", "confirm it in the browser"),
    row(&[53_000, 530_002], Who::You, "policy wants a compliant device", "use `--auth browser` with the browser of your managed workstation"),
    row(&[53_001, 530_003], Who::You, "policy wants a joined or managed device", "use `--auth browser` with the browser of your managed workstation"),
    row(&[53_002], Who::Administrator, "policy lets in approved apps only", "exclude the app from it"),
    row(&[530_032, 530_034, 530_035], Who::Administrator, "blocked by the tenant's security policy", "read the sign-in log with the correlation id"),
    row(&[530_036], Who::You, "sessions that began with a device code were forbidden", "use `--auth browser`"),
    row(&[53_011], Who::Administrator, "the account is flagged as risky", "look at its risk"),
    row(&[54_005, 70_008], Who::You, "the code was used already or is too old", "start again"),
    row(&[65_001, 650_056, 90_008], Who::Administrator, "consent is missing", "add the permissions of this API to the app registration and grant consent to them"),
    row(&[65_002], Who::Profile, "Microsoft's own client id may not call this API", "register an app of your own"),
    row(&[65_004], Who::You, "the request was declined", "sign in again and accept it"),
    row(&[650_052, 650_057], Who::Administrator, "the API is not in the app registration", "add WindowsDefenderATP permissions to it"),
    row(&[70_001, 700_016, 7_000_112], Who::Profile, "the app is not in this tenant", "check `client_id` and `tenant`"),
    row(&[70_002, 7_000_215], Who::Profile, "the client secret was refused", "use the secret's value, not its id"),
    row(&[7_000_222], Who::Administrator, "the client secret expired", "make a new one, or use a certificate"),
    row(&[7_000_218], Who::Administrator, "the app is not a public client", "turn on \"Allow public client flows\" in the app registration"),
    row(&[700_025], Who::Profile, "the app is a public client", "leave the secret out"),
    row(&[70_003, 70_011, 700_022, 700_023, 1_002_012], Who::Profile, "flow or scope are not accepted", "check `auth`, `resource` and the scopes"),
    row(&[700_082], Who::You, "signed out after a long time unused", "sign in again"),
    row(&[700_084], Who::Administrator, "the app is registered as a single-page app", "register it as a desktop app"),
    row(&[70_018, 90_119, 70_019, 70_020, 90_120], Who::You, "the device code is wrong, spent or too old", "ask for a new one"),
    row(&[70_043], Who::You, "policy wants a fresh sign-in", "sign in again"),
    row(&[80_001, 80_002, 80_005, 80_007, 80_010, 80_014], Who::Time, "the directory on premises has trouble", "try later"),
    row(&[80_012], Who::Time, "outside the hours this account may sign in", "try within them"),
    row(&[80_013], Who::Administrator, "the clocks on premises disagree", "set them"),
    row(&[90_006, 90_012, 90_024, 90_033, 90_090, 50_033], Who::Time, "Microsoft's sign-in is in trouble", "it is tried again"),
    row(&[90_002], Who::Profile, "no such tenant in this cloud", "check `tenant` and `cloud`"),
    row(&[90_038, 90_051, 900_382, 900_432, 1_000_104], Who::Profile, "the tenant is in another cloud", "check `cloud`"),
    row(&[90_055], Who::Time, "the tenant is throttled", "wait"),
    row(&[90_094, 90_095], Who::Administrator, "an administrator's consent is needed", "approve the app"),
    row(&[90_013, 90_014, 900_144, 90_100, 9_002_313, 501_481, 901_002], Who::Profile, "the request was malformed, which is a mistake in vigie", "report it with this line"),
];

/// The remedy for an answer. Entra sends the most general number first, so the last
/// one known is the most telling.
pub fn remedy(problem: &SignInProblem) -> Option<&'static Remedy> {
    let known = problem.codes.iter().rev().find_map(|code| of_code(*code));
    known.or_else(|| of_code(by_name(problem)?))
}

/// The number that stands for an answer which has names only.
fn by_name(problem: &SignInProblem) -> Option<u64> {
    match (problem.error.as_str(), problem.suberror.as_str()) {
        ("access_denied" | "authorization_declined", _) => Some(65_004),
        ("expired_token" | "bad_verification_code", _) => Some(70_020),
        ("consent_required", _) | (_, "consent_required") => Some(65_001),
        (_, "user_password_expired") => Some(50_055),
        _ => None,
    }
}

fn of_code(code: u64) -> Option<&'static Remedy> {
    REMEDIES.iter().find(|remedy| remedy.codes.contains(&code))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_number_stands_once() {
        let mut seen = HashSet::new();
        for code in REMEDIES.iter().flat_map(|remedy| remedy.codes) {
            assert!(seen.insert(code), "{code} stands twice");
        }
        assert!(seen.len() > 100, "{}", seen.len());
    }

    #[test]
    fn phrases_fit_together() {
        for remedy in REMEDIES {
            let words = remedy.words();
            assert!(!words.ends_with('.') && !words.contains("  "), "{words}");
        }
    }

    #[test]
    fn the_most_telling_number_chooses_the_words() {
        let problem = SignInProblem {
            codes: vec![70_002, 50_126, 1],
            ..SignInProblem::default()
        };
        let chosen = remedy(&problem).map(|remedy| remedy.codes);
        assert_eq!(chosen, Some(&[50_056, 50_064, 50_126][..]));
        assert_eq!(remedy(&SignInProblem::default()), None);
    }
}
