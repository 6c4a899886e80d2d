//! Issues tokens as Entra does, remembers them, and judges the ones that come back.
//!
//! This file keeps what was issued. Modules in reading order:
//! - `endpoint`: which path is what, and how a form is read;
//! - `grants`: the token endpoint, and the grants without a browser;
//! - `authorize`, `codes`: a person at a browser, and the code this gives;
//! - `device`: a person at another machine's browser;
//! - `assertion`: an application with a certificate;
//! - `challenge`: more than a token that was good a moment ago;
//! - `scope`: what is asked for;
//! - `refresh`: the refresh tokens and their end;
//! - `success`: the reply to a good request.

mod assertion;
mod authorize;
mod challenge;
mod codes;
mod device;
mod endpoint;
mod grants;
mod refresh;
mod scope;
mod success;

use std::collections::HashMap;
use std::time::Duration;

use fastrand::Rng;
use jiff::{SignedDuration, Timestamp};

use crate::sim::entra::Refusal;
use crate::sim::jwt;
use crate::sim::jwt::Claims;
use crate::sim::jwt::Holder;
use crate::sim::jwt::Proof;
use crate::sim::options::Account;
use crate::sim::reply::Reply;
use crate::sim::tokens::assertion::Certificates;
use crate::sim::tokens::authorize::Attempts;
use crate::sim::tokens::challenge::Challenges;
use crate::sim::tokens::codes::Codes;
use crate::sim::tokens::device::Devices;
use crate::sim::tokens::refresh::Ended;
use crate::sim::tokens::refresh::RefreshTokens;
use crate::sim::tokens::scope::Asked;
use crate::sim::tokens::success::Issued;
use crate::sim::world::Request;

/// The names Defender for Endpoint answers to, all clouds together.
const OUR_RESOURCES: [&str; 6] = [
    "https://api.securitycenter.microsoft.com",
    "https://api.securitycenter.windows.com",
    "https://securitycenter.onmicrosoft.com/windowsatpservice",
    "fc780465-2017-40d4-a0c5-307022471b92",
    "https://api-gcc.securitycenter.microsoft.us",
    "https://api-gov.securitycenter.microsoft.us",
];
/// Known to Entra, but tokens for them are not for this API.
const OTHER_RESOURCES: [&str; 3] = [
    "https://graph.microsoft.com",
    "https://api.security.microsoft.com",
    WRONGLY_SHOWN_RESOURCE,
];
/// What the portal shows for this API by mistake; the API answers it with 403, not 401.
const WRONGLY_SHOWN_RESOURCE: &str = "https://userrequestsgraphapi-prd.trafficmanager.net";
/// Expired tokens are forgotten beyond this many, so that a demo may run for weeks.
const REMEMBERED: usize = 2000;

struct Access {
    expires: Timestamp,
    audience: String,
    permissions: Vec<String>,
    holder: Holder,
    met: u64,
    revoked: bool,
}

/// Why a bearer token is refused.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Distrust {
    /// 401, with this sentence.
    Unauthorized(&'static str),
    /// 403: the token is good, and lacks all of these.
    Forbidden {
        required: Vec<&'static str>,
        held: Vec<String>,
    },
    /// 401: these claims are missing, in base64.
    Challenged(String),
    /// 403: good for something else.
    WrongAudience,
}

/// Every token issued, and how the next ones will be.
pub(crate) struct Tokens {
    account: Account,
    life: SignedDuration,
    rng: Rng,
    pub(crate) granted: Vec<String>,
    pub(crate) omit_refresh: bool,
    pub(crate) rotate_refresh: bool,
    pub(crate) opaque: bool,
    pub(crate) refresh_in: Option<Duration>,
    access: HashMap<String, Access>,
    refresh: RefreshTokens,
    attempts: Attempts,
    codes: Codes,
    devices: Devices,
    certificates: Certificates,
    challenges: Challenges,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Version {
    One,
    Two,
}

/// What a sign-in has earned; a refresh token carries it on.
#[derive(Clone, Copy)]
struct Grant {
    proof: Proof,
    /// The number of the claims challenge it has met.
    met: u64,
}

impl Tokens {
    pub(crate) fn new(account: Account, life: SignedDuration, rng: Rng) -> Self {
        let granted = [
            "Alert.ReadWrite",
            "Machine.Read",
            "AdvancedQuery.Read",
            "User.Read.All",
        ];
        Self {
            account,
            life,
            rng,
            granted: granted.map(str::to_owned).to_vec(),
            omit_refresh: false,
            rotate_refresh: true,
            opaque: false,
            refresh_in: None,
            access: HashMap::new(),
            refresh: RefreshTokens::default(),
            attempts: Attempts::default(),
            codes: Codes::default(),
            devices: Devices::default(),
            certificates: Certificates::default(),
            challenges: Challenges::default(),
        }
    }

    pub(crate) fn revoke_access(&mut self) {
        self.access
            .values_mut()
            .for_each(|access| access.revoked = true);
    }

    pub(crate) fn revoke_refresh(&mut self) {
        self.refresh.revoke();
    }

    pub(crate) fn refuse_refresh(&mut self, code: u32, suberror: Option<String>) {
        self.refresh.refuse(Ended { code, suberror });
    }

    /// Whether the bearer of these headers may do what needs one of `required`
    /// (delegated scopes; application roles are derived from them).
    pub(crate) fn judge(
        &self,
        request: &Request,
        required: &[&'static str],
        now: Timestamp,
    ) -> Result<Holder, Distrust> {
        let Some(header) = request.header("authorization") else {
            return Err(Distrust::Unauthorized("Authorization header is missing"));
        };
        let token = match header.split_once(' ') {
            Some((scheme, token))
                if scheme.eq_ignore_ascii_case("bearer") && !token.contains(' ') =>
            {
                token
            }
            _ => return Err(Distrust::Unauthorized("Authorization header is malformed")),
        };
        let access = match self.access.get(token) {
            None => return Err(Distrust::Unauthorized("The token is not valid")),
            Some(access) if access.revoked => {
                return Err(Distrust::Unauthorized("The token was revoked"));
            }
            Some(access) if access.expires <= now => {
                return Err(Distrust::Unauthorized("The token has expired"));
            }
            Some(access) => access,
        };
        if access.audience == WRONGLY_SHOWN_RESOURCE {
            return Err(Distrust::WrongAudience);
        }
        if !self.is_ours(&access.audience) {
            return Err(Distrust::Unauthorized(
                "The audience of the token is not valid",
            ));
        }
        if let Some(claims) = self.challenges.lacking(access.met) {
            return Err(Distrust::Challenged(claims));
        }
        let needed: Vec<&'static str> = match access.holder {
            Holder::User => required.to_vec(),
            Holder::Application => required.iter().map(|scope| role(scope)).collect(),
        };
        if needed
            .iter()
            .any(|needed| access.permissions.iter().any(|held| held == needed))
        {
            Ok(access.holder)
        } else {
            Err(Distrust::Forbidden {
                required: needed,
                held: access.permissions.clone(),
            })
        }
    }

    fn is_ours(&self, audience: &str) -> bool {
        audience == self.account.api || OUR_RESOURCES.contains(&audience)
    }

    /// The reply to a person who has just signed in.
    fn signed_in(
        &mut self,
        asked: &Asked,
        grant: Grant,
        nonce: Option<&str>,
        version: Version,
        now: Timestamp,
    ) -> Result<Reply, Refusal> {
        if grant.proof == Proof::Person {
            self.refresh.person_came();
        }
        let refresh =
            (!self.omit_refresh && asked.offline).then(|| self.refresh.give(grant, &mut self.rng));
        self.issue(asked, grant, refresh.as_deref(), nonce, version, now)
    }

    fn issue(
        &mut self,
        asked: &Asked,
        grant: Grant,
        refresh: Option<&str>,
        nonce: Option<&str>,
        version: Version,
        now: Timestamp,
    ) -> Result<Reply, Refusal> {
        let unavailable = |_| {
            Refusal::new(
                "temporarily_unavailable",
                90_033,
                "A transient error has occurred. Please try again.",
            )
        };
        let expires = now.checked_add(self.life).map_err(unavailable)?;
        // Tokens hold everything consented, whichever permissions were asked for.
        let permissions: Vec<String> = match (grant.proof.holder(), self.is_ours(&asked.audience)) {
            (Holder::User, true) => self.granted.clone(),
            (Holder::Application, true) => self
                .granted
                .iter()
                .map(|scope| role(scope).to_owned())
                .collect(),
            (_, false) => asked
                .permissions
                .clone()
                .unwrap_or_else(|| vec![String::from("User.Read")]),
        };
        let claims = Claims {
            account: &self.account,
            proof: grant.proof,
            audience: &asked.audience,
            permissions: &permissions,
            now,
            expires,
        };
        let token = if self.opaque {
            jwt::opaque(&mut self.rng)
        } else {
            jwt::signed(&claims, &mut self.rng)
        };
        let identity = (asked.identity && grant.proof.holder() == Holder::User)
            .then(|| jwt::identity(&self.account, nonce, now, &mut self.rng));
        let issued = Issued {
            refresh,
            identity: identity.as_deref(),
            refresh_in: self.refresh_in,
        };
        let body = success::body(version, &claims, &token, &issued);
        if self.access.len() > REMEMBERED {
            self.access.retain(|_, access| access.expires > now);
        }
        let audience = asked.audience.clone();
        self.access.insert(
            token,
            Access {
                expires,
                audience,
                permissions,
                holder: grant.proof.holder(),
                met: grant.met,
                revoked: false,
            },
        );
        Ok(Reply::json(200, body))
    }
}

/// The application role that corresponds to a delegated scope.
pub(crate) fn role(scope: &str) -> &'static str {
    match scope {
        "Alert.Read" => "Alert.Read.All",
        "Alert.ReadWrite" => "Alert.ReadWrite.All",
        "Machine.Read" => "Machine.Read.All",
        "Machine.ReadWrite" => "Machine.ReadWrite.All",
        "AdvancedQuery.Read" => "AdvancedQuery.Read.All",
        "User.Read.All" => "User.Read.All",
        "File.Read.All" => "File.Read.All",
        "Ip.Read.All" => "Ip.Read.All",
        "URL.Read.All" => "URL.Read.All",
        "Machine.Isolate" => "Machine.Isolate",
        "Machine.Scan" => "Machine.Scan",
        _ => "Other.Read.All",
    }
}
