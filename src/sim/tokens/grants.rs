//! The token endpoint, and the grants a program can use without anybody at a browser.
//!
//! How forms are read is `endpoint`'s part; what a good request gets is made in the
//! module above.

use jiff::Timestamp;

use crate::sim::entra::Ids;
use crate::sim::entra::Refusal;
use crate::sim::html;
use crate::sim::jwt::Proof;
use crate::sim::reply::Reply;
use crate::sim::tokens::Grant;
use crate::sim::tokens::Tokens;
use crate::sim::tokens::Version;
use crate::sim::tokens::device;
use crate::sim::tokens::endpoint::Door;
use crate::sim::tokens::endpoint::Form;
use crate::sim::world::Request;

impl Tokens {
    /// Answers any request to the authority.
    pub(crate) fn answer(&mut self, request: &Request, now: Timestamp) -> Reply {
        let ids = Ids::of(request, &mut self.rng, now);
        let Some((tenant, door)) = Door::of(&request.path) else {
            let nowhere = Refusal {
                status: 404,
                ..Refusal::new(
                    "invalid_request",
                    90_013,
                    "Invalid input received from the user.",
                )
            };
            return stamped(nowhere.reply(&self.account.authority, &ids), ids);
        };
        let answer = match door {
            Door::Token(version) => self.token(request, &tenant, version, now),
            Door::Authorize => self.authorize(request, &tenant, &ids),
            Door::Continue => self.continued(request, &tenant, &ids),
            Door::DeviceCode => self.device_code(request, &tenant, now),
            Door::DeviceLogin => self.device_login(request, &ids),
        };
        let reply = answer.unwrap_or_else(|refusal| {
            if door.is_for_people() {
                html::refusal(&refusal, &ids)
            } else {
                refusal.reply(&self.account.authority, &ids)
            }
        });
        stamped(reply, ids)
    }

    fn token(
        &mut self,
        request: &Request,
        tenant: &str,
        version: Version,
        now: Timestamp,
    ) -> Result<Reply, Refusal> {
        let form = Form::posted(request)?;
        self.known_tenant(tenant)?;
        self.known_client(&form, tenant)?;
        match (form.required("grant_type")?, version) {
            ("password", _) => self.password(&form, tenant, version, now),
            ("refresh_token", _) => self.refreshed(&form, version, now),
            ("client_credentials", _) => {
                let endpoint = format!("{}{}", self.account.authority, request.path);
                self.client_credentials(&form, &endpoint, version, now)
            }
            ("authorization_code", Version::Two) => self.redeemed(&form, now),
            (device::GRANT_TYPE, Version::Two) => self.polled(&form, now),
            (other, _) => {
                let message = format!("The app requested an unsupported grant type '{other}'.");
                Err(Refusal::new("unsupported_grant_type", 70_003, message))
            }
        }
    }

    fn password(
        &mut self,
        form: &Form,
        tenant: &str,
        version: Version,
        now: Timestamp,
    ) -> Result<Reply, Refusal> {
        form.is_public()?;
        let asked = self.asked(form, version)?;
        let username = form.required("username")?;
        let password = form.required("password")?;
        if !username.eq_ignore_ascii_case(&self.account.username) {
            let message =
                format!("The user account {username} does not exist in the {tenant} directory.");
            return Err(Refusal::new("invalid_grant", 50_034, message));
        }
        if password != self.account.password {
            let message = "Error validating credentials due to invalid username or password.";
            return Err(Refusal::new("invalid_grant", 50_126, message));
        }
        let grant = Grant {
            proof: Proof::Password,
            met: 0,
        };
        let grant = self.stepped_up(grant, form)?;
        self.signed_in(&asked, grant, None, version, now)
    }

    fn refreshed(
        &mut self,
        form: &Form,
        version: Version,
        now: Timestamp,
    ) -> Result<Reply, Refusal> {
        form.is_public()?;
        let asked = self.asked(form, version)?;
        let held = form.required("refresh_token")?;
        let grant = self.stepped_up(self.refresh.grant(held)?, form)?;
        let refresh = match (self.omit_refresh, self.rotate_refresh) {
            (true, _) => None,
            (false, true) => Some(self.refresh.give(grant, &mut self.rng)),
            (false, false) => Some(held.to_owned()),
        };
        self.issue(&asked, grant, refresh.as_deref(), None, version, now)
    }

    fn client_credentials(
        &mut self,
        form: &Form,
        endpoint: &str,
        version: Version,
        now: Timestamp,
    ) -> Result<Reply, Refusal> {
        let asked = self.asked(form, version)?;
        if version == Version::Two && asked.permissions.is_some() {
            let message = "The provided value for scope is not valid. Client credential flows must have a scope value \
                           with /.default suffixed to the resource identifier.";
            return Err(Refusal::new("invalid_scope", 1_002_012, message));
        }
        let proof = match (form.names("client_secret"), form.names("client_assertion")) {
            (true, true) => {
                let message = "The request carries both 'client_secret' and 'client_assertion': only one may be presented.";
                return Err(Refusal::new("invalid_request", 90_023, message));
            }
            (false, false) => {
                let message = "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.";
                return Err(Refusal::new("invalid_client", 7_000_218, message));
            }
            (true, false) => {
                self.known_secret(form.required("client_secret")?)?;
                Proof::Secret
            }
            (false, true) => {
                self.proven(form, endpoint, now)?;
                Proof::Certificate
            }
        };
        // There is nobody who could be needed.
        let met = self.challenges.met_by(form.claims()?.as_ref());
        self.issue(&asked, Grant { proof, met }, None, None, version, now)
    }

    fn known_secret(&self, secret: &str) -> Result<(), Refusal> {
        if secret == self.account.client_secret {
            return Ok(());
        }
        let message = format!(
            "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, \
             not the client secret ID, for a secret added to app '{}'.",
            self.account.client_id
        );
        Err(Refusal::new("invalid_client", 7_000_215, message))
    }
}

/// Puts on what every answer of the authority carries.
fn stamped(reply: Reply, ids: Ids) -> Reply {
    reply
        .with("cache-control", "no-store, no-cache")
        .with("x-ms-request-id", ids.trace)
        .with("client-request-id", ids.correlation)
}
