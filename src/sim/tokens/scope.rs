//! What a request for tokens asks for: which API, which permissions, what besides.
//!
//! Who asks is for the flows to judge.

use crate::sim::entra::Refusal;
use crate::sim::tokens::Tokens;
use crate::sim::tokens::Version;
use crate::sim::tokens::endpoint::Form;
use crate::sim::tokens::resource::COMMERCIAL_GRAPH;
use crate::sim::tokens::resource::ELSEWHERE;

/// What was asked for, once the request has been found good.
#[derive(Clone)]
pub(super) struct Asked {
    pub(super) audience: String,
    /// `None` for everything consented.
    pub(super) permissions: Option<Vec<String>>,
    /// A refresh token.
    pub(super) offline: bool,
    /// An ID token.
    pub(super) identity: bool,
}

impl Tokens {
    pub(super) fn asked(&self, form: &Form, version: Version) -> Result<Asked, Refusal> {
        match version {
            Version::One => {
                let resource = form.required("resource")?;
                self.known_resource(resource)?;
                Ok(Asked {
                    audience: resource.to_owned(),
                    permissions: None,
                    offline: true,
                    identity: false,
                })
            }
            Version::Two if form.names("resource") => Err(Refusal::new(
                "invalid_request",
                901_002,
                "The 'resource' request parameter is not supported.",
            )),
            Version::Two => self.asked_by_scope(form.required("scope")?),
        }
    }

    pub(super) fn asked_by_scope(&self, scope: &str) -> Result<Asked, Refusal> {
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
            identity: false,
        };
        let mut permissions = Vec::new();
        let mut wants_all = false;
        for word in scope.split(' ').filter(|word| !word.is_empty()) {
            if matches!(word, "openid" | "profile" | "email" | "offline_access") {
                asked.offline |= word == "offline_access";
                asked.identity |= word == "openid";
                continue;
            }
            // The classic slip: a permission without its resource is Graph's.
            let (resource, permission) = word.rsplit_once('/').unwrap_or((COMMERCIAL_GRAPH, word));
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
                let granted = self.api(&asked.audience).map(|api| self.granted(api));
                if let Some(missing) = permissions
                    .iter()
                    .find(|wanted| granted.is_some_and(|granted| !granted.contains(wanted)))
                {
                    return Err(self.not_consented(&format!(": '{missing}'")));
                }
                asked.permissions = Some(permissions);
                Ok(asked)
            }
            _ => Err(invalid()),
        }
    }

    /// Nobody has agreed to this, or to anything of an API.
    pub(super) fn not_consented(&self, to: &str) -> Refusal {
        let message = format!(
            "The user or administrator has not consented to use the application with ID '{}'{to}. \
             Send an interactive authorization request for this user and resource.",
            self.account.client_id
        );
        Refusal::new("invalid_grant", 65_001, message)
    }

    fn known_resource(&self, resource: &str) -> Result<(), Refusal> {
        if self.api(resource).is_some() || ELSEWHERE.contains(&resource) {
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
