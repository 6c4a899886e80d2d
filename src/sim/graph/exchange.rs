//! What every answer of Graph carries: its ids, its time, and the envelope of errors.
//!
//! Decides nothing; whoever refuses says with what.

use jiff::Timestamp;

use crate::sim::graph::words::Members;
use crate::sim::json::Object;
use crate::sim::jwt::Holder;
use crate::sim::quota::Exceeded;
use crate::sim::reply::Reply;
use crate::sim::tokens::Distrust;
use crate::sim::tokens::Flaw;
use crate::sim::world::Request;
use crate::sim::world::date;

/// The version in the path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Version {
    One,
    Beta,
}

/// One request and what its answer has to repeat.
pub(super) struct Exchange {
    pub(super) now: Timestamp,
    pub(super) version: Version,
    pub(super) members: Members,
    /// What support would ask for.
    id: String,
    /// The client's own, or the same again.
    client_id: String,
}

/// As Graph writes it.
const JSON: &str = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8";
const PREFERENCE: &str = "include-unknown-enum-members";

impl Exchange {
    pub(super) fn of(request: &Request, id: String, now: Timestamp) -> Self {
        let prefers = |wish: &str| {
            request
                .header("prefer")
                .is_some_and(|wishes| wishes.split([',', ';']).any(|one| one.trim() == wish))
        };
        let client_id = request.header("client-request-id").unwrap_or(&id);
        Self {
            now,
            version: if request.path.starts_with("/beta/") {
                Version::Beta
            } else {
                Version::One
            },
            members: if prefers(PREFERENCE) {
                Members::All
            } else {
                Members::Original
            },
            client_id: client_id.to_owned(),
            id,
        }
    }

    /// A body of Graph's.
    pub(super) fn json(status: u16, body: String) -> Reply {
        let mut reply = Reply::json(status, body);
        reply.headers.clear();
        reply
            .with("content-type", JSON)
            .with("odata-version", "4.0")
    }

    /// A refusal in Graph's envelope; the message may be empty, as some are.
    pub(super) fn refuse(&self, status: u16, code: &str, message: &str) -> Reply {
        let inner = Object::new()
            .field("date", self.now.strftime("%Y-%m-%dT%H:%M:%S").to_string())
            .field("request-id", &self.id)
            .field("client-request-id", &self.client_id)
            .end();
        let error = Object::new()
            .field("code", code)
            .field("message", message)
            .raw("innerError", &inner)
            .end();
        let mut reply = Reply::json(status, Object::new().raw("error", &error).end());
        reply.headers.clear();
        reply.with("content-type", "application/json")
    }

    pub(super) fn bad_request(&self, message: &str) -> Reply {
        self.refuse(400, "BadRequest", message)
    }

    pub(super) fn not_found(&self, what: &str) -> Reply {
        self.refuse(404, "ResourceNotFound", &format!("{what} was not found."))
    }

    /// Too many calls: the wait is in the header alone.
    pub(super) fn throttle(&self, exceeded: &Exceeded) -> Reply {
        self.refuse(429, "TooManyRequests", "Too many requests")
            .with("retry-after", exceeded.wait_seconds().to_string())
    }

    /// Why a bearer token is refused; `authority` is where another can be had.
    pub(super) fn distrust(&self, distrust: &Distrust, authority: &str) -> Reply {
        let unauthorized = |message: &str, more: &str| {
            let challenge = format!(
                "Bearer realm=\"\", authorization_uri=\"{authority}/common/oauth2/authorize\", \
                 client_id=\"00000003-0000-0000-c000-000000000000\"{more}"
            );
            self.refuse(401, "InvalidAuthenticationToken", message)
                .with("www-authenticate", challenge)
        };
        match distrust {
            Distrust::Unauthorized(flaw) => unauthorized(sentence(*flaw), ""),
            Distrust::WrongAudience => unauthorized(sentence(Flaw::WrongAudience), ""),
            Distrust::Challenged(claims) => unauthorized(
                "Continuous access evaluation resulted in challenge with result: InteractionRequired and code: TokenIssuedBeforeRevocationTimestamp",
                &format!(", error=\"insufficient_claims\", claims=\"{claims}\""),
            ),
            Distrust::Forbidden {
                required,
                held,
                holder,
            } => {
                let what = match holder {
                    Holder::User => "scopes",
                    Holder::Application => "roles",
                };
                let message = format!(
                    "Missing application {what}. API required {what}: {}, application {what}: {}.",
                    required.join(","),
                    held.join(",")
                );
                self.refuse(403, "Forbidden", &message)
            }
        }
    }

    /// Puts on what every answer carries.
    pub(super) fn stamp(&self, reply: Reply) -> Reply {
        let reply = reply
            .with("cache-control", "no-cache")
            .with("request-id", &self.id)
            .with("client-request-id", &self.client_id)
            .with(
                "x-ms-ags-diagnostic",
                r#"{"ServerInfo":{"DataCenter":"North Europe","Slice":"E","Ring":"4","ScaleUnit":"000","RoleInstance":"DB3PEPF00000001"}}"#,
            )
            .with("date", date(self.now));
        match self.members {
            Members::All => reply.with("preference-applied", PREFERENCE),
            Members::Original => reply,
        }
    }
}

fn sentence(flaw: Flaw) -> &'static str {
    match flaw {
        Flaw::Missing => "Access token is empty.",
        Flaw::Malformed | Flaw::Unknown => {
            "IDX14100: JWT is not well formed, there are no dots (.).\nThe token needs to be in JWS or JWE Compact Serialization Format."
        }
        Flaw::Revoked => "Access token has been revoked.",
        Flaw::Expired => "Lifetime validation failed, the token is expired.",
        Flaw::WrongAudience => "Access token validation failure. Invalid audience.",
    }
}
