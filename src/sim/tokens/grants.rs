//! Reads requests for tokens, as strictly as Entra does.
//!
//! A lenient token endpoint would hide a client that glues its form together. What a
//! good request gets is made in the module above.

use jiff::Timestamp;

use crate::sim::entra::Refusal;
use crate::sim::form;
use crate::sim::jwt;
use crate::sim::jwt::Holder;
use crate::sim::reply::Reply;
use crate::sim::tokens::Asked;
use crate::sim::tokens::OTHER_RESOURCES;
use crate::sim::tokens::Tokens;
use crate::sim::tokens::Version;
use crate::sim::world::Request;

type Form = Vec<(String, String)>;

impl Tokens {
    /// Answers a request to `/{tenant}/oauth2/token` or `/{tenant}/oauth2/v2.0/token`.
    pub(crate) fn answer(&mut self, request: &Request, now: Timestamp) -> Reply {
        let trace = jwt::guid(&mut self.rng);
        let correlation = match request.header("client-request-id") {
            Some(id) => id.to_owned(),
            None => jwt::guid(&mut self.rng),
        };
        let origin = self.account.authority.clone();
        self.try_answer(request, now)
            .unwrap_or_else(|refusal| refusal.reply(&origin, &trace, &correlation, now))
            .with("cache-control", "no-store, no-cache")
            .with("x-ms-request-id", trace)
            .with("client-request-id", correlation)
    }

    fn try_answer(&mut self, request: &Request, now: Timestamp) -> Result<Reply, Refusal> {
        let (tenant, version) = tenant_and_version(&request.path).ok_or_else(|| Refusal {
            status: 404,
            ..Refusal::new(
                "invalid_request",
                90_013,
                "Invalid input received from the user.",
            )
        })?;
        if request.method != "POST" {
            let message = format!(
                "The endpoint only accepts POST requests. Received a {} request.",
                request.method
            );
            return Err(Refusal {
                status: 405,
                ..Refusal::new("invalid_request", 900_561, message)
            });
        }
        self.known_tenant(&tenant)?;
        let content_type = request.header("content-type").unwrap_or_default();
        let is_form = content_type
            .split(';')
            .next()
            .is_some_and(|kind| kind.trim() == "application/x-www-form-urlencoded");
        let malformed = || {
            Refusal::new(
                "invalid_request",
                9_002_313,
                "Invalid request. Request is malformed or invalid.",
            )
        };
        let form = form::pairs(&request.body)
            .filter(|_| is_form)
            .ok_or_else(malformed)?;
        for (position, (name, _)) in form.iter().enumerate() {
            if form
                .iter()
                .skip(position + 1)
                .any(|(other, _)| other == name)
            {
                let message = format!("The parameter '{name}' is duplicated.");
                return Err(Refusal::new("invalid_request", 90_100, message));
            }
        }
        let client = parameter(&form, "client_id")?;
        if client != self.account.client_id {
            let message = format!(
                "Application with identifier '{client}' was not found in the directory '{tenant}'."
            );
            return Err(Refusal::new("unauthorized_client", 700_016, message));
        }
        match parameter(&form, "grant_type")? {
            "password" => self.password(&form, &tenant, version, now),
            "refresh_token" => self.refreshed(&form, version, now),
            "client_credentials" => self.client_credentials(&form, version, now),
            other => {
                let message = format!("The app requested an unsupported grant type '{other}'.");
                Err(Refusal::new("unsupported_grant_type", 70_003, message))
            }
        }
    }

    fn known_tenant(&self, tenant: &str) -> Result<(), Refusal> {
        match tenant {
            "common" | "consumers" => Err(Refusal::new(
                "invalid_request",
                9_001_023,
                "The grant type is not supported over the /common or /consumers endpoints. \
                 Please use the /organizations or tenant-specific endpoint.",
            )),
            "organizations" | "contoso.example" => Ok(()),
            _ if tenant.eq_ignore_ascii_case(&self.account.tenant) => Ok(()),
            _ => Err(Refusal::new(
                "invalid_request",
                90_002,
                format!(
                    "Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud."
                ),
            )),
        }
    }

    fn password(
        &mut self,
        form: &Form,
        tenant: &str,
        version: Version,
        now: Timestamp,
    ) -> Result<Reply, Refusal> {
        public(form)?;
        let asked = self.asked(form, version)?;
        let username = parameter(form, "username")?;
        let password = parameter(form, "password")?;
        if !username.eq_ignore_ascii_case(&self.account.username) {
            let message =
                format!("The user account {username} does not exist in the {tenant} directory.");
            return Err(Refusal::new("invalid_grant", 50_034, message));
        }
        if password != self.account.password {
            let message = "Error validating credentials due to invalid username or password.";
            return Err(Refusal::new("invalid_grant", 50_126, message));
        }
        let refresh = (!self.omit_refresh && asked.offline).then(|| self.new_refresh());
        self.issue(&asked, Holder::User, refresh.as_deref(), version, now)
    }

    fn refreshed(
        &mut self,
        form: &Form,
        version: Version,
        now: Timestamp,
    ) -> Result<Reply, Refusal> {
        public(form)?;
        let asked = self.asked(form, version)?;
        let held = parameter(form, "refresh_token")?.to_owned();
        match self.refresh.get(&held) {
            None => {
                let message = "The provided value for the input parameter 'refresh_token' or 'assertion' is not valid.";
                return Err(Refusal::new("invalid_grant", 9_002_313, message));
            }
            Some(true) => {
                let message = "The provided grant has expired due to it being revoked, a fresh auth token is needed. \
                               The user might have changed or reset their password.";
                return Err(Refusal::new("invalid_grant", 50_173, message));
            }
            Some(false) => {}
        }
        let refresh = match (self.omit_refresh, self.rotate_refresh) {
            (true, _) => None,
            (false, true) => Some(self.new_refresh()),
            (false, false) => Some(held),
        };
        self.issue(&asked, Holder::User, refresh.as_deref(), version, now)
    }

    fn client_credentials(
        &mut self,
        form: &Form,
        version: Version,
        now: Timestamp,
    ) -> Result<Reply, Refusal> {
        let asked = self.asked(form, version)?;
        if version == Version::Two && asked.permissions.is_some() {
            let message = "The provided value for scope is not valid. Client credential flows must have a scope value \
                           with /.default suffixed to the resource identifier.";
            return Err(Refusal::new("invalid_scope", 1_002_012, message));
        }
        let Ok(secret) = parameter(form, "client_secret") else {
            let message = "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.";
            return Err(Refusal::new("invalid_client", 7_000_218, message));
        };
        if secret != self.account.client_secret {
            let message = format!(
                "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, \
                 not the client secret ID, for a secret added to app '{}'.",
                self.account.client_id
            );
            return Err(Refusal::new("invalid_client", 7_000_215, message));
        }
        self.issue(&asked, Holder::Application, None, version, now)
    }

    fn asked(&self, form: &Form, version: Version) -> Result<Asked, Refusal> {
        match version {
            Version::One => {
                let resource = parameter(form, "resource")?;
                self.known_resource(resource)?;
                Ok(Asked {
                    audience: resource.to_owned(),
                    permissions: None,
                    offline: true,
                })
            }
            Version::Two if form.iter().any(|(name, _)| name == "resource") => Err(Refusal::new(
                "invalid_request",
                901_002,
                "The 'resource' request parameter is not supported.",
            )),
            Version::Two => self.asked_by_scope(parameter(form, "scope")?),
        }
    }

    fn asked_by_scope(&self, scope: &str) -> Result<Asked, Refusal> {
        let invalid = || {
            let message = format!(
                "The provided value for the input parameter 'scope' is not valid. The scope '{scope}' is not valid."
            );
            Refusal::new("invalid_scope", 70_011, message)
        };
        let mut asked = Asked {
            audience: String::new(),
            permissions: None,
            offline: false,
        };
        let mut permissions = Vec::new();
        let mut wants_all = false;
        for word in scope.split(' ').filter(|word| !word.is_empty()) {
            if matches!(word, "openid" | "profile" | "email" | "offline_access") {
                asked.offline |= word == "offline_access";
                continue;
            }
            // The classic slip: a permission without its resource is Graph's.
            let (resource, permission) = word
                .rsplit_once('/')
                .unwrap_or(("https://graph.microsoft.com", word));
            if !asked.audience.is_empty() && asked.audience != resource {
                let message = "The provided value for the input parameter 'scope' is not valid: it names more than one resource.";
                return Err(Refusal::new("invalid_request", 28_000, message));
            }
            resource.clone_into(&mut asked.audience);
            self.known_resource(resource)?;
            match permission {
                ".default" => wants_all = true,
                "" => return Err(invalid()),
                _ => permissions.push(permission.to_owned()),
            }
        }
        match (wants_all, permissions.is_empty()) {
            (true, true) => Ok(asked),
            (false, false) => {
                if let Some(missing) = permissions
                    .iter()
                    .find(|wanted| self.is_ours(&asked.audience) && !self.granted.contains(wanted))
                {
                    let message = format!(
                        "The user or administrator has not consented to use the application with ID '{}': '{missing}'. \
                         Send an interactive authorization request for this user and resource.",
                        self.account.client_id
                    );
                    return Err(Refusal::new("invalid_grant", 65_001, message));
                }
                asked.permissions = Some(permissions);
                Ok(asked)
            }
            _ => Err(invalid()),
        }
    }

    fn known_resource(&self, resource: &str) -> Result<(), Refusal> {
        if self.is_ours(resource) || OTHER_RESOURCES.contains(&resource) {
            return Ok(());
        }
        let message = format!(
            "The resource principal named {resource} was not found in the tenant named {}. This can happen if the \
             application has not been installed by the administrator of the tenant or consented to by any user in the tenant.",
            self.account.tenant
        );
        Err(Refusal::new("invalid_resource", 500_011, message))
    }
}

fn tenant_and_version(path: &str) -> Option<(String, Version)> {
    let (tenant, rest) = path.strip_prefix('/')?.split_once('/')?;
    let version = match rest {
        "oauth2/token" => Version::One,
        "oauth2/v2.0/token" => Version::Two,
        _ => return None,
    };
    Some((form::segment(tenant)?, version))
}

fn parameter<'a>(form: &'a Form, name: &str) -> Result<&'a str, Refusal> {
    let found = form
        .iter()
        .find(|(known, value)| known == name && !value.is_empty());
    found
        .map(|(_, value)| value.as_str())
        .ok_or_else(|| Refusal::missing(name))
}

/// The demo's registration is a public client: a secret from it is a mistake.
fn public(form: &Form) -> Result<(), Refusal> {
    if form
        .iter()
        .any(|(name, _)| matches!(name.as_str(), "client_secret" | "client_assertion"))
    {
        let message = "Client is public so neither 'client_assertion' nor 'client_secret' should be presented.";
        return Err(Refusal::new("invalid_client", 700_025, message));
    }
    Ok(())
}
