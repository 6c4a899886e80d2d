//! Issues tokens as Entra does, remembers them, and judges the ones that come back.
//!
//! This file keeps what was issued. Modules in reading order:
//! - `endpoint`: which path is what, and how a form is read;
//! - `grants`: the token endpoint, and the grants without a browser;
//! - `authorize`, `codes`: a person at a browser, and the code this gives;
//! - `device`: a person at another machine's browser;
//! - `assertion`: an application with a certificate;
//! - `challenge`: more than a token that was good a moment ago;
//! - `resource`, `scope`: what is asked for;
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
mod resource;
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
use crate::sim::tokens::resource::WRONGLY_SHOWN;
use crate::sim::tokens::scope::Asked;
use crate::sim::tokens::success::Issued;
use crate::sim::world::Request;

pub(crate) use resource::Api;

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
    /// 401, for this reason.
    Unauthorized(Flaw),
    /// 403: the token is good, and lacks all of these.
    Forbidden {
        required: Vec<&'static str>,
        held: Vec<String>,
        holder: Holder,
    },
    /// 401: these claims are missing, in base64.
    Challenged(String),
    /// 403: good for something else.
    WrongAudience,
}

/// What is wrong with a bearer token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flaw {
    Missing,
    Malformed,
    Unknown,
    Revoked,
    Expired,
    WrongAudience,
}

/// Every token issued, and how the next ones will be.
pub(crate) struct Tokens {
    account: Account,
    life: SignedDuration,
    rng: Rng,
    pub(crate) granted: Vec<String>,
    pub(crate) granted_on_graph: Vec<String>,
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
            "Machine.Isolate",
            "Machine.Scan",
            "Machine.RestrictExecution",
            "Machine.CollectForensics",
            "File.Read.All",
            "Ip.Read.All",
            "URL.Read.All",
        ];
        let granted_on_graph = [
            "SecurityAlert.ReadWrite.All",
            "SecurityIncident.Read.All",
            "ThreatHunting.Read.All",
        ];
        Self {
            account,
            life,
            rng,
            granted: granted.map(str::to_owned).to_vec(),
            granted_on_graph: granted_on_graph.map(str::to_owned).to_vec(),
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

    /// Whether the bearer of these headers may do what needs one of `required` at `api`
    /// (delegated scopes; application roles are derived from them). Where nothing is
    /// required, any token for that API will do.
    pub(crate) fn judge(
        &self,
        request: &Request,
        api: Api,
        required: &[&'static str],
        now: Timestamp,
    ) -> Result<Holder, Distrust> {
        let flawed = |flaw| Err(Distrust::Unauthorized(flaw));
        let Some(header) = request.header("authorization") else {
            return flawed(Flaw::Missing);
        };
        let token = match header.split_once(' ') {
            Some((scheme, token))
                if scheme.eq_ignore_ascii_case("bearer") && !token.contains(' ') =>
            {
                token
            }
            _ => return flawed(Flaw::Malformed),
        };
        let access = match self.access.get(token) {
            None => return flawed(Flaw::Unknown),
            Some(access) if access.revoked => return flawed(Flaw::Revoked),
            Some(access) if access.expires <= now => return flawed(Flaw::Expired),
            Some(access) => access,
        };
        if access.audience == WRONGLY_SHOWN {
            return Err(Distrust::WrongAudience);
        }
        if self.api(&access.audience) != Some(api) {
            return flawed(Flaw::WrongAudience);
        }
        if let Some(claims) = self.challenges.lacking(access.met) {
            return Err(Distrust::Challenged(claims));
        }
        let needed: Vec<&'static str> = match (access.holder, api) {
            (Holder::Application, Api::Defender) => {
                required.iter().map(|scope| role(scope)).collect()
            }
            // Graph has one name for both.
            (Holder::User, _) | (Holder::Application, Api::Graph) => required.to_vec(),
        };
        let holds = |needed: &&str| access.permissions.iter().any(|held| held == needed);
        if needed.is_empty() || needed.iter().any(holds) {
            Ok(access.holder)
        } else {
            Err(Distrust::Forbidden {
                required: needed,
                held: access.permissions.clone(),
                holder: access.holder,
            })
        }
    }

    fn api(&self, audience: &str) -> Option<Api> {
        Api::named(audience, &self.account.api)
    }

    /// The delegated permissions consented at an API.
    fn granted(&self, api: Api) -> &[String] {
        match api {
            Api::Defender => &self.granted,
            Api::Graph => &self.granted_on_graph,
        }
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
        let permissions: Vec<String> = match (grant.proof.holder(), self.api(&asked.audience)) {
            (Holder::Application, Some(Api::Defender)) => self
                .granted
                .iter()
                .map(|scope| role(scope).to_owned())
                .collect(),
            (_, Some(api)) => self.granted(api).to_vec(),
            (_, None) => asked
                .permissions
                .clone()
                .unwrap_or_else(|| vec![String::from("User.Read")]),
        };
        // An application gets a token that may do nothing; a person is asked first.
        if permissions.is_empty() && grant.proof.holder() == Holder::User {
            return Err(self.not_consented(""));
        }
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
        "Machine.RestrictExecution" => "Machine.RestrictExecution",
        "Machine.CollectForensics" => "Machine.CollectForensics",
        "Machine.StopAndQuarantine" => "Machine.StopAndQuarantine",
        _ => "Other.Read.All",
    }
}
